/* layers.c: the layers that have nothing to learn, and the embedding. */
#include "nn/layers.h"

#include "autograd/tape.h"
#include "error.h"
#include "nn/init.h"

/* -- functions of x alone --------------------------------------------------------------------- */

static Tensor *identity_forward(Module *m, Tensor *x)
{
    (void)m;
    return x;
}

static Tensor *relu_forward(Module *m, Tensor *x)
{
    (void)m;
    return ag_relu(x);
}

static Tensor *tanh_forward(Module *m, Tensor *x)
{
    (void)m;
    return ag_tanh(x);
}

static Tensor *sigmoid_forward(Module *m, Tensor *x)
{
    (void)m;
    return ag_sigmoid(x);
}

static Tensor *flatten_forward(Module *m, Tensor *x)
{
    (void)m;
    if (x->shape.ndim < 1)
        error_stop("Flatten: expected x (n, ...), got a scalar");
    return ag_reshape(x, ag_shape(2, x->shape.dim[0], x->size / x->shape.dim[0]));
}

Module *nn_identity(void)
{
    return nn_module(sizeof(Module), "Identity", identity_forward);
}

Module *nn_relu(void)
{
    return nn_module(sizeof(Module), "ReLU", relu_forward);
}

Module *nn_tanh(void)
{
    return nn_module(sizeof(Module), "Tanh", tanh_forward);
}

Module *nn_sigmoid(void)
{
    return nn_module(sizeof(Module), "Sigmoid", sigmoid_forward);
}

Module *nn_flatten(void)
{
    return nn_module(sizeof(Module), "Flatten", flatten_forward);
}

/* -- softmax ---------------------------------------------------------------------------------- */

typedef struct {
    Module module;
    int axis;
} Softmax;

static Tensor *softmax_forward(Module *m, Tensor *x)
{
    return ag_softmax(x, ((const Softmax *)m)->axis);
}

Module *nn_softmax(int axis)
{
    Softmax *layer = nn_module(sizeof *layer, "Softmax", softmax_forward);
    nn_describe(&layer->module, "dim=%d", axis);
    layer->axis = axis;
    return &layer->module;
}

/* -- dropout ---------------------------------------------------------------------------------- */

typedef struct {
    Module module;
    Rng *rng;
    double p;
} Dropout;

static Tensor *dropout_forward(Module *m, Tensor *x)
{
    const Dropout *layer = (const Dropout *)m;
    return ag_dropout(x, layer->p, m->training, layer->rng);
}

Module *nn_dropout(Rng *rng, double p)
{
    NOT_NULL(rng);
    if (!(p >= 0 && p <= 1))
        error_stop("nn_dropout: p %g: expected 0 to 1", p);
    Dropout *layer = nn_module(sizeof *layer, "Dropout", dropout_forward);
    nn_describe(&layer->module, "p=%g", p);
    layer->rng = rng;
    layer->p = p;
    return &layer->module;
}

/* -- pooling ---------------------------------------------------------------------------------- */

typedef Tensor *PoolOp(Tensor *x, int kernel, int stride, int padding);

typedef struct {
    Module module;
    PoolOp *op;
    int kernel, stride, padding;
} Pool;

static Tensor *pool_forward(Module *m, Tensor *x)
{
    const Pool *layer = (const Pool *)m;
    return layer->op(x, layer->kernel, layer->stride, layer->padding);
}

static Module *pool(const char *kind, PoolOp *op, int kernel, int stride, int padding)
{
    Pool *layer = nn_module(sizeof *layer, kind, pool_forward);
    nn_describe(&layer->module, "kernel_size=%d, stride=%d, padding=%d", kernel, stride, padding);
    layer->op = op;
    layer->kernel = kernel;
    layer->stride = stride;
    layer->padding = padding;
    return &layer->module;
}

Module *nn_max_pool2d(int kernel, int stride, int padding)
{
    return pool("MaxPool2d", ag_max_pool2d, kernel, stride, padding);
}

Module *nn_avg_pool1d(int kernel, int stride, int padding)
{
    return pool("AvgPool1d", ag_avg_pool1d, kernel, stride, padding);
}

Module *nn_avg_pool2d(int kernel, int stride, int padding)
{
    return pool("AvgPool2d", ag_avg_pool2d, kernel, stride, padding);
}

/* -- embedding -------------------------------------------------------------------------------- */

typedef struct {
    Module module;
    Tensor *weight;
} Embedding;

static Tensor *embedding_forward(Module *m, Tensor *x)
{
    int *index = ag_alloc((size_t)x->size * sizeof *index);
    for (int i = 0; i < x->size; i++) {
        if (!(fabs(x->data[i]) < 1e9f) || floor(x->data[i]) != x->data[i])
            error_stop("Embedding: element %d is %g: expected a whole number", i,
                       (double)x->data[i]);
        index[i] = (int)x->data[i];
    }
    return ag_embedding(((const Embedding *)m)->weight, x->shape, index);
}

Module *nn_embedding(Rng *rng, int v, int d)
{
    NOT_NULL(rng);
    if (v < 1 || d < 1)
        error_stop("nn_embedding: %d rows of %d: expected 1 or more of each", v, d);
    Embedding *layer = nn_module(sizeof *layer, "Embedding", embedding_forward);
    nn_describe(&layer->module, "%d, %d", v, d);
    layer->weight = nn_parameter(&layer->module, "weight", ag_shape(2, v, d));
    init_normal(rng, 1, v * d, layer->weight->data);
    return &layer->module;
}

Tensor *nn_embed(Module *embedding, Shape shape, const int *index)
{
    NOT_NULL(embedding, index);
    if (embedding->forward != embedding_forward)
        error_stop("nn_embed: %s: expected an embedding", embedding->kind);
    return ag_embedding(((const Embedding *)embedding)->weight, shape, index);
}
