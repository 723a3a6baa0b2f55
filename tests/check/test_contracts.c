/* test_contracts.c: the prototypes of the exercises: as they are read (tests/check/prototypes), as
 * the book keeps to them (tests/contracts), and as a student is told whose file has others
 * (tests/check/errors). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "../lib/scratch.h"
#include "../lib/shell.h"

/* -- reading ------------------------------------------------------------------------------------
 */

/* In a file that is nothing but this text, these functions are found: all but the file's name. */
static void assert_found(const char *text, const char *functions)
{
    scratch_write_text("x.c", text);
    Child child = run("tests/check/prototypes %s | cut -f 2-", scratch_path("x.c"));
    assert_string_equal(child.out, functions);
}

static void sizes_are_numbers_and_what_is_no_type_is_left_out(void **state)
{
    (void)state;
    assert_found("void f(int n, int t, const real x[n][t * 2], real *sum);\n",
                 "1\tf\t(int n, int t, const real x[n][t * 2], real *sum)\tvoid\t"
                 "int, int, const real[1][2*2], real*\tx, sum\n");
    assert_found(
        "static inline real *f(const int n, const Pass *const pass, real x[static n])\n{\n}\n",
        "1\tf\t(const int n, const Pass *const pass, real x[static n])\treal *\t"
        "int, const Pass*, real[1]\tpass, x\n");
    assert_found("int main(void)\n{\n}\n", "1\tmain\t(void)\tint\t\t\n");
}

static void a_function_is_found_however_it_is_broken_into_lines(void **state)
{
    (void)state;
    assert_found("/* void f(int n); */\nvoid\nf(int n, // rows\n  real x[n] /* (n */)\n{\n}\n",
                 "3\tf\t(int n, real x[n])\tvoid\tint, real[1]\tx\n");
    assert_found("CALL(g, n[0])\n\nvoid f (int n)\n{\n    g(\"/*\", '\"');\n}\nvoid h(void);\n",
                 "3\tf\t(int n)\tvoid\tint\t\n7\th\t(void)\tvoid\t\t\n");
}

static void what_is_no_function_is_not_taken_for_one(void **state)
{
    (void)state;
    assert_found("#define F(n) \\\nvoid f(int n);\n"
                 "static const Row rows[] = {{call(1)}};\n"
                 "struct Row {\n    void (*call)(int n);\n};\n"
                 "enum { N = (2) };\n"
                 "    g(n);\n",
                 "");
}

/* -- one contract per name ----------------------------------------------------------------------
 */

#define CONTRACT \
    "void mean_backward(int n, int k, const real dy[k], const real x[n][k], real dx[n][k])"

/* A book of two chapters. Its exercise 01 has the function of CONTRACT; so has this file. */
static Child hold(const char *file, const char *prototype)
{
    static const char *const same[] = {"exercises/01_mean.c", "solutions/01_mean.c",
                                       "chapters/01_mean.c", "chapters/02_more.c"};
    char text[512];
    run("cd %s && mkdir -p tests/check exercises solutions chapters", scratch_folder());
    run("cp tests/contracts %s/tests", scratch_folder());
    run("cp tests/check/prototypes tests/check/code.awk %s/tests/check", scratch_folder());
    scratch_write_text("exercises/01_mean.h", CONTRACT ";\n");
    for (size_t i = 0; i < sizeof same / sizeof *same; i++)
        scratch_write_text(same[i], CONTRACT "\n{\n}\n");
    snprintf(text, sizeof text, "%s\n{\n}\n", prototype);
    scratch_write_text(file, text);
    return run("%s", scratch_path("tests/contracts"));
}

static void assert_kept(const char *file, const char *prototype)
{
    Child child = hold(file, prototype);
    assert_status(&child, 0);
    assert_string_equal(child.out, "");
}

static void assert_broken(const char *file, const char *prototype)
{
    char place[512];
    Child child = hold(file, prototype);
    assert_status(&child, 1);
    snprintf(place, sizeof place, "%s:1: %s\n    exercises/01_mean.h:1: " CONTRACT "\n", file,
             prototype);
    assert_says(&child, place);
}

static void numbers_may_be_called_anything(void **state)
{
    (void)state;
    assert_kept("chapters/01_mean.c", CONTRACT);
    assert_kept("chapters/01_mean.c", "void mean_backward(int rows, int c, const real dy[c], "
                                      "const real x[rows][c], real dx[rows][c])");
    assert_kept("chapters/01_mean.c", "void other(int n)");
}

static void a_contract_is_broken_in_any_of_these_ways(void **state)
{
    (void)state;
    static const char *const broken[] = {
        "void mean_backward(int n, const real dy[K], const real x[n][K], real dx[n][K])",
        "void mean_backward(int n, int k, const real x[n][k], const real dy[k], real dx[n][k])",
        "void mean_backward(int k, int n, const real dy[k], const real x[n][k], real dx[n][k])",
        "void mean_backward(int n, int k, const real dy[k], const real x[k][n], real dx[n][k])",
        "void mean_backward(int n, int k, const real dy[k], real x[n][k], real dx[n][k])",
        "void mean_backward(int n, int k, const int dy[k], const real x[n][k], real dx[n][k])",
        "void mean_backward(int n, int k, const real *dy, const real x[n][k], real dx[n][k])",
        "real mean_backward(int n, int k, const real dy[k], const real x[n][k], real dx[n][k])",
        "void mean_backward(int n, int k, const real dy[k], const real y[n][k], real dx[n][k])",
    };
    for (size_t i = 0; i < sizeof broken / sizeof *broken; i++)
        assert_broken("chapters/01_mean.c", broken[i]);
}

static void the_contract_holds_in_every_room_and_in_other_chapters(void **state)
{
    (void)state;
    static const char *const files[] = {"exercises/01_mean.c", "solutions/01_mean.c",
                                        "chapters/01_mean.h", "chapters/02_more.c"};
    for (size_t i = 0; i < sizeof files / sizeof *files; i++)
        assert_broken(files[i], "void mean_backward(int n, const real x[n])");
}

static void another_chapter_may_keep_to_any_exercise_of_the_name(void **state)
{
    (void)state;
    static const char *const second = "void mean_backward(int n, const real x[n])";
    hold("exercises/03_mean.c", second);
    run("cd %s && sed '/^{/,$d; s/$/;/' exercises/03_mean.c >exercises/03_mean.h",
        scratch_folder());
    Child child = hold("chapters/02_more.c", second);
    assert_status(&child, 0);
    child = hold("chapters/02_more.c", "void mean_backward(int n)");
    assert_status(&child, 1);
    assert_says(&child, "exercises/01_mean.h:1: ");
    assert_says(&child, "exercises/03_mean.h:1: void mean_backward(int n, const real x[n])");
    child = hold("chapters/02_more.c", "void mean_backward(int n, const real y[n])");
    assert_status(&child, 0);
    child = hold("chapters/01_mean.c", second); /* its own exercise has another */
    assert_status(&child, 1);
}

/* -- a file of another edition ------------------------------------------------------------------
 */

/* For each compiler that is here: expect(what is said about the solutions of 09 after this edit,
 * what the compiler said). */
static void with_each_compiler(const char *edit,
                               void (*expect)(const Child *said, const Child *log))
{
    static const char *const compilers[] = {"gcc", "clang"};
    run("ln -s \"$PWD\"/{lib,exercises,tests} %s", scratch_folder());
    run("sed '%s' solutions/09_embedding.c >%s", edit, scratch_path("x.c"));
    for (size_t i = 0; i < sizeof compilers / sizeof *compilers; i++) {
        if (run("command -v %s", compilers[i]).status != 0)
            continue;
        Child log = run("cd %s && %s -std=gnu11 -Wall -Wextra -Ilib -Iexercises -fsyntax-only x.c "
                        "2>log; cat log",
                        scratch_folder(), compilers[i]);
        Child said =
            run("cd %s && tests/check/errors x.c exercises/09_embedding.h log", scratch_folder());
        expect(&said, &log);
    }
}

#define SWAP \
    "s/const real demb[[]n[]][[]e[]], const int X[[]n[]]/const int X[n], const real demb[n][e]/"
#define EXPLAINED                                                                                 \
    ": its parameters are not those of this edition: expected "                                   \
    "(int n, int v, int e, const real demb[n][e], const int X[n], real dC[v][e]), this file has " \
    "(int n, int v, int e, const int X[n], const real demb[n][e], real dC[v][e])\n"
#define REMEDY                                                                               \
    "Take the first lines of each from exercises/09_embedding.h and see that the body fits " \
    "them.\n"

static void expect_two_lines(const Child *said, const Child *log)
{
    assert_says(log, "conflicting types");
    assert_string_equal(said->out, "x.c:14: embedding_backward" EXPLAINED
                                   "x.c:49: padded_embedding_backward" EXPLAINED REMEDY);
}

static void other_parameters_are_one_line_for_each_function(void **state)
{
    (void)state;
    with_each_compiler(SWAP, expect_two_lines);
}

static void expect_one_line_and_the_rest(const Child *said, const Child *log)
{
    static const char *const explained = "x.c:14: embedding_backward" EXPLAINED REMEDY;
    assert_says(log, "conflicting types");
    assert_memory_equal(said->out, explained, strlen(explained));
    assert_says(said, "x.c:70:");
    assert_says(said, "dP[s][f] = nought;");
    assert_silent_about(said, "conflicting types");
    assert_silent_about(said, "previous");
    assert_silent_about(said, "generated");
}

static void what_else_is_wrong_is_said_after_that(void **state)
{
    (void)state;
    with_each_compiler("14 " SWAP "; s/dP\\[s\\]\\[f\\] = 0/dP[s][f] = nought/",
                       expect_one_line_and_the_rest);
}

static void expect_log(const Child *said, const Child *log)
{
    assert_says(log, "nought");
    assert_string_equal(said->out, log->out);
}

/* Nor is it the parameters' fault if they are only called something else. */
static void other_errors_are_left_as_they_are(void **state)
{
    (void)state;
    with_each_compiler("s/dP\\[s\\]\\[f\\] = 0/dP[s][f] = nought/; 14 s/real dC/double dC/; "
                       "66,75 s/real dP\\[t\\]/real dP[]/",
                       expect_log);
}

int main(void)
{
#define IN_SCRATCH(test) cmocka_unit_test_setup_teardown(test, scratch_setup, scratch_teardown)
    const struct CMUnitTest tests[] = {
        IN_SCRATCH(sizes_are_numbers_and_what_is_no_type_is_left_out),
        IN_SCRATCH(a_function_is_found_however_it_is_broken_into_lines),
        IN_SCRATCH(what_is_no_function_is_not_taken_for_one),
        IN_SCRATCH(numbers_may_be_called_anything),
        IN_SCRATCH(a_contract_is_broken_in_any_of_these_ways),
        IN_SCRATCH(the_contract_holds_in_every_room_and_in_other_chapters),
        IN_SCRATCH(another_chapter_may_keep_to_any_exercise_of_the_name),
        IN_SCRATCH(other_parameters_are_one_line_for_each_function),
        IN_SCRATCH(what_else_is_wrong_is_said_after_that),
        IN_SCRATCH(other_errors_are_left_as_they_are),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
