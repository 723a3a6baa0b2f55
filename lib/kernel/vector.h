/* vector.h: elementary functions and updates over arrays, several elements at a time.
 *
 * n is the number of elements, at least 0. y may be x itself but must not overlap it otherwise.
 * An element's result does not depend on its place in the array, on n, on the number of threads or
 * on the width of the machine's vectors. (Whether the machine has a fused multiply-add may be seen
 * in the last place of an elementary function.)
 * The elementary functions are accurate to 2 units in the last place over their whole range and
 * agree with libm on NaN, infinities, zeros and subnormal numbers. */
#ifndef KERNEL_VECTOR_H
#define KERNEL_VECTOR_H

#include "real.h"

void vector_exp(int n, const real *x, real *y);     /* y = e^x */
void vector_log(int n, const real *x, real *y);     /* y = ln x */
void vector_log1p(int n, const real *x, real *y);   /* y = ln(1 + x) */
void vector_tanh(int n, const real *x, real *y);    /* y = tanh x */
void vector_sigmoid(int n, const real *x, real *y); /* y = 1 / (1 + e^-x) */
void vector_erf(int n, const real *x, real *y);     /* y = 2 / sqrt pi int_0^x e^-t^2 dt */

void vector_fill(int n, real value, real *y);
void vector_add(int n, const real *x, real *y);                /* y += x */
void vector_add_scaled(int n, real a, const real *x, real *y); /* y += a x */

/* Sums and largest element in a fixed order, several partial results at a time: the error of the
 * sum grows with n / 64 (n / 32 in double), and is the same on every machine. n >= 1 for max;
 * a NaN among the elements makes the maximum NaN. */
real vector_sum(int n, const real *x);
real vector_dot(int n, const real *x, const real *y);
real vector_max(int n, const real *x);

/* In the same order: the sum of (x - x_0) (y - y_0). */
real vector_dot_about(int n, const real *x, real x_0, const real *y, real y_0);

#endif
