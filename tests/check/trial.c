#include "trial.h"

#include <stdlib.h>
#include <string.h>

#include "error.h"
#include "wire.h"

/* All arrays lie in one block, which begins with the first. */
static Trial trial_new(const Exercise *exercise, const int sizes[])
{
    Trial trial;
    size_t total = 0, aligned[MAX_ARGUMENTS] = {0};
    memcpy(trial.sizes, sizes, sizeof trial.sizes);
    for (int i = 0; i < count_arguments(exercise); i++) {
        aligned[i] = (array_bytes(exercise, &exercise->arguments[i], sizes) + 15) / 16 * 16;
        total += aligned[i];
    }
    char *block = malloc(total ? total : 1);
    if (!block)
        error_stop("out of memory");
    for (int i = 0; i < MAX_ARGUMENTS; i++) {
        trial.array[i] = block;
        block += aligned[i];
    }
    return trial;
}

void trial_free(Trial *trial)
{
    free(trial->array[0]);
}

Trial trial_copy(const Exercise *exercise, const Trial *trial)
{
    Trial copy = trial_new(exercise, trial->sizes);
    for (int i = 0; i < count_arguments(exercise); i++)
        memcpy(copy.array[i], trial->array[i],
               array_bytes(exercise, &exercise->arguments[i], trial->sizes));
    return copy;
}

void trial_call(const Exercise *exercise, Trial *trial, Function function)
{
    exercise->call(function, trial->sizes, trial->array);
}

static void fill_unwritten(int n, real *x)
{
    const uint64_t bits = UNWRITTEN_BITS;
    for (int i = 0; i < n; i++)
        memcpy(&x[i], &bits, sizeof bits);
}

static void fill_probs(Rng *rng, Matrix m, real *x)
{
    for (int i = 0; i < m.rows; i++) {
        real sum = 0, *row = x + i * m.columns;
        for (int j = 0; j < m.columns; j++)
            sum += row[j] = exp(rng_normal(rng));
        for (int j = 0; j < m.columns; j++)
            row[j] /= sum;
    }
}

static void fill(const Exercise *exercise, const Argument *argument, Trial *trial, void *array,
                 Rng *rng)
{
    int n = element_count(exercise, argument, trial->sizes);
    Matrix m = as_matrix(exercise, argument, trial->sizes);
    if (argument->shape[0] && !argument->shape[1])
        m = (Matrix){1, n}; /* a vector of probabilities is one row */
    real *x = array;
    int *index = array;
    switch (argument->kind) {
    case IN_NORMAL:
    case IN_OUT:
        for (int i = 0; i < n; i++)
            x[i] = rng_normal(rng);
        break;
    case IN_POSITIVE:
        for (int i = 0; i < n; i++)
            x[i] = fabs(rng_normal(rng)) + 0.25;
        break;
    case IN_PROBS:
        fill_probs(rng, m, x);
        break;
    case IN_INDEX:
        for (int i = 0; i < n; i++)
            index[i] = rng_below(rng, size_of(exercise, trial->sizes, argument->limit));
        break;
    case IN_PREPARED:
    case OUT:
    case OUT_COUNT:
        fill_unwritten(n, x);
        break;
    }
}

/* An own stream of numbers for each exercise and case: adding one changes no other. */
static Rng stream_of(const Exercise *exercise, uint64_t seed, int which)
{
    uint64_t hash = seed * UINT64_C(0x100000001b3) + (uint64_t)which; /* FNV-1a from here on */
    for (const char *c = exercise->name; *c; c++)
        hash = (hash ^ (unsigned char)*c) * UINT64_C(0x100000001b3);
    Rng rng;
    rng_seed(&rng, hash);
    return rng;
}

static Trials trials_of(const Exercise *exercise, int count)
{
    Trial *all = malloc((size_t)count * 3 * sizeof *all);
    if (!all)
        error_stop("out of memory");
    return (Trials){exercise, count, all, all + count, all + 2 * (size_t)count};
}

Trials trials_new(const Exercise *exercise, uint64_t seed, int rounds)
{
    int cases = count_cases(exercise);
    Trials trials = trials_of(exercise, cases * rounds);
    for (int t = 0; t < trials.count; t++) {
        Rng rng = stream_of(exercise, seed, t);
        trials.given[t] = trial_new(exercise, exercise->cases[t % cases]);
        for (int i = 0; i < count_arguments(exercise); i++)
            fill(exercise, &exercise->arguments[i], &trials.given[t], trials.given[t].array[i],
                 &rng);
        if (exercise->prepare)
            exercise->prepare(t % cases, trials.given[t].sizes, trials.given[t].array);
        trials.got[t] = trial_copy(exercise, &trials.given[t]);
        trials.want[t] = trial_copy(exercise, &trials.given[t]);
    }
    return trials;
}

Trials trials_copy(const Trials *trials)
{
    Trials copy = trials_of(trials->exercise, trials->count);
    for (int t = 0; t < copy.count; t++) {
        copy.given[t] = trial_copy(trials->exercise, &trials->given[t]);
        copy.got[t] = trial_copy(trials->exercise, &trials->got[t]);
        copy.want[t] = trial_copy(trials->exercise, &trials->want[t]);
    }
    return copy;
}

void trials_solve(Trials *trials)
{
    for (int t = 0; t < trials->count; t++)
        trial_call(trials->exercise, &trials->want[t], trials->exercise->reference);
}

void trials_free(Trials *trials)
{
    for (int t = 0; t < 3 * trials->count; t++)
        trial_free(&trials->given[t]);
    free(trials->given);
}
