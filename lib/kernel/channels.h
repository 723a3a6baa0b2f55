/* channels.h: what batch norm does, on raw arrays.
 *
 * x is (n, c, l): n examples of c channels, each of which has l elements side by side: the pixels
 * of an image, or 1 in a matrix of rows. A channel is normalised as a whole, over n and l. Several
 * threads may share the channels, each of which is the work of one, so the results do not depend on
 * how many there are. */
#ifndef KERNEL_CHANNELS_H
#define KERNEL_CHANNELS_H

#include <stdbool.h>

#include "real.h"

typedef struct {
    int n, c, l;
    real eps;
    real divisor;            /* of the squares: n l or, with Bessel's correction, n l - 1 */
    bool constant;           /* mean and std_inv were given, and x has no part in them */
    real *mean;              /* (c) each */
    real *squares;           /* sum (x - mean)^2 */
    real *std_inv;           /* 1 / sqrt(squares / divisor + eps) */
    real *sum, *dot, *scale; /* room for the way back: sum dy, sum dy xhat, gain std_inv */
} Channels;

/* mean, squares and std_inv of x, unless they are constant; with these,
 * y = gain (x - mean) std_inv + bias. gain and bias are (c). */
void channels_normalize(const Channels *s, const real *x, const real *gain, const real *bias,
                        real *y);

/* Adds to the gradients of x (n, c, l), gain and bias (c); one that nobody needs is NULL. With
 * xhat = (x - mean) std_inv:
 *     dbias += sum dy,   dgain += sum dy xhat
 *     dx += gain std_inv (dy - sum dy / (n l) - xhat sum(dy xhat) / divisor)
 * or, where mean and std_inv are constant, dx += gain std_inv dy. */
void channels_normalize_backward(const Channels *s, const real *x, const real *gain, const real *dy,
                                 real *dx, real *dgain, real *dbias);

#endif
