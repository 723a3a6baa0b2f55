/* 03_races.h: six rules down the bowl and along the valley, and the one of them that never comes to
 * rest. */
#ifndef CHAPTER_03_RACES_H
#define CHAPTER_03_RACES_H

#include <stdio.h>
#include <stdlib.h>

#include "03_landscapes.h"
#include "03_optimizers.h"
#include "workbook/fact.h"
#include "workbook/options.h"
#include "workbook/runlog.h"

enum { RULES = 6, DRAWN = 3000 };

typedef struct {
    const Landscape *landscape;
    real start[2];
    int steps;
    Rule rule[RULES];
    int arrived[RULES]; /* the step after which the loss is at most 1e-6; 0: never */
} Race;

/* SGD's settings are those that the lesson derives for curvatures 1 and 25; Adam's lr was tried. */
static const Race down_the_bowl = {
    .landscape = &bowl,
    .start = {10, 2},
    .steps = 300,
    .rule = {{"SGD", SGD, .sgd = {.lr = 1.0 / 13}},
             {"momentum", SGD, .sgd = {.lr = 1.0 / 9, .momentum = 4.0 / 9}},
             {"Nesterov", SGD, .sgd = {.lr = 1.0 / 25, .momentum = 2.0 / 3, .nesterov = true}},
             {"Adam", ADAM, .adam = {0.8, ADAM_SETTINGS}},
             {"AMSGrad", ADAM, .adam = {0.8, ADAM_SETTINGS, .amsgrad = true}},
             {"AdamW", ADAMW, .adam = {0.8, ADAM_SETTINGS, .weight_decay = 0.1}}},
    .arrived = {116, 32, 50, 144, 145, 91}};

static const Race along_the_valley = {
    .landscape = &valley,
    .start = {-1.2, 1},
    .steps = 20000,
    .rule = {{"SGD", SGD, .sgd = {.lr = 0.001}},
             {"momentum", SGD, .sgd = {.lr = 0.001, .momentum = 0.9}},
             {"Nesterov", SGD, .sgd = {.lr = 0.001, .momentum = 0.9, .nesterov = true}},
             {"Adam", ADAM, .adam = {0.02, ADAM_SETTINGS}},
             {"AMSGrad", ADAM, .adam = {0.02, ADAM_SETTINGS, .amsgrad = true}},
             {"AdamW", ADAMW, .adam = {0.02, ADAM_SETTINGS, .weight_decay = 0.01}}},
    .arrived = {15068, 1386, 1426, 2874, 6024, 0}};

/* Goes down by rule r. Returns after how many steps the loss was small enough. path gets the first
 * DRAWN places, in the columns of this rule. */
static inline int descend(const Race *race, int r, double path[DRAWN][2 * RULES])
{
    real p[2] = {race->start[0], race->start[1]}, dp[2];
    Memory memory = {0};
    int arrived = 0;
    for (int t = 1; t <= race->steps; t++) {
        for (int i = 0; i < 2 && t <= DRAWN; i++)
            path[t - 1][2 * r + i] = (double)p[i];
        race->landscape->backward(p, dp);
        step_by_hand(2, t, &race->rule[r], dp, &memory, p);
        if (!arrived && race->landscape->forward(p) <= (real)1e-6)
            arrived = t;
    }
    return arrived;
}

/* Along the valley the loss falls by less than a thousandth a step, so with the rounding of float
 * it may pass a bound a few steps in ten thousand sooner or later. In double each step counts. */
static inline void check_steps(const Rule *rule, int found, int expected)
{
    char more[32] = "";
    double decay = rule->adam.weight_decay;
    if (rule->sgd.momentum > 0)
        snprintf(more, sizeof more, "momentum %.4f", rule->sgd.momentum);
    else if (decay > 0)
        snprintf(more, sizeof more, "decay %g", decay);
    printf("  %-10s lr %-8.4g %-16s %6d\n", rule->name,
           rule->kind == SGD ? rule->sgd.lr : rule->adam.lr, more, found);
    fact_that(rule->name, abs(found - expected) <= 2000 * (double)REAL_EPSILON * expected);
}

/* A table of the steps they took, and a log of their paths. */
static inline bool run_race(const Options *options, const Race *race)
{
    static double path[DRAWN][2 * RULES];
    const char *name = race->landscape->name;
    RunLog log;
    printf("\nThe %s from (%g, %g): steps until the loss is 1e-6 (0: not in %d)\n", name,
           (double)race->start[0], (double)race->start[1], race->steps);
    for (int r = 0; r < RULES; r++)
        check_steps(&race->rule[r], descend(race, r, path), race->arrived[r]);
    if (!runlog_open(&log, options->out, name,
                     "SGD,y,momentum,y,Nesterov,y,Adam,y,AMSGrad,y,AdamW,y"))
        return false;
    for (int t = 0; t < DRAWN && t < race->steps; t++)
        runlog_row(&log, path[t]);
    return runlog_close(&log);
}

/* AdamW in the valley, steps 10,001 to 20,000: between which losses it goes up and down. */
static inline void study_rest(double decay, int decimals, double lowest)
{
    const Rule rule = {"AdamW", ADAMW, .adam = {0.02, ADAM_SETTINGS, .weight_decay = decay}};
    real p[2] = {-1.2, 1}, dp[2];
    Memory memory = {0};
    double low = 1, high = 0;
    for (int t = 1; t <= 20000; t++) {
        valley_backward(p, dp);
        step_by_hand(2, t, &rule, dp, &memory, p);
        if (t <= 10000)
            continue;
        low = fmin(low, (double)valley_forward(p));
        high = fmax(high, (double)valley_forward(p));
    }
    printf("  decay %g: the highest loss %.2f\n", decay, high);
    fact("the lowest loss", decimals, low, lowest);
    fact_that("the loss goes up and down", high > 100 * low);
}

#endif
