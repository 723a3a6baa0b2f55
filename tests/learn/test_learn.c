/* test_learn.c: the learn mode as a learner meets it, at a terminal, on a copy of the exercises. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <locale.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "../lib/child.h"
#include "../lib/console.h"
#include "../lib/scratch.h"

enum { SOON = 60, LONG = 300 }; /* seconds: a check on a busy machine; building all judges */

#define RIGHT                                          \
    "for (int i = 0; i < n; i++) {\n"                  \
    "    real slope = 0, power = 1;\n"                 \
    "    for (int l = 1; l < k; l++, power *= x[i])\n" \
    "        slope += l * c[l] * power;\n"             \
    "    dx[i] = slope;\n"                             \
    "}"
#define WRONG "for (int i = 0; i < n; i++) dx[i] = c[0];"
#define ENDLESS "for (volatile int i = 0; i >= 0; i = 0) {}"
#define MINE "da[0] = db[0] = dy[0] * a[0]; /* of 02_tape.c */"

/* -- a learner with two chapters, an editor, and a terminal -------------------------------------
 */

__attribute__((format(printf, 1, 2))) static int shell(const char *format, ...)
{
    char command[2048];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(command, sizeof command, format, arguments);
    va_end(arguments);
    return system(command); // NOLINT: the commands are this test's own
}

static int make_desk(void **state)
{
    unsetenv("MAKEFLAGS"); /* make test may have said -s, -j */
    unsetenv("MAKELEVEL");
    setenv("TERM", "xterm", 1);
    return scratch_setup(state);
}

/* What the checks have left of answers in the scratch folder goes with it. */
static int clear_desk(void **state)
{
    shell("name=$(echo %s | tr / _); rm -rf build/check/*/$name* build/learn/at.$name*",
          scratch_folder());
    return scratch_teardown(state);
}

static int lay_out(void **state)
{
    (void)state;
    return shell("rm -f build/learn/at.$(echo %s | tr / _); cp exercises/0[12]_*.c %s",
                 scratch_folder(), scratch_folder());
}

static int put_away(void **state)
{
    (void)state;
    console_close();
    return 0;
}

static void must_show(const char *text)
{
    if (!console_shows(text, SOON))
        fail_msg("'%s' is not on the screen:\n%s", text, console_screen());
}

static void must_not_show(const char *text)
{
    if (!console_loses(text, SOON))
        fail_msg("'%s' is on the screen:\n%s", text, console_screen());
}

static void start(int rows, int columns)
{
    console_start(rows, columns, (const char *[]){"build/learn/learn", scratch_folder(), NULL});
    if (!console_shows("h hint", LONG))
        fail_msg("it does not start:\n%s", console_screen());
}

static void press(const char *keys, const char *then)
{
    console_press(keys);
    must_show(then);
}

static void quit(void)
{
    console_press("q");
    assert_int_equal(console_end(SOON), 0);
    assert_true(console_is_as_before());
}

/* The text of a chapter as it comes, with the body of its first function. */
static const char *answered(const char *chapter, const char *body)
{
    static char text[32768];
    char path[256], original[16384];
    snprintf(path, sizeof path, "exercises/%s", chapter);
    FILE *file = fopen(path, "r");
    assert_non_null(file);
    original[fread(original, 1, sizeof original - 1, file)] = '\0';
    fclose(file);
    char *todo = strstr(original, "\n    TODO();");
    assert_non_null(todo);
    snprintf(text, sizeof text, "%.*s%s%s", (int)(todo + 1 - original), original, body,
             todo + strlen("\n    TODO();"));
    return text;
}

static void save(const char *body)
{
    scratch_write_text("01_gradients.c", answered("01_gradients.c", body));
}

/* -- what there is to see --------------------------------------------------------------------- */

static void first_start_greets_and_says_where_and_what(void **state)
{
    (void)state;
    start(24, 80);
    must_show("Welcome.");
    must_show("01_gradients.c:15");
    must_show("polynomial_backward is to do.");
    must_show("wanted   dx (n)");
    must_show("void polynomial_backward(int n, int k,");
    must_show("h hint");
    quit();
    start(24, 80);
    must_not_show("Welcome.");
    quit();
}

static void wrong_answer_is_shown_when_it_is_saved(void **state)
{
    (void)state;
    start(24, 80);
    save(WRONG);
    must_show("polynomial_backward: wrong");
    must_show("7 of 7 elements differ");
    must_show("\n  Read: chapters/01_gradients.md, \"By hand, on indices\"");
    quit();
}

static void compile_error_is_shown_and_survived(void **state)
{
    (void)state;
    start(24, 80);
    save("dx[0] = nonsense;");
    must_show("does not compile");
    must_show("nonsense");
    save(WRONG);
    must_show("polynomial_backward: wrong");
    must_not_show("nonsense");
    quit();
}

static void a_function_of_another_edition_is_explained(void **state)
{
    (void)state;
    char text[32768];
    start(24, 160);
    snprintf(text, sizeof text, "%s", answered("01_gradients.c", "dx[0] = 0;"));
    char *type = strstr(text, "real x[n]");
    assert_non_null(type);
    memcpy(type, "int ", 4);
    scratch_write_text("01_gradients.c", text);
    must_show("polynomial_backward: does not compile");
    must_show("polynomial_backward: its parameters are not those of this edition:");
    must_show("see that the body fits them.");
    must_not_show("conflicting");
    quit();
}

static void right_answer_is_praised_and_a_key_goes_on(void **state)
{
    (void)state;
    start(24, 80);
    save(RIGHT);
    must_show("polynomial_backward is right.");
    must_show("] 1 of ");
    press("n", "bell_backward is to do.");
    quit();
    assert_true(strstr(console_screen(), " exercises right. make learn takes up") != NULL);
}

static void next_start_takes_up_where_the_last_ended(void **state)
{
    (void)state;
    start(24, 80);
    press("n", "bell_backward is to do.");
    press("n", "share_backward is to do.");
    quit();
    start(24, 80);
    must_show("share_backward is to do.");
    press("l", "->");
    press("kk\r", "polynomial_backward is to do.");
    quit();
}

static void page_follows_to_another_exercise_that_was_answered(void **state)
{
    (void)state;
    start(24, 80);
    must_show("polynomial_backward is to do.");
    scratch_write_text("02_tape.c", answered("02_tape.c", "    da[0] = db[0] = dy[0] * a[0];"));
    must_show("mul_backward: wrong");
    press("l", "->");
    press("kkkkkkkk\r", "polynomial_backward is to do.");
    quit();
}

static void hints_come_one_by_one(void **state)
{
    (void)state;
    start(40, 80);
    press("h", "Hint 1:");
    must_not_show("Hint 2:");
    press("h", "Hint 2:");
    press("hhhh", "that is the last one");
    quit();
}

static void list_shows_all_and_jumps_to_one(void **state)
{
    (void)state;
    start(24, 80);
    save(WRONG);
    must_show("polynomial_backward: wrong");
    press("l", "-> polynomial_backward            wrong");
    must_show("02_tape                           0 of  8");
    press("\033[B\033[B\033[B\r", "coefficients_backward is to do.");
    press("l\033[6~\033[6~\033[6~\033[6~\033[6~", "missing");
    press("l", "coefficients_backward is to do.");
    press("l", "->");
    press("kkk\r", "polynomial_backward: wrong");
    quit();
}

static void solution_needs_a_second_confirmation(void **state)
{
    (void)state;
    start(40, 80);
    press("s", "Show the solution?");
    press("n", "h hint");
    must_not_show("One way to write it");
    press("s", "Show the solution?");
    press("y", "One way to write it");
    press("s", "h hint");
    must_not_show("One way to write it");
    save(RIGHT);
    must_show("polynomial_backward is right.");
    press("s", "One way to write it");
    quit();
}

static void reset_needs_a_confirmation_and_keeps_a_copy(void **state)
{
    (void)state;
    save(WRONG " /* mine */");
    shell("rm -f build/reset/01_gradients.c.*");
    start(24, 80);
    must_show("polynomial_backward: wrong");
    press("r", "Back as it came");
    press("x", "h hint");
    assert_non_null(strstr(scratch_read("01_gradients.c"), "/* mine */"));
    press("r", "Back as it came");
    press("f", "is kept as");
    must_show("polynomial_backward is to do.");
    assert_null(strstr(scratch_read("01_gradients.c"), "/* mine */"));
    assert_int_equal(shell("grep -q '/. mine ./' build/reset/01_gradients.c.*"), 0);
    quit();
}

static void missing_file_is_said_and_put_there_by_a_reset(void **state)
{
    (void)state;
    start(24, 80);
    unlink(scratch_path("01_gradients.c"));
    must_show("polynomial_backward: missing");
    press("rc", "is to do.");
    quit();
}

static void the_end_tells_what_was_learned(void **state)
{
    (void)state;
    char folder[512];
    snprintf(folder, sizeof folder, "%s", scratch_path("solved"));
    assert_int_equal(shell("cp -R solutions %s", folder), 0);
    console_start(24, 80, (const char *[]){"build/learn/learn", folder, NULL});
    if (!console_shows("Congratulations", LONG))
        fail_msg("no congratulations:\n%s", console_screen());
    must_show("The tape: how reverse mode works");
    must_show("[####################]");
    press("l", "-> polynomial_backward            right");
    quit();
}

static void question_is_dropped_when_another_exercise_is_shown(void **state)
{
    (void)state;
    start(40, 80);
    press("r", "Back as it came?");
    scratch_write_text("02_tape.c", answered("02_tape.c", MINE));
    must_show("mul_backward: wrong");
    press("fh", "Hint 1:");
    assert_non_null(strstr(scratch_read("02_tape.c"), MINE));
    quit();
}

static void end_is_not_the_end_when_something_breaks(void **state)
{
    (void)state;
    shell("cp -R solutions %s", scratch_path("mended"));
    console_start(24, 80, (const char *[]){"build/learn/learn", scratch_path("mended"), NULL});
    if (!console_shows("Congratulations", LONG))
        fail_msg("no congratulations:\n%s", console_screen());
    scratch_write_text("mended/01_gradients.c", answered("01_gradients.c", WRONG));
    must_show("polynomial_backward: wrong");
    quit();
}

static void up_and_down_move_by_a_line(void **state)
{
    (void)state;
    start(14, 80);
    press("\033[B\033[B\033[B\033[B", "wanted ");
    must_not_show("Save, and it is checked here");
    press("\033[A\033[A", "Save, and it is checked here");
    assert_null(strstr(console_screen(), "Welcome."));
    quit();
}

static void first_check_says_what_it_is_at(void **state)
{
    (void)state;
    save("dx[0] = c[0] * 17;");
    start(24, 80);
    assert_non_null(strstr(console_raw(), "making build/check/01_gradients/"));
    assert_non_null(strstr(console_raw(), "] step "));
    quit();
}

static void folder_may_end_in_a_slash(void **state)
{
    (void)state;
    start(24, 80);
    press("n", "bell_backward is to do.");
    quit();
    console_start(24, 80, (const char *[]){"build/learn/learn", scratch_path("/"), NULL});
    must_show("bell_backward is to do.");
    must_not_show("//01_gradients.c");
    quit();
}

/* -- saving ------------------------------------------------------------------------------------ */

static void editor_that_saves_by_renaming_is_noticed(void **state)
{
    (void)state;
    start(24, 80);
    scratch_write_text("saved~", answered("01_gradients.c", WRONG));
    rename(scratch_path("01_gradients.c"), scratch_path("backup~"));
    rename(scratch_path("saved~"), scratch_path("01_gradients.c"));
    must_show("polynomial_backward: wrong");
    rename(scratch_path("backup~"), scratch_path("01_gradients.c")); /* an older date */
    must_show("polynomial_backward is to do.");
    quit();
}

static void saving_during_a_check_has_the_last_word(void **state)
{
    (void)state;
    start(24, 80);
    save(ENDLESS);
    must_show("checking 01_gradients ...");
    save(WRONG);
    save(RIGHT);
    must_show("polynomial_backward is right.");
    quit();
}

/* What comes later cannot be shown before it has ended. */
static void saving_during_a_check_ends_it(void **state)
{
    (void)state;
    char sleeper[512];
    snprintf(sleeper, sizeof sleeper,
             "extern int creat(const char *, int), pause(void);"
             "for (creat(\"%s\", 0600);;) pause();",
             scratch_path("asleep"));
    start(24, 80);
    save(sleeper);
    for (int i = 0; i < 100 * SOON && !scratch_exists("asleep"); i++)
        console_loses("polynomial", 0); /* the screen is read meanwhile */
    save(RIGHT);
    must_show("polynomial_backward is right.");
    assert_null(strstr(console_raw(), "too slow"));
    quit();
}

static void another_chapter_that_does_not_compile_is_shown(void **state)
{
    (void)state;
    start(24, 80);
    scratch_write_text("02_tape.c", answered("02_tape.c", "da[0] = nonsense;"));
    must_show("02_tape.c:");
    must_show(": does not compile");
    must_show("nonsense");
    press("l", "->");
    press("kkkkkkkkkkkkkkkk\r", "polynomial_backward is to do.");
    scratch_write_text("02_tape.c", "#nonsense\n");
    must_show("The file does not compile:");
    quit();
}

static void of_two_files_saved_at_once_the_one_shown_comes_first(void **state)
{
    (void)state;
    start(24, 80);
    scratch_write_text("02_tape.c", answered("02_tape.c", "da[0] = nonsense;"));
    save(WRONG);
    must_show("02_tape.c was saved, too, and does not compile.");
    must_show("polynomial_backward: wrong");
    scratch_write_text("02_tape.c", answered("02_tape.c", MINE));
    save(ENDLESS);
    must_show("02_tape.c was saved, too: 0 of 8 are right.");
    must_show("polynomial_backward: too slow");
    save(RIGHT);
    must_not_show("was saved, too");
    must_show("polynomial_backward is right.");
    quit();
}

static void folder_that_goes_is_said_and_may_come_back(void **state)
{
    (void)state;
    char folder[512], elsewhere[600];
    start(24, 80);
    snprintf(folder, sizeof folder, "%s", scratch_folder());
    snprintf(elsewhere, sizeof elsewhere, "%s.away", folder);
    rename(folder, elsewhere);
    must_show("there is no such folder");
    rename(elsewhere, folder);
    must_not_show("there is no such folder");
    quit();
}

static double seconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec * 1e-9;
}

/* The best of a few, for there may be others at work on the machine. On a slow one, within the time
 * of a check. */
static void verdict_comes_within_half_a_second_after_the_check(void **state)
{
    (void)state;
    start(24, 80);
    double best = 1e9, whole = 1e9, quickest = 1e9;
    for (int i = 0; i < 5; i++) {
        char body[64], want[64];
        snprintf(body, sizeof body, "for (int j = 0; j < n; j++) dx[j] = %d;", 1000 + i);
        snprintf(want, sizeof want, "got %d", 1000 + i);
        double saved = seconds();
        save(body);
        must_show(want);
        double shown = seconds();
        shell("touch %s/01_gradients.c; tests/check/check --brief --from %s 01 >/dev/null",
              scratch_folder(), scratch_folder());
        double check = seconds() - shown, delay = shown - saved - check;
        quickest = check < quickest ? check : quickest;
        best = delay < best ? delay : best;
        whole = shown - saved < whole ? shown - saved : whole;
        must_show("checked");
    }
    print_message("from save to verdict: %.0f ms, %.0f ms of them not the check's own\n",
                  1e3 * whole, 1e3 * best);
    assert_true(best < (quickest > 0.5 ? quickest : 0.5));
    quit();
}

/* -- the terminal ------------------------------------------------------------------------------ */

static void sixty_columns_are_enough(void **state)
{
    (void)state;
    start(24, 60);
    press("n", "bell_backward");
    press("h", "Hint 1:");
    press("sy", "One way to write it");
    press("r", "c whole file");
    press("x", "q quit");
    press("l", "l back  q quit");
    assert_in_range(console_widest(), 50, 60);
    press("k\r", "polynomial_backward is to do.");
    quit();
}

static void any_size_will_do(void **state)
{
    (void)state;
    static const int sizes[][2] = {{10, 20}, {12, 40}, {24, 80}, {60, 199}, {24, 80}, {10, 20}};
    start(24, 80);
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        int rows = sizes[i][0], columns = sizes[i][1];
        console_resize(1, 1);
        console_resize(2, 3);
        console_resize(rows, columns);
        must_show("h hint  n next");
        must_show("s solution");
        must_show("q quit");
        must_show(" 0 of ");
        press("l", "->"); /* a key's page is drawn for this size, and not for an earlier one */
        must_show("l back");
        must_show("q quit");
        assert_in_range(console_widest(), 1, columns);
        press("l", "h hint");
        must_show("q quit");
        assert_in_range(console_widest(), 1, columns);
    }
    quit();
}

static void resize_draws_anew(void **state)
{
    (void)state;
    start(24, 100);
    must_show("const real c[k], real dx[n])");
    console_resize(16, 60);
    must_show("more below");
    must_show("h hint  n next  l list  s solution  r reset  q quit");
    assert_in_range(console_widest(), 50, 60);
    console_resize(30, 100);
    must_show("The lesson is");
    console_resize(2, 10);
    console_resize(24, 80);
    must_show("The lesson is");
    quit();
}

static void half_a_key_waits_for_the_rest(void **state)
{
    (void)state;
    start(24, 80);
    press("l", "-> polynomial_backward");
    console_press("\033[");
    shell("sleep 0.3");
    press("B", "-> bell_backward");
    press("\033[1;5C\033[B", "-> share_backward"); /* Ctrl-right is no key here */
    press("\033", "polynomial_backward is to do.");
    quit();
}

static void what_is_pasted_does_nothing(void **state)
{
    (void)state;
    save(WRONG " /* mine */");
    start(40, 80);
    must_show("polynomial_backward: wrong");
    press("\033[200~for (int i...) src[i] = r; rc q\033[201~h", "Hint 1:");
    assert_non_null(strstr(scratch_read("01_gradients.c"), "/* mine */"));
    quit();
}

/* An error outside the functions has its line shown. */
static void without_utf_8_nothing_else_is_shown(void **state)
{
    (void)state;
    setenv("LC_ALL", "C", 1);
    start(24, 80);
    unsetenv("LC_ALL");
    save("}\n"
         "int x = nonsense; // 3 \u00d7 4\u00b2 = \"\u00e4\"\n"
         "void after(void)\n"
         "{");
    must_show("// 3 x 4^2 = \"?\"");
    for (const char *c = console_raw(); *c; c++)
        assert_true((unsigned char)*c < 0x80);
    quit();
}

static bool start_in_utf_8(void)
{
    const char *const names[] = {"C.UTF-8", "en_US.UTF-8"};
    for (int i = 0; i < 2; i++)
        if (setlocale(LC_CTYPE, names[i])) {
            setlocale(LC_CTYPE, "C");
            setenv("LC_ALL", names[i], 1);
            start(24, 80);
            unsetenv("LC_ALL");
            return true;
        }
    return false;
}

/* A C1 control steers a terminal like ESC; 39 wide characters take 78 columns. */
static void only_what_is_visible_is_shown_and_by_its_width(void **state)
{
    (void)state;
    if (!start_in_utf_8())
        skip();
    char body[256] = "}\n"
                     "int x = nonsense; // \u00e4 \xc2\x9b"
                     "31m ";
    for (int i = 0; i < 45; i++)
        strcat(body, "\u5b57");
    strcat(body, "\nvoid after(void)\n{");
    save(body);
    must_show("nonsense");
    assert_non_null(strstr(console_raw(), "\u00e4"));
    assert_null(strstr(console_raw(), "\xc2\x9b"));
    int wide = 0;
    for (const char *c = console_screen(); *c; c++) {
        wide = *c == '\n' ? 0 : wide + (*c == '\xe5');
        assert_in_range(wide, 0, 39);
    }
    quit();
}

/* A shell takes the terminal back whenever a program is stopped, and gives it again as it likes.
 * Its prompt counts the commands: what is typed before it is there may be lost. */
static void being_stopped_and_continued_costs_nothing(void **state)
{
    (void)state;
    for (int by_key = 0; by_key < 2; by_key++) {
        char line[700];
        console_start(
            24, 80,
            (const char *[]){"env", "PS1=<\\#>", "bash", "--norc", "--noprofile", "-i", NULL});
        snprintf(line, sizeof line, "build/learn/learn %s\r", scratch_folder());
        must_show("<1>");
        press(line, "h hint");
        if (by_key)
            console_press("\032");
        else
            shell("pkill -STOP -f '^build/learn/learn %s'", scratch_folder());
        must_show("Stopped");
        must_show("<2>");
        press("fg\r", "h hint");
        press("h", "Hint 1:");
        press("q", "make learn takes up");
        must_show("<3>");
        press("exit\r", "exit");
        assert_int_equal(console_end(SOON), 0);
        console_close();
    }
}

static void ctrl_c_leaves_the_terminal_as_it_was(void **state)
{
    (void)state;
    char from[600];
    snprintf(from, sizeof from, "FROM=%s", scratch_folder());
    console_start(24, 80, (const char *[]){"make", "-s", "learn", from, NULL});
    assert_true(console_shows("polynomial_backward is to do.", LONG));
    console_press("\003");
    assert_int_equal(console_end(SOON), 0);
    assert_true(console_is_as_before());
}

static void any_end_leaves_the_terminal_as_it_was(void **state)
{
    (void)state;
    static const int signals[] = {SIGINT, SIGTERM, SIGHUP, SIGSEGV, SIGABRT};
    for (size_t i = 0; i < sizeof signals / sizeof *signals; i++) {
        start(24, 80);
        save(i % 2 ? WRONG : ENDLESS); /* a check is running, too */
        must_show("checking 01_gradients ...");
        console_signal(signals[i]);
        assert_int_equal(console_end(SOON), -signals[i]);
        assert_true(console_is_as_before());
        console_close();
    }
}

static void ending_early_leaves_the_terminal_as_it_was(void **state)
{
    (void)state;
    console_start(24, 80, (const char *[]){"build/learn/learn", scratch_folder(), NULL});
    must_show("Checking what is there.");
    quit();
}

static void color_is_left_out_if_nobody_wants_it(void **state)
{
    (void)state;
    start(24, 80);
    assert_non_null(strstr(console_raw(), "\033[33m"));
    quit();
    setenv("NO_COLOR", "1", 1);
    start(24, 80);
    unsetenv("NO_COLOR");
    assert_null(strstr(console_raw(), "\033[33m"));
    quit();
}

static void without_keyboard(void *unused)
{
    (void)unused;
    if (freopen("/dev/null", "r", stdin))
        execl("build/learn/learn", "learn", "exercises", (char *)NULL);
}

static void what_is_no_terminal_is_said_in_one_line(void **state)
{
    (void)state;
    Child child = child_run(without_keyboard, NULL);
    assert_int_equal(child.status, 2);
    assert_string_equal(child.out, "");
    assert_non_null(strstr(child.err, "needs a terminal"));
    assert_ptr_equal(strchr(child.err, '\n'), child.err + strlen(child.err) - 1);
}

static void a_terminal_that_cannot_move_its_cursor_is_told(void **state)
{
    (void)state;
    for (int is_set = 0; is_set < 2; is_set++) {
        unsetenv("TERM");
        if (is_set)
            setenv("TERM", "dumb", 1);
        console_start(24, 80, (const char *[]){"build/learn/learn", scratch_folder(), NULL});
        setenv("TERM", "xterm", 1);
        assert_int_equal(console_end(SOON), 2);
        assert_null(strchr(console_raw(), '\033'));
        must_show("make learn needs a terminal that can move its cursor");
        console_close();
    }
}

static void a_folder_that_is_not_there_is_said(void **state)
{
    (void)state;
    console_start(24, 80, (const char *[]){"build/learn/learn", "/nowhere", NULL});
    assert_int_equal(console_end(SOON), 1);
    assert_true(console_is_as_before());
    must_show("/nowhere: there is no such folder");
}

#define at_desk(test) cmocka_unit_test_setup_teardown(test, lay_out, put_away)

int main(void)
{
    const struct CMUnitTest tests[] = {
        at_desk(first_start_greets_and_says_where_and_what),
        at_desk(wrong_answer_is_shown_when_it_is_saved),
        at_desk(compile_error_is_shown_and_survived),
        at_desk(a_function_of_another_edition_is_explained),
        at_desk(right_answer_is_praised_and_a_key_goes_on),
        at_desk(next_start_takes_up_where_the_last_ended),
        at_desk(page_follows_to_another_exercise_that_was_answered),
        at_desk(hints_come_one_by_one),
        at_desk(list_shows_all_and_jumps_to_one),
        at_desk(solution_needs_a_second_confirmation),
        at_desk(reset_needs_a_confirmation_and_keeps_a_copy),
        at_desk(missing_file_is_said_and_put_there_by_a_reset),
        at_desk(the_end_tells_what_was_learned),
        at_desk(question_is_dropped_when_another_exercise_is_shown),
        at_desk(end_is_not_the_end_when_something_breaks),
        at_desk(up_and_down_move_by_a_line),
        at_desk(first_check_says_what_it_is_at),
        at_desk(folder_may_end_in_a_slash),
        at_desk(editor_that_saves_by_renaming_is_noticed),
        at_desk(saving_during_a_check_has_the_last_word),
        at_desk(saving_during_a_check_ends_it),
        at_desk(another_chapter_that_does_not_compile_is_shown),
        at_desk(of_two_files_saved_at_once_the_one_shown_comes_first),
        at_desk(folder_that_goes_is_said_and_may_come_back),
        at_desk(verdict_comes_within_half_a_second_after_the_check),
        at_desk(sixty_columns_are_enough),
        at_desk(any_size_will_do),
        at_desk(resize_draws_anew),
        at_desk(half_a_key_waits_for_the_rest),
        at_desk(what_is_pasted_does_nothing),
        at_desk(without_utf_8_nothing_else_is_shown),
        at_desk(only_what_is_visible_is_shown_and_by_its_width),
        at_desk(being_stopped_and_continued_costs_nothing),
        at_desk(ctrl_c_leaves_the_terminal_as_it_was),
        at_desk(any_end_leaves_the_terminal_as_it_was),
        at_desk(ending_early_leaves_the_terminal_as_it_was),
        at_desk(color_is_left_out_if_nobody_wants_it),
        at_desk(what_is_no_terminal_is_said_in_one_line),
        at_desk(a_terminal_that_cannot_move_its_cursor_is_told),
        at_desk(a_folder_that_is_not_there_is_said),
    };
    return cmocka_run_group_tests(tests, make_desk, clear_desk);
}
