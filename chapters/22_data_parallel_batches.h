/* 22_data_parallel_batches.h: as many examples in larger batches, as many ranks have them together,
 * and what that asks of the learning rate. */
#ifndef CHAPTER_22_DATA_PARALLEL_BATCHES_H
#define CHAPTER_22_DATA_PARALLEL_BATCHES_H

#include <stdio.h>

#include "22_data_parallel_training.h"
#include "nn/schedule.h"
#include "workbook/fact.h"

enum { SIZES = 3, SMALLEST = 16, EPOCHS = 10, BATCH_SEEDS = 2 };

/* One rate for all sizes; in proportion; in proportion, after a warm-up; and with its root. */
typedef enum { SAME_RATE, SCALED, WARMED, ROOT, RATES } Rate;

static inline double rate_for(Rate rate, int times)
{
    const double smallest = 0.005;
    return rate == SAME_RATE ? smallest
           : rate == ROOT    ? smallest * sqrt((double)times)
                             : smallest * times;
}

static inline int batch_of(const Options *options, int times)
{
    return (options->quick ? 1 : SMALLEST) * times;
}

/* What a LeNet with batch norm knows after so many epochs, in percent. */
static inline double learn_in_batches(const Options *options, const Digits *d, int times, Rate rate,
                                      uint64_t seed)
{
    Learner l;
    const double lr = rate_for(rate, times);
    pupil_begin(&l, NORM_OF_SHARDS, &d->train, batch_of(options, times), lr, seed);
    const long steps = options->quick ? 2 : (long)EPOCHS * loader_batches(&l.loader);
    for (long step = 0; step < steps && !interrupt_anywhere(); step++) {
        learner_gradient(&l);
        if (rate == WARMED)
            optim_set_lr(l.optim, 0, schedule_warmup(lr, 0.01, steps / 10 + 1, step));
        learner_step(&l);
    }
    const double known = nn_accuracy(l.net, digit_size, &d->test);
    learner_free(&l);
    return known;
}

/* What stands in the lesson. */
static inline void batches_facts(const double known[SIZES][RATES])
{
    fact_that("16 times the batch at the same rate learns too little",
              known[2][SAME_RATE] < known[0][SAME_RATE] - 20);
    fact_that("in proportion it learns nearly as much", known[2][SCALED] > known[0][SAME_RATE] - 5);
}

static inline void larger_batches(const Options *options, const Digits *d)
{
    static const int times[SIZES] = {1, 4, 16};
    const int seeds = options->quick ? 1 : BATCH_SEEDS;
    double known[SIZES][RATES] = {{0}};
    for (int k = 0; k < SIZES; k++)
        for (Rate rate = SAME_RATE; rate < (k == 0 ? SCALED : RATES); rate++)
            for (int s = 0; s < seeds && !interrupt_anywhere(); s++)
                known[k][rate] +=
                    learn_in_batches(options, d, times[k], rate, options->seed + (uint64_t)s) /
                    seeds;
    if (interrupt_anywhere())
        return;
    printf(
        "\nAbout as many examples (%d epochs) in larger batches, LeNet with batch norm, mean of %d "
        "starts:\nknown of new digits in percent, with one learning rate, its root, in "
        "proportion, warmed up\n",
        EPOCHS, seeds);
    printf("  %5d  %6.1f\n", batch_of(options, 1), known[0][SAME_RATE]);
    for (int k = 1; k < SIZES; k++)
        printf("  %5d  %6.1f  %6.1f  %6.1f  %6.1f\n", batch_of(options, times[k]),
               known[k][SAME_RATE], known[k][ROOT], known[k][SCALED], known[k][WARMED]);
    if (!options->quick && options->seed == 42)
        batches_facts((const void *)known);
}

#endif
