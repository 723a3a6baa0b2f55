/* 18_recurrent_judges.h: every gradient held against the tape and a numeric gradient, whole layers
 * against the library's. */
#ifndef CHAPTER_18_RECURRENT_JUDGES_H
#define CHAPTER_18_RECURRENT_JUDGES_H

#include <stdio.h>

#include "18_recurrent_cells.h"
#include "workbook/fact.h"
#include "workbook/table.h"

/* Steps, states, sequences, inputs, units, units of a second layer, steps of a window. */
enum { T = 5, U = T + 1, N = 3, D = 2, M = 4, P = 3, WINDOW = 2 };

/* -- an RNN, step by step on the tape --------------------------------------------------------- */

/* H (t + 1, n, m) of what the input brings, A (t, n, m), and of where it begins. */
static inline Tensor *states_on_tape(Tensor *A, Tensor *h0, Tensor *Wh, int window)
{
    const int t = A->shape.dim[0], n = h0->shape.dim[0], m = h0->shape.dim[1];
    const Shape one = ag_shape(3, 1, n, m);
    Tensor **H = ag_alloc(sizeof(Tensor *) * (size_t)(t + 1)), *h = h0;
    H[0] = ag_reshape(h, one);
    for (int s = 0; s < t; s++) {
        if (window && s % window == 0)
            h = ag_detach(h);
        h = ag_tanh(ag_add(slab_of(A, s), ag_matmul_t(h, false, Wh, true)));
        H[s + 1] = ag_reshape(h, one);
    }
    return ag_concat(t + 1, H, 0);
}

static inline void hold_rnn(GradTable *table, Rng *rng)
{
    Tensor *X = table_variable(rng, ag_shape(3, T, N, D)),
           *h0 = table_variable(rng, ag_shape(2, N, M));
    Tensor *Wx = table_variable(rng, ag_shape(2, M, D)),
           *Wh = table_variable(rng, ag_shape(2, M, M));
    Tensor *b = table_variable(rng, ag_shape(1, M)),
           *dH = table_variable(rng, ag_shape(3, U, N, M));
    Tensor *A = times(X, Wx, b), *H = states_on_tape(A, h0, Wh, 0), *loss = table_loss(H, dH->data);
    real dZ[T][N][M], dh0[N][M], dWx[M][D], dWh[M][M], db[M];
    ag_backward(loss);
    rnn_backward(T, U, N, M, ag_data(dH), ag_data(H), ag_data(Wh), dZ, dh0);
    rnn_weights_backward(T, U, N, D, M, (const void *)dZ, ag_data(X), ag_data(H), dWx, dWh, db);
    table_tensor(table, "dZ", **dZ, loss, A);
    table_tensor(table, "dh0", *dh0, loss, h0);
    table_tensor(table, "dWx", *dWx, loss, Wx);
    table_tensor(table, "dWh", *dWh, loss, Wh);
    table_tensor(table, "db", db, loss, b);
}

static inline void hold_truncated(GradTable *table, Rng *rng)
{
    Tensor *A = table_variable(rng, ag_shape(3, T, N, M)),
           *h0 = table_variable(rng, ag_shape(2, N, M));
    Tensor *Wh = table_variable(rng, ag_shape(2, M, M)),
           *dH = table_variable(rng, ag_shape(3, U, N, M));
    Tensor *H = states_on_tape(A, h0, Wh, WINDOW), *loss = table_loss(H, dH->data);
    real dZ[T][N][M];
    ag_backward(loss);
    truncated_backward(T, U, N, M, WINDOW, ag_data(dH), ag_data(H), ag_data(Wh), dZ);
    table_tensor(table, "dZ truncated", **dZ, loss, A);
}

static inline void hold_stack(GradTable *table, Rng *rng)
{
    Tensor *A = table_variable(rng, ag_shape(3, T, N, M)),
           *h1 = table_variable(rng, ag_shape(2, N, M));
    Tensor *Wh1 = table_variable(rng, ag_shape(2, M, M)),
           *Wh2 = table_variable(rng, ag_shape(2, P, P));
    Tensor *Wx2 = table_variable(rng, ag_shape(2, P, M)),
           *h2 = table_variable(rng, ag_shape(2, N, P));
    Tensor *dH2 = table_variable(rng, ag_shape(3, U, N, P));
    Tensor *H1 = states_on_tape(A, h1, Wh1, 0);
    Tensor *A2 = ag_matmul_t(ag_slice(H1, 0, 1, U), false, Wx2, true);
    Tensor *H2 = states_on_tape(A2, h2, Wh2, 0), *loss = table_loss(H2, dH2->data);
    real dZ1[T][N][M], dZ2[T][N][P];
    ag_backward(loss);
    stack_backward(T, U, N, M, P, ag_data(dH2), ag_data(H1), ag_data(H2), ag_data(Wh1),
                   ag_data(Wx2), ag_data(Wh2), dZ1, dZ2);
    table_tensor(table, "dZ1 stack", **dZ1, loss, A);
    table_tensor(table, "dZ2 stack", **dZ2, loss, A2);
}

/* -- the gates, one by one -------------------------------------------------------------------- */

enum { CELLS = 7 };

static inline Tensor *row(Rng *rng)
{
    return table_variable(rng, ag_shape(1, CELLS));
}

static inline void hold_output(GradTable *table, Rng *rng)
{
    Tensor *dh = row(rng), *dc_next = row(rng), *zo = row(rng), *c = row(rng);
    Tensor *o = ag_sigmoid(zo), *h = ag_mul(o, ag_tanh(c));
    Tensor *loss = ag_add(table_loss(h, dh->data), table_loss(c, dc_next->data));
    real dzo[CELLS], dc[CELLS];
    ag_backward(loss);
    lstm_output_backward(CELLS, dh->data, dc_next->data, c->data, o->data, dzo, dc);
    table_tensor(table, "dzo", dzo, loss, zo);
    table_tensor(table, "dc", dc, loss, c);
}

static inline void hold_gates(GradTable *table, Rng *rng)
{
    Tensor *dc = row(rng), *c_prev = row(rng), *zi = row(rng), *zf = row(rng), *zg = row(rng);
    Tensor *i = ag_sigmoid(zi), *f = ag_sigmoid(zf), *g = ag_tanh(zg);
    Tensor *loss = table_loss(ag_add(ag_mul(f, c_prev), ag_mul(i, g)), dc->data);
    real dzi[CELLS], dzf[CELLS], dzg[CELLS], dc_prev[CELLS];
    ag_backward(loss);
    lstm_gates_backward(CELLS, dc->data, c_prev->data, i->data, f->data, g->data, dzi, dzf, dzg,
                        dc_prev);
    table_tensor(table, "dzi", dzi, loss, zi);
    table_tensor(table, "dzf", dzf, loss, zf);
    table_tensor(table, "dzg", dzg, loss, zg);
    table_tensor(table, "dc_prev", dc_prev, loss, c_prev);
}

static inline void hold_gru(GradTable *table, Rng *rng)
{
    Tensor *dh = row(rng), *h_prev = row(rng), *zr = row(rng), *zz = row(rng), *an = row(rng);
    Tensor *bn = row(rng), *r = ag_sigmoid(zr), *z = ag_sigmoid(zz);
    Tensor *n = ag_tanh(ag_add(an, ag_mul(r, bn)));
    Tensor *new_part = ag_mul(ag_sub(ag_full(z->shape, 1), z), n);
    Tensor *loss = table_loss(ag_add(new_part, ag_mul(z, h_prev)), dh->data);
    real dzr[CELLS], dzz[CELLS], dan[CELLS], dbn[CELLS], dh_prev[CELLS];
    ag_backward(loss);
    gru_cell_backward(CELLS, dh->data, h_prev->data, r->data, z->data, n->data, bn->data, dzr, dzz,
                      dan, dbn, dh_prev);
    table_tensor(table, "dzr", dzr, loss, zr);
    table_tensor(table, "dzz", dzz, loss, zz);
    table_tensor(table, "dan", dan, loss, an);
    table_tensor(table, "dbn", dbn, loss, bn);
    table_tensor(table, "dh_prev GRU", dh_prev, loss, h_prev);
}

/* -- whole layers ----------------------------------------------------------------------------- */

static inline RecurrentWeights weights_drawn(Rng *rng, Cell cell, int d, int m)
{
    const int rows = cells[cell].gates * m;
    return (RecurrentWeights){
        table_variable(rng, ag_shape(2, rows, d)), table_variable(rng, ag_shape(2, rows, m)),
        table_variable(rng, ag_shape(1, rows)), table_variable(rng, ag_shape(1, rows))};
}

/* The library's layer, from zeros: every state (t, n, m). */
static inline Tensor *library_layer(Cell cell, RecurrentWeights w, Tensor *X)
{
    Tensor *all = cell == RNN    ? ag_rnn(X, NULL, w, NULL)
                  : cell == LSTM ? ag_lstm(X, NULL, NULL, w, NULL)
                                 : ag_gru(X, NULL, w, NULL);
    return ag_slice(all, 0, 0, X->shape.dim[0]);
}

static inline void hold_layer(GradTable *table, Rng *rng, Cell cell)
{
    static const char *const names[] = {"dX", "dw_ih", "dw_hh", "db_ih", "db_hh"};
    RecurrentWeights w = weights_drawn(rng, cell, D, M);
    Tensor *X = table_variable(rng, ag_shape(3, T, N, D)),
           *dY = table_variable(rng, ag_shape(3, T, N, M));
    Tensor *in[] = {X, w.w_ih, w.w_hh, w.b_ih, w.b_hh}, *Y = unrolled(cell, &w, X, (Windows){0});
    real *hand[5];
    ag_backward(table_loss(Y, dY->data));
    for (int k = 0; k < 5; k++) {
        hand[k] = ag_alloc_reals(in[k]->size);
        memcpy(hand[k], in[k]->grad, sizeof(real) * (size_t)in[k]->size);
    }
    ag_zero_grad(5, in);
    Tensor *expected = library_layer(cell, w, X), *loss = table_loss(expected, dY->data);
    ag_backward(loss);
    fact_same(cells[cell].name, Y->size, Y->data, expected->data);
    for (int k = 0; k < 5; k++) {
        char name[32];
        snprintf(name, sizeof name, "%s %s", names[k], cells[cell].name);
        table_tensor(table, name, hand[k], loss, in[k]);
    }
}

static inline bool check_gradients(Rng *rng)
{
    static void (*const hold[])(GradTable *, Rng *) = {hold_rnn,   hold_truncated, hold_output,
                                                       hold_gates, hold_gru,       hold_stack};
    GradTable table;
    printf("\nThe steps:\n");
    table_begin(&table);
    for (size_t i = 0; i < sizeof hold / sizeof hold[0]; i++) {
        hold[i](&table, rng);
        ag_reset();
    }
    bool right = table_end(&table);
    printf("\nWhole layers, beside the library's:\n");
    table_begin(&table);
    for (Cell cell = RNN; cell <= GRU; cell++) {
        hold_layer(&table, rng, cell);
        ag_reset();
    }
    return table_end(&table) && right;
}

#endif
