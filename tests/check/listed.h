/* listed.h: the wrong answers that an exercise lists. */
#ifndef CHECK_LISTED_H
#define CHECK_LISTED_H

#include "fit.h"

/* The number of the listed mistake that leaves what this answer left, on every case and in every
 * output, right ones too; the nearest if there are several, -1 if there is none. */
int listed_mistake(const Trials *trials);

/* The one that makes as many as it can of the outputs `open` as the answer did; *made are these. -1
 * if none makes any. What is said of a mistake may hold of all that it makes wrong, so an `exact`
 * one leaves right what the answer has right. */
int listed_mistake_in(Fit *fit, Outputs open, bool exact, Outputs *made);

#endif
