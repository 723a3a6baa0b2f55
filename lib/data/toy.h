/* toy.h: small data sets, made from a seed, whose answers are known. */
#ifndef DATA_TOY_H
#define DATA_TOY_H

#include <stdint.h>

#include "data/dataset.h"

/* A line with noise: y = slope x + intercept + noise N(0, 1), x uniform on [-1, 1). Sizes 1 and 1.
 */
Dataset toy_line(uint64_t seed, int n, double slope, double intercept, double noise);

/* Two half circles of radius 1 that hold on to each other, in the plane; classes 0 and 1 in turn.
 *     class 0: (cos t, sin t),   class 1: (1 - cos t, 1/2 - sin t),   t uniform on [0, pi)
 * and noise times N(0, 1) is added to both coordinates. The shapes are scikit-learn's make_moons.
 * Sizes 2 and 1. */
Dataset toy_moons(uint64_t seed, int n, double noise);

/* The four corners of the unit square, (0, 0) (0, 1) (1, 0) (1, 1), and whether their coordinates
 * differ: 0, 1, 1, 0. Sizes 2 and 1. */
Dataset toy_xor(void);

#endif
