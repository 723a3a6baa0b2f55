/* shapes.h: ten coloured shapes, drawn: disc, ring, triangle, square, star, cross, heart, moon,
 * flower, drop. */
#ifndef DATA_SHAPES_H
#define DATA_SHAPES_H

#include <stdint.h>

#include "data/dataset.h"

enum {
    SHAPE_CLASSES = 10,
    SHAPE_SIDE = 32,
    SHAPE_NUMBERS = 3 * SHAPE_SIDE * SHAPE_SIDE /* of an image */
};

typedef struct {
    double hard;  /* scales how one image differs from another, 0 to 1: the depth of the patterns,
                     place and size, the discs in front. A small network learns 0.4, hardly 1 */
    double turn;  /* a shape is turned by up to this angle to either side, in radians, 0 to 3.15 */
    double noise; /* standard deviation of what is added to each number, 0 or more */
    int first;    /* the first shape that is drawn, 0 to 9, */
    int classes;  /* and how many from there on; 0: all */
} ShapeOptions;

/* n images, channels first, (3, 32, 32): red, green and blue from 0 to 1, and noise. Their targets
 * are 0 to classes - 1 in turn, which are the shapes `first`, first + 1, ... A shape is lighter
 * than its ground or darker, both have patterns of two colours. The lessons use {.hard = 0.4, .turn
 * = 0.5, .noise = 0.03}, and (x - 0.45) / 0.25. The same seed gives the same images, to the bit on
 * every machine, and a larger n more of them. Error: n below 0; an option beyond what it says
 * above. */
Dataset shapes_draw(uint64_t seed, int n, ShapeOptions options);

/* "disc" to "drop". Error: not 0 to 9. */
const char *shape_name(int shape);

#endif
