/* 11_losses.c: what a loss tells the score.
 *
 * The losses and their gradients stand in 11_losses.h; 11_losses_judges.h holds them against the
 * tape and numeric gradients, 11_losses_pictures.h draws them. This program works the small
 * examples of the lesson, finds the number that each loss of a difference asks for, shows what
 * happens to a score that is sure and wrong, and checks that what a loss cannot feel its gradient
 * does not do. 11_losses_mistakes.h has what the usual mistakes come to. */
#include "11_losses.h"
#include "11_losses_judges.h"
#include "11_losses_mistakes.h"
#include "11_losses_pictures.h"

#include <stdio.h>
#include <stdlib.h>

#include "error.h"
#include "kernel/random.h"
#include "workbook/fact.h"
#include "workbook/options.h"

/* -- the small examples ----------------------------------------------------------------------- */

static void example_differences(void)
{
    const real x[4] = {3, 1, 7, 2.5}, t[4] = {3, 3, 4, 2};
    real dx[4];
    printf("Differences (0, -2, 3, 1/2), the mean over four:\n");
    fact("L1", 4, (double)l1(4, x, t), 1.375);
    l1_backward(4, x, t, dx);
    fact_row("dx", 4, 4, dx, (const real[]){0, -0.25, 0.25, 0.25});
    fact("MSE", 4, (double)mse(4, x, t), 3.3125);
    mse_backward(4, x, t, dx);
    fact_row("dx", 4, 4, dx, (const real[]){0, -1, 1.5, 0.25});
    fact("smooth L1, beta 1", 4, (double)smooth_l1(4, 1, x, t), 1.0312);
    smooth_l1_backward(4, 1, x, t, dx);
    fact_row("dx", 4, 4, dx, (const real[]){0, -0.25, 0.25, 0.125});
}

static void example_probabilities(void)
{
    const real z[2] = {log((real)4), -log((real)4)}, p[2] = {0.8, 0.2}, t[2] = {1, 1};
    real d[2];
    printf("\nProbabilities (4/5, 1/5), both should be 1:\n");
    fact("BCE", 4, (double)bce(2, p, t), 0.9163);
    bce_backward(2, p, t, d);
    fact_row("dp", 4, 2, d, (const real[]){-0.625, -2.5});
    fact("from the logits", 4, (double)bce_logits(2, z, t), 0.9163);
    bce_logits_backward(2, z, t, d);
    fact_row("dz", 4, 2, d, (const real[]){-0.1, -0.4});
}

static void example_classes(void)
{
    const real z[1][4] = {{3, 1, 2, 4}}, counts[1][3] = {{0, log((real)2), log((real)5)}};
    const int first[1] = {0}, second[1] = {1};
    real dz[1][4], dcounts[1][3];
    printf("\nScores (3, 1, 2, 4), the first should be the largest by 1:\n");
    for (int p = 1; p <= 2; p++) {
        fact(p == 1 ? "margin, p 1" : "margin, p 2", 4, (double)multi_margin(1, 4, p, 1, z, first),
             p == 1 ? 0.5 : 1);
        multi_margin_backward(1, 4, p, 1, z, first, dz);
        fact_row("dz", 4, 4, *dz,
                 p == 1 ? (const real[]){-0.25, 0, 0, 0.25} : (const real[]){-1, 0, 0, 1});
    }
    printf("\nLogits (0, ln 2, ln 5), class 1:\n");
    fact("cross entropy", 4, (double)cross_entropy(1, 3, counts, second), 1.3863);
    cross_entropy_backward(1, 3, counts, second, dcounts);
    fact_row("dz", 4, 3, *dcounts, (const real[]){0.125, -0.75, 0.625});
}

static void example_angle(void)
{
    const real a[1][2] = {{3, 4}}, b[1][2] = {{4, 3}};
    real da[1][2];
    printf("\na = (3, 4), b = (4, 3): cos = 24/25\n");
    fact("together", 4, (double)cosine_embedding(1, 2, 0.5, a, b, (const int[]){1}), 0.04);
    cosine_embedding_backward(1, 2, 0.5, a, b, (const int[]){1}, da);
    fact_row("da", 4, 2, *da, (const real[]){-0.0448, 0.0336});
    fact("apart, margin 1/2", 4, (double)cosine_embedding(1, 2, 0.5, a, b, (const int[]){-1}),
         0.46);
    cosine_embedding_backward(1, 2, 0.5, a, b, (const int[]){-1}, da);
    fact_row("da", 4, 2, *da, (const real[]){0.0448, -0.0336});
}

static void example_distributions(void)
{
    const real q[3] = {0.25, 0.25, 0.5}, p[1][3] = {{0.5, 0.25, 0.25}};
    const real logq[1][3] = {{log(q[0]), log(q[1]), log(q[2])}};
    const real mp[1] = {1}, sp[1] = {1}, mq[1] = {0}, sq[1] = {2};
    real dlogq[1][3], dz[3], d[4];
    printf("\np = (1/2, 1/4, 1/4), q = (1/4, 1/4, 1/2):\n");
    fact("KL", 4, (double)kl(1, 3, logq, p), 0.1733);
    kl_backward(1, 3, p, dlogq);
    fact_row("dlogq", 4, 3, *dlogq, (const real[]){-0.5, -0.25, -0.25});
    for (int j = 0; j < 3; j++) /* logq = log softmax(z), and dlogq adds up to -1 */
        dz[j] = dlogq[0][j] + q[j];
    fact_row("dz", 4, 3, dz, (const real[]){-0.25, 0, 0.25});
    printf("\nN(1, 1^2) from N(0, 2^2):\n");
    fact("KL", 4, (double)gaussian_kl(1, mp, sp, mq, sq), 0.4431);
    gaussian_kl_backward(1, mp, sp, mq, sq, &d[0], &d[1], &d[2], &d[3]);
    fact_row("dmp, dsp, dmq, dsq", 4, 4, d, (const real[]){0.25, -0.75, -0.25, 0.25});
}

/* -- what a loss asks for --------------------------------------------------------------------- */

enum { FIVE = 5 };

typedef void DifferenceBackward(int n, const real x[n], const real t[n], real dx[n]);

static void smooth_l1_backward_4(int n, const real x[n], const real t[n], real dx[n])
{
    smooth_l1_backward(n, 4, x, t, dx);
}

/* The m at which the gradients of five losses between m and t balance, by halving an interval. */
static real balance(DifferenceBackward *backward, const real t[FIVE])
{
    real low = -100, high = 100;
    for (int step = 0; step < 60; step++) {
        real m = (low + high) / 2, x[FIVE] = {m, m, m, m, m}, dx[FIVE], pull = 0;
        backward(FIVE, x, t, dx);
        for (int i = 0; i < FIVE; i++)
            pull += dx[i];
        if (pull > REAL_EPSILON)
            high = m;
        else
            low = m;
    }
    return low;
}

static void what_they_ask_for(void)
{
    const real t[FIVE] = {1, 3, 4, 10, 82}, labels[FIVE] = {1, 0, 1, 1, 1};
    printf("\nOne number for (1, 3, 4, 10, 82), where the gradients balance:\n");
    fact("L1", 4, (double)balance(l1_backward, t), 4);
    fact("smooth L1, beta 4", 4, (double)balance(smooth_l1_backward_4, t), 5.5);
    fact("MSE", 4, (double)balance(mse_backward, t), 20);
    printf("One logit for (1, 0, 1, 1, 1):\n");
    fact("BCE", 4, (double)balance(bce_logits_backward, labels), 1.3863);
}

/* A score of 10000 that should have been 0, through a sigmoid and a loss of its probability, and in
 * one. The sigmoid's gradient is p (1 - p) = 0, and nothing that stands before it matters. */
static void sure_and_wrong(void)
{
    const real z[1] = {10000}, t[1] = {0}, p[1] = {sigmoid(z[0])};
    real dp[1], dz[1];
    bce_backward(1, p, t, dp);
    bce_logits_backward(1, z, t, dz);
    printf("\nA logit of 10000 where 0 was right:\n");
    fact("BCE of sigmoid(z)", 4, (double)bce(1, p, t), 100);
    fact("dz, in two steps", 4, (double)(dp[0] * p[0] * (1 - p[0])), 0);
    fact("BCE of the logit", 4, (double)bce_logits(1, z, t), 10000);
    fact("dz, in one", 4, (double)dz[0], 1);
}

/* -- what a loss cannot feel ------------------------------------------------------------------ */

static void law(const char *words, double worst)
{
    printf("  %-50s %.1e\n", words, worst);
    fact_that(words, worst < 64 * (double)REAL_EPSILON);
}

static void check_laws(const Inputs *in)
{
    const real one[C] = {1, 1, 1, 1};
    const real *mp = *in->z, *sp = *in->sp, *mq = *in->t, *sq = *in->sq;
    real dz[3][N][C], da[N][C], dmp[NC], dsp[NC], dmq[NC], dsq[NC];
    real rows_sum = 0, along = 0;
    cross_entropy_backward(N, C, in->z, in->y, dz[0]);
    multi_margin_backward(N, C, 1, 1, in->z, in->y, dz[1]);
    multi_margin_backward(N, C, 2, 1, in->z, in->y, dz[2]);
    for (int k = 0; k < 3; k++)
        for (int i = 0; i < N; i++)
            rows_sum = fmax(rows_sum, fabs(dot(C, dz[k][i], one)));
    cosine_embedding_backward(N, C, COSINE_MARGIN, in->z, in->t, in->together, da);
    for (int i = 0; i < N; i++)
        along = fmax(along, fabs(dot(C, in->z[i], da[i])));
    gaussian_kl_backward(NC, mp, sp, mq, sq, dmp, dsp, dmq, dsq);
    double outwards = (double)dot(NC, mp, dmp) + (double)dot(NC, sp, dsp) +
                      (double)dot(NC, mq, dmq) + (double)dot(NC, sq, dsq);
    printf("\nZero up to rounding:\n");
    law("classes and margins: each row of dz, summed", (double)rows_sum);
    law("cosine: da along a", (double)along);
    law("normal: all four, times their gradients, summed", fabs(outwards));
}

int main(int argc, char **argv)
{
    Options options = {.chapter = "11_losses", .about = "what a loss tells the score", .seed = 42};
    options_parse(&options, argc, argv);
    example_differences();
    example_probabilities();
    example_classes();
    example_angle();
    example_distributions();
    what_they_ask_for();
    sure_and_wrong();
    mistakes();

    Inputs in;
    Rng rng;
    rng_seed(&rng, options.seed);
    fill(&in, &rng);
    bool hold = check_gradients(&in);
    check_laws(&in);
    printf("\n");
    if (!draw_all(&options))
        return error_report(options.chapter);
    return hold && fact_failures() == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
