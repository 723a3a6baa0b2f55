/* 17_transfer_examples.h: the small examples of the lesson, in numbers that can be checked in the
 * head, and what the usual mistakes make of them. */
#ifndef CHAPTER_17_TRANSFER_EXAMPLES_H
#define CHAPTER_17_TRANSFER_EXAMPLES_H

#include <stdio.h>
#include <string.h>

#include "17_transfer_maps.h"
#include "nn/schedule.h"
#include "workbook/fact.h"

/* -- a frozen layer ---------------------------------------------------------------------------- */

/* One image of one number, and three layers of one weight. */
static inline void frozen_layer(void)
{
    const real X[1][1] = {{2}}, W2[1][1] = {{3}}, W3[1][1] = {{-1}}, G[1][1] = {{6}};
    const real dY[1][1] = {{1}};
    real dW1[1][1], dW3[1][1];
    frozen_backward(1, 1, 1, 1, 1, dY, X, G, W2, W3, dW1, dW3);
    printf("x = 2, w1 = 1, w2 = 3 frozen, w3 = -1: h = 2, g = 6, y = -6; dy = 1:\n");
    fact("dw3", 0, (double)**dW3, 6);
    fact("dw1", 0, (double)**dW1, -6);
}

/* Two layers of two weights, both with the same momentum; the second is frozen, its dp 0. */
static inline void frozen_weights(void)
{
    const int frozen[2] = {0, 1}, thawed[2] = {0, 0};
    const real dp[2][2] = {{1, -1}, {0, 0}};
    const real b_begin[2][2] = {{2, 2}, {2, 2}}, p_begin[2][2] = {{1, 2}, {1, 2}};
    real b[2][2], p[2][2];
    memcpy(b, b_begin, sizeof b);
    memcpy(p, p_begin, sizeof p);
    frozen_step(2, 2, (real)0.1, 0.5, (real)0.2, frozen, dp, b, p);
    printf("Two layers, p = 1 2 and b = 2 2 each; lr 0.1, momentum 1/2, decay 0.2; dp = 1 -1 and, "
           "frozen, 0 0:\n");
    fact_row("b, p of the first", 4, 4, (const real[]){b[0][0], b[0][1], p[0][0], p[0][1]},
             (const real[]){(real)2.2, (real)0.4, (real)0.78, (real)1.96});
    fact_row("b, p of the frozen one", 4, 4, (const real[]){b[1][0], b[1][1], p[1][0], p[1][1]},
             (const real[]){2, 2, 1, 2});
    memcpy(b, b_begin, sizeof b);
    memcpy(p, p_begin, sizeof p);
    frozen_step(2, 2, (real)0.1, 0.5, (real)0.2, thawed, dp, b, p);
    fact_row("... if only its dp is 0", 4, 4, (const real[]){b[1][0], b[1][1], p[1][0], p[1][1]},
             (const real[]){(real)1.2, (real)1.4, (real)0.88, (real)1.86});
}

/* -- names ------------------------------------------------------------------------------------- */

enum { PREFIX = 4, TAIL = 2, LETTERS = PREFIX + TAIL };

static inline void letters(int n, const char *text, int out[n])
{
    for (int i = 0; i < n; i++)
        out[i] = (unsigned char)text[i];
}

static inline void copied_names(void)
{
    enum { HERE = 3, FILE_HAS = 4 };
    static const char *const here[HERE] = {"w1", "w2", "w3"};
    static const char *const file[FILE_HAS] = {"net.w2", "ema.w1", "net.w1", "net.b1"};
    const real values[FILE_HAS][1] = {{20}, {-1}, {10}, {-2}};
    int prefix[PREFIX], name[HERE][TAIL], saved[FILE_HAS][LETTERS];
    real p[HERE][1] = {{1}, {2}, {3}};
    letters(PREFIX, "net.", prefix);
    for (int i = 0; i < HERE; i++)
        letters(TAIL, here[i], name[i]);
    for (int j = 0; j < FILE_HAS; j++)
        letters(LETTERS, file[j], saved[j]);
    copy_subtree(HERE, FILE_HAS, PREFIX, TAIL, LETTERS, 1, prefix, name, saved, values, p);
    printf("\nThe file: net.w2 = 20, ema.w1 = -1, net.w1 = 10, net.b1 = -2. The part net. of it, "
           "into w1 = 1, w2 = 2, w3 = 3:\n");
    fact_row("w1 w2 w3", 0, HERE, *p, (const real[]){10, 20, 3});
    fact_row("by place", 0, HERE, *values, (const real[]){20, -1, 10});
}

/* -- rates, and a restart ---------------------------------------------------------------------- */

static inline void rates(void)
{
    enum { N = 6, M = 4 };
    real rate[N], library[N];
    cosine_schedule(N, M, 1, 0, rate);
    for (int t = 0; t < N; t++)
        library[t] = (real)schedule_cosine(1, 0, M, t);
    printf("\nRates from 1 to 0 in 4 steps, and beyond:\n");
    fact_row("rate", 4, N, rate, (const real[]){1, (real)0.8536, 0.5, (real)0.1464, 0, 0});
    fact_row("PyTorch's", 4, N, library,
             (const real[]){1, (real)0.8536, 0.5, (real)0.1464, 0, (real)0.1464});
}

/* Three steps, before the last of which b may be lost. */
static inline void three_steps(bool lost, real b[1][2], real p[1][2])
{
    const int frozen[1] = {0};
    const real dp[1][2] = {{1, -1}};
    p[0][0] = 1;
    p[0][1] = 2;
    for (int step = 0; step < 3; step++) {
        if (step == 0 || (lost && step == 2))
            b[0][0] = b[0][1] = 0;
        frozen_step(1, 2, (real)0.1, (real)0.9, 0, frozen, dp, b, p);
    }
}

static inline void restart(void)
{
    real b[1][2], p[1][2];
    printf("p = 1 2, dp = 1 -1 at each of three steps, lr 0.1, momentum 0.9:\n");
    three_steps(false, b, p);
    fact_row("p", 4, 2, *p, (const real[]){(real)0.439, (real)2.561});
    fact_row("b", 4, 2, *b, (const real[]){(real)2.71, (real)-2.71});
    three_steps(true, b, p);
    fact_row("p, b lost before the third", 4, 2, *p, (const real[]){(real)0.61, (real)2.39});
}

/* -- maps -------------------------------------------------------------------------------------- */

enum { SIDE = 3, NINE = SIDE * SIDE };

static const real one_to_nine[NINE] = {1, 2, 3, 4, 5, 6, 7, 8, 9};

static inline void turns(void)
{
    real Y[NINE], dX[NINE], again[NINE];
    rotate(1, SIDE, SIDE, 0, 1, (const void *)one_to_nine, (void *)Y);
    fact_row("turned by 90 degrees", 2, NINE, Y, (const real[]){3, 6, 9, 2, 5, 8, 1, 4, 7});
    rotate(1, SIDE, SIDE, (real)0.8, (real)0.6, (const void *)one_to_nine, (void *)Y);
    fact_row("turned, cosine 4/5, sine 3/5", 2, NINE, Y,
             (const real[]){(real)1.08, (real)3.2, (real)3.24, (real)2.4, (real)5, (real)7.6,
                            (real)2.76, (real)6.8, (real)4.92});
    rotate_backward(1, SIDE, SIDE, (real)0.8, (real)0.6, (const void *)one_to_nine, (void *)dX);
    fact_row("dX of dY = 1 .. 9", 2, NINE, dX,
             (const real[]){(real)2.04, (real)1.6, (real)1.32, (real)5.6, (real)6.6, (real)3.6,
                            (real)4.68, (real)7.6, (real)3.96});
    rotate(1, SIDE, SIDE, (real)0.8, (real)-0.6, (const void *)one_to_nine, (void *)again);
    fact_row("... turned back as an image", 2, NINE, again,
             (const real[]){(real)2.04, (real)2, (real)1.32, (real)6, (real)5, (real)4, (real)4.68,
                            (real)8, (real)3.96});
}

static inline void maps(void)
{
    const int flipped[1] = {1}, down[1] = {0}, right[1] = {1};
    real Y[NINE], dX[NINE];
    printf("\nAn image, 1 2 3, 4 5 6, 7 8 9:\n");
    flip(1, 1, SIDE, SIDE, flipped, (const void *)one_to_nine, (void *)Y);
    fact_row("flipped", 2, NINE, Y, (const real[]){3, 2, 1, 6, 5, 4, 9, 8, 7});
    shift(1, SIDE, SIDE, 0, 1, (const void *)one_to_nine, (void *)Y);
    fact_row("shifted by 1", 2, NINE, Y, (const real[]){1, 1, 2, 4, 4, 5, 7, 7, 8});
    shift_backward(1, 1, SIDE, SIDE, down, right, (const void *)one_to_nine, (void *)dX);
    fact_row("dX of dY = 1 .. 9", 2, NINE, dX, (const real[]){3, 3, 0, 9, 6, 0, 15, 9, 0});
    turns();
}

static inline void small_examples(void)
{
    frozen_layer();
    frozen_weights();
    copied_names();
    rates();
    restart();
    maps();
}

#endif
