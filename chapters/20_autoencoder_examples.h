/* 20_autoencoder_examples.h: the small examples of the lesson, on whole numbers. */
#ifndef CHAPTER_20_AUTOENCODER_EXAMPLES_H
#define CHAPTER_20_AUTOENCODER_EXAMPLES_H

#include <stdio.h>

#include "20_autoencoder_mistakes.h"

static const real Y4[LARGE * LARGE] = {1, 0, 2, 0, 6, 10, 8, 2, 3, 0, 4, 0, 0, 5, 0, -4};

/* -- one image, one kernel --------------------------------------------------------------------- */

/* Painted on a sheet, of which the edges are cut off. */
static inline void painted(void)
{
    real uncut[UNCUT][UNCUT], gathered[UNCUT][UNCUT], Y[LARGE][LARGE], smaller[3][3];
    plane_paint(SMALL, SMALL, KERNEL, STRIDE, UNCUT, UNCUT, X2, W3, uncut);
    plane_gather(SMALL, SMALL, KERNEL, STRIDE, UNCUT, UNCUT, X2, W3, gathered);
    plane_cut(UNCUT, UNCUT, CUT, LARGE, LARGE, uncut, Y);
    plane_cut(UNCUT, UNCUT, CUT, 3, 3, uncut, smaller);
    print_matrix("X", SMALL, SMALL, *X2, 4);
    print_matrix("W", KERNEL, KERNEL, *W3, 4);
    print_matrix("painted", UNCUT, UNCUT, *uncut, 4);
    fact_same("gathered", UNCUT * UNCUT, *gathered, *uncut);
    print_matrix("Y", LARGE, LARGE, *Y, 4);
    fact_same("Y", LARGE * LARGE, *Y, Y4);
    print_matrix("Y, o = 0", 3, 3, *smaller, 4);
}

/* By the exercises' functions, which cut. */
static inline void and_back(void)
{
    real Y[1][1][LARGE][LARGE], dX[1][1][SMALL][SMALL], dW[1][1][KERNEL][KERNEL];
    const void *X = X2, *W = W3, *dY = dY4;
    conv_transpose2d(1, 1, 1, SMALL, SMALL, KERNEL, STRIDE, CUT, LARGE, LARGE, X, W, Y);
    conv_transpose2d_input_backward(1, 1, 1, SMALL, SMALL, KERNEL, STRIDE, CUT, LARGE, LARGE, dY, W,
                                    dX);
    conv_transpose2d_weight_backward(1, 1, 1, SMALL, SMALL, KERNEL, STRIDE, CUT, LARGE, LARGE, dY,
                                     X, dW);
    print_matrix("dY", LARGE, LARGE, *dY4, 4);
    print_matrix("dX", SMALL, SMALL, ***dX, 4);
    print_matrix("dW", KERNEL, KERNEL, ***dW, 4);
    fact_same("Y", LARGE * LARGE, ***Y, Y4);
    fact_row("dX", 0, SMALL * SMALL, ***dX, (const real[]){-5, 7, 11, 51});
    fact("db", 0, (double)vector_sum(LARGE * LARGE, *dY4), 136);
    fact("Y . dY", 0, (double)vector_dot(LARGE * LARGE, ***Y, *dY4), 246);
    fact("X . dX", 0, (double)vector_dot(SMALL * SMALL, *X2, ***dX), 246);
    fact("W . dW", 0, (double)vector_dot(KERNEL * KERNEL, *W3, ***dW), 246);
}

/* The convolution from 4 x 4 to 2 x 2 as a matrix, used both ways. */
static inline void as_a_matrix(void)
{
    enum { WINDOWS = SMALL * SMALL, PIXELS_OF_Y = LARGE * LARGE };
    real M[WINDOWS][PIXELS_OF_Y], down[WINDOWS], up[PIXELS_OF_Y] = {0};
    conv_matrix(SMALL, SMALL, KERNEL, STRIDE, CUT, LARGE, LARGE, W3, M);
    for (int window = 0; window < WINDOWS; window++) {
        down[window] = vector_dot(PIXELS_OF_Y, M[window], *dY4);
        vector_add_scaled(PIXELS_OF_Y, X2[window / SMALL][window % SMALL], M[window], up);
    }
    printf("The convolution from 4 x 4 to 2 x 2 pixels, a row a window:\n");
    print_matrix("M", WINDOWS, PIXELS_OF_Y, *M, 4);
    fact_same("M^T X", PIXELS_OF_Y, up, Y4);
    fact_row("M dY", 0, WINDOWS, down, (const real[]){-5, 7, 11, 51});
}

/* Zeros between the pixels, and an ordinary convolution. */
static inline void stretched(void)
{
    enum { WIDE = UNCUT + KERNEL - 1 };
    real wide[WIDE][WIDE], Y[UNCUT][UNCUT], painted[UNCUT][UNCUT];
    plane_stretch(SMALL, SMALL, KERNEL, STRIDE, UNCUT, UNCUT, X2, wide);
    plane_convolve_turned(KERNEL, UNCUT, UNCUT, wide, W3, Y);
    plane_paint(SMALL, SMALL, KERNEL, STRIDE, UNCUT, UNCUT, X2, W3, painted);
    print_matrix("X, stretched", WIDE, WIDE, *wide, 4);
    fact_same("stretched and convolved", UNCUT * UNCUT, *Y, *painted);
}

/* -- sizes and overlaps ------------------------------------------------------------------------ */

static inline void down_and_up(void)
{
    enum { COUNT = 6 };
    static const int u[COUNT] = {28, 14, 7, 8, 9, 10};
    real h[COUNT], o[COUNT];
    sizes_down_and_up(COUNT, 3, 2, 1, u, h, o);
    printf("\nSizes, windows of 3, two apart, in a border of 1:\n");
    print_matrix("u", 1, COUNT, (const real[]){28, 14, 7, 8, 9, 10}, 4);
    fact_row("h, on the way down", 0, COUNT, h, (const real[]){14, 7, 4, 4, 5, 5});
    fact_row("o, for the way up", 0, COUNT, o, (const real[]){1, 1, 0, 1, 0, 1});
}

/* Ones through ones: how many windows lie on each pixel. */
static inline void overlaps(const char *name, int k, int s, int p, int u, const real *expected)
{
    real X[1][1][3][3], W[1][1][k][k], Y[1][1][u][u];
    vector_fill(3 * 3, 1, ***X);
    vector_fill(k * k, 1, ***W);
    conv_transpose2d(1, 1, 1, 3, 3, k, s, p, u, u, X, W, Y);
    if (k == 3)
        print_matrix("windows", u, u, ***Y, 4);
    fact_row(name, 0, u, Y[0][0][1], expected);
}

static inline void checkerboard(void)
{
    printf("How many windows lie on each pixel of Y, where X has 3 x 3 and windows are 2 apart:\n");
    overlaps("second row, k = 3", 3, 2, 1, 6, (const real[]){2, 4, 2, 4, 2, 2});
    overlaps("second row, k = 2", 2, 2, 0, 6, (const real[]){1, 1, 1, 1, 1, 1});
    overlaps("second row, k = 4", 4, 2, 1, 6, (const real[]){2, 4, 4, 4, 4, 2});
}

/* -- decibels ---------------------------------------------------------------------------------- */

static inline void decibels(void)
{
    enum { PIXELS = 2 };
    const real X[PIXELS] = {0, 1}, R[PIXELS] = {0.1, 0.7}, worse[PIXELS] = {0.2, 0.4};
    real psnr, unused[PIXELS], dR[PIXELS];
    psnr_backward(PIXELS, R, X, 1, &psnr, dR);
    printf("\nTwo pixels, X = (0, 1), R = (0.1, 0.7), peak 1, mse = (0.01 + 0.09) / 2:\n");
    fact("psnr, in dB", 4, (double)psnr, 13.0103);
    fact_row("dR", 4, PIXELS, dR, (const real[]){-8.6859, 26.0577});
    fact("dR . (R - X)", 4, (double)(dR[0] * (R[0] - X[0]) + dR[1] * (R[1] - X[1])), -8.6859);
    psnr_backward(PIXELS, worse, X, 1, &psnr, unused);
    fact("psnr, errors twice as large", 4, (double)psnr, 6.9897);
}

static inline void decibels_mistaken(void)
{
    const real mse = 0.05, X[2] = {0, 1}, R[2] = {0.1, 0.7};
    printf("Mistakes in its psnr and dR:\n");
    fact("root of the mse", 4, 10 * log10(1 / sqrt((double)mse)), 6.5051);
    fact("natural logarithm", 4, 10 * log(1 / (double)mse), 29.9573);
    fact_row("gradient of the mse", 4, 2, (const real[]){R[0] - X[0], R[1] - X[1]},
             (const real[]){0.1, -0.3});
}

#endif
