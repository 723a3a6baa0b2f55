/* 19_transformer_norms.h: the other half of a layer, as operations on the tape: the norm behind the
 * sum or in front of the branch, GELU, and the input. */
#ifndef CHAPTER_19_TRANSFORMER_NORMS_H
#define CHAPTER_19_TRANSFORMER_NORMS_H

#include "19_transformer_ops.h"

static const real norm_eps = (real)1e-5; /* nn_layer_norm()'s */

/* What a norm keeps for its way back. With the norm in front also the block's output, once there
 * is one: going back it is the first to have its gradient, and the norm is the last. */
typedef struct {
    real *var_inv, *raw;
    Tensor *Y;
    Wrong wrong; /* with the norm behind the sum */
} Normed;

static inline void norm_op_forward(const Record *r)
{
    const Normed *s = r->saved;
    norm_forward(rows_of(r->out), last_of(r->out), ag_data(r->in[0]), r->in[1]->data,
                 r->in[2]->data, norm_eps, s->var_inv, (void *)s->raw, ag_data(r->out));
}

static inline Tensor *norm_op(Tensor *X, Tensor *gain, Tensor *bias, Backward *backward, Normed *s)
{
    *s = (Normed){.var_inv = ag_alloc_reals(rows_of(X)), .raw = ag_alloc_reals(X->size)};
    return ag_op(X->shape, norm_op_forward, backward, s, 3, (Tensor *[]){X, gain, bias});
}

/* -- behind the sum ---------------------------------------------------------------------------- */

/* dR, dgain and dbias, the latter two already where they belong. */
static inline real *through_norm(const Record *r, const real *dY)
{
    const Normed *s = r->saved;
    const int n = rows_of(r->out), k = last_of(r->out);
    real *dR = ag_alloc_reals(n * k), *dgain = ag_alloc_reals(k), *dbias = ag_alloc_reals(k);
    post_norm_backward(n, k, (const void *)dY, s->var_inv, (const void *)s->raw, r->in[1]->data,
                       (void *)dR, dgain, dbias);
    add_gradient(r->in[1], dgain);
    add_gradient(r->in[2], dbias);
    return dR;
}

static inline void post_norm_op_backward(const Record *r)
{
    const Normed *s = r->saved;
    const int k = last_of(r->out);
    const real *dY = ag_grad(r->out);
    real *dR = through_norm(r, dY);
    for (int i = 0; i < rows_of(r->out) && s->wrong >= NORM_WITHOUT_MEAN; i++)
        wrong_norm_row(s->wrong, k, dY + i * k, s->var_inv[i], s->raw + i * k, r->in[1]->data,
                       dR + i * k);
    add_gradient(r->in[0], dR);
}

/* R (n, t, k), normalized */
static inline Tensor *own_norm(Tensor *R, Tensor *gain, Tensor *bias, Wrong wrong)
{
    Normed *s = ag_alloc(sizeof *s);
    Tensor *Y = norm_op(R, gain, bias, post_norm_op_backward, s);
    s->wrong = wrong;
    return Y;
}

/* -- in front of the branch -------------------------------------------------------------------- */

/* X goes two ways: here both come together. */
static inline void pre_norm_op_backward(const Record *r)
{
    const Normed *s = r->saved;
    const int n = rows_of(r->out), k = last_of(r->out);
    real *dX = ag_alloc_reals(n * k);
    pre_norm_backward(n, k, ag_grad(s->Y), ag_grad(r->out), s->var_inv, (const void *)s->raw,
                      r->in[1]->data, (void *)dX);
    through_norm(r, ag_grad(r->out)); /* for the gain and the bias */
    add_gradient(r->in[0], dX);
}

static inline Tensor *own_norm_first(Tensor *X, Tensor *gain, Tensor *bias, Normed *s)
{
    return norm_op(X, gain, bias, pre_norm_op_backward, s);
}

/* Y = X + B. Here B alone gets its gradient: what comes past the norm is added where the two ways
 * part. */
static inline void meet_forward(const Record *r)
{
    const real *X = ag_data(r->in[0]), *B = ag_data(r->in[1]);
    real *Y = ag_data(r->out);
    for (int i = 0; i < r->out->size; i++)
        Y[i] = X[i] + B[i];
}

static inline void meet_backward(const Record *r)
{
    add_gradient(r->in[1], ag_grad(r->out));
}

static inline Tensor *own_meet(Tensor *X, Tensor *B, Normed *s)
{
    return s->Y = ag_op(X->shape, meet_forward, meet_backward, NULL, 2, (Tensor *[]){X, B});
}

/* -- GELU -------------------------------------------------------------------------------------- */

static inline void gelu_op_forward(const Record *r)
{
    gelu_forward(r->out->size, ag_data(r->in[0]), ag_data(r->out));
}

static inline void gelu_op_backward(const Record *r)
{
    real *dX = ag_alloc_reals(r->out->size);
    gelu_backward(r->out->size, ag_grad(r->out), ag_data(r->in[0]), dX);
    add_gradient(r->in[0], dX);
}

static inline Tensor *own_gelu(Tensor *X)
{
    return ag_op(X->shape, gelu_op_forward, gelu_op_backward, NULL, 1, (Tensor *[]){X});
}

/* -- the input --------------------------------------------------------------------------------- */

/* The tokens, (n, t). */
static inline void input_op_forward(const Record *r)
{
    const int *X = r->saved, *e = r->out->shape.dim, t = e[1], k = e[2];
    const real(*C)[k] = ag_data(r->in[0]), (*P)[k] = ag_data(r->in[1]);
    real(*E)[k] = ag_data(r->out);
    for (int at = 0; at < e[0] * t; at++)
        for (int m = 0; m < k; m++)
            E[at][m] = sqrt((real)k) * C[X[at]][m] + P[at % t][m];
}

static inline void input_op_backward(const Record *r)
{
    const int *X = r->saved, *e = r->out->shape.dim, v = r->in[0]->shape.dim[0];
    real *dC = ag_alloc_reals(r->in[0]->size), *dP = ag_alloc_reals(r->in[1]->size);
    input_backward(e[0], e[1], v, e[2], ag_grad(r->out), (const void *)X, (void *)dC, (void *)dP);
    add_gradient(r->in[0], dC);
    add_gradient(r->in[1], dP);
}

/* C (v, k) and the first t rows of the places P (t, k) -> (n, t, k) */
static inline Tensor *own_input(Tensor *C, Tensor *P, int n, int t, const int *X)
{
    int *tokens = ag_alloc((size_t)(n * t) * sizeof *tokens);
    memcpy(tokens, X, (size_t)(n * t) * sizeof *tokens);
    return ag_op(ag_shape(3, n, t, last_of(C)), input_op_forward, input_op_backward, tokens, 2,
                 (Tensor *[]){C, P});
}

#endif
