/* The matrix product y = x w, close to the fastest that the machine can multiply and add.
 *
 * A core has two units that each take a vector of x, one of w and one of y, and compute x w + y in
 * every cycle. The textbook's triple loop leaves them idle: for each product it loads two numbers,
 * and loading is slower than multiplying. The remedy is to use each number that was loaded many
 * times before it is given up again, at every level of the memory:
 *
 *   registers   A tile of y, 8 rows by 3 vectors, is summed entirely in registers. For every p,
 *               3 vectors of row p of w and 8 elements of column p of x are loaded, and 24 vectors
 *               of products added: y[8][48] += x[8][p] w[p][48], an outer product. The 24 sums do
 *               not wait for one another, which hides that one addition takes four cycles.
 *   L1 cache    The sums run over BLOCK_DEPTH values of p at most. The 8 rows of x for so many p
 *               (16 KB) stay in the first-level cache while they meet all the columns of w.
 *   L2 cache    A block of w, BLOCK_DEPTH rows by BLOCK_TILES tiles (384 KB), stays in the
 *               second-level cache while it meets all the rows of x.
 *
 * These figures are those of 32 registers with 16 floats each; where there are 16 registers a tile
 * is 6 rows by 2 vectors.
 *
 * So the work is cut, from the outside in, into blocks of w; each of those, with all of x, into
 * tiles; and each tile is one call of a kernel. Where y is summed in several blocks of depth, all
 * but the first one add to it, and only the last one adds the bias.
 *
 * A cache finds a number by the low bits of its address. Rows that lie a multiple of 4096 bytes
 * apart compete for the same few places, and each is on a page of its own. So a block of w whose
 * rows are far apart is "packed" before its use: copied so that what the kernel loads lies in the
 * order in which it is loaded. That is worth its time only if the copy is used often. The elements
 * of a vector must be neighbours, and in a transposed w they are not; it is always packed, and
 * transposed on the way. The elements of x are loaded one at a time, in any order, and only a
 * transposed x whose rows are far apart is packed.
 *
 * The last tile of a row seldom fits. Its last vector is moved to the left until it does, and
 * computes some columns that another vector computes too, with the same result. Only if y is
 * narrower than a single vector is it computed aside, with w padded by zeros.
 *
 * With several threads each computes a part of y. No sum is ever divided between threads: the
 * terms of each are added in the same order by the same fused operation, whichever kernel makes
 * it, and the result is the same to the bit.
 *
 * The method is that of K. Goto and R. van de Geijn, "Anatomy of High-Performance Matrix
 * Multiplication", ACM Trans. Math. Softw. 34 (2008), packing less. */
#include "kernel/gemm.h"

#include <stdint.h>

#include "kernel/pack.h"
#include "kernel/simd.h"
#include "kernel/tile.h"

#ifdef _OPENMP
#include <omp.h>
#endif

enum {
    FAR = 3072 / sizeof(real), /* rows at this distance are nearly all on pages of their own */
    ENOUGH_ROWS_TO_PACK = VECTOR_REGISTERS == 32 ? 512 : 96, /* that use the copy of w */
    ENOUGH_TO_SHARE = 1 << 21, /* multiplications that take longer than to wake a thread */
};

/* y (n, m) = x (n, k) w (k, m), or a part of a larger product. */
typedef struct {
    int n, k, m;
    GemmMatrix x, w;
    GemmResult y;
} Product;

/* Packs a block of w where that is better, and lays out the tiles of one row. Returns how many. */
static int lay_out_tiles(const Product *x, Tile tiles[BLOCK_TILES])
{
    const bool pack =
        !lies_in_vectors(x->m, x->w) || (x->w.row >= FAR && x->n >= ENOUGH_ROWS_TO_PACK);
    const real *packed = pack ? pack_w(x->k, x->m, x->w) : NULL;
    int n = 0;
    for (int j = 0, vectors; j < x->m; j += vectors * LANES) {
        vectors = first_part(divide_up(x->m - j, LANES), TILE_VECTORS);
        Tile t = {.k = x->k,
                  .vectors = vectors,
                  .w_row = pack ? LANES : x->w.row,
                  .y_row = x->y.row,
                  .bias = x->y.bias,
                  .add = x->y.add,
                  .relu = x->y.relu};
        for (int v = 0; v < vectors; v++) {
            int column = j + v * LANES, first = first_column(column, x->m);
            t.w[v] = pack ? packed + packed_column(column, x->k) : x->w.x + first;
            t.column[v] = first;
            t.done = column - first;
        }
        tiles[n++] = t;
    }
    return n;
}

/* One block of w, with all the rows of x. */
static void multiply_block(Product x)
{
    Tile tiles[BLOCK_TILES];
    const int n = lay_out_tiles(&x, tiles);
    for (int i = 0, rows; i < x.n; i += rows) {
        rows = first_part(x.n - i, TILE_ROWS);
        for (int j = 0; j < n; j++) {
            tiles[j].x = from(x.x, i, 0);
            tiles[j].y = x.y.y + i * x.y.row;
            if (x.m < LANES)
                tile_make_narrow(rows, x.m, tiles[j]);
            else
                tile_kernels[rows - 1][tiles[j].vectors - 1](&tiles[j]);
        }
    }
}

/* Columns j to j + m of a product. */
static Product columns_of(Product x, int j, int m)
{
    x.m = m;
    x.w = from(x.w, 0, j);
    x.y.y += j;
    x.y.bias = x.y.bias ? x.y.bias + j : NULL;
    return x;
}

/* Rows i to i + n of a product. */
static Product rows_of(Product x, int i, int n)
{
    x.n = n;
    x.x = from(x.x, i, 0);
    x.y.y += i * x.y.row;
    return x;
}

/* What terms p to p + k of every sum add to a product. */
static Product terms_of(Product x, int p, int k)
{
    const bool last = p + k == x.k;
    x.k = k;
    x.x = from(x.x, 0, p);
    x.w = from(x.w, p, 0);
    x.y.add |= p > 0;
    x.y.bias = last ? x.y.bias : NULL;
    x.y.relu &= last;
    return x;
}

static void multiply_columns(Product x)
{
    for (int j = 0, columns; j < x.m; j += columns) {
        columns = first_part(divide_up(x.m - j, TILE_COLUMNS), BLOCK_TILES) * TILE_COLUMNS;
        columns = min(columns, x.m - j);
        multiply_block(columns_of(x, j, columns));
    }
}

static void multiply_rows(Product x)
{
    const bool pack = x.x.column >= FAR && x.m >= BLOCK_COLUMNS && x.n >= LANES && x.k >= LANES;
    for (int i = 0, rows; i < x.n; i += rows) {
        rows = pack ? first_part(x.n - i, BLOCK_ROWS) : x.n;
        Product part = rows_of(x, i, rows);
        if (pack)
            part.x = pack_transposed_x(rows, x.k, part.x);
        multiply_columns(part);
    }
}

static void multiply(Product x)
{
    for (int p = 0, terms; p < x.k; p += terms) {
        terms = first_part(x.k - p, BLOCK_DEPTH);
        multiply_rows(terms_of(x, p, terms));
    }
}

/* Cuts the longer side of y into more parts than there are threads; whoever is ready takes the
 * next, so that a thread that was interrupted does not keep the others waiting. */
static void multiply_in_parallel(Product x, int threads)
{
    const bool long_side_down = x.n > x.m;
    const int size = long_side_down ? x.n : x.m, unit = long_side_down ? TILE_ROWS : LANES;
    const int part = divide_up(divide_up(size, unit), 4 * threads) * unit;
#ifdef _OPENMP
#pragma omp parallel for num_threads(threads) schedule(dynamic)
#endif
    for (ptrdiff_t i = 0; i < size; i += part) /* beyond the last part may lie no int */
        multiply(long_side_down ? rows_of(x, (int)i, min(part, size - (int)i))
                                : columns_of(x, (int)i, min(part, size - (int)i)));
}

void gemm(int n, int k, int m, GemmMatrix x, GemmMatrix w, GemmResult y)
{
    Product product = {n, k, m, x, w, y};
    int threads = 1;
#ifdef _OPENMP
    if ((int64_t)n * k * m > ENOUGH_TO_SHARE)
        threads = omp_get_max_threads();
#endif
    if (threads > 1)
        multiply_in_parallel(product, threads);
    else
        multiply(product);
}
