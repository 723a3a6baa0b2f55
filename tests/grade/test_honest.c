/* test_honest.c: what an answer may do, so that a test sees what compilers call for it of their own
 * accord: sums in long double, complex numbers, a sine beside a cosine, loops over memory, the
 * macros of math.h, a table. */
#define _GNU_SOURCE
#include <complex.h>
#include <math.h>
#include <string.h>

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
