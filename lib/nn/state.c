#include "nn/state.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "autograd/tape.h"
#include "error.h"
#include "grown.h"
#include "nn/state_pieces.h"

_Static_assert(sizeof(long) == 8 && sizeof(int) == 4, "a long is saved as I64, an int as I32");

static void *checked(void *memory)
{
    if (!memory)
        error_stop("state: out of memory");
    return memory;
}

static char *copy_of(const char *text)
{
    return checked(strdup(text));
}

State *state_new(void)
{
    State *state = checked(calloc(1, sizeof *state));
    state->unmatched = copy_of("");
    return state;
}

void state_free(State *state)
{
    if (!state)
        return;
    for (int i = 0; i < state->n; i++)
        free((char *)state->piece[i].tensor.name);
    for (int i = 0; i < state->metas; i++) {
        free((char *)state->meta[i].key);
        free((char *)state->meta[i].value);
    }
    free(state->piece);
    free(state->meta);
    free(state->same);
    free(state->unmatched);
    free(state);
}

/* -- pieces ----------------------------------------------------------------------------------- */

static char *formatted(const char *format, va_list arguments)
{
    va_list again;
    va_copy(again, arguments);
    size_t size = (size_t)vsnprintf(NULL, 0, format, arguments) + 1;
    char *text = checked(malloc(size));
    vsnprintf(text, size, format, again);
    va_end(again);
    return text;
}

static void check_name(const State *state, const char *name)
{
    if (!*name || strcmp(name, "__metadata__") == 0)
        error_stop("state: no piece can be called \"%s\"", name);
    for (int i = 0; i < state->n; i++)
        if (strcmp(state->piece[i].tensor.name, name) == 0)
            error_stop("state: \"%s\" was added before", name);
}

Piece *state_add(State *state, Dtype type, Shape shape, void *memory, const char *format, ...)
{
    NOT_NULL(state, format);
    va_list arguments;
    va_start(arguments, format);
    char *name = formatted(format, arguments);
    va_end(arguments);
    check_name(state, name);
    state->piece = grown("state", state->piece, state->n, sizeof *state->piece);
    Piece *piece = &state->piece[state->n++];
    *piece = (Piece){
        .tensor = {.name = name, .type = type, .ndim = shape.ndim, .data = memory},
        .memory = memory,
    };
    for (int d = 0; d < shape.ndim; d++)
        piece->tensor.dim[d] = shape.dim[d];
    return piece;
}

void state_reals(State *state, const char *name, Shape shape, real *data)
{
    NOT_NULL(state, name, data);
    state_add(state, DTYPE_REAL, shape, data, "%s", name)->reals = true;
}

void state_transposed(State *state, const char *name, int in, int out, real *data)
{
    NOT_NULL(state, name, data);
    Piece *piece = state_add(state, DTYPE_REAL, ag_shape(2, out, in), data, "%s", name);
    piece->reals = piece->transposed = true;
}

void state_tensor(State *state, const char *name, Tensor *x, bool transposed)
{
    NOT_NULL(state, name, x);
    tensor_live(__func__, x);
    if (transposed && x->shape.ndim != 2)
        error_stop("state_tensor: \"%s\": %s: expected two dimensions to exchange", name,
                   ag_shape_text(x->shape));
    if (transposed)
        state_transposed(state, name, x->shape.dim[0], x->shape.dim[1], x->data);
    else
        state_reals(state, name, x->shape, x->data);
    state->piece[state->n - 1].owner = x;
}

void state_doubles(State *state, const char *name, Shape shape, double *data)
{
    NOT_NULL(state, name, data);
    state_add(state, DTYPE_F64, shape, data, "%s", name);
}

void state_ints(State *state, const char *name, Shape shape, int *data)
{
    NOT_NULL(state, name, data);
    state_add(state, DTYPE_I32, shape, data, "%s", name);
}

void state_longs(State *state, const char *name, Shape shape, long *data)
{
    NOT_NULL(state, name, data);
    state_add(state, DTYPE_I64, shape, data, "%s", name);
}

void state_u64s(State *state, const char *name, Shape shape, uint64_t *data)
{
    NOT_NULL(state, name, data);
    state_add(state, DTYPE_U64, shape, data, "%s", name);
}

void state_text(State *state, const char *name, char **text)
{
    NOT_NULL(state, name, text);
    state_add(state, DTYPE_U8, (Shape){.ndim = 1}, NULL, "%s", name)->text = text;
}

static void add_meta(State *state, const char *key, const char *value, bool same)
{
    if (strcmp(key, "format") == 0)
        error_stop("state_meta: the key \"format\" is the library's own");
    for (int i = 0; i < state->metas; i++)
        if (strcmp(state->meta[i].key, key) == 0)
            error_stop("state_meta: \"%s\" was added before", key);
    state->meta = grown("state", state->meta, state->metas, sizeof *state->meta);
    state->same = grown("state", state->same, state->metas, sizeof *state->same);
    state->same[state->metas] = same;
    state->meta[state->metas++] = (SafeMeta){copy_of(key), copy_of(value)};
}

void state_meta(State *state, const char *key, const char *value)
{
    NOT_NULL(state, key, value);
    add_meta(state, key, value, false);
}

void state_vocab(State *state, const Vocab *vocab)
{
    NOT_NULL(state, vocab);
    char *characters = vocab_all(vocab);
    add_meta(state, "vocabulary", characters, true);
    free(characters);
}

/* -- writing ---------------------------------------------------------------------------------- */

/* (out, in) from (in, out), in a block for free(). */
static real *transposed(const Piece *piece)
{
    int64_t out = piece->tensor.dim[0], in = piece->tensor.dim[1];
    const real *from = piece->memory;
    real *to = checked(malloc(safetensors_bytes(&piece->tensor)));
    for (int64_t o = 0; o < out; o++)
        for (int64_t i = 0; i < in; i++)
            to[o * in + i] = from[i * out + o];
    return to;
}

/* The tensor as it is to lie in the file. */
static SafeTensor as_saved(const Piece *piece, const real *turned)
{
    SafeTensor tensor = piece->tensor;
    if (piece->text) {
        tensor.data = *piece->text ? *piece->text : "";
        tensor.dim[0] = (int64_t)strlen(tensor.data);
    }
    if (turned)
        tensor.data = turned;
    return tensor;
}

bool state_save(const State *state, const char *path)
{
    NOT_NULL(state, path);
    size_t n = (size_t)state->n;
    SafeTensor *tensor = checked(calloc(n + 1, sizeof *tensor));
    real **turned = checked(calloc(n + 1, sizeof *turned));
    for (size_t i = 0; i < n; i++) {
        const Piece *piece = &state->piece[i];
        turned[i] = piece->transposed ? transposed(piece) : NULL;
        tensor[i] = as_saved(piece, turned[i]);
    }
    bool saved = safetensors_save(path, state->n, tensor, state->metas, state->meta);
    for (size_t i = 0; i < n; i++)
        free(turned[i]);
    free(turned);
    free(tensor);
    return saved;
}

const char *state_unmatched(const State *state)
{
    NOT_NULL(state);
    return state->unmatched;
}
