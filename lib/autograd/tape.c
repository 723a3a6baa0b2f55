#include "autograd/tape.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "autograd/arena.h"
#include "error.h"
#include "kernel/vector.h"

static Record *tape;
static int tape_length, tape_room;
static int no_grad_depth;

void *ag_alloc(size_t bytes)
{
    return arena_alloc(bytes);
}

real *ag_alloc_reals(int n)
{
    return ag_alloc((size_t)n * sizeof(real));
}

static bool any_requires_grad(int n, Tensor *const tensors[])
{
    for (int i = 0; i < n; i++)
        if (tensors[i]->requires_grad)
            return true;
    return false;
}

static void grow_tape(void)
{
    size_t room = tape_room ? 2 * (size_t)tape_room : 256;
    Record *grown = room <= INT_MAX ? realloc(tape, room * sizeof *tape) : NULL;
    if (!grown)
        error_stop("ag_record: out of memory for a tape of %zu records", room);
    tape = grown;
    tape_room = (int)room;
}

Tensor *ag_record(Tensor *out, Backward *backward, void *saved, int n_in, Tensor *const in[])
{
    if (no_grad_depth > 0 || !any_requires_grad(n_in, in))
        return out;
    if (tape_length == tape_room)
        grow_tape();
    Tensor **inputs = ag_alloc((size_t)n_in * sizeof *inputs);
    memcpy(inputs, in, (size_t)n_in * sizeof *inputs);
    out->requires_grad = true;
    out->record = tape_length;
    tape[tape_length++] = (Record){out, inputs, n_in, backward, saved};
    return out;
}

real *ag_grad(Tensor *x)
{
    if (!x->requires_grad)
        return NULL;
    if (!x->grad) {
        size_t bytes = (size_t)x->size * sizeof(real);
        x->grad = x->grad_buffer ? x->grad_buffer : ag_alloc(bytes);
        memset(x->grad, 0, bytes);
    }
    return x->grad;
}

void ag_backward(Tensor *loss)
{
    NOT_NULL(loss);
    if (loss->size != 1)
        error_stop("ag_backward: the loss has shape %s: take ag_sum() or ag_mean() of it first, or "
                   "give ag_backward_from() its gradient",
                   ag_shape_text(loss->shape));
    ag_backward_from(loss, (const real[]){1});
}

/* Intermediate tensors may hold gradients of an earlier pass. They must not flow backwards a second
 * time, so each pass starts without them and adds them when it is through. */
static real **take_earlier_gradients(int length)
{
    real **earlier = NULL;
    for (int i = 0; i < length; i++) {
        Tensor *out = tape[i].out;
        if (!out->grad)
            continue;
        if (!earlier) {
            earlier = ag_alloc((size_t)length * sizeof *earlier);
            memset(earlier, 0, (size_t)length * sizeof *earlier);
        }
        earlier[i] = out->grad;
        out->grad = NULL;
    }
    return earlier;
}

static void add_earlier_gradients(int length, real **earlier)
{
    for (int i = 0; earlier && i < length; i++)
        if (earlier[i])
            vector_add(tape[i].out->size, earlier[i], ag_grad(tape[i].out));
}

void ag_backward_from(Tensor *out, const real *dout)
{
    NOT_NULL(out, dout);
    if (!out->requires_grad)
        error_stop(
            "ag_backward: nothing that this %s tensor was computed from requires a gradient: "
            "start from ag_parameter() or ag_variable(), outside ag_no_grad_begin() and "
            "ag_no_grad_end()",
            ag_shape_text(out->shape));
    int length = out->record + 1; /* 0 for a leaf: it gets dout and that is all */
    real **earlier = take_earlier_gradients(length);
    vector_add(out->size, dout, ag_grad(out));
    for (int i = length - 1; i >= 0; i--)
        if (tape[i].out->grad)
            tape[i].backward(&tape[i]);
    add_earlier_gradients(length, earlier);
}

void ag_zero_grad(int n, Tensor *const tensors[])
{
    NOT_NULL(tensors);
    for (int i = 0; i < n; i++) {
        NOT_NULL(tensors[i]);
        tensors[i]->grad = NULL;
    }
}

void ag_reset(void)
{
    tape_length = 0;
    arena_reset();
}

void ag_no_grad_begin(void)
{
    no_grad_depth++;
}

void ag_no_grad_end(void)
{
    if (no_grad_depth == 0)
        error_stop("ag_no_grad_end: no ag_no_grad_begin() before it");
    no_grad_depth--;
}

Tensor *ag_detach(Tensor *x)
{
    NOT_NULL(x);
    return ag_wrap(x->shape, x->data);
}

int ag_tape_length(void)
{
    return tape_length;
}
