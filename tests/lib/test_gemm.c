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
#include "kernel/simd.h"
#include "kernel/vector.h"

#ifdef REAL_IS_FLOAT
#define SMALLEST FLT_TRUE_MIN
#else
#define SMALLEST DBL_TRUE_MIN
#endif

/* An array of exactly its size, so that the sanitizer sees a read or write beside it. */
static real *random_array(Rng *rng, size_t size)
{
    real *x = malloc(size * sizeof *x);
    for (size_t i = 0; i < size; i++)
        x[i] = (real)(2 * rng_uniform(rng) - 1);
    return x;
}

static real *copy_array(size_t size, const real *x)
{
    real *y = malloc(size * sizeof *y);
    memcpy(y, x, size * sizeof *y);
    return y;
}

/* What is asked of gemm, apart from the numbers. Rows begin `apart` reals further apart than they
 * must. */
typedef struct {
    int n, k, m;
    bool transpose_x, transpose_w, add, bias, relu;
    int apart;
} Product;

/* And with the numbers. The last row of an array ends where its last element does. */
typedef struct {
    GemmMatrix x, w;
    real *y, *bias;
    ptrdiff_t y_row;
    size_t y_size;
} Numbers;

static GemmMatrix random_matrix(Rng *rng, int n, int m, bool transposed, int apart)
{
    int rows = transposed ? m : n, row = (transposed ? n : m) + apart;
    const real *x = random_array(rng, (size_t)rows * row - apart);
    return transposed ? gemm_transpose(x, row) : gemm_matrix(x, row);
}

static Numbers numbers_new(const Product *p, uint64_t seed)
{
    Rng rng;
    rng_seed(&rng, seed);
    Numbers a = {.x = random_matrix(&rng, p->n, p->k, p->transpose_x, p->apart),
                 .w = random_matrix(&rng, p->k, p->m, p->transpose_w, p->apart),
                 .bias = random_array(&rng, p->m),
                 .y_row = p->m + p->apart};
    a.y_size = (size_t)p->n * a.y_row - p->apart;
    a.y = random_array(&rng, a.y_size);
    return a;
}

static void numbers_free(Numbers *a)
{
    free((real *)a->x.x), free((real *)a->w.x), free(a->y), free(a->bias);
}

static void multiply(const Product *p, const Numbers *a, real *y)
{
    gemm(p->n, p->k, p->m, a->x, a->w,
         (GemmResult){y, a->y_row, p->add, p->bias ? a->bias : NULL, p->relu});
}

static real at(GemmMatrix x, int i, int j)
{
    return x.x[i * x.row + j * x.column];
}

/* -- against the triple loop ------------------------------------------------------------------- */

/* Each of k products and sums may round once, by half a unit: |error| <= k epsilon |x| |w|. */
static void check_element(const Product *p, const Numbers *a, const real *y, int i, int j)
{
    long double wanted = 0, size = 0;
    for (int l = 0; l < p->k; l++) {
        long double term = (long double)at(a->x, i, l) * at(a->w, l, j);
        wanted += term;
        size += fabsl(term);
    }
    const long double more[] = {p->add ? a->y[i * a->y_row + j] : 0, p->bias ? a->bias[j] : 0};
    for (int l = 0; l < 2; l++) {
        wanted += more[l];
        size += fabsl(more[l]);
    }
    if (p->relu && wanted < 0)
        wanted = 0;
    long double error = fabsl(y[i * a->y_row + j] - wanted);
    if (!(error <= (p->k + 2) * (long double)REAL_EPSILON * size))
        fail_msg("(%d, %d, %d), transposes %d %d, add %d, bias %d, relu %d, apart %d: "
                 "y[%d][%d] is %.9g, not %.9Lg",
                 p->n, p->k, p->m, p->transpose_x, p->transpose_w, p->add, p->bias, p->relu,
                 p->apart, i, j, (double)y[i * a->y_row + j], wanted);
}

static void check_product(const Product *p)
{
    Numbers a = numbers_new(p, (uint64_t)p->n * 1000003 + (uint64_t)p->m * 1009 + (uint64_t)p->k);
    real *y = copy_array(a.y_size, a.y);
    multiply(p, &a, y);
    for (int i = 0; i < p->n; i++) {
        for (int j = 0; j < p->m; j++)
            check_element(p, &a, y, i, j);
        for (int j = p->m; i < p->n - 1 && j < a.y_row; j++) /* between the rows */
            assert_true(y[i * a.y_row + j] == a.y[i * a.y_row + j]);
    }
    numbers_free(&a);
    free(y);
}

static void check_every_transpose_and_result(int n, int k, int m)
{
    for (int flags = 0; flags < 32; flags++)
        check_product(&(Product){n, k, m, flags & 1, flags & 2, flags & 4, flags & 8, flags & 16,
                                 flags % 3 * 5});
}

static void check_every_transpose(int n, int k, int m)
{
    for (int flags = 0; flags < 8; flags++)
        check_product(&(Product){n, k, m, flags & 1, flags & 2, .add = flags & 4});
}

static void gemm_matches_the_triple_loop_for_every_transpose_and_result(void **state)
{
    (void)state;
    check_every_transpose_and_result(6, 11, 35);
    check_every_transpose_and_result(32, 30, 200);
    check_every_transpose_and_result(32, 200, 27);
    check_every_transpose_and_result(30, 32, 27);
    check_every_transpose_and_result(7, 9, 3);
    check_every_transpose_and_result(11, 1200, 41);
}

static void gemm_matches_at_every_small_size(void **state)
{
    (void)state;
    static const int sizes[] = {1, 2, 3, 5, 8, 15, 16, 17, 31, 33};
    enum { SIZES = sizeof sizes / sizeof *sizes };
    for (int i = 0; i < SIZES; i++)
        for (int j = 0; j < SIZES; j++)
            for (int l = 0; l < SIZES; l++)
                check_every_transpose(sizes[i], sizes[j], sizes[l]);
}

static void gemm_matches_at_every_number_of_columns(void **state)
{
    (void)state;
    for (int m = 1; m < 150; m++)
        check_every_transpose(9, 19, m);
}

static void gemm_matches_where_the_product_is_cut_into_blocks(void **state)
{
    (void)state;
    check_every_transpose(3, 1031, 5);
    check_every_transpose(5, 9, 2057);
    check_every_transpose(1033, 7, 3);
    check_every_transpose(521, 5, 67);
    check_product(&(Product){131, 523, 137, .transpose_w = true});
    check_product(&(Product){131, 523, 139, .transpose_x = true, .add = true});
    check_product(&(Product){261, 17, 1043, .apart = 0});
    check_product(&(Product){19, 261, 1043, .transpose_x = true, .transpose_w = true, .add = true});
}

/* Rows a page of memory apart, which are copied together first: x^T in two blocks, and w. */
static void gemm_matches_where_rows_are_far_apart(void **state)
{
    (void)state;
    check_product(&(Product){700, 37, 201, .transpose_x = true, .apart = 400, .bias = true});
    check_product(&(Product){130, 530, 21, .apart = 1003, .add = true, .bias = true});
    check_product(&(Product){521, 67, 203, .apart = 1024, .relu = true});
    check_product(&(Product){21, 600, 203, .transpose_x = true, .apart = 1024, .add = true});
}

/* -- to the bit -------------------------------------------------------------------------------- */

static real plus_product(real sum, real x, real w)
{
#ifdef HAS_MULTIPLY_ADD
    return fma(x, w, sum);
#else
    volatile real product = x * w; /* rounded, whatever the compiler would rather do */
    return sum + product;
#endif
}

/* What gemm.h promises: the terms in their order, in blocks of as nearly equal depth as can be. */
static real element_to_the_bit(const Product *p, const Numbers *a, int i, int j)
{
    real y = p->add ? a->y[i * a->y_row + j] : 0;
    for (int l = 0, depth; l < p->k; l += depth) {
        int blocks = (p->k - l + 511) / 512;
        depth = (p->k - l + blocks - 1) / blocks;
        real sum = 0;
        for (int q = l; q < l + depth; q++)
            sum = plus_product(sum, at(a->x, i, q), at(a->w, q, j));
        y = p->add || l > 0 ? y + sum : sum;
    }
    y = p->bias ? y + a->bias[j] : y;
    return p->relu && y <= 0 ? 0 : y;
}

static void random_product(Rng *rng, Product *p)
{
    static const int most[] = {20, 90, 1100};
    *p = (Product){.n = 1 + rng_below(rng, most[rng_below(rng, 3)]),
                   .k = 1 + rng_below(rng, most[rng_below(rng, 3)]),
                   .m = 1 + rng_below(rng, most[rng_below(rng, 3)]),
                   .transpose_x = rng_below(rng, 2),
                   .transpose_w = rng_below(rng, 2),
                   .add = rng_below(rng, 2),
                   .bias = rng_below(rng, 2),
                   .relu = rng_below(rng, 2)};
    p->apart = rng_below(rng, 4) ? 0 : rng_below(rng, 1100);
}

static void every_element_is_made_by_the_same_operations_in_the_same_order(void **state)
{
    (void)state;
    Rng rng;
    rng_seed(&rng, 6);
    for (int round = 0; round < 150; round++) {
        Product p;
        random_product(&rng, &p);
        Numbers a = numbers_new(&p, (uint64_t)round);
        real *y = copy_array(a.y_size, a.y);
        multiply(&p, &a, y);
        for (int pick = 0; pick < 200; pick++) {
            int i = rng_below(&rng, p.n), j = pick % 2 ? p.m - 1 : rng_below(&rng, p.m);
            real wanted = element_to_the_bit(&p, &a, i, j), got = y[i * a.y_row + j];
            if (got != wanted || signbit(got) != signbit(wanted))
                fail_msg("(%d, %d, %d): y[%d][%d] is %a, not %a", p.n, p.k, p.m, i, j, (double)got,
                         (double)wanted);
        }
        numbers_free(&a);
        free(y);
    }
}

#ifdef _OPENMP
/* How the bits of the product on so many threads compare with those on one. */
static void check_threads(const Product *p)
{
    Numbers a = numbers_new(p, (uint64_t)p->n + (uint64_t)p->m);
    real *one = copy_array(a.y_size, a.y);
    omp_set_num_threads(1);
    multiply(p, &a, one);
    for (int threads = 2; threads <= 5; threads++) {
        real *many = copy_array(a.y_size, a.y);
        omp_set_num_threads(threads);
        multiply(p, &a, many);
        if (memcmp(one, many, a.y_size * sizeof(real)) != 0)
            fail_msg("(%d, %d, %d) on %d threads differs", p->n, p->k, p->m, threads);
        free(many);
    }
    numbers_free(&a);
    free(one);
}

/* Shapes large enough to be shared out, in rows and in columns, and some drawn at random. */
static void result_has_the_same_bits_for_any_number_of_threads(void **state)
{
    (void)state;
    static const int shapes[][3] = {{300, 302, 301}, {32, 200, 30},   {1024, 300, 77},
                                    {5, 400, 3001},  {41, 280, 2223}, {1, 800, 3000}};
    for (size_t s = 0; s < sizeof shapes / sizeof *shapes; s++)
        check_threads(&(Product){shapes[s][0], shapes[s][1], shapes[s][2], .transpose_x = s & 1,
                                 .transpose_w = s & 2, .add = true});
    Rng rng;
    rng_seed(&rng, 7);
    for (int round = 0; round < 60; round++) {
        Product p;
        random_product(&rng, &p);
        p.n += 100;
        check_threads(&p);
    }
}
#endif

/* -- single properties ------------------------------------------------------------------------- */

/* A product that skipped zeros would hide a NaN or an infinity behind them. */
static void zero_times_infinity_is_nan(void **state)
{
    (void)state;
    enum { N = 9, K = 21, M = 37 };
    real x[N][K] = {{0}}, w[K][M] = {{0}}, y[N][M];
    w[20][35] = (real)INFINITY;
    x[8][3] = (real)NAN;
    gemm(N, K, M, gemm_matrix(x[0], K), gemm_matrix(w[0], M), gemm_set(y[0], M));
    for (int i = 0; i < N; i++)
        for (int j = 0; j < M; j++)
            if (i == 8 || j == 35)
                assert_true(isnan(y[i][j]));
            else
                assert_true(y[i][j] == 0);
}

static void relu_lets_a_nan_through(void **state)
{
    (void)state;
    const real x[] = {1}, w[] = {(real)NAN, -1, 2, (real)INFINITY, (real)-INFINITY};
    real y[5];
    gemm(1, 1, 5, gemm_matrix(x, 1), gemm_matrix(w, 5),
         (GemmResult){.y = y, .row = 5, .relu = true});
    assert_true(isnan(y[0]) && y[1] == 0 && y[2] == 2 && isinf(y[3]) && y[4] == 0);
}

/* Products so small that they are rounded to -0, in a tile of every width. */
static void a_zero_has_the_same_sign_at_every_number_of_columns(void **state)
{
    (void)state;
    const real x = REAL_EPSILON, wanted = plus_product(0, x, -SMALLEST);
    real w[60], y[60];
    vector_fill(60, -SMALLEST, w);
    for (int m = 1; m <= 60; m++) {
        gemm(1, 1, m, gemm_matrix(&x, 1), gemm_matrix(w, m), gemm_set(y, m));
        for (int j = 0; j < m; j++)
            assert_memory_equal(&y[j], &wanted, sizeof wanted);
        gemm(1, 1, m, gemm_matrix(&x, 1), gemm_matrix(w, m),
             (GemmResult){.y = y, .row = m, .relu = true});
        for (int j = 0; j < m; j++)
            assert_true(y[j] == 0 && !signbit(y[j]));
    }
}

/* The one in gemm.h. */
static void the_example_of_the_header_gives_the_gradient(void **state)
{
    (void)state;
    enum { n = 2, k = 3, m = 4 };
    const real dy[n * m] = {1, 2, 3, 4, 5, 6, 7, 8};
    const real W[k * m] = {1, 0, 0, 0, 0, 1, 1, 0, 1, -1, 1, -1};
    const real wanted[n * k] = {1, 5, -2, 5, 13, -2};
    real dx[n * k];
    gemm(n, m, k, gemm_matrix(dy, m), gemm_transpose(W, m), gemm_set(dx, k));
    assert_memory_equal(dx, wanted, sizeof wanted);
}

static void gemm_set_does_not_read_what_was_there(void **state)
{
    (void)state;
    for (int m = 1; m < 60; m += 7) {
        real x[12], w[3 * 60], y[4 * 60];
        for (int i = 0; i < 12; i++)
            x[i] = 1;
        for (int i = 0; i < 3 * m; i++)
            w[i] = 2;
        for (int i = 0; i < 4 * m; i++)
            y[i] = (real)NAN;
        gemm(4, 3, m, gemm_matrix(x, 3), gemm_matrix(w, m), gemm_set(y, m));
        for (int i = 0; i < 4 * m; i++)
            assert_true(y[i] == 6);
    }
}

static void gemm_writes_nothing_outside_of_y(void **state)
{
    (void)state;
    for (int m = 1; m < 60; m++) {
        real x[5 * 4] = {0}, w[4 * 60] = {0}, y[16 + 5 * 60 + 16];
        for (int i = 0; i < 5 * m + 32; i++)
            y[i] = 1;
        gemm(5, 4, m, gemm_transpose(x, 5), gemm_transpose(w, 4), gemm_set(y + 16, m));
        for (int i = 0; i < 5 * m + 32; i++)
            assert_true(y[i] == (i < 16 || i >= 16 + 5 * m));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(gemm_matches_the_triple_loop_for_every_transpose_and_result),
        cmocka_unit_test(gemm_matches_at_every_small_size),
        cmocka_unit_test(gemm_matches_at_every_number_of_columns),
        cmocka_unit_test(gemm_matches_where_the_product_is_cut_into_blocks),
        cmocka_unit_test(gemm_matches_where_rows_are_far_apart),
        cmocka_unit_test(every_element_is_made_by_the_same_operations_in_the_same_order),
        cmocka_unit_test(zero_times_infinity_is_nan),
        cmocka_unit_test(relu_lets_a_nan_through),
        cmocka_unit_test(a_zero_has_the_same_sign_at_every_number_of_columns),
        cmocka_unit_test(the_example_of_the_header_gives_the_gradient),
        cmocka_unit_test(gemm_set_does_not_read_what_was_there),
        cmocka_unit_test(gemm_writes_nothing_outside_of_y),
#ifdef _OPENMP
        cmocka_unit_test(result_has_the_same_bits_for_any_number_of_threads),
#endif
    };
    return cmocka_run_group_tests_name("gemm", tests, NULL, NULL);
}
