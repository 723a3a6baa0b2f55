/* sums.h: a wrong output that is a sum of something known. */
#ifndef CHECK_SUMS_H
#define CHECK_SUMS_H

#include "diagnosis.h"
#include "trial.h"

/* "dc is the sum of the right dB over k": of an input, of another output, or of two inputs
 * multiplied. */
bool known_sum(const Trials *trials, int output, Diagnosis *found);

#endif
