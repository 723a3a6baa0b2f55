/* index.c: picking by index. Forward gathers; backward scatters, and adds, because an element that
 * was picked twice reaches the loss twice. An index itself has no gradient. */
#include "autograd/index.h"

#include <string.h>

#include "autograd/ops.h"
#include "autograd/tape.h"
#include "error.h"

int *index_copy(const char *op, int n, const int *index, int limit)
{
    int *copy = ag_alloc((size_t)n * sizeof *copy);
    for (int i = 0; i < n; i++) {
        if (index[i] < 0 || index[i] >= limit)
            error_stop("%s: index %d at place %d is out of range: expected 0 to %d", op, index[i],
                       i, limit - 1);
        copy[i] = index[i];
    }
    return copy;
}

/* emb[p] = table[index[p]] */
static void embedding_forward(const Record *r)
{
    const int *index = r->saved;
    int width = r->in[0]->shape.dim[1], n = r->out->size / width;
    const real(*table)[width] = ag_data(r->in[0]);
    real(*emb)[width] = ag_data(r->out);
    for (int p = 0; p < n; p++)
        memcpy(emb[p], table[index[p]], sizeof emb[p]);
}

/* dtable[index[p]] += demb[p] */
static void embedding_backward(const Record *r)
{
    const int *index = r->saved;
    int width = r->in[0]->shape.dim[1], n = r->out->size / width;
    const real(*demb)[width] = ag_grad(r->out);
    real(*dtable)[width] = ag_grad(r->in[0]);
    for (int p = 0; p < n; p++)
        for (int e = 0; e < width; e++)
            dtable[index[p]][e] += demb[p][e];
}

Tensor *ag_embedding(Tensor *table, Shape shape, const int *index)
{
    NOT_NULL(table, index);
    if (table->shape.ndim != 2)
        error_stop("ag_embedding: expected a table (V, E), got %s", ag_shape_text(table->shape));
    int n = shape_size(__func__, shape), width = table->shape.dim[1];
    if (shape.ndim + 1 > AG_MAX_DIMS)
        error_stop("ag_embedding: indices of shape %s leave no axis for the rows",
                   ag_shape_text(shape));
    shape.dim[shape.ndim++] = width;
    shape_size(__func__, shape);
    int *copy = index_copy(__func__, n, index, table->shape.dim[0]);
    return ag_op(shape, embedding_forward, embedding_backward, copy, 1, &table);
}

/* y[i] = x[i][index[i]] */
static void gather_forward(const Record *r)
{
    const int *index = r->saved;
    int n = r->out->size, c = r->in[0]->shape.dim[1];
    const real(*x)[c] = ag_data(r->in[0]);
    for (int i = 0; i < n; i++)
        r->out->data[i] = x[i][index[i]];
}

/* dx[i][index[i]] += dy[i] */
static void gather_backward(const Record *r)
{
    const int *index = r->saved;
    int n = r->out->size, c = r->in[0]->shape.dim[1];
    real(*dx)[c] = ag_grad(r->in[0]);
    for (int i = 0; i < n; i++)
        dx[i][index[i]] += r->out->grad[i];
}

Tensor *ag_gather(Tensor *x, const int *index)
{
    NOT_NULL(x, index);
    if (x->shape.ndim != 2)
        error_stop("ag_gather: expected x (n, c), got %s", ag_shape_text(x->shape));
    int n = x->shape.dim[0], c = x->shape.dim[1];
    int *copy = index_copy(__func__, n, index, c);
    return ag_op(ag_shape(1, n), gather_forward, gather_backward, copy, 1, &x);
}
