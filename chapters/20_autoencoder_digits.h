/* 20_autoencoder_digits.h: what is learnt from, clean and noisy, and what a linear map makes of it.
 */
#ifndef CHAPTER_20_AUTOENCODER_DIGITS_H
#define CHAPTER_20_AUTOENCODER_DIGITS_H

#include "20_autoencoder_linear.h"
#include "data/digits.h"
#include "data/image_set.h"
#include "error.h"
#include "workbook/options.h"

enum { TRAIN = 3000, TEST = 1000, FEW = 300, LEAST = 50, DIRECTIONS = 256 };

static const double noise_of_lesson = 0.4; /* its standard deviation; pixels are 0 to 1 */

typedef real Picture[DIGIT_PIXELS];

typedef struct {
    Dataset train, test; /* x clean, y with noise on it that never changes */
    Picture *mean, *cov; /* of the clean ones to learn from */
    Picture *directions; /* DIRECTIONS of them, the largest variance first */
} Digits;

static inline Picture *pictures_new(int n)
{
    return (Picture *)reals_new((size_t)n * DIGIT_PIXELS);
}

/* The first `most` inputs of a data set, which is freed, each with its noisy twin as the target. */
static inline Dataset with_noise(Dataset *from, int most, uint64_t seed)
{
    Rng rng;
    const int n = from->length < most ? from->length : most;
    Dataset data = dataset_new(n, DIGIT_PIXELS, DIGIT_PIXELS);
    rng_seed(&rng, seed);
    init_normal(&rng, noise_of_lesson, n * DIGIT_PIXELS, data.y);
    memcpy(data.x, from->x, (size_t)n * DIGIT_PIXELS * sizeof *data.x);
    vector_add(n * DIGIT_PIXELS, data.x, data.y);
    dataset_free(from);
    return data;
}

/* Drawn, or those in the folder that --data names. False with error_text() set. */
static inline bool images_find(const Options *options, int train, int test, ImageSet *set)
{
    const DigitOptions clean = {.hard = 1};
    if (*options->data == '\0') {
        set->train = digits_draw(options->seed, train, clean);
        set->test = digits_draw(options->seed + 1000, test, clean);
        return true;
    }
    if (!image_set_read(set, options->data, train))
        return false;
    bool fits = set->train.x_size == DIGIT_PIXELS;
    bool enough = set->train.length >= LEAST && set->test.length >= LEAST;
    if (!fits)
        error_return("%s: images of %d x %d x %d: expected 1 x %d x %d, as MNIST has them",
                     options->data, set->channels, set->h, set->w, DIGIT_SIDE, DIGIT_SIDE);
    else if (!enough)
        error_return("%s: %d images to learn from and %d new ones: expected %d or more of each",
                     options->data, set->train.length, set->test.length, LEAST);
    if (!fits || !enough)
        image_set_free(set);
    return fits && enough;
}

static inline bool digits_find(const Options *options, Digits *digits)
{
    Rng rng;
    ImageSet set;
    const int train = options->quick ? FEW : TRAIN, test = options->quick ? LEAST : TEST;
    if (!images_find(options, train, test, &set))
        return false;
    digits->train = with_noise(&set.train, train, options->seed + 1);
    digits->test = with_noise(&set.test, test, options->seed + 1001);
    digits->mean = pictures_new(1);
    digits->cov = pictures_new(DIGIT_PIXELS);
    digits->directions = pictures_new(DIRECTIONS);
    rng_seed(&rng, options->seed);
    covariance_of(digits->train.length, DIGIT_PIXELS, (const void *)digits->train.x, *digits->mean,
                  digits->cov);
    power_iteration(&rng, DIRECTIONS, DIGIT_PIXELS, options->quick ? 1 : 40, digits->cov,
                    digits->directions);
    return true;
}

static inline void digits_free(Digits *digits)
{
    dataset_free(&digits->train);
    dataset_free(&digits->test);
    free(digits->mean);
    free(digits->cov);
    free(digits->directions);
}

/* -- without a network ------------------------------------------------------------------------- */

/* What PCA makes of n images, with so many numbers for each. */
static inline void by_pca(const Digits *d, int code, int n, const Picture X[n], Picture R[n])
{
    real keep[DIRECTIONS];
    keep_first(DIRECTIONS, code, keep);
    project(n, DIRECTIONS, DIGIT_PIXELS, *d->mean, d->directions, keep, X, R);
}

/* ... and the linear map that errs least on images with this noise. */
static inline void by_best_linear(const Digits *d, int n, const Picture X[n], Picture R[n])
{
    real keep[DIRECTIONS];
    keep_by_noise(DIRECTIONS, DIGIT_PIXELS, (real)noise_of_lesson, d->cov, d->directions, keep);
    project(n, DIRECTIONS, DIGIT_PIXELS, *d->mean, d->directions, keep, X, R);
}

static inline void by_clipping(int n, const Picture X[n], Picture R[n])
{
    for (int i = 0; i < n; i++)
        for (int at = 0; at < DIGIT_PIXELS; at++)
            R[i][at] = fmin(fmax(X[i][at], 0), 1);
}

/* The mean of each pixel and its neighbours, as many as there are of them. */
static inline void by_neighbours(int n, const Picture X[n], Picture R[n])
{
    for (int i = 0; i < n; i++)
        for (int at = 0; at < DIGIT_PIXELS; at++) {
            real sum = 0, count = 0;
            for (int near = 0; near < 3 * 3; near++) {
                const int y = at / DIGIT_SIDE + near / 3 - 1, x = at % DIGIT_SIDE + near % 3 - 1;
                if (y >= 0 && y < DIGIT_SIDE && x >= 0 && x < DIGIT_SIDE) {
                    sum += X[i][y * DIGIT_SIDE + x];
                    count++;
                }
            }
            R[i][at] = sum / count;
        }
}

#endif
