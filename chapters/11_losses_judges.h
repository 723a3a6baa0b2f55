/* 11_losses_judges.h: the losses of 11_losses.h with inputs to try them on: by hand and on the
 * tape. */
#ifndef CHAPTERS_11_LOSSES_JUDGES_H
#define CHAPTERS_11_LOSSES_JUDGES_H

#include "11_losses.h"

#include "autograd/autograd.h"
#include "kernel/random.h"
#include "nn/init.h"

enum { N = 6, C = 4, NC = N * C };

/* Scores, probabilities and so on, (N, C) each. A mean and a deviation are just two of them. */
typedef enum { Z, T, PROBS, LABELS, LOGQ, P, SP, SQ, FIELDS } Field;

typedef enum {
    L1,
    MSE,
    SMOOTH_L1,
    BCE,
    BCE_LOGITS,
    CROSS_ENTROPY,
    MARGIN_1,
    MARGIN_2,
    COSINE,
    KL,
    GAUSSIAN_KL
} Kind;

typedef struct {
    Kind kind; /* the loss in question */
    real x[FIELDS][N][C];
    int y[N], together[N];
} Inputs;

static const struct {
    const char *gradient;
    Kind kind;
    Field of;
} rows[] = {
    {"L1: dx", L1, Z},
    {"MSE: dx", MSE, Z},
    {"smooth L1: dx", SMOOTH_L1, Z},
    {"BCE: dp", BCE, PROBS},
    {"logits: dz", BCE_LOGITS, Z},
    {"classes: dz", CROSS_ENTROPY, Z},
    {"margin 1: dz", MARGIN_1, Z},
    {"margin 2: dz", MARGIN_2, Z},
    {"cosine: da", COSINE, Z},
    {"cosine: db", COSINE, T},
    {"KL: dlogq", KL, LOGQ},
    {"normal: dmp", GAUSSIAN_KL, Z},
    {"normal: dsp", GAUSSIAN_KL, SP},
    {"normal: dmq", GAUSSIAN_KL, T},
    {"normal: dsq", GAUSSIAN_KL, SQ},
};
enum { ROWS = sizeof rows / sizeof rows[0] };

/* The loss in->kind; a Loss for numeric_gradient(). */
static inline double loss_of(void *context)
{
    const Inputs *in = context;
    const real(*x)[N][C] = in->x;
    switch (in->kind) {
    case L1:
        return (double)l1(NC, *x[Z], *x[T]);
    case MSE:
        return (double)mse(NC, *x[Z], *x[T]);
    case SMOOTH_L1:
        return (double)smooth_l1(NC, 1, *x[Z], *x[T]);
    case BCE:
        return (double)bce(NC, *x[PROBS], *x[LABELS]);
    case BCE_LOGITS:
        return (double)bce_logits(NC, *x[Z], *x[LABELS]);
    case CROSS_ENTROPY:
        return (double)cross_entropy(N, C, x[Z], in->y);
    case MARGIN_1:
    case MARGIN_2:
        return (double)multi_margin(N, C, in->kind == MARGIN_1 ? 1 : 2, 1, x[Z], in->y);
    case COSINE:
        return (double)cosine_embedding(N, C, -0.9, x[Z], x[T], in->together);
    case KL:
        return (double)kl(N, C, x[LOGQ], x[P]);
    default:
        return (double)gaussian_kl(NC, *x[Z], *x[SP], *x[T], *x[SQ]);
    }
}

/* Its gradients, each where its input stands in Inputs; the rest of d is left as it is. */
static inline void gradients_of(const Inputs *in, real d[FIELDS][N][C])
{
    const real(*x)[N][C] = in->x;
    switch (in->kind) {
    case L1:
        return l1_backward(NC, *x[Z], *x[T], *d[Z]);
    case MSE:
        return mse_backward(NC, *x[Z], *x[T], *d[Z]);
    case SMOOTH_L1:
        return smooth_l1_backward(NC, 1, *x[Z], *x[T], *d[Z]);
    case BCE:
        return bce_backward(NC, *x[PROBS], *x[LABELS], *d[PROBS]);
    case BCE_LOGITS:
        return bce_logits_backward(NC, *x[Z], *x[LABELS], *d[Z]);
    case CROSS_ENTROPY:
        return cross_entropy_backward(N, C, x[Z], in->y, d[Z]);
    case MARGIN_1:
    case MARGIN_2:
        return multi_margin_backward(N, C, in->kind == MARGIN_1 ? 1 : 2, 1, x[Z], in->y, d[Z]);
    case COSINE:
        cosine_embedding_backward(N, C, -0.9, x[Z], x[T], in->together, d[Z]);
        return cosine_embedding_backward(N, C, -0.9, x[T], x[Z], in->together, d[T]);
    case KL:
        return kl_backward(N, C, x[P], d[LOGQ]);
    default:
        gaussian_kl_backward(NC, *x[Z], *x[SP], *x[T], *x[SQ], *d[Z], *d[SP], *d[T], *d[SQ]);
    }
}

static inline Tensor *tape_of(const Inputs *in, Tensor *const x[FIELDS])
{
    switch (in->kind) {
    case L1:
        return ag_l1_loss(x[Z], x[T], AG_MEAN);
    case MSE:
        return ag_mse_loss(x[Z], x[T], AG_MEAN);
    case SMOOTH_L1:
        return ag_smooth_l1_loss(x[Z], x[T], 1, AG_MEAN);
    case BCE:
        return ag_binary_cross_entropy(x[PROBS], x[LABELS], AG_MEAN);
    case BCE_LOGITS:
        return ag_binary_cross_entropy_with_logits(x[Z], x[LABELS], NULL, AG_MEAN);
    case CROSS_ENTROPY:
        return ag_cross_entropy(x[Z], in->y, AG_MEAN);
    case MARGIN_1:
    case MARGIN_2:
        return ag_multi_margin_loss(
            x[Z], in->y, (MultiMarginOptions){.p = in->kind == MARGIN_1 ? 1 : 2, .margin = 1},
            AG_MEAN);
    case COSINE:
        return ag_cosine_embedding_loss(x[Z], x[T], in->together, -0.9, AG_MEAN);
    case KL:
        return ag_kl_div(x[LOGQ], x[P], AG_BATCH_MEAN);
    default:
        return ag_gaussian_kl(x[Z], x[SP], x[T], x[SQ], AG_MEAN);
    }
}

static inline void fill(Inputs *in, Rng *rng)
{
    init_normal(rng, 2, 2 * NC, in->x[Z][0]);
    init_uniform(rng, 0.05, 0.95, 2 * NC, in->x[PROBS][0]);
    init_uniform(rng, 0.5, 2, 2 * NC, in->x[SP][0]);
    for (int i = 0; i < N; i++) {
        softmax(C, in->x[T][i], in->x[P][i]);
        real lse = softmax(C, in->x[Z][i], in->x[LOGQ][i]);
        for (int j = 0; j < C; j++)
            in->x[LOGQ][i][j] = in->x[Z][i][j] - lse;
        in->y[i] = rng_below(rng, C);
        in->together[i] = i % 2 ? -1 : 1;
    }
}

#endif
