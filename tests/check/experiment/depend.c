#include "depend.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "beside.h"
#include "compare.h"

/* Fewer pairs of elements may miss each other by chance: a slope is zero here and there. */
enum { LEAST_PAIRS = 3 };

/* What moved, of what is wanted and of what was got. */
enum { WANTED, GOT, SIDES };

static const Argument *argument_of(const Experiment *experiment, int i)
{
    return &experiment->trials->exercise->arguments[i];
}

typedef void See(void *seen, int side, const Variant *variant, int at);

/* Calls see() for each element of the output that moves in variant number v. */
static void look_at(const Experiment *experiment, int v, int output, See *see, void *seen)
{
    const Variant *variant = &experiment->variants[v];
    const Trials *again = &experiment->again;
    const Output o = output_of(experiment->trials, output, variant->trial);
    const double scale[SIDES] = {o.scale, scale_of_both(&o)};
    const real *before[SIDES] = {o.want, o.got};
    const real *after[SIDES] = {again->want[v].array[output], again->got[v].array[output]};
    for (int side = 0; side < SIDES; side++)
        for (int at = 0; at < o.n; at++)
            if (state_of(after[side][at], before[side][at], scale[side]) != SAME)
                see(seen, side, variant, at);
}

/* The same for all variants in which an element of this input was moved. Returns how many these
 * are.
 */
static int look(const Experiment *experiment, int input, int output, See *see, void *seen)
{
    int count = 0;
    for (int v = 0; v < experiment->again.count; v++) {
        const Variant *variant = &experiment->variants[v];
        if (variant->change != MOVED || variant->input != input)
            continue;
        count++;
        look_at(experiment, v, output, see, seen);
    }
    return count;
}

/* -- whether at all -----------------------------------------------------------------------------
 */

static void see_any(void *seen, int side, const Variant *variant, int at)
{
    (void)variant, (void)at;
    ((int *)seen)[side]++;
}

static bool is_listed(const char *list, const char *name)
{
    size_t length = strlen(name);
    for (const char *at = list; (at = strstr(at, name)); at++)
        if ((at == list || at[-1] == ' ') && (!at[length] || at[length] == ','))
            return true;
    return false;
}

static void append_name(char list[LABEL_SIZE], const char *name)
{
    size_t used = strlen(list);
    if (!is_listed(list, name))
        snprintf(list + used, LABEL_SIZE - used, "%s%s", used ? ", " : "", name);
}

/* "x", or "x, h" if h was made from x and moves with it. */
static void append_moved(const Experiment *experiment, int input, char list[LABEL_SIZE])
{
    const Exercise *exercise = experiment->trials->exercise;
    int v = 0;
    while (experiment->variants[v].change != MOVED || experiment->variants[v].input != input)
        v++;
    const Trial *given = &experiment->trials->given[experiment->variants[v].trial];
    append_name(list, exercise->arguments[input].name);
    for (int i = 0; i < count_arguments(exercise); i++) {
        const Argument *a = &exercise->arguments[i];
        if (experiment->variants[v].joint && i != input && is_input(a) &&
            memcmp(given->array[i], experiment->again.given[v].array[i],
                   array_bytes(exercise, a, given->sizes)) != 0)
            append_name(list, a->name);
    }
}

/* Lists the inputs with which only one side ever moves. False if there are none. */
static bool list_only(const Experiment *experiment, int side, int output, char list[LABEL_SIZE])
{
    list[0] = '\0';
    for (int i = 0; i < count_arguments(experiment->trials->exercise); i++) {
        int seen[SIDES] = {0};
        if (i != output && is_input(argument_of(experiment, i)) &&
            (side == WANTED || argument_of(experiment, i)->shape[0]) &&
            look(experiment, i, output, see_any, seen) && seen[side] >= LEAST_PAIRS &&
            seen[!side] == 0)
            append_moved(experiment, i, list);
    }
    return list[0];
}

/* "x has", "x, h have" */
static const char *has(const char *list)
{
    return strchr(list, ',') ? "have" : "has";
}

/* The label has no blanks. */
static void label_list(Diagnosis *found, const char *what, const char *list)
{
    diagnosis_label(found, "%s-%.60s", what, list);
    for (char *at = found->label; (at = strstr(at, ", "));)
        memmove(at, at + 1, strlen(at)), *at = '-';
}

bool depend_ignored(const Experiment *experiment, int output, Diagnosis *found)
{
    char list[LABEL_SIZE];
    if (!list_only(experiment, WANTED, output, list))
        return false;
    label_list(found, "ignores", list);
    return diagnosis_say(found, "%s %s no influence on %s, and should have.", list, has(list),
                         argument_of(experiment, output)->name);
}

bool depend_extra(const Experiment *experiment, int output, Diagnosis *found)
{
    char list[LABEL_SIZE];
    if (!list_only(experiment, GOT, output, list))
        return false;
    label_list(found, "moves-with", list);
    return diagnosis_say(found, "%s%s has an influence on %s, and should have none.",
                         strchr(list, ',') ? "One of " : "", list,
                         argument_of(experiment, output)->name);
}

/* -- along an axis of both ----------------------------------------------------------------------
 */

/* How often an element moves with its own line of the input, with one before it, one behind it; and
 * how many lines do so with their own. */
typedef struct {
    int own, before, after, lines;
} Reach;

typedef struct {
    const Experiment *experiment;
    int output, of_input, of_output; /* the axis in the input, in the output */
    int trial[SIDES];                /* of the last line that moved with its own */
    uint64_t seen[SIDES];            /* which lines of that trial did */
    Reach reach[SIDES];
} Axis;

static void see_reach(void *seen, int side, const Variant *variant, int at)
{
    Axis *axis = seen;
    const Experiment *experiment = axis->experiment;
    const Exercise *exercise = experiment->trials->exercise;
    const int *sizes = experiment->trials->given[variant->trial].sizes;
    int from = index_along(exercise, argument_of(experiment, variant->input), sizes, variant->at,
                           axis->of_input);
    int to =
        index_along(exercise, argument_of(experiment, axis->output), sizes, at, axis->of_output);
    Reach *reach = &axis->reach[side];
    if (axis->trial[side] != variant->trial)
        axis->seen[side] = 0;
    axis->trial[side] = variant->trial;
    if (from == to && from < 64 && !(axis->seen[side] >> from & 1)) {
        axis->seen[side] |= UINT64_C(1) << from;
        reach->lines++;
    }
    ++*(from == to ? &reach->own : from < to ? &reach->before : &reach->after);
}

/* "row" */
static const char *line_of(const Argument *a, int axis)
{
    size_t rank = strlen(a->shape);
    return rank == 1 ? "element" : rank == 2 && axis == 1 ? "column" : rank == 2 ? "row" : "part";
}

static bool is_wanted_own(const Reach *r)
{
    return r->own >= LEAST_PAIRS && r->before + r->after == 0;
}

static bool is_wanted_all(const Reach *r)
{
    return r->own >= LEAST_PAIRS && r->before >= LEAST_PAIRS && r->after >= LEAST_PAIRS;
}

/* What is wrong with the reach, NULL if nothing: a format for the output, its line, the input's
 * line, the input. */
static const char *reach_in_words(const Reach *want, const Reach *got, const char **label)
{
    if (is_wanted_own(want) && 4 * got->lines <= 3 * want->lines &&
        got->before + got->after >= LEAST_PAIRS)
        return *label = "other-index",
               "In %s %s changes with another %s of %s, and not always with its own. Is there a "
               "wrong index, or is something not begun anew?";
    if (is_wanted_own(want) && got->before >= LEAST_PAIRS && got->after == 0)
        return *label = "carries-over",
               "In %s %s changes with %ss of %s before it, too; only its own should count. "
               "Is a sum or a product not begun anew, or an index wrong?";
    if (is_wanted_own(want) && got->before == 0 && got->after >= LEAST_PAIRS)
        return *label = "carries-over",
               "In %s %s changes with %ss of %s behind it, too; only its own should count. "
               "Is a sum or a product not begun anew, or an index wrong?";
    if (is_wanted_own(want) && got->before >= LEAST_PAIRS && got->after >= LEAST_PAIRS)
        return *label = "reaches-too-far",
               "In %s %s changes with more than its own %s of %s; only that should count. Does a "
               "sum run over too much?";
    if (is_wanted_all(want) && got->own >= LEAST_PAIRS && got->before + got->after == 0)
        return *label = "own-only",
               "In %s %s changes with no %s of %s but its own; all should count. Is a sum "
               "missing, or does one run over the wrong index?";
    if (is_wanted_all(want) && got->before >= LEAST_PAIRS && got->after == 0)
        return *label = "incomplete-sum",
               "In %s %s changes with no %s of %s behind its own; all should count. Is a sum "
               "used before it is complete?";
    if (is_wanted_all(want) && got->before == 0 && got->after >= LEAST_PAIRS)
        return *label = "incomplete-sum",
               "In %s %s changes with no %s of %s before its own; all should count. Does a sum "
               "begin too late?";
    return NULL;
}

/* Where the letter stands in the shape, if it stands there once; or else -1. */
static int axis_of(const Argument *a, char letter)
{
    const char *first = strchr(a->shape, letter);
    return first && !strchr(first + 1, letter) ? (int)(first - a->shape) : -1;
}

/* Is another input prepared from this one? Then an answer may do without the one, or the other. */
static bool moves_others(const Experiment *experiment, int input)
{
    for (int v = 0; v < experiment->again.count; v++)
        if (experiment->variants[v].input == input && experiment->variants[v].joint)
            return true;
    return false;
}

static bool reach_along(const Experiment *experiment, int input, int output, char letter,
                        Diagnosis *found)
{
    const Argument *in = argument_of(experiment, input), *out = argument_of(experiment, output);
    Axis axis = {experiment, output, axis_of(in, letter), axis_of(out, letter), {-1, -1},
                 {0},        {{0}}};
    const char *label, *words;
    if (axis.of_input < 0 || axis.of_output < 0 ||
        !look(experiment, input, output, see_reach, &axis) ||
        (is_wanted_all(&axis.reach[WANTED]) && moves_others(experiment, input)) ||
        !(words = reach_in_words(&axis.reach[WANTED], &axis.reach[GOT], &label)))
        return false;
    diagnosis_label(found, "%s", label);
    char line[16];
    snprintf(line, sizeof line, "%s %s", strlen(out->shape) == 1 ? "an" : "a",
             line_of(out, axis.of_output));
    return diagnosis_say(found, words, out->name, line, line_of(in, axis.of_input), in->name);
}

/* Of reals alone: an index that points elsewhere may have been counted, too, and counts still. */
bool depend_reach(const Experiment *experiment, int output, Diagnosis *found)
{
    const Argument *out = argument_of(experiment, output);
    for (int i = 0; i < count_arguments(experiment->trials->exercise); i++)
        for (const char *letter = out->shape; *letter && i != output; letter++)
            if (is_real_input(argument_of(experiment, i)) &&
                reach_along(experiment, i, output, *letter, found))
                return true;
    return false;
}

/* -- along an axis of the input alone -----------------------------------------------------------
 */

enum { FIRST, MIDDLE, LAST, PLACES };

typedef struct {
    const Experiment *experiment;
    int axis;
    int moved[SIDES][PLACES];
} Places;

/* Only where there are three or more: of two, the first alone is all but the last. */
static void see_place(void *seen, int side, const Variant *variant, int at)
{
    Places *places = seen;
    const Exercise *exercise = places->experiment->trials->exercise;
    const int *sizes = places->experiment->trials->given[variant->trial].sizes;
    const Argument *in = &exercise->arguments[variant->input];
    int size = size_of(exercise, sizes, in->shape[places->axis]);
    int index = index_along(exercise, in, sizes, variant->at, places->axis);
    (void)at;
    if (size > 2)
        places->moved[side][index == 0 ? FIRST : index == size - 1 ? LAST : MIDDLE]++;
}

/* A format for the input's line, the input, the output. */
static const char *place_in_words(const int want[PLACES], const int got[PLACES])
{
    static const struct {
        bool moved[PLACES];
        const char *words;
    } table[] = {
        {{false, true, true},
         "The first %s of %s has no part in %s, and should have. Does a loop "
         "begin too late, or is an index wrong?"},
        {{true, true, false},
         "The last %s of %s has no part in %s, and should have. Does a loop "
         "end too soon, or is an index wrong?"},
        {{true, false, false}, "Only the first %s of %s has a part in %s; all should have."},
        {{false, false, true},
         "Only the last %s of %s has a part in %s; all should have. Is there "
         "a = for a +=, or a sum set back too often?"},
    };
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        bool fits = true;
        for (int p = 0; p < PLACES; p++)
            fits &= want[p] > 0 && (got[p] > 0) == table[i].moved[p];
        if (fits)
            return table[i].words;
    }
    return NULL;
}

static bool part_along(const Experiment *experiment, int input, int output, int axis,
                       Diagnosis *found)
{
    const Argument *in = argument_of(experiment, input), *out = argument_of(experiment, output);
    Places places = {experiment, axis, {{0}}};
    const char *words;
    if (strchr(out->shape, in->shape[axis]) ||
        !look(experiment, input, output, see_place, &places) ||
        !(words = place_in_words(places.moved[WANTED], places.moved[GOT])))
        return false;
    diagnosis_label(found, "part-of-%s", in->name);
    return diagnosis_say(found, words, line_of(in, axis), in->name, out->name);
}

bool depend_part(const Experiment *experiment, int output, Diagnosis *found)
{
    for (int i = 0; i < count_arguments(experiment->trials->exercise); i++)
        for (int axis = 0; is_input(argument_of(experiment, i)) && i != output &&
                           argument_of(experiment, i)->shape[axis];
             axis++)
            if (part_along(experiment, i, output, axis, found))
                return true;
    return false;
}
