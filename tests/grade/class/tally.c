/* tally.c: how many got what wrong, and how. */
#include <stdlib.h>
#include <string.h>

#include "../text.h"
#include "class.h"

static Mistake *mistake_of(Exercise *exercise, const char *label)
{
    for (int m = 0; m < exercise->mistake_count; m++)
        if (strcmp(exercise->mistakes[m].label, label) == 0)
            return &exercise->mistakes[m];
    exercise->mistakes = realloc(exercise->mistakes, (size_t)(exercise->mistake_count + 1) *
                                                         sizeof *exercise->mistakes);
    if (!exercise->mistakes)
        stop("memory");
    Mistake *mistake = &exercise->mistakes[exercise->mistake_count++];
    *mistake = (Mistake){.label = text_of("%s", label), .sentence = ""};
    return mistake;
}

/* Once for each student, however often it was made. */
static void count_mistake(Exercise *exercise, const char *label, const char *sentence, int student)
{
    Mistake *mistake = mistake_of(exercise, label);
    if (!*mistake->sentence)
        mistake->sentence = text_of("%s", sentence);
    if (mistake->count > 0 && mistake->who[mistake->count - 1] == student)
        return;
    mistake->who = realloc(mistake->who, (size_t)(mistake->count + 1) * sizeof *mistake->who);
    if (!mistake->who)
        stop("memory");
    mistake->who[mistake->count++] = student;
}

/* Cuts a part off; what follows the separator is left. */
static char *cut_part(char **text, const char *separator)
{
    char *part = *text, *end = strstr(part, separator);
    *text = end ? end + strlen(separator) : part + strlen(part);
    if (end)
        *end = '\0';
    return part;
}

static void count_mistakes(Exercise *exercise, const Cell *cell, int student)
{
    char *labels = text_of("%s", cell->labels), *sentences = text_of("%s", cell->sentences);
    while (*labels) {
        const char *label = cut_part(&labels, " ");
        count_mistake(exercise, label, cut_part(&sentences, "  "), student);
    }
}

static int by_count(const void *one, const void *other)
{
    const Mistake *a = one, *b = other;
    return a->count != b->count ? b->count - a->count : strcmp(a->label, b->label);
}

void tally(Class *class)
{
    for (int e = 0; e < class->exercise_count; e++) {
        Exercise *exercise = &class->exercises[e];
        for (int s = 0; s < class->student_count; s++) {
            const Cell *cell = &class->students[s].cells[e];
            exercise->verdicts[cell->verdict]++;
            exercise->asked += cell->verdict != MISSING && cell->verdict != NOT_JUDGED;
            exercise->unnamed += cell->verdict == WRONG && !*cell->labels;
            count_mistakes(exercise, cell, s);
        }
        if (exercise->mistake_count > 0)
            qsort(exercise->mistakes, (size_t)exercise->mistake_count, sizeof(Mistake), by_count);
    }
}

bool is_handed_in(const Exercise *exercise)
{
    return exercise->asked > 0;
}

/* The smaller share that is right first; else the larger number of those who were asked; else as in
 * the book. */
static int harder(const void *one, const void *other)
{
    const Exercise *a = *(const Exercise *const *)one, *b = *(const Exercise *const *)other;
    long first = (long)a->verdicts[RIGHT] * b->asked, second = (long)b->verdicts[RIGHT] * a->asked;
    if (first != second)
        return first < second ? -1 : 1;
    return a->asked != b->asked ? b->asked - a->asked : (a > b) - (a < b);
}

const Exercise **by_difficulty(const Class *class)
{
    const Exercise **list = calloc((size_t) class->exercise_count + 1, sizeof *list);
    size_t count = 0;
    if (!list)
        stop("memory");
    for (int e = 0; e < class->exercise_count; e++)
        if (is_handed_in(&class->exercises[e]))
            list[count++] = &class->exercises[e];
    qsort(list, count, sizeof *list, harder);
    return list;
}

char *share_of(const Exercise *exercise)
{
    return text_of("%d %%", 100 * exercise->verdicts[RIGHT] / exercise->asked);
}

char *others_of(const Exercise *exercise)
{
    char *others = "";
    for (int v = 0; v < VERDICTS; v++)
        if (v != RIGHT && v != MISSING && exercise->verdicts[v] > 0)
            others = text_of("%s%s%d %s", others, *others ? ", " : "", exercise->verdicts[v],
                             verdict_names[v]);
    return others;
}
