/* 17_transfer.c: exercises to chapter 17, what of a trained network is worth keeping.
 *
 * Replace each TODO() by the body of the function, then type `make check-17`. Outputs come
 * uninitialised: write every element; what is to be changed in place comes with numbers in it.
 * Exercises 1, 2, 5 and 7 are what `make run-17 FROM=exercises` trains with. sqrt, cos, floor and
 * fabs are there. */
#include "17_transfer.h"

/* 1. A learning rate that falls along half a cosine, from lr at step t = 0 to low at t = m, and
 * stays there. A run may have fewer steps than m, or more.
 *
 *     rate[t] = low + (lr - low) (1 + cos(pi t / m)) / 2    t < m
 *     rate[t] = low                                          from there on
 *
 * given    lr and low; acos(-1.0) is pi
 * wanted   rate (n) for t = 0 .. n-1 */
void cosine_schedule(int n, int m, real lr, real low, real rate[n])
{
    TODO();
}

/* 2. A step of SGD with weight decay and momentum, for n layers of k numbers of which some are
 * frozen: these keep their numbers and their momentum to the bit, whatever came before. Their dp is
 * 0, which is not enough.
 *
 *     g = dp + decay p
 *     b = momentum b + g
 *     p = p - lr b
 *
 * given    lr, momentum, decay, frozen (n), 1 for a layer that is frozen and 0 for one that is not,
 *          dp (n, k), and b and p (n, k) before the step
 * wanted   b and p (n, k) after it */
void frozen_step(int n, int k, real lr, real momentum, real decay, const int frozen[n],
                 const real dp[n][k], real b[n][k], real p[n][k])
{
    TODO();
}

/* 3. Three layers, of which the middle one is frozen. It gets no gradient, and neither do the
 * images: neither is computed. What lies below a frozen layer is trained like any other.
 *
 *     H[i][r] = sum_a X[i][a] W1[a][r]                  (n, m)
 *     G[i][s] = max(sum_r H[i][r] W2[r][s], 0)          (n, l)
 *     Y[i][j] = sum_s G[i][s] W3[s][j]                  (n, c)
 *
 * given    dY (n, c), X (n, k), G (n, l), W2 (m, l) and W3 (l, c)
 * wanted   dW1 (k, m) and dW3 (l, c) */
void frozen_backward(int n, int k, int m, int l, int c, const real dY[n][c], const real X[n][k],
                     const real G[n][l], const real W2[m][l], const real W3[l][c], real dW1[k][m],
                     real dW3[l][c])
{
    TODO();
}

/* 4. A part of a trained network, copied by name into another one. A name is a row of numbers, one
 * for each of its letters. In the file names are longer: those of the part that is wanted begin
 * with a prefix of q letters, and go on with the e letters of the name it has here. The file has
 * other names, too, in an order of its own.
 *
 *     p[i] = values[j]    where saved[j] is prefix, followed by name[i]
 *     p[i] stays          where there is no such j
 *
 * given    prefix (q), name (n, e), saved (m, d) with d = q + e, values (m, k), and p (n, k)
 * wanted   p (n, k); no name stands in name or in saved twice */
void copy_subtree(int n, int m, int q, int e, int d, int k, const int prefix[q],
                  const int name[n][e], const int saved[m][d], const real values[m][k],
                  real p[n][k])
{
    TODO();
}

/* 5. Some images are flipped, left to right. The same function takes dY back to dX.
 *
 *     Y[i][l][y][x] = X[i][l][y][w - 1 - x]    if flipped[i] is 1
 *     Y[i][l][y][x] = X[i][l][y][x]            if it is 0
 *
 * given    flipped (n) and X (n, c, h, w)
 * wanted   Y (n, c, h, w) */
void flip(int n, int c, int h, int w, const int flipped[n], const real X[n][c][h][w],
          real Y[n][c][h][w])
{
    TODO();
}

/* 6. Images are shifted, each by so many pixels down and to the right, or up and to the left if the
 * number is below 0. Where nothing moves in, the pixels at the edge are repeated: inside(p, size)
 * is p, but 0 where p is below 0, and size - 1 where it is beyond that.
 *
 *     Y[i][l][y][x] = X[i][l][inside(y - down[i], h)][inside(x - right[i], w)]
 *
 * given    down (n), right (n) and dY (n, c, h, w)
 * wanted   dX (n, c, h, w) */
void shift_backward(int n, int c, int h, int w, const int down[n], const int right[n],
                    const real dY[n][c][h][w], real dX[n][c][h][w])
{
    TODO();
}

/* 7. An image turned about its middle, counter-clockwise, by the angle with this cosine and sine.
 * Pixel (i, j) of Y comes from a place (u, v) between the pixels of X: from each of the four around
 * it, with a weight that falls from 1 to 0 with the distance. Beyond the edges all is 0.
 *
 *     u = (h-1)/2 + cosine (i - (h-1)/2) + sine (j - (w-1)/2)
 *     v = (w-1)/2 - sine (i - (h-1)/2) + cosine (j - (w-1)/2)
 *     Y[l][i][j] = sum_yx X[l][y][x] (1 - |u - y|) (1 - |v - x|)    |u - y| < 1, |v - x| < 1
 *
 * given    cosine, sine and X (c, h, w)
 * wanted   Y (c, h, w) */
void rotate(int c, int h, int w, real cosine, real sine, const real X[c][h][w], real Y[c][h][w])
{
    TODO();
}

/* 8. The way back from there. The map is that of exercise 7.
 *
 *     Y[l][i][j] = sum_yx X[l][y][x] (1 - |u - y|) (1 - |v - x|)    |u - y| < 1, |v - x| < 1
 *
 * given    cosine, sine and dY (c, h, w)
 * wanted   dX (c, h, w) */
void rotate_backward(int c, int h, int w, real cosine, real sine, const real dY[c][h][w],
                     real dX[c][h][w])
{
    TODO();
}
