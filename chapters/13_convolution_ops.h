/* 13_convolution_ops.h: convolution and max pooling as ops of the tape whose way back is chosen: by
 * the exercises' functions, or with one of the mistakes that the lesson measures. Forward they are
 * the library's. */
#ifndef CHAPTER_13_CONVOLUTION_OPS_H
#define CHAPTER_13_CONVOLUTION_OPS_H

#include <stdbool.h>
#include <string.h>

#include "autograd/tape.h"
#include "exercises/13_convolution.h"
#include "kernel/conv.h"
#include "kernel/pool.h"
#include "kernel/vector.h"

typedef enum {
    BY_EXERCISES,
    RIGHT, /* the library's */
    DX_TURNED,
    DX_TRANSPOSED,
    DX_ZERO,
    DW_TURNED,
    DW_FIRST_IMAGE,
    DW_LAST_WINDOW,
    DB_ZERO,
    POOL_EVERY_TIE,
    POOL_ALL,
    POOL_CORNER,
    WAYS
} Way;

/* -- convolution ------------------------------------------------------------------------------ */

typedef struct {
    Conv conv;
    Way way;
    void *scratch; /* for forward */
} ConvSaved;

/* The kernels as a mistake sees them; a kernel has k x k numbers. */
static inline const real *mistaken_kernels(const Conv *c, Way way, const real *w)
{
    int k = c->kernel[1], size = k * k, count = c->out * c->in;
    if (way != DX_TURNED && way != DX_TRANSPOSED && way != DX_ZERO)
        return w;
    real *other = ag_alloc_reals(count * size);
    for (int i = 0; i < count; i++)
        for (int at = 0; at < size; at++) {
            int from = way == DX_TURNED ? size - 1 - at : at % k * k + at / k;
            other[i * size + at] = way == DX_ZERO ? 0 : w[i * size + from];
        }
    return other;
}

static inline void own_input(const ConvSaved *s, const real *dY, const real *w, real *dX)
{
    const Conv *c = &s->conv;
    if (s->way == BY_EXERCISES)
        conv2d_input_backward(c->batch, c->in, c->out, c->x[1], c->x[2], c->kernel[1], c->stride[1],
                              c->padding[1], c->y[1], c->y[2], (const void *)dY, (const void *)w,
                              (void *)dX);
    else
        conv_input(c, (ConvSource){.data = dY}, mistaken_kernels(c, s->way, w),
                   (ConvResult){.y = dX}, ag_alloc(conv_input_scratch(c)));
}

/* dY with nothing but the last window of each map. */
static inline const real *last_windows(const Conv *c, const real *dY)
{
    int size = c->y[1] * c->y[2], maps = c->batch * c->out;
    real *last = ag_alloc_reals(maps * size);
    vector_fill(maps * size, 0, last);
    for (int i = 0; i < maps; i++)
        last[(i + 1) * size - 1] = dY[(i + 1) * size - 1];
    return last;
}

static inline void own_weight(const ConvSaved *s, const real *dY, const real *X, real *dW)
{
    Conv c = s->conv;
    int size = c.kernel[1] * c.kernel[2], count = c.out * c.in;
    if (s->way == BY_EXERCISES) {
        conv2d_weight_backward(c.batch, c.in, c.out, c.x[1], c.x[2], c.kernel[1], c.stride[1],
                               c.padding[1], c.y[1], c.y[2], (const void *)dY, (const void *)X,
                               (void *)dW);
        return;
    }
    if (s->way == DW_FIRST_IMAGE)
        c.batch = 1;
    if (s->way == DW_LAST_WINDOW)
        dY = last_windows(&c, dY);
    vector_fill(count * size, 0, dW);
    conv_weight(&c, (ConvSource){.data = X}, (ConvSource){.data = dY}, dW, NULL,
                ag_alloc(conv_weight_scratch(&c)));
    for (int i = 0; i < count * size && s->way == DW_TURNED; i++) {
        int first = i / size * size, other = first + size - 1 - (i - first);
        real kept = dW[i];
        if (i < other) {
            dW[i] = dW[other];
            dW[other] = kept;
        }
    }
}

static inline void own_conv_forward(const Record *r)
{
    const ConvSaved *s = r->saved;
    conv_forward(&s->conv, (ConvSource){.data = r->in[0]->data}, r->in[1]->data,
                 (ConvResult){.y = r->out->data, .bias = r->in[2]->data}, s->scratch);
}

/* Y[i][q][r][t] = b[q] + ..., so db[q] is the sum of dY[i][q][r][t] over all but q. */
static inline void own_conv_backward(const Record *r)
{
    const ConvSaved *s = r->saved;
    const Conv *c = &s->conv;
    Tensor *x = r->in[0], *w = r->in[1], *b = r->in[2];
    real *dY = ag_grad(r->out), *dX = ag_alloc_reals(x->size), *dW = ag_alloc_reals(w->size);
    if (x->requires_grad) {
        own_input(s, dY, w->data, dX);
        vector_add(x->size, dX, ag_grad(x));
    }
    own_weight(s, dY, x->data, dW);
    vector_add(w->size, dW, ag_grad(w));
    real *db = ag_grad(b);
    if (s->way != DB_ZERO)
        conv_bias(c->batch, c->out, c->y[1] * c->y[2], (ConvSource){.data = dY}, db);
}

/* x (n, c, h, w) with kernels w (m, c, k, k): windows 1 apart in a border of `padding`. */
static inline Tensor *own_conv2d(Tensor *x, Tensor *w, Tensor *b, int padding, Way way)
{
    const int *dim = x->shape.dim, k = w->shape.dim[2], m = w->shape.dim[0];
    const int rows = dim[2] + 2 * padding - k + 1, columns = dim[3] + 2 * padding - k + 1;
    ConvSaved *s = ag_alloc(sizeof *s);
    *s = (ConvSaved){.conv = {.batch = dim[0],
                              .in = dim[1],
                              .out = m,
                              .x = {1, dim[2], dim[3]},
                              .kernel = {1, k, k},
                              .stride = {1, 1, 1},
                              .padding = {0, padding, padding},
                              .y = {1, rows, columns},
                              .threads = conv_threads()},
                     .way = way};
    s->scratch = ag_alloc(conv_forward_scratch(&s->conv));
    return ag_op(ag_shape(4, dim[0], m, rows, columns), own_conv_forward, own_conv_backward, s, 3,
                 (Tensor *[]){x, w, b});
}

/* -- max pooling, windows of 2 x 2 side by side ----------------------------------------------- */

typedef struct {
    Pool pool;
    Way way;
} PoolSaved;

static inline void own_pool_forward(const Record *r)
{
    const PoolSaved *s = r->saved;
    max_pool(&s->pool, r->in[0]->data, r->out->data);
}

/* Whether pixel i of a window gets dY, by a mistake. */
static inline bool gets(Way way, int i, real x, real largest)
{
    return way == POOL_ALL || (way == POOL_CORNER && i == 0) ||
           (way == POOL_EVERY_TIE && x == largest);
}

static inline void mistaken_pool(const Record *r, real *dX)
{
    const PoolSaved *s = r->saved;
    const Pool *p = &s->pool;
    const real *X = r->in[0]->data, *Y = r->out->data, *dY = ag_grad(r->out);
    int u = p->down.out, v = p->across.out, w = p->across.n;
    vector_fill(r->in[0]->size, 0, dX);
    for (int at = 0; at < r->out->size; at++) {
        int plane = at / (u * v), corner = plane * p->down.n * w + at / v % u * 2 * w + at % v * 2;
        for (int i = 0; i < 4; i++) {
            int pixel = corner + i / 2 * w + i % 2;
            dX[pixel] += gets(s->way, i, X[pixel], Y[at]) ? dY[at] : 0;
        }
    }
}

static inline void own_pool_backward(const Record *r)
{
    const PoolSaved *s = r->saved;
    const Pool *p = &s->pool;
    Tensor *x = r->in[0];
    real *dY = ag_grad(r->out), *dX = ag_alloc_reals(x->size);
    if (s->way == BY_EXERCISES)
        max_pool2d_backward(p->planes, p->down.n, p->across.n, 2, 2, p->down.out, p->across.out,
                            (const void *)dY, (const void *)x->data, (void *)dX);
    else if (s->way >= POOL_EVERY_TIE)
        mistaken_pool(r, dX);
    else {
        vector_fill(x->size, 0, dX);
        max_pool_backward(p, dY, dX);
    }
    vector_add(x->size, dX, ag_grad(x));
}

static inline Tensor *own_max_pool2d(Tensor *x, Way way)
{
    Shape shape = x->shape;
    shape.dim[2] /= 2;
    shape.dim[3] /= 2;
    PoolSaved *s = ag_alloc(sizeof *s);
    *s = (PoolSaved){.pool = {.planes = shape.dim[0] * shape.dim[1],
                              .down = {x->shape.dim[2], 2, 2, 0, shape.dim[2]},
                              .across = {x->shape.dim[3], 2, 2, 0, shape.dim[3]},
                              .place = ag_alloc((size_t)ag_shape_size(shape) * sizeof(int))},
                     .way = way};
    return ag_op(shape, own_pool_forward, own_pool_backward, s, 1, (Tensor *[]){x});
}

#endif
