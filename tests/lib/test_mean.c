/* A mean and its standard error, as they are by hand. */
#include "workbook/mean.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <math.h>

/* 2, 4 and 9: away from 5 by 3, 1 and 4; (9 + 1 + 16) / 2 / 3. */
static void the_error_is_of_the_mean(void **state)
{
    (void)state;
    const Mean m = mean_of(3, (const double[]){2, 4, 9});
    assert_true(fabs(m.mean - 5) < 1e-14);
    assert_true(fabs(m.error - sqrt(13.0 / 3)) < 1e-14);
}

static void a_single_number_has_none(void **state)
{
    (void)state;
    const Mean m = mean_of(1, (const double[]){7});
    assert_true(m.mean == 7 && m.error == 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(the_error_is_of_the_mean),
                                       cmocka_unit_test(a_single_number_has_none)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
