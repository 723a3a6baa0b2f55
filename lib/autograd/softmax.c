/* softmax.c: exponentials that add up to one, and their logarithms. */
#include "autograd/axis.h"
#include "autograd/ops.h"
#include "autograd/tape.h"
#include "error.h"
#include "kernel/vector.h"

typedef struct {
    const Axis *axis;
    void *sums; /* (outer, inner), scratch: over the axis */
    void *exps; /* (outer, n, inner), scratch; of log softmax alone */
} Softmax;

static Softmax *softmax_new(const char *op, const Tensor *x, int axis)
{
    Softmax *s = ag_alloc(sizeof *s);
    const Axis *a = axis_of(op, x, axis);
    *s = (Softmax){.axis = a, .sums = ag_alloc_reals(a->outer * a->inner)};
    return s;
}

/* y[o][l][i] = x[o][l][i] - max_l x[o][l][i]: the softmax is the same, and e^y cannot overflow. */
static void subtract_max(const Axis *a, const Tensor *x_tensor, Tensor *y_tensor)
{
    const real(*x)[a->n][a->inner] = ag_data(x_tensor);
    real(*y)[a->n][a->inner] = ag_data(y_tensor);
    for (int o = 0; o < a->outer; o++)
        for (int i = 0; i < a->inner; i++) {
            real max = x[o][0][i];
            for (int l = 1; l < a->n; l++)
                max = x[o][l][i] > max ? x[o][l][i] : max;
            for (int l = 0; l < a->n; l++)
                y[o][l][i] = x[o][l][i] - max;
        }
}

static void softmax_forward(const Record *r)
{
    const Softmax *s = r->saved;
    const Axis *a = s->axis;
    real(*p)[a->n][a->inner] = ag_data(r->out);
    const real(*sum)[a->inner] = s->sums;
    subtract_max(a, r->in[0], r->out);
    vector_exp(r->out->size, r->out->data, r->out->data);
    axis_sum(a, r->out->data, s->sums);
    for (int o = 0; o < a->outer; o++)
        for (int l = 0; l < a->n; l++)
            for (int i = 0; i < a->inner; i++)
                p[o][l][i] /= sum[o][i];
}

/* p = softmax(x):   dx_l = p_l (g_l - sum_k g_k p_k) */
static void softmax_backward(const Record *r)
{
    const Axis *a = ((const Softmax *)r->saved)->axis;
    const real(*p)[a->n][a->inner] = ag_data(r->out), (*g)[a->n][a->inner] = ag_grad(r->out);
    real(*dx)[a->n][a->inner] = ag_grad(r->in[0]);
    for (int o = 0; o < a->outer; o++)
        for (int i = 0; i < a->inner; i++) {
            real dot = 0;
            for (int l = 0; l < a->n; l++)
                dot += g[o][l][i] * p[o][l][i];
            for (int l = 0; l < a->n; l++)
                dx[o][l][i] += p[o][l][i] * (g[o][l][i] - dot);
        }
}

Tensor *ag_softmax(Tensor *x, int axis)
{
    NOT_NULL(x);
    Softmax *s = softmax_new(__func__, x, axis);
    return ag_op(x->shape, softmax_forward, softmax_backward, s, 1, &x);
}

/* y = x - max - ln sum e^(x - max) */
static void log_softmax_forward(const Record *r)
{
    const Softmax *s = r->saved;
    const Axis *a = s->axis;
    real(*y)[a->n][a->inner] = ag_data(r->out);
    const real(*log_sum)[a->inner] = s->sums;
    subtract_max(a, r->in[0], r->out);
    vector_exp(r->out->size, r->out->data, s->exps);
    axis_sum(a, s->exps, s->sums);
    vector_log(a->outer * a->inner, s->sums, s->sums);
    for (int o = 0; o < a->outer; o++)
        for (int l = 0; l < a->n; l++)
            for (int i = 0; i < a->inner; i++)
                y[o][l][i] -= log_sum[o][i];
}

/* y = log softmax(x):   dx_l = g_l - e^(y_l) sum_k g_k */
static void log_softmax_backward(const Record *r)
{
    const Softmax *s = r->saved;
    const Axis *a = s->axis;
    vector_exp(r->out->size, r->out->data, s->exps);
    axis_sum(a, r->out->grad, s->sums);
    const real(*g)[a->n][a->inner] = ag_grad(r->out), (*p)[a->n][a->inner] = s->exps;
    const real(*sum)[a->inner] = s->sums;
    real(*dx)[a->n][a->inner] = ag_grad(r->in[0]);
    for (int o = 0; o < a->outer; o++)
        for (int l = 0; l < a->n; l++)
            for (int i = 0; i < a->inner; i++)
                dx[o][l][i] += g[o][l][i] - p[o][l][i] * sum[o][i];
}

Tensor *ag_log_softmax(Tensor *x, int axis)
{
    NOT_NULL(x);
    Softmax *s = softmax_new(__func__, x, axis);
    s->exps = ag_alloc_reals(x->size);
    return ag_op(x->shape, log_softmax_forward, log_softmax_backward, s, 1, &x);
}
