/* reshape.c: ops that move elements and change none. Backward moves the gradient to where its
 * element came from. */
#include "autograd/axis.h"
#include "autograd/broadcast.h"
#include "autograd/ops.h"
#include "autograd/tape.h"
#include "error.h"
#include "kernel/vector.h"

/* y is a view: it has no numbers of its own. Without a record it would move with x in a replay, as
 * a constant must not: then it is a copy. */
static void reshape_forward(const Record *r)
{
    r->out->data = r->in[0]->data;
}

static void reshape_backward(const Record *r)
{
    vector_add(r->out->size, r->out->grad, ag_grad(r->in[0]));
}

Tensor *ag_reshape(Tensor *x, Shape shape)
{
    NOT_NULL(x);
    int size = shape_size(__func__, shape);
    if (size != x->size)
        error_stop("ag_reshape: %s has %d elements, %s has %d", ag_shape_text(x->shape), x->size,
                   ag_shape_text(shape), size);
    Tensor *view = ag_new_for(shape, x->data);
    view->owner = x->owner ? x->owner : x;
    Tensor *y = op_run(__func__, view, reshape_forward, reshape_backward, NULL, 1, &x);
    return x->requires_grad && !y->requires_grad ? ag_detach(y) : y;
}

/* The distances between neighbours of x along the axes of its transpose. */
static void transposed_strides(const Record *r, int x_stride[], int y_stride[])
{
    const int *axes = r->saved;
    broadcast_strides(r->in[0]->shape, r->in[0]->shape, x_stride);
    broadcast_strides(r->out->shape, r->out->shape, y_stride);
    int swapped = x_stride[axes[0]];
    x_stride[axes[0]] = x_stride[axes[1]];
    x_stride[axes[1]] = swapped;
}

static void transpose_forward(const Record *r)
{
    int x_stride[AG_MAX_DIMS], y_stride[AG_MAX_DIMS];
    transposed_strides(r, x_stride, y_stride);
    strided_blank(r->out);
    strided_add(r->out->shape, r->in[0]->data, x_stride, r->out->data, y_stride);
}

static void transpose_backward(const Record *r)
{
    int x_stride[AG_MAX_DIMS], y_stride[AG_MAX_DIMS];
    transposed_strides(r, x_stride, y_stride);
    strided_add(r->out->shape, r->out->grad, y_stride, ag_grad(r->in[0]), x_stride);
}

Tensor *ag_transpose(Tensor *x, int axis_a, int axis_b)
{
    NOT_NULL(x);
    int *axes = ag_alloc(2 * sizeof *axes);
    axes[0] = axis_index(__func__, x, axis_a);
    axes[1] = axis_index(__func__, x, axis_b);
    Shape shape = x->shape;
    shape.dim[axes[0]] = x->shape.dim[axes[1]];
    shape.dim[axes[1]] = x->shape.dim[axes[0]];
    return ag_op(shape, transpose_forward, transpose_backward, axes, 1, &x);
}

/* A stretch of an axis, start .. start+count-1, is one run of count * inner neighbours in each of
 * the outer blocks of n * inner. part (outer, count, inner) is the stretch by itself. */
typedef struct {
    Axis axis; /* of the whole */
    int start, count;
} Stretch;

/* part += whole's stretch, or the other way round */
static void add_stretch(const Stretch *s, real *whole, real *part, bool to_whole)
{
    const Axis *a = &s->axis;
    int run = s->count * a->inner;
    const int whole_stride[] = {a->n * a->inner, 1}, part_stride[] = {run, 1};
    Shape runs = {.ndim = 2, .dim = {a->outer, run}};
    whole += (long)s->start * a->inner;
    if (to_whole)
        strided_add(runs, part, part_stride, whole, whole_stride);
    else
        strided_add(runs, whole, whole_stride, part, part_stride);
}

static void slice_forward(const Record *r)
{
    strided_blank(r->out);
    add_stretch(r->saved, r->in[0]->data, r->out->data, false);
}

static void slice_backward(const Record *r)
{
    add_stretch(r->saved, ag_grad(r->in[0]), r->out->grad, true);
}

Tensor *ag_slice(Tensor *x, int axis, int start, int end)
{
    NOT_NULL(x);
    Shape shape = x->shape;
    int at = axis_index(__func__, x, axis);
    if (start < 0 || end > shape.dim[at] || start >= end)
        error_stop("ag_slice: %d to %d along axis %d of %s: expected 0 <= start < end <= %d", start,
                   end, axis, ag_shape_text(shape), shape.dim[at]);
    Stretch *s = ag_alloc(sizeof *s);
    *s = (Stretch){*axis_of(__func__, x, at), start, end - start};
    shape.dim[at] = s->count;
    return ag_op(shape, slice_forward, slice_backward, s, 1, &x);
}

static void concat_forward(const Record *r)
{
    const Stretch *s = r->saved;
    strided_blank(r->out);
    for (int i = 0; i < r->n_in; i++)
        add_stretch(&s[i], r->out->data, r->in[i]->data, true);
}

static void concat_backward(const Record *r)
{
    const Stretch *s = r->saved;
    for (int i = 0; i < r->n_in; i++) {
        real *dx = ag_grad(r->in[i]);
        if (dx)
            add_stretch(&s[i], r->out->grad, dx, false);
    }
}

/* The shape of the result. Errors: the inputs differ elsewhere than along the axis; it is larger
 * than an int can say. */
static Shape concat_shape(int n, Tensor *const x[], int axis)
{
    Shape shape = x[0]->shape;
    long long total = shape.dim[axis];
    for (int i = 1; i < n; i++) {
        Shape other = x[i]->shape;
        int along = axis < other.ndim ? other.dim[axis] : 0;
        if (axis < other.ndim)
            other.dim[axis] = shape.dim[axis];
        if (!ag_same_shape(other, shape))
            error_stop("ag_concat: %s and %s differ elsewhere than along axis %d",
                       ag_shape_text(shape), ag_shape_text(x[i]->shape), axis);
        total += along;
    }
    if (total > INT_MAX)
        error_stop("ag_concat: %lld elements along axis %d: more than %d", total, axis, INT_MAX);
    shape.dim[axis] = (int)total;
    shape_size("ag_concat", shape);
    return shape;
}

Tensor *ag_concat(int n, Tensor *const x[], int axis)
{
    if (n < 1)
        error_stop("ag_concat: %d tensors: expected at least 1", n);
    NOT_NULL(x);
    for (int i = 0; i < n; i++)
        NOT_NULL(x[i]);
    int at = axis_index(__func__, x[0], axis);
    Shape shape = concat_shape(n, x, at);
    Axis whole = axis_of_shape(shape, at);
    Stretch *s = ag_alloc((size_t)n * sizeof *s);
    for (int i = 0, start = 0; i < n; start += s[i].count, i++)
        s[i] = (Stretch){whole, start, x[i]->shape.dim[at]};
    return ag_op(shape, concat_forward, concat_backward, s, n, x);
}
