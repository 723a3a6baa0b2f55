/* 19_transformer_training.h: how a transformer learns a task with an exact answer, and how many of
 * its answers are right. */
#ifndef CHAPTER_19_TRANSFORMER_TRAINING_H
#define CHAPTER_19_TRANSFORMER_TRAINING_H

#include <stdlib.h>

#include "19_transformer_nets.h"
#include "19_transformer_tasks.h"
#include "error.h"
#include "nn/clip.h"
#include "nn/optim.h"
#include "nn/schedule.h"
#include "workbook/training.h"

enum { STEPS = 800, QUICK_STEPS = 2, BATCH = 64, WARM_UP = 100, POINTS = 40 };

static const double lr_of_lesson = 2e-3, longest_gradient = 1;

/* The rate of step 1, 2, ...: up along a line, then down along a cosine. */
static inline double rate_at(const Options *options, long steps, long step)
{
    return schedule_warmup(schedule_cosine(options->lr, 0, steps, step - 1), 0.01, WARM_UP,
                           step - 1);
}

static inline int *ints(long n)
{
    int *x = calloc((size_t)n, sizeof *x);
    if (!x)
        error_stop("no memory for %ld tokens", n);
    return x;
}

/* -- answers ----------------------------------------------------------------------------------- */

/* n questions of a task, their answers, and what a decoder is given to find them. */
typedef struct {
    int n, *x, *y, *given;
} Questions;

static inline Questions questions_new(const Task *task, int n)
{
    return (Questions){n, ints((long)n * task->s), ints((long)n * task->t),
                       ints((long)n * task->t)};
}

static inline void questions_draw(Questions *q, const Task *task, Rng *rng, bool is_new)
{
    task_draw(task, rng, is_new, q->n, q->x, q->y, q->given);
}

static inline void questions_free(Questions *q)
{
    free(q->x);
    free(q->y);
    free(q->given);
}

static inline int largest_of(int n, const real *x)
{
    int largest = 0;
    for (int i = 1; i < n; i++)
        if (x[i] > x[largest])
            largest = i;
    return largest;
}

/* Answers q->n questions, token by token: each time the likeliest, which is then given for the
 * next. What was asked and said before is kept (a cache), so that it is not worked out again. */
static inline void answer(Net *net, const Task *task, const Questions *q, int *said)
{
    const int n = q->n;
    TransformerCache *cache = transformer_cache_new(net->stack, n, task->t);
    int *token = ints(n);
    for (int i = 0; i < n; i++)
        token[i] = BEGIN;
    ag_no_grad_begin();
    Tensor *memory = net_encode(net, n, task->s, q->x);
    for (int j = 0; j < task->t; j++) {
        Tensor *y = nn_decode_next(cache, net_input(net, n, 1, j, token), memory,
                                   (AttentionMask){.causal = false});
        const real(*logits)[TASK_WORDS] = ag_data(net_head(net, y));
        for (int i = 0; i < n; i++)
            said[i * task->t + j] = token[i] = largest_of(TASK_WORDS, logits[i]);
    }
    ag_no_grad_end();
    ag_reset();
    transformer_cache_free(cache);
    free(token);
}

/* The first of these questions, as many as are answered right to the last token, in percent. */
static inline double exact_of(Net *net, const Task *task, const Questions *q)
{
    int *said = ints((long)q->n * task->t), right = 0;
    answer(net, task, q, said);
    for (int i = 0; i < q->n; i++)
        right +=
            memcmp(said + i * task->t, q->y + i * task->t, (size_t)task->t * sizeof *said) == 0;
    free(said);
    return 100.0 * right / q->n;
}

/* -- learning ---------------------------------------------------------------------------------- */

/* Who learns a task. Stays where it is. */
typedef struct {
    const Task *task;
    Rng rng; /* of the questions */
    Net *net;
    Tensor **parameters;
    int n; /* of them */
    Optim *optim;
    Questions learnt, tested;
} Pupil;

enum { TESTED = 500, QUICK_TESTED = 20, TEST_SEED = 5 };

static inline void pupil_begin(Pupil *p, const Options *options, const Task *task, const Plan *plan)
{
    Rng test;
    *p = (Pupil){.task = task};
    rng_seed(&p->rng, options->seed);
    rng_seed(&test, TEST_SEED);
    p->net = net_new(&p->rng, plan);
    p->parameters = nn_parameters(&p->net->module, &p->n);
    p->optim = optim_new();
    optim_adam(p->optim, adam_defaults(options->lr));
    optim_add(p->optim, p->n, p->parameters);
    p->learnt = questions_new(task, options->batch);
    p->tested = questions_new(task, options->quick ? QUICK_TESTED : TESTED);
    questions_draw(&p->tested, task, &test, true);
}

static inline void pupil_end(Pupil *p)
{
    questions_free(&p->learnt);
    questions_free(&p->tested);
    optim_free(p->optim);
    free(p->parameters);
    nn_free(&p->net->module);
}

/* The gradient of the next batch of questions. Returns the loss, in nats a token. */
static inline double pupil_look(Pupil *p)
{
    const Task *task = p->task;
    Questions *q = &p->learnt;
    questions_draw(q, task, &p->rng, false);
    Tensor *logits = net_translate(p->net, q->n, task->s, q->x, task->t, q->given);
    Tensor *loss = ag_cross_entropy(logits, q->y, AG_MEAN);
    optim_zero_grad(p->optim);
    ag_backward(loss);
    return (double)ag_item(loss);
}

static inline void pupil_step(Pupil *p, double lr)
{
    clip_grad_norm(p->n, p->parameters, longest_gradient);
    optim_set_lr(p->optim, 0, lr);
    optim_step(p->optim);
    ag_reset();
}

/* What a run that is taken up again must have as it was. */
static inline State *state_of_pupil(Pupil *p)
{
    State *state = state_new();
    nn_state(state, "net.", &p->net->module);
    state_optim(state, "optim", p->optim);
    state_rng(state, "rng", &p->rng);
    return state;
}

/* The log <name>.csv has the loss, and now and then how many of the answers to new questions are
 * right, in percent. */
static inline TrainingEnd pupil_train(Pupil *p, const Options *options, long steps)
{
    Training t;
    State *state = state_of_pupil(p);
    bool begun = training_begin(&t, options, p->task->name, "step,loss [nats a token],right [%]",
                                steps, steps / POINTS + 1) &&
                 training_keep(&t, state);
    while (begun && training_next(&t)) {
        const double lr = rate_at(options, steps, t.step), loss = pupil_look(p);
        training_loss_tensors(&t, loss, lr, p->n, p->parameters);
        pupil_step(p, lr);
        if (!training_row_due(&t))
            continue;
        const double right = exact_of(p->net, p->task, &p->tested);
        training_say(&t, "%.1f %% right", right);
        training_row(&t, (double[]){(double)t.step, training_mean(&t), right});
    }
    TrainingEnd end = begun ? training_end(&t) : NOT_LOGGED;
    state_free(state);
    return end;
}

#endif
