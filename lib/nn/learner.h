/* learner.h: a network, the images that it learns from, and its optimizer.
 *
 *     Learner l;
 *     rng_seed(&l.rng, seed);
 *     learner_begin(&l, network(&l.rng), size, &train,
 *                   (LoaderOptions){.batch = 64, .shuffle = true, .seed = seed});
 *     optim_adam(l.optim, adam_defaults(lr));
 *     optim_add(l.optim, l.n, l.parameters);
 *     for (long step = 1; step <= steps; step++) {
 *         learner_gradient(&l);
 *         learner_step(&l);
 *     }
 *     learner_free(&l);
 */
#ifndef NN_LEARNER_H
#define NN_LEARNER_H

#include "data/loader.h"
#include "kernel/random.h"
#include "nn/classify.h"
#include "nn/module.h"
#include "nn/optim.h"
#include "nn/parallel.h"
#include "nn/state.h"

/* Stays where it is: if its network has dropout, that draws from the rng. */
typedef struct {
    Rng rng; /* the caller's to seed, before the network is made from it */
    Module *net;
    ImageSize size;
    Tensor **parameters;
    int n; /* of them */
    Optim *optim;
    Loader loader;
    Parallel *parallel; /* after learner_share(), else NULL */
    double sum;         /* of the losses since learner_mean(), */
    long count;         /* ... so many */
} Learner;

/* It owns the network from now on. The data, and a transform in the options, must outlive it. Its
 * optimizer has no rule yet. Error: images of another size than the data's. */
void learner_begin(Learner *l, Module *net, ImageSize size, const Dataset *data,
                   LoaderOptions options);

void learner_free(Learner *l);

/* Cuts each batch in shards and gives each rank its own (parallel.h), from now on, if there is more
 * than one shard or rank. */
void learner_share(Learner *l, int shards);

/* The gradient of the cross entropy on the next batch, epoch after epoch, in train mode. Returns
 * the loss. The gradient stays until the next one. Error: there is nothing to learn from. */
double learner_gradient(Learner *l);

/* The same of another loss, the mean over n examples of the batch, from `first` on: their images
 * are x, and l->loader has the targets of the whole batch. */
typedef Tensor *LearnerLoss(Learner *l, int first, int n, Tensor *x, void *context);
double learner_gradient_of(Learner *l, LearnerLoss *loss, void *context);

/* A step of the optimizer. Empties the tape. */
void learner_step(Learner *l);

/* The mean of the losses since it was last asked for; NaN if there is none. */
double learner_mean(Learner *l);

/* Lists all that changes from step to step, for a run that is to be taken up again: "name.net.",
 * "name.optim", "name.loader", "name.rng", "name.sum", "name.count". */
void learner_state(State *state, const char *name, Learner *l);

#endif
