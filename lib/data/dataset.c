#include "data/dataset.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "error.h"
#include "kernel/random.h"

/* calloc(0) may be NULL, and then is no failure; hence the 1. */
static void *zeros(size_t count, size_t size)
{
    void *block = calloc(count + 1, size);
    if (!block)
        error_stop("dataset: out of memory for %zu times %zu bytes", count, size);
    return block;
}

Dataset dataset_new(int length, int x_size, int y_size)
{
    if (length < 0 || x_size < 1 || y_size < 1)
        error_stop("dataset_new: %d examples of %d and %d numbers", length, x_size, y_size);
    Dataset data = {.length = length, .x_size = x_size, .y_size = y_size};
    data.x = zeros((size_t)length * (size_t)x_size, sizeof *data.x);
    data.y = zeros((size_t)length * (size_t)y_size, sizeof *data.y);
    return data;
}

void dataset_free(Dataset *data)
{
    NOT_NULL(data);
    if (!data->index) {
        free(data->x);
        free(data->y);
    }
    free(data->index);
    *data = (Dataset){0};
}

void dataset_item(const Dataset *data, int i, real *x, real *y)
{
    NOT_NULL(data, x, y);
    if (i < 0 || i >= data->length)
        error_stop("dataset_item: example %d of %d", i, data->length);
    size_t at = (size_t)(data->index ? data->index[i] : i);
    size_t x_size = (size_t)data->x_size, y_size = (size_t)data->y_size;
    memcpy(x, data->x + at * x_size, x_size * sizeof *x);
    memcpy(y, data->y + at * y_size, y_size * sizeof *y);
}

void dataset_standardize(Dataset *data, double mean, double deviation)
{
    NOT_NULL(data);
    if (data->index)
        error_stop("dataset_standardize: a part: expected the whole");
    if (!(deviation > 0))
        error_stop("dataset_standardize: a deviation of %g: expected more than 0", deviation);
    for (ptrdiff_t i = 0; i < (ptrdiff_t)data->length * data->x_size; i++)
        data->x[i] = (data->x[i] - (real)mean) / (real)deviation;
}

void random_split(const Dataset *data, uint64_t seed, int n, const int length[], Dataset part[])
{
    NOT_NULL(data, length, part);
    long long total = 0;
    for (int k = 0; k < n; k++) {
        if (length[k] < 0)
            error_stop("random_split: part %d has a length of %d", k, length[k]);
        total += length[k];
    }
    if (total != data->length)
        error_stop("random_split: the parts have %lld examples together, the data set %d", total,
                   data->length);
    Rng rng;
    rng_seed(&rng, seed);
    int *order = zeros((size_t)total, sizeof *order), *next = order;
    rng_permutation(&rng, data->length, order);
    for (int k = 0; k < n; k++) {
        part[k] = *data;
        part[k].length = length[k];
        part[k].index = zeros((size_t)length[k], sizeof *order);
        for (int i = 0; i < length[k]; i++, next++)
            part[k].index[i] = data->index ? data->index[*next] : *next;
    }
    free(order);
}
