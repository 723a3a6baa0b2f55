/* module_state.c: a network in a file. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "error.h"
#include "nn/module.h"

typedef struct {
    State *state;
    const char *prefix;
} Adding;

static void add(const char *path, const ModuleTensor *t, void *context)
{
    const Adding *to = context;
    char name[2 * NN_PATH_SIZE];
    if (snprintf(name, sizeof name, "%s%s", to->prefix, path) >= (int)sizeof name)
        error_stop("nn_state: %.40s...: a prefix that is too long", to->prefix);
    if (t->tensor)
        state_tensor(to->state, name, t->tensor, t->transposed);
    else
        state_longs(to->state, name, ag_shape(0), t->count);
}

void nn_state(State *state, const char *prefix, const Module *m)
{
    NOT_NULL(state, prefix, m);
    nn_each(m, add, &(Adding){state, prefix});
}

bool nn_save(const Module *m, const char *path)
{
    NOT_NULL(m, path);
    State *state = state_new();
    nn_state(state, "", m);
    bool saved = state_save(state, path);
    state_free(state);
    return saved;
}

bool nn_load(Module *m, const char *path)
{
    NOT_NULL(m, path);
    State *state = state_new();
    nn_state(state, "", m);
    bool loaded = state_load(state, path, true);
    state_free(state);
    return loaded;
}

bool nn_load_part(Module *m, const char *path, char **unmatched)
{
    NOT_NULL(m, path, unmatched);
    State *state = state_new();
    nn_state(state, "", m);
    bool loaded = state_load(state, path, false);
    *unmatched = loaded ? strdup(state_unmatched(state)) : NULL;
    if (loaded && !*unmatched)
        error_stop("nn_load_part: out of memory");
    state_free(state);
    return loaded;
}
