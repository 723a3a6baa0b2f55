#include "diagnose.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "compare.h"
#include "error.h"
#include "factor.h"
#include "reduce.h"
#include "where.h"

/* How far the outputs are apart, over all cases. */
static double distance_of(const Trials *trials)
{
    double sum = 0;
    for (int i = 0; i < count_arguments(trials->exercise); i++)
        for (int t = 0; t < trials->count && is_output(&trials->exercise->arguments[i]); t++) {
            const Output o = output_of(trials, i, t);
            for (int at = 0; at < o.n; at++)
                if (isfinite(o.got[at]) && isfinite(o.want[at]))
                    sum += fabs((double)o.got[at] - (double)o.want[at]);
        }
    return sum;
}

/* The distance of the answer from what this function makes of the same inputs, if they agree;
 * infinite if they do not. */
static double distance_from(const Trials *trials, Function function)
{
    Trials guess = *trials;
    double distance = INFINITY;
    guess.want = malloc((size_t)guess.count * sizeof *guess.want);
    if (!guess.want)
        error_stop("out of memory");
    for (int t = 0; t < guess.count; t++) {
        guess.want[t] = trial_copy(guess.exercise, &guess.given[t]);
        trial_call(guess.exercise, &guess.want[t], function);
    }
    if (outputs_agree(&guess))
        distance = distance_of(&guess);
    for (int t = 0; t < guess.count; t++)
        trial_free(&guess.want[t]);
    free(guess.want);
    return distance;
}

int listed_mistake(const Trials *trials)
{
    int nearest = -1;
    double least = INFINITY;
    for (int m = 0; m < count_mistakes(trials->exercise); m++) {
        double distance = distance_from(trials, trials->exercise->mistakes[m].function);
        if (distance < least) {
            least = distance;
            nearest = m;
        }
    }
    return nearest;
}

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

static bool never_written(const Trials *trials, int argument, char *sentence)
{
    int total;
    if (count_state(trials, argument, UNWRITTEN, &total) != total)
        return false;
    snprintf(sentence, DIAGNOSIS_SIZE, "%s was never written.",
             trials->exercise->arguments[argument].name);
    return true;
}

static bool added_to_nothing(const Trials *trials, int argument, char *sentence)
{
    int total;
    if (count_state(trials, argument, UNSET, &total) == 0)
        return false;
    snprintf(sentence, DIAGNOSIS_SIZE,
             "An output was read before anything was stored in it; outputs come uninitialised. If "
             "you add to %s with +=, set it to zero first.",
             trials->exercise->arguments[argument].name);
    return true;
}

static bool partly_unwritten(const Trials *trials, int argument, char *sentence)
{
    Where where;
    int total;
    if (count_state(trials, argument, UNWRITTEN, &total) == 0)
        return false;
    bool rest_wrong = count_state(trials, argument, DIFFERENT, &total) > 0;
    where_find(&where, trials, argument, UNWRITTEN);
    snprintf(sentence, DIAGNOSIS_SIZE, "%s%s%s %s never written%s.",
             where.all ? "On some cases " : where.words, where.all ? "" : " of ",
             trials->exercise->arguments[argument].name,
             where.plural && !where.all ? "were" : "was",
             rest_wrong ? ", and of the rest not all is right" : "; what was written is right");
    return true;
}

static bool not_numbers(const Trials *trials, int argument, char *sentence)
{
    int total, nans = count_state(trials, argument, NOT_A_NUMBER, &total);
    int infinities = count_state(trials, argument, INFINITE, &total);
    int right = count_state(trials, argument, SAME, &total);
    if (nans == 0 && infinities == 0)
        return false;
    snprintf(sentence, DIAGNOSIS_SIZE, "%s holds %s.%s", trials->exercise->arguments[argument].name,
             nans > 0
                 ? "NaN. It can come from 0/0, inf/inf, inf - inf, 0 * inf, the log or square "
                   "root of a negative number, or a variable that was never set"
                 : "infinities. They can come from a division by zero, the log of zero, or exp of "
                   "a large number",
             nans + infinities == total           ? ""
             : nans + infinities + right == total ? " All the rest is right."
                                                  : " Of the rest not all is right.");
    return true;
}

/* One number in every element, on every case: that is no prediction come true. */
static bool same_everywhere(const Trials *trials, int argument, char *sentence)
{
    const Argument *a = &trials->exercise->arguments[argument];
    const real first = output_of(trials, argument, 0).got[0];
    int total = 0;
    for (int t = 0; t < trials->count; t++) {
        const Output o = output_of(trials, argument, t);
        for (int i = 0; i < o.n; i++, total++)
            if (!isfinite(o.got[i]) || state_of(o.got[i], first, o.scale) != SAME)
                return false;
    }
    bool zero = state_of(first, 0, output_of(trials, argument, 0).scale) == SAME;
    const char *where = a->shape[0] ? "everywhere, in every case" : "in every case";
    if (zero)
        snprintf(sentence, DIAGNOSIS_SIZE,
                 "%s is zero %s. Is a factor always zero? In C, 1/n of whole numbers is.", a->name,
                 where);
    else
        snprintf(sentence, DIAGNOSIS_SIZE, "%s is %.6g %s, whatever is given.", a->name,
                 (double)first, where);
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

static bool transposed(const Trials *trials, int argument, char *sentence)
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
    snprintf(sentence, DIAGNOSIS_SIZE,
             "The numbers are right, but %s is transposed: its shape is (%c, %c), and they lie as "
             "in one of (%c, %c).",
             a->name, a->shape[rank - 2], a->shape[rank - 1], a->shape[rank - 1],
             a->shape[rank - 2]);
    return true;
}

static bool only_there(const Trials *trials, int argument, char *sentence)
{
    Where where;
    if (!where_find(&where, trials, argument, DIFFERENT))
        return where_cases(trials, argument, sentence, DIAGNOSIS_SIZE);
    snprintf(sentence, DIAGNOSIS_SIZE, "%s of %s %s wrong; the rest is right.", where.words,
             trials->exercise->arguments[argument].name, where.plural ? "are" : "is");
    return true;
}

bool generic_diagnosis(const Trials *trials, int argument, char sentence[DIAGNOSIS_SIZE])
{
    typedef bool Diagnosis(const Trials *trials, int argument, char *sentence);
    static Diagnosis *const all[] = {never_written,    not_numbers,      same_everywhere,
                                     sign_flipped,     constant_factor,  transposed,
                                     missing_terms,    wrong_axis,       plain_sum,
                                     added_to_nothing, partly_unwritten, only_there};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        if (all[i](trials, argument, sentence))
            return true;
    return false;
}
