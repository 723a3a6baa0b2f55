/* linear.c: an output that is c0 + c1 s + c2 s^2 where an input is s times as large has three
 * parts, and each of them can be compared with what is wanted. */
#include "linear.h"

#include <stdio.h>
#include <string.h>

#include "compare.h"
#include "factor.h"

enum { POWERS = 3, WANTED = 0, GOT, SIDES };

/* An output's parts, as trials of which got and want hold just the one. */
typedef struct {
    const Experiment *experiment;
    int input, output;
    Trials part[POWERS];
    bool is_sum[SIDES];      /* is it such a sum at all? */
    bool has[SIDES][POWERS]; /* which parts are not zero everywhere */
    bool right[POWERS];
} Parts;

static const Trial *side_of(const Trials *trials, int side, int i)
{
    return side == GOT ? &trials->got[i] : &trials->want[i];
}

/* What lies in element `at` at scale number s. */
static real value_at(const Experiment *e, int side, int t, int input, int output, int s, int at)
{
    int v = experiment_find(e, SCALED, t, input, s);
    return ((const real *)side_of(&e->again, side, v)->array[output])[at];
}

/* The coefficients of the polynomial through the values at 2, 3, 1/2 and 1. */
static void fit_powers(const real value[4], real power[4])
{
    static const double inverse[4][4] = {{1, -1. / 5, 16. / 5, -3},
                                         {-10. / 3, 7. / 10, -88. / 15, 17. / 2},
                                         {3, -7. / 10, 16. / 5, -11. / 2},
                                         {-2. / 3, 1. / 5, -8. / 15, 1}};
    for (int i = 0; i < 4; i++) {
        power[i] = 0;
        for (int j = 0; j < 4; j++)
            power[i] += (real)inverse[i][j] * value[j];
    }
}

static bool is_zero(real x, real scale)
{
    return state_of(x, 0, scale) == SAME;
}

static void fit_side(Parts *parts, int side, int t)
{
    const Experiment *e = parts->experiment;
    const Output o = output_of(e->trials, parts->output, t);
    const double scale = side == GOT ? scale_of_both(&o) : o.scale;
    const real *from[4] = {[3] = side == GOT ? o.got : o.want};
    for (int s = 0; s < 3; s++) {
        int v = experiment_find(e, SCALED, t, parts->input, s);
        from[s] = side_of(&e->again, side, v)->array[parts->output];
    }
    for (int at = 0; at < o.n; at++) {
        real value[4], power[4];
        for (int s = 0; s < 4; s++)
            value[s] = from[s][at];
        fit_powers(value, power);
        parts->is_sum[side] &= is_zero(power[3], scale);
        for (int p = 0; p < POWERS; p++) {
            ((real *)side_of(&parts->part[p], side, t)->array[parts->output])[at] = power[p];
            parts->has[side][p] |= !is_zero(power[p], scale);
        }
    }
}

/* False if the input cannot be scaled on every trial. */
static bool parts_new(Parts *parts, const Experiment *e, int input, int output)
{
    *parts = (Parts){.experiment = e, .input = input, .output = output, .is_sum = {true, true}};
    for (int t = 0; t < e->trials->count; t++)
        for (int s = 0; s < 3; s++)
            if (experiment_find(e, SCALED, t, input, s) < 0)
                return false;
    for (int p = 0; p < POWERS; p++)
        parts->part[p] = trials_copy(e->trials);
    for (int t = 0; t < e->trials->count; t++)
        for (int side = 0; side < SIDES; side++)
            fit_side(parts, side, t);
    for (int p = 0; p < POWERS; p++)
        parts->right[p] = find_difference(&parts->part[p], output).trial < 0;
    return true;
}

static void parts_free(Parts *parts)
{
    for (int p = 0; p < POWERS; p++)
        trials_free(&parts->part[p]);
}

static const char *name_of(const Parts *parts, int i)
{
    return parts->experiment->trials->exercise->arguments[i].name;
}

typedef bool Rule(const Parts *parts, Diagnosis *found);

/* The first input, other than the output itself, of which the rule holds. */
static bool holds_for_one(const Experiment *e, int output, Rule *rule, Diagnosis *found)
{
    const Exercise *exercise = e->trials->exercise;
    bool holds = false;
    for (int i = 0; i < count_arguments(exercise) && !holds; i++) {
        Parts parts;
        if (!is_input(&exercise->arguments[i]) || i == output || !parts_new(&parts, e, i, output))
            continue;
        holds = rule(&parts, found);
        parts_free(&parts);
    }
    return holds;
}

/* -- a power of the input -----------------------------------------------------------------------
 */

/* The degree d for which f(s x) = s^d f(x), for the scales 2 and 3; NaN if there is none. */
static double degree_of(const Parts *parts, int side)
{
    const Experiment *e = parts->experiment;
    for (int half = -8; half <= 8; half++) {
        bool fits = true;
        int evidence = 0;
        for (int t = 0; t < e->trials->count && fits; t++) {
            const Output o = output_of(e->trials, parts->output, t);
            const double scale = side == GOT ? scale_of_both(&o) : o.scale;
            for (int at = 0; at < o.n && fits; at++) {
                real is = side == GOT ? o.got[at] : o.want[at];
                evidence += !is_zero(is, scale);
                for (int s = 0; s < 2; s++) {
                    real factor = (real)pow(scales[s], half / 2.);
                    real after = value_at(e, side, t, parts->input, parts->output, s, at);
                    fits &= state_of(after, factor * is, fmax(1, factor) * scale) == SAME;
                }
            }
        }
        if (fits && evidence > 2)
            return half / 2.;
    }
    return NAN;
}

static void times_in_words(char words[48], double degree)
{
    if (degree == 0)
        snprintf(words, 48, "as it is");
    else
        snprintf(words, 48, "%.4g times as large", pow(2, degree));
}

static bool other_degree(const Parts *parts, Diagnosis *found)
{
    char want[48], got[48];
    double wanted = degree_of(parts, WANTED), is = degree_of(parts, GOT);
    if (isnan(wanted) || isnan(is) || wanted == is)
        return false;
    times_in_words(want, wanted);
    times_in_words(got, is);
    const char *input = name_of(parts, parts->input), *output = name_of(parts, parts->output);
    diagnosis_label(found, "degree-%s", input);
    return diagnosis_say(found,
                         is > wanted
                             ? "With %s twice as large %s should be %s; yours is %s. Is there a "
                               "factor %s too many, or a division by %s too few?"
                             : "With %s twice as large %s should be %s; yours is %s. Is there a "
                               "division by %s too many, or a factor %s too few?",
                         input, output, want, got, input, input);
}

bool linear_degree(const Experiment *experiment, int output, Diagnosis *found)
{
    return holds_for_one(experiment, output, other_degree, found);
}

/* -- one part wrong, the rest right -------------------------------------------------------------
 */

static const char *const growth[POWERS] = {"does not change with", "grows with",
                                           "grows with the square of"};

/* The only part that is wrong; -1 if there is none such, or no other part that could be wrong. */
static int only_wrong(const Parts *parts)
{
    int wrong = -1, count = 0, rest = 0;
    for (int p = 0; p < POWERS; p++) {
        if (!parts->right[p])
            wrong = p, count++;
        else
            rest += parts->has[WANTED][p];
    }
    return parts->is_sum[WANTED] && parts->is_sum[GOT] && count == 1 && rest > 0 ? wrong : -1;
}

/* Is the part that does not change what the output held before, so that it is no news? */
static bool begins_at_old(const Parts *parts)
{
    const Trials *trials = parts->experiment->trials;
    bool old = trials->exercise->arguments[parts->output].kind == IN_OUT;
    for (int t = 0; t < trials->count && old; t++) {
        const Output o = output_of(&parts->part[0], parts->output, t);
        old = arrays_agree(o.n, trials->given[t].array[parts->output], o.want);
    }
    return old;
}

/* "is minus", "is missing", ... */
static bool how_wrong(const Parts *parts, int p, char words[96])
{
    char factor[64];
    if (!parts->has[GOT][p])
        snprintf(words, 96, "is missing");
    else if (factor_in_words(&parts->part[p], parts->output, factor))
        snprintf(words, 96, "is %s what is wanted", factor);
    else
        return false;
    return true;
}

static bool named_part(const Parts *parts, Diagnosis *found)
{
    char how[96];
    int p = only_wrong(parts);
    if (p < 0 || !parts->has[WANTED][p] || !how_wrong(parts, p, how))
        return false;
    diagnosis_label(found, "part-%d-of-%s", p, name_of(parts, parts->input));
    return diagnosis_say(found, "The part of %s that %s %s %s; the rest is right.",
                         name_of(parts, parts->output), growth[p], name_of(parts, parts->input),
                         how);
}

static bool extra_part(const Parts *parts, Diagnosis *found)
{
    int p = only_wrong(parts);
    if (p < 0 || parts->has[WANTED][p])
        return false;
    diagnosis_label(found, "extra-%d-of-%s", p, name_of(parts, parts->input));
    return diagnosis_say(found,
                         "A part of %s %s %s; there should be no such part, and the rest is "
                         "right.%s",
                         name_of(parts, parts->output), growth[p], name_of(parts, parts->input),
                         p == 2 && begins_at_old(parts)
                             ? " Is it worked out from what the step has already changed?"
                             : "");
}

/* Something changes where the input is zero, and should not. */
static bool changes_at_zero(const Parts *parts, Diagnosis *found)
{
    const char *in = name_of(parts, parts->input), *out = name_of(parts, parts->output);
    if (!parts->is_sum[WANTED] || !parts->is_sum[GOT] || parts->right[0] || !begins_at_old(parts))
        return false;
    diagnosis_label(found, "without-%s", in);
    return diagnosis_say(found,
                         "Were %s zero, %s should stay as it was; yours would change. Is a "
                         "part not multiplied by %s?",
                         in, out, in);
}

static bool unnamed_part(const Parts *parts, Diagnosis *found)
{
    int p = only_wrong(parts);
    if (p < 0 || (p > 0 && begins_at_old(parts) && !parts->has[WANTED][3 - p]))
        return false;
    diagnosis_label(found, "part-%d-of-%s", p, name_of(parts, parts->input));
    return diagnosis_say(found, "The part of %s that %s %s is wrong; the rest is right.",
                         name_of(parts, parts->output), growth[p], name_of(parts, parts->input));
}

bool linear_part(const Experiment *experiment, int output, Diagnosis *found)
{
    return holds_for_one(experiment, output, named_part, found) ||
           holds_for_one(experiment, output, extra_part, found);
}

bool linear_rest(const Experiment *experiment, int output, Diagnosis *found)
{
    return holds_for_one(experiment, output, changes_at_zero, found) ||
           holds_for_one(experiment, output, unnamed_part, found);
}

/* -- in no such way -----------------------------------------------------------------------------
 */

static bool is_proportional(const Parts *parts, int side)
{
    const bool *has = parts->has[side];
    return parts->is_sum[side] && !has[0] && has[1] && !has[2];
}

/* Twice the input gives twice the output, but minus the input does not give minus the output. */
static bool sign_matters(const Parts *parts)
{
    const Experiment *e = parts->experiment;
    for (int t = 0; t < e->trials->count; t++) {
        const Output o = output_of(e->trials, parts->output, t);
        if (experiment_find(e, SCALED, t, parts->input, 3) < 0)
            return false;
        for (int at = 0; at < o.n; at++)
            if (state_of(value_at(e, GOT, t, parts->input, parts->output, 3, at), -o.got[at],
                         scale_of_both(&o)) != SAME)
                return true;
    }
    return false;
}

static bool not_proportional(const Parts *parts, Diagnosis *found)
{
    const char *in = name_of(parts, parts->input), *out = name_of(parts, parts->output);
    const bool *has = parts->has[GOT];
    if (!is_proportional(parts, WANTED))
        return false;
    diagnosis_label(found, "not-linear-in-%s", in);
    if (is_proportional(parts, GOT))
        return sign_matters(parts) &&
               diagnosis_say(found,
                             "With the sign of %s turned, %s should only turn its sign; yours "
                             "changes otherwise. Is %s compared with something, or its sign lost?",
                             in, out, in);
    if (!parts->is_sum[GOT])
        return diagnosis_say(found,
                             "%s should grow in proportion to %s: twice %s, twice %s. Yours does "
                             "not. %s should only be a factor, once in each term.",
                             out, in, in, out, in);
    return diagnosis_say(found,
                         "%s should grow in proportion to %s: twice %s, twice %s. Yours has a part "
                         "that %s %s.",
                         out, in, in, out, growth[has[2] ? 2 : 0], in);
}

bool linear_extra(const Experiment *experiment, int output, Diagnosis *found)
{
    return holds_for_one(experiment, output, not_proportional, found);
}
