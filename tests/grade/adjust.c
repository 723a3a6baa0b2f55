/* adjust.c: marks that are changed by hand: adjust FILE FUNCTIONS SUBMISSIONS [others]
 *
 * A line of FILE is submission,function,points,reason as CSV has it; what begins with # is no such
 * line, nor is a first line that is the head. FUNCTIONS has a line chapter/function for each there
 * is, SUBMISSIONS the folders' names, each with a 0 behind it. Prints submission, chapter/function,
 * points and reason with tabs between, for marks.c; or, for each line that cannot be followed, one
 * that says why, and ends with status 1. With `others` the lines of other submissions are passed
 * over. */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lines.h"
#include "text.h"

typedef struct {
    const char *submission, *function, *points, *reason;
    int line;
} Adjustment;

typedef struct {
    Adjustment *list;
    int count;
} Adjustments;

/* The submissions' names, each with a 0 behind it. */
typedef struct {
    const char *list;
    size_t size;
    bool others; /* there may be others */
} Names;

static const char *const MALFORMED =
    "wanted: submission,function,points,reason (what has a comma or a quote in it between quotes)";

/* Takes the quotes off the field that *from begins with, and moves *from behind it. False if it has
 * no end. In place. */
static bool unquote(char **from)
{
    char *to = *from, *next = *from + 1;
    for (; *next; *to++ = *next++)
        if (*next == '"' && *++next != '"') {
            *from = next + strspn(next, " ");
            *to = '\0';
            return true;
        }
    return false;
}

/* Cuts a field off a line; the last one is all that is left, commas too. NULL if it is no field. */
static char *cut_field(char **line, bool last)
{
    char *field = *line + strspn(*line, " "), *end = field;
    bool quoted = *field == '"';
    if (quoted && !unquote(&end))
        return NULL;
    if (!quoted)
        end += last ? strlen(end) : strcspn(end, ",");
    if (*end != (last ? '\0' : ','))
        return NULL;
    *line = end + !last;
    if (!quoted)
        for (*end = '\0'; end > field && end[-1] == ' ';)
            *--end = '\0';
    return field;
}

/* Finds the line of the list that is this function, with its chapter or, where there is but one,
 * without. What is wrong if it cannot; NULL if nothing is. */
static const char *find_function(const char *functions, const char *wanted, const char **found)
{
    char *rest = text_of("%s", functions);
    *found = "";
    for (char *place; (place = next_line(&rest));) {
        bool exact = strcmp(place, wanted) == 0;
        if (!exact && strcmp(strchr(place, '/') + 1, wanted) != 0)
            continue;
        if (!exact && **found)
            return text_of("several chapters have a function %s; say %s or %s", wanted, *found,
                           place);
        *found = place;
        if (exact)
            return NULL;
    }
    return **found
               ? NULL
               : text_of("there is no function %s in the chapters that are marked", shown(wanted));
}

static bool is_submission(const char *name, const Names *names)
{
    for (size_t at = 0; at < names->size; at += strlen(names->list + at) + 1)
        if (strcmp(names->list + at, name) == 0)
            return true;
    return names->others;
}

static const Adjustment *find_same(const Adjustments *before, const Adjustment *this)
{
    for (int i = 0; i < before->count; i++)
        if (strcmp(before->list[i].submission, this->submission) == 0 &&
            strcmp(before->list[i].function, this->function) == 0)
            return &before->list[i];
    return NULL;
}

/* What is wrong with a line; NULL if nothing is. */
static const char *read_line(char *line, const char *functions, const Names *names,
                             const Adjustments *before, Adjustment *this)
{
    const char *function;
    if (!(this->submission = cut_field(&line, false)) || !(function = cut_field(&line, false)) ||
        !(this->points = cut_field(&line, false)) || !(this->reason = cut_field(&line, true)))
        return MALFORMED;
    if (!is_submission(this->submission, names))
        return text_of("there is no submission %s", shown(this->submission));
    const char *complaint = find_function(functions, function, &this->function);
    if (complaint)
        return complaint;
    if (!is_points(this->points))
        return no_points(this->points);
    const Adjustment *same = find_same(before, this);
    if (same)
        return text_of("the same as in line %d once more", same->line);
    return *this->reason ? NULL : "it gives no reason";
}

static void add(Adjustments *all, const Adjustment *this)
{
    all->list = realloc(all->list, (size_t)(all->count + 1) * sizeof *all->list);
    if (!all->list)
        stop("memory");
    all->list[all->count++] = *this;
}

/* Reads all lines, but for the head; false if one was complained of. */
static bool read_lines(const char *path, const char *functions, const Names *names,
                       Adjustments *all)
{
    Lines lines = open_lines(path);
    for (char *line; (line = next_of(&lines));) {
        if (lines.number == 1 && strncmp(line, "submission,function,points", 26) == 0)
            continue;
        Adjustment this = {.function = "", .line = lines.number};
        const char *complaint = read_line(line, functions, names, all, &this);
        if (complaint)
            complain_of(&lines, complaint);
        else
            add(all, &this);
    }
    return lines.sound;
}

int main(int argc, char **argv)
{
    if (argc < 4) {
        fprintf(stderr, "adjust FILE FUNCTIONS SUBMISSIONS [others]\n");
        return 2;
    }
    static char list[1 << 22];
    FILE *file = fopen(argv[3], "r");
    if (!file)
        stop(argv[3]);
    const Names names = {list, fread(list, 1, sizeof list - 1, file), argc > 4};
    Adjustments all = {0};
    bool sound = read_lines(argv[1], read_text(argv[2]), &names, &all);
    for (int i = 0; sound && i < all.count; i++)
        printf("%s\t%s\t%s\t%s\n", all.list[i].submission, all.list[i].function, all.list[i].points,
               all.list[i].reason);
    free(all.list);
    return sound ? 0 : 1;
}
