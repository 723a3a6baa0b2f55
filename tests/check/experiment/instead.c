#include "instead.h"

#include <stdlib.h>
#include <string.h>

#include "beside.h"
#include "compare.h"

typedef real Change(real x);

#define CHANGE(name, value)      \
    static real name(real x)     \
    {                            \
        return (void)x, (value); \
    }
CHANGE(zero, 0)
CHANGE(one, 1)
CHANGE(minus, -x)
CHANGE(absolute, fabs(x))
CHANGE(whole, trunc(x))
CHANGE(single, (real)(float)x)
CHANGE(squared, x *x)
CHANGE(root, sqrt(x))
CHANGE(inverse, 1 / x)
CHANGE(complement, 1 - x)
CHANGE(exponential, exp(x))
CHANGE(logarithm, log(x))
CHANGE(twice, 2 * x)
CHANGE(half, x / 2)

/* In the words a ~ is the input. */
static const struct {
    Change *change;
    const char *label, *words;
} changes[] = {
    {zero, "left-out", "if ~ were zero. Is its part missing?"},
    {one, "as-one", "if ~ were 1 everywhere. Is it left out?"},
    {minus, "negated",
     "for -~ in the place of ~. Is a sign wrong, or something the wrong way round?"},
    {absolute, "absolute", "for |~| in the place of ~. Is the sign of ~ lost?"},
    {whole, "cut-off", "if what stands behind the point were cut off from ~. Is it put in an int?"},
    {single, "float", "if ~ had only a float's digits. Is it put in a float?"},
    {squared, "squared",
     "for ~ squared in the place of ~. Is it squared too often, or a root missing?"},
    {root, "rooted",
     "for the square root of ~ in the place of ~. Is a root taken too many, or a square missing?"},
    {inverse, "inverted",
     "for 1/~ in the place of ~. Is it multiplied by, not divided, or the other way round?"},
    {complement, "complement", "for 1 - ~ in the place of ~."},
    {exponential, "exp", "for exp(~) in the place of ~."},
    {logarithm, "log", "for log(~) in the place of ~."},
    {twice, "twice", "if ~ were twice as large."},
    {half, "half", "if ~ were half as large."},
};

/* False if something becomes of a number that is none. */
static bool apply(const Exercise *exercise, int input, Change *change, Trial *trial)
{
    real *x = trial->array[input];
    bool numbers = true;
    for (int i = 0; i < element_count(exercise, &exercise->arguments[input], trial->sizes); i++) {
        x[i] = change(x[i]);
        numbers &= isfinite(x[i]);
    }
    return numbers;
}

/* Is the output what the reference makes of these inputs, on every case, and of ordinary numbers?
 */
static bool fits(const Trials *trials, int output, int input, Change *change)
{
    const Exercise *exercise = trials->exercise;
    bool same = true;
    for (int t = 0; t < trials->count && same; t++) {
        const Output o = output_of(trials, output, t);
        Trial other = trial_copy(exercise, &trials->given[t]);
        same = apply(exercise, input, change, &other);
        if (same)
            trial_call(exercise, &other, exercise->reference);
        same = same && arrays_agree(o.n, o.got, other.array[output]);
        trial_free(&other);
    }
    return same;
}

/* Writes the words, with the name for ~. */
static void put_words(Diagnosis *found, const char *output, const char *words, const char *name)
{
    char text[DIAGNOSIS_SIZE] = "";
    for (; *words && strlen(text) + strlen(name) + 2 < sizeof text; words++)
        strncat(text, *words == '~' ? name : words, *words == '~' ? strlen(name) : 1);
    diagnosis_say(found, "%s is what would be right %s", output, text);
}

/* Changes that leave nothing of the input. The others say something of it only if no two fit. */
enum { WITHOUT = 2 };

static bool changed(const Trials *trials, int output, int input, Diagnosis *found)
{
    const Argument *arguments = trials->exercise->arguments;
    int fitting = -1;
    for (int i = 0; i < (int)(sizeof changes / sizeof *changes); i++) {
        if (!fits(trials, output, input, changes[i].change))
            continue;
        if (fitting >= 0)
            return false;
        fitting = i;
        if (i < WITHOUT)
            break;
    }
    if (fitting < 0)
        return false;
    diagnosis_label(found, "%s-%s", changes[fitting].label, arguments[input].name);
    put_words(found, arguments[output].name, changes[fitting].words, arguments[input].name);
    return true;
}

bool instead_of_input(const Trials *trials, int output, Diagnosis *found)
{
    for (int i = 0; i < count_arguments(trials->exercise); i++)
        if (is_real_input(&trials->exercise->arguments[i]) && changed(trials, output, i, found))
            return true;
    return false;
}
