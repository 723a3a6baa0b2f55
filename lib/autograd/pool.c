/* pool.c: the largest element of a window, and the average, as ops. A tensor is a stack of planes,
 * whatever axes count them; a sequence is a plane of one row. */
#include "kernel/pool.h"

#include "autograd/ops.h"
#include "autograd/tape.h"
#include "error.h"

static PoolAxis axis_of_pool(const char *op, const Tensor *x, int n, int kernel, int stride,
                             int padding)
{
    if (kernel < 1 || stride < 1 || padding < 0 || padding > kernel / 2)
        error_stop("%s: kernel %d, stride %d, padding %d: expected a kernel and a stride of 1 or "
                   "more, and a padding of 0 to half the kernel",
                   op, kernel, stride, padding);
    int64_t room = (int64_t)n + 2 * (int64_t)padding - kernel; /* for the window to move in */
    if (room < 0)
        error_stop("%s: a kernel of %d is larger than x %s with padding %d", op, kernel,
                   ag_shape_text(x->shape), padding);
    return (PoolAxis){n, kernel, stride, padding, (int)(room / stride) + 1};
}

/* Windows over the last `axes` of x, 1 or 2. */
static Pool *pool_of(const char *op, const Tensor *x, int axes, int kernel, int stride, int padding)
{
    const int ndim = x->shape.ndim;
    if (ndim < axes)
        error_stop("%s: expected x %s, got %s", op, axes == 1 ? "(..., l)" : "(..., h, w)",
                   ag_shape_text(x->shape));
    const int width = x->shape.dim[ndim - 1], height = axes == 1 ? 1 : x->shape.dim[ndim - 2];
    Pool *p = ag_alloc(sizeof *p);
    *p = (Pool){.planes = x->size / height / width,
                .down = {.n = 1, .kernel = 1, .stride = 1, .out = 1},
                .across = axis_of_pool(op, x, width, kernel, stride, padding)};
    if (axes == 2)
        p->down = axis_of_pool(op, x, height, kernel, stride, padding);
    return p;
}

static Shape pooled_shape(const Tensor *x, int axes, const Pool *p)
{
    Shape shape = x->shape;
    shape.dim[shape.ndim - 1] = p->across.out;
    if (axes == 2)
        shape.dim[shape.ndim - 2] = p->down.out;
    return shape;
}

/* y = the largest of the window; its place is kept for the way back */
static void max_pool_forward(const Record *r)
{
    max_pool(r->saved, ag_data(r->in[0]), ag_data(r->out));
}

/* dx[place] += dy: the one that won gets it all */
static void max_pool_back(const Record *r)
{
    max_pool_backward(r->saved, ag_grad(r->out), ag_grad(r->in[0]));
}

Tensor *ag_max_pool2d(Tensor *x, int kernel, int stride, int padding)
{
    NOT_NULL(x);
    Pool *p = pool_of(__func__, x, 2, kernel, stride, padding);
    Shape shape = pooled_shape(x, 2, p);
    p->place = ag_alloc((size_t)shape_size(__func__, shape) * sizeof *p->place);
    return ag_op(shape, max_pool_forward, max_pool_back, p, 1, &x);
}

/* y = sum of the window / its size */
static void average_pool_forward(const Record *r)
{
    average_pool(r->saved, ag_data(r->in[0]), ag_data(r->out));
}

/* dx[window] += dy / its size */
static void average_pool_back(const Record *r)
{
    average_pool_backward(r->saved, ag_grad(r->out), ag_grad(r->in[0]));
}

static Tensor *average(const char *op, Tensor *x, int axes, int kernel, int stride, int padding)
{
    error_if_null(op, "x", (const void *[]){x}, 1);
    Pool *p = pool_of(op, x, axes, kernel, stride, padding);
    Shape shape = pooled_shape(x, axes, p);
    shape_size(op, shape);
    return op_run(op, ag_new(shape), average_pool_forward, average_pool_back, p, 1, &x);
}

Tensor *ag_avg_pool1d(Tensor *x, int kernel, int stride, int padding)
{
    return average(__func__, x, 1, kernel, stride, padding);
}

Tensor *ag_avg_pool2d(Tensor *x, int kernel, int stride, int padding)
{
    return average(__func__, x, 2, kernel, stride, padding);
}
