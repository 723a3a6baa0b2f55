/* losses.c: what training makes small.
 *
 * Each op computes the loss of every element, or of every row, and leaves it to loss_reduced() to
 * make one number of them, which it does with ops of the tape. A backward below therefore finds the
 * upstream gradient of each single loss in g, whatever the reduction. */
#include "autograd/losses.h"

#include "autograd/index.h"
#include "autograd/ops.h"
#include "autograd/tape.h"
#include "error.h"
#include "kernel/vector.h"

Tensor *loss_reduced(Tensor *losses, Reduction reduction)
{
    int rows = losses->shape.ndim > 0 ? losses->shape.dim[0] : 1;
    switch (reduction) {
    case AG_NONE:
        return losses;
    case AG_SUM:
        return ag_sum(losses, AG_ALL, false);
    case AG_BATCH_MEAN:
        return ag_div(ag_sum(losses, AG_ALL, false), ag_scalar((real)rows));
    default:
        return ag_mean(losses, AG_ALL, false);
    }
}

void loss_check_pair(const char *op, const Tensor *input, const Tensor *target)
{
    if (!ag_same_shape(input->shape, target->shape))
        error_stop("%s: expected a target in the shape of the input, got %s and %s", op,
                   ag_shape_text(input->shape), ag_shape_text(target->shape));
}

void loss_check_logits(const char *op, const Tensor *x)
{
    if (x->shape.ndim != 2)
        error_stop("%s: expected logits (n, c), got %s", op, ag_shape_text(x->shape));
}

Tensor *loss_class_weights(const char *op, int c, Tensor *weight)
{
    if (!weight)
        return ag_full(ag_shape(1, c), 1);
    if (weight->shape.ndim != 1 || weight->size != c)
        error_stop("%s: expected weights of shape (%d), got %s", op, c,
                   ag_shape_text(weight->shape));
    return ag_detach(weight);
}

/* Keeps denominators from 0. PyTorch's is a float too, whatever the numbers are. */
static const real tiny = (real)1e-12F;

/* -- of a difference -------------------------------------------------------------------------- */

Tensor *ag_l1_loss(Tensor *input, Tensor *target, Reduction reduction)
{
    NOT_NULL(input, target);
    loss_check_pair("ag_l1_loss", input, target);
    return loss_reduced(ag_abs(ag_sub(input, target)), reduction);
}

Tensor *ag_mse_loss(Tensor *input, Tensor *target, Reduction reduction)
{
    NOT_NULL(input, target);
    loss_check_pair("ag_mse_loss", input, target);
    Tensor *d = ag_sub(input, target);
    return loss_reduced(ag_mul(d, d), reduction);
}

/* loss = d^2 / (2 beta) where |d| < beta, else |d| - beta / 2:   dd = g d / beta, g sign(d) */
static void smooth_l1_backward(const Record *r)
{
    const real *d = r->in[0]->data, *g = r->out->grad, beta = *(real *)r->saved;
    real *dd = ag_grad(r->in[0]);
    for (int i = 0; i < r->out->size; i++)
        dd[i] += g[i] * (fabs(d[i]) >= beta ? (real)((d[i] > 0) - (d[i] < 0)) : d[i] / beta);
}

Tensor *ag_smooth_l1_loss(Tensor *input, Tensor *target, double beta, Reduction reduction)
{
    NOT_NULL(input, target);
    loss_check_pair("ag_smooth_l1_loss", input, target);
    error_if_negative("ag_smooth_l1_loss", "beta", beta);
    Tensor *d = ag_sub(input, target), *losses = ag_new(d->shape);
    real *b = ag_alloc_reals(1);
    *b = (real)beta;
    for (int i = 0; i < d->size; i++) {
        real size = fabs(d->data[i]);
        losses->data[i] = size < *b ? size * size / (2 * *b) : size - *b / 2;
    }
    return loss_reduced(ag_record(losses, smooth_l1_backward, b, 1, &d), reduction);
}

/* -- of a probability ------------------------------------------------------------------------- */

/* ln p, but no less than -100: PyTorch's answer to p = 0. */
static real clamped_log(real p)
{
    return fmax(log(p), (real)-100);
}

/* loss = -t ln p - (1 - t) ln(1 - p):   dp = g (p - t) / (p (1 - p)),   dt = g (ln(1 - p) - ln p)
 */
static void bce_backward(const Record *r)
{
    const real *p = r->in[0]->data, *t = r->in[1]->data, *g = r->out->grad;
    real *dp = ag_grad(r->in[0]), *dt = ag_grad(r->in[1]);
    for (int i = 0; dp && i < r->out->size; i++)
        dp[i] += g[i] * (p[i] - t[i]) / fmax(p[i] * (1 - p[i]), tiny);
    for (int i = 0; dt && i < r->out->size; i++)
        dt[i] += g[i] * (clamped_log(1 - p[i]) - clamped_log(p[i]));
}

Tensor *ag_binary_cross_entropy(Tensor *probs, Tensor *target, Reduction reduction)
{
    NOT_NULL(probs, target);
    loss_check_pair("ag_binary_cross_entropy", probs, target);
    Tensor *losses = ag_new(probs->shape);
    for (int i = 0; i < probs->size; i++) {
        real p = probs->data[i], t = target->data[i];
        if (!(p >= 0 && p <= 1))
            error_stop("ag_binary_cross_entropy: element %d is %g: expected a probability, 0 to 1 "
                       "(for any number there is ag_binary_cross_entropy_with_logits)",
                       i, (double)p);
        losses->data[i] = -t * clamped_log(p) - (1 - t) * clamped_log(1 - p);
    }
    return loss_reduced(ag_record(losses, bce_backward, NULL, 2, (Tensor *[]){probs, target}),
                        reduction);
}

/* ln(1 + e^z), which overflows nowhere, and its derivative */
static real softplus(real z)
{
    return fmax(z, (real)0) + log1p(exp(-fabs(z)));
}

static real sigmoid(real z)
{
    return 1 / (1 + exp(-z));
}

/* loss = w t softplus(-z) + (1 - t) softplus(z):
 *     dz = g ((1 - t) sigmoid(z) - w t sigmoid(-z)),   dt = g (w softplus(-z) - softplus(z)) */
static void bce_with_logits_backward(const Record *r)
{
    const real *z = r->in[0]->data, *t = r->in[1]->data, *g = r->out->grad, *w = r->saved;
    real *dz = ag_grad(r->in[0]), *dt = ag_grad(r->in[1]);
    for (int i = 0; dz && i < r->out->size; i++)
        dz[i] += g[i] * ((1 - t[i]) * sigmoid(z[i]) - w[i] * t[i] * sigmoid(-z[i]));
    for (int i = 0; dt && i < r->out->size; i++)
        dt[i] += g[i] * (w[i] * softplus(-z[i]) - softplus(z[i]));
}

Tensor *ag_binary_cross_entropy_with_logits(Tensor *logits, Tensor *target, Tensor *pos_weight,
                                            Reduction reduction)
{
    NOT_NULL(logits, target);
    loss_check_pair("ag_binary_cross_entropy_with_logits", logits, target);
    Tensor *weight = ag_expand(pos_weight ? ag_detach(pos_weight) : ag_scalar(1), logits->shape);
    Tensor *losses = ag_new(logits->shape);
    real *w = weight->data;
    for (int i = 0; i < logits->size; i++) {
        real z = logits->data[i], t = target->data[i];
        losses->data[i] = w[i] * t * softplus(-z) + (1 - t) * softplus(z);
    }
    ag_record(losses, bce_with_logits_backward, w, 2, (Tensor *[]){logits, target});
    return loss_reduced(losses, reduction);
}

/* -- of a class, by a margin (cross entropy has a file of its own) ----------------------------- */

typedef struct {
    int *target;   /* (n) */
    const real *w; /* (c) */
    int p;
    real margin;
} MultiMargin;

/* Row i of the loss is w[y] / c sum_{j != y} max(0, m)^p, m = margin - x[i][y] + x[i][j]. Where
 * m > 0:   dx[i][j] += g[i] w[y] / c p m^(p-1),   dx[i][y] -= the same */
static void multi_margin_backward(const Record *r)
{
    const MultiMargin *s = r->saved;
    int n = r->in[0]->shape.dim[0], c = r->in[0]->shape.dim[1];
    const real(*x)[c] = (void *)r->in[0]->data, *g = r->out->grad;
    real(*dx)[c] = (void *)ag_grad(r->in[0]);
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
    static const char op[] = "ag_multi_margin_loss";
    loss_check_logits(op, input);
    if (options.p != 1 && options.p != 2)
        error_stop("%s: p is %d: expected 1 or 2", op, options.p);
    int n = input->shape.dim[0], c = input->shape.dim[1];
    MultiMargin *s = ag_alloc(sizeof *s);
    *s = (MultiMargin){.target = index_copy(op, n, target, c),
                       .w = loss_class_weights(op, c, options.weight)->data,
                       .p = options.p,
                       .margin = (real)options.margin};
    const real(*x)[c] = (void *)input->data;
    Tensor *losses = ag_zeros(ag_shape(1, n));
    for (int i = 0; i < n; i++)
        for (int j = 0, y = s->target[i]; j < c; j++) {
            real m = s->margin - x[i][y] + x[i][j];
            if (j == y || m <= 0)
                continue;
            losses->data[i] += s->w[y] / (real)c * (s->p == 1 ? m : m * m);
        }
    return loss_reduced(ag_record(losses, multi_margin_backward, s, 1, &input), reduction);
}

/* -- of an angle ------------------------------------------------------------------------------ */

typedef struct {
    int *target; /* (n), 1 or -1 */
    real margin;
    real *cosine, *norm_a, *norm_b; /* (n) */
} CosineEmbedding;

/* cos = a b / (|a| |b|), where |a|^2 is a a + tiny, so a vector of zeros has cosine 0:   da = dcos
 * (b / (|a| |b|) - cos a / |a|^2), and db likewise. The loss of row i is 1 - cos, dcos = -g[i]; or
 * max(0, cos - margin), dcos = g[i] where cos >= margin. */
static void add_cosine_gradient(int d, real dcos, real cosine, const real a[d], real norm_a,
                                const real b[d], real norm_b, real da[d])
{
    for (int j = 0; j < d; j++)
        da[j] += dcos * (b[j] / norm_b - cosine * a[j] / norm_a) / norm_a;
}

static void cosine_embedding_backward(const Record *r)
{
    const CosineEmbedding *s = r->saved;
    int n = r->in[0]->shape.dim[0], d = r->in[0]->shape.dim[1];
    const real(*a)[d] = (void *)r->in[0]->data, (*b)[d] = (void *)r->in[1]->data;
    real(*da)[d] = (void *)ag_grad(r->in[0]), (*db)[d] = (void *)ag_grad(r->in[1]);
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

/* max(x, 0); a NaN stays */
static real positive_part(real x)
{
    return x < 0 ? 0 : x;
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
    static const char op[] = "ag_cosine_embedding_loss";
    if (a->shape.ndim != 2 || !ag_same_shape(a->shape, b->shape))
        error_stop("%s: expected two of the same shape (n, d), got %s and %s", op,
                   ag_shape_text(a->shape), ag_shape_text(b->shape));
    int n = a->shape.dim[0], d = a->shape.dim[1];
    CosineEmbedding *s = ag_alloc(sizeof *s);
    *s = (CosineEmbedding){signs_copy(op, n, target), (real)margin, ag_alloc_reals(n),
                           ag_alloc_reals(n), ag_alloc_reals(n)};
    const real(*as)[d] = (void *)a->data, (*bs)[d] = (void *)b->data;
    Tensor *losses = ag_new(ag_shape(1, n));
    for (int i = 0; i < n; i++) {
        s->norm_a[i] = sqrt(vector_dot(d, as[i], as[i]) + tiny);
        s->norm_b[i] = sqrt(vector_dot(d, bs[i], bs[i]) + tiny);
        s->cosine[i] = vector_dot(d, as[i], bs[i]) / (s->norm_a[i] * s->norm_b[i]);
        losses->data[i] =
            target[i] == 1 ? 1 - s->cosine[i] : positive_part(s->cosine[i] - s->margin);
    }
    ag_record(losses, cosine_embedding_backward, s, 2, (Tensor *[]){a, b});
    return loss_reduced(losses, reduction);
}

/* -- of a distribution ------------------------------------------------------------------------ */

/* loss = t (ln t - x):   dx = -g t,   dt = g (ln t + 1 - x). Where t = 0 the loss is its limit, 0,
 * and the slope has none: dt is 0 there. */
static void kl_div_backward(const Record *r)
{
    const real *x = r->in[0]->data, *t = r->in[1]->data, *g = r->out->grad;
    real *dx = ag_grad(r->in[0]), *dt = ag_grad(r->in[1]);
    for (int i = 0; dx && i < r->out->size; i++)
        dx[i] -= g[i] * t[i];
    for (int i = 0; dt && i < r->out->size; i++)
        dt[i] += t[i] == 0 ? 0 : g[i] * (log(t[i]) + 1 - x[i]);
}

Tensor *ag_kl_div(Tensor *input, Tensor *target, Reduction reduction)
{
    NOT_NULL(input, target);
    loss_check_pair("ag_kl_div", input, target);
    Tensor *losses = ag_new(input->shape);
    for (int i = 0; i < input->size; i++) {
        real t = target->data[i];
        losses->data[i] = t == 0 ? 0 : t * (log(t) - input->data[i]);
    }
    return loss_reduced(ag_record(losses, kl_div_backward, NULL, 2, (Tensor *[]){input, target}),
                        reduction);
}

static void check_deviation(const Tensor *std)
{
    for (int i = 0; i < std->size; i++)
        if (!(std->data[i] > 0))
            error_stop("ag_gaussian_kl: element %d of a standard deviation is %g: expected more "
                       "than 0",
                       i, (double)std->data[i]);
}

/* With ratio = std_p / std_q and z = (mean_p - mean_q) / std_q:   (ratio^2 + z^2 - 1) / 2 - ln
 * ratio; the tape knows the way back. */
Tensor *ag_gaussian_kl(Tensor *mean_p, Tensor *std_p, Tensor *mean_q, Tensor *std_q,
                       Reduction reduction)
{
    NOT_NULL(mean_p, std_p, mean_q, std_q);
    check_deviation(std_p);
    check_deviation(std_q);
    Tensor *ratio = ag_div(std_p, std_q), *z = ag_div(ag_sub(mean_p, mean_q), std_q);
    Tensor *squares = ag_add(ag_mul(ratio, ratio), ag_mul(z, z));
    Tensor *half = ag_mul(ag_sub(squares, ag_scalar(1)), ag_scalar((real)0.5));
    return loss_reduced(ag_sub(half, ag_log(ratio)), reduction);
}
