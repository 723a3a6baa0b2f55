/* quantity.h: what a wrong output may be made of: inputs as they were given, other outputs as they
 * should be, and simple functions of these. */
#ifndef CHECK_QUANTITY_H
#define CHECK_QUANTITY_H

#include "trial.h"

/* May this argument stand in a wrong output? */
bool is_quantity(const Trials *trials, int output, int argument);

/* Its elements in a trial. */
const real *quantity_of(const Trials *trials, int argument, int trial);

/* "dW", "the right dW" */
const char *quantity_name(const Trials *trials, int argument, char words[LABEL_SIZE]);

typedef struct {
    real (*of)(real x);
    const char *words; /* "(1 - ~^2)", where ~ is the quantity */
} Simple;

/* The first is the quantity itself. */
enum { SIMPLE = 12 };
extern const Simple simple[SIMPLE];

#endif
