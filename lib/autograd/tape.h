/* tape.h: reverse-mode differentiation.
 *
 * Every op computes its output and appends one record to the tape: what was made, from what, and
 * how a gradient finds its way back. An op can only use what exists already, so the order of
 * creation is a topological order, and ag_backward() walks the tape from its end to its beginning:
 * when it comes to a record, everything that used the record's output lies behind it, and the
 * output's gradient is complete. */
#ifndef AUTOGRAD_TAPE_H
#define AUTOGRAD_TAPE_H

#include "autograd/tensor.h"

/* What an op leaves on the tape. */
typedef struct Record {
    Tensor *out;
    Tensor **in;
    int n_in;
    void (*backward)(const struct Record *record);
    void *saved; /* what else backward needs, on the strip; may be NULL */
} Record;

typedef void Backward(const Record *record);

/* Ends an op: records how `out` was made from its inputs and returns it. Nothing is recorded, and
 * out->requires_grad stays off, if no input requires a gradient or inside a no-grad region. `in` is
 * copied. Called by ops only. */
Tensor *ag_record(Tensor *out, Backward *backward, void *saved, int n_in, Tensor *const in[]);

/* Where a backward function adds dLoss/dx: x->grad, set to zeros if nothing has reached it in this
 * pass; NULL if x requires no gradient, so there is nothing to compute. */
real *ag_grad(Tensor *x);

/* ag_shape_size() for ops: errors are in the name of `op`. */
int shape_size(const char *op, Shape shape);

/* A new tensor on the strip, its data not yet written, and memory on the strip. For ops. */
Tensor *ag_new(Shape shape);
void *ag_alloc(size_t bytes);
real *ag_alloc_reals(int n);

/* Computes dLoss/dx for everything that `loss` was computed from and that requires a gradient, and
 * adds it to x->grad. A second call without ag_zero_grad() therefore accumulates. The strip is left
 * as it is: gradients of intermediate tensors can be read until ag_reset(). Errors: loss is not
 * a scalar; loss requires no gradient. */
void ag_backward(Tensor *loss);

/* The same from a tensor of any shape, given dLoss/dout, in the shape of out. */
void ag_backward_from(Tensor *out, const real *dout);

/* Sets the gradients back to NULL. */
void ag_zero_grad(int n, Tensor *const tensors[]);

/* Tears off the strip: every tensor on it is gone, parameters and their gradients stay. */
void ag_reset(void);

/* Between the two nothing is recorded. Regions may nest. Error: an end without a beginning. */
void ag_no_grad_begin(void);
void ag_no_grad_end(void);

/* The same numbers (not a copy) as a constant: gradients stop here. */
Tensor *ag_detach(Tensor *x);

/* Records on the tape at present. */
int ag_tape_length(void);

#endif
