/* 22_data_parallel_training.h: LeNet-5 learns on all ranks, without batch norm and with it; or on
 * one process, put together by the exercises' functions. */
#ifndef CHAPTER_22_DATA_PARALLEL_TRAINING_H
#define CHAPTER_22_DATA_PARALLEL_TRAINING_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "22_data_parallel_nets.h"
#include "error.h"
#include "exercises/22_data_parallel.h"
#include "workbook/choice.h"
#include "workbook/interrupt.h"
#include "workbook/training.h"

enum { STEPS = 310, QUICK_STEPS = 4, BATCH = 64, SHARDS = 4 }; /* 310 are ten epochs */

static const double lr_of_lesson = 0.05, momentum = 0.9;

/* The options of this chapter's own. */
enum { REDUCE_CHOICE, OVERLAP_CHOICE, MEASURE_CHOICE };
static Choice choices[] = {
    {.name = "reduce",
     .meaning = "who adds the ranks' gradients: a tree, or MPI in its own order",
     .words = {"tree", "mpi"}},
    {.name = "overlap",
     .meaning = "... while the backward pass goes on",
     .words = {"yes", "no"},
     .same_run = true},
    {.name = "measure",
     .same_run = true,
     .meaning = "what a step takes: where there are several ranks, always, or never",
     .words = {"several", "yes", "no"}},
    {0}};

static inline bool chosen(int choice, const char *word)
{
    return strcmp(choices[choice].word, word) == 0;
}

/* Every batch in so many shards, added as the options want it. */
static inline void share(Learner *l, int shards)
{
    if (shards == 1 && ranks_count() == 1)
        return;
    const ShardSumOptions options = {.shards = shards,
                                     .somehow = chosen(REDUCE_CHOICE, "mpi"),
                                     .blocking = chosen(OVERLAP_CHOICE, "no")};
    l->parallel = parallel_new(l->net, &l->rng, options);
}

/* -- on all ranks ----------------------------------------------------------------------------- */

enum { PUPILS = 2 };

/* The mean losses since the latest row, and now and then what they know of new digits. */
static inline void pupils_row(Training *t, Learner pupil[PUPILS], const Dataset *test)
{
    const bool judged = training_eval_due(t) || t->step == t->steps;
    double row[1 + 2 * PUPILS] = {(double)t->step};
    for (int k = 0; k < PUPILS; k++) {
        row[1 + k] = learner_mean(&pupil[k]);
        row[1 + PUPILS + k] = judged ? nn_accuracy(pupil[k].net, digit_size, test) : RUNLOG_NONE;
    }
    training_mean(t);
    if (judged)
        training_say(t, "%.1f %% right", row[1 + PUPILS]);
    training_row(t, row);
}

static inline TrainingEnd pupils_train(const Options *options, const Digits *d,
                                       Learner pupil[PUPILS])
{
    Training t;
    TrainingEnd end = NOT_LOGGED;
    State *state = state_new();
    learner_state(state, "LeNet", &pupil[0]);
    learner_state(state, "norm", &pupil[1]);
    if (training_begin(&t, options, "loss",
                       "step,LeNet [nats an image],batch norm [nats an image],LeNet test [%],batch "
                       "norm test [%]",
                       options->steps, options->quick ? 2 : 10) &&
        training_keep(&t, state)) {
        training_epoch(&t, loader_batches(&pupil[0].loader));
        while (training_next(&t)) {
            const double loss = learner_gradient(&pupil[0]);
            training_loss_tensors(&t, loss, options->lr, pupil[0].n, pupil[0].parameters);
            learner_step(&pupil[0]);
            learner_gradient(&pupil[1]);
            learner_step(&pupil[1]);
            if (training_row_due(&t) || t.step == t.steps)
                pupils_row(&t, pupil, &d->test);
        }
        end = training_end(&t);
    }
    state_free(state);
    return end;
}

/* -- by the exercises ------------------------------------------------------------------------- */

/* All weights of a network in a row, what the parts of a batch have of their gradient, and the
 * momentum. Of p parts the last is a small batch by itself, worked on after the others. The one
 * before it is rank 1's, and all before that are the shards of rank 0: so what is put together is
 * never of one size. */
typedef struct {
    Learner *l;
    int p, size, *n;          /* parts, weights, and examples in each part */
    int shards, ranks, small; /* of rank 0; of the first small batch; small batches */
    real *dW, *W, *v, *mean;
} Rows;

static inline real *row_of(size_t n)
{
    real *row = calloc(n, sizeof *row);
    if (!row)
        error_stop("no memory for %zu numbers", n);
    return row;
}

static inline Rows rows_new(Learner *l, int p)
{
    Rows rows = {.l = l, .p = p, .size = (int)nn_size(l->net), .n = calloc((size_t)p, sizeof(int))};
    rows.small = p > 1 ? 2 : 1;
    rows.ranks = p > 2 ? 2 : 1;
    rows.shards = p - (rows.small - 1) - (rows.ranks - 1);
    const size_t size = (size_t)rows.size;
    if (!rows.n)
        error_stop("no memory for %d parts", p);
    rows.dW = row_of((size_t)p * size);
    rows.W = row_of(size);
    rows.v = row_of(size);
    rows.mean = row_of(size);
    return rows;
}

static inline void rows_free(Rows *rows)
{
    free(rows->n);
    free(rows->dW);
    free(rows->W);
    free(rows->v);
    free(rows->mean);
}

/* From the network's tensors to a row: their data, or their gradients; or data back. */
typedef enum { TAKE_DATA, TAKE_GRADIENT, PUT_DATA, PUT_GRADIENT } Copying;

static inline void copy_row(const Rows *rows, Copying what, real *row)
{
    for (int i = 0; i < rows->l->n; i++) {
        Tensor *x = rows->l->parameters[i];
        real *there = what == TAKE_DATA || what == PUT_DATA ? x->data : ag_grad(x);
        const bool put = what == PUT_DATA || what == PUT_GRADIENT;
        memcpy(put ? there : row, put ? row : there, (size_t)x->size * sizeof *row);
        if (what == PUT_DATA)
            ag_bump_version(x);
        row += x->size;
    }
}

/* The number, among the n examples of batch t, that a part begins or ends with. */
static inline int place_in_batch(int t, int batch, int n, real at)
{
    const int first = t * batch;
    if (!(at >= (real)first && at <= (real)(first + n)))
        error_stop("cut_batch: a part of batch %d begins or ends at %g: expected %d to %d", t,
                   (double)at, first, first + n);
    return (int)at - first;
}

static inline real *part_of(const Rows *rows, int r)
{
    return rows->dW + (size_t)r * (size_t)rows->size;
}

/* The gradient of each part of batch number t of the epoch, and the loss of all of it. */
static inline double rows_gradient(Rows *rows, int t)
{
    Learner *l = rows->l;
    const int p = rows->p, batch = l->loader.options.batch;
    real *begin = row_of((size_t)p), *end = row_of((size_t)p), *losses = row_of((size_t)p);
    cut_batch(l->loader.data->length, batch, t, p, begin, end);
    for (int r = 0; r < p; r++) {
        const int first = place_in_batch(t, batch, l->loader.n, begin[r]);
        rows->n[r] = place_in_batch(t, batch, l->loader.n, end[r]) - first;
        if (rows->n[r] < 1)
            error_stop("cut_batch: part %d of batch %d has %d examples: expected 1 or more", r, t,
                       rows->n[r]);
        Tensor *loss = nn_class_loss(l->net, l->size, rows->n[r],
                                     l->loader.x + (size_t)first * (size_t)l->loader.x_size,
                                     l->loader.y + first);
        losses[r] = ag_item(loss) * (real)rows->n[r] / (real)l->loader.n;
        ag_zero_grad(l->n, l->parameters);
        ag_backward(loss);
        copy_row(rows, TAKE_GRADIENT, part_of(rows, r));
        ag_reset();
    }
    tree_sum(p, 1, (void *)losses);
    const double loss = (double)losses[0];
    free(begin);
    free(end);
    free(losses);
    return loss;
}

/* Parts first .. last have become one, with this gradient: it stands in the place of the last. */
static inline void rows_become(Rows *rows, int first, int last, const real *gradient)
{
    for (int r = first; r < last; r++)
        rows->n[last] += rows->n[r];
    memmove(part_of(rows, last), gradient, (size_t)rows->size * sizeof *gradient);
}

/* Rank 0's shards, each by its share, are added in the tree; then the mean of both ranks is taken.
 * The small batches are left, and the mean of all. */
static inline void rows_add(Rows *rows)
{
    const int last = rows->shards - 1, joined = last + rows->ranks - 1;
    int own = 0;
    for (int r = 0; r <= last; r++)
        own += rows->n[r];
    for (int r = 0; r <= last; r++)
        for (int i = 0; i < rows->size; i++)
            part_of(rows, r)[i] *= (real)rows->n[r] / (real)own;
    tree_sum(rows->shards, rows->size, (void *)rows->dW);
    rows_become(rows, 0, last, rows->dW);
    mean_of_shards(rows->ranks, rows->size, rows->n + last, (const void *)part_of(rows, last),
                   rows->mean);
    rows_become(rows, last, joined, rows->mean);
    mean_of_shards(rows->small, rows->size, rows->n + joined, (const void *)part_of(rows, joined),
                   rows->mean);
}

static inline void rows_step(Rows *rows, double lr)
{
    const int first = rows->p - rows->small;
    copy_row(rows, TAKE_DATA, rows->W);
    accumulated_step(rows->small, rows->size, rows->n + first, (const void *)part_of(rows, first),
                     (real)lr, (real)momentum, rows->v, rows->W);
    copy_row(rows, PUT_DATA, rows->W);
}

static inline void rows_train_step(Rows *rows, const Options *options, Training *t)
{
    Learner *l = rows->l;
    const int batch = (int)((t->step - 1) % loader_batches(&l->loader));
    if (!loader_next(&l->loader))
        loader_next(&l->loader);
    nn_train(l->net, true);
    const double loss = rows_gradient(rows, batch);
    rows_add(rows);
    copy_row(rows, PUT_GRADIENT, rows->mean);
    training_loss_tensors(t, loss, options->lr, l->n, l->parameters);
    rows_step(rows, options->lr);
}

/* One process does what each rank would, one after the other. */
static inline TrainingEnd rows_train(const Options *options, const Digits *d, Learner *l)
{
    Training t;
    TrainingEnd end = NOT_LOGGED;
    Rows rows = rows_new(l, options->shards);
    State *state = state_new();
    learner_state(state, "LeNet", l);
    state_reals(state, "v", ag_shape(1, rows.size), rows.v);
    if (training_begin(&t, options, "loss", "step,LeNet [nats an image],LeNet test [%]",
                       options->steps, options->quick ? 2 : 10) &&
        training_keep(&t, state)) {
        training_epoch(&t, loader_batches(&l->loader));
        while (training_next(&t)) {
            rows_train_step(&rows, options, &t);
            if (training_row_due(&t) || t.step == t.steps)
                training_row(&t, (double[]){(double)t.step, training_mean(&t),
                                            nn_accuracy(l->net, digit_size, &d->test)});
        }
        end = training_end(&t);
    }
    state_free(state);
    rows_free(&rows);
    return end;
}

#endif
