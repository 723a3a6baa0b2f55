/* 20_autoencoder_steps.h: the transposed convolution of one image by one kernel, and its gradients.
 * Nothing is cut off: windows begin s apart, the first at (0, 0), and u = (h - 1) s + k. With
 * channels and with what is cut off at the edges they are the exercises. */
#ifndef CHAPTER_20_AUTOENCODER_STEPS_H
#define CHAPTER_20_AUTOENCODER_STEPS_H

#include "kernel/vector.h"
#include "real.h"

/* Y[s r + a][s t + e] gets X[r][t] W[a][e]. Pixel by pixel of X, each paints its window. */
static inline void plane_paint(int h, int w, int k, int s, int u, int v, const real X[h][w],
                               const real W[k][k], real Y[u][v])
{
    vector_fill(u * v, 0, *Y);
    for (int r = 0; r < h; r++)
        for (int t = 0; t < w; t++)
            for (int a = 0; a < k; a++)
                for (int e = 0; e < k; e++)
                    Y[s * r + a][s * t + e] += X[r][t] * W[a][e];
}

/* The same, pixel by pixel of Y: it lies in the windows r for which y - a = s r has a solution. */
static inline void plane_gather(int h, int w, int k, int s, int u, int v, const real X[h][w],
                                const real W[k][k], real Y[u][v])
{
    for (int y = 0; y < u; y++)
        for (int x = 0; x < v; x++) {
            Y[y][x] = 0;
            for (int a = y % s; a < k && a <= y; a += s)
                for (int e = x % s; e < k && e <= x; e += s) {
                    int r = (y - a) / s, t = (x - e) / s;
                    if (r < h && t < w)
                        Y[y][x] += X[r][t] * W[a][e];
                }
        }
}

/* dX[r][t] = sum_a sum_e W[a][e] dY[s r + a][s t + e]: a convolution of dY. */
static inline void plane_input_backward(int h, int w, int k, int s, int u, int v,
                                        const real dY[u][v], const real W[k][k], real dX[h][w])
{
    for (int r = 0; r < h; r++)
        for (int t = 0; t < w; t++) {
            dX[r][t] = 0;
            for (int a = 0; a < k; a++)
                for (int e = 0; e < k; e++)
                    dX[r][t] += W[a][e] * dY[s * r + a][s * t + e];
        }
}

/* dW[a][e] = sum_r sum_t X[r][t] dY[s r + a][s t + e]: every pixel of X used the kernel. */
static inline void plane_weight_backward(int h, int w, int k, int s, int u, int v,
                                         const real dY[u][v], const real X[h][w], real dW[k][k])
{
    vector_fill(k * k, 0, *dW);
    for (int r = 0; r < h; r++)
        for (int t = 0; t < w; t++)
            for (int a = 0; a < k; a++)
                for (int e = 0; e < k; e++)
                    dW[a][e] += X[r][t] * dY[s * r + a][s * t + e];
}

/* X with s - 1 zeros between its pixels and k - 1 around it, (u + k - 1, v + k - 1): an ordinary
 * convolution of it, windows 1 apart, by the kernel turned by 180 degrees, is Y. */
static inline void plane_stretch(int h, int w, int k, int s, int u, int v, const real X[h][w],
                                 real stretched[u + k - 1][v + k - 1])
{
    vector_fill((u + k - 1) * (v + k - 1), 0, *stretched);
    for (int r = 0; r < h; r++)
        for (int t = 0; t < w; t++)
            stretched[k - 1 + s * r][k - 1 + s * t] = X[r][t];
}

static inline void plane_convolve_turned(int k, int u, int v,
                                         const real stretched[u + k - 1][v + k - 1],
                                         const real W[k][k], real Y[u][v])
{
    for (int y = 0; y < u; y++)
        for (int x = 0; x < v; x++) {
            Y[y][x] = 0;
            for (int a = 0; a < k; a++)
                for (int e = 0; e < k; e++)
                    Y[y][x] += stretched[y + a][x + e] * W[k - 1 - a][k - 1 - e];
        }
}

/* u rows and v columns of Y, from (p, p) on. */
static inline void plane_cut(int rows, int columns, int p, int u, int v,
                             const real Y[rows][columns], real cut[u][v])
{
    for (int y = 0; y < u; y++)
        for (int x = 0; x < v; x++)
            cut[y][x] = Y[p + y][p + x];
}

/* The convolution from u x v pixels to h x w as a matrix: y = M x, with a row for each window that
 * holds the kernel where the window lies, after p rows and columns are cut off in front. Its
 * transpose is the transposed convolution. */
static inline void conv_matrix(int h, int w, int k, int s, int p, int u, int v, const real W[k][k],
                               real M[h * w][u * v])
{
    vector_fill(h * w * u * v, 0, *M);
    for (int window = 0; window < h * w; window++)
        for (int number = 0; number < k * k; number++) {
            int y = s * (window / w) + number / k - p, x = s * (window % w) + number % k - p;
            if (y >= 0 && y < u && x >= 0 && x < v)
                M[window][y * v + x] = W[number / k][number % k];
        }
}

#endif
