/* 19_transformer.c: how the answers to exercises 19 are judged. The references go back one step at
 * a time: products gather where the solutions scatter, and the other way round, a softmax and a
 * norm are the products with their whole Jacobians. The sizes of a case differ, so that a matrix
 * that is taken the wrong way round shows. */
#include "19_transformer.h"

#include <stdbool.h>

#include "check.h"

/* -- shared by the references and the mistakes ------------------------------------------------- */

/* C = A B, from the last term to the first */
static void product(int n, int k, int m, const real A[n][k], const real B[k][m], real C[n][m])
{
    for (int i = 0; i < n; i++)
        for (int j = 0; j < m; j++) {
            C[i][j] = 0;
            for (int l = k - 1; l >= 0; l--)
                C[i][j] += A[i][l] * B[l][j];
        }
}

static void transpose(int n, int k, const real A[n][k], real T[k][n])
{
    for (int i = 0; i < n; i++)
        for (int j = 0; j < k; j++)
            T[j][i] = A[i][j];
}

/* C = A B^T */
static void product_bt(int n, int k, int m, const real A[n][k], const real B[m][k], real C[n][m])
{
    real T[k][m];
    transpose(m, k, B, T);
    product(n, k, m, A, T, C);
}

/* C = A^T B */
static void product_at(int n, int k, int m, const real A[n][k], const real B[n][m], real C[k][m])
{
    real T[k][n];
    transpose(n, k, A, T);
    product(k, n, m, T, B, C);
}

static void scale(int n, real factor, real *x)
{
    for (int i = 0; i < n; i++)
        x[i] *= factor;
}

static void add(int n, const real *x, real *y)
{
    for (int i = 0; i < n; i++)
        y[i] += x[i];
}

static void copy(int n, const real *x, real *y)
{
    for (int i = 0; i < n; i++)
        y[i] = x[i];
}

/* Rows of weights as softmax leaves them; where `causal` says so, token i sees keys 0 .. i alone.
 */
static void fill_weights(int t, int s, bool causal, real P[t][s])
{
    for (int i = 0; i < t; i++) {
        real sum = 0;
        for (int j = 0; j < s; j++)
            sum += P[i][j] = causal && j > i ? 0 : exp(P[i][j]);
        scale(s, 1 / sum, P[i]);
    }
}

/* -- 1. values_backward ------------------------------------------------------------------------ */

#define VALUES                                                                        \
    int t, int s, int d, const real dY[t][d], const real P[t][s], const real V[s][d], \
        real dP[t][s], real dV[s][d]
#define VALUES_ARGUMENTS t, s, d, dY, P, V, dP, dV

static void prepare_values(int which, const int n[], void *const a[])
{
    fill_weights(n[0], n[1], which % 2 == 1, a[1]);
}

static void reference_values(VALUES)
{
    product_bt(t, d, s, dY, V, dP);
    product_at(t, s, d, P, dY, dV);
}

/* The numbers of P in their order, s rows of t. */
static void values_P_misread(VALUES)
{
    reference_values(VALUES_ARGUMENTS);
    product(s, t, d, (const void *)P, dY, dV);
}

/* As if V were (d, s). */
static void values_V_misread(VALUES)
{
    reference_values(VALUES_ARGUMENTS);
    product(t, d, s, dY, (const void *)V, dP);
}

/* Each value gets the gradient of the token that listens to it most. */
static void values_to_the_largest(VALUES)
{
    real all[t][s];
    for (int i = 0; i < t; i++) {
        int largest = 0;
        for (int j = 0; j < s; j++) {
            all[i][j] = 0;
            largest = P[i][j] > P[i][largest] ? j : largest;
        }
        all[i][largest] = 1;
    }
    reference_values(t, s, d, dY, all, V, dP, dV);
}

/* What comes to a key divided by all that listens to it. */
static void values_averaged(VALUES)
{
    reference_values(VALUES_ARGUMENTS);
    for (int j = 0; j < s; j++) {
        real sum = 0;
        for (int i = 0; i < t; i++)
            sum += P[i][j];
        scale(d, sum > 0 ? 1 / sum : 1, dV[j]);
    }
}

/* The softmax's mean is taken off here already. */
static void values_mean_off(VALUES)
{
    reference_values(VALUES_ARGUMENTS);
    for (int i = 0; i < t; i++) {
        real mean = 0;
        for (int j = 0; j < s; j++)
            mean += P[i][j] * dP[i][j];
        for (int j = 0; j < s; j++)
            dP[i][j] -= mean;
    }
}

static const Mistake values_mistakes[] = {
    {MISTAKE(values_P_misread), "In dV the weights are read as if P were (s, t). Value j is heard "
                                "by token i with P[i][j]: dV is "
                                "P^T dY, and P^T is not P with its numbers in the same order."},
    {MISTAKE(values_V_misread),
     "In dP the values are read as if V were (d, s). It is (s, d): dP is dY V^T, and V^T is not V "
     "with its numbers in the same order."},
    {TURNED("times:dY[i][l]*V[j][l]<-P[i][j]"),
     "dP has a factor P too much. That belongs to the step before, from the weights back to the "
     "scores; a nudge to P[i][j] moves Y[i] by V[j], and by nothing else."},
    {MISTAKE(values_to_the_largest), "All of dY[i] goes to the value with the largest weight. "
                                     "Attention takes a sum, and no maximum: "
                                     "every value gets its part, P[i][j] dY[i]."},
    {MISTAKE(values_averaged),
     "dV is divided by the sum of its weights. The rows of P add up to 1, the columns need not: a "
     "value that many listen to gets more."},
    {TURNED("missing-factor:P[i][j]"),
     "The weights are missing in dV. Token i took P[i][j] of value j, and hands as much of dY[i] "
     "back to it."},
    {TURNED("missing-factor:V[j][l]"),
     "The values are missing in dP. A nudge to P[i][j] moves Y[i] by V[j]: dP[i][j] is the sum of "
     "dY[i][l] V[j][l]."},
    {TURNED("accumulate:dV[j][l]+="),
     "Only the last query is left in dV: = stands where += belongs. Every token that listened to a "
     "value sends something back to it."},
    {TURNED("accumulate:dP[i][j]+="),
     "Only the last of the d products is left in dP: = stands where += belongs. P[i][j] met all d "
     "numbers of value j."},
    {MISTAKE(values_mean_off), "From dP the mean under the weights is taken off. That belongs to "
                               "the softmax, the step before "
                               "(exercise 2); here dP is the sum of dY[i][l] V[j][l] alone."},
    {0}};

CALL(values_backward, n[0], n[1], n[2], a[0], a[1], a[2], a[3], a[4])

static const Exercise exercise_values_backward = {
    .name = "values_backward",
    .call = call_values_backward,
    .sizes = "tsd",
    .arguments = {{"dY", IN_NORMAL, "td", 0},
                  {"P", IN_NORMAL, "ts", 0},
                  {"V", IN_NORMAL, "sd", 0},
                  {"dP", OUT, "ts", 0},
                  {"dV", OUT, "sd", 0}},
    .cases = {{3, 5, 4}, {6, 4, 2}, {2, 7, 3}, {5, 2, 6}},
    .reference = JUDGE((Function)reference_values),
    .prepare = JUDGE(prepare_values),
    .mistakes = JUDGE(values_mistakes),
};

/* -- 2. weights_backward ----------------------------------------------------------------------- */

#define WEIGHTS int t, int s, const real dP[t][s], const real P[t][s], real dS[t][s]
#define WEIGHTS_ARGUMENTS t, s, dP, P, dS

static void prepare_weights(int which, const int n[], void *const a[])
{
    fill_weights(n[0], n[1], which % 2 == 1, a[1]);
}

/* By the Jacobian: dP[i][m] / dS[i][j] = P[i][m] (1[m = j] - P[i][j]) */
static void reference_weights(WEIGHTS)
{
    for (int i = 0; i < t; i++)
        for (int j = 0; j < s; j++) {
            dS[i][j] = 0;
            for (int m = s - 1; m >= 0; m--)
                dS[i][j] += dP[i][m] * P[i][m] * ((m == j) - P[i][j]);
        }
}

static void weights_diagonal(WEIGHTS)
{
    for (int i = 0; i < t; i++)
        for (int j = 0; j < s; j++)
            dS[i][j] = dP[i][j] * P[i][j] * (1 - P[i][j]);
}

static void weights_over_queries(WEIGHTS)
{
    for (int j = 0; j < s; j++) {
        real sum = 0;
        for (int i = 0; i < t; i++)
            sum += P[i][j] * dP[i][j];
        for (int i = 0; i < t; i++)
            dS[i][j] = P[i][j] * (dP[i][j] - sum);
    }
}

static void weights_over_all(WEIGHTS)
{
    real sum = 0;
    for (int at = 0; at < t * s; at++)
        sum += P[at / s][at % s] * dP[at / s][at % s];
    for (int at = 0; at < t * s; at++)
        dS[at / s][at % s] = P[at / s][at % s] * (dP[at / s][at % s] - sum);
}

/* The other keys, without the own one. */
static void weights_without_own(WEIGHTS)
{
    reference_weights(WEIGHTS_ARGUMENTS);
    for (int at = 0; at < t * s; at++)
        dS[at / s][at % s] += P[at / s][at % s] * P[at / s][at % s] * dP[at / s][at % s];
}

/* The off-diagonal elements with a plus. */
static void weights_sign(WEIGHTS)
{
    for (int i = 0; i < t; i++)
        for (int j = 0; j < s; j++) {
            dS[i][j] = P[i][j] * (1 - P[i][j]) * dP[i][j];
            for (int m = 0; m < s; m++)
                dS[i][j] += m == j ? 0 : P[i][j] * P[i][m] * dP[i][m];
        }
}

static void weights_plain_mean(WEIGHTS)
{
    for (int i = 0; i < t; i++) {
        real sum = 0;
        for (int j = 0; j < s; j++)
            sum += dP[i][j];
        for (int j = 0; j < s; j++)
            dS[i][j] = P[i][j] * (dP[i][j] - sum / (real)s);
    }
}

/* Of cross entropy, where dP is a 1 at the right place. */
static void weights_cross_entropy(WEIGHTS)
{
    for (int at = 0; at < t * s; at++)
        dS[at / s][at % s] = P[at / s][at % s] - dP[at / s][at % s];
}

static void weights_log_softmax(WEIGHTS)
{
    for (int i = 0; i < t; i++) {
        real sum = 0;
        for (int j = 0; j < s; j++)
            sum += dP[i][j];
        for (int j = 0; j < s; j++)
            dS[i][j] = dP[i][j] - P[i][j] * sum;
    }
}

/* As if every query saw the keys up to its own place. */
static void weights_causal_sum(WEIGHTS)
{
    for (int i = 0; i < t; i++) {
        real sum = 0;
        for (int j = 0; j < s && j <= i; j++)
            sum += P[i][j] * dP[i][j];
        for (int j = 0; j < s; j++)
            dS[i][j] = P[i][j] * (dP[i][j] - sum);
    }
}

static const Mistake weights_mistakes[] = {
    {MISTAKE(weights_diagonal), "This is the diagonal of the softmax's Jacobian, P (1 - P), and "
                                "nothing beside it. A score moves "
                                "all weights of its row: what the others say comes back as well."},
    {MISTAKE(weights_over_queries), "The sum goes over the queries. Softmax was taken along the "
                                    "keys, each query for itself, so its "
                                    "way back sums over j within row i."},
    {MISTAKE(weights_over_all), "One sum over the whole matrix is taken off everywhere. Each row "
                                "is a softmax of its own, with a "
                                "sum of its own."},
    {MISTAKE(weights_without_own), "The sum leaves out the key itself. Its own weight pushes its "
                                   "own score down, too: the sum runs "
                                   "over all keys of the row."},
    {MISTAKE(weights_sign),
     "The other keys' parts have a plus. A score that rises takes weight away from all other keys: "
     "off its diagonal the Jacobian is -P[i][j] P[i][m]."},
    {MISTAKE(weights_plain_mean),
     "What is taken off is the plain mean of dP. It has to be the mean under the weights, sum_m "
     "P[i][m] dP[i][m]: only then do the rows of dS add up to 0."},
    {MISTAKE(weights_cross_entropy),
     "P - dP belongs to cross entropy, where softmax and logarithm are one step. Here dP is any "
     "gradient, and softmax goes back alone."},
    {MISTAKE(weights_log_softmax),
     "This is the way back through a log-softmax, dP - P sum dP. Here the weights themselves were "
     "passed on, and not their logarithms."},
    {TURNED("used-early:mean"), "The sum is used before it is complete. Every key needs the one "
                                "over the whole row: finish it in "
                                "a loop of its own."},
    {TURNED("missing-term:mean"),
     "The sum is missing: this is P dP. A score moves all weights of its row, since they add up to "
     "1; what the whole row says is taken off, and the rows of dS then add up to 0."},
    {TURNED("missing-factor:P[i][j]#2"),
     "The factor P in front is missing. A score moves its weight by P[i][j] as much: a key that "
     "nobody listens to, or that a mask forbids, gets 0."},
    {TURNED("missing-factor:P[i][j]"),
     "What is taken off is the plain sum of dP. It has to be the mean under the weights, sum_m "
     "P[i][m] dP[i][m]: only then do the rows of dS add up to 0."},
    {TURNED("wrong-sign:mean"),
     "The sum has a plus. It is taken off: then the rows of dS add up to 0, as they must, since "
     "the "
     "weights do not feel a number that is added to all scores of a row."},
    {TURNED("accumulate:mean+="),
     "Only the last key is left in the sum: = stands where += belongs."},
    {MISTAKE(weights_causal_sum),
     "The sum ends at j = i. It runs over all keys: where a mask forbids some, their P is 0, and "
     "they add nothing; where none does, all of them count."},
    {0}};

CALL(weights_backward, n[0], n[1], a[0], a[1], a[2])

static const Exercise exercise_weights_backward = {
    .name = "weights_backward",
    .call = call_weights_backward,
    .sizes = "ts",
    .arguments = {{"dP", IN_NORMAL, "ts", 0}, {"P", IN_NORMAL, "ts", 0}, {"dS", OUT, "ts", 0}},
    .cases = {{3, 5}, {6, 4}, {2, 7}, {4, 3}},
    .reference = JUDGE((Function)reference_weights),
    .prepare = JUDGE(prepare_weights),
    .mistakes = JUDGE(weights_mistakes),
};

/* -- 3. scores_backward ------------------------------------------------------------------------ */

#define SCORES                                                                        \
    int t, int s, int d, const real dS[t][s], const real Q[t][d], const real K[s][d], \
        real dQ[t][d], real dK[s][d]
#define SCORES_ARGUMENTS t, s, d, dS, Q, K, dQ, dK

/* Scaled at the end. */
static void reference_scores(SCORES)
{
    product(t, s, d, dS, K, dQ);
    product_at(t, s, d, dS, Q, dK);
    scale(t * d, 1 / sqrt((real)d), *dQ);
    scale(s * d, 1 / sqrt((real)d), *dK);
}

static void scores_dS_misread(SCORES)
{
    reference_scores(SCORES_ARGUMENTS);
    product(s, t, d, (const void *)dS, Q, dK);
    scale(s * d, 1 / sqrt((real)d), *dK);
}

static const Mistake scores_mistakes[] = {
    {TURNED("one-for:(real)d"),
     "The scale 1/sqrt(d) is missing on the way back. It stands in front of every score, and so in "
     "front of every gradient of Q and K."},
    {TURNED("no-call:sqrt((real)d)"),
     "The scale is 1/d, or 1/sqrt(d) twice. It was used once on the "
     "way to S, and comes back once."},
    {TURNED("inverse:(real)d"), "It is sqrt(d) that you multiply by. The scores were divided by "
                                "it, and what is divided on the "
                                "way there is divided on the way back."},
    {TURNED("size:d<-s"),
     "The scale has sqrt(s) in it. A score is a sum of d products, and it is d, not the number of "
     "keys, that makes it large."},
    {TURNED("size:d<-t"),
     "The scale has sqrt(t) in it. A score is a sum of d products, and it is d, not the number of "
     "queries, that makes it large."},
    {TURNED("rooted:(real)d"), "dQ and dK each have the root of the scale. It is not shared "
                               "out between them: a nudge to either "
                               "moves S with the whole 1/sqrt(d)."},
    {MISTAKE(scores_dS_misread), "In dK the scores' gradient is read as if dS were (s, t). Key j "
                                 "meets query i in dS[i][j]: dK is "
                                 "dS^T Q, and dS^T is not dS with its numbers in the same order."},
    {TURNED("missing-factor:scale#2"),
     "The scale is in dQ, but not in dK. It stands in front of the product of both."},
    {TURNED("missing-factor:scale"),
     "The scale is in dK, but not in dQ. It stands in front of the product of both."},
    {TURNED("truncated:sqrt((real)d)"),
     "The root of d is cut to a whole number. sqrt(d) is 1.41 for d = 2: it belongs in a real, and "
     "no int."},
    {0}};

CALL(scores_backward, n[0], n[1], n[2], a[0], a[1], a[2], a[3], a[4])

static const Exercise exercise_scores_backward = {
    .name = "scores_backward",
    .call = call_scores_backward,
    .sizes = "tsd",
    .arguments = {{"dS", IN_NORMAL, "ts", 0},
                  {"Q", IN_NORMAL, "td", 0},
                  {"K", IN_NORMAL, "sd", 0},
                  {"dQ", OUT, "td", 0},
                  {"dK", OUT, "sd", 0}},
    .cases = {{3, 5, 4}, {6, 4, 2}, {2, 7, 3}, {5, 2, 6}},
    .reference = JUDGE((Function)reference_scores),
    .mistakes = JUDGE(scores_mistakes),
};

/* -- 4. projections_backward ------------------------------------------------------------------- */

#define PROJECTIONS                                                                        \
    int t, int k, int d, const real dQ[t][d], const real dK[t][d], const real dV[t][d],    \
        const real X[t][k], const real Wq[k][d], const real Wk[k][d], const real Wv[k][d], \
        real dX[t][k], real dWq[k][d], real dWk[k][d], real dWv[k][d]
#define PROJECTIONS_ARGUMENTS t, k, d, dQ, dK, dV, X, Wq, Wk, Wv, dX, dWq, dWk, dWv

/* dX = a dQ Wq^T + b dK Wk^T + c dV Wv^T */
static void projections_with(real a, real b, real c, PROJECTIONS)
{
    real part[t][k];
    product_at(t, k, d, X, dQ, dWq);
    product_at(t, k, d, X, dK, dWk);
    product_at(t, k, d, X, dV, dWv);
    product_bt(t, d, k, dV, Wv, dX);
    scale(t * k, c, *dX);
    product_bt(t, d, k, dK, Wk, part);
    scale(t * k, b, *part);
    add(t * k, *part, *dX);
    product_bt(t, d, k, dQ, Wq, part);
    scale(t * k, a, *part);
    add(t * k, *part, *dX);
}

static void reference_projections(PROJECTIONS)
{
    projections_with(1, 1, 1, PROJECTIONS_ARGUMENTS);
}

static void projections_queries_only(PROJECTIONS)
{
    projections_with(1, 0, 0, PROJECTIONS_ARGUMENTS);
}

static void projections_keys_only(PROJECTIONS)
{
    projections_with(0, 1, 0, PROJECTIONS_ARGUMENTS);
}

static void projections_values_only(PROJECTIONS)
{
    projections_with(0, 0, 1, PROJECTIONS_ARGUMENTS);
}

static void projections_mean(PROJECTIONS)
{
    const real third = 1 / (real)3;
    projections_with(third, third, third, PROJECTIONS_ARGUMENTS);
}

/* All three through one matrix. */
static void projections_through_one(PROJECTIONS)
{
    (void)Wk, (void)Wv;
    reference_projections(t, k, d, dQ, dK, dV, X, Wq, Wq, Wq, dX, dWq, dWk, dWv);
}

static void projections_keys_for_queries(PROJECTIONS)
{
    reference_projections(t, k, d, dQ, dK, dV, X, Wk, Wq, Wv, dX, dWq, dWk, dWv);
}

static void projections_values_for_keys(PROJECTIONS)
{
    reference_projections(t, k, d, dQ, dK, dV, X, Wq, Wv, Wk, dX, dWq, dWk, dWv);
}

static void projections_weights_exchanged(PROJECTIONS)
{
    reference_projections(t, k, d, dQ, dK, dV, X, Wq, Wk, Wv, dX, dWk, dWq, dWv);
}

static void projections_misread(PROJECTIONS)
{
    real part[t][k];
    reference_projections(PROJECTIONS_ARGUMENTS);
    product(t, d, k, dQ, (const void *)Wq, dX);
    product(t, d, k, dK, (const void *)Wk, part);
    add(t * k, *part, *dX);
    product(t, d, k, dV, (const void *)Wv, part);
    add(t * k, *part, *dX);
}

/* dW = dQ^T X, (d, k), its numbers put down in that order. */
static void projections_weights_turned(PROJECTIONS)
{
    reference_projections(PROJECTIONS_ARGUMENTS);
    product_at(t, d, k, dQ, X, (void *)dWq);
    product_at(t, d, k, dK, X, (void *)dWk);
    product_at(t, d, k, dV, X, (void *)dWv);
}

static void projections_weights_mean(PROJECTIONS)
{
    reference_projections(PROJECTIONS_ARGUMENTS);
    scale(k * d, 1 / (real)t, *dWq);
    scale(k * d, 1 / (real)t, *dWk);
    scale(k * d, 1 / (real)t, *dWv);
}

static const Mistake projections_mistakes[] = {
    {MISTAKE(projections_queries_only),
     "Only the queries' path is in dX. X was used three times, to ask, to be asked and to answer: "
     "what comes back through Wk and Wv is added."},
    {MISTAKE(projections_keys_only), "Only the keys' path is in dX. X was used three times, to "
                                     "ask, to be asked and to answer: what "
                                     "comes back through Wq and Wv is added."},
    {MISTAKE(projections_values_only),
     "Only the values' path is left in dX. If three products are stored there one after the other, "
     "the last one wins: those through Wq and Wk are added."},
    {MISTAKE(projections_mean), "dX is a third of what it should be. The three paths are not "
                                "averaged: the loss feels X through "
                                "each of them, and they add up."},
    {MISTAKE(projections_through_one), "All three gradients go through Wq. Each goes back through "
                                       "the matrix that made it: dK through "
                                       "Wk, dV through Wv."},
    {MISTAKE(projections_keys_for_queries),
     "In dX Wq and Wk are exchanged. dQ goes back through Wq, and dK through Wk."},
    {MISTAKE(projections_values_for_keys),
     "In dX Wk and Wv are exchanged. dK goes back through Wk, and dV through Wv."},
    {MISTAKE(projections_weights_exchanged),
     "dWq and dWk are exchanged. dWq is made of dQ, and dWk of dK."},
    {MISTAKE(projections_misread), "In dX the matrices are read as if they were (d, k). They are "
                                   "(k, d): W[m][l] takes number m of "
                                   "X to number l, and back."},
    {MISTAKE(projections_weights_turned), "dWq, dWk and dWv have the numbers of dQ^T X, dK^T X and "
                                          "dV^T X. They are (k, d), as X^T dQ is: "
                                          "dWq[m][l] is a sum of X[i][m] dQ[i][l]."},
    {MISTAKE(projections_weights_mean),
     "The weights' gradients are divided by t. All tokens go through the same matrix, and the "
     "gradients of all uses add up."},
    {TURNED("missing-term:dQ[i][l]*Wq[m][l]"), "The queries' path is missing in dX. X was used "
                                               "three times, to ask, to be asked and to answer, "
                                               "and all three add up."},
    {TURNED("missing-term:dK[i][l]*Wk[m][l]"),
     "The keys' path is missing in dX. X was used three times, to ask, to be asked and to answer, "
     "and all three add up."},
    {TURNED("missing-term:dV[i][l]*Wv[m][l]"), "The values' path is missing in dX. X was used "
                                               "three times, to ask, to be asked and to answer, "
                                               "and all three add up."},
    {TURNED("accumulate:dX[i][m]+="),
     "Only the last of the d numbers is left in dX: = stands where += belongs. Number m of X went "
     "into all d numbers of query, key and value."},
    {0}};

CALL(projections_backward, n[0], n[1], n[2], a[0], a[1], a[2], a[3], a[4], a[5], a[6], a[7], a[8],
     a[9], a[10])

static const Exercise exercise_projections_backward = {
    .name = "projections_backward",
    .call = call_projections_backward,
    .sizes = "tkd",
    .arguments = {{"dQ", IN_NORMAL, "td", 0},
                  {"dK", IN_NORMAL, "td", 0},
                  {"dV", IN_NORMAL, "td", 0},
                  {"X", IN_NORMAL, "tk", 0},
                  {"Wq", IN_NORMAL, "kd", 0},
                  {"Wk", IN_NORMAL, "kd", 0},
                  {"Wv", IN_NORMAL, "kd", 0},
                  {"dX", OUT, "tk", 0},
                  {"dWq", OUT, "kd", 0},
                  {"dWk", OUT, "kd", 0},
                  {"dWv", OUT, "kd", 0}},
    .cases = {{3, 5, 4}, {6, 4, 2}, {2, 3, 5}, {5, 6, 3}},
    .reference = JUDGE((Function)reference_projections),
    .mistakes = JUDGE(projections_mistakes),
};

/* -- 5. causal_weights ------------------------------------------------------------------------- */

#define CAUSAL int t, const real S[t][t], real P[t][t]
#define CAUSAL_ARGUMENTS t, S, P

/* In thousands, how far the allowed scores of each row are moved. What must be taken off a row is
 * its own largest allowed score: not the smallest, the first, the last, the mean, or that of
 * another row, beside which exp() is infinite or every term of the sum is 0. */
static const int levels[6][6] = {
    {0}, {0, 1}, {0, 0, 0}, {0, 0, 0, 1}, {-1, -1, -1, -1, -1}, {0, 1, 0, 0, 0, 0}};

/* In the second case the scores of every row are near 1000, from the third on they are moved by
 * levels[]; those of the future are larger than all that is allowed. */
static void prepare_causal(int which, const int n[], void *const a[])
{
    real(*S)[n[0]] = a[0];
    for (int i = 0; i < n[0] && which > 0; i++)
        for (int j = 0; j < n[0]; j++)
            S[i][j] += 1000 * (real)(j > i ? 3 : which == 1 ? 1 : levels[i][j]);
}

/* exp x_j / sum_m exp x_m = 1 / sum_m exp(x_m - x_j), over those allowed. */
static void reference_causal(CAUSAL)
{
    for (int i = 0; i < t; i++)
        for (int j = 0; j < t; j++) {
            real sum = 0;
            for (int m = i; m >= 0; m--)
                sum += exp(S[i][m] - S[i][j]);
            P[i][j] = j <= i ? 1 / sum : 0;
        }
}

/* Softmax along rows of anything, the maximum taken off. */
static void softmax_rows(int t, real P[t][t])
{
    for (int i = 0; i < t; i++) {
        real max = P[i][0], sum = 0;
        for (int j = 1; j < t; j++)
            max = fmax(max, P[i][j]);
        for (int j = 0; j < t; j++)
            sum += P[i][j] = exp(P[i][j] - max);
        scale(t, 1 / sum, P[i]);
    }
}

static void causal_with_zeros(CAUSAL)
{
    for (int i = 0; i < t; i++)
        for (int j = 0; j < t; j++)
            P[i][j] = j <= i ? S[i][j] : 0;
    softmax_rows(t, P);
}

static void causal_unmasked(CAUSAL)
{
    copy(t * t, *S, *P);
    softmax_rows(t, P);
}

static void causal_masked_after(CAUSAL)
{
    causal_unmasked(CAUSAL_ARGUMENTS);
    for (int i = 0; i < t; i++)
        for (int j = i + 1; j < t; j++)
            P[i][j] = 0;
}

static void causal_other_way(CAUSAL)
{
    for (int i = 0; i < t; i++)
        for (int j = 0; j < t; j++)
            P[i][j] = j >= i ? S[i][j] : -INFINITY;
    softmax_rows(t, P);
}

static void causal_past_alone(CAUSAL)
{
    for (int i = 0; i < t; i++)
        for (int j = 0; j < t; j++)
            P[i][j] = j < i ? S[i][j] : -INFINITY;
    softmax_rows(t, P);
}

/* A mask of zeros and ones, added. */
static void causal_mask_added(CAUSAL)
{
    for (int i = 0; i < t; i++)
        for (int j = 0; j < t; j++)
            P[i][j] = S[i][j] + (j <= i);
    softmax_rows(t, P);
}

static void causal_one_ahead(CAUSAL)
{
    for (int i = 0; i < t; i++)
        for (int j = 0; j < t; j++)
            P[i][j] = j <= i + 1 ? S[i][j] : -INFINITY;
    softmax_rows(t, P);
}

/* Softmax down the columns of what is allowed. */
static void causal_columns(CAUSAL)
{
    real turned[t][t];
    for (int i = 0; i < t; i++)
        for (int j = 0; j < t; j++)
            turned[j][i] = j <= i ? S[i][j] : -INFINITY;
    softmax_rows(t, turned);
    transpose(t, t, turned, P);
}

static void causal_maximum_of_all(CAUSAL)
{
    for (int i = 0; i < t; i++) {
        real max = S[i][0], sum = 0;
        for (int j = 1; j < t; j++)
            max = fmax(max, S[i][j]);
        for (int j = 0; j <= i; j++)
            sum += exp(S[i][j] - max);
        for (int j = 0; j < t; j++)
            P[i][j] = j <= i ? exp(S[i][j] - max) / sum : 0;
    }
}

/* exp(S - off), divided by its sum. */
static void causal_less(const real off[], CAUSAL)
{
    for (int i = 0; i < t; i++) {
        real sum = 0;
        for (int j = 0; j <= i; j++)
            sum += exp(S[i][j] - off[i]);
        for (int j = 0; j < t; j++)
            P[i][j] = j <= i ? exp(S[i][j] - off[i]) / sum : 0;
    }
}

static void causal_largest_before(CAUSAL)
{
    real off[t];
    for (int i = 0; i < t; i++) {
        off[i] = S[i][0];
        for (int j = 1; j < i; j++)
            off[i] = fmax(off[i], S[i][j]);
    }
    causal_less(off, CAUSAL_ARGUMENTS);
}

static void causal_mean(CAUSAL)
{
    real off[t];
    for (int i = 0; i < t; i++) {
        off[i] = 0;
        for (int j = 0; j <= i; j++)
            off[i] += S[i][j] / (real)(i + 1);
    }
    causal_less(off, CAUSAL_ARGUMENTS);
}

static void causal_one_for_all(CAUSAL)
{
    real off[t];
    off[0] = S[0][0];
    for (int at = 0; at < t * t; at++)
        if (at % t <= at / t)
            off[0] = fmax(off[0], S[at / t][at % t]);
    for (int i = 1; i < t; i++)
        off[i] = off[0];
    causal_less(off, CAUSAL_ARGUMENTS);
}

/* Where the first row has nobody, it is left at 0. */
static void causal_past_first_0(CAUSAL)
{
    causal_past_alone(CAUSAL_ARGUMENTS);
    for (int j = 0; j < t; j++)
        P[0][j] = 0;
}

static void causal_turned(CAUSAL)
{
    real right[t][t];
    reference_causal(t, S, right);
    transpose(t, t, right, P);
}

static void causal_sum_so_far(CAUSAL)
{
    for (int i = 0; i < t; i++)
        for (int j = 0; j < t; j++) {
            real sum = 0;
            for (int m = 0; m <= j; m++)
                sum += exp(S[i][m] - S[i][j]);
            P[i][j] = j <= i ? 1 / sum : 0;
        }
}

static const Mistake causal_mistakes[] = {
    {MISTAKE(causal_with_zeros),
     "Forbidden scores count as 0, and exp(0) is 1: the future is listened to. What forbids is a "
     "score of -INFINITY, or a sum that leaves j > i out."},
    {MISTAKE(causal_unmasked), "Nothing is masked: token i listens to those that come later. The "
                               "sum, and the weights, end at j "
                               "= i."},
    {MISTAKE(causal_masked_after), "The mask came after the softmax: what is left of a row no "
                                   "longer adds up to 1. Leave j > i out "
                                   "of the sum as well."},
    {MISTAKE(causal_other_way),
     "The mask is the other way round: token i listens to itself and to what comes later. What is "
     "allowed is j <= i."},
    {MISTAKE(causal_past_alone), "Token i may not listen to itself, so the first has nobody, and 0 "
                                 "/ 0 is NaN. What is allowed is "
                                 "j <= i, with the own token."},
    {MISTAKE(causal_mask_added), "Allowed scores are larger by 1, and nothing is forbidden. A mask "
                                 "that is added needs 0 where a "
                                 "key is allowed and -INFINITY where not."},
    {MISTAKE(causal_one_ahead), "Every token sees one ahead: j = i + 1 is allowed. That is just "
                                "the one that is to be guessed."},
    {MISTAKE(causal_columns), "Softmax was taken down the columns: it is the queries that share "
                              "out a key. Each query shares "
                              "out its own attention: the rows add up to 1."},
    {TURNED("twins+missing-term:max"),
     "Where scores are near 1000, weights are NaN: exp() of such a number is infinite, and "
     "inf / inf is NaN. Take the largest allowed score of the row off first; the weights stay the "
     "same."},
    {MISTAKE(causal_maximum_of_all),
     "Where a forbidden score is much larger than the others, the allowed weights are NaN: beside "
     "the largest of the whole row every allowed exp() is 0, and 0 / 0 is NaN. Leave j > i out "
     "from "
     "the start, of the maximum as well as of the sum."},
    {MISTAKE(causal_past_first_0),
     "Token i does not listen to itself, and the first to nobody. What is allowed is j <= i, with "
     "the own token; then every row adds up to 1."},
    {TURNED("other-extreme:fmax(max,S[i][j])"),
     "What is taken off is the smallest allowed score of the row. Beside "
     "it exp() of one that is larger by 1000 is infinite, and inf / inf "
     "is NaN: take the largest off."},
    {TURNED("no-call:fmax(max,S[i][j])"),
     "The weights are NaN where a score of the row is larger than S[i][0] "
     "by 1000: with S[i][0] taken off, exp() of it is infinite. Take the "
     "largest off, of all j <= i."},
    {TURNED("second-alone:fmax(max,S[i][j])"),
     "The weights are NaN where a score of the row is larger than S[i][i] by "
     "1000: with S[i][i] taken off, exp() of it is infinite. Take the "
     "largest off, of all j <= i."},
    {MISTAKE(causal_largest_before),
     "The weights are NaN where S[i][i] is larger by 1000 than all before it: the maximum has to "
     "be taken over j <= i, with the own token."},
    {MISTAKE(causal_mean),
     "The mean of the row does not do: a score that is larger by 700 and more "
     "makes exp() infinite, and inf / inf is NaN. Take the largest off."},
    {MISTAKE(causal_one_for_all),
     "The same number is taken off all rows. Where a row's own scores are smaller by 1000, each "
     "exp() is 0, and 0 / 0 is NaN: each row needs its own largest."},
    {TURNED("not-reset:max=S[i][0]"), "The maximum is not begun anew for each row. Where a row's "
                                      "own scores are smaller by 1000 than "
                                      "those before it, each exp() is 0, and 0 / 0 is NaN."},
    {TURNED("divided-by-t:S[i][0]"),
     "Where all allowed scores of a row are near -1000, the weights are NaN: what is taken off is "
     "more than the largest of them, each exp() is 0, and 0 / 0 is NaN. Begin the maximum with "
     "S[i][0], or with -INFINITY; 0 may be more than all of them."},
    {MISTAKE(causal_turned),
     "The weights are right and stand transposed: P[i][j] is how much token i listens to token j."},
    {TURNED("twins+divided-by-root-t:S[i][j]"),
     "The scores are divided by sqrt(t). They are scaled already, by "
     "sqrt(d) when they were made, and "
     "the number of tokens has no part in it."},
    {TURNED("twins+one-for:S[i][j]-max"),
     "Every allowed token counts alike, whatever its score. The weights "
     "are exp(S[i][j]), divided by "
     "their sum over j <= i."},
    {MISTAKE(causal_sum_so_far),
     "Each weight is divided by the sum up to its own key, and not by that of the whole row: "
     "finish the sum over j <= i in a loop of its own, and divide then."},
    {0}};

CALL(causal_weights, n[0], a[0], a[1])

static const Exercise exercise_causal_weights = {
    .name = "causal_weights",
    .call = call_causal_weights,
    .sizes = "t",
    .arguments = {{"S", IN_NORMAL, "tt", 0}, {"P", OUT, "tt", 0}},
    .cases = {{4}, {3}, {6}, {5}},
    .reference = JUDGE((Function)reference_causal),
    .prepare = JUDGE(prepare_causal),
    .mistakes = JUDGE(causal_mistakes),
};

/* -- 6. split_heads_backward ------------------------------------------------------------------- */

#define HEADS int n, int t, int h, int d, int c, const real dO[n][h][t][d], real dX[n][t][c]
#define HEADS_ARGUMENTS n, t, h, d, c, dO, dX

/* What each number of X became. */
static void reference_heads(HEADS)
{
    for (int i = 0; i < n; i++)
        for (int r = 0; r < t; r++)
            for (int at = c - 1; at >= 0; at--)
                dX[i][r][at] = dO[i][at / d][r][at % d];
    (void)h;
}

/* The numbers in their order. */
static void heads_not_turned(HEADS)
{
    (void)c, (void)h;
    copy(n * h * t * d, (const real *)dO, (real *)dX);
}

static void heads_interleaved(HEADS)
{
    for (int i = 0; i < n; i++)
        for (int r = 0; r < t; r++)
            for (int at = 0; at < c; at++)
                dX[i][r][at] = dO[i][at % h][r][at / h];
}

static void heads_backwards(HEADS)
{
    for (int i = 0; i < n; i++)
        for (int r = 0; r < t; r++)
            for (int at = 0; at < c; at++)
                dX[i][r][at] = dO[i][h - 1 - at / d][r][at % d];
}

/* As if every head had seen all of the numbers. */
static void heads_summed(HEADS)
{
    for (int i = 0; i < n; i++)
        for (int r = 0; r < t; r++)
            for (int at = 0; at < c; at++) {
                dX[i][r][at] = 0;
                for (int l = 0; l < h; l++)
                    dX[i][r][at] += dO[i][l][r][at % d];
            }
}

static void heads_first_only(HEADS)
{
    for (int i = 0; i < n; i++)
        for (int r = 0; r < t; r++)
            for (int at = 0; at < c; at++)
                dX[i][r][at] = dO[i][0][r][at % d];
    (void)h;
}

/* The heads before the sequences: (h, n, t, d). */
static void heads_before_sequences(HEADS)
{
    const real *from = (const real *)dO;
    for (int i = 0; i < n; i++)
        for (int r = 0; r < t; r++)
            for (int at = 0; at < c; at++)
                dX[i][r][at] = from[((at / d * n + i) * t + r) * d + at % d];
    (void)h;
}

static const Mistake heads_mistakes[] = {
    {MISTAKE(heads_not_turned),
     "The numbers stand in the order in which they are in dO. There a head's tokens follow each "
     "other, in X a token's heads: it is not enough to give the same numbers another shape, tokens "
     "and heads have to change places."},
    {MISTAKE(heads_interleaved),
     "The heads are interleaved, number m of head l at m h + l. A head's d numbers stand side by "
     "side: l d + m."},
    {MISTAKE(heads_backwards),
     "The heads come in the wrong order: head 0 had the first d numbers of each token."},
    {MISTAKE(heads_summed), "The heads are added up. No number of X went into more than one head: "
                            "each gets the gradient of "
                            "the one place that it went to."},
    {MISTAKE(heads_first_only), "Head 0 is everywhere in dX. Its are the first d numbers of each "
                                "token; the next d are those of "
                                "head 1."},
    {MISTAKE(heads_before_sequences),
     "dO is read as if it were (h, n, t, d). It is (n, h, t, d): the sequences come first."},
    {TURNED("divided-by-h:dO[i][l][r][m]"),
     "dX is divided by h. Splitting only moves numbers, and moves their "
     "gradients back as they are."},
    {0}};

CALL(split_heads_backward, n[0], n[1], n[2], n[3], n[4], a[0], a[1])

static const Exercise exercise_split_heads_backward = {
    .name = "split_heads_backward",
    .call = call_split_heads_backward,
    .sizes = "nthdc",
    .arguments = {{"dO", IN_NORMAL, "nhtd", 0}, {"dX", OUT, "ntc", 0}},
    .cases = {{4, 5, 2, 3, 6}, {2, 3, 4, 5, 20}, {5, 4, 3, 2, 6}, {1, 6, 2, 4, 8}},
    .reference = JUDGE((Function)reference_heads),
    .mistakes = JUDGE(heads_mistakes),
};

/* -- 7. post_norm_backward --------------------------------------------------------------------- */

/* raw and var_inv as a forward pass leaves them. */
static void normalize(int n, int k, real var_inv[n], real raw[n][k])
{
    for (int i = 0; i < n; i++) {
        real mean = 0, squares = 0;
        for (int j = 0; j < k; j++)
            mean += raw[i][j] / (real)k;
        for (int j = 0; j < k; j++)
            squares += (raw[i][j] -= mean) * raw[i][j];
        var_inv[i] = 1 / sqrt(squares / (real)k + (real)0.1);
        scale(k, var_inv[i], raw[i]);
    }
}

/* var_inv (1[l = j] - level - tilt raw_l raw_j): right with 1 / k for both, raw_j = (x_j - mean)
 * var_inv. */
static void norm_back(int n, int k, const real draw[n][k], const real var_inv[n],
                      const real raw[n][k], real level, real tilt, real dx[n][k])
{
    for (int i = 0; i < n; i++)
        for (int j = 0; j < k; j++) {
            dx[i][j] = 0;
            for (int l = k - 1; l >= 0; l--)
                dx[i][j] +=
                    draw[i][l] * var_inv[i] * ((l == j) - level - tilt * raw[i][l] * raw[i][j]);
        }
}

static void times_gain(int n, int k, const real d[n][k], const real gain[k], real draw[n][k])
{
    for (int i = 0; i < n; i++)
        for (int j = 0; j < k; j++)
            draw[i][j] = d[i][j] * gain[j];
}

#define POST                                                                        \
    int n, int k, const real dY[n][k], const real var_inv[n], const real raw[n][k], \
        const real gain[k], real dR[n][k], real dgain[k], real dbias[k]
#define POST_ARGUMENTS n, k, dY, var_inv, raw, gain, dR, dgain, dbias

static void prepare_post(int which, const int n[], void *const a[])
{
    (void)which;
    normalize(n[0], n[1], a[1], a[2]);
}

static void post_with(real level, real tilt, POST)
{
    real draw[n][k];
    times_gain(n, k, dY, gain, draw);
    norm_back(n, k, draw, var_inv, raw, level, tilt, dR);
    for (int j = 0; j < k; j++) {
        dgain[j] = 0;
        dbias[j] = 0;
        for (int i = n - 1; i >= 0; i--) {
            dgain[j] += raw[i][j] * dY[i][j];
            dbias[j] += dY[i][j];
        }
    }
}

static void reference_post(POST)
{
    post_with(1 / (real)k, 1 / (real)k, POST_ARGUMENTS);
}

static void post_bessel_twice(POST)
{
    post_with(1 / (real)(k - 1), 1 / (real)(k - 1), POST_ARGUMENTS);
}

static void post_gain_outside(POST)
{
    real ones[k], without[n][k];
    reference_post(POST_ARGUMENTS);
    for (int j = 0; j < k; j++)
        ones[j] = 1;
    real gains[k], biases[k];
    reference_post(n, k, dY, var_inv, raw, ones, without, gains, biases);
    times_gain(n, k, without, gain, dR);
}

/* Batch norm's. */
static void post_down_columns(POST)
{
    real draw[n][k], turned[k][n], raws[k][n], dx[k][n], ones[k];
    reference_post(POST_ARGUMENTS);
    times_gain(n, k, dY, gain, draw);
    transpose(n, k, draw, turned);
    transpose(n, k, raw, raws);
    for (int j = 0; j < k; j++)
        ones[j] = 1;
    norm_back(k, n, turned, ones, raws, 1 / (real)n, 1 / (real)n, dx);
    transpose(k, n, dx, dR);
    for (int i = 0; i < n; i++)
        scale(k, var_inv[i], dR[i]);
}

static void post_affine_mean(POST)
{
    reference_post(POST_ARGUMENTS);
    scale(k, 1 / (real)n, dgain);
    scale(k, 1 / (real)n, dbias);
}

/* Behind the gain, where gain and bias are not yet. */
static void post_affine_with_gain(POST)
{
    reference_post(POST_ARGUMENTS);
    for (int j = 0; j < k; j++) {
        dgain[j] *= gain[j];
        dbias[j] *= gain[j];
    }
}

/* As if the shortcut went past the norm. */
static void post_shortcut_past(POST)
{
    reference_post(POST_ARGUMENTS);
    add(n * k, *dY, *dR);
}

static const Mistake post_mistakes[] = {
    {TURNED("order:for(int j=0;j<k;j++)<-dR"),
     "dR is what comes out if mean and variance were constants. They are "
     "made of this row: two more "
     "ways lead back through them."},
    {TURNED("missing-term:mean"),
     "The way through the mean is missing in dR: take the mean of dY gain along the row off."},
    {TURNED("missing-term:raw[i][j]*along"),
     "The way through the variance is missing in dR: take raw "
     "times the mean of dY gain raw along the "
     "row off."},
    {TURNED("twins+missing-divisor:(real)k"),
     "The two sums are not divided by k. What is taken off are means along the row."},
    {TURNED("(k-1)-for-k:raw[i][j]*along"),
     "The variance's part is divided by k - 1. Layer norm has no Bessel's "
     "correction: its variance is "
     "divided by k, forwards and backwards."},
    {MISTAKE(post_bessel_twice), "Both means are divided by k - 1. A row has k numbers, and layer "
                                 "norm divides by k throughout."},
    {TURNED("twins+size:k<-n"),
     "The sums are divided by n. They go along a row, which has k numbers."},
    {TURNED("times-2:raw[i][j]*along"),
     "The way through the variance counts twice. The 2 of the square "
     "and the 1/2 of the root cancel."},
    {TURNED("times-1/2:raw[i][j]*along"),
     "The way through the variance counts half. The 2 of the square "
     "and the 1/2 of the root cancel."},
    {TURNED("wrong-sign:raw[i][j]*along"),
     "The way through the variance has the wrong sign. var_inv falls when the variance grows: its "
     "part is taken off."},
    {MISTAKE(post_gain_outside),
     "The gain was multiplied on at the end. Along a row every column has a gain of its own: it "
     "belongs inside the means. Multiply dY by gain first."},
    {TURNED("twins+missing-factor:gain[j]"),
     "The gain is missing in dR. Every way back to R goes through "
     "it: begin with dY[i][j] gain[j]."},
    {TURNED("missing-factor:var_inv[i]"),
     "var_inv is missing in dR. The row was multiplied by it: it "
     "stands in front of all three terms."},
    {MISTAKE(post_down_columns),
     "The means are taken down the columns, as in batch norm. Layer norm takes those of a row."},
    {TURNED("missing-factor:raw[i][j]#2"),
     "dgain is dbias. The gain was multiplied by raw, and so is dY in its gradient."},
    {MISTAKE(post_affine_mean),
     "dgain and dbias are divided by n. One gain and one bias serve all rows, and the gradients of "
     "all uses add up."},
    {MISTAKE(post_affine_with_gain),
     "There is a factor gain in dgain and dbias. They come first on the way back: dY reaches them "
     "before it meets the gain."},
    {TURNED("over:dY[i][j]*raw[i][j]<-1/var_inv[i]"),
     "In dgain stands R - mean where raw belongs: the gain was "
     "multiplied by what is already divided "
     "by the standard deviation."},
    {MISTAKE(post_shortcut_past),
     "dY was added to dR as if the shortcut went past the norm. Here the norm stands behind the "
     "sum, "
     "and all of dY goes through it; past it goes the shortcut of exercise 8."},
    {TURNED("times-2:var_inv[i]*(dY[i][j]*gain[j]-mean-raw[i][j]*along)"),
     "dR is doubled. R is one sum; that it goes on to X and to B alike does "
     "not make it twice as much."},
    {TURNED("accumulate:dgain[j]+="), "Only the last row is left in dgain: = stands where += "
                                      "belongs. One gain serves all rows of its "
                                      "column."},
    {TURNED("accumulate:dbias[j]+="), "Only the last row is left in dbias: = stands where += "
                                      "belongs. One bias serves all rows of its "
                                      "column."},
    {TURNED("times:dY[i][j]*gain[j]*raw[i][j]/(real)k<-var_inv[i]"),
     "var_inv stands once too often in the variance's part. raw holds it already: one var_inv in "
     "front of all is enough."},
    {0}};

CALL(post_norm_backward, n[0], n[1], a[0], a[1], a[2], a[3], a[4], a[5], a[6])

static const Exercise exercise_post_norm_backward = {
    .name = "post_norm_backward",
    .call = call_post_norm_backward,
    .sizes = "nk",
    .arguments = {{"dY", IN_NORMAL, "nk", 0},
                  {"var_inv", IN_PREPARED, "n", 0},
                  {"raw", IN_NORMAL, "nk", 0},
                  {"gain", IN_NORMAL, "k", 0},
                  {"dR", OUT, "nk", 0},
                  {"dgain", OUT, "k", 0},
                  {"dbias", OUT, "k", 0}},
    .cases = {{7, 4}, {2, 5}, {3, 8}, {5, 6}},
    .reference = JUDGE((Function)reference_post),
    .prepare = JUDGE(prepare_post),
    .mistakes = JUDGE(post_mistakes),
};

/* -- 8. pre_norm_backward ---------------------------------------------------------------------- */

#define PRE                                                                        \
    int n, int k, const real dY[n][k], const real dN[n][k], const real var_inv[n], \
        const real raw[n][k], const real gain[k], real dX[n][k]
#define PRE_ARGUMENTS n, k, dY, dN, var_inv, raw, gain, dX

static void prepare_pre(int which, const int n[], void *const a[])
{
    (void)which;
    normalize(n[0], n[1], a[2], a[3]);
}

/* so much of dY, and of dN through the norm with this level and tilt */
static void pre_with(real shortcut, real branch, real level, real tilt, PRE)
{
    real draw[n][k];
    times_gain(n, k, dN, gain, draw);
    norm_back(n, k, draw, var_inv, raw, level / (real)k, tilt / (real)k, dX);
    for (int i = 0; i < n; i++)
        for (int j = 0; j < k; j++)
            dX[i][j] = shortcut * dY[i][j] + branch * dX[i][j];
}

static void reference_pre(PRE)
{
    pre_with(1, 1, 1, 1, PRE_ARGUMENTS);
}

static void pre_past_norm(PRE)
{
    (void)var_inv, (void)raw, (void)gain;
    copy(n * k, *dY, *dX);
    add(n * k, *dN, *dX);
}

/* Of post-norm: both through the norm. */
static void pre_both_through(PRE)
{
    real both[n][k];
    copy(n * k, *dY, *both);
    add(n * k, *dN, *both);
    pre_with(0, 1, 1, 1, n, k, dY, both, var_inv, raw, gain, dX);
}

static void pre_exchanged(PRE)
{
    pre_with(1, 1, 1, 1, n, k, dN, dY, var_inv, raw, gain, dX);
}

static void pre_gain_outside(PRE)
{
    real ones[k];
    for (int j = 0; j < k; j++)
        ones[j] = 1;
    pre_with(0, 1, 1, 1, n, k, dY, dN, var_inv, raw, ones, dX);
    times_gain(n, k, dX, gain, dX);
    add(n * k, *dY, *dX);
}

/* Batch norm's. */
static void pre_down_columns(PRE)
{
    real draw[n][k], turned[k][n], raws[k][n], dx[k][n], ones[k];
    times_gain(n, k, dN, gain, draw);
    transpose(n, k, draw, turned);
    transpose(n, k, raw, raws);
    for (int j = 0; j < k; j++)
        ones[j] = 1;
    norm_back(k, n, turned, ones, raws, 1 / (real)n, 1 / (real)n, dx);
    transpose(k, n, dx, dX);
    for (int i = 0; i < n; i++)
        scale(k, var_inv[i], dX[i]);
    add(n * k, *dY, *dX);
}

/* raw meets the plain mean, and the mean with raw in it stands alone. */
static void pre_means_exchanged(PRE)
{
    for (int i = 0; i < n; i++) {
        real mean = 0, along = 0;
        for (int j = 0; j < k; j++) {
            mean += dN[i][j] * gain[j] / (real)k;
            along += dN[i][j] * gain[j] * raw[i][j] / (real)k;
        }
        for (int j = 0; j < k; j++)
            dX[i][j] = dY[i][j] + var_inv[i] * (dN[i][j] * gain[j] - along - raw[i][j] * mean);
    }
}

static const Mistake pre_mistakes[] = {
    {TURNED("missing-term:dY[i][j]"), "The shortcut is missing: X went into Y as it is, too, past "
                                      "the norm, and dY comes back that way "
                                      "whole."},
    {TURNED("missing-term:var_inv[i]*(dN[i][j]*gain[j]-mean-raw[i][j]*along)"),
     "The branch is missing. X went through the norm into F as well: what comes back of dN through "
     "the norm is added to dY."},
    {TURNED("order:for(int j=0;j<k;j++)<-dX"),
     "dN goes back as if mean and variance were constants. They are made "
     "of this row: two more ways "
     "lead back through them."},
    {TURNED("missing-term:mean"),
     "The way through the mean is missing: take the mean of dN gain along the row off."},
    {TURNED("missing-term:raw[i][j]*along"),
     "The way through the variance is missing: take raw times the "
     "mean of dN gain raw along the row "
     "off."},
    {TURNED("times-1/2:dY[i][j]+var_inv[i]*(dN[i][j]*gain[j]-mean-raw[i][j]*along)"),
     "This is half of it. Shortcut and branch are not averaged: the loss feels X through both, and "
     "they add up."},
    {TURNED("twins+missing-divisor:(real)k"),
     "The two sums are not divided by k. What is taken off are means along the row."},
    {MISTAKE(pre_past_norm),
     "dN was added as it is. Between N and X stands the norm: its gain, its mean and its variance "
     "come on the way back."},
    {MISTAKE(pre_both_through),
     "dY went through the norm as well. So it does where the norm is behind the sum (exercise 7); "
     "here it stands in the branch, and the shortcut passes it by."},
    {MISTAKE(pre_exchanged), "dY and dN are exchanged: it is dN that came out of the branch and "
                             "goes on through the norm, and "
                             "dY that passes it by."},
    {TURNED("twins+missing-factor:gain[j]"),
     "The gain is missing. dN meets it first on its way to X: begin with dN[i][j] gain[j]."},
    {MISTAKE(pre_gain_outside), "The gain was multiplied on behind the norm. Along a row every "
                                "column has a gain of its own: it "
                                "belongs inside the means."},
    {TURNED("times:dY[i][j]<-var_inv[i]"),
     "The shortcut is multiplied by var_inv. It passes the norm by: dY stands outside of the "
     "parentheses, as it is."},
    {TURNED("times:dY[i][j]<-gain[j]"),
     "The shortcut is multiplied by the gain. It passes the norm by: dY is added as it is."},
    {TURNED("missing-factor:var_inv[i]"),
     "var_inv is missing. The row was multiplied by it on the way to N: it stands in front of what "
     "comes back through the norm."},
    {TURNED("times-2:dY[i][j]"),
     "dY is in dX twice. X goes into Y as it is once; what the branch brings is in dN already."},
    {TURNED("wrong-sign:raw[i][j]*along"),
     "The way through the variance has the wrong sign. var_inv falls when the variance grows: its "
     "part is taken off."},
    {TURNED("(k-1)-for-k:raw[i][j]*along"),
     "The variance's part is divided by k - 1. Layer norm has no Bessel's correction: its variance "
     "is divided by k, forwards and backwards."},
    {TURNED("twins+size:k<-n"),
     "The sums are divided by n. They go along a row, which has k numbers."},
    {MISTAKE(pre_down_columns),
     "The means are taken down the columns, as in batch norm. Layer norm takes those of a row."},
    {MISTAKE(pre_means_exchanged), "The two means are exchanged. That of dN gain is taken off as "
                                   "it is; raw meets that of dN gain "
                                   "raw."},
    {0}};

CALL(pre_norm_backward, n[0], n[1], a[0], a[1], a[2], a[3], a[4], a[5])

static const Exercise exercise_pre_norm_backward = {
    .name = "pre_norm_backward",
    .call = call_pre_norm_backward,
    .sizes = "nk",
    .arguments = {{"dY", IN_NORMAL, "nk", 0},
                  {"dN", IN_NORMAL, "nk", 0},
                  {"var_inv", IN_PREPARED, "n", 0},
                  {"raw", IN_NORMAL, "nk", 0},
                  {"gain", IN_NORMAL, "k", 0},
                  {"dX", OUT, "nk", 0}},
    .cases = {{7, 4}, {2, 5}, {3, 8}, {5, 6}},
    .reference = JUDGE((Function)reference_pre),
    .prepare = JUDGE(prepare_pre),
    .mistakes = JUDGE(pre_mistakes),
};

/* -- 9. gelu_backward -------------------------------------------------------------------------- */

#define GELU int n, const real dY[n], const real X[n], real dX[n]

static real Phi_of(real x)
{
    return erfc(-x * sqrt((real)0.5)) / 2;
}

static real phi_of(real x)
{
    return exp(-x * x / 2) * (real)0.39894228040143267794;
}

/* Some far out, where GELU is a straight line, and one at 0. */
static void prepare_gelu(int which, const int n[], void *const a[])
{
    real *X = a[1];
    for (int i = 0; i < n[0] && n[0] > 3; i++)
        X[i] *= i == 3 ? 0 : i % 4 == 1 ? (real)(2 + which) : 1;
}

static void reference_gelu(GELU)
{
    for (int i = 0; i < n; i++)
        dX[i] = dY[i] * Phi_of(X[i]) + dY[i] * X[i] * phi_of(X[i]);
}

static void gelu_with(real Phi, real x_phi, real phi, GELU)
{
    for (int i = 0; i < n; i++)
        dX[i] = dY[i] * (Phi * Phi_of(X[i]) + x_phi * X[i] * phi_of(X[i]) + phi * phi_of(X[i]));
}

static void gelu_density_alone(GELU)
{
    gelu_with(0, 0, 1, n, dY, X, dX);
}

static void gelu_value(GELU)
{
    for (int i = 0; i < n; i++)
        dX[i] = dY[i] * X[i] * Phi_of(X[i]);
}

static void gelu_relu(GELU)
{
    for (int i = 0; i < n; i++)
        dX[i] = X[i] > 0 ? dY[i] : 0;
}

/* Phi + X phi with other functions for the two. */
static void gelu_of(real (*Phi)(real x), real (*phi)(real x), GELU)
{
    for (int i = 0; i < n; i++)
        dX[i] = dY[i] * (Phi(X[i]) + X[i] * phi(X[i]));
}

static real half_erf(real x)
{
    return erf(x / sqrt((real)2)) / 2;
}

static real one_and_half_erf(real x)
{
    return 1 + half_erf(x);
}

static real Phi_of_half(real x)
{
    return (1 + erf(x / 2)) / 2;
}

static real phi_rising(real x)
{
    return exp(x * x / 2) / sqrt(2 * (real)M_PI);
}

static real phi_constant(real x)
{
    (void)x;
    return 1 / sqrt(2 * (real)M_PI);
}

static real phi_without_root(real x)
{
    return exp(-x * x / 2) / (2 * (real)M_PI);
}

static real phi_root_of_2(real x)
{
    return exp(-x * x / 2) / (sqrt((real)2) * (real)M_PI);
}

static real phi_of_sigmoid(real x)
{
    return Phi_of(x) * (1 - Phi_of(x));
}

static void gelu_half_erf(GELU)
{
    gelu_of(half_erf, phi_of, n, dY, X, dX);
}

static void gelu_one_and_half_erf(GELU)
{
    gelu_of(one_and_half_erf, phi_of, n, dY, X, dX);
}

static void gelu_erf_of_half(GELU)
{
    gelu_of(Phi_of_half, phi_of, n, dY, X, dX);
}

static void gelu_rising(GELU)
{
    gelu_of(Phi_of, phi_rising, n, dY, X, dX);
}

static void gelu_constant_density(GELU)
{
    gelu_of(Phi_of, phi_constant, n, dY, X, dX);
}

static void gelu_density_without_root(GELU)
{
    gelu_of(Phi_of, phi_without_root, n, dY, X, dX);
}

static void gelu_root_of_2(GELU)
{
    gelu_of(Phi_of, phi_root_of_2, n, dY, X, dX);
}

static void gelu_slope_of_sigmoid(GELU)
{
    gelu_of(Phi_of, phi_of_sigmoid, n, dY, X, dX);
}

/* Each factor's slope meets itself. */
static void gelu_factors_exchanged(GELU)
{
    for (int i = 0; i < n; i++)
        dX[i] = dY[i] * (X[i] * Phi_of(X[i]) + phi_of(X[i]));
}

/* The slope of x sigmoid(a x) */
static void gelu_sigmoid(real a, GELU)
{
    for (int i = 0; i < n; i++) {
        const real p = 1 / (1 + exp(-a * X[i]));
        dX[i] = dY[i] * (p + a * X[i] * p * (1 - p));
    }
}

static void gelu_sigmoid_approximation(GELU)
{
    gelu_sigmoid((real)1.702, n, dY, X, dX);
}

static void gelu_silu(GELU)
{
    gelu_sigmoid(1, n, dY, X, dX);
}

static void gelu_tanh_approximation(GELU)
{
    for (int i = 0; i < n; i++) {
        const real a = (real)0.79788456080286535588, b = (real)0.044715, x = X[i];
        const real u = tanh(a * (x + b * x * x * x));
        dX[i] = dY[i] * ((1 + u) / 2 + x * (1 - u * u) / 2 * a * (1 + 3 * b * x * x));
    }
}

/* erf(x) where erf(x / sqrt(2)) belongs. */
static void gelu_without_root(GELU)
{
    for (int i = 0; i < n; i++)
        dX[i] = dY[i] * ((1 + erf(X[i])) / 2 + X[i] * phi_of(X[i]));
}

/* The slope of erf(x), 2 exp(-x^2) / sqrt(pi), where that of Phi belongs. */
static void gelu_slope_of_erf(GELU)
{
    for (int i = 0; i < n; i++)
        dX[i] = dY[i] * (Phi_of(X[i]) + X[i] * exp(-X[i] * X[i]) * 2 / sqrt((real)M_PI));
}

static void gelu_whole_exponent(GELU)
{
    for (int i = 0; i < n; i++)
        dX[i] = dY[i] * (Phi_of(X[i]) + X[i] * exp(-X[i] * X[i]) / sqrt(2 * (real)M_PI));
}

static void gelu_unnormalised(GELU)
{
    for (int i = 0; i < n; i++)
        dX[i] = dY[i] * (Phi_of(X[i]) + X[i] * exp(-X[i] * X[i] / 2));
}

/* erf(x / sqrt(2)) goes from -1 to 1. */
static void gelu_erf_for_Phi(GELU)
{
    for (int i = 0; i < n; i++)
        dX[i] = dY[i] * (2 * Phi_of(X[i]) - 1 + X[i] * phi_of(X[i]));
}

static void gelu_root_of_pi(GELU)
{
    gelu_with(1, sqrt((real)2), 0, n, dY, X, dX);
}

static const Mistake gelu_mistakes[] = {
    {TURNED("missing-term:X[i]*phi"),
     "This is Phi alone. Y is a product, and Phi depends on X as well: X phi(X) is added."},
    {TURNED("missing-term:Phi"), "This is X phi alone. Y is a product of X and Phi, and the slope "
                                 "of X is 1: Phi is added. (If it "
                                 "is there, is it always 0? In C 1 / 2 of whole numbers is.)"},
    {TURNED("missing-factor:X[i]"),
     "phi stands without its X. The slope of X Phi(X) is Phi + X phi: "
     "each factor's slope meets the "
     "other factor."},
    {MISTAKE(gelu_density_alone),
     "This is phi, the slope of Phi. Y is X Phi(X): its slope is Phi + X phi."},
    {TURNED("wrong-sign:X[i]*phi"),
     "X phi is taken off. Phi rises with X, so both parts of the product have a plus."},
    {MISTAKE(gelu_value),
     "dY is multiplied by GELU's value. It is the slope that it meets, Phi + X phi."},
    {MISTAKE(gelu_relu),
     "This is the slope of relu. GELU is soft: it lets a part through below 0, and less than all "
     "above."},
    {MISTAKE(gelu_sigmoid_approximation),
     "This is the slope of X sigmoid(1.702 X), which is near GELU and not GELU. The gradient has "
     "to "
     "be that of the function that went forwards, here the one with erf."},
    {MISTAKE(gelu_silu), "This is the slope of X sigmoid(X), which is called SiLU. GELU has Phi "
                         "there, the probability of "
                         "a normal number."},
    {MISTAKE(gelu_tanh_approximation),
     "This is the slope of the form with tanh, which is near GELU and not GELU. The gradient has "
     "to "
     "be that of the function that went forwards, here the one with erf."},
    {MISTAKE(gelu_without_root), "In Phi stands erf(X) where erf(X / sqrt(2)) belongs."},
    {MISTAKE(gelu_slope_of_erf),
     "In place of phi stands the slope of erf at X. Phi is (1 + erf(X / sqrt(2))) / 2: the 1/2 in "
     "front and the 1/sqrt(2) inside belong to its slope, which makes exp(-X^2 / 2) / sqrt(2 pi)."},
    {MISTAKE(gelu_whole_exponent), "The exponent of phi is -X^2 where -X^2 / 2 belongs."},
    {MISTAKE(gelu_unnormalised),
     "phi is not divided by sqrt(2 pi). It is a density: its area is 1."},
    {TURNED("missing-factor:dY[i]"),
     "dY is missing: this is GELU's slope alone. What comes from above is multiplied by it."},
    {TURNED("times-2:Phi"), "Phi is twice as large as it should be. 1 + erf goes from 0 to 2; a "
                            "probability is half of it."},
    {MISTAKE(gelu_erf_for_Phi), "erf(X / sqrt(2)) stands where Phi belongs. It goes from -1 to 1; "
                                "the probability is (1 + erf) / "
                                "2."},
    {MISTAKE(gelu_root_of_pi),
     "phi is too large by sqrt(2). It is divided by sqrt(2 pi), and not by sqrt(pi): the 2 belongs "
     "under the root."},
    {MISTAKE(gelu_half_erf), "Phi is too small by 1/2: this is erf(X / sqrt(2)) / 2, from -1/2 to "
                             "1/2. The probability is (1 + erf) / 2."},
    {MISTAKE(gelu_one_and_half_erf),
     "Phi is too large by 1/2: this is 1 + erf(X / sqrt(2)) / 2. The half is of both: (1 + erf) / "
     "2."},
    {MISTAKE(gelu_erf_of_half), "In Phi stands erf(X / 2) where erf(X / sqrt(2)) belongs."},
    {MISTAKE(gelu_rising),
     "The exponent of phi is +X^2 / 2. A density falls on both sides of 0: it is -X^2 / 2."},
    {MISTAKE(gelu_constant_density), "phi is the same for every X, 1 / sqrt(2 pi). exp(-X^2 / 2) "
                                     "is missing in it, or 1: in C 1 / 2 "
                                     "of whole numbers is 0."},
    {MISTAKE(gelu_density_without_root),
     "phi is divided by 2 pi. It is sqrt(2 pi): the root is of both."},
    {MISTAKE(gelu_root_of_2),
     "phi is divided by sqrt(2) pi. It is sqrt(2 pi): the root is of both."},
    {TURNED("times-2:X[i]*phi"),
     "X phi is twice as large as it should be. phi has 1 / sqrt(2 pi) in front, half of sqrt(2 / "
     "pi)."},
    {MISTAKE(gelu_slope_of_sigmoid),
     "In place of phi stands Phi (1 - Phi). That is the slope of a sigmoid; Phi's is the density, "
     "exp(-X^2 / 2) / sqrt(2 pi)."},
    {MISTAKE(gelu_factors_exchanged), "This is X Phi + phi. The slope of X is 1 and meets Phi, "
                                      "that of Phi is phi and meets X: Phi + "
                                      "X phi."},
    {0}};

CALL(gelu_backward, n[0], a[0], a[1], a[2])

static const Exercise exercise_gelu_backward = {
    .name = "gelu_backward",
    .call = call_gelu_backward,
    .sizes = "n",
    .arguments = {{"dY", IN_NORMAL, "n", 0}, {"X", IN_NORMAL, "n", 0}, {"dX", OUT, "n", 0}},
    .cases = {{7}, {12}, {1}, {20}},
    .reference = JUDGE((Function)reference_gelu),
    .prepare = JUDGE(prepare_gelu),
    .mistakes = JUDGE(gelu_mistakes),
};

/* -- 10. cross_attention_backward -------------------------------------------------------------- */

#define CROSS                                                                                  \
    int t, int s, int k, int d, const real dQ[t][d], const real dK[s][d], const real dV[s][d], \
        const real Wq[k][d], const real Wk[k][d], const real Wv[k][d], real dX[t][k],          \
        real dM[s][k]
#define CROSS_ARGUMENTS t, s, k, d, dQ, dK, dV, Wq, Wk, Wv, dX, dM

static void cross_with(real keys, real values, CROSS)
{
    real part[s][k];
    product_bt(t, d, k, dQ, Wq, dX);
    product_bt(s, d, k, dV, Wv, dM);
    scale(s * k, values, *dM);
    product_bt(s, d, k, dK, Wk, part);
    scale(s * k, keys, *part);
    add(s * k, *part, *dM);
}

static void reference_cross(CROSS)
{
    cross_with(1, 1, CROSS_ARGUMENTS);
}

static void cross_keys_and_values_exchanged(CROSS)
{
    reference_cross(t, s, k, d, dQ, dK, dV, Wq, Wv, Wk, dX, dM);
}

/* One after the other as far as there are as many tokens: as in self-attention. */
static void cross_as_self(CROSS)
{
    reference_cross(CROSS_ARGUMENTS);
    real kept[t][k];
    copy(t * k, *dX, *kept);
    for (int i = 0; i < t && i < s; i++)
        add(k, dM[i], dX[i]);
    for (int j = 0; j < s && j < t; j++)
        add(k, kept[j], dM[j]);
}

/* dX gets what belongs to the memory, as far as it goes. */
static void cross_all_to_x(CROSS)
{
    reference_cross(CROSS_ARGUMENTS);
    for (int i = 0; i < t && i < s; i++)
        add(k, dM[i], dX[i]);
}

static void cross_memory_with_queries(CROSS)
{
    real kept[t][k], unused[s][k];
    reference_cross(t, s, k, d, dQ, dK, dV, Wq, Wk, Wv, kept, unused);
    reference_cross(CROSS_ARGUMENTS);
    for (int j = 0; j < s && j < t; j++)
        add(k, kept[j], dM[j]);
}

static void cross_misread(CROSS)
{
    real part[s][k];
    product(t, d, k, dQ, (const void *)Wq, dX);
    product(s, d, k, dK, (const void *)Wk, dM);
    product(s, d, k, dV, (const void *)Wv, part);
    add(s * k, *part, *dM);
}

static const Mistake cross_mistakes[] = {
    {TURNED("missing-term:dV[j][l]*Wv[m][l]"),
     "The values are missing in dM. The memory was used twice, for keys and for values: add what "
     "comes back through Wv."},
    {TURNED("missing-term:dK[j][l]*Wk[m][l]"),
     "The keys are missing in dM. The memory was used twice, for keys "
     "and for values: add what comes "
     "back through Wk."},
    {TURNED("times-1/2:dK[j][l]*Wk[m][l]+dV[j][l]*Wv[m][l]"),
     "dM is half of what it should be. Keys and values are not averaged: the loss feels the memory "
     "through both, and they add up."},
    {MISTAKE(cross_keys_and_values_exchanged),
     "In dM Wk and Wv are exchanged. dK goes back through Wk, and dV through Wv."},
    {TURNED("instead:Wv[m][l]<-Wk"),
     "In dM both go through Wk. dV goes back through the matrix that made the values, Wv."},
    {TURNED("instead:Wq[m][l]<-Wk"),
     "dQ goes back through Wk. It goes through the matrix that made the queries, Wq."},
    {MISTAKE(cross_all_to_x),
     "What belongs to the memory is in dX as well. X only asks here: dX is dQ Wq^T."},
    {MISTAKE(cross_memory_with_queries),
     "What belongs to X is in dM as well. The memory is only asked here: dM is dK Wk^T + dV Wv^T."},
    {MISTAKE(cross_as_self),
     "X and M get each other's gradients, too, as if they were the same tokens. In self-attention "
     "they are; here X only asks, and M only is asked."},
    {MISTAKE(cross_misread),
     "The matrices are read as if they were (d, k). They are (k, d): W[m][l] takes number m of a "
     "token to number l, and back."},
    {TURNED("accumulate:dX[i][m]+="),
     "Only the last of the d numbers is left in dX: = stands where += belongs."},
    {TURNED("accumulate:dM[j][m]+="),
     "Only the last of the d numbers is left in dM: = stands where += belongs."},
    {0}};

CALL(cross_attention_backward, n[0], n[1], n[2], n[3], a[0], a[1], a[2], a[3], a[4], a[5], a[6],
     a[7])

static const Exercise exercise_cross_attention_backward = {
    .name = "cross_attention_backward",
    .call = call_cross_attention_backward,
    .sizes = "tskd",
    .arguments = {{"dQ", IN_NORMAL, "td", 0},
                  {"dK", IN_NORMAL, "sd", 0},
                  {"dV", IN_NORMAL, "sd", 0},
                  {"Wq", IN_NORMAL, "kd", 0},
                  {"Wk", IN_NORMAL, "kd", 0},
                  {"Wv", IN_NORMAL, "kd", 0},
                  {"dX", OUT, "tk", 0},
                  {"dM", OUT, "sk", 0}},
    .cases = {{3, 5, 4, 2}, {6, 2, 3, 4}, {2, 4, 5, 3}, {4, 3, 2, 5}},
    .reference = JUDGE((Function)reference_cross),
    .mistakes = JUDGE(cross_mistakes),
};

/* -- 11. input_backward ------------------------------------------------------------------------ */

#define INPUT                                                                             \
    int n, int t, int v, int k, const real dE[n][t][k], const int X[n][t], real dC[v][k], \
        real dP[t][k]
#define INPUT_ARGUMENTS n, t, v, k, dE, X, dC, dP

/* Each row of dC is gathered from where its token stands; one that stands nowhere stays 0. */
static void input_with(real words, real places, INPUT)
{
    for (int m = 0; m < k; m++) {
        for (int word = 0; word < v; word++) {
            dC[word][m] = 0;
            for (int at = n * t - 1; at >= 0; at--)
                dC[word][m] += X[at / t][at % t] == word ? words * dE[at / t][at % t][m] : 0;
        }
        for (int r = 0; r < t; r++) {
            dP[r][m] = 0;
            for (int i = n - 1; i >= 0; i--)
                dP[r][m] += places * dE[i][r][m];
        }
    }
}

static void reference_input(INPUT)
{
    input_with(sqrt((real)k), 1, INPUT_ARGUMENTS);
}

static void input_places_scaled(INPUT)
{
    input_with(1, sqrt((real)k), INPUT_ARGUMENTS);
}

static void input_last_word(INPUT)
{
    reference_input(INPUT_ARGUMENTS);
    for (int at = 0; at < n * t; at++)
        for (int m = 0; m < k; m++)
            dC[X[at / t][at % t]][m] = sqrt((real)k) * dE[at / t][at % t][m];
}

static void input_words_averaged(INPUT)
{
    reference_input(INPUT_ARGUMENTS);
    for (int word = 0; word < v; word++) {
        int count = 0;
        for (int at = 0; at < n * t; at++)
            count += X[at / t][at % t] == word;
        scale(k, 1 / (real)(count > 0 ? count : 1), dC[word]);
    }
}

static void input_first_sequence(INPUT)
{
    reference_input(INPUT_ARGUMENTS);
    copy(t * k, *dE[0], *dP);
}

/* Token 0 counts as padding. */
static void input_first_word_skipped(INPUT)
{
    reference_input(INPUT_ARGUMENTS);
    for (int m = 0; m < k; m++)
        dC[0][m] = 0;
}

static void input_column_short(INPUT)
{
    reference_input(INPUT_ARGUMENTS);
    for (int word = 0; word < v; word++)
        dC[word][k - 1] = 0;
    for (int r = 0; r < t; r++)
        dP[r][k - 1] = 0;
}

static void input_column_late(INPUT)
{
    reference_input(INPUT_ARGUMENTS);
    for (int word = 0; word < v; word++)
        dC[word][0] = 0;
    for (int r = 0; r < t; r++)
        dP[r][0] = 0;
}

static const Mistake input_mistakes[] = {
    {TURNED("one-for:(real)k"),
     "sqrt(k) is missing in dC. Every row that was looked up was multiplied by it, and so is its "
     "gradient."},
    {TURNED("no-call:sqrt((real)k)"),
     "dC is multiplied by k. It was sqrt(k) that the rows met, once."},
    {TURNED("inverse:(real)k"),
     "dC is divided by sqrt(k). The rows were multiplied by it, and what is multiplied on the way "
     "there is multiplied on the way back."},
    {TURNED("times-root-k:dE[i][r][m]"),
     "dP is multiplied by sqrt(k) as well. Only the rows of C met it; P was added as it is."},
    {MISTAKE(input_places_scaled), "sqrt(k) stands at the wrong one of the two: it is C whose rows "
                                   "were multiplied by it, and P was "
                                   "added as it is."},
    {TURNED("divided-by-n:dE[i][r][m]"),
     "dP is divided by n. All sequences use the same rows of P, and the gradients of all uses add "
     "up."},
    {MISTAKE(input_last_word), "Only the last place where a token stands is left in dC: = stands "
                               "where += belongs. Its row was "
                               "looked up at each of them."},
    {MISTAKE(input_words_averaged), "dC is divided by how often a token occurs. The loss feels a "
                                    "frequent row through more places, "
                                    "and they add up."},
    {TURNED("accumulate:dP[r][m]+="), "Only the last sequence is left in dP. All sequences use the "
                                      "same rows of P: the sum runs over "
                                      "all of them."},
    {MISTAKE(input_first_sequence), "Only the first sequence is in dP. All sequences use the same "
                                    "rows of P: the sum runs over all "
                                    "of them."},
    {TURNED("accumulate:dC[X[i][r]][m]+="), "Only one of the places where a token stands is left "
                                            "in dC: = stands where += belongs. Its row "
                                            "was looked up at each of them."},
    {MISTAKE(input_first_word_skipped),
     "Token 0 gets nothing. It is a token like the others here, and no padding."},
    {MISTAKE(input_column_short),
     "The last column of dC and of dP is 0. Each row has k numbers, 0 .. k-1."},
    {MISTAKE(input_column_late),
     "The first column of dC and of dP is 0. Each row has k numbers, 0 .. k-1."},
    {0}};

CALL(input_backward, n[0], n[1], n[2], n[3], a[0], a[1], a[2], a[3])

static const Exercise exercise_input_backward = {
    .name = "input_backward",
    .call = call_input_backward,
    .sizes = "ntvk",
    .arguments = {{"dE", IN_NORMAL, "ntk", 0},
                  {"X", IN_INDEX, "nt", 'v'},
                  {"dC", OUT, "vk", 0},
                  {"dP", OUT, "tk", 0}},
    .cases = {{4, 5, 3, 2}, {3, 2, 7, 5}, {5, 6, 4, 3}, {2, 3, 5, 6}},
    .reference = JUDGE((Function)reference_input),
    .mistakes = JUDGE(input_mistakes),
};

/* -- all, in their order ----------------------------------------------------------------------- */

static const Exercise *const exercises[] = {
    &exercise_values_backward,          &exercise_weights_backward,  &exercise_scores_backward,
    &exercise_projections_backward,     &exercise_causal_weights,    &exercise_split_heads_backward,
    &exercise_post_norm_backward,       &exercise_pre_norm_backward, &exercise_gelu_backward,
    &exercise_cross_attention_backward, &exercise_input_backward,    NULL};

const Check check = {"19_transformer", exercises};
