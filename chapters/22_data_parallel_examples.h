/* 22_data_parallel_examples.h: the small examples of the lesson, on whole numbers. What is asked in
 * the exercises is done by their functions, the solutions or yours. */
#ifndef CHAPTER_22_DATA_PARALLEL_EXAMPLES_H
#define CHAPTER_22_DATA_PARALLEL_EXAMPLES_H

#include <stdio.h>
#include <string.h>

#include "exercises/22_data_parallel.h"
#include "workbook/fact.h"
#include "workbook/print.h"

/* -- a mean of means -------------------------------------------------------------------------- */

static inline void means(void)
{
    real mean;
    printf("The gradients of four examples are 1, 2, 3 and 10. On two ranks:\n");
    mean_of_shards(2, 1, (const int[]){2, 2}, (const real[2][1]){{1.5}, {6.5}}, &mean);
    fact("two and two: 1.5, 6.5", 0, (double)mean, 4);
    mean_of_shards(2, 1, (const int[]){3, 1}, (const real[2][1]){{2}, {10}}, &mean);
    fact("three and one: 2, 10", 0, (double)mean, 4);
    printf("Mistakes with three and one:\n");
    fact("the mean of the means", 0, (2.0 + 10) / 2, 6);
    fact("their sum", 0, 2.0 + 10, 12);
    fact("... over all examples", 0, (2.0 + 10) / 4, 3);
    fact("weighted, over the ranks", 0, (3 * 2.0 + 1 * 10) / 2, 8);
    fact("over both", 0, (3 * 2.0 + 1 * 10) / 4 / 2, 2);
}

/* -- the sampler ------------------------------------------------------------------------------ */

static inline void parts(void)
{
    real begin[4], end[4];
    printf("A batch of 10 examples on four ranks, and the last one, of 6:\n");
    cut_batch(16, 10, 0, 4, begin, end);
    fact_row("begin", 0, 4, begin, (const real[]){0, 2, 5, 7});
    fact_row("end", 0, 4, end, (const real[]){2, 5, 7, 10});
    cut_batch(16, 10, 1, 4, begin, end);
    fact_row("begin", 0, 4, begin, (const real[]){10, 11, 13, 14});
    fact_row("end", 0, 4, end, (const real[]){11, 13, 14, 16});
}

/* -- the order of a sum ----------------------------------------------------------------------- */

/* x + y as a float keeps it, whatever the machine calculates in. */
static inline float float_sum(float x, float y)
{
    volatile float sum = x + y;
    return sum;
}

static inline void orders(void)
{
    const float a = 1e8F, b = 1, c = -1e8F, d = 1;
    printf("1e8, 1, -1e8 and 1 add up to 2. As floats:\n");
    fact("((a + b) + c) + d", 0, (double)float_sum(float_sum(float_sum(a, b), c), d), 1);
    fact("(a + b) + (c + d)", 0, (double)float_sum(float_sum(a, b), float_sum(c, d)), 0);
    fact("(a + c) + (b + d)", 0, (double)float_sum(float_sum(a, c), float_sum(b, d)), 2);
}

static inline void tree(void)
{
    real x[6][1] = {{1}, {10}, {100}, {1000}, {10000}, {100000}};
    printf("A tree over six rows, and what it leaves in each:\n");
    tree_sum(6, 1, x);
    fact_row("x", 0, 6, *x, (const real[]){111111, 10, 1100, 1000, 110000, 100000});
}

/* -- the ring --------------------------------------------------------------------------------- */

enum { RING = 4 };

/* Rank r's pieces are 1, 2, 3, 4 times 10^r: a sum shows who is in it. */
static inline void ring_begin(real x[RING][RING][1])
{
    real unit = 1;
    for (int r = 0; r < RING; r++) {
        for (int c = 0; c < RING; c++)
            x[r][c][0] = unit * (real)(c + 1);
        unit *= 10;
    }
}

/* The first half of the ring with = for +=: what arrives takes the place of what was there. */
static inline void ring_put(real x[RING][RING][1])
{
    for (int t = 0; t < RING - 1; t++)
        for (int r = 0; r < RING; r++)
            x[(r + 1) % RING][(r - t + RING) % RING][0] = x[r][(r - t + RING) % RING][0];
}

/* The second half with += for =. */
static inline void ring_add_again(real x[RING][RING][1])
{
    for (int t = 0; t < RING - 1; t++)
        for (int r = 0; r < RING; r++)
            x[(r + 1) % RING][(r + 1 - t + RING) % RING][0] += x[r][(r + 1 - t + RING) % RING][0];
}

static inline void ring(void)
{
    static const real halfway[RING * RING] = {1,   2222, 3303, 4004, 11,   20,   3333, 4044,
                                              111, 220,  300,  4444, 1111, 2220, 3300, 4000};
    static const real all[RING] = {1111, 2222, 3333, 4444};
    real x[RING][RING][1];
    printf("A ring of four ranks, a row a rank, a column a piece:\n");
    ring_begin(x);
    print_matrix("at first", RING, RING, **x, 4);
    ring_reduce_scatter(RING, 1, x);
    print_matrix("halfway", RING, RING, **x, 4);
    fact_same("halfway", RING * RING, **x, halfway);
    ring_all_gather(RING, 1, x);
    print_matrix("at the end", RING, RING, **x, 4);
    for (int r = 0; r < RING; r++)
        fact_same("a rank's sums", RING, *x[r], all);
}

static inline void ring_mistaken(void)
{
    real x[RING][RING][1];
    printf("Mistakes in it:\n");
    ring_begin(x);
    ring_put(x);
    print_matrix("= in 1st half", RING, RING, **x, 4);
    ring_begin(x);
    ring_reduce_scatter(RING, 1, x);
    ring_add_again(x);
    print_matrix("+= in 2nd half", RING, RING, **x, 6);
}

/* -- batch norm across ranks ------------------------------------------------------------------ */

/* Two rows on each of two ranks: 0 2 | 4 6. Everything is a multiple of 1/sigma = 1/sqrt(5). */
enum { ROWS = 4 };
static const real root5 = 2.236067977499789696;

static inline void moments(void)
{
    real mean, var;
    printf("Batch norm of 0 2 on rank 0 and 4 6 on rank 1:\n");
    moments_of_ranks(2, 1, (const int[]){2, 2}, (const real[2][1]){{1}, {5}},
                     (const real[2][1]){{1}, {1}}, &mean, &var);
    fact("mean", 0, (double)mean, 3);
    fact("variance", 0, (double)var, 5);
    printf("Mistakes in the variance:\n");
    fact("the mean of the variances", 0, (1.0 + 1) / 2, 1);
    fact("with Bessel's correction", 4, 5 * 4.0 / 3, 6.6667);
}

static inline void norm_backward(void)
{
    const real xhat[ROWS] = {-3 / root5, -1 / root5, 1 / root5, 3 / root5},
               dY[ROWS] = {10, 0, 0, 0};
    const real gain = 1, var_inv = 1 / root5, own[ROWS] = {-1, 1, -1, 1}, one = 1;
    const void *given = dY, *x = xhat;
    real dX[ROWS];
    batchnorm_across_backward(2, 2, 1, given, x, &gain, &var_inv, (void *)dX);
    for (int i = 0; i < ROWS; i++)
        dX[i] *= root5;
    printf("The loss says dY = 10 of the first of these rows, and 0 of the others:\n");
    fact_row("dX, times root 5", 0, ROWS, dX, (const real[]){3, -4, -1, 2});
    printf("Mistakes in dX:\n");
    for (int r = 0; r < 2; r++)
        batchnorm_across_backward(1, 2, 1, (const void *)(dY + 2 * r), (const void *)(own + 2 * r),
                                  &gain, &one, (void *)(dX + 2 * r));
    fact_row("each rank by itself", 0, ROWS, dX, (const real[]){0, 0, 0, 0});
    for (int r = 0; r < 2; r++)
        batchnorm_across_backward(1, 2, 1, (const void *)(dY + 2 * r), (const void *)(xhat + 2 * r),
                                  &gain, &one, (void *)(dX + 2 * r));
    fact_row("sums of own rows", 0, ROWS, dX, (const real[]){-4, -8, 0, 0});
}

/* -- accumulation ----------------------------------------------------------------------------- */

static inline void accumulation(void)
{
    real v = 0, W = 10;
    printf("One process, the same two parts one after the other, lr 1/2, W = 10:\n");
    accumulated_step(2, 1, (const int[]){3, 1}, (const real[2][1]){{2}, {10}}, (real)0.5, 0, &v,
                     &W);
    fact("W", 0, (double)W, 8);
    printf("Mistakes in W:\n");
    fact("a step after each", 0, 10 - 0.5 * 2 - 0.5 * 10, 4);
    fact("the mean of the means", 0, 10 - 0.5 * 6, 7);
    fact("set to zero in between", 0, 10 - 0.5 * 10, 5);
}

#endif
