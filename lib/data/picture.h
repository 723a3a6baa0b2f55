/* picture.h: a picture of one's own, and the digit that a network is to see in it. */
#ifndef DATA_PICTURE_H
#define DATA_PICTURE_H

#include <stdbool.h>

#include "real.h"

typedef struct {
    int channels, h, w; /* 1: grey; 3: red, green, blue */
    real *x; /* (channels, h, w), 0 (dark) .. 1 (light), as the file has them: no gamma */
} Picture;

enum { PICTURE_MOST_SIDE = 16384, PICTURE_MOST_PIXELS = 1 << 26 };

/* Reads a PGM or PPM file (P2, P3, P5, P6; up to 16 bits; comments), or, where this program was
 * built with libpng, a PNG file of any kind; what is transparent in it shows white. The first of
 * several pictures in a file. False with error_text() set, naming the file and what was expected;
 * picture is then empty. */
bool picture_read(Picture *picture, const char *path);

void picture_free(Picture *picture);

/* What a network that has learned from MNIST's images takes for a digit, made as they were made:
 *     - grey is 0.299 red + 0.587 green + 0.114 blue,
 *     - the ground, the median along the border, becomes 0 and what differs most from it 1, whether
 * it is darker (a ground above 1/2) or lighter; what is fainter than 1/5 is ground, too,
 *     - the ink is cut out, and its longer side scaled to 20 pixels, averaging over areas; the
 *       strongest is then 1 again, however thin the pen was,
 *     - its centre of mass comes to the middle of 28 x 28 pixels, to the nearest pixel that leaves
 *       all of it inside.
 * One digit, written darker or lighter than an evenly lit ground. False with error_text() set if
 * nothing stands out from the ground by at least 1/10. */
bool picture_to_digit(const Picture *picture, real digit[28 * 28]);

/* The digit in a picture file: the two above, and every message names the file. */
bool picture_read_digit(const char *path, real digit[28 * 28]);

#endif
