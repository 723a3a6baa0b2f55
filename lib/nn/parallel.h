/* parallel.h: the gradient of a batch put together from those of its shards, which several ranks
 * may have made.
 *
 *     Parallel *p = parallel_new(net, &rng, (ShardSumOptions){.shards = 4});
 *     double loss = parallel_gradient(p, n, loss_of_examples, context);
 *     optim_step(optim);
 *
 * All ranks have the same weights before and after; on one rank or on many the numbers are the
 * same, to the bit. In a batch norm each shard has statistics of its own, and the running ones move
 * towards the mean of theirs. */
#ifndef NN_PARALLEL_H
#define NN_PARALLEL_H

#include "kernel/random.h"
#include "nn/module.h"
#include "parallel/shard_sum.h"

typedef struct Parallel Parallel;

/* The mean loss of n examples of the batch, from `first` on; on the tape. */
typedef Tensor *ShardLoss(int first, int n, void *context);

/* All ranks get what rank 0 has in the network's parameters and buffers. rng is what its dropout
 * draws from, or NULL: each shard draws numbers of its own, whichever rank it is on. Network and
 * rng must outlive it. Errors: shard_sum_new()'s. */
Parallel *parallel_new(Module *net, Rng *rng, ShardSumOptions options);
void parallel_free(Parallel *p);

/* The gradients of the mean loss of a batch of n examples, in all parameters that require one, on
 * every rank. Returns the loss. A meeting (ranks.h). Empties the tape. Error: n < 1. */
double parallel_gradient(Parallel *p, int n, ShardLoss *loss, void *context);

/* The sum that it is made by, for what that can tell. */
const ShardSum *parallel_sum(const Parallel *p);

#endif
