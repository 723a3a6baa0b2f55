/* normalize.c: batch norm and layer norm, each as one op with the fused backward that chapter 08
 * derives. Both make xhat = (x - mean) / sqrt(var + eps) and return gain xhat + bias; they differ
 * in what the mean is taken over: the rows of a column, or the columns of a row. */
#include "autograd/ops.h"
#include "autograd/tape.h"
#include "error.h"
#include "kernel/vector.h"

typedef struct {
    int n, d;
    real eps;
    void *xhat;           /* (n, d) */
    real *std_inv;        /* 1 / sqrt(var + eps): one for each group normalised together */
    real *mean, *squares; /* of batch norm, (d) each: column_statistics() */
    real divisor;         /* of batch norm: n - 1 with Bessel's correction, else n */
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
    *s = (Normalized){.n = n, .d = d, .eps = (real)eps, .xhat = ag_alloc_reals(x->size)};
    return s;
}

/* y = gain xhat + bias, row by row */
static void affine_forward(const Record *r)
{
    const Normalized *s = r->saved;
    const real *gain = r->in[1]->data, *bias = r->in[2]->data, (*xhat)[s->d] = s->xhat;
    real(*y)[s->d] = ag_data(r->out);
    for (int i = 0; i < s->n; i++)
        for (int j = 0; j < s->d; j++)
            y[i][j] = gain[j] * xhat[i][j] + bias[j];
}

/* sum = sum_i dy[i],   dot = sum_i dy[i] xhat[i],   (d) each:   dbias = sum,   dgain = dot */
static void affine_backward(const Record *r, real *sum, real *dot)
{
    const Normalized *s = r->saved;
    const real(*dy)[s->d] = ag_grad(r->out), (*xhat)[s->d] = s->xhat;
    real *dgain = ag_grad(r->in[1]), *dbias = ag_grad(r->in[2]);
    vector_fill(s->d, 0, sum);
    vector_fill(s->d, 0, dot);
    for (int i = 0; i < s->n; i++)
        for (int j = 0; j < s->d; j++) {
            sum[j] += dy[i][j];
            dot[j] += dy[i][j] * xhat[i][j];
        }
    if (dgain)
        vector_add(s->d, dot, dgain);
    if (dbias)
        vector_add(s->d, sum, dbias);
}

/* -- batch norm ------------------------------------------------------------------------------- */

/* mean (d), and the sum of the squared distances from it (d), over the rows of x (n, d) */
static void column_statistics(int n, int d, const real x[n][d], real mean[d], real squares[d])
{
    vector_fill(d, 0, mean);
    vector_fill(d, 0, squares);
    for (int i = 0; i < n; i++)
        for (int j = 0; j < d; j++)
            mean[j] += x[i][j];
    for (int j = 0; j < d; j++)
        mean[j] /= (real)n;
    for (int i = 0; i < n; i++)
        for (int j = 0; j < d; j++)
            squares[j] += (x[i][j] - mean[j]) * (x[i][j] - mean[j]);
}

/* xhat = (x - mean) std_inv, the statistics by column */
static void standardize_columns(const Normalized *s, const Tensor *x_tensor)
{
    const real(*x)[s->d] = ag_data(x_tensor);
    real(*xhat)[s->d] = s->xhat;
    for (int i = 0; i < s->n; i++)
        for (int j = 0; j < s->d; j++)
            xhat[i][j] = (x[i][j] - s->mean[j]) * s->std_inv[j];
}

static void batch_norm_forward(const Record *r)
{
    const Normalized *s = r->saved;
    column_statistics(s->n, s->d, ag_data(r->in[0]), s->mean, s->squares);
    for (int j = 0; j < s->d; j++)
        s->std_inv[j] = 1 / sqrt(s->squares[j] / s->divisor + s->eps);
    standardize_columns(s, r->in[0]);
    affine_forward(r);
}

/* dx = gain std_inv / n (n dy - sum dy - bessel xhat sum(dy xhat)), the sums over the rows;
 * bessel = n / divisor */
static void batch_norm_backward(const Record *r)
{
    const Normalized *s = r->saved;
    int n = s->n, d = s->d;
    const real(*dy)[d] = ag_grad(r->out), (*xhat)[d] = s->xhat;
    real(*dx)[d] = ag_grad(r->in[0]), bessel = (real)n / s->divisor;
    real *sum = ag_alloc_reals(d), *dot = ag_alloc_reals(d), *scale = ag_alloc_reals(d);
    affine_backward(r, sum, dot);
    for (int j = 0; j < d; j++) {
        scale[j] = r->in[1]->data[j] * s->std_inv[j];
        sum[j] /= (real)n;
        dot[j] *= bessel / (real)n;
    }
    for (int i = 0; dx && i < n; i++)
        for (int j = 0; j < d; j++)
            dx[i][j] += scale[j] * (dy[i][j] - sum[j] - xhat[i][j] * dot[j]);
}

static void check_running(const char *op, const RunningStats *running, int d)
{
    const Tensor *mean = running->mean, *var = running->var;
    error_if_null(op, "running->mean, running->var", (const void *[]){mean, var}, 2);
    tensor_live(op, mean);
    tensor_live(op, var);
    if (mean->size != d || var->size != d)
        error_stop("%s: expected running statistics of shape (%d), got %s and %s", op, d,
                   ag_shape_text(mean->shape), ag_shape_text(var->shape));
}

/* Towards the statistics that forward has left. */
static void move_running(RunningStats *running, const Normalized *s)
{
    real moved = (real)running->momentum, kept = 1 - moved;
    real *mean = running->mean->data, *var = running->var->data;
    for (int j = 0; j < s->d; j++) {
        mean[j] = kept * mean[j] + moved * s->mean[j];
        var[j] = kept * var[j] + moved * s->squares[j] / (real)(s->n - 1);
    }
    ag_bump_version(running->mean);
    ag_bump_version(running->var);
}

Tensor *ag_batch_norm(Tensor *x, Tensor *gain, Tensor *bias, double eps, VarianceKind kind,
                      RunningStats *running)
{
    NOT_NULL(x, gain, bias);
    if (x->shape.ndim != 2 || x->shape.dim[0] < 2)
        error_stop("ag_batch_norm: expected x (n, d) with n at least 2, got %s",
                   ag_shape_text(x->shape));
    Normalized *s = normalized_new(__func__, x, gain, bias, eps);
    s->mean = ag_alloc_reals(s->d);
    s->squares = ag_alloc_reals(s->d);
    s->std_inv = ag_alloc_reals(s->d);
    s->divisor = (real)(s->n - (int)kind);
    if (running) {
        check_running(__func__, running, s->d);
        error_if_negative(__func__, "momentum", running->momentum);
    }
    Tensor *in[] = {x, gain, bias};
    Tensor *y = ag_op(x->shape, batch_norm_forward, batch_norm_backward, s, 3, in);
    if (running)
        move_running(running, s);
    return y;
}

static void batch_norm_eval_forward(const Record *r)
{
    standardize_columns(r->saved, r->in[0]);
    affine_forward(r);
}

/* The statistics are constants, so dx = gain std_inv dy. */
static void batch_norm_eval_backward(const Record *r)
{
    const Normalized *s = r->saved;
    const real(*dy)[s->d] = ag_grad(r->out), *gain = r->in[1]->data;
    real(*dx)[s->d] = ag_grad(r->in[0]);
    affine_backward(r, ag_alloc_reals(s->d), ag_alloc_reals(s->d));
    for (int i = 0; dx && i < s->n; i++)
        for (int j = 0; j < s->d; j++)
            dx[i][j] += gain[j] * s->std_inv[j] * dy[i][j];
}

Tensor *ag_batch_norm_eval(Tensor *x, Tensor *gain, Tensor *bias, double eps,
                           const RunningStats *running)
{
    NOT_NULL(x, gain, bias, running);
    if (x->shape.ndim != 2)
        error_stop("ag_batch_norm_eval: expected x (n, d), got %s", ag_shape_text(x->shape));
    Normalized *s = normalized_new(__func__, x, gain, bias, eps);
    check_running(__func__, running, s->d);
    s->mean = ag_tensor(running->mean->shape, running->mean->data)->data;
    s->std_inv = ag_alloc_reals(s->d);
    for (int j = 0; j < s->d; j++)
        s->std_inv[j] = 1 / sqrt(running->var->data[j] + s->eps);
    Tensor *in[] = {x, gain, bias};
    return ag_op(x->shape, batch_norm_eval_forward, batch_norm_eval_backward, s, 3, in);
}

/* -- layer norm ------------------------------------------------------------------------------- */

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

static void layer_norm_forward(const Record *r)
{
    const Normalized *s = r->saved;
    const real(*x)[s->d] = ag_data(r->in[0]);
    real(*xhat)[s->d] = s->xhat;
    for (int i = 0; i < s->n; i++)
        s->std_inv[i] = standardize_row(s->d, x[i], s->eps, xhat[i]);
    affine_forward(r);
}

/* With dxhat = gain dy:   dx = std_inv / d (d dxhat - sum dxhat - xhat sum(dxhat xhat)), the sums
 * over the columns of a row */
static void layer_norm_backward(const Record *r)
{
    const Normalized *s = r->saved;
    int d = s->d;
    const real(*dy)[d] = ag_grad(r->out), (*xhat)[d] = s->xhat, *gain = r->in[1]->data;
    real(*dx)[d] = ag_grad(r->in[0]);
    affine_backward(r, ag_alloc_reals(d), ag_alloc_reals(d));
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

Tensor *ag_layer_norm(Tensor *x, Tensor *gain, Tensor *bias, double eps)
{
    NOT_NULL(x, gain, bias);
    Normalized *s = normalized_new(__func__, x, gain, bias, eps);
    s->std_inv = ag_alloc_reals(s->n);
    Tensor *in[] = {x, gain, bias};
    return ag_op(x->shape, layer_norm_forward, layer_norm_backward, s, 3, in);
}
