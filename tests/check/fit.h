/* fit.h: does a function, given the same inputs, make what an answer made? */
#ifndef CHECK_FIT_H
#define CHECK_FIT_H

#include "trial.h"

/* A set of arguments, a bit for each. */
typedef unsigned Outputs;

typedef struct {
    const Trials *trials;
    Outputs wrong;   /* in which the answer is not right */
    Outputs telling; /* those of them that are not one number everywhere, nor left unwritten */
    Trial *made;     /* what a function makes of each case */
} Fit;

Fit fit_new(const Trials *trials);
void fit_free(Fit *fit);

/* Those of these outputs that the function makes on every case as the answer did. */
Outputs fit_outputs(Fit *fit, Function function, Outputs among);

Outputs all_outputs(const Exercise *exercise);
int count_outputs(Outputs outputs);

#endif
