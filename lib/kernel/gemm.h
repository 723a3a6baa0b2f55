/* gemm.h: the matrix product, the one kernel in which a neural network spends its time. */
#ifndef KERNEL_GEMM_H
#define KERNEL_GEMM_H

#include <stdbool.h>

#include "real.h"

typedef enum { GEMM_SET, GEMM_ADD } GemmMode;

/* c = op(a) op(b)    (GEMM_SET)     or     c += op(a) op(b)    (GEMM_ADD).
 *
 * op(a) is (m, k) and op(b) is (k, n), where op(x) is x^T if its transpose flag is set: a
 * transposed a is stored as (k, m), a transposed b as (n, k). c is (m, n). All are row-major and
 * contiguous; c overlaps neither a nor b. Sizes are at least 1.
 *
 * Uses as many threads as OpenMP offers where the product is large enough to gain from it; the
 * result is the same to the bit for any number of them. Allocates nothing. A zero is a factor like
 * any other: 0 times infinity is NaN. */
void gemm(int m, int n, int k, bool transpose_a, bool transpose_b, const real *a, const real *b,
          GemmMode mode, real *c);

#endif
