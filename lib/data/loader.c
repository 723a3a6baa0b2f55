#include "data/loader.h"

#include <stdlib.h>

#include "error.h"

Loader loader_new(const Dataset *data, LoaderOptions options)
{
    NOT_NULL(data);
    if (options.batch < 1)
        error_stop("loader_new: a batch of %d examples", options.batch);
    Loader loader = {.options = options, .data = data};
    size_t length = (size_t)data->length, batch = (size_t)options.batch;
    size_t most = batch < length ? batch : length;
    loader.order = malloc((length + 1) * sizeof *loader.order);
    loader.x = malloc((most * (size_t)data->x_size + 1) * sizeof *loader.x);
    loader.y = malloc((most * (size_t)data->y_size + 1) * sizeof *loader.y);
    if (!loader.order || !loader.x || !loader.y)
        error_stop("loader_new: out of memory for batches of %d", options.batch);
    for (int i = 0; i < data->length; i++)
        loader.order[i] = i;
    rng_seed(&loader.rng, options.seed);
    return loader;
}

void loader_free(Loader *loader)
{
    NOT_NULL(loader);
    free(loader->order);
    free(loader->x);
    free(loader->y);
    *loader = (Loader){0};
}

bool loader_next(Loader *loader)
{
    NOT_NULL(loader);
    NOT_NULL(loader->data);
    const Dataset *data = loader->data;
    int batch = loader->options.batch, left = data->length - loader->next;
    if (loader->next == 0 && loader->options.shuffle)
        rng_permutation(&loader->rng, data->length, loader->order);
    loader->n = left < batch ? left : batch;
    if (loader->n == 0 || (loader->n < batch && loader->options.drop_last)) {
        loader->n = loader->next = 0;
        return false;
    }
    for (int i = 0; i < loader->n; i++)
        dataset_item(data, loader->order[loader->next + i],
                     loader->x + (size_t)i * (size_t)data->x_size,
                     loader->y + (size_t)i * (size_t)data->y_size);
    loader->next += loader->n;
    return true;
}

int loader_batches(const Loader *loader)
{
    NOT_NULL(loader);
    NOT_NULL(loader->data);
    int length = loader->data->length, batch = loader->options.batch;
    bool partial = length % batch != 0 && !loader->options.drop_last;
    return length / batch + (partial ? 1 : 0);
}
