/* 01_four_ways.h: L = sum_i (3 a_i^3 - b_i^2) and its gradient, by hand, by nudging, by the complex
 * step and by the tape. */
#ifndef CHAPTER_01_FOUR_WAYS_H
#define CHAPTER_01_FOUR_WAYS_H

#include <complex.h>

#include "autograd/autograd.h"

/* Where the small example stands. */
static const real a0[2] = {2, 3}, b0[2] = {6, 4};

/* -- by hand ---------------------------------------------------------------------------------- */

/* L = sum_i (3 a_i^3 - b_i^2) */
static inline real loss(int n, const real a[n], const real b[n])
{
    real L = 0;
    for (int i = 0; i < n; i++)
        L += 3 * a[i] * a[i] * a[i] - b[i] * b[i];
    return L;
}

/* L = sum_i (3 a_i^3 - b_i^2):   da_i = 9 a_i^2,   db_i = -2 b_i */
static inline void loss_backward(int n, const real a[n], const real b[n], real da[n], real db[n])
{
    for (int i = 0; i < n; i++) {
        da[i] = 9 * a[i] * a[i];
        db[i] = -2 * b[i];
    }
}

/* -- by nudging -------------------------------------------------------------------------------
 * a and b lie in one array here, x = (a_0 .. a_n-1, b_0 .. b_n-1), and their gradients in dx. */

typedef void Method(int n, real h, real *x, real *dx);

/* dx_i = (L(x_i + h) - L(x_i)) / h */
static inline void loss_forward_difference(int n, real h, real x[2 * n], real dx[2 * n])
{
    real here = loss(n, x, x + n);
    for (int i = 0; i < 2 * n; i++) {
        real before = x[i];
        x[i] = before + h;
        dx[i] = (loss(n, x, x + n) - here) / h;
        x[i] = before;
    }
}

/* dx_i = (L(x_i + h) - L(x_i - h)) / 2h */
static inline void loss_central_difference(int n, real h, real x[2 * n], real dx[2 * n])
{
    for (int i = 0; i < 2 * n; i++) {
        real before = x[i];
        x[i] = before + h;
        real above = loss(n, x, x + n);
        x[i] = before - h;
        real below = loss(n, x, x + n);
        dx[i] = (above - below) / (2 * h);
        x[i] = before;
    }
}

/* -- by the complex step ---------------------------------------------------------------------- */

typedef __typeof__((real)1 * I) Complex; /* two reals, of whichever precision real has */

/* The same L, of complex numbers. */
static inline Complex complex_loss(int n, const Complex a[n], const Complex b[n])
{
    Complex L = 0;
    for (int i = 0; i < n; i++)
        L += 3 * a[i] * a[i] * a[i] - b[i] * b[i];
    return L;
}

/* dx_j = Im L(x_j + i h) / h: nothing is subtracted from anything nearly equal. */
static inline void loss_complex_step(int n, real h, real x[2 * n], real dx[2 * n])
{
    Complex z[2 * n];
    for (int j = 0; j < 2 * n; j++) {
        for (int i = 0; i < 2 * n; i++)
            z[i] = i == j ? x[i] + h * I : x[i];
        dx[j] = cimag(complex_loss(n, z, z + n)) / h;
    }
}

/* -- by the tape ------------------------------------------------------------------------------ */

static inline Tensor *tape_loss(Tensor *a, Tensor *b)
{
    Tensor *cubes = ag_mul(ag_scalar(3), ag_pow(a, 3)), *squares = ag_pow(b, 2);
    return ag_sum(ag_sub(cubes, squares), AG_ALL, false);
}

#endif
