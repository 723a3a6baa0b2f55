/* 11_losses_judges.h: the losses of 11_losses.h on random inputs, each held against the library's
 * and each gradient against the tape and a numeric one. */
#ifndef CHAPTER_11_LOSSES_JUDGES_H
#define CHAPTER_11_LOSSES_JUDGES_H

#include "11_losses.h"

#include <stdio.h>

#include "autograd/autograd.h"
#include "kernel/random.h"
#include "nn/init.h"
#include "workbook/fact.h"
#include "workbook/table.h"

enum { N = 6, C = 4, NC = N * C };

/* Of pairs that should not agree, some are beyond it and some are not. */
#define COSINE_MARGIN (-0.2)

/* What the losses are tried on, (N, C) each. A mean and a vector are just other names for z and t.
 */
typedef struct {
    real z[N][C], t[N][C];          /* scores and what they should be */
    real probs[N][C], labels[N][C]; /* probabilities and what they should be */
    real sp[N][C], sq[N][C];        /* standard deviations */
    real logq[N][C], p[N][C];       /* rows that are distributions: logarithms, probabilities */
    int y[N], together[N];          /* classes; 1 for a pair that should agree, else -1 */
} Inputs;

static inline void fill(Inputs *in, Rng *rng)
{
    init_normal(rng, 2, NC, *in->z);
    init_normal(rng, 2, NC, *in->t);
    init_uniform(rng, 0.05, 0.95, NC, *in->probs);
    init_uniform(rng, 0.05, 0.95, NC, *in->labels);
    init_uniform(rng, 0.5, 2, NC, *in->sp);
    init_uniform(rng, 0.5, 2, NC, *in->sq);
    for (int i = 0; i < N; i++) {
        softmax(C, in->t[i], in->p[i]);
        real lse = softmax(C, in->z[i], in->logq[i]);
        for (int j = 0; j < C; j++)
            in->logq[i][j] = in->z[i][j] - lse;
        in->y[i] = rng_below(rng, C);
        in->together[i] = i % 2 ? -1 : 1;
    }
}

static inline Tensor *leaf(const real x[N][C])
{
    return ag_variable(ag_shape(2, N, C), *x);
}

/* A loss by hand beside the library's, and its gradient with respect to x in the table. */
static inline void judge(GradTable *table, const char *name, const char *dname, real by_hand,
                         const real dx[N][C], Tensor *loss, Tensor *x)
{
    char row[32];
    snprintf(row, sizeof row, "%s: %s", name, dname);
    fact_same(name, 1, &by_hand, loss->data);
    ag_zero_grad(1, &x); /* another loss of the same x may have been here */
    ag_backward(loss);
    table_tensor(table, row, *dx, loss, x);
}

static inline void judge_differences(GradTable *table, const Inputs *in)
{
    const real *z = *in->z, *t = *in->t;
    Tensor *x = leaf(in->z), *target = leaf(in->t);
    real dx[N][C];
    l1_backward(NC, z, t, *dx);
    judge(table, "L1", "dx", l1(NC, z, t), dx, ag_l1_loss(x, target, AG_MEAN), x);
    mse_backward(NC, z, t, *dx);
    judge(table, "MSE", "dx", mse(NC, z, t), dx, ag_mse_loss(x, target, AG_MEAN), x);
    smooth_l1_backward(NC, 1, z, t, *dx);
    judge(table, "smooth L1", "dx", smooth_l1(NC, 1, z, t), dx,
          ag_smooth_l1_loss(x, target, 1, AG_MEAN), x);
}

static inline void judge_probabilities(GradTable *table, const Inputs *in)
{
    const real *p = *in->probs, *z = *in->z, *labels = *in->labels;
    Tensor *probs = leaf(in->probs), *logits = leaf(in->z), *target = leaf(in->labels);
    real dp[N][C], dz[N][C];
    bce_backward(NC, p, labels, *dp);
    judge(table, "BCE", "dp", bce(NC, p, labels), dp,
          ag_binary_cross_entropy(probs, target, AG_MEAN), probs);
    bce_logits_backward(NC, z, labels, *dz);
    judge(table, "logits", "dz", bce_logits(NC, z, labels), dz,
          ag_binary_cross_entropy_with_logits(logits, target, NULL, AG_MEAN), logits);
}

static inline void judge_classes(GradTable *table, const Inputs *in)
{
    static const char *const names[] = {"margin 1", "margin 2"};
    Tensor *z = leaf(in->z);
    real dz[N][C];
    cross_entropy_backward(N, C, in->z, in->y, dz);
    judge(table, "classes", "dz", cross_entropy(N, C, in->z, in->y), dz,
          ag_cross_entropy(z, in->y, AG_MEAN), z);
    for (int p = 1; p <= 2; p++) {
        MultiMarginOptions options = {.p = p, .margin = 1};
        multi_margin_backward(N, C, p, 1, in->z, in->y, dz);
        judge(table, names[p - 1], "dz", multi_margin(N, C, p, 1, in->z, in->y), dz,
              ag_multi_margin_loss(z, in->y, options, AG_MEAN), z);
    }
}

static inline void judge_angles(GradTable *table, const Inputs *in)
{
    Tensor *a = leaf(in->z), *b = leaf(in->t);
    Tensor *loss = ag_cosine_embedding_loss(a, b, in->together, COSINE_MARGIN, AG_MEAN);
    real by_hand = cosine_embedding(N, C, COSINE_MARGIN, in->z, in->t, in->together), d[N][C];
    cosine_embedding_backward(N, C, COSINE_MARGIN, in->z, in->t, in->together, d);
    judge(table, "cosine", "da", by_hand, d, loss, a);
    cosine_embedding_backward(N, C, COSINE_MARGIN, in->t, in->z, in->together, d);
    judge(table, "cosine", "db", by_hand, d, loss, b);
}

static inline void judge_distributions(GradTable *table, const Inputs *in)
{
    const real *mp = *in->z, *sp = *in->sp, *mq = *in->t, *sq = *in->sq;
    Tensor *logq = leaf(in->logq), *p = leaf(in->p);
    Tensor *mean_p = leaf(in->z), *std_p = leaf(in->sp), *mean_q = leaf(in->t);
    Tensor *std_q = leaf(in->sq), *loss = ag_gaussian_kl(mean_p, std_p, mean_q, std_q, AG_MEAN);
    real dlogq[N][C], dmp[N][C], dsp[N][C], dmq[N][C], dsq[N][C];
    kl_backward(N, C, in->p, dlogq);
    judge(table, "KL", "dlogq", kl(N, C, in->logq, in->p), dlogq, ag_kl_div(logq, p, AG_BATCH_MEAN),
          logq);
    real by_hand = gaussian_kl(NC, mp, sp, mq, sq);
    gaussian_kl_backward(NC, mp, sp, mq, sq, *dmp, *dsp, *dmq, *dsq);
    judge(table, "normal", "dmp", by_hand, dmp, loss, mean_p);
    judge(table, "normal", "dsp", by_hand, dsp, loss, std_p);
    judge(table, "normal", "dmq", by_hand, dmq, loss, mean_q);
    judge(table, "normal", "dsq", by_hand, dsq, loss, std_q);
}

static inline bool check_gradients(const Inputs *in)
{
    GradTable table;
    printf("\n");
    table_begin(&table);
    judge_differences(&table, in);
    judge_probabilities(&table, in);
    judge_classes(&table, in);
    judge_angles(&table, in);
    judge_distributions(&table, in);
    ag_reset();
    return table_end(&table);
}

#endif
