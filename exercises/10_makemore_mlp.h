/* 10_makemore_mlp.h: the functions of exercises 10. Their tasks stand above them in
 * 10_makemore_mlp.c. */
#ifndef EXERCISES_10_MAKEMORE_MLP_H
#define EXERCISES_10_MAKEMORE_MLP_H

#include "real.h"

void logprobs_backward(int n, int v, const int y[n], real dlogprobs[n][v]);

void probs_backward(int n, int v, const real dlogprobs[n][v], const real probs[n][v],
                    real dprobs[n][v]);

void counts_sum_inv_backward(int n, int v, const real dprobs[n][v], const real counts[n][v],
                             real dcounts_sum_inv[n]);

void counts_sum_backward(int n, const real dcounts_sum_inv[n], const real counts_sum_inv[n],
                         real dcounts_sum[n]);

void counts_backward(int n, int v, const real dprobs[n][v], const real dcounts_sum[n],
                     const real counts_sum_inv[n], real dcounts[n][v]);

void norm_logits_backward(int n, int v, const real dcounts[n][v], const real counts[n][v],
                          real dnorm_logits[n][v]);

void logit_maxes_backward(int n, int v, const real dnorm_logits[n][v], real dlogit_maxes[n]);

void logits_backward(int n, int v, const real dnorm_logits[n][v], const real dlogit_maxes[n],
                     const real logits[n][v], real dlogits[n][v]);

void h_backward(int n, int k, int v, const real dlogits[n][v], const real W2[k][v], real dh[n][k]);

void W2_backward(int n, int k, int v, const real dlogits[n][v], const real h[n][k], real dW2[k][v]);

void b2_backward(int n, int v, const real dlogits[n][v], real db2[v]);

void hpreact_backward(int n, int k, const real dh[n][k], const real h[n][k], real dhpreact[n][k]);

void bngain_backward(int n, int k, const real dhpreact[n][k], const real bnraw[n][k],
                     real dbngain[k]);

void bnbias_backward(int n, int k, const real dhpreact[n][k], real dbnbias[k]);

void bnraw_backward(int n, int k, const real dhpreact[n][k], const real bngain[k],
                    real dbnraw[n][k]);

void bnvar_inv_backward(int n, int k, const real dbnraw[n][k], const real bndiff[n][k],
                        real dbnvar_inv[k]);

void bnvar_backward(int k, const real dbnvar_inv[k], const real bnvar_inv[k], real dbnvar[k]);

void bndiff2_backward(int n, int k, const real dbnvar[k], real dbndiff2[n][k]);

void bndiff_backward(int n, int k, const real dbnraw[n][k], const real dbndiff2[n][k],
                     const real bnvar_inv[k], const real bndiff[n][k], real dbndiff[n][k]);

void bnmean_backward(int n, int k, const real dbndiff[n][k], real dbnmean[k]);

void hprebn_backward(int n, int k, const real dbndiff[n][k], const real dbnmean[k],
                     real dhprebn[n][k]);

void embcat_backward(int n, int d, int k, const real dhprebn[n][k], const real W1[d][k],
                     real dembcat[n][d]);

void W1_backward(int n, int d, int k, const real dhprebn[n][k], const real embcat[n][d],
                 real dW1[d][k]);

void b1_backward(int n, int k, const real dhprebn[n][k], real db1[k]);

void emb_backward(int n, int t, int e, const real dembcat[n][t * e], real demb[n][t][e]);

void C_backward(int n, int t, int v, int e, const real demb[n][t][e], const int x[n][t],
                real dC[v][e]);

void cross_entropy_backward(int n, int v, const real logits[n][v], const int y[n],
                            real dlogits[n][v]);

void batch_norm_backward(int n, int k, const real dhpreact[n][k], const real bnraw[n][k],
                         const real bngain[k], const real bnvar_inv[k], real dhprebn[n][k]);

void training_step(int n, int t, int v, int e, int k, real lr, const int x[n][t], const int y[n],
                   real C[v][e], real W1[t * e][k], real b1[k], real bngain[k], real bnbias[k],
                   real W2[k][v], real b2[v]);

#endif
