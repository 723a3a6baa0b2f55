/* 23_device_model.h: the names model of chapter 10, as arrays that may lie in any memory.
 *
 *     emb     = C[x]                           (n, D)    D = CONTEXT * EMBEDDING
 *     hprebn  = emb W1 + b1                    (n, k)
 *     bnraw   = (hprebn - bnmean) bnvar_inv    (n, k)    bnvar_inv = (bnvar + EPS)^(-1/2)
 *     h       = tanh(bngain bnraw + bnbias)    (n, k)
 *     logits  = h W2 + b2                      (n, V)
 *     loss    = -1/n sum_i log softmax(logits[i])[y[i]]
 *
 * n rows in a batch, k hidden units, V letters. Nothing here looks into an array, as it may be one
 * that the host cannot read: they are laid out one behind the other in a block, wherever that is.
 */
#ifndef CHAPTER_23_DEVICE_MODEL_H
#define CHAPTER_23_DEVICE_MODEL_H

#include "nn/init.h"
#include "real.h"

enum {
    CONTEXT = 3,
    EMBEDDING = 10,
    D = CONTEXT * EMBEDDING, /* inputs of the first linear layer */
};
#define EPS ((real)1e-5)

/* The parameters, or their gradients. A matrix with a column for each hidden unit or letter is a
 * void *, which fits where its shape stands. */
typedef struct {
    int V, k, size;
    real *all;                  /* `size` numbers, of which the others are parts */
    real (*C)[EMBEDDING];       /* (V, EMBEDDING) */
    void *W1;                   /* (D, k) */
    real *b1, *bngain, *bnbias; /* (k) */
    void *W2;                   /* (k, V) */
    real *b2;                   /* (V) */
} Parameters;

static inline int parameters_size(int V, int k)
{
    return V * EMBEDDING + D * k + 3 * k + k * V + V;
}

static inline Parameters parameters_at(real *all, int V, int k)
{
    Parameters p = {.V = V, .k = k, .size = parameters_size(V, k), .all = all, .C = (void *)all};
    p.W1 = all + V * EMBEDDING;
    p.b1 = all + V * EMBEDDING + D * k;
    p.bngain = p.b1 + k;
    p.bnbias = p.bngain + k;
    p.W2 = p.bnbias + k;
    p.b2 = p.bnbias + k + k * V;
    return p;
}

/* As chapter 10 begins, small and nowhere zero. On the host. */
static inline void parameters_init(Rng *rng, const Parameters *p)
{
    const int V = p->V, k = p->k;
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
    void *bnraw, *h, *dh;       /* (n, k); dh is dhpreact later on, and dhprebn at the end */
    real *loss;                 /* (n), of each row */
    real *bnmean, *bnvar_inv;   /* (k) */
} Activations;

static inline int activations_size(int n, int V, int k)
{
    return n * (2 * D + 2 * V + 3 * k + 1) + 2 * k;
}

static inline Activations activations_at(real *all, int n, int V, int k)
{
    Activations a = {.emb = (void *)all, .demb = (void *)(all + n * D)};
    real *rest = all + 2 * n * D;
    a.probs = rest;
    a.dlogits = rest + n * V;
    rest += 2 * n * V;
    a.bnraw = rest;
    a.h = rest + n * k;
    a.dh = rest + 2 * n * k;
    a.loss = rest + 3 * n * k;
    a.bnmean = a.loss + n;
    a.bnvar_inv = a.bnmean + k;
    return a;
}

#endif
