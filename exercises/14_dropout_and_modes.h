/* 14_dropout_and_modes.h: the functions of exercises 14. Their tasks stand above them in
 * 14_dropout_and_modes.c. */
#ifndef EXERCISES_14_DROPOUT_AND_MODES_H
#define EXERCISES_14_DROPOUT_AND_MODES_H

#include "real.h"

void dropout_forward(int n, const real x[n], const real mask[n], real p, real y[n]);

void dropout_backward(int n, const real dy[n], const real mask[n], real p, real dx[n]);

void channel_dropout_backward(int n, int c, int h, int w, const real dY[n][c][h][w],
                              const real mask[n][c], real p, real dX[n][c][h][w]);

void batch_norm2d_forward(int n, int c, int h, int w, const real X[n][c][h][w], const real gain[c],
                          const real bias[c], real eps, real mean[c], real var[c],
                          real Xhat[n][c][h][w], real Y[n][c][h][w]);

void gain_bias2d_backward(int n, int c, int h, int w, const real dY[n][c][h][w],
                          const real Xhat[n][c][h][w], real dgain[c], real dbias[c]);

void batch_norm2d_backward(int n, int c, int h, int w, const real dY[n][c][h][w],
                           const real Xhat[n][c][h][w], const real var[c], real eps,
                           const real gain[c], real dX[n][c][h][w]);

void running_update(int n, int c, int h, int w, const real mean[c], const real var[c],
                    real momentum, real running_mean[c], real running_var[c]);

void batch_norm2d_eval(int n, int c, int h, int w, const real X[n][c][h][w],
                       const real running_mean[c], const real running_var[c], real eps,
                       const real gain[c], const real bias[c], real Y[n][c][h][w]);

void batch_norm2d_eval_backward(int n, int c, int h, int w, const real dY[n][c][h][w],
                                const real running_var[c], real eps, const real gain[c],
                                real dX[n][c][h][w]);

void fold_batch_norm(int o, int c, int h, int w, const real W[o][c][h][w], const real b[o],
                     const real running_mean[o], const real running_var[o], real eps,
                     const real gain[o], const real bias[o], real W_folded[o][c][h][w],
                     real b_folded[o]);

void group_norm_backward(int n, int g, int k, int s, const real dY[n][g][k][s],
                         const real var_inv[n][g], const real Xhat[n][g][k][s],
                         const real gain[g][k], real dX[n][g][k][s]);

#endif
