/* In a program of the book an exercise that is still to be done stops it, and says which it is. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "child.h"
#include "real.h"

/* As it comes, with nothing written into it. */
static void batch_norm_backward(int n, const real dy[n], real dx[n])
{
    (void)dy, (void)dx;
    TODO();
}

static void train(void *context)
{
    real dy[1] = {1}, dx[1];
    (void)context;
    batch_norm_backward(1, dy, dx);
}

static void what_is_still_to_do_is_named(void **state)
{
    (void)state;
    Child child = child_run(train, NULL);
    assert_int_equal(child.status, 1);
    assert_string_equal(child.err,
                        "batch_norm_backward is still to do; `make check` says when it is right\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(what_is_still_to_do_is_named)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
