/* 04_linear_regression.c: the smallest training loop.
 *
 * One weight and one bias, pred = w x + b, and two ways to say how wrong that is: the mean absolute
 * error (L1) and the mean squared error (MSE). The program works the four points of the lesson,
 * shows what a derivative is at a kink and what the usual mistakes make of the gradients, holds the
 * gradients against the tape and a numeric gradient, and fits a line twice, once with each loss, to
 * four fifths of a cloud of points whose slope and intercept are known. */
#include <stdio.h>
#include <stdlib.h>

#include "autograd/autograd.h"
#include "data/loader.h"
#include "data/toy.h"
#include "error.h"
#include "nn/init.h"
#include "workbook/fact.h"
#include "workbook/options.h"
#include "workbook/plot.h"
#include "workbook/progress.h"
#include "workbook/runlog.h"
#include "workbook/table.h"

/* -- the model, forward and backward ---------------------------------------------------------- */

typedef struct {
    real w, b;
} Line;

/* pred[i] = w x[i] + b */
static void line_forward(int n, Line line, const real x[n], real pred[n])
{
    for (int i = 0; i < n; i++)
        pred[i] = line.w * x[i] + line.b;
}

/* pred[i] = w x[i] + b:   dw = sum_i dpred[i] x[i],   db = sum_i dpred[i] */
static Line line_backward(int n, const real dpred[n], const real x[n])
{
    Line d = {0, 0};
    for (int i = 0; i < n; i++) {
        d.w += dpred[i] * x[i];
        d.b += dpred[i];
    }
    return d;
}

/* -- two losses, forward and backward --------------------------------------------------------- */

/* L = 1/n sum_i |pred[i] - y[i]| */
static real l1_forward(int n, const real pred[n], const real y[n])
{
    real sum = 0;
    for (int i = 0; i < n; i++)
        sum += fabs(pred[i] - y[i]);
    return sum / (real)n;
}

/* L = 1/n sum_i |pred[i] - y[i]|:   dpred[i] = sign(pred[i] - y[i]) / n,   sign(0) = 0 */
static void l1_backward(int n, const real pred[n], const real y[n], real dpred[n])
{
    for (int i = 0; i < n; i++)
        dpred[i] = (real)((pred[i] > y[i]) - (pred[i] < y[i])) / (real)n;
}

/* L = 1/n sum_i (pred[i] - y[i])^2 */
static real mse_forward(int n, const real pred[n], const real y[n])
{
    real sum = 0;
    for (int i = 0; i < n; i++)
        sum += (pred[i] - y[i]) * (pred[i] - y[i]);
    return sum / (real)n;
}

/* L = 1/n sum_i (pred[i] - y[i])^2:   dpred[i] = 2 (pred[i] - y[i]) / n */
static void mse_backward(int n, const real pred[n], const real y[n], real dpred[n])
{
    for (int i = 0; i < n; i++)
        dpred[i] = 2 * (pred[i] - y[i]) / (real)n;
}

typedef struct {
    const char *name;
    real (*forward)(int n, const real *pred, const real *y);
    void (*backward)(int n, const real *pred, const real *y, real *dpred);
} LossKind;

enum { L1, MSE, KINDS };

static const LossKind kinds[KINDS] = {{"L1", l1_forward, l1_backward},
                                      {"MSE", mse_forward, mse_backward}};

/* The gradient of a loss with respect to the line; pred and dpred are room for n numbers each. */
static Line gradient(const LossKind *kind, int n, Line line, const real x[n], const real y[n],
                     real pred[n], real dpred[n])
{
    line_forward(n, line, x, pred);
    kind->backward(n, pred, y, dpred);
    return line_backward(n, dpred, x);
}

/* -- the small example ------------------------------------------------------------------------ */

static const real x4[4] = {1, 2, 3, 4}, y4[4] = {1, 5, 10, 8};
static const Line line4 = {2, 1};

static Line check_loss(const LossKind *kind, double L, const real dpred_is[4], Line d_is)
{
    real pred[4], dpred[4];
    Line d = gradient(kind, 4, line4, x4, y4, pred, dpred);
    printf("%s\n", kind->name);
    fact("loss", 4, (double)kind->forward(4, pred, y4), L);
    fact_row("dpred", 4, 4, dpred, dpred_is);
    fact("dw", 4, (double)d.w, (double)d_is.w);
    fact("db", 4, (double)d.b, (double)d_is.b);
    return d;
}

/* The loss after one step against the gradient d. */
static double loss_after(const LossKind *kind, real lr, Line d)
{
    real pred[4];
    line_forward(4, (Line){line4.w - lr * d.w, line4.b - lr * d.b}, x4, pred);
    return (double)kind->forward(4, pred, y4);
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
    Line l1 = check_loss(&kinds[L1], 1.5, (const real[]){0.25, 0, -0.25, 0.25}, (Line){0.5, 0.25});
    fact("loss after a step of 0.1", 4, loss_after(&kinds[L1], 0.1, l1), 1.5);
    Line mse = check_loss(&kinds[MSE], 3.5, (const real[]){1, 0, -1.5, 0.5}, (Line){-1.5, 0});
    fact("loss after a step of 0.1", 4, loss_after(&kinds[MSE], 0.1, mse), 3.44375);
}

/* What the usual mistakes make of dw and db on the four points. */
static void mistakes(void)
{
    real pred[4], dpred[4];
    const Line right = gradient(&kinds[MSE], 4, line4, x4, y4, pred, dpred);
    printf("\nWhat becomes of the MSE's dw and db:\n");
    fact_row("right", 4, 2, (const real[]){right.w, right.b}, (const real[]){-1.5, 0});
    fact_row("sum instead of mean", 4, 2, (const real[]){4 * right.w, 4 * right.b},
             (const real[]){-6, 0});
    fact_row("2 forgotten", 4, 2, (const real[]){right.w / 2, right.b / 2},
             (const real[]){-0.75, 0});
    fact_row("y - pred", 4, 2, (const real[]){0 - right.w, 0 - right.b}, (const real[]){1.5, 0});
    fact_row("dw without x", 4, 2, (const real[]){right.b, right.b}, (const real[]){0, 0});
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

/* A loss of the line; `from` says whether it reads pred or makes it from line. */
typedef struct {
    const LossKind *kind;
    real x[N], y[N], pred[N];
    Line line;
} Sample;

static double loss_of_pred(void *context)
{
    const Sample *s = context;
    return (double)s->kind->forward(N, s->pred, s->y);
}

static double loss_of_line(void *context)
{
    const Sample *s = context;
    real pred[N];
    line_forward(N, s->line, s->x, pred);
    return (double)s->kind->forward(N, pred, s->y);
}

static Tensor *tape_loss(int kind, Tensor *pred, const Sample *s)
{
    Tensor *error = ag_sub(pred, ag_tensor(ag_shape(1, N), s->y));
    return ag_mean(kind == L1 ? ag_abs(error) : ag_pow(error, 2), AG_ALL, false);
}

static void check_kind(GradTable *table, int kind, Sample s)
{
    static const char *const names[KINDS][3] = {{"dpred, L1", "dw, L1", "db, L1"},
                                                {"dpred, MSE", "dw, MSE", "db, MSE"}};
    bool judged = sizeof(real) == sizeof(double);
    real dpred[N], dpred_numeric[N], dw_numeric, db_numeric;
    s.kind = &kinds[kind];
    Line d = gradient(s.kind, N, s.line, s.x, s.y, s.pred, dpred);
    numeric_gradient(loss_of_pred, &s, N, s.pred, dpred_numeric);
    numeric_gradient(loss_of_line, &s, 1, &s.line.w, &dw_numeric);
    numeric_gradient(loss_of_line, &s, 1, &s.line.b, &db_numeric);

    Shape one = ag_shape(1, 1);
    Tensor *w = ag_variable(one, &s.line.w), *b = ag_variable(one, &s.line.b);
    Tensor *pred = ag_add(ag_mul(ag_tensor(ag_shape(1, N), s.x), w), b);
    ag_backward(tape_loss(kind, pred, &s));
    table_row(table, names[kind][0], N, 0, dpred, pred->grad, judged ? dpred_numeric : NULL);
    table_row(table, names[kind][1], 1, 0, &d.w, w->grad, judged ? &dw_numeric : NULL);
    table_row(table, names[kind][2], 1, 0, &d.b, b->grad, judged ? &db_numeric : NULL);
    ag_reset();
}

static bool check_gradients(uint64_t seed)
{
    Rng rng;
    Sample sample;
    rng_seed(&rng, seed);
    init_normal(&rng, 1, N, sample.x);
    init_normal(&rng, 1, N, sample.y);
    sample.line = (Line){(real)rng_normal(&rng), (real)rng_normal(&rng)};
    GradTable table;
    printf("\nSeven random points:\n");
    table_begin(&table);
    for (int kind = 0; kind < KINDS; kind++)
        check_kind(&table, kind, sample);
    return table_end(&table);
}

/* -- training --------------------------------------------------------------------------------- */

static const double slope = 0.7, intercept = 0.3, noise = 0.05;

enum { POINTS = 2000, TRAIN = POINTS * 8 / 10, EPOCHS = 1000, REPORT_EVERY = 100 };

static const double lr_of_lesson = 0.02;

/* A part of the data as one batch, and room for what the training needs beside it. */
typedef struct {
    Loader all;
    real *pred, *dpred;
} Part;

static Part part_new(const Dataset *data)
{
    Part part = {.all = loader_new(data, (LoaderOptions){.batch = data->length})};
    part.pred = calloc(2 * (size_t)data->length, sizeof(real));
    if (!part.pred || !loader_next(&part.all))
        error_stop("no memory for %d points", data->length);
    part.dpred = part.pred + data->length;
    return part;
}

static void part_free(Part *part)
{
    loader_free(&part->all);
    free(part->pred);
}

static double loss_on(Part *part, const LossKind *kind, Line line)
{
    int n = part->all.n;
    line_forward(n, line, part->all.x, part->pred);
    return (double)kind->forward(n, part->pred, part->all.y);
}

/* One epoch: all of the training part, one step. */
static void step(Part *train, const LossKind *kind, real lr, Line *line)
{
    Line d =
        gradient(kind, train->all.n, *line, train->all.x, train->all.y, train->pred, train->dpred);
    line->w -= lr * d.w;
    line->b -= lr * d.b;
}

/* A row of the log, and every REPORT_EVERY epochs a line of print. */
static void report(RunLog *log, Progress *progress, Part part[2], long epoch,
                   const Line line[KINDS])
{
    double row[1 + 2 * KINDS] = {(double)epoch};
    for (int i = 0; i < 2 * KINDS; i++)
        row[1 + i] = loss_on(&part[i % 2], &kinds[i / 2], line[i / 2]);
    runlog_row(log, row);
    if (epoch % REPORT_EVERY == 0) {
        progress_end(progress);
        printf("  %5ld  %9.4f %9.4f  %10.6f %10.6f\n", epoch, row[1], row[2], row[3], row[4]);
    }
}

/* Fits one line with each loss. An epoch is one step: all of the training part is one batch. */
static bool train(const Options *options, Part part[2], Line line[KINDS])
{
    RunLog log;
    Progress progress;
    if (!runlog_open(&log, options->out, "loss", "epoch,L1 train,L1 test,MSE train,MSE test"))
        return false;
    printf("  epoch   L1 train      test   MSE train       test\n");
    progress_begin(&progress, "training", options->steps);
    report(&log, &progress, part, 0, line);
    for (long epoch = 1; epoch <= options->steps; epoch++) {
        for (int kind = 0; kind < KINDS; kind++)
            step(&part[0], &kinds[kind], (real)options->lr, &line[kind]);
        progress_step(&progress, epoch, NULL);
        report(&log, &progress, part, epoch, line);
    }
    progress_end(&progress);
    return runlog_close(&log);
}

/* The line with the smallest MSE, without any steps: w = cov(x, y) / var(x), through the means. */
static Line least_squares(int n, const real x[n], const real y[n])
{
    double mean_x = 0, mean_y = 0, cov = 0, var = 0;
    for (int i = 0; i < n; i++) {
        mean_x += (double)x[i] / n;
        mean_y += (double)y[i] / n;
    }
    for (int i = 0; i < n; i++) {
        cov += ((double)x[i] - mean_x) * ((double)y[i] - mean_y);
        var += ((double)x[i] - mean_x) * ((double)x[i] - mean_x);
    }
    return (Line){(real)(cov / var), (real)(mean_y - cov / var * mean_x)};
}

/* At the smallest MSE the errors balance, each by its size; at the smallest L1, by their number. */
static void check_balance(Part *part, const Line line[KINDS])
{
    int n = part->all.n, above = 0;
    double sum = 0;
    loss_on(part, &kinds[MSE], line[MSE]);
    for (int i = 0; i < n; i++)
        sum += (double)(part->pred[i] - part->all.y[i]);
    loss_on(part, &kinds[L1], line[L1]);
    for (int i = 0; i < n; i++)
        above += part->pred[i] > part->all.y[i];
    fact("MSE: mean error", 4, fabs(sum) / n, 0);
    printf("  L1: %d points lie below the line and %d above\n", above, n - above);
    fact_that("half of the points lie below", abs(2 * above - n) <= n / 50);
}

/* What was found, held against the truth if nothing was changed that could keep it from that. */
static void check_fit(const Options *options, Part *train, const Line line[KINDS])
{
    Line best = least_squares(train->all.n, train->all.x, train->all.y);
    printf("\n                 slope  intercept\n");
    printf("  truth        %8.4f %8.4f\n", slope, intercept);
    for (int kind = 0; kind < KINDS; kind++)
        printf("  %-12s %8.4f %8.4f\n", kinds[kind].name, (double)line[kind].w,
               (double)line[kind].b);
    printf("  least squares%8.4f %8.4f\n", (double)best.w, (double)best.b);
    if (options->steps < EPOCHS || options->lr != lr_of_lesson)
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
        for (int i = 0; i < part[k].all.n * DRAWN / POINTS; i++) {
            double x = (double)part[k].all.x[i], y = (double)part[k].all.y[i];
            runlog_row(&log, (double[]){x, k ? NAN : y, k ? y : NAN, NAN, NAN});
        }
    for (int end = -1; end <= 1; end += 2)
        runlog_row(&log, (double[]){end, NAN, NAN, (double)(line[L1].w * (real)end + line[L1].b),
                                    (double)(line[MSE].w * (real)end + line[MSE].b)});
    return runlog_close(&log) &&
           plot_draw(options, "line",
                     "set title 'One weight, one bias: the fitted lines'\n"
                     "set xlabel 'x'\n"
                     "set ylabel 'y'\n"
                     "set key bottom right\n"
                     "plot 'points.csv' using 1:2 with points pt 7 ps 0.6 lc rgb '#b0c4d8', \\\n"
                     "     '' using 1:3 with points pt 6 ps 0.8 lc rgb '#606060', \\\n"
                     "     '' using 1:4 with lines lt 2 lw 5, \\\n"
                     "     '' using 1:5 with lines lt 7 dt (8, 6)\n");
}

static const char loss_script[] =
    "set title 'The same line, fitted with two losses'\n"
    "set logscale y\n"
    "set xlabel 'epoch'\n"
    "set ylabel 'loss'\n"
    "plot 'loss.csv' using 1:2 lt 2, '' using 1:3 lt 7 dt (2, 6), \\\n"
    "     '' using 1:4 lt 1, '' using 1:5 lt 7 dt (8, 6)\n";

static bool train_and_report(const Options *options)
{
    Line line[KINDS] = {{0, 0}, {0, 0}};
    Dataset points = toy_line(options->seed, POINTS, slope, intercept, noise), data[2];
    random_split(&points, options->seed, 2, (const int[]){TRAIN, POINTS - TRAIN}, data);
    Part part[2] = {part_new(&data[0]), part_new(&data[1])};
    printf("\n%d points around the line %g x + %g, %d to train on and %d to test:\n", POINTS, slope,
           intercept, data[0].length, data[1].length);
    bool done = train(options, part, line);
    if (done) {
        check_fit(options, &part[0], line);
        printf("\n");
        done = plot_draw(options, "loss", loss_script) && draw_line(options, part, line);
        plot_terminal(options, loss_script);
    }
    for (int k = 0; k < 2; k++) {
        part_free(&part[k]);
        dataset_free(&data[k]);
    }
    dataset_free(&points);
    return done;
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
    small_example();
    mistakes();
    check_kink();
    bool hold = check_gradients(options.seed);
    if (options.steps > 0 && !train_and_report(&options))
        return error_report(options.chapter);
    return hold && fact_failures() == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
