/* 17_transfer_maps.h: what is done to an image before a network sees it, as maps: of each number of
 * the image it says where it goes, and with what weight. What the exercises ask for backwards, here
 * forwards; and any of the maps as a matrix. */
#ifndef CHAPTER_17_TRANSFER_MAPS_H
#define CHAPTER_17_TRANSFER_MAPS_H

#include <stdbool.h>
#include <string.h>

#include "exercises/17_transfer.h"
#include "kernel/vector.h"

enum { C = 2, H = 4, W = 5, NUMBERS = C * H * W }; /* of a small image */

static inline bool same_bytes(int n, const real a[n], const real b[n])
{
    return memcmp(a, b, (size_t)n * sizeof *a) == 0;
}

/* p, or the nearest pixel of 0 .. size-1. */
static inline int inside(int p, int size)
{
    return p < 0 ? 0 : p < size ? p : size - 1;
}

/* Y[l][y][x] = X[l][inside(y - down)][inside(x - right)] */
static inline void shift(int c, int h, int w, int down, int right, const real X[c][h][w],
                         real Y[c][h][w])
{
    for (int l = 0; l < c; l++)
        for (int y = 0; y < h; y++)
            for (int x = 0; x < w; x++)
                Y[l][y][x] = X[l][inside(y - down, h)][inside(x - right, w)];
}

/* -- small images through them ----------------------------------------------------------------- */

typedef void Map(const real X[NUMBERS], real Y[NUMBERS]);

static inline void flip_small(const real X[NUMBERS], real Y[NUMBERS])
{
    const int flipped[1] = {1};
    flip(1, C, H, W, flipped, (const void *)X, (void *)Y);
}

static inline void shift_small(const real X[NUMBERS], real Y[NUMBERS])
{
    shift(C, H, W, 1, -2, (const void *)X, (void *)Y);
}

static inline void shift_small_backward(const real dY[NUMBERS], real dX[NUMBERS])
{
    const int down[1] = {1}, right[1] = {-2};
    shift_backward(1, C, H, W, down, right, (const void *)dY, (void *)dX);
}

static inline void rotate_small(const real X[NUMBERS], real Y[NUMBERS])
{
    rotate(C, H, W, (real)0.8, (real)0.6, (const void *)X, (void *)Y);
}

static inline void rotate_small_backward(const real dY[NUMBERS], real dX[NUMBERS])
{
    rotate_backward(C, H, W, (real)0.8, (real)0.6, (const void *)dY, (void *)dX);
}

/* Row a of A is what becomes of a 1 at place a: Y = X A, for rows X and Y of all the numbers. */
static inline void matrix_of(Map *map, real A[NUMBERS][NUMBERS])
{
    real X[NUMBERS];
    for (int a = 0; a < NUMBERS; a++) {
        vector_fill(NUMBERS, 0, X);
        X[a] = 1;
        map(X, A[a]);
    }
}

#endif
