/* 13_convolution_judges.h: who says whether a gradient is right. The steps of the lesson and the
 * exercises' functions are held against the tape and a numeric gradient; then against laws that
 * need neither. */
#ifndef CHAPTER_13_CONVOLUTION_JUDGES_H
#define CHAPTER_13_CONVOLUTION_JUDGES_H

#include <stdio.h>

#include "13_convolution_steps.h"
#include "autograd/autograd.h"
#include "nn/init.h"
#include "workbook/fact.h"
#include "workbook/table.h"

/* Two images of 3 channels, 4 maps; windows that overlap, hang over, and leave the last row out.
 * For the steps of the lesson, one image of one channel, one map and no border. */
enum { N = 2, C = 3, M = 4, ROWS = 8, COLUMNS = 7, SIDE_OF_KERNEL = 3, STRIDE = 2, BORDER = 1 };
enum { ROWS_OUT = 4, COLUMNS_OUT = 4, ROWS_LEFT = 6, COLUMNS_LEFT = 5 };

typedef struct {
    real X[N][C][ROWS][COLUMNS], W[M][C][SIDE_OF_KERNEL][SIDE_OF_KERNEL], b[M];
    real dY[N][M][ROWS_OUT][COLUMNS_OUT];
    real dX[N][C][ROWS][COLUMNS], dW[M][C][SIDE_OF_KERNEL][SIDE_OF_KERNEL];
    real plane_dY[ROWS_LEFT][COLUMNS_LEFT];
} Problem;

static inline void problem_draw(Rng *rng, Problem *problem)
{
    init_normal(rng, 1, N * C * ROWS * COLUMNS, ***problem->X);
    init_normal(rng, 1, M * C * SIDE_OF_KERNEL * SIDE_OF_KERNEL, ***problem->W);
    init_normal(rng, 1, M, problem->b);
    init_normal(rng, 1, N * M * ROWS_OUT * COLUMNS_OUT, ***problem->dY);
    init_normal(rng, 1, ROWS_LEFT * COLUMNS_LEFT, *problem->plane_dY);
}

/* -- the steps of the lesson ------------------------------------------------------------------ */

/* From the first channel of the first image, by the first kernel. */
static inline void judge_plane(GradTable *table, const Problem *q)
{
    enum { H = ROWS, L = COLUMNS, K = SIDE_OF_KERNEL, U = ROWS_LEFT, V = COLUMNS_LEFT };
    real Y[U][V], dX[H][L], dX_gathered[H][L], dW[K][K], rows[U * V][K * K], drows[U * V][K * K];
    real dX_of_rows[H][L], dW_of_rows[K * K] = {0}, db = vector_sum(U * V, *q->plane_dY);
    plane_forward(H, L, K, U, V, **q->X, **q->W, q->b[0], Y);
    plane_weight_backward(H, L, K, U, V, q->plane_dY, **q->X, dW);
    plane_input_scatter(H, L, K, U, V, q->plane_dY, **q->W, dX);
    plane_input_gather(H, L, K, U, V, q->plane_dY, **q->W, dX_gathered);
    plane_windows(H, L, K, U, V, **q->X, rows);
    for (int i = 0; i < U * V; i++)
        for (int j = 0; j < K * K; j++) {
            dW_of_rows[j] += rows[i][j] * q->plane_dY[i / V][i % V];
            drows[i][j] = q->plane_dY[i / V][i % V] * q->W[0][0][j / K][j % K];
        }
    plane_windows_backward(H, L, K, U, V, drows, dX_of_rows);

    Tensor *X = ag_variable(ag_shape(4, 1, 1, H, L), ***q->X);
    Tensor *W = ag_variable(ag_shape(4, 1, 1, K, K), ***q->W);
    Tensor *b = ag_variable(ag_shape(1, 1), q->b);
    Tensor *on_tape = ag_conv2d(X, W, b, conv_options(1, 0));
    Tensor *loss = table_loss(on_tape, *q->plane_dY);
    fact_same("Y", U * V, *Y, on_tape->data);
    ag_backward(loss);
    table_tensor(table, "dX, scattered", *dX, loss, X);
    table_tensor(table, "dX, gathered", *dX_gathered, loss, X);
    table_tensor(table, "dX, of rows", *dX_of_rows, loss, X);
    table_tensor(table, "dW", *dW, loss, W);
    table_tensor(table, "dW, of rows", dW_of_rows, loss, W);
    table_tensor(table, "db", &db, loss, b);
}

/* The first image as one line. */
static inline void judge_line(GradTable *table, const Problem *q)
{
    enum { T = ROWS * COLUMNS, K = 5, U = T - K + 1 };
    real y[U], dx[T], dw[K], db;
    const real *x = ***q->X, *w = ***q->W, *dy = ***q->dY;
    line_forward(T, K, U, x, w, q->b[0], y);
    line_backward(T, K, U, dy, x, w, dx, dw, &db);
    Tensor *tx = ag_variable(ag_shape(3, 1, 1, T), x), *tw = ag_variable(ag_shape(3, 1, 1, K), w);
    Tensor *tb = ag_variable(ag_shape(1, 1), q->b);
    Tensor *on_tape = ag_conv1d(tx, tw, tb, conv_options(1, 0)), *loss = table_loss(on_tape, dy);
    fact_same("y", U, y, on_tape->data);
    ag_backward(loss);
    table_tensor(table, "dx, a line", dx, loss, tx);
    table_tensor(table, "dw, a line", dw, loss, tw);
    table_tensor(table, "db, a line", &db, loss, tb);
}

/* -- the exercises' functions ----------------------------------------------------------------- */

static inline void judge_conv2d(GradTable *table, Problem *q)
{
    conv2d_weight_backward(N, C, M, ROWS, COLUMNS, SIDE_OF_KERNEL, STRIDE, BORDER, ROWS_OUT,
                           COLUMNS_OUT, q->dY, q->X, q->dW);
    conv2d_input_backward(N, C, M, ROWS, COLUMNS, SIDE_OF_KERNEL, STRIDE, BORDER, ROWS_OUT,
                          COLUMNS_OUT, q->dY, q->W, q->dX);
    Tensor *X = ag_variable(ag_shape(4, N, C, ROWS, COLUMNS), ***q->X);
    Tensor *W = ag_variable(ag_shape(4, M, C, SIDE_OF_KERNEL, SIDE_OF_KERNEL), ***q->W);
    Tensor *b = ag_variable(ag_shape(1, M), q->b);
    Tensor *Y = ag_conv2d(X, W, b, conv_options(STRIDE, BORDER)), *loss = table_loss(Y, ***q->dY);
    ag_backward(loss);
    table_tensor(table, "dX, channels", ***q->dX, loss, X);
    table_tensor(table, "dW, channels", ***q->dW, loss, W);
}

/* The six planes of X: windows of 3, two apart. */
static inline void judge_max_pool(GradTable *table, const Problem *q)
{
    enum { U = 3, V = 3 };
    real dX[N * C][ROWS][COLUMNS], place_dX[ROWS][COLUMNS], Y[U][V];
    int place[U][V];
    const real(*X)[ROWS][COLUMNS] = *q->X, (*dY)[U][V] = (const void *)q->dY;
    max_pool2d_backward(N * C, ROWS, COLUMNS, SIDE_OF_KERNEL, STRIDE, U, V, dY, X, dX);
    plane_max_pool(ROWS, COLUMNS, SIDE_OF_KERNEL, STRIDE, U, V, X[0], Y, place);
    plane_max_pool_backward(ROWS, COLUMNS, U, V, dY[0], place, place_dX);
    Tensor *x = ag_variable(ag_shape(3, N * C, ROWS, COLUMNS), **X);
    Tensor *first = ag_variable(ag_shape(2, ROWS, COLUMNS), **X);
    Tensor *y = ag_max_pool2d(x, SIDE_OF_KERNEL, STRIDE, 0), *loss = table_loss(y, **dY);
    Tensor *y_first = ag_max_pool2d(first, SIDE_OF_KERNEL, STRIDE, 0);
    Tensor *loss_first = table_loss(y_first, **dY);
    fact_same("pooled", U * V, *Y, y_first->data);
    ag_backward(loss);
    ag_backward(loss_first);
    table_tensor(table, "dX, pool, places", *place_dX, loss_first, first);
    table_tensor(table, "dX, pool", **dX, loss, x);
}

/* -- laws ------------------------------------------------------------------------------------- */

/* Y without its bias. */
static inline Tensor *linear_part(const Problem *q, const real *X)
{
    return ag_conv2d(ag_tensor(ag_shape(4, N, C, ROWS, COLUMNS), X),
                     ag_tensor(ag_shape(4, M, C, SIDE_OF_KERNEL, SIDE_OF_KERNEL), ***q->W), NULL,
                     conv_options(STRIDE, BORDER));
}

/* After judge_conv2d(). The numbers of a line are to be the same. */
static inline void laws(Rng *rng, const Problem *q)
{
    enum { SIZE_X = N * C * ROWS * COLUMNS, SIZE_W = M * C * SIDE_OF_KERNEL * SIDE_OF_KERNEL };
    real direction[SIZE_X];
    Tensor *Y = linear_part(q, ***q->X);
    real of_Y = vector_dot(Y->size, ***q->dY, Y->data);
    real of_X = vector_dot(SIZE_X, ***q->dX, ***q->X), of_W = vector_dot(SIZE_W, ***q->dW, ***q->W);
    init_normal(rng, 1, SIZE_X, direction);
    real along = vector_dot(SIZE_X, ***q->dX, direction);
    real moved = vector_dot(Y->size, ***q->dY, linear_part(q, direction)->data);
    printf("Laws, for the same numbers:\n");
    printf("  dX.X = dW.W = dY.(Y - b)   %9.4f %9.4f %9.4f\n", (double)of_X, (double)of_W,
           (double)of_Y);
    printf("  dX.Z = dY.(Y of Z - b)     %9.4f %9.4f\n", (double)along, (double)moved);
    fact_same("dX.X", 1, &of_X, &of_Y);
    fact_same("dW.W", 1, &of_W, &of_Y);
    fact_same("dX.Z", 1, &along, &moved);
}

static inline bool random_gradients(uint64_t seed)
{
    Rng rng;
    GradTable table;
    Problem problem;
    rng_seed(&rng, seed);
    problem_draw(&rng, &problem);
    printf("\nRandom numbers. One image, one kernel, no border; a line; then by the exercises'\n"
           "functions %d images of %d channels, %d maps, windows of %d x %d, %d apart, in a border "
           "of %d:\n",
           N, C, M, SIDE_OF_KERNEL, SIDE_OF_KERNEL, STRIDE, BORDER);
    table_begin(&table);
    judge_plane(&table, &problem);
    judge_line(&table, &problem);
    judge_conv2d(&table, &problem);
    judge_max_pool(&table, &problem);
    bool hold = table_end(&table);
    laws(&rng, &problem);
    ag_reset();
    return hold;
}

#endif
