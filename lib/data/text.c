#include "data/text.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "data/bytes.h"
#include "data/utf8.h"
#include "error.h"

/* -- reading ---------------------------------------------------------------------------------- */

/* A character in a file. Lines and places, which are bytes, are counted from 1. */
typedef struct {
    size_t at;
    long line;
    size_t place;
} Place;

static bool is_text(int code)
{
    return code == '\n' || code == '\t' ||
           (code >= ' ' && code != 0x7F && !(code >= 0x80 && code < 0xA0));
}

static bool refuse(const Bytes *bytes, Place p, int length, const char *path)
{
    const unsigned char found = bytes->at[p.at];
    if (length == 0)
        return error_return("%s:%ld: expected text in UTF-8, found byte \\x%02X at place %zu", path,
                            p.line, found, p.place);
    return error_return(
        "%s:%ld: expected text, found a control character, byte \\x%02X at place %zu", path, p.line,
        found, p.place);
}

/* Fills text->number with code points. CR LF is one character. */
static bool decode(Text *text, const Bytes *bytes, const char *path)
{
    const char *all = (const char *)bytes->at;
    Place p = {.line = 1, .place = 1};
    for (p.at = (size_t)utf8_mark(all, bytes->length); p.at < bytes->length;) {
        int code, length = utf8_decode(all + p.at, bytes->length - p.at, &code);
        if (code == '\r' && p.at + 1 < bytes->length && all[p.at + 1] == '\n') {
            code = '\n';
            length = 2;
        }
        if (length == 0 || !is_text(code))
            return refuse(bytes, p, length, path);
        text->number[text->count++] = code;
        p.at += (size_t)length;
        p.place = code == '\n' ? 1 : p.place + (size_t)length;
        p.line += code == '\n';
    }
    return text->count > 0 || error_return("%s: expected text, found an empty file", path);
}

static bool read_all(Bytes *bytes, const char *path)
{
    Source source;
    if (!source_open(&source, path))
        return false;
    bool read = source_read(&source, INT_MAX, bytes);
    source_close(&source);
    if (read && bytes->length == INT_MAX)
        return error_return("%s: more than %d bytes", path, INT_MAX - 1);
    return read;
}

bool text_read(Text *text, const char *path)
{
    NOT_NULL(text, path);
    *text = (Text){0};
    Bytes bytes = {0};
    bool good = read_all(&bytes, path);
    if (good) {
        text->number = calloc(bytes.length + 1, sizeof *text->number);
        if (!text->number)
            error_stop("text_read: out of memory for %zu characters", bytes.length);
        good = decode(text, &bytes, path);
    }
    bytes_free(&bytes);
    if (!good) {
        text_free(text);
        return false;
    }
    text->vocab = vocab_of((size_t)text->count, text->number);
    for (int i = 0; i < text->count; i++)
        text->number[i] = vocab_index(&text->vocab, text->number[i]);
    return true;
}

void text_free(Text *text)
{
    NOT_NULL(text);
    free(text->number);
    vocab_free(&text->vocab);
    *text = (Text){0};
}

/* -- streams ---------------------------------------------------------------------------------- */

Streams streams_new(int count, const int *numbers, int n, int t)
{
    NOT_NULL(numbers);
    if (n < 1 || t < 1)
        error_stop("streams_new: %d streams in pieces of %d: expected 1 or more", n, t);
    if (count <= n)
        error_stop("streams_new: %d numbers for %d streams: expected one more, or more", count, n);
    Streams streams = {.n = n, .number = numbers, .length = (count - 1) / n, .most = t};
    const size_t size = (size_t)n * (size_t)t;
    streams.x = malloc(size * sizeof *streams.x);
    streams.y = malloc(size * sizeof *streams.y);
    if (!streams.x || !streams.y)
        error_stop("streams_new: out of memory for %d streams in pieces of %d", n, t);
    return streams;
}

void streams_free(Streams *streams)
{
    NOT_NULL(streams);
    free(streams->x);
    free(streams->y);
    *streams = (Streams){0};
}

bool streams_next(Streams *streams)
{
    NOT_NULL(streams);
    Streams *s = streams;
    const int left = s->length - s->next;
    s->t = left < s->most ? left : s->most;
    for (int i = 0; i < s->n; i++) {
        const int *from = s->number + (size_t)i * (size_t)s->length + s->next;
        const size_t row = (size_t)i * (size_t)s->t, size = (size_t)s->t * sizeof *from;
        memcpy(s->x + row, from, size);
        memcpy(s->y + row, from + 1, size);
    }
    s->next = s->t > 0 ? s->next + s->t : 0;
    return s->t > 0;
}
