/* 21_vae_training.h: autoencoders that learn side by side, each in a way of its own, from the same
 * batches. */
#ifndef CHAPTER_21_VAE_TRAINING_H
#define CHAPTER_21_VAE_TRAINING_H

#include <stdio.h>

#include "21_vae_nets.h"
#include "21_vae_slips.h"
#include "data/digits.h"
#include "data/image_set.h"
#include "nn/learner.h"
#include "workbook/runlog.h"
#include "workbook/training.h"

enum { STEPS = 4000, QUICK_STEPS = 4, BATCH = 50, ROWS = 100 }; /* 4000: 40 epochs */

static const double lr_of_lesson = 2e-3;

/* -- images ----------------------------------------------------------------------------------- */

typedef struct {
    Dataset train, test;
    ImageSize size;
} Images;

enum { LEARNT = 5000, NEW = 1000, LEAST = 50 };

/* Digits, drawn; or the first of the images in the folder that --data names. False with
 * error_text() set if these cannot be read, or are too few. */
static inline bool images_get(const Options *options, uint64_t seed, Images *images)
{
    const int train = options->quick ? 100 : LEARNT, test = options->quick ? 50 : NEW;
    if (*options->data == '\0') {
        const DigitOptions lesson = {.hard = 0.3};
        *images = (Images){digits_draw(seed, train, lesson),
                           digits_draw(seed + 1000, test, lesson),
                           {1, DIGIT_SIDE, DIGIT_SIDE}};
        return true;
    }
    ImageSet set;
    if (!image_set_read(&set, options->data, train))
        return false;
    set.test.length = set.test.length < test ? set.test.length : test;
    if (set.train.length < LEAST || set.test.length < LEAST) {
        error_return("%s: %d images to learn from and %d new ones: expected %d or more of each",
                     options->data, set.train.length, set.test.length, LEAST);
        image_set_free(&set);
        return false;
    }
    *images = (Images){set.train, set.test, {set.channels, set.h, set.w}};
    return true;
}

static inline void images_free(Images *images)
{
    dataset_free(&images->train);
    dataset_free(&images->test);
}

/* -- one that learns -------------------------------------------------------------------------- */

/* A way to learn: loss = pixels + beta KL. */
typedef struct {
    const char *name;
    int d; /* numbers in a code */
    double beta;
    bool averaged; /* the pixels are averaged, not summed */
    bool warm_up;  /* beta rises from 0, over the first third of the steps */
    Slip slip;
} Way;

/* Stays where it is. */
typedef struct {
    const Way *way;
    Learner learner;
    double done;       /* the share of its steps, for the warm-up */
    double pixels, kl; /* sums since the latest row, in nats an image */
    long count;
} Pupil;

/* All start from the same seed, and get the same batches. */
static inline void pupil_begin(Pupil *p, const Way *way, const Images *images,
                               const Options *options, uint64_t seed)
{
    Learner *l = &p->learner;
    *p = (Pupil){.way = way};
    rng_seed(&l->rng, seed);
    learner_begin(l, vae_new(&l->rng, images->train.x_size, way->d, HIDDEN), images->size,
                  &images->train,
                  (LoaderOptions){.batch = options->batch, .shuffle = true, .seed = seed});
    optim_adam(l->optim, adam_defaults(options->lr));
    optim_add(l->optim, l->n, l->parameters);
}

/* What beta is multiplied by when this share of the steps is done. */
static inline real warmth(const Way *way, double done)
{
    return way->warm_up && done < 1. / 3 ? (real)(3 * done) : 1;
}

/* The loss of images x, and what it is made of, for the log. */
static inline Tensor *pupil_loss(Learner *l, int first, int n, Tensor *x, void *context)
{
    Pupil *p = context;
    const Way *way = p->way;
    (void)first;
    (void)n;
    const Codes q = vae_encode(l->net, x);
    Tensor *z = sample_with_slip(way->slip, q.mu, q.logvar, &l->rng);
    Tensor *seen = pixels(vae_decode(l->net, z), x);
    Tensor *kl = divergence(q.mu, q.logvar, (real)way->beta * warmth(way, p->done));
    p->pixels += (double)ag_item(seen);
    p->kl += (double)divergence_of(rows_of(q.mu), way->d, ag_data(q.mu), ag_data(q.logvar));
    p->count++;
    if (way->averaged)
        seen = ag_div(seen, ag_scalar((real)columns_of(x)));
    return ag_add(seen, kl);
}

/* Forward and back on the next batch, when this share of the steps is done. Returns the loss. */
static inline double pupil_look(Pupil *p, double done)
{
    p->done = done;
    return learner_gradient_of(&p->learner, pupil_loss, p);
}

/* -- all of them ------------------------------------------------------------------------------ */

enum { HEADER_SIZE = 1024 };

/* "step,summed [nats an image],summed KL [nats an image],...": of each the pixels, then KL */
static inline const char *header_of(int n, const Pupil pupil[n], char text[HEADER_SIZE])
{
    int length = snprintf(text, HEADER_SIZE, "step");
    for (int k = 0; k < n; k++)
        length += snprintf(text + length, (size_t)(HEADER_SIZE - length),
                           ",%s [nats an image],%s KL [nats an image]", pupil[k].way->name,
                           pupil[k].way->name);
    return text;
}

enum { MOST_WAYS = 8 };

/* The two terms of each, the means since the latest row. */
static inline void log_row(Training *t, int n, Pupil pupil[n])
{
    double row[1 + 2 * MOST_WAYS] = {(double)t->step};
    for (int k = 0; k < n; k++) {
        Pupil *p = &pupil[k];
        row[1 + 2 * k] = p->pixels / (double)p->count;
        row[2 + 2 * k] = p->kl / (double)p->count;
        p->pixels = p->kl = 0;
        p->count = 0;
    }
    training_say(t, "ELBO %.1f", -row[1] - row[2]);
    training_mean(t);
    training_row(t, row);
}

/* What a run that is taken up again must have as it was. */
static inline State *state_of(int n, Pupil pupil[n])
{
    State *state = state_new();
    for (int k = 0; k < n; k++) {
        char name[64];
        Pupil *p = &pupil[k];
        learner_state(state, p->way->name, &p->learner);
        snprintf(name, sizeof name, "%s.pixels", p->way->name);
        state_doubles(state, name, ag_shape(0), &p->pixels);
        snprintf(name, sizeof name, "%s.kl", p->way->name);
        state_doubles(state, name, ag_shape(0), &p->kl);
        snprintf(name, sizeof name, "%s.terms", p->way->name);
        state_longs(state, name, ag_shape(0), &p->count);
    }
    return state;
}

static inline TrainingEnd train(const Options *options, const char *name, int n, Pupil pupil[n])
{
    Training t;
    char header[HEADER_SIZE];
    State *state = state_of(n, pupil);
    bool begun = training_begin(&t, options, name, header_of(n, pupil, header), options->steps,
                                options->steps / ROWS + 1) &&
                 training_keep(&t, state);
    if (begun)
        training_epoch(&t, loader_batches(&pupil[0].learner.loader));
    while (begun && training_next(&t)) {
        const double done = (double)(t.step - 1) / (double)t.steps;
        double mean = 0;
        for (int k = n - 1; k >= 0; k--) { /* the gradient that is logged is the first one's */
            Learner *l = &pupil[k].learner;
            mean += pupil_look(&pupil[k], done) / n;
            if (k == 0)
                training_loss_tensors(&t, mean, options->lr, l->n, l->parameters);
            learner_step(l);
        }
        if (training_row_due(&t))
            log_row(&t, n, pupil);
    }
    TrainingEnd end = begun ? training_end(&t) : NOT_LOGGED;
    state_free(state);
    return end;
}

#endif
