/* 06_matmul_training.h: do wrong gradients train? Two layers of square matrices learn a third one.
 *
 *     Y = X W1,   D = Y W2,   loss = 1/(2n) sum_ij (D - X T)[i][j]^2
 *
 * All sizes are the same, so that every transpose can be forgotten and nothing objects. */
#ifndef CHAPTER_06_MATMUL_TRAINING_H
#define CHAPTER_06_MATMUL_TRAINING_H

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "kernel/gemm.h"
#include "kernel/vector.h"
#include "nn/init.h"
#include "workbook/fact.h"
#include "workbook/options.h"
#include "workbook/plot.h"
#include "workbook/runlog.h"

enum { SQUARE = 16, SQUARES = SQUARE * SQUARE, RUNS = 21, STEPS = 500, LOOKS = 4 };

static const int looks[LOOKS] = {0, 20, 100, STEPS};

/* What is done wrong. */
typedef struct {
    const char *name;
    bool dY_of_W2, dW2_of_Y, dW1_of_X; /* the transpose of that factor is left out */
    bool W2_first;                     /* W2 is updated before dY is made */
} Slip;

static const Slip slips[] = {
    {"all right", false, false, false, false},
    {"dY = dD W2", true, false, false, false},
    {"dW2 = Y dD", false, true, false, false},
    {"dW1 = X dY", false, false, true, false},
    {"dW1 = X dY, dW2 = Y dD", false, true, true, false},
    {"W2 updated before dY", false, false, false, true},
};

enum { SLIPS = sizeof slips / sizeof slips[0] };

/* The parameters, the goal, and what one step makes. */
typedef struct {
    real W1[SQUARES], W2[SQUARES], T[SQUARES];
    real X[SQUARES], Y[SQUARES], D[SQUARES], dD[SQUARES];
    real dW1[SQUARES], dW2[SQUARES], dY[SQUARES];
} TwoLayers;

/* C = A B, with a transpose of A or of B if they say so */
static inline void square_product(const real *A, bool A_transposed, const real *B,
                                  bool B_transposed, real *C)
{
    GemmMatrix a = A_transposed ? gemm_transpose(A, SQUARE) : gemm_matrix(A, SQUARE);
    GemmMatrix b = B_transposed ? gemm_transpose(B, SQUARE) : gemm_matrix(B, SQUARE);
    gemm(SQUARE, SQUARE, SQUARE, a, b, gemm_set(C, SQUARE));
}

/* Returns the loss on a fresh batch, before the step. */
static inline double slipping_step(Rng *rng, const Slip *slip, TwoLayers *t)
{
    const real lr = 0.1;
    init_normal(rng, 1, SQUARES, t->X);
    square_product(t->X, false, t->W1, false, t->Y);
    square_product(t->Y, false, t->W2, false, t->D);
    square_product(t->X, false, t->T, false, t->dD);
    for (int i = 0; i < SQUARES; i++)
        t->dD[i] = (t->D[i] - t->dD[i]) / SQUARE;

    square_product(t->Y, !slip->dW2_of_Y, t->dD, false, t->dW2);
    if (slip->W2_first)
        vector_add_scaled(SQUARES, -lr, t->dW2, t->W2);
    square_product(t->dD, false, t->W2, !slip->dY_of_W2, t->dY);
    square_product(t->X, !slip->dW1_of_X, t->dY, false, t->dW1);
    if (!slip->W2_first)
        vector_add_scaled(SQUARES, -lr, t->dW2, t->W2);
    vector_add_scaled(SQUARES, -lr, t->dW1, t->W1);
    return 0.5 * SQUARE * (double)vector_dot(SQUARES, t->dD, t->dD);
}

/* All three matrices begin as N(0, 1/16): a row through one of them keeps its length, about. */
static inline void slipping_run(uint64_t seed, const Slip *slip, double loss[STEPS + 1])
{
    static TwoLayers t;
    Rng rng;
    rng_seed(&rng, seed);
    init_kaiming_normal(&rng, INIT_LINEAR, SQUARE, 3 * SQUARES, t.W1);
    for (int step = 0; step <= STEPS; step++) {
        double now = slipping_step(&rng, slip, &t);
        loss[step] = isfinite(now) ? now : INFINITY;
    }
}

static inline int by_loss(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* The middle loss of the runs at each step; prints it at each look. */
static inline void try_slip(const Slip *slip, double middle[STEPS + 1])
{
    static double loss[RUNS][STEPS + 1];
    for (int run = 0; run < RUNS; run++)
        slipping_run((uint64_t)run + 1, slip, loss[run]);
    for (int step = 0; step <= STEPS; step++) {
        double now[RUNS];
        for (int run = 0; run < RUNS; run++)
            now[run] = loss[run][step];
        qsort(now, RUNS, sizeof now[0], by_loss);
        middle[step] = now[RUNS / 2];
    }
    printf("  %-24s", slip->name);
    for (int look = 0; look < LOOKS; look++)
        printf("%10.2g", middle[looks[look]]);
    printf("\n");
}

static inline void try_slips(double middle[SLIPS][STEPS + 1])
{
    printf("The loss after so many steps, the middle one of %d runs:\n  %-24s", RUNS, "");
    for (int look = 0; look < LOOKS; look++)
        printf("%10d", looks[look]);
    printf("\n");
    for (int s = 0; s < SLIPS; s++) {
        bool both = slips[s].dW1_of_X && slips[s].dW2_of_Y;
        try_slip(&slips[s], middle[s]);
        double last = middle[s][STEPS];
        fact_that("it trains unless both dW are wrong", both ? isinf(last) : last < 0.01);
    }
    printf("\n");
}

static inline bool draw_slips(const Options *options, const double middle[SLIPS][STEPS + 1])
{
    RunLog log;
    if (!runlog_open(&log, options->out, "slips",
                     "step,all right,dY = dD W2,dW2 = Y dD,dW1 = X dY,both dW,W2 updated first"))
        return false;
    for (int step = 0; step <= STEPS; step++) {
        double row[1 + SLIPS] = {step};
        for (int s = 0; s < SLIPS; s++)
            row[1 + s] = middle[s][step];
        runlog_row(&log, row);
    }
    return runlog_close(&log) && plot_draw_file(options, "slips", "chapters/06_slips.gp");
}

#endif
