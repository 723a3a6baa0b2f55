/* 13_convolution_mistakes.h: the usual mistakes, in the small example of the lesson. */
#ifndef CHAPTER_13_CONVOLUTION_MISTAKES_H
#define CHAPTER_13_CONVOLUTION_MISTAKES_H

#include <stdio.h>
#include <string.h>

#include "13_convolution_steps.h"
#include "workbook/fact.h"

/* -- the small example ------------------------------------------------------------------------ */

enum { IMAGE = 3, KERNEL = 2, MAP = 2 }; /* the sides of X, W and Y */

static const real X3[IMAGE][IMAGE] = {{1, 2, 0}, {3, 1, 1}, {0, 2, 4}};
static const real W2[KERNEL][KERNEL] = {{1, 2}, {0, -1}};
static const real dY2[MAP][MAP] = {{1, 0}, {2, -1}};

/* -- wrong dX --------------------------------------------------------------------------------- */

typedef enum { OVERWRITTEN, TURNED, TRANSPOSED, WRONG_INPUTS } WrongInput;

static inline void wrong_input(WrongInput wrong, real dX[IMAGE][IMAGE])
{
    vector_fill(IMAGE * IMAGE, 0, *dX);
    for (int r = 0; r < MAP; r++)
        for (int t = 0; t < MAP; t++)
            for (int a = 0; a < KERNEL; a++)
                for (int e = 0; e < KERNEL; e++) {
                    real weight = wrong == TURNED       ? W2[KERNEL - 1 - a][KERNEL - 1 - e]
                                  : wrong == TRANSPOSED ? W2[e][a]
                                                        : W2[a][e];
                    real before = wrong == OVERWRITTEN ? 0 : dX[r + a][t + e];
                    dX[r + a][t + e] = before + dY2[r][t] * weight;
                }
}

/* With the two numbers that the right dX brings to 11 and to 4. */
static inline void wrong_inputs(void)
{
    static const char *const name[WRONG_INPUTS] = {"= for +=", "kernel turned",
                                                   "kernel transposed"};
    static const real expected[WRONG_INPUTS][IMAGE * IMAGE] = {{1, 0, 0, 2, -1, -2, 0, 0, 1},
                                                               {-1, 0, 0, 0, 2, 0, 4, 0, -1},
                                                               {1, 0, 0, 4, -2, 0, 4, -4, 1}};
    static const real law[WRONG_INPUTS][2] = {{8, 1}, {-3, 4}, {7, 4}};
    for (int i = 0; i < WRONG_INPUTS; i++) {
        real dX[IMAGE][IMAGE];
        wrong_input((WrongInput)i, dX);
        fact_row(name[i], 0, IMAGE * IMAGE, *dX, expected[i]);
        fact_row(
            "  its dX . X and its sum", 0, 2,
            (const real[]){vector_dot(IMAGE * IMAGE, *dX, *X3), vector_sum(IMAGE * IMAGE, *dX)},
            law[i]);
    }
}

/* -- wrong dW, db and Y ----------------------------------------------------------------------- */

static inline void wrong_weights(void)
{
    real dW[KERNEL][KERNEL], turned[KERNEL][KERNEL], Y[MAP][MAP], last[KERNEL][KERNEL],
        mean[KERNEL][KERNEL], exchanged[KERNEL][KERNEL];
    plane_weight_backward(IMAGE, IMAGE, KERNEL, MAP, MAP, dY2, X3, dW);
    for (int i = 0; i < KERNEL * KERNEL; i++) {
        int a = i / KERNEL, e = i % KERNEL;
        turned[a][e] = dW[KERNEL - 1 - a][KERNEL - 1 - e];
        last[a][e] = dY2[MAP - 1][MAP - 1] * X3[MAP - 1 + a][MAP - 1 + e];
        mean[a][e] = dW[a][e] / (MAP * MAP);
        exchanged[a][e] = dW[e][a];
    }
    fact_row("dW of the last window", 0, KERNEL * KERNEL, *last, (const real[]){-1, -1, -2, -4});
    fact_row("dW, the windows' mean", 2, KERNEL * KERNEL, *mean,
             (const real[]){1.5, 0.75, 0.25, 0.25});
    fact_row("dW turned", 0, KERNEL * KERNEL, *turned, (const real[]){1, 1, 3, 6});
    fact_row("dW transposed", 0, KERNEL * KERNEL, *exchanged, (const real[]){6, 1, 3, 1});
    fact_row("db of the last, the mean", 1, 2,
             (const real[]){dY2[MAP - 1][MAP - 1], vector_sum(MAP * MAP, *dY2) / (MAP * MAP)},
             (const real[]){-1, 0.5});
    for (int i = 0; i < KERNEL * KERNEL; i++)
        turned[i / KERNEL][i % KERNEL] = W2[KERNEL - 1 - i / KERNEL][KERNEL - 1 - i % KERNEL];
    plane_forward(IMAGE, IMAGE, KERNEL, MAP, MAP, X3, turned, 1, Y);
    fact_row("Y, kernel turned", 0, MAP * MAP, *Y, (const real[]){7, 2, 0, 8});
}

/* -- wrong pooling ---------------------------------------------------------------------------- */

enum { SIDE = 4 };

static const real X4[SIDE][SIDE] = {{1, 3, 2, 2}, {3, 0, 2, 2}, {5, 4, 0, -1}, {4, 5, -2, 0}};

typedef enum { EVERY_TIE, TIES_SHARE, LAST_TIE, ALL_FOUR, WRONG_POOLS } WrongPool;

/* One window of 2 x 2, with the gradient d. */
static inline void wrong_window(WrongPool wrong, int y, int x, real d, real dX[SIDE][SIDE])
{
    real largest = X4[y][x];
    int ties = 0, seen = 0;
    for (int i = 0; i < 4; i++)
        largest = fmax(largest, X4[y + i / 2][x + i % 2]);
    for (int i = 0; i < 4; i++)
        ties += X4[y + i / 2][x + i % 2] == largest;
    for (int i = 0; i < 4; i++) {
        bool is_tie = X4[y + i / 2][x + i % 2] == largest;
        seen += is_tie;
        bool gets = wrong == ALL_FOUR || (is_tie && (wrong != LAST_TIE || seen == ties));
        dX[y + i / 2][x + i % 2] = gets ? wrong == TIES_SHARE ? d / (real)ties : d : 0;
    }
}

/* What comes in is 1 2 3 4, so 10 should leave. */
static inline void wrong_pools(void)
{
    static const char *const name[WRONG_POOLS] = {"every tie the whole", "ties share",
                                                  "the last tie", "all four"};
    static const real leaves[WRONG_POOLS] = {24, 10, 10, 40};
    printf(
        "Max pooling with ties. The sum of dX, where the dY came to 10, and its first two rows:\n");
    for (int wrong = 0; wrong < WRONG_POOLS; wrong++) {
        real dX[SIDE][SIDE];
        for (int i = 0; i < 4; i++)
            wrong_window((WrongPool)wrong, i / 2 * 2, i % 2 * 2, (real)(i + 1), dX);
        fact(name[wrong], 0, (double)vector_sum(SIDE * SIDE, *dX), (double)leaves[wrong]);
        for (int y = 0; y < 2; y++)
            printf("    %8.1f %8.1f %8.1f %8.1f\n", (double)dX[y][0], (double)dX[y][1],
                   (double)dX[y][2], (double)dX[y][3]);
    }
}

static inline void mistakes(void)
{
    printf("\nMistakes in the small example. In place of dX = 1 2 0 2 2 -2 0 -2 1:\n");
    wrong_inputs();
    printf("In place of dW = 6 3 1 1, db = 2 and Y = 5 2 4 0:\n");
    wrong_weights();
    wrong_pools();
}

#endif
