/* 11_losses.h: the functions of exercises 11. Their tasks stand above them in 11_losses.c. */
#ifndef EXERCISES_11_LOSSES_H
#define EXERCISES_11_LOSSES_H

#include "real.h"

void quantile_backward(int n, real q, const real x[n], const real t[n], real dx[n]);

void masked_mse_backward(int n, int c, const real x[n][c], const real t[n][c],
                         const int known[n][c], real dx[n][c]);

void huber_backward(int n, real delta, const real x[n], const real t[n], real dx[n]);

void weighted_bce_backward(int n, real w, const real z[n], const real t[n], real dz[n]);

void margin_backward(int n, int c, int p, real margin, const real w[c], const real z[n][c],
                     const int y[n], real dz[n][c]);

void cosine_backward(int n, int d, const real dcosine[n], const real a[n][d], const real b[n][d],
                     real da[n][d], real db[n][d]);

void reverse_kl_backward(int n, int c, const real q[n][c], const real p[n][c], real dz[n][c]);

void latent_kl_backward(int n, int d, const real mean[n][d], const real logvar[n][d],
                        real dmean[n][d], real dlogvar[n][d]);

#endif
