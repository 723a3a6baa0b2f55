/* fit.h: does a function, given the same inputs, make what an answer made? */
#ifndef CHECK_FIT_H
#define CHECK_FIT_H

#include "trial.h"

/* A set of arguments, a bit for each. */
typedef unsigned Outputs;

typedef struct {
    const Trials *trials;
    Outputs wrong;   /* in which the answer is not right */
    Outputs telling; /* those of them by which mistakes can be told apart (see fit.c) */
    Outputs numbers; /* those in which a wrong element is an ordinary number */
    Outputs firm;    /* in which so many are that two mistakes at once can be told from chance */
    Trial *made;     /* what a function makes of each case */
} Fit;

/* How well something fits: which of the outputs that are asked for it makes as the answer did, and
 * which of all, those included that the answer has right. */
typedef struct {
    Outputs outputs, all;
} Fitting;

Fit fit_new(const Trials *trials);
void fit_free(Fit *fit);

/* Those of these outputs that the function makes on every case as the answer did. */
Outputs fit_outputs(Fit *fit, Function function, Outputs among);

/* The same of the open outputs; if there are any, all others are looked at as well. */
Fitting fit_open(Fit *fit, Function function, Outputs open);

/* Does one fit more of the open outputs than the other, or as many and more of all? */
bool fits_better(Fitting one, Fitting other);

Outputs all_outputs(const Exercise *exercise);
int count_outputs(Outputs outputs);

#endif
