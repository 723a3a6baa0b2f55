/* reduce.h: sums that went wrong, told by asking the reference another question. */
#ifndef CHECK_REDUCE_H
#define CHECK_REDUCE_H

#include "diagnosis.h"
#include "trial.h"

/* Only the first or the last term of each sum is there, or all but one of them: what the reference
 * says when the other terms' input is zero. */
bool missing_terms(const Trials *trials, int argument, Diagnosis *found);

/* What the reference says of the transposed problem; or the sum of an input, or of two inputs'
 * product, over other axes than the ones that give what is wanted. */
bool wrong_axis(const Trials *trials, int argument, Diagnosis *found);

#endif
