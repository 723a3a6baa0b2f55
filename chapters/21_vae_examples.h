/* 21_vae_examples.h: the small examples of the lesson, in numbers that can be checked in the head,
 * and what the usual mistakes make of them. */
#ifndef CHAPTER_21_VAE_EXAMPLES_H
#define CHAPTER_21_VAE_EXAMPLES_H

#include <stdio.h>

#include "21_vae_ops.h"
#include "workbook/fact.h"

/* -- one draw --------------------------------------------------------------------------------- */

static const real mu_1 = 1, eps_1 = -0.125, dz_1 = 3;

static inline real logvar_1(void)
{
    return 2 * log((real)4);
}

static inline void one_draw(void)
{
    const real logvar = logvar_1(), z = mu_1 + exp(logvar / 2) * eps_1;
    real dmu, dlogvar, kl_dmu, kl_dlogvar;
    printf("mu = 1, sigma = 4, eps = -1/8, L = 3 z^2:\n");
    fact_row("z and L", 4, 2, (const real[]){z, 3 * z * z}, (const real[]){0.5, 0.75});
    fact_row("dz and dsigma", 4, 2, (const real[]){6 * z, 6 * z * eps_1},
             (const real[]){3, -0.375});
    sample_backward(1, 1, (const void *)&dz_1, (const void *)&logvar, (const void *)&eps_1,
                    (void *)&dmu, (void *)&dlogvar);
    fact_row("dmu and dlogvar", 4, 2, (const real[]){dmu, dlogvar}, (const real[]){3, -0.75});
    fact("KL", 4, (double)divergence_of(1, 1, &mu_1, &logvar), 6.6137);
    divergence_backward(1, 1, (const void *)&mu_1, (const void *)&logvar, 1, (void *)&kl_dmu,
                        (void *)&kl_dlogvar);
    fact_row("its dmu and dlogvar", 4, 2, (const real[]){kl_dmu, kl_dlogvar},
             (const real[]){1, 7.5});
    fact_row("both together", 4, 2, (const real[]){dmu + kl_dmu, dlogvar + kl_dlogvar},
             (const real[]){4, 6.75});
}

static inline void one_draw_mistakes(void)
{
    const real logvar = logvar_1(), sigma = exp(logvar / 2), square = exp(logvar);
    printf("Mistakes in the draw, where dlogvar is -3/4 and z is 1/2:\n");
    fact("without the half", 4, (double)(dz_1 * eps_1 * sigma), -1.5);
    fact("without sigma", 4, (double)(dz_1 * eps_1 / 2), -0.1875);
    fact("that of sigma", 4, (double)(dz_1 * eps_1), -0.375);
    fact("sigma = exp(logvar): z", 4, (double)(mu_1 + square * eps_1), -1);
    printf("Mistakes in KL, 8 - 2 ln 2 = 6.6137, and in its dlogvar, 15/2:\n");
    fact_row("sigma for sigma^2", 4, 2,
             (const real[]){(mu_1 + sigma - 1 - logvar) / 2, (sigma - 1) / 2},
             (const real[]){0.6137, 1.5});
    fact_row("without the half", 4, 2, (const real[]){mu_1 + square - 1 - logvar, square - 1},
             (const real[]){13.2274, 15});
    fact_row("logvar added", 4, 2,
             (const real[]){(mu_1 + square - 1 + logvar) / 2, (square + 1) / 2},
             (const real[]){9.3863, 8.5});
    fact_row("logvar forgotten", 4, 2, (const real[]){(mu_1 + square - 1) / 2, square / 2},
             (const real[]){8, 8});
}

/* -- one pixel -------------------------------------------------------------------------------- */

static inline void one_pixel(void)
{
    const real s = log((real)3), white = 1, grey = 0.5;
    real room, ds_white, ds_grey;
    pixels_backward(1, 1, (const void *)&s, (const void *)&white, (void *)&ds_white);
    pixels_backward(1, 1, (const void *)&s, (const void *)&grey, (void *)&ds_grey);
    printf("A pixel with logit ln 3, so p = 3/4: its loss and dlogit\n");
    fact_row("where there is ink", 4, 2, (const real[]){pixels_of(1, &s, &white, &room), ds_white},
             (const real[]){0.2877, -0.25});
    fact_row("where it is half grey", 4, 2, (const real[]){pixels_of(1, &s, &grey, &room), ds_grey},
             (const real[]){0.8370, 0.25});
}

/* -- a bound ---------------------------------------------------------------------------------- */

/* z is 0 or 1, either with probability 1/2; then x comes about with probability 1/8 or 3/8, in all
 * 1/4. q says 1 with probability `one`. */
static inline real bound_of(real one)
{
    return (1 - one) * (log((real)1 / 8) + log((real)0.5 / (1 - one))) +
           one * (log((real)3 / 8) + log((real)0.5 / one));
}

/* The mean of log(1/k sum of p(z, x) / q(z)) over k draws from q = (1/2, 1/2): j of them say 1. */
static inline real bound_of_draws(int k)
{
    real sum = 0, ways = pow((real)0.5, (real)k);
    for (int j = 0; j <= k; j++) {
        sum += ways * log(((real)(k - j) / 8 + (real)j * 3 / 8) / (real)k);
        ways *= (real)(k - j) / (real)(j + 1);
    }
    return sum;
}

static inline void a_bound(void)
{
    printf("\nz is 0 or 1, x then has probability 1/8 or 3/8:\n");
    fact("log p(x), log(1/4)", 4, (double)log((real)1 / 4), -1.3863);
    fact("bound, q = (1/2, 1/2)", 4, (double)bound_of((real)1 / 2), -1.5301);
    fact("bound, q = (1/8, 7/8)", 4, (double)bound_of((real)7 / 8), -1.4345);
    fact("bound, q = (1/4, 3/4)", 4, (double)bound_of((real)3 / 4), -1.3863);
    printf("With more draws from q = (1/2, 1/2):\n");
    fact("1", 4, (double)bound_of_draws(1), -1.5301);
    fact("2", 4, (double)bound_of_draws(2), -1.4582);
    fact("4", 4, (double)bound_of_draws(4), -1.4204);
    fact("16", 4, (double)bound_of_draws(16), -1.3943);
}

/* -- why not without the trick ---------------------------------------------------------------- */

enum { DRAWS = 10000 };

/* How far single estimates of d/dmu[0] of the mean of sum_j z_j^2 spread, z_j from N(1, 1), d of
 * them: of the draw's own path, 2 z_0, and of the score function, (sum_j z_j^2) (z_0 - 1). */
static inline void spreads(Rng *rng, int d, double path[2], double score[2])
{
    double sum[2] = {0}, square[2] = {0};
    for (int draw = 0; draw < DRAWS; draw++) {
        double first = 1 + rng_normal(rng), loss = first * first;
        for (int j = 1; j < d; j++) {
            const double z = 1 + rng_normal(rng);
            loss += z * z;
        }
        const double estimate[2] = {2 * first, loss * (first - 1)};
        for (int k = 0; k < 2; k++) {
            sum[k] += estimate[k] / DRAWS;
            square[k] += estimate[k] * estimate[k] / DRAWS;
        }
    }
    for (int k = 0; k < 2; k++) {
        double *found = k == 0 ? path : score;
        found[0] = sum[k];
        found[1] = sqrt(square[k] - sum[k] * sum[k]);
    }
}

/* Both have the mean 2, and the variance that is worked out in the lesson. */
static inline void score_function(void)
{
    static const int sizes[] = {1, 10, 100};
    Rng rng;
    rng_seed(&rng, 42);
    printf("\nThe gradient 2 of a mean, estimated from single draws: mean and deviation of %d\n",
           DRAWS);
    printf("  numbers      by the trick        by the score\n");
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        const int d = sizes[i], others = d - 1;
        const double deviation = sqrt(30 + 22.0 * others + 4.0 * others * others);
        double path[2], score[2];
        spreads(&rng, d, path, score);
        printf("  %7d   %6.2f %7.2f   %8.2f %8.2f\n", d, path[0], path[1], score[0], score[1]);
        fact_that("the trick's gradient spreads by 2", fabs(path[1] - 2) < 0.1);
        fact_that("the score's gradient spreads as worked out",
                  fabs(score[1] / deviation - 1) < 0.15);
        fact_that("both have the mean 2",
                  fabs(path[0] - 2) < 8.0 / 100 && fabs(score[0] - 2) < 4 * deviation / 100);
    }
}

#endif
