/* 10_makemore_steps.h: the backward pass of the names model in steps so small that each is one line
 * of maths. One function a step, in the order in which the gradient meets them; above each stands
 * the forward line that it reverses. n rows in a batch, k hidden units; the other sizes are fixed.
 */
#ifndef CHAPTER_10_MAKEMORE_STEPS_H
#define CHAPTER_10_MAKEMORE_STEPS_H

#include <string.h>

#include "data/vocab.h"
#include "kernel/gemm.h"
#include "kernel/vector.h"

enum {
    CONTEXT = 3,
    EMBEDDING = 10,
    D = CONTEXT * EMBEDDING, /* inputs of the first linear layer */
    V = VOCAB_SIZE,          /* letters in, letters out */
};
#define EPS ((real)1e-5)

/* loss = -1/n sum_i logprobs[i][y[i]] */
static inline void logprobs_backward(int n, const int y[n], real dlogprobs[n][V])
{
    memset(dlogprobs, 0, sizeof(real[n][V]));
    for (int i = 0; i < n; i++)
        dlogprobs[i][y[i]] = -1 / (real)n;
}

/* logprobs = log probs */
static inline void probs_backward(int n, const real dlogprobs[n][V], const real probs[n][V],
                                  real dprobs[n][V])
{
    for (int i = 0; i < n; i++)
        for (int j = 0; j < V; j++)
            dprobs[i][j] = dlogprobs[i][j] / probs[i][j];
}

/* probs[i][j] = counts[i][j] counts_sum_inv[i] */
static inline void counts_sum_inv_backward(int n, const real dprobs[n][V], const real counts[n][V],
                                           real dcounts_sum_inv[n])
{
    for (int i = 0; i < n; i++)
        dcounts_sum_inv[i] = vector_dot(V, dprobs[i], counts[i]);
}

/* counts_sum_inv = 1 / counts_sum */
static inline void counts_sum_backward(int n, const real dcounts_sum_inv[n],
                                       const real counts_sum_inv[n], real dcounts_sum[n])
{
    for (int i = 0; i < n; i++)
        dcounts_sum[i] = -dcounts_sum_inv[i] * counts_sum_inv[i] * counts_sum_inv[i];
}

/* probs[i][j] = counts[i][j] counts_sum_inv[i]   and   counts_sum[i] = sum_j counts[i][j] */
static inline void counts_backward(int n, const real dprobs[n][V], const real dcounts_sum[n],
                                   const real counts_sum_inv[n], real dcounts[n][V])
{
    for (int i = 0; i < n; i++)
        for (int j = 0; j < V; j++)
            dcounts[i][j] = dprobs[i][j] * counts_sum_inv[i] + dcounts_sum[i];
}

/* counts = exp norm_logits */
static inline void norm_logits_backward(int n, const real dcounts[n][V], const real counts[n][V],
                                        real dnorm_logits[n][V])
{
    for (int i = 0; i < n; i++)
        for (int j = 0; j < V; j++)
            dnorm_logits[i][j] = dcounts[i][j] * counts[i][j];
}

/* norm_logits[i][j] = logits[i][j] - logit_maxes[i] */
static inline void logit_maxes_backward(int n, const real dnorm_logits[n][V], real dlogit_maxes[n])
{
    for (int i = 0; i < n; i++)
        dlogit_maxes[i] = -vector_sum(V, dnorm_logits[i]);
}

/* norm_logits[i][j] = logits[i][j] - logit_maxes[i]   and   logit_maxes[i] = max_j logits[i][j] */
static inline void logits_backward(int n, const real dnorm_logits[n][V], const real dlogit_maxes[n],
                                   const real logits[n][V], real dlogits[n][V])
{
    memcpy(dlogits, dnorm_logits, sizeof(real[n][V]));
    for (int i = 0; i < n; i++) {
        int argmax = 0;
        for (int j = 1; j < V; j++)
            argmax = logits[i][j] > logits[i][argmax] ? j : argmax;
        dlogits[i][argmax] += dlogit_maxes[i];
    }
}

/* y = x W + b:   dx = dy W^T   (n, k) = (n, m) (m, k) */
static inline void linear_backward_input(int n, int k, int m, const real dy[n][m],
                                         const real W[k][m], real dx[n][k])
{
    gemm(n, m, k, gemm_matrix(*dy, m), gemm_transpose(*W, m), gemm_set(*dx, k));
}

/* y = x W + b:   dW = x^T dy   (k, m) = (k, n) (n, m) */
static inline void linear_backward_weight(int n, int k, int m, const real dy[n][m],
                                          const real x[n][k], real dW[k][m])
{
    gemm(k, n, m, gemm_transpose(*x, k), gemm_matrix(*dy, m), gemm_set(*dW, m));
}

/* y[i] = b + ...: the bias was repeated for every row, so   db = sum_i dy[i] */
static inline void bias_backward(int n, int m, const real dy[n][m], real db[m])
{
    memset(db, 0, sizeof(real[m]));
    for (int i = 0; i < n; i++)
        for (int j = 0; j < m; j++)
            db[j] += dy[i][j];
}

/* h = tanh hpreact */
static inline void hpreact_backward(int n, int k, const real dh[n][k], const real h[n][k],
                                    real dhpreact[n][k])
{
    for (int i = 0; i < n; i++)
        for (int j = 0; j < k; j++)
            dhpreact[i][j] = dh[i][j] * (1 - h[i][j] * h[i][j]);
}

/* hpreact[i] = bngain bnraw[i] + bnbias, bngain repeated for every row */
static inline void bngain_backward(int n, int k, const real dhpreact[n][k], const real bnraw[n][k],
                                   real dbngain[k])
{
    memset(dbngain, 0, sizeof(real[k]));
    for (int i = 0; i < n; i++)
        for (int j = 0; j < k; j++)
            dbngain[j] += dhpreact[i][j] * bnraw[i][j];
}

/* hpreact[i] = bngain bnraw[i] + bnbias */
static inline void bnraw_backward(int n, int k, const real dhpreact[n][k], const real bngain[k],
                                  real dbnraw[n][k])
{
    for (int i = 0; i < n; i++)
        for (int j = 0; j < k; j++)
            dbnraw[i][j] = dhpreact[i][j] * bngain[j];
}

/* bnraw[i] = bndiff[i] bnvar_inv, bnvar_inv repeated for every row */
static inline void bnvar_inv_backward(int n, int k, const real dbnraw[n][k],
                                      const real bndiff[n][k], real dbnvar_inv[k])
{
    bngain_backward(n, k, dbnraw, bndiff, dbnvar_inv);
}

/* bnvar_inv = (bnvar + eps)^(-1/2):   the derivative is -1/2 (bnvar + eps)^(-3/2) */
static inline void bnvar_backward(int k, const real dbnvar_inv[k], const real bnvar_inv[k],
                                  real dbnvar[k])
{
    for (int j = 0; j < k; j++)
        dbnvar[j] = dbnvar_inv[j] * (real)-0.5 * bnvar_inv[j] * bnvar_inv[j] * bnvar_inv[j];
}

/* bnvar = 1/(n-1) sum_i bndiff2[i] */
static inline void bndiff2_backward(int n, int k, const real dbnvar[k], real dbndiff2[n][k])
{
    for (int i = 0; i < n; i++)
        for (int j = 0; j < k; j++)
            dbndiff2[i][j] = dbnvar[j] / (real)(n - 1);
}

/* bnraw[i] = bndiff[i] bnvar_inv   and   bndiff2 = bndiff^2 */
static inline void bndiff_backward(int n, int k, const real dbnraw[n][k], const real dbndiff2[n][k],
                                   const real bnvar_inv[k], const real bndiff[n][k],
                                   real dbndiff[n][k])
{
    for (int i = 0; i < n; i++)
        for (int j = 0; j < k; j++)
            dbndiff[i][j] = dbnraw[i][j] * bnvar_inv[j] + dbndiff2[i][j] * 2 * bndiff[i][j];
}

/* bndiff[i] = hprebn[i] - bnmean, bnmean repeated for every row */
static inline void bnmean_backward(int n, int k, const real dbndiff[n][k], real dbnmean[k])
{
    bias_backward(n, k, dbndiff, dbnmean);
    for (int j = 0; j < k; j++)
        dbnmean[j] = -dbnmean[j];
}

/* bndiff[i] = hprebn[i] - bnmean   and   bnmean = 1/n sum_i hprebn[i] */
static inline void hprebn_backward(int n, int k, const real dbndiff[n][k], const real dbnmean[k],
                                   real dhprebn[n][k])
{
    for (int i = 0; i < n; i++)
        for (int j = 0; j < k; j++)
            dhprebn[i][j] = dbndiff[i][j] + dbnmean[j] / (real)n;
}

/* emb[i][t] = C[x[i][t]]:   each row of demb is added to the row of dC it came from */
static inline void embedding_backward(int n, const real demb[n][D], const int x[n][CONTEXT],
                                      real dC[V][EMBEDDING])
{
    memset(dC, 0, sizeof(real[V][EMBEDDING]));
    for (int i = 0; i < n; i++)
        for (int t = 0; t < CONTEXT; t++)
            for (int e = 0; e < EMBEDDING; e++)
                dC[x[i][t]][e] += demb[i][t * EMBEDDING + e];
}

#endif
