/* response.h: by how much an output moves when one element of an input is moved. */
#ifndef CHECK_RESPONSE_H
#define CHECK_RESPONSE_H

#include "diagnosis.h"
#include "experiment.h"

/* "What comes to dx from other rows of dy is 1/n of what is wanted; what comes from their own is
 * right." */
bool response_wrong(const Experiment *experiment, int output, Diagnosis *found);

#endif
