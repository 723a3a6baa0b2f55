/* The elementary functions are held against libm in long double, the sums against plain loops. */
#include <limits.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include <cmocka.h>

#ifdef _OPENMP
#include <omp.h>
#endif

#include "kernel/random.h"
#include "kernel/vector.h"

#ifdef REAL_IS_FLOAT
typedef uint32_t Bits;
enum { MANTISSA_DIGITS = FLT_MANT_DIG, MIN_EXPONENT = FLT_MIN_EXP };
#define SMALLEST FLT_TRUE_MIN
#define SMALLEST_NORMAL FLT_MIN
#define LARGEST FLT_MAX
#else
typedef uint64_t Bits;
enum { MANTISSA_DIGITS = DBL_MANT_DIG, MIN_EXPONENT = DBL_MIN_EXP };
#define SMALLEST DBL_TRUE_MIN
#define SMALLEST_NORMAL DBL_MIN
#define LARGEST DBL_MAX
#endif

static real from_bits(Bits bits)
{
    real x;
    memcpy(&x, &bits, sizeof x);
    return x;
}

static Bits to_bits(real x)
{
    Bits bits;
    memcpy(&bits, &x, sizeof x);
    return bits;
}

/* -- accuracy ---------------------------------------------------------------------------------- */

static long double sigmoid_reference(long double x)
{
    return 1 / (1 + expl(-x));
}

static const struct Function {
    const char *name;
    void (*vector)(int n, const real *x, real *y);
    long double (*reference)(long double x);
} functions[] = {
    {"exp", vector_exp, expl},
    {"log", vector_log, logl},
    {"log1p", vector_log1p, log1pl},
    {"tanh", vector_tanh, tanhl},
    {"sigmoid", vector_sigmoid, sigmoid_reference},
    {"erf", vector_erf, erfl},
};
enum { FUNCTIONS = sizeof functions / sizeof *functions };

/* |y - wanted| in units in the last place of a real near wanted; 0 if both round to the same. */
static double ulps(real y, long double wanted)
{
    if (isnan(wanted) || isnan(y))
        return isnan(wanted) && isnan(y) ? 0 : INFINITY;
    if (y == (real)wanted)
        return signbit(y) == signbit((real)wanted) ? 0 : INFINITY;
    int exponent;
    frexpl(wanted, &exponent);
    if (exponent < MIN_EXPONENT)
        exponent = MIN_EXPONENT;
    return (double)(fabsl(y - wanted) / ldexpl(1, exponent - MANTISSA_DIGITS));
}

static void check_accuracy(const struct Function *f, int n, const real *x)
{
    real *y = malloc(n * sizeof *y);
    f->vector(n, x, y);
    for (int i = 0; i < n; i++) {
        long double wanted = f->reference(x[i]);
        double error = ulps(y[i], wanted);
        if (!(error <= 2))
            fail_msg("%s(%a) is %a, not %La: %.2f ulp", f->name, (double)x[i], (double)y[i], wanted,
                     error);
    }
    free(y);
}

static void check_interval(const struct Function *f, real low, real high)
{
    enum { N = 100000 };
    static real x[N];
    Rng rng;
    rng_seed(&rng, 1);
    for (int i = 0; i < N; i++)
        x[i] = (real)(low + rng_uniform(&rng) * ((double)high - low));
    check_accuracy(f, N, x);
}

static void elementary_functions_are_within_two_ulp_near_where_they_are_difficult(void **state)
{
    (void)state;
    const real overflow = log(LARGEST), underflow = log(SMALLEST);
    const struct {
        int function;
        real low, high;
    } intervals[] = {
        {0, underflow - 3, underflow + 30}, /* exp: to zero, through the subnormal numbers */
        {0, overflow - 10, overflow + 3},
        {0, -1, 1},
        {1, (real)0.4, (real)2.5},
        {1, (real)0.99, (real)1.01},
        {2, (real)-0.999, 3},
        {2, (real)-1e-3, (real)1e-3},
        {3, (real)0.4, (real)0.7},
        {3, -25, 25},
        {4, underflow - 3, underflow + 30},
        {4, -8, 0},
        {4, -40, 40},
        {5, -1, 1},
        {5, (real)1, (real)1.25}, /* erf: where series and fraction meet */
        {5, -7, 7},
    };
    for (size_t i = 0; i < sizeof intervals / sizeof *intervals; i++)
        check_interval(&functions[intervals[i].function], intervals[i].low, intervals[i].high);
}

/* Random bits are numbers of every magnitude, subnormal numbers and a NaN now and then. */
static void elementary_functions_are_within_two_ulp_of_libm_on_every_magnitude(void **state)
{
    (void)state;
    enum { N = 20000 };
    static real x[N];
    Rng rng;
    rng_seed(&rng, 2);
    for (int i = 0; i < N; i++)
        x[i] = from_bits((Bits)rng_bits(&rng));
    for (int f = 0; f < FUNCTIONS; f++)
        check_accuracy(&functions[f], N, x);
}

static void elementary_functions_agree_with_libm_on_special_values(void **state)
{
    (void)state;
    const real e = REAL_EPSILON;
    const real x[] = {0,
                      (real)-0.0,
                      1,
                      -1,
                      (real)INFINITY,
                      (real)-INFINITY,
                      (real)NAN,
                      LARGEST,
                      -LARGEST,
                      SMALLEST,
                      -SMALLEST,
                      SMALLEST_NORMAL,
                      -SMALLEST_NORMAL,
                      SMALLEST_NORMAL - SMALLEST,
                      e,
                      -e,
                      1 + e,
                      1 - e / 2,
                      -1 + e / 2,
                      -1 - e,
                      log(LARGEST),
                      log(SMALLEST),
                      log(SMALLEST_NORMAL)};
    for (int f = 0; f < FUNCTIONS; f++)
        check_accuracy(&functions[f], sizeof x / sizeof *x, x);
}

static void tanh_is_odd_and_sigmoid_of_opposites_adds_up_to_one(void **state)
{
    (void)state;
    for (int i = 0; i < 400; i++) {
        real x = (real)i / 16, both[] = {x, -x}, y[2];
        vector_tanh(2, both, y);
        assert_true(y[0] == -y[1] && y[0] <= 1);
        vector_sigmoid(2, both, y);
        assert_true(fabs(y[0] + y[1] - 1) <= REAL_EPSILON);
    }
}

/* -- place ------------------------------------------------------------------------------------- */

static void an_elements_result_does_not_depend_on_its_place(void **state)
{
    (void)state;
    enum { N = 83 };
    real x[N], whole[N], part[N + 1];
    for (int i = 0; i < N; i++)
        x[i] = (real)sin(1.0 + i) * 3;
    for (int f = 0; f < FUNCTIONS; f++) {
        functions[f].vector(N, x, whole);
        for (int from = 0; from < N; from += 3)
            for (int n = 0; n <= N - from; n++) {
                part[n] = 77;
                functions[f].vector(n, x + from, part);
                assert_memory_equal(part, whole + from, n * sizeof *part);
                assert_true(part[n] == 77);
            }
    }
}

static void a_function_can_be_computed_in_place(void **state)
{
    (void)state;
    real x[37], y[37];
    for (int i = 0; i < 37; i++)
        x[i] = (real)0.1 * (i + 1);
    for (int f = 0; f < FUNCTIONS; f++) {
        real same[37];
        memcpy(same, x, sizeof x);
        functions[f].vector(37, x, y);
        functions[f].vector(37, same, same);
        assert_memory_equal(same, y, sizeof y);
    }
}

static void a_long_array_gives_the_same_bits_as_its_elements_alone(void **state)
{
    (void)state;
    enum { N = 150021 };
    real *x = malloc(N * sizeof *x), *y = malloc(N * sizeof *y);
    for (int i = 0; i < N; i++)
        x[i] = (real)(i + 1) / 3000;
    for (int f = 0; f < FUNCTIONS; f++) {
#ifdef _OPENMP
        omp_set_num_threads(f % 3 + 1);
#endif
        functions[f].vector(N, x, y);
        for (int i = 0; i < N; i += i < 149000 ? 997 : 1) {
            real alone;
            functions[f].vector(1, x + i, &alone);
            assert_true(to_bits(y[i]) == to_bits(alone));
        }
    }
    free(x), free(y);
}

/* -- updates and sums -------------------------------------------------------------------------- */

enum { MOST = 300 };

static void random_vector(Rng *rng, int n, real *x)
{
    for (int i = 0; i < n; i++)
        x[i] = (real)(2 * rng_uniform(rng) - 1);
}

static void updates_match_plain_loops_at_every_length(void **state)
{
    (void)state;
    Rng rng;
    rng_seed(&rng, 3);
    real x[MOST], y[MOST + 1], sum[MOST + 1], scaled[MOST + 1], filled[MOST + 1];
    for (int n = 0; n < MOST; n++) {
        random_vector(&rng, n, x);
        random_vector(&rng, n, y);
        y[n] = filled[n] = 5;
        memcpy(sum, y, sizeof y);
        memcpy(scaled, y, sizeof y);
        vector_add(n, x, sum);
        vector_add_scaled(n, (real)-0.75, x, scaled);
        vector_fill(n, (real)1.5, filled);
        for (int i = 0; i < n; i++) {
            assert_true(sum[i] == y[i] + x[i]);
            assert_true(fabs(scaled[i] - (y[i] - (real)0.75 * x[i])) <= REAL_EPSILON);
            assert_true(filled[i] == (real)1.5);
        }
        assert_true(sum[n] == 5 && scaled[n] == 5 && filled[n] == 5);
    }
}

static void sums_match_plain_loops_at_every_length(void **state)
{
    (void)state;
    Rng rng;
    rng_seed(&rng, 4);
    real x[MOST], y[MOST], x_0 = (real)0.3, y_0 = (real)-1.7;
    assert_true(vector_sum(0, x) == 0 && vector_dot(0, x, y) == 0);
    assert_true(vector_dot_about(0, x, x_0, y, y_0) == 0);
    for (int n = 1; n < MOST; n++) {
        random_vector(&rng, n, x);
        random_vector(&rng, n, y);
        long double sum = 0, dot = 0, about = 0;
        for (int i = 0; i < n; i++) {
            sum += x[i];
            dot += (long double)x[i] * y[i];
            about += ((long double)x[i] - x_0) * ((long double)y[i] - y_0);
        }
        assert_true(fabsl(vector_sum(n, x) - sum) <= n * (long double)REAL_EPSILON);
        assert_true(fabsl(vector_dot(n, x, y) - dot) <= n * (long double)REAL_EPSILON);
        assert_true(fabsl(vector_dot_about(n, x, x_0, y, y_0) - about) <=
                    4 * n * (long double)REAL_EPSILON);
    }
}

/* What vector.h promises, whatever the width of vectors: 64 partial sums (32 in double), folded. */
static void sums_have_the_same_bits_on_every_machine(void **state)
{
    (void)state;
    enum { PARTIAL = 256 / sizeof(real) };
    Rng rng;
    rng_seed(&rng, 8);
    real x[MOST], y[MOST];
    for (int n = 0; n < MOST; n++) {
        volatile real sum[PARTIAL] = {0}, dot[PARTIAL] = {0}, about[PARTIAL] = {0};
        random_vector(&rng, n, x);
        random_vector(&rng, n, y);
        for (int i = 0; i < n; i++) {
            volatile real product = x[i] * y[i], moved = (x[i] - x[0]) * (y[i] - y[0]);
            sum[i % PARTIAL] += x[i];
            dot[i % PARTIAL] += product;
            about[i % PARTIAL] += moved;
        }
        for (int half = PARTIAL / 2; half > 0; half /= 2)
            for (int i = 0; i < half; i++) {
                sum[i] += sum[i + half];
                dot[i] += dot[i + half];
                about[i] += about[i + half];
            }
        assert_true(vector_sum(n, x) == sum[0]);
        assert_true(vector_dot(n, x, y) == dot[0]);
        assert_true(n == 0 || vector_dot_about(n, x, x[0], y, y[0]) == about[0]);
    }
}

/* As many elements as an int can count, all of them on the one page of zeros that Unix lends where
 * nothing has been written. */
static void the_largest_array_is_walked_to_its_end(void **state)
{
    (void)state;
    const size_t size = (size_t)INT_MAX * sizeof(real);
    real *x = mmap(NULL, size, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (x == MAP_FAILED)
        skip();
#ifdef MADV_HUGEPAGE
    madvise(x, size, MADV_HUGEPAGE); /* the page is met less often if it is larger */
#endif
    assert_true(vector_sum(INT_MAX, x) == 0);
    munmap(x, size);
}

static void max_finds_the_largest_at_every_place(void **state)
{
    (void)state;
    Rng rng;
    rng_seed(&rng, 5);
    real x[MOST];
    for (int n = 1; n < MOST; n += n < 40 ? 1 : 13)
        for (int place = 0; place < n; place++) {
            random_vector(&rng, n, x);
            for (int i = 0; i < n; i++)
                x[i] -= 10;
            x[place] = -5;
            assert_true(vector_max(n, x) == -5);
            x[place] = (real)NAN;
            assert_true(isnan(vector_max(n, x)));
        }
    vector_fill(MOST, (real)-INFINITY, x);
    assert_true(vector_max(MOST, x) == (real)-INFINITY);
}

/* Two zeros are equal and not the same: the first in the order of sums_have_the_same_bits counts.
 */
static void max_finds_the_same_zero_on_every_machine(void **state)
{
    (void)state;
    enum { PARTIAL = 256 / sizeof(real) };
    static const real values[] = {-1, (real)-0.0, 0};
    Rng rng;
    rng_seed(&rng, 9);
    real x[MOST], largest[PARTIAL];
    for (int n = 1; n < MOST; n++) {
        for (int i = 0; i < n; i++)
            x[i] = values[rng_below(&rng, 3)];
        vector_fill(PARTIAL, x[0], largest);
        for (int i = 0; i < n; i++)
            if (x[i] > largest[i % PARTIAL])
                largest[i % PARTIAL] = x[i];
        for (int half = PARTIAL / 2; half > 0; half /= 2)
            for (int i = 0; i < half; i++)
                if (largest[i + half] > largest[i])
                    largest[i] = largest[i + half];
        assert_true(to_bits(vector_max(n, x)) == to_bits(largest[0]));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(elementary_functions_are_within_two_ulp_near_where_they_are_difficult),
        cmocka_unit_test(elementary_functions_are_within_two_ulp_of_libm_on_every_magnitude),
        cmocka_unit_test(elementary_functions_agree_with_libm_on_special_values),
        cmocka_unit_test(tanh_is_odd_and_sigmoid_of_opposites_adds_up_to_one),
        cmocka_unit_test(an_elements_result_does_not_depend_on_its_place),
        cmocka_unit_test(a_function_can_be_computed_in_place),
        cmocka_unit_test(a_long_array_gives_the_same_bits_as_its_elements_alone),
        cmocka_unit_test(updates_match_plain_loops_at_every_length),
        cmocka_unit_test(sums_match_plain_loops_at_every_length),
        cmocka_unit_test(sums_have_the_same_bits_on_every_machine),
        cmocka_unit_test(the_largest_array_is_walked_to_its_end),
        cmocka_unit_test(max_finds_the_largest_at_every_place),
        cmocka_unit_test(max_finds_the_same_zero_on_every_machine),
    };
    return cmocka_run_group_tests_name("vector", tests, NULL, NULL);
}
