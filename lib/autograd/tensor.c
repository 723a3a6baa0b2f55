#include "autograd/tensor.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "autograd/tape.h"
#include "error.h"

static void check_dimensions(const char *op, int ndim)
{
    if (ndim < 0 || ndim > AG_MAX_DIMS)
        error_stop("%s: %d dimensions: expected 0 to %d", op, ndim, AG_MAX_DIMS);
}

Shape ag_shape(int ndim, ...)
{
    check_dimensions("ag_shape", ndim);
    Shape shape = {.ndim = ndim};
    va_list dims;
    va_start(dims, ndim);
    for (int d = 0; d < ndim; d++)
        shape.dim[d] = va_arg(dims, int);
    va_end(dims);
    shape_size(__func__, shape);
    return shape;
}

int shape_size(const char *op, Shape shape)
{
    long long size = 1;
    check_dimensions(op, shape.ndim);
    for (int d = 0; d < shape.ndim; d++) {
        if (shape.dim[d] < 1)
            error_stop("%s: %s: every size must be at least 1", op, ag_shape_text(shape));
        size *= shape.dim[d];
        if (size > INT32_MAX)
            error_stop("%s: %s: more than %d elements", op, ag_shape_text(shape), INT32_MAX);
    }
    return (int)size;
}

int ag_shape_size(Shape shape)
{
    return shape_size(__func__, shape);
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
    check_dimensions("ag_shape_text", shape.ndim);
    int length = sprintf(text, "(");
    for (int d = 0; d < shape.ndim; d++)
        length += sprintf(text + length, d ? ", %d" : "%d", shape.dim[d]);
    sprintf(text + length, ")");
    return text;
}

Tensor *ag_parameter(Shape shape)
{
    int size = shape_size(__func__, shape);
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
                  .record = -1,
                  .generation = AG_FOREVER};
    return x;
}

void ag_free(Tensor *parameter)
{
    if (!parameter)
        return;
    if (parameter->generation != AG_FOREVER)
        error_stop("ag_free: this tensor %s is no parameter: ag_reset() takes it",
                   ag_shape_text(parameter->shape));
    free(parameter->data);
    free(parameter->grad_buffer);
    free(parameter);
}

Tensor *ag_wrap(Shape shape, real *values)
{
    NOT_NULL(values);
    shape_size(__func__, shape);
    return ag_new_for(shape, values);
}

static Tensor *new_for(const char *op, Shape shape)
{
    return ag_new_for(shape, ag_alloc_reals(shape_size(op, shape)));
}

Tensor *ag_new(Shape shape)
{
    return new_for(__func__, shape);
}

static Tensor *copied(const char *op, Shape shape, const real *values)
{
    Tensor *x = new_for(op, shape);
    memcpy(x->data, values, (size_t)x->size * sizeof(real));
    return x;
}

Tensor *ag_tensor(Shape shape, const real *values)
{
    NOT_NULL(values);
    return copied(__func__, shape, values);
}

static Tensor *filled(const char *op, Shape shape, real value)
{
    Tensor *x = new_for(op, shape);
    for (int i = 0; i < x->size; i++)
        x->data[i] = value;
    return x;
}

Tensor *ag_full(Shape shape, real value)
{
    return filled(__func__, shape, value);
}

Tensor *ag_zeros(Shape shape)
{
    return filled(__func__, shape, 0);
}

Tensor *ag_scalar(real value)
{
    return ag_full(ag_shape(0), value);
}

Tensor *ag_variable(Shape shape, const real *values)
{
    NOT_NULL(values);
    Tensor *x = copied(__func__, shape, values);
    x->requires_grad = true;
    return x;
}

void ag_bump_version(Tensor *x)
{
    NOT_NULL(x);
    tensor_live(__func__, x);
    (x->owner ? x->owner : x)->version++;
}

real ag_item(const Tensor *scalar)
{
    NOT_NULL(scalar);
    tensor_live(__func__, scalar);
    if (scalar->size != 1)
        error_stop("ag_item: expected one element, got shape %s", ag_shape_text(scalar->shape));
    return scalar->data[0];
}

void ag_print(const char *name, const Tensor *x)
{
    NOT_NULL(name, x);
    tensor_live(__func__, x);
    int row = x->shape.ndim ? x->shape.dim[x->shape.ndim - 1] : 1;
    printf("%s %s\n", name, ag_shape_text(x->shape));
    for (int i = 0; i < x->size; i++)
        printf("%s%10.6g%s", i % row ? " " : "  ", (double)x->data[i], (i + 1) % row ? "" : "\n");
}
