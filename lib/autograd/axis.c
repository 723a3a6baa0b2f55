#include "autograd/axis.h"

#include "autograd/ops.h"
#include "autograd/tape.h"
#include "error.h"
#include "kernel/vector.h"

int axis_index(const char *op, const Tensor *x, int axis)
{
    int ndim = x->shape.ndim;
    if (axis < -ndim || axis >= ndim)
        error_stop("%s: axis %d is out of range for shape %s", op, axis, ag_shape_text(x->shape));
    return axis < 0 ? axis + ndim : axis;
}

Axis axis_of_shape(Shape shape, int axis)
{
    Axis a = {.outer = 1, .n = 1, .inner = 1};
    for (int d = 0; d < shape.ndim; d++) {
        int *part = axis == AG_ALL || d == axis ? &a.n : d < axis ? &a.outer : &a.inner;
        *part *= shape.dim[d];
    }
    return a;
}

Axis *axis_of(const char *op, const Tensor *x, int axis)
{
    Axis *a = ag_alloc(sizeof *a);
    *a = axis_of_shape(x->shape, axis == AG_ALL ? AG_ALL : axis_index(op, x, axis));
    return a;
}

Shape axis_reduced_shape(const Tensor *x, int axis, bool keepdim)
{
    Shape shape = {.ndim = 0};
    int at = axis == AG_ALL || axis >= 0 ? axis : axis + x->shape.ndim;
    for (int d = 0; d < x->shape.ndim; d++) {
        bool reduced = axis == AG_ALL || d == at;
        if (!reduced || keepdim)
            shape.dim[shape.ndim++] = reduced ? 1 : x->shape.dim[d];
    }
    return shape;
}

void axis_sum(const Axis *a, const void *x_data, void *y_data)
{
    const real(*x)[a->n][a->inner] = x_data;
    real(*y)[a->inner] = y_data;
    for (int o = 0; o < a->outer; o++) {
        if (a->inner == 1) { /* along a row: several partial sums at a time */
            y[o][0] = vector_sum(a->n, x[o][0]);
            continue;
        }
        vector_fill(a->inner, 0, y[o]);
        for (int l = 0; l < a->n; l++)
            vector_add(a->inner, x[o][l], y[o]);
    }
}
