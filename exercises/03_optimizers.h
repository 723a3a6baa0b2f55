/* 03_optimizers.h: the functions of exercises 03. Their tasks stand above them in
 * 03_optimizers.c. */
#ifndef EXERCISES_03_OPTIMIZERS_H
#define EXERCISES_03_OPTIMIZERS_H

#include "real.h"

void decay_step(int n, real lr, real decay, const real dp[n], real p[n]);

void momentum_step(int n, int t, real lr, real momentum, real dampening, const real dp[n],
                   real b[n], real p[n]);

void nesterov_step(int n, int t, real lr, real momentum, const real dp[n], real b[n], real p[n]);

void rmsprop_step(int n, real lr, real alpha, real eps, const real dp[n], real v[n], real p[n]);

void adam_step(int n, int t, real lr, real beta1, real beta2, real eps, const real dp[n], real m[n],
               real v[n], real p[n]);

void adamw_step(int n, int t, real lr, real beta1, real beta2, real eps, real decay,
                const real dp[n], real m[n], real v[n], real p[n]);

void amsgrad_step(int n, int t, real lr, real beta1, real beta2, real eps, const real dp[n],
                  real m[n], real v[n], real s[n], real p[n]);

void warm_cosine(int n, int w, real lr, real low, real rate[n]);

#endif
