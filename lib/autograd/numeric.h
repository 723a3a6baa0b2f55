/* numeric.h: gradients by finite differences, which know nothing of a tape or a formula: the judge
 * of all others. In double; a float is too short for it. */
#ifndef AUTOGRAD_NUMERIC_H
#define AUTOGRAD_NUMERIC_H

#include <stdbool.h>

#include "autograd/tensor.h"
#include "real.h"

/* A loss as a function of whatever `context` holds. */
typedef double Loss(void *context);

/* The numeric gradient of loss with respect to n elements of x, which the loss must read afresh:
 *     gradient[i] = (loss(x_i + h) - loss(x_i - h)) / 2h,    h = cbrt(REAL_EPSILON) max(1, |x_i|),
 * with the step that is really taken, after rounding x_i + h, in the denominator. x is as before on
 * return. The error is about h^2 from the third derivative plus REAL_EPSILON |loss| / h. */
void numeric_gradient(Loss *loss, void *context, int n, real *x, real *gradient);

/* True if x[i] sits on a kink of the loss (relu at 0, two equal maxima), or less than a step from
 * one: the slopes to the left and to the right, s- and s+, differ and go on differing as the step
 * shrinks. A smooth loss bends too, but there s+ - s- is h times the second derivative and shrinks
 * with h; so what is asked is whether
 *     |(s+ - s-)(h) - k (s+ - s-)(h/k)| > tolerance max(|s-|, |s+|)        (and than rounding,
 *                                          some REAL_EPSILON max(1, |loss|) / h)
 * for k = 2 or for k = 4: the one cannot see a kink at h/3, the other none at h/5. On a kink a
 * numeric gradient is a mean of two slopes, and no judge. It is no good judge either, without a
 * kink, where the step is too long for the loss (ln x at x = 1e-3), or where the slope has a kink
 * (relu(x)^2 at 0): there it is off by h/4 times the jump of the second derivative. */
bool numeric_kink(Loss *loss, void *context, real *x, int i, double tolerance);

/* The numeric gradient of a scalar on the tape with respect to any tensor that requires a gradient,
 * a leaf or not: each element is nudged to both sides, what leads from x to the loss is computed
 * again, in place, and all is as before on return.
 *     gradient[i] = dLoss/dx[i], in the shape of x;  0 where x does not lead to the loss
 * Returns how many elements sit on a kink (numeric_kink() with a tolerance of 1e-3): they have no
 * slope, and gradient[i] is NaN. x is nudged as if it were a leaf: what it was computed from stays,
 * even where the two share their numbers, as a view does (ag_reshape); a view of x follows x. What
 * stands still for ag_backward() stands still here: constants, ag_detach(), what was computed in a
 * no-grad region. Errors: loss has more than one element; loss or x requires no gradient; what
 * leads from x to the loss is no longer what it was (ag_backward()). */
int ag_numeric_gradient(Tensor *loss, Tensor *x, real *gradient);

#endif
