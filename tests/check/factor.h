/* factor.h: an answer that is right but for a factor. */
#ifndef CHECK_FACTOR_H
#define CHECK_FACTOR_H

#include "diagnosis.h"
#include "trial.h"

/* "The sign of dW is flipped." */
bool sign_flipped(const Trials *trials, int argument, Diagnosis *found);

/* "dW is 1/n of what is wanted", the same in every case. */
bool constant_factor(const Trials *trials, int argument, Diagnosis *found);

/* "twice", "minus 1/n of": what has to be said before "what is wanted". False if it is no multiple.
 */
bool factor_in_words(const Trials *trials, int argument, char words[64]);

#endif
