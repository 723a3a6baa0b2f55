/* 13_convolution_learner.h: how a network learns digits, and how many it knows. */
#ifndef CHAPTER_13_CONVOLUTION_LEARNER_H
#define CHAPTER_13_CONVOLUTION_LEARNER_H

#include "13_convolution_lenet.h"
#include "nn/learner.h"
#include "workbook/interrupt.h"

/* By Adam. */
static inline void begin(Learner *l, Module *net, const Dataset *train, int batch, double lr,
                         uint64_t seed)
{
    learner_begin(l, net, digit_size, train,
                  (LoaderOptions){.batch = batch, .shuffle = true, .seed = seed});
    optim_adam(l->optim, adam_defaults(lr));
    optim_add(l->optim, l->n, l->parameters);
}

static inline void take_step(Learner *l, double lr)
{
    optim_set_lr(l->optim, 0, lr);
    learner_step(l);
}

/* Full steps for two thirds of the way, then a tenth of them, to come to rest. */
static inline double rate_at(double lr, long step, long steps)
{
    return step <= steps * 2 / 3 ? lr : lr / 10;
}

/* In percent. */
static inline double known_of(Module *net, const Dataset *data)
{
    return nn_accuracy(net, digit_size, data);
}

/* Trains a network on the first n digits without a word, frees it, and returns how many of the
 * test digits it knows, in percent; NaN if a signal came. */
static inline double learn_quietly(Module *net, Dataset train, int n, const Dataset *test,
                                   long steps, int batch, double lr, uint64_t seed)
{
    Learner l;
    train.length = n;
    begin(&l, net, &train, batch, lr, seed);
    for (long step = 1; step <= steps && !interrupt_signal(); step++) {
        learner_gradient(&l);
        take_step(&l, rate_at(lr, step, steps));
    }
    double percent = interrupt_signal() ? NAN : known_of(l.net, test);
    learner_free(&l);
    return percent;
}

#endif
