/* 06_matmul.h: products of matrices, forward and backward.
 *
 * Three triple loops, A B, A B^T and A^T B, are all there is: what goes back through each of them,
 * and through D = A B + c, is one of the three again. */
#ifndef CHAPTER_06_MATMUL_H
#define CHAPTER_06_MATMUL_H

#include <string.h>

#include "real.h"

/* -- three products ---------------------------------------------------------------------------
 * D is (n, m), and k is the size that is summed over. */

/* D = A B:   D[i][j] = sum_l A[i][l] B[l][j] */
static inline void matmul(int n, int k, int m, const real A[n][k], const real B[k][m], real D[n][m])
{
    for (int i = 0; i < n; i++)
        for (int j = 0; j < m; j++) {
            D[i][j] = 0;
            for (int l = 0; l < k; l++)
                D[i][j] += A[i][l] * B[l][j];
        }
}

/* D = A B^T:   D[i][j] = sum_l A[i][l] B[j][l] */
static inline void matmul_a_bt(int n, int k, int m, const real A[n][k], const real B[m][k],
                               real D[n][m])
{
    for (int i = 0; i < n; i++)
        for (int j = 0; j < m; j++) {
            D[i][j] = 0;
            for (int l = 0; l < k; l++)
                D[i][j] += A[i][l] * B[j][l];
        }
}

/* D = A^T B:   D[i][j] = sum_l A[l][i] B[l][j] */
static inline void matmul_at_b(int n, int k, int m, const real A[k][n], const real B[k][m],
                               real D[n][m])
{
    for (int i = 0; i < n; i++)
        for (int j = 0; j < m; j++) {
            D[i][j] = 0;
            for (int l = 0; l < k; l++)
                D[i][j] += A[l][i] * B[l][j];
        }
}

/* -- D = A B + c, and back -------------------------------------------------------------------- */

/* D = A B + c, the same row c (m) added to every row of D (n, m) */
static inline void linear_forward(int n, int k, int m, const real A[n][k], const real B[k][m],
                                  const real c[m], real D[n][m])
{
    matmul(n, k, m, A, B, D);
    for (int i = 0; i < n; i++)
        for (int j = 0; j < m; j++)
            D[i][j] += c[j];
}

/* D = A B + c:   dA = dD B^T,   dA[i][l] = sum_j dD[i][j] B[l][j] */
static inline void linear_backward_A(int n, int k, int m, const real dD[n][m], const real B[k][m],
                                     real dA[n][k])
{
    matmul_a_bt(n, m, k, dD, B, dA);
}

/* D = A B + c:   dB = A^T dD,   dB[l][j] = sum_i A[i][l] dD[i][j] */
static inline void linear_backward_B(int n, int k, int m, const real dD[n][m], const real A[n][k],
                                     real dB[k][m])
{
    matmul_at_b(k, n, m, A, dD, dB);
}

/* D = A B + c:   dc[j] = sum_i dD[i][j] */
static inline void linear_backward_c(int n, int m, const real dD[n][m], real dc[m])
{
    memset(dc, 0, sizeof(real[m]));
    for (int i = 0; i < n; i++)
        for (int j = 0; j < m; j++)
            dc[j] += dD[i][j];
}

/* -- transposed factors, and back -------------------------------------------------------------- */

/* D = A^T B:   dA = B dD^T,   dB = A dD */
static inline void matmul_at_b_backward(int n, int k, int m, const real dD[n][m],
                                        const real A[k][n], const real B[k][m], real dA[k][n],
                                        real dB[k][m])
{
    matmul_a_bt(k, m, n, B, dD, dA);
    matmul(k, n, m, A, dD, dB);
}

/* D = A B^T:   dA = dD B,   dB = dD^T A */
static inline void matmul_a_bt_backward(int n, int k, int m, const real dD[n][m],
                                        const real A[n][k], const real B[m][k], real dA[n][k],
                                        real dB[m][k])
{
    matmul(n, m, k, dD, B, dA);
    matmul_at_b(m, n, k, dD, A, dB);
}

#endif
