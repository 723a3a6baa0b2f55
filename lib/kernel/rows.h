/* rows.h: what layer norm does, on raw arrays.
 *
 * x is (n, d), and each row is normalised by itself. Several threads may share the rows, and for
 * the gradients of gain and bias, which are sums over all rows, the columns; the results do not
 * depend on how many there are. */
#ifndef KERNEL_ROWS_H
#define KERNEL_ROWS_H

#include "real.h"

typedef struct {
    int n, d;
    real eps;
    real *xhat;    /* (n, d): (x - mean) std_inv */
    real *std_inv; /* (n): 1 / sqrt(var + eps), the variance being the mean square */
} Rows;

/* xhat and std_inv of x, and y = gain xhat + bias; gain and bias are (d). */
void rows_normalize(const Rows *s, const real *x, const real *gain, const real *bias, real *y);

/* Adds to the gradients; one that nobody needs is NULL. With dxhat = gain dy, and sums over a row:
 *     dbias += sum_i dy[i],   dgain += sum_i dy[i] xhat[i]
 *     dx += std_inv (dxhat - sum dxhat / d - xhat sum(dxhat xhat) / d) */
void rows_normalize_backward(const Rows *s, const real *gain, const real *dy, real *dx, real *dgain,
                             real *dbias);

#endif
