/* 10_makemore_mlp.h: the names model, forwards.
 *
 * Three letters of a name predict the next. The letters are looked up in C and laid side by side; a
 * linear layer, batch norm and tanh follow, and a second linear layer gives the logits of the next
 * letter:
 *
 *     emb     = C[x]                           (n, D)    D = CONTEXT * EMBEDDING
 *     hprebn  = emb W1 + b1                    (n, k)
 *     bnraw   = (hprebn - bnmean) bnvar_inv    (n, k)    bnvar_inv = (bnvar + EPS)^(-1/2)
 *     h       = tanh(bngain bnraw + bnbias)    (n, k)
 *     logits  = h W2 + b2                      (n, V)
 *     loss    = -1/n sum_i log softmax(logits[i])[y[i]]
 *
 * n rows in a batch, k hidden units, V letters: those of the names, and the mark that ends them.
 * The way back is in 10_makemore_backward.h, in as few passes over memory as it can be done, and in
 * the exercises of this chapter, in 26 small steps. */
#ifndef CHAPTER_10_MAKEMORE_MLP_H
#define CHAPTER_10_MAKEMORE_MLP_H

#include <stdlib.h>
#include <string.h>

#include "error.h"
#include "kernel/gemm.h"
#include "kernel/random.h"
#include "kernel/vector.h"
#include "nn/init.h"

enum {
    CONTEXT = 3,
    EMBEDDING = 10,
    D = CONTEXT * EMBEDDING, /* inputs of the first linear layer */
};
#define EPS ((real)1e-5)

/* -- the parameters --------------------------------------------------------------------------- */

/* The parameters, or their gradients: one block of `size` numbers that begins at `all`. A matrix
 * with a column for each hidden unit or letter is a void *, which fits where its shape stands. */
typedef struct {
    int V, k, size;
    real *all;
    real (*C)[EMBEDDING];       /* (V, EMBEDDING) */
    void *W1;                   /* (D, k) */
    real *b1, *bngain, *bnbias; /* (k) */
    void *W2;                   /* (k, V) */
    real *b2;                   /* (V) */
} Parameters;

static inline Parameters parameters_new(int V, int k)
{
    Parameters p = {.V = V, .k = k, .size = V * EMBEDDING + D * k + 3 * k + k * V + V};
    p.all = calloc((size_t)p.size, sizeof(real));
    if (!p.all)
        error_stop("no memory for a model of %d letters and %d hidden units", V, k);
    p.C = (void *)p.all;
    p.W1 = p.all + V * EMBEDDING;
    p.b1 = p.all + V * EMBEDDING + D * k;
    p.bngain = p.b1 + k;
    p.bnbias = p.bngain + k;
    p.W2 = p.bnbias + k;
    p.b2 = p.bnbias + k + k * V;
    return p;
}

static inline void parameters_free(Parameters *p)
{
    free(p->all);
}

/* C and the biases start as the lecture "makemore" (Karpathy, 2022) has them: small and nowhere
 * zero, so that no wrong gradient can hide behind one. */
static inline void parameters_init(Rng *rng, Parameters *p)
{
    int V = p->V, k = p->k;
    init_normal(rng, 1, V * EMBEDDING, *p->C);
    init_kaiming_normal(rng, INIT_TANH, D, D * k, p->W1);
    init_normal(rng, 0.1, k, p->b1);
    init_normal(rng, 0.1, k, p->bngain);
    for (int j = 0; j < k; j++)
        p->bngain[j] += 1;
    init_normal(rng, 0.1, k, p->bnbias);
    init_normal(rng, 0.1, k * V, p->W2);
    init_normal(rng, 0.1, V, p->b2);
}

/* What a forward pass leaves for the backward pass, and what that needs on its way. */
typedef struct {
    real (*emb)[D], (*demb)[D]; /* (n, D) */
    void *probs, *dlogits;      /* (n, V) */
    void *bnraw, *h, *dh;       /* (n, k) */
    real *counts_sum;           /* (n) */
    real *bnvar_inv;            /* (k) */
} Activations;

/* Numbers in them for each example, but for bnvar_inv. */
#define ACTIVATIONS(V, k) (2 * D + 3 * (k) + 2 * (V) + 1)

static inline Activations activations_new(int n, int V, int k)
{
    size_t size = (size_t)n * (size_t)ACTIVATIONS(V, k) + (size_t)k;
    real *all = calloc(size, sizeof *all);
    if (!all)
        error_stop("no memory for a batch of %d", n);
    Activations a = {.emb = (void *)all};
    a.demb = a.emb + n;
    real *rest = a.demb[n];
    a.probs = rest;
    a.dlogits = rest + n * V;
    rest += 2 * n * V;
    a.bnraw = rest;
    a.h = rest + n * k;
    a.dh = rest + 2 * n * k;
    a.bnvar_inv = rest + 3 * n * k;
    a.counts_sum = a.bnvar_inv + k;
    return a;
}

static inline void activations_free(Activations *a)
{
    free(a->emb);
}

/* -- the forward pass ------------------------------------------------------------------------- */

/* emb[i] = C[x[i]], for n letters */
static inline void embedding_forward(int n, int v, int e, const real C[v][e], const int x[n],
                                     real emb[n][e])
{
    for (int i = 0; i < n; i++)
        for (int f = 0; f < e; f++)
            emb[i][f] = C[x[i]][f];
}

/* y = x W + b   (n, m) = (n, k) (k, m) + (m) */
static inline void linear_forward(int n, int k, int m, const real x[n][k], const real W[k][m],
                                  const real b[m], real y[n][m])
{
    GemmResult with_bias = gemm_set(*y, m);
    with_bias.bias = b;
    gemm(n, k, m, gemm_matrix(*x, k), gemm_matrix(*W, m), with_bias);
}

/* bnmean[j] = 1/n sum_i x[i][j],   bnvar[j] = 1/(n-1) sum_i (x[i][j] - bnmean[j])^2 */
static inline void batch_statistics(int n, int k, const real x[n][k], real bnmean[k], real bnvar[k])
{
    memset(bnmean, 0, sizeof(real[k]));
    memset(bnvar, 0, sizeof(real[k]));
    for (int i = 0; i < n; i++)
        for (int j = 0; j < k; j++)
            bnmean[j] += x[i][j];
    for (int j = 0; j < k; j++)
        bnmean[j] /= (real)n;
    for (int i = 0; i < n; i++)
        for (int j = 0; j < k; j++)
            bnvar[j] += (x[i][j] - bnmean[j]) * (x[i][j] - bnmean[j]);
    for (int j = 0; j < k; j++)
        bnvar[j] /= (real)(n - 1);
}

/* bnraw = (hprebn - bnmean) bnvar_inv, in the place of hprebn;   hpreact = bngain bnraw + bnbias */
static inline void batch_norm_apply(int n, int k, const real bnmean[k], const real bnvar_inv[k],
                                    const real bngain[k], const real bnbias[k], real bnraw[n][k],
                                    real hpreact[n][k])
{
    for (int i = 0; i < n; i++)
        for (int j = 0; j < k; j++) {
            bnraw[i][j] = (bnraw[i][j] - bnmean[j]) * bnvar_inv[j];
            hpreact[i][j] = bngain[j] * bnraw[i][j] + bnbias[j];
        }
}

/* probs = softmax(logits), in the place of the logits. Returns the loss. */
static inline real cross_entropy_forward(int n, int V, const int y[n], real probs[n][V],
                                         real counts_sum[n])
{
    real picked = 0;
    for (int i = 0; i < n; i++) {
        real logit_max = vector_max(V, probs[i]);
        for (int j = 0; j < V; j++)
            probs[i][j] -= logit_max;
        picked += probs[i][y[i]];
    }
    vector_exp(n * V, *probs, *probs);
    for (int i = 0; i < n; i++) {
        counts_sum[i] = vector_sum(V, probs[i]);
        for (int j = 0; j < V; j++)
            probs[i][j] *= 1 / counts_sum[i];
    }
    vector_log(n, counts_sum, counts_sum);
    real log_sum = vector_sum(n, counts_sum);
    return (log_sum - picked) / (real)n; /* -log p = log sum_j e^z_j - z_y */
}

/* logits, in the place of a->probs, from h on; shared by training and evaluation. */
static inline void head_forward(int n, const Parameters *p, Activations *a)
{
    vector_tanh(n * p->k, a->h, a->h);
    linear_forward(n, p->k, p->V, a->h, p->W2, p->b2, a->probs);
}

/* hprebn, in the place of a->bnraw. The look-up takes emb for n * CONTEXT rows of one letter. */
static inline void hprebn_forward(int n, const Parameters *p, const int x[n][CONTEXT],
                                  Activations *a)
{
    embedding_forward(n * CONTEXT, p->V, EMBEDDING, p->C, *x, (void *)a->emb);
    linear_forward(n, D, p->k, a->emb, p->W1, p->b1, a->bnraw);
}

/* One forward pass over a batch, normalised by its own statistics. Returns the loss in nats. */
static inline real forward(int n, const Parameters *p, const int x[n][CONTEXT], const int y[n],
                           Activations *a)
{
    int k = p->k;
    real bnmean[k];
    hprebn_forward(n, p, x, a);
    batch_statistics(n, k, a->bnraw, bnmean, a->bnvar_inv); /* there it is bnvar at first */
    for (int j = 0; j < k; j++)
        a->bnvar_inv[j] = 1 / sqrt(a->bnvar_inv[j] + EPS);
    batch_norm_apply(n, k, bnmean, a->bnvar_inv, p->bngain, p->bnbias, a->bnraw, a->h);
    head_forward(n, p, a);
    return cross_entropy_forward(n, p->V, y, a->probs, a->counts_sum);
}

#endif
