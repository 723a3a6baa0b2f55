/* 05_logistic.c: yes or no.
 *
 * The network of 05_logistic.h gives the probability that the answer is yes. The program works the
 * small example of the lesson, shows where BCE by steps breaks and BCE on logits does not, holds
 * every gradient against the tape and a numeric gradient, trains a network with two hidden units on
 * XOR from ten seeds, and a wider one on two moons. */
#include <stdio.h>
#include <stdlib.h>

#include "05_logistic.h"
#include "autograd/autograd.h"
#include "data/loader.h"
#include "data/toy.h"
#include "kernel/vector.h"
#include "nn/init.h"
#include "workbook/fact.h"
#include "workbook/options.h"
#include "workbook/plot.h"
#include "workbook/progress.h"
#include "workbook/runlog.h"
#include "workbook/table.h"

/* -- the small example ------------------------------------------------------------------------ */

/* One yes-or-no question, its answer y, and a network that says p = 3/4. */
static void small_example(void)
{
    const real z = log((real)3);
    for (int yes = 1; yes >= 0; yes--) {
        real y = (real)yes, p, dp, dz, fused;
        sigmoid_forward(1, &z, &p);
        bce_backward(1, &p, &y, &dp);
        sigmoid_backward(1, &dp, &p, &dz);
        bce_with_logits_backward(1, &p, &y, &fused);
        printf("z = ln 3, p = 3/4, and the answer is y = %d:\n", yes);
        fact("loss", 4, (double)bce_forward(1, &p, &y), yes ? 0.2877 : 1.3863);
        fact("loss from z", 4, (double)bce_with_logits_forward(1, &z, &y), yes ? 0.2877 : 1.3863);
        fact("dp", 4, (double)dp, yes ? -1.3333 : 4);
        fact("dz = dp p (1 - p)", 4, (double)dz, yes ? -0.25 : 0.75);
        fact("dz = p - y", 4, (double)fused, yes ? -0.25 : 0.75);
    }
}

/* The answer is no, and z grows: by steps, and on the logits. */
static void stable_form(void)
{
    const real zs[] = {10, 40, 1000}, y = 0;
    printf("\nThe answer is no, y = 0:\n");
    printf("      z    by steps: loss        dz    on logits: loss        dz\n");
    for (int i = 0; i < 3; i++) {
        real z = zs[i], p, dp, dz, fused;
        sigmoid_forward(1, &z, &p);
        bce_backward(1, &p, &y, &dp);
        sigmoid_backward(1, &dp, &p, &dz);
        bce_with_logits_backward(1, &p, &y, &fused);
        double steps = (double)bce_forward(1, &p, &y);
        double logits = (double)bce_with_logits_forward(1, &z, &y);
        printf("  %5.0f  %14.4f %9.4f  %16.4f %9.4f\n", (double)z, steps, fabs((double)dz), logits,
               (double)fused);
        fact_that("the loss on logits is z", fabs(logits - (double)z) < 1e-4);
        fact_that("by steps it breaks", i == 0 ? fabs(steps - logits) < 1e-2 : isinf(steps));
    }
}

/* Without a hidden layer: at w = 0 every p is 1/2, and the pulls of the four corners cancel. */
static void one_neuron_on_xor(void)
{
    Dataset xor = toy_xor();
    real p[4] = {0.5, 0.5, 0.5, 0.5}, dz[4], dw[D] = {0}, db = 0;
    bce_with_logits_backward(4, p, xor.y, dz);
    for (int i = 0; i < 4; i++) {
        dw[0] += dz[i] * xor.x[2 * i];
        dw[1] += dz[i] * xor.x[2 * i + 1];
        db += dz[i];
    }
    printf("\nXOR without a hidden layer, all weights 0:\n");
    fact("loss", 4, (double)bce_forward(4, p, xor.y), 0.6931);
    fact_row("4 dz", 1, 4, (const real[]){4 * dz[0], 4 * dz[1], 4 * dz[2], 4 * dz[3]},
             (const real[]){0.5, -0.5, -0.5, 0.5});
    fact_row("dw, db", 4, 3, (const real[]){dw[0], dw[1], db}, (const real[]){0, 0, 0});
    dataset_free(&xor);
}

/* With two hidden units it can be written down: OR, AND, and the first without the second. */
static void xor_by_hand(void)
{
    static real values[] = {24, 24, 24, 24, -12, -36, 24, -24, -12};
    Network net = {.k = 2, .W1 = values, .b1 = values + 4, .w2 = values + 6, .b2 = values + 8};
    Dataset xor = toy_xor();
    Pass a = pass_new(4, 2);
    forward(4, &net, (void *)xor.x, xor.y, &a);
    printf("\nXOR by hand: \"x0 or x1\", \"x0 and x1\", and the first but not the second:\n");
    fact_row("or", 4, 4, (const real[]){a.h[0], a.h[2], a.h[4], a.h[6]},
             (const real[]){0, 1, 1, 1});
    fact_row("and", 4, 4, (const real[]){a.h[1], a.h[3], a.h[5], a.h[7]},
             (const real[]){0, 0, 0, 1});
    fact_row("p", 4, 4, a.p, xor.y);
    free(a.hpre);
    dataset_free(&xor);
}

/* -- the judges ------------------------------------------------------------------------------- */

enum { N = 7, K = 3 };

typedef enum { FROM_PARAMETERS, FROM_HPRE, FROM_H, FROM_Z, FROM_P } Stage;

/* The forward pass, in small steps, from any of its stages on: what numeric gradients nudge. */
typedef struct {
    Stage from;
    Network net;
    Pass a;
    real x[N][D], y[N];
} Check;

static double loss_from(void *context)
{
    Check *c = context;
    Pass *a = &c->a;
    if (c->from <= FROM_PARAMETERS)
        hidden_forward(N, K, c->x, (void *)c->net.W1, c->net.b1, (void *)a->hpre);
    if (c->from <= FROM_HPRE)
        sigmoid_forward(N * K, a->hpre, a->h);
    if (c->from <= FROM_H)
        output_forward(N, K, (void *)a->h, c->net.w2, *c->net.b2, a->z);
    if (c->from <= FROM_Z)
        sigmoid_forward(N, a->z, a->p);
    return (double)bce_forward(N, a->p, c->y);
}

static void check_row(GradTable *table, Check *c, const char *name, int rows, int cols, Stage from,
                      real *value, const real *hand, const Tensor *tape)
{
    int n = cols > 0 ? rows * cols : rows;
    real numeric[N * K];
    c->from = from;
    numeric_gradient(loss_from, c, n, value, numeric);
    table_row(table, name, rows, cols, hand, tape->grad,
              sizeof(real) == sizeof(double) ? numeric : NULL);
    c->from = FROM_PARAMETERS;
    loss_from(c);
}

/* -1/n sum (y log p + (1 - y) log(1 - p)) on the tape */
static Tensor *tape_bce(Tensor *p, const real *y)
{
    Tensor *yes = ag_tensor(ag_shape(2, N, 1), y), *one = ag_scalar(1);
    Tensor *sum = ag_add(ag_mul(yes, ag_log(p)), ag_mul(ag_sub(one, yes), ag_log(ag_sub(one, p))));
    return ag_neg(ag_mean(sum, AG_ALL, false));
}

static bool check_gradients(uint64_t seed)
{
    Rng rng;
    Check c = {.net = network_new(K), .a = pass_new(N, K)};
    Network *net = &c.net, d = network_new(K);
    Pass *a = &c.a;
    rng_seed(&rng, seed);
    init_normal(&rng, 1, net->size, net->W1);
    init_normal(&rng, 1, N * D, *c.x);
    for (int i = 0; i < N; i++)
        c.y[i] = (real)rng_below(&rng, 2);
    loss_from(&c);

    Tensor *W1 = ag_variable(ag_shape(2, D, K), net->W1),
           *b1 = ag_variable(ag_shape(1, K), net->b1);
    Tensor *w2 = ag_variable(ag_shape(2, K, 1), net->w2),
           *b2 = ag_variable(ag_shape(1, 1), net->b2);
    Tensor *hpre = ag_linear(ag_tensor(ag_shape(2, N, D), *c.x), W1, b1), *h = ag_sigmoid(hpre);
    Tensor *z = ag_linear(h, w2, b2), *p = ag_sigmoid(z);
    ag_backward(tape_bce(p, c.y));

    real dz_steps[N];
    bce_backward(N, a->p, c.y, a->dp);
    sigmoid_backward(N, a->dp, a->p, dz_steps);
    backward(N, net, (const void *)c.x, c.y, a, &d);
    GradTable table;
    printf("\nSeven random questions, three hidden units:\n");
    table_begin(&table);
    check_row(&table, &c, "dp", N, 0, FROM_P, a->p, a->dp, p);
    check_row(&table, &c, "dz, by steps", N, 0, FROM_Z, a->z, dz_steps, z);
    check_row(&table, &c, "dz, on logits", N, 0, FROM_Z, a->z, a->dz, z);
    check_row(&table, &c, "dw2", K, 0, FROM_PARAMETERS, net->w2, d.w2, w2);
    check_row(&table, &c, "db2", 1, 0, FROM_PARAMETERS, net->b2, d.b2, b2);
    check_row(&table, &c, "dh", N, K, FROM_H, a->h, a->dh, h);
    check_row(&table, &c, "dhpre", N, K, FROM_HPRE, a->hpre, a->dhpre, hpre);
    check_row(&table, &c, "dW1", D, K, FROM_PARAMETERS, net->W1, d.W1, W1);
    check_row(&table, &c, "db1", K, 0, FROM_PARAMETERS, net->b1, d.b1, b1);
    ag_reset();
    free(a->hpre);
    free(net->W1);
    free(d.W1);
    return table_end(&table);
}

/* -- pictures --------------------------------------------------------------------------------- */

enum { GRID = 200 };

static const char plane_script[] =
    "set xlabel 'x0'\n"
    "set ylabel 'x1'\n"
    "set cblabel 'p'\n"
    "set size ratio -1\n"
    "set palette defined (0 '#8fbfe0', 0.5 '#eef5fa', 0.5 '#fdf0e6', 1 '#eba36f')\n"
    "set cbrange [0:1]\n"
    "set autoscale fix\n"
    "unset grid\n"
    "set key outside top center horizontal\n"
    "plot name.'_plane.csv' using 1:2:3 with image notitle, \\\n"
    "     name.'_points.csv' using 1:2 with points pt 7 lc rgb '#0072b2', \\\n"
    "     '' using 1:3 with points pt 9 ps 1.2 lc rgb '#a04000'\n";

/* p over the plane around the data, and the data: <name>_plane.csv, <name>_points.csv and the
 * picture. */
static bool draw_plane(const Options *options, const char *name, const char *title,
                       const Network *net, const Dataset *data, double from, double to)
{
    char file[64], script[sizeof plane_script + 256];
    RunLog plane, points;
    real x[GRID][D], y[GRID] = {0};
    snprintf(file, sizeof file, "%s_plane", name);
    if (!runlog_open(&plane, options->out, file, "x0,x1,p"))
        return false;
    Pass a = pass_new(GRID, net->k);
    for (int row = 0; row < GRID; row++) {
        for (int i = 0; i < GRID; i++) {
            x[i][0] = (real)(from + (to - from) * (i + 0.5) / GRID);
            x[i][1] = (real)(from + (to - from) * (row + 0.5) / GRID);
        }
        forward(GRID, net, (const void *)x, y, &a);
        for (int i = 0; i < GRID; i++)
            runlog_row(&plane, (double[]){(double)x[i][0], (double)x[i][1], (double)a.p[i]});
    }
    free(a.hpre);
    snprintf(file, sizeof file, "%s_points", name);
    if (!runlog_close(&plane) || !runlog_open(&points, options->out, file, "x0,no,yes"))
        return false;
    for (int i = 0; i < data->length; i++) {
        real at[D], yes;
        dataset_item(data, i, at, &yes);
        runlog_row(&points, (double[]){(double)at[0], yes > 0 ? NAN : (double)at[1],
                                       yes > 0 ? (double)at[1] : NAN});
    }
    snprintf(script, sizeof script, "name = '%s'\nset title '%s'\n%s", name, title, plane_script);
    return runlog_close(&points) && plot_draw(options, name, script);
}

/* -- training: XOR ---------------------------------------------------------------------------- */

enum { SEEDS = 10, XOR_STEPS = 6000, XOR_EVERY = 20, CORNERS = 4 };

static const real xor_lr = 2;

/* Small weights into the hidden layer, so that no unit has made up its mind; large ones out of it,
 * so that each feels the loss. */
static void xor_init(uint64_t seed, Network *net)
{
    Rng rng;
    rng_seed(&rng, seed);
    init_normal(&rng, 0.2, D * net->k, net->W1);
    init_normal(&rng, 2, net->k, net->w2);
}

/* Trains on all four corners at once. loss gets XOR_STEPS / XOR_EVERY losses; returns the step from
 * which on all corners are right, or -1. */
static int xor_train(Network *net, const Dataset * xor, double *loss)
{
    int solved = -1;
    Network d = network_new(net->k);
    Pass a = pass_new(CORNERS, net->k);
    for (int step = 0; step < XOR_STEPS; step++) {
        double now = (double)forward(CORNERS, net, (void *)xor->x, xor->y, &a);
        if (count_right(CORNERS, a.p, xor->y) < CORNERS)
            solved = -1;
        else if (solved < 0)
            solved = step;
        if (step % XOR_EVERY == 0)
            loss[step / XOR_EVERY] = now;
        backward(CORNERS, net, (void *)xor->x, xor->y, &a, &d);
        vector_add_scaled(net->size, -xor_lr, d.W1, net->W1);
    }
    forward(CORNERS, net, (void *)xor->x, xor->y, &a);
    printf("  %8.4f   %.3f %.3f %.3f %.3f", loss[XOR_STEPS / XOR_EVERY - 1], (double)a.p[0],
           (double)a.p[1], (double)a.p[2], (double)a.p[3]);
    free(a.hpre);
    free(d.W1);
    return solved;
}

static const char xor_script[] = "set title 'XOR with two hidden units, ten seeds'\n"
                                 "set logscale y\n"
                                 "set xlabel 'step'\n"
                                 "set ylabel 'loss (nats)'\n"
                                 "set key outside right\n"
                                 "set yrange [5e-4:2]\n"
                                 "plot for [i=2:8] 'xor_loss.csv' using 1:i lt i-1, \\\n"
                                 "     for [i=9:11] '' using 1:i lt i-8 dt 2\n";

static bool draw_xor_loss(const Options *options, double loss[SEEDS][XOR_STEPS / XOR_EVERY])
{
    RunLog log;
    if (!runlog_open(&log, options->out, "xor_loss",
                     "step,seed 1,seed 2,seed 3,seed 4,seed 5,seed 6,seed 7,seed 8,seed 9,seed 10"))
        return false;
    for (int i = 0; i < XOR_STEPS / XOR_EVERY; i++) {
        double row[1 + SEEDS] = {i * XOR_EVERY};
        for (int s = 0; s < SEEDS; s++)
            row[1 + s] = loss[s][i];
        runlog_row(&log, row);
    }
    return runlog_close(&log) && plot_draw(options, "xor_loss", xor_script);
}

/* Seeds 1 to 10, whatever --seed says: that 9 of them are enough is a fact about these. */
static bool learn_xor(const Options *options)
{
    static double loss[SEEDS][XOR_STEPS / XOR_EVERY];
    int solved = 0, drawn = 0;
    Dataset xor = toy_xor();
    Network net[SEEDS];
    printf("\nXOR with two hidden units, %d steps:\n", XOR_STEPS);
    printf("  seed      loss   p of 00, 01, 10, 11       solved at step\n");
    for (int s = 0; s < SEEDS; s++) {
        printf("  %4d", s + 1);
        net[s] = network_new(2);
        xor_init((uint64_t)s + 1, &net[s]);
        int at = xor_train(&net[s], &xor, loss[s]);
        printf(at < 0 ? "   never\n" : "   %d\n", at);
        solved += at >= 0;
        drawn = at >= 0 ? s : drawn;
    }
    printf("  solved from %d of %d seeds\n", solved, SEEDS);
    fact_that("XOR is solved from at least 9 of 10 seeds", solved >= 9);
    bool done = draw_xor_loss(options, loss) &&
                draw_plane(options, "xor", "XOR: two hidden units, two lines", &net[drawn], &xor,
                           -0.5, 1.5);
    for (int s = 0; s < SEEDS; s++)
        free(net[s].W1);
    dataset_free(&xor);
    return done;
}

/* -- training: two moons ---------------------------------------------------------------------- */

enum { MOONS = 1000, TRAIN = MOONS * 8 / 10, HIDDEN = 16, STEPS = 4000 };

static const double moons_noise = 0.1, lr_of_lesson = 2;

typedef struct {
    double loss, accuracy;
} Score;

static Score score(const Network *net, const Dataset *data)
{
    Loader all = loader_new(data, (LoaderOptions){.batch = data->length});
    loader_next(&all);
    Pass a = pass_new(all.n, net->k);
    Score s = {.loss = (double)forward(all.n, net, (void *)all.x, all.y, &a)};
    s.accuracy = (double)count_right(all.n, a.p, all.y) / all.n;
    free(a.hpre);
    loader_free(&all);
    return s;
}

static bool train(const Options *options, const Dataset part[2], Network *net)
{
    RunLog log;
    Progress progress;
    if (!runlog_open(&log, options->out, "loss", "step,batch,test"))
        return false;
    Loader batches = loader_new(
        &part[0], (LoaderOptions){.batch = options->batch, .shuffle = true, .seed = options->seed});
    Network d = network_new(net->k);
    Pass a = pass_new(options->batch < TRAIN ? options->batch : TRAIN, net->k);
    long every = options->steps / 200 + 1;
    double mean = 0;
    progress_begin(&progress, "training", options->steps);
    for (long step = 1; step <= options->steps; step++) {
        if (!loader_next(&batches))
            loader_next(&batches); /* the next epoch */
        mean += (double)forward(batches.n, net, (void *)batches.x, batches.y, &a) / (double)every;
        backward(batches.n, net, (void *)batches.x, batches.y, &a, &d);
        vector_add_scaled(net->size, (real)-options->lr, d.W1, net->W1);
        progress_step(&progress, step, NULL);
        if (step % every == 0) {
            runlog_row(&log, (double[]){(double)step, mean, score(net, &part[1]).loss});
            mean = 0;
        }
    }
    progress_end(&progress);
    loader_free(&batches);
    free(d.W1);
    free(a.hpre);
    return runlog_close(&log);
}

static const char loss_script[] = "set title 'Two moons'\n"
                                  "set logscale y\n"
                                  "set xlabel 'step'\n"
                                  "set ylabel 'loss (nats)'\n"
                                  "plot 'loss.csv' using 1:2, '' using 1:3\n";

static bool learn_moons(const Options *options)
{
    Rng rng;
    Network net = network_new(HIDDEN);
    Dataset moons = toy_moons(options->seed, MOONS, moons_noise), part[2];
    random_split(&moons, options->seed, 2, (const int[]){TRAIN, MOONS - TRAIN}, part);
    rng_seed(&rng, options->seed);
    init_xavier_uniform(&rng, INIT_SIGMOID, D, HIDDEN, D * HIDDEN, net.W1);
    init_xavier_uniform(&rng, INIT_SIGMOID, HIDDEN, 1, HIDDEN, net.w2);
    bool done = train(options, part, &net);
    if (done) {
        Score on_train = score(&net, &part[0]), on_test = score(&net, &part[1]);
        printf("\nTwo moons, %d hidden units, %ld steps of %d:\n", HIDDEN, options->steps,
               options->batch);
        printf("  train  loss %.4f, right %.1f %%\n", on_train.loss, 100 * on_train.accuracy);
        printf("  test   loss %.4f, right %.1f %%\n\n", on_test.loss, 100 * on_test.accuracy);
        if (options->steps >= STEPS && options->lr == lr_of_lesson)
            fact_that("98 % of the test points are right", on_test.accuracy >= 0.98);
        done = plot_draw(options, "loss", loss_script) &&
               draw_plane(options, "moons", "Two moons: the boundary, and the test points", &net,
                          &part[1], -1.5, 2.5);
        plot_terminal(options, loss_script);
    }
    for (int k = 0; k < 2; k++)
        dataset_free(&part[k]);
    dataset_free(&moons);
    free(net.W1);
    return done;
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
    small_example();
    stable_form();
    one_neuron_on_xor();
    xor_by_hand();
    bool hold = check_gradients(options.seed);
    if (options.steps > 0 && !(learn_xor(&options) && learn_moons(&options)))
        return error_report(options.chapter);
    return hold && fact_failures() == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
