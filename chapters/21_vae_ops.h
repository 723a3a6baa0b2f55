/* 21_vae_ops.h: the three steps that make an autoencoder a variational one, as operations on the
 * tape. What they do on the way back are exercises 1, 2 and 3.
 *
 *     z      = mu + exp(logvar / 2) eps           eps from N(0, 1)
 *     KL     = 1/n sum 1/2 (mu^2 + exp(logvar) - 1 - logvar)
 *     pixels = 1/n sum -(x log p + (1 - x) log(1 - p)),   p = sigmoid(logits)
 */
#ifndef CHAPTER_21_VAE_OPS_H
#define CHAPTER_21_VAE_OPS_H

#include "autograd/autograd.h"
#include "exercises/21_vae.h"
#include "kernel/vector.h"

static inline void add_gradient(Tensor *x, real factor, const real *dx)
{
    real *grad = ag_grad(x);
    if (grad)
        vector_add_scaled(x->size, factor, dx, grad);
}

/* x (n, ...): n, and all the rest. */
static inline int rows_of(const Tensor *x)
{
    return x->shape.dim[0];
}

static inline int columns_of(const Tensor *x)
{
    return x->size / x->shape.dim[0];
}

/* -- a random draw ---------------------------------------------------------------------------- */

static inline void sample_forward(const Record *r)
{
    const real *mu = ag_data(r->in[0]), *logvar = ag_data(r->in[1]), *eps = r->saved;
    real *z = ag_data(r->out);
    for (int at = 0; at < r->out->size; at++)
        z[at] = mu[at] + exp(logvar[at] / 2) * eps[at];
}

static inline void sample_back(const Record *r)
{
    const int n = rows_of(r->out), d = columns_of(r->out);
    real *dmu = ag_alloc_reals(n * d), *dlogvar = ag_alloc_reals(n * d);
    sample_backward(n, d, ag_grad(r->out), ag_data(r->in[1]), r->saved, (void *)dmu,
                    (void *)dlogvar);
    add_gradient(r->in[0], 1, dmu);
    add_gradient(r->in[1], 1, dlogvar);
}

/* As many numbers from N(0, 1) as x has, on the strip. */
static inline real *noise_for(const Tensor *x, Rng *rng)
{
    real *eps = ag_alloc_reals(x->size);
    for (int at = 0; at < x->size; at++)
        eps[at] = (real)rng_normal(rng);
    return eps;
}

/* z for mu (n, d) and logvar (n, d). eps (n, d) has been drawn, and is kept: to whatever comes back
 * it is a number like any other. */
static inline Tensor *sample(Tensor *mu, Tensor *logvar, real *eps)
{
    return ag_op(mu->shape, sample_forward, sample_back, eps, 2, (Tensor *[]){mu, logvar});
}

/* -- the divergence from N(0, 1) -------------------------------------------------------------- */

/* KL, the mean of n codes of d numbers. */
static inline real divergence_of(int n, int d, const real *mu, const real *logvar)
{
    real sum = 0;
    for (int at = 0; at < n * d; at++)
        sum += mu[at] * mu[at] + exp(logvar[at]) - 1 - logvar[at];
    return sum / 2 / (real)n;
}

static inline void divergence_forward(const Record *r)
{
    const Tensor *mu = r->in[0];
    const real *beta = r->saved;
    r->out->data[0] =
        *beta * divergence_of(rows_of(mu), columns_of(mu), ag_data(mu), ag_data(r->in[1]));
}

static inline void divergence_back(const Record *r)
{
    const int n = rows_of(r->in[0]), d = columns_of(r->in[0]);
    const real *beta = r->saved, g = r->out->grad[0];
    real *dmu = ag_alloc_reals(n * d), *dlogvar = ag_alloc_reals(n * d);
    divergence_backward(n, d, ag_data(r->in[0]), ag_data(r->in[1]), *beta, (void *)dmu,
                        (void *)dlogvar);
    add_gradient(r->in[0], g, dmu);
    add_gradient(r->in[1], g, dlogvar);
}

/* beta KL for mu (n, d) and logvar (n, d) */
static inline Tensor *divergence(Tensor *mu, Tensor *logvar, real beta)
{
    real *saved = ag_alloc_reals(1);
    *saved = beta;
    return ag_op(ag_shape(0), divergence_forward, divergence_back, saved, 2,
                 (Tensor *[]){mu, logvar});
}

/* -- what the pixels say ---------------------------------------------------------------------- */

/* sum of -(x log p + (1 - x) log(1 - p)) = max(s, 0) - s x + log(1 + exp(-|s|)) over n pixels;
 * room (n). */
static inline real pixels_of(int n, const real s[n], const real x[n], real room[n])
{
    for (int at = 0; at < n; at++)
        room[at] = -fabs(s[at]);
    vector_exp(n, room, room);
    vector_log1p(n, room, room);
    for (int at = 0; at < n; at++)
        room[at] += fmax(s[at], 0) - s[at] * x[at];
    return vector_sum(n, room);
}

static inline void pixels_forward(const Record *r)
{
    const Tensor *logits = r->in[0];
    r->out->data[0] = pixels_of(logits->size, ag_data(logits), ag_data(r->in[1]), r->saved) /
                      (real)rows_of(logits);
}

static inline void pixels_back(const Record *r)
{
    const int n = rows_of(r->in[0]), m = columns_of(r->in[0]);
    real *dlogits = ag_alloc_reals(n * m);
    pixels_backward(n, m, ag_data(r->in[0]), ag_data(r->in[1]), (void *)dlogits);
    add_gradient(r->in[0], r->out->grad[0], dlogits);
}

/* logits (n, m), and x, n images of m pixels, a constant */
static inline Tensor *pixels(Tensor *logits, Tensor *x)
{
    return ag_op(ag_shape(0), pixels_forward, pixels_back, ag_alloc_reals(logits->size), 2,
                 (Tensor *[]){logits, x});
}

#endif
