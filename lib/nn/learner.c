#include "nn/learner.h"

#include <stdio.h>
#include <stdlib.h>

#include "autograd/autograd.h"
#include "error.h"

void learner_begin(Learner *l, Module *net, ImageSize size, const Dataset *data,
                   LoaderOptions options)
{
    NOT_NULL(l, net, data);
    l->net = net;
    l->size = size;
    l->parameters = nn_parameters(net, &l->n);
    l->optim = optim_new();
    l->loader = loader_new(data, options);
    l->sum = 0;
    l->count = 0;
    if (image_numbers(size) != l->loader.x_size)
        error_stop("learner_begin: images of %d numbers: expected %d x %d x %d", l->loader.x_size,
                   size.channels, size.height, size.width);
}

void learner_free(Learner *l)
{
    NOT_NULL(l);
    loader_free(&l->loader);
    optim_free(l->optim);
    free(l->parameters);
    nn_free(l->net);
}

static void next_batch(const char *who, Learner *l)
{
    if (!loader_next(&l->loader) && !loader_next(&l->loader)) /* the second is of a new epoch */
        error_stop("%s: there is nothing to learn from", who);
    nn_train(l->net, true);
}

Tensor *learner_batch(Learner *l)
{
    NOT_NULL(l);
    next_batch(__func__, l);
    return nn_images(l->size, l->loader.n, l->loader.x);
}

double learner_back(Learner *l, Tensor *loss)
{
    NOT_NULL(l, loss);
    const double value = (double)ag_item(loss);
    optim_zero_grad(l->optim);
    ag_backward(loss);
    l->sum += value;
    l->count++;
    return value;
}

double learner_gradient(Learner *l)
{
    NOT_NULL(l);
    next_batch(__func__, l);
    const Loader *batch = &l->loader;
    return learner_back(l, nn_class_loss(l->net, l->size, batch->n, batch->x, batch->y));
}

void learner_step(Learner *l)
{
    NOT_NULL(l);
    optim_step(l->optim);
    ag_reset();
}

double learner_mean(Learner *l)
{
    NOT_NULL(l);
    const double mean = l->sum / (double)l->count;
    l->sum = 0;
    l->count = 0;
    return mean;
}

void learner_state(State *state, const char *name, Learner *l)
{
    NOT_NULL(state, name, l);
    char path[NN_PATH_SIZE];
    snprintf(path, sizeof path, "%s.net.", name);
    nn_state(state, path, l->net);
    snprintf(path, sizeof path, "%s.optim", name);
    state_optim(state, path, l->optim);
    snprintf(path, sizeof path, "%s.loader", name);
    state_loader(state, path, &l->loader);
    snprintf(path, sizeof path, "%s.rng", name);
    state_rng(state, path, &l->rng);
    snprintf(path, sizeof path, "%s.sum", name);
    state_doubles(state, path, ag_shape(0), &l->sum);
    snprintf(path, sizeof path, "%s.count", name);
    state_longs(state, path, ag_shape(0), &l->count);
}
