/* 14_dropout_and_modes_judges.h: every gradient of the chapter against the tape and a numeric
 * gradient, and the laws that need neither. */
#ifndef CHAPTER_14_DROPOUT_AND_MODES_JUDGES_H
#define CHAPTER_14_DROPOUT_AND_MODES_JUDGES_H

#include <stdio.h>

#include "14_dropout_and_modes_layers.h"
#include "nn/init.h"
#include "workbook/fact.h"
#include "workbook/table.h"

/* No two sizes that a function takes are the same, those of group norm (N, GROUPS, C / GROUPS and
 * H W) included, and p is not 1/2. */
enum { N = 4, C = 6, H = 2, W = 5, GROUPS = 2, SIZE = N * C * H * W };

static const real P = 0.25;

/* Images lie flat; each function takes them for an array of its shape. */
typedef struct {
    real X[SIZE], dY[SIZE], mask[SIZE], channel_mask[N * C];
    real gain[C], bias[C], running_mean[C], running_var[C];
} Batch;

static inline void batch_draw(Rng *rng, Batch *b)
{
    init_normal(rng, 2, SIZE, b->X);
    init_normal(rng, 1, SIZE, b->dY);
    init_uniform(rng, 0.5, 1.5, C, b->gain);
    init_normal(rng, 1, C, b->bias);
    init_normal(rng, 1, C, b->running_mean);
    init_uniform(rng, 0.5, 4, C, b->running_var);
    rng_mask(rng, SIZE, (double)P, 1, b->mask);
    rng_mask(rng, N * C, (double)P, 1, b->channel_mask);
}

/* loss = sum of dY Y, whose gradient with respect to Y is dY */
static inline Tensor *loss_of(Tensor *Y, const Batch *b)
{
    return table_loss(Y, b->dY);
}

static inline Tensor *images(const Batch *b)
{
    return ag_variable(ag_shape(4, N, C, H, W), b->X);
}

/* -- chapter 08 once more --------------------------------------------------------------------- */

/* Images as rows of c numbers, one for each pixel of each image: a channel becomes a column. */
static inline void to_columns(int n, int c, int h, int w, const real X[n][c][h][w],
                              real columns[n][h][w][c])
{
    for (int i = 0; i < n; i++)
        for (int j = 0; j < c; j++)
            for (int y = 0; y < h; y++)
                for (int x = 0; x < w; x++)
                    columns[i][y][x][j] = X[i][j][y][x];
}

static inline void from_columns(int n, int c, int h, int w, const real columns[n][h][w][c],
                                real X[n][c][h][w])
{
    for (int i = 0; i < n; i++)
        for (int j = 0; j < c; j++)
            for (int y = 0; y < h; y++)
                for (int x = 0; x < w; x++)
                    X[i][j][y][x] = columns[i][y][x][j];
}

/* Chapter 08's line for N rows of c columns, the squares divided by N:
 * dh = gain inv / N (N dt - sum dt - raw sum(dt raw)) */
static inline void columns_backward(int rows, int c, const real dt[rows][c],
                                    const real raw[rows][c], const real inv[c], const real gain[c],
                                    real dh[rows][c])
{
    for (int j = 0; j < c; j++) {
        real dbias = 0, dgain = 0;
        for (int i = 0; i < rows; i++) {
            dbias += dt[i][j];
            dgain += dt[i][j] * raw[i][j];
        }
        for (int i = 0; i < rows; i++)
            dh[i][j] =
                gain[j] * inv[j] / (real)rows * ((real)rows * dt[i][j] - dbias - raw[i][j] * dgain);
    }
}

static inline void backward_as_columns(const Batch *b, const real Xhat[SIZE], const real var[C],
                                       real dX[SIZE])
{
    real dt[N * H * W][C], raw[N * H * W][C], dh[N * H * W][C], inv[C];
    to_columns(N, C, H, W, (const void *)b->dY, (void *)dt);
    to_columns(N, C, H, W, (const void *)Xhat, (void *)raw);
    for (int j = 0; j < C; j++)
        inv[j] = 1 / sqrt(var[j] + EPS);
    columns_backward(N * H * W, C, (const void *)dt, (const void *)raw, inv, b->gain, dh);
    from_columns(N, C, H, W, (const void *)dh, (void *)dX);
}

/* -- the table -------------------------------------------------------------------------------- */

/* The tape multiplies by mask / (1 - p) as by any tensor. */
static inline Tensor *scaled(const real *mask, Shape shape)
{
    return ag_div(ag_tensor(shape, mask), ag_scalar(1 - P));
}

static inline void judge_dropout(GradTable *table, const Batch *b)
{
    real Y[SIZE], dx[SIZE], dX[SIZE];
    Tensor *x = images(b), *y = ag_mul(x, scaled(b->mask, x->shape)), *loss = loss_of(y, b);
    dropout_forward(SIZE, b->X, b->mask, P, Y);
    dropout_backward(SIZE, b->dY, b->mask, P, dx);
    fact_same("y of dropout", SIZE, Y, y->data);
    ag_backward(loss);
    table_tensor(table, "dx, dropout", dx, loss, x);

    x = images(b);
    loss = loss_of(ag_mul(x, scaled(b->channel_mask, ag_shape(4, N, C, 1, 1))), b);
    channel_dropout_backward(N, C, H, W, (const void *)b->dY, (const void *)b->channel_mask, P,
                             (void *)dX);
    ag_backward(loss);
    table_tensor(table, "dX, channels", dX, loss, x);
}

static inline void judge_train(GradTable *table, const Batch *b)
{
    real mean[C], var[C], Xhat[SIZE], Y[SIZE], dX[SIZE], dgain[C], dbias[C];
    real running_mean[C] = {0}, running_var[C] = {0};
    Shape channels = ag_shape(1, C);
    Tensor *x = images(b), *gain = ag_variable(channels, b->gain);
    Tensor *bias = ag_variable(channels, b->bias);
    RunningStats running = {ag_zeros(channels), ag_zeros(channels), (double)MOMENTUM};
    Tensor *y = ag_batch_norm(x, gain, bias, (double)EPS, AG_BIASED, &running);
    Tensor *loss = loss_of(y, b);
    batch_norm2d_forward(N, C, H, W, (const void *)b->X, b->gain, b->bias, EPS, mean, var,
                         (void *)Xhat, (void *)Y);
    gain_bias2d_backward(N, C, H, W, (const void *)b->dY, (const void *)Xhat, dgain, dbias);
    batch_norm2d_backward(N, C, H, W, (const void *)b->dY, (const void *)Xhat, var, EPS, b->gain,
                          (void *)dX);
    running_update(N, C, H, W, mean, var, MOMENTUM, running_mean, running_var);
    fact_same("Y of batch norm", SIZE, Y, y->data);
    fact_same("running mean", C, running_mean, running.mean->data);
    fact_same("running variance", C, running_var, running.var->data);
    ag_backward(loss);
    table_tensor(table, "dgain", dgain, loss, gain);
    table_tensor(table, "dbias", dbias, loss, bias);
    table_tensor(table, "dX, train", dX, loss, x);
    backward_as_columns(b, Xhat, var, dX);
    table_tensor(table, "dX, as columns", dX, loss, x);
}

static inline void judge_eval(GradTable *table, const Batch *b)
{
    real Y[SIZE], dX[SIZE];
    Shape channels = ag_shape(1, C);
    RunningStats running = {ag_tensor(channels, b->running_mean),
                            ag_tensor(channels, b->running_var), (double)MOMENTUM};
    Tensor *x = images(b), *gain = ag_tensor(channels, b->gain);
    Tensor *y = ag_batch_norm_eval(x, gain, ag_tensor(channels, b->bias), (double)EPS, &running);
    Tensor *loss = loss_of(y, b);
    batch_norm2d_eval(N, C, H, W, (const void *)b->X, b->running_mean, b->running_var, EPS, b->gain,
                      b->bias, (void *)Y);
    batch_norm2d_eval_backward(N, C, H, W, (const void *)b->dY, b->running_var, EPS, b->gain,
                               (void *)dX);
    fact_same("Y in eval mode", SIZE, Y, y->data);
    ag_backward(loss);
    table_tensor(table, "dX, eval", dX, loss, x);
}

/* To batch norm, one image with a channel for each group of each image. */
static inline void judge_groups(GradTable *table, const Batch *b)
{
    enum { IN_GROUP = C / GROUPS * H * W };
    real Xhat[SIZE], var_inv[N * GROUPS], dX[SIZE];
    Shape groups = ag_shape(1, N * GROUPS);
    Tensor *x = images(b), *rows = ag_reshape(x, ag_shape(3, 1, N * GROUPS, IN_GROUP));
    Tensor *xhat =
        ag_batch_norm(rows, ag_full(groups, 1), ag_zeros(groups), (double)EPS, AG_BIASED, NULL);
    Tensor *var = ag_var(rows, 2, 0, false);
    Tensor *y = ag_mul(ag_reshape(xhat, x->shape), ag_tensor(ag_shape(4, 1, C, 1, 1), b->gain));
    Tensor *loss = loss_of(y, b);
    for (int i = 0; i < N * GROUPS; i++)
        var_inv[i] = 1 / sqrt(var->data[i] + EPS);
    memcpy(Xhat, xhat->data, sizeof Xhat);
    group_norm_backward(N, GROUPS, C / GROUPS, H * W, (const void *)b->dY, (const void *)var_inv,
                        (const void *)Xhat, (const void *)b->gain, (void *)dX);
    ag_backward(loss);
    table_tensor(table, "dX, groups", dX, loss, x);
}

/* A convolution into C channels with eval mode behind it, and the one convolution that it is. */
static inline void judge_folding(Rng *rng, const Batch *b)
{
    enum { IN = 2, KERNEL = 3, NUMBERS = C * IN * KERNEL * KERNEL };
    real Z[IN * 5 * 5], kernel[NUMBERS], own[C], folded[NUMBERS], folded_bias[C];
    Shape channels = ag_shape(1, C), kernels = ag_shape(4, C, IN, KERNEL, KERNEL);
    ConvOptions options = conv_options(1, 1);
    init_normal(rng, 1, IN * 5 * 5, Z);
    init_normal(rng, 1, NUMBERS, kernel);
    init_normal(rng, 1, C, own);
    Tensor *x = ag_tensor(ag_shape(4, 1, IN, 5, 5), Z);
    RunningStats running = {ag_tensor(channels, b->running_mean),
                            ag_tensor(channels, b->running_var), (double)MOMENTUM};
    Tensor *two = ag_batch_norm_eval(
        ag_conv2d(x, ag_tensor(kernels, kernel), ag_tensor(channels, own), options),
        ag_tensor(channels, b->gain), ag_tensor(channels, b->bias), (double)EPS, &running);
    fold_batch_norm(C, IN, KERNEL, KERNEL, (const void *)kernel, own, b->running_mean,
                    b->running_var, EPS, b->gain, b->bias, (void *)folded, folded_bias);
    Tensor *at_once =
        ag_conv2d(x, ag_tensor(kernels, folded), ag_tensor(channels, folded_bias), options);
    fact_same("the folded convolution", two->size, at_once->data, two->data);
}

static inline bool check_gradients(Rng *rng, const Batch *b)
{
    GradTable table;
    printf("\n%d random images of %d channels, %d x %d pixels; p = 1/4:\n", N, C, H, W);
    table_begin(&table);
    judge_dropout(&table, b);
    judge_train(&table, b);
    judge_eval(&table, b);
    judge_groups(&table, b);
    judge_folding(rng, b);
    ag_reset();
    return table_end(&table);
}

#endif
