#include "table.h"

#include <stdio.h>

#include "compare.h"
#include "listed.h"
#include "words.h"

/* What comes out is to be a number (an infinity may well be meant: a masked score), and what goes
 * in is to be prepared; a NaN that was put there may be meant, too. */
static bool may_stand(real x, bool is_result)
{
    return is_result ? !isnan(x) : state_of(x, 0, 1) != UNWRITTEN;
}

static bool all_numbers(const Trials *trials)
{
    for (int i = 0; i < count_arguments(trials->exercise); i++)
        for (int t = 0; t < trials->count; t++) {
            const Argument *argument = &trials->exercise->arguments[i];
            if (argument->kind == IN_INDEX)
                continue; /* whole numbers, not reals */
            const Output o = output_of(trials, i, t);
            for (int at = 0; at < o.n; at++)
                if (!may_stand(o.want[at], is_output(argument)))
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

static void answer_turned(Trials *trials, const Dialed *copy, const Turn *turn)
{
    turn_set(turn);
    answer_with(trials, copy->function);
    turn_back(turn);
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

/* -- the dials ------------------------------------------------------------------------------------
 */

typedef struct {
    int dials, positions; /* that there are */
    int idle;             /* positions that change nothing on these cases */
} Dialling;

/* A copy that is not right at rest tells nothing of answers. */
static bool copy_is_sound(Trials *trials, const Dialed *copy)
{
    if (copy)
        answer_with(trials, copy->function);
    bool sound = copy && outputs_agree(trials);
    if (!sound)
        printf("    %s: %s\n", trials->exercise->name,
               copy ? "the copy with dials is not right at rest" : "has no copy with dials");
    return sound;
}

static Dialling count_dials(Trials *trials, const Dialed *copy)
{
    Dialling all = {.dials = copy->count};
    for (int d = copy->first; d < copy->first + copy->count; d++)
        for (int position = 1; position < dials[d].positions; position++) {
            answer_turned(trials, copy, &(Turn){.count = 1, .dial = {d}, .position = {position}});
            all.positions++;
            all.idle += outputs_agree(trials);
        }
    return all;
}

/* -- the listed mistakes --------------------------------------------------------------------------
 */

typedef struct {
    int listed, refused, named;
    bool good;
} Listing;

static bool make_mistake(Trials *trials, const Dialed *copy, const Mistake *mistake)
{
    Turn turn;
    if (mistake->function)
        answer_with(trials, mistake->function);
    else if (copy && turn_labelled(copy, mistake->label, &turn))
        answer_turned(trials, copy, &turn);
    else
        return false;
    return true;
}

/* Does a dial, or do twins, make all that this function makes? Then the function is not needed. */
static bool dial_makes_the_same(const Trials *trials, const Dialed *copy, Diagnosis *label)
{
    Fit fit = fit_new(trials);
    Outputs all = all_outputs(trials->exercise), open = fit.wrong & fit.telling;
    Turns turns = {0};
    if (copy)
        turns_of_one(&turns, &fit, copy, open);
    if (copy && turns.fitting.all != all)
        turns_of_twins(&turns, &fit, copy, open);
    bool same = turns.count > 0 && turns.fitting.all == all;
    if (same) {
        const Turn *turn = likeliest_turn(&turns);
        Turn named; /* two may have one label, of which it then means the first */
        label_turn(turn, copy, label);
        same = turn_labelled(copy, label->label, &named) && named.count == turn->count;
    }
    fit_free(&fit);
    return same;
}

static void try_mistake(Listing *listing, Trials *trials, const Dialed *copy, int m)
{
    const char *name = trials->exercise->name;
    const Mistake *mistake = &trials->exercise->mistakes[m];
    Diagnosis dial;
    listing->listed++;
    if (!make_mistake(trials, copy, mistake)) {
        printf("    %s: no dial is called %s\n", name, mistake->label);
        listing->good = false;
        return;
    }
    bool wrong = !outputs_agree(trials);
    int found = listed_mistake(trials);
    listing->refused += wrong;
    listing->named += found == m;
    if (!wrong)
        printf("    %s: %s passes for right\n", name, mistake->label);
    else if (found != m)
        printf("    %s: %s is taken for %s\n", name, mistake->label,
               trials->exercise->mistakes[found].label);
    else if (mistake->function && dial_makes_the_same(trials, copy, &dial))
        printf("    %s: %s needs no function: TURNED(\"%s\")\n", name, mistake->label, dial.label);
}

static bool print_exercise(const Exercise *exercise, uint64_t seed, int rounds)
{
    Trials trials = trials_new(exercise, seed, rounds);
    const Dialed *copy = dialed_named(exercise->name);
    Listing listing = {.good = reference_is_sound(&trials)};
    Dialling dialling = {0};
    if (copy_is_sound(&trials, copy))
        dialling = count_dials(&trials, copy);
    else
        listing.good = false;
    for (int m = 0; m < count_mistakes(exercise); m++)
        try_mistake(&listing, &trials, copy, m);
    trials_free(&trials);
    printf("  %-30s %5d  %9d  %4d  %6d  %7d  %5d\n", exercise->name, dialling.dials,
           dialling.positions, dialling.idle, listing.listed, listing.refused, listing.named);
    return listing.good && listing.refused == listing.listed && listing.named == listing.listed;
}

bool table_print(uint64_t seed, int rounds)
{
    bool good = true;
    printf("%-32s dials  positions  idle  listed  refused  named\n", check.name);
    for (int i = 0; check.exercises[i]; i++)
        good = print_exercise(check.exercises[i], seed, rounds) && good;
    return good;
}
