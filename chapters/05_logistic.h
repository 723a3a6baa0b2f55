/* 05_logistic.h: a network that says yes or no, forwards and backwards.
 *
 * One hidden layer of sigmoids, and the probability p that the answer is yes; binary cross entropy
 * (BCE) says how wrong that is:
 *
 *     hpre = x W1 + b1        (n, k)      h = sigmoid(hpre)
 *     z    = h w2 + b2        (n)         p = sigmoid(z)
 *     loss = -1/n sum_i (y[i] log p[i] + (1 - y[i]) log(1 - p[i]))
 *
 * n questions of two numbers each, k hidden units. The steps back stand here one by one; the
 * training takes them in one go, with network_backward() of the exercises. */
#ifndef CHAPTER_05_LOGISTIC_H
#define CHAPTER_05_LOGISTIC_H

#include <stdlib.h>
#include <string.h>

#include "data/toy.h"
#include "error.h"
#include "exercises/05_logistic.h"
#include "kernel/vector.h"
#include "real.h"

enum { D = 2, MOST = 1000 }; /* numbers in an input; questions in a pass, at most */

/* -- sigmoid and BCE, forward and backward ---------------------------------------------------- */

/* p = 1 / (1 + exp(-z)) */
static inline void sigmoid_forward(int n, const real z[n], real p[n])
{
    for (int i = 0; i < n; i++)
        p[i] = 1 / (1 + exp(-z[i]));
}

/* p = 1 / (1 + exp(-z)):   dz = dp p (1 - p), with p kept from the forward pass and not z */
static inline void sigmoid_backward_from_p(int n, const real dp[n], const real p[n], real dz[n])
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
static inline real bce_with_logits_mean(int n, const real z[n], const real y[n])
{
    real sum = 0;
    for (int i = 0; i < n; i++)
        sum += fmax(z[i], (real)0) - z[i] * y[i] + log1p(exp(-fabs(z[i])));
    return sum / (real)n;
}

/* Both steps back in one:   dz = (p - y) / n,   p = sigmoid(z) */
static inline void bce_and_sigmoid_backward(int n, const real p[n], const real y[n], real dz[n])
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

/* The parameters, in one block of `size` numbers, their gradients in another, and what a pass over
 * n questions leaves. A matrix is a void *: each function takes it for an array of its shape. */
typedef struct {
    int k, size;
    void *W1, *dW1;            /* (D, k), the beginning of its block */
    real *b1, *db1, *w2, *dw2; /* (k) */
    real *b2, *db2;            /* (1) */
    void *hpre, *h;            /* (n, k) */
    real *z, *p;               /* (n) */
} Network;

/* All zeros. For network_free(). */
static inline Network network_new(int k)
{
    int size = (D + 2) * k + 1, count = 2 * size + MOST * (2 * k + 2);
    real *W1 = calloc((size_t)count, sizeof *W1);
    if (!W1)
        error_stop("no memory for %d hidden units", k);
    real *dW1 = W1 + size, *pass = dW1 + size;
    return (Network){
        .k = k,
        .size = size,
        .W1 = W1,
        .b1 = W1 + D * k,
        .w2 = W1 + (D + 1) * k,
        .b2 = W1 + (D + 2) * k,
        .dW1 = dW1,
        .db1 = dW1 + D * k,
        .dw2 = dW1 + (D + 1) * k,
        .db2 = dW1 + (D + 2) * k,
        .hpre = pass,
        .h = pass + MOST * k,
        .z = pass + 2 * MOST * k,
        .p = pass + 2 * MOST * k + MOST,
    };
}

static inline void network_free(Network *net)
{
    free(net->W1);
}

/* Returns the loss. */
static inline real forward(int n, Network *net, const real x[n][D], const real y[n])
{
    int k = net->k;
    hidden_forward(n, k, x, net->W1, net->b1, net->hpre);
    sigmoid_forward(n * k, net->hpre, net->h);
    output_forward(n, k, net->h, net->w2, *net->b2, net->z);
    sigmoid_forward(n, net->z, net->p);
    return bce_with_logits_mean(n, net->z, y);
}

/* All the way back at once: exercise 7. */
static inline void backward(int n, Network *net, const real x[n][D], const real y[n])
{
    network_backward(n, D, net->k, net->p, y, x, net->h, net->w2, net->dW1, net->db1, net->dw2,
                     net->db2);
}

/* One step of gradient descent. Returns the loss before it. */
static inline real step(int n, Network *net, const real x[n][D], const real y[n], real lr)
{
    real loss = forward(n, net, x, y);
    backward(n, net, x, y);
    vector_add_scaled(net->size, -lr, net->dW1, net->W1);
    return loss;
}

static inline int count_right(int n, const real p[n], const real y[n])
{
    int right = 0;
    for (int i = 0; i < n; i++)
        right += (p[i] > 0.5) == (y[i] > 0.5);
    return right;
}

/* -- questions -------------------------------------------------------------------------------- */

/* Questions and their answers: all of a data set. */
typedef struct {
    int n;
    real x[MOST][D], y[MOST];
} Questions;

static inline void ask_all(const Dataset *data, Questions *questions)
{
    questions->n = data->length;
    for (int i = 0; i < data->length; i++)
        dataset_item(data, i, questions->x[i], &questions->y[i]);
}

/* The corners of a square: yes on two opposite ones, no on the others. */
static inline const Questions *xor_corners(void)
{
    static Questions corners;
    Dataset data = toy_xor();
    ask_all(&data, &corners);
    dataset_free(&data);
    return &corners;
}

#endif
