/* 20_autoencoder.c: how the answers to exercises 20 are judged. Where the solution scatters the
 * reference gathers, and the other way round. Most mistakes are windows that lie somewhere else,
 * or one of two paths that is not there. */
#include <stdbool.h>
#include <string.h>

#include "20_autoencoder.h"

#include "check.h"

/* -- where a window lies ----------------------------------------------------------------------- */

/* So many windows of k, s apart, on `size` pixels of which the first window begins p before. */
typedef struct {
    int size, windows, k, s, p;
} Axis;

/* The pixel that number a of window r lies on; -1: none. */
typedef int Place(Axis axis, int r, int a);

static int within(int size, int at)
{
    return at >= 0 && at < size ? at : -1;
}

static int output_padding(Axis x)
{
    return x.size - ((x.windows - 1) * x.s - 2 * x.p + x.k);
}

static int right_place(Axis x, int r, int a)
{
    return within(x.size, x.s * r + a - x.p);
}

static int turned(Axis x, int r, int a)
{
    return within(x.size, x.s * r + x.k - 1 - a - x.p);
}

static int unpadded(Axis x, int r, int a)
{
    return within(x.size, x.s * r + a);
}

static int padded_the_other_way(Axis x, int r, int a)
{
    return within(x.size, x.s * r + a + x.p);
}

static int padded_twice(Axis x, int r, int a)
{
    return within(x.size, x.s * r + a - 2 * x.p);
}

/* A border of k - 1 - p, which is what the transposed convolution's is if it is made of an ordinary
 * one over pixels that lie s apart. */
static int padded_by_the_rest(Axis x, int r, int a)
{
    return within(x.size, x.s * r + a - (x.k - 1 - x.p));
}

/* The border that keeps a size where the stride is 1. */
static int padded_to_the_same(Axis x, int r, int a)
{
    return within(x.size, x.s * r + a - (x.k - 1) / 2);
}

static int padded_by_half(Axis x, int r, int a)
{
    return within(x.size, x.s * r + a - x.k / 2);
}

static int signs_exchanged(Axis x, int r, int a)
{
    return within(x.size, x.s * r - a + x.p);
}

static int one_too_early(Axis x, int r, int a)
{
    return within(x.size, x.s * r + a - x.p - 1);
}

static int one_too_late(Axis x, int r, int a)
{
    return within(x.size, x.s * r + a - x.p + 1);
}

static int bounded_by_the_small(Axis x, int r, int a)
{
    return within(x.windows, right_place(x, r, a));
}

static int output_padding_in_front(Axis x, int r, int a)
{
    return within(x.size, x.s * r + a - x.p + output_padding(x));
}

static int output_padding_left_out(Axis x, int r, int a)
{
    return within(x.size - output_padding(x), x.s * r + a - x.p);
}

static int one_apart(Axis x, int r, int a)
{
    return within(x.size, r + a - x.p);
}

static int side_by_side(Axis x, int r, int a)
{
    return within(x.size, x.k * r + a - x.p);
}

static int spread_out(Axis x, int r, int a)
{
    return within(x.size, r + x.s * a - x.p);
}

static int stride_times_number(Axis x, int r, int a)
{
    return within(x.size, x.s * (r + a) - x.p);
}

static int stride_times_padding(Axis x, int r, int a)
{
    return within(x.size, x.s * (r - x.p) + a);
}

static int added_to_the_edge(Axis x, int r, int a)
{
    const int at = x.s * r + a - x.p;
    return at < 0 ? 0 : at >= x.size ? x.size - 1 : at;
}

static int around_the_corner(Axis x, int r, int a)
{
    return (x.s * r + a - x.p + 2 * x.size) % x.size;
}

static int whole_windows(Axis x, int r, int a)
{
    return x.s * r < x.p || x.s * r - x.p + x.k > x.size ? -1 : x.s * r + a - x.p;
}

static int first_left_out(Axis x, int r, int a)
{
    const int at = right_place(x, r, a);
    return at > 0 ? at : -1;
}

static int last_left_out(Axis x, int r, int a)
{
    return within(x.size - 1, x.s * r + a - x.p);
}

/* A loop over a that ends at the first number outside. */
static int ends_outside(Axis x, int r, int a)
{
    return x.s * r < x.p ? -1 : right_place(x, r, a);
}

/* -- shared by the references and the mistakes ------------------------------------------------- */

static void clear(int n, real x[n])
{
    for (int at = 0; at < n; at++)
        x[at] = 0;
}

static void scale(int n, real factor, real x[n])
{
    for (int at = 0; at < n; at++)
        x[at] *= factor;
}

static void copy(int n, const real x[n], real y[n])
{
    for (int at = 0; at < n; at++)
        y[at] = x[at];
}

/* W as it lies in memory, (c, m), taken for (m, c). */
static void misread(int c, int m, int size, const real W[c * m][size], real other[c * m][size])
{
    for (int l = 0; l < c; l++)
        for (int q = 0; q < m; q++)
            memcpy(other[l * m + q], W[q * c + l], sizeof other[0]);
}

/* The kernels with rows and columns exchanged. */
static void transpose(int count, int k, const real W[count][k][k], real other[count][k][k])
{
    for (int at = 0; at < count; at++)
        for (int a = 0; a < k; a++)
            for (int e = 0; e < k; e++)
                other[at][a][e] = W[at][e][a];
}

/* How many windows lie on each pixel of a plane. */
static void count_windows(Axis down, Axis across, real count[down.size][across.size])
{
    clear(down.size * across.size, *count);
    for (int at = 0; at < down.windows * down.k * across.windows * across.k; at++) {
        const int e = at % across.k, t = at / across.k % across.windows;
        const int a = at / (across.k * across.windows) % down.k;
        const int r = at / (across.k * across.windows * down.k);
        const int y = right_place(down, r, a), x = right_place(across, t, e);
        if (y >= 0 && x >= 0)
            count[y][x] += 1;
    }
}

/* -- 1. sizes_down_and_up ---------------------------------------------------------------------- */

/* From one window on, so that all remainders occur. */
static void prepare_sizes(int which, const int n[], void *const a[])
{
    int *u = a[0];
    for (int i = 0; i < n[0]; i++)
        u[i] = n[1] + (which + i) % n[0] + u[i];
}

#define SIZES int n, int k, int s, int p, const int u[n], real h[n], real o[n]
#define SIZES_ARGUMENTS n, k, s, p, u, h, o

/* By counting: windows are laid until the next would not fit. */
static void reference_sizes(SIZES)
{
    for (int i = 0; i < n; i++) {
        int end = k;
        for (h[i] = 1; end + s <= u[i] + 2 * p; end += s)
            h[i]++;
        o[i] = (real)(u[i] + 2 * p - end);
    }
}

/* Outputs that are made of the right ones, one by one. */
typedef void Size(int k, int s, int p, int u, real *h, real *o);

static void sizes_by(Size *size, SIZES)
{
    reference_sizes(SIZES_ARGUMENTS);
    for (int i = 0; i < n; i++)
        size(k, s, p, u[i], &h[i], &o[i]);
}

/* The first, and as often as it can move on. */
static real windows_in(int room, int s)
{
    const int moves = room / s;
    return (real)(moves + 1);
}

/* What (h - 1) s - 2 p + k is away from u. */
static void rest_of(int k, int s, int p, int u, const real *h, real *o)
{
    *o = (real)u - ((*h - 1) * (real)s - (real)(2 * p) + (real)k);
}

static void size_rounded_up(int k, int s, int p, int u, real *h, real *o)
{
    *h = windows_in(u + 2 * p - k + s - 1, s);
    rest_of(k, s, p, u, h, o);
}

static void sizes_rounded_up(SIZES)
{
    sizes_by(size_rounded_up, SIZES_ARGUMENTS);
}

static void size_h_rounded_up(int k, int s, int p, int u, real *h, real *o)
{
    (void)o;
    *h = windows_in(u + 2 * p - k + s - 1, s);
}

static void sizes_h_rounded_up(SIZES)
{
    sizes_by(size_h_rounded_up, SIZES_ARGUMENTS);
}

static void size_not_rounded(int k, int s, int p, int u, real *h, real *o)
{
    *h = (real)(u + 2 * p - k) / (real)s + 1;
    rest_of(k, s, p, u, h, o);
}

static void sizes_not_rounded(SIZES)
{
    sizes_by(size_not_rounded, SIZES_ARGUMENTS);
}

static void size_h_not_rounded(int k, int s, int p, int u, real *h, real *o)
{
    (void)o;
    *h = (real)(u + 2 * p - k) / (real)s + 1;
}

static void sizes_h_not_rounded(SIZES)
{
    sizes_by(size_h_not_rounded, SIZES_ARGUMENTS);
}

static void size_first_window_forgotten(int k, int s, int p, int u, real *h, real *o)
{
    (void)u, (void)k, (void)s, (void)p, (void)o;
    *h -= 1;
}

static void sizes_first_window_forgotten(SIZES)
{
    sizes_by(size_first_window_forgotten, SIZES_ARGUMENTS);
}

static void size_first_window_forgotten_in_both(int k, int s, int p, int u, real *h, real *o)
{
    *h -= 1;
    rest_of(k, s, p, u, h, o);
}

static void sizes_first_window_forgotten_in_both(SIZES)
{
    sizes_by(size_first_window_forgotten_in_both, SIZES_ARGUMENTS);
}

static void size_padded_once(int k, int s, int p, int u, real *h, real *o)
{
    *h = windows_in(u + p - k, s);
    rest_of(k, s, p, u, h, o);
}

static void sizes_padded_once(SIZES)
{
    sizes_by(size_padded_once, SIZES_ARGUMENTS);
}

static void size_h_padded_once(int k, int s, int p, int u, real *h, real *o)
{
    (void)o;
    *h = windows_in(u + p - k, s);
}

static void sizes_h_padded_once(SIZES)
{
    sizes_by(size_h_padded_once, SIZES_ARGUMENTS);
}

static void size_unpadded(int k, int s, int p, int u, real *h, real *o)
{
    *h = windows_in(u - k, s);
    rest_of(k, s, p, u, h, o);
}

static void sizes_unpadded(SIZES)
{
    sizes_by(size_unpadded, SIZES_ARGUMENTS);
}

static void size_o_of_all_windows(int k, int s, int p, int u, real *h, real *o)
{
    rest_of(k, s, p, u, h, o);
    *o -= (real)s;
}

static void sizes_o_of_all_windows(SIZES)
{
    sizes_by(size_o_of_all_windows, SIZES_ARGUMENTS);
}

static void size_o_always_largest(int k, int s, int p, int u, real *h, real *o)
{
    (void)k, (void)p, (void)u, (void)h;
    *o = (real)(s - 1);
}

static void sizes_o_always_largest(SIZES)
{
    sizes_by(size_o_always_largest, SIZES_ARGUMENTS);
}

static void size_o_always_one(int k, int s, int p, int u, real *h, real *o)
{
    (void)k, (void)p, (void)u, (void)h, (void)s;
    *o = 1;
}

static void sizes_o_always_one(SIZES)
{
    sizes_by(size_o_always_one, SIZES_ARGUMENTS);
}

static void size_o_always_zero(int k, int s, int p, int u, real *h, real *o)
{
    (void)k, (void)p, (void)u, (void)h, (void)s;
    *o = 0;
}

static void sizes_o_always_zero(SIZES)
{
    sizes_by(size_o_always_zero, SIZES_ARGUMENTS);
}

static void size_o_of_u_alone(int k, int s, int p, int u, real *h, real *o)
{
    (void)k, (void)p, (void)h;
    *o = (real)(u % s);
}

static void sizes_o_of_u_alone(SIZES)
{
    sizes_by(size_o_of_u_alone, SIZES_ARGUMENTS);
}

static void size_o_what_fills_up(int k, int s, int p, int u, real *h, real *o)
{
    (void)k, (void)p, (void)u, (void)h;
    *o = *o > 0 ? (real)s - *o : 0;
}

static void sizes_o_what_fills_up(SIZES)
{
    sizes_by(size_o_what_fills_up, SIZES_ARGUMENTS);
}

static void size_o_without_kernel(int k, int s, int p, int u, real *h, real *o)
{
    rest_of(k, s, p, u, h, o);
    *o += (real)k;
}

static void sizes_o_without_kernel(SIZES)
{
    sizes_by(size_o_without_kernel, SIZES_ARGUMENTS);
}

static void size_o_padded_once(int k, int s, int p, int u, real *h, real *o)
{
    rest_of(k, s, p, u, h, o);
    *o -= (real)p;
}

static void sizes_o_padded_once(SIZES)
{
    sizes_by(size_o_padded_once, SIZES_ARGUMENTS);
}

static void size_o_unpadded(int k, int s, int p, int u, real *h, real *o)
{
    rest_of(k, s, p, u, h, o);
    *o -= (real)(2 * p);
}

static void sizes_o_unpadded(SIZES)
{
    sizes_by(size_o_unpadded, SIZES_ARGUMENTS);
}

static void size_only_up(int k, int s, int p, int u, real *h, real *o)
{
    *h = (real)((u - 1) * s - 2 * p + k);
    (void)o;
}

static void sizes_only_up(SIZES)
{
    sizes_by(size_only_up, SIZES_ARGUMENTS);
}

static void size_of_u_over_s(int k, int s, int p, int u, real *h, real *o)
{
    (void)k, (void)p, (void)o;
    *h = windows_in(u - 1, s);
}

static void sizes_of_u_over_s(SIZES)
{
    sizes_by(size_of_u_over_s, SIZES_ARGUMENTS);
}

static void size_of_u_over_s_in_both(int k, int s, int p, int u, real *h, real *o)
{
    *h = windows_in(u - 1, s);
    rest_of(k, s, p, u, h, o);
}

static void sizes_of_u_over_s_in_both(SIZES)
{
    sizes_by(size_of_u_over_s_in_both, SIZES_ARGUMENTS);
}

static void size_o_of_remainder_unpadded(int k, int s, int p, int u, real *h, real *o)
{
    (void)p, (void)h;
    *o = (real)((u - k) % s);
}

static void sizes_o_of_remainder_unpadded(SIZES)
{
    sizes_by(size_o_of_remainder_unpadded, SIZES_ARGUMENTS);
}

static void size_o_of_remainder_padded_once(int k, int s, int p, int u, real *h, real *o)
{
    (void)h;
    *o = (real)((u + p - k) % s);
}

static void sizes_o_of_remainder_padded_once(SIZES)
{
    sizes_by(size_o_of_remainder_padded_once, SIZES_ARGUMENTS);
}

static void size_plus_one_inside(int k, int s, int p, int u, real *h, real *o)
{
    const int windows = (u + 2 * p - k + 1) / s;
    *h = (real)windows;
    rest_of(k, s, p, u, h, o);
}

static void sizes_plus_one_inside(SIZES)
{
    sizes_by(size_plus_one_inside, SIZES_ARGUMENTS);
}

static void size_h_plus_one_inside(int k, int s, int p, int u, real *h, real *o)
{
    (void)o;
    const int windows = (u + 2 * p - k + 1) / s;
    *h = (real)windows;
}

static void sizes_h_plus_one_inside(SIZES)
{
    sizes_by(size_h_plus_one_inside, SIZES_ARGUMENTS);
}

static void size_kernel_alone_divided(int k, int s, int p, int u, real *h, real *o)
{
    const int windows = u + 2 * p - k / s + 1;
    *h = (real)windows;
    rest_of(k, s, p, u, h, o);
}

static void sizes_kernel_alone_divided(SIZES)
{
    sizes_by(size_kernel_alone_divided, SIZES_ARGUMENTS);
}

static void size_h_kernel_alone_divided(int k, int s, int p, int u, real *h, real *o)
{
    (void)o;
    const int windows = u + 2 * p - k / s + 1;
    *h = (real)windows;
}

static void sizes_h_kernel_alone_divided(SIZES)
{
    sizes_by(size_h_kernel_alone_divided, SIZES_ARGUMENTS);
}

static void size_divided_by_one_more(int k, int s, int p, int u, real *h, real *o)
{
    const int windows = (u + 2 * p - k) / (s + 1);
    *h = (real)windows;
    rest_of(k, s, p, u, h, o);
}

static void sizes_divided_by_one_more(SIZES)
{
    sizes_by(size_divided_by_one_more, SIZES_ARGUMENTS);
}

static void size_o_minus_both(int k, int s, int p, int u, real *h, real *o)
{
    *o = (real)u - ((*h - 1) * (real)s - (real)(2 * p) - (real)k);
}

static void sizes_o_minus_both(SIZES)
{
    sizes_by(size_o_minus_both, SIZES_ARGUMENTS);
}

static void size_o_stride_forgotten(int k, int s, int p, int u, real *h, real *o)
{
    (void)s;
    *o = (real)u - (*h - 1 - (real)(2 * p) + (real)k);
}

static void sizes_o_stride_forgotten(SIZES)
{
    sizes_by(size_o_stride_forgotten, SIZES_ARGUMENTS);
}

static void size_o_remainder_by_two(int k, int s, int p, int u, real *h, real *o)
{
    (void)s, (void)h;
    *o = (real)((u + 2 * p - k) % 2);
}

static void sizes_o_remainder_by_two(SIZES)
{
    sizes_by(size_o_remainder_by_two, SIZES_ARGUMENTS);
}

static void size_o_rest_of_remainder(int k, int s, int p, int u, real *h, real *o)
{
    (void)k, (void)p, (void)u, (void)h;
    *o = (real)(s - 1) - *o;
}

static void sizes_o_rest_of_remainder(SIZES)
{
    sizes_by(size_o_rest_of_remainder, SIZES_ARGUMENTS);
}

static void size_o_is_the_way_up(int k, int s, int p, int u, real *h, real *o)
{
    (void)u;
    *o = (*h - 1) * (real)s - (real)(2 * p) + (real)k;
}

static void sizes_o_is_the_way_up(SIZES)
{
    sizes_by(size_o_is_the_way_up, SIZES_ARGUMENTS);
}

static void size_h_u_over_s_down(int k, int s, int p, int u, real *h, real *o)
{
    const int windows = u / s;
    *h = (real)windows;
    rest_of(k, s, p, u, h, o);
}

static void sizes_h_u_over_s_down(SIZES)
{
    sizes_by(size_h_u_over_s_down, SIZES_ARGUMENTS);
}

/* Of the first size alone. */
static void sizes_of_first(SIZES)
{
    reference_sizes(SIZES_ARGUMENTS);
    for (int i = 1; i < n; i++) {
        h[i] = h[0];
        o[i] = o[0];
    }
}

static const Mistake sizes_mistakes[] = {
    {MISTAKE(sizes_rounded_up),
     "h is rounded up, and o comes out below 0 where that makes a difference: a window that hangs "
     "over the end of the border is not there. Round h down."},
    {MISTAKE(sizes_h_rounded_up),
     "h is rounded up. A window that hangs over the end of the border is not there: round down."},
    {MISTAKE(sizes_not_rounded),
     "h is not rounded, so it is no number of windows, and nothing is ever left for o. Divide "
     "whole numbers by whole numbers, or round down."},
    {MISTAKE(sizes_h_not_rounded),
     "h is not rounded, so it is no number of windows. Divide whole numbers by whole numbers, or "
     "round down."},
    {MISTAKE(sizes_first_window_forgotten),
     "h is one too small: (u + 2 p - k) / s is how often a window can move on by s. The first one "
     "lies there before it moves."},
    {MISTAKE(sizes_first_window_forgotten_in_both),
     "h is one too small, and so o is s too large: (u + 2 p - k) / s is how often a window can "
     "move on by s. The first one lies there before it moves."},
    {MISTAKE(sizes_padded_once), "In h the border counts once. It lies at both ends: u + 2 p."},
    {MISTAKE(sizes_h_padded_once), "In h the border counts once. It lies at both ends: u + 2 p."},
    {MISTAKE(sizes_unpadded),
     "In h the border is missing: the windows have u + 2 p numbers to lie on."},
    {MISTAKE(sizes_o_of_all_windows),
     "o is s too small, and so below 0: h windows are h - 1 times s apart from the first to the "
     "last, and not h times."},
    {MISTAKE(sizes_o_always_largest),
     "o is always s - 1 here. That is right for some sizes; for others the way up would come out "
     "too large. o is what is missing: u - ((h - 1) s - 2 p + k)."},
    {MISTAKE(sizes_o_always_one),
     "o is always 1 here. That is right for some sizes alone: o is what is missing, u - ((h - 1) "
     "s - 2 p + k)."},
    {MISTAKE(sizes_o_always_zero),
     "o is always 0 here. Where (u + 2 p - k) / s leaves a remainder, that many are missing on "
     "the way back."},
    {MISTAKE(sizes_o_of_u_alone),
     "o is the remainder of u / s here. What is left over when the windows are laid is the "
     "remainder of (u + 2 p - k) / s."},
    {MISTAKE(sizes_o_what_fills_up),
     "o is what is missing until one more window would fit. It is asked how many numbers the way "
     "up is short of u: the remainder, and not s less that."},
    {TURNED("wrong-sign:(real)(u[i]-((windows-1)*s-2*p+k))"),
     "The sign of o: it is what has to be added to (h - 1) s - 2 p + k to make u, and so u less "
     "that."},
    {MISTAKE(sizes_o_without_kernel),
     "o is k too large: the last window begins at (h - 1) s - p, and has k numbers of its own."},
    {MISTAKE(sizes_o_padded_once),
     "In o the border counts once. p is cut off at both ends: (h - 1) s - 2 p + k."},
    {MISTAKE(sizes_o_unpadded),
     "In o the border is missing: p is cut off at both ends, (h - 1) s - 2 p + k."},
    {MISTAKE(sizes_only_up),
     "h is what the transposed convolution makes of u. Down comes first: h is how many windows "
     "lie on u numbers and their border."},
    {MISTAKE(sizes_of_u_over_s),
     "h is u / s rounded up. That holds where k is 2 p + 1; in general h = (u + "
     "2 p - k) / s + 1, rounded down."},
    {MISTAKE(sizes_of_u_over_s_in_both),
     "h is u / s rounded up, and o is made with it. That holds where k is 2 p + 1; "
     "in general h = (u + 2 p - k) / s + 1, rounded down."},
    {MISTAKE(sizes_plus_one_inside), "In h the 1 is divided, too: (u + 2 p - k + 1) / s. It is the "
                                     "first window, and is added after the division."},
    {MISTAKE(sizes_h_plus_one_inside), "In h the 1 is divided, too: (u + 2 p - k + 1) / s. It is "
                                       "the first window, and is added after the division."},
    {MISTAKE(sizes_kernel_alone_divided),
     "In h k alone is divided by s, as without parentheses: it is (u + 2 p - k) that is."},
    {MISTAKE(sizes_h_kernel_alone_divided),
     "In h k alone is divided by s, as without parentheses: it is (u + 2 p - k) that is."},
    {MISTAKE(sizes_divided_by_one_more), "In h the 1 stands in the divisor, s + 1. It is the first "
                                         "window, and is added after the division by s."},
    {TURNED("parentheses:((windows-1)*s-2*p+k)"),
     "o is u - (h - 1) s - 2 p + k here. The minus in front of (h - 1) s - 2 p + k turns all its "
     "signs: u - (h - 1) s + 2 p - k."},
    {MISTAKE(sizes_o_minus_both),
     "In o k has the wrong sign, as in (h - 1) s - (2 p + k). The windows make (h - 1) s - 2 p + "
     "k, and o is what that is short of u."},
    {MISTAKE(sizes_o_stride_forgotten), "In o the stride is forgotten: from the first window to "
                                        "the last it is (h - 1) s, and not h - 1."},
    {MISTAKE(sizes_o_remainder_by_two), "o is the remainder of a division by 2 here. That is the "
                                        "stride of the example; in general it is s."},
    {MISTAKE(sizes_o_rest_of_remainder),
     "o is s - 1 less the remainder of (u + 2 p - k) / s here. It is the remainder itself: so many "
     "numbers the way up is short of u."},
    {MISTAKE(sizes_o_is_the_way_up),
     "o is (h - 1) s - 2 p + k here, which is what the way up makes without it. o is what that is "
     "short of u."},
    {MISTAKE(sizes_h_u_over_s_down),
     "h is u / s rounded down here. The windows are k long and lie on u + 2 p numbers: h = (u + 2 "
     "p - k) / s + 1."},
    {MISTAKE(sizes_of_first),
     "All axes get what belongs to the first, u[0]. Each has a size of its own: u[i]."},
    {MISTAKE(sizes_o_of_remainder_unpadded),
     "o is the remainder of (u - k) / s here. The border counts, and at both ends: it is that of "
     "(u + 2 p - k) / s."},
    {MISTAKE(sizes_o_of_remainder_padded_once),
     "o is the remainder of (u + p - k) / s here. The border lies at both ends: it is that of (u "
     "+ 2 p - k) / s."},
    {0}};

CALL(sizes_down_and_up, n[0], n[1], n[2], n[3], a[0], a[1], a[2])

static const Exercise exercise_sizes_down_and_up = {
    .name = "sizes_down_and_up",
    .call = call_sizes_down_and_up,
    .sizes = "nksp",
    .arguments = {{"u", IN_INDEX, "n", 'n'}, {"h", OUT, "n", 0}, {"o", OUT, "n", 0}},
    .cases = {{7, 3, 2, 1}, {8, 5, 3, 2}, {9, 4, 2, 1}, {6, 2, 4, 3}, {5, 7, 5, 0}},
    .reference = JUDGE((Function)reference_sizes),
    .prepare = JUDGE(prepare_sizes),
    .mistakes = JUDGE(sizes_mistakes),
};

/* -- 2. conv_transpose2d ----------------------------------------------------------------------- */

#define PAINT                                                             \
    int n, int c, int m, int h, int w, int k, int s, int p, int u, int v, \
        const real X[n][c][h][w], const real W[c][m][k][k], real Y[n][m][u][v]
#define PAINT_ARGUMENTS n, c, m, h, w, k, s, p, u, v, X, W, Y

/* What one pixel of Y gets from one channel of X. */
static real painted(Place *at_y, Place *at_x, Axis down, Axis across, int y, int x,
                    const real X[down.windows][across.windows], const real W[down.k][down.k])
{
    real sum = 0;
    for (int r = down.windows - 1; r >= 0; r--)
        for (int t = across.windows - 1; t >= 0; t--)
            for (int a = 0; a < down.k; a++)
                for (int e = 0; e < down.k; e++)
                    if (at_y(down, r, a) == y && at_x(across, t, e) == x)
                        sum += X[r][t] * W[a][e];
    return sum;
}

static void paint_by(Place *at_y, Place *at_x, PAINT)
{
    const Axis down = {u, h, k, s, p}, across = {v, w, k, s, p};
    for (int i = 0; i < n; i++)
        for (int q = 0; q < m; q++)
            for (int y = 0; y < u; y++)
                for (int x = 0; x < v; x++) {
                    Y[i][q][y][x] = 0;
                    for (int l = c - 1; l >= 0; l--)
                        Y[i][q][y][x] += painted(at_y, at_x, down, across, y, x, X[i][l], W[l][q]);
                }
}

static void reference_paint(PAINT)
{
    paint_by(right_place, right_place, PAINT_ARGUMENTS);
}

static void paint_turned(PAINT)
{
    paint_by(turned, turned, PAINT_ARGUMENTS);
}

static void paint_unpadded(PAINT)
{
    paint_by(unpadded, unpadded, PAINT_ARGUMENTS);
}

static void paint_padded_the_other_way(PAINT)
{
    paint_by(padded_the_other_way, padded_the_other_way, PAINT_ARGUMENTS);
}

static void paint_padded_twice(PAINT)
{
    paint_by(padded_twice, padded_twice, PAINT_ARGUMENTS);
}

static void paint_padded_by_the_rest(PAINT)
{
    paint_by(padded_by_the_rest, padded_by_the_rest, PAINT_ARGUMENTS);
}

static void paint_output_padding_in_front(PAINT)
{
    paint_by(output_padding_in_front, output_padding_in_front, PAINT_ARGUMENTS);
}

static void paint_output_padding_left_out(PAINT)
{
    paint_by(output_padding_left_out, output_padding_left_out, PAINT_ARGUMENTS);
}

static void paint_one_apart(PAINT)
{
    paint_by(one_apart, one_apart, PAINT_ARGUMENTS);
}

static void paint_side_by_side(PAINT)
{
    paint_by(side_by_side, side_by_side, PAINT_ARGUMENTS);
}

static void paint_spread_out(PAINT)
{
    paint_by(spread_out, spread_out, PAINT_ARGUMENTS);
}

static void paint_stride_times_number(PAINT)
{
    paint_by(stride_times_number, stride_times_number, PAINT_ARGUMENTS);
}

static void paint_stride_times_padding(PAINT)
{
    paint_by(stride_times_padding, stride_times_padding, PAINT_ARGUMENTS);
}

static void paint_added_to_the_edge(PAINT)
{
    paint_by(added_to_the_edge, added_to_the_edge, PAINT_ARGUMENTS);
}

static void paint_around_the_corner(PAINT)
{
    paint_by(around_the_corner, around_the_corner, PAINT_ARGUMENTS);
}

static void paint_whole_windows(PAINT)
{
    paint_by(whole_windows, whole_windows, PAINT_ARGUMENTS);
}

static void paint_first_left_out(PAINT)
{
    paint_by(first_left_out, first_left_out, PAINT_ARGUMENTS);
}

static void paint_last_left_out(PAINT)
{
    paint_by(last_left_out, last_left_out, PAINT_ARGUMENTS);
}

static void paint_rows_alone_apart(PAINT)
{
    paint_by(right_place, one_apart, PAINT_ARGUMENTS);
}

static void paint_columns_alone_apart(PAINT)
{
    paint_by(one_apart, right_place, PAINT_ARGUMENTS);
}

static void paint_rows_alone_padded(PAINT)
{
    paint_by(right_place, unpadded, PAINT_ARGUMENTS);
}

static void paint_columns_alone_padded(PAINT)
{
    paint_by(unpadded, right_place, PAINT_ARGUMENTS);
}

static void paint_ends_outside(PAINT)
{
    paint_by(right_place, ends_outside, PAINT_ARGUMENTS);
}

static void paint_padded_to_the_same(PAINT)
{
    paint_by(padded_to_the_same, padded_to_the_same, PAINT_ARGUMENTS);
}

static void paint_padded_by_half(PAINT)
{
    paint_by(padded_by_half, padded_by_half, PAINT_ARGUMENTS);
}

static void paint_columns_padded_to_the_same(PAINT)
{
    paint_by(right_place, padded_to_the_same, PAINT_ARGUMENTS);
}

static void paint_signs_exchanged(PAINT)
{
    paint_by(signs_exchanged, signs_exchanged, PAINT_ARGUMENTS);
}

static void paint_one_too_early(PAINT)
{
    paint_by(one_too_early, one_too_early, PAINT_ARGUMENTS);
}

static void paint_one_too_late(PAINT)
{
    paint_by(one_too_late, one_too_late, PAINT_ARGUMENTS);
}

static void paint_rows_turned(PAINT)
{
    paint_by(turned, right_place, PAINT_ARGUMENTS);
}

static void paint_columns_turned(PAINT)
{
    paint_by(right_place, turned, PAINT_ARGUMENTS);
}

static void paint_bounded_by_the_small(PAINT)
{
    paint_by(bounded_by_the_small, bounded_by_the_small, PAINT_ARGUMENTS);
}

static void paint_transposed(PAINT)
{
    real other[c][m][k][k];
    transpose(c * m, k, *W, *other);
    reference_paint(n, c, m, h, w, k, s, p, u, v, X, other, Y);
}

static void paint_misread(PAINT)
{
    real other[c][m][k][k];
    misread(c, m, k * k, (const void *)W, (void *)other);
    reference_paint(n, c, m, h, w, k, s, p, u, v, X, other, Y);
}

/* Rows and columns of n images exchanged. */
static void exchange(int planes, int h, int w, const real x[planes][h][w], real y[planes][w][h])
{
    for (int i = 0; i < planes; i++)
        for (int r = 0; r < h; r++)
            for (int t = 0; t < w; t++)
                y[i][t][r] = x[i][r][t];
}

static void paint_exchanged(PAINT)
{
    real other[n][c][w][h];
    exchange(n * c, h, w, (const void *)X, (void *)other);
    reference_paint(n, c, m, w, h, k, s, p, u, v, other, W, Y);
}

/* The windows that lie on a pixel are found by a division, (y + p - a) / s, whose remainder is not
 * looked at. C rounds towards 0, so a window that would begin at -1/2 counts as the first, unless
 * it is asked before whether y + p >= a. */
static void paint_divided(bool below_zero, PAINT)
{
    clear(n * m * u * v, ***Y);
    for (int i = 0; i < n; i++)
        for (int q = 0; q < m; q++)
            for (int at = 0; at < u * v * c * k * k; at++) {
                const int e = at % k, a = at / k % k, l = at / (k * k) % c;
                const int x = at / (k * k * c) % v, y = at / (k * k * c * v);
                const int r = (y + p - a) / s, t = (x + p - e) / s;
                const bool among = below_zero ? r >= 0 && t >= 0 : y + p >= a && x + p >= e;
                if (among && r < h && t < w)
                    Y[i][q][y][x] += X[i][l][r][t] * W[l][q][a][e];
            }
}

static void paint_rounded(PAINT)
{
    paint_divided(false, PAINT_ARGUMENTS);
}

static void paint_rounded_to_zero(PAINT)
{
    paint_divided(true, PAINT_ARGUMENTS);
}

static void paint_mean_of_overlaps(PAINT)
{
    const Axis down = {u, h, k, s, p}, across = {v, w, k, s, p};
    real count[u][v];
    reference_paint(PAINT_ARGUMENTS);
    count_windows(down, across, count);
    for (int i = 0; i < n; i++)
        for (int q = 0; q < m; q++)
            for (int y = 0; y < u; y++)
                for (int x = 0; x < v; x++)
                    Y[i][q][y][x] /= fmax(count[y][x], 1);
}

static void paint_gaps_unwritten(PAINT)
{
    const Axis down = {u, h, k, s, p}, across = {v, w, k, s, p};
    real before[n][m][u][v], count[u][v];
    memcpy(before, Y, sizeof before);
    reference_paint(PAINT_ARGUMENTS);
    count_windows(down, across, count);
    for (int i = 0; i < n; i++)
        for (int q = 0; q < m; q++)
            for (int y = 0; y < u; y++)
                for (int x = 0; x < v; x++)
                    Y[i][q][y][x] = count[y][x] > 0 ? Y[i][q][y][x] : before[i][q][y][x];
}

static void paint_last_channel(PAINT)
{
    real last[n][c][h][w];
    copy(n * c * h * w, ***X, ***last);
    for (int i = 0; i < n; i++)
        clear((c - 1) * h * w, **last[i]);
    reference_paint(n, c, m, h, w, k, s, p, u, v, last, W, Y);
}

static void paint_channels_added(PAINT)
{
    real sums[n][c][h][w];
    for (int i = 0; i < n; i++)
        for (int at = 0; at < h * w; at++) {
            real sum = 0;
            for (int l = 0; l < c; l++)
                sum += X[i][l][at / w][at % w];
            for (int l = 0; l < c; l++)
                sums[i][l][at / w][at % w] = sum;
        }
    reference_paint(n, c, m, h, w, k, s, p, u, v, sums, W, Y);
}

/* Each image of Y made of the one whose number is `which`. */
static void paint_all_of(int which, PAINT)
{
    real same[n][c][h][w];
    for (int i = 0; i < n; i++)
        memcpy(same[i], X[which], sizeof same[i]);
    reference_paint(n, c, m, h, w, k, s, p, u, v, same, W, Y);
}

static void paint_all_of_first(PAINT)
{
    paint_all_of(0, PAINT_ARGUMENTS);
}

static void paint_all_of_last(PAINT)
{
    paint_all_of(n - 1, PAINT_ARGUMENTS);
}

static void paint_all_into_first(PAINT)
{
    reference_paint(PAINT_ARGUMENTS);
    for (int at = m * u * v; at < n * m * u * v; at++) {
        (**Y[0])[at % (m * u * v)] += (**Y[0])[at];
        (**Y[0])[at] = 0;
    }
}

/* What a loop over l, q, r, t, a, e leaves that writes and does not add. */
static void paint_last_window(PAINT)
{
    const Axis down = {u, h, k, s, p}, across = {v, w, k, s, p};
    clear(n * m * u * v, ***Y);
    for (int i = 0; i < n; i++)
        for (int q = 0; q < m; q++)
            for (int at = 0; at < h * w * k * k; at++) {
                const int e = at % k, a = at / k % k, t = at / (k * k) % w, r = at / (k * k * w);
                const int y = right_place(down, r, a), x = right_place(across, t, e);
                if (y >= 0 && x >= 0)
                    Y[i][q][y][x] = X[i][c - 1][r][t] * W[c - 1][q][a][e];
            }
}

static const Mistake paint_mistakes[] = {
    {TURNED("accumulate:Y[i][q][y][x]+="),
     "Of several windows that lie on one pixel only one is left: = stands where += belongs. What "
     "they paint there adds up, and over the channels of X, too."},
    {MISTAKE(paint_last_window),
     "Of several windows that lie on one pixel only one is left: = stands where += belongs. What "
     "they paint there adds up, and over the channels of X, too."},
    {MISTAKE(paint_turned),
     "The kernels lie the wrong way round, by 180 degrees. Pixel (r, t) paints the kernel as it "
     "stands: number (a, e) on (s r + a - p, s t + e - p)."},
    {MISTAKE(paint_unpadded),
     "This is what comes out without the padding. Window (r, t) begins p above and p to the left "
     "of (s r, s t): its number (a, e) lies on Y[i][q][s r + a - p][s t + e - p]."},
    {MISTAKE(paint_padded_the_other_way),
     "The padding is counted to the wrong side: window (r, t) begins at (s r - p, s t - p), and "
     "not p further in."},
    {MISTAKE(paint_padded_twice),
     "The padding counts twice above and on the left: windows begin at (s r - p, s t - p)."},
    {MISTAKE(paint_padded_by_the_rest),
     "Your windows begin at s r - (k - 1 - p), as if it were an ordinary convolution over pixels "
     "that are set apart. Window (r, t) begins at (s r - p, s t - p)."},
    {MISTAKE(paint_output_padding_in_front),
     "The output padding is at the wrong end. It makes the image larger below and on the right; "
     "the first window begins p above and p to the left of it, whatever o is."},
    {MISTAKE(paint_output_padding_left_out),
     "The rows and columns that output padding adds are empty. It only chooses the size, as its "
     "name does not say: windows that reach so far paint there as everywhere."},
    {MISTAKE(paint_one_apart),
     "Your windows lie one pixel apart. They begin s apart, at (s r - p, s t - p)."},
    {MISTAKE(paint_side_by_side),
     "Your windows lie side by side, k apart. They begin s apart, whatever k is."},
    {MISTAKE(paint_spread_out),
     "The stride belongs to the window and not to the kernel: s r + a - p, and not r + s a - p."},
    {MISTAKE(paint_stride_times_number),
     "The stride goes with the window alone: s r + a - p, and not s (r + a) - p."},
    {MISTAKE(paint_stride_times_padding),
     "The padding is not multiplied by the stride: s r + a - p, and not s (r - p) + a."},
    {MISTAKE(paint_added_to_the_edge),
     "What falls outside was added to the pixels at the edge. It is lost."},
    {MISTAKE(paint_around_the_corner),
     "What falls outside was painted at the opposite edge. It is lost."},
    {MISTAKE(paint_whole_windows),
     "You left out the windows that hang over the edge. What of them lies on the image counts "
     "like all else."},
    {MISTAKE(paint_first_left_out),
     "The first row and the first column of Y are left out: the test for the edge is y >= 0 and x "
     ">= 0."},
    {MISTAKE(paint_last_left_out),
     "The last row and the last column of Y are left out: it ends at u - 1 and v - 1."},
    {MISTAKE(paint_rows_alone_apart),
     "The stride is in the rows alone: the columns begin s apart as well, at s t - p."},
    {MISTAKE(paint_columns_alone_apart),
     "The stride is in the columns alone: the rows begin s apart as well, at s r - p."},
    {MISTAKE(paint_rows_alone_padded),
     "The padding is in the rows alone: the columns begin at s t - p."},
    {MISTAKE(paint_columns_alone_padded),
     "The padding is in the columns alone: the rows begin at s r - p."},
    {MISTAKE(paint_ends_outside),
     "Windows that hang over the left edge were left out: does a loop end at the first number "
     "that lies outside (break)? The next ones may lie inside (continue)."},
    {MISTAKE(paint_padded_to_the_same),
     "Your windows begin at s r - (k - 1) / 2. That is the padding that keeps a size where the "
     "stride is 1; here p is given, and they begin at (s r - p, s t - p)."},
    {MISTAKE(paint_padded_by_half),
     "Your windows begin at s r - k / 2. The padding is given: they begin at (s r - p, s t - p)."},
    {MISTAKE(paint_columns_padded_to_the_same),
     "Your columns begin at s t - (k - 1) / 2. That is the padding that keeps a size where the "
     "stride is 1; here p is given, and they begin at s t - p."},
    {MISTAKE(paint_signs_exchanged),
     "The signs of a and p are exchanged: what you have is s r - a + p. Number (a, e) of window "
     "(r, t) lies on (s r + a - p, s t + e - p)."},
    {MISTAKE(paint_one_too_early),
     "Your windows begin one pixel too far up and to the left. They begin at (s r - p, s t - p)."},
    {MISTAKE(paint_one_too_late), "Your windows begin one pixel too far down and to the right. "
                                  "They begin at (s r - p, s t - p)."},
    {MISTAKE(paint_rows_turned), "The rows of the kernels lie in reverse: a stands where k - 1 - a "
                                 "belongs, or the other way round. Nothing is turned: number (a, "
                                 "e) of window (r, t) lies on (s r + a - p, s t + e - p)."},
    {MISTAKE(paint_columns_turned),
     "The columns of the kernels lie in reverse: e stands where k - 1 - e belongs, or the other "
     "way round. Nothing is turned: number (a, e) of window (r, t) lies on (s r + a - p, s t + e - "
     "p)."},
    {MISTAKE(paint_bounded_by_the_small),
     "Only as many rows and columns of the large image are there as the small one has. Its pixels "
     "exist for y < u and x < v, and not for y < h and x < w."},
    {MISTAKE(paint_transposed),
     "The kernels are transposed: rows and columns, a and e, are exchanged."},
    {MISTAKE(paint_misread),
     "You read W as if it were (m, c, k, k). A transposed convolution keeps its channels the "
     "other way round than a convolution does: W[l][q], from channel l of X to channel q of Y."},
    {MISTAKE(paint_rounded),
     "A pixel got something from windows whose number is not whole. Window r lies with its row a "
     "on pixel y if s r = y + p - a: where that leaves a remainder, there is none."},
    {MISTAKE(paint_rounded_to_zero),
     "A pixel got something from windows whose number is not whole. Window r lies with its row a "
     "on pixel y if s r = y + p - a: where that leaves a remainder, there is none."},
    {MISTAKE(paint_mean_of_overlaps),
     "You divided by how many windows lie on a pixel. What they paint adds up, and is left at "
     "that: hence the checkerboard."},
    {MISTAKE(paint_gaps_unwritten),
     "Pixels on which no window lies were left unwritten. They are 0: begin with that everywhere."},
    {MISTAKE(paint_last_channel),
     "Only the last channel of X is in Y. All c of them paint on each channel of Y, and it adds "
     "up."},
    {MISTAKE(paint_channels_added),
     "You added up the channels of X first. Each of them has a kernel of its own for each channel "
     "of Y: X[i][l] goes with W[l][q]."},
    {TURNED("runs-once:for(int l=0;l<c;l++)"),
     "Only the first channel of X is in Y. All c of them paint on each channel of Y, and it adds "
     "up."},
    {MISTAKE(paint_all_of_first), "Every image of Y is made of the first image of X. Image i is "
                                  "made of image i: is an index 0 that should be i?"},
    {MISTAKE(paint_all_of_last), "Every image of Y is made of the last image of X. Image i is made "
                                 "of image i: is an index n - 1 that should be i?"},
    {MISTAKE(paint_all_into_first), "All images are painted on the first image of Y. Image i has a "
                                    "Y of its own: is an index 0 that should be i?"},
    {MISTAKE(paint_exchanged),
     "r and t are exchanged: r counts rows and t columns, so number (a, e) of window (r, t) lies "
     "at row s r + a - p and column s t + e - p."},
    {0}};

CALL(conv_transpose2d, n[0], n[1], n[2], n[3], n[4], n[5], n[6], n[7], n[8], n[9], a[0], a[1], a[2])

/* With output padding and without; gaps, and an output padding of 2 that no window reaches; large
 * windows; windows one apart; and borders that are not half of a window. */
static const Exercise exercise_conv_transpose2d = {
    .name = "conv_transpose2d",
    .call = call_conv_transpose2d,
    .sizes = "ncmhwkspuv",
    .arguments = {{"X", IN_NORMAL, "nchw", 0}, {"W", IN_NORMAL, "cmkk", 0}, {"Y", OUT, "nmuv", 0}},
    .cases = {{2, 3, 2, 3, 4, 3, 2, 1, 6, 8},
              {2, 2, 3, 4, 3, 3, 2, 1, 7, 5},
              {2, 1, 2, 2, 3, 2, 3, 0, 7, 10},
              {2, 2, 1, 3, 4, 5, 2, 2, 5, 7},
              {1, 3, 2, 4, 5, 3, 1, 1, 4, 5},
              {2, 2, 3, 3, 2, 5, 2, 1, 8, 6},
              {3, 1, 2, 3, 4, 4, 3, 2, 7, 10}},
    .reference = JUDGE((Function)reference_paint),
    .mistakes = JUDGE(paint_mistakes),
};

/* -- 3. conv_transpose2d_input_backward -------------------------------------------------------- */

#define INPUT                                                             \
    int n, int c, int m, int h, int w, int k, int s, int p, int u, int v, \
        const real dY[n][m][u][v], const real W[c][m][k][k], real dX[n][c][h][w]
#define INPUT_ARGUMENTS n, c, m, h, w, k, s, p, u, v, dY, W, dX

static void input_by(Place *at_y, Place *at_x, INPUT)
{
    const Axis down = {u, h, k, s, p}, across = {v, w, k, s, p};
    clear(n * c * h * w, ***dX);
    for (int i = 0; i < n; i++)
        for (int q = m - 1; q >= 0; q--)
            for (int at = h * w * k * k - 1; at >= 0; at--) {
                const int e = at % k, a = at / k % k, t = at / (k * k) % w, r = at / (k * k * w);
                const int y = at_y(down, r, a), x = at_x(across, t, e);
                for (int l = 0; l < c && y >= 0 && x >= 0; l++)
                    dX[i][l][r][t] += dY[i][q][y][x] * W[l][q][a][e];
            }
}

static void reference_input(INPUT)
{
    input_by(right_place, right_place, INPUT_ARGUMENTS);
}

static void input_turned(INPUT)
{
    input_by(turned, turned, INPUT_ARGUMENTS);
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

static void input_padded_by_the_rest(INPUT)
{
    input_by(padded_by_the_rest, padded_by_the_rest, INPUT_ARGUMENTS);
}

static void input_output_padding_in_front(INPUT)
{
    input_by(output_padding_in_front, output_padding_in_front, INPUT_ARGUMENTS);
}

static void input_output_padding_left_out(INPUT)
{
    input_by(output_padding_left_out, output_padding_left_out, INPUT_ARGUMENTS);
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

static void input_stride_times_number(INPUT)
{
    input_by(stride_times_number, stride_times_number, INPUT_ARGUMENTS);
}

static void input_stride_times_padding(INPUT)
{
    input_by(stride_times_padding, stride_times_padding, INPUT_ARGUMENTS);
}

static void input_added_to_the_edge(INPUT)
{
    input_by(added_to_the_edge, added_to_the_edge, INPUT_ARGUMENTS);
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

static void input_rows_alone_apart(INPUT)
{
    input_by(right_place, one_apart, INPUT_ARGUMENTS);
}

static void input_columns_alone_apart(INPUT)
{
    input_by(one_apart, right_place, INPUT_ARGUMENTS);
}

static void input_rows_alone_padded(INPUT)
{
    input_by(right_place, unpadded, INPUT_ARGUMENTS);
}

static void input_columns_alone_padded(INPUT)
{
    input_by(unpadded, right_place, INPUT_ARGUMENTS);
}

static void input_ends_outside(INPUT)
{
    input_by(right_place, ends_outside, INPUT_ARGUMENTS);
}

static void input_padded_to_the_same(INPUT)
{
    input_by(padded_to_the_same, padded_to_the_same, INPUT_ARGUMENTS);
}

static void input_padded_by_half(INPUT)
{
    input_by(padded_by_half, padded_by_half, INPUT_ARGUMENTS);
}

static void input_columns_padded_to_the_same(INPUT)
{
    input_by(right_place, padded_to_the_same, INPUT_ARGUMENTS);
}

static void input_signs_exchanged(INPUT)
{
    input_by(signs_exchanged, signs_exchanged, INPUT_ARGUMENTS);
}

static void input_one_too_early(INPUT)
{
    input_by(one_too_early, one_too_early, INPUT_ARGUMENTS);
}

static void input_one_too_late(INPUT)
{
    input_by(one_too_late, one_too_late, INPUT_ARGUMENTS);
}

static void input_rows_turned(INPUT)
{
    input_by(turned, right_place, INPUT_ARGUMENTS);
}

static void input_columns_turned(INPUT)
{
    input_by(right_place, turned, INPUT_ARGUMENTS);
}

static void input_bounded_by_the_small(INPUT)
{
    input_by(bounded_by_the_small, bounded_by_the_small, INPUT_ARGUMENTS);
}

static void input_transposed(INPUT)
{
    real other[c][m][k][k];
    transpose(c * m, k, *W, *other);
    reference_input(n, c, m, h, w, k, s, p, u, v, dY, other, dX);
}

static void input_misread(INPUT)
{
    real other[c][m][k][k];
    misread(c, m, k * k, (const void *)W, (void *)other);
    reference_input(n, c, m, h, w, k, s, p, u, v, dY, other, dX);
}

static void input_last_channel(INPUT)
{
    real last[n][m][u][v];
    copy(n * m * u * v, ***dY, ***last);
    for (int i = 0; i < n; i++)
        clear((m - 1) * u * v, **last[i]);
    reference_input(n, c, m, h, w, k, s, p, u, v, last, W, dX);
}

static void input_mean(INPUT)
{
    reference_input(INPUT_ARGUMENTS);
    scale(n * c * h * w, 1 / (real)(k * k), ***dX);
}

static void input_exchanged(INPUT)
{
    real other[n][c][w][h];
    reference_input(n, c, m, w, h, k, s, p, u, v, dY, W, other);
    exchange(n * c, w, h, (const void *)other, (void *)dX);
}

/* Each image of dX made of the one whose number is `which`. */
static void input_all_of(int which, INPUT)
{
    real same[n][m][u][v];
    for (int i = 0; i < n; i++)
        memcpy(same[i], dY[which], sizeof same[i]);
    reference_input(n, c, m, h, w, k, s, p, u, v, same, W, dX);
}

static void input_all_of_first(INPUT)
{
    input_all_of(0, INPUT_ARGUMENTS);
}

static void input_all_of_last(INPUT)
{
    input_all_of(n - 1, INPUT_ARGUMENTS);
}

static void input_all_into_first(INPUT)
{
    reference_input(INPUT_ARGUMENTS);
    for (int at = c * h * w; at < n * c * h * w; at++) {
        (**dX[0])[at % (c * h * w)] += (**dX[0])[at];
        (**dX[0])[at] = 0;
    }
}

static const Mistake input_mistakes[] = {
    {TURNED("accumulate:sum+="),
     "Only one number of the window is left: = stands where += belongs, or the sum is set to zero "
     "inside the loops. A pixel of X paints k k pixels of m channels, and the loss feels it "
     "through all of them."},
    {MISTAKE(input_turned),
     "The kernels lie the wrong way round, by 180 degrees. What went forward through "
     "W[l][q][a][e] comes back through W[l][q][a][e], from (s r + a - p, s t + e - p)."},
    {MISTAKE(input_unpadded),
     "This is what comes out without the padding. Window (r, t) begins p above and p to the left "
     "of (s r, s t): its number (a, e) lies on dY[i][q][s r + a - p][s t + e - p]."},
    {MISTAKE(input_padded_the_other_way),
     "The padding is counted to the wrong side: window (r, t) begins at (s r - p, s t - p), and "
     "not p further in."},
    {MISTAKE(input_padded_twice),
     "The padding counts twice above and on the left: windows begin at (s r - p, s t - p)."},
    {MISTAKE(input_padded_by_the_rest),
     "Your windows begin at s r - (k - 1 - p), as if it were an ordinary convolution over pixels "
     "that are set apart. Window (r, t) begins at (s r - p, s t - p)."},
    {MISTAKE(input_output_padding_in_front),
     "The output padding is at the wrong end. It makes the image larger below and on the right; "
     "the first window begins p above and p to the left of it, whatever o is."},
    {MISTAKE(input_output_padding_left_out),
     "The rows and columns that output padding adds are left out. Output padding only chooses the "
     "size: windows that reach so far painted there, and what was painted brings its gradient "
     "back."},
    {MISTAKE(input_one_apart),
     "Your windows lie one pixel apart. They begin s apart, at (s r - p, s t - p)."},
    {MISTAKE(input_side_by_side),
     "Your windows lie side by side, k apart. They begin s apart, whatever k is."},
    {MISTAKE(input_spread_out),
     "The stride belongs to the window and not to the kernel: s r + a - p, and not r + s a - p."},
    {MISTAKE(input_stride_times_number),
     "The stride goes with the window alone: s r + a - p, and not s (r + a) - p."},
    {MISTAKE(input_stride_times_padding),
     "The padding is not multiplied by the stride: s r + a - p, and not s (r - p) + a."},
    {MISTAKE(input_added_to_the_edge),
     "Where a window hangs over the edge you took the dY at the edge. What was painted there is "
     "lost, and nothing comes back from it."},
    {MISTAKE(input_around_the_corner),
     "Where a window hangs over the edge you went on at the opposite edge. What was painted there "
     "is lost, and nothing comes back from it."},
    {MISTAKE(input_whole_windows),
     "You left out the windows that hang over the edge. What of them lies on the image brings its "
     "gradient back."},
    {MISTAKE(input_first_left_out),
     "The first row and the first column of dY are left out: the test for the edge is y >= 0 and "
     "x >= 0."},
    {MISTAKE(input_last_left_out),
     "The last row and the last column of dY are left out: it ends at u - 1 and v - 1."},
    {MISTAKE(input_rows_alone_apart),
     "The stride is in the rows alone: the columns begin s apart as well, at s t - p."},
    {MISTAKE(input_columns_alone_apart),
     "The stride is in the columns alone: the rows begin s apart as well, at s r - p."},
    {MISTAKE(input_rows_alone_padded),
     "The padding is in the rows alone: the columns begin at s t - p."},
    {MISTAKE(input_columns_alone_padded),
     "The padding is in the columns alone: the rows begin at s r - p."},
    {MISTAKE(input_ends_outside),
     "Windows that hang over the left edge were left out: does a loop end at the first number "
     "that lies outside (break)? The next ones may lie inside (continue)."},
    {MISTAKE(input_padded_to_the_same),
     "Your windows begin at s r - (k - 1) / 2. That is the padding that keeps a size where the "
     "stride is 1; here p is given, and they begin at (s r - p, s t - p)."},
    {MISTAKE(input_padded_by_half),
     "Your windows begin at s r - k / 2. The padding is given: they begin at (s r - p, s t - p)."},
    {MISTAKE(input_columns_padded_to_the_same),
     "Your columns begin at s t - (k - 1) / 2. That is the padding that keeps a size where the "
     "stride is 1; here p is given, and they begin at s t - p."},
    {MISTAKE(input_signs_exchanged),
     "The signs of a and p are exchanged: what you have is s r - a + p. Number (a, e) of window "
     "(r, t) lies on (s r + a - p, s t + e - p)."},
    {MISTAKE(input_one_too_early),
     "Your windows begin one pixel too far up and to the left. They begin at (s r - p, s t - p)."},
    {MISTAKE(input_one_too_late), "Your windows begin one pixel too far down and to the right. "
                                  "They begin at (s r - p, s t - p)."},
    {MISTAKE(input_rows_turned), "The rows of the kernels lie in reverse: a stands where k - 1 - a "
                                 "belongs, or the other way round. Nothing is turned: number (a, "
                                 "e) of window (r, t) lies on (s r + a - p, s t + e - p)."},
    {MISTAKE(input_columns_turned),
     "The columns of the kernels lie in reverse: e stands where k - 1 - e belongs, or the other "
     "way round. Nothing is turned: number (a, e) of window (r, t) lies on (s r + a - p, s t + e - "
     "p)."},
    {MISTAKE(input_bounded_by_the_small),
     "Only as many rows and columns of the large image are there as the small one has. Its pixels "
     "exist for y < u and x < v, and not for y < h and x < w."},
    {MISTAKE(input_transposed),
     "The kernels are transposed: rows and columns, a and e, are exchanged."},
    {MISTAKE(input_misread),
     "You read W as if it were (m, c, k, k). A transposed convolution keeps its channels the "
     "other way round than a convolution does: W[l][q], from channel l of X to channel q of Y."},
    {MISTAKE(input_last_channel),
     "Only the last channel of dY is in dX. Each pixel painted on all m channels of Y, and what "
     "comes back adds up."},
    {TURNED("runs-once:for(int q=0;q<m;q++)"),
     "Only the first channel of dY is in dX. Each pixel painted on all m channels of Y, and what "
     "comes back adds up."},
    {MISTAKE(input_mean),
     "You divided by k k. Each pixel of X painted k k pixels, and what comes back from all of "
     "them adds up."},
    {TURNED("divided-by-n:sum"),
     "You divided by n. Each image has a dX of its own; a mean, if there is one, is inside dY "
     "already."},
    {TURNED("divided-by-m:sum"),
     "You divided by m. Each pixel painted on all m channels, and the gradients of all uses add "
     "up."},
    {MISTAKE(input_all_of_first), "Every image of dX is made of the first image of dY. Image i is "
                                  "made of image i: is an index 0 that should be i?"},
    {MISTAKE(input_all_of_last), "Every image of dX is made of the last image of dY. Image i is "
                                 "made of image i: is an index n - 1 that should be i?"},
    {MISTAKE(input_all_into_first),
     "What comes back from all images stands in the first image of dX. Image i has a dX of its "
     "own: is an index 0 that should be i?"},
    {MISTAKE(input_exchanged),
     "r and t are exchanged: r counts rows and t columns, so number (a, e) of window (r, t) lies "
     "at row s r + a - p and column s t + e - p."},
    {0}};

CALL(conv_transpose2d_input_backward, n[0], n[1], n[2], n[3], n[4], n[5], n[6], n[7], n[8], n[9],
     a[0], a[1], a[2])

static const Exercise exercise_conv_transpose2d_input_backward = {
    .name = "conv_transpose2d_input_backward",
    .call = call_conv_transpose2d_input_backward,
    .sizes = "ncmhwkspuv",
    .arguments = {{"dY", IN_NORMAL, "nmuv", 0},
                  {"W", IN_NORMAL, "cmkk", 0},
                  {"dX", OUT, "nchw", 0}},
    .cases = {{2, 3, 2, 3, 4, 3, 2, 1, 6, 8},
              {2, 2, 3, 4, 3, 3, 2, 1, 7, 5},
              {2, 1, 2, 2, 3, 2, 3, 0, 7, 10},
              {2, 2, 1, 3, 4, 5, 2, 2, 5, 7},
              {1, 3, 2, 4, 5, 3, 1, 1, 4, 5},
              {2, 2, 3, 3, 2, 5, 2, 1, 8, 6},
              {3, 1, 2, 3, 4, 4, 3, 2, 7, 10}},
    .reference = JUDGE((Function)reference_input),
    .mistakes = JUDGE(input_mistakes),
};

/* -- 4. conv_transpose2d_weight_backward ------------------------------------------------------- */

#define WEIGHT                                                            \
    int n, int c, int m, int h, int w, int k, int s, int p, int u, int v, \
        const real dY[n][m][u][v], const real X[n][c][h][w], real dW[c][m][k][k]
#define WEIGHT_ARGUMENTS n, c, m, h, w, k, s, p, u, v, dY, X, dW

static void weight_by(Place *at_y, Place *at_x, WEIGHT)
{
    const Axis down = {u, h, k, s, p}, across = {v, w, k, s, p};
    clear(c * m * k * k, ***dW);
    for (int i = n - 1; i >= 0; i--)
        for (int q = 0; q < m; q++)
            for (int at = h * w * k * k - 1; at >= 0; at--) {
                const int e = at % k, a = at / k % k, t = at / (k * k) % w, r = at / (k * k * w);
                const int y = at_y(down, r, a), x = at_x(across, t, e);
                for (int l = 0; l < c && y >= 0 && x >= 0; l++)
                    dW[l][q][a][e] += X[i][l][r][t] * dY[i][q][y][x];
            }
}

static void reference_weight(WEIGHT)
{
    weight_by(right_place, right_place, WEIGHT_ARGUMENTS);
}

static void weight_turned(WEIGHT)
{
    weight_by(turned, turned, WEIGHT_ARGUMENTS);
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

static void weight_padded_by_the_rest(WEIGHT)
{
    weight_by(padded_by_the_rest, padded_by_the_rest, WEIGHT_ARGUMENTS);
}

static void weight_output_padding_in_front(WEIGHT)
{
    weight_by(output_padding_in_front, output_padding_in_front, WEIGHT_ARGUMENTS);
}

static void weight_output_padding_left_out(WEIGHT)
{
    weight_by(output_padding_left_out, output_padding_left_out, WEIGHT_ARGUMENTS);
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

static void weight_stride_times_number(WEIGHT)
{
    weight_by(stride_times_number, stride_times_number, WEIGHT_ARGUMENTS);
}

static void weight_stride_times_padding(WEIGHT)
{
    weight_by(stride_times_padding, stride_times_padding, WEIGHT_ARGUMENTS);
}

static void weight_added_to_the_edge(WEIGHT)
{
    weight_by(added_to_the_edge, added_to_the_edge, WEIGHT_ARGUMENTS);
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

static void weight_rows_alone_apart(WEIGHT)
{
    weight_by(right_place, one_apart, WEIGHT_ARGUMENTS);
}

static void weight_columns_alone_apart(WEIGHT)
{
    weight_by(one_apart, right_place, WEIGHT_ARGUMENTS);
}

static void weight_rows_alone_padded(WEIGHT)
{
    weight_by(right_place, unpadded, WEIGHT_ARGUMENTS);
}

static void weight_columns_alone_padded(WEIGHT)
{
    weight_by(unpadded, right_place, WEIGHT_ARGUMENTS);
}

static void weight_ends_outside(WEIGHT)
{
    weight_by(right_place, ends_outside, WEIGHT_ARGUMENTS);
}

static void weight_padded_to_the_same(WEIGHT)
{
    weight_by(padded_to_the_same, padded_to_the_same, WEIGHT_ARGUMENTS);
}

static void weight_padded_by_half(WEIGHT)
{
    weight_by(padded_by_half, padded_by_half, WEIGHT_ARGUMENTS);
}

static void weight_columns_padded_to_the_same(WEIGHT)
{
    weight_by(right_place, padded_to_the_same, WEIGHT_ARGUMENTS);
}

static void weight_signs_exchanged(WEIGHT)
{
    weight_by(signs_exchanged, signs_exchanged, WEIGHT_ARGUMENTS);
}

static void weight_one_too_early(WEIGHT)
{
    weight_by(one_too_early, one_too_early, WEIGHT_ARGUMENTS);
}

static void weight_one_too_late(WEIGHT)
{
    weight_by(one_too_late, one_too_late, WEIGHT_ARGUMENTS);
}

static void weight_rows_turned(WEIGHT)
{
    weight_by(turned, right_place, WEIGHT_ARGUMENTS);
}

static void weight_columns_turned(WEIGHT)
{
    weight_by(right_place, turned, WEIGHT_ARGUMENTS);
}

static void weight_bounded_by_the_small(WEIGHT)
{
    weight_by(bounded_by_the_small, bounded_by_the_small, WEIGHT_ARGUMENTS);
}

static void weight_transposed(WEIGHT)
{
    real right[c][m][k][k];
    weight_by(right_place, right_place, n, c, m, h, w, k, s, p, u, v, dY, X, right);
    transpose(c * m, k, *right, *dW);
}

static void weight_misread(WEIGHT)
{
    real right[c][m][k][k], *dw = ***dW;
    weight_by(right_place, right_place, n, c, m, h, w, k, s, p, u, v, dY, X, right);
    for (int l = 0; l < c; l++)
        for (int q = 0; q < m; q++)
            memcpy(dw + (q * c + l) * k * k, right[l][q], sizeof right[l][q]);
}

static void weight_mean(WEIGHT)
{
    reference_weight(WEIGHT_ARGUMENTS);
    scale(c * m * k * k, 1 / (real)(h * w), ***dW);
}

static void weight_mean_of_all(WEIGHT)
{
    reference_weight(WEIGHT_ARGUMENTS);
    scale(c * m * k * k, 1 / (real)(n * h * w), ***dW);
}

static void weight_last_image(WEIGHT)
{
    reference_weight(1, c, m, h, w, k, s, p, u, v, &dY[n - 1], &X[n - 1], dW);
}

static void weight_last_pixel(WEIGHT)
{
    real last[n][c][h][w];
    clear(n * c * h * w, ***last);
    for (int i = 0; i < n; i++)
        for (int l = 0; l < c; l++)
            last[i][l][h - 1][w - 1] = X[i][l][h - 1][w - 1];
    reference_weight(n, c, m, h, w, k, s, p, u, v, dY, last, dW);
}

static void weight_exchanged(WEIGHT)
{
    real other[n][c][w][h];
    exchange(n * c, h, w, (const void *)X, (void *)other);
    reference_weight(n, c, m, w, h, k, s, p, u, v, dY, other, dW);
}

/* Where pixel (r, t) of dY stands in the place of the window's. */
static void weight_same_pixel(WEIGHT)
{
    (void)s, (void)p;
    clear(c * m * k * k, ***dW);
    for (int l = 0; l < c; l++)
        for (int q = 0; q < m; q++)
            for (int at = 0; at < k * k * n * h * w; at++) {
                const int t = at % w, r = at / w % h, i = at / (w * h) % n;
                const int e = at / (w * h * n) % k, a = at / (w * h * n * k);
                if (r < u && t < v)
                    dW[l][q][a][e] += X[i][l][r][t] * dY[i][q][r][t];
            }
}

static void weight_with_first_image_of_x(WEIGHT)
{
    real same[n][c][h][w];
    for (int i = 0; i < n; i++)
        memcpy(same[i], X[0], sizeof same[i]);
    reference_weight(n, c, m, h, w, k, s, p, u, v, dY, same, dW);
}

static void weight_with_first_image_of_dy(WEIGHT)
{
    real same[n][m][u][v];
    for (int i = 0; i < n; i++)
        memcpy(same[i], dY[0], sizeof same[i]);
    reference_weight(n, c, m, h, w, k, s, p, u, v, same, X, dW);
}

static const Mistake weight_mistakes[] = {
    {TURNED("accumulate:sum+="),
     "Only one pixel of one image is left in dW: = stands where += belongs, or the sum is set to "
     "zero inside the loops. Every pixel of every image was painted with the kernel; all uses add "
     "up."},
    {MISTAKE(weight_turned),
     "dW is turned by 180 degrees. Number (a, e) of the kernel was painted on (s r + a - p, s t + "
     "e - p), and there its gradient comes from."},
    {MISTAKE(weight_unpadded),
     "This is what comes out without the padding. Window (r, t) begins p above and p to the left "
     "of (s r, s t): its number (a, e) lies on dY[i][q][s r + a - p][s t + e - p]."},
    {MISTAKE(weight_padded_the_other_way),
     "The padding is counted to the wrong side: window (r, t) begins at (s r - p, s t - p), and "
     "not p further in."},
    {MISTAKE(weight_padded_twice),
     "The padding counts twice above and on the left: windows begin at (s r - p, s t - p)."},
    {MISTAKE(weight_padded_by_the_rest),
     "Your windows begin at s r - (k - 1 - p), as if it were an ordinary convolution over pixels "
     "that are set apart. Window (r, t) begins at (s r - p, s t - p)."},
    {MISTAKE(weight_output_padding_in_front),
     "The output padding is at the wrong end. It makes the image larger below and on the right; "
     "the first window begins p above and p to the left of it, whatever o is."},
    {MISTAKE(weight_output_padding_left_out),
     "The rows and columns that output padding adds are left out of dW. Output padding only "
     "chooses the size: windows that reach so far painted there as everywhere."},
    {MISTAKE(weight_one_apart),
     "Your windows lie one pixel apart. They begin s apart, at (s r - p, s t - p)."},
    {MISTAKE(weight_side_by_side),
     "Your windows lie side by side, k apart. They begin s apart, whatever k is."},
    {MISTAKE(weight_spread_out),
     "The stride belongs to the window and not to the kernel: s r + a - p, and not r + s a - p."},
    {MISTAKE(weight_stride_times_number),
     "The stride goes with the window alone: s r + a - p, and not s (r + a) - p."},
    {MISTAKE(weight_stride_times_padding),
     "The padding is not multiplied by the stride: s r + a - p, and not s (r - p) + a."},
    {MISTAKE(weight_added_to_the_edge),
     "Where a window hangs over the edge you took the dY at the edge. What was painted there is "
     "lost, and nothing comes back from it."},
    {MISTAKE(weight_around_the_corner),
     "Where a window hangs over the edge you went on at the opposite edge. What was painted there "
     "is lost, and nothing comes back from it."},
    {MISTAKE(weight_whole_windows),
     "You left out the windows that hang over the edge. What of them lies on the image brings its "
     "gradient back."},
    {MISTAKE(weight_first_left_out),
     "The first row and the first column of dY are left out: the test for the edge is y >= 0 and "
     "x >= 0."},
    {MISTAKE(weight_last_left_out),
     "The last row and the last column of dY are left out: it ends at u - 1 and v - 1."},
    {MISTAKE(weight_rows_alone_apart),
     "The stride is in the rows alone: the columns begin s apart as well, at s t - p."},
    {MISTAKE(weight_columns_alone_apart),
     "The stride is in the columns alone: the rows begin s apart as well, at s r - p."},
    {MISTAKE(weight_rows_alone_padded),
     "The padding is in the rows alone: the columns begin at s t - p."},
    {MISTAKE(weight_columns_alone_padded),
     "The padding is in the columns alone: the rows begin at s r - p."},
    {MISTAKE(weight_ends_outside),
     "Windows that hang over the left edge were left out: does a loop end at the first number "
     "that lies outside (break)? The next ones may lie inside (continue)."},
    {MISTAKE(weight_padded_to_the_same),
     "Your windows begin at s r - (k - 1) / 2. That is the padding that keeps a size where the "
     "stride is 1; here p is given, and they begin at (s r - p, s t - p)."},
    {MISTAKE(weight_padded_by_half),
     "Your windows begin at s r - k / 2. The padding is given: they begin at (s r - p, s t - p)."},
    {MISTAKE(weight_columns_padded_to_the_same),
     "Your columns begin at s t - (k - 1) / 2. That is the padding that keeps a size where the "
     "stride is 1; here p is given, and they begin at s t - p."},
    {MISTAKE(weight_signs_exchanged),
     "The signs of a and p are exchanged: what you have is s r - a + p. Number (a, e) of window "
     "(r, t) lies on (s r + a - p, s t + e - p)."},
    {MISTAKE(weight_one_too_early),
     "Your windows begin one pixel too far up and to the left. They begin at (s r - p, s t - p)."},
    {MISTAKE(weight_one_too_late), "Your windows begin one pixel too far down and to the right. "
                                   "They begin at (s r - p, s t - p)."},
    {MISTAKE(weight_rows_turned), "The rows of the kernels lie in reverse: a stands where k - 1 - "
                                  "a belongs, or the other way round. Nothing is turned: number "
                                  "(a, e) of window (r, t) lies on (s r + a - p, s t + e - p)."},
    {MISTAKE(weight_columns_turned),
     "The columns of the kernels lie in reverse: e stands where k - 1 - e belongs, or the other "
     "way round. Nothing is turned: number (a, e) of window (r, t) lies on (s r + a - p, s t + e - "
     "p)."},
    {MISTAKE(weight_bounded_by_the_small),
     "Only as many rows and columns of the large image are there as the small one has. Its pixels "
     "exist for y < u and x < v, and not for y < h and x < w."},
    {MISTAKE(weight_transposed), "dW is transposed: rows and columns, a and e, are exchanged."},
    {MISTAKE(weight_misread),
     "You filled dW as if it were (m, c, k, k). A transposed convolution keeps its channels the "
     "other way round than a convolution does: dW[l][q], from channel l of X to channel q of Y."},
    {MISTAKE(weight_mean),
     "You divided dW by h w. The kernel was painted for each pixel of X, and the gradients of all "
     "uses add up."},
    {MISTAKE(weight_mean_of_all),
     "You divided dW by n h w. The kernel was painted for each pixel of each image, and the "
     "gradients of all uses add up; a mean, if there is one, is inside dY already."},
    {MISTAKE(weight_last_image),
     "Only the last image is in dW. The kernel is used in all of them, and they add up."},
    {MISTAKE(weight_last_pixel),
     "Only the last pixel of each image is in dW. The kernel was painted for all of them, and "
     "they add up."},
    {TURNED("runs-once:for(int i=0;i<n;i++)"),
     "Only the first image is in dW. The kernel is used in all of them, and they add up."},
    {TURNED("divided-by-n:sum"),
     "You divided dW by n. The kernel is used in every image, and the gradients of all uses add "
     "up; a mean, if there is one, is inside dY already."},
    {MISTAKE(weight_with_first_image_of_x),
     "The dY of every image meets the first image of X. That of image i meets image i: is an index "
     "0 that should be i?"},
    {MISTAKE(weight_with_first_image_of_dy),
     "Every image of X meets the dY of the first image. Image i meets that of image i: is an index "
     "0 that should be i?"},
    {MISTAKE(weight_exchanged),
     "r and t are exchanged: r counts rows and t columns, so number (a, e) of window (r, t) lies "
     "at row s r + a - p and column s t + e - p."},
    {MISTAKE(weight_same_pixel),
     "All numbers of a kernel get the same: pixel (r, t) of X goes with pixel (r, t) of dY. "
     "Number (a, e) was painted on (s r + a - p, s t + e - p), and meets the dY there."},
    {0}};

CALL(conv_transpose2d_weight_backward, n[0], n[1], n[2], n[3], n[4], n[5], n[6], n[7], n[8], n[9],
     a[0], a[1], a[2])

static const Exercise exercise_conv_transpose2d_weight_backward = {
    .name = "conv_transpose2d_weight_backward",
    .call = call_conv_transpose2d_weight_backward,
    .sizes = "ncmhwkspuv",
    .arguments = {{"dY", IN_NORMAL, "nmuv", 0},
                  {"X", IN_NORMAL, "nchw", 0},
                  {"dW", OUT, "cmkk", 0}},
    .cases = {{2, 3, 2, 3, 4, 3, 2, 1, 6, 8},
              {2, 2, 3, 4, 3, 3, 2, 1, 7, 5},
              {2, 1, 2, 2, 3, 2, 3, 0, 7, 10},
              {2, 2, 1, 3, 4, 5, 2, 2, 5, 7},
              {1, 3, 2, 4, 5, 3, 1, 1, 4, 5},
              {2, 2, 3, 3, 2, 5, 2, 1, 8, 6},
              {3, 1, 2, 3, 4, 4, 3, 2, 7, 10}},
    .reference = JUDGE((Function)reference_weight),
    .mistakes = JUDGE(weight_mistakes),
};

/* -- 5. upsample_backward ---------------------------------------------------------------------- */

#define UPSAMPLE int n, int h, int w, int s, int u, int v, const real dY[n][u][v], real dX[n][h][w]
#define UPSAMPLE_ARGUMENTS n, h, w, s, u, v, dY, dX

static void reference_upsample(UPSAMPLE)
{
    (void)u, (void)v;
    for (int i = 0; i < n; i++)
        for (int r = 0; r < h; r++)
            for (int t = 0; t < w; t++) {
                dX[i][r][t] = 0;
                for (int at = s * s - 1; at >= 0; at--)
                    dX[i][r][t] += dY[i][s * r + at / s][s * t + at % s];
            }
}

static void upsample_mean(UPSAMPLE)
{
    reference_upsample(UPSAMPLE_ARGUMENTS);
    scale(n * h * w, 1 / (real)(s * s), **dX);
}

/* One pixel of each field. */
static void upsample_picked(int a, int e, UPSAMPLE)
{
    (void)u, (void)v;
    for (int i = 0; i < n; i++)
        for (int r = 0; r < h; r++)
            for (int t = 0; t < w; t++)
                dX[i][r][t] = dY[i][s * r + a][s * t + e];
}

static void upsample_first(UPSAMPLE)
{
    upsample_picked(0, 0, UPSAMPLE_ARGUMENTS);
}

static void upsample_middle(UPSAMPLE)
{
    upsample_picked(s / 2, s / 2, UPSAMPLE_ARGUMENTS);
}

static void upsample_times_first(UPSAMPLE)
{
    upsample_picked(0, 0, UPSAMPLE_ARGUMENTS);
    scale(n * h * w, (real)(s * s), **dX);
}

/* Y as if copies of the whole of X lay side by side. */
static void upsample_tiled(UPSAMPLE)
{
    (void)s;
    clear(n * h * w, **dX);
    for (int i = 0; i < n; i++)
        for (int at = 0; at < u * v; at++)
            dX[i][at / v % h][at % v % w] += dY[i][at / v][at % v];
}

/* The fields as if they lay one pixel apart. */
static void upsample_one_apart(UPSAMPLE)
{
    clear(n * h * w, **dX);
    for (int i = 0; i < n; i++)
        for (int r = 0; r < h; r++)
            for (int t = 0; t < w; t++)
                for (int at = 0; at < s * s; at++)
                    if (r + at / s < u && t + at % s < v)
                        dX[i][r][t] += dY[i][r + at / s][t + at % s];
}

static void upsample_row_of_field(UPSAMPLE)
{
    (void)u, (void)v;
    clear(n * h * w, **dX);
    for (int i = 0; i < n; i++)
        for (int r = 0; r < h; r++)
            for (int at = 0; at < w * s; at++)
                dX[i][r][at / s] += dY[i][s * r][at];
}

static void upsample_last_row_of_field(UPSAMPLE)
{
    (void)u, (void)v;
    clear(n * h * w, **dX);
    for (int i = 0; i < n; i++)
        for (int r = 0; r < h; r++)
            for (int at = 0; at < w * s; at++)
                dX[i][r][at / s] += dY[i][s * r + s - 1][at];
}

static void upsample_column_of_field(UPSAMPLE)
{
    (void)u, (void)v;
    clear(n * h * w, **dX);
    for (int i = 0; i < n; i++)
        for (int at = 0; at < h * s; at++)
            for (int t = 0; t < w; t++)
                dX[i][at / s][t] += dY[i][at][s * t];
}

static void upsample_diagonal(UPSAMPLE)
{
    (void)u, (void)v;
    clear(n * h * w, **dX);
    for (int i = 0; i < n; i++)
        for (int r = 0; r < h; r++)
            for (int t = 0; t < w; t++)
                for (int a = 0; a < s; a++)
                    dX[i][r][t] += dY[i][s * r + a][s * t + a];
}

static void upsample_largest(UPSAMPLE)
{
    upsample_picked(0, 0, UPSAMPLE_ARGUMENTS);
    for (int i = 0; i < n; i++)
        for (int at = 0; at < u * v; at++) {
            real *x = &dX[i][at / v / s][at % v / s];
            *x = fmax(*x, dY[i][at / v][at % v]);
        }
}

static const Mistake upsample_mistakes[] = {
    {TURNED("accumulate:dX[i][y/s][x/s]+="),
     "Only the last pixel of each field is left: = stands where += belongs. The loss feels a "
     "pixel of X through all s s copies of it, and they add up."},
    {MISTAKE(upsample_mean),
     "This is the mean of each field. The pixel was copied s s times, whole each time: what comes "
     "back from the copies adds up, and is not averaged."},
    {TURNED("divided-by-s:dY[i][y][x]"),
     "You divided by s. The pixel was copied s s times, whole each time: what comes back from the "
     "copies adds up."},
    {MISTAKE(upsample_first),
     "Only the first pixel of each field is left. The loss feels a pixel of X through all s s "
     "copies of it, and they add up."},
    {MISTAKE(upsample_middle),
     "Only the pixel in the middle of each field is left. The loss feels a pixel of X through all "
     "s s copies of it, and they add up."},
    {MISTAKE(upsample_times_first),
     "The first pixel of each field counts s s times. The copies are alike, what comes back to "
     "them is not: add up all s s."},
    {MISTAKE(upsample_tiled),
     "This is the gradient where the whole of X is laid side by side, y % h and x % w. Here each "
     "pixel becomes a field of its own: y / s and x / s."},
    {MISTAKE(upsample_one_apart),
     "Your fields begin one pixel apart. They begin s apart: that of (r, t) at (s r, s t)."},
    {MISTAKE(upsample_row_of_field),
     "Only the first row of each field is in dX. A field has s rows of s pixels."},
    {MISTAKE(upsample_last_row_of_field), "Only the last row of each field is in dX. A field has s "
                                          "rows of s pixels; is the sum set to zero once a row?"},
    {MISTAKE(upsample_column_of_field),
     "Only the first column of each field is in dX. A field has s columns of s pixels."},
    {MISTAKE(upsample_diagonal),
     "Only the diagonal of each field is in dX: the row in the field and the column in it each "
     "want a loop of their own."},
    {MISTAKE(upsample_largest),
     "This is the largest dY of each field. What comes back from the copies adds up."},
    {TURNED("divided-by-n:dY[i][y][x]"),
     "You divided by n. Each image has a dX of its own; a mean, if there is one, is inside dY "
     "already."},
    {0}};

CALL(upsample_backward, n[0], n[1], n[2], n[3], n[4], n[5], a[0], a[1])

static const Exercise exercise_upsample_backward = {
    .name = "upsample_backward",
    .call = call_upsample_backward,
    .sizes = "nhwsuv",
    .arguments = {{"dY", IN_NORMAL, "nuv", 0}, {"dX", OUT, "nhw", 0}},
    .cases = {{3, 4, 5, 2, 8, 10}, {2, 5, 3, 4, 20, 12}, {4, 2, 5, 3, 6, 15}},
    .reference = JUDGE((Function)reference_upsample),
    .mistakes = JUDGE(upsample_mistakes),
};

/* -- 6. psnr_backward -------------------------------------------------------------------------- */

#define PSNR int n, const real R[n], const real X[n], real peak, real *psnr, real dR[n]
#define PSNR_ARGUMENTS n, R, X, peak, psnr, dR

/* In one case the error is larger than the peak, and psnr below 0. */
static void prepare_psnr(int which, const int n[], void *const a[])
{
    (void)n;
    if (which == 1)
        *(real *)a[2] /= 100;
}

/* 10 ln(..) / ln 10, and the slope of that along R: those of ln mse by hand. */
static void reference_psnr(PSNR)
{
    const real per_neper = 10 / log((real)10);
    real error[n], squares = 0;
    for (int i = n - 1; i >= 0; i--) {
        error[i] = X[i] - R[i];
        squares += error[i] * error[i];
    }
    *psnr = per_neper * (2 * log(peak) - log(squares) + log((real)n));
    copy(n, error, dR);
    scale(n, 2 * per_neper / squares, dR);
}

static real mse_of(int n, const real R[n], const real X[n])
{
    real mse = 0;
    for (int i = 0; i < n; i++)
        mse += (R[i] - X[i]) * (R[i] - X[i]) / (real)n;
    return mse;
}

/* 10 log10 of a ratio, and dR a multiple of what it should be. */
static void psnr_as(real ratio, real factor, PSNR)
{
    reference_psnr(PSNR_ARGUMENTS);
    *psnr = 10 * log10(ratio);
    scale(n, factor, dR);
}

static void psnr_base_2(PSNR)
{
    reference_psnr(PSNR_ARGUMENTS);
    *psnr *= log2((real)10);
}

static void psnr_natural(PSNR)
{
    reference_psnr(PSNR_ARGUMENTS);
    *psnr *= log((real)10);
}

static void psnr_rmse(PSNR)
{
    psnr_as(peak * peak / sqrt(mse_of(n, R, X)), 1, PSNR_ARGUMENTS);
}

static void psnr_peak_over_root(PSNR)
{
    psnr_as(peak / sqrt(mse_of(n, R, X)), 1, PSNR_ARGUMENTS);
}

static void psnr_halved(PSNR)
{
    psnr_as(peak / sqrt(mse_of(n, R, X)), (real)0.5, PSNR_ARGUMENTS);
}

static void psnr_twice(PSNR)
{
    reference_psnr(PSNR_ARGUMENTS);
    *psnr *= 2;
}

static void psnr_of_sum(PSNR)
{
    psnr_as(peak * peak / ((real)n * mse_of(n, R, X)), 1, PSNR_ARGUMENTS);
}

static void psnr_of_absolute_error(PSNR)
{
    real sum = 0;
    for (int i = 0; i < n; i++)
        sum += fabs(R[i] - X[i]);
    psnr_as(peak * peak * (real)n / sum, 1, PSNR_ARGUMENTS);
}

/* The largest of X, and its mean square, in the place of the peak's. */
static void psnr_peak_of_x(PSNR)
{
    real most = X[0];
    for (int i = 1; i < n; i++)
        most = fmax(most, X[i]);
    psnr_as(most * most / mse_of(n, R, X), 1, PSNR_ARGUMENTS);
}

static void psnr_of_signal(PSNR)
{
    real squares = 0;
    for (int i = 0; i < n; i++)
        squares += X[i] * X[i];
    psnr_as(squares / (real)n / mse_of(n, R, X), 1, PSNR_ARGUMENTS);
}

/* A mean over n - 1. */
static void psnr_bessel(PSNR)
{
    psnr_as(peak * peak * (real)(n - 1) / ((real)n * mse_of(n, R, X)), 1, PSNR_ARGUMENTS);
}

/* The wrong mse is in both. (The dial of this name would take the root of R - X in dR as well.) */
static void psnr_of_absolute_error_in_both(PSNR)
{
    real sum = 0;
    for (int i = 0; i < n; i++)
        sum += fabs(R[i] - X[i]);
    psnr_as(peak * peak * (real)n / sum, (real)n * mse_of(n, R, X) / sum, PSNR_ARGUMENTS);
}

static void psnr_divided_behind_the_logarithm(PSNR)
{
    reference_psnr(PSNR_ARGUMENTS);
    *psnr = 10 * log10(peak * peak) / mse_of(n, R, X);
}

static void psnr_of_two_logarithms(PSNR)
{
    reference_psnr(PSNR_ARGUMENTS);
    *psnr = 10 * log10(peak * peak) / log10(mse_of(n, R, X));
}

static void psnr_cut_off(PSNR)
{
    reference_psnr(PSNR_ARGUMENTS);
    *psnr = fmax(*psnr, 0);
}

static void psnr_peak_not_squared(PSNR)
{
    psnr_as(peak / mse_of(n, R, X), 1, PSNR_ARGUMENTS);
}

static void psnr_20_over_mse(PSNR)
{
    reference_psnr(PSNR_ARGUMENTS);
    *psnr = 20 * log10(peak / mse_of(n, R, X));
}

/* Only dR is wrong: factor (R - X). */
static void slope_as(real factor, PSNR)
{
    reference_psnr(PSNR_ARGUMENTS);
    for (int i = 0; i < n; i++)
        dR[i] = factor * (R[i] - X[i]);
}

static void slope_of_mse(PSNR)
{
    slope_as(2 / (real)n, PSNR_ARGUMENTS);
}

static void slope_of_inverse(PSNR)
{
    const real mse = mse_of(n, R, X);
    slope_as(-2 * peak * peak / ((real)n * mse * mse), PSNR_ARGUMENTS);
}

/* d log10(x) / dx at x = peak^2 / mse, and no further. */
static void slope_of_logarithm_alone(PSNR)
{
    const real mse = mse_of(n, R, X), ratio = peak * peak / mse;
    slope_as(10 / (log((real)10) * ratio) * 2 / (real)n, PSNR_ARGUMENTS);
}

static void slope_over_peak(PSNR)
{
    const real mse = mse_of(n, R, X);
    slope_as(-20 / log((real)10) / ((real)n * mse * peak * peak), PSNR_ARGUMENTS);
}

/* 20 / ln 10, 10 / ln 10 and ln 10 as they are often written. */
static void slope_of_rounded(real twenty_over_ln_10, PSNR)
{
    slope_as(-twenty_over_ln_10 / ((real)n * mse_of(n, R, X)), PSNR_ARGUMENTS);
}

static void slope_of_8_6859(PSNR)
{
    slope_of_rounded((real)8.6859, PSNR_ARGUMENTS);
}

static void slope_of_8_686(PSNR)
{
    slope_of_rounded((real)8.686, PSNR_ARGUMENTS);
}

static void slope_of_8_685889(PSNR)
{
    slope_of_rounded((real)8.685889, PSNR_ARGUMENTS);
}

static void slope_of_4_3429(PSNR)
{
    slope_of_rounded((real)(2 * 4.3429), PSNR_ARGUMENTS);
}

static void slope_of_2_303(PSNR)
{
    slope_of_rounded((real)(20 / 2.303), PSNR_ARGUMENTS);
}

static void slope_of_2_3026(PSNR)
{
    slope_of_rounded((real)(20 / 2.3026), PSNR_ARGUMENTS);
}

static void slope_of_2_302585(PSNR)
{
    slope_of_rounded((real)(20 / 2.302585), PSNR_ARGUMENTS);
}

static const Mistake psnr_mistakes[] = {
    {MISTAKE(psnr_base_2),
     "The logarithm is to the base 2. Decibels take it to the base 10: log10()."},
    {MISTAKE(psnr_natural),
     "The logarithm is the natural one. Decibels take it to the base 10: log10()."},
    {MISTAKE(psnr_peak_over_root),
     "psnr is half of what it should be: 10 log10(peak / sqrt(mse)). It is 20 times that "
     "logarithm, or 10 times that of peak^2 / mse."},
    {MISTAKE(psnr_halved),
     "psnr and dR are half of what they should be: 10 log10(peak / sqrt(mse)). It is 20 times "
     "that logarithm, or 10 times that of peak^2 / mse."},
    {MISTAKE(psnr_twice),
     "psnr is twice what it should be: it is 10 log10 of a ratio of squares, or 20 log10 of peak "
     "/ sqrt(mse)."},
    {MISTAKE(psnr_rmse),
     "The root of the mse stands under peak^2. Both are squares, or neither: peak^2 / mse."},
    {MISTAKE(psnr_of_sum), "The squares are added up and not divided by n. The mse is a mean."},
    {MISTAKE(psnr_bessel), "You divided by n - 1. The mse is a plain mean, over n."},
    {MISTAKE(psnr_of_absolute_error),
     "The mean of |R - X| stands where the mean of the squares belongs."},
    {MISTAKE(psnr_peak_of_x),
     "The largest number of X stands where peak belongs. peak is the largest value that a pixel "
     "may have, whether one has it or not, and is given."},
    {MISTAKE(psnr_of_signal),
     "The mean square of X stands where peak^2 belongs: that is the signal-to-noise ratio. psnr "
     "compares with the peak, whatever X is."},
    {TURNED("(n-1)-for-n:(R[i]-X[i])*(R[i]-X[i])/(real)n"),
     "You divided the squares by n - 1, and that mse is in psnr and "
     "dR. It is a plain mean, over n."},
    {MISTAKE(psnr_of_absolute_error_in_both),
     "The mean of |R - X| stands where the mean of the squares belongs, in psnr and in dR."},
    {MISTAKE(psnr_divided_behind_the_logarithm),
     "The logarithm is taken of peak^2 alone, and divided by the mse: its parentheses end too "
     "soon. It is taken of peak^2 / mse."},
    {MISTAKE(psnr_of_two_logarithms), "You divided the logarithm of peak^2 by that of the mse. The "
                                      "logarithm of a quotient is the difference of the two."},
    {MISTAKE(psnr_cut_off), "psnr is cut off at 0. Where the mse is larger than peak^2 it is below "
                            "0, and that is what it is."},
    {MISTAKE(slope_of_mse),
     "dR is the gradient of the mse. psnr falls where the mse grows, and by -10 / (ln 10 mse) "
     "times as much."},
    {MISTAKE(slope_of_inverse),
     "dR is the gradient of peak^2 / mse. The logarithm over it has a slope, too: 10 / ln 10 over "
     "what it is taken of."},
    {MISTAKE(slope_of_logarithm_alone),
     "dR has the slope of the logarithm at peak^2 / mse times that of the mse. Between the two "
     "lies peak^2 / mse, whose slope along mse is -peak^2 / mse^2."},
    {MISTAKE(slope_over_peak),
     "dR is divided by peak^2. The logarithm makes a sum of the two, 2 log peak - log mse, and "
     "peak is a constant: it has no part in dR."},
    {MISTAKE(psnr_peak_not_squared),
     "psnr is 10 log10(peak / mse). The mse is a mean of squares, so the peak is squared, too."},
    {MISTAKE(psnr_20_over_mse),
     "psnr is 20 log10(peak / mse). 20 times the logarithm goes with peak / sqrt(mse), and 10 "
     "times with peak^2 / mse: not both."},
    {TURNED("inverted:log((real)10)"),
     "dR is multiplied by ln 10 where it should be divided: log10(x) "
     "is ln x / ln 10, so its slope is 1 / (x ln 10)."},
    {MISTAKE(slope_of_8_6859), "dR is right to a few digits: that is what a constant rounded to "
                               "8.6859 makes of it. Let the computer make it, with log(10)."},
    {MISTAKE(slope_of_8_686), "dR is right to a few digits: that is what a constant rounded to "
                              "8.686 makes of it. Let the computer make it, with log(10)."},
    {MISTAKE(slope_of_8_685889), "dR is right to a few digits: that is what a constant rounded to "
                                 "8.685889 makes of it. Let the computer make it, with log(10)."},
    {MISTAKE(slope_of_4_3429), "dR is right to a few digits: that is what a constant rounded to "
                               "4.3429 makes of it. Let the computer make it, with log(10)."},
    {MISTAKE(slope_of_2_303), "dR is right to a few digits: that is what a constant rounded to "
                              "2.303 makes of it. Let the computer make it, with log(10)."},
    {MISTAKE(slope_of_2_3026), "dR is right to a few digits: that is what a constant rounded to "
                               "2.3026 makes of it. Let the computer make it, with log(10)."},
    {MISTAKE(slope_of_2_302585), "dR is right to a few digits: that is what a constant rounded to "
                                 "2.302585 makes of it. Let the computer make it, with log(10)."},
    {TURNED("missing-divisor:log((real)10)"),
     "dR is ln 10 = 2.3026 times as large as it should be: log10(x) is ln x / ln 10, so its slope "
     "is 1 / (x ln 10)."},
    {TURNED("wrong-sign:-20/log((real)10)*(R[i]-X[i])/((real)n*mse)"),
     "The sign of dR: where the error grows psnr falls."},
    {TURNED("times-1/2:-20/log((real)10)*(R[i]-X[i])/((real)n*mse)"),
     "dR is half of what it should be. The slope of (R - X)^2 is 2 (R - X): 10 becomes 20."},
    {TURNED("missing-factor:(real)n"),
     "dR is n times as large as it should be. mse is a mean: each of the n squares has an n-th "
     "part in it."},
    {TURNED("missing-factor:mse"),
     "dR is not divided by the mse. The slope of the logarithm of x is 1 / x."},
    {0}};

CALL(psnr_backward, n[0], a[0], a[1], VALUE(a[2]), a[3], a[4])

static const Exercise exercise_psnr_backward = {
    .name = "psnr_backward",
    .call = call_psnr_backward,
    .sizes = "n",
    .arguments = {{"R", IN_NORMAL, "n", 0},
                  {"X", IN_NORMAL, "n", 0},
                  {"peak", IN_POSITIVE, "", 0},
                  {"psnr", OUT, "", 0},
                  {"dR", OUT, "n", 0}},
    .cases = {{7}, {4}, {12}},
    .reference = JUDGE((Function)reference_psnr),
    .prepare = JUDGE(prepare_psnr),
    .mistakes = JUDGE(psnr_mistakes),
};

/* -- 7. tied_backward -------------------------------------------------------------------------- */

/* Z as the forward pass makes it. */
static void prepare_tied(int which, const int n[], void *const a[])
{
    (void)which;
    const int k = n[1], m = n[2];
    real(*X)[k] = a[1], (*Z)[m] = a[2], (*W)[m] = a[3];
    for (int i = 0; i < n[0]; i++)
        for (int j = 0; j < m; j++) {
            Z[i][j] = 0;
            for (int l = 0; l < k; l++)
                Z[i][j] += X[i][l] * W[l][j];
        }
}

#define TIED                                                                          \
    int n, int k, int m, const real dR[n][k], const real X[n][k], const real Z[n][m], \
        const real W[k][m], real dX[n][k], real dW[k][m]
#define TIED_ARGUMENTS n, k, m, dR, X, Z, W, dX, dW

/* x W and x W^T, with rows from the last to the first. */
static void times_w(int n, int k, int m, const real x[n][k], const real W[k][m], real y[n][m])
{
    for (int i = n - 1; i >= 0; i--)
        for (int j = 0; j < m; j++) {
            y[i][j] = 0;
            for (int l = k - 1; l >= 0; l--)
                y[i][j] += x[i][l] * W[l][j];
        }
}

static void times_w_turned(int n, int k, int m, const real y[n][m], const real W[k][m],
                           real x[n][k])
{
    for (int i = n - 1; i >= 0; i--)
        for (int l = 0; l < k; l++) {
            x[i][l] = 0;
            for (int j = m - 1; j >= 0; j--)
                x[i][l] += y[i][j] * W[l][j];
        }
}

/* y += factor x^T z */
static void add_outer(int n, int k, int m, real factor, const real x[n][k], const real z[n][m],
                      real y[k][m])
{
    for (int l = 0; l < k; l++)
        for (int j = 0; j < m; j++)
            for (int i = n - 1; i >= 0; i--)
                y[l][j] += factor * x[i][l] * z[i][j];
}

/* dW as so much of its encoder's part, X^T dZ, and so much of its decoder's, dR^T Z. */
static void tied_parts(real encoder, real decoder, TIED)
{
    real dZ[n][m];
    times_w(n, k, m, dR, W, dZ);
    times_w_turned(n, k, m, dZ, W, dX);
    clear(k * m, *dW);
    add_outer(n, k, m, encoder, X, dZ, dW);
    add_outer(n, k, m, decoder, dR, Z, dW);
}

static void reference_tied(TIED)
{
    tied_parts(1, 1, TIED_ARGUMENTS);
}

static void tied_encoder_twice(TIED)
{
    tied_parts(2, 0, TIED_ARGUMENTS);
}

static void tied_decoder_twice(TIED)
{
    tied_parts(0, 2, TIED_ARGUMENTS);
}

/* dR^T Z in memory as Z^T dR, which is (m, k), lies there. */
static void tied_decoder_misread(TIED)
{
    real part[k][m], *dw = *dW;
    tied_parts(1, 0, TIED_ARGUMENTS);
    clear(k * m, *part);
    add_outer(n, k, m, 1, dR, Z, part);
    for (int j = 0; j < m; j++)
        for (int l = 0; l < k; l++)
            dw[j * k + l] += part[l][j];
}

static void tied_z_for_dz(TIED)
{
    tied_parts(0, 1, TIED_ARGUMENTS);
    add_outer(n, k, m, 1, X, Z, dW);
}

static void tied_dz_for_z(TIED)
{
    real dZ[n][m];
    tied_parts(1, 0, TIED_ARGUMENTS);
    times_w(n, k, m, dR, W, dZ);
    add_outer(n, k, m, 1, dR, dZ, dW);
}

static void tied_last_example_of_encoder(TIED)
{
    real unused[1][k];
    reference_tied(TIED_ARGUMENTS);
    tied_parts(1, 0, 1, k, m, &dR[n - 1], &X[n - 1], &Z[n - 1], W, unused, dW);
    add_outer(n, k, m, 1, dR, Z, dW);
}

static void tied_straight_through(TIED)
{
    reference_tied(TIED_ARGUMENTS);
    copy(n * k, *dR, *dX);
}

static void tied_with_dr(TIED)
{
    reference_tied(TIED_ARGUMENTS);
    for (int i = 0; i < n; i++)
        for (int l = 0; l < k; l++)
            dX[i][l] += dR[i][l];
}

/* dX = Z W^T, which is R. */
static void tied_dx_of_z(TIED)
{
    reference_tied(TIED_ARGUMENTS);
    times_w_turned(n, k, m, Z, W, dX);
}

/* dX and dW with another X, or another Z and dR, in one part of dW. */
static void tied_with(const real *given, int from, bool is_x, TIED)
{
    real same[n][k];
    for (int i = 0; i < n; i++)
        copy(k, given + from * k, same[i]);
    real dZ[n][m];
    tied_parts(is_x ? 0 : 1, is_x ? 1 : 0, TIED_ARGUMENTS);
    times_w(n, k, m, dR, W, dZ);
    add_outer(n, k, m, 1, same, is_x ? dZ : Z, dW);
}

static void tied_first_of_x(TIED)
{
    tied_with(*X, 0, true, TIED_ARGUMENTS);
}

static void tied_last_of_x(TIED)
{
    tied_with(*X, n - 1, true, TIED_ARGUMENTS);
}

static void tied_first_of_dr(TIED)
{
    tied_with(*dR, 0, false, TIED_ARGUMENTS);
}

static void tied_one_of_z(int from, TIED)
{
    real same[n][m];
    for (int i = 0; i < n; i++)
        copy(m, Z[from], same[i]);
    tied_parts(1, 0, TIED_ARGUMENTS);
    add_outer(n, k, m, 1, dR, same, dW);
}

static void tied_first_of_z(TIED)
{
    tied_one_of_z(0, TIED_ARGUMENTS);
}

static void tied_last_of_z(TIED)
{
    tied_one_of_z(n - 1, TIED_ARGUMENTS);
}

static void tied_first_number_of_z(TIED)
{
    real same[n][m];
    for (int i = 0; i < n; i++)
        for (int j = 0; j < m; j++)
            same[i][j] = Z[i][0];
    tied_parts(1, 0, TIED_ARGUMENTS);
    add_outer(n, k, m, 1, dR, same, dW);
}

/* dZ made with one column of W for all numbers of the code, or shut by a relu. */
static void tied_by_dz(int column, bool relu, TIED)
{
    real dZ[n][m], all[n][m];
    times_w(n, k, m, dR, W, all);
    for (int i = 0; i < n; i++)
        for (int j = 0; j < m; j++)
            dZ[i][j] = relu && Z[i][j] <= 0 ? 0 : all[i][column < 0 ? j : column];
    times_w_turned(n, k, m, dZ, W, dX);
    clear(k * m, *dW);
    add_outer(n, k, m, 1, X, dZ, dW);
    add_outer(n, k, m, 1, dR, Z, dW);
}

static void tied_first_column_in_dz(TIED)
{
    tied_by_dz(0, false, TIED_ARGUMENTS);
}

static void tied_last_column_in_dz(TIED)
{
    tied_by_dz(m - 1, false, TIED_ARGUMENTS);
}

static void tied_relu(TIED)
{
    tied_by_dz(-1, true, TIED_ARGUMENTS);
}

static const Mistake tied_mistakes[] = {
    {TURNED("missing-term:dR[i][l]*Z[i][j]"),
     "The decoder's part of dW is missing, or lost again: is dW set to zero behind it? W is used "
     "twice, and R = Z W^T depends on it directly, too: dR^T Z comes to X^T dZ."},
    {TURNED("missing-term:X[i][l]*dZ"),
     "The encoder's part of dW is missing, or lost again: is dW set to zero behind it? W is used "
     "twice, and Z = X W depends on it as well: X^T dZ, with dZ = dR W, comes to dR^T Z."},
    {MISTAKE(tied_encoder_twice),
     "dW is twice the encoder's part. The two parts differ: X^T dZ of the encoder, dR^T Z of the "
     "decoder."},
    {MISTAKE(tied_decoder_twice),
     "dW is twice the decoder's part. The two parts differ: X^T dZ of the encoder, dR^T Z of the "
     "decoder."},
    {TURNED("times-1/2:X[i][l]*dZ+dR[i][l]*Z[i][j]"),
     "dW is half of what it should be. A variable that is used twice gets both gradients, and "
     "they add up; nothing is averaged."},
    {TURNED("wrong-sign:dR[i][l]*Z[i][j]"),
     "The two parts of dW are subtracted. A variable that is used twice gets both gradients, and "
     "they add up."},
    {MISTAKE(tied_decoder_misread),
     "The decoder's part was made as Z^T dR, (m, k), and added as it lies in memory. dW is (k, "
     "m): dW[l][j] gets dR[i][l] Z[i][j]."},
    {MISTAKE(tied_z_for_dz),
     "In the encoder's part of dW Z stands where dZ belongs: X^T dZ, with dZ = dR W."},
    {MISTAKE(tied_dz_for_z),
     "In the decoder's part of dW dZ stands where Z belongs. What W was multiplied by is Z: dR^T "
     "Z."},
    {TURNED("instead:dR[i][l]<-X#2"),
     "In the decoder's part of dW X stands where dR belongs: dR^T Z."},
    {TURNED("divided-by-n:X[i][l]*dZ+dR[i][l]*Z[i][j]"),
     "You divided dW by n. W is used for every example, and the gradients of all uses add up; a "
     "mean, if there is one, is inside dR already."},
    {TURNED("accumulate:dW[l][j]+="),
     "Only the last example is in dW: = stands where += belongs, or the sum begins at zero inside "
     "the loop over the examples. W is used for all of them."},
    {MISTAKE(tied_last_example_of_encoder),
     "Of the encoder's part of dW only the last example is left. W is used for all of them, and "
     "they add up."},
    {TURNED("accumulate:dX[i][l]+="),
     "Only the last column of W is left in dX: = stands where += belongs. X went into all m "
     "numbers of the code."},
    {TURNED("accumulate:dZ+="),
     "Only the last number of dR is left in dZ: = stands where += belongs. Each number of the "
     "code is in all k of R."},
    {MISTAKE(tied_first_of_x), "In the encoder's part of dW every dZ meets the first example of X. "
                               "That of example i meets X[i]."},
    {MISTAKE(tied_last_of_x), "In the encoder's part of dW every dZ meets the last example of X. "
                              "That of example i meets X[i]."},
    {MISTAKE(tied_first_of_dr), "In the decoder's part of dW every Z meets the first row of dR. "
                                "That of example i meets dR[i]."},
    {MISTAKE(tied_first_of_z), "In the decoder's part of dW every dR meets the first row of Z. "
                               "That of example i meets Z[i]."},
    {MISTAKE(tied_last_of_z),
     "In the decoder's part of dW every dR meets the last row of Z. That of example i meets Z[i]."},
    {MISTAKE(tied_first_number_of_z), "In the decoder's part of dW every column is made with the "
                                      "first number of the code. Column j is made with Z[i][j]."},
    {MISTAKE(tied_first_column_in_dz), "Every number of dZ is made with the first column of W. "
                                       "Number j is made with column j: W[l][j]."},
    {MISTAKE(tied_last_column_in_dz), "Every number of dZ is made with the last column of W. "
                                      "Number j is made with column j: W[l][j]."},
    {MISTAKE(tied_relu), "dZ is set to zero where Z is not above 0, as behind a relu. This "
                         "autoencoder has none: it is linear."},
    {MISTAKE(tied_straight_through),
     "dX is dR. What comes back to X has been through W^T and W: dX = dZ W^T, with dZ = dR W."},
    {MISTAKE(tied_with_dr),
     "dR is in dX as well. There is no shortcut here: X reaches R through Z alone."},
    {MISTAKE(tied_dx_of_z), "dX is Z W^T, which is R. What comes back is dZ W^T, with dZ = dR W."},
    {0}};

CALL(tied_backward, n[0], n[1], n[2], a[0], a[1], a[2], a[3], a[4], a[5])

static const Exercise exercise_tied_backward = {
    .name = "tied_backward",
    .call = call_tied_backward,
    .sizes = "nkm",
    .arguments = {{"dR", IN_NORMAL, "nk", 0},
                  {"X", IN_NORMAL, "nk", 0},
                  {"Z", IN_PREPARED, "nm", 0},
                  {"W", IN_NORMAL, "km", 0},
                  {"dX", OUT, "nk", 0},
                  {"dW", OUT, "km", 0}},
    .cases = {{4, 5, 3}, {3, 6, 2}, {5, 3, 4}},
    .reference = JUDGE((Function)reference_tied),
    .prepare = JUDGE(prepare_tied),
    .mistakes = JUDGE(tied_mistakes),
};

/* -- 8. tied_conv1d_backward ------------------------------------------------------------------- */

#define LINE                                                                           \
    int n, int t, int k, int s, int p, int u, const real dy[n][t], const real x[n][t], \
        const real z[n][u], const real w[k], real dx[n][t], real dw[k]
#define LINE_ARGUMENTS n, t, k, s, p, u, dy, x, z, w, dx, dw

/* z as the forward pass makes it: about half of them are 0. */
static void prepare_line(int which, const int n[], void *const a[])
{
    (void)which;
    const int t = n[1], u = n[5];
    const Axis axis = {t, u, n[2], n[3], n[4]};
    real(*x)[t] = a[1], (*z)[u] = a[2], *w = a[3];
    for (int i = 0; i < n[0]; i++)
        for (int r = 0; r < u; r++) {
            z[i][r] = 0;
            for (int number = 0; number < axis.k; number++) {
                const int at = right_place(axis, r, number);
                z[i][r] += at >= 0 ? w[number] * x[i][at] : 0;
            }
            z[i][r] = fmax(z[i][r], 0);
        }
}

/* What may be left out, or be otherwise. */
typedef struct {
    Place *down, *up;           /* of the convolution and of the transposed one */
    real encoder, decoder;      /* so much of their parts of dw */
    bool gate_dx, gate_encoder; /* the relu's */
    Place *by_x;                /* it is x there that opens it, and not z */
    Place *x_at;                /* where x is taken for dw, if not where dx goes */
    bool z_for_x, x_for_z;      /* in the encoder's part of dw, and in the decoder's */
} Parts;

static const Parts all_parts = {right_place, right_place, 1,    1,     true,
                                true,        NULL,        NULL, false, false};

static void line_of(Parts have, LINE)
{
    const Axis axis = {t, u, k, s, p};
    clear(n * t, *dx);
    clear(k, dw);
    for (int i = n - 1; i >= 0; i--)
        for (int r = u - 1; r >= 0; r--) {
            real dz = 0;
            for (int a = k - 1; a >= 0; a--) {
                const int at = have.up(axis, r, a);
                if (at < 0)
                    continue;
                dz += dy[i][at] * w[a];
                dw[a] += have.decoder * dy[i][at] * (have.x_for_z ? x[i][at] : z[i][r]);
            }
            for (int a = k - 1; a >= 0; a--) {
                const int at = have.down(axis, r, a);
                if (at < 0)
                    continue;
                const bool open = (have.by_x ? x[i][have.by_x(axis, r, a)] : z[i][r]) > 0;
                const int from = have.x_at ? have.x_at(axis, r, a) : at;
                dx[i][at] += dz * w[a] * (have.gate_dx ? open : 1);
                dw[a] += have.encoder * dz * (have.z_for_x ? z[i][r] : x[i][from]) *
                         (have.gate_encoder ? open : 1);
            }
        }
}

static void reference_line(LINE)
{
    line_of(all_parts, LINE_ARGUMENTS);
}

static void line_by(Place *down, Place *up, LINE)
{
    Parts have = all_parts;
    have.down = down;
    have.up = up;
    line_of(have, LINE_ARGUMENTS);
}

static void line_unpadded(LINE)
{
    line_by(unpadded, unpadded, LINE_ARGUMENTS);
}

static void line_padded_the_other_way(LINE)
{
    line_by(padded_the_other_way, padded_the_other_way, LINE_ARGUMENTS);
}

static void line_padded_twice(LINE)
{
    line_by(padded_twice, padded_twice, LINE_ARGUMENTS);
}

static void line_one_apart(LINE)
{
    line_by(one_apart, one_apart, LINE_ARGUMENTS);
}

static void line_side_by_side(LINE)
{
    line_by(side_by_side, side_by_side, LINE_ARGUMENTS);
}

static void line_spread_out(LINE)
{
    line_by(spread_out, spread_out, LINE_ARGUMENTS);
}

static void line_stride_times_number(LINE)
{
    line_by(stride_times_number, stride_times_number, LINE_ARGUMENTS);
}

static void line_stride_times_padding(LINE)
{
    line_by(stride_times_padding, stride_times_padding, LINE_ARGUMENTS);
}

static void line_added_to_the_edge(LINE)
{
    line_by(added_to_the_edge, added_to_the_edge, LINE_ARGUMENTS);
}

static void line_around_the_corner(LINE)
{
    line_by(around_the_corner, around_the_corner, LINE_ARGUMENTS);
}

static void line_whole_windows(LINE)
{
    line_by(whole_windows, whole_windows, LINE_ARGUMENTS);
}

static void line_first_left_out(LINE)
{
    line_by(first_left_out, first_left_out, LINE_ARGUMENTS);
}

static void line_last_left_out(LINE)
{
    line_by(last_left_out, last_left_out, LINE_ARGUMENTS);
}

static void line_turned_up(LINE)
{
    line_by(right_place, turned, LINE_ARGUMENTS);
}

static void line_turned_down(LINE)
{
    line_by(turned, right_place, LINE_ARGUMENTS);
}

static void line_turned_both(LINE)
{
    line_by(turned, turned, LINE_ARGUMENTS);
}

/* Only dw, or so much of it, is turned. */
static void line_dw_turned(bool encoder, bool decoder, LINE)
{
    Parts have = all_parts;
    real first[k], second[k], *const part[] = {first, second};
    const bool turn[] = {encoder, decoder};
    for (int which = 0; which < 2; which++) {
        have.encoder = which == 0;
        have.decoder = which == 1;
        line_of(have, n, t, k, s, p, u, dy, x, z, w, dx, part[which]);
    }
    for (int a = 0; a < k; a++)
        dw[a] = first[turn[0] ? k - 1 - a : a] + second[turn[1] ? k - 1 - a : a];
}

static void line_dw_turned_in_encoder(LINE)
{
    line_dw_turned(true, false, LINE_ARGUMENTS);
}

static void line_dw_turned_in_decoder(LINE)
{
    line_dw_turned(false, true, LINE_ARGUMENTS);
}

static void line_dw_turned_in_both(LINE)
{
    line_dw_turned(true, true, LINE_ARGUMENTS);
}

static void line_ends_outside(LINE)
{
    line_by(ends_outside, ends_outside, LINE_ARGUMENTS);
}

static void line_ends_outside_in_encoder(LINE)
{
    line_by(ends_outside, right_place, LINE_ARGUMENTS);
}

static void line_padded_to_the_same(LINE)
{
    line_by(padded_to_the_same, padded_to_the_same, LINE_ARGUMENTS);
}

static void line_padded_by_half(LINE)
{
    line_by(padded_by_half, padded_by_half, LINE_ARGUMENTS);
}

static void line_signs_exchanged(LINE)
{
    line_by(signs_exchanged, signs_exchanged, LINE_ARGUMENTS);
}

static void line_stride_in_encoder_alone(LINE)
{
    line_by(right_place, one_apart, LINE_ARGUMENTS);
}

static void line_stride_in_decoder_alone(LINE)
{
    line_by(one_apart, right_place, LINE_ARGUMENTS);
}

static void line_encoder_twice(LINE)
{
    Parts have = all_parts;
    have.encoder = 2;
    have.decoder = 0;
    line_of(have, LINE_ARGUMENTS);
}

static void line_decoder_twice(LINE)
{
    Parts have = all_parts;
    have.encoder = 0;
    have.decoder = 2;
    line_of(have, LINE_ARGUMENTS);
}

static void line_averaged(LINE)
{
    Parts have = all_parts;
    have.encoder = (real)0.5;
    have.decoder = (real)0.5;
    line_of(have, LINE_ARGUMENTS);
}

static void line_without_relu(LINE)
{
    Parts have = all_parts;
    have.gate_dx = false;
    have.gate_encoder = false;
    line_of(have, LINE_ARGUMENTS);
}

static void line_without_relu_in_dx(LINE)
{
    Parts have = all_parts;
    have.gate_dx = false;
    line_of(have, LINE_ARGUMENTS);
}

static void line_without_relu_in_dw(LINE)
{
    Parts have = all_parts;
    have.gate_encoder = false;
    line_of(have, LINE_ARGUMENTS);
}

static void line_mean(LINE)
{
    Parts have = all_parts;
    have.encoder = 1 / (real)n;
    have.decoder = 1 / (real)n;
    line_of(have, LINE_ARGUMENTS);
}

static void line_gated_by_x(LINE)
{
    Parts have = all_parts;
    have.by_x = right_place;
    line_of(have, LINE_ARGUMENTS);
}

/* The number of a window, and where it would begin without the padding. */
static int window_number(Axis x, int r, int a)
{
    (void)x, (void)a;
    return r;
}

static int window_start(Axis x, int r, int a)
{
    (void)a;
    return x.s * r < x.size ? x.s * r : x.size - 1;
}

static void line_gated_by_x_of_window(LINE)
{
    Parts have = all_parts;
    have.by_x = window_number;
    line_of(have, LINE_ARGUMENTS);
}

static void line_gated_by_x_of_start(LINE)
{
    Parts have = all_parts;
    have.by_x = window_start;
    line_of(have, LINE_ARGUMENTS);
}

static void line_x_of_window(LINE)
{
    Parts have = all_parts;
    have.x_at = window_number;
    line_of(have, LINE_ARGUMENTS);
}

static void line_z_for_x(LINE)
{
    Parts have = all_parts;
    have.z_for_x = true;
    line_of(have, LINE_ARGUMENTS);
}

static void line_x_for_z(LINE)
{
    Parts have = all_parts;
    have.x_for_z = true;
    line_of(have, LINE_ARGUMENTS);
}

static void line_exchanged(LINE)
{
    Parts have = all_parts;
    have.z_for_x = true;
    have.x_for_z = true;
    line_of(have, LINE_ARGUMENTS);
}

/* The relu opened by dz, the gradient. */
static void line_gated_by_gradient(LINE)
{
    real open[n][u];
    const Axis axis = {t, u, k, s, p};
    for (int i = 0; i < n; i++)
        for (int r = 0; r < u; r++) {
            open[i][r] = 0;
            for (int a = 0; a < k; a++) {
                const int at = right_place(axis, r, a);
                open[i][r] += at >= 0 ? dy[i][at] * w[a] : 0;
            }
        }
    real decoder[k];
    Parts have = all_parts;
    have.encoder = 0;
    line_of(have, LINE_ARGUMENTS);
    copy(k, dw, decoder);
    have = all_parts;
    have.decoder = 0;
    line_of(have, n, t, k, s, p, u, dy, x, open, w, dx, dw);
    for (int a = 0; a < k; a++)
        dw[a] += decoder[a];
}

static void line_with_dy(LINE)
{
    reference_line(LINE_ARGUMENTS);
    for (int i = 0; i < n; i++)
        for (int j = 0; j < t; j++)
            dx[i][j] += dy[i][j];
}

static void line_last_sequence(LINE)
{
    real unused[1][t];
    reference_line(LINE_ARGUMENTS);
    line_of(all_parts, 1, t, k, s, p, u, &dy[n - 1], &x[n - 1], &z[n - 1], w, unused, dw);
}

static void line_gaps_unwritten(LINE)
{
    const Axis axis = {t, u, k, s, p};
    real before[n][t], count[t];
    memcpy(before, dx, sizeof before);
    reference_line(LINE_ARGUMENTS);
    clear(t, count);
    for (int at = 0; at < u * k; at++)
        if (right_place(axis, at / k, at % k) >= 0)
            count[right_place(axis, at / k, at % k)] = 1;
    for (int i = 0; i < n; i++)
        for (int j = 0; j < t; j++)
            dx[i][j] = count[j] > 0 ? dx[i][j] : before[i][j];
}

static const Mistake line_mistakes[] = {
    {TURNED("missing-term:dy[i][j]*z[i][r]"),
     "The decoder's part of dw is missing. w is used twice: what it painted of z is in y, and so "
     "dw[a] gets dy[i][s r + a - p] z[i][r] as well."},
    {TURNED("missing-term:dz*x[i][j]"),
     "The encoder's part of dw is missing. w is used twice: z was made with it, and so dw[a] gets "
     "dz x[i][s r + a - p] where z is above 0."},
    {MISTAKE(line_encoder_twice),
     "dw is twice the encoder's part. The two parts differ: dz x of the encoder, dy z of the "
     "decoder."},
    {MISTAKE(line_decoder_twice),
     "dw is twice the decoder's part. The two parts differ: dz x of the encoder, dy z of the "
     "decoder."},
    {MISTAKE(line_averaged),
     "dw is half of what it should be. A variable that is used twice gets both gradients, and "
     "they add up; nothing is averaged."},
    {MISTAKE(line_without_relu),
     "The relu is missing on the way back: where z is 0 nothing comes through it, neither to dx "
     "nor to the encoder's part of dw."},
    {MISTAKE(line_without_relu_in_dx),
     "The relu is missing on the way to dx: where z is 0 nothing comes through it."},
    {MISTAKE(line_without_relu_in_dw),
     "The relu is missing in the encoder's part of dw: where z is 0 nothing comes through it."},
    {TURNED("times:dy[i][j]*w[a]<-z[i][r]"),
     "What comes back through the relu is multiplied by z. It is relu's slope that it meets, 1 "
     "where z is above 0 and 0 elsewhere."},
    {MISTAKE(line_gated_by_gradient),
     "It is the sign of the gradient that opens the relu. What opens it is the forward pass: z "
     "above 0."},
    {MISTAKE(line_turned_up),
     "On the way back from y the kernel lies the wrong way round. What went forward through w[a] "
     "comes back through w[a]: from dy[i][s r + a - p] to z[i][r]."},
    {MISTAKE(line_turned_down),
     "On the way back to x the kernel lies the wrong way round. What went forward through w[a] "
     "comes back through w[a]: from z[i][r] to dx[i][s r + a - p]."},
    {MISTAKE(line_turned_both),
     "The kernel lies the wrong way round on both ways back. What went forward through w[a] comes "
     "back through w[a]: number a of window r lies on s r + a - p."},
    {MISTAKE(line_dw_turned_in_encoder),
     "The encoder's part of dw lies the wrong way round. Number a of window r lay on x[i][s r + a "
     "- p]: dw[a] gets dz times that."},
    {MISTAKE(line_dw_turned_in_decoder),
     "The decoder's part of dw lies the wrong way round. Number a of window r lay on y[i][s r + a "
     "- p]: dw[a] gets dy of that times z."},
    {MISTAKE(line_dw_turned_in_both),
     "dw lies the wrong way round. Number a of window r lay on s r + a - p, on the way down and "
     "up: what comes from there belongs to dw[a]."},
    {MISTAKE(line_ends_outside),
     "Windows that hang over the front end were left out: does a loop end at the first number that "
     "lies outside (break)? The next ones may lie inside (continue)."},
    {MISTAKE(line_ends_outside_in_encoder),
     "On the way back to x, windows that hang over the front end were left out: does a loop end at "
     "the first number that lies outside (break)? The next ones may lie inside (continue)."},
    {MISTAKE(line_padded_to_the_same),
     "Your windows begin at s r - (k - 1) / 2. That is the padding that keeps a size where the "
     "stride is 1; here p is given: window r begins at s r - p."},
    {MISTAKE(line_padded_by_half),
     "Your windows begin at s r - k / 2. The padding is given: window r begins at s r - p."},
    {MISTAKE(line_signs_exchanged), "The signs of a and p are exchanged: what you have is s r - a "
                                    "+ p. Number a of window r lies on s r + a - p."},
    {MISTAKE(line_stride_in_encoder_alone),
     "The stride is missing on the way back from y: window r begins at s r - p there, too."},
    {MISTAKE(line_stride_in_decoder_alone),
     "The stride is missing on the way back to x: window r begins at s r - p there, too."},
    {MISTAKE(line_unpadded),
     "This is what comes out without the padding. Window r begins at s r - p, so its number a "
     "lies on s r + a - p, on the way down and up."},
    {MISTAKE(line_padded_the_other_way),
     "The padding is counted to the wrong side: window r begins at s r - p, before x, and not at "
     "s r + p."},
    {MISTAKE(line_padded_twice),
     "The padding counts twice at the front. Window r begins at s r - p."},
    {MISTAKE(line_one_apart),
     "Your windows lie one number apart. They begin s apart: window r begins at s r - p."},
    {MISTAKE(line_side_by_side),
     "Your windows lie side by side, k apart. They begin s apart, whatever k is."},
    {MISTAKE(line_spread_out),
     "The stride belongs to the window and not to the kernel: s r + a - p, and not r + s a - p."},
    {MISTAKE(line_stride_times_number),
     "The stride goes with the window alone: s r + a - p, and not s (r + a) - p."},
    {MISTAKE(line_stride_times_padding),
     "The padding is not multiplied by the stride: s r + a - p, and not s (r - p) + a."},
    {MISTAKE(line_added_to_the_edge),
     "Where a window hangs over an end you took the number at that end. There is nothing: no dx, "
     "no dz and no dw comes from there."},
    {MISTAKE(line_around_the_corner),
     "Where a window hangs over one end you went on at the other end. There is nothing: no dx, no "
     "dz and no dw comes from there."},
    {MISTAKE(line_whole_windows),
     "You left out the windows that hang over an end. Those of their numbers that lie on x count "
     "like all others."},
    {MISTAKE(line_first_left_out),
     "The first number of x and of y is left out: the test for the padding is j >= 0, with the 0."},
    {MISTAKE(line_last_left_out), "The last number of x and of y is left out: they end at t - 1."},
    {MISTAKE(line_mean),
     "You divided dw by n. The kernel is used in every sequence, and the gradients of all uses "
     "add up."},
    {MISTAKE(line_last_sequence),
     "Only the last sequence is in dw. The kernel is used in all of them: begin the sum at zero "
     "once, before the loop over the sequences."},
    {MISTAKE(line_with_dy),
     "dy is in dx as well. There is no shortcut here: x reaches y through z alone."},
    {TURNED("accumulate:dx[i][j]+="),
     "Of several windows that lie on one number of x only one is left in dx: = stands where += "
     "belongs. They add up."},
    {TURNED("accumulate:dz+="),
     "Only one number of the window is left in dz: = stands where += belongs. z[i][r] painted k "
     "numbers of y, and they add up."},
    {MISTAKE(line_gaps_unwritten),
     "Numbers of x on which no window lies were left unwritten. Their gradient is 0, and that has "
     "to be written."},
    {MISTAKE(line_gated_by_x),
     "It is x that opens the relu. The relu comes behind the convolution: what opens it is z "
     "above 0."},
    {MISTAKE(line_gated_by_x_of_window),
     "It is x[i][r] that opens the relu. What opens it is z[i][r] above 0."},
    {MISTAKE(line_gated_by_x_of_start),
     "It is x[i][s r] that opens the relu. What opens it is z[i][r] above 0."},
    {MISTAKE(line_x_of_window), "In the encoder's part of dw x[i][r] stands where x[i][s r + a - "
                                "p] belongs: there number a of window r lay."},
    {MISTAKE(line_z_for_x),
     "In the encoder's part of dw z stands where x belongs: w[a] was multiplied by x[i][s r + a - "
     "p], and the sum of these is z."},
    {MISTAKE(line_x_for_z),
     "In the decoder's part of dw x stands where z belongs: w[a] was multiplied by z[i][r] and "
     "painted on y[i][s r + a - p]."},
    {MISTAKE(line_exchanged),
     "x and z are exchanged in dw. Down, w[a] met x, and dz comes back to it; up, it met z, and "
     "dy comes back to it: dz x and dy z."},
    {0}};

CALL(tied_conv1d_backward, n[0], n[1], n[2], n[3], n[4], n[5], a[0], a[1], a[2], a[3], a[4], a[5])

static const Exercise exercise_tied_conv1d_backward = {
    .name = "tied_conv1d_backward",
    .call = call_tied_conv1d_backward,
    .sizes = "ntkspu",
    .arguments = {{"dy", IN_NORMAL, "nt", 0},
                  {"x", IN_NORMAL, "nt", 0},
                  {"z", IN_PREPARED, "nu", 0},
                  {"w", IN_NORMAL, "k", 0},
                  {"dx", OUT, "nt", 0},
                  {"dw", OUT, "k", 0}},
    .cases = {{3, 8, 3, 2, 1, 4},
              {4, 9, 4, 2, 2, 5},
              {3, 10, 3, 4, 1, 3},
              {5, 7, 3, 1, 1, 7},
              {3, 9, 5, 2, 1, 4},
              {7, 8, 5, 1, 2, 8}},
    .reference = JUDGE((Function)reference_line),
    .prepare = JUDGE(prepare_line),
    .mistakes = JUDGE(line_mistakes),
};

/* -- all, in their order ----------------------------------------------------------------------- */

static const Exercise *const exercises[] = {&exercise_sizes_down_and_up,
                                            &exercise_conv_transpose2d,
                                            &exercise_conv_transpose2d_input_backward,
                                            &exercise_conv_transpose2d_weight_backward,
                                            &exercise_upsample_backward,
                                            &exercise_psnr_backward,
                                            &exercise_tied_backward,
                                            &exercise_tied_conv1d_backward,
                                            NULL};

const Check check = {"20_autoencoder", exercises};
