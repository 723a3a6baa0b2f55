/* diagnose.h: why an answer is wrong, if that can be told for certain. */
#ifndef CHECK_DIAGNOSE_H
#define CHECK_DIAGNOSE_H

#include "diagnosis.h"
#include "trial.h"

/* Rules about all of an array (never written, the sign, a factor, transposed), about its sums (and
 * what is no number or not written), and about where it is wrong. */
typedef enum { OF_ALL, OF_SUMS, OF_PARTS, STAGES } Stage;

/* What is wrong with one output, in a sentence, by one of the diagnoses that hold for any exercise.
 * Each is a prediction of the wrong array (its negative, a multiple, ...) and is made only if it
 * comes true on every case. False if none does. */
bool generic_diagnosis(const Trials *trials, int argument, Stage stage, Diagnosis *found);

#endif
