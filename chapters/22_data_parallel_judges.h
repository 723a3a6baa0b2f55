/* 22_data_parallel_judges.h: what ranks put together is held against the tape, which sees the whole
 * batch, and against a numeric gradient; and the laws that need neither. The ranks are rows of an
 * array here: nothing is sent. */
#ifndef CHAPTER_22_DATA_PARALLEL_JUDGES_H
#define CHAPTER_22_DATA_PARALLEL_JUDGES_H

#include <stdio.h>
#include <string.h>

#include "22_data_parallel_examples.h"
#include "autograd/autograd.h"
#include "kernel/vector.h"
#include "nn/init.h"
#include "nn/optim.h"
#include "workbook/table.h"

/* -- a small network, and eleven examples on four ranks --------------------------------------- */

enum { P = 4, EXAMPLES = 11, INPUTS = 3, UNITS = 4, OUTPUTS = 2 };
enum {
    IN_W1 = INPUTS * UNITS,
    IN_W2 = UNITS * OUTPUTS,
    WEIGHTS = IN_W1 + IN_W2,
    PIECE = WEIGHTS / P
};

typedef struct {
    Tensor *W1, *W2;
    real X[EXAMPLES][INPUTS];
    int y[EXAMPLES];
    int n[P];            /* examples on each rank, */
    real dW[P][WEIGHTS]; /* ... and the mean of their gradients */
} Small;

/* The mean cross entropy of n examples from `first` on. */
static inline Tensor *small_loss(Small *s, int first, int n)
{
    Tensor *x = ag_wrap(ag_shape(2, n, INPUTS), s->X[first]);
    Tensor *h = ag_tanh(ag_matmul(x, s->W1));
    return ag_cross_entropy(ag_matmul(h, s->W2), s->y + first, AG_MEAN);
}

/* Each rank's gradient of its own examples. */
static inline void small_ranks(Small *s)
{
    real begin[P], end[P];
    cut_batch(EXAMPLES, EXAMPLES, 0, P, begin, end);
    for (int r = 0; r < P; r++) {
        s->n[r] = (int)(end[r] - begin[r]);
        ag_zero_grad(2, (Tensor *[]){s->W1, s->W2});
        ag_backward(small_loss(s, (int)begin[r], s->n[r]));
        memcpy(s->dW[r], s->W1->grad, sizeof(real[IN_W1]));
        memcpy(s->dW[r] + IN_W1, s->W2->grad, sizeof(real[IN_W2]));
    }
    ag_zero_grad(2, (Tensor *[]){s->W1, s->W2});
}

static inline void small_draw(Small *s, Rng *rng)
{
    s->W1 = table_variable(rng, ag_shape(2, INPUTS, UNITS));
    s->W2 = table_variable(rng, ag_shape(2, UNITS, OUTPUTS));
    init_normal(rng, 1, EXAMPLES * INPUTS, *s->X);
    for (int i = 0; i < EXAMPLES; i++)
        s->y[i] = (int)rng_below(rng, OUTPUTS);
    small_ranks(s);
}

/* n[r] dW[r] / (sum of n) in row r. */
static inline void small_shares(const Small *s, real x[P][WEIGHTS])
{
    memset(x, 0, sizeof(real[P][WEIGHTS]));
    for (int r = 0; r < P; r++)
        vector_add_scaled(WEIGHTS, (real)s->n[r] / EXAMPLES, s->dW[r], x[r]);
}

static inline bool vectors_equal(int n, const real *x, const real *y)
{
    for (int i = 0; i < n; i++)
        if (x[i] != y[i])
            return false;
    return true;
}

static inline void hold_sums(GradTable *table, Rng *rng)
{
    Small s;
    real mean[WEIGHTS], rows[P][WEIGHTS], ring[P][WEIGHTS];
    small_draw(&s, rng);
    Tensor *loss = small_loss(&s, 0, EXAMPLES);
    ag_backward(loss);
    mean_of_shards(P, WEIGHTS, s.n, (const void *)s.dW, mean);
    table_tensor(table, "dW1, mean", mean, loss, s.W1);
    table_tensor(table, "dW2, mean", mean + IN_W1, loss, s.W2);
    small_shares(&s, rows);
    memcpy(ring, rows, sizeof ring);
    tree_sum(P, WEIGHTS, rows);
    table_tensor(table, "dW1, tree", rows[0], loss, s.W1);
    table_tensor(table, "dW2, tree", rows[0] + IN_W1, loss, s.W2);
    ring_reduce_scatter(P, PIECE, (void *)ring);
    ring_all_gather(P, PIECE, (void *)ring);
    table_tensor(table, "dW1, ring", ring[P - 1], loss, s.W1);
    table_tensor(table, "dW2, ring", ring[P - 1] + IN_W1, loss, s.W2);
    for (int r = 0; r < P; r++)
        fact_that("after the ring all ranks have the same bits",
                  vectors_equal(WEIGHTS, ring[r], ring[0]));
}

/* -- batch norm ------------------------------------------------------------------------------- */

enum { RANKS = 3, OWN = 4, COLUMNS = 2, ALL = RANKS * OWN };

/* xhat and 1/sigma of all rows, from what each rank knows of its own. */
static inline void normalized(const real X[RANKS][OWN][COLUMNS], real xhat[RANKS][OWN][COLUMNS],
                              real var_inv[COLUMNS])
{
    real m[RANKS][COLUMNS] = {{0}}, v[RANKS][COLUMNS] = {{0}}, mean[COLUMNS], var[COLUMNS];
    for (int r = 0; r < RANKS; r++)
        for (int j = 0; j < COLUMNS; j++) {
            for (int i = 0; i < OWN; i++)
                m[r][j] += X[r][i][j] / OWN;
            for (int i = 0; i < OWN; i++)
                v[r][j] += (X[r][i][j] - m[r][j]) * (X[r][i][j] - m[r][j]) / OWN;
        }
    moments_of_ranks(RANKS, COLUMNS, (const int[]){OWN, OWN, OWN}, (const void *)m, (const void *)v,
                     mean, var);
    for (int j = 0; j < COLUMNS; j++) {
        var_inv[j] = 1 / sqrt(var[j] + (real)1e-5);
        for (int i = 0; i < ALL; i++)
            xhat[i / OWN][i % OWN][j] = (X[i / OWN][i % OWN][j] - mean[j]) * var_inv[j];
    }
}

/* What cannot matter gets nothing: a shift of a column, or a stretch but for eps. */
static inline void law_of_norm(const real dX[RANKS][OWN][COLUMNS],
                               const real xhat[RANKS][OWN][COLUMNS])
{
    for (int j = 0; j < COLUMNS; j++) {
        real sum = 0, along = 0, size = 0;
        for (int i = 0; i < ALL; i++) {
            const real dx = dX[i / OWN][i % OWN][j];
            sum += dx;
            along += dx * xhat[i / OWN][i % OWN][j];
            size += fabs(dx);
        }
        fact_that("over all ranks sum dX = 0", fabs(sum) <= 64 * REAL_EPSILON * size);
        fact_that("over all ranks sum dX xhat = 0, but for eps", fabs(along) <= (real)1e-3 * size);
    }
}

static inline void hold_norm(GradTable *table, Rng *rng)
{
    Tensor *X = table_variable(rng, ag_shape(2, ALL, COLUMNS)),
           *gain = table_variable(rng, ag_shape(1, COLUMNS)),
           *bias = table_variable(rng, ag_shape(1, COLUMNS)), *dY = table_variable(rng, X->shape);
    Tensor *loss = table_loss(ag_batch_norm(X, gain, bias, 1e-5, AG_BIASED, NULL), ag_data(dY));
    real xhat[RANKS][OWN][COLUMNS], var_inv[COLUMNS], dX[RANKS][OWN][COLUMNS];
    ag_backward(loss);
    normalized(ag_data(X), xhat, var_inv);
    batchnorm_across_backward(RANKS, OWN, COLUMNS, ag_data(dY), (const void *)xhat, gain->data,
                              var_inv, dX);
    table_tensor(table, "dX, batch norm", **dX, loss, X);
    law_of_norm((const void *)dX, (const void *)xhat);
}

/* -- accumulation ----------------------------------------------------------------------------- */

/* Two steps, each of four parts, and each of the whole batch with the library's optimizer. */
static inline void same_steps(Rng *rng)
{
    Small s;
    small_draw(&s, rng);
    Tensor *whole[] = {s.W1, s.W2};
    real W[WEIGHTS], v[WEIGHTS] = {0};
    memcpy(W, s.W1->data, sizeof(real[IN_W1]));
    memcpy(W + IN_W1, s.W2->data, sizeof(real[IN_W2]));
    Optim *optim = optim_new();
    optim_sgd(optim, (Sgd){.lr = 0.3, .momentum = 0.9});
    optim_add(optim, 2, whole);
    for (int step = 0; step < 2; step++) {
        small_ranks(&s);
        accumulated_step(P, WEIGHTS, s.n, (const void *)s.dW, (real)0.3, (real)0.9, v, W);
        ag_backward(small_loss(&s, 0, EXAMPLES));
        optim_step(optim);
        fact_same("W1 after a step", IN_W1, W, s.W1->data);
        fact_same("W2 after a step", IN_W2, W + IN_W1, s.W2->data);
    }
    optim_free(optim);
}

/* -- laws ------------------------------------------------------------------------------------- */

/* Nothing is left out and nothing twice, whatever the sizes. */
static inline void law_of_parts(void)
{
    enum { MOST = 9 };
    bool whole = true, even = true;
    for (int p = 1; p <= MOST; p++)
        for (int b = 1; b <= 24; b++) {
            real begin[MOST], end[MOST];
            cut_batch(100, b, 2, p, begin, end);
            whole = whole && begin[0] == 2 * b && end[p - 1] == 3 * b;
            for (int r = 0; r < p; r++) {
                const real spare = (end[r] - begin[r]) * (real)p - (real)b;
                whole = whole && (r == 0 || begin[r] == end[r - 1]);
                even = even && fabs(spare) < (real)p;
            }
        }
    fact_that("each example has one rank", whole);
    fact_that("no part is more than one larger than another", even);
}

/* A column of the tree of eight, made by two ranks that have four rows each. */
static inline real sum_of_halves(const real x[8])
{
    real left[4][1], right[4][1];
    memcpy(left, x, sizeof left);
    memcpy(right, x + 4, sizeof right);
    tree_sum(4, 1, left);
    tree_sum(4, 1, right);
    return left[0][0] + right[0][0];
}

/* Two halves are the whole, to the bit. From the first to the last it is another sum. */
static inline void law_of_trees(Rng *rng)
{
    enum { SUMS = 1000 };
    int halves_differ = 0, others_differ = 0;
    for (int j = 0; j < SUMS; j++) {
        real x[8], whole[8][1], in_turn = 0;
        init_normal(rng, 1, 8, x);
        for (int s = 0; s < 8; s++)
            in_turn += x[s];
        memcpy(whole, x, sizeof whole);
        tree_sum(8, 1, whole);
        halves_differ += sum_of_halves(x) != whole[0][0];
        others_differ += in_turn != whole[0][0];
    }
    fact("sums of 8 numbers", 0, SUMS, 1000);
    fact("halves on two ranks: differ", 0, halves_differ, 0);
    fact_that("tree_sum: more than a quarter differ from sums taken one after the other",
              others_differ > SUMS / 4);
}

static inline bool check_gradients(uint64_t seed)
{
    Rng rng;
    GradTable table;
    rng_seed(&rng, seed);
    printf("\n11 examples on 4 ranks, and batch norm of 12 rows on 3:\n");
    table_begin(&table);
    hold_sums(&table, &rng);
    hold_norm(&table, &rng);
    bool hold = table_end(&table);
    same_steps(&rng);
    law_of_parts();
    law_of_trees(&rng);
    ag_reset();
    return hold;
}

#endif
