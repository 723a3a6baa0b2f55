/* 20_autoencoder_mistakes.h: the usual mistakes, in the small example of the lesson. */
#ifndef CHAPTER_20_AUTOENCODER_MISTAKES_H
#define CHAPTER_20_AUTOENCODER_MISTAKES_H

#include <stdio.h>

#include "20_autoencoder_steps.h"
#include "exercises/20_autoencoder.h"
#include "workbook/fact.h"
#include "workbook/print.h"

/* -- the small example ------------------------------------------------------------------------ */

enum { SMALL = 2, KERNEL = 3, STRIDE = 2, CUT = 1, LARGE = 4, UNCUT = 5 }; /* sides */

static const real X2[SMALL][SMALL] = {{1, 2}, {3, 4}};
static const real W3[KERNEL][KERNEL] = {{1, 2, 1}, {0, 1, 0}, {2, 0, -1}};
static const real dY4[LARGE][LARGE] = {
    {1, 2, 3, 4}, {5, 6, 7, 8}, {9, 10, 11, 12}, {13, 14, 15, 16}};

static inline void turn_kernel(const real W[KERNEL][KERNEL], real turned[KERNEL][KERNEL])
{
    for (int a = 0; a < KERNEL; a++)
        for (int e = 0; e < KERNEL; e++)
            turned[a][e] = W[KERNEL - 1 - a][KERNEL - 1 - e];
}

/* -- wrong ones ------------------------------------------------------------------------------- */

/* What the last pixel to paint leaves. */
static inline void paint_over(real Y[UNCUT][UNCUT])
{
    vector_fill(UNCUT * UNCUT, 0, *Y);
    for (int r = 0; r < SMALL; r++)
        for (int t = 0; t < SMALL; t++)
            for (int a = 0; a < KERNEL; a++)
                for (int e = 0; e < KERNEL; e++)
                    Y[STRIDE * r + a][STRIDE * t + e] = X2[r][t] * W3[a][e];
}

/* What is left of it when its edges are cut off. */
static inline void show_wrong(const char *name, const real uncut[UNCUT][UNCUT],
                              const real expected[LARGE * LARGE])
{
    real Y[LARGE][LARGE];
    plane_cut(UNCUT, UNCUT, CUT, LARGE, LARGE, uncut, Y);
    print_matrix(name, LARGE, LARGE, *Y, 4);
    fact_same(name, LARGE * LARGE, *Y, expected);
}

static inline void mistakes_forward(void)
{
    real uncut[UNCUT][UNCUT], turned[KERNEL][KERNEL];
    printf("Mistakes in its Y:\n");
    turn_kernel(W3, turned);
    plane_paint(SMALL, SMALL, KERNEL, STRIDE, UNCUT, UNCUT, X2, turned, uncut);
    show_wrong("kernel turned", uncut,
               (const real[]){1, 0, 2, 0, 2, 5, 4, 10, 3, 0, 4, 0, 6, 7, 8, 4});
    paint_over(uncut);
    show_wrong("= for +=", uncut, (const real[]){1, 0, 2, 0, 6, 4, 8, 4, 3, 0, 4, 0, 0, 8, 0, -4});
    plane_paint(SMALL, SMALL, KERNEL, STRIDE, UNCUT, UNCUT, X2, W3, uncut);
    for (int i = 0; i < UNCUT; i++)
        uncut[UNCUT - 1][i] = uncut[i][UNCUT - 1] = 0;
    show_wrong("o = 1 as zeros", uncut,
               (const real[]){1, 0, 2, 0, 6, 10, 8, 0, 3, 0, 4, 0, 0, 0, 0, 0});
}

/* With what it makes of the 246 that a right dX has. */
static inline void show_wrong_input(const char *name, const real W[KERNEL][KERNEL], int stride,
                                    const real expected[SMALL * SMALL + 1])
{
    real dX[1][1][SMALL][SMALL];
    conv_transpose2d_input_backward(1, 1, 1, SMALL, SMALL, KERNEL, stride, CUT, LARGE, LARGE,
                                    (const void *)dY4, (const void *)W, dX);
    fact_row(name, 0, SMALL * SMALL, ***dX, expected);
    fact("  its X . dX", 0, (double)vector_dot(SMALL * SMALL, *X2, ***dX),
         (double)expected[SMALL * SMALL]);
}

static inline void mistakes_backward(void)
{
    real turned[KERNEL][KERNEL];
    printf("Mistakes in its dX:\n");
    turn_kernel(W3, turned);
    show_wrong_input("kernel turned", turned, STRIDE, (const real[]){17, 31, 61, 81, 586});
    show_wrong_input("stride forgotten", W3, 1, (const real[]){-5, 5, -1, 21, 86});
}

#endif
