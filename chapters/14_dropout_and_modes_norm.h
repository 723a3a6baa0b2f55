/* 14_dropout_and_modes_norm.h: what batch norm does to the first steps of a LeNet, at three
 * learning rates, from several seeds, side by side. */
#ifndef CHAPTER_14_DROPOUT_AND_MODES_NORM_H
#define CHAPTER_14_DROPOUT_AND_MODES_NORM_H

#include <stdio.h>
#include <stdlib.h>

#include "14_dropout_and_modes_modes.h"
#include "error.h"
#include "workbook/fact.h"
#include "workbook/plot.h"
#include "workbook/training.h"

enum {
    RATES = 3,
    LOOKED_AT = 1,
    NORM_STEPS = 96,
    QUICK_STEPS = 8,
    NORM_BATCH = 64,
    QUICK_BATCH = 10
};

static const double rate[RATES] = {0.02, 0.1, 0.5};

/* Without and with batch norm. The early tries are those of rate[LOOKED_AT] with it. */
typedef struct {
    int seeds, batch;
    Dataset test, train;
    Learner learner[RATES][2][SEEDS];
    Early early;
} Norms;

static inline Norms *norms_new(const Options *options)
{
    Norms *all = calloc(1, sizeof *all);
    if (!all)
        error_stop("no memory for the networks");
    all->seeds = options->quick ? 1 : SEEDS;
    all->batch = options->quick ? QUICK_BATCH : NORM_BATCH;
    all->test = test_digits(options);
    all->train = digits_draw(options->seed, options->quick ? 50 : 2000, hands);
    for (int r = 0; r < RATES; r++)
        for (int norm = 0; norm < 2; norm++)
            for (int s = 0; s < all->seeds; s++) {
                Learner *l = &all->learner[r][norm][s];
                uint64_t seed = options->seed + (uint64_t)s;
                rng_seed(&l->rng, seed);
                begin(l, lenet(options, &l->rng, norm), &all->train, all->batch, seed);
                optim_sgd(l->optim, (Sgd){.lr = rate[r]});
                optim_add(l->optim, l->n, l->parameters);
            }
    return all;
}

static inline void norms_free(Norms *all)
{
    for (int r = 0; r < RATES; r++)
        for (int norm = 0; norm < 2; norm++)
            for (int s = 0; s < all->seeds; s++)
                learner_free(&all->learner[r][norm][s]);
    dataset_free(&all->test);
    dataset_free(&all->train);
    free(all);
}

/* One step of every network. Adds the mean losses over the seeds to `sums`, and returns the mean of
 * all. */
static inline double norms_step(Norms *all, double sums[RATES][2])
{
    double sum = 0;
    for (int r = 0; r < RATES; r++)
        for (int norm = 0; norm < 2; norm++)
            for (int s = 0; s < all->seeds; s++) {
                double loss = take_step(&all->learner[r][norm][s]) / all->seeds;
                sums[r][norm] += loss;
                sum += loss / (2 * RATES);
            }
    return sum;
}

/* The log has the means of the batches' losses over the seeds since the row before, and the
 * gradient of the first weights of the first network. */
static inline TrainingEnd norms_train(const Options *options, Norms *all)
{
    enum { EVERY = 4 };
    Training t;
    double sums[RATES][2] = {{0}};
    const Tensor *first = all->learner[0][0][0].parameters[0];
    if (!training_begin(&t, options, "norm",
                        "step,rate 0.02 [nats],0.02 with batch norm [nats],rate 0.1 [nats],"
                        "0.1 with batch norm [nats],rate 0.5 [nats],0.5 with batch norm [nats]",
                        options->quick ? QUICK_STEPS : NORM_STEPS, EVERY))
        return NOT_LOGGED;
    training_epoch(&t, loader_batches(&all->learner[0][0][0].loader));
    while (training_next(&t)) {
        double loss = norms_step(all, sums);
        training_loss(&t, loss, rate[0], first->size, first->grad);
        if (try_early(&all->early, (int)t.step, all->seeds, all->learner[LOOKED_AT][1], &all->test))
            training_say(&t, "%.1f %% right at %g",
                         mean_of(all->seeds, all->early.eval[all->early.tried - 1]).mean,
                         rate[LOOKED_AT]);
        if (training_row_due(&t)) {
            double row[1 + 2 * RATES] = {(double)t.step};
            for (int r = 0; r < RATES; r++)
                for (int norm = 0; norm < 2; norm++)
                    row[1 + 2 * r + norm] = sums[r][norm] / EVERY;
            training_mean(&t);
            training_row(&t, row);
            memset(sums, 0, sizeof sums);
        }
    }
    return training_end(&t);
}

/* Accuracies in eval mode, without batch norm and with it. Returns by how much it helps at one. */
static inline double print_rates(const Norms *all, long steps)
{
    double gained = 0;
    printf("\nBatch norm, LeNet-5 on %d digits, %ld steps of %d, SGD; right of %d, %%:\n",
           all->train.length, steps, all->batch, all->test.length);
    printf("  learning rate        without    with batch norm\n");
    for (int r = 0; r < RATES; r++) {
        double right[2][SEEDS];
        for (int norm = 0; norm < 2; norm++)
            for (int s = 0; s < all->seeds; s++)
                right[norm][s] = judge_in_eval_mode(all->learner[r][norm][s].net, &all->test).right;
        Mean without = mean_of(all->seeds, right[0]), with = mean_of(all->seeds, right[1]);
        printf("  %-13g %8.1f +- %.1f %8.1f +- %.1f\n", rate[r], without.mean, without.error,
               with.mean, with.error);
        if (r == LOOKED_AT)
            gained = with.mean - without.mean;
    }
    return gained;
}

static inline bool learn_with_norm(const Options *options)
{
    Norms *all = norms_new(options);
    TrainingEnd end = norms_train(options, all);
    bool done = end != NOT_LOGGED;
    if (end == TRAINED) {
        double gained = print_rates(all, options->quick ? QUICK_STEPS : NORM_STEPS);
        if (!options->quick)
            fact_that("batch norm speeds the first steps up", gained > 20);
        print_early(&all->early, all->seeds);
        done = learn_modes(options, all->seeds, all->learner[LOOKED_AT][1], &all->test);
    }
    done = done && training_succeeded(end, plot_draw_file(options, "norm", "chapters/14_norm.gp"));
    ag_reset();
    norms_free(all);
    return done;
}

#endif
