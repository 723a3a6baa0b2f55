/* trial.h: one case of an exercise: its sizes and arrays. */
#ifndef CHECK_TRIAL_H
#define CHECK_TRIAL_H

#include "kernel/random.h"
#include "shape.h"

typedef struct {
    int sizes[MAX_SIZES];
    void *array[MAX_ARGUMENTS];
} Trial;

/* What one function was given, what it made of it, and what is right. */
typedef struct {
    const Exercise *exercise;
    int count;
    Trial *given, *got, *want;
} Trials;

/* All cases of the exercise, `rounds` times over with other numbers; got and want are copies of
 * given, with nothing written into the outputs. Same seed, same numbers, whatever other exercises
 * there are. */
Trials trials_new(const Exercise *exercise, uint64_t seed, int rounds);
void trials_free(Trials *trials);

/* A copy of all three, to be freed as they are. */
Trials trials_copy(const Trials *trials);

/* Runs the reference on all of want. */
void trials_solve(Trials *trials);

Trial trial_copy(const Exercise *exercise, const Trial *trial);
void trial_call(const Exercise *exercise, Trial *trial, Function function);
void trial_free(Trial *trial);

#endif
