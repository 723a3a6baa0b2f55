/* sums.c: what ranks come to together, as text that is the same for any number of them: test_ranks
 * runs it on several. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "kernel/random.h"
#include "parallel/ranks.h"
#include "parallel/shard_sum.h"
#include "workbook/options.h"

enum { ARRAYS = 4, SHARDS = 8, MOST = 3000, TIMES = 3 };

static const int sizes[ARRAYS] = {MOST, 1, 700, 2};

static real x[MOST];

/* Array i of shard s, the same on every rank that makes it. */
static const real *array_of(int time, int s, int i)
{
    Rng rng;
    rng_seed(&rng, (uint64_t)time * SHARDS * ARRAYS + (uint64_t)s * ARRAYS + (uint64_t)i);
    for (int j = 0; j < sizes[i]; j++)
        x[j] = (real)(rng_normal(&rng) * (j % 7 == 0 ? 1e6 : 1));
    return x;
}

/* FNV-1a. */
static uint64_t hash(uint64_t so_far, int n, const real *values)
{
    for (size_t i = 0; i < (size_t)n * sizeof *values; i++)
        so_far = (so_far ^ ((const unsigned char *)values)[i]) * 1099511628211U;
    return so_far;
}

static void sum_shards(const char *name, ShardSumOptions options, bool to_the_bit)
{
    options.shards = SHARDS;
    ShardSum *sum = shard_sum_new(ARRAYS, sizes, options);
    uint64_t all = 14695981039346656037U;
    double first = 0;
    for (int time = 0; time < TIMES; time++) {
        for (int s = shard_sum_first(sum); s < shard_sum_last(sum); s++)
            for (int i = ARRAYS - 1; i >= 0; i--)
                shard_sum_put(sum, i, array_of(time, s, i), (real)0.125);
        shard_sum_end(sum);
        for (int i = 0; i < ARRAYS; i++)
            all = hash(all, sizes[i], shard_sum_of(sum, i));
        first += (double)shard_sum_of(sum, 0)[1];
    }
    /* On every rank, not only on the first, which prints. */
    const long differ = ranks_most((long)(all >> 1)) - -ranks_most(-(long)(all >> 1));
    printf("%s: ", name);
    if (to_the_bit)
        printf("%016llx", (unsigned long long)all);
    else
        printf("%.4f", first);
    printf("%s\n", differ ? ", not on all ranks" : "");
    shard_sum_free(sum);
}

static void say_small_things(void)
{
    double one[2] = {1, 0.5};
    long number = ranks_own() == 0 ? 42 : -1;
    ranks_broadcast(sizeof number, &number);
    ranks_sum(2, one);
    ranks_meet();
    printf("rank 0 says %ld\n", number);
    printf("every rank is %s\n",
           one[0] == ranks_count() && one[1] == 0.5 * ranks_count() ? "counted" : "not counted");
    printf("the last is %s\n",
           ranks_most(ranks_own()) == ranks_count() - 1 ? "the last" : "another");
}

static int run(int argc, char **argv)
{
    Options options = {.chapter = "sums", .about = "what ranks come to", .shards = SHARDS};
    options_parse(&options, argc, argv);
    say_small_things();
    sum_shards("as it is", (ShardSumOptions){.shards = 0}, true);
    sum_shards("small buckets", (ShardSumOptions){.bucket_bytes = 1}, true);
    sum_shards("at the end", (ShardSumOptions){.bucket_bytes = 4096, .blocking = true}, true);
    sum_shards("somehow", (ShardSumOptions){.somehow = true}, false);
    if (options.seed == 13 && ranks_own() == ranks_count() - 1) {
        fprintf(stderr, "sums: this one cannot go on\n");
        exit(EXIT_FAILURE);
    }
    ranks_meet();
    return EXIT_SUCCESS;
}

int main(int argc, char **argv)
{
    ranks_begin(&argc, &argv);
    return ranks_end(run(argc, argv));
}
