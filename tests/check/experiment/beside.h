/* beside.h: the elements of other arrays that stand beside an element of an output. */
#ifndef CHECK_BESIDE_H
#define CHECK_BESIDE_H

#include "trial.h"

/* The element of this argument with the same indices as element `at` of the output: b[l] beside
 * dW[j][l], T[i] beside dz[i][j], lr beside all. -1 if the output has not all of its axes, or if
 * its letters do not tell which is which. */
int element_beside(const Exercise *exercise, const Argument *argument, const Argument *output,
                   const int sizes[], int at);

/* Not so for a matrix of n by n, where an axis cannot be told by its letter. */
bool has_each_letter_once(const Argument *argument);

/* A real input. */
bool is_real_input(const Argument *argument);

#endif
