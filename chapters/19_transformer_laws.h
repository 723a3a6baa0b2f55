/* 19_transformer_laws.h: what holds of the gradients of attention whatever the numbers are, and
 * which mistake breaks which law. */
#ifndef CHAPTER_19_TRANSFORMER_LAWS_H
#define CHAPTER_19_TRANSFORMER_LAWS_H

#include <string.h>

#include "19_transformer_judges.h"
#include "19_transformer_mistakes.h"
#include "nn/init.h"

/* A random problem with a causal mask, and what came of it. */
typedef struct {
    real Q[T][D], K[T][D], V[T][D], dY[T][D], S[T][T], P[T][T], Y[T][D];
    real dP[T][T], dS[T][T], dQ[T][D], dK[T][D], dV[T][D];
} Attention;

static inline void attention_draw(Attention *a, Rng *rng)
{
    init_normal(rng, 1, T * D, *a->Q);
    init_normal(rng, 1, T * D, *a->K);
    init_normal(rng, 1, T * D, *a->V);
    init_normal(rng, 1, T * D, *a->dY);
    attention_forward(T, T, D, true, (const void *)a->Q, (const void *)a->K, (const void *)a->V,
                      a->S, a->P, a->Y);
    attention_backward(T, T, D, (const void *)a->dY, (const void *)a->Q, (const void *)a->K,
                       (const void *)a->V, (const void *)a->P, a->dP, a->dS, a->dQ, a->dK, a->dV);
}

/* -- the laws ---------------------------------------------------------------------------------- */

/* Each returns by how much it is broken. */
typedef real Law(const Attention *a);

static inline real rows_of_dS(const Attention *a)
{
    real most = 0;
    for (int i = 0; i < T; i++)
        most = fmax(most, fabs(vector_sum(T, a->dS[i])));
    return most;
}

/* The same vector added to all keys adds one number to all scores of a query. */
static inline real sum_of_dK(const Attention *a)
{
    real most = 0;
    for (int l = 0; l < D; l++) {
        real sum = 0;
        for (int j = 0; j < T; j++)
            sum += a->dK[j][l];
        most = fmax(most, fabs(sum));
    }
    return most;
}

/* Queries twice and keys half as large make the same scores. */
static inline real queries_and_keys(const Attention *a)
{
    return fabs(vector_dot(T * D, *a->dQ, *a->Q) - vector_dot(T * D, *a->dK, *a->K));
}

static inline real under_the_mask(const Attention *a)
{
    real most = 0;
    for (int i = 0; i < T; i++)
        for (int j = i + 1; j < T; j++)
            most = fmax(most, fabs(a->dS[i][j]));
    return most;
}

/* Every query shares out a weight of 1. */
static inline real sum_of_dV(const Attention *a)
{
    real most = 0;
    for (int l = 0; l < D; l++) {
        real left = 0;
        for (int i = 0; i < T; i++)
            left += a->dV[i][l] - a->dY[i][l];
        most = fmax(most, fabs(left));
    }
    return most;
}

/* Y is linear in V. */
static inline real values_and_output(const Attention *a)
{
    return fabs(vector_dot(T * D, *a->dV, *a->V) - vector_dot(T * D, *a->dY, *a->Y));
}

static const struct {
    const char *name;
    Law *law;
} laws[] = {
    {"rows of dS add up to 0", rows_of_dS}, {"sum of dK over the tokens is 0", sum_of_dK},
    {"dQ . Q = dK . K", queries_and_keys},  {"dS is 0 under the mask", under_the_mask},
    {"sum of dV = sum of dY", sum_of_dV},   {"dV . V = dY . Y", values_and_output},
};

enum { LAWS = sizeof laws / sizeof laws[0] };

static inline bool is_kept(real off)
{
    return off < 1000 * REAL_EPSILON;
}

static inline void hold_laws(const Attention *a)
{
    printf("\nLaws of attention, and by how much each is off:\n");
    for (int l = 0; l < LAWS; l++) {
        const real off = laws[l].law(a);
        printf("  %-34s %.1e\n", laws[l].name, (double)off);
        fact_that(laws[l].name, is_kept(off));
    }
}

/* -- which of them sees which mistake ---------------------------------------------------------- */

static inline void print_seen(const char *name, const Attention *a, const char *expected)
{
    char seen[LAWS + 1] = {0};
    for (int l = 0; l < LAWS; l++)
        seen[l] = is_kept(laws[l].law(a)) ? '-' : 'X';
    printf("  %-30s", name);
    for (int l = 0; l < LAWS; l++)
        printf("  %c", seen[l]);
    printf("\n");
    fact_that(name, strcmp(seen, expected) == 0);
}

/* P dY, where P^T dY belongs: the shapes agree, for every token asks and is asked. */
static inline void not_transposed(const Attention *right, real dV[T][D])
{
    values_forward(T, T, D, (const void *)right->P, (const void *)right->dY, dV);
}

/* Forbidden scores of 0 in place of -infinity: a softmax that hears the future. */
static inline void masked_with_0(Attention *a)
{
    for (int i = 0; i < T; i++)
        for (int j = i + 1; j < T; j++)
            a->S[i][j] = 0;
    weights_forward(T, T, T, (const void *)a->S, a->P);
    values_forward(T, T, D, (const void *)a->P, (const void *)a->V, a->Y);
    attention_backward(T, T, D, (const void *)a->dY, (const void *)a->Q, (const void *)a->K,
                       (const void *)a->V, (const void *)a->P, a->dP, a->dS, a->dQ, a->dK, a->dV);
}

/* Those that are not in dS. */
static inline void who_sees_others(const Attention *right)
{
    Attention a = *right;
    for (int at = 0; at < T * D; at++)
        (&a.dQ[0][0])[at] *= sqrt((real)D);
    print_seen("the scale in dK alone", &a, "--X---");
    for (int at = 0; at < T * D; at++)
        (&a.dK[0][0])[at] *= sqrt((real)D);
    print_seen("the scale forgotten", &a, "------");
    a = *right;
    masked_with_0(&a);
    print_seen("masked with 0, not -inf", &a, "---X--");
    a = *right;
    not_transposed(right, a.dV);
    print_seen("dV = P dY, not P^T dY", &a, "----XX");
}

/* What is wrong in dS is so in dQ and dK as well. */
static inline void who_sees_it(const Attention *right)
{
    static const char *const expected[MISTAKEN] = {"XX----", "XX----", "XX----", "XX----"};
    Attention a = *right;
    printf("\nWhich law sees which mistake, in that order:\n");
    for (int m = 0; m < MISTAKEN; m++) {
        mistaken[m].backward(T, T, (const void *)right->dP, (const void *)right->P, a.dS);
        scores_backward(T, T, D, (const void *)a.dS, (const void *)a.Q, (const void *)a.K, a.dQ,
                        a.dK);
        print_seen(mistaken[m].name, &a, expected[m]);
    }
    who_sees_others(right);
}

/* -- who cannot be reached --------------------------------------------------------------------- */

/* Under a causal mask a loss that looks at token i alone does not reach those behind it. */
static inline void nothing_from_the_future(const Attention *right)
{
    enum { LOOKED_AT = 2 };
    Attention a = *right;
    real most = 0;
    for (int i = 0; i < T; i++)
        for (int l = 0; l < D && i != LOOKED_AT; l++)
            a.dY[i][l] = 0;
    attention_backward(T, T, D, (const void *)a.dY, (const void *)a.Q, (const void *)a.K,
                       (const void *)a.V, (const void *)a.P, a.dP, a.dS, a.dQ, a.dK, a.dV);
    for (int i = LOOKED_AT + 1; i < T; i++)
        for (int l = 0; l < D; l++)
            most = fmax(most, fabs(a.dQ[i][l]) + fabs(a.dK[i][l]) + fabs(a.dV[i][l]));
    if (fact_that("what comes to tokens behind the one that is looked at, which is 0", most == 0))
        printf("\nA loss at token %d alone: dQ, dK and dV of those behind it are 0, to the last "
               "bit.\n",
               LOOKED_AT);
}

/* Without a mask, tokens in another order say and hear the same. */
static inline void order_does_not_matter(const Attention *a)
{
    real Q[T][D], K[T][D], V[T][D], S[T][T], P[T][T], Y[T][D], turned[T][D], expected[T][D];
    attention_forward(T, T, D, false, (const void *)a->Q, (const void *)a->K, (const void *)a->V, S,
                      P, Y);
    for (int i = 0; i < T; i++)
        for (int l = 0; l < D; l++) {
            Q[T - 1 - i][l] = a->Q[i][l];
            K[T - 1 - i][l] = a->K[i][l];
            V[T - 1 - i][l] = a->V[i][l];
            expected[T - 1 - i][l] = Y[i][l];
        }
    attention_forward(T, T, D, false, (const void *)Q, (const void *)K, (const void *)V, S, P,
                      turned);
    if (fact_same("Y of tokens in another order", T * D, *turned, *expected))
        printf("Without a mask, tokens in reversed order: Y is the same, in reversed order.\n");
}

/* Which law sees which mistake is to be seen where nothing else is wrong. */
static inline void check_laws(Rng *rng, bool hold)
{
    static Attention a;
    attention_draw(&a, rng);
    hold_laws(&a);
    if (hold)
        who_sees_it(&a);
    nothing_from_the_future(&a);
    order_does_not_matter(&a);
}

#endif
