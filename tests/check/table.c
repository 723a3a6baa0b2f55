#include "table.h"

#include <stdio.h>

#include "compare.h"
#include "listed.h"

static bool all_numbers(const Trials *trials)
{
    for (int i = 0; i < count_arguments(trials->exercise); i++)
        for (int t = 0; t < trials->count; t++) {
            if (trials->exercise->arguments[i].kind == IN_INDEX)
                continue; /* whole numbers, not reals */
            const Output o = output_of(trials, i, t);
            for (int at = 0; at < o.n; at++)
                if (isnan(o.want[at])) /* an infinity may well be meant: a masked score */
                    return false;
        }
    return true;
}

/* Answers every case with this function. */
static void answer_with(Trials *trials, Function function)
{
    for (int t = 0; t < trials->count; t++) {
        trial_free(&trials->got[t]);
        trials->got[t] = trial_copy(trials->exercise, &trials->given[t]);
        trial_call(trials->exercise, &trials->got[t], function);
    }
}

static bool reference_is_sound(Trials *trials)
{
    int trial, at;
    trials_solve(trials);
    answer_with(trials, trials->exercise->reference);
    bool sound =
        all_numbers(trials) && outputs_agree(trials) && !changed_input(trials, &trial, &at);
    if (!sound)
        printf("    %s: its reference leaves something unwritten, or no number, or changes "
               "an input\n",
               trials->exercise->name);
    return sound;
}

static bool print_exercise(const Exercise *exercise, uint64_t seed, int rounds)
{
    int tried = count_mistakes(exercise), refused = 0, named = 0;
    Trials trials = trials_new(exercise, seed, rounds);
    bool sound = reference_is_sound(&trials);
    for (int m = 0; m < tried; m++) {
        answer_with(&trials, exercise->mistakes[m].function);
        bool wrong = !outputs_agree(&trials);
        int found = listed_mistake(&trials);
        refused += wrong;
        named += found == m;
        if (!wrong)
            printf("    %s: mistake %d passes for right\n", exercise->name, m + 1);
        else if (found != m)
            printf("    %s: mistake %d is taken for %d\n", exercise->name, m + 1, found + 1);
    }
    trials_free(&trials);
    printf("  %-36s %5d  %7d  %5d\n", exercise->name, tried, refused, named);
    return sound && refused == tried && named == tried;
}

bool table_print(uint64_t seed, int rounds)
{
    bool good = true;
    printf("%-38s tried  refused  named\n", check.name);
    for (int i = 0; check.exercises[i]; i++)
        good = print_exercise(check.exercises[i], seed, rounds) && good;
    return good;
}
