#include "data/image_set.h"

#include <stdio.h>

#include "data/bytes.h"
#include "data/cifar.h"
#include "data/idx.h"
#include "data/shapes.h"
#include "error.h"

enum { PATH_SIZE = 1024, BATCHES = 5 };

/* A path that is too long is cut, and then is found by nobody. */
static const char *join(char path[PATH_SIZE], const char *folder, const char *name)
{
    snprintf(path, PATH_SIZE, "%s/%s", folder, name);
    return path;
}

static bool holds(const char *folder, const char *name)
{
    char path[PATH_SIZE];
    return source_exists(join(path, folder, name));
}

static bool read_mnist(ImageSet *set, const char *folder, int most)
{
    char images[PATH_SIZE], labels[PATH_SIZE];
    int h, w;
    join(images, folder, "train-images-idx3-ubyte");
    join(labels, folder, "train-labels-idx1-ubyte");
    if (!idx_read(&set->train, &set->h, &set->w, images, labels, most))
        return false;
    join(images, folder, "t10k-images-idx3-ubyte");
    join(labels, folder, "t10k-labels-idx1-ubyte");
    if (!idx_read(&set->test, &h, &w, images, labels, most))
        return false;
    set->channels = 1;
    return (h == set->h && w == set->w) ||
           error_return("%s: its images are %d x %d, those to train with %d x %d", images, h, w,
                        set->h, set->w);
}

static bool read_cifar10(ImageSet *set, const char *folder, int most)
{
    char path[BATCHES][PATH_SIZE], test[PATH_SIZE], name[32];
    const char *train[BATCHES];
    for (int i = 0; i < BATCHES; i++) {
        snprintf(name, sizeof name, "data_batch_%d.bin", i + 1);
        train[i] = join(path[i], folder, name);
    }
    join(test, folder, "test_batch.bin");
    set->channels = CIFAR_CHANNELS;
    set->h = set->w = CIFAR_SIDE;
    return cifar10_read(&set->train, BATCHES, train, most) &&
           cifar10_read(&set->test, 1, (const char *const[]){test}, most);
}

bool image_set_read(ImageSet *set, const char *folder, int most)
{
    NOT_NULL(set, folder);
    *set = (ImageSet){.channels = 0};
    bool good;
    if (holds(folder, "train-images-idx3-ubyte"))
        good = read_mnist(set, folder, most);
    else if (holds(folder, "data_batch_1.bin"))
        good = read_cifar10(set, folder, most);
    else
        good = error_return("%s: expected a folder with MNIST's files (train-images-idx3-ubyte, "
                            "train-labels-idx1-ubyte, t10k-images-idx3-ubyte, "
                            "t10k-labels-idx1-ubyte, or these with .gz) or with CIFAR-10's "
                            "(data_batch_1.bin to data_batch_5.bin, test_batch.bin)",
                            folder);
    if (!good)
        image_set_free(set);
    return good;
}

bool image_set_lesson(ImageSet *set, const char *folder, int train, int test, uint64_t seed,
                      uint64_t test_seed)
{
    NOT_NULL(set, folder);
    const ShapeOptions lesson = {.hard = 0.4, .turn = 0.5, .noise = 0.03};
    if (*folder == '\0')
        *set = (ImageSet){shapes_draw(seed, train, lesson), shapes_draw(test_seed, test, lesson), 3,
                          SHAPE_SIDE, SHAPE_SIDE};
    else if (!image_set_read(set, folder, train > test ? train : test))
        return false;
    set->train.length = set->train.length < train ? set->train.length : train;
    set->test.length = set->test.length < test ? set->test.length : test;
    dataset_standardize(&set->train, LESSON_MEAN, LESSON_DEVIATION);
    dataset_standardize(&set->test, LESSON_MEAN, LESSON_DEVIATION);
    return true;
}

void image_set_free(ImageSet *set)
{
    NOT_NULL(set);
    dataset_free(&set->train);
    dataset_free(&set->test);
    *set = (ImageSet){.channels = 0};
}
