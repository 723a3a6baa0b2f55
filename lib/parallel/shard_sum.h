/* shard_sum.h: the sum of the shards' gradients, on one rank or on many, the same to the bit.
 *
 *     ShardSum *sum = shard_sum_new(arrays, sizes, (ShardSumOptions){.shards = 4});
 *     for (int s = shard_sum_first(sum); s < shard_sum_last(sum); s++) {
 *         ...                                      the gradients of shard s; as soon as one is
 * there: shard_sum_put(sum, array, gradient, weight);
 *     }
 *     shard_sum_end(sum);
 *     const real *d = shard_sum_of(sum, array);
 *
 * The arrays lie behind each other, the last one first, for a backward pass comes to it first; and
 * they are cut in buckets. When the last shard of a rank has filled a bucket, it travels while the
 * pass goes on: each rank gets from all others what they have of its part of the bucket, adds it in
 * the order of the tree (shards.h), and sends the sum to all. So each rank sends as much as in a
 * ring all-reduce, 2 (P - 1) / P numbers for each of the bucket's, and MPI does no arithmetic. */
#ifndef PARALLEL_SHARD_SUM_H
#define PARALLEL_SHARD_SUM_H

#include <stdbool.h>
#include <stddef.h>

#include "real.h"

typedef struct ShardSum ShardSum;

typedef struct {
    int shards;          /* see shards_possible(); at least as many as there are ranks */
    size_t bucket_bytes; /* a bucket is full when it has so many or more; 0: 1 MiB */
    bool somehow;        /* let MPI add, in an order of its own: no promise of the same bits */
    bool blocking;       /* let nothing travel before the last shard is through */
} ShardSumOptions;

/* Of `arrays` arrays with sizes[i] >= 1 numbers each. Errors: a number of shards that cannot be, or
 * below that of the ranks. */
ShardSum *shard_sum_new(int arrays, const int sizes[], ShardSumOptions options);
void shard_sum_free(ShardSum *sum);

/* How many shards there are; those of this rank are first .. last - 1, at least one. */
int shard_sum_count(const ShardSum *sum);
int shard_sum_first(const ShardSum *sum);
int shard_sum_last(const ShardSum *sum);

/* Adds weight times x, array i of the present shard: in any order, each array once for each shard;
 * NULL is zeros. With the last of its arrays the shard is through and the next one begins. Errors:
 * an array twice; one shard too many. */
void shard_sum_put(ShardSum *sum, int i, const real *x, real weight);

/* Waits until all is added and has come to all ranks. The next shard is the first again. Error:
 * something is missing. */
void shard_sum_end(ShardSum *sum);

/* Array i of the sum, until the next shard_sum_put(). */
const real *shard_sum_of(const ShardSum *sum, int i);

/* Of the last sum, on this rank: the bytes that went to others; and the seconds in shard_sum_end(),
 * which nothing was done in but to wait and add. */
double shard_sum_bytes(const ShardSum *sum);
double shard_sum_waited(const ShardSum *sum);

#endif
