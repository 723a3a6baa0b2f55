/* 13_convolution_learner.h: a network, the digits that it learns from, and what it has learnt. */
#ifndef CHAPTER_13_CONVOLUTION_LEARNER_H
#define CHAPTER_13_CONVOLUTION_LEARNER_H

#include <stdlib.h>

#include "13_convolution_lenet.h"
#include "data/loader.h"
#include "error.h"
#include "nn/optim.h"
#include "workbook/interrupt.h"

typedef struct {
    Module *net;
    Optim *optim;
    Tensor **parameters;
    int n; /* of them */
    Loader loader;
    int *label; /* of a batch */
    double sum; /* of its losses since learner_mean() */
    long count; /* ... so many */
} Learner;

/* It owns the network from now on. The examples must outlive it. */
static inline Learner learner_new(Module *net, const Dataset *train, int batch, double lr,
                                  uint64_t seed)
{
    Learner l = {.net = net, .optim = optim_new()};
    l.parameters = nn_parameters(net, &l.n);
    l.loader = loader_new(train, (LoaderOptions){.batch = batch, .shuffle = true, .seed = seed});
    l.label = malloc((size_t)batch * sizeof *l.label);
    if (!l.label)
        error_stop("no memory for a batch of %d", batch);
    optim_adam(l.optim, adam_defaults(lr));
    optim_add(l.optim, l.n, l.parameters);
    return l;
}

static inline void learner_free(Learner *l)
{
    nn_free(l->net);
    optim_free(l->optim);
    loader_free(&l->loader);
    free(l->parameters);
    free(l->label);
}

/* The gradient of the loss on the next batch. Returns the loss. */
static inline double learner_gradient(Learner *l)
{
    if (!loader_next(&l->loader))
        loader_next(&l->loader); /* a new epoch */
    int n = l->loader.n;
    for (int i = 0; i < n; i++)
        l->label[i] = (int)l->loader.y[i];
    Tensor *logits = nn_forward(l->net, images(n, l->loader.x));
    Tensor *loss = ag_cross_entropy(logits, l->label, AG_MEAN);
    double value = (double)ag_item(loss);
    ag_backward(loss);
    l->sum += value;
    l->count++;
    return value;
}

/* A step of Adam down it. */
static inline void learner_step(Learner *l, double lr)
{
    optim_set_lr(l->optim, 0, lr);
    optim_step(l->optim);
    optim_zero_grad(l->optim);
    ag_reset();
}

/* The mean of the losses since it was last asked for. */
static inline double learner_mean(Learner *l)
{
    double mean = l->sum / (double)l->count;
    l->sum = 0;
    l->count = 0;
    return mean;
}

/* Full steps for two thirds of the way, then a tenth of them, to come to rest. */
static inline double rate_at(double lr, long step, long steps)
{
    return step <= steps * 2 / 3 ? lr : lr / 10;
}

/* -- what it has learnt ----------------------------------------------------------------------- */

/* The class of each image. */
static inline void classify(Module *net, const Dataset *data, int guess[data->length])
{
    enum { CHUNK = 100 };
    ag_no_grad_begin();
    for (int from = 0; from < data->length; from += CHUNK) {
        int n = data->length - from < CHUNK ? data->length - from : CHUNK;
        const real(*logits)[CLASSES] =
            ag_data(nn_forward(net, images(n, data->x + (ptrdiff_t)from * DIGIT_PIXELS)));
        for (int i = 0; i < n; i++) {
            int best = 0;
            for (int j = 1; j < CLASSES; j++)
                best = logits[i][j] > logits[i][best] ? j : best;
            guess[from + i] = best;
        }
        ag_reset();
    }
    ag_no_grad_end();
}

/* In percent. */
static inline double accuracy(int n, const int guess[n], const Dataset *data)
{
    int right = 0;
    for (int i = 0; i < n; i++)
        right += guess[i] == (int)data->y[i];
    return 100.0 * right / n;
}

static inline double accuracy_of(Module *net, const Dataset *data)
{
    int *guess = malloc((size_t)data->length * sizeof *guess);
    if (!guess)
        error_stop("no memory for %d guesses", data->length);
    classify(net, data, guess);
    double percent = accuracy(data->length, guess, data);
    free(guess);
    return percent;
}

/* Trains a network on the first n digits without a word, frees it, and returns how many of the
 * test digits it knows, in percent; NaN if a signal came. */
static inline double learn_quietly(Module *net, Dataset train, int n, const Dataset *test,
                                   long steps, int batch, double lr, uint64_t seed)
{
    train.length = n;
    Learner l = learner_new(net, &train, batch, lr, seed);
    for (long step = 1; step <= steps && !interrupt_signal(); step++) {
        learner_gradient(&l);
        learner_step(&l, rate_at(lr, step, steps));
    }
    double percent = interrupt_signal() ? NAN : accuracy_of(l.net, test);
    learner_free(&l);
    return percent;
}

#endif
