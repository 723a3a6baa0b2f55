/* gelu.c: x times the probability that a normal number is smaller, exactly and nearly. */
#include "autograd/ops.h"
#include "autograd/tape.h"
#include "error.h"
#include "kernel/vector.h"

#define SQRT_HALF 0.70710678118654752440
#define NORMAL_PEAK 0.39894228040143267794 /* 1 / sqrt(2 pi) */

/* Saved: P(x) = (1 + erf(x / sqrt 2)) / 2 */
static void gelu_forward(const Record *r)
{
    const real *x = r->in[0]->data;
    real *y = r->out->data, *below = r->saved;
    for (int i = 0; i < r->out->size; i++)
        below[i] = (real)SQRT_HALF * x[i];
    vector_erf(r->out->size, below, below);
    for (int i = 0; i < r->out->size; i++) {
        below[i] = (real)0.5 * (1 + below[i]);
        y[i] = x[i] * below[i];
    }
}

/* y = x P(x):   dx = dy (P(x) + x e^(-x^2 / 2) / sqrt(2 pi)) */
static void gelu_backward(const Record *r)
{
    const real *x = r->in[0]->data, *dy = r->out->grad, *below = r->saved;
    real *dx = ag_grad(r->in[0]), *density = ag_alloc_reals(r->out->size);
    for (int i = 0; i < r->out->size; i++)
        density[i] = (real)-0.5 * x[i] * x[i];
    vector_exp(r->out->size, density, density);
    for (int i = 0; i < r->out->size; i++)
        dx[i] += dy[i] * (below[i] + x[i] * (real)NORMAL_PEAK * density[i]);
}

Tensor *ag_gelu(Tensor *x)
{
    NOT_NULL(x);
    real *below = ag_alloc_reals(x->size);
    return ag_op(x->shape, gelu_forward, gelu_backward, below, 1, &x);
}

/* The formula's own constants: u = C (x + A x^3) */
#define A ((real)0.044715)
#define C ((real)0.79788456080286535588) /* sqrt(2 / pi) */

/* Saved: tanh u */
static void gelu_tanh_forward(const Record *r)
{
    const real *x = r->in[0]->data;
    real *y = r->out->data, *t = r->saved;
    for (int i = 0; i < r->out->size; i++)
        t[i] = C * (x[i] + A * x[i] * x[i] * x[i]);
    vector_tanh(r->out->size, t, t);
    for (int i = 0; i < r->out->size; i++)
        y[i] = (real)0.5 * x[i] * (1 + t[i]);
}

/* y = x (1 + t) / 2:   dx = dy ((1 + t) / 2 + x (1 - t^2) / 2 C (1 + 3 A x^2)) */
static void gelu_tanh_backward(const Record *r)
{
    const real *x = r->in[0]->data, *dy = r->out->grad, *t = r->saved;
    real *dx = ag_grad(r->in[0]);
    for (int i = 0; i < r->out->size; i++) {
        real du = C * (1 + 3 * A * x[i] * x[i]);
        dx[i] += dy[i] * (real)0.5 * (1 + t[i] + x[i] * (1 - t[i] * t[i]) * du);
    }
}

Tensor *ag_gelu_tanh(Tensor *x)
{
    NOT_NULL(x);
    real *t = ag_alloc_reals(x->size);
    return ag_op(x->shape, gelu_tanh_forward, gelu_tanh_backward, t, 1, &x);
}
