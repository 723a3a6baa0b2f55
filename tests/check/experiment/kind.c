#include "kind.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "compare.h"
#include "error.h"

/* -- whole numbers ------------------------------------------------------------------------------
 */

/* Are all numbers whole, on every case, once they are multiplied by size^power: size number n?
 * *unlike counts those that are neither 0 nor 1 nor -1, which come from comparisons as well. */
static bool are_whole(const Trials *trials, int output, int n, double power, bool wanted,
                      int *unlike)
{
    *unlike = 0;
    for (int t = 0; t < trials->count; t++) {
        const Output o = output_of(trials, output, t);
        const double factor = pow(trials->want[t].sizes[n], power);
        for (int at = 0; at < o.n; at++) {
            double x = factor * (double)(wanted ? o.want : o.got)[at];
            if (fabs(x - round(x)) > 1e-9 * fmax(1, fabs(x)))
                return false;
            *unlike += fabs(x) > 1.5 && fabs(x) < 1e9;
        }
    }
    return true;
}

bool kind_whole(const Trials *trials, int output, Diagnosis *found)
{
    static const struct {
        double power;
        const char *words;
    } scaled[] = {{0, ""}, {1, " over %c"}, {0.5, " over the square root of %c"}};
    const char *name = trials->exercise->arguments[output].name, *letters = trials->exercise->sizes;
    for (size_t i = 0; i < sizeof scaled / sizeof *scaled; i++)
        for (int n = 0; letters[n] && (i > 0 || n == 0); n++) {
            char over[48];
            int unlike, other;
            if (!are_whole(trials, output, n, scaled[i].power, false, &unlike) ||
                are_whole(trials, output, n, scaled[i].power, true, &other))
                continue;
            if (unlike < 3)
                return false;
            snprintf(over, sizeof over, scaled[i].words, letters[n]);
            diagnosis_label(found, "whole");
            return diagnosis_say(found,
                                 "All that %s holds are whole numbers%s; what is wanted is not. Is "
                                 "a sum or a factor kept in an int?",
                                 name, over);
        }
    return false;
}

static bool is_zero_in(const Trials *trials, int output, int t)
{
    const Output o = output_of(trials, output, t);
    for (int at = 0; at < o.n; at++)
        if (o.got[at] != 0)
            return false;
    return true;
}

/* On each trial zero or right, and both happen. */
bool kind_zero(const Trials *trials, int output, Diagnosis *found)
{
    int zeros = 0, right = -1;
    for (int t = 0; t < trials->count; t++) {
        const Output o = output_of(trials, output, t);
        if (arrays_agree(o.n, o.got, o.want))
            right = t;
        else if (is_zero_in(trials, output, t))
            zeros++;
        else
            return false;
    }
    if (zeros < 2 || right < 0)
        return false;
    char sizes[LABEL_SIZE];
    diagnosis_label(found, "zero");
    return diagnosis_say(found,
                         "%s is zero in every case in which it is wrong; where %s it is right. Is "
                         "there a division of whole numbers? 1/2 is 0 in C.",
                         trials->exercise->arguments[output].name,
                         sizes_in_words(sizes, trials->exercise, trials->want[right].sizes));
}

/* -- a few digits right -------------------------------------------------------------------------
 */

bool kind_digits(const Trials *trials, int output, Diagnosis *found)
{
    double most = 0;
    int numbers = 0;
    for (int t = 0; t < trials->count; t++) {
        const Output o = output_of(trials, output, t);
        for (int at = 0; at < o.n; at++) {
            bool zero = state_of(o.want[at], 0, o.scale) == SAME;
            double apart = fabs((double)o.got[at] - (double)o.want[at]);
            most = fmax(most, apart / (zero ? o.scale : fabs((double)o.want[at])));
            numbers += !zero;
        }
    }
    int digits = (int)floor(-log10(most));
    if (!(most < 1e-4) || numbers < 3)
        return false;
    const char *name = trials->exercise->arguments[output].name;
    diagnosis_label(found, "digits");
    return diagnosis_say(
        found,
        "%s is right to %d digits in every case, but not to more. "
        "Is a float in it, a constant with too few digits, something small left out or added, "
        "as an eps, or a difference in the place of a derivative?",
        name, digits);
}

/* -- one factor for each case, row or column ----------------------------------------------------
 */

typedef enum { CASE, ROW, COLUMN, LINES } Line;

static int line_of(Line line, Matrix m, int at)
{
    return line == ROW ? at / m.columns : line == COLUMN ? at % m.columns : 0;
}

/* Got over wanted for each line of a trial, from the element that is wanted largest. False if a
 * line is no multiple, or nothing at all; *evidence counts what could have been otherwise. */
static bool find_ratios(const Output *o, Matrix m, Line line, double *ratio, int *evidence)
{
    int lines = line == ROW ? m.rows : line == COLUMN ? m.columns : 1;
    for (int l = 0; l < lines; l++) {
        int largest = -1;
        for (int at = 0; at < o->n; at++)
            if (line_of(line, m, at) == l &&
                (largest < 0 || fabs(o->want[at]) > fabs(o->want[largest])))
                largest = at;
        bool zero = state_of(o->want[largest], 0, o->scale) == SAME;
        if (!zero && state_of(o->got[largest], 0, o->scale) == SAME)
            return false;
        ratio[l] = zero ? 1 : (double)o->got[largest] / (double)o->want[largest];
        for (int at = 0; at < o->n; at++) {
            real want = (real)ratio[l] * o->want[at];
            if (line_of(line, m, at) != l)
                continue;
            if (state_of(o->got[at], want, fmax(1, fabs(ratio[l])) * o->scale) != SAME)
                return false;
            *evidence += at != largest && state_of(o->want[at], 0, o->scale) != SAME;
        }
    }
    return true;
}

/* Writes the factors of the first wrong case. */
static void list_ratios(char words[128], const double *ratio, int n)
{
    int used = 0;
    words[0] = '\0';
    for (int i = 0; i < n && used < 90; i++)
        used += snprintf(words + used, 128 - (size_t)used, "%s%.7g", i ? ", " : "", ratio[i]);
    if (used >= 90)
        snprintf(words + used, 128 - (size_t)used, ", ...");
}

static bool lines_are_multiples(const Trials *trials, int output, Line line, char words[128])
{
    int evidence = 0, first = find_difference(trials, output).trial;
    for (int t = 0; t < trials->count; t++) {
        const Output o = output_of(trials, output, t);
        Matrix m = as_matrix(trials->exercise, &trials->exercise->arguments[output],
                             trials->want[t].sizes);
        double *ratio = calloc((size_t)o.n, sizeof *ratio);
        if (!ratio)
            error_stop("out of memory");
        int here = 0;
        bool multiples = find_ratios(&o, m, line, ratio, &here);
        evidence += here;
        if (multiples && t == first)
            list_ratios(words, ratio, line == ROW ? m.rows : line == COLUMN ? m.columns : 1);
        free(ratio);
        if (!multiples)
            return false;
    }
    return evidence > 5;
}

bool kind_multiples(const Trials *trials, int output, Diagnosis *found)
{
    static const char *const words[LINES] = {
        [CASE] = ("In each case %s is one number times what is wanted, but not the same in all: "
                  "here %s. Is something wrong that all elements share, such as a size?"),
        [ROW] = ("Each row of %s is right but for a factor of its own (here %s). Is something "
                 "wrong that a row shares?"),
        [COLUMN] = ("Each column of %s is right but for a factor of its own (here %s). Is "
                    "something wrong that a column shares?")};
    char list[128];
    for (int line = 0; line < LINES; line++)
        if (lines_are_multiples(trials, output, (Line)line, list)) {
            diagnosis_label(found, "multiples");
            return diagnosis_say(found, words[line], trials->exercise->arguments[output].name,
                                 list);
        }
    return false;
}
