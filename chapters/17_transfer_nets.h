/* 17_transfer_nets.h: the images, and the network that is trained on some of them and kept. */
#ifndef CHAPTER_17_TRANSFER_NETS_H
#define CHAPTER_17_TRANSFER_NETS_H

#include <stdlib.h>
#include <string.h>

#include "data/digits.h"
#include "data/image_set.h"
#include "data/shapes.h"
#include "error.h"
#include "nn/layers.h"
#include "workbook/options.h"

/* -- images ------------------------------------------------------------------------------------ */

enum { CLASSES = 10, HALF = 5, TRAIN = 4000, FEW = 250, AUGMENTED = 400, TEST = 1000 };

/* Those of a data set and what there is to test with. */
typedef struct {
    const char *name;
    ImageSize size;
    int classes;
    Dataset train, test;
} Images;

static inline void images_free(Images *images)
{
    dataset_free(&images->train);
    dataset_free(&images->test);
}

/* Of the classes first .. first + classes - 1 at most `most` examples, the first, in numbers of
 * their own; their classes are counted from 0. */
static inline Dataset examples_of(const Dataset *all, int first, int classes, int most)
{
    Dataset found = dataset_new(most, all->x_size, 1);
    int n = 0;
    for (int i = 0; i < all->length && n < most; i++) {
        int class = (int)all->y[i] - first;
        if (class < 0 || class >= classes)
            continue;
        memcpy(found.x + (ptrdiff_t)n * all->x_size, all->x + (ptrdiff_t)i * all->x_size,
               (size_t)all->x_size * sizeof *found.x);
        found.y[n++] = (real) class;
    }
    found.length = n;
    return found;
}

/* From the files in the folder that --data names. False with error_text() set. */
static inline bool images_read(const char *folder, int first, int classes, int train, int test,
                               Images *images)
{
    ImageSet set;
    if (!image_set_read(&set, folder, 4 * (train > test ? train : test)))
        return false;
    *images = (Images){"images",
                       {set.channels, set.h, set.w},
                       classes,
                       examples_of(&set.train, first, classes, train),
                       examples_of(&set.test, first, classes, test)};
    image_set_free(&set);
    return true;
}

/* Coloured shapes, of some kinds. */
static inline bool shapes_find(const Options *options, uint64_t seed, int first, int classes,
                               int train, Images *images)
{
    const ShapeOptions lesson = {
        .hard = 0.4, .turn = 0.5, .noise = 0.03, .first = first, .classes = classes};
    int test = options->quick ? 20 : TEST;
    if (*options->data) {
        if (!images_read(options->data, first, classes, train, test, images))
            return false;
    } else {
        *images = (Images){"shapes",
                           {3, SHAPE_SIDE, SHAPE_SIDE},
                           classes,
                           shapes_draw(seed, train, lesson),
                           shapes_draw(seed + 1000, test, lesson)};
    }
    dataset_standardize(&images->train, LESSON_MEAN, LESSON_DEVIATION);
    dataset_standardize(&images->test, LESSON_MEAN, LESSON_DEVIATION);
    return true;
}

/* Digits, drawn or, with --data, the images there. */
static inline bool digits_find(const Options *options, uint64_t seed, int train, Images *images)
{
    const DigitOptions lesson = {.hard = 1, .noise = 0.2};
    if (*options->data)
        return shapes_find(options, seed, 0, CLASSES, train, images);
    *images = (Images){"digits",
                       {1, DIGIT_SIDE, DIGIT_SIDE},
                       CLASSES,
                       digits_draw(seed, train, lesson),
                       digits_draw(seed + 1000, options->quick ? 20 : TEST, lesson)};
    return true;
}

/* -- the network ------------------------------------------------------------------------------- */

enum { MAPS_1 = 16, MAPS_2 = 32, HIDDEN = 128, STAGES = 3 };

/* Its children are "features" and "classifier", and may be replaced. */
static inline Tensor *net_forward(Module *m, Tensor *x)
{
    return nn_forward(nn_find(m, "classifier"), nn_forward(nn_find(m, "features"), x));
}

static inline int feature_count(ImageSize size)
{
    return MAPS_2 * (size.height >> STAGES) * (size.width >> STAGES);
}

static inline Module *features_new(Rng *rng, ImageSize size)
{
    const int maps[STAGES + 1] = {size.channels, MAPS_1, MAPS_2, MAPS_2};
    Module *features = nn_sequential(0, (Module *[]){NULL});
    for (int i = 0; i < STAGES; i++) {
        nn_append(features, nn_conv2d(rng, maps[i], maps[i + 1], 3, conv_options(1, 1)));
        nn_append(features, nn_relu());
        nn_append(features, nn_max_pool2d(2, 2, 0));
    }
    nn_append(features, nn_flatten());
    return features;
}

static inline Module *classifier_new(Rng *rng, int features, int classes)
{
    return nn_sequential(3, (Module *[]){nn_linear(rng, features, HIDDEN), nn_relu(),
                                         nn_linear(rng, HIDDEN, classes)});
}

/* Three times convolution, relu and a pool of 2 x 2; then features-128-classes. */
static inline Module *net_new(Rng *rng, ImageSize size, int classes)
{
    Module *net = nn_module(sizeof *net, "Net", net_forward);
    nn_child(net, "features", features_new(rng, size));
    nn_child(net, "classifier", classifier_new(rng, feature_count(size), classes));
    return net;
}

#endif
