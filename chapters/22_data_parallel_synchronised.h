/* 22_data_parallel_synchronised.h: batch norm over the rows of all ranks, held against one process;
 * and whether it matters. */
#ifndef CHAPTER_22_DATA_PARALLEL_SYNCHRONISED_H
#define CHAPTER_22_DATA_PARALLEL_SYNCHRONISED_H

#include <stdio.h>

#include "22_data_parallel_training.h"
#include "parallel/shards.h"
#include "workbook/fact.h"

/* -- against the tape ------------------------------------------------------------------------- */

enum { IMAGES = 11, CHANNELS = 3, PIXELS = 5 };

/* The largest difference of x[first .. first + n - 1] from y[0 .. n - 1]. */
static inline double difference(int n, const real *x, const real *y)
{
    real most = 0;
    for (int i = 0; i < n; i++)
        most = fmax(most, fabs(x[i] - y[i]));
    return (double)most;
}

/* Each rank has its images on the tape, and beside them, for the judge, all of them. The loss is
 * sum dy y over all; this rank's is the mean over its own, as in a training. Adds up how far y and
 * dX are from those of the whole. */
static inline double across_error(Rng *rng)
{
    const int own = ranks_own(), p = ranks_count(), size = CHANNELS * PIXELS;
    const int first = shard_begin(IMAGES, p, own), n = shard_begin(IMAGES, p, own + 1) - first;
    const Across *stats;
    Tensor *X = table_variable(rng, ag_shape(3, IMAGES, CHANNELS, PIXELS)),
           *gain = table_variable(rng, ag_shape(1, CHANNELS)),
           *bias = table_variable(rng, ag_shape(1, CHANNELS)), *dY = table_variable(rng, X->shape);
    Tensor *whole = ag_batch_norm(X, gain, bias, 1e-5, AG_BIASED, NULL);
    ag_backward_from(whole, dY->data);
    Tensor *part = ag_variable(ag_shape(3, n, CHANNELS, PIXELS), X->data + first * size);
    Tensor *y = norm_across(part, ag_detach(gain), ag_detach(bias), &stats);
    real *share = ag_alloc_reals(n * size);
    for (int i = 0; i < n * size; i++) /* a mean over n, with n / IMAGES of the weight later */
        share[i] = dY->data[first * size + i] * IMAGES / (real)n;
    ag_backward_from(y, share);
    for (int i = 0; i < n * size; i++)
        part->grad[i] *= (real)n / IMAGES;
    const double error = difference(n * size, y->data, whole->data + first * size) +
                         difference(n * size, part->grad, X->grad + first * size);
    ag_reset();
    return error;
}

/* On all ranks there are, of which each judges its own rows. */
static inline void judge_across(uint64_t seed)
{
    Rng rng;
    double error;
    if (ranks_count() > IMAGES) {
        printf("Batch norm of 11 images is not judged: there are more ranks.\n");
        return;
    }
    rng_seed(&rng, seed);
    error = across_error(&rng);
    ranks_sum(1, &error);
    const bool holds = fact_that("batch norm across ranks is that of the whole batch",
                                 error < 2e3 * REAL_EPSILON * ranks_count());
    if (holds)
        printf(
            "Batch norm of 11 images on %d rank%s is that of all of them, forward and backward.\n",
            ranks_count(), ranks_count() == 1 ? "" : "s");
}

/* -- whether it matters ----------------------------------------------------------------------- */

/* What a LeNet knows after a training with this norm, in percent. Over all ranks each of them has
 * its part of the batch in one piece. */
static inline double learn_with(const Options *options, const Digits *d, Norm norm, int shards)
{
    Learner l;
    const long steps = options->quick ? 2 : 150;
    pupil_begin(&l, norm, &d->train, options->batch, options->lr, options->seed);
    learner_share(&l, shards);
    for (long step = 0; step < steps && !interrupt_anywhere(); step++) {
        learner_gradient(&l);
        learner_step(&l);
    }
    const double known = nn_accuracy(l.net, digit_size, &d->test);
    learner_free(&l);
    return known;
}

/* The ranks' parts have to be as many as a batch can be cut in. */
static inline void compare_norms(const Options *options, const Digits *d)
{
    const int p = ranks_count();
    if (!shards_possible(p) || p > options->batch) {
        printf("\nBatch norm over all %d is not tried on %d ranks: it takes 2, 4, 8 or so.\n",
               options->batch, p);
        return;
    }
    const double own = learn_with(options, d, NORM_OF_SHARDS, options->shards);
    const double across = learn_with(options, d, NORM_ACROSS, p);
    if (interrupt_anywhere())
        return;
    printf("\nBatch norm, %d steps: known of new digits in percent\n", options->quick ? 2 : 150);
    char text[64];
    snprintf(text, sizeof text, "over each shard of %2d by itself",
             options->batch / options->shards);
    printf("  %-32s %5.1f\n", text, own);
    snprintf(text, sizeof text, "over all %d, on %d rank%s", options->batch, p, p == 1 ? "" : "s");
    printf("  %-32s %5.1f\n", text, across);
}

#endif
