/* 15_residual_ops.h: what blocks are made of, besides convolutions, as operations on the tape.
 *
 * An operation is two functions, forward and backward. In the backward ones stand the functions of
 * exercises/15_residual.h, the solutions or yours: an exercise writes its gradient whole, the tape
 * wants it added to what is there. */
#ifndef CHAPTER_15_RESIDUAL_OPS_H
#define CHAPTER_15_RESIDUAL_OPS_H

#include <string.h>

#include "autograd/autograd.h"
#include "autograd/tape.h"
#include "exercises/15_residual.h"
#include "kernel/vector.h"

/* What an exercise has written, added to the gradient of x, if anybody asks for it. */
static inline void add_gradient(Tensor *x, const real *dx)
{
    real *grad = ag_grad(x);
    if (grad)
        vector_add(x->size, dx, grad);
}

/* -- two paths that part, and meet again ------------------------------------------------------ */

/* A block's output, once there is one. Going back it is the first to have its gradient, and the
 * relu at the block's beginning is the last: by then all that comes to X is there. */
typedef struct {
    Tensor *Y;
} Meeting;

/* R = relu(X), where the paths part */
static inline void part_forward(const Record *r)
{
    const real *X = ag_data(r->in[0]);
    real *R = ag_data(r->out);
    for (int i = 0; i < r->out->size; i++)
        R[i] = X[i] > 0 ? X[i] : 0;
}

static inline void part_backward(const Record *r)
{
    const Meeting *meeting = r->saved;
    real *dX = ag_alloc_reals(r->out->size);
    residual_backward(r->out->size, ag_grad(meeting->Y), ag_grad(r->out), ag_data(r->in[0]), dX);
    add_gradient(r->in[0], dX);
}

/* The same where the shortcut takes R. */
static inline void part_in_place_backward(const Record *r)
{
    const Meeting *meeting = r->saved;
    real *dX = ag_alloc_reals(r->out->size);
    in_place_backward(r->out->size, ag_grad(meeting->Y), ag_grad(r->out), ag_data(r->out), dX);
    add_gradient(r->in[0], dX);
}

/* Two mistakes: one of the paths is left out. */
static inline void part_without_shortcut(const Record *r)
{
    const real *dR = ag_grad(r->out), *X = ag_data(r->in[0]);
    real *dX = ag_alloc_reals(r->out->size);
    for (int i = 0; i < r->out->size; i++)
        dX[i] = X[i] > 0 ? dR[i] : 0;
    add_gradient(r->in[0], dX);
}

static inline void part_without_branch(const Record *r)
{
    const Meeting *meeting = r->saved;
    add_gradient(r->in[0], ag_grad(meeting->Y));
}

static inline Tensor *part(Tensor *X, Backward *backward, Meeting *meeting)
{
    return ag_op(X->shape, part_forward, backward, meeting, 1, (Tensor *[]){X});
}

/* Y = X + B, where they meet. Here B alone gets its gradient: what comes along the shortcut is
 * added where the paths part. */
static inline void meet_forward(const Record *r)
{
    const real *X = ag_data(r->in[0]), *B = ag_data(r->in[1]);
    real *Y = ag_data(r->out);
    for (int i = 0; i < r->out->size; i++)
        Y[i] = X[i] + B[i];
}

static inline void meet_backward(const Record *r)
{
    add_gradient(r->in[1], ag_grad(r->out)); /* dB = dY */
}

static inline Tensor *meet(Tensor *X, Tensor *B)
{
    return ag_op(X->shape, meet_forward, meet_backward, NULL, 2, (Tensor *[]){X, B});
}

/* -- Y = X + s B ------------------------------------------------------------------------------ */

static inline void scaled_op_forward(const Record *r)
{
    const real *X = ag_data(r->in[0]), *B = ag_data(r->in[1]), s = r->in[2]->data[0];
    real *Y = ag_data(r->out);
    for (int i = 0; i < r->out->size; i++)
        Y[i] = X[i] + s * B[i];
}

static inline void scaled_op_backward(const Record *r)
{
    const int n = r->out->size;
    real *dX = ag_alloc_reals(n), *dB = ag_alloc_reals(n), ds;
    scaled_backward(n, ag_grad(r->out), ag_data(r->in[1]), r->in[2]->data[0], dX, dB, &ds);
    add_gradient(r->in[0], dX);
    add_gradient(r->in[1], dB);
    add_gradient(r->in[2], &ds);
}

static inline Tensor *scaled_sum(Tensor *X, Tensor *B, Tensor *s)
{
    return ag_op(X->shape, scaled_op_forward, scaled_op_backward, NULL, 3, (Tensor *[]){X, B, s});
}

/* -- Y = the channels of A, then those of B --------------------------------------------------- */

static inline int pixels_of(const Tensor *x)
{
    return x->shape.dim[2] * x->shape.dim[3];
}

static inline void concat_op_forward(const Record *r)
{
    const int n = r->out->shape.dim[0], A_size = r->in[0]->size / n, B_size = r->in[1]->size / n;
    const real *A = ag_data(r->in[0]), *B = ag_data(r->in[1]);
    real *Y = ag_data(r->out);
    for (int i = 0; i < n; i++) {
        memcpy(Y + i * (A_size + B_size), A + i * A_size, sizeof(real) * (size_t)A_size);
        memcpy(Y + i * (A_size + B_size) + A_size, B + i * B_size, sizeof(real) * (size_t)B_size);
    }
}

static inline void concat_op_backward(const Record *r)
{
    Tensor *A = r->in[0], *B = r->in[1];
    const int *Y = r->out->shape.dim;
    real *dA = ag_alloc_reals(A->size), *dB = ag_alloc_reals(B->size);
    concat_backward(Y[0], A->shape.dim[1], B->shape.dim[1], Y[1], pixels_of(r->out),
                    ag_grad(r->out), (void *)dA, (void *)dB);
    add_gradient(A, dA);
    add_gradient(B, dB);
}

static inline Tensor *side_by_side(Tensor *A, Tensor *B)
{
    Shape shape = A->shape;
    shape.dim[1] += B->shape.dim[1];
    return ag_op(shape, concat_op_forward, concat_op_backward, NULL, 2, (Tensor *[]){A, B});
}

/* -- a kernel of one pixel, every s-th pixel of every s-th row -------------------------------- */

typedef struct {
    int n, c, m, h, w, s, u, v;
} Projection;

static inline void projection_op_forward(const Record *r)
{
    const Projection *p = r->saved;
    const real(*X)[p->c][p->h][p->w] = ag_data(r->in[0]), (*W)[p->c] = ag_data(r->in[1]);
    real(*Y)[p->m][p->u][p->v] = ag_data(r->out);
    for (int i = 0; i < p->n; i++)
        for (int q = 0; q < p->m; q++)
            for (int at = 0; at < p->u * p->v; at++) {
                const int y = at / p->v, x = at % p->v;
                real sum = 0;
                for (int l = 0; l < p->c; l++)
                    sum += W[q][l] * X[i][l][p->s * y][p->s * x];
                Y[i][q][y][x] = sum;
            }
}

static inline void projection_op_backward(const Record *r)
{
    const Projection *p = r->saved;
    real *dX = ag_alloc_reals(r->in[0]->size), *dW = ag_alloc_reals(r->in[1]->size);
    projection_backward(p->n, p->c, p->m, p->h, p->w, p->s, p->u, p->v, ag_grad(r->out),
                        ag_data(r->in[0]), ag_data(r->in[1]), (void *)dX, (void *)dW);
    add_gradient(r->in[0], dX);
    add_gradient(r->in[1], dW);
}

/* X (n, c, h, w), W (m, c) -> (n, m, u, v) */
static inline Tensor *project(Tensor *X, Tensor *W, int s)
{
    const int *x = X->shape.dim;
    Projection *p = ag_alloc(sizeof *p);
    *p = (Projection){x[0], x[1], W->shape.dim[0],    x[2],
                      x[3], s,    (x[2] - 1) / s + 1, (x[3] - 1) / s + 1};
    return ag_op(ag_shape(4, p->n, p->m, p->u, p->v), projection_op_forward, projection_op_backward,
                 p, 2, (Tensor *[]){X, W});
}

#endif
