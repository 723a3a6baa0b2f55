/* 02_mistakes.h: other ways back along the tape, each of which somebody has written. Most are
 * wrong, and one is right but takes for ever. */
#ifndef CHAPTER_02_MISTAKES_H
#define CHAPTER_02_MISTAKES_H

#include <stdio.h>

#include "02_expressions.h"
#include "workbook/fact.h"

/* -- without an order: each node calls its parents -------------------------------------------- */

/* n doublings, x = x + x, of the leaf that is node 1; the derivative is 2^n. The last node, which
 * is returned, has its gradient 1, for push(). */
static inline Scalar doublings(int n)
{
    tape_length = 1;
    Scalar x = s_leaf("x", 1);
    for (int i = 0; i < n; i++)
        x = s_add(x, x);
    tape[x].grad = 1;
    return x;
}

/* Each node calls its parents. To send on what has newly arrived is right, but walks every path by
 * itself; to send on the sum so far is wrong, for it goes again when more arrives. */
static inline long push(Scalar x, bool sums, real arrived)
{
    long visits = 1;
    for (int k = 0; k < 2 && tape[x].parent[k]; k++) {
        real share = tape[x].slope[k] * (sums ? tape[x].grad : arrived);
        tape[tape[x].parent[k]].grad += share;
        visits += push(tape[x].parent[k], sums, share);
    }
    return visits;
}

static inline void compare_orders(void)
{
    printf("\nBackward through n doublings x = x + x, visits and gradient:\n");
    printf("     n   along the tape     every path at once     sums so far\n");
    for (int n = 1; n <= 16; n *= 2) {
        Scalar x = doublings(n);
        s_backward(x);
        real right = tape[1].grad;
        long visits = push(doublings(n), false, 1);
        real paths = tape[1].grad;
        push(doublings(n), true, 1);
        printf("  %4d  %4d %10.0f     %8ld %10.0f  %14.6g\n", n, x, (double)right, visits,
               (double)paths, (double)tape[1].grad);
        fact_that("2^n", right == ldexp(1, n) && paths == right && visits == (2L << n) - 1);
        fact_that("sums so far are too much", n == 1 || tape[1].grad > right);
    }
}

/* -- what each gives -------------------------------------------------------------------------- */

typedef void WayBack(Scalar y);

static inline void every_path(Scalar y)
{
    push(y, false, 1);
}

static inline void sums_so_far(Scalar y)
{
    push(y, true, 1);
}

/* Sent on when first reached, and not again: reached[x] is a place on the tape. */
static inline void push_once(Scalar x, bool *reached)
{
    reached[x] = true;
    for (int k = 0; k < 2 && tape[x].parent[k]; k++) {
        Scalar parent = tape[x].parent[k];
        tape[parent].grad += tape[x].slope[k] * tape[x].grad;
        if (!reached[parent])
            push_once(parent, reached);
    }
}

static inline void once_each(Scalar y)
{
    bool reached[y + 1];
    for (int i = 0; i <= y; i++)
        reached[i] = false;
    push_once(y, reached);
}

static inline void set_not_added(Scalar y)
{
    for (int i = y; i > 0; i--)
        for (int k = 0; k < 2; k++)
            tape[tape[i].parent[k]].grad = tape[i].slope[k] * tape[i].grad;
}

/* s_backward() without its zeros. */
static inline void not_cleared(Scalar y)
{
    tape[y].grad = 1;
    for (int i = y; i > 0; i--)
        for (int k = 0; k < 2; k++)
            tape[tape[i].parent[k]].grad += tape[i].slope[k] * tape[i].grad;
}

static inline void second_pass(Scalar y)
{
    s_backward(y);
    not_cleared(y);
}

static inline void from_the_front(Scalar y)
{
    for (int i = 1; i <= y; i++)
        for (int k = 0; k < 2; k++)
            tape[tape[i].parent[k]].grad += tape[i].slope[k] * tape[i].grad;
}

/* da and db of the small expression and of the larger one, and what becomes of that one's value in
 * a step against them. A new tape holds zeros, and the way back finds a 1 at the end. */
static inline void check_way(const char *name, WayBack *way, const real expected[4])
{
    real d[4];
    for (int i = 0; i < 2; i++) {
        Scalar y = i ? evaluate(large_expression, -4, 2) : evaluate(small_expression, 2, 3);
        tape[y].grad = 1;
        way(y);
        d[2 * i] = tape[1].grad;
        d[2 * i + 1] = tape[2].grad;
    }
    const real lr = 1e-4;
    Scalar moved = evaluate(large_expression, -4 - lr * d[2], 2 - lr * d[3]);
    printf("  %-16s %5.0f %5.0f %14.4f %12.4f %12.4f\n", name, (double)d[0], (double)d[1],
           (double)d[2], (double)d[3], (double)tape[moved].value);
    for (int i = 0; i < 4; i++)
        fact_that(name, fabs(d[i] - expected[i]) <= (real)5e-5 + 40 * REAL_EPSILON * fabs(d[i]));
}

static inline void check_ways(void)
{
    printf(
        "\nWays back: da, db in the small expression; in the larger one; y after a step, 1e-4\n");
    const real right[4] = {64, 32, 138.8338, 645.5773};
    check_way("along the tape", s_backward, right);
    check_way("every path", every_path, right);
    check_way("sums so far", sums_so_far, (real[]){64, 32, 13141.1020, 55270.9009});
    check_way("once each", once_each, (real[]){64, 32, 7, 56});
    check_way("= for +=", set_not_added, (real[]){48, 32, -7, -7});
    check_way("not cleared", second_pass, (real[]){240, 128, 1956.3907, 8734.1662});
    check_way("from the front", from_the_front, (real[]){0, 0, 0, 0});
    Scalar y = evaluate(large_expression, -4, 2);
    fact("nodes of the larger expression", 0, y, 38);
    fact("visits if every path is walked", 0, (double)push(y, false, 1), 164);
}

#endif
