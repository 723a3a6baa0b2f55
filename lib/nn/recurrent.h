/* recurrent.h: RNN, LSTM and GRU, layers that read a sequence step by step and remember.
 *
 *     Module *lstm = nn_lstm(&rng, 10, 128, (RecurrentOptions){.layers = 2});
 *     RecurrentState state = {.h = NULL};
 *     for (each stretch x (t, n, 10) of a long text) {
 *         Tensor *y = nn_recurrent(lstm, x, NULL, &state);    (t, n, 128)
 *         ...                                                 loss, ag_backward(), optim_step()
 *         nn_recurrent_keep(&state);
 *         ag_reset();
 *     }
 *     nn_recurrent_free(&state);
 *
 * The loop is truncated backpropagation through time: each stretch begins with the state that the
 * one before it has left, as a constant, so that no gradient goes back further than one stretch.
 *
 * Names, order of the gates, the two bias vectors and the start, uniform between -1/sqrt(hidden)
 * and 1/sqrt(hidden), are PyTorch's; the formulas are with the ops, ag_rnn(), ag_lstm() and
 * ag_gru(). */
#ifndef NN_RECURRENT_H
#define NN_RECURRENT_H

#include "autograd/ops.h"
#include "kernel/random.h"
#include "nn/module.h"

/* {0} is one layer with biases, over x (t, n, in). */
typedef struct {
    int layers;       /* one on top of the other; 0 is 1 */
    bool no_bias;     /* neither b_ih nor b_hh */
    bool batch_first; /* x is (n, t, in) and the outputs are (n, t, hidden); the state is as ever */
    double dropout;   /* of the outputs of each layer but the last, in train mode */
} RecurrentOptions;

/* What a layer remembers: (layers, n, hidden), of a cell (n, hidden). NULL is zeros, and so a new
 * text begins. The rest is for nn_recurrent_keep(). */
typedef struct {
    Tensor *h;
    Tensor *c; /* of an LSTM; else NULL */
    Tensor *kept_h, *kept_c;
} RecurrentState;

/* Layer l has "weight_ih_l0" (gates hidden, in; above the first layer hidden), "weight_hh_l0"
 * (gates hidden, hidden), "bias_ih_l0" and "bias_hh_l0" (gates hidden), the number being l. Owned
 * by the caller; rng must outlive one with dropout. Errors: sizes below 1; a dropout that is no
 * probability. */
Module *nn_rnn(Rng *rng, int in, int hidden, RecurrentOptions options);
Module *nn_lstm(Rng *rng, int in, int hidden, RecurrentOptions options);
Module *nn_gru(Rng *rng, int in, int hidden, RecurrentOptions options);

/* One step of one layer: "weight_ih", "weight_hh", "bias_ih" and "bias_hh". */
Module *nn_rnn_cell(Rng *rng, int in, int hidden, bool bias);
Module *nn_lstm_cell(Rng *rng, int in, int hidden, bool bias);
Module *nn_gru_cell(Rng *rng, int in, int hidden, bool bias);

/* The outputs of the last layer: x (t, n, in) -> (t, n, hidden); of a cell, x (n, in) -> (n,
 * hidden). The state is where it begins, h and (LSTM) c, each NULL for zeros, and becomes where it
 * ended; NULL: from zeros, and the end is not wanted. lengths (n) is as in ag_rnn(), NULL for all
 * t; of a cell NULL. nn_forward() is this without lengths and state. Errors: another module; a
 * state of another shape; one from before ag_reset() that was not kept. */
Tensor *nn_recurrent(Module *m, Tensor *x, const int *lengths, RecurrentState *state);

/* Copies the state into memory of its own, as a constant: it outlives ag_reset(), and no gradient
 * goes back through it. What was kept before is overwritten, so it comes after ag_backward(). Takes
 * memory only the first time, or when the shape has changed. A state of NULL stays one. */
void nn_recurrent_keep(RecurrentState *state);

/* Frees what was kept, and makes the state NULL: the next sequence begins with zeros. */
void nn_recurrent_free(RecurrentState *state);

#endif
