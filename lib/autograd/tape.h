/* tape.h: reverse-mode differentiation.
 *
 * Every op computes its output and appends one record to the tape: what was made, from what, and
 * how a gradient finds its way back. An op can only use what exists already, so the order of
 * creation is a topological order, and ag_backward() walks the tape from its end to its beginning:
 * when it comes to a record, everything that used the record's output lies behind it, and the
 * output's gradient is complete.
 *
 * A new op is two static functions and, below them, a constructor that checks shapes and settings,
 * puts what the two need on the strip and calls ag_op(); its prototype in ops.h; and a row in
 * tests/lib/op_rows.c. ag_tanh() is the plainest, ag_max() has something saved. */
#ifndef AUTOGRAD_TAPE_H
#define AUTOGRAD_TAPE_H

#include "autograd/tensor.h"

/* What an op leaves on the tape. */
typedef struct Record {
    Tensor *out;
    Tensor **in;
    int n_in;
    void *saved; /* what else the two functions need, on the strip (not copied); may be NULL */
    void (*forward)(const struct Record *record);
    void (*backward)(const struct Record *record);
    const char *op;
    struct Seen *seen; /* how in[] and out were when forward was through */
    uint64_t pass;     /* the latest that came through it, forward or backward, counted from 1 */
} Record;

/* Writes every element of record->out from the inputs and from what the op's constructor put into
 * `saved`, where it may leave what backward needs (which of the elements was the largest). It is
 * called again in a replay, with other numbers in the inputs, and must then do the same again:
 *   - It takes data from the record each time, by ag_data(). A pointer to an input's data, or a
 *     number computed from it, that the constructor put into `saved` would stand still.
 *   - It takes no memory and calls no op: what it needs room for, the constructor has made.
 *   - It draws nothing and moves nothing (a dropout mask, running statistics): the constructor does
 *     so, once.
 *   - It cannot fail: the constructor has checked what there is to check. */
typedef void Forward(const Record *record);

/* Adds to the gradients of the inputs what record->out->grad, which is complete, says of them. The
 * inputs' data, out's and `saved` are as forward left them. ag_grad() of an input is NULL if it
 * requires none: that happens where an op has several. Two inputs may be one tensor, so a gradient
 * is only added to, neither read nor set. Memory may be taken (ag_alloc()); no op is called. */
typedef void Backward(const Record *record);

/* An op: makes an output of this shape, runs forward, records how it was done, and returns it. Any
 * two functions can become one, a chapter's or a student's, too. `in` is copied. Nothing is
 * recorded, and the output's requires_grad stays off, if no input requires a gradient or inside a
 * no-grad region. Errors, in the name of the function that calls: an input that is NULL or that
 * ag_reset() has taken. */
#define ag_op(shape, forward, backward, saved, n_in, ...) \
    op_run(__func__, ag_new(shape), forward, backward, saved, n_in, __VA_ARGS__)

/* The same in the name of `op`, into a tensor that is there already, such as a view: one that has
 * the data of an input, whose owner it names (ag_reshape()). Error, too: out is an input, a
 * parameter or the output of another op. */
Tensor *op_run(const char *op, Tensor *out, Forward *forward, Backward *backward, void *saved,
               int n_in, Tensor *const in[]);

/* x's elements, and dLoss/dx, as an array of whatever shape they are assigned to:
 *     const real(*rows)[k] = ag_data(x);
 * ag_grad() is where a backward function adds dLoss/dx: x->grad, set to zeros if nothing has
 * reached it in this pass; NULL if x requires no gradient, so there is nothing to compute. */
void *ag_data(const Tensor *x);
void *ag_grad(Tensor *x);

/* Error, in the name of `op`: x was made before ag_reset(). */
void tensor_live(const char *op, const Tensor *x);

/* ag_shape_size() in the name of `op`, before ag_op() makes an output larger than its inputs. */
int shape_size(const char *op, Shape shape);

/* A new tensor on the strip, its data not yet written; one for data that is somewhere; and memory
 * on the strip. For ops. */
Tensor *ag_new(Shape shape);
Tensor *ag_new_for(Shape shape, real *data);
void *ag_alloc(size_t bytes);
real *ag_alloc_reals(int n);

/* Computes dLoss/dx for everything that `loss` was computed from and that requires a gradient, and
 * adds it to x->grad. A second call without ag_zero_grad() therefore accumulates. Nothing is taken
 * off the tape: gradients of intermediate tensors can be read until ag_reset(). Errors, which leave
 * every gradient as it was: loss has more than one element; loss requires no gradient; what it was
 * computed from is no longer what it was: written to since (the optimizers say so; others by
 * ag_bump_version(), and in a program built with the address sanitizer every write is seen), or its
 * requires_grad changed. */
void ag_backward(Tensor *loss);

/* The same, and tells of each leaf that requires a gradient, once, as soon as its gradient is
 * complete: when the pass is through with the first record that it is an input of. What is done
 * with it then can be done while the pass goes on. A gradient of NULL is none: no record led there.
 */
typedef void GradientReady(Tensor *leaf, void *context);
void ag_backward_telling(Tensor *loss, GradientReady *ready, void *context);

/* The same from a tensor of any shape, given dLoss/dout, in the shape of out. */
void ag_backward_from(Tensor *out, const real *dout);

/* Sets the gradients back to NULL. */
void ag_zero_grad(int n, Tensor *const tensors[]);

/* Tears off the strip: every tensor on it is gone, parameters and their gradients stay. Whatever is
 * handed a tensor that is gone says so, until the second ag_reset() after it. */
void ag_reset(void);

/* Between the two nothing is recorded. Regions may nest. Error: an end without a beginning. */
void ag_no_grad_begin(void);
void ag_no_grad_end(void);

/* The same numbers, copied, as a constant: gradients stop here. */
Tensor *ag_detach(Tensor *x);

/* Runs forward again, in place, for every record that leads from `from` to `to`: these outputs
 * become what they would have been with the data that `from` has now. For ag_numeric_gradient(). */
void ag_replay(const Tensor *from, const Tensor *to);

/* Error, in the name of `who`: what leads to `to`, back to `from`, is no longer what it was. */
void tape_unchanged(const char *who, const Tensor *from, const Tensor *to);

/* Records on the tape at present. */
int ag_tape_length(void);

#endif
