#include "workbook/fact.h"

#include <math.h>
#include <stdio.h>

#include "autograd/compare.h"
#include "error.h"
#include "workbook/table.h"

static int failures;

static bool counted(bool holds)
{
    failures += !holds;
    return holds;
}

static void print_name(const char *name)
{
    printf("  %-26s", name);
}

static void print_number(int decimals, double x)
{
    printf(" %9.*f", decimals, x);
}

static bool agree(int decimals, double found, double expected)
{
    double rounding = 16 * (double)REAL_EPSILON * fabs(expected);
    return fabs(found - expected) < 0.5 * pow(10, -decimals) + rounding;
}

bool fact(const char *name, int decimals, double found, double expected)
{
    NOT_NULL(name);
    bool holds = agree(decimals, found, expected);
    print_name(name);
    print_number(decimals, found);
    if (!holds)
        printf("  WRONG: expected %.*f", decimals, expected);
    printf("\n");
    return counted(holds);
}

bool fact_row(const char *name, int decimals, int n, const real found[n], const real expected[n])
{
    NOT_NULL(name, found, expected);
    if (n < 1)
        error_stop("fact_row: %s: %d numbers: expected 1 or more", name, n);
    bool holds = true;
    print_name(name);
    for (int i = 0; i < n; i++) {
        print_number(decimals, (double)found[i]);
        holds = holds && agree(decimals, (double)found[i], (double)expected[i]);
    }
    if (!holds)
        printf("  WRONG: expected");
    for (int i = 0; i < n && !holds; i++)
        printf(" %.*f", decimals, (double)expected[i]);
    printf("\n");
    return counted(holds);
}

bool fact_that(const char *name, bool holds)
{
    NOT_NULL(name);
    if (!holds)
        printf("  WRONG: %s\n", name);
    return counted(holds);
}

bool fact_same(const char *name, int n, const real *found, const real *expected)
{
    NOT_NULL(name, found, expected);
    Comparison c = compare(n, found, expected);
    bool holds = c.relative <= TABLE_TAPE_TOLERANCE;
    if (!holds)
        printf("  WRONG: %s: element %d is %.6g, expected %.6g\n", name, c.worst,
               (double)found[c.worst], (double)expected[c.worst]);
    return counted(holds);
}

int fact_failures(void)
{
    return failures;
}
