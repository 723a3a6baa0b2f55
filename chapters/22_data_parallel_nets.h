/* 22_data_parallel_nets.h: LeNet-5, with batch norm or without, and the digits that it learns. */
#ifndef CHAPTER_22_DATA_PARALLEL_NETS_H
#define CHAPTER_22_DATA_PARALLEL_NETS_H

#include "22_data_parallel_norm.h"
#include "data/digits.h"
#include "nn/learner.h"
#include "workbook/options.h"

enum { CLASSES = 10, MAPS_1 = 6, MAPS_2 = 16, TAPS = 5 };
enum { LEARNT = 2000, JUDGED = 1000, TEST_SEED = 1000 };

static const ImageSize digit_size = {1, DIGIT_SIDE, DIGIT_SIDE};
static const DigitOptions hands = {.hard = 1, .noise = 0.2};

/* Batch norm behind the two convolutions: none; over each shard by itself; over all ranks. */
typedef enum { NO_NORM, NORM_OF_SHARDS, NORM_ACROSS } Norm;

static inline Module *norm_new(Norm norm, int c)
{
    return norm == NO_NORM          ? nn_identity()
           : norm == NORM_OF_SHARDS ? nn_batch_norm2d(c)
                                    : norm_across_new(c);
}

static inline Module *lenet_new(Rng *rng, Norm norm)
{
    return nn_sequential(14, (Module *[]){nn_conv2d(rng, 1, MAPS_1, TAPS, conv_options(1, 2)),
                                          norm_new(norm, MAPS_1), nn_relu(), nn_max_pool2d(2, 2, 0),
                                          nn_conv2d(rng, MAPS_1, MAPS_2, TAPS, conv_options(1, 0)),
                                          norm_new(norm, MAPS_2), nn_relu(), nn_max_pool2d(2, 2, 0),
                                          nn_flatten(), nn_linear(rng, MAPS_2 * TAPS * TAPS, 120),
                                          nn_relu(), nn_linear(rng, 120, 84), nn_relu(),
                                          nn_linear(rng, 84, CLASSES)});
}

typedef struct {
    Dataset train, test;
} Digits;

static inline Digits digits_new(const Options *options)
{
    const int train = options->quick ? 80 : LEARNT, test = options->quick ? 40 : JUDGED;
    return (Digits){digits_draw(options->seed, train, hands),
                    digits_draw(options->seed + TEST_SEED, test, hands)};
}

static inline void digits_free(Digits *d)
{
    dataset_free(&d->train);
    dataset_free(&d->test);
}

/* Stochastic gradient descent with momentum, from the given seed. Without what is left over of an
 * epoch: all batches are of one size. */
static inline void pupil_begin(Learner *l, Norm norm, const Dataset *train, int batch, double lr,
                               uint64_t seed)
{
    rng_seed(&l->rng, seed);
    learner_begin(
        l, lenet_new(&l->rng, norm), digit_size, train,
        (LoaderOptions){.batch = batch, .shuffle = true, .drop_last = true, .seed = seed});
    optim_sgd(l->optim, (Sgd){.lr = lr, .momentum = 0.9});
    optim_add(l->optim, l->n, l->parameters);
}

#endif
