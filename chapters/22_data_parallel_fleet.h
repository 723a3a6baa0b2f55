/* 22_data_parallel_fleet.h: four ranks in one process, each with weights of its own, that add up
 * what they have in the right way and in wrong ones. */
#ifndef CHAPTER_22_DATA_PARALLEL_FLEET_H
#define CHAPTER_22_DATA_PARALLEL_FLEET_H

#include <stdio.h>
#include <stdlib.h>

#include "22_data_parallel_training.h"
#include "workbook/fact.h"
#include "workbook/plot.h"

enum { FLEET = 4, FLEET_STEPS = 150, FLEET_SEEDS = 3 };

/* How a batch is cut, what its parts' gradients become, and where the weights begin. */
typedef enum { EVEN, UNEVEN, ALL_THE_SAME, NOT_CUT } Cut;
typedef enum { WEIGHTED, MEAN_OF_MEANS, SUMMED, KEPT } Adding;
typedef struct {
    const char *name;
    Cut cut;
    Adding adding;
    bool own_starts;
} Plan;

enum { PLANS = 7 };
static const Plan plans[PLANS] = {{"four equal parts, averaged", EVEN, WEIGHTED, false},
                                  {"40 12 8 4, weighted", UNEVEN, WEIGHTED, false},
                                  {"40 12 8 4, the mean of means", UNEVEN, MEAN_OF_MEANS, false},
                                  {"summed, not averaged", EVEN, SUMMED, false},
                                  {"each rank its own start", EVEN, WEIGHTED, true},
                                  {"nothing exchanged", EVEN, KEPT, false},
                                  {"all ranks the same part", ALL_THE_SAME, WEIGHTED, false}};

typedef struct {
    const Plan *plan;
    int ranks;
    Learner rank[FLEET];
} Fleet;

static inline void fleet_begin(Fleet *f, const Plan *plan, const Digits *d, int batch, double lr,
                               uint64_t seed)
{
    f->plan = plan;
    f->ranks = plan->cut == NOT_CUT ? 1 : FLEET;
    for (int r = 0; r < f->ranks; r++) {
        const uint64_t start = plan->own_starts ? seed + 100 * (uint64_t)r : seed;
        pupil_begin(&f->rank[r], NO_NORM, &d->train, batch, lr, start);
        if (start != seed) { /* other weights, the same batches */
            loader_free(&f->rank[r].loader);
            f->rank[r].loader = loader_new(&d->train, f->rank[0].loader.options);
        }
    }
}

static inline void fleet_free(Fleet *f)
{
    for (int r = 0; r < f->ranks; r++)
        learner_free(&f->rank[r]);
}

/* -- a step ----------------------------------------------------------------------------------- */

/* Where rank r's part of n examples begins. In 64ths; uneven ones are 40, 12, 8 and 4. */
static inline int part_begin(Cut cut, int n, int r)
{
    static const int uneven[FLEET + 1] = {0, 40, 52, 60, 64};
    return cut == UNEVEN ? n * uneven[r] / 64 : cut == NOT_CUT ? n * r : n * r / FLEET;
}

/* Each rank's gradient of its own part. weight[r] is what it counts for. */
static inline void fleet_look(Fleet *f, real weight[FLEET])
{
    for (int r = 0; r < f->ranks; r++) {
        Learner *l = &f->rank[r];
        if (!loader_next(&l->loader))
            loader_next(&l->loader);
        const int batch = l->loader.n, part = f->plan->cut == ALL_THE_SAME ? 0 : r;
        const int first = part_begin(f->plan->cut, batch, part);
        const int n = part_begin(f->plan->cut, batch, part + 1) - first;
        const Adding adding = f->plan->adding;
        weight[r] = adding == SUMMED                                     ? 1
                    : adding == WEIGHTED && f->plan->cut != ALL_THE_SAME ? (real)n / (real)batch
                                                                         : 1 / (real)f->ranks;
        optim_zero_grad(l->optim);
        ag_backward(nn_class_loss(l->net, digit_size, n,
                                  l->loader.x + (size_t)first * (size_t)l->loader.x_size,
                                  l->loader.y + first));
        ag_reset();
    }
}

/* Gradient number i of all ranks becomes the sum of them, weighted, added as in a tree of four. */
static inline void fleet_add(Fleet *f, int i, const real weight[FLEET])
{
    Tensor *x[FLEET] = {f->rank[0].parameters[i]};
    for (int r = 1; r < f->ranks; r++)
        x[r] = f->rank[r].parameters[i];
    for (int at = 0; at < x[0]->size; at++) {
        real rows[FLEET][1];
        for (int r = 0; r < f->ranks; r++)
            rows[r][0] = weight[r] * x[r]->grad[at];
        tree_sum(f->ranks, 1, rows);
        for (int r = 0; r < f->ranks; r++)
            x[r]->grad[at] = rows[0][0];
    }
}

static inline void fleet_step(Fleet *f)
{
    real weight[FLEET];
    fleet_look(f, weight);
    for (int i = 0; i < f->rank[0].n && f->plan->adding != KEPT; i++)
        fleet_add(f, i, weight);
    for (int r = 0; r < f->ranks; r++)
        optim_step(f->rank[r].optim);
}

/* -- how far apart ---------------------------------------------------------------------------- */

/* The largest difference of a weight. */
static inline double apart(const Learner *a, const Learner *b)
{
    double most = 0;
    for (int i = 0; i < a->n; i++)
        for (int at = 0; at < a->parameters[i]->size; at++) {
            const double difference =
                fabs((double)a->parameters[i]->data[at] - (double)b->parameters[i]->data[at]);
            most = difference > most ? difference : most;
        }
    return most;
}

/* What has become of a plan: what is known of new digits, in percent, how far rank 0 is from one
 * process, and from the last rank. */
typedef struct {
    double known, from_one, from_each_other;
} Outcome;

/* All plans, beside one process that has the whole batch, on the same batches. */
typedef struct {
    Fleet one, plan[PLANS];
} Race;

static inline Race *race_new(const Digits *d, int batch, uint64_t seed)
{
    static const Plan whole = {"one process", NOT_CUT, WEIGHTED, false};
    Race *race = malloc(sizeof *race);
    if (!race)
        error_stop("no memory for the ranks");
    fleet_begin(&race->one, &whole, d, batch, lr_of_lesson, seed);
    for (int k = 0; k < PLANS; k++)
        fleet_begin(&race->plan[k], &plans[k], d, batch, lr_of_lesson, seed);
    return race;
}

static inline void race_free(Race *race)
{
    fleet_free(&race->one);
    for (int k = 0; k < PLANS; k++)
        fleet_free(&race->plan[k]);
    free(race);
}

/* A row: the step, and how far each plan has come from one process. */
static inline void race_row(RunLog *log, const Race *race, int step)
{
    double row[1 + PLANS] = {step};
    for (int k = 0; k < PLANS; k++)
        row[1 + k] = apart(&race->one.rank[0], &race->plan[k].rank[0]);
    runlog_row(log, row);
}

/* Adds what becomes of each plan from this start. log: NULL, or where the distances go. */
static inline void race_run(const Options *options, const Digits *d, uint64_t seed, RunLog *log,
                            Outcome sum[PLANS])
{
    const int steps = options->quick ? 2 : FLEET_STEPS;
    Race *race = race_new(d, options->quick ? 16 : BATCH, seed);
    for (int step = 1; step <= steps && !interrupt_anywhere(); step++) {
        fleet_step(&race->one);
        for (int k = 0; k < PLANS; k++)
            fleet_step(&race->plan[k]);
        if (log && (step % 5 == 0 || step == steps))
            race_row(log, race, step);
    }
    for (int k = 0; k < PLANS; k++) {
        const Fleet *f = &race->plan[k];
        sum[k].known += nn_accuracy(f->rank[0].net, digit_size, &d->test);
        sum[k].from_one += apart(&race->one.rank[0], &f->rank[0]);
        sum[k].from_each_other += apart(&f->rank[0], &f->rank[f->ranks - 1]);
    }
    race_free(race);
}

static inline void race_facts(const Outcome sum[PLANS])
{
    fact_that("the mean of means knows less", sum[2].known < sum[1].known - 3 * FLEET_SEEDS);
    fact_that("summed, nothing is learnt", sum[3].known < 40 * FLEET_SEEDS);
    fact_that("with starts of their own they train", sum[4].known > 50 * FLEET_SEEDS);
    fact_that("nothing exchanged is as good as a quarter of the batch",
              sum[5].known == sum[6].known);
}

/* False with error_text() set. */
static inline bool race_all(const Options *options, const Digits *d)
{
    const int seeds = options->quick ? 1 : FLEET_SEEDS;
    Outcome sum[PLANS] = {{0}};
    RunLog log;
    if (!runlog_open(&log, options->out, "drift",
                     "step,even,uneven,mean of means,summed,own starts,kept,same part"))
        return false;
    for (int s = 0; s < seeds; s++)
        race_run(options, d, options->seed + (uint64_t)s, s == 0 ? &log : NULL, sum);
    if (interrupt_anywhere()) {
        runlog_discard(&log);
        return true;
    }
    printf("\nFour ranks, %d steps of %d, mean of %d starts: known of new digits in percent, and "
           "the\nlargest difference of a weight, from one process and from rank to rank:\n",
           options->quick ? 2 : FLEET_STEPS, options->quick ? 16 : BATCH, seeds);
    for (int k = 0; k < PLANS; k++)
        printf("  %-30s %5.1f  %8.2g  %8.2g\n", plans[k].name, sum[k].known / seeds,
               sum[k].from_one / seeds, sum[k].from_each_other / seeds);
    if (!options->quick && options->seed == 42)
        race_facts(sum);
    return runlog_close(&log) && plot_draw_file(options, "drift", "chapters/22_drift.gp");
}

#endif
