/* 21_vae.h: the functions of exercises 21. Their tasks stand above them in 21_vae.c. */
#ifndef EXERCISES_21_VAE_H
#define EXERCISES_21_VAE_H

#include "real.h"

void sample_backward(int n, int d, const real dz[n][d], const real logvar[n][d],
                     const real eps[n][d], real dmu[n][d], real dlogvar[n][d]);

void divergence_backward(int n, int d, const real mu[n][d], const real logvar[n][d], real beta,
                         real dmu[n][d], real dlogvar[n][d]);

void pixels_backward(int n, int m, const real logits[n][m], const real x[n][m], real dlogits[n][m]);

real elbo_loss(int n, int m, int d, const real logits[n][m], const real x[n][m],
               const real mu[n][d], const real logvar[n][d], real beta);

void latent_backward(int n, int d, const real dz[n][d], const real z[n][d], const real mu[n][d],
                     const real logvar[n][d], real beta, real dmu[n][d], real dlogvar[n][d]);

void deviation_backward(int n, int d, const real dz[n][d], const real eps[n][d], const real r[n][d],
                        real beta, real dr[n][d]);

void spread_backward(int n, int m, const real y[n][m], const real x[n][m], real r, real dy[n][m],
                     real *dr);

void importance_backward(int n, int k, const real w[n][k], real dw[n][k]);

#endif
