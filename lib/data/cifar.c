#include "data/cifar.h"

#include <limits.h>

#include "data/bytes.h"
#include "error.h"

enum { PIXELS = CIFAR_CHANNELS * CIFAR_SIDE * CIFAR_SIDE, RECORD = 1 + PIXELS };

/* What this file added to bytes, from `begin` on, is whole records, and each begins with a label.
 */
static bool records_hold(const Bytes *bytes, size_t begin, const char *path)
{
    size_t length = bytes->length - begin;
    if (length == 0)
        return error_return("%s: expected records of %d bytes, found an empty file", path, RECORD);
    if (length % RECORD != 0)
        return error_return("%s: expected records of %d bytes, the last of %zu has %zu", path,
                            RECORD, length / RECORD + 1, length % RECORD);
    for (size_t i = 0; i < length / RECORD; i++)
        if (bytes->at[begin + i * RECORD] > 9)
            return error_return("%s: the label of record %zu is %d, expected 0 to 9", path, i + 1,
                                bytes->at[begin + i * RECORD]);
    return true;
}

static bool read_file(Bytes *bytes, const char *path, size_t most)
{
    Source source;
    size_t begin = bytes->length;
    bool good = source_open(&source, path) && source_read(&source, most, bytes) &&
                records_hold(bytes, begin, source.path);
    source_close(&source);
    return good;
}

bool cifar10_read(Dataset *data, int files, const char *const path[], int most)
{
    NOT_NULL(data, path);
    if (files < 1)
        error_stop("cifar10_read: %d files", files);
    *data = (Dataset){0};
    Bytes bytes = {0};
    size_t wanted = (size_t)(most > 0 ? most : INT_MAX) * RECORD;
    bool good = true;
    for (int i = 0; i < files && good && bytes.length < wanted; i++)
        good = read_file(&bytes, path[i], wanted - bytes.length);
    if (good) {
        *data = dataset_new((int)(bytes.length / RECORD), PIXELS, 1);
        real *x = data->x, *y = data->y;
        for (size_t i = 0; i < bytes.length; i++)
            if (i % RECORD == 0)
                *y++ = bytes.at[i];
            else
                *x++ = bytes.at[i] / (real)255;
    }
    bytes_free(&bytes);
    return good;
}
