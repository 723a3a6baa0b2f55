#include "pages.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "book.h"
#include "command.h"
#include "screen.h"

enum { SOURCE_COLUMNS = 100 };

static bool begins(const char *text, const char *with)
{
    return strncmp(text, with, strlen(with)) == 0;
}

/* Takes a line off the text: its length without the newline; -1 at the end. */
static int next_line(const char **text, const char **line)
{
    if (**text == '\0')
        return -1;
    *line = *text;
    int length = (int)strcspn(*text, "\n");
    *text += length + ((*text)[length] == '\n');
    return length;
}

static const char *path_of(const char *folder, int exercise, const char *ending)
{
    static char path[512];
    const char *name = book.chapters[book.exercises[exercise].chapter].name;
    snprintf(path, sizeof path, "%s/%s%s", folder, name, ending);
    return path;
}

static Style style_of(int exercise)
{
    return verdict_is(exercise, "right") ? GREEN : verdict_is(exercise, "to do") ? YELLOW : RED;
}

/* -- what the scripts know -----------------------------------------------------------------------
 */

static Command excerpt(const char *file, int exercise)
{
    const char *function = book.exercises[exercise].function;
    return command_run((const char *[]){"tests/check/excerpt", file, function, NULL});
}

/* The line that the function begins on, 1 if it is not there. */
static int line_number(int exercise)
{
    Command found = excerpt(path_of(book.folder, exercise, ".c"), exercise);
    int line = found.status == 0 ? atoi(found.text) : 1;
    free(found.text);
    return line;
}

static Command hints_for(int exercise)
{
    const char *lesson = path_of("chapters", exercise, ".md");
    const char *function = book.exercises[exercise].function;
    return command_run((const char *[]){"tests/check/hints", lesson, function, NULL});
}

int count_hints(int exercise)
{
    Command hints = hints_for(exercise);
    const char *text = hints.text, *line;
    int count = 0;
    while (next_line(&text, &line) >= 0)
        count++;
    free(hints.text);
    return count;
}

/* -- an exercise ------------------------------------------------------------------------------- */

static void show_greeting(void)
{
    page_line(BOLD, "Welcome. Keep this window open, and an editor beside it.");
    page_line(PLAIN, "Fill in the function below: its file and line come first.");
    page_line(PLAIN, "Save, and it is checked here; what is wrong is named.");
    page_line(PLAIN, "h gives a hint, q ends; make learn takes up from there.");
    page_blank();
}

/* Lines that stand further in than the heads of a report, the first of them at the margin. */
static void show_inset(const char *heading, const char *text)
{
    const char *line;
    int margin = -1;
    for (int length; (length = next_line(&text, &line)) > 3 && begins(line, "   ");) {
        int spaces = (int)strspn(line, " ");
        if (margin < 0 && heading)
            page_line(YELLOW, "%s", heading);
        if (margin < 0)
            margin = spaces;
        spaces = spaces < margin ? spaces : margin;
        page_text(PLAIN, 2, line + spaces, length - spaces);
    }
}

/* A report is a line with the file; what the compiler has to say; for each function a line that
 * begins with its name, and what is said of it. If it does not compile, "does not compile:" stands
 * in the place of the first function. */
static void show_report(const char *report, const char *function)
{
    const char *text = report, *line;
    while (next_line(&text, &line) >= 0) {
        size_t name = strlen(function);
        bool mine =
            begins(line, "  ") && begins(line + 2, function) && strchr(" \n", line[2 + name]);
        if (mine || begins(line, "  does not compile:"))
            show_inset(NULL, text);
        else if (line == report)
            show_inset("The compiler warns:", text);
    }
}

static void show_verdict(int exercise)
{
    const Exercise *e = &book.exercises[exercise];
    const Chapter *chapter = &book.chapters[e->chapter];
    Style style = style_of(exercise);
    page_line(BOLD, "%s:%d", chapter->file, line_number(exercise));
    if (style == YELLOW)
        page_line(style, "%s is to do.", e->function);
    else if (style == GREEN)
        page_line(style, "%s is right. Well done; n goes on.", e->function);
    else if (verdict_is(exercise, "does not compile") && e->headline[0] == '\0')
        page_line(style, "The file does not compile:");
    else
        page_line(style, "%s: %s", e->function, e->verdict);
    page_text(PLAIN, 2, e->headline, (int)strlen(e->headline));
    if (verdict_is(exercise, "missing"))
        page_line(PLAIN, "  r, then c, puts the file back as it came.");
    if (chapter->report)
        show_report(chapter->report, e->function);
}

static void show_hints(int exercise, int wanted)
{
    Command hints = hints_for(exercise);
    const char *text = hints.text, *line;
    page_blank();
    for (int shown = 0, length; shown < wanted && (length = next_line(&text, &line)) >= 0; shown++)
        page_text(PLAIN, 0, line, length);
    if (hints.used == 0)
        page_line(DIM, "There is no hint for this one; the lesson is the best one.");
    else
        page_line(DIM, "(%s)", *text ? "h shows one more" : "that is the last one");
    free(hints.text);
}

/* Shows the lines that belong together, and forgets them. */
static void end_paragraph(Style style, char *paragraph)
{
    page_text(style, 2, paragraph, (int)strlen(paragraph));
    paragraph[0] = '\0';
}

/* The comment, without its marks. A line that had no room for the first word of the next goes on
 * with it; an indented one does not. */
static void show_comment(const char **text)
{
    char paragraph[4096] = "";
    const char *line;
    int before = SOURCE_COLUMNS;
    for (int length; (length = next_line(text, &line)) >= 0; before = length) {
        const char *words = length > 3 ? line + 3 : "";
        bool last = begins(line + length - 2, "*/");
        int rest = (length > 3 ? length - 3 : 0) - 2 * last;
        bool goes_on =
            rest > 0 && *words != ' ' && before + 1 + (int)strcspn(words, " \n") > SOURCE_COLUMNS;
        if (!goes_on)
            end_paragraph(PLAIN, paragraph);
        if (rest == 0)
            page_blank();
        size_t used = strlen(paragraph);
        snprintf(paragraph + used, sizeof paragraph - used, "%s%.*s", used ? " " : "", rest, words);
        if (last)
            break;
    }
    end_paragraph(PLAIN, paragraph);
}

static void show_prototype(const char *text)
{
    char paragraph[4096] = "";
    const char *line;
    for (int length; (length = next_line(&text, &line)) >= 0 && *line != '{';) {
        int spaces = (int)strspn(line, " ");
        size_t used = strlen(paragraph);
        snprintf(paragraph + used, sizeof paragraph - used, "%s%.*s", used ? " " : "",
                 length - spaces, line + spaces);
    }
    end_paragraph(CODE, paragraph);
}

/* Both are read from the solutions, where nobody has changed them. */
static void show_task_and_solution(int exercise, bool solution)
{
    Command found = excerpt(path_of("solutions", exercise, ".c"), exercise);
    const char *text = found.text, *line;
    next_line(&text, &line);
    const char *code = strstr(text, "*/\n");
    page_blank();
    if (code && solution) {
        page_line(BOLD, "One way to write it:");
        code += strlen("*/\n");
        for (int length; (length = next_line(&code, &line)) >= 0;)
            page_text(CODE, 2, line, length);
        page_blank();
    }
    show_comment(&text);
    page_blank();
    show_prototype(text);
    free(found.text);
}

/* What has become of files that were saved together with the one shown. */
static void show_other_chapters(int shown)
{
    for (int i = 0; i < book.chapter_count; i++) {
        const Chapter *chapter = &book.chapters[i];
        if (i == shown || !book_has_news(i))
            continue;
        if (chapter->compiles)
            page_line(DIM, "%s was saved, too: %d of %d are right.", chapter->file, chapter->right,
                      chapter->count);
        else
            page_line(RED, "%s was saved, too, and does not compile.", chapter->file);
    }
}

static void show_exercise(const Place *place)
{
    if (place->greets)
        show_greeting();
    show_other_chapters(book.exercises[place->current].chapter);
    show_verdict(place->current);
    if (place->hints > 0)
        show_hints(place->current, place->hints);
    show_task_and_solution(place->current, place->solution);
    page_blank();
    page_line(DIM, "The lesson is %s.", path_of("chapters", place->current, ".md"));
}

/* -- the list and the end ---------------------------------------------------------------------- */

static void show_list(int cursor)
{
    int margin = page_width() < 42 ? page_width() - 9 : 33;
    for (int i = 0; i < book.count; i++) {
        const Exercise *e = &book.exercises[i];
        const Chapter *chapter = &book.chapters[e->chapter];
        if (i == 0 || e->chapter != e[-1].chapter)
            page_line(BOLD, "%-*s%2d of %2d", margin, chapter->name, chapter->right,
                      chapter->count);
        if (i == cursor)
            page_focus();
        const char *mark = i == cursor ? "->" : "  ";
        page_line(style_of(i), "%s %-*s %s", mark, margin - 3, e->function, e->verdict);
    }
}

/* The first line of a lesson, "# 9. Embedding: the gradient of picking rows", from its title on. */
static void show_title(int exercise)
{
    char title[256] = "";
    FILE *file = fopen(path_of("chapters", exercise, ".md"), "r");
    if (file && fgets(title, sizeof title, file))
        title[strcspn(title, "\n")] = '\0';
    if (file)
        fclose(file);
    page_line(PLAIN, "  %s", title + strspn(title, "# 0123456789."));
}

static void show_end(void)
{
    page_line(GREEN, "Congratulations: all %d exercises are right.", book.count);
    page_blank();
    page_line(PLAIN, "You have derived these by hand, and written them in C:");
    for (int i = 0; i < book.count; i++)
        if (i == 0 || book.exercises[i].chapter != book.exercises[i - 1].chapter)
            show_title(i);
    page_blank();
    page_line(PLAIN, "What a framework does in backward() is no secret to you now.");
    page_line(PLAIN, "make trains a model all of whose gradients you know.");
}

/* -- the whole --------------------------------------------------------------------------------- */

static const char *keys(const Place *place)
{
    if (place->question == SHOW_SOLUTION)
        return "Not right yet. Show the solution?  y yes, other keys no";
    if (place->question == RESET)
        return "Back as it came?  f this function  c whole file  other keys no";
    if (place->view == LIST)
        return "up, down move  enter shows it  l back  q quit";
    if (place->view == END)
        return "l list  q quit";
    return "h hint  n next  l list  s solution  r reset  q quit";
}

static void show_text(Style style, const char *text)
{
    const char *line;
    for (int length; (length = next_line(&text, &line)) >= 0;)
        page_text(style, 0, line, length);
    page_blank();
}

/* [####....], a quarter of the width and at most 20; good until the next call. */
static const char *bar(int done, int all)
{
    static char text[24];
    int most = page_width() < 80 - 1 ? page_width() / 4 : 20;
    snprintf(text, sizeof text, "[%.*s]", most, "....................");
    memset(text + 1, '#', (size_t)(most * done / all));
    return text;
}

void draw(const Place *place)
{
    page_begin();
    if (place->message)
        show_text(PLAIN, place->message);
    if (book.trouble)
        show_text(RED, book.trouble);
    if (place->view == LIST)
        show_list(place->cursor);
    else if (place->view == END)
        show_end();
    else
        show_exercise(place);

    char status[512];
    bool busy = book_checking() >= 0;
    snprintf(status, sizeof status, "%s %d of %d  %s%s%s", bar(book.right, book.count), book.right,
             book.count, busy ? "checking " : place->checked,
             busy ? book.chapters[book_checking()].name : "", busy ? " ..." : "");
    page_show(status, keys(place));
}

void draw_beginning(const char *begun)
{
    const char *line = "";
    int steps = atoi(begun), step = -1, length = 0;
    for (int next; (next = next_line(&begun, &line)) >= 0; step++)
        length = next;
    page_begin();
    page_line(PLAIN, "Checking what is there. The first time, this takes a while.");
    page_blank();
    if (step > 0 && step <= steps) {
        page_line(PLAIN, "%s step %d of %d", bar(step, steps), step, steps);
        page_line(DIM, "making %.*s", length, line);
    }
    page_show("", "q quit");
}
