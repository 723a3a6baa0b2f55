/* 04_linear_regression.c: the smallest training loop.
 *
 * One weight and one bias, pred = w x + b, and two ways to say how wrong that is: the mean absolute
 * error (L1) and the mean squared error (MSE). The program works the four points of the lesson,
 * shows what a derivative is at a kink, tries other noise, other inputs and the usual mistakes,
 * holds the gradients against the tape and a numeric gradient, and fits a line twice, once with
 * each loss, to four fifths of a cloud of points whose slope and intercept are known. */
#include <stdio.h>
#include <stdlib.h>

#include "04_linear_regression.h"
#include "04_linear_regression_trials.h"
#include "autograd/autograd.h"
#include "error.h"
#include "nn/init.h"
#include "workbook/fact.h"
#include "workbook/interrupt.h"
#include "workbook/options.h"
#include "workbook/plot.h"
#include "workbook/runlog.h"
#include "workbook/table.h"
#include "workbook/training.h"

/* -- the small example ------------------------------------------------------------------------ */

static const real x4[4] = {1, 2, 3, 4}, y4[4] = {1, 5, 10, 8};
static const Line line4 = {2, 1};

static void check_loss(const LossKind *kind, double L, const real dpred_is[4], Line d_is,
                       double L_after_step)
{
    const real lr = 0.1;
    real pred[4], dpred[4];
    Line d = gradient(kind, 4, line4, x4, y4, pred, dpred);
    printf("%s\n", kind->name);
    fact("loss", 4, (double)kind->forward(4, pred, y4), L);
    fact_row("dpred", 4, 4, dpred, dpred_is);
    fact("dw", 4, (double)d.w, (double)d_is.w);
    fact("db", 4, (double)d.b, (double)d_is.b);
    line_forward(4, (Line){line4.w - lr * d.w, line4.b - lr * d.b}, x4, pred);
    fact("loss after a step of 0.1", 4, (double)kind->forward(4, pred, y4), L_after_step);
}

static void small_example(void)
{
    real pred[4];
    line_forward(4, line4, x4, pred);
    printf("The line 2 x + 1 through four points, x = (1, 2, 3, 4), y = (1, 5, 10, 8):\n");
    fact_row("pred", 0, 4, pred, (const real[]){3, 5, 7, 9});
    for (int i = 0; i < 4; i++)
        pred[i] -= y4[i];
    fact_row("error = pred - y", 0, 4, pred, (const real[]){2, 0, -3, 1});
    check_loss(&kinds[L1], 1.5, (const real[]){0.25, 0, -0.25, 0.25}, (Line){0.5, 0.25}, 1.5);
    check_loss(&kinds[MSE], 3.5, (const real[]){1, 0, -1.5, 0.5}, (Line){-1.5, 0}, 3.44375);
}

/* -- the kink --------------------------------------------------------------------------------- */

static double l1_of_one(void *context)
{
    const real y = 5;
    return (double)l1_forward(1, context, &y);
}

/* |pred - 5| on both sides of its kink and on it. */
static void check_kink(void)
{
    printf("\n|pred - 5| near its kink:\n  pred     loss    dpred   numeric   a kink\n");
    for (int i = -1; i <= 1; i++) {
        real pred = 5 + (real)i / 4, y = 5, dpred, numeric;
        l1_backward(1, &pred, &y, &dpred);
        numeric_gradient(l1_of_one, &pred, 1, &pred, &numeric);
        bool kink = numeric_kink(l1_of_one, &pred, &pred, 0, 0.1);
        printf("  %.2f %8.4f %8.4f %9.4f   %s\n", (double)pred, l1_of_one(&pred), (double)dpred,
               (double)numeric, kink ? "yes" : "no");
        fact_that("the slope is the sign", fabs(numeric - dpred) < 1e-3 && dpred == i);
        fact_that("only 5 is a kink", kink == (i == 0));
    }
}

/* -- the judges ------------------------------------------------------------------------------- */

enum { N = 7 };

static void check_kind(GradTable *table, int kind, Line line, const real x[N], const real y[N])
{
    static const char *const names[KINDS][3] = {{"dpred, L1", "dw, L1", "db, L1"},
                                                {"dpred, MSE", "dw, MSE", "db, MSE"}};
    real pred[N], dpred[N];
    Line d = gradient(&kinds[kind], N, line, x, y, pred, dpred);
    real L = kinds[kind].forward(N, pred, y);

    Shape one = ag_shape(1, 1), all = ag_shape(1, N);
    Tensor *w = ag_variable(one, &line.w), *b = ag_variable(one, &line.b);
    Tensor *t_pred = ag_add(ag_mul(ag_tensor(all, x), w), b), *t_y = ag_tensor(all, y);
    Tensor *loss =
        kind == L1 ? ag_l1_loss(t_pred, t_y, AG_MEAN) : ag_mse_loss(t_pred, t_y, AG_MEAN);
    ag_backward(loss);
    fact_same("pred", N, pred, t_pred->data);
    fact_same("loss", 1, &L, loss->data);
    table_tensor(table, names[kind][0], dpred, loss, t_pred);
    table_tensor(table, names[kind][1], &d.w, loss, w);
    table_tensor(table, names[kind][2], &d.b, loss, b);
    ag_reset();
}

static bool check_gradients(uint64_t seed)
{
    Rng rng;
    real x[N], y[N];
    Line line;
    rng_seed(&rng, seed);
    init_normal(&rng, 1, N, x);
    init_normal(&rng, 1, N, y);
    init_normal(&rng, 1, 1, &line.w);
    init_normal(&rng, 1, 1, &line.b);
    GradTable table;
    printf("\nSeven random points:\n");
    table_begin(&table);
    for (int kind = 0; kind < KINDS; kind++)
        check_kind(&table, kind, line, x, y);
    return table_end(&table);
}

/* All that is shown and checked before the training. */
static bool lesson(const Options *options)
{
    static Part part[2];
    make_parts(TRIAL_SEED, part);
    small_example();
    check_kink();
    try_noises();
    try_scales(&part[0]);
    try_mistakes(4, line4, x4, y4, &part[0]);
    return check_gradients(options->seed);
}

/* -- training --------------------------------------------------------------------------------- */

enum { EPOCHS = 1000, REPORT_EVERY = 100 };

static const double lr_of_lesson = 0.02;

/* A row of the log: the epoch, and the losses that the lines have after it. */
static void measure(Training *t, Part part[2], const Line line[KINDS], double row[1 + 2 * KINDS])
{
    row[0] = (double)t->step;
    for (int i = 0; i < 2 * KINDS; i++)
        row[1 + i] = loss_on(&part[i % 2], &kinds[i / 2], line[i / 2]);
    if (t->step % REPORT_EVERY == 0) {
        progress_end(&t->progress);
        printf("  %5.0f  %9.4f %9.4f  %10.6f %10.6f\n", row[0], row[1], row[2], row[3], row[4]);
    }
}

/* Fits one line with each loss. An epoch is one step: all of the training part is one batch. */
static TrainingEnd train(const Options *options, Part part[2], Line line[KINDS])
{
    Training t;
    double row[1 + 2 * KINDS];
    if (!training_begin(&t, options, "loss", "epoch,L1 train,L1 test,MSE train,MSE test",
                        options->steps, 1))
        return NOT_LOGGED;
    training_epoch(&t, 1);
    printf("  epoch   L1 train      test   MSE train       test\n");
    measure(&t, part, line, row);
    training_row(&t, row);
    while (training_next(&t)) {
        Line d[KINDS];
        for (int kind = 0; kind < KINDS; kind++)
            d[kind] = step(&part[0], &kinds[kind], (real)options->lr, &line[kind]);
        measure(&t, part, line, row);
        training_loss(&t, row[1] + row[3], options->lr, 2 * KINDS, &d[0].w);
        training_row(&t, row);
    }
    return training_end(&t);
}

/* What the losses are for the line that the points were made around. */
static void show_truth(Part part[2])
{
    const Line truth = {(real)slope, (real)intercept};
    double loss[2 * KINDS];
    for (int i = 0; i < 2 * KINDS; i++)
        loss[i] = loss_on(&part[i % 2], &kinds[i / 2], truth);
    printf("  truth  %9.4f %9.4f  %10.6f %10.6f\n", loss[0], loss[1], loss[2], loss[3]);
}

/* At the smallest MSE the errors balance, each by its size; at the smallest L1, by their number. */
static void check_balance(Part *part, const Line line[KINDS])
{
    int n = part->n, below = 0; /* points below the line */
    double sum = 0;
    loss_on(part, &kinds[MSE], line[MSE]);
    for (int i = 0; i < n; i++)
        sum += (double)(part->pred[i] - part->y[i]);
    loss_on(part, &kinds[L1], line[L1]);
    for (int i = 0; i < n; i++)
        below += part->y[i] < part->pred[i];
    fact("MSE: mean error", 4, fabs(sum) / n, 0);
    printf("  L1: %d points lie below the line and %d above\n", below, n - below);
    fact_that("half of the points lie below", abs(2 * below - n) <= n / 50);
}

/* What was found, held against the truth if nothing was changed that could keep it from that. */
static void check_fit(bool as_in_lesson, Part *train, const Line line[KINDS])
{
    Line best = least_squares(train->n, train->x, train->y);
    printf("\n                 slope  intercept\n");
    printf("  truth        %8.4f %8.4f\n", slope, intercept);
    for (int kind = 0; kind < KINDS; kind++)
        printf("  %-12s %8.4f %8.4f\n", kinds[kind].name, (double)line[kind].w,
               (double)line[kind].b);
    printf("  least squares%8.4f %8.4f\n", (double)best.w, (double)best.b);
    if (!as_in_lesson)
        return;
    for (int kind = 0; kind < KINDS; kind++) {
        fact_that("the slope to 1e-2", fabs((double)line[kind].w - slope) < 1e-2);
        fact_that("the intercept to 1e-2", fabs((double)line[kind].b - intercept) < 1e-2);
    }
    fact_that("MSE comes to the least squares", fabs((double)(line[MSE].w - best.w)) < 1e-4 &&
                                                    fabs((double)(line[MSE].b - best.b)) < 1e-4);
    check_balance(train, line);
}

/* -- pictures --------------------------------------------------------------------------------- */

enum { DRAWN = 400 }; /* points in the picture; all of them would be a band of ink */

static bool draw_line(const Options *options, const Part part[2], const Line line[KINDS])
{
    RunLog log;
    if (!runlog_open(&log, options->out, "points", "x,training points,test points,L1,MSE"))
        return false;
    for (int k = 0; k < 2; k++)
        for (int i = 0; i < part[k].n * DRAWN / POINTS; i++) {
            double x = (double)part[k].x[i], y = (double)part[k].y[i];
            runlog_row(&log, (double[]){x, k ? RUNLOG_NONE : y, k ? y : RUNLOG_NONE, RUNLOG_NONE,
                                        RUNLOG_NONE});
        }
    for (int end = -1; end <= 1; end += 2)
        runlog_row(&log, (double[]){end, RUNLOG_NONE, RUNLOG_NONE,
                                    (double)(line[L1].w * (real)end + line[L1].b),
                                    (double)(line[MSE].w * (real)end + line[MSE].b)});
    return runlog_close(&log) && plot_draw_file(options, "line", "chapters/04_line.gp");
}

static const char loss_script[] =
    "set title 'The same line, fitted with two losses'\n"
    "set logscale y\n"
    "set xlabel 'epoch'\n"
    "set ylabel 'loss'\n"
    "plot 'loss.csv' using 1:2 lt 2, '' using 1:3 lt 7 dt (2, 6), \\\n"
    "     '' using 1:4 lt 1, '' using 1:5 lt 7 dt (8, 6), \\\n"
    "     '' using 1:(no_number(2)) @crosses, '' using 1:(no_number(4)) @crosses\n";

static bool train_and_report(const Options *options)
{
    static Part part[2];
    Line line[KINDS] = {{0, 0}, {0, 0}};
    make_parts(options->seed, part);
    printf("\n%d points around the line %g x + %g, %d to train on and %d to test:\n", POINTS, slope,
           intercept, part[0].n, part[1].n);
    TrainingEnd end = train(options, part, line);
    if (end == NOT_LOGGED)
        return false;
    if (end == DIVERGED)
        return training_succeeded(end, plot_draw(options, "loss", loss_script));
    show_truth(part);
    check_fit(end == TRAINED && options->steps >= EPOCHS && options->lr == lr_of_lesson, &part[0],
              line);
    printf("\n");
    bool drawn = plot_draw(options, "loss", loss_script) && draw_line(options, part, line);
    plot_terminal(options, loss_script);
    return drawn;
}

int main(int argc, char **argv)
{
    Options options = {.chapter = "04_linear_regression",
                       .about = "the smallest training loop",
                       .steps = EPOCHS,
                       .quick_steps = EPOCHS,
                       .lr = lr_of_lesson,
                       .seed = 42};
    options_parse(&options, argc, argv);
    bool hold = options.train_only || lesson(&options);
    if (options.steps > 0 && !train_and_report(&options))
        return interrupt_status(error_report(options.chapter));
    return interrupt_status(hold && fact_failures() == 0 ? EXIT_SUCCESS : EXIT_FAILURE);
}
