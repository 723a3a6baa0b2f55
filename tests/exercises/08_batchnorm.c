/* 08_batchnorm.c: how the answers to exercises 08 are judged. The references go back through mean
 * and variance step by step, where the solutions are fused. A column of a matrix and a row of it
 * are both a line: some numbers, so many places apart. */
#include "08_batchnorm.h"

#include "check.h"

/* -- shared by the references and the mistakes ------------------------------------------------- */

/* Large where there are only two rows: two numbers without an eps always become -1 and 1, whatever
 * they were, and their gradient is nearly zero. */
static real eps_of(int which)
{
    static const real all[] = {1e-5, 0.5, 1e-3, 0.1};
    return all[which % 4];
}

/* mean = sum x / count,   inv = (sum (x - mean)^2 / divisor + eps)^(-1/2) */
static void statistics(int count, int apart, const real *x, int divisor, real eps, real *mean,
                       real *inv)
{
    real sum = 0, squares = 0;
    for (int i = 0; i < count; i++)
        sum += x[i * apart];
    *mean = sum / (real)count;
    for (int i = 0; i < count; i++)
        squares += (x[i * apart] - *mean) * (x[i * apart] - *mean);
    *inv = 1 / sqrt(squares / (real)divisor + eps);
}

/* One line, from draw to dx, in the steps of the lesson. */
static void step_by_step(int count, int apart, const real *draw, const real *raw, real inv,
                         int divisor, real *dx)
{
    real dinv = 0, dmean = 0, diff[count], ddiff[count];
    for (int i = 0; i < count; i++)
        diff[i] = raw[i * apart] / inv;
    for (int i = 0; i < count; i++)
        dinv += draw[i * apart] * diff[i];
    real dvar = dinv * (real)-0.5 * inv * inv * inv;
    for (int i = 0; i < count; i++)
        ddiff[i] = draw[i * apart] * inv + dvar / (real)divisor * 2 * diff[i];
    for (int i = 0; i < count; i++)
        dmean -= ddiff[i];
    for (int i = 0; i < count; i++)
        dx[i * apart] = ddiff[i] + dmean / (real)count;
}

/* inv (draw - level sum draw - tilt raw sum draw raw): right if level is 1 / count and tilt is 1 /
 * divisor. */
static void fused(int count, int apart, const real *draw, const real *raw, real inv, real level,
                  real tilt, real *dx)
{
    real sum = 0, along = 0;
    for (int i = 0; i < count; i++) {
        sum += draw[i * apart];
        along += draw[i * apart] * raw[i * apart];
    }
    for (int i = 0; i < count; i++)
        dx[i * apart] = inv * (draw[i * apart] - level * sum - tilt * raw[i * apart] * along);
}

/* d[i][j] gain[j] */
static void times_gain(int n, int k, const real d[n][k], const real gain[k], real product[n][k])
{
    for (int i = 0; i < n; i++)
        for (int j = 0; j < k; j++)
            product[i][j] = d[i][j] * gain[j];
}

static void normalize(int n, int k, const real h[n][k], const real mean[k], const real inv[k],
                      real raw[n][k])
{
    for (int i = 0; i < n; i++)
        for (int j = 0; j < k; j++)
            raw[i][j] = (h[i][j] - mean[j]) * inv[j];
}

/* From the last row to the first. */
static void sum_rows(int n, int k, const real x[n][k], real sums[k])
{
    for (int j = 0; j < k; j++) {
        sums[j] = 0;
        for (int i = n - 1; i >= 0; i--)
            sums[j] += x[i][j];
    }
}

static void sum_rows_of_product(int n, int k, const real x[n][k], const real y[n][k], real sums[k])
{
    real product[n][k];
    for (int i = 0; i < n; i++)
        for (int j = 0; j < k; j++)
            product[i][j] = x[i][j] * y[i][j];
    sum_rows(n, k, product, sums);
}

static void multiply(int n, int k, const real x[n][k], const real y[n][k], real product[n][k])
{
    for (int i = 0; i < n; i++)
        times_gain(1, k, &x[i], y[i], &product[i]);
}

/* Each becomes the sum of all. */
static void total(int k, real sums[k])
{
    real all = 0;
    for (int j = 0; j < k; j++)
        all += sums[j];
    for (int j = 0; j < k; j++)
        sums[j] = all;
}

/* fused(), but with the sums as they are when each element is reached, its own included. */
static void fused_unfinished(int count, int apart, const real *draw, const real *raw, real inv,
                             real level, real tilt, real *dx)
{
    real sum = 0, along = 0;
    for (int i = 0; i < count; i++) {
        sum += draw[i * apart];
        along += draw[i * apart] * raw[i * apart];
        dx[i * apart] = inv * (draw[i * apart] - level * sum - tilt * raw[i * apart] * along);
    }
}

/* -- 1. gain_bias_backward -------------------------------------------------------------------- */

/* hprebn in a[1], from which bnmean in a[2] and bnvar_inv in a[3]. */
static void prepare_columns(const int n[], void *const a[], int divisor, real eps)
{
    real *bnmean = a[2], *bnvar_inv = a[3];
    for (int j = 0; j < n[1]; j++)
        statistics(n[0], n[1], (real *)a[1] + j, divisor, eps, &bnmean[j], &bnvar_inv[j]);
}

static void prepare_gain_bias(int which, const int n[], void *const a[])
{
    prepare_columns(n, a, n[0] - 1, eps_of(which));
}

#define GAIN_BIAS                                                                           \
    int n, int k, const real dhpreact[n][k], const real hprebn[n][k], const real bnmean[k], \
        const real bnvar_inv[k], real dbngain[k], real dbnbias[k]
#define GAIN_BIAS_ARGUMENTS n, k, dhpreact, hprebn, bnmean, bnvar_inv, dbngain, dbnbias

static void reference_gain_bias(GAIN_BIAS)
{
    real bnraw[n][k];
    normalize(n, k, hprebn, bnmean, bnvar_inv, bnraw);
    sum_rows_of_product(n, k, dhpreact, bnraw, dbngain);
    sum_rows(n, k, dhpreact, dbnbias);
}

static void gain_bias_mean(GAIN_BIAS)
{
    reference_gain_bias(GAIN_BIAS_ARGUMENTS);
    for (int j = 0; j < k; j++) {
        dbngain[j] /= (real)n;
        dbnbias[j] /= (real)n;
    }
}

static void gain_bias_not_normalized(GAIN_BIAS)
{
    (void)bnmean, (void)bnvar_inv;
    sum_rows_of_product(n, k, dhpreact, hprebn, dbngain);
    sum_rows(n, k, dhpreact, dbnbias);
}

static void gain_bias_total(GAIN_BIAS)
{
    reference_gain_bias(GAIN_BIAS_ARGUMENTS);
    total(k, dbngain);
    total(k, dbnbias);
}

/* As if bnvar_inv were the variance. */
static void gain_bias_over_root(GAIN_BIAS)
{
    reference_gain_bias(GAIN_BIAS_ARGUMENTS);
    for (int j = 0; j < k; j++)
        dbngain[j] /= bnvar_inv[j] * sqrt(bnvar_inv[j]);
}

static const Mistake gain_bias_mistakes[] = {
    {TURNED("twins+accumulate:dbngain[j]+="),
     "Only the last row is left: = stands where += belongs, or it is set to zero inside the loop. "
     "One gain and one bias serve all rows of their column, so all rows add up."},
    {MISTAKE(gain_bias_mean),
     "You divided by n. The gain was used in every row, and the gradients of all uses add up; a "
     "mean, if there is one, is inside dhpreact already."},
    {MISTAKE(gain_bias_not_normalized), "You multiplied by hprebn. The gain is multiplied by "
                                        "bnraw: take bnmean off and multiply by bnvar_inv first."},
    {TURNED("missing-factor:bnvar_inv[j]"), "You took the mean off and forgot bnvar_inv. The gain "
                                            "is multiplied by bnraw, which has a variance of 1."},
    {TURNED("missing-term:bnmean[j]"), "You multiplied by bnvar_inv and did not take the mean off. "
                                       "bnraw is (hprebn - bnmean) bnvar_inv."},
    {MISTAKE(gain_bias_total), "You summed over everything. Each column has a gain and a bias of "
                               "its own: sum over the rows only."},
    {TURNED("inverted:bnvar_inv[j]"),
     "You divided by bnvar_inv. It is one over the standard deviation already: multiply by it."},
    {MISTAKE(gain_bias_over_root), "You divided by the root of bnvar_inv. It is one over the "
                                   "standard deviation already: multiply by it."},
    {TURNED("over:bnmean[j]<-1/bnvar_inv[j]"),
     "You took bnmean off after hprebn was multiplied by bnvar_inv. First comes the difference, "
     "then the factor."},
    {0}};

CALL(gain_bias_backward, n[0], n[1], a[0], a[1], a[2], a[3], a[4], a[5])

static const Exercise exercise_gain_bias_backward = {
    .name = "gain_bias_backward",
    .call = call_gain_bias_backward,
    .sizes = "nk",
    .arguments = {{"dhpreact", IN_NORMAL, "nk", 0},
                  {"hprebn", IN_NORMAL, "nk", 0},
                  {"bnmean", IN_PREPARED, "k", 0},
                  {"bnvar_inv", IN_PREPARED, "k", 0},
                  {"dbngain", OUT, "k", 0},
                  {"dbnbias", OUT, "k", 0}},
    .cases = {{7, 4}, {2, 5}, {3, 8}, {6, 1}},
    .reference = JUDGE((Function)reference_gain_bias),
    .prepare = JUDGE(prepare_gain_bias),
    .mistakes = JUDGE(gain_bias_mistakes),
};

/* -- 2. eval_backward ------------------------------------------------------------------------- */

static void prepare_eval(int which, const int n[], void *const a[])
{
    (void)n;
    *(real *)a[4] = eps_of(which);
}

/* With any bnvar_inv. */
static void eval_with(int n, int k, const real dhpreact[n][k], const real hprebn[n][k],
                      const real mean[k], const real inv[k], const real bngain[k], real dbngain[k],
                      real dbnbias[k], real dhprebn[n][k])
{
    real bnraw[n][k], factor[k];
    normalize(n, k, hprebn, mean, inv, bnraw);
    sum_rows_of_product(n, k, dhpreact, bnraw, dbngain);
    sum_rows(n, k, dhpreact, dbnbias);
    for (int j = 0; j < k; j++)
        factor[j] = bngain[j] * inv[j];
    times_gain(n, k, dhpreact, factor, dhprebn);
}

#define EVAL                                                                                      \
    int n, int k, const real dhpreact[n][k], const real hprebn[n][k], const real running_mean[k], \
        const real running_var[k], real eps, const real bngain[k], real dbngain[k],               \
        real dbnbias[k], real dhprebn[n][k]
#define EVAL_ARGUMENTS \
    n, k, dhpreact, hprebn, running_mean, running_var, eps, bngain, dbngain, dbnbias, dhprebn

static void reference_eval(EVAL)
{
    real inv[k];
    for (int j = 0; j < k; j++)
        inv[j] = pow(running_var[j] + eps, (real)-0.5);
    eval_with(n, k, dhpreact, hprebn, running_mean, inv, bngain, dbngain, dbnbias, dhprebn);
}

static void eval_as_if_training(EVAL)
{
    reference_eval(EVAL_ARGUMENTS);
    for (int j = 0; j < k; j++) {
        real inv = 1 / sqrt(running_var[j] + eps);
        for (int i = 0; i < n; i++)
            dhprebn[i][j] -= bngain[j] * inv / (real)n *
                             (dbnbias[j] + (hprebn[i][j] - running_mean[j]) * inv * dbngain[j]);
    }
}

static void eval_with_bessel(EVAL)
{
    reference_eval(EVAL_ARGUMENTS);
    for (int j = 0; j < k; j++) {
        real inv = 1 / sqrt(running_var[j] + eps);
        for (int i = 0; i < n; i++)
            dhprebn[i][j] -= bngain[j] * inv *
                             (dbnbias[j] / (real)n +
                              (hprebn[i][j] - running_mean[j]) * inv * dbngain[j] / (real)(n - 1));
    }
}

static void eval_of_batch(EVAL)
{
    real mean[k], inv[k];
    (void)running_mean, (void)running_var;
    for (int j = 0; j < k; j++)
        statistics(n, k, &hprebn[0][0] + j, n, eps, &mean[j], &inv[j]);
    eval_with(n, k, dhpreact, hprebn, mean, inv, bngain, dbngain, dbnbias, dhprebn);
}

static void eval_mean_of_batch(EVAL)
{
    real mean[k], moved[n][k], unused[n][k];
    reference_eval(EVAL_ARGUMENTS);
    sum_rows(n, k, hprebn, mean);
    for (int i = 0; i < n; i++)
        for (int j = 0; j < k; j++)
            moved[i][j] = hprebn[i][j] - mean[j] / (real)n + running_mean[j];
    reference_eval(n, k, dhpreact, moved, running_mean, running_var, eps, bngain, dbngain, dbnbias,
                   unused);
}

/* The mean of dhprebn taken off, as if hprebn acted through the mean as well. */
static void eval_mean_path(EVAL)
{
    real sums[k];
    reference_eval(EVAL_ARGUMENTS);
    sum_rows(n, k, dhprebn, sums);
    for (int i = 0; i < n; i++)
        for (int j = 0; j < k; j++)
            dhprebn[i][j] -= sums[j] / (real)n;
}

static void eval_of_batch_with_bessel(EVAL)
{
    real mean[k], inv[k];
    (void)running_mean, (void)running_var;
    for (int j = 0; j < k; j++)
        statistics(n, k, &hprebn[0][0] + j, n - 1, eps, &mean[j], &inv[j]);
    eval_with(n, k, dhpreact, hprebn, mean, inv, bngain, dbngain, dbnbias, dhprebn);
}

static void eval_not_normalized(EVAL)
{
    reference_eval(EVAL_ARGUMENTS);
    sum_rows_of_product(n, k, dhpreact, hprebn, dbngain);
}

static void eval_gain_as_bias(EVAL)
{
    reference_eval(EVAL_ARGUMENTS);
    sum_rows(n, k, dhpreact, dbngain);
}

static void eval_from_dbnraw(EVAL)
{
    reference_eval(EVAL_ARGUMENTS);
    times_gain(1, k, (void *)dbngain, bngain, (void *)dbngain);
    times_gain(1, k, (void *)dbnbias, bngain, (void *)dbnbias);
}

static void eval_mean(EVAL)
{
    reference_eval(EVAL_ARGUMENTS);
    for (int j = 0; j < k; j++) {
        dbngain[j] /= (real)n;
        dbnbias[j] /= (real)n;
    }
}

static const Mistake eval_mistakes[] = {
    {MISTAKE(eval_as_if_training),
     "You took the paths through mean and variance back. In eval mode these are constants: nudge "
     "one row, and only that row's output moves. dhprebn = dhpreact bngain / sqrt(running_var + "
     "eps), and no more."},
    {MISTAKE(eval_with_bessel),
     "This is the fused form of train mode. In eval mode mean and variance are constants, and no "
     "sum over the rows belongs in dhprebn."},
    {MISTAKE(eval_of_batch), "You normalised with the mean and variance of this batch. In eval "
                             "mode the running ones take their place."},
    {TURNED("missing-term:eps"), "You forgot eps: the forward pass divides by the root of "
                                 "running_var + eps, and so does the backward pass."},
    {TURNED("no-call:sqrt(running_var[j]+eps)"),
     "You divided by the variance. It is the standard deviation that is divided by: take the "
     "square root of running_var + eps."},
    {TURNED("missing-factor:bngain[j]"),
     "The gain is missing from dhprebn. On the way from hprebn to hpreact each number is "
     "multiplied by bngain[j], so its gradient is, too."},
    {MISTAKE(eval_mean_of_batch), "dbngain is made with the mean of this batch. In eval mode it is "
                                  "running_mean that is taken off."},
    {MISTAKE(eval_mean_path), "You took a mean off in dhprebn. In eval mode the mean is a "
                              "constant: hprebn has no path through it."},
    {MISTAKE(eval_of_batch_with_bessel), "You normalised with the mean and variance of this batch. "
                                         "In eval mode the running ones take their place."},
    {MISTAKE(eval_not_normalized), "You multiplied by hprebn. The gain is multiplied by bnraw: "
                                   "take running_mean off and divide by the root first."},
    {MISTAKE(eval_gain_as_bias), "Your dbngain is dbnbias. The gain is multiplied by bnraw, and so "
                                 "is dhpreact in its gradient."},
    {MISTAKE(eval_from_dbnraw), "Gain and bias come after bnraw, so bngain is not in their "
                                "gradients: they are made from dhpreact as it came."},
    {MISTAKE(eval_mean), "You divided by n. The gain was used in every row, and the gradients of "
                         "all uses add up; a mean, if there is one, is inside dhpreact already."},
    {TURNED("twins+accumulate:dbngain[j]+="),
     "Only the last row is left: = stands where += belongs, or it is set to zero inside the loop. "
     "One gain and one bias serve all rows of their column, so all rows add up."},
    {TURNED("moved-out:sqrt(running_var[j]+eps)"),
     "You added eps to the root. It stands under it: sqrt(running_var + eps)."},
    {0}};

CALL(eval_backward, n[0], n[1], a[0], a[1], a[2], a[3], VALUE(a[4]), a[5], a[6], a[7], a[8])

static const Exercise exercise_eval_backward = {
    .name = "eval_backward",
    .call = call_eval_backward,
    .sizes = "nk",
    .arguments = {{"dhpreact", IN_NORMAL, "nk", 0},
                  {"hprebn", IN_NORMAL, "nk", 0},
                  {"running_mean", IN_NORMAL, "k", 0},
                  {"running_var", IN_POSITIVE, "k", 0},
                  {"eps", IN_PREPARED, "", 0},
                  {"bngain", IN_NORMAL, "k", 0},
                  {"dbngain", OUT, "k", 0},
                  {"dbnbias", OUT, "k", 0},
                  {"dhprebn", OUT, "nk", 0}},
    .cases = {{7, 4}, {2, 5}, {3, 8}, {6, 1}},
    .reference = JUDGE((Function)reference_eval),
    .prepare = JUDGE(prepare_eval),
    .mistakes = JUDGE(eval_mistakes),
};

/* -- 3. batch_norm_backward ------------------------------------------------------------------- */

/* Normalises what bnraw was filled with. */
static void prepare_batch_norm(int which, const int n[], void *const a[])
{
    int k = n[1];
    real mean[k], *bnvar_inv = a[1], (*bnraw)[k] = a[2];
    for (int j = 0; j < k; j++)
        statistics(n[0], k, &bnraw[0][0] + j, n[0] - 1, eps_of(which), &mean[j], &bnvar_inv[j]);
    normalize(n[0], k, bnraw, mean, bnvar_inv, bnraw);
}

#define BATCH_NORM                                                                            \
    int n, int k, const real dhpreact[n][k], const real bnvar_inv[k], const real bnraw[n][k], \
        const real bngain[k], real dhprebn[n][k]
#define BATCH_NORM_ARGUMENTS n, k, dhpreact, bnvar_inv, bnraw, bngain, dhprebn

static void reference_batch_norm(BATCH_NORM)
{
    real dbnraw[n][k];
    times_gain(n, k, dhpreact, bngain, dbnraw);
    for (int j = 0; j < k; j++)
        step_by_step(n, k, &dbnraw[0][0] + j, &bnraw[0][0] + j, bnvar_inv[j], n - 1,
                     &dhprebn[0][0] + j);
}

static void batch_norm_with(real level, real tilt, BATCH_NORM)
{
    real dbnraw[n][k];
    times_gain(n, k, dhpreact, bngain, dbnraw);
    for (int j = 0; j < k; j++)
        fused(n, k, &dbnraw[0][0] + j, &bnraw[0][0] + j, bnvar_inv[j], level, tilt,
              &dhprebn[0][0] + j);
}

/* bnraw sum(dhpreact bnraw) bnvar_inv^power / (n-1) is taken off. */
static void batch_norm_power(int power, BATCH_NORM)
{
    real dbnraw[n][k];
    times_gain(n, k, dhpreact, bngain, dbnraw);
    for (int j = 0; j < k; j++)
        fused(n, k, &dbnraw[0][0] + j, &bnraw[0][0] + j, bnvar_inv[j], 1 / (real)n,
              pow(bnvar_inv[j], power) / (real)(n - 1), &dhprebn[0][0] + j);
}

static void batch_norm_inv_cubed(BATCH_NORM)
{
    batch_norm_power(2, BATCH_NORM_ARGUMENTS);
}

static void batch_norm_along_rows_by(real level, real tilt, BATCH_NORM)
{
    real factor[k];
    times_gain(1, k, (void *)bngain, bnvar_inv, (void *)factor);
    for (int i = 0; i < n; i++)
        fused(k, 1, dhpreact[i], bnraw[i], 1, level, tilt, dhprebn[i]);
    times_gain(n, k, dhprebn, factor, dhprebn);
}

static void batch_norm_along_rows(BATCH_NORM)
{
    batch_norm_along_rows_by(1 / (real)n, 1 / (real)(n - 1), BATCH_NORM_ARGUMENTS);
}

static void batch_norm_along_rows_of_k(BATCH_NORM)
{
    batch_norm_along_rows_by(1 / (real)k, 1 / (real)k, BATCH_NORM_ARGUMENTS);
}

static void batch_norm_as_layer_norm(BATCH_NORM)
{
    real dbnraw[n][k];
    times_gain(n, k, dhpreact, bngain, dbnraw);
    for (int i = 0; i < n; i++)
        fused(k, 1, dbnraw[i], bnraw[i], 1, 1 / (real)k, 1 / (real)k, dhprebn[i]);
    times_gain(n, k, dhprebn, bnvar_inv, dhprebn);
}

static void batch_norm_bessel_exchanged(BATCH_NORM)
{
    batch_norm_with(1 / (real)(n - 1), 1 / (real)n, BATCH_NORM_ARGUMENTS);
}

static void batch_norm_bessel_inverted(BATCH_NORM)
{
    batch_norm_with(1 / (real)n, (real)(n - 1) / (real)(n * n), BATCH_NORM_ARGUMENTS);
}

static void batch_norm_undivided(BATCH_NORM)
{
    batch_norm_with(1, 1, BATCH_NORM_ARGUMENTS);
}

static void batch_norm_signs(BATCH_NORM)
{
    batch_norm_with(-1 / (real)n, -1 / (real)(n - 1), BATCH_NORM_ARGUMENTS);
}

static void batch_norm_gain_not_in_sums(BATCH_NORM)
{
    real ones[k], direct[n][k];
    for (int j = 0; j < k; j++)
        ones[j] = 1;
    batch_norm_with(0, 0, n, k, dhpreact, bnvar_inv, bnraw, bngain, direct);
    batch_norm_with(1 / (real)n, 1 / (real)(n - 1), n, k, dhpreact, bnvar_inv, bnraw, ones,
                    dhprebn);
    for (int i = 0; i < n; i++)
        for (int j = 0; j < k; j++)
            dhprebn[i][j] += direct[i][j] - dhpreact[i][j] * bnvar_inv[j];
}

/* Through bnvar_inv each row reaches its own output only. */
static void batch_norm_own_row(BATCH_NORM)
{
    batch_norm_with(1 / (real)n, 0, BATCH_NORM_ARGUMENTS);
    for (int i = 0; i < n; i++)
        for (int j = 0; j < k; j++)
            dhprebn[i][j] -= bngain[j] * bnvar_inv[j] * dhpreact[i][j] * bnraw[i][j] * bnraw[i][j] /
                             (real)(n - 1);
}

static void batch_norm_unfinished_sums(BATCH_NORM)
{
    real dbnraw[n][k];
    times_gain(n, k, dhpreact, bngain, dbnraw);
    for (int j = 0; j < k; j++)
        fused_unfinished(n, k, &dbnraw[0][0] + j, &bnraw[0][0] + j, bnvar_inv[j], 1 / (real)n,
                         1 / (real)(n - 1), &dhprebn[0][0] + j);
}

static const Mistake batch_norm_mistakes[] = {
    {TURNED("missing-term:sum/(real)n"),
     "The path through bnmean is missing. Every row is in the mean, and the mean is taken off "
     "every row: take the mean of dhpreact off, sum dhpreact / n."},
    {TURNED("missing-factor:dhpreact[i][j]"),
     "The path through bnvar is missing. Every row is in the variance, and it stretches every row: "
     "take bnraw sum(dhpreact bnraw) / (n-1) off."},
    {TURNED("never-runs:for(int i=0;i<n;i++)"),
     "This is the path through bnraw alone. The statistics are made from the same rows: the paths "
     "through bnmean and through bnvar are missing."},
    {TURNED("missing-term:1"), "You divided by n; Bessel's correction divides by n - 1. The "
                               "variance was made with it, so the path through the variance needs "
                               "it as well: n/(n-1) in front of bnraw sum(dhpreact bnraw)."},
    {TURNED("missing-divisor:(real)n"), "You took off the sum of dhpreact where its mean belongs. "
                                        "Each row has only a share of 1/n in bnmean."},
    {TURNED("times-1/2:dhpreact[i][j]*bnraw[i][j]"),
     "The path through bnvar is half of what it should be: you lost the 2 of the square. d bndiff2 "
     "/ d bndiff = 2 bndiff, and only then does it cancel the -1/2 of the root."},
    {TURNED("missing-factor:bngain[j]"),
     "bngain is missing. It stands between bnraw and hpreact, so every path back goes through it."},
    {TURNED("missing-factor:bnvar_inv[j]"),
     "bnvar_inv is missing in front. A column that is scaled down by its spread has its gradient "
     "scaled by the same factor."},
    {TURNED("times-2:dhpreact[i][j]*bnraw[i][j]"),
     "The path through bnvar is twice what it should be: you lost the 1/2 of the root. The 2 of "
     "the square cancels it."},
    {TURNED("wrong-sign:bnraw[i][j]*along/(real)(n-1)"),
     "The sign of the path through bnvar is wrong. (bnvar + eps)^(-1/2) falls when bnvar grows: "
     "take bnraw sum(dhpreact bnraw) / (n-1) off."},
    {TURNED("(n-1)-for-n:sum/(real)n"), "You divided by n - 1 in both terms. Bessel's correction "
                                        "is for the variance; the mean divides by n."},
    {TURNED("missing-divisor:(real)(n-1)"), "You took off bnraw sum(dhpreact bnraw) undivided. "
                                            "Each row has only a share of 1/(n-1) in bnvar."},
    {TURNED("times:dhpreact[i][j]*bnraw[i][j]<-bnvar_inv[j]"),
     "bnvar_inv stands once too often in the path through bnvar. bnraw holds it already: take off "
     "bnraw sum(dhpreact bnraw) / (n-1), all of it times bngain bnvar_inv."},
    {MISTAKE(batch_norm_inv_cubed),
     "You took bnraw for hprebn - bnmean: with bnvar_inv^3 belongs the difference, which is bnraw "
     "/ bnvar_inv. In bnraw, one bnvar_inv in front is enough."},
    {MISTAKE(batch_norm_along_rows),
     "You summed along the row, as in layer norm. Batch norm takes mean and variance of a column, "
     "so the sums go over the rows."},
    {MISTAKE(batch_norm_along_rows_of_k),
     "You summed along the row, as in layer norm. Batch norm takes mean and variance of a column, "
     "so the sums go over the rows."},
    {MISTAKE(batch_norm_as_layer_norm),
     "This is layer norm: its sums go along a row. Batch norm takes mean and variance of a column, "
     "so the sums go over the rows."},
    {MISTAKE(batch_norm_bessel_exchanged),
     "You have n and n - 1 the wrong way round. The mean divides by n, the variance by n - 1."},
    {MISTAKE(batch_norm_bessel_inverted), "You have Bessel's correction upside down: in front of "
                                          "bnraw sum(dhpreact bnraw) / n belongs n/(n-1)."},
    {MISTAKE(batch_norm_undivided), "Neither of your sums is divided. Each row has a share of 1/n "
                                    "in bnmean and of 1/(n-1) in bnvar."},
    {MISTAKE(batch_norm_signs), "You added the paths through bnmean and bnvar. Both are taken off: "
                                "the mean is subtracted, and 1/sqrt falls."},
    {MISTAKE(batch_norm_gain_not_in_sums),
     "bngain is in the first term and not in the two sums. Every path back goes through it: put it "
     "in front of all three terms."},
    {MISTAKE(batch_norm_own_row),
     "Through bnvar each row reaches all outputs of its column, and you counted its own only: sum "
     "dhpreact bnraw over the rows first."},
    {MISTAKE(batch_norm_unfinished_sums),
     "You used the sums before they were complete. Every row of dhprebn needs those over all rows: "
     "finish them in a loop of their own."},
    {0}};

CALL(batch_norm_backward, n[0], n[1], a[0], a[1], a[2], a[3], a[4])

static const Exercise exercise_batch_norm_backward = {
    .name = "batch_norm_backward",
    .call = call_batch_norm_backward,
    .sizes = "nk",
    .arguments = {{"dhpreact", IN_NORMAL, "nk", 0},
                  {"bnvar_inv", IN_PREPARED, "k", 0},
                  {"bnraw", IN_NORMAL, "nk", 0},
                  {"bngain", IN_NORMAL, "k", 0},
                  {"dhprebn", OUT, "nk", 0}},
    .cases = {{7, 4}, {2, 5}, {3, 8}, {6, 1}},
    .reference = JUDGE((Function)reference_batch_norm),
    .prepare = JUDGE(prepare_batch_norm),
    .mistakes = JUDGE(batch_norm_mistakes),
};

/* -- 4. biased_batch_norm_backward ------------------------------------------------------------ */

static void prepare_biased(int which, const int n[], void *const a[])
{
    prepare_columns(n, a, n[0], eps_of(which));
}

#define BIASED                                                                              \
    int n, int k, const real dhpreact[n][k], const real hprebn[n][k], const real bnmean[k], \
        const real bnvar_inv[k], const real bngain[k], real dbngain[k], real dbnbias[k],    \
        real dhprebn[n][k]
#define BIASED_ARGUMENTS \
    n, k, dhpreact, hprebn, bnmean, bnvar_inv, bngain, dbngain, dbnbias, dhprebn

static void reference_biased(BIASED)
{
    real dbnraw[n][k], bnraw[n][k];
    normalize(n, k, hprebn, bnmean, bnvar_inv, bnraw);
    sum_rows_of_product(n, k, dhpreact, bnraw, dbngain);
    sum_rows(n, k, dhpreact, dbnbias);
    times_gain(n, k, dhpreact, bngain, dbnraw);
    for (int j = 0; j < k; j++)
        step_by_step(n, k, &dbnraw[0][0] + j, &bnraw[0][0] + j, bnvar_inv[j], n,
                     &dhprebn[0][0] + j);
}

/* dbngain and dbnbias right, dhprebn by the fused form. */
static void biased_with(real level, real tilt, BIASED)
{
    real bnraw[n][k];
    reference_biased(BIASED_ARGUMENTS);
    normalize(n, k, hprebn, bnmean, bnvar_inv, bnraw);
    batch_norm_with(level, tilt, n, k, dhpreact, bnvar_inv, bnraw, bngain, dhprebn);
}

/* bndiff taken for bnraw, in dbngain and in the fused form. */
static void biased_diff_for_raw(BIASED)
{
    real bndiff[n][k], ones[k];
    for (int j = 0; j < k; j++)
        ones[j] = 1;
    normalize(n, k, hprebn, bnmean, ones, bndiff);
    sum_rows_of_product(n, k, dhpreact, bndiff, dbngain);
    sum_rows(n, k, dhpreact, dbnbias);
    batch_norm_with(1 / (real)n, 1 / (real)n, n, k, dhpreact, bnvar_inv, bndiff, bngain, dhprebn);
}

/* hprebn taken for bnraw, in the same two places. */
static void biased_not_normalized(BIASED)
{
    (void)bnmean;
    sum_rows_of_product(n, k, dhpreact, hprebn, dbngain);
    sum_rows(n, k, dhpreact, dbnbias);
    batch_norm_with(1 / (real)n, 1 / (real)n, n, k, dhpreact, bnvar_inv, hprebn, bngain, dhprebn);
}

/* dbnraw in the place of dhpreact, the gain in front of dhprebn still there. */
static void biased_from_dbnraw(BIASED)
{
    real dbnraw[n][k];
    times_gain(n, k, dhpreact, bngain, dbnraw);
    biased_with(0, 0, BIASED_ARGUMENTS);
    real direct[n][k], paths[n][k];
    reference_biased(n, k, dbnraw, hprebn, bnmean, bnvar_inv, bngain, dbngain, dbnbias, paths);
    biased_with(0, 0, n, k, dbnraw, hprebn, bnmean, bnvar_inv, bngain, dbngain, dbnbias, direct);
    for (int i = 0; i < n; i++)
        for (int j = 0; j < k; j++)
            dhprebn[i][j] += paths[i][j] - direct[i][j];
}

static void biased_undivided(BIASED)
{
    biased_with(1, 1, BIASED_ARGUMENTS);
}

static void biased_bessel_twice(BIASED)
{
    biased_with(1 / (real)(n - 1), 1 / (real)(n - 1), BIASED_ARGUMENTS);
}

static void biased_means(BIASED)
{
    reference_biased(BIASED_ARGUMENTS);
    for (int j = 0; j < k; j++) {
        dbngain[j] /= (real)n;
        dbnbias[j] /= (real)n;
    }
}

static void biased_along_rows(BIASED)
{
    real bnraw[n][k];
    reference_biased(BIASED_ARGUMENTS);
    normalize(n, k, hprebn, bnmean, bnvar_inv, bnraw);
    batch_norm_along_rows_by(1 / (real)n, 1 / (real)n, n, k, dhpreact, bnvar_inv, bnraw, bngain,
                             dhprebn);
}

/* dbnbias where dbngain belongs, and the other way round. */
static void biased_exchanged(BIASED)
{
    reference_biased(BIASED_ARGUMENTS);
    for (int i = 0; i < n; i++)
        for (int j = 0; j < k; j++) {
            real bnraw = (hprebn[i][j] - bnmean[j]) * bnvar_inv[j];
            dhprebn[i][j] = bngain[j] * bnvar_inv[j] *
                            (dhpreact[i][j] - (dbngain[j] + bnraw * dbnbias[j]) / (real)n);
        }
}

static void biased_gain_not_in_sums(BIASED)
{
    reference_biased(BIASED_ARGUMENTS);
    for (int i = 0; i < n; i++)
        for (int j = 0; j < k; j++) {
            real bnraw = (hprebn[i][j] - bnmean[j]) * bnvar_inv[j];
            dhprebn[i][j] = bnvar_inv[j] * (bngain[j] * dhpreact[i][j] -
                                            (dbnbias[j] + bnraw * dbngain[j]) / (real)n);
        }
}

/* The sums as they stand when the loop is half-way: each row of dhprebn sees those of the rows up
 * to its own. */
static void biased_unfinished_sums(BIASED)
{
    for (int j = 0; j < k; j++) {
        dbngain[j] = 0;
        dbnbias[j] = 0;
        for (int i = 0; i < n; i++) {
            real bnraw = (hprebn[i][j] - bnmean[j]) * bnvar_inv[j];
            dbngain[j] += dhpreact[i][j] * bnraw;
            dbnbias[j] += dhpreact[i][j];
            dhprebn[i][j] = bngain[j] * bnvar_inv[j] / (real)n *
                            ((real)n * dhpreact[i][j] - dbnbias[j] - bnraw * dbngain[j]);
        }
    }
}

static const Mistake biased_mistakes[] = {
    {TURNED("(n-1)-for-n:(hprebn[i][j]-bnmean[j])*bnvar_inv[j]"),
     "You went back with Bessel's correction, and this forward pass has none: its variance is "
     "divided by n. In the fused form n/(n-1) becomes 1."},
    {TURNED("missing-term:dbnbias[j]"), "The path through bnmean is missing from dhprebn. Every "
                                        "row is in the mean: take dbnbias / n off dhpreact."},
    {TURNED("missing-term:bnraw*dbngain[j]"),
     "The path through bnvar is missing from dhprebn. Every row is in the variance: take bnraw "
     "dbngain / n off dhpreact."},
    {TURNED("order:for(int i=0;i<n;i++)<-dhprebn"),
     "Your dhprebn treats mean and variance as constants. That is eval mode; here they are made "
     "from this batch, and two paths lead back through them."},
    {MISTAKE(biased_diff_for_raw), "You used hprebn - bnmean where bnraw belongs: multiply it by "
                                   "bnvar_inv, in dbngain and in dhprebn."},
    {TURNED("missing-factor:bngain[j]"),
     "bngain is missing from dhprebn. It stands between bnraw and hpreact, so every path back to "
     "hprebn goes through it."},
    {MISTAKE(biased_unfinished_sums),
     "You used dbngain and dbnbias before they were complete. Every row of dhprebn needs the sums "
     "over all rows: finish them in a loop of their own."},
    {TURNED("missing-factor:bnvar_inv[j]#2"),
     "In dhprebn the last term has hprebn - bnmean where bnraw belongs: multiply it by bnvar_inv."},
    {TURNED("times-1/2:(hprebn[i][j]-bnmean[j])*bnvar_inv[j]"),
     "The path through bnvar is half of what it should be: you lost the 2 of the square, which "
     "cancels the 1/2 of the root."},
    {TURNED("times-2:(hprebn[i][j]-bnmean[j])*bnvar_inv[j]"),
     "The path through bnvar is twice what it should be: you lost the 1/2 of the root, which "
     "cancels the 2 of the square."},
    {TURNED("wrong-sign:bnraw*dbngain[j]"),
     "The sign of the path through bnvar is wrong. (bnvar + eps)^(-1/2) falls when bnvar grows: "
     "take bnraw dbngain / n off."},
    {MISTAKE(biased_not_normalized), "You used hprebn where bnraw belongs, in dbngain or in "
                                     "dhprebn: take bnmean off and multiply by bnvar_inv first."},
    {MISTAKE(biased_from_dbnraw),
     "Gain and bias come after bnraw: dbngain and dbnbias are made from dhpreact without bngain. "
     "In dhprebn bngain stands once, in front of all terms."},
    {MISTAKE(biased_undivided), "The two sums in dhprebn are not divided by n. Each row has only a "
                                "share of 1/n in mean and variance."},
    {MISTAKE(biased_bessel_twice),
     "You divided by n - 1 in both paths. Here mean and variance are both divided by n."},
    {MISTAKE(biased_means), "You divided by n. Gain and bias were used in every row, and the "
                            "gradients of all uses add up. The 1/n belongs into dhprebn only."},
    {MISTAKE(biased_along_rows), "The sums in dhprebn go along the row, as in layer norm. Batch "
                                 "norm takes mean and variance of a column: sum over the rows."},
    {MISTAKE(biased_exchanged),
     "You exchanged dbnbias and dbngain in dhprebn. The path through the mean has the plain sum, "
     "dbnbias; beside bnraw stands dbngain."},
    {MISTAKE(biased_gain_not_in_sums),
     "bngain is in the first term of dhprebn and not in the two sums. Every path back goes through "
     "it: put it in front of all three terms."},
    {0}};

CALL(biased_batch_norm_backward, n[0], n[1], a[0], a[1], a[2], a[3], a[4], a[5], a[6], a[7])

static const Exercise exercise_biased_batch_norm_backward = {
    .name = "biased_batch_norm_backward",
    .call = call_biased_batch_norm_backward,
    .sizes = "nk",
    .arguments = {{"dhpreact", IN_NORMAL, "nk", 0},
                  {"hprebn", IN_NORMAL, "nk", 0},
                  {"bnmean", IN_PREPARED, "k", 0},
                  {"bnvar_inv", IN_PREPARED, "k", 0},
                  {"bngain", IN_NORMAL, "k", 0},
                  {"dbngain", OUT, "k", 0},
                  {"dbnbias", OUT, "k", 0},
                  {"dhprebn", OUT, "nk", 0}},
    .cases = {{7, 4}, {2, 5}, {3, 8}, {6, 1}},
    .reference = JUDGE((Function)reference_biased),
    .prepare = JUDGE(prepare_biased),
    .mistakes = JUDGE(biased_mistakes),
};

/* -- 5. rms_gain_backward --------------------------------------------------------------------- */

/* x in a[1], from which rms_inv in a[2]. */
static void prepare_rms(int which, const int n[], void *const a[])
{
    int k = n[1];
    real(*x)[k] = a[1], *rms_inv = a[2];
    for (int i = 0; i < n[0]; i++) {
        real squares = 0;
        for (int j = 0; j < k; j++)
            squares += x[i][j] * x[i][j];
        rms_inv[i] = 1 / sqrt(squares / (real)k + eps_of(which));
    }
}

#define RMS_GAIN \
    int n, int k, const real dy[n][k], const real x[n][k], const real rms_inv[n], real dgain[k]
#define RMS_GAIN_ARGUMENTS n, k, dy, x, rms_inv, dgain

static void reference_rms_gain(RMS_GAIN)
{
    real raw[n][k];
    for (int i = 0; i < n; i++)
        for (int j = 0; j < k; j++)
            raw[i][j] = x[i][j] * rms_inv[i];
    sum_rows_of_product(n, k, dy, raw, dgain);
}

static void rms_gain_as_bias(RMS_GAIN)
{
    (void)x, (void)rms_inv;
    sum_rows(n, k, dy, dgain);
}

/* With an inverse of its own for each row. */
static void rms_gain_by(RMS_GAIN, real offset(int, const real *), real eps)
{
    real raw[n][k];
    (void)rms_inv;
    for (int i = 0; i < n; i++) {
        real off = offset(k, x[i]), squares = 0;
        for (int j = 0; j < k; j++)
            squares += (x[i][j] - off) * (x[i][j] - off) / (real)k;
        for (int j = 0; j < k; j++)
            raw[i][j] = (x[i][j] - off) / sqrt(squares + eps);
    }
    sum_rows_of_product(n, k, dy, raw, dgain);
}

static real no_mean(int k, const real x[k])
{
    (void)k, (void)x;
    return 0;
}

static real mean_of(int k, const real x[k])
{
    real sum = 0;
    for (int j = 0; j < k; j++)
        sum += x[j];
    return sum / (real)k;
}

static void rms_gain_without_eps(RMS_GAIN)
{
    rms_gain_by(RMS_GAIN_ARGUMENTS, no_mean, 0);
}

static void rms_gain_small_eps(RMS_GAIN)
{
    rms_gain_by(RMS_GAIN_ARGUMENTS, no_mean, (real)1e-5);
}

static void rms_gain_layer_norm(RMS_GAIN)
{
    rms_gain_by(RMS_GAIN_ARGUMENTS, mean_of, (real)1e-5);
}

static void rms_gain_centered(RMS_GAIN)
{
    real centered[n][k];
    for (int i = 0; i < n; i++)
        for (int j = 0; j < k; j++)
            centered[i][j] = x[i][j] - mean_of(k, x[i]);
    reference_rms_gain(n, k, dy, centered, rms_inv, dgain);
}

static void rms_gain_last_rms(RMS_GAIN)
{
    sum_rows_of_product(n, k, dy, x, dgain);
    for (int j = 0; j < k; j++)
        dgain[j] *= rms_inv[n - 1];
}

static void rms_gain_all_rms(RMS_GAIN)
{
    sum_rows_of_product(n, k, dy, x, dgain);
    for (int j = 0; j < k; j++)
        dgain[j] *= mean_of(n, rms_inv) * (real)n;
}

static void rms_gain_mean_rms(RMS_GAIN)
{
    sum_rows_of_product(n, k, dy, x, dgain);
    for (int j = 0; j < k; j++)
        dgain[j] *= mean_of(n, rms_inv);
}

static void rms_gain_total(RMS_GAIN)
{
    reference_rms_gain(RMS_GAIN_ARGUMENTS);
    total(k, dgain);
}

static void rms_gain_sums_apart(RMS_GAIN)
{
    real ones[n][k], sums[k];
    for (int i = 0; i < n; i++)
        for (int j = 0; j < k; j++)
            ones[i][j] = 1;
    reference_rms_gain(n, k, ones, x, rms_inv, dgain);
    sum_rows(n, k, dy, sums);
    times_gain(1, k, (void *)dgain, sums, (void *)dgain);
}

static const Mistake rms_gain_mistakes[] = {
    {TURNED("missing-factor:rms_inv[i]"), "You multiplied by x as it came in. The gain is "
                                          "multiplied by the normalised x, x[i][j] rms_inv[i]."},
    {TURNED("accumulate:dgain[j]+="),
     "Only the last row is left: = stands where += belongs, or it is set to zero inside the loop. "
     "One gain serves all rows of its column."},
    {TURNED("divided-by-n:dy[i][j]*x[i][j]*rms_inv[i]"),
     "You divided by n. The gain was used in every row, and the gradients of all uses add up."},
    {MISTAKE(rms_gain_as_bias), "That would be the gradient of a bias. A gain is multiplied by "
                                "something, and its gradient is too: by x[i][j] rms_inv[i]."},
    {MISTAKE(rms_gain_without_eps), "You made the root mean square again and left eps out. rms_inv "
                                    "is given, with eps in it: multiply by it."},
    {MISTAKE(rms_gain_small_eps), "You made rms_inv again with an eps of 1e-5. It is given; eps "
                                  "may be another one: multiply by rms_inv[i]."},
    {MISTAKE(rms_gain_centered),
     "You took the mean of the row off x, as in layer norm. RMS norm takes none off."},
    {MISTAKE(rms_gain_layer_norm),
     "You normalised x as layer norm does, with mean and variance of the row. RMS norm takes no "
     "mean off: the gain is multiplied by x[i][j] rms_inv[i]."},
    {MISTAKE(rms_gain_last_rms), "You took rms_inv out of the sum. Each row has one of its own: "
                                 "multiply by rms_inv[i] first, then add up."},
    {MISTAKE(rms_gain_all_rms), "You took rms_inv out of the sum. Each row has one of its own: "
                                "multiply by rms_inv[i] first, then add up."},
    {MISTAKE(rms_gain_mean_rms), "You took rms_inv out of the sum. Each row has one of its own: "
                                 "multiply by rms_inv[i] first, then add up."},
    {MISTAKE(rms_gain_total),
     "You summed over everything. Each column has a gain of its own: sum over the rows only."},
    {MISTAKE(rms_gain_sums_apart), "You multiplied two sums. In each row dy meets its own x "
                                   "rms_inv first; the sum comes afterwards."},
    {TURNED("inverted:rms_inv[i]"),
     "You divided by rms_inv. It is one over the root mean square already: multiply by it."},
    {0}};

CALL(rms_gain_backward, n[0], n[1], a[0], a[1], a[2], a[3])

static const Exercise exercise_rms_gain_backward = {
    .name = "rms_gain_backward",
    .call = call_rms_gain_backward,
    .sizes = "nk",
    .arguments = {{"dy", IN_NORMAL, "nk", 0},
                  {"x", IN_NORMAL, "nk", 0},
                  {"rms_inv", IN_PREPARED, "n", 0},
                  {"dgain", OUT, "k", 0}},
    .cases = {{7, 4}, {2, 5}, {3, 8}, {1, 6}},
    .reference = JUDGE((Function)reference_rms_gain),
    .prepare = JUDGE(prepare_rms),
    .mistakes = JUDGE(rms_gain_mistakes),
};

/* -- 6. rms_norm_backward --------------------------------------------------------------------- */

#define RMS_NORM                                                                  \
    int n, int k, const real dy[n][k], const real x[n][k], const real rms_inv[n], \
        const real gain[k], real dx[n][k]
#define RMS_NORM_ARGUMENTS n, k, dy, x, rms_inv, gain, dx

/* Through the whole Jacobian: raw[l] = x[l] inv, with d inv / d x[j] = -inv^3 x[j] / k. */
static void reference_rms_norm(RMS_NORM)
{
    for (int i = 0; i < n; i++)
        for (int j = 0; j < k; j++) {
            real dinv_dx = -pow(rms_inv[i], 3) * x[i][j] / (real)k;
            dx[i][j] = 0;
            for (int l = 0; l < k; l++)
                dx[i][j] += dy[i][l] * gain[l] * ((l == j ? rms_inv[i] : 0) + x[i][l] * dinv_dx);
        }
}

static void rms_norm_gain_outside(RMS_NORM)
{
    real ones[k], without[n][k];
    for (int j = 0; j < k; j++)
        ones[j] = 1;
    reference_rms_norm(n, k, dy, x, rms_inv, ones, without);
    times_gain(n, k, without, gain, dx);
}

static void rms_norm_centered(RMS_NORM)
{
    real draw[n][k];
    reference_rms_norm(RMS_NORM_ARGUMENTS);
    times_gain(n, k, dy, gain, draw);
    for (int i = 0; i < n; i++) {
        real sum = 0;
        for (int j = 0; j < k; j++)
            sum += draw[i][j];
        for (int j = 0; j < k; j++)
            dx[i][j] -= rms_inv[i] * sum / (real)k;
    }
}

/* The second term with other sums than drms_inv[i], which it is given for each element. */
static void rms_norm_with(const real drms_inv[], RMS_NORM)
{
    for (int i = 0; i < n; i++)
        for (int j = 0; j < k; j++)
            dx[i][j] = dy[i][j] * gain[j] * rms_inv[i] -
                       pow(rms_inv[i], 3) * drms_inv[i * k + j] * x[i][j] / (real)k;
}

static void rms_norm_own_element(RMS_NORM)
{
    real own[n][k];
    multiply(n, k, dy, x, own);
    times_gain(n, k, own, gain, own);
    rms_norm_with(*own, RMS_NORM_ARGUMENTS);
}

static void rms_norm_down_columns(RMS_NORM)
{
    real own[n][k], sums[n][k];
    multiply(n, k, dy, x, own);
    times_gain(n, k, own, gain, own);
    for (int i = 0; i < n; i++)
        sum_rows(n, k, own, sums[i]);
    rms_norm_with(*sums, RMS_NORM_ARGUMENTS);
}

static void rms_norm_all_rows(RMS_NORM)
{
    real own[n][k], sums[n][k];
    multiply(n, k, dy, x, own);
    times_gain(n, k, own, gain, own);
    for (int i = 0; i < n; i++) {
        sum_rows(n, k, own, sums[i]);
        total(k, sums[i]);
    }
    rms_norm_with(*sums, RMS_NORM_ARGUMENTS);
}

static const Mistake rms_norm_mistakes[] = {
    {TURNED("missing-term:cube*drms_inv*x[i][j]/(real)k"),
     "The path through rms_inv is missing. Every x of the row is in it, and it multiplies the "
     "whole row: collect drms_inv along the row and send it back to each x."},
    {TURNED("missing-divisor:(real)k"), "You forgot 1/k in the path through the mean square: each "
                                        "x[i][j]^2 has only a share of 1/k in it."},
    {TURNED("inverted:rms_inv[i]"),
     "Look at the power of rms_inv in the second term. The derivative of s^(-1/2) is -1/2 "
     "s^(-3/2), and that is -1/2 rms_inv^3."},
    {TURNED("times-1/2:dy[i][j]*gain[j]*x[i][j]"),
     "The second term is half of what it should be: you lost the 2 of the square. The derivative "
     "of x^2 is 2x, and it cancels the 1/2 of the root."},
    {MISTAKE(rms_norm_gain_outside),
     "You multiplied by the gain at the end. It differs from column to column, and the sum goes "
     "over the columns: multiply dy by gain first, inside the sum."},
    {TURNED("twins+missing-factor:gain[j]"),
     "The gain is missing. Every path back to x goes through it: begin with dy[i][j] gain[j]."},
    {MISTAKE(rms_norm_centered), "You took a mean off, as in layer norm. RMS norm takes none off "
                                 "forwards, so there is no path through one backwards."},
    {MISTAKE(rms_norm_own_element), "Through rms_inv each x reaches all outputs of its row, and "
                                    "you counted its own only: sum dy gain x along the row first."},
    {MISTAKE(rms_norm_down_columns), "You summed down the columns, as in batch norm. rms_inv "
                                     "belongs to a row: drms_inv is a sum along it."},
    {MISTAKE(rms_norm_all_rows), "drms_inv is summed over all rows. Each row has an rms_inv of its "
                                 "own: begin its sum at zero, and sum along that row alone."},
    {TURNED("size:k<-n"), "The second term is divided by n. The mean of the squares goes along a "
                          "row, which has k elements."},
    {TURNED("times:cube*drms_inv*x[i][j]/(real)k<-gain[j]"),
     "The gain is twice in the second term. It is inside drms_inv, with the dy that it belongs to, "
     "and nowhere else."},
    {TURNED("times-2:dy[i][j]*gain[j]*x[i][j]"),
     "The second term is twice what it should be: you lost the 1/2 of the root. It cancels the 2 "
     "of the square."},
    {TURNED("wrong-sign:cube*drms_inv*x[i][j]/(real)k"),
     "The sign of the second term is wrong. s^(-1/2) falls when s grows: take it off."},
    {TURNED("missing-factor:gain[j]"), "The gain is missing from the sum along the row. Every dy "
                                       "on its way back meets the gain of its column first."},
    {0}};

CALL(rms_norm_backward, n[0], n[1], a[0], a[1], a[2], a[3], a[4])

static const Exercise exercise_rms_norm_backward = {
    .name = "rms_norm_backward",
    .call = call_rms_norm_backward,
    .sizes = "nk",
    .arguments = {{"dy", IN_NORMAL, "nk", 0},
                  {"x", IN_NORMAL, "nk", 0},
                  {"rms_inv", IN_PREPARED, "n", 0},
                  {"gain", IN_NORMAL, "k", 0},
                  {"dx", OUT, "nk", 0}},
    .cases = {{7, 4}, {2, 5}, {3, 8}, {1, 6}},
    .reference = JUDGE((Function)reference_rms_norm),
    .prepare = JUDGE(prepare_rms),
    .mistakes = JUDGE(rms_norm_mistakes),
};

/* -- 7. layer_norm_backward ------------------------------------------------------------------- */

/* Normalises what raw was filled with. */
static void prepare_layer_norm(int which, const int n[], void *const a[])
{
    int k = n[1];
    real mean, *var_inv = a[1], (*raw)[k] = a[2];
    for (int i = 0; i < n[0]; i++) {
        statistics(k, 1, raw[i], k, eps_of(which), &mean, &var_inv[i]);
        for (int j = 0; j < k; j++)
            raw[i][j] = (raw[i][j] - mean) * var_inv[i];
    }
}

#define LAYER_NORM                                                                  \
    int n, int k, const real dy[n][k], const real var_inv[n], const real raw[n][k], \
        const real gain[k], real dx[n][k]
#define LAYER_NORM_ARGUMENTS n, k, dy, var_inv, raw, gain, dx

static void reference_layer_norm(LAYER_NORM)
{
    real draw[n][k];
    times_gain(n, k, dy, gain, draw);
    for (int i = 0; i < n; i++)
        step_by_step(k, 1, draw[i], raw[i], var_inv[i], k, dx[i]);
}

static void layer_norm_with(real level, real tilt, LAYER_NORM)
{
    real draw[n][k];
    times_gain(n, k, dy, gain, draw);
    for (int i = 0; i < n; i++)
        fused(k, 1, draw[i], raw[i], var_inv[i], level, tilt, dx[i]);
}

static void layer_norm_gain_outside(LAYER_NORM)
{
    real ones[k], without[n][k];
    for (int j = 0; j < k; j++)
        ones[j] = 1;
    reference_layer_norm(n, k, dy, var_inv, raw, ones, without);
    times_gain(n, k, without, gain, dx);
}

static void layer_norm_down_columns(LAYER_NORM)
{
    real draw[n][k];
    times_gain(n, k, dy, gain, draw);
    for (int j = 0; j < k; j++)
        fused(n, k, &draw[0][0] + j, &raw[0][0] + j, 1, 1 / (real)n, 1 / (real)n, &dx[0][0] + j);
    for (int i = 0; i < n; i++)
        for (int j = 0; j < k; j++)
            dx[i][j] *= var_inv[i];
}

/* raw sum(dy gain raw) var_inv^power / k is taken off. */
static void layer_norm_power(int power, LAYER_NORM)
{
    real draw[n][k];
    times_gain(n, k, dy, gain, draw);
    for (int i = 0; i < n; i++)
        fused(k, 1, draw[i], raw[i], var_inv[i], 1 / (real)k, pow(var_inv[i], power) / (real)k,
              dx[i]);
}

static void layer_norm_inv_cubed(LAYER_NORM)
{
    layer_norm_power(2, LAYER_NORM_ARGUMENTS);
}

static void layer_norm_undivided(LAYER_NORM)
{
    layer_norm_with(1, 1, LAYER_NORM_ARGUMENTS);
}

static void layer_norm_bessel_twice(LAYER_NORM)
{
    layer_norm_with(1 / (real)(k - 1), 1 / (real)(k - 1), LAYER_NORM_ARGUMENTS);
}

static void layer_norm_gain_not_in_sums(LAYER_NORM)
{
    real ones[k];
    for (int j = 0; j < k; j++)
        ones[j] = 1;
    reference_layer_norm(n, k, dy, var_inv, raw, ones, dx);
    for (int i = 0; i < n; i++)
        for (int j = 0; j < k; j++)
            dx[i][j] += var_inv[i] * dy[i][j] * (gain[j] - 1);
}

static void layer_norm_own_element(LAYER_NORM)
{
    layer_norm_with(1 / (real)k, 0, LAYER_NORM_ARGUMENTS);
    for (int i = 0; i < n; i++)
        for (int j = 0; j < k; j++)
            dx[i][j] -= var_inv[i] * dy[i][j] * gain[j] * raw[i][j] * raw[i][j] / (real)k;
}

static void layer_norm_unfinished_sums(LAYER_NORM)
{
    real draw[n][k];
    times_gain(n, k, dy, gain, draw);
    for (int i = 0; i < n; i++)
        fused_unfinished(k, 1, draw[i], raw[i], var_inv[i], 1 / (real)k, 1 / (real)k, dx[i]);
}

/* The mean is taken anew from dx, of which a part has been changed. */
static void layer_norm_in_place(LAYER_NORM)
{
    real draw[n][k];
    times_gain(n, k, dy, gain, draw);
    layer_norm_with(0, 1 / (real)k, LAYER_NORM_ARGUMENTS);
    for (int i = 0; i < n; i++)
        for (int j = 0; j < k; j++) {
            dx[i][j] -= var_inv[i] * mean_of(k, draw[i]);
            draw[i][j] = dx[i][j];
        }
}

static const Mistake layer_norm_mistakes[] = {
    {TURNED("missing-term:sum"), "The path through the mean is missing: take the mean of dy gain "
                                 "along the row off each element."},
    {TURNED("missing-term:raw[i][j]*along"),
     "The path through the variance is missing: take raw times the mean of dy gain raw along the "
     "row off each element."},
    {TURNED("(k-1)-for-k:dy[i][j]*gain[j]*raw[i][j]"),
     "You divided by k - 1. Layer norm has no Bessel's correction: its variance is divided by k, "
     "forwards and backwards."},
    {TURNED("twins+size:k<-n"),
     "You divided the sums by n. They go along a row, which has k elements."},
    {MISTAKE(layer_norm_gain_outside),
     "You multiplied by the gain at the end. In batch norm it can be taken out of the sums, which "
     "stay in one column; here they go over all columns, each with a gain of its own. Multiply dy "
     "by gain first."},
    {TURNED("twins+missing-factor:gain[j]"),
     "The gain is missing. Every path back to x goes through it: begin with dy[i][j] gain[j]."},
    {MISTAKE(layer_norm_down_columns),
     "You summed down the columns, as in batch norm. Layer norm takes mean and variance of a row, "
     "so the sums go along the row."},
    {TURNED("never-runs:for(int j=0;j<k;j++)"),
     "You treated mean and variance as constants. They are made from this row: two paths lead back "
     "through them."},
    {TURNED("times-1/2:dy[i][j]*gain[j]*raw[i][j]"),
     "The path through the variance is half of what it should be: you lost the 2 of the square, "
     "which cancels the 1/2 of the root."},
    {TURNED("times-2:dy[i][j]*gain[j]*raw[i][j]"),
     "The path through the variance is twice what it should be: you lost the 1/2 of the root, "
     "which cancels the 2 of the square."},
    {TURNED("wrong-sign:raw[i][j]*along"), "The sign of the path through the variance is wrong. "
                                           "(var + eps)^(-1/2) falls when var grows: take it off."},
    {TURNED("times:dy[i][j]*gain[j]*raw[i][j]<-var_inv[i]"),
     "var_inv stands once too often in the path through the variance. raw holds it already: one "
     "var_inv in front of all is enough."},
    {MISTAKE(layer_norm_inv_cubed),
     "You took raw for x - mean: with var_inv^3 belongs the difference, which is raw / var_inv. In "
     "raw, one var_inv in front is enough."},
    {MISTAKE(layer_norm_undivided),
     "Your sums are not divided by k. Each element has only a share of 1/k in mean and variance."},
    {MISTAKE(layer_norm_bessel_twice),
     "You divided by k - 1. Here mean and variance are both divided by k."},
    {MISTAKE(layer_norm_gain_not_in_sums),
     "The gain is in the first term and not in the two sums. Every dy on its way back meets the "
     "gain of its column first, inside the sums, too."},
    {MISTAKE(layer_norm_own_element),
     "Through the variance each x reaches all outputs of its row, and you counted its own only: "
     "sum dy gain raw along the row first."},
    {MISTAKE(layer_norm_unfinished_sums),
     "You used the sums before they were complete. Every element of the row needs those over the "
     "whole row: finish them in a loop of their own."},
    {MISTAKE(layer_norm_in_place),
     "You took the mean from a row of which a part has been changed already. Compute it once, "
     "before any element of dx is written."},
    {0}};

CALL(layer_norm_backward, n[0], n[1], a[0], a[1], a[2], a[3], a[4])

static const Exercise exercise_layer_norm_backward = {
    .name = "layer_norm_backward",
    .call = call_layer_norm_backward,
    .sizes = "nk",
    .arguments = {{"dy", IN_NORMAL, "nk", 0},
                  {"var_inv", IN_PREPARED, "n", 0},
                  {"raw", IN_NORMAL, "nk", 0},
                  {"gain", IN_NORMAL, "k", 0},
                  {"dx", OUT, "nk", 0}},
    .cases = {{7, 4}, {2, 5}, {3, 8}, {1, 6}},
    .reference = JUDGE((Function)reference_layer_norm),
    .prepare = JUDGE(prepare_layer_norm),
    .mistakes = JUDGE(layer_norm_mistakes),
};

/* -- all, in their order ----------------------------------------------------------------------- */

static const Exercise *const exercises[] = {
    &exercise_gain_bias_backward,  &exercise_eval_backward,
    &exercise_batch_norm_backward, &exercise_biased_batch_norm_backward,
    &exercise_rms_gain_backward,   &exercise_rms_norm_backward,
    &exercise_layer_norm_backward, NULL};

const Check check = {"08_batchnorm", exercises};
