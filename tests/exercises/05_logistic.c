/* 05_logistic.c: how the answers to exercises 05 are judged. The references have another sigmoid,
 * made from exp(-|z|), which is never larger than 1; the losses are differentiated by the complex
 * step where a logarithm is left; the network is taken apart as matrices. */
#include "05_logistic.h"

#include <complex.h>

#include "check.h"

static real sigmoid(real z)
{
    real small = exp(-fabs(z));
    return (z < 0 ? small : 1) / (1 + small);
}

/* log(1 + exp(z)), from the side where exp() is small */
static real softplus(real z)
{
    return z > 0 ? z + log1p(exp(-z)) : log1p(exp(z));
}

/* The first z, and from the second case on also the last, is out of exp()'s range. Where there is
 * room two are large, but not so large that nothing is left of the slope. */
static void reach_far(int which, int n, real z[n])
{
    if (n > 4) {
        z[2] = 4;
        z[3] = -6;
    }
    z[0] = which % 2 ? 1000 : -1000;
    if (n > 1 && which > 0)
        z[n - 1] = which % 2 ? -1000 : 1000;
}

/* Answers: yes, no, and now and then one between. The first is the one that its z is sure is
 * wrong. */
static void make_answers(int which, int n, real y[n])
{
    for (int i = 0; i < n; i++)
        y[i] = i % 4 == 3 ? 0.25 : (real)(y[i] > 0);
    y[0] = which % 2 ? 0 : 1;
}

/* -- 1. sigmoid_backward ---------------------------------------------------------------------- */

static void prepare_far(int which, const int n[], void *const a[])
{
    reach_far(which, n[0], a[1]);
}

static void reference_sigmoid(int n, const real dp[n], const real z[n], real dz[n])
{
    for (int i = 0; i < n; i++)
        dz[i] = dp[i] * sigmoid(z[i]) * sigmoid(-z[i]);
}

static void sigmoid_unsafe(int n, const real dp[n], const real z[n], real dz[n])
{
    for (int i = 0; i < n; i++)
        dz[i] = dp[i] * exp(-z[i]) / ((1 + exp(-z[i])) * (1 + exp(-z[i])));
}

static void sigmoid_of_z(int n, const real dp[n], const real z[n], real dz[n])
{
    for (int i = 0; i < n; i++)
        dz[i] = dp[i] * z[i] * (1 - z[i]);
}

static void sigmoid_as_tanh(int n, const real dp[n], const real z[n], real dz[n])
{
    for (int i = 0; i < n; i++)
        dz[i] = dp[i] * (1 - sigmoid(z[i]) * sigmoid(z[i]));
}

static void sigmoid_unsafe_above(int n, const real dp[n], const real z[n], real dz[n])
{
    for (int i = 0; i < n; i++)
        dz[i] = dp[i] * exp(z[i]) / ((1 + exp(z[i])) * (1 + exp(z[i])));
}

static void sigmoid_unsafe_p(int n, const real dp[n], const real z[n], real dz[n])
{
    for (int i = 0; i < n; i++) {
        real p = exp(z[i]) / (1 + exp(z[i]));
        dz[i] = dp[i] * p * (1 - p);
    }
}

static void sigmoid_twice(int n, const real dp[n], const real z[n], real dz[n])
{
    for (int i = 0; i < n; i++) {
        real p = sigmoid(sigmoid(z[i]));
        dz[i] = dp[i] * p * (1 - p);
    }
}

static void sigmoid_second(int n, const real dp[n], const real z[n], real dz[n])
{
    for (int i = 0; i < n; i++)
        dz[i] = dp[i] * sigmoid(z[i]) * sigmoid(-z[i]) * (sigmoid(-z[i]) - sigmoid(z[i]));
}

static void sigmoid_inverse(int n, const real dp[n], const real z[n], real dz[n])
{
    for (int i = 0; i < n; i++) {
        real p = 1 / (1 + exp(-z[i]));
        dz[i] = dp[i] / (p * (1 - p));
    }
}

static void sigmoid_of_dp(int n, const real dp[n], const real z[n], real dz[n])
{
    (void)z;
    for (int i = 0; i < n; i++)
        dz[i] = sigmoid(dp[i]) * sigmoid(-dp[i]);
}

#define NO_INNER_E                                                                               \
    "There is p^2 in yours where p (1 - p) belongs. 1/u has the slope -1/u^2; multiply by that " \
    "of u = 1 + exp(-z), which is -exp(-z)."

static const Mistake sigmoid_mistakes[] = {
    {MISTAKE(sigmoid_unsafe), "Your formula is right and not safe: at z = -1000 it is infinity "
                              "over infinity. Compute p first, then dp p (1 - p)."},
    {TURNED("missing-factor:(1-p)"),
     "That is dp times the sigmoid itself. Its derivative is p (1 - p)."},
    {MISTAKE(sigmoid_of_z), "You wrote z (1 - z). The derivative is p (1 - p) with p = sigmoid(z): "
                            "compute p from z first."},
    {MISTAKE(sigmoid_as_tanh), "1 - p^2 belongs to tanh. The sigmoid's derivative is p (1 - p)."},
    {TURNED("missing-factor:dp[i]"),
     "dp is missing. You have dp/dz; the chain rule multiplies it by what came from above."},
    {TURNED("missing-term:1#2"), NO_INNER_E},
    {TURNED("one-minus:(1-p)"), NO_INNER_E},
    {MISTAKE(sigmoid_unsafe_above), "Your formula is right and not safe: at z = 1000 it is "
                                    "infinity over infinity. Compute p first, then dp p (1 - p)."},
    {MISTAKE(sigmoid_unsafe_p), "exp(z) / (1 + exp(z)) is infinity over infinity at z = 1000. "
                                "Write the sigmoid as 1 / (1 + exp(-z))."},
    {MISTAKE(sigmoid_twice), "You took the sigmoid twice. z goes through it once: p = sigmoid(z), "
                             "and the slope is p (1 - p)."},
    {MISTAKE(sigmoid_second), "You differentiated twice: p (1 - p) (1 - 2p) is the slope of the "
                              "slope. Multiply dp by p (1 - p)."},
    {TURNED("missing-factor:p"), "1 - p is the slope of log p. That of p itself is p (1 - p)."},
    {MISTAKE(sigmoid_inverse), "You divided by p (1 - p): that is the slope from p to z. Here the "
                               "way is from z to p: multiply."},
    {MISTAKE(sigmoid_of_dp), "You took the sigmoid of dp. What comes from above is only "
                             "multiplied; p is the sigmoid of z."},
    {0}};

CALL(sigmoid_backward, n[0], a[0], a[1], a[2])

static const Exercise exercise_sigmoid_backward = {
    .name = "sigmoid_backward",
    .call = call_sigmoid_backward,
    .sizes = "n",
    .arguments = {{"dp", IN_NORMAL, "n", 0}, {"z", IN_NORMAL, "n", 0}, {"dz", OUT, "n", 0}},
    .cases = {{7}, {2}, {12}, {3}},
    .reference = JUDGE((Function)reference_sigmoid),
    .prepare = JUDGE(prepare_far),
    .mistakes = JUDGE(sigmoid_mistakes),
};

/* -- 2. softplus_backward --------------------------------------------------------------------- */

static void reference_softplus(int n, const real dout[n], const real z[n], real dz[n])
{
    for (int i = 0; i < n; i++)
        dz[i] = dout[i] * sigmoid(z[i]);
}

static void softplus_unsafe(int n, const real dout[n], const real z[n], real dz[n])
{
    for (int i = 0; i < n; i++)
        dz[i] = dout[i] * exp(z[i]) / (1 + exp(z[i]));
}

static void softplus_as_relu(int n, const real dout[n], const real z[n], real dz[n])
{
    for (int i = 0; i < n; i++)
        dz[i] = z[i] > 0 ? dout[i] : 0;
}

static void softplus_value(int n, const real dout[n], const real z[n], real dz[n])
{
    for (int i = 0; i < n; i++)
        dz[i] = dout[i] * softplus(z[i]);
}

static void softplus_value_unsafe(int n, const real dout[n], const real z[n], real dz[n])
{
    for (int i = 0; i < n; i++)
        dz[i] = dout[i] * log(1 + exp(z[i]));
}

static void softplus_of_output(int n, const real dout[n], const real z[n], real dz[n])
{
    for (int i = 0; i < n; i++)
        dz[i] = dout[i] * sigmoid(softplus(z[i]));
}

static void softplus_as_tanh(int n, const real dout[n], const real z[n], real dz[n])
{
    for (int i = 0; i < n; i++)
        dz[i] = dout[i] * tanh(z[i]);
}

static void softplus_of_dout(int n, const real dout[n], const real z[n], real dz[n])
{
    (void)z;
    for (int i = 0; i < n; i++)
        dz[i] = sigmoid(dout[i]);
}

#define SOFTPLUS_ITSELF \
    "You multiplied dout by the softplus itself. Wanted is its slope, the sigmoid of z."

static const Mistake softplus_mistakes[] = {
    {MISTAKE(softplus_unsafe), "Your formula is right and not safe: at z = 1000 it is infinity "
                               "over infinity. Divide both by exp(z): 1 / (1 + exp(-z))."},
    {TURNED("negated:-z[i]"),
     "The inner derivative is missing: you have 1 / (1 + exp(z)). Multiply by exp(z), the "
     "derivative of 1 + exp(z); that makes the sigmoid of z."},
    {MISTAKE(softplus_as_relu), "That is the relu's step. Softplus has no corner: its slope goes "
                                "from 0 to 1 as the sigmoid does."},
    {MISTAKE(reference_sigmoid), "You differentiated once too often: p (1 - p) is the slope of the "
                                 "sigmoid, and the sigmoid is the slope of softplus."},
    {TURNED("missing-factor:dout[i]"),
     "dout is missing. The chain rule multiplies the slope by what came from above."},
    {MISTAKE(softplus_value), SOFTPLUS_ITSELF},
    {MISTAKE(softplus_value_unsafe), SOFTPLUS_ITSELF},
    {MISTAKE(softplus_of_output),
     "You took the sigmoid of out. The slope is the sigmoid of z: 1 / (1 + exp(-z))."},
    {TURNED("missing-term:1"),
     "That is dout exp(z): the derivative of the logarithm is missing. Divide by what it was taken "
     "of, 1 + exp(z); put together it is the sigmoid of z."},
    {MISTAKE(softplus_as_tanh),
     "That is tanh(z). The slope of softplus goes from 0 to 1: the sigmoid of z."},
    {TURNED("missing-divisor:(1+exp(-z[i]))"),
     "You took the logarithm of each term: log(1) + log(exp(z)) would be z, with slope 1. log(1 + "
     "exp(z)) is not that; its slope is the sigmoid of z."},
    {MISTAKE(softplus_of_dout),
     "You took the sigmoid of dout. What comes from above is only multiplied: dout sigmoid(z)."},
    {0}};

CALL(softplus_backward, n[0], a[0], a[1], a[2])

static const Exercise exercise_softplus_backward = {
    .name = "softplus_backward",
    .call = call_softplus_backward,
    .sizes = "n",
    .arguments = {{"dout", IN_NORMAL, "n", 0}, {"z", IN_NORMAL, "n", 0}, {"dz", OUT, "n", 0}},
    .cases = {{7}, {2}, {12}, {3}},
    .reference = JUDGE((Function)reference_softplus),
    .prepare = JUDGE(prepare_far),
    .mistakes = JUDGE(softplus_mistakes),
};

/* -- 3. weighted_bce_backward ----------------------------------------------------------------- */

static real weight_of(int which)
{
    static const real weights[] = {3, 0.5, 5, 2};
    return weights[which % 4];
}

static void prepare_weighted(int which, const int n[], void *const a[])
{
    real *p = a[1];
    *(real *)a[0] = weight_of(which);
    for (int i = 0; i < n[0]; i++)
        p[i] = sigmoid(p[i]);
    make_answers(which, n[0], a[2]);
}

/* With one weight for yes and one for no. */
static void bce_between(real of_yes, real of_no, int n, const real p[n], const real y[n],
                        real dp[n])
{
    const real tiny = 1e-30;
    for (int i = 0; i < n; i++) {
        double complex q = p[i] + tiny * I;
        dp[i] = -cimag(of_yes * y[i] * clog(q) + of_no * (1 - y[i]) * clog(1 - q)) / tiny / (real)n;
    }
}

static void reference_weighted(int n, real weight, const real p[n], const real y[n], real dp[n])
{
    bce_between(weight, 1, n, p, y, dp);
}

static void weighted_the_no(int n, real weight, const real p[n], const real y[n], real dp[n])
{
    bce_between(1, weight, n, p, y, dp);
}

static void weighted_as_logits(int n, real weight, const real p[n], const real y[n], real dp[n])
{
    reference_weighted(n, weight, p, y, dp);
    for (int i = 0; i < n; i++)
        dp[i] *= p[i] * (1 - p[i]);
}

static void weighted_over_weights(int n, real weight, const real p[n], const real y[n], real dp[n])
{
    real total = 0;
    for (int i = 0; i < n; i++)
        total += weight * y[i] + 1 - y[i];
    reference_weighted(n, weight, p, y, dp);
    for (int i = 0; i < n; i++)
        dp[i] *= n / total;
}

/* answers that are yes from `least` on, and no below */
static void all_or_nothing(real least, int n, const real y[n], real hard[n])
{
    for (int i = 0; i < n; i++)
        hard[i] = y[i] >= least;
}

static void weighted_hard_no(int n, real weight, const real p[n], const real y[n], real dp[n])
{
    real hard[n];
    all_or_nothing(0.5, n, y, hard);
    reference_weighted(n, weight, p, hard, dp);
}

static void weighted_hard_yes(int n, real weight, const real p[n], const real y[n], real dp[n])
{
    real hard[n];
    all_or_nothing(0.1, n, y, hard);
    reference_weighted(n, weight, p, hard, dp);
}

static void weighted_logs(int n, real weight, const real p[n], const real y[n], real dp[n])
{
    for (int i = 0; i < n; i++)
        dp[i] = -(weight * y[i] * log(p[i]) + (1 - y[i]) * log(1 - p[i])) / n;
}

static void weighted_complement(int n, real weight, const real p[n], const real y[n], real dp[n])
{
    bce_between(weight, 1 - weight, n, p, y, dp);
}

static void weighted_exchanged(int n, real weight, const real p[n], const real y[n], real dp[n])
{
    for (int i = 0; i < n; i++)
        dp[i] = ((1 - y[i]) / p[i] - weight * y[i] / (1 - p[i])) / n;
}

static void weighted_by_its_answer(int n, real weight, const real p[n], const real y[n], real dp[n])
{
    for (int i = 0; i < n; i++)
        dp[i] = (weight * y[i] + 1 - y[i]) * ((1 - y[i]) / (1 - p[i]) - y[i] / p[i]) / n;
}

static void weighted_error_alone(int n, real weight, const real p[n], const real y[n], real dp[n])
{
    (void)weight;
    for (int i = 0; i < n; i++)
        dp[i] = (p[i] - y[i]) / n;
}

#define HARD_ANSWERS \
    "You took y for a plain yes or no. An answer between 0 and 1 has a share of both terms."

static const Mistake weighted_mistakes[] = {
    {TURNED("missing-divisor:n"),
     "You forgot 1/n. The loss is the mean over the n questions, whatever their weights."},
    {TURNED("times:(1-y[i])/(1-p[i])<-weight"),
     "You weighted everything. Only the yes part, y log p, is multiplied by the weight."},
    {MISTAKE(weighted_the_no), "You weighted the no part. The weight belongs to y log p."},
    {TURNED("missing-factor:weight"),
     "The weight is missing: a yes counts `weight` times as much."},
    {TURNED("missing-term:(1-y[i])/(1-p[i])"), "The no part is missing. (1 - y) log(1 - p) depends "
                                               "on p as well, and adds (1 - y) / (1 - p)."},
    {TURNED("wrong-sign:(1-y[i])/(1-p[i])"),
     "A sign is lost in the no part: the inner derivative of log(1 - p) is -1, and with the minus "
     "in front of the sum it becomes +(1 - y) / (1 - p)."},
    {MISTAKE(weighted_as_logits),
     "You went one step too far: that is dz. Here dp is wanted, before the sigmoid's p (1 - p)."},
    {MISTAKE(weighted_over_weights),
     "You divided by the sum of the weights. L is 1/n of the sum, however large the weights are."},
    {MISTAKE(weighted_hard_no), HARD_ANSWERS},
    {MISTAKE(weighted_hard_yes), HARD_ANSWERS},
    {TURNED("times:y[i]<-weight"),
     "You weighted y in p - y. That form is only left when yes and no weigh the same: the no part "
     "is (1 - y) / (1 - p), the yes part -weight y / p."},
    {MISTAKE(weighted_logs), "These are the terms of the loss. The derivative of log p is 1/p: "
                             "-weight y / p, and (1 - y) / (1 - p)."},
    {MISTAKE(weighted_complement),
     "You weighted the no with 1 - weight. Only a yes is weighted here; a no counts once."},
    {TURNED("inverted:weight"),
     "You divided the yes part by the weight. It is multiplied: -weight y / p."},
    {MISTAKE(weighted_exchanged),
     "The fractions are exchanged: log p has the slope 1/p, and log(1 - p) has -1 / (1 - p)."},
    {MISTAKE(weighted_by_its_answer),
     "You multiplied the whole gradient by a weight made from y. That is right for a plain yes or "
     "no; of an answer between them only the yes part is weighted, weight y / p."},
    {MISTAKE(weighted_error_alone), "That is p - y, the gradient by z where nothing is weighted. "
                                    "By p the fractions stay: (1 - y) / (1 - p) and weight y / p."},
    {0}};

CALL(weighted_bce_backward, n[0], VALUE(a[0]), a[1], a[2], a[3])

static const Exercise exercise_weighted_bce_backward = {
    .name = "weighted_bce_backward",
    .call = call_weighted_bce_backward,
    .sizes = "n",
    .arguments = {{"weight", IN_PREPARED, "", 0},
                  {"p", IN_NORMAL, "n", 0},
                  {"y", IN_NORMAL, "n", 0},
                  {"dp", OUT, "n", 0}},
    .cases = {{7}, {2}, {12}, {1}},
    .reference = JUDGE((Function)reference_weighted),
    .prepare = JUDGE(prepare_weighted),
    .mistakes = JUDGE(weighted_mistakes),
};

/* -- 4. bce_with_logits_forward --------------------------------------------------------------- */

static void prepare_logits(int which, const int n[], void *const a[])
{
    reach_far(which, n[0], a[0]);
    make_answers(which, n[0], a[1]);
}

/* A yes costs softplus(-z), a no softplus(z). */
static void reference_forward(int n, const real z[n], const real y[n], real loss[n])
{
    for (int i = 0; i < n; i++)
        loss[i] = (y[i] == 0 ? 0 : y[i] * softplus(-z[i])) +
                  (y[i] == 1 ? 0 : (1 - y[i]) * softplus(z[i]));
}

static void forward_by_steps(int n, const real z[n], const real y[n], real loss[n])
{
    for (int i = 0; i < n; i++) {
        real p = 1 / (1 + exp(-z[i]));
        loss[i] = -(y[i] * log(p) + (1 - y[i]) * log(1 - p));
    }
}

static void forward_no_absolute(int n, const real z[n], const real y[n], real loss[n])
{
    for (int i = 0; i < n; i++)
        loss[i] = z[i] - z[i] * y[i] + log(1 + exp(-z[i]));
}

/* by steps, with `eps` against the infinite logarithm */
static void forward_with(real eps, int n, const real z[n], const real y[n], real loss[n])
{
    for (int i = 0; i < n; i++) {
        real p = fmin(fmax(sigmoid(z[i]), eps), 1 - eps);
        loss[i] = -(y[i] * log(p) + (1 - y[i]) * log(1 - p));
    }
}

static void forward_plus(real eps, int n, const real z[n], const real y[n], real loss[n])
{
    for (int i = 0; i < n; i++) {
        real p = sigmoid(z[i]);
        loss[i] = -(y[i] * log(p + eps) + (1 - y[i]) * log(1 - p + eps));
    }
}

static void forward_clipped_7(int n, const real z[n], const real y[n], real loss[n])
{
    forward_with(1e-7, n, z, y, loss);
}

static void forward_clipped_8(int n, const real z[n], const real y[n], real loss[n])
{
    forward_with(1e-8, n, z, y, loss);
}

static void forward_clipped_10(int n, const real z[n], const real y[n], real loss[n])
{
    forward_with(1e-10, n, z, y, loss);
}

static void forward_clipped_12(int n, const real z[n], const real y[n], real loss[n])
{
    forward_with(1e-12, n, z, y, loss);
}

static void forward_clipped_15(int n, const real z[n], const real y[n], real loss[n])
{
    forward_with(1e-15, n, z, y, loss);
}

static void forward_clipped_100(int n, const real z[n], const real y[n], real loss[n])
{
    for (int i = 0; i < n; i++)
        loss[i] = y[i] * fmin(softplus(-z[i]), 100) + (1 - y[i]) * fmin(softplus(z[i]), 100);
}

static void forward_plus_7(int n, const real z[n], const real y[n], real loss[n])
{
    forward_plus(1e-7, n, z, y, loss);
}

static void forward_plus_8(int n, const real z[n], const real y[n], real loss[n])
{
    forward_plus(1e-8, n, z, y, loss);
}

static void forward_plus_12(int n, const real z[n], const real y[n], real loss[n])
{
    forward_plus(1e-12, n, z, y, loss);
}

static void forward_softplus_unsafe(int n, const real z[n], const real y[n], real loss[n])
{
    for (int i = 0; i < n; i++)
        loss[i] = log(1 + exp(z[i])) - z[i] * y[i];
}

static void forward_no_zy_below(int n, const real z[n], const real y[n], real loss[n])
{
    for (int i = 0; i < n; i++)
        loss[i] = (z[i] > 0 ? z[i] - z[i] * y[i] : 0) + log1p(exp(-fabs(z[i])));
}

static void forward_yes_only(int n, const real z[n], const real y[n], real loss[n])
{
    for (int i = 0; i < n; i++)
        loss[i] = y[i] == 0 ? 0 : y[i] * softplus(-z[i]);
}

static void forward_hard_yes(int n, const real z[n], const real y[n], real loss[n])
{
    real hard[n];
    all_or_nothing(0.1, n, y, hard);
    reference_forward(n, z, hard, loss);
}

static void forward_is_backward(int n, const real z[n], const real y[n], real loss[n])
{
    for (int i = 0; i < n; i++)
        loss[i] = sigmoid(z[i]) - y[i];
}

static void forward_square(int n, const real z[n], const real y[n], real loss[n])
{
    for (int i = 0; i < n; i++)
        loss[i] = (sigmoid(z[i]) - y[i]) * (sigmoid(z[i]) - y[i]);
}

static void forward_sum(int n, const real z[n], const real y[n], real loss[n])
{
    real sum = 0;
    reference_forward(n, z, y, loss);
    for (int i = 0; i < n; i++)
        sum += loss[i];
    for (int i = 0; i < n; i++)
        loss[i] = sum;
}

static void forward_of_signs(int n, const real z[n], const real y[n], real loss[n])
{
    for (int i = 0; i < n; i++)
        loss[i] = softplus((1 - 2 * y[i]) * z[i]);
}

#define PATCHED                                                                                   \
    "A small number keeps your logarithm finite, and then no loss gets larger than that allows. " \
    "At z = -1000 a yes costs 1000: write the loss in z, max(z, 0) - z y + log(1 + exp(-|z|))."

#define PLUS_OR_MINUS                                                                              \
    "You turned y into -1 and 1. That is right for a plain yes or no; an answer between them has " \
    "a share of both terms."

static const Mistake forward_mistakes[] = {
    {MISTAKE(forward_by_steps),
     "The formula by steps breaks where p is rounded to 0 or 1: its logarithm is infinite. Write "
     "the loss in z: max(z, 0) - z y + log(1 + exp(-|z|))."},
    {MISTAKE(forward_no_absolute), "Right for every z that exp(-z) can bear. At z = -1000 it is "
                                   "infinite: use exp(-|z|), and max(z, 0) in front."},
    {TURNED("missing-term:log1p(exp(-fabs(z[i])))"),
     "The last term is missing: log(1 + exp(-|z|)), which is what is left when z is small."},
    {TURNED("no-call:fmax(z[i],0)"), "You have z where max(z, 0) belongs. With |z| inside the "
                                     "exponential, a negative z has to leave the first term."},
    {TURNED("divided-by-n:fmax(z[i],0)-z[i]*y[i]+log1p(exp(-fabs(z[i])))"),
     "You took a mean. Here each question has its own loss; no 1/n."},
    {TURNED("one-minus:y[i]"), "Yes and no are exchanged: a large z should cost nothing where y is "
                               "1. The middle term is - z y."},
    {MISTAKE(forward_clipped_7), PATCHED},
    {MISTAKE(forward_clipped_8), PATCHED},
    {MISTAKE(forward_clipped_10), PATCHED},
    {MISTAKE(forward_clipped_12), PATCHED},
    {MISTAKE(forward_clipped_15), PATCHED},
    {MISTAKE(forward_clipped_100), PATCHED},
    {MISTAKE(forward_plus_7), PATCHED},
    {MISTAKE(forward_plus_8), PATCHED},
    {MISTAKE(forward_plus_12), PATCHED},
    {TURNED("no-call:fabs(z[i])"), "|z| belongs in the exponential once max(z, 0) stands in front: "
                                   "log(1 + exp(-|z|)). For a negative z yours has exp(-z)."},
    {MISTAKE(forward_softplus_unsafe),
     "Right for every z that exp(z) can bear. At z = 1000 it is infinite: log(1 + exp(z)) is "
     "max(z, 0) + log(1 + exp(-|z|))."},
    {TURNED("wrong-sign:z[i]*y[i]"),
     "The sign of z y: a large z makes a yes cheap. The middle term is - z y."},
    {MISTAKE(forward_no_zy_below), "The term - z y is missing where z is negative. It belongs to "
                                   "every z; only max(z, 0) and the exponential ask for the sign."},
    {TURNED("missing-term:z[i]*y[i]"),
     "That is the loss of a no, whatever y is. The term - z y is missing."},
    {MISTAKE(forward_yes_only),
     "The no part is missing: you have -y log p alone. Where y is 0 the loss is -log(1 - p)."},
    {TURNED("truncated:y[i]"), HARD_ANSWERS},
    {MISTAKE(forward_hard_yes), HARD_ANSWERS},
    {MISTAKE(forward_is_backward), "That is p - y, the gradient. Wanted is the loss itself."},
    {MISTAKE(forward_square),
     "You squared the error p - y. The loss is a cross entropy: -(y log p + (1 - y) log(1 - p))."},
    {MISTAKE(forward_sum), "You summed over the questions. Here each has a loss of its own."},
    {MISTAKE(forward_of_signs), PLUS_OR_MINUS},
    {0}};

CALL(bce_with_logits_forward, n[0], a[0], a[1], a[2])

static const Exercise exercise_bce_with_logits_forward = {
    .name = "bce_with_logits_forward",
    .call = call_bce_with_logits_forward,
    .sizes = "n",
    .arguments = {{"z", IN_NORMAL, "n", 0}, {"y", IN_NORMAL, "n", 0}, {"loss", OUT, "n", 0}},
    .cases = {{7}, {2}, {12}, {5}},
    .reference = JUDGE((Function)reference_forward),
    .prepare = JUDGE(prepare_logits),
    .mistakes = JUDGE(forward_mistakes),
};

/* -- 5. bce_with_logits_backward -------------------------------------------------------------- */

/* With one weight for yes and one for no: y = 1 pulls by sigmoid(-z), y = 0 pushes by sigmoid(z).
 */
static void pulls(real of_yes, real of_no, int n, const real z[n], const real y[n], real dz[n])
{
    for (int i = 0; i < n; i++)
        dz[i] = (of_no * (1 - y[i]) * sigmoid(z[i]) - of_yes * y[i] * sigmoid(-z[i])) / (real)n;
}

static void reference_logits(int n, const real z[n], const real y[n], real dz[n])
{
    pulls(1, 1, n, z, y, dz);
}

static void logits_by_steps(int n, const real z[n], const real y[n], real dz[n])
{
    for (int i = 0; i < n; i++) {
        real p = 1 / (1 + exp(-z[i]));
        dz[i] = ((1 - y[i]) / (1 - p) - y[i] / p) / (real)n * p * (1 - p);
    }
}

static void logits_unsafe(int n, const real z[n], const real y[n], real dz[n])
{
    for (int i = 0; i < n; i++)
        dz[i] = (exp(z[i]) / (1 + exp(z[i])) - y[i]) / (real)n;
}

static void logits_twice(int n, const real z[n], const real y[n], real dz[n])
{
    reference_logits(n, z, y, dz);
    for (int i = 0; i < n; i++)
        dz[i] *= sigmoid(z[i]) * sigmoid(-z[i]);
}

static void logits_no_sigmoid(int n, const real z[n], const real y[n], real dz[n])
{
    for (int i = 0; i < n; i++)
        dz[i] = (z[i] - y[i]) / (real)n;
}

static void logits_rounded(int n, const real z[n], const real y[n], real dz[n])
{
    for (int i = 0; i < n; i++)
        dz[i] = ((real)(z[i] > 0) - y[i]) / (real)n;
}

static void logits_abs(int n, const real z[n], const real y[n], real dz[n])
{
    for (int i = 0; i < n; i++) {
        real s = exp(-fabs(z[i]));
        dz[i] = ((z[i] > 0) - y[i] - s / (1 + s)) / n;
    }
}

static void logits_loss(int n, const real z[n], const real y[n], real dz[n])
{
    reference_forward(n, z, y, dz);
    for (int i = 0; i < n; i++)
        dz[i] /= n;
}

static void logits_loss_sum(int n, const real z[n], const real y[n], real dz[n])
{
    reference_forward(n, z, y, dz);
}

static void logits_no_only(int n, const real z[n], const real y[n], real dz[n])
{
    for (int i = 0; i < n; i++)
        dz[i] = (1 - y[i]) * sigmoid(z[i]) / n;
}

static void logits_square(int n, const real z[n], const real y[n], real dz[n])
{
    for (int i = 0; i < n; i++)
        dz[i] = 2 * (sigmoid(z[i]) - y[i]) * sigmoid(z[i]) * sigmoid(-z[i]) / n;
}

static void logits_hard_no(int n, const real z[n], const real y[n], real dz[n])
{
    real hard[n];
    all_or_nothing(0.5, n, y, hard);
    reference_logits(n, z, hard, dz);
}

static void logits_hard_yes(int n, const real z[n], const real y[n], real dz[n])
{
    real hard[n];
    all_or_nothing(0.1, n, y, hard);
    reference_logits(n, z, hard, dz);
}

static void logits_dp(int n, const real z[n], const real y[n], real dz[n])
{
    for (int i = 0; i < n; i++)
        dz[i] = ((1 - y[i]) / sigmoid(-z[i]) - y[i] / sigmoid(z[i])) / n;
}

static void logits_of_signs(int n, const real z[n], const real y[n], real dz[n])
{
    for (int i = 0; i < n; i++)
        dz[i] = (1 - 2 * y[i]) * sigmoid((1 - 2 * y[i]) * z[i]) / n;
}

static void logits_abs_above(int n, const real z[n], const real y[n], real dz[n])
{
    for (int i = 0; i < n; i++)
        dz[i] = ((z[i] > 0) - y[i] + sigmoid(-fabs(z[i]))) / n;
}

static void logits_softplus(int n, const real z[n], const real y[n], real dz[n])
{
    for (int i = 0; i < n; i++)
        dz[i] = (softplus(z[i]) - y[i]) / n;
}

static void logits_sigmoid_of_y(int n, const real z[n], const real y[n], real dz[n])
{
    for (int i = 0; i < n; i++)
        dz[i] = (sigmoid(z[i]) - sigmoid(y[i])) / n;
}

#define LOSS_ITSELF "That is the loss itself. Wanted is its gradient, (p - y) / n."

static const Mistake logits_mistakes[] = {
    {MISTAKE(logits_by_steps), "Right where p is neither 0 nor 1. At z = 1000 you divide by 1 - p "
                               "= 0. Multiply the two steps out on paper first: p - y is left."},
    {MISTAKE(logits_unsafe), "exp(z) / (1 + exp(z)) is infinity over infinity at z = 1000. Write "
                             "the sigmoid as 1 / (1 + exp(-z))."},
    {TURNED("missing-divisor:n"), "You forgot 1/n. The loss is the mean over the n questions."},
    {TURNED("wrong-sign:(p-y[i])/n"),
     "Your sign is turned round: p - y. Where p is too large, raising z makes the loss larger."},
    {MISTAKE(logits_twice), "You multiplied by p (1 - p) once more. The sigmoid's slope has "
                            "cancelled against the logarithm's already; p - y is all."},
    {MISTAKE(logits_no_sigmoid),
     "You took y off z. It is taken off the probability: compute p = sigmoid(z) first."},
    {MISTAKE(logits_rounded), "You decided between yes and no before you compared. The gradient is "
                              "made of p itself, not of p rounded."},
    {MISTAKE(logits_abs), "That is right where z is positive. Where it is negative, |z| falls as z "
                          "grows: the inner derivative of exp(-|z|) changes its sign there."},
    {TURNED("negated:-z[i]"), "You have 1 - p where p belongs: 1 / (1 + exp(z)) is the probability "
                              "of a no. The sigmoid is 1 / (1 + exp(-z))."},
    {TURNED("parentheses:(p-y[i])"), "Only y is divided by n. Brackets: (p - y) / n."},
    {MISTAKE(logits_loss), LOSS_ITSELF},
    {MISTAKE(logits_loss_sum), LOSS_ITSELF},
    {TURNED("times:1/(1+exp(-z[i]))<-y[i]"),
     "The no part is missing: y (p - 1) is what y log p gives. (1 - y) log(1 - p) adds (1 - y) p, "
     "and the two make p - y."},
    {MISTAKE(logits_no_only), "The yes part is missing: (1 - y) p is what (1 - y) log(1 - p) "
                              "gives. y log p adds -y (1 - p), and the two make p - y."},
    {MISTAKE(logits_square), "That is the gradient of the squares (p - y)^2. The loss is a cross "
                             "entropy, and its gradient p - y alone."},
    {MISTAKE(logits_hard_no), HARD_ANSWERS},
    {MISTAKE(logits_hard_yes), HARD_ANSWERS},
    {TURNED("absolute:(p-y[i])"),
     "You took the size of the error. Its sign says which way z is to go: p - y."},
    {MISTAKE(logits_dp), "That is dp, and where p is 0 or 1 it is no number. Multiply it by p (1 - "
                         "p) on paper first: p - y is left."},
    {MISTAKE(logits_of_signs), PLUS_OR_MINUS},
    {MISTAKE(logits_abs_above), "That is right where z is negative. Where it is positive, "
                                "exp(-|z|) falls as z grows: its inner derivative is -1 there."},
    {MISTAKE(logits_softplus), "You took y off the softplus of z. It is taken off the probability: "
                               "p = sigmoid(z), the slope of softplus."},
    {MISTAKE(logits_sigmoid_of_y),
     "You took the sigmoid of y as well. y is a probability already: p - y."},
    {0}};

CALL(bce_with_logits_backward, n[0], a[0], a[1], a[2])

static const Exercise exercise_bce_with_logits_backward = {
    .name = "bce_with_logits_backward",
    .call = call_bce_with_logits_backward,
    .sizes = "n",
    .arguments = {{"z", IN_NORMAL, "n", 0}, {"y", IN_NORMAL, "n", 0}, {"dz", OUT, "n", 0}},
    .cases = {{7}, {2}, {12}, {5}},
    .reference = JUDGE((Function)reference_logits),
    .prepare = JUDGE(prepare_logits),
    .mistakes = JUDGE(logits_mistakes),
};

/* -- 6. weighted_logits_backward -------------------------------------------------------------- */

static void prepare_weighted_logits(int which, const int n[], void *const a[])
{
    *(real *)a[0] = weight_of(which);
    reach_far(which, n[0], a[1]);
    make_answers(which, n[0], a[2]);
}

static void reference_weighted_logits(int n, real weight, const real z[n], const real y[n],
                                      real dz[n])
{
    pulls(weight, 1, n, z, y, dz);
}

static void weighted_logits_the_no(int n, real weight, const real z[n], const real y[n], real dz[n])
{
    pulls(1, weight, n, z, y, dz);
}

static void weighted_logits_by_steps(int n, real weight, const real z[n], const real y[n],
                                     real dz[n])
{
    for (int i = 0; i < n; i++) {
        real p = 1 / (1 + exp(-z[i]));
        dz[i] = ((1 - y[i]) / (1 - p) - weight * y[i] / p) / (real)n * p * (1 - p);
    }
}

static void weighted_logits_over_weights(int n, real weight, const real z[n], const real y[n],
                                         real dz[n])
{
    real total = 0;
    for (int i = 0; i < n; i++)
        total += weight * y[i] + 1 - y[i];
    reference_weighted_logits(n, weight, z, y, dz);
    for (int i = 0; i < n; i++)
        dz[i] *= n / total;
}

static void weighted_logits_hard_no(int n, real weight, const real z[n], const real y[n],
                                    real dz[n])
{
    real hard[n];
    all_or_nothing(0.5, n, y, hard);
    reference_weighted_logits(n, weight, z, hard, dz);
}

static void weighted_logits_hard_yes(int n, real weight, const real z[n], const real y[n],
                                     real dz[n])
{
    real hard[n];
    all_or_nothing(0.1, n, y, hard);
    reference_weighted_logits(n, weight, z, hard, dz);
}

static void weighted_logits_by_its_answer(int n, real weight, const real z[n], const real y[n],
                                          real dz[n])
{
    for (int i = 0; i < n; i++)
        dz[i] = (weight * y[i] + 1 - y[i]) * (sigmoid(z[i]) - y[i]) / n;
}

static void weighted_logits_if_yes(int n, real weight, const real z[n], const real y[n], real dz[n])
{
    for (int i = 0; i < n; i++)
        dz[i] = (y[i] == 1 ? weight : 1) * (sigmoid(z[i]) - y[i]) / n;
}

static void weighted_logits_if_any(int n, real weight, const real z[n], const real y[n], real dz[n])
{
    for (int i = 0; i < n; i++)
        dz[i] = (y[i] > 0 ? weight : 1) * (sigmoid(z[i]) - y[i]) / n;
}

static void weighted_logits_weight_p(int n, real weight, const real z[n], const real y[n],
                                     real dz[n])
{
    for (int i = 0; i < n; i++)
        dz[i] = (weight * sigmoid(z[i]) - y[i]) / n;
}

static void weighted_logits_dp(int n, real weight, const real z[n], const real y[n], real dz[n])
{
    for (int i = 0; i < n; i++)
        dz[i] = ((1 - y[i]) / sigmoid(-z[i]) - weight * y[i] / sigmoid(z[i])) / n;
}

static void weighted_logits_twice(int n, real weight, const real z[n], const real y[n], real dz[n])
{
    reference_weighted_logits(n, weight, z, y, dz);
    for (int i = 0; i < n; i++)
        dz[i] *= sigmoid(z[i]) * sigmoid(-z[i]);
}

static void weighted_logits_inside(int n, real weight, const real z[n], const real y[n], real dz[n])
{
    for (int i = 0; i < n; i++)
        dz[i] = (sigmoid(weight * z[i]) - y[i]) / n;
}

#define WEIGHT_OF_ANSWER                                                                        \
    "You multiplied p - y by a weight chosen by y. That is right for a plain yes or no; of an " \
    "answer between them only the yes part is weighted: (1 - y) p - weight y (1 - p)."

static const Mistake weighted_logits_mistakes[] = {
    {TURNED("times:y[i]<-weight"),
     "You weighted y in p - y. That form is only left when yes and no weigh the same: a yes with "
     "weight w pulls by w (p - 1), not by p - w."},
    {TURNED("times:(1-y[i])*p<-weight"),
     "You weighted everything: weight (p - y). Only the yes part is multiplied by the weight."},
    {TURNED("missing-factor:weight"),
     "The weight is missing: a yes counts `weight` times as much."},
    {MISTAKE(weighted_logits_the_no), "You weighted the no part. The weight belongs to y log p."},
    {TURNED("missing-divisor:n"),
     "You forgot 1/n. The loss is the mean over the n questions, whatever their weights."},
    {MISTAKE(weighted_logits_by_steps),
     "Right where p is neither 0 nor 1; at z = 1000 you divide by 0. Multiply exercise 3 by p (1 - "
     "p) on paper first, and let the fractions cancel."},
    {MISTAKE(weighted_logits_over_weights),
     "You divided by the sum of the weights. L is 1/n of the sum, however large the weights are."},
    {MISTAKE(weighted_logits_hard_no), HARD_ANSWERS},
    {MISTAKE(weighted_logits_hard_yes), HARD_ANSWERS},
    {TURNED("one-minus:(1-p)"), "You kept p in both parts. In the yes part p cancels against the "
                                "1/p, and 1 - p is left: -weight y (1 - p)."},
    {TURNED("one-minus:p"),
     "You kept 1 - p in both parts. In the no part 1 - p cancels, and p is left: (1 - y) p."},
    {TURNED("negated:-z[i]"),
     "p and 1 - p are crossed. The yes part pulls where p is small: -weight y (1 - p), and the no "
     "part pushes where p is large: (1 - y) p."},
    {MISTAKE(weighted_logits_by_its_answer), WEIGHT_OF_ANSWER},
    {MISTAKE(weighted_logits_if_yes), WEIGHT_OF_ANSWER},
    {MISTAKE(weighted_logits_if_any), WEIGHT_OF_ANSWER},
    {MISTAKE(weighted_logits_weight_p), "You weighted p and not y. A yes with weight w pulls by w "
                                        "(p - 1): the weight belongs to the whole yes part."},
    {MISTAKE(weighted_logits_dp),
     "That is dp, and where p is 0 or 1 it is no number. Multiply exercise 3 by p (1 - p) on paper "
     "first, and let the fractions cancel."},
    {MISTAKE(weighted_logits_twice),
     "You multiplied by p (1 - p) once more. It has cancelled against the fractions already."},
    {TURNED("missing-term:(1-y[i])*p"),
     "The no part is missing: (1 - y) log(1 - p) depends on z as well, and adds (1 - y) p."},
    {TURNED("missing-factor:(1-y[i])"),
     "Your no part counts in full for every answer. It counts for 1 - y: (1 - y) p."},
    {TURNED("missing-factor:(1-p)"),
     "In the yes part 1 - p is missing: what is sure of its yes pulls no more, -weight y (1 - p)."},
    {TURNED("wrong-sign:weight*y[i]*(1-p)"),
     "The sign of the yes part: a yes pulls z up, so its gradient is negative, -weight y (1 - p)."},
    {MISTAKE(weighted_logits_inside),
     "You multiplied z by the weight. It weighs the loss of a yes; p is the sigmoid of z alone."},
    {0}};

CALL(weighted_logits_backward, n[0], VALUE(a[0]), a[1], a[2], a[3])

static const Exercise exercise_weighted_logits_backward = {
    .name = "weighted_logits_backward",
    .call = call_weighted_logits_backward,
    .sizes = "n",
    .arguments = {{"weight", IN_PREPARED, "", 0},
                  {"z", IN_NORMAL, "n", 0},
                  {"y", IN_NORMAL, "n", 0},
                  {"dz", OUT, "n", 0}},
    .cases = {{7}, {2}, {12}, {5}},
    .reference = JUDGE((Function)reference_weighted_logits),
    .prepare = JUDGE(prepare_weighted_logits),
    .mistakes = JUDGE(weighted_logits_mistakes),
};

/* -- 7. network_backward ---------------------------------------------------------------------- */

static void prepare_network(int which, const int n[], void *const a[])
{
    real *p = a[0], *y = a[1], *h = a[3];
    (void)which;
    for (int i = 0; i < n[0]; i++) {
        p[i] = sigmoid(p[i]);
        y[i] = (real)(y[i] > 0);
    }
    for (int i = 0; i < n[0] * n[2]; i++)
        h[i] = sigmoid(h[i]);
}

/* dW1 = x^T dhpre, db1 the column sums of dhpre */
static void first_layer(int n, int d, int k, const real dhpre[n][k], const real x[n][d],
                        real dW1[d][k], real db1[k])
{
    for (int j = 0; j < k; j++) {
        db1[j] = 0;
        for (int i = n - 1; i >= 0; i--)
            db1[j] += dhpre[i][j];
        for (int a = 0; a < d; a++) {
            dW1[a][j] = 0;
            for (int i = n - 1; i >= 0; i--)
                dW1[a][j] += x[i][a] * dhpre[i][j];
        }
    }
}

static void second_layer(int n, int k, const real dz[n], const real h[n][k], real dw2[k], real *db2)
{
    *db2 = 0;
    for (int i = n - 1; i >= 0; i--)
        *db2 += dz[i];
    for (int j = 0; j < k; j++) {
        dw2[j] = 0;
        for (int i = n - 1; i >= 0; i--)
            dw2[j] += h[i][j] * dz[i];
    }
}

/* The slope of the hidden layer at h. */
typedef real Slope(real h);

static real slope_of_sigmoid(real h)
{
    return h - h * h;
}

static real slope_of_tanh(real h)
{
    return 1 - h * h;
}

static real slope_of_nothing(real h)
{
    (void)h;
    return 1;
}

static void network_with(Slope *slope, int n, int d, int k, const real dz[n], const real x[n][d],
                         const real h[n][k], const real w2[k], real dW1[d][k], real db1[k],
                         real dw2[k], real *db2)
{
    real dhpre[n][k];
    for (int i = 0; i < n; i++)
        for (int j = 0; j < k; j++)
            dhpre[i][j] = w2[j] * slope(h[i][j]) * dz[i];
    second_layer(n, k, dz, h, dw2, db2);
    first_layer(n, d, k, dhpre, x, dW1, db1);
}

static void dz_of(int n, const real p[n], const real y[n], real dz[n])
{
    for (int i = 0; i < n; i++)
        dz[i] = ((1 - y[i]) * p[i] - y[i] * (1 - p[i])) / (real)n;
}

#define NETWORK                                                                                    \
    int n, int d, int k, const real p[n], const real y[n], const real x[n][d], const real h[n][k], \
        const real w2[k], real dW1[d][k], real db1[k], real dw2[k], real *db2

static void reference_network(NETWORK)
{
    real dz[n];
    dz_of(n, p, y, dz);
    network_with(slope_of_sigmoid, n, d, k, dz, x, h, w2, dW1, db1, dw2, db2);
}

static void network_tanh(NETWORK)
{
    real dz[n];
    dz_of(n, p, y, dz);
    network_with(slope_of_tanh, n, d, k, dz, x, h, w2, dW1, db1, dw2, db2);
}

static void network_sigmoid_twice(NETWORK)
{
    real dz[n];
    dz_of(n, p, y, dz);
    for (int i = 0; i < n; i++)
        dz[i] *= p[i] * (1 - p[i]);
    network_with(slope_of_sigmoid, n, d, k, dz, x, h, w2, dW1, db1, dw2, db2);
}

static void network_db1_of_dh(NETWORK)
{
    real dz[n], dW1_of_dh[d][k];
    dz_of(n, p, y, dz);
    network_with(slope_of_nothing, n, d, k, dz, x, h, w2, dW1_of_dh, db1, dw2, db2);
    real right[k];
    network_with(slope_of_sigmoid, n, d, k, dz, x, h, w2, dW1, right, dw2, db2);
}

static void network_dw2_with_slope(int n, int d, int k, const real p[n], const real y[n],
                                   const real x[n][d], const real h[n][k], const real w2[k],
                                   real dW1[d][k], real db1[k], real dw2[k], real *db2)
{
    reference_network(n, d, k, p, y, x, h, w2, dW1, db1, dw2, db2);
    for (int j = 0; j < k; j++) {
        dw2[j] = 0;
        for (int i = 0; i < n; i++)
            dw2[j] += h[i][j] * (1 - h[i][j]) * h[i][j] * (p[i] - y[i]) / n;
    }
}

static void network_slope_of_p(int n, int d, int k, const real p[n], const real y[n],
                               const real x[n][d], const real h[n][k], const real w2[k],
                               real dW1[d][k], real db1[k], real dw2[k], real *db2)
{
    real dz[n];
    dz_of(n, p, y, dz);
    second_layer(n, k, dz, h, dw2, db2);
    for (int i = 0; i < n; i++)
        dz[i] *= p[i] * (1 - p[i]);
    real dw2_after[k], db2_after;
    network_with(slope_of_nothing, n, d, k, dz, x, h, w2, dW1, db1, dw2_after, &db2_after);
}

static void network_of_p(int n, int d, int k, const real p[n], const real y[n], const real x[n][d],
                         const real h[n][k], const real w2[k], real dW1[d][k], real db1[k],
                         real dw2[k], real *db2)
{
    real dz[n];
    dz_of(n, p, y, dz);
    for (int i = 0; i < n; i++)
        dz[i] /= p[i] * (1 - p[i]);
    network_with(slope_of_sigmoid, n, d, k, dz, x, h, w2, dW1, db1, dw2, db2);
}

static void network_as_squares(int n, int d, int k, const real p[n], const real y[n],
                               const real x[n][d], const real h[n][k], const real w2[k],
                               real dW1[d][k], real db1[k], real dw2[k], real *db2)
{
    real dz[n];
    dz_of(n, p, y, dz);
    for (int i = 0; i < n; i++)
        dz[i] *= 2 * p[i] * (1 - p[i]);
    network_with(slope_of_sigmoid, n, d, k, dz, x, h, w2, dW1, db1, dw2, db2);
}

static void network_sigmoid_of_h(int n, int d, int k, const real p[n], const real y[n],
                                 const real x[n][d], const real h[n][k], const real w2[k],
                                 real dW1[d][k], real db1[k], real dw2[k], real *db2)
{
    real dz[n], again[n][k], dw2_again[k];
    for (int i = 0; i < n; i++)
        for (int j = 0; j < k; j++)
            again[i][j] = sigmoid(h[i][j]);
    dz_of(n, p, y, dz);
    network_with(slope_of_sigmoid, n, d, k, dz, x, again, w2, dW1, db1, dw2_again, db2);
    second_layer(n, k, dz, h, dw2, db2);
}

static void network_product_of_sums(int n, int d, int k, const real p[n], const real y[n],
                                    const real x[n][d], const real h[n][k], const real w2[k],
                                    real dW1[d][k], real db1[k], real dw2[k], real *db2)
{
    reference_network(n, d, k, p, y, x, h, w2, dW1, db1, dw2, db2);
    for (int j = 0; j < k; j++) {
        real sum = 0;
        for (int i = 0; i < n; i++)
            sum += h[i][j];
        dw2[j] = sum * *db2;
    }
}

static void network_all_w2(int n, int d, int k, const real p[n], const real y[n],
                           const real x[n][d], const real h[n][k], const real w2[k], real dW1[d][k],
                           real db1[k], real dw2[k], real *db2)
{
    real dz[n], all[k], dw2_of_all[k], sum = 0;
    dz_of(n, p, y, dz);
    for (int j = 0; j < k; j++)
        sum += w2[j];
    for (int j = 0; j < k; j++)
        all[j] = sum;
    network_with(slope_of_sigmoid, n, d, k, dz, x, h, all, dW1, db1, dw2_of_all, db2);
    second_layer(n, k, dz, h, dw2, db2);
}

static const Mistake network_mistakes[] = {
    {TURNED("added:h[i][j]*(1-h[i][j])"), "The hidden sigmoid is missing on the way back. Between "
                                          "dh = dz w2 and dhpre stands its slope, h (1 - h)."},
    {MISTAKE(network_tanh), "1 - h^2 belongs to tanh. The hidden layer is a sigmoid: h (1 - h)."},
    {TURNED("missing-divisor:n"),
     "You forgot 1/n. The loss is the mean over the n questions: dz = (p - y) / n."},
    {MISTAKE(network_sigmoid_twice), "You multiplied dz by p (1 - p) once more. In p - y the "
                                     "sigmoid's slope has cancelled already."},
    {TURNED("missing-factor:w2[j]"), "w2 is missing on the way back: a hidden unit feels the loss "
                                     "as strongly as it is connected to the output, dh = dz w2."},
    {TURNED("twins+accumulate:*db2+="),
     "Only the last example is left: = stands where += belongs, or it is set to zero inside the "
     "loop. The parameters serve all n examples, and their gradients add up."},
    {MISTAKE(network_db1_of_dh),
     "Your db1 is made of dh. The bias stands inside the sigmoid: sum dhpre = dh h (1 - h)."},
    {TURNED("instead:dz<-*db2#2"), "Your dh goes on from one example to the next. Each has a dh of "
                                   "its own, dz[i] w2[j]: set it anew."},
    {TURNED("times-k:dz"), "You counted each example k times in db2. The bias is added once to "
                           "each z: move it out of the loop over the hidden units."},
    {TURNED("instead:dhpre<-dz"),
     "Your db1 is made of dz. b1 stands inside the hidden sigmoid: sum dhpre = dz w2 h (1 - h)."},
    {MISTAKE(network_dw2_with_slope), "The hidden slope h (1 - h) is in your dw2. w2 stands behind "
                                      "the hidden sigmoid: its gradient is the sum of h dz."},
    {MISTAKE(network_slope_of_p), "You took the slope of the output's sigmoid, p (1 - p), for that "
                                  "of the hidden one: h (1 - h)."},
    {MISTAKE(network_of_p), "You divided by p (1 - p): that is dp. The sigmoid multiplies by it "
                            "again on the way to dz, and p - y is left."},
    {MISTAKE(network_as_squares), "That is the gradient of the squares (p - y)^2. The loss is the "
                                  "mean BCE, and dz = (p - y) / n."},
    {TURNED("times-2:(p[i]-y[i])/n"), "There is a 2 too many in dz: that of a square. The loss is "
                                      "the mean BCE, and dz = (p - y) / n."},
    {MISTAKE(network_sigmoid_of_h),
     "You took the sigmoid of h once more. h is sigmoid(hpre) already: its slope is h (1 - h)."},
    {MISTAKE(network_product_of_sums), "You multiplied two sums. dw2[j] is a sum of products: each "
                                       "example's dz times its own h[i][j]."},
    {TURNED("times-d:dhpre"), "You counted each example d times in db1. The bias is added once to "
                              "each hidden unit: move it out of the loop over the inputs."},
    {TURNED("missing-factor:h[i][j]#2"),
     "Your dw2 has no h in it. Nudging w2[j] moves z by h[i][j] times the nudge: multiply dz by it "
     "before you add."},
    {TURNED("missing-factor:x[i][a]"),
     "Your dW1 has no x in it. Nudging W1[a][j] moves hpre by x[i][a] times the nudge: multiply "
     "dhpre by it before you add."},
    {MISTAKE(network_all_w2), "You added up all of w2. Hidden unit j reaches the output through "
                              "its own w2[j]: dh[i][j] = dz[i] w2[j]."},
    {0}};

CALL(network_backward, n[0], n[1], n[2], a[0], a[1], a[2], a[3], a[4], a[5], a[6], a[7], a[8])

static const Exercise exercise_network_backward = {
    .name = "network_backward",
    .call = call_network_backward,
    .sizes = "ndk",
    .arguments = {{"p", IN_NORMAL, "n", 0},
                  {"y", IN_NORMAL, "n", 0},
                  {"x", IN_NORMAL, "nd", 0},
                  {"h", IN_NORMAL, "nk", 0},
                  {"w2", IN_NORMAL, "k", 0},
                  {"dW1", OUT, "dk", 0},
                  {"db1", OUT, "k", 0},
                  {"dw2", OUT, "k", 0},
                  {"db2", OUT, "", 0}},
    .cases = {{7, 2, 4}, {2, 3, 5}, {8, 5, 3}, {5, 2, 1}},
    .reference = JUDGE((Function)reference_network),
    .prepare = JUDGE(prepare_network),
    .mistakes = JUDGE(network_mistakes),
};

/* -- all, in their order ----------------------------------------------------------------------- */

static const Exercise *const exercises[] = {
    &exercise_sigmoid_backward,         &exercise_softplus_backward,
    &exercise_weighted_bce_backward,    &exercise_bce_with_logits_forward,
    &exercise_bce_with_logits_backward, &exercise_weighted_logits_backward,
    &exercise_network_backward,         NULL};

const Check check = {"05_logistic", exercises};
