#include "kernel/pack.h"

static _Thread_local real packed_w[BLOCK_COLUMNS / LANES * (BLOCK_DEPTH * LANES + LINE)]
    __attribute__((aligned(64)));

/* The distance of rows, too, is no multiple of 4096 bytes. */
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
static void pack_rows_of_w(int k, int m, GemmMatrix w)
{
    for (int p = 0; p < k; p++)
        for (int j = 0; j < m; j += LANES) {
            __builtin_prefetch(w.x + min(p + 8, k - 1) * w.row + j);
            store(packed_w + packed_column(j, k) + p * LANES,
                  load(w.x + p * w.row + first_column(j, m)));
        }
}

const real *pack_w(int k, int m, GemmMatrix w)
{
    if (lies_in_vectors(m, w))
        pack_rows_of_w(k, m, w);
    else
        pack_transposed_w(k, m, w);
    return packed_w;
}

GemmMatrix pack_transposed_x(int n, int k, GemmMatrix x)
{
    for (int i = 0; i < n; i += LANES)
        for (int p = 0; p < k; p += LANES) {
            int row = min(i, n - LANES), column = min(p, k - LANES);
            transpose_square(from(x, row, column).x, x.column,
                             packed_x + (ptrdiff_t)row * PACKED_ROW + column, PACKED_ROW);
        }
    return gemm_matrix(packed_x, PACKED_ROW);
}
