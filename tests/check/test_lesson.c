/* test_lesson.c: what is wrong leads to the section of a lesson that derives it: in what the check
 * says, and in the hints. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <glob.h>
#include <stdio.h>
#include <string.h>

#include "../lib/scratch.h"
#include "../lib/shell.h"
#include "lesson.h"

/* -- the line in the lesson ---------------------------------------------------------------------
 */

#define LESSON                                                                       \
    "## Before\n1. `early`: no exercise.\n   - *Read:* [Never](#never).\n"           \
    "## Exercises\nFill in `f`.\n"                                                   \
    "1. `f`: one.\n   - *Read:* [By `hand`](#by-hand).\n   - *Hint 1:* [No](#no).\n" \
    "2. `f_g`: not `f`.\n   - *Read:* [A, b](#a-b) and [C](#c).\n"                   \
    "10. `g`: two.\n    - *Read:* [A](#a), and in chapter 2 [B](02_b.md#b).\n"       \
    "11. `h`: none.\n   - *Hint 1:* See [A](#a).\n"                                  \
    "12. `last`: elsewhere.\n    - *Read:* in chapter 2 [B](02_b.md#b).\n"

static void assert_section(const char *function, const char *sections)
{
    char expected[512], text[512];
    const char *folder = scratch_folder();
    scratch_write_text("09_a.md", LESSON);
    lesson_section(scratch_path("09_a.md"), function, sizeof text, text);
    snprintf(expected, sizeof expected, sections, folder, folder);
    assert_string_equal(text, expected);
}

static void a_section_is_named_by_lesson_and_title(void **state)
{
    (void)state;
    assert_section("f", "%s/09_a.md, \"By `hand`\"");
    assert_section("f_g", "%s/09_a.md, \"A, b\" and \"C\"");
    assert_section("g", "%s/09_a.md, \"A\", and %s/02_b.md, \"B\"");
    assert_section("last", "%s/02_b.md, \"B\"");
}

static void what_the_lesson_does_not_have_is_nothing(void **state)
{
    (void)state;
    char text[16] = "before";
    assert_section("h", "");
    assert_section("none", "");
    assert_section("early", "");
    lesson_section(scratch_path("none.md"), "f", sizeof text, text);
    assert_string_equal(text, "");
}

static void a_title_that_is_too_long_is_cut(void **state)
{
    (void)state;
    char text[16];
    scratch_write_text("a.md", LESSON);
    lesson_section(scratch_path("a.md"), "g", sizeof text, text);
    assert_int_equal(strlen(text), sizeof text - 1);
}

static void every_exercise_leads_to_a_section(void **state)
{
    (void)state;
    glob_t found;
    assert_int_equal(glob("tests/exercises/[0-9][0-9]_*.c", 0, NULL, &found), 0);
    for (size_t i = 0; i < found.gl_pathc; i++) {
        char name[128];
        snprintf(name, sizeof name, "%s", strrchr(found.gl_pathv[i], '/') + 1);
        name[strlen(name) - strlen(".c")] = '\0';
        Child without = run("build/check/%s/judge --list --lesson chapters/%s.md | "
                            "grep -v '\tchapters/[^\"]*, \".*\"$'",
                            name, name);
        assert_string_equal(without.out, "");
    }
    globfree(&found);
}

/* -- the check ----------------------------------------------------------------------------------
 */

/* 09_embedding.c with one function wrong, and others that cannot be asked. */
static void write_answers(void)
{
    run("sed -e '/^void bag_backward/,/^}/s/+=/=/' "
        "-e '/^void position_backward/,/^}/s/^{/{ TODO();/' "
        "-e '/^void padded_embedding_backward/,/^}/s/^{/{ __builtin_trap();/' "
        "-e '/^void tied_embedding_backward/,/^}/s/^{/{ nothing;/' "
        "solutions/09_embedding.c >%s",
        scratch_path("09_embedding.c"));
}

static int count(const char *text, const char *word)
{
    int times = 0;
    while ((text = strstr(text, word)) && times++ >= 0)
        text += strlen(word);
    return times;
}

#define BAG_SECTIONS                                 \
    "chapters/09_embedding.md, \"On indices\", and " \
    "chapters/02_tape.md, \"Broadcasting and summing\""

static void what_is_wrong_and_nothing_else_is_followed_by_a_section(void **state)
{
    (void)state;
    write_answers();
    Child child = run("CHECK_COLUMNS=1000 tests/check/check --from %s 09", scratch_folder());
    assert_says(&child, "  1 right, 1 wrong, 1 crashed, 1 does not compile, 1 to do");
    assert_int_equal(count(child.out, "Read:"), 1);
    assert_says(&child, "  Read: " BAG_SECTIONS "\n  padded_embedding_backward ");
}

static void the_section_is_wrapped_like_all_that_is_said(void **state)
{
    (void)state;
    write_answers();
    Child child = run("CHECK_COLUMNS=80 tests/check/check --from %s 09 | "
                      "sed -n '/Read:/,/^  padded/p'",
                      scratch_folder());
    assert_says(&child,
                "      Read: chapters/09_embedding.md, \"On indices\", and chapters/02_tape.md,\n"
                "      \"Broadcasting and summing\"\n");
}

static void without_a_lesson_no_section_is_named(void **state)
{
    (void)state;
    static const char *const lessons[] = {"", "--lesson /nowhere.md", "--lesson chapters"};
    write_answers();
    run("tests/check/check --from %s 09", scratch_folder());
    for (size_t i = 0; i < sizeof lessons / sizeof *lessons; i++) {
        Child child = run("cd build/check/09_embedding && made=$(echo %s | tr / _) && "
                          "./judge --runner ./runner --answers ./$made.so --source x.c %s",
                          scratch_folder(), lessons[i]);
        assert_says(&child, "1 wrong");
        assert_silent_about(&child, "Read:");
    }
}

/* -- the hints ----------------------------------------------------------------------------------
 */

static void hints_stand_below_the_section_and_what_the_check_says(void **state)
{
    (void)state;
    write_answers();
    Child child = run("tests/check/hint %s 09", scratch_folder());
    assert_says(&child, "/09_embedding.c, bag_backward; " BAG_SECTIONS "\n  The check says: ");
    assert_int_equal(count(child.out, "The check says:"), 1);
    assert_non_null(strstr(strstr(child.out, "The check says:"), "\n  Hint 1:"));
    Child notes = run("awk -F '\\t' '$2 == \"wrong\" { print $5 }' build/check/09_embedding/*%s"
                      ".verdicts | cut -c1-60 | tr -d '\\n'",
                      strrchr(scratch_folder(), '/') + 1);
    assert_true(strlen(notes.out) > 20);
    assert_says(&child, notes.out);
}

static void hints_for_what_is_not_wrong_repeat_nothing(void **state)
{
    (void)state;
    static const char *const functions[] = {"embedding_backward", "padded_embedding_backward",
                                            "position_backward", "tied_embedding_backward"};
    write_answers();
    for (size_t i = 0; i < sizeof functions / sizeof *functions; i++) {
        Child child = run("tests/check/hint %s 09 %s", scratch_folder(), functions[i]);
        assert_says(&child, "; chapters/0");
        assert_says(&child, "\"\n  Hint 1:");
        assert_silent_about(&child, "The check says");
    }
}

/* A sentence about what is not wrong, should there ever be one, is none that a hint repeats. */
static void only_what_is_wrong_is_repeated(void **state)
{
    (void)state;
    write_answers();
    run("tests/check/hint %s 09", scratch_folder());
    run("for file in build/check/09_embedding/*%s.verdicts; do "
        "sed 's/\twrong\t/\tcrashed\t/' $file >$file.x && mv $file.x $file; done",
        strrchr(scratch_folder(), '/') + 1);
    Child child = run("tests/check/hint %s 09", scratch_folder());
    assert_says(&child, "bag_backward; ");
    assert_silent_about(&child, "The check says");
}

int main(void)
{
#define IN_SCRATCH(test) cmocka_unit_test_setup_teardown(test, scratch_setup, scratch_teardown)
    const struct CMUnitTest tests[] = {
        IN_SCRATCH(a_section_is_named_by_lesson_and_title),
        IN_SCRATCH(what_the_lesson_does_not_have_is_nothing),
        IN_SCRATCH(a_title_that_is_too_long_is_cut),
        cmocka_unit_test(every_exercise_leads_to_a_section),
        IN_SCRATCH(what_is_wrong_and_nothing_else_is_followed_by_a_section),
        IN_SCRATCH(the_section_is_wrapped_like_all_that_is_said),
        IN_SCRATCH(without_a_lesson_no_section_is_named),
        IN_SCRATCH(hints_stand_below_the_section_and_what_the_check_says),
        IN_SCRATCH(hints_for_what_is_not_wrong_repeat_nothing),
        IN_SCRATCH(only_what_is_wrong_is_repeated),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
