/* place.h: outputs that are updated, beside what they were before. */
#ifndef CHECK_PLACE_H
#define CHECK_PLACE_H

#include "diagnosis.h"
#include "experiment.h"

/* "p is left as it was." Also all of it but the first element, or the last. */
bool place_unchanged(const Trials *trials, int output, Diagnosis *found);

/* "The same call twice gives two answers." */
bool place_remembered(const Experiment *experiment, int output, Diagnosis *found);

#endif
