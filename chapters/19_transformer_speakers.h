/* 19_transformer_speakers.h: three models of names of the same size: this chapter's, an LSTM
 * (chapter 18) and a multi-layer perceptron on the three letters before (chapter 10). */
#ifndef CHAPTER_19_TRANSFORMER_SPEAKERS_H
#define CHAPTER_19_TRANSFORMER_SPEAKERS_H

#include "19_transformer_nets.h"
#include "nn/recurrent.h"

/* The logits (n t, words) of what follows each token of X (n, t). */
typedef Tensor *Continue(Module *m, int n, int t, const int *X);

static inline Tensor *transformer_continue(Module *m, int n, int t, const int *X)
{
    return net_continue((Net *)m, n, t, X);
}

/* Width 64, four heads, two layers, the norms in front: 104,603 numbers for 27 letters and names
 * of up to 15. */
static inline Plan speaker_plan(int words, int places)
{
    return (Plan){.width = 64,
                  .heads = 4,
                  .layers = 2,
                  .norm_first = true,
                  .gelu = true,
                  .words = words,
                  .places = places};
}

/* -- an LSTM ----------------------------------------------------------------------------------- */

enum { LSTM_IN = 64, MLP_IN = 10, MLP_CONTEXT = 3 };

static inline Tensor *lstm_continue(Module *m, int n, int t, const int *X)
{
    Tensor *x = nn_embed(nn_find(m, "tokens"), ag_shape(2, n, t), X);
    Tensor *y = nn_recurrent(nn_find(m, "lstm"), x, NULL, NULL);
    return nn_forward(nn_find(m, "head"), ag_reshape(y, ag_shape(2, n * t, last_of(y))));
}

/* As large as it may be: 4 h (64 + h) + 8 h + (h + 1) words + 64 words numbers. */
static inline Module *lstm_new(Rng *rng, int words, long size)
{
    int h = 1;
    while (4L * (h + 1) * (LSTM_IN + h + 3) + (h + 2 + LSTM_IN) * (long)words <= size)
        h++;
    Module *m = nn_module(sizeof *m, "Lstm", NULL);
    nn_child(m, "tokens", nn_embedding(rng, words, LSTM_IN));
    nn_child(m, "lstm", nn_lstm(rng, LSTM_IN, h, (RecurrentOptions){.batch_first = true}));
    nn_child(m, "head", nn_linear(rng, h, words));
    return m;
}

/* -- a perceptron ------------------------------------------------------------------------------ */

/* The three tokens up to each, the mark where there is none. */
static inline Tensor *mlp_continue(Module *m, int n, int t, const int *X)
{
    int *contexts = ag_alloc((size_t)(n * t * MLP_CONTEXT) * sizeof *contexts);
    for (int at = 0; at < n * t; at++)
        for (int c = 0; c < MLP_CONTEXT; c++) {
            const int back = MLP_CONTEXT - 1 - c;
            contexts[at * MLP_CONTEXT + c] = at % t >= back ? X[at - back] : 0;
        }
    Tensor *x = nn_embed(nn_find(m, "tokens"), ag_shape(2, n * t, MLP_CONTEXT), contexts);
    return nn_forward(nn_find(m, "layers"),
                      ag_reshape(x, ag_shape(2, n * t, MLP_CONTEXT * MLP_IN)));
}

/* As large as it may be: (30 + 1) h + (h + 1) words + 10 words numbers. */
static inline Module *mlp_new(Rng *rng, int words, long size)
{
    const int in = MLP_CONTEXT * MLP_IN;
    const long left = size - (1 + MLP_IN) * (long)words;
    const int h = left > in + 1 + words ? (int)(left / (in + 1 + words)) : 1;
    Module *m = nn_module(sizeof *m, "Mlp", NULL);
    nn_child(m, "tokens", nn_embedding(rng, words, MLP_IN));
    nn_child(
        m, "layers",
        nn_sequential(3, (Module *[]){nn_linear(rng, in, h), nn_tanh(), nn_linear(rng, h, words)}));
    return m;
}

#endif
