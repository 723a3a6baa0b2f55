/* reduce.c: sum, mean, variance and maximum over an axis.
 *
 * Whatever its rank, a tensor seen along one axis is a block x[outer][n][inner]: what lies in front
 * of the axis, the axis, and what lies behind it. The result is y[outer][inner]. */
#include "autograd/axis.h"
#include "autograd/ops.h"
#include "autograd/tape.h"
#include "error.h"
#include "kernel/vector.h"

static Tensor *reduction(const char *op, Tensor *x, int axis, bool keepdim, Forward *forward,
                         Backward *backward)
{
    error_if_null(op, "x", (const void *[]){x}, 1);
    Axis *a = axis_of(op, x, axis);
    return op_run(op, ag_new(axis_reduced_shape(x, axis, keepdim)), forward, backward, a, 1, &x);
}

/* y[o][i] = sum_l x[o][l][i] */
static void sum_forward(const Record *r)
{
    axis_sum(r->saved, r->in[0]->data, r->out->data);
}

/* dx[o][l][i] = dy[o][i] */
static void sum_backward(const Record *r)
{
    const Axis *a = r->saved;
    const real(*dy)[a->inner] = ag_grad(r->out);
    real(*dx)[a->n][a->inner] = ag_grad(r->in[0]);
    for (int o = 0; o < a->outer; o++)
        for (int l = 0; l < a->n; l++)
            vector_add(a->inner, dy[o], dx[o][l]);
}

Tensor *ag_sum(Tensor *x, int axis, bool keepdim)
{
    return reduction(__func__, x, axis, keepdim, sum_forward, sum_backward);
}

/* y[o][i] = sum_l x[o][l][i] / n */
static void mean_forward(const Record *r)
{
    const Axis *a = r->saved;
    axis_sum(a, r->in[0]->data, r->out->data);
    for (int i = 0; i < r->out->size; i++)
        r->out->data[i] /= (real)a->n;
}

/* dx[o][l][i] = dy[o][i] / n */
static void mean_backward(const Record *r)
{
    const Axis *a = r->saved;
    const real(*dy)[a->inner] = ag_grad(r->out);
    real(*dx)[a->n][a->inner] = ag_grad(r->in[0]);
    for (int o = 0; o < a->outer; o++)
        for (int l = 0; l < a->n; l++)
            for (int i = 0; i < a->inner; i++)
                dx[o][l][i] += dy[o][i] / (real)a->n;
}

Tensor *ag_mean(Tensor *x, int axis, bool keepdim)
{
    return reduction(__func__, x, axis, keepdim, mean_forward, mean_backward);
}

typedef struct {
    Axis axis;
    real divisor; /* n - ddof */
    void *mean;   /* (outer, inner) */
} Variance;

/* var[o][i] = sum_l (x[o][l][i] - mean[o][i])^2 / (n - ddof) */
static void var_forward(const Record *r)
{
    const Variance *v = r->saved;
    const Axis *a = &v->axis;
    const real(*x)[a->n][a->inner] = ag_data(r->in[0]);
    real(*mean)[a->inner] = v->mean, (*var)[a->inner] = ag_data(r->out);
    axis_sum(a, x, mean);
    for (int o = 0; o < a->outer; o++)
        for (int i = 0; i < a->inner; i++) {
            mean[o][i] /= (real)a->n;
            var[o][i] = 0;
        }
    for (int o = 0; o < a->outer; o++)
        for (int l = 0; l < a->n; l++)
            for (int i = 0; i < a->inner; i++)
                var[o][i] += (x[o][l][i] - mean[o][i]) * (x[o][l][i] - mean[o][i]);
    for (int i = 0; i < r->out->size; i++)
        r->out->data[i] /= v->divisor;
}

/* The mean moves with every x_l, but through it the gradient is -2 sum_l (x_l - mean) / (n - ddof)
 * = 0, so only the direct path is left:
 * dx[o][l][i] = dy[o][i] 2 (x[o][l][i] - mean[o][i]) / (n - ddof) */
static void var_backward(const Record *r)
{
    const Variance *v = r->saved;
    const Axis *a = &v->axis;
    const real(*x)[a->n][a->inner] = ag_data(r->in[0]);
    const real(*mean)[a->inner] = v->mean, (*dy)[a->inner] = ag_grad(r->out);
    real(*dx)[a->n][a->inner] = ag_grad(r->in[0]);
    for (int o = 0; o < a->outer; o++)
        for (int l = 0; l < a->n; l++)
            for (int i = 0; i < a->inner; i++)
                dx[o][l][i] += dy[o][i] * 2 * (x[o][l][i] - mean[o][i]) / v->divisor;
}

Tensor *ag_var(Tensor *x, int axis, int ddof, bool keepdim)
{
    NOT_NULL(x);
    Variance *v = ag_alloc(sizeof *v);
    v->axis = *axis_of(__func__, x, axis);
    const Axis *a = &v->axis;
    if ((ddof != 0 && ddof != 1) || a->n - ddof < 1)
        error_stop("ag_var: ddof %d over %d elements: expected 0, or 1 over at least 2", ddof,
                   a->n);
    v->divisor = (real)(a->n - ddof);
    v->mean = ag_alloc_reals(a->outer * a->inner);
    return ag_op(axis_reduced_shape(x, axis, keepdim), var_forward, var_backward, v, 1, &x);
}

typedef struct {
    Axis axis;
    void *argmax; /* int (outer, inner): the first largest */
} Maximum;

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

/* max[o][i] = max_l x[o][l][i] */
static void max_forward(const Record *r)
{
    const Maximum *m = r->saved;
    const Axis *a = &m->axis;
    const real(*x)[a->n][a->inner] = ag_data(r->in[0]);
    int(*argmax)[a->inner] = m->argmax;
    real(*max)[a->inner] = ag_data(r->out);
    for (int o = 0; o < a->outer; o++)
        for (int i = 0; i < a->inner; i++) {
            argmax[o][i] = first_largest(a->n, a->inner, &x[o][0][i]);
            max[o][i] = x[o][argmax[o][i]][i];
        }
}

/* dx[o][argmax][i] = dy[o][i]: the one that won gets it all */
static void max_backward(const Record *r)
{
    const Maximum *m = r->saved;
    const Axis *a = &m->axis;
    const int(*argmax)[a->inner] = m->argmax;
    const real(*dy)[a->inner] = ag_grad(r->out);
    real(*dx)[a->n][a->inner] = ag_grad(r->in[0]);
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

Tensor *ag_max(Tensor *x, int axis, bool keepdim)
{
    NOT_NULL(x);
    Maximum *m = ag_alloc(sizeof *m);
    m->axis = *axis_of(__func__, x, axis);
    m->argmax = ag_alloc((size_t)(m->axis.outer * m->axis.inner) * sizeof(int));
    return ag_op(axis_reduced_shape(x, axis, keepdim), max_forward,
                 axis == AG_ALL ? max_all_backward : max_backward, m, 1, &x);
}
