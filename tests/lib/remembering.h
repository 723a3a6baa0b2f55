/* remembering.h: a recurrent layer with its states, in the form of a module of one output. */
#ifndef TESTS_REMEMBERING_H
#define TESTS_REMEMBERING_H

#include "nn/recurrent.h"

/* Parameters "h0" and, of an LSTM, "c0", of this shape, where the layer, its child "layer", begins;
 * forward gives all that comes of it in one row: outputs, h and c. lengths stays the caller's. */
Module *remembering(Module *layer, Shape state, const int *lengths);

#endif
