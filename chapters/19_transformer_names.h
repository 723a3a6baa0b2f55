/* 19_transformer_names.h: a language model of names, beside two others of its size. */
#ifndef CHAPTER_19_TRANSFORMER_NAMES_H
#define CHAPTER_19_TRANSFORMER_NAMES_H

#include "19_transformer_report.h"
#include "19_transformer_speakers.h"
#include "data/sequence.h"
#include "nn/sample.h"

/* -- names ------------------------------------------------------------------------------------- */

enum { CHUNK = 256, QUICK_NAMES = 100 };

typedef struct {
    Names names;
    Dataset train, dev, test;
} NameData;

static inline void shorten(Dataset *part, int most)
{
    part->length = part->length < most ? part->length : most;
}

/* Reads the names and cuts them in three, as chapter 10 does. Under --quick a few are enough. */
static inline bool names_find(NameData *data, const Options *options)
{
    Split split;
    const char *path = options->data;
    if (!names_read_split(&data->names, &split, path))
        return false;
    const int count = data->names.count;
    data->train = sequences_of_names(&data->names, 0, split.train_end);
    data->dev = sequences_of_names(&data->names, split.train_end, split.dev_end);
    data->test = sequences_of_names(&data->names, split.dev_end, count);
    if (options->quick) {
        shorten(&data->train, QUICK_NAMES);
        shorten(&data->dev, QUICK_NAMES);
        shorten(&data->test, QUICK_NAMES);
    }
    printf("\nnames: %s, %d of them, %d characters\n", path, count, data->names.vocab.size - 1);
    return true;
}

static inline void name_data_free(NameData *data)
{
    dataset_free(&data->train);
    dataset_free(&data->dev);
    dataset_free(&data->test);
    names_free(&data->names);
}

/* Letters of the longest name, and the mark. */
static inline int longest_of(const NameData *data)
{
    const int dev = data->dev.x_size > data->test.x_size ? data->dev.x_size : data->test.x_size;
    return data->train.x_size > dev ? data->train.x_size : dev;
}

/* -- one model --------------------------------------------------------------------------------- */

typedef struct {
    const char *name;
    Module *model;
    Continue *logits;
    Tensor **parameters;
    int n; /* of them */
    Optim *optim;
    double sum; /* of the losses since the latest row, */
    long count; /* ... so many */
} Speaker;

static inline void speaker_begin(Speaker *s, const Options *options, const char *name,
                                 Module *model, Continue *logits)
{
    *s = (Speaker){.name = name, .model = model, .logits = logits};
    s->parameters = nn_parameters(model, &s->n);
    s->optim = optim_new();
    optim_adam(s->optim, adam_defaults(options->lr));
    optim_add(s->optim, s->n, s->parameters);
}

static inline void speaker_end(Speaker *s)
{
    optim_free(s->optim);
    free(s->parameters);
    nn_free(s->model);
}

/* The loss on letters alone: what stands behind a name's end is no target. */
static inline Tensor *speaker_loss(const Speaker *s, const Sequences *x, const Sequences *y,
                                   Reduction reduction)
{
    const CrossEntropyOptions letters = {.ignore = true, .ignore_index = SEQUENCE_PADDING};
    return ag_cross_entropy_with(s->logits(s->model, x->n, x->t, x->number), y->number, letters,
                                 reduction);
}

/* In nats a letter, over all names of a part. */
static inline double loss_over(const Speaker *s, const Dataset *part)
{
    Loader loader = loader_new(part, (LoaderOptions){.batch = CHUNK});
    Sequences x = sequences_new(CHUNK, part->x_size), y = sequences_new(CHUNK, part->y_size);
    double sum = 0;
    long letters = 0;
    ag_no_grad_begin();
    while (loader_next(&loader)) {
        sequences_take(&x, loader.n, loader.x_size, loader.x, VOCAB_MARK);
        sequences_take(&y, loader.n, part->y_size, loader.y, SEQUENCE_PADDING);
        sum += (double)ag_item(speaker_loss(s, &x, &y, AG_SUM));
        letters += y.total;
        ag_reset();
    }
    ag_no_grad_end();
    sequences_free(&x);
    sequences_free(&y);
    loader_free(&loader);
    return sum / (double)letters;
}

/* -- all that learn ---------------------------------------------------------------------------- */

enum { SPEAKERS = 3 };

/* Stays where it is. */
typedef struct {
    int count;
    Speaker speaker[SPEAKERS];
    Rng rng;
    Loader loader;
    Sequences x, y;
    const NameData *data;
} Company;

/* The transformer is the first. By the exercises' functions it learns alone. */
static inline void company_begin(Company *c, const Options *options, const NameData *data)
{
    const int words = data->names.vocab.size, most = longest_of(data);
    Plan plan = speaker_plan(words, most);
    plan.way = options->faster ? BY_LIBRARY : BY_ALL;
    plan.no_places = strcmp(choices[POSITIONS_CHOICE].word, "no") == 0;
    *c = (Company){.count = options->faster && !options->load ? SPEAKERS : 1, .data = data};
    rng_seed(&c->rng, options->seed);
    Net *net = net_new(&c->rng, &plan);
    const long size = nn_size(&net->module);
    speaker_begin(&c->speaker[0], options, "transformer", &net->module, transformer_continue);
    if (c->count > 1) {
        speaker_begin(&c->speaker[1], options, "LSTM", lstm_new(&c->rng, words, size),
                      lstm_continue);
        speaker_begin(&c->speaker[2], options, "MLP", mlp_new(&c->rng, words, size), mlp_continue);
    }
    c->loader = loader_new(
        &data->train,
        (LoaderOptions){.batch = options->batch, .shuffle = true, .seed = options->seed});
    c->x = sequences_new(options->batch, data->train.x_size);
    c->y = sequences_new(options->batch, data->train.y_size);
}

static inline void company_end(Company *c)
{
    for (int i = 0; i < c->count; i++)
        speaker_end(&c->speaker[i]);
    loader_free(&c->loader);
    sequences_free(&c->x);
    sequences_free(&c->y);
}

static inline State *state_of_company(Company *c)
{
    State *state = state_new();
    for (int i = 0; i < c->count; i++) {
        char name[64];
        snprintf(name, sizeof name, "%s.", c->speaker[i].name);
        nn_state(state, name, c->speaker[i].model);
        snprintf(name, sizeof name, "%s.optim", c->speaker[i].name);
        state_optim(state, name, c->speaker[i].optim);
        snprintf(name, sizeof name, "%s.sum", c->speaker[i].name);
        state_doubles(state, name, ag_shape(0), &c->speaker[i].sum);
        snprintf(name, sizeof name, "%s.count", c->speaker[i].name);
        state_longs(state, name, ag_shape(0), &c->speaker[i].count);
    }
    state_loader(state, "loader", &c->loader);
    state_vocab(state, &c->data->names.vocab);
    return state;
}

/* The next batch of names, epoch after epoch. */
static inline void company_batch(Company *c)
{
    Loader *l = &c->loader;
    while (!loader_next(l))
        ;
    sequences_take(&c->x, l->n, l->x_size, l->x, VOCAB_MARK);
    sequences_take(&c->y, l->n, c->data->train.y_size, l->y, SEQUENCE_PADDING);
}

/* A step of each on it. Returns the loss of the transformer, whose gradient the log has. */
static inline double company_step(Company *c, Training *t, double lr)
{
    double first = 0;
    company_batch(c);
    for (int i = 0; i < c->count; i++) {
        Speaker *s = &c->speaker[i];
        Tensor *loss = speaker_loss(s, &c->x, &c->y, AG_MEAN);
        optim_zero_grad(s->optim);
        ag_backward(loss);
        const double value = (double)ag_item(loss);
        s->sum += value;
        s->count++;
        if (i == 0)
            training_loss_tensors(t, first = value, lr, s->n, s->parameters);
        clip_grad_norm(s->n, s->parameters, longest_gradient);
        optim_set_lr(s->optim, 0, lr);
        optim_step(s->optim);
        ag_reset();
    }
    return first;
}

/* The mean loss of each since the latest row, and now and then that on the dev part. */
static inline void company_row(Company *c, Training *t)
{
    double row[1 + 2 * SPEAKERS] = {(double)t->step};
    const bool eval = training_eval_due(t);
    for (int i = 0; i < c->count; i++) {
        Speaker *s = &c->speaker[i];
        row[1 + i] = s->sum / (double)s->count;
        row[1 + c->count + i] = eval ? loss_over(s, &c->data->dev) : RUNLOG_NONE;
        s->sum = 0;
        s->count = 0;
    }
    training_mean(t);
    training_row(t, row);
}

static inline TrainingEnd company_train(Company *c, const Options *options)
{
    Training t;
    State *state = state_of_company(c);
    const char *header =
        c->count > 1 ? "step,transformer [nats a letter],LSTM [nats a letter],MLP [nats a letter],"
                       "transformer dev [nats a letter],LSTM dev [nats a letter],"
                       "MLP dev [nats a letter]"
                     : "step,transformer [nats a letter],transformer dev [nats a letter]";
    bool begun =
        training_begin(&t, options, "loss", header, options->steps, options->steps / POINTS + 1) &&
        training_keep(&t, state);
    if (begun)
        training_epoch(&t, loader_batches(&c->loader));
    while (begun && training_next(&t)) {
        company_step(c, &t, rate_at(options, options->steps, t.step));
        if (training_row_due(&t))
            company_row(c, &t);
    }
    TrainingEnd end = begun ? training_end(&t) : NOT_LOGGED;
    state_free(state);
    return end;
}

#endif
