/* 19_transformer_ops.h: what a transformer is made of, as operations on the tape.
 *
 * An operation is two functions, forward and backward. In the backward ones stand the functions of
 * exercises/19_transformer.h, the solutions or yours: an exercise writes its gradient whole, the
 * tape wants it added to what is there. Sequences are (n, t, k), heads (n, h, t, d). */
#ifndef CHAPTER_19_TRANSFORMER_OPS_H
#define CHAPTER_19_TRANSFORMER_OPS_H

#include <string.h>

#include "19_transformer_wrong.h"
#include "autograd/autograd.h"
#include "kernel/gemm.h"
#include "kernel/vector.h"

/* What an exercise has written, added to the gradient of x, if anybody asks for it. */
static inline void add_gradient(Tensor *x, const real *dx)
{
    real *grad = ag_grad(x);
    if (grad)
        vector_add(x->size, dx, grad);
}

/* All axes but the last as one. */
static inline int rows_of(const Tensor *x)
{
    return x->size / x->shape.dim[x->shape.ndim - 1];
}

static inline int last_of(const Tensor *x)
{
    return x->shape.dim[x->shape.ndim - 1];
}

/* -- queries, keys and values ------------------------------------------------------------------ */

/* Q, K and V one below the other: X Wq, M Wk and M Wv. In self-attention M is X. */
static inline void project_forward(const Record *r)
{
    const Tensor *X = r->in[0], *M = r->in[1];
    const int t = rows_of(X), s = rows_of(M), k = last_of(X), d = last_of(r->out);
    real *Q = ag_data(r->out), *K = Q + t * d, *V = K + s * d;
    gemm(t, k, d, gemm_matrix(X->data, k), gemm_matrix(r->in[2]->data, d), gemm_set(Q, d));
    gemm(s, k, d, gemm_matrix(M->data, k), gemm_matrix(r->in[3]->data, d), gemm_set(K, d));
    gemm(s, k, d, gemm_matrix(M->data, k), gemm_matrix(r->in[4]->data, d), gemm_set(V, d));
}

static inline void self_project_backward(const Record *r)
{
    Tensor *X = r->in[0];
    const int t = rows_of(X), k = last_of(X), d = last_of(r->out);
    const real *dQ = ag_grad(r->out), *dK = dQ + t * d, *dV = dK + t * d;
    real *dX = ag_alloc_reals(t * k), *dWq = ag_alloc_reals(k * d), *dWk = ag_alloc_reals(k * d),
         *dWv = ag_alloc_reals(k * d);
    projections_backward(t, k, d, (const void *)dQ, (const void *)dK, (const void *)dV, ag_data(X),
                         ag_data(r->in[2]), ag_data(r->in[3]), ag_data(r->in[4]), (void *)dX,
                         (void *)dWq, (void *)dWk, (void *)dWv);
    add_gradient(X, dX);
    add_gradient(r->in[2], dWq);
    add_gradient(r->in[3], dWk);
    add_gradient(r->in[4], dWv);
}

/* dW += X^T dY, chapter 6 */
static inline void add_weight_gradient(Tensor *W, const Tensor *X, const real *dY)
{
    const int k = last_of(X), d = last_of(W);
    real *dW = ag_grad(W);
    if (dW)
        gemm(k, rows_of(X), d, gemm_transpose(X->data, k), gemm_matrix(dY, d), gemm_add(dW, d));
}

static inline void cross_project_backward(const Record *r)
{
    Tensor *X = r->in[0], *M = r->in[1];
    const int t = rows_of(X), s = rows_of(M), k = last_of(X), d = last_of(r->out);
    const real *dQ = ag_grad(r->out), *dK = dQ + t * d, *dV = dK + s * d;
    real *dX = ag_alloc_reals(t * k), *dM = ag_alloc_reals(s * k);
    cross_attention_backward(t, s, k, d, (const void *)dQ, (const void *)dK, (const void *)dV,
                             ag_data(r->in[2]), ag_data(r->in[3]), ag_data(r->in[4]), (void *)dX,
                             (void *)dM);
    add_gradient(X, dX);
    add_gradient(M, dM);
    add_weight_gradient(r->in[2], X, dQ);
    add_weight_gradient(r->in[3], M, dK);
    add_weight_gradient(r->in[4], M, dV);
}

/* X (n, t, k), M (n, s, k) and W (k, d) -> (n t + 2 n s, d) */
static inline Tensor *own_project(Tensor *X, Tensor *M, Tensor *Wq, Tensor *Wk, Tensor *Wv)
{
    const int rows = rows_of(X) + 2 * rows_of(M);
    return ag_op(ag_shape(2, rows, last_of(Wq)), project_forward,
                 X == M ? self_project_backward : cross_project_backward, NULL, 5,
                 (Tensor *[]){X, M, Wq, Wk, Wv});
}

/* -- heads ------------------------------------------------------------------------------------- */

/* O (n, h, t, d) of X (n, t, h d), or the other way round. */
static inline void turn_heads(const int size[4], bool split, const real *from, real *to)
{
    const int n = size[0], h = size[1], t = size[2], d = size[3];
    for (int i = 0; i < n; i++)
        for (int l = 0; l < h; l++)
            for (int r = 0; r < t; r++) {
                const int apart = ((i * h + l) * t + r) * d, beside = ((i * t + r) * h + l) * d;
                memcpy(to + (split ? apart : beside), from + (split ? beside : apart),
                       (size_t)d * sizeof *to);
            }
}

static inline void split_forward(const Record *r)
{
    turn_heads(r->out->shape.dim, true, ag_data(r->in[0]), ag_data(r->out));
}

static inline void split_backward(const Record *r)
{
    const int *size = r->out->shape.dim, n = size[0], h = size[1], t = size[2], d = size[3];
    real *dX = ag_alloc_reals(r->out->size);
    split_heads_backward(n, t, h, d, h * d, ag_grad(r->out), (void *)dX);
    add_gradient(r->in[0], dX);
}

/* X (n, t, h d) -> (n, h, t, d) */
static inline Tensor *own_split(Tensor *X, int heads)
{
    const int *x = X->shape.dim;
    return ag_op(ag_shape(4, x[0], heads, x[1], x[2] / heads), split_forward, split_backward, NULL,
                 1, (Tensor *[]){X});
}

static inline void join_forward(const Record *r)
{
    turn_heads(r->in[0]->shape.dim, false, ag_data(r->in[0]), ag_data(r->out));
}

static inline void join_backward(const Record *r)
{
    real *dO = ag_alloc_reals(r->out->size);
    turn_heads(r->in[0]->shape.dim, true, ag_grad(r->out), dO);
    add_gradient(r->in[0], dO);
}

static inline Tensor *own_join(Tensor *O)
{
    const int *o = O->shape.dim;
    return ag_op(ag_shape(3, o[0], o[2], o[1] * o[3]), join_forward, join_backward, NULL, 1,
                 (Tensor *[]){O});
}

/* -- attention --------------------------------------------------------------------------------- */

typedef struct {
    bool causal, masks; /* masks: by exercise 5, where it is causal */
    real *S, *P;
    Wrong wrong;
} Listening;

/* Each row by itself: token i hears i + 1 keys. */
static inline void causal_rows(int t, const real S[t][t], real P[t][t])
{
    for (int i = 0; i < t; i++)
        weights_forward(1, t, i + 1, &S[i], &P[i]);
}

static inline void attention_op_forward(const Record *r)
{
    const Listening *a = r->saved;
    const int *q = r->in[0]->shape.dim, h = q[1], t = q[2], d = q[3], s = r->in[1]->shape.dim[2];
    const real *Q = ag_data(r->in[0]), *K = ag_data(r->in[1]), *V = ag_data(r->in[2]);
    real *Y = ag_data(r->out);
    for (int i = 0; i < q[0] * h; i++) {
        void *S = a->S, *P = a->P + i * t * s;
        scores_forward(t, s, d, (const void *)(Q + i * t * d), (const void *)(K + i * s * d), S);
        if (a->causal && a->masks)
            causal_weights(t, S, P);
        else if (a->causal)
            causal_rows(t, S, P);
        else
            weights_forward(t, s, s, S, P);
        values_forward(t, s, d, P, (const void *)(V + i * s * d), (void *)(Y + i * t * d));
    }
}

static inline void attention_op_backward(const Record *r)
{
    const Listening *a = r->saved;
    const int *q = r->in[0]->shape.dim, t = q[2], d = q[3], s = r->in[1]->shape.dim[2];
    const real *Q = ag_data(r->in[0]), *K = ag_data(r->in[1]), *V = ag_data(r->in[2]);
    const real *dY = ag_grad(r->out);
    real *dP = ag_alloc_reals(t * s), *dS = ag_alloc_reals(t * s);
    real *dQ = ag_alloc_reals(r->in[0]->size), *dK = ag_alloc_reals(r->in[1]->size),
         *dV = ag_alloc_reals(r->in[2]->size);
    for (int i = 0; i < q[0] * q[1]; i++)
        wrong_attention_backward(a->wrong, t, s, d, (const void *)(dY + i * t * d),
                                 (const void *)(Q + i * t * d), (const void *)(K + i * s * d),
                                 (const void *)(V + i * s * d), (const void *)(a->P + i * t * s),
                                 (void *)dP, (void *)dS, (void *)(dQ + i * t * d),
                                 (void *)(dK + i * s * d), (void *)(dV + i * s * d));
    add_gradient(r->in[0], dQ);
    add_gradient(r->in[1], dK);
    add_gradient(r->in[2], dV);
}

/* Q (n, h, t, d), K and V (n, h, s, d) -> (n, h, t, d) */
static inline Tensor *own_attention(Tensor *Q, Tensor *K, Tensor *V, bool causal, bool masks,
                                    Wrong wrong)
{
    const int *q = Q->shape.dim, s = K->shape.dim[2];
    Listening *a = ag_alloc(sizeof *a);
    *a = (Listening){.causal = causal,
                     .masks = masks,
                     .S = ag_alloc_reals(q[2] * s),
                     .P = ag_alloc_reals(q[0] * q[1] * q[2] * s),
                     .wrong = wrong};
    return ag_op(Q->shape, attention_op_forward, attention_op_backward, a, 3,
                 (Tensor *[]){Q, K, V});
}

#endif
