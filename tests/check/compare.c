#include "compare.h"

#include <string.h>

#include "autograd/compare.h"
#include "wire.h"

static const double tolerance = 1e-8;

/* SAME stands here for an ordinary number. */
static State kind_of(real x)
{
    uint64_t bits;
    memcpy(&bits, &x, sizeof bits);
    if (bits == UNWRITTEN_BITS)
        return UNWRITTEN;
    if (isnan(x))
        return (uint32_t)bits == UNWRITTEN_MARK ? UNSET : NOT_A_NUMBER;
    return isinf(x) ? INFINITE : SAME;
}

State state_of(real got, real want, double scale)
{
    State kind = kind_of(got), other = kind_of(want);
    if (kind == UNWRITTEN || other == UNWRITTEN)
        return kind == other ? SAME : kind == UNWRITTEN ? UNWRITTEN : DIFFERENT;
    if (isnan(got) || isnan(want))
        return isnan(got) && isnan(want) ? SAME : isnan(got) ? kind : DIFFERENT;
    if (got == want)
        return SAME;
    if (kind == INFINITE)
        return INFINITE;
    return compare_distance(got, want) <= tolerance * scale ? SAME : DIFFERENT;
}

bool arrays_agree(int n, const real *got, const real *want)
{
    double scale = compare_scale(n, want);
    for (int i = 0; i < n; i++)
        if (state_of(got[i], want[i], scale) != SAME)
            return false;
    return true;
}

bool outputs_agree(const Trials *trials)
{
    for (int i = 0; i < count_arguments(trials->exercise); i++)
        if (is_output(&trials->exercise->arguments[i]) && find_difference(trials, i).trial >= 0)
            return false;
    return true;
}

static int first_byte_apart(size_t n, const unsigned char *a, const unsigned char *b)
{
    for (size_t i = 0; i < n; i++)
        if (a[i] != b[i])
            return (int)i;
    return -1;
}

const Argument *changed_input(const Trials *trials, int *trial, int *at)
{
    const Exercise *exercise = trials->exercise;
    for (*trial = 0; *trial < trials->count; ++*trial)
        for (int i = 0; i < count_arguments(exercise); i++) {
            const Argument *argument = &exercise->arguments[i];
            const Trial *given = &trials->given[*trial], *got = &trials->got[*trial];
            size_t n = array_bytes(exercise, argument, given->sizes);
            int apart = first_byte_apart(n, given->array[i], got->array[i]);
            if (is_output(argument) || apart < 0)
                continue;
            *at = apart / (int)element_bytes(argument);
            return argument;
        }
    return NULL;
}

Output output_of(const Trials *trials, int argument, int trial)
{
    const Trial *got = &trials->got[trial], *want = &trials->want[trial];
    int n = element_count(trials->exercise, &trials->exercise->arguments[argument], want->sizes);
    const real *right = want->array[argument];
    return (Output){n, got->array[argument], right, compare_scale(n, right)};
}

double scale_of_both(const Output *o)
{
    return fmax(o->scale, compare_scale(o->n, o->got));
}

bool is_one_number(const Trials *trials, int argument)
{
    const real first = output_of(trials, argument, 0).got[0];
    for (int t = 0; t < trials->count; t++) {
        const Output o = output_of(trials, argument, t);
        for (int i = 0; i < o.n; i++)
            if (state_of(o.got[i], first, o.scale) != SAME)
                return false;
    }
    return true;
}

static Difference difference_in(const Output *o, int trial)
{
    Difference difference = {.trial = trial};
    double most = -1;
    for (int i = 0; i < o->n; i++) {
        if (state_of(o->got[i], o->want[i], o->scale) == SAME)
            continue;
        difference.differ++;
        double apart = compare_distance(o->got[i], o->want[i]);
        if (apart > most) {
            most = apart;
            difference.worst = i;
        }
    }
    return difference;
}

Difference find_difference(const Trials *trials, int argument)
{
    for (int t = 0; t < trials->count; t++) {
        const Output o = output_of(trials, argument, t);
        Difference difference = difference_in(&o, t);
        if (difference.differ)
            return difference;
    }
    return (Difference){.trial = -1};
}
