#include "kernel/pool.h"

#include <stdbool.h>

#include "kernel/simd.h"

/* -- one plane after the other ------------------------------------------------------------------
 */

enum { ENOUGH_TO_SHARE = 1 << 18 }; /* elements of x that take longer than to wake a thread */

/* What is done to one plane: x and y are its own, and so is place. */
typedef void PlaneWork(const Pool *p, int *place, const real *from, real *to);

/* From x to y or, backwards, from dy to dx. */
static void each_plane(const Pool *p, PlaneWork *work, bool backwards, const real *from, real *to)
{
    const ptrdiff_t size_x = (ptrdiff_t)p->down.n * p->across.n;
    const ptrdiff_t size_y = (ptrdiff_t)p->down.out * p->across.out;
#ifdef _OPENMP
#pragma omp parallel for if (p->planes * size_x > ENOUGH_TO_SHARE)
#endif
    for (int plane = 0; plane < p->planes; plane++)
        work(p, p->place ? p->place + plane * size_y : NULL,
             from + plane * (backwards ? size_y : size_x),
             to + plane * (backwards ? size_x : size_y));
}

/* The elements of an axis that window i holds: first .. end - 1. */
typedef struct {
    int first, end;
} Span;

static Span window(const PoolAxis *a, int i)
{
    ptrdiff_t first = (ptrdiff_t)i * a->stride - a->padding, end = first + a->kernel;
    return (Span){first > 0 ? (int)first : 0, end < a->n ? (int)end : a->n};
}

/* -- the largest element ------------------------------------------------------------------------
 */

/* Where the largest element of a window of the plane x, `width` wide, stands. */
static int largest(Span rows, Span columns, int width, const real *x)
{
    int best = rows.first * width + columns.first;
    for (int i = rows.first; i < rows.end; i++)
        for (int j = columns.first; j < columns.end; j++) {
            const int at = i * width + j;
            if (x[at] > x[best] || isnan(x[at]))
                best = at;
        }
    return best;
}

/* The 2 n elements at x, n <= LANES: those at an even place, and those at an odd one. */
ALWAYS_INLINE void load_pairs(ptrdiff_t n, const real *x, Vector *even, Vector *odd)
{
    real pairs[2 * LANES], apart[2][LANES];
    store(pairs, load_part(2 * n, x, 0));
    store(pairs + LANES, load_part(2 * n - LANES, x + LANES, 0));
    FOR_EACH_LANE (i) {
        apart[0][i] = pairs[2 * i];
        apart[1][i] = pairs[2 * i + 1];
    }
    *even = load(apart[0]);
    *odd = load(apart[1]);
}

/* In each lane: if x is larger than the best so far, it is the best, and `at` is its place. */
ALWAYS_INLINE void compete(Vector x, Int at, Vector *best, IntVector *place)
{
    IntVector wins = (x > *best) | (x != x);
    *best = choose(wins, x, *best);
    *place = (wins & at) | (~wins & *place);
}

/* One row of y from two of x, `width` apart, the first of which begins at `at`: 2 x 2 windows side
 * by side, a vector of them at a time. */
static void largest_of_four(int n, int width, int at, const real *x, real *y, int *place)
{
    for (ptrdiff_t j = 0; j < n; j += LANES) {
        Vector best, right, below, across;
        IntVector where = {0};
        load_pairs(n - j, x + at + 2 * j, &best, &right);
        load_pairs(n - j, x + at + 2 * j + width, &below, &across);
        compete(right, 1, &best, &where);
        compete(below, width, &best, &where);
        compete(across, width + 1, &best, &where);
        store_part(n - j, y + j, best);
        where += at + 2 * ((Int)j + lane_numbers());
        FOR_EACH_LANE (i)
            if (i < n - j)
                place[j + i] = (int)where[i];
    }
}

static void max_plane(const Pool *p, int *place, const real *x, real *y)
{
    const PoolAxis *down = &p->down, *across = &p->across;
    const bool in_twos = down->kernel == 2 && down->stride == 2 && down->padding == 0 &&
                         across->kernel == 2 && across->stride == 2 && across->padding == 0;
    for (int i = 0; i < down->out; i++, y += across->out, place += across->out) {
        if (in_twos) {
            largest_of_four(across->out, across->n, 2 * i * across->n, x, y, place);
            continue;
        }
        for (int j = 0; j < across->out; j++) {
            place[j] = largest(window(down, i), window(across, j), across->n, x);
            y[j] = x[place[j]];
        }
    }
}

static void max_plane_backward(const Pool *p, int *place, const real *dy, real *dx)
{
    const int n = p->down.out * p->across.out;
    for (int i = 0; i < n; i++)
        dx[place[i]] += dy[i];
}

void max_pool(const Pool *p, const real *x, real *y)
{
    each_plane(p, max_plane, false, x, y);
}

void max_pool_backward(const Pool *p, const real *dy, real *dx)
{
    each_plane(p, max_plane_backward, true, dy, dx);
}

/* -- the average --------------------------------------------------------------------------------
 */

static real window_size(const Pool *p)
{
    return (real)p->down.kernel * (real)p->across.kernel;
}

static void average_plane(const Pool *p, int *place, const real *x, real *y)
{
    (void)place;
    const int width = p->across.n;
    for (int i = 0; i < p->down.out; i++)
        for (int j = 0; j < p->across.out; j++) {
            const Span rows = window(&p->down, i), columns = window(&p->across, j);
            real sum = 0;
            for (int k = rows.first; k < rows.end; k++)
                for (int l = columns.first; l < columns.end; l++)
                    sum += x[k * width + l];
            *y++ = sum / window_size(p);
        }
}

static void average_plane_backward(const Pool *p, int *place, const real *dy, real *dx)
{
    (void)place;
    const int width = p->across.n;
    for (int i = 0; i < p->down.out; i++)
        for (int j = 0; j < p->across.out; j++) {
            const Span rows = window(&p->down, i), columns = window(&p->across, j);
            const real part = *dy++ / window_size(p);
            for (int k = rows.first; k < rows.end; k++)
                for (int l = columns.first; l < columns.end; l++)
                    dx[k * width + l] += part;
        }
}

void average_pool(const Pool *p, const real *x, real *y)
{
    each_plane(p, average_plane, false, x, y);
}

void average_pool_backward(const Pool *p, const real *dy, real *dx)
{
    each_plane(p, average_plane_backward, true, dy, dx);
}
