/* 01_mistakes.h: what the usual mistakes give for chapter 01's L. */
#ifndef CHAPTER_01_MISTAKES_H
#define CHAPTER_01_MISTAKES_H

#include <complex.h>
#include <stdio.h>

#include "workbook/fact.h"

/* L as a function of a_0 alone: the rest of it is 81 - 36 - 16. */
static inline double cube_in_double(double a)
{
    return 3 * a * a * a + 29;
}

static inline float cube_in_float(float a)
{
    return 3 * a * a * a + 29;
}

static inline void check_steps_too_small(void)
{
    volatile float above = 2 + 1e-5F, below = 2 - 1e-5F;
    double here = cube_in_double(2);
    fact("forward difference, h 1e-15", 2, (cube_in_double(2 + 1e-15) - here) / 1e-15, 28.42);
    fact("forward difference, h 1e-16", 2, (cube_in_double(2 + 1e-16) - here) / 1e-16, 0);
    fact("central difference, h 1e-5", 2,
         (cube_in_double(2 + 1e-5) - cube_in_double(2 - 1e-5)) / 2e-5, 36);
    fact("the same in float", 2, (double)((cube_in_float(above) - cube_in_float(below)) / 2e-5F),
         35.86);
}

/* Down x^2 from 1 with learning rate 0.1. Without clearing g is the sum of all gradients so far. */
static inline void check_descent(bool clear, const char *name, double expected)
{
    double x = 1, g = 0, largest = 0;
    for (int t = 1; t <= 1021; t++) {
        g = (clear ? 0 : g) + 2 * x;
        x -= 0.1 * g;
        if (t >= 21)
            largest = fmax(largest, fabs(x));
    }
    fact(name, 3, largest, expected);
}

/* L as a function of b_0 alone is -b^2, and the rest is real. */
static inline void check_conjugate(void)
{
    const double h = 1e-20;
    double complex b = 6 + h * I;
    fact("db_0 by complex step", 2, cimag(-b * b) / h, -12);
    fact("... with b conj(b) for b^2", 2, cimag(-b * conj(b)) / h, 0);
}

static inline void check_mistakes(void)
{
    printf("\nMistakes. da_0, which is 36:\n");
    check_steps_too_small();
    printf("Down x^2 from 1, lr 0.1, the largest |x| in 1000 steps after the first 20:\n");
    check_descent(true, "cleared before each pass", 0.009);
    check_descent(false, "never cleared", 1.026);
    printf("The complex step through a conjugate:\n");
    check_conjugate();
}

#endif
