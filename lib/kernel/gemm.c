/* The matrix product c = a b, close to the speed of the machine. */
#include "gemm.h"

#include <stddef.h>

#include "simd.h"

#ifdef _OPENMP
#include <omp.h>
#endif

#if VECTOR_BYTES == 64 || defined __aarch64__
enum { TILE_ROWS = 8 }; /* 32 registers: 8 x 3 sums, 3 pieces of b, 1 element of a */
#else
enum { TILE_ROWS = 4 }; /* 16 registers: 4 x 3 + 3 + 1 */
#endif
enum { TILE_VECTORS = 3 };

enum { BLOCK_DEPTH = 256, BLOCK_ROWS = 256, BLOCK_COLUMNS = 1024 };

/* Element (i, j) of op(x) is x[i * row + j * column]. */
typedef struct {
    const real *x;
    ptrdiff_t row, column;
} Matrix;

/* -- the tile ------------------------------------------------------------------------------------ */

typedef struct {
    int k;
    Matrix a;
    const real *b[TILE_VECTORS];
    ptrdiff_t b_row;
    GemmMode mode;
    real *c[TILE_VECTORS];
    ptrdiff_t c_row;
} Tile;

typedef void Kernel(const Tile *t);

ALWAYS_INLINE void multiply_tile(int rows, int vectors, const Tile *t)
{
    Vector sum[8][TILE_VECTORS] = {0};
    for (int p = 0; p < t->k; p++) {
        Vector b[TILE_VECTORS];
        for (int v = 0; v < vectors; v++)
            b[v] = load(t->b[v] + p * t->b_row);
        for (int r = 0; r < rows; r++)
            for (int v = 0; v < vectors; v++)
                sum[r][v] += t->a.x[r * t->a.row + p * t->a.column] * b[v];
    }
    for (int r = 0; r < rows; r++) {
        if (t->mode == GEMM_ADD)
            for (int v = 0; v < vectors; v++)
                sum[r][v] += load(t->c[v] + r * t->c_row);
        for (int v = 0; v < vectors; v++)
            store(t->c[v] + r * t->c_row, sum[r][v]);
    }
}

#define KERNEL(rows, vectors)                                                                      \
    static void tile_##rows##x##vectors(const Tile *t)                                             \
    {                                                                                              \
        multiply_tile(rows, vectors, t);                                                           \
    }
#define KERNELS(rows) KERNEL(rows, 1) KERNEL(rows, 2) KERNEL(rows, 3)
KERNELS(1) KERNELS(2) KERNELS(3) KERNELS(4) KERNELS(5) KERNELS(6) KERNELS(7) KERNELS(8)

#define ROW(rows) {tile_##rows##x1, tile_##rows##x2, tile_##rows##x3}
static Kernel *const kernels[8][TILE_VECTORS] = {ROW(1), ROW(2), ROW(3), ROW(4),
                                                 ROW(5), ROW(6), ROW(7), ROW(8)};

/* -- packing ------------------------------------------------------------------------------------- */

static _Thread_local real packed_a[BLOCK_ROWS * BLOCK_DEPTH] __attribute__((aligned(64)));
static _Thread_local real packed_b[BLOCK_COLUMNS * BLOCK_DEPTH] __attribute__((aligned(64)));

#define PAIR1(a, b, i) a[i], b[i]
#define PAIR2(a, b, i) PAIR1(a, b, i), PAIR1(a, b, i + 1)
#define PAIR4(a, b, i) PAIR2(a, b, i), PAIR2(a, b, i + 2)
#define PAIR8(a, b, i) PAIR4(a, b, i), PAIR4(a, b, i + 4)
#if LANES == 16
#define PAIRS PAIR8
#elif LANES == 8
#define PAIRS PAIR4
#elif LANES == 4
#define PAIRS PAIR2
#else
#define PAIRS PAIR1
#endif

static inline int min(int a, int b)
{
    return a < b ? a : b;
}

static inline int first_column(int j, int n)
{
    return min(j, n - LANES);
}

/* LANES x LANES block */
ALWAYS_INLINE void transpose_block(const real *x, ptrdiff_t row, real *y)
{
    Vector v[LANES], w[LANES];
    for (int i = 0; i < LANES; i++)
        v[i] = load(x + i * row);
    for (int step = 1; step < LANES; step *= 2) {
        for (int i = 0; i < LANES / 2; i++) {
            Vector a = v[i], b = v[i + LANES / 2];
            w[2 * i] = (Vector){PAIRS(a, b, 0)};
            w[2 * i + 1] = (Vector){PAIRS(a, b, LANES / 2)};
        }
        for (int i = 0; i < LANES; i++)
            v[i] = w[i];
    }
    for (int i = 0; i < LANES; i++)
        store(y + i * LANES, v[i]);
}

static void pack_b(int k, int n, Matrix b, real *packed)
{
    for (int j = 0; j < n; j += LANES, packed += k * LANES) {
        if (n < LANES || (b.column != 1 && k < LANES)) {
            for (int p = 0; p < k; p++)
                for (int l = 0; l < LANES; l++) {
                    int from = n < LANES ? l : first_column(j, n) + l;
                    packed[p * LANES + l] = from < n ? b.x[p * b.row + from * b.column] : 0;
                }
            continue;
        }
        const real *x = b.x + first_column(j, n) * b.column;
        if (b.column == 1)
            for (int p = 0; p < k; p++)
                store(packed + p * LANES, load(x + p * b.row));
        else
            for (int p = 0; p < k; p += LANES) {
                int q = min(p, k - LANES);
                transpose_block(x + q, b.column, packed + q * LANES);
            }
    }
}

/* -- blocks -------------------------------------------------------------------------------------- */

static int vectors_of_tile(int left)
{
    int vectors = (left + LANES - 1) / LANES;
    return vectors == 4 ? 2 : min(vectors, TILE_VECTORS);
}

static void narrow_tile(const Tile *t, int rows, int n)
{
    real scratch[8 * LANES];
    Tile s = *t;
    s.mode = GEMM_SET;
    s.c[0] = scratch;
    s.c_row = LANES;
    kernels[rows - 1][0](&s);
    for (int r = 0; r < rows; r++)
        for (int j = 0; j < n; j++) {
            real *c = t->c[0] + r * t->c_row + j;
            *c = scratch[r * LANES + j] + (t->mode == GEMM_ADD ? *c : 0);
        }
}

/* c (m, n) */
static void multiply(int m, int n, int k, Matrix a, ptrdiff_t a_start, Matrix b, GemmMode mode,
                     real *c, ptrdiff_t c_row)
{
    int packed = b.column != 1;
    for (int j = 0; j < n;) {
        int vectors = vectors_of_tile(n - j);
        Tile t = {.k = k, .a = a, .b_row = b.row, .mode = mode, .c_row = c_row};
        for (int i = 0; i < m; i += TILE_ROWS) {
            t.a.x = a.x + i * a_start;
            for (int v = 0; v < vectors; v++) {
                int column = n < LANES ? 0 : first_column(j + v * LANES, n);
                t.b[v] = packed ? b.x + (ptrdiff_t)(j + v * LANES) * k : b.x + column;
                t.c[v] = c + i * c_row + column;
            }
            int rows = min(TILE_ROWS, m - i);
            if (n < LANES)
                narrow_tile(&t, rows, n);
            else
                kernels[rows - 1][vectors - 1](&t);
        }
        j += vectors * LANES;
    }
}

void gemm(int m, int n, int k, bool transpose_a, bool transpose_b, const real *a, const real *b,
          GemmMode mode, real *c)
{
    Matrix A = transpose_a ? (Matrix){a, 1, m} : (Matrix){a, k, 1};
    Matrix B = transpose_b ? (Matrix){b, 1, k} : (Matrix){b, n, 1};
    for (int p = 0; p < k; p += BLOCK_DEPTH) {
        int depth = min(BLOCK_DEPTH, k - p);
        for (int j = 0; j < n; j += BLOCK_COLUMNS) {
            int columns = min(BLOCK_COLUMNS, n - j);
            Matrix bp = {B.x + p * B.row + j * B.column, B.row, B.column};
            if (transpose_b || m * n * k > 1 << 21 || columns < LANES) {
                pack_b(depth, columns, bp, packed_b);
                bp = (Matrix){packed_b, LANES, 0};
            }
            Matrix ap = {A.x + p * A.column, A.row, A.column};
            multiply(m, columns, depth, ap, A.row, bp, p ? GEMM_ADD : mode, c + j, n);
        }
    }
}
