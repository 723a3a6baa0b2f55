/* elementwise.c: ops that treat every element alike. Each backward stands above its forward, and
 * adds the upstream gradient times the derivative, element by element. */
#include "autograd/broadcast.h"
#include "autograd/ops.h"
#include "autograd/tape.h"
#include "error.h"
#include "kernel/vector.h"

/* -- two inputs -------------------------------------------------------------------------------
 * Both are first expanded to their common shape, so that the ops below, and their gradients, see
 * equal shapes only; ag_expand() takes care of the rest. A gradient that nobody needs is NULL. */

static Tensor *binary(const char *op, Tensor **a, Tensor **b)
{
    Shape shape = broadcast_shape(op, (*a)->shape, (*b)->shape);
    *a = ag_expand(*a, shape);
    *b = ag_expand(*b, shape);
    return ag_new(shape);
}

static Tensor *record_binary(Tensor *out, Backward *backward, Tensor *a, Tensor *b)
{
    return ag_record(out, backward, NULL, 2, (Tensor *[]){a, b});
}

static void add_backward(const Record *r)
{
    const real *dy = r->out->grad;
    real *da = ag_grad(r->in[0]), *db = ag_grad(r->in[1]);
    if (da)
        vector_add(r->out->size, dy, da);
    if (db)
        vector_add(r->out->size, dy, db);
}

Tensor *ag_add(Tensor *a, Tensor *b)
{
    NOT_NULL(a, b);
    Tensor *y = binary("ag_add", &a, &b);
    for (int i = 0; i < y->size; i++)
        y->data[i] = a->data[i] + b->data[i];
    return record_binary(y, add_backward, a, b);
}

static void sub_backward(const Record *r)
{
    const real *dy = r->out->grad;
    real *da = ag_grad(r->in[0]), *db = ag_grad(r->in[1]);
    if (da)
        vector_add(r->out->size, dy, da);
    if (db)
        vector_add_scaled(r->out->size, -1, dy, db);
}

Tensor *ag_sub(Tensor *a, Tensor *b)
{
    NOT_NULL(a, b);
    Tensor *y = binary("ag_sub", &a, &b);
    for (int i = 0; i < y->size; i++)
        y->data[i] = a->data[i] - b->data[i];
    return record_binary(y, sub_backward, a, b);
}

static void mul_backward(const Record *r)
{
    const real *a = r->in[0]->data, *b = r->in[1]->data, *dy = r->out->grad;
    real *da = ag_grad(r->in[0]), *db = ag_grad(r->in[1]);
    for (int i = 0; da && i < r->out->size; i++)
        da[i] += dy[i] * b[i];
    for (int i = 0; db && i < r->out->size; i++)
        db[i] += dy[i] * a[i];
}

Tensor *ag_mul(Tensor *a, Tensor *b)
{
    NOT_NULL(a, b);
    Tensor *y = binary("ag_mul", &a, &b);
    for (int i = 0; i < y->size; i++)
        y->data[i] = a->data[i] * b->data[i];
    return record_binary(y, mul_backward, a, b);
}

static void div_backward(const Record *r)
{
    const real *b = r->in[1]->data, *y = r->out->data, *dy = r->out->grad;
    real *da = ag_grad(r->in[0]), *db = ag_grad(r->in[1]);
    for (int i = 0; da && i < r->out->size; i++)
        da[i] += dy[i] / b[i];
    for (int i = 0; db && i < r->out->size; i++)
        db[i] -= dy[i] * y[i] / b[i]; /* a / b^2 = y / b */
}

Tensor *ag_div(Tensor *a, Tensor *b)
{
    NOT_NULL(a, b);
    Tensor *y = binary("ag_div", &a, &b);
    for (int i = 0; i < y->size; i++)
        y->data[i] = a->data[i] / b->data[i];
    return record_binary(y, div_backward, a, b);
}

/* -- one input -------------------------------------------------------------------------------- */

static void neg_backward(const Record *r)
{
    vector_add_scaled(r->out->size, -1, r->out->grad, ag_grad(r->in[0]));
}

Tensor *ag_neg(Tensor *x)
{
    NOT_NULL(x);
    Tensor *y = ag_new(x->shape);
    for (int i = 0; i < y->size; i++)
        y->data[i] = -x->data[i];
    return ag_record(y, neg_backward, NULL, 1, &x);
}

/* dx = dy p x^(p-1). p = 0 is a constant, even at x = 0, where the formula says 0 / 0. */
static void pow_backward(const Record *r)
{
    const real *x = r->in[0]->data, *dy = r->out->grad;
    real p = *(real *)r->saved, *dx = ag_grad(r->in[0]);
    for (int i = 0; p != 0 && i < r->out->size; i++)
        dx[i] += dy[i] * p * pow(x[i], p - 1);
}

Tensor *ag_pow(Tensor *x, double exponent)
{
    NOT_NULL(x);
    Tensor *y = ag_new(x->shape);
    real *p = ag_alloc(sizeof *p);
    *p = (real)exponent;
    for (int i = 0; i < y->size; i++)
        y->data[i] = pow(x->data[i], *p);
    return ag_record(y, pow_backward, p, 1, &x);
}

static void exp_backward(const Record *r)
{
    const real *y = r->out->data, *dy = r->out->grad;
    real *dx = ag_grad(r->in[0]);
    for (int i = 0; i < r->out->size; i++)
        dx[i] += dy[i] * y[i];
}

Tensor *ag_exp(Tensor *x)
{
    NOT_NULL(x);
    Tensor *y = ag_new(x->shape);
    vector_exp(y->size, x->data, y->data);
    return ag_record(y, exp_backward, NULL, 1, &x);
}

static void log_backward(const Record *r)
{
    const real *x = r->in[0]->data, *dy = r->out->grad;
    real *dx = ag_grad(r->in[0]);
    for (int i = 0; i < r->out->size; i++)
        dx[i] += dy[i] / x[i];
}

Tensor *ag_log(Tensor *x)
{
    NOT_NULL(x);
    Tensor *y = ag_new(x->shape);
    vector_log(y->size, x->data, y->data);
    return ag_record(y, log_backward, NULL, 1, &x);
}

static void sqrt_backward(const Record *r)
{
    const real *y = r->out->data, *dy = r->out->grad;
    real *dx = ag_grad(r->in[0]);
    for (int i = 0; i < r->out->size; i++)
        dx[i] += dy[i] / (2 * y[i]);
}

Tensor *ag_sqrt(Tensor *x)
{
    NOT_NULL(x);
    Tensor *y = ag_new(x->shape);
    for (int i = 0; i < y->size; i++)
        y->data[i] = sqrt(x->data[i]);
    return ag_record(y, sqrt_backward, NULL, 1, &x);
}

static void abs_backward(const Record *r)
{
    const real *x = r->in[0]->data, *dy = r->out->grad;
    real *dx = ag_grad(r->in[0]);
    for (int i = 0; i < r->out->size; i++)
        dx[i] += dy[i] * (real)((x[i] > 0) - (x[i] < 0));
}

Tensor *ag_abs(Tensor *x)
{
    NOT_NULL(x);
    Tensor *y = ag_new(x->shape);
    for (int i = 0; i < y->size; i++)
        y->data[i] = fabs(x->data[i]);
    return ag_record(y, abs_backward, NULL, 1, &x);
}

static void tanh_backward(const Record *r)
{
    const real *y = r->out->data, *dy = r->out->grad;
    real *dx = ag_grad(r->in[0]);
    for (int i = 0; i < r->out->size; i++)
        dx[i] += dy[i] * (1 - y[i] * y[i]);
}

Tensor *ag_tanh(Tensor *x)
{
    NOT_NULL(x);
    Tensor *y = ag_new(x->shape);
    vector_tanh(y->size, x->data, y->data);
    return ag_record(y, tanh_backward, NULL, 1, &x);
}

static void sigmoid_backward(const Record *r)
{
    const real *y = r->out->data, *dy = r->out->grad;
    real *dx = ag_grad(r->in[0]);
    for (int i = 0; i < r->out->size; i++)
        dx[i] += dy[i] * y[i] * (1 - y[i]);
}

Tensor *ag_sigmoid(Tensor *x)
{
    NOT_NULL(x);
    Tensor *y = ag_new(x->shape);
    vector_sigmoid(y->size, x->data, y->data);
    return ag_record(y, sigmoid_backward, NULL, 1, &x);
}

static void relu_backward(const Record *r)
{
    const real *x = r->in[0]->data, *dy = r->out->grad;
    real *dx = ag_grad(r->in[0]);
    for (int i = 0; i < r->out->size; i++)
        dx[i] += x[i] <= 0 ? 0 : dy[i]; /* of a NaN, too */
}

Tensor *ag_relu(Tensor *x)
{
    NOT_NULL(x);
    Tensor *y = ag_new(x->shape);
    for (int i = 0; i < y->size; i++)
        y->data[i] = x->data[i] <= 0 ? 0 : x->data[i]; /* a NaN stays */
    return ag_record(y, relu_backward, NULL, 1, &x);
}

/* d ln(1 + e^x) / dx = sigmoid(x), taken when it is needed. */
static void softplus_backward(const Record *r)
{
    const real *dy = r->out->grad;
    real *dx = ag_grad(r->in[0]), *s = ag_alloc_reals(r->out->size);
    vector_sigmoid(r->out->size, r->in[0]->data, s);
    for (int i = 0; i < r->out->size; i++)
        dx[i] += dy[i] * s[i];
}

/* max(x, 0) + ln(1 + e^-|x|) is the same and overflows nowhere. */
Tensor *ag_softplus(Tensor *x)
{
    NOT_NULL(x);
    Tensor *y = ag_new(x->shape);
    for (int i = 0; i < y->size; i++)
        y->data[i] = -fabs(x->data[i]);
    vector_exp(y->size, y->data, y->data);
    vector_log1p(y->size, y->data, y->data);
    for (int i = 0; i < y->size; i++)
        y->data[i] += x->data[i] > 0 ? x->data[i] : 0;
    return ag_record(y, softplus_backward, NULL, 1, &x);
}
