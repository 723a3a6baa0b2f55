/* 13_convolution.c: one small kernel, used at every place of an image.
 *
 *     Y[r][t] = b + sum_a sum_e W[a][e] X[r + a][t + e]
 *
 * Forward and backward stand in 13_convolution_steps.h, for one image and one kernel; with
 * channels, a stride and a border they are the exercises. The program works the small examples of
 * the lesson, makes the usual mistakes (13_convolution_mistakes.h), holds every gradient against
 * the tape, a numeric gradient and laws that need neither (13_convolution_judges.h), and trains
 * LeNet-5 on drawn digits (13_convolution_lenet.h, 13_convolution_training.h). */
#include <stdio.h>
#include <stdlib.h>

#include "13_convolution_judges.h"
#include "13_convolution_mistakes.h"
#include "13_convolution_report.h"
#include "13_convolution_steps.h"
#include "13_convolution_training.h"
#include "error.h"
#include "parallel/ranks.h"
#include "workbook/fact.h"
#include "workbook/interrupt.h"
#include "workbook/options.h"
#include "workbook/print.h"

/* -- the small example ------------------------------------------------------------------------ */

static void all_of_it(void)
{
    real Y[MAP][MAP], dW[KERNEL][KERNEL], dX[IMAGE][IMAGE], gathered[IMAGE][IMAGE];
    plane_forward(IMAGE, IMAGE, KERNEL, MAP, MAP, X3, W2, 1, Y);
    plane_weight_backward(IMAGE, IMAGE, KERNEL, MAP, MAP, dY2, X3, dW);
    plane_input_scatter(IMAGE, IMAGE, KERNEL, MAP, MAP, dY2, W2, dX);
    plane_input_gather(IMAGE, IMAGE, KERNEL, MAP, MAP, dY2, W2, gathered);
    print_matrix("X", IMAGE, IMAGE, *X3, 4);
    print_matrix("W", KERNEL, KERNEL, *W2, 4);
    print_matrix("Y, with b = 1", MAP, MAP, *Y, 4);
    print_matrix("dY", MAP, MAP, *dY2, 4);
    print_matrix("dX", IMAGE, IMAGE, *dX, 4);
    print_matrix("dW", KERNEL, KERNEL, *dW, 4);
    fact("db", 0, (double)vector_sum(MAP * MAP, *dY2), 2);
    fact_that("gathered, dX is the same", compare(IMAGE * IMAGE, *dX, *gathered).exact);
    for (int i = 0; i < MAP * MAP; i++)
        (&Y[0][0])[i] -= 1;
    fact("dX . X", 0, (double)vector_dot(IMAGE * IMAGE, *dX, *X3), 11);
    fact("dW . W", 0, (double)vector_dot(KERNEL * KERNEL, *dW, *W2), 11);
    fact("dY . (Y - b)", 0, (double)vector_dot(MAP * MAP, *dY2, *Y), 11);
    fact("sum of dX", 0, (double)vector_sum(IMAGE * IMAGE, *dX), 4);
    fact("sum of dY times sum of W", 0,
         (double)(vector_sum(MAP * MAP, *dY2) * vector_sum(KERNEL * KERNEL, *W2)), 4);
}

/* The windows as rows, and how many windows each pixel is in. */
static void as_a_product(void)
{
    enum { WINDOWS = MAP * MAP, NUMBERS = KERNEL * KERNEL };
    real rows[WINDOWS][NUMBERS], ones[WINDOWS][NUMBERS], count[IMAGE][IMAGE], Y[WINDOWS],
        dW[NUMBERS] = {0};
    plane_windows(IMAGE, IMAGE, KERNEL, MAP, MAP, X3, rows);
    for (int i = 0; i < WINDOWS; i++) {
        Y[i] = 1 + vector_dot(NUMBERS, rows[i], *W2);
        vector_add_scaled(NUMBERS, dY2[i / MAP][i % MAP], rows[i], dW);
    }
    vector_fill(WINDOWS * NUMBERS, 1, *ones);
    plane_windows_backward(IMAGE, IMAGE, KERNEL, MAP, MAP, ones, count);
    printf("The four windows as rows, and the products of chapter 6:\n");
    print_matrix("rows", WINDOWS, NUMBERS, *rows, 4);
    fact_row("rows W + b", 0, WINDOWS, Y, (const real[]){5, 2, 4, 0});
    fact_row("rows^T dY", 0, NUMBERS, dW, (const real[]){6, 3, 1, 1});
    print_matrix("windows on X", IMAGE, IMAGE, *count, 4);
    fact("of them in the middle", 0, (double)count[1][1], 4);
}

static void along_a_line(void)
{
    const real x[5] = {1, 2, 0, -1, 3}, w[3] = {1, -2, 3}, dy[3] = {1, 2, 3};
    real y[3], dx[5], dw[3], db;
    line_forward(5, 3, 3, x, w, 1, y);
    line_backward(5, 3, 3, dy, x, w, dx, dw, &db);
    printf("Along a line: x = (1, 2, 0, -1, 3), w = (1, -2, 3), b = 1, dy = (1, 2, 3):\n");
    fact_row("y", 0, 3, y, (const real[]){-2, 0, 12});
    fact_row("dx", 0, 5, dx, (const real[]){1, 0, 2, 0, 9});
    fact_row("dw", 0, 3, dw, (const real[]){5, -1, 7});
    fact("db", 0, (double)db, 6);
}

/* An axis, the kernel, the stride and the border, and how many windows there are. */
static void sizes(void)
{
    static const int axis[5][4] = {
        {3, 2, 1, 0}, {28, 5, 1, 2}, {14, 5, 1, 0}, {5, 2, 2, 0}, {8, 3, 2, 1}};
    static const int windows[5] = {2, 28, 10, 2, 4};
    printf("\nSo many windows, of an axis, a kernel, a stride and a border:\n");
    for (int i = 0; i < 5; i++) {
        const int *a = axis[i];
        char name[48];
        snprintf(name, sizeof name, "%d, %d, %d, %d", a[0], a[1], a[2], a[3]);
        fact(name, 0, count_windows(a[0], a[1], a[2], a[3]), windows[i]);
    }
}

/* -- stride, border and channels, by the exercises' functions --------------------------------- */

static void stride_and_border(void)
{
    real dW[1][1][KERNEL][KERNEL], dX[1][1][IMAGE][IMAGE];
    conv2d_weight_backward(1, 1, 1, IMAGE, IMAGE, KERNEL, 2, 1, MAP, MAP, (const void *)dY2,
                           (const void *)X3, dW);
    conv2d_input_backward(1, 1, 1, IMAGE, IMAGE, KERNEL, 2, 1, MAP, MAP, (const void *)dY2,
                          (const void *)W2, dX);
    printf("\nThe same X, W and dY, windows 2 apart in a border of 1:\n");
    fact_row("dX", 0, IMAGE * IMAGE, ***dX, (const real[]){-1, 0, 0, 4, -1, -2, -2, 0, 1});
    fact_row("dW", 0, KERNEL * KERNEL, ***dW, (const real[]){-1, 5, -2, -3});
}

/* Two channels, two maps, one window. */
static void channels(void)
{
    const real X[1][2][2][2] = {{{{1, 2}, {3, 4}}, {{0, 1}, {1, 0}}}},
               dY[1][2][1][1] = {{{{1}}, {{2}}}};
    const real W[2][2][2][2] = {{{{1, 0}, {0, 1}}, {{2, 0}, {0, 0}}},
                                {{{0, 1}, {1, 0}}, {{1, 1}, {1, 1}}}};
    real dX[1][2][2][2], dW[2][2][2][2];
    conv2d_weight_backward(1, 2, 2, 2, 2, 2, 1, 0, 1, 1, dY, X, dW);
    conv2d_input_backward(1, 2, 2, 2, 2, 2, 1, 0, 1, 1, dY, W, dX);
    printf(
        "Two channels, two maps, one window, dY = 1 and 2. A row is a channel of X, or a kernel of "
        "W:\n");
    print_matrix("X", 2, 4, **X[0], 4);
    print_matrix("W", 4, 4, ***W, 4);
    fact_row("dX", 0, 8, ***dX, (const real[]){1, 2, 2, 1, 4, 2, 2, 2});
    fact_row("dW, first map", 0, 8, **dW[0], (const real[]){1, 2, 3, 4, 0, 1, 1, 0});
    fact_row("dW, second map", 0, 8, **dW[1], (const real[]){2, 4, 6, 8, 0, 2, 2, 0});
}

/* -- pooling ---------------------------------------------------------------------------------- */

static void pooling(void)
{
    const real overlapping[1][3][3] = {{{1, 2, 0}, {3, 9, 1}, {0, 2, 4}}};
    const real dY[1][2][2] = {{{1, 2}, {3, 4}}};
    real Y[2][2], dX[SIDE][SIDE], dX_overlapping[1][3][3];
    int place[2][2];
    plane_max_pool(SIDE, SIDE, 2, 2, 2, 2, X4, Y, place);
    plane_max_pool_backward(SIDE, SIDE, 2, 2, *dY, place, dX);
    printf("\nMax pooling of 2 x 2, with ties:\n");
    print_matrix("X", SIDE, SIDE, *X4, 4);
    print_matrix("Y", 2, 2, *Y, 4);
    print_matrix("dY", 2, 2, **dY, 4);
    print_matrix("dX", SIDE, SIDE, *dX, 4);
    fact_row(
        "places", 0, 4,
        (const real[]){(real)place[0][0], (real)place[0][1], (real)place[1][0], (real)place[1][1]},
        (const real[]){1, 2, 8, 10});
    fact("dX . X", 0, (double)vector_dot(SIDE * SIDE, *dX, *X4), 22);
    fact("dY . Y", 0, (double)vector_dot(4, **dY, *Y), 22);
    max_pool2d_backward(1, 3, 3, 2, 1, 2, 2, dY, overlapping, dX_overlapping);
    printf("Windows one apart, on 1 2 0, 3 9 1, 0 2 4:\n");
    fact_row("dX", 0, 9, **dX_overlapping, (const real[]){0, 0, 0, 0, 10, 0, 0, 0, 0});
}

/* What is shown and checked before the training. */
static bool lesson(const Options *options)
{
    all_of_it();
    as_a_product();
    along_a_line();
    mistakes();
    sizes();
    stride_and_border();
    channels();
    pooling();
    bool hold = random_gradients(options->seed);
    return judge_lenet(options->seed) && hold;
}

/* -- training --------------------------------------------------------------------------------- */

/* What can be said only of a training of the lesson's length, on the lesson's digits. */
static void hold_accuracy(const Options *options, double known)
{
    if (options->steps >= STEPS && options->lr == lr_of_lesson && options->batch == BATCH &&
        *options->data == '\0')
        fact_that("LeNet knows 97.5 % of new digits", known >= 97.5);
}

/* What the exercises have no part in: from few images, and with mistakes. */
static bool compare_more(const Options *options, const Digits *digits, double lenet, double mlp)
{
    if (!options->faster || interrupt_signal() || ranks_own() > 0) /* one rank is enough for it */
        return true;
    interrupt_catch();
    train_mistakes(options, digits);
    const bool done = interrupt_signal() || few_images(options, digits, lenet, mlp);
    interrupt_release();
    if (interrupt_signal())
        printf("interrupted\n");
    return done;
}

static bool train_and_report(const Options *options, const Digits *digits, Rng *rng, Module *net,
                             real picture[DIGIT_PIXELS])
{
    real before[MAPS_1][TAPS * TAPS];
    double known, other;
    memcpy(before, nn_find(net, "0")->tensor[0].tensor->data, sizeof before);
    Learner lenet = {.rng = *rng}, mlp = {.rng = *rng};
    begin(&lenet, net, &digits->train, options->batch, options->lr, options->seed);
    begin(&mlp, mlp_new(&mlp.rng), &digits->train, options->batch, options->lr, options->seed);
    State *state = state_new();
    learner_state(state, "lenet", &lenet);
    learner_state(state, "mlp", &mlp);
    double start = seconds_now();
    TrainingEnd end = train(options, digits, state, &lenet, &mlp);
    if (end == TRAINED)
        printf("%ld steps of %d in %s in %.1f s\n", options->steps, options->batch, REAL_NAME,
               seconds_now() - start);
    bool done = end != NOT_LOGGED &&
                training_succeeded(end, plot_draw_file(options, "loss", "chapters/13_loss.gp")) &&
                report(options, digits, net, &known) && draw_kernels(options, net, before) &&
                nn_save(net, options->save);
    if (done) {
        other = known_of(mlp.net, &digits->test);
        printf("The network without convolutions, %ld parameters, knows %.2f %%\n",
               nn_size(mlp.net), other);
        if (end == TRAINED)
            hold_accuracy(options, known);
        done = compare_more(options, digits, known, other);
    }
    if (done && *options->image)
        look_at(net, options->image, picture);
    state_free(state);
    learner_free(&lenet);
    learner_free(&mlp);
    return done;
}

static bool load_and_report(const Options *options, const Digits *digits, Module *net,
                            real picture[DIGIT_PIXELS])
{
    double known;
    bool done = nn_load(net, options->load) && report(options, digits, net, &known);
    if (done && *options->image)
        look_at(net, options->image, picture);
    nn_free(net);
    return done;
}

static bool learn_digits(const Options *options)
{
    Rng rng;
    Digits digits;
    real picture[DIGIT_PIXELS];
    if (*options->image && !picture_read_digit(options->image, picture))
        return false;
    if (!digits_find(options, &digits))
        return false;
    if (!options->load && options->batch > digits.train.length) {
        error_return("--batch %d: expected at most %d, as many as there are images", options->batch,
                     digits.train.length);
        digits_free(&digits);
        return false;
    }
    rng_seed(&rng, options->seed);
    Module *net = lenet_new(&rng, options->faster ? RIGHT : BY_EXERCISES);
    nn_print(net);
    bool done = options->load ? load_and_report(options, &digits, net, picture)
                              : train_and_report(options, &digits, &rng, net, picture);
    digits_free(&digits);
    return done;
}

static int run(int argc, char **argv)
{
    Options options = {.chapter = "13_convolution",
                       .about = "convolution and pooling; LeNet-5 learns drawn digits",
                       .steps = STEPS,
                       .seconds = 9,
                       .quick_steps = QUICK_STEPS,
                       .lr = lr_of_lesson,
                       .batch = BATCH,
                       .shards = 1,
                       .evaluates = true,
                       .seed = 42,
                       .data = "",
                       .image = "",
                       .saves = true,
                       .faster = "the library's convolution and pooling"};
    options_parse(&options, argc, argv);
    bool hold = options.train_only || lesson(&options);
    if (hold && options.steps > 0 && !learn_digits(&options))
        return interrupt_status(error_report(options.chapter));
    return interrupt_status(hold && fact_failures() == 0 ? EXIT_SUCCESS : EXIT_FAILURE);
}

int main(int argc, char **argv)
{
    ranks_begin(&argc, &argv);
    return ranks_end(run(argc, argv));
}
