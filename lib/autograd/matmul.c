/* matmul.c: matrix products. Both gradients of a product are products again, with one operand
 * transposed; the shapes leave only one way to write them. */
#include "autograd/broadcast.h"
#include "autograd/ops.h"
#include "autograd/tape.h"
#include "error.h"
#include "kernel/gemm.h"

/* op(a) (n, k) times op(b) (k, m), once for each of `batches` pairs of matrices. */
typedef struct {
    bool transpose_a, transpose_b;
    int n, k, m, batches;
    Shape batch; /* the axes in front of the last two, broadcast */
    int a_stride[AG_MAX_DIMS], b_stride[AG_MAX_DIMS];
} MatMul;

/* The first element of the i-th matrix, `size` elements each, of a tensor that may be repeated. */
static real *matrix(real *data, const MatMul *p, const int stride[], int i, int size)
{
    long offset = 0;
    for (int d = p->batch.ndim - 1; d >= 0; d--) {
        offset += (long)(i % p->batch.dim[d]) * stride[d];
        i /= p->batch.dim[d];
    }
    return data + offset * size;
}

/* A factor of n rows and m columns, contiguous, which is stored as it is or transposed. */
static GemmMatrix factor(const real *x, bool transposed, int n, int m)
{
    return transposed ? gemm_transpose(x, n) : gemm_matrix(x, m);
}

/* y = op(a) op(b) */
static void matmul_forward(const Record *r)
{
    const MatMul *p = r->saved;
    int n = p->n, k = p->k, m = p->m;
    for (int i = 0; i < p->batches; i++) {
        const real *a = matrix(r->in[0]->data, p, p->a_stride, i, n * k);
        const real *b = matrix(r->in[1]->data, p, p->b_stride, i, k * m);
        real *y = r->out->data + (long)i * n * m;
        gemm(n, k, m, factor(a, p->transpose_a, n, k), factor(b, p->transpose_b, k, m),
             gemm_set(y, m));
    }
}

/* d op(a) = dy op(b)^T,   d op(b) = op(a)^T dy,   and the transposes of both where the operand is
 * stored transposed: da = op(b) dy^T,   db = dy^T op(a). */
static void matmul_backward(const Record *r)
{
    const MatMul *p = r->saved;
    bool ta = p->transpose_a, tb = p->transpose_b;
    int n = p->n, k = p->k, m = p->m;
    real *da_all = ag_grad(r->in[0]), *db_all = ag_grad(r->in[1]);
    for (int i = 0; i < p->batches; i++) {
        const real *a = matrix(r->in[0]->data, p, p->a_stride, i, n * k);
        const real *b = matrix(r->in[1]->data, p, p->b_stride, i, k * m);
        const real *dy = r->out->grad + (long)i * n * m;
        if (da_all) {
            real *da = matrix(da_all, p, p->a_stride, i, n * k);
            if (ta)
                gemm(k, m, n, factor(b, tb, k, m), gemm_transpose(dy, m), gemm_add(da, n));
            else
                gemm(n, m, k, gemm_matrix(dy, m), factor(b, !tb, m, k), gemm_add(da, k));
        }
        if (db_all) {
            real *db = matrix(db_all, p, p->b_stride, i, k * m);
            if (tb)
                gemm(m, n, k, gemm_transpose(dy, m), factor(a, ta, n, k), gemm_add(db, k));
            else
                gemm(k, n, m, factor(a, !ta, k, n), gemm_matrix(dy, m), gemm_add(db, m));
        }
    }
}

/* The axes in front of the last two. */
static Shape batch_axes(Shape shape)
{
    shape.ndim -= 2;
    return shape;
}

static MatMul *matmul_plan(Tensor *a, bool transpose_a, Tensor *b, bool transpose_b)
{
    int na = a->shape.ndim, nb = b->shape.ndim;
    if (na < 2 || nb < 2)
        error_stop("ag_matmul: expected at least 2 axes each, got %s @ %s", ag_shape_text(a->shape),
                   ag_shape_text(b->shape));
    const int *da = a->shape.dim + na - 2, *db = b->shape.dim + nb - 2;
    if (da[!transpose_a] != db[transpose_b])
        error_stop("ag_matmul: inner sizes differ: %s%s @ %s%s", ag_shape_text(a->shape),
                   transpose_a ? "^T" : "", ag_shape_text(b->shape), transpose_b ? "^T" : "");
    MatMul *p = ag_alloc(sizeof *p);
    Shape a_batch = batch_axes(a->shape), b_batch = batch_axes(b->shape);
    *p = (MatMul){.transpose_a = transpose_a,
                  .transpose_b = transpose_b,
                  .n = da[transpose_a],
                  .k = da[!transpose_a],
                  .m = db[!transpose_b],
                  .batch = broadcast_shape("ag_matmul", a_batch, b_batch)};
    p->batches = ag_shape_size(p->batch);
    broadcast_strides(a_batch, p->batch, p->a_stride);
    broadcast_strides(b_batch, p->batch, p->b_stride);
    return p;
}

Tensor *ag_matmul_t(Tensor *a, bool transpose_a, Tensor *b, bool transpose_b)
{
    NOT_NULL(a, b);
    MatMul *p = matmul_plan(a, transpose_a, b, transpose_b);
    Shape shape = p->batch;
    shape.dim[shape.ndim++] = p->n;
    shape.dim[shape.ndim++] = p->m;
    shape_size("ag_matmul", shape);
    return op_run("ag_matmul", ag_new(shape), matmul_forward, matmul_backward, p, 2,
                  (Tensor *[]){a, b});
}

Tensor *ag_matmul(Tensor *a, Tensor *b)
{
    NOT_NULL(a, b);
    return ag_matmul_t(a, false, b, false);
}

/* y = x W + b over n rows */
static void linear_forward(const Record *r)
{
    const Tensor *x = r->in[0], *w = r->in[1];
    int k = w->shape.dim[0], m = w->shape.dim[1], n = x->size / k;
    GemmResult rows = gemm_set(r->out->data, m);
    rows.bias = r->n_in == 3 ? r->in[2]->data : NULL;
    gemm(n, k, m, gemm_matrix(x->data, k), gemm_matrix(w->data, m), rows);
}

/* dx = dy W^T,   dW = x^T dy,   db = the column sums of dy */
static void linear_backward(const Record *r)
{
    Tensor *x = r->in[0], *w = r->in[1];
    int k = w->shape.dim[0], m = w->shape.dim[1], n = x->size / k;
    const real(*dy)[m] = ag_grad(r->out);
    real *dx = ag_grad(x), *dw = ag_grad(w), *db = r->n_in == 3 ? ag_grad(r->in[2]) : NULL;
    if (dx)
        gemm(n, m, k, gemm_matrix(*dy, m), gemm_transpose(w->data, m), gemm_add(dx, k));
    if (dw)
        gemm(k, n, m, gemm_transpose(x->data, k), gemm_matrix(*dy, m), gemm_add(dw, m));
    for (int i = 0; db && i < n; i++)
        for (int j = 0; j < m; j++)
            db[j] += dy[i][j];
}

static void linear_check(const Tensor *x, const Tensor *w, const Tensor *b)
{
    if (w->shape.ndim != 2 || x->shape.ndim < 1)
        error_stop("ag_linear: expected x (..., k) and W (k, m), got %s and %s",
                   ag_shape_text(x->shape), ag_shape_text(w->shape));
    if (x->shape.dim[x->shape.ndim - 1] != w->shape.dim[0])
        error_stop("ag_linear: inner sizes differ: %s @ %s", ag_shape_text(x->shape),
                   ag_shape_text(w->shape));
    if (b && (b->shape.ndim != 1 || b->shape.dim[0] != w->shape.dim[1]))
        error_stop("ag_linear: expected a bias of shape (%d), got %s", w->shape.dim[1],
                   ag_shape_text(b->shape));
}

Tensor *ag_linear(Tensor *x, Tensor *w, Tensor *b)
{
    NOT_NULL(x, w);
    linear_check(x, w, b);
    Shape shape = x->shape;
    shape.dim[shape.ndim - 1] = w->shape.dim[1];
    shape_size(__func__, shape);
    return ag_op(shape, linear_forward, linear_backward, NULL, b ? 3 : 2, (Tensor *[]){x, w, b});
}
