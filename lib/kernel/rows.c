#include "kernel/rows.h"

#include <stddef.h>

#include "kernel/threads.h"
#include "kernel/vector.h"

enum {
    PIECE = 64,                /* columns whose sums are made at once */
    ENOUGH_TO_SHARE = 1 << 16, /* numbers that take longer than to wake a thread */
};

/* Where row i begins. */
static ptrdiff_t row(const Rows *s, int i)
{
    return (ptrdiff_t)i * s->d;
}

static int piece_at(const Rows *s, int first)
{
    return s->d - first < PIECE ? s->d - first : PIECE;
}

/* -- forward ---------------------------------------------------------------------------------- */

/* y = gain xhat + bias */
static void normalize_row(int d, real eps, const real x[d], const real gain[d], const real bias[d],
                          real xhat[d], real *std_inv, real y[d])
{
    const real mean = vector_sum(d, x) / (real)d;
    const real var = vector_dot_about(d, x, mean, x, mean) / (real)d, inverse = 1 / sqrt(var + eps);
    for (int j = 0; j < d; j++) {
        xhat[j] = (x[j] - mean) * inverse;
        y[j] = gain[j] * xhat[j] + bias[j];
    }
    *std_inv = inverse;
}

typedef struct {
    const Rows *s;
    const real *x, *gain, *bias;
    real *y;
} Forward;

static void forward_row(const void *work, int i)
{
    const Forward *f = work;
    const ptrdiff_t at = row(f->s, i);
    normalize_row(f->s->d, f->s->eps, f->x + at, f->gain, f->bias, f->s->xhat + at,
                  &f->s->std_inv[i], f->y + at);
}

void rows_normalize(const Rows *s, const real *x, const real *gain, const real *bias, real *y)
{
    work_in_parts(s->n, threads_for((double)s->n * s->d, ENOUGH_TO_SHARE), forward_row,
                  &(Forward){s, x, gain, bias, y});
}

/* -- backward --------------------------------------------------------------------------------- */

typedef struct {
    const Rows *s;
    const real *gain, *dy;
    real *dx, *dgain, *dbias;
} Backward;

/* Of some columns:   dbias += sum_i dy[i],   dgain += sum_i dy[i] xhat[i] */
static void columns_backward(const void *work, int piece)
{
    const Backward *b = work;
    const Rows *s = b->s;
    const int first = piece * PIECE, columns = piece_at(s, first);
    real sum[PIECE] = {0}, dot[PIECE] = {0};
    for (int i = 0; i < s->n; i++) {
        const real *dy = b->dy + row(s, i) + first, *xhat = s->xhat + row(s, i) + first;
        for (int j = 0; j < columns; j++) {
            sum[j] += dy[j];
            dot[j] += dy[j] * xhat[j];
        }
    }
    if (b->dbias)
        vector_add(columns, sum, b->dbias + first);
    if (b->dgain)
        vector_add(columns, dot, b->dgain + first);
}

/* dx += std_inv (dxhat - sum dxhat / d - xhat sum(dxhat xhat) / d) */
static void row_backward(const void *work, int i)
{
    const Backward *b = work;
    const Rows *s = b->s;
    const real *xhat = s->xhat + row(s, i), *dy = b->dy + row(s, i), *gain = b->gain;
    real dxhat[PIECE], *dx = b->dx + row(s, i), sum = 0, dot = 0;
    for (int first = 0; first < s->d; first += PIECE) {
        const int columns = piece_at(s, first);
        for (int j = 0; j < columns; j++)
            dxhat[j] = gain[first + j] * dy[first + j];
        sum += vector_sum(columns, dxhat);
        dot += vector_dot(columns, dxhat, xhat + first);
    }
    sum /= (real)s->d;
    dot /= (real)s->d;
    const real std_inv = s->std_inv[i];
    for (int j = 0; j < s->d; j++)
        dx[j] += std_inv * (gain[j] * dy[j] - sum - xhat[j] * dot);
}

void rows_normalize_backward(const Rows *s, const real *gain, const real *dy, real *dx, real *dgain,
                             real *dbias)
{
    const Backward b = {s, gain, dy, dx, dgain, dbias};
    const int threads = threads_for((double)s->n * s->d, ENOUGH_TO_SHARE);
    work_in_parts(1 + (s->d - 1) / PIECE, threads, columns_backward, &b);
    if (dx)
        work_in_parts(s->n, threads, row_backward, &b);
}
