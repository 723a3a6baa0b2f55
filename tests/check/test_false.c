/* test_false.c: of an answer that means nothing, nothing false is said, whatever the exercise. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "../lib/shell.h"

static void nothing_false_is_said_of_fills(void **state)
{
    (void)state;
    Child child = run("for fills in build/check/[0-9]*/fills; do $fills || bad=1; done; "
                      "exit ${bad:-0}");
    assert_string_equal(child.out, "");
    assert_status(&child, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(nothing_false_is_said_of_fills)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
