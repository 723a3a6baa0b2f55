/* 20_autoencoder_ops.h: the transposed convolution as an op of the tape whose way is chosen: by the
 * exercises' functions, or with one of the mistakes that the lesson measures. */
#ifndef CHAPTER_20_AUTOENCODER_OPS_H
#define CHAPTER_20_AUTOENCODER_OPS_H

#include <string.h>

#include "autograd/ops.h"
#include "autograd/tape.h"
#include "exercises/20_autoencoder.h"
#include "kernel/conv.h"
#include "kernel/vector.h"

typedef enum {
    BY_EXERCISES,
    BY_LIBRARY, /* with ag_conv_transpose2d() in the place of this op */
    DX_TURNED,
    DW_TURNED,
    DW_FIRST_IMAGE,
    ENDS_EMPTY, /* forward: output padding filled with zeros */
} Way;

typedef struct {
    Conv conv; /* the convolution from y to x */
    Way way;
    void *scratch; /* for forward */
} UpSaved;

/* Kernels turned by 180 degrees: k k numbers each. */
static inline void turn_kernels(int count, int size, const real w[count][size],
                                real turned[count][size])
{
    for (int i = 0; i < count; i++)
        for (int at = 0; at < size; at++)
            turned[i][at] = w[i][size - 1 - at];
}

/* Zeros in the last row and column of so many planes. */
static inline void empty_ends(int planes, int rows, int columns, real x[planes][rows][columns])
{
    for (int i = 0; i < planes; i++) {
        vector_fill(columns, 0, x[i][rows - 1]);
        for (int y = 0; y < rows; y++)
            x[i][y][columns - 1] = 0;
    }
}

/* -- forward ----------------------------------------------------------------------------------- */

static inline void up_forward(const Record *r)
{
    const UpSaved *s = r->saved;
    const Conv *c = &s->conv;
    const real *x = ag_data(r->in[0]), *w = ag_data(r->in[1]), *b = ag_data(r->in[2]);
    const int pixels = c->x[1] * c->x[2];
    real *y = ag_data(r->out);
    if (s->way != BY_EXERCISES)
        conv_input(c, (ConvSource){.data = x}, w, (ConvResult){.y = y, .bias = b}, s->scratch);
    else
        conv_transpose2d(c->batch, c->out, c->in, c->y[1], c->y[2], c->kernel[1], c->stride[1],
                         c->padding[1], c->x[1], c->x[2], (const void *)x, (const void *)w,
                         (void *)y);
    for (int i = 0; i < r->out->size && s->way == BY_EXERCISES; i++)
        y[i] += b[i / pixels % c->in];
    if (s->way == ENDS_EMPTY)
        empty_ends(c->batch * c->in, c->x[1], c->x[2], (void *)y);
}

/* -- backward ---------------------------------------------------------------------------------- */

static inline void up_input(const UpSaved *s, const real *dY, const real *w, real *dX)
{
    const Conv *c = &s->conv;
    const int size = c->kernel[1] * c->kernel[2], count = c->in * c->out;
    if (s->way == BY_EXERCISES) {
        conv_transpose2d_input_backward(c->batch, c->out, c->in, c->y[1], c->y[2], c->kernel[1],
                                        c->stride[1], c->padding[1], c->x[1], c->x[2],
                                        (const void *)dY, (const void *)w, (void *)dX);
        return;
    }
    real *turned = ag_alloc_reals(count * size);
    turn_kernels(count, size, (const void *)w, (void *)turned);
    conv_forward(c, (ConvSource){.data = dY}, s->way == DX_TURNED ? turned : w,
                 (ConvResult){.y = dX}, ag_alloc(conv_forward_scratch(c)));
}

static inline void up_weight(const UpSaved *s, const real *dY, const real *X, real *dW)
{
    Conv c = s->conv;
    const int size = c.kernel[1] * c.kernel[2], count = c.in * c.out;
    real *right = ag_alloc_reals(count * size);
    if (s->way == BY_EXERCISES) {
        conv_transpose2d_weight_backward(c.batch, c.out, c.in, c.y[1], c.y[2], c.kernel[1],
                                         c.stride[1], c.padding[1], c.x[1], c.x[2],
                                         (const void *)dY, (const void *)X, (void *)dW);
        return;
    }
    if (s->way == DW_FIRST_IMAGE)
        c.batch = 1;
    vector_fill(count * size, 0, dW);
    conv_weight(&c, (ConvSource){.data = dY}, (ConvSource){.data = X}, dW, NULL,
                ag_alloc(conv_weight_scratch(&c)));
    memcpy(right, dW, (size_t)(count * size) * sizeof *right);
    if (s->way == DW_TURNED)
        turn_kernels(count, size, (const void *)right, (void *)dW);
}

/* b[q] is in every number of channel q, so db[q] is the sum of dY[i][q] over all but q. */
static inline void up_backward(const Record *r)
{
    const UpSaved *s = r->saved;
    const Conv *c = &s->conv;
    Tensor *x = r->in[0], *w = r->in[1];
    real *dY = ag_grad(r->out), *dX = ag_alloc_reals(x->size), *dW = ag_alloc_reals(w->size);
    if (s->way == ENDS_EMPTY)
        empty_ends(c->batch * c->in, c->x[1], c->x[2], (void *)dY);
    if (x->requires_grad) {
        up_input(s, dY, w->data, dX);
        vector_add(x->size, dX, ag_grad(x));
    }
    up_weight(s, dY, x->data, dW);
    vector_add(w->size, dW, ag_grad(w));
    conv_bias(c->batch, c->in, c->x[1] * c->x[2], (ConvSource){.data = dY}, ag_grad(r->in[2]));
}

/* x (n, c, h, w) and kernels (c, m, 3, 3) -> (n, m, 2 h, 2 w): stride 2, padding 1, output padding
 * 1. b is (m). */
static inline Tensor *up_by_two(Tensor *x, Tensor *w, Tensor *b, Way way)
{
    const int h = x->shape.dim[2], v = x->shape.dim[3];
    const Shape shape = ag_shape(4, x->shape.dim[0], w->shape.dim[1], 2 * h, 2 * v);
    UpSaved *s = ag_alloc(sizeof *s);
    *s = (UpSaved){.conv = {.batch = shape.dim[0],
                            .in = shape.dim[1],
                            .out = x->shape.dim[1],
                            .x = {1, 2 * h, 2 * v},
                            .kernel = {1, 3, 3},
                            .stride = {1, 2, 2},
                            .padding = {0, 1, 1},
                            .y = {1, h, v},
                            .threads = conv_threads()},
                   .way = way};
    s->scratch = ag_alloc(conv_input_scratch(&s->conv));
    return ag_op(shape, up_forward, up_backward, s, 3, (Tensor *[]){x, w, b});
}

#endif
