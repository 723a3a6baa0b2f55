/* counted.h: a count that is wrong: how often a device was asked for something. */
#ifndef CHECK_COUNTED_H
#define CHECK_COUNTED_H

#include "diagnosis.h"
#include "trial.h"

/* "x_fetched counts too few." Nothing is said of why: a factor or a division left out, which would
 * be told of a gradient, is not what makes a count wrong. */
bool count_diagnosis(const Trials *trials, int argument, Diagnosis *found);

#endif
