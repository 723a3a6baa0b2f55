#include "remembering.h"

#include <string.h>

#include "autograd/autograd.h"

typedef struct {
    Module module;
    Module *layer;
    Tensor *h0, *c0;
    const int *lengths;
} Remembering;

static Tensor *flat(Tensor *x)
{
    return ag_reshape(x, ag_shape(1, x->size));
}

static Tensor *remembering_forward(Module *m, Tensor *x)
{
    const Remembering *r = (const Remembering *)m;
    RecurrentState state = {.h = r->h0, .c = r->c0};
    Tensor *y = nn_recurrent(r->layer, x, r->lengths, &state);
    Tensor *all[] = {flat(y), flat(state.h), r->c0 ? flat(state.c) : NULL};
    return ag_concat(r->c0 ? 3 : 2, all, 0);
}

Module *remembering(Module *layer, Shape state, const int *lengths)
{
    Remembering *r = nn_module(sizeof *r, "Remembering", remembering_forward);
    r->h0 = nn_parameter(&r->module, "h0", state);
    if (strncmp(layer->kind, "LSTM", 4) == 0)
        r->c0 = nn_parameter(&r->module, "c0", state);
    r->layer = nn_child(&r->module, "layer", layer);
    r->lengths = lengths;
    return &r->module;
}
