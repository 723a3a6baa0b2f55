/* 02_cost.h: what the way back costs, in time and in memory; and how less memory is bought with
 * more time: checkpointing. */
#ifndef CHAPTER_02_COST_H
#define CHAPTER_02_COST_H

#include <stdio.h>

#include "02_tape.h"
#include "autograd/autograd.h"
#include "kernel/random.h"
#include "nn/init.h"
#include "workbook/fact.h"
#include "workbook/progress.h"

/* -- checkpointing ---------------------------------------------------------------------------- */

enum { CHAIN = 1024 };

/* A chain of CHAIN steps x = x + tanh(w x + b) / CHAIN, without a tape ... */
static inline real plain_step(real x, real w, real b)
{
    return x + tanh(w * x + b) / CHAIN;
}

/* ... and on it: six nodes. */
static inline Scalar tape_step(Scalar x, Scalar w, Scalar b)
{
    Scalar share = s_leaf("const", (real)1 / CHAIN), h = s_tanh(s_add(s_mul(w, x), b));
    return s_add(x, s_mul(share, h));
}

/* dL/dw, dL/db and dL/dx, with x before the first step, of L = x after the last one. */
typedef struct {
    real w, b, x;
} ChainGradient;

/* k steps on a new tape, from x; d->x is the gradient of where they end, and becomes that of x. */
static inline void segment_backward(int k, real x_value, real w_value, real b_value,
                                    ChainGradient *d)
{
    tape_length = 1;
    Scalar w = s_leaf("w", w_value), b = s_leaf("b", b_value), x = s_leaf("x", x_value), end = x;
    for (int t = 0; t < k; t++)
        end = tape_step(end, w, b);
    s_backward(s_mul(s_leaf("dx", d->x), end)); /* dend = d->x */
    d->w += tape[w].grad;
    d->b += tape[b].grad;
    d->x = tape[x].grad;
}

/* Forwards without a tape as far as the last segment of k steps, keeping the x before each segment;
 * then back, each segment on a tape of its own. */
static inline ChainGradient checkpointed(int k, real x, real w, real b)
{
    real kept[CHAIN];
    kept[0] = x;
    for (int t = 1; t <= CHAIN - k; t++) {
        x = plain_step(x, w, b);
        if (t % k == 0)
            kept[t / k] = x;
    }
    ChainGradient d = {.x = 1};
    for (int segment = CHAIN / k - 1; segment >= 0; segment--)
        segment_backward(k, kept[segment], w, b, &d);
    return d;
}

static inline void check_checkpoints(void)
{
    ChainGradient whole = {.x = 1};
    segment_backward(CHAIN, 0.5, 0.7, 0.2, &whole);
    printf("\nA chain of %d steps, every k-th x kept:\n", CHAIN);
    printf("     k   kept  nodes   bytes  steps computed        dw        db        dx\n");
    for (int k = CHAIN; k >= 1; k /= 4) {
        ChainGradient d = checkpointed(k, 0.5, 0.7, 0.2);
        size_t bytes = (size_t)(CHAIN / k) * sizeof(real) + (size_t)tape_length * sizeof *tape;
        printf("  %4d   %4d  %5d  %6zu            %4d  %8.6f  %8.6f  %8.6f\n", k, CHAIN / k,
               tape_length, bytes, 2 * CHAIN - k, (double)d.w, (double)d.b, (double)d.x);
        fact_same("checkpointed", 3, &d.w, &whole.w);
    }
}

/* -- time ------------------------------------------------------------------------------------- */

enum { NODES = 1000000, LAYERS = 6, ROWS = 64, WIDTH = 256 };

/* The fastest of ten rounds; the first has to ask the system for memory, the others have it. */
typedef struct {
    double plain, forward, backward, sum;
} Times;

static inline Times times_none(void)
{
    return (Times){(double)INFINITY, (double)INFINITY, (double)INFINITY, 0};
}

/* Seconds since *start, which becomes now. */
static inline double lap(double *start)
{
    double now = seconds_now(), seconds = now - *start;
    *start = now;
    return seconds;
}

/* x = relu(x w + b) over and over, three nodes each time. */
static inline void time_scalars(Times *best)
{
    real value = 3, weight = 0.5, bias = 1;
    double start = seconds_now();
    for (int i = 0; i < NODES / 3; i++)
        value = fmax(value * weight + bias, 0);
    best->sum += (double)value;
    best->plain = fmin(best->plain, lap(&start));
    tape_length = 1;
    Scalar w = s_leaf("w", weight), b = s_leaf("b", bias), x = s_leaf("x", 3);
    while (tape_length <= NODES)
        x = s_relu(s_add(s_mul(x, w), b));
    best->forward = fmin(best->forward, lap(&start));
    s_backward(x);
    best->backward = fmin(best->backward, lap(&start));
}

static inline Tensor *layers(Tensor *x, Tensor *const W[LAYERS])
{
    for (int i = 0; i < LAYERS; i++)
        x = ag_tanh(ag_matmul(x, W[i]));
    return ag_sum(x, AG_ALL, false);
}

/* The same question to the library: layers of tensors. */
static inline void time_tensors(const real *x, const real *weights, Times *best)
{
    Tensor *W[LAYERS], *X = ag_tensor(ag_shape(2, ROWS, WIDTH), x);
    for (int i = 0; i < LAYERS; i++)
        W[i] = ag_variable(ag_shape(2, WIDTH, WIDTH), weights);
    double start = seconds_now();
    ag_no_grad_begin();
    best->sum += (double)ag_item(layers(X, W));
    ag_no_grad_end();
    best->plain = fmin(best->plain, lap(&start));
    Tensor *loss = layers(X, W);
    best->forward = fmin(best->forward, lap(&start));
    ag_backward(loss);
    best->backward = fmin(best->backward, lap(&start));
    ag_reset();
}

static inline void print_times(const char *name, double unit, Times t)
{
    printf("  %-30s %8.2f %8.2f %8.2f\n", name, t.plain / unit, t.forward / unit,
           t.backward / unit);
}

static inline void time_tape(Rng *rng)
{
    static real x[ROWS * WIDTH], weights[WIDTH * WIDTH];
    Times scalars = times_none(), tensors = times_none();
    init_normal(rng, 1, ROWS * WIDTH, x);
    init_kaiming_normal(rng, INIT_TANH, WIDTH, WIDTH * WIDTH, weights);
    for (int round = 0; round < 10; round++) {
        time_scalars(&scalars);
        time_tensors(x, weights, &tensors);
    }
    fact_that("the loss is finite", isfinite(scalars.sum) && isfinite(tensors.sum));
    printf("\nTime:                                 plain  forward backward\n");
    print_times("scalars, ns a node", NODES * 1e-9, scalars);
    print_times("scalars, plain is 1", scalars.plain, scalars);
    print_times("tensors, ms", 1e-3, tensors);
    print_times("tensors, plain is 1", tensors.plain, tensors);
}

#endif
