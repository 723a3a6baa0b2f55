/* table.c: class.csv, a line for each student and exercise. */
#include "../text.h"
#include "class.h"

void table_write(FILE *file, const Class *class)
{
    fprintf(file, "submission,chapter,function,verdict,judged,points,max_points,labels,sentences,"
                  "changed_by_hand\n");
    for (int s = 0; s < class->student_count; s++)
        for (int e = 0; e < class->exercise_count; e++) {
            const Student *student = &class->students[s];
            const Exercise *exercise = &class->exercises[e];
            const Cell *cell = &student->cells[e];
            put_csv(file, student->name);
            fprintf(file, ",%s,%s,%s,%g,%g,%g,", exercise->chapter, exercise->function,
                    verdict_names[cell->verdict], cell->judged, cell->points, cell->most);
            put_csv(file, cell->labels);
            fputc(',', file);
            put_csv(file, cell->sentences);
            fputc(',', file);
            put_csv(file, cell->reason);
            fputc('\n', file);
        }
}
