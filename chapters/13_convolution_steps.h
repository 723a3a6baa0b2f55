/* 13_convolution_steps.h: convolution and pooling at their plainest, forwards and backwards.
 *
 * One image of h x w, one kernel of k x k, no border, and windows that begin one pixel apart; so Y
 * has u = h - k + 1 rows and v = w - k + 1 columns. More images and channels, a stride and a border
 * are what the exercises add, and the program is linked with these: solutions/13_convolution.c, or
 * a file of your own (make run-13 FROM=exercises). */
#ifndef CHAPTER_13_CONVOLUTION_STEPS_H
#define CHAPTER_13_CONVOLUTION_STEPS_H

#include "exercises/13_convolution.h"
#include "kernel/vector.h"

/* So many windows of k pixels fit along an axis of `size` pixels with p zeros at either end, if
 * they begin s pixels apart. */
static inline int count_windows(int size, int k, int s, int p)
{
    return (size + 2 * p - k) / s + 1;
}

/* -- along a line ----------------------------------------------------------------------------- */

/* y[r] = b + sum_a w[a] x[r + a] */
static inline void line_forward(int t, int k, int u, const real x[t], const real w[k], real b,
                                real y[u])
{
    for (int r = 0; r < u; r++) {
        y[r] = b;
        for (int a = 0; a < k; a++)
            y[r] += w[a] * x[r + a];
    }
}

/* y[r] = b + sum_a w[a] x[r + a]:   dw[a] = sum_r dy[r] x[r + a],   dx[r + a] += dy[r] w[a] */
static inline void line_backward(int t, int k, int u, const real dy[u], const real x[t],
                                 const real w[k], real dx[t], real dw[k], real *db)
{
    vector_fill(t, 0, dx);
    vector_fill(k, 0, dw);
    *db = 0;
    for (int r = 0; r < u; r++) {
        *db += dy[r];
        for (int a = 0; a < k; a++) {
            dw[a] += dy[r] * x[r + a];
            dx[r + a] += dy[r] * w[a];
        }
    }
}

/* -- over a plane ----------------------------------------------------------------------------- */

/* Y[r][t] = b + sum_a sum_e W[a][e] X[r + a][t + e] */
static inline void plane_forward(int h, int w, int k, int u, int v, const real X[h][w],
                                 const real W[k][k], real b, real Y[u][v])
{
    for (int r = 0; r < u; r++)
        for (int t = 0; t < v; t++) {
            Y[r][t] = b;
            for (int a = 0; a < k; a++)
                for (int e = 0; e < k; e++)
                    Y[r][t] += W[a][e] * X[r + a][t + e];
        }
}

/* dW[a][e] = sum_r sum_t dY[r][t] X[r + a][t + e] */
static inline void plane_weight_backward(int h, int w, int k, int u, int v, const real dY[u][v],
                                         const real X[h][w], real dW[k][k])
{
    for (int a = 0; a < k; a++)
        for (int e = 0; e < k; e++) {
            dW[a][e] = 0;
            for (int r = 0; r < u; r++)
                for (int t = 0; t < v; t++)
                    dW[a][e] += dY[r][t] * X[r + a][t + e];
        }
}

/* Each window hands dY back to the pixels that it lay on: dX[r + a][t + e] += dY[r][t] W[a][e] */
static inline void plane_input_scatter(int h, int w, int k, int u, int v, const real dY[u][v],
                                       const real W[k][k], real dX[h][w])
{
    vector_fill(h * w, 0, *dX);
    for (int r = 0; r < u; r++)
        for (int t = 0; t < v; t++)
            for (int a = 0; a < k; a++)
                for (int e = 0; e < k; e++)
                    dX[r + a][t + e] += dY[r][t] * W[a][e];
}

/* The same, asked by the pixels: dX[y][x] = sum_a sum_e dY[y - a][x - e] W[a][e], where dY is 0
 * beyond its border. Read from its far end, a = k - 1 - i, it is a convolution: of dY in a border
 * of k - 1 zeros, with the kernel turned by 180 degrees. */
static inline void plane_input_gather(int h, int w, int k, int u, int v, const real dY[u][v],
                                      const real W[k][k], real dX[h][w])
{
    real turned[k][k], bordered[u + 2 * k - 2][v + 2 * k - 2];
    vector_fill((u + 2 * k - 2) * (v + 2 * k - 2), 0, *bordered);
    for (int r = 0; r < u; r++)
        for (int t = 0; t < v; t++)
            bordered[r + k - 1][t + k - 1] = dY[r][t];
    for (int i = 0; i < k; i++)
        for (int j = 0; j < k; j++)
            turned[i][j] = W[k - 1 - i][k - 1 - j];
    plane_forward(u + 2 * k - 2, v + 2 * k - 2, k, h, w, bordered, turned, 0, dX);
}

/* -- as a matrix product ---------------------------------------------------------------------- */

/* Every window as a row: rows[r v + t][a k + e] = X[r + a][t + e]. Then Y, a column of u v numbers,
 * is rows W + b, with W a column of k k; and chapter 6 has the rest: dW = rows^T dY, drows = dY
 * W^T. */
static inline void plane_windows(int h, int w, int k, int u, int v, const real X[h][w],
                                 real rows[u * v][k * k])
{
    for (int i = 0; i < u * v; i++)
        for (int j = 0; j < k * k; j++)
            rows[i][j] = X[i / v + j / k][i % v + j % k];
}

/* ... and back: a pixel gets the sum of its copies. */
static inline void plane_windows_backward(int h, int w, int k, int u, int v,
                                          const real drows[u * v][k * k], real dX[h][w])
{
    vector_fill(h * w, 0, *dX);
    for (int i = 0; i < u * v; i++)
        for (int j = 0; j < k * k; j++)
            dX[i / v + j / k][i % v + j % k] += drows[i][j];
}

/* -- pooling ---------------------------------------------------------------------------------- */

/* Y[r][t] = the largest of X[s r + a][s t + e], a and e = 0 .. k-1. Keeps which it was, the first
 * of several: place[r][t] = w y + x for X[y][x]. */
static inline void plane_max_pool(int h, int w, int k, int s, int u, int v, const real X[h][w],
                                  real Y[u][v], int place[u][v])
{
    for (int r = 0; r < u; r++)
        for (int t = 0; t < v; t++) {
            Y[r][t] = X[s * r][s * t];
            place[r][t] = w * s * r + s * t;
            for (int y = s * r; y < s * r + k; y++)
                for (int x = s * t; x < s * t + k; x++)
                    if (X[y][x] > Y[r][t]) {
                        Y[r][t] = X[y][x];
                        place[r][t] = w * y + x;
                    }
        }
}

/* Y is that pixel, so the pixel gets dY: dX[place[r][t]] += dY[r][t] */
static inline void plane_max_pool_backward(int h, int w, int u, int v, const real dY[u][v],
                                           const int place[u][v], real dX[h][w])
{
    vector_fill(h * w, 0, *dX);
    for (int r = 0; r < u; r++)
        for (int t = 0; t < v; t++)
            dX[place[r][t] / w][place[r][t] % w] += dY[r][t];
}

#endif
