/* 22_data_parallel_norm.h: batch norm whose statistics are those of all ranks' rows.
 *
 *     forward    sum x, then sum (x - mean)^2                over all ranks
 *     backward   sum dY, sum dY xhat                         over all ranks
 *
 * Each rank has a part of the batch on its tape, all at once, and the loss there is the mean over
 * its own examples. What the ranks' gradients become by and by is their mean with weights (their
 * parts of the batch), so the sums are weighted in the same way on their way here. With one rank
 * this is ag_batch_norm(). */
#ifndef CHAPTER_22_DATA_PARALLEL_NORM_H
#define CHAPTER_22_DATA_PARALLEL_NORM_H

#include "autograd/autograd.h"
#include "autograd/tape.h"
#include "kernel/vector.h"
#include "nn/layers.h"
#include "parallel/ranks.h"

/* x is (n, c, l): l pixels of each of c channels. */
typedef struct {
    int n, c, l;
    double own, all;            /* values of a channel: on this rank, and on all */
    real *mean, *var, *var_inv; /* (c) */
    double *sums;               /* (2 c), room for what is summed */
} Across;

/* -- forward ---------------------------------------------------------------------------------- */

/* Of all ranks' values, into mean and var; in double on their way. */
static inline void across_statistics(Across *a, const real *x)
{
    a->all = a->own;
    ranks_sum(1, &a->all);
    for (int j = 0; j < a->c; j++)
        a->sums[j] = 0;
    for (int i = 0; i < a->n * a->c; i++)
        a->sums[i % a->c] += (double)vector_sum(a->l, x + i * a->l);
    ranks_sum(a->c, a->sums);
    for (int j = 0; j < a->c; j++) {
        a->mean[j] = (real)(a->sums[j] / a->all);
        a->sums[j] = 0;
    }
    for (int i = 0; i < a->n * a->c; i++) {
        const real mean = a->mean[i % a->c], *plane = x + i * a->l;
        a->sums[i % a->c] += (double)vector_dot_about(a->l, plane, mean, plane, mean);
    }
    ranks_sum(a->c, a->sums);
    for (int j = 0; j < a->c; j++) {
        a->var[j] = (real)(a->sums[j] / a->all);
        a->var_inv[j] = 1 / sqrt(a->var[j] + (real)1e-5);
    }
}

static inline void across_forward(const Record *r)
{
    Across *a = r->saved;
    const real *x = ag_data(r->in[0]), *gain = ag_data(r->in[1]), *bias = ag_data(r->in[2]);
    real *y = ag_data(r->out);
    across_statistics(a, x);
    for (int i = 0; i < a->n * a->c; i++) {
        const int j = i % a->c;
        const real scale = gain[j] * a->var_inv[j];
        for (int t = i * a->l; t < (i + 1) * a->l; t++)
            y[t] = scale * (x[t] - a->mean[j]) + bias[j];
    }
}

/* -- backward --------------------------------------------------------------------------------- */

/* sum dY, and behind it sum dY xhat, of this rank's values. */
static inline void across_sums_here(const Across *a, const real *x, const real *dy)
{
    double *sum = a->sums, *along = a->sums + a->c;
    for (int j = 0; j < 2 * a->c; j++)
        sum[j] = 0;
    for (int i = 0; i < a->n * a->c; i++) {
        const int j = i % a->c;
        const real *plane = dy + i * a->l;
        sum[j] += (double)vector_sum(a->l, plane);
        along[j] +=
            (double)(a->var_inv[j] * vector_dot_about(a->l, plane, 0, x + i * a->l, a->mean[j]));
    }
}

/* dX = gain var_inv (dY - sum dY / N - xhat sum(dY xhat) / N), of N values in all. */
static inline void across_input_backward(const Record *r)
{
    const Across *a = r->saved;
    const real *x = ag_data(r->in[0]), *gain = ag_data(r->in[1]), *dy = ag_grad(r->out);
    real *dx = ag_grad(r->in[0]);
    for (int i = 0; dx && i < a->n * a->c; i++) {
        const int j = i % a->c;
        const real scale = gain[j] * a->var_inv[j], mean = (real)(a->sums[j] / a->all);
        const real along = a->var_inv[j] * (real)(a->sums[a->c + j] / a->all);
        for (int t = i * a->l; t < (i + 1) * a->l; t++)
            dx[t] += scale * (dy[t] - mean - along * (x[t] - a->mean[j]));
    }
}

/* dgain and dbias are those of this rank's rows: with the other gradients they are summed later. */
static inline void across_backward(const Record *r)
{
    const Across *a = r->saved;
    real *dgain = ag_grad(r->in[1]), *dbias = ag_grad(r->in[2]);
    double *sums = a->sums;
    across_sums_here(a, ag_data(r->in[0]), ag_grad(r->out));
    for (int j = 0; j < a->c; j++) {
        if (dbias)
            dbias[j] += (real)sums[j];
        if (dgain)
            dgain[j] += (real)sums[a->c + j];
    }
    for (int j = 0; j < 2 * a->c; j++)
        sums[j] *= a->own;
    ranks_sum(2 * a->c, sums);
    for (int j = 0; j < 2 * a->c; j++)
        sums[j] /= a->own;
    across_input_backward(r);
}

/* x (n, c, ...), gain and bias (c). A meeting (ranks.h), forward and backward. *stats becomes its
 * statistics, until ag_reset(). */
static inline Tensor *norm_across(Tensor *x, Tensor *gain, Tensor *bias, const Across **stats)
{
    const int n = x->shape.dim[0], c = x->shape.dim[1], l = x->size / (n * c);
    Across *a = ag_alloc(sizeof *a);
    *a = (Across){.n = n, .c = c, .l = l, .own = (double)n * l};
    a->mean = ag_alloc_reals(c);
    a->var = ag_alloc_reals(c);
    a->var_inv = ag_alloc_reals(c);
    a->sums = ag_alloc((size_t)(2 * c) * sizeof *a->sums);
    *stats = a;
    return ag_op(x->shape, across_forward, across_backward, a, 3, (Tensor *[]){x, gain, bias});
}

/* -- the layer -------------------------------------------------------------------------------- */

typedef struct {
    Module module;
    Tensor *weight, *bias;
    RunningStats running;
} NormAcross;

static inline void move_towards(Tensor *running, int c, const real *values, real factor)
{
    for (int j = 0; j < c; j++)
        running->data[j] = (real)0.9 * running->data[j] + (real)0.1 * factor * values[j];
    ag_bump_version(running);
}

static inline Tensor *norm_across_module(Module *m, Tensor *x)
{
    NormAcross *norm = (NormAcross *)m;
    const Across *stats;
    if (!m->training)
        return ag_batch_norm_eval(x, norm->weight, norm->bias, 1e-5, &norm->running);
    Tensor *y = norm_across(x, norm->weight, norm->bias, &stats);
    move_towards(norm->running.mean, stats->c, stats->mean, 1);
    move_towards(norm->running.var, stats->c, stats->var, (real)(stats->all / (stats->all - 1)));
    return y;
}

/* It has the names of nn_batch_norm2d(c), and starts as that does. */
static inline Module *norm_across_new(int c)
{
    NormAcross *norm = nn_module(sizeof *norm, "SyncBatchNorm", norm_across_module);
    norm->weight = nn_parameter(&norm->module, "weight", ag_shape(1, c));
    norm->bias = nn_parameter(&norm->module, "bias", ag_shape(1, c));
    norm->running.mean = nn_buffer(&norm->module, "running_mean", ag_shape(1, c));
    norm->running.var = nn_buffer(&norm->module, "running_var", ag_shape(1, c));
    vector_fill(c, 1, norm->weight->data);
    vector_fill(c, 1, norm->running.var->data);
    return &norm->module;
}

#endif
