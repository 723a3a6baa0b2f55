#ifndef REAL_IS_FLOAT
#define REAL_IS_FLOAT /* as training is */
#endif

#include "limit.h"

#include <stdio.h>
#include <stdlib.h>

#include "error.h"
#include "kernel/simd.h"
#include "kernel/vector.h"
#include "measure.h"

/* -- multiplications --------------------------------------------------------------------------- */

/* As many sums as fit the registers; two multiply-adds a cycle of four cycles each need eight. */
#if VECTOR_REGISTERS == 32
enum { SUMS = 24 };
#else
enum { SUMS = 12 };
#endif
enum { LINKS = 1000, ALL_LINKS = LINKS * SUMS * LANES };

#ifdef __clang__
#define UNROLL _Pragma("clang loop unroll(full)")
#else
#define UNROLL _Pragma("GCC unroll 24")
#endif

static void multiply_and_add(const void *unused)
{
    static real sums[SUMS * LANES];
    static volatile real half = 0.5; /* a sum goes to 1, and stays a number */
    const Vector x = all(half);
    Vector sum[SUMS];
    (void)unused;
    UNROLL for (int s = 0; s < SUMS; s++) sum[s] = load(sums + s * LANES);
    for (int i = 0; i < LINKS; i++)
        UNROLL for (int s = 0; s < SUMS; s++) sum[s] = multiply_add(sum[s], x, x);
    UNROLL for (int s = 0; s < SUMS; s++) store(sums + s * LANES, sum[s]);
}

double multiply_add_rate(void)
{
    const int products = LINKS * SUMS * LANES;
    double seconds;
    measure(1, &(Job){multiply_and_add, NULL, NULL}, &seconds);
    return products / seconds;
}

/* -- memory ------------------------------------------------------------------------------------ */

typedef struct {
    int n;
    real *x, *y;
} Arrays;

static void add_scaled(const void *arrays)
{
    const Arrays *a = arrays;
    vector_add_scaled(a->n, (real)1e-3, a->x, a->y);
}

double memory_rate(double room)
{
    double seconds;
    Arrays a = {.n = (int)(room / sizeof(real) / 2)};
    a.x = malloc((size_t)a.n * sizeof(real));
    a.y = malloc((size_t)a.n * sizeof(real));
    if (!a.x || !a.y)
        error_stop("no memory to measure how fast it is");
    vector_fill(a.n, 1, a.x);
    vector_fill(a.n, 1, a.y);
    measure(1, &(Job){add_scaled, &a, NULL}, &seconds);
    free(a.x);
    free(a.y);
    return 3.0 * a.n * sizeof(real) / seconds;
}

/* -- the one that binds ------------------------------------------------------------------------ */

const char *binding_limit(Work work, double seconds)
{
    static char text[32];
    enum { FIRST_LEVEL = 32 << 10 };
    double multiplying = work.multiplications / multiply_add_rate() / seconds;
    double moving = work.bytes > 0 ? work.bytes / memory_rate(work.room) / seconds : 0;
    const char *limit = multiplying >= moving      ? "FMA"
                        : work.room <= FIRST_LEVEL ? "loads"
                                                   : "memory";
    snprintf(text, sizeof text, "%.0f %% %s", 100 * (multiplying >= moving ? multiplying : moving),
             limit);
    return text;
}
