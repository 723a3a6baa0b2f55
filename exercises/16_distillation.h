/* 16_distillation.h: the functions of exercises 16. Their tasks stand above them in
 * 16_distillation.c. */
#ifndef EXERCISES_16_DISTILLATION_H
#define EXERCISES_16_DISTILLATION_H

#include "real.h"

void soft_targets_backward(int n, int c, const real z[n][c], const real q[n][c], real T,
                           real dz[n][c]);

real soft_targets_loss(int n, int c, const real z[n][c], const real v[n][c], real T);

void partly_labelled_backward(int n, int c, const real z[n][c], const int y[n],
                              const real dsoft[n][c], real hard, real soft, real dz[n][c]);

void ensemble_backward(int n, int c, const real z[n][c], const real u[n][c], const real v[n][c],
                       real T, real dz[n][c]);

void weight_norm_backward(int m, int k, real dnorm, const real W[m][k], real dW[m][k]);

void cosine_backward(int n, int k, const real A[n][k], const real B[n][k], real dA[n][k]);

void group_mean_backward(int n, int b, int g, int s, const real dY[n][b][s], real dX[n][b][g][s]);

void two_outputs_backward(int n, int k, int h, const real dhidden[n][h], const real dcosine[n][k],
                          real weight, const real W[k][h], const real A[n][k], real dpre[n][k]);

#endif
