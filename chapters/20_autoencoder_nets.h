/* 20_autoencoder_nets.h: a network that makes an image small, and large again.
 *
 *     down block   conv 3 x 3, stride 2, padding 1; relu
 *     up block     conv 3 x 3, padding 1; relu; transposed conv 3 x 3, stride 2, padding 1, output
 *                  padding 1
 *
 *     1 x 28 x 28 -> down 8 x 14 x 14 -> down 16 x 7 x 7 -> [code] -> up 8 x 14 x 14, relu
 *                 -> up 1 x 28 x 28
 *
 * The code, if there is to be one, is two linear layers: 784 numbers to a few, and back; relu. */
#ifndef CHAPTER_20_AUTOENCODER_NETS_H
#define CHAPTER_20_AUTOENCODER_NETS_H

#include "20_autoencoder_ops.h"
#include "data/digits.h"
#include "data/image.h"
#include "nn/classify.h"
#include "nn/init.h"
#include "nn/layers.h"

enum { MAPS_1 = 8, MAPS_2 = 16, SIDE_2 = DIGIT_SIDE / 4, FEATURES = MAPS_2 * SIDE_2 * SIDE_2 };

static const ImageSize digit_size = {1, DIGIT_SIDE, DIGIT_SIDE};

/* -- layers ------------------------------------------------------------------------------------ */

typedef struct {
    Module module;
    Tensor *weight, *bias;
    Way way;
} Up;

static inline Tensor *up_module(Module *m, Tensor *x)
{
    const Up *up = (const Up *)m;
    ConvOptions options = conv_options(2, 1);
    options.output_padding[0] = options.output_padding[1] = 1;
    return up->way == BY_LIBRARY ? ag_conv_transpose2d(x, up->weight, up->bias, options)
                                 : up_by_two(x, up->weight, up->bias, up->way);
}

/* It starts with the same numbers as nn_conv_transpose2d(). */
static inline Module *up_new(Rng *rng, int in, int out, Way way)
{
    const double bound = 1 / sqrt((double)(out * 3 * 3));
    Up *up = nn_module(sizeof *up, "ConvTranspose2d", up_module);
    nn_describe(&up->module,
                "%d, %d, kernel_size=3, stride=2, padding=1, "
                "output_padding=1",
                in, out);
    up->weight = nn_parameter(&up->module, "weight", ag_shape(4, in, out, 3, 3));
    up->bias = nn_parameter(&up->module, "bias", ag_shape(1, out));
    up->way = way;
    init_uniform(rng, -bound, bound, up->weight->size, up->weight->data);
    init_uniform(rng, -bound, bound, out, up->bias->data);
    return &up->module;
}

/* (n, 784) -> (n, 16, 7, 7) */
static inline Tensor *unflatten_module(Module *m, Tensor *x)
{
    (void)m;
    return ag_reshape(x, ag_shape(4, x->shape.dim[0], MAPS_2, SIDE_2, SIDE_2));
}

/* -- the network ------------------------------------------------------------------------------- */

typedef struct {
    Module module;
    Module *encoder, *decoder;
} Autoencoder;

static inline Tensor *autoencoder_module(Module *m, Tensor *x)
{
    const Autoencoder *net = (const Autoencoder *)m;
    return nn_forward(net->decoder, nn_forward(net->encoder, x));
}

static inline void append_up_block(Module *decoder, Rng *rng, int in, int out, Way way)
{
    nn_append(decoder, nn_conv2d(rng, in, in, 3, conv_options(1, 1)));
    nn_append(decoder, nn_relu());
    nn_append(decoder, up_new(rng, in, out, way));
}

/* With so many numbers in its code; with 0 there is none, and all 784 of the middle go on. */
static inline Module *autoencoder_new(Rng *rng, int code, Way way)
{
    Autoencoder *net = nn_module(sizeof *net, "Autoencoder", autoencoder_module);
    Module *encoder = nn_sequential(
        4, (Module *[]){nn_conv2d(rng, 1, MAPS_1, 3, conv_options(2, 1)), nn_relu(),
                        nn_conv2d(rng, MAPS_1, MAPS_2, 3, conv_options(2, 1)), nn_relu()});
    Module *decoder = nn_sequential(0, (Module *[]){NULL});
    if (code > 0) {
        nn_append(encoder, nn_flatten());
        nn_append(encoder, nn_linear(rng, FEATURES, code));
        nn_append(decoder, nn_linear(rng, code, FEATURES));
        nn_append(decoder, nn_relu());
        nn_append(decoder, nn_module(sizeof(Module), "Unflatten", unflatten_module));
    }
    append_up_block(decoder, rng, MAPS_2, MAPS_1, way);
    nn_append(decoder, nn_relu());
    append_up_block(decoder, rng, MAPS_1, 1, way);
    net->encoder = nn_child(&net->module, "encoder", encoder);
    net->decoder = nn_child(&net->module, "decoder", decoder);
    return &net->module;
}

/* R = net(X) for n images, in eval mode. */
static inline void reconstruct(Module *net, int n, real X[n][DIGIT_PIXELS], real R[n][DIGIT_PIXELS])
{
    enum { CHUNK = 100 };
    nn_train(net, false);
    ag_no_grad_begin();
    for (int from = 0; from < n; from += CHUNK) {
        const int count = n - from < CHUNK ? n - from : CHUNK;
        const Tensor *y = nn_forward(net, nn_images(digit_size, count, X[from]));
        memcpy(R[from], y->data, (size_t)y->size * sizeof(real));
        ag_reset();
    }
    ag_no_grad_end();
}

#endif
