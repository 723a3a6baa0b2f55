/* test_links.c: every exercise says which section of its lesson, or of an earlier one, derives what
 * it asks for, in one form:
 *
 *     3. `batch_norm_backward`: the one-line form, with Bessel's correction.
 *        - *Read:* [All of it in one line](#all-of-it-in-one-line).
 *
 * Two sections are "[A](#a) and [B](#b)", or "[A](#a), and in chapter 2 [B](02_tape.md#b)"; one
 * that stands elsewhere is "in chapter 2 [B](02_tape.md#b)". A link's text is the title of a
 * section, and its anchor is the one that GitHub makes of that title. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <ctype.h>
#include <glob.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool begins(const char *text, const char *with)
{
    return strncmp(text, with, strlen(with)) == 0;
}

static FILE *open_lesson(const char *path)
{
    FILE *file = fopen(path, "r");
    if (!file)
        fail_msg("cannot open %s", path);
    return file;
}

/* As GitHub does it: small letters, hyphens for blanks; digits, hyphens and underscores stay, and
 * other marks go. So does what is not ASCII, which in our titles is no letter. */
static void make_anchor(const char *title, char *anchor)
{
    for (; *title; title++)
        if (isalnum((unsigned char)*title) || strchr("-_ ", *title))
            *anchor++ = *title == ' ' ? '-' : (char)tolower((unsigned char)*title);
    *anchor = '\0';
}

/* Reads the next title of a section, outside of fences; false at the end. */
static bool next_title(FILE *lesson, char *title, size_t size)
{
    char *line = NULL;
    size_t room = 0;
    bool fenced = false, found = false;
    while (!found && getline(&line, &room, lesson) > 0) {
        fenced ^= begins(line, "```");
        found = !fenced && begins(line, "## ");
    }
    snprintf(title, size, "%.*s", found ? (int)strcspn(line + 3, "\n") : 0, found ? line + 3 : "");
    free(line);
    return found;
}

/* Of two sections with one title the second would have another anchor. */
static int count_sections(const char *path, const char *wanted)
{
    char title[256];
    int times = 0;
    FILE *lesson = open_lesson(path);
    while (next_title(lesson, title, sizeof title))
        times += strcmp(title, wanted) == 0;
    fclose(lesson);
    return times;
}

static bool derives_nothing(const char *title)
{
    return strcmp(title, "Where people go wrong") == 0 || strcmp(title, "Remember") == 0 ||
           strcmp(title, "Exercises") == 0;
}

/* -- a line -------------------------------------------------------------------------------------
 */

typedef struct {
    const char *lesson; /* chapters/08_batchnorm.md */
    int line;
    char item[128];
    bool has_line;
} Item;

static void refuse(const Item *item, const char *why, const char *what)
{
    fail_msg("%s:%d: %.40s: %s: %s", item->lesson, item->line, item->item, why, what);
}

/* Takes "[title](file#anchor)" off, and holds it against the lesson that it leads to. */
static const char *take_link(const Item *item, int chapter, const char *text)
{
    char title[256] = "", target[256] = "", expected[256], path[512];
    int length = 0;
    if (sscanf(text, "[%255[^]]](%255[^)])%n", title, target, &length) != 2 || length == 0)
        refuse(item, "a link was expected", text);
    size_t file = strcspn(target, "#");
    if (target[file] == '\0')
        refuse(item, "the link names no section", text);
    target[file] = '\0';
    snprintf(path, sizeof path, "%s%s", *target ? "chapters/" : item->lesson, target);
    if (chapter > 0 && (atoi(target) != chapter || strcmp(path, item->lesson) >= 0))
        refuse(item, "the link leads to another chapter than the text says, or no earlier one",
               text);
    if (chapter == 0 && *target)
        refuse(item, "the text does not say in which chapter", text);
    make_anchor(title, expected);
    if (strcmp(target + file + 1, expected) != 0)
        refuse(item, "GitHub makes this title's anchor", expected);
    if (count_sections(path, title) != 1 || derives_nothing(title))
        refuse(item, "no section has this title, or several have, or it derives nothing", title);
    return text + length;
}

/* Takes "in chapter 2 " off, if it is there. */
static const char *take_chapter(const char *text, int *chapter)
{
    int length = 0;
    *chapter = 0;
    if (sscanf(text, "in chapter %d %n", chapter, &length) != 1)
        *chapter = 0;
    return text + length;
}

static void hold_line(Item *item, const char *text)
{
    int chapter;
    if (item->has_line)
        refuse(item, "one line with *Read:* is enough", text);
    item->has_line = true;
    text = take_chapter(text, &chapter);
    text = take_link(item, chapter, text);
    if (*text != '.') {
        bool own = begins(text, " and ");
        if (!own && !begins(text, ", and in chapter "))
            refuse(item, "no second link was expected", text);
        text = take_chapter(text + strlen(own ? " and " : ", and "), &chapter);
        text = take_link(item, chapter, text);
    }
    if (strcmp(text, ".\n") != 0)
        refuse(item, "a full stop was expected, and the end", text);
}

/* -- a lesson -----------------------------------------------------------------------------------
 */

static void end_item(const Item *item)
{
    if (item->item[0] && !item->has_line)
        refuse(item, "there is no line below it with", "- *Read:* [section](#section).");
}

/* How many exercises it has. The line stands right below the item's first. */
static int hold_lesson(const char *path)
{
    Item item = {.lesson = path};
    char *line = NULL;
    size_t room = 0;
    int items = 0, last = 0;
    bool exercises = false;
    FILE *lesson = open_lesson(path);
    for (int at = 1; getline(&line, &room, lesson) > 0; at++) {
        size_t digits = strspn(line, "0123456789"), margin = strspn(line, " ");
        if (begins(line, "## "))
            exercises = strcmp(line, "## Exercises\n") == 0;
        if (exercises && digits > 0 && begins(line + digits, ". ")) {
            end_item(&item);
            item = (Item){.lesson = path, .line = last = at};
            snprintf(item.item, sizeof item.item, "%s", line);
            items++;
        } else if (exercises && begins(line + margin, "- *Read:* ")) {
            item.line = at;
            if (at != last + 1)
                refuse(&item, "this does not stand right below its exercise", line);
            hold_line(&item, line + margin + strlen("- *Read:* "));
        }
    }
    end_item(&item);
    free(line);
    fclose(lesson);
    return items;
}

static int hold_all(void)
{
    glob_t lessons;
    int items = 0;
    assert_int_equal(glob("chapters/[0-9][0-9]_*.md", 0, NULL, &lessons), 0);
    for (size_t i = 0; i < lessons.gl_pathc; i++)
        items += hold_lesson(lessons.gl_pathv[i]);
    globfree(&lessons);
    return items;
}

static void every_exercise_leads_to_the_section_that_derives_it(void **state)
{
    (void)state;
    assert_true(hold_all() > 0);
}

static void anchors_are_those_that_github_makes(void **state)
{
    (void)state;
    static const char *const known[][2] = {
        {"What Bessel's correction changes", "what-bessels-correction-changes"},
        {"Schedules: the rate as a function of time", "schedules-the-rate-as-a-function-of-time"},
        {"XOR, from ten seeds", "xor-from-ten-seeds"},
        {"A one-line form_2?", "a-one-line-form_2"},
        {"multiplied by T²", "multiplied-by-t"},
    };
    char anchor[128];
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        make_anchor(known[i][0], anchor);
        assert_string_equal(anchor, known[i][1]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_exercise_leads_to_the_section_that_derives_it),
        cmocka_unit_test(anchors_are_those_that_github_makes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
