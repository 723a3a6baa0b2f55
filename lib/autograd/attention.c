/* attention.c: attention as one op, whose weights nobody sees, and the weights by themselves. */
#include "kernel/attention.h"

#include <string.h>

#include "autograd/ops.h"
#include "autograd/tape.h"
#include "error.h"

typedef struct {
    Attention attention;
    real *largest, *log_sum; /* (n, heads, t) each: of the scores that a query hears */
} Saved;

static void attention_op_forward(const Record *r)
{
    const Saved *s = r->saved;
    attention_forward(&s->attention, r->in[0]->data, r->in[1]->data, r->in[2]->data, r->out->data,
                      s->largest, s->log_sum);
}

static void attention_op_backward(const Record *r)
{
    const Saved *s = r->saved;
    const AttentionGradients g = {.q = r->in[0]->data,
                                  .k = r->in[1]->data,
                                  .v = r->in[2]->data,
                                  .y = r->out->data,
                                  .largest = s->largest,
                                  .log_sum = s->log_sum,
                                  .dy = ag_grad(r->out),
                                  .dq = ag_grad(r->in[0]),
                                  .dk = ag_grad(r->in[1]),
                                  .dv = ag_grad(r->in[2])};
    attention_backward(&s->attention, &g);
}

/* -- what they are given ---------------------------------------------------------------------- */

/* The lengths of n sequences of s tokens at most, on the strip. */
static const int *checked_lengths(const char *op, int n, int s, const int *lengths)
{
    for (int i = 0; i < n; i++)
        if (lengths[i] < 1 || lengths[i] > s)
            error_stop("%s: the length of example %d is %d: expected 1 to %d", op, i, lengths[i],
                       s);
    return memcpy(ag_alloc((size_t)n * sizeof *lengths), lengths, (size_t)n * sizeof *lengths);
}

static void check_shapes(const char *op, const Tensor *q, const Tensor *k, const Tensor *v,
                         int heads)
{
    if (q->shape.ndim != 3 || k->shape.ndim != 3 || v->shape.ndim != 3)
        error_stop("%s: expected q (n, t, width), k and v (n, s, width), got %s, %s and %s", op,
                   ag_shape_text(q->shape), ag_shape_text(k->shape), ag_shape_text(v->shape));
    const int *at_q = q->shape.dim, *at_k = k->shape.dim, *at_v = v->shape.dim;
    if (at_q[0] != at_k[0] || at_k[0] != at_v[0])
        error_stop("%s: numbers of examples differ: q %s, k %s, v %s", op, ag_shape_text(q->shape),
                   ag_shape_text(k->shape), ag_shape_text(v->shape));
    if (at_q[2] != at_k[2])
        error_stop("%s: widths differ: q %s, k %s", op, ag_shape_text(q->shape),
                   ag_shape_text(k->shape));
    if (at_k[1] != at_v[1])
        error_stop("%s: keys are not as many as values: k %s, v %s", op, ag_shape_text(k->shape),
                   ag_shape_text(v->shape));
    if (heads < 1 || at_q[2] % heads || at_v[2] % heads)
        error_stop("%s: %d heads: expected a number that divides the widths %d and %d", op, heads,
                   at_q[2], at_v[2]);
}

static Attention attention_of(const char *op, const Tensor *q, const Tensor *k, const Tensor *v,
                              const AttentionOptions *options)
{
    const int heads = options->heads ? options->heads : 1;
    tensor_live(op, q);
    tensor_live(op, k);
    tensor_live(op, v);
    check_shapes(op, q, k, v, heads);
    Attention a = {.n = q->shape.dim[0],
                   .heads = heads,
                   .t = q->shape.dim[1],
                   .s = k->shape.dim[1],
                   .d = q->shape.dim[2] / heads,
                   .e = v->shape.dim[2] / heads,
                   .causal = options->mask.causal,
                   .past = options->past};
    error_if_negative(op, "scale", options->scale);
    a.scale = (real)(options->scale > 0 ? options->scale : 1 / sqrt((double)a.d));
    if (a.past < 0)
        error_stop("%s: past %d: expected 0 or more", op, a.past);
    if (options->mask.lengths)
        a.lengths = checked_lengths(op, a.n, a.s, options->mask.lengths);
    return a;
}

/* -- constructors ----------------------------------------------------------------------------- */

Tensor *ag_attention(Tensor *q, Tensor *k, Tensor *v, AttentionOptions options)
{
    NOT_NULL(q, k, v);
    if (!(options.dropout >= 0 && options.dropout <= 1))
        error_stop("ag_attention: dropout %g: expected 0 to 1", options.dropout);
    if (options.dropout > 0)
        error_if_null(__func__, "rng", (const void *[]){options.rng}, 1);
    Saved *s = ag_alloc(sizeof *s);
    s->attention = attention_of(__func__, q, k, v, &options);
    const Attention *a = &s->attention;
    if (options.dropout > 0) {
        s->attention.dropout = options.dropout;
        s->attention.seed = rng_bits(options.rng);
    }
    s->largest = ag_alloc_reals(a->n * a->heads * a->t);
    s->log_sum = ag_alloc_reals(a->n * a->heads * a->t);
    const Shape shape = {3, {a->n, a->t, v->shape.dim[2]}};
    shape_size(__func__, shape);
    return ag_op(shape, attention_op_forward, attention_op_backward, s, 3, (Tensor *[]){q, k, v});
}

/* (n, t, heads d) -> (n, heads, t, d) */
static Tensor *split_heads(Tensor *x, int heads)
{
    const int n = x->shape.dim[0], t = x->shape.dim[1], d = x->shape.dim[2] / heads;
    return ag_transpose(ag_reshape(x, ag_shape(4, n, t, heads, d)), 1, 2);
}

/* (n, 1, t, s): what is added to a score. */
static Tensor *wall(const Attention *a)
{
    Tensor *wall = ag_zeros(ag_shape(4, a->n, 1, a->t, a->s));
    real *row = wall->data;
    for (int example = 0; example < a->n; example++)
        for (int i = 0; i < a->t; i++, row += a->s)
            for (int j = attention_heard(a, example, i); j < a->s; j++)
                row[j] = (real)-INFINITY;
    return wall;
}

Tensor *ag_attention_weights(Tensor *q, Tensor *k, AttentionOptions options)
{
    NOT_NULL(q, k);
    const Attention a = attention_of(__func__, q, k, k, &options);
    shape_size(__func__, (Shape){4, {a.n, a.heads, a.t, a.s}});
    Tensor *scores = ag_matmul_t(split_heads(q, a.heads), false, split_heads(k, a.heads), true);
    return ag_softmax(ag_add(ag_mul(scores, ag_scalar(a.scale)), wall(&a)), -1);
}
