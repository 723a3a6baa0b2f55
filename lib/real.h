/* real.h: the scalar type of the whole book, and the mathematics an exercise may use.
 *
 * A program is compiled in one of two precisions: double, wherever a gradient is checked, and
 * float (-DREAL_IS_FLOAT), where a model is trained. <tgmath.h> gives exp, log, sqrt, tanh, ...
 * the type of their argument, so that the same line of code is right in both. */
#ifndef REAL_H
#define REAL_H

/* Under -ffast-math or -Ofast the compiler takes it that there is no NaN and no infinity, and that
 * sums come out the same in any order: gradients fail then, and nothing says why. */
#if __FAST_MATH__ || __FINITE_MATH_ONLY__
#error "-Ofast and -ffast-math (in CFLAGS or CC) make wrong gradients; -O3 does not"
#endif

#include <float.h>
#include <math.h>
#include <tgmath.h>

#ifdef REAL_IS_FLOAT
typedef float real;
#define REAL_EPSILON FLT_EPSILON
#define REAL_NAME "float"
#else
typedef double real;
#define REAL_EPSILON DBL_EPSILON
#define REAL_NAME "double"
#endif

/* Stands where an exercise is still to be done. Whoever meets it is told in which function: in a
 * program of the book it stops with a message, in the exercise check it is a verdict. */
#define TODO() todo(__func__)
_Noreturn void todo(const char *function);

#endif
