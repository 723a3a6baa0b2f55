/* 18_recurrent_laws.h: what holds for every right gradient of a recurrent layer, and needs no
 * reference. */
#ifndef CHAPTER_18_RECURRENT_LAWS_H
#define CHAPTER_18_RECURRENT_LAWS_H

#include "18_recurrent_judges.h"
#include "nn/init.h"

/* The largest of n numbers without their signs. */
static inline real largest(int n, const real *x)
{
    real most = 0;
    for (int i = 0; i < n; i++)
        most = fmax(most, fabs(x[i]));
    return most;
}

/* The gradient of a loss that looks at one state, behind step `looked`, with respect to every
 * input. */
static inline const real *looked_at(Rng *rng, Cell cell, int looked, int window)
{
    RecurrentWeights w = weights_drawn(rng, cell, D, M);
    Tensor *X = table_variable(rng, ag_shape(3, T, N, D)),
           *dh = table_variable(rng, ag_shape(3, 1, N, M));
    Tensor *Y = unrolled(cell, &w, X, (Windows){window, window});
    ag_backward(table_loss(ag_slice(Y, 0, looked, looked + 1), dh->data));
    return X->grad;
}

/* What comes after the step that is looked at cannot matter, nor what lies before a detached
 * state. */
static inline void law_of_reach(Rng *rng)
{
    enum { LOOKED = 2, STEP = N * D };
    bool after = true, before = true, reached = true;
    for (Cell cell = RNN; cell <= GRU; cell++) {
        const real *dX = looked_at(rng, cell, LOOKED, 0);
        after = after && largest((T - LOOKED - 1) * STEP, dX + (LOOKED + 1) * STEP) == 0;
        reached = reached && largest(STEP, dX) > 0;
        dX = looked_at(rng, cell, T - 1, WINDOW);
        before =
            before && largest((T - 1) * STEP, dX) == 0 && largest(STEP, dX + (T - 1) * STEP) > 0;
        ag_reset();
    }
    fact_that("inputs before the step that is looked at are reached", reached);
    if (fact_that("inputs after the step that is looked at get 0", after) &&
        fact_that("inputs before a detached state get 0", before))
        printf("\nRNN, LSTM, GRU: inputs after the step that the loss looks at get exactly 0, and "
               "so do\nthose before a detached state.\n");
}

/* Both biases are added at the same place, but in a GRU's n, where r stands between them. */
static inline void law_of_biases(Rng *rng)
{
    double apart[3], reset = 0;
    for (Cell cell = RNN; cell <= GRU; cell++) {
        const int same = cell == GRU ? 2 * M : cells[cell].gates * M;
        RecurrentWeights w = weights_drawn(rng, cell, D, M);
        Tensor *X = table_variable(rng, ag_shape(3, T, N, D)),
               *Y = unrolled(cell, &w, X, (Windows){0});
        ag_backward(table_loss(Y, table_variable(rng, Y->shape)->data));
        fact_same("db_ih = db_hh", same, w.b_ih->grad, w.b_hh->grad);
        real *difference = ag_alloc_reals(w.b_ih->size);
        for (int j = 0; j < w.b_ih->size; j++)
            difference[j] = w.b_ih->grad[j] - w.b_hh->grad[j];
        apart[cell] = largest(same, difference);
        if (cell == GRU)
            reset = largest(M, difference + same);
        ag_reset();
    }
    const bool differ =
        fact_that("db_ih and db_hh of a GRU's n, which are to differ", reset > 0.01);
    if (differ && fact_that("db_ih and db_hh", fmax(fmax(apart[RNN], apart[LSTM]), apart[GRU]) <
                                                   1000 * (double)REAL_EPSILON))
        printf("db_ih is db_hh in all gates but a GRU's n.\n");
}

/* Sequence 0 alone is told something: the others' inputs get nothing. */
static inline void law_of_batch(Rng *rng)
{
    bool apart = true;
    for (Cell cell = RNN; cell <= GRU; cell++) {
        RecurrentWeights w = weights_drawn(rng, cell, D, M);
        Tensor *X = table_variable(rng, ag_shape(3, T, N, D)),
               *Y = unrolled(cell, &w, X, (Windows){0});
        ag_backward(
            table_loss(ag_slice(Y, 1, 0, 1), table_variable(rng, ag_shape(3, T, 1, M))->data));
        for (int s = 0; s < T; s++)
            apart = apart && largest(D, X->grad + (ptrdiff_t)s * N * D) > 0 &&
                    largest((N - 1) * D, X->grad + (ptrdiff_t)(s * N + 1) * D) == 0;
        ag_reset();
    }
    if (fact_that("gradients of sequences, which are not to mix", apart))
        printf("What is told to one sequence of a batch does not reach the others.\n");
}

/* Where H is 0 tanh is the identity, and with Wh = c I each step multiplies by c. */
static inline void law_of_powers(void)
{
    const real Wh[M][M] = {{0.5, 0, 0, 0}, {0, 0.5, 0, 0}, {0, 0, 0.5, 0}, {0, 0, 0, 0.5}};
    const real H[U][1][M] = {{{0}}};
    real dH[U][1][M] = {{{0}}}, dZ[T][1][M], dh0[1][M];
    bool exact = true;
    for (int j = 0; j < M; j++)
        dH[T][0][j] = (real)(j + 1);
    rnn_backward(T, U, 1, M, (const void *)dH, H, Wh, dZ, dh0);
    for (int j = 0; j < M; j++)
        exact = exact && dh0[0][j] == dH[T][0][j] / (1 << T);
    if (fact_that("a linear RNN with Wh = I/2 multiplies by 1/2 a step", exact))
        printf("Where every h is 0 and Wh = I/2, dh is halved in each of %d steps, exactly.\n", T);
}

/* An LSTM whose forget gates are open and whose gates do not look at h: what its last c is told
 * comes to the first as it was. */
static inline void law_of_open_gates(Rng *rng)
{
    enum { LONG = 50 };
    RecurrentWeights w = weights_drawn(rng, LSTM, D, M);
    vector_fill(w.w_hh->size, 0, w.w_hh->data);
    vector_fill(M, 100, w.b_ih->data + M);
    Tensor *A = times(table_variable(rng, ag_shape(3, LONG, N, D)), w.w_ih, w.b_ih), *c[LONG];
    Memory memory = {ag_zeros(ag_shape(2, N, M)), ag_zeros(ag_shape(2, N, M))};
    for (int s = 0; s < LONG; s++) {
        memory = cell_step(LSTM, &w, slab_of(A, s), memory);
        c[s] = memory.c;
    }
    ag_backward_from(memory.h, table_variable(rng, memory.h->shape)->data);
    const bool same = compare(N * M, c[0]->grad, c[LONG - 1]->grad).exact;
    if (fact_that("dc through open forget gates, which is to come as it was",
                  same && largest(N * M, c[0]->grad) > 0))
        printf("Through forget gates of 1 dc goes back %d steps and is the same to the bit.\n",
               LONG - 1);
    ag_reset();
}

/* The direction stays, the norm becomes the smaller one of two. */
static inline void law_of_clipping(Rng *rng)
{
    enum { G = 20 };
    real g[G], clipped[G], norms[2], expected[2];
    init_normal(rng, 1, G, g);
    const real norm = sqrt(vector_dot(G, g, g));
    bool same_direction = true;
    for (int k = 0; k < 2; k++) {
        const real most = norm * (k ? 2 : (real)0.25);
        memcpy(clipped, g, sizeof g);
        clip_norm(G - 4, 4, most, clipped, clipped + G - 4);
        norms[k] = sqrt(vector_dot(G, clipped, clipped));
        expected[k] = fmin(norm, most / (norm + (real)1e-6) * norm);
        const real cosine = vector_dot(G, g, clipped) / norm / norms[k];
        same_direction = same_direction && fabs((double)cosine - 1) < 100 * (double)REAL_EPSILON;
    }
    if (fact_that("clipping keeps the direction", same_direction) &&
        fact_same("clipping leaves the smaller norm", 2, norms, expected))
        printf("After clipping the direction is the same, and the norm the smaller of two.\n");
}

static inline void check_laws(Rng *rng)
{
    law_of_reach(rng);
    law_of_biases(rng);
    law_of_batch(rng);
    law_of_powers();
    law_of_open_gates(rng);
    law_of_clipping(rng);
}

#endif
