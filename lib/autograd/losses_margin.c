/* losses_margin.c: losses of a row that know a margin: how far the right class should be before
 * the others, how unlike two vectors should be. A pair that keeps it gets no gradient. */
#include "autograd/index.h"
#include "autograd/losses.h"
#include "autograd/ops.h"
#include "autograd/tape.h"
#include "error.h"
#include "kernel/vector.h"

/* -- of a class ------------------------------------------------------------------------------- */

typedef struct {
    int *target;   /* (n) */
    const real *w; /* (c) */
    int p;
    real margin;
} MultiMargin;

/* Row i of the loss is w[y] / c sum_{j != y} max(0, m)^p, m = margin - x[i][y] + x[i][j]. */
static void multi_margin_forward(const Record *r)
{
    const MultiMargin *s = r->saved;
    int n = r->in[0]->shape.dim[0], c = r->in[0]->shape.dim[1];
    const real(*x)[c] = ag_data(r->in[0]);
    real *losses = r->out->data;
    for (int i = 0; i < n; i++) {
        losses[i] = 0;
        for (int j = 0, y = s->target[i]; j < c; j++) {
            real m = s->margin - x[i][y] + x[i][j];
            if (j == y || m <= 0)
                continue;
            losses[i] += s->w[y] / (real)c * (s->p == 1 ? m : m * m);
        }
    }
}

/* Where m > 0:   dx[i][j] += g[i] w[y] / c p m^(p-1),   dx[i][y] -= the same */
static void multi_margin_backward(const Record *r)
{
    const MultiMargin *s = r->saved;
    int n = r->in[0]->shape.dim[0], c = r->in[0]->shape.dim[1];
    const real(*x)[c] = ag_data(r->in[0]), *g = r->out->grad;
    real(*dx)[c] = ag_grad(r->in[0]);
    for (int i = 0; i < n; i++)
        for (int j = 0, y = s->target[i]; j < c; j++) {
            real m = s->margin - x[i][y] + x[i][j];
            if (j == y || m <= 0)
                continue;
            real slope = g[i] * s->w[y] / (real)c * (s->p == 1 ? 1 : 2 * m);
            dx[i][j] += slope;
            dx[i][y] -= slope;
        }
}

Tensor *ag_multi_margin_loss(Tensor *input, const int *target, MultiMarginOptions options,
                             Reduction reduction)
{
    NOT_NULL(input, target);
    loss_check_logits(__func__, input);
    if (options.p != 1 && options.p != 2)
        error_stop("%s: p is %d: expected 1 or 2", __func__, options.p);
    int n = input->shape.dim[0], c = input->shape.dim[1];
    MultiMargin *s = ag_alloc(sizeof *s);
    *s = (MultiMargin){.target = index_copy(__func__, n, target, c),
                       .w = loss_class_weights(__func__, c, options.weight)->data,
                       .p = options.p,
                       .margin = (real)options.margin};
    Tensor *losses =
        ag_op(ag_shape(1, n), multi_margin_forward, multi_margin_backward, s, 1, &input);
    return loss_reduced(losses, reduction);
}

/* -- of an angle ------------------------------------------------------------------------------ */

typedef struct {
    int *target; /* (n), 1 or -1 */
    real margin;
    real *cosine, *norm_a, *norm_b; /* (n) */
} CosineEmbedding;

/* max(x, 0); a NaN stays */
static real positive_part(real x)
{
    return x < 0 ? 0 : x;
}

/* The loss of row i is 1 - cos, or max(0, cos - margin). cos = a b / (|a| |b|), where |a|^2 is
 * a a + loss_tiny, so a vector of zeros has cosine 0. */
static void cosine_embedding_forward(const Record *r)
{
    const CosineEmbedding *s = r->saved;
    int n = r->in[0]->shape.dim[0], d = r->in[0]->shape.dim[1];
    const real(*a)[d] = ag_data(r->in[0]), (*b)[d] = ag_data(r->in[1]);
    for (int i = 0; i < n; i++) {
        s->norm_a[i] = sqrt(vector_dot(d, a[i], a[i]) + loss_tiny);
        s->norm_b[i] = sqrt(vector_dot(d, b[i], b[i]) + loss_tiny);
        s->cosine[i] = vector_dot(d, a[i], b[i]) / (s->norm_a[i] * s->norm_b[i]);
        r->out->data[i] =
            s->target[i] == 1 ? 1 - s->cosine[i] : positive_part(s->cosine[i] - s->margin);
    }
}

/* da = dcos (b / (|a| |b|) - cos a / |a|^2), and db likewise */
static void add_cosine_gradient(int d, real dcos, real cosine, const real a[d], real norm_a,
                                const real b[d], real norm_b, real da[d])
{
    for (int j = 0; j < d; j++)
        da[j] += dcos * (b[j] / norm_b - cosine * a[j] / norm_a) / norm_a;
}

/* dcos = -g[i], or g[i] where cos >= margin */
static void cosine_embedding_backward(const Record *r)
{
    const CosineEmbedding *s = r->saved;
    int n = r->in[0]->shape.dim[0], d = r->in[0]->shape.dim[1];
    const real(*a)[d] = ag_data(r->in[0]), (*b)[d] = ag_data(r->in[1]);
    real(*da)[d] = ag_grad(r->in[0]), (*db)[d] = ag_grad(r->in[1]);
    for (int i = 0; i < n; i++) {
        real cosine = s->cosine[i], norm_a = s->norm_a[i], norm_b = s->norm_b[i];
        real dcos = s->target[i] == 1 ? -1 : (real)(cosine >= s->margin);
        dcos *= r->out->grad[i];
        if (da)
            add_cosine_gradient(d, dcos, cosine, a[i], norm_a, b[i], norm_b, da[i]);
        if (db)
            add_cosine_gradient(d, dcos, cosine, b[i], norm_b, a[i], norm_a, db[i]);
    }
}

static int *signs_copy(const char *op, int n, const int *target)
{
    int *copy = ag_alloc((size_t)n * sizeof *copy);
    for (int i = 0; i < n; i++) {
        if (target[i] != 1 && target[i] != -1)
            error_stop("%s: target %d at place %d: expected 1 or -1", op, target[i], i);
        copy[i] = target[i];
    }
    return copy;
}

Tensor *ag_cosine_embedding_loss(Tensor *a, Tensor *b, const int *target, double margin,
                                 Reduction reduction)
{
    NOT_NULL(a, b, target);
    if (a->shape.ndim != 2 || !ag_same_shape(a->shape, b->shape))
        error_stop("ag_cosine_embedding_loss: expected two of the same shape (n, d), got %s and %s",
                   ag_shape_text(a->shape), ag_shape_text(b->shape));
    int n = a->shape.dim[0];
    CosineEmbedding *s = ag_alloc(sizeof *s);
    *s = (CosineEmbedding){.target = signs_copy(__func__, n, target),
                           .margin = (real)margin,
                           .cosine = ag_alloc_reals(n),
                           .norm_a = ag_alloc_reals(n),
                           .norm_b = ag_alloc_reals(n)};
    Tensor *in[] = {a, b};
    Tensor *losses =
        ag_op(ag_shape(1, n), cosine_embedding_forward, cosine_embedding_backward, s, 2, in);
    return loss_reduced(losses, reduction);
}
