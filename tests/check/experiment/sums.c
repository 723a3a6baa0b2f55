#include "sums.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "beside.h"
#include "compare.h"
#include "error.h"
#include "quantity.h"

/* Where an argument's element lies whose indices are index[i] along the letter number i. */
static int element_at(const Exercise *exercise, const Argument *a, const int sizes[],
                      const int index[])
{
    int at = 0;
    for (const char *letter = a->shape; *letter; letter++)
        at = at * size_of(exercise, sizes, *letter) +
             index[strchr(exercise->sizes, *letter) - exercise->sizes];
    return at;
}

static unsigned letters_of(const Exercise *exercise, const Argument *a)
{
    unsigned letters = 0;
    for (const char *letter = a->shape; *letter; letter++)
        letters |= 1u << (strchr(exercise->sizes, *letter) - exercise->sizes);
    return letters;
}

/* Counts up the indices along these letters; false after the last. */
static bool next_index(const int sizes[], unsigned letters, int index[MAX_SIZES])
{
    for (int i = MAX_SIZES - 1; i >= 0; i--) {
        if (!(letters >> i & 1))
            continue;
        if (++index[i] < sizes[i])
            return true;
        index[i] = 0;
    }
    return false;
}

/* Adds up x y (x alone if they are the same) over all letters that the output has not. */
static void add_up(const Trials *trials, int output, int t, int x, int y, real *sums)
{
    const Exercise *exercise = trials->exercise;
    const Argument *a = exercise->arguments;
    const int *sizes = trials->want[t].sizes;
    const real *of_x = quantity_of(trials, x, t), *of_y = quantity_of(trials, y, t);
    int index[MAX_SIZES] = {0};
    unsigned letters = letters_of(exercise, &a[x]) | letters_of(exercise, &a[y]);
    memset(sums, 0, array_bytes(exercise, &a[output], sizes));
    do {
        real term = of_x[element_at(exercise, &a[x], sizes, index)];
        term *= x == y ? 1 : of_y[element_at(exercise, &a[y], sizes, index)];
        sums[element_at(exercise, &a[output], sizes, index)] += term;
    } while (next_index(sizes, letters, index));
}

static bool is_sum(const Trials *trials, int output, int x, int y)
{
    bool fits = true;
    for (int t = 0; t < trials->count && fits; t++) {
        const Output o = output_of(trials, output, t);
        real *sums = malloc((size_t)o.n * sizeof *sums);
        if (!sums)
            error_stop("out of memory");
        add_up(trials, output, t, x, y, sums);
        fits = arrays_agree(o.n, o.got, sums);
        free(sums);
    }
    return fits;
}

/* The letters that a sum of x y runs over: all of the output's must stay, and some be left. */
static unsigned summed_letters(const Exercise *exercise, int output, int x, int y)
{
    const Argument *a = exercise->arguments;
    unsigned terms = letters_of(exercise, &a[x]) | letters_of(exercise, &a[y]);
    unsigned stay = letters_of(exercise, &a[output]);
    bool told = has_each_letter_once(&a[x]) && has_each_letter_once(&a[y]) &&
                has_each_letter_once(&a[output]);
    return stay & ~terms || !told ? 0 : terms & ~stay;
}

static bool say_sum(const Trials *trials, int output, int x, int y, unsigned over, Diagnosis *found)
{
    const char *letters = trials->exercise->sizes;
    char list[32] = "", first[LABEL_SIZE], second[LABEL_SIZE];
    for (int i = 0, used = 0; letters[i]; i++)
        if (over >> i & 1)
            used += snprintf(list + used, sizeof list - (size_t)used, "%s%c", used ? ", " : "",
                             letters[i]);
    diagnosis_label(found, "plain-sum");
    return diagnosis_say(found, "%s is the sum of %s%s%s over %s. That is not what is asked for.",
                         trials->exercise->arguments[output].name, quantity_name(trials, x, first),
                         x == y ? "" : " ", x == y ? "" : quantity_name(trials, y, second), list);
}

bool known_sum(const Trials *trials, int output, Diagnosis *found)
{
    int n = count_arguments(trials->exercise);
    for (int apart = 0; apart < n; apart++) /* one alone before two multiplied */
        for (int x = 0; x + apart < n; x++) {
            int y = x + apart;
            unsigned over = summed_letters(trials->exercise, output, x, y);
            bool right_output = is_output(&trials->exercise->arguments[x]) ||
                                is_output(&trials->exercise->arguments[y]);
            if (over && (apart == 0 || !right_output) && is_quantity(trials, output, x) &&
                is_quantity(trials, output, y) && is_sum(trials, output, x, y))
                return say_sum(trials, output, x, y, over, found);
        }
    return false;
}
