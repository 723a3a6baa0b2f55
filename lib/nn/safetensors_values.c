#include <stdio.h>
#include <string.h>

#include "error.h"
#include "nn/safetensors.h"

const SafeTensor *safetensors_find(const SafeTensors *file, const char *name)
{
    NOT_NULL(file, name);
    int first = 0, last = file->n;
    while (first < last) {
        int middle = (first + last) / 2, order = strcmp(name, file->tensor[middle].name);
        if (order == 0)
            return &file->tensor[middle];
        if (order < 0)
            last = middle;
        else
            first = middle + 1;
    }
    return NULL;
}

const char *safetensors_meta(const SafeTensors *file, const char *key)
{
    NOT_NULL(file, key);
    for (int i = 0; i < file->metas; i++)
        if (strcmp(file->meta[i].key, key) == 0)
            return file->meta[i].value;
    return NULL;
}

size_t safetensors_count(const SafeTensor *tensor)
{
    NOT_NULL(tensor);
    size_t count = 1;
    for (int d = 0; d < tensor->ndim; d++)
        count *= (size_t)tensor->dim[d];
    return count;
}

size_t safetensors_bytes(const SafeTensor *tensor)
{
    NOT_NULL(tensor);
    return safetensors_count(tensor) * (size_t)dtype_size(tensor->type);
}

const char *safetensors_shape_text(const SafeTensor *tensor)
{
    NOT_NULL(tensor);
    static _Thread_local char ring[4][192];
    static _Thread_local unsigned turn;
    char *text = ring[turn++ % 4];
    int used = sprintf(text, "(");
    for (int d = 0; d < tensor->ndim; d++)
        used += sprintf(text + used, d ? ", %lld" : "%lld", (long long)tensor->dim[d]);
    sprintf(text + used, ")");
    return text;
}

/* -- the numbers ------------------------------------------------------------------------------ */

static bool refuse_type(const SafeTensors *file, const SafeTensor *tensor, const char *expected)
{
    return error_return("%s: \"%.80s\": dtype %s: expected %s", file->path, tensor->name,
                        dtype_name(tensor->type), expected);
}

bool safetensors_reals(const SafeTensors *file, const SafeTensor *tensor, real *to)
{
    NOT_NULL(file, tensor, to);
    if (!dtype_is_float(tensor->type))
        return refuse_type(file, tensor, "F64, F32, F16 or BF16");
    if (tensor->type == DTYPE_REAL)
        return safetensors_exactly(file, tensor, DTYPE_REAL, to);
    const char *at = tensor->data;
    size_t n = safetensors_count(tensor), size = (size_t)dtype_size(tensor->type);
    for (size_t i = 0; i < n; i++)
        to[i] = (real)dtype_float(tensor->type, at + i * size);
    return true;
}

bool safetensors_whole(const SafeTensors *file, const SafeTensor *tensor, int64_t *to)
{
    NOT_NULL(file, tensor, to);
    if (dtype_is_float(tensor->type))
        return refuse_type(file, tensor, "a type of whole numbers");
    const char *at = tensor->data;
    size_t n = safetensors_count(tensor), size = (size_t)dtype_size(tensor->type);
    int64_t number;
    for (size_t i = 0; i < n; i++)
        if (!dtype_whole(tensor->type, at + i * size, &number))
            return error_return("%s: \"%.80s\": element %zu: expected at most %lld", file->path,
                                tensor->name, i, (long long)INT64_MAX);
    for (size_t i = 0; i < n; i++)
        dtype_whole(tensor->type, at + i * size, &to[i]);
    return true;
}

bool safetensors_exactly(const SafeTensors *file, const SafeTensor *tensor, Dtype type, void *to)
{
    NOT_NULL(file, tensor, to);
    if (tensor->type != type)
        return refuse_type(file, tensor, dtype_name(type));
    memcpy(to, tensor->data, safetensors_bytes(tensor));
    return true;
}
