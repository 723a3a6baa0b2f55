/* 07_softmax_steps.h: from logits to the loss in small steps, and every one of them back.
 *
 * n rows of c logits, and for each row the class y that it should have been:
 *
 *     logit_maxes[i]    = max_j logits[i][j]                      (n)
 *     norm_logits[i][j] = logits[i][j] - logit_maxes[i]           (n, c)
 *     counts[i][j]      = exp norm_logits[i][j]                   (n, c)
 *     counts_sum[i]     = sum_j counts[i][j]                      (n)
 *     counts_sum_inv[i] = 1 / counts_sum[i]                       (n)
 *     probs[i][j]       = counts[i][j] counts_sum_inv[i]          (n, c)
 *     logprobs[i][j]    = log probs[i][j]                         (n, c)
 *     loss              = -1/n sum_i logprobs[i][y[i]]
 */
#ifndef CHAPTER_07_SOFTMAX_STEPS_H
#define CHAPTER_07_SOFTMAX_STEPS_H

#include <string.h>

#include "autograd/autograd.h"
#include "kernel/vector.h"

/* -- forward ---------------------------------------------------------------------------------- */

/* The steps. A tensor has room for values and, in grad, for their gradient; both are made here by
 * hand, or by the tape. */
typedef struct {
    Tensor *logits, *logit_maxes, *norm_logits, *counts; /* (n, c), (n), (n, c), (n, c) */
    Tensor *counts_sum, *counts_sum_inv;                 /* (n) */
    Tensor *probs, *logprobs;                            /* (n, c) */
} Steps;

/* They lie on the strip and go with ag_reset(). */
static inline Steps steps_new(int n, int c, const real logits[n][c])
{
    Shape all = ag_shape(2, n, c), rows = ag_shape(1, n);
    const real *zeros = ag_data(ag_zeros(all));
    return (Steps){.logits = ag_variable(all, *logits),
                   .logit_maxes = ag_variable(rows, zeros),
                   .norm_logits = ag_variable(all, zeros),
                   .counts = ag_variable(all, zeros),
                   .counts_sum = ag_variable(rows, zeros),
                   .counts_sum_inv = ag_variable(rows, zeros),
                   .probs = ag_variable(all, zeros),
                   .logprobs = ag_variable(all, zeros)};
}

/* The values of all steps from the logits. Returns the loss. */
static inline real forward(int n, int c, const int y[n], const Steps *s)
{
    const real(*logits)[c] = ag_data(s->logits);
    real *logit_maxes = ag_data(s->logit_maxes);
    real(*norm_logits)[c] = ag_data(s->norm_logits);
    real(*counts)[c] = ag_data(s->counts);
    real *counts_sum = ag_data(s->counts_sum);
    real *counts_sum_inv = ag_data(s->counts_sum_inv);
    real(*probs)[c] = ag_data(s->probs);
    real(*logprobs)[c] = ag_data(s->logprobs);
    real loss = 0;
    for (int i = 0; i < n; i++) {
        logit_maxes[i] = vector_max(c, logits[i]);
        for (int j = 0; j < c; j++)
            norm_logits[i][j] = logits[i][j] - logit_maxes[i];
        for (int j = 0; j < c; j++)
            counts[i][j] = exp(norm_logits[i][j]);
        counts_sum[i] = vector_sum(c, counts[i]);
        counts_sum_inv[i] = 1 / counts_sum[i];
        for (int j = 0; j < c; j++)
            probs[i][j] = counts[i][j] * counts_sum_inv[i];
        for (int j = 0; j < c; j++)
            logprobs[i][j] = log(probs[i][j]);
        loss -= logprobs[i][y[i]] / (real)n;
    }
    return loss;
}

/* -- backward ---------------------------------------------------------------------------------
 * One function for each gradient, which collects every path into it. */

/* loss = -1/n sum_i logprobs[i][y[i]]:   dlogprobs[i][y[i]] = -1/n, all others 0 */
static inline void logprobs_backward(int n, int c, const int y[n], real dlogprobs[n][c])
{
    memset(dlogprobs, 0, sizeof(real[n][c]));
    for (int i = 0; i < n; i++)
        dlogprobs[i][y[i]] = -1 / (real)n;
}

/* logprobs = log probs:   dprobs = dlogprobs / probs */
static inline void probs_backward(int n, int c, const real dlogprobs[n][c], const real probs[n][c],
                                  real dprobs[n][c])
{
    for (int i = 0; i < n; i++)
        for (int j = 0; j < c; j++)
            dprobs[i][j] = dlogprobs[i][j] / probs[i][j];
}

/* probs[i][j] = counts[i][j] counts_sum_inv[i]:   dcounts_sum_inv[i] = sum_j dprobs counts */
static inline void counts_sum_inv_backward(int n, int c, const real dprobs[n][c],
                                           const real counts[n][c], real dcounts_sum_inv[n])
{
    for (int i = 0; i < n; i++) {
        dcounts_sum_inv[i] = 0;
        for (int j = 0; j < c; j++)
            dcounts_sum_inv[i] += dprobs[i][j] * counts[i][j];
    }
}

/* counts_sum_inv = 1 / counts_sum:   dcounts_sum = dcounts_sum_inv * (-1 / counts_sum^2) */
static inline void counts_sum_backward(int n, const real dcounts_sum_inv[n],
                                       const real counts_sum_inv[n], real dcounts_sum[n])
{
    for (int i = 0; i < n; i++)
        dcounts_sum[i] = -dcounts_sum_inv[i] * counts_sum_inv[i] * counts_sum_inv[i];
}

/* probs[i][j] = counts[i][j] counts_sum_inv[i]   and   counts_sum[i] = sum_j counts[i][j] */
static inline void counts_backward(int n, int c, const real dprobs[n][c], const real dcounts_sum[n],
                                   const real counts_sum_inv[n], real dcounts[n][c])
{
    for (int i = 0; i < n; i++)
        for (int j = 0; j < c; j++)
            dcounts[i][j] = dprobs[i][j] * counts_sum_inv[i] + dcounts_sum[i];
}

/* counts = exp norm_logits:   dnorm_logits = dcounts * counts */
static inline void norm_logits_backward(int n, int c, const real dcounts[n][c],
                                        const real counts[n][c], real dnorm_logits[n][c])
{
    for (int i = 0; i < n; i++)
        for (int j = 0; j < c; j++)
            dnorm_logits[i][j] = dcounts[i][j] * counts[i][j];
}

/* norm_logits[i][j] = logits[i][j] - logit_maxes[i]:   dlogit_maxes[i] = -sum_j dnorm_logits */
static inline void logit_maxes_backward(int n, int c, const real dnorm_logits[n][c],
                                        real dlogit_maxes[n])
{
    for (int i = 0; i < n; i++) {
        dlogit_maxes[i] = 0;
        for (int j = 0; j < c; j++)
            dlogit_maxes[i] -= dnorm_logits[i][j];
    }
}

static inline int argmax(int c, const real x[c])
{
    int best = 0;
    for (int j = 1; j < c; j++)
        best = x[j] > x[best] ? j : best;
    return best;
}

/* norm_logits[i][j] = logits[i][j] - logit_maxes[i]   and   logit_maxes[i] = max_j logits[i][j] */
static inline void logits_backward(int n, int c, const real dnorm_logits[n][c],
                                   const real dlogit_maxes[n], const real logits[n][c],
                                   real dlogits[n][c])
{
    memcpy(dlogits, dnorm_logits, sizeof(real[n][c]));
    for (int i = 0; i < n; i++)
        dlogits[i][argmax(c, logits[i])] += dlogit_maxes[i];
}

/* The gradients of all steps, from the loss back to the logits. */
static inline void backward(int n, int c, const int y[n], const Steps *s)
{
    const real(*counts)[c] = ag_data(s->counts);
    const real *counts_sum_inv = ag_data(s->counts_sum_inv);
    real(*dlogprobs)[c] = ag_grad(s->logprobs);
    real(*dprobs)[c] = ag_grad(s->probs);
    real *dcounts_sum_inv = ag_grad(s->counts_sum_inv);
    real *dcounts_sum = ag_grad(s->counts_sum);
    real(*dcounts)[c] = ag_grad(s->counts);
    real(*dnorm_logits)[c] = ag_grad(s->norm_logits);
    real *dlogit_maxes = ag_grad(s->logit_maxes);
    real(*dlogits)[c] = ag_grad(s->logits);

    logprobs_backward(n, c, y, dlogprobs);
    probs_backward(n, c, dlogprobs, ag_data(s->probs), dprobs);
    counts_sum_inv_backward(n, c, dprobs, counts, dcounts_sum_inv);
    counts_sum_backward(n, dcounts_sum_inv, counts_sum_inv, dcounts_sum);
    counts_backward(n, c, dprobs, dcounts_sum, counts_sum_inv, dcounts);
    norm_logits_backward(n, c, dcounts, counts, dnorm_logits);
    logit_maxes_backward(n, c, dnorm_logits, dlogit_maxes);
    logits_backward(n, c, dnorm_logits, dlogit_maxes, ag_data(s->logits), dlogits);
}

/* All of it in one line:   dlogits[i][j] = (probs[i][j] - 1[j = y[i]]) / n */
static inline void cross_entropy_backward_from_probs(int n, int c, const real probs[n][c],
                                                     const int y[n], real dlogits[n][c])
{
    for (int i = 0; i < n; i++)
        for (int j = 0; j < c; j++)
            dlogits[i][j] = (probs[i][j] - (real)(j == y[i])) / (real)n;
}

#endif
