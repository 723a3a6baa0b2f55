/* table.h: the printed table that holds each hand-made gradient against its judges. */
#ifndef WORKBOOK_TABLE_H
#define WORKBOOK_TABLE_H

#include <stdbool.h>

#include "autograd/tensor.h"
#include "kernel/random.h"
#include "real.h"

/* The largest relative difference at which a gradient still holds. The tape computes the same
 * thing in the same precision; a numeric gradient has its own error and is only taken in double. */
#ifdef REAL_IS_FLOAT
#define TABLE_TAPE_TOLERANCE 1e-4
#else
#define TABLE_TAPE_TOLERANCE 1e-9
#endif
#define TABLE_NUMERIC_TOLERANCE 1e-6

/* A central difference is itself off by about REAL_EPSILON |loss| / h, some 1e-10 for a loss of a
 * few units. Where the true gradient is smaller than that (dlogit_maxes: zero), all that it can say
 * is that the other is small too. */
#define TABLE_NUMERIC_NOISE 1e-9

typedef struct {
    int rows, failed; /* rows printed, and how many of them did not hold */
} GradTable;

/* Prints the heading. */
void table_begin(GradTable *table);

/* Prints one row: the gradient's name, its shape (rows x cols; cols 0 for a vector), the difference
 * of `hand` from `tape` and from `numeric` (see compare.h: "exact" or the largest absolute
 * difference), and ok or "WRONG at [3][17]: hand 0.0123, tape 0.0119", the worst element. A NaN is
 * always wrong. tape or numeric may be NULL: that column shows "-" and holds; so does that of a
 * numeric gradient in float, which is too short for one. A row with neither, or without an element,
 * is a mistake in the program. ok and WRONG are coloured on a terminal, unless NO_COLOR is set. */
void table_row(GradTable *table, const char *name, int rows, int cols, const real *hand,
               const real *tape, const real *numeric);

/* The row for x, a tensor that `loss` was computed from on the tape, after ag_backward(loss): in
 * the shape of x (rows x all the rest), against x->grad and, in double, ag_numeric_gradient(loss,
 * x). Elements on a kink, where a numeric gradient judges nothing, are left to the tape, and
 * counted: "ok, 2 on a kink". Error: no gradient has reached x. */
void table_tensor(GradTable *table, const char *name, const real *hand, Tensor *loss, Tensor *x);

/* What a gradient can be tried on: a tensor of numbers from N(0, 1), on the tape, to be
 * differentiated; and a loss whose gradient with respect to y is dy, as many numbers as y has. */
Tensor *table_variable(Rng *rng, Shape shape);
Tensor *table_loss(Tensor *y, const real *dy);

/* A tensor made by hand, with its gradient, beside the same one on the tape: its values, a fact
 * (fact_same()) under the gradient's name without the d, and the row of table_tensor(). */
void table_step(GradTable *table, const char *dname, const Tensor *hand, Tensor *loss, Tensor *x);

/* Prints the verdict on all rows and returns true if every gradient holds. No row at all does not
 * hold. */
bool table_end(const GradTable *table);

#endif
