/* 15_residual.h: the functions of exercises 15. Their tasks stand above them in 15_residual.c. */
#ifndef EXERCISES_15_RESIDUAL_H
#define EXERCISES_15_RESIDUAL_H

#include "real.h"

void residual_backward(int n, const real dY[n], const real dR[n], const real X[n], real dX[n]);

void in_place_backward(int n, const real dY[n], const real dR[n], const real R[n], real dX[n]);

void scaled_backward(int n, const real dY[n], const real B[n], real s, real dX[n], real dB[n],
                     real *ds);

void concat_backward(int n, int p, int q, int c, int t, const real dY[n][c][t], real dA[n][p][t],
                     real dB[n][q][t]);

void projection_backward(int n, int c, int m, int h, int w, int s, int u, int v,
                         const real dY[n][m][u][v], const real X[n][c][h][w], const real W[m][c],
                         real dX[n][c][h][w], real dW[m][c]);

void global_pool_backward(int n, int c, int h, int w, const real dY[n][c], real dX[n][c][h][w]);

void residual_block_backward(int n, int c, int m, int t, const real dY[n][c][t],
                             const real X[n][c][t], const real H[n][m][t], const real W1[m][c],
                             const real W2[c][m], real dX[n][c][t], real dW1[m][c], real dW2[c][m]);

void chain_backward(int n, real dy, const real x[n], const real w1[n], const real w2[n],
                    const real shortcut[n], real dx[n], real dw1[n], real dw2[n]);

#endif
