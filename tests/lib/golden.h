/* golden.h: reads the numbers that the scripts in tests/golden wrote. */
#ifndef TESTS_GOLDEN_H
#define TESTS_GOLDEN_H

#include "autograd/tensor.h"

/* One line: `name (2, 3) v v v v v v`, or `name v v v` without a shape, or `case` and words. */
typedef struct {
    char name[64];
    char *words;   /* what stands after `case`; NULL on any other line */
    Shape shape;   /* (n) if the line gives none */
    int n;         /* numbers on the line */
    double *value; /* "all" reads as AG_ALL */
} GoldenLine;

typedef struct {
    int n;
    GoldenLine *line;
} Golden;

/* The whole file, given by its path from the root of the repository, where tests are run. Stops
 * the program with the file and the line if there is no such file or it cannot be understood. */
Golden golden_read(const char *path);
void golden_free(Golden *golden);

/* The first line of this name, or NULL. */
const GoldenLine *golden_find(const Golden *golden, const char *name);

/* False if a number of the line is too large or too small for a real (a float, that is). */
bool golden_fits_real(const GoldenLine *line);

/* The numbers as reals, in a block for free(). */
real *golden_reals(const GoldenLine *line);

/* The tensor at `text`, or the number: what follows it, or NULL if there is none. */
const char *golden_parse_shape(const char *text, Shape *shape);
const char *golden_parse_number(const char *text, double *number);

#endif
