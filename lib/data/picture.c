#include "data/picture.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "data/bytes.h"
#include "data/picture_png.h"
#include "error.h"

enum { MOST_BYTES = 1 << 30 };

/* A PGM or PPM file: P and a digit; width, height and the greatest number, as text; then a number
 * for each channel of each pixel, as text (P2, P3) or in 1 or 2 bytes, big-endian (P5, P6). */
typedef struct {
    const unsigned char *at, *end;
    bool text;
    unsigned greatest;
    const char *path;
} Reader;

static void skip_blanks_and_comments(Reader *reader)
{
    while (reader->at < reader->end && (isspace(*reader->at) || *reader->at == '#'))
        if (*reader->at++ == '#')
            while (reader->at < reader->end && *reader->at != '\n' && *reader->at != '\r')
                reader->at++;
}

/* A number of at most 6 digits; -1 if there is none. */
static long read_text(Reader *reader)
{
    long number = -1;
    skip_blanks_and_comments(reader);
    for (int digits = 0; reader->at < reader->end && isdigit(*reader->at); digits++) {
        if (digits == 6)
            return -1;
        number = 10 * (number < 0 ? 0 : number) + *reader->at++ - '0';
    }
    return number;
}

/* The next number of a pixel; -1 if there is none. */
static long read_number(Reader *reader)
{
    if (reader->text)
        return read_text(reader);
    int bytes = reader->greatest > 255 ? 2 : 1;
    if (reader->end - reader->at < bytes)
        return -1;
    long number = *reader->at++;
    return bytes == 1 ? number : number << 8 | *reader->at++;
}

static bool read_setting(Reader *reader, const char *what, int most, int *value)
{
    long number = read_text(reader);
    *value = (int)number;
    return (number >= 1 && number <= most) ||
           error_return("%s: expected its %s, a number from 1 to %d", reader->path, what, most);
}

static bool read_header(Reader *reader, Picture *picture)
{
    int greatest, kind = reader->at[1] - '0';
    reader->at += 2;
    reader->text = kind < 4;
    picture->channels = kind == 3 || kind == 6 ? 3 : 1;
    if (!read_setting(reader, "width", PICTURE_MOST_SIDE, &picture->w) ||
        !read_setting(reader, "height", PICTURE_MOST_SIDE, &picture->h) ||
        !read_setting(reader, "greatest value", 65535, &greatest))
        return false;
    if (picture->h > PICTURE_MOST_PIXELS / picture->w)
        return error_return("%s: is %d x %d pixels: expected at most %d of them", reader->path,
                            picture->w, picture->h, PICTURE_MOST_PIXELS);
    reader->greatest = (unsigned)greatest;
    reader->at += reader->at < reader->end; /* a single blank comes before bytes */
    return true;
}

static bool read_netpbm(Picture *picture, const Bytes *bytes, const char *path)
{
    Reader reader = {.at = bytes->at, .end = bytes->at + bytes->length, .path = path};
    if (!read_header(&reader, picture))
        return false;
    size_t channels = (size_t)picture->channels, pixels = (size_t)picture->h * (size_t)picture->w;
    size_t numbers = pixels * channels;
    if ((size_t)(reader.end - reader.at) < numbers) /* none is less than a byte */
        return error_return("%s: ends before the %zu numbers of its pixels", path, numbers);
    picture->x = malloc(numbers * sizeof *picture->x);
    if (!picture->x)
        return error_return("%s: out of memory for %zu numbers", path, numbers);
    for (size_t i = 0; i < numbers; i++) {
        long number = read_number(&reader);
        if (number < 0 && reader.end - reader.at <= !reader.text)
            return error_return("%s: ends before the %zu numbers of its pixels", path, numbers);
        if (number < 0 || number > (long)reader.greatest)
            return error_return("%s: number %zu of %zu: expected 0 to %u", path, i + 1, numbers,
                                reader.greatest);
        picture->x[i % channels * pixels + i / channels] = (real)number / (real)reader.greatest;
    }
    return true;
}

static bool is_netpbm(const Bytes *bytes)
{
    return bytes->length > 2 && bytes->at[0] == 'P' && bytes->at[1] &&
           strchr("2356", bytes->at[1]) && (isspace(bytes->at[2]) || bytes->at[2] == '#');
}

static bool read_any(Picture *picture, const Bytes *bytes, const char *path)
{
    if (is_netpbm(bytes))
        return read_netpbm(picture, bytes, path);
    if (bytes->length >= 8 && memcmp(bytes->at, "\x89PNG\r\n\x1A\n", 8) == 0)
        return picture_read_png(picture, bytes, path);
    return error_return("%s: expected a picture in PGM, PPM (P2, P3, P5 or P6) or PNG", path);
}

bool picture_read(Picture *picture, const char *path)
{
    NOT_NULL(picture, path);
    *picture = (Picture){.channels = 0};
    Source source;
    Bytes bytes = {0};
    bool good = source_open(&source, path) && source_read(&source, MOST_BYTES, &bytes) &&
                read_any(picture, &bytes, source.path);
    source_close(&source);
    bytes_free(&bytes);
    if (!good)
        picture_free(picture);
    return good;
}

void picture_free(Picture *picture)
{
    NOT_NULL(picture);
    free(picture->x);
    *picture = (Picture){.channels = 0};
}

bool picture_read_digit(const char *path, real digit[28 * 28])
{
    NOT_NULL(path, digit);
    Picture picture;
    if (!picture_read(&picture, path))
        return false;
    bool good = picture_to_digit(&picture, digit) || error_return("%s: %s", path, error_text());
    picture_free(&picture);
    return good;
}
