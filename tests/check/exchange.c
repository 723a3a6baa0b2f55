#include "exchange.h"

#include <string.h>

/* What is passed for argument `one` and what for `other`. */
typedef struct {
    int one, other;
    int for_one, for_other;
} Exchange;

static bool can_stand_for(const Argument *one, const Argument *other)
{
    return is_input(one) && is_input(other) && !is_output(one) && !is_output(other) &&
           (one->kind == IN_INDEX) == (other->kind == IN_INDEX) && one->limit == other->limit &&
           strcmp(one->shape, other->shape) == 0;
}

static Fitting try(Fit *fit, const Exchange *exchange, Outputs open)
{
    fit->passed[exchange->one] = exchange->for_one;
    fit->passed[exchange->other] = exchange->for_other;
    Fitting fitting = fit_open(fit, fit->trials->exercise->reference, open);
    fit->passed[exchange->one] = exchange->one;
    fit->passed[exchange->other] = exchange->other;
    return fitting;
}

static void describe(const Exercise *exercise, const Exchange *found, Diagnosis *diagnosis)
{
    const char *one = exercise->arguments[found->one].name;
    const char *other = exercise->arguments[found->other].name;
    bool both = found->for_one == found->other && found->for_other == found->one;
    const char *stands = found->for_one == found->one ? one : other;
    const char *belongs = found->for_one == found->one ? other : one;
    diagnosis_label(diagnosis, both ? "exchanged:%s:%s" : "instead:%s:%s", stands, belongs);
    if (both)
        diagnosis_say(diagnosis, "%s and %s are exchanged.", one, other);
    else
        diagnosis_say(diagnosis, "%s stands wherever %s belongs.", stands, belongs);
}

Outputs exchanged_inputs(Fit *fit, Outputs open, Diagnosis *found)
{
    const Exercise *exercise = fit->trials->exercise;
    Fitting best = {0};
    int ways = 0;
    for (int i = 0; i < count_arguments(exercise); i++)
        for (int j = i + 1; j < count_arguments(exercise); j++) {
            const Exchange all[] = {{i, j, j, i}, {i, j, i, i}, {i, j, j, j}};
            bool can = can_stand_for(&exercise->arguments[i], &exercise->arguments[j]);
            for (int way = 0; way < (can ? 3 : 0); way++) {
                Fitting fitting = try(fit, &all[way], open);
                bool better = fits_better(fitting, best);
                ways = better ? 1 : ways + (fitting.outputs && !fits_better(best, fitting));
                if (!better)
                    continue;
                best = fitting;
                describe(exercise, &all[way], found);
            }
        }
    return ways == 1 ? best.outputs : 0;
}
