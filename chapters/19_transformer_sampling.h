/* 19_transformer_sampling.h: names that a model makes up, letter by letter, and what has come of
 * the three models. */
#ifndef CHAPTER_19_TRANSFORMER_SAMPLING_H
#define CHAPTER_19_TRANSFORMER_SAMPLING_H

#include "19_transformer_likeliest.h"
#include "19_transformer_names.h"

/* -- one name ---------------------------------------------------------------------------------- */

/* Writes letters, each drawn from what the model expects after all those before it. What it made of
 * those is kept in the cache. Returns how many. */
static inline int name_up(Net *net, TransformerCache *cache, Rng *rng, SampleOptions sampling,
                          int *name)
{
    int length = 0, token = VOCAB_MARK;
    transformer_cache_clear(cache);
    ag_no_grad_begin();
    while (length < net->plan.places) {
        Tensor *x = nn_encode_next(cache, net_input(net, 1, 1, length, &token));
        real *logits = ag_data(net_head(net, x));
        token = sample_draw(rng, net->plan.words, logits, sampling, logits);
        if (token == VOCAB_MARK)
            break;
        name[length++] = token;
    }
    ag_no_grad_end();
    ag_reset();
    return length;
}

static inline void names_up(const Options *options, const Vocab *vocab, Net *net)
{
    const int most = net->plan.places;
    int *name = ints(most);
    char *text = malloc((size_t)most * UTF8_MOST + 1);
    TransformerCache *cache = transformer_cache_new(net->stack, 1, most);
    Rng rng;
    if (!text)
        error_stop("no memory for a name");
    rng_seed(&rng, options->seed);
    printf("%d name%s drawn:\n", options->sample, options->sample == 1 ? "" : "s");
    for (int i = 0; i < options->sample; i++) {
        const int length = name_up(net, cache, &rng, options->sampling, name);
        printf("  %s\n", vocab_text(vocab, length, name, text));
    }
    transformer_cache_free(cache);
    free(text);
    free(name);
}

/* -- what has come of it ----------------------------------------------------------------------- */

static inline void company_report(const Options *options, Company *c, double dev[SPEAKERS])
{
    Net *net = (Net *)c->speaker[0].model;
    printf("Loss in nats a letter:       parameters   train     dev    test\n");
    for (int i = 0; i < c->count; i++) {
        Speaker *s = &c->speaker[i];
        dev[i] = loss_over(s, &c->data->dev);
        printf("  %-26s  %9ld  %6.3f  %6.3f  %6.3f\n", s->name, nn_size(s->model),
               loss_over(s, &c->data->train), dev[i], loss_over(s, &c->data->test));
    }
    printf("  %-26s  %9s  %6.3f\n", "chance", "", log(net->plan.words));
    net->plan.way = BY_LIBRARY; /* names are made up by the library's layers, which have a cache */
    likeliest_names(&c->data->names.vocab, net);
    names_up(options, &c->data->names.vocab, net);
}

/* The transformer under its own names, with the letters that its numbers are for. */
static inline State *state_of_model(const Company *c)
{
    State *state = state_new();
    nn_state(state, "", c->speaker[0].model);
    state_vocab(state, &c->data->names.vocab);
    return state;
}

static inline bool names_learn(const Options *options, Company *c)
{
    double dev[SPEAKERS];
    State *model = state_of_model(c);
    const double start = seconds_now();
    TrainingEnd end = company_train(c, options);
    if (end == TRAINED)
        printf("%ld steps of %d in %s in %.1f s\n", options->steps, options->batch, REAL_NAME,
               seconds_now() - start);
    if (end == TRAINED || end == INTERRUPTED)
        company_report(options, c, dev);
    if (is_lesson(options, end) && c->count > 1)
        fact_that("the transformer is ahead of the perceptron", dev[0] < dev[2]);
    bool done = end != NOT_LOGGED &&
                training_succeeded(end, plot_draw_file(options, "loss",
                                                       c->count > 1 ? "chapters/19_loss.gp"
                                                                    : "chapters/19_one.gp")) &&
                state_save(model, options->save);
    state_free(model);
    return done;
}

static inline bool names_load(const Options *options, Company *c)
{
    double dev[SPEAKERS];
    State *model = state_of_model(c);
    bool loaded = state_load(model, options->load, true);
    state_free(model);
    if (loaded)
        company_report(options, c, dev);
    return loaded;
}

/* False with error_text() set. */
static inline bool learn_names(const Options *options)
{
    NameData data;
    Company company;
    if (!names_find(&data, options))
        return false;
    company_begin(&company, options, &data);
    bool done = (options->load ? names_load : names_learn)(options, &company);
    company_end(&company);
    name_data_free(&data);
    return done;
}

#endif
