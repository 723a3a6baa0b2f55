/* 01_gradients.h: the functions of exercises 01. Their tasks stand above them in 01_gradients.c. */
#ifndef EXERCISES_01_GRADIENTS_H
#define EXERCISES_01_GRADIENTS_H

#include "real.h"

void polynomial_backward(int n, int k, const real x[n], const real c[k], real dx[n]);

void bell_backward(int n, const real x[n], real dx[n]);

void share_backward(int n, const real a[n], const real b[n], real da[n], real db[n]);

void coefficients_backward(int n, int k, const real x[n], real dc[k]);

void logsumexp_backward(int n, const real a[n], const real b[n], const real c[n], real da[n],
                        real db[n], real dc[n]);

void central_difference(int n, int k, real h, const real x[n], const real c[k], real dx[n]);

void complex_step(int n, int k, real h, const real x[n], const real c[k], real dx[n]);

void relative_error(int n, const real hand[n], const real numeric[n], real error[n]);

#endif
