/* 14_dropout_and_modes_nets.h: the two networks of the chapter, and what it takes to train and to
 * judge one. Their dropout and batch norm are the library's or, after --exercises, those of
 * 14_dropout_and_modes_layers.h. */
#ifndef CHAPTER_14_DROPOUT_AND_MODES_NETS_H
#define CHAPTER_14_DROPOUT_AND_MODES_NETS_H

#include <stdlib.h>

#include "14_dropout_and_modes_layers.h"
#include "data/digits.h"
#include "data/loader.h"
#include "error.h"
#include "nn/optim.h"
#include "workbook/options.h"

enum { CLASSES = 10, HIDDEN = 256, SEEDS = 5 };
enum { CHUNK = 100, TEST_SEED = 1000 }; /* images judged at a time; added to the seed for them */

static const DigitOptions hands = {.hard = 1, .noise = 0.2};

/* The images that a network is judged by, in a moment if it has to be quick. */
static inline Dataset test_digits(const Options *options)
{
    return digits_draw(options->seed + TEST_SEED, options->quick ? 50 : 1000, hands);
}

/* -- the networks ----------------------------------------------------------------------------- */

static inline Module *dropout_of(const Options *options, Rng *rng, double p)
{
    return options->faster ? nn_dropout(rng, p) : dropout_layer(rng, p);
}

static inline Module *norm_of(const Options *options, int c)
{
    return options->faster ? nn_batch_norm2d(c) : norm_layer(c);
}

/* 784-256-256-10, dropout behind each hidden layer. */
static inline Module *mlp(const Options *options, Rng *rng, double p)
{
    return nn_sequential(8,
                         (Module *[]){nn_flatten(), nn_linear(rng, DIGIT_PIXELS, HIDDEN), nn_relu(),
                                      p > 0 ? dropout_of(options, rng, p) : nn_identity(),
                                      nn_linear(rng, HIDDEN, HIDDEN), nn_relu(),
                                      p > 0 ? dropout_of(options, rng, p) : nn_identity(),
                                      nn_linear(rng, HIDDEN, CLASSES)});
}

/* LeNet-5, with batch norm behind its two convolutions or without. */
static inline Module *lenet(const Options *options, Rng *rng, bool norm)
{
    return nn_sequential(
        14,
        (Module *[]){nn_conv2d(rng, 1, 6, 5, conv_options(1, 2)),
                     norm ? norm_of(options, 6) : nn_identity(), nn_relu(), nn_max_pool2d(2, 2, 0),
                     nn_conv2d(rng, 6, 16, 5, conv_options(1, 0)),
                     norm ? norm_of(options, 16) : nn_identity(), nn_relu(), nn_max_pool2d(2, 2, 0),
                     nn_flatten(), nn_linear(rng, 16 * 5 * 5, 120), nn_relu(),
                     nn_linear(rng, 120, 84), nn_relu(), nn_linear(rng, 84, CLASSES)});
}

/* -- training one ----------------------------------------------------------------------------- */

/* Stays where it is: the dropout of its network draws from its rng. */
typedef struct {
    Rng rng; /* of weights and masks */
    Module *net;
    int count;
    Tensor **parameters;
    Optim *optim;
    Loader batches;
} Learner;

/* Takes `net`, which was made from learner->rng. Its optimizer has no rule yet. */
static inline void learner_begin(Learner *l, Module *net, const Dataset *data, int batch,
                                 uint64_t seed)
{
    l->net = net;
    l->parameters = nn_parameters(net, &l->count);
    l->optim = optim_new();
    l->batches = loader_new(data, (LoaderOptions){.batch = batch, .shuffle = true, .seed = seed});
}

static inline void learner_end(Learner *l)
{
    loader_free(&l->batches);
    optim_free(l->optim);
    free(l->parameters);
    nn_free(l->net);
}

static inline Tensor *logits_of(Module *net, int n, real *x)
{
    return nn_forward(net, ag_wrap(ag_shape(4, n, 1, DIGIT_SIDE, DIGIT_SIDE), x));
}

static inline void classes_of(int n, const real y[n], int classes[n])
{
    for (int i = 0; i < n; i++)
        classes[i] = (int)y[i];
}

/* One step on the next batch, in train mode. Returns the loss before it. The gradient stays until
 * the next step. */
static inline double learner_step(Learner *l)
{
    Loader *b = &l->batches;
    if (!loader_next(b))
        loader_next(b); /* the next epoch */
    int classes[b->n];
    ag_reset();
    optim_zero_grad(l->optim);
    nn_train(l->net, true);
    classes_of(b->n, b->y, classes);
    Tensor *loss = ag_cross_entropy(logits_of(l->net, b->n, b->x), classes, AG_MEAN);
    ag_backward(loss);
    optim_step(l->optim);
    return (double)ag_item(loss);
}

/* -- judging one ------------------------------------------------------------------------------ */

typedef struct {
    double loss, right; /* means over the images; right is a share */
} Score;

/* The network in the mode that it is in, on the images order[0], order[1], ... in batches of so
 * many; order may be NULL. */
static inline Score judge(Module *net, const Dataset *data, int batch, const int *order)
{
    Score score = {0};
    real *x = malloc((size_t)batch * DIGIT_PIXELS * sizeof *x), y;
    int *classes = malloc((size_t)batch * sizeof *classes);
    if (!x || !classes)
        error_stop("no memory for %d images", batch);
    ag_no_grad_begin();
    for (int first = 0; first < data->length; first += batch) {
        int n = data->length - first < batch ? data->length - first : batch;
        for (int i = 0; i < n; i++) {
            int image = order ? order[first + i] : first + i;
            dataset_item(data, image, x + i * DIGIT_PIXELS, &y);
            classes[i] = (int)y;
        }
        ag_reset();
        Tensor *logits = logits_of(net, n, x);
        score.loss += n * (double)ag_item(ag_cross_entropy(logits, classes, AG_MEAN));
        for (int i = 0; i < n; i++) {
            const real *row = logits->data + i * CLASSES, best = vector_max(CLASSES, row);
            score.right += row[classes[i]] == best;
        }
    }
    ag_no_grad_end();
    free(x);
    free(classes);
    return (Score){score.loss / data->length, score.right / data->length};
}

static inline Score judge_in_eval_mode(Module *net, const Dataset *data)
{
    nn_train(net, false);
    return judge(net, data, CHUNK, NULL);
}

/* -- over seeds ------------------------------------------------------------------------------- */

typedef struct {
    double mean, error; /* the standard error, 0 for a single number */
} Mean;

static inline Mean mean_of(int n, const double x[n])
{
    Mean m = {0};
    double squares = 0;
    for (int i = 0; i < n; i++)
        m.mean += x[i] / n;
    for (int i = 0; i < n; i++)
        squares += (x[i] - m.mean) * (x[i] - m.mean);
    m.error = n > 1 ? sqrt(squares / (n - 1) / n) : 0;
    return m;
}

#endif
