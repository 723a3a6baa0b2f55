/* canvas.h: what the two data sets that are drawn, digits.h and shapes.h, have in common.
 *
 * Nothing here or in them calls libm but for what is exact (sqrt, floor, fmax, ...): sin, cos and
 * log differ in the last bit from one libm to another, and the same seed is to give the same images
 * everywhere. For the same reason no statement makes two draws: the order in which a compiler takes
 * the arguments of a call is its own. */
#ifndef DATA_CANVAS_H
#define DATA_CANVAS_H

#include "kernel/random.h"

/* To the right and down, in pixels: the pixel in row i, column j has its middle at (j, i). */
typedef struct {
    double x, y;
} Point;

/* Uniform on [low, high). */
double canvas_between(Rng *rng, double low, double high);

/* x = clean + noise of this standard deviation, for n numbers. The noise is bell-shaped but for its
 * ends: it stays within 2 sqrt(3) standard deviations. */
void canvas_noise(Rng *rng, int n, double deviation, const double *clean, real *x);

/* How much of a pixel is covered if its middle lies this far, in pixels, inside of an edge (below
 * 0: outside): 0 to 1. It is what makes edges smooth. */
double canvas_cover(double inside);

/* (cos, sin) of an angle in radians, to about 1e-15. */
Point canvas_direction(double angle);

/* p turned by the angle of this direction, from x to y. Inline: in a function of its own gcc 12.2
 * fuses these products and sums, whatever -ffp-contract=off says, and then rounds otherwise. */
static inline Point canvas_turn(Point p, Point direction)
{
    return (Point){direction.x * p.x - direction.y * p.y, direction.y * p.x + direction.x * p.y};
}

/* Stops the program unless x, a setting of this name, is 0 to most: "digits_draw: hard 3: expected
 * 0 to 2". */
void canvas_expect(const char *who, const char *name, double x, double most);

#endif
