/* 17_transfer_training.h: networks that learn side by side. */
#ifndef CHAPTER_17_TRANSFER_TRAINING_H
#define CHAPTER_17_TRANSFER_TRAINING_H

#include <stdio.h>

#include "17_transfer_nets.h"
#include "data/loader.h"
#include "exercises/17_transfer.h"
#include "nn/optim.h"
#include "workbook/interrupt.h"
#include "workbook/runlog.h"
#include "workbook/training.h"

enum { MOST_LEARNERS = 5, ROWS = 50 };

static const double momentum_of_lesson = 0.9, decay_of_lesson = 1e-3;

/* How somebody learns: by Adam, the library's, or by SGD with momentum, the exercise. */
typedef struct {
    bool sgd;
    int batch;
    double lr;
    const real *rate;        /* of each step, in the place of lr; NULL: always lr */
    const Pipeline *augment; /* of each image; NULL: none */
    uint64_t seed;
} Course;

typedef struct {
    const char *name;
    const Images *images;
    Module *net;
    Course course;
    Tensor **parameters;
    int n;
    Optim *optim;
    real *b, *zero; /* momentum of all parameters, and what a frozen one has for a gradient */
    Loader loader;
    double sum; /* of the losses since the latest row, */
    long count; /* ... so many */
} Learner;

static inline real *zeros(long n)
{
    real *x = calloc((size_t)n, sizeof *x);
    if (!x)
        error_stop("no memory for %ld numbers", n);
    return x;
}

/* Owns the network from now on. The images must outlive it. */
static inline void learner_begin(Learner *l, const char *name, Module *net, const Images *images,
                                 Course course)
{
    *l = (Learner){
        .name = name, .images = images, .net = net, .course = course, .optim = optim_new()};
    l->parameters = nn_parameters(net, &l->n);
    l->loader = loader_new(&images->train, (LoaderOptions){.batch = course.batch,
                                                           .shuffle = true,
                                                           .seed = course.seed,
                                                           .transform = course.augment});
    optim_adam(l->optim, adam_defaults(course.lr));
    optim_add(l->optim, l->n, l->parameters);
    l->b = zeros(nn_size(net));
    l->zero = zeros(nn_size(net));
}

static inline void learner_end(Learner *l)
{
    free(l->b);
    free(l->zero);
    loader_free(&l->loader);
    optim_free(l->optim);
    free(l->parameters);
    nn_free(l->net);
}

/* All that a learner remembers; without its optimizer, if `optim` is not set. */
static inline void learner_state(State *state, Learner *l, bool optim)
{
    char name[64];
    snprintf(name, sizeof name, "%s.net.", l->name);
    nn_state(state, name, l->net);
    snprintf(name, sizeof name, "%s.loader", l->name);
    state_loader(state, name, &l->loader);
    snprintf(name, sizeof name, "%s.sum", l->name);
    state_doubles(state, name, ag_shape(0), &l->sum);
    snprintf(name, sizeof name, "%s.count", l->name);
    state_longs(state, name, ag_shape(0), &l->count);
    if (!optim)
        return;
    snprintf(name, sizeof name, "%s.optim", l->name);
    state_optim(state, name, l->optim);
    snprintf(name, sizeof name, "%s.b", l->name);
    state_reals(state, name, ag_shape(1, (int)nn_size(l->net)), l->b);
}

/* -- a step ------------------------------------------------------------------------------------ */

/* Forward and back on the next batch. Returns the loss; the gradients stay until the step. */
static inline double learner_look(Learner *l)
{
    if (!loader_next(&l->loader))
        loader_next(&l->loader); /* a new epoch */
    int n = l->loader.n, *y = ag_alloc((size_t)n * sizeof *y);
    for (int i = 0; i < n; i++)
        y[i] = (int)l->loader.y[i];
    Tensor *logits = nn_forward(l->net, images_from(l->images->size, n, l->loader.x));
    Tensor *loss = ag_cross_entropy(logits, y, AG_MEAN);
    double value = (double)ag_item(loss);
    ag_backward(loss);
    l->sum += value;
    l->count++;
    return value;
}

/* Each parameter is a layer of its own. */
static inline void sgd_step(Learner *l, double lr)
{
    real *b = l->b;
    for (int i = 0; i < l->n; i++) {
        Tensor *p = l->parameters[i];
        const int k = p->size, frozen[1] = {!p->requires_grad};
        frozen_step(1, k, (real)lr, (real)momentum_of_lesson, (real)decay_of_lesson, frozen,
                    (const void *)(p->grad ? p->grad : l->zero), (void *)b, (void *)p->data);
        ag_bump_version(p);
        b += k;
    }
}

/* Step number 1, 2, ... */
static inline double rate_at(const Learner *l, long step)
{
    return l->course.rate ? (double)l->course.rate[step - 1] : l->course.lr;
}

static inline void learner_step(Learner *l, long step)
{
    if (l->course.sgd) {
        sgd_step(l, rate_at(l, step));
    } else {
        optim_set_lr(l->optim, 0, rate_at(l, step));
        optim_step(l->optim);
    }
    optim_zero_grad(l->optim);
    ag_reset();
}

/* A number made of all the bytes of the parameters that are frozen (FNV-1a). */
static inline uint64_t frozen_bytes(const Learner *l)
{
    uint64_t hash = 14695981039346656037u;
    for (int i = 0; i < l->n; i++) {
        const Tensor *p = l->parameters[i];
        const unsigned char *byte = (const unsigned char *)p->data;
        for (size_t at = 0; at < (size_t)p->size * sizeof *p->data && !p->requires_grad; at++)
            hash = (hash ^ byte[at]) * 1099511628211u;
    }
    return hash;
}

/* -- a training -------------------------------------------------------------------------------- */

static inline double learner_mean(Learner *l)
{
    double mean = l->sum / (double)l->count;
    l->sum = 0;
    l->count = 0;
    return mean;
}

/* "step,scratch,all tuned" */
static inline const char *header_of(int n, const Learner learner[n], char text[512])
{
    int length = snprintf(text, 512, "step");
    for (int i = 0; i < n; i++)
        length += snprintf(text + length, (size_t)(512 - length), ",%s", learner[i].name);
    return text;
}

/* The log <name>.csv has the mean loss of each, and the norm of the first one's gradient. */
static inline TrainingEnd train(const Options *options, const char *name, int n, Learner learner[n],
                                long steps)
{
    Training t;
    char header[512];
    State *state = state_new();
    for (int i = 0; i < n; i++)
        learner_state(state, &learner[i], true);
    bool begun =
        training_begin(&t, options, name, header_of(n, learner, header), steps, steps / ROWS + 1) &&
        training_keep(&t, state);
    while (begun && training_next(&t)) {
        double row[1 + MOST_LEARNERS] = {(double)t.step};
        for (int i = 0; i < n; i++) {
            double loss = learner_look(&learner[i]);
            if (i == 0)
                training_loss_tensors(&t, loss, rate_at(&learner[i], t.step), learner[i].n,
                                      learner[i].parameters);
            learner_step(&learner[i], t.step);
        }
        for (int i = 0; i < n && training_row_due(&t); i++)
            row[1 + i] = learner_mean(&learner[i]);
        if (training_row_due(&t)) {
            training_mean(&t);
            training_row(&t, row);
        }
    }
    TrainingEnd end = begun ? training_end(&t) : NOT_LOGGED;
    state_free(state);
    return end;
}

#endif
