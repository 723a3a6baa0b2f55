/* 16_distillation.c: how the answers to exercises 16 are judged. The references take no maximum off
 * and divide by no sum of exponentials, but add up exponentials of differences; the cosine goes
 * through vectors of length 1; what the solutions gather is scattered, and the other way round. */
#include "16_distillation.h"

#include <stdbool.h>

#include "check.h"

/* -- shared by the references and the mistakes ------------------------------------------------- */

/* softmax(x / T): exp x_j / sum_l exp x_l = 1 / sum_l exp(x_l - x_j) */
static void probs_at(int n, int c, real T, const real x[n][c], real p[n][c])
{
    for (int i = 0; i < n; i++)
        for (int j = 0; j < c; j++) {
            real sum = 0;
            for (int l = c - 1; l >= 0; l--)
                sum += exp((x[i][l] - x[i][j]) / T);
            p[i][j] = 1 / sum;
        }
}

/* Their logarithms, for scores of which no two are further apart than exp() goes. */
static real log_sum(int c, const real x[c], real T)
{
    real max = x[0], sum = 0;
    for (int j = 1; j < c; j++)
        max = x[j] > max ? x[j] : max;
    for (int j = c - 1; j >= 0; j--)
        sum += exp((x[j] - max) / T);
    return max / T + log(sum);
}

static real max_from(real start, int c, const real x[c])
{
    for (int j = 0; j < c; j++)
        start = fmax(start, x[j]);
    return start;
}

/* factor (p - q) */
static void pulls(int n, int c, real factor, const real p[n][c], const real q[n][c], real dz[n][c])
{
    for (int i = 0; i < n; i++)
        for (int j = 0; j < c; j++)
            dz[i][j] = factor * (p[i][j] - q[i][j]);
}

/* du of p = softmax(u): du_j = p_j sum_l p_l (dp_j - dp_l) */
static void softmax_back(int c, const real dp[c], const real p[c], real du[c])
{
    for (int j = 0; j < c; j++) {
        du[j] = 0;
        for (int l = 0; l < c; l++)
            du[j] += p[j] * p[l] * (dp[j] - dp[l]);
    }
}

/* dz of factor sum p log(p / q): the student in front. */
static void student_in_front(int n, int c, real factor, const real p[n][c], const real q[n][c],
                             real dz[n][c])
{
    for (int i = 0; i < n; i++) {
        real dp[c];
        for (int j = 0; j < c; j++)
            dp[j] = factor * log(p[i][j] / q[i][j]);
        softmax_back(c, dp, p[i], dz[i]);
    }
}

/* From the second case on, 1000 / T is more than exp() can take; in the third so is 1000 / T -
 * 1000. */
static real temperature_of(int which)
{
    return (const real[]){2.5, 1.25, 0.5, 1.3, 0.6}[which % 5];
}

/* From the second case on, the first row is near 1000 and the last near -1000. */
static void move_far(int which, int n, int c, real z[n][c])
{
    for (int j = 0; j < c && which > 0; j++) {
        z[0][j] += 1000;
        z[n - 1][j] -= n > 1 ? 1000 : 0;
    }
}

/* -- 1. soft_targets_backward ------------------------------------------------------------------ */

#define SOFT int n, int c, const real z[n][c], const real q[n][c], real T, real dz[n][c]
#define SOFT_ARGUMENTS n, c, z, q, T, dz

static void prepare_soft(int which, const int n[], void *const a[])
{
    *(real *)a[2] = temperature_of(which);
    move_far(which, n[0], n[1], a[0]);
}

static void soft_with(real student_at, real factor, SOFT)
{
    (void)T;
    real p[n][c];
    probs_at(n, c, student_at, z, p);
    pulls(n, c, factor / (real)n, p, q, dz);
}

static void reference_soft(SOFT)
{
    soft_with(T, T, SOFT_ARGUMENTS);
}

static void soft_unsoftened(SOFT)
{
    soft_with(1, 1, SOFT_ARGUMENTS);
}

static void soft_unsoftened_T2(SOFT)
{
    soft_with(1, T * T, SOFT_ARGUMENTS);
}

static void soft_student_first(SOFT)
{
    real p[n][c];
    probs_at(n, c, T, z, p);
    student_in_front(n, c, T / (real)n, p, q, dz);
}

/* The softmax of probabilities. */
static void soft_twice(SOFT)
{
    real p[n][c], again[n][c];
    probs_at(n, c, T, z, p);
    probs_at(n, c, 1, p, again);
    pulls(n, c, T / (real)n, again, q, dz);
}

static void soft_teacher_twice(SOFT)
{
    real p[n][c], again[n][c];
    probs_at(n, c, T, z, p);
    probs_at(n, c, T, q, again);
    pulls(n, c, T / (real)n, p, again, dz);
}

/* dp of the loss, not dz */
static void soft_to_probs(SOFT)
{
    probs_at(n, c, T, z, dz);
    for (int i = 0; i < n; i++)
        for (int j = 0; j < c; j++)
            dz[i][j] = -T * T * q[i][j] / dz[i][j] / (real)n;
}

static const Mistake soft_mistakes[] = {

    {TURNED("inverted:T"), "T^2 is missing: the loss is multiplied by it, so that its pull does "
                           "not fade like 1/T^2. With the 1/T of the softmax, T is left in front."},
    {TURNED("missing-factor:T"), "A factor T is missing. T^2 stands in front of the loss, the "
                                 "softmax of z / T brings 1/T: T (p - q) is left."},
    {TURNED("squared:T"), "There is one T too many: z is divided by T before the softmax, so of "
                          "the T^2 in front of the loss T is left."},
    {MISTAKE(soft_unsoftened), "Your p is the student's softmax at temperature 1. Both sides are "
                               "softened by the same T: softmax(z / T)."},
    {MISTAKE(soft_unsoftened_T2),
     "Your p is the student's softmax at temperature 1. Both sides are softened by the same T: "
     "softmax(z / T), and then T (p - q)."},
    {TURNED("twins+parentheses:exp((z[i][j]-max)/T)"),
     "Your p is the student's softmax at temperature 1. Both sides are softened by the same T: "
     "softmax(z / T)."},
    {TURNED("wrong-sign:T*(exp((z[i][j]-max)/T)/sum-q[i][j])/(real)n"),
     "The sign: a score whose p is above q has to fall, so its gradient is positive, p - q."},
    {MISTAKE(soft_student_first),
     "This is the gradient of sum p log(p / q), with the student in front. Here the teacher's q "
     "stands in front, which nobody nudges: p - q is left."},
    {MISTAKE(soft_twice), "The softmax was taken twice of the student: probabilities went into it "
                          "once more. It is taken of the scores, z / T, once."},
    {MISTAKE(soft_teacher_twice),
     "A softmax was taken of q. It is a softmax already: the teacher's probabilities at T."},
    {MISTAKE(soft_to_probs),
     "This is the gradient with respect to p, T^2 (-q / p) / n. It goes on through the softmax: "
     "times p, less p times its sum, over T; T (p - q) / n is left."},
    {TURNED("divided-by-c:T*(exp((z[i][j]-max)/T)/sum-q[i][j])/(real)n"),
     "You divided by c as well. The divergence of an image is a sum over its classes; only the "
     "images are averaged."},
    {TURNED("missing-divisor:(real)n"),
     "You did not divide by n. The loss is the mean over the images."},
    {TURNED("missing-term:q[i][j]"), "The teacher is missing: q is taken off p."},
    {TURNED("missing-divisor:sum"),
     "The exponentials are not divided by their sum, so they are no probabilities."},
    {TURNED("one-for:max"), "The largest score is looked for from 0 on, so of scores near -1000 "
                            "it is not found, and all their "
                            "exponentials are 0. Begin with the first score of the row."},
    {TURNED("not-reset:max=z[i][0]"),
     "Your largest score is not that of the row: the first row's goes into those of the others, "
     "and "
     "theirs can be so far below that all exponentials are 0. Begin with z[i][0]."},
    {TURNED("twins+times:max<-T"),
     "The largest score was taken off after the division by T without being divided itself, so "
     "exp() is of numbers far from 0. Take it off first: (z - max) / T."},
    {TURNED("missing-term:fmax(max,z[i][j])"),
     "Your formula is right and your exp() is not safe: of 1000 it is infinite. Take the largest "
     "score of a row off all of them first."},
    {TURNED("times:fmax(max,z[i][j])<-z[i][0]"),
     "Your formula is right and your exp() is not safe: of 1000 it is infinite. Take the largest "
     "score of a row off all of them first."},

    {0}};

CALL(soft_targets_backward, n[0], n[1], a[0], a[1], VALUE(a[2]), a[3])

static const Exercise exercise_soft_targets_backward = {
    .name = "soft_targets_backward",
    .call = call_soft_targets_backward,
    .sizes = "nc",
    .arguments = {{"z", IN_NORMAL, "nc", 0},
                  {"q", IN_PROBS, "nc", 0},
                  {"T", IN_PREPARED, "", 0},
                  {"dz", OUT, "nc", 0}},
    .cases = {{6, 4}, {2, 5}, {3, 8}, {1, 3}},
    .prepare = JUDGE(prepare_soft),
    .reference = JUDGE((Function)reference_soft),
    .mistakes = JUDGE(soft_mistakes),
};

/* -- 2. soft_targets_loss ---------------------------------------------------------------------- */

#define LOSS int n, int c, const real z[n][c], const real v[n][c], real T
#define LOSS_ARGUMENTS n, c, z, v, T

/* In the second case scores are far from 0. In the third a teacher is sure, in the fourth a student
 * finds something impossible that its teacher does not, and in the fifth there is all of it. In the
 * last two only the student's scores are far from 0, or only the teacher's. */
static void prepare_loss(int which, const int n[], void *const a[])
{
    real(*z)[n[1]] = a[0], (*v)[n[1]] = a[1];
    *(real *)a[2] = temperature_of(which);
    if (which == 1 || which == 4 || which == 5)
        move_far(which, n[0], n[1], z);
    if (which == 1 || which == 4 || which == 6)
        move_far(which, n[0], n[1], v);
    for (int j = 1; j < n[1] && (which == 2 || which == 4); j++)
        v[n[0] - 1][j] -= 4000;
    if (which == 3 || which == 4)
        z[0][1] -= 6000;
}

static real reference_loss(LOSS)
{
    real loss = 0;
    for (int i = 0; i < n; i++) {
        real z_sum = log_sum(c, z[i], T), v_sum = log_sum(c, v[i], T);
        for (int j = c - 1; j >= 0; j--)
            loss += exp(v[i][j] / T - v_sum) * ((v[i][j] - z[i][j]) / T + z_sum - v_sum);
    }
    return loss * T / (real)n * T;
}

static real loss_of_safe_q(LOSS)
{
    real p[n][c], q[n][c], loss = 0;
    probs_at(n, c, T, z, p);
    probs_at(n, c, T, v, q);
    for (int i = 0; i < n; i++)
        for (int j = 0; j < c; j++)
            loss += q[i][j] > 0 ? T * T / (real)n * q[i][j] * log(q[i][j] / p[i][j]) : 0;
    return loss;
}

static real loss_student_first(LOSS)
{
    return reference_loss(n, c, v, z, T);
}

static void unsafe_probs(int c, const real x[c], real T, real p[c])
{
    real sum = 0;
    for (int j = 0; j < c; j++)
        sum += exp(x[j] / T);
    for (int j = 0; j < c; j++)
        p[j] = exp(x[j] / T) / sum;
}

static real loss_unsafe_and_of_probs(LOSS)
{
    real loss = 0;
    for (int i = 0; i < n; i++) {
        real p[c], q[c];
        unsafe_probs(c, z[i], T, p);
        unsafe_probs(c, v[i], T, q);
        for (int j = 0; j < c; j++)
            loss += q[j] * (log(q[j]) - log(p[j]));
    }
    return T * T * loss / (real)n;
}

/* log q and log p as logarithms of probabilities, to which something is done first */
static real loss_of_probs_with(real added, real least, LOSS)
{
    real p[n][c], q[n][c], loss = 0;
    probs_at(n, c, T, z, p);
    probs_at(n, c, T, v, q);
    for (int i = 0; i < n; i++)
        for (int j = 0; j < c; j++)
            loss +=
                q[i][j] * (log(fmax(q[i][j], least) + added) - log(fmax(p[i][j], least) + added));
    return T * T * loss / (real)n;
}

static real loss_of_probs_plus(LOSS)
{
    return loss_of_probs_with((real)1e-12, 0, LOSS_ARGUMENTS);
}

static real loss_of_probs_at_least(LOSS)
{
    return loss_of_probs_with(0, (real)1e-30, LOSS_ARGUMENTS);
}

static real loss_where_both(LOSS)
{
    real p[n][c], q[n][c], loss = 0;
    probs_at(n, c, T, z, p);
    probs_at(n, c, T, v, q);
    for (int i = 0; i < n; i++)
        for (int j = 0; j < c; j++)
            loss += q[i][j] > 0 && p[i][j] > 0 ? q[i][j] * log(q[i][j] / p[i][j]) : 0;
    return T * T * loss / (real)n;
}

/* q in front is not divided by its sum */
static real loss_raw_q(LOSS)
{
    real loss = 0;
    for (int i = 0; i < n; i++)
        for (int j = 0; j < c; j++) {
            real max = max_from(v[i][0], c, v[i]);
            real log_p = (z[i][j] / T - log_sum(c, z[i], T));
            real log_q = (v[i][j] / T - log_sum(c, v[i], T));
            loss += exp((v[i][j] - max) / T) * (log_q - log_p);
        }
    return T * T * loss / (real)n;
}

/* log(x_j / sum), with anything for the largest of x */
static real log_prob(int j, int c, const real x[c], real T, real max)
{
    real sum = 0;
    for (int l = 0; l < c; l++)
        sum += exp((x[l] - max) / T);
    return (x[j] - max) / T - log(sum);
}

static real loss_max_from_0(LOSS)
{
    real loss = 0;
    for (int i = 0; i < n; i++)
        for (int j = 0; j < c; j++) {
            real log_p = log_prob(j, c, z[i], T, max_from(0, c, z[i]));
            real log_q = log_prob(j, c, v[i], T, max_from(0, c, v[i]));
            loss += exp(log_q) * (log_q - log_p);
        }
    return T * T * loss / (real)n;
}

static const Mistake loss_mistakes[] = {

    {TURNED("twins+other-extreme:fmax(z_max,z[i][j])"),
     "Something is not finite where a teacher is sure or a student finds something impossible. If "
     "you take the log() of a probability: that may be 0 as far as a real can tell, and then 0 log "
     "0 "
     "is NaN and log(q / 0) infinite. Take log p and log q from the scores, (z - max) / T - "
     "log(sum)."},
    {MISTAKE(loss_of_probs_plus),
     "1e-12 is added inside the log(). Under a p that is smaller the loss then stops growing, "
     "where "
     "it should not. Take log p and log q from the scores, (z - max) / T - log(sum)."},
    {MISTAKE(loss_of_probs_at_least),
     "Probabilities below 1e-30 are raised to it, so the loss of a smaller p stops growing. Take "
     "log p and log q from the scores, (z - max) / T - log(sum)."},
    {MISTAKE(loss_where_both), "Where p is 0 as far as a real can tell and q is not, nothing is "
                               "added. That is where the loss "
                               "is largest: take log p from the scores, (z - max) / T - log(sum)."},
    {TURNED("twins+parentheses:(z[i][j]-z_max)"),
     "The student's softmax is at temperature 1. Both are softened by the same T."},
    {TURNED("twins+parentheses:(v[i][j]-v_max)"),
     "The teacher's softmax is at temperature 1. Both are softened by the same T."},
    {TURNED("twins+missing-divisor:T"),
     "Both softmaxes are at temperature 1. Scores are divided by T before exp(), on both sides."},
    {MISTAKE(loss_raw_q), "The q in front is not divided by its sum, so it does not add up to 1. "
                          "q is exp(log_q)."},
    {TURNED("missing-term:fmax(v_max,v[i][j])"),
     "Your exp() is not safe: of 1000 it is infinite. Take the largest score of a row off all of "
     "them first, for the student and for the teacher."},
    {MISTAKE(loss_max_from_0), "The largest score is looked for from 0 on, so of scores near -1000 "
                               "it is not found, and all their "
                               "exponentials are 0. Begin with the first score of the row."},
    {TURNED("twins+instead:z_max<-v_max"),
     "Where only one of the two networks has scores near 1000 or -1000, NaN comes out. Each needs "
     "its own largest score taken off: that of z off z, that of v off v."},
    {TURNED("missing-term:log(student)"),
     "log p is not whole: from (z - max) / T goes log(sum), or p does not add up to 1."},
    {TURNED("missing-term:log(teacher)"),
     "log q is not whole: from (v - max) / T goes log(sum), or q does not add up to 1."},
    {TURNED("second-alone:fmax(v_max,v[i][j])"),
     "NaN comes where a teacher is sure: its other probabilities are 0 as far as a real can tell. "
     "If "
     "you take the log() of q, 0 log 0 is NaN. Take log q from the scores, (v - max) / T - "
     "log(sum): "
     "it is finite, and 0 times it is 0."},
    {TURNED("missing-term:fmax(z_max,z[i][j])"),
     "Your formula is right and your exp() is not safe: of 1000 it is infinite. Take the largest "
     "score of a row off all of them first, for the student and for the teacher."},
    {MISTAKE(loss_unsafe_and_of_probs),
     "exp() of a score of 1000 is infinite: take the largest score of a row off first. And log() "
     "of a probability that is 0 as far as a real can tell is infinite, too: take log p and log q "
     "from the scores, (z - max) / T - log(sum)."},
    {MISTAKE(loss_of_safe_q),
     "You thought of a q of 0. A p of 0 under a q that is not is left, and log(q / 0) is infinite. "
     "Take log p from the scores, (z - max) / T - log(sum): it is finite."},
    {MISTAKE(loss_student_first), "Student and teacher are exchanged: this is sum p log(p / q). "
                                  "The teacher's q stands in front."},
    {TURNED("missing-term:log_q"),
     "This is -q log p, without the teacher's own q log q. That does not change a gradient, but "
     "the loss asked for is 0 where the student says what the teacher says."},
    {TURNED("missing-factor:T"), "T^2 is missing a T: it is T T sum / n."},
    {TURNED("twins+missing-factor:T"), "T^2 is missing in front of the loss."},
    {TURNED("missing-divisor:(real)n"),
     "You did not divide by n. The loss is the mean over the images."},
    {TURNED("divided-by-c:T*T*loss/(real)n"),
     "You divided by c as well. The divergence of an image is a sum over its classes; only the "
     "images are averaged."},
    {TURNED("wrong-sign:T*T*loss/(real)n"),
     "The sign: log(q / p) is log q - log p. The loss is never negative."},

    {0}};

CALL_RETURNING(soft_targets_loss, a[3], n[0], n[1], a[0], a[1], VALUE(a[2]))

static const Exercise exercise_soft_targets_loss = {
    .name = "soft_targets_loss",
    .call = call_soft_targets_loss,
    .sizes = "nc",
    .arguments = {{"z", IN_NORMAL, "nc", 0},
                  {"v", IN_NORMAL, "nc", 0},
                  {"T", IN_PREPARED, "", 0},
                  {"the loss", OUT, "", 0}},
    .cases = {{6, 4}, {2, 5}, {3, 8}, {4, 6}, {1, 3}, {3, 5}, {2, 4}},
    .prepare = JUDGE(prepare_loss),
    .reference = JUDGE((Function)reference_loss),
    .mistakes = JUDGE(loss_mistakes),
};

/* -- 3. partly_labelled_backward --------------------------------------------------------------- */

#define PARTLY                                                                           \
    int n, int c, const real z[n][c], const int y[n], const real dsoft[n][c], real hard, \
        real soft, real dz[n][c]
#define PARTLY_ARGUMENTS n, c, z, y, dsoft, hard, soft, dz

/* In the second case all have a label, in the third none has, and in the others some. */
static void prepare_partly(int which, const int n[], void *const a[])
{
    int *y = a[1];
    *(real *)a[3] = (const real[]){0.25, 0.7, 0.4, 0.1}[which % 4];
    *(real *)a[4] = (const real[]){0.6, 0.2, 0.9, 0.5}[which % 4];
    move_far(which, n[0], n[1], a[0]);
    for (int i = 0; i < n[0] && which != 1; i++)
        if (i % 3 == 1 || which == 2)
            y[i] = -1;
}

static int count_known(int n, const int y[n])
{
    int known = 0;
    for (int i = 0; i < n; i++)
        known += y[i] >= 0 ? 1 : 0;
    return known;
}

/* hard / divisor (softmax(z) - onehot(y)) in rows with a label, hard / others softmax(z) in rows
 * without, and soft dsoft. */
static void partly_with(real divisor, real unlabelled, PARTLY)
{
    probs_at(n, c, 1, z, dz);
    for (int i = 0; i < n; i++)
        for (int j = 0; j < c; j++) {
            real pull =
                y[i] >= 0 ? (dz[i][j] - (real)(y[i] == j)) / divisor : dz[i][j] * unlabelled;
            dz[i][j] = dsoft[i][j] * soft + pull * hard;
        }
}

static void reference_partly(PARTLY)
{
    partly_with((real)count_known(n, y), 0, PARTLY_ARGUMENTS);
}

static void partly_unknown_pulled_over_n(PARTLY)
{
    partly_with((real)n, 1 / (real)n, PARTLY_ARGUMENTS);
}

static void partly_soft_where_known(PARTLY)
{
    reference_partly(PARTLY_ARGUMENTS);
    for (int i = 0; i < n; i++)
        for (int j = 0; j < c; j++)
            dz[i][j] = y[i] >= 0 ? dz[i][j] : 0;
}

static void partly_swapped(PARTLY)
{
    reference_partly(n, c, z, y, dsoft, soft, hard, dz);
}

static void partly_unshared(PARTLY)
{
    (void)hard, (void)soft;
    reference_partly(n, c, z, y, dsoft, 1, 1, dz);
}

/* The share of a label is worked out before anybody asks whether there is one. */
static void partly_none_known(PARTLY)
{
    real share = hard / (real)count_known(n, y);
    reference_partly(PARTLY_ARGUMENTS);
    for (int i = 0; i < n; i++)
        for (int j = 0; j < c; j++)
            dz[i][j] += share * 0;
}

/* soft dsoft, and in rows with a label of_p softmax(z) - of_label onehot(y) */
static void partly_parts(real of_p, real of_label, PARTLY)
{
    (void)hard;
    probs_at(n, c, 1, z, dz);
    for (int i = 0; i < n; i++)
        for (int j = 0; j < c; j++) {
            real pull = of_p * dz[i][j] - of_label * (real)(y[i] == j);
            dz[i][j] = soft * dsoft[i][j] + (y[i] >= 0 ? pull : 0);
        }
}

static void partly_p_undivided_whole_numbers(PARTLY)
{
    partly_parts(hard, count_known(n, y) == 1 ? 1 : 0, PARTLY_ARGUMENTS);
}

/* if (y[i]): -1 is taken for a label, and 0 for none */
static void partly_if_y(PARTLY)
{
    int others[n];
    for (int i = 0; i < n; i++)
        others[i] = y[i] ? (y[i] > 0 ? y[i] : c) : -1;
    reference_partly(n, c, z, others, dsoft, hard, soft, dz);
}

static void partly_own_column(PARTLY)
{
    reference_partly(PARTLY_ARGUMENTS);
    for (int i = 0; i < n; i++)
        for (int j = 0; j < c; j++)
            dz[i][j] = j == y[i] ? dz[i][j] : soft * dsoft[i][j];
}

static const Mistake partly_mistakes[] = {

    {TURNED("never:y[i]>=0"),
     "Where more than one image has a label, nothing of the hard part is left. Is there a division "
     "of whole numbers? 1 / m is 0 in C."},
    {TURNED("parentheses:(exp(z[i][j]-max)/sum-(real)(j==y[i]))"),
     "Only the 1 of the label is divided by the number of labels, and hard stands only at "
     "softmax(z). "
     "Both belong to the difference: hard (softmax(z) - 1[j = y[i]]) / m."},
    {MISTAKE(partly_p_undivided_whole_numbers),
     "softmax(z) is not divided by the number of labels, and the 1 of the label is gone where "
     "there "
     "is more than one: 1 / m of whole numbers is 0 in C. It is hard (softmax(z) - 1[j = y[i]]) / "
     "m."},
    {TURNED("over:(real)(j==y[i])<-1/hard"),
     "The share hard stands at softmax(z) and not at the 1 that is taken "
     "off. It belongs to both: hard (softmax(z) - 1[j = y[i]]) / m."},
    {MISTAKE(partly_if_y),
     "An image with y = -1 is taken for one that has a label, and one of class 0 "
     "for one that has none. Ask for y[i] >= 0."},
    {MISTAKE(partly_own_column),
     "Only the score of the label's own class is pulled. The others are, too, by softmax(z): they "
     "stand in the sum."},
    {TURNED("one-for:max"), "The largest score is looked for from 0 on, so of scores near "
                            "-1000 it is not found, and all their "
                            "exponentials are 0. Begin with the first score of the row."},

    {TURNED("instead:y[i]<-i"),
     "The hard part is divided by n. It is a mean over the images that have a label: count them."},
    {TURNED("no-condition:y[i]>=0"), "An image without a label is pulled as well: softmax(z) with "
                                     "no 1 taken off. A y of -1 adds nothing to the hard part."},
    {MISTAKE(partly_unknown_pulled_over_n),
     "An image without a label is pulled as well, and the hard part divided by n. A y of -1 adds "
     "nothing to it, and the mean is over the others."},
    {TURNED("accumulate:dz[i][j]+="), "Where there is a label the soft part is gone. The teacher "
                                      "speaks of all images: add the hard part to soft dsoft."},
    {MISTAKE(partly_soft_where_known), "An image without a label got 0. It has no hard part, but "
                                       "the teacher speaks of it, too: soft dsoft."},
    {MISTAKE(partly_swapped),
     "The shares are exchanged: hard belongs to the labels, soft to the teacher."},
    {MISTAKE(partly_unshared), "The shares hard and soft are left out."},
    {TURNED("divided-by-n:soft*dsoft[i][j]"),
     "The soft part is divided by n once more. It is in dsoft already, a mean over all images."},
    {MISTAKE(partly_none_known), "Where no image has a label NaN comes out: their number is 0, and "
                                 "it is divided by. The hard part is 0 there."},
    {TURNED("equal:y[i]>=0<->"), "You took the label 0 for no label. Classes count from 0; it is "
                                 "-1 that says that nobody knows."},
    {TURNED("missing-factor:hard"),
     "The share of the hard part is left out: hard times the labels' pull."},
    {TURNED("missing-factor:soft"), "The share of the soft part is left out: soft dsoft."},
    {TURNED("missing-divisor:(real)known"),
     "The hard part is not divided by the number of labels. It is their mean."},
    {TURNED("missing-term:(real)(j==y[i])"),
     "The labels are not taken off: the hard part pulls by softmax(z) - 1[j = y[i]]."},
    {TURNED("missing-divisor:sum"),
     "The exponentials are not divided by their sum, so they are no probabilities."},
    {TURNED("missing-term:fmax(max,z[i][j])"),
     "Your formula is right and your exp() is not safe: of 1000 it is infinite. Take the largest "
     "score of a row off all of them first."},
    {TURNED("times:fmax(max,z[i][j])<-z[i][0]"),
     "Your formula is right and your exp() is not safe: of 1000 it is infinite. Take the largest "
     "score of a row off all of them first."},

    {0}};

CALL(partly_labelled_backward, n[0], n[1], a[0], a[1], a[2], VALUE(a[3]), VALUE(a[4]), a[5])

static const Exercise exercise_partly_labelled_backward = {
    .name = "partly_labelled_backward",
    .call = call_partly_labelled_backward,
    .sizes = "nc",
    .arguments = {{"z", IN_NORMAL, "nc", 0},
                  {"y", IN_INDEX, "n", 'c'},
                  {"dsoft", IN_NORMAL, "nc", 0},
                  {"hard", IN_PREPARED, "", 0},
                  {"soft", IN_PREPARED, "", 0},
                  {"dz", OUT, "nc", 0}},
    .cases = {{6, 4}, {3, 5}, {2, 8}, {9, 3}},
    .prepare = JUDGE(prepare_partly),
    .reference = JUDGE((Function)reference_partly),
    .mistakes = JUDGE(partly_mistakes),
};

/* -- 4. ensemble_backward ---------------------------------------------------------------------- */

#define ENSEMBLE \
    int n, int c, const real z[n][c], const real u[n][c], const real v[n][c], real T, real dz[n][c]
#define ENSEMBLE_ARGUMENTS n, c, z, u, v, T, dz

static void prepare_ensemble(int which, const int n[], void *const a[])
{
    *(real *)a[3] = temperature_of(which);
    move_far(which, n[0], n[1], a[0]);
    move_far(which, n[0], n[1], a[1]);
    move_far(which - 1, n[0], n[1], a[2]);
}

static void pulls_of_two(real share_of_u, real teachers_at, ENSEMBLE)
{
    real p[n][c], q[n][c];
    probs_at(n, c, T, z, p);
    probs_at(n, c, teachers_at, u, q);
    pulls(n, c, T / (real)n * share_of_u, p, q, dz);
    probs_at(n, c, teachers_at, v, q);
    for (int i = 0; i < n; i++)
        for (int j = 0; j < c; j++)
            dz[i][j] += T / (real)n * (1 - share_of_u) * (p[i][j] - q[i][j]);
}

static void reference_ensemble(ENSEMBLE)
{
    pulls_of_two((real)0.5, T, ENSEMBLE_ARGUMENTS);
}

static void ensemble_teachers_at_1(ENSEMBLE)
{
    pulls_of_two((real)0.5, 1, ENSEMBLE_ARGUMENTS);
}

static void ensemble_mean_scores(ENSEMBLE)
{
    real p[n][c], q[n][c], mean[n][c];
    for (int i = 0; i < n; i++)
        for (int j = 0; j < c; j++)
            mean[i][j] = (u[i][j] + v[i][j]) / 2;
    probs_at(n, c, T, z, p);
    probs_at(n, c, T, mean, q);
    pulls(n, c, T / (real)n, p, q, dz);
}

/* Also the geometric mean of the probabilities, normalised; without it it does not add up to 1. */
static void ensemble_geometric(ENSEMBLE)
{
    real p[n][c], q[n][c], other[n][c];
    probs_at(n, c, T, z, p);
    probs_at(n, c, T, u, q);
    probs_at(n, c, T, v, other);
    for (int i = 0; i < n; i++)
        for (int j = 0; j < c; j++)
            q[i][j] = sqrt(q[i][j] * other[i][j]);
    pulls(n, c, T / (real)n, p, q, dz);
}

static void ensemble_product(ENSEMBLE)
{
    real p[n][c], q[n][c], other[n][c];
    probs_at(n, c, T, z, p);
    probs_at(n, c, T, u, q);
    probs_at(n, c, T, v, other);
    for (int i = 0; i < n; i++)
        for (int j = 0; j < c; j++)
            q[i][j] *= other[i][j];
    pulls(n, c, T / (real)n, p, q, dz);
}

static void ensemble_sum_scores(ENSEMBLE)
{
    real p[n][c], q[n][c], sum[n][c];
    for (int i = 0; i < n; i++)
        for (int j = 0; j < c; j++)
            sum[i][j] = u[i][j] + v[i][j];
    probs_at(n, c, T, z, p);
    probs_at(n, c, T, sum, q);
    pulls(n, c, T / (real)n, p, q, dz);
}

static void ensemble_of_u(ENSEMBLE)
{
    pulls_of_two(1, T, ENSEMBLE_ARGUMENTS);
}

static void ensemble_of_v(ENSEMBLE)
{
    pulls_of_two(0, T, ENSEMBLE_ARGUMENTS);
}

static const Mistake ensemble_mistakes[] = {

    {MISTAKE(ensemble_of_u),
     "This is the pull of the teacher u alone: v is not heard. q is half the "
     "sum of both their probabilities."},
    {MISTAKE(ensemble_of_v),
     "This is the pull of the teacher v alone: u is not heard. q is half the "
     "sum of both their probabilities."},
    {TURNED("missing-term:q"), "Nothing of the teachers is taken off p. Did you write 1 / 2? In C "
                               "that is a division of whole numbers, and 0."},
    {TURNED("one-for:z_max"), "The largest score is looked for from 0 on, so of scores near "
                              "-1000 it is not found, and all their "
                              "exponentials are 0. Begin with the first score of the row."},
    {TURNED("twins+instead:z_max<-v_max"),
     "Where u is far from 0 and v is not, NaN comes out. Each of the three softmaxes needs its own "
     "largest score taken off: that of v off v."},
    {MISTAKE(ensemble_mean_scores),
     "You averaged the teachers' scores and took the softmax of that. Their probabilities are "
     "averaged: two softmaxes, then the mean."},
    {MISTAKE(ensemble_sum_scores),
     "You added the teachers' scores and took the softmax of that. Their probabilities are "
     "averaged: two softmaxes, then the mean."},
    {MISTAKE(ensemble_geometric),
     "You took the root of the teachers' product. The mean asked for is half of their sum, which "
     "still adds up to 1 over the classes."},
    {MISTAKE(ensemble_product),
     "You multiplied the teachers' probabilities. They are averaged: half of their sum."},
    {TURNED("missing-term:fmax(z_max,z[i][j])"),
     "Your formula is right and your exp() is not safe: of 1000 it is infinite. Take the largest "
     "score of a row off all of them first, in each of the three softmaxes."},
    {MISTAKE(ensemble_teachers_at_1),
     "You took the teachers' softmaxes at temperature 1. All three are softened by the same T."},
    {TURNED("twins+missing-divisor:T"),
     "You took all three softmaxes at temperature 1. All three are softened by the same T."},
    {TURNED("inverted:T"), "T^2 is missing: the loss is multiplied by it. With the 1/T of the "
                           "softmax, T is left in front."},
    {TURNED("missing-factor:T"), "A factor T is missing. T^2 stands in front of the loss, the "
                                 "softmax of z / T brings 1/T: T (p - q) is left."},
    {TURNED("missing-divisor:(real)n"),
     "You did not divide by n. The loss is the mean over the images."},
    {TURNED("missing-divisor:2"), "You added the teachers' probabilities and did not halve the "
                                  "sum. The student cannot say more than 1 in all."},
    {TURNED("wrong-sign:T*(p-q)/(real)n"),
     "The sign: a score whose p is above q has to fall, so its gradient is positive, p - q."},

    {0}};

CALL(ensemble_backward, n[0], n[1], a[0], a[1], a[2], VALUE(a[3]), a[4])

static const Exercise exercise_ensemble_backward = {
    .name = "ensemble_backward",
    .call = call_ensemble_backward,
    .sizes = "nc",
    .arguments = {{"z", IN_NORMAL, "nc", 0},
                  {"u", IN_NORMAL, "nc", 0},
                  {"v", IN_NORMAL, "nc", 0},
                  {"T", IN_PREPARED, "", 0},
                  {"dz", OUT, "nc", 0}},
    .cases = {{6, 4}, {2, 5}, {3, 8}, {1, 3}},
    .prepare = JUDGE(prepare_ensemble),
    .reference = JUDGE((Function)reference_ensemble),
    .mistakes = JUDGE(ensemble_mistakes),
};

/* -- 5. weight_norm_backward ------------------------------------------------------------------- */

#define NORM int m, int k, real dnorm, const real W[m][k], real dW[m][k]
#define NORM_ARGUMENTS m, k, dnorm, W, dW

static void prepare_norm(int which, const int n[], void *const a[])
{
    (void)n;
    *(real *)a[0] = (const real[]){1.75, -0.5, 3, 0.4}[which % 4];
}

static real squares_of(int k, const real x[k])
{
    real sum = 0;
    for (int j = k - 1; j >= 0; j--)
        sum += x[j] * x[j];
    return sum;
}

/* One number at a time: the norm is the hypotenuse of it and of the norm of the others. */
static void reference_norm(NORM)
{
    real norm = 0;
    for (int i = m - 1; i >= 0; i--)
        for (int j = 0; j < k; j++)
            norm = hypot(norm, W[i][j]);
    for (int i = 0; i < m; i++)
        for (int j = 0; j < k; j++)
            dW[i][j] = W[i][j] / norm * dnorm;
}

static void norm_of_rows(NORM)
{
    for (int i = 0; i < m; i++)
        for (int j = 0; j < k; j++)
            dW[i][j] = dnorm * W[i][j] / sqrt(squares_of(k, W[i]));
}

static void norm_of_columns(NORM)
{
    for (int j = 0; j < k; j++) {
        real squares = 0;
        for (int i = 0; i < m; i++)
            squares += W[i][j] * W[i][j];
        for (int i = 0; i < m; i++)
            dW[i][j] = dnorm * W[i][j] / sqrt(squares);
    }
}

static void norm_of_sizes(NORM)
{
    real sum = 0;
    for (int i = 0; i < m; i++)
        for (int j = 0; j < k; j++)
            sum += fabs(W[i][j]);
    for (int i = 0; i < m; i++)
        for (int j = 0; j < k; j++)
            dW[i][j] = dnorm * W[i][j] / sum;
}

static void norm_signs(NORM)
{
    for (int i = 0; i < m; i++)
        for (int j = 0; j < k; j++)
            dW[i][j] = W[i][j] > 0 ? dnorm : -dnorm;
}

static void norm_of_square(NORM)
{
    for (int i = 0; i < m; i++)
        for (int j = 0; j < k; j++)
            dW[i][j] = 2 * W[i][j] * dnorm;
}

/* 1 / (2 norm), the root's derivative, and the square's forgotten */
static void norm_root_only(NORM)
{
    real squares = squares_of(m * k, *W);
    for (int i = 0; i < m; i++)
        for (int j = 0; j < k; j++)
            dW[i][j] = dnorm / (2 * sqrt(squares));
}

static const Mistake norm_mistakes[] = {

    {MISTAKE(norm_of_rows),
     "You took the norm of each row by itself. It is one norm, of all the weights together."},
    {MISTAKE(norm_of_columns),
     "You took the norm of each column by itself. It is one norm, of all the weights together."},
    {MISTAKE(norm_of_sizes), "You divided by the sum of the sizes |W[i][j]|. The norm is the root "
                             "of the sum of the squares."},
    {MISTAKE(norm_signs), "These are the signs of the weights, which are the gradient of the sum "
                          "of their sizes. A norm pulls each weight in proportion: W / norm."},
    {MISTAKE(norm_of_square), "This is the gradient of the sum of squares, 2 W. The root is "
                              "missing: it brings 1 / (2 norm)."},
    {MISTAKE(norm_root_only), "This is the derivative of the root alone, 1 / (2 norm). A weight "
                              "stands in it as a square, which brings 2 W[i][j]."},
    {TURNED("times-4:W[i][j]*W[i][j]"),
     "Half of it: the root brings 1 / (2 norm) and the square 2 W, so the 2 cancels."},
    {TURNED("missing-factor:dnorm"),
     "dnorm is left out. What the loss says of the norm is multiplied by what the norm says of W."},
    {TURNED("no-call:sqrt(squares)"),
     "You divided by the sum of the squares. The norm is its root."},

    {0}};

CALL(weight_norm_backward, n[0], n[1], VALUE(a[0]), a[1], a[2])

static const Exercise exercise_weight_norm_backward = {
    .name = "weight_norm_backward",
    .call = call_weight_norm_backward,
    .sizes = "mk",
    .arguments = {{"dnorm", IN_PREPARED, "", 0}, {"W", IN_NORMAL, "mk", 0}, {"dW", OUT, "mk", 0}},
    .cases = {{5, 4}, {2, 7}, {6, 3}, {1, 5}, {4, 1}},
    .prepare = JUDGE(prepare_norm),
    .reference = JUDGE((Function)reference_norm),
    .mistakes = JUDGE(norm_mistakes),
};

/* -- 6. cosine_backward ------------------------------------------------------------------------ */

#define COSINE int n, int k, const real A[n][k], const real B[n][k], real dA[n][k]
#define COSINE_ARGUMENTS n, k, A, B, dA

/* From the second case on the last row of A is all zeros, and from the third the first of B. In the
 * last two all other rows are short, of A or of B: what is short is not 0. */
static void prepare_cosine(int which, const int n[], void *const a[])
{
    real(*A)[n[1]] = a[0], (*B)[n[1]] = a[1];
    real *shortened = a[which == 5];
    for (int at = 0; at < n[0] * n[1] && which > 3; at++)
        shortened[at] *= (real)1e-5;
    for (int j = 0; j < n[1]; j++) {
        if (which > 0)
            A[n[0] - 1][j] = 0;
        if (which > 1)
            B[0][j] = 0;
    }
}

static void unit(int k, const real x[k], real u[k])
{
    real squares = squares_of(k, x);
    for (int j = 0; j < k; j++)
        u[j] = squares > 0 ? x[j] / sqrt(squares) : 0;
}

static real dot(int k, const real a[k], const real b[k])
{
    real sum = 0;
    for (int j = k - 1; j >= 0; j--)
        sum += a[j] * b[j];
    return sum;
}

/* What of b's direction is not along a's: of length sin. */
static void across(int k, const real a[k], const real b[k], real d[k])
{
    real u[k], w[k];
    unit(k, a, u);
    unit(k, b, w);
    real cosine = dot(k, u, w);
    for (int j = 0; j < k; j++)
        d[j] = squares_of(k, a) > 0 ? cosine * u[j] - w[j] : 0;
}

static void reference_cosine(COSINE)
{
    for (int i = 0; i < n; i++) {
        across(k, A[i], B[i], dA[i]);
        for (int j = 0; j < k && squares_of(k, A[i]) > 0; j++)
            dA[i][j] /= sqrt(squares_of(k, A[i])) * (real)n;
    }
}

/* dA = (x A - y B) / n in each row */
static void cosine_of_parts(real x, real y, int i, COSINE)
{
    for (int j = 0; j < k; j++)
        dA[i][j] = (x * A[i][j] - y * B[i][j]) / (real)n;
}

static void cosine_of_B(COSINE)
{
    reference_cosine(n, k, B, A, dA);
}

static void cosine_of_all(COSINE)
{
    real aa = squares_of(n * k, *A), bb = squares_of(n * k, *B), ab = dot(n * k, *A, *B);
    for (int i = 0; i < n; i++)
        cosine_of_parts(aa > 0 && bb > 0 ? ab / aa / sqrt(aa * bb) : 0,
                        aa > 0 && bb > 0 ? 1 / sqrt(aa * bb) : 0, i, COSINE_ARGUMENTS);
}

static void cosine_unasked(COSINE)
{
    for (int i = 0; i < n; i++) {
        real aa = squares_of(k, A[i]), bb = squares_of(k, B[i]), ab = dot(k, A[i], B[i]);
        cosine_of_parts(ab / aa / sqrt(aa * bb), 1 / sqrt(aa * bb), i, COSINE_ARGUMENTS);
    }
}

static void cosine_difference(COSINE)
{
    for (int i = 0; i < n; i++)
        cosine_of_parts(1, 1, i, COSINE_ARGUMENTS);
}

/* PyTorch's: no length is below 1e-8. */
static void cosine_least_length(COSINE)
{
    for (int i = 0; i < n; i++) {
        real a = fmax(sqrt(squares_of(k, A[i])), (real)1e-8);
        real b = fmax(sqrt(squares_of(k, B[i])), (real)1e-8);
        cosine_of_parts(dot(k, A[i], B[i]) / (a * a * a * b), 1 / (a * b), i, COSINE_ARGUMENTS);
    }
}

static void cosine_short_is_none(COSINE)
{
    reference_cosine(COSINE_ARGUMENTS);
    for (int i = 0; i < n; i++)
        for (int j = 0; j < k; j++)
            if (squares_of(k, A[i]) < (real)1e-8 || squares_of(k, B[i]) < (real)1e-8)
                dA[i][j] = 0;
}

static const Mistake cosine_mistakes[] = {

    {MISTAKE(cosine_least_length), "This is what PyTorch does, where a length of 0 counts as 1e-8: "
                                   "the gradient of a row of zeros "
                                   "in A is huge. Here it is 0: ask first."},
    {MISTAKE(cosine_short_is_none),
     "A row that is short but not zero points somewhere, too, and got "
     "0. Ask whether a length is 0, not whether it is small."},
    {TURNED("missing-term:ab*A[i][j]/aa"), "The part along A is missing. |A[i]| is made of A, too: "
                                           "what points along A must go, so that A . dA = 0."},
    {TURNED("rooted:aa"),
     "In the part along A one length is missing: cos / |A|^2, and cos is A . B / (|A| |B|)."},
    {TURNED("missing-factor:aa"),
     "You did not divide by |A[i]|. The longer A is, the less a nudge turns it."},
    {TURNED("wrong-sign:ab*A[i][j]/aa"), "The sign of the part along A: it is what is taken off B, "
                                         "so that nothing along A is left and A . dA = 0."},
    {MISTAKE(cosine_of_B),
     "This is the gradient of B. The teacher stays as it is: A's is asked for."},
    {MISTAKE(cosine_of_all),
     "You took one cosine of all rows together. Each row has its own, and the loss is their mean."},
    {MISTAKE(cosine_unasked), "A row of zeros gives 0/0, which is NaN. Ask first: where A[i] or "
                              "B[i] is all zeros, dA[i] is 0."},
    {MISTAKE(cosine_difference), "This is the gradient of a squared distance, A - B. A cosine asks "
                                 "only for the direction: B has no length in it."},
    {TURNED("wrong-sign:(ab*A[i][j]/aa-B[i][j])/(sqrt(aa*bb)*(real)n)"),
     "The sign: the loss is 1 - cos, so it falls where the cosine rises."},
    {TURNED("missing-factor:(real)n"),
     "You did not divide by n. The loss is the mean over the rows."},
    {TURNED("divided-by-k:(ab*A[i][j]/aa-B[i][j])/(sqrt(aa*bb)*(real)n)"),
     "You divided by k as well. A row has one cosine, and only the rows are averaged."},
    {TURNED("no-call:sqrt(aa*bb)"), "You divided by the squares of both lengths. The cosine has "
                                    "the lengths under it, |A| |B|: take the root."},
    {TURNED("missing-term:B[i][j]"),
     "The teacher's direction is missing: B is what the cosine turns A to."},

    {0}};

CALL(cosine_backward, n[0], n[1], a[0], a[1], a[2])

static const Exercise exercise_cosine_backward = {
    .name = "cosine_backward",
    .call = call_cosine_backward,
    .sizes = "nk",
    .arguments = {{"A", IN_NORMAL, "nk", 0}, {"B", IN_NORMAL, "nk", 0}, {"dA", OUT, "nk", 0}},
    .cases = {{5, 4}, {3, 6}, {4, 3}, {2, 5}, {6, 3}, {4, 5}},
    .prepare = JUDGE(prepare_cosine),
    .reference = JUDGE((Function)reference_cosine),
    .mistakes = JUDGE(cosine_mistakes),
};

/* -- 7. group_mean_backward -------------------------------------------------------------------- */

#define GROUPS int n, int b, int g, int s, const real dY[n][b][s], real dX[n][b][g][s]
#define GROUPS_ARGUMENTS n, b, g, s, dY, dX

/* Each number is carried to the g places that it was made of. */
static void reference_groups(GROUPS)
{
    for (int e = g - 1; e >= 0; e--)
        for (int r = 0; r < s; r++)
            for (int l = 0; l < b; l++)
                for (int i = 0; i < n; i++)
                    dX[i][l][e][r] = dY[i][l][r] * (1 / (real)g);
}

/* The first group of each block gets it all. */
static void groups_first_only(GROUPS)
{
    reference_groups(GROUPS_ARGUMENTS);
    for (int i = 0; i < n; i++)
        for (int l = 0; l < b; l++)
            for (int e = 0; e < g; e++)
                for (int r = 0; r < s; r++)
                    dX[i][l][e][r] *= e == 0 ? (real)g : 0;
}

/* As if the g numbers that are averaged stood side by side. */
static void groups_of_neighbours(GROUPS)
{
    for (int i = 0; i < n; i++)
        for (int l = 0; l < b; l++)
            for (int e = 0; e < g; e++)
                for (int r = 0; r < s; r++)
                    dX[i][l][e][r] = dY[i][l][(e * s + r) / g] / (real)g;
}

/* As if the first numbers of all blocks came first, then all second ones. */
static void groups_interleaved(GROUPS)
{
    for (int i = 0; i < n; i++)
        for (int at = 0; at < b * g; at++)
            for (int r = 0; r < s; r++)
                dX[i][at / g][at % g][r] = dY[i][at % b][r] / (real)g;
}

static const Mistake groups_mistakes[] = {

    {MISTAKE(groups_interleaved),
     "Your blocks are interleaved. The groups of a block stand next to "
     "each other: group e of block l is number l g + e, not e b + l."},
    {TURNED("missing-divisor:(real)g"),
     "You did not divide by g. In a mean of g numbers each has a share of 1/g."},
    {TURNED("size:g<-s"), "You divided by s. What is averaged are the g groups of a block; the s "
                          "numbers of a group stay apart."},
    {TURNED("divided-by-s:dY[i][l][r]/(real)g"),
     "You divided by s as well. What is averaged are the g groups of a block; the s numbers of a "
     "group stay apart."},
    {MISTAKE(groups_first_only), "The first group of a block got everything. A mean is made of all "
                                 "g groups alike: each gets dY / g."},
    {MISTAKE(groups_of_neighbours), "You averaged neighbours. The numbers that are averaged stand "
                                    "s apart: number r of every group of a block."},

    {0}};

CALL(group_mean_backward, n[0], n[1], n[2], n[3], a[0], a[1])

static const Exercise exercise_group_mean_backward = {
    .name = "group_mean_backward",
    .call = call_group_mean_backward,
    .sizes = "nbgs",
    .arguments = {{"dY", IN_NORMAL, "nbs", 0}, {"dX", OUT, "nbgs", 0}},
    .cases = {{2, 4, 3, 5}, {3, 5, 2, 1}, {1, 2, 4, 3}, {4, 1, 2, 6}},
    .reference = JUDGE((Function)reference_groups),
    .mistakes = JUDGE(groups_mistakes),
};

/* -- 8. two_outputs_backward ------------------------------------------------------------------- */

#define OUTPUTS                                                                           \
    int n, int k, int h, const real dhidden[n][h], const real dcosine[n][k], real weight, \
        const real W[k][h], const real A[n][k], real dpre[n][k]
#define OUTPUTS_ARGUMENTS n, k, h, dhidden, dcosine, weight, W, A, dpre

static void prepare_outputs(int which, const int n[], void *const a[])
{
    real *A = a[4];
    *(real *)a[2] = (const real[]){0.25, 3, 0.6, 1.5}[which % 4];
    for (int at = 0; at < n[0] * n[1]; at++)
        A[at] = A[at] > 0 ? A[at] : 0;
}

/* Each of both, masked or not. */
static void outputs_with(real first, bool first_masked, real second, bool second_masked, OUTPUTS)
{
    (void)weight;
    for (int j = 0; j < k; j++)
        for (int i = n - 1; i >= 0; i--) {
            dpre[i][j] = second_masked && A[i][j] == 0 ? 0 : second * dcosine[i][j];
            for (int l = h - 1; l >= 0; l--)
                dpre[i][j] += first_masked && A[i][j] == 0 ? 0 : first * dhidden[i][l] * W[j][l];
        }
}

static void reference_outputs(OUTPUTS)
{
    outputs_with(1, true, weight, true, OUTPUTS_ARGUMENTS);
}

static void outputs_second_past_relu(OUTPUTS)
{
    outputs_with(1, true, weight, false, OUTPUTS_ARGUMENTS);
}

static void outputs_first_past_relu(OUTPUTS)
{
    outputs_with(1, false, weight, true, OUTPUTS_ARGUMENTS);
}

static void outputs_first_weighted(OUTPUTS)
{
    outputs_with(weight, true, 1, true, OUTPUTS_ARGUMENTS);
}

static void outputs_shares(OUTPUTS)
{
    outputs_with(1 - weight, true, weight, true, OUTPUTS_ARGUMENTS);
}

static void outputs_overwritten(OUTPUTS)
{
    outputs_with(0, true, weight, false, OUTPUTS_ARGUMENTS);
}

static void outputs_relu_of_gradient(OUTPUTS)
{
    outputs_with(1, false, weight, false, OUTPUTS_ARGUMENTS);
    for (int i = 0; i < n; i++)
        for (int j = 0; j < k; j++)
            dpre[i][j] = fmax(dpre[i][j], 0);
}

static const Mistake outputs_mistakes[] = {

    {MISTAKE(outputs_overwritten),
     "This is weight dcosine, and no more. What came back through the classifier is not in it, and "
     "no relu: add both, then let through where A is above 0."},
    {MISTAKE(outputs_relu_of_gradient),
     "You took the relu of the gradient. It is A that says where it lets through; a gradient may "
     "have either sign."},
    {MISTAKE(outputs_second_past_relu),
     "The comparison went past the relu. It was made with A, behind it, so where A is 0 nothing "
     "comes back of either output."},
    {MISTAKE(outputs_first_past_relu),
     "The classifier's part went past the relu. It was made with A, behind it, so where A is 0 "
     "nothing comes back of either output."},
    {TURNED("times:dhidden[i][l]*W[j][l]<-weight"),
     "weight belongs to the comparison alone. The classifier's loss counts once."},
    {MISTAKE(outputs_first_weighted),
     "weight stands at the wrong part: it belongs to the comparison, dcosine."},
    {MISTAKE(outputs_shares), "The classifier's part counts 1 - weight in yours. The loss has it "
                              "whole, and adds weight times the comparison."},
    {TURNED("times:A[i][j]>0?dA:0<-A[i][j]"), "You multiplied by A. A relu lets through or does "
                                              "not: times 1 where A is above 0, else times 0."},
    {TURNED("missing-factor:weight"), "weight is left out: the comparison counts weight times."},
    {TURNED("missing-term:weight*dcosine[i][j]"),
     "Nothing comes of the comparison. A went two ways, and both come back: add weight dcosine."},
    {TURNED("missing-term:dhidden[i][l]*W[j][l]"),
     "Nothing comes of the classifier. A went two ways, and both come back: add dhidden W^T."},
    {TURNED("no-condition:A[i][j]>0"), "The relu is missing, or lets through at 0: where A is 0 it "
                                       "was shut, and nothing comes back."},

    {0}};

CALL(two_outputs_backward, n[0], n[1], n[2], a[0], a[1], VALUE(a[2]), a[3], a[4], a[5])

static const Exercise exercise_two_outputs_backward = {
    .name = "two_outputs_backward",
    .call = call_two_outputs_backward,
    .sizes = "nkh",
    .arguments = {{"dhidden", IN_NORMAL, "nh", 0},
                  {"dcosine", IN_NORMAL, "nk", 0},
                  {"weight", IN_PREPARED, "", 0},
                  {"W", IN_NORMAL, "kh", 0},
                  {"A", IN_NORMAL, "nk", 0},
                  {"dpre", OUT, "nk", 0}},
    .cases = {{4, 5, 3}, {2, 3, 6}, {7, 4, 1}, {1, 6, 2}},
    .prepare = JUDGE(prepare_outputs),
    .reference = JUDGE((Function)reference_outputs),
    .mistakes = JUDGE(outputs_mistakes),
};

/* -- all, in their order ----------------------------------------------------------------------- */

static const Exercise *const exercises[] = {&exercise_soft_targets_backward,
                                            &exercise_soft_targets_loss,
                                            &exercise_partly_labelled_backward,
                                            &exercise_ensemble_backward,
                                            &exercise_weight_norm_backward,
                                            &exercise_cosine_backward,
                                            &exercise_group_mean_backward,
                                            &exercise_two_outputs_backward,
                                            NULL};

const Check check = {"16_distillation", exercises};
