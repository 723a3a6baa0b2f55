#include "report.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lesson.h"
#include "where.h"
#include "workbook/terminal.h"

enum { MOST_PRINTED_LINES = 12, VERDICT_WIDTH = 10, NARROWEST = 50, WIDEST = 110 };

static const char *color_of(Verdict verdict)
{
    if (!terminal_has_color(stdout))
        return "";
    return verdict == CORRECT ? "\033[32m" : verdict == TO_DO ? "\033[33m" : "\033[31m";
}

static const char *no_color(void)
{
    return terminal_has_color(stdout) ? "\033[0m" : "";
}

static int name_width(void)
{
    int widest = 0;
    for (int i = 0; check.exercises[i]; i++) {
        int width = (int)strlen(check.exercises[i]->name);
        widest = width > widest ? width : widest;
    }
    return widest + 2;
}

/* Who breaks lines himself, as the learn mode does, sets CHECK_COLUMNS to more than any line has.
 */
static int page_width(void)
{
    const char *asked = getenv("CHECK_COLUMNS");
    if (asked && atoi(asked) > 0)
        return atoi(asked);
    int columns = terminal_is(stdout) ? terminal_size(stdout).columns : WIDEST;
    return columns > WIDEST ? WIDEST : columns;
}

/* Where text begins: behind the verdict, or further left if that leaves too little room. */
static int indentation(void)
{
    int behind = 2 + name_width() + VERDICT_WIDTH;
    return page_width() - behind < NARROWEST ? 6 : behind;
}

/* The length of the first word of a text; "n = 5," is one. */
static int word_length(const char *text)
{
    size_t length = strcspn(text, " ");
    while (strncmp(text + length, " = ", 3) == 0)
        length += 3 + strcspn(text + length + 3, " ");
    return (int)length;
}

/* Prints text in the column where text stands, broken between words. */
static void print_wrapped(const char *text, int column)
{
    int indent = indentation(), room = page_width() - 1;
    while (*text) {
        int length = word_length(text);
        if (column > indent && column + 1 + length > room) {
            printf("\n%*s", indent, "");
            column = indent;
        } else if (column > indent) {
            putchar(' ');
            column++;
        }
        printf("%.*s", length, text);
        column += length;
        text += length;
        text += strspn(text, " ");
    }
    putchar('\n');
}

static void print_note(const char *text)
{
    printf("%*s", indentation(), "");
    print_wrapped(text, indentation());
}

static void draw_line(void *context, const char *line)
{
    (void)context;
    printf("%*s%s\n", indentation() + 2, "", line);
}

/* A letter from the student to himself, without anything that steers a terminal. */
static void put_plain(char c)
{
    putchar((unsigned char)c >= ' ' || c == '\t' ? c : '?');
}

static void print_printed(const Answer *answer)
{
    int lines = 0;
    bool at_start = true;
    for (size_t i = 0; i < answer->printed && lines < MOST_PRINTED_LINES; i++) {
        char c = answer->run.said[i];
        if (at_start)
            printf("%*s| ", indentation(), "");
        if (c == '\n')
            putchar('\n');
        else
            put_plain(c);
        at_start = c == '\n';
        lines += at_start;
    }
    if (!at_start)
        putchar('\n');
    if (lines == MOST_PRINTED_LINES)
        printf("%*s| ...\n", indentation(), "");
}

static void print_section(const char *lesson, const char *function)
{
    char section[1024], text[sizeof section + 8];
    lesson_section(lesson, function, sizeof section, section);
    snprintf(text, sizeof text, "Read: %s", section);
    if (section[0])
        print_note(text);
}

void report_begin(const char *source)
{
    printf("%s  (%s)\n", check.name, source);
}

/* They say where and what. Whether that is the reason, nobody knows here. */
static void print_warnings(const Warnings *warnings, int most)
{
    int shown = warnings->count < most ? warnings->count : most;
    for (int i = 0; i < shown; i++) {
        char text[WARNING_SIZE + 32], more[32] = "";
        if (i == shown - 1 && warnings->count > shown)
            snprintf(more, sizeof more, " (and %d more)", warnings->count - shown);
        snprintf(text, sizeof text, "%s%s", warnings->text[i], more);
        print_note(text);
    }
}

void report_exercise(const Answer *answer, const Judgement *judgement, const Warnings *warnings,
                     const char *lesson)
{
    const char *name = verdict_name(judgement->verdict);
    int width = (int)strlen(name), column = 2 + name_width() + width + 1;
    int behind = 2 + name_width() + VERDICT_WIDTH;
    bool says = judgement->headline[0] != '\0';
    printf("  %-*s%s%s%s", name_width(), answer->exercise->name, color_of(judgement->verdict), name,
           no_color());
    if (says && behind == indentation()) {
        column = column < behind ? behind : column;
        printf("%*s", column - 2 - name_width() - width, "");
        print_wrapped(judgement->headline, column);
    } else {
        putchar('\n');
        if (says)
            print_note(judgement->headline);
    }
    if (judgement->drawn >= 0)
        where_draw(&answer->trials, judgement->drawn, judgement->trial, draw_line, NULL);
    for (int i = 0; i < judgement->notes.count; i++)
        print_note(judgement->notes.list[i].sentence);
    print_warnings(warnings, judgement->verdict == CORRECT ? 1 : MOST_WARNINGS);
    if (judgement->verdict == INCORRECT && lesson)
        print_section(lesson, answer->exercise->name);
    if (judgement->verdict != CORRECT)
        print_printed(answer);
}

void report_end(const Judgement *judgements, int n)
{
    static const Verdict order[] = {CORRECT, INCORRECT,    CRASHED, TOO_SLOW,
                                    ABSENT,  NOT_COMPILED, REFUSED, TO_DO};
    const char *separator = "  ";
    for (size_t v = 0; v < sizeof order / sizeof *order; v++) {
        int count = 0;
        for (int i = 0; i < n; i++)
            count += judgements[i].verdict == order[v];
        if (count == 0)
            continue;
        printf("%s%d %s", separator, count, verdict_name(order[v]));
        separator = ", ";
    }
    putchar('\n');
}
