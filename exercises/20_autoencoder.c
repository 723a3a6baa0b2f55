/* 20_autoencoder.c: exercises to chapter 20, the transposed convolution and autoencoders.
 *
 * Replace each TODO() by the body of the function, then type `make check-20`. Outputs come
 * uninitialised: write every element. In exercises 2 to 4 there are n images of c channels, h rows
 * and w columns, which become m channels of u rows and v columns. Each pixel of the small image is
 * painted on the large one as a window of k x k, and the windows begin s pixels apart, the first of
 * them p above and p to the left of the image. What falls outside is lost: Y[..][y][x] stands only
 * for y in 0 .. u-1 and x in 0 .. v-1. So
 *
 *     u = (h - 1) s - 2 p + k + o   and   v = (w - 1) s - 2 p + k + o,   o = 0 .. s-1
 *
 * Windows may overlap and may leave gaps. Exercises 2, 3, 4 and 6 are what `make run-20
 * FROM=exercises` trains with. */
#include "20_autoencoder.h"

/* 1. A convolution with windows of k, s apart, in a border of p on each side, makes h numbers of u.
 * The transposed convolution with the same k, s and p makes (h - 1) s - 2 p + k + o of h: o is its
 * output padding. Which sizes are they, if the u numbers are to come back? Of each of n axes:
 *
 *     h = (u + 2 p - k) / s + 1, rounded down
 *     o such that u = (h - 1) s - 2 p + k + o
 *
 * given    u (n)
 * wanted   h (n) and o (n), whole numbers as reals */
void sizes_down_and_up(int n, int k, int s, int p, const int u[n], real h[n], real o[n])
{
    TODO();
}

/* 2. The transposed convolution. Pixel (r, t) of X paints its window:
 *
 *     Y[i][q][s r + a - p][s t + e - p]  gets  X[i][l][r][t] W[l][q][a][e]
 *
 * for images i, channels l and q, rows r and columns t, rows a and columns e of the kernel. Y is
 * the sum of all that it gets. (The bias is no work: it is added where this is done, and its
 * gradient db[q] is the sum of dY[i][q].)
 *
 * given    X (n, c, h, w) and W (c, m, k, k)
 * wanted   Y (n, m, u, v) */
void conv_transpose2d(int n, int c, int m, int h, int w, int k, int s, int p, int u, int v,
                      const real X[n][c][h][w], const real W[c][m][k][k], real Y[n][m][u][v])
{
    TODO();
}

/* 3. What comes back to the small images of exercise 2.
 *
 *     Y[i][q][s r + a - p][s t + e - p]  gets  X[i][l][r][t] W[l][q][a][e]
 *
 * given    dY (n, m, u, v) and W (c, m, k, k)
 * wanted   dX (n, c, h, w) */
void conv_transpose2d_input_backward(int n, int c, int m, int h, int w, int k, int s, int p, int u,
                                     int v, const real dY[n][m][u][v], const real W[c][m][k][k],
                                     real dX[n][c][h][w])
{
    TODO();
}

/* 4. The kernels of exercise 2.
 *
 *     Y[i][q][s r + a - p][s t + e - p]  gets  X[i][l][r][t] W[l][q][a][e]
 *
 * given    dY (n, m, u, v) and X (n, c, h, w)
 * wanted   dW (c, m, k, k) */
void conv_transpose2d_weight_backward(int n, int c, int m, int h, int w, int k, int s, int p, int u,
                                      int v, const real dY[n][m][u][v], const real X[n][c][h][w],
                                      real dW[c][m][k][k])
{
    TODO();
}

/* 5. The other way to a larger image: each pixel becomes a field of s by s pixels, all alike, and
 * an ordinary convolution follows. n images of one channel; u = s h and v = s w.
 *
 *     Y[i][y][x] = X[i][y / s][x / s],   divisions rounded down
 *
 * given    dY (n, u, v)
 * wanted   dX (n, h, w) */
void upsample_backward(int n, int h, int w, int s, int u, int v, const real dY[n][u][v],
                       real dX[n][h][w])
{
    TODO();
}

/* 6. How near the n numbers R are to X, in decibels, as pictures are compared: the square of the
 * largest value that a pixel may have, over the mean squared error, as ten times a logarithm to the
 * base 10. R and X are not the same everywhere.
 *
 *     mse  = 1/n sum_i (R[i] - X[i])^2
 *     psnr = 10 log10(peak^2 / mse)
 *
 * given    R (n), X (n) and peak
 * wanted   psnr (one number, *psnr), and dR (n), the gradient of psnr itself */
void psnr_backward(int n, const real R[n], const real X[n], real peak, real *psnr, real dR[n])
{
    TODO();
}

/* 7. A linear autoencoder with tied weights: what makes m numbers of k is used once more, the other
 * way round, to make k of m.
 *
 *     Z = X W         (n, m) = (n, k) @ (k, m)
 *     R = Z W^T       (n, k) = (n, m) @ (m, k)
 *
 * given    dR (n, k), X (n, k), Z (n, m) and W (k, m)
 * wanted   dX (n, k) and dW (k, m) */
void tied_backward(int n, int k, int m, const real dR[n][k], const real X[n][k], const real Z[n][m],
                   const real W[k][m], real dX[n][k], real dW[k][m])
{
    TODO();
}

/* 8. The same with one kernel: n sequences of t numbers go down to u by a convolution and a relu,
 * and up again to t by the transposed convolution with the same w, k, s and p.
 *
 *     z[i][r] = relu(sum_a w[a] x[i][s r + a - p])          u = (t + 2 p - k) / s + 1
 *     y[i][s r + a - p]  gets  z[i][r] w[a]                 y begins at 0
 *
 * where x counts as 0 before its beginning and after its end, and what of y falls there is lost.
 *
 * given    dy (n, t), x (n, t), z (n, u) and w (k)
 * wanted   dx (n, t) and dw (k) */
void tied_conv1d_backward(int n, int t, int k, int s, int p, int u, const real dy[n][t],
                          const real x[n][t], const real z[n][u], const real w[k], real dx[n][t],
                          real dw[k])
{
    TODO();
}
