/* 19_transformer.h: the functions of exercises 19. Their tasks stand above them in
 * 19_transformer.c. */
#ifndef EXERCISES_19_TRANSFORMER_H
#define EXERCISES_19_TRANSFORMER_H

#include "real.h"

void values_backward(int t, int s, int d, const real dY[t][d], const real P[t][s],
                     const real V[s][d], real dP[t][s], real dV[s][d]);

void weights_backward(int t, int s, const real dP[t][s], const real P[t][s], real dS[t][s]);

void scores_backward(int t, int s, int d, const real dS[t][s], const real Q[t][d],
                     const real K[s][d], real dQ[t][d], real dK[s][d]);

void projections_backward(int t, int k, int d, const real dQ[t][d], const real dK[t][d],
                          const real dV[t][d], const real X[t][k], const real Wq[k][d],
                          const real Wk[k][d], const real Wv[k][d], real dX[t][k], real dWq[k][d],
                          real dWk[k][d], real dWv[k][d]);

void causal_weights(int t, const real S[t][t], real P[t][t]);

void split_heads_backward(int n, int t, int h, int d, int c, const real dO[n][h][t][d],
                          real dX[n][t][c]);

void post_norm_backward(int n, int k, const real dY[n][k], const real var_inv[n],
                        const real raw[n][k], const real gain[k], real dR[n][k], real dgain[k],
                        real dbias[k]);

void pre_norm_backward(int n, int k, const real dY[n][k], const real dN[n][k],
                       const real var_inv[n], const real raw[n][k], const real gain[k],
                       real dX[n][k]);

void gelu_backward(int n, const real dY[n], const real X[n], real dX[n]);

void cross_attention_backward(int t, int s, int k, int d, const real dQ[t][d], const real dK[s][d],
                              const real dV[s][d], const real Wq[k][d], const real Wk[k][d],
                              const real Wv[k][d], real dX[t][k], real dM[s][k]);

void input_backward(int n, int t, int v, int k, const real dE[n][t][k], const int X[n][t],
                    real dC[v][k], real dP[t][k]);

#endif
