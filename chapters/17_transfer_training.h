/* 17_transfer_training.h: networks that learn side by side. */
#ifndef CHAPTER_17_TRANSFER_TRAINING_H
#define CHAPTER_17_TRANSFER_TRAINING_H

#include <stdio.h>

#include "17_transfer_nets.h"
#include "autograd/autograd.h"
#include "exercises/17_transfer.h"
#include "nn/learner.h"
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
    Course course;
    Learner learner;
    real *b, *zero; /* momentum of all parameters, and what a frozen one has for a gradient */
} Scholar;

static inline real *zeros(long n)
{
    real *x = calloc((size_t)n, sizeof *x);
    if (!x)
        error_stop("no memory for %ld numbers", n);
    return x;
}

/* Owns the network from now on, which has been made from the learner's random numbers. The images
 * must outlive it. */
static inline void scholar_begin(Scholar *s, const char *name, Module *net, const Images *images,
                                 Course course)
{
    Learner *l = &s->learner;
    s->name = name;
    s->images = images;
    s->course = course;
    learner_begin(l, net, images->size, &images->train,
                  (LoaderOptions){.batch = course.batch,
                                  .shuffle = true,
                                  .seed = course.seed,
                                  .transform = course.augment});
    optim_adam(l->optim, adam_defaults(course.lr));
    optim_add(l->optim, l->n, l->parameters);
    s->b = zeros(nn_size(net));
    s->zero = zeros(nn_size(net));
}

static inline void scholar_end(Scholar *s)
{
    free(s->b);
    free(s->zero);
    learner_free(&s->learner);
}

/* All that is remembered; or, if `optim` is not set, the network and the place in the examples, but
 * nothing of the optimizer. */
static inline void scholar_state(State *state, Scholar *s, bool optim)
{
    Learner *l = &s->learner;
    char name[64];
    if (optim) {
        learner_state(state, s->name, l);
        snprintf(name, sizeof name, "%s.b", s->name);
        state_reals(state, name, ag_shape(1, (int)nn_size(l->net)), s->b);
        return;
    }
    snprintf(name, sizeof name, "%s.net.", s->name);
    nn_state(state, name, l->net);
    snprintf(name, sizeof name, "%s.loader", s->name);
    state_loader(state, name, &l->loader);
}

/* Known of the test images, in percent. */
static inline double known_by(const Scholar *s)
{
    return nn_accuracy(s->learner.net, s->images->size, &s->images->test);
}

/* -- a step ------------------------------------------------------------------------------------ */

/* Each parameter is a layer of its own. */
static inline void sgd_step(Scholar *s, double lr)
{
    const Learner *l = &s->learner;
    real *b = s->b;
    for (int i = 0; i < l->n; i++) {
        Tensor *p = l->parameters[i];
        const int k = p->size, frozen[1] = {!p->requires_grad};
        frozen_step(1, k, (real)lr, (real)momentum_of_lesson, (real)decay_of_lesson, frozen,
                    (const void *)(p->grad ? p->grad : s->zero), (void *)b, (void *)p->data);
        ag_bump_version(p);
        b += k;
    }
}

/* Step number 1, 2, ... */
static inline double rate_at(const Scholar *s, long step)
{
    return s->course.rate ? (double)s->course.rate[step - 1] : s->course.lr;
}

static inline void scholar_step(Scholar *s, long step)
{
    if (s->course.sgd) {
        sgd_step(s, rate_at(s, step));
        ag_reset();
    } else {
        optim_set_lr(s->learner.optim, 0, rate_at(s, step));
        learner_step(&s->learner);
    }
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

/* "step,scratch [nats an image],all tuned [nats an image]" */
static inline const char *header_of(int n, const Scholar scholars[n], char text[512])
{
    int length = snprintf(text, 512, "step");
    for (int i = 0; i < n; i++)
        length += snprintf(text + length, (size_t)(512 - length), ",%s [nats an image]",
                           scholars[i].name);
    return text;
}

/* The log <name>.csv has the mean loss of each, and the norm of the first one's gradient. */
static inline TrainingEnd train(const Options *options, const char *name, int n,
                                Scholar scholars[n], long steps)
{
    Training t;
    char header[512];
    State *state = state_new();
    for (int i = 0; i < n; i++)
        scholar_state(state, &scholars[i], true);
    bool begun = training_begin(&t, options, name, header_of(n, scholars, header), steps,
                                steps / ROWS + 1) &&
                 training_keep(&t, state);
    if (begun)
        training_epoch(&t, loader_batches(&scholars[0].learner.loader));
    while (begun && training_next(&t)) {
        double row[1 + MOST_LEARNERS] = {(double)t.step};
        for (int i = 0; i < n; i++) {
            Learner *l = &scholars[i].learner;
            double loss = learner_gradient(l);
            if (i == 0)
                training_loss_tensors(&t, loss, rate_at(&scholars[i], t.step), l->n, l->parameters);
            scholar_step(&scholars[i], t.step);
        }
        for (int i = 0; i < n && training_row_due(&t); i++)
            row[1 + i] = learner_mean(&scholars[i].learner);
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
