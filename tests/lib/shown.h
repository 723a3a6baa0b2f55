/* shown.h: whether what a lesson shows is what a program printed, wherever it was built and run. */
#ifndef TESTS_SHOWN_H
#define TESTS_SHOWN_H

#include <stdbool.h>

/* Numbers below this are rounding errors: no two machines need have the same. */
#define SHOWN_ROUNDING 1e-6

/* Whether `shown` stands somewhere in `printed`, from the beginning of a word to the end of one.
 * Text is the same to the letter; white space may be longer or shorter. A number with a point may
 * differ by one unit in its last digit (in the last of the one with more digits); a number without
 * is the same. All rounding errors are alike, and so are 0 and the word "exact". */
bool shown_in(const char *printed, const char *shown);

#endif
