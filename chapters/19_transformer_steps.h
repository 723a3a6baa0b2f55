/* 19_transformer_steps.h: attention in three steps, for one head of one sequence, there and back.
 *
 *     S = Q K^T / sqrt(d)     how well query i fits key j                      (t, s)
 *     P = softmax(S)          row by row, of what the mask allows              (t, s)
 *     Y = P V                 what token i hears                               (t, d)
 *
 * The way back of each step is an exercise. Here stand the way there, and all of it in a row. */
#ifndef CHAPTER_19_TRANSFORMER_STEPS_H
#define CHAPTER_19_TRANSFORMER_STEPS_H

#include <stdbool.h>

#include "exercises/19_transformer.h"

/* S[i][j] = 1/sqrt(d) sum_l Q[i][l] K[j][l] */
static inline void scores_forward(int t, int s, int d, const real Q[t][d], const real K[s][d],
                                  real S[t][s])
{
    const real scale = 1 / sqrt((real)d);
    for (int i = 0; i < t; i++)
        for (int j = 0; j < s; j++) {
            real sum = 0;
            for (int l = 0; l < d; l++)
                sum += Q[i][l] * K[j][l];
            S[i][j] = scale * sum;
        }
}

/* P[i][j] = exp(S[i][j]) / sum_m exp(S[i][m]), the maximum of the row taken off first. Keys from
 * `heard` on are forbidden. */
static inline void weights_forward(int t, int s, int heard, const real S[t][s], real P[t][s])
{
    for (int i = 0; i < t; i++) {
        real max = S[i][0], sum = 0;
        for (int j = 1; j < heard; j++)
            max = fmax(max, S[i][j]);
        for (int j = 0; j < s; j++)
            sum += P[i][j] = j < heard ? exp(S[i][j] - max) : 0;
        for (int j = 0; j < s; j++)
            P[i][j] /= sum;
    }
}

/* Y[i][l] = sum_j P[i][j] V[j][l] */
static inline void values_forward(int t, int s, int d, const real P[t][s], const real V[s][d],
                                  real Y[t][d])
{
    for (int i = 0; i < t; i++)
        for (int l = 0; l < d; l++) {
            Y[i][l] = 0;
            for (int j = 0; j < s; j++)
                Y[i][l] += P[i][j] * V[j][l];
        }
}

/* All three. A causal mask is for tokens that listen to each other: t = s. */
static inline void attention_forward(int t, int s, int d, bool causal, const real Q[t][d],
                                     const real K[s][d], const real V[s][d], real S[t][s],
                                     real P[t][s], real Y[t][d])
{
    scores_forward(t, s, d, Q, K, S);
    if (causal)
        causal_weights(t, (const void *)S, (void *)P);
    else
        weights_forward(t, s, s, S, P);
    values_forward(t, s, d, P, V, Y);
}

/* Back: from the last step to the first. What was masked has a weight of 0, and gets 0. */
static inline void attention_backward(int t, int s, int d, const real dY[t][d], const real Q[t][d],
                                      const real K[s][d], const real V[s][d], const real P[t][s],
                                      real dP[t][s], real dS[t][s], real dQ[t][d], real dK[s][d],
                                      real dV[s][d])
{
    values_backward(t, s, d, dY, P, V, dP, dV);
    weights_backward(t, s, dP, P, dS);
    scores_backward(t, s, d, dS, Q, K, dQ, dK);
}

/* -- layer norm -------------------------------------------------------------------------------- */

/* raw[i][j] = (x[i][j] - mean[i]) var_inv[i], y[i][j] = gain[j] raw[i][j] + bias[j] */
static inline void norm_forward(int n, int k, const real x[n][k], const real gain[k],
                                const real bias[k], real eps, real var_inv[n], real raw[n][k],
                                real y[n][k])
{
    for (int i = 0; i < n; i++) {
        real mean = 0, var = 0;
        for (int j = 0; j < k; j++)
            mean += x[i][j] / (real)k;
        for (int j = 0; j < k; j++)
            var += (x[i][j] - mean) * (x[i][j] - mean) / (real)k;
        var_inv[i] = 1 / sqrt(var + eps);
        for (int j = 0; j < k; j++) {
            raw[i][j] = (x[i][j] - mean) * var_inv[i];
            y[i][j] = gain[j] * raw[i][j] + bias[j];
        }
    }
}

/* -- GELU -------------------------------------------------------------------------------------- */

static inline void gelu_forward(int n, const real X[n], real Y[n])
{
    for (int i = 0; i < n; i++)
        Y[i] = X[i] * (1 + erf(X[i] / sqrt((real)2))) / 2;
}

#endif
