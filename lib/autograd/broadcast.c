/* broadcast.c: forward repeats, backward sums. This is the one place that does either. */
#include "autograd/broadcast.h"

#include <string.h>

#include "autograd/ops.h"
#include "autograd/tape.h"
#include "error.h"
#include "kernel/vector.h"

/* The size of axis d of `shape`, counted in a shape of ndim axes that it is aligned with. */
static int aligned_dim(Shape shape, int d, int ndim)
{
    int own = d - (ndim - shape.ndim);
    return own < 0 ? 1 : shape.dim[own];
}

Shape broadcast_shape(const char *op, Shape a, Shape b)
{
    Shape shape = {.ndim = a.ndim > b.ndim ? a.ndim : b.ndim};
    for (int d = 0; d < shape.ndim; d++) {
        int da = aligned_dim(a, d, shape.ndim), db = aligned_dim(b, d, shape.ndim);
        if (da != db && da != 1 && db != 1)
            error_stop("%s: shapes do not broadcast: %s and %s: sizes %d and %d differ and neither "
                       "is 1",
                       op, ag_shape_text(a), ag_shape_text(b), da, db);
        shape.dim[d] = da == 1 ? db : da;
    }
    shape_size(op, shape);
    return shape;
}

void broadcast_strides(Shape x, Shape shape, int stride[AG_MAX_DIMS])
{
    int step = 1;
    for (int d = shape.ndim - 1; d >= 0; d--) {
        int dim = aligned_dim(x, d, shape.ndim);
        stride[d] = dim == 1 ? 0 : step;
        step *= dim;
    }
}

/* Adds one row of n elements to another; a stride of 0 repeats the source or sums into the target.
 */
static void add_row(int n, const real *from, int from_stride, real *to, int to_stride)
{
    for (int j = 0; j < n; j++)
        to[(long)j * to_stride] += from[(long)j * from_stride];
}

void strided_add(Shape shape, const real *from, const int from_stride[], real *to,
                 const int to_stride[])
{
    int last = shape.ndim - 1, index[AG_MAX_DIMS] = {0};
    if (last < 0) { /* a scalar */
        *to += *from;
        return;
    }
    for (;;) {
        add_row(shape.dim[last], from, from_stride[last], to, to_stride[last]);
        int d = last - 1;
        for (; d >= 0; d--) { /* the odometer: the next row, with carries */
            from += from_stride[d];
            to += to_stride[d];
            if (++index[d] < shape.dim[d])
                break;
            from -= (long)shape.dim[d] * from_stride[d];
            to -= (long)shape.dim[d] * to_stride[d];
            index[d] = 0;
        }
        if (d < 0)
            return;
    }
}

void strided_blank(Tensor *y)
{
    vector_fill(y->size, -(real)0, y->data);
}

/* y = x repeated */
static void expand_forward(const Record *r)
{
    Tensor *x = r->in[0], *y = r->out;
    int x_stride[AG_MAX_DIMS], y_stride[AG_MAX_DIMS];
    broadcast_strides(x->shape, y->shape, x_stride);
    broadcast_strides(y->shape, y->shape, y_stride);
    strided_blank(y);
    strided_add(y->shape, x->data, x_stride, y->data, y_stride);
}

/* dx = the sum of dy over the repetitions. */
static void expand_backward(const Record *r)
{
    Tensor *x = r->in[0], *y = r->out;
    int x_stride[AG_MAX_DIMS], y_stride[AG_MAX_DIMS];
    broadcast_strides(x->shape, y->shape, x_stride);
    broadcast_strides(y->shape, y->shape, y_stride);
    strided_add(y->shape, y->grad, y_stride, ag_grad(x), x_stride);
}

Tensor *ag_expand(Tensor *x, Shape shape)
{
    NOT_NULL(x);
    tensor_live(__func__, x);
    shape_size(__func__, shape);
    if (ag_same_shape(x->shape, shape))
        return x;
    if (!ag_same_shape(broadcast_shape(__func__, x->shape, shape), shape))
        error_stop("ag_expand: %s does not broadcast to %s", ag_shape_text(x->shape),
                   ag_shape_text(shape));
    return ag_op(shape, expand_forward, expand_backward, NULL, 1, &x);
}
