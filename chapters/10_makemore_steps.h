/* 10_makemore_steps.h: the names model in steps so small that each is one line of maths.
 *
 * Forwards they are done by the tape. Backwards each is a function of its own, and these are the
 * exercises of this chapter: the program is linked with solutions/10_makemore_mlp.c, or with a file
 * of your own (make run-10 FROM=exercises). n rows in a batch, k hidden units, V letters.
 */
#ifndef CHAPTER_10_MAKEMORE_STEPS_H
#define CHAPTER_10_MAKEMORE_STEPS_H

#include "10_makemore_mlp.h"
#include "autograd/autograd.h"
#include "exercises/10_makemore_mlp.h"
#include "workbook/fact.h"

/* Every tensor of the model, in an order in which a forward pass can make them. Backwards, it is
 * the order of the gradients in the lesson. */
// clang-format off
enum {
    C, EMB, B1, W1, EMBCAT, HPREBN, BNMEAN, BNDIFF, BNDIFF2, BNVAR, BNVAR_INV, BNRAW, BNBIAS, BNGAIN,
    HPREACT, B2, W2, H, LOGITS, LOGIT_MAXES, NORM_LOGITS, COUNTS, COUNTS_SUM, COUNTS_SUM_INV, PROBS,
    LOGPROBS, TENSORS
};

static const char *const gradient_name[TENSORS] = {
    "dC", "demb", "db1", "dW1", "dembcat", "dhprebn", "dbnmean", "dbndiff", "dbndiff2", "dbnvar",
    "dbnvar_inv", "dbnraw", "dbnbias", "dbngain", "dhpreact", "db2", "dW2", "dh", "dlogits",
    "dlogit_maxes", "dnorm_logits", "dcounts", "dcounts_sum", "dcounts_sum_inv", "dprobs", "dlogprobs"
};
// clang-format on

/* The forward pass on the tape. Returns the loss. */
static inline Tensor *forward_by_steps(int n, const Parameters *p, const int x[n][CONTEXT],
                                       const int y[n], Tensor *t[TENSORS])
{
    int V = p->V, k = p->k;
    t[C] = ag_variable(ag_shape(2, V, EMBEDDING), *p->C);
    t[W1] = ag_variable(ag_shape(2, D, k), p->W1);
    t[B1] = ag_variable(ag_shape(1, k), p->b1);
    t[BNGAIN] = ag_variable(ag_shape(1, k), p->bngain);
    t[BNBIAS] = ag_variable(ag_shape(1, k), p->bnbias);
    t[W2] = ag_variable(ag_shape(2, k, V), p->W2);
    t[B2] = ag_variable(ag_shape(1, V), p->b2);

    t[EMB] = ag_embedding(t[C], ag_shape(2, n, CONTEXT), *x);
    t[EMBCAT] = ag_reshape(t[EMB], ag_shape(2, n, D));
    t[HPREBN] = ag_linear(t[EMBCAT], t[W1], t[B1]);
    t[BNMEAN] = ag_mean(t[HPREBN], 0, true);
    t[BNDIFF] = ag_sub(t[HPREBN], t[BNMEAN]);
    t[BNDIFF2] = ag_pow(t[BNDIFF], 2);
    t[BNVAR] = ag_div(ag_sum(t[BNDIFF2], 0, true), ag_scalar((real)(n - 1)));
    t[BNVAR_INV] = ag_pow(ag_add(t[BNVAR], ag_scalar(EPS)), -0.5);
    t[BNRAW] = ag_mul(t[BNDIFF], t[BNVAR_INV]);
    t[HPREACT] = ag_add(ag_mul(t[BNGAIN], t[BNRAW]), t[BNBIAS]);
    t[H] = ag_tanh(t[HPREACT]);
    t[LOGITS] = ag_linear(t[H], t[W2], t[B2]);
    t[LOGIT_MAXES] = ag_max(t[LOGITS], 1, true);
    t[NORM_LOGITS] = ag_sub(t[LOGITS], t[LOGIT_MAXES]);
    t[COUNTS] = ag_exp(t[NORM_LOGITS]);
    t[COUNTS_SUM] = ag_sum(t[COUNTS], 1, true);
    t[COUNTS_SUM_INV] = ag_pow(t[COUNTS_SUM], -1);
    t[PROBS] = ag_mul(t[COUNTS], t[COUNTS_SUM_INV]);
    t[LOGPROBS] = ag_log(t[PROBS]);
    return ag_neg(ag_mean(ag_gather(t[LOGPROBS], y), AG_ALL, false));
}

/* The backward pass. x holds the values of the forward pass, d what is computed here. */
static inline void backward_by_steps(int n, int V, int k, const int letters[n][CONTEXT],
                                     const int y[n], void *const x[TENSORS], void *const d[TENSORS])
{
    logprobs_backward(n, V, y, d[LOGPROBS]);
    probs_backward(n, V, d[LOGPROBS], x[PROBS], d[PROBS]);
    counts_sum_inv_backward(n, V, d[PROBS], x[COUNTS], d[COUNTS_SUM_INV]);
    counts_sum_backward(n, d[COUNTS_SUM_INV], x[COUNTS_SUM_INV], d[COUNTS_SUM]);
    counts_backward(n, V, d[PROBS], d[COUNTS_SUM], x[COUNTS_SUM_INV], d[COUNTS]);
    norm_logits_backward(n, V, d[COUNTS], x[COUNTS], d[NORM_LOGITS]);
    logit_maxes_backward(n, V, d[NORM_LOGITS], d[LOGIT_MAXES]);
    logits_backward(n, V, d[NORM_LOGITS], d[LOGIT_MAXES], x[LOGITS], d[LOGITS]);

    h_backward(n, k, V, d[LOGITS], x[W2], d[H]);
    W2_backward(n, k, V, d[LOGITS], x[H], d[W2]);
    b2_backward(n, V, d[LOGITS], d[B2]);
    hpreact_backward(n, k, d[H], x[H], d[HPREACT]);

    bngain_backward(n, k, d[HPREACT], x[BNRAW], d[BNGAIN]);
    bnbias_backward(n, k, d[HPREACT], d[BNBIAS]);
    bnraw_backward(n, k, d[HPREACT], x[BNGAIN], d[BNRAW]);
    bnvar_inv_backward(n, k, d[BNRAW], x[BNDIFF], d[BNVAR_INV]);
    bnvar_backward(k, d[BNVAR_INV], x[BNVAR_INV], d[BNVAR]);
    bndiff2_backward(n, k, d[BNVAR], d[BNDIFF2]);
    bndiff_backward(n, k, d[BNRAW], d[BNDIFF2], x[BNVAR_INV], x[BNDIFF], d[BNDIFF]);
    bnmean_backward(n, k, d[BNDIFF], d[BNMEAN]);
    hprebn_backward(n, k, d[BNDIFF], d[BNMEAN], d[HPREBN]);

    embcat_backward(n, D, k, d[HPREBN], x[W1], d[EMBCAT]);
    W1_backward(n, D, k, d[HPREBN], x[EMBCAT], d[W1]);
    b1_backward(n, k, d[HPREBN], d[B1]);
    emb_backward(n, CONTEXT, EMBEDDING, d[EMBCAT], d[EMB]);
    C_backward(n, CONTEXT, V, EMBEDDING, d[EMB], letters, d[C]);
}

/* Both. d[i] becomes the gradient of t[i]: it has room for that, or is NULL and gets it on the
 * strip, where what a step leaves unwritten is NaN. Returns the loss. */
static inline Tensor *gradients_by_steps(int n, const Parameters *p, const int x[n][CONTEXT],
                                         const int y[n], Tensor *t[TENSORS], void *d[TENSORS])
{
    void *value[TENSORS];
    Tensor *loss = forward_by_steps(n, p, x, y, t);
    for (int i = 0; i < TENSORS; i++) {
        value[i] = ag_data(t[i]);
        if (d[i])
            continue;
        d[i] = ag_alloc_reals(t[i]->size);
        vector_fill(t[i]->size, NAN, d[i]);
    }
    backward_by_steps(n, p->V, p->k, x, y, value, d);
    return loss;
}

/* -- once, with small numbers ----------------------------------------------------------------- */

enum { LETTERS = 3 };

/* One row, three letters, of which the second came: from counts (1, 1/2, 1/2) to the loss, and back
 * to the logits. Nothing is printed before all is computed: a step may still be to do. */
static inline void small_example(void)
{
    const int y[1] = {1};
    const real logits[1][LETTERS] = {{0, -log((real)2), -log((real)2)}};
    real counts[1][LETTERS], sum = 0, inv[1], probs[1][LETTERS], d[TENSORS][LETTERS];
    for (int j = 0; j < LETTERS; j++)
        sum += counts[0][j] = exp(logits[0][j] - logits[0][0]);
    inv[0] = 1 / sum;
    for (int j = 0; j < LETTERS; j++)
        probs[0][j] = counts[0][j] * inv[0];

    vector_fill(TENSORS * LETTERS, NAN, *d);
    logprobs_backward(1, LETTERS, y, d + LOGPROBS);
    probs_backward(1, LETTERS, d + LOGPROBS, probs, d + PROBS);
    counts_sum_inv_backward(1, LETTERS, d + PROBS, counts, d[COUNTS_SUM_INV]);
    counts_sum_backward(1, d[COUNTS_SUM_INV], inv, d[COUNTS_SUM]);
    counts_backward(1, LETTERS, d + PROBS, d[COUNTS_SUM], inv, d + COUNTS);
    norm_logits_backward(1, LETTERS, d + COUNTS, counts, d + NORM_LOGITS);
    logit_maxes_backward(1, LETTERS, d + NORM_LOGITS, d[LOGIT_MAXES]);
    logits_backward(1, LETTERS, d + NORM_LOGITS, d[LOGIT_MAXES], logits, d + LOGITS);

    printf("Counts (1, 1/2, 1/2), and the second letter came:\n");
    fact_row("probs", 4, LETTERS, *probs, (const real[]){0.5, 0.25, 0.25});
    fact("loss", 4, -log((double)probs[0][y[0]]), log(4));
    fact_row("dlogprobs", 4, LETTERS, d[LOGPROBS], (const real[]){0, -1, 0});
    fact_row("dprobs", 4, LETTERS, d[PROBS], (const real[]){0, -4, 0});
    fact("dcounts_sum_inv", 4, (double)d[COUNTS_SUM_INV][0], -2);
    fact("dcounts_sum", 4, (double)d[COUNTS_SUM][0], 0.5);
    fact_row("dcounts", 4, LETTERS, d[COUNTS], (const real[]){0.5, -1.5, 0.5});
    fact_row("dnorm_logits", 4, LETTERS, d[NORM_LOGITS], (const real[]){0.5, -0.75, 0.25});
    fact("dlogit_maxes", 4, (double)d[LOGIT_MAXES][0], 0);
    fact_row("dlogits", 4, LETTERS, d[LOGITS], (const real[]){0.5, -0.75, 0.25});
}

#endif
