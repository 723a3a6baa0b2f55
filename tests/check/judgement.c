#include "judgement.h"

#include <stdio.h>
#include <string.h>

#include "compare.h"

const char *verdict_name(Verdict verdict)
{
    static const char *const names[] = {
        [TO_DO] = "to do",
        [CORRECT] = "right",
        [INCORRECT] = "wrong",
        [CRASHED] = "crashed",
        [TOO_SLOW] = "too slow",
        [ABSENT] = "missing",
        [NOT_COMPILED] = "does not compile",
        [REFUSED] = "refused",
    };
    return names[verdict];
}

/* With as many digits as tell it from the other number. */
static void format_number(char text[32], real x, real other, State state)
{
    char beside[32];
    snprintf(text, 32, "%.6g", (double)x);
    snprintf(beside, sizeof beside, "%.6g", (double)other);
    if (state == UNWRITTEN)
        snprintf(text, 32, "nothing");
    else if (isnan(x))
        snprintf(text, 32, "NaN");
    else if (strcmp(text, beside) == 0)
        snprintf(text, 32, "%.12g", (double)x);
}

static void describe_difference(Judgement *judgement, const Trials *trials, int argument,
                                const Difference *difference)
{
    const Argument *a = &trials->exercise->arguments[argument];
    const Output o = output_of(trials, argument, difference->trial);
    const int *sizes = trials->want[difference->trial].sizes;
    char name[LABEL_SIZE], words[LABEL_SIZE], got[32], want[32], many[64] = "";
    int at = difference->worst;
    format_number(got, o.got[at], o.want[at], state_of(o.got[at], o.want[at], o.scale));
    format_number(want, o.want[at], o.got[at], SAME);
    if (o.n > 1)
        snprintf(many, sizeof many, "; %d of %d elements differ", difference->differ, o.n);
    snprintf(judgement->headline, sizeof judgement->headline, "%s: got %s, want %s (%s)%s",
             element_name(name, trials->exercise, a, sizes, at), got, want,
             sizes_in_words(words, trials->exercise, sizes), many);
    judgement->drawn = argument;
    judgement->trial = difference->trial;
}

/* Goes through the outputs: the first wrong one gives the headline. True if one is wrong. */
static bool compare_outputs(Judgement *judgement, const Trials *trials)
{
    bool wrong = false;
    for (int i = 0; i < count_arguments(trials->exercise); i++) {
        if (!is_output(&trials->exercise->arguments[i]))
            continue;
        Difference difference = find_difference(trials, i);
        if (difference.trial < 0)
            continue;
        if (!wrong)
            describe_difference(judgement, trials, i, &difference);
        wrong = true;
    }
    return wrong;
}

/* An input that was changed is an answer of its own, and the headline if all else is right. */
static void explain_changed_input(Judgement *judgement, const Trials *trials)
{
    char name[LABEL_SIZE], words[LABEL_SIZE];
    int trial, at;
    const Argument *changed = changed_input(trials, &trial, &at);
    if (!changed)
        return;
    const int *sizes = trials->given[trial].sizes;
    element_name(name, trials->exercise, changed, sizes, at);
    if (judgement->verdict == CORRECT)
        snprintf(judgement->headline, sizeof judgement->headline,
                 "changes its input %s (%s); its outputs are right", name,
                 sizes_in_words(words, trials->exercise, sizes));
    judgement->verdict = INCORRECT;
    Diagnosis *note = notes_next(&judgement->notes);
    diagnosis_label(note, "input-changed:%s", changed->name);
    diagnosis_say(
        note, "You changed %s, which is an input. Whoever called still needs it: work on a copy.",
        name);
}

/* The first element whose bits are not those that are wanted; -1 if there is none. */
static int first_not_equal(const Output *o)
{
    for (int i = 0; i < o->n; i++)
        if (o->got[i] != o->want[i])
            return i;
    return -1;
}

/* Where the order of a sum is what is asked, being right up to rounding is not enough. */
static void compare_bits(Judgement *judgement, const Trials *trials)
{
    const Exercise *exercise = trials->exercise;
    char name[LABEL_SIZE], words[LABEL_SIZE];
    for (int t = 0; t < trials->count; t++)
        for (int i = 0; i < count_arguments(exercise); i++) {
            const Argument *a = &exercise->arguments[i];
            if (!is_output(a))
                continue;
            const Output o = output_of(trials, i, t);
            const int at = first_not_equal(&o), *sizes = trials->want[t].sizes;
            if (at < 0)
                continue;
            judgement->verdict = INCORRECT;
            snprintf(judgement->headline, sizeof judgement->headline,
                     "%s: got %.17g, want %.17g (%s)", element_name(name, exercise, a, sizes, at),
                     (double)o.got[at], (double)o.want[at], sizes_in_words(words, exercise, sizes));
            Diagnosis *note = notes_next(&judgement->notes);
            diagnosis_label(note, "not-to-the-bit:%s", a->name);
            diagnosis_say(note, "%s", exercise->to_the_bit);
            return;
        }
}

void judge_answer(Judgement *judgement, Answer *answer, const Setting *setting)
{
    *judgement = (Judgement){.verdict = answer->verdict, .drawn = -1};
    snprintf(judgement->headline, sizeof judgement->headline, "%s", answer->reason);
    if (answer->verdict != CORRECT)
        return;
    trials_solve(&answer->trials); /* not before the answer's process is over */
    if (compare_outputs(judgement, &answer->trials)) {
        judgement->verdict = INCORRECT;
        explain_outputs(&judgement->notes, &answer->trials, setting);
    } else if (answer->trials.exercise->to_the_bit)
        compare_bits(judgement, &answer->trials);
    explain_changed_input(judgement, &answer->trials);
}
