#include "explain.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "counted.h"
#include "diagnose.h"
#include "exchange.h"
#include "experiment/experiments.h"
#include "fit.h"
#include "leftover.h"
#include "listed.h"
#include "words.h"

static const double seconds_for_two_dials = 0.5;

/* Under way to an explanation. */
typedef struct {
    Notes *notes;
    const Trials *trials;
    const Setting *setting;
    Fit fit;
    Outputs open;   /* wrong, and not explained yet */
    bool whole;     /* one reason explains all that the answer writes */
    Diagnosis last; /* what was said of one output alone, and of which; NULL if of none */
    const char *last_name;
} Search;

Diagnosis *notes_next(Notes *notes)
{
    return &notes->list[notes->count < MOST_NOTES ? notes->count++ : MOST_NOTES - 1];
}

static const Argument *argument_of(const Search *search, int i)
{
    return &search->trials->exercise->arguments[i];
}

/* "da, db" */
static void name_outputs(const Search *search, Outputs outputs, char *words, size_t size)
{
    size_t used = 0;
    words[0] = '\0';
    for (int i = 0; outputs >> i && used < size; i++)
        if (outputs >> i & 1)
            used += (size_t)snprintf(words + used, size - used, "%s%s", used ? ", " : "",
                                     argument_of(search, i)->name);
}

/* -- what is said of one output -------------------------------------------------------------------
 */

static bool is_part_of_name(char c)
{
    return isalnum((unsigned char)c) || c == '_';
}

/* Whether the name stands here, as a word. */
static bool is_named(const char *text, const char *at, const char *name)
{
    size_t length = strlen(name);
    return strncmp(at, name, length) == 0 && !is_part_of_name(at[length]) &&
           (at == text || !is_part_of_name(at[-1]));
}

/* Whether two sentences differ in nothing but this name for that. */
static bool same_but_for_name(const char *one, const char *its, const char *other, const char *that)
{
    const char *a = one, *b = other;
    while (*a && *b)
        if (is_named(one, a, its) && is_named(other, b, that))
            a += strlen(its), b += strlen(that);
        else if (*a++ != *b++)
            return false;
    return *a == *b;
}

/* Notes what was found of this output, and closes it. What is the same as of the one before is said
 * once. */
static void note_output(Search *search, int output, const Diagnosis *found)
{
    const char *name = argument_of(search, output)->name;
    Notes *notes = search->notes;
    search->open &= ~(1u << output);
    if (search->last_name &&
        same_but_for_name(found->sentence, name, search->last.sentence, search->last_name)) {
        diagnosis_add(&notes->list[notes->count - 1], " The same of ");
        diagnosis_add(&notes->list[notes->count - 1], name);
        diagnosis_add(&notes->list[notes->count - 1], ".");
        return;
    }
    *notes_next(notes) = search->last = *found;
    search->last_name = name;
}

/* -- the sources of explanations ------------------------------------------------------------------
 * Each notes what it knows of the open outputs, and closes those that it has explained. */

/* What lay in memory may be equal to what a listed mistake makes, as one NaN is to another, so this
 * goes first. */
static void find_leftovers(Search *search)
{
    Diagnosis found;
    for (int i = 0; search->open >> i; i++)
        if (search->open >> i & 1 && leftover_diagnosis(search->trials, i, &found))
            note_output(search, i, &found);
}

static void note_mistake(Search *search, int mistake, const char *where)
{
    const Mistake *listed = &search->trials->exercise->mistakes[mistake];
    Diagnosis *note = notes_next(search->notes);
    search->last_name = NULL;
    diagnosis_label(note, "%s", listed->label);
    diagnosis_say(note, "%s%s%s", where, *where ? ": " : "", listed->sentence);
}

static void find_listed(Search *search)
{
    int mistake = search->open ? listed_mistake(search->trials) : -1;
    search->whole = mistake >= 0;
    if (search->whole) {
        note_mistake(search, mistake, "");
        search->open = 0;
    }
}

static bool is_count(const Search *search, int output)
{
    return argument_of(search, output)->kind == OUT_COUNT;
}

/* What comes after this is about numbers that are calculated, and not about counts. */
static void leave_counts(Search *search)
{
    for (int i = 0; search->open >> i; i++)
        if (is_count(search, i))
            search->open &= ~(1u << i);
}

static void find_counts(Search *search)
{
    Diagnosis found;
    for (int i = 0; search->fit.wrong >> i && !search->whole; i++)
        if (search->fit.wrong >> i & 1 && is_count(search, i) &&
            count_diagnosis(search->trials, i, &found))
            note_output(search, i, &found);
}

/* In some outputs only; in others the answer is right, or wrong in another way. */
static void find_in_list(Search *search, bool exact)
{
    char where[LABEL_SIZE];
    Outputs made;
    for (int mistake;
         (mistake = listed_mistake_in(&search->fit, search->open, exact, &made)) >= 0;) {
        name_outputs(search, made, where, sizeof where);
        note_mistake(search, mistake, where);
        search->open &= ~made;
    }
}

static void find_exchanged(Search *search)
{
    Diagnosis found;
    Outputs open = search->open & search->fit.telling;
    Outputs made = open ? exchanged_inputs(search->trials, open, &found) : 0;
    if (!made)
        return;
    *notes_next(search->notes) = found;
    search->last_name = NULL;
    search->open &= ~made;
}

/* Leaves those turns that make what the answer makes of other numbers, too. */
static void keep_what_holds_again(Search *search, const Dialed *copy, Turns *turns)
{
    Trials again = trials_new(search->trials->exercise, search->setting->seed + 1, 1);
    Outputs outputs = turns->fitting.outputs;
    int found = turns->count;
    turns->count = 0;
    if (answer_again(&again, search->setting)) {
        Fit fit = fit_new(&again);
        for (int i = 0; i < found; i++)
            if (turn_outputs(&fit, copy, &turns->list[i], outputs) == outputs)
                turns->list[turns->count++] = turns->list[i];
        fit_free(&fit);
    }
    trials_free(&again);
}

typedef enum { ONE_DIAL, TWINS, TWO_DIALS } Turned;

static void turn_dials(Search *search, const Dialed *copy, Turned turned, Outputs open,
                       Turns *turns)
{
    if (turned == ONE_DIAL)
        turns_of_one(turns, &search->fit, copy, open);
    else if (turned == TWINS)
        turns_of_twins(turns, &search->fit, copy, open);
    else
        turns_of_two(turns, &search->fit, copy, open, seconds_for_two_dials);
}

/* Dials that explain at least so many outputs. */
static void find_turns(Search *search, Turned turned, int least)
{
    const Dialed *copy = dialed_named(search->trials->exercise->name);
    char where[LABEL_SIZE];
    Diagnosis found;
    Turns turns;
    Outputs among = turned == TWO_DIALS ? search->fit.firm : search->fit.telling;
    for (Outputs open; copy && (open = search->open & among) != 0;) {
        turn_dials(search, copy, turned, open, &turns);
        name_outputs(search, turns.fitting.outputs, where, sizeof where);
        if (turns.count == 0 || count_outputs(turns.fitting.outputs) < least)
            return;
        keep_what_holds_again(search, copy, &turns);
        int readings = turns.count == 0 ? 0 : words_for(&turns, copy, where, &found);
        if (readings == 0 || (readings > 1 && !(search->fit.numbers & turns.fitting.outputs)))
            return; /* a NaN is made in many ways */
        *notes_next(search->notes) = found;
        search->last_name = NULL;
        search->open &= ~turns.fitting.outputs;
    }
}

static void find_rules(Search *search, Stage stage)
{
    Diagnosis found;
    for (int i = 0; search->open >> i; i++)
        if (search->open >> i & 1 && generic_diagnosis(search->trials, i, stage, &found))
            note_output(search, i, &found);
}

static bool ask_again(void *context, Trials *trials)
{
    return answer_again(trials, context);
}

static void find_by_experiment(Search *search)
{
    Experiment experiment;
    Diagnosis found;
    Setting setting = *search->setting;
    if (!search->open)
        return;
    setting.seconds = setting.seconds < 1 ? setting.seconds : 1; /* it has had its time */
    bool asked = experiment_new(&experiment, search->trials, ask_again, &setting);
    for (int i = 0; search->open >> i; i++)
        if (search->open >> i & 1 &&
            experiment_diagnosis(search->trials, asked ? &experiment : NULL, i, &found))
            note_output(search, i, &found);
    if (asked)
        experiment_free(&experiment);
}

static void note_what_is_left(Search *search)
{
    char names[LABEL_SIZE];
    if (search->open && search->notes->count == 0) {
        Diagnosis *note = notes_next(search->notes);
        name_outputs(search, search->open, names, sizeof names);
        diagnosis_label(note, "unknown");
        diagnosis_say(note, "No known mistake fits %s.", names);
    }
    if (!search->whole && search->fit.wrong != all_outputs(search->trials->exercise)) {
        Diagnosis *note = notes_next(search->notes);
        diagnosis_label(note, "%s", "");
        diagnosis_say(note, "What else it writes is right.");
    }
}

/* What nearly names the mistake comes first, what only says where it shows last. */
static void search_all(Search *search)
{
    find_leftovers(search);
    find_listed(search);
    leave_counts(search);
    find_in_list(search, true);
    find_turns(search, ONE_DIAL, 2);
    find_turns(search, TWINS, 2);
    find_rules(search, OF_ALL);
    find_turns(search, ONE_DIAL, 1);
    find_turns(search, TWINS, 1);
    find_in_list(search, false);
    find_exchanged(search);
    find_rules(search, OF_SUMS);
    find_turns(search, TWO_DIALS, 1);
    find_by_experiment(search);
    if (search->notes->count ==
        0) /* else other parts are no news: they come of what is explained */
        find_rules(search, OF_PARTS);
    find_counts(search);
}

void explain_outputs(Notes *notes, const Trials *trials, const Setting *setting)
{
    Search search = {.notes = notes, .trials = trials, .setting = setting, .fit = fit_new(trials)};
    search.open = search.fit.wrong;
    search_all(&search);
    note_what_is_left(&search);
    fit_free(&search.fit);
}
