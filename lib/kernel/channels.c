#include "kernel/channels.h"

#include <stddef.h>

#include "kernel/simd.h"
#include "kernel/vector.h"

enum { ENOUGH_TO_SHARE = 1 << 17 }; /* elements that take longer than to wake a thread */

/* Some channels, one row of elements from each example. Where l is 1 the channels are neighbours:
 * they are all one part, and a row runs across them. Otherwise each is a part of its own, which may
 * still be in a cache when it is gone through again, and a row runs along it. */
typedef struct {
    const Channels *s;
    int first, c;     /* which channel is the first, and how many they are */
    int step;         /* from the channel of one element of a row to that of the next: 1 or 0 */
    int length;       /* of a row */
    ptrdiff_t stride; /* from one row to the next, in an array in the shape of x */
} Part;

/* Where row i of the part is. */
static ptrdiff_t row(const Part *p, int i)
{
    return i * p->stride + (ptrdiff_t)p->first * p->s->l;
}

/* -- forwards -----------------------------------------------------------------------------------
 */

typedef struct {
    const real *x, *gain, *bias;
    real *y;
} Forwards;

static void means(const Part *p, const real *all_x, real *restrict mean)
{
    vector_fill(p->c, 0, mean);
    for (int i = 0; i < p->s->n; i++) {
        const real *x = all_x + row(p, i);
        if (p->step)
            for (int j = 0; j < p->c; j++)
                mean[j] += x[j];
        else
            *mean += vector_sum(p->length, x);
    }
    for (int j = 0; j < p->c; j++)
        mean[j] /= (real)p->s->n * (real)p->s->l;
}

/* squares = sum (x - mean)^2 */
static void sum_squares(const Part *p, const real *all_x, const real *mean, real *restrict squares)
{
    vector_fill(p->c, 0, squares);
    for (int i = 0; i < p->s->n; i++) {
        const real *x = all_x + row(p, i);
        if (p->step)
            for (int j = 0; j < p->c; j++)
                squares[j] += (x[j] - mean[j]) * (x[j] - mean[j]);
        else
            *squares += vector_dot_about(p->length, x, *mean, x, *mean);
    }
}

/* Called with a step that the compiler knows, as it is below: then it makes vectors of the loop. */
ALWAYS_INLINE void normalize_row(int n, int step, const real *x, const real *mean,
                                 const real *std_inv, const real *gain, const real *bias,
                                 real *restrict y)
{
    for (int k = 0; k < n; k++)
        y[k] = gain[k * step] * ((x[k] - mean[k * step]) * std_inv[k * step]) + bias[k * step];
}

static void forwards(const Part *p, const void *arrays)
{
    const Forwards *f = arrays;
    const Channels *s = p->s;
    const int first = p->first;
    const real *gain = f->gain + first, *bias = f->bias + first;
    real *mean = s->mean + first, *std_inv = s->std_inv + first;
    if (!s->constant) {
        means(p, f->x, mean);
        sum_squares(p, f->x, mean, s->squares + first);
        for (int j = 0; j < p->c; j++)
            std_inv[j] = 1 / sqrt(s->squares[first + j] / s->divisor + s->eps);
    }
    for (int i = 0; i < s->n; i++) {
        const ptrdiff_t at = row(p, i);
        if (p->step)
            normalize_row(p->length, 1, f->x + at, mean, std_inv, gain, bias, f->y + at);
        else
            normalize_row(p->length, 0, f->x + at, mean, std_inv, gain, bias, f->y + at);
    }
}

/* -- backwards ----------------------------------------------------------------------------------
 */

typedef struct {
    const real *x, *gain, *dy;
    real *dx, *dgain, *dbias;
} Backwards;

/* sum = sum dy,   dot = sum dy (x - mean) */
static void sum_gradients(const Part *p, const Backwards *b, const real *mean, real *restrict sum,
                          real *restrict dot)
{
    vector_fill(p->c, 0, sum);
    vector_fill(p->c, 0, dot);
    for (int i = 0; i < p->s->n; i++) {
        const real *x = b->x + row(p, i), *dy = b->dy + row(p, i);
        if (p->step) {
            for (int j = 0; j < p->c; j++) {
                sum[j] += dy[j];
                dot[j] += dy[j] * (x[j] - mean[j]);
            }
        } else {
            *sum += vector_sum(p->length, dy);
            *dot += vector_dot_about(p->length, x, *mean, dy, 0);
        }
    }
}

/* dx += scale (dy - sum - (x - mean) dot) */
ALWAYS_INLINE void row_backward(int n, int step, const real *x, const real *mean, const real *sum,
                                const real *dot, const real *scale, const real *dy,
                                real *restrict dx)
{
    for (int k = 0; k < n; k++)
        dx[k] +=
            scale[k * step] * (dy[k] - sum[k * step] - (x[k] - mean[k * step]) * dot[k * step]);
}

/* dx += scale dy */
ALWAYS_INLINE void row_backward_constant(int n, int step, const real *scale, const real *dy,
                                         real *restrict dx)
{
    for (int k = 0; k < n; k++)
        dx[k] += scale[k * step] * dy[k];
}

static void rows_backward(const Part *p, const Backwards *b)
{
    const Channels *s = p->s;
    const real *mean = s->mean + p->first, *scale = s->scale + p->first;
    const real *sum = s->sum + p->first, *dot = s->dot + p->first;
    for (int i = 0; i < s->n; i++) {
        const real *x = b->x + row(p, i), *dy = b->dy + row(p, i);
        real *dx = b->dx + row(p, i);
        if (s->constant && p->step)
            row_backward_constant(p->length, 1, scale, dy, dx);
        else if (s->constant)
            row_backward_constant(p->length, 0, scale, dy, dx);
        else if (p->step)
            row_backward(p->length, 1, x, mean, sum, dot, scale, dy, dx);
        else
            row_backward(p->length, 0, x, mean, sum, dot, scale, dy, dx);
    }
}

static void backwards(const Part *p, const void *arrays)
{
    const Backwards *b = arrays;
    const Channels *s = p->s;
    const int first = p->first;
    const real *std_inv = s->std_inv + first;
    real *sum = s->sum + first, *dot = s->dot + first, *scale = s->scale + first;
    sum_gradients(p, b, s->mean + first, sum, dot);
    for (int j = 0; j < p->c; j++)
        dot[j] *= std_inv[j];
    if (b->dgain)
        vector_add(p->c, dot, b->dgain + first);
    if (b->dbias)
        vector_add(p->c, sum, b->dbias + first);
    if (!b->dx)
        return;
    for (int j = 0; j < p->c; j++) {
        sum[j] /= (real)s->n * (real)s->l;
        dot[j] *= std_inv[j] / s->divisor;
        scale[j] = b->gain[first + j] * std_inv[j];
    }
    rows_backward(p, b);
}

/* -- all channels -------------------------------------------------------------------------------
 */

typedef void PartWork(const Part *p, const void *arrays);

static void each_part(const Channels *s, PartWork *work, const void *arrays)
{
    const ptrdiff_t stride = (ptrdiff_t)s->c * s->l;
    if (s->l == 1) {
        work(&(Part){s, 0, s->c, 1, s->c, stride}, arrays);
        return;
    }
#ifdef _OPENMP
#pragma omp parallel for if (s->n * stride > ENOUGH_TO_SHARE)
#endif
    for (int first = 0; first < s->c; first++)
        work(&(Part){s, first, 1, 0, s->l, stride}, arrays);
}

void channels_normalize(const Channels *s, const real *x, const real *gain, const real *bias,
                        real *y)
{
    each_part(s, forwards, &(Forwards){x, gain, bias, y});
}

void channels_normalize_backward(const Channels *s, const real *x, const real *gain, const real *dy,
                                 real *dx, real *dgain, real *dbias)
{
    each_part(s, backwards, &(Backwards){x, gain, dy, dx, dgain, dbias});
}
