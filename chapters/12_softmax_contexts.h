/* 12_softmax_contexts.h: a softmax over very many scores: how much weight the best of them keeps,
 * against what is to be expected, and what it takes to read them once. */
#ifndef CHAPTER_12_SOFTMAX_CONTEXTS_H
#define CHAPTER_12_SOFTMAX_CONTEXTS_H

#include <stdio.h>

#include "12_softmax_streaming.h"

#include "nn/init.h"
#include "workbook/fact.h"
#include "workbook/progress.h"

/* -- long contexts -----------------------------------------------------------------------------
 * Position 0 has the score `top`, the others are standard normal. */

enum {
    SHORT = 2048,
    LONG = 128000,
    HUGE_CONTEXT = 1 << 23, /* more than caches hold */
    SEEDS = 64
};

static const double top = 10;

static inline void fill_context(uint64_t seed, int n, real z[n])
{
    Rng rng;
    rng_seed(&rng, seed);
    init_normal(&rng, 1, n, z);
    z[0] = top;
}

/* The weight of position 0, its mean and spread over SEEDS seeds. z is room for n scores. */
static inline void measure_weight(uint64_t seed, int n, double T, real z[n], double *mean,
                                  double *spread)
{
    double sum = 0, squares = 0;
    for (int k = 0; k < SEEDS; k++) {
        fill_context(seed + (uint64_t)k, n, z);
        for (int i = 0; i < n; i++)
            z[i] /= (real)T;
        Running r = one_pass_in_blocks(n, z);
        double weight = (double)(exp(z[0] - r.max) / r.sum);
        sum += weight;
        squares += weight * weight;
    }
    *mean = sum / SEEDS;
    *spread = sqrt(fmax(squares - sum * sum / SEEDS, 0) / (SEEDS - 1));
}

/* The weight is a / (a + S), a = exp(top / T), and S a sum of n - 1 numbers exp(x / T), each with
 * mean exp(1 / 2T^2) and variance (exp(1 / T^2) - 1) exp(1 / T^2). With A = a + mean S,
 *     weight = a/A - a (S - mean S)/A^2 + weight (S - mean S)^2/A^2
 * so its mean lies above a/A by at most var S/A^2, and its spread is about a sqrt(var S)/A^2. A
 * mean over SEEDS seeds is off by five of its standard errors once in a million times, and so is a
 * spread, whose standard error is 1 / sqrt(2 (SEEDS - 1)) of it. */
static inline void hold_weight(uint64_t seed, int n, double T, double stated, real z[n])
{
    double a = exp(top / T), A = a + (n - 1) * exp(0.5 / (T * T)), mean, spread;
    double variance = (n - 1) * (exp(1 / (T * T)) - 1) * exp(1 / (T * T));
    double expected = a / A, expected_spread = a * sqrt(variance) / (A * A);
    measure_weight(seed, n, T, z, &mean, &spread);
    printf("  %8d %8.4f %11.4f %9.4f %13.5f %9.5f\n", n, T, expected, mean, expected_spread,
           spread);
    double error = 5 * expected_spread / sqrt(SEEDS), above = variance / (A * A);
    fact_that("the weight expected is as stated", fabs(expected - stated) < 0.5e-4);
    fact_that("the mean weight", mean > expected - error && mean < expected + above + error);
    fact_that("the spread", fabs(spread / expected_spread - 1) < 5 / sqrt(2. * (SEEDS - 1)));
}

static inline void weights(uint64_t seed, real z[LONG])
{
    printf("\nThe weight of a score of %g among standard normal ones, over %d seeds:\n", top,
           SEEDS);
    printf("    scores        T    expected  measured        spread  measured\n");
    hold_weight(seed, SHORT, 1, 0.8671, z);
    hold_weight(seed, LONG, 1, 0.0945, z);
    /* the T for which top / T - ln(n - 1) - 1 / 2T^2 is at LONG what it is at SHORT for T = 1 */
    double missing = log((LONG - 1.) / (SHORT - 1.)), need = top - 0.5 + missing;
    hold_weight(seed, LONG, 1 / (top - sqrt(top * top - 2 * need)), 0.8671, z);
    fact("more noise, as a logarithm", 4, missing, 4.1356);
    fact("or a score of", 3, top + missing, 14.136);
}

/* -- one pass ---------------------------------------------------------------------------------- */

static inline void small_stream(void)
{
    const real z[4] = {0, log((real)2), log((real)4), 0};
    static const double exp_max[4] = {1, 2, 4, 4}, sum[4] = {1, 1.5, 1.75, 2};
    Running r = nothing;
    printf("\nScores 0, ln 2, ln 4, 0, read once; exp(max) and sum after each:\n");
    for (int i = 0; i < 4; i++) {
        r = running_add(r, z[i]);
        fact_row("exp(max), sum", 4, 2, (const real[]){exp(r.max), r.sum},
                 (const real[]){exp_max[i], sum[i]});
    }
}

/* The same maximum, and the same sum but for rounding: every score costs a difference, an exp, a
 * product and a sum at the most, together less than 4 REAL_EPSILON of the sum, on either road. */
static inline void hold_stream(const char *name, int n, const real z[n])
{
    Running twice = two_passes(n, z), once[2] = {one_pass(n, z), one_pass_in_blocks(n, z)};
    double error[2];
    bool same = true;
    for (int i = 0; i < 2; i++) {
        double apart = fabs((double)(once[i].sum - twice.sum));
        error[i] = apart == 0 ? 0 : apart / (double)twice.sum; /* both may be 0 */
        same = same && once[i].max == twice.max && error[i] <= 8. * n * (double)REAL_EPSILON;
    }
    printf("  %-24s %13.6g %10.1e %10.1e\n", name, (double)twice.sum, error[0], error[1]);
    fact_that("one pass gives what two give", same);
}

static inline void awkward_streams(uint64_t seed, int n, real z[n])
{
    Rng rng;
    rng_seed(&rng, seed);
    printf(
        "\n%d scores: their sum in two passes, and how far one pass, and one in blocks, is off\n",
        n);
    init_normal(&rng, 1, n, z);
    hold_stream("standard normal", n, z);
    for (int i = 0; i < n; i++)
        z[i] = i % 3 < 2 || i < 2 * BLOCK ? -INFINITY : z[i];
    hold_stream("most are -inf", n, z);
    for (int i = 0; i < n; i++)
        z[i] = (real)i / 1000;
    hold_stream("ever larger", n, z);
    for (int i = 0; i < n; i++)
        z[i] *= -1;
    hold_stream("ever smaller", n, z);
    for (int i = 0; i < n; i++)
        z[i] = (sizeof(real) == sizeof(double) ? 1e300 : 1e30) * (real)(i % 7 - 3);
    hold_stream("huge, of either sign", n, z);
    vector_fill(n, -INFINITY, z);
    hold_stream("all are -inf", n, z);
}

/* -- the time it takes ------------------------------------------------------------------------- */

/* Milliseconds, the best of many. */
static inline double time_of(Running run(int n, const real *z), int n, const real *z)
{
    double best = INFINITY;
    for (int k = 0; k < 20; k++) {
        double start = seconds_now();
        volatile real sum = run(n, z).sum;
        (void)sum;
        best = fmin(best, seconds_now() - start);
    }
    return 1e3 * best;
}

static inline void race(uint64_t seed, int n, real z[n])
{
    fill_context(seed, n, z);
    printf("%d scores: two passes %.3f ms, one pass %.3f ms, one pass in blocks %.3f ms\n", n,
           time_of(two_passes, n, z), time_of(one_pass, n, z), time_of(one_pass_in_blocks, n, z));
}

/* All of it. z is room for n scores, LONG or more. */
static inline void measure_contexts(uint64_t seed, int n, real z[n])
{
    weights(seed, z);
    small_stream();
    awkward_streams(seed, LONG, z);
    race(seed, LONG, z);
    if (n > LONG)
        race(seed, n, z);
}

#endif
