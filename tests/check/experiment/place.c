#include "place.h"

#include <math.h>

#include "compare.h"

/* Which of a vector's elements are left as they were; of one number, that one. */
typedef enum { ALL, BUT_FIRST, BUT_LAST, PARTS } Left;

static bool is_left(Left part, int at, int n)
{
    return part == BUT_FIRST ? at != 0 : part == BUT_LAST ? at != n - 1 : true;
}

/* Are these elements left as they were, and the others right, in every case? */
static bool left_as_it_was(const Trials *trials, int output, Left part)
{
    for (int t = 0; t < trials->count; t++) {
        const Output o = output_of(trials, output, t);
        const real *before = trials->given[t].array[output];
        for (int at = 0; at < o.n; at++) {
            bool left = o.got[at] == before[at] || (isnan(o.got[at]) && isnan(before[at]));
            bool right = state_of(o.got[at], o.want[at], o.scale) == SAME;
            if (is_left(part, at, o.n) ? !left : !right)
                return false;
        }
    }
    return true;
}

bool place_unchanged(const Trials *trials, int output, Diagnosis *found)
{
    static const char *const words[PARTS] = {
        [ALL] = "%s is left as it was. Is the new value stored in a variable of your own only?",
        [BUT_FIRST] = ("%s is left as it was but for its first element, which is right. Does the "
                       "loop end too soon?"),
        [BUT_LAST] = "%s is left as it was but for its last element, which is right."};
    const Argument *a = &trials->exercise->arguments[output];
    for (int part = 0; part < PARTS && a->kind == IN_OUT; part++)
        if (left_as_it_was(trials, output, (Left)part)) {
            diagnosis_label(found, "unchanged");
            return diagnosis_say(found, words[part], a->name);
        }
    return false;
}

bool place_remembered(const Experiment *experiment, int output, Diagnosis *found)
{
    const Trials *trials = experiment->trials;
    for (int v = 0; v < experiment->again.count; v++) {
        if (experiment->variants[v].change != AGAIN)
            continue;
        const Output o = output_of(trials, output, experiment->variants[v].trial);
        const real *again = experiment->again.got[v].array[output];
        for (int at = 0; at < o.n; at++) {
            if (state_of(again[at], o.got[at], o.scale) == SAME)
                continue;
            diagnosis_label(found, "remembers");
            return diagnosis_say(found,
                                 "Called twice with the same inputs, it leaves two different %s. "
                                 "Does something static or global keep its value from call to "
                                 "call, or is a variable not set first?",
                                 trials->exercise->arguments[output].name);
        }
    }
    return false;
}
