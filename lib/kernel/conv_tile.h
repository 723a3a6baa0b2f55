/* conv_tile.h: tiles of a convolution and of the gradient of its weights, as many sums as fit the
 * registers, like those of a matrix product (tile.h). But the numbers that are loaded do not lie at
 * equal distances: a table says where. Private to conv.c and conv_weight.c. */
#ifndef KERNEL_CONV_TILE_H
#define KERNEL_CONV_TILE_H

#include <stdbool.h>

#include "kernel/pack.h"
#include "kernel/simd.h"

typedef Vector ConvSums[TILE_ROWS][TILE_VECTORS];

/* sum[r][v] = sum_p w[r * w_row + p] x[v][offset[p]]: rows are channels, vectors neighbouring
 * targets, and p runs over the taps. */
ALWAYS_INLINE void sum_over_taps(int rows, int vectors, int k, const real *w, ptrdiff_t w_row,
                                 const real *const x[], const int *offset, ConvSums sum)
{
    const real *lower_w = rows > 4 ? w + 4 * w_row : w, *from[TILE_VECTORS];
    UNROLLED_FOR (v, vectors)
        from[v] = x[v];
    UNROLLED_FOR (r, rows)
        UNROLLED_FOR (v, vectors)
            sum[r][v] = all(0);
    UNROLLED_TWICE_FOR (p, k) {
        const ptrdiff_t at = offset[p];
        Vector row[TILE_VECTORS];
        UNROLLED_FOR (v, vectors)
            row[v] = load(from[v] + at);
        UNROLLED_FOR (r, rows) {
            Vector factor = all(r < 4 ? w[r * w_row] : lower_w[(r - 4) * w_row]);
            UNROLLED_FOR (v, vectors)
                sum[r][v] = multiply_add(factor, row[v], sum[r][v]);
        }
        w++;
        lower_w++;
    }
}

/* sum[r][v] = sum_p x[r][place[p]] w[v][p * LANES]: rows are taps, vectors neighbouring channels,
 * and p runs over the targets. */
ALWAYS_INLINE void sum_over_targets(int rows, int vectors, int k, const real *const x[],
                                    const int *place, const real *const w[], ConvSums sum)
{
    const real *from[TILE_ROWS], *row_of[TILE_VECTORS];
    UNROLLED_FOR (r, rows)
        from[r] = x[r];
    UNROLLED_FOR (v, vectors)
        row_of[v] = w[v];
    UNROLLED_FOR (r, rows)
        UNROLLED_FOR (v, vectors)
            sum[r][v] = all(0);
    for (ptrdiff_t p = 0; p < k; p++) {
        const ptrdiff_t at = place[p];
        Vector row[TILE_VECTORS];
        UNROLLED_FOR (v, vectors)
            row[v] = load(row_of[v] + p * LANES);
        UNROLLED_FOR (r, rows) {
            Vector factor = all(from[r][at]);
            UNROLLED_FOR (v, vectors)
                sum[r][v] = multiply_add(factor, row[v], sum[r][v]);
        }
    }
}

/* A tile of a convolution: sum_over_taps(), and where the sums go. Of the v-th vector the first
 * lanes[v] go to y[v], y_step apart; of the next row, to what is y_channel further on. What becomes
 * of y is what ConvResult says. */
typedef struct {
    int k;
    const real *w;
    ptrdiff_t w_row;
    const real *x[TILE_VECTORS];
    const int *offset;
    real *y[TILE_VECTORS];
    ptrdiff_t y_channel, y_step;
    int lanes[TILE_VECTORS];
    const real *bias; /* of each row */
    bool add, relu;
} ConvTile;

void conv_make_tile(int rows, int vectors, const ConvTile *t);

/* KERNELS(kind, type) makes a function kind_RxV for every size of a tile, R rows by V vectors,
 * which calls kind with constants for both, so that the compiler unrolls the loops over them and
 * keeps every sum in a register of its own; and a table of them, in which KERNEL_OF finds one. */
#define KERNEL_OF(rows, vectors) (((rows)-1) * TILE_VECTORS + (vectors)-1)

#define KERNEL(kind, type, rows, vectors)                \
    static void kind##_##rows##x##vectors(const type *t) \
    {                                                    \
        kind(rows, vectors, t);                          \
    }
#if VECTOR_REGISTERS == 32
#define KERNEL_ROW(kind, type, rows) \
    KERNEL(kind, type, rows, 1) KERNEL(kind, type, rows, 2) KERNEL(kind, type, rows, 3)
#define NAMES(kind, rows) kind##_##rows##x1, kind##_##rows##x2, kind##_##rows##x3
#define LAST_ROWS(kind, type) KERNEL_ROW(kind, type, 7) KERNEL_ROW(kind, type, 8)
#define LAST_NAMES(kind) NAMES(kind, 6), NAMES(kind, 7), NAMES(kind, 8)
#else
#define KERNEL_ROW(kind, type, rows) KERNEL(kind, type, rows, 1) KERNEL(kind, type, rows, 2)
#define NAMES(kind, rows) kind##_##rows##x1, kind##_##rows##x2
#define LAST_ROWS(kind, type)
#define LAST_NAMES(kind) NAMES(kind, 6)
#endif

#define KERNELS(kind, type)                                                          \
    KERNEL_ROW(kind, type, 1)                                                        \
    KERNEL_ROW(kind, type, 2)                                                        \
    KERNEL_ROW(kind, type, 3)                                                        \
    KERNEL_ROW(kind, type, 4)                                                        \
    KERNEL_ROW(kind, type, 5)                                                        \
    KERNEL_ROW(kind, type, 6)                                                        \
    LAST_ROWS(kind, type)                                                            \
    static void (*const kind##_kernels[TILE_ROWS * TILE_VECTORS])(const type *t) = { \
        NAMES(kind, 1), NAMES(kind, 2), NAMES(kind, 3),                              \
        NAMES(kind, 4), NAMES(kind, 5), LAST_NAMES(kind)};

#endif
