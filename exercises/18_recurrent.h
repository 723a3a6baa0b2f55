/* 18_recurrent.h: the functions of exercises 18. Their tasks stand above them in 18_recurrent.c. */
#ifndef EXERCISES_18_RECURRENT_H
#define EXERCISES_18_RECURRENT_H

#include "real.h"

void rnn_weights_backward(int t, int u, int n, int d, int m, const real dZ[t][n][m],
                          const real X[t][n][d], const real H[u][n][m], real dWx[m][d],
                          real dWh[m][m], real db[m]);

void rnn_backward(int t, int u, int n, int m, const real dH[u][n][m], const real H[u][n][m],
                  const real Wh[m][m], real dZ[t][n][m], real dh0[n][m]);

void truncated_backward(int t, int u, int n, int m, int k, const real dH[u][n][m],
                        const real H[u][n][m], const real Wh[m][m], real dZ[t][n][m]);

void clip_norm(int p, int q, real most, real dW[p], real db[q]);

void lstm_output_backward(int m, const real dh[m], const real dc_next[m], const real c[m],
                          const real o[m], real dzo[m], real dc[m]);

void lstm_gates_backward(int m, const real dc[m], const real c_prev[m], const real i[m],
                         const real f[m], const real g[m], real dzi[m], real dzf[m], real dzg[m],
                         real dc_prev[m]);

void gru_cell_backward(int m, const real dh[m], const real h_prev[m], const real r[m],
                       const real z[m], const real n[m], const real bn[m], real dzr[m], real dzz[m],
                       real dan[m], real dbn[m], real dh_prev[m]);

void stack_backward(int t, int u, int n, int m, int p, const real dH2[u][n][p],
                    const real H1[u][n][m], const real H2[u][n][p], const real Wh1[m][m],
                    const real Wx2[p][m], const real Wh2[p][p], real dZ1[t][n][m],
                    real dZ2[t][n][p]);

#endif
