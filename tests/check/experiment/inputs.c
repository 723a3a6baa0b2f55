#include "inputs.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "beside.h"
#include "compare.h"

/* What stands beside an element: an input x, x less another one, or for whole numbers also whether
 * x is the element's own index along an axis. */
typedef struct {
    const Trials *trials;
    int output, x, y; /* y: what is taken off; -1: nothing */
    int axis;         /* of the output; -1: none */
} Beside;

/* NaN if nothing stands there. */
static double value_beside(const Beside *b, int t, int at)
{
    const Exercise *exercise = b->trials->exercise;
    const Argument *a = exercise->arguments, *out = &a[b->output];
    const Trial *given = &b->trials->given[t];
    int i = element_beside(exercise, &a[b->x], out, given->sizes, at);
    int j = b->y < 0 ? 0 : element_beside(exercise, &a[b->y], out, given->sizes, at);
    if (i < 0 || j < 0)
        return NAN;
    if (a[b->x].kind == IN_INDEX)
        return ((int *)given->array[b->x])[i] -
               (b->axis < 0 ? 0 : index_along(exercise, out, given->sizes, at, b->axis));
    return (double)((real *)given->array[b->x])[i] -
           (b->y < 0 ? 0 : (double)((real *)given->array[b->y])[j]);
}

/* -- conditions ---------------------------------------------------------------------------------
 */

typedef bool Holds(double x);

#define HOLDS(name, holds)     \
    static bool name(double x) \
    {                          \
        return holds;          \
    }
HOLDS(is_zero, x == 0)
HOLDS(is_not_zero, x != 0)
HOLDS(is_one, x == 1)
HOLDS(is_not_one, x != 1)
HOLDS(is_negative, x < 0)
HOLDS(is_not_positive, x <= 0)
HOLDS(is_positive, x > 0)
HOLDS(is_not_negative, x >= 0)
HOLDS(is_fraction, x > 0 && x < 1)
HOLDS(is_small, x > -1 && x < 1)
HOLDS(is_large, x <= -1 || x >= 1)
HOLDS(is_above, x > 1)
HOLDS(is_far_below, x < -1)

/* Exact: none but numbers that were made so fulfil it. */
typedef struct {
    Holds *holds;
    const char *words;
    bool exact;
} Condition;

static const Condition conditions[] = {
    {is_zero, "is 0", true},
    {is_not_zero, "is not 0", true},
    {is_one, "is 1", true},
    {is_not_one, "is not 1", true},
    {is_fraction, "lies between 0 and 1", false},
    {is_negative, "is negative", false},
    {is_positive, "is positive", false},
    {is_not_positive, "is negative or 0", false},
    {is_not_negative, "is positive or 0", false},
    {is_small, "lies between -1 and 1", false},
    {is_large, "lies not between -1 and 1", false},
    {is_above, "is larger than 1", false},
    {is_far_below, "is smaller than -1", false},
};

typedef struct {
    int missed, out_of_place;   /* wrong and does not fulfil it; that, or right and does */
    int elements, in, wrong_in; /* of those that count: all, that fulfil it, and are wrong */
} Count;

/* Zero that should be zero is not right by merit: it may never have been calculated. */
static bool is_counted(const Output *o, int at)
{
    return o->got[at] != 0 || o->want[at] != 0;
}

static bool is_wrong(const Output *o, int at)
{
    return state_of(o->got[at], o->want[at], o->scale) != SAME;
}

/* The logarithm of in how many ways so many can be chosen from all. */
static double log_choices(int all, int some)
{
    return lgamma(all + 1.) - lgamma(some + 1.) - lgamma(all - some + 1.);
}

/* Where one input stands beside a whole row, the row counts as one: does an earlier element stand
 * beside the same? */
static bool is_repeated(const Beside *b, int t, int at)
{
    const Exercise *exercise = b->trials->exercise;
    const Argument *x = &exercise->arguments[b->x], *out = &exercise->arguments[b->output];
    const int *sizes = b->trials->want[t].sizes;
    bool repeated = false;
    for (int i = 0; i < at && b->axis < 0 && strcmp(x->shape, out->shape) != 0 && !repeated; i++)
        repeated = element_beside(exercise, x, out, sizes, i) ==
                   element_beside(exercise, x, out, sizes, at);
    return repeated;
}

/* False if there is not something beside each element. */
static bool count_in_case(const Beside *b, int t, Holds *holds, Count *count)
{
    const Output o = output_of(b->trials, b->output, t);
    *count = (Count){0};
    for (int at = 0; at < o.n; at++) {
        double x = value_beside(b, t, at);
        bool wrong = is_wrong(&o, at), new = !is_repeated(b, t, at);
        if (isnan(x))
            return false;
        count->out_of_place += wrong ? !holds(x) : holds(x);
        count->missed += wrong && !holds(x);
        if (!is_counted(&o, at) || !new)
            continue;
        count->elements++;
        count->in += holds(x);
        count->wrong_in += wrong;
    }
    return true;
}

/* How unlikely a condition must be to fit by chance, as a natural logarithm, when so many are
 * tried.
 */
static double least_surprise(const Beside *b, bool exact)
{
    const Exercise *exercise = b->trials->exercise;
    int inputs = 0;
    for (int i = 0; i < count_arguments(exercise); i++)
        inputs += is_input(&exercise->arguments[i]) && exercise->arguments[i].shape[0];
    int tried = (int)(sizeof conditions / sizeof *conditions) * inputs;
    return log(tried * (b->y < 0 ? 1. : inputs)) + (exact ? 0 : 5);
}

/* Are the wrong ones just those that fulfil it, or (*all: no) some of them and no others? */
static bool is_telling(const Beside *b, const Condition *condition, bool *all)
{
    bool index = b->trials->exercise->arguments[b->x].kind == IN_INDEX;
    double surprise = -least_surprise(b, condition->exact || index);
    bool any = false;
    *all = true;
    for (int t = 0; t < b->trials->count; t++) {
        Count c;
        if (!count_in_case(b, t, condition->holds, &c) || c.missed > 0)
            return false;
        *all &= c.out_of_place == 0;
        any |= c.in < c.elements;
        surprise += log_choices(c.elements, c.wrong_in) - log_choices(c.in, c.wrong_in);
    }
    return any && surprise > 0;
}

/* "x", "x - t", "y" */
static void name_beside(const Beside *b, char words[LABEL_SIZE])
{
    const Argument *a = b->trials->exercise->arguments;
    snprintf(words, LABEL_SIZE, "%s%s%s", a[b->x].name, b->y < 0 ? "" : " - ",
             b->y < 0 ? "" : a[b->y].name);
}

static bool wrong_are_zero(const Beside *b)
{
    for (int t = 0; t < b->trials->count; t++) {
        const Output o = output_of(b->trials, b->output, t);
        for (int at = 0; at < o.n; at++)
            if (is_wrong(&o, at) && o.got[at] != 0)
                return false;
    }
    return true;
}

static bool say_where(const Beside *b, bool all, const char *condition, Diagnosis *found)
{
    char name[LABEL_SIZE], where[LABEL_SIZE + 48];
    const Argument *a = b->trials->exercise->arguments;
    const char *zero = wrong_are_zero(b) ? "; 0 is left there" : "";
    name_beside(b, name);
    snprintf(where, sizeof where, b->axis < 0 ? "where %s %s" : "at the place that %s names", name,
             condition);
    diagnosis_label(found, "where-%s%s", a[b->x].name, b->y < 0 ? "" : "-less-other");
    return all ? diagnosis_say(found, "%s is wrong %s and nowhere else%s.", a[b->output].name,
                               where, zero)
               : diagnosis_say(found, "%s is wrong only %s, though not everywhere there%s.",
                               a[b->output].name, where, zero);
}

/* A condition that fits in whole, or one that only holds for all that are wrong. */
static bool find_condition(const Beside *b, bool whole, Diagnosis *found)
{
    for (size_t i = 0; i < sizeof conditions / sizeof *conditions; i++) {
        bool all;
        if ((b->axis >= 0 && i > 0) || !is_telling(b, &conditions[i], &all) || all != whole)
            continue;
        return say_where(b, all, conditions[i].words, found);
    }
    return false;
}

/* -- beyond a certain size ----------------------------------------------------------------------
 */

/* The largest among the right ones, the smallest among the wrong ones. */
typedef struct {
    double right, wrong;
} Limits;

static bool find_limits(const Beside *b, Limits *limits)
{
    double surprise = -least_surprise(b, false);
    *limits = (Limits){-INFINITY, INFINITY};
    for (int t = 0; t < b->trials->count; t++) {
        const Output o = output_of(b->trials, b->output, t);
        int all = 0, bad = 0;
        for (int at = 0; at < o.n; at++) {
            double x = fabs(value_beside(b, t, at));
            if (isnan(x))
                return false;
            if (is_wrong(&o, at))
                limits->wrong = fmin(limits->wrong, x);
            else
                limits->right = fmax(limits->right, x);
            all += !is_repeated(b, t, at);
            bad += !is_repeated(b, t, at) && is_wrong(&o, at);
        }
        surprise += log_choices(all, bad);
    }
    return limits->right < limits->wrong && surprise > 0;
}

static bool find_size(const Beside *b, Diagnosis *found)
{
    const Argument *a = b->trials->exercise->arguments;
    Limits limits;
    if (b->y >= 0 || !find_limits(b, &limits))
        return false;
    diagnosis_label(found, "where-large-%s", a[b->x].name);
    return diagnosis_say(
        found,
        "%s is wrong where |%s| is large (from %.4g on), and right where it is %.4g "
        "or less.",
        a[b->output].name, a[b->x].name, limits.wrong, limits.right);
}

/* -- all that may stand beside ------------------------------------------------------------------
 */

static bool find_beside(const Beside *b, Diagnosis *found)
{
    bool index = b->trials->exercise->arguments[b->x].kind == IN_INDEX;
    return find_condition(b, true, found) || (!index && find_size(b, found)) ||
           find_condition(b, false, found);
}

/* First as the place along an axis, if it is one, and then as a number. */
static bool find_by_index(Beside *b, Diagnosis *found)
{
    const Argument *a = b->trials->exercise->arguments;
    const char *axis = a[b->x].limit ? strchr(a[b->output].shape, a[b->x].limit) : NULL;
    b->axis = axis ? (int)(axis - a[b->output].shape) : -1;
    if (axis && find_beside(b, found))
        return true;
    b->axis = -1;
    return find_beside(b, found);
}

bool inputs_where(const Trials *trials, int output, Diagnosis *found)
{
    const Argument *a = trials->exercise->arguments;
    int n = count_arguments(trials->exercise);
    for (int x = 0; x < n; x++) {
        Beside b = {trials, output, x, -1, -1};
        if (is_input(&a[x]) && a[x].shape[0] &&
            (a[x].kind == IN_INDEX ? find_by_index(&b, found) : find_beside(&b, found)))
            return true;
    }
    for (int x = 0; x < n; x++)
        for (int y = 0; y < n; y++) {
            const Beside b = {trials, output, x, y, -1};
            if (x != y && is_real_input(&a[x]) && is_real_input(&a[y]) && a[x].shape[0] &&
                strcmp(a[x].shape, a[y].shape) == 0 && find_beside(&b, found))
                return true;
        }
    return false;
}
