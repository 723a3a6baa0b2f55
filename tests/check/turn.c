/* turn.c: every dial of a chapter's copies, turned. At rest a copy is right; at no position does it
 * crash, hang or leave its arrays, which the sanitizers that this is built with look after.
 *
 * It is linked with one chapter's exercises and dials. It prints how many dials and positions there
 * are, and how many of these change nothing; it ends with 1 if something is wrong at rest. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "compare.h"
#include "dial.h"
#include "trial.h"

static const Dialed *copy_of(const char *name)
{
    const Dialed *d = dialed;
    while (d->name && strcmp(d->name, name) != 0)
        d++;
    return d->name ? d : NULL;
}

/* Sets got to what the copy makes of given. */
static void answer(Trials *trials, Function function)
{
    for (int t = 0; t < trials->count; t++) {
        trial_free(&trials->got[t]);
        trials->got[t] = trial_copy(trials->exercise, &trials->given[t]);
        trial_call(trials->exercise, &trials->got[t], function);
    }
}

/* How many positions of the dial give the right answer. */
static int count_idle(Trials *trials, const Dialed *copy, int dial, int show)
{
    int idle = 0;
    for (int at = 1; at < dials[dial].positions; at++) {
        dial_at[dial] = (unsigned char)at;
        answer(trials, copy->function);
        if (!outputs_agree(trials))
            continue;
        idle++;
        if (show)
            printf("%s:%d: %d of kind %d on %s\n", copy->name, dials[dial].line, at,
                   dials[dial].kind, dials[dial].text);
    }
    dial_at[dial] = 0;
    return idle;
}

static int complain(const char *name, const char *what)
{
    printf("%s %s\n", name, what);
    return EXIT_FAILURE;
}

int main(int argc, char **argv)
{
    int positions = 0, idle = 0, count = 0, show = argc > 1 && strcmp(argv[1], "--idle") == 0;
    for (int i = 0; check.exercises[i]; i++) {
        const Dialed *copy = copy_of(check.exercises[i]->name);
        if (!copy) /* one without a dial has been copied as it is */
            return complain(check.exercises[i]->name, "has no copy with dials");
        Trials trials = trials_new(check.exercises[i], 1, 1);
        trials_solve(&trials);
        answer(&trials, copy->function);
        if (!outputs_agree(&trials))
            return complain(copy->name, "is wrong at rest");
        for (int dial = copy->first; dial < copy->first + copy->count; dial++) {
            positions += dials[dial].positions - 1;
            idle += count_idle(&trials, copy, dial, show);
        }
        count += copy->count;
        trials_free(&trials);
    }
    printf("%s: %d dials, %d positions, %d of them change nothing\n", check.name, count, positions,
           idle);
    return EXIT_SUCCESS;
}
