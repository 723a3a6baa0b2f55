/* depend.h: which elements of an output move when one element of an input is moved. */
#ifndef CHECK_DEPEND_H
#define CHECK_DEPEND_H

#include "diagnosis.h"
#include "experiment.h"

/* "dW1 stays the same under a change of x; what is wanted does not." */
bool depend_ignored(const Experiment *experiment, int output, Diagnosis *found);

/* "Rows of dlogits move with the rows of dlogprobs before them; only their own should count." */
bool depend_reach(const Experiment *experiment, int output, Diagnosis *found);

/* "db does not change with the last row of dy, as it should." */
bool depend_part(const Experiment *experiment, int output, Diagnosis *found);

/* "dX changes under a change of b; what is wanted does not." */
bool depend_extra(const Experiment *experiment, int output, Diagnosis *found);

#endif
