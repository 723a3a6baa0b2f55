/* inputs.h: which elements of an output are wrong, told by the inputs beside them. */
#ifndef CHECK_INPUTS_H
#define CHECK_INPUTS_H

#include "diagnosis.h"
#include "trial.h"

/* "dx is wrong where x lies between 0 and 1 and nowhere else." */
bool inputs_where(const Trials *trials, int output, Diagnosis *found);

#endif
