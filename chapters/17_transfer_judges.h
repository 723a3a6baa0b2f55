/* 17_transfer_judges.h: every gradient of the chapter against the tape and a numeric gradient; the
 * forward maps, the schedule and the step against the library's; and laws that need neither. */
#ifndef CHAPTER_17_TRANSFER_JUDGES_H
#define CHAPTER_17_TRANSFER_JUDGES_H

#include <stdio.h>
#include <string.h>

#include "17_transfer_maps.h"
#include "autograd/autograd.h"
#include "data/image.h"
#include "nn/init.h"
#include "nn/layers.h"
#include "nn/optim.h"
#include "nn/schedule.h"
#include "workbook/fact.h"
#include "workbook/options.h"
#include "workbook/table.h"

/* -- gradients --------------------------------------------------------------------------------- */

/* The tape has no such maps, but it has matrices. */
static inline void judge_map(GradTable *table, Rng *rng, const char *name, Map *map, Map *backward)
{
    static real A[NUMBERS][NUMBERS];
    real X[NUMBERS], dY[NUMBERS], Y[NUMBERS], dX[NUMBERS];
    const Shape row = ag_shape(2, 1, NUMBERS);
    init_normal(rng, 1, NUMBERS, X);
    init_normal(rng, 1, NUMBERS, dY);
    matrix_of(map, A);
    map(X, Y);
    backward(dY, dX);
    Tensor *x = ag_variable(row, X);
    Tensor *y = ag_matmul(x, ag_tensor(ag_shape(2, NUMBERS, NUMBERS), *A));
    Tensor *loss = ag_sum(ag_mul(y, ag_tensor(row, dY)), AG_ALL, false);
    fact_same(name, NUMBERS, Y, y->data);
    ag_backward(loss);
    table_tensor(table, name, dX, loss, x);
}

static inline void judge_frozen(GradTable *table, Rng *rng)
{
    enum { N = 4, K = 3, M = 5, L = 6, OUT_SIZE = 2 };
    real X[N][K], W1[K][M], W2[M][L], W3[L][OUT_SIZE], dY[N][OUT_SIZE], G[N][L];
    real dW1[K][M], dW3[L][OUT_SIZE];
    init_normal(rng, 1, N * K, *X);
    init_normal(rng, 1, K * M, *W1);
    init_normal(rng, 1, M * L, *W2);
    init_normal(rng, 1, L * OUT_SIZE, *W3);
    init_normal(rng, 1, N * OUT_SIZE, *dY);
    Tensor *w1 = ag_variable(ag_shape(2, K, M), *W1), *w2 = ag_tensor(ag_shape(2, M, L), *W2);
    Tensor *w3 = ag_variable(ag_shape(2, L, OUT_SIZE), *W3);
    Tensor *g = ag_relu(ag_matmul(ag_matmul(ag_tensor(ag_shape(2, N, K), *X), w1), w2));
    Tensor *y = ag_matmul(g, w3);
    Tensor *loss = ag_sum(ag_mul(y, ag_tensor(y->shape, *dY)), AG_ALL, false);
    memcpy(G, g->data, sizeof G);
    frozen_backward(N, K, M, L, OUT_SIZE, dY, X, G, W2, W3, dW1, dW3);
    ag_backward(loss);
    table_tensor(table, "dW1, below", *dW1, loss, w1);
    table_tensor(table, "dW3, above", *dW3, loss, w3);
    fact_that("a frozen layer gets no gradient", w2->grad == NULL);
}

static inline bool random_gradients(uint64_t seed)
{
    GradTable table;
    Rng rng;
    rng_seed(&rng, seed);
    printf("\nA random image of %d channels, %d x %d pixels; three layers, one frozen:\n", C, H, W);
    table_begin(&table);
    judge_map(&table, &rng, "dX, flip", flip_small, flip_small);
    judge_map(&table, &rng, "dX, shift", shift_small, shift_small_backward);
    judge_map(&table, &rng, "dX, rotation", rotate_small, rotate_small_backward);
    judge_frozen(&table, &rng);
    ag_reset();
    return table_end(&table);
}

/* -- the library has it, too ------------------------------------------------------------------- */

static inline void judge_forward(Rng *rng)
{
    real X[NUMBERS], hand[NUMBERS], library[NUMBERS];
    const ImageSize size = {C, H, W};
    const double degrees = 25, angle = degrees * acos(-1.0) / 180;
    init_normal(rng, 1, NUMBERS, X);
    rotate(C, H, W, (real)cos(angle), (real)sin(angle), (const void *)X, (void *)hand);
    image_rotate((Image){size, X}, degrees, (Image){size, library});
    fact_same("a rotation", NUMBERS, hand, library);
    flip_small(X, hand);
    image_flip((Image){size, X}, (Image){size, library});
    fact_same("a flip", NUMBERS, hand, library);
}

static inline void judge_schedule(void)
{
    enum { N = 12, M = 8 };
    real hand[N], library[N], sum = 0;
    cosine_schedule(N, M, 3, 1, hand);
    for (int t = 0; t < N; t++) {
        library[t] = (real)schedule_cosine(3, 1, M, t < M ? t : M);
        sum += t <= M ? hand[t] : 0;
    }
    fact_same("a schedule", N, hand, library);
    fact_that("rates add up to (lr + low) (m + 1) / 2",
              fabs(sum - 2 * (M + 1)) < 100 * REAL_EPSILON);
}

/* Five steps by the exercise and by the library; the frozen layer is no parameter there. */
static inline void judge_step(Rng *rng)
{
    enum { K = 7 };
    const int frozen[2] = {0, 1};
    real p[2][K], b[2][K] = {{0}}, dp[2][K] = {{0}}, other[K], still[K];
    init_normal(rng, 1, 2 * K, *p);
    memcpy(other, p[0], sizeof other);
    memcpy(still, p[1], sizeof still);
    Optim *optim = optim_new();
    optim_sgd(optim, (Sgd){.lr = 0.1, .momentum = 0.9, .weight_decay = 0.3});
    optim_add_array(optim, K, other, dp[0]);
    for (int step = 0; step < 5; step++) {
        init_normal(rng, 1, K, dp[0]);
        optim_step(optim);
        frozen_step(2, K, (real)0.1, (real)0.9, (real)0.3, frozen, (const void *)dp, b, p);
    }
    fact_same("five steps", K, p[0], other);
    fact_that("a frozen layer's bytes stay", same_bytes(K, still, p[1]));
    optim_free(optim);
}

/* -- laws -------------------------------------------------------------------------------------- */

static inline void laws_of_maps(Rng *rng)
{
    real X[NUMBERS], Y[NUMBERS], dY[NUMBERS], dX[NUMBERS];
    init_normal(rng, 1, NUMBERS, X);
    init_normal(rng, 1, NUMBERS, dY);
    flip_small(X, dX);
    flip_small(dX, Y);
    fact_that("flipped twice it is as it was", same_bytes(NUMBERS, X, Y));
    shift_small_backward(dY, dX);
    real lost = vector_sum(NUMBERS, dX) - vector_sum(NUMBERS, dY);
    fact_that("a shift with repeated edges loses nothing", fabs(lost) < 1000 * REAL_EPSILON);
    rotate_small(X, Y);
    rotate_small_backward(dY, dX);
    real there = vector_dot(NUMBERS, dY, Y), back = vector_dot(NUMBERS, dX, X);
    printf("\nA rotation there and back: sum of dY Y %.4f, sum of dX X %.4f\n", (double)there,
           (double)back);
    fact_that("both sums are the same", fabs(there - back) < 1000 * REAL_EPSILON);
}

/* A batch norm that is frozen, and shown a batch: how far its running mean moves. */
static inline double moved_by(bool training)
{
    enum { N = 4, CHANNELS = 2 };
    Module *norm = nn_batch_norm1d(CHANNELS);
    real X[N * CHANNELS];
    for (int i = 0; i < N * CHANNELS; i++)
        X[i] = 5;
    nn_freeze(norm, true);
    nn_train(norm, training);
    nn_forward(norm, ag_wrap(ag_shape(2, N, CHANNELS), X));
    ag_reset();
    double moved = (double)norm->tensor[2].tensor->data[0];
    nn_free(norm);
    return moved;
}

static inline void frozen_norm(void)
{
    printf("A frozen batch norm sees a batch whose mean is 5; its running mean, 0 before:\n");
    fact("in train mode", 4, moved_by(true), 0.5);
    fact("in eval mode", 4, moved_by(false), 0);
}

static inline void judge_library(uint64_t seed)
{
    Rng rng;
    rng_seed(&rng, seed);
    judge_forward(&rng);
    judge_schedule();
    judge_step(&rng);
    laws_of_maps(&rng);
    frozen_norm();
}

#endif
