/* 16_distillation_images.h: what is learnt from, with as many labels as there are, and what the
 * teacher has to say about it. */
#ifndef CHAPTER_16_DISTILLATION_IMAGES_H
#define CHAPTER_16_DISTILLATION_IMAGES_H

#include <stdlib.h>

#include "16_distillation_nets.h"
#include "data/image_set.h"
#include "error.h"
#include "nn/classify.h"
#include "workbook/options.h"

enum { TRAIN = 4000, TEST = 2000, LABELLED = 400, CHUNK = 100 };

/* What the students know of the TRAIN images that the teacher was trained on: all labels; the first
 * LABELLED of them and nothing else; these and the other images without a label; all labels, of
 * which WRONG in a hundred are wrong. */
typedef enum { FULL, FEW, UNLABELLED, NOISY, REGIMES } Regime;

enum { WRONG = 40 };

typedef struct {
    ImageSet set; /* y: the class */
    Sizes sizes;
} Images;

/* Drawn, or if there is --data from the files in that folder. False with error_text() set. */
static inline bool images_new(const Options *options, uint64_t seed, int width, Images *images)
{
    int train = options->quick ? 10 : TRAIN, test = options->quick ? 20 : TEST;
    ImageSet *set = &images->set;
    if (!image_set_lesson(set, options->data, train, test, seed, seed + 1000))
        return false;
    images->sizes = sizes_new((ImageSize){set->channels, set->h, set->w}, width);
    return true;
}

/* -- what a network says ----------------------------------------------------------------------- */

/* Scores (n, 10) and features (n, count) of all the images, in eval mode. features may be NULL. */
static inline void say_all(Module *net, const Sizes *sizes, const Dataset *data, real *scores,
                           real *features)
{
    nn_train(net, false);
    ag_no_grad_begin();
    for (int from = 0; from < data->length; from += CHUNK) {
        int n = data->length - from < CHUNK ? data->length - from : CHUNK;
        real *x = data->x + (ptrdiff_t)from * data->x_size;
        Outputs out = net_outputs(net, nn_images(sizes->image, n, x));
        size_t count = (size_t)out.features->shape.dim[1];
        memcpy(scores + (size_t)from * CLASSES, out.logits->data,
               (size_t)n * CLASSES * sizeof *scores);
        if (features)
            memcpy(features + (size_t)from * count, out.features->data,
                   (size_t)n * count * sizeof *features);
        ag_reset();
    }
    ag_no_grad_end();
}

/* -- what the students are given --------------------------------------------------------------- */

/* The same images; y is the label, -1 for none, then the teacher's scores, then its features. */
typedef struct {
    Dataset all, labelled; /* labelled: those with a label, a part of all */
    int features;          /* the teacher's, of an image */
} Lessons;

/* The label of an image of this class, as the students get it. */
static inline int label_of(Rng *rng, Regime regime, int labelled, int i, int class)
{
    bool wrong = rng_below(rng, 100) < WRONG;
    int other = (class + 1 + rng_below(rng, CLASSES - 1)) % CLASSES;
    if (regime == UNLABELLED)
        return i < labelled ? class : -1;
    return regime == NOISY && wrong ? other : class;
}

static inline Lessons lessons_new(const Images *images, Module *teacher, Regime regime,
                                  uint64_t seed)
{
    const Dataset *train = &images->set.train;
    int labelled = train->length < TRAIN ? train->length / 10 : LABELLED;
    int n = regime == FEW ? labelled : train->length;
    int features = feature_count(&images->sizes, images->sizes.teacher[3]);
    int size = 1 + CLASSES + features;
    real *scores = malloc((size_t)n * CLASSES * sizeof *scores);
    real *of = malloc((size_t)n * (size_t)features * sizeof *of);
    real *y = malloc((size_t)n * (size_t)size * sizeof *y);
    Dataset all = *train;
    Rng rng;
    if (!scores || !of || !y)
        error_stop("no memory for what a teacher says of %d images", n);
    rng_seed(&rng, seed);
    all.length = n;
    say_all(teacher, &images->sizes, &all, scores, of);
    for (int i = 0; i < n; i++) {
        real *row = y + (ptrdiff_t)i * size;
        row[0] = (real)label_of(&rng, regime, labelled, i, (int)train->y[i]);
        memcpy(row + 1, scores + (ptrdiff_t)i * CLASSES, CLASSES * sizeof *row);
        memcpy(row + 1 + CLASSES, of + (ptrdiff_t)i * features, (size_t)features * sizeof *row);
    }
    free(scores);
    free(of);
    all.y = y;
    all.y_size = size;
    Lessons lessons = {all, all, features};
    if (regime == UNLABELLED)
        lessons.labelled.length = labelled;
    return lessons;
}

/* The images stay. */
static inline void lessons_free(Lessons *lessons)
{
    free(lessons->all.y);
}

#endif
