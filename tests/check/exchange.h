/* exchange.h: inputs that were taken for others, or read the wrong way round. */
#ifndef CHECK_EXCHANGE_H
#define CHECK_EXCHANGE_H

#include "diagnosis.h"
#include "fit.h"

/* What the reference makes of inputs that are changed in one way is what the answer made of some of
 * the open outputs; these are returned, and named in the diagnosis. Two inputs of one shape are
 * exchanged, or one of them or a right output stands for another, or an input is read with two of
 * its axes exchanged. Empty if nothing fits, or more than one as well. */
Outputs exchanged_inputs(const Trials *trials, Outputs open, Diagnosis *found);

#endif
