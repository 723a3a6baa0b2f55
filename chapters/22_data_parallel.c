/* 22_data_parallel.c: one model on several processes.
 *
 *     dW = n_0/n dW_0 + n_1/n dW_1 + ...      each rank's mean, by its part of the batch
 *
 * How a batch is cut, and what ranks send to each other, are the exercises of this chapter; in a
 * training lib/parallel and lib/nn/parallel.h do it. The program works the small examples of the
 * lesson (_examples.h), holds what ranks put together against the tape and a numeric gradient
 * (_judges.h, _synchronised.h), and trains LeNet-5 on as many ranks as it is started on
 * (_training.h). On one process it measures what wrong sums do (_fleet.h) and larger batches
 * (_batches.h), on several what a step costs (_cost.h). */
#include <stdio.h>
#include <stdlib.h>

#include "22_data_parallel_batches.h"
#include "22_data_parallel_cost.h"
#include "22_data_parallel_fleet.h"
#include "22_data_parallel_judges.h"
#include "22_data_parallel_synchronised.h"
#include "error.h"
#include "workbook/interrupt.h"
#include "workbook/options.h"

/* The exercises that may still be to do, in their order, before anything is printed. */
static void try_exercises(void)
{
    const int n[1] = {1};
    const real one[1][1] = {{1}};
    const void *x = one;
    real y[1][1][1], z[1];
    cut_batch(1, 1, 0, 1, y[0][0], z);
    mean_of_shards(1, 1, n, one, z);
    tree_sum(1, 1, y[0]);
    ring_reduce_scatter(1, 1, y);
    ring_all_gather(1, 1, y);
    moments_of_ranks(1, 1, n, one, one, y[0][0], z);
    batchnorm_across_backward(1, 1, 1, x, x, one[0], one[0], y);
    accumulated_step(1, 1, n, one, 1, 1, y[0][0], z);
}

/* What is shown and checked before the training. */
static bool lesson(const Options *options)
{
    try_exercises();
    means();
    parts();
    orders();
    tree();
    ring();
    ring_mistaken();
    moments();
    norm_backward();
    accumulation();
    bool hold = check_gradients(options->seed);
    judge_across(options->seed);
    return hold && fact_failures() == 0;
}

/* -- training --------------------------------------------------------------------------------- */

/* On how many, by what, in how many shards. */
static void print_ranks(const Options *options)
{
    const char *library = ranks_library();
    if (library)
        printf("%d rank%s, by %s; each batch of %d in %d shards\n", ranks_count(),
               ranks_count() == 1 ? "" : "s", library, options->batch, options->shards);
    else
        printf("One process; each batch of %d in %d shards%s\n", options->batch, options->shards,
               options->faster ? ". On four: make run-22 RANKS=4" : ", by the exercises");
}

static void print_known(const Digits *d, Learner pupil[PUPILS])
{
    printf("Known of %d new digits, in percent: LeNet %.1f, with batch norm %.1f\n", d->test.length,
           nn_accuracy(pupil[0].net, digit_size, &d->test),
           nn_accuracy(pupil[1].net, digit_size, &d->test));
}

/* Both networks, in one file. */
static State *model_of(Learner pupil[PUPILS])
{
    State *model = state_new();
    nn_state(model, "LeNet.", pupil[0].net);
    nn_state(model, "norm.", pupil[1].net);
    return model;
}

static void print_time(const Options *options, double start)
{
    printf("%ld steps of %d in %s in %.1f s\n", options->steps, options->batch, REAL_NAME,
           seconds_now() - start);
}

/* Beside the training: what is measured of it on one process, and on several. */
static bool compare_all(const Options *options, const Digits *d)
{
    compare_norms(options, d);
    if (interrupt_anywhere() || ranks_count() > 1)
        return interrupt_anywhere() || measure(options, d);
    if (!measure(options, d) || !race_all(options, d))
        return false;
    if (!interrupt_anywhere())
        larger_batches(options, d);
    return true;
}

/* Ctrl-C ends it at the next step, and what has been printed stays. */
static bool report(const Options *options, const Digits *d)
{
    interrupt_catch();
    const bool done = compare_all(options, d);
    interrupt_release();
    if (interrupt_anywhere())
        printf("\ninterrupted; the model is in %s\n", options->save);
    return done;
}

static bool train_and_report(const Options *options, const Digits *d, Learner pupil[PUPILS])
{
    const double start = seconds_now();
    for (int k = 0; k < PUPILS; k++)
        share(&pupil[k], options->shards);
    const TrainingEnd end = pupils_train(options, d, pupil);
    if (end == TRAINED)
        print_time(options, start);
    if (end == NOT_LOGGED ||
        !training_succeeded(end, plot_draw_file(options, "loss", "chapters/22_loss.gp")))
        return false;
    print_known(d, pupil);
    State *model = model_of(pupil);
    bool saved = state_save(model, options->save);
    state_free(model);
    return saved && (interrupt_anywhere() || report(options, d));
}

static bool load_and_report(const Options *options, const Digits *d, Learner pupil[PUPILS])
{
    State *model = model_of(pupil);
    bool loaded = state_load(model, options->load, true);
    state_free(model);
    if (loaded)
        print_known(d, pupil);
    return loaded;
}

/* By the exercises' functions, which train LeNet alone, on one process. */
static bool learn_by_exercises(const Options *options, const Digits *d, Learner *lenet)
{
    const double start = seconds_now();
    const TrainingEnd end = rows_train(options, d, lenet);
    if (end == TRAINED)
        print_time(options, start);
    if (end == NOT_LOGGED ||
        !training_succeeded(end, plot_draw_file(options, "loss", "chapters/22_loss.gp")))
        return false;
    printf("Known of %d new digits, in percent: %.1f\n", d->test.length,
           nn_accuracy(lenet->net, digit_size, &d->test));
    return nn_save(lenet->net, options->save);
}

static bool learn_digits(const Options *options)
{
    Digits d = digits_new(options);
    Learner pupil[PUPILS];
    bool done = options->batch >= options->shards && options->batch <= d.train.length;
    if (!done)
        error_return("--batch %d: expected %d, one for each shard, to %d, all images there are",
                     options->batch, options->shards, d.train.length);
    for (int k = 0; done && k < PUPILS; k++)
        pupil_begin(&pupil[k], k == 0 ? NO_NORM : NORM_OF_SHARDS, &d.train, options->batch,
                    options->lr, options->seed);
    if (done) {
        print_ranks(options);
        bool well = options->load     ? load_and_report(options, &d, pupil)
                    : options->faster ? train_and_report(options, &d, pupil)
                                      : learn_by_exercises(options, &d, &pupil[0]);
        for (int k = 0; k < PUPILS; k++)
            learner_free(&pupil[k]);
        done = well;
    }
    digits_free(&d);
    return done;
}

static int run(int argc, char **argv)
{
    Options options = {.chapter = "22_data_parallel",
                       .about = "one model on several processes",
                       .steps = STEPS,
                       .seconds = 20,
                       .quick_steps = QUICK_STEPS,
                       .lr = lr_of_lesson,
                       .batch = BATCH,
                       .shards = SHARDS,
                       .evaluates = true,
                       .seed = 42,
                       .saves = true,
                       .choices = choices,
                       .faster = "the library's sums"};
    options_parse(&options, argc, argv);
    if (!options.faster && ranks_count() > 1) {
        error_return("the exercises' functions (FROM=, or --exercises) train on one process: leave "
                     "RANKS= out");
        error_report(options.chapter);
        return 2;
    }
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
