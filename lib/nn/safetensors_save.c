#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "error.h"
#include "nn/json.h"
#include "nn/safetensors.h"
#include "safefile.h"

enum { WIDEST = 8 };

static void check_tensors(int n, const SafeTensor tensors[])
{
    for (int i = 0; i < n; i++) {
        const char *name = tensors[i].name;
        if (!*name || strcmp(name, "__metadata__") == 0)
            error_stop("safetensors_save: no tensor can be called \"%s\"", name);
        for (int j = 0; j < i; j++)
            if (strcmp(tensors[j].name, name) == 0)
                error_stop("safetensors_save: two tensors are called \"%s\"", name);
    }
}

static void check_meta(int metas, const SafeMeta meta[])
{
    for (int i = 0; i < metas; i++) {
        if (strcmp(meta[i].key, "format") == 0)
            error_stop("safetensors_save: the key \"format\" is the library's own");
        for (int j = 0; j < i; j++)
            if (strcmp(meta[j].key, meta[i].key) == 0)
                error_stop("safetensors_save: the key \"%s\" comes twice", meta[i].key);
    }
}

static void write_meta(FILE *stream, int metas, const SafeMeta meta[])
{
    fputs("{\"__metadata__\":{\"format\":\"pt\"", stream);
    for (int i = 0; i < metas; i++) {
        fputc(',', stream);
        json_write_string(stream, meta[i].key);
        fputc(':', stream);
        json_write_string(stream, meta[i].value);
    }
    fputc('}', stream);
}

static void write_entry(void *to, const SafeTensor *tensor, size_t begin)
{
    FILE *stream = to;
    fputc(',', stream);
    json_write_string(stream, tensor->name);
    fprintf(stream, ":{\"dtype\":\"%s\",\"shape\":[", dtype_name(tensor->type));
    for (int d = 0; d < tensor->ndim; d++)
        fprintf(stream, d ? ",%lld" : "%lld", (long long)tensor->dim[d]);
    fprintf(stream, "],\"data_offsets\":[%zu,%zu]}", begin, begin + safetensors_bytes(tensor));
}

static void write_data(void *file, const SafeTensor *tensor, size_t begin)
{
    (void)begin;
    safefile_write(file, tensor->data, safetensors_bytes(tensor));
}

typedef void Write(void *to, const SafeTensor *tensor, size_t begin);

/* Each tensor in turn, the wider types first. */
static void write_each(Write *write, void *to, int n, const SafeTensor tensors[])
{
    size_t begin = 0;
    for (int size = WIDEST; size > 0; size /= 2)
        for (int i = 0; i < n; i++) {
            if (dtype_size(tensors[i].type) != size)
                continue;
            write(to, &tensors[i], begin);
            begin += safetensors_bytes(&tensors[i]);
        }
}

/* The header, with blanks at its end so that the data begin at a multiple of 8. */
static char *header_text(int n, const SafeTensor tensors[], int metas, const SafeMeta meta[],
                         size_t *length)
{
    char *text = NULL;
    FILE *stream = open_memstream(&text, length);
    if (!stream)
        error_stop("safetensors_save: out of memory");
    write_meta(stream, metas, meta);
    write_each(write_entry, stream, n, tensors);
    fputc('}', stream);
    while (ftell(stream) % WIDEST != 0)
        fputc(' ', stream);
    if (fclose(stream) != 0)
        error_stop("safetensors_save: out of memory");
    return text;
}

bool safetensors_save(const char *path, int n, const SafeTensor tensors[], int metas,
                      const SafeMeta meta[])
{
    NOT_NULL(path, tensors);
    check_tensors(n, tensors);
    check_meta(metas, meta);
    SafeFile file;
    if (!safefile_open_path(&file, path))
        return false;
    size_t length;
    char *header = header_text(n, tensors, metas, meta, &length);
    uint64_t length_field = length;
    safefile_write(&file, &length_field, sizeof length_field);
    safefile_write(&file, header, length);
    free(header);
    write_each(write_data, &file, n, tensors);
    return safefile_commit(&file);
}
