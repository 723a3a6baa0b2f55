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

#include "kernel/simd.h"

#ifdef _OPENMP
#include <omp.h>
#endif

#if VECTOR_REGISTERS == 32
enum { TILE_ROWS = 8, TILE_VECTORS = 3 }; /* 8 x 3 sums, 3 vectors of w, 1 element of x */
enum { BLOCK_TILES = 4, ENOUGH_ROWS_TO_PACK = 512 };
#else
enum { TILE_ROWS = 6, TILE_VECTORS = 2 }; /* 6 x 2 + 2 + 1 */
enum { BLOCK_TILES = 8, ENOUGH_ROWS_TO_PACK = 96 };
#endif

enum {
    TILE_COLUMNS = TILE_VECTORS * LANES,
    BLOCK_DEPTH = 512,
    BLOCK_COLUMNS = BLOCK_TILES * TILE_COLUMNS,
    BLOCK_ROWS = (1 << 20) / (BLOCK_DEPTH * sizeof(real)), /* of a packed x: 1 MB */
    LINE = 64 / sizeof(real),                              /* of the cache */
    FAR = 3072 / sizeof(real), /* rows at this distance are nearly all on pages of their own */
    ENOUGH_TO_SHARE = 1 << 21, /* multiplications that take longer than to wake a thread */
};

/* y (n, m) = x (n, k) w (k, m), or a part of a larger product. */
typedef struct {
    int n, k, m;
    GemmMatrix x, w;
    GemmResult y;
} Product;

static int min(int a, int b)
{
    return a < b ? a : b;
}

/* a / b, rounded up; a is at least 1 and may be INT_MAX. */
static int divide_up(int a, int b)
{
    return 1 + (a - 1) / b;
}

/* The first of as few parts as possible, none larger than `most`, and as equal as can be. */
static int first_part(int size, int most)
{
    return divide_up(size, divide_up(size, most));
}

static GemmMatrix from(GemmMatrix x, int i, int j)
{
    return (GemmMatrix){x.x + i * x.row + j * x.column, x.row, x.column};
}

/* -- kernels --------------------------------------------------------------------------------- */

/* A tile of y. Its v-th vector begins in column column[v] of y, and with w[v] + p * w_row in row p
 * of w. If it is one vector, its first `done` columns have been written before. */
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
ALWAYS_INLINE void multiply_tile(int rows, int vectors, const Tile *t)
{
    Sums sum;
    sum_products(rows, vectors, t, sum);
    finish_tile(rows, vectors, t, sum);
}

typedef void Kernel(const Tile *t);

#define KERNEL(rows, vectors)                            \
    static void kernel_##rows##x##vectors(const Tile *t) \
    {                                                    \
        multiply_tile(rows, vectors, t);                 \
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

static Kernel *const kernels[TILE_ROWS][TILE_VECTORS] = {
    KERNEL_NAMES(1), KERNEL_NAMES(2), KERNEL_NAMES(3),
    KERNEL_NAMES(4), KERNEL_NAMES(5), KERNEL_NAMES(6),
#if VECTOR_REGISTERS == 32
    KERNEL_NAMES(7), KERNEL_NAMES(8),
#endif
};

/* A tile of y that is narrower than a vector: m columns. */
static void multiply_narrow_tile(int rows, int m, Tile t)
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
    kernels[rows - 1][0](&t);
    for (int r = 0; r < rows; r++)
        for (int j = 0; j < m; j++)
            y[r * y_row + j] = aside[r][j];
}

/* -- packing --------------------------------------------------------------------------------- */

/* The vector that begins in column j, if it fits, and as far to the right as it does otherwise. */
static int first_column(int j, int m)
{
    return m < LANES ? 0 : min(j, m - LANES);
}

/* A packed w, a block (k, m), is one column of vectors after another: row p of that which begins in
 * column j is at packed_w + packed_column(j, k) + p * LANES. Columns are a line more than k vectors
 * apart, lest they compete for the same places in the cache. */
static _Thread_local real packed_w[BLOCK_COLUMNS / LANES * (BLOCK_DEPTH * LANES + LINE)]
    __attribute__((aligned(64)));

static ptrdiff_t packed_column(int j, int k)
{
    return (ptrdiff_t)j * k + j / LANES * LINE;
}

/* A packed x lies in rows. Their distance, too, is no multiple of 4096 bytes. */
enum { PACKED_ROW = BLOCK_DEPTH + 3 * LINE };
static _Thread_local real packed_x[BLOCK_ROWS * PACKED_ROW] __attribute__((aligned(64)));

/* a[i], b[i], a[i+1], b[i+1], ...: as many as make a vector. */
#define PAIRS_1(a, b, i) a[i], b[i]
#define PAIRS_2(a, b, i) PAIRS_1(a, b, i), PAIRS_1(a, b, i + 1)
#define PAIRS_4(a, b, i) PAIRS_2(a, b, i), PAIRS_2(a, b, i + 2)
#define PAIRS_8(a, b, i) PAIRS_4(a, b, i), PAIRS_4(a, b, i + 4)
#if LANES == 16
#define PAIRS PAIRS_8
#elif LANES == 8
#define PAIRS PAIRS_4
#elif LANES == 4
#define PAIRS PAIRS_2
#else
#define PAIRS PAIRS_1
#endif

/* y[j][i] = x[i][j] for a square of LANES x LANES, by shuffling it like a deck of cards: the first
 * half of the rows is interleaved with the second half, element by element. Each shuffle moves the
 * number of a place, in binary, one bit round. After as many as a row number has bits, row and
 * column have changed places. */
ALWAYS_INLINE void transpose_square(const real *x, ptrdiff_t x_row, real *y, ptrdiff_t y_row)
{
    Vector deck[LANES], shuffled[LANES];
    for (int i = 0; i < LANES; i++)
        deck[i] = load(x + i * x_row);
    for (int bit = 1; bit < LANES; bit *= 2) {
        for (int i = 0; i < LANES / 2; i++) {
            Vector a = deck[i], b = deck[i + LANES / 2];
            shuffled[2 * i] = (Vector){PAIRS(a, b, 0)};
            shuffled[2 * i + 1] = (Vector){PAIRS(a, b, LANES / 2)};
        }
        for (int i = 0; i < LANES; i++)
            deck[i] = shuffled[i];
    }
    for (int i = 0; i < LANES; i++)
        store(y + i * y_row, deck[i]);
}

/* One column of vectors where a square does not fit: m columns of w, the rest zeros. */
static void pack_padded(int k, int m, GemmMatrix w, real *y)
{
    for (int p = 0; p < k; p++)
        for (int l = 0; l < LANES; l++)
            y[p * LANES + l] = l < m ? w.x[p * w.row + l * w.column] : 0;
}

/* w^T, in squares. Where they do not divide k the last one overlaps the last but one. */
static void pack_transposed_w(int k, int m, GemmMatrix w)
{
    for (int j = 0; j < m; j += LANES) {
        GemmMatrix column = from(w, 0, first_column(j, m));
        real *y = packed_w + packed_column(j, k);
        if (m < LANES || k < LANES)
            pack_padded(k, min(m, LANES), column, y);
        else
            for (int p = 0; p < k; p += LANES) {
                int fitting = min(p, k - LANES);
                transpose_square(column.x + fitting, w.column, y + fitting * LANES, LANES);
            }
    }
}

/* Where the vectors lie ready in the rows of w it goes along the rows, as the memory does, and asks
 * for each row some time before its turn. */
static void pack_w(int k, int m, GemmMatrix w)
{
    for (int p = 0; p < k; p++)
        for (int j = 0; j < m; j += LANES) {
            __builtin_prefetch(w.x + min(p + 8, k - 1) * w.row + j);
            store(packed_w + packed_column(j, k) + p * LANES,
                  load(w.x + p * w.row + first_column(j, m)));
        }
}

/* x^T, for which n and k are at least LANES. */
static GemmMatrix pack_transposed_x(int n, int k, GemmMatrix x)
{
    for (int i = 0; i < n; i += LANES)
        for (int p = 0; p < k; p += LANES) {
            int row = min(i, n - LANES), column = min(p, k - LANES);
            transpose_square(from(x, row, column).x, x.column,
                             packed_x + (ptrdiff_t)row * PACKED_ROW + column, PACKED_ROW);
        }
    return gemm_matrix(packed_x, PACKED_ROW);
}

/* -- blocks ---------------------------------------------------------------------------------- */

/* Packs a block of w where that is better, and lays out the tiles of one row. Returns how many. */
static int lay_out_tiles(const Product *x, Tile tiles[BLOCK_TILES])
{
    const bool by_vectors = x->w.column == 1 && x->m >= LANES; /* w can be loaded as it lies */
    const bool pack = !by_vectors || (x->w.row >= FAR && x->n >= ENOUGH_ROWS_TO_PACK);
    if (pack && by_vectors)
        pack_w(x->k, x->m, x->w);
    else if (pack)
        pack_transposed_w(x->k, x->m, x->w);
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
            t.w[v] = pack ? packed_w + packed_column(column, x->k) : x->w.x + first;
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
                multiply_narrow_tile(rows, x.m, tiles[j]);
            else
                kernels[rows - 1][tiles[j].vectors - 1](&tiles[j]);
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
