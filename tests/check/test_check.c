/* test_check.c: the exercise check as a student meets it: tests/check/check and its companions, on
 * the exercises as they come, on the solutions, and on answers that misbehave. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <fcntl.h>
#include <glob.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../lib/scratch.h"
#include "../lib/shell.h"

/* The line that begins with this function's name has this verdict, and these words in what follows
 * up to the next function. */
static void assert_verdict(const Child *child, const char *function, const char *verdict,
                           const char *words)
{
    char label[128], text[CHILD_TEXT_SIZE], *to = text;
    snprintf(label, sizeof label, "\n  %s ", function);
    const char *from = strstr(child->out, label);
    if (!from) {
        fail_msg("%s is not in:\n%s%s", function, child->out, child->err);
        return;
    }
    const char *end = from;
    do
        end = strstr(end + 1, "\n  ");
    while (end && end[3] == ' ');
    for (; *from && from != end; from++) /* runs of white space become one space */
        if ((*from != ' ' && *from != '\n') || (to > text && to[-1] != ' '))
            *to++ = *from == '\n' ? ' ' : *from;
    *to = '\0';
    snprintf(label, sizeof label, "%s %s", function, verdict);
    if (strncmp(text, label, strlen(label)) != 0 || !strstr(text, words))
        fail_msg("expected '%s' and '%s' in: %s", label, words, text);
}

/* For each chapter that has a check: what(name). */
static void for_each_chapter(void (*what)(const char *chapter))
{
    glob_t found;
    assert_int_equal(glob("tests/exercises/[0-9][0-9]_*.c", 0, NULL, &found), 0);
    for (size_t i = 0; i < found.gl_pathc; i++) {
        char name[128];
        snprintf(name, sizeof name, "%s", strrchr(found.gl_pathv[i], '/') + 1);
        name[strlen(name) - 2] = '\0';
        what(name);
    }
    globfree(&found);
}

/* -- the exercises and their solutions ----------------------------------------------------------
 */

static int skipped;

static void assert_bodies_taken_out(const char *chapter)
{
    Child tracked = run("git ls-files --error-unmatch exercises/%s.c", chapter);
    Child changed = run("git diff --quiet HEAD -- exercises/%s.c", chapter);
    if (tracked.status == 0 && changed.status != 0) {
        skipped++; /* somebody is at work on it */
        return;
    }
    Child same =
        run("tests/check/pristine solutions/%s.c | diff - exercises/%s.c", chapter, chapter);
    assert_status(&same, 0);
}

static void every_exercise_is_its_solution_with_the_bodies_taken_out(void **state)
{
    (void)state;
    skipped = 0;
    for_each_chapter(assert_bodies_taken_out);
    if (skipped > 0) {
        print_message("%d exercises are being worked on, and were not compared\n", skipped);
        skip();
    }
}

static void assert_reads_to_do(const char *chapter)
{
    run("tests/check/pristine solutions/%s.c >%s", chapter, scratch_path("x.c"));
    run("mv %s %s/%s.c", scratch_path("x.c"), scratch_folder(), chapter);
    Child child = run("tests/check/check --from %s %.2s", scratch_folder(), chapter);
    Child to_do = run("build/check/%s/judge --list | wc -l | tr -d '\\n '", chapter);
    char total[64];
    snprintf(total, sizeof total, "\n  %.16s to do\n", to_do.out);
    assert_status(&child, 1);
    assert_says(&child, total);
    assert_silent_about(&child, "warning");
}

static void every_pristine_exercise_compiles_and_reads_to_do(void **state)
{
    (void)state;
    for_each_chapter(assert_reads_to_do);
}

static void every_solution_is_right(void **state)
{
    (void)state;
    Child child = run("tests/check/check --from solutions");
    assert_status(&child, 0);
    assert_silent_about(&child, "warning");
}

static void every_mistake_is_refused_and_recognised_as_itself(void **state)
{
    (void)state;
    for (int seed = 1; seed <= 20; seed++) {
        Child child = run("tests/check/check --table --seed %d", seed);
        assert_status(&child, 0);
    }
}

static void assert_right_1000_times(const char *chapter)
{
    Child child = run("build/check/%s/judge --runner build/check/%s/runner --seed 77 --rounds 1000 "
                      "--seconds 60 --answers build/check/%s/solutions.so --source x.c",
                      chapter, chapter, chapter);
    assert_status(&child, 0);
}

static void a_thousand_seeds_raise_no_false_alarm(void **state)
{
    (void)state;
    run("tests/check/check --from solutions");
    for_each_chapter(assert_right_1000_times);
}

/* The compiler takes sums in any order and divides by multiplying. */
static void assert_right_reordered(const char *chapter)
{
    Child child =
        run("${CC:-cc} -std=gnu11 -O3 -funsafe-math-optimizations -fPIC -shared -Ilib -Iexercises "
            "solutions/%s.c -lm -o %s && build/check/%s/judge --runner build/check/%s/runner "
            "--answers %s --source x.c --rounds 20 --seconds 60",
            chapter, scratch_path("fast.so"), chapter, chapter, scratch_path("fast.so"));
    assert_status(&child, 0);
}

static void other_orders_of_summation_are_right(void **state)
{
    (void)state;
    for_each_chapter(assert_right_reordered);
    Child child = run("tests/check/check --from tests/check/answers/backwards 09");
    assert_status(&child, 0);
    assert_says(&child, "5 right");
}

/* Where the order is what is asked: the same sums, rounded on another way. */
static void an_order_that_is_asked_for_is_held_to_the_bit(void **state)
{
    (void)state;
    run("sed '/^void tree_sum/,/^}/s/+= x.i + d..j./+= 1, x[i][j] += x[i + d][j] - 1/' "
        "solutions/22_data_parallel.c >%s",
        scratch_path("22_data_parallel.c"));
    Child child = run("tests/check/check --brief --from %s 22", scratch_folder());
    assert_status(&child, 1);
    assert_verdict(&child, "tree_sum", "wrong", "Up to rounding this is right, and not to the bit");
    assert_says(&child, "7 right, 1 wrong");
}

/* k numbers, where n are sent: no division by n is forgotten there. */
static void of_a_wrong_count_no_factor_is_said(void **state)
{
    (void)state;
    run("sed 's/DEVICE_P, k, p)/DEVICE_P, n, p)/' solutions/23_device.c >%s",
        scratch_path("23_device.c"));
    Child child = run("tests/check/check --from %s 23", scratch_folder());
    assert_status(&child, 1);
    assert_says(&child, "P_sent: got 7, want 5");
    assert_says(&child, "P_sent counts too many.");
    assert_says(&child, "What else it writes is right.");
    assert_null(strstr(child.out, "Look for"));
}

/* Neither the function of a right answer nor the sentence about a wrong one. */
static void assert_runner_knows_nothing(const char *chapter)
{
    Child judge =
        run("cd build/check/%s && grep -q reference_ judge && grep -q 'You ' judge", chapter);
    Child runner = run("cd build/check/%s && grep -qE 'reference_|You ' runner", chapter);
    assert_status(&judge, 0);
    assert_status(&runner, 1);
}

static void the_runner_knows_no_reference_and_no_mistake(void **state)
{
    (void)state;
    for_each_chapter(assert_runner_knows_nothing);
}

/* On macOS the lines of a program that is compiled and linked at once lie in a folder beside it,
 * which is lost when the program is moved into its place. */
static void nothing_with_lines_is_compiled_and_linked_at_once(void **state)
{
    (void)state;
    run("tests/check/check --from solutions 09");
    Child child =
        run("FROM=solutions ${MAKE:-make} -n -B -f tests/grade/Makefile from=solutions graders "
            "check-tests build/check/09_embedding/solutions.so >%s && "
            "grep -E -- '-fPIC .*-c .*/09_embedding.c' %s && "
            "! grep -E -- ' -g[0-9]? .*[.]c ' %s | grep -v -- ' -c '",
            scratch_path("lines"), scratch_path("lines"), scratch_path("lines"));
    assert_status(&child, 0);
}

/* -- answers that misbehave ---------------------------------------------------------------------
 */

static Child check(const char *folder)
{
    return run("tests/check/check --from tests/check/answers/%s 09", folder);
}

/* Without them, an index that runs off an array may go unnoticed. */
static void skip_without_sanitizers(void)
{
    if (run("grep -q '^sanitize := .' build/flags.mk").status != 0)
        skip();
}

static void a_crash_is_told_with_its_line_and_costs_one_step(void **state)
{
    (void)state;
    skip_without_sanitizers();
    Child child = check("crashes");
    assert_status(&child, 1);
    assert_verdict(&child, "embedding_backward", "right", "");
    assert_verdict(&child, "bag_backward", "crashed", "09_embedding.c:");
    assert_verdict(&child, "bag_backward", "crashed", "writes through a");
    assert_verdict(&child, "padded_embedding_backward", "crashed", "runs out of stack");
    assert_verdict(&child, "position_backward", "crashed", "index 4 runs off the row");
    assert_verdict(&child, "tied_embedding_backward", "crashed", "writes past the end of dC");
    assert_says(&child, "1 right, 4 crashed");
}

/* The address sanitizer reserves terabytes of addresses before an answer is loaded. */
static void a_limit_on_memory_is_no_mistake_of_the_answer(void **state)
{
    (void)state;
    skip_without_sanitizers();
    run("tests/check/check --from solutions 09");
    Child child = run("ulimit -v 4000000; cd build/check/09_embedding; ./judge --runner ./runner "
                      "--answers ./solutions.so --source 09_embedding.c");
    assert_verdict(&child, "embedding_backward", "crashed",
                   "the address sanitizer was refused memory (ulimit -v?)");
}

static void an_answer_that_never_comes_back_is_not_right(void **state)
{
    (void)state;
    Child child = check("ends");
    assert_status(&child, 1);
    assert_verdict(&child, "embedding_backward", "right", "");
    assert_verdict(&child, "bag_backward", "too slow", "stopped after 2 s");
    assert_verdict(&child, "padded_embedding_backward", "crashed", "ended the whole program");
    assert_verdict(&child, "position_backward", "crashed", "ended the whole program");
    assert_verdict(&child, "tied_embedding_backward", "crashed", "bort");
}

/* One that calculates, and one that has filled its output to the brim. */
static void what_does_not_end_is_told_with_the_line_it_was_on(void **state)
{
    (void)state;
    skip_without_sanitizers();
    Child ends = check("ends"), forges = check("forges");
    assert_verdict(&ends, "bag_backward", "too slow", "ends/09_embedding.c:2");
    assert_verdict(&forges, "tied_embedding_backward", "too slow", "forges/09_embedding.c:7");
}

static void a_preloaded_library_is_no_crash(void **state)
{
    (void)state;
#ifdef __GLIBC__
    Child child = run("LD_PRELOAD=libm.so.6 tests/check/check --from solutions 09");
    assert_status(&child, 0);
#else
    skip();
#endif
}

/* An answer that sleeps, and while it does holds a lock on the file "asleep". */
static void write_sleeper(const char *does_first)
{
    char text[2048];
    snprintf(text, sizeof text,
             "#include \"09_embedding.h\"\n"
             "#include <fcntl.h>\n"
             "#include <stdio.h>\n"
             "#include <sys/file.h>\n"
             "#include <unistd.h>\n"
             "#ifdef __linux__\n"
             "#include <sys/prctl.h>\n"
             "#endif\n"
             "void embedding_backward(int n, int v, int e, const real demb[n][e],\n"
             "                        const int X[n], real dC[v][e])\n"
             "{\n"
             "%s\n"
             "    flock(open(\"%s\", O_RDWR | O_CREAT, 0600), LOCK_EX);\n"
             "    rename(\"%s\", \"%s\");\n"
             "    for (dC[0][0] = demb[0][0] + X[0];;)\n"
             "        pause();\n"
             "}\n",
             does_first, scratch_path("awake"), scratch_path("awake"), scratch_path("asleep"));
    unlink(scratch_path("asleep"));
    scratch_write_text("09_embedding.c", text);
}

/* It takes no processor time, so it is asked by the clock. */
static void what_sleeps_is_told_with_its_line(void **state)
{
    (void)state;
    skip_without_sanitizers();
    write_sleeper("");
    Child child = run("tests/check/check --from %s 09", scratch_folder());
    assert_verdict(&child, "embedding_backward", "too slow", "09_embedding.c:16: stopped after");
}

static bool sleeps(void)
{
    return scratch_exists("asleep");
}

static bool is_gone(void)
{
    int file = open(scratch_path("asleep"), O_RDONLY);
    bool gone = flock(file, LOCK_EX | LOCK_NB) == 0;
    close(file);
    return gone;
}

static void wait_until(bool (*holds)(void), const char *otherwise)
{
    for (int i = 0; i < 6000 && !holds(); i++)
        usleep(10000);
    if (!holds())
        fail_msg("%s", otherwise);
}

/* In a group of its own, as a shell starts what is typed. */
static void end_check_by(int number)
{
    char command[512];
    snprintf(command, sizeof command, "tests/check/check --from %s 09 >/dev/null 2>&1",
             scratch_folder());
    pid_t check = fork();
    if (check == 0) {
        setpgid(0, 0);
        execute(command);
    }
    setpgid(check, check);
    wait_until(sleeps, "the answer was not started");
    kill(-check, number);
    waitpid(check, NULL, 0);
    wait_until(is_gone, "the answer sleeps on");
}

static void no_answer_outlives_the_check(void **state)
{
    (void)state;
    static const struct {
        int number;
        const char *answer;
    } ends[] = {{SIGINT, ""},
                {SIGTERM, ""},
                {SIGHUP, ""},
                {SIGQUIT, ""},
                {SIGKILL, ""},
                {SIGINT, "if (fork() > 0) for (;;) pause();"},
                {SIGKILL, "#ifdef __linux__\nprctl(PR_SET_PDEATHSIG, 0);\n#endif"}};
    for (size_t i = 0; i < sizeof ends / sizeof *ends; i++) {
        write_sleeper(ends[i].answer);
        end_check_by(ends[i].number);
    }
}

static void strays_are_told_for_what_they_are(void **state)
{
    (void)state;
    Child child = check("strays");
    assert_status(&child, 1);
    assert_verdict(&child, "embedding_backward", "wrong", "changes its input demb[0][1]");
    assert_verdict(&child, "bag_backward", "wrong", "All that dC holds are whole numbers");
    assert_verdict(&child, "bag_backward", "wrong", "| ?[1mdbag[0][0] is");
    assert_verdict(&child, "padded_embedding_backward", "crashed", "calls nowhere_defined()");
    assert_verdict(&child, "position_backward", "wrong", "The last row of dP was never written");
    assert_verdict(&child, "position_backward", "wrong", ". . . . . . . . o o o o");
    assert_verdict(&child, "tied_embedding_backward", "missing", "no such function");
}

static void answers_are_asked_again(void **state)
{
    (void)state;
    Child child = run("tests/check/check --from tests/check/answers/strays 01");
    assert_status(&child, 1);
    assert_verdict(&child, "polynomial_backward", "wrong",
                   "c has no influence on dx, and should have.");
    assert_verdict(&child, "bell_backward", "wrong", "No known mistake fits dx.");
    assert_verdict(&child, "share_backward", "wrong",
                   "Called twice with the same inputs, it leaves two different db.");
    assert_verdict(&child, "share_backward", "wrong", "What else it writes is right.");
}

static void what_holds_of_several_outputs_is_said_once(void **state)
{
    (void)state;
    Child child = run("tests/check/check --from tests/check/answers/strays 01");
    assert_verdict(&child, "logsumexp_backward", "wrong",
                   "db was never written. The same of dc. What else it writes is right.");
}

/* Whatever else lies there is no number that anybody has calculated. */
static void what_was_never_set_is_called_that(void **state)
{
    (void)state;
    static const char words[] = "is used before anything is written to it";
    if (run("grep -q '^pattern := .' build/flags.mk").status != 0)
        skip();
    skip_without_sanitizers();
    Child child = check("unset");
    assert_status(&child, 1);
    assert_verdict(&child, "embedding_backward", "wrong", words);
    assert_verdict(&child, "bag_backward", "wrong", words);
    assert_verdict(&child, "padded_embedding_backward", "crashed", words);
    assert_verdict(&child, "position_backward", "wrong", words);
    assert_verdict(&child, "tied_embedding_backward", "wrong", words);
    assert_silent_about(&child, "0/0");
}

/* The runner, in the words of another system's loader. */
static void write_runner_that_says(const char *words)
{
    char script[512];
    snprintf(script, sizeof script,
             "#!/usr/bin/env bash\n"
             "build/check/09_embedding/runner \"$@\" 2>&1 | sed \"s/undefined symbol: /%s/\"\n"
             "exit ${PIPESTATUS[0]}\n",
             words);
    scratch_write_text("runner", script);
    run("chmod +x %s", scratch_path("runner"));
}

/* It may be missed when it is called, or already when the file is loaded. */
static void a_missing_function_is_named_in_the_words_of_any_loader(void **state)
{
    (void)state;
    static const char *const words[] = {
        "undefined symbol: ", "symbol not found in flat namespace '_", "Symbol not found: _"};
    static const char *const bound[] = {"lazy", "now"};
    run("tests/check/check --from solutions 09");
    for (int w = 0; w < 3; w++)
        for (int b = 0; b < 2; b++) {
            write_runner_that_says(words[w]);
            Child child =
                run("${CC:-cc} -std=gnu11 -fPIC -shared -Wl,-z,%s -Ilib -Iexercises "
                    "tests/check/answers/strays/09_embedding.c -o %s && "
                    "build/check/09_embedding/judge --runner %s --answers %s --source x.c",
                    bound[b], scratch_path("x.so"), scratch_path("runner"), scratch_path("x.so"));
            assert_verdict(&child, "padded_embedding_backward", "crashed",
                           "calls nowhere_defined(), which is nowhere defined");
        }
}

static void a_constructor_that_exits_makes_nothing_right(void **state)
{
    (void)state;
    Child child = check("builds");
    assert_status(&child, 1);
    assert_says(&child, "5 crashed");
}

static void forged_records_and_floods_make_nothing_right(void **state)
{
    (void)state;
    Child child = check("forges");
    assert_status(&child, 1);
    assert_verdict(&child, "embedding_backward", "right", "");
    assert_verdict(&child, "bag_backward", "crashed", "");
    assert_verdict(&child, "position_backward", "crashed", "signal 15");
    assert_verdict(&child, "tied_embedding_backward", "too slow", "| ...");
    assert_silent_about(&child, "2 right");
}

static void what_does_not_compile_has_a_status_of_its_own(void **state)
{
    (void)state;
    Child child = check("broken");
    assert_status(&child, 3);
    assert_says(&child, "does not compile");
    assert_says(&child, "09_embedding.c:6:");
    assert_says(&child, "5 not checked");
}

/* The solutions of chapter 09 with a change, checked. */
static Child check_edited(const char *sed_script)
{
    run("sed '%s' solutions/09_embedding.c >%s", sed_script, scratch_path("09_embedding.c"));
    return run("tests/check/check --from %s 09", scratch_folder());
}

static void a_function_that_does_not_compile_costs_one_step(void **state)
{
    (void)state;
    static const struct {
        const char *edit, *words;
    } edits[] = {
        {"/^void bag_backward/,/^}/s/.f. = 0/[g] = 0/", "/09_embedding.c:35:19: error: "},
        {"/^void bag_backward/,/^}/s/i++)/i++/", "/09_embedding.c:3"},
        {"/^void bag_backward/,/^}/s/i++)/i++) {/", "/09_embedding.c:30: a { is never closed"},
        {"/^void bag_backward/,/^}/s/= 0;$/= 0; }/", "/09_embedding.c:30: a } closes nothing"},
        {"/^void bag_backward/,/^}/s/i++)/i++) \\/* all/", ":30: a { is never closed"},
        {"/^void bag_backward/s/int n/integer n/", "/09_embedding.c:30:"},
        {"$a void bag_backward(void)\\n{\\n}", "/09_embedding.c:9"},
        {"1s/^/\\xef\\xbb\\xbf/; 35s/f/g/", "/09_embedding.c:35:"},
        {"s/$/\\r/; 35s/.f./[g]/", "/09_embedding.c:35:19: error: "},
    };
    for (size_t i = 0; i < sizeof edits / sizeof *edits; i++) {
        Child child = check_edited(edits[i].edit);
        assert_status(&child, 1);
        assert_verdict(&child, "embedding_backward", "right", "");
        assert_verdict(&child, "bag_backward", "does not compile", edits[i].words);
        assert_verdict(&child, "tied_embedding_backward", "right", "");
        assert_says(&child, "\n  4 right, 1 does not compile\n");
    }
    run("for c in solutions/*; do cp $c %s/x && mv -n %s/x %s/$(basename $c); done",
        scratch_folder(), scratch_folder(), scratch_folder());
    Child next = run("tests/check/next %s", scratch_folder());
    assert_says(&next, "/09_embedding.c:30  bag_backward does not compile\n    ");
    Child progress = run("tests/check/progress %s", scratch_folder());
    assert_says(&progress, "4 of  5   1 does not compile");
}

static void what_calls_a_function_that_does_not_compile_does_not_either(void **state)
{
    (void)state;
    Child child = check_edited("29a static real same(real x)\\n{\\n    return y;\\n}\n"
                               "s/+= dbag.*/+= same(dbag[i][f]);/");
    assert_status(&child, 1);
    assert_verdict(&child, "bag_backward", "does not compile", "/09_embedding.c:32:12: error: ");
    assert_verdict(&child, "bag_backward", "does not compile", "(in same, which it calls)");
    assert_says(&child, "4 right, 1 does not compile");
    assert_silent_about(&child, "warning");
}

/* What nobody calls costs nothing, and is named. */
static void what_does_not_compile_and_is_called_by_none_is_left_out(void **state)
{
    (void)state;
    Child child = check_edited("29a static real same(real x)\\n{\\n    return y;\\n}");
    assert_status(&child, 0);
    assert_says(&child, "/09_embedding.c:32:12: error: ");
    assert_says(&child, " (same is left out)\n");
    assert_says(&child, "\n  5 right\n");
}

/* An error that is nobody's, or everybody's, or braces that only a macro shows. */
static void an_error_outside_the_functions_is_that_of_the_whole_file(void **state)
{
    (void)state;
    static const char *const edits[] = {"29a static const int k = ;", "s/09_embedding.h/none.h/",
                                        "s/.f. /[g] /",
                                        "7a #define OPEN {\n32s/{/OPEN/; 50,60s/.f. /[g] /"};
    for (size_t i = 0; i < sizeof edits / sizeof *edits; i++) {
        Child child = check_edited(edits[i]);
        assert_status(&child, 3);
        assert_says(&child, "\n  does not compile:\n");
        assert_says(&child, "/09_embedding.c:");
        assert_says(&child, "5 not checked");
    }
}

static void a_crash_beside_what_does_not_compile_has_its_line(void **state)
{
    (void)state;
    skip_without_sanitizers();
    Child whole = check("crashes");
    assert_verdict(&whole, "bag_backward", "crashed", "/09_embedding.c:21: ");
    run("sed '/^void embedding_backward/,/^}/s/;$/; odd;/' "
        "tests/check/answers/crashes/09_embedding.c >%s",
        scratch_path("09_embedding.c"));
    Child child = run("tests/check/check --from %s 09", scratch_folder());
    assert_verdict(&child, "embedding_backward", "does not compile", "odd");
    assert_verdict(&child, "bag_backward", "crashed", "/09_embedding.c:21: ");
}

static void a_file_that_is_no_text_is_one_clear_line(void **state)
{
    (void)state;
    static const struct {
        const char *filter, *words;
    } files[] = {
        {"iconv -t UTF-16LE | (printf '\\377\\376'; cat)", " is UTF-16, not plain text: save it"},
        {"iconv -t UTF-16BE | (printf '\\376\\377'; cat)", " is UTF-16, not plain text: save it"},
        {"iconv -t UTF-16LE", " is UTF-16, not plain text: save it as UTF-8\n"},
        {"iconv -t UTF-32LE | (printf '\\377\\376\\0\\0'; cat)", " is UTF-32, not plain text"},
        {"sed '35s/;/@(/' | tr @ '\\0'", "/09_embedding.c:35: here is a byte that is zero"}};
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        run("cat solutions/09_embedding.c | %s >%s", files[i].filter,
            scratch_path("09_embedding.c"));
        Child child = run("tests/check/check --from %s 09", scratch_folder());
        assert_status(&child, 3);
        assert_says(&child, files[i].words);
        assert_says(&child, "5 not checked");
        assert_silent_about(&child, "error");
        assert_true(strlen(child.out) + strlen(child.err) < 400);
    }
}

static void a_byte_order_mark_is_no_mistake(void **state)
{
    (void)state;
    Child child = check_edited("1s/^/\\xef\\xbb\\xbf/");
    assert_status(&child, 0);
    assert_says(&child, "5 right");
}

static void a_function_of_another_edition_does_not_compile_for_one_reason(void **state)
{
    (void)state;
    Child child = check_edited("14 s/int v, int e, //");
    assert_status(&child, 1);
    assert_verdict(&child, "embedding_backward", "does not compile",
                   "/09_embedding.c:14: embedding_backward: its parameters are not those of "
                   "this edition: expected (int n, int v, int e, ");
    assert_verdict(&child, "embedding_backward", "does not compile",
                   "this file has (int n, const real demb[n][e], ");
    assert_silent_about(&child, "conflicting types");
    assert_says(&child, "4 right, 1 does not compile");
}

static void the_other_chapters_are_checked_all_the_same(void **state)
{
    (void)state;
    run("cp solutions/*.c %s", scratch_folder());
    run("cp tests/check/answers/broken/09_embedding.c %s", scratch_folder());
    Child child = run("tests/check/check --from %s", scratch_folder());
    assert_status(&child, 3);
    assert_says(&child, "does not compile");
    assert_says(&child, "right\n");
}

static void a_missing_file_is_one_clear_line(void **state)
{
    (void)state;
    Child child = run("tests/check/check --from %s 09", scratch_folder());
    assert_status(&child, 1);
    assert_says(&child, "there is no such file");
    assert_says(&child, "5 missing");
}

static void bad_usage_is_refused(void **state)
{
    (void)state;
    static const char *const bad[] = {"--from /nowhere", "--from", "99", "--colour",
                                      "09_embedding"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        Child child = run("tests/check/check %s", bad[i]);
        assert_status(&child, 2);
        assert_string_equal(child.out, "");
        assert_non_null(strchr(child.err, '\n'));
    }
}

/* -- one's way through the exercises ------------------------------------------------------------
 */

static void progress_counts_what_the_checks_say(void **state)
{
    (void)state;
    Child done = run("tests/check/progress solutions");
    assert_status(&done, 0);
    assert_says(&done, "09_embedding                 [####################]   5 of  5");
    Child broken = run("tests/check/progress tests/check/answers/broken");
    assert_says(&broken, "0 of  5   5 does not compile");
}

static void a_change_is_seen_without_a_check_in_between(void **state)
{
    (void)state;
    run("cp solutions/*.c %s", scratch_folder());
    Child before = run("tests/check/next %s", scratch_folder());
    assert_says(&before, "Every exercise is right");
    run("tests/check/pristine solutions/09_embedding.c >%s", scratch_path("09_embedding.c"));
    Child after = run("tests/check/next %s", scratch_folder());
    assert_says(&after, "/09_embedding.c:");
    assert_says(&after, "  embedding_backward is still to do\n");
    assert_says(&after, "wanted   dC (v, e)");
    assert_says(&after, "const int X[n], real dC[v][e])");
}

static void an_older_file_that_comes_back_is_checked_again(void **state)
{
    (void)state;
    run("cp solutions/09_embedding.c %s", scratch_folder());
    Child right = run("tests/check/check --from %s 09", scratch_folder());
    assert_says(&right, "5 right");
    run("cp tests/check/answers/broken/09_embedding.c %s && touch -t 200001010000 %s",
        scratch_folder(), scratch_path("09_embedding.c"));
    Child broken = run("tests/check/check --from %s 09", scratch_folder());
    assert_status(&broken, 3);
}

/* Where dates are whole seconds, what was made of the first version is as new as the second. */
static void what_was_made_in_the_same_second_is_not_taken_for_new(void **state)
{
    (void)state;
    run("cp solutions/09_embedding.c %s", scratch_folder());
    Child right = run("tests/check/check --from %s 09", scratch_folder());
    assert_says(&right, "5 right");
    run("touch -t 203001010000 build/check/09_embedding/*%s*", strrchr(scratch_folder(), '.'));
    run("tests/check/pristine solutions/09_embedding.c >%s", scratch_path("09_embedding.c"));
    Child empty = run("tests/check/check --from %s 09", scratch_folder());
    assert_says(&empty, "5 to do");
}

static void each_call_gives_one_more_hint(void **state)
{
    (void)state;
    run("for c in solutions/*.c; do tests/check/pristine $c >%s/$(basename $c); done",
        scratch_folder());
    Child first = run("tests/check/hint %s", scratch_folder());
    if (strstr(first.out, "has no hint"))
        skip();
    assert_says(&first, "Hint 1:");
    assert_silent_about(&first, "Hint 2:");
    Child second = run("tests/check/hint %s", scratch_folder());
    assert_says(&second, "Hint 1:");
    assert_says(&second, "Hint 2:");
}

static void hints_are_given_by_chapter_and_function(void **state)
{
    (void)state;
    run("for c in solutions/*.c; do tests/check/pristine $c >%s/$(basename $c); done",
        scratch_folder());
    run("sed '/^void bag_backward/,/^}/s/f++/g++/' solutions/09_embedding.c >%s",
        scratch_path("09_embedding.c"));
    for (int call = 1; call <= 2; call++) {
        Child chapter = run("tests/check/hint %s 09", scratch_folder());
        assert_says(&chapter, "/09_embedding.c, bag_backward; ");
        (call == 1 ? assert_silent_about : assert_says)(&chapter, "Hint 2:");
        assert_says(&chapter, "make hint-09 shows the next of");
        Child function = run("tests/check/hint %s 09 position_backward", scratch_folder());
        assert_says(&function, "/09_embedding.c, position_backward; ");
        (call == 1 ? assert_silent_about : assert_says)(&function, "Hint 2:");
        assert_says(&function, "make hint-09 FUNCTION=position_backward shows the next of");
    }
    Child right = run("tests/check/hint solutions 09");
    assert_status(&right, 0);
    assert_says(&right, "Every exercise of chapter 09 is right");
    Child none = run("tests/check/hint %s 09 lookup", scratch_folder());
    assert_status(&none, 2);
    assert_says(&none, "chapter 09 has no exercise lookup; there are: embedding_backward ");
    Child chapterless = run("tests/check/hint %s 99", scratch_folder());
    assert_status(&chapterless, 2);
}

/* In a copy: one's own exercises are not for testing. */
static void reset_keeps_what_stood_there(void **state)
{
    (void)state;
    run("cp -R --parents tests/check tests/exercises solutions exercises %s 2>/dev/null || "
        "tar cf - tests/check tests/exercises solutions exercises | tar xf - -C %s",
        scratch_folder(), scratch_folder());
    run("echo '/* mine */' >>%s", scratch_path("exercises/09_embedding.c"));
    Child child = run("%s 09", scratch_path("tests/check/reset"));
    assert_status(&child, 0);
    assert_says(&child, "is kept as build/reset/09_embedding.c.");
    Child kept = run("grep -c mine %s/build/reset/09_embedding.c.*", scratch_folder());
    assert_status(&kept, 0);
    Child same = run("tests/check/pristine solutions/09_embedding.c | diff - %s",
                     scratch_path("exercises/09_embedding.c"));
    assert_status(&same, 0);
}

int main(void)
{
#define IN_SCRATCH(test) cmocka_unit_test_setup_teardown(test, scratch_setup, scratch_teardown)
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_exercise_is_its_solution_with_the_bodies_taken_out),
        IN_SCRATCH(every_pristine_exercise_compiles_and_reads_to_do),
        cmocka_unit_test(every_solution_is_right),
        cmocka_unit_test(every_mistake_is_refused_and_recognised_as_itself),
        cmocka_unit_test(a_thousand_seeds_raise_no_false_alarm),
        IN_SCRATCH(other_orders_of_summation_are_right),
        IN_SCRATCH(an_order_that_is_asked_for_is_held_to_the_bit),
        IN_SCRATCH(of_a_wrong_count_no_factor_is_said),
        cmocka_unit_test(the_runner_knows_no_reference_and_no_mistake),
        IN_SCRATCH(nothing_with_lines_is_compiled_and_linked_at_once),
        cmocka_unit_test(a_crash_is_told_with_its_line_and_costs_one_step),
        cmocka_unit_test(a_limit_on_memory_is_no_mistake_of_the_answer),
        cmocka_unit_test(an_answer_that_never_comes_back_is_not_right),
        cmocka_unit_test(what_does_not_end_is_told_with_the_line_it_was_on),
        IN_SCRATCH(what_sleeps_is_told_with_its_line),
        cmocka_unit_test(a_preloaded_library_is_no_crash),
        IN_SCRATCH(no_answer_outlives_the_check),
        cmocka_unit_test(strays_are_told_for_what_they_are),
        cmocka_unit_test(answers_are_asked_again),
        cmocka_unit_test(what_holds_of_several_outputs_is_said_once),
        cmocka_unit_test(what_was_never_set_is_called_that),
        IN_SCRATCH(a_missing_function_is_named_in_the_words_of_any_loader),
        cmocka_unit_test(a_constructor_that_exits_makes_nothing_right),
        cmocka_unit_test(forged_records_and_floods_make_nothing_right),
        cmocka_unit_test(what_does_not_compile_has_a_status_of_its_own),
        IN_SCRATCH(a_function_that_does_not_compile_costs_one_step),
        IN_SCRATCH(what_calls_a_function_that_does_not_compile_does_not_either),
        IN_SCRATCH(what_does_not_compile_and_is_called_by_none_is_left_out),
        IN_SCRATCH(an_error_outside_the_functions_is_that_of_the_whole_file),
        IN_SCRATCH(a_crash_beside_what_does_not_compile_has_its_line),
        IN_SCRATCH(a_file_that_is_no_text_is_one_clear_line),
        IN_SCRATCH(a_byte_order_mark_is_no_mistake),
        IN_SCRATCH(a_function_of_another_edition_does_not_compile_for_one_reason),
        IN_SCRATCH(the_other_chapters_are_checked_all_the_same),
        IN_SCRATCH(a_missing_file_is_one_clear_line),
        cmocka_unit_test(bad_usage_is_refused),
        cmocka_unit_test(progress_counts_what_the_checks_say),
        IN_SCRATCH(a_change_is_seen_without_a_check_in_between),
        IN_SCRATCH(an_older_file_that_comes_back_is_checked_again),
        IN_SCRATCH(what_was_made_in_the_same_second_is_not_taken_for_new),
        IN_SCRATCH(each_call_gives_one_more_hint),
        IN_SCRATCH(hints_are_given_by_chapter_and_function),
        IN_SCRATCH(reset_keeps_what_stood_there),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
