#include "autograd/tape.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "autograd/arena.h"
#include "error.h"
#include "kernel/vector.h"
#include "sanitized.h"

static Record *tape;
static int tape_length, tape_room;
static int no_grad_depth;
static uint64_t passes; /* over the tape, so far */

/* -- the strip --------------------------------------------------------------------------------
 * Tensors lie beside it, in two arenas that take turns: one that ag_reset() took is still there to
 * be recognised, whatever was made since. A generation is the time from one reset to the next. */

static Arena strip, structs[2];
static uint64_t generation = AG_FOREVER + 1;

void *ag_alloc(size_t bytes)
{
    return arena_alloc(&strip, bytes);
}

real *ag_alloc_reals(int n)
{
    return ag_alloc((size_t)n * sizeof(real));
}

Tensor *ag_new_for(Shape shape, real *data)
{
    Tensor *x = arena_alloc(&structs[generation % 2], sizeof *x);
    *x = (Tensor){.data = data,
                  .shape = shape,
                  .size = ag_shape_size(shape),
                  .record = -1,
                  .generation = generation};
    return x;
}

void ag_reset(void)
{
    tape_length = 0;
    arena_reset(&strip);
    generation++;
    arena_reset(&structs[generation % 2]);
}

void tensor_live(const char *op, const Tensor *x)
{
    if (x->generation != AG_FOREVER && x->generation != generation)
        error_stop("%s: this tensor %s is gone: it was made before the latest ag_reset(), which "
                   "only parameters outlive; copy the numbers that are to be kept",
                   op, ag_shape_text(x->shape));
}

/* -- records ---------------------------------------------------------------------------------- */

typedef struct Seen {
    unsigned version;
    bool requires_grad;
    uint64_t hash; /* of the data, under the address sanitizer; else 0 */
} Seen;

/* FNV-1a, four bytes at a time. */
static uint64_t data_hash(const Tensor *x)
{
    uint64_t hash = 14695981039346656037U;
    for (size_t i = 0; i < (size_t)x->size * sizeof(real); i += sizeof(uint32_t)) {
        uint32_t word;
        memcpy(&word, (const char *)x->data + i, sizeof word);
        hash = (hash ^ word) * 1099511628211U;
    }
    return hash;
}

static Seen see(const Tensor *x)
{
    return (Seen){.version = x->owner ? x->owner->version : x->version,
                  .requires_grad = x->requires_grad,
                  .hash = ADDRESS_SANITIZED ? data_hash(x) : 0};
}

static bool any_requires_grad(int n, Tensor *const in[])
{
    for (int i = 0; i < n; i++)
        if (in[i]->requires_grad)
            return true;
    return false;
}

static void grow_tape(void)
{
    size_t room = tape_room ? 2 * (size_t)tape_room : 256;
    Record *grown = room <= INT_MAX ? realloc(tape, room * sizeof *tape) : NULL;
    if (!grown)
        error_stop("ag_op: out of memory for a tape of %zu records", room);
    tape = grown;
    tape_room = (int)room;
}

/* Takes the record in, with its inputs and how they are at present. */
static void append(Record r)
{
    if (tape_length == tape_room)
        grow_tape();
    Tensor **in = ag_alloc((size_t)r.n_in * sizeof *in);
    memcpy(in, r.in, (size_t)r.n_in * sizeof *in);
    r.in = in;
    r.out->requires_grad = true;
    r.out->record = tape_length;
    r.seen = ag_alloc(((size_t)r.n_in + 1) * sizeof *r.seen);
    for (int i = 0; i < r.n_in; i++)
        r.seen[i] = see(in[i]);
    r.seen[r.n_in] = see(r.out);
    tape[tape_length++] = r;
}

/* What is there already keeps its record, and its numbers: they may be what others work with. */
static void check_op(const char *op, const Tensor *out, int n_in, Tensor *const in[])
{
    bool used = out->generation != generation || out->record >= 0 || out->requires_grad;
    for (int i = 0; i < n_in; i++) {
        if (!in[i])
            error_stop("%s: input %d is NULL", op, i);
        tensor_live(op, in[i]);
        used = used || in[i] == out;
    }
    if (used)
        error_stop("%s: the output %s is in use already: an op makes a new tensor", op,
                   ag_shape_text(out->shape));
}

Tensor *op_run(const char *op, Tensor *out, Forward *forward, Backward *backward, void *saved,
               int n_in, Tensor *const in[])
{
    Record r = {.out = out,
                .in = (Tensor **)in,
                .n_in = n_in,
                .saved = saved,
                .forward = forward,
                .backward = backward,
                .op = op};
    check_op(op, out, n_in, in);
    forward(&r);
    if (no_grad_depth == 0 && any_requires_grad(n_in, in))
        append(r);
    return out;
}

void *ag_data(const Tensor *x)
{
    return x->data;
}

void *ag_grad(Tensor *x)
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

/* -- backward --------------------------------------------------------------------------------- */

/* A gradient is a function of what forward worked with. If that is no longer there, a number would
 * be the gradient of something else. Errors are in the name of `who`. */
static void check_unchanged(const char *who, const Record *r)
{
    for (int i = 0; i <= r->n_in; i++) {
        const Tensor *x = i < r->n_in ? r->in[i] : r->out;
        const char *role = i < r->n_in ? "input" : "output";
        Seen now = see(x), then = r->seen[i];
        if (now.requires_grad != then.requires_grad)
            error_stop("%s: requires_grad of the %s %s of %s was switched %s after the forward "
                       "pass: set it before",
                       who, role, ag_shape_text(x->shape), r->op, now.requires_grad ? "on" : "off");
        if (now.version != then.version || now.hash != then.hash)
            error_stop("%s: the %s %s of %s was overwritten after the forward pass: compute the "
                       "loss again, or go backwards before you write",
                       who, role, ag_shape_text(x->shape), r->op);
    }
}

/* A new pass, over those of the records `first` to `last` that lead to the last. With a name it is
 * an error if one of them is not as it was: before anything has been written. */
static void begin_pass(const char *who, int first, int last)
{
    passes++;
    if (last >= first)
        tape[last].pass = passes;
    for (int i = last; i >= first; i--) {
        if (tape[i].pass != passes)
            continue;
        if (who)
            check_unchanged(who, &tape[i]);
        for (int j = 0; j < tape[i].n_in; j++)
            if (tape[i].in[j]->record >= first)
                tape[tape[i].in[j]->record].pass = passes;
    }
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

static void find_first_uses(int length)
{
    for (int i = length - 1; i >= 0; i--)
        for (int j = 0; j < tape[i].n_in; j++)
            tape[i].in[j]->first_use = i;
}

/* Of the leaves that record i is the first to use. An input twice is told of once. */
static void tell_of_leaves(int i, GradientReady *ready, void *context)
{
    for (int j = 0; j < tape[i].n_in; j++) {
        Tensor *x = tape[i].in[j];
        if (x->record >= 0 || !x->requires_grad || x->first_use != i)
            continue;
        x->first_use = -1;
        ready(x, context);
    }
}

static void go_back(Tensor *out, const real *dout, GradientReady *ready, void *context)
{
    tensor_live("ag_backward", out);
    if (!out->requires_grad)
        error_stop(
            "ag_backward: nothing that this %s tensor was computed from requires a gradient: "
            "start from ag_parameter() or ag_variable(), outside ag_no_grad_begin() and "
            "ag_no_grad_end()",
            ag_shape_text(out->shape));
    int length = out->record + 1; /* 0 for a leaf: it gets dout and that is all */
    begin_pass("ag_backward", 0, length - 1);
    real **earlier = take_earlier_gradients(length);
    vector_add(out->size, dout, ag_grad(out));
    if (ready)
        find_first_uses(length);
    for (int i = length - 1; i >= 0; i--) {
        if (tape[i].out->grad)
            tape[i].backward(&tape[i]);
        if (ready)
            tell_of_leaves(i, ready, context);
    }
    add_earlier_gradients(length, earlier);
}

static void go_back_from_loss(Tensor *loss, GradientReady *ready, void *context)
{
    tensor_live("ag_backward", loss);
    if (loss->size != 1)
        error_stop("ag_backward: the loss has shape %s: take ag_sum() or ag_mean() of it first, or "
                   "give ag_backward_from() its gradient",
                   ag_shape_text(loss->shape));
    go_back(loss, (const real[]){1}, ready, context);
}

void ag_backward(Tensor *loss)
{
    NOT_NULL(loss);
    go_back_from_loss(loss, NULL, NULL);
}

void ag_backward_telling(Tensor *loss, GradientReady *ready, void *context)
{
    NOT_NULL(loss, ready);
    go_back_from_loss(loss, ready, context);
}

void ag_backward_from(Tensor *out, const real *dout)
{
    NOT_NULL(out, dout);
    go_back(out, dout, NULL, NULL);
}

void ag_zero_grad(int n, Tensor *const tensors[])
{
    NOT_NULL(tensors);
    for (int i = 0; i < n; i++) {
        NOT_NULL(tensors[i]);
        tensor_live(__func__, tensors[i]);
        tensors[i]->grad = NULL;
    }
}

/* -- replay ----------------------------------------------------------------------------------- */

void tape_unchanged(const char *who, const Tensor *from, const Tensor *to)
{
    begin_pass(who, from->record + 1, to->record);
}

/* Whether r computes with `from`, or with what this pass has computed again. */
static bool moves(const Record *r, const Tensor *from)
{
    for (int i = 0; i < r->n_in; i++) {
        const Tensor *x = r->in[i];
        if (x == from || (x->record > from->record && tape[x->record].pass == passes))
            return true;
    }
    return false;
}

void ag_replay(const Tensor *from, const Tensor *to)
{
    begin_pass(NULL, from->record + 1, to->record);
    for (int i = from->record + 1; i <= to->record; i++) {
        Record *r = &tape[i];
        if (r->pass == passes && moves(r, from))
            r->forward(r);
        else
            r->pass = 0;
    }
}

/* -- without gradients ------------------------------------------------------------------------ */

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
    tensor_live("ag_detach", x);
    return ag_tensor(x->shape, x->data);
}

int ag_tape_length(void)
{
    return tape_length;
}
