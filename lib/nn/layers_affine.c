/* layers_affine.c: the layers that are linear in x and in their weights. */
#include <stdio.h>

#include "error.h"
#include "nn/init.h"
#include "nn/layers.h"

typedef Tensor *ConvOp(Tensor *x, Tensor *w, Tensor *b, ConvOptions options);

typedef struct {
    Module module;
    Tensor *weight, *bias;
    ConvOp *op; /* NULL: linear */
    ConvOptions options;
} Affine;

static void check_sizes(const char *who, int in, int out, int kernel)
{
    if (in < 1 || out < 1 || kernel < 1)
        error_stop("%s: %d in, %d out, kernel %d: expected 1 or more of each", who, in, out,
                   kernel);
}

static void init_weights(Rng *rng, Affine *layer, int out, int fan_in)
{
    const double bound = 1 / sqrt((double)fan_in);
    layer->bias = nn_parameter(&layer->module, "bias", ag_shape(1, out));
    init_uniform(rng, -bound, bound, layer->weight->size, layer->weight->data);
    init_uniform(rng, -bound, bound, out, layer->bias->data);
}

/* -- linear ----------------------------------------------------------------------------------- */

static Tensor *linear_forward(Module *m, Tensor *x)
{
    const Affine *layer = (const Affine *)m;
    return ag_linear(x, layer->weight, layer->bias);
}

Module *nn_linear(Rng *rng, int in, int out)
{
    NOT_NULL(rng);
    check_sizes(__func__, in, out, 1);
    Affine *layer = nn_module(sizeof *layer, "Linear", linear_forward);
    nn_describe(&layer->module, "in_features=%d, out_features=%d", in, out);
    layer->weight = nn_parameter_transposed(&layer->module, "weight", in, out);
    init_weights(rng, layer, out, in);
    return &layer->module;
}

/* -- convolutions ----------------------------------------------------------------------------- */

static Tensor *conv_forward(Module *m, Tensor *x)
{
    const Affine *layer = (const Affine *)m;
    return layer->op(x, layer->weight, layer->bias, layer->options);
}

static Tensor *conv_forward_relu(Module *m, Tensor *x)
{
    const Affine *layer = (const Affine *)m;
    ConvOptions options = layer->options;
    options.relu = true;
    return layer->op(x, layer->weight, layer->bias, options);
}

/* As PyTorch prints it: a padding of 0 is left out. */
static void describe_conv(Module *m, int in, int out, int kernel, const ConvOptions *o)
{
    char padding[24] = "", output_padding[32] = "";
    if (o->padding[0])
        snprintf(padding, sizeof padding, ", padding=%d", o->padding[0]);
    if (o->output_padding[0])
        snprintf(output_padding, sizeof output_padding, ", output_padding=%d",
                 o->output_padding[0]);
    nn_describe(m, "%d, %d, kernel_size=%d, stride=%d%s%s%s", in, out, kernel, o->stride[0],
                padding, output_padding, o->relu ? ", relu" : "");
}

/* With `axes` axes of space, and the weight (first, second, kernel, ...). */
static Module *conv(const char *who, const char *kind, ConvOp *op, int axes, Rng *rng,
                    const int channels[2], int kernel, ConvOptions options)
{
    error_if_null(who, "rng", (const void *[]){rng}, 1);
    const bool transposed = op == ag_conv_transpose1d || op == ag_conv_transpose2d;
    const int in = channels[0], out = channels[1], first = transposed ? in : out;
    check_sizes(who, in, out, kernel);
    Affine *layer = nn_module(sizeof *layer, kind, conv_forward);
    layer->module.forward_relu = conv_forward_relu;
    layer->op = op;
    layer->options = options;
    describe_conv(&layer->module, in, out, kernel, &options);
    const int second = transposed ? out : in, fan_in = second * (axes == 2 ? kernel : 1) * kernel;
    layer->weight = nn_parameter(&layer->module, "weight",
                                 axes == 1 ? ag_shape(3, first, second, kernel)
                                           : ag_shape(4, first, second, kernel, kernel));
    init_weights(rng, layer, out, fan_in);
    return &layer->module;
}

Module *nn_conv1d(Rng *rng, int in, int out, int kernel, ConvOptions options)
{
    return conv(__func__, "Conv1d", ag_conv1d, 1, rng, (int[]){in, out}, kernel, options);
}

Module *nn_conv2d(Rng *rng, int in, int out, int kernel, ConvOptions options)
{
    return conv(__func__, "Conv2d", ag_conv2d, 2, rng, (int[]){in, out}, kernel, options);
}

Module *nn_conv_transpose1d(Rng *rng, int in, int out, int kernel, ConvOptions options)
{
    return conv(__func__, "ConvTranspose1d", ag_conv_transpose1d, 1, rng, (int[]){in, out}, kernel,
                options);
}

Module *nn_conv_transpose2d(Rng *rng, int in, int out, int kernel, ConvOptions options)
{
    return conv(__func__, "ConvTranspose2d", ag_conv_transpose2d, 2, rng, (int[]){in, out}, kernel,
                options);
}

/* -- without a bias --------------------------------------------------------------------------- */

Module *nn_no_bias(Module *m)
{
    NOT_NULL(m);
    Affine *layer = (Affine *)m;
    if (m->forward != linear_forward && m->forward != conv_forward)
        error_stop("nn_no_bias: %s: expected a linear layer or a convolution", m->kind);
    if (!layer->bias)
        return m;
    ag_free(layer->bias);
    layer->bias = NULL;
    m->tensors--; /* the bias is the last */
    char settings[sizeof m->settings];
    snprintf(settings, sizeof settings, "%s", m->settings);
    nn_describe(m, "%s, bias=False", settings);
    return m;
}
