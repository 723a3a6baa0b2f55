/* compare.h: an answer's arrays against the right ones, element by element. */
#ifndef CHECK_COMPARE_H
#define CHECK_COMPARE_H

#include "trial.h"

/* UNWRITTEN: nothing was stored. UNSET: it was calculated from what nobody had stored. */
typedef enum { SAME, DIFFERENT, UNWRITTEN, UNSET, NOT_A_NUMBER, INFINITE } State;

/* What `got` is beside `want`, on this scale (see compare_scale()): the same up to 1e-8. A NaN is
 * never the same as a number; but a mistake's NaN is the same as an answer's, and what both left
 * unwritten too. */
State state_of(real got, real want, double scale);

bool arrays_agree(int n, const real *got, const real *want);

/* All outputs, on all cases. */
bool outputs_agree(const Trials *trials);

/* The first input that is no longer what was given, and where; NULL if all are. */
const Argument *changed_input(const Trials *trials, int *trial, int *at);

typedef struct {
    int trial;  /* the first in which it differs; -1: nowhere */
    int worst;  /* the element that differs most; an unwritten or NaN one before all others */
    int differ; /* so many elements differ in this trial */
} Difference;

/* An output in one trial, as every diagnosis wants to see it. */
typedef struct {
    int n;
    const real *got, *want;
    double scale;
} Output;

/* The scale of what was got and of what is wanted, the larger of the two. */
double scale_of_both(const Output *o);

Output output_of(const Trials *trials, int argument, int trial);

/* Whether one number (or nothing) was got everywhere, on every case: many mistakes make that. */
bool is_one_number(const Trials *trials, int argument);

/* Of the output number `argument`. */
Difference find_difference(const Trials *trials, int argument);

#endif
