/* 12_softmax_temperature.c: how the answers to exercises 12 are judged. Probabilities add up to 1,
 * so dp[j] - sum_l p[l] dp[l] is sum_l p[l] (dp[j] - dp[l]): the references use differences of
 * pairs where the solutions take a mean off, and two passes where the solutions take one. */
#include "12_softmax_temperature.h"

#include <stdbool.h>

#include "check.h"

/* -- shared by the references and the mistakes ------------------------------------------------- */

/* du of p = softmax(u): du_j = p_j sum_l p_l (dp_j - dp_l) */
static void pairs_backward(int c, const real dp[c], const real p[c], real du[c])
{
    for (int j = 0; j < c; j++) {
        du[j] = 0;
        for (int l = 0; l < c; l++)
            du[j] += p[j] * p[l] * (dp[j] - dp[l]);
    }
}

static void scale(int n, int c, real factor, real x[n][c])
{
    for (int i = 0; i < n; i++)
        for (int j = 0; j < c; j++)
            x[i][j] *= factor;
}

/* softmax(sharpness z): exp z_j / sum_l exp z_l = 1 / sum_l exp(z_l - z_j) */
static void probs_of(int n, int c, real sharpness, const real z[n][c], real p[n][c])
{
    for (int i = 0; i < n; i++)
        for (int j = 0; j < c; j++) {
            real sum = 0;
            for (int l = 0; l < c; l++)
                sum += exp(sharpness * (z[i][l] - z[i][j]));
            p[i][j] = 1 / sum;
        }
}

/* -- 1. softmax_jacobian ----------------------------------------------------------------------- */

#define JACOBIAN int c, const real p[c], real T, real J[c][c]

/* Each row adds up to 0: what p[j] gains by its own score it loses by those of the others. */
static void reference_jacobian(JACOBIAN)
{
    for (int j = 0; j < c; j++) {
        J[j][j] = 0;
        for (int k = 0; k < c; k++)
            if (k != j) {
                J[j][k] = -p[j] * p[k] / T;
                J[j][j] += p[j] * p[k] / T;
            }
    }
}

static void jacobian_diagonal(JACOBIAN)
{
    reference_jacobian(c, p, T, J);
    for (int j = 0; j < c; j++)
        for (int k = 0; k < c; k++)
            J[j][k] = j == k ? J[j][k] : 0;
}

/* One formula on the diagonal, another beside it. */
static void jacobian_with(real (*on)(real p, real T), real (*beside)(real p, real q, real T),
                          JACOBIAN)
{
    for (int j = 0; j < c; j++)
        for (int k = 0; k < c; k++)
            J[j][k] = j == k ? on(p[j], T) : beside(p[j], p[k], T);
}

static real on(real p, real T)
{
    return p * (1 - p) / T;
}

static real beside(real p, real q, real T)
{
    return -p * q / T;
}

static real on_overwritten(real p, real T)
{
    return p / T;
}

static real on_of_log(real p, real T)
{
    return (1 - p) / T;
}

static real beside_without_T(real p, real q, real T)
{
    (void)T;
    return -p * q;
}

static real beside_of_log(real p, real q, real T)
{
    (void)p;
    return -q / T;
}

static real beside_own(real p, real q, real T)
{
    (void)q;
    return -p / T;
}

static real beside_as_on(real p, real q, real T)
{
    return p * (1 - q) / T;
}

static void jacobian_overwritten(JACOBIAN)
{
    jacobian_with(on_overwritten, beside, c, p, T, J);
}

static void jacobian_log_diagonal(JACOBIAN)
{
    jacobian_with(on_of_log, beside, c, p, T, J);
}

static void jacobian_T_on_diagonal(JACOBIAN)
{
    jacobian_with(on, beside_without_T, c, p, T, J);
}

static void jacobian_log_beside(JACOBIAN)
{
    jacobian_with(on, beside_of_log, c, p, T, J);
}

static void jacobian_own_beside(JACOBIAN)
{
    jacobian_with(on, beside_own, c, p, T, J);
}

static void jacobian_all_like_diagonal(JACOBIAN)
{
    jacobian_with(on, beside_as_on, c, p, T, J);
}

/* A softmax of what is a softmax already, of p / T or of its logarithms. */
static void jacobian_of_softmax_of(real sharpness, bool logarithms, JACOBIAN)
{
    real scores[1][c], again[1][c];
    for (int j = 0; j < c; j++)
        scores[0][j] = logarithms ? log(p[j]) : p[j];
    probs_of(1, c, sharpness, scores, again);
    reference_jacobian(c, again[0], T, J);
}

static void jacobian_tempered_again(JACOBIAN)
{
    jacobian_of_softmax_of(1 / T, true, c, p, T, J);
}

static void jacobian_softmax_again(JACOBIAN)
{
    jacobian_of_softmax_of(1 / T, false, c, p, T, J);
}

static void jacobian_softmax_again_at_1(JACOBIAN)
{
    jacobian_of_softmax_of(1, false, c, p, T, J);
}

static const Mistake jacobian_mistakes[] = {
    {TURNED("missing-divisor:T"),
     "1/T is missing: a nudge of z moves z / T by one T-th of it. Divide all of J by T."},
    {TURNED("inverted:T"),
     "You multiplied by T. The scores are divided by it, and so is what a nudge of them does."},
    {MISTAKE(jacobian_diagonal),
     "Only the diagonal is there. Every score stands in the sum under the fraction as well, so a "
     "nudge of z[k] takes -p[j] p[k] / T from each other p[j]."},
    {TURNED("missing-term:(real)(j==k)"), "The numerator is missing: z[j] stands above the "
                                          "fraction too, which adds p[j] / T on the diagonal."},
    {TURNED("absolute:((real)(j==k)-p[k])"), "Off the diagonal the sign is wrong: when z[k] grows, "
                                             "the others lose. Each row of J adds up to 0."},
    {TURNED("missing-factor:p[j]"),
     "That is the derivative of log p[j]. Multiply each row by its p[j] to have that of p[j]."},
    {MISTAKE(jacobian_overwritten), "On the diagonal -p[j] p[j] / T is missing: p[j] / T is added "
                                    "to it there, and does not take its place."},
    {MISTAKE(jacobian_log_diagonal),
     "Your diagonal is that of log p[j]. That of p[j] has p[j] before it: p[j] (1 - p[j]) / T."},
    {TURNED("times:p[k]<-T"), "Only the first term is divided by T, p[j] on the diagonal. So is "
                              "-p[j] p[k]: put parentheses around both."},
    {TURNED("times:(real)(j==k)<-T"), "Only -p[j] p[k] is divided by T. So is the p[j] of the "
                                      "diagonal: put parentheses around both."},
    {MISTAKE(jacobian_T_on_diagonal), "Off the diagonal 1/T is missing. A nudge of any score moves "
                                      "z / T by one T-th of it: divide all of J by T."},
    {MISTAKE(jacobian_log_beside),
     "Off the diagonal p[j] is missing. p[j] loses in proportion to itself: -p[j] p[k] / T."},
    {MISTAKE(jacobian_own_beside), "Off the diagonal p[k] is missing. p[j] loses as much as z[k] "
                                   "adds to the sum under the fraction: -p[j] p[k] / T."},
    {MISTAKE(jacobian_all_like_diagonal),
     "The 1 stands in the whole matrix, and belongs on the diagonal: only its own score is in the "
     "numerator of p[j]. Off it, -p[j] p[k] / T is left."},
    {MISTAKE(jacobian_tempered_again),
     "You took p to the power 1/T once more. p has been made with T already: use it as it is."},
    {MISTAKE(jacobian_softmax_again),
     "You took a softmax of p. p is the softmax already, made with T: use it as it is."},
    {MISTAKE(jacobian_softmax_again_at_1),
     "You took a softmax of p. p is the softmax already, made with T: use it as it is."},
    {0}};

CALL(softmax_jacobian, n[0], a[0], VALUE(a[1]), a[2])

static const Exercise exercise_softmax_jacobian = {
    .name = "softmax_jacobian",
    .call = call_softmax_jacobian,
    .sizes = "c",
    .arguments = {{"p", IN_PROBS, "c", 0}, {"T", IN_POSITIVE, "", 0}, {"J", OUT, "cc", 0}},
    .cases = {{5}, {2}, {9}, {1}},
    .reference = JUDGE((Function)reference_jacobian),
    .mistakes = JUDGE(jacobian_mistakes),
};

/* -- 2. softmax_backward ----------------------------------------------------------------------- */

#define SOFTMAX \
    int n, int c, const real dp[n][c], const real p[n][c], const real T[n], real dz[n][c]

static void reference_softmax(SOFTMAX)
{
    for (int i = 0; i < n; i++) {
        pairs_backward(c, dp[i], p[i], dz[i]);
        for (int j = 0; j < c; j++)
            dz[i][j] /= T[i];
    }
}

static void softmax_no_temperature(SOFTMAX)
{
    (void)T;
    for (int i = 0; i < n; i++)
        pairs_backward(c, dp[i], p[i], dz[i]);
}

static void softmax_first_temperature(SOFTMAX)
{
    softmax_no_temperature(n, c, dp, p, T, dz);
    scale(n, c, 1 / T[0], dz);
}

static void softmax_diagonal(SOFTMAX)
{
    for (int i = 0; i < n; i++)
        for (int j = 0; j < c; j++)
            dz[i][j] = p[i][j] * (1 - p[i][j]) * dp[i][j] / T[i];
}

static void softmax_taking(int n, int c, const real dp[n][c], const real p[n][c], const real T[n],
                           const real off[n], real dz[n][c])
{
    for (int i = 0; i < n; i++)
        for (int j = 0; j < c; j++)
            dz[i][j] = p[i][j] * (dp[i][j] - off[i]) / T[i];
}

static void softmax_plain_mean(SOFTMAX)
{
    real off[n];
    for (int i = 0; i < n; i++) {
        off[i] = 0;
        for (int j = 0; j < c; j++)
            off[i] += dp[i][j] / (real)c;
    }
    softmax_taking(n, c, dp, p, T, off, dz);
}

static real mean_of(int c, const real dp[c], const real p[c])
{
    real mean = 0;
    for (int j = 0; j < c; j++)
        mean += p[j] * dp[j];
    return mean;
}

static real sum_of(int c, const real x[c])
{
    real sum = 0;
    for (int j = 0; j < c; j++)
        sum += x[j];
    return sum;
}

/* dz as a function of p, dp, the weighted mean and the plain sum of dp, and T. */
typedef real PullOf(real p, real dp, real mean, real sum, real T);

static void softmax_of(PullOf *pull, SOFTMAX)
{
    for (int i = 0; i < n; i++)
        for (int j = 0; j < c; j++)
            dz[i][j] = pull(p[i][j], dp[i][j], mean_of(c, dp[i], p[i]), sum_of(c, dp[i]), T[i]);
}

static real as_log(real p, real dp, real mean, real sum, real T)
{
    (void)mean;
    return (dp - p * sum) / T;
}

static real own_twice(real p, real dp, real mean, real sum, real T)
{
    (void)sum;
    return p * ((1 - p) * dp - mean) / T;
}

static real own_left_out(real p, real dp, real mean, real sum, real T)
{
    (void)sum;
    return p * (dp - (mean - p * dp)) / T;
}

static real own_p_in_mean(real p, real dp, real mean, real sum, real T)
{
    (void)mean;
    return p * (dp - p * sum) / T;
}

static void softmax_as_log(SOFTMAX)
{
    softmax_of(as_log, n, c, dp, p, T, dz);
}

static void softmax_own_twice(SOFTMAX)
{
    softmax_of(own_twice, n, c, dp, p, T, dz);
}

static void softmax_own_left_out(SOFTMAX)
{
    softmax_of(own_left_out, n, c, dp, p, T, dz);
}

static void softmax_own_p_in_mean(SOFTMAX)
{
    softmax_of(own_p_in_mean, n, c, dp, p, T, dz);
}

static void softmax_tempered_again(SOFTMAX)
{
    for (int i = 0; i < n; i++) {
        real logarithms[1][c], again[1][c];
        for (int j = 0; j < c; j++)
            logarithms[0][j] = log(p[i][j]);
        probs_of(1, c, 1 / T[i], logarithms, again);
        reference_softmax(1, c, &dp[i], again, &T[i], &dz[i]);
    }
}

static void softmax_down_columns(SOFTMAX)
{
    for (int j = 0; j < c; j++) {
        real mean = 0;
        for (int i = 0; i < n; i++)
            mean += p[i][j] * dp[i][j];
        for (int i = 0; i < n; i++)
            dz[i][j] = p[i][j] * (dp[i][j] - mean) / T[i];
    }
}

static const Mistake softmax_mistakes[] = {
    {TURNED("missing-divisor:T[i]"),
     "1/T is missing. What you have is the gradient of z / T; z itself gets one T-th of it."},
    {TURNED("inverted:T[i]"),
     "You multiplied by T. The scores are divided by it, and so is their gradient."},
    {MISTAKE(softmax_first_temperature),
     "You used the first temperature for all rows. Row i has T[i]."},
    {MISTAKE(softmax_diagonal),
     "You used p (1 - p), the diagonal of the Jacobian. A score moves every probability of its "
     "row; the other paths add -p[j] p[l] dp[l] for each l."},
    {TURNED("missing-factor:p[i][j]"), "What is taken off is not weighted: it is the sum of p[l] "
                                       "dp[l] over the row, not that of dp[l]."},
    {MISTAKE(softmax_plain_mean), "You took the plain mean of dp off. The mean that counts is "
                                  "weighted by the probabilities: sum_l p[l] dp[l]."},
    {TURNED("missing-term:mean"),
     "Only the path through the numerator is there. Each score stands in the sum under the "
     "fraction too: take sum_l p[l] dp[l] off dp[j] first."},
    {MISTAKE(softmax_as_log), "dp - p sum_l dp[l] is the way back through a log-softmax. For p "
                              "itself it is p (dp - sum_l p[l] dp[l])."},
    {TURNED("over:p[i][j]*dp[i][j]<-1/T[i]"),
     "The mean is divided by T twice. 1/T belongs to the whole difference, once."},
    {TURNED("times:dp[i][j]<-T[i]"), "Only the mean is divided by T. 1/T belongs to the whole "
                                     "difference: put parentheses around it."},
    {TURNED("times:p[i][j]*dp[i][j]<-T[i]"), "The mean is not divided by T. 1/T belongs to the "
                                             "whole difference: put parentheses around it."},
    {TURNED("over:mean<-1/p[i][j]"), "What is taken off is not multiplied by p. p[j] stands before "
                                     "the whole difference: p[j] (dp[j] - mean)."},
    {MISTAKE(softmax_own_twice), "What comes from the own probability is taken off twice: it is in "
                                 "1 - p and in the mean of the row as well. Use one of them."},
    {MISTAKE(softmax_own_left_out), "The mean leaves out the own probability. A score is in the "
                                    "sum under its own fraction, too: sum over the whole row."},
    {MISTAKE(softmax_own_p_in_mean),
     "Every dp in your mean has the weight p[j] of the score. Each has its own: sum_l p[l] dp[l]."},
    {MISTAKE(softmax_tempered_again),
     "You took p to the power 1/T once more. p has been made with T already: use it as it is."},
    {MISTAKE(softmax_down_columns),
     "Your mean goes down the columns. Each row is a softmax of its own: sum p dp along the row."},
    {0}};

CALL(softmax_backward, n[0], n[1], a[0], a[1], a[2], a[3])

static const Exercise exercise_softmax_backward = {
    .name = "softmax_backward",
    .call = call_softmax_backward,
    .sizes = "nc",
    .arguments = {{"dp", IN_NORMAL, "nc", 0},
                  {"p", IN_PROBS, "nc", 0},
                  {"T", IN_POSITIVE, "n", 0},
                  {"dz", OUT, "nc", 0}},
    .cases = {{6, 4}, {2, 5}, {3, 8}, {1, 4}},
    .reference = JUDGE((Function)reference_softmax),
    .mistakes = JUDGE(softmax_mistakes),
};

/* -- 3. log_scale_backward --------------------------------------------------------------------- */

#define LOG_SCALE                                                                      \
    int n, int c, const real dp[n][c], const real p[n][c], const real z[n][c], real s, \
        real dz[n][c], real *ds

static void prepare_log_scale(int which, const int n[], void *const a[])
{
    (void)which;
    probs_of(n[0], n[1], exp(VALUE(a[3])), a[2], a[1]);
}

static void reference_log_scale(LOG_SCALE)
{
    *ds = 0;
    for (int i = 0; i < n; i++) {
        pairs_backward(c, dp[i], p[i], dz[i]);
        for (int j = 0; j < c; j++)
            for (int l = 0; l < j; l++)
                *ds += exp(s) * p[i][j] * p[i][l] * (dp[i][j] - dp[i][l]) * (z[i][j] - z[i][l]);
    }
    scale(n, c, exp(s), dz);
}

static void log_scale_no_inner(LOG_SCALE)
{
    reference_log_scale(n, c, dp, p, z, s, dz, ds);
    *ds /= exp(s);
}

static void log_scale_bare_scores(LOG_SCALE)
{
    reference_log_scale(n, c, dp, p, z, s, dz, ds);
    scale(n, c, exp(-s), dz);
}

static void log_scale_divided(LOG_SCALE)
{
    reference_log_scale(n, c, dp, p, z, s, dz, ds);
    scale(n, c, exp(-2 * s), dz);
}

static void log_scale_last_row(LOG_SCALE)
{
    reference_log_scale(n, c, dp, p, z, s, dz, ds);
    *ds = 0;
    for (int j = 0; j < c; j++)
        *ds += z[n - 1][j] * dz[n - 1][j];
}

static void log_scale_past_softmax(LOG_SCALE)
{
    reference_log_scale(n, c, dp, p, z, s, dz, ds);
    *ds = 0;
    for (int i = 0; i < n; i++)
        for (int j = 0; j < c; j++)
            *ds += dp[i][j] * z[i][j] * exp(s);
}

/* ds of this dz */
static void collect(int n, int c, const real z[n][c], const real dz[n][c], real *ds)
{
    *ds = 0;
    for (int i = 0; i < n; i++)
        for (int j = 0; j < c; j++)
            *ds += z[i][j] * dz[i][j];
}

static void log_scale_diagonal(LOG_SCALE)
{
    for (int i = 0; i < n; i++)
        for (int j = 0; j < c; j++)
            dz[i][j] = p[i][j] * (1 - p[i][j]) * dp[i][j] * exp(s);
    collect(n, c, z, dz, ds);
}

static void log_scale_plain_mean(LOG_SCALE)
{
    for (int i = 0; i < n; i++)
        for (int j = 0; j < c; j++)
            dz[i][j] = p[i][j] * (dp[i][j] - sum_of(c, dp[i]) / (real)c) * exp(s);
    collect(n, c, z, dz, ds);
}

static void log_scale_as_log(LOG_SCALE)
{
    for (int i = 0; i < n; i++)
        for (int j = 0; j < c; j++)
            dz[i][j] = (dp[i][j] - p[i][j] * sum_of(c, dp[i])) * exp(s);
    collect(n, c, z, dz, ds);
}

static void log_scale_temperature(LOG_SCALE)
{
    reference_log_scale(n, c, dp, p, z, s, dz, ds);
    scale(n, c, exp(-2 * s), dz);
    *ds *= -exp(-2 * s);
}

static void log_scale_twice(LOG_SCALE)
{
    reference_log_scale(n, c, dp, p, z, s, dz, ds);
    *ds *= exp(s);
}

static void log_scale_without_z(LOG_SCALE)
{
    reference_log_scale(n, c, dp, p, z, s, dz, ds);
    *ds = 0;
    for (int i = 0; i < n; i++)
        for (int j = 0; j < c; j++)
            *ds += dp[i][j] * p[i][j];
}

static const Mistake log_scale_mistakes[] = {
    {MISTAKE(log_scale_no_inner),
     "In ds the derivative of exp(s) is missing, which is exp(s) again: what you have is the "
     "gradient of the scale, not of its logarithm."},
    {MISTAKE(log_scale_bare_scores),
     "dz is the gradient of e^s z. The scores themselves get e^s times that."},
    {MISTAKE(log_scale_divided), "You divided dz by e^s. The scores are multiplied by it here, and "
                                 "so is their gradient; it is a temperature that divides."},
    {MISTAKE(log_scale_last_row),
     "ds holds the last row only: = where += belongs, or *ds = 0 inside the loop. One s serves all "
     "rows and collects from all of them."},
    {TURNED("divided-by-n:z[i][j]*dz[i][j]"),
     "You divided ds by n. One s serves all rows, and what serves many gets the sum."},
    {TURNED("wrong-sign:z[i][j]*dz[i][j]"),
     "The sign of ds: that is the gradient of the logarithm of the temperature, which is -s."},
    {MISTAKE(log_scale_past_softmax),
     "ds went round the softmax. Take dp back through it first; then ds is the sum of z dz."},
    {TURNED("missing-term:mean"),
     "Only the path through the numerator of the softmax is there. Each score stands in the sum "
     "under the fraction, too: take sum_l p[l] dp[l] off dp[j] first."},
    {MISTAKE(log_scale_diagonal), "You used p (1 - p), the diagonal of the Jacobian. A score moves "
                                  "every probability of its row: p[j] (dp[j] - sum_l p[l] dp[l])."},
    {MISTAKE(log_scale_plain_mean), "You took the plain mean of dp off. The mean that counts is "
                                    "weighted by the probabilities: sum_l p[l] dp[l]."},
    {MISTAKE(log_scale_as_log), "dp - p sum_l dp[l] is the way back through a log-softmax. For p "
                                "itself it is p (dp - sum_l p[l] dp[l])."},
    {MISTAKE(log_scale_temperature),
     "You took e^s for a temperature, which divides, and ds for its gradient, which has a minus. "
     "The scores are multiplied by e^s: multiply, and ds is the sum of z dz."},
    {TURNED("inverted:exp(s)"), "You divided by e^s. The scores are multiplied by it here, and so "
                                "is their gradient; ds, the sum of z dz, comes right with it."},
    {TURNED("no-call:exp(s)"),
     "s stands where e^s belongs. The scores are multiplied by e^s, and so is their gradient."},
    {MISTAKE(log_scale_twice),
     "e^s is in ds twice. If dz has it already, ds is the sum of z dz, without another e^s."},
    {MISTAKE(log_scale_without_z), "ds is made without the scores. s moves e^s z by e^s z: take dp "
                                   "back through the softmax first, and ds is the sum of z dz."},
    {0}};

CALL(log_scale_backward, n[0], n[1], a[0], a[1], a[2], VALUE(a[3]), a[4], a[5])

static const Exercise exercise_log_scale_backward = {
    .name = "log_scale_backward",
    .call = call_log_scale_backward,
    .sizes = "nc",
    .arguments = {{"dp", IN_NORMAL, "nc", 0},
                  {"p", IN_PREPARED, "nc", 0},
                  {"z", IN_NORMAL, "nc", 0},
                  {"s", IN_NORMAL, "", 0},
                  {"dz", OUT, "nc", 0},
                  {"ds", OUT, "", 0}},
    .cases = {{6, 4}, {2, 5}, {3, 8}, {1, 3}},
    .prepare = JUDGE(prepare_log_scale),
    .reference = JUDGE((Function)reference_log_scale),
    .mistakes = JUDGE(log_scale_mistakes),
};

/* -- 4. distillation_backward ------------------------------------------------------------------ */

#define DISTILLATION                                                                          \
    int n, int c, const real z[n][c], const real v[n][c], const int y[n], real T, real alpha, \
        real dz[n][c]

/* alpha is far from 1/2, and T from 1. From the second case on, rows are near 1000 and -1000. */
static void prepare_distillation(int which, const int n[], void *const a[])
{
    real(*z)[n[1]] = a[0], (*v)[n[1]] = a[1];
    *(real *)a[3] = (const real[]){2.5, 4, 0.75, 3}[which % 4];
    *(real *)a[4] = (const real[]){0.75, 0.6, 0.2, 0.9}[which % 4];
    for (int j = 0; j < n[1] && which > 0; j++) {
        z[0][j] += 1000;
        v[n[0] - 1][j] += n[0] > 1 ? -1000 : 1000;
    }
}

/* hard (softmax(z / T_hard) - label) + soft (softmax(z / T) - softmax(v / T_teacher)), over n */
static void pulls(int n, int c, const real z[n][c], const real v[n][c], const int y[n], real T_hard,
                  real T, real T_teacher, real hard, real soft, real dz[n][c])
{
    real unsoftened[n][c], p[n][c], q[n][c];
    probs_of(n, c, 1 / T_hard, z, unsoftened);
    probs_of(n, c, 1 / T, z, p);
    probs_of(n, c, 1 / T_teacher, v, q);
    for (int i = 0; i < n; i++)
        for (int j = 0; j < c; j++)
            dz[i][j] =
                (hard * (unsoftened[i][j] - (real)(j == y[i])) + soft * (p[i][j] - q[i][j])) /
                (real)n;
}

static void reference_distillation(DISTILLATION)
{
    pulls(n, c, z, v, y, 1, T, T, 1 - alpha, alpha * T, dz);
}

static void distillation_soft_label(DISTILLATION)
{
    pulls(n, c, z, v, y, T, T, T, (1 - alpha) / T, alpha * T, dz);
}

static void distillation_swapped(DISTILLATION)
{
    pulls(n, c, z, v, y, 1, T, T, alpha, (1 - alpha) * T, dz);
}

static void distillation_hard_at_T(DISTILLATION)
{
    pulls(n, c, z, v, y, T, T, T, 1 - alpha, alpha * T, dz);
}

static void distillation_no_shares(DISTILLATION)
{
    (void)alpha;
    pulls(n, c, z, v, y, 1, T, T, 1, T, dz);
}

/* The way back of sum p log(p / q): p in front, too. */
static void distillation_student_first(DISTILLATION)
{
    real p[n][c], q[n][c];
    probs_of(n, c, 1 / T, z, p);
    probs_of(n, c, 1 / T, v, q);
    pulls(n, c, z, v, y, 1, T, T, 1 - alpha, 0, dz);
    for (int i = 0; i < n; i++) {
        real dp[c], du[c];
        for (int j = 0; j < c; j++)
            dp[j] = log(p[i][j] / q[i][j]);
        pairs_backward(c, dp, p[i], du);
        for (int j = 0; j < c; j++)
            dz[i][j] += alpha * T * du[j] / (real)n;
    }
}

/* exp(x / T - the largest x) over their sum */
static void soft_under_whole_maximum(int c, const real x[c], real T, real p[c])
{
    real max = x[0], sum = 0;
    for (int j = 1; j < c; j++)
        max = fmax(max, x[j]);
    for (int j = 0; j < c; j++)
        sum += exp(x[j] / T - max);
    for (int j = 0; j < c; j++)
        p[j] = exp(x[j] / T - max) / sum;
}

static void distillation_maximum_not_divided(DISTILLATION)
{
    pulls(n, c, z, v, y, 1, T, T, 1 - alpha, 0, dz);
    for (int i = 0; i < n; i++) {
        real p[c], q[c];
        soft_under_whole_maximum(c, z[i], T, p);
        soft_under_whole_maximum(c, v[i], T, q);
        for (int j = 0; j < c; j++)
            dz[i][j] += alpha * T * (p[j] - q[j]) / (real)n;
    }
}

static void distillation_whole_label(DISTILLATION)
{
    reference_distillation(n, c, z, v, y, T, alpha, dz);
    for (int i = 0; i < n; i++)
        dz[i][y[i]] -= alpha / (real)n;
}

static const Mistake distillation_mistakes[] = {
    {TURNED("inverted:T"), "T^2 is missing: the soft part of the loss is multiplied by it, so that "
                           "its pull does not fade like 1/T^2."},
    {TURNED("squared:T"), "1/T is missing in the soft part: the student's scores are divided by T "
                          "before the softmax. With T^2 in front, (p - q) T is left."},
    {TURNED("missing-factor:T"),
     "Both are missing in the soft part: T^2 from the loss and 1/T from the softmax, together T."},
    {TURNED("twins+parentheses:exp((v[i][j]-v_max)/T)"),
     "You took the teacher's softmax at temperature 1. Both sides are softened by the same T."},
    {MISTAKE(distillation_soft_label), "You used T in the hard part as well. The labels are met at "
                                       "temperature 1, as the student will be used."},
    {MISTAKE(distillation_swapped),
     "The shares are swapped: alpha belongs to the soft part, 1 - alpha to the labels."},
    {TURNED("wrong-sign:alpha*T*(p-q)"), "The sign of the soft part: the student is pushed down "
                                         "where it gives more than the teacher, p - q."},
    {TURNED("times:fmax(v_max,v[i][j])<-z[i][0]"),
     "Your formula is right and your exp() is not safe: of 1000 it is infinite. Take the largest "
     "score of a row off all of them first, for the student and for the teacher."},
    {MISTAKE(distillation_hard_at_T), "You used T in the hard part as well. The labels are met at "
                                      "temperature 1, as the student will be used."},
    {TURNED("missing-term:(1-alpha)*label"), "The hard part is missing. The labels pull, too: (1 - "
                                             "alpha) (softmax(z) - 1[j = y[i]]), over n."},
    {TURNED("missing-term:alpha*T*(p-q)"),
     "Nothing comes of the teacher: the soft part is missing or zero. It pulls by alpha T (p - q), "
     "over n, with q made of v; p and q need room of their own."},
    {MISTAKE(distillation_no_shares),
     "alpha is left out. The soft part counts alpha times, the hard part 1 - alpha times."},
    {TURNED("twins+parentheses:exp((z[i][j]-z_max)/T)"),
     "You took the student's softmax in the soft part at temperature 1. Both sides are softened by "
     "the same T."},
    {TURNED("twins+missing-divisor:T"),
     "You took both softmaxes of the soft part at temperature 1. There both sides are softened by "
     "T: softmax(z / T) and softmax(v / T)."},
    {TURNED("times-n:alpha*T*(p-q)"),
     "The soft part is not divided by n. Both parts are means over the rows."},
    {TURNED("parentheses:((1-alpha)*label+alpha*T*(p-q))"),
     "The hard part is not divided by n. Both parts are means over the rows."},
    {TURNED("times:exp(z[i][j]-z_max)/hard-(real)(j==y[i])<-T"),
     "The hard part is multiplied by T as well. Only the soft part has T^2 in the loss; the labels "
     "are met at temperature 1."},
    {MISTAKE(distillation_student_first),
     "This is the gradient of sum p log(p / q), with the student in front. Here the teacher's q "
     "stands in front, which nobody nudges: p - q is left."},
    {MISTAKE(distillation_maximum_not_divided),
     "The largest score was taken off after the division by T without being divided itself, so "
     "exp() is of numbers far from 0. Take it off first: (z - max) / T."},
    {MISTAKE(distillation_whole_label),
     "The 1 of the label is not multiplied by 1 - alpha. The hard part is multiplied as a whole: "
     "(1 - alpha) (softmax(z) - 1[j = y[i]])."},
    {0}};

CALL(distillation_backward, n[0], n[1], a[0], a[1], a[2], VALUE(a[3]), VALUE(a[4]), a[5])

static const Exercise exercise_distillation_backward = {
    .name = "distillation_backward",
    .call = call_distillation_backward,
    .sizes = "nc",
    .arguments = {{"z", IN_NORMAL, "nc", 0},
                  {"v", IN_NORMAL, "nc", 0},
                  {"y", IN_INDEX, "n", 'c'},
                  {"T", IN_PREPARED, "", 0},
                  {"alpha", IN_PREPARED, "", 0},
                  {"dz", OUT, "nc", 0}},
    .cases = {{6, 4}, {2, 5}, {3, 8}, {1, 3}},
    .prepare = JUDGE(prepare_distillation),
    .reference = JUDGE((Function)reference_distillation),
    .mistakes = JUDGE(distillation_mistakes),
};

/* -- 5. entropy_backward ----------------------------------------------------------------------- */

#define ENTROPY int n, int c, const real dH[n], const real p[n][c], real T, real dz[n][c]

/* From the second case on, the first probability of each row is 0. */
static void prepare_entropy(int which, const int n[], void *const a[])
{
    real(*p)[n[1]] = a[1];
    for (int i = 0; i < n[0] && which > 0 && n[1] > 1; i++) {
        real rest = 1 - p[i][0];
        p[i][0] = 0;
        for (int j = 1; j < n[1]; j++)
            p[i][j] /= rest;
    }
}

static real log_or_0(real p)
{
    return p > 0 ? log(p) : 0;
}

/* -dH p_j / T times (ln p_j + constant[i]), without fear of 0 */
static void log_and(int n, int c, const real dH[n], const real p[n][c], real T,
                    const real constant[n], real dz[n][c])
{
    for (int i = 0; i < n; i++)
        for (int j = 0; j < c; j++)
            dz[i][j] = -dH[i] * p[i][j] * (log_or_0(p[i][j]) + constant[i]) / T;
}

static void reference_entropy(ENTROPY)
{
    for (int i = 0; i < n; i++) {
        real dp[c];
        for (int j = 0; j < c; j++)
            dp[j] = -dH[i] * log_or_0(p[i][j]);
        pairs_backward(c, dp, p[i], dz[i]);
    }
    scale(n, c, 1 / T, dz);
}

static void entropy_to_probs(ENTROPY)
{
    (void)T;
    for (int i = 0; i < n; i++)
        for (int j = 0; j < c; j++)
            dz[i][j] = p[i][j] > 0 ? -dH[i] * (log(p[i][j]) + 1) : 0;
}

static void entropy_numerator_only(ENTROPY)
{
    real ones[n];
    for (int i = 0; i < n; i++)
        ones[i] = 1;
    log_and(n, c, dH, p, T, ones, dz);
}

static real entropy_of(int c, const real p[c])
{
    real H = 0;
    for (int j = 0; j < c; j++)
        H -= p[j] * log_or_0(p[j]);
    return H;
}

/* dz as a function of p, its logarithm, H and the plain sum of the logarithms, times -dH / T. */
typedef real ShareOf(real p, real logarithm, real H, real sum, int c);

static void entropy_with(ShareOf *share, ENTROPY)
{
    for (int i = 0; i < n; i++) {
        real sum = 0;
        for (int j = 0; j < c; j++)
            sum += log_or_0(p[i][j]);
        for (int j = 0; j < c; j++)
            dz[i][j] = -dH[i] / T * share(p[i][j], log_or_0(p[i][j]), entropy_of(c, p[i]), sum, c);
    }
}

static real one_kept(real p, real logarithm, real H, real sum, int c)
{
    (void)sum, (void)c;
    return p * (logarithm + 1 + H);
}

static real one_off(real p, real logarithm, real H, real sum, int c)
{
    (void)sum, (void)c;
    return p * (logarithm - 1 + H);
}

static real diagonal_with_1(real p, real logarithm, real H, real sum, int c)
{
    (void)H, (void)sum, (void)c;
    return p * (1 - p) * (logarithm + 1);
}

static real diagonal_of_log(real p, real logarithm, real H, real sum, int c)
{
    (void)H, (void)sum, (void)c;
    return p * (1 - p) * logarithm;
}

static real H_without_p(real p, real logarithm, real H, real sum, int c)
{
    (void)sum, (void)c;
    return p * logarithm + H;
}

static real plain_mean(real p, real logarithm, real H, real sum, int c)
{
    (void)H;
    return p * (logarithm - sum / (real)c);
}

static real through_log(real p, real logarithm, real H, real sum, int c)
{
    (void)H;
    return logarithm + 1 - p * (sum + (real)c);
}

static real probs_with_T(real p, real logarithm, real H, real sum, int c)
{
    (void)H, (void)sum, (void)c;
    return p > 0 ? logarithm + 1 : 0;
}

static void entropy_one_kept(ENTROPY)
{
    entropy_with(one_kept, n, c, dH, p, T, dz);
}

static void entropy_one_off(ENTROPY)
{
    entropy_with(one_off, n, c, dH, p, T, dz);
}

static void entropy_diagonal(ENTROPY)
{
    entropy_with(diagonal_with_1, n, c, dH, p, T, dz);
}

static void entropy_diagonal_of_log(ENTROPY)
{
    entropy_with(diagonal_of_log, n, c, dH, p, T, dz);
}

static void entropy_H_without_p(ENTROPY)
{
    entropy_with(H_without_p, n, c, dH, p, T, dz);
}

static void entropy_plain_mean(ENTROPY)
{
    entropy_with(plain_mean, n, c, dH, p, T, dz);
}

static void entropy_through_log(ENTROPY)
{
    entropy_with(through_log, n, c, dH, p, T, dz);
}

static void entropy_to_probs_over_T(ENTROPY)
{
    entropy_with(probs_with_T, n, c, dH, p, T, dz);
}

static void entropy_zeros_unwritten(ENTROPY)
{
    real right[n][c];
    reference_entropy(n, c, dH, p, T, right);
    for (int i = 0; i < n; i++)
        for (int j = 0; j < c; j++)
            if (p[i][j] > 0)
                dz[i][j] = right[i][j];
}

static void entropy_to_probs_unasked(ENTROPY)
{
    (void)T;
    for (int i = 0; i < n; i++)
        for (int j = 0; j < c; j++)
            dz[i][j] = -dH[i] * (log(p[i][j]) + 1);
}

static const Mistake entropy_mistakes[] = {
    {TURNED("twins+equal:p[i][j]>0<->="),
     "Your formula is right, and it meets log(0): 0 times -infinity is NaN. Leave a probability of "
     "0 out of H, and write 0 for its score."},
    {TURNED("missing-divisor:T"),
     "1/T is missing. What you have is the gradient of z / T; z itself gets one T-th of it."},
    {TURNED("wrong-sign:p[i][j]>0?-dH[i]*p[i][j]*(log(p[i][j])+H)/T:0"),
     "The sign is turned round. Raising a score that is above the average makes the row more "
     "decided, and its entropy smaller."},
    {MISTAKE(entropy_to_probs), "You stopped at dp = -(log p + 1) dH. The probabilities come from "
                                "scores: take dp back through the softmax."},
    {MISTAKE(entropy_numerator_only),
     "Only the path through the numerator is there: p dp / T. Take sum_l p[l] dp[l] off dp[j] "
     "first; the + 1 goes, and H comes in its place."},
    {TURNED("missing-factor:dH[i]"), "You left dH out. Each row has an entropy of its own, and "
                                     "what comes from above multiplies it."},
    {TURNED("inverse:p[i][j]"), "H came in with the wrong sign: sum_l p[l] log p[l] is -H, and "
                                "taking it off adds H: log p[j] + H."},
    {MISTAKE(entropy_one_kept),
     "A 1 was left over. dp is -(log p + 1) dH, and the 1 is in its weighted mean as well, so the "
     "softmax takes it off: log p + H is left."},
    {MISTAKE(entropy_one_off), "You took a 1 off that is not there. In dp and in its weighted mean "
                               "the 1 has the same sign, so it cancels: log p + H is left."},
    {MISTAKE(entropy_diagonal), "You used p (1 - p), the diagonal of the Jacobian. A score moves "
                                "every probability of its row: p (dp - sum_l p[l] dp[l])."},
    {MISTAKE(entropy_diagonal_of_log),
     "You used p (1 - p), the diagonal of the Jacobian. A score moves every probability of its "
     "row: p (dp - sum_l p[l] dp[l])."},
    {TURNED("reversed:p[i][j]>0<-<"), "H is missing in the bracket. The softmax takes the weighted "
                                      "mean of log p off, which is -H: log p + H."},
    {MISTAKE(entropy_H_without_p),
     "H is not multiplied by p. p[j] stands before the whole bracket: p[j] (log p[j] + H)."},
    {TURNED("missing-factor:p[i][j]#2"), "The p in front is missing. The softmax multiplies what "
                                         "is left of dp by p[j]: p[j] (log p[j] + H)."},
    {MISTAKE(entropy_plain_mean), "You took the plain mean of log p off. It is weighted by the "
                                  "probabilities: sum_l p[l] log p[l], which is -H."},
    {MISTAKE(entropy_through_log), "dp - p sum_l dp[l] is the way back through a log-softmax. For "
                                   "p itself it is p (dp - sum_l p[l] dp[l])."},
    {MISTAKE(entropy_to_probs_over_T), "This is dp = -(log p + 1) dH over T. Before that it goes "
                                       "through the softmax: p (dp - sum_l p[l] dp[l]) / T."},
    {MISTAKE(entropy_zeros_unwritten),
     "Where p is 0 nothing was written. Its share in dz is 0, and that has to be written."},
    {MISTAKE(entropy_to_probs_unasked),
     "You stopped at dp = -(log p + 1) dH, which is infinite where p is 0. The probabilities come "
     "from scores: take dp back through the softmax."},
    {TURNED("equal:p[i][j]>0<->="), "H takes the log of 0: 0 times -infinity is NaN, in the whole "
                                    "row. Leave a probability of 0 out of H."},
    {TURNED("equal:p[i][j]>0<->=#2"),
     "Where p is 0 you took its log: 0 times -infinity is NaN. Write 0 for such a score."},
    {0}};

CALL(entropy_backward, n[0], n[1], a[0], a[1], VALUE(a[2]), a[3])

static const Exercise exercise_entropy_backward = {
    .name = "entropy_backward",
    .call = call_entropy_backward,
    .sizes = "nc",
    .arguments = {{"dH", IN_NORMAL, "n", 0},
                  {"p", IN_PROBS, "nc", 0},
                  {"T", IN_POSITIVE, "", 0},
                  {"dz", OUT, "nc", 0}},
    .cases = {{6, 4}, {2, 5}, {3, 8}, {4, 1}},
    .prepare = JUDGE(prepare_entropy),
    .reference = JUDGE((Function)reference_entropy),
    .mistakes = JUDGE(entropy_mistakes),
};

/* -- 6. streaming_push ------------------------------------------------------------------------- */

#define PUSH int k, const real z[k], real *max, real *sum

/* Among the cases: the largest comes last; nothing came before; all is near 1000, or -1000; what
 * came before has 0 for its largest. */
static void prepare_push(int which, const int n[], void *const a[])
{
    static const real shifts[] = {0, 0, 1000, -1000, -1000, -1000, 0};
    real *z = a[0], *max = a[1], *sum = a[2], shift = shifts[which];
    int k = n[0];
    *sum = 1 + fabs(*sum);
    if (which == 0 || which == 5)
        z[k - 1] = *max + 1 + fabs(z[k - 1]);
    *max += shift;
    for (int i = 0; i < k; i++)
        z[i] += shift;
    if (which == 1 || which == 3)
        *max = *sum = 0;
    if (which == 6)
        *max = 0;
    if (which == 1 || which == 6)
        for (int i = 0; i < k; i++)
            z[i] = -0.1 - fabs(z[i]);
}

/* The largest of them. */
static real largest(int k, const real z[k], real max)
{
    for (int i = 0; i < k; i++)
        max = z[i] > max ? z[i] : max;
    return max;
}

static real sum_under(real max, int k, const real z[k])
{
    real sum = 0;
    for (int i = k - 1; i >= 0; i--)
        sum += exp(z[i] - max);
    return sum;
}

static void reference_push(PUSH)
{
    real before = *sum > 0 ? *max : z[0];
    *max = largest(k, z, before);
    *sum = *sum * exp(before - *max) + sum_under(*max, k, z);
}

static void push_from_nothing(PUSH)
{
    *max = largest(k, z, z[0]);
    *sum = sum_under(*max, k, z);
}

static void push_new_maximum_lost(PUSH)
{
    for (int i = 0; i < k; i++)
        if (*sum == 0) {
            *max = z[i];
            *sum = 1;
        } else if (z[i] > *max) {
            *sum *= exp(*max - z[i]);
            *max = z[i];
        } else
            *sum += exp(z[i] - *max);
}

static void push_no_maximum_off(PUSH)
{
    *max = largest(k, z, *sum > 0 ? *max : z[0]);
    *sum += sum_under(0, k, z);
}

static void push_first_twice(PUSH)
{
    bool nothing = *sum == 0;
    reference_push(k, z, max, sum);
    *sum += nothing ? exp(z[0] - *max) : 0;
}

static void push_empty_by_max(PUSH)
{
    if (*max == 0)
        *sum = 0;
    reference_push(k, z, max, sum);
}

static void push_earlier_sum_lost(PUSH)
{
    reference_push(k, z, max, sum);
    *sum = sum_under(*max, k, z);
}

static void push_last_only(PUSH)
{
    reference_push(1, &z[k - 1], max, sum);
}

static void push_largest_only(PUSH)
{
    reference_push(1, (const real[]){largest(k, z, z[0])}, max, sum);
}

static void push_earlier_not_shrunk(PUSH)
{
    *max = largest(k, z, *sum > 0 ? *max : z[0]);
    *sum += sum_under(*max, k, z);
}

/* The scores are summed while the maximum grows, and all is shrunk at the end. */
static void push_shrunk_at_end(PUSH)
{
    real before = *sum > 0 ? *max : z[0];
    *max = before;
    for (int i = 0; i < k; i++) {
        *max = fmax(*max, z[i]);
        *sum += exp(z[i] - *max);
    }
    *sum *= exp(before - *max);
}

static void push_new_one_shrunk(PUSH)
{
    for (int i = 0; i < k; i++) {
        real before = *sum == 0 ? z[i] : *max;
        *max = fmax(before, z[i]);
        *sum = (*sum + exp(z[i] - *max)) * exp(before - *max);
    }
}

static const Mistake push_mistakes[] = {
    {TURNED("missing-factor:exp(before-*max)"),
     "A new maximum came and the sum stayed as it was. It was made under the old maximum: keep "
     "that until you have multiplied the sum by exp(old - new)."},
    {TURNED("inverted:exp(before-*max)"), "You multiplied the sum by exp(new - old). Under a "
                                          "larger maximum every term is smaller: exp(old - new)."},
    {MISTAKE(push_from_nothing),
     "You began with nothing. *max and *sum hold the earlier scores: go on from there."},
    {MISTAKE(push_new_maximum_lost),
     "The new maximum itself is not in the sum. It adds exp(z - z) = 1."},
    {TURNED("never:*sum==0"),
     "You took the 0 in *max for a score when none had come yet. Where all scores are negative, 0 "
     "is not the largest: begin with z[0] if *sum is 0."},
    {MISTAKE(push_no_maximum_off), "You added exp(z) to a sum of exp(z - max). Take the maximum "
                                   "off first; exp(1000) is infinite."},
    {MISTAKE(push_first_twice),
     "Where nothing had come before, the first score is counted twice: in the 1 that the sum "
     "begins with, and in the loop. Begin the loop after it, or the sum with 0."},
    {MISTAKE(push_empty_by_max),
     "You took *max == 0 for the sign that nothing has come. 0 can be a score; ask for *sum == 0."},
    {MISTAKE(push_earlier_sum_lost),
     "The sum of the earlier scores is lost. They are still there in *sum: multiply that by "
     "exp(old - new), and add the new ones."},
    {TURNED("instead:*max<-before#3"),
     "You added exp(z - old maximum) where z is a new maximum. All terms stand under the new one: "
     "exp(z - new), which is 1 then."},
    {MISTAKE(push_last_only), "Only the last of the k scores is in the sum. Each of them changes "
                              "*max and *sum: go on from what the one before has left."},
    {MISTAKE(push_largest_only), "Only the largest of the k scores is in the sum. The others add "
                                 "exp(z - *max), which is not nothing."},
    {TURNED("truncated:exp(before-*max)"),
     "A new maximum threw away what was in the sum. The scores before it are still to be counted: "
     "multiply the sum by exp(old - new), then add 1."},
    {MISTAKE(push_earlier_not_shrunk),
     "The earlier sum was made under the earlier maximum, and you added it as it was. Multiply it "
     "by exp(old - new) first."},
    {MISTAKE(push_shrunk_at_end),
     "New scores stand in the sum under one maximum and were shrunk from another. Shrink whenever "
     "the maximum grows, before you add; or find the largest of all first."},
    {MISTAKE(push_new_one_shrunk), "You shrank the new score's own term, too. It stands under the "
                                   "new maximum already: shrink the sum first, then add."},
    {TURNED("begins-late:for(int i=0;i<k;i++)"),
     "z[0] is not in the sum: the loop begins at 1. Each of the k scores is to be added."},
    {0}};

CALL(streaming_push, n[0], a[0], a[1], a[2])

static const Exercise exercise_streaming_push = {
    .name = "streaming_push",
    .call = call_streaming_push,
    .sizes = "k",
    .arguments = {{"z", IN_NORMAL, "k", 0}, {"max", IN_OUT, "", 0}, {"sum", IN_OUT, "", 0}},
    .cases = {{6}, {4}, {7}, {5}, {2}, {1}, {3}},
    .prepare = JUDGE(prepare_push),
    .reference = JUDGE((Function)reference_push),
    .mistakes = JUDGE(push_mistakes),
};

/* -- 7. streaming_merge ------------------------------------------------------------------------ */

#define MERGE                                                                                  \
    int n, const real max_a[n], const real sum_a[n], const real max_b[n], const real sum_b[n], \
        real max[n], real sum[n]

/* A sum is at least 1, for the largest itself. In the second case one part is empty; in the third
 * also the other part of another stream, and both of a third, and all scores are near -1000. In
 * long ones two maxima are equal, and one is 0 although its part is not empty. */
static void prepare_merge(int which, const int n[], void *const a[])
{
    real *max_a = a[0], *sum_a = a[1], *max_b = a[2], *sum_b = a[3];
    for (int i = 0; i < n[0]; i++) {
        max_a[i] += which == 2 ? -1000 : which == 3 ? 1000 : 0;
        max_b[i] += which == 2 ? -1000 : which == 3 ? 1000 : 0;
        sum_a[i] += 1;
        sum_b[i] += 1;
    }
    if (which == 1 || which == 2) {
        max_a[0] = sum_a[0] = 0;
        max_b[0] = -0.1 - fabs(max_b[0]);
    }
    if (which == 2)
        max_b[n[0] - 1] = sum_b[n[0] - 1] = max_a[1] = sum_a[1] = max_b[1] = sum_b[1] = 0;
    if (n[0] > 5)
        max_b[4] = max_a[4];
    if (which == 0) {
        max_a[5] = 0;
        max_b[5] = -fabs(max_b[5]);
    }
}

static real higher(real a, real b)
{
    return a > b ? a : b;
}

static void reference_merge(MERGE)
{
    for (int i = 0; i < n; i++) {
        bool only_b = sum_a[i] == 0, only_a = sum_b[i] == 0 && !only_b;
        if (only_a || only_b) {
            max[i] = only_a ? max_a[i] : max_b[i];
            sum[i] = only_a ? sum_a[i] : sum_b[i];
        } else {
            bool first = max_a[i] > max_b[i];
            real apart = fabs(max_a[i] - max_b[i]);
            max[i] = first ? max_a[i] : max_b[i];
            sum[i] = first ? sum_a[i] + sum_b[i] / exp(apart) : sum_b[i] + sum_a[i] / exp(apart);
        }
    }
}

static void merge_added(MERGE)
{
    reference_merge(n, max_a, sum_a, max_b, sum_b, max, sum);
    for (int i = 0; i < n; i++)
        sum[i] = sum_a[i] + sum_b[i];
}

/* Changes the sums of streams of which both have read something, to a f + b g. */
static void remake_sums(int n, const real sum_a[n], const real sum_b[n], const real f[n],
                        const real g[n], real sum[n])
{
    for (int i = 0; i < n; i++)
        if (sum_a[i] > 0 && sum_b[i] > 0)
            sum[i] = sum_a[i] * f[i] + sum_b[i] * g[i];
}

static void merge_under_a(MERGE)
{
    real f[n], g[n];
    reference_merge(n, max_a, sum_a, max_b, sum_b, max, sum);
    for (int i = 0; i < n; i++) {
        f[i] = 1;
        g[i] = exp(max_b[i] - max_a[i]);
    }
    remake_sums(n, sum_a, sum_b, f, g, sum);
}

static void merge_crossed(MERGE)
{
    real f[n], g[n];
    reference_merge(n, max_a, sum_a, max_b, sum_b, max, sum);
    for (int i = 0; i < n; i++) {
        f[i] = exp(max_b[i] - max[i]);
        g[i] = exp(max_a[i] - max[i]);
    }
    remake_sums(n, sum_a, sum_b, f, g, sum);
}

static void merge_grown(MERGE)
{
    real f[n], g[n];
    reference_merge(n, max_a, sum_a, max_b, sum_b, max, sum);
    for (int i = 0; i < n; i++) {
        f[i] = exp(max[i] - max_a[i]);
        g[i] = exp(max[i] - max_b[i]);
    }
    remake_sums(n, sum_a, sum_b, f, g, sum);
}

static void merge_zero_is_a_score(MERGE)
{
    for (int i = 0; i < n; i++) {
        max[i] = higher(max_a[i], max_b[i]);
        sum[i] = sum_a[i] * exp(max_a[i] - max[i]) + sum_b[i] * exp(max_b[i] - max[i]);
    }
}

static void merge_higher_only(MERGE)
{
    reference_merge(n, max_a, sum_a, max_b, sum_b, max, sum);
    for (int i = 0; i < n; i++)
        if (sum_a[i] > 0 && sum_b[i] > 0)
            sum[i] = max_a[i] > max_b[i] ? sum_a[i] : sum_b[i];
}

static void merge_of_infinities(MERGE)
{
    for (int i = 0; i < n; i++) {
        real a = sum_a[i] > 0 ? max_a[i] : -INFINITY, b = sum_b[i] > 0 ? max_b[i] : -INFINITY;
        max[i] = fmax(a, b);
        sum[i] = sum_a[i] * exp(a - max[i]) + sum_b[i] * exp(b - max[i]);
    }
}

/* Nothing is written any more after a stream of which a part is empty. */
static void merge_given_up(MERGE)
{
    real all_max[n], all_sum[n];
    reference_merge(n, max_a, sum_a, max_b, sum_b, all_max, all_sum);
    for (int i = 0; i < n; i++) {
        max[i] = all_max[i];
        sum[i] = all_sum[i];
        if (sum_a[i] == 0 || sum_b[i] == 0)
            return;
    }
}

static void merge_ties_unwritten(MERGE)
{
    real all_max[n], all_sum[n];
    reference_merge(n, max_a, sum_a, max_b, sum_b, all_max, all_sum);
    for (int i = 0; i < n; i++)
        if (max_a[i] != max_b[i] || sum_a[i] == 0 || sum_b[i] == 0) {
            max[i] = all_max[i];
            sum[i] = all_sum[i];
        }
}

static void merge_both_shrunk(MERGE)
{
    reference_merge(n, max_a, sum_a, max_b, sum_b, max, sum);
    for (int i = 0; i < n; i++)
        if (sum_a[i] > 0 && sum_b[i] > 0)
            sum[i] = (sum_a[i] + sum_b[i]) * exp(-fabs(max_a[i] - max_b[i]));
}

static void merge_at_0(MERGE)
{
    real f[n], g[n];
    reference_merge(n, max_a, sum_a, max_b, sum_b, max, sum);
    for (int i = 0; i < n; i++) {
        f[i] = exp(max_a[i]);
        g[i] = exp(max_b[i]);
    }
    remake_sums(n, sum_a, sum_b, f, g, sum);
}

static void merge_by_difference(MERGE)
{
    real f[n], g[n];
    reference_merge(n, max_a, sum_a, max_b, sum_b, max, sum);
    for (int i = 0; i < n; i++) {
        f[i] = exp(max_a[i] - max_b[i]);
        g[i] = exp(max_b[i] - max_a[i]);
    }
    remake_sums(n, sum_a, sum_b, f, g, sum);
}

static void merge_no_exp(MERGE)
{
    real f[n], g[n];
    reference_merge(n, max_a, sum_a, max_b, sum_b, max, sum);
    for (int i = 0; i < n; i++) {
        f[i] = max_a[i] - max[i];
        g[i] = max_b[i] - max[i];
    }
    remake_sums(n, sum_a, sum_b, f, g, sum);
}

static void merge_empty_by_max(MERGE)
{
    for (int i = 0; i < n; i++) {
        real a = max_a[i] != 0 ? max_a[i] : max_b[i], b = max_b[i] != 0 ? max_b[i] : max_a[i];
        max[i] = higher(a, b);
        sum[i] = sum_a[i] * exp(a - max[i]) + sum_b[i] * exp(b - max[i]);
    }
}

static const Mistake merge_mistakes[] = {
    {MISTAKE(merge_added), "You added sums that were made under different maxima. Bring both under "
                           "the larger one first: multiply each by exp(its maximum - the larger)."},
    {MISTAKE(merge_under_a), "Your sum is under the maximum of the first part, also where that of "
                             "the second is larger. Bring both sums under max[i]."},
    {MISTAKE(merge_crossed),
     "The factors are crossed: sum_a belongs with exp(max_a - max), sum_b with exp(max_b - max)."},
    {MISTAKE(merge_grown), "The sign in the exponent: under a larger maximum every term is "
                           "smaller, so it is exp(max_a - max), at most 1."},
    {MISTAKE(merge_zero_is_a_score),
     "You took the 0 of an empty part for a score. Where all scores are negative, 0 is not the "
     "largest: let a part whose sum is 0 have no say in max."},
    {MISTAKE(merge_higher_only),
     "You kept the part with the larger maximum and dropped the other. Its scores are lower, but "
     "they are not nothing: add them, shrunk."},
    {MISTAKE(merge_of_infinities),
     "Where both parts are empty -infinity is left in max, and -infinity minus -infinity is NaN. "
     "The answer there is 0 and 0: ask for it."},
    {TURNED("equal:sum_b[i]>0<->="), "You asked only whether the first part is empty. The second "
                                     "may be, too: then its 0 in max_b is no score."},
    {TURNED("equal:sum_a[i]>0<->="), "You asked only whether the second part is empty. The first "
                                     "may be, too: then its 0 in max_a is no score."},
    {MISTAKE(merge_given_up), "After the first stream with an empty part nothing was written, as "
                              "if the function ended there. Go on with the next stream."},
    {MISTAKE(merge_ties_unwritten), "Where both maxima are equal nothing was written. Neither is "
                                    "larger then: let one of the two cases have <= or else."},
    {MISTAKE(merge_both_shrunk), "You shrank both sums. Only the one under the smaller maximum is; "
                                 "the other stands under the larger already."},
    {MISTAKE(merge_at_0), "You added sums of exp(score). They are wanted under max[i]: multiply "
                          "each by exp(its maximum - max[i])."},
    {MISTAKE(merge_by_difference),
     "You multiplied both sums by exponentials of the difference of the maxima. Only the one under "
     "the smaller maximum is shrunk: exp(max_a - max), exp(max_b - max)."},
    {MISTAKE(merge_no_exp),
     "You multiplied the sums by differences of maxima. It is their exponentials that bring a sum "
     "under another maximum: exp(max_a - max)."},
    {MISTAKE(merge_empty_by_max), "You took a maximum of 0 for the sign of an empty part. 0 can be "
                                  "a score; ask whether the sum is 0."},
    {0}};

CALL(streaming_merge, n[0], a[0], a[1], a[2], a[3], a[4], a[5])

static const Exercise exercise_streaming_merge = {
    .name = "streaming_merge",
    .call = call_streaming_merge,
    .sizes = "n",
    .arguments = {{"max_a", IN_NORMAL, "n", 0},
                  {"sum_a", IN_POSITIVE, "n", 0},
                  {"max_b", IN_NORMAL, "n", 0},
                  {"sum_b", IN_POSITIVE, "n", 0},
                  {"max", OUT, "n", 0},
                  {"sum", OUT, "n", 0}},
    .cases = {{6}, {2}, {9}, {1}},
    .prepare = JUDGE(prepare_merge),
    .reference = JUDGE((Function)reference_merge),
    .mistakes = JUDGE(merge_mistakes),
};

/* -- 8. streaming_attention -------------------------------------------------------------------- */

#define ATTENTION int n, int e, const real z[n], const real V[n][e], real out[e]

/* The largest comes last. In the second case all are near -1000, in the third near 1000. */
static void prepare_attention(int which, const int n[], void *const a[])
{
    real *z = a[0];
    for (int i = 0; i < n[0]; i++)
        z[i] += which == 1 ? -1000 : which == 2 ? 1000 : 0;
    z[n[0] - 1] = largest(n[0], z, z[0]) + 1;
}

static void reference_attention(ATTENTION)
{
    real max = largest(n, z, z[0]), sum = sum_under(max, n, z);
    for (int f = 0; f < e; f++) {
        out[f] = 0;
        for (int i = n - 1; i >= 0; i--)
            out[f] += exp(z[i] - max) / sum * V[i][f];
    }
}

static void attention_plain_mean(ATTENTION)
{
    (void)z;
    for (int f = 0; f < e; f++) {
        out[f] = 0;
        for (int i = 0; i < n; i++)
            out[f] += V[i][f] / (real)n;
    }
}

/* What stands in out is divided in every round, as if it were a plain sum again. */
static void attention_divided_in_loop(ATTENTION)
{
    real max = z[0], sum = 0;
    for (int f = 0; f < e; f++)
        out[f] = 0;
    for (int i = 0; i < n; i++) {
        real before = max;
        max = fmax(max, z[i]);
        sum = sum * exp(before - max) + exp(z[i] - max);
        for (int f = 0; f < e; f++)
            out[f] = (out[f] * exp(before - max) + exp(z[i] - max) * V[i][f]) / sum;
    }
}

/* Each new maximum shrinks the first column, and no other. */
static void attention_first_column_shrunk(ATTENTION)
{
    real max = z[0], last = largest(n, z, z[0]), sum = sum_under(last, n, z);
    reference_attention(n, e, z, V, out);
    for (int f = 1; f < e; f++)
        out[f] = 0;
    for (int i = 0; i < n; i++) {
        max = fmax(max, z[i]);
        for (int f = 1; f < e; f++)
            out[f] += exp(z[i] - max) * V[i][f] / sum;
    }
}

static void attention_over_n(ATTENTION)
{
    reference_attention(n, e, z, V, out);
    for (int f = 0; f < e; f++)
        out[f] *= sum_under(largest(n, z, z[0]), n, z) / (real)n;
}

static void attention_first_row_lost(ATTENTION)
{
    reference_attention(n, e, z, V, out);
    for (int f = 0; f < e; f++)
        out[f] -= exp(z[0] - largest(n, z, z[0])) / sum_under(largest(n, z, z[0]), n, z) * V[0][f];
}

static void attention_bare_scores(ATTENTION)
{
    real sum = 0;
    for (int i = 0; i < n; i++)
        sum += z[i];
    for (int f = 0; f < e; f++) {
        out[f] = 0;
        for (int i = 0; i < n; i++)
            out[f] += z[i] / sum * V[i][f];
    }
}

/* From the first row on, with these beginnings. */
static void attention_from(real sum, real share, ATTENTION)
{
    real max = z[0];
    for (int f = 0; f < e; f++)
        out[f] = share * V[0][f];
    for (int i = 0; i < n; i++) {
        real before = max;
        max = fmax(max, z[i]);
        sum = sum * exp(before - max) + exp(z[i] - max);
        for (int f = 0; f < e; f++)
            out[f] = out[f] * exp(before - max) + exp(z[i] - max) * V[i][f];
    }
    for (int f = 0; f < e; f++)
        out[f] /= sum;
}

static void attention_first_row_twice(ATTENTION)
{
    attention_from(1, 1, n, e, z, V, out);
}

static void attention_first_weight_twice(ATTENTION)
{
    attention_from(1, 0, n, e, z, V, out);
}

/* All is shrunk after the new row has come to it. */
static void attention_new_row_shrunk(ATTENTION)
{
    real max = z[0], sum = 0;
    for (int f = 0; f < e; f++)
        out[f] = 0;
    for (int i = 0; i < n; i++) {
        real before = max, weight = exp(z[i] - fmax(max, z[i]));
        max = fmax(max, z[i]);
        sum = (sum + weight) * exp(before - max);
        for (int f = 0; f < e; f++)
            out[f] = (out[f] + weight * V[i][f]) * exp(before - max);
    }
    for (int f = 0; f < e; f++)
        out[f] /= sum;
}

static const Mistake attention_mistakes[] = {
    {TURNED("instead:before<-max#2"),
     "A new maximum came and what was summed stayed as it was. Multiply both the sum and out by "
     "exp(old - new) before you add to them."},
    {TURNED("missing-factor:shrink#2"),
     "A new maximum shrank the sum and not out. Both were summed under the old one: multiply out "
     "by exp(old - new) too."},
    {TURNED("missing-factor:shrink"), "A new maximum shrank out and not the sum. Both were summed "
                                      "under the old one: multiply the sum by exp(old - new) too."},
    {TURNED("missing-divisor:sum"),
     "You did not divide by the sum of the weights. Do so once, at the end."},
    {TURNED("one-for:before"),
     "Your maximum begins at 0. Where all scores are near -1000, every exp(z - 0) is 0, and 0/0 is "
     "NaN: begin with z[0], or with -INFINITY."},
    {TURNED("missing-term:fmax(before,z[i])"),
     "Your formula is right and your exp() is not safe: of 1000 it is infinite. Take the largest "
     "score so far off."},
    {MISTAKE(attention_plain_mean), "That is the plain mean of the rows. Each has a weight, "
                                    "exp(z[i]) over the sum of all of them."},
    {MISTAKE(attention_divided_in_loop),
     "You divided by the sum in every round. What has been divided is no plain sum any more, and "
     "the next row comes to it: divide once, after the loop."},
    {MISTAKE(attention_first_column_shrunk),
     "Only the first column is shrunk when a new maximum comes: for the others the old one is gone "
     "already. Make the factor first, and then multiply all of out by it."},
    {TURNED("missing-term:exp(before-max)"),
     "One row of V is all that is left in out, that of the largest score. A softmax gives every "
     "row a share: exp(z[i]) over the sum of all of them."},
    {MISTAKE(attention_over_n),
     "You divided by n. The weights are exp(z[i] - max), and add up to sum: divide by that."},
    {MISTAKE(attention_first_row_lost),
     "The first row of V is not in out. It has a weight as the others have: begin with it, or let "
     "the loop over i begin at 0."},
    {TURNED("missing-term:out[f]*shrink"),
     "Only the last row of V is in out. Add each row to what is there: += where = stands."},
    {MISTAKE(attention_bare_scores), "You weighted the rows with the scores themselves. The "
                                     "weights are exp(z[i]) over the sum of all of them."},
    {MISTAKE(attention_first_row_twice),
     "The first row is counted twice: sum and out begin with it, and the loop adds it once more. "
     "Begin the loop at 1, or with zeros."},
    {MISTAKE(attention_first_weight_twice),
     "The weight of the first row is in the sum twice: the sum begins with 1, and the loop adds it "
     "once more. Begin the sum with 0."},
    {MISTAKE(attention_new_row_shrunk), "You shrank the new row, too. It is weighted under the new "
                                        "maximum already: shrink sum and out first, then add."},
    {0}};

CALL(streaming_attention, n[0], n[1], a[0], a[1], a[2])

static const Exercise exercise_streaming_attention = {
    .name = "streaming_attention",
    .call = call_streaming_attention,
    .sizes = "ne",
    .arguments = {{"z", IN_NORMAL, "n", 0}, {"V", IN_NORMAL, "ne", 0}, {"out", OUT, "e", 0}},
    .cases = {{6, 3}, {5, 4}, {7, 2}, {2, 6}, {1, 3}, {4, 1}},
    .prepare = JUDGE(prepare_attention),
    .reference = JUDGE((Function)reference_attention),
    .mistakes = JUDGE(attention_mistakes),
};

/* -- all, in their order ----------------------------------------------------------------------- */

static const Exercise *const exercises[] = {
    &exercise_softmax_jacobian,      &exercise_softmax_backward,    &exercise_log_scale_backward,
    &exercise_distillation_backward, &exercise_entropy_backward,    &exercise_streaming_push,
    &exercise_streaming_merge,       &exercise_streaming_attention, NULL};

const Check check = {"12_softmax_temperature", exercises};
