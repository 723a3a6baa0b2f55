#include "workbook/print.h"

#include <limits.h>
#include <stdio.h>

#include "error.h"

/* The widest of n numbers as they will be printed. */
static int widest(int n, const real *x, int digits)
{
    int width = 0;
    for (int i = 0; i < n; i++) {
        int length = snprintf(NULL, 0, "%.*g", digits, (double)x[i]);
        width = length > width ? length : width;
    }
    return width;
}

void print_matrix(const char *name, int rows, int cols, const real *x, int digits)
{
    NOT_NULL(name, x);
    if (rows < 1 || cols < 1 || rows > INT_MAX / cols)
        error_stop("print_matrix: %s: %d x %d elements", name, rows, cols);
    int width = widest(rows * cols, x, digits);
    for (int i = 0; i < rows; i++) {
        printf("  %15s %c |", i == 0 ? name : "", i == 0 ? '=' : ' ');
        for (int j = 0; j < cols; j++)
            printf(" %*.*g", width, digits, (double)x[i * cols + j]);
        printf(" |\n");
    }
}

void print_row(const char *name, int n, const real *x)
{
    NOT_NULL(name, x);
    print_matrix(name, 1, n, x, 4);
}

real without_rounding(real x)
{
    return fabs(x) < 64 * REAL_EPSILON ? 0 : x;
}
