/* 07_softmax_cross_entropy.c: how the answers to exercises 07 are judged. The references write each
 * loss as a sum over targets and take the whole Jacobian of the log-probabilities, where the
 * solutions have the closed form; probabilities come from differences of logits. */
#include "07_softmax_cross_entropy.h"

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

/* -- 1. cross_entropy_backward ---------------------------------------------------------------- */

static void prepare_logits(int which, const int n[], void *const a[])
{
    shift_logits(which, n[0], n[1], a[0]);
}

static void cross_entropy_divided_by(real divisor, int n, int c, const real logits[n][c],
                                     const int y[n], real dlogits[n][c])
{
    real probs[n][c], targets[n][c];
    probs_of(n, c, logits, probs);
    one_hot(n, c, 1 / divisor, y, targets);
    through_jacobian(n, c, probs, targets, dlogits);
}

static void reference_cross_entropy(int n, int c, const real logits[n][c], const int y[n],
                                    real dlogits[n][c])
{
    cross_entropy_divided_by((real)n, n, c, logits, y, dlogits);
}

static void cross_entropy_one_path(int n, int c, const real logits[n][c], const int y[n],
                                   real dlogits[n][c])
{
    one_hot(n, c, -1 / (real)n, y, dlogits);
    for (int i = 0; i < n; i++)
        dlogits[i][argmax(c, logits[i])] += 1 / (real)n;
}

static void cross_entropy_down_columns(int n, int c, const real logits[n][c], const int y[n],
                                       real dlogits[n][c])
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
    {TURNED("inverted:logits[i][j]-max"),
     "Only the right class is pulled at. Every logit stands in the sum under the fraction too, and "
     "that path gives it its probability."},
    {MISTAKE(cross_entropy_one_path),
     "The second path into counts is missing: each count stands in its own product and in "
     "counts_sum, which serves the whole row. Add both."},
    {MISTAKE(cross_entropy_down_columns), "Your softmax goes down the columns. The probabilities "
                                          "of one row, over the classes j, add up to 1."},
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

/* One or two rows; none if there is only one. */
static void ignore_some(int which, int n, int y[n])
{
    if (n > 1)
        y[which % n] = IGNORED;
    if (n > 3)
        y[n - 1] = IGNORED;
}

static void prepare_ignored(int which, const int n[], void *const a[])
{
    ignore_some(which, n[0], a[1]);
}

static void reference_ignored(int n, int c, const real probs[n][c], const int y[n],
                              real dlogits[n][c])
{
    real targets[n][c];
    one_hot(n, c, 1 / (real)count_kept(n, y), y, targets);
    through_jacobian(n, c, probs, targets, dlogits);
}

static void ignored_pushed_over(int divisor, int n, int c, const real probs[n][c], const int y[n],
                                real dlogits[n][c])
{
    real targets[n][c];
    one_hot(n, c, 1 / (real)divisor, y, targets);
    difference(n, c, 1 / (real)divisor, probs, targets, dlogits);
}

static void ignored_not_noticed(int n, int c, const real probs[n][c], const int y[n],
                                real dlogits[n][c])
{
    ignored_pushed_over(n, n, c, probs, y, dlogits);
}

static void ignored_unwritten(int n, int c, const real probs[n][c], const int y[n],
                              real dlogits[n][c])
{
    real right[n][c];
    reference_ignored(n, c, probs, y, right);
    for (int i = 0; i < n; i++)
        for (int j = 0; j < c && y[i] != IGNORED; j++)
            dlogits[i][j] = right[i][j];
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

static void reference_smoothing(int n, int c, const real probs[n][c], const int y[n],
                                real smoothing, real dlogits[n][c])
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

static void smoothing_among_others(int n, int c, const real probs[n][c], const int y[n],
                                   real smoothing, real dlogits[n][c])
{
    smoothing_with(1 - smoothing, smoothing / (real)(c - 1), n, c, probs, y, dlogits);
}

static void smoothing_right_left_out(int n, int c, const real probs[n][c], const int y[n],
                                     real smoothing, real dlogits[n][c])
{
    smoothing_with(1 - smoothing, smoothing / (real)c, n, c, probs, y, dlogits);
}

static void smoothing_nowhere(int n, int c, const real probs[n][c], const int y[n], real smoothing,
                              real dlogits[n][c])
{
    (void)smoothing;
    smoothing_with(1, 0, n, c, probs, y, dlogits);
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

static real weight_of_rows(int n, int c, const int y[n], const real w[c])
{
    real sum = 0;
    for (int i = 0; i < n; i++)
        sum += y[i] == IGNORED ? 0 : w[y[i]];
    return sum;
}

static void weights_divided_by(real divisor, int n, int c, const real probs[n][c], const int y[n],
                               const real w[c], real dlogits[n][c])
{
    real targets[n][c];
    one_hot(n, c, 1 / divisor, y, targets);
    for (int i = 0; i < n; i++)
        targets[i][y[i]] *= w[y[i]];
    through_jacobian(n, c, probs, targets, dlogits);
}

static void reference_weights(int n, int c, const real probs[n][c], const int y[n], const real w[c],
                              real dlogits[n][c])
{
    weights_divided_by(weight_of_rows(n, c, y, w), n, c, probs, y, w, dlogits);
}

static void weights_divided_by_n(int n, int c, const real probs[n][c], const int y[n],
                                 const real w[c], real dlogits[n][c])
{
    weights_divided_by((real)n, n, c, probs, y, w, dlogits);
}

static void weights_divided_by_classes(int n, int c, const real probs[n][c], const int y[n],
                                       const real w[c], real dlogits[n][c])
{
    real sum = 0;
    for (int j = 0; j < c; j++)
        sum += w[j];
    weights_divided_by(sum, n, c, probs, y, w, dlogits);
}

static void weights_unused(int n, int c, const real probs[n][c], const int y[n], const real w[c],
                           real dlogits[n][c])
{
    real targets[n][c];
    (void)w;
    one_hot(n, c, 1 / (real)n, y, targets);
    through_jacobian(n, c, probs, targets, dlogits);
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

static void reference_lse(int n, int c, const real dlse[n], const real logits[n][c],
                          const real lse[n], real dlogits[n][c])
{
    (void)lse;
    probs_of(n, c, logits, dlogits);
    for (int i = 0; i < n; i++)
        for (int j = 0; j < c; j++)
            dlogits[i][j] *= dlse[i];
}

static void lse_no_maxima(int n, int c, const real dlse[n], const real logits[n][c],
                          const real lse[n], real dlogits[n][c])
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

static void lse_of_the_largest(int n, int c, const real dlse[n], const real logits[n][c],
                               const real lse[n], real dlogits[n][c])
{
    (void)lse;
    for (int i = 0; i < n; i++)
        for (int j = 0; j < c; j++)
            dlogits[i][j] = j == argmax(c, logits[i]) ? dlse[i] : 0;
}

static void lse_diagonal(int n, int c, const real dlse[n], const real logits[n][c],
                         const real lse[n], real dlogits[n][c])
{
    (void)lse;
    probs_of(n, c, logits, dlogits);
    for (int i = 0; i < n; i++)
        for (int j = 0; j < c; j++)
            dlogits[i][j] *= dlse[i] * (1 - dlogits[i][j]);
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

static void reference_log_softmax(int n, int c, const real dlogprobs[n][c],
                                  const real logprobs[n][c], real dlogits[n][c])
{
    real probs[n][c];
    probs_of(n, c, logprobs, probs);
    through_jacobian(n, c, probs, dlogprobs, dlogits);
    scale(n, c, -1, dlogits);
}

static void log_softmax_elementwise(int n, int c, const real dlogprobs[n][c],
                                    const real logprobs[n][c], real dlogits[n][c])
{
    for (int i = 0; i < n; i++)
        for (int j = 0; j < c; j++)
            dlogits[i][j] = dlogprobs[i][j] * (1 - exp(logprobs[i][j]));
}

static void log_softmax_of_softmax(int n, int c, const real dlogprobs[n][c],
                                   const real logprobs[n][c], real dlogits[n][c])
{
    for (int i = 0; i < n; i++) {
        real sum = 0;
        for (int j = 0; j < c; j++)
            sum += dlogprobs[i][j] * exp(logprobs[i][j]);
        for (int j = 0; j < c; j++)
            dlogits[i][j] = exp(logprobs[i][j]) * (dlogprobs[i][j] - sum);
    }
}

static void log_softmax_down_columns(int n, int c, const real dlogprobs[n][c],
                                     const real logprobs[n][c], real dlogits[n][c])
{
    for (int j = 0; j < c; j++) {
        real sum = 0;
        for (int i = 0; i < n; i++)
            sum += dlogprobs[i][j];
        for (int i = 0; i < n; i++)
            dlogits[i][j] = dlogprobs[i][j] - exp(logprobs[i][j]) * sum;
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

static void reference_soft(int n, int c, const real probs[n][c], const real targets[n][c],
                           real dlogits[n][c])
{
    through_jacobian(n, c, probs, targets, dlogits);
    scale(n, c, 1 / (real)n, dlogits);
}

static void soft_normalized(int n, int c, const real probs[n][c], const real targets[n][c],
                            real dlogits[n][c])
{
    reference_soft(n, c, probs, targets, dlogits);
    for (int i = 0; i < n; i++)
        for (int j = 0; j < c && sum_of(c, targets[i]) > 0; j++)
            dlogits[i][j] /= sum_of(c, targets[i]);
}

static void soft_divided_by_targets(int n, int c, const real probs[n][c], const real targets[n][c],
                                    real dlogits[n][c])
{
    through_jacobian(n, c, probs, targets, dlogits);
    scale(n, c, 1 / sum_of(n * c, &targets[0][0]), dlogits);
}

static void soft_elementwise(int n, int c, const real probs[n][c], const real targets[n][c],
                             real dlogits[n][c])
{
    for (int i = 0; i < n; i++)
        for (int j = 0; j < c; j++)
            dlogits[i][j] = targets[i][j] * (probs[i][j] - 1) / (real)n;
}

static void soft_largest_only(int n, int c, const real probs[n][c], const real targets[n][c],
                              real dlogits[n][c])
{
    for (int i = 0; i < n; i++)
        for (int j = 0; j < c; j++)
            dlogits[i][j] = (probs[i][j] - (real)(j == argmax(c, targets[i]))) / (real)n;
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

static void reference_all(int n, int c, const real probs[n][c], const int y[n], const real w[c],
                          real smoothing, real dlogits[n][c])
{
    real targets[n][c];
    all_targets(n, c, y, w, smoothing, targets);
    through_jacobian(n, c, probs, targets, dlogits);
    scale(n, c, 1 / weight_of_rows(n, c, y, w), dlogits);
}

static void all_weight_of_row(int n, int c, const real probs[n][c], const int y[n], const real w[c],
                              real smoothing, real dlogits[n][c])
{
    real even[c], sum = weight_of_rows(n, c, y, w);
    for (int j = 0; j < c; j++)
        even[j] = 1;
    reference_all(n, c, probs, y, even, smoothing, dlogits);
    for (int i = 0; i < n; i++)
        for (int j = 0; j < c && y[i] != IGNORED; j++)
            dlogits[i][j] *= w[y[i]] * (real)count_kept(n, y) / sum;
}

static void all_over_kept_rows(int n, int c, const real probs[n][c], const int y[n],
                               const real w[c], real smoothing, real dlogits[n][c])
{
    reference_all(n, c, probs, y, w, smoothing, dlogits);
    scale(n, c, weight_of_rows(n, c, y, w) / (real)count_kept(n, y), dlogits);
}

static void all_over_targets(int n, int c, const real probs[n][c], const int y[n], const real w[c],
                             real smoothing, real dlogits[n][c])
{
    real targets[n][c];
    all_targets(n, c, y, w, smoothing, targets);
    through_jacobian(n, c, probs, targets, dlogits);
    scale(n, c, 1 / sum_of(n * c, &targets[0][0]), dlogits);
}

static void all_ignored_unwritten(int n, int c, const real probs[n][c], const int y[n],
                                  const real w[c], real smoothing, real dlogits[n][c])
{
    real right[n][c];
    reference_all(n, c, probs, y, w, smoothing, right);
    for (int i = 0; i < n; i++)
        for (int j = 0; j < c && y[i] != IGNORED; j++)
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
