/* normalize.c: batch norm and layer norm, each as one op with the fused backward that chapter 08
 * derives. Both make xhat = (x - mean) / sqrt(var + eps) and return gain xhat + bias; they differ
 * in what the mean is taken over: all that a channel has in a batch, or the last axis of one
 * example. */
#include "autograd/axis.h"
#include "autograd/ops.h"
#include "autograd/tape.h"
#include "error.h"
#include "kernel/channels.h"
#include "kernel/rows.h"

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

static void layer_norm_forward(const Record *r)
{
    rows_normalize(r->saved, r->in[0]->data, r->in[1]->data, r->in[2]->data, r->out->data);
}

static void layer_norm_backward(const Record *r)
{
    rows_normalize_backward(r->saved, r->in[1]->data, ag_grad(r->out), ag_grad(r->in[0]),
                            ag_grad(r->in[1]), ag_grad(r->in[2]));
}

Tensor *ag_layer_norm(Tensor *x, Tensor *gain, Tensor *bias, double eps)
{
    NOT_NULL(x, gain, bias);
    error_if_negative(__func__, "eps", eps);
    if (x->shape.ndim < 1)
        error_stop("ag_layer_norm: expected x (..., d), got a scalar");
    const int d = x->shape.dim[x->shape.ndim - 1];
    check_affine(__func__, x, d, gain, bias);
    Rows *s = ag_alloc(sizeof *s);
    *s = (Rows){.n = x->size / d, .d = d, .eps = (real)eps};
    s->xhat = ag_alloc_reals(x->size);
    s->std_inv = ag_alloc_reals(s->n);
    Tensor *in[] = {x, gain, bias};
    return ag_op(x->shape, layer_norm_forward, layer_norm_backward, s, 3, in);
}
