/* 15_residual_training.h: networks that learn side by side, from the same batches. */
#ifndef CHAPTER_15_RESIDUAL_TRAINING_H
#define CHAPTER_15_RESIDUAL_TRAINING_H

#include <stdio.h>

#include "15_residual_images.h"
#include "nn/learner.h"
#include "workbook/runlog.h"
#include "workbook/training.h"

enum { MOST_NETS = 8 };

/* What a network is to be. */
typedef struct {
    Kind kind;
    int blocks;
    bool norm;
} Plan;

enum { NAME_SIZE = 48 };

/* "plain with batch norm" */
static inline const char *plan_name(const Plan *plan, char name[NAME_SIZE])
{
    snprintf(name, NAME_SIZE, "%s%s", kinds[plan->kind].name, plan->norm ? " with batch norm" : "");
    return name;
}

/* All that learn in one training. Stays where it is. */
typedef struct {
    const Images *images;
    int count;
    Learner learner[MOST_NETS];
} Class;

/* -- making one ------------------------------------------------------------------------------- */

/* All networks start from the same seed, and get the same batches. */
static inline void class_begin(Class *class, const Options *options, const Images *images,
                               int count, const Plan plan[count])
{
    class->images = images;
    class->count = count;
    for (int k = 0; k < count; k++) {
        Learner *l = &class->learner[k];
        const Plan *p = &plan[k];
        rng_seed(&l->rng, options->seed);
        learner_begin(
            l, deep_network(&l->rng, images->size, p->kind, p->blocks, p->norm), images->size,
            &images->train,
            (LoaderOptions){.batch = options->batch, .shuffle = true, .seed = options->seed});
        optim_adam(l->optim, adam_defaults(options->lr));
        optim_add(l->optim, l->n, l->parameters);
    }
}

static inline void class_end(Class *class)
{
    for (int k = 0; k < class->count; k++)
        learner_free(&class->learner[k]);
}

/* What a run that is taken up again must have as it was. */
static inline State *state_of(Class *class)
{
    State *state = state_new();
    for (int k = 0; k < class->count; k++) {
        char name[32];
        snprintf(name, sizeof name, "%d", k);
        learner_state(state, name, &class->learner[k]);
    }
    return state;
}

/* -- learning --------------------------------------------------------------------------------- */

/* All of them on the next batch. Returns the mean of their losses. */
static inline double class_step(Class *class)
{
    double sum = 0;
    for (int k = 0; k < class->count; k++) {
        sum += learner_gradient(&class->learner[k]);
        learner_step(&class->learner[k]);
    }
    return sum / class->count;
}

/* The mean loss of each since the latest row. */
static inline void class_row(Class *class, Training *t)
{
    double row[1 + MOST_NETS] = {(double)t->step};
    for (int k = 0; k < class->count; k++)
        row[1 + k] = learner_mean(&class->learner[k]);
    training_mean(t);
    training_row(t, row);
}

/* The log <name>.csv has a column for each network, and the gradient's norm of the last. */
static inline TrainingEnd class_train(Class *class, const Options *options, const char *name,
                                      const Plan plan[])
{
    char header[512] = "step", kind[NAME_SIZE];
    size_t used = strlen(header);
    for (int k = 0; k < class->count; k++)
        used += (size_t)snprintf(header + used, sizeof header - used, ",%s %d [nats an image]",
                                 plan_name(&plan[k], kind), plan[k].blocks);
    Training t;
    State *state = state_of(class);
    TrainingEnd end = NOT_LOGGED;
    if (training_begin(&t, options, name, header, options->steps, options->quick ? 1 : 5) &&
        training_keep(&t, state)) {
        const Learner *last = &class->learner[class->count - 1];
        training_epoch(&t, loader_batches(&last->loader));
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
