#include "nn/learner.h"

#include <stdio.h>
#include <stdlib.h>

#include "autograd/autograd.h"
#include "error.h"
#include "parallel/ranks.h"

void learner_begin(Learner *l, Module *net, ImageSize size, const Dataset *data,
                   LoaderOptions options)
{
    NOT_NULL(l, net, data);
    l->net = net;
    l->size = size;
    l->parameters = nn_parameters(net, &l->n);
    l->optim = optim_new();
    l->loader = loader_new(data, options);
    l->parallel = NULL;
    l->sum = 0;
    l->count = 0;
    if (image_numbers(size) != l->loader.x_size)
        error_stop("learner_begin: images of %d numbers: expected %d x %d x %d", l->loader.x_size,
                   size.channels, size.height, size.width);
}

void learner_free(Learner *l)
{
    NOT_NULL(l);
    if (l->parallel)
        parallel_free(l->parallel);
    loader_free(&l->loader);
    optim_free(l->optim);
    free(l->parameters);
    nn_free(l->net);
}

void learner_share(Learner *l, int shards)
{
    NOT_NULL(l);
    if (shards > 1 || ranks_count() > 1)
        l->parallel = parallel_new(l->net, &l->rng, (ShardSumOptions){.shards = shards});
}

/* What learner_gradient_of() is given. */
typedef struct {
    Learner *l;
    LearnerLoss *loss;
    void *context;
} Wanted;

static Tensor *loss_of_part(int first, int n, void *context)
{
    const Wanted *w = context;
    Learner *l = w->l;
    Tensor *x = nn_images(l->size, n, l->loader.x + (size_t)first * (size_t)l->loader.x_size);
    return w->loss(l, first, n, x, w->context);
}

static double gradient_of_whole(Wanted *w)
{
    Tensor *loss = loss_of_part(0, w->l->loader.n, w);
    optim_zero_grad(w->l->optim);
    ag_backward(loss);
    return (double)ag_item(loss);
}

double learner_gradient_of(Learner *l, LearnerLoss *loss, void *context)
{
    NOT_NULL(l, loss);
    Wanted wanted = {l, loss, context};
    if (!loader_next(&l->loader) && !loader_next(&l->loader)) /* the second is of a new epoch */
        error_stop("learner_gradient: there is nothing to learn from");
    nn_train(l->net, true);
    const double value = l->parallel
                             ? parallel_gradient(l->parallel, l->loader.n, loss_of_part, &wanted)
                             : gradient_of_whole(&wanted);
    l->sum += value;
    l->count++;
    return value;
}

static Tensor *class_loss(Learner *l, int first, int n, Tensor *x, void *context)
{
    (void)context;
    return nn_class_loss(l->net, l->size, n, x->data, l->loader.y + first);
}

double learner_gradient(Learner *l)
{
    NOT_NULL(l);
    return learner_gradient_of(l, class_loss, NULL);
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
