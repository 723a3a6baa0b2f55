/* 15_residual_examples.h: the small examples of the lesson, in numbers that can be checked in the
 * head, and what the usual mistakes make of them. */
#ifndef CHAPTER_15_RESIDUAL_EXAMPLES_H
#define CHAPTER_15_RESIDUAL_EXAMPLES_H

#include <stdio.h>

#include "exercises/15_residual.h"
#include "workbook/fact.h"
#include "workbook/print.h"

/* -- one block, one number -------------------------------------------------------------------- */

/* Forwards: y = shortcut x + w2 relu(w1 x) */
static inline real link_forward(real x, real w1, real w2, real shortcut)
{
    const real h = w1 * x;
    return shortcut * x + w2 * (h > 0 ? h : 0);
}

static inline void one_number(void)
{
    const real x = 2, w1 = 3, w2 = -0.5, one = 1;
    real dx, dw1, dw2;
    chain_backward(1, 1, &x, &w1, &w2, &one, &dx, &dw1, &dw2);
    printf("y = x + w2 relu(w1 x), x = 2, w1 = 3, w2 = -1/2, dy = 1:\n");
    fact("y", 4, (double)link_forward(x, w1, w2, 1), -1);
    fact("dw2", 4, (double)dw2, 6);
    fact("dw1", 4, (double)dw1, -1);
    fact("dx", 4, (double)dx, -0.5);
}

/* The gradient of x with one mistake or another; the last, at x = -2, is another function. */
static inline void one_number_mistakes(void)
{
    const real dy = 1, slope = -0.5 * 3, x = -2, R = 0, dR = slope;
    real kept, in_place;
    residual_backward(1, &dy, &dR, &x, &kept);
    in_place_backward(1, &dy, &dR, &R, &in_place);
    printf("Mistakes in its dx:\n");
    fact("none", 4, (double)(dy + slope * dy), -0.5);
    fact("shortcut forgotten", 4, (double)(slope * dy), -1.5);
    fact("branch forgotten", 4, (double)dy, 1);
    printf("At x = -2 the relu is shut:\n");
    fact_row("y and dx", 4, 2, (const real[]){x, kept}, (const real[]){-2, 1});
    fact_row("with relu in place", 4, 2, (const real[]){R, in_place}, (const real[]){0, 0});
}

/* -- a chain of blocks ------------------------------------------------------------------------ */

enum { LONGEST = 40 };

/* What arrives at the first of n blocks, each with a branch of this slope and a shortcut or
 * none. */
static inline double arrives(int n, real slope, real shortcut)
{
    real x[LONGEST], w1[LONGEST], w2[LONGEST], shortcuts[LONGEST];
    real dx[LONGEST], dw1[LONGEST], dw2[LONGEST];
    for (int l = 0; l < n; l++) {
        w1[l] = 0.5;
        w2[l] = 2 * slope;
        shortcuts[l] = shortcut;
        x[l] = l ? link_forward(x[l - 1], w1[l - 1], w2[l - 1], shortcut) : 1;
    }
    chain_backward(n, 1, x, w1, w2, shortcuts, dx, dw1, dw2);
    return (double)dx[0];
}

/* Nearly: to what n multiplications leave in rounding. */
static inline bool is_nearly(double found, double expected)
{
    return fabs(found / expected - 1) < 1000 * (double)REAL_EPSILON;
}

static inline void chains(void)
{
    static const int lengths[] = {1, 2, 5, 10, 20, 40};
    printf("\nWhat arrives at the first of L blocks whose branches have the slope 1/4:\n");
    printf("   L      plain   with shortcut   branch / L\n");
    for (size_t i = 0; i < sizeof lengths / sizeof lengths[0]; i++) {
        const int n = lengths[i];
        const double plain = arrives(n, 0.25, 0), residual = arrives(n, 0.25, 1);
        const double scaled = arrives(n, (real)0.25 / (real)n, 1);
        printf("  %2d  %9.3g  %14.4g  %11.4f\n", n, plain, residual, scaled);
        fact_that("plain is (1/4)^L", is_nearly(plain, pow(0.25, n)));
        fact_that("with a shortcut it is (5/4)^L", is_nearly(residual, pow(1.25, n)));
        fact_that("scaled it is (1 + 1/(4L))^L", is_nearly(scaled, pow(1 + 0.25 / n, n)));
    }
}

/* -- one block, three pixels ------------------------------------------------------------------ */

enum { PIXELS = 3 };

static const real pixels[PIXELS] = {1, -2, 3}, dpixels[PIXELS] = {1, 1, 2};

static inline void three_pixels(void)
{
    const real a = 2, b = -1;
    real R[PIXELS], H[PIXELS], Y[PIXELS], dX[PIXELS], da, db;
    for (int j = 0; j < PIXELS; j++) {
        R[j] = pixels[j] > 0 ? pixels[j] : 0;
        H[j] = a * R[j];
        Y[j] = pixels[j] + b * (H[j] > 0 ? H[j] : 0);
    }
    residual_block_backward(1, 1, 1, PIXELS, (const void *)dpixels, (const void *)pixels,
                            (const void *)H, (const void *)&a, (const void *)&b, (void *)dX,
                            (void *)&da, (void *)&db);
    printf("\nThree pixels, kernels of one pixel, 2 and -1:\n");
    print_row("X", PIXELS, pixels);
    print_row("R", PIXELS, R);
    print_row("H", PIXELS, H);
    print_row("Y", PIXELS, Y);
    print_row("dY", PIXELS, dpixels);
    print_row("dX", PIXELS, dX);
    fact("da", 4, (double)da, -7);
    fact("db", 4, (double)db, 14);
    fact_that("Y is (-1, -2, -3)", Y[0] == -1 && Y[1] == -2 && Y[2] == -3);
    fact_that("dX is (-1, 1, -2)", dX[0] == -1 && dX[1] == 1 && dX[2] == -2);
}

/* dX of the three pixels from dY and dR, which is -2 dY where the branch is open. */
static inline void three_pixels_mistakes(void)
{
    static const struct {
        const char *name;
        real shortcut[PIXELS], branch[PIXELS]; /* what of dY and of dR arrives */
        real found[PIXELS];
    } rows[] = {
        {"none", {1, 1, 1}, {1, 0, 1}, {-1, 1, -2}},
        {"shortcut forgotten", {0}, {1, 0, 1}, {-2, 0, -4}},
        {"branch forgotten", {1, 1, 1}, {0}, {1, 1, 2}},
        {"branch without its relus", {1, 1, 1}, {1, 1, 1}, {-1, -1, -2}},
        {"shortcut through the relu", {1, 0, 1}, {1, 0, 1}, {-1, 0, -2}},
    };
    printf("Mistakes in its dX:\n");
    for (size_t r = 0; r < sizeof rows / sizeof rows[0]; r++) {
        real found[PIXELS];
        for (int j = 0; j < PIXELS; j++)
            found[j] = rows[r].shortcut[j] * dpixels[j] + rows[r].branch[j] * -2 * dpixels[j];
        fact_row(rows[r].name, 4, PIXELS, found, rows[r].found);
    }
}

/* -- shortcuts that are not added as they are ------------------------------------------------- */

/* Y = (x, 3 x), two pixels: what comes to x along both, dA + 3 dB. */
static inline void laid_beside(void)
{
    const real dY[2][2] = {{1, 2}, {10, 20}};
    real dA[2], dB[2], dx[2], exchanged[2], first_twice[2];
    concat_backward(1, 1, 1, 2, 2, (const void *)dY, (void *)dA, (void *)dB);
    for (int j = 0; j < 2; j++) {
        dx[j] = dA[j] + 3 * dB[j];
        exchanged[j] = dB[j] + 3 * dA[j];
        first_twice[j] = dA[j] + 3 * dA[j];
    }
    printf("\nY = (x, 3 x), channels side by side, dY = (1 2 | 10 20):\n");
    fact_row("dx", 4, 2, dx, (const real[]){31, 62});
    fact_row("cut from the wrong end", 4, 2, exchanged, (const real[]){13, 26});
    fact_row("the first half twice", 4, 2, first_twice, (const real[]){4, 8});
}

/* Every second pixel of every second row, times 2. */
static inline void projected(void)
{
    const real X[3][3] = {{1, 2, 3}, {4, 5, 6}, {7, 8, 9}}, W = 2, dY[2][2] = {{1, 2}, {3, 4}};
    real dX[3][3], dW, of_stride_1[2][2], unstrided;
    projection_backward(1, 1, 1, 3, 3, 2, 2, 2, (const void *)dY, (const void *)X, (const void *)&W,
                        (void *)dX, (void *)&dW);
    projection_backward(1, 1, 1, 2, 2, 1, 2, 2, (const void *)dY,
                        (const void *)(const real[2][2]){{1, 2}, {4, 5}}, (const void *)&W,
                        (void *)of_stride_1, (void *)&unstrided);
    printf("\nA projection, W = 2 and stride 2, of the numbers 1 to 9, dY = (1 2 | 3 4):\n");
    print_matrix("dX", 3, 3, *dX, 4);
    fact("dW", 4, (double)dW, 64);
    fact("dW, stride forgotten", 4, (double)unstrided, 37);
    fact_that("dX is (2 0 4 | 0 0 0 | 6 0 8)",
              dX[0][0] == 2 && dX[0][2] == 4 && dX[2][0] == 6 && dX[2][2] == 8 && dX[1][1] == 0);
}

#endif
