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

/* Each row adds up to 0: what p[j] gains by its own score it loses by those of the others. */
static void reference_jacobian(int c, const real p[c], real T, real J[c][c])
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

static void jacobian_diagonal(int c, const real p[c], real T, real J[c][c])
{
    reference_jacobian(c, p, T, J);
    for (int j = 0; j < c; j++)
        for (int k = 0; k < c; k++)
            J[j][k] = j == k ? J[j][k] : 0;
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

static void reference_softmax(int n, int c, const real dp[n][c], const real p[n][c],
                              const real T[n], real dz[n][c])
{
    for (int i = 0; i < n; i++) {
        pairs_backward(c, dp[i], p[i], dz[i]);
        for (int j = 0; j < c; j++)
            dz[i][j] /= T[i];
    }
}

static void softmax_no_temperature(int n, int c, const real dp[n][c], const real p[n][c],
                                   const real T[n], real dz[n][c])
{
    (void)T;
    for (int i = 0; i < n; i++)
        pairs_backward(c, dp[i], p[i], dz[i]);
}

static void softmax_first_temperature(int n, int c, const real dp[n][c], const real p[n][c],
                                      const real T[n], real dz[n][c])
{
    softmax_no_temperature(n, c, dp, p, T, dz);
    scale(n, c, 1 / T[0], dz);
}

static void softmax_diagonal(int n, int c, const real dp[n][c], const real p[n][c], const real T[n],
                             real dz[n][c])
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

static void softmax_plain_mean(int n, int c, const real dp[n][c], const real p[n][c],
                               const real T[n], real dz[n][c])
{
    real off[n];
    for (int i = 0; i < n; i++) {
        off[i] = 0;
        for (int j = 0; j < c; j++)
            off[i] += dp[i][j] / (real)c;
    }
    softmax_taking(n, c, dp, p, T, off, dz);
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

static void prepare_log_scale(int which, const int n[], void *const a[])
{
    (void)which;
    probs_of(n[0], n[1], exp(VALUE(a[3])), a[2], a[1]);
}

static void reference_log_scale(int n, int c, const real dp[n][c], const real p[n][c],
                                const real z[n][c], real s, real dz[n][c], real *ds)
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

static void log_scale_no_inner(int n, int c, const real dp[n][c], const real p[n][c],
                               const real z[n][c], real s, real dz[n][c], real *ds)
{
    reference_log_scale(n, c, dp, p, z, s, dz, ds);
    *ds /= exp(s);
}

static void log_scale_bare_scores(int n, int c, const real dp[n][c], const real p[n][c],
                                  const real z[n][c], real s, real dz[n][c], real *ds)
{
    reference_log_scale(n, c, dp, p, z, s, dz, ds);
    scale(n, c, exp(-s), dz);
}

static void log_scale_divided(int n, int c, const real dp[n][c], const real p[n][c],
                              const real z[n][c], real s, real dz[n][c], real *ds)
{
    reference_log_scale(n, c, dp, p, z, s, dz, ds);
    scale(n, c, exp(-2 * s), dz);
}

static void log_scale_last_row(int n, int c, const real dp[n][c], const real p[n][c],
                               const real z[n][c], real s, real dz[n][c], real *ds)
{
    reference_log_scale(n, c, dp, p, z, s, dz, ds);
    *ds = 0;
    for (int j = 0; j < c; j++)
        *ds += z[n - 1][j] * dz[n - 1][j];
}

static void log_scale_past_softmax(int n, int c, const real dp[n][c], const real p[n][c],
                                   const real z[n][c], real s, real dz[n][c], real *ds)
{
    reference_log_scale(n, c, dp, p, z, s, dz, ds);
    *ds = 0;
    for (int i = 0; i < n; i++)
        for (int j = 0; j < c; j++)
            *ds += dp[i][j] * z[i][j] * exp(s);
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

static void reference_distillation(int n, int c, const real z[n][c], const real v[n][c],
                                   const int y[n], real T, real alpha, real dz[n][c])
{
    pulls(n, c, z, v, y, 1, T, T, 1 - alpha, alpha * T, dz);
}

static void distillation_soft_label(int n, int c, const real z[n][c], const real v[n][c],
                                    const int y[n], real T, real alpha, real dz[n][c])
{
    pulls(n, c, z, v, y, T, T, T, (1 - alpha) / T, alpha * T, dz);
}

static void distillation_swapped(int n, int c, const real z[n][c], const real v[n][c],
                                 const int y[n], real T, real alpha, real dz[n][c])
{
    pulls(n, c, z, v, y, 1, T, T, alpha, (1 - alpha) * T, dz);
}

static void distillation_no_maxima(int n, int c, const real z[n][c], const real v[n][c],
                                   const int y[n], real T, real alpha, real dz[n][c])
{
    reference_distillation(n, c, z, v, y, T, alpha, dz);
    for (int i = 0; i < n; i++) {
        real sum = 0, student = 0, teacher = 0;
        for (int j = 0; j < c; j++) {
            sum += exp(z[i][j]);
            student += exp(z[i][j] / T);
            teacher += exp(v[i][j] / T);
        }
        for (int j = 0; j < c; j++)
            dz[i][j] = ((1 - alpha) * (exp(z[i][j]) / sum - (real)(j == y[i])) +
                        alpha * T * (exp(z[i][j] / T) / student - exp(v[i][j] / T) / teacher)) /
                       (real)n;
    }
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
    {MISTAKE(distillation_no_maxima),
     "Your formula is right and your exp() is not safe: of 1000 it is infinite. Take the largest "
     "score of a row off all of them first, for the student and for the teacher."},
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

static void reference_entropy(int n, int c, const real dH[n], const real p[n][c], real T,
                              real dz[n][c])
{
    for (int i = 0; i < n; i++) {
        real dp[c];
        for (int j = 0; j < c; j++)
            dp[j] = -dH[i] * log_or_0(p[i][j]);
        pairs_backward(c, dp, p[i], dz[i]);
    }
    scale(n, c, 1 / T, dz);
}

static void entropy_to_probs(int n, int c, const real dH[n], const real p[n][c], real T,
                             real dz[n][c])
{
    (void)T;
    for (int i = 0; i < n; i++)
        for (int j = 0; j < c; j++)
            dz[i][j] = p[i][j] > 0 ? -dH[i] * (log(p[i][j]) + 1) : 0;
}

static void entropy_numerator_only(int n, int c, const real dH[n], const real p[n][c], real T,
                                   real dz[n][c])
{
    real ones[n];
    for (int i = 0; i < n; i++)
        ones[i] = 1;
    log_and(n, c, dH, p, T, ones, dz);
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
    {TURNED("inverted:p[i][j]"),
     "The mean came in with the wrong sign: sum_l p[l] log p[l] is -H, and taking it off adds H."},
    {TURNED("missing-factor:dH[i]"), "You left dH out. Each row has an entropy of its own, and "
                                     "what comes from above multiplies it."},
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

static void reference_push(int k, const real z[k], real *max, real *sum)
{
    real before = *sum > 0 ? *max : z[0];
    *max = largest(k, z, before);
    *sum = *sum * exp(before - *max) + sum_under(*max, k, z);
}

static void push_from_nothing(int k, const real z[k], real *max, real *sum)
{
    *max = largest(k, z, z[0]);
    *sum = sum_under(*max, k, z);
}

static void push_new_maximum_lost(int k, const real z[k], real *max, real *sum)
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

static void push_no_maximum_off(int k, const real z[k], real *max, real *sum)
{
    *max = largest(k, z, *sum > 0 ? *max : z[0]);
    *sum += sum_under(0, k, z);
}

static const Mistake push_mistakes[] = {
    {TURNED("missing-factor:exp(before-*max)"),
     "A new maximum came and the sum stayed as it was. It was made under the old maximum: multiply "
     "it by exp(old - new) before you add to it."},
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

static void reference_merge(int n, const real max_a[n], const real sum_a[n], const real max_b[n],
                            const real sum_b[n], real max[n], real sum[n])
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

static void merge_added(int n, const real max_a[n], const real sum_a[n], const real max_b[n],
                        const real sum_b[n], real max[n], real sum[n])
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

static void merge_under_a(int n, const real max_a[n], const real sum_a[n], const real max_b[n],
                          const real sum_b[n], real max[n], real sum[n])
{
    real f[n], g[n];
    reference_merge(n, max_a, sum_a, max_b, sum_b, max, sum);
    for (int i = 0; i < n; i++) {
        f[i] = 1;
        g[i] = exp(max_b[i] - max_a[i]);
    }
    remake_sums(n, sum_a, sum_b, f, g, sum);
}

static void merge_crossed(int n, const real max_a[n], const real sum_a[n], const real max_b[n],
                          const real sum_b[n], real max[n], real sum[n])
{
    real f[n], g[n];
    reference_merge(n, max_a, sum_a, max_b, sum_b, max, sum);
    for (int i = 0; i < n; i++) {
        f[i] = exp(max_b[i] - max[i]);
        g[i] = exp(max_a[i] - max[i]);
    }
    remake_sums(n, sum_a, sum_b, f, g, sum);
}

static void merge_grown(int n, const real max_a[n], const real sum_a[n], const real max_b[n],
                        const real sum_b[n], real max[n], real sum[n])
{
    real f[n], g[n];
    reference_merge(n, max_a, sum_a, max_b, sum_b, max, sum);
    for (int i = 0; i < n; i++) {
        f[i] = exp(max[i] - max_a[i]);
        g[i] = exp(max[i] - max_b[i]);
    }
    remake_sums(n, sum_a, sum_b, f, g, sum);
}

static void merge_zero_is_a_score(int n, const real max_a[n], const real sum_a[n],
                                  const real max_b[n], const real sum_b[n], real max[n],
                                  real sum[n])
{
    for (int i = 0; i < n; i++) {
        max[i] = higher(max_a[i], max_b[i]);
        sum[i] = sum_a[i] * exp(max_a[i] - max[i]) + sum_b[i] * exp(max_b[i] - max[i]);
    }
}

static void merge_higher_only(int n, const real max_a[n], const real sum_a[n], const real max_b[n],
                              const real sum_b[n], real max[n], real sum[n])
{
    reference_merge(n, max_a, sum_a, max_b, sum_b, max, sum);
    for (int i = 0; i < n; i++)
        if (sum_a[i] > 0 && sum_b[i] > 0)
            sum[i] = max_a[i] > max_b[i] ? sum_a[i] : sum_b[i];
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

/* The largest comes last. In the second case all are near -1000, in the third near 1000. */
static void prepare_attention(int which, const int n[], void *const a[])
{
    real *z = a[0];
    for (int i = 0; i < n[0]; i++)
        z[i] += which == 1 ? -1000 : which == 2 ? 1000 : 0;
    z[n[0] - 1] = largest(n[0], z, z[0]) + 1;
}

static void reference_attention(int n, int e, const real z[n], const real V[n][e], real out[e])
{
    real max = largest(n, z, z[0]), sum = sum_under(max, n, z);
    for (int f = 0; f < e; f++) {
        out[f] = 0;
        for (int i = n - 1; i >= 0; i--)
            out[f] += exp(z[i] - max) / sum * V[i][f];
    }
}

static void attention_plain_mean(int n, int e, const real z[n], const real V[n][e], real out[e])
{
    (void)z;
    for (int f = 0; f < e; f++) {
        out[f] = 0;
        for (int i = 0; i < n; i++)
            out[f] += V[i][f] / (real)n;
    }
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
