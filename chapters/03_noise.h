/* 03_noise.h: gradients that are noise for the most part: what a larger batch buys, and what
 * clipping does to the rare one that is far too long. */
#ifndef CHAPTER_03_NOISE_H
#define CHAPTER_03_NOISE_H

#include <stdio.h>

#include "kernel/random.h"
#include "kernel/vector.h"
#include "workbook/fact.h"

/* -- batches ---------------------------------------------------------------------------------- */

enum { EXAMPLES = 6400, BATCH_RUNS = 200 };

/* The mean loss on L = x^2 / 2 from 16, after so many steps that all see EXAMPLES examples; each
 * example's gradient is off by N(0, 1). */
static inline double loss_of_batches(Rng *rng, int batch, double lr)
{
    double sum = 0;
    for (int run = 0; run < BATCH_RUNS; run++) {
        double x = 16;
        for (int t = 0; t < EXAMPLES / batch; t++) {
            double g = 0;
            for (int i = 0; i < batch; i++)
                g += (x + rng_normal(rng)) / batch;
            x -= lr * g;
        }
        sum += x * x / 2;
    }
    return sum / BATCH_RUNS;
}

/* The same without a random number: the mean of x is multiplied by 1 - lr in each step, and its
 * variance V becomes (1 - lr)^2 V + lr^2 / batch. */
static inline double theory_of_batches(int batch, double lr)
{
    double mean = 16, variance = 0;
    for (int t = 0; t < EXAMPLES / batch; t++) {
        mean *= 1 - lr;
        variance = (1 - lr) * (1 - lr) * variance + lr * lr / batch;
    }
    return (mean * mean + variance) / 2;
}

static inline void study_batches(Rng *rng)
{
    static const struct {
        int batch;
        double lr;
    } row[] = {{1, 0.1}, {10, 0.1}, {100, 0.1}, {1, 0.01}, {10, 0.1}, {100, 1}, {400, 4}};
    printf("\nThe loss after %d examples, mean of %d runs from x = 16:\n", EXAMPLES, BATCH_RUNS);
    printf("  batch    lr  steps       loss     theory\n");
    for (size_t i = 0; i < sizeof row / sizeof row[0]; i++) {
        int batch = row[i].batch;
        double theory = theory_of_batches(batch, row[i].lr);
        double loss = loss_of_batches(rng, batch, row[i].lr);
        printf("  %5d %5g  %5d  %9.3g  %9.3g\n", batch, row[i].lr, EXAMPLES / batch, loss, theory);
        fact_that("batches as predicted", fabs(loss / theory - 1) < 7 * sqrt(2.0 / BATCH_RUNS));
    }
}

/* -- clipping --------------------------------------------------------------------------------- */

/* |dp| is at most `most` afterwards, and its direction is as before. */
static inline void clip_by_norm(int n, real most, real dp[n])
{
    real norm = sqrt(vector_dot(n, dp, dp));
    for (int i = 0; i < n && norm > most; i++)
        dp[i] *= most / norm;
}

/* Each number for itself is at most `most` in size. */
static inline void clip_by_value(int n, real most, real dp[n])
{
    for (int i = 0; i < n; i++)
        dp[i] = fmax(-most, fmin(dp[i], most));
}

/* As loss_of_batches() one example at a time, but one gradient in a hundred is off by N(0, 100^2).
 */
static inline double loss_when_clipped(Rng *rng, real most)
{
    enum { CLIP_RUNS = 1000, CLIP_STEPS = 1000 };
    double sum = 0;
    for (int run = 0; run < CLIP_RUNS; run++) {
        real x = 16;
        for (int t = 0; t < CLIP_STEPS; t++) {
            double noise = (rng_below(rng, 100) == 0 ? 100 : 1) * rng_normal(rng);
            real dx = x + (real)noise;
            clip_by_norm(1, most, &dx);
            x -= (real)0.1 * dx;
        }
        sum += (double)(x * x / 2);
    }
    return sum / CLIP_RUNS;
}

static inline void study_clipping(Rng *rng)
{
    real dp[2] = {3, 4}, by_value[2] = {3, 4};
    clip_by_norm(2, 1, dp);
    clip_by_value(2, 1, by_value);
    printf("\n(3, 4), clipped at 1:\n");
    fact_row("by norm", 4, 2, dp, (real[]){0.6, 0.8});
    fact_row("by value", 4, 2, by_value, (real[]){1, 1});
    static const real most[] = {1e9, 30, 3, 0.3, 0.03};
    printf(
        "One gradient in 100 is 100 times noisier, lr 0.1, 1000 steps; clipped at, mean loss:\n");
    for (int i = 0; i < 5; i++)
        printf("  %-8g %8.3f\n", (double)most[i], loss_when_clipped(rng, most[i]));
}

#endif
