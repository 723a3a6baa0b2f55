/* fills.c: what is said of answers that mean nothing: outputs filled with a number, an index, NaN
 * or noise, and the right answer turned or with one row spoilt. Of each of them little is true, and
 * nothing else may be said.
 *
 * It is linked with one chapter's exercises, and ends with 1 if anything false was said. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "compare.h"
#include "diagnose.h"
#include "experiment/experiments.h"
#include "listed.h"

typedef enum { ZERO, ONE, INDEX, NOT_NUMBERS, NOISE, TURNED, ROW_SPOILT, FILLS } Fill;

/* What may be said of an output that is filled so; a fact about where it is right may always. */
static const struct {
    const char *name, *truth, *also;
} fills[FILLS] = {
    [ZERO] = {"0", " is zero ", NULL},
    [ONE] = {"1", " is 1 ", NULL},
    [INDEX] = {"its index", " no influence on ", " are whole numbers"},
    [NOT_NUMBERS] = {"NaN", " holds NaN.", NULL},
    [NOISE] = {"noise", " no influence on ", "Were lr zero"},
    [TURNED] = {"the right answer, transposed", " is transposed", " changes with "},
    [ROW_SPOILT] = {"the right answer, its last row wrong", "he last ",
                    " a part that does not change with "},
};

static real filled(Fill fill, const Output *o, Matrix m, int at, Rng *rng)
{
    int last = (m.rows - 1) * m.columns;
    switch (fill) {
    case ZERO:
        return 0;
    case ONE:
        return 1;
    case INDEX:
        return (real)at;
    case NOT_NUMBERS:
        return NAN;
    case TURNED:
        return o->want[at % m.rows * m.columns + at / m.rows];
    case ROW_SPOILT:
        return at < last ? o->want[at] : rng_normal(rng);
    default:
        return rng_normal(rng);
    }
}

static void answer_with(Trials *trials, Fill fill, int argument)
{
    for (int t = 0; t < trials->count; t++) {
        Rng rng;
        rng_seed(&rng, 7 + (uint64_t)trials->want[t].sizes[0]);
        const Output o = output_of(trials, argument, t);
        const Argument *a = &trials->exercise->arguments[argument];
        Matrix m = as_matrix(trials->exercise, a, trials->want[t].sizes);
        real *got = trials->got[t].array[argument];
        for (int at = 0; at < o.n; at++)
            got[at] = filled(fill, &o, m, at, &rng);
    }
}

static void answer_right(Trials *trials, int argument)
{
    for (int t = 0; t < trials->count; t++) {
        const Output o = output_of(trials, argument, t);
        memcpy(trials->got[t].array[argument], o.want, (size_t)o.n * sizeof *o.want);
    }
}

/* "The rest is right", or that of dX, wants a rest, on the case that is shown. */
static bool has_rest(const Trials *trials, int argument)
{
    Difference d = find_difference(trials, argument);
    return d.differ < output_of(trials, argument, d.trial).n;
}

static bool is_true(const Trials *trials, int argument, Fill fill, const char *sentence)
{
    const char *truth = fills[fill].truth;
    bool one = trials->exercise->arguments[argument].shape[0] == '\0';
    if (one && fill == INDEX)
        truth = fills[ZERO].truth; /* the index of the only one */
    if (one && fill == ROW_SPOILT)
        truth = fills[NOISE].truth; /* nothing else is left */
    if (strstr(sentence, "; the rest ") || strstr(sentence, "and the rest is right"))
        return has_rest(trials, argument);
    const char *also = fills[fill].also;
    return strstr(sentence, " and in no other.") || (truth && strstr(sentence, truth)) ||
           (also && strstr(sentence, also));
}

/* A listed mistake is just this array. If that is the right one transposed, its sentence says so;
 * if it is one number everywhere, others write it too, and it may not say what was done. */
static bool is_listed_for(Fill fill, const char *sentence)
{
    return fill == TURNED || ((fill == ZERO || fill == ONE) && !strstr(sentence, "You ") &&
                              !strstr(sentence, " you "));
}

static int complain(const Trials *trials, const char *output, Fill fill, const char *sentence)
{
    printf("%s: %s is %s, and is told: %s\n", trials->exercise->name, output, fills[fill].name,
           sentence);
    return 1;
}

/* An answer that fills one output so, whatever it is given, and writes the others right. */
typedef struct {
    Fill fill;
    int output;
} Filling;

static bool fill_again(void *context, Trials *trials)
{
    const Filling *filling = context;
    trials_solve(trials);
    for (int i = 0; i < count_arguments(trials->exercise); i++)
        if (is_output(&trials->exercise->arguments[i]))
            answer_right(trials, i);
    answer_with(trials, filling->fill, filling->output);
    for (int t = 0; t < trials->count; t++) { /* to be solved once more */
        trial_free(&trials->want[t]);
        trials->want[t] = trial_copy(trials->exercise, &trials->given[t]);
    }
    return true;
}

/* By all rules, in their order. */
static bool diagnose(const Trials *trials, int argument, Fill fill, Diagnosis *found)
{
    Filling filling = {fill, argument};
    Experiment experiment;
    if (generic_diagnosis(trials, argument, OF_ALL, found) ||
        generic_diagnosis(trials, argument, OF_SUMS, found))
        return true;
    experiment_new(&experiment, trials, fill_again, &filling);
    bool told = experiment_diagnosis(trials, &experiment, argument, found);
    experiment_free(&experiment);
    return told || generic_diagnosis(trials, argument, OF_PARTS, found);
}

/* How many false things are said of this output. */
static int ask(const Trials *trials, int argument, Fill fill)
{
    Diagnosis found;
    const char *name = trials->exercise->arguments[argument].name;
    if (find_difference(trials, argument).trial < 0 || !diagnose(trials, argument, fill, &found))
        return 0;
    return is_true(trials, argument, fill, found.sentence)
               ? 0
               : complain(trials, name, fill, found.sentence);
}

static int ask_list(const Trials *trials, const char *output, Fill fill)
{
    int mistake = outputs_agree(trials) ? -1 : listed_mistake(trials);
    if (mistake < 0)
        return 0;
    const char *sentence = trials->exercise->mistakes[mistake].sentence;
    return is_listed_for(fill, sentence) ? 0 : complain(trials, output, fill, sentence);
}

/* Each output alone, the others right; then all of them. */
static int try_fill(Trials *trials, Fill fill)
{
    int count = count_arguments(trials->exercise), lies = 0;
    for (int i = 0; i < count; i++) {
        if (!is_output(&trials->exercise->arguments[i]) ||
            trials->exercise->arguments[i].kind == OUT_COUNT)
            continue; /* a count is told otherwise: counted.h */
        for (int j = 0; j < count; j++)
            if (is_output(&trials->exercise->arguments[j]))
                answer_right(trials, j);
        answer_with(trials, fill, i);
        lies += ask(trials, i, fill) + ask_list(trials, trials->exercise->arguments[i].name, fill);
    }
    for (int i = 0; i < count; i++)
        if (is_output(&trials->exercise->arguments[i]))
            answer_with(trials, fill, i);
    return lies + ask_list(trials, "all of it", fill);
}

int main(void)
{
    int lies = 0;
    for (int i = 0; check.exercises[i]; i++) {
        Trials trials = trials_new(check.exercises[i], 1, 1);
        trials_solve(&trials);
        for (int fill = 0; fill < FILLS; fill++)
            lies += try_fill(&trials, (Fill)fill);
        trials_free(&trials);
    }
    return lies > 0 ? EXIT_FAILURE : EXIT_SUCCESS;
}
