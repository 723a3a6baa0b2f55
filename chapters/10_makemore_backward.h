/* 10_makemore_backward.h: the names model, backwards, in as few passes over memory as it can be
 * done. This is what trains it.
 *
 * y is what a layer makes of x. A name here is a layer's, where an exercise's is that of the tensor
 * whose gradient is wanted. */
#ifndef CHAPTER_10_MAKEMORE_BACKWARD_H
#define CHAPTER_10_MAKEMORE_BACKWARD_H

#include "10_makemore_mlp.h"

/* All of the loss in one line:   dlogits = (probs - onehot(y)) / n */
static inline void cross_entropy_backward_from_probs(int n, int v, const real probs[n][v],
                                                     const int y[n], real dlogits[n][v])
{
    for (int i = 0; i < n; i++) {
        for (int j = 0; j < v; j++)
            dlogits[i][j] = probs[i][j] / (real)n;
        dlogits[i][y[i]] -= 1 / (real)n;
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

/* y = gain x + ..., the gain repeated for every row:   dgain = sum_i dy[i] x[i] */
static inline void gain_backward(int n, int k, const real dy[n][k], const real x[n][k],
                                 real dgain[k])
{
    memset(dgain, 0, sizeof(real[k]));
    for (int i = 0; i < n; i++)
        for (int j = 0; j < k; j++)
            dgain[j] += dy[i][j] * x[i][j];
}

/* y = tanh x, for n numbers:   dx = dy (1 - y^2) */
static inline void tanh_backward(int n, const real dy[n], const real y[n], real dx[n])
{
    for (int i = 0; i < n; i++)
        dx[i] = dy[i] * (1 - y[i] * y[i]);
}

/* All of batch norm in one line, with dbnbias = sum_i dhpreact[i] and dbngain = sum_i dhpreact[i]
 * bnraw[i] at hand:
 *     dhprebn = bngain bnvar_inv (dhpreact - dbnbias / n - bnraw dbngain / (n-1)) */
static inline void batch_norm_backward_from_sums(int n, int k, const real dhpreact[n][k],
                                                 const real bnraw[n][k], const real bngain[k],
                                                 const real bnvar_inv[k], const real dbngain[k],
                                                 const real dbnbias[k], real dhprebn[n][k])
{
    real scale[k], mean[k], slope[k];
    for (int j = 0; j < k; j++) {
        scale[j] = bngain[j] * bnvar_inv[j];
        mean[j] = dbnbias[j] / (real)n;
        slope[j] = dbngain[j] / (real)(n - 1);
    }
    for (int i = 0; i < n; i++)
        for (int j = 0; j < k; j++)
            dhprebn[i][j] = scale[j] * (dhpreact[i][j] - mean[j] - bnraw[i][j] * slope[j]);
}

/* emb[i] = C[x[i]], for n letters:   each row of demb is added to the row of dC it came from */
static inline void embedding_backward(int n, int v, int e, const real demb[n][e], const int x[n],
                                      real dC[v][e])
{
    memset(dC, 0, sizeof(real[v][e]));
    for (int i = 0; i < n; i++)
        for (int f = 0; f < e; f++)
            dC[x[i]][f] += demb[i][f];
}

/* The gradients of all parameters into d, from what forward() left in a. */
static inline void backward(int n, const Parameters *p, const int x[n][CONTEXT], const int y[n],
                            Activations *a, Parameters *d)
{
    int V = p->V, k = p->k;
    cross_entropy_backward_from_probs(n, V, a->probs, y, a->dlogits);
    linear_backward_weight(n, k, V, a->dlogits, a->h, d->W2);
    bias_backward(n, V, a->dlogits, d->b2);
    linear_backward_input(n, k, V, a->dlogits, p->W2, a->dh);

    tanh_backward(n * k, a->dh, a->h, a->dh); /* from here on a->dh holds dhpreact ... */
    gain_backward(n, k, a->dh, a->bnraw, d->bngain);
    bias_backward(n, k, a->dh, d->bnbias);
    batch_norm_backward_from_sums(n, k, a->dh, a->bnraw, p->bngain, a->bnvar_inv, d->bngain,
                                  d->bnbias, a->dh);

    linear_backward_weight(n, D, k, a->dh, a->emb, d->W1); /* ... and here dhprebn */
    bias_backward(n, k, a->dh, d->b1);
    linear_backward_input(n, D, k, a->dh, p->W1, a->demb);
    embedding_backward(n * CONTEXT, V, EMBEDDING, (void *)a->demb, *x, d->C);
}

#endif
