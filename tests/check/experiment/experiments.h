/* experiments.h: the rules that try something out, in their order. */
#ifndef CHECK_EXPERIMENTS_H
#define CHECK_EXPERIMENTS_H

#include "diagnosis.h"
#include "experiment.h"

/* What is wrong with one output, by the first rule that holds: a fact about its numbers, and at
 * most a question for the reason. The output holds ordinary numbers. `experiment` may be NULL where
 * the answer could not be asked again. */
bool experiment_diagnosis(const Trials *trials, const Experiment *experiment, int output,
                          Diagnosis *found);

#endif
