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

Axis *axis_of(const char *op, const Tensor *x, int axis)
{
    Axis *a = ag_alloc(sizeof *a);
    *a = (Axis){.outer = 1, .n = x->size, .inner = 1};
    if (axis == AG_ALL)
        return a;
    int at = axis_index(op, x, axis);
    a->n = x->shape.dim[at];
    for (int d = 0; d < at; d++)
        a->outer *= x->shape.dim[d];
    for (int d = at + 1; d < x->shape.ndim; d++)
        a->inner *= x->shape.dim[d];
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

void axis_sum(const Axis *a, const real *x_data, real *y_data)
{
    const real(*x)[a->n][a->inner] = (void *)x_data;
    real(*y)[a->inner] = (void *)y_data;
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
