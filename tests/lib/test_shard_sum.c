/* Sums of shards on one process; tests/parallel has those of several. */
#include "parallel/shard_sum.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>

#include "error.h"
#include "kernel/random.h"

enum { ARRAYS = 3, SHARDS = 4, MOST = 40 };

static const int sizes[ARRAYS] = {5, 1, MOST};

static real x[SHARDS][ARRAYS][MOST];

static int draw(void **state)
{
    (void)state;
    Rng rng;
    rng_seed(&rng, 1);
    for (int i = 0; i < SHARDS * ARRAYS * MOST; i++)
        (&x[0][0][0])[i] = (real)(rng_normal(&rng) * (i % 7 == 0 ? 1e6 : 1));
    return 0;
}

static jmp_buf back;
static char message[512];

static void catch (const char *text)
{
    snprintf(message, sizeof message, "%s", text);
    longjmp(back, 1);
}

#define assert_stops(call, text)                                \
    do {                                                        \
        ErrorHandler *before = error_set_handler(catch);        \
        if (!setjmp(back)) {                                    \
            call;                                               \
            snprintf(message, sizeof message, "%s", "nothing"); \
        }                                                       \
        error_set_handler(before);                              \
        assert_string_equal(message, text);                     \
    } while (0)

static void put_all(ShardSum *sum, const int order[ARRAYS])
{
    for (int s = shard_sum_first(sum); s < shard_sum_last(sum); s++)
        for (int i = 0; i < ARRAYS; i++)
            shard_sum_put(sum, order[i], x[s][order[i]], (real)0.25);
    shard_sum_end(sum);
}

static void assert_tree(const ShardSum *sum)
{
    for (int i = 0; i < ARRAYS; i++)
        for (int j = 0; j < sizes[i]; j++) {
            const real w = (real)0.25, a = w * x[0][i][j], b = w * x[1][i][j], c = w * x[2][i][j],
                       d = w * x[3][i][j];
            assert_true(shard_sum_of(sum, i)[j] == (a + b) + (c + d));
        }
}

/* Whatever the buckets, the order, and what went before. */
static void shards_are_added_as_a_tree(void **state)
{
    (void)state;
    static const int orders[3][ARRAYS] = {{2, 1, 0}, {0, 1, 2}, {1, 0, 2}};
    static const size_t bytes[] = {0, 1, 16, 1000};
    for (int b = 0; b < 4; b++) {
        ShardSum *sum = shard_sum_new(
            ARRAYS, sizes, (ShardSumOptions){.shards = SHARDS, .bucket_bytes = bytes[b]});
        assert_int_equal(shard_sum_count(sum), SHARDS);
        assert_int_equal(shard_sum_first(sum), 0);
        assert_int_equal(shard_sum_last(sum), SHARDS);
        for (int o = 0; o < 3; o++) {
            put_all(sum, orders[o]);
            assert_tree(sum);
            assert_true(shard_sum_bytes(sum) == 0);
            assert_true(shard_sum_waited(sum) >= 0);
        }
        shard_sum_free(sum);
    }
}

static void nothing_is_zeros(void **state)
{
    (void)state;
    ShardSum *sum = shard_sum_new(ARRAYS, sizes, (ShardSumOptions){.shards = 2});
    for (int s = 0; s < 2; s++) {
        shard_sum_put(sum, 0, s == 0 ? NULL : x[1][0], 1);
        shard_sum_put(sum, 1, NULL, 1);
        shard_sum_put(sum, 2, x[s][2], 1);
    }
    shard_sum_end(sum);
    assert_memory_equal(shard_sum_of(sum, 0), x[1][0], 5 * sizeof(real));
    assert_true(shard_sum_of(sum, 1)[0] == 0);
    assert_true(shard_sum_of(sum, 2)[39] == x[0][2][39] + x[1][2][39]);
    shard_sum_free(sum);
}

static void what_does_not_fit_is_an_error(void **state)
{
    (void)state;
    ShardSum *sum = shard_sum_new(ARRAYS, sizes, (ShardSumOptions){.shards = 2});
    assert_stops(shard_sum_new(ARRAYS, sizes, (ShardSumOptions){.shards = 3}),
                 "shard_sum_new: 3 shards for 1 ranks: expected a power of two, as many as there "
                 "are ranks or more");
    assert_stops(shard_sum_new(2, (int[]){1, 0}, (ShardSumOptions){.shards = 1}),
                 "shard_sum_new: array 1 has 0 numbers: expected 1 or more");
    assert_stops(shard_sum_put(sum, 3, NULL, 1), "shard_sum_put: array 3 of 3");
    assert_stops(shard_sum_of(sum, -1), "shard_sum_of: array -1 of 3");
    assert_stops(shard_sum_end(sum), "shard_sum_end: shard 0 is not through: expected 3 more of "
                                     "its arrays");
    shard_sum_put(sum, 2, NULL, 1);
    assert_stops(shard_sum_put(sum, 2, NULL, 1),
                 "shard_sum_put: array 2 of shard 0 was given before");
    for (int i = 0; i < 5; i++)
        shard_sum_put(sum, (int[]){0, 1, 0, 1, 2}[i], NULL, 1);
    assert_stops(shard_sum_put(sum, 0, NULL, 1), "shard_sum_put: shard 2: this rank has 0 to 1");
    shard_sum_free(sum);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(shards_are_added_as_a_tree),
        cmocka_unit_test(nothing_is_zeros),
        cmocka_unit_test(what_does_not_fit_is_an_error),
    };
    return cmocka_run_group_tests(tests, draw, NULL);
}
