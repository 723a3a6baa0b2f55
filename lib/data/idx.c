#include "data/idx.h"

#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "data/bytes.h"
#include "error.h"

enum { MOST_SIDE = 4096, TEXT_SIZE = 64 };

/* One file. A label is an item of 1 x 1. */
typedef struct {
    Source source;
    Bytes bytes;
    size_t count, h, w; /* as its header says */
    size_t read;        /* items in bytes */
} Idx;

static size_t big_endian(const unsigned char *b)
{
    return (size_t)b[0] << 24 | (size_t)b[1] << 16 | (size_t)b[2] << 8 | b[3];
}

static const char *what(const Idx *idx, bool images, char text[TEXT_SIZE])
{
    if (images)
        snprintf(text, TEXT_SIZE, "%zu images of %zu x %zu", idx->count, idx->h, idx->w);
    else
        snprintf(text, TEXT_SIZE, "%zu labels", idx->count);
    return text;
}

static bool read_header(Idx *idx, bool images)
{
    const char *path = idx->source.path;
    size_t size = images ? 16 : 8;
    char text[TEXT_SIZE];
    if (!source_read(&idx->source, size, &idx->bytes))
        return false;
    const unsigned char *head = idx->bytes.at;
    unsigned char magic[4] = {0, 0, 8, images ? 3 : 1};
    if (idx->bytes.length >= 4 && memcmp(head, magic, 4) != 0)
        return error_return("%s: expected %s, which begin with 00 00 08 %02X, found %02X %02X %02X "
                            "%02X",
                            path, images ? "IDX images" : "IDX labels", magic[3], head[0], head[1],
                            head[2], head[3]);
    if (idx->bytes.length < size)
        return error_return("%s: expected a header of %zu bytes, the file has %zu", path, size,
                            idx->bytes.length);
    idx->count = big_endian(head + 4);
    idx->h = images ? big_endian(head + 8) : 1;
    idx->w = images ? big_endian(head + 12) : 1;
    if (idx->count < 1 || idx->count > INT_MAX)
        return error_return("%s: its header says %s: expected 1 or more, at most %d", path,
                            what(idx, images, text), INT_MAX);
    if (idx->h < 1 || idx->w < 1 || idx->h > MOST_SIDE || idx->w > MOST_SIDE)
        return error_return("%s: its header says %s: expected 1 to %d a side", path,
                            what(idx, images, text), MOST_SIDE);
    return true;
}

static bool read_items(Idx *idx, bool images, int most)
{
    const char *path = idx->source.path;
    size_t item = idx->h * idx->w;
    bool all = most < 1 || (size_t)most >= idx->count;
    size_t wanted = all ? idx->count : (size_t)most;
    char text[TEXT_SIZE];
    idx->bytes.length = 0;
    if (!source_read(&idx->source, wanted * item + all, &idx->bytes)) /* one more, to see the end */
        return false;
    idx->read = idx->bytes.length / item;
    if (idx->bytes.length < wanted * item)
        return error_return("%s: its header says %s, the file ends after %zu", path,
                            what(idx, images, text), idx->read);
    if (idx->bytes.length > wanted * item)
        return error_return("%s: its header says %s, the file goes on after them", path,
                            what(idx, images, text));
    return true;
}

static bool read_file(Idx *idx, const char *path, bool images, int most)
{
    return source_open(&idx->source, path) && read_header(idx, images) &&
           read_items(idx, images, most);
}

static bool labels_fit(const Idx *labels, const Idx *images)
{
    if (labels->count != images->count)
        return error_return("%s: has %zu labels for the %zu images of %s", labels->source.path,
                            labels->count, images->count, images->source.path);
    for (size_t i = 0; i < labels->read; i++)
        if (labels->bytes.at[i] > 9)
            return error_return("%s: label %zu is %d, expected 0 to 9", labels->source.path, i + 1,
                                labels->bytes.at[i]);
    return true;
}

bool idx_read(Dataset *data, int *h, int *w, const char *images, const char *labels, int most)
{
    NOT_NULL(data, h, w, images, labels);
    *data = (Dataset){0};
    Idx image = {.count = 0}, label = {.count = 0};
    bool good = read_file(&image, images, true, most) && read_file(&label, labels, false, most) &&
                labels_fit(&label, &image);
    if (good) {
        *h = (int)image.h;
        *w = (int)image.w;
        *data = dataset_new((int)image.read, *h * *w, 1);
        for (size_t i = 0; i < image.bytes.length; i++)
            data->x[i] = image.bytes.at[i] / (real)255;
        for (size_t i = 0; i < label.bytes.length; i++)
            data->y[i] = label.bytes.at[i];
    }
    source_close(&image.source);
    source_close(&label.source);
    bytes_free(&image.bytes);
    bytes_free(&label.bytes);
    return good;
}
