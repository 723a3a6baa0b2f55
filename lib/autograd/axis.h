/* axis.h: a tensor of any rank seen along one of its axes, as a block [outer][n][inner]. */
#ifndef AUTOGRAD_AXIS_H
#define AUTOGRAD_AXIS_H

#include "autograd/tensor.h"

typedef struct {
    int outer, n, inner; /* the product of the sizes before the axis, its own, the product after */
} Axis;

/* 0 .. ndim-1 for an axis that may count from the end. Error, in the name of `op`: out of range. */
int axis_index(const char *op, const Tensor *x, int axis);

/* A shape along an axis from 0 to ndim-1; AG_ALL makes one axis of all elements. */
Axis axis_of_shape(Shape shape, int axis);

/* x along `axis`, which may count from the end, on the strip; AG_ALL makes one axis of all
 * elements. */
Axis *axis_of(const char *op, const Tensor *x, int axis);

/* The shape left when `axis` (or AG_ALL) is reduced away, or to size 1 with keepdim. */
Shape axis_reduced_shape(const Tensor *x, int axis, bool keepdim);

/* y[o][i] = sum_l x[o][l][i]:  x (outer, n, inner), y (outer, inner) */
void axis_sum(const Axis *axis, const void *x, void *y);

#endif
