/* normalize.c: batch norm and layer norm, each as one op with the fused backward that chapter 08
 * derives. Both make xhat = (x - mean) / sqrt(var + eps) and return gain xhat + bias; they differ
 * in what the mean is taken over: all that a channel has in a batch, or the last axis of one
 * example. */
#include "autograd/axis.h"
#include "autograd/ops.h"
#include "autograd/tape.h"
#include "error.h"
#include "kernel/channels.h"
#include "kernel/vector.h"

static void check_affine(const char *op, const Tensor *x, int d, const Tensor *gain,
                         const Tensor *bias)
{
    if (gain->shape.ndim != 1 || bias->shape.ndim != 1 || gain->size != d || bias->size != d)
        error_stop("%s: expected gain and bias of shape (%d) for x %s, got %s and %s", op, d,
                   ag_shape_text(x->shape), ag_shape_text(gain->shape), ag_shape_text(bias->shape));
}

/* -- batch norm ------------------------------------------------------------------------------- */

/* Axis 1 counts the channels; what lies in front of it and behind it belongs to each of them. */
static Channels *channels_of(const char *op, const Tensor *x, const Tensor *gain,
                             const Tensor *bias, double eps)
{
    error_if_negative(op, "eps", eps);
    if (x->shape.ndim < 2)
        error_stop("%s: expected x (n, c) or (n, c, ...), got %s", op, ag_shape_text(x->shape));
    const Axis a = axis_of_shape(x->shape, 1);
    check_affine(op, x, a.n, gain, bias);
    Channels *s = ag_alloc(sizeof *s);
    *s = (Channels){.n = a.outer, .c = a.n, .l = a.inner, .eps = (real)eps};
    s->mean = ag_alloc_reals(s->c);
    s->std_inv = ag_alloc_reals(s->c);
    return s;
}

/* y = gain (x - mean) / sqrt(var + eps) + bias, the statistics of this x unless they are given */
static void batch_norm_forward(const Record *r)
{
    channels_normalize(r->saved, ag_data(r->in[0]), ag_data(r->in[1]), ag_data(r->in[2]),
                       ag_data(r->out));
}

/* The formulas are in kernel/channels.h. */
static void batch_norm_backward(const Record *r)
{
    Channels s = *(const Channels *)r->saved;
    s.sum = ag_alloc_reals(s.c);
    s.dot = ag_alloc_reals(s.c);
    s.scale = ag_alloc_reals(s.c);
    channels_normalize_backward(&s, ag_data(r->in[0]), ag_data(r->in[1]), ag_grad(r->out),
                                ag_grad(r->in[0]), ag_grad(r->in[1]), ag_grad(r->in[2]));
}

static void check_running(const char *op, const RunningStats *running, int c)
{
    const Tensor *mean = running->mean, *var = running->var;
    error_if_null(op, "running->mean, running->var", (const void *[]){mean, var}, 2);
    tensor_live(op, mean);
    tensor_live(op, var);
    if (mean->size != c || var->size != c)
        error_stop("%s: expected running statistics of shape (%d), got %s and %s", op, c,
                   ag_shape_text(mean->shape), ag_shape_text(var->shape));
}

/* Towards the statistics that forward has left. */
static void move_running(RunningStats *running, const Channels *s)
{
    real moved = (real)running->momentum, kept = 1 - moved;
    real *mean = running->mean->data, *var = running->var->data;
    for (int j = 0; j < s->c; j++) {
        mean[j] = kept * mean[j] + moved * s->mean[j];
        var[j] = kept * var[j] + moved * s->squares[j] / (real)(s->n * s->l - 1);
    }
    ag_bump_version(running->mean);
    ag_bump_version(running->var);
}

Tensor *ag_batch_norm(Tensor *x, Tensor *gain, Tensor *bias, double eps, VarianceKind kind,
                      RunningStats *running)
{
    NOT_NULL(x, gain, bias);
    Channels *s = channels_of(__func__, x, gain, bias, eps);
    const int values = s->n * s->l;
    if (values < 2)
        error_stop("ag_batch_norm: expected at least 2 values of each channel, got x %s",
                   ag_shape_text(x->shape));
    s->squares = ag_alloc_reals(s->c);
    s->divisor = (real)(values - (int)kind);
    if (running) {
        check_running(__func__, running, s->c);
        error_if_negative(__func__, "momentum", running->momentum);
    }
    Tensor *in[] = {x, gain, bias};
    Tensor *y = ag_op(x->shape, batch_norm_forward, batch_norm_backward, s, 3, in);
    if (running)
        move_running(running, s);
    return y;
}

Tensor *ag_batch_norm_eval(Tensor *x, Tensor *gain, Tensor *bias, double eps,
                           const RunningStats *running)
{
    NOT_NULL(x, gain, bias, running);
    Channels *s = channels_of(__func__, x, gain, bias, eps);
    check_running(__func__, running, s->c);
    s->constant = true;
    for (int j = 0; j < s->c; j++) {
        s->mean[j] = running->mean->data[j];
        s->std_inv[j] = 1 / sqrt(running->var->data[j] + s->eps);
    }
    Tensor *in[] = {x, gain, bias};
    return ag_op(x->shape, batch_norm_forward, batch_norm_backward, s, 3, in);
}

/* -- layer norm ------------------------------------------------------------------------------- */

typedef struct {
    int n, d;
    real eps;
    void *xhat;    /* (n, d) */
    real *std_inv; /* (n): 1 / sqrt(var + eps) */
} Normalized;

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
    error_if_negative(__func__, "eps", eps);
    if (x->shape.ndim < 1)
        error_stop("ag_layer_norm: expected x (..., d), got a scalar");
    const int d = x->shape.dim[x->shape.ndim - 1];
    check_affine(__func__, x, d, gain, bias);
    Normalized *s = ag_alloc(sizeof *s);
    *s = (Normalized){.n = x->size / d, .d = d, .eps = (real)eps};
    s->xhat = ag_alloc_reals(x->size);
    s->std_inv = ag_alloc_reals(s->n);
    Tensor *in[] = {x, gain, bias};
    return ag_op(x->shape, layer_norm_forward, layer_norm_backward, s, 3, in);
}
