/* state_pieces.h: what the list of state.h is made of; for its own three files. */
#ifndef NN_STATE_PIECES_H
#define NN_STATE_PIECES_H

#include "error.h"
#include "nn/safetensors.h"
#include "nn/state.h"

/* What was expected where these values, read from a file, cannot be meant; NULL if they can. */
typedef const char *StateCheck(const void *values, const void *context);

typedef struct {
    SafeTensor tensor; /* as it is in the file; data is where it is in memory */
    void *memory;      /* the same, to be written */
    bool reals;        /* may be of any float type in the file */
    bool transposed;
    char **text;   /* instead of memory */
    Tensor *owner; /* whose data it is, or NULL */
    StateCheck *check;
    const void *context;
} Piece;

struct State {
    int n, metas;
    Piece *piece;
    SafeMeta *meta;
    bool *same; /* (metas): a file that says something else there is refused */
    char *unmatched;
};

/* Adds a piece of this name. Good until the next is added. */
Piece *state_add(State *state, Dtype type, Shape shape, void *memory, const char *format, ...)
    ERROR_PRINTF(5, 6);

#endif
