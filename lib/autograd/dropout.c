/* dropout.c: elements left out at random while training, so that no unit can rely on another.
 *
 * What is left is divided by 1 - p (inverted dropout): the expected value of each element stays
 * what it was, and in use nothing is to be done. */
#include "autograd/ops.h"
#include "autograd/tape.h"
#include "error.h"
#include "kernel/random.h"

/* y = x mask */
static void dropout_forward(const Record *r)
{
    const real *x = r->in[0]->data, *mask = r->saved;
    real *y = r->out->data;
    for (int i = 0; i < r->out->size; i++)
        y[i] = x[i] * mask[i];
}

/* dx = dy mask: what was left out gets nothing */
static void dropout_backward(const Record *r)
{
    const real *dy = r->out->grad, *mask = r->saved;
    real *dx = ag_grad(r->in[0]);
    for (int i = 0; i < r->out->size; i++)
        dx[i] += dy[i] * mask[i];
}

Tensor *ag_dropout(Tensor *x, double p, bool training, Rng *rng)
{
    NOT_NULL(x);
    if (!(p >= 0 && p <= 1))
        error_stop("ag_dropout: p %g: expected 0 to 1", p);
    if (!training || p == 0)
        return x;
    NOT_NULL(rng);
    tensor_live(__func__, x);
    real *mask = ag_alloc_reals(x->size);
    rng_mask(rng, x->size, p, (real)(1 / (1 - p)), mask);
    return ag_op(x->shape, dropout_forward, dropout_backward, mask, 1, &x);
}
