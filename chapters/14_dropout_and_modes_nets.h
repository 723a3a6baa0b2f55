/* 14_dropout_and_modes_nets.h: the two networks of the chapter, and what it takes to train and to
 * judge one. Their dropout and batch norm are the library's or, after --exercises, those of
 * 14_dropout_and_modes_layers.h. */
#ifndef CHAPTER_14_DROPOUT_AND_MODES_NETS_H
#define CHAPTER_14_DROPOUT_AND_MODES_NETS_H

#include "14_dropout_and_modes_layers.h"
#include "data/digits.h"
#include "nn/learner.h"
#include "workbook/mean.h"
#include "workbook/options.h"

enum { CLASSES = 10, HIDDEN = 256, SEEDS = 5 };
enum { CHUNK = 100, TEST_SEED = 1000 }; /* images judged at a time; added to the seed for them */

static const ImageSize digit_size = {1, DIGIT_SIDE, DIGIT_SIDE};
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

/* -- training and judging one ------------------------------------------------------------------ */

/* Takes `net`, which was made from l->rng. Its optimizer has no rule yet. */
static inline void begin(Learner *l, Module *net, const Dataset *data, int batch, uint64_t seed)
{
    learner_begin(l, net, digit_size, data,
                  (LoaderOptions){.batch = batch, .shuffle = true, .seed = seed});
}

/* One step on the next batch, in train mode. Returns the loss before it. */
static inline double take_step(Learner *l)
{
    double loss = learner_gradient(l);
    learner_step(l);
    return loss;
}

static inline Score judge_in_eval_mode(Module *net, const Dataset *data)
{
    nn_train(net, false);
    return nn_score(net, digit_size, data, CHUNK, NULL);
}

#endif
