/* 15_residual.c: exercises to chapter 15, blocks with a shortcut.
 *
 * Replace each TODO() by the body of the function, then type `make check-15`. Outputs come
 * uninitialised: write every element. relu(x) is x where x is above 0, and 0 elsewhere; at 0 its
 * slope counts as 0. Where the shape of an image does not matter, its n numbers are one array. The
 * first five exercises are what `make run-15 FROM=exercises` trains with. */
#include "15_residual.h"

/* 1. Where the two paths of a residual block part. X is used twice: the shortcut takes it as it
 * is, the branch begins with a relu and ends in a map of any kind, F.
 *
 *     R = relu(X)
 *     Y = X + F(R)
 *
 * The branch is through already: dR is what came back through F.
 *
 * given    dY (n), dR (n) and X (n)
 * wanted   dX (n) */
void residual_backward(int n, const real dY[n], const real dR[n], const real X[n], real dX[n])
{
    TODO();
}

/* 2. The same block, but its relu was done in place, to save memory: it has written R over X. So
 * the shortcut adds R, and X itself is no longer there.
 *
 *     R = relu(X)
 *     Y = R + F(R)
 *
 * given    dY (n), dR (n), which came back through F alone, and R (n)
 * wanted   dX (n) */
void in_place_backward(int n, const real dY[n], const real dR[n], const real R[n], real dX[n])
{
    TODO();
}

/* 3. A branch that is scaled by one number, which is learnt. From a small s on, every block begins
 * as nearly the identity.
 *
 *     Y[i] = X[i] + s B[i]
 *
 * given    dY (n), B (n) and s
 * wanted   dX (n), of the shortcut alone, dB (n) and ds (one number, *ds) */
void scaled_backward(int n, const real dY[n], const real B[n], real s, real dX[n], real dB[n],
                     real *ds)
{
    TODO();
}

/* 4. A shortcut that is not added but laid beside: of n images, the p channels of A, then the q
 * channels of B, so that Y has c = p + q of them. Where a pixel lies does not matter, so the t
 * pixels are one axis.
 *
 *     Y[i][l]     = A[i][l]    for l = 0 .. p-1
 *     Y[i][p + l] = B[i][l]    for l = 0 .. q-1
 *
 * given    dY (n, c, t)
 * wanted   dA (n, p, t) and dB (n, q, t) */
void concat_backward(int n, int p, int q, int c, int t, const real dY[n][c][t], real dA[n][p][t],
                     real dB[n][q][t])
{
    TODO();
}

/* 5. The shortcut of a block that makes images smaller, and m channels of c: nothing that passes as
 * it is would fit. It takes the first of every s pixels in every s-th row, and mixes channels by
 * a kernel of one pixel. u = (h - 1) / s + 1 and v = (w - 1) / s + 1, rounded down.
 *
 *     Y[i][q][r][t] = sum_l W[q][l] X[i][l][s r][s t]
 *
 * given    dY (n, m, u, v), X (n, c, h, w) and W (m, c)
 * wanted   dX (n, c, h, w) and dW (m, c) */
void projection_backward(int n, int c, int m, int h, int w, int s, int u, int v,
                         const real dY[n][m][u][v], const real X[n][c][h][w], const real W[m][c],
                         real dX[n][c][h][w], real dW[m][c])
{
    TODO();
}

/* 6. How residual networks for large images end: of each channel of an image the mean of all its
 * pixels.
 *
 *     Y[i][l] = 1/(h w) sum_y sum_x X[i][l][y][x]
 *
 * given    dY (n, c)
 * wanted   dX (n, c, h, w) */
void global_pool_backward(int n, int c, int h, int w, const real dY[n][c], real dX[n][c][h][w])
{
    TODO();
}

/* 7. A whole residual block, with kernels of one pixel. Nothing but X and H was kept.
 *
 *     R[i][l][j] = relu(X[i][l][j])                     (n, c, t)
 *     H[i][q][j] = sum_l W1[q][l] R[i][l][j]            (n, m, t)
 *     S[i][q][j] = relu(H[i][q][j])                     (n, m, t)
 *     Y[i][l][j] = X[i][l][j] + sum_q W2[l][q] S[i][q][j]    (n, c, t)
 *
 * given    dY (n, c, t), X (n, c, t), H (n, m, t), W1 (m, c) and W2 (c, m)
 * wanted   dX (n, c, t), dW1 (m, c) and dW2 (c, m) */
void residual_block_backward(int n, int c, int m, int t, const real dY[n][c][t],
                             const real X[n][c][t], const real H[n][m][t], const real W1[m][c],
                             const real W2[c][m], real dX[n][c][t], real dW1[m][c], real dW2[c][m])
{
    TODO();
}

/* 8. A deep network from a list of n blocks, in scalars: block l makes x[l+1] of x[l]. shortcut[l]
 * says of which kind it is, 1 with a shortcut, 0 without. What the last one makes is y, and is not
 * kept.
 *
 *     x[l + 1] = shortcut[l] x[l] + w2[l] relu(w1[l] x[l])
 *
 * given    dy (a number), x (n), w1 (n), w2 (n) and shortcut (n)
 * wanted   dx (n), dw1 (n) and dw2 (n) */
void chain_backward(int n, real dy, const real x[n], const real w1[n], const real w2[n],
                    const real shortcut[n], real dx[n], real dw1[n], real dw2[n])
{
    TODO();
}
