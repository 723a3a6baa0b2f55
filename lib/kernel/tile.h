/* tile.h: a tile of a matrix product, as many sums as fit the registers. The kernels of gemm.c,
 * which alone includes this file: they are faster where the compiler sees who calls them. */
#ifndef KERNEL_TILE_H
#define KERNEL_TILE_H

#include "kernel/gemm.h"
#include "kernel/pack.h"
#include "kernel/simd.h"

/* A tile of y = x w. Its v-th vector begins in column column[v] of y, and with w[v] + p * w_row in
 * row p of w. If it is one vector, its first `done` columns have been written before. */
typedef struct {
    int k, vectors;
    GemmMatrix x;
    const real *w[TILE_VECTORS];
    ptrdiff_t w_row;
    real *y;
    ptrdiff_t y_row, column[TILE_VECTORS];
    const real *bias;
    bool add, relu;
    int done;
} Tile;

typedef void TileKernel(const Tile *t);

typedef Vector Sums[TILE_ROWS][TILE_VECTORS];

/* All sums over p, from the beginning of the tile. */
ALWAYS_INLINE void sum_products(int rows, int vectors, const Tile *t, Sums sum)
{
    const ptrdiff_t x_row = t->x.row, x_column = t->x.column, w_row = t->w_row;
    const real *x = t->x.x, *lower_x = rows > 4 ? x + 4 * x_row : x, *w[TILE_VECTORS];
    UNROLLED_FOR (v, vectors)
        w[v] = t->w[v];
    UNROLLED_FOR (r, rows)
        UNROLLED_FOR (v, vectors)
            sum[r][v] = all(0);

    const int k = t->k;
    UNROLLED_TWICE_FOR (p, k) {
        Vector row[TILE_VECTORS];
        UNROLLED_FOR (v, vectors)
            row[v] = load(w[v] + p * w_row);
        UNROLLED_FOR (r, rows) {
            Vector factor = all(r < 4 ? x[r * x_row] : lower_x[(r - 4) * x_row]);
            UNROLLED_FOR (v, vectors)
                sum[r][v] = multiply_add(factor, row[v], sum[r][v]);
        }
        x += x_column;
        lower_x += x_column;
    }
}

/* All of y is read before any of it is written, for the last two vectors of a row may overlap. A
 * single vector may overlap that of another tile, whose columns have been written already. */
ALWAYS_INLINE void finish_tile(int rows, int vectors, const Tile *tile, Sums sum)
{
    const Tile t = *tile;
    if (t.add)
        UNROLLED_FOR (r, rows)
            UNROLLED_FOR (v, vectors)
                sum[r][v] += load(t.y + t.column[v] + r * t.y_row);
    if (t.bias)
        UNROLLED_FOR (v, vectors) {
            Vector bias = load(t.bias + t.column[v]);
            UNROLLED_FOR (r, rows)
                sum[r][v] += bias;
        }
    if (t.relu)
        UNROLLED_FOR (r, rows)
            UNROLLED_FOR (v, vectors)
                sum[r][v] = choose(sum[r][v] <= 0, all(0), sum[r][v]);
    if (vectors == 1)
        UNROLLED_FOR (r, rows)
            sum[r][0] =
                choose(lane_numbers() < t.done, load(t.y + t.column[0] + r * t.y_row), sum[r][0]);
    UNROLLED_FOR (r, rows)
        UNROLLED_FOR (v, vectors)
            store(t.y + t.column[v] + r * t.y_row, sum[r][v]);
}

/* Each kernel below is this function with constants for rows and vectors, so that the compiler
 * unrolls the loops over them and keeps every sum in a register of its own. */
ALWAYS_INLINE void make_tile(int rows, int vectors, const Tile *t)
{
    Sums sum;
    sum_products(rows, vectors, t, sum);
    finish_tile(rows, vectors, t, sum);
}

#define KERNEL(rows, vectors)                            \
    static void kernel_##rows##x##vectors(const Tile *t) \
    {                                                    \
        make_tile(rows, vectors, t);                     \
    }

#if VECTOR_REGISTERS == 32
#define KERNELS(rows) KERNEL(rows, 1) KERNEL(rows, 2) KERNEL(rows, 3)
#define KERNEL_NAMES(rows)                                      \
    {                                                           \
        kernel_##rows##x1, kernel_##rows##x2, kernel_##rows##x3 \
    }
#else
#define KERNELS(rows) KERNEL(rows, 1) KERNEL(rows, 2)
#define KERNEL_NAMES(rows)                   \
    {                                        \
        kernel_##rows##x1, kernel_##rows##x2 \
    }
#endif

KERNELS(1)
KERNELS(2)
KERNELS(3)
KERNELS(4)
KERNELS(5)
KERNELS(6)
#if VECTOR_REGISTERS == 32
KERNELS(7)
KERNELS(8)
#endif

/* tile_kernels[rows - 1][vectors - 1] makes a tile of that size. */
static TileKernel *const tile_kernels[TILE_ROWS][TILE_VECTORS] = {
    KERNEL_NAMES(1), KERNEL_NAMES(2), KERNEL_NAMES(3),
    KERNEL_NAMES(4), KERNEL_NAMES(5), KERNEL_NAMES(6),
#if VECTOR_REGISTERS == 32
    KERNEL_NAMES(7), KERNEL_NAMES(8),
#endif
};

/* The same where y is narrower than a vector: m columns, for which w is padded by zeros. The tile
 * is made aside, and what is of it copied. */
static void tile_make_narrow(int rows, int m, Tile t)
{
    real aside[TILE_ROWS][LANES] = {{0}}, bias[LANES] = {0}, *y = t.y;
    const ptrdiff_t y_row = t.y_row;
    for (int r = 0; t.add && r < rows; r++)
        for (int j = 0; j < m; j++)
            aside[r][j] = y[r * y_row + j];
    for (int j = 0; t.bias && j < m; j++)
        bias[j] = t.bias[j];
    t.y = aside[0];
    t.y_row = LANES;
    t.bias = t.bias ? bias : NULL; /* to add zeros would make a +0 of a -0 */
    tile_kernels[rows - 1][0](&t);
    for (int r = 0; r < rows; r++)
        for (int j = 0; j < m; j++)
            y[r * y_row + j] = aside[r][j];
}

#endif
