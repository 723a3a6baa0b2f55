/* map.c: the script from which gnuplot draws the map. It holds numbers and chapters' numbers only:
 * no name and no word of a submission. */
#include <stdlib.h>

#include "class.h"

enum { COLUMN = 14, LEFT = 56, RIGHT_EDGE = 12, TOP = 30, BOTTOM = 12 };

/* Columns of the map: the exercises of chapters that somebody handed in. */
static bool is_drawn(const Class *class, int exercise)
{
    return is_handed_in(&class->exercises[exercise]);
}

static int count_columns(const Class *class)
{
    int columns = 0;
    for (int e = 0; e < class->exercise_count; e++)
        columns += is_drawn(class, e);
    return columns;
}

/* A rectangle for each run of one colour in a row: x from and to, y, colour. */
static void write_runs(FILE *file, const Class *class, const Student *student, int row)
{
    int from = 0, column = 0;
    Verdict verdict = MISSING;
    for (int e = 0; e <= class->exercise_count; e++) {
        bool end = e == class->exercise_count;
        if (!end && !is_drawn(class, e))
            continue;
        if (end || student->cells[e].verdict != verdict) {
            if (verdict != MISSING && column > from)
                fprintf(file, "%d %d %d %u\n", from, column, row, verdict_colours[verdict]);
            from = column;
            verdict = end ? MISSING : student->cells[e].verdict;
        }
        column++;
    }
}

static void write_changes(FILE *file, const Class *class)
{
    for (int s = 0; s < class->student_count; s++)
        for (int e = 0, column = 0; e < class->exercise_count; e++) {
            if (*class->students[s].cells[e].reason && is_drawn(class, e))
                fprintf(file, "%g %d\n", column + 0.5, s);
            column += is_drawn(class, e);
        }
}

/* The number of each chapter above its columns, and a line before it. */
static void write_chapters(FILE *file, const Class *class, int rows)
{
    int column = 0;
    for (int e = 0, end; e < class->exercise_count; e = end) {
        int from = column;
        for (end = chapter_end(class, e); e < end; e++)
            column += is_drawn(class, e);
        if (column == from)
            continue;
        fprintf(file, "set x2tics add ('%02d' %g)\n", atoi(class->exercises[end - 1].chapter),
                (from + column) / 2.0);
        fprintf(file, "set arrow from %d,-0.5 to %d,%g nohead front lw 1.5\n", column, column,
                rows - 0.5);
    }
}

void map_write(FILE *file, const Class *class)
{
    int columns = count_columns(class), rows = class->student_count;
    int row = rows <= 100 ? 12 : 6, step = rows <= 40 ? 1 : rows <= 100 ? 5 : 10;
    if (columns == 0)
        return;
    int width = LEFT + RIGHT_EDGE + columns * COLUMN, height = TOP + BOTTOM + rows * row;
    fprintf(file, "set terminal svg size %d,%d noenhanced name 'map'\n", width, height);
    fprintf(file, "set margins 0,0,0,0\nset lmargin at screen %g\nset rmargin at screen %g\n",
            (double)LEFT / width, 1 - (double)RIGHT_EDGE / width);
    fprintf(file, "set tmargin at screen %g\nset bmargin at screen %g\n", 1 - (double)TOP / height,
            (double)BOTTOM / height);
    fprintf(file, "set xrange [0:%d]\nset x2range [0:%d]\nset yrange [%g:-0.5]\n", columns, columns,
            rows - 0.5);
    fprintf(file, "unset key\nunset xtics\nset x2tics () scale 0\nset ytics () scale 0\n");
    for (int s = 0; s < rows; s++)
        if (s == 0 || (s + 1) % step == 0)
            fprintf(file, "set ytics add ('%d' %d)\n", s + 1, s);
    write_chapters(file, class, rows);
    fprintf(file, "$runs << EOD\n");
    for (int s = 0; s < rows; s++)
        write_runs(file, class, &class->students[s], s);
    fprintf(file, "0 0 0 0\nEOD\n$changes << EOD\n");
    write_changes(file, class);
    fprintf(file, "-9 -9\nEOD\n"
                  "plot $runs using (($1+$2)/2):3:1:2:($3-0.42):($3+0.42):4 with boxxyerror "
                  "fillstyle solid noborder linecolor rgb variable, \\\n"
                  "     $changes using 1:2 with points pointtype 7 pointsize 0.5 linecolor rgb "
                  "'black', \\\n"
                  "     $changes using 1:2 with points pointtype 7 pointsize 0.3 linecolor rgb "
                  "'white'\n");
}
