#include "nn/safetensors.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "error.h"
#include "nn/json.h"

enum { LENGTH_SIZE = 8, MOST_HEADER = 100000000 }; /* the reference implementation's limit */

/* Longer names are cut in messages. */
#define NAMED "%s: \"%.80s\": "

/* -- the header ------------------------------------------------------------------------------- */

typedef struct {
    SafeTensors *file;
    size_t size; /* of the data */
    int room, meta_room;
    bool has_meta;
} Reading;

/* An array with room for one more than n. */
static void *with_room(void *array, int n, int *room, size_t size)
{
    if (n < *room)
        return array;
    *room = 2 * *room + 16;
    array = realloc(array, (size_t)*room * size);
    if (!array)
        error_stop("safetensors: out of memory for %d tensors", *room);
    return array;
}

static bool read_meta(Json *json, char *key, void *context)
{
    Reading *reading = context;
    SafeTensors *file = reading->file;
    char *value;
    if (!json_string(json, &value))
        return false;
    file->meta = with_room(file->meta, file->metas, &reading->meta_room, sizeof *file->meta);
    file->meta[file->metas++] = (SafeMeta){key, value};
    return true;
}

/* What is said of a tensor, as far as it has been read. */
typedef struct {
    SafeTensor tensor;
    int64_t offset[2];
    bool seen[3];
} Entry;

static bool read_type(Json *json, const char *name, Dtype *type)
{
    char *text;
    if (!json_string(json, &text))
        return false;
    *type = dtype_named(text);
    return *type < DTYPES || error_return(NAMED "dtype \"%.20s\": expected F64, F32, F16, BF16, "
                                                "I64, I32, I16, I8, U64, U32, U16, U8 or BOOL",
                                          json->path, name, text);
}

static bool read_field(Json *json, char *key, void *context)
{
    static const char *const keys[] = {"dtype", "shape", "data_offsets"};
    Entry *entry = context;
    const char *name = entry->tensor.name;
    int field = 0, offsets;
    while (field < 3 && strcmp(keys[field], key) != 0)
        field++;
    if (field == 3 || entry->seen[field])
        return error_return(NAMED "\"%.20s\": expected dtype, shape and data_offsets, once each",
                            json->path, name, key);
    entry->seen[field] = true;
    if (field == 0)
        return read_type(json, name, &entry->tensor.type);
    if (field == 1)
        return json_numbers(json, SAFETENSORS_MAX_DIMS, entry->tensor.dim, &entry->tensor.ndim);
    if (!json_numbers(json, 2, entry->offset, &offsets))
        return false;
    return offsets == 2 || error_return(NAMED "expected two data_offsets", json->path, name);
}

/* False if there are more bytes than an int64_t can count. */
static bool bytes_of(const SafeTensor *tensor, int64_t *bytes)
{
    *bytes = dtype_size(tensor->type);
    for (int d = 0; d < tensor->ndim; d++)
        if (__builtin_mul_overflow(*bytes, tensor->dim[d], bytes))
            return false;
    return true;
}

static bool check_place(const Entry *entry, const char *path, size_t size)
{
    const SafeTensor *tensor = &entry->tensor;
    long long begin = entry->offset[0], end = entry->offset[1];
    int64_t bytes;
    if (!bytes_of(tensor, &bytes))
        return error_return(NAMED "%s %s: more numbers than any file holds", path, tensor->name,
                            dtype_name(tensor->type), safetensors_shape_text(tensor));
    if (begin > end || end - begin != bytes)
        return error_return(NAMED "data_offsets %lld to %lld: expected %lld bytes for %s %s", path,
                            tensor->name, begin, end, (long long)bytes, dtype_name(tensor->type),
                            safetensors_shape_text(tensor));
    if ((uint64_t)end > size)
        return error_return(NAMED "data up to byte %lld: expected at most %zu, where the file ends",
                            path, tensor->name, end, size);
    return true;
}

static bool read_tensor(Json *json, char *name, void *context)
{
    Reading *reading = context;
    SafeTensors *file = reading->file;
    Entry entry = {.tensor.name = name};
    if (!json_object(json, read_field, &entry))
        return false;
    if (!entry.seen[0] || !entry.seen[1] || !entry.seen[2])
        return error_return(NAMED "expected dtype, shape and data_offsets", json->path, name);
    if (!check_place(&entry, json->path, reading->size))
        return false;
    entry.tensor.data = file->data + entry.offset[0];
    file->tensor = with_room(file->tensor, file->n, &reading->room, sizeof *file->tensor);
    file->tensor[file->n++] = entry.tensor;
    return true;
}

static bool read_entry(Json *json, char *name, void *context)
{
    Reading *reading = context;
    if (strcmp(name, "__metadata__") != 0)
        return read_tensor(json, name, context);
    if (reading->has_meta)
        return error_return(NAMED "this name comes twice", json->path, name);
    reading->has_meta = true;
    return json_object(json, read_meta, context);
}

/* -- what the tensors are together ------------------------------------------------------------ */

/* One without numbers lies before what begins at the same place. */
static int by_place(const void *a, const void *b)
{
    const SafeTensor *left = a, *right = b;
    const char *p = left->data, *q = right->data;
    size_t m = safetensors_count(left), n = safetensors_count(right);
    return p != q ? (p > q) - (p < q) : (m > n) - (m < n);
}

static int by_name(const void *a, const void *b)
{
    return strcmp(((const SafeTensor *)a)->name, ((const SafeTensor *)b)->name);
}

static int by_key(const void *a, const void *b)
{
    return strcmp(((const SafeMeta *)a)->key, ((const SafeMeta *)b)->key);
}

/* qsort() wants an array even of nothing. */
static void sort(void *array, int n, size_t size, int (*order)(const void *, const void *))
{
    if (n > 0)
        qsort(array, (size_t)n, size, order);
}

/* Every byte of the data belongs to exactly one tensor. Sorts them by place. */
static bool check_places(SafeTensors *file, size_t size)
{
    sort(file->tensor, file->n, sizeof *file->tensor, by_place);
    size_t next = 0;
    for (int i = 0; i < file->n; i++) {
        const SafeTensor *tensor = &file->tensor[i];
        size_t begin = (size_t)((const char *)tensor->data - file->data);
        if (begin != next)
            return error_return(NAMED "data from byte %zu on: expected %zu, where those before end",
                                file->path, tensor->name, begin, next);
        next += safetensors_bytes(tensor);
    }
    return next == size || error_return("%s: %zu bytes after the last tensor: expected none",
                                        file->path, size - next);
}

/* Sorts tensors and texts by name. */
static bool check_names(SafeTensors *file)
{
    sort(file->tensor, file->n, sizeof *file->tensor, by_name);
    sort(file->meta, file->metas, sizeof *file->meta, by_key);
    for (int i = 1; i < file->n; i++)
        if (by_name(&file->tensor[i - 1], &file->tensor[i]) == 0)
            return error_return(NAMED "this name comes twice", file->path, file->tensor[i].name);
    for (int i = 1; i < file->metas; i++)
        if (by_key(&file->meta[i - 1], &file->meta[i]) == 0)
            return error_return(NAMED "this key comes twice", file->path, file->meta[i].key);
    return true;
}

/* -- the file --------------------------------------------------------------------------------- */

static void *block(size_t size)
{
    void *memory = malloc(size + 1);
    if (!memory)
        error_stop("safetensors: out of memory for %zu bytes", size);
    return memory;
}

static bool read_bytes(const SafeTensors *file, FILE *stream, size_t size, void *to)
{
    errno = 0;
    if (fread(to, 1, size, stream) == size)
        return true;
    return error_return("%s: cannot be read: %s", file->path,
                        errno ? strerror(errno) : "it became shorter meanwhile");
}

/* The sizes of header and data. */
static bool read_sizes(const SafeTensors *file, FILE *stream, size_t *header, size_t *data)
{
    struct stat status;
    uint64_t length;
    if (fstat(fileno(stream), &status) != 0 || !S_ISREG(status.st_mode))
        return error_return("%s: expected a safetensors file, found a folder or a device",
                            file->path);
    uint64_t size = (uint64_t)status.st_size;
    if (size < LENGTH_SIZE)
        return error_return("%s: truncated: expected %d bytes for the header's length, found %llu",
                            file->path, LENGTH_SIZE, (unsigned long long)size);
    if (!read_bytes(file, stream, LENGTH_SIZE, &length))
        return false;
    if (length > MOST_HEADER)
        return error_return(
            "%s: this is no safetensors file: a header of %llu bytes, expected at most %d",
            file->path, (unsigned long long)length, MOST_HEADER);
    if (length > size - LENGTH_SIZE)
        return error_return("%s: truncated: expected a header of %llu bytes, found %llu",
                            file->path, (unsigned long long)length,
                            (unsigned long long)(size - LENGTH_SIZE));
    *header = (size_t)length;
    *data = (size_t)(size - LENGTH_SIZE - length);
    return true;
}

static bool read_file(SafeTensors *file, FILE *stream)
{
    Reading reading = {.file = file};
    size_t header = 0;
    if (!read_sizes(file, stream, &header, &reading.size))
        return false;
    file->header = block(header);
    file->data = block(reading.size);
    if (!read_bytes(file, stream, header, file->header) ||
        !read_bytes(file, stream, reading.size, file->data))
        return false;
    Json json = {file->path, file->header, file->header, file->header + header};
    if (header == 0 || file->header[0] != '{') /* where white space is let pass elsewhere */
        return json_expected(&json, "\"{\"");
    return json_object(&json, read_entry, &reading) && json_end(&json) &&
           check_places(file, reading.size) && check_names(file);
}

bool safetensors_open(SafeTensors *file, const char *path)
{
    NOT_NULL(file, path);
    *file = (SafeTensors){0};
    FILE *stream = fopen(path, "rb");
    if (!stream)
        return error_return("%s: cannot be opened: %s", path, strerror(errno));
    file->path = block(strlen(path));
    strcpy(file->path, path);
    bool good = read_file(file, stream);
    fclose(stream);
    if (!good)
        safetensors_close(file);
    return good;
}

void safetensors_close(SafeTensors *file)
{
    NOT_NULL(file);
    free(file->tensor);
    free(file->meta);
    free(file->path);
    free(file->header);
    free(file->data);
    *file = (SafeTensors){0};
}
