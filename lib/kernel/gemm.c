/* The matrix product c = a b, close to the fastest that the machine can multiply and add.
 *
 * A core has two units that each take a vector of a, one of b and one of c, and compute a b + c in
 * every cycle. The textbook's triple loop leaves them idle: for each product it loads two numbers,
 * and loading is slower than multiplying. The remedy is to use each number that was loaded many
 * times before it is given up again, at every level of the memory:
 *
 *   registers   A tile of c, 8 rows by 3 vectors, is summed entirely in registers. For every p,
 *               3 vectors of row p of b and 8 elements of column p of a are loaded, and 24 vectors
 *               of products added: c[8][48] += a[8][p] b[p][48], an outer product. The 24 sums do
 *               not wait for one another, which hides that one addition takes four cycles.
 *   L1 cache    The sums run over BLOCK_DEPTH values of p at most. The 8 rows of a for so many p
 *               (16 KB) stay in the first-level cache while they meet all the columns of b.
 *   L2 cache    A block of b, BLOCK_DEPTH rows by BLOCK_COLUMNS columns (480 KB), stays in the
 *               second-level cache while it meets all the rows of a.
 *
 * So the work is cut, from the outside in, into blocks of b; each of those, with all of a, into
 * tiles; and each tile is one call of a kernel. Where c is summed in several blocks of depth, all
 * but the first one add to it.
 *
 * Before its use a block of b is "packed": copied so that what the kernel loads lies in the order
 * in which it is loaded. That is worth its time only if the copy is used often, so a product with
 * few rows takes b where it lies. But the elements of a vector must be neighbours, and in a
 * transposed b they are not; it is always packed, and transposed on the way. The elements of a
 * are loaded one at a time, in any order, and a is never packed.
 *
 * The last tile of a row seldom fits. Its last vector is moved to the left until it does, and
 * computes some columns that another vector of the same tile computes too, with the same result.
 * Only if c is narrower than a single vector is it computed aside, with b padded by zeros.
 *
 * With several threads each computes a part of c. No sum is ever divided between threads: its terms
 * are added in the same order always, and the result is the same to the bit.
 *
 * The method is that of K. Goto and R. van de Geijn, "Anatomy of High-Performance Matrix
 * Multiplication", ACM Trans. Math. Softw. 34 (2008), without their second packing. */
#include "kernel/gemm.h"

#include <stddef.h>
#include <stdint.h>

#include "kernel/simd.h"

#ifdef _OPENMP
#include <omp.h>
#endif

#if VECTOR_BYTES == 64 || defined __aarch64__
enum { TILE_ROWS = 8 }; /* of 32 registers: 8 x 3 sums, 3 vectors of b, 1 element of a */
#else
enum { TILE_ROWS = 4 }; /* of 16 registers: 4 x 3 + 3 + 1 */
#endif

enum {
    TILE_VECTORS = 3,
    BLOCK_DEPTH = 512,
    BLOCK_COLUMNS = 5 * TILE_VECTORS * LANES,
    ENOUGH_ROWS_TO_PACK = 512,
    ENOUGH_TO_SHARE = 1 << 21, /* multiplications that take longer than to wake a thread */
};

/* Element (i, j) is x[i * row + j * column]; one of the two strides is 1. */
typedef struct {
    const real *x;
    ptrdiff_t row, column;
} Matrix;

/* c (m, n) = a (m, k) b (k, n), or a part of a larger product, rows of c being c_row apart. */
typedef struct {
    int m, n, k;
    Matrix a, b;
    GemmMode mode;
    real *c;
    ptrdiff_t c_row;
} Product;

static int min(int a, int b)
{
    return a < b ? a : b;
}

static int divide_up(int a, int b)
{
    return (a + b - 1) / b;
}

/* The size of each of so many equal parts, rounded up to whole units. */
static int part_size(int size, int parts, int unit)
{
    return divide_up(divide_up(size, unit), parts) * unit;
}

static Matrix from(Matrix x, int i, int j)
{
    return (Matrix){x.x + i * x.row + j * x.column, x.row, x.column};
}

/* -- kernels --------------------------------------------------------------------------------- */

/* A tile of c: the v-th vector of its row r is at c[v] + r * c_row. That of row p of b is at
 * b[v] + p * b_row. */
typedef struct {
    int k;
    Matrix a;
    const real *b[TILE_VECTORS];
    ptrdiff_t b_row;
    GemmMode mode;
    real *c[TILE_VECTORS];
    ptrdiff_t c_row;
} Tile;

/* Each kernel below is this function with constants for rows and vectors, so that the compiler
 * unrolls the loops over them and keeps every sum in a register of its own. c is asked for at the
 * beginning, to be at hand at the end. */
ALWAYS_INLINE void multiply_tile(int rows, int vectors, const Tile *tile)
{
    const Tile t = *tile;
    Vector sum[8][TILE_VECTORS];
    UNROLLED_FOR (r, rows)
        UNROLLED_FOR (v, vectors) {
            sum[r][v] = (Vector){0};
            __builtin_prefetch(t.c[v] + r * t.c_row);
        }

    for (int p = 0; p < t.k; p++) {
        Vector b[TILE_VECTORS];
        UNROLLED_FOR (v, vectors)
            b[v] = load(t.b[v] + p * t.b_row);
        UNROLLED_FOR (r, rows)
            UNROLLED_FOR (v, vectors)
                sum[r][v] += t.a.x[r * t.a.row + p * t.a.column] * b[v];
    }

    UNROLLED_FOR (r, rows) {
        if (t.mode == GEMM_ADD) /* all are read before one is written, as they may overlap */
            UNROLLED_FOR (v, vectors)
                sum[r][v] += load(t.c[v] + r * t.c_row);
        UNROLLED_FOR (v, vectors)
            store(t.c[v] + r * t.c_row, sum[r][v]);
    }
}

typedef void Kernel(const Tile *t);

#define KERNEL(rows, vectors)                            \
    static void kernel_##rows##x##vectors(const Tile *t) \
    {                                                    \
        multiply_tile(rows, vectors, t);                 \
    }
#define KERNELS(rows) KERNEL(rows, 1) KERNEL(rows, 2) KERNEL(rows, 3)

KERNELS(1)
KERNELS(2)
KERNELS(3)
KERNELS(4)
KERNELS(5)
KERNELS(6)
KERNELS(7)
KERNELS(8)

static Kernel *const kernels[8][TILE_VECTORS] = {
    {kernel_1x1, kernel_1x2, kernel_1x3}, {kernel_2x1, kernel_2x2, kernel_2x3},
    {kernel_3x1, kernel_3x2, kernel_3x3}, {kernel_4x1, kernel_4x2, kernel_4x3},
    {kernel_5x1, kernel_5x2, kernel_5x3}, {kernel_6x1, kernel_6x2, kernel_6x3},
    {kernel_7x1, kernel_7x2, kernel_7x3}, {kernel_8x1, kernel_8x2, kernel_8x3},
};

/* A tile of c that is narrower than a vector: n columns. */
static void multiply_narrow_tile(int rows, int n, Tile t)
{
    real aside[8][LANES], *c = t.c[0];
    const bool add = t.mode == GEMM_ADD;
    const ptrdiff_t c_row = t.c_row;
    t.mode = GEMM_SET;
    t.c[0] = aside[0];
    t.c_row = LANES;
    kernels[rows - 1][0](&t);
    for (int r = 0; r < rows; r++)
        for (int j = 0; j < n; j++)
            c[r * c_row + j] = aside[r][j] + (add ? c[r * c_row + j] : 0);
}

/* -- packing --------------------------------------------------------------------------------- */

static _Thread_local real packed[BLOCK_DEPTH * BLOCK_COLUMNS] __attribute__((aligned(64)));

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
ALWAYS_INLINE void transpose_square(const real *x, ptrdiff_t x_row, real *y)
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
        store(y + i * LANES, deck[i]);
}

/* y[p][l] = b[p][l] for n columns of b, but LANES columns of y. */
static void pack_padded(int n, int k, Matrix b, real *y)
{
    for (int p = 0; p < k; p++)
        for (int l = 0; l < LANES; l++)
            y[p * LANES + l] = l < n ? b.x[p * b.row + l * b.column] : 0;
}

/* The vector that begins in column j, if it fits, and as far to the right as it does otherwise. */
static int first_column(int j, int n)
{
    return n < LANES ? 0 : min(j, n - LANES);
}

/* Copies b (k, n), one column of vectors after another: packed[j / LANES][p][l] = b[p][j + l]. */
static void pack_columns(int n, int k, Matrix b)
{
    real *y = packed;
    for (int j = 0; j < n; j += LANES, y += k * LANES) {
        Matrix x = from(b, 0, first_column(j, n));
        if (n < LANES || k < LANES)
            pack_padded(n, k, x, y);
        else
            for (int p = 0; p < k; p += LANES) {
                int fitting = min(p, k - LANES);
                transpose_square(x.x + fitting, b.column, y + fitting * LANES);
            }
    }
}

/* The same where the vectors lie ready in the rows of b. It goes along the rows, as the memory
 * does, and asks for each row some time before its turn. */
static void pack_rows(int n, int k, Matrix b)
{
    for (int p = 0; p < k; p++)
        for (int j = 0; j < n; j += LANES) {
            __builtin_prefetch(b.x + min(p + 4, k - 1) * b.row + j);
            store(packed + j * k + p * LANES, load(b.x + p * b.row + first_column(j, n)));
        }
}

/* -- blocks ---------------------------------------------------------------------------------- */

/* One block of b, with all the rows of a. Four vectors are left as two tiles of two, since a tile
 * of one has too few sums to keep the machine busy, and none to overlap with. */
static void multiply_block(Product x)
{
    const bool packing = x.b.column != 1 || x.n < LANES || x.m >= ENOUGH_ROWS_TO_PACK;
    Tile t = {.k = x.k, .b_row = packing ? LANES : x.b.row, .mode = x.mode, .c_row = x.c_row};
    if (packing && x.b.column == 1 && x.n >= LANES)
        pack_rows(x.n, x.k, x.b);
    else if (packing)
        pack_columns(x.n, x.k, x.b);
    for (int i = 0; i < x.m; i += TILE_ROWS) {
        int rows = min(TILE_ROWS, x.m - i), vectors;
        t.a = from(x.a, i, 0);
        for (int j = 0; j < x.n; j += vectors * LANES) {
            int left = divide_up(x.n - j, LANES);
            vectors = left == 4 ? 2 : min(left, TILE_VECTORS);
            for (int v = 0; v < vectors; v++) {
                int column = j + v * LANES, first = first_column(column, x.n);
                t.b[v] = packing ? packed + column * x.k : x.b.x + first;
                t.c[v] = x.c + i * x.c_row + first;
            }
            if (x.n < LANES)
                multiply_narrow_tile(rows, x.n, t);
            else
                kernels[rows - 1][vectors - 1](&t);
        }
    }
}

static void multiply(Product x)
{
    const int depth = part_size(x.k, divide_up(x.k, BLOCK_DEPTH), 1);
    const int columns = part_size(x.n, divide_up(x.n, BLOCK_COLUMNS), LANES);
    for (int p = 0; p < x.k; p += depth)
        for (int j = 0; j < x.n; j += columns)
            multiply_block((Product){x.m, min(columns, x.n - j), min(depth, x.k - p),
                                     from(x.a, 0, p), from(x.b, p, j), p > 0 ? GEMM_ADD : x.mode,
                                     x.c + j, x.c_row});
}

/* Cuts the longer side of c into more parts than there are threads; whoever is ready takes the
 * next, so that a thread that was interrupted does not keep the others waiting. */
static void multiply_in_parallel(Product x, int threads)
{
    const int parts = 4 * threads;
    const int rows = x.m > x.n ? part_size(x.m, parts, TILE_ROWS) : x.m;
    const int columns = x.m > x.n ? x.n : part_size(x.n, parts, LANES);
#ifdef _OPENMP
#pragma omp parallel for collapse(2) num_threads(threads) schedule(dynamic)
#endif
    for (int i = 0; i < x.m; i += rows)
        for (int j = 0; j < x.n; j += columns)
            multiply((Product){min(rows, x.m - i), min(columns, x.n - j), x.k, from(x.a, i, 0),
                               from(x.b, 0, j), x.mode, x.c + i * x.c_row + j, x.c_row});
}

void gemm(int m, int n, int k, bool transpose_a, bool transpose_b, const real *a, const real *b,
          GemmMode mode, real *c)
{
    Product x = {.m = m, .n = n, .k = k, .mode = mode, .c = c, .c_row = n};
    x.a = transpose_a ? (Matrix){a, 1, m} : (Matrix){a, k, 1};
    x.b = transpose_b ? (Matrix){b, 1, k} : (Matrix){b, n, 1};
    int threads = 1;
#ifdef _OPENMP
    if ((int64_t)m * n * k > ENOUGH_TO_SHARE)
        threads = omp_get_max_threads();
#endif
    if (threads > 1)
        multiply_in_parallel(x, threads);
    else
        multiply(x);
}
