/* 07_softmax_mistakes.h: the steps back, with a mistake made in one of them. */
#ifndef CHAPTER_07_SOFTMAX_MISTAKES_H
#define CHAPTER_07_SOFTMAX_MISTAKES_H

#include "07_softmax_steps.h"

#include <stdio.h>

#include "workbook/fact.h"
#include "workbook/print.h"

typedef enum {
    NO_MISTAKE,
    SECOND_PATH_FORGOTTEN, /* dcounts = dprobs * counts_sum_inv */
    FIRST_PATH_LOST,       /* dcounts = dcounts_sum */
    MINUS_LOST,            /* dcounts_sum = dcounts_sum_inv / counts_sum^2 */
    SQUARE_LOST,           /* dcounts_sum = -dcounts_sum_inv / counts_sum */
    EVERY_CLASS,           /* dlogprobs = -1/n everywhere */
    N_FORGOTTEN,           /* dlogprobs = -1 at y */
    DIVIDED_BY_N_C,        /* dlogprobs = -1/(n c) at y */
    MAXIMA_FORGOTTEN,      /* dlogits = dnorm_logits */
} Mistake;

/* gradient *= factor, if this is the mistake */
static inline void spoil(bool is_mistake, const Tensor *x, real factor)
{
    for (int i = 0; is_mistake && i < x->size; i++)
        x->grad[i] *= factor;
}

static inline void backward_with(Mistake mistake, int n, int c, const int y[n], const Steps *s)
{
    const real(*counts)[c] = ag_data(s->counts), *counts_sum = ag_data(s->counts_sum);
    const real *counts_sum_inv = ag_data(s->counts_sum_inv);

    logprobs_backward(n, c, y, ag_grad(s->logprobs));
    for (int i = 0; mistake == EVERY_CLASS && i < n * c; i++)
        s->logprobs->grad[i] = -1 / (real)n;
    spoil(mistake == N_FORGOTTEN, s->logprobs, (real)n);
    spoil(mistake == DIVIDED_BY_N_C, s->logprobs, 1 / (real)c);
    probs_backward(n, c, ag_grad(s->logprobs), ag_data(s->probs), ag_grad(s->probs));
    counts_sum_inv_backward(n, c, ag_grad(s->probs), counts, ag_grad(s->counts_sum_inv));
    counts_sum_backward(n, ag_grad(s->counts_sum_inv), counts_sum_inv, ag_grad(s->counts_sum));
    for (int i = 0; mistake == SQUARE_LOST && i < n; i++)
        s->counts_sum->grad[i] *= counts_sum[i];
    spoil(mistake == MINUS_LOST, s->counts_sum, -1);
    spoil(mistake == SECOND_PATH_FORGOTTEN, s->counts_sum, 0);
    spoil(mistake == FIRST_PATH_LOST, s->probs, 0);
    counts_backward(n, c, ag_grad(s->probs), ag_grad(s->counts_sum), counts_sum_inv,
                    ag_grad(s->counts));
    norm_logits_backward(n, c, ag_grad(s->counts), counts, ag_grad(s->norm_logits));
    logit_maxes_backward(n, c, ag_grad(s->norm_logits), ag_grad(s->logit_maxes));
    spoil(mistake == MAXIMA_FORGOTTEN, s->logit_maxes, 0);
    logits_backward(n, c, ag_grad(s->norm_logits), ag_grad(s->logit_maxes), ag_data(s->logits),
                    ag_grad(s->logits));
}

/* What each mistake makes of the first row of the small example, on which forward() has been run:
 * three dlogits and dlogit_maxes. */
static inline void print_mistakes(const int y[2], const Steps *s)
{
    static const struct {
        const char *name;
        Mistake mistake;
        real found[4];
    } rows[] = {
        {"none", NO_MISTAKE, {0.0625, -0.375, 0.3125, 0}},
        {"second path forgotten", SECOND_PATH_FORGOTTEN, {0, -0.5, 0.5, 0.5}},
        {"first path overwritten", FIRST_PATH_LOST, {0.0625, 0.125, -0.1875, -0.5}},
        {"minus of -1/x^2 lost", MINUS_LOST, {-0.0625, -0.625, 0.6875, 1}},
        {"square of -1/x^2 lost", SQUARE_LOST, {0.1, -0.3, 0.2, -0.3}},
        {"-1/n at every class", EVERY_CLASS, {-0.3125, -0.125, 0.4375, 0}},
        {"1/n forgotten", N_FORGOTTEN, {0.125, -0.75, 0.625, 0}},
        {"divided by n c", DIVIDED_BY_N_C, {0.0208333333, -0.125, 0.1041666667, 0}},
        {"path of the maxima dropped", MAXIMA_FORGOTTEN, {0.0625, -0.375, 0.3125, 0}},
    };
    printf("A mistake, what it makes of the first row of dlogits, and of its dlogit_maxes:\n");
    for (size_t m = 0; m < sizeof rows / sizeof rows[0]; m++) {
        real found[4];
        backward_with(rows[m].mistake, 2, 3, y, s);
        memcpy(found, s->logits->grad, sizeof(real[3]));
        found[3] = s->logit_maxes->grad[0];
        for (int j = 0; j < 4; j++)
            found[j] = without_rounding(found[j]);
        fact_row(rows[m].name, 4, 4, found, rows[m].found);
    }
}

#endif
