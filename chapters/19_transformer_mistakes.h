/* 19_transformer_mistakes.h: what the usual mistakes make of the small examples. */
#ifndef CHAPTER_19_TRANSFORMER_MISTAKES_H
#define CHAPTER_19_TRANSFORMER_MISTAKES_H

#include "19_transformer_examples.h"

/* -- from dP to dS, the second row of the two tokens ------------------------------------------- */

/* Four ways that are none: each writes dS (t, s) of dP and P. */
typedef void WeightsBackward(int t, int s, const real dP[t][s], const real P[t][s], real dS[t][s]);

static inline void sum_forgotten(int t, int s, const real dP[t][s], const real P[t][s],
                                 real dS[t][s])
{
    for (int i = 0; i < t; i++)
        for (int j = 0; j < s; j++)
            dS[i][j] = P[i][j] * dP[i][j];
}

static inline void diagonal_only(int t, int s, const real dP[t][s], const real P[t][s],
                                 real dS[t][s])
{
    for (int i = 0; i < t; i++)
        for (int j = 0; j < s; j++)
            dS[i][j] = P[i][j] * (1 - P[i][j]) * dP[i][j];
}

static inline void over_queries(int t, int s, const real dP[t][s], const real P[t][s],
                                real dS[t][s])
{
    for (int j = 0; j < s; j++) {
        real sum = 0;
        for (int i = 0; i < t; i++)
            sum += P[i][j] * dP[i][j];
        for (int i = 0; i < t; i++)
            dS[i][j] = P[i][j] * (dP[i][j] - sum);
    }
}

/* All keys count alike in the sum, allowed or not. */
static inline void plain_mean(int t, int s, const real dP[t][s], const real P[t][s], real dS[t][s])
{
    for (int i = 0; i < t; i++) {
        const real mean = vector_sum(s, dP[i]) / (real)s;
        for (int j = 0; j < s; j++)
            dS[i][j] = P[i][j] * (dP[i][j] - mean);
    }
}

static const struct {
    const char *name;
    WeightsBackward *backward;
    real expected[TWO]; /* of the second row of the two tokens, with one mask or another */
} mistaken[] = {
    {"the sum forgotten", sum_forgotten, {16, 96}},
    {"diagonal alone, p (1 - p)", diagonal_only, {12, 24}},
    {"the sum over the queries", over_queries, {11.5, 21}},
    {"a plain mean taken off", plain_mean, {-8, 24}},
};

enum { MISTAKEN = sizeof mistaken / sizeof mistaken[0] };

static inline void mistakes_in_scores(void)
{
    const Pair p = pair_of(false);
    real dS[TWO][TWO];
    printf("\nIn place of dS = (-12, 12), the second row:\n");
    for (int m = 0; m < MISTAKEN; m++) {
        mistaken[m].backward(TWO, TWO, p.dP, p.P, dS);
        fact_row(mistaken[m].name, 4, TWO, dS[1], mistaken[m].expected);
    }
}

/* -- forwards ---------------------------------------------------------------------------------- */

/* Both tokens' scores, with the first not to hear the second. */
static inline void mistakes_in_weights(void)
{
    const Pair p = pair_of(false);
    const real with_zero[1][TWO] = {{p.S[0][0], 0}}, by_d[1][TWO] = {{0, LN3 / 2}};
    real P[1][TWO], column[TWO][1], columns[TWO][TWO];
    printf("\nIn place of P = (1, 0), the first row under a causal mask:\n");
    weights_forward(1, TWO, TWO, with_zero, P);
    fact_row("masked with 0, not -inf", 4, TWO, *P, (const real[]){0.5, 0.5});
    P[0][1] = 0;
    fact_row("masked after the softmax", 4, TWO, *P, (const real[]){0.5, 0});
    printf("In place of P = (1/4, 3/4), the second:\n");
    weights_forward(1, TWO, TWO, by_d, P);
    fact_row("d = 4, scaled by 1/d", 4, TWO, *P, (const real[]){0.3660, 0.6340});
    for (int j = 0; j < TWO; j++) {
        const real scores[1][TWO] = {{p.S[0][j], p.S[1][j]}};
        weights_forward(1, TWO, TWO, scores, P);
        for (int i = 0; i < TWO; i++)
            columns[i][j] = P[0][i];
    }
    column[0][0] = columns[1][0];
    column[1][0] = columns[1][1];
    fact_row("softmax down the columns", 4, TWO, *column, (const real[]){0.5, 0.75});
}

/* -- layer norm -------------------------------------------------------------------------------- */

/* dx of the four numbers, with this much taken off for the mean and for the variance. */
static inline void norm_with(const char *name, real level, real tilt, const real expected[FOUR])
{
    real var_inv[1], raw[1][FOUR], y[1][FOUR], dx[FOUR], sum = 0, along = 0;
    norm_forward(1, FOUR, row4, gain4, bias4, 0, var_inv, raw, y);
    for (int j = 0; j < FOUR; j++) {
        sum += drow4[0][j] * gain4[j];
        along += drow4[0][j] * gain4[j] * raw[0][j];
    }
    for (int j = 0; j < FOUR; j++)
        dx[j] = var_inv[0] * (drow4[0][j] * gain4[j] - level * sum - tilt * raw[0][j] * along);
    fact_row(name, 4, FOUR, dx, expected);
}

static inline void mistakes_in_norm(void)
{
    const real part = 1 / (real)FOUR;
    printf("\nIn place of dx = (2 -2 0 0), layer norm:\n");
    norm_with("mean and variance constant", 0, 0, (const real[]){4, 0, 0, 0});
    norm_with("the mean forgotten", 0, part, (const real[]){3, -1, 1, 1});
    norm_with("the variance forgotten", part, 0, (const real[]){3, -1, -1, -1});
    norm_with("sums not divided by k", 1, 1, (const real[]){-4, -8, 0, 0});
}

static inline void mistakes(void)
{
    mistakes_in_scores();
    mistakes_in_weights();
    mistakes_in_norm();
}

#endif
