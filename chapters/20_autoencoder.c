/* 20_autoencoder.c: a network makes an image small, and large again.
 *
 *     Y[s r + a - p][s t + e - p]  gets  X[r][t] W[a][e]
 *
 * The transposed convolution and its gradients stand in 20_autoencoder_steps.h for one image and
 * one kernel; with channels they are the exercises. The program works the small examples of the
 * lesson (_examples.h) and the usual mistakes (_mistakes.h), holds every gradient against the tape,
 * a numeric gradient and laws (_judges.h) and a linear autoencoder against PCA (_tied.h), and
 * trains autoencoders on drawn digits (_nets.h, _training.h, _report.h). */
#include <stdio.h>
#include <stdlib.h>

#include "20_autoencoder_examples.h"
#include "20_autoencoder_judges.h"
#include "20_autoencoder_report.h"
#include "20_autoencoder_tied.h"
#include "20_autoencoder_training.h"
#include "error.h"
#include "workbook/fact.h"
#include "workbook/interrupt.h"
#include "workbook/options.h"

/* The exercises that may still be to do, in their order, before anything is printed. */
static void try_exercises(void)
{
    const int u[1] = {1};
    const real x[1][1][1][1] = {{{{1}}}}, twice[1] = {2};
    const void *one = x;
    real y[1][1][1][1], number, other[1];
    sizes_down_and_up(1, 1, 1, 0, u, &number, other);
    conv_transpose2d(1, 1, 1, 1, 1, 1, 1, 0, 1, 1, x, x, y);
    conv_transpose2d_input_backward(1, 1, 1, 1, 1, 1, 1, 0, 1, 1, x, x, y);
    conv_transpose2d_weight_backward(1, 1, 1, 1, 1, 1, 1, 0, 1, 1, x, x, y);
    upsample_backward(1, 1, 1, 1, 1, 1, one, (void *)y);
    psnr_backward(1, one, twice, 1, &number, other);
    tied_backward(1, 1, 1, one, one, one, one, (void *)y, (void *)other);
    tied_conv1d_backward(1, 1, 1, 1, 0, 1, one, one, one, one, (void *)y, other);
}

/* What is shown and checked before the training. */
static bool lesson(const Options *options)
{
    try_exercises();
    painted();
    and_back();
    as_a_matrix();
    stretched();
    mistakes_forward();
    mistakes_backward();
    down_and_up();
    checkerboard();
    decibels();
    decibels_mistaken();
    tied();
    bool hold = random_gradients(options->seed);
    hold = judge_network(options->seed) && hold;
    linear_reaches_pca(options->seed);
    return hold;
}

/* -- training --------------------------------------------------------------------------------- */

/* The mean of a few starts, each on the same digits. */
static void train_mistakes(const Options *options, const Digits *d)
{
    static const struct {
        const char *name;
        Task task;
        Way way;
    } row[] = {{"none", DENOISED, BY_LIBRARY},
               {"dX: the kernel turned", DENOISED, DX_TURNED},
               {"dW turned by 180 degrees", DENOISED, DW_TURNED},
               {"dW of the first image", DENOISED, DW_FIRST_IMAGE},
               {"output padding of zeros", DENOISED, ENDS_EMPTY},
               {"noise on the target, too", NOISY_TARGET, BY_LIBRARY},
               {"the same noise every time", SAME_NOISE, BY_LIBRARY}};
    const long steps = options->quick ? 1 : 300;
    const int seeds = options->quick ? 1 : 3;
    printf("\nA denoiser with a mistake, %ld steps, mean of %d starts, in dB\n", steps, seeds);
    for (size_t i = 0; i < sizeof row / sizeof row[0] && !interrupt_signal(); i++) {
        double sum = 0;
        for (int seed = 1; seed <= seeds; seed++)
            sum += denoise_quietly(options, d, row[i].task, row[i].way, steps, (uint64_t)seed);
        printf("  %-28s %6.2f\n", row[i].name, sum / seeds);
    }
}

/* What can be said only of a training of the lesson's length, on the lesson's digits. */
static void hold_lesson(const Options *options, int n, const Decibels *found,
                        const double error[NETS])
{
    if (options->steps < STEPS || options->lr != lr_of_lesson || options->batch != BATCH ||
        *options->data)
        return;
    fact_that("the best linear map is above PCA", found->linear > found->pca + 0.5);
    fact_that("the network is 1 dB above the best linear map", found->network > found->linear + 1);
    fact_that("a code of 8 numbers keeps more than 8 of PCA", n < NETS || error[2] < 0.03);
}

/* All that is kept of the networks, in one file. */
static State *model_of(int n, Pupil pupils[n])
{
    char text[32], prefix[40];
    State *model = state_new();
    for (int i = 0; i < n; i++) {
        snprintf(prefix, sizeof prefix, "%s.", name_of(i, text));
        nn_state(model, prefix, pupils[i].learner.net);
    }
    return model;
}

static bool report(const Options *options, const Digits *d, int n, Pupil pupils[n], bool trained)
{
    Decibels found = {0};
    double error[NETS] = {0};
    bool done = report_denoising(options, d, pupils[DENOISER].learner.net, &found) &&
                (n < NETS || report_codes(options, d, pupils, error)) && draw_boards(options);
    if (done && trained)
        hold_lesson(options, n, &found, error);
    return done;
}

static bool train_and_report(const Options *options, const Digits *d, int n, Pupil pupils[n])
{
    const double start = seconds_now();
    TrainingEnd end = train(options, d, n, pupils);
    if (end == TRAINED)
        printf("%ld steps of %d in %s in %.1f s\n", options->steps, options->batch, REAL_NAME,
               seconds_now() - start);
    if (end == NOT_LOGGED ||
        !training_succeeded(end, plot_draw_file(options, "loss", "chapters/20_loss.gp")) ||
        !report(options, d, n, pupils, end == TRAINED))
        return false;
    State *model = model_of(n, pupils);
    bool saved = state_save(model, options->save);
    state_free(model);
    if (saved && n == NETS && !interrupt_signal())
        train_mistakes(options, d);
    return saved;
}

static bool load_and_report(const Options *options, const Digits *d, int n, Pupil pupils[n])
{
    State *model = model_of(n, pupils);
    bool loaded = state_load(model, options->load, true);
    state_free(model);
    return loaded && report(options, d, n, pupils, false);
}

/* By the library all networks; by the exercises' functions, which take their time, the first. */
static bool learn_from(const Options *options, const Digits *digits)
{
    Pupil pupils[NETS];
    const int n = options->faster ? NETS : 1;
    const Way way = options->faster ? BY_LIBRARY : BY_EXERCISES;
    for (int i = 0; i < n; i++)
        pupil_begin(&pupils[i], i == DENOISER ? DENOISED : CLEAN, code_of[i], way, &digits->train,
                    options, options->seed);
    nn_print(pupils[DENOISER].learner.net);
    bool done = options->load ? load_and_report(options, digits, n, pupils)
                              : train_and_report(options, digits, n, pupils);
    for (int i = 0; i < n; i++)
        learner_free(&pupils[i].learner);
    return done;
}

static bool learn_digits(const Options *options)
{
    Digits digits;
    if (!digits_find(options, &digits))
        return false;
    const int images = digits.train.length;
    bool done = options->load || options->batch <= images;
    if (!done)
        error_return("--batch %d: expected at most %d, as many as there are images", options->batch,
                     images);
    done = done && learn_from(options, &digits);
    digits_free(&digits);
    return done;
}

int main(int argc, char **argv)
{
    Options options = {.chapter = "20_autoencoder",
                       .about = "smaller and larger again: transposed convolution, autoencoders",
                       .steps = STEPS,
                       .seconds = 20,
                       .quick_steps = QUICK_STEPS,
                       .lr = lr_of_lesson,
                       .batch = BATCH,
                       .evaluates = true,
                       .seed = 42,
                       .data = "",
                       .saves = true,
                       .faster = "the library's transposed convolution"};
    options_parse(&options, argc, argv);
    bool hold = options.train_only || lesson(&options);
    if (hold && options.steps > 0 && !learn_digits(&options))
        return interrupt_status(error_report(options.chapter));
    return interrupt_status(hold && fact_failures() == 0 ? EXIT_SUCCESS : EXIT_FAILURE);
}
