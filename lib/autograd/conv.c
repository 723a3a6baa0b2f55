/* conv.c: convolution and transposed convolution over one to three axes, one implementation for
 * all. Each is a gradient of the other: where x goes to y by the one, dy goes to dx by the other,
 * with the same weights. */
#include <limits.h>

#include "autograd/ops.h"
#include "autograd/tape.h"
#include "error.h"
#include "kernel/conv.h"

typedef struct {
    Conv conv; /* of a transposed one: the convolution from its y to its x */
    bool relu;
    void *scratch; /* for forward */
} Saved;

/* dy; where there is a relu, only what came through it. */
static ConvSource upstream(const Record *r)
{
    const Saved *s = r->saved;
    return (ConvSource){ag_grad(r->out), s->relu ? r->out->data : NULL};
}

static ConvResult result(const Record *r)
{
    const Saved *s = r->saved;
    return (ConvResult){
        .y = r->out->data, .bias = r->n_in == 3 ? r->in[2]->data : NULL, .relu = s->relu};
}

static void conv_op_forward(const Record *r)
{
    const Saved *s = r->saved;
    conv_forward(&s->conv, (ConvSource){.data = r->in[0]->data}, r->in[1]->data, result(r),
                 s->scratch);
}

static void conv_op_backward(const Record *r)
{
    const Conv *c = &((const Saved *)r->saved)->conv;
    const ConvSource dy = upstream(r), x = {.data = r->in[0]->data};
    real *dx = ag_grad(r->in[0]), *dw = ag_grad(r->in[1]);
    real *db = r->n_in == 3 ? ag_grad(r->in[2]) : NULL;
    if (dx)
        conv_input(c, dy, r->in[1]->data, (ConvResult){.y = dx, .add = true},
                   ag_alloc(conv_input_scratch(c)));
    if (dw || db)
        conv_weight(c, x, dy, dw, db, ag_alloc(conv_weight_scratch(c)));
}

static void conv_transpose_forward(const Record *r)
{
    const Saved *s = r->saved;
    conv_input(&s->conv, (ConvSource){.data = r->in[0]->data}, r->in[1]->data, result(r),
               s->scratch);
}

static void conv_transpose_backward(const Record *r)
{
    const Conv *c = &((const Saved *)r->saved)->conv;
    const ConvSource dy = upstream(r), x = {.data = r->in[0]->data};
    real *dx = ag_grad(r->in[0]), *dw = ag_grad(r->in[1]);
    real *db = r->n_in == 3 ? ag_grad(r->in[2]) : NULL;
    if (dx)
        conv_forward(c, dy, r->in[1]->data, (ConvResult){.y = dx, .add = true},
                     ag_alloc(conv_forward_scratch(c)));
    if (dw)
        conv_weight(c, dy, x, dw, NULL, ag_alloc(conv_weight_scratch(c)));
    if (db)
        conv_bias(c->batch, c->in, c->x[0] * c->x[1] * c->x[2], dy, db);
}

/* -- constructors ----------------------------------------------------------------------------- */

ConvOptions conv_options(int stride, int padding)
{
    return (ConvOptions){.stride = {stride, stride, stride},
                         .padding = {padding, padding, padding}};
}

/* "stride", "padding" or "output_padding" of one axis. */
static void check_setting(const char *op, const char *name, int axis, int value, int least,
                          int most)
{
    if (value < least)
        error_stop("%s: %s %d in axis %d: expected %d or more", op, name, value, axis, least);
    if (value > most)
        error_stop("%s: %s %d in axis %d: expected %d at most", op, name, value, axis, most);
}

/* Shapes (n, channels, ...) and (.., channels, ...), or (channels, ..., ...), with so many axes of
 * space; w's axis `in` counts the channels of x. */
static void check_shapes(const char *op, int axes, const Tensor *x, const Tensor *w,
                         const Tensor *bias, int in)
{
    static const char *const space[] = {"l", "h, w", "d, h, w"};
    if (x->shape.ndim != axes + 2 || w->shape.ndim != axes + 2)
        error_stop("%s: expected x (n, channels, %s) and w (%s, %s), got %s and %s", op,
                   space[axes - 1], in == 1 ? "out, in" : "in, out", space[axes - 1],
                   ag_shape_text(x->shape), ag_shape_text(w->shape));
    if (x->shape.dim[1] != w->shape.dim[in])
        error_stop("%s: %d channels in x %s, but w %s takes %d", op, x->shape.dim[1],
                   ag_shape_text(x->shape), ag_shape_text(w->shape), w->shape.dim[in]);
    if (bias && (bias->shape.ndim != 1 || bias->size != w->shape.dim[1 - in]))
        error_stop("%s: expected a bias of shape (%d), got %s", op, w->shape.dim[1 - in],
                   ag_shape_text(bias->shape));
}

/* The part of a convolution that the settings and w say, for so many axes of space. */
static Conv conv_of(const char *op, int axes, const Tensor *w, const ConvOptions *options)
{
    Conv c = {.x = {1, 1, 1},
              .kernel = {1, 1, 1},
              .stride = {1, 1, 1},
              .y = {1, 1, 1},
              .in = w->shape.dim[1],
              .out = w->shape.dim[0],
              .threads = conv_threads()};
    for (int axis = 0, d = CONV_AXES - axes; axis < axes; axis++, d++) {
        check_setting(op, "stride", axis, options->stride[axis], 1, INT_MAX);
        check_setting(op, "padding", axis, options->padding[axis], 0, INT_MAX / 4);
        c.kernel[d] = w->shape.dim[axis + 2];
        c.stride[d] = options->stride[axis];
        c.padding[d] = options->padding[axis];
    }
    return c;
}

static Tensor *conv(const char *op, int axes, Tensor *x, Tensor *w, Tensor *bias,
                    const ConvOptions *options)
{
    check_shapes(op, axes, x, w, bias, 1);
    Conv c = conv_of(op, axes, w, options);
    Shape shape = {.ndim = axes + 2, .dim = {x->shape.dim[0], c.out}};
    c.batch = x->shape.dim[0];
    for (int axis = 0, d = CONV_AXES - axes; axis < axes; axis++, d++) {
        c.x[d] = x->shape.dim[axis + 2];
        check_setting(op, "output_padding", axis, options->output_padding[axis], 0, 0);
        check_setting(op, "padding", axis, c.padding[d], 0, (INT_MAX - c.x[d]) / 2);
        const int room = c.x[d] + 2 * c.padding[d] - c.kernel[d];
        if (room < 0)
            error_stop("%s: a kernel of %d is larger than %d elements with a padding of %d (axis "
                       "%d of x %s)",
                       op, c.kernel[d], c.x[d], c.padding[d], axis + 2, ag_shape_text(x->shape));
        shape.dim[axis + 2] = c.y[d] = room / c.stride[d] + 1;
    }
    shape_size(op, shape);
    Saved *s = ag_alloc(sizeof *s);
    *s = (Saved){c, options->relu, ag_alloc(conv_forward_scratch(&c))};
    return op_run(op, ag_new(shape), conv_op_forward, conv_op_backward, s, bias ? 3 : 2,
                  (Tensor *[]){x, w, bias});
}

static Tensor *conv_transpose(const char *op, int axes, Tensor *x, Tensor *w, Tensor *bias,
                              const ConvOptions *options)
{
    check_shapes(op, axes, x, w, bias, 0);
    Conv c = conv_of(op, axes, w, options);
    Shape shape = {.ndim = axes + 2, .dim = {x->shape.dim[0], c.in}};
    c.batch = x->shape.dim[0];
    for (int axis = 0, d = CONV_AXES - axes; axis < axes; axis++, d++) {
        const int more = options->output_padding[axis];
        check_setting(op, "output_padding", axis, more, 0, c.stride[d] - 1);
        c.y[d] = x->shape.dim[axis + 2];
        const int64_t reach = (c.y[d] - 1) * (int64_t)c.stride[d] + c.kernel[d] + more;
        const int64_t size = reach - 2 * (int64_t)c.padding[d];
        if (size < 1 || reach > INT_MAX)
            error_stop("%s: stride %d, padding %d and a kernel of %d make %lld elements of %d "
                       "(axis %d of x %s)",
                       op, c.stride[d], c.padding[d], c.kernel[d], (long long)size, c.y[d],
                       axis + 2, ag_shape_text(x->shape));
        shape.dim[axis + 2] = c.x[d] = (int)size;
    }
    shape_size(op, shape);
    Saved *s = ag_alloc(sizeof *s);
    *s = (Saved){c, options->relu, ag_alloc(conv_input_scratch(&c))};
    return op_run(op, ag_new(shape), conv_transpose_forward, conv_transpose_backward, s,
                  bias ? 3 : 2, (Tensor *[]){x, w, bias});
}

Tensor *ag_conv1d(Tensor *x, Tensor *w, Tensor *bias, ConvOptions options)
{
    NOT_NULL(x, w);
    return conv(__func__, 1, x, w, bias, &options);
}

Tensor *ag_conv2d(Tensor *x, Tensor *w, Tensor *bias, ConvOptions options)
{
    NOT_NULL(x, w);
    return conv(__func__, 2, x, w, bias, &options);
}

Tensor *ag_conv3d(Tensor *x, Tensor *w, Tensor *bias, ConvOptions options)
{
    NOT_NULL(x, w);
    return conv(__func__, 3, x, w, bias, &options);
}

Tensor *ag_conv_transpose1d(Tensor *x, Tensor *w, Tensor *bias, ConvOptions options)
{
    NOT_NULL(x, w);
    return conv_transpose(__func__, 1, x, w, bias, &options);
}

Tensor *ag_conv_transpose2d(Tensor *x, Tensor *w, Tensor *bias, ConvOptions options)
{
    NOT_NULL(x, w);
    return conv_transpose(__func__, 2, x, w, bias, &options);
}

Tensor *ag_conv_transpose3d(Tensor *x, Tensor *w, Tensor *bias, ConvOptions options)
{
    NOT_NULL(x, w);
    return conv_transpose(__func__, 3, x, w, bias, &options);
}
