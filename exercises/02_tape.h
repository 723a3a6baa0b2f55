/* 02_tape.h: the functions of exercises 02. Their tasks stand above them in 02_tape.c. */
#ifndef EXERCISES_02_TAPE_H
#define EXERCISES_02_TAPE_H

#include "real.h"

void mul_backward(int n, const real dy[n], const real a[n], const real b[n], real da[n],
                  real db[n]);

void relu_backward(int n, const real dy[n], const real x[n], real dx[n]);

void tanh_backward(int n, const real dy[n], const real y[n], real dx[n]);

void pow_backward(int n, const real dy[n], const real a[n], const real b[n], real da[n],
                  real db[n]);

void reuse_backward(int n, const real dy[n], const real x[n], const real h[n], real dx[n]);

void outer_sum_backward(int n, int k, const real dY[n][k], real da[n], real db[k]);

void sum_backward(int n, int t, int k, const real ds[n][k], real dX[n][t][k]);

void tape_backward(int n, int k, int loss, const real slope[n][k], const int parent[n][k],
                   real grad[n]);

#endif
