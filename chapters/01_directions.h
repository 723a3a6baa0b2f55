/* 01_directions.h: a slope in one direction judges a whole gradient with two evaluations of L. What
 * such a judge sees, what it does not, and what the others cost. */
#ifndef CHAPTER_01_DIRECTIONS_H
#define CHAPTER_01_DIRECTIONS_H

#include <stdio.h>

#include "01_four_ways.h"
#include "kernel/vector.h"
#include "nn/init.h"
#include "workbook/fact.h"
#include "workbook/progress.h"

/* (L(x + h v) - L(x - h v)) / 2h,   which is dx . v but for a term with h^2 */
static inline real loss_along(int n, real h, const real x[2 * n], const real v[2 * n])
{
    real above[2 * n], below[2 * n];
    for (int i = 0; i < 2 * n; i++) {
        above[i] = x[i] + h * v[i];
        below[i] = x[i] - h * v[i];
    }
    return (loss(n, above, above + n) - loss(n, below, below + n)) / (2 * h);
}

/* -- what a direction sees -------------------------------------------------------------------- */

/* One gradient, right or wrong, along itself, along ones and along (1, 2, 2, 1): what it says of
 * each slope, and the slope. */
static inline void check_along(const char *name, const real dx[4], const real expected[6])
{
    const real x[4] = {a0[0], a0[1], b0[0], b0[1]};
    const real ones[4] = {1, 1, 1, 1}, v[4] = {1, 2, 2, 1}, *along[3] = {dx, ones, v};
    printf("  %-18s", name);
    for (int k = 0; k < 3; k++) {
        real h = cbrt(REAL_EPSILON) / sqrt(vector_dot(4, along[k], along[k]));
        real said = vector_dot(4, dx, along[k]), slope = loss_along(2, h, x, along[k]);
        printf(" %8.2f %8.2f", (double)said, (double)slope);
        fact_that(name, said == expected[2 * k]);
        fact_that(name, fabs(slope - expected[2 * k + 1]) < 200 * REAL_EPSILON / h);
    }
    printf("\n");
}

static inline void check_directions(void)
{
    printf("\nSlopes along three directions, as a gradient says and as they are:\n");
    printf("                        along itself       along (1,1,1,1)   along (1,2,2,1)\n");
    check_along("right", (real[]){36, 81, -12, -8}, (real[]){8065, 8065, 97, 97, 166, 166});
    check_along("db_1 forgotten", (real[]){36, 81, -12, 0},
                (real[]){8001, 8001, 105, 97, 174, 166});
    check_along("da_0, da_1 swapped", (real[]){81, 36, -12, -8},
                (real[]){8065, 6040, 97, 97, 121, 166});
    check_along("db with its sign", (real[]){36, 81, 12, 8},
                (real[]){8065, 7649, 137, 97, 230, 166});
}

/* A gradient that is off by e is off by e . v along v. For v of independent N(0, 1) that is
 * N(0, |e|^2), whatever e looks like. */
static inline void study_random_directions(Rng *rng, int n)
{
    enum { DIRECTIONS = 100000 };
    real e[n], v[n], squares = 0;
    int missed = 0;
    init_normal(rng, 1, n, e);
    real length = sqrt(vector_dot(n, e, e));
    for (int k = 0; k < DIRECTIONS; k++) {
        init_normal(rng, 1, n, v);
        real seen = vector_dot(n, e, v) / length;
        squares += seen * seen / DIRECTIONS;
        missed += fabs(seen) < (real)0.01;
    }
    printf("\nAn error e of %d numbers, along %d random directions v:\n", n, DIRECTIONS);
    fact("root mean square of e . v / |e|", 2, (double)sqrt(squares), 1);
    fact("share of |e . v| < |e| / 100", 3, missed / (double)DIRECTIONS, 0.008);
}

/* -- what they cost --------------------------------------------------------------------------- */

enum { MANY = 500 }; /* elements of a and of b */

static inline void by_hand(int n, real h, real *x, real *dx)
{
    (void)h;
    loss_backward(n, x, x + n, dx, dx + n);
}

static inline void value_alone(int n, real h, real *x, real *dx)
{
    dx[0] = loss(n, x, x + n) + h;
}

static inline void along_itself(int n, real h, real *x, real *dx)
{
    by_hand(n, h, x, dx);
    dx[0] = loss_along(n, h, x, dx);
}

/* Seconds for one call, the best of five rounds. */
static inline double time_of(Method *method, int calls, real *x)
{
    static real dx[2 * MANY];
    double best = INFINITY;
    for (int round = 0; round < 5; round++) {
        double start = seconds_now();
        for (int call = 0; call < calls; call++)
            method(MANY, (real)1e-5, x, dx);
        best = fmin(best, (seconds_now() - start) / calls);
    }
    return best;
}

static inline void time_ways(Rng *rng)
{
    static real x[2 * MANY];
    init_normal(rng, 1, 2 * MANY, x);
    double one = time_of(value_alone, 10000, x);
    printf("\nA gradient of %d numbers, in units of one evaluation of L (%.2f us):\n", 2 * MANY,
           1e6 * one);
    printf("  by hand             %8.1f\n", time_of(by_hand, 10000, x) / one);
    printf("  ... judged along v  %8.1f\n", time_of(along_itself, 1000, x) / one);
    printf("  forward difference  %8.1f\n", time_of(loss_forward_difference, 3, x) / one);
    printf("  central difference  %8.1f\n", time_of(loss_central_difference, 3, x) / one);
    printf("  complex step        %8.1f\n", time_of(loss_complex_step, 1, x) / one);
}

#endif
