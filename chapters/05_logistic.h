/* 05_logistic.h: a network that says yes or no, forwards and backwards.
 *
 * One hidden layer of sigmoids, and the probability p that the answer is yes; binary cross entropy
 * (BCE) says how wrong that is:
 *
 *     hpre = x W1 + b1        (n, k)      h = sigmoid(hpre)
 *     z    = h w2 + b2        (n)         p = sigmoid(z)
 *     loss = -1/n sum_i (y[i] log p[i] + (1 - y[i]) log(1 - p[i]))
 *
 * n questions of two numbers each, k hidden units. */
#ifndef CHAPTER_05_LOGISTIC_H
#define CHAPTER_05_LOGISTIC_H

#include <stdlib.h>
#include <string.h>

#include "error.h"
#include "real.h"

enum { D = 2 }; /* numbers in an input */

/* -- sigmoid and BCE, forward and backward ---------------------------------------------------- */

/* p = 1 / (1 + exp(-z)) */
static inline void sigmoid_forward(int n, const real z[n], real p[n])
{
    for (int i = 0; i < n; i++)
        p[i] = 1 / (1 + exp(-z[i]));
}

/* p = 1 / (1 + exp(-z)):   dz = dp p (1 - p) */
static inline void sigmoid_backward(int n, const real dp[n], const real p[n], real dz[n])
{
    for (int i = 0; i < n; i++)
        dz[i] = dp[i] * p[i] * (1 - p[i]);
}

/* L = -1/n sum_i (y[i] log p[i] + (1 - y[i]) log(1 - p[i])) */
static inline real bce_forward(int n, const real p[n], const real y[n])
{
    real sum = 0;
    for (int i = 0; i < n; i++)
        sum -= y[i] * log(p[i]) + (1 - y[i]) * log(1 - p[i]);
    return sum / (real)n;
}

/* L = -1/n sum_i (y log p + (1 - y) log(1 - p)):   dp = ((1 - y) / (1 - p) - y / p) / n */
static inline void bce_backward(int n, const real p[n], const real y[n], real dp[n])
{
    for (int i = 0; i < n; i++)
        dp[i] = ((1 - y[i]) / (1 - p[i]) - y[i] / p[i]) / (real)n;
}

/* The same L from z:   1/n sum_i (max(z, 0) - z y + log(1 + exp(-|z|))) */
static inline real bce_with_logits_forward(int n, const real z[n], const real y[n])
{
    real sum = 0;
    for (int i = 0; i < n; i++)
        sum += fmax(z[i], (real)0) - z[i] * y[i] + log1p(exp(-fabs(z[i])));
    return sum / (real)n;
}

/* Both steps back in one:   dz = (p - y) / n,   p = sigmoid(z) */
static inline void bce_with_logits_backward(int n, const real p[n], const real y[n], real dz[n])
{
    for (int i = 0; i < n; i++)
        dz[i] = (p[i] - y[i]) / (real)n;
}

/* -- the layers, forward and backward --------------------------------------------------------- */

/* hpre = x W1 + b1 */
static inline void hidden_forward(int n, int k, const real x[n][D], const real W1[D][k],
                                  const real b1[k], real hpre[n][k])
{
    for (int i = 0; i < n; i++)
        for (int j = 0; j < k; j++)
            hpre[i][j] = x[i][0] * W1[0][j] + x[i][1] * W1[1][j] + b1[j];
}

/* hpre = x W1 + b1:   dW1[a][j] = sum_i dhpre[i][j] x[i][a],   db1[j] = sum_i dhpre[i][j] */
static inline void hidden_backward(int n, int k, const real dhpre[n][k], const real x[n][D],
                                   real dW1[D][k], real db1[k])
{
    memset(dW1, 0, sizeof(real[D][k]));
    memset(db1, 0, sizeof(real[k]));
    for (int i = 0; i < n; i++)
        for (int j = 0; j < k; j++) {
            dW1[0][j] += dhpre[i][j] * x[i][0];
            dW1[1][j] += dhpre[i][j] * x[i][1];
            db1[j] += dhpre[i][j];
        }
}

/* z = h w2 + b2 */
static inline void output_forward(int n, int k, const real h[n][k], const real w2[k], real b2,
                                  real z[n])
{
    for (int i = 0; i < n; i++) {
        z[i] = b2;
        for (int j = 0; j < k; j++)
            z[i] += h[i][j] * w2[j];
    }
}

/* z = h w2 + b2:   dw2[j] = sum_i dz[i] h[i][j],   db2 = sum_i dz[i],   dh[i][j] = dz[i] w2[j] */
static inline void output_backward(int n, int k, const real dz[n], const real h[n][k],
                                   const real w2[k], real dw2[k], real *db2, real dh[n][k])
{
    memset(dw2, 0, sizeof(real[k]));
    *db2 = 0;
    for (int i = 0; i < n; i++) {
        *db2 += dz[i];
        for (int j = 0; j < k; j++) {
            dw2[j] += dz[i] * h[i][j];
            dh[i][j] = dz[i] * w2[j];
        }
    }
}

/* -- the network ------------------------------------------------------------------------------ */

/* The parameters, or their gradients: one block of `size` numbers that begins at W1. */
typedef struct {
    int k, size;
    real *W1, *b1, *w2, *b2; /* (D, k) (k) (k) (1) */
} Network;

/* What a pass over n examples leaves: hpre, h, dh, dhpre (n, k) and z, p, dp, dz (n). */
typedef struct {
    real *hpre, *h, *z, *p, *dp, *dz, *dh, *dhpre;
} Pass;

static inline real *room_for(size_t count)
{
    real *block = calloc(count, sizeof *block);
    if (!block)
        error_stop("no memory for %zu numbers", count);
    return block;
}

static inline Network network_new(int k)
{
    Network net = {.k = k, .size = (D + 2) * k + 1};
    net.W1 = room_for((size_t)net.size);
    net.b1 = net.W1 + D * k;
    net.w2 = net.b1 + k;
    net.b2 = net.w2 + k;
    return net;
}

static inline Pass pass_new(int n, int k)
{
    real *next = room_for((size_t)n * (size_t)(4 * k + 4));
    Pass a = {0};
    real **of_nk[] = {&a.hpre, &a.h, &a.dh, &a.dhpre}, **of_n[] = {&a.z, &a.p, &a.dp, &a.dz};
    for (int i = 0; i < 4; i++, next += (size_t)n * (size_t)k)
        *of_nk[i] = next;
    for (int i = 0; i < 4; i++, next += n)
        *of_n[i] = next;
    return a;
}

/* Returns the loss. */
static inline real forward(int n, const Network *net, const real x[n][D], const real y[n], Pass *a)
{
    int k = net->k;
    hidden_forward(n, k, x, (void *)net->W1, net->b1, (void *)a->hpre);
    sigmoid_forward(n * k, a->hpre, a->h);
    output_forward(n, k, (void *)a->h, net->w2, *net->b2, a->z);
    sigmoid_forward(n, a->z, a->p);
    return bce_with_logits_forward(n, a->z, y);
}

static inline void backward(int n, const Network *net, const real x[n][D], const real y[n], Pass *a,
                            Network *d)
{
    int k = net->k;
    bce_with_logits_backward(n, a->p, y, a->dz);
    output_backward(n, k, a->dz, (void *)a->h, net->w2, d->w2, d->b2, (void *)a->dh);
    sigmoid_backward(n * k, a->dh, a->h, a->dhpre);
    hidden_backward(n, k, (void *)a->dhpre, x, (void *)d->W1, d->b1);
}

static inline int count_right(int n, const real p[n], const real y[n])
{
    int right = 0;
    for (int i = 0; i < n; i++)
        right += (p[i] > 0.5) == (y[i] > 0.5);
    return right;
}

#endif
