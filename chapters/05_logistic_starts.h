/* 05_logistic_starts.h: where the network begins, and how often it then learns XOR. */
#ifndef CHAPTER_05_LOGISTIC_STARTS_H
#define CHAPTER_05_LOGISTIC_STARTS_H

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "05_logistic.h"
#include "nn/init.h"
#include "workbook/interrupt.h"

enum { XOR_STEPS = 6000 };

static const real xor_lr = 2;

/* -- four starts ------------------------------------------------------------------------------ */

static inline void start_at_zero(Rng *rng, Network *net)
{
    (void)rng;
    vector_fill(net->size, 0, net->W1);
}

static inline void start_normal(Rng *rng, Network *net)
{
    init_normal(rng, 1, net->size, net->W1);
}

/* As PyTorch's linear layers begin: within +-1/sqrt(inputs), and both layers have two of them. */
static inline void start_uniform(Rng *rng, Network *net)
{
    init_uniform(rng, -1 / sqrt(2), 1 / sqrt(2), net->size, net->W1);
}

/* Small weights into the hidden layer, so that no unit has made up its mind; large ones out of it,
 * so that each feels the loss. */
static inline void start_undecided(Rng *rng, Network *net)
{
    start_at_zero(rng, net); /* the biases */
    init_normal(rng, 0.2, D * net->k, net->W1);
    init_normal(rng, 2, net->k, net->w2);
}

/* -- how often, and how soon ------------------------------------------------------------------ */

enum { MANY_SEEDS = 1000 };

/* Trains one network until its loss tells that it will not be wrong again. Returns after how many
 * steps it was right about all corners, or -1 if it is not in the end. */
static inline int xor_solved_at(const Questions *corners, Network *net)
{
    int n = corners->n, solved = -1;
    for (int s = 0; s < XOR_STEPS; s++) {
        real loss = step(n, net, corners->x, corners->y, xor_lr);
        if (count_right(n, net->p, corners->y) < n)
            solved = -1;
        else if (solved < 0)
            solved = s;
        if (loss < (real)0.05)
            break;
    }
    return solved;
}

static inline int by_steps(const void *a, const void *b)
{
    return *(const int *)a - *(const int *)b;
}

/* From seeds 1, 2, ..., at most MANY_SEEDS. A row that was interrupted is not printed. */
static inline void try_start(const Questions *corners, const char *name,
                             void (*start)(Rng *, Network *), int seeds)
{
    static int at[MANY_SEEDS];
    int solved = 0;
    Network net = network_new(2);
    for (int seed = 1; seed <= seeds && !interrupt_signal(); seed++) {
        Rng rng;
        rng_seed(&rng, (uint64_t)seed);
        start(&rng, &net);
        at[solved] = xor_solved_at(corners, &net);
        solved += at[solved] >= 0;
    }
    network_free(&net);
    if (interrupt_signal())
        return;
    qsort(at, (size_t)solved, sizeof *at, by_steps);
    printf("  %-38s %6d %7d", name, seeds, solved);
    if (solved > 0)
        printf(" %12d", at[solved / 2]);
    printf("\n");
}

static inline void try_starts(const Questions *corners)
{
    interrupt_catch();
    printf("\nXOR from other starts:\n  %-38s %6s %7s %12s\n", "", "seeds", "solved",
           "middle step");
    try_start(corners, "all weights and biases 0", start_at_zero, 1);
    try_start(corners, "all N(0, 1)", start_normal, MANY_SEEDS);
    try_start(corners, "all uniform on +-1/sqrt 2", start_uniform, MANY_SEEDS);
    try_start(corners, "W1 N(0, 0.2^2), w2 N(0, 2^2), biases 0", start_undecided, MANY_SEEDS);
    interrupt_release();
}

#endif
