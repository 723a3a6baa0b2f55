/* 14_dropout_and_modes_dropout.h: what dropout does to training: few images, more of them, and few
 * with wrong labels among them; with dropout and without, from several seeds, side by side. */
#ifndef CHAPTER_14_DROPOUT_AND_MODES_DROPOUT_H
#define CHAPTER_14_DROPOUT_AND_MODES_DROPOUT_H

#include <stdio.h>
#include <stdlib.h>

#include "14_dropout_and_modes_nets.h"
#include "error.h"
#include "workbook/fact.h"
#include "workbook/plot.h"
#include "workbook/training.h"

enum { SETTINGS = 3, DROPS = 2, STEPS = 600, EARLY = 6, ROWS = 24, QUICK_ROWS = 3 };

static const double lr_of_lesson = 1e-3, drop[DROPS] = {0, 0.5};

static const struct {
    int images;
    double wrong; /* share of the labels */
} setting[SETTINGS] = {{500, 0}, {1000, 0}, {500, 0.3}};

/* Scores after a sixth of the steps, and at the end. */
typedef struct {
    int seeds;
    Dataset test, train[SETTINGS][SEEDS];
    Learner learner[SETTINGS][DROPS][SEEDS];
    Score early[SETTINGS][DROPS][SEEDS], trained[SETTINGS][DROPS][SEEDS];
    Score on_train[SETTINGS][DROPS][SEEDS];
} Drops;

/* Gives this share of the images another label than theirs. */
static inline void mislabel(uint64_t seed, double share, Dataset *data)
{
    Rng rng;
    rng_seed(&rng, seed);
    for (int i = 0; i < data->length; i++) {
        bool is_wrong = rng_uniform(&rng) < share;
        int off = 1 + rng_below(&rng, CLASSES - 1);
        if (is_wrong)
            data->y[i] = (real)(((int)data->y[i] + off) % CLASSES);
    }
}

static inline Drops *drops_new(const Options *options)
{
    Drops *all = calloc(1, sizeof *all);
    if (!all)
        error_stop("no memory for the networks");
    all->seeds = options->quick ? 1 : SEEDS;
    all->test = test_digits(options);
    for (int s = 0; s < all->seeds; s++)
        for (int k = 0; k < SETTINGS; k++) {
            uint64_t seed = options->seed + (uint64_t)s;
            Dataset *train = &all->train[k][s];
            *train = digits_draw(seed, options->quick ? 50 : setting[k].images, hands);
            mislabel(seed, setting[k].wrong, train);
            for (int d = 0; d < DROPS; d++) {
                Learner *l = &all->learner[k][d][s];
                rng_seed(&l->rng, seed);
                begin(l, mlp(options, &l->rng, drop[d]), train, options->batch, seed);
                optim_adam(l->optim, adam_defaults(options->lr));
                optim_add(l->optim, l->n, l->parameters);
            }
        }
    return all;
}

static inline void drops_free(Drops *all)
{
    for (int s = 0; s < all->seeds; s++)
        for (int k = 0; k < SETTINGS; k++) {
            for (int d = 0; d < DROPS; d++)
                learner_free(&all->learner[k][d][s]);
            dataset_free(&all->train[k][s]);
        }
    dataset_free(&all->test);
    free(all);
}

/* One step of every network. Returns the mean of their losses. */
static inline double drops_step(Drops *all)
{
    double sum = 0;
    for (int k = 0; k < SETTINGS; k++)
        for (int d = 0; d < DROPS; d++)
            for (int s = 0; s < all->seeds; s++)
                sum += take_step(&all->learner[k][d][s]);
    return sum / (SETTINGS * DROPS * all->seeds);
}

static inline void drops_judge(const Drops *all, Score score[SETTINGS][DROPS][SEEDS],
                               Score on_train[SETTINGS][DROPS][SEEDS])
{
    for (int k = 0; k < SETTINGS; k++)
        for (int d = 0; d < DROPS; d++)
            for (int s = 0; s < all->seeds; s++) {
                Module *net = all->learner[k][d][s].net;
                score[k][d][s] = judge_in_eval_mode(net, &all->test);
                on_train[k][d][s] = judge_in_eval_mode(net, &all->train[k][s]);
            }
}

/* The log has the test losses of the first seed, and the gradient of its first weights. */
static inline TrainingEnd drops_train(const Options *options, Drops *all)
{
    Training t;
    long every = options->steps / (options->quick ? QUICK_ROWS : ROWS) + 1;
    const Tensor *first = all->learner[0][0][0].parameters[0];
    if (!training_begin(&t, options, "dropout",
                        "step,500 images [nats],500 with dropout [nats],1000 images [nats],"
                        "1000 with dropout [nats],500 some wrong [nats],"
                        "500 some wrong with dropout [nats]",
                        options->steps, every))
        return NOT_LOGGED;
    while (training_next(&t)) {
        double loss = drops_step(all);
        training_loss(&t, loss, options->lr, first->size, first->grad);
        if (t.step == options->steps / EARLY)
            drops_judge(all, all->early, all->on_train);
        if (training_row_due(&t)) {
            double row[1 + SETTINGS * DROPS] = {(double)t.step}, right = 0;
            for (int k = 0; k < SETTINGS; k++)
                for (int d = 0; d < DROPS; d++) {
                    Score score = judge_in_eval_mode(all->learner[k][d][0].net, &all->test);
                    row[1 + DROPS * k + d] = score.loss;
                    right += score.right / (SETTINGS * DROPS);
                }
            training_mean(&t);
            training_say(&t, "%.1f %% right", right);
            training_row(&t, row);
        }
    }
    return training_end(&t);
}

static inline void print_drop(const Drops *all, int k, int d, const Score on_train[SEEDS],
                              const Score test[SEEDS])
{
    int seeds = all->seeds;
    double losses[SEEDS], rights[SEEDS], train = 0;
    char name[64], wrong[32] = "";
    for (int s = 0; s < seeds; s++) {
        train += on_train[s].loss / seeds;
        losses[s] = test[s].loss;
        rights[s] = test[s].right;
    }
    Mean loss = mean_of(seeds, losses), right = mean_of(seeds, rights);
    if (setting[k].wrong > 0)
        snprintf(wrong, sizeof wrong, ", %g %% wrong", 100 * setting[k].wrong);
    snprintf(name, sizeof name, "%d%s", all->train[k][0].length, wrong);
    printf("  %-16s %4g %10.3f %9.2f +- %.2f %8.1f +- %.1f\n", name, drop[d], train, loss.mean,
           loss.error, right.mean, right.error);
}

static inline void print_drops(const Drops *all, long steps,
                               const Score on_train[SETTINGS][DROPS][SEEDS],
                               const Score test[SETTINGS][DROPS][SEEDS])
{
    printf("After %ld step%s, over %d seed%s:\n", steps, steps > 1 ? "s" : "", all->seeds,
           all->seeds > 1 ? "s" : "");
    printf("  images              p   train loss   test loss       right, %%\n");
    for (int k = 0; k < SETTINGS; k++)
        for (int d = 0; d < DROPS; d++)
            print_drop(all, k, d, on_train[k][d], test[k][d]);
}

static inline double mean_loss(int seeds, const Score score[SEEDS])
{
    double sum = 0;
    for (int s = 0; s < seeds; s++)
        sum += score[s].loss;
    return sum / seeds;
}

static inline void drops_report(const Options *options, Drops *all)
{
    printf("\nDropout, MLP 784-256-256-10, steps of %d images, Adam at %g:\n", options->batch,
           options->lr);
    if (options->steps >= EARLY)
        print_drops(all, options->steps / EARLY, all->on_train, all->early);
    drops_judge(all, all->trained, all->on_train);
    print_drops(all, options->steps, all->on_train, all->trained);
    if (options->steps == STEPS && options->lr == lr_of_lesson && all->seeds == SEEDS)
        fact_that("dropout lowers the test loss on 1000 images",
                  mean_loss(SEEDS, all->trained[1][1]) < mean_loss(SEEDS, all->trained[1][0]));
}

static inline bool learn_with_dropout(const Options *options)
{
    Drops *all = drops_new(options);
    TrainingEnd end = drops_train(options, all);
    if (end == TRAINED)
        drops_report(options, all);
    bool done =
        end != NOT_LOGGED &&
        training_succeeded(end, plot_draw_file(options, "dropout", "chapters/14_dropout.gp"));
    ag_reset();
    drops_free(all);
    return done;
}

#endif
