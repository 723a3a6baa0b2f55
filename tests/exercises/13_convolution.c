/* 13_convolution.c: how the answers to exercises 13 are judged. The references gather where the
 * solutions scatter: each element of a gradient asks every number of every window whether it lies
 * on it. Most mistakes are windows that lie somewhere else. */
#include <stdbool.h>
#include <string.h>

#include "13_convolution.h"

#include "check.h"

/* -- where a window lies ----------------------------------------------------------------------- */

/* Along an axis of `size` pixels, the pixel that number a of window r lies on; -1: none, a zero. */
typedef int Place(int size, int k, int s, int p, int r, int a);

static int within(int size, int at)
{
    return at >= 0 && at < size ? at : -1;
}

static int right_place(int size, int k, int s, int p, int r, int a)
{
    (void)k;
    return within(size, s * r + a - p);
}

static int unpadded(int size, int k, int s, int p, int r, int a)
{
    (void)k, (void)p;
    return within(size, s * r + a);
}

static int padded_the_other_way(int size, int k, int s, int p, int r, int a)
{
    (void)k;
    return within(size, s * r + a + p);
}

static int padded_twice(int size, int k, int s, int p, int r, int a)
{
    (void)k;
    return within(size, s * r + a - 2 * p);
}

static int one_apart(int size, int k, int s, int p, int r, int a)
{
    (void)k, (void)s;
    return within(size, r + a - p);
}

static int side_by_side(int size, int k, int s, int p, int r, int a)
{
    (void)s;
    return within(size, k * r + a - p);
}

static int spread_out(int size, int k, int s, int p, int r, int a)
{
    (void)k;
    return within(size, r + s * a - p);
}

static int border_repeated(int size, int k, int s, int p, int r, int a)
{
    (void)k;
    int at = s * r + a - p;
    return at < 0 ? 0 : at >= size ? size - 1 : at;
}

static int around_the_corner(int size, int k, int s, int p, int r, int a)
{
    (void)k;
    return (s * r + a - p + 2 * size) % size;
}

static int whole_windows(int size, int k, int s, int p, int r, int a)
{
    return s * r - p < 0 || s * r - p + k > size ? -1 : s * r + a - p;
}

static int last_left_out(int size, int k, int s, int p, int r, int a)
{
    (void)k;
    return within(size - 1, s * r + a - p);
}

static int first_left_out(int size, int k, int s, int p, int r, int a)
{
    (void)k;
    int at = within(size, s * r + a - p);
    return at > 0 ? at : -1;
}

static int turned(int size, int k, int s, int p, int r, int a)
{
    return within(size, s * r + k - 1 - a - p);
}

static int signs_exchanged(int size, int k, int s, int p, int r, int a)
{
    (void)k;
    return within(size, s * r - a + p);
}

static int stride_times_number(int size, int k, int s, int p, int r, int a)
{
    (void)k;
    return within(size, s * (r + a) - p);
}

static int stride_times_padding(int size, int k, int s, int p, int r, int a)
{
    (void)k;
    return within(size, s * (r - p) + a);
}

/* A loop over a that ends at the first number outside. */
static int ends_outside(int size, int k, int s, int p, int r, int a)
{
    (void)k;
    return s * r - p < 0 ? -1 : within(size, s * r + a - p);
}

/* A gather that divides and does not look at the remainder: pixel `at` takes (at + p - a) / s for
 * the window in which it is number a. C rounds towards 0. */
static bool lies_rounded(int s, int p, int r, int a, int at)
{
    return (at + p - a) / s == r;
}

/* -- shared by the references and the mistakes ------------------------------------------------- */

static void clear(int n, real x[n])
{
    for (int at = 0; at < n; at++)
        x[at] = 0;
}

static void scale(int n, real x[n], real factor)
{
    for (int at = 0; at < n; at++)
        x[at] *= factor;
}

/* x as it was before, where no window lies. */
static void leave_unwritten(int n, const real count[n], const real before[n], real x[n])
{
    for (int at = 0; at < n; at++)
        x[at] = count[at] == 0 ? before[at] : x[at];
}

/* How many windows lie on each pixel of an axis. */
static void count_windows(int size, int k, int s, int p, int out, real count[size])
{
    clear(size, count);
    for (int at = 0; at < out * k; at++) {
        int j = right_place(size, k, s, p, at / k, at % k);
        if (j >= 0)
            count[j] += 1;
    }
}

/* ... of a plane. */
static void count_windows_2d(int h, int w, int k, int s, int p, int u, int v, real count[h][w])
{
    real down[h], across[w];
    count_windows(h, k, s, p, u, down);
    count_windows(w, k, s, p, v, across);
    for (int y = 0; y < h; y++)
        for (int x = 0; x < w; x++)
            count[y][x] = down[y] * across[x];
}

/* What belongs to each window, with the windows' rows and columns exchanged. */
static void exchange_windows(int planes, int u, int v, int size, const real x[planes][u][v][size],
                             real y[planes][v][u][size])
{
    for (int i = 0; i < planes; i++)
        for (int r = 0; r < u; r++)
            for (int t = 0; t < v; t++)
                memcpy(y[i][t][r], x[i][r][t], sizeof y[i][t][r]);
}

/* -- 1. conv1d_backward ------------------------------------------------------------------------ */

#define CONV1D                                                                         \
    int n, int t, int k, int s, int p, int u, const real dy[n][u], const real x[n][t], \
        const real w[k], real dx[n][t], real dw[k], real *db
#define CONV1D_ARGUMENTS n, t, k, s, p, u, dy, x, w, dx, dw, db

static void conv1d_by(Place *place, CONV1D)
{
    for (int i = 0; i < n; i++)
        for (int j = 0; j < t; j++) {
            dx[i][j] = 0;
            for (int a = k - 1; a >= 0; a--)
                for (int r = 0; r < u; r++)
                    dx[i][j] += place(t, k, s, p, r, a) == j ? dy[i][r] * w[a] : 0;
        }
    for (int a = 0; a < k; a++) {
        dw[a] = 0;
        for (int i = n - 1; i >= 0; i--)
            for (int r = u - 1; r >= 0; r--) {
                int j = place(t, k, s, p, r, a);
                dw[a] += j >= 0 ? dy[i][r] * x[i][j] : 0;
            }
    }
    *db = 0;
    for (int i = n - 1; i >= 0; i--)
        for (int r = u - 1; r >= 0; r--)
            *db += dy[i][r];
}

static void reference_conv1d(CONV1D)
{
    conv1d_by(right_place, CONV1D_ARGUMENTS);
}

static void conv1d_unpadded(CONV1D)
{
    conv1d_by(unpadded, CONV1D_ARGUMENTS);
}

static void conv1d_padded_the_other_way(CONV1D)
{
    conv1d_by(padded_the_other_way, CONV1D_ARGUMENTS);
}

static void conv1d_padded_twice(CONV1D)
{
    conv1d_by(padded_twice, CONV1D_ARGUMENTS);
}

static void conv1d_one_apart(CONV1D)
{
    conv1d_by(one_apart, CONV1D_ARGUMENTS);
}

static void conv1d_side_by_side(CONV1D)
{
    conv1d_by(side_by_side, CONV1D_ARGUMENTS);
}

static void conv1d_spread_out(CONV1D)
{
    conv1d_by(spread_out, CONV1D_ARGUMENTS);
}

static void conv1d_border_repeated(CONV1D)
{
    conv1d_by(border_repeated, CONV1D_ARGUMENTS);
}

static void conv1d_around_the_corner(CONV1D)
{
    conv1d_by(around_the_corner, CONV1D_ARGUMENTS);
}

static void conv1d_whole_windows(CONV1D)
{
    conv1d_by(whole_windows, CONV1D_ARGUMENTS);
}

static void conv1d_first_left_out(CONV1D)
{
    conv1d_by(first_left_out, CONV1D_ARGUMENTS);
}

static void conv1d_last_left_out(CONV1D)
{
    conv1d_by(last_left_out, CONV1D_ARGUMENTS);
}

static void conv1d_turned(CONV1D)
{
    conv1d_by(turned, CONV1D_ARGUMENTS);
}

static void conv1d_bias_mean(CONV1D)
{
    reference_conv1d(CONV1D_ARGUMENTS);
    *db /= (real)(n * u);
}

static void conv1d_weight_mean(CONV1D)
{
    reference_conv1d(CONV1D_ARGUMENTS);
    scale(k, dw, 1 / (real)(n * u));
}

static void conv1d_bias_for_each_in_x(CONV1D)
{
    reference_conv1d(CONV1D_ARGUMENTS);
    *db = 0;
    for (int i = 0; i < n; i++)
        for (int r = 0; r < u; r++)
            for (int a = 0; a < k; a++)
                *db += right_place(t, k, s, p, r, a) >= 0 ? dy[i][r] : 0;
}

static void conv1d_gaps_unwritten(CONV1D)
{
    real before[n][t], count[t];
    memcpy(before, dx, sizeof before);
    reference_conv1d(CONV1D_ARGUMENTS);
    count_windows(t, k, s, p, u, count);
    for (int i = 0; i < n; i++)
        leave_unwritten(t, count, before[i], dx[i]);
}

static void conv1d_signs_exchanged(CONV1D)
{
    conv1d_by(signs_exchanged, CONV1D_ARGUMENTS);
}

static void conv1d_stride_times_number(CONV1D)
{
    conv1d_by(stride_times_number, CONV1D_ARGUMENTS);
}

static void conv1d_stride_times_padding(CONV1D)
{
    conv1d_by(stride_times_padding, CONV1D_ARGUMENTS);
}

static void conv1d_rounded(CONV1D)
{
    reference_conv1d(CONV1D_ARGUMENTS);
    clear(n * t, *dx);
    for (int i = 0; i < n; i++)
        for (int at = 0; at < t * u * k; at++) {
            int a = at % k, r = at / k % u, j = at / (k * u);
            dx[i][j] += lies_rounded(s, p, r, a, j) ? dy[i][r] * w[a] : 0;
        }
}

static const Mistake conv1d_mistakes[] = {
    {TURNED("accumulate:dx[i][j]+="),
     "Of several windows that lie on one number of x only one is left in dx: = stands where += "
     "belongs. The loss feels that number through all of them, so they add up."},
    {TURNED("accumulate:dw[a]+="),
     "Only one window is left in dw: = stands where += belongs, or it is set to zero inside the "
     "loops. The kernel is used at every place of every sequence, and all uses add up."},
    {TURNED("accumulate:*db+="), "Only the last window is left in db: = stands where += belongs. "
                                 "The bias is used in every y, and all uses add up."},
    {MISTAKE(conv1d_turned),
     "The kernel lies the wrong way round. What went forward through w[a] comes back through w[a]: "
     "from dy[i][r] to dx[i][s r + a - p]. Only who walks along x and looks back at dy meets the "
     "kernel from its other end."},
    {MISTAKE(conv1d_unpadded),
     "This is what comes out without the padding. Window r begins at s r - p, so its number a lies "
     "on x[i][s r + a - p]."},
    {MISTAKE(conv1d_padded_the_other_way),
     "The padding is counted to the wrong side: window r begins at s r - p, before x, and not at s "
     "r + p."},
    {MISTAKE(conv1d_padded_twice), "The padding counts twice at the front. Window r begins at s r "
                                   "- p; what lies beyond the end needs no shift of its own."},
    {MISTAKE(conv1d_one_apart), "Your windows lie one number apart. They begin s apart: window r "
                                "begins at s r - p."},
    {MISTAKE(conv1d_signs_exchanged),
     "This is what comes out if the signs of a and p are exchanged. Number a of window r lies on "
     "x[i][s r + a - p]. Seen "
     "from "
     "the other side, x[i][j] is number a of window (j + p - a) / s."},
    {MISTAKE(conv1d_stride_times_number),
     "The stride goes with the window alone: s r + a - p, and not s (r + a) - p."},
    {MISTAKE(conv1d_stride_times_padding),
     "The padding is not multiplied by the stride: s r + a - p, and not s (r - p) + a."},
    {MISTAKE(conv1d_rounded),
     "A number of x got something from windows whose number is not whole. Window r lies with its "
     "number a on x[i][j] if s r = j + p - a: where that leaves a remainder, there is none."},
    {MISTAKE(conv1d_side_by_side), "Your windows lie side by side, k apart. They begin s apart, "
                                   "whatever k is: window r begins at s r - p."},
    {MISTAKE(conv1d_spread_out),
     "The stride belongs to the window and not to the kernel: s r + a - p, and not r + s a - p."},
    {MISTAKE(conv1d_border_repeated),
     "Where a window hangs over an end, you took the number at that end. There are zeros: no dx "
     "and no dw comes from there."},
    {MISTAKE(conv1d_around_the_corner),
     "Where a window hangs over one end of x, you went on at the other end. There are zeros: no dx "
     "and no dw comes from there."},
    {MISTAKE(conv1d_whole_windows), "You left out the windows that hang over an end. Those of "
                                    "their numbers that lie on x count like all others."},
    {MISTAKE(conv1d_first_left_out), "The first number of x is left out: the test for the padding "
                                     "is j >= 0, with the 0."},
    {MISTAKE(conv1d_last_left_out), "The last number of x is left out: x ends at t - 1."},
    {MISTAKE(conv1d_bias_mean), "db is the mean of dy. The bias is used n u times, and the "
                                "gradients of all uses add up; a mean, if there is one, is inside "
                                "dy already."},
    {MISTAKE(conv1d_weight_mean), "You divided dw by the number of windows. The kernel is used at "
                                  "each of them, and the gradients of all uses add up."},
    {MISTAKE(conv1d_bias_for_each_in_x),
     "db has each dy once for every number of x in its window. Each y has the bias once: leave the "
     "loop over the kernel first."},
    {TURNED("times-k:dy[i][r]"), "db is k times too large: each dy was added once for each number "
                                 "of the kernel. Each y has the bias once."},
    {TURNED("divided-by-n:dy[i][r]*x[i][j]"),
     "You divided dw by n. The kernel is used in every sequence, and the gradients of all uses add "
     "up."},
    {TURNED("divided-by-n:dy[i][r]*w[a]"), "You divided dx by n. Each sequence has a dx of its "
                                           "own; a mean, if there is one, is inside dy already."},
    {MISTAKE(conv1d_gaps_unwritten), "Numbers of x on which no window lies were left unwritten. "
                                     "Their gradient is 0, and that has to be written."},
    {0}};

CALL(conv1d_backward, n[0], n[1], n[2], n[3], n[4], n[5], a[0], a[1], a[2], a[3], a[4], a[5])

/* Windows that overlap and hang over; that leave the end out; that leave gaps; without padding. */
static const Exercise exercise_conv1d_backward = {
    .name = "conv1d_backward",
    .call = call_conv1d_backward,
    .sizes = "ntkspu",
    .arguments = {{"dy", IN_NORMAL, "nu", 0},
                  {"x", IN_NORMAL, "nt", 0},
                  {"w", IN_NORMAL, "k", 0},
                  {"dx", OUT, "nt", 0},
                  {"dw", OUT, "k", 0},
                  {"db", OUT, "", 0}},
    .cases = {{2, 7, 3, 1, 1, 7}, {3, 8, 4, 2, 2, 5}, {2, 9, 3, 4, 1, 3}, {2, 8, 3, 2, 0, 3}},
    .reference = JUDGE((Function)reference_conv1d),
    .mistakes = JUDGE(conv1d_mistakes),
};

/* -- 2. conv2d_weight_backward ----------------------------------------------------------------- */

#define WEIGHT                                                            \
    int n, int c, int m, int h, int w, int k, int s, int p, int u, int v, \
        const real dY[n][m][u][v], const real X[n][c][h][w], real dW[m][c][k][k]
#define WEIGHT_ARGUMENTS n, c, m, h, w, k, s, p, u, v, dY, X, dW

static void weight_by(Place *down, Place *across, WEIGHT)
{
    clear(m * c * k * k, ***dW);
    for (int i = n - 1; i >= 0; i--)
        for (int q = 0; q < m; q++)
            for (int at = u * v * c * k * k - 1; at >= 0; at--) {
                int e = at % k, a = at / k % k, l = at / (k * k) % c;
                int t = at / (k * k * c) % v, r = at / (k * k * c * v);
                int y = down(h, k, s, p, r, a), x = across(w, k, s, p, t, e);
                dW[q][l][a][e] += y >= 0 && x >= 0 ? dY[i][q][r][t] * X[i][l][y][x] : 0;
            }
}

static void reference_weight(WEIGHT)
{
    weight_by(right_place, right_place, WEIGHT_ARGUMENTS);
}

static void weight_unpadded(WEIGHT)
{
    weight_by(unpadded, unpadded, WEIGHT_ARGUMENTS);
}

static void weight_padded_the_other_way(WEIGHT)
{
    weight_by(padded_the_other_way, padded_the_other_way, WEIGHT_ARGUMENTS);
}

static void weight_padded_twice(WEIGHT)
{
    weight_by(padded_twice, padded_twice, WEIGHT_ARGUMENTS);
}

static void weight_one_apart(WEIGHT)
{
    weight_by(one_apart, one_apart, WEIGHT_ARGUMENTS);
}

static void weight_side_by_side(WEIGHT)
{
    weight_by(side_by_side, side_by_side, WEIGHT_ARGUMENTS);
}

static void weight_spread_out(WEIGHT)
{
    weight_by(spread_out, spread_out, WEIGHT_ARGUMENTS);
}

static void weight_border_repeated(WEIGHT)
{
    weight_by(border_repeated, border_repeated, WEIGHT_ARGUMENTS);
}

static void weight_around_the_corner(WEIGHT)
{
    weight_by(around_the_corner, around_the_corner, WEIGHT_ARGUMENTS);
}

static void weight_whole_windows(WEIGHT)
{
    weight_by(whole_windows, whole_windows, WEIGHT_ARGUMENTS);
}

static void weight_first_left_out(WEIGHT)
{
    weight_by(first_left_out, first_left_out, WEIGHT_ARGUMENTS);
}

static void weight_last_left_out(WEIGHT)
{
    weight_by(last_left_out, last_left_out, WEIGHT_ARGUMENTS);
}

static void weight_turned(WEIGHT)
{
    weight_by(turned, turned, WEIGHT_ARGUMENTS);
}

static void weight_transposed(WEIGHT)
{
    reference_weight(WEIGHT_ARGUMENTS);
    for (int at = 0; at < m * c; at++) {
        real(*kernel)[k] = (*dW)[at];
        for (int a = 0; a < k; a++)
            for (int e = 0; e < a; e++) {
                real kept = kernel[a][e];
                kernel[a][e] = kernel[e][a];
                kernel[e][a] = kept;
            }
    }
}

static void weight_mean_of_windows(WEIGHT)
{
    reference_weight(WEIGHT_ARGUMENTS);
    scale(m * c * k * k, ***dW, 1 / (real)(u * v));
}

static void weight_mean(WEIGHT)
{
    reference_weight(WEIGHT_ARGUMENTS);
    scale(m * c * k * k, ***dW, 1 / (real)(n * u * v));
}

static void weight_first_window(WEIGHT)
{
    reference_weight(WEIGHT_ARGUMENTS);
    clear(m * c * k * k, ***dW);
    for (int i = 0; i < n; i++)
        for (int q = 0; q < m; q++)
            for (int l = 0; l < c; l++)
                for (int a = p; a < k; a++)
                    for (int e = p; e < k; e++)
                        dW[q][l][a][e] += dY[i][q][0][0] * X[i][l][a - p][e - p];
}

static void weight_last_window(WEIGHT)
{
    reference_weight(WEIGHT_ARGUMENTS);
    clear(m * c * k * k, ***dW);
    for (int i = 0; i < n; i++)
        for (int at = 0; at < m * c * k * k; at++) {
            int e = at % k, a = at / k % k, l = at / (k * k) % c, q = at / (k * k * c);
            int y = right_place(h, k, s, p, u - 1, a), x = right_place(w, k, s, p, v - 1, e);
            dW[q][l][a][e] += y >= 0 && x >= 0 ? dY[i][q][u - 1][v - 1] * X[i][l][y][x] : 0;
        }
}

static void weight_channels_added(WEIGHT)
{
    reference_weight(WEIGHT_ARGUMENTS);
    for (int q = 0; q < m; q++)
        for (int a = 0; a < k; a++)
            for (int e = 0; e < k; e++) {
                real sum = 0;
                for (int l = 0; l < c; l++)
                    sum += dW[q][l][a][e];
                for (int l = 0; l < c; l++)
                    dW[q][l][a][e] = sum;
            }
}

static void weight_signs_exchanged(WEIGHT)
{
    weight_by(signs_exchanged, signs_exchanged, WEIGHT_ARGUMENTS);
}

static void weight_stride_times_number(WEIGHT)
{
    weight_by(stride_times_number, stride_times_number, WEIGHT_ARGUMENTS);
}

static void weight_stride_times_padding(WEIGHT)
{
    weight_by(stride_times_padding, stride_times_padding, WEIGHT_ARGUMENTS);
}

static void weight_of_first_image(WEIGHT)
{
    real first[n][c][h][w];
    for (int i = 0; i < n; i++)
        memcpy(first[i], X[0], sizeof first[i]);
    reference_weight(n, c, m, h, w, k, s, p, u, v, dY, first, dW);
}

static void weight_ends_outside(WEIGHT)
{
    weight_by(right_place, ends_outside, WEIGHT_ARGUMENTS);
}

static void weight_rows_apart(WEIGHT)
{
    weight_by(right_place, one_apart, WEIGHT_ARGUMENTS);
}

static void weight_columns_apart(WEIGHT)
{
    weight_by(one_apart, right_place, WEIGHT_ARGUMENTS);
}

static void weight_rows_padded(WEIGHT)
{
    weight_by(right_place, unpadded, WEIGHT_ARGUMENTS);
}

static void weight_columns_padded(WEIGHT)
{
    weight_by(unpadded, right_place, WEIGHT_ARGUMENTS);
}

static void weight_exchanged(WEIGHT)
{
    real other[n][m][v][u];
    exchange_windows(n * m, u, v, 1, (const void *)dY, (void *)other);
    reference_weight(n, c, m, h, w, k, s, p, v, u, other, X, dW);
}

static const Mistake weight_mistakes[] = {
    {TURNED("accumulate:sum+="),
     "Only one window of one image is left in dW: = stands where += belongs, or it is set to zero "
     "inside the loops. The kernel is one variable used at many places; their gradients add up."},
    {MISTAKE(weight_turned),
     "dW is turned by 180 degrees. Number (a, e) of the kernel was multiplied by number (a, e) of "
     "its window, forward, and so it is backward. It is in the gradient of X that a kernel can be "
     "met turned."},
    {MISTAKE(weight_transposed),
     "The kernels are transposed: rows and columns, a and e, are exchanged."},
    {MISTAKE(weight_unpadded),
     "This is what comes out without the padding. Window (r, t) begins p above and p to the left "
     "of (s r, s t): its number (a, e) lies on X[i][l][s r + a - p][s t + e - p]."},
    {MISTAKE(weight_padded_the_other_way),
     "The padding is counted to the wrong side: window (r, t) begins at (s r - p, s t - p), and "
     "not p further in."},
    {MISTAKE(weight_padded_twice), "The padding counts twice above and on the left: windows begin "
                                   "at (s r - p, s t - p)."},
    {MISTAKE(weight_one_apart),
     "Your windows lie one pixel apart. They begin s apart, at (s r - p, s t - p)."},
    {MISTAKE(weight_signs_exchanged),
     "This is what comes out if the signs of a, e and p are exchanged. Window (r, t) lies with its "
     "number (a, "
     "e) on pixel (s r + a - p, s t + e - p). Seen from there, r is (y + p - a) / s."},
    {MISTAKE(weight_stride_times_number),
     "The stride goes with the window alone: s r + a - p, and not s (r + a) - p."},
    {MISTAKE(weight_stride_times_padding),
     "The padding is not multiplied by the stride: s r + a - p, and not s (r - p) + a."},
    {MISTAKE(weight_of_first_image), "Every dY was multiplied by image 0. dY[i] goes with X[i]."},
    {MISTAKE(weight_ends_outside),
     "Windows that hang over the left edge were left out: does a loop end at the first number that "
     "lies outside (break)? The next ones may lie inside (continue)."},
    {MISTAKE(weight_rows_apart),
     "The stride is in the rows alone: the columns begin s apart as well, at s t - p."},
    {MISTAKE(weight_columns_apart),
     "The stride is in the columns alone: the rows begin s apart as well, at s r - p."},
    {MISTAKE(weight_rows_padded),
     "The padding is in the rows alone: the columns begin at s t - p."},
    {MISTAKE(weight_columns_padded),
     "The padding is in the columns alone: the rows begin at s r - p."},
    {MISTAKE(weight_exchanged), "r and t are exchanged: r counts the windows downwards and t "
                                "across, so a window lies at row s "
                                "r + a - p and column s t + e - p."},
    {MISTAKE(weight_side_by_side),
     "Your windows lie side by side, k apart. They begin s apart, whatever k is."},
    {MISTAKE(weight_spread_out),
     "The stride belongs to the window and not to the kernel: s r + a - p, and not r + s a - p."},
    {MISTAKE(weight_border_repeated), "Where a window hangs over the edge, you took the pixels at "
                                      "the edge. There are zeros, which add nothing to dW."},
    {MISTAKE(weight_around_the_corner),
     "Where a window hangs over the edge, you went on at the opposite edge. There are zeros, which "
     "add nothing to dW."},
    {MISTAKE(weight_whole_windows), "You left out the windows that hang over the edge. Those of "
                                    "their pixels that lie on the image count like all others."},
    {MISTAKE(weight_first_left_out), "The first row and the first column of the image are left "
                                     "out: the test for the border is y >= 0 and x >= 0."},
    {MISTAKE(weight_last_left_out), "The last row and the last column of the image are left out: "
                                    "it ends at h - 1 and w - 1."},
    {MISTAKE(weight_mean_of_windows),
     "You divided dW by the number of windows, u v. The kernel is used at each of them, and the "
     "gradients of all uses add up."},
    {MISTAKE(weight_mean), "You divided dW by n u v. The kernel is used at each window of each "
                           "image, and the gradients of all uses add up; a mean, if there is one, "
                           "is inside dY already."},
    {MISTAKE(weight_first_window),
     "Only the first window of each image is in dW. The kernel is used at all of them: look for a "
     "loop that ends too soon, or a return inside of one."},
    {MISTAKE(weight_last_window), "Only the last window of each image is in dW. The kernel is used "
                                  "at all of them, and they add up."},
    {MISTAKE(weight_channels_added), "You added up the channels. Each channel of X has a kernel of "
                                     "its own in each map: dW[q][l] is made from X[i][l] alone."},
    {TURNED("runs-once:for(int i=0;i<n;i++)"), "Only the first image is in dW. The kernel is "
                                               "used in all of them, and they add up."},
    {TURNED("divided-by-n:dY[i][q][r][t]*X[i][l][y][x]"),
     "You divided dW by n. The kernel is used in every image, and the gradients of all uses add "
     "up; a mean, if there is one, is inside dY already."},
    {0}};

CALL(conv2d_weight_backward, n[0], n[1], n[2], n[3], n[4], n[5], n[6], n[7], n[8], n[9], a[0], a[1],
     a[2])

/* Overlapping windows; a stride that leaves the last row and column out, without padding and with;
 * windows with gaps. */
static const Exercise exercise_conv2d_weight_backward = {
    .name = "conv2d_weight_backward",
    .call = call_conv2d_weight_backward,
    .sizes = "ncmhwkspuv",
    .arguments = {{"dY", IN_NORMAL, "nmuv", 0},
                  {"X", IN_NORMAL, "nchw", 0},
                  {"dW", OUT, "mckk", 0}},
    .cases = {{2, 3, 2, 5, 4, 3, 1, 1, 5, 4},
              {2, 2, 3, 6, 8, 3, 2, 0, 2, 3},
              {1, 2, 3, 4, 7, 3, 2, 1, 2, 4},
              {2, 2, 1, 5, 8, 2, 3, 1, 2, 3}},
    .reference = JUDGE((Function)reference_weight),
    .mistakes = JUDGE(weight_mistakes),
};

/* -- 3. conv2d_input_backward ------------------------------------------------------------------ */

#define INPUT                                                             \
    int n, int c, int m, int h, int w, int k, int s, int p, int u, int v, \
        const real dY[n][m][u][v], const real W[m][c][k][k], real dX[n][c][h][w]
#define INPUT_ARGUMENTS n, c, m, h, w, k, s, p, u, v, dY, W, dX

/* What one pixel of one channel gets from one map. */
static real pixel_by(Place *down, Place *across, int h, int w, int k, int s, int p, int u, int v,
                     const real dY[u][v], const real W[k][k], int y, int x)
{
    real sum = 0;
    for (int a = k - 1; a >= 0; a--)
        for (int e = k - 1; e >= 0; e--)
            for (int r = 0; r < u; r++)
                for (int t = 0; t < v; t++)
                    if (down(h, k, s, p, r, a) == y && across(w, k, s, p, t, e) == x)
                        sum += dY[r][t] * W[a][e];
    return sum;
}

static void input_by(Place *down, Place *across, INPUT)
{
    for (int i = 0; i < n; i++)
        for (int l = 0; l < c; l++)
            for (int y = 0; y < h; y++)
                for (int x = 0; x < w; x++) {
                    dX[i][l][y][x] = 0;
                    for (int q = 0; q < m; q++)
                        dX[i][l][y][x] +=
                            pixel_by(down, across, h, w, k, s, p, u, v, dY[i][q], W[q][l], y, x);
                }
}

static void reference_input(INPUT)
{
    input_by(right_place, right_place, INPUT_ARGUMENTS);
}

static void input_unpadded(INPUT)
{
    input_by(unpadded, unpadded, INPUT_ARGUMENTS);
}

static void input_padded_the_other_way(INPUT)
{
    input_by(padded_the_other_way, padded_the_other_way, INPUT_ARGUMENTS);
}

static void input_padded_twice(INPUT)
{
    input_by(padded_twice, padded_twice, INPUT_ARGUMENTS);
}

static void input_one_apart(INPUT)
{
    input_by(one_apart, one_apart, INPUT_ARGUMENTS);
}

static void input_side_by_side(INPUT)
{
    input_by(side_by_side, side_by_side, INPUT_ARGUMENTS);
}

static void input_spread_out(INPUT)
{
    input_by(spread_out, spread_out, INPUT_ARGUMENTS);
}

static void input_border_repeated(INPUT)
{
    input_by(border_repeated, border_repeated, INPUT_ARGUMENTS);
}

static void input_around_the_corner(INPUT)
{
    input_by(around_the_corner, around_the_corner, INPUT_ARGUMENTS);
}

static void input_whole_windows(INPUT)
{
    input_by(whole_windows, whole_windows, INPUT_ARGUMENTS);
}

static void input_first_left_out(INPUT)
{
    input_by(first_left_out, first_left_out, INPUT_ARGUMENTS);
}

static void input_last_left_out(INPUT)
{
    input_by(last_left_out, last_left_out, INPUT_ARGUMENTS);
}

static void input_turned(INPUT)
{
    input_by(turned, turned, INPUT_ARGUMENTS);
}

static void input_transposed(INPUT)
{
    real across[m][c][k][k];
    for (int q = 0; q < m; q++)
        for (int l = 0; l < c; l++)
            for (int a = 0; a < k; a++)
                for (int e = 0; e < k; e++)
                    across[q][l][a][e] = W[q][l][e][a];
    reference_input(n, c, m, h, w, k, s, p, u, v, dY, across, dX);
}

/* The windows that lie on a pixel are found by a division, (y + p - a) / s, whose remainder is
 * not looked at. */
static void input_rounded(INPUT)
{
    clear(n * c * h * w, ***dX);
    for (int i = 0; i < n; i++)
        for (int l = 0; l < c; l++)
            for (int q = 0; q < m; q++)
                for (int at = 0; at < h * w * k * k; at++) {
                    int e = at % k, a = at / k % k, x = at / (k * k) % w, y = at / (k * k * w);
                    int r = (y + p - a) / s, t = (x + p - e) / s;
                    if (y + p >= a && x + p >= e && r < u && t < v)
                        dX[i][l][y][x] += dY[i][q][r][t] * W[q][l][a][e];
                }
}

static void input_channels_added(INPUT)
{
    reference_input(INPUT_ARGUMENTS);
    for (int i = 0; i < n; i++)
        for (int y = 0; y < h; y++)
            for (int x = 0; x < w; x++) {
                real sum = 0;
                for (int l = 0; l < c; l++)
                    sum += dX[i][l][y][x];
                for (int l = 0; l < c; l++)
                    dX[i][l][y][x] = sum;
            }
}

static void input_last_map(INPUT)
{
    for (int i = 0; i < n; i++)
        for (int l = 0; l < c; l++)
            for (int y = 0; y < h; y++)
                for (int x = 0; x < w; x++)
                    dX[i][l][y][x] = pixel_by(right_place, right_place, h, w, k, s, p, u, v,
                                              dY[i][m - 1], W[m - 1][l], y, x);
}

/* All maps of the last window that lies on a pixel. */
static void input_last_window(INPUT)
{
    clear(n * c * h * w, ***dX);
    for (int i = 0; i < n; i++)
        for (int l = 0; l < c; l++)
            for (int at = 0; at < u * v * k * k; at++) {
                int e = at % k, a = at / k % k, t = at / (k * k) % v, r = at / (k * k * v);
                int y = right_place(h, k, s, p, r, a), x = right_place(w, k, s, p, t, e);
                real sum = 0;
                for (int q = 0; q < m; q++)
                    sum += dY[i][q][r][t] * W[q][l][a][e];
                if (y >= 0 && x >= 0)
                    dX[i][l][y][x] = sum;
            }
}

/* Every image and channel of `x` divided by what lies on each pixel of `plane`, where that is more
 * than 1. */
static void divide_planes(int planes, int size, const real plane[size], real x[planes][size])
{
    for (int i = 0; i < planes; i++)
        for (int at = 0; at < size; at++)
            x[i][at] /= plane[at] > 1 ? plane[at] : 1;
}

static void input_mean_of_overlaps(INPUT)
{
    real count[h][w];
    reference_input(INPUT_ARGUMENTS);
    count_windows_2d(h, w, k, s, p, u, v, count);
    divide_planes(n * c, h * w, *count, (void *)dX);
}

static void input_gaps_unwritten(INPUT)
{
    real before[n][c][h][w], count[h][w];
    memcpy(before, dX, sizeof before);
    reference_input(INPUT_ARGUMENTS);
    count_windows_2d(h, w, k, s, p, u, v, count);
    for (int i = 0; i < n; i++)
        for (int l = 0; l < c; l++)
            leave_unwritten(h * w, *count, *before[i][l], *dX[i][l]);
}

static void input_signs_exchanged(INPUT)
{
    input_by(signs_exchanged, signs_exchanged, INPUT_ARGUMENTS);
}

static void input_stride_times_number(INPUT)
{
    input_by(stride_times_number, stride_times_number, INPUT_ARGUMENTS);
}

static void input_stride_times_padding(INPUT)
{
    input_by(stride_times_padding, stride_times_padding, INPUT_ARGUMENTS);
}

static void input_rounded_to_zero(INPUT)
{
    clear(n * c * h * w, ***dX);
    for (int i = 0; i < n * c; i++)
        for (int at = 0; at < m * u * v * k * k; at++) {
            int e = at % k, a = at / k % k, t = at / (k * k) % v, r = at / (k * k * v) % u;
            int q = at / (k * k * v * u), l = i % c;
            for (int y = 0; y < h; y++)
                for (int x = 0; x < w; x++)
                    if (lies_rounded(s, p, r, a, y) && lies_rounded(s, p, t, e, x))
                        dX[i / c][l][y][x] += dY[i / c][q][r][t] * W[q][l][a][e];
        }
}

static void input_ends_outside(INPUT)
{
    input_by(right_place, ends_outside, INPUT_ARGUMENTS);
}

static void input_rows_apart(INPUT)
{
    input_by(right_place, one_apart, INPUT_ARGUMENTS);
}

static void input_columns_apart(INPUT)
{
    input_by(one_apart, right_place, INPUT_ARGUMENTS);
}

static void input_rows_padded(INPUT)
{
    input_by(right_place, unpadded, INPUT_ARGUMENTS);
}

static void input_columns_padded(INPUT)
{
    input_by(unpadded, right_place, INPUT_ARGUMENTS);
}

static void input_exchanged(INPUT)
{
    real other[n][m][v][u];
    exchange_windows(n * m, u, v, 1, (const void *)dY, (void *)other);
    reference_input(n, c, m, h, w, k, s, p, v, u, other, W, dX);
}

static const Mistake input_mistakes[] = {
    {TURNED("accumulate:dX[i][l][y][x]+="),
     "Of several windows that lie on one pixel only one is left: = stands where += belongs, or it "
     "is set to zero inside the loops. The loss feels a pixel through every window that it lies "
     "in, and through every map."},
    {MISTAKE(input_turned),
     "The kernels lie the wrong way round, by 180 degrees. What went forward through W[q][l][a][e] "
     "comes back through W[q][l][a][e]: from window (r, t) to pixel (s r + a - p, s t + e - p). "
     "Only windows over dY meet the kernel turned."},
    {MISTAKE(input_transposed), "The kernels are transposed: rows and columns, a and e, are "
                                "exchanged."},
    {MISTAKE(input_unpadded),
     "This is what comes out without the padding. Window (r, t) begins p above and p to the left "
     "of (s r, s t): its number (a, e) lies on dX[i][l][s r + a - p][s t + e - p]."},
    {MISTAKE(input_padded_the_other_way),
     "The padding is counted to the wrong side: window (r, t) begins at (s r - p, s t - p), and "
     "not p further in."},
    {MISTAKE(input_padded_twice), "The padding counts twice above and on the left: windows begin "
                                  "at (s r - p, s t - p)."},
    {MISTAKE(input_one_apart),
     "Your windows lie one pixel apart. They begin s apart, at (s r - p, s t - p)."},
    {MISTAKE(input_signs_exchanged),
     "This is what comes out if the signs of a, e and p are exchanged. Window (r, t) lies with its "
     "number (a, "
     "e) on pixel (s r + a - p, s t + e - p). Seen from there, r is (y + p - a) / s."},
    {MISTAKE(input_stride_times_number),
     "The stride goes with the window alone: s r + a - p, and not s (r + a) - p."},
    {MISTAKE(input_stride_times_padding),
     "The padding is not multiplied by the stride: s r + a - p, and not s (r - p) + a."},
    {MISTAKE(input_rounded_to_zero),
     "A pixel got something from windows whose number is not whole. Window r lies with its row a "
     "on pixel y if s r = y + p - a: where that leaves a remainder, there is none."},
    {MISTAKE(input_ends_outside),
     "Windows that hang over the left edge were left out: does a loop end at the first number that "
     "lies outside (break)? The next ones may lie inside (continue)."},
    {MISTAKE(input_rows_apart),
     "The stride is in the rows alone: the columns begin s apart as well, at s t - p."},
    {MISTAKE(input_columns_apart),
     "The stride is in the columns alone: the rows begin s apart as well, at s r - p."},
    {MISTAKE(input_rows_padded), "The padding is in the rows alone: the columns begin at s t - p."},
    {MISTAKE(input_columns_padded),
     "The padding is in the columns alone: the rows begin at s r - p."},
    {MISTAKE(input_exchanged), "r and t are exchanged: r counts the windows downwards and t "
                               "across, so a window lies at row s "
                               "r + a - p and column s t + e - p."},
    {MISTAKE(input_side_by_side),
     "Your windows lie side by side, k apart. They begin s apart, whatever k is."},
    {MISTAKE(input_spread_out),
     "The stride belongs to the window and not to the kernel: s r + a - p, and not r + s a - p."},
    {MISTAKE(input_border_repeated), "What belongs to the border was added to the pixels at the "
                                     "edge. The border is zeros, whose gradient goes nowhere."},
    {MISTAKE(input_around_the_corner),
     "What belongs to the border was added at the opposite edge. The border is zeros, whose "
     "gradient goes nowhere."},
    {MISTAKE(input_whole_windows), "You left out the windows that hang over the edge. Those of "
                                   "their pixels that lie on the image get their gradient."},
    {MISTAKE(input_first_left_out), "The first row and the first column of the image are left out: "
                                    "the test for the border is y >= 0 and x >= 0."},
    {MISTAKE(input_last_left_out), "The last row and the last column of the image are left out: it "
                                   "ends at h - 1 and w - 1."},
    {MISTAKE(input_rounded),
     "A pixel got something from windows whose number is not whole. Window r lies with its row a "
     "on pixel y if s r = y + p - a: where that leaves a remainder, there is none."},
    {MISTAKE(input_channels_added), "You added up the channels. Each channel of X went through "
                                    "kernels of its own: dX[i][l] is made with W[q][l]."},
    {MISTAKE(input_last_map), "Only the last map is in dX. Each pixel was used for all m maps, and "
                              "its gradients add up."},
    {MISTAKE(input_last_window),
     "Of several windows that lie on one pixel only the last is left: = stands where += belongs. "
     "The loss feels a pixel through every window that it lies in."},
    {TURNED("runs-once:for(int q=0;q<m;q++)"), "Only the first map is in dX. Each pixel was used "
                                               "for all m maps, and its gradients add up."},
    {TURNED("divided-by-n:dY[i][q][r][t]*W[q][l][a][e]"),
     "You divided by n. Each image has a dX of its own; a mean, if there is one, is inside dY "
     "already."},
    {TURNED("divided-by-m:dY[i][q][r][t]*W[q][l][a][e]"),
     "You divided by m. Each pixel was used for all maps, and the gradients of all uses add up."},
    {MISTAKE(input_mean_of_overlaps),
     "You divided by how many windows lie on a pixel. The loss really does feel it through each of "
     "them: add, and leave it at that."},
    {MISTAKE(input_gaps_unwritten), "Pixels on which no window lies were left unwritten. Their "
                                    "gradient is 0, and that has to be written."},
    {0}};

CALL(conv2d_input_backward, n[0], n[1], n[2], n[3], n[4], n[5], n[6], n[7], n[8], n[9], a[0], a[1],
     a[2])

static const Exercise exercise_conv2d_input_backward = {
    .name = "conv2d_input_backward",
    .call = call_conv2d_input_backward,
    .sizes = "ncmhwkspuv",
    .arguments = {{"dY", IN_NORMAL, "nmuv", 0},
                  {"W", IN_NORMAL, "mckk", 0},
                  {"dX", OUT, "nchw", 0}},
    .cases = {{2, 3, 2, 5, 4, 3, 1, 1, 5, 4},
              {2, 2, 3, 6, 8, 3, 2, 0, 2, 3},
              {1, 2, 3, 4, 7, 3, 2, 1, 2, 4},
              {2, 2, 1, 5, 8, 2, 3, 1, 2, 3}},
    .reference = JUDGE((Function)reference_input),
    .mistakes = JUDGE(input_mistakes),
};

/* -- 4. max_pool2d_backward ----------------------------------------------------------------------
 */

/* Small whole numbers, so that there are ties; in the second case all are below 0, but for a 0 that
 * is the second pixel of a window. In the last one they are far below 0, and many differ behind the
 * point. */
static void prepare_max_pool(int which, const int n[], void *const a[])
{
    real *X = a[1];
    for (int at = 0; at < n[0] * n[1] * n[2]; at++)
        X[at] = which == 3 ? X[at] - 2e6 : which == 1 ? -fabs(round(X[at])) - 1 : round(X[at]);
    if (which == 1)
        X[1] = 0;
}

#define MAX_POOL                                                             \
    int n, int h, int w, int k, int s, int u, int v, const real dY[n][u][v], \
        const real X[n][h][w], real dX[n][h][w]
#define MAX_POOL_ARGUMENTS n, h, w, k, s, u, v, dY, X, dX

/* The share of pixel (a, e) of a window that begins at `corner`, in an image of w columns. */
typedef real Share(int k, int w, const real *corner, int a, int e);

/* So many have a larger number, or the same and come earlier. */
static int count_before(int k, int w, const real *corner, int a, int e)
{
    int count = 0;
    for (int at = 0; at < k * k; at++) {
        real here = corner[a * w + e], other = corner[at / k * w + at % k];
        count += other > here || (other == here && at < a * k + e);
    }
    return count;
}

static int count_equal(int k, int w, const real *corner, int a, int e)
{
    int count = 0;
    for (int at = 0; at < k * k; at++)
        count += corner[at / k * w + at % k] == corner[a * w + e];
    return count;
}

static bool is_largest(int k, int w, const real *corner, int a, int e)
{
    bool largest = true;
    for (int at = 0; at < k * k; at++)
        largest = largest && corner[at / k * w + at % k] <= corner[a * w + e];
    return largest;
}

static real to_first(int k, int w, const real *corner, int a, int e)
{
    return count_before(k, w, corner, a, e) == 0;
}

static real to_every_tie(int k, int w, const real *corner, int a, int e)
{
    return is_largest(k, w, corner, a, e);
}

static real shared_by_ties(int k, int w, const real *corner, int a, int e)
{
    return is_largest(k, w, corner, a, e) ? 1 / (real)count_equal(k, w, corner, a, e) : 0;
}

static real to_all(int k, int w, const real *corner, int a, int e)
{
    (void)k, (void)w, (void)corner, (void)a, (void)e;
    return 1;
}

static real shared_by_all(int k, int w, const real *corner, int a, int e)
{
    (void)w, (void)corner, (void)a, (void)e;
    return 1 / (real)(k * k);
}

static real to_corner(int k, int w, const real *corner, int a, int e)
{
    (void)k, (void)w, (void)corner;
    return a == 0 && e == 0;
}

/* Column by column. */
static real to_first_by_columns(int k, int w, const real *corner, int a, int e)
{
    bool first = is_largest(k, w, corner, a, e);
    for (int at = 0; at < k * k; at++)
        if (at % k < e || (at % k == e && at / k < a))
            first = first && corner[at / k * w + at % k] < corner[a * w + e];
    return first;
}

/* A search that begins with this as the largest number, at the corner. */
static real above(real start, int k, int w, const real *corner, int a, int e)
{
    bool any = false;
    for (int at = 0; at < k * k; at++)
        any = any || corner[at / k * w + at % k] > start;
    return any ? to_first(k, w, corner, a, e) : to_corner(k, w, corner, a, e);
}

static real above_zero(int k, int w, const real *corner, int a, int e)
{
    return above(0, k, w, corner, a, e);
}

static real above_minus_one(int k, int w, const real *corner, int a, int e)
{
    return above(-1, k, w, corner, a, e);
}

static real above_minus_ten(int k, int w, const real *corner, int a, int e)
{
    return above(-10, k, w, corner, a, e);
}

/* A search that moves down and never across. */
static real row_alone_moves(int k, int w, const real *corner, int a, int e)
{
    int row = 0;
    for (int at = 0; at < k * k; at++)
        if (corner[at / k * w + at % k] > corner[row * w])
            row = at / k;
    return a == row && e == 0;
}

/* The row of the largest, the first column. */
static real row_of_first(int k, int w, const real *corner, int a, int e)
{
    real found = 0;
    for (int at = 0; at < k; at++)
        found += to_first(k, w, corner, a, at);
    return e == 0 ? found : 0;
}

static real in_two_by_two(int k, int w, const real *corner, int a, int e)
{
    (void)k;
    return a < 2 && e < 2 ? to_first(2, w, corner, a, e) : 0;
}

static real nothing_below_zero(int k, int w, const real *corner, int a, int e)
{
    return corner[a * w + e] > 0 ? to_first(k, w, corner, a, e) : 0;
}

/* Windows `s` apart, from the last to the first. */
static void max_pool_by(Share *share, MAX_POOL)
{
    clear(n * h * w, **dX);
    for (int i = n - 1; i >= 0; i--)
        for (int at = u * v * k * k - 1; at >= 0; at--) {
            int e = at % k, a = at / k % k, t = at / (k * k) % v, r = at / (k * k * v);
            if (s * r + k <= h && s * t + k <= w)
                dX[i][s * r + a][s * t + e] += dY[i][r][t] * share(k, w, &X[i][s * r][s * t], a, e);
        }
}

static void reference_max_pool(MAX_POOL)
{
    max_pool_by(to_first, MAX_POOL_ARGUMENTS);
}

static void max_pool_to_every_tie(MAX_POOL)
{
    max_pool_by(to_every_tie, MAX_POOL_ARGUMENTS);
}

static void max_pool_shared_by_ties(MAX_POOL)
{
    max_pool_by(shared_by_ties, MAX_POOL_ARGUMENTS);
}

static void max_pool_to_all(MAX_POOL)
{
    max_pool_by(to_all, MAX_POOL_ARGUMENTS);
}

static void max_pool_shared_by_all(MAX_POOL)
{
    max_pool_by(shared_by_all, MAX_POOL_ARGUMENTS);
}

static void max_pool_by_columns(MAX_POOL)
{
    max_pool_by(to_first_by_columns, MAX_POOL_ARGUMENTS);
}

static void max_pool_above_zero(MAX_POOL)
{
    max_pool_by(above_zero, MAX_POOL_ARGUMENTS);
}

static void max_pool_nothing_below_zero(MAX_POOL)
{
    max_pool_by(nothing_below_zero, MAX_POOL_ARGUMENTS);
}

static void max_pool_begins_at_minus_one(MAX_POOL)
{
    max_pool_by(above_minus_one, MAX_POOL_ARGUMENTS);
}

static void max_pool_begins_at_minus_ten(MAX_POOL)
{
    max_pool_by(above_minus_ten, MAX_POOL_ARGUMENTS);
}

static void max_pool_row_alone(MAX_POOL)
{
    max_pool_by(row_alone_moves, MAX_POOL_ARGUMENTS);
}

static void max_pool_row_of_first(MAX_POOL)
{
    max_pool_by(row_of_first, MAX_POOL_ARGUMENTS);
}

static void max_pool_two_by_two(MAX_POOL)
{
    max_pool_by(in_two_by_two, MAX_POOL_ARGUMENTS);
}

/* The place inside the window is taken for one of the image. */
static void max_pool_place_in_window(MAX_POOL)
{
    clear(n * h * w, **dX);
    for (int at = 0; at < n * u * v; at++) {
        int t = at % v, r = at / v % u, i = at / (u * v), y = s * r, x = s * t;
        for (int a = 0; a < k; a++)
            for (int e = 0; e < k; e++)
                if (X[i][s * r + a][s * t + e] > X[i][y][x]) {
                    y = a;
                    x = e;
                }
        dX[i][y][x] += dY[i][r][t];
    }
}

static void max_pool_side_by_side(MAX_POOL)
{
    (void)s;
    max_pool_by(to_first, n, h, w, k, k, u, v, dY, X, dX);
}

static void max_pool_one_apart(MAX_POOL)
{
    (void)s;
    max_pool_by(to_first, n, h, w, k, 1, u, v, dY, X, dX);
}

static void max_pool_first_window(MAX_POOL)
{
    real first[n][u][v];
    clear(n * u * v, **first);
    for (int i = 0; i < n; i++)
        first[i][0][0] = dY[i][0][0];
    reference_max_pool(n, h, w, k, s, u, v, first, X, dX);
}

static void max_pool_rest_unwritten(MAX_POOL)
{
    real before[n][h][w], ones[n][u][v], count[n][h][w];
    memcpy(before, dX, sizeof before);
    for (int at = 0; at < n * u * v; at++)
        (&ones[0][0][0])[at] = 1;
    reference_max_pool(n, h, w, k, s, u, v, ones, X, count);
    reference_max_pool(MAX_POOL_ARGUMENTS);
    leave_unwritten(n * h * w, **count, **before, **dX);
}

static const Mistake max_pool_mistakes[] = {
    {TURNED("accumulate:dX[i][y][x]+="),
     "A pixel that is the largest of several windows got the gradient of one: = stands where += "
     "belongs. Windows overlap where s is less than k, and what comes through them adds up."},
    {MISTAKE(max_pool_to_every_tie),
     "Every pixel that is as large as the largest got the whole gradient: more leaves the layer "
     "than came in. Y took the first of them, row by row; it alone gets it."},
    {MISTAKE(max_pool_shared_by_ties), "Where several are the largest you shared the gradient "
                                       "among them. Here the first, row by row, gets all of it."},
    {TURNED("equal:X[i][s*r+a][s*t+e]>X[i][y][x]<->="),
     "Where several are the largest the last of them got the gradient. Here it is the first, row "
     "by row: > and not >=, if you search from the front."},
    {MISTAKE(max_pool_by_columns), "Where several are the largest you took the first column by "
                                   "column. It is the first row by row: a outside, e inside."},
    {MISTAKE(max_pool_to_all), "All pixels of a window got the whole gradient. Y is one of them, "
                               "the largest; the others did not go into it."},
    {MISTAKE(max_pool_shared_by_all), "You shared the gradient among all pixels of a window, as an "
                                      "average does. It belongs to the largest alone."},
    {TURNED("never:X[i][s*r+a][s*t+e]>X[i][y][x]"),
     "The first pixel of each window got the gradient, whichever is "
     "the largest."},
    {TURNED("times:dY[i][r][t]<-X[i][y][x]"),
     "You multiplied by the largest number. Y is that number "
     "itself, so its slope is 1: dY goes there as it is."},
    {MISTAKE(max_pool_above_zero),
     "Where no number of a window is above 0, the gradient went to its first pixel: the search "
     "begins with 0. Begin it with a number of the window."},
    {MISTAKE(max_pool_nothing_below_zero),
     "Where no number of a window is above 0, nothing got its gradient. A largest number may be 0 "
     "or below: begin the search with a number of the window."},
    {MISTAKE(max_pool_begins_at_minus_one),
     "Where no number of a window is above -1, the gradient went to its first pixel: the search "
     "begins with -1. Begin it with a number of the window."},
    {MISTAKE(max_pool_begins_at_minus_ten),
     "Where all numbers of a window are far below 0, the gradient went to its first pixel. Does "
     "the search begin with a number that none of them is above? Begin it with one of the window."},
    {TURNED("truncated:X[i][y][x]"),
     "Where numbers differ only behind the point a wrong one was taken: is the largest kept in "
     "an int? It has to be a real."},
    {MISTAKE(max_pool_row_alone),
     "The place of the largest moves down and never across: with y = s r + a goes x = s t + e."},
    {MISTAKE(max_pool_row_of_first),
     "The gradient went to the row of the largest, but always to the window's first column: with "
     "y = s r + a goes x = s t + e."},
    {MISTAKE(max_pool_two_by_two), "Of each window only the first two rows and columns were looked "
                                   "at. It has k of both."},
    {MISTAKE(max_pool_place_in_window),
     "(a, e) is a place inside the window, and was used as one of the image. There it is (s r + a, "
     "s t + e)."},
    {TURNED("reversed:X[i][s*r+a][s*t+e]>X[i][y][x]<-<"),
     "The smallest pixel of each window got the "
     "gradient."},
    {MISTAKE(max_pool_side_by_side), "Your windows lie side by side, k apart. They begin s apart, "
                                     "at row s r and column s t."},
    {MISTAKE(max_pool_one_apart), "Your windows lie one pixel apart. They begin s apart, at row s "
                                  "r and column s t."},
    {MISTAKE(max_pool_first_window), "Only the first window of each image sent its gradient back: "
                                     "look for a loop that ends too soon, or a return inside one."},
    {TURNED("runs-once:for(int i=0;i<n;i++)#2"),
     "Only the first image got a gradient. There are n of them."},
    {MISTAKE(max_pool_rest_unwritten), "Pixels that no window took were left unwritten. Their "
                                       "gradient is 0, and that has to be written."},
    {TURNED("divided-by-n:dY[i][r][t]"), "You divided by n. Each image has a dX of its own; a "
                                         "mean, if there is one, is inside dY already."},
    {0}};

CALL(max_pool2d_backward, n[0], n[1], n[2], n[3], n[4], n[5], n[6], a[0], a[1], a[2])

static const Exercise exercise_max_pool2d_backward = {
    .name = "max_pool2d_backward",
    .call = call_max_pool2d_backward,
    .sizes = "nhwksuv",
    .arguments = {{"dY", IN_NORMAL, "nuv", 0}, {"X", IN_NORMAL, "nhw", 0}, {"dX", OUT, "nhw", 0}},
    .cases = {{2, 9, 12, 3, 2, 4, 5},
              {3, 5, 4, 2, 1, 4, 3},
              {2, 7, 5, 2, 3, 2, 2},
              {4, 7, 8, 3, 1, 5, 6}},
    .reference = JUDGE((Function)reference_max_pool),
    .prepare = JUDGE(prepare_max_pool),
    .mistakes = JUDGE(max_pool_mistakes),
};

/* -- 5. average_pool2d_backward ------------------------------------------------------------------
 */

#define AVERAGE \
    int n, int h, int w, int k, int s, int p, int u, int v, const real dY[n][u][v], real dX[n][h][w]
#define AVERAGE_ARGUMENTS n, h, w, k, s, p, u, v, dY, dX

static void average_by(Place *down, Place *across, AVERAGE)
{
    real W[k][k];
    for (int a = 0; a < k; a++)
        for (int e = 0; e < k; e++)
            W[a][e] = 1 / (real)(k * k);
    for (int i = 0; i < n; i++)
        for (int y = 0; y < h; y++)
            for (int x = 0; x < w; x++)
                dX[i][y][x] = pixel_by(down, across, h, w, k, s, p, u, v, dY[i], W, y, x);
}

static void reference_average(AVERAGE)
{
    average_by(right_place, right_place, AVERAGE_ARGUMENTS);
}

static void average_unpadded(AVERAGE)
{
    average_by(unpadded, unpadded, AVERAGE_ARGUMENTS);
}

static void average_padded_the_other_way(AVERAGE)
{
    average_by(padded_the_other_way, padded_the_other_way, AVERAGE_ARGUMENTS);
}

static void average_padded_twice(AVERAGE)
{
    average_by(padded_twice, padded_twice, AVERAGE_ARGUMENTS);
}

static void average_one_apart(AVERAGE)
{
    average_by(one_apart, one_apart, AVERAGE_ARGUMENTS);
}

static void average_side_by_side(AVERAGE)
{
    average_by(side_by_side, side_by_side, AVERAGE_ARGUMENTS);
}

static void average_border_repeated(AVERAGE)
{
    average_by(border_repeated, border_repeated, AVERAGE_ARGUMENTS);
}

static void average_around_the_corner(AVERAGE)
{
    average_by(around_the_corner, around_the_corner, AVERAGE_ARGUMENTS);
}

static void average_whole_windows(AVERAGE)
{
    average_by(whole_windows, whole_windows, AVERAGE_ARGUMENTS);
}

static void average_first_left_out(AVERAGE)
{
    average_by(first_left_out, first_left_out, AVERAGE_ARGUMENTS);
}

static void average_last_left_out(AVERAGE)
{
    average_by(last_left_out, last_left_out, AVERAGE_ARGUMENTS);
}

/* Divided by how many pixels of the image a window has. */
static void average_zeros_not_counted(AVERAGE)
{
    real scaled[n][u][v];
    for (int i = 0; i < n; i++)
        for (int r = 0; r < u; r++)
            for (int t = 0; t < v; t++) {
                int down = 0, across = 0;
                for (int a = 0; a < k; a++) {
                    down += right_place(h, k, s, p, r, a) >= 0;
                    across += right_place(w, k, s, p, t, a) >= 0;
                }
                scaled[i][r][t] = dY[i][r][t] * (real)(k * k) / (real)(down * across);
            }
    reference_average(n, h, w, k, s, p, u, v, scaled, dX);
}

static void average_over_windows(AVERAGE)
{
    reference_average(AVERAGE_ARGUMENTS);
    scale(n * h * w, **dX, (real)(k * k) / (real)(u * v));
}

static void average_mean_of_overlaps(AVERAGE)
{
    real count[h][w];
    reference_average(AVERAGE_ARGUMENTS);
    count_windows_2d(h, w, k, s, p, u, v, count);
    divide_planes(n, h * w, *count, (void *)dX);
}

static void average_gaps_unwritten(AVERAGE)
{
    real before[n][h][w], count[h][w];
    memcpy(before, dX, sizeof before);
    reference_average(AVERAGE_ARGUMENTS);
    count_windows_2d(h, w, k, s, p, u, v, count);
    for (int i = 0; i < n; i++)
        leave_unwritten(h * w, *count, *before[i], *dX[i]);
}

static void average_signs_exchanged(AVERAGE)
{
    average_by(signs_exchanged, signs_exchanged, AVERAGE_ARGUMENTS);
}

static void average_stride_times_number(AVERAGE)
{
    average_by(stride_times_number, stride_times_number, AVERAGE_ARGUMENTS);
}

static void average_stride_times_padding(AVERAGE)
{
    average_by(stride_times_padding, stride_times_padding, AVERAGE_ARGUMENTS);
}

static void average_rounded(AVERAGE)
{
    clear(n * h * w, **dX);
    for (int i = 0; i < n; i++)
        for (int at = 0; at < u * v * k * k; at++) {
            int e = at % k, a = at / k % k, t = at / (k * k) % v, r = at / (k * k * v);
            for (int y = 0; y < h; y++)
                for (int x = 0; x < w; x++)
                    if (lies_rounded(s, p, r, a, y) && lies_rounded(s, p, t, e, x))
                        dX[i][y][x] += dY[i][r][t] / (real)(k * k);
        }
}

static void average_ends_outside(AVERAGE)
{
    average_by(right_place, ends_outside, AVERAGE_ARGUMENTS);
}

static void average_rows_apart(AVERAGE)
{
    average_by(right_place, one_apart, AVERAGE_ARGUMENTS);
}

static void average_columns_apart(AVERAGE)
{
    average_by(one_apart, right_place, AVERAGE_ARGUMENTS);
}

static void average_rows_padded(AVERAGE)
{
    average_by(right_place, unpadded, AVERAGE_ARGUMENTS);
}

static void average_columns_padded(AVERAGE)
{
    average_by(unpadded, right_place, AVERAGE_ARGUMENTS);
}

static void average_exchanged(AVERAGE)
{
    real other[n][v][u];
    exchange_windows(n, u, v, 1, (const void *)dY, (void *)other);
    reference_average(n, h, w, k, s, p, v, u, other, dX);
}

static const Mistake average_mistakes[] = {
    {TURNED("accumulate:dX[i][y][x]+="),
     "Of several windows that lie on one pixel only one is left: = stands where += belongs. "
     "Windows overlap where s is less than k, and what comes through them adds up."},
    {TURNED("missing-divisor:(real)(k*k)"),
     "Nothing was divided by k k. Each pixel is one k-k-th of the mean, and gets that part of dY. "
     "(/ k * k without brackets divides by k and multiplies by k again.)"},
    {MISTAKE(average_zeros_not_counted),
     "Where a window hangs over the edge you divided by the pixels that it has. The zeros count: "
     "every window is divided by k k."},
    {TURNED("missing-factor:k"), "You divided by k. A window has k rows and k columns: k k."},
    {MISTAKE(average_over_windows), "You divided by u v, the number of windows. The mean was taken "
                                    "inside each window, over k k numbers."},
    {MISTAKE(average_unpadded),
     "This is what comes out without the padding. Window (r, t) begins at (s r - p, s t - p)."},
    {MISTAKE(average_padded_the_other_way),
     "The padding is counted to the wrong side: window (r, t) begins at (s r - p, s t - p), and "
     "not p further in."},
    {MISTAKE(average_padded_twice), "The padding counts twice above and on the left: windows begin "
                                    "at (s r - p, s t - p)."},
    {MISTAKE(average_one_apart),
     "Your windows lie one pixel apart. They begin s apart, at (s r - p, s t - p)."},
    {MISTAKE(average_signs_exchanged),
     "This is what comes out if the signs of a, e and p are exchanged. Window (r, t) lies with its "
     "number (a, "
     "e) on pixel (s r + a - p, s t + e - p). Seen from there, r is (y + p - a) / s."},
    {MISTAKE(average_stride_times_number),
     "The stride goes with the window alone: s r + a - p, and not s (r + a) - p."},
    {MISTAKE(average_stride_times_padding),
     "The padding is not multiplied by the stride: s r + a - p, and not s (r - p) + a."},
    {MISTAKE(average_rounded),
     "A pixel got something from windows whose number is not whole. Window r lies with its row a "
     "on pixel y if s r = y + p - a: where that leaves a remainder, there is none."},
    {MISTAKE(average_ends_outside),
     "Windows that hang over the left edge were left out: does a loop end at the first number that "
     "lies outside (break)? The next ones may lie inside (continue)."},
    {MISTAKE(average_rows_apart),
     "The stride is in the rows alone: the columns begin s apart as well, at s t - p."},
    {MISTAKE(average_columns_apart),
     "The stride is in the columns alone: the rows begin s apart as well, at s r - p."},
    {MISTAKE(average_rows_padded),
     "The padding is in the rows alone: the columns begin at s t - p."},
    {MISTAKE(average_columns_padded),
     "The padding is in the columns alone: the rows begin at s r - p."},
    {MISTAKE(average_exchanged), "r and t are exchanged: r counts the windows downwards and t "
                                 "across, so a window lies at row s "
                                 "r + a - p and column s t + e - p."},
    {MISTAKE(average_side_by_side),
     "Your windows lie side by side, k apart. They begin s apart, whatever k is."},
    {MISTAKE(average_border_repeated), "What belongs to the border was added to the pixels at the "
                                       "edge. The border is zeros, whose gradient goes nowhere."},
    {MISTAKE(average_around_the_corner),
     "What belongs to the border was added at the opposite edge. The border is zeros, whose "
     "gradient goes nowhere."},
    {MISTAKE(average_whole_windows), "You left out the windows that hang over the edge. Those of "
                                     "their pixels that lie on the image get their part."},
    {MISTAKE(average_first_left_out), "The first row and the first column of the image are left "
                                      "out: the test for the border is y >= 0 and x >= 0."},
    {MISTAKE(average_last_left_out), "The last row and the last column of the image are left out: "
                                     "it ends at h - 1 and w - 1."},
    {MISTAKE(average_mean_of_overlaps),
     "You divided by how many windows lie on a pixel. The loss really does feel it through each of "
     "them: add, and leave it at that."},
    {MISTAKE(average_gaps_unwritten), "Pixels on which no window lies were left unwritten. Their "
                                      "gradient is 0, and that has to be written."},
    {TURNED("runs-once:for(int i=0;i<n;i++)#2"),
     "Only the first image got a gradient. There are n of them."},
    {0}};

CALL(average_pool2d_backward, n[0], n[1], n[2], n[3], n[4], n[5], n[6], n[7], a[0], a[1])

static const Exercise exercise_average_pool2d_backward = {
    .name = "average_pool2d_backward",
    .call = call_average_pool2d_backward,
    .sizes = "nhwkspuv",
    .arguments = {{"dY", IN_NORMAL, "nuv", 0}, {"dX", OUT, "nhw", 0}},
    .cases = {{2, 5, 4, 3, 1, 1, 5, 4},
              {3, 6, 8, 3, 2, 0, 2, 3},
              {2, 4, 7, 3, 2, 1, 2, 4},
              {2, 5, 8, 2, 3, 1, 2, 3}},
    .reference = JUDGE((Function)reference_average),
    .mistakes = JUDGE(average_mistakes),
};

/* -- 6. im2col --------------------------------------------------------------------------------- */

#define IM2COL                                                                               \
    int n, int c, int h, int w, int k, int s, int p, int u, int v, const real X[n][c][h][w], \
        real cols[n][u][v][c][k][k]
#define IM2COL_ARGUMENTS n, c, h, w, k, s, p, u, v, X, cols

static void im2col_by(Place *down, Place *across, IM2COL)
{
    for (int i = 0; i < n; i++)
        for (int l = 0; l < c; l++)
            for (int at = 0; at < u * v * k * k; at++) {
                int e = at % k, a = at / k % k, t = at / (k * k) % v, r = at / (k * k * v);
                int y = down(h, k, s, p, r, a), x = across(w, k, s, p, t, e);
                cols[i][r][t][l][a][e] = y >= 0 && x >= 0 ? X[i][l][y][x] : 0;
            }
}

static void reference_im2col(IM2COL)
{
    im2col_by(right_place, right_place, IM2COL_ARGUMENTS);
}

static void im2col_unpadded(IM2COL)
{
    im2col_by(unpadded, unpadded, IM2COL_ARGUMENTS);
}

static void im2col_padded_the_other_way(IM2COL)
{
    im2col_by(padded_the_other_way, padded_the_other_way, IM2COL_ARGUMENTS);
}

static void im2col_padded_twice(IM2COL)
{
    im2col_by(padded_twice, padded_twice, IM2COL_ARGUMENTS);
}

static void im2col_one_apart(IM2COL)
{
    im2col_by(one_apart, one_apart, IM2COL_ARGUMENTS);
}

static void im2col_side_by_side(IM2COL)
{
    im2col_by(side_by_side, side_by_side, IM2COL_ARGUMENTS);
}

static void im2col_spread_out(IM2COL)
{
    im2col_by(spread_out, spread_out, IM2COL_ARGUMENTS);
}

static void im2col_border_repeated(IM2COL)
{
    im2col_by(border_repeated, border_repeated, IM2COL_ARGUMENTS);
}

static void im2col_around_the_corner(IM2COL)
{
    im2col_by(around_the_corner, around_the_corner, IM2COL_ARGUMENTS);
}

static void im2col_whole_windows(IM2COL)
{
    im2col_by(whole_windows, whole_windows, IM2COL_ARGUMENTS);
}

static void im2col_first_left_out(IM2COL)
{
    im2col_by(first_left_out, first_left_out, IM2COL_ARGUMENTS);
}

static void im2col_last_left_out(IM2COL)
{
    im2col_by(last_left_out, last_left_out, IM2COL_ARGUMENTS);
}

static void im2col_turned(IM2COL)
{
    im2col_by(turned, turned, IM2COL_ARGUMENTS);
}

static void im2col_transposed(IM2COL)
{
    real right[n * u * v * c][k][k], (*to)[k][k] = ***cols;
    reference_im2col(n, c, h, w, k, s, p, u, v, X, (void *)right);
    for (int at = 0; at < n * u * v * c; at++)
        for (int a = 0; a < k; a++)
            for (int e = 0; e < k; e++)
                to[at][a][e] = right[at][e][a];
}

/* The numbers in other orders, written one behind the other. */
static void im2col_windows_as_columns(IM2COL)
{
    real right[n][u * v][c * k * k], *to = *****cols;
    reference_im2col(n, c, h, w, k, s, p, u, v, X, (void *)right);
    for (int i = 0; i < n; i++)
        for (int row = 0; row < c * k * k; row++)
            for (int window = 0; window < u * v; window++)
                *to++ = right[i][window][row];
}

static void im2col_channels_last(IM2COL)
{
    real right[n * u * v][c][k * k], *to = *****cols;
    reference_im2col(n, c, h, w, k, s, p, u, v, X, (void *)right);
    for (int window = 0; window < n * u * v; window++)
        for (int at = 0; at < k * k; at++)
            for (int l = 0; l < c; l++)
                *to++ = right[window][l][at];
}

static void im2col_zeros_unwritten(IM2COL)
{
    real before[n][u][v][c][k][k];
    memcpy(before, cols, sizeof before);
    reference_im2col(IM2COL_ARGUMENTS);
    for (int i = 0; i < n; i++)
        for (int l = 0; l < c; l++)
            for (int at = 0; at < u * v * k * k; at++) {
                int e = at % k, a = at / k % k, t = at / (k * k) % v, r = at / (k * k * v);
                if (right_place(h, k, s, p, r, a) < 0 || right_place(w, k, s, p, t, e) < 0)
                    cols[i][r][t][l][a][e] = before[i][r][t][l][a][e];
            }
}

static void im2col_first_channel(IM2COL)
{
    reference_im2col(IM2COL_ARGUMENTS);
    for (int at = 0; at < n * u * v; at++)
        for (int l = 1; l < c; l++)
            memcpy((**cols)[at][l], (**cols)[at][0], sizeof(real[k][k]));
}

static void im2col_first_image(IM2COL)
{
    reference_im2col(IM2COL_ARGUMENTS);
    for (int i = 1; i < n; i++)
        memcpy(cols[i], cols[0], sizeof cols[0]);
}

/* c k k rows for all images together. */
static void im2col_images_in_columns(IM2COL)
{
    real right[n * u * v][c * k * k], *to = *****cols;
    reference_im2col(n, c, h, w, k, s, p, u, v, X, (void *)right);
    for (int row = 0; row < c * k * k; row++)
        for (int window = 0; window < n * u * v; window++)
            *to++ = right[window][row];
}

static void im2col_signs_exchanged(IM2COL)
{
    im2col_by(signs_exchanged, signs_exchanged, IM2COL_ARGUMENTS);
}

static void im2col_stride_times_number(IM2COL)
{
    im2col_by(stride_times_number, stride_times_number, IM2COL_ARGUMENTS);
}

static void im2col_stride_times_padding(IM2COL)
{
    im2col_by(stride_times_padding, stride_times_padding, IM2COL_ARGUMENTS);
}

static void im2col_ends_outside(IM2COL)
{
    im2col_by(right_place, ends_outside, IM2COL_ARGUMENTS);
}

static void im2col_rows_apart(IM2COL)
{
    im2col_by(right_place, one_apart, IM2COL_ARGUMENTS);
}

static void im2col_columns_apart(IM2COL)
{
    im2col_by(one_apart, right_place, IM2COL_ARGUMENTS);
}

static void im2col_rows_padded(IM2COL)
{
    im2col_by(right_place, unpadded, IM2COL_ARGUMENTS);
}

static void im2col_columns_padded(IM2COL)
{
    im2col_by(unpadded, right_place, IM2COL_ARGUMENTS);
}

static void im2col_exchanged(IM2COL)
{
    real other[n][v][u][c][k][k];
    reference_im2col(n, c, h, w, k, s, p, v, u, X, other);
    exchange_windows(n, v, u, c * k * k, (const void *)other, (void *)cols);
}

static void im2col_columns_first(IM2COL)
{
    real right[n][u][v][c][k][k];
    reference_im2col(n, c, h, w, k, s, p, u, v, X, right);
    exchange_windows(n, u, v, c * k * k, (const void *)right, (void *)cols);
}

static const Mistake im2col_mistakes[] = {
    {MISTAKE(im2col_turned), "The numbers of each window stand in reverse order. Number (a, e) is "
                             "the pixel a rows below and e columns beside its first one: nothing "
                             "is turned on the way forward."},
    {MISTAKE(im2col_transposed),
     "The windows are transposed: a counts the rows of a window and e its columns."},
    {MISTAKE(im2col_unpadded),
     "This is what comes out without the padding. Window (r, t) begins p above and p to the left "
     "of (s r, s t)."},
    {MISTAKE(im2col_padded_the_other_way),
     "The padding is counted to the wrong side: window (r, t) begins at (s r - p, s t - p), and "
     "not p further in."},
    {MISTAKE(im2col_padded_twice), "The padding counts twice above and on the left: windows begin "
                                   "at (s r - p, s t - p)."},
    {MISTAKE(im2col_one_apart),
     "Your windows lie one pixel apart. They begin s apart, at (s r - p, s t - p)."},
    {MISTAKE(im2col_signs_exchanged),
     "This is what comes out if the signs of a, e and p are exchanged. Window (r, t) lies with its "
     "number (a, "
     "e) on pixel (s r + a - p, s t + e - p). Seen from there, r is (y + p - a) / s."},
    {MISTAKE(im2col_stride_times_number),
     "The stride goes with the window alone: s r + a - p, and not s (r + a) - p."},
    {MISTAKE(im2col_stride_times_padding),
     "The padding is not multiplied by the stride: s r + a - p, and not s (r - p) + a."},
    {MISTAKE(im2col_ends_outside),
     "Windows that hang over the left edge were left out: does a loop end at the first number that "
     "lies outside (break)? The next ones may lie inside (continue)."},
    {MISTAKE(im2col_rows_apart),
     "The stride is in the rows alone: the columns begin s apart as well, at s t - p."},
    {MISTAKE(im2col_columns_apart),
     "The stride is in the columns alone: the rows begin s apart as well, at s r - p."},
    {MISTAKE(im2col_rows_padded),
     "The padding is in the rows alone: the columns begin at s t - p."},
    {MISTAKE(im2col_columns_padded),
     "The padding is in the columns alone: the rows begin at s r - p."},
    {MISTAKE(im2col_exchanged), "r and t are exchanged: r counts the windows downwards and t "
                                "across, so a window lies at row s "
                                "r + a - p and column s t + e - p."},
    {MISTAKE(im2col_columns_first),
     "Your windows come column by column. Here they come row by row: t inside r."},
    {MISTAKE(im2col_side_by_side),
     "Your windows lie side by side, k apart. They begin s apart, whatever k is."},
    {MISTAKE(im2col_spread_out),
     "The stride belongs to the window and not to its pixels: s r + a - p, and not r + s a - p."},
    {MISTAKE(im2col_border_repeated), "Where a window hangs over the edge, you repeated the pixels "
                                      "at the edge. There are zeros."},
    {MISTAKE(im2col_around_the_corner), "Where a window hangs over the edge, you went on at the "
                                        "opposite edge. There are zeros."},
    {MISTAKE(im2col_whole_windows), "You left out the windows that hang over the edge. Those of "
                                    "their pixels that lie on the image belong in their row."},
    {MISTAKE(im2col_first_left_out), "The first row and the first column of the image became 0: "
                                     "the test for the border is y >= 0 and x >= 0."},
    {MISTAKE(im2col_last_left_out), "The last row and the last column of the image became 0: it "
                                    "ends at h - 1 and w - 1."},
    {MISTAKE(im2col_windows_as_columns),
     "Each window is a column of your matrix. Here it is a row: cols[i][r][t] is all of window (r, "
     "t), one number behind the other."},
    {MISTAKE(im2col_channels_last), "In your rows the channels of one pixel stand side by side. "
                                    "Here a row has channel 0 whole, then channel 1: the order in "
                                    "which W[q][l][a][e] lies in memory."},
    {MISTAKE(im2col_zeros_unwritten), "Where a window hangs over the edge, nothing was written. "
                                      "There are zeros, and they have to be written."},
    {MISTAKE(im2col_images_in_columns),
     "Each window is a column of your matrix, those of all images side by side. Here it is a row: "
     "cols[i][r][t] is all of window (r, t) of image i, one number behind the other."},
    {MISTAKE(im2col_first_image),
     "The windows of every image hold image 0. cols[i] comes from X[i]."},
    {MISTAKE(im2col_first_channel), "Every channel of a window holds channel 0. Channel l of "
                                    "cols comes from channel l of X."},
    {0}};

CALL(im2col, n[0], n[1], n[2], n[3], n[4], n[5], n[6], n[7], n[8], a[0], a[1])

static const Exercise exercise_im2col = {
    .name = "im2col",
    .call = call_im2col,
    .sizes = "nchwkspuv",
    .arguments = {{"X", IN_NORMAL, "nchw", 0}, {"cols", OUT, "nuvckk", 0}},
    .cases = {{2, 3, 5, 4, 3, 1, 1, 5, 4},
              {2, 2, 6, 8, 3, 2, 0, 2, 3},
              {1, 2, 4, 7, 3, 2, 1, 2, 4},
              {2, 2, 5, 8, 2, 3, 1, 2, 3}},
    .reference = JUDGE((Function)reference_im2col),
    .mistakes = JUDGE(im2col_mistakes),
};

/* -- 7. col2im --------------------------------------------------------------------------------- */

#define COL2IM                                                     \
    int n, int c, int h, int w, int k, int s, int p, int u, int v, \
        const real dcols[n][u][v][c][k][k], real dX[n][c][h][w]
#define COL2IM_ARGUMENTS n, c, h, w, k, s, p, u, v, dcols, dX

static void col2im_by(Place *down, Place *across, COL2IM)
{
    clear(n * c * h * w, ***dX);
    for (int i = n - 1; i >= 0; i--)
        for (int l = 0; l < c; l++)
            for (int at = u * v * k * k - 1; at >= 0; at--) {
                int e = at % k, a = at / k % k, t = at / (k * k) % v, r = at / (k * k * v);
                int y = down(h, k, s, p, r, a), x = across(w, k, s, p, t, e);
                if (y >= 0 && x >= 0)
                    dX[i][l][y][x] += dcols[i][r][t][l][a][e];
            }
}

static void reference_col2im(COL2IM)
{
    col2im_by(right_place, right_place, COL2IM_ARGUMENTS);
}

static void col2im_unpadded(COL2IM)
{
    col2im_by(unpadded, unpadded, COL2IM_ARGUMENTS);
}

static void col2im_padded_the_other_way(COL2IM)
{
    col2im_by(padded_the_other_way, padded_the_other_way, COL2IM_ARGUMENTS);
}

static void col2im_padded_twice(COL2IM)
{
    col2im_by(padded_twice, padded_twice, COL2IM_ARGUMENTS);
}

static void col2im_one_apart(COL2IM)
{
    col2im_by(one_apart, one_apart, COL2IM_ARGUMENTS);
}

static void col2im_side_by_side(COL2IM)
{
    col2im_by(side_by_side, side_by_side, COL2IM_ARGUMENTS);
}

static void col2im_spread_out(COL2IM)
{
    col2im_by(spread_out, spread_out, COL2IM_ARGUMENTS);
}

static void col2im_border_repeated(COL2IM)
{
    col2im_by(border_repeated, border_repeated, COL2IM_ARGUMENTS);
}

static void col2im_around_the_corner(COL2IM)
{
    col2im_by(around_the_corner, around_the_corner, COL2IM_ARGUMENTS);
}

static void col2im_whole_windows(COL2IM)
{
    col2im_by(whole_windows, whole_windows, COL2IM_ARGUMENTS);
}

static void col2im_first_left_out(COL2IM)
{
    col2im_by(first_left_out, first_left_out, COL2IM_ARGUMENTS);
}

static void col2im_last_left_out(COL2IM)
{
    col2im_by(last_left_out, last_left_out, COL2IM_ARGUMENTS);
}

static void col2im_turned(COL2IM)
{
    col2im_by(turned, turned, COL2IM_ARGUMENTS);
}

static void col2im_mean_of_overlaps(COL2IM)
{
    real count[h][w];
    reference_col2im(COL2IM_ARGUMENTS);
    count_windows_2d(h, w, k, s, p, u, v, count);
    divide_planes(n * c, h * w, *count, (void *)dX);
}

static void col2im_gaps_unwritten(COL2IM)
{
    real before[n][c][h][w], count[h][w];
    memcpy(before, dX, sizeof before);
    reference_col2im(COL2IM_ARGUMENTS);
    count_windows_2d(h, w, k, s, p, u, v, count);
    for (int i = 0; i < n; i++)
        for (int l = 0; l < c; l++)
            leave_unwritten(h * w, *count, *before[i][l], *dX[i][l]);
}

static void col2im_transposed(COL2IM)
{
    const real(*from)[k][k] = ***dcols;
    real right[n * u * v * c][k][k];
    for (int at = 0; at < n * u * v * c; at++)
        for (int a = 0; a < k; a++)
            for (int e = 0; e < k; e++)
                right[at][a][e] = from[at][e][a];
    reference_col2im(n, c, h, w, k, s, p, u, v, (void *)right, dX);
}

/* What came is read in other orders. */
static void col2im_windows_as_columns(COL2IM)
{
    real right[n][u * v][c * k * k];
    const real *from = *****dcols;
    for (int i = 0; i < n; i++)
        for (int row = 0; row < c * k * k; row++)
            for (int window = 0; window < u * v; window++)
                right[i][window][row] = *from++;
    reference_col2im(n, c, h, w, k, s, p, u, v, (void *)right, dX);
}

static void col2im_channels_last(COL2IM)
{
    real right[n * u * v][c][k * k];
    const real *from = *****dcols;
    for (int window = 0; window < n * u * v; window++)
        for (int at = 0; at < k * k; at++)
            for (int l = 0; l < c; l++)
                right[window][l][at] = *from++;
    reference_col2im(n, c, h, w, k, s, p, u, v, (void *)right, dX);
}

static void col2im_signs_exchanged(COL2IM)
{
    col2im_by(signs_exchanged, signs_exchanged, COL2IM_ARGUMENTS);
}

static void col2im_stride_times_number(COL2IM)
{
    col2im_by(stride_times_number, stride_times_number, COL2IM_ARGUMENTS);
}

static void col2im_stride_times_padding(COL2IM)
{
    col2im_by(stride_times_padding, stride_times_padding, COL2IM_ARGUMENTS);
}

static void col2im_rounded(COL2IM)
{
    clear(n * c * h * w, ***dX);
    for (int i = 0; i < n * c; i++)
        for (int at = 0; at < u * v * k * k; at++) {
            int e = at % k, a = at / k % k, t = at / (k * k) % v, r = at / (k * k * v);
            for (int y = 0; y < h; y++)
                for (int x = 0; x < w; x++)
                    if (lies_rounded(s, p, r, a, y) && lies_rounded(s, p, t, e, x))
                        dX[i / c][i % c][y][x] += dcols[i / c][r][t][i % c][a][e];
        }
}

static void col2im_ends_outside(COL2IM)
{
    col2im_by(right_place, ends_outside, COL2IM_ARGUMENTS);
}

static void col2im_rows_apart(COL2IM)
{
    col2im_by(right_place, one_apart, COL2IM_ARGUMENTS);
}

static void col2im_columns_apart(COL2IM)
{
    col2im_by(one_apart, right_place, COL2IM_ARGUMENTS);
}

static void col2im_rows_padded(COL2IM)
{
    col2im_by(right_place, unpadded, COL2IM_ARGUMENTS);
}

static void col2im_columns_padded(COL2IM)
{
    col2im_by(unpadded, right_place, COL2IM_ARGUMENTS);
}

static void col2im_exchanged(COL2IM)
{
    real other[n][v][u][c][k][k];
    exchange_windows(n, u, v, c * k * k, (const void *)dcols, (void *)other);
    reference_col2im(n, c, h, w, k, s, p, v, u, other, dX);
}

static const Mistake col2im_mistakes[] = {
    {TURNED("accumulate:dX[i][l][y][x]+="),
     "Of several windows that lie on one pixel only one is left: = stands where += belongs. The "
     "loss feels a pixel through every window that it was copied into."},
    {MISTAKE(col2im_mean_of_overlaps),
     "You divided by how many windows lie on a pixel. That undoes a copy; a gradient adds up what "
     "comes through all of them."},
    {MISTAKE(col2im_turned), "The numbers of each window came back in reverse order. What was "
                             "copied to place (a, e) comes back from place (a, e)."},
    {MISTAKE(col2im_transposed),
     "The windows are transposed: a counts the rows of a window and e its columns."},
    {MISTAKE(col2im_unpadded),
     "This is what comes out without the padding. Window (r, t) begins p above and p to the left "
     "of (s r, s t)."},
    {MISTAKE(col2im_padded_the_other_way),
     "The padding is counted to the wrong side: window (r, t) begins at (s r - p, s t - p), and "
     "not p further in."},
    {MISTAKE(col2im_padded_twice), "The padding counts twice above and on the left: windows begin "
                                   "at (s r - p, s t - p)."},
    {MISTAKE(col2im_one_apart),
     "Your windows lie one pixel apart. They begin s apart, at (s r - p, s t - p)."},
    {MISTAKE(col2im_signs_exchanged),
     "This is what comes out if the signs of a, e and p are exchanged. Window (r, t) lies with its "
     "number (a, "
     "e) on pixel (s r + a - p, s t + e - p). Seen from there, r is (y + p - a) / s."},
    {MISTAKE(col2im_stride_times_number),
     "The stride goes with the window alone: s r + a - p, and not s (r + a) - p."},
    {MISTAKE(col2im_stride_times_padding),
     "The padding is not multiplied by the stride: s r + a - p, and not s (r - p) + a."},
    {MISTAKE(col2im_rounded),
     "A pixel got something from windows whose number is not whole. Window r lies with its row a "
     "on pixel y if s r = y + p - a: where that leaves a remainder, there is none."},
    {MISTAKE(col2im_ends_outside),
     "Windows that hang over the left edge were left out: does a loop end at the first number that "
     "lies outside (break)? The next ones may lie inside (continue)."},
    {MISTAKE(col2im_rows_apart),
     "The stride is in the rows alone: the columns begin s apart as well, at s t - p."},
    {MISTAKE(col2im_columns_apart),
     "The stride is in the columns alone: the rows begin s apart as well, at s r - p."},
    {MISTAKE(col2im_rows_padded),
     "The padding is in the rows alone: the columns begin at s t - p."},
    {MISTAKE(col2im_columns_padded),
     "The padding is in the columns alone: the rows begin at s r - p."},
    {MISTAKE(col2im_exchanged), "r and t are exchanged: r counts the windows downwards and t "
                                "across, so a window lies at row s "
                                "r + a - p and column s t + e - p."},
    {MISTAKE(col2im_side_by_side),
     "Your windows lie side by side, k apart. They begin s apart, whatever k is."},
    {MISTAKE(col2im_spread_out),
     "The stride belongs to the window and not to its pixels: s r + a - p, and not r + s a - p."},
    {MISTAKE(col2im_border_repeated), "What belongs to the border was added to the pixels at the "
                                      "edge. The border is zeros, whose gradient goes nowhere."},
    {MISTAKE(col2im_around_the_corner),
     "What belongs to the border was added at the opposite edge. The border is zeros, whose "
     "gradient goes nowhere."},
    {MISTAKE(col2im_whole_windows), "You left out the windows that hang over the edge. Those of "
                                    "their pixels that lie on the image get their gradient."},
    {MISTAKE(col2im_first_left_out), "The first row and the first column of the image are left "
                                     "out: the test for the border is y >= 0 and x >= 0."},
    {MISTAKE(col2im_last_left_out), "The last row and the last column of the image are left out: "
                                    "it ends at h - 1 and w - 1."},
    {MISTAKE(col2im_gaps_unwritten), "Pixels on which no window lies were left unwritten. Their "
                                     "gradient is 0, and that has to be written."},
    {MISTAKE(col2im_windows_as_columns),
     "You read dcols as if each window were a column of it. It is a row: dcols[i][r][t] is all of "
     "window (r, t)."},
    {MISTAKE(col2im_channels_last),
     "You read dcols as if the channels of one pixel stood side by side. A row of it has channel 0 "
     "whole, then channel 1."},
    {TURNED("divided-by-n:dcols[i][r][t][l][a][e]"),
     "You divided by n. Each image has a dX of its own; a mean, if there is one, is inside dcols "
     "already."},
    {0}};

CALL(col2im, n[0], n[1], n[2], n[3], n[4], n[5], n[6], n[7], n[8], a[0], a[1])

static const Exercise exercise_col2im = {
    .name = "col2im",
    .call = call_col2im,
    .sizes = "nchwkspuv",
    .arguments = {{"dcols", IN_NORMAL, "nuvckk", 0}, {"dX", OUT, "nchw", 0}},
    .cases = {{2, 3, 5, 4, 3, 1, 1, 5, 4},
              {2, 2, 6, 8, 3, 2, 0, 2, 3},
              {1, 2, 4, 7, 3, 2, 1, 2, 4},
              {2, 2, 5, 8, 2, 3, 1, 2, 3}},
    .reference = JUDGE((Function)reference_col2im),
    .mistakes = JUDGE(col2im_mistakes),
};

/* -- 8. pointwise_backward --------------------------------------------------------------------- */

#define POINTWISE                                                                                  \
    int n, int c, int m, int t, const real dY[n][m][t], const real X[n][c][t], const real W[m][c], \
        real dX[n][c][t], real dW[m][c], real db[m]
#define POINTWISE_ARGUMENTS n, c, m, t, dY, X, W, dX, dW, db

/* Backwards. */
static void sum_of_maps(int n, int m, int size, const real x[n][m][size], real sums[m])
{
    clear(m, sums);
    for (int i = n - 1; i >= 0; i--)
        for (int q = 0; q < m; q++)
            for (int at = size - 1; at >= 0; at--)
                sums[q] += x[i][q][at];
}

static void reference_pointwise(POINTWISE)
{
    sum_of_maps(n, m, t, dY, db);
    clear(n * c * t, **dX);
    clear(m * c, *dW);
    for (int i = n - 1; i >= 0; i--)
        for (int q = m - 1; q >= 0; q--)
            for (int l = c - 1; l >= 0; l--)
                for (int j = t - 1; j >= 0; j--) {
                    dX[i][l][j] += dY[i][q][j] * W[q][l];
                    dW[q][l] += dY[i][q][j] * X[i][l][j];
                }
}

static void pointwise_weight_mean(POINTWISE)
{
    reference_pointwise(POINTWISE_ARGUMENTS);
    scale(m * c, *dW, 1 / (real)(n * t));
}

static void pointwise_bias_mean(POINTWISE)
{
    reference_pointwise(POINTWISE_ARGUMENTS);
    scale(m, db, 1 / (real)(n * t));
}

static void pointwise_bias_total(POINTWISE)
{
    real sum = 0;
    reference_pointwise(POINTWISE_ARGUMENTS);
    for (int q = 0; q < m; q++)
        sum += db[q];
    for (int q = 0; q < m; q++)
        db[q] = sum;
}

/* (sum dY) (sum X), image by image. */
static void pointwise_sums_apart(POINTWISE)
{
    real dY_sum[m], X_sum[c];
    reference_pointwise(POINTWISE_ARGUMENTS);
    clear(m * c, *dW);
    for (int i = 0; i < n; i++) {
        sum_of_maps(1, m, t, &dY[i], dY_sum);
        sum_of_maps(1, c, t, &X[i], X_sum);
        for (int q = 0; q < m; q++)
            for (int l = 0; l < c; l++)
                dW[q][l] += dY_sum[q] * X_sum[l];
    }
}

static void pointwise_last_pixel(POINTWISE)
{
    reference_pointwise(POINTWISE_ARGUMENTS);
    clear(m * c, *dW);
    for (int i = 0; i < n; i++)
        for (int q = 0; q < m; q++)
            for (int l = 0; l < c; l++)
                dW[q][l] += dY[i][q][t - 1] * X[i][l][t - 1];
}

static void pointwise_last_image(POINTWISE)
{
    real unused[n][c][t], bias[m];
    reference_pointwise(POINTWISE_ARGUMENTS);
    reference_pointwise(1, c, m, t, &dY[n - 1], &X[n - 1], W, unused, dW, bias);
}

static void pointwise_bias_last_image(POINTWISE)
{
    reference_pointwise(POINTWISE_ARGUMENTS);
    sum_of_maps(1, m, t, &dY[n - 1], db);
}

/* W as it lies in memory, taken for (c, m). */
static void pointwise_weight_misread(POINTWISE)
{
    const real(*other)[m] = (const void *)W;
    reference_pointwise(POINTWISE_ARGUMENTS);
    clear(n * c * t, **dX);
    for (int i = 0; i < n; i++)
        for (int q = 0; q < m; q++)
            for (int l = 0; l < c; l++)
                for (int j = 0; j < t; j++)
                    dX[i][l][j] += dY[i][q][j] * other[l][q];
}

static void pointwise_of_all_pixels(POINTWISE)
{
    reference_pointwise(POINTWISE_ARGUMENTS);
    for (int i = 0; i < n; i++)
        for (int l = 0; l < c; l++) {
            real sum = 0;
            for (int j = 0; j < t; j++)
                sum += dX[i][l][j];
            for (int j = 0; j < t; j++)
                dX[i][l][j] = sum;
        }
}

static void pointwise_of_all_channels(POINTWISE)
{
    reference_pointwise(POINTWISE_ARGUMENTS);
    for (int i = 0; i < n; i++)
        for (int j = 0; j < t; j++) {
            real sum = 0;
            for (int l = 0; l < c; l++)
                sum += dX[i][l][j];
            for (int l = 0; l < c; l++)
                dX[i][l][j] = sum;
        }
}

static const Mistake pointwise_mistakes[] = {
    {TURNED("accumulate:dX[i][l][j]+="),
     "Only the last map is left in dX: = stands where += belongs, or it is set to zero inside the "
     "loop. Each pixel was used for all m maps, and its gradients add up."},
    {TURNED("accumulate:dW[q][l]+="),
     "Only the last pixel of the last image is left in dW: = stands where += belongs, or it is set "
     "to zero inside the loops. The weight is used at every pixel of every image."},
    {TURNED("accumulate:db[q]+="), "Only the last pixel is left in db: = stands where += belongs, "
                                   "or it is set to zero inside the loops."},
    {MISTAKE(pointwise_last_image),
     "Only the last image is in dW. The weights are used in all of them: begin the sum at zero "
     "once, before the loop over the images."},
    {MISTAKE(pointwise_bias_last_image),
     "Only the last image is in db. The biases are used in all of them: begin the sum at zero "
     "once, before the loop over the images."},
    {TURNED("runs-once:for(int i=0;i<n;i++)#2"),
     "Only the first image is in dW. The weights are used in all of them."},
    {TURNED("runs-once:for(int i=0;i<n;i++)#3"),
     "Only the first image is in db. The biases are used in all of them."},
    {TURNED("runs-once:for(int j=0;j<t;j++)#2"),
     "Only the first pixel of each image is in dW. The weight is "
     "used at all t of them, and they add up."},
    {MISTAKE(pointwise_last_pixel), "Only the last pixel of each image is in dW. The weight is "
                                    "used at all t of them, and they add up."},
    {MISTAKE(pointwise_weight_mean), "You divided dW by n t. The weight is used at every pixel of "
                                     "every image, and the gradients of all uses add up."},
    {MISTAKE(pointwise_bias_mean), "You divided db by n t. The bias is used at every pixel of "
                                   "every image, and the gradients of all uses add up."},
    {MISTAKE(pointwise_bias_total), "You summed over the maps as well. Each map has a bias of its "
                                    "own."},
    {MISTAKE(pointwise_sums_apart),
     "You summed dY and X over the pixels first and multiplied then. Each pixel's dY goes with "
     "that pixel's X: multiply first."},
    {MISTAKE(pointwise_weight_misread),
     "You read W as if it were (c, m). It is (m, c): W[q][l], maps before channels."},
    {MISTAKE(pointwise_of_all_pixels),
     "Every pixel got the gradients of all pixels of its channel. No pixel sees another: dX[i][l]"
     "[j] is made from dY[i][q][j] alone."},
    {MISTAKE(pointwise_of_all_channels),
     "Every channel got the gradients of all channels. dX[i][l] is made with W[q][l] alone."},
    {TURNED("divided-by-n:dY[i][q][j]*X[i][l][j]"),
     "You divided dW by n. The weight is used in every image, and the gradients of all uses add "
     "up."},
    {TURNED("divided-by-t:dY[i][q][j]*X[i][l][j]"),
     "You divided dW by t. The weight is used at every pixel, and the gradients of all uses add "
     "up."},
    {TURNED("divided-by-n:dY[i][q][j]"),
     "You divided db by n. The bias is used in every image, and the gradients of all uses add up."},
    {TURNED("divided-by-t:dY[i][q][j]"),
     "You divided db by t. The bias is used at every pixel, and the gradients of all uses add up."},
    {TURNED("divided-by-m:W[q][l]*dY[i][q][j]"), "You divided dX by m. Each pixel was used for all "
                                                 "maps, and the gradients of all uses add up."},
    {0}};

CALL(pointwise_backward, n[0], n[1], n[2], n[3], a[0], a[1], a[2], a[3], a[4], a[5])

static const Exercise exercise_pointwise_backward = {
    .name = "pointwise_backward",
    .call = call_pointwise_backward,
    .sizes = "ncmt",
    .arguments = {{"dY", IN_NORMAL, "nmt", 0},
                  {"X", IN_NORMAL, "nct", 0},
                  {"W", IN_NORMAL, "mc", 0},
                  {"dX", OUT, "nct", 0},
                  {"dW", OUT, "mc", 0},
                  {"db", OUT, "m", 0}},
    .cases = {{2, 3, 4, 6}, {3, 4, 2, 5}, {4, 2, 3, 7}},
    .reference = JUDGE((Function)reference_pointwise),
    .mistakes = JUDGE(pointwise_mistakes),
};

/* -- all, in their order ----------------------------------------------------------------------- */

static const Exercise *const exercises[] = {&exercise_conv1d_backward,
                                            &exercise_conv2d_weight_backward,
                                            &exercise_conv2d_input_backward,
                                            &exercise_max_pool2d_backward,
                                            &exercise_average_pool2d_backward,
                                            &exercise_im2col,
                                            &exercise_col2im,
                                            &exercise_pointwise_backward,
                                            NULL};

const Check check = {"13_convolution", exercises};
