/* What tests/run makes of the programs that it runs: it counts every test, and calls nothing good
 * that did not run. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "child.h"
#include "scratch.h"

static void run(void *program)
{
    execl("tests/run", "tests/run", program, NULL); /* tests are run where it lies */
    perror("tests/run");
    exit(127);
}

/* The last line that tests/run prints over a program of this shell script, and the exit status. */
static void expect(const char *script, int status, const char *sum)
{
    char text[1024];
    snprintf(text, sizeof text, "#!/bin/sh\n%s\n", script);
    scratch_write_text("program", text);
    chmod(scratch_path("program"), 0755);
    Child child = child_run(run, (void *)(uintptr_t)scratch_path("program"));
    size_t length = strlen(child.out), expected = strlen(sum);
    assert_true(length > expected);
    assert_string_equal(child.out + length - expected, sum);
    assert_int_equal(child.status, status);
    assert_true(!strncmp(child.out, status ? "FAILED " : "ok ", status ? 7 : 3));
}

static void the_tests_of_all_groups_are_counted(void **state)
{
    (void)state;
    expect("echo '[  PASSED  ] 3 test(s).'; echo '[  SKIPPED ] 2 test(s), listed below:'\n"
           "echo '[  PASSED  ] 40 test(s).'",
           0, "\n43 passed, 0 failed, 2 skipped\n");
    expect("echo '[  PASSED  ] 3 test(s).'; echo '[  FAILED  ] 1 test(s), listed below:'\n"
           "echo '[  PASSED  ] 4 test(s).'; echo '[  FAILED  ] 2 test(s), listed below:'; exit 3",
           1, "\n7 passed, 3 failed, 0 skipped\n");
}

static void a_group_that_fails_is_not_forgotten_for_the_one_behind_it(void **state)
{
    (void)state;
    expect("echo '[  FAILED  ] 1 test(s), listed below:'; echo '[  PASSED  ] 4 test(s).'", 1,
           "\n4 passed, 1 failed, 0 skipped\n");
}

static void a_program_that_ends_early_or_runs_nothing_is_a_failure(void **state)
{
    (void)state;
    expect("echo '[  PASSED  ] 3 test(s).'; exit 4", 1, "\n3 passed, 1 failed, 0 skipped\n");
    expect("kill -9 $$", 1, "\n0 passed, 1 failed, 0 skipped\n");
    expect("true", 1, "program ran no test\n0 passed, 1 failed, 0 skipped\n");
}

static void a_program_that_is_not_there_is_a_failure(void **state)
{
    (void)state;
    Child child = child_run(run, (void *)(uintptr_t)scratch_path("nothing"));
    assert_non_null(strstr(child.out, "\n0 passed, 1 failed, 0 skipped\n"));
    assert_int_equal(child.status, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_tests_of_all_groups_are_counted),
        cmocka_unit_test(a_group_that_fails_is_not_forgotten_for_the_one_behind_it),
        cmocka_unit_test(a_program_that_ends_early_or_runs_nothing_is_a_failure),
        cmocka_unit_test(a_program_that_is_not_there_is_a_failure),
    };
    return cmocka_run_group_tests(tests, scratch_setup, scratch_teardown);
}
