/* elementwise.c: ops that treat every element alike. Forward computes y from x, backward adds the
 * upstream gradient times the derivative, element by element. */
#include "autograd/broadcast.h"
#include "autograd/ops.h"
#include "autograd/tape.h"
#include "error.h"
#include "kernel/vector.h"

/* -- two inputs -------------------------------------------------------------------------------
 * Both are first expanded to their common shape, so that the ops below, and their gradients, see
 * equal shapes only; ag_expand() takes care of the rest. A gradient that nobody needs is NULL. */

static Tensor *binary(const char *op, Tensor *a, Tensor *b, Forward *forward, Backward *backward)
{
    error_if_null(op, "a, b", (const void *[]){a, b}, 2);
    tensor_live(op, a);
    tensor_live(op, b);
    Shape shape = broadcast_shape(op, a->shape, b->shape);
    Tensor *in[] = {ag_expand(a, shape), ag_expand(b, shape)};
    return op_run(op, ag_new(shape), forward, backward, NULL, 2, in);
}

static void add_forward(const Record *r)
{
    const real *a = r->in[0]->data, *b = r->in[1]->data;
    real *y = r->out->data;
    for (int i = 0; i < r->out->size; i++)
        y[i] = a[i] + b[i];
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
    return binary(__func__, a, b, add_forward, add_backward);
}

static void sub_forward(const Record *r)
{
    const real *a = r->in[0]->data, *b = r->in[1]->data;
    real *y = r->out->data;
    for (int i = 0; i < r->out->size; i++)
        y[i] = a[i] - b[i];
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
    return binary(__func__, a, b, sub_forward, sub_backward);
}

static void mul_forward(const Record *r)
{
    const real *a = r->in[0]->data, *b = r->in[1]->data;
    real *y = r->out->data;
    for (int i = 0; i < r->out->size; i++)
        y[i] = a[i] * b[i];
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
    return binary(__func__, a, b, mul_forward, mul_backward);
}

static void div_forward(const Record *r)
{
    const real *a = r->in[0]->data, *b = r->in[1]->data;
    real *y = r->out->data;
    for (int i = 0; i < r->out->size; i++)
        y[i] = a[i] / b[i];
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
    return binary(__func__, a, b, div_forward, div_backward);
}

/* -- one input -------------------------------------------------------------------------------- */

static Tensor *unary(const char *op, Tensor *x, Forward *forward, Backward *backward)
{
    error_if_null(op, "x", (const void *[]){x}, 1);
    return op_run(op, ag_new(x->shape), forward, backward, NULL, 1, &x);
}

static void neg_forward(const Record *r)
{
    const real *x = r->in[0]->data;
    real *y = r->out->data;
    for (int i = 0; i < r->out->size; i++)
        y[i] = -x[i];
}

static void neg_backward(const Record *r)
{
    vector_add_scaled(r->out->size, -1, r->out->grad, ag_grad(r->in[0]));
}

Tensor *ag_neg(Tensor *x)
{
    return unary(__func__, x, neg_forward, neg_backward);
}

static void pow_forward(const Record *r)
{
    const real *x = r->in[0]->data, p = *(real *)r->saved;
    real *y = r->out->data;
    for (int i = 0; i < r->out->size; i++)
        y[i] = pow(x[i], p);
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
    real *p = ag_alloc(sizeof *p);
    *p = (real)exponent;
    return ag_op(x->shape, pow_forward, pow_backward, p, 1, &x);
}

static void exp_forward(const Record *r)
{
    vector_exp(r->out->size, r->in[0]->data, r->out->data);
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
    return unary(__func__, x, exp_forward, exp_backward);
}

static void log_forward(const Record *r)
{
    vector_log(r->out->size, r->in[0]->data, r->out->data);
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
    return unary(__func__, x, log_forward, log_backward);
}

static void sqrt_forward(const Record *r)
{
    const real *x = r->in[0]->data;
    real *y = r->out->data;
    for (int i = 0; i < r->out->size; i++)
        y[i] = sqrt(x[i]);
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
    return unary(__func__, x, sqrt_forward, sqrt_backward);
}

static void abs_forward(const Record *r)
{
    const real *x = r->in[0]->data;
    real *y = r->out->data;
    for (int i = 0; i < r->out->size; i++)
        y[i] = fabs(x[i]);
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
    return unary(__func__, x, abs_forward, abs_backward);
}

static void tanh_forward(const Record *r)
{
    vector_tanh(r->out->size, r->in[0]->data, r->out->data);
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
    return unary(__func__, x, tanh_forward, tanh_backward);
}

static void sigmoid_forward(const Record *r)
{
    vector_sigmoid(r->out->size, r->in[0]->data, r->out->data);
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
    return unary(__func__, x, sigmoid_forward, sigmoid_backward);
}

static void relu_forward(const Record *r)
{
    const real *x = r->in[0]->data;
    real *y = r->out->data;
    for (int i = 0; i < r->out->size; i++)
        y[i] = x[i] <= 0 ? 0 : x[i]; /* a NaN stays */
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
    return unary(__func__, x, relu_forward, relu_backward);
}

/* y = max(x, 0) + ln(1 + e^-|x|), which is ln(1 + e^x) and overflows nowhere. */
static void softplus_forward(const Record *r)
{
    const real *x = r->in[0]->data;
    real *y = r->out->data;
    for (int i = 0; i < r->out->size; i++)
        y[i] = -fabs(x[i]);
    vector_exp(r->out->size, y, y);
    vector_log1p(r->out->size, y, y);
    for (int i = 0; i < r->out->size; i++)
        y[i] += x[i] > 0 ? x[i] : 0;
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

Tensor *ag_softplus(Tensor *x)
{
    return unary(__func__, x, softplus_forward, softplus_backward);
}
