/* details.c: each exercise by itself: how many are right, and the mistakes by their names. */
#include "../text.h"
#include "page.h"

static void put_who(FILE *file, const Mistake *mistake)
{
    for (int i = 0; i < mistake->count; i++)
        fprintf(file, "%s<a href=\"#s%d\">%d</a>", i ? " " : "", mistake->who[i] + 1,
                mistake->who[i] + 1);
}

static void put_mistakes(FILE *file, const Exercise *exercise)
{
    fprintf(file,
            "<div class=\"wide\" tabindex=\"0\" role=\"region\" aria-label=\"Mistakes in %s\">"
            "<table class=\"mistakes\">\n<thead><tr><th scope=\"col\">Count</th>"
            "<th scope=\"col\">Mistake</th><th scope=\"col\">Students</th></tr></thead>\n<tbody>\n",
            exercise->function);
    for (int m = 0; m < exercise->mistake_count; m++) {
        const Mistake *mistake = &exercise->mistakes[m];
        fprintf(file, "<tr><td class=\"count\">%d</td><td><code>", mistake->count);
        put_xml(file, mistake->label);
        fprintf(file, "</code><br/>");
        put_xml(file, mistake->sentence);
        fprintf(file, "</td><td class=\"who\">");
        put_who(file, mistake);
        fprintf(file, "</td></tr>\n");
    }
    if (exercise->unnamed > 0)
        fprintf(file,
                "<tr><td class=\"count\">%d</td><td>wrong, without a name for the mistake</td>"
                "<td></td></tr>\n",
                exercise->unnamed);
    fprintf(file, "</tbody></table></div>\n");
}

static void put_exercise(FILE *file, const Exercise *exercise)
{
    const char *anchor = anchor_of(exercise), *others = others_of(exercise);
    fprintf(file, "<section class=\"exercise\" id=\"%s\"><h4>%s</h4>\n<p>", anchor,
            exercise->function);
    if (is_handed_in(exercise)) {
        put_share(file, exercise);
        fprintf(file, " right (%s)", share_of(exercise));
    } else {
        fprintf(file, "nobody was judged");
    }
    fprintf(file, "%s%s</p>\n", *others ? ", " : "", others);
    if (exercise->mistake_count > 0 || exercise->unnamed > 0)
        put_mistakes(file, exercise);
    fprintf(file, "</section>\n");
}

void details_write(FILE *file, const Class *class)
{
    fprintf(file, "<section id=\"mistakes\"><h2>Mistakes, exercise by exercise</h2>\n");
    for (int e = 0, end; e < class->exercise_count; e = end) {
        const Exercise *exercises = class->exercises;
        end = chapter_end(class, e);
        if (exercises[e].verdicts[MISSING] == class->student_count)
            continue;
        fprintf(file, "<section id=\"%s\"><h3>%s</h3>\n", exercises[e].chapter,
                exercises[e].chapter);
        for (int i = e; i < end; i++)
            put_exercise(file, &exercises[i]);
        fprintf(file, "</section>\n");
    }
    fprintf(file, "</section>\n");
}
