/* losses.c: what training makes small: the losses of each element. Those of a row have files of
 * their own (cross_entropy.c, losses_margin.c).
 *
 * Each op computes the loss of every element, or of every row, and leaves it to loss_reduced() to
 * make one number of them, which it does with ops of the tape. A backward below therefore finds the
 * upstream gradient of each single loss in g, whatever the reduction. */
#include "autograd/losses.h"

#include "autograd/ops.h"
#include "autograd/tape.h"
#include "error.h"

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
    tensor_live(op, weight);
    return ag_detach(weight);
}

/* -- of a difference -------------------------------------------------------------------------- */

Tensor *ag_l1_loss(Tensor *input, Tensor *target, Reduction reduction)
{
    NOT_NULL(input, target);
    loss_check_pair(__func__, input, target);
    return loss_reduced(ag_abs(ag_sub(input, target)), reduction);
}

Tensor *ag_mse_loss(Tensor *input, Tensor *target, Reduction reduction)
{
    NOT_NULL(input, target);
    loss_check_pair(__func__, input, target);
    Tensor *d = ag_sub(input, target);
    return loss_reduced(ag_mul(d, d), reduction);
}

/* d^2 / (2 beta) where |d| < beta, else |d| - beta / 2 */
static void smooth_l1_forward(const Record *r)
{
    const real *d = r->in[0]->data, beta = *(real *)r->saved;
    real *losses = r->out->data;
    for (int i = 0; i < r->out->size; i++) {
        real size = fabs(d[i]);
        losses[i] = size < beta ? size * size / (2 * beta) : size - beta / 2;
    }
}

/* dd = g d / beta where |d| < beta, else g sign(d) */
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
    loss_check_pair(__func__, input, target);
    error_if_negative(__func__, "beta", beta);
    Tensor *d = ag_sub(input, target);
    real *b = ag_alloc(sizeof *b);
    *b = (real)beta;
    return loss_reduced(ag_op(d->shape, smooth_l1_forward, smooth_l1_backward, b, 1, &d),
                        reduction);
}

/* -- of a probability ------------------------------------------------------------------------- */

/* ln p, but no less than -100: PyTorch's answer to p = 0. */
static real clamped_log(real p)
{
    return fmax(log(p), (real)-100);
}

/* loss = -t ln p - (1 - t) ln(1 - p) */
static void bce_forward(const Record *r)
{
    const real *p = r->in[0]->data, *t = r->in[1]->data;
    real *losses = r->out->data;
    for (int i = 0; i < r->out->size; i++)
        losses[i] = -t[i] * clamped_log(p[i]) - (1 - t[i]) * clamped_log(1 - p[i]);
}

/* dp = g (p - t) / (p (1 - p)),   dt = g (ln(1 - p) - ln p) */
static void bce_backward(const Record *r)
{
    const real *p = r->in[0]->data, *t = r->in[1]->data, *g = r->out->grad;
    real *dp = ag_grad(r->in[0]), *dt = ag_grad(r->in[1]);
    for (int i = 0; dp && i < r->out->size; i++)
        dp[i] += g[i] * (p[i] - t[i]) / fmax(p[i] * (1 - p[i]), loss_tiny);
    for (int i = 0; dt && i < r->out->size; i++)
        dt[i] += g[i] * (clamped_log(1 - p[i]) - clamped_log(p[i]));
}

static void check_probabilities(const char *op, const Tensor *probs)
{
    tensor_live(op, probs);
    for (int i = 0; i < probs->size; i++)
        if (!(probs->data[i] >= 0 && probs->data[i] <= 1))
            error_stop("%s: element %d is %g: expected a probability, 0 to 1 "
                       "(for any number there is ag_binary_cross_entropy_with_logits)",
                       op, i, (double)probs->data[i]);
}

Tensor *ag_binary_cross_entropy(Tensor *probs, Tensor *target, Reduction reduction)
{
    NOT_NULL(probs, target);
    loss_check_pair(__func__, probs, target);
    check_probabilities(__func__, probs);
    Tensor *in[] = {probs, target};
    return loss_reduced(ag_op(probs->shape, bce_forward, bce_backward, NULL, 2, in), reduction);
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

/* loss = w t softplus(-z) + (1 - t) softplus(z) */
static void bce_with_logits_forward(const Record *r)
{
    const real *z = r->in[0]->data, *t = r->in[1]->data, *w = r->saved;
    real *losses = r->out->data;
    for (int i = 0; i < r->out->size; i++)
        losses[i] = w[i] * t[i] * softplus(-z[i]) + (1 - t[i]) * softplus(z[i]);
}

/* dz = g ((1 - t) sigmoid(z) - w t sigmoid(-z)),   dt = g (w softplus(-z) - softplus(z)) */
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
    loss_check_pair(__func__, logits, target);
    if (pos_weight)
        tensor_live(__func__, pos_weight);
    Tensor *weight = ag_expand(pos_weight ? ag_detach(pos_weight) : ag_scalar(1), logits->shape);
    Tensor *in[] = {logits, target};
    Tensor *losses = ag_op(logits->shape, bce_with_logits_forward, bce_with_logits_backward,
                           weight->data, 2, in);
    return loss_reduced(losses, reduction);
}

/* -- of a distribution ------------------------------------------------------------------------ */

/* loss = t (ln t - x); where t = 0 its limit, 0 */
static void kl_div_forward(const Record *r)
{
    const real *x = r->in[0]->data, *t = r->in[1]->data;
    real *losses = r->out->data;
    for (int i = 0; i < r->out->size; i++)
        losses[i] = t[i] == 0 ? 0 : t[i] * (log(t[i]) - x[i]);
}

/* dx = -g t,   dt = g (ln t + 1 - x). Where t = 0 the slope has no limit: dt is 0 there. */
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
    loss_check_pair(__func__, input, target);
    Tensor *in[] = {input, target};
    return loss_reduced(ag_op(input->shape, kl_div_forward, kl_div_backward, NULL, 2, in),
                        reduction);
}

static void check_deviation(const char *op, const Tensor *std)
{
    tensor_live(op, std);
    for (int i = 0; i < std->size; i++)
        if (!(std->data[i] > 0))
            error_stop("%s: element %d of a standard deviation is %g: expected more than 0", op, i,
                       (double)std->data[i]);
}

/* With ratio = std_p / std_q and z = (mean_p - mean_q) / std_q:   (ratio^2 + z^2 - 1) / 2 - ln
 * ratio; the tape knows the way back. */
Tensor *ag_gaussian_kl(Tensor *mean_p, Tensor *std_p, Tensor *mean_q, Tensor *std_q,
                       Reduction reduction)
{
    NOT_NULL(mean_p, std_p, mean_q, std_q);
    check_deviation(__func__, std_p);
    check_deviation(__func__, std_q);
    Tensor *ratio = ag_div(std_p, std_q), *z = ag_div(ag_sub(mean_p, mean_q), std_q);
    Tensor *squares = ag_add(ag_mul(ratio, ratio), ag_mul(z, z));
    Tensor *half = ag_mul(ag_sub(squares, ag_scalar(1)), ag_scalar((real)0.5));
    return loss_reduced(ag_sub(half, ag_log(ratio)), reduction);
}
