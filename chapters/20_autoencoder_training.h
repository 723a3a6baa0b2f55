/* 20_autoencoder_training.h: who learns side by side: one network that makes noisy digits clean,
 * and some that bring clean ones through a code of a few numbers. */
#ifndef CHAPTER_20_AUTOENCODER_TRAINING_H
#define CHAPTER_20_AUTOENCODER_TRAINING_H

#include <stdio.h>

#include "20_autoencoder_digits.h"
#include "20_autoencoder_nets.h"
#include "autograd/autograd.h"
#include "nn/learner.h"
#include "workbook/interrupt.h"
#include "workbook/training.h"

enum { STEPS = 1500, QUICK_STEPS = 3, BATCH = 30, POINTS = 60 }; /* 1,500 are fifteen epochs */

static const double lr_of_lesson = 5e-3;

enum { DENOISER, NETS = 5 };

static const int code_of[NETS] = {[DENOISER] = 0, 2, 8, 16, 32};

/* What a network gets to see, and what it is to make of it. */
typedef enum { CLEAN, DENOISED, NOISY_TARGET, SAME_NOISE } Task;

typedef struct {
    Task task;
    Learner learner;
} Pupil;

/* -- one step ---------------------------------------------------------------------------------- */

/* x with noise on it that is drawn anew. */
static inline Tensor *add_noise(Rng *rng, const Tensor *x)
{
    real *noisy = ag_alloc_reals(x->size);
    init_normal(rng, noise_of_lesson, x->size, noisy);
    vector_add(x->size, x->data, noisy);
    return ag_wrap(x->shape, noisy);
}

/* The mean squared error of n images, over all their pixels. */
static inline Tensor *pupil_loss(Learner *l, int first, int n, Tensor *clean, void *context)
{
    const Pupil *p = context;
    Tensor *seen = clean, *wanted = clean;
    if (p->task == SAME_NOISE)
        seen = nn_images(l->size, n, l->loader.y + (size_t)first * (size_t)l->loader.data->y_size);
    else if (p->task != CLEAN)
        seen = add_noise(&l->rng, clean);
    if (p->task == NOISY_TARGET)
        wanted = seen;
    return ag_mse_loss(nn_forward(l->net, seen), wanted, AG_MEAN);
}

/* Of the next batch. */
static inline double pupil_look(Pupil *p)
{
    return learner_gradient_of(&p->learner, pupil_loss, p);
}

/* Full steps for two thirds of the way, then a tenth of them, to come to rest. */
static inline double rate_at(double lr, long step, long steps)
{
    return step <= steps * 2 / 3 ? lr : lr / 10;
}

static inline void pupil_step(Pupil *p, double lr)
{
    optim_set_lr(p->learner.optim, 0, lr);
    learner_step(&p->learner);
}

/* By Adam. */
static inline void pupil_begin(Pupil *p, Task task, int code, Way way, const Dataset *train,
                               const Options *options, uint64_t seed)
{
    Learner *l = &p->learner;
    p->task = task;
    rng_seed(&l->rng, seed);
    learner_begin(l, autoencoder_new(&l->rng, code, way), digit_size, train,
                  (LoaderOptions){.batch = options->batch, .shuffle = true, .seed = seed});
    optim_adam(l->optim, adam_defaults(options->lr));
    optim_add(l->optim, l->n, l->parameters);
}

/* -- how near ---------------------------------------------------------------------------------- */

/* In decibels, of a largest pixel of 1; by the exercise. */
static inline double decibels_of(int n, const Picture R[n], const Picture X[n])
{
    real psnr, *unused = reals_new((size_t)n * DIGIT_PIXELS);
    psnr_backward(n * DIGIT_PIXELS, *R, *X, 1, &psnr, unused);
    free(unused);
    return (double)psnr;
}

/* Of noisy new digits that the network has made clean. */
static inline double denoised_by(Module *net, const Digits *d)
{
    const int n = d->test.length;
    Picture *R = pictures_new(n);
    reconstruct(net, n, (void *)d->test.y, R);
    const double found = decibels_of(n, R, (const void *)d->test.x);
    free(R);
    return found;
}

/* -- all of them ------------------------------------------------------------------------------- */

/* "denoise", "code 2", ... */
static inline const char *name_of(int net, char text[32])
{
    if (net == DENOISER)
        return "denoise";
    snprintf(text, 32, "code %d", code_of[net]);
    return text;
}

static inline State *state_of(int n, Pupil pupils[n])
{
    char text[32];
    State *state = state_new();
    for (int i = 0; i < n; i++)
        learner_state(state, name_of(i, text), &pupils[i].learner);
    return state;
}

/* "step,denoised,denoise,code 2,...": decibels of new digits, then the losses. */
static inline const char *header_of(int n, char text[256])
{
    char name[32];
    int length = snprintf(text, 256, "step,denoised [dB]");
    for (int i = 0; i < n; i++)
        length += snprintf(text + length, (size_t)(256 - length), ",%s", name_of(i, name));
    return text;
}

static inline void log_row(Training *t, int n, Pupil pupils[n], const Digits *d)
{
    const bool eval = training_eval_due(t) || t->step == t->steps;
    double row[2 + NETS] = {(double)t->step, RUNLOG_NONE};
    if (eval) {
        row[1] = denoised_by(pupils[DENOISER].learner.net, d);
        training_say(t, "%.2f dB", row[1]);
    }
    for (int i = 0; i < n; i++)
        row[2 + i] = learner_mean(&pupils[i].learner);
    training_mean(t);
    training_row(t, row);
}

/* n of them, on the same digits in the same order. */
static inline TrainingEnd train(const Options *options, const Digits *d, int n, Pupil pupils[n])
{
    Training t;
    char header[256];
    State *state = state_of(n, pupils);
    bool begun = training_begin(&t, options, "loss", header_of(n, header), options->steps,
                                options->steps / POINTS + 1) &&
                 training_keep(&t, state);
    if (begun)
        training_epoch(&t, loader_batches(&pupils[DENOISER].learner.loader));
    while (begun && training_next(&t)) {
        const double lr = rate_at(options->lr, t.step, t.steps);
        for (int i = n - 1; i >= 0; i--) {
            const Learner *l = &pupils[i].learner;
            const double loss = pupil_look(&pupils[i]);
            if (i == DENOISER)
                training_loss_tensors(&t, loss, lr, l->n, l->parameters);
            pupil_step(&pupils[i], lr);
        }
        if (training_row_due(&t) || t.step == t.steps)
            log_row(&t, n, pupils, d);
    }
    TrainingEnd end = begun ? training_end(&t) : NOT_LOGGED;
    state_free(state);
    return end;
}

/* Trains a denoiser without a word and returns what it comes to; NaN if a signal came. */
static inline double denoise_quietly(const Options *options, const Digits *d, Task task, Way way,
                                     long steps, uint64_t seed)
{
    Pupil p;
    pupil_begin(&p, task, 0, way, &d->train, options, seed);
    for (long step = 1; step <= steps && !interrupt_signal(); step++) {
        pupil_look(&p);
        pupil_step(&p, rate_at(options->lr, step, steps));
    }
    const double found = interrupt_signal() ? NAN : denoised_by(p.learner.net, d);
    learner_free(&p.learner);
    return found;
}

#endif
