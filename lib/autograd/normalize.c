/* normalize.c: batch norm and layer norm, each as one op with the fused backward that chapter 08
 * derives. Both make xhat = (x - mean) / sqrt(var + eps) and return gain xhat + bias; they differ
 * in what the mean is taken over: the rows of a column, or the columns of a row. */
#include <string.h>

#include "autograd/ops.h"
#include "autograd/tape.h"
#include "error.h"

typedef struct {
    int n, d;
    real *xhat;    /* (n, d) */
    real *std_inv; /* 1 / sqrt(var + eps): one for each group that was normalised together */
    real bessel;   /* n / (n - 1) with Bessel's correction, else 1 */
} Normalized;

static Normalized *normalized_new(const char *op, const Tensor *x, const Tensor *gain,
                                  const Tensor *bias, double eps)
{
    error_if_negative(op, "eps", eps);
    if (x->shape.ndim < 1)
        error_stop("%s: expected x (..., d), got a scalar", op);
    int d = x->shape.dim[x->shape.ndim - 1];
    if (gain->shape.ndim != 1 || bias->shape.ndim != 1 || gain->size != d || bias->size != d)
        error_stop("%s: expected gain and bias of shape (%d) for x %s, got %s and %s", op, d,
                   ag_shape_text(x->shape), ag_shape_text(gain->shape), ag_shape_text(bias->shape));
    int n = x->size / d;
    Normalized *s = ag_alloc(sizeof *s);
    *s = (Normalized){.n = n, .d = d, .xhat = ag_alloc_reals(x->size), .bessel = 1};
    return s;
}

/* y = gain xhat + bias, row by row */
static Tensor *affine(const Normalized *s, Shape shape, const Tensor *gain, const Tensor *bias)
{
    Tensor *out = ag_new(shape);
    const real(*xhat)[s->d] = (void *)s->xhat;
    real(*y)[s->d] = (void *)out->data;
    for (int i = 0; i < s->n; i++)
        for (int j = 0; j < s->d; j++)
            y[i][j] = gain->data[j] * xhat[i][j] + bias->data[j];
    return out;
}

/* dbias = sum_i dy[i],   dgain = sum_i dy[i] xhat[i]   (d) each */
static void affine_sums(const Normalized *s, const real *dy_data, real *dbias, real *dgain)
{
    const real(*dy)[s->d] = (void *)dy_data, (*xhat)[s->d] = (void *)s->xhat;
    memset(dbias, 0, (size_t)s->d * sizeof *dbias);
    memset(dgain, 0, (size_t)s->d * sizeof *dgain);
    for (int i = 0; i < s->n; i++)
        for (int j = 0; j < s->d; j++) {
            dbias[j] += dy[i][j];
            dgain[j] += dy[i][j] * xhat[i][j];
        }
}

/* Adds the sums to the gradients of gain and bias, those that are wanted. */
static void add_affine_gradients(const Record *r, const real *dbias_sum, const real *dgain_sum)
{
    real *dgain = ag_grad(r->in[1]), *dbias = ag_grad(r->in[2]);
    for (int j = 0; dgain && j < r->in[1]->size; j++)
        dgain[j] += dgain_sum[j];
    for (int j = 0; dbias && j < r->in[2]->size; j++)
        dbias[j] += dbias_sum[j];
}

/* -- batch norm ------------------------------------------------------------------------------- */

/* dx = gain std_inv / n (n dy - sum dy - bessel xhat sum(dy xhat)), the sums over the rows */
static void batch_norm_backward(const Record *r)
{
    const Normalized *s = r->saved;
    int n = s->n, d = s->d;
    const real(*dy)[d] = (void *)r->out->grad, (*xhat)[d] = (void *)s->xhat;
    real(*dx)[d] = (void *)ag_grad(r->in[0]);
    real *sum = ag_alloc_reals(d), *dot = ag_alloc_reals(d), *scale = ag_alloc_reals(d);
    affine_sums(s, r->out->grad, sum, dot);
    add_affine_gradients(r, sum, dot);
    for (int j = 0; j < d; j++) {
        scale[j] = r->in[1]->data[j] * s->std_inv[j];
        sum[j] /= (real)n;
        dot[j] *= s->bessel / (real)n;
    }
    for (int i = 0; dx && i < n; i++)
        for (int j = 0; j < d; j++)
            dx[i][j] += scale[j] * (dy[i][j] - sum[j] - xhat[i][j] * dot[j]);
}

/* mean (d), and the sum of the squared distances from it (d), over the rows of x (n, d) */
static void column_statistics(int n, int d, const real x[n][d], real mean[d], real squares[d])
{
    memset(mean, 0, (size_t)d * sizeof *mean);
    memset(squares, 0, (size_t)d * sizeof *squares);
    for (int i = 0; i < n; i++)
        for (int j = 0; j < d; j++)
            mean[j] += x[i][j];
    for (int j = 0; j < d; j++)
        mean[j] /= (real)n;
    for (int i = 0; i < n; i++)
        for (int j = 0; j < d; j++)
            squares[j] += (x[i][j] - mean[j]) * (x[i][j] - mean[j]);
}

static void check_running(const char *op, const RunningStats *running, int d)
{
    if (running->mean->size != d || running->var->size != d)
        error_stop("%s: expected running statistics of shape (%d), got %s and %s", op, d,
                   ag_shape_text(running->mean->shape), ag_shape_text(running->var->shape));
}

static void move_running(RunningStats *running, int n, int d, const real mean[],
                         const real squares[])
{
    check_running("ag_batch_norm", running, d);
    error_if_negative("ag_batch_norm", "momentum", running->momentum);
    real new = (real)running->momentum, old = 1 - new;
    for (int j = 0; j < d; j++) {
        running->mean->data[j] = old * running->mean->data[j] + new *mean[j];
        running->var->data[j] = old * running->var->data[j] + new *squares[j] / (real)(n - 1);
    }
}

/* xhat = (x - mean) std_inv, the statistics by column */
static void standardize_columns(Normalized *s, const real *x_data, const real *mean)
{
    const real(*x)[s->d] = (void *)x_data;
    real(*xhat)[s->d] = (void *)s->xhat;
    for (int i = 0; i < s->n; i++)
        for (int j = 0; j < s->d; j++)
            xhat[i][j] = (x[i][j] - mean[j]) * s->std_inv[j];
}

Tensor *ag_batch_norm(Tensor *x, Tensor *gain, Tensor *bias, double eps, VarianceKind kind,
                      RunningStats *running)
{
    NOT_NULL(x, gain, bias);
    if (x->shape.ndim != 2 || x->shape.dim[0] < 2)
        error_stop("ag_batch_norm: expected x (n, d) with n at least 2, got %s",
                   ag_shape_text(x->shape));
    Normalized *s = normalized_new("ag_batch_norm", x, gain, bias, eps);
    int n = s->n, d = s->d;
    real *mean = ag_alloc_reals(d), *squares = ag_alloc_reals(d), divisor = (real)(n - (int)kind);
    column_statistics(n, d, (void *)x->data, mean, squares);
    if (running) {
        NOT_NULL(running->mean, running->var);
        move_running(running, n, d, mean, squares);
    }
    s->bessel = (real)n / divisor;
    s->std_inv = ag_alloc_reals(d);
    for (int j = 0; j < d; j++)
        s->std_inv[j] = 1 / sqrt(squares[j] / divisor + (real)eps);
    standardize_columns(s, x->data, mean);
    return ag_record(affine(s, x->shape, gain, bias), batch_norm_backward, s, 3,
                     (Tensor *[]){x, gain, bias});
}

/* The statistics are constants, so dx = gain std_inv dy. */
static void batch_norm_eval_backward(const Record *r)
{
    const Normalized *s = r->saved;
    const real(*dy)[s->d] = (void *)r->out->grad, *gain = r->in[1]->data;
    real(*dx)[s->d] = (void *)ag_grad(r->in[0]);
    real *sum = ag_alloc_reals(s->d), *dot = ag_alloc_reals(s->d);
    affine_sums(s, r->out->grad, sum, dot);
    add_affine_gradients(r, sum, dot);
    for (int i = 0; dx && i < s->n; i++)
        for (int j = 0; j < s->d; j++)
            dx[i][j] += gain[j] * s->std_inv[j] * dy[i][j];
}

Tensor *ag_batch_norm_eval(Tensor *x, Tensor *gain, Tensor *bias, double eps,
                           const RunningStats *running)
{
    NOT_NULL(x, gain, bias, running);
    NOT_NULL(running->mean, running->var);
    if (x->shape.ndim != 2)
        error_stop("ag_batch_norm_eval: expected x (n, d), got %s", ag_shape_text(x->shape));
    Normalized *s = normalized_new("ag_batch_norm_eval", x, gain, bias, eps);
    check_running("ag_batch_norm_eval", running, s->d);
    s->std_inv = ag_alloc_reals(s->d);
    for (int j = 0; j < s->d; j++)
        s->std_inv[j] = 1 / sqrt(running->var->data[j] + (real)eps);
    standardize_columns(s, x->data, running->mean->data);
    return ag_record(affine(s, x->shape, gain, bias), batch_norm_eval_backward, s, 3,
                     (Tensor *[]){x, gain, bias});
}

/* -- layer norm ------------------------------------------------------------------------------- */

/* With dxhat = gain dy:   dx = std_inv / d (d dxhat - sum dxhat - xhat sum(dxhat xhat)), the sums
 * over the columns of a row */
static void layer_norm_backward(const Record *r)
{
    const Normalized *s = r->saved;
    int d = s->d;
    const real(*dy)[d] = (void *)r->out->grad, (*xhat)[d] = (void *)s->xhat;
    const real *gain = r->in[1]->data;
    real(*dx)[d] = (void *)ag_grad(r->in[0]);
    real *dbias = ag_alloc_reals(d), *dgain = ag_alloc_reals(d);
    affine_sums(s, r->out->grad, dbias, dgain);
    add_affine_gradients(r, dbias, dgain);
    for (int i = 0; dx && i < s->n; i++) {
        real sum = 0, dot = 0;
        for (int j = 0; j < d; j++) {
            sum += gain[j] * dy[i][j];
            dot += gain[j] * dy[i][j] * xhat[i][j];
        }
        for (int j = 0; j < d; j++)
            dx[i][j] += s->std_inv[i] * (gain[j] * dy[i][j] - (sum + xhat[i][j] * dot) / (real)d);
    }
}

/* xhat of one row, and the 1 / sqrt(var + eps) it was divided by */
static real standardize_row(int d, const real x[d], real eps, real xhat[d])
{
    real mean = 0, squares = 0;
    for (int j = 0; j < d; j++)
        mean += x[j];
    mean /= (real)d;
    for (int j = 0; j < d; j++)
        squares += (x[j] - mean) * (x[j] - mean);
    real std_inv = 1 / sqrt(squares / (real)d + eps);
    for (int j = 0; j < d; j++)
        xhat[j] = (x[j] - mean) * std_inv;
    return std_inv;
}

Tensor *ag_layer_norm(Tensor *x, Tensor *gain, Tensor *bias, double eps)
{
    NOT_NULL(x, gain, bias);
    Normalized *s = normalized_new("ag_layer_norm", x, gain, bias, eps);
    s->std_inv = ag_alloc_reals(s->n);
    const real(*rows)[s->d] = (void *)x->data;
    real(*xhat)[s->d] = (void *)s->xhat;
    for (int i = 0; i < s->n; i++)
        s->std_inv[i] = standardize_row(s->d, rows[i], (real)eps, xhat[i]);
    return ag_record(affine(s, x->shape, gain, bias), layer_norm_backward, s, 3,
                     (Tensor *[]){x, gain, bias});
}
