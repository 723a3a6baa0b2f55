/* 05_logistic.c: yes or no.
 *
 * The network of 05_logistic.h gives the probability that the answer is yes. The program works the
 * small example of the lesson, shows why the loss is minus a logarithm and where BCE by steps
 * breaks and BCE on logits does not, holds every gradient against the tape and a numeric gradient,
 * trains a network with two hidden units on XOR from ten seeds and from other starts, and a wider
 * one on two moons. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "05_logistic.h"
#include "05_logistic_training.h"
#include "autograd/autograd.h"
#include "error.h"
#include "nn/init.h"
#include "workbook/fact.h"
#include "workbook/interrupt.h"
#include "workbook/options.h"
#include "workbook/table.h"

/* -- the small example ------------------------------------------------------------------------ */

/* One yes-or-no question, its answer y, and a network that says p = 3/4. */
static void small_example(void)
{
    const real z = log((real)3);
    for (int yes = 1; yes >= 0; yes--) {
        real y = (real)yes, p, dp, dz, at_once;
        sigmoid_forward(1, &z, &p);
        bce_backward(1, &p, &y, &dp);
        sigmoid_backward_from_p(1, &dp, &p, &dz);
        bce_and_sigmoid_backward(1, &p, &y, &at_once);
        printf("z = ln 3, p = 3/4, and the answer is y = %d:\n", yes);
        fact("loss", 4, (double)bce_forward(1, &p, &y), yes ? 0.2877 : 1.3863);
        fact("loss from z", 4, (double)bce_with_logits_mean(1, &z, &y), yes ? 0.2877 : 1.3863);
        fact("dp", 4, (double)dp, yes ? -1.3333 : 4);
        fact("dz = dp p (1 - p)", 4, (double)dz, yes ? -0.25 : 0.75);
        fact("dz = p - y", 4, (double)at_once, yes ? -0.25 : 0.75);
    }
}

/* Three of four answers are yes, and the network cannot tell them apart: one p for all. Then p for
 * an answer that is no. */
static void why_the_logarithm(void)
{
    enum { TRIES = 3 };
    const real y[4] = {1, 1, 1, 0}, three[TRIES] = {0.5, 0.75, 0.9}, no[TRIES] = {0.5, 0.9, 0.99};
    real product[TRIES], loss[TRIES], off[TRIES], square[TRIES], pull[TRIES];
    for (int i = 0; i < TRIES; i++) {
        const real p = three[i], all[4] = {p, p, p, p};
        product[i] = p * p * p * (1 - p);
        loss[i] = bce_forward(4, all, y);
        off[i] = (3 * (1 - p) + p) / 4;
        pull[i] = no[i];
        square[i] = 2 * no[i] * no[i] * (1 - no[i]);
    }
    printf("\nThree of four answers are yes, and p is the same for all:\n");
    fact_row("p", 2, TRIES, three, (const real[]){0.5, 0.75, 0.9});
    fact_row("p p p (1 - p)", 4, TRIES, product, (const real[]){0.0625, 0.1055, 0.0729});
    fact_row("loss: -ln of it, by 4", 4, TRIES, loss, (const real[]){0.6931, 0.5623, 0.6547});
    fact_row("mean of |p - y|", 4, TRIES, off, (const real[]){0.5, 0.375, 0.3});
    printf("The answer is no:\n");
    fact_row("p", 2, TRIES, no, (const real[]){0.5, 0.9, 0.99});
    fact_row("dz of -ln (1 - p)", 4, TRIES, pull, (const real[]){0.5, 0.9, 0.99});
    fact_row("dz of (p - y)^2", 4, TRIES, square, (const real[]){0.25, 0.162, 0.0196});
}

/* The answer is no, and z grows: by steps, and on the logits. */
static void stable_form(void)
{
    const real zs[] = {10, 40, 1000}, y = 0;
    printf("\nThe answer is no, y = 0:\n");
    printf("      z    by steps: loss        dz    on logits: loss        dz\n");
    for (int i = 0; i < 3; i++) {
        real z = zs[i], p, dp, dz, at_once;
        sigmoid_forward(1, &z, &p);
        bce_backward(1, &p, &y, &dp);
        sigmoid_backward_from_p(1, &dp, &p, &dz);
        bce_and_sigmoid_backward(1, &p, &y, &at_once);
        double steps = (double)bce_forward(1, &p, &y);
        double logits = (double)bce_with_logits_mean(1, &z, &y);
        printf("  %5.0f  %14.4f %9.4f  %16.4f %9.4f\n", (double)z, steps, fabs((double)dz), logits,
               (double)at_once);
        fact_that("the loss on logits is z", fabs(logits - (double)z) < 1e-4);
        fact_that("by steps it breaks", i == 0 ? fabs(steps - logits) < 1e-2 : isinf(steps));
    }
}

/* Without a hidden layer: at w = 0 every p is 1/2, and the pulls of the four corners cancel. */
static void one_neuron_on_xor(void)
{
    const Questions *corners = xor_corners();
    real p[4] = {0.5, 0.5, 0.5, 0.5}, dz[4][1], dw[D][1], db;
    bce_and_sigmoid_backward(4, p, corners->y, *dz);
    hidden_backward(4, 1, dz, corners->x, dw, &db);
    printf("\nXOR without a hidden layer, all weights 0:\n");
    fact("loss", 4, (double)bce_forward(4, p, corners->y), 0.6931);
    fact_row("4 dz", 1, 4, (const real[]){4 * dz[0][0], 4 * dz[1][0], 4 * dz[2][0], 4 * dz[3][0]},
             (const real[]){0.5, -0.5, -0.5, 0.5});
    fact_row("dw, db", 4, 3, (const real[]){dw[0][0], dw[1][0], db}, (const real[]){0, 0, 0});
}

/* With two hidden units it can be written down: OR, AND, and the first without the second. */
static void xor_by_hand(void)
{
    const real W1[D][2] = {{24, 24}, {24, 24}}, b1[2] = {-12, -36}, w2[2] = {24, -24}, b2 = -12;
    const Questions *corners = xor_corners();
    Network net = network_new(2);
    memcpy(net.W1, W1, sizeof W1);
    memcpy(net.b1, b1, sizeof b1);
    memcpy(net.w2, w2, sizeof w2);
    *net.b2 = b2;
    forward(4, &net, corners->x, corners->y);
    const real(*h)[2] = net.h;
    printf("\nXOR by hand: \"x0 or x1\", \"x0 and x1\", and the first but not the second:\n");
    fact_row("or", 4, 4, (const real[]){h[0][0], h[1][0], h[2][0], h[3][0]},
             (const real[]){0, 1, 1, 1});
    fact_row("and", 4, 4, (const real[]){h[0][1], h[1][1], h[2][1], h[3][1]},
             (const real[]){0, 0, 0, 1});
    fact_row("p", 4, 4, net.p, corners->y);
    network_free(&net);
}

/* -- the judges ------------------------------------------------------------------------------- */

enum { N = 7, K = 3 };

/* Every gradient, step by step. */
typedef struct {
    real dp[N], dz_by_steps[N], dz[N], dh[N][K], dhpre[N][K], dW1[D][K], db1[K], dw2[K], db2;
} Gradients;

static void backward_by_steps(const Network *net, const real x[N][D], const real y[N], Gradients *d)
{
    bce_backward(N, net->p, y, d->dp);
    sigmoid_backward_from_p(N, d->dp, net->p, d->dz_by_steps);

    bce_and_sigmoid_backward(N, net->p, y, d->dz);
    output_backward(N, K, d->dz, net->h, net->w2, d->dw2, &d->db2, d->dh);
    sigmoid_backward_from_p(N * K, *d->dh, net->h, *d->dhpre);
    hidden_backward(N, K, d->dhpre, x, d->dW1, d->db1);
}

typedef struct {
    Tensor *W1, *b1, *w2, *b2, *hpre, *h, *z, *p, *loss;
} OnTape;

static OnTape tape_forward(const Network *net, const real x[N][D], const real y[N])
{
    OnTape t = {.W1 = ag_variable(ag_shape(2, D, K), net->W1),
                .b1 = ag_variable(ag_shape(1, K), net->b1),
                .w2 = ag_variable(ag_shape(1, K), net->w2),
                .b2 = ag_variable(ag_shape(1, 1), net->b2)};
    t.hpre = ag_linear(ag_tensor(ag_shape(2, N, D), *x), t.W1, t.b1);
    t.h = ag_sigmoid(t.hpre);
    t.z = ag_add(ag_sum(ag_mul(t.h, t.w2), 1, false), t.b2);
    t.p = ag_sigmoid(t.z);
    t.loss = ag_binary_cross_entropy(t.p, ag_tensor(ag_shape(1, N), y), AG_MEAN);
    return t;
}

/* Each step, and what network_backward() has left in net, against the tape. */
static bool hold_gradients(const Network *net, const Gradients *d, OnTape t)
{
    GradTable table;
    table_begin(&table);
    table_tensor(&table, "dp", d->dp, t.loss, t.p);
    table_tensor(&table, "dz, by steps", d->dz_by_steps, t.loss, t.z);
    table_tensor(&table, "dz, on logits", d->dz, t.loss, t.z);
    table_tensor(&table, "dw2", d->dw2, t.loss, t.w2);
    table_tensor(&table, "db2", &d->db2, t.loss, t.b2);
    table_tensor(&table, "dh", *d->dh, t.loss, t.h);
    table_tensor(&table, "dhpre", *d->dhpre, t.loss, t.hpre);
    table_tensor(&table, "dW1", *d->dW1, t.loss, t.W1);
    table_tensor(&table, "db1", d->db1, t.loss, t.b1);
    table_tensor(&table, "dW1, at once", net->dW1, t.loss, t.W1);
    table_tensor(&table, "db1, at once", net->db1, t.loss, t.b1);
    table_tensor(&table, "dw2, at once", net->dw2, t.loss, t.w2);
    table_tensor(&table, "db2, at once", net->db2, t.loss, t.b2);
    return table_end(&table);
}

static bool check_gradients(uint64_t seed)
{
    Rng rng;
    real x[N][D], y[N];
    Network net = network_new(K);
    rng_seed(&rng, seed);
    init_normal(&rng, 1, net.size, net.W1);
    init_normal(&rng, 1, N * D, *x);
    for (int i = 0; i < N; i++)
        y[i] = (real)rng_below(&rng, 2);

    Gradients d;
    printf("\nSeven random questions, three hidden units:\n");
    real L = forward(N, &net, x, y);
    OnTape t = tape_forward(&net, x, y);
    fact_same("p", N, net.p, t.p->data);
    fact_same("loss", 1, &L, t.loss->data);
    ag_backward(t.loss);
    backward_by_steps(&net, x, y, &d);
    vector_fill(net.size, NAN, net.dW1); /* it is to be written, not added to */
    backward(N, &net, x, y);
    bool hold = hold_gradients(&net, &d, t);
    ag_reset();
    network_free(&net);
    return hold;
}

/* -- all of it -------------------------------------------------------------------------------- */

/* What is shown and checked before the training. */
static bool lesson(const Options *options)
{
    small_example();
    why_the_logarithm();
    stable_form();
    one_neuron_on_xor();
    xor_by_hand();
    return check_gradients(options->seed);
}

int main(int argc, char **argv)
{
    Options options = {.chapter = "05_logistic",
                       .about = "yes or no: XOR and two moons",
                       .steps = STEPS,
                       .quick_steps = STEPS,
                       .lr = lr_of_lesson,
                       .batch = 32,
                       .seed = 42};
    options_parse(&options, argc, argv);
    bool hold = options.train_only || lesson(&options);
    if (options.steps > 0 &&
        !(learn_xor(&options) && (interrupt_signal() || learn_moons(&options))))
        return interrupt_status(error_report(options.chapter));
    return interrupt_status(hold && fact_failures() == 0 ? EXIT_SUCCESS : EXIT_FAILURE);
}
