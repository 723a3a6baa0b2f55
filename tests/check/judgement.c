#include "judgement.h"

#include <stdio.h>
#include <string.h>

#include "compare.h"
#include "leftover.h"

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
    };
    return names[verdict];
}

static char *next_note(Judgement *judgement)
{
    int last = MOST_NOTES - 1;
    return judgement->notes[judgement->note_count < last ? judgement->note_count++ : last];
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

/* What lay in memory may be equal to what a listed mistake makes, as one NaN is to another. */
static bool any_leftover(const Trials *trials)
{
    char sentence[DIAGNOSIS_SIZE];
    for (int i = 0; i < count_arguments(trials->exercise); i++)
        if (is_output(&trials->exercise->arguments[i]) && leftover_diagnosis(trials, i, sentence))
            return true;
    return false;
}

static void explain_outputs(Judgement *judgement, const Trials *trials)
{
    int mistake = any_leftover(trials) ? -1 : listed_mistake(trials), outputs = 0, wrong = 0;
    char sentence[DIAGNOSIS_SIZE];
    if (mistake >= 0) {
        snprintf(next_note(judgement), DIAGNOSIS_SIZE, "%s",
                 trials->exercise->mistakes[mistake].sentence);
        return;
    }
    for (int i = 0; i < count_arguments(trials->exercise); i++) {
        const Argument *a = &trials->exercise->arguments[i];
        outputs += is_output(a);
        if (!is_output(a) || find_difference(trials, i).trial < 0)
            continue;
        wrong++;
        if (leftover_diagnosis(trials, i, sentence) || generic_diagnosis(trials, i, sentence))
            snprintf(next_note(judgement), DIAGNOSIS_SIZE, "%s", sentence);
        else
            snprintf(next_note(judgement), DIAGNOSIS_SIZE, "No known mistake fits %s.", a->name);
    }
    if (wrong < outputs)
        snprintf(next_note(judgement), DIAGNOSIS_SIZE, "What else it writes is right.");
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
    snprintf(next_note(judgement), DIAGNOSIS_SIZE,
             "You changed %s, which is an input. Whoever called still needs it: work on a copy.",
             name);
}

void judge_answer(Judgement *judgement, Answer *answer)
{
    *judgement = (Judgement){.verdict = answer->verdict, .drawn = -1};
    snprintf(judgement->headline, sizeof judgement->headline, "%s", answer->reason);
    if (answer->verdict != CORRECT)
        return;
    trials_solve(&answer->trials); /* not before the answer's process is over */
    if (compare_outputs(judgement, &answer->trials)) {
        judgement->verdict = INCORRECT;
        explain_outputs(judgement, &answer->trials);
    }
    explain_changed_input(judgement, &answer->trials);
}
