/* 03_schedules.h: the learning rate as a function of time, and what that is worth where a gradient
 * is noise for the most part. */
#ifndef CHAPTER_03_SCHEDULES_H
#define CHAPTER_03_SCHEDULES_H

#include <stdio.h>

#include "kernel/random.h"
#include "nn/schedule.h"
#include "workbook/fact.h"
#include "workbook/options.h"
#include "workbook/plot.h"
#include "workbook/runlog.h"

enum { SCHEDULES = 4, STEPS = 1000, RUNS = 10000 };

static const char *const schedule_name[SCHEDULES] = {"constant", "halved every 200",
                                                     "cosine to 0.01", "warm-up, cosine to 0"};

/* The learning rates of the picture. */
static inline void schedule_rates(double lr, double rate[SCHEDULES][STEPS])
{
    for (int t = 0; t < STEPS; t++) {
        rate[0][t] = lr;
        rate[1][t] = schedule_step(lr, 0.5, STEPS / 5, t);
        rate[2][t] = schedule_cosine(lr, 0.01, STEPS, t);
        rate[3][t] = schedule_warmup(schedule_cosine(lr, 0, STEPS, t), 0.1, STEPS / 10, t);
    }
}

/* The mean loss after STEPS steps of SGD from 16 down L = x^2 / 2, each gradient off by N(0, 1). */
static inline double loss_in_noise(Rng *rng, int runs, const double rate[STEPS])
{
    double sum = 0;
    for (int run = 0; run < runs; run++) {
        double x = 16;
        for (int t = 0; t < STEPS; t++)
            x -= rate[t] * (x + rng_normal(rng));
        sum += x * x / 2;
    }
    return sum / runs;
}

static inline bool log_schedules(const Options *options, const double rate[SCHEDULES][STEPS])
{
    static const char header[] =
        "step,constant,halved every 200 steps,cosine to 0.01,warm-up then cosine to 0";
    RunLog log;
    if (!runlog_open(&log, options->out, "schedules", header))
        return false;
    for (int t = 0; t < STEPS; t++)
        runlog_row(&log, (const double[]){t, rate[0][t], rate[1][t], rate[2][t], rate[3][t]});
    return runlog_close(&log);
}

/* With a constant rate x comes to rest nowhere: its variance settles where one step keeps it,
 * V = (1 - lr)^2 V + lr^2, which is V = lr / (2 - lr). */
static inline bool study_schedules(const Options *options, Rng *rng)
{
    const double lr = 0.1, theory = lr / (2 - lr) / 2;
    static double rate[SCHEDULES][STEPS];
    int runs = options->quick ? RUNS / 50 : RUNS;
    schedule_rates(lr, rate);
    printf("\nMean loss of %d runs in noise, %d steps, lr 0.1 (theory for constant: %.4f):\n", runs,
           STEPS, theory);
    for (int which = 0; which < SCHEDULES; which++) {
        double loss = loss_in_noise(rng, runs, rate[which]);
        printf("  %-20s %8.5f\n", schedule_name[which], loss);
        if (which == 0)
            fact_that("noise as predicted", fabs(loss / theory - 1) < 7 * sqrt(2.0 / runs));
    }
    return log_schedules(options, rate) &&
           plot_draw_file(options, "schedules", "chapters/03_schedules.gp");
}

#endif
