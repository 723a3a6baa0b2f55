/* 18_recurrent_cells.h: the cells of RNN, LSTM and GRU as operations on the tape.
 *
 * In the backward functions stand those of exercises/18_recurrent.h, the solutions or yours: an
 * exercise writes its gradient whole, the tape wants it added to what is there. Products are the
 * library's. Weights lie as PyTorch has them: (gates m, d) for the input, (gates m, m) for the
 * state, and two biases (gates m); the gates are i f g o in an LSTM and r z n in a GRU. */
#ifndef CHAPTER_18_RECURRENT_CELLS_H
#define CHAPTER_18_RECURRENT_CELLS_H

#include <string.h>

#include "autograd/autograd.h"
#include "autograd/tape.h"
#include "exercises/18_recurrent.h"
#include "kernel/gemm.h"
#include "kernel/vector.h"

typedef enum { RNN, LSTM, GRU } Cell;

static const struct {
    const char *name;
    int gates;
} cells[] = {{"RNN", 1}, {"LSTM", 4}, {"GRU", 3}};

/* What an exercise has written, added to the gradient of x, if anybody asks for it. */
static inline void add_gradient(Tensor *x, const real *dx)
{
    real *grad = ag_grad(x);
    if (grad)
        vector_add(x->size, dx, grad);
}

/* -- gates side by side ----------------------------------------------------------------------- */

/* Z (n, gates m) has a row for each sequence, and in it one gate's m numbers behind the other's.
 * This is gate k of all rows, as one array (n, m); and the way back, added. */
static inline void take_gate(int n, int gates, int m, const real *Z, int k, real *gate)
{
    for (int i = 0; i < n; i++)
        memcpy(gate + i * m, Z + (i * gates + k) * m, sizeof(real) * (size_t)m);
}

static inline void add_gate(int n, int gates, int m, const real *gate, int k, real *Z)
{
    for (int i = 0; i < n && Z; i++)
        vector_add(m, gate + i * m, Z + (i * gates + k) * m);
}

/* -- an LSTM's state: c = f c_prev + i g ------------------------------------------------------ */

typedef struct {
    int n, m;
    real *gate[3]; /* (n, m) each: i, f and g; r, z and n of a GRU */
    real *bn;      /* (n, m), of a GRU */
} Gates;

static inline Gates *gates_new(int n, int m)
{
    Gates *gates = ag_alloc(sizeof *gates);
    *gates = (Gates){.n = n, .m = m, .bn = ag_alloc_reals(n * m)};
    for (int k = 0; k < 3; k++)
        gates->gate[k] = ag_alloc_reals(n * m);
    return gates;
}

static inline void state_forward(const Record *r)
{
    const Gates *s = r->saved;
    const int all = s->n * s->m;
    real *i = s->gate[0], *f = s->gate[1], *g = s->gate[2], *c = ag_data(r->out);
    const real *Z = ag_data(r->in[0]), *c_prev = ag_data(r->in[1]);
    for (int k = 0; k < 3; k++)
        take_gate(s->n, 4, s->m, Z, k, s->gate[k]);
    vector_sigmoid(all, i, i);
    vector_sigmoid(all, f, f);
    vector_tanh(all, g, g);
    for (int j = 0; j < all; j++)
        c[j] = f[j] * c_prev[j] + i[j] * g[j];
}

static inline void state_backward(const Record *r)
{
    const Gates *s = r->saved;
    const int all = s->n * s->m;
    real *dz[3] = {ag_alloc_reals(all), ag_alloc_reals(all), ag_alloc_reals(all)};
    real *dc_prev = ag_alloc_reals(all);
    lstm_gates_backward(all, ag_grad(r->out), ag_data(r->in[1]), s->gate[0], s->gate[1], s->gate[2],
                        dz[0], dz[1], dz[2], dc_prev);
    for (int k = 0; k < 3; k++)
        add_gate(s->n, 4, s->m, dz[k], k, ag_grad(r->in[0]));
    add_gradient(r->in[1], dc_prev);
}

/* Z (n, 4 m), c_prev (n, m) -> c (n, m) */
static inline Tensor *lstm_state(Tensor *Z, Tensor *c_prev)
{
    return ag_op(c_prev->shape, state_forward, state_backward,
                 gates_new(c_prev->shape.dim[0], c_prev->shape.dim[1]), 2, (Tensor *[]){Z, c_prev});
}

/* -- what it shows: h = o tanh(c) ------------------------------------------------------------- */

static inline void shown_forward(const Record *r)
{
    const Gates *s = r->saved;
    real *o = s->gate[0], *h = ag_data(r->out);
    take_gate(s->n, 4, s->m, ag_data(r->in[0]), 3, o);
    vector_sigmoid(s->n * s->m, o, o);
    vector_tanh(s->n * s->m, ag_data(r->in[1]), h);
    for (int j = 0; j < s->n * s->m; j++)
        h[j] *= o[j];
}

/* Of all that reads c this is the first, and the last on the way back: by now c's gradient is
 * dc_next, what the next step has told it. The exercise makes all of dc from it. */
static inline void shown_backward(const Record *r)
{
    const Gates *s = r->saved;
    const int all = s->n * s->m;
    Tensor *c = r->in[1];
    real *dzo = ag_alloc_reals(all), *dc = ag_alloc_reals(all), *dc_next = ag_grad(c);
    lstm_output_backward(all, ag_grad(r->out), dc_next, ag_data(c), s->gate[0], dzo, dc);
    add_gate(s->n, 4, s->m, dzo, 3, ag_grad(r->in[0]));
    memcpy(dc_next, dc, sizeof(real) * (size_t)all);
}

/* Z (n, 4 m), c (n, m) -> h (n, m). c is what lstm_state() has just made. */
static inline Tensor *lstm_shown(Tensor *Z, Tensor *c)
{
    return ag_op(c->shape, shown_forward, shown_backward,
                 gates_new(c->shape.dim[0], c->shape.dim[1]), 2, (Tensor *[]){Z, c});
}

/* -- a GRU: h = (1 - z) n + z h_prev ---------------------------------------------------------- */

static inline void gru_forward(const Record *record)
{
    const Gates *s = record->saved;
    const int all = s->n * s->m;
    real *r = s->gate[0], *z = s->gate[1], *n = s->gate[2], *h = ag_data(record->out);
    const real *A = ag_data(record->in[0]), *B = ag_data(record->in[1]);
    const real *h_prev = ag_data(record->in[2]);
    for (int k = 0; k < 3; k++)
        take_gate(s->n, 3, s->m, A, k, s->gate[k]);
    for (int k = 0; k < 2; k++) {
        take_gate(s->n, 3, s->m, B, k, s->bn);
        vector_add(all, s->bn, s->gate[k]);
        vector_sigmoid(all, s->gate[k], s->gate[k]);
    }
    take_gate(s->n, 3, s->m, B, 2, s->bn);
    for (int j = 0; j < all; j++)
        n[j] += r[j] * s->bn[j];
    vector_tanh(all, n, n);
    for (int j = 0; j < all; j++)
        h[j] = (1 - z[j]) * n[j] + z[j] * h_prev[j];
}

static inline void gru_backward(const Record *record)
{
    const Gates *s = record->saved;
    const int all = s->n * s->m;
    real *dr = ag_alloc_reals(all), *dz = ag_alloc_reals(all), *dan = ag_alloc_reals(all);
    real *dbn = ag_alloc_reals(all), *dh_prev = ag_alloc_reals(all);
    gru_cell_backward(all, ag_grad(record->out), ag_data(record->in[2]), s->gate[0], s->gate[1],
                      s->gate[2], s->bn, dr, dz, dan, dbn, dh_prev);
    const real *const dA[3] = {dr, dz, dan}, *const dB[3] = {dr, dz, dbn};
    for (int k = 0; k < 3; k++) {
        add_gate(s->n, 3, s->m, dA[k], k, ag_grad(record->in[0]));
        add_gate(s->n, 3, s->m, dB[k], k, ag_grad(record->in[1]));
    }
    add_gradient(record->in[2], dh_prev);
}

/* A (n, 3 m), what the input brings, B (n, 3 m), what the state brings, h_prev (n, m) -> h */
static inline Tensor *gru_cell(Tensor *A, Tensor *B, Tensor *h_prev)
{
    return ag_op(h_prev->shape, gru_forward, gru_backward,
                 gates_new(h_prev->shape.dim[0], h_prev->shape.dim[1]), 3,
                 (Tensor *[]){A, B, h_prev});
}

/* -- an RNN, all its steps at once ------------------------------------------------------------ */

typedef struct {
    int t, n, d, m;
    int window; /* steps from one detached state to the next; 0: no state is */
} Steps;

/* in: X (t, n, d), Wx (m, d), Wh (m, m), and the biases, which are added */
static inline void rnn_forward(const Record *r)
{
    const Steps *s = r->saved;
    const int slab = s->n * s->m;
    const real *bx = ag_data(r->in[3]), *bh = ag_data(r->in[4]);
    real *H = ag_data(r->out);
    vector_fill(slab, 0, H);
    for (int i = 0; i < s->t * s->n; i++)
        for (int j = 0; j < s->m; j++)
            H[slab + i * s->m + j] = bx[j] + bh[j];
    gemm(s->t * s->n, s->d, s->m, gemm_matrix(ag_data(r->in[0]), s->d),
         gemm_transpose(ag_data(r->in[1]), s->d), gemm_add(H + slab, s->m));
    for (int step = 0; step < s->t; step++, H += slab) {
        gemm(s->n, s->m, s->m, gemm_matrix(H, s->m), gemm_transpose(ag_data(r->in[2]), s->m),
             gemm_add(H + slab, s->m));
        vector_tanh(slab, H + slab, H + slab);
    }
}

static inline void rnn_backward_op(const Record *r)
{
    const Steps *s = r->saved;
    const int u = s->t + 1, slab = s->n * s->m;
    Tensor *X = r->in[0];
    real *dZ = ag_alloc_reals(s->t * slab), *dh0 = ag_alloc_reals(slab);
    real *dWx = ag_alloc_reals(s->m * s->d), *dWh = ag_alloc_reals(s->m * s->m);
    real *db = ag_alloc_reals(s->m);
    if (s->window)
        truncated_backward(s->t, u, s->n, s->m, s->window, ag_grad(r->out), ag_data(r->out),
                           ag_data(r->in[2]), (void *)dZ);
    else
        rnn_backward(s->t, u, s->n, s->m, ag_grad(r->out), ag_data(r->out), ag_data(r->in[2]),
                     (void *)dZ, (void *)dh0);
    rnn_weights_backward(s->t, u, s->n, s->d, s->m, (void *)dZ, ag_data(X), ag_data(r->out),
                         (void *)dWx, (void *)dWh, db);
    add_gradient(r->in[1], dWx);
    add_gradient(r->in[2], dWh);
    add_gradient(r->in[3], db);
    add_gradient(r->in[4], db);
    if (ag_grad(X))
        gemm(s->t * s->n, s->m, s->d, gemm_matrix(dZ, s->m), gemm_matrix(ag_data(r->in[1]), s->d),
             gemm_add(ag_grad(X), s->d));
}

/* -> H (t + 1, n, m): zeros, and what each step has made */
static inline Tensor *rnn_states(Tensor *X, const RecurrentWeights *w, int window)
{
    Steps *s = ag_alloc(sizeof *s);
    *s = (Steps){X->shape.dim[0], X->shape.dim[1], X->shape.dim[2], w->w_hh->shape.dim[0], window};
    return ag_op(ag_shape(3, s->t + 1, s->n, s->m), rnn_forward, rnn_backward_op, s, 5,
                 (Tensor *[]){X, w->w_ih, w->w_hh, w->b_ih, w->b_hh});
}

/* -- step by step ----------------------------------------------------------------------------- */

/* x W^T + b */
static inline Tensor *times(Tensor *x, Tensor *W, Tensor *b)
{
    return ag_add(ag_matmul_t(x, false, W, true), b);
}

/* What a cell remembers. c is an LSTM's alone; the others leave it as it is. */
typedef struct {
    Tensor *h, *c;
} Memory;

/* The state after a step to which the input brings A (n, gates m). An RNN's is one of the
 * library's operations. */
static inline Memory cell_step(Cell cell, const RecurrentWeights *w, Tensor *A, Memory before)
{
    Tensor *B = times(before.h, w->w_hh, w->b_hh);
    if (cell == RNN)
        return (Memory){ag_tanh(ag_add(A, B)), before.c};
    if (cell == GRU)
        return (Memory){gru_cell(A, B, before.h), before.c};
    Tensor *Z = ag_add(A, B), *c = lstm_state(Z, before.c);
    return (Memory){lstm_shown(Z, c), c};
}

/* What step s of A (t, n, gates m) is. */
static inline Tensor *slab_of(Tensor *A, int s)
{
    return ag_reshape(ag_slice(A, 0, s, s + 1), ag_shape(2, A->shape.dim[1], A->shape.dim[2]));
}

/* Every how many steps h and an LSTM's c are detached; 0: never. */
typedef struct {
    int h, c;
} Windows;

static inline Tensor *detached_at(int s, int window, Tensor *state)
{
    return window && s && s % window == 0 ? ag_detach(state) : state;
}

/* X (t, n, d), from zeros -> every state (t, n, m), made with the exercises' functions. */
static inline Tensor *unrolled(Cell cell, const RecurrentWeights *w, Tensor *X, Windows windows)
{
    const int t = X->shape.dim[0], n = X->shape.dim[1], m = w->w_hh->shape.dim[1];
    if (cell == RNN)
        return ag_slice(rnn_states(X, w, windows.h), 0, 1, t + 1);
    Tensor *A = times(X, w->w_ih, w->b_ih), **y = ag_alloc(sizeof(Tensor *) * (size_t)t);
    Memory memory = {ag_zeros(ag_shape(2, n, m)), ag_zeros(ag_shape(2, n, m))};
    for (int s = 0; s < t; s++) {
        memory.h = detached_at(s, windows.h, memory.h);
        memory.c = detached_at(s, windows.c, memory.c);
        memory = cell_step(cell, w, slab_of(A, s), memory);
        y[s] = ag_reshape(memory.h, ag_shape(3, 1, n, m));
    }
    return ag_concat(t, y, 0);
}

#endif
