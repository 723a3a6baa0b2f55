/* losses.h: what the ops that are losses have in common. Errors are in the name of `op`. */
#ifndef AUTOGRAD_LOSSES_H
#define AUTOGRAD_LOSSES_H

#include "autograd/ops.h"

/* Keeps denominators from 0. PyTorch's is a float too, whatever the numbers are. */
static const real loss_tiny = (real)1e-12F;

/* One number of many losses, or none of it (AG_NONE). By ops of the tape: the op that made the
 * losses finds in their grad the upstream gradient of each of them, whatever the reduction. */
Tensor *loss_reduced(Tensor *losses, Reduction reduction);

/* Error: the shapes differ. Losses do not broadcast: (n) beside (n, 1) would quietly be n^2 losses.
 */
void loss_check_pair(const char *op, const Tensor *input, const Tensor *target);

/* Error: other than two axes. */
void loss_check_logits(const char *op, const Tensor *logits);

/* What each of the c classes counts (c), a constant: ones if `weight` is NULL. Errors: another
 * shape; a tensor that ag_reset() took. */
Tensor *loss_class_weights(const char *op, int c, Tensor *weight);

#endif
