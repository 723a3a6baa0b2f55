/* 23_device_training.h: the names model learns where the regions run, and beside it, on the host,
 * by the library. Nothing but the batch goes there, and nothing but the loss comes back, until
 * somebody wants to see the parameters. */
#ifndef CHAPTER_23_DEVICE_TRAINING_H
#define CHAPTER_23_DEVICE_TRAINING_H

#include "23_device_judges.h"
#include "23_device_names.h"
#include "nn/state.h"
#include "workbook/plot.h"
#include "workbook/training.h"

enum { STEPS = 10000, QUICK_STEPS = 20, BATCH = 32, LINES = 100, MOST_BATCH = 4096 };

static const double lr_of_lesson = 0.1;

/* How far apart the two may be at the end: in nats, of their losses on the dev part. */
static const double loss_tolerance = 0.02;

/* Both that learn. There: p is on the host a copy, of which r has the original; with the functions
 * of the exercises there is no r, and p is what learns. */
typedef struct {
    const Options *options;
    const Data *data;
    Rng rng; /* draws the batches */
    bool by_regions;
    Resident r;
    Parameters p, d; /* where the regions run, and its gradients */
    Parameters q, e; /* the library's */
    real *activations;
    Activations a; /* for the exercises */
    double sum;    /* of the library's losses since the latest row, */
    long count;    /* ... so many */
    int (*x)[CONTEXT], *y;
} Pair;

static inline void pair_begin(Pair *pair, const Options *options, const Data *data, Place place,
                              Order order)
{
    const int n = options->batch, V = data->names.vocab.size;
    *pair = (Pair){.options = options, .data = data, .by_regions = options->faster};
    rng_seed(&pair->rng, options->seed);
    pair->p = parameters_new(V, HIDDEN);
    pair->d = parameters_new(V, HIDDEN);
    pair->q = parameters_new(V, HIDDEN);
    pair->e = parameters_new(V, HIDDEN);
    parameters_init(&pair->rng, &pair->p);
    memcpy(pair->q.all, pair->p.all, sizeof(real) * (size_t)pair->p.size);
    pair->x = calloc((size_t)n, sizeof *pair->x);
    pair->y = calloc((size_t)n, sizeof *pair->y);
    pair->activations = calloc((size_t)activations_size(n, V, HIDDEN), sizeof(real));
    if (!pair->x || !pair->y || !pair->activations)
        error_stop("no memory for a batch of %d", n);
    pair->a = activations_at(pair->activations, n, V, HIDDEN);
    pair->r = resident_new(place, order, n, V, HIDDEN);
}

static inline void pair_end(Pair *pair)
{
    const Parameters *const all[] = {&pair->p, &pair->d, &pair->q, &pair->e};
    for (int i = 0; i < 4; i++)
        free(all[i]->all);
    free(pair->x);
    free(pair->y);
    free(pair->activations);
    resident_free(&pair->r);
}

/* -- what is kept ------------------------------------------------------------------------------ */

static inline void list_parameters(State *state, const Parameters *p, const char *prefix)
{
    const int rows[TENSORS] = {p->V, D, 1, 1, 1, p->k, 1};
    real *at = p->all;
    for (int i = 0; i < TENSORS; i++) {
        const int columns = i == OF_C ? EMBEDDING : i < OF_W2 ? p->k : p->V;
        char name[32];
        snprintf(name, sizeof name, "%s%s", prefix, parameter_name[i]);
        state_reals(state, name, rows[i] > 1 ? ag_shape(2, rows[i], columns) : ag_shape(1, columns),
                    at);
        at += rows[i] * columns;
    }
}

static inline State *state_of_pair(Pair *pair)
{
    State *state = state_new();
    list_parameters(state, &pair->p, "");
    list_parameters(state, &pair->q, "library.");
    state_rng(state, "rng", &pair->rng);
    state_doubles(state, "library.sum", ag_shape(0), &pair->sum);
    state_longs(state, "library.count", ag_shape(0), &pair->count);
    state_vocab(state, &pair->data->names.vocab);
    return state;
}

/* Brings p to the host, for a checkpoint and for whoever looks at it. */
static inline void pair_fetch(void *context)
{
    Pair *pair = context;
    if (pair->by_regions)
        resident_fetch(&pair->r, pair->p.size, pair->p.all, pair->r.p.all);
}

/* -- the loop ---------------------------------------------------------------------------------- */

static inline real pair_step(Pair *pair, real lr)
{
    const int n = pair->options->batch;
    batch_draw(&pair->rng, &pair->data->train, n, pair->x, pair->y);
    pair->sum += (double)library_backward(n, &pair->q, pair->x, pair->y, pair->e.all);
    pair->count++;
    vector_add_scaled(pair->q.size, -lr, pair->e.all, pair->q.all);
    if (pair->by_regions)
        return resident_step(&pair->r, n, pair->x, pair->y, lr);
    const real loss = answers_backward(n, &pair->p, pair->x, pair->y, &pair->a, &pair->d);
    vector_add_scaled(pair->p.size, -lr, pair->d.all, pair->p.all);
    return loss;
}

static inline double farthest(const Pair *pair)
{
    real most = 0;
    for (int i = 0; i < pair->p.size; i++)
        most = fmax(most, fabs(pair->p.all[i] - pair->q.all[i]));
    return (double)most;
}

/* The losses of both since the latest row, how far their parameters are apart, and now and then how
 * well the names are known. */
static inline void pair_row(Training *t, Pair *pair)
{
    const double batch = training_mean(t), library = pair->sum / (double)pair->count;
    pair->sum = 0;
    pair->count = 0;
    const double dev = training_eval_due(t) ? loss_over(&pair->p, &pair->data->dev) : RUNLOG_NONE;
    training_row(t, (double[]){(double)t->step, batch, library, farthest(pair), dev});
}

static inline TrainingEnd train(Pair *pair, State *state)
{
    const Options *options = pair->options;
    Training t;
    if (!training_begin(
            &t, options, "loss",
            "step,regions [nats a letter],library [nats a letter],apart,dev [nats a letter]",
            options->steps, options->steps / LINES + 1))
        return NOT_LOGGED;
    training_refresh(&t, pair_fetch, pair);
    if (!training_keep(&t, state))
        return NOT_LOGGED;
    training_epoch(&t, (double)pair->data->train.count / options->batch);
    if (pair->by_regions)
        resident_send(&pair->r, pair->p.size, pair->r.p.all, pair->p.all);
    while (training_next(&t)) {
        const double lr = t.step <= options->steps / 2 ? options->lr : options->lr / 10;
        const real loss = pair_step(pair, (real)lr);
        const bool row = training_row_due(&t);
        if (pair->by_regions && (row || t.step == 1))
            resident_fetch(&pair->r, pair->d.size, pair->d.all, pair->r.d.all);
        training_loss(&t, (double)loss, lr, pair->d.size, pair->d.all);
        if (row) {
            pair_fetch(pair);
            pair_row(&t, pair);
        }
    }
    pair_fetch(pair);
    return training_end(&t);
}

/* -- what came of it --------------------------------------------------------------------------- */

static inline double print_losses(const char *name, const Parameters *p, const Data *data)
{
    const double dev = loss_over(p, &data->dev);
    printf("  %-12s train %.4f   dev %.4f   test %.4f\n", name, loss_over(p, &data->train), dev,
           loss_over(p, &data->test));
    return dev;
}

static inline void report(const Pair *pair, TrainingEnd end)
{
    const char *name = pair->by_regions ? "the regions" : "the exercises";
    printf("\nloss in nats a letter (%.4f = ln %d is chance):\n", log(pair->p.V), pair->p.V);
    const double dev = print_losses(name, &pair->p, pair->data);
    if (pair->options->load)
        return;
    const double library = print_losses("the library", &pair->q, pair->data);
    if (end == TRAINED && pair->r.order != LOST &&
        fact_that("the two ways end more than 0.02 nats apart",
                  fabs(dev - library) < loss_tolerance))
        printf("They end within %g nats of each other.\n", loss_tolerance);
    if (pair->by_regions && end == TRAINED && !pair->options->resume)
        printf("Numbers that moved: %ld there, %ld back, with parameters and gradients fetched for "
               "each row of\nthe log; parameters there and back at every step would be %ld more.\n",
               pair->r.sent, pair->r.fetched, 2 * pair->options->steps * pair->p.size);
}

static inline bool train_and_report(Pair *pair)
{
    const Options *options = pair->options;
    State *run = state_of_pair(pair), *model = state_new();
    list_parameters(model, &pair->p, "");
    state_vocab(model, &pair->data->names.vocab);
    bool done;
    if (options->load) {
        done = state_load(model, options->load, true);
        if (done)
            report(pair, NOT_LOGGED);
    } else {
        const TrainingEnd end = train(pair, run);
        if (end == TRAINED || end == INTERRUPTED)
            report(pair, end);
        done = end != NOT_LOGGED &&
               training_succeeded(end, plot_draw_file(options, "loss", "chapters/23_loss.gp")) &&
               state_save(model, options->save);
    }
    state_free(run);
    state_free(model);
    return done;
}

#endif
