/* roll.c: who is in the class, and what became of each answer. */
#include <stdlib.h>
#include <string.h>

#include "../text.h"
#include "class.h"

const char *const verdict_names[VERDICTS] = {
    [RIGHT] = "right",       [WRONG] = "wrong",     [CRASHED] = "crashed",
    [TOO_SLOW] = "too slow", [TO_DO] = "to do",     [NOT_COMPILED] = "does not compile",
    [MISSING] = "missing",   [REFUSED] = "refused", [NOT_JUDGED] = "not judged"};

const unsigned verdict_colours[VERDICTS] = {
    [RIGHT] = 0x2f7fc1,   [WRONG] = 0xd0651a,        [CRASHED] = 0xbd3f76, [TOO_SLOW] = 0xbd3f76,
    [REFUSED] = 0x6f5bb5, [NOT_COMPILED] = 0x6f5bb5, [TO_DO] = 0x808489,   [NOT_JUDGED] = 0x6f5bb5};

static void *grown(void *array, int count, size_t size)
{
    array = realloc(array, (size_t)(count + 1) * size);
    if (!array)
        stop("memory");
    return array;
}

static Verdict verdict_named(const char *name)
{
    for (int v = 0; v < VERDICTS; v++)
        if (strcmp(verdict_names[v], name) == 0)
            return v;
    return NOT_JUDGED;
}

/* FNV-1a: an order that has nothing to do with the alphabet. */
static unsigned hash_of(const char *name)
{
    unsigned hash = 2166136261u;
    for (; *name; name++)
        hash = (hash ^ (unsigned char)*name) * 16777619u;
    return hash;
}

static Cell read_cell(char *line)
{
    Cell cell = {.verdict = verdict_named(next_field(&line))};
    cell.judged = atof(next_field(&line));
    cell.points = atof(next_field(&line));
    cell.most = atof(next_field(&line));
    cell.labels = next_field(&line);
    cell.sentences = next_field(&line);
    cell.reason = next_field(&line);
    return cell;
}

/* All submissions of a run were asked the same; the first one's file says what. */
static void read_student(Class *class, const char *results, const char *folder)
{
    class->students = grown(class->students, class->student_count, sizeof *class->students);
    const bool first = class->student_count == 0;
    Student *student = &class->students[class->student_count++];
    *student = (Student){.name = shown(folder), .hash = hash_of(folder)};
    char *rest = read_text(text_of("%s/%s/verdicts.tsv", results, folder));
    int count = 0;
    for (char *line; (line = next_line(&rest)); count++) {
        char *chapter = next_field(&line), *function = next_field(&line);
        if (first) {
            class->exercises = grown(class->exercises, count, sizeof *class->exercises);
            class->exercises[count] = (Exercise){.chapter = chapter, .function = function};
        } else if (count >= class->exercise_count ||
                   strcmp(function, class->exercises[count].function) != 0) {
            break;
        }
        student->cells = grown(student->cells, count, sizeof *student->cells);
        student->cells[count] = read_cell(line);
        student->points += student->cells[count].points;
        student->most += student->cells[count].most;
    }
    if (first)
        class->exercise_count = count;
    if (count == 0 || count != class->exercise_count) {
        fprintf(stderr, "class: %s: no marks of this run are there\n", student->name);
        exit(1);
    }
}

/* By points; who has as many, by what is not the name's. */
static int by_points(const void *one, const void *other)
{
    const Student *a = one, *b = other;
    if (a->points != b->points)
        return a->points < b->points ? 1 : -1;
    return a->hash < b->hash ? -1 : a->hash > b->hash;
}

void roll_read(Class *class, const char *results, bool anonymous)
{
    char *name = NULL;
    size_t room = 0;
    class->anonymous = anonymous;
    while (getdelim(&name, &room, '\0', stdin) > 0)
        read_student(class, results, name);
    free(name);
    if (!anonymous || class->student_count == 0)
        return;
    qsort(class->students, (size_t) class->student_count, sizeof *class->students, by_points);
    for (int s = 0; s < class->student_count; s++) {
        class->students[s].name = text_of("student %d", s + 1);
        for (int e = 0; e < class->exercise_count; e++)
            if (*class->students[s].cells[e].reason) /* it may name somebody */
                class->students[s].cells[e].reason = "left out";
    }
}

bool has_handed_in(const Student *student, int exercise)
{
    return student->cells[exercise].verdict != MISSING;
}

int chapter_end(const Class *class, int exercise)
{
    const char *chapter = class->exercises[exercise].chapter;
    while (exercise < class->exercise_count &&
           strcmp(class->exercises[exercise].chapter, chapter) == 0)
        exercise++;
    return exercise;
}
