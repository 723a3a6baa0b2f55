/* The matrix product is held against a plain triple loop, summed in long double. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#ifdef _OPENMP
#include <omp.h>
#endif

#include "kernel/gemm.h"
#include "kernel/random.h"

/* An operand of exactly its size, so that the sanitizer sees a read or write beside it. */
static real *random_matrix(Rng *rng, int rows, int columns)
{
    size_t size = (size_t)rows * columns;
    real *x = malloc(size * sizeof *x);
    for (size_t i = 0; i < size; i++)
        x[i] = (real)(2 * rng_uniform(rng) - 1);
    return x;
}

typedef struct {
    int m, n, k;
    bool transpose_a, transpose_b;
    GemmMode mode;
} Product;

/* Element (i, j) of the product, and in *size the sum of the absolute values of its terms. */
static long double reference(const Product *p, const real *a, const real *b, int i, int j,
                             long double *size)
{
    long double sum = 0;
    *size = 0;
    for (int l = 0; l < p->k; l++) {
        long double x = p->transpose_a ? a[l * p->m + i] : a[i * p->k + l];
        long double y = p->transpose_b ? b[j * p->k + l] : b[l * p->n + j];
        sum += x * y;
        *size += fabsl(x * y);
    }
    return sum;
}

/* Each of k products and sums may round once, by half a unit: |error| <= k epsilon |a| |b|. */
static void check_product(const Product *p)
{
    Rng rng;
    rng_seed(&rng, (uint64_t)p->m * 1000003 + (uint64_t)p->n * 1009 + (uint64_t)p->k);
    real *a = random_matrix(&rng, p->m, p->k), *b = random_matrix(&rng, p->k, p->n);
    real *before = random_matrix(&rng, p->m, p->n), *c = malloc(sizeof(real[p->m][p->n]));
    memcpy(c, before, sizeof(real[p->m][p->n]));
    gemm(p->m, p->n, p->k, p->transpose_a, p->transpose_b, a, b, p->mode, c);

    for (int i = 0; i < p->m; i++)
        for (int j = 0; j < p->n; j++) {
            long double size, wanted = reference(p, a, b, i, j, &size);
            if (p->mode == GEMM_ADD) {
                wanted += before[i * p->n + j];
                size += fabsl((long double)before[i * p->n + j]);
            }
            long double error = fabsl(c[i * p->n + j] - wanted);
            if (!(error <= (p->k + 1) * (long double)REAL_EPSILON * size))
                fail_msg("(%d, %d, %d), transposes %d %d, mode %d: c[%d][%d] is %.9g, not %.9Lg",
                         p->m, p->n, p->k, p->transpose_a, p->transpose_b, p->mode, i, j,
                         (double)c[i * p->n + j], wanted);
        }
    free(a), free(b), free(before), free(c);
}

static void check_every_transpose_and_mode(int m, int n, int k)
{
    for (int flags = 0; flags < 8; flags++)
        check_product(&(Product){m, n, k, flags & 1, flags & 2, flags & 4 ? GEMM_ADD : GEMM_SET});
}

static void gemm_matches_the_triple_loop_for_every_transpose(void **state)
{
    (void)state;
    check_every_transpose_and_mode(6, 35, 11);
    check_every_transpose_and_mode(32, 200, 30);
    check_every_transpose_and_mode(32, 27, 200);
    check_every_transpose_and_mode(30, 27, 32);
}

static void gemm_matches_at_every_small_size(void **state)
{
    (void)state;
    static const int sizes[] = {1, 2, 3, 5, 8, 15, 16, 17, 31, 33};
    enum { SIZES = sizeof sizes / sizeof *sizes };
    for (int i = 0; i < SIZES; i++)
        for (int j = 0; j < SIZES; j++)
            for (int l = 0; l < SIZES; l++)
                check_every_transpose_and_mode(sizes[i], sizes[j], sizes[l]);
}

static void gemm_matches_at_every_number_of_columns(void **state)
{
    (void)state;
    for (int n = 1; n < 150; n++)
        check_every_transpose_and_mode(9, n, 19);
}

static void gemm_matches_where_the_product_is_cut_into_blocks(void **state)
{
    (void)state;
    check_every_transpose_and_mode(3, 5, 1031);
    check_every_transpose_and_mode(5, 2057, 9);
    check_every_transpose_and_mode(1033, 3, 7);
    check_every_transpose_and_mode(521, 67, 5);
    check_product(&(Product){131, 137, 523, false, true, GEMM_SET});
    check_product(&(Product){131, 139, 523, true, false, GEMM_ADD});
    check_product(&(Product){261, 1043, 17, false, false, GEMM_SET});
    check_product(&(Product){19, 1043, 261, true, true, GEMM_ADD});
}

/* A product that skipped zeros would hide a NaN or an infinity behind them. */
static void zero_times_infinity_is_nan(void **state)
{
    (void)state;
    enum { M = 9, N = 37, K = 21 };
    real a[M][K] = {{0}}, b[K][N] = {{0}}, c[M][N];
    b[20][35] = (real)INFINITY;
    a[8][3] = (real)NAN;
    gemm(M, N, K, false, false, a[0], b[0], GEMM_SET, c[0]);
    for (int i = 0; i < M; i++)
        for (int j = 0; j < N; j++)
            if (i == 8 || j == 35)
                assert_true(isnan(c[i][j]));
            else
                assert_true(c[i][j] == 0);
}

static void gemm_set_does_not_read_what_was_there(void **state)
{
    (void)state;
    for (int n = 1; n < 60; n += 7) {
        real a[12], b[3 * 60], c[4 * 60];
        for (int i = 0; i < 12; i++)
            a[i] = 1;
        for (int i = 0; i < 3 * n; i++)
            b[i] = 2;
        for (int i = 0; i < 4 * n; i++)
            c[i] = (real)NAN;
        gemm(4, n, 3, false, false, a, b, GEMM_SET, c);
        for (int i = 0; i < 4 * n; i++)
            assert_true(c[i] == 6);
    }
}

static void gemm_writes_nothing_outside_of_c(void **state)
{
    (void)state;
    for (int n = 1; n < 60; n++) {
        real a[5 * 4] = {0}, b[4 * 60] = {0}, c[16 + 5 * 60 + 16];
        for (int i = 0; i < 5 * n + 32; i++)
            c[i] = 1;
        gemm(5, n, 4, true, true, a, b, GEMM_SET, c + 16);
        for (int i = 0; i < 5 * n + 32; i++)
            assert_true(c[i] == (i < 16 || i >= 16 + 5 * n));
    }
}

#ifdef _OPENMP
/* One large enough to be shared out, in rows or in columns, and some that are not. */
static void result_has_the_same_bits_for_any_number_of_threads(void **state)
{
    (void)state;
    static const int shapes[][3] = {
        {300, 301, 302}, {32, 30, 200}, {1024, 77, 300}, {5, 3001, 400}, {1, 3000, 800}};
    for (size_t s = 0; s < sizeof shapes / sizeof *shapes; s++) {
        int m = shapes[s][0], n = shapes[s][1], k = shapes[s][2];
        Rng rng;
        rng_seed(&rng, s);
        real *a = random_matrix(&rng, m, k), *b = random_matrix(&rng, k, n);
        real *one = random_matrix(&rng, m, n), *many = malloc(sizeof(real[m][n]));
        for (int threads = 2; threads < 5; threads++) {
            memcpy(many, one, sizeof(real[m][n]));
            omp_set_num_threads(threads);
            gemm(m, n, k, s & 1, s & 2, a, b, GEMM_ADD, many);
            real *again = malloc(sizeof(real[m][n]));
            memcpy(again, one, sizeof(real[m][n]));
            omp_set_num_threads(1);
            gemm(m, n, k, s & 1, s & 2, a, b, GEMM_ADD, again);
            assert_memory_equal(again, many, sizeof(real[m][n]));
            free(again);
        }
        free(a), free(b), free(one), free(many);
    }
}
#endif

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(gemm_matches_the_triple_loop_for_every_transpose),
        cmocka_unit_test(gemm_matches_at_every_small_size),
        cmocka_unit_test(gemm_matches_at_every_number_of_columns),
        cmocka_unit_test(gemm_matches_where_the_product_is_cut_into_blocks),
        cmocka_unit_test(zero_times_infinity_is_nan),
        cmocka_unit_test(gemm_set_does_not_read_what_was_there),
        cmocka_unit_test(gemm_writes_nothing_outside_of_c),
#ifdef _OPENMP
        cmocka_unit_test(result_has_the_same_bits_for_any_number_of_threads),
#endif
    };
    return cmocka_run_group_tests_name("gemm", tests, NULL, NULL);
}
