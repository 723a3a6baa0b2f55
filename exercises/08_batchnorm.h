/* 08_batchnorm.h: the functions of exercises 08. Their tasks stand above them in 08_batchnorm.c. */
#ifndef EXERCISES_08_BATCHNORM_H
#define EXERCISES_08_BATCHNORM_H

#include "real.h"

void gain_bias_backward(int n, int k, const real dhpreact[n][k], const real hprebn[n][k],
                        const real bnmean[k], const real bnvar_inv[k], real dbngain[k],
                        real dbnbias[k]);

void eval_backward(int n, int k, const real dhpreact[n][k], const real hprebn[n][k],
                   const real running_mean[k], const real running_var[k], real eps,
                   const real bngain[k], real dbngain[k], real dbnbias[k], real dhprebn[n][k]);

void batch_norm_backward(int n, int k, const real dhpreact[n][k], const real bnvar_inv[k],
                         const real bnraw[n][k], const real bngain[k], real dhprebn[n][k]);

void biased_batch_norm_backward(int n, int k, const real dhpreact[n][k], const real hprebn[n][k],
                                const real bnmean[k], const real bnvar_inv[k], const real bngain[k],
                                real dbngain[k], real dbnbias[k], real dhprebn[n][k]);

void rms_gain_backward(int n, int k, const real dy[n][k], const real x[n][k], const real rms_inv[n],
                       real dgain[k]);

void rms_norm_backward(int n, int k, const real dy[n][k], const real x[n][k], const real rms_inv[n],
                       const real gain[k], real dx[n][k]);

void layer_norm_backward(int n, int k, const real dy[n][k], const real var_inv[n],
                         const real raw[n][k], const real gain[k], real dx[n][k]);

#endif
