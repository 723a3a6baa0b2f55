#include "reduce.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "autograd/compare.h"
#include "compare.h"
#include "diagnose.h"
#include "error.h"
#include "experiment/beside.h"

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

typedef enum { ONLY_LAST, ONLY_FIRST, BUT_LAST, BUT_FIRST, WAYS, NONE } Way;

static bool is_kept(Way way, int i, int size)
{
    bool one = way == ONLY_LAST || way == BUT_LAST ? i == size - 1 : i == 0;
    return way != NONE && (way == ONLY_LAST || way == ONLY_FIRST ? one : !one);
}

/* What the reference makes of trial t with input `input` zero along its axis but where kept. */
static Trial solve_part(const Trials *trials, int t, int input, int axis, Way way)
{
    const Exercise *exercise = trials->exercise;
    const Argument *in = &exercise->arguments[input];
    Trial part = trial_copy(exercise, &trials->given[t]);
    int size = size_of(exercise, part.sizes, in->shape[axis]);
    int stride = stride_of(exercise, in, part.sizes, axis);
    real *x = part.array[input];
    for (int at = 0; at < element_count(exercise, in, part.sizes); at++)
        x[at] = is_kept(way, at / stride % size, size) ? x[at] : 0;
    trial_call(exercise, &part, exercise->reference);
    return part;
}

/* Is the output what the reference makes of the part that is kept, on every case? */
static bool terms_fit(const Trials *trials, int argument, int input, int axis, Way way)
{
    bool fits = true;
    for (int t = 0; t < trials->count && fits; t++) {
        const Output o = output_of(trials, argument, t);
        Trial part = solve_part(trials, t, input, axis, way);
        fits = arrays_agree(o.n, o.got, part.array[argument]);
        trial_free(&part);
    }
    return fits;
}

/* Is the output a sum along this axis, with a term for each element: f(part) + f(rest) - f(none) =
 * f(all), on every case? */
static bool adds_up(const Trials *trials, int argument, int input, int axis)
{
    bool adds = true;
    for (int t = 0; t < trials->count && adds; t++) {
        const Output o = output_of(trials, argument, t);
        Trial part = solve_part(trials, t, input, axis, ONLY_FIRST);
        Trial rest = solve_part(trials, t, input, axis, BUT_FIRST);
        Trial none = solve_part(trials, t, input, axis, NONE);
        real *sum = part.array[argument];
        const real *other = rest.array[argument], *base = none.array[argument];
        for (int i = 0; i < o.n; i++)
            sum[i] += other[i] - base[i];
        adds = arrays_agree(o.n, sum, o.want);
        trial_free(&part), trial_free(&rest), trial_free(&none);
    }
    return adds;
}

/* The way in which the terms along this axis are missing, if there is just one: of two terms, the
 * first alone is all but the last. */
static int missing_way(const Trials *trials, int argument, int input, int axis)
{
    int found = -1, count = 0;
    for (int way = 0; way < WAYS; way++)
        if (terms_fit(trials, argument, input, axis, (Way)way)) {
            found = way;
            count++;
        }
    return count == 1 && adds_up(trials, argument, input, axis) ? found : -1;
}

bool missing_terms(const Trials *trials, int argument, Diagnosis *found)
{
    static const char *const words[WAYS] = {
        ("Only the last of the %c terms of each sum is in %s: you wrote = where += belongs, or set "
         "the sum to zero inside the loop."),
        "Only the first of the %c terms of each sum is in %s.",
        "The last of the %c terms of each sum is missing in %s: a loop ends one too soon.",
        "The first of the %c terms of each sum is missing in %s: a loop begins at 1, not 0."};
    const Exercise *exercise = trials->exercise;
    const Argument *out = &exercise->arguments[argument];
    for (int i = 0; i < count_arguments(exercise); i++) {
        const Argument *in = &exercise->arguments[i];
        for (int axis = 0; is_real_input(in) && in->shape[axis]; axis++) {
            int way =
                strchr(out->shape, in->shape[axis]) ? -1 : missing_way(trials, argument, i, axis);
            if (way < 0)
                continue;
            diagnosis_say(found, words[way], in->shape[axis], out->name);
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

/* The sum of an input, or of two inputs' product: y == x stands for the plain sum of x. */
typedef struct {
    int x, y;
    unsigned kept; /* a bit for each axis that stays */
} Sum;

/* Do these sums stand in what was got (or, if `wanted`, are they all that is wanted)? */
static bool sum_fits(const Trials *trials, int argument, Sum sum, bool wanted)
{
    const Exercise *exercise = trials->exercise;
    const Argument *in = &exercise->arguments[sum.x];
    bool fits = true;
    for (int t = 0; t < trials->count && fits; t++) {
        const Output o = output_of(trials, argument, t);
        const Trial *given = &trials->given[t];
        int n = element_count(exercise, in, given->sizes);
        real *sums = malloc((size_t)n * sizeof *sums);
        if (!sums)
            error_stop("out of memory");
        int count = sum_over(exercise, in, given, given->array[sum.x],
                             sum.y == sum.x ? NULL : given->array[sum.y], sum.kept, sums);
        fits = wanted ? count == o.n && arrays_agree(o.n, o.want, sums)
                      : sums_stand_in(&o, count, sums);
        free(sums);
    }
    return fits;
}

/* The axes of `in` that are the output's as well. */
static unsigned shared_axes(const Argument *in, const Argument *out)
{
    unsigned kept = 0;
    for (int axis = 0; in->shape[axis]; axis++)
        kept |= strchr(out->shape, in->shape[axis]) ? 1u << axis : 0;
    return kept;
}

/* Over other axes it would be just what is wanted. */
static bool is_over_wrong_axis(const Trials *trials, int argument, Sum sum)
{
    const Argument *in = &trials->exercise->arguments[sum.x];
    Sum right = sum;
    right.kept = shared_axes(in, &trials->exercise->arguments[argument]);
    if (right.kept == (1u << strlen(in->shape)) - 1)
        return false; /* element by element: there is no axis to sum over */
    return sum.kept != right.kept && sum_fits(trials, argument, right, true);
}

/* A sum that stands in what was got, over at least one axis, and the wrong one. */
static bool is_sum_over_wrong_axis(const Trials *trials, int argument)
{
    const Exercise *exercise = trials->exercise;
    int arguments = count_arguments(exercise);
    for (int x = 0; x < arguments; x++)
        for (int y = x; y < arguments; y++) {
            const Argument *a = &exercise->arguments[x], *b = &exercise->arguments[y];
            unsigned all = (1u << strlen(a->shape)) - 1;
            if (!is_real_input(a) || !is_real_input(b) || strcmp(a->shape, b->shape) != 0)
                continue;
            for (unsigned kept = 0; kept < all; kept++) {
                const Sum sum = {x, y, kept};
                if (sum_fits(trials, argument, sum, false) &&
                    is_over_wrong_axis(trials, argument, sum))
                    return true;
            }
        }
    return false;
}

bool wrong_axis(const Trials *trials, int argument, Diagnosis *found)
{
    if (!transposed_fits(trials, argument) && !is_sum_over_wrong_axis(trials, argument))
        return false;
    diagnosis_say(
        found,
        "A sum in %s runs over the wrong axis: look again at which index stays and which is "
        "summed over.",
        trials->exercise->arguments[argument].name);
    return true;
}
