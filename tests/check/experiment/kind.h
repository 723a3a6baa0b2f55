/* kind.h: what kind of numbers a wrong output holds. */
#ifndef CHECK_KIND_H
#define CHECK_KIND_H

#include "diagnosis.h"
#include "trial.h"

/* "All numbers in dc are whole: is a sum or a factor kept in an int?" */
bool kind_whole(const Trials *trials, int output, Diagnosis *found);

/* "dlogprobs is zero in every case but that of n = 1: is 1/n a division of whole numbers?" */
bool kind_zero(const Trials *trials, int output, Diagnosis *found);

/* "dx is right to about 7 digits." */
bool kind_digits(const Trials *trials, int output, Diagnosis *found);

/* "In every case dQ is a number times what is wanted, but not the same in each: 1.73205 where k =
 * 3, ..."; or so in every row, or column. */
bool kind_multiples(const Trials *trials, int output, Diagnosis *found);

#endif
