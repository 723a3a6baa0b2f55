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

#endif
