/* 18_recurrent_nets.h: networks of one recurrent layer: numbers or letters go in, and a linear
 * layer reads every state. */
#ifndef CHAPTER_18_RECURRENT_NETS_H
#define CHAPTER_18_RECURRENT_NETS_H

#include "18_recurrent_cells.h"
#include "nn/layers.h"
#include "nn/recurrent.h"

typedef struct {
    Module module;
    Cell cell;
    Module *embedding; /* of letters; NULL where numbers go in */
    Module *layer, *head;
    bool by_exercises; /* with the functions of the exercises; else the library's layer */
    Windows windows;   /* ... and with these, whatever by_exercises says */
} Net;

/* A layer from PyTorch's start: uniform between -1/sqrt(m) and 1/sqrt(m). */
static inline Module *layer_new(Rng *rng, Cell cell, int d, int m)
{
    static Module *(*const make[])(Rng *, int, int, RecurrentOptions) = {nn_rnn, nn_lstm, nn_gru};
    return make[cell](rng, d, m, (RecurrentOptions){0});
}

static inline RecurrentWeights weights_of(const Module *layer)
{
    const ModuleTensor *t = layer->tensor;
    return (RecurrentWeights){t[0].tensor, t[1].tensor, t[2].tensor, t[3].tensor};
}

/* v letters, or v = 0 and numbers; d of them, or as many for each letter; m units. */
static inline Net *net_new(Rng *rng, Cell cell, int v, int d, int m, int out, bool by_exercises)
{
    Net *net = nn_module(sizeof *net, cells[cell].name, NULL);
    net->cell = cell;
    net->by_exercises = by_exercises;
    if (v)
        net->embedding = nn_child(&net->module, "embedding", nn_embedding(rng, v, d));
    net->layer = nn_child(&net->module, "layer", layer_new(rng, cell, d, m));
    net->head = nn_child(&net->module, "head", nn_linear(rng, m, out));
    return net;
}

/* X (t, n, d), from zeros -> every state (t, n, m) */
static inline Tensor *net_states(const Net *net, Tensor *X)
{
    const RecurrentWeights w = weights_of(net->layer);
    const bool by_hand = net->by_exercises || net->windows.h || net->windows.c;
    return by_hand ? unrolled(net->cell, &w, X, net->windows) : nn_forward(net->layer, X);
}

#endif
