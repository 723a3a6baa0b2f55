/* A run log is there whole and true, or the earlier one stands. */
#include "workbook/runlog.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "child.h"
#include "error.h"
#include "real.h"
#include "scratch.h"

static RunLog opened(const char *header)
{
    RunLog log;
    if (!runlog_open(&log, scratch_folder(), "loss", header))
        fail_msg("%s", error_text());
    return log;
}

static void rows_follow_the_header(void **state)
{
    (void)state;
    RunLog log = opened("step,train,dev");
    runlog_row(&log, (double[]){0, 3.25, RUNLOG_NONE});
    runlog_row(&log, (double[]){1000, RUNLOG_NONE, 2.5});
    runlog_row(&log, (double[]){2000, -0.125, RUNLOG_NONE});
    assert_true(runlog_close(&log));
    assert_string_equal(scratch_read("loss.csv"),
                        "step,train,dev\n0,3.25,\n1000,,2.5\n2000,-0.125,\n");
    assert_string_equal(log.file.path, scratch_path("loss.csv"));
}

static void one_column_needs_no_comma(void **state)
{
    (void)state;
    RunLog log = opened("x");
    runlog_row(&log, (double[]){7});
    assert_true(runlog_close(&log));
    assert_string_equal(scratch_read("loss.csv"), "x\n7\n");
}

static void numbers_are_as_short_as_they_can_be(void **state)
{
    (void)state;
    RunLog log = opened("a,b,c,d,e");
    runlog_row(&log, (double[]){(real)0.1, 1000000, 16777217, INFINITY, -INFINITY});
    runlog_row(&log, (double[]){(real)1e-20, (real)1e30, 0, (real)2.3, 200000});
    assert_true(runlog_close(&log));
    assert_string_equal(scratch_read("loss.csv"), "a,b,c,d,e\n"
                                                  "0.1,1000000,16777217,inf,-inf\n"
                                                  "1e-20,1e+30,0,2.3,200000\n");
}

static void what_is_no_number_is_written_as_such(void **state)
{
    (void)state;
    RunLog log = opened("a,b");
    runlog_row(&log, (double[]){NAN, -NAN});
    runlog_row(&log, (double[]){INFINITY, RUNLOG_NONE});
    assert_true(runlog_close(&log));
    assert_string_equal(scratch_read("loss.csv"), "a,b\nnan,nan\ninf,\n");
}

static void numbers_read_back_the_same(void **state)
{
    (void)state;
    enum { COUNT = 500 };
    real values[COUNT];
    RunLog log = opened("x");
    srand(1);
    for (int i = 0; i < COUNT; i++) {
        values[i] = (real)((rand() - 0.5 * RAND_MAX) / (1 + rand() % 1000) * pow(10, i % 60 - 30));
        runlog_row(&log, (double[]){(double)values[i]});
    }
    assert_true(runlog_close(&log));
    const char *line = scratch_read("loss.csv");
    for (int i = 0; i < COUNT; i++) {
        line = strchr(line, '\n') + 1;
        assert_true((real)strtod(line, NULL) == values[i]);
    }
}

/* A mean of losses is a double in a float build too. These lie beside the middle between two
 * floats, where nine digits of the double read back as the wrong one of them. */
static void a_double_is_logged_as_the_real_it_rounds_to(void **state)
{
    (void)state;
    enum { COUNT = 2000 };
    static double values[COUNT];
    RunLog log = opened("x");
    srand(2);
    for (int i = 0; i < COUNT; i++) {
        real x = (real)(1 + (double)rand() / RAND_MAX), next = x + REAL_EPSILON;
        values[i] = nextafter(((double)x + (double)next) / 2, i % 2 ? 0 : 2);
        runlog_row(&log, &values[i]);
    }
    runlog_row(&log, (double[]){0.1234567890123});
    assert_true(runlog_close(&log));
    const char *line = scratch_read("loss.csv");
    for (int i = 0; i < COUNT; i++) {
        line = strchr(line, '\n') + 1;
        assert_true((real)strtod(line, NULL) == (real)values[i]);
    }
    const char *last = sizeof(real) == sizeof(float) ? "0.12345679\n" : "0.1234567890123\n";
    assert_string_equal(strchr(line, '\n') + 1, last);
}

static void until_it_is_closed_the_earlier_file_stands(void **state)
{
    (void)state;
    scratch_write_text("loss.csv", "earlier\n");
    RunLog log = opened("step");
    runlog_row(&log, (double[]){1});
    fflush(log.file.stream);
    assert_string_equal(scratch_read("loss.csv"), "earlier\n");
    assert_int_equal(scratch_count("."), 2); /* the temporary lies beside it */
    assert_true(runlog_close(&log));
    assert_string_equal(scratch_read("loss.csv"), "step\n1\n");
    assert_int_equal(scratch_count("."), 1);
}

static void a_discarded_log_leaves_no_trace(void **state)
{
    (void)state;
    scratch_write_text("loss.csv", "earlier\n");
    RunLog log = opened("step");
    runlog_row(&log, (double[]){1});
    runlog_discard(&log);
    assert_string_equal(scratch_read("loss.csv"), "earlier\n");
    assert_int_equal(scratch_count("."), 1);
}

static void a_folder_that_cannot_be_written_is_named_with_the_reason(void **state)
{
    (void)state;
    RunLog log;
    char expected[512];
    assert_false(runlog_open(&log, "no/such/folder", "loss", "step"));
    assert_string_equal(error_text(), "no/such/folder/loss.csv: cannot be written: "
                                      "No such file or directory");
    scratch_write_text("file", "");
    assert_false(runlog_open(&log, scratch_path("file"), "loss", "step"));
    snprintf(expected, sizeof expected, "%s: cannot be written: Not a directory",
             scratch_path("file/loss.csv"));
    assert_string_equal(error_text(), expected);
    remove(scratch_path("file"));
}

static void write_here(void *context)
{
    (void)context;
    RunLog log;
    if (chdir(scratch_folder()) != 0 || !runlog_open(&log, "", "loss", "step"))
        exit(error_report("opened"));
    printf("%s", log.file.path);
    if (!runlog_close(&log))
        exit(error_report("closed"));
}

static void a_folder_without_a_name_is_the_one_we_are_in(void **state)
{
    (void)state;
    Child child = child_run(write_here, NULL);
    assert_int_equal(child.status, 0);
    assert_string_equal(child.out, "./loss.csv");
    assert_string_equal(scratch_read("loss.csv"), "step\n");
}

static void a_path_that_is_too_long_is_refused(void **state)
{
    (void)state;
    RunLog log;
    char dir[2000];
    memset(dir, 'x', sizeof dir - 1);
    dir[sizeof dir - 1] = '\0';
    assert_false(runlog_open(&log, dir, "loss", "step"));
    assert_non_null(strstr(error_text(), "xxx...: a path of 2008 characters is too long"));
}

static void a_file_that_cannot_take_its_place_is_removed(void **state)
{
    (void)state;
    char expected[512];
    mkdir(scratch_path("taken.csv"), 0777);
    RunLog log;
    assert_true(runlog_open(&log, scratch_folder(), "taken", "step"));
    assert_false(runlog_close(&log));
    snprintf(expected, sizeof expected, "%s: cannot be written: Is a directory",
             scratch_path("taken.csv"));
    assert_string_equal(error_text(), expected);
    remove(scratch_path("taken.csv"));
    assert_int_equal(scratch_count("."), 1);
}

/* What a full disk does to a program, without a disk to fill. */
static void write_on_a_full_disk(void *rows)
{
    RunLog log;
    signal(SIGXFSZ, SIG_IGN);
    setrlimit(RLIMIT_FSIZE, &(struct rlimit){4096, 4096});
    if (!runlog_open(&log, scratch_folder(), "loss", "step"))
        exit(error_report("opened"));
    for (int i = 0; i < *(int *)rows; i++)
        runlog_row(&log, (double[]){i + 0.5});
    if (!runlog_close(&log))
        exit(error_report("closed"));
}

/* 800 rows fail only when the last of them are written out, 100000 long before. */
static void a_full_disk_is_noticed_and_the_earlier_file_stands(void **state)
{
    (void)state;
    int sizes[2] = {800, 100000};
    for (int i = 0; i < 2; i++) {
        char expected[512];
        scratch_write_text("loss.csv", "earlier\n");
        Child child = child_run(write_on_a_full_disk, &sizes[i]);
        snprintf(expected, sizeof expected, "closed: %s: cannot be written: File too large\n",
                 scratch_path("loss.csv"));
        assert_string_equal(child.err, expected);
        assert_int_equal(child.status, 1);
        assert_string_equal(scratch_read("loss.csv"), "earlier\n");
        assert_int_equal(scratch_count("."), 1);
    }
}

/* The disk is full for a while, and has room again when the file is closed. */
static void write_on_a_disk_full_for_a_while(void *context)
{
    (void)context;
    RunLog log;
    signal(SIGXFSZ, SIG_IGN);
    setrlimit(RLIMIT_FSIZE, &(struct rlimit){4096, RLIM_INFINITY});
    if (!runlog_open(&log, scratch_folder(), "loss", "step"))
        exit(error_report("opened"));
    for (int i = 0; i < 100000; i++)
        runlog_row(&log, (double[]){i + 0.5});
    setrlimit(RLIMIT_FSIZE, &(struct rlimit){RLIM_INFINITY, RLIM_INFINITY});
    if (!runlog_close(&log))
        exit(error_report("closed"));
}

static void an_error_on_the_way_is_not_forgotten(void **state)
{
    (void)state;
    char expected[512];
    scratch_write_text("loss.csv", "earlier\n");
    Child child = child_run(write_on_a_disk_full_for_a_while, NULL);
    snprintf(expected, sizeof expected, "closed: %s: cannot be written: an error on the way\n",
             scratch_path("loss.csv"));
    assert_string_equal(child.err, expected);
    assert_string_equal(scratch_read("loss.csv"), "earlier\n");
}

static void two_programs_can_write_the_same_log(void **state)
{
    (void)state;
    int rows = 1;
    RunLog log = opened("step");
    assert_int_equal(child_run(write_on_a_full_disk, &rows).status, 0);
    assert_string_equal(scratch_read("loss.csv"), "step\n0.5\n");
    runlog_row(&log, (double[]){7});
    assert_true(runlog_close(&log));
    assert_string_equal(scratch_read("loss.csv"), "step\n7\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rows_follow_the_header),
        cmocka_unit_test(one_column_needs_no_comma),
        cmocka_unit_test(numbers_are_as_short_as_they_can_be),
        cmocka_unit_test(what_is_no_number_is_written_as_such),
        cmocka_unit_test(numbers_read_back_the_same),
        cmocka_unit_test(a_double_is_logged_as_the_real_it_rounds_to),
        cmocka_unit_test(until_it_is_closed_the_earlier_file_stands),
        cmocka_unit_test(a_discarded_log_leaves_no_trace),
        cmocka_unit_test(a_folder_that_cannot_be_written_is_named_with_the_reason),
        cmocka_unit_test(a_folder_without_a_name_is_the_one_we_are_in),
        cmocka_unit_test(a_path_that_is_too_long_is_refused),
        cmocka_unit_test(a_file_that_cannot_take_its_place_is_removed),
        cmocka_unit_test(a_full_disk_is_noticed_and_the_earlier_file_stands),
        cmocka_unit_test(an_error_on_the_way_is_not_forgotten),
        cmocka_unit_test(two_programs_can_write_the_same_log),
    };
    return cmocka_run_group_tests(tests, scratch_setup, scratch_teardown);
}
