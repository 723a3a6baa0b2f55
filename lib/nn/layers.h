/* layers.h: the layers of torch.nn that the book uses, under PyTorch's names and with its
 * defaults. Each function returns a new module (module.h), owned by the caller.
 *
 * Weights start as PyTorch's do: uniform between -1/sqrt(fan_in) and 1/sqrt(fan_in), biases too,
 * where fan_in is the number of inputs that one output has (of a transposed convolution, of outputs
 * that one input has, as PyTorch counts it). Errors of all: sizes below 1, and those of the op that
 * the layer calls (ops.h). */
#ifndef NN_LAYERS_H
#define NN_LAYERS_H

#include "autograd/ops.h"
#include "kernel/random.h"
#include "nn/module.h"

/* x W + b: (..., in) -> (..., out). "weight" (in, out), in files (out, in); "bias". */
Module *nn_linear(Rng *rng, int in, int out);

/* "weight" (out, in, kernel, ...), "bias" (out). If options.relu is set, relu is part of it. */
Module *nn_conv1d(Rng *rng, int in, int out, int kernel, ConvOptions options);
Module *nn_conv2d(Rng *rng, int in, int out, int kernel, ConvOptions options);

/* "weight" (in, out, kernel, ...), "bias" (out). */
Module *nn_conv_transpose1d(Rng *rng, int in, int out, int kernel, ConvOptions options);
Module *nn_conv_transpose2d(Rng *rng, int in, int out, int kernel, ConvOptions options);

/* Takes the bias from one of the layers above, for what a batch norm follows: its own bias does the
 * work. Returns the layer. Error: another layer. */
Module *nn_no_bias(Module *layer);

/* A row for each of 0 .. v-1: "weight" (v, d), N(0, 1) at the start. Its forward takes the numbers
 * as reals, (...) -> (..., d); nn_embed() as they are. Errors: a number that is not whole; one
 * outside 0 .. v-1. */
Module *nn_embedding(Rng *rng, int v, int d);
Tensor *nn_embed(Module *embedding, Shape shape, const int *index);

/* Over (n, c) or (n, c, l), and over (n, c, h, w): "weight" (1 at the start) and "bias" (0);
 * "running_mean" (0), "running_var" (1) and "num_batches_tracked". eps 1e-5, momentum 0.1. In train
 * mode by the batch's own statistics, in eval mode by the running ones. */
Module *nn_batch_norm1d(int c);
Module *nn_batch_norm2d(int c);

/* Over the last axis, of d: "weight" and "bias". eps 1e-5. */
Module *nn_layer_norm(int d);

/* Drops with probability p in train mode; rng must outlive it. */
Module *nn_dropout(Rng *rng, double p);

Module *nn_max_pool2d(int kernel, int stride, int padding);
Module *nn_avg_pool1d(int kernel, int stride, int padding);
Module *nn_avg_pool2d(int kernel, int stride, int padding);

/* (n, ...) -> (n, all the rest) */
Module *nn_flatten(void);

Module *nn_identity(void);
Module *nn_relu(void);
Module *nn_tanh(void);
Module *nn_sigmoid(void);
Module *nn_softmax(int axis);

#endif
