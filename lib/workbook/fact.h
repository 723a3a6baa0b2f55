/* fact.h: the numbers that a lesson states, held against what its program finds.
 *
 * A chapter prints each number of its lesson through here, with the value that stands in the lesson
 * beside it in the source, and ends with
 *     return gradients_hold && fact_failures() == 0 ? EXIT_SUCCESS : EXIT_FAILURE; */
#ifndef WORKBOOK_FACT_H
#define WORKBOOK_FACT_H

#include <stdbool.h>

#include "real.h"

/* Prints a line with the name and the number found, to so many decimals, and returns true if it is
 * the number expected: to half a unit of the last decimal, and a few REAL_EPSILON of it for
 * rounding. If not, what was expected stands beside it, and it is counted:
 *     dg/da                      138.8338
 *     dg/db                      645.5774  WRONG: expected 645.5773
 * A NaN or an infinity is always wrong. */
bool fact(const char *name, int decimals, double found, double expected);

/* The same for n numbers on a line, which hold together or not at all. */
bool fact_row(const char *name, int decimals, int n, const real found[n], const real expected[n]);

/* A fact that is not a number to print, or stands in a table already. Prints nothing if it holds,
 * otherwise a line:
 *     WRONG: visits to the nodes of 10 doublings */
bool fact_that(const char *name, bool holds);

/* n numbers that were found in two ways, by hand and on the tape for instance, and are the same up
 * to rounding: as close as a gradient has to be to the tape's (table.h). Prints nothing if they
 * are, otherwise the worst of them: WRONG: counts: element 17 is 0.5, expected 0.25 */
bool fact_same(const char *name, int n, const real *found, const real *expected);

/* How many did not hold since the program began. */
int fact_failures(void);

#endif
