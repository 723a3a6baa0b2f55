#include "data/picture_png.h"

#include "error.h"

#ifdef HAVE_PNG

#include <png.h>
#include <setjmp.h>
#include <stdlib.h>
#include <string.h>

/* What outlives a longjmp() from within libpng stands here, in the frame below. */
typedef struct {
    png_structp png;
    png_infop info;
    const Bytes *bytes;
    size_t place;
    const char *path;
    png_bytep pixels, *rows;
    Picture *picture;
} Decoder;

static void say(png_structp png, png_const_charp message)
{
    const Decoder *decoder = png_get_error_ptr(png);
    error_return("%s: cannot be read as PNG: %s", decoder->path, message);
    longjmp(png_jmpbuf(png), 1);
}

static void say_nothing(png_structp png, png_const_charp message)
{
    (void)png, (void)message;
}

static void give(png_structp png, png_bytep to, size_t length)
{
    Decoder *decoder = png_get_io_ptr(png);
    if (length > decoder->bytes->length - decoder->place)
        png_error(png, "the file ends too early");
    memcpy(to, decoder->bytes->at + decoder->place, length);
    decoder->place += length;
}

/* Reads what stands before the pixels, and has them brought as grey or RGB, with or without alpha,
 * in 8 or 16 bits. */
static void begin(Decoder *decoder)
{
    png_structp png = decoder->png;
    png_set_read_fn(png, decoder, give);
    png_set_user_limits(png, PICTURE_MOST_SIDE, PICTURE_MOST_SIDE);
    png_read_info(png, decoder->info);
    png_set_expand(png);
    png_set_interlace_handling(png);
    png_read_update_info(png, decoder->info);
    decoder->picture->w = (int)png_get_image_width(png, decoder->info);
    decoder->picture->h = (int)png_get_image_height(png, decoder->info);
    if (decoder->picture->h > PICTURE_MOST_PIXELS / decoder->picture->w)
        png_error(png, "too many pixels");
}

static void read_pixels(Decoder *decoder)
{
    size_t h = (size_t)decoder->picture->h;
    size_t row_size = png_get_rowbytes(decoder->png, decoder->info);
    decoder->pixels = malloc(h * row_size);
    decoder->rows = malloc(h * sizeof *decoder->rows);
    if (!decoder->pixels || !decoder->rows)
        png_error(decoder->png, "out of memory");
    for (size_t i = 0; i < h; i++)
        decoder->rows[i] = decoder->pixels + i * row_size;
    png_read_image(decoder->png, decoder->rows);
    png_read_end(decoder->png, NULL);
}

/* Channel c of pixel i, 0 .. 1. */
static real sample(const Decoder *decoder, size_t channels, size_t i, size_t c)
{
    const png_byte *at = decoder->pixels;
    size_t k = i * channels + c;
    if (png_get_bit_depth(decoder->png, decoder->info) == 16)
        return (at[2 * k] << 8 | at[2 * k + 1]) / (real)65535;
    return at[k] / (real)255;
}

/* Over white: value * alpha + 1 - alpha. */
static void convert(Decoder *decoder)
{
    Picture *picture = decoder->picture;
    size_t channels = png_get_channels(decoder->png, decoder->info);
    size_t pixels = (size_t)picture->h * (size_t)picture->w, colours = channels < 3 ? 1 : 3;
    picture->channels = (int)colours;
    picture->x = malloc(colours * pixels * sizeof *picture->x);
    if (!picture->x)
        png_error(decoder->png, "out of memory");
    for (size_t c = 0; c < colours; c++)
        for (size_t i = 0; i < pixels; i++) {
            real value = sample(decoder, channels, i, c);
            if (channels > colours) {
                real alpha = sample(decoder, channels, i, colours);
                value = value * alpha + (1 - alpha);
            }
            picture->x[c * pixels + i] = value;
        }
}

static bool decode(Decoder *decoder)
{
    if (setjmp(png_jmpbuf(decoder->png)))
        return false;
    begin(decoder);
    read_pixels(decoder);
    convert(decoder);
    return true;
}

bool picture_read_png(Picture *picture, const Bytes *bytes, const char *path)
{
    NOT_NULL(picture, bytes, path);
    Decoder decoder = {.bytes = bytes, .path = path, .picture = picture};
    decoder.png = png_create_read_struct(PNG_LIBPNG_VER_STRING, &decoder, say, say_nothing);
    decoder.info = decoder.png ? png_create_info_struct(decoder.png) : NULL;
    bool good = decoder.info ? decode(&decoder) : error_return("%s: libpng does not start", path);
    png_destroy_read_struct(&decoder.png, &decoder.info, NULL);
    free(decoder.pixels);
    free(decoder.rows);
    return good;
}

#else

bool picture_read_png(Picture *picture, const Bytes *bytes, const char *path)
{
    NOT_NULL(picture, bytes, path);
    return error_return("%s is in PNG: this program was built without libpng; turn it into PGM or "
                        "PPM first",
                        path);
}

#endif
