/* The distributions of initial parameters are those of torch.nn.init. */
#include "nn/init.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "real.h"

enum { N = 200000 };

static real x[N];

typedef struct {
    double mean, variance, low, high;
} Moments;

static Moments moments(void)
{
    Moments m = {.low = INFINITY, .high = -INFINITY};
    for (int i = 0; i < N; i++) {
        m.mean += (double)x[i] / N;
        m.low = fmin(m.low, (double)x[i]);
        m.high = fmax(m.high, (double)x[i]);
    }
    for (int i = 0; i < N; i++)
        m.variance += ((double)x[i] - m.mean) * ((double)x[i] - m.mean) / N;
    return m;
}

/* The seed is fixed, so the tests cannot fail by chance; the bounds are 5 standard errors wide. */
static Rng seeded(void)
{
    Rng rng;
    rng_seed(&rng, 20);
    return rng;
}

static void expect_normal(double std)
{
    Moments m = moments();
    assert_true(fabs(m.mean) < 5 * std / sqrt((double)N));
    assert_true(fabs(m.variance / (std * std) - 1) < 5 * sqrt(2.0 / N));
    assert_true(m.high > 3.5 * std && m.low < -3.5 * std); /* tails: no uniform numbers */
}

static void expect_uniform(double low, double high)
{
    Moments m = moments();
    double width = high - low, variance = width * width / 12;
    assert_true(fabs(m.mean - (low + high) / 2) < 5 * sqrt(variance / N));
    assert_true(fabs(m.variance / variance - 1) < 5 * sqrt(0.8 / N)); /* kurtosis 1.8 */
    assert_true(m.low >= (double)(real)low && m.low < low + 1e-3 * width);
    assert_true(m.high < (double)(real)high && m.high > high - 1e-3 * width);
}

static void normal_has_the_given_spread(void **state)
{
    (void)state;
    Rng rng = seeded();
    init_normal(&rng, 0.1, N, x);
    expect_normal(0.1);
    init_normal(&rng, 3, N, x);
    expect_normal(3);
}

static void normal_of_spread_0_is_0(void **state)
{
    (void)state;
    Rng rng = seeded();
    init_normal(&rng, 0, 10, x);
    for (int i = 0; i < 10; i++)
        assert_true(x[i] == 0);
}

static void uniform_fills_its_interval(void **state)
{
    (void)state;
    Rng rng = seeded();
    init_uniform(&rng, -1, 3, N, x);
    expect_uniform(-1, 3);
}

/* Between 1 and its neighbour but one there are two numbers; rounding would reach a third. */
static void uniform_never_reaches_its_upper_end(void **state)
{
    (void)state;
    Rng rng = seeded();
    double high = 1 + 2 * (double)REAL_EPSILON;
    init_uniform(&rng, 1, high, 1000, x);
    for (int i = 0; i < 1000; i++)
        assert_true(x[i] >= 1 && (double)x[i] < high);
}

static void only_n_elements_are_written(void **state)
{
    (void)state;
    Rng rng = seeded();
    x[5] = x[6] = 77;
    init_normal(&rng, 1, 5, x);
    assert_true(x[5] == 77);
    init_uniform(&rng, 0, 1, 6, x);
    assert_true(x[5] < 1 && x[6] == 77);
}

static void the_same_seed_gives_the_same_numbers(void **state)
{
    (void)state;
    Rng rng = seeded();
    real again[100];
    init_kaiming_normal(&rng, INIT_RELU, 30, 100, x);
    rng = seeded();
    init_kaiming_normal(&rng, INIT_RELU, 30, 100, again);
    assert_memory_equal(x, again, sizeof again);
}

static void gains_are_those_of_torch(void **state)
{
    (void)state;
    assert_true(init_gain(INIT_LINEAR) == 1);
    assert_true(init_gain(INIT_SIGMOID) == 1);
    assert_true(init_gain(INIT_TANH) == 5.0 / 3);
    assert_true(fabs(init_gain(INIT_RELU) - 1.4142135623730951) < 1e-15);
}

static void kaiming_divides_the_gain_by_the_root_of_fan_in(void **state)
{
    (void)state;
    Rng rng = seeded();
    init_kaiming_normal(&rng, INIT_TANH, 30, N, x);
    expect_normal(5.0 / 3 / sqrt(30.0));
    init_kaiming_normal(&rng, INIT_RELU, 200, N, x);
    expect_normal(0.1);
}

static void xavier_bounds_depend_on_both_fans(void **state)
{
    (void)state;
    Rng rng = seeded();
    init_xavier_uniform(&rng, INIT_LINEAR, 20, 4, N, x);
    expect_uniform(-0.5, 0.5);
    init_xavier_uniform(&rng, INIT_TANH, 4, 50, N, x);
    expect_uniform(-5.0 / 9, 5.0 / 9);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(normal_has_the_given_spread),
        cmocka_unit_test(normal_of_spread_0_is_0),
        cmocka_unit_test(uniform_fills_its_interval),
        cmocka_unit_test(uniform_never_reaches_its_upper_end),
        cmocka_unit_test(only_n_elements_are_written),
        cmocka_unit_test(the_same_seed_gives_the_same_numbers),
        cmocka_unit_test(gains_are_those_of_torch),
        cmocka_unit_test(kaiming_divides_the_gain_by_the_root_of_fan_in),
        cmocka_unit_test(xavier_bounds_depend_on_both_fans),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
