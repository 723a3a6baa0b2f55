#include "experiment.h"

#include <stdlib.h>
#include <string.h>

#include "error.h"

const double scales[SCALES] = {2, 3, 0.5, -1};

enum { MOST_VARIANTS = 1000 };

static void prepare(const Trials *trials, int t, Trial *trial)
{
    const Exercise *exercise = trials->exercise;
    if (exercise->prepare)
        exercise->prepare(t % count_cases(exercise), trial->sizes, trial->array);
}

/* How many elements of an input differ, bit for bit. */
static int count_apart(const Exercise *exercise, int input, const Trial *a, const Trial *b)
{
    const Argument *argument = &exercise->arguments[input];
    size_t each = element_bytes(argument);
    int count = 0, n = is_input(argument) ? element_count(exercise, argument, a->sizes) : 0;
    for (int i = 0; i < n; i++)
        count += memcmp((char *)a->array[input] + (size_t)i * each,
                        (char *)b->array[input] + (size_t)i * each, each) != 0;
    return count;
}

static bool others_apart(const Exercise *exercise, int input, const Trial *a, const Trial *b)
{
    for (int i = 0; i < count_arguments(exercise); i++)
        if (i != input && count_apart(exercise, i, a, b))
            return true;
    return false;
}

/* Numbers that prepare() sets and that no array was made from. */
static bool is_free_number(const Exercise *exercise, int input)
{
    const Argument *a = &exercise->arguments[input];
    for (int i = 0; i < count_arguments(exercise); i++)
        if (exercise->arguments[i].kind == IN_PREPARED && exercise->arguments[i].shape[0])
            return false;
    return a->kind == IN_PREPARED && !a->shape[0];
}

typedef enum { FIXED, FREE, JOINT } Freedom;

/* What may be done with an input that was changed in so many places: prepare() tells, which makes
 * other inputs from it, or restores it, or leaves all as it is. JOINT: then *changed is what it has
 * made. */
static Freedom freedom_of(const Trials *trials, int t, int input, int places, Trial *changed)
{
    const Exercise *exercise = trials->exercise;
    if (is_free_number(exercise, input))
        return FREE;
    Trial same = trial_copy(exercise, &trials->given[t]), moved = trial_copy(exercise, changed);
    prepare(trials, t, &same);
    prepare(trials, t, &moved);
    bool kept = count_apart(exercise, input, &same, &moved) == places;
    bool others = others_apart(exercise, input, &same, &moved);
    bool own_settled = count_apart(exercise, input, &same, &trials->given[t]) == 0;
    bool settled = own_settled && !others_apart(exercise, input, &same, &trials->given[t]);
    if (exercise->arguments[input].kind == IN_INDEX && !own_settled)
        kept = false; /* not any index would do */
    Freedom freedom = !kept ? FIXED : !others ? FREE : settled ? JOINT : FIXED;
    if (freedom == JOINT)
        for (int i = 0; i < count_arguments(exercise); i++)
            memcpy(changed->array[i], moved.array[i],
                   array_bytes(exercise, &exercise->arguments[i], moved.sizes));
    trial_free(&same), trial_free(&moved);
    return freedom;
}

/* Scales a whole input. */
static bool scale(const Trials *trials, int t, int input, int which, Trial *changed)
{
    const Exercise *exercise = trials->exercise;
    const Argument *a = &exercise->arguments[input];
    real *x = changed->array[input];
    if (a->kind == IN_INDEX || a->kind == IN_PROBS || (scales[which] < 0 && a->kind != IN_NORMAL))
        return false;
    for (int i = 0; i < element_count(exercise, a, changed->sizes); i++)
        x[i] *= (real)scales[which];
    int places = count_apart(exercise, input, &trials->given[t], changed);
    return freedom_of(trials, t, input, places, changed) == FREE;
}

/* Another share for one; the others keep their proportions, and all together are 1 as before. */
static int move_share(const Exercise *exercise, const Argument *a, int at, Trial *changed, real *x)
{
    Matrix m = as_matrix(exercise, a, changed->sizes);
    int n = strlen(a->shape) == 1 ? m.rows : m.columns, begin = at / n * n;
    real sum = (real)0.5 * x[at];
    x[at] *= (real)1.5;
    for (int i = begin; i < begin + n; i++)
        x[i] /= 1 + sum;
    return n;
}

/* An array of yes and no, which are no indices, though they are filled as such. */
static bool is_flags(const Trials *trials, int input)
{
    const Argument *a = &trials->exercise->arguments[input];
    bool flags = a->kind == IN_INDEX, many = false;
    for (int t = 0; t < trials->count && flags; t++) {
        const int *flag = trials->given[t].array[input], *sizes = trials->given[t].sizes;
        many |= size_of(trials->exercise, sizes, a->limit) > 2;
        for (int i = 0; i < element_count(trials->exercise, a, sizes); i++)
            flags &= flag[i] == 0 || flag[i] == 1;
    }
    return flags && many;
}

/* Has an input numbers of both signs, so that any number may change its own? */
static bool has_both_signs(const Trials *trials, int input)
{
    bool below = false, above = false;
    for (int t = 0; t < trials->count; t++) {
        const real *x = trials->given[t].array[input];
        int n = element_count(trials->exercise, &trials->exercise->arguments[input],
                              trials->given[t].sizes);
        for (int i = 0; i < n; i++) {
            below |= x[i] < 0;
            above |= x[i] > 0;
        }
    }
    return below && above;
}

/* Another size, and the other sign if there may be one: what only opens a gate is seen as well. */
static real moved(real x, bool both_signs)
{
    return both_signs ? (real)-1.375 * x - (x < 0 ? (real)-0.25 : (real)0.25)
                      : (real)1.375 * x + (real)0.75;
}

/* Moves one element. */
static bool move(const Trials *trials, int t, int input, int at, Trial *changed, bool *joint)
{
    const Exercise *exercise = trials->exercise;
    const Argument *a = &exercise->arguments[input];
    int *index = changed->array[input], places = 1;
    real *x = changed->array[input];
    if (is_flags(trials, input)) {
        index[at] = !index[at];
        return true;
    }
    if (a->kind == IN_INDEX) {
        int limit = size_of(exercise, changed->sizes, a->limit);
        if (index[at] < 0 || limit < 2)
            return false;
        index[at] = (index[at] + 1) % limit;
    } else if (a->kind == IN_PROBS) {
        places = move_share(exercise, a, at, changed, x);
    } else {
        x[at] = moved(x[at], has_both_signs(trials, input));
    }
    Freedom freedom = freedom_of(trials, t, input, places, changed);
    *joint = freedom == JOINT;
    return freedom != FIXED;
}

static void add(Experiment *experiment, Variant variant, Trial *changed)
{
    const Exercise *exercise = experiment->trials->exercise;
    Trials *again = &experiment->again;
    int v = again->count++;
    experiment->variants[v] = variant;
    again->given[v] = *changed;
    again->got[v] = trial_copy(exercise, changed);
    again->want[v] = trial_copy(exercise, changed);
}

static void try_variant(Experiment *experiment, Variant variant)
{
    const Trials *trials = experiment->trials;
    int t = variant.trial;
    if (experiment->again.count == MOST_VARIANTS)
        return;
    Trial changed = trial_copy(trials->exercise, &trials->given[t]);
    bool possible = variant.change == AGAIN ||
                    (variant.change == SCALED
                         ? scale(trials, t, variant.input, variant.at, &changed)
                         : move(trials, t, variant.input, variant.at, &changed, &variant.joint));
    if (possible)
        add(experiment, variant, &changed);
    else
        trial_free(&changed);
}

/* Calls try_variant() for each of these changes of an input. */
static void try_input(Experiment *experiment, Alteration change, int t, int input)
{
    const Exercise *exercise = experiment->trials->exercise;
    const Argument *a = &exercise->arguments[input];
    int n =
        change == SCALED ? SCALES : element_count(exercise, a, experiment->trials->given[t].sizes);
    for (int at = 0; at < n && is_input(a); at++)
        try_variant(experiment, (Variant){change, t, input, at, false});
}

/* If there is no room for all, the last moves are left out. */
static void try_all(Experiment *experiment)
{
    const Trials *trials = experiment->trials;
    int arguments = count_arguments(trials->exercise);
    for (int t = 0; t < trials->count; t++)
        for (int i = 0; i < arguments; i++)
            try_input(experiment, SCALED, t, i);
    for (int t = 0; t < trials->count; t++)
        try_variant(experiment, (Variant){AGAIN, t, 0, 0, false});
    for (int t = 0; t < trials->count; t++)
        for (int i = 0; i < arguments; i++)
            try_input(experiment, MOVED, t, i);
}

/* All of given, got and want lie in one block, as in trials_new(). */
static void close_up(Trials *again)
{
    Trial *all = again->given;
    memmove(all + again->count, again->got, (size_t)again->count * sizeof *all);
    memmove(all + 2 * (size_t)again->count, again->want, (size_t)again->count * sizeof *all);
    again->got = all + again->count, again->want = again->got + again->count;
}

bool experiment_new(Experiment *experiment, const Trials *trials, Ask *ask, void *context)
{
    Trial *all = malloc(sizeof *all * 3 * MOST_VARIANTS);
    Variant *variants = malloc(sizeof *variants * MOST_VARIANTS);
    if (!all || !variants)
        error_stop("out of memory");
    *experiment =
        (Experiment){.trials = &experiment->first, .first = *trials, .variants = variants};
    if (trials->count > count_cases(trials->exercise))
        experiment->first.count = count_cases(trials->exercise);
    experiment->again = (Trials){.exercise = trials->exercise,
                                 .given = all,
                                 .got = all + MOST_VARIANTS,
                                 .want = all + (size_t)2 * MOST_VARIANTS};
    try_all(experiment);
    close_up(&experiment->again);
    if (ask(context, &experiment->again)) {
        trials_solve(&experiment->again);
        return true;
    }
    experiment_free(experiment);
    return false;
}

void experiment_free(Experiment *experiment)
{
    trials_free(&experiment->again);
    free(experiment->variants);
}

int experiment_find(const Experiment *experiment, Alteration change, int trial, int input, int at)
{
    for (int v = 0; v < experiment->again.count; v++) {
        const Variant *is = &experiment->variants[v];
        if (is->change == change && is->trial == trial && is->input == input && is->at == at)
            return v;
    }
    return -1;
}
