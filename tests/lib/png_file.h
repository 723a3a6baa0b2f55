/* png_file.h: PNG files as a test needs them, written without libpng. */
#ifndef TESTS_PNG_FILE_H
#define TESTS_PNG_FILE_H

#include <stdbool.h>
#include <stddef.h>

typedef struct {
    unsigned char bytes[2048];
    size_t size;
} PngFile;

enum {
    PNG_IS_GREY = 0,
    PNG_IS_RGB = 2,
    PNG_HAS_PALETTE = 3,
    PNG_IS_GREY_ALPHA = 4,
    PNG_IS_RGBA = 6
};

/* The signature and the header. */
PngFile png_begin(int w, int h, int depth, int colours, bool interlaced);

/* A chunk, such as "PLTE". */
void png_chunk(PngFile *png, const char *type, const void *data, size_t length);

/* The pixels, each row behind a byte for its filter, and the end. */
void png_end(PngFile *png, const void *rows, size_t length);

#endif
