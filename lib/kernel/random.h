/* random.h: a seeded source of random numbers. Same seed, same numbers, on every machine whose
 * libm rounds log and sqrt alike. Not for secrets. */
#ifndef KERNEL_RANDOM_H
#define KERNEL_RANDOM_H

#include <stdint.h>

#include "real.h"

/* xoshiro256++ by David Blackman and Sebastiano Vigna (2019), https://prng.di.unimi.it/. */
typedef struct {
    uint64_t state[4];
    double spare_normal; /* normal numbers come in pairs; the second waits here */
    int has_spare;
} Rng;

/* Starts the sequence of this seed. Any seed is good, 0 included (it is spread by splitmix64). */
void rng_seed(Rng *rng, uint64_t seed);

uint64_t rng_bits(Rng *rng);    /* 64 random bits */
double rng_uniform(Rng *rng);   /* uniform on [0, 1), 53 random bits */
double rng_normal(Rng *rng);    /* normal, mean 0, standard deviation 1 */
int rng_below(Rng *rng, int n); /* uniform on 0 .. n-1, without bias. Error: n < 1 */

/* mask[i] is 0 with probability p (to 2^-32, 0 <= p <= 1), else `kept`. Takes n / 2 times 64 random
 * bits, rounded up. */
void rng_mask(Rng *rng, int n, double p, real kept, real *mask);

/* Elements first .. first + n - 1 of row `row` of a mask that depends on the seed alone: drawn
 * again it is the same, in whatever parts. Nobody needs to keep it. Each element is 0 with
 * probability p, else `kept`. */
void rng_mask_part(uint64_t seed, uint64_t row, int first, int n, double p, real kept, real *mask);

/* order becomes a uniformly random permutation of 0 .. n-1 (Fisher-Yates). */
void rng_permutation(Rng *rng, int n, int *order);

/* An index drawn with probability weights[i] / sum of weights. Weights are non-negative; an index
 * of weight zero is never drawn. Error: the sum is not above 0, or not finite. */
int rng_choice(Rng *rng, int n, const real *weights);

#endif
