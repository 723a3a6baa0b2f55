/* 14_dropout_and_modes.c: how the answers to exercises 14 are judged. The references take a channel
 * out of the images, go back through mean and variance step by step, and put it into its place
 * again, where the solutions are fused. A line is some numbers in a row; images are (n, c, l), l
 * being the pixels of a channel. */
#include "14_dropout_and_modes.h"

#include <stdbool.h>

#include "check.h"

/* -- shared by the references and the mistakes ------------------------------------------------- */

/* Large where there are few numbers: two without an eps always become -1 and 1, whatever they were,
 * and their gradient is nearly zero. */
static real eps_of(int which)
{
    static const real all[] = {1e-5, 0.5, 1e-3, 0.1};
    return all[which % 4];
}

/* Never 1/2, where p and 1 - p are the same. */
static real p_of(int which)
{
    static const real all[] = {0.25, 0.2, 0.6, 0.75};
    return all[which % 4];
}

/* An array of any shape as numbers in a row. */
static real *flat(const void *array)
{
    return (real *)array;
}

/* Normal numbers become ones and zeros, and both are there. */
static void prepare_mask(int size, real mask[])
{
    for (int i = 0; i < size; i++)
        mask[i] = mask[i] > (real)-0.4;
    mask[0] = 1;
    mask[size - 1] = 0;
}

/* Channel j of all images, from a block or back into it. */
static void take_channel(int n, int c, int l, const real X[n][c][l], int j, real line[n][l])
{
    for (int i = 0; i < n; i++)
        for (int s = 0; s < l; s++)
            line[i][s] = X[i][j][s];
}

static void put_channel(int n, int c, int l, const real line[n][l], int j, real X[n][c][l])
{
    for (int i = 0; i < n; i++)
        for (int s = 0; s < l; s++)
            X[i][j][s] = line[i][s];
}

/* From the last to the first. */
static real sum_of(int count, const real x[])
{
    real sum = 0;
    for (int i = count - 1; i >= 0; i--)
        sum += x[i];
    return sum;
}

static real dot(int count, const real x[], const real y[])
{
    real sum = 0;
    for (int i = count - 1; i >= 0; i--)
        sum += x[i] * y[i];
    return sum;
}

/* mean = sum x / count,   var = sum (x - mean)^2 / divisor */
static void statistics(int count, const real x[], int divisor, real *mean, real *var)
{
    *mean = sum_of(count, x) / (real)count;
    *var = 0;
    for (int i = 0; i < count; i++)
        *var += (x[i] - *mean) * (x[i] - *mean) / (real)divisor;
}

/* One line, from dxhat to dx, in the steps of chapter 08. */
static void step_by_step(int count, const real dxhat[], const real xhat[], real inv, int divisor,
                         real dx[])
{
    real dinv = 0, dmean = 0, diff[count], ddiff[count];
    for (int i = 0; i < count; i++)
        diff[i] = xhat[i] / inv;
    for (int i = 0; i < count; i++)
        dinv += dxhat[i] * diff[i];
    real dvar = dinv * (real)-0.5 * inv * inv * inv;
    for (int i = 0; i < count; i++)
        ddiff[i] = dxhat[i] * inv + dvar / (real)divisor * 2 * diff[i];
    for (int i = 0; i < count; i++)
        dmean -= ddiff[i];
    for (int i = 0; i < count; i++)
        dx[i] = ddiff[i] + dmean / (real)count;
}

/* The mean of what a number shares some axes with, in the place of each; l pixels in a channel. */
static void mean_over(bool images, bool channels, bool pixels, int n, int c, int l,
                      const real X[n][c][l], real mean[n][c][l])
{
    for (int at = 0; at < n * c * l; at++) {
        int i = at / (c * l), j = at / l % c, s = at % l, count = 0;
        real sum = 0;
        for (int other = 0; other < n * c * l; other++) {
            bool same_image = other / (c * l) == i, same_channel = other / l % c == j;
            if ((images || same_image) && (channels || same_channel) &&
                (pixels || other % l == s)) {
                sum += flat(X)[other];
                count++;
            }
        }
        mean[i][j][s] = sum / (real)count;
    }
}

static void multiply(int count, const real x[], const real y[], real product[])
{
    for (int i = 0; i < count; i++)
        product[i] = x[i] * y[i];
}

/* -- 1. dropout_forward ------------------------------------------------------------------------ */

static void prepare_dropout(int which, const int n[], void *const a[])
{
    prepare_mask(n[0], a[1]);
    *(real *)a[2] = p_of(which);
}

#define DROPOUT int n, const real x[n], const real mask[n], real p, real y[n]

static void reference_dropout(DROPOUT)
{
    real scale = 1 / (1 - p);
    for (int i = 0; i < n; i++)
        y[i] = mask[i] > 0 ? scale * x[i] : 0;
}

static void dropout_for_keeping(DROPOUT)
{
    for (int i = 0; i < n; i++)
        y[i] = x[i] * (1 - mask[i]) / p;
}

static void dropout_rest_unscaled(DROPOUT)
{
    for (int i = 0; i < n; i++)
        y[i] = mask[i] > 0 ? x[i] : x[i] / (1 - p);
}

static void dropout_rest_kept(DROPOUT)
{
    for (int i = 0; i < n; i++)
        y[i] = mask[i] > 0 ? x[i] / (1 - p) : x[i];
}

static void dropout_as_eval(DROPOUT)
{
    (void)mask, (void)p;
    for (int i = 0; i < n; i++)
        y[i] = x[i];
}

static void dropout_by_p(DROPOUT)
{
    for (int i = 0; i < n; i++)
        y[i] = x[i] * mask[i] * p;
}

static void dropout_doubled(DROPOUT)
{
    (void)p;
    for (int i = 0; i < n; i++)
        y[i] = 2 * x[i] * mask[i];
}

static const Mistake dropout_forward_mistakes[] = {
    {TURNED("missing-divisor:(1-p)"),
     "What stays is not made larger. A share p of the numbers is gone, so the mean falls to 1 - p "
     "of "
     "what it was, and eval mode, which drops nothing, would see larger numbers than training did: "
     "divide by 1 - p."},
    {TURNED("missing-factor:mask[i]"),
     "Nothing is dropped. Multiply by mask[i], which is 0 for what goes."},
    {TURNED("one-minus:mask[i]"),
     "You dropped what stays and kept what goes. mask[i] is 1 where a number stays."},
    {TURNED("one-minus:(1-p)"), "You divided by p. Here p is the probability to be dropped, as in "
                                "PyTorch, and 1 - p are kept: "
                                "divide by 1 - p. At p = 1/2 it would not show."},
    {TURNED("inverted:(1-p)"),
     "You multiplied by 1 - p. That makes small what is to become larger: divide by it."},
    {MISTAKE(dropout_by_p),
     "You multiplied by p. The mean falls to 1 - p of what it was when a share "
     "p is dropped: divide what stays by 1 - p."},
    {TURNED("squared:(1-p)"), "1 - p is divided by twice. Once is enough to keep the mean."},
    {MISTAKE(dropout_for_keeping), "You took p for the probability to be kept, and the mask the "
                                   "other way round: p is that of being "
                                   "dropped, and mask[i] is 1 where a number stays."},
    {MISTAKE(dropout_rest_unscaled),
     "Nothing is dropped: where the mask is 0 there is still a number. Multiply by mask[i]."},
    {MISTAKE(dropout_rest_kept), "What is dropped passes as it is. Where mask[i] is 0, y[i] is 0."},
    {MISTAKE(dropout_as_eval), "This is eval mode: everything passes. In training y[i] is 0 where "
                               "mask[i] is, and divided by 1 - p elsewhere."},
    {MISTAKE(dropout_doubled),
     "What stays is doubled, whatever p is. That is right at p = 1/2 only: divide by 1 - p."},
    {0}};

CALL(dropout_forward, n[0], a[0], a[1], VALUE(a[2]), a[3])

static const Exercise exercise_dropout_forward = {
    .name = "dropout_forward",
    .call = call_dropout_forward,
    .sizes = "n",
    .arguments = {{"x", IN_NORMAL, "n", 0},
                  {"mask", IN_NORMAL, "n", 0},
                  {"p", IN_PREPARED, "", 0},
                  {"y", OUT, "n", 0}},
    .cases = {{7}, {4}, {11}, {2}},
    .reference = JUDGE((Function)reference_dropout),
    .prepare = JUDGE(prepare_dropout),
    .mistakes = JUDGE(dropout_forward_mistakes),
};

/* -- 2. dropout_backward ----------------------------------------------------------------------- */

static const Mistake dropout_backward_mistakes[] = {
    {TURNED("missing-factor:mask[i]"),
     "The mask is missing. What was dropped had no part in y, so nothing comes back to it: "
     "multiply by mask[i]."},
    {TURNED("missing-divisor:(1-p)"), "The factor is missing. On its way to y each number that "
                                      "stayed was multiplied by 1 / (1 - p), "
                                      "and so is its gradient."},
    {TURNED("one-minus:mask[i]"),
     "The gradient goes to what was dropped. mask[i] is 1 where a number stayed."},
    {TURNED("one-minus:(1-p)"),
     "You divided by p. The forward pass divides by 1 - p, and so does the gradient. At p = 1/2 it "
     "would not show."},
    {TURNED("inverted:(1-p)"), "You multiplied by 1 - p. The way back has the factor of the way "
                               "there, 1 / (1 - p), and not its inverse."},
    {MISTAKE(dropout_by_p),
     "You multiplied by p. The way back has the factor of the way there, mask / "
     "(1 - p)."},
    {TURNED("squared:(1-p)"),
     "1 - p is divided by twice. dy is not scaled yet: one factor 1 / (1 - p) is what it meets."},
    {MISTAKE(dropout_rest_kept), "Where the mask is 0 the gradient passes as it came. y[i] was 0 "
                                 "there, whatever x[i] is: dx[i] "
                                 "is 0."},
    {MISTAKE(dropout_as_eval), "This is the gradient of eval mode, where everything passes. In "
                               "training each dy meets mask / (1 - p)."},
    {MISTAKE(dropout_doubled),
     "What stayed is doubled, whatever p is. That is right at p = 1/2 only: divide by 1 - p."},
    {0}};

CALL(dropout_backward, n[0], a[0], a[1], VALUE(a[2]), a[3])

static const Exercise exercise_dropout_backward = {
    .name = "dropout_backward",
    .call = call_dropout_backward,
    .sizes = "n",
    .arguments = {{"dy", IN_NORMAL, "n", 0},
                  {"mask", IN_NORMAL, "n", 0},
                  {"p", IN_PREPARED, "", 0},
                  {"dx", OUT, "n", 0}},
    .cases = {{7}, {4}, {11}, {2}},
    .reference = JUDGE((Function)reference_dropout),
    .prepare = JUDGE(prepare_dropout),
    .mistakes = JUDGE(dropout_backward_mistakes),
};

/* -- 3. channel_dropout_backward --------------------------------------------------------------- */

static void prepare_channel_dropout(int which, const int n[], void *const a[])
{
    prepare_mask(n[0] * n[1], a[1]);
    *(real *)a[2] = p_of(which);
}

#define CHANNELS                                                                          \
    int n, int c, int h, int w, const real dY[n][c][h][w], const real mask[n][c], real p, \
        real dX[n][c][h][w]
#define CHANNELS_ARGUMENTS n, c, h, w, dY, mask, p, dX

static void reference_channels(CHANNELS)
{
    for (int i = 0; i < n; i++)
        for (int j = 0; j < c; j++) {
            real masks[h * w];
            for (int s = 0; s < h * w; s++)
                masks[s] = mask[i][j];
            reference_dropout(h * w, *dY[i][j], masks, p, *dX[i][j]);
        }
}

/* What a mask on whole channels gives to each of its pixels, summed as if it were the mask's. */
static void channels_pooled(real share, CHANNELS)
{
    real dx[n][c][h][w];
    reference_channels(n, c, h, w, dY, mask, p, dx);
    for (int i = 0; i < n; i++)
        for (int j = 0; j < c; j++)
            for (int s = 0; s < h * w; s++)
                flat(dX[i][j])[s] = share * sum_of(h * w, *dx[i][j]);
}

static void channels_summed(CHANNELS)
{
    channels_pooled(1, CHANNELS_ARGUMENTS);
}

static void channels_averaged(CHANNELS)
{
    channels_pooled(1 / (real)(h * w), CHANNELS_ARGUMENTS);
}

static void channels_with_mask_of(int image, int channel, CHANNELS)
{
    real other[n][c];
    for (int i = 0; i < n; i++)
        for (int j = 0; j < c; j++)
            other[i][j] = mask[image < 0 ? i : image][channel < 0 ? j : channel];
    reference_channels(n, c, h, w, dY, other, p, dX);
}

static void channels_same_in_batch(CHANNELS)
{
    channels_with_mask_of(0, -1, CHANNELS_ARGUMENTS);
}

static void channels_same_in_image(CHANNELS)
{
    channels_with_mask_of(-1, 0, CHANNELS_ARGUMENTS);
}

static void channels_by_p(CHANNELS)
{
    for (int i = 0; i < n; i++)
        for (int j = 0; j < c; j++)
            for (int s = 0; s < h * w; s++)
                flat(dX[i][j])[s] = flat(dY[i][j])[s] * mask[i][j] * p;
}

static void channels_plain(CHANNELS)
{
    (void)mask, (void)p;
    for (int at = 0; at < n * c * h * w; at++)
        flat(dX)[at] = flat(dY)[at];
}

static void channels_doubled(CHANNELS)
{
    (void)p;
    reference_channels(n, c, h, w, dY, mask, (real)0.5, dX);
}

static void channels_mask_in_turn(CHANNELS)
{
    for (int at = 0; at < n * c * h * w; at++)
        flat(dX)[at] = flat(dY)[at] * flat(mask)[at % (n * c)] / (1 - p);
}

/* The mask read as if it were (c, n). */
static void channels_mask_exchanged(CHANNELS)
{
    real other[n][c];
    for (int i = 0; i < n; i++)
        for (int j = 0; j < c; j++)
            other[i][j] = flat(mask)[j * n + i];
    reference_channels(n, c, h, w, dY, other, p, dX);
}

static const Mistake channel_dropout_mistakes[] = {
    {TURNED("missing-factor:mask[i][j]"), "The mask is missing. Nothing of a channel that was "
                                          "dropped reaches Y, and nothing comes back."},
    {TURNED("missing-divisor:(1-p)"),
     "The factor is missing. What stayed was divided by 1 - p on its "
     "way to Y, and its gradient is, too."},
    {TURNED("one-minus:mask[i][j]"),
     "The gradient goes to the channels that were dropped. mask[i][j] is 1 where one stayed."},
    {TURNED("one-minus:(1-p)"), "You divided by p. The forward pass divides by 1 - p."},
    {TURNED("inverted:(1-p)"), "You multiplied by 1 - p. The way back has the factor of the way "
                               "there, 1 / (1 - p), and not its inverse."},
    {MISTAKE(channels_by_p),
     "You multiplied by p. The way back has the factor of the way there, mask "
     "/ (1 - p)."},
    {MISTAKE(channels_summed),
     "You summed over the pixels. That would be the gradient of the mask, which all pixels share; "
     "each X is used once, in its own pixel."},
    {MISTAKE(channels_averaged),
     "You took the mean over the pixels. The mask is shared by a channel's pixels, X is not: each "
     "pixel has a gradient of its own."},
    {MISTAKE(channels_same_in_batch),
     "You used the mask of the first image for all. Each image had channels of its own dropped: "
     "mask[i][j]."},
    {MISTAKE(channels_same_in_image), "You used the mask of the first channel for all of an image. "
                                      "Each channel is dropped or not by "
                                      "itself: mask[i][j]."},
    {TURNED("squared:(1-p)"),
     "1 - p is divided by twice. dY is not scaled yet: one factor 1 / (1 - p) is what it meets."},
    {MISTAKE(channels_plain), "dX is dY. That is the gradient of eval mode; in training each dY "
                              "meets mask[i][j] / (1 - p)."},
    {MISTAKE(channels_doubled),
     "What stayed is doubled, whatever p is. That is right at p = 1/2 only: divide by 1 - p."},
    {MISTAKE(channels_mask_in_turn),
     "Neighbouring numbers have met one element of the mask after the other. All pixels of channel "
     "j of image i share one: mask[i][j]."},
    {MISTAKE(channels_mask_exchanged),
     "You read the mask as c rows of n. It is (n, c): mask[i][j] for image i and channel j."},
    {0}};

CALL(channel_dropout_backward, n[0], n[1], n[2], n[3], a[0], a[1], VALUE(a[2]), a[3])

static const Exercise exercise_channel_dropout_backward = {
    .name = "channel_dropout_backward",
    .call = call_channel_dropout_backward,
    .sizes = "nchw",
    .arguments = {{"dY", IN_NORMAL, "nchw", 0},
                  {"mask", IN_NORMAL, "nc", 0},
                  {"p", IN_PREPARED, "", 0},
                  {"dX", OUT, "nchw", 0}},
    .cases = {{3, 2, 4, 5}, {2, 3, 1, 4}, {4, 5, 2, 3}, {5, 3, 2, 1}},
    .reference = JUDGE((Function)reference_channels),
    .prepare = JUDGE(prepare_channel_dropout),
    .mistakes = JUDGE(channel_dropout_mistakes),
};

/* -- 4. batch_norm2d_forward ------------------------------------------------------------------- */

static void prepare_forward(int which, const int n[], void *const a[])
{
    (void)n;
    *(real *)a[3] = eps_of(which);
}

#define FORWARD                                                                                   \
    int n, int c, int h, int w, const real X[n][c][h][w], const real gain[c], const real bias[c], \
        real eps, real mean[c], real var[c], real Xhat[n][c][h][w], real Y[n][c][h][w]
#define FORWARD_ARGUMENTS n, c, h, w, X, gain, bias, eps, mean, var, Xhat, Y

/* Xhat and Y with these statistics. */
static void apply(FORWARD)
{
    for (int i = 0; i < n; i++)
        for (int j = 0; j < c; j++)
            for (int s = 0; s < h * w; s++) {
                real xhat = (flat(X[i][j])[s] - mean[j]) * pow(var[j] + eps, (real)-0.5);
                flat(Xhat[i][j])[s] = xhat;
                flat(Y[i][j])[s] = bias[j] + xhat * gain[j];
            }
}

static void forward_with_divisor(int divisor, FORWARD)
{
    int N = n * h * w;
    real line[N];
    for (int j = 0; j < c; j++) {
        take_channel(n, c, h * w, (const void *)X, j, (void *)line);
        statistics(N, line, divisor, &mean[j], &var[j]);
    }
    apply(FORWARD_ARGUMENTS);
}

static void reference_forward(FORWARD)
{
    forward_with_divisor(n * h * w, FORWARD_ARGUMENTS);
}

static void forward_with_bessel(FORWARD)
{
    forward_with_divisor(n * h * w - 1, FORWARD_ARGUMENTS);
}

/* Sums over everything, divided by this in the place of n h w. */
static void forward_divided_by(int count, FORWARD)
{
    real factor = (real)(n * h * w) / (real)count, line[n * h * w];
    for (int j = 0; j < c; j++) {
        take_channel(n, c, h * w, (const void *)X, j, (void *)line);
        mean[j] = factor * sum_of(n * h * w, line) / (real)(n * h * w);
        var[j] = 0;
        for (int s = 0; s < n * h * w; s++)
            var[j] += (line[s] - mean[j]) * (line[s] - mean[j]) / (real)count;
    }
    apply(FORWARD_ARGUMENTS);
}

static void forward_by_n(FORWARD)
{
    forward_divided_by(n, FORWARD_ARGUMENTS);
}

static void forward_by_pixels(FORWARD)
{
    forward_divided_by(h * w, FORWARD_ARGUMENTS);
}

static void forward_of_all_channels(FORWARD)
{
    for (int j = 0; j < c; j++)
        statistics(n * c * h * w, ***X, n * c * h * w, &mean[j], &var[j]);
    apply(FORWARD_ARGUMENTS);
}

static void forward_mean_of_squares(FORWARD)
{
    reference_forward(FORWARD_ARGUMENTS);
    for (int j = 0; j < c; j++)
        var[j] += mean[j] * mean[j];
    apply(FORWARD_ARGUMENTS);
}

static void forward_deviation_for_var(FORWARD)
{
    reference_forward(FORWARD_ARGUMENTS);
    for (int j = 0; j < c; j++)
        var[j] = sqrt(var[j]);
}

/* The variance with Bessel's correction is stored, the other one normalises. */
static void forward_stores_unbiased(FORWARD)
{
    reference_forward(FORWARD_ARGUMENTS);
    for (int j = 0; j < c; j++)
        var[j] *= (real)(n * h * w) / (real)(n * h * w - 1);
}

static void forward_gain_in_xhat(FORWARD)
{
    reference_forward(FORWARD_ARGUMENTS);
    for (int i = 0; i < n * c * h * w; i++)
        flat(Xhat)[i] = flat(Y)[i];
}

static void forward_without_either(FORWARD)
{
    reference_forward(FORWARD_ARGUMENTS);
    for (int i = 0; i < n * c * h * w; i++)
        flat(Y)[i] = flat(Xhat)[i];
}

static void forward_by_all(FORWARD)
{
    forward_divided_by(n * c * h * w, FORWARD_ARGUMENTS);
}

/* Each image by itself: what is returned is what the last one left. */
static void forward_by_image(FORWARD)
{
    for (int i = 0; i < n; i++)
        reference_forward(1, c, h, w, &X[i], gain, bias, eps, mean, var, &Xhat[i], &Y[i]);
}

static void forward_of_first_image(FORWARD)
{
    reference_forward(1, c, h, w, X, gain, bias, eps, mean, var, Xhat, Y);
    apply(FORWARD_ARGUMENTS);
}

static void forward_root_in_var(FORWARD)
{
    reference_forward(FORWARD_ARGUMENTS);
    for (int j = 0; j < c; j++)
        var[j] = sqrt(var[j] + eps);
}

static void forward_inverse_in_var(FORWARD)
{
    reference_forward(FORWARD_ARGUMENTS);
    for (int j = 0; j < c; j++)
        var[j] = 1 / sqrt(var[j] + eps);
}

static void forward_eps_in_var(FORWARD)
{
    reference_forward(FORWARD_ARGUMENTS);
    for (int j = 0; j < c; j++)
        var[j] += eps;
}

/* The mean of |X - mean| in the place of the mean of the squares. */
static void forward_absolute(FORWARD)
{
    reference_forward(FORWARD_ARGUMENTS);
    for (int j = 0; j < c; j++) {
        var[j] = 0;
        for (int i = 0; i < n; i++)
            for (int s = 0; s < h * w; s++)
                var[j] += fabs(flat(X[i][j])[s] - mean[j]) / (real)(n * h * w);
    }
    apply(FORWARD_ARGUMENTS);
}

static void forward_exchanged(FORWARD)
{
    reference_forward(n, c, h, w, X, bias, gain, eps, mean, var, Xhat, Y);
}

static const Mistake batch_norm2d_forward_mistakes[] = {
    {MISTAKE(forward_with_bessel),
     "You divided the squares by N - 1. What normalises is the variance divided by N; the one with "
     "Bessel's correction is only kept for eval mode."},
    {MISTAKE(forward_by_n),
     "You divided by n. A channel has n h w numbers: its pixels count as well "
     "as the images."},
    {MISTAKE(forward_by_pixels), "You divided by h w. The sums go over all images: N = n h w."},
    {TURNED("twins+missing-divisor:(real)count"),
     "Neither sum is divided. N = n h w numbers are in "
     "each."},
    {MISTAKE(forward_of_all_channels),
     "Mean and variance are those of all channels together. Each channel has its own."},
    {TURNED("twins+not-reset:sum=0"),
     "Each channel's sums hold those of the channels before it, too: "
     "begin both at zero for each channel."},
    {MISTAKE(forward_mean_of_squares),
     "var is the mean of the squares. Take the mean off before squaring."},
    {TURNED("no-call:sqrt(var[j]+eps)"), "You divided by the variance. It is the standard "
                                         "deviation that is divided by: the square root."},
    {TURNED("missing-term:eps"), "You forgot eps. It keeps the root away from zero where a channel "
                                 "hardly varies: sqrt(var[j] + eps)."},
    {TURNED("moved-out:sqrt(var[j]+eps)"),
     "You added eps to the root. It stands under it: sqrt(var[j] + eps)."},
    {TURNED("missing-factor:gain[j]"), "The gain is missing from Y."},
    {TURNED("missing-term:bias[j]"), "The bias is missing from Y."},
    {TURNED("spread:gain[j]*Xhat[i][j][y][x]+bias[j]"),
     "The bias is multiplied by the gain as well. It is added after that: gain Xhat + bias."},
    {TURNED("missing-term:mean[j]#3"), "Xhat is X divided by the root. Take the mean off first."},
    {TURNED("twins+accumulate:sum+="), "Only the last pixel is in the sums: = stands where += "
                                       "belongs, or they are set to zero inside "
                                       "the loops."},
    {MISTAKE(forward_deviation_for_var),
     "What is in var is its root, the standard deviation. var is the mean of the squared "
     "differences; the root is taken where it is used."},
    {MISTAKE(forward_stores_unbiased),
     "The var that you return is divided by N - 1, and Xhat is made with the other. Here var is "
     "the one divided by N; Bessel's correction comes with running_update."},
    {MISTAKE(forward_gain_in_xhat),
     "Your Xhat has gain and bias in it. It is what they are applied "
     "to: (X - mean) / sqrt(var + eps)."},
    {MISTAKE(forward_without_either), "Y is Xhat. Gain and bias are missing."},
    {MISTAKE(forward_by_all),
     "You divided by n c h w. Only the n h w numbers of one channel are in each sum."},
    {MISTAKE(forward_by_image),
     "You normalised each image by itself, which is instance norm. A channel has one mean and one "
     "var, taken over all images: N = n h w."},
    {MISTAKE(forward_of_first_image),
     "mean and var are those of the first image. They are taken over all images: N = n h w."},
    {MISTAKE(forward_root_in_var),
     "What is in var is sqrt(var + eps), which Xhat is divided by. var itself is the mean of the "
     "squared differences, without eps and root."},
    {MISTAKE(forward_inverse_in_var),
     "What is in var is 1 / sqrt(var + eps). var itself is the mean of the squared differences."},
    {MISTAKE(forward_eps_in_var), "The var that you return has eps in it. eps is added where the "
                                  "root is taken, and var is returned without it."},
    {MISTAKE(forward_absolute),
     "var is the mean of the absolute differences from the mean. Square them."},
    {TURNED("missing-factor:(X[i][j][y][x]-mean[j])"),
     "var is zero. The differences from the mean always add up to 0: "
     "they are to be squared first."},
    {MISTAKE(forward_exchanged), "gain and bias are exchanged: Y = gain Xhat + bias."},
    {0}};

CALL(batch_norm2d_forward, n[0], n[1], n[2], n[3], a[0], a[1], a[2], VALUE(a[3]), a[4], a[5], a[6],
     a[7])

static const Exercise exercise_batch_norm2d_forward = {
    .name = "batch_norm2d_forward",
    .call = call_batch_norm2d_forward,
    .sizes = "nchw",
    .arguments = {{"X", IN_NORMAL, "nchw", 0},
                  {"gain", IN_NORMAL, "c", 0},
                  {"bias", IN_NORMAL, "c", 0},
                  {"eps", IN_PREPARED, "", 0},
                  {"mean", OUT, "c", 0},
                  {"var", OUT, "c", 0},
                  {"Xhat", OUT, "nchw", 0},
                  {"Y", OUT, "nchw", 0}},
    .cases = {{3, 2, 4, 5}, {2, 3, 1, 4}, {4, 5, 2, 3}, {5, 3, 2, 1}},
    .reference = JUDGE((Function)reference_forward),
    .prepare = JUDGE(prepare_forward),
    .mistakes = JUDGE(batch_norm2d_forward_mistakes),
};

/* -- 5. gain_bias2d_backward ------------------------------------------------------------------- */

#define GAIN_BIAS                                                                       \
    int n, int c, int h, int w, const real dY[n][c][h][w], const real Xhat[n][c][h][w], \
        real dgain[c], real dbias[c]
#define GAIN_BIAS_ARGUMENTS n, c, h, w, dY, Xhat, dgain, dbias

static void reference_gain_bias(GAIN_BIAS)
{
    int N = n * h * w;
    real dy[N], xhat[N];
    for (int j = 0; j < c; j++) {
        take_channel(n, c, h * w, (const void *)dY, j, (void *)dy);
        take_channel(n, c, h * w, (const void *)Xhat, j, (void *)xhat);
        dgain[j] = dot(N, dy, xhat);
        dbias[j] = sum_of(N, dy);
    }
}

static void gain_bias_share(real share, GAIN_BIAS)
{
    reference_gain_bias(GAIN_BIAS_ARGUMENTS);
    for (int j = 0; j < c; j++) {
        dgain[j] *= share;
        dbias[j] *= share;
    }
}

static void gain_bias_mean(GAIN_BIAS)
{
    gain_bias_share(1 / (real)(n * h * w), GAIN_BIAS_ARGUMENTS);
}

static void gain_bias_mean_of_images(GAIN_BIAS)
{
    gain_bias_share(1 / (real)n, GAIN_BIAS_ARGUMENTS);
}

static void gain_bias_mean_of_pixels(GAIN_BIAS)
{
    gain_bias_share(1 / (real)(h * w), GAIN_BIAS_ARGUMENTS);
}

static void gain_bias_total(GAIN_BIAS)
{
    reference_gain_bias(GAIN_BIAS_ARGUMENTS);
    real all_gain = sum_of(c, dgain), all_bias = sum_of(c, dbias);
    for (int j = 0; j < c; j++) {
        dgain[j] = all_gain;
        dbias[j] = all_bias;
    }
}

static void gain_bias_exchanged(GAIN_BIAS)
{
    reference_gain_bias(n, c, h, w, dY, Xhat, dbias, dgain);
}

static void gain_bias_product_of_sums(GAIN_BIAS)
{
    int N = n * h * w;
    real xhat[N];
    reference_gain_bias(GAIN_BIAS_ARGUMENTS);
    for (int j = 0; j < c; j++) {
        take_channel(n, c, h * w, (const void *)Xhat, j, (void *)xhat);
        dgain[j] = dbias[j] * sum_of(N, xhat);
    }
}

static const Mistake gain_bias2d_mistakes[] = {
    {TURNED("twins+accumulate:dgain[j]+="),
     "Only the last pixel is left: = stands where += belongs, or it is set to zero inside the "
     "loops. "
     "One gain and one bias serve all pixels of all images, so all add up."},
    {MISTAKE(gain_bias_mean), "You divided by n h w. The gain was used in every pixel, and the "
                              "gradients of all uses add up; a "
                              "mean, if there is one, is inside dY already."},
    {MISTAKE(gain_bias_mean_of_images), "You divided by n. The gradients of all uses add up; a "
                                        "mean over the images, if there is one, is "
                                        "inside dY already."},
    {MISTAKE(gain_bias_mean_of_pixels),
     "You divided by h w. Every pixel used the gain and the bias, "
     "and the gradients of all uses add up."},
    {MISTAKE(gain_bias_total),
     "You summed over the channels as well. Each channel has a gain and a "
     "bias of its own."},
    {TURNED("runs-once:for(int i=0;i<n;i++)"),
     "Only the first image is in the sums. Gain and bias serve all images."},
    {TURNED("twins+not-reset:dgain[j]=0"), "Each channel's sums hold those of the channels before "
                                           "it, too: begin both at zero for each channel."},
    {TURNED("missing-factor:Xhat[i][j][y][x]"),
     "Your dgain is dbias. The gain is multiplied by Xhat, "
     "and so is dY in its gradient."},
    {MISTAKE(gain_bias_exchanged),
     "dgain and dbias are exchanged. It is the gain that is multiplied "
     "by Xhat."},
    {MISTAKE(gain_bias_product_of_sums), "Your dgain is the sum of dY times the sum of Xhat. Each "
                                         "dY meets its own Xhat: multiply first, then add up."},
    {0}};

CALL(gain_bias2d_backward, n[0], n[1], n[2], n[3], a[0], a[1], a[2], a[3])

static const Exercise exercise_gain_bias2d_backward = {
    .name = "gain_bias2d_backward",
    .call = call_gain_bias2d_backward,
    .sizes = "nchw",
    .arguments = {{"dY", IN_NORMAL, "nchw", 0},
                  {"Xhat", IN_NORMAL, "nchw", 0},
                  {"dgain", OUT, "c", 0},
                  {"dbias", OUT, "c", 0}},
    .cases = {{3, 2, 4, 5}, {2, 3, 1, 4}, {4, 5, 2, 3}, {5, 3, 2, 1}},
    .reference = JUDGE((Function)reference_gain_bias),
    .mistakes = JUDGE(gain_bias2d_mistakes),
};

/* -- 6. batch_norm2d_backward ------------------------------------------------------------------ */

/* Normalises what Xhat was filled with. */
static void prepare_backward(int which, const int n[], void *const a[])
{
    int c = n[1], l = n[2] * n[3], N = n[0] * l;
    real mean, line[N], *var = a[2], eps = eps_of(which);
    for (int j = 0; j < c; j++) {
        take_channel(n[0], c, l, a[1], j, (void *)line);
        statistics(N, line, N, &mean, &var[j]);
        for (int s = 0; s < N; s++)
            line[s] = (line[s] - mean) / sqrt(var[j] + eps);
        put_channel(n[0], c, l, (void *)line, j, a[1]);
    }
    *(real *)a[3] = eps;
}

#define BACKWARD                                                                        \
    int n, int c, int h, int w, const real dY[n][c][h][w], const real Xhat[n][c][h][w], \
        const real var[c], real eps, const real gain[c], real dX[n][c][h][w]
#define BACKWARD_ARGUMENTS n, c, h, w, dY, Xhat, var, eps, gain, dX

static void reference_backward(BACKWARD)
{
    int N = n * h * w;
    real dxhat[N], xhat[N], dx[N];
    for (int j = 0; j < c; j++) {
        take_channel(n, c, h * w, (const void *)dY, j, (void *)dxhat);
        take_channel(n, c, h * w, (const void *)Xhat, j, (void *)xhat);
        for (int s = 0; s < N; s++)
            dxhat[s] *= gain[j];
        step_by_step(N, dxhat, xhat, 1 / sqrt(var[j] + eps), N, dx);
        put_channel(n, c, h * w, (void *)dx, j, (void *)dX);
    }
}

/* gain / sqrt(var + eps) (dY - level mean dY - tilt Xhat mean(dY Xhat)), the means over these axes:
 * right over images and pixels, with level and tilt 1. */
static void backward_over(bool images, bool channels, bool pixels, real level, real tilt, BACKWARD)
{
    int size = n * c * h * w;
    real product[size], mean[size], slope[size];
    multiply(size, ***dY, ***Xhat, product);
    mean_over(images, channels, pixels, n, c, h * w, (const void *)dY, (void *)mean);
    mean_over(images, channels, pixels, n, c, h * w, (const void *)product, (void *)slope);
    for (int at = 0; at < size; at++) {
        int j = at / (h * w) % c;
        flat(dX)[at] = gain[j] / sqrt(var[j] + eps) *
                       (flat(dY)[at] - level * mean[at] - tilt * flat(Xhat)[at] * slope[at]);
    }
}

static void backward_constants(BACKWARD)
{
    backward_over(true, false, true, 0, 0, BACKWARD_ARGUMENTS);
}

static void backward_over_images(BACKWARD)
{
    backward_over(true, false, false, 1, 1, BACKWARD_ARGUMENTS);
}

static void backward_over_pixels(BACKWARD)
{
    backward_over(false, false, true, 1, 1, BACKWARD_ARGUMENTS);
}

static void backward_over_channels(BACKWARD)
{
    backward_over(true, true, true, 1, 1, BACKWARD_ARGUMENTS);
}

static void backward_over_image(BACKWARD)
{
    backward_over(false, true, true, 1, 1, BACKWARD_ARGUMENTS);
}

static void backward_by_n(BACKWARD)
{
    backward_over(true, false, true, (real)(h * w), (real)(h * w), BACKWARD_ARGUMENTS);
}

static void backward_by_pixels(BACKWARD)
{
    backward_over(true, false, true, (real)n, (real)n, BACKWARD_ARGUMENTS);
}

static void backward_bessel(BACKWARD)
{
    real N = (real)(n * h * w);
    backward_over(true, false, true, 1, N / (N - 1), BACKWARD_ARGUMENTS);
}

static void backward_bessel_twice(BACKWARD)
{
    real N = (real)(n * h * w);
    backward_over(true, false, true, N / (N - 1), N / (N - 1), BACKWARD_ARGUMENTS);
}

/* Xhat taken for X - mean, whose path through the variance has one over the cubed root in it. */
static void backward_cubed(BACKWARD)
{
    real with[n][c][h][w];
    backward_over(true, false, true, 1, 1, n, c, h, w, dY, Xhat, var, eps, gain, with);
    backward_over(true, false, true, 1, 0, BACKWARD_ARGUMENTS);
    for (int at = 0; at < n * c * h * w; at++)
        flat(dX)[at] += (flat(with)[at] - flat(dX)[at]) / (var[at / (h * w) % c] + eps);
}

static void backward_gain_outside_of_sums(BACKWARD)
{
    real ones[c], direct[n][c][h][w];
    for (int j = 0; j < c; j++)
        ones[j] = 1;
    backward_over(true, false, true, 1, 1, n, c, h, w, dY, Xhat, var, eps, ones, dX);
    backward_constants(n, c, h, w, dY, Xhat, var, eps, gain, direct);
    for (int at = 0; at < n * c * h * w; at++) {
        int j = at / (h * w) % c;
        flat(dX)[at] += flat(direct)[at] - flat(dY)[at] / sqrt(var[j] + eps);
    }
}

/* The sums as they stand when a pixel is reached, its own term included. */
static void backward_unfinished(BACKWARD)
{
    for (int j = 0; j < c; j++) {
        real sum = 0, along = 0, N = (real)(n * h * w);
        for (int i = 0; i < n; i++)
            for (int s = 0; s < h * w; s++) {
                real dy = flat(dY[i][j])[s], xhat = flat(Xhat[i][j])[s];
                sum += dy;
                along += dy * xhat;
                flat(dX[i][j])[s] = gain[j] / sqrt(var[j] + eps) * (dy - (sum + xhat * along) / N);
            }
    }
}

static void backward_by_all(BACKWARD)
{
    backward_over(true, false, true, 1 / (real)c, 1 / (real)c, BACKWARD_ARGUMENTS);
}

static void backward_mean_by_n(BACKWARD)
{
    backward_over(true, false, true, (real)(h * w), 1, BACKWARD_ARGUMENTS);
}

static void backward_slope_by_n(BACKWARD)
{
    backward_over(true, false, true, 1, (real)(h * w), BACKWARD_ARGUMENTS);
}

static const Mistake batch_norm2d_backward_mistakes[] = {
    {TURNED("order:for(int i=0;i<n;i++)<-dX"),
     "You treated mean and variance as constants. That is eval mode; "
     "in training they are made from "
     "this batch, and two paths lead back through them."},
    {TURNED("missing-term:sum/(real)count"),
     "The path through the mean is missing: take the mean of dY over the channel off, sum dY / N."},
    {TURNED("missing-term:Xhat[i][j][y][x]*along/(real)count"),
     "The path through the variance is missing: take Xhat sum(dY Xhat) / N off."},
    {MISTAKE(backward_over_images),
     "Your sums go over the images only, one for each pixel. The statistics of a channel are taken "
     "over its pixels, too."},
    {MISTAKE(backward_over_pixels), "Your sums go over the pixels of one image. That is instance "
                                    "norm: batch norm's statistics are "
                                    "taken over all images."},
    {MISTAKE(backward_over_channels),
     "Your sums go over all channels. Each channel has statistics of its own."},
    {MISTAKE(backward_over_image),
     "Your sums go over all of one image, as in layer norm. Batch norm "
     "takes a channel over all images."},
    {MISTAKE(backward_by_n), "You divided the sums by n. N = n h w numbers are in a channel, and "
                             "each has a share of 1/N in its mean."},
    {MISTAKE(backward_by_pixels),
     "You divided the sums by h w. N = n h w numbers are in a channel."},
    {TURNED("twins+missing-divisor:(real)count"),
     "Neither sum is divided. Each number has a share of 1/N in mean and variance, N = n h w."},
    {TURNED("missing-divisor:(real)count"),
     "You took off the sum of dY where its mean belongs: divide by N = n h w."},
    {TURNED("missing-divisor:(real)count#2"),
     "The path through the variance is not divided. Each number has a share of 1/N in it."},
    {MISTAKE(backward_bessel), "You divided the path through the variance by N - 1. This layer "
                               "normalises without Bessel's correction: N, in both terms."},
    {MISTAKE(backward_bessel_twice),
     "You divided by N - 1. Here mean and variance are both divided "
     "by N."},
    {TURNED("missing-factor:gain[j]"),
     "The gain is missing. It stands between Xhat and Y, so every path back goes through it."},
    {MISTAKE(backward_gain_outside_of_sums), "The gain is in the first term and not in the two "
                                             "sums. Every path back goes through it: put it "
                                             "in front of all three terms."},
    {TURNED("missing-divisor:sqrt(var[j]+eps)"),
     "1 / sqrt(var + eps) is missing in front. What was divided by its spread on the way there has "
     "its gradient divided by it, too."},
    {TURNED("no-call:sqrt(var[j]+eps)"), "You divided by the variance. It is the standard "
                                         "deviation that is divided by: the square root."},
    {TURNED("missing-term:eps"),
     "You forgot eps: the forward pass divides by the root of var + eps, "
     "and so does the way back."},
    {MISTAKE(backward_cubed),
     "You took Xhat for X - mean: with 1/(var + eps)^(3/2) belongs the difference, which is Xhat "
     "times the root. In Xhat, one root in front is enough."},
    {TURNED("times-1/2:Xhat[i][j][y][x]*along/(real)count"),
     "The path through the variance is half of what it should be: you lost the 2 of the square, "
     "which "
     "cancels the 1/2 of the root."},
    {TURNED("times-2:Xhat[i][j][y][x]*along/(real)count"),
     "The path through the variance is twice what it should be: you lost the 1/2 of the root, "
     "which "
     "cancels the 2 of the square."},
    {TURNED("wrong-sign:Xhat[i][j][y][x]*along/(real)count"),
     "The sign of the path through the variance is wrong. 1 / sqrt(var + eps) falls when var "
     "grows: "
     "take it off."},
    {TURNED("twins+negated:(real)count"),
     "You added the paths through mean and variance. Both are taken off."},
    {MISTAKE(backward_unfinished), "You used the sums before they were complete. Every pixel needs "
                                   "those over all of its channel: "
                                   "finish them in loops of their own."},
    {TURNED("twins+accumulate:sum+="), "Only the last pixel is in the sums: = stands where += "
                                       "belongs, or they are set to zero inside "
                                       "the loops."},
    {TURNED("twins+not-reset:sum=0"),
     "Each channel's sums hold those of the channels before it, too: "
     "begin both at zero for each channel."},
    {MISTAKE(backward_by_all),
     "You divided the sums by n c h w. N = n h w numbers are in a channel."},
    {MISTAKE(backward_mean_by_n), "You divided the sum of dY by n. N = n h w divides both sums."},
    {MISTAKE(backward_slope_by_n),
     "You divided the sum of dY Xhat by n. N = n h w divides both sums."},
    {TURNED("spread:dY[i][j][y][x]-sum/(real)count"),
     "dY is divided by N as well as the two sums. If 1/N stands in "
     "front of all three, the first is N dY."},
    {TURNED("moved-out:sqrt(var[j]+eps)"),
     "You added eps to the root. It stands under it: sqrt(var[j] + eps)."},
    {0}};

CALL(batch_norm2d_backward, n[0], n[1], n[2], n[3], a[0], a[1], a[2], VALUE(a[3]), a[4], a[5])

static const Exercise exercise_batch_norm2d_backward = {
    .name = "batch_norm2d_backward",
    .call = call_batch_norm2d_backward,
    .sizes = "nchw",
    .arguments = {{"dY", IN_NORMAL, "nchw", 0},
                  {"Xhat", IN_NORMAL, "nchw", 0},
                  {"var", IN_PREPARED, "c", 0},
                  {"eps", IN_PREPARED, "", 0},
                  {"gain", IN_NORMAL, "c", 0},
                  {"dX", OUT, "nchw", 0}},
    .cases = {{3, 2, 4, 5}, {2, 3, 1, 4}, {4, 5, 2, 3}, {5, 3, 2, 1}},
    .reference = JUDGE((Function)reference_backward),
    .prepare = JUDGE(prepare_backward),
    .mistakes = JUDGE(batch_norm2d_backward_mistakes),
};

/* -- 7. running_update ------------------------------------------------------------------------- */

static void prepare_running(int which, const int n[], void *const a[])
{
    static const real all[] = {0.1, 0.25, 0.3, 0.2};
    real *running_var = a[4];
    *(real *)a[2] = all[which % 4];
    for (int j = 0; j < n[1]; j++)
        running_var[j] = fabs(running_var[j]) + (real)0.25;
}

#define RUNNING                                                                       \
    int n, int c, int h, int w, const real mean[c], const real var[c], real momentum, \
        real running_mean[c], real running_var[c]
#define RUNNING_ARGUMENTS n, c, h, w, mean, var, momentum, running_mean, running_var

/* A step of this share of the way, to a variance that is so many times the batch's. */
static void running_with(real share, real kept, real correction, RUNNING)
{
    (void)momentum, (void)n, (void)h, (void)w;
    for (int j = 0; j < c; j++) {
        running_mean[j] = kept * running_mean[j] + share * mean[j];
        running_var[j] = kept * running_var[j] + share * correction * var[j];
    }
}

static void reference_running(RUNNING)
{
    real N = (real)(n * h * w);
    for (int j = 0; j < c; j++) {
        running_mean[j] += momentum * (mean[j] - running_mean[j]);
        running_var[j] += momentum * (var[j] * N / (N - 1) - running_var[j]);
    }
}

static void running_biased(RUNNING)
{
    running_with(momentum, 1 - momentum, 1, RUNNING_ARGUMENTS);
}

static void running_bessel_of_images(RUNNING)
{
    running_with(momentum, 1 - momentum, (real)n / (real)(n - 1), RUNNING_ARGUMENTS);
}

static void running_bessel_inverted(RUNNING)
{
    real N = (real)(n * h * w);
    running_with(momentum, 1 - momentum, (N - 1) / N, RUNNING_ARGUMENTS);
}

static void running_other_way(RUNNING)
{
    real N = (real)(n * h * w);
    running_with(1 - momentum, momentum, N / (N - 1), RUNNING_ARGUMENTS);
}

static void running_other_way_biased(RUNNING)
{
    running_with(1 - momentum, momentum, 1, RUNNING_ARGUMENTS);
}

static void running_replaced(RUNNING)
{
    real N = (real)(n * h * w);
    running_with(1, 0, N / (N - 1), RUNNING_ARGUMENTS);
}

static void running_never_forgets(RUNNING)
{
    running_with(momentum, 1, 1, RUNNING_ARGUMENTS);
}

/* Bessel's correction in the mean as well. */
static void running_bessel_twice(RUNNING)
{
    real N = (real)(n * h * w);
    reference_running(RUNNING_ARGUMENTS);
    for (int j = 0; j < c; j++)
        running_mean[j] += momentum * mean[j] / (N - 1);
}

/* All of the running variance corrected, not only what is new in it. */
static void running_corrected_at_the_end(RUNNING)
{
    real N = (real)(n * h * w);
    running_biased(RUNNING_ARGUMENTS);
    for (int j = 0; j < c; j++)
        running_var[j] *= N / (N - 1);
}

static void running_added(RUNNING)
{
    real N = (real)(n * h * w);
    running_with(momentum, 2 - momentum, N / (N - 1), RUNNING_ARGUMENTS);
}

static void running_fixed(RUNNING)
{
    real N = (real)(n * h * w);
    running_with((real)0.1, (real)0.9, N / (N - 1), RUNNING_ARGUMENTS);
}

/* N / (N - 1) is 1 in int, but for N = 2. */
static void running_bessel_in_int(RUNNING)
{
    int N = n * h * w, quotient = N / (N - 1);
    running_with(momentum, 1 - momentum, (real)quotient, RUNNING_ARGUMENTS);
}

static const Mistake running_mistakes[] = {
    {TURNED("missing-term:1"), "The variance is kept without Bessel's correction. What the layer "
                               "normalises with is divided by "
                               "N, what it keeps by N - 1: multiply var by N / (N - 1) first."},
    {MISTAKE(running_other_way), "momentum is the wrong way round: it is the share of the new, and "
                                 "1 - momentum of what was there "
                                 "(PyTorch's; Keras counts the other way)."},
    {MISTAKE(running_other_way_biased),
     "momentum is the wrong way round: it is the share of the new, and 1 - momentum of what was "
     "there. And var is to be multiplied by N / (N - 1)."},
    {MISTAKE(running_bessel_of_images),
     "You corrected by n / (n - 1). The variance was taken over n h w numbers: N / (N - 1)."},
    {MISTAKE(running_bessel_inverted),
     "You have Bessel's correction upside down. Divided by N - 1 in the place of N, the variance "
     "grows: N / (N - 1)."},
    {MISTAKE(running_replaced),
     "The running statistics are replaced by those of this batch. They go "
     "a part of the way: 1 - momentum of what was there stays."},
    {TURNED("twins+missing-factor:(1-momentum)"),
     "The new is added and nothing of the old goes, so the statistics grow "
     "with every batch. What was there counts 1 - momentum."},
    {MISTAKE(running_never_forgets),
     "The new is added and nothing of the old goes, so the statistics grow with every batch. What "
     "was "
     "there counts 1 - momentum. And var is to be multiplied by N / (N - 1)."},
    {MISTAKE(running_bessel_twice),
     "You corrected the mean as well. Bessel's correction is for the "
     "variance only."},
    {MISTAKE(running_corrected_at_the_end), "You corrected all of running_var, with what was "
                                            "there. That part was corrected when it came in: "
                                            "multiply this batch's var alone by N / (N - 1)."},
    {TURNED("skipped:running_var[j]"), "running_var is as it was. It follows var, as running_mean "
                                       "follows mean."},
    {TURNED("skipped:running_mean[j]"),
     "running_mean is as it was. It follows mean, as running_var "
     "follows var."},
    {TURNED("twins+truncated:(1-momentum)"),
     "Nothing is left of what was there. It stays with the share 1 - "
     "momentum, and the new comes to it."},
    {MISTAKE(running_added), "What was there is counted once more: the new value takes its place, "
                             "and is not added to it. (1 - momentum of it stays.)"},
    {MISTAKE(running_fixed), "momentum is 0.1, whatever is given. Use the argument."},
    {TURNED("times-n:1"),
     "You corrected with h w for N. The variance was taken over all images: N = n h w."},
    {TURNED("divided-by-c:1"),
     "You corrected with n c h w for N. The variance of a channel was taken over n h w numbers."},
    {MISTAKE(running_bessel_in_int), "N / (N - 1) is a quotient of two ints, cut off to 1 (to 2 "
                                     "for N = 2). Make one of them real."},
    {TURNED("missing-factor:(real)count"),
     "You divided var by N - 1. It is divided by N already: multiply by N / (N - 1)."},
    {0}};

CALL(running_update, n[0], n[1], n[2], n[3], a[0], a[1], VALUE(a[2]), a[3], a[4])

static const Exercise exercise_running_update = {
    .name = "running_update",
    .call = call_running_update,
    .sizes = "nchw",
    .arguments = {{"mean", IN_NORMAL, "c", 0},
                  {"var", IN_POSITIVE, "c", 0},
                  {"momentum", IN_PREPARED, "", 0},
                  {"running_mean", IN_OUT, "c", 0},
                  {"running_var", IN_OUT, "c", 0}},
    .cases = {{3, 2, 4, 5}, {2, 3, 1, 4}, {4, 5, 2, 3}, {2, 3, 1, 1}},
    .reference = JUDGE((Function)reference_running),
    .prepare = JUDGE(prepare_running),
    .mistakes = JUDGE(running_mistakes),
};

/* -- 8. batch_norm2d_eval ---------------------------------------------------------------------- */

#define EVAL                                                                          \
    int n, int c, int h, int w, const real X[n][c][h][w], const real running_mean[c], \
        const real running_var[c], real eps, const real gain[c], const real bias[c],  \
        real Y[n][c][h][w]
#define EVAL_ARGUMENTS n, c, h, w, X, running_mean, running_var, eps, gain, bias, Y

static void reference_eval(EVAL)
{
    real mean[c], var[c], Xhat[n][c][h][w];
    for (int j = 0; j < c; j++) {
        mean[j] = running_mean[j];
        var[j] = running_var[j];
    }
    apply(n, c, h, w, X, gain, bias, eps, mean, var, Xhat, Y);
}

/* In train mode, for which nothing but the batch is needed. */
static void eval_of_batch(EVAL)
{
    real mean[c], var[c], Xhat[n][c][h][w];
    (void)running_mean, (void)running_var;
    reference_forward(n, c, h, w, X, gain, bias, eps, mean, var, Xhat, Y);
}

static void eval_mean_of_batch(EVAL)
{
    real mean[c], var[c], Xhat[n][c][h][w];
    reference_forward(n, c, h, w, X, gain, bias, eps, mean, var, Xhat, Y);
    reference_eval(n, c, h, w, X, mean, running_var, eps, gain, bias, Y);
    (void)running_mean;
}

static void eval_var_of_batch(EVAL)
{
    real mean[c], var[c], Xhat[n][c][h][w];
    reference_forward(n, c, h, w, X, gain, bias, eps, mean, var, Xhat, Y);
    reference_eval(n, c, h, w, X, running_mean, var, eps, gain, bias, Y);
    (void)running_var;
}

static void eval_with_bessel(EVAL)
{
    real corrected[c];
    for (int j = 0; j < c; j++)
        corrected[j] = running_var[j] * (real)(n * h * w) / (real)(n * h * w - 1);
    reference_eval(n, c, h, w, X, running_mean, corrected, eps, gain, bias, Y);
}

/* The channel of number k taken for k % c, as if channels were the last axis. */
static void eval_channels_last(EVAL)
{
    for (int at = 0; at < n * c * h * w; at++) {
        real root = sqrt(running_var[at % c] + eps);
        flat(Y)[at] = gain[at % c] * (flat(X)[at] - running_mean[at % c]) / root + bias[at % c];
    }
}

static void eval_of_channel_0(EVAL)
{
    real root = sqrt(running_var[0] + eps);
    for (int at = 0; at < n * c * h * w; at++)
        flat(Y)[at] = gain[0] * (flat(X)[at] - running_mean[0]) / root + bias[0];
}

static void eval_exchanged(EVAL)
{
    reference_eval(n, c, h, w, X, running_mean, running_var, eps, bias, gain, Y);
}

static const Mistake eval_mistakes[] = {
    {MISTAKE(eval_of_batch),
     "This is train mode: mean and variance are those of this batch. In eval mode what is said of "
     "an "
     "image does not depend on the others: use running_mean and running_var."},
    {MISTAKE(eval_mean_of_batch), "You took the mean of this batch off. In eval mode it is "
                                  "running_mean."},
    {MISTAKE(eval_var_of_batch), "You divided by the spread of this batch. In eval mode it is the "
                                 "root of running_var + eps."},
    {MISTAKE(eval_with_bessel), "You corrected running_var once more. Bessel's correction is in it "
                                "already."},
    {TURNED("missing-term:eps"), "You forgot eps: sqrt(running_var[j] + eps)."},
    {TURNED("no-call:sqrt(running_var[j]+eps)"), "You divided by the variance. It is the standard "
                                                 "deviation that is divided by: the square root."},
    {TURNED("parentheses:sqrt(running_var[j]+eps)"),
     "You added eps to the root. It stands under it: sqrt(running_var[j] + eps)."},
    {TURNED("inverted:root"), "You multiplied by the root. Divide by it."},
    {TURNED("missing-divisor:root"), "You took the mean off and did not divide by the root of "
                                     "running_var + eps."},
    {TURNED("missing-term:running_mean[j]"), "You did not take running_mean off."},
    {TURNED("missing-factor:gain[j]"), "The gain is missing."},
    {TURNED("missing-term:bias[j]"), "The bias is missing."},
    {TURNED("spread:gain[j]*(X[i][j][y][x]-running_mean[j])/root+bias[j]"),
     "The bias is multiplied by the gain as well. It is added last."},
    {TURNED("parentheses:(X[i][j][y][x]-running_mean[j])"),
     "X is multiplied by the gain before the mean is taken off. First comes the difference."},
    {MISTAKE(eval_channels_last), "You took k % c for the channel of number k. A channel is h w "
                                  "numbers in a row: k / (h w) % c, or Y[i][j][y][x] with j."},
    {MISTAKE(eval_of_channel_0),
     "Every channel has met the statistics, gain and bias of channel 0. Channel j has its own."},
    {MISTAKE(eval_exchanged),
     "gain and bias are exchanged: the gain multiplies, the bias is added."},
    {0}};

CALL(batch_norm2d_eval, n[0], n[1], n[2], n[3], a[0], a[1], a[2], VALUE(a[3]), a[4], a[5], a[6])

static const Exercise exercise_batch_norm2d_eval = {
    .name = "batch_norm2d_eval",
    .call = call_batch_norm2d_eval,
    .sizes = "nchw",
    .arguments = {{"X", IN_NORMAL, "nchw", 0},
                  {"running_mean", IN_NORMAL, "c", 0},
                  {"running_var", IN_POSITIVE, "c", 0},
                  {"eps", IN_PREPARED, "", 0},
                  {"gain", IN_NORMAL, "c", 0},
                  {"bias", IN_NORMAL, "c", 0},
                  {"Y", OUT, "nchw", 0}},
    .cases = {{3, 2, 4, 5}, {2, 3, 1, 4}, {4, 5, 2, 3}, {1, 3, 2, 5}},
    .reference = JUDGE((Function)reference_eval),
    .prepare = JUDGE(prepare_forward),
    .mistakes = JUDGE(eval_mistakes),
};

/* -- 9. batch_norm2d_eval_backward ------------------------------------------------------------- */

static void prepare_eval_backward(int which, const int n[], void *const a[])
{
    (void)n;
    *(real *)a[2] = eps_of(which);
}

#define EVAL_BACKWARD                                                                           \
    int n, int c, int h, int w, const real dY[n][c][h][w], const real running_var[c], real eps, \
        const real gain[c], real dX[n][c][h][w]
#define EVAL_BACKWARD_ARGUMENTS n, c, h, w, dY, running_var, eps, gain, dX

static void reference_eval_backward(EVAL_BACKWARD)
{
    real slope[c];
    for (int j = 0; j < c; j++)
        slope[j] = gain[j] * pow(running_var[j] + eps, (real)-0.5);
    for (int i = 0; i < n; i++)
        for (int j = 0; j < c; j++)
            for (int s = 0; s < h * w; s++)
                flat(dX[i][j])[s] = slope[j] * flat(dY[i][j])[s];
}

/* What is left when the mean of dX over a channel is taken off. */
static void eval_backward_mean_path(EVAL_BACKWARD)
{
    real mean[n][c][h][w];
    reference_eval_backward(EVAL_BACKWARD_ARGUMENTS);
    mean_over(true, false, true, n, c, h * w, (const void *)dX, (void *)mean);
    for (int at = 0; at < n * c * h * w; at++)
        flat(dX)[at] -= flat(mean)[at];
}

/* The gradient of the bias, in the place of every pixel's. */
static void eval_backward_summed(EVAL_BACKWARD)
{
    real mean[n][c][h][w];
    reference_eval_backward(EVAL_BACKWARD_ARGUMENTS);
    mean_over(true, false, true, n, c, h * w, (const void *)dX, (void *)mean);
    for (int at = 0; at < n * c * h * w; at++)
        flat(dX)[at] = (real)(n * h * w) * flat(mean)[at];
}

static void eval_backward_channels_last(EVAL_BACKWARD)
{
    for (int at = 0; at < n * c * h * w; at++)
        flat(dX)[at] = flat(dY)[at] * gain[at % c] / sqrt(running_var[at % c] + eps);
}

static void eval_backward_of_channel_0(EVAL_BACKWARD)
{
    for (int at = 0; at < n * c * h * w; at++)
        flat(dX)[at] = flat(dY)[at] * gain[0] / sqrt(running_var[0] + eps);
}

static void eval_backward_mean(EVAL_BACKWARD)
{
    reference_eval_backward(EVAL_BACKWARD_ARGUMENTS);
    for (int at = 0; at < n * c * h * w; at++)
        flat(dX)[at] /= (real)(n * h * w);
}

static void eval_backward_plain(EVAL_BACKWARD)
{
    (void)running_var, (void)eps, (void)gain;
    for (int at = 0; at < n * c * h * w; at++)
        flat(dX)[at] = flat(dY)[at];
}

static void eval_backward_bessel(EVAL_BACKWARD)
{
    real corrected[c];
    for (int j = 0; j < c; j++)
        corrected[j] = running_var[j] * (real)(n * h * w) / (real)(n * h * w - 1);
    reference_eval_backward(n, c, h, w, dY, corrected, eps, gain, dX);
}

static const Mistake eval_backward_mistakes[] = {
    {MISTAKE(eval_backward_mean_path), "You took a mean off. In eval mode the mean is a constant: "
                                       "X has no path through it, and the sum "
                                       "of dX need not be zero."},
    {MISTAKE(eval_backward_summed),
     "You summed over the channel. In eval mode each X moves its own Y and no other."},
    {TURNED("missing-factor:gain[j]"),
     "The gain is missing. Each X is multiplied by it on its way to "
     "Y, so its gradient is, too."},
    {TURNED("missing-divisor:root"), "You did not divide by the root of running_var + eps. The way "
                                     "there does."},
    {TURNED("inverted:root"), "You multiplied by the root. The way back has the factor of the way "
                              "there: divide by it."},
    {TURNED("missing-term:eps"), "You forgot eps: sqrt(running_var[j] + eps)."},
    {TURNED("no-call:sqrt(running_var[j]+eps)"), "You divided by the variance. It is the standard "
                                                 "deviation that is divided by: the square root."},
    {TURNED("parentheses:sqrt(running_var[j]+eps)"),
     "You added eps to the root. It stands under it: sqrt(running_var[j] + eps)."},
    {TURNED("inverted:gain[j]"), "You divided by the gain. The way back has the factor of the way "
                                 "there: multiply by it."},
    {MISTAKE(eval_backward_channels_last),
     "You took k % c for the channel of number k. A channel is h w numbers in a row: k / (h w) % "
     "c, or dX[i][j][y][x] with j."},
    {MISTAKE(eval_backward_of_channel_0),
     "Every channel has met the gain and the variance of channel 0. Channel j has its own."},
    {MISTAKE(eval_backward_mean), "You divided by n h w. In eval mode nothing is a mean over the "
                                  "channel: each X moves its own Y."},
    {MISTAKE(eval_backward_plain), "dX is dY. On its way to Y each X meets gain[j] / "
                                   "sqrt(running_var[j] + eps), and so does its gradient."},
    {MISTAKE(eval_backward_bessel),
     "You corrected running_var once more. Bessel's correction is in it already."},
    {0}};

CALL(batch_norm2d_eval_backward, n[0], n[1], n[2], n[3], a[0], a[1], VALUE(a[2]), a[3], a[4])

static const Exercise exercise_batch_norm2d_eval_backward = {
    .name = "batch_norm2d_eval_backward",
    .call = call_batch_norm2d_eval_backward,
    .sizes = "nchw",
    .arguments = {{"dY", IN_NORMAL, "nchw", 0},
                  {"running_var", IN_POSITIVE, "c", 0},
                  {"eps", IN_PREPARED, "", 0},
                  {"gain", IN_NORMAL, "c", 0},
                  {"dX", OUT, "nchw", 0}},
    .cases = {{3, 2, 4, 5}, {2, 3, 1, 4}, {4, 5, 2, 3}, {1, 3, 2, 5}},
    .reference = JUDGE((Function)reference_eval_backward),
    .prepare = JUDGE(prepare_eval_backward),
    .mistakes = JUDGE(eval_backward_mistakes),
};

/* -- 10. fold_batch_norm ----------------------------------------------------------------------- */

static void prepare_fold(int which, const int n[], void *const a[])
{
    (void)n;
    *(real *)a[4] = eps_of(which);
}

#define FOLD                                                                                 \
    int o, int c, int h, int w, const real W[o][c][h][w], const real b[o],                   \
        const real running_mean[o], const real running_var[o], real eps, const real gain[o], \
        const real bias[o], real W_folded[o][c][h][w], real b_folded[o]
#define FOLD_ARGUMENTS \
    o, c, h, w, W, b, running_mean, running_var, eps, gain, bias, W_folded, b_folded

static real fold_scale(int l, const real running_var[], real eps, const real gain[])
{
    return gain[l] * pow(running_var[l] + eps, (real)-0.5);
}

/* Multiplied out. */
static void reference_fold(FOLD)
{
    for (int l = 0; l < o; l++) {
        real scale = fold_scale(l, running_var, eps, gain);
        b_folded[l] = bias[l] - scale * running_mean[l] + scale * b[l];
        for (int s = 0; s < c * h * w; s++)
            flat(W_folded[l])[s] = scale * flat(W[l])[s];
    }
}

static void fold_bias_with(const real b_scaled[], FOLD)
{
    reference_fold(FOLD_ARGUMENTS);
    for (int l = 0; l < o; l++)
        b_folded[l] = b_scaled[l];
}

static void fold_mean_unscaled(FOLD)
{
    real found[o];
    for (int l = 0; l < o; l++)
        found[l] = b[l] * fold_scale(l, running_var, eps, gain) - running_mean[l] + bias[l];
    fold_bias_with(found, FOLD_ARGUMENTS);
}

static void fold_b_as_it_was(FOLD)
{
    real found[o];
    for (int l = 0; l < o; l++)
        found[l] = b[l];
    fold_bias_with(found, FOLD_ARGUMENTS);
}

static void fold_mean_scaled_twice(FOLD)
{
    real found[o];
    for (int l = 0; l < o; l++) {
        real scale = fold_scale(l, running_var, eps, gain);
        found[l] = (b[l] - running_mean[l] * scale) * scale + bias[l];
    }
    fold_bias_with(found, FOLD_ARGUMENTS);
}

static void fold_by_input_channel(FOLD)
{
    reference_fold(FOLD_ARGUMENTS);
    for (int l = 0; l < o; l++)
        for (int j = 0; j < c; j++)
            for (int s = 0; s < h * w; s++)
                flat(W_folded[l][j])[s] =
                    flat(W[l][j])[s] * fold_scale(j % o, running_var, eps, gain);
}

static void fold_turned(FOLD)
{
    reference_fold(FOLD_ARGUMENTS);
    for (int l = 0; l < o; l++)
        for (int j = 0; j < c; j++)
            for (int s = 0; s < h * w; s++)
                flat(W_folded[l][j])[s] =
                    flat(W[l][j])[h * w - 1 - s] * fold_scale(l, running_var, eps, gain);
}

static const Mistake fold_mistakes[] = {
    {TURNED("missing-term:b[l]"),
     "The convolution's own bias is missing. It is in Z, which the mean is taken off: (b - "
     "running_mean) times the factor, + bias."},
    {TURNED("parentheses:(b[l]-running_mean[l])"),
     "b is not scaled. It is a part of Z, so it meets the factor as the rest of Z does: (b - "
     "running_mean) gain / sqrt(running_var + eps) + bias."},
    {MISTAKE(fold_mean_unscaled),
     "running_mean is not scaled. It is taken off before the factor: (b - running_mean) gain / "
     "sqrt(running_var + eps) + bias."},
    {MISTAKE(fold_b_as_it_was),
     "The convolution's bias is as it was. The mean comes off it, it meets "
     "the factor, and bias is added."},
    {TURNED("missing-term:running_mean[l]"), "running_mean is missing from b_folded: it comes off "
                                             "before the factor."},
    {TURNED("wrong-sign:running_mean[l]"),
     "running_mean is added. It comes off: b - running_mean."},
    {TURNED("missing-term:bias[l]"),
     "Batch norm's bias is missing from b_folded: it is added last."},
    {TURNED("spread:(b[l]-running_mean[l])*scale+bias[l]"),
     "Batch norm's bias is multiplied by the factor. It is added after that."},
    {TURNED("missing-factor:gain[l]"),
     "The gain is missing from the factor: gain / sqrt(running_var "
     "+ eps)."},
    {TURNED("no-call:sqrt(running_var[l]+eps)"), "You divided by the variance. It is the standard "
                                                 "deviation that is divided by: the square root."},
    {TURNED("missing-term:eps"), "You forgot eps: sqrt(running_var[l] + eps)."},
    {TURNED("moved-out:sqrt(running_var[l]+eps)"),
     "You added eps to the root. It stands under it: sqrt(running_var[l] + eps)."},
    {TURNED("inverted:sqrt(running_var[l]+eps)"), "You multiplied by the root. Divide by it."},
    {TURNED("missing-factor:scale#2"), "W is as it was. Each kernel of output channel l meets the "
                                       "factor of channel l."},
    {MISTAKE(fold_mean_scaled_twice), "running_mean is multiplied by the factor twice. (b - "
                                      "running_mean) times the factor is enough."},
    {MISTAKE(fold_by_input_channel),
     "The kernels met the factor of the input channel. Batch norm stands behind the convolution: "
     "W[l][j] meets that of output channel l."},
    {MISTAKE(fold_turned), "You turned the kernels. Every number of W stays in its place."},
    {0}};

CALL(fold_batch_norm, n[0], n[1], n[2], n[3], a[0], a[1], a[2], a[3], VALUE(a[4]), a[5], a[6], a[7],
     a[8])

static const Exercise exercise_fold_batch_norm = {
    .name = "fold_batch_norm",
    .call = call_fold_batch_norm,
    .sizes = "ochw",
    .arguments = {{"W", IN_NORMAL, "ochw", 0},
                  {"b", IN_NORMAL, "o", 0},
                  {"running_mean", IN_NORMAL, "o", 0},
                  {"running_var", IN_POSITIVE, "o", 0},
                  {"eps", IN_PREPARED, "", 0},
                  {"gain", IN_NORMAL, "o", 0},
                  {"bias", IN_NORMAL, "o", 0},
                  {"W_folded", OUT, "ochw", 0},
                  {"b_folded", OUT, "o", 0}},
    .cases = {{4, 2, 3, 5}, {2, 3, 1, 4}, {5, 4, 2, 3}, {3, 1, 4, 2}},
    .reference = JUDGE((Function)reference_fold),
    .prepare = JUDGE(prepare_fold),
    .mistakes = JUDGE(fold_mistakes),
};

/* -- 11. group_norm_backward ------------------------------------------------------------------- */

/* Normalises what Xhat was filled with. */
static void prepare_group_norm(int which, const int n[], void *const a[])
{
    int K = n[2] * n[3];
    real mean, var, (*Xhat)[K] = a[2], *var_inv = a[1];
    for (int i = 0; i < n[0] * n[1]; i++) {
        statistics(K, Xhat[i], K, &mean, &var);
        var_inv[i] = 1 / sqrt(var + eps_of(which));
        for (int s = 0; s < K; s++)
            Xhat[i][s] = (Xhat[i][s] - mean) * var_inv[i];
    }
}

#define GROUPS                                                                       \
    int n, int g, int k, int s, const real dY[n][g][k][s], const real var_inv[n][g], \
        const real Xhat[n][g][k][s], const real gain[g][k], real dX[n][g][k][s]
#define GROUPS_ARGUMENTS n, g, k, s, dY, var_inv, Xhat, gain, dX

static void times_gain(int n, int g, int k, int s, const real D[n][g][k][s], const real gain[g][k],
                       real product[n][g][k][s])
{
    for (int i = 0; i < n; i++)
        for (int q = 0; q < g; q++)
            for (int j = 0; j < k; j++)
                for (int x = 0; x < s; x++)
                    product[i][q][j][x] = D[i][q][j][x] * gain[q][j];
}

static void reference_groups(GROUPS)
{
    real dXhat[n][g][k][s];
    times_gain(n, g, k, s, dY, gain, dXhat);
    for (int i = 0; i < n; i++)
        for (int q = 0; q < g; q++)
            step_by_step(k * s, *dXhat[i][q], *Xhat[i][q], var_inv[i][q], k * s, *dX[i][q]);
}

/* var_inv (dY gain - level mean(dY gain) - tilt Xhat mean(dY gain Xhat)), seen as a images of b
 * channels of l pixels, the means over the last, or the first and the last: right for l = k s. */
static void groups_over(bool images, int a, int b, int l, real level, real tilt, GROUPS)
{
    int size = n * g * k * s;
    real dxhat[size], product[size], mean[size], slope[size];
    times_gain(n, g, k, s, dY, gain, (void *)dxhat);
    multiply(size, dxhat, ***Xhat, product);
    mean_over(images, false, true, a, b, l, (void *)dxhat, (void *)mean);
    mean_over(images, false, true, a, b, l, (void *)product, (void *)slope);
    for (int at = 0; at < size; at++)
        flat(dX)[at] = flat(var_inv)[at / (k * s)] *
                       (dxhat[at] - level * mean[at] - tilt * flat(Xhat)[at] * slope[at]);
}

static void groups_of_image(GROUPS)
{
    groups_over(false, 1, n, g * k * s, 1, 1, GROUPS_ARGUMENTS);
}

static void groups_of_channel(GROUPS)
{
    groups_over(false, n, g * k, s, 1, 1, GROUPS_ARGUMENTS);
}

static void groups_of_batch(GROUPS)
{
    groups_over(true, n, g * k, s, 1, 1, GROUPS_ARGUMENTS);
}

static void groups_by_channels(GROUPS)
{
    groups_over(false, n, g, k * s, (real)s, (real)s, GROUPS_ARGUMENTS);
}

static void groups_by_pixels(GROUPS)
{
    groups_over(false, n, g, k * s, (real)k, (real)k, GROUPS_ARGUMENTS);
}

static void groups_bessel(GROUPS)
{
    real K = (real)(k * s);
    groups_over(false, n, g, k * s, 1, K / (K - 1), GROUPS_ARGUMENTS);
}

static void groups_without_gain(GROUPS)
{
    real ones[g][k];
    (void)gain;
    for (int at = 0; at < g * k; at++)
        flat(ones)[at] = 1;
    reference_groups(n, g, k, s, dY, var_inv, Xhat, ones, dX);
}

static void groups_gain_outside(GROUPS)
{
    groups_without_gain(GROUPS_ARGUMENTS);
    times_gain(n, g, k, s, dX, gain, dX);
}

static void groups_gain_not_in_sums(GROUPS)
{
    groups_without_gain(GROUPS_ARGUMENTS);
    for (int i = 0; i < n; i++)
        for (int q = 0; q < g; q++)
            for (int j = 0; j < k; j++)
                for (int x = 0; x < s; x++)
                    dX[i][q][j][x] += var_inv[i][q] * dY[i][q][j][x] * (gain[q][j] - 1);
}

static void groups_unfinished(GROUPS)
{
    for (int i = 0; i < n * g; i++) {
        real sum = 0, along = 0, K = (real)(k * s);
        for (int at = i * k * s; at < (i + 1) * k * s; at++) {
            real dxhat = flat(dY)[at] * flat(gain)[at / s % (g * k)], xhat = flat(Xhat)[at];
            sum += dxhat;
            along += dxhat * xhat;
            flat(dX)[at] = flat(var_inv)[i] * (dxhat - (sum + xhat * along) / K);
        }
    }
}

/* The sums divided by this in the place of K. */
static void groups_divided_by(int count, GROUPS)
{
    real factor = (real)(k * s) / (real)count;
    groups_over(false, n, g, k * s, factor, factor, GROUPS_ARGUMENTS);
}

static void groups_by_groups_and_pixels(GROUPS)
{
    groups_divided_by(g * s, GROUPS_ARGUMENTS);
}

static void groups_by_image(GROUPS)
{
    groups_divided_by(g * k * s, GROUPS_ARGUMENTS);
}

static void groups_by_batch(GROUPS)
{
    groups_divided_by(n * k * s, GROUPS_ARGUMENTS);
}

static void groups_of_all_images(GROUPS)
{
    groups_over(true, n, g, k * s, 1, 1, GROUPS_ARGUMENTS);
}

static void groups_of_pixel(GROUPS)
{
    for (int i = 0; i < n * g; i++)
        for (int x = 0; x < s; x++) {
            real sum = 0, along = 0;
            for (int at = i * k * s + x; at < (i + 1) * k * s; at += s) {
                real dxhat = flat(dY)[at] * flat(gain)[at / s % (g * k)];
                sum += dxhat;
                along += dxhat * flat(Xhat)[at];
            }
            for (int at = i * k * s + x; at < (i + 1) * k * s; at += s) {
                real dxhat = flat(dY)[at] * flat(gain)[at / s % (g * k)];
                flat(dX)[at] =
                    flat(var_inv)[i] * (dxhat - (sum + flat(Xhat)[at] * along) / (real)k);
            }
        }
}

static void groups_var_of_image_0(GROUPS)
{
    reference_groups(GROUPS_ARGUMENTS);
    for (int i = 0; i < n; i++)
        for (int q = 0; q < g; q++)
            for (int x = 0; x < k * s; x++)
                flat(dX[i][q])[x] *= var_inv[0][q] / var_inv[i][q];
}

/* Gain (q, j) taken from row q or 0 and column j or 0. */
static void groups_gain_of(bool group, bool channel, GROUPS)
{
    real other[g][k];
    for (int q = 0; q < g; q++)
        for (int j = 0; j < k; j++)
            other[q][j] = gain[group ? q : 0][channel ? j : 0];
    reference_groups(n, g, k, s, dY, var_inv, Xhat, other, dX);
}

static void groups_gain_of_first_channel(GROUPS)
{
    groups_gain_of(true, false, GROUPS_ARGUMENTS);
}

static void groups_gain_of_first_group(GROUPS)
{
    groups_gain_of(false, true, GROUPS_ARGUMENTS);
}

static const Mistake group_norm_mistakes[] = {
    {TURNED("never-runs:for(int j=0;j<k;j++)"),
     "You treated mean and variance as constants. They are made from this group: two paths lead "
     "back "
     "through them."},
    {TURNED("missing-term:sum/(real)K"),
     "The path through the mean is missing: take the mean of dY gain over the group off."},
    {TURNED("missing-term:Xhat[i][q][j][x]*along/(real)K"),
     "The path through the variance is missing: take Xhat times the mean of dY gain Xhat over the "
     "group off."},
    {MISTAKE(groups_of_image),
     "Your sums go over all of an image, as in layer norm. Each group has "
     "statistics of its own."},
    {MISTAKE(groups_of_channel),
     "Your sums go over one channel. A group is k channels, which share "
     "their mean and variance."},
    {MISTAKE(groups_of_batch),
     "Your sums go over a channel of all images, as in batch norm. In group "
     "norm no image sees another."},
    {MISTAKE(groups_by_channels), "You divided the sums by k. A group has K = k s numbers."},
    {MISTAKE(groups_by_pixels), "You divided the sums by s. A group has K = k s numbers."},
    {TURNED("twins+missing-divisor:(real)K"),
     "Your sums are not divided. Each number has a share of "
     "1/K in mean and variance, K = k s."},
    {MISTAKE(groups_bessel), "You divided by K - 1. Group norm has no Bessel's correction."},
    {MISTAKE(groups_gain_outside),
     "You multiplied by the gain at the end. In batch norm it can be taken out of the sums, which "
     "stay in one channel; here they go over k channels, each with a gain of its own. Multiply dY "
     "by "
     "gain first."},
    {MISTAKE(groups_gain_not_in_sums), "The gain is in the first term and not in the two sums. "
                                       "Every dY on its way back meets the gain "
                                       "of its channel first, inside the sums, too."},
    {TURNED("twins+missing-factor:gain[q][j]"),
     "The gain is missing. Every path back to X goes through it: begin with dY gain."},
    {TURNED("missing-factor:var_inv[i][q]"),
     "var_inv is missing in front. What was divided by its spread has its gradient divided by it."},
    {TURNED("inverted:var_inv[i][q]"),
     "You divided by var_inv. It is one over the standard deviation already: multiply by it."},
    {TURNED("wrong-sign:Xhat[i][q][j][x]*along/(real)K"),
     "The sign of the path through the variance is wrong. (var + eps)^(-1/2) falls when var grows: "
     "take it off."},
    {TURNED("twins+negated:(real)K"),
     "You added the paths through mean and variance. Both are taken off."},
    {TURNED("times-1/2:Xhat[i][q][j][x]*along/(real)K"),
     "The path through the variance is half of what it should be: you lost the 2 of the square, "
     "which "
     "cancels the 1/2 of the root."},
    {TURNED("times-2:Xhat[i][q][j][x]*along/(real)K"),
     "The path through the variance is twice what it should be: you lost the 1/2 of the root, "
     "which "
     "cancels the 2 of the square."},
    {MISTAKE(groups_unfinished),
     "You used the sums before they were complete. Every number needs those over all of its group: "
     "finish them in loops of their own."},
    {TURNED("twins+not-reset:sum=0"), "Each group's sums hold those of the groups before it, too: "
                                      "begin both at zero for each group."},
    {TURNED("twins+accumulate:sum+="),
     "Only the last number of the group is in the sums: = stands where += belongs, or they are set "
     "to zero inside the loops."},
    {MISTAKE(groups_by_groups_and_pixels),
     "You divided the sums by g s. A group has k channels of s pixels: K = k s."},
    {MISTAKE(groups_by_image),
     "You divided the sums by g k s, the numbers of an image. A group has K = k s."},
    {MISTAKE(groups_by_batch), "You divided the sums by n k s. A group is in one image: K = k s."},
    {MISTAKE(groups_of_all_images),
     "Your sums go over a group of all images. In group norm no image sees another."},
    {MISTAKE(groups_of_pixel),
     "Your sums go over the channels of a group, for each pixel by itself. A group shares one mean "
     "and one variance, taken over its pixels, too."},
    {TURNED("spread:dY[i][q][j][x]*gain[q][j]-sum/(real)K#2"),
     "dY gain is divided by K as well as the two sums. If 1/K stands "
     "in front of all three, the first is K dY gain."},
    {MISTAKE(groups_var_of_image_0), "Every image has met var_inv of the first: var_inv[i][q]."},
    {MISTAKE(groups_gain_of_first_channel),
     "All channels of a group have met the gain of its first. Each has its own: gain[q][j]."},
    {MISTAKE(groups_gain_of_first_group),
     "All groups have met the gains of the first. Each has its own: gain[q][j]."},
    {0}};

CALL(group_norm_backward, n[0], n[1], n[2], n[3], a[0], a[1], a[2], a[3], a[4])

static const Exercise exercise_group_norm_backward = {
    .name = "group_norm_backward",
    .call = call_group_norm_backward,
    .sizes = "ngks",
    .arguments = {{"dY", IN_NORMAL, "ngks", 0},
                  {"var_inv", IN_PREPARED, "ng", 0},
                  {"Xhat", IN_NORMAL, "ngks", 0},
                  {"gain", IN_NORMAL, "gk", 0},
                  {"dX", OUT, "ngks", 0}},
    .cases = {{3, 2, 4, 5}, {2, 3, 1, 4}, {4, 5, 3, 2}, {1, 2, 4, 3}},
    .reference = JUDGE((Function)reference_groups),
    .prepare = JUDGE(prepare_group_norm),
    .mistakes = JUDGE(group_norm_mistakes),
};

/* -- all, in their order ----------------------------------------------------------------------- */

static const Exercise *const exercises[] = {&exercise_dropout_forward,
                                            &exercise_dropout_backward,
                                            &exercise_channel_dropout_backward,
                                            &exercise_batch_norm2d_forward,
                                            &exercise_gain_bias2d_backward,
                                            &exercise_batch_norm2d_backward,
                                            &exercise_running_update,
                                            &exercise_batch_norm2d_eval,
                                            &exercise_batch_norm2d_eval_backward,
                                            &exercise_fold_batch_norm,
                                            &exercise_group_norm_backward,
                                            NULL};

const Check check = {"14_dropout_and_modes", exercises};
