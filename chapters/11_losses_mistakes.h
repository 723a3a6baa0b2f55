/* 11_losses_mistakes.h: the mistakes of the lesson, in its small examples and in training. */
#ifndef CHAPTER_11_LOSSES_MISTAKES_H
#define CHAPTER_11_LOSSES_MISTAKES_H

#include "11_losses.h"

#include <stdio.h>
#include <stdlib.h>

#include "error.h"
#include "kernel/random.h"
#include "nn/init.h"
#include "workbook/fact.h"

/* -- the margin, p = 1 and margin 1 ----------------------------------------------------------- */

typedef void MarginBackward(int n, int c, const real z[n][c], const int y[n], real dz[n][c]);

static inline void margin_right(int n, int c, const real z[n][c], const int y[n], real dz[n][c])
{
    multi_margin_backward(n, c, 1, 1, z, y, dz);
}

/* The right class gets one -1, however many come too near. */
static inline void margin_one(int n, int c, const real z[n][c], const int y[n], real dz[n][c])
{
    margin_right(n, c, z, y, dz);
    for (int i = 0; i < n; i++)
        dz[i][y[i]] = dz[i][y[i]] < 0 ? -1 / (real)(n * c) : 0;
}

/* The right class gets nothing. */
static inline void margin_nothing(int n, int c, const real z[n][c], const int y[n], real dz[n][c])
{
    margin_right(n, c, z, y, dz);
    for (int i = 0; i < n; i++)
        dz[i][y[i]] = 0;
}

/* j = y[i] is not left out. */
static inline void margin_itself(int n, int c, const real z[n][c], const int y[n], real dz[n][c])
{
    for (int i = 0; i < n; i++) {
        for (int j = 0; j < c; j++)
            dz[i][j] = 0;
        for (int j = 0; j < c; j++) {
            if (1 - z[i][y[i]] + z[i][j] <= 0)
                continue;
            dz[i][j] = 1 / (real)(n * c);
            dz[i][y[i]] -= dz[i][j];
        }
    }
}

static inline void margin_row(const char *name, MarginBackward *backward, int y,
                              const real expected[4])
{
    const real z[1][4] = {{3, 1, 2, 4}};
    real dz[1][4];
    backward(1, 4, z, &y, dz);
    fact_row(name, 4, 4, *dz, expected);
}

/* -- eight clouds of points and a linear model ------------------------------------------------ */

enum { CLOUDS = 8, POINTS_EACH = 20, POINTS_ALL = CLOUDS * POINTS_EACH, CLOUD_SEEDS = 5 };

enum { SPACE = 4, INPUTS = SPACE + 1 }; /* a point's coordinates, and 1 for the bias */

typedef struct {
    real x[POINTS_ALL][INPUTS];
    int y[POINTS_ALL];
} Clouds;

static inline void clouds_draw(uint64_t seed, Clouds *clouds)
{
    Rng rng;
    real centre[CLOUDS][SPACE];
    rng_seed(&rng, seed);
    init_normal(&rng, 1.5, CLOUDS * SPACE, *centre);
    for (int i = 0; i < POINTS_ALL; i++) {
        int cloud = clouds->y[i] = i % CLOUDS;
        init_normal(&rng, 1, SPACE, clouds->x[i]);
        for (int l = 0; l < SPACE; l++)
            clouds->x[i][l] += centre[cloud][l];
        clouds->x[i][SPACE] = 1;
    }
}

/* z = x W   (POINTS_ALL, CLOUDS) = (POINTS_ALL, INPUTS) (INPUTS, CLOUDS) */
static inline void scores(const Clouds *clouds, const real W[INPUTS][CLOUDS],
                          real z[POINTS_ALL][CLOUDS])
{
    for (int i = 0; i < POINTS_ALL; i++)
        for (int j = 0; j < CLOUDS; j++) {
            z[i][j] = 0;
            for (int l = 0; l < INPUTS; l++)
                z[i][j] += clouds->x[i][l] * W[l][j];
        }
}

/* Trains W from 0 in 2000 steps down the gradient. Returns how many percent of the points have
 * their largest score at their own cloud. */
static inline double percent_right(const Clouds *clouds, MarginBackward *backward)
{
    real W[INPUTS][CLOUDS] = {{0}}, z[POINTS_ALL][CLOUDS], dz[POINTS_ALL][CLOUDS];
    int right = 0;
    for (int step = 0; step < 2000; step++) {
        scores(clouds, W, z);
        backward(POINTS_ALL, CLOUDS, z, clouds->y, dz);
        for (int i = 0; i < POINTS_ALL; i++) /* dW = x^T dz */
            for (int l = 0; l < INPUTS; l++)
                for (int j = 0; j < CLOUDS; j++)
                    W[l][j] -= clouds->x[i][l] * dz[i][j];
    }
    scores(clouds, W, z);
    for (int i = 0; i < POINTS_ALL; i++) {
        int best = 0;
        for (int j = 1; j < CLOUDS; j++)
            best = z[i][j] > z[i][best] ? j : best;
        right += best == clouds->y[i];
    }
    return 100. * right / POINTS_ALL;
}

/* The same clouds whatever --seed is, since their facts are held. */
static inline double clouds_row(const char *name, MarginBackward *backward)
{
    double least = 100, most = 0, sum = 0;
    Clouds clouds;
    for (uint64_t seed = 1; seed <= CLOUD_SEEDS; seed++) {
        clouds_draw(seed, &clouds);
        double right = percent_right(&clouds, backward);
        least = fmin(least, right);
        most = fmax(most, right);
        sum += right;
    }
    printf("  %-26s %9.1f %9.1f %9.1f\n", name, sum / CLOUD_SEEDS, least, most);
    return sum / CLOUD_SEEDS;
}

/* -- the others ------------------------------------------------------------------------------- */

/* A score that begins at -40 and should be yes, after 1000 steps of 1. */
static inline void sure_and_wrong_trained(void)
{
    const real yes[1] = {1};
    real z[2] = {-40, -40}, dp[1], dz[1];
    for (int step = 0; step < 1000; step++) {
        const real p[1] = {sigmoid(z[0])};
        bce_backward(1, p, yes, dp);
        z[0] -= dp[0] * p[0] * (1 - p[0]);
        bce_logits_backward(1, z + 1, yes, dz);
        z[1] -= dz[0];
    }
    printf("A score of -40 that should be yes, after 1000 steps of 1:\n");
    fact("sigmoid, then BCE", 3, (double)z[0], -39.996);
    fact("BCE of the logit", 1, (double)z[1], 6.9);
}

/* 1 - cos with the length of a left out:   da = -b / (|a| |b|) */
static inline void first_half_backward(const real a[1][2], const real b[1][2], real da[1][2])
{
    for (int j = 0; j < 2; j++)
        da[0][j] = -b[0][j] / sqrt(dot(2, a[0], a[0]) * dot(2, b[0], b[0]));
}

/* Turns a = (3, 4) towards b = (4, 3) in 100 steps of 1. */
static inline void angle_trained(bool whole, double length, double cos)
{
    const real b[1][2] = {{4, 3}};
    real a[1][2] = {{3, 4}}, da[1][2];
    for (int step = 0; step < 100; step++) {
        if (whole)
            cosine_embedding_backward(1, 2, 0.5, a, b, (const int[]){1}, da);
        else
            first_half_backward(a, b, da);
        for (int j = 0; j < 2; j++)
            a[0][j] -= da[0][j];
    }
    fact_row(whole ? "cosine: length, cos" : "its first half", 4, 2,
             (const real[]){sqrt(dot(2, *a, *a)), cosine(2, *a, *b)}, (const real[]){length, cos});
}

/* s_p begins at 1 and goes towards s_q = 2 in 200 steps of 0.1. */
static inline void deviation_trained(void)
{
    const real m[1] = {0}, sq[1] = {2};
    real sp[2] = {1, 1}, dmp[1], dsp[1], dmq[1], dsq[1];
    for (int step = 0; step < 200; step++) {
        gaussian_kl_backward(1, m, sp, m, sq, dmp, dsp, dmq, dsq);
        sp[0] -= (real)0.1 * dsp[0];
        sp[1] -= (real)0.1 * sp[1] / (sq[0] * sq[0]);
    }
    printf("A deviation of 1 that should be 2, after 200 steps of 0.1:\n");
    fact("KL", 4, (double)sp[0], 2);
    fact("without -1/s_p", 4, (double)sp[1], 0.0063);
}

/* -- all of them ------------------------------------------------------------------------------ */

static inline void mistakes(void)
{
    const real a[1][2] = {{3, 4}}, b[1][2] = {{4, 3}};
    real da[1][2];
    printf(
        "\nMistakes in the margin loss. Scores (3, 1, 2, 4), p 1, the first should be largest:\n");
    margin_row("right", margin_right, 0, (const real[]){-0.25, 0, 0, 0.25});
    margin_row("one -1", margin_one, 0, (const real[]){-0.25, 0, 0, 0.25});
    margin_row("nothing", margin_nothing, 0, (const real[]){0, 0, 0, 0.25});
    margin_row("j = y left in", margin_itself, 0, (const real[]){-0.25, 0, 0, 0.25});
    printf("The same scores, the third should be largest:\n");
    margin_row("right", margin_right, 2, (const real[]){0.25, 0, -0.5, 0.25});
    margin_row("one -1", margin_one, 2, (const real[]){0.25, 0, -0.25, 0.25});
    margin_row("nothing", margin_nothing, 2, (const real[]){0.25, 0, 0, 0.25});
    margin_row("j = y left in", margin_itself, 2, (const real[]){0.25, 0, -0.25, 0.25});
    printf("Eight clouds, percent right after 2000 steps, %d seeds: mean, least, most:\n",
           CLOUD_SEEDS);
    double right = clouds_row("right", margin_right);
    double one = clouds_row("one -1", margin_one);
    double nothing = clouds_row("nothing", margin_nothing);
    double itself = clouds_row("j = y left in", margin_itself);
    fact_that("the right gradient has most points right", right > one && right > itself);
    fact_that("one -1 is better than nothing", one > nothing);

    sure_and_wrong_trained();
    printf("a = (3, 4) turned towards b = (4, 3), 100 steps of 1:\n");
    angle_trained(true, 5.0041, 1);
    angle_trained(false, 14.9634, 0.9956);
    first_half_backward(a, b, da);
    fact_row("da of the first half", 4, 2, *da, (const real[]){-0.16, -0.12});
    deviation_trained();
}

#endif
