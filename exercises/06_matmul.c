/* 06_matmul.c: exercises to chapter 06, the gradient of a matrix product.
 *
 * Replace each TODO() by the body of the function, then type `make check-06`. Outputs come
 * uninitialised: write every element. There is no matmul to call; write the loops. */
#include "06_matmul.h"

/* 1. A linear layer.
 *
 *     D = A B + c,   the row c added to every row
 *
 * given    dD (n, m), A (n, k) and B (k, m)
 * wanted   dA (n, k), dB (k, m) and dc (m) */
void linear_backward(int n, int k, int m, const real dD[n][m], const real A[n][k],
                     const real B[k][m], real dA[n][k], real dB[k][m], real dc[m])
{
    TODO();
}

/* 2. The outer product of two vectors.
 *
 *     D = a b^T,   D[i][j] = a[i] b[j]
 *
 * given    dD (n, m), a (n) and b (m)
 * wanted   da (n) and db (m) */
void outer_backward(int n, int m, const real dD[n][m], const real a[n], const real b[m], real da[n],
                    real db[m])
{
    TODO();
}

/* 3. A product whose first factor is transposed.
 *
 *     D = A^T B
 *
 * given    dD (n, m), A (k, n) and B (k, m)
 * wanted   dA (k, n) and dB (k, m) */
void at_b_backward(int n, int k, int m, const real dD[n][m], const real A[k][n], const real B[k][m],
                   real dA[k][n], real dB[k][m])
{
    TODO();
}

/* 4. The scores of attention: every query against every key. The second factor is transposed, and
 * the product is scaled by one over the root of the length k of a query.
 *
 *     S = Q K^T / sqrt(k)
 *
 * given    dS (n, m), Q (n, k) and K (m, k)
 * wanted   dQ (n, k) and dK (m, k) */
void scores_backward(int n, int k, int m, const real dS[n][m], const real Q[n][k],
                     const real K[m][k], real dQ[n][k], real dK[m][k])
{
    TODO();
}

/* 5. A quadratic form, one number. A need not be symmetric.
 *
 *     y = x^T A x = sum_ij x[i] A[i][j] x[j]
 *
 * given    dy, x (n) and A (n, n)
 * wanted   dx (n) and dA (n, n) */
void quadratic_backward(int n, real dy, const real x[n], const real A[n][n], real dx[n],
                        real dA[n][n])
{
    TODO();
}

/* 6. All dot products among the columns of one matrix: a product of A with itself. dG need not be
 * symmetric, although G is.
 *
 *     G = A^T A
 *
 * given    dG (k, k) and A (n, k)
 * wanted   dA (n, k) */
void gram_backward(int n, int k, const real dG[k][k], const real A[n][k], real dA[n][k])
{
    TODO();
}

/* 7. A batch of t products. Each has an A of its own; B is the same for all.
 *
 *     D[s] = A[s] B        for s = 0 .. t-1
 *
 * given    dD (t, n, m), A (t, n, k) and B (k, m)
 * wanted   dA (t, n, k) and dB (k, m) */
void batched_backward(int t, int n, int k, int m, const real dD[t][n][m], const real A[t][n][k],
                      const real B[k][m], real dA[t][n][k], real dB[k][m])
{
    TODO();
}

/* 8. Two linear layers in a row, with a relu between them. (Its slope at 0 is 0, so H tells all
 * that there is to know about it.)
 *
 *     H = max(X W1 + b1, 0)      (n, l)
 *     D = H W2 + b2              (n, m)
 *
 * given    dD (n, m), X (n, k), W1 (k, l), H (n, l) and W2 (l, m)
 * wanted   dX (n, k), dW1 (k, l), db1 (l), dW2 (l, m) and db2 (m) */
void two_layers_backward(int n, int k, int l, int m, const real dD[n][m], const real X[n][k],
                         const real W1[k][l], const real H[n][l], const real W2[l][m],
                         real dX[n][k], real dW1[k][l], real db1[l], real dW2[l][m], real db2[m])
{
    TODO();
}
