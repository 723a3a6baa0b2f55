/* 13_convolution.c: exercises to chapter 13, convolution and pooling.
 *
 * Replace each TODO() by the body of the function, then type `make check-13`. Outputs come
 * uninitialised: write every element. There are n images of c channels, h rows and w columns, and m
 * maps of u rows and v columns that are made from them by kernels of k rows and k columns. Windows
 * begin s pixels apart; around each image lies a border of p zeros, which no array holds:
 * X[..][y][x] stands only for y in 0 .. h-1 and x in 0 .. w-1. So
 *
 *     u = (h + 2 p - k) / s + 1   and   v = (w + 2 p - k) / s + 1,   rounded down
 *
 * Windows may overlap, may leave gaps, and may leave out the last rows and columns. Exercises 2, 3
 * and 4 are what `make run-13 FROM=exercises` trains with. */
#include "13_convolution.h"

/* 1. Convolution along one axis: n sequences of t numbers, one kernel of k.
 *
 *     y[i][r] = b + sum_a w[a] x[i][s r + a - p]        for r = 0 .. u-1
 *
 * where x counts as 0 before its beginning and after its end, and u = (t + 2 p - k) / s + 1.
 *
 * given    dy (n, u), x (n, t) and w (k)
 * wanted   dx (n, t), dw (k) and db (one number, *db) */
void conv1d_backward(int n, int t, int k, int s, int p, int u, const real dy[n][u],
                     const real x[n][t], const real w[k], real dx[n][t], real dw[k], real *db)
{
    for (int i = 0; i < n; i++)
        for (int j = 0; j < t; j++)
            dx[i][j] = 0;
    for (int a = 0; a < k; a++)
        dw[a] = 0;
    *db = 0;
    for (int i = 0; i < n; i++)
        for (int r = 0; r < u; r++) {
            *db += dy[i][r];
            for (int a = 0; a < k; a++) {
                int j = s * r + a - p;
                if (j >= 0 && j < t) {
                    dx[i][j] += dy[i][r] * w[a];
                    dw[a] += dy[i][r] * x[i][j];
                }
            }
        }
}

/* 2. The kernels of a convolution over images. (The biases are no work: db[q] is the sum of
 * dY[i][q].)
 *
 *     Y[i][q][r][t] = b[q] + sum_l sum_a sum_e W[q][l][a][e] X[i][l][s r + a - p][s t + e - p]
 *
 * for images i, maps q, rows r and columns t; the sums run over channels l, rows a and columns e of
 * the kernel.
 *
 * given    dY (n, m, u, v) and X (n, c, h, w)
 * wanted   dW (m, c, k, k) */
void conv2d_weight_backward(int n, int c, int m, int h, int w, int k, int s, int p, int u, int v,
                            const real dY[n][m][u][v], const real X[n][c][h][w],
                            real dW[m][c][k][k])
{
    for (int q = 0; q < m; q++)
        for (int l = 0; l < c; l++)
            for (int a = 0; a < k; a++)
                for (int e = 0; e < k; e++) {
                    real sum = 0;
                    for (int i = 0; i < n; i++)
                        for (int r = 0; r < u; r++)
                            for (int t = 0; t < v; t++) {
                                int y = s * r + a - p, x = s * t + e - p;
                                if (y >= 0 && y < h && x >= 0 && x < w)
                                    sum += dY[i][q][r][t] * X[i][l][y][x];
                            }
                    dW[q][l][a][e] = sum;
                }
}

/* 3. The images of the same convolution.
 *
 *     Y[i][q][r][t] = b[q] + sum_l sum_a sum_e W[q][l][a][e] X[i][l][s r + a - p][s t + e - p]
 *
 * given    dY (n, m, u, v) and W (m, c, k, k)
 * wanted   dX (n, c, h, w) */
void conv2d_input_backward(int n, int c, int m, int h, int w, int k, int s, int p, int u, int v,
                           const real dY[n][m][u][v], const real W[m][c][k][k], real dX[n][c][h][w])
{
    for (int i = 0; i < n; i++)
        for (int l = 0; l < c; l++)
            for (int y = 0; y < h; y++)
                for (int x = 0; x < w; x++)
                    dX[i][l][y][x] = 0;
    for (int i = 0; i < n; i++)
        for (int q = 0; q < m; q++)
            for (int l = 0; l < c; l++)
                for (int a = 0; a < k; a++)
                    for (int e = 0; e < k; e++)
                        for (int r = 0; r < u; r++)
                            for (int t = 0; t < v; t++) {
                                int y = s * r + a - p, x = s * t + e - p;
                                if (y >= 0 && y < h && x >= 0 && x < w)
                                    dX[i][l][y][x] += dY[i][q][r][t] * W[q][l][a][e];
                            }
}

/* 4. Max pooling: the largest number of each window, and where several are the largest, the first
 * of them, row by row. There are no zeros around, and each of the n images has one channel.
 *
 *     Y[i][r][t] = max over a, e of X[i][s r + a][s t + e],   a and e = 0 .. k-1
 *
 * given    dY (n, u, v) and X (n, h, w)
 * wanted   dX (n, h, w) */
void max_pool2d_backward(int n, int h, int w, int k, int s, int u, int v, const real dY[n][u][v],
                         const real X[n][h][w], real dX[n][h][w])
{
    for (int i = 0; i < n; i++)
        for (int y = 0; y < h; y++)
            for (int x = 0; x < w; x++)
                dX[i][y][x] = 0;
    for (int i = 0; i < n; i++)
        for (int r = 0; r < u; r++)
            for (int t = 0; t < v; t++) {
                int y = s * r, x = s * t;
                for (int a = 0; a < k; a++)
                    for (int e = 0; e < k; e++)
                        if (X[i][s * r + a][s * t + e] > X[i][y][x]) {
                            y = s * r + a;
                            x = s * t + e;
                        }
                dX[i][y][x] += dY[i][r][t];
            }
}

/* 5. Average pooling: the mean of each window. The zeros of the border count, so every window has k
 * k numbers.
 *
 *     Y[i][r][t] = 1/(k k) sum_a sum_e X[i][s r + a - p][s t + e - p]
 *
 * given    dY (n, u, v)
 * wanted   dX (n, h, w) */
void average_pool2d_backward(int n, int h, int w, int k, int s, int p, int u, int v,
                             const real dY[n][u][v], real dX[n][h][w])
{
    for (int i = 0; i < n; i++)
        for (int y = 0; y < h; y++)
            for (int x = 0; x < w; x++)
                dX[i][y][x] = 0;
    for (int i = 0; i < n; i++)
        for (int r = 0; r < u; r++)
            for (int t = 0; t < v; t++)
                for (int a = 0; a < k; a++)
                    for (int e = 0; e < k; e++) {
                        int y = s * r + a - p, x = s * t + e - p;
                        if (y >= 0 && y < h && x >= 0 && x < w)
                            dX[i][y][x] += dY[i][r][t] / (real)(k * k);
                    }
}

/* 6. All windows laid out, one behind the other: image by image, row by row, column by column; in
 * each window channel by channel. Seen as a matrix, cols has n u v rows, a window each, and c k k
 * columns, and the convolution is one product: the rows times those of the kernels.
 *
 *     cols[i][r][t][l][a][e] = X[i][l][s r + a - p][s t + e - p],   0 in the border
 *
 * given    X (n, c, h, w)
 * wanted   cols (n, u, v, c, k, k) */
void im2col(int n, int c, int h, int w, int k, int s, int p, int u, int v, const real X[n][c][h][w],
            real cols[n][u][v][c][k][k])
{
    for (int i = 0; i < n; i++)
        for (int r = 0; r < u; r++)
            for (int t = 0; t < v; t++)
                for (int l = 0; l < c; l++)
                    for (int a = 0; a < k; a++)
                        for (int e = 0; e < k; e++) {
                            int y = s * r + a - p, x = s * t + e - p;
                            cols[i][r][t][l][a][e] =
                                y >= 0 && y < h && x >= 0 && x < w ? X[i][l][y][x] : 0;
                        }
}

/* 7. The way back from exercise 6.
 *
 *     cols[i][r][t][l][a][e] = X[i][l][s r + a - p][s t + e - p],   0 in the border
 *
 * given    dcols (n, u, v, c, k, k)
 * wanted   dX (n, c, h, w) */
void col2im(int n, int c, int h, int w, int k, int s, int p, int u, int v,
            const real dcols[n][u][v][c][k][k], real dX[n][c][h][w])
{
    for (int i = 0; i < n; i++)
        for (int l = 0; l < c; l++)
            for (int y = 0; y < h; y++)
                for (int x = 0; x < w; x++)
                    dX[i][l][y][x] = 0;
    for (int i = 0; i < n; i++)
        for (int r = 0; r < u; r++)
            for (int t = 0; t < v; t++)
                for (int l = 0; l < c; l++)
                    for (int a = 0; a < k; a++)
                        for (int e = 0; e < k; e++) {
                            int y = s * r + a - p, x = s * t + e - p;
                            if (y >= 0 && y < h && x >= 0 && x < w)
                                dX[i][l][y][x] += dcols[i][r][t][l][a][e];
                        }
}

/* 8. A convolution with kernels of one pixel: it mixes the channels of each pixel, and no pixel
 * sees another. Where a pixel lies does not matter, so the t pixels of an image are one axis.
 *
 *     Y[i][q][j] = b[q] + sum_l W[q][l] X[i][l][j]
 *
 * given    dY (n, m, t), X (n, c, t) and W (m, c)
 * wanted   dX (n, c, t), dW (m, c) and db (m) */
void pointwise_backward(int n, int c, int m, int t, const real dY[n][m][t], const real X[n][c][t],
                        const real W[m][c], real dX[n][c][t], real dW[m][c], real db[m])
{
    for (int i = 0; i < n; i++) /* dX = W^T dY, image by image */
        for (int l = 0; l < c; l++)
            for (int j = 0; j < t; j++) {
                dX[i][l][j] = 0;
                for (int q = 0; q < m; q++)
                    dX[i][l][j] += W[q][l] * dY[i][q][j];
            }
    for (int q = 0; q < m; q++) { /* dW = dY X^T, added up over the images */
        for (int l = 0; l < c; l++) {
            dW[q][l] = 0;
            for (int i = 0; i < n; i++)
                for (int j = 0; j < t; j++)
                    dW[q][l] += dY[i][q][j] * X[i][l][j];
        }
        db[q] = 0;
        for (int i = 0; i < n; i++)
            for (int j = 0; j < t; j++)
                db[q] += dY[i][q][j];
    }
}
