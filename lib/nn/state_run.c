/* What a training run consists of beside its parameters. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "error.h"
#include "nn/state_pieces.h"

/* -- random numbers --------------------------------------------------------------------------- */

/* From zeros xoshiro256++ goes nowhere. */
static const char *check_rng(const void *values, const void *context)
{
    (void)context;
    const uint64_t *state = values;
    return state[0] | state[1] | state[2] | state[3] ? NULL : "a state that is not all zeros";
}

/* Its pieces are called name + of + ".state", ... */
static void add_rng(State *state, const char *name, const char *of, Rng *rng)
{
    Piece *piece = state_add(state, DTYPE_U64, ag_shape(1, 4), rng->state, "%s%s.state", name, of);
    piece->check = check_rng;
    state_add(state, DTYPE_F64, ag_shape(0), &rng->spare_normal, "%s%s.spare_normal", name, of);
    state_add(state, DTYPE_I32, ag_shape(0), &rng->has_spare, "%s%s.has_spare", name, of);
}

void state_rng(State *state, const char *name, Rng *rng)
{
    NOT_NULL(state, name, rng);
    add_rng(state, name, "", rng);
}

/* -- loaders ---------------------------------------------------------------------------------- */

static const char *check_order(const void *values, const void *context)
{
    const int *order = values;
    int length = ((const Loader *)context)->data->length;
    bool *seen = calloc((size_t)length, sizeof *seen), good = true;
    if (!seen)
        error_stop("state_loader: out of memory for %d examples", length);
    for (int i = 0; good && i < length; i++) {
        good = order[i] >= 0 && order[i] < length && !seen[order[i]];
        if (good)
            seen[order[i]] = true;
    }
    free(seen);
    return good ? NULL : "every example of the data set once";
}

static const char *check_next(const void *values, const void *context)
{
    int next = *(const int *)values, length = ((const Loader *)context)->data->length;
    return next >= 0 && next <= length ? NULL : "a place in the loader's order";
}

static void add_checked(State *state, const char *name, Loader *loader, const char *what,
                        Shape shape, int *data, StateCheck *check)
{
    Piece *piece = state_add(state, DTYPE_I32, shape, data, "%s.%s", name, what);
    piece->check = check;
    piece->context = loader;
}

void state_loader(State *state, const char *name, Loader *loader)
{
    NOT_NULL(state, name, loader);
    NOT_NULL(loader->data);
    int length = loader->data->length;
    if (length > 0)
        add_checked(state, name, loader, "order", ag_shape(1, length), loader->order, check_order);
    add_checked(state, name, loader, "next", ag_shape(0), &loader->next, check_next);
    add_rng(state, name, ".rng", &loader->rng);
    if (loader->options.transform)
        add_rng(state, name, ".transform_rng", &loader->transform_rng);
}

/* -- streams of text -------------------------------------------------------------------------- */

static const char *check_place(const void *values, const void *context)
{
    int next = *(const int *)values, length = ((const Streams *)context)->length;
    return next >= 0 && next <= length ? NULL : "a place in the streams";
}

void state_streams(State *state, const char *name, Streams *streams)
{
    NOT_NULL(state, name, streams);
    Piece *piece = state_add(state, DTYPE_I32, ag_shape(0), &streams->next, "%s.next", name);
    piece->check = check_place;
    piece->context = streams;
}

/* -- optimizers ------------------------------------------------------------------------------- */

static const char *check_step(const void *values, const void *context)
{
    (void)context;
    return *(const long *)values >= 0 ? NULL : "a number of steps, 0 or more";
}

static const char *check_lr(const void *values, const void *context)
{
    (void)context;
    double lr = *(const double *)values;
    return lr >= 0 && isfinite(lr) ? NULL : "a learning rate, 0 or more, and finite";
}

typedef struct {
    State *state;
    const char *name;
} OptimState;

static Piece *add_to(const OptimState *to, const OptimPiece *piece, Dtype type, void *memory)
{
    return state_add(to->state, type, piece->shape, memory, "%s.%s", to->name, piece->name);
}

static void add_optim_piece(const OptimPiece *piece, void *context)
{
    const OptimState *to = context;
    if (piece->array)
        add_to(to, piece, DTYPE_REAL, piece->array)->reals = true;
    if (piece->step)
        add_to(to, piece, DTYPE_I64, piece->step)->check = check_step;
    if (piece->lr)
        add_to(to, piece, DTYPE_F64, piece->lr)->check = check_lr;
}

void state_optim(State *state, const char *name, Optim *optim)
{
    NOT_NULL(state, name, optim);
    optim_each(optim, add_optim_piece, &(OptimState){state, name});
}
