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

/* A yes costs softplus(-z), a no softplus(z), each from the side where exp() is small. */
static real softplus(real z)
{
    return z > 0 ? z + log1p(exp(-z)) : log1p(exp(z));
}

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
     "Only the last example is left: = where += belongs. The parameters serve all n examples, and "
     "their gradients add up."},
    {MISTAKE(network_db1_of_dh),
     "Your db1 is made of dh. The bias stands inside the sigmoid: sum dhpre = dh h (1 - h)."},
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
