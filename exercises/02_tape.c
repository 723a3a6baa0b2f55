/* 02_tape.c: exercises to chapter 02, what a tape does on its way back.
 *
 * Replace each TODO() by the body of the function, then type `make check-02`. Outputs come
 * uninitialised: write every element. From here on there is an upstream gradient: dy is dL/dy, of
 * some loss L that was computed from y, and it is given. */
#include "02_tape.h"

/* 1. A product, element by element.
 *
 *     y[i] = a[i] b[i]
 *
 * given    dy (n), a (n) and b (n)
 * wanted   da (n) and db (n) */
void mul_backward(int n, const real dy[n], const real a[n], const real b[n], real da[n], real db[n])
{
    TODO();
}

/* 2. Relu. At 0 it has a kink; this book takes the slope there to be 0.
 *
 *     y[i] = max(x[i], 0)
 *
 * given    dy (n), and x (n), in which there are zeros
 * wanted   dx (n) */
void relu_backward(int n, const real dy[n], const real x[n], real dx[n])
{
    TODO();
}

/* 3. Tanh, from its output: x itself has been thrown away.
 *
 *     y[i] = tanh(x[i])
 *
 * given    dy (n) and y (n)
 * wanted   dx (n) */
void tanh_backward(int n, const real dy[n], const real y[n], real dx[n])
{
    TODO();
}

/* 4. A power, whose exponent is a variable too.
 *
 *     y[i] = a[i]^b[i]
 *
 * given    dy (n), a (n), all positive, and b (n)
 * wanted   da (n) and db (n) */
void pow_backward(int n, const real dy[n], const real a[n], const real b[n], real da[n], real db[n])
{
    TODO();
}

/* 5. Variables that are used more than once: h twice in h h and once in x h, and x both in x h and
 * in h.
 *
 *     h[i] = tanh(x[i])
 *     y[i] = h[i] h[i] + x[i] h[i]
 *
 * given    dy (n), x (n) and h (n)
 * wanted   dx (n) */
void reuse_backward(int n, const real dy[n], const real x[n], const real h[n], real dx[n])
{
    TODO();
}

/* 6. Two vectors broadcast against each other: a is a column, repeated for every column of Y, and b
 * a row, repeated for every row.
 *
 *     Y[i][j] = a[i] + b[j]
 *
 * given    dY (n, k)
 * wanted   da (n) and db (k) */
void outer_sum_backward(int n, int k, const real dY[n][k], real da[n], real db[k])
{
    TODO();
}

/* 7. A sum over the axis in the middle, such as over the t places of a sentence.
 *
 *     s[i][j] = X[i][0][j] + ... + X[i][t-1][j]
 *
 * given    ds (n, k)
 * wanted   dX (n, t, k) */
void sum_backward(int n, int t, int k, const real ds[n][k], real dX[n][t][k])
{
    TODO();
}

/* 8. The backward pass itself. A tape of n nodes; each has room for k parents, older than itself:
 * parent[i][m] < i. An input has none, and others may have fewer than k; -1 stands where there is
 * no parent. A parent may occur twice, as in x x. The loss is the node with the number `loss`;
 * nodes that were made after it were computed from the same tape, but the loss does not depend on
 * them.
 *
 *     slope[i][m] = dvalue[i] / dvalue[parent[i][m]]
 *     grad[i]     = dvalue[loss] / dvalue[i]
 *
 * given    slope (n, k), and parent (n, k) with values -1 .. n-2
 * wanted   grad (n) */
void tape_backward(int n, int k, int loss, const real slope[n][k], const int parent[n][k],
                   real grad[n])
{
    TODO();
}
