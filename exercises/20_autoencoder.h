/* 20_autoencoder.h: the functions of exercises 20. Their tasks stand above them in
 * 20_autoencoder.c. */
#ifndef EXERCISES_20_AUTOENCODER_H
#define EXERCISES_20_AUTOENCODER_H

#include "real.h"

void sizes_down_and_up(int n, int k, int s, int p, const int u[n], real h[n], real o[n]);

void conv_transpose2d(int n, int c, int m, int h, int w, int k, int s, int p, int u, int v,
                      const real X[n][c][h][w], const real W[c][m][k][k], real Y[n][m][u][v]);

void conv_transpose2d_input_backward(int n, int c, int m, int h, int w, int k, int s, int p, int u,
                                     int v, const real dY[n][m][u][v], const real W[c][m][k][k],
                                     real dX[n][c][h][w]);

void conv_transpose2d_weight_backward(int n, int c, int m, int h, int w, int k, int s, int p, int u,
                                      int v, const real dY[n][m][u][v], const real X[n][c][h][w],
                                      real dW[c][m][k][k]);

void upsample_backward(int n, int h, int w, int s, int u, int v, const real dY[n][u][v],
                       real dX[n][h][w]);

void psnr_backward(int n, const real R[n], const real X[n], real peak, real *psnr, real dR[n]);

void tied_backward(int n, int k, int m, const real dR[n][k], const real X[n][k], const real Z[n][m],
                   const real W[k][m], real dX[n][k], real dW[k][m]);

void tied_conv1d_backward(int n, int t, int k, int s, int p, int u, const real dy[n][t],
                          const real x[n][t], const real z[n][u], const real w[k], real dx[n][t],
                          real dw[k]);

#endif
