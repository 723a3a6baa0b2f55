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

/* -- multiplications ----------------------------------------------------------------------------
 */

/* As many sums as fit the registers; two multiply-adds a cycle of four cycles each need eight. */
#if VECTOR_REGISTERS == 32
enum { SUMS = 24 };
#else
enum { SUMS = 12 };
#endif
enum { LINKS = 1000 };

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
    double seconds;
    measure(1, &(Job){multiply_and_add, NULL, NULL}, &seconds);
    return (double)LINKS * SUMS * LANES / seconds;
}

/* -- memory --------------------------------------------------------------------------------------
 */

/* a = b + s c, the "triad" of McCalpin's STREAM, n elements each. */
typedef struct {
    int n;
    real *a, *b, *c;
} Triad;

static void triad(const void *arrays)
{
    const Triad *t = arrays;
    for (ptrdiff_t i = 0; i < t->n; i += LANES)
        store(t->a + i, load(t->b + i) + (real)3 * load(t->c + i));
}

double memory_rate(double bytes)
{
    double seconds;
    Triad t = {.n = ((int)(bytes / sizeof(real) / 3) / LANES + 1) * LANES};
    real *memory = malloc(3 * (size_t)t.n * sizeof *memory);
    if (!memory)
        error_stop("no memory for the triad");
    t.a = memory, t.b = memory + t.n, t.c = memory + 2 * (ptrdiff_t)t.n;
    vector_fill(3 * t.n, 1, memory);
    measure(1, &(Job){triad, &t, NULL}, &seconds);
    free(memory);
    return 3.0 * t.n * sizeof *memory / seconds;
}

/* -- the one that binds --------------------------------------------------------------------------
 */

const char *binding_limit(Work work, double seconds)
{
    static char text[32];
    enum { FIRST_LEVEL = 32 << 10 };
    double multiplying = work.multiplications / multiply_add_rate() / seconds;
    double moving = work.bytes > 0 ? work.bytes / memory_rate(work.bytes) / seconds : 0;
    const char *limit = multiplying >= moving       ? "FMA"
                        : work.bytes <= FIRST_LEVEL ? "loads"
                                                    : "memory";
    snprintf(text, sizeof text, "%.0f %% %s", 100 * (multiplying >= moving ? multiplying : moving),
             limit);
    return text;
}
