/* known.h: a wrong output that is a known quantity, or is apart from what is wanted by one. */
#ifndef CHECK_KNOWN_H
#define CHECK_KNOWN_H

#include "diagnosis.h"
#include "trial.h"

/* "dmean is the right dlogvar", "da is dy + b", "dz is what is wanted, times (1 - p)",
 * "dpred is (pred - y) times 2/n". */
bool known_quantity(const Trials *trials, int output, Diagnosis *found);

#endif
