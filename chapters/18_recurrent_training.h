/* 18_recurrent_training.h: a network that learns, its optimizer, and the length that its gradient
 * may have. */
#ifndef CHAPTER_18_RECURRENT_TRAINING_H
#define CHAPTER_18_RECURRENT_TRAINING_H

#include <stdio.h>
#include <stdlib.h>

#include "18_recurrent_nets.h"
#include "error.h"
#include "nn/clip.h"
#include "nn/optim.h"
#include "workbook/fact.h"
#include "workbook/plot.h"
#include "workbook/training.h"

enum { STEPS = 2000, QUICK_STEPS = 4, BATCH = 32, EVAL_EVERY = 20 };

static const double lr_of_lesson = 1e-2;

/* What several learn side by side is drawn once for all of them. */
typedef struct {
    const char *name;
    Net *net;
    Tensor **parameters;
    int n;
    Optim *optim;
    double norm; /* of the latest gradient, before it was clipped */
    double sum;  /* of the losses since the latest row, */
    long count;  /* ... so many */
} Pupil;

/* It owns the network from now on. Its optimizer has no rule yet. */
static inline void pupil_begin(Pupil *p, const char *name, Net *net)
{
    *p = (Pupil){.name = name, .net = net, .optim = optim_new()};
    p->parameters = nn_parameters(&net->module, &p->n);
}

static inline void pupil_free(Pupil *p)
{
    optim_free(p->optim);
    free(p->parameters);
    nn_free(&p->net->module);
}

static inline void pupil_state(State *state, Pupil *p, int number)
{
    char name[64];
    snprintf(name, sizeof name, "%d.net.", number);
    nn_state(state, name, &p->net->module);
    snprintf(name, sizeof name, "%d.optim", number);
    state_optim(state, name, p->optim);
    snprintf(name, sizeof name, "%d.sum", number);
    state_doubles(state, name, ag_shape(0), &p->sum);
    snprintf(name, sizeof name, "%d.count", number);
    state_longs(state, name, ag_shape(0), &p->count);
}

/* -- clipping with the function of the exercise ------------------------------------------------ */

/* Copies the gradients of all weights to dW, one behind the other, and those of all biases to db;
 * or, `back`, from there. */
static inline void exchange(const Pupil *p, real *dW, real *db, bool back)
{
    for (int k = 0; k < p->n; k++) {
        Tensor *x = p->parameters[k];
        real **at = x->shape.ndim > 1 ? &dW : &db;
        memcpy(back ? x->grad : *at, back ? *at : x->grad, sizeof(real) * (size_t)x->size);
        *at += x->size;
    }
}

static inline void clip_by_exercise(const Pupil *p, double most)
{
    int weights = 0, biases = 0;
    for (int k = 0; k < p->n; k++)
        *(p->parameters[k]->shape.ndim > 1 ? &weights : &biases) += p->parameters[k]->size;
    real *dW = ag_alloc_reals(weights), *db = ag_alloc_reals(biases);
    exchange(p, dW, db, false);
    clip_norm(weights, biases, (real)most, dW, db);
    exchange(p, dW, db, true);
}

/* -- a step ------------------------------------------------------------------------------------ */

/* Back from a loss; then the gradient is clipped to the norm `most`. */
static inline double pupil_back(Pupil *p, Tensor *loss, double most)
{
    const double value = (double)ag_item(loss);
    optim_zero_grad(p->optim);
    ag_backward(loss);
    p->norm = grad_norm(p->n, p->parameters);
    if (p->net->by_exercises && isfinite(most))
        clip_by_exercise(p, most);
    else if (isfinite(most))
        clip_grad_norm(p->n, p->parameters, most);
    p->sum += value;
    p->count++;
    return value;
}

/* A step of the optimizer. Empties the tape. */
static inline void pupil_step(Pupil *p)
{
    optim_step(p->optim);
    ag_reset();
}

/* The mean of the losses since it was last asked for. */
static inline double pupil_mean(Pupil *p)
{
    const double mean = p->sum / (double)p->count;
    p->sum = 0;
    p->count = 0;
    return mean;
}

/* Whether the numbers are the lesson's, but for the seed. */
static inline bool is_lesson(const Options *options, TrainingEnd end)
{
    return end == TRAINED && options->steps == STEPS && options->lr == lr_of_lesson &&
           options->batch == BATCH && !options->quick;
}

#endif
