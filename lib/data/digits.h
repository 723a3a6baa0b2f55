/* digits.h: handwritten digits, drawn from strokes in another hand each time. */
#ifndef DATA_DIGITS_H
#define DATA_DIGITS_H

#include <stdint.h>

#include "data/dataset.h"

enum { DIGIT_SIDE = 28, DIGIT_PIXELS = DIGIT_SIDE * DIGIT_SIDE };

typedef struct {
    double hard; /* scales all that one hand does otherwise than another, 0 to 2: slant, turn, size,
                    place, wobble, thickness, ink. 0: each digit looks the same every time */
    double noise; /* standard deviation of what is added to each pixel, 0 or more */
} DigitOptions;

/* n images of 28 x 28 numbers, row by row, 0 (ground) to 1 (ink), and noise; their targets are the
 * digits, 0 to 9 in turn. The lessons use {.hard = 1, .noise = 0.2}. The same seed gives the same
 * images, to the bit on every machine, and a larger n more of them. Error: n below 0; an option
 * beyond what it says above. */
Dataset digits_draw(uint64_t seed, int n, DigitOptions options);

#endif
