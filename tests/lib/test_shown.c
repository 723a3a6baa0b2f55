/* A lesson may differ from its program by what rounding does, and by nothing else. */
#include "shown.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static const char printed[] = "The table:\n"
                              "  gradient  shape  |hand - tape|\n"
                              "  dh        7x11   8.7e-18   ok\n"
                              "  dW        2x3    exact     ok\n"
                              "  db        3      1.5e-06   ok\n"
                              "  loss, of 12      0.4431\n"
                              "  dz              -0.2500    0.0000\n"
                              "  probs =        | 0.5 1 2.956e+07 |\n"
                              "  seed 8 was never solved, 9 of 10 were\n";

static void holds(const char *shown)
{
    if (!shown_in(printed, shown))
        fail_msg("refused: %s", shown);
}

static void refused(const char *shown)
{
    if (shown_in(printed, shown))
        fail_msg("not refused: %s", shown);
}

static void what_is_printed_holds(void **state)
{
    (void)state;
    holds(printed);
    holds("The");
    holds("loss, of 12 0.4431 dz\n -0.2500 0.0000");
    holds("seed 8 was never solved, 9 of 10 were");
}

static void one_unit_in_the_last_digit_holds_and_two_do_not(void **state)
{
    (void)state;
    holds("loss, of 12 0.4432");
    holds("loss, of 12 0.4430");
    refused("loss, of 12 0.4433");
    refused("loss, of 12 0.4429");
    holds("dz -0.2499 0.0001");
    refused("dz -0.2498 0.0000");
    refused("dz -0.2500 0.0002");
    refused("dz 0.2500 0.0000");
    holds("| 0.5 1 2.957e+07 |");
    refused("| 0.5 1 2.958e+07 |");
}

static void the_last_digit_is_that_of_the_number_with_more(void **state)
{
    (void)state;
    holds("| 0.5001 0.9999 2.956e+07 |");
    refused("| 0.5002 1 2.956e+07 |");
    refused("| 0.5 0.98 2.956e+07 |");
}

static void a_number_without_a_point_is_the_same(void **state)
{
    (void)state;
    refused("seed 9 was never");
    refused("9 of 11 were");
    refused("9 of 1");
    refused("loss, of 13 0.4431");
    refused("| 0.5 2 2.956e+07 |");
    refused("dh 7x10 8.7e-18 ok");
    refused("dh 6x11 8.7e-18 ok");
}

static void all_rounding_errors_are_alike(void **state)
{
    (void)state;
    holds("dh 7x11 9.9e-07 ok");
    holds("dh 7x11 exact ok");
    holds("dW 2x3 2.2e-16 ok");
    holds("dz -0.2500 -0.0000");
    refused("dh 7x11 1.1e-06 ok");
    refused("db 3 8.7e-18 ok");
    refused("dW 2x3 0.4431 ok");
    refused("dW 2x3 exactly ok");
    refused("loss, of 12 exact");
}

static void words_are_the_same_to_the_letter(void **state)
{
    (void)state;
    refused("dh 7x11 8.7e-18 WRONG");
    refused("dh 7x11 8.7e-18 o");
    refused("h 7x11 8.7e-18 ok");
    refused("dh 7x11 nan ok");
    refused("dh 7 x11 8.7e-18 ok");
}

static void nothing_may_be_missing_or_in_another_order(void **state)
{
    (void)state;
    refused("dh 7x11 8.7e-18 ok loss, of 12 0.4431");
    refused("dW 2x3 exact ok dh 7x11 8.7e-18 ok");
    refused("9 of 10 were solved");
    assert_false(shown_in("", "dh"));
    assert_false(shown_in("dh 0.5", "dh 0.5 0.5"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_printed_holds),
        cmocka_unit_test(one_unit_in_the_last_digit_holds_and_two_do_not),
        cmocka_unit_test(the_last_digit_is_that_of_the_number_with_more),
        cmocka_unit_test(a_number_without_a_point_is_the_same),
        cmocka_unit_test(all_rounding_errors_are_alike),
        cmocka_unit_test(words_are_the_same_to_the_letter),
        cmocka_unit_test(nothing_may_be_missing_or_in_another_order),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
