#include "fit.h"

#include <stdlib.h>
#include <string.h>

#include "compare.h"
#include "error.h"

static bool is_in(real x, int n, const real *array)
{
    for (int i = 0; i < n; i++)
        if (array[i] == x)
            return true;
    return false;
}

static bool is_given(const Trials *trials, int t, real x)
{
    const Exercise *exercise = trials->exercise;
    const Trial *given = &trials->given[t];
    for (int i = 0; i < count_arguments(exercise); i++) {
        const Argument *a = &exercise->arguments[i];
        if (is_input(a) && a->kind != IN_INDEX &&
            is_in(x, element_count(exercise, a, given->sizes), given->array[i]))
            return true;
    }
    return false;
}

/* A single number that is updated, and is one that was given, in every case: one of a few, and
 * which of them may be chance. */
static bool is_picked(const Trials *trials, int argument)
{
    const Argument *a = &trials->exercise->arguments[argument];
    bool picked = a->kind == IN_OUT && a->shape[0] == '\0';
    for (int t = 0; t < trials->count && picked; t++)
        picked = is_given(trials, t, *output_of(trials, argument, t).got);
    return picked;
}

/* Still what was given. */
static bool is_untouched(const Trials *trials, int argument)
{
    bool same = trials->exercise->arguments[argument].kind == IN_OUT;
    for (int t = 0; t < trials->count && same; t++) {
        const Output o = output_of(trials, argument, t);
        same = arrays_agree(o.n, o.got, trials->given[t].array[argument]);
    }
    return same;
}

static bool has_number(const Trials *trials, int argument)
{
    for (int t = 0; t < trials->count; t++) {
        const Output o = output_of(trials, argument, t);
        for (int i = 0; i < o.n; i++)
            if (state_of(o.got[i], o.want[i], o.scale) == DIFFERENT)
                return true;
    }
    return false;
}

/* There are many pairs of mistakes, and 0 or a number that was given comes out of a lot of them: it
 * takes a few numbers that are neither. */
static bool is_firm(const Trials *trials, int argument)
{
    enum { ENOUGH = 3 };
    int count = 0;
    for (int t = 0; t < trials->count && count < ENOUGH; t++) {
        const Output o = output_of(trials, argument, t);
        for (int i = 0; i < o.n && count < ENOUGH; i++)
            count += state_of(o.got[i], o.want[i], o.scale) == DIFFERENT && o.got[i] != 0 &&
                     !is_given(trials, t, o.got[i]);
    }
    return count == ENOUGH;
}

/* What was not written is all that is wrong: that tells more than a loop that is too short. */
static bool is_unfinished(const Trials *trials, int argument)
{
    for (int t = 0; t < trials->count; t++) {
        const Output o = output_of(trials, argument, t);
        for (int i = 0; i < o.n; i++) {
            State state = state_of(o.got[i], o.want[i], o.scale);
            if (state != SAME && state != UNWRITTEN)
                return false;
        }
    }
    return true;
}

static Outputs wrong_outputs(const Trials *trials)
{
    Outputs wrong = 0;
    for (int i = 0; i < count_arguments(trials->exercise); i++)
        if (is_output(&trials->exercise->arguments[i]) && find_difference(trials, i).trial >= 0)
            wrong |= 1u << i;
    return wrong;
}

Fit fit_new(const Trials *trials)
{
    Fit fit = {.trials = trials, .wrong = wrong_outputs(trials)};
    for (int i = 0; i < count_arguments(trials->exercise); i++) {
        Outputs this = fit.wrong & 1u << i;
        bool tells = this && !is_one_number(trials, i) && !is_picked(trials, i) &&
                     !is_untouched(trials, i) && !is_unfinished(trials, i);
        fit.telling |= tells ? this : 0;
        fit.numbers |= this && has_number(trials, i) ? this : 0;
        fit.firm |= tells && is_firm(trials, i) ? this : 0;
    }
    fit.made = malloc((size_t)trials->count * sizeof *fit.made);
    if (!fit.made)
        error_stop("out of memory");
    for (int t = 0; t < trials->count; t++)
        fit.made[t] = trial_copy(trials->exercise, &trials->given[t]);
    return fit;
}

void fit_free(Fit *fit)
{
    for (int t = 0; t < fit->trials->count; t++)
        trial_free(&fit->made[t]);
    free(fit->made);
}

static void make(Fit *fit, int t, Function function)
{
    const Exercise *exercise = fit->trials->exercise;
    const Trial *given = &fit->trials->given[t];
    for (int i = 0; i < count_arguments(exercise); i++)
        memcpy(fit->made[t].array[i], given->array[i],
               array_bytes(exercise, &exercise->arguments[i], given->sizes));
    trial_call(exercise, &fit->made[t], function);
}

Outputs fit_outputs(Fit *fit, Function function, Outputs among)
{
    const Exercise *exercise = fit->trials->exercise;
    for (int t = 0; t < fit->trials->count && among; t++) {
        const Trial *got = &fit->trials->got[t];
        make(fit, t, function);
        for (int i = 0; i < count_arguments(exercise); i++) {
            int n =
                among >> i & 1 ? element_count(exercise, &exercise->arguments[i], got->sizes) : 0;
            if (!arrays_agree(n, got->array[i], fit->made[t].array[i]))
                among &= ~(1u << i);
        }
    }
    return among;
}

Fitting fit_open(Fit *fit, Function function, Outputs open)
{
    Fitting fitting = {.outputs = fit_outputs(fit, function, open)};
    if (fitting.outputs)
        fitting.all = fit_outputs(fit, function, all_outputs(fit->trials->exercise));
    return fitting;
}

bool fits_better(Fitting one, Fitting other)
{
    int more = count_outputs(one.outputs) - count_outputs(other.outputs);
    return more ? more > 0 : count_outputs(one.all) > count_outputs(other.all);
}

Outputs all_outputs(const Exercise *exercise)
{
    Outputs all = 0;
    for (int i = 0; i < count_arguments(exercise); i++)
        all |= is_output(&exercise->arguments[i]) ? 1u << i : 0;
    return all;
}

int count_outputs(Outputs outputs)
{
    int count = 0;
    for (; outputs; outputs &= outputs - 1)
        count++;
    return count;
}
