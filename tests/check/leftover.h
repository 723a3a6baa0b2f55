/* leftover.h: what comes of a variable or an array that is used before anything is written to it.
 */
#ifndef CHECK_LEFTOVER_H
#define CHECK_LEFTOVER_H

#include <stdbool.h>

#include "diagnose.h"

/* True if the output number `argument` was calculated from what lay in memory; the sentence says
 * so. */
bool leftover_diagnosis(const Trials *trials, int argument, Diagnosis *found);

/* True if this is what lies in an int to begin with, or little more. */
bool is_leftover_int(double x);

#endif
