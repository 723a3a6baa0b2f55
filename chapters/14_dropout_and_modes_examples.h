/* 14_dropout_and_modes_examples.h: the small examples of the lesson, in numbers that can be checked
 * in the head, and what the usual mistakes make of them. */
#ifndef CHAPTER_14_DROPOUT_AND_MODES_EXAMPLES_H
#define CHAPTER_14_DROPOUT_AND_MODES_EXAMPLES_H

#include <stdio.h>
#include <string.h>

#include "exercises/14_dropout_and_modes.h"
#include "kernel/vector.h"
#include "workbook/fact.h"
#include "workbook/print.h"

/* -- dropout ---------------------------------------------------------------------------------- */

enum { UNITS = 4, MASKS = 1 << UNITS };

static const real units[UNITS] = {2, 4, 6, 8}, example_mask[UNITS] = {1, 0, 1, 1};

/* Bit i of the number says whether unit i stays. */
static inline void mask_of(int number, real mask[UNITS])
{
    for (int i = 0; i < UNITS; i++)
        mask[i] = (real)(number >> i & 1);
}

/* Over all masks, each as likely as the others: the mean of y is x, and its standard deviation, at
 * p = 1/2, is x as well. */
static inline void all_masks(void)
{
    real mask[UNITS], y[UNITS], mean[UNITS] = {0}, squares[UNITS] = {0}, deviation[UNITS];
    for (int number = 0; number < MASKS; number++) {
        mask_of(number, mask);
        dropout_forward(UNITS, units, mask, 0.5, y);
        for (int i = 0; i < UNITS; i++) {
            mean[i] += y[i] / MASKS;
            squares[i] += y[i] * y[i] / MASKS;
        }
    }
    for (int i = 0; i < UNITS; i++)
        deviation[i] = sqrt(squares[i] - mean[i] * mean[i]);
    printf("Over all %d masks, p = 1/2:\n", MASKS);
    fact_row("mean of y", 2, UNITS, mean, units);
    fact_row("standard deviation", 2, UNITS, deviation, units);
}

static inline void dropout_example(void)
{
    const real half[UNITS] = {1, 2, 3, 4}, quarter[UNITS] = {3, 6, 9, 12};
    real y[UNITS], dx[UNITS];
    printf("Four units, x = 2 4 6 8, and the mask 1 0 1 1.\n");
    printf("p = 1/2, dy = 1 2 3 4:\n");
    dropout_forward(UNITS, units, example_mask, 0.5, y);
    dropout_backward(UNITS, half, example_mask, 0.5, dx);
    fact_row("y", 4, UNITS, y, (const real[]){4, 0, 12, 16});
    fact_row("dx", 4, UNITS, dx, (const real[]){2, 0, 6, 8});
    printf("p = 1/4, dy = 3 6 9 12:\n");
    dropout_forward(UNITS, units, example_mask, 0.25, y);
    dropout_backward(UNITS, quarter, example_mask, 0.25, dx);
    fact_row("y", 4, UNITS, y, (const real[]){8. / 3, 0, 8, 32. / 3});
    fact_row("dx", 4, UNITS, dx, (const real[]){4, 0, 12, 16});
    all_masks();
}

/* x times a mask that may be another one, times a factor: y or dx, as it should be and as it is
 * not, at p = 1/4. */
static inline void dropout_mistakes(void)
{
    const real dy[UNITS] = {3, 6, 9, 12}, all[UNITS] = {1, 1, 1, 1}, other[UNITS] = {0, 1, 0, 0};
    const struct {
        const char *name;
        const real *x, *mask;
        real factor, found[UNITS];
    } rows[] = {
        {"y", units, example_mask, 4. / 3, {8. / 3, 0, 8, 32. / 3}},
        {"y, not scaled", units, example_mask, 1, {2, 0, 6, 8}},
        {"y, p for 1 - p", units, example_mask, 4, {8, 0, 24, 32}},
        {"y, mask the other way round", units, other, 4. / 3, {0, 16. / 3, 0, 0}},
        {"dx", dy, example_mask, 4. / 3, {4, 0, 12, 16}},
        {"dx, not scaled", dy, example_mask, 1, {3, 0, 9, 12}},
        {"dx, without the mask", dy, all, 4. / 3, {4, 8, 12, 16}},
        {"dx, with another mask", dy, other, 4. / 3, {0, 8, 0, 0}},
    };
    printf("Mistakes in dropout, p = 1/4:\n");
    for (size_t r = 0; r < sizeof rows / sizeof rows[0]; r++) {
        real found[UNITS];
        for (int i = 0; i < UNITS; i++)
            found[i] = rows[r].x[i] * rows[r].mask[i] * rows[r].factor;
        fact_row(rows[r].name, 4, UNITS, found, rows[r].found);
    }
}

/* -- batch norm ------------------------------------------------------------------------------- */

/* Two images of one channel, one row of two pixels each; no eps. */
enum { IMAGES = 2, PIXELS = 2, ALL = IMAGES * PIXELS };

static const real pixels[ALL] = {0, 0, 6, 6}, dpixels[ALL] = {4, 0, 0, 0};
static const real one = 1, zero = 0;

typedef struct {
    real mean, var, Xhat[ALL], Y[ALL];
} Small;

static inline Small small_forward(void)
{
    Small s;
    batch_norm2d_forward(IMAGES, 1, 1, PIXELS, (const void *)pixels, &one, &zero, 0, &s.mean,
                         &s.var, (void *)s.Xhat, (void *)s.Y);
    return s;
}

static inline void train_example(void)
{
    real dX[ALL], dgain, dbias, running_mean = 0, running_var = 1;
    Small s = small_forward();
    printf("\nTwo images, one channel of two pixels: X = 0 0 and 6 6, gain 1, bias 0, eps 0.\n");
    printf("Train mode, dY = 4 0 and 0 0:\n");
    fact("mean", 4, (double)s.mean, 3);
    fact("var, divided by N = 4", 4, (double)s.var, 9);
    fact_row("Y", 4, ALL, s.Y, (const real[]){-1, -1, 1, 1});
    gain_bias2d_backward(IMAGES, 1, 1, PIXELS, (const void *)dpixels, (const void *)s.Xhat, &dgain,
                         &dbias);
    batch_norm2d_backward(IMAGES, 1, 1, PIXELS, (const void *)dpixels, (const void *)s.Xhat, &s.var,
                          0, &one, (void *)dX);
    fact_row("dgain, dbias", 4, 2, (const real[]){dgain, dbias}, (const real[]){-4, 4});
    fact_row("dX", 4, ALL, dX, (const real[]){2. / 3, -2. / 3, 0, 0});
    running_update(IMAGES, 1, 1, PIXELS, &s.mean, &s.var, (real)0.1, &running_mean, &running_var);
    printf("What it keeps, from mean 0 and variance 1, momentum 0.1:\n");
    fact_row("running mean, variance", 4, 2, (const real[]){running_mean, running_var},
             (const real[]){(real)0.3, (real)2.1});
}

/* Numbers that come out: a tenth would leave a root. */
static inline void eval_example(void)
{
    real Y[ALL], dX[ALL], mean = 0, var = 8;
    Small s = small_forward();
    running_update(IMAGES, 1, 1, PIXELS, &s.mean, &s.var, 0.25, &mean, &var);
    batch_norm2d_eval(IMAGES, 1, 1, PIXELS, (const void *)pixels, &mean, &var, 0, &one, &zero,
                      (void *)Y);
    batch_norm2d_eval_backward(IMAGES, 1, 1, PIXELS, (const void *)dpixels, &var, 0, &one,
                               (void *)dX);
    printf("Eval mode, after one batch from mean 0 and variance 8, momentum 1/4:\n");
    fact_row("running mean, variance", 4, 2, (const real[]){mean, var}, (const real[]){0.75, 9});
    fact_row("Y", 4, ALL, Y, (const real[]){-0.25, -0.25, 1.75, 1.75});
    fact_row("dX", 4, ALL, dX, (const real[]){4. / 3, 0, 0, 0});
}

/* Two images of one pixel: train mode makes -1 and 1 of any two numbers. */
static inline void two_numbers(void)
{
    const real X[2] = {0, 4}, dY[2] = {5, -3};
    real mean, var, Xhat[2], Y[2], dX[2], kept_mean = 0, kept_var = 1;
    batch_norm2d_forward(2, 1, 1, 1, (const void *)X, &one, &zero, 0, &mean, &var, (void *)Xhat,
                         (void *)Y);
    batch_norm2d_backward(2, 1, 1, 1, (const void *)dY, (const void *)Xhat, &var, 0, &one,
                          (void *)dX);
    running_update(2, 1, 1, 1, &mean, &var, (real)0.1, &kept_mean, &kept_var);
    printf("N = 2, X = 0 and 4, dY = 5 and -3:\n");
    fact_row("Y", 4, 2, Y, (const real[]){-1, 1});
    real left[2] = {without_rounding(dX[0]), without_rounding(dX[1])};
    fact_row("dX", 4, 2, left, (const real[]){0, 0});
    fact("running variance", 4, (double)kept_var, 1.7);
}

/* scale (dY - mean of dY - Xhat times mean of dY Xhat), with the two means given for each pixel. */
static inline void small_backward(const Small *s, const real means[ALL], const real slopes[ALL],
                                  real dX[ALL])
{
    for (int i = 0; i < ALL; i++)
        dX[i] = (dpixels[i] - means[i] - s->Xhat[i] * slopes[i]) / sqrt(s->var);
}

/* Four numbers of dX, their sum, and their sum times Xhat. */
static inline void norm_mistakes(void)
{
    static const struct {
        const char *name;
        real mean[ALL], slope[ALL], found[ALL + 2];
    } rows[] = {
        {"none", {1, 1, 1, 1}, {-1, -1, -1, -1}, {2. / 3, -2. / 3, 0, 0, 0, 0}},
        {"statistics as constants", {0}, {0}, {4. / 3, 0, 0, 0, 4. / 3, -4. / 3}},
        {"path of the mean forgotten",
         {0},
         {-1, -1, -1, -1},
         {1, -1. / 3, 1. / 3, 1. / 3, 4. / 3, 0}},
        {"path of var forgotten", {1, 1, 1, 1}, {0}, {1, -1. / 3, -1. / 3, -1. / 3, 0, -4. / 3}},
        {"sums over the images only", {2, 0, 2, 0}, {-2, 0, -2, 0}, {0, 0, 0, 0, 0, 0}},
        {"sums over the pixels only",
         {2, 2, 0, 0},
         {-2, -2, 0, 0},
         {0, -4. / 3, 0, 0, -4. / 3, 4. / 3}},
        {"n for N = n h w", {2, 2, 2, 2}, {-2, -2, -2, -2}, {0, -4. / 3, 0, 0, -4. / 3, 4. / 3}},
        {"N - 1 in the path of var",
         {1, 1, 1, 1},
         {-4. / 3, -4. / 3, -4. / 3, -4. / 3},
         {5. / 9, -7. / 9, 1. / 9, 1. / 9, 0, 4. / 9}},
    };
    Small s = small_forward();
    printf("A mistake, what it makes of dX, of its sum, and of its sum times Xhat:\n");
    for (size_t r = 0; r < sizeof rows / sizeof rows[0]; r++) {
        real found[ALL + 2];
        small_backward(&s, rows[r].mean, rows[r].slope, found);
        found[ALL] = vector_sum(ALL, found);
        found[ALL + 1] = vector_dot(ALL, found, s.Xhat);
        for (int i = 0; i < ALL + 2; i++)
            found[i] = without_rounding(found[i]);
        fact_row(rows[r].name, 3, ALL + 2, found, rows[r].found);
    }
}

/* What eval mode divides by is still partly the 1 that it was born with. */
static inline void creeping(void)
{
    static const struct {
        int batches;
        real found[3];
    } rows[] = {{1, {(real)0.9, (real)0.3, (real)2.1}},
                {10, {(real)0.3487, (real)1.9540, (real)8.1645}},
                {20, {(real)0.1216, (real)2.6353, (real)10.6627}},
                {40, {(real)0.0148, (real)2.9557, (real)11.8374}}};
    Small s = small_forward();
    printf("The same batch again and again: share of the start, running mean, running variance:\n");
    for (size_t r = 0; r < sizeof rows / sizeof rows[0]; r++) {
        char name[32];
        real mean = 0, var = 1, share = 1;
        for (int b = 0; b < rows[r].batches; b++) {
            running_update(IMAGES, 1, 1, PIXELS, &s.mean, &s.var, (real)0.1, &mean, &var);
            share *= (real)0.9;
        }
        snprintf(name, sizeof name, "after %d", rows[r].batches);
        fact_row(name, 4, 3, (const real[]){share, mean, var}, rows[r].found);
    }
}

#endif
