/* page.c: class.html. One page: no network, no script, nothing that is not escaped. It is
 * well-formed XML, too, so that tests can hold it. */
#include "page.h"

#include <stdlib.h>
#include <string.h>

#include "../text.h"
#include "class.h"

enum { SHOWN = 3 }; /* how many mistakes the first table names of each exercise */

char *anchor_of(const Exercise *exercise)
{
    return text_of("%s-%s", exercise->chapter, exercise->function);
}

void put_share(FILE *file, const Exercise *exercise)
{
    fprintf(file, "<span class=\"bar\"><span style=\"width:%d%%\"></span></span> %d of %d",
            100 * exercise->verdicts[RIGHT] / exercise->asked, exercise->verdicts[RIGHT],
            exercise->asked);
}

static void put_style(FILE *file)
{
    const char *style = read_text("tests/grade/class/page.css");
    fprintf(file, "<style>\n%s</style>\n", style);
}

static void put_summary(FILE *file, const Class *class)
{
    const char *absent = "", *comma = "";
    fprintf(file, "<p>%d submission%s. Handed in: ", class->student_count,
            class->student_count == 1 ? "" : "s");
    for (int e = 0; e < class->exercise_count; e = chapter_end(class, e)) {
        int count = class->student_count - class->exercises[e].verdicts[MISSING];
        if (count == 0) {
            absent = text_of("%s %.2s", absent, class->exercises[e].chapter);
            continue;
        }
        fprintf(file, "%s<a href=\"#%s\">%s</a> by %d", comma, class->exercises[e].chapter,
                class->exercises[e].chapter, count);
        comma = ", ";
    }
    fprintf(file, "%s.", *comma ? "" : "nothing");
    if (*absent)
        fprintf(file, " By nobody:%s.", absent);
    fprintf(file, " Shares are of those who handed the chapter in, by what was judged; what was "
                  "changed by hand changes the points only.</p>\n");
}

/* A line may end behind each _ of a name. */
static void put_function(FILE *file, const char *function)
{
    for (; *function; function++)
        fprintf(file, *function == '_' ? "%c<wbr/>" : "%c", *function);
}

static void put_difficulty(FILE *file, const Class *class)
{
    fprintf(file, "<section id=\"difficulty\"><h2>Most difficult first</h2>\n"
                  "<div class=\"wide\" tabindex=\"0\" role=\"region\" "
                  "aria-label=\"Exercises by difficulty\"><table>\n"
                  "<thead><tr><th scope=\"col\">Exercise</th><th scope=\"col\">Right</th>"
                  "<th scope=\"col\">Most frequent mistakes</th></tr></thead>\n<tbody>\n");
    for (const Exercise **list = by_difficulty(class); *list; list++) {
        const Exercise *exercise = *list;
        fprintf(file, "<tr><th scope=\"row\"><a href=\"#%s\">%.2s ", anchor_of(exercise),
                exercise->chapter);
        put_function(file, exercise->function);
        fprintf(file, "</a></th><td class=\"share\">");
        put_share(file, exercise);
        fprintf(file, "</td><td>");
        for (int m = 0; m < exercise->mistake_count && m < SHOWN; m++) {
            fprintf(file, "%s%d &#215; <code>", m ? ", " : "", exercise->mistakes[m].count);
            put_xml(file, exercise->mistakes[m].label);
            fprintf(file, "</code>");
        }
        if (exercise->mistake_count == 0)
            fputs(others_of(exercise), file);
        fprintf(file, "</td></tr>\n");
    }
    fprintf(file, "</tbody></table></div></section>\n");
}

/* gnuplot's own titles would pop up under the pointer. */
static void put_drawing(FILE *file, FILE *drawing)
{
    char *line = NULL;
    size_t room = 0;
    bool begun = false;
    while (getline(&line, &room, drawing) > 0) {
        char *title = strstr(line, "<title>"), *end = title ? strstr(title, "</title>") : NULL;
        begun = begun || strncmp(line, "<svg", 4) == 0;
        if (end)
            memmove(title, end + 8, strlen(end + 8) + 1);
        if (begun && strncmp(line, "<desc>", 6) != 0)
            fputs(line, file);
    }
    free(line);
}

static void put_legend(FILE *file)
{
    static const Verdict shown[] = {RIGHT, WRONG, CRASHED, REFUSED, TO_DO};
    static const char *const words[] = {"right", "wrong", "crashed or too slow",
                                        "refused, not compiled or not judged", "to do"};
    fprintf(file, "<ul class=\"legend\">");
    for (size_t i = 0; i < sizeof shown / sizeof *shown; i++)
        fprintf(file, "<li><span style=\"background:#%06x\"></span>%s</li>",
                verdict_colours[shown[i]], words[i]);
    fprintf(file, "<li><span></span>not handed in</li><li>dot: changed by hand</li></ul>\n");
}

static void put_map(FILE *file, const Class *class, const char *map)
{
    FILE *drawing = map ? fopen(map, "r") : NULL;
    fprintf(file, "<section id=\"map\"><h2>Students by exercises</h2>\n");
    if (drawing) {
        fprintf(file, "<p>A row for each student, by the number in the table below; a column for "
                      "each exercise, under the number of its chapter.</p>\n");
        put_legend(file);
        fprintf(file,
                "<div class=\"wide\" tabindex=\"0\" role=\"region\" aria-label=\"Map\">"
                "<div class=\"map\" role=\"img\" aria-label=\"Verdicts of %d students, which "
                "stand in class.csv, too\">\n",
                class->student_count);
        put_drawing(file, drawing);
        fprintf(file, "</div></div>\n");
        fclose(drawing);
    } else {
        fprintf(file, "<p>There is no map: gnuplot, which draws it, is not there or failed. "
                      "All else is complete.</p>\n");
    }
    fprintf(file, "</section>\n");
}

/* Is the chapter of this exercise a column? */
static bool is_listed(const Class *class, int exercise)
{
    return class->exercises[exercise].verdicts[MISSING] < class->student_count;
}

static void put_total(FILE *file, const Class *class, const Student *student)
{
    double by_hand = 0;
    for (int e = 0; e < class->exercise_count; e++)
        by_hand += student->cells[e].points - student->cells[e].judged;
    fprintf(file, "<td><strong>%g/%g</strong>", student->points, student->most);
    if (by_hand != 0)
        fprintf(file, ", <a href=\"#changes\">%+g by hand</a>", by_hand);
    fprintf(file, "</td>");
}

static void put_points(FILE *file, const Class *class, const Student *student, int from, int end)
{
    double points = 0, most = 0;
    for (int e = from; e < end; e++) {
        points += student->cells[e].points;
        most += student->cells[e].most;
    }
    if (has_handed_in(student, from) || points > 0)
        fprintf(file, "<td>%g/%g</td>", points, most);
    else
        fprintf(file, "<td><span class=\"none\" title=\"%s was not handed in\">&#8211;</span></td>",
                class->exercises[from].chapter);
}

static void put_students(FILE *file, const Class *class)
{
    fprintf(file, "<section id=\"students\"><h2>Who has handed in what</h2>\n"
                  "<p>Points of each chapter; &#8211; is not handed in.</p>\n"
                  "<div class=\"wide\" tabindex=\"0\" role=\"region\" aria-label=\"Students\">"
                  "<table class=\"numbers\">\n<thead><tr><th scope=\"col\">No.</th>"
                  "<th scope=\"col\">Submission</th>");
    for (int e = 0; e < class->exercise_count; e = chapter_end(class, e))
        if (is_listed(class, e))
            fprintf(file, "<th scope=\"col\"><abbr title=\"%s\">%.2s</abbr></th>",
                    class->exercises[e].chapter, class->exercises[e].chapter);
    fprintf(file, "<th scope=\"col\">Points</th></tr></thead>\n<tbody>\n");
    for (int s = 0; s < class->student_count; s++) {
        const Student *student = &class->students[s];
        fprintf(file, "<tr id=\"s%d\"><td>%d</td><th scope=\"row\"><bdi>", s + 1, s + 1);
        put_xml(file, student->name);
        fprintf(file, "</bdi></th>");
        for (int e = 0, end; e < class->exercise_count; e = end) {
            end = chapter_end(class, e);
            if (is_listed(class, e))
                put_points(file, class, student, e, end);
        }
        put_total(file, class, student);
        fprintf(file, "</tr>\n");
    }
    fprintf(file, "</tbody></table></div></section>\n");
}

static void put_changes(FILE *file, const Class *class)
{
    fprintf(file,
            "<section id=\"changes\"><h2>Changed by hand</h2>\n"
            "<div class=\"wide\" tabindex=\"0\" role=\"region\" aria-label=\"Changes\"><table>\n"
            "<thead><tr><th scope=\"col\">Submission</th><th scope=\"col\">Exercise</th>"
            "<th scope=\"col\">Judged</th><th scope=\"col\">Points</th>"
            "<th scope=\"col\">Reason</th></tr></thead>\n<tbody>\n");
    for (int s = 0; s < class->student_count; s++)
        for (int e = 0; e < class->exercise_count; e++) {
            const Cell *cell = &class->students[s].cells[e];
            if (!*cell->reason)
                continue;
            fprintf(file, "<tr><th scope=\"row\"><bdi>");
            put_xml(file, class->students[s].name);
            fprintf(file, "</bdi></th><td>%.2s %s</td><td>%g</td><td>%g of %g</td><td>",
                    class->exercises[e].chapter, class->exercises[e].function, cell->judged,
                    cell->points, cell->most);
            put_xml(file, cell->reason);
            fprintf(file, "</td></tr>\n");
        }
    fprintf(file, "</tbody></table></div></section>\n");
}

static bool is_changed(const Class *class)
{
    for (int s = 0; s < class->student_count; s++)
        for (int e = 0; e < class->exercise_count; e++)
            if (*class->students[s].cells[e].reason)
                return true;
    return false;
}

void page_write(FILE *file, const Class *class, const char *map)
{
    bool changed = is_changed(class);
    fprintf(file, "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\"/>\n"
                  "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"/>\n"
                  "<meta name=\"color-scheme\" content=\"light dark\"/>\n"
                  "<meta http-equiv=\"Content-Security-Policy\" "
                  "content=\"default-src 'none'; style-src 'unsafe-inline'\"/>\n"
                  "<title>What the class got wrong</title>\n");
    put_style(file);
    fprintf(file, "</head>\n<body>\n<header><h1>What the class got wrong</h1>\n");
    put_summary(file, class);
    fprintf(file,
            "<nav aria-label=\"Parts of this page\"><a href=\"#difficulty\">Difficulty</a> "
            "<a href=\"#map\">Map</a> <a href=\"#students\">Students</a> %s"
            "<a href=\"#mistakes\">Mistakes</a></nav></header>\n<main>\n",
            changed ? "<a href=\"#changes\">Changed by hand</a> " : "");
    put_difficulty(file, class);
    put_map(file, class, map);
    put_students(file, class);
    if (changed)
        put_changes(file, class);
    details_write(file, class);
    fprintf(file, "</main>\n</body>\n</html>\n");
}
