/* layers_norm.c: layers that normalise. */
#include "error.h"
#include "kernel/vector.h"
#include "nn/layers.h"

#define NORM_EPS 1e-5

typedef struct {
    Module module;
    Tensor *weight, *bias;
    RunningStats running;
    long num_batches_tracked;
    int axes; /* of space, 2, or at most 1 */
} Norm;

static Tensor *ones(Tensor *x)
{
    vector_fill(x->size, 1, x->data);
    return x;
}

static void affine(Norm *norm, int c)
{
    norm->weight = ones(nn_parameter(&norm->module, "weight", ag_shape(1, c)));
    norm->bias = nn_parameter(&norm->module, "bias", ag_shape(1, c));
}

static void check_size(const char *who, int c)
{
    if (c < 1)
        error_stop("%s: size %d: expected 1 or more", who, c);
}

static Tensor *batch_norm_forward(Module *m, Tensor *x)
{
    Norm *norm = (Norm *)m;
    const int space = x->shape.ndim - 2;
    if (norm->axes == 2 ? space != 2 : space != 0 && space != 1)
        error_stop("%s: expected x %s, got %s", m->kind,
                   norm->axes == 2 ? "(n, c, h, w)" : "(n, c) or (n, c, l)",
                   ag_shape_text(x->shape));
    if (!m->training)
        return ag_batch_norm_eval(x, norm->weight, norm->bias, NORM_EPS, &norm->running);
    norm->num_batches_tracked++;
    return ag_batch_norm(x, norm->weight, norm->bias, NORM_EPS, AG_BIASED, &norm->running);
}

static Module *batch_norm(const char *who, const char *kind, int axes, int c)
{
    check_size(who, c);
    Norm *norm = nn_module(sizeof *norm, kind, batch_norm_forward);
    nn_describe(&norm->module, "%d", c);
    norm->axes = axes;
    affine(norm, c);
    norm->running = (RunningStats){
        .mean = nn_buffer(&norm->module, "running_mean", ag_shape(1, c)),
        .var = ones(nn_buffer(&norm->module, "running_var", ag_shape(1, c))),
        .momentum = 0.1,
    };
    nn_count(&norm->module, "num_batches_tracked", &norm->num_batches_tracked);
    return &norm->module;
}

Module *nn_batch_norm1d(int c)
{
    return batch_norm(__func__, "BatchNorm1d", 1, c);
}

Module *nn_batch_norm2d(int c)
{
    return batch_norm(__func__, "BatchNorm2d", 2, c);
}

static Tensor *layer_norm_forward(Module *m, Tensor *x)
{
    const Norm *norm = (const Norm *)m;
    return ag_layer_norm(x, norm->weight, norm->bias, NORM_EPS);
}

Module *nn_layer_norm(int d)
{
    check_size(__func__, d);
    Norm *norm = nn_module(sizeof *norm, "LayerNorm", layer_norm_forward);
    nn_describe(&norm->module, "%d", d);
    affine(norm, d);
    return &norm->module;
}
