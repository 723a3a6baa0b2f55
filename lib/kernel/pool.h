/* pool.h: windows that slide over the rows and columns of images, on raw arrays.
 *
 * x is (planes, down.n, across.n) and y (planes, down.out, across.out). Window i of an axis begins
 * at i stride - padding; what lies outside the image is left out of a maximum and counts as 0 in an
 * average. Several threads may share the planes, each of which is the work of one, so the results
 * do not depend on how many there are. */
#ifndef KERNEL_POOL_H
#define KERNEL_POOL_H

#include "real.h"

/* Every window holds an element if 0 <= padding <= kernel / 2 and
 * 1 <= out <= (n + 2 padding - kernel) / stride + 1. */
typedef struct {
    int n, kernel, stride, padding, out;
} PoolAxis;

typedef struct {
    int planes;
    PoolAxis down, across;
    int *place; /* of a maximum, as many as y has elements: row * across.n + column in its plane */
} Pool;

/* y = the largest element of each window, and place: the first of several, row by row. As in
 * PyTorch a NaN is larger than any number, and the last of several NaN counts. */
void max_pool(const Pool *p, const real *x, real *y);
void max_pool_backward(const Pool *p, const real *dy, real *dx); /* dx[place] += dy */

/* y = the sum of each window, divided by the size of the window, padding included. */
void average_pool(const Pool *p, const real *x, real *y);
void average_pool_backward(const Pool *p, const real *dy, real *dx); /* dx[window] += dy / size */

#endif
