/* Errors of both kinds come out as one line, in the right place and with the right status. */
#include "error.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "child.h"
#include "real.h"

static void stop(void *context)
{
    (void)context;
    printf("printed before");
    error_stop("ag_matmul: inner sizes differ: (%d, %d) @ (%d, %d)", 32, 30, 20, 64);
}

static void stop_prints_one_line_and_exits_with_1(void **state)
{
    (void)state;
    Child child = child_run(stop, NULL);
    assert_int_equal(child.status, 1);
    assert_string_equal(child.out, "printed before");
    assert_string_equal(child.err, "ag_matmul: inner sizes differ: (32, 30) @ (20, 64)\n");
}

static void stop_at_a_file_of_two_lines(void *context)
{
    (void)context;
    error_stop("%s: no tensor: %s", "a\nb\033[2J", "n\xc3\xa9\x7f\t\r.");
}

static void a_message_is_one_line_whatever_it_quotes(void **state)
{
    (void)state;
    Child child = child_run(stop_at_a_file_of_two_lines, NULL);
    assert_string_equal(child.err, "a?b?[2J: no tensor: n\xc3\xa9???.\n");
    error_return("%s: cannot be opened", "a\nb");
    assert_string_equal(error_text(), "a?b: cannot be opened");
}

static jmp_buf back;
static char caught[2048];

static void catch (const char *message)
{
    snprintf(caught, sizeof caught, "%s", message);
    longjmp(back, 1);
}

static void handler_gets_the_message_and_may_jump_away(void **state)
{
    (void)state;
    ErrorHandler *before = error_set_handler(catch);
    if (setjmp(back) == 0)
        error_stop("rank %d, expected %d", 3, 2);
    error_set_handler(before);
    assert_string_equal(caught, "rank 3, expected 2");
}

static void with_nothing_missing(const char *first, const char *second, const int *third)
{
    NOT_NULL(first, second, third);
    NOT_NULL(third);
}

static void with_something_missing(void)
{
    const char *first = "", *second = NULL, *third = NULL;
    NOT_NULL(first, second, third);
}

static void a_pointer_that_is_null_is_called_by_its_name(void **state)
{
    (void)state;
    ErrorHandler *before = error_set_handler(catch);
    int third = 3;
    strcpy(caught, "nothing");
    if (setjmp(back) == 0)
        with_nothing_missing("", "", &third);
    assert_string_equal(caught, "nothing");
    if (setjmp(back) == 0)
        with_something_missing();
    error_set_handler(before);
    assert_string_equal(caught, "with_something_missing: second is NULL");
}

static void a_setting_is_a_finite_real_and_not_negative(void **state)
{
    (void)state;
    const double largest = sizeof(real) == sizeof(double) ? DBL_MAX : (double)FLT_MAX;
    const double good[] = {0, -0.0, 1e-300, 1, largest},
                 bad[] = {-1e-9, NAN, INFINITY, 10 * largest};
    ErrorHandler *before = error_set_handler(catch);
    for (int i = 0; i < 5; i++)
        error_if_negative("f", "x", good[i]);
    for (volatile int i = 0; i < 4; i++) {
        strcpy(caught, "nothing");
        if (setjmp(back) == 0)
            error_if_negative("f", "x", bad[i]);
        assert_non_null(strstr(caught, ": expected 0 or more, and finite"));
    }
    error_set_handler(before);
}

static void set_handler_returns_the_one_before_and_null_restores_the_default(void **state)
{
    (void)state;
    ErrorHandler *first = error_set_handler(catch);
    assert_true(error_set_handler(NULL) == catch);
    assert_true(error_set_handler(first) == first);
    assert_int_equal(child_run(stop, NULL).status, 1);
}

static void come_back(const char *message)
{
    (void)message;
}

static void stop_with_a_handler_that_comes_back(void *context)
{
    (void)context;
    error_set_handler(come_back);
    error_stop("cannot go on");
}

static void a_handler_that_comes_back_does_not_let_the_program_go_on(void **state)
{
    (void)state;
    assert_int_equal(child_run(stop_with_a_handler_that_comes_back, NULL).status, -SIGABRT);
}

static void return_is_false_and_keeps_the_text(void **state)
{
    (void)state;
    assert_false(error_return("%s:%d: no name", "names.txt", 17));
    assert_string_equal(error_text(), "names.txt:17: no name");
    assert_false(error_return("the latest"));
    assert_string_equal(error_text(), "the latest");
}

static void a_text_can_be_put_into_the_next(void **state)
{
    (void)state;
    error_return("disk full");
    error_return("loss.csv: %s", error_text());
    assert_string_equal(error_text(), "loss.csv: disk full");
}

static void a_long_text_is_cut(void **state)
{
    (void)state;
    static char text[5000];
    memset(text, 'x', sizeof text - 1);
    error_return("%s", text);
    assert_in_range(strlen(error_text()), 500, 4000);
    assert_memory_equal(error_text(), text, strlen(error_text()));
}

static void *text_of_new_thread(void *context)
{
    snprintf(context, 100, "%s", error_text());
    error_return("the thread's");
    return NULL;
}

static void each_thread_has_its_own_text_and_begins_with_none(void **state)
{
    (void)state;
    pthread_t thread;
    char text[100] = "unset";
    error_return("mine");
    assert_int_equal(pthread_create(&thread, NULL, text_of_new_thread, text), 0);
    pthread_join(thread, NULL);
    assert_string_equal(text, "");
    assert_string_equal(error_text(), "mine");
}

static void report(void *context)
{
    error_return("names.txt: no such file");
    *(int *)context = error_report("05_bigrams");
    printf("%d", *(int *)context);
}

static void report_prints_program_and_text_and_is_1(void **state)
{
    (void)state;
    int returned = 0;
    Child child = child_run(report, &returned);
    assert_string_equal(child.err, "05_bigrams: names.txt: no such file\n");
    assert_string_equal(child.out, "1");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(stop_prints_one_line_and_exits_with_1),
        cmocka_unit_test(a_message_is_one_line_whatever_it_quotes),
        cmocka_unit_test(handler_gets_the_message_and_may_jump_away),
        cmocka_unit_test(a_pointer_that_is_null_is_called_by_its_name),
        cmocka_unit_test(a_setting_is_a_finite_real_and_not_negative),
        cmocka_unit_test(set_handler_returns_the_one_before_and_null_restores_the_default),
        cmocka_unit_test(a_handler_that_comes_back_does_not_let_the_program_go_on),
        cmocka_unit_test(return_is_false_and_keeps_the_text),
        cmocka_unit_test(a_text_can_be_put_into_the_next),
        cmocka_unit_test(a_long_text_is_cut),
        cmocka_unit_test(each_thread_has_its_own_text_and_begins_with_none),
        cmocka_unit_test(report_prints_program_and_text_and_is_1),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
