/* 12_softmax_temperature.h: the functions of exercises 12. Their tasks stand above them in
 * 12_softmax_temperature.c. */
#ifndef EXERCISES_12_SOFTMAX_TEMPERATURE_H
#define EXERCISES_12_SOFTMAX_TEMPERATURE_H

#include "real.h"

void softmax_jacobian(int c, const real p[c], real T, real J[c][c]);

void softmax_backward(int n, int c, const real dp[n][c], const real p[n][c], const real T[n],
                      real dz[n][c]);

void log_scale_backward(int n, int c, const real dp[n][c], const real p[n][c], const real z[n][c],
                        real s, real dz[n][c], real *ds);

void distillation_backward(int n, int c, const real z[n][c], const real v[n][c], const int y[n],
                           real T, real alpha, real dz[n][c]);

void entropy_backward(int n, int c, const real dH[n], const real p[n][c], real T, real dz[n][c]);

void streaming_push(int k, const real z[k], real *max, real *sum);

void streaming_merge(int n, const real max_a[n], const real sum_a[n], const real max_b[n],
                     const real sum_b[n], real max[n], real sum[n]);

void streaming_attention(int n, int e, const real z[n], const real V[n][e], real out[e]);

#endif
