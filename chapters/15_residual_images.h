/* 15_residual_images.h: the images that are learnt, and what a network makes of them. */
#ifndef CHAPTER_15_RESIDUAL_IMAGES_H
#define CHAPTER_15_RESIDUAL_IMAGES_H

#include "15_residual_nets.h"
#include "data/image_set.h"
#include "data/shapes.h"
#include "workbook/options.h"

typedef struct {
    Dataset train, test;
    ImageSize size;
} Images;

/* Brought to about mean 0 and deviation 1. */
static inline void standardize(const Dataset *data)
{
    for (ptrdiff_t i = 0; i < (ptrdiff_t)data->length * data->x_size; i++)
        data->x[i] = (data->x[i] - (real)0.45) / (real)0.25;
}

/* 3,000 drawn shapes to learn from and 1,000 others; or, with --data, as many from the folder's
 * files. False with error_text() set if these cannot be read. */
static inline bool images_get(const Options *options, Images *images)
{
    const ShapeOptions lesson = {.hard = 0.4, .turn = 0.5, .noise = 0.03};
    const int train = options->quick ? 24 : 3000, test = options->quick ? 16 : 1000;
    if (*options->data == '\0') {
        images->train = shapes_draw(options->seed, train, lesson);
        images->test = shapes_draw(options->seed + 1, test, lesson);
        images->size = (ImageSize){3, SHAPE_SIDE, SHAPE_SIDE};
    } else {
        ImageSet set;
        if (!image_set_read(&set, options->data, train))
            return false;
        set.test.length = set.test.length < test ? set.test.length : test;
        *images = (Images){set.train, set.test, {set.channels, set.h, set.w}};
    }
    standardize(&images->train);
    standardize(&images->test);
    return true;
}

static inline void images_free(Images *images)
{
    dataset_free(&images->train);
    dataset_free(&images->test);
}

/* The loss of n images, on the tape. */
static inline Tensor *loss_on(Module *net, ImageSize size, int n, real *x, const real *y)
{
    int classes[n];
    for (int i = 0; i < n; i++)
        classes[i] = (int)y[i];
    Tensor *images = ag_wrap(ag_shape(4, n, size.channels, size.height, size.width), x);
    return ag_cross_entropy(nn_forward(net, images), classes, AG_MEAN);
}

/* How many of n images it takes for what they are. */
static inline int count_right(Module *net, ImageSize size, int n, real *x, const real *y)
{
    Tensor *images = ag_wrap(ag_shape(4, n, size.channels, size.height, size.width), x);
    const real(*logits)[CLASSES] = ag_data(nn_forward(net, images));
    int right = 0;
    for (int i = 0; i < n; i++) {
        int best = 0;
        for (int k = 1; k < CLASSES; k++)
            best = logits[i][k] > logits[i][best] ? k : best;
        right += best == (int)y[i];
    }
    return right;
}

/* The share of the first `most` images of the data that it knows, in eval mode, in percent. */
static inline double accuracy(Module *net, const Images *images, const Dataset *data, int most)
{
    enum { CHUNK = 100 };
    const int n = data->length < most ? data->length : most;
    int right = 0;
    nn_train(net, false);
    ag_no_grad_begin();
    for (int at = 0; at < n; at += CHUNK) {
        const int size = n - at < CHUNK ? n - at : CHUNK;
        right += count_right(net, images->size, size, data->x + (ptrdiff_t)at * data->x_size,
                             data->y + at);
        ag_reset();
    }
    ag_no_grad_end();
    nn_train(net, true);
    return 100.0 * right / n;
}

#endif
