/* 04_linear_regression.c: exercises to chapter 04, the smallest training loop.
 *
 * Replace each TODO() by the body of the function, then type `make check-04`. Outputs come
 * uninitialised: write every element. fabs, sqrt and the like are there. */
#include "04_linear_regression.h"

/* 1. The absolute errors summed, not averaged. Where a prediction hits its y, take 0.
 *
 *     L = sum_i |pred[i] - y[i]|
 *
 * given    pred (n) and y (n)
 * wanted   dpred (n) */
void l1_sum_backward(int n, const real pred[n], const real y[n], real dpred[n])
{
    TODO();
}

/* 2. A mean of squares in which point i counts v[i] times as much.
 *
 *     V = sum_i v[i]
 *     L = 1/V sum_i v[i] (pred[i] - y[i])^2
 *
 * given    pred (n), y (n), and v (n), all positive
 * wanted   dpred (n) */
void weighted_mse_backward(int n, const real pred[n], const real y[n], const real v[n],
                           real dpred[n])
{
    TODO();
}

/* 3. k inputs, so k weights, and one bias: a plane.
 *
 *     pred[i] = x[i][0] w[0] + ... + x[i][k-1] w[k-1] + b
 *
 * given    dpred (n), x (n, k) and w (k)
 * wanted   dw (k), db (one number, *db) and dx (n, k) */
void plane_backward(int n, int k, const real dpred[n], const real x[n][k], const real w[k],
                    real dw[k], real *db, real dx[n][k])
{
    TODO();
}

/* 4. The root mean square error, which has the units of y. Where all predictions hit, so that L is
 * 0, there is no derivative: take 0.
 *
 *     L = sqrt(1/n sum_i (pred[i] - y[i])^2)
 *
 * given    pred (n) and y (n)
 * wanted   dpred (n) */
void rmse_backward(int n, const real pred[n], const real y[n], real dpred[n])
{
    TODO();
}

/* 5. A line through centred inputs: their mean is taken off first.
 *
 *     mean    = 1/n sum_i x[i]
 *     pred[i] = w (x[i] - mean) + b
 *
 * given    w and dpred (n)
 * wanted   dx (n), through both places where x[i] is used */
void centred_backward(int n, real w, const real dpred[n], real dx[n])
{
    TODO();
}

/* 6. One step of gradient descent for a line, all of it: forward, backward, update. The weight
 * decays, which is to say that its square is part of the loss; the bias does not.
 *
 *     pred[i] = w x[i] + b
 *     L       = 1/n sum_i (pred[i] - y[i])^2 + decay w^2
 *     w       becomes w - lr dw,    b becomes b - lr db
 *
 * given    lr, decay, x (n) and y (n)
 * changed  w and b (one number each, *w and *b) */
void train_step(int n, real lr, real decay, const real x[n], const real y[n], real *w, real *b)
{
    TODO();
}
