/* gemm.h: the matrix product, the one kernel in which a neural network spends its time. */
#ifndef KERNEL_GEMM_H
#define KERNEL_GEMM_H

#include <stdbool.h>
#include <stddef.h>

#include "real.h"

/* A factor: its element (i, j) is x[i * row + j * column]. One of the two strides is 1, the other
 * at least as large as the number of elements that lie side by side. */
typedef struct {
    const real *x;
    ptrdiff_t row, column;
} GemmMatrix;

/* Where the product goes: its element (i, j) is y[i * row + j], and becomes, for s = (x w)[i][j],
 *
 *     s    or, if add is set,    y + s
 *     + bias[j]                  unless bias is NULL
 *     0 unless that is above 0    if relu is set; a NaN stays NaN
 *
 * each step rounded once, in this order. y is read only if add is set. */
typedef struct {
    real *y;
    ptrdiff_t row;
    bool add;
    const real *bias; /* (m) */
    bool relu;
} GemmResult;

/* A matrix as it lies in memory, and the transpose of one, whose rows begin `row` reals apart. */
static inline GemmMatrix gemm_matrix(const real *x, ptrdiff_t row)
{
    return (GemmMatrix){x, row, 1};
}

static inline GemmMatrix gemm_transpose(const real *x, ptrdiff_t row)
{
    return (GemmMatrix){x, 1, row};
}

/* y = s and y += s, for rows of y that begin `row` reals apart. */
static inline GemmResult gemm_set(real *y, ptrdiff_t row)
{
    return (GemmResult){.y = y, .row = row};
}

static inline GemmResult gemm_add(real *y, ptrdiff_t row)
{
    return (GemmResult){.y = y, .row = row, .add = true};
}

/* y (n, m) = x (n, k) w (k, m). For example dx = dy W^T, where y = x W:
 *
 *     gemm(n, m, k, gemm_matrix(dy, m), gemm_transpose(W, m), gemm_set(dx, k));
 *
 * Sizes are at least 1. y overlaps neither x nor w nor the bias. Allocates nothing. A zero is a
 * factor like any other: 0 times infinity is NaN.
 *
 * Uses as many threads as OpenMP offers where the product is large enough to gain from it. The
 * result is the same to the bit for any number of them, and wherever the machine has a fused
 * multiply-add, whatever the width of its vectors. Without one each product is rounded by itself,
 * and the last digits differ. */
void gemm(int n, int k, int m, GemmMatrix x, GemmMatrix w, GemmResult y);

#endif
