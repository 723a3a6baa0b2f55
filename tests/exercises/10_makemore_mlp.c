/* 10_makemore_mlp.c: how the answers to exercises 10 are judged. Where a slope is asked for, the
 * reference takes the complex step of the forward line; where a sum, it gathers. */
#include "10_makemore_mlp.h"

#include <complex.h>
#include <stdbool.h>
#include <string.h>

#include "check.h"

#define EACH(n, m)                \
    for (int i = 0; i < (n); i++) \
        for (int j = 0; j < (m); j++)

/* f'(x) is SLOPE(f(AT(x))): the imaginary part of f(x + ih), over h. */
#define AT(x) ((x) + 1e-100 * I)
#define SLOPE(value) (cimag(value) / 1e-100)

#define EPS 1e-5

/* -- forward ---------------------------------------------------------------------------------- */

static void softmax_forward(int n, int v, const real logits[n][v], real counts[n][v],
                            real counts_sum_inv[n])
{
    for (int i = 0; i < n; i++) {
        real max = logits[i][0], sum = 0;
        for (int j = 1; j < v; j++)
            max = fmax(max, logits[i][j]);
        for (int j = 0; j < v; j++)
            sum += counts[i][j] = exp(logits[i][j] - max);
        counts_sum_inv[i] = 1 / sum;
    }
}

/* bndiff may be hprebn itself. */
static void batch_norm_forward(int n, int k, const real hprebn[n][k], real bndiff[n][k],
                               real bnvar_inv[k])
{
    for (int j = 0; j < k; j++) {
        real mean = 0, var = 0;
        for (int i = 0; i < n; i++)
            mean += hprebn[i][j] / n;
        for (int i = 0; i < n; i++)
            bndiff[i][j] = hprebn[i][j] - mean;
        for (int i = 0; i < n; i++)
            var += bndiff[i][j] * bndiff[i][j] / (n - 1);
        bnvar_inv[j] = 1 / sqrt(var + EPS);
    }
}

/* The second array of two functions: logits become counts. */
static void prepare_counts(int which, const int n[], void *const a[])
{
    real counts_sum_inv[n[0]];
    (void)which;
    softmax_forward(n[0], n[1], a[1], a[1], counts_sum_inv);
}

/* The second array of two functions: hprebn becomes bndiff ... */
static void prepare_bndiff(int which, const int n[], void *const a[])
{
    real bnvar_inv[n[1]];
    (void)which;
    batch_norm_forward(n[0], n[1], a[1], a[1], bnvar_inv);
}

/* ... or bnraw. */
static void prepare_bnraw(int which, const int n[], void *const a[])
{
    real bnvar_inv[n[1]], *bnraw = a[1];
    (void)which;
    batch_norm_forward(n[0], n[1], a[1], a[1], bnvar_inv);
    EACH(n[0], n[1]) bnraw[i * n[1] + j] *= bnvar_inv[j];
}

/* -- 1. logprobs_backward --------------------------------------------------------------------- */

#define LOGPROBS int n, int v, const int y[n], real dlogprobs[n][v]

static void reference_logprobs(LOGPROBS)
{
    EACH(n, v) dlogprobs[i][j] = 0;
    for (int i = 0; i < n; i++)
        dlogprobs[i][y[i]] = -1. / n;
}

static void logprobs_only_picked(LOGPROBS)
{
    for (int i = 0; i < n; i++)
        dlogprobs[i][y[i]] = -1. / n;
}

static void logprobs_times_y(LOGPROBS)
{
    reference_logprobs(n, v, y, dlogprobs);
    EACH(n, v) dlogprobs[i][j] *= y[i];
}

static void logprobs_one_less(LOGPROBS)
{
    EACH(n, v) dlogprobs[i][j] = j == y[i] - 1 ? -1. / n : 0;
}

/* What comes out at the logits, with the same probability for all. */
static void logprobs_others(LOGPROBS)
{
    EACH(n, v) dlogprobs[i][j] = j == y[i] ? -1. / n : 1. / n;
}

static const Mistake logprobs_mistakes[] = {
    {TURNED("missing-divisor:(real)n"),
     "You left out 1/n. The loss is the mean over the n rows, so each of them has 1/n of a say."},
    {TURNED("wrong-sign:j==y[i]?-1/(real)n:0"),
     "You lost the minus. The loss is -1/n times the sum: it falls when logprobs at y rises."},
    {TURNED("no-condition:j==y[i]"), "You gave every letter a gradient. The loss looks only at "
                                     "logprobs[i][y[i]]; for all others it is zero."},
    {TURNED("divided-by-v:j==y[i]?-1/(real)n:0"),
     "You divided by n v, the number of elements. Of each row one element goes into the sum, so "
     "the mean is over n numbers: -1/n."},
    {MISTAKE(logprobs_only_picked),
     "Only the elements at y were written. The loss does not depend on the others, so theirs is "
     "zero, and zero has to be written."},
    {MISTAKE(logprobs_times_y), "You multiplied by y[i]. It is the number of a letter, not a "
                                "value: it says where the gradient goes, and -1/n goes there."},
    {MISTAKE(logprobs_one_less),
     "You counted the letters from 1. y counts from 0: the element that was picked is y[i]."},
    {MISTAKE(logprobs_others), "You gave the other letters 1/n. The loss looks only at "
                               "logprobs[i][y[i]]; for all others it is zero."},
    {0}};

CALL(logprobs_backward, n[0], n[1], a[0], a[1])

static const Exercise exercise_logprobs_backward = {
    .name = "logprobs_backward",
    .call = call_logprobs_backward,
    .sizes = "nv",
    .arguments = {{"y", IN_INDEX, "n", 'v'}, {"dlogprobs", OUT, "nv", 0}},
    .cases = {{5, 4}, {2, 3}, {3, 7}, {1, 4}},
    .reference = JUDGE((Function)reference_logprobs),
    .mistakes = JUDGE(logprobs_mistakes),
};

/* -- 2. probs_backward ------------------------------------------------------------------------ */

#define PROBS int n, int v, const real dlogprobs[n][v], const real probs[n][v], real dprobs[n][v]

/* In one case only one of each row is pulled at, as it is in the chain. */
static void prepare_probs(int which, const int n[], void *const a[])
{
    real *dlogprobs = a[0];
    for (int at = 0; at < n[0] * n[1]; at++)
        if (which == 2 && at % n[1] != at / n[1])
            dlogprobs[at] = 0;
}

static void reference_probs(PROBS)
{
    EACH(n, v) dprobs[i][j] = dlogprobs[i][j] * SLOPE(log(AT(probs[i][j])));
}

static void probs_log(PROBS)
{
    EACH(n, v) dprobs[i][j] = dlogprobs[i][j] * log(probs[i][j]);
}

static void probs_square(PROBS)
{
    EACH(n, v) dprobs[i][j] = -dlogprobs[i][j] / (probs[i][j] * probs[i][j]);
}

static const Mistake probs_mistakes[] = {
    {TURNED("inverted:probs[i][j]"),
     "You multiplied by probs. The derivative of log p is 1/p: divide."},
    {TURNED("missing-factor:dlogprobs[i][j]"),
     "1/probs is the slope of the logarithm alone. The chain rule multiplies it by what came from "
     "above, dlogprobs."},
    {MISTAKE(probs_log), "You multiplied by log probs, which is the value. The gradient needs the "
                         "slope of the logarithm: 1/probs."},
    {MISTAKE(probs_square), "-1/p^2 is the derivative of 1/p. That of log p is 1/p."},
    {0}};

CALL(probs_backward, n[0], n[1], a[0], a[1], a[2])

static const Exercise exercise_probs_backward = {
    .name = "probs_backward",
    .call = call_probs_backward,
    .sizes = "nv",
    .arguments = {{"dlogprobs", IN_NORMAL, "nv", 0},
                  {"probs", IN_PROBS, "nv", 0},
                  {"dprobs", OUT, "nv", 0}},
    .cases = {{5, 4}, {2, 3}, {3, 7}, {1, 4}},
    .reference = JUDGE((Function)reference_probs),
    .prepare = JUDGE(prepare_probs),
    .mistakes = JUDGE(probs_mistakes),
};

/* -- 3. counts_sum_inv_backward --------------------------------------------------------------- */

#define COUNTS_SUM_INV \
    int n, int v, const real dprobs[n][v], const real counts[n][v], real dcounts_sum_inv[n]

static void reference_counts_sum_inv(COUNTS_SUM_INV)
{
    for (int i = 0; i < n; i++)
        dcounts_sum_inv[i] = 0;
    for (int j = v - 1; j >= 0; j--)
        for (int i = 0; i < n; i++)
            dcounts_sum_inv[i] += dprobs[i][j] * counts[i][j];
}

static void counts_sum_inv_sums_apart(COUNTS_SUM_INV)
{
    for (int i = 0; i < n; i++) {
        real sum = 0, all = 0;
        for (int j = 0; j < v; j++) {
            sum += dprobs[i][j];
            all += counts[i][j];
        }
        dcounts_sum_inv[i] = sum * all;
    }
}

static const Mistake counts_sum_inv_mistakes[] = {
    {TURNED("accumulate:dcounts_sum_inv[i]+="),
     "Only the last letter of each row is left: = stands where += belongs, or it is set to zero "
     "inside the loop. The one factor serves all v letters of its row, and what they send back "
     "adds up."},
    {TURNED("missing-factor:counts[i][j]"),
     "You left counts out. In a product each factor's slope is the other factor: counts[i][j]."},
    {TURNED("divided-by-v:dprobs[i][j]*counts[i][j]"),
     "You divided by v. A number that is used v times gets the sum of v gradients, not their "
     "mean."},
    {MISTAKE(counts_sum_inv_sums_apart), "You multiplied two sums. Each dprobs[i][j] has to meet "
                                         "its own counts[i][j] first; the sum comes afterwards."},
    {0}};

CALL(counts_sum_inv_backward, n[0], n[1], a[0], a[1], a[2])

static const Exercise exercise_counts_sum_inv_backward = {
    .name = "counts_sum_inv_backward",
    .call = call_counts_sum_inv_backward,
    .sizes = "nv",
    .arguments = {{"dprobs", IN_NORMAL, "nv", 0},
                  {"counts", IN_NORMAL, "nv", 0},
                  {"dcounts_sum_inv", OUT, "n", 0}},
    .cases = {{5, 4}, {2, 3}, {3, 7}, {6, 1}},
    .prepare = JUDGE(prepare_counts),
    .reference = JUDGE((Function)reference_counts_sum_inv),
    .mistakes = JUDGE(counts_sum_inv_mistakes),
};

/* -- 4. counts_sum_backward ------------------------------------------------------------------- */

#define COUNTS_SUM \
    int n, const real dcounts_sum_inv[n], const real counts_sum_inv[n], real dcounts_sum[n]

static void reference_counts_sum(COUNTS_SUM)
{
    for (int i = 0; i < n; i++)
        dcounts_sum[i] = dcounts_sum_inv[i] * SLOPE(1 / AT(1 / counts_sum_inv[i]));
}

static void counts_sum_log(COUNTS_SUM)
{
    for (int i = 0; i < n; i++)
        dcounts_sum[i] = dcounts_sum_inv[i] / counts_sum_inv[i];
}

static const Mistake counts_sum_mistakes[] = {
    {TURNED("wrong-sign:-dcounts_sum_inv[i]*counts_sum_inv[i]*counts_sum_inv[i]"),
     "You lost the minus. 1/s falls when s grows: its derivative is -1/s^2."},
    {TURNED("missing-factor:counts_sum_inv[i]"),
     "The square is missing. The derivative of 1/s is -1/s^2, and 1/s is counts_sum_inv: multiply "
     "by it twice."},
    {TURNED("twins+inverted:counts_sum_inv[i]"),
     "You divided by the square of counts_sum_inv. -1/s^2 is meant of s = counts_sum; in terms of "
     "its inverse that is a multiplication."},
    {MISTAKE(counts_sum_log), "You divided by counts_sum_inv, as for a logarithm. The derivative "
                              "of 1/s is -1/s^2, which is -counts_sum_inv^2."},
    {0}};

CALL(counts_sum_backward, n[0], a[0], a[1], a[2])

static const Exercise exercise_counts_sum_backward = {
    .name = "counts_sum_backward",
    .call = call_counts_sum_backward,
    .sizes = "n",
    .arguments = {{"dcounts_sum_inv", IN_NORMAL, "n", 0},
                  {"counts_sum_inv", IN_POSITIVE, "n", 0},
                  {"dcounts_sum", OUT, "n", 0}},
    .cases = {{7}, {2}, {1}},
    .reference = JUDGE((Function)reference_counts_sum),
    .mistakes = JUDGE(counts_sum_mistakes),
};

/* -- 5. counts_backward ----------------------------------------------------------------------- */

#define COUNTS                                                        \
    int n, int v, const real dprobs[n][v], const real dcounts_sum[n], \
        const real counts_sum_inv[n], real dcounts[n][v]

static void reference_counts(COUNTS)
{
    EACH(n, v) dcounts[i][j] = dcounts_sum[i];
    EACH(n, v) dcounts[i][j] += dprobs[i][j] * SLOPE(AT(1) * counts_sum_inv[i]);
}

static void counts_first_only(COUNTS)
{
    EACH(n, v) dcounts[i][j] = dprobs[i][j] * counts_sum_inv[i] + (j ? 0 : dcounts_sum[i]);
}

static void counts_multiplied(COUNTS)
{
    EACH(n, v) dcounts[i][j] = dprobs[i][j] * counts_sum_inv[i] * dcounts_sum[i];
}

static const Mistake counts_mistakes[] = {
    {TURNED("missing-term:dcounts_sum[i]"),
     "One of the two paths is missing: counts also went into counts_sum. Add dcounts_sum[i] to "
     "every letter of row i."},
    {TURNED("missing-term:dprobs[i][j]*counts_sum_inv[i]"),
     "One of the two paths is missing: counts is also a factor of probs. Add dprobs[i][j] "
     "counts_sum_inv[i]."},
    {TURNED("divided-by-v:dcounts_sum[i]"),
     "You shared dcounts_sum out among the v letters. A sum forward is a broadcast backward: each "
     "of its terms has slope 1 and gets the whole of it."},
    {TURNED("missing-factor:counts_sum_inv[i]"),
     "In probs each count is multiplied by counts_sum_inv[i]: that path has this slope, not 1."},
    {TURNED("times:dcounts_sum[i]<-counts_sum_inv[i]"),
     "You multiplied both paths by counts_sum_inv. It is the slope of the one through probs; the "
     "one through counts_sum has slope 1."},
    {MISTAKE(counts_first_only), "Only the first letter of each row got dcounts_sum. All v of them "
                                 "are in the sum, so each of them gets all of it."},
    {MISTAKE(counts_multiplied),
     "You multiplied the two paths. What comes back over two paths is added up."},
    {0}};

CALL(counts_backward, n[0], n[1], a[0], a[1], a[2], a[3])

static const Exercise exercise_counts_backward = {
    .name = "counts_backward",
    .call = call_counts_backward,
    .sizes = "nv",
    .arguments = {{"dprobs", IN_NORMAL, "nv", 0},
                  {"dcounts_sum", IN_NORMAL, "n", 0},
                  {"counts_sum_inv", IN_POSITIVE, "n", 0},
                  {"dcounts", OUT, "nv", 0}},
    .cases = {{5, 4}, {2, 3}, {3, 7}, {6, 1}},
    .reference = JUDGE((Function)reference_counts),
    .mistakes = JUDGE(counts_mistakes),
};

/* -- 6. norm_logits_backward ------------------------------------------------------------------ */

#define NORM_LOGITS \
    int n, int v, const real dcounts[n][v], const real counts[n][v], real dnorm_logits[n][v]

static void reference_norm_logits(NORM_LOGITS)
{
    EACH(n, v) dnorm_logits[i][j] = dcounts[i][j] * SLOPE(exp(AT(log(counts[i][j]))));
}

/* counts (dcounts - sum dcounts counts): the Jacobian of softmax, if the counts were
 * probabilities; divided by their sum they are. */
static void norm_logits_softmax(NORM_LOGITS)
{
    for (int i = 0; i < n; i++) {
        real sum = 0;
        for (int j = 0; j < v; j++)
            sum += dcounts[i][j] * counts[i][j];
        for (int j = 0; j < v; j++)
            dnorm_logits[i][j] = counts[i][j] * (dcounts[i][j] - sum);
    }
}

static void norm_logits_softmax_of_probs(NORM_LOGITS)
{
    real probs[n][v];
    for (int i = 0; i < n; i++) {
        real sum = 0;
        for (int j = 0; j < v; j++)
            sum += counts[i][j];
        for (int j = 0; j < v; j++)
            probs[i][j] = counts[i][j] / sum;
    }
    norm_logits_softmax(n, v, dcounts, probs, dnorm_logits);
}

static const Mistake norm_logits_mistakes[] = {
    {TURNED("exp-of:counts[i][j]"), "You took exp of counts. The slope of exp at norm_logits is "
                                    "exp(norm_logits), and that is what counts already holds."},
    {TURNED("inverted:counts[i][j]"), "You divided by counts; that is the way back through a "
                                      "logarithm. Through exp, multiply by counts."},
    {TURNED("missing-factor:counts[i][j]"), "You passed dcounts on as it came. Multiply it by the "
                                            "slope of exp, which is exp itself: counts."},
    {MISTAKE(norm_logits_softmax), "That is the way back through a whole softmax. This step is exp "
                                   "alone: each element by itself, dcounts counts."},
    {MISTAKE(norm_logits_softmax_of_probs),
     "That is the way back through a whole softmax. This step is exp alone: each element by "
     "itself, dcounts counts."},
    {0}};

CALL(norm_logits_backward, n[0], n[1], a[0], a[1], a[2])

static const Exercise exercise_norm_logits_backward = {
    .name = "norm_logits_backward",
    .call = call_norm_logits_backward,
    .sizes = "nv",
    .arguments = {{"dcounts", IN_NORMAL, "nv", 0},
                  {"counts", IN_NORMAL, "nv", 0},
                  {"dnorm_logits", OUT, "nv", 0}},
    .cases = {{5, 4}, {2, 3}, {3, 7}, {1, 4}},
    .prepare = JUDGE(prepare_counts),
    .reference = JUDGE((Function)reference_norm_logits),
    .mistakes = JUDGE(norm_logits_mistakes),
};

/* -- 7. logit_maxes_backward ------------------------------------------------------------------ */

#define LOGIT_MAXES int n, int v, const real dnorm_logits[n][v], real dlogit_maxes[n]

static void reference_logit_maxes(LOGIT_MAXES)
{
    for (int i = 0; i < n; i++)
        dlogit_maxes[i] = 0;
    for (int j = v - 1; j >= 0; j--)
        for (int i = 0; i < n; i++)
            dlogit_maxes[i] -= dnorm_logits[i][j];
}

static void logit_maxes_zero(LOGIT_MAXES)
{
    (void)v, (void)dnorm_logits;
    for (int i = 0; i < n; i++)
        dlogit_maxes[i] = 0;
}

static const Mistake logit_maxes_mistakes[] = {
    {TURNED("wrong-sign:dnorm_logits[i][j]"),
     "You lost the minus: the maximum is taken away from each logit, so its slope is -1."},
    {TURNED("divided-by-v:dnorm_logits[i][j]"),
     "You divided by v. One number is taken away from v others, so v gradients add up."},
    {TURNED("accumulate:dlogit_maxes[i]-="),
     "You wrote = where -= belongs: only the last letter of each row is left."},
    {MISTAKE(logit_maxes_zero),
     "Zero is what comes out at the end of the whole chain, where each row of dnorm_logits sums to "
     "zero. This step has to be right for any dnorm_logits: minus the sum of its row."},
    {0}};

CALL(logit_maxes_backward, n[0], n[1], a[0], a[1])

static const Exercise exercise_logit_maxes_backward = {
    .name = "logit_maxes_backward",
    .call = call_logit_maxes_backward,
    .sizes = "nv",
    .arguments = {{"dnorm_logits", IN_NORMAL, "nv", 0}, {"dlogit_maxes", OUT, "n", 0}},
    .cases = {{5, 4}, {2, 3}, {3, 7}, {6, 1}},
    .reference = JUDGE((Function)reference_logit_maxes),
    .mistakes = JUDGE(logit_maxes_mistakes),
};

/* -- 8. logits_backward ----------------------------------------------------------------------- */

#define LOGITS                                                               \
    int n, int v, const real dnorm_logits[n][v], const real dlogit_maxes[n], \
        const real logits[n][v], real dlogits[n][v]

/* In rows 0, 2, ... the last is as large as the largest before it; rows 1, 3, ... are all below
 * zero, and the last is the largest. */
static void prepare_ties(int n, int v, real logits[n][v])
{
    for (int i = 0; i < n; i += 2)
        for (int j = 0; j < v - 1; j++)
            logits[i][v - 1] = fmax(logits[i][j], j ? logits[i][v - 1] : logits[i][j]);
    for (int i = 1; i < n; i += 2) {
        for (int j = 0; j < v; j++)
            logits[i][j] = -fabs(logits[i][j]) - 0.25;
        logits[i][v - 1] = -0.125;
    }
}

static void prepare_logits(int which, const int n[], void *const a[])
{
    (void)which;
    prepare_ties(n[0], n[1], a[2]);
    reference_logit_maxes(n[0], n[1], a[0], a[1]);
}

static void reference_logits(LOGITS)
{
    for (int i = 0; i < n; i++)
        for (int j = 0; j < v; j++) {
            int above = 0, equal_before = 0;
            for (int l = 0; l < v; l++) {
                above += logits[i][l] > logits[i][j];
                equal_before += l < j && logits[i][l] == logits[i][j];
            }
            dlogits[i][j] = dnorm_logits[i][j] + (above + equal_before ? 0 : dlogit_maxes[i]);
        }
}

static void logits_whole_row(LOGITS)
{
    (void)logits;
    EACH(n, v) dlogits[i][j] = dnorm_logits[i][j] + dlogit_maxes[i];
}

/* dnorm_logits + dlogit_maxes at the argmax of scores, as students look for it */
static void logits_at(int n, int v, const real dnorm_logits[n][v], const real dlogit_maxes[n],
                      const real scores[n][v], bool last, bool from_zero, real dlogits[n][v])
{
    for (int i = 0; i < n; i++) {
        int argmax = 0;
        real max = from_zero ? 0 : scores[i][0];
        for (int j = 0; j < v; j++) {
            dlogits[i][j] = dnorm_logits[i][j];
            if (scores[i][j] > max || (last && scores[i][j] == max))
                max = scores[i][argmax = j];
        }
        dlogits[i][argmax] += dlogit_maxes[i];
    }
}

static void logits_largest_gradient(LOGITS)
{
    (void)logits;
    logits_at(n, v, dnorm_logits, dlogit_maxes, dnorm_logits, false, false, dlogits);
}

static void logits_max_from_zero(LOGITS)
{
    logits_at(n, v, dnorm_logits, dlogit_maxes, logits, false, true, dlogits);
}

static void logits_all_equals(LOGITS)
{
    for (int i = 0; i < n; i++)
        for (int j = 0; j < v; j++) {
            int above = 0;
            for (int l = 0; l < v; l++)
                above += logits[i][l] > logits[i][j];
            dlogits[i][j] = dnorm_logits[i][j] + (above ? 0 : dlogit_maxes[i]);
        }
}

static void logits_shared(LOGITS)
{
    (void)logits;
    EACH(n, v) dlogits[i][j] = dnorm_logits[i][j] + dlogit_maxes[i] / v;
}

static void logits_split(LOGITS)
{
    for (int i = 0; i < n; i++) {
        real max = logits[i][0];
        int largest = 0;
        for (int j = 1; j < v; j++)
            max = fmax(max, logits[i][j]);
        for (int j = 0; j < v; j++)
            largest += logits[i][j] == max;
        for (int j = 0; j < v; j++)
            dlogits[i][j] =
                dnorm_logits[i][j] + (logits[i][j] == max ? dlogit_maxes[i] / largest : 0);
    }
}

/* Each row begins its search where the one before it has ended. */
static void logits_search_goes_on(LOGITS)
{
    int argmax = 0;
    EACH(n, v) dlogits[i][j] = dnorm_logits[i][j];
    for (int i = 0; i < n; i++) {
        for (int j = argmax + 1; j < v; j++)
            argmax = logits[i][j] > logits[i][argmax] ? j : argmax;
        dlogits[i][argmax] += dlogit_maxes[i];
    }
}

static const Mistake logits_mistakes[] = {
    {TURNED("missing-term:dlogit_maxes[i]"),
     "One of the two paths is missing: the largest logit of each row is also its maximum. Add "
     "dlogit_maxes[i] to it."},
    {MISTAKE(logits_whole_row), "You added dlogit_maxes to the whole row. Only the largest logit "
                                "moves the maximum; the others have slope 0 there."},
    {TURNED("accumulate:dlogits[i][argmax]+="),
     "You wrote = where += belongs: at the largest logit both paths meet, and add up."},
    {MISTAKE(logits_largest_gradient),
     "You looked for the maximum in dnorm_logits. It is the largest of logits that decides."},
    {TURNED("equal:logits[i][j]>logits[i][argmax]<->="),
     "Of several equally large logits you took the last. The first is asked for: move on only if "
     "one is larger, with > and not >=."},
    {MISTAKE(logits_all_equals),
     "You gave dlogit_maxes to every logit that is as large as the maximum. Only the first of them "
     "is the maximum; together they must not get more than there is."},
    {MISTAKE(logits_max_from_zero),
     "Your search for the maximum begins with 0, so a row of negative logits has none. Begin with "
     "the row's own first element."},
    {MISTAKE(logits_shared), "You shared dlogit_maxes out among the letters of the row. Only the "
                             "largest logit moves the maximum: it gets all of it."},
    {MISTAKE(logits_split), "You shared dlogit_maxes out among equally large logits. That is a "
                            "subgradient, too, but here the first of them is the maximum."},
    {MISTAKE(logits_search_goes_on), "A row begins its search for the maximum where the one before "
                                     "it has ended. Begin each with its own first element."},
    {0}};

CALL(logits_backward, n[0], n[1], a[0], a[1], a[2], a[3])

static const Exercise exercise_logits_backward = {
    .name = "logits_backward",
    .call = call_logits_backward,
    .sizes = "nv",
    .arguments = {{"dnorm_logits", IN_NORMAL, "nv", 0},
                  {"dlogit_maxes", IN_PREPARED, "n", 0},
                  {"logits", IN_NORMAL, "nv", 0},
                  {"dlogits", OUT, "nv", 0}},
    .cases = {{7, 4}, {2, 3}, {4, 6}, {3, 1}},
    .prepare = JUDGE(prepare_logits),
    .reference = JUDGE((Function)reference_logits),
    .mistakes = JUDGE(logits_mistakes),
};

/* -- 9. and 22. h_backward and embcat_backward: dx = dy W^T ------------------------------------ */

#define LINEAR_INPUT int n, int k, int m, const real dy[n][m], const real W[k][m], real dx[n][k]

static void reference_linear_input(LINEAR_INPUT)
{
    EACH(n, k) dx[i][j] = 0;
    for (int l = m - 1; l >= 0; l--)
        EACH(n, k) dx[i][j] += W[j][l] * dy[i][l];
}

static void linear_input_untransposed(LINEAR_INPUT)
{
    for (int i = 0; i < n; i++)
        for (int j = 0; j < k; j++) {
            dx[i][j] = 0;
            for (int l = 0; l < m; l++)
                dx[i][j] += dy[i][l] * (&W[0][0])[l * k + j];
        }
}

static void linear_input_sums_apart(LINEAR_INPUT)
{
    for (int i = 0; i < n; i++)
        for (int j = 0; j < k; j++) {
            real sum_dy = 0, sum_W = 0;
            for (int l = 0; l < m; l++) {
                sum_dy += dy[i][l];
                sum_W += W[j][l];
            }
            dx[i][j] = sum_dy * sum_W;
        }
}

static void linear_input_all_rows(LINEAR_INPUT)
{
    real sum_dy[m], all[k];
    for (int l = 0; l < m; l++) {
        sum_dy[l] = 0;
        for (int i = 0; i < n; i++)
            sum_dy[l] += dy[i][l];
    }
    reference_linear_input(1, k, m, &sum_dy, W, &all);
    EACH(n, k) dx[i][j] = all[j];
}

static const Mistake h_mistakes[] = {
    {TURNED("accumulate:dh[i][l]+="),
     "Only the last letter is left: = stands where += belongs, or it is set to zero inside the "
     "loop. h[i][l] goes into all v logits of its row, and what they send back adds up."},
    {MISTAKE(linear_input_untransposed), "You read W2 as if its shape were (v, k). It is (k, v): "
                                         "dh = dlogits W2^T, which sums over j in W2[l][j]."},
    {TURNED("missing-factor:W2[l][j]"),
     "You left W2 out. The slope of logits[i][j] in h[i][l] is W2[l][j]."},
    {TURNED("divided-by-n:dlogits[i][j]*W2[l][j]"),
     "You divided by n. The 1/n of the mean came in with dlogprobs, once and for all."},
    {MISTAKE(linear_input_sums_apart),
     "You multiplied two sums. It is the products dlogits[i][j] W2[l][j] that are summed over j."},
    {MISTAKE(linear_input_all_rows), "You summed over the rows as well. Each row of the batch has "
                                     "an input of its own: only weights and biases are shared."},
    {0}};

CALL(h_backward, n[0], n[1], n[2], a[0], a[1], a[2])

static const Exercise exercise_h_backward = {
    .name = "h_backward",
    .call = call_h_backward,
    .sizes = "nkv",
    .arguments = {{"dlogits", IN_NORMAL, "nv", 0},
                  {"W2", IN_NORMAL, "kv", 0},
                  {"dh", OUT, "nk", 0}},
    .cases = {{5, 3, 4}, {2, 4, 3}, {3, 5, 6}, {4, 1, 3}},
    .reference = JUDGE((Function)reference_linear_input),
    .mistakes = JUDGE(h_mistakes),
};

static const Mistake embcat_mistakes[] = {
    {TURNED("accumulate:dembcat[i][l]+="),
     "Only the last unit is left: = stands where += belongs, or it is set to zero inside the loop. "
     "embcat[i][l] goes into all k units of its row, and what they send back adds up."},
    {MISTAKE(linear_input_untransposed), "You read W1 as if its shape were (k, d). It is (d, k): "
                                         "dembcat = dhprebn W1^T, which sums over j in W1[l][j]."},
    {TURNED("missing-factor:W1[l][j]"),
     "You left W1 out. The slope of hprebn[i][j] in embcat[i][l] is W1[l][j]."},
    {TURNED("divided-by-n:dhprebn[i][j]*W1[l][j]"),
     "You divided by n. The 1/n of the mean came in with dlogprobs, once and for all."},
    {MISTAKE(linear_input_sums_apart),
     "You multiplied two sums. It is the products dhprebn[i][j] W1[l][j] that are summed over j."},
    {MISTAKE(linear_input_all_rows), "You summed over the rows as well. Each row of the batch has "
                                     "an input of its own: only weights and biases are shared."},
    {0}};

CALL(embcat_backward, n[0], n[1], n[2], a[0], a[1], a[2])

static const Exercise exercise_embcat_backward = {
    .name = "embcat_backward",
    .call = call_embcat_backward,
    .sizes = "ndk",
    .arguments = {{"dhprebn", IN_NORMAL, "nk", 0},
                  {"W1", IN_NORMAL, "dk", 0},
                  {"dembcat", OUT, "nd", 0}},
    .cases = {{5, 6, 3}, {2, 4, 5}, {3, 2, 7}, {4, 3, 1}},
    .reference = JUDGE((Function)reference_linear_input),
    .mistakes = JUDGE(embcat_mistakes),
};

/* -- 10. and 23. W2_backward and W1_backward: dW = x^T dy ------------------------------------- */

#define LINEAR_WEIGHT int n, int k, int m, const real dy[n][m], const real x[n][k], real dW[k][m]

static void prepare_h(int which, const int n[], void *const a[])
{
    real *h = a[1];
    (void)which;
    for (int at = 0; at < n[0] * n[1]; at++)
        h[at] = tanh(h[at]);
}

static void reference_linear_weight(LINEAR_WEIGHT)
{
    EACH(k, m) dW[i][j] = 0;
    for (int l = n - 1; l >= 0; l--)
        EACH(k, m) dW[i][j] += dy[l][j] * x[l][i];
}

static void linear_weight_last_row(LINEAR_WEIGHT)
{
    EACH(k, m) dW[i][j] = x[n - 1][i] * dy[n - 1][j];
}

static void linear_weight_mean(LINEAR_WEIGHT)
{
    reference_linear_weight(n, k, m, dy, x, dW);
    EACH(k, m) dW[i][j] /= n;
}

static void linear_weight_product_of_sums(LINEAR_WEIGHT)
{
    for (int i = 0; i < k; i++)
        for (int j = 0; j < m; j++) {
            real sum_x = 0, sum_dy = 0;
            for (int l = 0; l < n; l++) {
                sum_x += x[l][i];
                sum_dy += dy[l][j];
            }
            dW[i][j] = sum_x * sum_dy;
        }
}

static void linear_weight_transposed(LINEAR_WEIGHT)
{
    for (int i = 0; i < k; i++)
        for (int j = 0; j < m; j++) {
            real *at = &(&dW[0][0])[j * k + i];
            *at = 0;
            for (int l = 0; l < n; l++)
                *at += x[l][i] * dy[l][j];
        }
}

static void linear_weight_as_bias(LINEAR_WEIGHT)
{
    (void)x;
    for (int i = 0; i < k; i++)
        for (int j = 0; j < m; j++) {
            dW[i][j] = 0;
            for (int l = 0; l < n; l++)
                dW[i][j] += dy[l][j];
        }
}

static void linear_weight_all_inputs(LINEAR_WEIGHT)
{
    real one[k][m];
    reference_linear_weight(n, k, m, dy, x, one);
    EACH(k, m)
    {
        dW[i][j] = 0;
        for (int l = 0; l < k; l++)
            dW[i][j] += one[l][j];
    }
}

static const Mistake weight_mistakes[] = {
    {MISTAKE(linear_weight_last_row),
     "Only the last row of the batch is left: = stands where += belongs, or it is set to zero "
     "inside the loop. The weights serve all n rows, and what they send back adds up."},
    {MISTAKE(linear_weight_mean), "You divided by n. The 1/n of the mean came in with dlogprobs, "
                                  "once and for all: here the rows are summed."},
    {MISTAKE(linear_weight_product_of_sums),
     "You multiplied the two sums over the rows. It is the products that are summed: row by row, "
     "the input times the upstream gradient, and then add."},
    {MISTAKE(linear_weight_transposed),
     "The numbers are right, but you wrote them transposed. A gradient has the shape of its "
     "variable: inputs times outputs."},
    {MISTAKE(linear_weight_as_bias),
     "You left the input out; that is the gradient of a bias, in every row. A weight's slope is "
     "the input that it multiplies."},
    {MISTAKE(linear_weight_all_inputs),
     "You summed over the inputs as well. Each input has a row of weights of its own: sum over the "
     "rows of the batch only."},
    {0}};

CALL(W2_backward, n[0], n[1], n[2], a[0], a[1], a[2])

static const Exercise exercise_W2_backward = {
    .name = "W2_backward",
    .call = call_W2_backward,
    .sizes = "nkv",
    .arguments = {{"dlogits", IN_NORMAL, "nv", 0},
                  {"h", IN_NORMAL, "nk", 0},
                  {"dW2", OUT, "kv", 0}},
    .cases = {{5, 3, 4}, {2, 4, 3}, {3, 5, 6}, {4, 1, 3}},
    .prepare = JUDGE(prepare_h),
    .reference = JUDGE((Function)reference_linear_weight),
    .mistakes = JUDGE(weight_mistakes),
};

CALL(W1_backward, n[0], n[1], n[2], a[0], a[1], a[2])

static const Exercise exercise_W1_backward = {
    .name = "W1_backward",
    .call = call_W1_backward,
    .sizes = "ndk",
    .arguments = {{"dhprebn", IN_NORMAL, "nk", 0},
                  {"embcat", IN_NORMAL, "nd", 0},
                  {"dW1", OUT, "dk", 0}},
    .cases = {{5, 6, 3}, {2, 4, 5}, {3, 2, 7}, {4, 3, 1}},
    .reference = JUDGE((Function)reference_linear_weight),
    .mistakes = JUDGE(weight_mistakes),
};

/* -- 11., 14. and 24. b2_backward, bnbias_backward and b1_backward: db = sum_i dy[i] ----------- */

#define BIAS int n, int k, const real dy[n][k], real db[k]

static void reference_bias(BIAS)
{
    for (int j = 0; j < k; j++)
        db[j] = 0;
    for (int i = n - 1; i >= 0; i--)
        for (int j = 0; j < k; j++)
            db[j] += dy[i][j];
}

static void bias_mean(BIAS)
{
    reference_bias(n, k, dy, db);
    for (int j = 0; j < k; j++)
        db[j] /= n;
}

static void bias_last_row(BIAS)
{
    for (int j = 0; j < k; j++)
        db[j] = dy[n - 1][j];
}

static void bias_total(BIAS)
{
    for (int l = 0; l < k; l++) {
        db[l] = 0;
        EACH(n, k) db[l] += dy[i][j];
    }
}

static void bias_zero(BIAS)
{
    (void)n, (void)dy;
    for (int j = 0; j < k; j++)
        db[j] = 0;
}

#define BIAS_MEAN                                                                              \
    {                                                                                          \
        MISTAKE(bias_mean),                                                                    \
            "You took the mean over the rows. The bias was added to each of the n rows, so n " \
            "gradients add up; the 1/n is in the upstream gradient already."                   \
    }
#define BIAS_LAST_ROW                                                                             \
    {                                                                                             \
        MISTAKE(bias_last_row), "Only the last row is left: = stands where += belongs, or it is " \
                                "set to zero inside the loop. "                                   \
                                "Repeated for n rows forward "                                    \
                                "means summed over them backward."                                \
    }
#define BIAS_TOTAL                                                                              \
    {                                                                                           \
        MISTAKE(bias_total),                                                                    \
            "You summed over everything. Each column has a bias of its own: sum over the rows " \
            "only."                                                                             \
    }

static const Mistake bias_mistakes[] = {BIAS_MEAN, BIAS_LAST_ROW, BIAS_TOTAL, {0}};

CALL(b2_backward, n[0], n[1], a[0], a[1])

static const Exercise exercise_b2_backward = {
    .name = "b2_backward",
    .call = call_b2_backward,
    .sizes = "nv",
    .arguments = {{"dlogits", IN_NORMAL, "nv", 0}, {"db2", OUT, "v", 0}},
    .cases = {{5, 4}, {2, 3}, {3, 7}, {1, 4}},
    .reference = JUDGE((Function)reference_bias),
    .mistakes = JUDGE(bias_mistakes),
};

CALL(bnbias_backward, n[0], n[1], a[0], a[1])

static const Exercise exercise_bnbias_backward = {
    .name = "bnbias_backward",
    .call = call_bnbias_backward,
    .sizes = "nk",
    .arguments = {{"dhpreact", IN_NORMAL, "nk", 0}, {"dbnbias", OUT, "k", 0}},
    .cases = {{5, 3}, {2, 4}, {3, 7}, {4, 1}},
    .reference = JUDGE((Function)reference_bias),
    .mistakes = JUDGE(bias_mistakes),
};

static const Mistake b1_mistakes[] = {
    BIAS_MEAN,
    BIAS_LAST_ROW,
    BIAS_TOTAL,
    {MISTAKE(bias_zero),
     "Zero is what comes out at the end of the whole chain, because batch norm takes the mean "
     "away. This step has to be right for any dhprebn: the sum over its rows."},
    {0}};

CALL(b1_backward, n[0], n[1], a[0], a[1])

static const Exercise exercise_b1_backward = {
    .name = "b1_backward",
    .call = call_b1_backward,
    .sizes = "nk",
    .arguments = {{"dhprebn", IN_NORMAL, "nk", 0}, {"db1", OUT, "k", 0}},
    .cases = {{5, 3}, {2, 4}, {3, 7}, {4, 1}},
    .reference = JUDGE((Function)reference_bias),
    .mistakes = JUDGE(b1_mistakes),
};

/* -- 12. hpreact_backward --------------------------------------------------------------------- */

#define HPREACT int n, int k, const real dh[n][k], const real h[n][k], real dhpreact[n][k]

static void reference_hpreact(HPREACT)
{
    EACH(n, k) dhpreact[i][j] = dh[i][j] * SLOPE(tanh(AT(atanh(h[i][j]))));
}

static void hpreact_relu(HPREACT)
{
    EACH(n, k) dhpreact[i][j] = h[i][j] > 0 ? dh[i][j] : 0;
}

static void hpreact_square_of_difference(HPREACT)
{
    EACH(n, k) dhpreact[i][j] = dh[i][j] * (1 - h[i][j]) * (1 - h[i][j]);
}

static void hpreact_times_h(HPREACT)
{
    EACH(n, k) dhpreact[i][j] = dh[i][j] * h[i][j];
}

static const Mistake hpreact_mistakes[] = {
    {TURNED("missing-factor:h[i][j]"),
     "The square is missing: the derivative of tanh is 1 - tanh^2, so 1 - h^2."},
    {TURNED("twins+tanh-of:h[i][j]"),
     "You took tanh of h. h is tanh(hpreact) already: the slope is 1 - h^2."},
    {TURNED("spread:1-h[i][j]*h[i][j]"),
     "h (1 - h) is the slope of the sigmoid. That of tanh is 1 - h^2."},
    {TURNED("missing-factor:(1-h[i][j]*h[i][j])"),
     "You passed dh on as it came. Multiply it by the slope of tanh, 1 - h^2."},
    {TURNED("missing-factor:dh[i][j]"), "1 - h^2 is the slope of tanh alone. The chain rule "
                                        "multiplies it by what came from above, dh."},
    {MISTAKE(hpreact_relu), "You let through what has a positive h; that is relu. The slope of "
                            "tanh is 1 - h^2, whatever the sign."},
    {MISTAKE(hpreact_square_of_difference), "(1 - h)^2 is not 1 - h^2. Only h is squared."},
    {MISTAKE(hpreact_times_h),
     "You multiplied by h, which is the value. The gradient needs the slope of tanh: 1 - h^2."},
    {TURNED("parentheses:(1-h[i][j]*h[i][j])"), "dh (1 - h^2) needs its parentheses: yours is dh - "
                                                "h^2. The upstream multiplies the whole slope."},
    {TURNED("inverted:(1-h[i][j]*h[i][j])"), "You divided by 1 - h^2; that is the way back through "
                                             "the inverse of tanh. Through tanh, multiply."},
    {0}};

CALL(hpreact_backward, n[0], n[1], a[0], a[1], a[2])

static const Exercise exercise_hpreact_backward = {
    .name = "hpreact_backward",
    .call = call_hpreact_backward,
    .sizes = "nk",
    .arguments = {{"dh", IN_NORMAL, "nk", 0},
                  {"h", IN_NORMAL, "nk", 0},
                  {"dhpreact", OUT, "nk", 0}},
    .cases = {{5, 3}, {2, 4}, {3, 7}, {4, 1}},
    .prepare = JUDGE(prepare_h),
    .reference = JUDGE((Function)reference_hpreact),
    .mistakes = JUDGE(hpreact_mistakes),
};

/* -- 13. and 16. bngain_backward and bnvar_inv_backward: a factor for every row ---------------- */

#define FACTOR int n, int k, const real dy[n][k], const real x[n][k], real dfactor[k]

static void reference_factor(FACTOR)
{
    for (int j = 0; j < k; j++)
        dfactor[j] = 0;
    for (int i = n - 1; i >= 0; i--)
        for (int j = 0; j < k; j++)
            dfactor[j] += x[i][j] * dy[i][j];
}

static void factor_total(FACTOR)
{
    for (int l = 0; l < k; l++) {
        dfactor[l] = 0;
        EACH(n, k) dfactor[l] += dy[i][j] * x[i][j];
    }
}

static const Mistake bngain_mistakes[] = {
    {TURNED("missing-factor:bnraw[i][j]"), "You left bnraw out; that is the gradient of the bias. "
                                           "In a product each factor's slope is the other factor."},
    {TURNED("divided-by-n:dhpreact[i][j]*bnraw[i][j]"),
     "You took the mean over the rows. One gain serves n rows, so n gradients add up."},
    {TURNED("accumulate:dbngain[j]+="),
     "Only the last row is left: = stands where += belongs, or it is set to zero inside the loop. "
     "One gain serves n rows, and what they send back adds up."},
    {MISTAKE(factor_total),
     "You summed over everything. Each unit has a gain of its own: sum over the rows only."},
    {0}};

CALL(bngain_backward, n[0], n[1], a[0], a[1], a[2])

static const Exercise exercise_bngain_backward = {
    .name = "bngain_backward",
    .call = call_bngain_backward,
    .sizes = "nk",
    .arguments = {{"dhpreact", IN_NORMAL, "nk", 0},
                  {"bnraw", IN_NORMAL, "nk", 0},
                  {"dbngain", OUT, "k", 0}},
    .cases = {{5, 3}, {2, 4}, {3, 7}, {4, 1}},
    .prepare = JUDGE(prepare_bnraw),
    .reference = JUDGE((Function)reference_factor),
    .mistakes = JUDGE(bngain_mistakes),
};

static const Mistake bnvar_inv_mistakes[] = {
    {TURNED("missing-factor:bndiff[i][j]"),
     "You left bndiff out. In a product each factor's slope is the other factor."},
    {TURNED("divided-by-n:dbnraw[i][j]*bndiff[i][j]"),
     "You took the mean over the rows. One bnvar_inv serves n rows, so n gradients add up."},
    {TURNED("accumulate:dbnvar_inv[j]+="),
     "Only the last row is left: = stands where += belongs, or it is set to zero inside the loop. "
     "One bnvar_inv serves n rows, and what they send back adds up."},
    {MISTAKE(factor_total),
     "You summed over everything. Each unit has a variance of its own: sum over the rows only."},
    {0}};

CALL(bnvar_inv_backward, n[0], n[1], a[0], a[1], a[2])

static const Exercise exercise_bnvar_inv_backward = {
    .name = "bnvar_inv_backward",
    .call = call_bnvar_inv_backward,
    .sizes = "nk",
    .arguments = {{"dbnraw", IN_NORMAL, "nk", 0},
                  {"bndiff", IN_NORMAL, "nk", 0},
                  {"dbnvar_inv", OUT, "k", 0}},
    .cases = {{5, 3}, {2, 4}, {3, 7}, {4, 1}},
    .prepare = JUDGE(prepare_bndiff),
    .reference = JUDGE((Function)reference_factor),
    .mistakes = JUDGE(bnvar_inv_mistakes),
};

/* -- 15. bnraw_backward ----------------------------------------------------------------------- */

#define BNRAW int n, int k, const real dhpreact[n][k], const real bngain[k], real dbnraw[n][k]

static void reference_bnraw(BNRAW)
{
    EACH(n, k) dbnraw[i][j] = dhpreact[i][j] * SLOPE(bngain[j] * AT(1));
}

static void bnraw_summed(BNRAW)
{
    real sum[k];
    reference_bias(n, k, dhpreact, sum);
    EACH(n, k) dbnraw[i][j] = sum[j] * bngain[j];
}

static void bnraw_centered(BNRAW)
{
    real mean[k];
    reference_bias(n, k, dhpreact, mean);
    EACH(n, k) dbnraw[i][j] = (dhpreact[i][j] - mean[j] / n) * bngain[j];
}

static const Mistake bnraw_mistakes[] = {
    {TURNED("missing-factor:bngain[j]"), "You left bngain out. It may be near 1 when training "
                                         "begins, but it is the slope all the same."},
    {TURNED("inverted:bngain[j]"),
     "You divided by bngain. Forward multiplies by it, and so does backward: that is the slope."},
    {MISTAKE(bnraw_summed), "You summed over the rows. It is the gain that was broadcast and gets "
                            "a sum; bnraw[i][j] is used once, in its own row."},
    {TURNED("divided-by-n:dhpreact[i][j]*bngain[j]"),
     "You divided by n. bnraw[i][j] is used once, with slope bngain[j]; nothing is averaged here."},
    {MISTAKE(bnraw_centered), "You took the mean over the rows off. The path through bnmean comes "
                              "later; here bnraw[i][j] has one slope, bngain[j]."},
    {0}};

CALL(bnraw_backward, n[0], n[1], a[0], a[1], a[2])

static const Exercise exercise_bnraw_backward = {
    .name = "bnraw_backward",
    .call = call_bnraw_backward,
    .sizes = "nk",
    .arguments = {{"dhpreact", IN_NORMAL, "nk", 0},
                  {"bngain", IN_POSITIVE, "k", 0},
                  {"dbnraw", OUT, "nk", 0}},
    .cases = {{5, 3}, {2, 4}, {3, 7}, {4, 1}},
    .reference = JUDGE((Function)reference_bnraw),
    .mistakes = JUDGE(bnraw_mistakes),
};

/* -- 17. bnvar_backward ----------------------------------------------------------------------- */

#define BNVAR int k, const real dbnvar_inv[k], const real bnvar_inv[k], real dbnvar[k]

static void reference_bnvar(BNVAR)
{
    for (int j = 0; j < k; j++)
        dbnvar[j] = dbnvar_inv[j] * SLOPE(1 / sqrt(AT(1 / (bnvar_inv[j] * bnvar_inv[j]))));
}

static void bnvar_power_of_inverse(BNVAR)
{
    for (int j = 0; j < k; j++)
        dbnvar[j] = -dbnvar_inv[j] * pow(bnvar_inv[j], -1.5) / 2;
}

/* The derivative of the root of s, by which s is divided: 1/2 s^(-1/2). */
static void bnvar_of_root(BNVAR)
{
    for (int j = 0; j < k; j++)
        dbnvar[j] = dbnvar_inv[j] * bnvar_inv[j] / 2;
}

static void bnvar_new_exponent(BNVAR)
{
    reference_bnvar(k, dbnvar_inv, bnvar_inv, dbnvar);
    for (int j = 0; j < k; j++)
        dbnvar[j] *= 3;
}

static const Mistake bnvar_mistakes[] = {
    {TURNED("wrong-sign:-dbnvar_inv[j]*bnvar_inv[j]*bnvar_inv[j]*bnvar_inv[j]/2"),
     "You lost the minus: the exponent -1/2 comes down in front. The larger the variance, the "
     "smaller its inverse."},
    {TURNED("missing-divisor:2"),
     "The factor 1/2 is missing: the exponent -1/2 comes down in front, not -1."},
    {TURNED("inverted:bnvar_inv[j]"),
     "The power is wrong: the exponent goes down by one, from -1/2 to -3/2, and (bnvar + "
     "eps)^(-3/2) is the cube of bnvar_inv."},
    {TURNED("missing-factor:bnvar_inv[j]"),
     "The power is wrong: bnvar_inv^2 is (bnvar + eps)^(-1). The exponent goes from -1/2 to -3/2, "
     "which is the cube of bnvar_inv."},
    {MISTAKE(bnvar_power_of_inverse),
     "You raised bnvar_inv to the power -3/2. It is bnvar + eps that has this exponent; in terms "
     "of bnvar_inv it is the cube."},
    {MISTAKE(bnvar_of_root), "That is the derivative of the square root. bnvar_inv is one over it: "
                             "(bnvar + eps)^(-1/2), with the derivative -1/2 bnvar_inv^3."},
    {MISTAKE(bnvar_new_exponent), "The factor is -3/2. The exponent that comes down in front is "
                                  "the old one, -1/2; -3/2 is the new one."},
    {TURNED("twins+inverted:bnvar_inv[j]"),
     "You divided by the cube of bnvar_inv. (bnvar + eps)^(-3/2) is the cube itself: multiply."},
    {TURNED("added:bnvar_inv[j]*bnvar_inv[j]"),
     "-bnvar_inv^2 belongs to 1/s. Here it is one over a root: (bnvar + eps)^(-1/2), with the "
     "derivative -1/2 bnvar_inv^3."},
    {0}};

CALL(bnvar_backward, n[0], a[0], a[1], a[2])

static const Exercise exercise_bnvar_backward = {
    .name = "bnvar_backward",
    .call = call_bnvar_backward,
    .sizes = "k",
    .arguments = {{"dbnvar_inv", IN_NORMAL, "k", 0},
                  {"bnvar_inv", IN_POSITIVE, "k", 0},
                  {"dbnvar", OUT, "k", 0}},
    .cases = {{7}, {2}, {1}},
    .reference = JUDGE((Function)reference_bnvar),
    .mistakes = JUDGE(bnvar_mistakes),
};

/* -- 18. bndiff2_backward --------------------------------------------------------------------- */

#define BNDIFF2 int n, int k, const real dbnvar[k], real dbndiff2[n][k]

static void reference_bndiff2(BNDIFF2)
{
    EACH(n, k) dbndiff2[i][j] = dbnvar[j] * SLOPE(AT(1) / (n - 1));
}

static void bndiff2_first_row(BNDIFF2)
{
    EACH(n, k) dbndiff2[i][j] = i ? 0 : dbnvar[j] / (n - 1);
}

static const Mistake bndiff2_mistakes[] = {
    {TURNED("missing-term:1"), "You divided by n; Bessel's correction divides by n - 1. Whatever "
                               "the forward pass divided by, the backward pass divides by too."},
    {TURNED("missing-divisor:(real)(n-1)"),
     "You left out 1/(n-1): it is the slope of the variance in each of its terms."},
    {MISTAKE(bndiff2_first_row), "Only the first row received a gradient. A sum forward is a "
                                 "broadcast backward: every row gets the same."},
    {TURNED("divided-by-n:dbnvar[j]/(real)(n-1)"),
     "You shared dbnvar out among the n rows as well. Each of the terms has slope 1/(n-1), and "
     "that is all."},
    {TURNED("times-2:dbnvar[j]/(real)(n-1)"),
     "The 2 of the square is in it already. It belongs to the next step: here only bndiff2 is "
     "looked at, with slope 1/(n-1)."},
    {0}};

CALL(bndiff2_backward, n[0], n[1], a[0], a[1])

static const Exercise exercise_bndiff2_backward = {
    .name = "bndiff2_backward",
    .call = call_bndiff2_backward,
    .sizes = "nk",
    .arguments = {{"dbnvar", IN_NORMAL, "k", 0}, {"dbndiff2", OUT, "nk", 0}},
    .cases = {{5, 3}, {2, 4}, {3, 7}, {4, 1}},
    .reference = JUDGE((Function)reference_bndiff2),
    .mistakes = JUDGE(bndiff2_mistakes),
};

/* -- 19. bndiff_backward ---------------------------------------------------------------------- */

#define BNDIFF                                                                                 \
    int n, int k, const real dbnraw[n][k], const real dbndiff2[n][k], const real bnvar_inv[k], \
        const real bndiff[n][k], real dbndiff[n][k]

static void prepare_bndiff_twice(int which, const int n[], void *const a[])
{
    real dbnvar_inv[n[1]], dbnvar[n[1]];
    (void)which;
    batch_norm_forward(n[0], n[1], a[3], a[3], a[2]);
    reference_factor(n[0], n[1], a[0], a[3], dbnvar_inv);
    reference_bnvar(n[1], dbnvar_inv, a[2], dbnvar);
    reference_bndiff2(n[0], n[1], dbnvar, a[1]);
}

static void reference_bndiff(BNDIFF)
{
    for (int i = 0; i < n; i++)
        for (int j = 0; j < k; j++)
            dbndiff[i][j] = SLOPE(dbnraw[i][j] * AT(bndiff[i][j]) * bnvar_inv[j] +
                                  dbndiff2[i][j] * AT(bndiff[i][j]) * AT(bndiff[i][j]));
}

static void bndiff_square(BNDIFF)
{
    EACH(n, k)
    dbndiff[i][j] = dbnraw[i][j] * bnvar_inv[j] + bndiff[i][j] * bndiff[i][j] * dbndiff2[i][j];
}

static const Mistake bndiff_mistakes[] = {
    {TURNED("missing-term:2*bndiff[i][j]*dbndiff2[i][j]"),
     "One of the two paths is missing: bndiff was also squared, for the variance. Add 2 bndiff "
     "dbndiff2."},
    {TURNED("missing-term:dbnraw[i][j]*bnvar_inv[j]"),
     "One of the two paths is missing: bndiff is also a factor of bnraw. Add dbnraw bnvar_inv."},
    {TURNED("missing-factor:2"), "The 2 is missing: the derivative of bndiff^2 is 2 bndiff."},
    {TURNED("missing-factor:bndiff[i][j]"),
     "The derivative of bndiff^2 is 2 bndiff, not 2: multiply by bndiff[i][j] too."},
    {TURNED("missing-factor:bnvar_inv[j]"),
     "In bnraw each difference is multiplied by bnvar_inv[j]: that path has this slope, not 1."},
    {MISTAKE(bndiff_square), "You multiplied by bndiff^2, which is the value. The gradient needs "
                             "the slope of the square: 2 bndiff."},
    {TURNED("times:2*bndiff[i][j]*dbndiff2[i][j]<-bnvar_inv[j]"),
     "You multiplied both paths by bnvar_inv. It is the slope of the one through bnraw; that of "
     "the square is 2 bndiff."},
    {TURNED("times-2:dbnraw[i][j]*bnvar_inv[j]"),
     "You gave both paths the 2. It is of the square; the path through bnraw has slope bnvar_inv."},
    {0}};

CALL(bndiff_backward, n[0], n[1], a[0], a[1], a[2], a[3], a[4])

static const Exercise exercise_bndiff_backward = {
    .name = "bndiff_backward",
    .call = call_bndiff_backward,
    .sizes = "nk",
    .arguments = {{"dbnraw", IN_NORMAL, "nk", 0},
                  {"dbndiff2", IN_PREPARED, "nk", 0},
                  {"bnvar_inv", IN_PREPARED, "k", 0},
                  {"bndiff", IN_NORMAL, "nk", 0},
                  {"dbndiff", OUT, "nk", 0}},
    .cases = {{5, 3}, {2, 4}, {3, 7}, {4, 1}},
    .prepare = JUDGE(prepare_bndiff_twice),
    .reference = JUDGE((Function)reference_bndiff),
    .mistakes = JUDGE(bndiff_mistakes),
};

/* -- 20. bnmean_backward ---------------------------------------------------------------------- */

#define BNMEAN int n, int k, const real dbndiff[n][k], real dbnmean[k]

static void reference_bnmean(BNMEAN)
{
    reference_bias(n, k, dbndiff, dbnmean);
    for (int j = 0; j < k; j++)
        dbnmean[j] = -dbnmean[j];
}

static void bnmean_total(BNMEAN)
{
    bias_total(n, k, dbndiff, dbnmean);
    for (int j = 0; j < k; j++)
        dbnmean[j] = -dbnmean[j];
}

static const Mistake bnmean_mistakes[] = {
    {TURNED("wrong-sign:dbndiff[i][j]"),
     "You lost the minus: the mean is taken away from each row, so its slope is -1."},
    {TURNED("divided-by-n:dbndiff[i][j]"),
     "You divided by n. One mean is taken away from n rows, so n gradients add up; the 1/n belongs "
     "to the next step, from the mean to hprebn."},
    {TURNED("accumulate:dbnmean[j]-="), "You wrote = where -= belongs: only the last row is left. "
                                        "One mean is taken away from n rows."},
    {MISTAKE(bnmean_total),
     "You summed over everything. Each unit has a mean of its own: sum over the rows only."},
    {0}};

CALL(bnmean_backward, n[0], n[1], a[0], a[1])

static const Exercise exercise_bnmean_backward = {
    .name = "bnmean_backward",
    .call = call_bnmean_backward,
    .sizes = "nk",
    .arguments = {{"dbndiff", IN_NORMAL, "nk", 0}, {"dbnmean", OUT, "k", 0}},
    .cases = {{5, 3}, {2, 4}, {3, 7}, {4, 1}},
    .reference = JUDGE((Function)reference_bnmean),
    .mistakes = JUDGE(bnmean_mistakes),
};

/* -- 21. hprebn_backward ---------------------------------------------------------------------- */

#define HPREBN int n, int k, const real dbndiff[n][k], const real dbnmean[k], real dhprebn[n][k]

static void prepare_bnmean(int which, const int n[], void *const a[])
{
    (void)which;
    reference_bnmean(n[0], n[1], a[0], a[1]);
}

static void reference_hprebn(HPREBN)
{
    EACH(n, k) dhprebn[i][j] = SLOPE(dbndiff[i][j] * AT(1) + dbnmean[j] * (AT(1) / n));
}

static const Mistake hprebn_mistakes[] = {
    {TURNED("missing-term:dbnmean[j]/(real)n"), "One of the two paths is missing: hprebn also went "
                                                "into the mean. Add dbnmean / n to every row."},
    {TURNED("missing-divisor:(real)n"),
     "1/n is missing: it is the slope of a mean in each of its terms. Add dbnmean / n."},
    {TURNED("(n-1)-for-n:dbnmean[j]/(real)n"),
     "You divided by n - 1. Bessel's correction is for the variance; the mean divides by n."},
    {TURNED("wrong-sign:dbnmean[j]/(real)n"),
     "You took dbnmean / n away. The minus of the difference is in dbnmean already, from the step "
     "before; gradients of two paths are added."},
    {TURNED("missing-term:dbndiff[i][j]"), "One of the two paths is missing: hprebn is also what "
                                           "bnmean was taken away from. Add dbndiff."},
    {TURNED("spread:dbndiff[i][j]+dbnmean[j]/(real)n"),
     "You divided both paths by n. Only the one through the mean has 1/n; the direct one has slope "
     "1."},
    {TURNED("times-2:dbnmean[j]/(real)n"),
     "The path through the mean counts twice. dbnmean holds minus the sum of dbndiff already: add "
     "dbnmean / n once, and nothing else."},
    {0}};

CALL(hprebn_backward, n[0], n[1], a[0], a[1], a[2])

static const Exercise exercise_hprebn_backward = {
    .name = "hprebn_backward",
    .call = call_hprebn_backward,
    .sizes = "nk",
    .arguments = {{"dbndiff", IN_NORMAL, "nk", 0},
                  {"dbnmean", IN_PREPARED, "k", 0},
                  {"dhprebn", OUT, "nk", 0}},
    .cases = {{5, 3}, {2, 4}, {3, 7}, {4, 1}},
    .prepare = JUDGE(prepare_bnmean),
    .reference = JUDGE((Function)reference_hprebn),
    .mistakes = JUDGE(hprebn_mistakes),
};

/* -- 25. emb_backward ------------------------------------------------------------------------- */

#define EMB int n, int t, int e, const real dembcat[n][t * e], real demb[n][t][e]

static void reference_emb(EMB)
{
    for (int at = 0; at < n * t * e; at++)
        (&demb[0][0][0])[at] = (&dembcat[0][0])[at];
}

static void emb_numbers_first(EMB)
{
    EACH(n, t) for (int f = 0; f < e; f++) demb[i][j][f] = dembcat[i][f * t + j];
}

static void emb_reversed(EMB)
{
    EACH(n, t) for (int f = 0; f < e; f++) demb[i][j][f] = dembcat[i][(t - 1 - j) * e + f];
}

static void emb_added_up(EMB)
{
    for (int i = 0; i < n; i++)
        for (int j = 0; j < t; j++)
            for (int f = 0; f < e; f++) {
                demb[i][j][f] = 0;
                for (int s = 0; s < t; s++)
                    demb[i][j][f] += dembcat[i][s * e + f];
            }
}

static void emb_overlapping(EMB)
{
    EACH(n, t) for (int f = 0; f < e; f++) demb[i][j][f] = dembcat[i][j + f];
}

static void emb_first_place(EMB)
{
    EACH(n, t) for (int f = 0; f < e; f++) demb[i][j][f] = dembcat[i][f];
}

static const Mistake emb_mistakes[] = {
    {MISTAKE(emb_numbers_first), "You mixed up place and number. The e numbers of one letter lie "
                                 "side by side: place s begins at s e."},
    {MISTAKE(emb_reversed),
     "You have the letters in reverse order: what lies first in embcat is place 0."},
    {MISTAKE(emb_added_up), "You added the places up. Laid end to end each number is used once, "
                            "and gets back what lies in its own place."},
    {MISTAKE(emb_overlapping), "Your letters overlap: place s begins at s e, and not at s."},
    {MISTAKE(emb_first_place), "Every place got what belongs to place 0. Place s begins at s e."},
    {0}};

CALL(emb_backward, n[0], n[1], n[2], a[0], a[1])

static const Exercise exercise_emb_backward = {
    .name = "emb_backward",
    .call = call_emb_backward,
    .sizes = "nted",
    .arguments = {{"dembcat", IN_NORMAL, "nd", 0}, {"demb", OUT, "nte", 0}},
    .cases = {{5, 3, 4, 12}, {2, 4, 3, 12}, {7, 2, 3, 6}},
    .reference = JUDGE((Function)reference_emb),
    .mistakes = JUDGE(emb_mistakes),
};

/* -- 26. C_backward --------------------------------------------------------------------------- */

#define TABLE int n, int t, int v, int e, const real demb[n][t][e], const int x[n][t], real dC[v][e]

static void reference_C(TABLE)
{
    for (int r = 0; r < v; r++)
        for (int f = 0; f < e; f++) {
            dC[r][f] = 0;
            for (int at = 0; at < n * t; at++)
                if ((&x[0][0])[at] == r)
                    dC[r][f] += (&demb[0][0][0])[at * e + f];
        }
}

static void C_divided(TABLE)
{
    reference_C(n, t, v, e, demb, x, dC);
    for (int r = 0; r < v; r++) {
        int count = 0;
        EACH(n, t) count += x[i][j] == r;
        for (int f = 0; f < e && count > 0; f++)
            dC[r][f] /= count;
    }
}

static void C_only_picked(TABLE)
{
    real all[v][e];
    reference_C(n, t, v, e, demb, x, all);
    EACH(n, t) for (int f = 0; f < e; f++) dC[x[i][j]][f] = all[x[i][j]][f];
}

static void C_reversed(TABLE)
{
    for (int r = 0; r < v; r++)
        for (int f = 0; f < e; f++) {
            dC[r][f] = 0;
            EACH(n, t) dC[r][f] += x[i][j] == r ? demb[i][t - 1 - j][f] : 0;
        }
}

/* A letter that stands twice in a row gets what comes back to the first of its places. */
static void C_once_a_row(TABLE)
{
    for (int r = 0; r < v; r++)
        for (int f = 0; f < e; f++) {
            dC[r][f] = 0;
            for (int i = 0; i < n; i++) {
                int s = 0;
                while (s < t && x[i][s] != r)
                    s++;
                dC[r][f] += s < t ? demb[i][s][f] : 0;
            }
        }
}

static void C_last_place(TABLE)
{
    for (int r = 0; r < v; r++)
        for (int f = 0; f < e; f++) {
            dC[r][f] = 0;
            for (int i = 0; i < n; i++)
                dC[r][f] += x[i][t - 1] == r ? demb[i][t - 1][f] : 0;
        }
}

static const Mistake C_mistakes[] = {
    {TURNED("accumulate:dC[x[i][s]][f]+="),
     "Of several look-ups of one letter only the last is left: = stands where += belongs, or it is "
     "set to zero inside the loop. Each of them reaches the loss, and their gradients add up."},
    {MISTAKE(C_divided),
     "You divided by how often a letter occurs. The loss really does depend on a frequent letter "
     "through more places; add the gradients and leave it at that."},
    {MISTAKE(C_only_picked),
     "Letters that x does not contain were left unwritten. The loss does not depend on their rows, "
     "so their gradient is zero: set all of dC to zero first."},
    {TURNED("runs-once:for(int s=0;s<t;s++)"),
     "Only the first letter of each row received a gradient. All t of them were looked up."},
    {MISTAKE(C_reversed),
     "You have the places in reverse order: demb[i][s] belongs to the letter x[i][s]."},
    {MISTAKE(C_once_a_row), "A letter that stands twice in a row received a gradient once. Each of "
                            "its places reaches the loss: do not stop at the first."},
    {MISTAKE(C_last_place),
     "Only the last letter of each row received a gradient. All t of them were looked up."},
    {0}};

CALL(C_backward, n[0], n[1], n[2], n[3], a[0], a[1], a[2])

static const Exercise exercise_C_backward = {
    .name = "C_backward",
    .call = call_C_backward,
    .sizes = "ntve",
    .arguments = {{"demb", IN_NORMAL, "nte", 0}, {"x", IN_INDEX, "nt", 'v'}, {"dC", OUT, "ve", 0}},
    .cases = {{6, 3, 5, 4}, {2, 3, 7, 4}, {5, 4, 6, 1}, {7, 1, 4, 3}},
    .reference = JUDGE((Function)reference_C),
    .mistakes = JUDGE(C_mistakes),
};

/* -- 27. cross_entropy_backward --------------------------------------------------------------- */

#define CROSS_ENTROPY int n, int v, const real logits[n][v], const int y[n], real dlogits[n][v]

/* Rows 1, 4, ... far up, rows 2, 5, ... far down. */
static void prepare_far_logits(int which, const int n[], void *const a[])
{
    real *logits = a[0];
    (void)which;
    EACH(n[0], n[1]) logits[i * n[1] + j] += i % 3 == 1 ? 1010 : i % 3 == 2 ? -1010 : 0;
}

static void reference_cross_entropy(CROSS_ENTROPY)
{
    for (int i = 0; i < n; i++)
        for (int j = 0; j < v; j++) {
            double complex sum = 0, picked = 0;
            for (int l = 0; l < v; l++) {
                double complex logit = logits[i][l] + (l == j ? 1e-100 * I : 0);
                sum += cexp(logit - logits[i][j]);
                picked = l == y[i] ? logit - logits[i][j] : picked;
            }
            dlogits[i][j] = SLOPE(clog(sum) - picked) / n;
        }
}

/* scale (softmax - share at y), a little wrong */
static void cross_entropy_with(CROSS_ENTROPY, double scale, double share)
{
    real counts_sum_inv[n];
    softmax_forward(n, v, logits, dlogits, counts_sum_inv);
    for (int i = 0; i < n; i++)
        for (int j = 0; j < v; j++)
            dlogits[i][j] = scale * (dlogits[i][j] * counts_sum_inv[i] - (j == y[i] ? share : 0));
}

static void cross_entropy_of_logs(CROSS_ENTROPY)
{
    real counts_sum_inv[n];
    softmax_forward(n, v, logits, dlogits, counts_sum_inv);
    for (int i = 0; i < n; i++) {
        real max = logits[i][0];
        for (int j = 1; j < v; j++)
            max = fmax(max, logits[i][j]);
        for (int j = 0; j < v; j++)
            dlogits[i][j] = (logits[i][j] - max + log(counts_sum_inv[i]) - (j == y[i])) / n;
    }
}

static void cross_entropy_of_counts(CROSS_ENTROPY)
{
    real counts_sum_inv[n];
    softmax_forward(n, v, logits, dlogits, counts_sum_inv);
    EACH(n, v) dlogits[i][j] = (dlogits[i][j] - (j == y[i])) * counts_sum_inv[i] / n;
}

static const Mistake cross_entropy_mistakes[] = {
    {TURNED("missing-term:(j==y[i])"), "You left out the letter that came: take 1 away from the "
                                       "probability at y[i] before dividing by n."},
    {TURNED("missing-divisor:(real)n"), "You left out 1/n: the loss is the mean over the rows."},
    {TURNED("times-n:(j==y[i])"),
     "You divided the probabilities by n, but not the 1 at y[i]. Both are divided: (p - 1) / n."},
    {TURNED("wrong-sign:(dlogits[i][j]/sum-(j==y[i]))/(real)n"),
     "The sign is flipped. It is probability minus one at y[i]: the loss falls when the logit of "
     "the letter that came rises."},
    {TURNED("missing-term:max"),
     "exp of a large logit overflows, and inf / inf is no number. Take the largest logit of each "
     "row away before exp: softmax stays the same."},
    {MISTAKE(cross_entropy_of_logs), "You took 1 from the logarithms of the probabilities. It "
                                     "belongs to the probabilities themselves: (p - 1) / n at y."},
    {MISTAKE(cross_entropy_of_counts),
     "You took 1 from the counts before they were divided by their sum. First make probabilities, "
     "then take 1 away at y."},
    {TURNED("divided-by-v:(dlogits[i][j]/sum-(j==y[i]))/(real)n"),
     "You divided by n v. The loss is the mean over the n rows: divide by n."},
    {0}};

CALL(cross_entropy_backward, n[0], n[1], a[0], a[1], a[2])

static const Exercise exercise_cross_entropy_backward = {
    .name = "cross_entropy_backward",
    .call = call_cross_entropy_backward,
    .sizes = "nv",
    .arguments = {{"logits", IN_NORMAL, "nv", 0},
                  {"y", IN_INDEX, "n", 'v'},
                  {"dlogits", OUT, "nv", 0}},
    .cases = {{5, 4}, {2, 3}, {3, 7}, {1, 4}},
    .prepare = JUDGE(prepare_far_logits),
    .reference = JUDGE((Function)reference_cross_entropy),
    .mistakes = JUDGE(cross_entropy_mistakes),
};

/* -- 28. batch_norm_backward ------------------------------------------------------------------ */

#define BATCH_NORM                                                                         \
    int n, int k, const real dhpreact[n][k], const real bnraw[n][k], const real bngain[k], \
        const real bnvar_inv[k], real dhprebn[n][k]

/* Small variances: with n = 2 the gradient is eps beside the variance. */
static void prepare_batch_norm(int which, const int n[], void *const a[])
{
    real *bnraw = a[1], *bnvar_inv = a[3];
    (void)which;
    for (int at = 0; at < n[0] * n[1]; at++)
        bnraw[at] *= 0.05;
    batch_norm_forward(n[0], n[1], a[1], a[1], a[3]);
    EACH(n[0], n[1]) bnraw[i * n[1] + j] *= bnvar_inv[j];
}

/* sum_i dhpreact[i] hpreact[i] in column j, with hprebn[nudged] moved by ih */
static double complex batch_norm_column(BATCH_NORM, int j, int nudged)
{
    double complex hprebn[n], mean = 0, var = 0, sum = 0;
    (void)dhprebn;
    for (int i = 0; i < n; i++) {
        hprebn[i] = bnraw[i][j] / bnvar_inv[j] + (i == nudged ? 1e-100 * I : 0);
        mean += hprebn[i] / n;
    }
    for (int i = 0; i < n; i++)
        var += (hprebn[i] - mean) * (hprebn[i] - mean) / (n - 1);
    for (int i = 0; i < n; i++)
        sum += dhpreact[i][j] * bngain[j] * (hprebn[i] - mean) / csqrt(var + EPS);
    return sum;
}

static void reference_batch_norm(BATCH_NORM)
{
    for (int i = 0; i < n; i++)
        for (int j = 0; j < k; j++)
            dhprebn[i][j] =
                SLOPE(batch_norm_column(n, k, dhpreact, bnraw, bngain, bnvar_inv, dhprebn, j, i));
}

/* The fused form, with the mean divided by by_mean, and the slope by by_slope; 0: left out. */
static void batch_norm_with(BATCH_NORM, int by_mean, int by_slope, bool gain)
{
    real mean[k], slope[k];
    reference_bias(n, k, dhpreact, mean);
    reference_factor(n, k, dhpreact, bnraw, slope);
    for (int i = 0; i < n; i++)
        for (int j = 0; j < k; j++) {
            real path = by_mean ? mean[j] / by_mean : 0;
            path += by_slope ? bnraw[i][j] * slope[j] / by_slope : 0;
            dhprebn[i][j] = (gain ? bngain[j] : 1) * bnvar_inv[j] * (dhpreact[i][j] - path);
        }
}

/* The path through the variance times bnvar_inv^power. */
static void batch_norm_power(BATCH_NORM, int power)
{
    real mean[k], slope[k];
    reference_bias(n, k, dhpreact, mean);
    reference_factor(n, k, dhpreact, bnraw, slope);
    for (int i = 0; i < n; i++)
        for (int j = 0; j < k; j++)
            dhprebn[i][j] = bngain[j] * bnvar_inv[j] *
                            (dhpreact[i][j] - mean[j] / n -
                             bnraw[i][j] * slope[j] * pow(bnvar_inv[j], power) / (n - 1));
}

static void batch_norm_inv_cubed(BATCH_NORM)
{
    batch_norm_power(n, k, dhpreact, bnraw, bngain, bnvar_inv, dhprebn, 2);
}

static void batch_norm_undivided(BATCH_NORM)
{
    batch_norm_with(n, k, dhpreact, bnraw, bngain, bnvar_inv, dhprebn, 1, 1, true);
}

static void batch_norm_along_rows(BATCH_NORM)
{
    for (int i = 0; i < n; i++) {
        real sum = 0, along = 0;
        for (int j = 0; j < k; j++) {
            sum += dhpreact[i][j];
            along += dhpreact[i][j] * bnraw[i][j];
        }
        for (int j = 0; j < k; j++)
            dhprebn[i][j] = bngain[j] * bnvar_inv[j] *
                            (dhpreact[i][j] - sum / n - bnraw[i][j] * along / (n - 1));
    }
}

static void batch_norm_unfinished_sums(BATCH_NORM)
{
    for (int j = 0; j < k; j++) {
        real sum = 0, along = 0;
        for (int i = 0; i < n; i++) {
            sum += dhpreact[i][j];
            along += dhpreact[i][j] * bnraw[i][j];
            dhprebn[i][j] = bngain[j] * bnvar_inv[j] *
                            (dhpreact[i][j] - sum / n - bnraw[i][j] * along / (n - 1));
        }
    }
}

static const Mistake batch_norm_mistakes[] = {
    {TURNED("never-runs:for(int i=0;i<n;i++)"),
     "You treated mean and variance as constants. hprebn acts through them too: take away the mean "
     "of dhpreact, and bnraw times its slope."},
    {TURNED("missing-term:mean"),
     "The path through the mean is missing: take away sum dhpreact / n."},
    {TURNED("missing-factor:dhpreact[i][j]#2"),
     "The path through the variance is missing: take away bnraw sum(dhpreact bnraw) / (n-1)."},
    {TURNED("missing-term:1"),
     "You divided by n in the variance's term; Bessel's correction divides by n - 1 there."},
    {TURNED("(n-1)-for-n:dhpreact[i][j]/(real)n"),
     "You divided by n - 1 in both terms. Bessel's correction is for the variance; the mean "
     "divides by n."},
    {TURNED("missing-factor:bngain[j]"),
     "You left bngain out: dbnraw is dhpreact times bngain, and all the rest follows from dbnraw."},
    {TURNED("missing-divisor:(real)n"), "You took the sum of dhpreact away where its mean belongs. "
                                        "Each row has only a share of 1/n in bnmean."},
    {TURNED("missing-divisor:(real)(n-1)"), "You took bnraw sum(dhpreact bnraw) away undivided. "
                                            "Each row has only a share of 1/(n-1) in bnvar."},
    {TURNED("times-1/2:dhpreact[i][j]*bnraw[i][j]/(real)(n-1)"),
     "The path through the variance is half of what it should be: you lost the 2 of the square, "
     "which cancels the 1/2 of the root."},
    {TURNED("times-2:dhpreact[i][j]*bnraw[i][j]/(real)(n-1)"),
     "The path through the variance is twice what it should be: you lost the 1/2 of the root, "
     "which cancels the 2 of the square."},
    {TURNED("wrong-sign:bnraw[i][j]*slope"),
     "The sign of the path through the variance is wrong. (bnvar + eps)^(-1/2) falls when bnvar "
     "grows: take it away."},
    {TURNED("times:dhpreact[i][j]*bnraw[i][j]/(real)(n-1)<-bnvar_inv[j]"),
     "bnvar_inv stands once too often in the path through the variance. bnraw holds it already: "
     "one in front of all is enough."},
    {MISTAKE(batch_norm_inv_cubed),
     "You took bnraw for bndiff: with bnvar_inv^3 belongs the difference, which is bnraw / "
     "bnvar_inv. In bnraw, one bnvar_inv in front is enough."},
    {TURNED("twins+negated:dhpreact[i][j]"),
     "You added the paths through mean and variance. Both are taken away: the mean is subtracted, "
     "and 1/sqrt falls."},
    {MISTAKE(batch_norm_undivided), "Neither of your sums is divided. Each row has a share of 1/n "
                                    "in the mean and of 1/(n-1) in the variance."},
    {MISTAKE(batch_norm_along_rows), "You summed along the row. Mean and variance belong to a "
                                     "unit: the sums go over the rows of the batch."},
    {MISTAKE(batch_norm_unfinished_sums),
     "You used the sums before they were complete. Every row needs those over all rows: finish "
     "them in a loop of their own."},
    {0}};

CALL(batch_norm_backward, n[0], n[1], a[0], a[1], a[2], a[3], a[4])

static const Exercise exercise_batch_norm_backward = {
    .name = "batch_norm_backward",
    .call = call_batch_norm_backward,
    .sizes = "nk",
    .arguments = {{"dhpreact", IN_NORMAL, "nk", 0},
                  {"bnraw", IN_NORMAL, "nk", 0},
                  {"bngain", IN_POSITIVE, "k", 0},
                  {"bnvar_inv", IN_PREPARED, "k", 0},
                  {"dhprebn", OUT, "nk", 0}},
    .cases = {{5, 3}, {2, 4}, {3, 7}, {4, 1}},
    .prepare = JUDGE(prepare_batch_norm),
    .reference = JUDGE((Function)reference_batch_norm),
    .mistakes = JUDGE(batch_norm_mistakes),
};

/* -- 29. training_step ------------------------------------------------------------------------ */

#define STEP                                                                                     \
    int n, int t, int v, int e, int k, real lr, const int x[n][t], const int y[n], real C[v][e], \
        real W1[t * e][k], real b1[k], real bngain[k], real bnbias[k], real W2[k][v], real b2[v]
#define STEP_ARGUMENTS n, t, v, e, k, lr, x, y, C, W1, b1, bngain, bnbias, W2, b2

/* The loss, all parameters complex. */
static double complex loss_of(int n, int t, int v, int e, int k, const int x[n][t], const int y[n],
                              const double complex C[v][e], const double complex W1[t * e][k],
                              const double complex b1[k], const double complex bngain[k],
                              const double complex bnbias[k], const double complex W2[k][v],
                              const double complex b2[v])
{
    double complex h[n][k], loss = 0;
    for (int j = 0; j < k; j++) {
        double complex mean = 0, var = 0;
        for (int i = 0; i < n; i++) {
            h[i][j] = b1[j];
            for (int l = 0; l < t * e; l++)
                h[i][j] += C[x[i][l / e]][l % e] * W1[l][j];
            mean += h[i][j] / n;
        }
        for (int i = 0; i < n; i++)
            var += (h[i][j] - mean) * (h[i][j] - mean) / (n - 1);
        for (int i = 0; i < n; i++)
            h[i][j] = ctanh(bngain[j] * (h[i][j] - mean) / csqrt(var + EPS) + bnbias[j]);
    }
    for (int i = 0; i < n; i++) {
        double complex sum = 0, picked = 0;
        for (int j = 0; j < v; j++) {
            double complex logit = b2[j];
            for (int l = 0; l < k; l++)
                logit += h[i][l] * W2[l][j];
            sum += cexp(logit);
            picked = j == y[i] ? logit : picked;
        }
        loss += (clog(sum) - picked) / n;
    }
    return loss;
}

/* Each parameter is nudged by ih in its turn, and moved when all slopes are known. */
static void reference_training_step(STEP)
{
    const int size[] = {v * e, t * e * k, k, k, k, k * v, v};
    real *const part[] = {&C[0][0], &W1[0][0], b1, bngain, bnbias, &W2[0][0], b2};
    enum { PARTS = sizeof size / sizeof size[0] };
    int total = v * e + t * e * k + 3 * k + k * v + v;
    double complex all[total], *z[PARTS];
    double slope[total];
    int used = 0;
    for (int p = 0; p < PARTS; p++) {
        z[p] = all + used;
        for (int at = 0; at < size[p]; at++)
            all[used++] = part[p][at];
    }
    for (int at = 0; at < total; at++) {
        all[at] += 1e-100 * I;
        slope[at] = SLOPE(loss_of(n, t, v, e, k, x, y, (void *)z[0], (void *)z[1], z[2], z[3], z[4],
                                  (void *)z[5], z[6]));
        all[at] = creal(all[at]);
    }
    for (int p = 0; p < PARTS; p++)
        for (int at = 0; at < size[p]; at++)
            part[p][at] -= lr * slope[z[p] - all + at];
}

enum {
    TOO_EARLY = 1,
    W1_TOO_EARLY,
    W2_TOO_EARLY,
    UPHILL,
    CONSTANTS,
    BIASED,
    BIASED_BACKWARD,
    SUMMED,
    AVERAGED,
    SLOPE_OF_HPREACT,
    SLOPE_OF_RELU,
    NO_SLOPE,
    NO_NORM,
    RAW_FOR_H,
    H_FOR_RAW,
    GAIN_TOO_EARLY,
    LAST_LOOKUP
};

/* The table's gradient if only the last look-up of each letter counts. */
static void C_last_lookup(TABLE)
{
    memset(dC, 0, sizeof(real[v][e]));
    EACH(n, t) for (int f = 0; f < e; f++) dC[x[i][j]][f] = demb[i][j][f];
}

/* The scale of the cross entropy's gradient. */
static double share_of_row(int mistake, int n)
{
    return mistake == SUMMED ? 1 : mistake == AVERAGED ? 1. / n / n : 1. / n;
}

/* dh through tanh, or what is taken for it. */
static void tanh_back(int mistake, HPREACT)
{
    real hpreact[n][k];
    EACH(n, k) hpreact[i][j] = atanh(h[i][j]);
    if (mistake == SLOPE_OF_RELU)
        hpreact_relu(n, k, dh, h, dhpreact);
    else if (mistake == NO_SLOPE)
        memcpy(dhpreact, dh, sizeof(real[n][k]));
    else if (mistake == SLOPE_OF_HPREACT)
        EACH(n, k) dhpreact[i][j] = dh[i][j] * (1 - hpreact[i][j] * hpreact[i][j]);
    else
        reference_hpreact(n, k, dh, h, dhpreact);
}

static void move(int n, real lr, const real *dp, real *p)
{
    for (int i = 0; i < n; i++)
        p[i] -= lr * dp[i];
}

/* The step as a student does it, with one mistake. */
static void step_with(int mistake, STEP)
{
    int d = t * e;
    int forward = mistake == BIASED ? n : n - 1;
    int backward = mistake == BIASED || mistake == BIASED_BACKWARD ? n : n - 1;
    bool early1 = mistake == W1_TOO_EARLY || mistake == TOO_EARLY;
    bool early2 = mistake == W2_TOO_EARLY || mistake == TOO_EARLY;
    real embcat[n][d], bnraw[n][k], bnvar_inv[k], h[n][k], logits[n][v];
    for (int i = 0; i < n; i++)
        for (int l = 0; l < d; l++)
            embcat[i][l] = C[x[i][l / e]][l % e];
    for (int j = 0; j < k; j++) {
        real mean = 0, var = 0;
        for (int i = 0; i < n; i++) {
            bnraw[i][j] = b1[j];
            for (int l = 0; l < d; l++)
                bnraw[i][j] += embcat[i][l] * W1[l][j];
            mean += bnraw[i][j] / n;
        }
        for (int i = 0; i < n; i++)
            var += (bnraw[i][j] - mean) * (bnraw[i][j] - mean) / forward;
        bnvar_inv[j] = 1 / sqrt(var + EPS);
        for (int i = 0; i < n; i++) {
            bnraw[i][j] = (bnraw[i][j] - mean) * bnvar_inv[j];
            h[i][j] = tanh(bngain[j] * bnraw[i][j] + bnbias[j]);
        }
    }
    for (int i = 0; i < n; i++)
        for (int j = 0; j < v; j++) {
            logits[i][j] = b2[j];
            for (int l = 0; l < k; l++)
                logits[i][j] += h[i][l] * W2[l][j];
        }

    real dlogits[n][v], dW2[k][v], db2[v], dh[n][k], dhpreact[n][k], dbngain[k], dbnbias[k];
    real dhprebn[n][k], dW1[d][k], db1[k], dembcat[n][d], dC[v][e];
    lr = mistake == UPHILL ? -lr : lr;
    cross_entropy_with(n, v, logits, y, dlogits, share_of_row(mistake, n), 1);
    reference_linear_weight(n, k, v, dlogits, mistake == RAW_FOR_H ? bnraw : h, dW2);
    reference_bias(n, v, dlogits, db2);
    if (early2)
        move(k * v, lr, &dW2[0][0], &W2[0][0]);
    reference_linear_input(n, k, v, dlogits, W2, dh);
    tanh_back(mistake, n, k, dh, h, dhpreact);
    reference_factor(n, k, dhpreact, mistake == H_FOR_RAW ? h : bnraw, dbngain);
    reference_bias(n, k, dhpreact, dbnbias);
    if (mistake == GAIN_TOO_EARLY)
        move(k, lr, dbngain, bngain);
    batch_norm_with(n, k, dhpreact, bnraw, bngain, bnvar_inv, dhprebn, mistake == CONSTANTS ? 0 : n,
                    mistake == CONSTANTS ? 0 : backward, true);
    if (mistake == NO_NORM)
        memcpy(dhprebn, dhpreact, sizeof dhprebn);
    reference_linear_weight(n, d, k, dhprebn, embcat, dW1);
    reference_bias(n, k, dhprebn, db1);
    if (early1)
        move(d * k, lr, &dW1[0][0], &W1[0][0]);
    memset(dembcat, 0, sizeof dembcat);
    reference_linear_input(n, d, k, dhprebn, W1, dembcat);
    (mistake == LAST_LOOKUP ? C_last_lookup : reference_C)(n, t, v, e, (void *)dembcat, x, dC);

    if (!early1)
        move(d * k, lr, &dW1[0][0], &W1[0][0]);
    if (!early2)
        move(k * v, lr, &dW2[0][0], &W2[0][0]);
    move(v * e, lr, &dC[0][0], &C[0][0]);
    move(k, lr, db1, b1);
    if (mistake != GAIN_TOO_EARLY)
        move(k, lr, dbngain, bngain);
    move(k, lr, dbnbias, bnbias);
    move(v, lr, db2, b2);
}

static void step_too_early(STEP)
{
    step_with(TOO_EARLY, STEP_ARGUMENTS);
}

static void step_constants(STEP)
{
    step_with(CONSTANTS, STEP_ARGUMENTS);
}

static void step_biased(STEP)
{
    step_with(BIASED, STEP_ARGUMENTS);
}

static void step_summed(STEP)
{
    step_with(SUMMED, STEP_ARGUMENTS);
}

static void step_W1_too_early(STEP)
{
    step_with(W1_TOO_EARLY, STEP_ARGUMENTS);
}

static void step_W2_too_early(STEP)
{
    step_with(W2_TOO_EARLY, STEP_ARGUMENTS);
}

static void step_biased_backward(STEP)
{
    step_with(BIASED_BACKWARD, STEP_ARGUMENTS);
}

static void step_averaged(STEP)
{
    step_with(AVERAGED, STEP_ARGUMENTS);
}

static void step_slope_of_hpreact(STEP)
{
    step_with(SLOPE_OF_HPREACT, STEP_ARGUMENTS);
}

static void step_without_slope(STEP)
{
    step_with(NO_SLOPE, STEP_ARGUMENTS);
}

static void step_last_lookup(STEP)
{
    step_with(LAST_LOOKUP, STEP_ARGUMENTS);
}

static void step_slope_of_relu(STEP)
{
    step_with(SLOPE_OF_RELU, STEP_ARGUMENTS);
}

static void step_without_norm(STEP)
{
    step_with(NO_NORM, STEP_ARGUMENTS);
}

static void step_raw_for_h(STEP)
{
    step_with(RAW_FOR_H, STEP_ARGUMENTS);
}

static void step_h_for_raw(STEP)
{
    step_with(H_FOR_RAW, STEP_ARGUMENTS);
}

static void step_gain_too_early(STEP)
{
    step_with(GAIN_TOO_EARLY, STEP_ARGUMENTS);
}

static const Mistake training_step_mistakes[] = {
    {MISTAKE(step_too_early), "You moved W2 or W1 before its old values had been used: dh and "
                              "dembcat need them. Compute all gradients first, then update."},
    {TURNED("twins+negated:lr"),
     "You added lr dp. A gradient points uphill; the loss is to fall, so take it away."},
    {MISTAKE(step_constants), "You treated batch norm's mean and variance as constants on the way "
                              "back. Use the whole gradient, exercise 28."},
    {MISTAKE(step_biased), "You divided by n in the variance; Bessel's correction divides by n - "
                           "1, forwards and backwards."},
    {TURNED("missing-term:(real)1e-5"), "You left eps out: bnvar_inv is (bnvar + 1e-5)^(-1/2)."},
    {MISTAKE(step_summed), "You left out the 1/n of the loss, so each gradient is n times too "
                           "large: the loss is the mean over the rows."},
    {MISTAKE(step_W1_too_early), "You moved W1 before dembcat was made, which needs its old "
                                 "values. Compute all gradients first, then update."},
    {MISTAKE(step_W2_too_early), "You moved W2 before dh was made, which needs its old values. "
                                 "Compute all gradients first, then update."},
    {TURNED("missing-term:1"), "You divided by n in the variance of the forward pass; the "
                               "statistics of exercise 28 divide by n - 1."},
    {MISTAKE(step_biased_backward), "You divided by n in the path back through the variance; it "
                                    "was made with n - 1, forwards and backwards."},
    {MISTAKE(step_averaged), "You divided by n twice. The 1/n of the loss is in dlogits, and with "
                             "it in all gradients: the update takes lr dp."},
    {MISTAKE(step_slope_of_hpreact),
     "The slope of tanh is 1 - h^2 with h, its output. You used its input, hpreact."},
    {MISTAKE(step_without_slope),
     "The tanh is missing on the way back: dhpreact is dh times 1 - h^2."},
    {MISTAKE(step_last_lookup), "Of several look-ups of one letter only the last moves C. All of "
                                "them reach the loss: add their gradients up first."},
    {MISTAKE(step_slope_of_relu),
     "You went back through a relu. h is made by tanh, with slope 1 - h^2 whatever its sign."},
    {MISTAKE(step_without_norm), "Batch norm is missing on the way back: dhpreact is not yet "
                                 "dhprebn. Exercise 28 leads from the one to the other."},
    {MISTAKE(step_raw_for_h), "W2 is moved by bnraw where h belongs. logits = h W2: dW2 is made of "
                              "what W2 multiplies, and that is h."},
    {MISTAKE(step_h_for_raw), "bngain is moved by h where bnraw belongs. The gain multiplies "
                              "bnraw, and its gradient is made of dhpreact and bnraw."},
    {MISTAKE(step_gain_too_early), "You moved bngain before dhprebn was made, which needs its old "
                                   "values. Compute all gradients first, then update."},
    {0}};

CALL(training_step, n[0], n[1], n[2], n[3], n[4], VALUE(a[0]), a[1], a[2], a[3], a[4], a[5], a[6],
     a[7], a[8], a[9])

static const Exercise exercise_training_step = {
    .name = "training_step",
    .call = call_training_step,
    .sizes = "ntvekd",
    .arguments = {{"lr", IN_POSITIVE, "", 0},
                  {"x", IN_INDEX, "nt", 'v'},
                  {"y", IN_INDEX, "n", 'v'},
                  {"C", IN_OUT, "ve", 0},
                  {"W1", IN_OUT, "dk", 0},
                  {"b1", IN_OUT, "k", 0},
                  {"bngain", IN_OUT, "k", 0},
                  {"bnbias", IN_OUT, "k", 0},
                  {"W2", IN_OUT, "kv", 0},
                  {"b2", IN_OUT, "v", 0}},
    .cases = {{5, 2, 4, 3, 7, 6}, {2, 3, 6, 4, 5, 12}, {6, 4, 3, 2, 5, 8}, {3, 2, 5, 4, 1, 8}},
    .reference = JUDGE((Function)reference_training_step),
    .mistakes = JUDGE(training_step_mistakes),
};

/* -- all, in their order ----------------------------------------------------------------------- */

static const Exercise *const exercises[] = {
    &exercise_logprobs_backward,    &exercise_probs_backward,  &exercise_counts_sum_inv_backward,
    &exercise_counts_sum_backward,  &exercise_counts_backward, &exercise_norm_logits_backward,
    &exercise_logit_maxes_backward, &exercise_logits_backward, &exercise_h_backward,
    &exercise_W2_backward,          &exercise_b2_backward,     &exercise_hpreact_backward,
    &exercise_bngain_backward,      &exercise_bnbias_backward, &exercise_bnraw_backward,
    &exercise_bnvar_inv_backward,   &exercise_bnvar_backward,  &exercise_bndiff2_backward,
    &exercise_bndiff_backward,      &exercise_bnmean_backward, &exercise_hprebn_backward,
    &exercise_embcat_backward,      &exercise_W1_backward,     &exercise_b1_backward,
    &exercise_emb_backward,         &exercise_C_backward,      &exercise_cross_entropy_backward,
    &exercise_batch_norm_backward,  &exercise_training_step,   NULL};

const Check check = {"10_makemore_mlp", exercises};
