/* 06_matmul.h: the functions of exercises 06. Their tasks stand above them in 06_matmul.c. */
#ifndef EXERCISES_06_MATMUL_H
#define EXERCISES_06_MATMUL_H

#include "real.h"

void linear_backward(int n, int k, int m, const real dD[n][m], const real A[n][k],
                     const real B[k][m], real dA[n][k], real dB[k][m], real dc[m]);

void outer_backward(int n, int m, const real dD[n][m], const real a[n], const real b[m], real da[n],
                    real db[m]);

void at_b_backward(int n, int k, int m, const real dD[n][m], const real A[k][n], const real B[k][m],
                   real dA[k][n], real dB[k][m]);

void scores_backward(int n, int k, int m, const real dS[n][m], const real Q[n][k],
                     const real K[m][k], real dQ[n][k], real dK[m][k]);

void quadratic_backward(int n, real dy, const real x[n], const real A[n][n], real dx[n],
                        real dA[n][n]);

void gram_backward(int n, int k, const real dG[k][k], const real A[n][k], real dA[n][k]);

void batched_backward(int t, int n, int k, int m, const real dD[t][n][m], const real A[t][n][k],
                      const real B[k][m], real dA[t][n][k], real dB[k][m]);

void two_layers_backward(int n, int k, int l, int m, const real dD[n][m], const real X[n][k],
                         const real W1[k][l], const real H[n][l], const real W2[l][m],
                         real dX[n][k], real dW1[k][l], real db1[l], real dW2[l][m], real db2[m]);

#endif
