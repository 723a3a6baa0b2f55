/* 19_transformer_judges.h: every gradient held against the tape and a numeric gradient. */
#ifndef CHAPTER_19_TRANSFORMER_JUDGES_H
#define CHAPTER_19_TRANSFORMER_JUDGES_H

#include <stdio.h>

#include "19_transformer_steps.h"
#include "autograd/autograd.h"
#include "workbook/fact.h"
#include "workbook/table.h"

/* Sizes that all differ. */
enum { ROWS = 2, T = 5, MEMORY = 7, D = 3, WIDTH = 6, HEADS = 2, WORDS = 4 };

static inline Tensor *drawn(Rng *rng, int rows, int cols)
{
    return table_variable(rng, ag_shape(2, rows, cols));
}

/* softmax(Q K^T / sqrt(d)) of what the mask allows; to the tape a score of -infinity is one that
 * was added to. */
static inline Tensor *weights_on_tape(Tensor *Q, Tensor *Key, bool causal, Tensor **scores)
{
    const int t = Q->shape.dim[0], s = Key->shape.dim[0];
    Tensor *mask = ag_zeros(ag_shape(2, t, s));
    for (int at = 0; at < t * s && causal; at++)
        mask->data[at] = at % s > at / s ? -INFINITY : 0;
    *scores = ag_mul(ag_matmul_t(Q, false, Key, true), ag_scalar(1 / sqrt((real)Q->shape.dim[1])));
    return ag_softmax(ag_add(*scores, mask), -1);
}

/* -- the nine gradients ------------------------------------------------------------------------ */

/* Self-attention with a causal mask: from dY down to X, every step with what came of the one
 * before. */
static inline void hold_self_attention(GradTable *table, Rng *rng)
{
    Tensor *X = drawn(rng, T, WIDTH), *dY = drawn(rng, T, D), *scores;
    Tensor *Wq = drawn(rng, WIDTH, D), *Wk = drawn(rng, WIDTH, D), *Wv = drawn(rng, WIDTH, D);
    Tensor *Q = ag_matmul(X, Wq), *Key = ag_matmul(X, Wk), *V = ag_matmul(X, Wv);
    Tensor *P = weights_on_tape(Q, Key, true, &scores);
    Tensor *loss = table_loss(ag_matmul(P, V), dY->data);
    real weights[T][T], dP[T][T], dS[T][T], dQ[T][D], dK[T][D], dV[T][D];
    real dX[T][WIDTH], dWq[WIDTH][D], dWk[WIDTH][D], dWv[WIDTH][D];
    ag_backward(loss);
    causal_weights(T, ag_data(scores), weights);
    fact_same("causal_weights()", T * T, *weights, P->data);
    values_backward(T, T, D, ag_data(dY), ag_data(P), ag_data(V), dP, dV);
    weights_backward(T, T, (const void *)dP, ag_data(P), dS);
    scores_backward(T, T, D, (const void *)dS, ag_data(Q), ag_data(Key), dQ, dK);
    projections_backward(T, WIDTH, D, (const void *)dQ, (const void *)dK, (const void *)dV,
                         ag_data(X), ag_data(Wq), ag_data(Wk), ag_data(Wv), dX, dWq, dWk, dWv);
    table_tensor(table, "dP", *dP, loss, P);
    table_tensor(table, "dV", *dV, loss, V);
    table_tensor(table, "dS", *dS, loss, scores);
    table_tensor(table, "dQ", *dQ, loss, Q);
    table_tensor(table, "dK", *dK, loss, Key);
    table_tensor(table, "dWq", *dWq, loss, Wq);
    table_tensor(table, "dWk", *dWk, loss, Wk);
    table_tensor(table, "dWv", *dWv, loss, Wv);
    table_tensor(table, "dX", *dX, loss, X);
}

/* -- what stands around it --------------------------------------------------------------------- */

static inline void hold_cross_attention(GradTable *table, Rng *rng)
{
    Tensor *X = drawn(rng, T, WIDTH), *M = drawn(rng, MEMORY, WIDTH), *dY = drawn(rng, T, D),
           *scores;
    Tensor *Wq = drawn(rng, WIDTH, D), *Wk = drawn(rng, WIDTH, D), *Wv = drawn(rng, WIDTH, D);
    Tensor *Q = ag_matmul(X, Wq), *Key = ag_matmul(M, Wk), *V = ag_matmul(M, Wv);
    Tensor *P = weights_on_tape(Q, Key, false, &scores),
           *loss = table_loss(ag_matmul(P, V), dY->data);
    real dP[T][MEMORY], dS[T][MEMORY], dQ[T][D], dK[MEMORY][D], dV[MEMORY][D], dX[T][WIDTH],
        dM[MEMORY][WIDTH];
    ag_backward(loss);
    attention_backward(T, MEMORY, D, ag_data(dY), ag_data(Q), ag_data(Key), ag_data(V), ag_data(P),
                       dP, dS, dQ, dK, dV);
    cross_attention_backward(T, MEMORY, WIDTH, D, (const void *)dQ, (const void *)dK,
                             (const void *)dV, ag_data(Wq), ag_data(Wk), ag_data(Wv), dX, dM);
    table_tensor(table, "dX cross", *dX, loss, X);
    table_tensor(table, "dM cross", *dM, loss, M);
}

static inline void hold_heads(GradTable *table, Rng *rng)
{
    Tensor *X = drawn(rng, ROWS * T, WIDTH), *dO = drawn(rng, ROWS * HEADS * T, WIDTH / HEADS);
    Tensor *O = ag_transpose(ag_reshape(X, ag_shape(4, ROWS, T, HEADS, WIDTH / HEADS)), 1, 2);
    Tensor *loss = table_loss(O, ag_reshape(dO, O->shape)->data);
    real dX[ROWS][T][WIDTH];
    ag_backward(loss);
    split_heads_backward(ROWS, T, HEADS, WIDTH / HEADS, WIDTH, ag_data(dO), dX);
    table_tensor(table, "dX heads", **dX, loss, X);
}

static const real eps_of_norm = (real)1e-5;

static inline void hold_post_norm(GradTable *table, Rng *rng)
{
    Tensor *X = drawn(rng, T, WIDTH), *B = drawn(rng, T, WIDTH), *dY = drawn(rng, T, WIDTH);
    Tensor *gain = drawn(rng, 1, WIDTH), *bias = drawn(rng, 1, WIDTH), *R = ag_add(X, B);
    Tensor *Y = ag_layer_norm(R, ag_reshape(gain, ag_shape(1, WIDTH)),
                              ag_reshape(bias, ag_shape(1, WIDTH)), (double)eps_of_norm);
    Tensor *loss = table_loss(Y, dY->data);
    real var_inv[T], raw[T][WIDTH], y[T][WIDTH], dR[T][WIDTH], dgain[WIDTH], dbias[WIDTH];
    ag_backward(loss);
    norm_forward(T, WIDTH, ag_data(R), gain->data, bias->data, eps_of_norm, var_inv, raw, y);
    fact_same("norm_forward()", T * WIDTH, *y, Y->data);
    post_norm_backward(T, WIDTH, ag_data(dY), var_inv, (const void *)raw, gain->data, dR, dgain,
                       dbias);
    table_tensor(table, "dX post-norm", *dR, loss, X);
    table_tensor(table, "dB post-norm", *dR, loss, B);
    table_tensor(table, "dgain", dgain, loss, gain);
    table_tensor(table, "dbias", dbias, loss, bias);
}

/* The branch F is a matrix and a tanh. */
static inline void hold_pre_norm(GradTable *table, Rng *rng)
{
    Tensor *X = drawn(rng, T, WIDTH), *W = drawn(rng, WIDTH, WIDTH), *dY = drawn(rng, T, WIDTH);
    Tensor *gain = drawn(rng, 1, WIDTH), *bias = drawn(rng, 1, WIDTH);
    Tensor *normed = ag_layer_norm(X, ag_reshape(gain, ag_shape(1, WIDTH)),
                                   ag_reshape(bias, ag_shape(1, WIDTH)), (double)eps_of_norm);
    Tensor *loss = table_loss(ag_add(X, ag_tanh(ag_matmul(normed, W))), dY->data);
    real var_inv[T], raw[T][WIDTH], y[T][WIDTH], dX[T][WIDTH];
    ag_backward(loss);
    norm_forward(T, WIDTH, ag_data(X), gain->data, bias->data, eps_of_norm, var_inv, raw, y);
    pre_norm_backward(T, WIDTH, ag_data(dY), (const void *)normed->grad, var_inv, (const void *)raw,
                      gain->data, dX);
    table_tensor(table, "dX pre-norm", *dX, loss, X);
}

static inline void hold_gelu(GradTable *table, Rng *rng)
{
    Tensor *X = drawn(rng, T, WIDTH), *dY = drawn(rng, T, WIDTH), *Y = ag_gelu(X);
    Tensor *loss = table_loss(Y, dY->data);
    real y[T][WIDTH], dX[T][WIDTH];
    ag_backward(loss);
    gelu_forward(T * WIDTH, X->data, *y);
    fact_same("gelu_forward()", T * WIDTH, *y, Y->data);
    gelu_backward(T * WIDTH, dY->data, X->data, *dX);
    table_tensor(table, "dX gelu", *dX, loss, X);
}

static inline void hold_input(GradTable *table, Rng *rng)
{
    const int X[ROWS][T] = {{3, 0, 1, 1, 0}, {1, 3, 3, 0, 1}}; /* 2 is nowhere */
    Tensor *C = drawn(rng, WORDS, WIDTH), *P = drawn(rng, T, WIDTH),
           *dE = drawn(rng, ROWS * T, WIDTH);
    Tensor *E =
        ag_add(ag_mul(ag_scalar(sqrt((real)WIDTH)), ag_embedding(C, ag_shape(2, ROWS, T), *X)), P);
    Tensor *loss = table_loss(E, ag_reshape(dE, E->shape)->data);
    real dC[WORDS][WIDTH], dP[T][WIDTH];
    ag_backward(loss);
    input_backward(ROWS, T, WORDS, WIDTH, ag_data(dE), X, dC, dP);
    table_tensor(table, "dC input", *dC, loss, C);
    table_tensor(table, "dP input", *dP, loss, P);
}

static inline bool check_gradients(Rng *rng)
{
    static void (*const around[])(GradTable *, Rng *) = {
        hold_cross_attention, hold_heads, hold_post_norm, hold_pre_norm, hold_gelu, hold_input};
    GradTable nine, others;
    printf("\nThe nine gradients of self-attention, with a causal mask:\n");
    table_begin(&nine);
    hold_self_attention(&nine, rng);
    bool right = table_end(&nine);
    ag_reset();
    printf("\nWhat stands around it:\n");
    table_begin(&others);
    for (size_t i = 0; i < sizeof around / sizeof around[0]; i++) {
        around[i](&others, rng);
        ag_reset();
    }
    return table_end(&others) && right;
}

#endif
