/* 21_vae_bounds.h: how probable a network finds new images: the ELBO by its two terms, and the
 * bound of many draws. */
#ifndef CHAPTER_21_VAE_BOUNDS_H
#define CHAPTER_21_VAE_BOUNDS_H

#include <stdio.h>
#include <stdlib.h>

#include "21_vae_training.h"

enum { AT_ONCE = 50 }; /* images; no fewer are new */

/* -- the ELBO --------------------------------------------------------------------------------- */

typedef struct {
    double pixels, kl; /* nats an image */
    int used;          /* numbers of the code that say something about the image */
} Outcome;

/* A number says something if its mu varies from image to image. */
static const double least_variance = 0.01;

/* sum and squares (d): of mu, over n images that begin at x. Adds to the outcome. */
static inline void look_at(Module *net, const Images *images, int n, real *x, Rng *rng,
                           Outcome *outcome, double *sum, double *squares)
{
    const Codes q = vae_encode(net, nn_images(images->size, n, x));
    const int d = columns_of(q.mu), m = images->test.x_size;
    Tensor *logits = vae_decode(net, sample(q.mu, q.logvar, noise_for(q.mu, rng)));
    const double kl = (double)divergence_of(n, d, ag_data(q.mu), ag_data(q.logvar));
    const double loss = (double)elbo_loss(n, m, d, ag_data(logits), (const void *)x, ag_data(q.mu),
                                          ag_data(q.logvar), 1);
    outcome->kl += kl * n;
    outcome->pixels += (loss - kl) * n;
    for (int at = 0; at < n * d; at++) {
        const double mu = (double)q.mu->data[at];
        sum[at % d] += mu;
        squares[at % d] += mu * mu;
    }
}

/* Of all new images, with one draw for each. */
static inline Outcome outcome_of(Module *net, const Images *images)
{
    const Dataset *test = &images->test;
    const int d = ((const Vae *)net)->d;
    double *sum = calloc(2 * (size_t)d, sizeof *sum), *squares = sum + d;
    if (!sum)
        error_stop("no memory for %d numbers", 2 * d);
    Outcome o = {0};
    Rng rng;
    rng_seed(&rng, 0);
    ag_no_grad_begin();
    for (int i = 0; i < test->length; i += AT_ONCE) {
        const int n = test->length - i < AT_ONCE ? test->length - i : AT_ONCE;
        look_at(net, images, n, test->x + (ptrdiff_t)i * test->x_size, &rng, &o, sum, squares);
        ag_reset();
    }
    ag_no_grad_end();
    for (int j = 0; j < d; j++) {
        const double mean = sum[j] / test->length;
        o.used += squares[j] / test->length - mean * mean > least_variance;
    }
    free(sum);
    o.pixels /= test->length;
    o.kl /= test->length;
    return o;
}

/* -- more draws ------------------------------------------------------------------------------- */

enum { MOST_DRAWS = 100, BOUNDED = 200 }; /* images of which it is asked */

/* The logarithm of what each of k draws for an image is worth: log p(x|z) + log p(z) - log q(z|x).
 * The last two are, but for what cancels, the sum of (eps^2 + logvar - z^2) / 2. */
static inline void draw_worths(Module *net, const Images *images, real *x, int k, Rng *rng,
                               double worth[k])
{
    const int m = images->test.x_size;
    const Codes q = vae_encode(net, nn_images(images->size, 1, x));
    const int d = columns_of(q.mu);
    const Shape shape = ag_shape(2, k, d);
    real *eps = noise_for(ag_zeros(shape), rng), *room = ag_alloc_reals(m);
    const Tensor *z = sample(ag_expand(q.mu, shape), ag_expand(q.logvar, shape), eps);
    const Tensor *logits = vae_decode(net, ag_wrap(shape, z->data));
    for (int l = 0; l < k; l++) {
        worth[l] = -(double)pixels_of(m, logits->data + (ptrdiff_t)l * m, x, room);
        for (int j = 0; j < d; j++) {
            const double e = (double)eps[l * d + j], at = (double)z->data[l * d + j];
            worth[l] += (e * e + (double)q.logvar->data[j] - at * at) / 2;
        }
    }
}

/* log(1/k sum_l exp(w_l)) */
static inline double log_mean_exp(int k, const double w[k])
{
    double max = w[0], sum = 0;
    for (int l = 1; l < k; l++)
        max = fmax(max, w[l]);
    for (int l = 0; l < k; l++)
        sum += exp(w[l] - max);
    return max + log(sum / k);
}

/* The bound of 1, 10 and 100 draws, each a mean over groups of the same 100. */
static inline void print_bounds(const Options *options, Module *net, const Images *images)
{
    static const int draws[] = {1, 10, MOST_DRAWS};
    const Dataset *test = &images->test;
    const int n = test->length < BOUNDED ? test->length : BOUNDED;
    double bound[3] = {0}, worth[MOST_DRAWS];
    Rng rng;
    rng_seed(&rng, options->seed);
    ag_no_grad_begin();
    for (int i = 0; i < n; i++) {
        draw_worths(net, images, test->x + (ptrdiff_t)i * test->x_size, MOST_DRAWS, &rng, worth);
        for (int b = 0; b < 3; b++)
            for (int l = 0; l < MOST_DRAWS; l += draws[b])
                bound[b] += log_mean_exp(draws[b], worth + l) * draws[b] / MOST_DRAWS / n;
        ag_reset();
    }
    ag_no_grad_end();
    printf("\nThe bound of the first, on %d of them, by 1, 10 and 100 draws: %.1f %.1f %.1f\n", n,
           bound[0], bound[1], bound[2]);
    fact_that("more draws make a higher bound", bound[0] < bound[1] && bound[1] < bound[2]);
}

#endif
