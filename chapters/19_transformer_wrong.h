/* 19_transformer_wrong.h: attention and layer norm with a mistake in the way back, to train with.
 */
#ifndef CHAPTER_19_TRANSFORMER_WRONG_H
#define CHAPTER_19_TRANSFORMER_WRONG_H

#include "19_transformer_mistakes.h"

/* In the order of the words that --mistake takes. */
typedef enum {
    RIGHT,
    SUM_FORGOTTEN,
    DIAGONAL_ONLY,
    OVER_QUERIES,
    SCALE_FORGOTTEN,
    DV_TURNED, /* P dY for P^T dY, where t = s */
    DK_TURNED, /* dS Q for dS^T Q */
    NORM_WITHOUT_MEAN,
    NORM_CONSTANT
} Wrong;

#define WRONG_WORDS                                                                         \
    {                                                                                       \
        "none", "no-sum", "diagonal", "over-queries", "no-scale", "dV-turned", "dK-turned", \
            "norm-no-mean", "norm-constant"                                                 \
    }

static inline void times(int n, real factor, real *x)
{
    for (int i = 0; i < n; i++)
        x[i] *= factor;
}

/* dS by one mistake or another, or right. */
static inline void wrong_weights(Wrong wrong, int t, int s, const real dP[t][s], const real P[t][s],
                                 real dS[t][s])
{
    if (wrong >= SUM_FORGOTTEN && wrong <= OVER_QUERIES)
        mistaken[wrong - SUM_FORGOTTEN].backward(t, s, dP, P, dS);
    else
        weights_backward(t, s, dP, P, dS);
}

/* As attention_backward(). */
static inline void wrong_attention_backward(Wrong wrong, int t, int s, int d, const real dY[t][d],
                                            const real Q[t][d], const real K[s][d],
                                            const real V[s][d], const real P[t][s], real dP[t][s],
                                            real dS[t][s], real dQ[t][d], real dK[s][d],
                                            real dV[s][d])
{
    values_backward(t, s, d, dY, P, V, dP, dV);
    wrong_weights(wrong, t, s, (const void *)dP, P, dS);
    scores_backward(t, s, d, (const void *)dS, Q, K, dQ, dK);
    if (wrong == DV_TURNED)
        values_forward(t, s, d, P, dY, dV);
    if (wrong == DK_TURNED) {
        values_forward(t, s, d, (const void *)dS, Q, dK);
        times(s * d, 1 / sqrt((real)d), *dK);
    }
    if (wrong == SCALE_FORGOTTEN) {
        times(t * d, sqrt((real)d), *dQ);
        times(s * d, sqrt((real)d), *dK);
    }
}

/* dR of one row; the variance's part stays where only the mean is forgotten. */
static inline void wrong_norm_row(Wrong wrong, int k, const real dY[k], real var_inv,
                                  const real raw[k], const real gain[k], real dR[k])
{
    real along = 0;
    for (int j = 0; j < k; j++)
        along += dY[j] * gain[j] * raw[j] / (real)k;
    for (int j = 0; j < k; j++)
        dR[j] = var_inv * (dY[j] * gain[j] - (wrong == NORM_CONSTANT ? 0 : raw[j] * along));
}

#endif
