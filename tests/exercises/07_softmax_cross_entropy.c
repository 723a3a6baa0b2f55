/* 07_softmax_cross_entropy.c: how the answers to exercises 07 are judged. The references write each
 * loss as a sum over targets and take the whole Jacobian of the log-probabilities, where the
 * solutions have the closed form; probabilities come from differences of logits. */
#include "07_softmax_cross_entropy.h"

#include <stdbool.h>

#include "check.h"

enum { IGNORED = -100 };

/* -- shared by the references and the mistakes ------------------------------------------------- */

/* For loss = -sum_ij targets log probs:   d log probs[i][l] / d logits[i][j] = 1[l = j] - probs */
static void through_jacobian(int n, int c, const real probs[n][c], const real targets[n][c],
                             real dlogits[n][c])
{
    for (int i = 0; i < n; i++)
        for (int j = 0; j < c; j++) {
            dlogits[i][j] = 0;
            for (int l = 0; l < c; l++)
                dlogits[i][j] -= targets[i][l] * ((real)(l == j) - probs[i][j]);
        }
}

/* probs times the factor, minus targets: right if the targets of each row add up to the factor. */
static void difference(int n, int c, real factor, const real probs[n][c], const real targets[n][c],
                       real dlogits[n][c])
{
    for (int i = 0; i < n; i++)
        for (int j = 0; j < c; j++)
            dlogits[i][j] = factor * probs[i][j] - targets[i][j];
}

/* The value at the right class of each row, 0 elsewhere; a row of zeros where it is ignored. */
static void one_hot(int n, int c, real value, const int y[n], real targets[n][c])
{
    for (int i = 0; i < n; i++)
        for (int j = 0; j < c; j++)
            targets[i][j] = j == y[i] ? value : 0;
}

/* exp z_j / sum_l exp z_l = 1 / sum_l exp(z_l - z_j) */
static void probs_of(int n, int c, const real logits[n][c], real probs[n][c])
{
    for (int i = 0; i < n; i++)
        for (int j = 0; j < c; j++) {
            real sum = 0;
            for (int l = 0; l < c; l++)
                sum += exp(logits[i][l] - logits[i][j]);
            probs[i][j] = 1 / sum;
        }
}

static void scale(int n, int c, real factor, real x[n][c])
{
    for (int i = 0; i < n; i++)
        for (int j = 0; j < c; j++)
            x[i][j] *= factor;
}

static int argmax(int c, const real x[c])
{
    int best = 0;
    for (int j = 1; j < c; j++)
        best = x[j] > x[best] ? j : best;
    return best;
}

static int count_kept(int n, const int y[n])
{
    int kept = 0;
    for (int i = 0; i < n; i++)
        kept += y[i] != IGNORED;
    return kept;
}

/* From the second case on one row is near 1000 and another near -1000, and there are two maxima. */
static void shift_logits(int which, int n, int c, real logits[n][c])
{
    if (which == 0)
        return;
    logits[0][c - 1] = logits[0][argmax(c, logits[0])];
    for (int j = 0; j < c; j++)
        logits[n - 1][j] -= 1000;
    for (int j = 0; j < c; j++)
        logits[0][j] += 1000 + (n == 1 ? 1000 : 0);
}

/* -- ideas that go wrong with all of these losses ---------------------------------------------- */

/* The diagonal of the Jacobian alone. */
static void own_logit_only(int n, int c, const real probs[n][c], const real targets[n][c],
                           real dlogits[n][c])
{
    for (int i = 0; i < n; i++)
        for (int j = 0; j < c; j++)
            dlogits[i][j] = targets[i][j] * (probs[i][j] - 1);
}

/* The gradient of the probabilities, a step before that of the logits. */
static void to_probs(int n, int c, const real probs[n][c], const real targets[n][c],
                     real dlogits[n][c])
{
    for (int i = 0; i < n; i++)
        for (int j = 0; j < c; j++)
            dlogits[i][j] = -targets[i][j] / probs[i][j];
}

/* Through the softmax, where it has been already. */
static void once_more(int n, int c, const real probs[n][c], real dlogits[n][c])
{
    for (int i = 0; i < n; i++) {
        real mean = 0;
        for (int j = 0; j < c; j++)
            mean += probs[i][j] * dlogits[i][j];
        for (int j = 0; j < c; j++)
            dlogits[i][j] = probs[i][j] * (dlogits[i][j] - mean);
    }
}

static void fill_row(int c, real x, real row[c])
{
    for (int j = 0; j < c; j++)
        row[j] = x;
}

/* -- 1. cross_entropy_backward ---------------------------------------------------------------- */

#define CROSS_ENTROPY int n, int c, const real logits[n][c], const int y[n], real dlogits[n][c]

static void prepare_logits(int which, const int n[], void *const a[])
{
    shift_logits(which, n[0], n[1], a[0]);
}

static void cross_entropy_divided_by(real divisor, CROSS_ENTROPY)
{
    real probs[n][c], targets[n][c];
    probs_of(n, c, logits, probs);
    one_hot(n, c, 1 / divisor, y, targets);
    through_jacobian(n, c, probs, targets, dlogits);
}

static void reference_cross_entropy(CROSS_ENTROPY)
{
    cross_entropy_divided_by((real)n, n, c, logits, y, dlogits);
}

static void cross_entropy_one_path(CROSS_ENTROPY)
{
    one_hot(n, c, -1 / (real)n, y, dlogits);
    for (int i = 0; i < n; i++)
        dlogits[i][argmax(c, logits[i])] += 1 / (real)n;
}

static void cross_entropy_down_columns(CROSS_ENTROPY)
{
    real targets[n][c];
    one_hot(n, c, 1, y, targets);
    for (int i = 0; i < n; i++)
        for (int j = 0; j < c; j++) {
            real sum = 0;
            for (int l = 0; l < n; l++)
                sum += exp(logits[l][j] - logits[i][j]);
            dlogits[i][j] = (1 / sum - targets[i][j]) / (real)n;
        }
}

/* The probabilities, and targets that have the 1/n of the mean in them. */
static void cross_entropy_parts(int n, int c, const real logits[n][c], const int y[n],
                                real probs[n][c], real targets[n][c])
{
    probs_of(n, c, logits, probs);
    one_hot(n, c, 1 / (real)n, y, targets);
}

static void cross_entropy_own_logit(CROSS_ENTROPY)
{
    real probs[n][c], targets[n][c];
    cross_entropy_parts(n, c, logits, y, probs, targets);
    own_logit_only(n, c, probs, targets, dlogits);
}

static void cross_entropy_to_probs(CROSS_ENTROPY)
{
    real probs[n][c], targets[n][c];
    cross_entropy_parts(n, c, logits, y, probs, targets);
    to_probs(n, c, probs, targets, dlogits);
}

static void cross_entropy_once_more(CROSS_ENTROPY)
{
    real probs[n][c], targets[n][c];
    cross_entropy_parts(n, c, logits, y, probs, targets);
    through_jacobian(n, c, probs, targets, dlogits);
    once_more(n, c, probs, dlogits);
}

static void cross_entropy_slopes(CROSS_ENTROPY)
{
    real probs[n][c], targets[n][c];
    cross_entropy_parts(n, c, logits, y, probs, targets);
    through_jacobian(n, c, probs, targets, dlogits);
    for (int i = 0; i < n; i++)
        for (int j = 0; j < c; j++)
            dlogits[i][j] *= probs[i][j] * (1 - probs[i][j]);
}

static void cross_entropy_no_log(CROSS_ENTROPY)
{
    real probs[n][c], targets[n][c];
    cross_entropy_parts(n, c, logits, y, probs, targets);
    for (int i = 0; i < n; i++)
        targets[i][y[i]] *= probs[i][y[i]];
    through_jacobian(n, c, probs, targets, dlogits);
}

static void cross_entropy_of_logprobs(CROSS_ENTROPY)
{
    real probs[n][c], targets[n][c];
    cross_entropy_parts(n, c, logits, y, probs, targets);
    for (int i = 0; i < n; i++)
        for (int j = 0; j < c; j++)
            dlogits[i][j] = log(probs[i][j]) / (real)n - targets[i][j];
}

static void cross_entropy_of_sigmoids(CROSS_ENTROPY)
{
    real targets[n][c];
    one_hot(n, c, 1 / (real)n, y, targets);
    for (int i = 0; i < n; i++)
        for (int j = 0; j < c; j++)
            dlogits[i][j] = 1 / (1 + exp(-logits[i][j])) / (real)n - targets[i][j];
}

static void cross_entropy_right_divided(CROSS_ENTROPY)
{
    reference_cross_entropy(n, c, logits, y, dlogits);
    for (int i = 0; i < n; i++)
        for (int j = 0; j < c; j++)
            dlogits[i][j] *= j == y[i] ? 1 : (real)n;
}

/* exp(logits - the largest of the row) */
static real count(int c, const real logits[c], int j)
{
    return exp(logits[j] - logits[argmax(c, logits)]);
}

static void cross_entropy_to_counts(CROSS_ENTROPY)
{
    reference_cross_entropy(n, c, logits, y, dlogits);
    for (int i = 0; i < n; i++)
        for (int j = 0; j < c; j++)
            dlogits[i][j] /= count(c, logits[i], j);
}

static void cross_entropy_off_counts(CROSS_ENTROPY)
{
    real probs[n][c];
    probs_of(n, c, logits, probs);
    for (int i = 0; i < n; i++)
        for (int j = 0; j < c; j++) {
            real left = 1 - (real)(j == y[i]) / count(c, logits[i], j);
            dlogits[i][j] = probs[i][j] * left / (real)n;
        }
}

/* The sum is begun before the largest logit is known; counts[j] may be kept as it was then. */
static void cross_entropy_running_max(bool kept, CROSS_ENTROPY)
{
    for (int i = 0; i < n; i++) {
        real counts[c], max = logits[i][0], sum = 0;
        for (int j = 0; j < c; j++) {
            max = fmax(max, logits[i][j]);
            counts[j] = exp(logits[i][j] - max);
            sum += counts[j];
        }
        for (int j = 0; j < c; j++) {
            real p = kept ? counts[j] / sum : exp(logits[i][j] - max) / sum;
            dlogits[i][j] = (p - (real)(j == y[i])) / (real)n;
        }
    }
}

static void cross_entropy_early_sum(CROSS_ENTROPY)
{
    cross_entropy_running_max(false, n, c, logits, y, dlogits);
}

static void cross_entropy_early_counts(CROSS_ENTROPY)
{
    cross_entropy_running_max(true, n, c, logits, y, dlogits);
}

/* This taken off each row; then through the logarithm of the sum, -infinity where that is 0. */
static void cross_entropy_off_in_logs(CROSS_ENTROPY, const real max[n])
{
    for (int i = 0; i < n; i++) {
        real sum = 0;
        for (int j = 0; j < c; j++)
            sum += exp(logits[i][j] - max[i]);
        for (int j = 0; j < c; j++) {
            real p = exp(logits[i][j] - max[i] - log(sum));
            dlogits[i][j] = (p - (real)(j == y[i])) / (real)n;
        }
    }
}

static void cross_entropy_off_largest_of_all(CROSS_ENTROPY)
{
    real max[n];
    for (int i = 0; i < n; i++)
        max[i] = (&logits[0][0])[argmax(n * c, &logits[0][0])];
    cross_entropy_off_in_logs(n, c, logits, y, dlogits, max);
}

static void cross_entropy_off_0_in_logs(CROSS_ENTROPY)
{
    real max[n];
    for (int i = 0; i < n; i++)
        max[i] = fmax(0, logits[i][argmax(c, logits[i])]);
    cross_entropy_off_in_logs(n, c, logits, y, dlogits, max);
}

static void cross_entropy_one_softmax(CROSS_ENTROPY)
{
    real max = (&logits[0][0])[argmax(n * c, &logits[0][0])], sum = 0;
    for (int i = 0; i < n; i++)
        for (int j = 0; j < c; j++)
            sum += exp(logits[i][j] - max);
    for (int i = 0; i < n; i++)
        for (int j = 0; j < c; j++)
            dlogits[i][j] = (exp(logits[i][j] - max) / sum - (real)(j == y[i])) / (real)n;
}

static const Mistake cross_entropy_mistakes[] = {
    {TURNED("missing-term:fmax(max,logits[i][j])"),
     "Your formula is right and your exp() is not safe: of 1000 it is infinite, and of a whole row "
     "near -1000 the sum is 0. Take the largest logit of a row off all of them first."},
    {TURNED("missing-divisor:(real)n"),
     "You forgot 1/n. The loss is the mean over the rows, so each row has a share of 1/n in it."},
    {TURNED("divided-by-c:(exp(logits[i][j]-max)/sum-(real)(j==y[i]))/(real)n"),
     "You divided by n c. The mean is over the n rows; each row has one loss, not c."},
    {TURNED("missing-term:(real)(j==y[i])"),
     "You left the right class out: these are the probabilities over n. Take 1 off at j = y[i] "
     "before you divide."},
    {TURNED("inverse:logits[i][j]-max"),
     "Only the right class is pulled at. Every logit stands in the sum under the fraction too, and "
     "that path gives it its probability."},
    {MISTAKE(cross_entropy_one_path),
     "The second path into counts is missing: each count stands in its own product and in "
     "counts_sum, which serves the whole row. Add both."},
    {MISTAKE(cross_entropy_down_columns), "Your softmax goes down the columns. The probabilities "
                                          "of one row, over the classes j, add up to 1."},
    {MISTAKE(cross_entropy_own_logit),
     "Only the logit of the right class gets a gradient, probs - 1. Every logit of the row stands "
     "in the sum under the fraction, so each of the others gets its probability."},
    {MISTAKE(cross_entropy_to_probs),
     "You stopped at the gradient of probs, -1 / (n probs) at the right class. It still has to go "
     "through the softmax, and (probs - 1[j = y[i]]) / n is left."},
    {MISTAKE(cross_entropy_to_counts),
     "You stopped a step before the logits: this is the gradient of the counts, the exponentials. "
     "Multiply it by the counts, for that is the slope of exp."},
    {MISTAKE(cross_entropy_once_more),
     "probs - 1[j = y[i]] is the gradient of the logits already. It has gone through the softmax "
     "once more, as if it were that of probs."},
    {MISTAKE(cross_entropy_slopes),
     "You multiplied by probs (1 - probs). probs - 1[j = y[i]] is the gradient of the logits "
     "already: the slope of the softmax is in it."},
    {MISTAKE(cross_entropy_no_log),
     "The logarithm is left out: this is the gradient of -1/n sum_i probs[i][y[i]]. The slope of "
     "log, 1 / probs, takes the factor probs[i][y[i]] away."},
    {MISTAKE(cross_entropy_of_logprobs),
     "You took the 1 off the logarithms of the probabilities. It is taken off the probabilities "
     "themselves: probs - 1[j = y[i]]."},
    {MISTAKE(cross_entropy_of_sigmoids),
     "You took the sigmoid of each logit by itself. In a softmax the classes of a row share one "
     "sum: exp(logits[i][j]) over the sum along row i."},
    {MISTAKE(cross_entropy_right_divided),
     "Only the right class is divided by n. The mean is over whole rows: every element of the "
     "gradient has the 1/n in it."},
    {MISTAKE(cross_entropy_off_counts),
     "You took the 1 off before the division by the sum of the row. It belongs to the probability, "
     "not to the count: divide first."},
    {MISTAKE(cross_entropy_early_sum),
     "The exponentials in your sum had different maxima taken off: the sum was made while the "
     "largest logit was still being looked for. Find it first, in a loop of its own."},
    {MISTAKE(cross_entropy_early_counts),
     "Your exponentials had different maxima taken off: they were made while the largest logit was "
     "still being looked for. Find it first, in a loop of its own."},
    {TURNED("not-reset:max=logits[i][0]"),
     "What you take off is not the largest logit of the row, but one of another row: far below "
     "that all exponentials are 0, and 0/0 is NaN. Look for it in each row anew."},
    {MISTAKE(cross_entropy_off_largest_of_all),
     "What you take off is not the largest logit of the row, but one of another row: far below "
     "that all exponentials are 0, and the logarithm of 0 is -infinity. Look for it in each row "
     "anew."},
    {TURNED("one-for:max"),
     "In a row near -1000 all your exponentials are 0, and 0/0 is NaN: what you take off is not "
     "its largest logit. Begin the search with a logit of the row, not with 0."},
    {MISTAKE(cross_entropy_off_0_in_logs),
     "In a row near -1000 all your exponentials are 0, and the logarithm of 0 is -infinity: what "
     "you take off is not its largest logit. Begin the search with a logit of the row, not with "
     "0."},
    {MISTAKE(cross_entropy_one_softmax),
     "Your sum runs over all rows. Each row is a softmax of its own: its probabilities, over the "
     "classes j, add up to 1."},
    {0}};

CALL(cross_entropy_backward, n[0], n[1], a[0], a[1], a[2])

static const Exercise exercise_cross_entropy_backward = {
    .name = "cross_entropy_backward",
    .call = call_cross_entropy_backward,
    .sizes = "nc",
    .arguments = {{"logits", IN_NORMAL, "nc", 0},
                  {"y", IN_INDEX, "n", 'c'},
                  {"dlogits", OUT, "nc", 0}},
    .cases = {{7, 4}, {2, 5}, {3, 8}, {1, 6}},
    .reference = JUDGE((Function)reference_cross_entropy),
    .prepare = JUDGE(prepare_logits),
    .mistakes = JUDGE(cross_entropy_mistakes),
};

/* -- 2. ignored_rows_backward ----------------------------------------------------------------- */

#define IGNORED_ROWS int n, int c, const real probs[n][c], const int y[n], real dlogits[n][c]

/* One or two rows; none if there is only one. */
static void ignore_some(int which, int n, int y[n])
{
    if (n > 1)
        y[which % n] = IGNORED;
    if (n > 3) {
        y[n - 1] = IGNORED;
        y[1] = 0; /* a class like any other */
    }
}

static void prepare_ignored(int which, const int n[], void *const a[])
{
    ignore_some(which, n[0], a[1]);
}

static void reference_ignored(IGNORED_ROWS)
{
    real targets[n][c];
    one_hot(n, c, 1 / (real)count_kept(n, y), y, targets);
    through_jacobian(n, c, probs, targets, dlogits);
}

static void ignored_pushed_over(int divisor, IGNORED_ROWS)
{
    real targets[n][c];
    one_hot(n, c, 1 / (real)divisor, y, targets);
    difference(n, c, 1 / (real)divisor, probs, targets, dlogits);
}

static void ignored_not_noticed(IGNORED_ROWS)
{
    ignored_pushed_over(n, n, c, probs, y, dlogits);
}

static void ignored_unwritten(IGNORED_ROWS)
{
    real right[n][c];
    reference_ignored(n, c, probs, y, right);
    for (int i = 0; i < n; i++)
        for (int j = 0; j < c && y[i] != IGNORED; j++)
            dlogits[i][j] = right[i][j];
}

static void ignored_own_logit(IGNORED_ROWS)
{
    real targets[n][c];
    one_hot(n, c, 1 / (real)count_kept(n, y), y, targets);
    own_logit_only(n, c, probs, targets, dlogits);
}

static void ignored_to_probs(IGNORED_ROWS)
{
    real targets[n][c];
    one_hot(n, c, 1 / (real)count_kept(n, y), y, targets);
    to_probs(n, c, probs, targets, dlogits);
}

static void ignored_once_more(IGNORED_ROWS)
{
    reference_ignored(n, c, probs, y, dlogits);
    once_more(n, c, probs, dlogits);
}

/* Class 0 is left out with the ignored rows, which is seen in m or is not. */
static void ignored_class_0(IGNORED_ROWS)
{
    reference_ignored(n, c, probs, y, dlogits);
    for (int i = 0; i < n; i++)
        if (y[i] <= 0)
            fill_row(c, 0, dlogits[i]);
}

static void ignored_class_0_in_m(IGNORED_ROWS)
{
    int without_0[n];
    for (int i = 0; i < n; i++)
        without_0[i] = y[i] <= 0 ? IGNORED : y[i];
    reference_ignored(n, c, probs, without_0, dlogits);
}

static void ignored_as_class_0_over(int divisor, IGNORED_ROWS)
{
    int with_0[n];
    for (int i = 0; i < n; i++)
        with_0[i] = y[i] == IGNORED ? 0 : y[i];
    ignored_pushed_over(divisor, n, c, probs, with_0, dlogits);
}

static void ignored_as_class_0(IGNORED_ROWS)
{
    ignored_as_class_0_over(count_kept(n, y), n, c, probs, y, dlogits);
}

static void ignored_as_class_0_of_n(IGNORED_ROWS)
{
    ignored_as_class_0_over(n, n, c, probs, y, dlogits);
}

static void ignored_left_probs(IGNORED_ROWS)
{
    reference_ignored(n, c, probs, y, dlogits);
    for (int i = 0; i < n; i++)
        for (int j = 0; j < c && y[i] == IGNORED; j++)
            dlogits[i][j] = probs[i][j];
}

/* The kept rows one after the other; what is below them stays as it was. */
static void ignored_moved_up(IGNORED_ROWS)
{
    real right[n][c];
    reference_ignored(n, c, probs, y, right);
    for (int i = 0, row = 0; i < n; i++)
        for (int j = 0; j < c && y[i] != IGNORED; j++) {
            dlogits[row][j] = right[i][j];
            row += j == c - 1;
        }
}

static void ignored_moved_up_into_zeros(IGNORED_ROWS)
{
    fill_row(n * c, 0, &dlogits[0][0]);
    ignored_moved_up(n, c, probs, y, dlogits);
}

static void ignored_probs_divided(IGNORED_ROWS)
{
    reference_ignored(n, c, probs, y, dlogits);
    for (int i = 0; i < n; i++)
        if (y[i] != IGNORED)
            dlogits[i][y[i]] -= 1 - 1 / (real)count_kept(n, y);
}

static void ignored_given_up(IGNORED_ROWS)
{
    real right[n][c];
    reference_ignored(n, c, probs, y, right);
    for (int i = 0; i < n && y[i] != IGNORED; i++)
        for (int j = 0; j < c; j++)
            dlogits[i][j] = right[i][j];
}

static void ignored_given_up_in_zeros(IGNORED_ROWS)
{
    fill_row(n * c, 0, &dlogits[0][0]);
    ignored_given_up(n, c, probs, y, dlogits);
}

static const Mistake ignored_mistakes[] = {
    {TURNED("instead:y[i]<-i"),
     "You divided by n. The mean is over the m rows that are not ignored: count them first."},
    {TURNED("missing-divisor:(real)m"),
     "You forgot 1/m. The loss is the mean over the m rows that are not ignored."},
    {TURNED("never:y[i]==-100"), "The ignored rows still push all their classes down. They are not "
                                 "in the loss, so every element of their gradient is zero."},
    {MISTAKE(ignored_not_noticed),
     "You treated all rows alike. An ignored row is not in the loss, so its gradient is zero, and "
     "it is not counted in the mean either."},
    {MISTAKE(ignored_unwritten),
     "The ignored rows were left unwritten. No gradient means zero, and zero has to be written."},
    {MISTAKE(ignored_own_logit),
     "Only the logit of the right class gets a gradient, probs - 1. Every logit of the row stands "
     "in the sum under the fraction, so each of the others gets its probability."},
    {MISTAKE(ignored_to_probs),
     "You stopped at the gradient of probs, -1 / (m probs) at the right class. It still has to go "
     "through the softmax, and (probs - 1[j = y[i]]) / m is left."},
    {MISTAKE(ignored_once_more),
     "probs - 1[j = y[i]] is the gradient of the logits already. It has gone through the softmax "
     "once more, as if it were that of probs."},
    {MISTAKE(ignored_class_0), "The rows of class 0 are zero, as if they were ignored. Class 0 is "
                               "a class like the others: only -100 marks an ignored row."},
    {MISTAKE(ignored_class_0_in_m),
     "The rows of class 0 were left out, as if they were ignored. Class 0 is a class like the "
     "others: only -100 marks an ignored row."},
    {MISTAKE(ignored_as_class_0), "You gave the ignored rows the class 0. They are not in the "
                                  "loss: every element of their gradient is zero."},
    {MISTAKE(ignored_as_class_0_of_n),
     "You gave the ignored rows the class 0, and counted them. They are not in the loss: their "
     "gradient is zero, and the mean is over the m others."},
    {MISTAKE(ignored_left_probs), "The ignored rows still hold their probabilities. They are not "
                                  "in the loss, so every element of their gradient is zero."},
    {MISTAKE(ignored_moved_up),
     "The rows that count are at the top of dlogits, one after the other. Row i of probs belongs "
     "to row i of dlogits, and the ignored rows between them are zero."},
    {MISTAKE(ignored_moved_up_into_zeros),
     "The rows that count are at the top of dlogits, one after the other. Row i of probs belongs "
     "to row i of dlogits; it is the ignored rows that stay zero."},
    {TURNED("parentheses:(probs[i][j]-(real)(j==y[i]))"),
     "Only the 1 at y[i] is divided by m. The mean is over whole rows, so both terms have it: "
     "(probs - 1[j = y[i]]) / m."},
    {MISTAKE(ignored_probs_divided),
     "Only the probabilities are divided by m. The mean is over whole rows, so both terms have it: "
     "(probs - 1[j = y[i]]) / m."},
    {MISTAKE(ignored_given_up),
     "From the first ignored row on nothing was written, as if the loop or the function ended "
     "there. Write zeros in this row, and go on with the next."},
    {MISTAKE(ignored_given_up_in_zeros),
     "From the first ignored row on all is zero, as if the loop ended there. Only this row is "
     "zero: go on with the next."},
    {0}};

CALL(ignored_rows_backward, n[0], n[1], a[0], a[1], a[2])

static const Exercise exercise_ignored_rows_backward = {
    .name = "ignored_rows_backward",
    .call = call_ignored_rows_backward,
    .sizes = "nc",
    .arguments = {{"probs", IN_PROBS, "nc", 0},
                  {"y", IN_INDEX, "n", 'c'},
                  {"dlogits", OUT, "nc", 0}},
    .cases = {{7, 4}, {2, 5}, {3, 8}, {1, 6}},
    .reference = JUDGE((Function)reference_ignored),
    .prepare = JUDGE(prepare_ignored),
    .mistakes = JUDGE(ignored_mistakes),
};

/* -- 3. label_smoothing_backward -------------------------------------------------------------- */

#define SMOOTHING \
    int n, int c, const real probs[n][c], const int y[n], real smoothing, real dlogits[n][c]

static real smoothing_of(int which)
{
    static const real smoothings[] = {0.1, 0.25, 0.5, 0.2};
    return smoothings[which % 4];
}

static void prepare_smoothing(int which, const int n[], void *const a[])
{
    (void)n;
    *(real *)a[2] = smoothing_of(which);
}

/* One value at the right class, another at all others. */
static void two_values(int n, int c, real right, real other, const int y[n], real targets[n][c])
{
    for (int i = 0; i < n; i++)
        for (int j = 0; j < c; j++)
            targets[i][j] = j == y[i] ? right : other;
}

static void reference_smoothing(SMOOTHING)
{
    real targets[n][c], share = smoothing / (real)c;
    two_values(n, c, (1 - smoothing + share) / (real)n, share / (real)n, y, targets);
    through_jacobian(n, c, probs, targets, dlogits);
}

/* probs - targets, with these targets, whatever they add up to */
static void smoothing_with(real right, real other, int n, int c, const real probs[n][c],
                           const int y[n], real dlogits[n][c])
{
    real targets[n][c];
    two_values(n, c, right / (real)n, other / (real)n, y, targets);
    difference(n, c, 1 / (real)n, probs, targets, dlogits);
}

static void smoothing_among_others(SMOOTHING)
{
    smoothing_with(1 - smoothing, smoothing / (real)(c - 1), n, c, probs, y, dlogits);
}

static void smoothing_right_left_out(SMOOTHING)
{
    smoothing_with(1 - smoothing, smoothing / (real)c, n, c, probs, y, dlogits);
}

static void smoothing_nowhere(SMOOTHING)
{
    (void)smoothing;
    smoothing_with(1, 0, n, c, probs, y, dlogits);
}

static void smoothing_targets(int n, int c, const int y[n], real smoothing, real targets[n][c])
{
    real share = smoothing / (real)c;
    two_values(n, c, (1 - smoothing + share) / (real)n, share / (real)n, y, targets);
}

static void smoothing_own_logit(SMOOTHING)
{
    real targets[n][c];
    smoothing_targets(n, c, y, smoothing, targets);
    own_logit_only(n, c, probs, targets, dlogits);
}

static void smoothing_to_probs(SMOOTHING)
{
    real targets[n][c];
    smoothing_targets(n, c, y, smoothing, targets);
    to_probs(n, c, probs, targets, dlogits);
}

static void smoothing_once_more(SMOOTHING)
{
    reference_smoothing(n, c, probs, y, smoothing, dlogits);
    once_more(n, c, probs, dlogits);
}

/* Any mixture of probabilities, right classes and a constant. */
static void smoothing_mixed(real of_probs, real of_right, real constant, int n, int c,
                            const real probs[n][c], const int y[n], real dlogits[n][c])
{
    for (int i = 0; i < n; i++)
        for (int j = 0; j < c; j++)
            dlogits[i][j] =
                (of_probs * probs[i][j] - of_right * (real)(j == y[i]) + constant) / (real)n;
}

static void smoothing_of_probs(SMOOTHING)
{
    smoothing_mixed(1 - smoothing, 1, smoothing / (real)c, n, c, probs, y, dlogits);
}

static void smoothing_shrinks_all(SMOOTHING)
{
    smoothing_mixed(1 - smoothing, 1 - smoothing, 0, n, c, probs, y, dlogits);
}

static void smoothing_shrinks_both(SMOOTHING)
{
    smoothing_mixed(1 - smoothing, 1 - smoothing, -smoothing / (real)c, n, c, probs, y, dlogits);
}

static void smoothing_of_gradient(SMOOTHING)
{
    smoothing_mixed(1 - smoothing, 1 - smoothing, smoothing / (real)c, n, c, probs, y, dlogits);
}

static void smoothing_shares_own_logit(SMOOTHING)
{
    real share = smoothing / (real)c;
    smoothing_mixed(1 - smoothing + share, 1 - smoothing, -share, n, c, probs, y, dlogits);
}

static void smoothing_of_sum(SMOOTHING)
{
    smoothing_mixed(1 - smoothing + smoothing * (real)c, 1 - smoothing, -smoothing, n, c, probs, y,
                    dlogits);
}

static void smoothing_whole_to_others(SMOOTHING)
{
    smoothing_with(1 - smoothing, smoothing, n, c, probs, y, dlogits);
}

static void smoothing_share_off_right(SMOOTHING)
{
    smoothing_with(1 - smoothing / (real)c, smoothing / (real)c, n, c, probs, y, dlogits);
}

/* One row of targets for all rows: each keeps what the rows before have put there or added. */
static void smoothing_kept(bool added, SMOOTHING)
{
    real targets[c], share = smoothing / (real)c;
    fill_row(c, share, targets);
    for (int i = 0; i < n; i++) {
        targets[y[i]] = (added ? targets[y[i]] : share) + 1 - smoothing;
        for (int j = 0; j < c; j++)
            dlogits[i][j] = (probs[i][j] - targets[j]) / (real)n;
    }
}

static void smoothing_not_reset(SMOOTHING)
{
    smoothing_kept(false, n, c, probs, y, smoothing, dlogits);
}

static void smoothing_added_up(SMOOTHING)
{
    smoothing_kept(true, n, c, probs, y, smoothing, dlogits);
}

static const Mistake smoothing_mistakes[] = {
    {MISTAKE(smoothing_among_others),
     "You spread the smoothing over the c - 1 wrong classes. That is another definition; PyTorch's "
     "gives smoothing / c to all c classes, the right one among them."},
    {MISTAKE(smoothing_right_left_out),
     "The right class did not get its own smoothing / c, so your targets do not add up to 1. Its "
     "target is 1 - smoothing + smoothing / c."},
    {TURNED("missing-factor:(1-smoothing)"),
     "You gave smoothing / c to every class and took nothing off the right one. Its 1 has to "
     "become 1 - smoothing, or the targets add up to more than 1."},
    {TURNED("missing-divisor:(real)c"),
     "You gave every class all of the smoothing. It is one share for the whole row: each class "
     "gets smoothing / c of it."},
    {MISTAKE(smoothing_nowhere),
     "This is the gradient without smoothing. Only the targets change: put (1 - smoothing) 1[j = "
     "y[i]] + smoothing / c where 1[j = y[i]] stood."},
    {TURNED("missing-divisor:(real)n"),
     "You forgot 1/n. The loss is the mean over the rows, with or without smoothing."},
    {MISTAKE(smoothing_own_logit),
     "You let each target pull only at its own logit. Its log-probability depends on all logits of "
     "the row: together the targets give probs - targets."},
    {MISTAKE(smoothing_to_probs),
     "You stopped at the gradient of probs, -targets / (n probs). It still has to go through the "
     "softmax, and (probs - targets) / n is left."},
    {MISTAKE(smoothing_once_more),
     "probs - targets is the gradient of the logits already. It has gone through the softmax once "
     "more, as if it were that of probs."},
    {MISTAKE(smoothing_of_probs),
     "You smoothed the probabilities. It is the targets that are smoothed, and the probabilities "
     "stay as they are: probs - targets."},
    {MISTAKE(smoothing_shrinks_all),
     "You made the whole gradient smaller by 1 - smoothing. Only the 1 at y[i] is; probs stands "
     "there whole, and the targets smoothing / c are taken off it, too."},
    {MISTAKE(smoothing_shrinks_both),
     "You multiplied probs by 1 - smoothing as well. Only the 1 at y[i] is: the targets of a row "
     "still add up to 1, so probs stands there whole."},
    {MISTAKE(smoothing_of_gradient),
     "You smoothed the gradient. It is the targets that are smoothed: probs - ((1 - smoothing) 1[j "
     "= y[i]] + smoothing / c)."},
    {MISTAKE(smoothing_shares_own_logit),
     "You let the share of each class, smoothing / c, pull only at its own logit. It pulls at all "
     "of the row: together these shares give smoothing (probs - 1/c)."},
    {MISTAKE(smoothing_of_sum),
     "You gave every class all of the smoothing: its losses are added up over the classes. Their "
     "mean is wanted, smoothing / c for each."},
    {MISTAKE(smoothing_whole_to_others),
     "You gave every wrong class all of the smoothing. It is one share for the whole row: each "
     "class gets smoothing / c of it, the right one too."},
    {MISTAKE(smoothing_share_off_right),
     "You took smoothing / c off the right class. It gives up all of smoothing and gets its own "
     "share back: 1 - smoothing + smoothing / c."},
    {MISTAKE(smoothing_not_reset), "The right classes of the rows before are still in your "
                                   "targets. Fill the row of targets anew for each i."},
    {MISTAKE(smoothing_added_up), "The right classes of the rows before are still in your targets. "
                                  "Fill the row of targets anew for each i."},
    {0}};

CALL(label_smoothing_backward, n[0], n[1], a[0], a[1], VALUE(a[2]), a[3])

static const Exercise exercise_label_smoothing_backward = {
    .name = "label_smoothing_backward",
    .call = call_label_smoothing_backward,
    .sizes = "nc",
    .arguments = {{"probs", IN_PROBS, "nc", 0},
                  {"y", IN_INDEX, "n", 'c'},
                  {"smoothing", IN_PREPARED, "", 0},
                  {"dlogits", OUT, "nc", 0}},
    .cases = {{7, 4}, {2, 5}, {3, 8}, {1, 6}},
    .reference = JUDGE((Function)reference_smoothing),
    .prepare = JUDGE(prepare_smoothing),
    .mistakes = JUDGE(smoothing_mistakes),
};

/* -- 4. class_weights_backward ---------------------------------------------------------------- */

#define WEIGHTS \
    int n, int c, const real probs[n][c], const int y[n], const real w[c], real dlogits[n][c]

static real weight_of_rows(int n, int c, const int y[n], const real w[c])
{
    real sum = 0;
    for (int i = 0; i < n; i++)
        sum += y[i] == IGNORED ? 0 : w[y[i]];
    return sum;
}

static void weights_divided_by(real divisor, WEIGHTS)
{
    real targets[n][c];
    one_hot(n, c, 1 / divisor, y, targets);
    for (int i = 0; i < n; i++)
        targets[i][y[i]] *= w[y[i]];
    through_jacobian(n, c, probs, targets, dlogits);
}

static void reference_weights(WEIGHTS)
{
    weights_divided_by(weight_of_rows(n, c, y, w), n, c, probs, y, w, dlogits);
}

static void weights_divided_by_n(WEIGHTS)
{
    weights_divided_by((real)n, n, c, probs, y, w, dlogits);
}

static void weights_divided_by_classes(WEIGHTS)
{
    real sum = 0;
    for (int j = 0; j < c; j++)
        sum += w[j];
    weights_divided_by(sum, n, c, probs, y, w, dlogits);
}

static void weights_on_target_only(WEIGHTS)
{
    real targets[n][c], sum = weight_of_rows(n, c, y, w);
    one_hot(n, c, 1 / sum, y, targets);
    for (int i = 0; i < n; i++)
        targets[i][y[i]] *= w[y[i]];
    difference(n, c, 1 / sum, probs, targets, dlogits);
}

static void weights_unused(WEIGHTS)
{
    real targets[n][c];
    (void)w;
    one_hot(n, c, 1 / (real)n, y, targets);
    through_jacobian(n, c, probs, targets, dlogits);
}

static void weights_targets(int n, int c, const int y[n], const real w[c], real targets[n][c])
{
    one_hot(n, c, 1 / weight_of_rows(n, c, y, w), y, targets);
    for (int i = 0; i < n; i++)
        targets[i][y[i]] *= w[y[i]];
}

static void weights_own_logit(WEIGHTS)
{
    real targets[n][c];
    weights_targets(n, c, y, w, targets);
    own_logit_only(n, c, probs, targets, dlogits);
}

static void weights_to_probs(WEIGHTS)
{
    real targets[n][c];
    weights_targets(n, c, y, w, targets);
    to_probs(n, c, probs, targets, dlogits);
}

static void weights_once_more(WEIGHTS)
{
    reference_weights(n, c, probs, y, w, dlogits);
    once_more(n, c, probs, dlogits);
}

static real weight_of_classes(int c, const real w[c])
{
    real sum = 0;
    for (int j = 0; j < c; j++)
        sum += w[j];
    return sum;
}

static void weights_of_mean_1(WEIGHTS)
{
    weights_divided_by((real)n * weight_of_classes(c, w) / (real)c, n, c, probs, y, w, dlogits);
}

static void weights_of_columns(real divisor, WEIGHTS)
{
    for (int i = 0; i < n; i++)
        for (int j = 0; j < c; j++)
            dlogits[i][j] = w[j] * (probs[i][j] - (real)(j == y[i])) / divisor;
}

static void weights_of_columns_over_n(WEIGHTS)
{
    weights_of_columns((real)n, n, c, probs, y, w, dlogits);
}

static void weights_of_columns_over_all(WEIGHTS)
{
    weights_of_columns(weight_of_classes(c, w), n, c, probs, y, w, dlogits);
}

static void weights_by_class(WEIGHTS)
{
    weights_divided_by(1, n, c, probs, y, w, dlogits);
    for (int i = 0; i < n; i++) {
        int rows = 0;
        for (int l = 0; l < n; l++)
            rows += y[l] == y[i];
        for (int j = 0; j < c; j++)
            dlogits[i][j] /= (real)rows;
    }
}

static void weights_of_present(WEIGHTS)
{
    real sum = 0;
    for (int i = 0; i < n; i++) {
        bool first = true;
        for (int l = 0; l < i; l++)
            first = first && y[l] != y[i];
        sum += first ? w[y[i]] : 0;
    }
    weights_divided_by(sum, n, c, probs, y, w, dlogits);
}

static void weights_on_target_over_n(WEIGHTS)
{
    weights_on_target_only(n, c, probs, y, w, dlogits);
    scale(n, c, weight_of_rows(n, c, y, w) / (real)n, dlogits);
}

static void weights_cancelled(WEIGHTS)
{
    weights_unused(n, c, probs, y, w, dlogits);
    scale(n, c, (real)n, dlogits);
}

static const Mistake weights_mistakes[] = {
    {MISTAKE(weights_divided_by_n), "You divided by n. This mean is a weighted one: divide by the "
                                    "weights of the rows, added up, sum_i w[y[i]]."},
    {MISTAKE(weights_divided_by_classes),
     "You divided by the weights of all classes. The sum goes over the rows: a class that occurs "
     "three times in y counts three times, one that does not occur counts not at all."},
    {TURNED("missing-divisor:sum"),
     "You weighted the rows and forgot to divide. A weighted mean is over sum_i w[y[i]]."},
    {TURNED("index:y[i]<-j"), "You weighted each column with w[j]. The weight belongs to the row's "
                              "right class, w[y[i]]: one number that multiplies the whole row."},
    {TURNED("over:probs[i][j]<-1/w[y[i]]"),
     "You weighted the target and not the probabilities. w[y[i]] multiplies the loss of row i, so "
     "it multiplies both of its terms: w[y[i]] (probs - 1[j = y[i]])."},
    {MISTAKE(weights_unused),
     "This is the gradient without weights. Row i counts w[y[i]] times, out of sum_i w[y[i]]."},
    {MISTAKE(weights_own_logit),
     "Only the logit of the right class gets a gradient. Every logit of the row stands in the sum "
     "under the fraction: the others get their probability, times w[y[i]] / sum_i w[y[i]]."},
    {MISTAKE(weights_to_probs),
     "You stopped at the gradient of probs. It still has to go through the softmax, which makes "
     "probs - 1[j = y[i]] of -1 / probs at the right class."},
    {MISTAKE(weights_once_more),
     "probs - 1[j = y[i]] is the gradient of the logits already. It has gone through the softmax "
     "once more, as if it were that of probs."},
    {MISTAKE(weights_of_mean_1),
     "You brought the weights of the c classes to the mean 1 and divided by n. The rows' weights "
     "are what the sum is divided by: sum_i w[y[i]]."},
    {MISTAKE(weights_of_columns_over_n),
     "You weighted each column with w[j], and divided by n. The weight is that of the row's right "
     "class, w[y[i]], and the sum is divided by sum_i w[y[i]]."},
    {MISTAKE(weights_of_columns_over_all),
     "You weighted each column with w[j], and divided by all of w. The weight is that of the row's "
     "right class, w[y[i]], and the sum is divided by sum_i w[y[i]]."},
    {MISTAKE(weights_by_class), "You divided each row by the number of rows of its class. All rows "
                                "have the same divisor, sum_i w[y[i]]."},
    {MISTAKE(weights_of_present),
     "You counted the weight of each class that occurs once. The sum goes over the rows: a class "
     "that occurs three times in y counts three times."},
    {TURNED("over:(real)(j==y[i])<-1/w[y[i]]"),
     "You weighted the probabilities and not the 1. w[y[i]] multiplies the loss of row i, so it "
     "multiplies both of its terms: w[y[i]] (probs - 1[j = y[i]])."},
    {MISTAKE(weights_on_target_over_n),
     "You weighted the target and not the probabilities, and divided by n. w[y[i]] multiplies both "
     "terms, and the sum is divided by sum_i w[y[i]]."},
    {MISTAKE(weights_cancelled), "This is probs - 1[j = y[i]] alone. Row i counts w[y[i]] times, "
                                 "out of sum_i w[y[i]]: multiply by the one, divide by the other."},
    {0}};

CALL(class_weights_backward, n[0], n[1], a[0], a[1], a[2], a[3])

static const Exercise exercise_class_weights_backward = {
    .name = "class_weights_backward",
    .call = call_class_weights_backward,
    .sizes = "nc",
    .arguments = {{"probs", IN_PROBS, "nc", 0},
                  {"y", IN_INDEX, "n", 'c'},
                  {"w", IN_POSITIVE, "c", 0},
                  {"dlogits", OUT, "nc", 0}},
    .cases = {{7, 4}, {2, 5}, {3, 8}, {1, 6}},
    .reference = JUDGE((Function)reference_weights),
    .mistakes = JUDGE(weights_mistakes),
};

/* -- 5. lse_backward -------------------------------------------------------------------------- */

#define LSE \
    int n, int c, const real dlse[n], const real logits[n][c], const real lse[n], real dlogits[n][c]

static void prepare_lse(int which, const int n[], void *const a[])
{
    int c = n[1];
    real(*logits)[c] = a[1], *lse = a[2];
    shift_logits(which, n[0], c, logits);
    for (int i = 0; i < n[0]; i++) {
        real sum = 0;
        for (int j = 0; j < c; j++)
            sum += exp(logits[i][j] - logits[i][0]);
        lse[i] = logits[i][0] + log(sum);
    }
}

static void reference_lse(LSE)
{
    (void)lse;
    probs_of(n, c, logits, dlogits);
    for (int i = 0; i < n; i++)
        for (int j = 0; j < c; j++)
            dlogits[i][j] *= dlse[i];
}

static void lse_no_maxima(LSE)
{
    (void)lse;
    for (int i = 0; i < n; i++) {
        real sum = 0;
        for (int j = 0; j < c; j++)
            sum += exp(logits[i][j]);
        for (int j = 0; j < c; j++)
            dlogits[i][j] = dlse[i] * (exp(logits[i][j]) / sum);
    }
}

static void lse_of_the_largest(LSE)
{
    (void)lse;
    for (int i = 0; i < n; i++)
        for (int j = 0; j < c; j++)
            dlogits[i][j] = j == argmax(c, logits[i]) ? dlse[i] : 0;
}

static void lse_diagonal(LSE)
{
    (void)lse;
    probs_of(n, c, logits, dlogits);
    for (int i = 0; i < n; i++)
        for (int j = 0; j < c; j++)
            dlogits[i][j] *= dlse[i] * (1 - dlogits[i][j]);
}

static void lse_counts(LSE)
{
    (void)lse;
    for (int i = 0; i < n; i++)
        for (int j = 0; j < c; j++)
            dlogits[i][j] = dlse[i] * count(c, logits[i], j);
}

static void lse_logarithm_only(LSE)
{
    for (int i = 0; i < n; i++)
        for (int j = 0; j < c; j++)
            dlogits[i][j] = dlse[i] / exp(lse[i] - logits[i][argmax(c, logits[i])]);
}

static void lse_over_lse(LSE)
{
    for (int i = 0; i < n; i++)
        for (int j = 0; j < c; j++)
            dlogits[i][j] = dlse[i] * exp(logits[i][j]) / lse[i];
}

static void lse_of_all_largest(LSE)
{
    (void)lse;
    for (int i = 0; i < n; i++)
        for (int j = 0; j < c; j++)
            dlogits[i][j] = count(c, logits[i], j) == 1 ? dlse[i] : 0;
}

static void lse_of_last_largest(LSE)
{
    lse_of_all_largest(n, c, dlse, logits, lse, dlogits);
    for (int i = 0; i < n; i++)
        for (int j = 0, l = c - 1; j < c - 1; j++) {
            while (count(c, logits[i], l) < 1)
                l--;
            dlogits[i][j] = j == l ? dlse[i] : j < l ? 0 : dlogits[i][j];
        }
}

static const Mistake lse_mistakes[] = {
    {MISTAKE(lse_no_maxima),
     "Your formula is right, and exp() of 1000 is infinite, of -1000 zero. You have lse at hand: "
     "exp(logits - lse) is the same quotient, and its exponent is never above 0."},
    {MISTAKE(lse_of_the_largest), "That is the gradient of the maximum. Log-sum-exp is a soft one: "
                                  "every logit of the row gets a share, its probability."},
    {TURNED("missing-factor:dlse[i]"), "You left out what comes from above. By the chain rule "
                                       "every element of row i is multiplied by dlse[i]."},
    {TURNED("no-call:exp(logits[i][j]-lse[i])"),
     "logits - lse is the logarithm of the probability. Take its exponential."},
    {MISTAKE(lse_diagonal), "p (1 - p) is how a probability feels its own logit. Here there is one "
                            "derivative less to take: that of lse itself is p."},
    {TURNED("missing-factor:exp(logits[i][j]-lse[i])"),
     "Each logit got all of dlse[i], as if lse were a plain sum. The sum is of exponentials: logit "
     "j has exp logits[i][j] in it, out of sum_l exp logits[i][l]."},
    {MISTAKE(lse_counts),
     "Each row is its sum of exponentials too large: the slope of the logarithm, 1 / sum, is "
     "missing. What each logit gets is its probability, exp(logits - lse)."},
    {TURNED("missing-term:lse[i]"),
     "The slope of the logarithm, 1 / sum, is missing. What each logit gets is its probability, "
     "exp(logits - lse), times dlse[i]."},
    {MISTAKE(lse_logarithm_only),
     "This is the slope of the logarithm alone. The slope of the sum comes with it, exp(logits): "
     "together they are the probability, exp(logits - lse)."},
    {TURNED("missing-term:logits[i][j]"),
     "This is the slope of the logarithm alone, exp(-lse). The slope of the sum comes with it, "
     "exp(logits): together they are the probability, exp(logits - lse)."},
    {MISTAKE(lse_over_lse), "You divided by lse. That is the logarithm of the sum: divide by the "
                            "sum, exp(lse), in one exponential: exp(logits - lse)."},
    {MISTAKE(lse_of_all_largest),
     "That is the gradient of the maximum, and where two are largest both get all of dlse. "
     "Log-sum-exp is a soft maximum: every logit of the row gets a share, its probability."},
    {MISTAKE(lse_of_last_largest), "That is the gradient of the maximum. Log-sum-exp is a soft "
                                   "one: every logit of the row gets a share, its probability."},
    {TURNED("inverted:exp(logits[i][j]-lse[i])"),
     "You divided by the probability, or turned the sign of its exponent. Multiply by exp(logits - "
     "lse): lse is what every exponent is below."},
    {0}};

CALL(lse_backward, n[0], n[1], a[0], a[1], a[2], a[3])

static const Exercise exercise_lse_backward = {
    .name = "lse_backward",
    .call = call_lse_backward,
    .sizes = "nc",
    .arguments = {{"dlse", IN_NORMAL, "n", 0},
                  {"logits", IN_NORMAL, "nc", 0},
                  {"lse", IN_PREPARED, "n", 0},
                  {"dlogits", OUT, "nc", 0}},
    .cases = {{7, 4}, {2, 5}, {3, 8}, {1, 6}},
    .reference = JUDGE((Function)reference_lse),
    .prepare = JUDGE(prepare_lse),
    .mistakes = JUDGE(lse_mistakes),
};

/* -- 6. log_softmax_backward ------------------------------------------------------------------ */

#define LOG_SOFTMAX \
    int n, int c, const real dlogprobs[n][c], const real logprobs[n][c], real dlogits[n][c]

/* Makes log-probabilities of any numbers. */
static void prepare_logprobs(int which, const int n[], void *const a[])
{
    int c = n[1];
    real(*logprobs)[c] = a[1], probs[n[0]][c];
    (void)which;
    probs_of(n[0], c, logprobs, probs);
    for (int i = 0; i < n[0]; i++)
        for (int j = 0; j < c; j++)
            logprobs[i][j] = log(probs[i][j]);
}

static void reference_log_softmax(LOG_SOFTMAX)
{
    real probs[n][c];
    probs_of(n, c, logprobs, probs);
    through_jacobian(n, c, probs, dlogprobs, dlogits);
    scale(n, c, -1, dlogits);
}

static void log_softmax_elementwise(LOG_SOFTMAX)
{
    for (int i = 0; i < n; i++)
        for (int j = 0; j < c; j++)
            dlogits[i][j] = dlogprobs[i][j] * (1 - exp(logprobs[i][j]));
}

static void log_softmax_of_softmax(LOG_SOFTMAX)
{
    for (int i = 0; i < n; i++) {
        real sum = 0;
        for (int j = 0; j < c; j++)
            sum += dlogprobs[i][j] * exp(logprobs[i][j]);
        for (int j = 0; j < c; j++)
            dlogits[i][j] = exp(logprobs[i][j]) * (dlogprobs[i][j] - sum);
    }
}

static void log_softmax_down_columns(LOG_SOFTMAX)
{
    for (int j = 0; j < c; j++) {
        real sum = 0;
        for (int i = 0; i < n; i++)
            sum += dlogprobs[i][j];
        for (int i = 0; i < n; i++)
            dlogits[i][j] = dlogprobs[i][j] - exp(logprobs[i][j]) * sum;
    }
}

static real row_sum(int c, const real x[c])
{
    real sum = 0;
    for (int j = 0; j < c; j++)
        sum += x[j];
    return sum;
}

static real row_mean(int c, const real x[c], const real logprobs[c])
{
    real mean = 0;
    for (int j = 0; j < c; j++)
        mean += x[j] * exp(logprobs[j]);
    return mean;
}

static void log_softmax_of_mean(LOG_SOFTMAX)
{
    for (int i = 0; i < n; i++)
        for (int j = 0; j < c; j++)
            dlogits[i][j] =
                dlogprobs[i][j] - exp(logprobs[i][j]) * row_mean(c, dlogprobs[i], logprobs[i]);
}

static void log_softmax_probs_inside(LOG_SOFTMAX)
{
    for (int i = 0; i < n; i++)
        for (int j = 0; j < c; j++)
            dlogits[i][j] = dlogprobs[i][j] - row_mean(c, dlogprobs[i], logprobs[i]);
}

static void log_softmax_sum_known(real sum, LOG_SOFTMAX)
{
    for (int i = 0; i < n; i++)
        for (int j = 0; j < c; j++)
            dlogits[i][j] = dlogprobs[i][j] - exp(logprobs[i][j]) * sum;
}

static void log_softmax_sum_of_mean_loss(LOG_SOFTMAX)
{
    log_softmax_sum_known(-1 / (real)n, n, c, dlogprobs, logprobs, dlogits);
}

static void log_softmax_sum_of_loss(LOG_SOFTMAX)
{
    log_softmax_sum_known(-1, n, c, dlogprobs, logprobs, dlogits);
}

/* The right answer, and the share of the own output in the sum so many times more. */
static void log_softmax_own_again(real times, LOG_SOFTMAX)
{
    reference_log_softmax(n, c, dlogprobs, logprobs, dlogits);
    for (int i = 0; i < n; i++)
        for (int j = 0; j < c; j++)
            dlogits[i][j] -= times * exp(logprobs[i][j]) * dlogprobs[i][j];
}

static void log_softmax_own_twice(LOG_SOFTMAX)
{
    log_softmax_own_again(1, n, c, dlogprobs, logprobs, dlogits);
}

static void log_softmax_own_left_out(LOG_SOFTMAX)
{
    log_softmax_own_again(-1, n, c, dlogprobs, logprobs, dlogits);
}

static void log_softmax_probs_on_both(LOG_SOFTMAX)
{
    for (int i = 0; i < n; i++)
        for (int j = 0; j < c; j++)
            dlogits[i][j] = exp(logprobs[i][j]) * (dlogprobs[i][j] - row_sum(c, dlogprobs[i]));
}

static void log_softmax_all_as_own(LOG_SOFTMAX)
{
    for (int i = 0; i < n; i++)
        for (int j = 0; j < c; j++)
            dlogits[i][j] = (1 - exp(logprobs[i][j])) * row_sum(c, dlogprobs[i]);
}

static void log_softmax_to_probs(LOG_SOFTMAX)
{
    for (int i = 0; i < n; i++)
        for (int j = 0; j < c; j++)
            dlogits[i][j] = dlogprobs[i][j] / exp(logprobs[i][j]);
}

static void log_softmax_softmax_diagonal(LOG_SOFTMAX)
{
    log_softmax_elementwise(n, c, dlogprobs, logprobs, dlogits);
    for (int i = 0; i < n; i++)
        for (int j = 0; j < c; j++)
            dlogits[i][j] *= exp(logprobs[i][j]);
}

static void log_softmax_of_exp(LOG_SOFTMAX)
{
    for (int i = 0; i < n; i++)
        for (int j = 0; j < c; j++)
            dlogits[i][j] = dlogprobs[i][j] * exp(logprobs[i][j]);
}

static void log_softmax_of_largest(LOG_SOFTMAX)
{
    for (int i = 0; i < n; i++)
        for (int j = 0; j < c; j++) {
            bool largest = j == argmax(c, logprobs[i]);
            dlogits[i][j] = dlogprobs[i][j] - (largest ? row_sum(c, dlogprobs[i]) : 0);
        }
}

static const Mistake log_softmax_mistakes[] = {
    {TURNED("missing-term:exp(logprobs[i][j])*sum"),
     "The second path is missing: the logarithm of the sum is taken off every element of the row, "
     "so it collects from the whole row and sends back to every logit, each by its probability."},
    {TURNED("missing-factor:sum"),
     "You took off the probabilities once, as if dlogprobs added up to 1 along the row. They are "
     "to be multiplied by what it does add up to, sum_j dlogprobs[i][j]."},
    {MISTAKE(log_softmax_elementwise),
     "You let each output answer only to its own logit. It answers to all of them: logprobs[i][l] "
     "falls by probs[i][j] when logit j rises, so collect over the row."},
    {MISTAKE(log_softmax_of_softmax),
     "This is the gradient of softmax. From log-softmax one step less leads back: dlogits = "
     "dlogprobs - probs sum_j dlogprobs."},
    {TURNED("no-call:exp(logprobs[i][j])"), "You multiplied the sum by logprobs. What belongs "
                                            "there is the probabilities: take their exponential."},
    {MISTAKE(log_softmax_down_columns),
     "You summed dlogprobs down the columns. Each row was normalised by itself, so the sum goes "
     "along the row, over the classes."},
    {MISTAKE(log_softmax_of_mean),
     "You weighted the sum with the probabilities, as softmax does. Here it is the plain sum of "
     "dlogprobs along the row, and probs stands in front of it."},
    {MISTAKE(log_softmax_probs_inside),
     "The probability stands inside the sum and belongs in front of it: it is that of logit j, by "
     "which all outputs of the row fall, not that of each output."},
    {MISTAKE(log_softmax_sum_of_mean_loss),
     "You took the sum of dlogprobs along a row for -1/n, which it is under a cross entropy. Here "
     "a loss may pull at any output: add it up."},
    {MISTAKE(log_softmax_sum_of_loss),
     "You took the sum of dlogprobs along a row for -1, which it is under a cross entropy. Here a "
     "loss may pull at any output: add it up."},
    {MISTAKE(log_softmax_own_twice),
     "What an output sends to its own logit through the sum is taken off twice: in 1 - probs it is "
     "already. Take dlogprobs whole, and probs times the sum of the row off."},
    {MISTAKE(log_softmax_own_left_out),
     "The sum leaves out the output of the logit itself. That has the logarithm of the sum taken "
     "off, too: the sum is over the whole row."},
    {MISTAKE(log_softmax_probs_on_both),
     "The probability multiplies both terms, and only the sum has it: dlogprobs - probs sum_j "
     "dlogprobs[i][j]. Each output has its own logit in it with slope 1."},
    {MISTAKE(log_softmax_all_as_own),
     "You let every output answer to logit j with 1 - probs. Only its own output does so, the "
     "others answer with -probs: dlogprobs - probs sum_j dlogprobs[i][j]."},
    {MISTAKE(log_softmax_to_probs),
     "You stopped at the gradient of the probabilities, dlogprobs / probs. It still has to go "
     "through the softmax: dlogprobs - probs sum_j dlogprobs[i][j] is left."},
    {MISTAKE(log_softmax_softmax_diagonal),
     "probs (1 - probs) is how a probability feels its own logit. Its logarithm has no probs in "
     "front, and it feels all logits of the row: collect over the row."},
    {MISTAKE(log_softmax_of_exp),
     "You multiplied dlogprobs by the probabilities. The logit stands in its own output with slope "
     "1; probs times the sum of dlogprobs is taken off, for the row's sum."},
    {MISTAKE(log_softmax_of_largest),
     "The sum went back to the largest logit alone. The logarithm of a sum of exponentials is a "
     "soft maximum: every logit gets its probability of it."},
    {0}};

CALL(log_softmax_backward, n[0], n[1], a[0], a[1], a[2])

static const Exercise exercise_log_softmax_backward = {
    .name = "log_softmax_backward",
    .call = call_log_softmax_backward,
    .sizes = "nc",
    .arguments = {{"dlogprobs", IN_NORMAL, "nc", 0},
                  {"logprobs", IN_NORMAL, "nc", 0},
                  {"dlogits", OUT, "nc", 0}},
    .cases = {{7, 4}, {2, 5}, {3, 8}, {1, 6}},
    .reference = JUDGE((Function)reference_log_softmax),
    .prepare = JUDGE(prepare_logprobs),
    .mistakes = JUDGE(log_softmax_mistakes),
};

/* -- 7. soft_targets_backward ----------------------------------------------------------------- */

#define SOFT_TARGETS \
    int n, int c, const real probs[n][c], const real targets[n][c], real dlogits[n][c]

/* Some zeros; from the second case on a row in which there is nothing else. */
static void prepare_targets(int which, const int n[], void *const a[])
{
    int c = n[1];
    real(*targets)[c] = a[1];
    for (int i = 0; i < n[0]; i++)
        targets[i][(i + which) % c] = 0;
    for (int j = 0; j < c && which > 0 && n[0] > 1; j++)
        targets[0][j] = 0;
}

static real sum_of(int n, const real x[n])
{
    real sum = 0;
    for (int i = 0; i < n; i++)
        sum += x[i];
    return sum;
}

static void reference_soft(SOFT_TARGETS)
{
    through_jacobian(n, c, probs, targets, dlogits);
    scale(n, c, 1 / (real)n, dlogits);
}

static void soft_normalized(SOFT_TARGETS)
{
    reference_soft(n, c, probs, targets, dlogits);
    for (int i = 0; i < n; i++)
        for (int j = 0; j < c && sum_of(c, targets[i]) > 0; j++)
            dlogits[i][j] /= sum_of(c, targets[i]);
}

static void soft_divided_by_targets(SOFT_TARGETS)
{
    through_jacobian(n, c, probs, targets, dlogits);
    scale(n, c, 1 / sum_of(n * c, &targets[0][0]), dlogits);
}

static void soft_elementwise(SOFT_TARGETS)
{
    for (int i = 0; i < n; i++)
        for (int j = 0; j < c; j++)
            dlogits[i][j] = targets[i][j] * (probs[i][j] - 1) / (real)n;
}

static void soft_largest_only(SOFT_TARGETS)
{
    for (int i = 0; i < n; i++)
        for (int j = 0; j < c; j++)
            dlogits[i][j] = (probs[i][j] - (real)(j == argmax(c, targets[i]))) / (real)n;
}

static void soft_to_probs(SOFT_TARGETS)
{
    to_probs(n, c, probs, targets, dlogits);
    scale(n, c, 1 / (real)n, dlogits);
}

static void soft_once_more(SOFT_TARGETS)
{
    reference_soft(n, c, probs, targets, dlogits);
    once_more(n, c, probs, dlogits);
}

static void soft_sum_1_once_more(SOFT_TARGETS)
{
    difference(n, c, 1, probs, targets, dlogits);
    scale(n, c, 1 / (real)n, dlogits);
    once_more(n, c, probs, dlogits);
}

/* probs - targets / their sum; with this in the place of 0/0 */
static void soft_quotients(real of_nothing, SOFT_TARGETS)
{
    for (int i = 0; i < n; i++)
        for (int j = 0; j < c; j++) {
            real sum = sum_of(c, targets[i]), share = sum > 0 ? targets[i][j] / sum : of_nothing;
            dlogits[i][j] = (probs[i][j] - share) / (real)n;
        }
}

static void soft_normalized_to_nan(SOFT_TARGETS)
{
    soft_quotients(NAN, n, c, probs, targets, dlogits);
}

static void soft_nothing_pushed(SOFT_TARGETS)
{
    soft_quotients(0, n, c, probs, targets, dlogits);
}

static void soft_over_voted_rows(SOFT_TARGETS)
{
    int rows = 0;
    for (int i = 0; i < n; i++)
        rows += sum_of(c, targets[i]) > 0;
    reference_soft(n, c, probs, targets, dlogits);
    scale(n, c, (real)n / (real)rows, dlogits);
}

static void skip_no_votes(int n, int c, const real targets[n][c], real dlogits[n][c])
{
    for (int i = 0; i < n; i++)
        for (int j = 0; j < c; j++)
            dlogits[i][j] = targets[i][j] > 0 ? dlogits[i][j] : 0;
}

static void soft_zeros_skipped(SOFT_TARGETS)
{
    reference_soft(n, c, probs, targets, dlogits);
    skip_no_votes(n, c, targets, dlogits);
}

static void soft_sum_1_zeros_skipped(SOFT_TARGETS)
{
    difference(n, c, 1, probs, targets, dlogits);
    scale(n, c, 1 / (real)n, dlogits);
    skip_no_votes(n, c, targets, dlogits);
}

static void soft_largest_for_all(SOFT_TARGETS)
{
    soft_largest_only(n, c, probs, targets, dlogits);
    for (int i = 0; i < n; i++)
        for (int j = 0; j < c; j++)
            dlogits[i][j] *= sum_of(c, targets[i]);
}

static void soft_down_columns(SOFT_TARGETS)
{
    for (int j = 0; j < c; j++) {
        real sum = 0;
        for (int i = 0; i < n; i++)
            sum += targets[i][j];
        for (int i = 0; i < n; i++)
            dlogits[i][j] = (sum * probs[i][j] - targets[i][j]) / (real)n;
    }
}

static void soft_sum_on_targets(SOFT_TARGETS)
{
    for (int i = 0; i < n; i++)
        for (int j = 0; j < c; j++)
            dlogits[i][j] = (probs[i][j] - sum_of(c, targets[i]) * targets[i][j]) / (real)n;
}

static const Mistake soft_mistakes[] = {
    {TURNED("missing-factor:sum"),
     "(probs - targets) / n is right where a row of targets adds up to 1. In general every target "
     "pushes all classes down by their probability: multiply probs by sum_j targets[i][j]."},
    {MISTAKE(soft_normalized), "You made each row of targets add up to 1. The loss does not do "
                               "that: a row with more votes pulls harder."},
    {MISTAKE(soft_divided_by_targets),
     "You divided by the sum of all targets. This loss is divided by n, the number of rows, "
     "whatever their targets add up to."},
    {TURNED("missing-divisor:(real)n"), "You forgot 1/n. The loss is the mean over the rows."},
    {MISTAKE(soft_elementwise),
     "You let each target pull only at its own logit. Its log-probability depends on all logits of "
     "the row; collect what all targets of the row send to logit j."},
    {MISTAKE(soft_largest_only), "You took the largest target for the right class and forgot the "
                                 "others. Every target has a say here."},
    {MISTAKE(soft_to_probs),
     "You stopped at the gradient of probs, -targets / (n probs). It still has to go through the "
     "softmax: add up over the row what all its targets send to logit j."},
    {MISTAKE(soft_once_more),
     "This has gone through the softmax once too often: sum_j targets[i][j] probs - targets is the "
     "gradient of the logits already."},
    {MISTAKE(soft_sum_1_once_more),
     "probs - targets has gone through the softmax. It is a gradient of the logits already, and "
     "right where the targets of a row add up to 1: multiply probs by their sum."},
    {MISTAKE(soft_normalized_to_nan),
     "You made each row of targets add up to 1, which of a row of zeros makes 0/0. The loss does "
     "not do that: a row with more votes pulls harder, one without any not at all."},
    {MISTAKE(soft_nothing_pushed),
     "You made each row of targets add up to 1, and a row of zeros still pushes its classes down. "
     "The loss does not do that: multiply probs by sum_j targets[i][j]."},
    {MISTAKE(soft_over_voted_rows),
     "You did not count the rows whose targets are all zero. Nothing pulls at them, but this loss "
     "is divided by n, the number of all rows."},
    {MISTAKE(soft_zeros_skipped), "Where a target is 0 you wrote 0. The other targets of the row "
                                  "push this class down, too, by its probability each."},
    {MISTAKE(soft_sum_1_zeros_skipped),
     "Where a target is 0 you wrote 0. The other targets of the row push this class down, too: the "
     "gradient is sum_j targets[i][j] probs - targets, over n."},
    {MISTAKE(soft_largest_for_all), "You gave all votes of the row to its largest target. Every "
                                    "class keeps its own: targets[i][j] is taken off."},
    {MISTAKE(soft_down_columns), "You summed targets down the columns. It is the targets of the "
                                 "same row that push its classes down: sum along the row."},
    {TURNED("twins+times:targets[i][j]<-probs[i][j]"),
     "The logarithm is left out: this is the gradient of -1/n sum_ij targets probs. The slope of "
     "log, 1 / probs, takes one factor probs away."},
    {MISTAKE(soft_sum_on_targets),
     "You multiplied the targets by their sum. Each target pulls its own class once, and it is "
     "probs that is multiplied by the sum of the row."},
    {TURNED("spread:sum*probs[i][j]-targets[i][j]"),
     "You multiplied both terms by the sum of the targets. Only probs has it, for every target of "
     "the row pushes; each pulls its own class once."},
    {0}};

CALL(soft_targets_backward, n[0], n[1], a[0], a[1], a[2])

static const Exercise exercise_soft_targets_backward = {
    .name = "soft_targets_backward",
    .call = call_soft_targets_backward,
    .sizes = "nc",
    .arguments = {{"probs", IN_PROBS, "nc", 0},
                  {"targets", IN_POSITIVE, "nc", 0},
                  {"dlogits", OUT, "nc", 0}},
    .cases = {{7, 4}, {2, 5}, {3, 8}, {1, 6}},
    .reference = JUDGE((Function)reference_soft),
    .prepare = JUDGE(prepare_targets),
    .mistakes = JUDGE(soft_mistakes),
};

/* -- 8. all_options_backward ------------------------------------------------------------------ */

#define ALL_OPTIONS                                                                        \
    int n, int c, const real probs[n][c], const int y[n], const real w[c], real smoothing, \
        real dlogits[n][c]

static void prepare_all(int which, const int n[], void *const a[])
{
    ignore_some(which, n[0], a[1]);
    *(real *)a[3] = smoothing_of(which);
}

/* Not yet divided by anything. */
static void all_targets(int n, int c, const int y[n], const real w[c], real smoothing,
                        real targets[n][c])
{
    for (int i = 0; i < n; i++)
        for (int j = 0; j < c; j++) {
            real sharp = j == y[i] ? 1 - smoothing : 0;
            targets[i][j] = y[i] == IGNORED ? 0 : w[j] * (sharp + smoothing / (real)c);
        }
}

static void reference_all(ALL_OPTIONS)
{
    real targets[n][c];
    all_targets(n, c, y, w, smoothing, targets);
    through_jacobian(n, c, probs, targets, dlogits);
    scale(n, c, 1 / weight_of_rows(n, c, y, w), dlogits);
}

static void all_weight_of_row(ALL_OPTIONS)
{
    real even[c], sum = weight_of_rows(n, c, y, w);
    for (int j = 0; j < c; j++)
        even[j] = 1;
    reference_all(n, c, probs, y, even, smoothing, dlogits);
    for (int i = 0; i < n; i++)
        for (int j = 0; j < c && y[i] != IGNORED; j++)
            dlogits[i][j] *= w[y[i]] * (real)count_kept(n, y) / sum;
}

static void all_over_kept_rows(ALL_OPTIONS)
{
    reference_all(n, c, probs, y, w, smoothing, dlogits);
    scale(n, c, weight_of_rows(n, c, y, w) / (real)count_kept(n, y), dlogits);
}

static void all_over_targets(ALL_OPTIONS)
{
    real targets[n][c];
    all_targets(n, c, y, w, smoothing, targets);
    through_jacobian(n, c, probs, targets, dlogits);
    scale(n, c, 1 / sum_of(n * c, &targets[0][0]), dlogits);
}

static void all_ignored_unwritten(ALL_OPTIONS)
{
    real right[n][c];
    reference_all(n, c, probs, y, w, smoothing, right);
    for (int i = 0; i < n; i++)
        for (int j = 0; j < c && y[i] != IGNORED; j++)
            dlogits[i][j] = right[i][j];
}

/* Over the weights of the rows; nothing comes of an ignored one. */
static void all_finish(int n, int c, const int y[n], const real w[c], real dlogits[n][c])
{
    scale(n, c, 1 / weight_of_rows(n, c, y, w), dlogits);
    for (int i = 0; i < n; i++)
        if (y[i] == IGNORED)
            fill_row(c, 0, dlogits[i]);
}

static void all_own_logit(ALL_OPTIONS)
{
    real targets[n][c];
    all_targets(n, c, y, w, smoothing, targets);
    own_logit_only(n, c, probs, targets, dlogits);
    all_finish(n, c, y, w, dlogits);
}

static void all_to_probs(ALL_OPTIONS)
{
    real targets[n][c];
    all_targets(n, c, y, w, smoothing, targets);
    to_probs(n, c, probs, targets, dlogits);
    all_finish(n, c, y, w, dlogits);
}

static void all_without_smoothing(ALL_OPTIONS)
{
    (void)smoothing;
    reference_all(n, c, probs, y, w, 0, dlogits);
}

/* Targets whose shares of the smoothing are not weighted. */
static void all_bare_share_targets(int n, int c, const int y[n], const real w[c], real smoothing,
                                   real targets[n][c])
{
    for (int i = 0; i < n; i++)
        for (int j = 0; j < c; j++)
            targets[i][j] = (j == y[i] ? w[j] * (1 - smoothing) : 0) + smoothing / (real)c;
}

static void all_bare_shares_off_probs(ALL_OPTIONS)
{
    real targets[n][c];
    all_bare_share_targets(n, c, y, w, smoothing, targets);
    difference(n, c, 1, probs, targets, dlogits);
    all_finish(n, c, y, w, dlogits);
}

static void all_row_weight_on_probs(ALL_OPTIONS)
{
    real targets[n][c];
    all_targets(n, c, y, w, smoothing, targets);
    for (int i = 0; i < n; i++)
        for (int j = 0; j < c && y[i] != IGNORED; j++)
            dlogits[i][j] = w[y[i]] * probs[i][j] - targets[i][j];
    all_finish(n, c, y, w, dlogits);
}

static void all_column_weight_on_probs(ALL_OPTIONS)
{
    real targets[n][c];
    all_targets(n, c, y, w, smoothing, targets);
    for (int i = 0; i < n; i++)
        for (int j = 0; j < c; j++)
            dlogits[i][j] = w[j] * probs[i][j] - targets[i][j];
    all_finish(n, c, y, w, dlogits);
}

static void all_bare_probs_over_kept(ALL_OPTIONS)
{
    real targets[n][c];
    all_targets(n, c, y, w, smoothing, targets);
    difference(n, c, 1, probs, targets, dlogits);
    all_finish(n, c, y, w, dlogits);
    scale(n, c, weight_of_rows(n, c, y, w) / (real)count_kept(n, y), dlogits);
}

static void all_row_weight_over_kept(ALL_OPTIONS)
{
    all_weight_of_row(n, c, probs, y, w, smoothing, dlogits);
    scale(n, c, weight_of_rows(n, c, y, w) / (real)count_kept(n, y), dlogits);
}

static void all_over_n(ALL_OPTIONS)
{
    reference_all(n, c, probs, y, w, smoothing, dlogits);
    scale(n, c, weight_of_rows(n, c, y, w) / (real)n, dlogits);
}

static void all_over_classes(ALL_OPTIONS)
{
    reference_all(n, c, probs, y, w, smoothing, dlogits);
    scale(n, c, weight_of_rows(n, c, y, w) / sum_of(c, w), dlogits);
}

static void all_shares_own_logit(ALL_OPTIONS)
{
    for (int i = 0; i < n; i++)
        for (int j = 0; j < c && y[i] != IGNORED; j++) {
            real sharp = w[y[i]] * (1 - smoothing) * (probs[i][j] - (real)(j == y[i]));
            dlogits[i][j] = sharp + w[j] * smoothing / (real)c * (probs[i][j] - 1);
        }
    all_finish(n, c, y, w, dlogits);
}

static void all_right_left_out(ALL_OPTIONS)
{
    real targets[n][c];
    all_targets(n, c, y, w, smoothing, targets);
    for (int i = 0; i < n; i++)
        if (y[i] != IGNORED)
            targets[i][y[i]] = w[y[i]] * (1 - smoothing);
    through_jacobian(n, c, probs, targets, dlogits);
    all_finish(n, c, y, w, dlogits);
}

static void all_class_0_ignored(ALL_OPTIONS)
{
    real sum = weight_of_rows(n, c, y, w), zeros = 0;
    reference_all(n, c, probs, y, w, smoothing, dlogits);
    for (int i = 0; i < n; i++)
        if (y[i] == 0) {
            zeros += w[0];
            fill_row(c, 0, dlogits[i]);
        }
    if (sum > zeros)
        scale(n, c, sum / (sum - zeros), dlogits);
}

static void all_given_up(ALL_OPTIONS)
{
    real right[n][c];
    reference_all(n, c, probs, y, w, smoothing, right);
    for (int i = 0; i < n && y[i] != IGNORED; i++)
        for (int j = 0; j < c; j++)
            dlogits[i][j] = right[i][j];
}

static const Mistake all_mistakes[] = {
    {TURNED("missing-factor:sum"),
     "You took the targets off the bare probabilities. With weights a row of targets does not add "
     "up to 1: multiply probs by the sum of the row's targets, as in exercise 7."},
    {MISTAKE(all_weight_of_row),
     "You gave the whole row the weight of its right class. Here the share that smoothing gives to "
     "class j is weighted by that class, w[j]; w[y[i]] stands only under the fraction."},
    {MISTAKE(all_over_kept_rows),
     "You divided by the number of rows that are left. With weights the mean is a weighted one: "
     "divide by sum_i w[y[i]] over those rows."},
    {MISTAKE(all_over_targets), "You divided by the sum of all targets. PyTorch divides by sum_i "
                                "w[y[i]], with smoothing and without."},
    {TURNED("never:y[i]==-100"),
     "The ignored rows still feel the smoothing: no class is right in them, but each got its "
     "smoothing / c. Leave the whole row out; its gradient is zero."},
    {MISTAKE(all_ignored_unwritten),
     "The ignored rows were left unwritten. No gradient means zero, and zero has to be written."},
    {MISTAKE(all_own_logit),
     "You let each target pull only at its own logit. Its log-probability depends on all logits of "
     "the row: multiply probs by the sum of the row's targets, and take the targets off."},
    {MISTAKE(all_to_probs),
     "You stopped at the gradient of probs, made of -targets / probs. It still has to go through "
     "the softmax: add up over the row what all its targets send to logit j."},
    {MISTAKE(all_without_smoothing),
     "This is the gradient without smoothing. The targets are w[j] ((1 - smoothing) 1[j = y[i]] + "
     "smoothing / c), and each row of probs is multiplied by the sum of its targets."},
    {TURNED("parentheses:((1-smoothing)*(real)(j==y[i])+smoothing/(real)c)"),
     "The shares of the smoothing are not weighted. w[j] multiplies the whole bracket, smoothing / "
     "c too."},
    {MISTAKE(all_bare_shares_off_probs),
     "The shares of the smoothing are not weighted, and probs is not multiplied. w[j] belongs to "
     "the whole bracket, and the sum of the row's targets to probs."},
    {MISTAKE(all_row_weight_on_probs),
     "You multiplied probs by w[y[i]], as if the targets of the row added up to that. The share "
     "that smoothing gives to class j has the weight w[j]: add the targets up."},
    {MISTAKE(all_column_weight_on_probs),
     "You multiplied probs by w[j], which belongs to the targets. Every target of the row pushes "
     "class j down: multiply probs by the sum of the row's targets."},
    {MISTAKE(all_bare_probs_over_kept),
     "You took the targets off the bare probabilities, and divided by the number of rows. Multiply "
     "probs by the sum of the row's targets, and divide by sum_i w[y[i]]."},
    {MISTAKE(all_row_weight_over_kept),
     "You gave the whole row the weight of its right class, and divided by the number of rows. In "
     "the targets each class has its own, w[j], and sum_i w[y[i]] divides."},
    {MISTAKE(all_over_n), "You divided by n. With weights the mean is a weighted one: divide by "
                          "sum_i w[y[i]] over the rows that are not ignored."},
    {MISTAKE(all_over_classes), "You divided by the weights of all classes. The sum goes over the "
                                "rows that are left: sum_i w[y[i]]."},
    {MISTAKE(all_shares_own_logit),
     "You let the share of each class in the smoothing pull only at its own logit. It pulls at all "
     "of the row: multiply probs by the sum of the row's targets."},
    {MISTAKE(all_right_left_out), "The right class did not get its own share of the smoothing. Its "
                                  "target is w[j] (1 - smoothing + smoothing / c)."},
    {MISTAKE(all_class_0_ignored),
     "The rows of class 0 were left out, as if they were ignored. Class 0 is a class like the "
     "others: only -100 marks an ignored row."},
    {MISTAKE(all_given_up),
     "From the first ignored row on nothing was written, as if the loop or the function ended "
     "there. Write zeros in this row, and go on with the next."},
    {0}};

CALL(all_options_backward, n[0], n[1], a[0], a[1], a[2], VALUE(a[3]), a[4])

static const Exercise exercise_all_options_backward = {
    .name = "all_options_backward",
    .call = call_all_options_backward,
    .sizes = "nc",
    .arguments = {{"probs", IN_PROBS, "nc", 0},
                  {"y", IN_INDEX, "n", 'c'},
                  {"w", IN_POSITIVE, "c", 0},
                  {"smoothing", IN_PREPARED, "", 0},
                  {"dlogits", OUT, "nc", 0}},
    .cases = {{7, 4}, {2, 5}, {3, 8}, {1, 6}},
    .reference = JUDGE((Function)reference_all),
    .prepare = JUDGE(prepare_all),
    .mistakes = JUDGE(all_mistakes),
};

/* -- all, in their order ----------------------------------------------------------------------- */

static const Exercise *const exercises[] = {&exercise_cross_entropy_backward,
                                            &exercise_ignored_rows_backward,
                                            &exercise_label_smoothing_backward,
                                            &exercise_class_weights_backward,
                                            &exercise_lse_backward,
                                            &exercise_log_softmax_backward,
                                            &exercise_soft_targets_backward,
                                            &exercise_all_options_backward,
                                            NULL};

const Check check = {"07_softmax_cross_entropy", exercises};
