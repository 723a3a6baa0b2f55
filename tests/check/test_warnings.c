/* test_warnings.c: what the compiler warns of stands beside the function that it is about, in plain
 * words; and what make grade would refuse is told by make check. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../lib/scratch.h"
#include "../lib/shell.h"

/* The solutions of chapter 09 with a change, checked; no line is broken. */
static Child check_edited(const char *sed_script)
{
    run("sed '%s' solutions/09_embedding.c >%s", sed_script, scratch_path("09_embedding.c"));
    return run("CHECK_COLUMNS=1000 tests/check/check --from %s 09", scratch_folder());
}

/* The report says these words at this line of bag_backward, and nothing above the verdicts. */
static void assert_noted(const Child *child, const char *verdict, int line, const char *words)
{
    char head[128], note[512];
    snprintf(head, sizeof head, "\n  bag_backward               %s", verdict);
    snprintf(note, sizeof note, "%s:%d: %s\n", scratch_path("09_embedding.c"), line, words);
    const char *begin = strstr(child->out, head), *said = strstr(child->out, note);
    const char *next = strstr(child->out, "\n  padded_embedding_backward ");
    if (!begin || !said || said < begin || said > next)
        fail_msg("expected '%s' after '%s' in:\n%s%s", note, head, child->out, child->err);
    assert_int_equal(strncmp(child->out, "09_embedding  (", 15), 0);
}

/* -- what a compiler says, in plain words --------------------------------------------------------
 */

static const struct {
    const char *message, *words;
} kinds[] = {
    {"conversion from ‘real’ {aka ‘double’} to ‘int’ may change value [-Wfloat-conversion]",
     "a real is cut off to a whole number here (sum is an int)"},
    {"implicit conversion turns floating-point number into integer: 'real' (aka 'double') to 'int' "
     "[-Wfloat-conversion]",
     "a real is cut off to a whole number here (sum is an int)"},
    {"implicit conversion from 'double' to 'int' changes value from 0.5 to 0 "
     "[-Wliteral-conversion]",
     "a real is cut off to a whole number here (sum is an int)"},
    {"conversion from 'real' {aka 'double'} to 'long int' may change value [-Wfloat-conversion]",
     "a real is cut off to a whole number here"},
    {"conversion from ‘double’ to ‘float’ may change value [-Wfloat-conversion]",
     "a real becomes a float here: of its 16 digits 7 are left"},
    {"implicit conversion loses floating-point precision: 'real' (aka 'double') to 'rate' (aka "
     "'float') [-Wimplicit-float-conversion]",
     "a real becomes a float here: of its 16 digits 7 are left"},
    {"conversion from ‘complex double’ to ‘real’ {aka ‘double’} discards imaginary component "
     "[-Wconversion]",
     "the imaginary part of a complex number is dropped here"},
    {"using integer absolute value function ‘abs’ when argument is of floating-point type ‘real’ "
     "{aka ‘double’} [-Wabsolute-value]",
     "abs() is for whole numbers; fabs() is for reals"},
    {"‘sizeof’ on array function parameter ‘p’ will return size of ‘real *’ {aka ‘double *’} "
     "[-Wsizeof-array-argument]",
     "sizeof is the size of a pointer here, not that of an array"},
    {"suggest parentheses around assignment used as truth value [-Wparentheses]",
     "this condition assigns (=); == compares"},
    {"using the result of an assignment as a condition without parentheses [-Wparentheses]",
     "this condition assigns (=); == compares"},
    {"variable 'sum' is uninitialized when used here [-Wuninitialized]",
     "the compiler cannot see that anything is written to sum before it is used"},
    {"‘sum’ may be used uninitialized [-Wmaybe-uninitialized]",
     "the compiler cannot see that anything is written to sum before it is used"},
    {"this ‘for’ clause does not guard... [-Wmisleading-indentation]",
     "what follows this 'for' is indented as if it belonged to it, but does not"},
    {"unused variable ‘sum’ [-Wunused-variable]", "unused variable 'sum'"},
    {"excess elements in array initializer", "excess elements in array initializer"},
    /* what stands in honest code */
    {"conversion from ‘size_t’ {aka ‘long unsigned int’} to ‘int’ may change value [-Wconversion]",
     NULL},
    {"implicit conversion from 'long' to 'real' (aka 'double') may lose precision "
     "[-Wimplicit-int-float-conversion]",
     NULL},
    {"implicit conversion loses integer precision: 'long' to 'int' [-Wshorten-64-to-32]", NULL},
    {"implicit conversion turns floating-point number into integer: 'const real' (aka 'const "
     "double') to '_Bool' [-Wfloat-conversion]",
     NULL},
    {"conversion from ‘long double’ to ‘real’ {aka ‘double’} may change value "
     "[-Wfloat-conversion]",
     NULL},
    {"comparison of integer expressions of different signedness: ‘size_t’ and ‘int’ "
     "[-Wsign-compare]",
     NULL},
};

/* The words of gcc and clang, whichever compiler is here. */
static void every_known_kind_is_put_in_plain_words(void **state)
{
    (void)state;
    scratch_write_text("x.h", "void f(int n, const real x[n]);\n");
    scratch_write_text("x.c", "void f(int n, const real x[n])\n{\n    int sum = 0;\n"
                              "    for (int i = 0; i < n; i++) sum += x[i];\n}\n");
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        char log[1024], wanted[512] = "";
        snprintf(log, sizeof log, "%s: In function 'f':\n%s:4:9: warning: %s\n    4 | line\n",
                 scratch_path("x.c"), scratch_path("x.c"), kinds[i].message);
        if (kinds[i].words)
            snprintf(wanted, sizeof wanted, "f\t4\t%s\n", kinds[i].words);
        scratch_write_text("b.log", log);
        run("rm -f %s", scratch_path("b.warnings"));
        Child child = run("tests/check/warnings %s %s %s", scratch_path("x.c"), scratch_path("x.h"),
                          scratch_path("b"));
        assert_status(&child, 0);
        assert_string_equal(scratch_read("b.warnings"), wanted);
        assert_string_equal(scratch_read("b.log"), "");
    }
}

/* -- beside the function ------------------------------------------------------------------------
 */

static void a_wrong_function_has_its_warnings_below_it(void **state)
{
    (void)state;
    Child child = check_edited("/^void bag_backward/,/^}/s/^}/    int sum = dbag[0][0];"
                               "\\n    dC[0][0] = sum;\\n}/");
    assert_status(&child, 1);
    Child place = run("grep -n 'int sum' %s", scratch_path("09_embedding.c"));
    assert_noted(&child, "wrong", atoi(place.out),
                 "a real is cut off to a whole number here (sum is an int)");
}

static void a_right_function_has_one_line_of_them(void **state)
{
    (void)state;
    Child child = check_edited("/^void bag_backward/,/^}/s/^{/{\\n    int one;\\n    int two;/");
    assert_status(&child, 0);
    Child place = run("grep -n 'int one' %s", scratch_path("09_embedding.c"));
    assert_noted(&child, "right\n", atoi(place.out), "unused variable 'one' (and 1 more)");
    assert_silent_about(&child, "two");
}

static void what_is_in_no_exercise_stays_above(void **state)
{
    (void)state;
    Child child = check_edited("7a static int cut(real x)\\n{\\n    return x;\\n}\n"
                               "/^void bag_backward/,/^}/s/^{/{\\n    int one = cut(2);/");
    assert_status(&child, 0);
    const char *warning = strstr(child.out, "/09_embedding.c:10:");
    assert_non_null(warning);
    assert_true(warning < strstr(child.out, "\n09_embedding  ("));
    assert_silent_about(&child, "cut off");
    assert_says(&child, "unused variable 'one'\n");
}

static void honest_code_is_no_news(void **state)
{
    (void)state;
    Child child = check_edited(
        "/^void bag_backward/,/^}/s/^{/{\\n    unsigned long many = n;"
        "\\n    long double total = 0;\\n    for (unsigned long i = 0; i < n; i++)"
        "\\n        total += (int)many \\/ 2 + dbag[i][0];"
        "\\n    real mean = total \\/ many;\\n    long whole = n;\\n    int less = whole;"
        "\\n    if (mean || !dbag[0][0])\\n        less += n > 1 ? pow(mean, 2) > whole : 0;"
        "\\n    int down = floor(mean * (2 + mean));\\n\\tint up = 0, high = ceil(mean);"
        "\\n    (void)less, (void)down, (void)high, (void)up;/");
    assert_status(&child, 0);
    assert_silent_about(&child, "09_embedding.c:");
    assert_says(&child, "5 right");
}

static void what_is_rounded_and_cut_all_the_same_is_told(void **state)
{
    (void)state;
    Child child = check_edited("/^void bag_backward/,/^}/s/^{/{ int one = floor(dbag[0][0]) + 0.5; "
                               "one += one;/");
    assert_status(&child, 0);
    Child place = run("grep -n 'int one' %s", scratch_path("09_embedding.c"));
    assert_noted(&child, "right\n", atoi(place.out),
                 "a real is cut off to a whole number here (one is an int)");
}

/* Lines keep their numbers where a function is left out; of that one nothing more is said. */
static void warnings_are_told_beside_what_does_not_compile(void **state)
{
    (void)state;
    Child child =
        check_edited("/^void embedding_backward/,/^}/s/^{/{ int k = 0.5; odd;/\n"
                     "/^void bag_backward/,/^}/s/^{/{ int one = dbag[0][0]; one += one;/");
    assert_status(&child, 1);
    Child place = run("grep -n 'int one' %s", scratch_path("09_embedding.c"));
    assert_noted(&child, "right\n", atoi(place.out),
                 "a real is cut off to a whole number here (one is an int)");
    assert_says(&child, "4 right, 1 does not compile");
}

static void a_whole_that_does_not_compile_is_not_told_what_is_harmless(void **state)
{
    (void)state;
    Child child =
        check_edited("$a static const int k = ;\n"
                     "/^void bag_backward/,/^}/s/^{/{ long all = n; int one = all; (void)one;/");
    assert_status(&child, 3);
    assert_says(&child, "error");
    assert_silent_about(&child, "int one");
}

/* -- what grading would refuse ------------------------------------------------------------------
 */

/* What check says of grading, from "would" on. */
static Child said_of_grading(void)
{
    return run("tests/check/check --from %s 09 | sed -n 's/.*make grade would/would/p'",
               scratch_folder());
}

static void a_file_that_grading_would_refuse_is_told_where_and_why(void **state)
{
    (void)state;
    Child child = check_edited("6a #include <stdio.h>\\n#include <dlfcn.h>\\n"
                               "void mine(void) __attribute__((constructor));");
    assert_status(&child, 0);
    Child said = said_of_grading();
    const char *header = "/dlfcn.h", *behind = strstr(said.out, header);
    const char *begin = "would refuse this file: line 8: includes ";
    assert_int_equal(strncmp(said.out, begin, strlen(begin)), 0);
    assert_non_null(behind);
    assert_string_equal(behind + strlen(header),
                        ", which it may not\nwould refuse this file: line 9: uses "
                        "__attribute__\n");
}

/* Of a function that no exercise calls only itself. What is harmless is not spoken of. */
static void a_function_that_grading_would_refuse_is_told_where_and_why(void **state)
{
    (void)state;
    Child child =
        check_edited("6a #include <stdio.h>\\n#define SAY remove\\n"
                     "void mine(void) __attribute__((unused));\\nint environ;\n"
                     "/^void bag_backward/,/^}/s/^{/{\\n    printf(\"%%d\", n), SAY(\"x\");/\n"
                     "$a int main(void)\\n{\\n    return remove(\"x\");\\n}");
    assert_status(&child, 0);
    Child call = run("grep -n ' SAY(' %s", scratch_path("09_embedding.c"));
    Child last = run("grep -n 'return remove' %s", scratch_path("09_embedding.c"));
    char wanted[512];
    snprintf(wanted, sizeof wanted,
             "would refuse bag_backward: line %d: calls remove, which it may not\n"
             "would leave out main: line %d: calls remove, which it may not\n",
             atoi(call.out), atoi(last.out));
    Child said = said_of_grading();
    assert_string_equal(said.out, wanted);
}

static void solutions_and_empty_exercises_would_not_be_refused(void **state)
{
    (void)state;
    Child solutions = run("tests/check/check --from solutions");
    assert_status(&solutions, 0);
    assert_silent_about(&solutions, "refuse");
    run("for c in solutions/*.c; do tests/check/pristine $c >%s/$(basename $c); done",
        scratch_folder());
    Child empty = run("tests/check/check --from %s", scratch_folder());
    assert_status(&empty, 1);
    assert_silent_about(&empty, "refuse");
}

int main(void)
{
#define IN_SCRATCH(test) cmocka_unit_test_setup_teardown(test, scratch_setup, scratch_teardown)
    const struct CMUnitTest tests[] = {
        IN_SCRATCH(every_known_kind_is_put_in_plain_words),
        IN_SCRATCH(a_wrong_function_has_its_warnings_below_it),
        IN_SCRATCH(a_right_function_has_one_line_of_them),
        IN_SCRATCH(what_is_in_no_exercise_stays_above),
        IN_SCRATCH(honest_code_is_no_news),
        IN_SCRATCH(what_is_rounded_and_cut_all_the_same_is_told),
        IN_SCRATCH(warnings_are_told_beside_what_does_not_compile),
        IN_SCRATCH(a_whole_that_does_not_compile_is_not_told_what_is_harmless),
        IN_SCRATCH(a_file_that_grading_would_refuse_is_told_where_and_why),
        IN_SCRATCH(a_function_that_grading_would_refuse_is_told_where_and_why),
        IN_SCRATCH(solutions_and_empty_exercises_would_not_be_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
