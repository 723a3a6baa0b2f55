/* 05_logistic_training.h: the network learns XOR, from ten seeds and from other starts, and two
 * moons. */
#ifndef CHAPTER_05_LOGISTIC_TRAINING_H
#define CHAPTER_05_LOGISTIC_TRAINING_H

#include <stdio.h>

#include "05_logistic.h"
#include "05_logistic_starts.h"
#include "data/loader.h"
#include "nn/init.h"
#include "workbook/fact.h"
#include "workbook/options.h"
#include "workbook/plot.h"
#include "workbook/runlog.h"
#include "workbook/training.h"

/* -- a picture of what the network says ------------------------------------------------------- */

enum { GRID = 200 };

/* p over the plane, from .. to in both directions: <name>_plane.csv. */
static bool log_plane(const Options *options, const char *name, Network *net, double from,
                      double to)
{
    char file[64];
    RunLog log;
    real x[GRID][D], y[GRID] = {0};
    snprintf(file, sizeof file, "%s_plane", name);
    if (!runlog_open(&log, options->out, file, "x0,x1,p"))
        return false;
    for (int row = 0; row < GRID; row++) {
        for (int i = 0; i < GRID; i++) {
            x[i][0] = (real)(from + (to - from) * (i + 0.5) / GRID);
            x[i][1] = (real)(from + (to - from) * (row + 0.5) / GRID);
        }
        forward(GRID, net, x, y);
        for (int i = 0; i < GRID; i++)
            runlog_row(&log, (double[]){(double)x[i][0], (double)x[i][1], (double)net->p[i]});
    }
    return runlog_close(&log);
}

/* The questions, no and yes in columns of their own: <name>_points.csv. */
static bool log_points(const Options *options, const char *name, const Questions *questions)
{
    char file[64];
    RunLog log;
    snprintf(file, sizeof file, "%s_points", name);
    if (!runlog_open(&log, options->out, file, "x0,no,yes"))
        return false;
    for (int i = 0; i < questions->n; i++) {
        double x0 = (double)questions->x[i][0], x1 = (double)questions->x[i][1];
        bool yes = questions->y[i] > 0;
        runlog_row(&log, (double[]){x0, yes ? RUNLOG_NONE : x1, yes ? x1 : RUNLOG_NONE});
    }
    return runlog_close(&log);
}

/* Both in one picture: <name>.png. */
static bool draw_plane(const Options *options, const char *name, Network *net,
                       const Questions *questions, double from, double to)
{
    return log_plane(options, name, net, from, to) && log_points(options, name, questions) &&
           plot_draw_file(options, name, "chapters/05_plane.gp");
}

/* -- XOR -------------------------------------------------------------------------------------- */

enum { SEEDS = 10, XOR_EVERY = 20 };

/* Trains the networks side by side, on all corners at once. solved[s] becomes the step from which
 * on network s is right about all of them, or -1. The gradient in the log is that of the first. */
static TrainingEnd xor_train(const Options *options, const Questions *corners, Network net[SEEDS],
                             int solved[SEEDS])
{
    Training t;
    int n = corners->n;
    if (!training_begin(&t, options, "xor_loss",
                        "step,seed 1 [nats],seed 2 [nats],seed 3 [nats],seed 4 [nats],"
                        "seed 5 [nats],seed 6 [nats],seed 7 [nats],seed 8 [nats],seed 9 [nats],"
                        "seed 10 [nats]",
                        XOR_STEPS, XOR_EVERY))
        return NOT_LOGGED;
    training_epoch(&t, 1);
    while (training_next(&t)) {
        double row[1 + SEEDS] = {(double)t.step}, sum = 0;
        for (int s = 0; s < SEEDS; s++) {
            row[1 + s] = (double)step(n, &net[s], corners->x, corners->y, xor_lr);
            sum += row[1 + s];
            if (count_right(n, net[s].p, corners->y) < n)
                solved[s] = -1;
            else if (solved[s] < 0)
                solved[s] = (int)t.step - 1; /* the steps that it took to be so */
        }
        training_loss(&t, sum, (double)xor_lr, net->size, net->dW1);
        if (training_row_due(&t))
            training_row(&t, row);
    }
    return training_end(&t);
}

/* Returns the last of the networks that are right, for the picture. */
static int xor_report(const Questions *corners, Network net[SEEDS], const int solved[SEEDS])
{
    int right = 0, last = 0;
    printf("\nXOR with two hidden units, %d steps:\n", XOR_STEPS);
    printf("  seed      loss   p of 00, 01, 10, 11       solved at step\n");
    for (int s = 0; s < SEEDS; s++) {
        real loss = forward(corners->n, &net[s], corners->x, corners->y), *p = net[s].p;
        printf("  %4d  %8.4f   %.3f %.3f %.3f %.3f", s + 1, (double)loss, (double)p[0],
               (double)p[1], (double)p[2], (double)p[3]);
        printf(solved[s] < 0 ? "   never\n" : "   %d\n", solved[s]);
        right += solved[s] >= 0;
        last = solved[s] >= 0 ? s : last;
    }
    printf("  solved from %d of %d seeds\n", right, SEEDS);
    fact_that("XOR is solved from at least 9 of 10 seeds", right >= 9);
    return last;
}

/* Seeds 1 to 10, whatever --seed says: that 9 of them are enough is a fact about these. */
static bool learn_xor(const Options *options)
{
    const Questions *corners = xor_corners();
    Network net[SEEDS];
    int solved[SEEDS];
    for (int s = 0; s < SEEDS; s++) {
        Rng rng;
        rng_seed(&rng, (uint64_t)s + 1);
        net[s] = network_new(2);
        start_undecided(&rng, &net[s]);
        solved[s] = -1;
    }
    TrainingEnd end = xor_train(options, corners, net, solved);
    bool done =
        end != NOT_LOGGED &&
        training_succeeded(end, plot_draw_file(options, "xor_loss", "chapters/05_xor_loss.gp"));
    if (done && end == TRAINED) {
        int drawn = xor_report(corners, net, solved);
        try_starts(corners);
        done = draw_plane(options, "xor", &net[drawn], corners, -0.5, 1.5);
    }
    for (int s = 0; s < SEEDS; s++)
        network_free(&net[s]);
    return done;
}

/* -- two moons -------------------------------------------------------------------------------- */

enum { MOONS = MOST, TRAIN = MOONS * 8 / 10, HIDDEN = 16, STEPS = 4000 };

static const double moons_noise = 0.1, lr_of_lesson = 2;

static const char loss_script[] = "set title 'Two moons'\n"
                                  "set logscale y\n"
                                  "set xlabel 'step'\n"
                                  "set ylabel 'loss (nats)'\n"
                                  "plot 'loss.csv' using 1:2, '' using 1:3, "
                                  "'' using 1:(no_number(2)) @crosses\n";

static TrainingEnd moons_train(const Options *options, const Dataset *train, const Questions *test,
                               Network *net)
{
    Training t;
    if (!training_begin(&t, options, "loss", "step,batch [nats],test [nats]", options->steps,
                        options->steps / 200 + 1))
        return NOT_LOGGED;
    Loader batches = loader_new(
        train, (LoaderOptions){.batch = options->batch, .shuffle = true, .seed = options->seed});
    training_epoch(&t, loader_batches(&batches));
    while (training_next(&t)) {
        if (!loader_next(&batches))
            loader_next(&batches); /* the next epoch */
        real loss = step(batches.n, net, (void *)batches.x, batches.y, (real)options->lr);
        training_loss(&t, (double)loss, options->lr, net->size, net->dW1);
        if (training_row_due(&t)) {
            double of_test = (double)forward(test->n, net, test->x, test->y);
            training_row(&t, (double[]){(double)t.step, training_mean(&t), of_test});
        }
    }
    loader_free(&batches);
    return training_end(&t);
}

/* The sum of p is the number of yes where db2 is 0. Returns the share that is right. */
static double moons_score(const char *name, Network *net, const Questions *questions)
{
    int n = questions->n;
    double loss = (double)forward(n, net, questions->x, questions->y);
    double right = (double)count_right(n, net->p, questions->y) / n;
    double sum_p = 0, yes = 0;
    for (int i = 0; i < n; i++) {
        sum_p += (double)net->p[i];
        yes += (double)questions->y[i];
    }
    printf("  %-5s  loss %.4f, right %.1f %%, sum of p %.1f, yes %g\n", name, loss, 100 * right,
           sum_p, yes);
    return right;
}

static bool moons_report(const Options *options, TrainingEnd end, Network *net,
                         const Questions part[2])
{
    if (end == DIVERGED)
        return training_succeeded(end, plot_draw(options, "loss", loss_script));
    printf("\nTwo moons, %d hidden units, %ld steps of %d:\n", HIDDEN, options->steps,
           options->batch);
    moons_score("train", net, &part[0]);
    double right = moons_score("test", net, &part[1]);
    printf("\n");
    if (end == TRAINED && options->steps >= STEPS && options->lr == lr_of_lesson)
        fact_that("98 % of the test points are right", right >= 0.98);
    bool drawn = plot_draw(options, "loss", loss_script) &&
                 draw_plane(options, "moons", net, &part[1], -1.5, 2.5);
    plot_terminal(options, loss_script);
    return drawn;
}

static bool learn_moons(const Options *options)
{
    static Questions part[2];
    Rng rng;
    Network net = network_new(HIDDEN);
    Dataset moons = toy_moons(options->seed, MOONS, moons_noise), data[2];
    random_split(&moons, options->seed, 2, (const int[]){TRAIN, MOONS - TRAIN}, data);
    for (int k = 0; k < 2; k++)
        ask_all(&data[k], &part[k]);
    rng_seed(&rng, options->seed);
    init_xavier_uniform(&rng, INIT_SIGMOID, D, HIDDEN, D * HIDDEN, net.W1);
    init_xavier_uniform(&rng, INIT_SIGMOID, HIDDEN, 1, HIDDEN, net.w2);
    TrainingEnd end = moons_train(options, &data[0], &part[1], &net);
    bool done = end != NOT_LOGGED && moons_report(options, end, &net, part);
    for (int k = 0; k < 2; k++)
        dataset_free(&data[k]);
    dataset_free(&moons);
    network_free(&net);
    return done;
}

#endif
