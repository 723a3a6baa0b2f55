/* softmax.c: exponentials that add up to one, and their logarithms. */
#include "autograd/axis.h"
#include "autograd/ops.h"
#include "autograd/tape.h"
#include "error.h"
#include "kernel/vector.h"

/* y[o][l][i] = x[o][l][i] - max_l x[o][l][i]: the softmax is the same, and e^y cannot overflow. */
static void subtract_max(const Axis *a, const real *x_data, real *y_data)
{
    const real(*x)[a->n][a->inner] = (void *)x_data;
    real(*y)[a->n][a->inner] = (void *)y_data;
    for (int o = 0; o < a->outer; o++)
        for (int i = 0; i < a->inner; i++) {
            real max = x[o][0][i];
            for (int l = 1; l < a->n; l++)
                max = x[o][l][i] > max ? x[o][l][i] : max;
            for (int l = 0; l < a->n; l++)
                y[o][l][i] = x[o][l][i] - max;
        }
}

/* p = softmax(x):   dx_l = p_l (g_l - sum_k g_k p_k) */
static void softmax_backward(const Record *r)
{
    const Axis *a = r->saved;
    const real(*p)[a->n][a->inner] = (void *)r->out->data,
          (*g)[a->n][a->inner] = (void *)r->out->grad;
    real(*dx)[a->n][a->inner] = (void *)ag_grad(r->in[0]);
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
    Axis *a = axis_of("ag_softmax", x, axis);
    Tensor *y = ag_new(x->shape);
    real *sums = ag_alloc_reals(a->outer * a->inner);
    subtract_max(a, x->data, y->data);
    vector_exp(y->size, y->data, y->data);
    axis_sum(a, y->data, sums);
    real(*p)[a->n][a->inner] = (void *)y->data;
    const real(*sum)[a->inner] = (void *)sums;
    for (int o = 0; o < a->outer; o++)
        for (int l = 0; l < a->n; l++)
            for (int i = 0; i < a->inner; i++)
                p[o][l][i] /= sum[o][i];
    return ag_record(y, softmax_backward, a, 1, &x);
}

/* y = log softmax(x):   dx_l = g_l - e^(y_l) sum_k g_k */
static void log_softmax_backward(const Record *r)
{
    const Axis *a = r->saved;
    real *p_data = ag_alloc_reals(r->out->size), *sums = ag_alloc_reals(a->outer * a->inner);
    vector_exp(r->out->size, r->out->data, p_data);
    axis_sum(a, r->out->grad, sums);
    const real(*g)[a->n][a->inner] = (void *)r->out->grad, (*p)[a->n][a->inner] = (void *)p_data;
    const real(*sum)[a->inner] = (void *)sums;
    real(*dx)[a->n][a->inner] = (void *)ag_grad(r->in[0]);
    for (int o = 0; o < a->outer; o++)
        for (int l = 0; l < a->n; l++)
            for (int i = 0; i < a->inner; i++)
                dx[o][l][i] += g[o][l][i] - p[o][l][i] * sum[o][i];
}

Tensor *ag_log_softmax(Tensor *x, int axis)
{
    NOT_NULL(x);
    Axis *a = axis_of("ag_log_softmax", x, axis);
    Tensor *y = ag_new(x->shape);
    real *counts = ag_alloc_reals(x->size), *sums = ag_alloc_reals(a->outer * a->inner);
    subtract_max(a, x->data, y->data);
    vector_exp(y->size, y->data, counts);
    axis_sum(a, counts, sums);
    vector_log(a->outer * a->inner, sums, sums);
    real(*ys)[a->n][a->inner] = (void *)y->data;
    const real(*log_sum)[a->inner] = (void *)sums;
    for (int o = 0; o < a->outer; o++)
        for (int l = 0; l < a->n; l++)
            for (int i = 0; i < a->inner; i++)
                ys[o][l][i] -= log_sum[o][i];
    return ag_record(y, log_softmax_backward, a, 1, &x);
}
