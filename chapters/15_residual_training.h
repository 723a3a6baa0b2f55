/* 15_residual_training.h: networks that learn side by side, from the same batches. */
#ifndef CHAPTER_15_RESIDUAL_TRAINING_H
#define CHAPTER_15_RESIDUAL_TRAINING_H

#include <stdio.h>

#include "15_residual_images.h"
#include "data/loader.h"
#include "nn/optim.h"
#include "nn/state.h"
#include "workbook/runlog.h"
#include "workbook/training.h"

enum { MOST_NETS = 8 };

/* What a network is to be. */
typedef struct {
    const char *name; /* with the number of blocks, of its column in the log */
    Kind kind;
    int blocks;
    bool norm;
} Plan;

typedef struct {
    Module *net;
    Optim *optim;
    Tensor **parameters;
    int n;
    double sum; /* of its losses since the latest row */
} Learner;

/* All that learn in one training. Stays where it is. */
typedef struct {
    const Images *images;
    int count;
    Learner learner[MOST_NETS];
    Loader batches;
    long since; /* steps since the latest row */
} Class;

/* -- making one ------------------------------------------------------------------------------- */

/* All networks start from the same seed. */
static inline Learner learner_new(const Options *options, ImageSize size, const Plan *plan)
{
    Rng rng;
    rng_seed(&rng, options->seed);
    Learner l = {.net = deep_network(&rng, size, plan->kind, plan->blocks, plan->norm),
                 .optim = optim_new()};
    l.parameters = nn_parameters(l.net, &l.n);
    optim_adam(l.optim, adam_defaults(options->lr));
    optim_add(l.optim, l.n, l.parameters);
    return l;
}

static inline void class_begin(Class *class, const Options *options, const Images *images,
                               int count, const Plan plan[count])
{
    *class = (Class){.images = images, .count = count};
    class->batches = loader_new(
        &images->train,
        (LoaderOptions){.batch = options->batch, .shuffle = true, .seed = options->seed});
    for (int k = 0; k < count; k++)
        class->learner[k] = learner_new(options, images->size, &plan[k]);
}

static inline void class_end(Class *class)
{
    for (int k = 0; k < class->count; k++) {
        Learner *l = &class->learner[k];
        optim_free(l->optim);
        nn_free(l->net);
        free(l->parameters);
    }
    loader_free(&class->batches);
}

/* What a run that is taken up again must have as it was. */
static inline State *state_of(Class *class)
{
    State *state = state_new();
    for (int k = 0; k < class->count; k++) {
        Learner *l = &class->learner[k];
        char name[32];
        snprintf(name, sizeof name, "%d.model.", k);
        nn_state(state, name, l->net);
        snprintf(name, sizeof name, "%d.optim", k);
        state_optim(state, name, l->optim);
        snprintf(name, sizeof name, "%d.sum", k);
        state_doubles(state, name, ag_shape(0), &l->sum);
    }
    state_loader(state, "batches", &class->batches);
    state_longs(state, "since", ag_shape(0), &class->since);
    return state;
}

/* -- learning --------------------------------------------------------------------------------- */

/* One step of one network on the batch at hand. Returns the loss before it; the gradient stays
 * until the next step. */
static inline double learner_step(Learner *l, ImageSize size, const Loader *batch)
{
    optim_zero_grad(l->optim);
    Tensor *loss = loss_on(l->net, size, batch->n, batch->x, batch->y);
    const double value = (double)ag_item(loss);
    ag_backward(loss);
    optim_step(l->optim);
    ag_reset();
    l->sum += value;
    return value;
}

/* All of them on the next batch. Returns the mean of their losses. */
static inline double class_step(Class *class)
{
    double sum = 0;
    if (!loader_next(&class->batches))
        loader_next(&class->batches); /* the next epoch */
    for (int k = 0; k < class->count; k++)
        sum += learner_step(&class->learner[k], class->images->size, &class->batches);
    class->since++;
    return sum / class->count;
}

/* The mean loss of each since the latest row. */
static inline void class_row(Class *class, Training *t)
{
    double row[1 + MOST_NETS] = {(double)t->step};
    for (int k = 0; k < class->count; k++) {
        row[1 + k] = class->learner[k].sum / (double)class->since;
        class->learner[k].sum = 0;
    }
    class->since = 0;
    training_mean(t);
    training_row(t, row);
}

/* The log <name>.csv has a column for each network, and the gradient's norm of the last. */
static inline TrainingEnd class_train(Class *class, const Options *options, const char *name,
                                      const Plan plan[])
{
    char header[256] = "step";
    size_t used = strlen(header);
    for (int k = 0; k < class->count; k++)
        used += (size_t)snprintf(header + used, sizeof header - used, ",%s %d", plan[k].name,
                                 plan[k].blocks);
    Training t;
    State *state = state_of(class);
    TrainingEnd end = NOT_LOGGED;
    if (training_begin(&t, options, name, header, options->steps, options->quick ? 1 : 5) &&
        training_keep(&t, state)) {
        const Learner *last = &class->learner[class->count - 1];
        while (training_next(&t)) {
            const double loss = class_step(class);
            training_loss_tensors(&t, loss, options->lr, last->n, last->parameters);
            if (training_row_due(&t))
                class_row(class, &t);
        }
        end = training_end(&t);
    }
    state_free(state);
    return end;
}

#endif
