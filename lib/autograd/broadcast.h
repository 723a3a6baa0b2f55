/* broadcast.h: NumPy's rule for shapes that differ, for the ops that follow it. */
#ifndef AUTOGRAD_BROADCAST_H
#define AUTOGRAD_BROADCAST_H

#include "autograd/tensor.h"

/* The shape that a and b both broadcast to: aligned at their last axis, an axis of size 1 takes the
 * other's size. Errors, in the name of `op`: two sizes that differ and are both not 1; more
 * elements than an int holds. */
Shape broadcast_shape(const char *op, Shape a, Shape b);

/* How far apart in x's data neighbours along each axis of `shape` are: 0 where x is repeated.
 * x's shape must broadcast to `shape`. */
void broadcast_strides(Shape x, Shape shape, int stride[AG_MAX_DIMS]);

/* to += from over all elements of `shape`, each side with its own distance between neighbours along
 * each axis: a distance of 0 repeats `from`, or sums into `to`. */
void strided_add(Shape shape, const real *from, const int from_stride[], real *to,
                 const int to_stride[]);

/* Makes y ready to be filled by strided_add(): with -0, for -0 + x is x to the bit, a -0 too. */
void strided_blank(Tensor *y);

#endif
