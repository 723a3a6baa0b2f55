/* 20_autoencoder_tied.h: a linear autoencoder whose way up is its way down, turned round. A whole
 * training run of it is held against PCA. */
#ifndef CHAPTER_20_AUTOENCODER_TIED_H
#define CHAPTER_20_AUTOENCODER_TIED_H

#include <stdio.h>

#include "20_autoencoder_linear.h"
#include "exercises/20_autoencoder.h"
#include "workbook/fact.h"

/* -- one example, one number in the code --------------------------------------------------------
 */

static inline void tied(void)
{
    const real x[1][2] = {{3, 1}}, W[2][1] = {{1}, {2}}, z[1][1] = {{5}}, dR[1][2] = {{1, -1}};
    real dx[1][2], dW[2][1];
    tied_backward(1, 2, 1, dR, x, z, W, dx, dW);
    printf("\nTied weights, w = (1, 2), x = (3, 1): z = 5, r = (5, 10); dr = (1, -1):\n");
    fact_row("dx", 0, 2, *dx, (const real[]){-1, -2});
    fact_row("dw", 0, 2, *dW, (const real[]){2, -6});
    printf("Mistakes in its dw:\n");
    fact_row("encoder alone", 0, 2, (const real[]){x[0][0] * -1, x[0][1] * -1},
             (const real[]){-3, -1});
    fact_row("decoder alone", 0, 2, (const real[]){dR[0][0] * 5, dR[0][1] * 5},
             (const real[]){5, -5});
}

/* -- a whole training run, held against PCA ---------------------------------------------------- */

enum { ROWS = 200, NUMBERS = 6, CODE = 2 };

/* sum |R - X|^2 */
static inline real squares_between(const real R[ROWS][NUMBERS], const real X[ROWS][NUMBERS])
{
    real sum = 0;
    for (int i = 0; i < ROWS; i++)
        for (int j = 0; j < NUMBERS; j++)
            sum += (R[i][j] - X[i][j]) * (R[i][j] - X[i][j]);
    return sum;
}

/* One step down of sum |X W W^T - X|^2 / ROWS. Returns the sum before it. */
static inline real tied_step(const real X[ROWS][NUMBERS], real W[NUMBERS][CODE])
{
    const real lr = (real)0.02;
    real Z[ROWS][CODE], R[ROWS][NUMBERS], dR[ROWS][NUMBERS], dX[ROWS][NUMBERS], dW[NUMBERS][CODE];
    gemm(ROWS, NUMBERS, CODE, gemm_matrix(*X, NUMBERS), gemm_matrix(*W, CODE), gemm_set(*Z, CODE));
    gemm(ROWS, CODE, NUMBERS, gemm_matrix(*Z, CODE), gemm_transpose(*W, CODE),
         gemm_set(*R, NUMBERS));
    for (int i = 0; i < ROWS; i++)
        for (int j = 0; j < NUMBERS; j++)
            dR[i][j] = 2 * (R[i][j] - X[i][j]) / ROWS;
    const real loss = squares_between(R, X);
    tied_backward(ROWS, NUMBERS, CODE, dR, X, Z, W, dX, dW);
    vector_add_scaled(NUMBERS * CODE, -lr, *dW, *W);
    return loss;
}

/* Examples about 0, much longer along two directions than along the others. */
static inline void draw_examples(Rng *rng, real X[ROWS][NUMBERS], real cov[NUMBERS][NUMBERS])
{
    static const real spread[NUMBERS] = {2, 1.5, 0.7, 0.5, 0.4, 0.3};
    real mean[NUMBERS];
    init_normal(rng, 1, ROWS * NUMBERS, *X);
    for (int i = 0; i < ROWS; i++)
        for (int j = 0; j < NUMBERS; j++)
            X[i][j] *= spread[j];
    covariance_of(ROWS, NUMBERS, X, mean, cov);
    for (int i = 0; i < ROWS; i++)
        vector_add_scaled(NUMBERS, -1, mean, X[i]);
}

/* A linear autoencoder can do no better than PCA, and reaches it. */
static inline void linear_reaches_pca(uint64_t seed)
{
    enum { DOWN = 2000 };
    Rng rng;
    const real zero[NUMBERS] = {0}, all[CODE] = {1, 1};
    real X[ROWS][NUMBERS], R[ROWS][NUMBERS], cov[NUMBERS][NUMBERS], Q[CODE][NUMBERS];
    real W[NUMBERS][CODE], loss = 0;
    rng_seed(&rng, seed);
    draw_examples(&rng, X, cov);
    power_iteration(&rng, CODE, NUMBERS, 500, cov, Q);
    project(ROWS, CODE, NUMBERS, zero, Q, all, X, R);
    const real pca = squares_between(R, X);
    init_normal(&rng, 0.3, NUMBERS * CODE, *W);
    for (int step = 0; step < DOWN; step++)
        loss = tied_step(X, W);
    printf("\nTwo numbers for six, %d examples, squared error of all:\n", ROWS);
    printf("  %-28s %.8f\n", "PCA, by power iteration", (double)pca);
    printf("  %-28s %.8f\n", "tied, after 2000 steps", (double)loss);
    fact_same("a linear autoencoder finds PCA's loss", 1, &loss, &pca);
}

#endif
