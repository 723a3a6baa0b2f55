/* 22_data_parallel.c: how the answers to exercises 22 are judged. The references know where each
 * number has to come from, and do not go the way of the messages. Most mistakes are a mean over the
 * wrong count, a piece that lies one place further round the ring, or a sum over one rank alone. */
#include "22_data_parallel.h"

#include <stdbool.h>
#include <string.h>

#include "check.h"

/* -- shared by the references and the mistakes ------------------------------------------------- */

/* Counts of examples, each 1 or more, and not all alike. */
static void prepare_counts(int which, int p, int n[p])
{
    for (int r = 0; r < p; r++)
        n[r] += 1 + (r == which % p ? p + 2 : 0);
}

static int sum_of(int p, const int n[p])
{
    int all = 0;
    for (int r = 0; r < p; r++)
        all += n[r];
    return all;
}

/* Number i of p, counted round. */
static int round_the_ring(int i, int p)
{
    return (i % p + p) % p;
}

/* The mean over all examples, moved on by one shard after the other. */
static void weighted_mean(int p, int k, const int n[p], const real x[p][k], real mean[k])
{
    for (int j = 0; j < k; j++) {
        int before = n[0];
        mean[j] = x[0][j];
        for (int r = 1; r < p; r++) {
            before += n[r];
            mean[j] += (x[r][j] - mean[j]) * (real)n[r] / (real)before;
        }
    }
}

/* -- 1. cut_batch ------------------------------------------------------------------------------ */

#define CUT int n, int b, int t, int p, real begin[p], real end[p]
#define CUT_ARGUMENTS n, b, t, p, begin, end

static int examples_in(int n, int b, int t)
{
    return n - t * b < b ? n - t * b : b;
}

/* By asking of each example whose it is: the last rank whose part does not begin behind it. */
static void reference_cut(CUT)
{
    const int m = examples_in(n, b, t);
    real next = (real)(t * b);
    for (int r = 0; r < p; r++) {
        begin[r] = next;
        for (int i = 0; i < m; i++)
            next += ((i + 1) * p - 1) / m == r;
        end[r] = next;
    }
}

/* As asked, of m examples from `first` on. */
static void cut_from(int first, int m, CUT)
{
    (void)n, (void)b, (void)t;
    for (int r = 0; r < p; r++) {
        const int from = m * r / p, to = m * (r + 1) / p;
        begin[r] = (real)(first + from);
        end[r] = (real)(first + to);
    }
}

static void cut_counted_from_one(CUT)
{
    cut_from((t - 1) * b, b, CUT_ARGUMENTS);
}

static void cut_whole_epoch(CUT)
{
    cut_from(0, n, CUT_ARGUMENTS);
}

/* Parts of one size, one behind the other; the last may have to stop where the batch does. */
static void cut_in_sizes(int size, int most, CUT)
{
    for (int r = 0; r < p; r++) {
        const int from = size * r < most ? size * r : most;
        const int to = size * (r + 1) < most ? size * (r + 1) : most;
        begin[r] = (real)(t * b + from);
        end[r] = (real)(t * b + to);
    }
    (void)n;
}

static void cut_rest_lost(CUT)
{
    cut_in_sizes(examples_in(n, b, t) / p, n, CUT_ARGUMENTS);
}

static void cut_rest_to_the_last(CUT)
{
    cut_rest_lost(CUT_ARGUMENTS);
    end[p - 1] = (real)(t * b + examples_in(n, b, t));
}

static void cut_rest_to_the_first(CUT)
{
    const int m = examples_in(n, b, t);
    for (int r = 0; r < p; r++) {
        const int size = m / p, from = size * r + (r < m % p ? r : m % p);
        begin[r] = (real)(t * b + from);
        end[r] = (real)(t * b + from + size + (r < m % p));
    }
}

static void cut_rounded_up_and_stopped(CUT)
{
    const int m = examples_in(n, b, t);
    cut_in_sizes((m + p - 1) / p, m, CUT_ARGUMENTS);
}

static void cut_rounded_up(CUT)
{
    cut_in_sizes((examples_in(n, b, t) + p - 1) / p, p * n, CUT_ARGUMENTS);
}

static void cut_b_for_each(CUT)
{
    cut_in_sizes(b, p * n, CUT_ARGUMENTS);
}

/* Where the parts begin and end, by another rounding. */
static void cut_rounding(real round_to(real), CUT)
{
    const real share = (real)examples_in(n, b, t) / (real)p;
    for (int r = 0; r < p; r++) {
        begin[r] = (real)(t * b) + round_to(share * (real)r);
        end[r] = (real)(t * b) + round_to(share * (real)(r + 1));
    }
}

static real not_at_all(real x)
{
    return x;
}

static real upwards(real x)
{
    return (real)ceil(x - (real)1e-9);
}

static real to_the_nearest(real x)
{
    return (real)floor(x + (real)0.5);
}

static real downwards(real x)
{
    return (real)floor(x);
}

static void cut_divided_in_reals(CUT)
{
    cut_rounding(downwards, CUT_ARGUMENTS);
}

/* r / p in reals, then times m. */
static void cut_fraction_first(CUT)
{
    const real m = (real)examples_in(n, b, t);
    for (int r = 0; r < p; r++) {
        begin[r] = (real)(t * b) + downwards((real)r / (real)p * m);
        end[r] = (real)(t * b) + downwards((real)(r + 1) / (real)p * m);
    }
}

/* b in p parts, as far as the epoch goes. */
static void cut_whole_and_stopped(CUT)
{
    cut_from(t * b, b, CUT_ARGUMENTS);
    for (int r = 0; r < p; r++) {
        begin[r] = fmin(begin[r], (real)n);
        end[r] = fmin(end[r], (real)n);
    }
}

static void cut_begins_at_t_m(CUT)
{
    const int m = examples_in(n, b, t);
    cut_from(t * m, m, CUT_ARGUMENTS);
}

/* (t b + m r) / p */
static void cut_begin_divided(CUT)
{
    const int m = examples_in(n, b, t);
    for (int r = 0; r < p; r++) {
        const int from = t * b + m * r, to = from + m;
        begin[r] = downwards((real)from / (real)p);
        end[r] = downwards((real)to / (real)p);
    }
}

static void cut_not_rounded(CUT)
{
    cut_rounding(not_at_all, CUT_ARGUMENTS);
}

static void cut_begins_rounded_up(CUT)
{
    cut_rounding(upwards, CUT_ARGUMENTS);
}

static void cut_to_the_nearest(CUT)
{
    cut_rounding(to_the_nearest, CUT_ARGUMENTS);
}

static void cut_divided_first(CUT)
{
    for (int r = 0; r < p; r++) {
        begin[r] = (real)(t * b);
        end[r] = (real)(t * b + (r == p - 1 ? examples_in(n, b, t) : 0));
    }
}

static void cut_up_to_the_last(CUT)
{
    reference_cut(CUT_ARGUMENTS);
    for (int r = 0; r < p; r++)
        end[r] -= 1;
}

static void cut_one_in_two_parts(CUT)
{
    reference_cut(CUT_ARGUMENTS);
    for (int r = 0; r < p; r++)
        end[r] += 1;
}

static void cut_sizes_for_ends(CUT)
{
    reference_cut(CUT_ARGUMENTS);
    for (int r = 0; r < p; r++)
        end[r] -= begin[r];
}

static void cut_everybody_all(CUT)
{
    for (int r = 0; r < p; r++) {
        begin[r] = (real)(t * b);
        end[r] = begin[r] + (real)examples_in(n, b, t);
    }
}

static void cut_ranks_from_one(CUT)
{
    const int m = examples_in(n, b, t);
    for (int r = 0; r < p; r++) {
        const int from = m * (r + 1) / p, to = m * (r + 2) / p;
        begin[r] = (real)(t * b + from);
        end[r] = (real)(t * b + to);
    }
}

/* Parts of b / p, as of a whole batch. */
static void cut_share_of_b(CUT)
{
    cut_in_sizes(b / p, p * n, CUT_ARGUMENTS);
}

static void cut_share_of_b_to_the_end(CUT)
{
    cut_share_of_b(CUT_ARGUMENTS);
    for (int r = 0; r < p; r++)
        end[r] = end[r] < (real)n ? end[r] : (real)n;
}

static const Mistake cut_mistakes[] = {
    {MISTAKE(cut_share_of_b),
     "All parts have b / p examples, rounded down: what is left over is nobody's, and the last "
     "batch, which may have less than b, is taken for a whole one. With m examples in the batch a "
     "part begins m r / p, rounded down, behind its begin."},
    {MISTAKE(cut_share_of_b_to_the_end),
     "All parts have b / p examples, rounded down, as far as the epoch goes: what is left over is "
     "nobody's. With m examples in the batch a part begins m r / p, rounded down, behind its "
     "begin."},
    {TURNED("twins+missing-term:first"),
     "The parts begin at 0, as those of the first batch do. The examples are numbered through the "
     "epoch, and batch t begins at t b."},
    {MISTAKE(cut_counted_from_one),
     "This is the batch before: t is counted from 0, so batch t begins at t b, and not at (t - 1) "
     "b."},
    {TURNED("never:n-first<b"),
     "The last batch is taken for a whole one, and its parts reach beyond the epoch's end. It has "
     "n - t b examples, where that is less than b."},
    {TURNED("no-condition:n-first<b"),
     "All that is left of the epoch is cut here. A batch has b examples at the most."},
    {MISTAKE(cut_whole_epoch),
     "The whole epoch is cut here, and not one batch of it. Batch t begins at t b, and has b "
     "examples, or as many as are left."},
    {MISTAKE(cut_rest_lost),
     "All parts are of one size, m / p rounded down, and the last m % p examples of the batch are "
     "nobody's. Round m r / p, where a part begins, and not m / p."},
    {MISTAKE(cut_rest_to_the_last),
     "Nothing is lost, but the last rank gets all of the remainder, and the others wait for it. "
     "Round m r / p, where a part begins, and not m / p: then no part is more than one larger than "
     "another."},
    {MISTAKE(cut_rest_to_the_first),
     "Each example is there once, and the sizes are as even as can be; but the larger parts come "
     "first. That is a way to do it, and all ranks have to agree on one: here a part begins m r / "
     "p, rounded down, behind the batch's begin."},
    {MISTAKE(cut_rounded_up_and_stopped),
     "The parts have m / p examples, rounded up, as long as there are any, and the last ranks have "
     "to go short. Round m r / p down, where a part begins, and not m / p up."},
    {MISTAKE(cut_rounded_up),
     "The parts have m / p examples, rounded up, and the last ones reach beyond the batch's end. "
     "Round m r / p down, where a part begins, and not m / p up."},
    {MISTAKE(cut_b_for_each),
     "Each rank gets b examples. b is the size of the whole batch, which they share."},
    {MISTAKE(cut_divided_in_reals),
     "m / p is divided in reals, and rounded itself: times r it may come out a hair below a whole "
     "number, and lose an example when it is rounded down. 15 / 11 * 11 is 14.999... Ints have no "
     "such hair: m r / p, multiplied first."},
    {MISTAKE(cut_fraction_first),
     "r / p is divided in reals, and rounded itself: times m it may come out a hair below a whole "
     "number, and lose an example when it is rounded down. Ints have no such hair: m r / p, "
     "multiplied first."},
    {MISTAKE(cut_whole_and_stopped),
     "The last batch is cut as a whole one, and its parts stop where the epoch ends, so that the "
     "last ranks get little or nothing. With m examples in the batch, the ones that are left, a "
     "part begins m r / p behind its begin."},
    {MISTAKE(cut_begins_at_t_m),
     "The last batch begins at t m here, with m the number of its own examples. Those before it "
     "had b each: it begins at t b."},
    {MISTAKE(cut_begin_divided),
     "t b is divided by p as well. The batch begins at t b, and only what lies behind that, m r, "
     "is divided."},
    {MISTAKE(cut_not_rounded),
     "These are no whole numbers: half an example is nobody's. Round m r / p down; a division of "
     "ints does."},
    {MISTAKE(cut_begins_rounded_up), "m r / p is rounded up. It is to be rounded down."},
    {MISTAKE(cut_to_the_nearest),
     "m r / p is rounded to the nearest whole number. It is to be rounded down."},
    {MISTAKE(cut_divided_first),
     "The last rank has it all, and the others nothing. Is there a division of ints that comes too "
     "soon? r / p is 0 in C: multiply by m first, then divide."},
    {MISTAKE(cut_up_to_the_last),
     "end[r] is one too small: it is where the next part begins, and not the last example of this "
     "one."},
    {MISTAKE(cut_one_in_two_parts),
     "end[r] is one too large: the first example of each part is the last of the part before it, "
     "too, and counts twice."},
    {MISTAKE(cut_sizes_for_ends),
     "end[r] is how many examples rank r has. It is asked for the number at which they end."},
    {MISTAKE(cut_everybody_all),
     "Every rank has the whole batch. They would all do the same work, p times over."},
    {MISTAKE(cut_ranks_from_one),
     "Each rank has the part of the next one, and the first part is nobody's: ranks are counted "
     "from 0."},
    {0}};

CALL(cut_batch, n[0], n[1], n[2], n[3], a[0], a[1])

static const Exercise exercise_cut_batch = {
    .name = "cut_batch",
    .call = call_cut_batch,
    .sizes = "nbtp",
    .arguments = {{"begin", OUT, "p", 0}, {"end", OUT, "p", 0}},
    .cases = {{40, 11, 1, 4},
              {23, 9, 2, 3},
              {31, 10, 3, 4},
              {50, 17, 2, 6},
              {24, 8, 1, 4},
              /* m / p r or r / p m in reals is less than m r / p here */
              {70, 55, 1, 11},
              {122, 61, 1, 7},
              {110, 55, 1, 11}},
    .reference = JUDGE((Function)reference_cut),
    .mistakes = JUDGE(cut_mistakes),
};

/* -- 2. mean_of_shards ------------------------------------------------------------------------- */

#define SHARDS int p, int k, const int n[p], const real dW[p][k], real mean[k]
#define SHARDS_ARGUMENTS p, k, n, dW, mean

static void prepare_shards(int which, const int n[], void *const a[])
{
    prepare_counts(which, n[0], a[0]);
}

static void reference_shards(SHARDS)
{
    weighted_mean(SHARDS_ARGUMENTS);
}

/* 1/divisor sum_r weight(r) dW[r] */
static void shards_by(bool weighted, real divisor, SHARDS)
{
    for (int j = 0; j < k; j++) {
        mean[j] = 0;
        for (int r = 0; r < p; r++)
            mean[j] += (weighted ? (real)n[r] : 1) * dW[r][j] / divisor;
    }
}

static void shards_mean_of_means(SHARDS)
{
    shards_by(false, (real)p, SHARDS_ARGUMENTS);
}

static void shards_sum(SHARDS)
{
    shards_by(false, 1, SHARDS_ARGUMENTS);
}

static void shards_weighted_over_ranks(SHARDS)
{
    shards_by(true, (real)p, SHARDS_ARGUMENTS);
}

static void shards_of_one(int r, SHARDS)
{
    (void)n, (void)p;
    memcpy(mean, dW[r], sizeof(real[k]));
}

static void shards_of_last(SHARDS)
{
    shards_of_one(p - 1, SHARDS_ARGUMENTS);
}

/* The mean of what is there and of each next one. */
static void shards_half_and_half(SHARDS)
{
    shards_of_one(0, SHARDS_ARGUMENTS);
    for (int r = 1; r < p; r++)
        for (int j = 0; j < k; j++)
            mean[j] = (mean[j] + dW[r][j]) / 2;
}

static void shards_by_largest(SHARDS)
{
    int largest = 0;
    for (int r = 0; r < p; r++)
        largest = n[r] > largest ? n[r] : largest;
    shards_by(true, (real)(largest * p), SHARDS_ARGUMENTS);
}

static void shards_divided_once_more(SHARDS)
{
    for (int j = 0; j < k; j++) {
        mean[j] = 0;
        for (int r = 0; r < p; r++)
            mean[j] += dW[r][j] / (real)n[r];
    }
}

static void shards_over_columns(SHARDS)
{
    shards_by(true, (real)k, SHARDS_ARGUMENTS);
}

static void shards_over_last(SHARDS)
{
    shards_by(true, (real)n[p - 1], SHARDS_ARGUMENTS);
}

static const Mistake shards_mistakes[] = {
    {MISTAKE(shards_over_columns),
     "The sum over all examples is divided by k, the number of weights. It is the number of "
     "examples that makes a mean of it, the sum of all n."},
    {TURNED("runs-once:for(int r=0;r<p;r++)"),
     "The sum over all examples is divided by n[0], the number of rank 0's. It is the number of "
     "all examples that makes a mean of it, the sum of all n."},
    {MISTAKE(shards_over_last),
     "The sum over all examples is divided by the number of the last rank's. It is the number of "
     "all examples that makes a mean of it, the sum of all n."},
    {MISTAKE(shards_divided_once_more),
     "Each dW[r] is divided by n[r], and they are added. dW[r] is a mean already: times n[r] it is "
     "the sum of rank r's examples again, and the sum of all of these is divided by all n."},
    {MISTAKE(shards_mean_of_means),
     "This is the mean of the ranks' means. A rank with one example counts in it as much as one "
     "with ten: each mean wants the weight n[r] over the sum of all n."},
    {MISTAKE(shards_sum),
     "This is the sum of the ranks' means. It is p times too large or so, as if the learning rate "
     "were: each mean wants the weight n[r] over the sum of all n."},
    {TURNED("missing-factor:(real)n[r]"),
     "The sum of the ranks' means is divided by the number of examples. dW[r] is a mean already: "
     "times n[r] it is the sum of rank r's examples again, and those can be added."},
    {TURNED("missing-divisor:(real)all"),
     "This is the sum over all examples. Their mean is wanted: divide by the sum of all n."},
    {MISTAKE(shards_weighted_over_ranks),
     "The sum over all examples is divided by the number of ranks. It is the number of examples "
     "that makes a mean of it, the sum of all n."},
    {TURNED("divided-by-p:sum/(real)all"),
     "You divided by the number of examples and by the number of ranks. The weights n[r] over the "
     "sum of all n add up to 1 as they are."},
    {TURNED("missing-term:sum/(real)all"),
     "The mean comes out 0. Is there a division of ints? n[r] over the sum of all n is less than "
     "1, and in C that is 0: make a real of one of them first."},
    {TURNED("accumulate:sum+="),
     "Only the last rank is in it, over the number of all examples: = stands where += belongs, or "
     "the sum is set to zero inside its loop."},
    {TURNED("inverted:(real)n[r]"),
     "dW[r] is divided by n[r]. That has been done: dW[r] is a mean. Times n[r] it is the sum of "
     "rank r's examples again."},
    {TURNED("not-reset:sum=0"),
     "Each column goes on from the sum of the one before it. Begin each with 0."},
    {TURNED("twins+runs-once:for(int r=0;r<p;r++)"),
     "This is rank 0's mean alone. The other ranks have seen other examples."},
    {MISTAKE(shards_of_last),
     "This is the last rank's mean alone. Is it = in the loop, where += belongs?"},
    {MISTAKE(shards_half_and_half),
     "Each next rank gets half of the weight, so that the last counts most. Each wants its share "
     "of the examples, n[r] over the sum of all n."},
    {MISTAKE(shards_by_largest),
     "You divided by p times the largest shard, as if all were as large. Divide by the sum of all "
     "n."},
    {0}};

CALL(mean_of_shards, n[0], n[1], a[0], a[1], a[2])

static const Exercise exercise_mean_of_shards = {
    .name = "mean_of_shards",
    .call = call_mean_of_shards,
    .sizes = "pk",
    .arguments = {{"n", IN_INDEX, "p", 'p'}, {"dW", IN_NORMAL, "pk", 0}, {"mean", OUT, "k", 0}},
    .cases = {{4, 3}, {2, 5}, {3, 4}, {5, 2}},
    .reference = JUDGE((Function)reference_shards),
    .prepare = JUDGE(prepare_shards),
    .mistakes = JUDGE(shards_mistakes),
};

/* -- 3. tree_sum ------------------------------------------------------------------------------- */

#define TREE int s, int k, real x[s][k]
#define TREE_ARGUMENTS s, k, x

/* The node of the rows from i on, `rows` of them, a power of 2, as far as they are there. */
static real node_of(int i, int rows, int j, TREE)
{
    if (rows == 1)
        return x[i][j];
    const real left = node_of(i, rows / 2, j, TREE_ARGUMENTS);
    return i + rows / 2 < s ? left + node_of(i + rows / 2, rows / 2, j, TREE_ARGUMENTS) : left;
}

/* So many rows has row i taken in, with itself: the largest power of 2 that divides i. */
static int rows_taken_by(int i, int s)
{
    int rows = 1;
    while (rows < s && i % (2 * rows) == 0)
        rows *= 2;
    return rows;
}

static void reference_tree(TREE)
{
    for (int i = 0; i < s; i++) /* what lies further on is still as it was */
        for (int j = 0; j < k; j++)
            x[i][j] = node_of(i, rows_taken_by(i, s), j, TREE_ARGUMENTS);
}

static void add_row(int k, const real from[k], real to[k])
{
    for (int j = 0; j < k; j++)
        to[j] += from[j];
}

static void tree_one_after_the_other(TREE)
{
    for (int i = 1; i < s; i++)
        add_row(k, x[i], x[0]);
}

static void tree_running_sums(TREE)
{
    for (int i = 1; i < s; i++)
        add_row(k, x[i - 1], x[i]);
}

static void tree_from_the_end(TREE)
{
    for (int i = s - 2; i >= 0; i--)
        add_row(k, x[i + 1], x[i]);
}

/* Row i takes in row i + half. */
static void tree_folded(TREE)
{
    for (int rows = s; rows > 1; rows = (rows + 1) / 2)
        for (int i = 0; i + (rows + 1) / 2 < rows; i++)
            add_row(k, x[i + (rows + 1) / 2], x[i]);
}

static void tree_always_neighbours(TREE)
{
    for (int d = 1; d < s; d *= 2)
        for (int i = 0; i + d < s; i += 2 * d)
            add_row(k, x[i + 1], x[i]);
}

static void tree_every_row(TREE)
{
    for (int d = 1; d < s; d *= 2)
        for (int i = 0; i + d < s; i++)
            add_row(k, x[i + d], x[i]);
}

static void tree_twice_as_often(TREE)
{
    for (int d = 1; d < s; d *= 2)
        for (int i = 0; i + d < s; i += d)
            add_row(k, x[i + d], x[i]);
}

static void tree_every_second(TREE)
{
    for (int d = 1; d < s; d *= 2)
        for (int i = 0; i + d < s; i += 2)
            add_row(k, x[i + d], x[i]);
}

static void tree_distance_by_one(TREE)
{
    for (int d = 1; d < s; d++)
        for (int i = 0; i + d < s; i += 2 * d)
            add_row(k, x[i + d], x[i]);
}

/* The distances up to `last`. */
static void tree_up_to(int last, TREE)
{
    for (int d = 1; d <= last; d *= 2)
        for (int i = 0; i + d < s; i += 2 * d)
            add_row(k, x[i + d], x[i]);
}

static void tree_neighbours_alone(TREE)
{
    tree_up_to(1, TREE_ARGUMENTS);
}

static void tree_powers_of_two_alone(TREE)
{
    tree_up_to(s / 2, TREE_ARGUMENTS);
}

static void tree_without_the_root(TREE)
{
    tree_up_to((s - 1) / 2, TREE_ARGUMENTS);
}

static void tree_full_nodes_alone(TREE)
{
    for (int d = 1; d < s; d *= 2)
        for (int i = 0; i + 2 * d <= s; i += 2 * d)
            add_row(k, x[i + d], x[i]);
}

static void tree_emptied(TREE)
{
    reference_tree(TREE_ARGUMENTS);
    memset(x[s > 1], 0, sizeof(real[k]) * (size_t)(s - 1));
}

static void tree_to_the_right(TREE)
{
    for (int d = 1; d < s; d *= 2)
        for (int i = 0; i + d < s; i += 2 * d)
            add_row(k, x[i], x[i + d]);
}

static void tree_halved(TREE)
{
    for (int d = 1; d < s; d *= 2)
        for (int i = 0; i + d < s; i += 2 * d)
            for (int j = 0; j < k; j++)
                x[i][j] = (x[i][j] + x[i + d][j]) / 2;
}

static void tree_put_in_place(TREE)
{
    for (int d = 1; d < s; d *= 2)
        for (int i = 0; i + d < s; i += 2 * d)
            memcpy(x[i], x[i + d], sizeof x[i]);
}

static void tree_mean(TREE)
{
    reference_tree(TREE_ARGUMENTS);
    for (int j = 0; j < k; j++)
        x[0][j] /= (real)s;
}

static void tree_for_all(TREE)
{
    reference_tree(TREE_ARGUMENTS);
    for (int i = 1; i < s; i++)
        memcpy(x[i], x[0], sizeof x[i]);
}

static void tree_with_its_children(TREE)
{
    for (int i = s - 1; i > 0; i--)
        add_row(k, x[i], x[(i - 1) / 2]);
}

/* The sum of the rows from `first` on, `rows` of them: of the first half, and of the others. */
static void tree_part(int first, int rows, TREE)
{
    if (rows < 2)
        return;
    tree_part(first, rows / 2, TREE_ARGUMENTS);
    tree_part(first + rows / 2, rows - rows / 2, TREE_ARGUMENTS);
    add_row(k, x[first + rows / 2], x[first]);
}

static void tree_in_halves(TREE)
{
    tree_part(0, s, TREE_ARGUMENTS);
}

static void tree_from_afar(TREE)
{
    for (int d = s / 2; d > 0; d /= 2)
        for (int i = 0; i < d; i++)
            add_row(k, x[i + d], x[i]);
}

static void tree_below_half(TREE)
{
    tree_up_to(s / 2 - 1, TREE_ARGUMENTS);
}

static void tree_in_both(TREE)
{
    for (int d = 1; d < s; d *= 2)
        for (int i = 0; i + d < s; i += 2 * d) {
            add_row(k, x[i + d], x[i]);
            memcpy(x[i + d], x[i], sizeof x[i]);
        }
}

static void tree_first_column(TREE)
{
    for (int i = 0; i < s; i++)
        x[i][0] = node_of(i, rows_taken_by(i, s), 0, TREE_ARGUMENTS);
}

static void tree_moved_with_the_odd(TREE)
{
    for (int rows = s; rows > 1; rows = (rows + 1) / 2)
        for (int i = 0; i < (rows + 1) / 2; i++)
            for (int j = 0; j < k; j++)
                x[i][j] = x[2 * i][j] + (2 * i + 1 < rows ? x[2 * i + 1][j] : 0);
}

/* The sums of pairs side by side at the front, and so on with these. */
static void tree_moved_together(TREE)
{
    for (int rows = s; rows > 1; rows /= 2)
        for (int i = 0; i < rows / 2; i++)
            for (int j = 0; j < k; j++)
                x[i][j] = x[2 * i][j] + x[2 * i + 1][j];
}

static const Mistake tree_mistakes[] = {
    {MISTAKE(tree_moved_together),
     "The sums of pairs are put side by side at the front. A sum stays in the row that took the "
     "other in, and those of the next level lie twice as far apart. (Where the number of rows is "
     "odd, one gets lost here as well.)"},
    {MISTAKE(tree_moved_with_the_odd),
     "The sums of pairs are put side by side at the front. A sum stays in the row that took the "
     "other in, and those of the next level lie twice as far apart."},
    {MISTAKE(tree_in_halves),
     "The rows are halved, and the halves halved again, wherever the middle is. That is a tree, "
     "too, and the same where s is a power of 2. Here the left part has as many rows as a power of "
     "2: of six, four and two, and not three and three."},
    {MISTAKE(tree_from_afar),
     "It begins with the rows that lie furthest apart, half of s. That is a tree, too, and another "
     "one: here neighbours come first, d = 1, 2, 4, ... (And where s is no power of 2, rows are "
     "left out.)"},
    {MISTAKE(tree_in_both),
     "The sum is written to both of its rows. Only the first of the two gets it; a row is left as "
     "it was when it was taken in."},
    {MISTAKE(tree_first_column),
     "Only the first column is summed. A row has k numbers, and each of them is added."},
    {MISTAKE(tree_one_after_the_other),
     "Row 0 has the sum, and the order is another one: ((x[0] + x[1]) + x[2]) + ... Numbers are "
     "rounded after every addition, so another order is another sum. First x[0] + x[1] and x[2] + "
     "x[3], each in its own row, and then those."},
    {MISTAKE(tree_running_sums),
     "Each row takes in the one before it, one after the other. Pairs come first: row 0 takes in "
     "row 1, row 2 takes in row 3, and so on."},
    {MISTAKE(tree_from_the_end),
     "Each row takes in the next one, beginning at the end. Pairs come first: row 0 takes in row "
     "1, row 2 takes in row 3, and so on."},
    {MISTAKE(tree_folded),
     "A row takes in the one that lies half of the rows further on. That is a tree, too, and "
     "another one: here neighbours come first, then those 2 apart, then those 4 apart."},
    {MISTAKE(tree_always_neighbours),
     "It is the next row that is taken in, at every level. At distance d row i takes in row i + "
     "d."},
    {MISTAKE(tree_every_row),
     "Every row takes in the one at distance d, so that rows count more than once. Only every "
     "(2 d)-th does: 0, 2 d, 4 d, ..."},
    {MISTAKE(tree_twice_as_often),
     "At distance d every d-th row takes in the next of these, so that rows count more than once. "
     "Only every (2 d)-th does: 0, 2 d, 4 d, ..."},
    {MISTAKE(tree_every_second),
     "At every distance each second row takes another in, so that rows count more than once. At "
     "distance d it is every (2 d)-th: 0, 2 d, 4 d, ..."},
    {MISTAKE(tree_distance_by_one),
     "The distance grows by one, so that rows count more than once. It doubles: 1, 2, 4, ..."},
    {MISTAKE(tree_neighbours_alone),
     "Only neighbours are added. The sums go on: those 2 apart, 4 apart, ..., until row 0 has it "
     "all."},
    {MISTAKE(tree_powers_of_two_alone),
     "This is right where s is a power of 2. Of six rows the last two never come in: the distance "
     "goes up as long as it is less than s."},
    {MISTAKE(tree_without_the_root),
     "The last addition is missing: row 0 has the left half. The distance goes up as long as it "
     "is less than s."},
    {MISTAKE(tree_below_half),
     "The distance stops below s / 2, so that row 0 has not all. It goes up as long as it is less "
     "than s."},
    {MISTAKE(tree_full_nodes_alone),
     "A node that is not full is left out: where there is no partner for all of its rows, those "
     "that are there are added all the same. It is enough that row i + d exists."},
    {MISTAKE(tree_emptied),
     "Row 0 is right, and the others are zero. A row is left as it was when it was taken in."},
    {MISTAKE(tree_to_the_right),
     "The row further on takes in the one before it. It is the other way: row i takes in row i + "
     "d, and row 0 has it all at the end."},
    {MISTAKE(tree_halved),
     "Each sum of two is halved. A sum is wanted; what a mean is divided by comes later, once."},
    {MISTAKE(tree_put_in_place), "Row i + d is put in the place of row i. It is added to it: +=."},
    {MISTAKE(tree_mean),
     "Row 0 is divided by s. A sum is wanted; what a mean is divided by comes later."},
    {MISTAKE(tree_for_all),
     "All rows have the sum. Only row 0 gets it; a row is left as it was when it was taken in."},
    {MISTAKE(tree_with_its_children),
     "Row i takes in rows 2 i + 1 and 2 i + 2. That is a tree, too, and another one: here "
     "neighbours come first, then those 2 apart, then those 4 apart."},
    {0}};

CALL(tree_sum, n[0], n[1], a[0])

static const Exercise exercise_tree_sum = {
    .name = "tree_sum",
    .call = call_tree_sum,
    .sizes = "sk",
    .arguments = {{"x", IN_OUT, "sk", 0}},
    .cases = {{6, 2}, {8, 3}, {5, 4}, {7, 2}, {1, 3}, {11, 2}, {13, 40}},
    .reference = JUDGE((Function)reference_tree),
    .mistakes = JUDGE(tree_mistakes),
    .to_the_bit = JUDGE("Up to rounding this is right, and not to the bit. Are some numbers added "
                        "in another order? Of four it is (x[0] + x[1]) + (x[2] + x[3]), and each "
                        "row takes others in with one addition each, the nearest first."),
};

/* -- 4. ring_reduce_scatter -------------------------------------------------------------------- */

#define RING int p, int k, real x[p][p][k]
#define RING_ARGUMENTS p, k, x

/* Piece c sets out at rank c. At rank r it has been joined by those of all ranks on the way. */
static void reference_scatter(RING)
{
    real own[p][p][k];
    memcpy(own, x, sizeof own);
    for (int r = 0; r < p; r++)
        for (int c = 0; c < p; c++)
            for (int way = round_the_ring(r - c, p), back = 1; back <= way; back++)
                for (int j = 0; j < k; j++)
                    x[r][c][j] += own[round_the_ring(r - back, p)][c][j];
}

/* A ring where things may go another way. In step t rank r sends piece r + from + turn t to rank r
 * + next, all at the same time. */
typedef struct {
    int steps, from, turn, next;
    bool copies, open; /* in the place of adding; the last has nobody to send to */
} Ring;

static void go_round(Ring ring, RING)
{
    real before[p][p][k];
    for (int t = 0; t < ring.steps; t++) {
        memcpy(before, x, sizeof before);
        for (int r = 0; r < p - ring.open; r++) {
            const int to = round_the_ring(r + ring.next, p);
            const int piece = round_the_ring(r + ring.from + ring.turn * t, p);
            for (int j = 0; j < k; j++)
                x[to][piece][j] = before[r][piece][j] + (ring.copies ? 0 : x[to][piece][j]);
        }
    }
}

static void scatter_up(RING)
{
    go_round((Ring){p - 1, 0, 1, 1, false, false}, RING_ARGUMENTS);
}

static void scatter_one_further(RING)
{
    go_round((Ring){p - 1, 1, -1, 1, false, false}, RING_ARGUMENTS);
}

static void scatter_one_before(RING)
{
    go_round((Ring){p - 1, -1, -1, 1, false, false}, RING_ARGUMENTS);
}

static void scatter_the_other_way(RING)
{
    go_round((Ring){p - 1, 0, -1, -1, false, false}, RING_ARGUMENTS);
}

static void scatter_turned_round(RING)
{
    go_round((Ring){p - 1, 0, 1, -1, false, false}, RING_ARGUMENTS);
}

static void scatter_once_too_often(RING)
{
    go_round((Ring){p, 0, -1, 1, false, false}, RING_ARGUMENTS);
}

/* abs(r - t) */
static void scatter_absolute(RING)
{
    for (int t = 0; t < p - 1; t++)
        for (int r = 0; r < p; r++) {
            const int piece = r > t ? r - t : t - r;
            for (int j = 0; j < k; j++)
                x[(r + 1) % p][piece][j] += x[r][piece][j];
        }
}

/* Piece t, whoever sends. */
static void scatter_piece_t(RING)
{
    for (int t = 0; t < p - 1; t++)
        for (int r = 0; r < p; r++)
            for (int j = 0; j < k; j++)
                x[(r + 1) % p][t][j] += x[r][t][j];
}

/* All steps of a rank, then those of the next. */
static void scatter_ranks_outside(RING)
{
    for (int r = 0; r < p; r++)
        for (int t = 0; t < p - 1; t++)
            for (int j = 0; j < k; j++)
                x[(r + 1) % p][round_the_ring(r - t, p)][j] += x[r][round_the_ring(r - t, p)][j];
}

static void scatter_what_was_at_first(RING)
{
    real own[p][p][k];
    memcpy(own, x, sizeof own);
    for (int t = 0; t < p - 1; t++)
        for (int r = 0; r < p; r++)
            for (int j = 0; j < k; j++)
                x[(r + 1) % p][round_the_ring(r - t, p)][j] += own[r][round_the_ring(r - t, p)][j];
}

static void scatter_to_another_piece(RING)
{
    for (int t = 0; t < p - 1; t++)
        for (int r = 0; r < p; r++)
            for (int j = 0; j < k; j++)
                x[(r + 1) % p][round_the_ring(r + 1 - t, p)][j] +=
                    x[r][round_the_ring(r - t, p)][j];
}

static void scatter_taken_from_the_next(RING)
{
    for (int t = 0; t < p - 1; t++)
        for (int r = 0; r < p; r++)
            for (int j = 0; j < k; j++)
                x[r][round_the_ring(r - t, p)][j] += x[(r + 1) % p][round_the_ring(r - t, p)][j];
}

/* Everybody's piece c, added up. */
static void total(int c, RING, real sum[k])
{
    memset(sum, 0, sizeof(real[k]));
    for (int r = 0; r < p; r++)
        for (int j = 0; j < k; j++)
            sum[j] += x[r][c][j];
}

static void scatter_to_all(RING)
{
    real sum[k];
    for (int c = 0; c < p; c++) {
        total(c, RING_ARGUMENTS, sum);
        for (int r = 0; r < p; r++)
            memcpy(x[r][c], sum, sizeof sum);
    }
}

/* Rank r has the sum of piece r + further, and the rest as it was. */
static void scatter_at_once(int further, RING)
{
    real sum[k];
    for (int r = 0; r < p; r++) {
        total((r + further) % p, RING_ARGUMENTS, sum);
        memcpy(x[r][(r + further) % p], sum, sizeof sum);
    }
}

static void scatter_without_ring(RING)
{
    scatter_at_once(1, RING_ARGUMENTS);
}

static void scatter_own_piece(RING)
{
    scatter_at_once(0, RING_ARGUMENTS);
}

static void scatter_emptied(RING)
{
    reference_scatter(RING_ARGUMENTS);
    for (int r = 0; r < p; r++)
        for (int c = 0; c < p; c++)
            for (int j = 0; j < k && c != (r + 1) % p; j++)
                x[r][c][j] = 0;
}

static void scatter_mean(RING)
{
    reference_scatter(RING_ARGUMENTS);
    for (int r = 0; r < p; r++)
        for (int j = 0; j < k; j++)
            x[r][(r + 1) % p][j] /= (real)p;
}

static const Mistake scatter_mistakes[] = {
    {TURNED("accumulate:x[to][piece][j]+="),
     "What arrives is put in the place of the receiver's own piece, whose numbers are lost. It is "
     "added to it: +=. (In the second half, exercise 5, it is =.)"},
    {TURNED("ends-early:for(int t=0;t<p-1;t++)"),
     "A step is missing, the last: p ranks take p - 1 steps, from t = 0 to t = p - 2."},
    {MISTAKE(scatter_once_too_often),
     "There is a step too many. After p - 1 of them each piece has been everywhere; with one more "
     "the first rank's share is in it twice."},
    {MISTAKE(scatter_up),
     "The piece goes up with t. What rank r sends in step t is what it has added to in the step "
     "before, and that came from rank r - 1: piece r - t."},
    {MISTAKE(scatter_ranks_outside),
     "The loops are the wrong way round: one rank makes all of its steps before the next begins, "
     "and sends pieces that have not arrived yet. The loop over the steps goes outside, and in "
     "each step all ranks send."},
    {MISTAKE(scatter_what_was_at_first),
     "What is sent is what the ranks had before the first step, as in a copy made then. Rank r "
     "sends its piece as it is now, with what has been added to it on the way."},
    {MISTAKE(scatter_to_another_piece),
     "What is sent as piece r - t is added to the receiver's piece r + 1 - t. It is added to the "
     "piece of the same number: r - t at both."},
    {MISTAKE(scatter_taken_from_the_next),
     "The numbers go the other way: rank r adds the piece of rank r + 1 to its own. Rank r sends, "
     "and it is rank r + 1's piece that is added to."},
    {TURNED("twins+index:piece<-r"),
     "Every rank sends the same piece in every step. In step t it is piece r - t: the one that the "
     "rank has received in the step before."},
    {MISTAKE(scatter_one_further),
     "The pieces are those of the second half. Here rank r begins with its piece r: in step t it "
     "sends piece r - t, and not r + 1 - t."},
    {MISTAKE(scatter_one_before),
     "The pieces are one off: rank r begins with its piece r, and sends piece r - t in step t, not "
     "r - 1 - t. (That is what it receives.)"},
    {MISTAKE(scatter_the_other_way),
     "The ring turns the other way: rank r sends to rank r + 1, and the last to rank 0."},
    {MISTAKE(scatter_turned_round),
     "Everything is turned round: this ring sends to rank r - 1. It adds up as well, but rank r "
     "ends with piece r - 1. Here rank r sends to rank r + 1."},
    {TURNED("ends-early:for(int r=0;r<p;r++)"),
     "The last rank sends to nobody. It sends to rank 0: (r + 1) % p."},
    {MISTAKE(scatter_absolute),
     "Where r - t is below 0 the piece is a wrong one. Counted round the ring it is r - t + p: add "
     "p before you take the remainder, for in C -1 % p is -1."},
    {MISTAKE(scatter_piece_t),
     "In step t everybody sends piece t, so that only one piece is on its way. Rank r sends piece "
     "r - t: in every step each rank sends another one, and all links are busy."},
    {MISTAKE(scatter_to_all),
     "All ranks have all pieces complete. That is the whole all-reduce; its first half leaves one "
     "piece complete at each rank, and in the others what has passed through."},
    {MISTAKE(scatter_without_ring),
     "The complete pieces are right, and the others are as they were. In the ring a piece is added "
     "to at every rank that it comes through, and stays there as it was sent."},
    {MISTAKE(scatter_own_piece),
     "Rank r has its piece r complete, and the others as they were. Piece r sets out from rank r "
     "and goes round: it is complete at rank r - 1, so rank r has piece r + 1 complete."},
    {MISTAKE(scatter_emptied),
     "The complete pieces are right, and the others are zero. What a rank has sent stays as it "
     "was."},
    {MISTAKE(scatter_mean),
     "The complete pieces are divided by p. A sum is wanted; what a mean is divided by comes "
     "later."},
    {0}};

CALL(ring_reduce_scatter, n[0], n[1], a[0])

static const Exercise exercise_ring_reduce_scatter = {
    .name = "ring_reduce_scatter",
    .call = call_ring_reduce_scatter,
    .sizes = "pk",
    .arguments = {{"x", IN_OUT, "ppk", 0}},
    .cases = {{4, 2}, {3, 5}, {5, 1}, {2, 3}, {6, 2}},
    .reference = JUDGE((Function)reference_scatter),
    .mistakes = JUDGE(scatter_mistakes),
};

/* -- 5. ring_all_gather ------------------------------------------------------------------------ */

/* Piece c is complete at the rank before c. */
static void reference_gather(RING)
{
    for (int c = 0; c < p; c++)
        for (int r = 0; r < p; r++)
            for (int j = 0; j < k; j++)
                x[r][c][j] = x[round_the_ring(c - 1, p)][c][j];
}

static void gather_adds(RING)
{
    go_round((Ring){p - 1, 1, -1, 1, false, false}, RING_ARGUMENTS);
}

static void gather_from_own(RING)
{
    go_round((Ring){p - 1, 0, -1, 1, true, false}, RING_ARGUMENTS);
}

static void gather_up(RING)
{
    go_round((Ring){p - 1, 1, 1, 1, true, false}, RING_ARGUMENTS);
}

static void gather_the_other_way(RING)
{
    go_round((Ring){p - 1, 1, -1, -1, true, false}, RING_ARGUMENTS);
}

static void gather_two_further(RING)
{
    go_round((Ring){p - 1, 2, -1, 1, true, false}, RING_ARGUMENTS);
}

/* Piece c of everybody is what rank c + from has. */
static void gather_pieces_of(int from, bool of_one, RING)
{
    real own[p][p][k];
    memcpy(own, x, sizeof own);
    for (int r = 0; r < p; r++)
        for (int c = 0; c < p; c++)
            memcpy(x[r][c], own[of_one ? from : round_the_ring(c + from, p)][c], sizeof x[r][c]);
}

static void gather_of_the_next(RING)
{
    gather_pieces_of(1, false, RING_ARGUMENTS);
}

static void gather_all_of_rank_0(RING)
{
    gather_pieces_of(0, true, RING_ARGUMENTS);
}

/* All steps of a rank, then those of the next. */
static void gather_ranks_outside(RING)
{
    for (int r = 0; r < p; r++)
        for (int t = 0; t < p - 1; t++) {
            const int piece = round_the_ring(r + 1 - t, p);
            memcpy(x[(r + 1) % p][piece], x[r][piece], sizeof x[r][piece]);
        }
}

static void gather_what_was_at_first(RING)
{
    real own[p][p][k];
    memcpy(own, x, sizeof own);
    for (int t = 0; t < p - 1; t++)
        for (int r = 0; r < p; r++) {
            const int piece = round_the_ring(r + 1 - t, p);
            memcpy(x[(r + 1) % p][piece], own[r][piece], sizeof x[r][piece]);
        }
}

static void gather_to_another_piece(RING)
{
    for (int t = 0; t < p - 1; t++)
        for (int r = 0; r < p; r++)
            memcpy(x[(r + 1) % p][round_the_ring(r + 2 - t, p)], x[r][round_the_ring(r + 1 - t, p)],
                   sizeof x[r][0]);
}

static void gather_taken_from_the_next(RING)
{
    for (int t = 0; t < p - 1; t++)
        for (int r = 0; r < p; r++) {
            const int piece = round_the_ring(r + 1 - t, p);
            memcpy(x[r][piece], x[(r + 1) % p][piece], sizeof x[r][piece]);
        }
}

static void gather_piece_t(RING)
{
    for (int t = 0; t < p - 1; t++)
        for (int r = 0; r < p; r++)
            memcpy(x[(r + 1) % p][t], x[r][t], sizeof x[r][t]);
}

static void gather_sums(RING)
{
    scatter_to_all(RING_ARGUMENTS);
}

static void gather_mean(RING)
{
    scatter_to_all(RING_ARGUMENTS);
    for (int at = 0; at < p * p * k; at++)
        (**x)[at] /= (real)p;
}

/* The pieces that go round are right, but lie one place further on. */
static void gather_in_the_next_place(RING)
{
    real own[p][p][k];
    memcpy(own, x, sizeof own);
    for (int r = 0; r < p; r++)
        for (int c = 0; c < p; c++)
            memcpy(x[r][c], own[c][(c + 1) % p], sizeof x[r][c]);
}

static void gather_first_half_again(RING)
{
    go_round((Ring){p - 1, 0, -1, 1, false, false}, RING_ARGUMENTS);
}

static const Mistake gather_mistakes[] = {
    {MISTAKE(gather_first_half_again),
     "This is the first half once more. Two things are other in the second: rank r begins with the "
     "piece that it has complete, r + 1; and what arrives takes the place of what was there."},
    {MISTAKE(gather_adds),
     "What arrives is added. It is complete already, and the receiver's own piece is of no more "
     "use: put it in its place, = and not +=."},
    {MISTAKE(gather_from_own),
     "Rank r's piece r is what goes round. It is not complete: that is piece r + 1. In step t rank "
     "r sends piece r + 1 - t, so that piece c of everybody becomes that of rank c - 1."},
    {MISTAKE(gather_up),
     "The piece goes up with t. What rank r sends in step t is what has arrived in the step before "
     "from rank r - 1: piece r + 1 - t."},
    {TURNED("runs-once:for(int t=0;t<p-1;t++)"),
     "Every rank sends the same piece in every step, so that each piece comes one rank further and "
     "no more. In step t it is piece r + 1 - t: what has arrived in the step before."},
    {MISTAKE(gather_the_other_way),
     "The ring turns the other way: rank r sends to rank r + 1, and the last to rank 0."},
    {TURNED("ends-early:for(int r=0;r<p;r++)"),
     "The last rank sends to nobody. It sends to rank 0: (r + 1) % p."},
    {MISTAKE(gather_two_further),
     "The pieces are one off: rank r has piece r + 1 complete, and sends piece r + 1 - t in step "
     "t."},
    {TURNED("ends-early:for(int t=0;t<p-1;t++)"),
     "A step is missing, the last: p ranks take p - 1 steps, from t = 0 to t = p - 2."},
    {MISTAKE(gather_ranks_outside),
     "The loops are the wrong way round: one rank makes all of its steps before the next begins, "
     "and sends pieces that have not arrived yet. The loop over the steps goes outside, and in "
     "each step all ranks send."},
    {MISTAKE(gather_what_was_at_first),
     "What is sent is what the ranks had before the first step, as in a copy made then. From the "
     "second step on rank r sends what has arrived in the step before."},
    {MISTAKE(gather_to_another_piece),
     "What is sent as piece r + 1 - t is put in the receiver's piece r + 2 - t. It takes the place "
     "of the piece of the same number: r + 1 - t at both."},
    {MISTAKE(gather_taken_from_the_next), "The numbers go the other way: rank r takes the piece of "
                                          "rank r + 1 for its own. Rank r sends, "
                                          "and it is rank r + 1's piece whose place is taken."},
    {MISTAKE(gather_piece_t),
     "In step t everybody sends piece t. Rank r sends piece r + 1 - t: in step 0 the one that it "
     "has complete, and then what has arrived in the step before."},
    {MISTAKE(gather_of_the_next),
     "Piece c of everybody is that of rank c + 1. Rank r has piece r + 1 complete, and so piece c "
     "is that of rank c - 1."},
    {MISTAKE(gather_all_of_rank_0),
     "All pieces of everybody are rank 0's. Rank 0 has one complete piece, number 1; each other "
     "rank has another one."},
    {MISTAKE(gather_sums),
     "The pieces are added up over the ranks once more. One rank has each complete, and what the "
     "others have in its place is of no more use."},
    {MISTAKE(gather_mean),
     "This is the mean over the ranks. One rank has each piece complete, and what the others have "
     "in its place is of no more use."},
    {MISTAKE(gather_in_the_next_place),
     "Everything has arrived, and lies one place further on: piece c is to be piece c of "
     "everybody."},
    {0}};

CALL(ring_all_gather, n[0], n[1], a[0])

static const Exercise exercise_ring_all_gather = {
    .name = "ring_all_gather",
    .call = call_ring_all_gather,
    .sizes = "pk",
    .arguments = {{"x", IN_OUT, "ppk", 0}},
    .cases = {{4, 2}, {3, 5}, {5, 1}, {2, 3}, {6, 2}},
    .reference = JUDGE((Function)reference_gather),
    .mistakes = JUDGE(gather_mistakes),
};

/* -- 6. moments_of_ranks ----------------------------------------------------------------------- */

#define MOMENTS                                                                          \
    int p, int k, const int n[p], const real rank_mean[p][k], const real rank_var[p][k], \
        real mean[k], real var[k]
#define MOMENTS_ARGUMENTS p, k, n, rank_mean, rank_var, mean, var

static void prepare_moments(int which, const int n[], void *const a[])
{
    prepare_counts(which, n[0], a[0]);
}

/* E[x^2] - E[x]^2 */
static void reference_moments(MOMENTS)
{
    real squares[p][k];
    for (int r = 0; r < p; r++)
        for (int j = 0; j < k; j++)
            squares[r][j] = rank_var[r][j] + rank_mean[r][j] * rank_mean[r][j];
    weighted_mean(p, k, n, rank_mean, mean);
    weighted_mean(p, k, n, squares, var);
    for (int j = 0; j < k; j++)
        var[j] -= mean[j] * mean[j];
}

static void plain_mean(int p, int k, const real x[p][k], real mean[k])
{
    for (int j = 0; j < k; j++) {
        mean[j] = 0;
        for (int r = 0; r < p; r++)
            mean[j] += x[r][j] / (real)p;
    }
}

static void moments_unweighted(MOMENTS)
{
    (void)n;
    plain_mean(p, k, rank_mean, mean);
    plain_mean(p, k, rank_var, var);
    for (int j = 0; j < k; j++)
        for (int r = 0; r < p; r++)
            var[j] += pow(rank_mean[r][j] - mean[j], 2) / (real)p;
}

static void moments_both_averaged(MOMENTS)
{
    (void)n;
    plain_mean(p, k, rank_mean, mean);
    plain_mean(p, k, rank_var, var);
}

static void moments_variances_averaged(MOMENTS)
{
    weighted_mean(p, k, n, rank_mean, mean);
    plain_mean(p, k, rank_var, var);
}

static void moments_mean_unweighted(MOMENTS)
{
    real apart[p][k];
    plain_mean(p, k, rank_mean, mean);
    for (int r = 0; r < p; r++)
        for (int j = 0; j < k; j++)
            apart[r][j] = rank_var[r][j] + pow(rank_mean[r][j] - mean[j], 2);
    weighted_mean(p, k, n, apart, var);
}

static void moments_mean_alone_unweighted(MOMENTS)
{
    reference_moments(MOMENTS_ARGUMENTS);
    plain_mean(p, k, rank_mean, mean);
}

static void moments_of_deviations(MOMENTS)
{
    real root[p][k];
    for (int r = 0; r < p; r++)
        for (int j = 0; j < k; j++)
            root[r][j] = sqrt(rank_var[r][j]);
    weighted_mean(p, k, n, rank_mean, mean);
    weighted_mean(p, k, n, root, var);
    for (int j = 0; j < k; j++)
        var[j] *= var[j];
}

static void moments_bessel(MOMENTS)
{
    const real all = (real)sum_of(p, n);
    reference_moments(MOMENTS_ARGUMENTS);
    for (int j = 0; j < k; j++)
        var[j] *= all / (all - 1);
}

/* sum (n - less) var / (sum n - away), as if the means were one. */
static void pooled(int less, int away, MOMENTS)
{
    weighted_mean(p, k, n, rank_mean, mean);
    for (int j = 0; j < k; j++) {
        var[j] = 0;
        for (int r = 0; r < p; r++)
            var[j] += (real)(n[r] - less) * rank_var[r][j] / (real)(sum_of(p, n) - away);
    }
}

static void moments_pooled(MOMENTS)
{
    pooled(1, p, MOMENTS_ARGUMENTS);
}

static void moments_variances_and_bessel(MOMENTS)
{
    pooled(0, 1, MOMENTS_ARGUMENTS);
}

static void moments_squares_of_means(MOMENTS)
{
    reference_moments(MOMENTS_ARGUMENTS);
    for (int j = 0; j < k; j++)
        for (int r = 0; r < p; r++)
            var[j] -= (real)n[r] / (real)sum_of(p, n) * pow(rank_mean[r][j], 2);
}

static void moments_apart_over_ranks(MOMENTS)
{
    weighted_mean(p, k, n, rank_mean, mean);
    weighted_mean(p, k, n, rank_var, var);
    for (int j = 0; j < k; j++)
        for (int r = 0; r < p; r++)
            var[j] += pow(rank_mean[r][j] - mean[j], 2) / (real)p;
}

static void moments_mean_too_soon(MOMENTS)
{
    const real all = (real)sum_of(p, n);
    for (int j = 0; j < k; j++) {
        mean[j] = var[j] = 0;
        for (int r = 0; r < p; r++) {
            mean[j] += (real)n[r] * rank_mean[r][j] / all;
            var[j] += (real)n[r] * (rank_var[r][j] + pow(rank_mean[r][j] - mean[j], 2)) / all;
        }
    }
}

static void moments_one_less_on_ranks(MOMENTS)
{
    reference_moments(MOMENTS_ARGUMENTS);
    for (int j = 0; j < k; j++)
        for (int r = 0; r < p; r++)
            var[j] -= rank_var[r][j] / (real)sum_of(p, n);
}

/* The mean over the ranks, each alike, of rank_var + (rank_mean - mean)^2. */
static void moments_variance_over_ranks(MOMENTS)
{
    weighted_mean(p, k, n, rank_mean, mean);
    for (int j = 0; j < k; j++) {
        var[j] = 0;
        for (int r = 0; r < p; r++)
            var[j] += (rank_var[r][j] + pow(rank_mean[r][j] - mean[j], 2)) / (real)p;
    }
}

/* sum ((n - 1) rank_var + (n - less) (rank_mean - mean)^2) / (sum n - away) */
static void one_row_less(int less, int away, MOMENTS)
{
    weighted_mean(p, k, n, rank_mean, mean);
    for (int j = 0; j < k; j++) {
        var[j] = 0;
        for (int r = 0; r < p; r++)
            var[j] += ((real)(n[r] - 1) * rank_var[r][j] +
                       (real)(n[r] - less) * pow(rank_mean[r][j] - mean[j], 2)) /
                      (real)(sum_of(p, n) - away);
    }
}

static void moments_one_less_in_both(MOMENTS)
{
    one_row_less(1, 0, MOMENTS_ARGUMENTS);
}

static void moments_as_samples(MOMENTS)
{
    one_row_less(0, 1, MOMENTS_ARGUMENTS);
}

static void moments_root(MOMENTS)
{
    reference_moments(MOMENTS_ARGUMENTS);
    for (int j = 0; j < k; j++)
        var[j] = sqrt(var[j]);
}

static const Mistake moments_mistakes[] = {
    {MISTAKE(moments_variance_over_ranks),
     "The mean is right; in the variance every rank counts alike. rank_var + (rank_mean - mean)^2 "
     "belongs to each of the n[r] rows: weights n[r] over the sum of all n."},
    {MISTAKE(moments_one_less_in_both),
     "What a rank has in the variance is multiplied by n[r] - 1. rank_var was made with 1/n[r], so "
     "it is n[r] that makes it a sum again, and (rank_mean - mean)^2 belongs to n[r] rows, too."},
    {MISTAKE(moments_as_samples),
     "The variances are taken for such with Bessel's correction: n[r] - 1, and one less than the "
     "sum of n as well. Here all have 1/n: rank_var is multiplied by n[r], and all is divided by "
     "the sum of n."},
    {MISTAKE(moments_root),
     "var is the root of the variance. Batch norm takes the root later, when eps has been added."},
    {MISTAKE(moments_mean_too_soon),
     "The mean is used before it is complete: it is still being added up in the loop that takes it "
     "off. That takes two loops over the ranks, one after the other."},
    {MISTAKE(moments_one_less_on_ranks),
     "rank_var[r] is multiplied by n[r] - 1. It was made with 1/n[r], so it is n[r] that makes it "
     "a sum again."},
    {MISTAKE(moments_both_averaged),
     "Both are means over the ranks. A rank with many rows counts more than one with few, and "
     "where the ranks' means differ the rows are further apart than within a rank."},
    {MISTAKE(moments_unweighted),
     "Every rank counts alike. One with many rows counts more: each wants the weight n[r] over the "
     "sum of all n, in the mean and in the variance."},
    {TURNED("missing-term:apart*apart"),
     "The variance is the mean of the ranks' variances. Where the ranks' means differ the rows are "
     "further apart than within a rank: (rank_mean - mean)^2 belongs to each. On 0 2 | 4 6 the "
     "variances are 1 and 1, and that of all is 5. (Or it is there, and not squared: rank_mean - "
     "mean, weighted, adds up to nothing.)"},
    {MISTAKE(moments_variances_averaged),
     "The variance is the mean of the ranks' variances, each counted alike. What lies between the "
     "ranks' means is missing, (rank_mean - mean)^2, and the weights n[r] over the sum of all n."},
    {MISTAKE(moments_mean_unweighted),
     "The mean is that of the ranks' means, and the variance is taken about it. A rank with many "
     "rows counts more: weights n[r] over the sum of all n."},
    {MISTAKE(moments_mean_alone_unweighted),
     "The mean is that of the ranks' means. A rank with many rows counts more: weights n[r] over "
     "the sum of all n."},
    {TURNED("missing-factor:(real)n[r]"),
     "In the mean the ranks' means are not multiplied by n[r] before they are added. Then they "
     "are no sums of rows that could be divided by the number of rows."},
    {TURNED("missing-factor:(real)n[r]#2"),
     "In the variance n[r] is missing. Each rank's share has to be that of n[r] rows before it is "
     "divided by the number of all rows."},
    {TURNED("missing-term:rank_var[r][j]"),
     "The variance is that of the ranks' means alone. The rows of a rank are apart from each "
     "other, too: rank_var belongs to it."},
    {TURNED("wrong-sign:apart*apart"),
     "(rank_mean - mean)^2 is taken off. It comes in addition: all rows together are further apart "
     "than those of a rank."},
    {TURNED("missing-term:mean[j]"),
     "The variance is the mean of the squares of x, and not of x - mean. Take the square of the "
     "mean off it, or put (rank_mean - mean)^2 where rank_mean^2 stands."},
    {MISTAKE(moments_of_deviations),
     "You averaged the standard deviations, and took the square. It is variances that average, and "
     "(rank_mean - mean)^2 comes in addition."},
    {MISTAKE(moments_bessel),
     "The variance is divided by one less than the number of rows, as Bessel has it. Here it is "
     "what batch norm normalises with, 1/(sum of n)."},
    {MISTAKE(moments_pooled),
     "This is the pooled variance, with n[r] - 1 and without what lies between the means. It "
     "answers another question. Wanted is the variance of all rows about their one mean."},
    {MISTAKE(moments_variances_and_bessel),
     "The variance is the mean of the ranks' variances, with one row less in the divisor. What "
     "lies between the ranks' means is missing, (rank_mean - mean)^2, and the divisor is the sum "
     "of n."},
    {MISTAKE(moments_squares_of_means),
     "The square of the mean is taken off, and those of the ranks' means have not been put in: the "
     "mean of the squares of rank r's rows is rank_var + rank_mean^2."},
    {MISTAKE(moments_apart_over_ranks),
     "(rank_mean - mean)^2 is averaged over the ranks, each alike. It belongs to each of the n[r] "
     "rows: weights n[r] over the sum of all n."},
    {TURNED("missing-divisor:(real)all"), "The mean is not divided by the number of rows."},
    {TURNED("missing-divisor:(real)all#2"), "The variance is not divided by the number of rows."},
    {TURNED("missing-term:sum/(real)all"),
     "The mean comes out 0. Is there a division of ints? n[r] over the sum of all n is less than "
     "1, and in C that is 0."},
    {TURNED("parentheses:(rank_var[r][j]+apart*apart)"),
     "Only rank_var is multiplied by n[r]. (rank_mean - mean)^2 belongs to each of the n[r] rows "
     "as well."},
    {TURNED("not-reset:sum=0"),
     "Each mean goes on from the sum of the column before it. Begin each with 0."},
    {TURNED("not-reset:squares=0"),
     "Each variance goes on from the sum of the column before it. Begin each with 0."},
    {TURNED("accumulate:sum+="), "The mean has the last rank alone in it: += and not =."},
    {TURNED("accumulate:squares+="), "The variance has the last rank alone in it: += and not =."},
    {TURNED("divided-by-p:sum/(real)all"),
     "The mean is divided by the number of ranks as well. The weights n[r] over the sum of all n "
     "add up to 1 as they are."},
    {TURNED("divided-by-p:squares/(real)all"),
     "The variance is divided by the number of ranks as well. The weights n[r] over the sum of all "
     "n add up to 1 as they are."},
    {0}};

CALL(moments_of_ranks, n[0], n[1], a[0], a[1], a[2], a[3], a[4])

static const Exercise exercise_moments_of_ranks = {
    .name = "moments_of_ranks",
    .call = call_moments_of_ranks,
    .sizes = "pk",
    .arguments = {{"n", IN_INDEX, "p", 'p'},
                  {"rank_mean", IN_NORMAL, "pk", 0},
                  {"rank_var", IN_POSITIVE, "pk", 0},
                  {"mean", OUT, "k", 0},
                  {"var", OUT, "k", 0}},
    .cases = {{4, 3}, {2, 5}, {3, 4}, {5, 2}},
    .reference = JUDGE((Function)reference_moments),
    .prepare = JUDGE(prepare_moments),
    .mistakes = JUDGE(moments_mistakes),
};

/* -- 7. batchnorm_across_backward -------------------------------------------------------------- */

#define ACROSS                                                                                 \
    int p, int n, int k, const real dY[p][n][k], const real xhat[p][n][k], const real gain[k], \
        const real var_inv[k], real dX[p][n][k]
#define ACROSS_ARGUMENTS p, n, k, dY, xhat, gain, var_inv, dX

/* xhat, as the forward pass leaves it: mean 0 and variance all but 1 in each column of all rows. */
static void prepare_across(int which, const int n[], void *const a[])
{
    (void)which;
    const int rows = n[0] * n[1], k = n[2];
    real(*x)[k] = a[1], *var_inv = a[3];
    for (int j = 0; j < k; j++) {
        real mean = 0, var = 0;
        for (int i = 0; i < rows; i++)
            mean += x[i][j] / (real)rows;
        for (int i = 0; i < rows; i++)
            var += (x[i][j] - mean) * (x[i][j] - mean) / (real)rows;
        for (int i = 0; i < rows; i++)
            x[i][j] = (x[i][j] - mean) / sqrt(var + (real)1e-5);
        var_inv[j] += (real)0.25;
    }
}

/* Row i gets from every row h what h says: dY[h] (1[h = i] - (1 + xhat[h] xhat[i]) / rows). */
static void reference_across(ACROSS)
{
    const int rows = p * n;
    const real(*dy)[k] = *dY, (*x)[k] = *xhat;
    real(*dx)[k] = *dX;
    for (int i = 0; i < rows; i++)
        for (int j = 0; j < k; j++) {
            dx[i][j] = 0;
            for (int h = 0; h < rows; h++)
                dx[i][j] += dy[h][j] * ((real)(h == i) - (1 + x[h][j] * x[i][j]) / (real)rows);
            dx[i][j] *= gain[j] * var_inv[j];
        }
}

/* gain var_inv (dY - the mean of dY - xhat times the mean of dY xhat), the two means over `ranks`
 * ranks each, rank r's own or all, and the sums divided by these numbers of rows. */
typedef struct {
    bool own_sum, own_along;
    real rows_sum, rows_along;
} Means;

static void across_with(Means of, ACROSS)
{
    for (int r = 0; r < p; r++)
        for (int j = 0; j < k; j++) {
            real sum = 0, along = 0;
            for (int q = 0; q < p; q++)
                for (int i = 0; i < n; i++) {
                    sum += of.own_sum && q != r ? 0 : dY[q][i][j];
                    along += of.own_along && q != r ? 0 : dY[q][i][j] * xhat[q][i][j];
                }
            for (int i = 0; i < n; i++)
                dX[r][i][j] =
                    gain[j] * var_inv[j] *
                    (dY[r][i][j] - sum / of.rows_sum - xhat[r][i][j] * along / of.rows_along);
        }
}

static void across_own(ACROSS)
{
    across_with((Means){true, true, (real)n, (real)n}, ACROSS_ARGUMENTS);
}

static void across_own_over_all(ACROSS)
{
    across_with((Means){true, true, (real)(p * n), (real)(p * n)}, ACROSS_ARGUMENTS);
}

static void across_own_sum(ACROSS)
{
    across_with((Means){true, false, (real)n, (real)(p * n)}, ACROSS_ARGUMENTS);
}

static void across_own_along(ACROSS)
{
    across_with((Means){false, true, (real)(p * n), (real)n}, ACROSS_ARGUMENTS);
}

static void across_bessel(ACROSS)
{
    across_with((Means){false, false, (real)(p * n), (real)(p * n - 1)}, ACROSS_ARGUMENTS);
}

static void across_bessel_in_both(ACROSS)
{
    across_with((Means){false, false, (real)(p * n - 1), (real)(p * n - 1)}, ACROSS_ARGUMENTS);
}

static const Mistake across_mistakes[] = {
    {TURNED("times:(real)(p*n)<-gain[j]"),
     "gain stands at dY alone. It belongs to the two sums as well: they are sums of gain dY, which "
     "is what comes back to xhat. Take gain out in front, of all three terms."},
    {TURNED("over:dY[r][i][j]*xhat[r][i][j]<-1/gain[j]"),
     "gain is missing at the sum of dY xhat, and only there. What "
     "comes back to xhat is gain dY, in "
     "all three terms."},
    {TURNED("over:dY[r][i][j]<-1/gain[j]"),
     "gain is missing at the sum of dY, and only there. What comes back to xhat is gain dY, in all "
     "three terms."},
    {MISTAKE(across_own),
     "Each rank subtracts the means over its own n rows, as if it had normalised by itself. The "
     "statistics were those of all p n rows: a row moves the mean and the variance of every rank, "
     "so the sums go over all ranks, and are divided by p n."},
    {MISTAKE(across_own_over_all),
     "The sums go over each rank's own rows, and are divided by the number of all. They go over "
     "all rows of all ranks."},
    {TURNED("missing-factor:p"),
     "The sums go over all ranks, and are divided by n, which is the number of one rank's rows. "
     "The mean and the variance were those of p n rows."},
    {TURNED("missing-factor:n"),
     "The sums are divided by the number of ranks. They are sums over rows: p n of them."},
    {TURNED("squared:p"),
     "The sums are divided by p once too often: by p n, and by p again. An all-reduce that "
     "averages has divided already."},
    {TURNED("order:for(int r=0;r<p;r++)<-dX"),
     "The mean and the variance are taken for constants. Each row moves them, and they move every "
     "row: that is the two sums."},
    {MISTAKE(across_own_sum),
     "The sum of dY goes over each rank's own rows. The mean was that of all ranks' rows: so is "
     "this sum, over p n."},
    {MISTAKE(across_own_along),
     "The sum of dY xhat goes over each rank's own rows. The variance was that of all ranks' rows: "
     "so is this sum, over p n."},
    {TURNED("missing-term:sum/rows"),
     "What comes back through the mean is missing: the sum of dY, over p n."},
    {TURNED("missing-term:xhat[r][i][j]*along/rows"),
     "What comes back through the variance is missing: xhat times the sum of dY xhat, over p n. "
     "(Or its sum is there, of xhat without dY: that is nothing, for each column of xhat adds up "
     "to "
     "0.)"},
    {TURNED("wrong-sign:sum/rows"),
     "What comes back through the mean has the wrong sign: X - mean stands in xhat."},
    {TURNED("wrong-sign:xhat[r][i][j]*along/rows"),
     "What comes back through the variance has the wrong sign: where the variance grows, xhat "
     "shrinks."},
    {TURNED("missing-factor:gain[j]"), "gain is missing: dY meets it first on the way back."},
    {TURNED("missing-factor:var_inv[j]"),
     "var_inv is missing: X - mean is multiplied by it, and so is what comes back."},
    {TURNED("inverted:var_inv[j]"),
     "You divided by var_inv. It is one over the root already: multiply."},
    {TURNED("squared:var_inv[j]"), "var_inv stands there twice. Once belongs to all three terms."},
    {MISTAKE(across_bessel),
     "The sum of dY xhat is divided by one less than the number of rows, as with Bessel's "
     "correction. The variance here has 1/(p n)."},
    {MISTAKE(across_bessel_in_both),
     "The sums are divided by one less than the number of rows. The mean and the variance here "
     "have 1/(p n)."},
    {TURNED("missing-divisor:rows"), "The sum of dY is not divided by the number of rows, p n."},
    {TURNED("missing-divisor:rows#2"),
     "The sum of dY xhat is not divided by the number of rows, p n."},
    {TURNED("missing-factor:xhat[r][i][j]"),
     "In the sum for the variance xhat is missing: it is the sum of dY xhat."},
    {TURNED("missing-factor:xhat[r][i][j]#2"),
     "The sum of dY xhat is taken off every row alike. A row moves the variance by as much as it "
     "is away from the mean: times xhat."},
    {TURNED("accumulate:sum+="), "The sum of dY has the last row alone in it: += and not =."},
    {TURNED("accumulate:along+="),
     "The sum of dY xhat has the last row alone in it: += and not =."},
    {TURNED("not-reset:sum=0"), "The sum of dY goes on from the column before. Begin each with 0."},
    {TURNED("not-reset:along=0"),
     "The sum of dY xhat goes on from the column before. Begin each with 0."},
    {TURNED("over:(real)(p*n)<-1/gain[j]"),
     "gain stands in the two sums and before all three terms once more. Either sum what dxhat = "
     "gain dY is, or take gain out in front; not both."},
    {0}};

CALL(batchnorm_across_backward, n[0], n[1], n[2], a[0], a[1], a[2], a[3], a[4])

static const Exercise exercise_batchnorm_across_backward = {
    .name = "batchnorm_across_backward",
    .call = call_batchnorm_across_backward,
    .sizes = "pnk",
    .arguments = {{"dY", IN_NORMAL, "pnk", 0},
                  {"xhat", IN_NORMAL, "pnk", 0},
                  {"gain", IN_NORMAL, "k", 0},
                  {"var_inv", IN_POSITIVE, "k", 0},
                  {"dX", OUT, "pnk", 0}},
    .cases = {{3, 4, 2}, {2, 3, 5}, {4, 2, 3}, {5, 3, 1}},
    .reference = JUDGE((Function)reference_across),
    .prepare = JUDGE(prepare_across),
    .mistakes = JUDGE(across_mistakes),
};

/* -- 8. accumulated_step ----------------------------------------------------------------------- */

#define STEP \
    int m, int k, const int n[m], const real dW[m][k], real lr, real momentum, real v[k], real W[k]
#define STEP_ARGUMENTS m, k, n, dW, lr, momentum, v, W

static void prepare_step(int which, const int n[], void *const a[])
{
    prepare_counts(which, n[0], a[0]);
    *(real *)a[2] = (const real[]){0.3, 0.05, 0.7, 0.125}[which % 4];
    *(real *)a[3] = (const real[]){0.9, 0.5, 0.8, 0.25}[which % 4];
}

static void reference_step(STEP)
{
    real g[k];
    weighted_mean(m, k, n, dW, g);
    for (int j = 0; j < k; j++) {
        v[j] = g[j] + v[j] * momentum;
        W[j] = W[j] - v[j] * lr;
    }
}

/* One step with this gradient. */
static void step_with(int k, const real g[k], real lr, real momentum, real v[k], real W[k])
{
    for (int j = 0; j < k; j++) {
        v[j] = momentum * v[j] + g[j];
        W[j] -= lr * v[j];
    }
}

/* ... and with 1/divisor sum_t weight(t) dW[t] */
static void step_by(bool weighted, real divisor, STEP)
{
    real g[k];
    shards_by(weighted, divisor, m, k, n, dW, g);
    step_with(k, g, lr, momentum, v, W);
}

static void step_mean_of_means(STEP)
{
    step_by(false, (real)m, STEP_ARGUMENTS);
}

static void step_sum(STEP)
{
    step_by(false, 1, STEP_ARGUMENTS);
}

static void step_weighted_over_batches(STEP)
{
    step_by(true, (real)m, STEP_ARGUMENTS);
}

static void step_after_each(STEP)
{
    (void)n;
    for (int t = 0; t < m; t++)
        step_with(k, dW[t], lr, momentum, v, W);
}

static void step_after_each_by_share(STEP)
{
    real g[k];
    for (int t = 0; t < m; t++) {
        for (int j = 0; j < k; j++)
            g[j] = dW[t][j] * (real)n[t] / (real)sum_of(m, n);
        step_with(k, g, lr, momentum, v, W);
    }
}

/* The running sum of what has been, not set back after a step. */
static void step_after_each_not_zeroed(STEP)
{
    real g[k];
    memset(g, 0, sizeof g);
    for (int t = 0; t < m; t++) {
        for (int j = 0; j < k; j++)
            g[j] += dW[t][j] * (real)n[t] / (real)sum_of(m, n);
        step_with(k, g, lr, momentum, v, W);
    }
}

static void step_momentum_each(STEP)
{
    for (int t = 0; t < m; t++)
        for (int j = 0; j < k; j++)
            v[j] = momentum * v[j] + dW[t][j] * (real)n[t] / (real)sum_of(m, n);
    for (int j = 0; j < k; j++)
        W[j] -= lr * v[j];
}

static void step_of_last(STEP)
{
    (void)n;
    step_with(k, dW[m - 1], lr, momentum, v, W);
}

static void step_damped(STEP)
{
    real g[k];
    weighted_mean(m, k, n, dW, g);
    for (int j = 0; j < k; j++)
        g[j] *= 1 - momentum;
    step_with(k, g, lr, momentum, v, W);
}

static void step_rate_in_v(STEP)
{
    real g[k];
    weighted_mean(m, k, n, dW, g);
    for (int j = 0; j < k; j++)
        g[j] *= lr;
    step_with(k, g, 1, momentum, v, W);
}

static void step_nesterov(STEP)
{
    real g[k];
    weighted_mean(m, k, n, dW, g);
    for (int j = 0; j < k; j++) {
        v[j] = momentum * v[j] + g[j];
        W[j] -= lr * (g[j] + momentum * v[j]);
    }
}

static void step_without_momentum(STEP)
{
    real g[k], old[k];
    memcpy(old, W, sizeof old);
    weighted_mean(m, k, n, dW, g);
    reference_step(STEP_ARGUMENTS);
    for (int j = 0; j < k; j++)
        W[j] = old[j] - lr * g[j];
}

/* v decays once; then each small batch is added to it, and W goes down by all of it so far. */
static void step_each_in_one_v(STEP)
{
    for (int j = 0; j < k; j++) {
        v[j] *= momentum;
        for (int t = 0; t < m; t++) {
            v[j] += dW[t][j] * (real)n[t] / (real)sum_of(m, n);
            W[j] -= lr * v[j];
        }
    }
}

static void step_on_top_of_v(STEP)
{
    real g[k];
    weighted_mean(m, k, n, dW, g);
    for (int j = 0; j < k; j++)
        g[j] += v[j];
    step_with(k, g, lr, momentum, v, W);
}

static const Mistake step_mistakes[] = {
    {TURNED("runs-once:for(int t=0;t<m;t++)"),
     "The sum over all examples is divided by n[0], the number of the first batch's. It is the "
     "number of all examples that makes a mean of it, the sum of all n."},
    {MISTAKE(step_each_in_one_v),
     "v decays once, and W goes down after every small batch, by what v has so far. All m go "
     "through the network with the same weights: first all of them into v, then W once."},
    {MISTAKE(step_on_top_of_v),
     "The old v stands in the new one whole and once more times momentum, as v += momentum v + g "
     "makes it. v = momentum v + g: with = and not +=."},
    {MISTAKE(step_after_each),
     "There is a step after every small batch. All m go through the network with the same weights, "
     "and then there is one step: first add up, then v and W once."},
    {MISTAKE(step_after_each_by_share),
     "There is a step after every small batch, with its share of the gradient. v decays m times "
     "that way: first add up all m, then v and W once."},
    {MISTAKE(step_after_each_not_zeroed),
     "There is a step after every small batch, with all that has been added up so far. First add "
     "up all m, then v and W once."},
    {MISTAKE(step_momentum_each),
     "v decays with every small batch. It is one step: v = momentum v + g once, with the g of all "
     "m batches."},
    {MISTAKE(step_mean_of_means),
     "The small batches count alike. One with more examples counts more: weights n[t] over the sum "
     "of all n."},
    {MISTAKE(step_sum),
     "The small batches' means are added and not divided: the step is m times too large or so, as "
     "if the learning rate were. Weights n[t] over the sum of all n add up to 1."},
    {MISTAKE(step_weighted_over_batches),
     "The sum over all examples is divided by the number of batches. It is the number of examples "
     "that makes a mean of it, the sum of all n."},
    {TURNED("missing-factor:(real)n[t]"),
     "The sum of the batches' means is divided by the number of examples. dW[t] is a mean already: "
     "times n[t] it is the sum of its examples again."},
    {TURNED("missing-divisor:(real)all"),
     "g is the sum over all examples. Their mean is wanted: divide by the sum of all n."},
    {TURNED("divided-by-m:(real)n[t]/(real)all*dW[t][j]"),
     "You divided by the number of examples and by the number of batches. The weights n[t] over "
     "the sum of all n add up to 1 as they are."},
    {TURNED("missing-term:g"),
     "Nothing of the gradients has come into v. Is there a division of ints? n[t] over the sum of "
     "all n is less than 1, and in C that is 0."},
    {MISTAKE(step_of_last),
     "This is a step with the last batch alone. Is the gradient set back to zero between the "
     "batches? It is to add up over all m."},
    {TURNED("twins+runs-once:for(int t=0;t<m;t++)"),
     "This is a step with the first batch alone. The gradient is to add up over all m."},
    {TURNED("accumulate:g+="),
     "Only the last batch is in g, with its share: = stands where += belongs, or g is set to zero "
     "inside the loop over the batches."},
    {TURNED("not-reset:g=0"), "g goes on from the weight before. Begin each with 0."},
    {TURNED("times-m:lr*v[j]"),
     "The step is m times as long. The mean over all examples is no larger than that over a batch: "
     "the learning rate is lr as it is given."},
    {TURNED("divided-by-m:lr*v[j]"),
     "The step is 1/m of what it should be. The mean over all examples is in g already: the "
     "learning rate is lr as it is given."},
    {MISTAKE(step_damped),
     "g is multiplied by 1 - momentum. That is another rule, a running mean; here v = momentum v + "
     "g."},
    {MISTAKE(step_rate_in_v), "lr stands inside v. Here v = momentum v + g, and W = W - lr v."},
    {MISTAKE(step_nesterov),
     "W goes down by lr (g + momentum v), which is Nesterov's rule. Here it is W = W - lr v."},
    {MISTAKE(step_without_momentum), "W goes down by lr g. v has been made for it: W = W - lr v."},
    {TURNED("stale:v[j]"),
     "W goes down by the v from before this step. First v = momentum v + g, then W = W - lr v."},
    {TURNED("missing-factor:momentum"), "momentum is missing: v = momentum v + g."},
    {TURNED("missing-term:momentum*v[j]"),
     "v is g alone, and has forgotten the steps before: v = momentum v + g."},
    {TURNED("missing-factor:lr"), "lr is missing: W = W - lr v."},
    {TURNED("wrong-sign:lr*v[j]"), "W goes up. It goes down the gradient: W = W - lr v."},
    {TURNED("wrong-sign:g"), "g is taken off v. v = momentum v + g, and it is W that goes down."},
    {0}};

CALL(accumulated_step, n[0], n[1], a[0], a[1], VALUE(a[2]), VALUE(a[3]), a[4], a[5])

static const Exercise exercise_accumulated_step = {
    .name = "accumulated_step",
    .call = call_accumulated_step,
    .sizes = "mk",
    .arguments = {{"n", IN_INDEX, "m", 'm'},
                  {"dW", IN_NORMAL, "mk", 0},
                  {"lr", IN_PREPARED, "", 0},
                  {"momentum", IN_PREPARED, "", 0},
                  {"v", IN_OUT, "k", 0},
                  {"W", IN_OUT, "k", 0}},
    .cases = {{4, 3}, {2, 5}, {3, 4}, {5, 2}},
    .reference = JUDGE((Function)reference_step),
    .prepare = JUDGE(prepare_step),
    .mistakes = JUDGE(step_mistakes),
};

/* -- all, in their order ----------------------------------------------------------------------- */

static const Exercise *const exercises[] = {&exercise_cut_batch,
                                            &exercise_mean_of_shards,
                                            &exercise_tree_sum,
                                            &exercise_ring_reduce_scatter,
                                            &exercise_ring_all_gather,
                                            &exercise_moments_of_ranks,
                                            &exercise_batchnorm_across_backward,
                                            &exercise_accumulated_step,
                                            NULL};

const Check check = {"22_data_parallel", exercises};
