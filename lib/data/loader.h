/* loader.h: a data set in batches, epoch after epoch. */
#ifndef DATA_LOADER_H
#define DATA_LOADER_H

#include <stdbool.h>
#include <stdint.h>

#include "data/dataset.h"
#include "data/transform.h"
#include "kernel/random.h"

/* As in torch.utils.data.DataLoader, with the data set's transform. */
typedef struct {
    int batch;      /* examples in a batch, 1 or more */
    bool shuffle;   /* a new random order in each epoch, or always the data set's own */
    bool drop_last; /* leave out what is left when no whole batch is; else it is a smaller batch */
    uint64_t seed;  /* of the orders: the same seed gives the same batches in every epoch */
    const Pipeline *transform; /* of each input that is brought, anew every time; NULL: none.
                                  The order of the examples is the same with and without */
} LoaderOptions;

typedef struct {
    int n;       /* examples in this batch */
    int x_size;  /* numbers in an input: the data set's, or what the transform makes of it */
    real *x, *y; /* (n, x_size) and (n, y_size), until the next call */

    /* The loader's own. */
    LoaderOptions options;
    const Dataset *data;
    Rng rng, transform_rng;
    real *input; /* (data->x_size), before its transform */
    int *order;  /* of the examples in this epoch */
    int next;    /* place in it */
} Loader;

/* A loader at the beginning of its first epoch. The data set and the transform must outlive it.
 * Error: batch below 1; a transform of images of another size than the data set's inputs.
 *
 *     Loader loader = loader_new(&train, (LoaderOptions){.batch = 32, .shuffle = true, .seed = 1});
 *     for (int epoch = 0; epoch < epochs; epoch++)
 *         while (loader_next(&loader))
 *             step(loader.n, loader.x, loader.y); */
Loader loader_new(const Dataset *data, LoaderOptions options);

void loader_free(Loader *loader);

/* Brings the next batch, or returns false at the end of the epoch; the call after that begins the
 * next epoch. Allocates nothing. */
bool loader_next(Loader *loader);

/* Batches in an epoch; 0 if there is no example, or if drop_last leaves none. */
int loader_batches(const Loader *loader);

#endif
