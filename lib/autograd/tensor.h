/* tensor.h: arrays of numbers that know their shape, and where they live.
 *
 * A tensor is either a parameter, which stays until ag_free(), or it lies on the strip: an arena
 * that ag_reset() (tape.h) tears off after a training step, with everything on it. */
#ifndef AUTOGRAD_TENSOR_H
#define AUTOGRAD_TENSOR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "real.h"

enum { AG_MAX_DIMS = 5 };

/* dim[0] is the slowest index. A scalar has ndim 0. Every dim is at least 1. */
typedef struct {
    int ndim;
    int dim[AG_MAX_DIMS];
} Shape;

/* Row-major and contiguous: element (i, j) of an (n, k) tensor is data[i * k + j]. */
typedef struct Tensor {
    real *data;
    real *grad; /* dLoss/dthis, in the shape of data; NULL until a backward pass reaches it */
    Shape shape;
    int size; /* number of elements */
    bool requires_grad;
    int record;           /* which record of the tape made it; -1 for a leaf */
    int first_use;        /* of a leaf: the first record that it is an input of (tape.c) */
    real *grad_buffer;    /* a parameter's own room for grad, kept while grad is NULL */
    uint64_t generation;  /* the calls of ag_reset() before it was made, from 1 on (tape.h) */
    unsigned version;     /* how many times its data was written since; of a view: 0 */
    struct Tensor *owner; /* of a view (ag_reshape): whose data and version it has; else NULL */
} Tensor;

/* The generation of parameters. */
enum { AG_FOREVER = 0 };

/* ag_shape(2, 32, 27) is (32, 27); ag_shape(0) is a scalar's. Error: more than AG_MAX_DIMS
 * dimensions, or one below 1. */
Shape ag_shape(int ndim, ...);

/* Number of elements; 1 for a scalar. Errors: as ag_shape(), and more than an int holds. */
int ag_shape_size(Shape shape);

bool ag_same_shape(Shape a, Shape b);

/* "(32, 27)"; "()" for a scalar. The text lies in a ring of buffers: good for eight calls. */
const char *ag_shape_text(Shape shape);

/* A parameter: zeros, requires_grad, with room for its gradient. Owned by the caller, who gives it
 * to ag_free(), which refuses what lies on the strip. */
Tensor *ag_parameter(Shape shape);
void ag_free(Tensor *parameter);

/* Constants on the strip (requires_grad is off). ag_tensor() copies `values`; ag_wrap() uses them
 * where they stand, so they must stay unchanged until ag_reset(). */
Tensor *ag_tensor(Shape shape, const real *values);
Tensor *ag_wrap(Shape shape, real *values);
Tensor *ag_zeros(Shape shape);
Tensor *ag_full(Shape shape, real value);
Tensor *ag_scalar(real value);

/* A leaf on the strip that collects a gradient: ag_tensor() with requires_grad on. */
Tensor *ag_variable(Shape shape, const real *values);

/* Says that x's data was written after something was computed from x, from what x is a view of, or
 * from another view of it: a gradient through that is an error from now on (ag_backward()). The
 * optimizers do so themselves. */
void ag_bump_version(Tensor *x);

/* The value of a one-element tensor. Error: any other. */
real ag_item(const Tensor *scalar);

/* Prints the shape and the elements, row by row, to standard output. */
void ag_print(const char *name, const Tensor *x);

#endif
