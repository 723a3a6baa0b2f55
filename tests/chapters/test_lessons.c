/* test_lessons.c: a lesson cannot drift from its program. Code quoted in one (```c) stands in a
 * source file, word for word; a run shown in one (```output) is what the program prints, in each
 * build in double that runs here. White space may differ, and in a run what rounding makes of
 * numbers: a processor without fused multiply-add, or another C library, comes to other last
 * digits. A number with a point may be one unit off in its last digit; what is below 1e-6, or
 * called exact, is a rounding error and like any other (shown.h). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <ctype.h>
#include <glob.h>
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../lib/shown.h"

static char *read_stream(FILE *stream)
{
    size_t size = 0, room = 1 << 16;
    char *text = malloc(room);
    assert_non_null(text);
    for (size_t got; (got = fread(text + size, 1, room - size - 1, stream)) > 0;) {
        size += got;
        if (size + 1 == room)
            assert_non_null(text = realloc(text, room *= 2));
    }
    text[size] = '\0';
    return text;
}

static char *read_file(const char *path)
{
    FILE *file = fopen(path, "r");
    if (!file)
        fail_msg("cannot open %s", path);
    char *text = read_stream(file);
    fclose(file);
    return text;
}

/* Every run of white space becomes one space, in place. */
static char *collapse(char *text)
{
    char *to = text;
    for (char *from = text; *from; from++)
        if (!isspace((unsigned char)*from))
            *to++ = *from;
        else if (to > text && to[-1] != ' ')
            *to++ = ' ';
    while (to > text && to[-1] == ' ')
        to--;
    *to = '\0';
    return text;
}

/* All source files that a lesson may quote, collapsed, one behind the other. */
static char *all_sources(void)
{
    static const char *const patterns[] = {"chapters/*.[ch]", "lib/*.[ch]", "lib/*/*.[ch]"};
    glob_t files = {0};
    for (size_t i = 0; i < sizeof patterns / sizeof patterns[0]; i++)
        assert_int_equal(glob(patterns[i], i ? GLOB_APPEND : 0, NULL, &files), 0);
    size_t size = 1;
    char *all = calloc(1, 1);
    for (size_t i = 0; i < files.gl_pathc; i++) {
        char *text = collapse(read_file(files.gl_pathv[i]));
        assert_non_null(all = realloc(all, size += strlen(text) + 1));
        strcat(strcat(all, text), "\n");
        free(text);
    }
    globfree(&files);
    return all;
}

typedef bool StandsIn(const char *context, const char *block);

static bool word_for_word(const char *context, const char *block)
{
    return strstr(context, block);
}

static void hold(const char *lesson, int line, const char *block, StandsIn *stands_in,
                 const char *context, const char *name)
{
    if (*block == '\0')
        fail_msg("%s:%d: an empty block quotes nothing", lesson, line);
    if (!stands_in(context, block))
        fail_msg("%s:%d: this is not in %s: %.300s", lesson, line, name, block);
}

/* Each fenced block that begins with ```kind stands in the context, which has this name. A lesson
 * has at least one: the test of a lesson that shows nothing would hold nothing. */
static void each_block(const char *lesson, const char *kind, StandsIn *stands_in,
                       const char *context, const char *name)
{
    char *text = read_file(lesson), *block = malloc(strlen(text) + 1);
    int blocks = 0, line = 0, first = 0;
    bool fenced = false, wanted = false;
    assert_non_null(block);
    for (char *start = text, *end; (end = strchr(start, '\n')); start = end + 1) {
        *end = '\0';
        line++;
        if (strncmp(start, "```", 3) != 0) {
            if (wanted)
                strcat(strcat(block, start), "\n");
            continue;
        }
        if (wanted) {
            hold(lesson, first, collapse(block), stands_in, context, name);
            blocks++;
        }
        fenced = !fenced;
        wanted = fenced && strcmp(start + 3, kind) == 0;
        first = line;
        *block = '\0';
    }
    if (fenced)
        fail_msg("%s:%d: this block does not end", lesson, first);
    if (blocks == 0)
        fail_msg("%s: there is no ```%s block", lesson, kind);
    free(block);
    free(text);
}

static void quoted_code_stands_in_a_source_file(void **state)
{
    (void)state;
    glob_t lessons;
    char *sources = all_sources();
    assert_int_equal(glob("chapters/*.md", 0, NULL, &lessons), 0);
    for (size_t i = 0; i < lessons.gl_pathc; i++)
        each_block(lessons.gl_pathv[i], "c", word_for_word, sources, "a source file");
    globfree(&lessons);
    free(sources);
}

static bool elsewhere(const char *context, const char *block)
{
    return !strstr(context, block);
}

static void what_is_quoted_is_no_solution(void **state)
{
    (void)state;
    glob_t lessons;
    assert_int_equal(glob("chapters/*.md", 0, NULL, &lessons), 0);
    for (size_t i = 0; i < lessons.gl_pathc; i++) {
        char path[256];
        const char *name = strrchr(lessons.gl_pathv[i], '/') + 1;
        snprintf(path, sizeof path, "solutions/%.*s.c", (int)(strlen(name) - strlen(".md")), name);
        if (access(path, R_OK) != 0)
            continue; /* a chapter without exercises */
        char *solutions = collapse(read_file(path));
        each_block(lessons.gl_pathv[i], "c", elsewhere, solutions,
                   "what the lesson may quote: it is the solution of an exercise");
        free(solutions);
    }
    globfree(&lessons);
}

#define OUT "build/tests/lessons"

/* What is in the lesson's blocks of this kind, its program prints. */
static void assert_run_is_shown(const char *lesson, const char *kind, const char *build,
                                const char *options)
{
    char command[256];
    snprintf(command, sizeof command, "build/%s/%.*s %s --no-plot --out " OUT " 2>&1", build,
             (int)(strlen(lesson) - strlen(".md")), lesson, options);
    FILE *program = popen(command, "r");
    assert_non_null(program);
    char *output = collapse(read_stream(program));
    if (pclose(program) != 0)
        fail_msg("%s failed", command);
    each_block(lesson, kind, shown_in, output, command);
    free(output);
}

/* The same text, numbers to a hundred-thousandth. Rounding does not grow while the names model is
 * trained: after 20,000 steps two builds, with fused multiply-add and without, differ by 1.3e-7 of
 * the loss, in float one unit of the last place. */
static void assert_same_curve(const char *recorded, const char *drawn)
{
    char *first = read_file(recorded), *second = read_file(drawn), *a = first, *b = second;
    for (int line = 1; *a || *b; line += *a == '\n') {
        char *a_end, *b_end;
        double x = strtod(a, &a_end), y = strtod(b, &b_end);
        if (fabs(x - y) > 1e-5 * fabs(x) || (a == a_end && *a_end++ != *b_end++))
            fail_msg("%s:%d: %.*s, but %s has %.*s", recorded, line, (int)strcspn(a, "\n"), a,
                     drawn, (int)strcspn(b, "\n"), b);
        a = a_end;
        b = b_end;
    }
    free(first);
    free(second);
}

/* VARIANTS: the builds that make has made and that run here. Those of this precision, one by one.
 */
static void each_build(const char *precision, void (*hold_in)(const char *build))
{
    const char *variants = getenv("VARIANTS");
    char builds[256];
    snprintf(builds, sizeof builds, "%s", variants ? variants : precision);
    for (char *build = strtok(builds, " "); build; build = strtok(NULL, " "))
        if (strncmp(build, precision, strlen(precision)) == 0)
            hold_in(build);
}

static void hold_quick_runs(const char *build)
{
    glob_t lessons;
    assert_int_equal(glob("chapters/*.md", 0, NULL, &lessons), 0);
    for (size_t i = 0; i < lessons.gl_pathc; i++)
        assert_run_is_shown(lessons.gl_pathv[i], "output", build, "--quick");
    globfree(&lessons);
}

static void shown_output_is_what_the_program_prints(void **state)
{
    (void)state;
    each_build("double", hold_quick_runs);
}

static void hold_whole_check(const char *build)
{
    assert_run_is_shown("chapters/03_optimizers.md", "output", build, "--check");
}

/* --quick draws less noise for the schedules; what is drawn after them must not depend on that. */
static void the_noise_of_chapter_03_is_the_same_in_a_whole_run(void **state)
{
    (void)state;
    each_build("double", hold_whole_check);
}

static void hold_training(const char *build)
{
    assert_run_is_shown("chapters/10_makemore_mlp.md", "trained", build, "");
    assert_same_curve("chapters/pictures/10_loss.csv", OUT "/loss.csv");
}

static void the_names_model_trains_as_its_lesson_shows(void **state)
{
    (void)state;
    each_build("float", hold_training);
}

#define STEPS "solutions/10_makemore_mlp.c"

/* How many lines the script for sed changes. */
static int lines_changed(const char *script)
{
    char command[512];
    int changed = 0;
    snprintf(command, sizeof command, "sed '%s' " STEPS " | diff - " STEPS " | grep -c '^<'",
             script);
    FILE *count = popen(command, "r");
    assert_non_null(count);
    assert_int_equal(fscanf(count, "%d", &changed), 1);
    pclose(count);
    return changed;
}

/* Each command of the script, of which there are one or more on a line, changes one line. */
static void assert_script_makes_a_mistake(const char *script)
{
    int commands = 1, changed = lines_changed(script);
    for (const char *next = script; (next = strstr(next, ";s,")); next++)
        commands++;
    if (changed != commands)
        fail_msg("sed '%s' changes %d lines of " STEPS ", not %d", script, changed, commands);
}

/* The mistakes of the names model, as lines for sed (```sed). */
static void each_mistake_in_a_table_can_be_made(void **state)
{
    (void)state;
    char line[256];
    int scripts = 0;
    bool wanted = false;
    FILE *lesson = fopen("chapters/10_makemore_mlp.md", "r");
    assert_non_null(lesson);
    while (fgets(line, sizeof line, lesson)) {
        line[strcspn(line, "\n")] = '\0';
        if (strncmp(line, "```", 3) == 0)
            wanted = strcmp(line, "```sed") == 0;
        else if (wanted && *line != '#') {
            assert_script_makes_a_mistake(line);
            scripts++;
        }
    }
    fclose(lesson);
    assert_true(scripts > 0);
}

/* A row's script stands between "| `" and "` |". */
static int assert_rows_make_mistakes(const char *lesson)
{
    char line[512];
    int scripts = 0;
    FILE *file = fopen(lesson, "r");
    assert_non_null(file);
    while (fgets(line, sizeof line, file)) {
        char *script = *line == '|' ? strstr(line, "| `s/") : NULL, *end;
        if (!script || !(end = strstr(script, "` |")))
            continue;
        *end = '\0';
        script += strlen("| `");
        if (lines_changed(script) == 0)
            fail_msg("%s: sed '%s' changes nothing in " STEPS, lesson, script);
        scripts++;
    }
    fclose(file);
    return scripts;
}

static void a_row_with_a_script_for_sed_makes_its_mistake(void **state)
{
    (void)state;
    assert_true(assert_rows_make_mistakes("chapters/07_softmax_cross_entropy.md") > 0);
    assert_true(assert_rows_make_mistakes("chapters/08_batchnorm.md") > 0);
    assert_true(assert_rows_make_mistakes("chapters/09_embedding.md") > 0);
}

static void every_chapter_has_a_lesson_and_every_lesson_a_chapter(void **state)
{
    (void)state;
    glob_t files;
    assert_int_equal(glob("chapters/[0-9][0-9]_*.[cm]*", 0, NULL, &files), 0);
    for (size_t i = 0; i < files.gl_pathc; i++) {
        char other[256];
        const char *path = files.gl_pathv[i], *dot = strrchr(path, '.');
        snprintf(other, sizeof other, "%.*s.%s", (int)(dot - path), path,
                 strcmp(dot, ".c") == 0 ? "md" : "c");
        FILE *file = fopen(other, "r");
        if (!file)
            fail_msg("%s has no %s beside it", path, other);
        fclose(file);
    }
    globfree(&files);
}

static void the_readme_names_every_chapter(void **state)
{
    (void)state;
    glob_t lessons;
    char *readme = read_file("README.md"), link[256];
    assert_int_equal(glob("chapters/[0-9][0-9]_*.md", 0, NULL, &lessons), 0);
    for (size_t i = 0; i < lessons.gl_pathc; i++) {
        snprintf(link, sizeof link, "(%s)", lessons.gl_pathv[i]);
        if (!strstr(readme, link))
            fail_msg("README.md has no row for %s", lessons.gl_pathv[i]);
    }
    globfree(&lessons);
    free(readme);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_chapter_has_a_lesson_and_every_lesson_a_chapter),
        cmocka_unit_test(the_readme_names_every_chapter),
        cmocka_unit_test(quoted_code_stands_in_a_source_file),
        cmocka_unit_test(what_is_quoted_is_no_solution),
        cmocka_unit_test(shown_output_is_what_the_program_prints),
        cmocka_unit_test(the_noise_of_chapter_03_is_the_same_in_a_whole_run),
        cmocka_unit_test(the_names_model_trains_as_its_lesson_shows),
        cmocka_unit_test(each_mistake_in_a_table_can_be_made),
        cmocka_unit_test(a_row_with_a_script_for_sed_makes_its_mistake),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
