/* compare.h: how far two gradients are apart. */
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

#endif
