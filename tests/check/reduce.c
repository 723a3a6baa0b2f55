#include "reduce.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "autograd/compare.h"
#include "compare.h"
#include "diagnose.h"
#include "error.h"

static bool is_real_input(const Argument *argument)
{
    return is_input(argument) && argument->kind != IN_INDEX;
}

/* How many elements lie between neighbours along this axis. */
static int stride_of(const Exercise *exercise, const Argument *argument, const int sizes[],
                     int axis)
{
    int stride = 1;
    for (const char *letter = argument->shape + axis + 1; *letter; letter++)
        stride *= size_of(exercise, sizes, *letter);
    return stride;
}

/* -- sums with terms missing --------------------------------------------------------------------
 */

typedef enum { ONLY_LAST, ONLY_FIRST, BUT_LAST, BUT_FIRST, WAYS } Way;

static bool is_kept(Way way, int i, int size)
{
    bool one = way == ONLY_LAST || way == BUT_LAST ? i == size - 1 : i == 0;
    return way == ONLY_LAST || way == ONLY_FIRST ? one : !one;
}

/* Are the outputs what the reference makes of input `input` with all else along its axis zero? */
static bool terms_fit(const Trials *trials, int argument, int input, int axis, Way way)
{
    const Exercise *exercise = trials->exercise;
    const Argument *in = &exercise->arguments[input];
    bool fits = true;
    for (int t = 0; t < trials->count && fits; t++) {
        const Output o = output_of(trials, argument, t);
        Trial guess = trial_copy(exercise, &trials->given[t]);
        int size = size_of(exercise, guess.sizes, in->shape[axis]);
        int stride = stride_of(exercise, in, guess.sizes, axis);
        real *x = guess.array[input];
        for (int at = 0; at < element_count(exercise, in, guess.sizes); at++)
            x[at] = is_kept(way, at / stride % size, size) ? x[at] : 0;
        trial_call(exercise, &guess, exercise->reference);
        fits = arrays_agree(o.n, o.got, guess.array[argument]);
        trial_free(&guess);
    }
    return fits;
}

bool missing_terms(const Trials *trials, int argument, char *sentence)
{
    static const char *const words[WAYS] = {
        "Only the last of the %c terms of each sum is in %s: you wrote = where += belongs.",
        "Only the first of the %c terms of each sum is in %s.",
        "The last of the %c terms of each sum is missing in %s: a loop ends one too soon.",
        "The first of the %c terms of each sum is missing in %s: a loop begins at 1, not 0."};
    const Exercise *exercise = trials->exercise;
    const Argument *out = &exercise->arguments[argument];
    for (int i = 0; i < count_arguments(exercise); i++) {
        const Argument *in = &exercise->arguments[i];
        for (int axis = 0; is_real_input(in) && in->shape[axis]; axis++)
            for (int way = 0; way < WAYS; way++) {
                if (strchr(out->shape, in->shape[axis]) ||
                    !terms_fit(trials, argument, i, axis, (Way)way))
                    continue;
                snprintf(sentence, DIAGNOSIS_SIZE, words[way], in->shape[axis], out->name);
                return true;
            }
    }
    return false;
}

/* -- the wrong axis of a matrix -----------------------------------------------------------------
 */

/* Two sizes, the only shape of all arrays. Then the transposed problem is one, too. */
static bool can_be_transposed(const Exercise *exercise)
{
    const char *sizes = exercise->sizes;
    for (int i = 0; i < count_arguments(exercise); i++) {
        const Argument *a = &exercise->arguments[i];
        if (a->kind == IN_INDEX || (a->shape[0] && strcmp(a->shape, sizes) != 0))
            return false;
    }
    return strlen(sizes) == 2;
}

static void transpose(int n, int k, const real *from, real *to)
{
    for (int at = 0; at < n * k; at++)
        to[at % k * n + at / k] = from[at];
}

/* Runs the reference on the transpose of trial t and leaves the transpose of its output. */
static void solve_transposed(const Trials *trials, int argument, int t, real *result)
{
    const Exercise *exercise = trials->exercise;
    const Trial *given = &trials->given[t];
    int n = given->sizes[0], k = given->sizes[1];
    Trial turned = trial_copy(exercise, given);
    turned.sizes[0] = k, turned.sizes[1] = n;
    for (int i = 0; i < count_arguments(exercise); i++)
        if (exercise->arguments[i].shape[0])
            transpose(n, k, given->array[i], turned.array[i]);
    trial_call(exercise, &turned, exercise->reference);
    transpose(k, n, turned.array[argument], result);
    trial_free(&turned);
}

static bool transposed_fits(const Trials *trials, int argument)
{
    bool fits = can_be_transposed(trials->exercise) &&
                trials->exercise->arguments[argument].shape[0] != '\0';
    for (int t = 0; t < trials->count && fits; t++) {
        const Output o = output_of(trials, argument, t);
        real *guess = malloc((size_t)o.n * sizeof *guess);
        if (!guess)
            error_stop("out of memory");
        solve_transposed(trials, argument, t, guess);
        fits = arrays_agree(o.n, o.got, guess);
        free(guess);
    }
    return fits;
}

/* -- a plain sum over the wrong axes ------------------------------------------------------------
 */

/* Sums x * y, both of this argument's shape (y may be NULL), over the axes that are not in the set
 * `kept`. Returns how many sums there are. */
static int sum_over(const Exercise *exercise, const Argument *in, const Trial *trial, const real *x,
                    const real *y, unsigned kept, real *sums)
{
    int n = element_count(exercise, in, trial->sizes), count = 1;
    for (int axis = 0; in->shape[axis]; axis++)
        count *= kept >> axis & 1 ? size_of(exercise, trial->sizes, in->shape[axis]) : 1;
    memset(sums, 0, (size_t)count * sizeof *sums);
    for (int at = 0; at < n; at++) {
        int to = 0;
        for (int axis = 0; in->shape[axis]; axis++) {
            int size = size_of(exercise, trial->sizes, in->shape[axis]);
            if (kept >> axis & 1)
                to = to * size + at / stride_of(exercise, in, trial->sizes, axis) % size;
        }
        sums[to] += x[at] * (y ? y[at] : 1);
    }
    return count;
}

/* The sums stand at the beginning of the output; one alone may stand everywhere. What lies behind
 * them is zero or unwritten. */
static bool sums_stand_in(const Output *o, int count, const real *sums)
{
    double scale = compare_scale(count, sums);
    bool everywhere = count == 1;
    for (int i = 0; i < o->n && everywhere; i++)
        everywhere = state_of(o->got[i], sums[0], scale) == SAME;
    if (everywhere || count > o->n)
        return everywhere;
    for (int i = 0; i < o->n; i++)
        if (i < count ? state_of(o->got[i], sums[i], scale) != SAME
                      : state_of(o->got[i], 0, scale) != SAME &&
                            state_of(o->got[i], 0, scale) != UNWRITTEN)
            return false;
    return true;
}

static bool sum_fits(const Trials *trials, int argument, int x, int y, unsigned kept)
{
    const Exercise *exercise = trials->exercise;
    const Argument *in = &exercise->arguments[x];
    bool fits = true;
    for (int t = 0; t < trials->count && fits; t++) {
        const Output o = output_of(trials, argument, t);
        const Trial *given = &trials->given[t];
        int n = element_count(exercise, in, given->sizes);
        real *sums = malloc((size_t)n * sizeof *sums);
        if (!sums)
            error_stop("out of memory");
        int count = sum_over(exercise, in, given, given->array[x], y == x ? NULL : given->array[y],
                             kept, sums);
        fits = sums_stand_in(&o, count, sums);
        free(sums);
    }
    return fits;
}

/* An input against itself stands for its plain sum. */
static bool any_sum_fits(const Trials *trials, int argument)
{
    const Exercise *exercise = trials->exercise;
    int arguments = count_arguments(exercise);
    for (int x = 0; x < arguments; x++)
        for (int y = x; y < arguments; y++) {
            const Argument *a = &exercise->arguments[x], *b = &exercise->arguments[y];
            unsigned all = (1u << strlen(a->shape)) - 1;
            if (!is_real_input(a) || !is_real_input(b) || strcmp(a->shape, b->shape) != 0)
                continue;
            for (unsigned kept = 0; kept < all; kept++)
                if (sum_fits(trials, argument, x, y, kept))
                    return true;
        }
    return false;
}

bool wrong_axis(const Trials *trials, int argument, char *sentence)
{
    const char *name = trials->exercise->arguments[argument].name;
    if (!transposed_fits(trials, argument) && !any_sum_fits(trials, argument))
        return false;
    snprintf(sentence, DIAGNOSIS_SIZE,
             "A sum in %s runs over the wrong axis: look again at which index stays and which is "
             "summed over.",
             name);
    return true;
}
