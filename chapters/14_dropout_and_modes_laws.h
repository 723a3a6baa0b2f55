/* 14_dropout_and_modes_laws.h: what holds of these gradients whatever the numbers are. No reference
 * is needed to see it, and each law catches a mistake of its own. */
#ifndef CHAPTER_14_DROPOUT_AND_MODES_LAWS_H
#define CHAPTER_14_DROPOUT_AND_MODES_LAWS_H

#include "14_dropout_and_modes_judges.h"

/* A whole pass of batch norm in train mode, there and back. */
typedef struct {
    real mean[C], var[C], Xhat[SIZE], Y[SIZE], dX[SIZE], dgain[C], dbias[C];
} Pass;

static inline Pass pass_of(const Batch *b, real eps)
{
    Pass p;
    batch_norm2d_forward(N, C, H, W, (const void *)b->X, b->gain, b->bias, eps, p.mean, p.var,
                         (void *)p.Xhat, (void *)p.Y);
    gain_bias2d_backward(N, C, H, W, (const void *)b->dY, (const void *)p.Xhat, p.dgain, p.dbias);
    batch_norm2d_backward(N, C, H, W, (const void *)b->dY, (const void *)p.Xhat, p.var, eps,
                          b->gain, (void *)p.dX);
    return p;
}

/* The sum over channel j of x y. */
static inline real channel_dot(int j, const real x[SIZE], const real y[SIZE])
{
    real sum = 0;
    for (int i = 0; i < N; i++)
        sum += vector_dot(H * W, x + (i * C + j) * H * W, y + (i * C + j) * H * W);
    return sum;
}

static inline void law(const char *name, real off)
{
    printf("  %-52s %.1e\n", name, (double)fabs(off));
    fact_that(name, fabs(off) < 1000 * REAL_EPSILON);
}

static inline void dropout_laws(const Batch *b)
{
    real y[SIZE], dx[SIZE];
    int elsewhere = 0;
    dropout_forward(SIZE, b->X, b->mask, P, y);
    dropout_backward(SIZE, b->dY, b->mask, P, dx);
    for (int i = 0; i < SIZE; i++)
        elsewhere += (dx[i] == 0) != (b->mask[i] == 0);
    law("dropout: sum dx x less sum dy y", vector_dot(SIZE, dx, b->X) - vector_dot(SIZE, b->dY, y));
    fact_that("dx is 0 where a number was dropped, and nowhere else", elsewhere == 0);
}

/* The largest over the channels of each. */
static inline void train_laws(const Batch *b)
{
    const Pass p = pass_of(b, EPS);
    real ones[SIZE], sum = 0, beside = 0, product = 0, gained = 0;
    vector_fill(SIZE, 1, ones);
    for (int j = 0; j < C; j++) {
        real along = channel_dot(j, p.dX, p.Xhat), inv = 1 / sqrt(p.var[j] + EPS);
        real left = EPS * b->gain[j] * inv * inv * inv * p.dgain[j];
        sum = fmax(sum, fabs(channel_dot(j, p.dX, ones)));
        product = fmax(product, fabs(along));
        beside = fmax(beside, fabs(along - left));
        gained = fmax(gained, fabs(p.dgain[j] * b->gain[j] + p.dbias[j] * b->bias[j] -
                                   channel_dot(j, b->dY, p.Y)));
    }
    law("train: sum dX", sum);
    printf("  %-52s %.1e\n", "train: sum dX Xhat, which is what eps leaves", (double)product);
    law("... less eps gain (var + eps)^(-3/2) dgain", beside);
    law("train: dgain gain + dbias bias less sum dY Y", gained);
}

/* Twice the contrast: the same Y, half of dX. */
static inline void scaling_law(const Batch *b)
{
    Batch twice = *b;
    for (int i = 0; i < SIZE; i++)
        twice.X[i] *= 2;
    const Pass p = pass_of(b, 0), q = pass_of(&twice, 0);
    real moved = 0, halved = 0;
    for (int i = 0; i < SIZE; i++) {
        moved = fmax(moved, fabs(p.Y[i] - q.Y[i]));
        halved = fmax(halved, fabs(p.dX[i] - 2 * q.dX[i]));
    }
    law("train, eps 0: Y of 2 X less Y of X", moved);
    law("train, eps 0: 2 dX of 2 X less dX of X", halved);
}

/* The last image gets other pixels. How far does Y of the first move? */
static inline void who_sees_whom(const Batch *b)
{
    Batch other = *b;
    real Y[SIZE], Y_other[SIZE], train = 0, eval = 0;
    for (int i = 0; i < C * H * W; i++)
        other.X[(N - 1) * C * H * W + i] += 3;
    const Pass p = pass_of(b, EPS), q = pass_of(&other, EPS);
    batch_norm2d_eval(N, C, H, W, (const void *)b->X, b->running_mean, b->running_var, EPS, b->gain,
                      b->bias, (void *)Y);
    batch_norm2d_eval(N, C, H, W, (const void *)other.X, b->running_mean, b->running_var, EPS,
                      b->gain, b->bias, (void *)Y_other);
    for (int i = 0; i < C * H * W; i++) {
        train = fmax(train, fabs(p.Y[i] - q.Y[i]));
        eval = fmax(eval, fabs(Y[i] - Y_other[i]));
    }
    printf("The last image is made brighter by 3. Y of the first moves by\n");
    printf("  train mode %.2f, eval mode %g\n", (double)train, (double)eval);
    fact_that("in train mode images see each other", train > 0.1);
    fact_that("in eval mode they do not", eval == 0);
}

static inline void check_laws(const Batch *b)
{
    printf("\nLaws, and how far they are off:\n");
    dropout_laws(b);
    train_laws(b);
    scaling_law(b);
    who_sees_whom(b);
}

#endif
