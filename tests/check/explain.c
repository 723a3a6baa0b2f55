#include "explain.h"

#include <stdio.h>

#include "diagnose.h"
#include "fit.h"
#include "leftover.h"
#include "listed.h"

/* Under way to an explanation. */
typedef struct {
    Notes *notes;
    const Trials *trials;
    Fit fit;
    Outputs open; /* wrong, and not explained yet */
    bool whole;   /* one reason explains all that the answer writes */
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

/* -- the sources of explanations ------------------------------------------------------------------
 * Each notes what it knows of the open outputs, and closes those that it has explained. */

/* What lay in memory may be equal to what a listed mistake makes, as one NaN is to another, so this
 * goes first. */
static void find_leftovers(Search *search)
{
    Diagnosis found;
    for (int i = 0; search->open >> i; i++)
        if (search->open >> i & 1 && leftover_diagnosis(search->trials, i, &found)) {
            *notes_next(search->notes) = found;
            search->open &= ~(1u << i);
        }
}

static void note_mistake(Search *search, int mistake, const char *where)
{
    const Mistake *listed = &search->trials->exercise->mistakes[mistake];
    Diagnosis *note = notes_next(search->notes);
    diagnosis_label(note, "%s", listed->label);
    diagnosis_say(note, "%s%s%s", where, *where ? ": " : "", listed->sentence);
}

static void find_listed(Search *search)
{
    int mistake = listed_mistake(search->trials);
    search->whole = mistake >= 0;
    if (search->whole) {
        note_mistake(search, mistake, "");
        search->open = 0;
    }
}

/* In some outputs only; in others the answer is right, or wrong in another way. */
static void find_listed_in_part(Search *search)
{
    char where[LABEL_SIZE];
    Outputs made;
    for (int mistake; (mistake = listed_mistake_in(&search->fit, search->open, &made)) >= 0;) {
        name_outputs(search, made, where, sizeof where);
        note_mistake(search, mistake, where);
        search->open &= ~made;
    }
}

static void find_rules(Search *search)
{
    Diagnosis found;
    for (int i = 0; search->open >> i; i++)
        if (search->open >> i & 1 && generic_diagnosis(search->trials, i, &found)) {
            *notes_next(search->notes) = found;
            search->open &= ~(1u << i);
        }
}

static void note_what_is_left(Search *search)
{
    char names[LABEL_SIZE];
    if (search->open) {
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

void explain_outputs(Notes *notes, const Trials *trials, const Setting *setting)
{
    typedef void Source(Search * search);
    static Source *const sources[] = {find_leftovers, find_listed, find_listed_in_part, find_rules};
    Search search = {.notes = notes, .trials = trials, .fit = fit_new(trials)};
    (void)setting;
    search.open = search.fit.wrong;
    for (size_t i = 0; i < sizeof sources / sizeof *sources && search.open; i++)
        sources[i](&search);
    note_what_is_left(&search);
    fit_free(&search.fit);
}
