#include "parallel/shards.h"

#include <stddef.h>

#include "error.h"

bool shards_possible(long shards)
{
    return shards >= 1 && shards <= SHARDS_MOST && (shards & (shards - 1)) == 0;
}

int shard_begin(int n, int pieces, int i)
{
    return (int)((long long)n * i / pieces);
}

bool shard_halves(ShardNode left, ShardNode right)
{
    return left.size == right.size && left.first + left.size == right.first &&
           left.first % (2 * left.size) == 0;
}

int shard_push(ShardNode stack[SHARD_NODES], int nodes, ShardNode node, ShardAdd *add,
               void *context)
{
    NOT_NULL(stack);
    stack[nodes++] = node;
    for (; nodes > 1 && shard_halves(stack[nodes - 2], stack[nodes - 1]); nodes--) {
        stack[nodes - 2].size *= 2;
        if (add)
            add(nodes - 2, context);
    }
    return nodes;
}

int shard_nodes(int first, int last, ShardNode nodes[SHARD_NODES])
{
    NOT_NULL(nodes);
    int n = 0;
    for (int s = first; s < last; s++)
        n = shard_push(nodes, n, (ShardNode){s, 1}, NULL, NULL);
    return n;
}
