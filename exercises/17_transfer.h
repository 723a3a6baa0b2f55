/* 17_transfer.h: the functions of exercises 17. Their tasks stand above them in 17_transfer.c. */
#ifndef EXERCISES_17_TRANSFER_H
#define EXERCISES_17_TRANSFER_H

#include "real.h"

#undef I /* <complex.h>, which real.h brings, takes this name: an image may have it here */

void cosine_schedule(int n, int m, real lr, real low, real rate[n]);

void frozen_step(int n, int k, real lr, real momentum, real decay, const int frozen[n],
                 const real dp[n][k], real b[n][k], real p[n][k]);

void frozen_backward(int n, int k, int m, int l, int c, const real dY[n][c], const real X[n][k],
                     const real G[n][l], const real W2[m][l], const real W3[l][c], real dW1[k][m],
                     real dW3[l][c]);

void copy_subtree(int n, int m, int q, int e, int d, int k, const int prefix[q],
                  const int name[n][e], const int saved[m][d], const real values[m][k],
                  real p[n][k]);

void flip(int n, int c, int h, int w, const int flipped[n], const real X[n][c][h][w],
          real Y[n][c][h][w]);

void shift_backward(int n, int c, int h, int w, const int down[n], const int right[n],
                    const real dY[n][c][h][w], real dX[n][c][h][w]);

void rotate(int c, int h, int w, real cosine, real sine, const real X[c][h][w], real Y[c][h][w]);

void rotate_backward(int c, int h, int w, real cosine, real sine, const real dY[c][h][w],
                     real dX[c][h][w]);

#endif
