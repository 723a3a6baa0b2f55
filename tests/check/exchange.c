#include "exchange.h"

#include <stdlib.h>
#include <string.h>

#include "error.h"

/* What is done to the inputs. */
typedef struct {
    enum { EXCHANGED, INSTEAD, OUTPUT_INSTEAD, AXES } way;
    int one, other; /* arguments; `other` stands for `one`. Of AXES: the argument, and the first of
                       two neighbouring axes */
} Misreading;

static bool is_read_only(const Argument *argument)
{
    return is_input(argument) && !is_output(argument);
}

static bool can_stand_for(const Argument *one, const Argument *other)
{
    return is_read_only(one) && (one->kind == IN_INDEX) == (other->kind == IN_INDEX) &&
           one->limit == other->limit && strcmp(one->shape, other->shape) == 0;
}

static bool is_possible(const Exercise *exercise, const Misreading *misreading)
{
    const Argument *one = &exercise->arguments[misreading->one];
    const Argument *other = &exercise->arguments[misreading->other];
    switch (misreading->way) {
    case EXCHANGED:
        return misreading->one < misreading->other && is_read_only(other) &&
               can_stand_for(one, other);
    case INSTEAD:
        return misreading->one != misreading->other && is_read_only(other) &&
               can_stand_for(one, other);
    case OUTPUT_INSTEAD:
        return other->kind == OUT && can_stand_for(one, other);
    case AXES:
        return is_read_only(one) && (size_t)misreading->other + 1 < strlen(one->shape);
    }
    return false;
}

/* -- what comes of it -----------------------------------------------------------------------------
 */

/* The element (.., i, j, ..) is read where (.., j, i, ..) would lie if the axes were the other way
 * round. */
static void exchange_axes(const Exercise *exercise, const Misreading *misreading, Trial *trial)
{
    const Argument *argument = &exercise->arguments[misreading->one];
    size_t size = element_bytes(argument);
    int rows = size_of(exercise, trial->sizes, argument->shape[misreading->other]);
    int columns = size_of(exercise, trial->sizes, argument->shape[misreading->other + 1]),
        inner = 1;
    for (const char *letter = &argument->shape[misreading->other + 2]; *letter; letter++)
        inner *= size_of(exercise, trial->sizes, *letter);
    int count = element_count(exercise, argument, trial->sizes);
    char *array = trial->array[misreading->one], *before = malloc((size_t)count * size);
    if (!before)
        error_stop("out of memory");
    memcpy(before, array, (size_t)count * size);
    for (int at = 0; at < count; at++) {
        int in = at % inner, j = at / inner % columns, i = at / inner / columns % rows;
        int block = at / (inner * rows * columns);
        int from = ((block * columns + j) * rows + i) * inner + in;
        memcpy(array + (size_t)at * size, before + (size_t)from * size, size);
    }
    free(before);
}

static void apply(const Trials *trials, const Misreading *misreading, int t, Trial *trial)
{
    const Exercise *exercise = trials->exercise;
    const Trial *given = &trials->given[t];
    const Trial *source = misreading->way == OUTPUT_INSTEAD ? &trials->want[t] : given;
    if (misreading->way == AXES) {
        exchange_axes(exercise, misreading, trial);
        return;
    }
    size_t bytes = array_bytes(exercise, &exercise->arguments[misreading->one], given->sizes);
    memcpy(trial->array[misreading->one], source->array[misreading->other], bytes);
    if (misreading->way == EXCHANGED)
        memcpy(trial->array[misreading->other], given->array[misreading->one], bytes);
}

static Fitting try(const Trials *trials, const Misreading *misreading, Outputs open)
{
    Trials changed = *trials;
    changed.given = malloc((size_t)trials->count * sizeof *changed.given);
    if (!changed.given)
        error_stop("out of memory");
    for (int t = 0; t < trials->count; t++) {
        changed.given[t] = trial_copy(trials->exercise, &trials->given[t]);
        apply(trials, misreading, t, &changed.given[t]);
    }
    if (misreading->way == OUTPUT_INSTEAD)
        open &= ~(1u << misreading->other); /* nothing is explained by itself */
    Fit fit = fit_new(&changed);
    Fitting fitting = fit_open(&fit, trials->exercise->reference, open);
    fit_free(&fit);
    for (int t = 0; t < trials->count; t++)
        trial_free(&changed.given[t]);
    free(changed.given);
    return fitting;
}

/* -- all of them ----------------------------------------------------------------------------------
 */

static void describe(const Exercise *exercise, const Misreading *misreading, Diagnosis *found)
{
    const Argument *argument = &exercise->arguments[misreading->one];
    const char *one = argument->name, *other = exercise->arguments[misreading->other].name;
    char outer = argument->shape[misreading->other],
         inner = outer ? argument->shape[misreading->other + 1] : 0;
    switch (misreading->way) {
    case EXCHANGED:
        diagnosis_label(found, "exchanged:%s:%s", one, other);
        diagnosis_say(found, "%s and %s are exchanged.", one, other);
        break;
    case INSTEAD:
    case OUTPUT_INSTEAD:
        diagnosis_label(found, "instead:%s:%s", other, one);
        diagnosis_say(found, "%s stands wherever %s belongs.", other, one);
        break;
    case AXES:
        diagnosis_label(found, "axes:%s:%c%c", one, outer, inner);
        diagnosis_say(found,
                      "%s is read as if its axes lay the other way round: first %c, then %c.", one,
                      inner, outer);
        break;
    }
}

Outputs exchanged_inputs(const Trials *trials, Outputs open, Diagnosis *found)
{
    const Exercise *exercise = trials->exercise;
    int arguments = count_arguments(exercise), as_good = 0;
    Fitting best = {0};
    for (int way = EXCHANGED; way <= AXES; way++)
        for (int at = 0; at < arguments * arguments; at++) {
            const Misreading misreading = {way, at / arguments, at % arguments};
            Fitting fitting = {0};
            if (is_possible(exercise, &misreading))
                fitting = try(trials, &misreading, open);
            bool better = fits_better(fitting, best);
            as_good = better ? 1 : as_good + (fitting.outputs && !fits_better(best, fitting));
            if (!better)
                continue;
            best = fitting;
            describe(exercise, &misreading, found);
        }
    return as_good == 1 ? best.outputs : 0;
}
