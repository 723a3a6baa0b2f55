/* test_programs.c: the chapter programs as a user meets them: they run, they hold, and what is
 * wrong in their surroundings gets one clear line and the right exit status. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <glob.h>
#include <math.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include "../lib/child.h"
#include "../lib/scratch.h"

#define NAMES_MODEL "build/float/chapters/10_makemore_mlp"

enum { MAX_ARGUMENTS = 16 };

typedef struct {
    const char *argument[MAX_ARGUMENTS];
    const char *path; /* PATH of the program; NULL: as it is */
    rlim_t file_size; /* the largest file it may write; 0: any */
    rlim_t stack;     /* what its stack may grow to; 0: as it is */
} Command;

static void execute(void *context)
{
    const Command *command = context;
    if (command->path)
        setenv("PATH", command->path, 1);
    if (command->file_size) {
        signal(SIGXFSZ, SIG_IGN); /* the write fails, as on a full disk */
        setrlimit(RLIMIT_FSIZE, &(struct rlimit){command->file_size, command->file_size});
    }
    if (command->stack)
        setrlimit(RLIMIT_STACK, &(struct rlimit){command->stack, command->stack});
    execv(command->argument[0], (char **)command->argument);
    perror(command->argument[0]);
    _exit(127);
}

static int lines_in(const char *text)
{
    int lines = 0;
    for (; *text; text++)
        lines += *text == '\n';
    return lines;
}

/* Exit status as expected, one line on standard error that holds `message`, and nothing left in the
 * folder for results. */
static void assert_refused(Command command, int status, const char *message)
{
    Child child = child_run(execute, &command);
    if (child.status != status || lines_in(child.err) != 1 || !strstr(child.err, message))
        fail_msg("expected status %d and one line with \"%s\", got status %d and:\n%s", status,
                 message, child.status, child.err);
    if (scratch_exists("out"))
        assert_int_equal(scratch_count("out"), 0);
}

/* Runs the names model for an instant on scratch/names.txt, results to scratch/out. */
static Command names_model(const char *option, const char *value)
{
    return (Command){.argument = {NAMES_MODEL, "--quick", "--no-plot", "--data",
                                  scratch_path("names.txt"), "--out", scratch_path("out"), option,
                                  value}};
}

static void write_names(const char *last_line)
{
    char text[4096] = "";
    for (int i = 0; i < 30; i++)
        strcat(text, i % 3 ? "anna\n" : i % 2 ? "bo\n" : "clara\n");
    strcat(text, last_line);
    scratch_write_text("names.txt", text);
}

static void assert_every_chapter_runs(const char *build)
{
    glob_t chapters;
    assert_int_equal(glob("chapters/[0-9][0-9]_*.c", 0, NULL, &chapters), 0);
    for (size_t i = 0; i < chapters.gl_pathc; i++) {
        char program[256];
        const char *source = chapters.gl_pathv[i];
        snprintf(program, sizeof program, "build/%s/%.*s", build, (int)strlen(source) - 2, source);
        Command command = {.argument = {program, "--quick", "--out", scratch_path("out")}};
        Child child = child_run(execute, &command);
        if (child.status != 0 || *child.err)
            fail_msg("%s: exit status %d\n%s%s", program, child.status, child.out, child.err);
    }
    globfree(&chapters);
}

/* VARIANTS: the builds that make has made, which are those that the compiler can make. */
static void every_chapter_runs_quickly_in_every_build(void **state)
{
    (void)state;
    const char *variants = getenv("VARIANTS");
    char builds[256];
    snprintf(builds, sizeof builds, "%s", variants ? variants : "double float sanitized");
    for (char *build = strtok(builds, " "); build; build = strtok(NULL, " "))
        assert_every_chapter_runs(build);
}

/* What a program of this build prints, without digits: times are not the same twice. */
static void run_part(const char *build, const char *source, const char *part, char *printed)
{
    char program[256];
    snprintf(program, sizeof program, "build/%s/%.*s", build, (int)strlen(source) - 2, source);
    Command command = {
        .argument = {program, "--quick", "--no-plot", "--out", scratch_path("out"), part}};
    Child child = child_run(execute, &command);
    assert_int_equal(child.status, 0);
    for (const char *from = child.out; *from; from++)
        if (*from < '0' || *from > '9')
            *printed++ = *from;
    *printed = '\0';
}

/* make run-NN has the one from the program in double, the other from that in float. */
static void what_is_checked_and_what_is_trained_are_all_of_a_chapter(void **state)
{
    (void)state;
    static char all[CHILD_TEXT_SIZE], parts[2 * CHILD_TEXT_SIZE];
    glob_t chapters;
    assert_int_equal(glob("chapters/[0-9][0-9]_*.c", 0, NULL, &chapters), 0);
    for (size_t i = 0; i < chapters.gl_pathc; i++) {
        run_part("double", chapters.gl_pathv[i], NULL, all);
        run_part("double", chapters.gl_pathv[i], "--check", parts);
        run_part("double", chapters.gl_pathv[i], "--train", parts + strlen(parts));
        assert_string_equal(parts, all);
    }
    globfree(&chapters);
}

static void a_missing_names_file_is_named(void **state)
{
    (void)state;
    assert_refused(names_model(NULL, NULL), 1, "names.txt: cannot be opened: No such file");
}

static void a_malformed_names_file_is_refused_with_the_line(void **state)
{
    (void)state;
    char long_name[201 + 1];
    memset(long_name, 'a', 200);
    strcpy(long_name + 200, "\n");
    const struct {
        const char *last_line, *message;
    } cases[] = {{"x1\n", "names.txt:31: "},
                 {"\n", "names.txt:31: "},
                 {long_name, "names.txt:31: "},
                 {"an na\n", "names.txt:31: "},
                 {"no\xe9mi\n", "names.txt:31: "}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        write_names(cases[i].last_line);
        assert_refused(names_model(NULL, NULL), 1, cases[i].message);
    }
}

static void an_empty_names_file_is_refused(void **state)
{
    (void)state;
    scratch_write_text("names.txt", "");
    assert_refused(names_model(NULL, NULL), 1, "names.txt: ");
}

static void too_few_names_are_refused(void **state)
{
    (void)state;
    scratch_write_text("names.txt", "anna\nbo\n");
    assert_refused(names_model(NULL, NULL), 1, "too few");
}

static void windows_line_ends_and_a_missing_last_newline_are_fine(void **state)
{
    (void)state;
    static const char *const last_lines[] = {"dora", "dora\r\n", "dora\r\nemil"};
    for (size_t i = 0; i < 3; i++) {
        write_names(last_lines[i]);
        Command command = names_model(NULL, NULL);
        Child child = child_run(execute, &command);
        assert_int_equal(child.status, 0);
        assert_string_equal(child.err, "");
        assert_non_null(strstr(child.out, "twenty names"));
    }
}

static void bad_options_are_bad_usage(void **state)
{
    (void)state;
    const struct {
        const char *option, *value;
    } cases[] = {
        {"--steps", "-3"},      {"--steps", "many"},       {"--lr", "nan"},   {"--lr", "0"},
        {"--batch", "0"},       {"--batch", "1"},          {"--seed", "-1"},  {"--colour", NULL},
        {"--batch", "3007680"}, {"--batch", "2147483647"}, {"--steps", NULL}, {"stray", NULL},
        {"--lr", "1e400"}};
    write_names("");
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        assert_refused(names_model(cases[i].option, cases[i].value), 2, cases[i].option);
}

static void a_batch_is_no_larger_than_the_images_of_chapter_15(void **state)
{
    (void)state;
    Command command = {.argument = {"build/float/chapters/15_residual", "--batch", "3001",
                                    "--no-plot", "--out", scratch_path("out")}};
    assert_refused(command, 2, "--batch 3001: expected 1 to 3000");
}

static void a_batch_is_not_bounded_by_the_stack(void **state)
{
    (void)state;
    write_names("");
    Command command = names_model("--batch", "60000");
    command.argument[9] = "--steps";
    command.argument[10] = "1";
    command.stack = 1 << 19;
    Child child = child_run(execute, &command);
    assert_string_equal(child.err, "");
    assert_int_equal(child.status, 0);
}

static void an_unwritable_out_is_refused(void **state)
{
    (void)state;
    write_names("");
    assert_refused(names_model("--out", scratch_path("names.txt/deeper")), 1, "names.txt/deeper");
}

/* In so long a folder there is room for the name of the loss, but not for that of its seconds. The
 * sanitized build would say what memory is not given back on the way out. */
static void a_log_that_cannot_be_opened_leaks_nothing(void **state)
{
    (void)state;
    char out[1011 + 16];
    size_t length = (size_t)snprintf(out, sizeof out, "%s", scratch_path("d"));
    for (; length < 1010; length++)
        out[length] = length % 100 == 0 ? '/' : 'd';
    out[length] = '\0';
    Command command = {
        .argument = {"build/sanitized/chapters/05_logistic", "--no-plot", "--out", out}};
    assert_refused(command, 1, "too long");
    assert_int_equal(rmdir(out), 0); /* and nothing is left in it */
}

/* run.json and a part of the log, by its name. */
static void a_full_disk_keeps_what_there_was_room_for(void **state)
{
    (void)state;
    write_names("");
    Command command = {.argument = {NAMES_MODEL, "--steps", "400", "--no-plot", "--data",
                                    scratch_path("names.txt"), "--out", scratch_path("out")},
                       .file_size = 1024}; /* room for the message, but not for the run log */
    Child child = child_run(execute, &command);
    assert_int_equal(child.status, 1);
    assert_int_equal(lines_in(child.err), 1);
    assert_non_null(strstr(child.err, "loss.csv: cannot be written: File too large; what there was "
                                      "room for is "));
    assert_false(scratch_exists("out/loss.csv"));
    assert_true(scratch_exists("out/run.json"));
    assert_int_equal(scratch_count("out"), 2);
}

/* The chapters that train: with such settings that they go on for a while, and that they diverge.
 */
static const struct {
    const char *program, *steps, *lr;
} training[] = {
    {"build/float/chapters/04_linear_regression", "100000000", "5"},
    {"build/float/chapters/05_logistic", "100000000", NULL}, /* its loss is finite at any rate */
    {NAMES_MODEL, "100000000", "1e20"},
};
enum { TRAINING = sizeof training / sizeof training[0] };

/* Ends the program a moment after it has made this file, or after half a minute. */
static void execute_until(const char *file, void *command)
{
    pid_t program = getpid();
    if (fork() == 0) {
        for (int i = 0; i < 3000 && !scratch_exists(file); i++)
            nanosleep(&(struct timespec){.tv_nsec = 10000000}, NULL);
        nanosleep(&(struct timespec){.tv_nsec = 100000000}, NULL);
        kill(program, SIGTERM);
        _exit(0);
    }
    execute(command);
}

static void execute_until_it_trains(void *command)
{
    char log[64];
    snprintf(log, sizeof log, "out/loss.partial-%ld.csv", (long)getpid());
    execute_until(log, command);
}

static void execute_until_xor_is_learnt(void *command)
{
    execute_until("out/xor_loss.csv", command);
}

static void a_signal_ends_a_training_with_all_that_it_has(void **state)
{
    (void)state;
    for (int i = 0; i < TRAINING; i++) {
        Command command = {.argument = {training[i].program, "--train", "--no-plot", "--steps",
                                        training[i].steps, "--out", scratch_path("out")}};
        Child child = child_run(execute_until_it_trains, &command);
        if (child.status != 143 || *child.err)
            fail_msg("%s: status %d\n%s", training[i].program, child.status, child.err);
        assert_true(scratch_exists("out/loss.gp"));
        assert_true(scratch_exists("out/loss.csv"));
        assert_non_null(strstr(scratch_read("out/run.json"), "\"status\": \"interrupted\""));
    }
}

/* The line with the losses that a model of names is said to have. */
static void take_losses(const char *printed, char losses[128])
{
    const char *line = strstr(printed, "  train ");
    assert_non_null(line);
    snprintf(losses, 128, "%.*s", (int)strcspn(line, "\n"), line);
}

/* Interrupted wherever it is after a moment; then its curve, its model and what it says. */
static void a_run_is_taken_up_again_and_its_model_loaded(void **state)
{
    (void)state;
    char whole[CHILD_TEXT_SIZE], losses[128], again[128];
    Command command = {.argument = {NAMES_MODEL, "--train", "--no-plot", "--steps", "20000",
                                    "--out", scratch_path("out")}};
    Child child = child_run(execute, &command);
    assert_int_equal(child.status, 0);
    take_losses(child.out, losses);
    snprintf(whole, sizeof whole, "%s", scratch_read("out/loss.csv"));
    child_run(execute_until_it_trains, &command);

    command.argument[7] = "--resume";
    child = child_run(execute, &command);
    assert_int_equal(child.status, 0);
    assert_non_null(strstr(child.out, "resumed at step "));
    assert_string_equal(scratch_read("out/loss.csv"), whole);
    take_losses(child.out, again);
    assert_string_equal(again, losses);

    command.argument[7] = "--load";
    command.argument[8] = scratch_path("out/model.safetensors");
    child = child_run(execute, &command);
    assert_int_equal(child.status, 0);
    take_losses(child.out, again);
    assert_string_equal(again, losses);
    command.argument[8] = scratch_path("out/loss.csv");
    child = child_run(execute, &command);
    assert_int_equal(child.status, 1);
    assert_int_equal(lines_in(child.err), 1);
    assert_non_null(strstr(child.err, "out/loss.csv: "));
}

static void a_signal_between_two_trainings_ends_the_program_in_order(void **state)
{
    (void)state;
    Command command = {.argument = {"build/float/chapters/05_logistic", "--train", "--no-plot",
                                    "--out", scratch_path("out")}};
    Child child = child_run(execute_until_xor_is_learnt, &command);
    assert_int_equal(child.status, 143);
    assert_non_null(strstr(child.out, "XOR from other starts:"));
}

static void a_training_that_diverges_says_so_and_keeps_its_curve(void **state)
{
    (void)state;
    for (int i = 0; i < TRAINING; i++) {
        if (!training[i].lr)
            continue;
        Command command = {.argument = {training[i].program, "--train", "--lr", training[i].lr,
                                        "--out", scratch_path("out")}};
        Child child = child_run(execute, &command);
        if (child.status != 1 || lines_in(child.err) != 1 || !strstr(child.err, "the loss is ") ||
            !strstr(child.err, "try a learning rate below "))
            fail_msg("%s: status %d\n%s%s", training[i].program, child.status, child.out,
                     child.err);
        assert_null(strstr(child.out, "nan"));
        assert_true(lines_in(scratch_read("out/loss.csv")) > 2);
    }
}

static void without_gnuplot_the_numbers_are_kept_and_the_way_to_the_picture_said(void **state)
{
    (void)state;
    write_names("");
    Command command = {
        {NAMES_MODEL, "--quick", "--data", scratch_path("names.txt"), "--out", scratch_path("out")},
        .path = scratch_folder()};
    Child child = child_run(execute, &command);
    assert_int_equal(child.status, 0);
    assert_non_null(strstr(child.out, "make deps"));
    assert_true(scratch_exists("out/loss.csv") && scratch_exists("out/loss.gp"));
    assert_false(scratch_exists("out/loss.png"));
}

static void the_same_seed_gives_the_same_run(void **state)
{
    (void)state;
    char first[CHILD_TEXT_SIZE];
    write_names("");
    Command command = names_model("--seed", "7"), other = names_model("--seed", "8");
    child_run(execute, &command);
    snprintf(first, sizeof first, "%s", scratch_read("out/loss.csv"));
    child_run(execute, &command);
    assert_string_equal(scratch_read("out/loss.csv"), first);
    child_run(execute, &other);
    assert_string_not_equal(scratch_read("out/loss.csv"), first);
}

static void what_is_trained_does_not_depend_on_what_was_checked(void **state)
{
    (void)state;
    char first[CHILD_TEXT_SIZE];
    write_names("");
    Command command = names_model(NULL, NULL), train = names_model("--train", NULL);
    child_run(execute, &command);
    snprintf(first, sizeof first, "%s", scratch_read("out/loss.csv"));
    child_run(execute, &train);
    assert_string_equal(scratch_read("out/loss.csv"), first);
}

/* The loss of the names model at its last point, after 300 steps of any batches. */
static double loss_after_300_steps(const char *option)
{
    long step;
    double loss = 0;
    Command command = names_model("--steps", "300");
    command.argument[9] = option;
    assert_int_equal(child_run(execute, &command).status, 0);
    for (const char *row = scratch_read("out/loss.csv"); (row = strchr(row, '\n')) && *++row;)
        sscanf(row, "%ld,%lf", &step, &loss);
    return loss;
}

static void the_exercises_train_the_names_model_as_its_fused_pass_does(void **state)
{
    (void)state;
    write_names("");
    double fused = loss_after_300_steps(NULL), steps = loss_after_300_steps("--exercises");
    assert_true(fused > 0 && fabs(steps - fused) < 1e-4 * fused);
}

static void the_loss_of_the_names_model_falls(void **state)
{
    (void)state;
    double batch, dev, first = 0, last = 0;
    long step;
    Command command = {
        .argument = {NAMES_MODEL, "--steps", "2000", "--no-plot", "--out", scratch_path("out")}};
    assert_int_equal(child_run(execute, &command).status, 0);
    const char *row = scratch_read("out/loss.csv");
    while ((row = strchr(row, '\n')) && *++row)
        if (sscanf(row, "%ld,%lf,%lf", &step, &batch, &dev) == 3) {
            first = first > 0 ? first : dev;
            last = dev;
        }
    assert_true(last > 0 && last < first - 0.2);
}

int main(void)
{
#define IN_SCRATCH(test) cmocka_unit_test_setup_teardown(test, scratch_setup, scratch_teardown)
    const struct CMUnitTest tests[] = {
        IN_SCRATCH(every_chapter_runs_quickly_in_every_build),
        IN_SCRATCH(what_is_checked_and_what_is_trained_are_all_of_a_chapter),
        IN_SCRATCH(a_missing_names_file_is_named),
        IN_SCRATCH(a_malformed_names_file_is_refused_with_the_line),
        IN_SCRATCH(an_empty_names_file_is_refused),
        IN_SCRATCH(too_few_names_are_refused),
        IN_SCRATCH(windows_line_ends_and_a_missing_last_newline_are_fine),
        IN_SCRATCH(bad_options_are_bad_usage),
        IN_SCRATCH(a_batch_is_no_larger_than_the_images_of_chapter_15),
        IN_SCRATCH(a_batch_is_not_bounded_by_the_stack),
        IN_SCRATCH(an_unwritable_out_is_refused),
        IN_SCRATCH(a_log_that_cannot_be_opened_leaks_nothing),
        IN_SCRATCH(a_full_disk_keeps_what_there_was_room_for),
        IN_SCRATCH(a_signal_ends_a_training_with_all_that_it_has),
        IN_SCRATCH(a_run_is_taken_up_again_and_its_model_loaded),
        IN_SCRATCH(a_signal_between_two_trainings_ends_the_program_in_order),
        IN_SCRATCH(a_training_that_diverges_says_so_and_keeps_its_curve),
        IN_SCRATCH(without_gnuplot_the_numbers_are_kept_and_the_way_to_the_picture_said),
        IN_SCRATCH(the_same_seed_gives_the_same_run),
        IN_SCRATCH(what_is_trained_does_not_depend_on_what_was_checked),
        IN_SCRATCH(the_exercises_train_the_names_model_as_its_fused_pass_does),
        IN_SCRATCH(the_loss_of_the_names_model_falls),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
