/* 18_recurrent_adding.h: a task with a long delay. Thirty numbers come one after the other, two of
 * the first twenty are marked, and at the end their sum is wanted. (The adding problem, Hochreiter
 * and Schmidhuber, 1997.) */
#ifndef CHAPTER_18_RECURRENT_ADDING_H
#define CHAPTER_18_RECURRENT_ADDING_H

#include "18_recurrent_training.h"

enum { ADD_STEPS = 30, ADD_MARKED = 20, ADD_UNITS = 32, ADD_TESTS = 500, ADDERS = 7 };

static const double add_most = 1, add_solved = 0.01;

/* Three quarters of the steps that names get are enough. */
static inline long add_steps(const Options *options)
{
    return (3 * options->steps + 3) / 4;
}

/* Who learns it: three cells; an LSTM whose forget gate begins less open; and, to see what each
 * path is worth, LSTMs with h or c detached before every step, or both before every tenth. */
static const struct {
    const char *name;
    Cell cell;
    real forget; /* an LSTM's bias there */
    Windows windows;
} adders[ADDERS] = {
    {"RNN", RNN, 0, {0}},
    {"LSTM", LSTM, 3, {0}},
    {"GRU", GRU, 0, {0}},
    {"LSTM bias 1", LSTM, 1, {0}},
    {"LSTM h detached", LSTM, 3, {1, 0}},
    {"LSTM c detached", LSTM, 3, {0, 1}},
    {"LSTM both every 10", LSTM, 3, {10, 10}},
};

/* X (t, n, 2): numbers between 0 and 1, and 1 beside two of them; y (n, 1), the sum of those. */
static inline void draw_sums(Rng *rng, int n, real X[ADD_STEPS][n][2], real y[n])
{
    for (int i = 0; i < n; i++) {
        const int first = rng_below(rng, ADD_MARKED);
        const int other = rng_below(rng, ADD_MARKED - 1), second = other + (other >= first);
        for (int s = 0; s < ADD_STEPS; s++) {
            X[s][i][0] = (real)rng_uniform(rng);
            X[s][i][1] = s == first || s == second;
        }
        y[i] = X[first][i][0] + X[second][i][0];
    }
}

/* The mean squared error on n of them. Only the last state is read. */
static inline Tensor *sum_loss(const Net *net, int n, real *X, real *y)
{
    Tensor *states = net_states(net, ag_wrap(ag_shape(3, ADD_STEPS, n, 2), X));
    Tensor *last = slab_of(states, ADD_STEPS - 1);
    return ag_mse_loss(nn_forward(net->head, last), ag_wrap(ag_shape(2, n, 1), y), AG_MEAN);
}

typedef struct {
    Rng rng;
    int count;
    Pupil pupil[ADDERS];
    long solved[ADDERS];  /* the step at which the error on new ones fell below 0.01; 0: none */
    double error[ADDERS]; /* ... as it was at the latest */
    real *X, *y;          /* a batch */
    real *test_X, *test_y;
} Adding;

static inline void adding_begin(Adding *a, const Options *options)
{
    *a = (Adding){.count = options->quick ? 3 : ADDERS};
    const size_t batch = (size_t)options->batch;
    a->X = malloc(sizeof(real) * 2 * ADD_STEPS * (batch + ADD_TESTS));
    a->y = malloc(sizeof(real) * (batch + ADD_TESTS));
    if (!a->X || !a->y)
        error_stop("no memory for a batch of %d", options->batch);
    a->test_X = a->X + 2 * ADD_STEPS * batch;
    a->test_y = a->y + batch;
    rng_seed(&a->rng, options->seed);
    draw_sums(&a->rng, ADD_TESTS, (void *)a->test_X, a->test_y);
    for (int k = 0; k < a->count; k++) {
        Net *net = net_new(&a->rng, adders[k].cell, 0, 2, ADD_UNITS, 1, !options->faster);
        net->windows = adders[k].windows;
        if (net->cell == LSTM)
            vector_fill(ADD_UNITS, adders[k].forget, weights_of(net->layer).b_ih->data + ADD_UNITS);
        pupil_begin(&a->pupil[k], adders[k].name, net);
        optim_adam(a->pupil[k].optim, adam_defaults(options->lr));
        optim_add(a->pupil[k].optim, a->pupil[k].n, a->pupil[k].parameters);
    }
}

static inline void adding_free(Adding *a)
{
    for (int k = 0; k < a->count; k++)
        pupil_free(&a->pupil[k]);
    free(a->X);
    free(a->y);
}

static inline State *adding_state(Adding *a)
{
    State *state = state_new();
    state_rng(state, "rng", &a->rng);
    state_longs(state, "solved", ag_shape(1, ADDERS), a->solved);
    state_doubles(state, "error", ag_shape(1, ADDERS), a->error);
    for (int k = 0; k < a->count; k++)
        pupil_state(state, &a->pupil[k], k);
    return state;
}

static inline void adding_test(Adding *a, long step)
{
    ag_no_grad_begin();
    for (int k = 0; k < a->count; k++) {
        a->error[k] = (double)ag_item(sum_loss(a->pupil[k].net, ADD_TESTS, a->test_X, a->test_y));
        if (a->error[k] < add_solved && !a->solved[k])
            a->solved[k] = step;
        ag_reset();
    }
    ag_no_grad_end();
}

/* All of them on the next batch. Returns the mean of their losses. */
static inline double adding_step(Adding *a, Training *t, int batch, double lr)
{
    double mean = 0;
    draw_sums(&a->rng, batch, (void *)a->X, a->y);
    for (int k = 0; k < a->count; k++) {
        Pupil *p = &a->pupil[k];
        mean += pupil_back(p, sum_loss(p->net, batch, a->X, a->y), add_most) / a->count;
        if (k == a->count - 1)
            training_loss_tensors(t, mean, lr, p->n, p->parameters);
        pupil_step(p);
    }
    return mean;
}

static inline TrainingEnd adding_train(Adding *a, const Options *options)
{
    Training t;
    State *state = adding_state(a);
    char header[256] = "step";
    for (int k = 0; k < ADDERS; k++)
        snprintf(header + strlen(header), sizeof header - strlen(header), ",%s", adders[k].name);
    TrainingEnd end = NOT_LOGGED;
    if (training_begin(&t, options, "adding", header, add_steps(options),
                       options->quick ? 2 : EVAL_EVERY) &&
        training_keep(&t, state)) {
        while (training_next(&t)) {
            adding_step(a, &t, options->batch, options->lr);
            if (training_row_due(&t)) {
                double row[1 + ADDERS] = {(double)t.step};
                adding_test(a, t.step);
                for (int k = 0; k < ADDERS; k++)
                    row[1 + k] = k < a->count ? a->error[k] : RUNLOG_NONE;
                training_mean(&t);
                training_row(&t, row);
            }
        }
        end = training_end(&t);
    }
    state_free(state);
    return end;
}

static inline void adding_facts(const Adding *a)
{
    fact_that("the RNN does not learn it", !a->solved[RNN] && a->error[RNN] > 0.1);
    fact_that("the LSTM does", a->solved[LSTM] > 0);
    fact_that("the GRU does", a->solved[GRU] > 0);
    fact_that("a detached state does not reach back", a->error[6] > 0.1);
}

/* False with error_text() set if it ended badly. */
static inline bool learn_adding(const Options *options)
{
    Adding a;
    adding_begin(&a, options);
    const double start = seconds_now();
    const TrainingEnd end = adding_train(&a, options);
    if (end == TRAINED) {
        printf("\nThe sum of two of %d numbers, %ld steps of %d in %s, %.1f s (saying 1: 0.167):\n",
               ADD_STEPS, add_steps(options), options->batch, REAL_NAME, seconds_now() - start);
        for (int k = 0; k < a.count; k++) {
            printf("  %-22s  error %.4f, ", adders[k].name, a.error[k]);
            printf(a.solved[k] ? "below 0.01 from step %ld on\n" : "not below 0.01\n", a.solved[k]);
        }
    }
    if (is_lesson(options, end))
        adding_facts(&a);
    const bool done =
        end != NOT_LOGGED &&
        training_succeeded(end, plot_draw_file(options, "adding", "chapters/18_adding.gp"));
    adding_free(&a);
    return done;
}

#endif
