/* 14_dropout_and_modes_modes.h: networks with batch norm, judged in the wrong mode, and in the
 * right one too early. */
#ifndef CHAPTER_14_DROPOUT_AND_MODES_MODES_H
#define CHAPTER_14_DROPOUT_AND_MODES_MODES_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "14_dropout_and_modes_nets.h"
#include "error.h"
#include "workbook/plot.h"
#include "workbook/runlog.h"

/* -- train mode, and no trace of it ----------------------------------------------------------- */

enum { MOST_BUFFERS = 4, MOST_CHANNELS = 16 };

/* The running statistics of a network, and what they were: whoever judges in train mode moves
 * them. */
typedef struct {
    int count;
    Tensor *tensor[MOST_BUFFERS];
    real kept[MOST_BUFFERS][MOST_CHANNELS];
} Kept;

static inline void keep(const char *path, const ModuleTensor *m, void *context)
{
    Kept *k = context;
    (void)path;
    if (m->buffer && m->tensor) {
        memcpy(k->kept[k->count], m->tensor->data, (size_t)m->tensor->size * sizeof(real));
        k->tensor[k->count++] = m->tensor;
    }
}

/* How many are right in train mode, in batches of so many, in percent. */
static inline double judge_in_train_mode(Module *net, const Dataset *data, int batch)
{
    Kept k = {0};
    nn_each(net, keep, &k);
    nn_train(net, true);
    double right = nn_score(net, digit_size, data, batch, NULL).right;
    for (int i = 0; i < k.count; i++)
        memcpy(k.tensor[i]->data, k.kept[i], (size_t)k.tensor[i]->size * sizeof(real));
    return right;
}

/* -- eval mode too early ---------------------------------------------------------------------- */

enum { TRIES = 6 };

static const int try_at[TRIES] = {5, 10, 20, 40, 60, 96};

/* How many are right in eval mode, and by the statistics of all the test images together. */
typedef struct {
    int tried;
    double eval[TRIES][SEEDS], own[TRIES][SEEDS];
} Early;

/* Returns whether this is a step to try at. */
static inline bool try_early(Early *early, int step, int seeds, const Learner learner[SEEDS],
                             const Dataset *test)
{
    if (early->tried == TRIES || step != try_at[early->tried])
        return false;
    for (int s = 0; s < seeds; s++) {
        Module *net = learner[s].net;
        early->eval[early->tried][s] = judge_in_eval_mode(net, test).right;
        early->own[early->tried][s] = judge_in_train_mode(net, test, test->length);
    }
    early->tried++;
    return true;
}

static inline void print_early(const Early *early, int seeds)
{
    printf("\nEval mode too early, at 0.1, right, %%:\n");
    printf("  steps   start's share   running statistics   those of the test images\n");
    for (int k = 0; k < early->tried; k++) {
        Mean eval = mean_of(seeds, early->eval[k]), own = mean_of(seeds, early->own[k]);
        printf("  %5d %15.4f %13.1f +- %.1f %15.1f +- %.1f\n", try_at[k], pow(0.9, try_at[k]),
               eval.mean, eval.error, own.mean, own.error);
    }
}

/* -- train mode left on ----------------------------------------------------------------------- */

enum { BATCHES = 8 };

static const int batches[BATCHES] = {1, 2, 4, 8, 16, 50, 100, 200};

/* The test images in a random order, and one class after the other; they come in turn. */
static inline void two_orders(uint64_t seed, int n, int order[2][n])
{
    Rng rng;
    rng_seed(&rng, seed);
    rng_permutation(&rng, n, order[0]);
    for (int i = 0; i < n; i++)
        order[1][i] = i % (n / CLASSES) * CLASSES + i / (n / CLASSES);
}

static inline Mean train_mode(int seeds, const Learner learner[SEEDS], const Dataset *test,
                              int batch, int *order)
{
    double right[SEEDS];
    Dataset ordered = *test;
    ordered.index = order;
    for (int s = 0; s < seeds; s++)
        right[s] = judge_in_train_mode(learner[s].net, &ordered, batch);
    return mean_of(seeds, right);
}

static inline bool try_batches(const Options *options, int seeds, const Learner learner[SEEDS],
                               const Dataset *test, Mean eval, int (*order)[test->length])
{
    RunLog log;
    if (!runlog_open(
            &log, options->out, "modes",
            "batch,any order,sorted by class,eval mode,error of any order,error of sorted"))
        return false;
    printf("  train mode, batches of    any order   sorted by class\n");
    for (int b = 0; b < BATCHES && batches[b] <= test->length; b++) {
        Mean any = train_mode(seeds, learner, test, batches[b], order[0]);
        Mean sorted = train_mode(seeds, learner, test, batches[b], order[1]);
        printf("  %22d %7.1f +- %.1f %10.1f +- %.1f\n", batches[b], any.mean, any.error,
               sorted.mean, sorted.error);
        runlog_row(&log, (double[]){batches[b], any.mean, sorted.mean, eval.mean, any.error,
                                    sorted.error});
    }
    return runlog_close(&log) && plot_draw_file(options, "modes", "chapters/14_modes.gp");
}

static inline bool learn_modes(const Options *options, int seeds, const Learner learner[SEEDS],
                               const Dataset *test)
{
    double right[SEEDS];
    int(*order)[test->length] = malloc(2 * sizeof *order);
    if (!order)
        error_stop("no memory for %d images", test->length);
    two_orders(options->seed, test->length, order);
    for (int s = 0; s < seeds; s++)
        right[s] = judge_in_eval_mode(learner[s].net, test).right;
    Mean eval = mean_of(seeds, right);
    printf("\nThe same networks at the end, right, %%: eval mode %.1f +- %.1f\n", eval.mean,
           eval.error);
    bool done = try_batches(options, seeds, learner, test, eval, order);
    free(order);
    return done;
}

#endif
