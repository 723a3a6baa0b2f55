/* weigh.c: what exercises are worth: weigh FILE FUNCTIONS ASKED
 *
 * A line of FILE is points and a pattern, and may end with a remark behind a #. FUNCTIONS has a
 * line chapter/function for each there is, ASKED for each that is to be marked. Prints for each of
 * the latter chapter/function, a tab and its points: those of the last line that fits it, 1 if none
 * does, and how many these are on standard error. Or, for each line that cannot be followed, one
 * that says why, and ends with status 1. */
#include <fnmatch.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lines.h"
#include "text.h"

enum { LONGEST = 255 }; /* of a pattern */

typedef struct {
    const char *points, *pattern;
} Weight;

typedef struct {
    Weight *list;
    int count;
} Weights;

static char *cut_word(char **line)
{
    char *word = *line + strspn(*line, " ");
    *line = word + strcspn(word, " ");
    if (**line)
        *(*line)++ = '\0';
    return word;
}

static bool fits_any(const char *pattern, const char *functions)
{
    char *rest = text_of("%s", functions);
    for (char *place; (place = next_line(&rest));)
        if (fnmatch(pattern, place, 0) == 0)
            return true;
    return false;
}

/* What is wrong with a line; NULL if nothing is. */
static const char *read_weight(char *line, const char *functions, Weight *weight)
{
    weight->points = cut_word(&line);
    weight->pattern = cut_word(&line);
    if (!*weight->pattern || line[strspn(line, " ")])
        return "wanted: points, and what they are for, such as 2 09_embedding/*";
    if (!is_points(weight->points))
        return no_points(weight->points);
    if (strlen(weight->pattern) > LONGEST)
        return text_of("the pattern is longer than %d letters", LONGEST);
    if (!fits_any(weight->pattern, functions))
        return text_of("%s: fits no exercise; they are called as %.*s is", shown(weight->pattern),
                       (int)strcspn(functions, "\n"), functions);
    return NULL;
}

static void add(Weights *all, const Weight *weight)
{
    all->list = realloc(all->list, (size_t)(all->count + 1) * sizeof *all->list);
    if (!all->list)
        stop("memory");
    all->list[all->count++] = *weight;
}

/* Reads all lines; false if one was complained of. */
static bool read_weights(const char *path, const char *functions, Weights *all)
{
    Lines lines = open_lines(path);
    for (char *line; (line = next_of(&lines));) {
        line[strcspn(line, "#")] = '\0';
        Weight weight;
        const char *complaint = read_weight(line, functions, &weight);
        if (complaint)
            complain_of(&lines, complaint);
        else
            add(all, &weight);
    }
    return lines.sound;
}

/* NULL if no line fits. */
static const char *points_of(const char *place, const Weights *all)
{
    const char *points = NULL;
    for (int i = 0; i < all->count; i++)
        if (fnmatch(all->list[i].pattern, place, 0) == 0)
            points = all->list[i].points;
    return points;
}

static void print_weights(char *asked, const Weights *all, const char *path)
{
    int unnamed = 0;
    for (char *place; (place = next_line(&asked));) {
        const char *points = points_of(place, all);
        unnamed += !points;
        printf("%s\t%.15g\n", place, points ? atof(points) : 1);
    }
    if (unnamed > 0)
        fprintf(stderr, "%s: no line fits %d of the exercises; %s worth 1 point%s\n", path, unnamed,
                unnamed == 1 ? "it is" : "they are", unnamed == 1 ? "" : " each");
}

int main(int argc, char **argv)
{
    if (argc != 4) {
        fprintf(stderr, "weigh FILE FUNCTIONS ASKED\n");
        return 2;
    }
    Weights all = {0};
    bool sound = read_weights(argv[1], read_text(argv[2]), &all);
    if (sound)
        print_weights(read_text(argv[3]), &all, argv[1]);
    free(all.list);
    return sound ? 0 : 1;
}
