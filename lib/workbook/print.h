/* print.h: small matrices as a lesson shows them. */
#ifndef WORKBOOK_PRINT_H
#define WORKBOOK_PRINT_H

#include "real.h"

/* Prints a (rows, cols) matrix of sizes 1 or more, columns aligned, numbers with up to `digits`
 * significant digits:
 *     dC = |  0  1 |
 *          | 11 10 |
 * Names of up to 15 characters are aligned with each other. */
void print_matrix(const char *name, int rows, int cols, const real *x, int digits);

/* The same for one row of n numbers, with up to 4 digits. */
void print_row(const char *name, int n, const real *x);

/* x, or 0 if it is what may be left of a zero after rounding, which differs from machine to
 * machine: less than 64 epsilon. */
real without_rounding(real x);

#endif
