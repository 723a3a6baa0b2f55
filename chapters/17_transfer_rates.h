/* 17_transfer_rates.h: a rate that falls along a cosine against one that stays; and a run that is
 * broken off and taken up again, with all that it must remember and without. */
#ifndef CHAPTER_17_TRANSFER_RATES_H
#define CHAPTER_17_TRANSFER_RATES_H

#include "17_transfer_maps.h"
#include "17_transfer_results.h"
#include "17_transfer_training.h"
#include "data/transform.h"
#include "workbook/fact.h"
#include "workbook/plot.h"

enum { RATE_DIGITS = 1000, RATE_BATCH = 16, RATE_STEPS = 630, RATES = 4 }; /* ten epochs */

static const double rate_of[RATES] = {0.01, 0.02, 0.05, 0.1};

static Results annealed = {.title = "SGD with momentum: known of new digits, in percent",
                           .corner = "rate",
                           .rows = RATES,
                           .columns = 2,
                           .row = {"0.01", "0.02", "0.05", "0.1"},
                           .column = {"constant", "cosine"}};

/* -- rates ------------------------------------------------------------------------------------- */

/* Both ways from one rate, side by side. */
static inline bool learn_rate(const Options *options, int seed, const Images *images, int row)
{
    const uint64_t number = options->seed + (uint64_t)seed;
    const int steps = options->quick ? 1 : RATE_STEPS;
    real *rate = zeros(steps);
    Scholar scholars[2];
    char name[32];
    cosine_schedule(steps, steps, (real)rate_of[row], 0, rate);
    for (int way = 0; way < 2; way++) {
        Rng *rng = &scholars[way].learner.rng;
        rng_seed(rng, number);
        scholar_begin(&scholars[way], annealed.column[way],
                      net_new(rng, images->size, images->classes), images,
                      (Course){.sgd = true,
                               .batch = RATE_BATCH,
                               .lr = rate_of[row],
                               .rate = way == 0 ? NULL : rate,
                               .seed = number});
    }
    snprintf(name, sizeof name, seed == 0 ? "rate_%d" : "rate_%d_%d", row, seed + 1);
    TrainingEnd end = train(options, name, 2, scholars, steps);
    for (int way = 0; way < 2; way++) {
        if (end == TRAINED)
            annealed.known[row][way][seed] = known_by(&scholars[way]);
        scholar_end(&scholars[way]);
    }
    free(rate);
    return end != NOT_LOGGED && training_succeeded(end, true);
}

static inline bool learn_annealed(const Options *options, int seeds)
{
    for (int seed = 0; seed < seeds && !interrupt_signal(); seed++) {
        Images images;
        if (!digits_find(options, options->seed + 3000 + (uint64_t)seed,
                         options->quick ? 20 : RATE_DIGITS, &images))
            return false;
        bool done = true;
        for (int row = 0; done && row < annealed.rows && !interrupt_signal(); row++)
            done = learn_rate(options, seed, &images, row);
        images_free(&images);
        if (!done)
            return false;
        annealed.seeds = seed + 1;
    }
    if (interrupt_signal())
        return true;
    results_print(&annealed);
    return results_log(options, "rates", &annealed) &&
           plot_draw_file(options, "rates", "chapters/17_rates.gp");
}

/* -- a break ----------------------------------------------------------------------------------- */

enum { BREAK_STEPS = 360, BREAK_DIGITS = 300, BREAK_BATCH = 50, RUNS = 3 };

/* Never broken off; taken up again; taken up without what the optimizer remembered. */
static const char *const run_name[RUNS] = {"unbroken", "resumed", "optimizer lost"};

/* Its images are shifted at random, so that it has those random numbers to remember, too. */
static inline void run_begin(Scholar *s, const char *name, const Images *images,
                             const Pipeline *shifts, uint64_t seed)
{
    Rng *rng = &s->learner.rng;
    rng_seed(rng, seed);
    scholar_begin(s, name, net_new(rng, images->size, images->classes), images,
                  (Course){.batch = BREAK_BATCH, .lr = 3e-3, .augment = shifts, .seed = seed});
}

/* Writes down all that s remembers, ends it, and begins it anew in another process, as it were: of
 * other random numbers, which what is read then replaces. */
static inline bool break_off(Scholar *s, const char *path, bool optim)
{
    State *state = state_new();
    scholar_state(state, s, true);
    bool done = state_save(state, path);
    state_free(state);
    scholar_end(s);
    run_begin(s, s->name, s->images, s->course.augment, 12345);
    state = state_new();
    scholar_state(state, s, optim);
    done = done && (optim ? state_resume(state, path) : state_load(state, path, false));
    state_free(state);
    return done;
}

static inline bool same_weights(const Learner *a, const Learner *b)
{
    bool same = true;
    for (int i = 0; i < a->n; i++) {
        const Tensor *x = a->parameters[i], *y = b->parameters[i];
        same = same && same_bytes(x->size, x->data, y->data);
    }
    return same;
}

/* The highest loss of each run in the ten steps after the break. */
static inline TrainingEnd train_with_break(const Options *options, Scholar run[RUNS], long steps,
                                           double spike[RUNS])
{
    Training t;
    char header[512], path[1024];
    snprintf(path, sizeof path, "%s/break.safetensors", options->out);
    if (!training_begin(&t, options, "break", header_of(RUNS, run, header), steps, 1))
        return NOT_LOGGED;
    while (training_next(&t)) {
        double row[1 + RUNS] = {(double)t.step};
        for (int i = 0; i < RUNS; i++) {
            if (i > 0 && t.step == steps / 2 + 1 && !break_off(&run[i], path, i == 1)) {
                runlog_discard(&t.log);
                runlog_discard(&t.times);
                return NOT_LOGGED;
            }
            row[1 + i] = learner_gradient(&run[i].learner);
            if (t.step > steps / 2 && t.step <= steps / 2 + 10)
                spike[i] = fmax(spike[i], row[1 + i]);
            if (i == 0)
                training_loss_tensors(&t, row[1], run[0].course.lr, run[0].learner.n,
                                      run[0].learner.parameters);
            scholar_step(&run[i], t.step);
        }
        training_mean(&t);
        training_row(&t, row);
    }
    return training_end(&t);
}

static inline bool learn_with_break(const Options *options)
{
    Images images;
    Scholar run[RUNS];
    double spike[RUNS] = {0};
    if (!digits_find(options, options->seed + 4000, options->quick ? 20 : BREAK_DIGITS, &images))
        return false;
    const Transform shift[1] = {transform_shift(1)};
    Pipeline shifts = pipeline_new(1, shift, images.size);
    for (int i = 0; i < RUNS; i++)
        run_begin(&run[i], run_name[i], &images, &shifts, options->seed);
    TrainingEnd end = train_with_break(options, run, options->quick ? 2 : BREAK_STEPS, spike);
    if (end == TRAINED) {
        fact_that("a run taken up again is the unbroken one, to the bit",
                  same_weights(&run[0].learner, &run[1].learner));
        printf("\nBroken off half-way: the highest loss in the ten steps after\n");
        for (int i = 0; i < RUNS; i++)
            printf("  %-16s %8.4f\n", run_name[i], spike[i]);
    }
    for (int i = 0; i < RUNS; i++)
        scholar_end(&run[i]);
    pipeline_free(&shifts);
    images_free(&images);
    return end != NOT_LOGGED &&
           training_succeeded(end, plot_draw_file(options, "break", "chapters/17_break.gp"));
}

#endif
