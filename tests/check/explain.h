/* explain.h: from wrong outputs to what is said about them. */
#ifndef CHECK_EXPLAIN_H
#define CHECK_EXPLAIN_H

#include "answer.h"
#include "diagnosis.h"

enum { MOST_NOTES = 10 };

/* What is known to be wrong, most telling first. */
typedef struct {
    Diagnosis list[MOST_NOTES];
    int count;
} Notes;

/* The place of the next note; if all are taken, the last one's. */
Diagnosis *notes_next(Notes *notes);

/* Looks for the reason of each wrong output, and notes what it finds: a listed mistake, a rule that
 * holds for any exercise, ... The answer may be asked again. */
void explain_outputs(Notes *notes, const Trials *trials, const Setting *setting);

#endif
