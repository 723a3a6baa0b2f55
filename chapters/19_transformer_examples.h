/* 19_transformer_examples.h: the small examples of the lesson, in numbers that can be checked in
 * the head. */
#ifndef CHAPTER_19_TRANSFORMER_EXAMPLES_H
#define CHAPTER_19_TRANSFORMER_EXAMPLES_H

#include <stdio.h>

#include "19_transformer_steps.h"
#include "kernel/random.h"
#include "kernel/vector.h"
#include "workbook/fact.h"
#include "workbook/print.h"

/* -- two tokens, one number each --------------------------------------------------------------- */

#define LN3 ((real)1.09861228866810969140)

enum { TWO = 2 };

/* What two tokens ask, are asked and say, what came of it, and its gradients. */
typedef struct {
    real Q[TWO][1], K[TWO][1], V[TWO][1], dY[TWO][1];
    real S[TWO][TWO], P[TWO][TWO], Y[TWO][1];
    real dP[TWO][TWO], dS[TWO][TWO], dQ[TWO][1], dK[TWO][1], dV[TWO][1];
} Pair;

static inline Pair pair_of(bool causal)
{
    Pair p = {
        .Q = {{0}, {LN3}},
        .K = {{0}, {1}},
        .V = {{4}, {8}},
        .dY = {{1}, {16}},
    };
    attention_forward(TWO, TWO, 1, causal, p.Q, p.K, p.V, p.S, p.P, p.Y);
    attention_backward(TWO, TWO, 1, p.dY, p.Q, p.K, p.V, p.P, p.dP, p.dS, p.dQ, p.dK, p.dV);
    return p;
}

static inline void two_tokens(void)
{
    const Pair p = pair_of(false);
    printf("Two tokens, one number each. Q = (0, ln 3), K = (0, 1), V = (4, 8), dY = (1, 16):\n");
    print_matrix("S", TWO, TWO, *p.S, 5);
    fact_row("P", 4, 4, *p.P, (const real[]){0.5, 0.5, 0.25, 0.75});
    fact_row("Y", 4, TWO, *p.Y, (const real[]){6, 7});
    fact_row("dP", 4, 4, *p.dP, (const real[]){4, 8, 64, 128});
    fact_row("dS", 4, 4, *p.dS, (const real[]){-1, 1, -12, 12});
    fact_row("dQ", 4, TWO, *p.dQ, (const real[]){1, 12});
    fact_row("dK", 4, TWO, *p.dK, (const real[]){-12 * LN3, 12 * LN3});
    fact_row("dV", 4, TWO, *p.dV, (const real[]){4.5, 12.5});
}

static inline void two_tokens_causal(void)
{
    const Pair p = pair_of(true);
    printf("\nThe first may not hear the second:\n");
    fact_row("P", 4, 4, *p.P, (const real[]){1, 0, 0.25, 0.75});
    fact_row("Y", 4, TWO, *p.Y, (const real[]){4, 7});
    fact_row("dS", 4, 4, *p.dS, (const real[]){0, 0, -12, 12});
    fact_row("dQ", 4, TWO, *p.dQ, (const real[]){0, 12});
    fact_row("dV", 4, TWO, *p.dV, (const real[]){5, 12});
}

/* -- three ways into one X --------------------------------------------------------------------- */

static inline void three_ways(void)
{
    const real dQ = 1, dK = 10, dV = 100, X = 5, Wq = 1, Wk = 2, Wv = 3;
    real dX, dW[3];
    projections_backward(1, 1, 1, (const void *)&dQ, (const void *)&dK, (const void *)&dV,
                         (const void *)&X, (const void *)&Wq, (const void *)&Wk, (const void *)&Wv,
                         (void *)&dX, (void *)&dW[0], (void *)&dW[1], (void *)&dW[2]);
    printf("\nOne token X = 5, Wq, Wk, Wv = 1, 2, 3; dQ, dK, dV = 1, 10, 100:\n");
    fact("dX", 4, (double)dX, 321);
    fact_row("dWq, dWk, dWv", 4, 3, dW, (const real[]){5, 50, 500});
}

/* -- the scale --------------------------------------------------------------------------------- */

enum { KEYS = 10, TRIALS = 500 };

/* Of random queries and keys of d numbers: the standard deviation of the scores, the largest of the
 * weights, and how much of a random gradient of the weights comes through to the scores. */
static inline void spread_of(Rng *rng, int d, bool scaled, real mean[3])
{
    real S[1][KEYS], P[1][KEYS], dP[1][KEYS], dS[1][KEYS];
    vector_fill(3, 0, mean);
    for (int trial = 0; trial < TRIALS; trial++) {
        for (int j = 0; j < KEYS; j++) {
            real sum = 0;
            for (int l = 0; l < d; l++) {
                const double q = rng_normal(rng);
                sum += (real)(q * rng_normal(rng));
            }
            S[0][j] = scaled ? sum / sqrt((real)d) : sum;
            dP[0][j] = (real)rng_normal(rng);
        }
        weights_forward(1, KEYS, KEYS, S, P);
        weights_backward(1, KEYS, dP, P, dS);
        mean[0] += vector_dot(KEYS, *S, *S) / (KEYS * TRIALS);
        mean[1] += vector_max(KEYS, *P) / TRIALS;
        mean[2] += vector_dot(KEYS, *dS, *dS) / (KEYS * TRIALS);
    }
    mean[0] = sqrt(mean[0]);
    mean[2] = sqrt(mean[2]);
}

static inline void what_the_scale_is_for(uint64_t seed)
{
    static const int widths[] = {4, 64, 1024};
    Rng rng;
    rng_seed(&rng, seed);
    printf("\nTen keys, numbers from N(0, 1): spread of the scores, largest weight, gradient that "
           "comes\nthrough:\n"
           "     d  not scaled              scaled by 1/sqrt(d)\n");
    for (size_t i = 0; i < sizeof widths / sizeof widths[0]; i++) {
        real plain[3], scaled[3];
        spread_of(&rng, widths[i], false, plain);
        spread_of(&rng, widths[i], true, scaled);
        printf("  %4d  %5.1f   %.2f   %.4f    %5.1f   %.2f   %.4f\n", widths[i], (double)plain[0],
               (double)plain[1], (double)plain[2], (double)scaled[0], (double)scaled[1],
               (double)scaled[2]);
        fact_that("scaled scores have a spread of about 1", fabs(scaled[0] - 1) < (real)0.1);
        fact_that("scores that are not scaled have one of sqrt(d)",
                  fabs(plain[0] / sqrt((real)widths[i]) - 1) < (real)0.1);
    }
}

/* -- heads ------------------------------------------------------------------------------------- */

static inline void two_heads(void)
{
    enum { T = 2, H = 2, D = 2, C = H * D };
    const real dO[1][H][T][D] = {{{{1, 2}, {5, 6}}, {{3, 4}, {7, 8}}}};
    real dX[1][T][C];
    split_heads_backward(1, T, H, D, C, dO, dX);
    printf(
        "\nTwo tokens of four numbers, two heads of two. From head 0 came (1 2 | 5 6), from head "
        "1\n(3 4 | 7 8):\n");
    print_matrix("dX", T, C, **dX, 4);
    print_matrix("not transposed", T, C, (const real *)dO, 4);
    for (int at = 0; at < T * C; at++)
        fact_that("dX is 1, 2, ..., 8", dX[0][at / C][at % C] == at + 1);
}

/* -- layer norm -------------------------------------------------------------------------------- */

enum { FOUR = 4 };

static const real row4[1][FOUR] = {{1, 1, 3, 3}}, gain4[FOUR] = {1, 2, 1, 1};
static const real bias4[FOUR] = {0, 0, 0, 1}, drow4[1][FOUR] = {{4, 0, 0, 0}};

static inline void four_numbers(void)
{
    const real ones[1][FOUR] = {{1, 1, 1, 1}};
    real var_inv[1], raw[1][FOUR], y[1][FOUR], dx[1][FOUR], dgain[FOUR], dbias[FOUR];
    norm_forward(1, FOUR, row4, gain4, bias4, 0, var_inv, raw, y);
    post_norm_backward(1, FOUR, drow4, var_inv, raw, gain4, dx, dgain, dbias);
    printf("\nLayer norm of x = (1 1 3 3), gain (1 2 1 1), bias (0 0 0 1), eps 0; dy = (4 0 0 "
           "0):\n");
    fact_row("y", 4, FOUR, *y, (const real[]){-1, -2, 1, 2});
    fact_row("dx", 4, FOUR, *dx, (const real[]){2, -2, 0, 0});
    fact_row("dgain", 4, FOUR, dgain, (const real[]){-4, 0, 0, 0});
    fact_row("dbias", 4, FOUR, dbias, (const real[]){4, 0, 0, 0});
    pre_norm_backward(1, FOUR, ones, drow4, var_inv, raw, gain4, dx);
    fact_row("with a shortcut past it", 4, FOUR, *dx, (const real[]){3, -1, 1, 1});
}

static inline void two_numbers(void)
{
    const real x[1][TWO] = {{5, 9}}, gain[TWO] = {1, 1}, bias[TWO] = {0, 0}, dy[1][TWO] = {{3, 8}};
    real var_inv[1], raw[1][TWO], y[1][TWO], dx[1][TWO], dgain[TWO], dbias[TWO];
    norm_forward(1, TWO, x, gain, bias, 0, var_inv, raw, y);
    post_norm_backward(1, TWO, dy, var_inv, raw, gain, dx, dgain, dbias);
    printf("Of two numbers, here (5 9), only the order is left, and nothing comes back of dy = (3 "
           "8):\n");
    fact_row("y", 4, TWO, *y, (const real[]){-1, 1});
    fact_row("dx", 4, TWO, *dx, (const real[]){0, 0});
}

/* -- GELU -------------------------------------------------------------------------------------- */

static inline void three_slopes(void)
{
    const real X[3] = {-1, 0, 1}, dY[3] = {1, 1, 1};
    real Y[3], dX[3];
    gelu_forward(3, X, Y);
    gelu_backward(3, dY, X, dX);
    printf("\nGELU at -1, 0 and 1, and its slope there:\n");
    fact_row("Y", 4, 3, Y, (const real[]){-0.1587, 0, 0.8413});
    fact_row("dX", 4, 3, dX, (const real[]){-0.0833, 0.5, 1.0833});
}

/* -- the input --------------------------------------------------------------------------------- */

/* The first token comes again as the third. k = 4, so sqrt(k) = 2. */
static inline void three_places(void)
{
    enum { V = 2, T = 3 };
    const int X[1][T] = {{1, 0, 1}};
    const real dE[1][T][FOUR] = {{{1, 0, 0, 0}, {0, 1, 0, 0}, {0, 0, 1, 0}}};
    real dC[V][FOUR], dP[T][FOUR];
    input_backward(1, T, V, FOUR, dE, X, dC, dP);
    printf("\nTokens 1, 0, 1, each with a gradient of a single 1, in column 0, 1 and 2:\n");
    print_matrix("dC", V, FOUR, *dC, 4);
    print_matrix("dP", T, FOUR, *dP, 4);
    fact_that("a token's row is in dC twice over", dC[1][0] == 2 && dC[1][2] == 2 && dC[0][1] == 2);
}

static inline void examples(uint64_t seed)
{
    two_tokens();
    two_tokens_causal();
    three_ways();
    what_the_scale_is_for(seed);
    two_heads();
    four_numbers();
    two_numbers();
    three_slopes();
    three_places();
}

#endif
