/* 14_dropout_and_modes_layers.h: dropout and batch norm whose steps are the exercises, as
 * operations on the tape and as layers of a network.
 *
 * An operation is two functions, forward and backward. Those of the library have its own kernels in
 * them; in these stand the functions of exercises/14_dropout_and_modes.h, the solutions or yours.
 * An exercise writes its gradient whole, the tape wants it added to what is there. */
#ifndef CHAPTER_14_DROPOUT_AND_MODES_LAYERS_H
#define CHAPTER_14_DROPOUT_AND_MODES_LAYERS_H

#include "autograd/autograd.h"
#include "autograd/tape.h"
#include "exercises/14_dropout_and_modes.h"
#include "kernel/vector.h"
#include "nn/layers.h"

#define EPS ((real)1e-5)
#define MOMENTUM ((real)0.1)

/* What an exercise has written, added to the gradient of x, if anybody asks for it. */
static inline void add_gradient(Tensor *x, const real *dx)
{
    real *grad = ag_grad(x);
    if (grad)
        vector_add(x->size, dx, grad);
}

/* -- dropout ---------------------------------------------------------------------------------- */

typedef struct {
    real p;
    const real *mask; /* as many as x has */
} Dropped;

static inline void dropped_forward(const Record *r)
{
    const Dropped *s = r->saved;
    dropout_forward(r->out->size, ag_data(r->in[0]), s->mask, s->p, ag_data(r->out));
}

static inline void dropped_backward(const Record *r)
{
    const Dropped *s = r->saved;
    real *dx = ag_alloc_reals(r->out->size);
    dropout_backward(r->out->size, ag_grad(r->out), s->mask, s->p, dx);
    add_gradient(r->in[0], dx);
}

/* The mask is drawn here, once: going back takes the same. */
static inline Tensor *dropped(Tensor *x, double p, Rng *rng)
{
    real *mask = ag_alloc_reals(x->size);
    Dropped *s = ag_alloc(sizeof *s);
    rng_mask(rng, x->size, p, 1, mask);
    *s = (Dropped){(real)p, mask};
    return ag_op(x->shape, dropped_forward, dropped_backward, s, 1, (Tensor *[]){x});
}

typedef struct {
    Module module;
    double p;
    Rng *rng;
} DropoutLayer;

static inline Tensor *dropout_layer_forward(Module *m, Tensor *x)
{
    const DropoutLayer *d = (const DropoutLayer *)m;
    return m->training ? dropped(x, d->p, d->rng) : x;
}

static inline Module *dropout_layer(Rng *rng, double p)
{
    DropoutLayer *d = nn_module(sizeof *d, "DropoutByExercise", dropout_layer_forward);
    d->p = p;
    d->rng = rng;
    nn_describe(&d->module, "p=%g", p);
    return &d->module;
}

/* -- batch norm, train mode ------------------------------------------------------------------- */

typedef struct {
    int n, c, h, w;   /* of x */
    real *mean, *var; /* (c) */
    void *Xhat;       /* (n, c, h, w) */
} Normed;

static inline Normed *normed_new(const Tensor *x)
{
    Normed *s = ag_alloc(sizeof *s);
    const int *dim = x->shape.dim;
    *s = (Normed){.n = dim[0], .c = dim[1], .h = dim[2], .w = dim[3]};
    s->mean = ag_alloc_reals(s->c);
    s->var = ag_alloc_reals(s->c);
    s->Xhat = ag_alloc_reals(x->size);
    return s;
}

static inline void normed_forward(const Record *r)
{
    const Normed *s = r->saved;
    batch_norm2d_forward(s->n, s->c, s->h, s->w, ag_data(r->in[0]), ag_data(r->in[1]),
                         ag_data(r->in[2]), EPS, s->mean, s->var, s->Xhat, ag_data(r->out));
}

static inline void normed_backward(const Record *r)
{
    const Normed *s = r->saved;
    real *dgain = ag_alloc_reals(s->c), *dbias = ag_alloc_reals(s->c);
    real *dX = ag_alloc_reals(r->out->size);
    gain_bias2d_backward(s->n, s->c, s->h, s->w, ag_grad(r->out), s->Xhat, dgain, dbias);
    batch_norm2d_backward(s->n, s->c, s->h, s->w, ag_grad(r->out), s->Xhat, s->var, EPS,
                          ag_data(r->in[1]), (void *)dX);
    add_gradient(r->in[0], dX);
    add_gradient(r->in[1], dgain);
    add_gradient(r->in[2], dbias);
}

/* The running statistics are moved beside the tape: no gradient goes through them. */
static inline Tensor *normed(Tensor *x, Tensor *gain, Tensor *bias, RunningStats *running)
{
    Normed *s = normed_new(x);
    Tensor *y = ag_op(x->shape, normed_forward, normed_backward, s, 3, (Tensor *[]){x, gain, bias});
    running_update(s->n, s->c, s->h, s->w, s->mean, s->var, (real)running->momentum,
                   ag_data(running->mean), ag_data(running->var));
    return y;
}

/* -- batch norm, eval mode -------------------------------------------------------------------- */

/* Gain and bias are constants here, like the statistics: what is kept as it is needs no gradient.
 */
typedef struct {
    const Normed *sizes;
    const real *mean, *var, *gain, *bias;
} Fixed;

static inline void fixed_forward(const Record *r)
{
    const Fixed *s = r->saved;
    batch_norm2d_eval(s->sizes->n, s->sizes->c, s->sizes->h, s->sizes->w, ag_data(r->in[0]),
                      s->mean, s->var, EPS, s->gain, s->bias, ag_data(r->out));
}

static inline void fixed_backward(const Record *r)
{
    const Fixed *s = r->saved;
    real *dX = ag_alloc_reals(r->out->size);
    batch_norm2d_eval_backward(s->sizes->n, s->sizes->c, s->sizes->h, s->sizes->w, ag_grad(r->out),
                               s->var, EPS, s->gain, (void *)dX);
    add_gradient(r->in[0], dX);
}

static inline Tensor *fixed(Tensor *x, Tensor *gain, Tensor *bias, const RunningStats *running)
{
    Fixed *s = ag_alloc(sizeof *s);
    *s = (Fixed){normed_new(x), ag_data(running->mean), ag_data(running->var), ag_data(gain),
                 ag_data(bias)};
    return ag_op(x->shape, fixed_forward, fixed_backward, s, 1, (Tensor *[]){x});
}

typedef struct {
    Module module;
    Tensor *gain, *bias;
    RunningStats running;
} NormLayer;

static inline Tensor *norm_layer_forward(Module *m, Tensor *x)
{
    NormLayer *s = (NormLayer *)m;
    return m->training ? normed(x, s->gain, s->bias, &s->running)
                       : fixed(x, s->gain, s->bias, &s->running);
}

static inline Module *norm_layer(int c)
{
    NormLayer *s = nn_module(sizeof *s, "BatchNorm2dByExercise", norm_layer_forward);
    Shape channels = ag_shape(1, c);
    s->gain = nn_parameter(&s->module, "weight", channels);
    s->bias = nn_parameter(&s->module, "bias", channels);
    s->running = (RunningStats){nn_buffer(&s->module, "running_mean", channels),
                                nn_buffer(&s->module, "running_var", channels), (double)MOMENTUM};
    vector_fill(c, 1, s->gain->data);
    vector_fill(c, 1, s->running.var->data);
    nn_describe(&s->module, "%d", c);
    return &s->module;
}

#endif
