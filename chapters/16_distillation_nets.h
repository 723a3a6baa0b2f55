/* 16_distillation_nets.h: the two networks, teacher and student. Each hands out two things: its
 * scores, and the features that they are made of.
 *
 *     teacher   conv, relu, conv, relu, pool, conv, relu, conv, relu, pool: features;  classifier
 *     student   conv, relu, pool, conv, relu, pool: features;                          classifier
 *     classifier   linear, relu, dropout 0.1, linear
 *
 * Windows are 3 x 3 in a border of 1, and 2 x 2 where the largest is taken. The teacher has twice
 * as many features as the student. */
#ifndef CHAPTER_16_DISTILLATION_NETS_H
#define CHAPTER_16_DISTILLATION_NETS_H

#include "autograd/autograd.h"
#include "data/image.h"
#include "kernel/vector.h"
#include "nn/layers.h"

enum { CLASSES = 10 };

/* Of the images, and how many maps the convolutions make. */
typedef struct {
    ImageSize image;
    int teacher[4], student; /* student: both of its */
} Sizes;

/* first is the number of maps of the teacher's first layer; 128 are the shapes of the lesson's
 * source, whose work is 15 times that of 32. */
static inline Sizes sizes_new(ImageSize image, int first)
{
    int last = first / 4 > 16 ? first / 4 : 16;
    return (Sizes){image, {first, first / 2, first / 2, last}, last / 2};
}

/* Numbers in the features that so many maps make of an image. */
static inline int feature_count(const Sizes *s, int maps)
{
    return maps * (s->image.height / 4) * (s->image.width / 4);
}

typedef struct {
    Module module;
    Module *features, *classifier;
} Net;

typedef struct {
    Tensor *logits, *features;
} Outputs;

/* x (n, channels, h, w) -> both: (n, 10) and (n, count). */
static inline Outputs net_outputs(Module *m, Tensor *x)
{
    const Net *net = (const Net *)m;
    Tensor *features = nn_forward(net->features, x);
    return (Outputs){nn_forward(net->classifier, features), features};
}

static inline Tensor *net_forward(Module *m, Tensor *x)
{
    return net_outputs(m, x).logits;
}

static inline void add_conv(Module *features, Rng *rng, int in, int out)
{
    nn_append(features, nn_conv2d(rng, in, out, 3, conv_options(1, 1)));
    nn_append(features, nn_relu());
}

/* Takes the features; its classifier has a hidden layer of a quarter of them. */
static inline Module *net_new(Rng *rng, Module *features, int count)
{
    Net *net = nn_module(sizeof *net, "Net", net_forward);
    nn_append(features, nn_flatten());
    net->features = nn_child(&net->module, "features", features);
    net->classifier = nn_child(
        &net->module, "classifier",
        nn_sequential(4, (Module *[]){nn_linear(rng, count, count / 4), nn_relu(),
                                      nn_dropout(rng, 0.1), nn_linear(rng, count / 4, CLASSES)}));
    return &net->module;
}

static inline Module *teacher_new(Rng *rng, const Sizes *s)
{
    Module *features = nn_sequential(0, (Module *[]){NULL});
    for (int i = 0; i < 4; i++) {
        add_conv(features, rng, i == 0 ? s->image.channels : s->teacher[i - 1], s->teacher[i]);
        if (i % 2 == 1)
            nn_append(features, nn_max_pool2d(2, 2, 0));
    }
    return net_new(rng, features, feature_count(s, s->teacher[3]));
}

static inline Module *student_new(Rng *rng, const Sizes *s)
{
    Module *features = nn_sequential(0, (Module *[]){NULL});
    for (int i = 0; i < 2; i++) {
        add_conv(features, rng, i == 0 ? s->image.channels : s->student, s->student);
        nn_append(features, nn_max_pool2d(2, 2, 0));
    }
    return net_new(rng, features, feature_count(s, s->student));
}

/* The norm of the kernels of the first layer: two networks that start alike have the same. */
static inline double first_norm(Module *net)
{
    const Tensor *kernels = nn_find(net, "features.0")->tensor[0].tensor;
    return sqrt((double)vector_dot(kernels->size, kernels->data, kernels->data));
}

#endif
