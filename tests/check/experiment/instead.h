/* instead.h: a wrong answer that would be right if an input were another one. */
#ifndef CHECK_INSTEAD_H
#define CHECK_INSTEAD_H

#include "diagnosis.h"
#include "trial.h"

/* "dz is what would be right for -z." Asks the reference, on inputs of which one is turned, cut
 * off, left out, ... */
bool instead_of_input(const Trials *trials, int output, Diagnosis *found);

#endif
