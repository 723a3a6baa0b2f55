#include "data/loader.h"

#include <stdlib.h>

#include "error.h"

Loader loader_new(const Dataset *data, LoaderOptions options)
{
    NOT_NULL(data);
    if (options.batch < 1)
        error_stop("loader_new: a batch of %d examples", options.batch);
    const Pipeline *transform = options.transform;
    if (transform && image_numbers(transform->in) != data->x_size)
        error_stop("loader_new: a transform of %d x %d x %d numbers for inputs of %d",
                   transform->in.channels, transform->in.height, transform->in.width, data->x_size);
    Loader loader = {.options = options, .data = data};
    loader.x_size = transform ? image_numbers(transform->out) : data->x_size;
    size_t length = (size_t)data->length, batch = (size_t)options.batch;
    size_t most = batch < length ? batch : length;
    loader.order = malloc((length + 1) * sizeof *loader.order);
    loader.x = malloc((most * (size_t)loader.x_size + 1) * sizeof *loader.x);
    loader.y = malloc((most * (size_t)data->y_size + 1) * sizeof *loader.y);
    loader.input = malloc((size_t)data->x_size * sizeof *loader.input);
    if (!loader.order || !loader.x || !loader.y || !loader.input)
        error_stop("loader_new: out of memory for batches of %d", options.batch);
    for (int i = 0; i < data->length; i++)
        loader.order[i] = i;
    rng_seed(&loader.rng, options.seed);
    rng_seed(&loader.transform_rng, ~options.seed); /* its own, so that the orders stay */
    return loader;
}

void loader_free(Loader *loader)
{
    NOT_NULL(loader);
    free(loader->order);
    free(loader->input);
    free(loader->x);
    free(loader->y);
    *loader = (Loader){0};
}

/* Example i of the data set becomes number k of the batch. */
static void bring(Loader *loader, int i, int k)
{
    const Pipeline *transform = loader->options.transform;
    real *x = loader->x + (size_t)k * (size_t)loader->x_size;
    real *y = loader->y + (size_t)k * (size_t)loader->data->y_size;
    dataset_item(loader->data, i, transform ? loader->input : x, y);
    if (transform)
        pipeline_apply(transform, &loader->transform_rng, (Image){transform->in, loader->input},
                       (Image){transform->out, x});
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
        bring(loader, loader->order[loader->next + i], i);
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
