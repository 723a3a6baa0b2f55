/* 13_convolution_lenet.h: LeNet-5, and a network without convolutions to compare it with.
 *
 *     1 x 28 x 28 -> 6 maps, windows of 5 x 5 in a border of 2   6 x 28 x 28
 *                 -> relu, max pooling of 2 x 2                  6 x 14 x 14
 *                 -> 16 maps, windows of 5 x 5, no border       16 x 10 x 10
 *                 -> relu, max pooling of 2 x 2                 16 x  5 x  5 = 400
 *                 -> linear 120, relu, linear 84, relu, linear 10
 *
 * LeCun, Bottou, Bengio and Haffner (1998), "Gradient-based learning applied to document
 * recognition"; with relu and max pooling where they had tanh and averages with weights, and with
 * every map made from all of the maps before. */
#ifndef CHAPTER_13_CONVOLUTION_LENET_H
#define CHAPTER_13_CONVOLUTION_LENET_H

#include <stdio.h>
#include <stdlib.h>

#include "13_convolution_ops.h"
#include "autograd/autograd.h"
#include "data/digits.h"
#include "nn/classify.h"
#include "nn/init.h"
#include "nn/layers.h"
#include "workbook/table.h"

enum { CLASSES = 10, MAPS_1 = 6, MAPS_2 = 16, TAPS = 5 };

static const ImageSize digit_size = {1, DIGIT_SIDE, DIGIT_SIDE};

/* -- layers that go back in a way of their own ------------------------------------------------ */

typedef struct {
    Module module;
    Tensor *weight, *bias;
    int padding;
    Way way;
} OwnConv;

static inline Tensor *own_conv_module(Module *m, Tensor *x)
{
    const OwnConv *layer = (const OwnConv *)m;
    return own_conv2d(x, layer->weight, layer->bias, layer->padding, layer->way);
}

/* It starts with the same numbers as nn_conv2d(). */
static inline Module *own_conv_new(Rng *rng, int in, int out, int padding, Way way)
{
    const double bound = 1 / sqrt((double)(in * TAPS * TAPS));
    OwnConv *layer = nn_module(sizeof *layer, "Conv2d", own_conv_module);
    layer->weight = nn_parameter(&layer->module, "weight", ag_shape(4, out, in, TAPS, TAPS));
    layer->bias = nn_parameter(&layer->module, "bias", ag_shape(1, out));
    layer->padding = padding;
    layer->way = way;
    init_uniform(rng, -bound, bound, layer->weight->size, layer->weight->data);
    init_uniform(rng, -bound, bound, out, layer->bias->data);
    return &layer->module;
}

typedef struct {
    Module module;
    Way way;
} OwnPool;

static inline Tensor *own_pool_module(Module *m, Tensor *x)
{
    return own_max_pool2d(x, ((const OwnPool *)m)->way);
}

static inline Module *own_pool_new(Way way)
{
    OwnPool *layer = nn_module(sizeof *layer, "MaxPool2d", own_pool_module);
    layer->way = way;
    return &layer->module;
}

/* -- networks --------------------------------------------------------------------------------- */

/* The first layer is "0", the second convolution "3". */
static inline Module *lenet_new(Rng *rng, Way way)
{
    bool own = way != RIGHT;
    Module *first = own ? own_conv_new(rng, 1, MAPS_1, 2, way)
                        : nn_conv2d(rng, 1, MAPS_1, TAPS, conv_options(1, 2));
    Module *net = nn_sequential(1, &first);
    nn_append(net, nn_relu());
    nn_append(net, own ? own_pool_new(way) : nn_max_pool2d(2, 2, 0));
    nn_append(net, own ? own_conv_new(rng, MAPS_1, MAPS_2, 0, way)
                       : nn_conv2d(rng, MAPS_1, MAPS_2, TAPS, conv_options(1, 0)));
    nn_append(net, nn_relu());
    nn_append(net, own ? own_pool_new(way) : nn_max_pool2d(2, 2, 0));
    nn_append(net, nn_flatten());
    nn_append(net, nn_linear(rng, MAPS_2 * TAPS * TAPS, 120));
    nn_append(net, nn_relu());
    nn_append(net, nn_linear(rng, 120, 84));
    nn_append(net, nn_relu());
    nn_append(net, nn_linear(rng, 84, CLASSES));
    return net;
}

/* LeNet's three last layers alone, on the pixels. */
static inline Module *mlp_new(Rng *rng)
{
    Module *first = nn_flatten(), *net = nn_sequential(1, &first);
    nn_append(net, nn_linear(rng, DIGIT_PIXELS, 120));
    nn_append(net, nn_relu());
    nn_append(net, nn_linear(rng, 120, 84));
    nn_append(net, nn_relu());
    nn_append(net, nn_linear(rng, 84, CLASSES));
    return net;
}

/* -- the judge -------------------------------------------------------------------------------- */

/* The gradients of LeNet's loss on a few digits, by this way. */
static inline Module *lenet_gradients(uint64_t seed, Way way, const Dataset *digits)
{
    Rng rng;
    rng_seed(&rng, seed);
    Module *net = lenet_new(&rng, way);
    ag_backward(nn_class_loss(net, digit_size, digits->length, digits->x, digits->y));
    ag_reset();
    return net;
}

/* The gradients of LeNet's convolutions, by the exercises' functions and by the library. */
static inline bool judge_lenet(uint64_t seed)
{
    enum { HERE = 4 }; /* behind the convolutions both are the library's */
    static const char *const name[HERE] = {"dW, first layer", "db", "dW, second layer", "db"};
    int n;
    GradTable table;
    Dataset digits = digits_draw(seed, 3, (DigitOptions){.hard = 1, .noise = 0.2});
    Module *own = lenet_gradients(seed, BY_EXERCISES, &digits);
    Module *library = lenet_gradients(seed, RIGHT, &digits);
    Tensor **hand = nn_parameters(own, &n), **tape = nn_parameters(library, &n);
    printf("\nLeNet-5 and three digits, by the exercises' functions and by the library's:\n");
    table_begin(&table);
    for (int i = 0; i < HERE; i++) {
        int rows = hand[i]->shape.dim[0], size = hand[i]->size;
        table_row(&table, name[i], rows, rows < size ? size / rows : 0, hand[i]->grad,
                  tape[i]->grad, NULL);
    }
    bool hold = table_end(&table);
    free(hand);
    free(tape);
    nn_free(own);
    nn_free(library);
    dataset_free(&digits);
    return hold;
}

#endif
