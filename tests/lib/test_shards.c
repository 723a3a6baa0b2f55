/* How a batch is cut, and the tree that its pieces are added in. */
#include "parallel/shards.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <string.h>

static void pieces_lie_side_by_side_and_differ_by_one_at_most(void **state)
{
    (void)state;
    for (int pieces = 1; pieces <= 9; pieces++)
        for (int n = 0; n <= 40; n++) {
            assert_int_equal(shard_begin(n, pieces, 0), 0);
            assert_int_equal(shard_begin(n, pieces, pieces), n);
            for (int i = 0; i < pieces; i++) {
                const int size = shard_begin(n, pieces, i + 1) - shard_begin(n, pieces, i);
                assert_in_range(size, n / pieces, (n + pieces - 1) / pieces);
            }
        }
    assert_int_equal(shard_begin(2000000000, 65536, 65536), 2000000000);
}

static void a_power_of_two_is_possible(void **state)
{
    (void)state;
    static const long possible[] = {1, 2, 4, 8, 1024, 65536}, not [] = {-4, 0, 3, 6, 12, 131072};
    for (int i = 0; i < 6; i++) {
        assert_true(shards_possible(possible[i]));
        assert_false(shards_possible(not [i]));
    }
}

/* The sum as it is written down: "((0+1)+(2+3))". */
typedef struct {
    char text[SHARD_NODES][256];
} Written;

static void write_sum(int left, void *context)
{
    Written *w = context;
    char sum[600];
    snprintf(sum, sizeof sum, "(%s+%s)", w->text[left], w->text[left + 1]);
    assert_true(strlen(sum) < sizeof w->text[left]);
    strcpy(w->text[left], sum);
}

static int write_run(int first, int last, Written *w)
{
    ShardNode node[SHARD_NODES];
    int n = 0;
    for (int s = first; s < last; s++) {
        snprintf(w->text[n], sizeof w->text[n], "%d", s);
        n = shard_push(node, n, (ShardNode){s, 1}, write_sum, w);
    }
    return n;
}

static void eight_shards_are_added_in_three_floors(void **state)
{
    (void)state;
    Written w;
    assert_int_equal(write_run(0, 8, &w), 1);
    assert_string_equal(w.text[0], "(((0+1)+(2+3))+((4+5)+(6+7)))");
}

static void a_run_of_shards_is_left_with_whole_nodes(void **state)
{
    (void)state;
    Written w;
    ShardNode node[SHARD_NODES];
    assert_int_equal(write_run(3, 8, &w), 2);
    assert_string_equal(w.text[0], "3");
    assert_string_equal(w.text[1], "((4+5)+(6+7))");
    assert_int_equal(shard_nodes(3, 8, node), 2);
    assert_int_equal(node[0].first, 3);
    assert_int_equal(node[0].size, 1);
    assert_int_equal(node[1].first, 4);
    assert_int_equal(node[1].size, 4);
}

/* Ranks cut the shards anywhere; what each is left with, one after the other, becomes the tree. */
static void however_the_shards_are_cut_the_tree_is_the_same(void **state)
{
    (void)state;
    Written whole, parts, w;
    for (int shards = 1; shards <= 32; shards *= 2) {
        assert_int_equal(write_run(0, shards, &whole), 1);
        for (int ranks = 1; ranks <= shards; ranks++) {
            ShardNode tree[SHARD_NODES], node[SHARD_NODES];
            int depth = 0;
            for (int r = 0; r < ranks; r++) {
                const int first = shard_begin(shards, ranks, r),
                          last = shard_begin(shards, ranks, r + 1);
                const int n = shard_nodes(first, last, node);
                assert_int_equal(write_run(first, last, &w), n);
                for (int i = 0; i < n; i++) {
                    strcpy(parts.text[depth], w.text[i]);
                    depth = shard_push(tree, depth, node[i], write_sum, &parts);
                }
            }
            assert_int_equal(depth, 1);
            assert_string_equal(parts.text[0], whole.text[0]);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pieces_lie_side_by_side_and_differ_by_one_at_most),
        cmocka_unit_test(a_power_of_two_is_possible),
        cmocka_unit_test(eight_shards_are_added_in_three_floors),
        cmocka_unit_test(a_run_of_shards_is_left_with_whole_nodes),
        cmocka_unit_test(however_the_shards_are_cut_the_tree_is_the_same),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
