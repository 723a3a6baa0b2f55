#include "kernel/random.h"

#include "error.h"

static uint64_t rotate_left(uint64_t x, int bits)
{
    return x << bits | x >> (64 - bits);
}

/* Sebastiano Vigna's splitmix64: neighbouring seeds give states that have nothing in common, and
 * never the all-zero state, in which xoshiro would stay for ever. */
static uint64_t splitmix64(uint64_t *x)
{
    uint64_t z = *x += 0x9e3779b97f4a7c15;
    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
    z = (z ^ z >> 27) * 0x94d049bb133111eb;
    return z ^ z >> 31;
}

void rng_seed(Rng *rng, uint64_t seed)
{
    *rng = (Rng){0};
    for (int i = 0; i < 4; i++)
        rng->state[i] = splitmix64(&seed);
}

uint64_t rng_bits(Rng *rng)
{
    uint64_t *s = rng->state;
    uint64_t result = rotate_left(s[0] + s[3], 23) + s[0];
    uint64_t t = s[1] << 17;
    s[2] ^= s[0];
    s[3] ^= s[1];
    s[1] ^= s[2];
    s[0] ^= s[3];
    s[2] ^= t;
    s[3] = rotate_left(s[3], 45);
    return result;
}

double rng_uniform(Rng *rng)
{
    return (double)(rng_bits(rng) >> 11) * 0x1p-53;
}

/* Marsaglia's polar method: a point drawn uniformly from the unit disc has a uniformly distributed
 * r^2 = u^2 + v^2, independent of its direction, so sqrt(-2 ln r^2) is the length of a pair of
 * independent normal numbers (Box and Muller), and (u, v) / r their direction. */
double rng_normal(Rng *rng)
{
    if (rng->has_spare) {
        rng->has_spare = 0;
        return rng->spare_normal;
    }
    double u, v, r2;
    do {
        u = 2 * rng_uniform(rng) - 1;
        v = 2 * rng_uniform(rng) - 1;
        r2 = u * u + v * v;
    } while (r2 >= 1 || r2 == 0);
    double scale = sqrt(-2 * log(r2) / r2);
    rng->spare_normal = v * scale;
    rng->has_spare = 1;
    return u * scale;
}

/* Each half of 64 bits decides on an element. A table has no branch, which no processor could
 * foresee; the copy of the state stays in registers. */
void rng_mask(Rng *rng, int n, double p, real kept, real *mask)
{
    const real value[2] = {kept, 0};
    const uint64_t dropped = (uint64_t)(p * 0x1p32 + 0.5); /* of the 2^32 values of a half */
    Rng state = *rng;
    uint64_t bits = 0;
    for (int i = 0; i < n; i++) {
        bits = i % 2 ? bits >> 32 : rng_bits(&state);
        mask[i] = value[(uint32_t)bits < dropped];
    }
    *rng = state;
}

/* A number for each place instead of a sequence of them: place and row, which splitmix64 has spread
 * over 64 bits, are hashed. The hash (Chris Wellons's lowbias32, with half of the row put in on the
 * way) takes only what vectors of 32 bits can. */
void rng_mask_part(uint64_t seed, uint64_t row, int first, int n, double p, real kept, real *mask)
{
    const uint64_t key = splitmix64(&(uint64_t){seed + row * 0x9e3779b97f4a7c15});
    const uint32_t start = (uint32_t)key + (uint32_t)first, salt = (uint32_t)(key >> 32);
    const uint32_t dropped = p < 1 ? (uint32_t)(p * 0x1p32) : 0; /* of the 2^32 values */
    const real lost = 0, left = p < 1 ? kept : lost;
    for (int i = 0; i < n; i++) {
        uint32_t x = start + (uint32_t)i;
        x = (x ^ x >> 16) * 0x7feb352d + salt;
        x = (x ^ x >> 15) * 0x846ca68b;
        x ^= x >> 16;
        mask[i] = x < dropped ? lost : left;
    }
}

/* Daniel Lemire's method: 32 random bits times n, whose upper half is 0 .. n-1. Of the 2^32
 * products some results get one more than others; drawing again when the lower half is below 2^32
 * mod n leaves the same number to each. */
int rng_below(Rng *rng, int n)
{
    if (n < 1)
        error_stop("rng_below: n is %d: expected 1 or more", n);
    uint32_t size = (uint32_t)n;
    uint32_t surplus = -size % size; /* 2^32 mod n */
    uint64_t product;
    do
        product = (rng_bits(rng) >> 32) * size;
    while ((uint32_t)product < surplus);
    return (int)(product >> 32);
}

void rng_permutation(Rng *rng, int n, int *order)
{
    for (int i = 0; i < n; i++) {
        int j = rng_below(rng, i + 1);
        order[i] = order[j];
        order[j] = i;
    }
}

int rng_choice(Rng *rng, int n, const real *weights)
{
    double total = 0;
    for (int i = 0; i < n; i++)
        total += (double)weights[i];
    if (!(total > 0 && isfinite(total)))
        error_stop(
            "rng_choice: %d weights whose sum is %g: expected one that is above 0, and finite", n,
            total);

    double left = rng_uniform(rng) * total;
    int last = 0;
    for (int i = 0; i < n; i++) {
        if (!(weights[i] > 0))
            continue;
        last = i;
        left -= (double)weights[i];
        if (left < 0)
            break;
    }
    return last; /* the last possible one, should rounding have left a rest */
}
