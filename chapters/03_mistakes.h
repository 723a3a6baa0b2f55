/* 03_mistakes.h: rules that are almost those of 03_optimizers.h, and one that was there before
 * them. */
#ifndef CHAPTER_03_MISTAKES_H
#define CHAPTER_03_MISTAKES_H

#include <stdio.h>

#include "03_landscapes.h"
#include "03_optimizers.h"
#include "workbook/fact.h"

/* -- Adam, but ... ---------------------------------------------------------------------------- */

typedef enum { AS_IT_IS, NO_CORRECTION, ONLY_M_CORRECTED, CORRECTED_KEPT, NO_ROOT } Variant;

/* p = p - lr m / sqrt(v), with one thing changed. */
static inline void adam_variant_step(int n, int t, const Adam *rule, Variant variant,
                                     const real dp[n], real m[n], real v[n], real p[n])
{
    real mean_share = variant == NO_CORRECTION ? 1 : 1 - pow(rule->beta1, t);
    bool v_stays = variant == NO_CORRECTION || variant == ONLY_M_CORRECTED;
    real square_share = v_stays ? 1 : 1 - pow(rule->beta2, t);
    for (int i = 0; i < n; i++) {
        m[i] = rule->beta1 * m[i] + (1 - rule->beta1) * dp[i];
        v[i] = rule->beta2 * v[i] + (1 - rule->beta2) * dp[i] * dp[i];
        real mhat = m[i] / mean_share, vhat = v[i] / square_share;
        p[i] -= rule->lr * mhat / ((variant == NO_ROOT ? vhat : sqrt(vhat)) + rule->eps);
        if (variant == CORRECTED_KEPT) {
            m[i] = mhat;
            v[i] = vhat;
        }
    }
}

/* Two steps down L of chapter 01, seen at a_0. */
static inline void check_variant(const char *name, Variant variant, const real expected[2])
{
    const Adam adam = {0.1, ADAM_SETTINGS};
    real p[4] = {2, 3, 6, 4}, dp[4], m[4] = {0}, v[4] = {0}, found[2];
    for (int t = 1; t <= 2; t++) {
        cubes_backward(p, dp);
        adam_variant_step(4, t, &adam, variant, dp, m, v, p);
        found[t - 1] = p[0];
    }
    fact_row(name, 4, 2, found, expected);
}

/* -- SGD, but ... ----------------------------------------------------------------------------- */

/* Three steps down the parabola from 16, lr 1/4, momentum 1/2, as in the small example. */
static inline void check_sgd_mistakes(void)
{
    real dampened[3], behind[3], x = 16, b = 0;
    for (int t = 0; t < 3; t++) {
        b = b / 2 + x / 2; /* at the first step, too */
        dampened[t] = x -= b / 4;
    }
    x = 16;
    b = 0;
    for (int t = 0; t < 3; t++) {
        real g = x;
        behind[t] = x -= (g + b / 2) / 4; /* the old b */
        b = b / 2 + g;
    }
    x = 16 - (real)16 / 4;
    x -= x / 4; /* the decay comes after the step */
    fact_row("first gradient dampened", 4, 3, dampened, (real[]){14, 11.25, 8.46875});
    fact_row("Nesterov with the old b", 4, 3, behind, (real[]){12, 7, 2.75});
    fact("decay after the step", 4, (double)x, 9);
}

static inline void check_mistakes(void)
{
    printf("\nMistakes. SGD on the parabola from 16, lr 1/4:\n");
    check_sgd_mistakes();
    printf("Adam, lr 0.1: a_0 of chapter 01 after one step and after two:\n");
    check_variant("as it is", AS_IT_IS, (real[]){1.9000, 1.8004});
    check_variant("no bias correction", NO_CORRECTION, (real[]){1.6838, 1.2686});
    check_variant("only m corrected", ONLY_M_CORRECTED, (real[]){-1.1623, -3.1149});
    check_variant("corrected m, v kept", CORRECTED_KEPT, (real[]){1.9000, 1.8767});
    check_variant("no root", NO_ROOT, (real[]){1.9972, 1.9944});
}

/* -- RMSprop ---------------------------------------------------------------------------------- */

/* What is left of Adam without m and without a correction. */
static const Adam rmsprop = {.lr = 0.01, .beta1 = 0, .beta2 = 0.99, .eps = 1e-8};

/* How long its steps are, in units of lr, while the gradient stays what it is. */
static inline void check_rmsprop(void)
{
    const real dp = 36;
    real p = 2, m = 0, v = 0, length[4];
    for (int t = 1, k = 0; t <= 1000; t++) {
        real before = p;
        adam_variant_step(1, t, &rmsprop, NO_CORRECTION, &dp, &m, &v, &p);
        if (t == 1 || t == 10 || t == 100 || t == 1000)
            length[k++] = (before - p) / (real)rmsprop.lr;
    }
    printf("\nRMSprop, alpha 0.99, a gradient that stays: steps 1, 10, 100, 1000 in units of lr\n");
    for (int k = 0; k < 4; k++)
        fact_that("1 / sqrt(1 - alpha^t)",
                  fabs((double)length[k] * sqrt(1 - pow(0.99, pow(10.0, k))) - 1) < 1e-3);
    printf("  %8.2f %8.2f %8.2f %8.2f\n", (double)length[0], (double)length[1], (double)length[2],
           (double)length[3]);
}

#endif
