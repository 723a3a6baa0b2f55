/* 05_logistic.c: exercises to chapter 05, yes or no.
 *
 * Replace each TODO() by the body of the function, then type `make check-05`. Outputs come
 * uninitialised: write every element. exp, log, log1p, fabs, fmax and the like are there. A z may
 * be as large as 1000 or as small as -1000; an infinity is all right on the way if the answer is a
 * number. */
#include "05_logistic.h"

/* 1. The sigmoid, with z kept from the forward pass and not p.
 *
 *     p[i] = 1 / (1 + exp(-z[i]))
 *
 * given    dp (n), and z (n), between -1000 and 1000
 * wanted   dz (n) */
void sigmoid_backward(int n, const real dp[n], const real z[n], real dz[n])
{
    TODO();
}

/* 2. Softplus, a relu with its corner rounded off.
 *
 *     out[i] = log(1 + exp(z[i]))
 *
 * given    dout (n), and z (n), between -1000 and 1000
 * wanted   dz (n) */
void softplus_backward(int n, const real dout[n], const real z[n], real dz[n])
{
    TODO();
}

/* 3. BCE in which a yes counts `weight` times as much as a no, for questions whose answer is seldom
 * yes.
 *
 *     L = -1/n sum_i (weight y[i] log(p[i]) + (1 - y[i]) log(1 - p[i]))
 *
 * given    weight, p (n), between 0 and 1, and y (n), each 0, 1 or something between
 * wanted   dp (n) */
void weighted_bce_backward(int n, real weight, const real p[n], const real y[n], real dp[n])
{
    TODO();
}

/* 4. BCE on logits, forwards, one loss for each question and no mean. It is to be right for every
 * z.
 *
 *     loss[i] = -(y[i] log(p) + (1 - y[i]) log(1 - p)),   p = 1 / (1 + exp(-z[i]))
 *
 * given    z (n), between -1000 and 1000, and y (n), each 0, 1 or something between
 * wanted   loss (n) */
void bce_with_logits_forward(int n, const real z[n], const real y[n], real loss[n])
{
    TODO();
}

/* 5. BCE on logits, backwards, the mean of the losses of exercise 4.
 *
 *     L = 1/n (loss[0] + ... + loss[n-1])
 *
 * given    z (n), between -1000 and 1000, and y (n), each 0, 1 or something between
 * wanted   dz (n) */
void bce_with_logits_backward(int n, const real z[n], const real y[n], real dz[n])
{
    TODO();
}

/* 6. Exercise 3 on logits: a yes counts `weight` times as much as a no.
 *
 *     L = -1/n sum_i (weight y[i] log(p) + (1 - y[i]) log(1 - p)),   p = 1 / (1 + exp(-z[i]))
 *
 * given    weight, z (n), between -1000 and 1000, and y (n), each 0, 1 or something between
 * wanted   dz (n) */
void weighted_logits_backward(int n, real weight, const real z[n], const real y[n], real dz[n])
{
    TODO();
}

/* 7. The chapter's network in one go, from its answers back to all of its parameters, for inputs of
 * any size d.
 *
 *     h    = sigmoid(x W1 + b1)    (n, k)
 *     p    = sigmoid(h w2 + b2)    (n)
 *     L    = the mean BCE of p and y
 *
 * given    p (n), y (n), x (n, d), h (n, k) and w2 (k)
 * wanted   dW1 (d, k), db1 (k), dw2 (k) and db2 (one number, *db2) */
void network_backward(int n, int d, int k, const real p[n], const real y[n], const real x[n][d],
                      const real h[n][k], const real w2[k], real dW1[d][k], real db1[k],
                      real dw2[k], real *db2)
{
    TODO();
}
