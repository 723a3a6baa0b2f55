/* 03_landscapes.h: the functions that the rules go down: a bowl, a curved valley, and the one of
 * chapter 01. Each by hand, forwards and backwards, and once more on the tape. */
#ifndef CHAPTER_03_LANDSCAPES_H
#define CHAPTER_03_LANDSCAPES_H

#include "autograd/autograd.h"

/* The loss at p = (p_0 .. p_n-1), its gradient dp, and the loss as the tape computes it. */
typedef struct {
    const char *name;
    int n;
    real (*forward)(const real *p);
    void (*backward)(const real *p, real *dp);
    Tensor *(*on_tape)(Tensor *p);
} Landscape;

/* -- the bowl --------------------------------------------------------------------------------- */

/* L = (x^2 + 25 y^2) / 2 */
static inline real bowl_forward(const real p[2])
{
    return (p[0] * p[0] + 25 * p[1] * p[1]) / 2;
}

/* L = (x^2 + 25 y^2) / 2:   dx = x,   dy = 25 y */
static inline void bowl_backward(const real p[2], real dp[2])
{
    dp[0] = p[0];
    dp[1] = 25 * p[1];
}

static inline Tensor *bowl_on_tape(Tensor *p)
{
    Tensor *half = ag_tensor(ag_shape(1, 2), (const real[]){0.5, 12.5});
    return ag_sum(ag_mul(half, ag_pow(p, 2)), AG_ALL, false);
}

static const Landscape bowl = {"bowl", 2, bowl_forward, bowl_backward, bowl_on_tape};

/* -- the valley ------------------------------------------------------------------------------- */

/* Rosenbrock's valley, with u = y - x^2:   L = (1 - x)^2 + 100 u^2 */
static inline real valley_forward(const real p[2])
{
    real u = p[1] - p[0] * p[0];
    return (1 - p[0]) * (1 - p[0]) + 100 * u * u;
}

/* L = (1 - x)^2 + 100 u^2, u = y - x^2:   du = 200 u,   dx = -2 (1 - x) - 2 x du,   dy = du */
static inline void valley_backward(const real p[2], real dp[2])
{
    real du = 200 * (p[1] - p[0] * p[0]);
    dp[0] = -2 * (1 - p[0]) - 2 * p[0] * du;
    dp[1] = du;
}

static inline Tensor *valley_on_tape(Tensor *p)
{
    Tensor *x = ag_slice(p, 0, 0, 1), *y = ag_slice(p, 0, 1, 2);
    Tensor *u = ag_sub(y, ag_pow(x, 2)), *hundred = ag_scalar(100);
    Tensor *L = ag_add(ag_pow(ag_sub(ag_scalar(1), x), 2), ag_mul(hundred, ag_pow(u, 2)));
    return ag_sum(L, AG_ALL, false);
}

static const Landscape valley = {"valley", 2, valley_forward, valley_backward, valley_on_tape};

/* -- the cubes of chapter 01 ------------------------------------------------------------------ */

/* L = sum_i (3 a_i^3 - b_i^2),   p = (a_0, a_1, b_0, b_1) */
static inline real cubes_forward(const real p[4])
{
    return 3 * (p[0] * p[0] * p[0] + p[1] * p[1] * p[1]) - p[2] * p[2] - p[3] * p[3];
}

/* L = sum_i (3 a_i^3 - b_i^2):   da_i = 9 a_i^2,   db_i = -2 b_i */
static inline void cubes_backward(const real p[4], real dp[4])
{
    for (int i = 0; i < 2; i++) {
        dp[i] = 9 * p[i] * p[i];
        dp[2 + i] = -2 * p[2 + i];
    }
}

static inline Tensor *cubes_on_tape(Tensor *p)
{
    Tensor *a = ag_slice(p, 0, 0, 2), *b = ag_slice(p, 0, 2, 4);
    return ag_sum(ag_sub(ag_mul(ag_scalar(3), ag_pow(a, 3)), ag_pow(b, 2)), AG_ALL, false);
}

static const Landscape cubes = {"cubes", 4, cubes_forward, cubes_backward, cubes_on_tape};

#endif
