/* cross_entropy.c: softmax and its loss as one op, with all that PyTorch's has. */
#include "autograd/index.h"
#include "autograd/losses.h"
#include "autograd/ops.h"
#include "autograd/tape.h"
#include "error.h"
#include "kernel/vector.h"

static void check_smoothing(const char *op, double smoothing)
{
    if (!(smoothing >= 0 && smoothing <= 1))
        error_stop("%s: label_smoothing %g: expected 0 to 1", op, smoothing);
}

enum { IGNORED = -1 };

typedef struct {
    int *target;         /* (n), IGNORED where a row is */
    const real *w;       /* (c) */
    real right;          /* what of its weight the right class keeps: 1 - smoothing */
    real share;          /* what of theirs all classes get: smoothing / c */
    real w_sum;          /* sum_j w[j] */
    void *probs;         /* (n, c) */
    real *max, *log_sum; /* (n) each: softmax_rows() */
} CrossEntropy;

/* probs = e^z / sum e^z, row by row; and max_j z[i][j], ln sum_j e^(z[i][j] - max[i]) */
static void softmax_rows(int n, int c, const real z[n][c], real probs[n][c], real max[n],
                         real log_sum[n])
{
    for (int i = 0; i < n; i++) {
        max[i] = vector_max(c, z[i]);
        for (int j = 0; j < c; j++)
            probs[i][j] = z[i][j] - max[i];
    }
    vector_exp(n * c, *probs, *probs);
    for (int i = 0; i < n; i++) {
        log_sum[i] = vector_sum(c, probs[i]);
        real inverse = 1 / log_sum[i];
        for (int j = 0; j < c; j++)
            probs[i][j] *= inverse;
    }
    vector_log(n, log_sum, log_sum);
}

/* -sum_j t[j] ln probs[i][j] with t[j] = w[j] (right 1[j = y] + share), where y = target[i] and
 * -ln probs = max + log_sum - z */
static real cross_entropy_row(const CrossEntropy *s, int i, int c, const real z[c])
{
    real weighted = 0, max = s->max[i], log_sum = s->log_sum[i];
    int y = s->target[i];
    for (int j = 0; s->share > 0 && j < c; j++)
        weighted += s->w[j] * (log_sum - (z[j] - max));
    return s->right * s->w[y] * (log_sum - (z[y] - max)) + s->share * weighted;
}

static void cross_entropy_forward(const Record *r)
{
    const CrossEntropy *s = r->saved;
    int n = r->in[0]->shape.dim[0], c = r->in[0]->shape.dim[1];
    const real(*z)[c] = ag_data(r->in[0]);
    softmax_rows(n, c, z, s->probs, s->max, s->log_sum);
    for (int i = 0; i < n; i++)
        r->out->data[i] = s->target[i] == IGNORED ? 0 : cross_entropy_row(s, i, c, z[i]);
}

/* dlogits[i][j] = g[i] (probs[i][j] sum_l t[l] - t[j]), and sum_l t[l] = right w[y] + share w_sum
 */
static void cross_entropy_backward(const Record *r)
{
    const CrossEntropy *s = r->saved;
    int n = r->in[0]->shape.dim[0], c = r->in[0]->shape.dim[1];
    const real(*probs)[c] = s->probs, *g = r->out->grad;
    real(*dlogits)[c] = ag_grad(r->in[0]);
    for (int i = 0; i < n; i++) {
        if (s->target[i] == IGNORED)
            continue;
        real right = g[i] * s->right * s->w[s->target[i]], share = g[i] * s->share;
        for (int j = 0; j < c; j++)
            dlogits[i][j] += right * probs[i][j];
        for (int j = 0; share != 0 && j < c; j++)
            dlogits[i][j] += share * (s->w_sum * probs[i][j] - s->w[j]);
        dlogits[i][s->target[i]] -= right;
    }
}

/* The right class of each row, copied. */
static int *classes_or_ignored(const char *op, const Tensor *logits, const int *target,
                               CrossEntropyOptions options)
{
    int n = logits->shape.dim[0], *classes = ag_alloc((size_t)n * sizeof *classes);
    for (int i = 0; i < n; i++)
        classes[i] = options.ignore && target[i] == options.ignore_index ? 0 : target[i];
    classes = index_copy(op, n, classes, logits->shape.dim[1]);
    for (int i = 0; options.ignore && i < n; i++)
        if (target[i] == options.ignore_index)
            classes[i] = IGNORED;
    return classes;
}

static CrossEntropy *cross_entropy_new(const char *op, const Tensor *logits, const int *target,
                                       CrossEntropyOptions options)
{
    loss_check_logits(op, logits);
    check_smoothing(op, options.label_smoothing);
    int n = logits->shape.dim[0], c = logits->shape.dim[1];
    Tensor *weight = loss_class_weights(op, c, options.weight);
    CrossEntropy *s = ag_alloc(sizeof *s);
    *s = (CrossEntropy){.target = classes_or_ignored(op, logits, target, options),
                        .w = weight->data,
                        .right = (real)(1 - options.label_smoothing),
                        .share = (real)(options.label_smoothing / c),
                        .w_sum = vector_sum(c, weight->data),
                        .probs = ag_alloc_reals(logits->size),
                        .max = ag_alloc_reals(n),
                        .log_sum = ag_alloc_reals(n)};
    return s;
}

/* What the rows count together: the denominator of the weighted mean. */
static real rows_weight(const CrossEntropy *s, int n)
{
    real sum = 0;
    for (int i = 0; i < n; i++)
        if (s->target[i] != IGNORED)
            sum += s->w[s->target[i]];
    return sum;
}

static Tensor *cross_entropy(const char *op, Tensor *logits, const int *target,
                             CrossEntropyOptions options, Reduction reduction)
{
    CrossEntropy *s = cross_entropy_new(op, logits, target, options);
    int n = logits->shape.dim[0];
    Tensor *losses = op_run(op, ag_new(ag_shape(1, n)), cross_entropy_forward,
                            cross_entropy_backward, s, 1, &logits);
    if (reduction == AG_MEAN)
        return ag_div(ag_sum(losses, AG_ALL, false), ag_scalar(rows_weight(s, n)));
    return loss_reduced(losses, reduction);
}

Tensor *ag_cross_entropy(Tensor *logits, const int *target, Reduction reduction)
{
    NOT_NULL(logits, target);
    return cross_entropy(__func__, logits, target, (CrossEntropyOptions){.weight = NULL},
                         reduction);
}

Tensor *ag_cross_entropy_with(Tensor *logits, const int *target, CrossEntropyOptions options,
                              Reduction reduction)
{
    NOT_NULL(logits, target);
    return cross_entropy(__func__, logits, target, options, reduction);
}

/* -sum_j t[i][j] ln probs[i][j] with t[i][j] = w[j] ((1 - smoothing) target[i][j] + smoothing / c);
 * the tape knows the way back. */
Tensor *ag_cross_entropy_soft(Tensor *logits, Tensor *target, CrossEntropyOptions options,
                              Reduction reduction)
{
    NOT_NULL(logits, target);
    double smoothing = options.label_smoothing;
    loss_check_logits(__func__, logits);
    loss_check_pair(__func__, logits, target);
    check_smoothing(__func__, smoothing);
    if (options.ignore)
        error_stop("%s: rows of targets cannot be ignored: set them to zero", __func__);
    int c = logits->shape.dim[1];
    Tensor *smooth =
        ag_add(ag_mul(target, ag_scalar((real)(1 - smoothing))), ag_scalar((real)(smoothing / c)));
    Tensor *t = ag_mul(smooth, loss_class_weights(__func__, c, options.weight));
    return loss_reduced(ag_neg(ag_sum(ag_mul(t, ag_log_softmax(logits, 1)), 1, false)), reduction);
}
