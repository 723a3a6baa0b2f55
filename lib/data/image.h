/* image.h: what can be done with an image. Rows go down and columns to the right; what lies beyond
 * the edges is 0. Named and defined as in torchvision, for tensors. */
#ifndef DATA_IMAGE_H
#define DATA_IMAGE_H

#include <stdbool.h>

#include "real.h"

typedef struct {
    int channels, height, width; /* 1 or more */
} ImageSize;

typedef struct {
    ImageSize size;
    real *x; /* (channels, height, width); an `in` is only read */
} Image;

/* Numbers in an image. Error: a size below 1, or more numbers than an int can count. */
int image_numbers(ImageSize size);

bool image_same_size(ImageSize a, ImageSize b);

/* In all of these `in` and `out` do not overlap and have as many channels. The size of `out`
 * decides how much is written. Error: a size that does not fit. */

/* (height, width, channels) bytes, as a picture's file has them, become 0 to 1: ToTensor. */
void image_from_bytes(const unsigned char *bytes, Image out);

/* Element (i, j) of `out` is (i + top, j + left) of `in`: with top or left above 0 it cuts off,
 * below 0 it pads or shifts. */
void image_window(Image in, int top, int left, Image out);

/* Left and right change places. The sizes are the same. */
void image_flip(Image in, Image out);

/* The whole of `in` at another size, each pixel taken as a square: bilinear, between the four
 * nearest pixels (F.interpolate, align_corners=False, no antialiasing); or the nearest. */
void image_resize(Image in, bool bilinear, Image out);

/* Turned about the middle, counter-clockwise, bilinear. The sizes are the same. The same
 * everywhere, to the bit. */
void image_rotate(Image in, double degrees, Image out);

#endif
