#include "listed.h"

#include "compare.h"
#include "words.h"

/* How far what was made is from what the answer made, over all cases. */
static double distance_of(const Fit *fit)
{
    const Trials *trials = fit->trials;
    double sum = 0;
    for (int i = 0; i < count_arguments(trials->exercise); i++)
        for (int t = 0; t < trials->count && is_output(&trials->exercise->arguments[i]); t++) {
            const Output o = output_of(trials, i, t);
            const real *made = fit->made[t].array[i];
            for (int at = 0; at < o.n; at++)
                if (isfinite(o.got[at]) && isfinite(made[at]))
                    sum += fabs((double)o.got[at] - (double)made[at]);
        }
    return sum;
}

/* A label that no dial has (see table.c) fits nothing. */
static Outputs fit_mistake(Fit *fit, const Mistake *mistake, Outputs among)
{
    const Dialed *copy = dialed_named(fit->trials->exercise->name);
    Turn turn;
    if (mistake->function)
        return fit_outputs(fit, mistake->function, among);
    if (!copy || !turn_labelled(copy, mistake->label, &turn))
        return 0;
    return turn_outputs(fit, copy, &turn, among);
}

int listed_mistake(const Trials *trials)
{
    Fit fit = fit_new(trials);
    Outputs all = all_outputs(trials->exercise);
    int nearest = -1;
    double least = INFINITY;
    for (int m = 0; m < count_mistakes(trials->exercise); m++) {
        if (fit_mistake(&fit, &trials->exercise->mistakes[m], all) != all)
            continue;
        double distance = distance_of(&fit);
        if (distance < least) {
            least = distance;
            nearest = m;
        }
    }
    fit_free(&fit);
    return nearest;
}

int listed_mistake_in(Fit *fit, Outputs open, bool exact, Outputs *made)
{
    const Exercise *exercise = fit->trials->exercise;
    Outputs right = all_outputs(exercise) & ~fit->wrong;
    int best = -1;
    *made = 0;
    for (int m = 0; m < count_mistakes(exercise); m++) {
        const Mistake *mistake = &exercise->mistakes[m];
        Outputs outputs = fit_mistake(fit, mistake, open & fit->telling);
        if (count_outputs(outputs) <= count_outputs(*made) ||
            (exact && fit_mistake(fit, mistake, right) != right))
            continue;
        *made = outputs;
        best = m;
    }
    return best;
}
