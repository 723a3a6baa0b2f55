/* 15_residual_images.h: the images that are learnt. */
#ifndef CHAPTER_15_RESIDUAL_IMAGES_H
#define CHAPTER_15_RESIDUAL_IMAGES_H

#include "15_residual_nets.h"
#include "data/image_set.h"
#include "workbook/options.h"

enum { LEAST = 4, LEARNT = 3000 }; /* images: to measure a gradient on, to learn from */

typedef struct {
    Dataset train, test;
    ImageSize size;
} Images;

/* 3,000 drawn shapes to learn from and 1,000 others; or, with --data, as many from the folder's
 * files. False with error_text() set if these cannot be read, or are too few. */
static inline bool images_get(const Options *options, Images *images)
{
    const int train = options->quick ? 24 : LEARNT, test = options->quick ? 16 : 1000;
    ImageSet set;
    if (!image_set_lesson(&set, options->data, train, test, options->seed, options->seed + 1))
        return false;
    if (set.train.length < LEAST || set.test.length < LEAST) {
        error_return("%s: %d images to learn from and %d new ones: expected %d or more of each",
                     options->data, set.train.length, set.test.length, LEAST);
        image_set_free(&set);
        return false;
    }
    *images = (Images){set.train, set.test, {set.channels, set.h, set.w}};
    return true;
}

static inline void images_free(Images *images)
{
    dataset_free(&images->train);
    dataset_free(&images->test);
}

#endif
