/* 04_linear_regression.h: the functions of exercises 04. Their tasks stand above them in
 * 04_linear_regression.c. */
#ifndef EXERCISES_04_LINEAR_REGRESSION_H
#define EXERCISES_04_LINEAR_REGRESSION_H

#include "real.h"

void l1_sum_backward(int n, const real pred[n], const real y[n], real dpred[n]);

void weighted_mse_backward(int n, const real pred[n], const real y[n], const real v[n],
                           real dpred[n]);

void plane_backward(int n, int k, const real dpred[n], const real x[n][k], const real w[k],
                    real dw[k], real *db, real dx[n][k]);

void rmse_backward(int n, const real pred[n], const real y[n], real dpred[n]);

void centred_backward(int n, real w, const real dpred[n], real dx[n]);

void train_step(int n, real lr, real decay, const real x[n], const real y[n], real *w, real *b);

#endif
