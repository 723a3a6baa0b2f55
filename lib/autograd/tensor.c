#include "autograd/tensor.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "autograd/tape.h"
#include "error.h"

Shape ag_shape(int ndim, ...)
{
    if (ndim < 0 || ndim > AG_MAX_DIMS)
        error_stop("ag_shape: %d dimensions: expected 0 to %d", ndim, AG_MAX_DIMS);
    Shape shape = {.ndim = ndim};
    va_list dims;
    va_start(dims, ndim);
    for (int d = 0; d < ndim; d++)
        shape.dim[d] = va_arg(dims, int);
    va_end(dims);
    ag_shape_size(shape);
    return shape;
}

int ag_shape_size(Shape shape)
{
    long long size = 1;
    for (int d = 0; d < shape.ndim; d++) {
        if (shape.dim[d] < 1)
            error_stop("ag_shape: %s: every size must be at least 1", ag_shape_text(shape));
        size *= shape.dim[d];
        if (size > INT32_MAX)
            error_stop("ag_shape: %s: more than %d elements", ag_shape_text(shape), INT32_MAX);
    }
    return (int)size;
}

bool ag_same_shape(Shape a, Shape b)
{
    return a.ndim == b.ndim && memcmp(a.dim, b.dim, (size_t)a.ndim * sizeof a.dim[0]) == 0;
}

const char *ag_shape_text(Shape shape)
{
    static _Thread_local char ring[8][80];
    static _Thread_local unsigned turn;
    char *text = ring[turn++ % 8];
    int length = sprintf(text, "(");
    for (int d = 0; d < shape.ndim; d++)
        length += sprintf(text + length, d ? ", %d" : "%d", shape.dim[d]);
    sprintf(text + length, ")");
    return text;
}

Tensor *ag_parameter(Shape shape)
{
    int size = ag_shape_size(shape);
    Tensor *x = malloc(sizeof *x);
    real *data = calloc((size_t)size, sizeof *data),
         *grad_buffer = calloc((size_t)size, sizeof *data);
    if (!x || !data || !grad_buffer)
        error_stop("ag_parameter: out of memory for %s", ag_shape_text(shape));
    *x = (Tensor){.data = data,
                  .grad_buffer = grad_buffer,
                  .shape = shape,
                  .size = size,
                  .requires_grad = true,
                  .record = -1};
    return x;
}

void ag_free(Tensor *parameter)
{
    if (!parameter)
        return;
    free(parameter->data);
    free(parameter->grad_buffer);
    free(parameter);
}

Tensor *ag_wrap(Shape shape, real *values)
{
    Tensor *x = ag_alloc(sizeof *x);
    *x = (Tensor){.data = values, .shape = shape, .size = ag_shape_size(shape), .record = -1};
    return x;
}

Tensor *ag_new(Shape shape)
{
    return ag_wrap(shape, ag_alloc_reals(ag_shape_size(shape)));
}

Tensor *ag_tensor(Shape shape, const real *values)
{
    Tensor *x = ag_new(shape);
    memcpy(x->data, values, (size_t)x->size * sizeof(real));
    return x;
}

Tensor *ag_full(Shape shape, real value)
{
    Tensor *x = ag_new(shape);
    for (int i = 0; i < x->size; i++)
        x->data[i] = value;
    return x;
}

Tensor *ag_zeros(Shape shape)
{
    return ag_full(shape, 0);
}

Tensor *ag_scalar(real value)
{
    return ag_full(ag_shape(0), value);
}

Tensor *ag_variable(Shape shape, const real *values)
{
    Tensor *x = ag_tensor(shape, values);
    x->requires_grad = true;
    return x;
}

real ag_item(const Tensor *scalar)
{
    if (scalar->size != 1)
        error_stop("ag_item: expected one element, got shape %s", ag_shape_text(scalar->shape));
    return scalar->data[0];
}

void ag_print(const char *name, const Tensor *x)
{
    int row = x->shape.ndim ? x->shape.dim[x->shape.ndim - 1] : 1;
    printf("%s %s\n", name, ag_shape_text(x->shape));
    for (int i = 0; i < x->size; i++)
        printf("%s%10.6g%s", i % row ? " " : "  ", (double)x->data[i], (i + 1) % row ? "" : "\n");
}
