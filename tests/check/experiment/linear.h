/* linear.h: what becomes of an output when a whole input is made two and three times as large. */
#ifndef CHECK_LINEAR_H
#define CHECK_LINEAR_H

#include "diagnosis.h"
#include "experiment.h"

/* "With dy twice as large dX should be twice as large; yours is 4 times as large." */
bool linear_degree(const Experiment *experiment, int output, Diagnosis *found);

/* "The part of p that grows with decay is twice what is wanted; the rest is right." */
bool linear_part(const Experiment *experiment, int output, Diagnosis *found);

/* "Were lr zero, p should stay as it was; yours would change." "The part of p that grows with decay
 * is wrong; the rest is right." */
bool linear_rest(const Experiment *experiment, int output, Diagnosis *found);

/* "A part of dX does not change with dy; there should be no such part." Also for an output that
 * ought to grow with an input and does so in no such way. */
bool linear_extra(const Experiment *experiment, int output, Diagnosis *found);

#endif
