#include "known.h"

#include <stdio.h>
#include <string.h>

#include "beside.h"
#include "compare.h"
#include "quantity.h"

/* Fewer numbers that are not zero are no evidence. */
enum { LEAST_NUMBERS = 3 };

/* From what is wanted, w, and two quantities. */
typedef real Form(real w, real x, real y);

#define FORM(name, value)                          \
    static real name(real w, real x, real y)       \
    {                                              \
        return (void)w, (void)x, (void)y, (value); \
    }
FORM(itself, x)
FORM(minus, -x)
FORM(sum, x + y)
FORM(difference, x - y)
FORM(distance, fabs(x - y))
FORM(product, x *y)
FORM(minus_product, -x *y)
FORM(quotient, x / y)
FORM(w_plus, w + x)
FORM(w_minus, w - x)
FORM(w_plus_product, w + x * y)
FORM(w_minus_product, w - x * y)
FORM(w_times, w *x)
FORM(w_over, w / x)
FORM(w_times_square, w *x *x)
FORM(w_over_square, w / (x * x))
FORM(w_times_root, w *sqrt(x))
FORM(w_over_root, w / sqrt(x))
FORM(w_times_product, w *x *y)
FORM(w_over_product, w / (x * y))
FORM(w_times_quotient, w *x / y)
FORM(w_times_difference, w *(x - y))
FORM(w_times_distance, w *fabs(x - y))
FORM(w_over_distance, w / fabs(x - y))

/* In the words a ~ is the first quantity and a ^ the second. */
static const struct {
    Form *form;
    bool two, simple, plain; /* simple: ~ may be a function; plain: without what is wanted */
    const char *label, *words;
} forms[] = {
    {itself, false, true, true, "is", "~"},
    {minus, false, true, true, "is-minus", "minus ~"},
    {w_times, false, true, false, "times", "what is wanted, times ~"},
    {w_over, false, true, false, "over", "what is wanted, divided by ~"},
    {w_plus, false, false, false, "plus", "~ more than what is wanted"},
    {w_minus, false, false, false, "less", "~ less than what is wanted"},
    {w_times_square, false, false, false, "times-square", "what is wanted, times the square of ~"},
    {w_over_square, false, false, false, "over-square",
     "what is wanted, divided by the square of ~"},
    {w_times_root, false, false, false, "times-root", "what is wanted, times the square root of ~"},
    {w_over_root, false, false, false, "over-root",
     "what is wanted, divided by the square root of ~"},
    {difference, true, true, true, "is-difference", "~ - ^"},
    {distance, true, false, true, "is-distance", "|~ - ^|"},
    {sum, true, false, true, "is-sum", "~ + ^"},
    {product, true, true, true, "is-product", "~ times ^"},
    {minus_product, true, true, true, "is-minus-product", "minus ~ times ^"},
    {quotient, true, false, true, "is-quotient", "~ / ^"},
    {w_times_difference, true, false, false, "times-difference", "what is wanted, times ~ - ^"},
    {w_times_distance, true, false, false, "times-distance", "what is wanted, times |~ - ^|"},
    {w_over_distance, true, false, false, "over-distance", "what is wanted, divided by |~ - ^|"},
    {w_times_product, true, false, false, "times-product", "what is wanted, times ~ and ^"},
    {w_over_product, true, false, false, "over-product", "what is wanted, divided by ~ and by ^"},
    {w_times_quotient, true, false, false, "times-quotient", "what is wanted, times ~ / ^"},
    {w_plus_product, true, false, false, "plus-product", "~ ^ more than what is wanted"},
    {w_minus_product, true, false, false, "less-product", "~ ^ less than what is wanted"},
};
enum { FORMS = sizeof forms / sizeof *forms };

/* c, or c over size number `over`. */
typedef struct {
    double constant;
    int over; /* -1: over nothing */
} Times;

/* A form of simple[function](x) and y, times a constant. */
typedef struct {
    int form, function, x, y;
    Times times;
} Guess;

static double value_of(const Trials *trials, Times times, int trial)
{
    return times.over < 0 ? times.constant : times.constant / trials->want[trial].sizes[times.over];
}

/* Is the output just that, on every case? Not where it is zero or right nearly everywhere. */
static bool is_right(const Trials *trials, int output, const Guess *guess)
{
    const Exercise *exercise = trials->exercise;
    const Argument *a = exercise->arguments, *out = &a[output];
    int evidence = 0;
    for (int t = 0; t < trials->count; t++) {
        const Output o = output_of(trials, output, t);
        const int *sizes = trials->want[t].sizes;
        const real *x = quantity_of(trials, guess->x, t), *y = quantity_of(trials, guess->y, t);
        const real times = (real)value_of(trials, guess->times, t);
        for (int at = 0; at < o.n; at++) {
            int i = element_beside(exercise, &a[guess->x], out, sizes, at);
            int j = element_beside(exercise, &a[guess->y], out, sizes, at);
            if (i < 0 || j < 0)
                return false;
            real value =
                times * forms[guess->form].form(o.want[at], simple[guess->function].of(x[i]), y[j]);
            if (!isfinite(value) || state_of(o.got[at], value, fmax(o.scale, fabs(value))) != SAME)
                return false;
            evidence += state_of(o.got[at], 0, o.scale) != SAME &&
                        state_of(o.got[at], o.want[at], o.scale) != SAME;
        }
    }
    return evidence >= LEAST_NUMBERS;
}

/* Appends the words, with others for ~ and ^. */
static void append(char text[DIAGNOSIS_SIZE], const char *words, const char *first,
                   const char *second)
{
    for (; *words && strlen(text) + LABEL_SIZE < DIAGNOSIS_SIZE; words++)
        if (*words == '~' || (*words == '^' && second))
            strcat(text, *words == '~' ? first : second);
        else
            strncat(text, words, 1);
}

/* "(pred - y) times 2/n" */
static void put_times(char words[DIAGNOSIS_SIZE], const Trials *trials, Times times,
                      const char *form)
{
    char over[8] = "";
    if (times.over >= 0)
        snprintf(over, sizeof over, "/%c", trials->exercise->sizes[times.over]);
    if (times.over < 0 && times.constant == 1)
        snprintf(words, DIAGNOSIS_SIZE, "%s", form);
    else
        snprintf(words, DIAGNOSIS_SIZE, "(%.400s) times %g%s", form, times.constant, over);
}

static void say(const Trials *trials, int output, const Guess *guess, Diagnosis *found)
{
    char x[LABEL_SIZE], y[LABEL_SIZE], words[DIAGNOSIS_SIZE];
    char first[DIAGNOSIS_SIZE] = "", form[DIAGNOSIS_SIZE] = "";
    const Argument *a = trials->exercise->arguments;
    quantity_name(trials, guess->x, x);
    quantity_name(trials, guess->y, y);
    append(first, simple[guess->function].words, x, NULL);
    append(form, forms[guess->form].words, first, y);
    put_times(words, trials, guess->times, form);
    diagnosis_label(found, "%s-%s%s%s", forms[guess->form].label, a[guess->x].name,
                    forms[guess->form].two ? "-" : "",
                    forms[guess->form].two ? a[guess->y].name : "");
    diagnosis_say(found, "%s is %s, everywhere and in every case.", a[output].name, words);
}

/* All inputs, or pairs of inputs, for this form, function and constant. */
static bool find_inputs(const Trials *trials, int output, Guess *guess)
{
    int n = count_arguments(trials->exercise);
    bool two = forms[guess->form].two;
    for (guess->x = 0; guess->x < n; guess->x++)
        for (guess->y = two ? 0 : guess->x; guess->y < (two ? n : guess->x + 1); guess->y++)
            if (is_quantity(trials, output, guess->x) && is_quantity(trials, output, guess->y) &&
                (!two || guess->x != guess->y) && is_right(trials, output, guess))
                return true;
    return false;
}

static bool find_form(const Trials *trials, int output, int function, Times times, Guess *guess)
{
    bool one = times.over < 0 && times.constant == 1;
    for (int form = 0; form < FORMS; form++) {
        *guess = (Guess){.form = form, .function = function, .times = times};
        if ((function == 0 || forms[form].simple) && (one || forms[form].plain) &&
            find_inputs(trials, output, guess))
            return true;
    }
    return false;
}

/* Without a constant first. */
bool known_quantity(const Trials *trials, int output, Diagnosis *found)
{
    static const double constants[] = {1, 2, 0.5};
    int letters = (int)strlen(trials->exercise->sizes);
    Guess guess;
    for (int over = -1; over < letters; over++)
        for (int c = 0; c < (over < 0 ? 3 : 2); c++)
            for (int function = 0; function < SIMPLE; function++)
                if (find_form(trials, output, function, (Times){constants[c], over}, &guess)) {
                    say(trials, output, &guess, found);
                    return true;
                }
    return false;
}
