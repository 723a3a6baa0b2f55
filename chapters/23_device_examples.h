/* 23_device_examples.h: the small examples of the lesson, and the usual mistakes in them. */
#ifndef CHAPTER_23_DEVICE_EXAMPLES_H
#define CHAPTER_23_DEVICE_EXAMPLES_H

#include <stdio.h>

#include "23_device_answers.h"
#include "23_device_clock.h"
#include "workbook/fact.h"
#include "workbook/print.h"

/* -- sums -------------------------------------------------------------------------------------- */

/* Five rows, two teams. */
static inline void rows_by_teams(void)
{
    enum { N = 5, M = 2, TWO = 2 };
    const real dy[N][M] = {{1, 10}, {2, 20}, {3, 30}, {4, 40}, {5, 50}};
    real partial[TWO][M], db[M];
    team_bias_backward(N, M, TWO, dy, partial, db);
    printf("A bias, five rows, two teams:\n");
    fact_row("team 0: rows 0, 1", 0, M, partial[0], (const real[]){3, 30});
    fact_row("team 1: rows 2, 3, 4", 0, M, partial[1], (const real[]){12, 120});
    fact_row("db", 0, M, db, (const real[]){15, 150});
    const real rows[M] = {dy[0][0] + dy[1][0] + dy[2][0] + dy[3][0],
                          dy[0][1] + dy[1][1] + dy[2][1] + dy[3][1]};
    fact_row("n / g rows a team: db", 0, M, rows, (const real[]){10, 100});
}

/* 1 + 1/2 + 1/3 + ... + 1/n in single precision: the same numbers, added in `teams` runs. A run
 * goes up, or down. */
static inline float harmonic(int n, int teams, bool down)
{
    float sum = 0;
    for (int b = 0; b < teams; b++) {
        float part = 0;
        const int first = n / teams * b, last = n / teams * (b + 1) - 1;
        for (int i = 0; i < n / teams; i++)
            part += 1 / (float)(1 + (down ? last - i : first + i));
        sum += part;
    }
    return sum;
}

/* The bits are those of IEEE arithmetic, and so of every machine of the book. */
static inline void orders(void)
{
    enum { TERMS = 1 << 20 };
    const float large = 1e8F;
    volatile float sum = large + 1; /* not to be worked out in more digits */
    printf("\nThe same numbers in another order, in float; n is 2^20:\n");
    fact("(1e8 + 1) - 1e8", 0, (double)(sum - large), 0);
    sum = large - large;
    fact("(1e8 - 1e8) + 1", 0, (double)(sum + 1), 1);
    fact("1 + 1/2 + 1/3 + ... + 1/n", 6, (double)harmonic(TERMS, 1, false), 14.403684);
    fact("  from the other end", 6, (double)harmonic(TERMS, 1, true), 14.440231);
    fact("  by 4 teams", 6, (double)harmonic(TERMS, 4, false), 14.437588);
    fact("  by 1024 teams", 6, (double)harmonic(TERMS, 1024, false), 14.440178);
    fact("  in double", 6, log((double)TERMS) + 0.57721566490153286 + 0.5 / TERMS, 14.440160);
}

/* -- a scatter --------------------------------------------------------------------------------- */

enum { LETTERS = 3, PAIR = 2 };

static inline void scatters(void)
{
    const real demb[LETTERS][PAIR] = {{1, 0}, {0, 1}, {10, 10}};
    const int X[LETTERS] = {2, 0, 2};
    real copy[2][LETTERS][PAIR], dC[LETTERS][PAIR];
    scatter_copies(LETTERS, LETTERS, PAIR, 2, demb, X, copy, dC);
    printf("\nX = (2, 0, 2), of two teams the first has look-ups 0 and 2:\n");
    print_matrix("copy 0", LETTERS, PAIR, *copy[0], 4);
    print_matrix("copy 1", LETTERS, PAIR, *copy[1], 4);
    print_matrix("dC", LETTERS, PAIR, *dC, 4);
    fact_row("dC[2]", 0, PAIR, dC[2], (const real[]){11, 10});
    for (int t = 1; t <= LETTERS; t++) {
        Counter c = counter_new();
        char name[40];
        scatter_atomic(LETTERS, LETTERS, PAIR, t, &c.device, demb, X, dC);
        snprintf(name, sizeof name, "atomic additions, teams of %d", t);
        fact(name, 0, (double)c.added, t == LETTERS ? 4 : 6);
    }
    printf("Two that add to dC[2] at once, without atomic: both read 0, and the one that writes "
           "later wins.\n");
    print_row("  dC[2], perhaps", PAIR, (const real[]){10, 10});
    print_row("  or", PAIR, (const real[]){1, 0});
}

/* -- tiles ------------------------------------------------------------------------------------- */

static inline void tiles(void)
{
    enum { SIDE = 3 };
    const real x[SIDE][SIDE] = {{1, 2, 3}, {4, 5, 6}, {7, 8, 9}};
    const real W[SIDE][SIDE] = {{1, 0, 2}, {0, 1, 0}, {1, 0, 1}};
    static const long expected[] = {54, 36, 18};
    real y[SIDE][SIDE], dW[SIDE][SIDE];
    Counter c = counter_new();
    printf("\nA product of 3 x 3 by 3 x 3, in tiles:\n");
    for (int t = 1; t <= SIDE; t++) {
        char name[64];
        c.fetched = 0;
        tiled_product(SIDE, SIDE, SIDE, t, &c.device, x, W, y);
        snprintf(name, sizeof name, "fetched, tiles of %d x %d", t, t);
        fact(name, 0, (double)c.fetched, (double)expected[t - 1]);
    }
    print_matrix("y", SIDE, SIDE, *y, 4);
    fact_row("y[2]", 0, SIDE, y[2], (const real[]){16, 8, 23});
    tiled_weight_backward(SIDE, SIDE, SIDE, 2, &c.device, W, x, dW);
    fact_row("dW[0], if dy = W", 0, SIDE, dW[0], (const real[]){8, 4, 9});
    fact_row("y[2] of the first tile", 0, SIDE,
             (const real[]){7 * 1 + 8 * 0, 7 * 0 + 8 * 1, 7 * 2 + 8 * 0}, (const real[]){7, 8, 14});
}

/* -- a row's cross entropy by threads ---------------------------------------------------------- */

static inline void rows_by_threads(void)
{
    enum { V = 4, TWO = 2 };
    const real logits[1][V] = {{log((real)6), log((real)3), log((real)2), 0}};
    const int y[1] = {0};
    real most[1][TWO], sum[1][TWO], loss[1], dlogits[1][V];
    team_cross_entropy(1, V, TWO, logits, y, most, sum, loss, dlogits);
    printf("\nLogits ln 6, ln 3, ln 2, ln 1, two threads, the first letter came:\n");
    fact_row("most", 4, TWO, *most, (const real[]){log(6), log(3)});
    fact_row("sum", 4, TWO, *sum, (const real[]){4. / 3, 4. / 3});
    fact("all, brought to ln 6", 4, (double)(sum[0][0] + sum[0][1] * exp(most[0][1] - most[0][0])),
         2);
    fact("loss", 4, (double)loss[0], log(2));
    fact_row("dlogits", 4, V, *dlogits, (const real[]){-1. / 2, 1. / 4, 1. / 6, 1. / 12});
    const real as_they_are = 1 / (sum[0][0] + sum[0][1]);
    fact("p of the first, sums as they are", 4, (double)as_they_are, 3. / 8);
}

/* -- what moves -------------------------------------------------------------------------------- */

enum { ROUNDS = 2, IN_ROUND = 3 };

static const real X_sent[ROUNDS][IN_ROUND][1] = {{{8}, {4}, {6}}, {{2}, {6}, {4}}};

/* The same with the first learning rate for good, or with the first parameters at every step. */
static inline void stale(bool rate, real loss[ROUNDS][IN_ROUND])
{
    const real zero = 0, lr[ROUNDS] = {0.5, 0.25};
    Counter c = counter_new();
    Device *device = &c.device;
    device->to_device(device, DEVICE_P, 1, &zero);
    for (int r = 0; r < ROUNDS; r++)
        for (int i = 0; i < IN_ROUND; i++) {
            device->to_device(device, DEVICE_LR, 1, &lr[rate ? 0 : r]);
            if (!rate)
                device->to_device(device, DEVICE_P, 1, &zero);
            device->to_device(device, DEVICE_X, 1, X_sent[r][i]);
            device->launch(device);
            device->from_device(device, DEVICE_LOSS, 1, &loss[r][i]);
        }
}

static inline void residents(void)
{
    const real p[1] = {0}, lr[ROUNDS] = {0.5, 0.25};
    real loss[ROUNDS][IN_ROUND], saved[ROUNDS][1];
    Counter c = counter_new();
    train_resident(ROUNDS, IN_ROUND, 1, 1, &c.device, X_sent, p, lr, loss, saved);
    printf("\nTwo rounds of three steps for (x - p)^2 / 2, p from 0; what moved, in numbers:\n");
    fact_row("loss, first round", 4, IN_ROUND, loss[0], (const real[]){32, 0, 2});
    fact_row("loss, second round", 4, IN_ROUND, loss[1], (const real[]){4.5, 1.53125, 0.23632812});
    fact_row("saved", 4, ROUNDS, *saved, (const real[]){5, 4.515625});
    fact("P sent", 0, (double)c.sent_of[DEVICE_P], 1);
    fact("P fetched", 0, (double)c.fetched_of[DEVICE_P], 2);
    fact("X sent", 0, (double)c.sent_of[DEVICE_X], 6);
    fact("LR sent", 0, (double)c.sent_of[DEVICE_LR], 2);
    fact("LOSS fetched", 0, (double)c.fetched_of[DEVICE_LOSS], 6);
    stale(false, loss);
    fact_row("first P at every step", 4, IN_ROUND, loss[0], (const real[]){32, 8, 18});
    stale(true, loss);
    fact_row("first LR for good", 4, IN_ROUND, loss[1], (const real[]){4.5, 3.125, 0.28125});
}

/* What a step of the names model moves, where parameters live on the device and where not. */
static inline void moved_by_names(int n, int V, int k)
{
    const int size = parameters_size(V, k), batch = n * (CONTEXT + 1);
    printf("\nA step of the names model, %d rows, %d hidden units; numbers that move:\n", n, k);
    fact("parameters", 0, size, 12297);
    fact("resident: batch and loss", 0, batch + 1, 129);
    fact("parameters there and back, too", 0, 2 * size + batch + 1, 24723);
}

/* -- where two lines cross --------------------------------------------------------------------- */

/* A device that is made up, to have numbers: 10 us for a region, 5 for a copy; a row takes 1/16 us
 * to copy, and 1/16 there or 1/4 on the host. */
static inline void lines_cross(void)
{
    enum { POINTS = 6 };
    const Line host = {0, 0.25}, there = {10 + 2 * 5, 0.125}, resident = {10, 0.0625};
    double rows[POINTS], took[POINTS];
    for (int i = 0; i < POINTS; i++) {
        rows[i] = 1 << (2 * i);
        took[i] = line_at(there, rows[i]);
    }
    const Line fitted = line_fit(POINTS, rows, took);
    printf("\nSuppose a device, in us: 10 for a region, 5 for a copy; a row 1/16 to copy, 1/16 "
           "there, 1/4 here:\n");
    fact("line there, at no rows", 4, fitted.a, 20);
    fact("line there, for each row", 4, fitted.b, 0.125);
    fact("it pays from so many rows", 0, line_crossing(there, host), 160);
    fact("  that are there already", 0, line_crossing(resident, host), 54);
    fact_that("never, if a row takes as long to copy as here to multiply",
              isinf(line_crossing((Line){20, 0.3125}, host)));
}

#endif
