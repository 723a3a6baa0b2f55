/* 03_names.h: a model of names, which chapter 10 takes apart, trained on the tape by each rule,
 * right and wrong. What a rule is worth in practice, and how little a wrong one shows. */
#ifndef CHAPTER_03_NAMES_H
#define CHAPTER_03_NAMES_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "03_mistakes.h"
#include "03_optimizers.h"
#include "autograd/autograd.h"
#include "data/names.h"
#include "error.h"
#include "nn/init.h"
#include "nn/schedule.h"
#include "workbook/options.h"
#include "workbook/training.h"

/* -- the rules -------------------------------------------------------------------------------- */

/* late is added to t; constant: the rate stays. */
typedef struct {
    Rule rule;
    Variant variant;
    int late;
    bool constant;
} Contestant;

static const Contestant contestants[] = {
    {.rule = {"SGD, lr 0.3", SGD, .sgd = {.lr = 0.3}}},
    {.rule = {"momentum 0.9, lr 0.03", SGD, .sgd = {.lr = 0.03, .momentum = 0.9}}},
    {.rule = {"Nesterov 0.9, lr 0.03", SGD,
              .sgd = {.lr = 0.03, .momentum = 0.9, .nesterov = true}}},
    {.rule = {"RMSprop, lr 0.003", ADAM, .adam = {0.003, .beta2 = 0.99, .eps = 1e-8}},
     .variant = NO_CORRECTION},
    {.rule = {"Adam, lr 0.003", ADAM, .adam = {0.003, ADAM_SETTINGS}}},
    {.rule = {"AMSGrad, lr 0.003", ADAM, .adam = {0.003, ADAM_SETTINGS, .amsgrad = true}}},
    {.rule = {"AdamW, decay 0.01", ADAMW, .adam = {0.003, ADAM_SETTINGS, .weight_decay = 0.01}}},
    {.rule = {"Adam, t too large by one", ADAM, .adam = {0.003, ADAM_SETTINGS}}, .late = 1},
    {.rule = {"Adam, no bias correction", ADAM, .adam = {0.003, ADAM_SETTINGS}},
     .variant = NO_CORRECTION},
    {.rule = {"Adam, constant rate", ADAM, .adam = {0.003, ADAM_SETTINGS}}, .constant = true},
    {.rule = {"Adam, only m corrected", ADAM, .adam = {0.003, ADAM_SETTINGS}},
     .variant = ONLY_M_CORRECTED},
    {.rule = {"Adam, corrected kept", ADAM, .adam = {0.003, ADAM_SETTINGS}},
     .variant = CORRECTED_KEPT},
    {.rule = {"Adam, no root", ADAM, .adam = {0.003, ADAM_SETTINGS}}, .variant = NO_ROOT},
    {.rule = {"Adam, decay in gradient", ADAM,
              .adam = {0.003, ADAM_SETTINGS, .weight_decay = 0.01}}},
};

/* One step of the rule with the rate lr; memory has room for three arrays like p. */
static inline void contestant_step(const Contestant *c, int t, double lr, Tensor *p, real *memory)
{
    int n = p->size;
    Sgd sgd = c->rule.sgd;
    Adam adam = c->rule.adam;
    sgd.lr = adam.lr = lr;
    if (c->rule.kind == SGD)
        sgd_rule_step(n, t, &sgd, p->grad, memory, p->data);
    else if (c->variant)
        adam_variant_step(n, t, &adam, c->variant, p->grad, memory, memory + n, p->data);
    else
        adam_rule_step(n, t + c->late, &adam, c->rule.kind == ADAMW, p->grad, memory, memory + n,
                       memory + 2 * n, p->data);
}

/* -- the model -------------------------------------------------------------------------------- */

enum {
    BATCH = 32,
    CONTEXT = 3,
    EMBEDDING = 10,
    INPUTS = CONTEXT * EMBEDDING,
    HIDDEN = 200,
    QUICK_HIDDEN = 20
};

/* V letters in and out, k hidden units, all parameters in one vector. */
typedef struct {
    int V, k;
    Tensor *all;
} Model;

static inline Model model_new(int V, int k)
{
    int size = V * (EMBEDDING + k + 1) + INPUTS * k + 3 * k;
    return (Model){V, k, ag_parameter(ag_shape(1, size))};
}

static inline void model_init(Rng *rng, const Model *m)
{
    int V = m->V, k = m->k;
    Tensor *all = m->all;
    real *p = all->data, *W1 = p + V * EMBEDDING, *b1 = W1 + INPUTS * k, *gain = b1 + k;
    init_normal(rng, 1, V * EMBEDDING, p);
    init_kaiming_normal(rng, INIT_TANH, INPUTS, INPUTS * k, W1);
    init_normal(rng, 0.1, (int)(all->data + all->size - b1), b1);
    for (int j = 0; j < k; j++)
        gain[j] += 1;
}

/* The next numbers of all, in a shape. */
static inline Tensor *part(Tensor *all, int *from, Shape shape)
{
    int to = *from + ag_shape_size(shape);
    Tensor *numbers = ag_slice(all, 0, *from, to);
    *from = to;
    return ag_reshape(numbers, shape);
}

/* The mean loss of n examples: embedding, linear, batch norm, tanh, linear, cross entropy. */
static inline Tensor *model_loss(const Model *m, int n, const int *x, const int *y,
                                 RunningStats *running, bool trained)
{
    int V = m->V, k = m->k, from = 0;
    Tensor *all = m->all;
    Tensor *C = part(all, &from, ag_shape(2, V, EMBEDDING));
    Tensor *W1 = part(all, &from, ag_shape(2, INPUTS, k)), *b1 = part(all, &from, ag_shape(1, k));
    Tensor *gain = part(all, &from, ag_shape(1, k)), *bias = part(all, &from, ag_shape(1, k));
    Tensor *W2 = part(all, &from, ag_shape(2, k, V));
    Tensor *b2 = part(all, &from, ag_shape(1, V));
    Tensor *emb = ag_embedding(C, ag_shape(2, n, CONTEXT), x);
    Tensor *h = ag_linear(ag_reshape(emb, ag_shape(2, n, INPUTS)), W1, b1);
    h = trained ? ag_batch_norm_eval(h, gain, bias, 1e-5, running)
                : ag_batch_norm(h, gain, bias, 1e-5, AG_BESSEL, running);
    return ag_cross_entropy(ag_linear(ag_tanh(h), W2, b2), y, AG_MEAN);
}

/* -- training --------------------------------------------------------------------------------- */

typedef struct {
    Examples train, dev;
    int V;
} Letters;

static inline bool letters_read(Letters *letters, const char *path)
{
    Names names;
    Split split;
    if (!names_read_split(&names, &split, path))
        return false;
    letters->V = names.vocab.size;
    letters->train = examples_make(&names, 0, split.train_end, CONTEXT);
    letters->dev = examples_make(&names, split.train_end, split.dev_end, CONTEXT);
    names_free(&names);
    return true;
}

/* In nats. Batch norm gets the mean and variance of 10,000 examples of the training part. */
static inline double dev_loss(const Model *m, const Letters *letters)
{
    const Examples *train = &letters->train, *dev = &letters->dev;
    int some = train->count < 10000 ? train->count : 10000;
    ag_no_grad_begin();
    const Shape hidden = ag_shape(1, m->k);
    RunningStats running = {ag_zeros(hidden), ag_zeros(hidden), .momentum = 1};
    model_loss(m, some, train->x, train->y, &running, false);
    double loss = (double)ag_item(model_loss(m, dev->count, dev->x, dev->y, &running, true));
    ag_no_grad_end();
    ag_reset();
    return loss;
}

/* The same start and the same batches for each rule. */
static inline TrainingEnd train_by(const Contestant *c, int number, const Options *options,
                                   const Examples *train, const Model *m)
{
    Tensor *p = m->all;
    double base = c->rule.kind == SGD ? c->rule.sgd.lr : c->rule.adam.lr;
    int x[BATCH][CONTEXT], y[BATCH];
    Training t;
    Rng rng;
    char log[32];
    snprintf(log, sizeof log, "names_%02d", number);
    if (!training_begin(&t, options, log, "step,batch [nats a letter]", options->steps,
                        options->steps / 100 + 1))
        return NOT_LOGGED;
    training_epoch(&t, (double)train->count / BATCH);
    real *memory = calloc(3 * (size_t)p->size, sizeof *memory);
    if (!memory)
        error_stop("no memory for what the optimizer remembers");
    rng_seed(&rng, options->seed);
    model_init(&rng, m);
    while (training_next(&t)) {
        double lr = c->constant ? base : schedule_cosine(base, 0, t.steps, t.step - 1);
        for (int i = 0; i < BATCH; i++) {
            int pick = rng_below(&rng, train->count);
            memcpy(x[i], train->x + pick * CONTEXT, sizeof x[i]);
            y[i] = train->y[pick];
        }
        Tensor *loss = model_loss(m, BATCH, *x, y, NULL, false);
        ag_backward(loss);
        training_loss(&t, (double)ag_item(loss), lr, p->size, p->grad);
        contestant_step(c, (int)t.step, lr, p, memory);
        ag_zero_grad(1, &p);
        ag_reset();
        if (training_row_due(&t))
            training_row(&t, (double[]){(double)t.step, training_mean(&t)});
    }
    free(memory);
    return training_end(&t);
}

/* A row for each rule. */
static inline bool train_names(const Options *options)
{
    Letters letters;
    if (!letters_read(&letters, options->data))
        return false;
    Model model = model_new(letters.V, options->quick ? QUICK_HIDDEN : HIDDEN);
    bool going = true;
    printf("\nThe names model after %ld steps of %d by each rule:\n", options->steps, BATCH);
    printf("                               dev loss\n");
    for (int i = 0; going && i < (int)(sizeof contestants / sizeof contestants[0]); i++) {
        TrainingEnd end = train_by(&contestants[i], i, options, &letters.train, &model);
        going = training_succeeded(end, end == TRAINED);
        if (going)
            printf("  %02d  %-25s %8.4f\n", i, contestants[i].rule.name,
                   dev_loss(&model, &letters));
    }
    ag_free(model.all);
    examples_free(&letters.train);
    examples_free(&letters.dev);
    return going;
}

#endif
