#include "data/bytes.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "error.h"

enum { CHUNK = 1 << 16 };

void bytes_free(Bytes *bytes)
{
    NOT_NULL(bytes);
    free(bytes->at);
    *bytes = (Bytes){0};
}

/* -- a stream, with zlib and without ------------------------------------------------------------
 * stream_read() returns how many bytes it read, fewer than asked for only at the end; or -1, with
 * error_text() set. */

#ifdef HAVE_ZLIB

#include <zlib.h>

static void *stream_open(const char *path)
{
    return gzopen(path, "rb"); /* reads what is not compressed as it stands */
}

static void stream_close(void *stream)
{
    gzclose(stream);
}

static long stream_read(Source *source, unsigned char *to, unsigned size)
{
    int n = gzread(source->stream, to, size), code;
    gzerror(source->stream, &code);
    if (code == Z_BUF_ERROR)
        error_return("%s: the compressed file ends too early", source->path);
    else if (n < 0 && code == Z_ERRNO)
        error_return("%s: cannot be read: %s", source->path, strerror(errno));
    else if (n < 0)
        error_return("%s: the compressed file is broken", source->path);
    return code == Z_BUF_ERROR ? -1 : n;
}

#else

static void *stream_open(const char *path)
{
    return fopen(path, "rb");
}

static void stream_close(void *stream)
{
    fclose(stream);
}

static long stream_read(Source *source, unsigned char *to, unsigned size)
{
    size_t n = fread(to, 1, size, source->stream);
    bool compressed = source->place == 0 && n >= 2 && to[0] == 0x1F && to[1] == 0x8B;
    if (ferror((FILE *)source->stream))
        error_return("%s: cannot be read: %s", source->path, strerror(errno));
    else if (compressed)
        error_return("%s is compressed: this program was built without zlib; gunzip it first",
                     source->path);
    else
        return (long)n;
    return -1;
}

#endif

/* -- the file ------------------------------------------------------------------------------ */

/* Writes path.gz, or only path if the other is too long. */
static void add_gz(char *to, size_t size, const char *path)
{
    if (snprintf(to, size, "%s.gz", path) >= (int)size)
        snprintf(to, size, "%s", path);
}

bool source_exists(const char *path)
{
    NOT_NULL(path);
    Source source;
    add_gz(source.path, sizeof source.path, path);
    return access(path, F_OK) == 0 || access(source.path, F_OK) == 0;
}

bool source_open(Source *source, const char *path)
{
    NOT_NULL(source, path);
    *source = (Source){.place = 0};
    if (snprintf(source->path, sizeof source->path, "%s", path) >= (int)sizeof source->path)
        return error_return("%.40s...: the path is too long", path);
    if (access(path, F_OK) != 0 && source_exists(path))
        add_gz(source->path, sizeof source->path, path);
    errno = 0;
    source->stream = stream_open(source->path);
    if (source->stream)
        return true;
    return error_return("%s: cannot be opened: %s", path, strerror(errno ? errno : ENOMEM));
}

void source_close(Source *source)
{
    NOT_NULL(source);
    if (source->stream)
        stream_close(source->stream);
    *source = (Source){.place = 0};
}

static bool make_room(Bytes *bytes, size_t more, const char *path)
{
    if (bytes->room - bytes->length >= more)
        return true;
    size_t room = 2 * bytes->room + more;
    unsigned char *at = realloc(bytes->at, room);
    if (!at)
        return error_return("%s: out of memory for %zu bytes", path, room);
    bytes->at = at;
    bytes->room = room;
    return true;
}

bool source_read(Source *source, size_t most, Bytes *bytes)
{
    NOT_NULL(source, bytes);
    while (most > 0) {
        unsigned size = most < CHUNK ? (unsigned)most : CHUNK;
        if (!make_room(bytes, size, source->path))
            return false;
        long n = stream_read(source, bytes->at + bytes->length, size);
        if (n < 0)
            return false;
        bytes->length += (size_t)n;
        source->place += (size_t)n;
        most -= (size_t)n;
        if (n < (long)size)
            break;
    }
    return true;
}
