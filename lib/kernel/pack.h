/* pack.h: the parts into which a matrix product is cut, and copies of them in the order in which
 * they are used; private to gemm.c and conv.c. Each thread has memory of its own for one of each,
 * valid until it packs the next. */
#ifndef KERNEL_PACK_H
#define KERNEL_PACK_H

#include "kernel/gemm.h"
#include "kernel/simd.h"

/* The largest tile of the product: its sums live in registers. */
#if VECTOR_REGISTERS == 32
enum { TILE_ROWS = 8, TILE_VECTORS = 3 }; /* 8 x 3 sums, 3 vectors of w, 1 element of x */
#else
enum { TILE_ROWS = 6, TILE_VECTORS = 2 }; /* 6 x 2 + 2 + 1 */
#endif

/* The largest parts: of w, BLOCK_DEPTH rows by BLOCK_COLUMNS; of x, BLOCK_ROWS by BLOCK_DEPTH. */
enum {
    LINE = 64 / sizeof(real), /* of the cache */
    TILE_COLUMNS = TILE_VECTORS * LANES,
    BLOCK_TILES = VECTOR_REGISTERS == 32 ? 4 : 8,
    BLOCK_COLUMNS = BLOCK_TILES * TILE_COLUMNS,
    BLOCK_DEPTH = 512,
    BLOCK_ROWS = (1 << 20) / (BLOCK_DEPTH * sizeof(real)), /* 1 MB */
};

static inline int min(int a, int b)
{
    return a < b ? a : b;
}

static inline int max(int a, int b)
{
    return a > b ? a : b;
}

/* a / b, rounded up; a is at least 1 and may be INT_MAX. */
static inline int divide_up(int a, int b)
{
    return 1 + (a - 1) / b;
}

/* The first of as few parts as possible, none larger than `most`, and as equal as can be. */
static inline int first_part(int size, int most)
{
    return divide_up(size, divide_up(size, most));
}

/* The vector that begins in column j, if it fits, and as far to the right as it does otherwise. */
static inline int first_column(int j, int m)
{
    return m < LANES ? 0 : min(j, m - LANES);
}

/* The part of a matrix from its element (i, j) on. */
static inline GemmMatrix from(GemmMatrix x, int i, int j)
{
    return (GemmMatrix){x.x + i * x.row + j * x.column, x.row, x.column};
}

/* Whether the vectors of w, m columns, can be loaded where they lie. */
static inline bool lies_in_vectors(int m, GemmMatrix w)
{
    return w.column == 1 && m >= LANES;
}

/* A block (k, m) of w, one column of vectors after another: row p of that which begins in column j
 * is at pack_w(k, m, w) + packed_column(j, k) + p * LANES. Columns are a line more than k vectors
 * apart, lest they compete for the same places in the cache. If m < LANES the rest is zeros. */
const real *pack_w(int k, int m, GemmMatrix w);

static inline ptrdiff_t packed_column(int j, int k)
{
    return (ptrdiff_t)j * k + j / LANES * LINE;
}

/* The same elements as x (n, k), whose columns lie side by side, with rows that do. n and k are at
 * least LANES. */
GemmMatrix pack_transposed_x(int n, int k, GemmMatrix x);

#endif
