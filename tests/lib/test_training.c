/* A training run keeps what it has: whatever ends it, its log is there, and says so. */
#include "workbook/training.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <glob.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include "child.h"
#include "error.h"
#include "scratch.h"
#include "workbook/interrupt.h"

typedef struct {
    Options options;
    long steps, every;
    long at;           /* the step at which something happens: */
    int signal, times; /* ... a signal, so many times, */
    double loss;       /* ... or a loss that is not finite, */
    long file_limit;   /* ... or, from the beginning, the disk has only so many bytes */
    const char *name;  /* of the log; NULL: "loss" */
} Run;

static const Options plain = {.chapter = "10_mlp", .lr = 0.5, .batch = 8, .seed = 7};

/* loss 100 - step, gradient (3, 4), so of norm 5. */
static TrainingEnd train(Run *run)
{
    Training t;
    if (!training_begin(&t, &run->options, run->name ? run->name : "loss",
                        "step,batch [nats],dev [nats]", run->steps, run->every))
        return NOT_LOGGED;
    training_epoch(&t, 12.5);
    while (training_next(&t)) {
        bool now = t.step == run->at;
        double loss = now && run->loss != 0 ? run->loss : (double)(100 - t.step);
        training_loss(&t, loss, run->options.lr, 2, (const real[]){3, 4});
        for (int i = 0; now && i < run->times; i++)
            raise(run->signal);
        if (training_row_due(&t))
            training_row(&t, (double[]){(double)t.step, training_mean(&t),
                                        training_eval_due(&t) ? 2 : RUNLOG_NONE});
    }
    return training_end(&t);
}

static void train_and_exit(void *context)
{
    static const char *const names[] = {"trained", "interrupted", "diverged", "not logged"};
    Run *run = context;
    run->options.out = ".";
    if (chdir(scratch_folder()) != 0)
        exit(99);
    if (run->file_limit) {
        signal(SIGXFSZ, SIG_IGN);
        setrlimit(RLIMIT_FSIZE, &(struct rlimit){(rlim_t)run->file_limit, RLIM_INFINITY});
    }
    TrainingEnd end = train(run);
    printf("%s\n", names[end]);
    exit(interrupt_status(training_succeeded(end, end != NOT_LOGGED) ? 0 : error_report("10_mlp")));
}

static Child run_of(Run run)
{
    return child_run(train_and_exit, &run);
}

/* The content of the one partial log; "" if there is none. */
static const char *partial(void)
{
    glob_t found;
    const char *text = "";
    if (glob(scratch_path("loss.partial-*.csv"), 0, NULL, &found) == 0)
        text = scratch_read(strrchr(found.gl_pathv[0], '/') + 1);
    globfree(&found);
    return text;
}

static void the_log_has_the_learning_rate_and_the_gradient_norm(void **state)
{
    (void)state;
    Child child = run_of((Run){plain, .steps = 4, .every = 2});
    assert_string_equal(child.out, "trained\n");
    assert_int_equal(child.status, 0);
    assert_string_equal(scratch_read("loss.csv"), "step,batch,dev,lr,gradient\n"
                                                  "2,98.5,,0.5,5\n"
                                                  "4,96.5,,0.5,5\n");
}

static void evaluation_is_at_every_fifth_row_or_where_it_is_asked_for(void **state)
{
    (void)state;
    run_of((Run){plain, .steps = 10, .every = 1});
    assert_non_null(strstr(scratch_read("loss.csv"), "\n5,95,2,0.5,5\n"));
    Options options = plain;
    options.eval_every = 3;
    run_of((Run){options, .steps = 8, .every = 5}); /* rows at 5, evaluations at 3 and 6 */
    assert_string_equal(scratch_read("loss.csv"), "step,batch,dev,lr,gradient\n"
                                                  "3,98,2,0.5,5\n"
                                                  "5,95.5,,0.5,5\n"
                                                  "6,94,2,0.5,5\n");
}

static void each_row_has_its_seconds_in_a_file_of_their_own(void **state)
{
    (void)state;
    run_of((Run){plain, .steps = 6, .every = 2});
    const char *row = scratch_read("loss_seconds.csv"), *header = "step,seconds\n";
    double before = 0, seconds = 0;
    long step;
    assert_memory_equal(row, header, strlen(header));
    for (int i = 1; i <= 3; i++) {
        row = strchr(row, '\n') + 1;
        assert_int_equal(sscanf(row, "%ld,%lf\n", &step, &seconds), 2);
        assert_int_equal(step, 2 * i);
        assert_true(seconds >= before);
        before = seconds;
    }
    assert_true(seconds > 0);
    assert_string_equal(strchr(row, '\n'), "\n");
}

static void train_visibly(void *context)
{
    Options options = *(const Options *)context;
    Training t;
    if (chdir(scratch_folder()) != 0 || !training_begin(&t, &options, "loss", "step,batch", 3, 1))
        return;
    while (training_next(&t)) {
        training_loss(&t, 0.5, 1, 1, &(real){0});
        training_row(&t, (double[]){(double)t.step, training_mean(&t)});
        training_say(&t, "%.1f %% right", 97.25);
        nanosleep(&(struct timespec){.tv_nsec = 120000000}, NULL);
    }
    training_end(&t);
}

static void the_progress_line_says_what_it_is_told(void **state)
{
    (void)state;
    Options options = plain;
    options.out = ".";
    Child child = child_run_on_terminal(100, train_visibly, &options);
    assert_non_null(strstr(child.out, "step 2/3  loss 0.5000  97.2 % right  ETA 0:00"));
}

static void run_json_says_what_the_run_was(void **state)
{
    (void)state;
    Options options = plain;
    options.data = "a \"b\"\\c\n.txt";
    options.choices = (Choice[]){{.name = "width", .number = 32},
                                 {.name = "block", .words = {"residual"}, .word = "residual"},
                                 {0}};
    options.samples = true;
    options.sample = 3;
    options.sampling = (SampleOptions){.temperature = 0.5, .top_k = 9, .top_p = 0.75};
    run_of((Run){options, .steps = 4, .every = 2});
    const char *json = scratch_read("run.json");
    static const char *const fields[] = {
        "\"chapter\": \"10_mlp\"",
        "\"log\": \"loss.csv\"",
        "\"status\": \"finished\"",
        "\"step\": 4",
        ("\"options\": {\"steps\": 4, \"seed\": 7, \"lr\": 0.5, \"batch\": 8, "
         "\"data\": \"a \\\"b\\\"\\\\c\\u000a.txt\", \"sample\": 3, "
         "\"temperature\": 0.5, \"top_k\": 9, \"top_p\": 0.75, \"width\": 32, "
         "\"block\": \"residual\", \"quick\": false}"),
        ("\"precision\": \"" REAL_NAME "\""),
        "\"units\": {\"batch\": \"nats\", \"dev\": \"nats\"}",
        "\"steps_an_epoch\": 12.5",
        "\"commit\": null", /* the scratch folder is no clone */
        "\"processors\": ",
        "\"compiler\": \"",
    };
    for (size_t i = 0; i < sizeof fields / sizeof fields[0]; i++)
        if (!strstr(json, fields[i]))
            fail_msg("%s is not in:\n%s", fields[i], json);
}

static void one_of_several_runs_says_which_was_interrupted(void **state)
{
    (void)state;
    Child child = run_of((Run){plain, .steps = 100, .every = 1, .at = 7, .signal = SIGINT,
                               .times = 1, .name = "few_25"});
    assert_string_equal(child.out, "few_25: interrupted at step 7 of 100\ninterrupted\n");
    char of_last[4096];
    snprintf(of_last, sizeof of_last, "%s", scratch_read("run.json"));
    assert_string_equal(scratch_read("few_25_run.json"), of_last);
    assert_non_null(strstr(of_last, "\"log\": \"few_25.csv\""));
}

static void a_signal_ends_the_run_after_its_step(void **state)
{
    (void)state;
    static const struct {
        int signal, status;
    } cases[] = {{SIGINT, 130}, {SIGTERM, 143}};
    for (int i = 0; i < 2; i++) {
        Run run = {plain, .steps = 100, .every = 1, .at = 7, .signal = cases[i].signal, .times = 1};
        Child child = run_of(run);
        assert_string_equal(child.out, "interrupted at step 7 of 100\ninterrupted\n");
        assert_int_equal(child.status, cases[i].status);
        assert_non_null(strstr(scratch_read("loss.csv"), "\n7,93,,0.5,5\n"));
        assert_null(strstr(scratch_read("loss.csv"), "\n8,"));
        assert_non_null(strstr(scratch_read("run.json"), "\"status\": \"interrupted\""));
        assert_int_equal(scratch_count("."), 3);
    }
}

static void a_second_signal_ends_it_at_once(void **state)
{
    (void)state;
    Child child =
        run_of((Run){plain, .steps = 100, .every = 1, .at = 7, .signal = SIGINT, .times = 2});
    assert_int_equal(child.status, -SIGINT);
    assert_string_equal(child.out, "");
}

static void train_in_the_background(void *run)
{
    signal(SIGINT, SIG_IGN);
    train_and_exit(run);
}

static void a_signal_that_was_ignored_stays_so(void **state)
{
    (void)state;
    Run run = {plain, .steps = 10, .every = 1, .at = 7, .signal = SIGINT, .times = 1};
    Child child = child_run(train_in_the_background, &run);
    assert_string_equal(child.out, "trained\n");
    assert_int_equal(child.status, 0);
}

/* Rows that are older than two seconds are on the disk when the next one comes. */
static void train_slowly(void *context)
{
    Run *run = context;
    Training t;
    run->options.out = ".";
    if (chdir(scratch_folder()) != 0 ||
        !training_begin(&t, &run->options, "loss", "step", run->steps, run->every))
        exit(99);
    while (training_next(&t)) {
        training_loss(&t, 1, 0.5, 2, (const real[]){3, 4});
        if (t.step == 3)
            nanosleep(&(struct timespec){.tv_sec = 2, .tv_nsec = 200000000}, NULL);
        training_row(&t, (double[]){(double)t.step});
        if (t.step == 4)
            raise(SIGKILL);
    }
}

static void what_is_killed_loses_seconds(void **state)
{
    (void)state;
    Run run = {plain, .steps = 10, .every = 1};
    assert_int_equal(child_run(train_slowly, &run).status, -SIGKILL);
    assert_false(scratch_exists("loss.csv"));
    assert_string_equal(partial(), "step,lr,gradient\n1,0.5,5\n2,0.5,5\n3,0.5,5\n");
    assert_non_null(strstr(scratch_read("run.json"), "\"status\": \"running\""));
}

static void a_full_disk_keeps_what_there_was_room_for(void **state)
{
    (void)state;
    scratch_write_text("loss.csv", "earlier\n");
    Child child = run_of((Run){plain, .steps = 1000, .every = 1, .file_limit = 4096});
    assert_string_equal(child.out, "not logged\n");
    assert_int_equal(child.status, 1);
    assert_non_null(strstr(child.err, "10_mlp: ./loss.csv: cannot be written: "));
    assert_non_null(strstr(child.err, "; what there was room for is ./loss.partial-"));
    assert_int_equal(strlen(partial()), 4096);
    assert_string_equal(scratch_read("loss.csv"), "earlier\n");
}

static void a_loss_that_is_not_finite_ends_the_run(void **state)
{
    (void)state;
    Child child = run_of((Run){plain, .steps = 100, .every = 3, .at = 8, .loss = NAN});
    assert_string_equal(child.out, "diverged\n");
    assert_string_equal(
        child.err, "10_mlp: the loss is nan at step 8 of 100 (it was 93 at the step "
                   "before, the gradient's norm 5 at step 6): try a learning rate below 0.5\n");
    assert_int_equal(child.status, 1);
    const char *log = scratch_read("loss.csv");
    assert_non_null(strstr(log, "\n6,"));
    assert_string_equal(strstr(log, "\n7,"), "\n7,93,,,\n8,nan,,0.5,\n");
    assert_non_null(strstr(scratch_read("run.json"), "\"status\": \"diverged\""));
}

static void so_does_an_infinite_first_one(void **state)
{
    (void)state;
    Child child = run_of((Run){plain, .steps = 100, .every = 100, .at = 1, .loss = INFINITY});
    assert_string_equal(child.err,
                        "10_mlp: the loss is inf at step 1 of 100 (it is the first one): try a "
                        "learning rate below 0.5\n");
    assert_string_equal(scratch_read("loss.csv"), "step,batch,dev,lr,gradient\n1,inf,,0.5,\n");
}

static void a_folder_that_cannot_be_written_is_said_at_once(void **state)
{
    (void)state;
    Training t;
    Options options = plain;
    options.out = "no/such/folder";
    assert_false(training_begin(&t, &options, "loss", "step", 10, 10));
    assert_non_null(strstr(error_text(), "no/such/folder/loss.csv: cannot be written"));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, scratch_setup, scratch_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(the_log_has_the_learning_rate_and_the_gradient_norm),
        TEST(each_row_has_its_seconds_in_a_file_of_their_own),
        TEST(evaluation_is_at_every_fifth_row_or_where_it_is_asked_for),
        TEST(the_progress_line_says_what_it_is_told),
        TEST(run_json_says_what_the_run_was),
        TEST(a_signal_ends_the_run_after_its_step),
        TEST(one_of_several_runs_says_which_was_interrupted),
        TEST(a_second_signal_ends_it_at_once),
        TEST(a_signal_that_was_ignored_stays_so),
        TEST(what_is_killed_loses_seconds),
        TEST(a_full_disk_keeps_what_there_was_room_for),
        TEST(a_loss_that_is_not_finite_ends_the_run),
        TEST(so_does_an_infinite_first_one),
        TEST(a_folder_that_cannot_be_written_is_said_at_once),
    };
    signal(SIGINT, SIG_DFL); /* a shell that runs the tests in the background has it ignored */
    return cmocka_run_group_tests(tests, NULL, NULL);
}
