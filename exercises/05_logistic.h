/* 05_logistic.h: the functions of exercises 05. Their tasks stand above them in 05_logistic.c. */
#ifndef EXERCISES_05_LOGISTIC_H
#define EXERCISES_05_LOGISTIC_H

#include "real.h"

void sigmoid_backward(int n, const real dp[n], const real z[n], real dz[n]);

void softplus_backward(int n, const real dout[n], const real z[n], real dz[n]);

void weighted_bce_backward(int n, real weight, const real p[n], const real y[n], real dp[n]);

void bce_with_logits_forward(int n, const real z[n], const real y[n], real loss[n]);

void bce_with_logits_backward(int n, const real z[n], const real y[n], real dz[n]);

void weighted_logits_backward(int n, real weight, const real z[n], const real y[n], real dz[n]);

void network_backward(int n, int d, int k, const real p[n], const real y[n], const real x[n][d],
                      const real h[n][k], const real w2[k], real dW1[d][k], real db1[k],
                      real dw2[k], real *db2);

#endif
