#include "diagnose.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "compare.h"
#include "error.h"
#include "factor.h"
#include "reduce.h"
#include "where.h"

/* -- what was never written, or is no number ----------------------------------------------------
 */

/* How many elements of the output are in this state, over all cases. */
static int count_state(const Trials *trials, int argument, State state, int *total)
{
    int count = 0;
    *total = 0;
    for (int t = 0; t < trials->count; t++) {
        const Output o = output_of(trials, argument, t);
        for (int i = 0; i < o.n; i++)
            count += state_of(o.got[i], o.want[i], o.scale) == state;
        *total += o.n;
    }
    return count;
}

static bool never_written(const Trials *trials, int argument, Diagnosis *found)
{
    int total;
    if (count_state(trials, argument, UNWRITTEN, &total) != total)
        return false;
    diagnosis_say(found, "%s was never written.", trials->exercise->arguments[argument].name);
    return true;
}

static bool added_to_nothing(const Trials *trials, int argument, Diagnosis *found)
{
    int total;
    if (count_state(trials, argument, UNSET, &total) == 0)
        return false;
    diagnosis_say(
        found,
        "To make %s an output was read in which nothing was stored yet; outputs come "
        "uninitialised. If that was by +=, set it to zero first; otherwise make what is read "
        "before what is made of it.",
        trials->exercise->arguments[argument].name);
    return true;
}

static bool partly_unwritten(const Trials *trials, int argument, Diagnosis *found)
{
    Where where;
    int total;
    int unwritten = count_state(trials, argument, UNWRITTEN, &total);
    if (unwritten == 0 || count_state(trials, argument, UNSET, &total) > 0)
        return false; /* what was added to nothing says more */
    bool rest_wrong = count_state(trials, argument, SAME, &total) + unwritten < total;
    where_find(&where, trials, argument, UNWRITTEN);
    diagnosis_say(found, "%s%s%s %s never written%s.", where.all ? "On some cases " : where.words,
                  where.all ? "" : " of ", trials->exercise->arguments[argument].name,
                  where.plural && !where.all ? "were" : "was",
                  rest_wrong ? ", and of the rest not all is right"
                             : "; what was written is right");
    return true;
}

static bool not_numbers(const Trials *trials, int argument, Diagnosis *found)
{
    int total, nans = count_state(trials, argument, NOT_A_NUMBER, &total);
    int infinities = count_state(trials, argument, INFINITE, &total);
    int right = count_state(trials, argument, SAME, &total);
    if (nans == 0 && infinities == 0)
        return false;
    diagnosis_say(
        found, "%s holds %s.%s", trials->exercise->arguments[argument].name,
        nans > 0 ? "NaN. It can come from 0/0, inf/inf, inf - inf, 0 * inf, the log or square "
                   "root of a negative number, or a variable that was never set"
                 : "infinities. They can come from a division by zero, the log of zero, exp of a "
                   "large number, or a variable that was never set",
        nans + infinities == total           ? ""
        : nans + infinities + right == total ? " Every number in it, over all cases, is right."
                                             : " Of the rest not all is right.");
    return true;
}

/* One number in every element, on every case: that is no prediction come true. */
static bool same_everywhere(const Trials *trials, int argument, Diagnosis *found)
{
    const Argument *a = &trials->exercise->arguments[argument];
    const real first = output_of(trials, argument, 0).got[0];
    int total = 0;
    for (int t = 0; t < trials->count; t++)
        total += output_of(trials, argument, t).n;
    if (!isfinite(first) || !is_one_number(trials, argument))
        return false;
    bool zero = state_of(first, 0, output_of(trials, argument, 0).scale) == SAME;
    const char *where = a->shape[0] ? "everywhere, in every case" : "in every case";
    if (zero)
        diagnosis_say(found,
                      "%s is zero %s. Is a factor always zero? In C, 1/n of whole numbers is.",
                      a->name, where);
    else
        diagnosis_say(found, "%s is %.6g %s, whatever is given.", a->name, (double)first, where);
    return total > 2; /* one or two may be equal by chance */
}

/* -- predictions of the whole array -------------------------------------------------------------
 */

/* The last two axes swapped in memory, in each block of the axes before them. */
static void transpose_last(const Trials *trials, int argument, int t, real *out)
{
    const char *shape = trials->exercise->arguments[argument].shape;
    const Output o = output_of(trials, argument, t);
    const int *sizes = trials->want[t].sizes;
    int columns = size_of(trials->exercise, sizes, shape[strlen(shape) - 1]);
    int rows = size_of(trials->exercise, sizes, shape[strlen(shape) - 2]);
    for (int at = 0; at < o.n; at++) {
        int block = at / (rows * columns), i = at / columns % rows, j = at % columns;
        out[block * rows * columns + j * rows + i] = o.want[at];
    }
}

static bool transposed(const Trials *trials, int argument, Diagnosis *found)
{
    const Argument *a = &trials->exercise->arguments[argument];
    size_t rank = strlen(a->shape);
    if (rank < 2)
        return false;
    for (int t = 0; t < trials->count; t++) {
        const Output o = output_of(trials, argument, t);
        real *turned = malloc((size_t)o.n * sizeof *turned);
        if (!turned)
            error_stop("out of memory");
        transpose_last(trials, argument, t, turned);
        bool same = arrays_agree(o.n, o.got, turned);
        free(turned);
        if (!same)
            return false;
    }
    diagnosis_say(
        found,
        "The numbers are right, but %s is transposed: its shape is (%c, %c), and they lie as "
        "in one of (%c, %c).",
        a->name, a->shape[rank - 2], a->shape[rank - 1], a->shape[rank - 1], a->shape[rank - 2]);
    return true;
}

typedef bool Rule(const Trials *trials, int argument, Diagnosis *found);

static const struct {
    Stage stage;
    Rule *holds;
    const char *label; /* if the rule does not set one */
} rules[] = {
    {OF_ALL, never_written, "unwritten"}, {OF_ALL, same_everywhere, "constant"},
    {OF_ALL, sign_flipped, "sign"},       {OF_ALL, constant_factor, "factor"},
    {OF_ALL, transposed, "transposed"},   {OF_ALL, partly_unwritten, "unwritten-part"},
    {OF_SUMS, not_numbers, "no-number"},  {OF_SUMS, missing_terms, "missing-sum"},
    {OF_SUMS, wrong_axis, "wrong-axis"},  {OF_SUMS, added_to_nothing, "added-to-unwritten"},
    {OF_PARTS, where_any, "only-there"},
};

bool generic_diagnosis(const Trials *trials, int argument, Stage stage, Diagnosis *found)
{
    for (size_t i = 0; i < sizeof rules / sizeof *rules; i++) {
        diagnosis_label(found, "%s", rules[i].label);
        if (rules[i].stage != stage || !rules[i].holds(trials, argument, found))
            continue;
        diagnosis_of(found, trials->exercise->arguments[argument].name);
        return true;
    }
    return false;
}
