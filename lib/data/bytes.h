/* bytes.h: the bytes of a file, compressed by gzip or not. */
#ifndef DATA_BYTES_H
#define DATA_BYTES_H

#include <stdbool.h>
#include <stddef.h>

/* A block that grows. {0} is an empty one. */
typedef struct {
    unsigned char *at;
    size_t length, room;
} Bytes;

void bytes_free(Bytes *bytes);

/* A file that is read from its beginning. Where this program was built with zlib, what is
 * compressed is read as what it was before. */
typedef struct {
    char path[1024]; /* of the file that was found: the name given, or that with .gz behind it */
    size_t place;    /* bytes read so far */
    void *stream;
} Source;

/* Whether there is a file of this name, or of this name with .gz behind it. */
bool source_exists(const char *path);

/* Opens path, or, if only that is there, path.gz. False with error_text() set if it cannot be
 * opened. */
bool source_open(Source *source, const char *path);

void source_close(Source *source);

/* Appends the next `most` bytes to the block: fewer only if the file ends there. What is allocated
 * goes by what was read, never by what was asked for. False with error_text() set, naming the file,
 * if it cannot be read, its compressed data are broken, or it is compressed and there is no zlib.
 */
bool source_read(Source *source, size_t most, Bytes *bytes);

#endif
