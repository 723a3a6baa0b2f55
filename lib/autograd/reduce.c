/* reduce.c: sum, mean, variance and maximum over an axis.
 *
 * Whatever its rank, a tensor seen along one axis is a block x[outer][n][inner]: what lies in front
 * of the axis, the axis, and what lies behind it. The result is y[outer][inner]. */
#include "autograd/axis.h"
#include "autograd/ops.h"
#include "autograd/tape.h"
#include "error.h"
#include "kernel/vector.h"

/* dx[o][l][i] = dy[o][i] */
static void sum_backward(const Record *r)
{
    const Axis *a = r->saved;
    const real(*dy)[a->inner] = (void *)r->out->grad;
    real(*dx)[a->n][a->inner] = (void *)ag_grad(r->in[0]);
    for (int o = 0; o < a->outer; o++)
        for (int l = 0; l < a->n; l++)
            vector_add(a->inner, dy[o], dx[o][l]);
}

Tensor *ag_sum(Tensor *x, int axis, bool keepdim)
{
    NOT_NULL(x);
    Axis *a = axis_of("ag_sum", x, axis);
    Tensor *y = ag_new(axis_reduced_shape(x, axis, keepdim));
    axis_sum(a, x->data, y->data);
    return ag_record(y, sum_backward, a, 1, &x);
}

/* dx[o][l][i] = dy[o][i] / n */
static void mean_backward(const Record *r)
{
    const Axis *a = r->saved;
    const real(*dy)[a->inner] = (void *)r->out->grad;
    real(*dx)[a->n][a->inner] = (void *)ag_grad(r->in[0]);
    for (int o = 0; o < a->outer; o++)
        for (int l = 0; l < a->n; l++)
            for (int i = 0; i < a->inner; i++)
                dx[o][l][i] += dy[o][i] / (real)a->n;
}

Tensor *ag_mean(Tensor *x, int axis, bool keepdim)
{
    NOT_NULL(x);
    Axis *a = axis_of("ag_mean", x, axis);
    Tensor *y = ag_new(axis_reduced_shape(x, axis, keepdim));
    axis_sum(a, x->data, y->data);
    for (int i = 0; i < y->size; i++)
        y->data[i] /= (real)a->n;
    return ag_record(y, mean_backward, a, 1, &x);
}

typedef struct {
    Axis axis;
    real divisor; /* n - ddof */
    real *mean;   /* in the shape of the result */
} Variance;

/* var = sum_l (x_l - mean)^2 / (n - ddof). The mean moves with every x_l, but through it the
 * gradient is -2 sum_l (x_l - mean) / (n - ddof) = 0, so only the direct path is left:
 * dx[o][l][i] = dy[o][i] 2 (x[o][l][i] - mean[o][i]) / (n - ddof) */
static void var_backward(const Record *r)
{
    const Variance *v = r->saved;
    const Axis *a = &v->axis;
    const real(*x)[a->n][a->inner] = (void *)r->in[0]->data;
    const real(*mean)[a->inner] = (void *)v->mean, (*dy)[a->inner] = (void *)r->out->grad;
    real(*dx)[a->n][a->inner] = (void *)ag_grad(r->in[0]);
    for (int o = 0; o < a->outer; o++)
        for (int l = 0; l < a->n; l++)
            for (int i = 0; i < a->inner; i++)
                dx[o][l][i] += dy[o][i] * 2 * (x[o][l][i] - mean[o][i]) / v->divisor;
}

Tensor *ag_var(Tensor *x, int axis, int ddof, bool keepdim)
{
    NOT_NULL(x);
    Variance *v = ag_alloc(sizeof *v);
    v->axis = *axis_of("ag_var", x, axis);
    const Axis *a = &v->axis;
    if ((ddof != 0 && ddof != 1) || a->n - ddof < 1)
        error_stop("ag_var: ddof %d over %d elements: expected 0, or 1 over at least 2", ddof,
                   a->n);
    Tensor *y = ag_new(axis_reduced_shape(x, axis, keepdim));
    v->divisor = (real)(a->n - ddof);
    v->mean = ag_alloc_reals(y->size);
    axis_sum(a, x->data, v->mean);
    for (int i = 0; i < y->size; i++)
        v->mean[i] /= (real)a->n;

    const real(*xs)[a->n][a->inner] = (void *)x->data;
    const real(*mean)[a->inner] = (void *)v->mean;
    real(*var)[a->inner] = (void *)y->data;
    vector_fill(y->size, 0, y->data);
    for (int o = 0; o < a->outer; o++)
        for (int l = 0; l < a->n; l++)
            for (int i = 0; i < a->inner; i++)
                var[o][i] += (xs[o][l][i] - mean[o][i]) * (xs[o][l][i] - mean[o][i]);
    for (int i = 0; i < y->size; i++)
        y->data[i] /= v->divisor;
    return ag_record(y, var_backward, v, 1, &x);
}

typedef struct {
    Axis axis;
    int *argmax; /* the first largest, in the shape of the result */
} Maximum;

/* dx[o][argmax][i] = dy[o][i]: the one that won gets it all */
static void max_backward(const Record *r)
{
    const Maximum *m = r->saved;
    const Axis *a = &m->axis;
    const int(*argmax)[a->inner] = (void *)m->argmax;
    const real(*dy)[a->inner] = (void *)r->out->grad;
    real(*dx)[a->n][a->inner] = (void *)ag_grad(r->in[0]);
    for (int o = 0; o < a->outer; o++)
        for (int i = 0; i < a->inner; i++)
            dx[o][argmax[o][i]][i] += dy[o][i];
}

/* Over all elements, as many as share the maximum share its gradient. */
static void max_all_backward(const Record *r)
{
    const Tensor *x = r->in[0];
    real largest = r->out->data[0], *dx = ag_grad(r->in[0]);
    int ties = 0;
    for (int i = 0; i < x->size; i++)
        ties += x->data[i] == largest || (isnan(x->data[i]) && isnan(largest));
    for (int i = 0; i < x->size; i++)
        if (x->data[i] == largest || (isnan(x->data[i]) && isnan(largest)))
            dx[i] += r->out->grad[0] / (real)ties;
}

/* The place of the first largest of n elements, `stride` apart; a NaN is larger than any number. */
static int first_largest(int n, int stride, const real *x)
{
    int best = 0;
    for (int l = 1; l < n; l++) {
        real value = x[(long)l * stride], largest = x[(long)best * stride];
        if (value > largest || (isnan(value) && !isnan(largest)))
            best = l;
    }
    return best;
}

Tensor *ag_max(Tensor *x, int axis, bool keepdim)
{
    NOT_NULL(x);
    Maximum *m = ag_alloc(sizeof *m);
    m->axis = *axis_of("ag_max", x, axis);
    const Axis *a = &m->axis;
    Tensor *y = ag_new(axis_reduced_shape(x, axis, keepdim));
    m->argmax = ag_alloc((size_t)y->size * sizeof *m->argmax);
    const real(*xs)[a->n][a->inner] = (void *)x->data;
    int(*argmax)[a->inner] = (void *)m->argmax;
    real(*max)[a->inner] = (void *)y->data;
    for (int o = 0; o < a->outer; o++)
        for (int i = 0; i < a->inner; i++) {
            argmax[o][i] = first_largest(a->n, a->inner, &xs[o][0][i]);
            max[o][i] = xs[o][argmax[o][i]][i];
        }
    return ag_record(y, axis == AG_ALL ? max_all_backward : max_backward, m, 1, &x);
}
