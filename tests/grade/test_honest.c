/* test_honest.c: what an answer may do, so that a test sees what compilers call for it of their own
 * accord: sums in long double, complex numbers, a sine beside a cosine, loops over memory, the
 * macros of math.h, a table; print-outs, letters, chance, what must hold, variables of a thread. */
#define _GNU_SOURCE
#include <assert.h>
#include <complex.h>
#include <ctype.h>
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static const double table[] = {1, 2, 3};

const double *look_up(int i)
{
    return &table[i];
}

double sum(int n, const double *x)
{
    long double s = 0;
    for (int i = 0; i < n; i++)
        s += (long double)x[i] * i;
    s /= n;
    if (s < 0 || s > 10 || s != 3)
        s = -s - 1;
    if (s == 0 || s <= 3 || s >= 9)
        s = sqrtl(s);
    return (double)s;
}

float rounded(int n, const float *x)
{
    long double s = 0;
    for (int i = 0; i < n; i++)
        s += x[i];
    return (float)(s + (int)s + (unsigned)s + (long)s + (unsigned long)s);
}

double complex quotient(double complex a, double complex b)
{
    return a * b / (a + b);
}

void circle(double x, double *s, double *c, float *s_float, float *c_float)
{
    *s = sin(x), *c = cos(x);
    *s_float = sinf((float)x), *c_float = cosf((float)x);
}

double powers(double x, int n)
{
    return pow(10, x) + exp10(x) + pow(2, x) + __builtin_powi(x, n);
}

void fill(int n, double *x, double *y)
{
    double local[64];
    memset(x, 0, (size_t)n * sizeof *x);
    memcpy(local, x, (size_t)n * sizeof *x);
    memmove(y, local, (size_t)n * sizeof *x);
    for (int i = 0; i < n; i++)
        x[i] = 1;
    for (int i = 0; i < n; i++)
        y[i] = 0;
    memset(local, n, (size_t)n);
    memmove(local + 1, local, (size_t)n);
    memcpy(y, local, sizeof local);
}

int kinds(double x, float y, long double z)
{
    return isnan(x) + isinf(x) + isfinite(y) + isnormal(z) + signbit(x) + fpclassify(x) +
           fpclassify(y) + fpclassify(z) + isnan(z) + isinf(z) + isgreater(x, y);
}

static _Thread_local int calls;
_Thread_local int errors;

void tell(int n, const double *x)
{
    char line[80], copy[80];
    assert(n > 0);
    snprintf(line, sizeof line, "%d: %g", n, x[0]);
    sprintf(copy, "call %d", ++calls);
    printf("%s\n", line);
    printf("all is well\n");
    putchar(line[0]);
    fprintf(stderr, "%s", strcat(copy, "."));
    fputs(line, stdout);
    putc('\n', stdout);
    fwrite(line, 1, 1, stdout);
    if (fflush(stdout) != 0 && errno != 0)
        perror("tell");
    errors += errno;
}

int read_text(const char *text)
{
    int value = 0;
    if (!isdigit((unsigned char)*text))
        value = (int)strtol(text, NULL, 10) + atoi(text) + (int)atof(text);
    return value + toupper((unsigned char)*text) + (strcmp(text, "text") != 0) + (int)strlen(text);
}

static int by_size(const void *a, const void *b)
{
    return *(const int *)a - *(const int *)b;
}

int *sorted(int n, int *x)
{
    srand((unsigned)time(NULL));
    x[0] = rand() + div(n, 3).rem + (int)clock();
    qsort(x, (size_t)n, sizeof *x, by_size);
    x = realloc(x, 2 * (size_t)n * sizeof *x);
    if (!x)
        abort();
    if (!bsearch(x, x, (size_t)n, sizeof *x, by_size))
        exit(EXIT_FAILURE);
    return x;
}

__int128 wide(__int128 a, __int128 b)
{
    return a / b * a % (b + 1);
}
