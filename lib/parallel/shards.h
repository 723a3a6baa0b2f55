/* shards.h: a batch in pieces, and the tree in which what is made of them is added.
 *
 * A sum of floats depends on the order of its terms. So a batch is cut in a number of shards that
 * has nothing to do with how many ranks there are, and the shards' gradients are added in a fixed
 * binary tree:
 *
 *     ((g0 + g1) + (g2 + g3)) + ((g4 + g5) + (g6 + g7))
 *
 * One rank has the whole tree, two have the halves of it, and the sum is the same to the bit. */
#ifndef PARALLEL_SHARDS_H
#define PARALLEL_SHARDS_H

#include <stdbool.h>

enum { SHARDS_MOST = 65536, SHARD_NODES = 40 };

/* Whether a batch can be cut in so many: a power of two, so that the tree has two whole halves. */
bool shards_possible(long shards);

/* Where piece i of n things begins that are cut in `pieces`, none larger than another by more than
 * one: examples among shards, shards among ranks. Piece i ends where i + 1 begins. */
int shard_begin(int n, int pieces, int i);

/* A node of the tree: the sum of `size` shards from `first` on. */
typedef struct {
    int first, size;
} ShardNode;

/* Whether two nodes are the halves of one above them. */
bool shard_halves(ShardNode left, ShardNode right);

/* Puts a node behind `nodes` others, the sums of what lies before it, and whenever the last two are
 * halves of one, that one in their place. Returns how many there are then. With add, which may be
 * NULL, it is told of each such place: number `left` of the nodes takes up what lies behind it. */
typedef void ShardAdd(int left, void *context);
int shard_push(ShardNode stack[SHARD_NODES], int nodes, ShardNode node, ShardAdd *add,
               void *context);

/* The nodes of the tree that shards first .. last - 1 are the sums of: as few as can be, one if
 * these are a half of it, or a half of a half. Returns how many. */
int shard_nodes(int first, int last, ShardNode nodes[SHARD_NODES]);

#endif
