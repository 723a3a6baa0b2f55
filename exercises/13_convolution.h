/* 13_convolution.h: the functions of exercises 13. Their tasks stand above them in
 * 13_convolution.c. */
#ifndef EXERCISES_13_CONVOLUTION_H
#define EXERCISES_13_CONVOLUTION_H

#include "real.h"

void conv1d_backward(int n, int t, int k, int s, int p, int u, const real dy[n][u],
                     const real x[n][t], const real w[k], real dx[n][t], real dw[k], real *db);

void conv2d_weight_backward(int n, int c, int m, int h, int w, int k, int s, int p, int u, int v,
                            const real dY[n][m][u][v], const real X[n][c][h][w],
                            real dW[m][c][k][k]);

void conv2d_input_backward(int n, int c, int m, int h, int w, int k, int s, int p, int u, int v,
                           const real dY[n][m][u][v], const real W[m][c][k][k],
                           real dX[n][c][h][w]);

void max_pool2d_backward(int n, int h, int w, int k, int s, int u, int v, const real dY[n][u][v],
                         const real X[n][h][w], real dX[n][h][w]);

void average_pool2d_backward(int n, int h, int w, int k, int s, int p, int u, int v,
                             const real dY[n][u][v], real dX[n][h][w]);

void im2col(int n, int c, int h, int w, int k, int s, int p, int u, int v, const real X[n][c][h][w],
            real cols[n][u][v][c][k][k]);

void col2im(int n, int c, int h, int w, int k, int s, int p, int u, int v,
            const real dcols[n][u][v][c][k][k], real dX[n][c][h][w]);

void pointwise_backward(int n, int c, int m, int t, const real dY[n][m][t], const real X[n][c][t],
                        const real W[m][c], real dX[n][c][t], real dW[m][c], real db[m]);

#endif
