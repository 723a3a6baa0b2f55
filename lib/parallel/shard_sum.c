#include "parallel/shard_sum.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "error.h"
#include "kernel/vector.h"
#include "parallel/ranks.h"
#include "parallel/shards.h"

/* Of a bucket: being filled; full, by the last shard; its parts under way to those who add them;
 * the sums under way to all; there. */
typedef enum { FILLING, FULL, EXCHANGED, GATHERED, SUMMED } Phase;

typedef struct {
    int begin, end; /* among all numbers */
    int arrays;     /* in it, */
    int missing;    /* ... of which the present shard has not given so many */
    int nodes;      /* with the present shard, as soon as it has given all */
    Phase phase;
    RanksJourney *journey[SHARD_NODES];
    real *received; /* (rounds, ranks, numbers of the own part) */
} Bucket;

struct ShardSum {
    ShardSumOptions options;
    int arrays, buckets;
    int *begin;     /* of each array, among all numbers */
    int *size;      /* numbers in it */
    int *bucket_of; /* which one it is in */
    int *given;     /* by which shard it was given last */
    Bucket *bucket;
    int first, last, present; /* shards */
    int missing;              /* arrays of the present one */
    ShardNode node[SHARD_NODES];
    int nodes;   /* before the present shard */
    real **sums; /* all numbers of each node, and of the present shard behind them */
    int levels;  /* so many there can be at once */
    int rounds;  /* most nodes that a rank is left with: in each round it sends one */
    int *count, *at;
    double bytes, waited;
};

static void *zeros(size_t n, size_t size)
{
    void *block = calloc(n ? n : 1, size);
    if (!block)
        error_stop("shard_sum_new: out of memory for %zu elements of %zu bytes", n, size);
    return block;
}

/* -- what lies where -------------------------------------------------------------------------- */

static int numbers(const ShardSum *sum)
{
    return sum->buckets ? sum->bucket[sum->buckets - 1].end : 0;
}

static void lay_out(ShardSum *sum, const int sizes[])
{
    const size_t full = sum->options.bucket_bytes ? sum->options.bucket_bytes : 1 << 20;
    Bucket *b = NULL;
    int at = 0;
    for (int i = sum->arrays - 1; i >= 0; i--) {
        if (!b || (size_t)(b->end - b->begin) * sizeof(real) >= full) {
            b = &sum->bucket[sum->buckets++];
            b->begin = at;
        }
        sum->begin[i] = at;
        sum->size[i] = sizes[i];
        sum->bucket_of[i] = sum->buckets - 1;
        sum->given[i] = -1;
        b->end = at += sizes[i];
        b->missing = ++b->arrays;
    }
}

/* How many sums a rank has at once at most, and how many any rank is left with. */
static void count_nodes(ShardSum *sum)
{
    ShardNode node[SHARD_NODES];
    int n = 0;
    for (int s = sum->first; s < sum->last; s++) {
        sum->levels = n + 1 > sum->levels ? n + 1 : sum->levels;
        n = shard_push(node, n, (ShardNode){s, 1}, NULL, NULL);
    }
    for (int r = 0; r < ranks_count(); r++) {
        n = shard_nodes(shard_begin(sum->options.shards, ranks_count(), r),
                        shard_begin(sum->options.shards, ranks_count(), r + 1), node);
        sum->rounds = n > sum->rounds ? n : sum->rounds;
    }
    sum->levels = sum->levels > sum->rounds ? sum->levels : sum->rounds;
}

/* Where the part of rank r begins in a bucket. */
static int part_begin(const Bucket *b, int r)
{
    return b->begin + shard_begin(b->end - b->begin, ranks_count(), r);
}

static int own_part(const Bucket *b)
{
    return part_begin(b, ranks_own() + 1) - part_begin(b, ranks_own());
}

ShardSum *shard_sum_new(int arrays, const int sizes[], ShardSumOptions options)
{
    NOT_NULL(sizes);
    const int ranks = ranks_count();
    if (!shards_possible(options.shards) || options.shards < ranks)
        error_stop("shard_sum_new: %d shards for %d ranks: expected a power of two, as many as "
                   "there are ranks or more",
                   options.shards, ranks);
    for (int i = 0; i < arrays; i++)
        if (sizes[i] < 1)
            error_stop("shard_sum_new: array %d has %d numbers: expected 1 or more", i, sizes[i]);
    ShardSum *sum = zeros(1, sizeof *sum);
    sum->options = options;
    sum->arrays = sum->missing = arrays;
    sum->begin = zeros((size_t)arrays, sizeof *sum->begin);
    sum->size = zeros((size_t)arrays, sizeof *sum->size);
    sum->bucket_of = zeros((size_t)arrays, sizeof *sum->bucket_of);
    sum->given = zeros((size_t)arrays, sizeof *sum->given);
    sum->bucket = zeros((size_t)arrays, sizeof *sum->bucket);
    sum->count = zeros((size_t)ranks, sizeof *sum->count);
    sum->at = zeros((size_t)ranks, sizeof *sum->at);
    sum->first = sum->present = shard_begin(options.shards, ranks, ranks_own());
    sum->last = shard_begin(options.shards, ranks, ranks_own() + 1);
    lay_out(sum, sizes);
    count_nodes(sum);
    sum->sums = zeros((size_t)sum->levels, sizeof *sum->sums);
    for (int i = 0; i < sum->levels; i++)
        sum->sums[i] = zeros((size_t)numbers(sum), sizeof(real));
    for (int i = 0; i < sum->buckets && ranks > 1; i++)
        sum->bucket[i].received = zeros(
            (size_t)sum->rounds * (size_t)ranks * (size_t)own_part(&sum->bucket[i]), sizeof(real));
    return sum;
}

void shard_sum_free(ShardSum *sum)
{
    NOT_NULL(sum);
    for (int i = 0; i < sum->levels; i++)
        free(sum->sums[i]);
    for (int i = 0; i < sum->buckets; i++)
        free(sum->bucket[i].received);
    free(sum->sums);
    free(sum->begin);
    free(sum->size);
    free(sum->bucket_of);
    free(sum->given);
    free(sum->bucket);
    free(sum->count);
    free(sum->at);
    free(sum);
}

int shard_sum_count(const ShardSum *sum)
{
    NOT_NULL(sum);
    return sum->options.shards;
}

int shard_sum_first(const ShardSum *sum)
{
    NOT_NULL(sum);
    return sum->first;
}

int shard_sum_last(const ShardSum *sum)
{
    NOT_NULL(sum);
    return sum->last;
}

/* -- on the way ------------------------------------------------------------------------------- */

/* Sets count and at to everybody's part of a bucket. */
static void find_parts(ShardSum *sum, const Bucket *b)
{
    for (int r = 0; r < ranks_count(); r++) {
        sum->at[r] = part_begin(b, r);
        sum->count[r] = part_begin(b, r + 1) - sum->at[r];
    }
}

static void count_bytes(ShardSum *sum, double parts_sent)
{
    sum->bytes += parts_sent * (double)sizeof(real);
}

/* A full bucket sets out. A rank with fewer nodes than another sends numbers that mean nothing in
 * the rounds that it has none for. */
static void send_out(ShardSum *sum, Bucket *b)
{
    const int n = b->end - b->begin, ranks = ranks_count(), own = own_part(b);
    if (ranks == 1) {
        b->phase = SUMMED;
        return;
    }
    if (sum->options.somehow) {
        for (int i = 1; i < b->nodes; i++)
            vector_add(n, sum->sums[i] + b->begin, sum->sums[0] + b->begin);
        b->journey[0] = ranks_sum_somehow(n, sum->sums[0] + b->begin);
        b->phase = GATHERED;
        count_bytes(sum, 2. * n * (ranks - 1) / ranks);
        return;
    }
    find_parts(sum, b);
    for (int round = 0; round < sum->rounds; round++)
        b->journey[round] =
            ranks_exchange(sum->sums[round], sum->count, sum->at, own,
                           b->received + (size_t)round * (size_t)ranks * (size_t)own);
    b->phase = EXCHANGED;
    count_bytes(sum, (double)sum->rounds * (n - own));
}

/* What has come of a part, in the order of the shards. */
typedef struct {
    int n;
    real *of[SHARD_NODES];
} Stack;

static void add_behind(int left, void *context)
{
    Stack *s = context;
    vector_add(s->n, s->of[left + 1], s->of[left]);
}

/* All nodes of all ranks are there: the rest of the tree. */
static void add_and_share(ShardSum *sum, Bucket *b)
{
    const int ranks = ranks_count(), own = own_part(b);
    ShardNode tree[SHARD_NODES];
    Stack stack = {.n = own, .of = {b->received}};
    int depth = 0;
    for (int r = 0; r < ranks; r++) {
        ShardNode node[SHARD_NODES];
        const int nodes = shard_nodes(shard_begin(sum->options.shards, ranks, r),
                                      shard_begin(sum->options.shards, ranks, r + 1), node);
        for (int i = 0; i < nodes; i++) {
            stack.of[depth] = b->received + ((size_t)i * (size_t)ranks + (size_t)r) * (size_t)own;
            depth = shard_push(tree, depth, node[i], add_behind, &stack);
        }
    }
    find_parts(sum, b);
    memcpy(sum->sums[0] + sum->at[ranks_own()], stack.of[0], (size_t)own * sizeof(real));
    b->journey[0] = ranks_gather(sum->sums[0], sum->count, sum->at);
    b->phase = GATHERED;
    count_bytes(sum, (double)own * (ranks - 1));
}

/* Whether all parts have come that a bucket waits for. */
static bool exchanged(ShardSum *sum, Bucket *b)
{
    bool all = true;
    for (int round = 0; round < sum->rounds; round++) {
        if (b->journey[round] && ranks_arrived(b->journey[round]))
            b->journey[round] = NULL;
        all = all && !b->journey[round];
    }
    return all;
}

/* Goes on as far as that is possible without waiting. Buckets set out in the same order on all
 * ranks, and come back in it: MPI pairs the first on one with the first on another. */
static void advance(ShardSum *sum)
{
    for (int i = 0; i < sum->buckets && sum->bucket[i].phase != FILLING; i++)
        if (sum->bucket[i].phase == FULL && !sum->options.blocking)
            send_out(sum, &sum->bucket[i]);
    for (int i = 0; i < sum->buckets; i++) {
        Bucket *b = &sum->bucket[i];
        if (b->phase < EXCHANGED || (b->phase == EXCHANGED && !exchanged(sum, b)))
            break;
        if (b->phase == EXCHANGED)
            add_and_share(sum, b);
        if (b->phase == GATHERED && ranks_arrived(b->journey[0]))
            b->phase = SUMMED;
    }
}

/* -- the shards of this rank ------------------------------------------------------------------ */

typedef struct {
    ShardSum *sum;
    const Bucket *bucket;
} Place;

static void add_bucket(int left, void *context)
{
    const Place *p = context;
    real **sums = p->sum->sums;
    vector_add(p->bucket->end - p->bucket->begin, sums[left + 1] + p->bucket->begin,
               sums[left] + p->bucket->begin);
}

/* A bucket has all of the present shard: it is added to what the shards before it have left. */
static void close_bucket(ShardSum *sum, Bucket *b)
{
    ShardNode node[SHARD_NODES];
    memcpy(node, sum->node, sizeof node);
    b->nodes =
        shard_push(node, sum->nodes, (ShardNode){sum->present, 1}, add_bucket, &(Place){sum, b});
    b->missing = b->arrays;
    if (sum->present == sum->last - 1)
        b->phase = FULL;
}

static void close_shard(ShardSum *sum)
{
    sum->nodes = shard_push(sum->node, sum->nodes, (ShardNode){sum->present, 1}, NULL, NULL);
    sum->missing = sum->arrays;
    sum->present++;
}

void shard_sum_put(ShardSum *sum, int i, const real *x, real weight)
{
    NOT_NULL(sum);
    if (i < 0 || i >= sum->arrays)
        error_stop("shard_sum_put: array %d of %d", i, sum->arrays);
    if (sum->present >= sum->last)
        error_stop("shard_sum_put: shard %d: this rank has %d to %d", sum->present, sum->first,
                   sum->last - 1);
    if (sum->given[i] == sum->present)
        error_stop("shard_sum_put: array %d of shard %d was given before", i, sum->present);
    if (sum->present == sum->first && sum->missing == sum->arrays)
        sum->bytes = 0;
    real *to = sum->sums[sum->nodes] + sum->begin[i];
    vector_fill(sum->size[i], 0, to);
    if (x)
        vector_add_scaled(sum->size[i], weight, x, to);
    sum->given[i] = sum->present;
    sum->missing--;
    Bucket *b = &sum->bucket[sum->bucket_of[i]];
    if (--b->missing == 0)
        close_bucket(sum, b);
    if (sum->missing == 0)
        close_shard(sum);
    advance(sum);
}

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static void wait_for_exchange(ShardSum *sum, Bucket *b)
{
    if (b->phase != EXCHANGED)
        return;
    for (int round = 0; round < sum->rounds; round++)
        if (b->journey[round])
            ranks_wait(b->journey[round]);
    add_and_share(sum, b);
}

static void begin_again(ShardSum *sum)
{
    sum->present = sum->first;
    sum->nodes = 0;
    for (int i = 0; i < sum->arrays; i++)
        sum->given[i] = -1;
    for (int i = 0; i < sum->buckets; i++)
        sum->bucket[i].phase = FILLING;
}

void shard_sum_end(ShardSum *sum)
{
    NOT_NULL(sum);
    const double start = now();
    if (sum->present != sum->last)
        error_stop("shard_sum_end: shard %d is not through: expected %d more of its arrays",
                   sum->present, sum->missing);
    for (int i = 0; i < sum->buckets; i++)
        if (sum->bucket[i].phase == FULL)
            send_out(sum, &sum->bucket[i]);
    for (int i = 0; i < sum->buckets; i++)
        wait_for_exchange(sum, &sum->bucket[i]);
    for (int i = 0; i < sum->buckets; i++)
        if (sum->bucket[i].phase == GATHERED)
            ranks_wait(sum->bucket[i].journey[0]);
    begin_again(sum);
    sum->waited = now() - start;
}

const real *shard_sum_of(const ShardSum *sum, int i)
{
    NOT_NULL(sum);
    if (i < 0 || i >= sum->arrays)
        error_stop("shard_sum_of: array %d of %d", i, sum->arrays);
    return sum->sums[0] + sum->begin[i];
}

double shard_sum_bytes(const ShardSum *sum)
{
    NOT_NULL(sum);
    return sum->bytes;
}

double shard_sum_waited(const ShardSum *sum)
{
    NOT_NULL(sum);
    return sum->waited;
}
