/* The progress line fits its terminal, tells the truth and leaves nothing behind. */
#include "workbook/progress.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "child.h"

typedef struct {
    long done, total;
    double elapsed; /* seconds since the beginning */
    const char *note;
    int steps; /* how many more follow at once */
    bool end;
} Job;

static const Job halfway = {.done = 100000, .total = 200000, .elapsed = 67, .note = "loss 2.1034"};

/* A job that began some time ago and is now this far. */
static void work(void *context)
{
    Job *job = context;
    Progress progress;
    progress_begin(&progress, "training", job->total);
    progress.started -= job->elapsed;
    progress.drawn -= job->elapsed;
    for (int i = 0; i <= job->steps; i++)
        progress_step(&progress, job->done + i, job->note);
    if (job->end)
        progress_end(&progress);
}

/* What stands on the line of a terminal this wide, without the blanks at its end. */
static void expect_line(int columns, Job job, const char *line)
{
    Child child = child_run_on_terminal(columns, work, &job);
    assert_int_equal(child.status, 0);
    assert_int_equal(child.out[0], '\r');
    assert_int_equal(strlen(child.out), columns); /* \r, and all columns but the last */
    assert_memory_equal(child.out + 1, line, strlen(line));
    for (const char *c = child.out + 1 + strlen(line); *c; c++)
        assert_int_equal(*c, ' ');
}

static void line_says_how_far_the_job_is(void **state)
{
    (void)state;
    expect_line(100, halfway,
                "training  [#####.....]   50%  step 100000/200000  loss 2.1034  ETA 1:07");
}

static void note_may_be_missing(void **state)
{
    (void)state;
    Job job = halfway;
    job.note = NULL;
    expect_line(100, job, "training  [#####.....]   50%  step 100000/200000  ETA 1:07");
}

static void eta_is_in_minutes_and_from_an_hour_on_in_hours(void **state)
{
    (void)state;
    Job job = {.done = 1, .total = 2, .elapsed = 3.2};
    expect_line(80, job, "training  [#####.....]   50%  step 1/2  ETA 0:03");
    job.elapsed = 3599;
    expect_line(80, job, "training  [#####.....]   50%  step 1/2  ETA 59:59");
    job.elapsed = 7384;
    expect_line(80, job, "training  [#####.....]   50%  step 1/2  ETA 2:03:04");
    job = (Job){.done = 3, .total = 4, .elapsed = 30};
    expect_line(80, job, "training  [#######...]   75%  step 3/4  ETA 0:10");
}

static void before_the_first_step_there_is_no_eta(void **state)
{
    (void)state;
    expect_line(80, (Job){.done = 0, .total = 4, .elapsed = 5},
                "training  [..........]    0%  step 0/4  ETA -:--");
}

static void the_last_step_is_100_per_cent(void **state)
{
    (void)state;
    expect_line(80, (Job){.done = 4, .total = 4, .elapsed = 5},
                "training  [##########]  100%  step 4/4  ETA 0:00");
}

static void a_job_beyond_its_end_or_of_no_steps_does_no_harm(void **state)
{
    (void)state;
    expect_line(80, (Job){.done = 9, .total = 4, .elapsed = 5},
                "training  [##########]  100%  step 9/4  ETA 0:00");
    expect_line(80, (Job){.done = 0, .total = 0, .elapsed = 5},
                "training  [##########]  100%  step 0/0  ETA 0:00");
}

static void a_narrow_terminal_gets_no_bar_and_a_very_narrow_one_less(void **state)
{
    (void)state;
    expect_line(71, halfway, "training   50%  step 100000/200000  loss 2.1034  ETA 1:07");
    expect_line(72, halfway,
                "training  [#####.....]   50%  step 100000/200000  loss 2.1034  ETA 1:07");
    expect_line(58, halfway, "training   50%  step 100000/200000  loss 2.1034  ETA 1:07");
    expect_line(20, halfway, "training   50%  ste");
    expect_line(2, halfway, "t");
}

static void a_long_note_is_cut(void **state)
{
    (void)state;
    char note[3000];
    memset(note, 'n', sizeof note - 1);
    note[sizeof note - 1] = '\0';
    Job job = halfway;
    job.note = note;
    expect_line(60, job, "training   50%  step 100000/200000  nnnnnnnnnnnnnnnnnnnnnnn");
}

static void columns_stands_in_for_a_terminal_that_does_not_know(void **state)
{
    (void)state;
    Job job = halfway;
    setenv("COLUMNS", "31", 1);
    assert_int_equal(strlen(child_run_on_terminal(0, work, &job).out), 31);
    setenv("COLUMNS", "nonsense", 1);
    assert_int_equal(strlen(child_run_on_terminal(0, work, &job).out), 80);
    unsetenv("COLUMNS");
    assert_int_equal(strlen(child_run_on_terminal(0, work, &job).out), 80);
}

static int count(const char *text, char wanted)
{
    int found = 0;
    for (; *text; text++)
        found += *text == wanted;
    return found;
}

static void steps_at_once_are_drawn_once(void **state)
{
    (void)state;
    Job job = {.done = 1, .total = 5000, .elapsed = 5, .steps = 3000};
    assert_in_range(count(child_run_on_terminal(80, work, &job).out, '\r'), 1, 3);
}

static void a_short_job_draws_nothing(void **state)
{
    (void)state;
    Job job = {.done = 0, .total = 10, .elapsed = 0, .steps = 10, .end = true};
    assert_string_equal(child_run_on_terminal(80, work, &job).out, "");
}

static void end_leaves_an_empty_line_and_the_cursor_at_its_start(void **state)
{
    (void)state;
    Job job = halfway;
    job.end = true;
    Child child = child_run_on_terminal(20, work, &job);
    assert_string_equal(child.out, "\rtraining   50%  ste\r                   \r");
}

static void nothing_is_drawn_where_there_is_no_terminal(void **state)
{
    (void)state;
    Job job = halfway;
    job.end = true;
    Child child = child_run(work, &job);
    assert_string_equal(child.err, "");
    assert_string_equal(child.out, "");
}

static void clock_goes_forward(void **state)
{
    (void)state;
    double before = seconds_now();
    while (seconds_now() == before)
        ;
    assert_true(seconds_now() > before);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(line_says_how_far_the_job_is),
        cmocka_unit_test(note_may_be_missing),
        cmocka_unit_test(eta_is_in_minutes_and_from_an_hour_on_in_hours),
        cmocka_unit_test(before_the_first_step_there_is_no_eta),
        cmocka_unit_test(the_last_step_is_100_per_cent),
        cmocka_unit_test(a_job_beyond_its_end_or_of_no_steps_does_no_harm),
        cmocka_unit_test(a_narrow_terminal_gets_no_bar_and_a_very_narrow_one_less),
        cmocka_unit_test(a_long_note_is_cut),
        cmocka_unit_test(columns_stands_in_for_a_terminal_that_does_not_know),
        cmocka_unit_test(steps_at_once_are_drawn_once),
        cmocka_unit_test(a_short_job_draws_nothing),
        cmocka_unit_test(end_leaves_an_empty_line_and_the_cursor_at_its_start),
        cmocka_unit_test(nothing_is_drawn_where_there_is_no_terminal),
        cmocka_unit_test(clock_goes_forward),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
