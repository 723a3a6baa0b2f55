/* softmax.c: exponentials that add up to one, their logarithms, and the loss that scores them. */
#include "autograd/axis.h"
#include "autograd/index.h"
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

typedef struct {
    int *target;
    real *probs;  /* (n, c) */
    real divisor; /* n for the mean, 1 for the sum */
} CrossEntropy;

/* loss = -sum_i log p[i][target[i]] / divisor:   dlogits[i][j] = g (p[i][j] - 1[j = target[i]]) /
 * divisor */
static void cross_entropy_backward(const Record *r)
{
    const CrossEntropy *s = r->saved;
    int n = r->in[0]->shape.dim[0], c = r->in[0]->shape.dim[1];
    const real(*probs)[c] = (void *)s->probs;
    real(*dlogits)[c] = (void *)ag_grad(r->in[0]), scale = r->out->grad[0] / s->divisor;
    for (int i = 0; i < n; i++) {
        for (int j = 0; j < c; j++)
            dlogits[i][j] += scale * probs[i][j];
        dlogits[i][s->target[i]] -= scale;
    }
}

Tensor *ag_cross_entropy(Tensor *logits, const int *target, Reduction reduction)
{
    CrossEntropy *s = ag_alloc(sizeof *s);
    if (logits->shape.ndim != 2)
        error_stop("ag_cross_entropy: expected logits (n, c), got %s",
                   ag_shape_text(logits->shape));
    int n = logits->shape.dim[0], c = logits->shape.dim[1];
    s->target = index_copy("ag_cross_entropy", n, target, c);
    s->divisor = reduction == AG_MEAN ? (real)n : 1;
    s->probs = ag_alloc_reals(n * c);
    real(*probs)[c] = (void *)s->probs, *sums = ag_alloc_reals(n), *picked = ag_alloc_reals(n);

    subtract_max(&(Axis){n, c, 1}, logits->data, s->probs);
    for (int i = 0; i < n; i++)
        picked[i] = probs[i][s->target[i]];
    vector_exp(n * c, s->probs, s->probs);
    for (int i = 0; i < n; i++) {
        sums[i] = vector_sum(c, probs[i]);
        real inverse = 1 / sums[i];
        for (int j = 0; j < c; j++)
            probs[i][j] *= inverse;
    }
    vector_log(n, sums, sums);
    Tensor *loss = ag_zeros(ag_shape(0));
    for (int i = 0; i < n; i++)
        loss->data[0] += sums[i] - picked[i]; /* -log p = log sum e^z - z */
    loss->data[0] /= s->divisor;
    return ag_record(loss, cross_entropy_backward, s, 1, &logits);
}
