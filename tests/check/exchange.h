/* exchange.h: arguments in each other's place. */
#ifndef CHECK_EXCHANGE_H
#define CHECK_EXCHANGE_H

#include "diagnosis.h"
#include "fit.h"

/* What the reference makes with two inputs of the same shape exchanged, or one passed for both, is
 * what the answer made of some of the open outputs; these are returned, and named in the diagnosis.
 * Empty if there is no such pair, or more than one that fits as well. */
Outputs exchanged_inputs(Fit *fit, Outputs open, Diagnosis *found);

#endif
