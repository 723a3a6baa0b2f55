/* The gates of one example. Each function goes through its row some times, a stretch of it by the
 * vectorised sigmoid or tanh, a stretch by a loop that the compiler makes vectors of; but the row
 * lies in the first-level cache, and memory is read and written once. */
#include "kernel/recurrent.h"

#include "kernel/vector.h"

void rnn_step(int h, const real *a, real *y)
{
    vector_tanh(h, a, y);
}

void rnn_step_backward(int h, const real *y, const real *dy, real *da)
{
    for (int j = 0; j < h; j++)
        da[j] = dy[j] * (1 - y[j] * y[j]);
}

void lstm_step(int h, const real *restrict c0, real *gates, real *restrict c, real *tanh_c,
               real *restrict y)
{
    const real *i = gates, *f = i + h, *g = f + h, *o = g + h;
    vector_sigmoid(2 * h, gates, gates);
    vector_tanh(h, gates + 2 * h, gates + 2 * h);
    vector_sigmoid(h, gates + 3 * h, gates + 3 * h);
    for (int j = 0; j < h; j++)
        c[j] = f[j] * c0[j] + i[j] * g[j];
    vector_tanh(h, c, tanh_c);
    for (int j = 0; j < h; j++)
        y[j] = o[j] * tanh_c[j];
}

void lstm_step_backward(int h, const real *restrict c0, const real *restrict gates,
                        const real *restrict tanh_c, const real *restrict dy, real *restrict dc,
                        real *restrict da)
{
    const real *i = gates, *f = i + h, *g = f + h, *o = g + h;
    real *da_i = da, *da_f = da_i + h, *da_g = da_f + h, *da_o = da_g + h;
    for (int j = 0; j < h; j++) {
        real d = dc[j] + dy[j] * o[j] * (1 - tanh_c[j] * tanh_c[j]);
        da_i[j] = d * g[j] * i[j] * (1 - i[j]);
        da_f[j] = d * c0[j] * f[j] * (1 - f[j]);
        da_g[j] = d * i[j] * (1 - g[j] * g[j]);
        da_o[j] = dy[j] * tanh_c[j] * o[j] * (1 - o[j]);
        dc[j] = d * f[j];
    }
}

void gru_step(int h, const real *restrict h0, real *gates, real *restrict y)
{
    const real *r = gates, *z = gates + h, *q = gates + 3 * h;
    real *n = gates + 2 * h;
    vector_sigmoid(2 * h, gates, gates);
    for (int j = 0; j < h; j++)
        n[j] += r[j] * q[j];
    vector_tanh(h, n, n);
    for (int j = 0; j < h; j++)
        y[j] = (1 - z[j]) * n[j] + z[j] * h0[j];
}

void gru_step_backward(int h, const real *restrict h0, const real *restrict gates,
                       real *restrict dh, real *restrict da)
{
    const real *r = gates, *z = r + h, *n = z + h, *q = n + h;
    real *da_r = da, *da_z = da_r + h, *da_n = da_z + h, *dq = da_n + h;
    for (int j = 0; j < h; j++) {
        real d = dh[j] * (1 - z[j]) * (1 - n[j] * n[j]);
        da_r[j] = d * q[j] * r[j] * (1 - r[j]);
        da_z[j] = dh[j] * (h0[j] - n[j]) * z[j] * (1 - z[j]);
        da_n[j] = d;
        dq[j] = d * r[j];
        dh[j] *= z[j];
    }
}
