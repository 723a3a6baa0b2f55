/* A number that is not what the lesson says is shown beside what it should be, and is counted. */
#include "workbook/fact.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <math.h>
#include <stdlib.h>

#include "child.h"

enum { IN_ORDER = 100 }; /* added to the count if the results are what their lines say */

static void expect(ChildBody *body, int failures, const char *out)
{
    Child child = child_run(body, NULL);
    assert_string_equal(child.out, out);
    assert_int_equal(child.status, IN_ORDER + failures);
}

static void leave(bool in_order)
{
    exit((in_order ? IN_ORDER : 0) + fact_failures());
}

static void state_numbers(void *context)
{
    (void)context;
    bool right = fact("g", 4, 24.70408163, 24.7041) && fact("da", 0, -12, -12);
    leave(right && !fact("db", 2, 1.006, 1));
}

static void numbers_hold_to_their_decimals(void **state)
{
    (void)state;
    expect(state_numbers, 1,
           "  g                            24.7041\n"
           "  da                               -12\n"
           "  db                              1.01  WRONG: expected 1.00\n");
}

static void state_edges(void *context)
{
    (void)context;
    bool inside = fact("inside", 1, 2.0499, 2) && fact("inside", 1, -2.0499, -2);
    leave(inside && !fact("outside", 1, 2.0501, 2) && !fact("sign", 1, -2, 2));
}

static void half_a_unit_of_the_last_decimal_is_the_edge(void **state)
{
    (void)state;
    expect(state_edges, 2,
           "  inside                           2.0\n"
           "  inside                          -2.0\n"
           "  outside                          2.1  WRONG: expected 2.0\n"
           "  sign                            -2.0  WRONG: expected 2.0\n");
}

/* Two neighbours of `real` hold for each other, however many decimals are asked for. */
static void state_rounding(void *context)
{
    (void)context;
    const double next = 645.5773 * (1 + (double)REAL_EPSILON);
    bool held = fact("rounding", 4, next, 645.5773);
    leave(held && !fact("more", 4, 645.5773 * (1 + 40 * (double)REAL_EPSILON) + 0.5e-4, 645.5773));
}

static void the_rounding_of_real_is_allowed_for(void **state)
{
    (void)state;
    assert_int_equal(child_run(state_rounding, NULL).status, IN_ORDER + 1);
}

static void state_rows(void *context)
{
    (void)context;
    const real right[3] = {36, 81, (real)0.125}, wrong[3] = {36, (real)81.5, (real)0.125};
    bool held = fact_row("da", 3, 3, right, right);
    leave(held && !fact_row("da", 3, 3, wrong, right));
}

static void a_row_is_wrong_if_one_number_is(void **state)
{
    (void)state;
    expect(state_rows, 1,
           "  da                            36.000    81.000     0.125\n"
           "  da                            36.000    81.500     0.125"
           "  WRONG: expected 36.000 81.000 0.125\n");
}

static void state_no_numbers(void *context)
{
    (void)context;
    const real nan_first[2] = {(real)NAN, 1}, ones[2] = {1, 1};
    bool held = fact("nan", 1, NAN, 1) || fact("nan", 1, NAN, NAN) ||
                fact("inf", 1, INFINITY, INFINITY) || fact("inf", 1, 1, INFINITY);
    leave(!held && !fact_row("row", 1, 2, nan_first, ones));
}

static void what_is_not_finite_never_holds(void **state)
{
    (void)state;
    assert_int_equal(child_run(state_no_numbers, NULL).status, IN_ORDER + 5);
}

static void state_others(void *context)
{
    (void)context;
    leave(fact_that("grad is NULL before", true) && !fact_that("visits of 10 doublings", false));
}

static void what_has_no_number_speaks_up_only_when_wrong(void **state)
{
    (void)state;
    expect(state_others, 1, "  WRONG: visits of 10 doublings\n");
}

static void state_arrays(void *context)
{
    (void)context;
    const real found[3] = {1, -8, 2}, near[3] = {1, -8 * (1 + 4 * REAL_EPSILON), 2};
    const real far[3] = {1, -8, (real)2.5}, nan[3] = {1, (real)NAN, 2};
    leave(fact_same("counts", 3, found, near) && !fact_same("counts", 3, found, far) &&
          !fact_same("counts", 3, nan, found));
}

static void arrays_are_the_same_up_to_rounding(void **state)
{
    (void)state;
    expect(state_arrays, 2,
           "  WRONG: counts: element 2 is 2, expected 2.5\n"
           "  WRONG: counts: element 1 is nan, expected -8\n");
}

static void nothing_stated_is_nothing_wrong(void **state)
{
    (void)state;
    assert_int_equal(fact_failures(), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_stated_is_nothing_wrong),
        cmocka_unit_test(numbers_hold_to_their_decimals),
        cmocka_unit_test(half_a_unit_of_the_last_decimal_is_the_edge),
        cmocka_unit_test(the_rounding_of_real_is_allowed_for),
        cmocka_unit_test(a_row_is_wrong_if_one_number_is),
        cmocka_unit_test(what_is_not_finite_never_holds),
        cmocka_unit_test(arrays_are_the_same_up_to_rounding),
        cmocka_unit_test(what_has_no_number_speaks_up_only_when_wrong),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
