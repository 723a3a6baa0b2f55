/* 04_linear_regression.c: how the answers to exercises 04 are judged. What is quadratic, the
 * references nudge by a half to both sides, which is exact for a parabola, however long the nudge;
 * the root they take by the complex step. */
#include "04_linear_regression.h"

#include <complex.h>

#include "check.h"

/* -- 1. l1_sum_backward ----------------------------------------------------------------------- */

/* Two hits, one of them far from zero. */
static void prepare_hits(int which, const int n[], void *const a[])
{
    real *pred = a[0], *y = a[1];
    (void)which;
    pred[0] = y[0];
    if (n[0] > 2)
        pred[n[0] - 1] = y[n[0] - 1] = 7;
}

static void sign_times(real above, real hit, real below, int n, const real pred[n], const real y[n],
                       real dpred[n])
{
    for (int i = 0; i < n; i++)
        dpred[i] = pred[i] == y[i] ? hit : (pred[i] - y[i] > 0 ? above : below);
}

static void reference_l1(int n, const real pred[n], const real y[n], real dpred[n])
{
    sign_times(1, 0, -1, n, pred, y, dpred);
}

static void l1_mean(int n, const real pred[n], const real y[n], real dpred[n])
{
    sign_times(1 / (real)n, 0, -1 / (real)n, n, pred, y, dpred);
}

static void l1_flipped(int n, const real pred[n], const real y[n], real dpred[n])
{
    sign_times(-1, 0, 1, n, pred, y, dpred);
}

static void l1_divided(int n, const real pred[n], const real y[n], real dpred[n])
{
    for (int i = 0; i < n; i++)
        dpred[i] = (pred[i] - y[i]) / fabs(pred[i] - y[i]);
}

static void l1_as_mse(int n, const real pred[n], const real y[n], real dpred[n])
{
    for (int i = 0; i < n; i++)
        dpred[i] = 2 * (pred[i] - y[i]);
}

static void l1_loss(int n, const real pred[n], const real y[n], real dpred[n])
{
    for (int i = 0; i < n; i++)
        dpred[i] = fabs(pred[i] - y[i]);
}

static void l1_error(int n, const real pred[n], const real y[n], real dpred[n])
{
    for (int i = 0; i < n; i++)
        dpred[i] = pred[i] - y[i];
}

static void l1_sizes(int n, const real pred[n], const real y[n], real dpred[n])
{
    for (int i = 0; i < n; i++)
        dpred[i] = (fabs(pred[i]) > fabs(y[i])) - (fabs(pred[i]) < fabs(y[i]));
}

static void l1_sign_of_pred(int n, const real pred[n], const real y[n], real dpred[n])
{
    (void)y;
    for (int i = 0; i < n; i++)
        dpred[i] = (pred[i] > 0) - (pred[i] < 0);
}

static void l1_patched(int n, const real pred[n], const real y[n], real dpred[n])
{
    for (int i = 0; i < n; i++)
        dpred[i] = (pred[i] - y[i]) / (fabs(pred[i] - y[i]) + 1e-8);
}

static void l1_clipped(int n, const real pred[n], const real y[n], real dpred[n])
{
    for (int i = 0; i < n; i++)
        dpred[i] = fmax(-1, fmin(1, pred[i] - y[i]));
}

static void l1_total(int n, const real pred[n], const real y[n], real dpred[n])
{
    real total = 0;
    for (int i = 0; i < n; i++)
        total += (pred[i] > y[i]) - (pred[i] < y[i]);
    for (int i = 0; i < n; i++)
        dpred[i] = total;
}

static const Mistake l1_mistakes[] = {
    {MISTAKE(l1_mean), "You divided by n. This loss is the sum of the errors, not their mean: each "
                       "prediction has the whole slope, 1 or -1."},
    {MISTAKE(l1_flipped), "Your sign is turned round. Where the prediction is too high, raising it "
                          "makes the loss larger: +1."},
    {TURNED("equal:pred[i]<y[i]<-<="),
     "A prediction that hits its y got -1. Both slopes meet there, and the value to take is 0: "
     "there are three cases, not two."},
    {TURNED("equal:pred[i]>y[i]<->="),
     "A prediction that hits its y got +1. Both slopes meet there, and the value to take is 0: "
     "there are three cases, not two."},
    {MISTAKE(l1_divided), "You divided the error by its size, which is 0/0 where a prediction "
                          "hits. Compare pred[i] with y[i] instead: above, below, equal."},
    {MISTAKE(l1_as_mse), "This is the gradient of the squares. The slope of |e| is its sign; the "
                         "size of the error is not in it."},
    {TURNED("twins+truncated:pred[i]-y[i]"),
     "You cut the error off to a whole number before you looked at its sign, so what is smaller "
     "than 1 counts as a hit. Compare the reals themselves."},
    {MISTAKE(l1_loss), "These are the errors |pred - y| themselves, the terms of the loss. The "
                       "slope of |e| is its sign: 1, -1, and 0 at a hit."},
    {MISTAKE(l1_error), "That is the error itself, which is the gradient of e^2 / 2. The slope of "
                        "|e| is its sign; the size of the error is not in it."},
    {MISTAKE(l1_sizes), "You compared the sizes of pred and y. It is pred - y whose absolute value "
                        "is taken: compare pred[i] with y[i] as they are."},
    {MISTAKE(l1_sign_of_pred), "You took the sign of pred. It is the sign of the error, pred - y."},
    {MISTAKE(l1_patched), "You divided the error by its size and a little something. That is only "
                          "near 1 or -1: compare pred[i] with y[i] instead, above, below, equal."},
    {MISTAKE(l1_clipped), "You clipped the error: that is a Huber loss. The slope of |e| is the "
                          "whole 1 or -1, however small the error is."},
    {MISTAKE(l1_total),
     "Every prediction got the sum of all signs. dpred[i] is the sign of its own error."},
    {TURNED("never:pred[i]<y[i]"), "Where the prediction is too low you gave 0. That is a relu's "
                                   "step; |e| falls there, with slope -1."},
    {0}};

CALL(l1_sum_backward, n[0], a[0], a[1], a[2])

static const Exercise exercise_l1_sum_backward = {
    .name = "l1_sum_backward",
    .call = call_l1_sum_backward,
    .sizes = "n",
    .arguments = {{"pred", IN_NORMAL, "n", 0}, {"y", IN_NORMAL, "n", 0}, {"dpred", OUT, "n", 0}},
    .cases = {{7}, {2}, {12}},
    .reference = JUDGE((Function)reference_l1),
    .prepare = JUDGE(prepare_hits),
    .mistakes = JUDGE(l1_mistakes),
};

/* -- 2. weighted_mse_backward ----------------------------------------------------------------- */

static real weighted_mse(int n, const real pred[n], const real y[n], const real v[n])
{
    real sum = 0, weight = 0;
    for (int i = 0; i < n; i++) {
        sum += v[i] * (pred[i] - y[i]) * (pred[i] - y[i]);
        weight += v[i];
    }
    return sum / weight;
}

static void reference_weighted(int n, const real pred[n], const real y[n], const real v[n],
                               real dpred[n])
{
    real nudged[n];
    for (int i = 0; i < n; i++)
        nudged[i] = pred[i];
    for (int i = 0; i < n; i++) {
        nudged[i] = pred[i] + 0.5;
        dpred[i] = weighted_mse(n, nudged, y, v);
        nudged[i] = pred[i] - 0.5;
        dpred[i] -= weighted_mse(n, nudged, y, v);
        nudged[i] = pred[i];
    }
}

static real sum_of(int n, const real x[n])
{
    real sum = 0;
    for (int i = 0; i < n; i++)
        sum += x[i];
    return sum;
}

static void scaled_weighted(real factor, int n, const real pred[n], const real y[n],
                            const real v[n], real dpred[n])
{
    reference_weighted(n, pred, y, v, dpred);
    for (int i = 0; i < n; i++)
        dpred[i] *= factor;
}

static void weighted_over_n(int n, const real pred[n], const real y[n], const real v[n],
                            real dpred[n])
{
    scaled_weighted(sum_of(n, v) / (real)n, n, pred, y, v, dpred);
}

static void weighted_not_at_all(int n, const real pred[n], const real y[n], const real v[n],
                                real dpred[n])
{
    (void)v;
    for (int i = 0; i < n; i++)
        dpred[i] = 2 * (pred[i] - y[i]) / (real)n;
}

static void weighted_quotient(int n, const real pred[n], const real y[n], const real v[n],
                              real dpred[n])
{
    real V = sum_of(n, v), mean = weighted_mse(n, pred, y, v);
    for (int i = 0; i < n; i++)
        dpred[i] = v[i] * (2 * (pred[i] - y[i]) - mean) / V;
}

static void weighted_loss_terms(int n, const real pred[n], const real y[n], const real v[n],
                                real dpred[n])
{
    for (int i = 0; i < n; i++)
        dpred[i] = v[i] * (pred[i] - y[i]) * (pred[i] - y[i]) / sum_of(n, v);
}

static void weighted_error_of_sums(int n, const real pred[n], const real y[n], const real v[n],
                                   real dpred[n])
{
    real sum = 0;
    for (int i = 0; i < n; i++)
        sum += 2 * v[i] * (pred[i] - y[i]);
    for (int i = 0; i < n; i++)
        dpred[i] = sum / sum_of(n, v);
}

static void weighted_cancelled(int n, const real pred[n], const real y[n], const real v[n],
                               real dpred[n])
{
    (void)v;
    for (int i = 0; i < n; i++)
        dpred[i] = 2 * (pred[i] - y[i]);
}

static const Mistake weighted_mistakes[] = {
    {MISTAKE(weighted_over_n),
     "You divided by n. The mean is a weighted one: divide by the sum of the weights."},
    {TURNED("missing-divisor:V"),
     "You forgot 1/V. The loss is divided by the sum of the weights, so its gradient is too."},
    {TURNED("missing-factor:2"), "You forgot the 2: the derivative of e^2 is 2 e."},
    {TURNED("wrong-sign:v[i]"), "Your error is y - pred; the sign is turned round. A prediction "
                                "that is too high must get a positive gradient."},
    {MISTAKE(weighted_not_at_all), "Your weights are all alike: this is the gradient of the plain "
                                   "mean. Put v[i] in, and the sum of v in the place of n."},
    {TURNED("squared:v[i]"),
     "You squared the weights. They stand outside the square in the loss: v e^2, not (v e)^2."},
    {TURNED("int:V"), "V is a whole number in yours: what stands behind the point of each weight "
                      "is cut off. Keep it in a real."},
    {MISTAKE(weighted_quotient), "You applied the quotient rule as if V moved with pred. V is made "
                                 "of the weights alone: a constant, so 1/V just stays in front."},
    {TURNED("missing-factor:v[i]"), "The point's own weight is missing: v[i] stands before its "
                                    "square, and so in its gradient. V alone is in yours."},
    {TURNED("times-n:v[i]"), "You divided by n as well. A weighted mean is divided by V only."},
    {MISTAKE(weighted_loss_terms), "These are the terms of the loss, v e^2 / V. Wanted is how each "
                                   "changes with pred: 2 v e / V."},
    {MISTAKE(weighted_error_of_sums),
     "You added up all errors. dpred[i] has the error of its own point only."},
    {MISTAKE(weighted_cancelled),
     "v[i] / V is missing. It does not cancel: V is the sum of all weights, not the point's own."},
    {TURNED("over:y[i]<-1/v[i]"), "The weight multiplies the square of the error, not the "
                                  "prediction: v (pred - y), not v pred - y."},
    {0}};

CALL(weighted_mse_backward, n[0], a[0], a[1], a[2], a[3])

static const Exercise exercise_weighted_mse_backward = {
    .name = "weighted_mse_backward",
    .call = call_weighted_mse_backward,
    .sizes = "n",
    .arguments = {{"pred", IN_NORMAL, "n", 0},
                  {"y", IN_NORMAL, "n", 0},
                  {"v", IN_POSITIVE, "n", 0},
                  {"dpred", OUT, "n", 0}},
    .cases = {{7}, {2}, {1}, {12}},
    .reference = JUDGE((Function)reference_weighted),
    .mistakes = JUDGE(weighted_mistakes),
};

/* -- 3. plane_backward ------------------------------------------------------------------------ */

static void reference_plane(int n, int k, const real dpred[n], const real x[n][k], const real w[k],
                            real dw[k], real *db, real dx[n][k])
{
    *db = sum_of(n, dpred);
    for (int j = k - 1; j >= 0; j--) {
        real sum = 0;
        for (int i = n - 1; i >= 0; i--) {
            sum += x[i][j] * dpred[i];
            dx[i][j] = w[j] * dpred[i];
        }
        dw[j] = sum;
    }
}

static void plane_mean(int n, int k, const real dpred[n], const real x[n][k], const real w[k],
                       real dw[k], real *db, real dx[n][k])
{
    reference_plane(n, k, dpred, x, w, dw, db, dx);
    *db /= (real)n;
    for (int j = 0; j < k; j++)
        dw[j] /= (real)n;
}

static void plane_dx_of_x(int n, int k, const real dpred[n], const real x[n][k], const real w[k],
                          real dw[k], real *db, real dx[n][k])
{
    reference_plane(n, k, dpred, x, w, dw, db, dx);
    for (int i = 0; i < n; i++)
        for (int j = 0; j < k; j++)
            dx[i][j] = dpred[i] * x[i][j];
}

static void plane_product_of_sums(int n, int k, const real dpred[n], const real x[n][k],
                                  const real w[k], real dw[k], real *db, real dx[n][k])
{
    reference_plane(n, k, dpred, x, w, dw, db, dx);
    for (int j = 0; j < k; j++) {
        real sum = 0;
        for (int i = 0; i < n; i++)
            sum += x[i][j];
        dw[j] = *db * sum;
    }
}

static void plane_dw_of_w(int n, int k, const real dpred[n], const real x[n][k], const real w[k],
                          real dw[k], real *db, real dx[n][k])
{
    reference_plane(n, k, dpred, x, w, dw, db, dx);
    for (int j = 0; j < k; j++)
        dw[j] = *db * w[j];
}

static void plane_dx_summed(int n, int k, const real dpred[n], const real x[n][k], const real w[k],
                            real dw[k], real *db, real dx[n][k])
{
    reference_plane(n, k, dpred, x, w, dw, db, dx);
    for (int i = 0; i < n; i++)
        for (int j = 0; j < k; j++)
            dx[i][j] = *db * w[j];
}

static void plane_db_with_w(int n, int k, const real dpred[n], const real x[n][k], const real w[k],
                            real dw[k], real *db, real dx[n][k])
{
    reference_plane(n, k, dpred, x, w, dw, db, dx);
    *db *= sum_of(k, w);
}

static void plane_db_count(int n, int k, const real dpred[n], const real x[n][k], const real w[k],
                           real dw[k], real *db, real dx[n][k])
{
    reference_plane(n, k, dpred, x, w, dw, db, dx);
    *db = n;
}

static void plane_dx_all_weights(int n, int k, const real dpred[n], const real x[n][k],
                                 const real w[k], real dw[k], real *db, real dx[n][k])
{
    reference_plane(n, k, dpred, x, w, dw, db, dx);
    for (int i = 0; i < n; i++)
        for (int j = 0; j < k; j++)
            dx[i][j] = dpred[i] * sum_of(k, w);
}

static void plane_dw_all_inputs(int n, int k, const real dpred[n], const real x[n][k],
                                const real w[k], real dw[k], real *db, real dx[n][k])
{
    reference_plane(n, k, dpred, x, w, dw, db, dx);
    for (int j = 0; j < k; j++)
        dw[j] = 0;
    for (int i = 0; i < n; i++)
        for (int j = 0; j < k; j++)
            dw[j] += dpred[i] * sum_of(k, x[i]);
}

static void plane_dw_runs_on(int n, int k, const real dpred[n], const real x[n][k], const real w[k],
                             real dw[k], real *db, real dx[n][k])
{
    reference_plane(n, k, dpred, x, w, dw, db, dx);
    for (int j = 1; j < k; j++)
        dw[j] += dw[j - 1];
}

static const Mistake plane_mistakes[] = {
    {TURNED("missing-factor:x[i][j]"),
     "Your dw has no x in it. Nudging w[j] moves pred[i] by x[i][j] times the nudge: multiply "
     "dpred[i] by it before you add."},
    {TURNED("twins+accumulate:*db+="),
     "Only the last point is left in dw and db: = stands where += belongs, or it is set to zero "
     "inside the loop. The weights and the bias are used n times, and the gradients of all uses "
     "add up."},
    {MISTAKE(plane_mean), "You divided dw and db by n. If the loss is a mean, its 1/n is inside "
                          "dpred already; here the pulls are only added up."},
    {MISTAKE(plane_dx_of_x),
     "Your dx is multiplied by x. Nudging x[i][j] moves pred[i] by w[j] times the nudge."},
    {TURNED("times-k:dpred[i]"),
     "You counted each point k times in db. The bias is added once to each prediction, not once "
     "for each weight: move it out of the loop over j."},
    {MISTAKE(plane_product_of_sums), "You multiplied two sums. dw[j] is a sum of products: each "
                                     "point's dpred[i] times its own x[i][j]."},
    {MISTAKE(plane_dw_of_w), "Your dw is made with w. Nudging w[j] moves pred[i] by x[i][j] times "
                             "the nudge; w is what dx is made with."},
    {MISTAKE(plane_dx_summed), "Your dx adds up over the points. x[i][j] belongs to point i alone: "
                               "dx[i][j] is dpred[i] w[j]."},
    {MISTAKE(plane_db_with_w), "Your db has the weights in it. The bias is added to each "
                               "prediction as it is: db is the sum of dpred."},
    {MISTAKE(plane_db_count), "You counted the points in db. Nudging b moves each pred[i] by the "
                              "nudge; add up what comes from above, dpred[i]."},
    {MISTAKE(plane_dx_all_weights), "Your dx has all the weights in it. x[i][j] meets w[j] alone."},
    {TURNED("divided-by-n:dpred[i]*w[j]"),
     "You divided dx by n. If the loss is a mean, its 1/n is inside dpred already."},
    {MISTAKE(plane_dw_all_inputs),
     "Your dw adds up all inputs of a point. Weight j meets x[i][j] alone."},
    {MISTAKE(plane_dw_runs_on),
     "Your sum goes on from one weight to the next. Set it back to zero for each dw[j]."},
    {0}};

CALL(plane_backward, n[0], n[1], a[0], a[1], a[2], a[3], a[4], a[5])

static const Exercise exercise_plane_backward = {
    .name = "plane_backward",
    .call = call_plane_backward,
    .sizes = "nk",
    .arguments = {{"dpred", IN_NORMAL, "n", 0},
                  {"x", IN_NORMAL, "nk", 0},
                  {"w", IN_NORMAL, "k", 0},
                  {"dw", OUT, "k", 0},
                  {"db", OUT, "", 0},
                  {"dx", OUT, "nk", 0}},
    .cases = {{7, 4}, {2, 5}, {3, 8}, {6, 1}},
    .reference = JUDGE((Function)reference_plane),
    .mistakes = JUDGE(plane_mistakes),
};

/* -- 4. rmse_backward ------------------------------------------------------------------------- */

/* In the last case every prediction hits. */
static void prepare_rmse(int which, const int n[], void *const a[])
{
    real *pred = a[0], *y = a[1];
    for (int i = 0; i < n[0] && which == 3; i++)
        pred[i] = y[i];
}

static void reference_rmse(int n, const real pred[n], const real y[n], real dpred[n])
{
    const real tiny = 1e-30;
    for (int i = 0; i < n; i++) {
        double complex sum = 0;
        for (int l = 0; l < n; l++) {
            double complex error = pred[l] - y[l] + (l == i ? tiny * I : 0);
            sum += error * error;
        }
        dpred[i] = creal(sum) > 0 ? cimag(csqrt(sum / n)) / tiny : 0;
    }
}

/* The root, and then dpred times a factor made from it. */
static real root_of(int n, const real pred[n], const real y[n])
{
    real sum = 0;
    for (int i = 0; i < n; i++)
        sum += (pred[i] - y[i]) * (pred[i] - y[i]);
    return sqrt(sum / (real)n);
}

static void errors_times(real factor, int n, const real pred[n], const real y[n], real dpred[n])
{
    for (int i = 0; i < n; i++)
        dpred[i] = pred[i] == y[i] ? 0 : factor * (pred[i] - y[i]);
}

static void rmse_no_root(int n, const real pred[n], const real y[n], real dpred[n])
{
    errors_times(2 / (real)n, n, pred, y, dpred);
}

static void rmse_no_inner(int n, const real pred[n], const real y[n], real dpred[n])
{
    for (int i = 0; i < n; i++)
        dpred[i] = root_of(n, pred, y) > 0 ? 1 / (2 * root_of(n, pred, y)) : 0;
}

static void rmse_of_each(int n, const real pred[n], const real y[n], real dpred[n])
{
    for (int i = 0; i < n; i++)
        dpred[i] = (real)((pred[i] > y[i]) - (pred[i] < y[i])) / n;
}

static void rmse_value(int n, const real pred[n], const real y[n], real dpred[n])
{
    for (int i = 0; i < n; i++)
        dpred[i] = root_of(n, pred, y);
}

static void rmse_root_of_gradient(int n, const real pred[n], const real y[n], real dpred[n])
{
    for (int i = 0; i < n; i++)
        dpred[i] = sqrt(fabs(2 * (pred[i] - y[i]) / n));
}

static const Mistake rmse_mistakes[] = {
    {MISTAKE(rmse_no_root), "This is the gradient of the mean square. The root is an outer "
                            "function: multiply by its derivative, 1 / (2 rmse)."},
    {MISTAKE(rmse_no_inner), "The inner derivative is missing. You have 1 / (2 rmse); multiply by "
                             "what the mean square's gradient is, 2 (pred[i] - y[i]) / n."},
    {TURNED("times-1/4:(pred[i]-y[i])*(pred[i]-y[i])"),
     "A factor of 2 is left over. The derivative of sqrt(u) is 1 / (2 sqrt(u)), and its 2 cancels "
     "the one from the square."},
    {TURNED("missing-factor:n"),
     "You forgot 1/n. It stands inside the root, and comes out with the inner derivative."},
    {TURNED("parentheses:sqrt(sum/n)"),
     "Your root is of the sum, not of the mean. Divide by n before you take the root."},
    {TURNED("equal:rmse>0<->="),
     "Where all predictions hit, you divide 0 by 0. The loss has a kink there; write 0."},
    {TURNED("no-call:sqrt(sum/n)"), "You divided by the mean square. The derivative of sqrt(u) is "
                                    "1 / (2 sqrt(u)): divide by its root."},
    {MISTAKE(rmse_of_each), "You took the root of each square. The root is of their mean, once: "
                            "sqrt(a + b) is not sqrt(a) + sqrt(b)."},
    {MISTAKE(rmse_value), "That is the loss itself, everywhere. Wanted is how it changes with each "
                          "pred[i]: (pred[i] - y[i]) / (n rmse)."},
    {TURNED("times-4:(pred[i]-y[i])*(pred[i]-y[i])"),
     "A factor of 1/2 is left over. The derivative of e^2 is 2 e, and its 2 cancels the one of 1 / "
     "(2 sqrt(u))."},
    {TURNED("parentheses:(n*rmse)"),
     "You multiplied by the root. The derivative of sqrt(u) is 1 / (2 sqrt(u)): divide by it."},
    {MISTAKE(rmse_root_of_gradient), "You took the root of the inner derivative. The chain rule "
                                     "multiplies: 1 / (2 rmse) times 2 (pred - y) / n."},
    {TURNED("missing-divisor:n"),
     "Your root is of the sum, not of the mean: 1/n stands inside the root, too."},
    {0}};

CALL(rmse_backward, n[0], a[0], a[1], a[2])

static const Exercise exercise_rmse_backward = {
    .name = "rmse_backward",
    .call = call_rmse_backward,
    .sizes = "n",
    .arguments = {{"pred", IN_NORMAL, "n", 0}, {"y", IN_NORMAL, "n", 0}, {"dpred", OUT, "n", 0}},
    .cases = {{7}, {2}, {12}, {5}},
    .reference = JUDGE((Function)reference_rmse),
    .prepare = JUDGE(prepare_rmse),
    .mistakes = JUDGE(rmse_mistakes),
};

/* -- 5. centred_backward ---------------------------------------------------------------------- */

/* dx[i] = sum_l dpred[l] dpred_l/dx_i, with the mean's share in every one */
static void centred_through(real direct, real share, int n, real w, const real dpred[n], real dx[n])
{
    for (int i = 0; i < n; i++) {
        dx[i] = 0;
        for (int l = 0; l < n; l++)
            dx[i] += dpred[l] * w * ((l == i ? direct : 0) - share);
    }
}

static void reference_centred(int n, real w, const real dpred[n], real dx[n])
{
    centred_through(1, 1 / (real)n, n, w, dpred, dx);
}

static void centred_own_share(int n, real w, const real dpred[n], real dx[n])
{
    for (int i = 0; i < n; i++)
        dx[i] = w * dpred[i] * (1 - 1 / (real)n);
}

static void centred_others(int n, real w, const real dpred[n], real dx[n])
{
    for (int i = 0; i < n; i++)
        dx[i] = w * (dpred[i] - (sum_of(n, dpred) - dpred[i]) / n);
}

static void centred_multiplied(int n, real w, const real dpred[n], real dx[n])
{
    real mean = sum_of(n, dpred) / n;
    for (int i = 0; i < n; i++)
        dx[i] = -w * dpred[i] * mean;
}

static const Mistake centred_mistakes[] = {
    {TURNED("missing-term:mean"),
     "The second path is missing. x[i] is part of the mean too, and the mean stands in every "
     "prediction: take w times the mean of dpred off."},
    {TURNED("missing-term:dpred[i]"), "This is only what comes through the mean. x[i] also stands "
                                      "in its own prediction: add w dpred[i]."},
    {TURNED("missing-divisor:n"), "You took the sum of dpred off, not the mean. Of a nudge of x[i] "
                                  "only 1/n arrives in the mean."},
    {TURNED("wrong-sign:mean"),
     "The mean is taken off forwards, so what comes back through it has a minus sign."},
    {MISTAKE(centred_own_share), "You followed the mean back from prediction i alone. It stands in "
                                 "all n predictions, so all of dpred comes back through it."},
    {TURNED("parentheses:(dpred[i]-mean)"),
     "What comes back through the mean has lost its w. Both paths go through w (x - mean): w "
     "(dpred[i] - mean of dpred)."},
    {TURNED("over:dpred[i]<-1/w"), "The direct path has lost its w. Both paths go through w (x - "
                                   "mean): w (dpred[i] - mean of dpred)."},
    {TURNED("squared:n"),
     "You divided by n twice. 1/n of a nudge of x[i] arrives in the mean, and the dpred of all n "
     "predictions come back through it: their sum, divided by n once."},
    {MISTAKE(centred_others), "You left prediction i itself out of the second path. The mean "
                              "stands in all n predictions, also in the own one."},
    {TURNED("(n-1)-for-n:dpred[i]/n"),
     "You divided by n - 1. That is for a variance; the mean is 1/n of the sum."},
    {MISTAKE(centred_multiplied),
     "You multiplied by the mean of dpred. Two paths lead from x[i] to the loss, and what comes "
     "along them is added: w dpred[i] and - w mean."},
    {0}};

CALL(centred_backward, n[0], VALUE(a[0]), a[1], a[2])

static const Exercise exercise_centred_backward = {
    .name = "centred_backward",
    .call = call_centred_backward,
    .sizes = "n",
    .arguments = {{"w", IN_NORMAL, "", 0}, {"dpred", IN_NORMAL, "n", 0}, {"dx", OUT, "n", 0}},
    .cases = {{7}, {2}, {12}, {3}},
    .reference = JUDGE((Function)reference_centred),
    .mistakes = JUDGE(centred_mistakes),
};

/* -- 6. train_step ---------------------------------------------------------------------------- */

static void prepare_step(int which, const int n[], void *const a[])
{
    static const real rates[] = {0.1, 0.25, 0.02, 0.5}, decays[] = {0.01, 0.2, 0.5, 0.1};
    (void)n;
    *(real *)a[0] = rates[which % 4];
    *(real *)a[1] = decays[which % 4];
}

static real step_loss(int n, real decay, const real x[n], const real y[n], real w, real b)
{
    real sum = 0;
    for (int i = 0; i < n; i++)
        sum += (w * x[i] + b - y[i]) * (w * x[i] + b - y[i]);
    return sum / (real)n + decay * w * w;
}

static real step_dw(int n, real decay, const real x[n], const real y[n], real w, real b)
{
    return step_loss(n, decay, x, y, w + 0.5, b) - step_loss(n, decay, x, y, w - 0.5, b);
}

static real step_db(int n, const real x[n], const real y[n], real w, real b)
{
    return step_loss(n, 0, x, y, w, b + 0.5) - step_loss(n, 0, x, y, w, b - 0.5);
}

static void reference_step(int n, real lr, real decay, const real x[n], const real y[n], real *w,
                           real *b)
{
    real dw = step_dw(n, decay, x, y, *w, *b), db = step_db(n, x, y, *w, *b);
    *w -= lr * dw;
    *b -= lr * db;
}

static void step_updated_between(int n, real lr, real decay, const real x[n], const real y[n],
                                 real *w, real *b)
{
    *w -= lr * step_dw(n, decay, x, y, *w, *b);
    *b -= lr * step_db(n, x, y, *w, *b);
}

static void step_bias_decays(int n, real lr, real decay, const real x[n], const real y[n], real *w,
                             real *b)
{
    real before = *b;
    reference_step(n, lr, decay, x, y, w, b);
    *b -= lr * 2 * decay * before;
}

/* One step for each point, by `part` of its square; returns the w before them. */
static real a_step_for_each(real part, int n, real lr, real decay, const real x[n], const real y[n],
                            real *w, real *b)
{
    real before = *w;
    for (int i = 0; i < n; i++) {
        real error = *w * x[i] + *b - y[i];
        *w -= lr * (2 * part * error * x[i] + 2 * decay * *w);
        *b -= lr * 2 * part * error;
    }
    return before;
}

static void step_each_point(int n, real lr, real decay, const real x[n], const real y[n], real *w,
                            real *b)
{
    a_step_for_each(1 / (real)n, n, lr, 0, x, y, w, b);
    *w -= lr * 2 * decay * *w;
}

static void step_each_point_decay_first(int n, real lr, real decay, const real x[n],
                                        const real y[n], real *w, real *b)
{
    real before = a_step_for_each(1 / (real)n, n, lr, 0, x, y, w, b);
    *w -= lr * 2 * decay * before;
}

static void step_each_point_decay_too(int n, real lr, real decay, const real x[n], const real y[n],
                                      real *w, real *b)
{
    a_step_for_each(1 / (real)n, n, lr, decay, x, y, w, b);
}

static void step_each_point_in_full(int n, real lr, real decay, const real x[n], const real y[n],
                                    real *w, real *b)
{
    a_step_for_each(1, n, lr, decay, x, y, w, b);
}

static void step_decay_outside_1(int n, real lr, real decay, const real x[n], const real y[n],
                                 real *w, real *b)
{
    real before = *w;
    reference_step(n, lr, 0, x, y, w, b);
    *w -= decay * before;
}

static void step_decay_after(int n, real lr, real decay, const real x[n], const real y[n], real *w,
                             real *b)
{
    reference_step(n, lr, 0, x, y, w, b);
    *w -= lr * 2 * decay * *w;
}

static void step_decay_before(int n, real lr, real decay, const real x[n], const real y[n], real *w,
                              real *b)
{
    *w -= lr * 2 * decay * *w;
    reference_step(n, lr, 0, x, y, w, b);
}

static void step_b_first(int n, real lr, real decay, const real x[n], const real y[n], real *w,
                         real *b)
{
    *b -= lr * step_db(n, x, y, *w, *b);
    *w -= lr * step_dw(n, decay, x, y, *w, *b);
}

static void step_decay_square(int n, real lr, real decay, const real x[n], const real y[n], real *w,
                              real *b)
{
    real before = *w;
    reference_step(n, lr, 0, x, y, w, b);
    *w -= lr * decay * before * before;
}

#define A_STEP_A_POINT                                                                             \
    "You changed w and b after every point, so the next one's error is that of another line. Add " \
    "up the gradients over all points first, then take one step."

#define DECAY_OUTSIDE                                                                      \
    "Your decay is taken off w without lr. It is part of the gradient, 2 decay w, and lr " \
    "multiplies all of dw."

static const Mistake step_mistakes[] = {
    {MISTAKE(step_updated_between), "You changed w before you had db, so db belongs to another "
                                    "line. Finish both gradients, then update."},
    {TURNED("twins+negated:lr"),
     "You went up the hill. The gradient points to where the loss grows; take lr times it off."},
    {TURNED("times-n:*w*x[i]+*b-y[i]"), "You forgot 1/n. The loss is a mean over the points; with "
                                        "their sum each step is n times as long."},
    {TURNED("missing-term:2*decay**w"),
     "The decay is missing. decay w^2 is part of the loss, and its derivative is 2 decay w."},
    {TURNED("missing-factor:2"), "You added decay w to the gradient. The loss has decay w^2 in it, "
                                 "whose derivative is 2 decay w."},
    {MISTAKE(step_bias_decays),
     "Your bias decays too. Only the weight's square is in the loss; the bias is free."},
    {TURNED("twins+missing-factor:lr"),
     "The learning rate is missing: take lr times the gradient off."},
    {MISTAKE(step_each_point), A_STEP_A_POINT},
    {MISTAKE(step_each_point_decay_first), A_STEP_A_POINT},
    {MISTAKE(step_each_point_decay_too), A_STEP_A_POINT},
    {MISTAKE(step_each_point_in_full), A_STEP_A_POINT},
    {TURNED("over:2*decay**w<-1/lr"), DECAY_OUTSIDE},
    {MISTAKE(step_decay_outside_1), DECAY_OUTSIDE},
    {TURNED("missing-term:*b"), "The bias is missing in your prediction: w x + b."},
    {MISTAKE(step_decay_after), "You decayed the w that had already moved. All of dw, the decay "
                                "too, is taken at the w before the step."},
    {MISTAKE(step_decay_before), "w decayed before the errors were computed. All of dw and db is "
                                 "taken at the w before the step."},
    {TURNED("times-n:2*decay**w"),
     "Your decay is added once for each point. It stands outside the mean: add 2 decay w once."},
    {TURNED("divided-by-n:2*decay**w"),
     "You divided the decay by n. It stands outside the mean: 2 decay w."},
    {TURNED("times-1/2:*w*x[i]+*b-y[i]"),
     "A 2 is missing in the gradient of the squares: the derivative of e^2 is 2 e."},
    {MISTAKE(step_b_first), "You changed b before you had dw, so dw belongs to another line. "
                            "Finish both gradients, then update."},
    {MISTAKE(step_decay_square), "You added decay w^2 itself to the gradient. A step is made of "
                                 "gradients: its derivative is 2 decay w."},
    {TURNED("times:2*error/n<-x[i]"),
     "Your db is dw: it has x in it. Nudging b moves every prediction by the nudge itself."},
    {0}};

CALL(train_step, n[0], VALUE(a[0]), VALUE(a[1]), a[2], a[3], a[4], a[5])

static const Exercise exercise_train_step = {
    .name = "train_step",
    .call = call_train_step,
    .sizes = "n",
    .arguments = {{"lr", IN_PREPARED, "", 0},
                  {"decay", IN_PREPARED, "", 0},
                  {"x", IN_NORMAL, "n", 0},
                  {"y", IN_NORMAL, "n", 0},
                  {"w", IN_OUT, "", 0},
                  {"b", IN_OUT, "", 0}},
    .cases = {{7}, {2}, {1}, {12}},
    .reference = JUDGE((Function)reference_step),
    .prepare = JUDGE(prepare_step),
    .mistakes = JUDGE(step_mistakes),
};

/* -- all, in their order ----------------------------------------------------------------------- */

static const Exercise *const exercises[] = {&exercise_l1_sum_backward,
                                            &exercise_weighted_mse_backward,
                                            &exercise_plane_backward,
                                            &exercise_rmse_backward,
                                            &exercise_centred_backward,
                                            &exercise_train_step,
                                            NULL};

const Check check = {"04_linear_regression", exercises};
