/* image_set.h: the data sets of images that others made, found in a folder. */
#ifndef DATA_IMAGE_SET_H
#define DATA_IMAGE_SET_H

#include <stdbool.h>
#include <stdint.h>

#include "data/dataset.h"

/* Images of one size, channels first: x_size is channels * h * w. Values are 0 to 1, y is the
 * class, 0 to 9. */
typedef struct {
    Dataset train, test;
    int channels, h, w;
} ImageSet;

/* Reads MNIST or Fashion-MNIST, or else CIFAR-10, whichever is in the folder, in files of the names
 * under which they are given away (cifar-10's without the folder that they are packed in),
 * compressed or not. At most `most` examples for each part, the first, if that is above 0. False
 * with error_text() set, naming the folder or the file and what was expected; set is then empty. */
bool image_set_read(ImageSet *set, const char *folder, int most);

#define LESSON_MEAN 0.45
#define LESSON_DEVIATION 0.25

/* What lessons learn from: so many images to learn from and so many new ones, with (x -
 * LESSON_MEAN) / LESSON_DEVIATION in the place of x. Shapes, drawn from two seeds as in shapes.h;
 * or, if folder is not "", the first of those that are read from there, as above. */
bool image_set_lesson(ImageSet *set, const char *folder, int train, int test, uint64_t seed,
                      uint64_t test_seed);

void image_set_free(ImageSet *set);

#endif
