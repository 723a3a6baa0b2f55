/* 13_convolution_training.h: LeNet-5 learns drawn digits, beside a network without convolutions;
 * from few of them; and with one mistake after the other in its way back. */
#ifndef CHAPTER_13_CONVOLUTION_TRAINING_H
#define CHAPTER_13_CONVOLUTION_TRAINING_H

#include <stdio.h>

#include "13_convolution_learner.h"
#include "data/image_set.h"
#include "workbook/fact.h"
#include "workbook/options.h"
#include "workbook/plot.h"
#include "workbook/runlog.h"
#include "workbook/training.h"

enum { STEPS = 378, QUICK_STEPS = 12, BATCH = 64 }; /* 378 are six epochs of 4,000 images */

enum { POINTS = 60, LEAST = 50 }; /* on the curve of the loss; images, for the pictures */

static const double lr_of_lesson = 3e-3;

typedef struct {
    Dataset train, test;
} Digits;

/* Drawn; or those in the folder that --data names. False with error_text() set if these cannot be
 * read. */
static inline bool digits_find(const Options *options, Digits *digits)
{
    const DigitOptions lesson = {.hard = 1, .noise = 0.2};
    if (*options->data == '\0') {
        digits->train = digits_draw(options->seed, options->quick ? 400 : 4000, lesson);
        digits->test = digits_draw(options->seed + 1, options->quick ? 100 : 2000, lesson);
        return true;
    }
    ImageSet set;
    if (!image_set_read(&set, options->data, options->quick ? 400 : 0))
        return false;
    bool fits = set.train.x_size == DIGIT_PIXELS;
    bool enough = set.train.length >= LEAST && set.test.length >= LEAST;
    if (!fits)
        error_return("%s: images of %d x %d x %d: expected 1 x %d x %d, as MNIST has them",
                     options->data, set.channels, set.h, set.w, DIGIT_SIDE, DIGIT_SIDE);
    else if (!enough)
        error_return("%s: %d images to learn from and %d new ones: expected %d or more of each",
                     options->data, set.train.length, set.test.length, LEAST);
    if (!fits || !enough) {
        image_set_free(&set);
        return false;
    }
    *digits = (Digits){set.train, set.test};
    return true;
}

static inline void digits_free(Digits *digits)
{
    dataset_free(&digits->train);
    dataset_free(&digits->test);
}

/* -- LeNet and the other one, side by side ---------------------------------------------------- */

static inline TrainingEnd train(const Options *options, const Digits *digits, State *state,
                                Learner *lenet, Learner *mlp)
{
    Training t;
    learner_share(lenet, options->shards);
    learner_share(mlp, options->shards);
    if (!training_begin(
            &t, options, "loss",
            "step,LeNet [nats an image],MLP [nats an image],LeNet test [%],MLP test [%]",
            options->steps, options->steps / POINTS + 1) ||
        !training_keep(&t, state))
        return NOT_LOGGED;
    training_epoch(&t, loader_batches(&lenet->loader));
    while (training_next(&t)) {
        double lr = rate_at(options->lr, t.step, t.steps), loss = learner_gradient(lenet);
        training_loss_tensors(&t, loss, lr, lenet->n, lenet->parameters);
        take_step(lenet, lr);
        learner_gradient(mlp);
        take_step(mlp, lr);
        if (!training_row_due(&t) && t.step < t.steps)
            continue;
        bool eval = training_eval_due(&t) || t.step == t.steps;
        double known = eval ? known_of(lenet->net, &digits->test) : RUNLOG_NONE;
        if (eval)
            training_say(&t, "%.1f %% right", known);
        training_row(&t, (double[]){(double)t.step, training_mean(&t), learner_mean(mlp), known,
                                    eval ? known_of(mlp->net, &digits->test) : RUNLOG_NONE});
    }
    return training_end(&t);
}

/* -- few images ------------------------------------------------------------------------------- */

/* Returns false with error_text() set if the picture's numbers cannot be written. The last point is
 * what the training above has come to. */
static inline bool few_images(const Options *options, const Digits *digits, double lenet,
                              double mlp)
{
    static const struct {
        int images, epochs, batch;
    } runs[] = {{100, 40, 20}, {250, 30, 32}, {500, 20, 32}, {1000, 12, 64}};
    RunLog log;
    if (!runlog_open(&log, options->out, "few", "images,LeNet,MLP"))
        return false;
    printf("\nKnown of %d new digits, in percent, after so many to learn from:\n",
           digits->test.length);
    printf("  images   LeNet     MLP\n");
    for (size_t i = 0; i < sizeof runs / sizeof runs[0] && !interrupt_signal(); i++) {
        int n = runs[i].images, batch = runs[i].batch;
        if (n > digits->train.length)
            break;
        long steps = options->quick ? 2 : (long)runs[i].epochs * n / batch;
        Rng rng;
        rng_seed(&rng, options->seed);
        double a = learn_quietly(lenet_new(&rng, RIGHT), digits->train, n, &digits->test, steps,
                                 batch, lr_of_lesson, options->seed);
        double b = learn_quietly(mlp_new(&rng), digits->train, n, &digits->test, steps, batch,
                                 lr_of_lesson, options->seed);
        if (interrupt_signal())
            break;
        printf("  %6d   %5.1f   %5.1f\n", n, a, b);
        runlog_row(&log, (double[]){n, a, b});
    }
    printf("  %6d   %5.1f   %5.1f\n", digits->train.length, lenet, mlp);
    runlog_row(&log, (double[]){digits->train.length, lenet, mlp});
    return runlog_close(&log) && plot_draw_file(options, "few", "chapters/13_few.gp");
}

/* -- mistakes --------------------------------------------------------------------------------- */

static inline void train_mistakes(const Options *options, const Digits *digits)
{
    static const char *const name[WAYS] = {
        [RIGHT] = "none",
        [DX_TURNED] = "dX: the kernel turned",
        [DX_TRANSPOSED] = "dX: the kernel transposed",
        [DX_ZERO] = "dX = 0",
        [DW_TURNED] = "dW turned by 180 degrees",
        [DW_FIRST_IMAGE] = "dW of the first image",
        [DW_LAST_WINDOW] = "dW of the last window",
        [DB_ZERO] = "db = 0",
        [POOL_EVERY_TIE] = "pool: every tie the whole",
        [POOL_ALL] = "pool: all four the whole",
        [POOL_CORNER] = "pool: the first of four",
    };
    enum { IMAGES = 2000 };
    long steps = options->quick ? 1 : 120;
    int seeds = options->quick ? 1 : 3;
    int n = digits->train.length < IMAGES ? digits->train.length : IMAGES;
    printf("\nLeNet with a mistake, %ld steps of 50, mean of %d starts: known in percent\n", steps,
           seeds);
    for (Way way = RIGHT; way < WAYS && !interrupt_signal(); way++) {
        double sum = 0;
        for (int seed = 1; seed <= seeds; seed++) {
            Rng rng;
            rng_seed(&rng, (uint64_t)seed);
            sum += learn_quietly(lenet_new(&rng, way), digits->train, n, &digits->test, steps, 50,
                                 lr_of_lesson, (uint64_t)seed);
        }
        if (!interrupt_signal())
            printf("  %-26s %9.1f\n", name[way], sum / seeds);
    }
}

#endif
