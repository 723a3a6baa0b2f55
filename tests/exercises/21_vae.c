/* 21_vae.c: how the answers to exercises 21 are judged. The references go by the deviation sigma
 * where the solutions go by its logarithm, take probabilities from tanh, and divide by no sum of
 * exponentials but add up exponentials of differences. */
#include "21_vae.h"

#include "check.h"

/* -- shared by the references and the mistakes ------------------------------------------------- */

static real beta_of(int which)
{
    return (const real[]){0.25, 4, 0.6, 1.5}[which % 4];
}

/* In the second case one logvar is below -7 and one above 6.5, as no network should say but some
 * do. */
static void widen(int which, int n, int d, real logvar[n][d])
{
    if (which == 1) {
        logvar[0][1] = -7 - fabs(logvar[0][1]);
        logvar[n - 1][d - 1] = (real)6.5 + fabs(logvar[n - 1][d - 1]);
    }
}

static real sigma_of(real logvar)
{
    return sqrt(exp(logvar));
}

/* 1 / (1 + e^-s), by another road */
static real probability(real s)
{
    return (real)0.5 + (real)0.5 * tanh(s / 2);
}

/* -- 1. sample_backward ------------------------------------------------------------------------ */

#define SAMPLE                                                                        \
    int n, int d, const real dz[n][d], const real logvar[n][d], const real eps[n][d], \
        real dmu[n][d], real dlogvar[n][d]
#define SAMPLE_ARGUMENTS n, d, dz, logvar, eps, dmu, dlogvar

static void prepare_sample(int which, const int n[], void *const a[])
{
    widen(which, n[0], n[1], a[1]);
}

/* dlogvar is dsigma, dz eps, times what sigma makes of a nudge of logvar. */
static void sample_with(real factor, real power, SAMPLE)
{
    for (int j = 0; j < d; j++)
        for (int i = n - 1; i >= 0; i--) {
            dmu[i][j] = dz[i][j];
            dlogvar[i][j] = factor * dz[i][j] * eps[i][j] * pow(sigma_of(logvar[i][j]), power);
        }
}

static void reference_sample(SAMPLE)
{
    sample_with((real)0.5, 1, SAMPLE_ARGUMENTS);
}

static void sample_dsigma(SAMPLE)
{
    sample_with(1, 0, SAMPLE_ARGUMENTS);
}

static void sample_cut(SAMPLE)
{
    reference_sample(SAMPLE_ARGUMENTS);
    for (int i = 0; i < n; i++)
        for (int j = 0; j < d; j++)
            dlogvar[i][j] = 0;
}

static void sample_all_cut(SAMPLE)
{
    sample_cut(SAMPLE_ARGUMENTS);
    for (int i = 0; i < n; i++)
        for (int j = 0; j < d; j++)
            dmu[i][j] = 0;
}

static void sample_exchanged(SAMPLE)
{
    reference_sample(n, d, dz, logvar, eps, dlogvar, dmu);
}

static void sample_kept_within(real bound, SAMPLE)
{
    reference_sample(SAMPLE_ARGUMENTS);
    for (int i = 0; i < n; i++)
        for (int j = 0; j < d; j++)
            dlogvar[i][j] *=
                sigma_of(fmin(bound, fmax(-bound, logvar[i][j]))) / sigma_of(logvar[i][j]);
}

static void sample_kept_within_2(SAMPLE)
{
    sample_kept_within(2, SAMPLE_ARGUMENTS);
}

static void sample_kept_within_4(SAMPLE)
{
    sample_kept_within(4, SAMPLE_ARGUMENTS);
}

static void sample_kept_within_5(SAMPLE)
{
    sample_kept_within(5, SAMPLE_ARGUMENTS);
}

static void sample_kept_within_6(SAMPLE)
{
    sample_kept_within(6, SAMPLE_ARGUMENTS);
}

#define KEPT_WITHIN                                                                                \
    "logvar, or what is made of it, is kept between bounds, and some here lie beyond. Take it as " \
    "it is."

static const Mistake sample_mistakes[] = {

    {MISTAKE(sample_exchanged), "dmu and dlogvar are exchanged."},
    {MISTAKE(sample_kept_within_2), KEPT_WITHIN},
    {MISTAKE(sample_kept_within_4), KEPT_WITHIN},
    {MISTAKE(sample_kept_within_5), KEPT_WITHIN},
    {MISTAKE(sample_kept_within_6), KEPT_WITHIN},
    {TURNED("twins+missing-divisor:2"),
     "This takes logvar for the logarithm of sigma. It is that of "
     "sigma^2: sigma = exp(logvar / 2), "
     "and half of it is its derivative."},
    {TURNED("missing-divisor:2"),
     "The half is there, and where sigma belongs stands sigma^2 = exp(logvar). The derivative of "
     "exp(logvar / 2) is exp(logvar / 2) / 2."},
    {MISTAKE(sample_dsigma),
     "This is dz eps, the gradient of sigma. From there to logvar it goes through exp(logvar / 2), "
     "whose derivative is sigma / 2."},
    {TURNED("inverted:exp(logvar[i][j]/2)"),
     "This is the gradient of the variance sigma^2. Its logarithm is asked for: once more times "
     "sigma^2, so that dz eps sigma / 2 is left."},
    {TURNED("times:dz[i][j]<-eps[i][j]"),
     "dmu is dz as it is: mu stands in z by itself, and eps is no factor of it."},
    {MISTAKE(sample_all_cut),
     "Nothing comes back. eps is a number like any other once it is drawn, and z = mu + sigma eps "
     "depends on both."},
    {MISTAKE(sample_cut),
     "Nothing comes to logvar. Once eps is drawn it is a number like any other, and sigma is "
     "multiplied by it. Or is there a 1 / 2? In C that is a division of whole numbers, and 0."},

    {TURNED("missing-factor:exp(logvar[i][j]/2)"),
     "sigma is missing: the derivative of exp(logvar / 2) is exp(logvar / 2) / 2, not 1/2."},
    {TURNED("missing-factor:eps[i][j]"), "eps is missing in dlogvar: sigma stands in z times eps, "
                                         "so a nudge of it moves z by eps times as much."},
    {0}};

CALL(sample_backward, n[0], n[1], a[0], a[1], a[2], a[3], a[4])

static const Exercise exercise_sample_backward = {
    .name = "sample_backward",
    .call = call_sample_backward,
    .sizes = "nd",
    .arguments = {{"dz", IN_NORMAL, "nd", 0},
                  {"logvar", IN_NORMAL, "nd", 0},
                  {"eps", IN_NORMAL, "nd", 0},
                  {"dmu", OUT, "nd", 0},
                  {"dlogvar", OUT, "nd", 0}},
    .cases = {{6, 4}, {3, 5}, {1, 3}, {4, 1}},
    .prepare = JUDGE(prepare_sample),
    .reference = JUDGE((Function)reference_sample),
    .mistakes = JUDGE(sample_mistakes),
};

/* -- 2. divergence_backward -------------------------------------------------------------------- */

#define KL                                                                                 \
    int n, int d, const real mu[n][d], const real logvar[n][d], real beta, real dmu[n][d], \
        real dlogvar[n][d]
#define KL_ARGUMENTS n, d, mu, logvar, beta, dmu, dlogvar

static void prepare_kl(int which, const int n[], void *const a[])
{
    widen(which, n[0], n[1], a[1]);
    *(real *)a[2] = beta_of(which);
}

/* dmu = share mu and dlogvar = share/2 (sigma^2 - 1); (sigma^2 - 1) is (sigma - 1) (sigma + 1). */
static void reference_kl(KL)
{
    const real share = beta / (real)n;
    for (int j = 0; j < d; j++)
        for (int i = n - 1; i >= 0; i--) {
            const real sigma = sigma_of(logvar[i][j]);
            dmu[i][j] = mu[i][j] * share;
            dlogvar[i][j] = (sigma - 1) * (sigma + 1) * share / 2;
        }
}

/* dlogvar as some function of sigma */
static void kl_of_sigma(real squared, real first, real constant, real inverse, KL)
{
    reference_kl(KL_ARGUMENTS);
    for (int i = 0; i < n; i++)
        for (int j = 0; j < d; j++) {
            const real s = sigma_of(logvar[i][j]);
            dlogvar[i][j] = beta / (real)n * (squared * s * s + first * s + constant + inverse / s);
        }
}

/* sigma = exp(logvar / 2) for sigma^2 */
static void kl_sigma_for_square(KL)
{
    kl_of_sigma(0, (real)0.5, (real)-0.5, 0, KL_ARGUMENTS);
}

static void kl_dsigma(KL)
{
    kl_of_sigma(0, 1, 0, -1, KL_ARGUMENTS);
}

/* of sigma^2: (1 - 1/sigma^2) / 2 */
static void kl_dvariance(KL)
{
    reference_kl(KL_ARGUMENTS);
    for (int i = 0; i < n; i++)
        for (int j = 0; j < d; j++)
            dlogvar[i][j] /= exp(logvar[i][j]);
}

static void kl_doubled(KL)
{
    reference_kl(n, d, mu, logvar, 2 * beta, dmu, dlogvar);
}

static void kl_mean_of_all(KL)
{
    reference_kl(n, d, mu, logvar, beta / (real)d, dmu, dlogvar);
}

/* terms of the divergence as they are, or as if differentiated in another way */
static void kl_undifferentiated(KL)
{
    reference_kl(KL_ARGUMENTS);
    for (int i = 0; i < n; i++)
        for (int j = 0; j < d; j++)
            dlogvar[i][j] -= logvar[i][j] * beta / (real)n / 2;
}

static void kl_inverse(KL)
{
    reference_kl(KL_ARGUMENTS);
    for (int i = 0; i < n; i++)
        for (int j = 0; j < d; j++)
            dlogvar[i][j] -= 1 / logvar[i][j] * beta / (real)n / 2;
}

static void kl_inverse_for_one(KL)
{
    reference_kl(KL_ARGUMENTS);
    for (int i = 0; i < n; i++)
        for (int j = 0; j < d; j++)
            dlogvar[i][j] += (1 - 1 / logvar[i][j]) * beta / (real)n / 2;
}

static void kl_as_power(KL)
{
    reference_kl(KL_ARGUMENTS);
    for (int i = 0; i < n; i++)
        for (int j = 0; j < d; j++)
            dlogvar[i][j] = beta * (logvar[i][j] * exp(logvar[i][j] - 1) - 1) / 2 / (real)n;
}

static void kl_kept_within(real bound, KL)
{
    reference_kl(KL_ARGUMENTS);
    for (int i = 0; i < n; i++)
        for (int j = 0; j < d; j++) {
            const real kept = fmin(bound, fmax(-bound, logvar[i][j]));
            dlogvar[i][j] = beta * expm1(kept) / (real)n / 2;
        }
}

static void kl_kept_within_2(KL)
{
    kl_kept_within(2, KL_ARGUMENTS);
}

static void kl_kept_within_4(KL)
{
    kl_kept_within(4, KL_ARGUMENTS);
}

static void kl_kept_within_5(KL)
{
    kl_kept_within(5, KL_ARGUMENTS);
}

static void kl_kept_within_6(KL)
{
    kl_kept_within(6, KL_ARGUMENTS);
}

#define ONE_FOR_LOGVAR                                                                          \
    "logvar is the variable itself, so -logvar has the derivative -1. 1 / logvar is that of a " \
    "logarithm."

static const Mistake kl_mistakes[] = {

    {MISTAKE(kl_undifferentiated),
     "-logvar stands in dlogvar, as it does in the divergence, and the constant -1. The derivative "
     "of -logvar is -1, and that of -1 is 0: (sigma^2 - 1) / 2 is left."},
    {MISTAKE(kl_inverse), ONE_FOR_LOGVAR},
    {MISTAKE(kl_inverse_for_one), ONE_FOR_LOGVAR},
    {MISTAKE(kl_kept_within_2), KEPT_WITHIN},
    {MISTAKE(kl_kept_within_4), KEPT_WITHIN},
    {MISTAKE(kl_kept_within_5), KEPT_WITHIN},
    {MISTAKE(kl_kept_within_6), KEPT_WITHIN},
    {MISTAKE(kl_as_power),
     "This differentiates exp(logvar) as if it were a power. It is its own derivative: (sigma^2 - "
     "1) / 2."},
    {MISTAKE(kl_sigma_for_square),
     "You took exp(logvar / 2), which is sigma. In the divergence stands sigma^2, exp(logvar), and "
     "that is its own derivative."},
    {MISTAKE(kl_dsigma), "This is the gradient of sigma, sigma - 1 / sigma. The logarithm of "
                         "sigma^2 is asked for: (sigma^2 - 1) / 2."},
    {TURNED("missing-divisor:2"),
     "The half is missing at dlogvar: the divergence is half of mu^2 + "
     "sigma^2 - 1 - logvar, so it is (sigma^2 - 1) / 2."},
    {MISTAKE(kl_dvariance), "This is the gradient of sigma^2, (1 - 1 / sigma^2) / 2. Its logarithm "
                            "is asked for: that times sigma^2."},
    {TURNED("twins+negated:beta"),
     "The sign: the divergence is part of the loss and grows with mu^2, so this pushes codes away "
     "from N(0, 1), without end."},
    {TURNED("wrong-sign:beta*(exp(logvar[i][j])-1)/2/(real)n"),
     "The sign of dlogvar: where sigma is above 1 the divergence grows with logvar, so it is "
     "(sigma^2 - 1) / 2."},
    {TURNED("wrong-sign:1"), "logvar is taken off in the divergence, so its derivative, 1, is "
                             "taken off in the gradient: sigma^2 - 1."},
    {TURNED("missing-term:1"),
     "Nothing comes of the term -logvar: its derivative is -1. Without it every sigma shrinks to "
     "0."},
    {MISTAKE(kl_doubled), "Both are twice what they should be: the divergence is half of mu^2 + "
                          "sigma^2 - 1 - logvar. The half cancels the 2 of mu^2."},
    {TURNED("twins+missing-divisor:(real)n"),
     "You did not divide by n. The divergence is averaged over the images."},
    {MISTAKE(kl_mean_of_all),
     "You divided by d as well. A code's divergence is the sum over its numbers; only the images "
     "are averaged."},
    {TURNED("twins+missing-factor:beta"), "beta is left out: it multiplies all of the divergence."},
    {TURNED("times-2:beta*mu[i][j]/(real)n"),
     "dmu is twice what it should be: mu^2 stands in the divergence with a "
     "half, so the 2 cancels."},
    {TURNED("times-1/2:beta*mu[i][j]/(real)n"),
     "dmu is half of what it should be: mu^2 brings 2 mu, and the half of "
     "the divergence makes mu of it."},

    {TURNED("missing-factor:beta"), "beta is missing in dmu: it multiplies all of the divergence."},
    {TURNED("missing-factor:beta#2"),
     "beta is missing in dlogvar: it multiplies all of the divergence."},
    {TURNED("missing-divisor:(real)n"),
     "dmu is not divided by n: all of the divergence is averaged over the images."},
    {TURNED("missing-divisor:(real)n#2"),
     "dlogvar is not divided by n: all of the divergence is averaged over the images."},
    {0}};

CALL(divergence_backward, n[0], n[1], a[0], a[1], VALUE(a[2]), a[3], a[4])

static const Exercise exercise_divergence_backward = {
    .name = "divergence_backward",
    .call = call_divergence_backward,
    .sizes = "nd",
    .arguments = {{"mu", IN_NORMAL, "nd", 0},
                  {"logvar", IN_NORMAL, "nd", 0},
                  {"beta", IN_PREPARED, "", 0},
                  {"dmu", OUT, "nd", 0},
                  {"dlogvar", OUT, "nd", 0}},
    .cases = {{6, 4}, {3, 5}, {1, 7}, {4, 1}},
    .prepare = JUDGE(prepare_kl),
    .reference = JUDGE((Function)reference_kl),
    .mistakes = JUDGE(kl_mistakes),
};

/* -- 3. pixels_backward ------------------------------------------------------------------------ */

#define PIXELS int n, int m, const real logits[n][m], const real x[n][m], real dlogits[n][m]
#define PIXELS_ARGUMENTS n, m, logits, x, dlogits

/* Pixels between 0 and 1, of which every fourth is 0 and every fifth 1, and every seventh has a
 * logit from 4 to 16 or their negatives. In the second case a logit is near 1000, in the third
 * another near -1000, and in the fourth there are both. */
static void paint(int which, int n, int m, real logits[n][m], real x[n][m])
{
    for (int i = 0; i < n; i++)
        for (int j = 0; j < m; j++) {
            const int at = i * m + j;
            x[i][j] = at % 4 == 1 ? 0 : at % 5 == 2 ? 1 : probability(2 * x[i][j]);
            if (at % 7 == 3)
                logits[i][j] += (const real[]){4, -6, 12, -16, 8}[at / 7 % 5];
        }
    if (which % 2 == 1)
        logits[0][0] += 1000;
    if (which >= 2)
        logits[n - 1][m - 1] -= 1000;
}

static void prepare_pixels(int which, const int n[], void *const a[])
{
    paint(which, n[0], n[1], a[0], a[1]);
}

static void pixels_with(real factor, PIXELS)
{
    for (int j = 0; j < m; j++)
        for (int i = n - 1; i >= 0; i--)
            dlogits[i][j] = factor * (probability(logits[i][j]) - x[i][j]);
}

static void reference_pixels(PIXELS)
{
    pixels_with(1 / (real)n, PIXELS_ARGUMENTS);
}

/* e^s / (1 + e^s) */
static void pixels_unsafe_with(real factor, PIXELS)
{
    for (int i = 0; i < n; i++)
        for (int j = 0; j < m; j++) {
            real e = exp(logits[i][j]);
            dlogits[i][j] = factor * (e / (1 + e) - x[i][j]);
        }
}

static void pixels_unsafe(PIXELS)
{
    pixels_unsafe_with(1 / (real)n, PIXELS_ARGUMENTS);
}

static void pixels_unsafe_of_mean(PIXELS)
{
    pixels_unsafe_with(1 / (real)n / (real)m, PIXELS_ARGUMENTS);
}

static void pixels_unsafe_over_m(PIXELS)
{
    pixels_unsafe_with(1 / (real)m, PIXELS_ARGUMENTS);
}

/* dp through the sigmoid, with dp where it is infinite or 0/0 */
static void pixels_by_dp(PIXELS)
{
    for (int i = 0; i < n; i++)
        for (int j = 0; j < m; j++) {
            real p = 1 / (1 + exp(-logits[i][j]));
            dlogits[i][j] = (-x[i][j] / p + (1 - x[i][j]) / (1 - p)) * p * (1 - p) / (real)n;
        }
}

/* dp and no more */
static void pixels_to_probs(PIXELS)
{
    for (int i = 0; i < n; i++)
        for (int j = 0; j < m; j++) {
            real p = 1 / (1 + exp(-logits[i][j]));
            dlogits[i][j] = (p - x[i][j]) / (p * (1 - p)) / (real)n;
        }
}

/* that of factor / 2 (p - x)^2 */
static void pixels_squared_times(real factor, PIXELS)
{
    reference_pixels(PIXELS_ARGUMENTS);
    for (int i = 0; i < n; i++)
        for (int j = 0; j < m; j++)
            dlogits[i][j] *= factor * probability(logits[i][j]) * probability(-logits[i][j]);
}

static void pixels_squared(PIXELS)
{
    pixels_squared_times(1, PIXELS_ARGUMENTS);
}

static void pixels_squared_twice(PIXELS)
{
    pixels_squared_times(2, PIXELS_ARGUMENTS);
}

/* logits for p */
static void pixels_of_scores(PIXELS)
{
    for (int i = 0; i < n; i++)
        for (int j = 0; j < m; j++)
            dlogits[i][j] = (logits[i][j] - x[i][j]) / (real)n;
}

/* the loss of each pixel */
static void pixels_loss(PIXELS)
{
    for (int i = 0; i < n; i++)
        for (int j = 0; j < m; j++) {
            const real s = logits[i][j];
            dlogits[i][j] = (log1p(exp(-fabs(s))) + fmax(s, 0) - s * x[i][j]) / (real)n;
        }
}

static void pixels_none_of_large(PIXELS)
{
    reference_pixels(PIXELS_ARGUMENTS);
    for (int i = 0; i < n; i++)
        for (int j = 0; j < m; j++)
            if (fabs(logits[i][j]) > 100)
                dlogits[i][j] = 0;
}

static void pixels_of_black_or_white(PIXELS)
{
    for (int i = 0; i < n; i++)
        for (int j = 0; j < m; j++)
            dlogits[i][j] = (probability(logits[i][j]) - (x[i][j] > (real)0.5)) / (real)n;
}

static const Mistake pixels_mistakes[] = {

    {MISTAKE(pixels_loss),
     "This is the loss of each pixel, over n, and not its gradient, (p - x) / n."},
    {MISTAKE(pixels_none_of_large), "A large logit gets no gradient here. Where it is large and "
                                    "wrong, p - x is 1 or -1, and it is "
                                    "what has to be mended most."},
    {MISTAKE(pixels_of_black_or_white),
     "x is taken for 1 where it is above 1/2, and for 0 elsewhere. A pixel is grey, 0 to 1: p - x "
     "with x as it is."},
    {MISTAKE(pixels_unsafe), "Your formula is right and your exp() is not safe: exp(1000) is "
                             "infinite, and divided by itself NaN. 1 / (1 + exp(-logit)) is safe."},
    {MISTAKE(pixels_by_dp),
     "Where p is 0 or 1 as far as a real can tell, this is 0 times infinity or 0 / 0, NaN. p (1 - "
     "p) cancels on paper: p - x is left."},
    {MISTAKE(pixels_squared),
     "p (1 - p) is still in it, as in the gradient of a squared distance. The cross entropy's "
     "slope, (p - x) / (p (1 - p)), cancels it: p - x is left."},
    {TURNED("divided-by-m:(1/(1+exp(-logits[i][j]))-x[i][j])/(real)n"),
     "You divided by m as well. Pixels are summed, only images are averaged: divided by m, what "
     "the pixels say is drowned by the divergence, and the codes collapse."},
    {TURNED("size:n<-m"),
     "You divided by m, the pixels. They are summed; what is averaged are the n images."},
    {TURNED("missing-divisor:(real)n"),
     "You did not divide by n. The loss is the mean over the images."},
    {TURNED("wrong-sign:(1/(1+exp(-logits[i][j]))-x[i][j])/(real)n"),
     "The sign: a logit whose p is above x has to fall, so its gradient is positive, p - x."},
    {MISTAKE(pixels_of_scores), "x is taken off the logit itself. It is taken off the probability, "
                                "1 / (1 + exp(-logit))."},
    {TURNED("times:1/(1+exp(-logits[i][j]))<-x[i][j]"),
     "This is the gradient of -x log p alone. (1 - x) log(1 - p) is part "
     "of the loss, too: without it all pixels turn to ink."},

    {TURNED("missing-term:x[i][j]"),
     "The picture is missing: x is taken off the probability, p - x."},
    {MISTAKE(pixels_unsafe_of_mean),
     "You divided by m, the pixels, which are summed; only the images are averaged. And exp(1000) "
     "is infinite, divided by itself NaN: 1 / (1 + exp(-logit)) is safe."},
    {MISTAKE(pixels_unsafe_over_m),
     "You divided by m, the pixels; what is averaged are the n images. And exp(1000) is infinite, "
     "divided by itself NaN: 1 / (1 + exp(-logit)) is safe."},
    {MISTAKE(pixels_to_probs), "This is the gradient with respect to p, (p - x) / (p (1 - p)). "
                               "Through the sigmoid it is times p (1 - p), and p - x is left."},
    {MISTAKE(pixels_squared_twice),
     "This is the gradient of a squared distance, (p - x)^2, through the sigmoid. The loss here is "
     "the cross entropy, in which p (1 - p) cancels: p - x is left."},
    {0}};

CALL(pixels_backward, n[0], n[1], a[0], a[1], a[2])

static const Exercise exercise_pixels_backward = {
    .name = "pixels_backward",
    .call = call_pixels_backward,
    .sizes = "nm",
    .arguments = {{"logits", IN_NORMAL, "nm", 0},
                  {"x", IN_NORMAL, "nm", 0},
                  {"dlogits", OUT, "nm", 0}},
    .cases = {{5, 7}, {3, 8}, {1, 6}, {4, 2}},
    .prepare = JUDGE(prepare_pixels),
    .reference = JUDGE((Function)reference_pixels),
    .mistakes = JUDGE(pixels_mistakes),
};

/* -- 4. elbo_loss ------------------------------------------------------------------------------ */

#define ELBO                                                                               \
    int n, int m, int d, const real logits[n][m], const real x[n][m], const real mu[n][d], \
        const real logvar[n][d], real beta
#define ELBO_ARGUMENTS n, m, d, logits, x, mu, logvar, beta

static void prepare_elbo(int which, const int n[], void *const a[])
{
    paint(which, n[0], n[1], a[0], a[1]);
    widen(which, n[0], n[2], a[3]);
    *(real *)a[4] = beta_of(which);
}

/* log(1 + e^s), which is s + log(1 + e^-s) */
static real softplus(real s)
{
    return s > 0 ? s + log1p(exp(-s)) : log1p(exp(s));
}

/* -(x log p + (1 - x) log(1 - p)), with x and without */
static real pixels_sum(ELBO)
{
    (void)d, (void)mu, (void)logvar, (void)beta;
    real sum = 0;
    for (int i = n - 1; i >= 0; i--)
        for (int j = 0; j < m; j++)
            sum += x[i][j] * softplus(-logits[i][j]) + (1 - x[i][j]) * softplus(logits[i][j]);
    return sum;
}

/* sum of mu^2 square + sigma^2 spread + one - logvar log */
static real kl_sum_of(real square, real spread, real one, real log, ELBO)
{
    (void)m, (void)logits, (void)x, (void)beta;
    real sum = 0;
    for (int i = n - 1; i >= 0; i--)
        for (int j = 0; j < d; j++) {
            const real sigma = sigma_of(logvar[i][j]);
            sum += square * mu[i][j] * mu[i][j] + spread * sigma * sigma + one + log * logvar[i][j];
        }
    return sum;
}

static real kl_right(ELBO)
{
    return kl_sum_of((real)0.5, (real)0.5, (real)-0.5, (real)-0.5, ELBO_ARGUMENTS);
}

static real elbo_with(real pixels, real kl, ELBO)
{
    return pixels * pixels_sum(ELBO_ARGUMENTS) + kl * kl_right(ELBO_ARGUMENTS);
}

static real reference_elbo(ELBO)
{
    return elbo_with(1 / (real)n, beta / (real)n, ELBO_ARGUMENTS);
}

static real elbo_both_averaged(ELBO)
{
    return elbo_with(1 / (real)n / (real)m, beta / (real)n / (real)d, ELBO_ARGUMENTS);
}

static real elbo_beta_at_pixels(ELBO)
{
    return elbo_with(beta / (real)n, 1 / (real)n, ELBO_ARGUMENTS);
}

/* something of sigma for exp(logvar), in the divergence */
static real elbo_spread_of(real power, ELBO)
{
    real kl = kl_sum_of((real)0.5, 0, (real)-0.5, (real)-0.5, ELBO_ARGUMENTS);
    for (int i = 0; i < n; i++)
        for (int j = 0; j < d; j++)
            kl += exp(power * logvar[i][j]) / 2;
    return pixels_sum(ELBO_ARGUMENTS) / (real)n + beta * kl / (real)n;
}

static real elbo_sigma_for_square(ELBO)
{
    return elbo_spread_of((real)0.5, ELBO_ARGUMENTS);
}

static real elbo_square_twice(ELBO)
{
    return elbo_spread_of(2, ELBO_ARGUMENTS);
}

/* -x log p alone */
static real elbo_of_ink(ELBO)
{
    real ink = 0;
    for (int i = 0; i < n; i++)
        for (int j = 0; j < m; j++)
            ink += x[i][j] * softplus(-logits[i][j]);
    return (ink + beta * kl_right(ELBO_ARGUMENTS)) / (real)n;
}

/* log p as it is written, but no less than `least` */
static real elbo_by_logs(real least, real share, ELBO)
{
    real pixels = 0;
    for (int i = 0; i < n; i++)
        for (int j = 0; j < m; j++) {
            const real p = 1 / (1 + exp(-logits[i][j]));
            pixels -= x[i][j] * fmax(log(p), least) + (1 - x[i][j]) * fmax(log(1 - p), least);
        }
    return (share * pixels + beta * kl_right(ELBO_ARGUMENTS)) / (real)n;
}

static real elbo_unsafe(ELBO)
{
    return elbo_by_logs(-HUGE_VAL, 1, ELBO_ARGUMENTS);
}

static real elbo_unsafe_averaged(ELBO)
{
    return elbo_by_logs(-HUGE_VAL, 1 / (real)m, ELBO_ARGUMENTS);
}

static real elbo_logs_cut(ELBO)
{
    return elbo_by_logs(-100, 1, ELBO_ARGUMENTS);
}

static real elbo_averaged_kl_doubled(ELBO)
{
    return elbo_with(1 / (real)n / (real)m, 2 * beta / (real)n, ELBO_ARGUMENTS);
}

/* s - x s + log(1 + e^-s) */
static real elbo_unsafe_below(ELBO)
{
    real pixels = 0;
    for (int i = 0; i < n; i++)
        for (int j = 0; j < m; j++)
            pixels += (1 - x[i][j]) * logits[i][j] + log(1 + exp(-logits[i][j]));
    return (pixels + beta * kl_right(ELBO_ARGUMENTS)) / (real)n;
}

/* log(1 + e^s) - x s */
static real elbo_unsafe_above(ELBO)
{
    real pixels = 0;
    for (int i = 0; i < n; i++)
        for (int j = 0; j < m; j++)
            pixels += log(1 + exp(logits[i][j])) - x[i][j] * logits[i][j];
    return (pixels + beta * kl_right(ELBO_ARGUMENTS)) / (real)n;
}

/* p between tiny and 1 - tiny, or tiny inside of the logarithm */
static real elbo_clipped_at(real tiny, real added, ELBO)
{
    real pixels = 0;
    for (int i = 0; i < n; i++)
        for (int j = 0; j < m; j++) {
            const real p = fmin(fmax(probability(logits[i][j]), tiny), 1 - tiny);
            pixels -= x[i][j] * log(p + added) + (1 - x[i][j]) * log(1 - p + added);
        }
    return (pixels + beta * kl_right(ELBO_ARGUMENTS)) / (real)n;
}

static real elbo_clipped(ELBO)
{
    return elbo_clipped_at((real)1e-7, 0, ELBO_ARGUMENTS);
}

static real elbo_tiny_added(ELBO)
{
    return elbo_clipped_at(0, (real)1e-8, ELBO_ARGUMENTS);
}

static real elbo_clipped_later(ELBO)
{
    return elbo_clipped_at((real)1e-12, 0, ELBO_ARGUMENTS);
}

static real elbo_clipped_early(ELBO)
{
    return elbo_clipped_at((real)1e-6, 0, ELBO_ARGUMENTS);
}

static real elbo_less_added(ELBO)
{
    return elbo_clipped_at(0, (real)1e-12, ELBO_ARGUMENTS);
}

/* x above 1/2 for x */
static real elbo_of_black_or_white(ELBO)
{
    real pixels = 0;
    for (int i = 0; i < n; i++)
        for (int j = 0; j < m; j++)
            pixels += softplus(x[i][j] > (real)0.5 ? -logits[i][j] : logits[i][j]);
    return (pixels + beta * kl_right(ELBO_ARGUMENTS)) / (real)n;
}

static real elbo_base_2(ELBO)
{
    real pixels = 0;
    for (int i = 0; i < n; i++)
        for (int j = 0; j < m; j++) {
            const real s = logits[i][j];
            pixels += log2(1 + exp(-fabs(s))) + fmax(s, 0) - s * x[i][j];
        }
    return (pixels + beta * kl_right(ELBO_ARGUMENTS)) / (real)n;
}

/* without the pixels whose logit is large */
static real elbo_none_of_large(ELBO)
{
    real pixels = 0;
    for (int i = 0; i < n; i++)
        for (int j = 0; j < m; j++) {
            const real s = logits[i][j];
            if (fabs(s) < 500)
                pixels += x[i][j] * softplus(-s) + (1 - x[i][j]) * softplus(s);
        }
    return (pixels + beta * kl_right(ELBO_ARGUMENTS)) / (real)n;
}

/* each image with all before it */
static real elbo_not_reset(ELBO)
{
    real sum = 0;
    for (int rows = 1; rows <= n; rows++)
        sum += reference_elbo(rows, m, d, logits, x, mu, logvar, beta) * (real)rows;
    return sum / (real)n;
}

static real elbo_half_of_square_alone(ELBO)
{
    return pixels_sum(ELBO_ARGUMENTS) / (real)n +
           beta / (real)n * kl_sum_of((real)0.5, 1, -1, -1, ELBO_ARGUMENTS);
}

static const Mistake elbo_mistakes[] = {

    {MISTAKE(elbo_of_black_or_white),
     "x is taken for 1 where it is above 1/2, and for 0 elsewhere. A pixel is grey, 0 to 1, and "
     "both terms count, x log p and (1 - x) log(1 - p)."},
    {MISTAKE(elbo_base_2), "A logarithm is to base 2. Here it is the natural one."},
    {MISTAKE(elbo_none_of_large),
     "The pixels with a logit near 1000 or -1000 are not in it. Where such a logit is wrong they "
     "cost most: max(s, 0) - s x + log(1 + exp(-|s|))."},
    {MISTAKE(elbo_not_reset), "Each image brings along what those before it cost. Begin the sums "
                              "of an image at 0, or add up "
                              "all images in them and take each sum once."},
    {MISTAKE(elbo_half_of_square_alone),
     "The half of the divergence stands at mu^2 alone. It belongs to all four terms."},
    {MISTAKE(elbo_unsafe),
     "The loss is not finite where a logit is near 1000 or -1000. If you take the log() of a "
     "probability: that is 1 or 0 there as far as a real can tell. Take it from the logit: max(s, "
     "0) - s x + log(1 + exp(-|s|))."},
    {MISTAKE(elbo_unsafe_below),
     "Your formula is right and your exp() is not safe: exp(-s) of s = -1000 is infinite. Take "
     "max(s, 0) - s x + log(1 + exp(-|s|))."},
    {MISTAKE(elbo_unsafe_above),
     "Your formula is right and your exp() is not safe: exp(s) of s = 1000 is infinite. Take "
     "max(s, 0) - s x + log(1 + exp(-|s|))."},
    {MISTAKE(elbo_clipped),
     "p is kept between 1e-7 and 1 - 1e-7, so the loss of a pixel stops growing, where it should "
     "not. Take it from the logit: max(s, 0) - s x + log(1 + exp(-|s|))."},
    {MISTAKE(elbo_tiny_added),
     "1e-8 is added inside of log(), so the loss of a pixel stops growing, where it should not. "
     "Take it from the logit: max(s, 0) - s x + log(1 + exp(-|s|))."},
    {TURNED("divided-by-m:pixels"),
     "The pixels are averaged, the divergence is summed: that counts it m times, and the codes "
     "collapse. The pixels are summed, too; only the images are averaged."},
    {TURNED("divided-by-d:beta*kl"),
     "You divided the divergence by d. It is the sum over the numbers of a code; only the images "
     "are averaged."},
    {MISTAKE(elbo_both_averaged),
     "You divided the pixels by m and the divergence by d. Both are sums over an image; only the "
     "images are averaged."},
    {TURNED("missing-divisor:(real)n"),
     "You did not divide by n. The loss is the mean over the images."},
    {TURNED("times-n:beta*kl"),
     "Only the pixels are divided by n. The divergence is averaged over the images, too."},
    {TURNED("wrong-sign:beta*kl"),
     "The divergence is taken off. It is a cost as what the pixels say is one, and is added."},
    {TURNED("wrong-sign:(pixels+beta*kl)/(real)n"),
     "This is the loss with its sign turned: a bound that is to be raised. "
     "The loss asked for is above 0 and is to fall."},
    {TURNED("wrong-sign:pixels"),
     "The sign of the pixels: log p is below 0, and what they cost is -log p."},
    {MISTAKE(elbo_beta_at_pixels), "beta stands at the pixels. It belongs to the divergence."},
    {TURNED("times:fmax(s,0)-s*x[i][j]+log1p(exp(-fabs(s)))<-beta"),
     "beta multiplies all of it. It belongs to the divergence alone."},
    {TURNED("missing-factor:beta"), "beta is left out: it multiplies the divergence."},
    {TURNED("missing-divisor:2"), "The half of the divergence is missing."},
    {TURNED("missing-term:beta*kl"), "Nothing of the divergence is in it. Is it left out, or is "
                                     "there a 1 / 2? In C that is a division "
                                     "of whole numbers, and 0."},
    {TURNED("missing-term:pixels"), "What the pixels cost is not in it."},
    {TURNED("missing-term:1"),
     "The -1 of the divergence is missing. No gradient changes, but the divergence of N(0, 1) from "
     "itself is to be 0."},
    {TURNED("missing-term:logvar[i][j]"),
     "-logvar is missing in the divergence. Without it a sigma of 0 would cost nothing."},
    {TURNED("wrong-sign:logvar[i][j]"),
     "The sign of logvar: it is taken off in the divergence. A sigma far "
     "below 1 is to cost much, not to pay."},
    {TURNED("times-1/2:logvar[i][j]"),
     "logvar counts half of what it should in the divergence. It is the "
     "logarithm of sigma^2 already."},
    {TURNED("missing-term:mu[i][j]*mu[i][j]"), "mu^2 is missing in the divergence."},
    {MISTAKE(elbo_sigma_for_square),
     "You took exp(logvar / 2), which is sigma, in the divergence. There stands sigma^2, "
     "exp(logvar)."},
    {MISTAKE(elbo_square_twice),
     "You squared exp(logvar) in the divergence. It is sigma^2 already."},
    {TURNED("missing-factor:mu[i][j]"), "mu stands in the divergence as mu^2, not as it is."},
    {MISTAKE(elbo_of_ink), "This has x log p of each pixel and not (1 - x) log(1 - p), by which a "
                           "pixel without ink counts."},

    {MISTAKE(elbo_clipped_early),
     "p is kept between 1e-6 and 1 - 1e-6, so the loss of a pixel stops growing, where it should "
     "not. Take it from the logit: max(s, 0) - s x + log(1 + exp(-|s|))."},
    {MISTAKE(elbo_clipped_later),
     "p is kept between 1e-12 and 1 - 1e-12, so the loss of a pixel stops growing, where it should "
     "not. Take it from the logit: max(s, 0) - s x + log(1 + exp(-|s|))."},
    {MISTAKE(elbo_less_added),
     "1e-12 is added inside of log(), so the loss of a pixel stops growing, where it should not. "
     "Take it from the logit: max(s, 0) - s x + log(1 + exp(-|s|))."},
    {MISTAKE(elbo_unsafe_averaged),
     "The pixels are averaged, and they are to be summed; only the images are averaged. And the "
     "loss is not finite where a logit is near 1000 or -1000: take it from the logit, max(s, 0) - "
     "s x + log(1 + exp(-|s|))."},
    {MISTAKE(elbo_logs_cut),
     "Logarithms below -100 count as -100, as in PyTorch's loss of probabilities. From the logit "
     "nothing has to be cut off: max(s, 0) - s x + log(1 + exp(-|s|))."},
    {MISTAKE(elbo_averaged_kl_doubled), "The pixels are averaged, and they are to be summed, as "
                                        "the divergence is. And the half of that is missing."},
    {0}};

CALL_RETURNING(elbo_loss, a[5], n[0], n[1], n[2], a[0], a[1], a[2], a[3], VALUE(a[4]))

static const Exercise exercise_elbo_loss = {
    .name = "elbo_loss",
    .call = call_elbo_loss,
    .sizes = "nmd",
    .arguments = {{"logits", IN_NORMAL, "nm", 0},
                  {"x", IN_NORMAL, "nm", 0},
                  {"mu", IN_NORMAL, "nd", 0},
                  {"logvar", IN_NORMAL, "nd", 0},
                  {"beta", IN_PREPARED, "", 0},
                  {"the loss", OUT, "", 0}},
    .cases = {{5, 7, 3}, {3, 8, 2}, {1, 6, 4}, {4, 2, 5}},
    .prepare = JUDGE(prepare_elbo),
    .reference = JUDGE((Function)reference_elbo),
    .mistakes = JUDGE(elbo_mistakes),
};

/* -- 5. latent_backward ------------------------------------------------------------------------ */

#define LATENT                                                                  \
    int n, int d, const real dz[n][d], const real z[n][d], const real mu[n][d], \
        const real logvar[n][d], real beta, real dmu[n][d], real dlogvar[n][d]
#define LATENT_ARGUMENTS n, d, dz, z, mu, logvar, beta, dmu, dlogvar

static void prepare_latent(int which, const int n[], void *const a[])
{
    widen(which, n[0], n[1], a[3]);
    *(real *)a[4] = beta_of(which);
}

/* The decoder's part through eps = (z - mu) / sigma, and `share` of the divergence's. */
static void latent_with(real decoder, real share, LATENT)
{
    (void)beta;
    for (int j = 0; j < d; j++)
        for (int i = n - 1; i >= 0; i--) {
            const real sigma = sigma_of(logvar[i][j]), eps = (z[i][j] - mu[i][j]) / sigma;
            dmu[i][j] = decoder * dz[i][j] + share * mu[i][j];
            dlogvar[i][j] =
                decoder * dz[i][j] * eps * sigma / 2 + share * (sigma - 1) * (sigma + 1) / 2;
        }
}

static void reference_latent(LATENT)
{
    latent_with(1, beta / (real)n, LATENT_ARGUMENTS);
}

static void latent_decoder_alone(LATENT)
{
    latent_with(1, 0, LATENT_ARGUMENTS);
}

static void latent_kl_alone(LATENT)
{
    latent_with(0, beta / (real)n, LATENT_ARGUMENTS);
}

static void latent_twice_averaged(LATENT)
{
    latent_with(1 / (real)n, beta / (real)n, LATENT_ARGUMENTS);
}

static void latent_beta_at_decoder(LATENT)
{
    latent_with(beta, 1 / (real)n, LATENT_ARGUMENTS);
}

/* the decoder's part of dlogvar: dz times something */
static void latent_through(real factor, real power, real mean, LATENT)
{
    latent_kl_alone(LATENT_ARGUMENTS);
    for (int i = 0; i < n; i++)
        for (int j = 0; j < d; j++) {
            const real moved = z[i][j] - mean * mu[i][j];
            dmu[i][j] += dz[i][j];
            dlogvar[i][j] += factor * dz[i][j] * moved * pow(sigma_of(logvar[i][j]), power);
        }
}

static void latent_moved_for_eps(LATENT)
{
    latent_through((real)0.5, 1, 1, LATENT_ARGUMENTS);
}

static void latent_sigma_forgotten(LATENT)
{
    latent_through((real)0.5, -1, 1, LATENT_ARGUMENTS);
}

static void latent_dsigma(LATENT)
{
    latent_through(1, -1, 1, LATENT_ARGUMENTS);
}

static void latent_variance_for_sigma(LATENT)
{
    latent_through((real)0.5, -2, 1, LATENT_ARGUMENTS);
}

static const Mistake latent_mistakes[] = {

    {MISTAKE(latent_decoder_alone), "The divergence is missing: beta mu / n and beta (sigma^2 - 1) "
                                    "/ (2 n) are added to what the decoder says."},
    {MISTAKE(latent_kl_alone),
     "Nothing comes of the decoder: dz goes to mu as it is, and to logvar through sigma. Is "
     "something stored there and then overwritten, = for +=?"},
    {TURNED("twins+missing-factor:beta"), "beta is left out: it multiplies the divergence."},
    {TURNED("twins+missing-divisor:(real)n"),
     "The divergence is not divided by n. It is the mean over the images, as what dz comes from."},
    {MISTAKE(latent_twice_averaged),
     "dz is divided by n once more. It comes from a mean already; only the divergence's part lacks "
     "its 1/n."},
    {MISTAKE(latent_beta_at_decoder),
     "beta stands at the wrong part: it belongs to the divergence, not to what the decoder says."},
    {TURNED("twins+negated:beta"), "The divergence is taken off. It is a part of the loss like the "
                                   "decoder's: both gradients are added."},
    {TURNED("missing-divisor:2"),
     "The half of the decoder's part is missing in dlogvar: z moves by sigma eps / 2 for a nudge "
     "of logvar, and sigma eps is z - mu."},
    {MISTAKE(latent_moved_for_eps),
     "There is one sigma too many in the decoder's part of dlogvar. z - mu is sigma eps, not eps: "
     "dz (z - mu) / 2."},
    {MISTAKE(latent_sigma_forgotten),
     "The decoder's part of dlogvar has one sigma too few. eps is (z - mu) / sigma, and z moves by "
     "sigma eps / 2 for a nudge of logvar: the sigma cancels, and dz (z - mu) / 2 is left."},
    {MISTAKE(latent_dsigma),
     "The decoder's part of dlogvar is that of sigma, dz eps. From sigma to "
     "logvar it is times sigma / 2: dz (z - mu) / 2."},
    {MISTAKE(latent_variance_for_sigma),
     "This divides z - mu by sigma^2 = exp(logvar). eps is (z - mu) / sigma, and times sigma / 2 "
     "nothing is divided by: dz (z - mu) / 2."},
    {TURNED("missing-term:mu[i][j]"),
     "The decoder's part of dlogvar has z where z - mu belongs: what the "
     "noise has moved is sigma eps = z - mu."},
    {TURNED("wrong-sign:dz[i][j]*(z[i][j]-mu[i][j])/2"),
     "The sign of the decoder's part of dlogvar: sigma eps is z - mu, not "
     "mu - z."},
    {TURNED("missing-term:dz[i][j]*(z[i][j]-mu[i][j])/2"),
     "Nothing of dz comes to logvar. z moves by sigma eps / 2, which is (z - mu) / 2, for a nudge "
     "of logvar. Is it stored and then overwritten, = for +=, or is there a 1 / 2? In C that is a "
     "division of whole numbers, and 0."},

    {TURNED("missing-divisor:2#2"),
     "The half of the divergence is missing in dlogvar: beta (sigma^2 - 1) / (2 n)."},
    {TURNED("missing-term:1"), "The -1 is missing in dlogvar: logvar itself is taken off in the "
                               "divergence, and its derivative is 1."},
    {TURNED("missing-term:dz[i][j]"), "Nothing of dz comes to mu, which stands in z as it is."},
    {TURNED("missing-term:beta*mu[i][j]/(real)n"),
     "Nothing of the divergence comes to mu. mu^2 / 2 stands in it, so it brings beta mu / n."},
    {TURNED("missing-term:beta*(exp(logvar[i][j])-1)/2/(real)n"),
     "Nothing of the divergence comes to logvar, where beta (sigma^2 - 1) / (2 n) is to be added. "
     "Or is there a 1 / 2 or 1 / n? In C that is a division of whole numbers, and 0."},
    {TURNED("times-2:dz[i][j]*(z[i][j]-mu[i][j])/2+beta*(exp(logvar[i][j])-1)/2/(real)n"),
     "dlogvar is twice what it should be: sigma is exp(logvar / 2), which brings a half to the "
     "decoder's part, and the divergence has one of its own."},
    {0}};

CALL(latent_backward, n[0], n[1], a[0], a[1], a[2], a[3], VALUE(a[4]), a[5], a[6])

static const Exercise exercise_latent_backward = {
    .name = "latent_backward",
    .call = call_latent_backward,
    .sizes = "nd",
    .arguments = {{"dz", IN_NORMAL, "nd", 0},
                  {"z", IN_NORMAL, "nd", 0},
                  {"mu", IN_NORMAL, "nd", 0},
                  {"logvar", IN_NORMAL, "nd", 0},
                  {"beta", IN_PREPARED, "", 0},
                  {"dmu", OUT, "nd", 0},
                  {"dlogvar", OUT, "nd", 0}},
    .cases = {{6, 4}, {3, 5}, {2, 7}, {4, 1}},
    .prepare = JUDGE(prepare_latent),
    .reference = JUDGE((Function)reference_latent),
    .mistakes = JUDGE(latent_mistakes),
};

/* -- 6. deviation_backward --------------------------------------------------------------------- */

#define DEVIATION                                                                           \
    int n, int d, const real dz[n][d], const real eps[n][d], const real r[n][d], real beta, \
        real dr[n][d]
#define DEVIATION_ARGUMENTS n, d, dz, eps, r, beta, dr

/* In the second case r goes to 10 and -10. */
static void prepare_deviation(int which, const int n[], void *const a[])
{
    real *r = a[2];
    *(real *)a[3] = beta_of(which);
    for (int at = 0; at < n[0] * n[1] && which == 1; at++)
        r[at] = fmax(-10, fmin(10, 6 * r[at]));
}

/* dsigma = decoder dz eps + grows sigma - shrinks / sigma, times the slope of sigma or 1 */
static void deviation_with(real decoder, real grows, real shrinks, real sloped, DEVIATION)
{
    (void)beta;
    for (int j = 0; j < d; j++)
        for (int i = n - 1; i >= 0; i--) {
            const real sigma = log1p(exp(r[i][j]));
            const real slope = sloped * probability(r[i][j]) + (1 - sloped);
            dr[i][j] = slope * (decoder * dz[i][j] * eps[i][j] + grows * sigma - shrinks / sigma);
        }
}

static void reference_deviation(DEVIATION)
{
    deviation_with(1, beta / (real)n, beta / (real)n, 1, DEVIATION_ARGUMENTS);
}

static void deviation_beta_at_decoder(DEVIATION)
{
    deviation_with(beta, 1 / (real)n, 1 / (real)n, 1, DEVIATION_ARGUMENTS);
}

/* what exercise 2 has for logvar */
static void deviation_as_logvar(DEVIATION)
{
    for (int i = 0; i < n; i++)
        for (int j = 0; j < d; j++) {
            const real sigma = log1p(exp(r[i][j]));
            dr[i][j] = probability(r[i][j]) *
                       (dz[i][j] * eps[i][j] + beta * (sigma * sigma - 1) / 2 / (real)n);
        }
}

/* what exercises 1 and 2 have for logvar, with r in its place */
static void deviation_of_logvar(DEVIATION)
{
    for (int i = 0; i < n; i++)
        for (int j = 0; j < d; j++)
            dr[i][j] = dz[i][j] * eps[i][j] * exp(r[i][j] / 2) / 2 +
                       beta * (exp(r[i][j]) - 1) / 2 / (real)n;
}

/* slope p (1 - p), that of a sigmoid */
static void deviation_sigmoid_slope(DEVIATION)
{
    reference_deviation(DEVIATION_ARGUMENTS);
    for (int i = 0; i < n; i++)
        for (int j = 0; j < d; j++)
            dr[i][j] *= probability(-r[i][j]);
}

/* slope p of the decoder's part alone, or of the divergence's */
static void deviation_half_sloped(real decoder, real kl, DEVIATION)
{
    for (int i = 0; i < n; i++)
        for (int j = 0; j < d; j++) {
            const real sigma = log1p(exp(r[i][j])), p = probability(r[i][j]);
            dr[i][j] = (decoder * p + 1 - decoder) * dz[i][j] * eps[i][j] +
                       (kl * p + 1 - kl) * beta / (real)n * (sigma - 1 / sigma);
        }
}

static void deviation_decoder_sloped(DEVIATION)
{
    deviation_half_sloped(1, 0, DEVIATION_ARGUMENTS);
}

static void deviation_kl_sloped(DEVIATION)
{
    deviation_half_sloped(0, 1, DEVIATION_ARGUMENTS);
}

/* log(1 + e^r) taken for r, or for e^r */
static void deviation_of_exp(DEVIATION)
{
    for (int i = 0; i < n; i++)
        for (int j = 0; j < d; j++) {
            const real sigma = exp(r[i][j]);
            dr[i][j] = sigma * (dz[i][j] * eps[i][j] + beta / (real)n * (sigma - 1 / sigma));
        }
}

/* dsigma times some other slope */
static void deviation_sloped_by(real (*slope)(real r), DEVIATION)
{
    deviation_with(1, beta / (real)n, beta / (real)n, 0, DEVIATION_ARGUMENTS);
    for (int i = 0; i < n; i++)
        for (int j = 0; j < d; j++)
            dr[i][j] *= slope(r[i][j]);
}

static real slope_at_sigma(real r)
{
    return probability(log1p(exp(r)));
}

static real slope_of_relu(real r)
{
    return r > 0;
}

static real slope_inverse(real r)
{
    return 1 / log1p(exp(r));
}

static real slope_of_logarithm(real r)
{
    return exp(r) / log1p(exp(r));
}

static real slope_of_tanh(real r)
{
    return 1 - probability(r) * probability(r);
}

static void deviation_at_sigma(DEVIATION)
{
    deviation_sloped_by(slope_at_sigma, DEVIATION_ARGUMENTS);
}

static void deviation_of_relu(DEVIATION)
{
    deviation_sloped_by(slope_of_relu, DEVIATION_ARGUMENTS);
}

static void deviation_over_sigma(DEVIATION)
{
    deviation_sloped_by(slope_inverse, DEVIATION_ARGUMENTS);
}

static void deviation_exp_over_sigma(DEVIATION)
{
    deviation_sloped_by(slope_of_logarithm, DEVIATION_ARGUMENTS);
}

static void deviation_of_tanh(DEVIATION)
{
    deviation_sloped_by(slope_of_tanh, DEVIATION_ARGUMENTS);
}

/* dz eps sigma^power decoder + beta / n (sigma^2 - 1) kl, times the slope of sigma or 1 */
static void deviation_of_square(real power, real decoder, real kl, real sloped, DEVIATION)
{
    for (int i = 0; i < n; i++)
        for (int j = 0; j < d; j++) {
            const real sigma = log1p(exp(r[i][j]));
            const real slope = sloped * probability(r[i][j]) + (1 - sloped);
            dr[i][j] = slope * (decoder * dz[i][j] * eps[i][j] * pow(sigma, power) +
                                kl * beta / (real)n * (sigma * sigma - 1));
        }
}

static void deviation_all_of_logvar(DEVIATION)
{
    deviation_of_square(1, (real)0.5, (real)0.5, 1, DEVIATION_ARGUMENTS);
}

static void deviation_logvar_alone(DEVIATION)
{
    deviation_of_square(1, (real)0.5, (real)0.5, 0, DEVIATION_ARGUMENTS);
}

static void deviation_of_logarithm(DEVIATION)
{
    deviation_of_square(0, 1, 1, 1, DEVIATION_ARGUMENTS);
}

static void deviation_moved(DEVIATION)
{
    reference_deviation(DEVIATION_ARGUMENTS);
    for (int i = 0; i < n; i++)
        for (int j = 0; j < d; j++)
            dr[i][j] += probability(r[i][j]) * dz[i][j] * eps[i][j] * (log1p(exp(r[i][j])) - 1);
}

static void deviation_mu_too(DEVIATION)
{
    reference_deviation(DEVIATION_ARGUMENTS);
    for (int i = 0; i < n; i++)
        for (int j = 0; j < d; j++)
            dr[i][j] += probability(r[i][j]) * dz[i][j];
}

#define SLOPE "The slope of log(1 + exp(r)) is 1 / (1 + exp(-r))."

static const Mistake deviation_mistakes[] = {

    {MISTAKE(deviation_all_of_logvar),
     "What goes on to r is the gradient of logvar, as in exercise 5. sigma here is no exp(): "
     "dsigma = dz eps + beta (sigma - 1 / sigma) / n."},
    {MISTAKE(deviation_logvar_alone),
     "This is the gradient of logvar, as in exercise 5. There is none here: dsigma = dz eps + beta "
     "(sigma - 1 / sigma) / n, and from sigma it goes on to r."},
    {MISTAKE(deviation_of_logarithm),
     "The divergence's part is sigma times what it should be: sigma^2 - 1 for sigma - 1 / sigma."},
    {MISTAKE(deviation_at_sigma), "The slope is that at sigma, 1 / (1 + exp(-sigma)). It is that "
                                  "at r: 1 / (1 + exp(-r))."},
    {MISTAKE(deviation_of_relu), "The slope is 1 above r = 0 and 0 below, as of a relu. " SLOPE},
    {MISTAKE(deviation_over_sigma),
     "dsigma is divided by sigma, as on the way from a logarithm. " SLOPE},
    {MISTAKE(deviation_exp_over_sigma),
     "The slope is exp(r) / sigma. The derivative of a logarithm divides by what stands inside of "
     "it, 1 + exp(r): 1 / (1 + exp(-r))."},
    {MISTAKE(deviation_of_tanh), "The slope is 1 - p^2, as of a tanh, with p = 1 / (1 + exp(-r)). "
                                 "That of log(1 + exp(r)) is p itself."},
    {TURNED("missing-term:1"),
     "r stands where sigma belongs. sigma is log(1 + exp(r)), and log(exp(r)) alone would be r."},
    {MISTAKE(deviation_moved), "dz eps is multiplied by sigma. A nudge of sigma moves z by eps; "
                               "times sigma it would be one of log sigma."},
    {MISTAKE(deviation_mu_too),
     "dz stands in it by itself, too. That is what goes to mu; sigma stands in z times eps, so "
     "dsigma has dz eps alone of the decoder."},
    {TURNED("missing-divisor:(1+exp(-r[i][j]))"),
     "This is the gradient of sigma. From sigma it goes on to r, through log(1 + exp(r)), whose "
     "slope is 1 / (1 + exp(-r))."},
    {TURNED("inverted:sigma"),
     "The divergence is missing: beta (sigma - 1 / sigma) / n is added to dz eps before the slope "
     "of the softplus."},
    {TURNED("missing-term:dz[i][j]*eps[i][j]"),
     "Nothing comes of the decoder: dz eps is part of dsigma."},
    {TURNED("missing-term:1/sigma"), "Nothing comes of -log sigma: its derivative is -1 / sigma. "
                                     "Without it every sigma shrinks to 0."},
    {TURNED("times-1/2:1/sigma"),
     "-1 / sigma counts half. That half is in front of mu^2 + sigma^2 - 1 alone, and log sigma "
     "stands as it is."},
    {TURNED("wrong-sign:1/sigma"), "The sign of 1 / sigma: log sigma is taken off in the "
                                   "divergence, so its derivative is, too."},
    {TURNED("times-2:sigma"), "sigma counts twice: sigma^2 stands in the divergence with "
                              "a half, which cancels its 2."},
    {TURNED("times-1/2:dz[i][j]*eps[i][j]"),
     "dz eps is halved. That half belongs to a logarithm of sigma^2; z "
     "moves by eps for a nudge of sigma."},
    {TURNED("missing-divisor:(real)n"),
     "The divergence is not divided by n. It is the mean over the images, as what dz comes from."},
    {TURNED("divided-by-n:dz[i][j]*eps[i][j]"),
     "dz eps is divided by n. dz comes from a mean already; only "
     "the divergence's part lacks its 1/n."},
    {TURNED("missing-factor:beta"), "beta is left out: it multiplies the divergence."},
    {MISTAKE(deviation_beta_at_decoder),
     "beta stands at the wrong part: it belongs to the divergence, not to dz eps."},
    {MISTAKE(deviation_as_logvar),
     "The divergence's part is that of logvar, (sigma^2 - 1) / 2. For sigma it is sigma - 1 / "
     "sigma."},
    {MISTAKE(deviation_of_logvar),
     "This is the gradient of a logvar. Here sigma is log(1 + exp(r)): "
     "first dsigma, then times 1 / (1 + exp(-r))."},
    {MISTAKE(deviation_sigmoid_slope),
     "You took p (1 - p), which is the slope of a sigmoid. That of log(1 + exp(r)) is the sigmoid "
     "itself, 1 / (1 + exp(-r))."},
    {MISTAKE(deviation_decoder_sloped), "The slope of the softplus stands at dz eps alone. Both "
                                        "parts are gradients of sigma, and both go on to r."},
    {MISTAKE(deviation_kl_sloped), "The slope of the softplus stands at the divergence alone. Both "
                                   "parts are gradients of sigma, and both go on to r."},
    {MISTAKE(deviation_of_exp), "This takes sigma for exp(r). Here it is log(1 + exp(r)), with the "
                                "slope 1 / (1 + exp(-r))."},

    {TURNED("missing-factor:eps[i][j]"),
     "eps is missing: a nudge of sigma moves z by eps times as much."},
    {0}};

CALL(deviation_backward, n[0], n[1], a[0], a[1], a[2], VALUE(a[3]), a[4])

static const Exercise exercise_deviation_backward = {
    .name = "deviation_backward",
    .call = call_deviation_backward,
    .sizes = "nd",
    .arguments = {{"dz", IN_NORMAL, "nd", 0},
                  {"eps", IN_NORMAL, "nd", 0},
                  {"r", IN_NORMAL, "nd", 0},
                  {"beta", IN_PREPARED, "", 0},
                  {"dr", OUT, "nd", 0}},
    .cases = {{6, 4}, {3, 5}, {2, 7}, {4, 1}},
    .prepare = JUDGE(prepare_deviation),
    .reference = JUDGE((Function)reference_deviation),
    .mistakes = JUDGE(deviation_mistakes),
};

/* -- 7. spread_backward ------------------------------------------------------------------------ */

#define SPREAD int n, int m, const real y[n][m], const real x[n][m], real r, real dy[n][m], real *dr
#define SPREAD_ARGUMENTS n, m, y, x, r, dy, dr

static void prepare_spread(int which, const int n[], void *const a[])
{
    (void)n;
    *(real *)a[2] = (const real[]){0.4, -0.7, -0.2, 0.9}[which % 4];
}

/* of e = y - x: all of squares is gathered first */
static real squares_of(int n, int m, const real y[n][m], const real x[n][m])
{
    real sum = 0;
    for (int j = 0; j < m; j++)
        for (int i = n - 1; i >= 0; i--)
            sum += (y[i][j] - x[i][j]) * (y[i][j] - x[i][j]);
    return sum;
}

/* dy = factor e, dr = count - share squares */
static void spread_with(real factor, real count, real share, SPREAD)
{
    (void)r;
    for (int i = n - 1; i >= 0; i--)
        for (int j = 0; j < m; j++)
            dy[i][j] = factor * (y[i][j] - x[i][j]);
    *dr = count - share * squares_of(n, m, y, x);
}

static real per_variance(int n, real r)
{
    return exp(-2 * r) / (real)n;
}

static void reference_spread(SPREAD)
{
    spread_with(per_variance(n, r), (real)m, per_variance(n, r), SPREAD_ARGUMENTS);
}

static void spread_counted_once_an_image(SPREAD)
{
    spread_with(per_variance(n, r), 1 / (real)n, per_variance(n, r), SPREAD_ARGUMENTS);
}

static void spread_of_mean(SPREAD)
{
    const real share = per_variance(n, r) / (real)m;
    spread_with(share, 1, share, SPREAD_ARGUMENTS);
}

/* the gradient of the deviation, exp(r) */
static void spread_dsigma(SPREAD)
{
    reference_spread(SPREAD_ARGUMENTS);
    *dr /= exp(r);
}

static void spread_square_of_sum(SPREAD)
{
    reference_spread(SPREAD_ARGUMENTS);
    real sum = 0;
    for (int i = 0; i < n; i++)
        for (int j = 0; j < m; j++)
            sum += y[i][j] - x[i][j];
    *dr = (real)m - per_variance(n, r) * sum * sum;
}

static void spread_of_dy(SPREAD)
{
    reference_spread(SPREAD_ARGUMENTS);
    const real share = per_variance(n, r);
    *dr = (real)m - share * share * share * squares_of(n, m, y, x);
}

static void spread_undifferentiated(SPREAD)
{
    reference_spread(SPREAD_ARGUMENTS);
    *dr += (real)m * (r - 1);
}

static void spread_counted_by_images(SPREAD)
{
    reference_spread(SPREAD_ARGUMENTS);
    *dr += (real)n - (real)m;
}

static const Mistake spread_mistakes[] = {

    {MISTAKE(spread_square_of_sum), "dr has the square of the sum of all y - x. It is the sum of "
                                    "their squares."},
    {MISTAKE(spread_of_dy),
     "dr is made of dy^2, where (y - x)^2 belongs: dy is divided by exp(2 r) "
     "and n already."},
    {MISTAKE(spread_undifferentiated),
     "r itself stands in dr for each pixel. The derivative of the term r is 1."},
    {MISTAKE(spread_counted_by_images), "What the term r brings is n. It stands once for each of "
                                        "the n m pixels, and over n that is m."},
    {TURNED("missing-term:1"), "Nothing comes of the term r. It stands once for each pixel, so "
                               "it brings m; without it r grows without end."},
    {TURNED("divided-by-m:1"), "The term r stands inside of the sum, once for each of the n m "
                               "pixels. Over n that brings m, not 1."},
    {MISTAKE(spread_counted_once_an_image),
     "The term r stands inside of the sum, once for each of the n m pixels. Over n that brings m."},
    {TURNED("parentheses:(1-e*e/variance)"),
     "What the term r brings is not divided by n. The mean is over both parts: m is left."},
    {TURNED("times-1/2:e*e/variance"),
     "The squares count half in dr. exp(-2 r) brings -2, which cancels the half."},
    {TURNED("times-2:e*e/variance"),
     "The squares count twice in dr. exp(-2 r) brings -2, and half of that is left."},
    {TURNED("wrong-sign:e*e/variance"), "The sign of the squares in dr: a larger r makes them cost "
                                        "less. 1 is added for each pixel, they are taken off."},
    {TURNED("wrong-sign:(1-e*e/variance)/(real)n"),
     "The sign of dr: where the squares are smaller than r says, r has "
     "to fall, so dr is positive."},
    {TURNED("missing-factor:2"),
     "You divided by exp(r), which is the deviation. The squares are divided by its square, exp(2 "
     "r)."},
    {TURNED("missing-divisor:variance"),
     "dy is not divided by exp(2 r). The surer the decoder says it "
     "is, the more a pixel's error counts."},
    {TURNED("times-2:e/variance/(real)n"),
     "dy is twice what it should be: the square brings 2, which cancels "
     "the 2 below it."},
    {TURNED("times-1/2:e/variance/(real)n"),
     "dy is half of what it should be: the square brings 2, which "
     "cancels the 2 below it."},
    {TURNED("wrong-sign:y[i][j]-x[i][j]"),
     "The sign of dy: a y above x has to fall, so its gradient is "
     "positive, y - x."},
    {TURNED("twins+missing-divisor:(real)n"),
     "You did not divide by n. The loss is the mean over the images."},
    {MISTAKE(spread_of_mean),
     "You divided by m as well. Pixels are summed; only the images are averaged."},
    {TURNED("missing-divisor:(real)n#2"),
     "dr is not divided by n. The loss is the mean over the images, and "
     "so is all that comes of it."},
    {MISTAKE(spread_dsigma), "This is the gradient of the deviation, exp(r). Its logarithm r is "
                             "asked for: that times exp(r)."},

    {0}};

CALL(spread_backward, n[0], n[1], a[0], a[1], VALUE(a[2]), a[3], a[4])

static const Exercise exercise_spread_backward = {
    .name = "spread_backward",
    .call = call_spread_backward,
    .sizes = "nm",
    .arguments = {{"y", IN_NORMAL, "nm", 0},
                  {"x", IN_NORMAL, "nm", 0},
                  {"r", IN_PREPARED, "", 0},
                  {"dy", OUT, "nm", 0},
                  {"dr", OUT, "", 0}},
    .cases = {{5, 7}, {3, 8}, {2, 6}, {4, 3}},
    .prepare = JUDGE(prepare_spread),
    .reference = JUDGE((Function)reference_spread),
    .mistakes = JUDGE(spread_mistakes),
};

/* -- 8. importance_backward -------------------------------------------------------------------- */

#define IMPORTANCE int n, int k, const real w[n][k], real dw[n][k]
#define IMPORTANCE_ARGUMENTS n, k, w, dw

/* From the second case on, the first row is near 1000 and the last near -1000. In the last case
 * each row has both, and the large ones are the first, the last, or two neighbours between. */
static void prepare_importance(int which, const int n[], void *const a[])
{
    const int k = n[1];
    real(*w)[k] = a[0];
    if (which < 4)
        for (int l = 0; l < k && which > 0; l++) {
            w[0][l] += 1000;
            w[n[0] - 1][l] -= n[0] > 1 ? 1000 : 0;
        }
    else
        for (int i = 0; i < n[0]; i++)
            for (int l = 0; l < k; l++)
                w[i][l] += (l == i && i < n[0] - 1) || (l == i + 1 && i > 0) ? 1000 : -1000;
}

/* softmax(w)_l = 1 / sum_r exp(w_r - w_l) */
static void importance_with(real factor, IMPORTANCE)
{
    for (int i = 0; i < n; i++)
        for (int l = 0; l < k; l++) {
            real sum = 0;
            for (int r = k - 1; r >= 0; r--)
                sum += exp(w[i][r] - w[i][l]);
            dw[i][l] = factor / sum;
        }
}

static void reference_importance(IMPORTANCE)
{
    importance_with(-1 / (real)n, IMPORTANCE_ARGUMENTS);
}

/* The best draw alone. */
static void importance_best(IMPORTANCE)
{
    for (int i = 0; i < n; i++) {
        int best = 0;
        for (int l = 1; l < k; l++)
            best = w[i][l] > w[i][best] ? l : best;
        for (int l = 0; l < k; l++)
            dw[i][l] = l == best ? -1 / (real)n : 0;
    }
}

/* The softmax of all draws of all images together. */
static void importance_of_all(IMPORTANCE)
{
    real max = w[0][0], sum = 0;
    for (int i = 0; i < n; i++)
        for (int l = 0; l < k; l++)
            max = fmax(max, w[i][l]);
    for (int i = 0; i < n; i++)
        for (int l = 0; l < k; l++)
            sum += exp(w[i][l] - max);
    for (int i = 0; i < n; i++)
        for (int l = 0; l < k; l++)
            dw[i][l] = -exp(w[i][l] - max) / sum;
}

static void importance_unsafe_over_k(IMPORTANCE)
{
    for (int i = 0; i < n; i++) {
        real sum = 0;
        for (int l = 0; l < k; l++)
            sum += exp(w[i][l]);
        for (int l = 0; l < k; l++)
            dw[i][l] = -exp(w[i][l]) / sum / (real)k / (real)n;
    }
}

/* The largest of the draws from `from` to `to`. */
static real largest_of(const real w[], int from, int to)
{
    real found = w[from];
    for (int l = from + 1; l < to; l++)
        found = fmax(found, w[l]);
    return found;
}

/* As of a cross entropy whose classes are the draws: the jacobian's diagonal, or p - 1. */
static void importance_diagonal(IMPORTANCE)
{
    reference_importance(IMPORTANCE_ARGUMENTS);
    for (int i = 0; i < n; i++)
        for (int l = 0; l < k; l++)
            dw[i][l] *= 1 + (real)n * dw[i][l];
}

static void importance_less_one(IMPORTANCE)
{
    importance_with(1 / (real)n, IMPORTANCE_ARGUMENTS);
    for (int i = 0; i < n; i++)
        for (int l = 0; l < k; l++)
            dw[i][l] -= 1 / (real)n;
}

/* log p for p */
static void importance_logarithms(IMPORTANCE)
{
    for (int i = 0; i < n; i++) {
        const real max = largest_of(w[i], 0, k);
        real sum = 0;
        for (int l = k - 1; l >= 0; l--)
            sum += exp(w[i][l] - max);
        for (int l = 0; l < k; l++)
            dw[i][l] = (log(sum) - (w[i][l] - max)) / (real)n;
    }
}

/* The sum is of dw itself, in which some have been divided. */
static void importance_in_place(IMPORTANCE)
{
    for (int i = 0; i < n; i++) {
        const real max = largest_of(w[i], 0, k);
        for (int l = 0; l < k; l++)
            dw[i][l] = -exp(w[i][l] - max);
        for (int l = 0; l < k; l++) {
            real sum = 0;
            for (int q = 0; q < k; q++)
                sum -= dw[i][q];
            dw[i][l] /= sum * (real)n;
        }
    }
}

#define LARGEST_OFF                                                                              \
    "It is the largest of an image's w that is to be taken off. Where another number is, exp() " \
    "of "                                                                                        \
    "something large is left, and that is infinite."

static const Mistake importance_mistakes[] = {

    {TURNED("wrong-sign:exp(w[i][l]-max)"),
     "The sign: the loss is minus the logarithm, so every draw's w is to rise."},
    {TURNED("missing-divisor:(real)n"),
     "You did not divide by n. The loss is the mean over the images."},
    {TURNED("times-k:exp(w[i][l]-max)"),
     "You divided by k as well. Inside of a logarithm a factor becomes "
     "a summand, log(1/k), and that has no gradient."},
    {TURNED("twins+one-for:w[i][l]-max"),
     "Every draw counts alike: that is the gradient of the mean of the logarithms. Here it is the "
     "logarithm of the mean, in which a draw counts by its share, exp(w) / sum of exp(w)."},
    {MISTAKE(importance_best), "Only the best draw got a gradient. All others have a part in the "
                               "sum, exp(w) / sum of exp(w)."},
    {TURNED("missing-term:fmax(max,w[i][l])"),
     "Your formula is right and your exp() is not safe: of 1000 it is infinite, and of -1000 it is "
     "0. Take the largest w of an image off all of its draws first."},
    {TURNED("one-for:max"), "The largest w is looked for from 0 on, so of draws near -1000 "
                            "it is not found, and all their exponentials are 0. Begin "
                            "with the first draw of the image."},
    {TURNED("not-reset:max=w[i][0]"),
     "Is a largest w kept from one image to the next? What is taken off is too large for an image "
     "near -1000: all its exponentials are 0. The search begins anew with each image."},
    {TURNED("no-call:fmax(max,w[i][l])"), LARGEST_OFF},
    {TURNED("second-alone:fmax(max,w[i][l])"), LARGEST_OFF},
    {TURNED("other-extreme:fmax(max,w[i][l])"), LARGEST_OFF},
    {TURNED("ends-early:for(int l=1;l<k;l++)"), LARGEST_OFF},
    {TURNED("divided-by-n:w[i][0]"), LARGEST_OFF},
    {TURNED("missing-term:max#2"),
     "The largest w is taken off below, in the sum, and not above. It cancels only if both "
     "exponentials have it."},
    {MISTAKE(importance_diagonal),
     "1 - p is too much in it, p being the softmax. The loss is minus the logarithm of a sum of "
     "exponentials, and what is left of that is -p / n."},
    {MISTAKE(importance_in_place),
     "The sum is taken anew for each draw, of exponentials some of which have been divided by it "
     "already. Add up all first, then divide."},
    {MISTAKE(importance_less_one),
     "This is (p - 1) / n, as of a cross entropy in which each draw is the right class. The loss "
     "here is minus the logarithm of the sum alone: -p / n."},
    {MISTAKE(importance_logarithms),
     "This is the logarithm of the softmax, with its sign turned. The gradient is the softmax "
     "itself, -p / n."},
    {TURNED("missing-divisor:sum"),
     "The exponentials are not divided by their sum, which is what the "
     "derivative of a logarithm brings."},
    {MISTAKE(importance_of_all),
     "The draws of all images stand in one sum. Each image has a logarithm of its own."},

    {MISTAKE(importance_unsafe_over_k),
     "exp() is not safe: of 1000 it is infinite, and of -1000 it is 0. Take the largest w of an "
     "image off all of its draws first. And nothing is divided by k: log(1/k) has no gradient."},
    {0}};

CALL(importance_backward, n[0], n[1], a[0], a[1])

static const Exercise exercise_importance_backward = {
    .name = "importance_backward",
    .call = call_importance_backward,
    .sizes = "nk",
    .arguments = {{"w", IN_NORMAL, "nk", 0}, {"dw", OUT, "nk", 0}},
    .cases = {{5, 4}, {2, 6}, {3, 7}, {1, 3}, {4, 5}},
    .prepare = JUDGE(prepare_importance),
    .reference = JUDGE((Function)reference_importance),
    .mistakes = JUDGE(importance_mistakes),
};

/* -- all, in their order ----------------------------------------------------------------------- */

static const Exercise *const exercises[] = {
    &exercise_sample_backward, &exercise_divergence_backward, &exercise_pixels_backward,
    &exercise_elbo_loss,       &exercise_latent_backward,     &exercise_deviation_backward,
    &exercise_spread_backward, &exercise_importance_backward, NULL};

const Check check = {"21_vae", exercises};
