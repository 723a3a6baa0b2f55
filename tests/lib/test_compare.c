/* The judges themselves: how far two gradients are apart, and gradients by finite differences. */
#include "autograd/compare.h"
#include "autograd/numeric.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static void equal_arrays_are_exact(void **state)
{
    (void)state;
    const real a[3] = {1, 0, INFINITY}, b[3] = {1, -(real)0, INFINITY};
    Comparison c = compare(3, a, b);
    assert_true(c.exact && c.max_error == 0 && c.relative == 0 && c.worst == 0);
}

static void the_worst_element_is_the_first_of_the_farthest(void **state)
{
    (void)state;
    const real a[5] = {1, 2, 3, 4, -8}, b[5] = {1, 2.25, 2.5, 4.5, -8};
    Comparison c = compare(5, a, b);
    assert_false(c.exact);
    assert_int_equal(c.worst, 2);
    assert_true(c.max_error == 0.5);
    assert_true(c.relative == 0.5 / 8);
}

static void the_scale_is_the_largest_of_either_array(void **state)
{
    (void)state;
    const real small[2] = {1, -1}, large[2] = {1, -4};
    assert_true(compare(2, small, large).relative == 0.75);
    assert_true(compare(2, large, small).relative == 0.75);
}

static void a_flipped_sign_is_a_relative_error_of_2(void **state)
{
    (void)state;
    const real a[2] = {0.01, 0.02}, b[2] = {-0.01, -0.02};
    assert_true(compare(2, a, b).relative == 2);
}

static void a_difference_of_one_bit_is_not_exact(void **state)
{
    (void)state;
    const real a = 1, b = 1 + REAL_EPSILON;
    Comparison c = compare(1, &a, &b);
    assert_false(c.exact);
    assert_true(c.max_error == (double)REAL_EPSILON);
}

static void zero_and_zero_up_to_rounding_are_close(void **state)
{
    (void)state;
    const real zero[2] = {0, 0}, noise[2] = {0, (real)1e-17};
    Comparison c = compare(2, zero, noise);
    assert_int_equal(c.worst, 1);
    assert_true(c.relative > 0 && c.relative < 1e-9);
    assert_true(fabs(c.relative - c.max_error / cbrt((double)REAL_EPSILON)) < 1e-20);
}

static void expect_infinite(real x, real y)
{
    const real a[3] = {5, x, 5}, b[3] = {4, y, 1};
    for (int swapped = 0; swapped < 2; swapped++) {
        Comparison c = swapped ? compare(3, b, a) : compare(3, a, b);
        assert_false(c.exact);
        assert_true(isinf(c.max_error) && isinf(c.relative));
        assert_int_equal(c.worst, 1);
    }
}

static void nan_is_infinitely_far_from_everything(void **state)
{
    (void)state;
    expect_infinite(NAN, 1);
    expect_infinite(NAN, NAN);
    expect_infinite(NAN, INFINITY);
}

static void infinity_is_infinitely_far_from_all_but_itself(void **state)
{
    (void)state;
    expect_infinite(INFINITY, 1);
    expect_infinite(INFINITY, -INFINITY);
}

static void an_infinity_that_agrees_hides_no_other_error(void **state)
{
    (void)state;
    const real a[3] = {INFINITY, 1, 5}, b[3] = {INFINITY, -1, 8};
    for (int swapped = 0; swapped < 2; swapped++) {
        Comparison c = swapped ? compare(3, b, a) : compare(3, a, b);
        assert_false(c.exact);
        assert_int_equal(c.worst, 2);
        assert_true(c.max_error == 3 && c.relative == 3.0 / 8);
    }
}

/* -- numeric gradients ------------------------------------------------------------------------ */

typedef struct {
    real x[4];
} Point;

/* exp(x0) sin(x1) + x2^3 + log(x3^2), of order 1. */
static double smooth(void *context)
{
    const real *x = ((Point *)context)->x;
    return exp((double)x[0]) * sin((double)x[1]) + pow((double)x[2], 3) +
           log((double)x[3] * (double)x[3]);
}

static void numeric_gradient_of_a_smooth_loss_is_good_to_1e_9(void **state)
{
    (void)state;
    Point p = {{(real)0.3, (real)-1.2, (real)0.7, (real)2.5}}, before = p;
    real gradient[4];
    numeric_gradient(smooth, &p, 4, p.x, gradient);
    double x0 = (double)p.x[0], x1 = (double)p.x[1], x2 = (double)p.x[2], x3 = (double)p.x[3];
    const double truth[4] = {exp(x0) * sin(x1), exp(x0) * cos(x1), 3 * x2 * x2, 2 / x3};
    const double tolerance = sizeof(real) == sizeof(double) ? 1e-9 : 1e-3;
    for (int i = 0; i < 4; i++)
        assert_true(fabs((double)gradient[i] - truth[i]) < tolerance);
    assert_memory_equal(&p, &before, sizeof p);
}

static void numeric_gradient_can_take_part_of_the_parameters(void **state)
{
    (void)state;
    Point p = {{(real)0.3, (real)-1.2, (real)0.7, (real)2.5}};
    real all[4], part[3] = {0, 0, 77};
    numeric_gradient(smooth, &p, 4, p.x, all);
    numeric_gradient(smooth, &p, 2, p.x + 1, part);
    assert_true(part[0] == all[1] && part[1] == all[2] && part[2] == 77);
}

static double square_of_trillions(void *context)
{
    double x = (double)*(real *)context / 1e12;
    return x * x;
}

/* The step of a small parameter would be lost in the rounding of a large one. */
static void the_step_grows_with_the_parameter(void **state)
{
    (void)state;
    real x = (real)1e12, gradient;
    numeric_gradient(square_of_trillions, &x, 1, &x, &gradient);
    double tolerance = sizeof(real) == sizeof(double) ? 1e-9 : 1e-3;
    assert_true(fabs((double)gradient / 2e-12 - 1) < tolerance);
}

static double identity(void *context)
{
    return (double)*(real *)context;
}

/* x + h is rounded: the step that is taken is not the one that was asked for. */
static void the_gradient_of_the_identity_is_1_to_the_bit(void **state)
{
    (void)state;
    for (int i = 1; i < 50; i++) {
        real x = (real)1 / (real)i, gradient;
        numeric_gradient(identity, &x, 1, &x, &gradient);
        assert_true(gradient == 1);
    }
}

/* -- kinks ------------------------------------------------------------------------------------ */

static double relu(void *context)
{
    return fmax(0, (double)*(real *)context);
}

static double max_of_two(void *context)
{
    const real *x = context;
    return fmax((double)x[0], 2 * (double)x[1]);
}

static double square(void *context)
{
    double x = (double)*(real *)context;
    return 5 + x * x;
}

static double constant(void *context)
{
    (void)context;
    return 2.5;
}

static void relu_has_a_kink_at_0_and_nowhere_else(void **state)
{
    (void)state;
    real x[4] = {1, 0, -1, (real)0.1};
    for (int i = 0; i < 4; i++)
        assert_true(numeric_kink(relu, &x[i], &x[i], 0, 1e-3) == (i == 1));
    assert_true(x[1] == 0);
}

static void a_kink_beside_x_and_within_the_step_is_seen(void **state)
{
    (void)state;
    real x = (real)(0.1 * cbrt((double)REAL_EPSILON));
    assert_true(numeric_kink(relu, &x, &x, 0, 1e-3));
    x = -x;
    assert_true(numeric_kink(relu, &x, &x, 0, 1e-3));
}

static void two_equal_maxima_are_a_kink_in_either(void **state)
{
    (void)state;
    real x[2] = {1, 0.5};
    assert_true(numeric_kink(max_of_two, x, x, 0, 1e-3));
    assert_true(numeric_kink(max_of_two, x, x, 1, 1e-3));
    x[0] = 2;
    assert_false(numeric_kink(max_of_two, x, x, 0, 1e-3));
    assert_false(numeric_kink(max_of_two, x, x, 1, 1e-3));
}

static void the_bottom_of_a_parabola_is_no_kink(void **state)
{
    (void)state;
    real x = 0;
    assert_false(numeric_kink(square, &x, &x, 0, 1e-3));
    x = (real)1e-3;
    assert_false(numeric_kink(square, &x, &x, 0, 1e-3));
}

static void a_constant_has_no_kink(void **state)
{
    (void)state;
    real x = 1;
    assert_false(numeric_kink(constant, &x, &x, 0, 1e-3));
}

/* All that changes in it is rounding. */
static double nearly_constant(void *context)
{
    return 1000 + 1e-9 * (double)*(real *)context;
}

static void rounding_is_no_kink(void **state)
{
    (void)state;
    for (int i = 1; i < 50; i++) {
        real x = (real)1 / (real)i;
        assert_false(numeric_kink(nearly_constant, &x, &x, 0, 1e-3));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(equal_arrays_are_exact),
        cmocka_unit_test(the_worst_element_is_the_first_of_the_farthest),
        cmocka_unit_test(the_scale_is_the_largest_of_either_array),
        cmocka_unit_test(a_flipped_sign_is_a_relative_error_of_2),
        cmocka_unit_test(a_difference_of_one_bit_is_not_exact),
        cmocka_unit_test(zero_and_zero_up_to_rounding_are_close),
        cmocka_unit_test(nan_is_infinitely_far_from_everything),
        cmocka_unit_test(infinity_is_infinitely_far_from_all_but_itself),
        cmocka_unit_test(an_infinity_that_agrees_hides_no_other_error),
        cmocka_unit_test(numeric_gradient_of_a_smooth_loss_is_good_to_1e_9),
        cmocka_unit_test(numeric_gradient_can_take_part_of_the_parameters),
        cmocka_unit_test(the_step_grows_with_the_parameter),
        cmocka_unit_test(the_gradient_of_the_identity_is_1_to_the_bit),
        cmocka_unit_test(relu_has_a_kink_at_0_and_nowhere_else),
        cmocka_unit_test(a_kink_beside_x_and_within_the_step_is_seen),
        cmocka_unit_test(two_equal_maxima_are_a_kink_in_either),
        cmocka_unit_test(the_bottom_of_a_parabola_is_no_kink),
        cmocka_unit_test(a_constant_has_no_kink),
        cmocka_unit_test(rounding_is_no_kink),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
