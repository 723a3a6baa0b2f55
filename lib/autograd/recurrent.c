/* recurrent.c: RNN, LSTM and GRU over a whole sequence, each as one op.
 *
 * Only the product with the state has to wait for the step before it. That with x is one for all
 * steps; and so are, going backwards, those that make dx and the gradients of the weights, once da,
 * the gradient of all the sums, is there. What is left in the loop is one product a step, always
 * with the same matrix, and the gates.
 *
 * The examples of a batch know nothing of each other: a thread takes some of them through all the
 * steps, and waits for no other before the end. */
#include <stdint.h>
#include <string.h>

#include "autograd/ops.h"
#include "autograd/tape.h"
#include "error.h"
#include "kernel/gemm.h"
#include "kernel/recurrent.h"
#include "kernel/vector.h"

#ifdef _OPENMP
#include <omp.h>
#endif

enum { ENOUGH_TO_SHARE = 1 << 21 }; /* multiplications that take longer than to wake a thread */

enum { X, H0, W_IH, W_HH, OTHERS }; /* the inputs; then b_ih and b_hh, if any; then an LSTM's c0 */

typedef struct Sequence Sequence;

/* What example i does with its sums in step s, there and back. */
typedef void Gates(const Sequence *q, int s, int i);

typedef struct {
    int joint;  /* blocks of h sums over x and over the state, */
    int apart;  /* and behind them those of which the two stay apart, that over x first */
    int states; /* h, or h and c */
    Gates *gates, *gates_backward;
} Kind;

struct Sequence {
    const Kind *kind;
    bool biased;
    int t, n, in, h, joint, apart, width; /* a row of sums has width = joint + 2 apart */
    int *length;                          /* (n) */
    void *w_hh;       /* (h, joint + apart): the transpose, made once a pass for all steps */
    real *a;          /* (t, n, width): sums, then gates */
    real *c, *tanh_c; /* (t, n, h) */

    const real *h0, *c0, *b_hh; /* from here on as they are in the pass at hand */
    real *y;                    /* (t + states, n, h) */
    const real *w, *dy;         /* W_hh as it is, and the gradient of y */
    real *da, *dh, *dc;         /* (t, n, width), and of the state behind a step, (n, h) */
};

/* The row of example i in step s of an array (t, n, width). */
static real *row(const Sequence *q, real *x, int s, int i, int width)
{
    return x + ((ptrdiff_t)s * q->n + i) * width;
}

/* The state before step s, where `after` (t, n, h) has it after each step. */
static const real *before(const Sequence *q, const real *start, real *after, int s, int i)
{
    return s > 0 ? row(q, after, s - 1, i, q->h) : start + (ptrdiff_t)i * q->h;
}

static void copy_row(const Sequence *q, const real *x, real *y)
{
    memcpy(y, x, (size_t)q->h * sizeof *y);
}

/* What there is to do for some examples, `rows` from `first` on. */
typedef void Part(const Sequence *q, int first, int rows);

static void for_all_examples(Part *part, const Sequence *q)
{
    int parts = 1;
#ifdef _OPENMP
    if ((double)q->t * q->n * q->h * q->width > ENOUGH_TO_SHARE)
        parts = omp_get_max_threads() < q->n ? omp_get_max_threads() : q->n;
#pragma omp parallel for num_threads(parts) if (parts > 1)
#endif
    for (int i = 0; i < parts; i++) {
        const int first = (int)((int64_t)q->n * i / parts);
        part(q, first, (int)((int64_t)q->n * (i + 1) / parts) - first);
    }
}

/* -- the gates -------------------------------------------------------------------------------- */

static void rnn_gates(const Sequence *q, int s, int i)
{
    rnn_step(q->h, row(q, q->a, s, i, q->width), row(q, q->y, s, i, q->h));
}

static void rnn_gates_backward(const Sequence *q, int s, int i)
{
    rnn_step_backward(q->h, row(q, q->y, s, i, q->h), row(q, q->dh, 0, i, q->h),
                      row(q, q->da, s, i, q->width));
}

static void lstm_gates(const Sequence *q, int s, int i)
{
    lstm_step(q->h, before(q, q->c0, q->c, s, i), row(q, q->a, s, i, q->width),
              row(q, q->c, s, i, q->h), row(q, q->tanh_c, s, i, q->h), row(q, q->y, s, i, q->h));
}

static void lstm_gates_backward(const Sequence *q, int s, int i)
{
    lstm_step_backward(q->h, before(q, q->c0, q->c, s, i), row(q, q->a, s, i, q->width),
                       row(q, q->tanh_c, s, i, q->h), row(q, q->dh, 0, i, q->h),
                       row(q, q->dc, 0, i, q->h), row(q, q->da, s, i, q->width));
}

static void gru_gates(const Sequence *q, int s, int i)
{
    gru_step(q->h, before(q, q->h0, q->y, s, i), row(q, q->a, s, i, q->width),
             row(q, q->y, s, i, q->h));
}

static void gru_gates_backward(const Sequence *q, int s, int i)
{
    gru_step_backward(q->h, before(q, q->h0, q->y, s, i), row(q, q->a, s, i, q->width),
                      row(q, q->dh, 0, i, q->h), row(q, q->da, s, i, q->width));
}

static const Kind rnn = {1, 0, 1, rnn_gates, rnn_gates_backward},
                  lstm = {4, 0, 2, lstm_gates, lstm_gates_backward},
                  gru = {2, 1, 1, gru_gates, gru_gates_backward};

/* -- forward ---------------------------------------------------------------------------------- */

/* The sequence, with where its numbers are in this pass. */
static Sequence sequence_of(const Record *r)
{
    Sequence q = *(const Sequence *)r->saved;
    q.h0 = ag_data(r->in[H0]);
    q.w = ag_data(r->in[W_HH]);
    q.b_hh = q.biased ? ag_data(r->in[OTHERS + 1]) : NULL;
    q.c0 = q.kind->states == 2 ? ag_data(r->in[r->n_in - 1]) : NULL;
    q.y = ag_data(r->out);
    return q;
}

/* a += W_hh h + b_hh, or a = in what stays apart */
static void add_state(const Sequence *q, int s, int first, int rows)
{
    const GemmMatrix h = gemm_matrix(before(q, q->h0, q->y, s, first), q->h);
    const real *w = q->w_hh;
    const int sums = q->joint + q->apart;
    real *a = row(q, q->a, s, first, q->width);
    GemmResult joint = gemm_add(a, q->width);
    joint.bias = q->b_hh;
    gemm(rows, q->h, q->joint, h, gemm_matrix(w, sums), joint);
    if (q->apart == 0)
        return;
    GemmResult apart = gemm_set(a + sums, q->width);
    apart.bias = q->b_hh ? q->b_hh + q->joint : NULL;
    gemm(rows, q->h, q->apart, h, gemm_matrix(w + q->joint, sums), apart);
}

/* An example behind its end says 0; at its end its state goes to the slabs behind the outputs. */
static void forward_part(const Sequence *q, int first, int rows)
{
    for (int s = 0; s < q->t; s++) {
        add_state(q, s, first, rows);
        for (int i = first; i < first + rows; i++) {
            real *y = row(q, q->y, s, i, q->h);
            if (s >= q->length[i]) {
                vector_fill(q->h, 0, y);
                continue;
            }
            q->kind->gates(q, s, i);
            if (s < q->length[i] - 1)
                continue;
            copy_row(q, y, row(q, q->y, q->t, i, q->h));
            if (q->c)
                copy_row(q, row(q, q->c, s, i, q->h), row(q, q->y, q->t + 1, i, q->h));
        }
    }
}

/* a = W_ih x + b_ih for all steps, then one step after the other. */
static void recurrent_forward(const Record *r)
{
    const Sequence q = sequence_of(r);
    const int sums = q.joint + q.apart;
    GemmResult a = gemm_set(q.a, q.width);
    a.bias = q.biased ? ag_data(r->in[OTHERS]) : NULL;
    gemm(q.t * q.n, q.in, sums, gemm_matrix(ag_data(r->in[X]), q.in),
         gemm_transpose(ag_data(r->in[W_IH]), q.in), a);
    const real(*w_hh)[q.h] = ag_data(r->in[W_HH]);
    real(*transposed)[sums] = q.w_hh;
    for (int j = 0; j < sums; j++)
        for (int l = 0; l < q.h; l++)
            transposed[l][j] = w_hh[j][l];
    for_all_examples(forward_part, &q);
}

/* -- backward --------------------------------------------------------------------------------- */

/* dh and dc, the gradients of what step s has left, become da and what of them goes past the
 * product to the step before. Of an example they begin at its end, with the gradient of the final
 * state. */
static void step_back(const Sequence *q, int s, int i)
{
    real *dh = row(q, q->dh, 0, i, q->h), *da = row(q, q->da, s, i, q->width);
    if (s >= q->length[i]) {
        vector_fill(q->width, 0, da);
        return;
    }
    if (s == q->length[i] - 1) {
        copy_row(q, q->dy + ((ptrdiff_t)q->t * q->n + i) * q->h, dh);
        if (q->dc)
            copy_row(q, q->dy + ((ptrdiff_t)(q->t + 1) * q->n + i) * q->h,
                     row(q, q->dc, 0, i, q->h));
    }
    vector_add(q->h, q->dy + ((ptrdiff_t)s * q->n + i) * q->h, dh);
    q->kind->gates_backward(q, s, i);
}

/* dh = da W_hh; in a GRU added to what has come past the gates */
static void backward_part(const Sequence *q, int first, int rows)
{
    for (int s = q->t - 1; s >= 0; s--) {
        for (int i = first; i < first + rows; i++)
            step_back(q, s, i);
        const real *da = row(q, q->da, s, first, q->width);
        GemmResult dh = gemm_set(row(q, q->dh, 0, first, q->h), q->h);
        dh.add = q->apart > 0;
        gemm(rows, q->joint, q->h, gemm_matrix(da, q->width), gemm_matrix(q->w, q->h), dh);
        if (q->apart > 0)
            gemm(rows, q->apart, q->h, gemm_matrix(da + q->joint + q->apart, q->width),
                 gemm_matrix(q->w + q->joint * q->h, q->h), dh);
    }
}

/* dW_hh += da^T h for `sums` columns of da, h being the state before each step */
static void add_w_hh(const Sequence *q, int sums, const real *da, real *dw)
{
    gemm(sums, q->n, q->h, gemm_transpose(da, q->width), gemm_matrix(q->h0, q->h),
         gemm_add(dw, q->h));
    if (q->t > 1)
        gemm(sums, (q->t - 1) * q->n, q->h,
             gemm_transpose(da + (ptrdiff_t)q->n * q->width, q->width), gemm_matrix(q->y, q->h),
             gemm_add(dw, q->h));
}

/* db_ih and db_hh: the sums of da, in which both have the joint part */
static void add_biases(const Sequence *q, real *sum, real *db_ih, real *db_hh)
{
    const int sums = q->joint + q->apart;
    vector_fill(q->width, 0, sum);
    for (int i = 0; i < q->t * q->n; i++)
        vector_add(q->width, q->da + (ptrdiff_t)i * q->width, sum);
    if (db_ih)
        vector_add(sums, sum, db_ih);
    if (db_hh) {
        vector_add(q->joint, sum, db_hh);
        vector_add(q->apart, sum + sums, db_hh + q->joint);
    }
}

/* Everything but the loop: dx = da W_ih, dW_ih = da^T x and the above. */
static void add_gradients(const Sequence *q, const Record *r)
{
    const int steps = q->t * q->n, sums = q->joint + q->apart;
    real *dx = ag_grad(r->in[X]), *dh0 = ag_grad(r->in[H0]);
    real *dw_ih = ag_grad(r->in[W_IH]), *dw_hh = ag_grad(r->in[W_HH]);
    if (dx)
        gemm(steps, sums, q->in, gemm_matrix(q->da, q->width),
             gemm_matrix(ag_data(r->in[W_IH]), q->in), gemm_add(dx, q->in));
    if (dw_ih)
        gemm(sums, steps, q->in, gemm_transpose(q->da, q->width),
             gemm_matrix(ag_data(r->in[X]), q->in), gemm_add(dw_ih, q->in));
    if (dw_hh) {
        add_w_hh(q, q->joint, q->da, dw_hh);
        if (q->apart > 0)
            add_w_hh(q, q->apart, q->da + sums, dw_hh + (ptrdiff_t)q->joint * q->h);
    }
    if (q->biased)
        add_biases(q, ag_alloc_reals(q->width), ag_grad(r->in[OTHERS]), ag_grad(r->in[OTHERS + 1]));
    if (dh0)
        vector_add(q->n * q->h, q->dh, dh0);
    real *dc0 = q->c0 ? ag_grad(r->in[r->n_in - 1]) : NULL;
    if (dc0)
        vector_add(q->n * q->h, q->dc, dc0);
}

static real *reals(int rows, int columns)
{
    return ag_alloc((size_t)rows * (size_t)columns * sizeof(real));
}

static void recurrent_backward(const Record *r)
{
    Sequence q = sequence_of(r);
    q.dy = ag_grad(r->out);
    q.da = reals(q.t * q.n, q.width);
    q.dh = reals(q.n, q.h);
    q.dc = q.c ? reals(q.n, q.h) : NULL;
    for_all_examples(backward_part, &q);
    add_gradients(&q, r);
}

/* -- constructors ----------------------------------------------------------------------------- */

static void check_shape(const char *op, const char *name, const Tensor *x, Shape expected)
{
    if (!ag_same_shape(x->shape, expected))
        error_stop("%s: expected %s %s, got %s", op, name, ag_shape_text(expected),
                   ag_shape_text(x->shape));
}

static void check_inputs(const char *op, const Kind *kind, const Tensor *x, const Tensor *h0,
                         const Tensor *c0, const RecurrentWeights *w)
{
    error_if_null(op, "x, w.w_ih, w.w_hh", (const void *[]){x, w->w_ih, w->w_hh}, 3);
    if (!w->b_ih != !w->b_hh)
        error_stop("%s: expected both biases or none", op);
    const int blocks = kind->joint + kind->apart, rows = w->w_hh->shape.dim[0];
    if (x->shape.ndim != 3)
        error_stop("%s: expected x (t, n, in), got %s", op, ag_shape_text(x->shape));
    if (w->w_hh->shape.ndim != 2 || rows != blocks * w->w_hh->shape.dim[1])
        error_stop("%s: expected w_hh (%d hidden, hidden), got %s", op, blocks,
                   ag_shape_text(w->w_hh->shape));
    const Shape state = {2, {x->shape.dim[1], w->w_hh->shape.dim[1]}}, bias = {1, {rows}};
    check_shape(op, "w_ih", w->w_ih, (Shape){2, {rows, x->shape.dim[2]}});
    if (w->b_ih) {
        check_shape(op, "b_ih", w->b_ih, bias);
        check_shape(op, "b_hh", w->b_hh, bias);
    }
    if (h0)
        check_shape(op, "h0", h0, state);
    if (c0)
        check_shape(op, "c0", c0, state);
}

/* Copied; all of the sequence if there are none. */
static int *lengths_of(const char *op, int t, int n, const int *lengths)
{
    int *copy = ag_alloc((size_t)n * sizeof *copy);
    for (int i = 0; i < n; i++) {
        copy[i] = lengths ? lengths[i] : t;
        if (copy[i] < 1 || copy[i] > t)
            error_stop("%s: length %d of example %d: expected 1 to %d", op, copy[i], i, t);
    }
    return copy;
}

static Tensor *recurrent(const char *op, const Kind *kind, Tensor *x, Tensor *h0, Tensor *c0,
                         const RecurrentWeights *w, const int *lengths)
{
    check_inputs(op, kind, x, h0, c0, w);
    const int t = x->shape.dim[0], n = x->shape.dim[1], h = w->w_hh->shape.dim[1];
    const Shape shape = {3, {t + kind->states, n, h}};
    shape_size(op, shape);
    Sequence *q = ag_alloc(sizeof *q);
    *q = (Sequence){.kind = kind, .biased = w->b_ih, .t = t, .n = n, .in = x->shape.dim[2], .h = h};
    q->joint = kind->joint * h;
    q->apart = kind->apart * h;
    q->width = q->joint + 2 * q->apart;
    q->length = lengths_of(op, t, n, lengths);
    q->w_hh = reals(h, q->joint + q->apart);
    q->a = reals(t * n, q->width);
    if (kind->states == 2) {
        q->c = reals(t * n, h);
        q->tanh_c = reals(t * n, h);
    }
    Tensor *const zeros = ag_zeros((Shape){2, {n, h}});
    Tensor *in[] = {x, h0 ? h0 : zeros, w->w_ih, w->w_hh, w->b_ih, w->b_hh, NULL};
    int n_in = w->b_ih ? OTHERS + 2 : OTHERS;
    if (kind->states == 2)
        in[n_in++] = c0 ? c0 : zeros;
    return op_run(op, ag_new(shape), recurrent_forward, recurrent_backward, q, n_in, in);
}

Tensor *ag_rnn(Tensor *x, Tensor *h0, RecurrentWeights w, const int *lengths)
{
    return recurrent(__func__, &rnn, x, h0, NULL, &w, lengths);
}

Tensor *ag_lstm(Tensor *x, Tensor *h0, Tensor *c0, RecurrentWeights w, const int *lengths)
{
    return recurrent(__func__, &lstm, x, h0, c0, &w, lengths);
}

Tensor *ag_gru(Tensor *x, Tensor *h0, RecurrentWeights w, const int *lengths)
{
    return recurrent(__func__, &gru, x, h0, NULL, &w, lengths);
}
