/* compare.h: how far two gradients are apart, and gradients by finite differences. */
#ifndef AUTOGRAD_COMPARE_H
#define AUTOGRAD_COMPARE_H

#include <stdbool.h>

#include "real.h"

/* |a - b|; 0 for equal infinities; infinite if a NaN meets anything, even a NaN. */
double compare_distance(real a, real b);

/* What an error is held against: the largest |x_i|, so that a tiny element next to a large one need
 * only be as good as the large one's rounding. An infinity says nothing of the size of the others
 * and is left out. An array that is zero up to rounding holds what is left of terms of ordinary
 * size that cancelled, a few REAL_EPSILON; the floor cbrt(REAL_EPSILON) keeps that comparable to
 * zero. */
double compare_scale(int n, const real *x);

typedef struct {
    bool exact;       /* every element equal to the bit (0 and -0 are equal) */
    double max_error; /* the largest distance */
    double relative;  /* max_error / the larger of the two scales; 0 if exact */
    int worst;        /* the index of the largest |a_i - b_i|, the first of equals; 0 if exact */
} Comparison;

/* Compares n >= 1 elements: no element at all agrees with nothing, and is an error. */
Comparison compare(int n, const real *a, const real *b);

/* A loss as a function of whatever `context` holds. */
typedef double Loss(void *context);

/* The numeric gradient of loss with respect to n elements of x, which the loss must read afresh:
 *     gradient[i] = (loss(x_i + h) - loss(x_i - h)) / 2h,    h = cbrt(REAL_EPSILON) max(1, |x_i|),
 * with the step that is really taken, after rounding x_i + h, in the denominator. x is as before on
 * return. The error is about h^2 from the third derivative plus REAL_EPSILON |loss| / h. */
void numeric_gradient(Loss *loss, void *context, int n, real *x, real *gradient);

/* True if x[i] sits on a kink of the loss (relu at 0, two equal maxima): the slopes to the left and
 * to the right, s- and s+, differ and go on differing as the step shrinks. A smooth loss bends too,
 * but there s+ - s- is h times the second derivative and halves with h; so what is asked is whether
 *     |(s+ - s-)(h) - 2 (s+ - s-)(h/2)| > tolerance max(|s-|, |s+|)        (and than rounding).
 * On a kink a numeric gradient is the mean of two slopes, and no judge. */
bool numeric_kink(Loss *loss, void *context, real *x, int i, double tolerance);

#endif
