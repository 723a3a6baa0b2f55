/* 10_makemore_mlp.c: chapter 10 with a student's 26 steps in the place of its own.
 *
 * `make run-10 FROM=exercises` links this with exercises/10_makemore_mlp.c. The table of gradients
 * and the training are the chapter's, word for word: its source is included below. Only the two
 * functions that go backwards are replaced. */
#include "../../exercises/10_makemore_mlp.h"

/* The chapter's own steps have the same names; they get out of the way. A name in brackets,
 * (probs_backward), is the student's. */
#define logprobs_backward(...) book_logprobs_backward(__VA_ARGS__)
#define probs_backward(...) book_probs_backward(__VA_ARGS__)
#define counts_sum_inv_backward(...) book_counts_sum_inv_backward(__VA_ARGS__)
#define counts_sum_backward(...) book_counts_sum_backward(__VA_ARGS__)
#define counts_backward(...) book_counts_backward(__VA_ARGS__)
#define norm_logits_backward(...) book_norm_logits_backward(__VA_ARGS__)
#define logit_maxes_backward(...) book_logit_maxes_backward(__VA_ARGS__)
#define logits_backward(...) book_logits_backward(__VA_ARGS__)
#define hpreact_backward(...) book_hpreact_backward(__VA_ARGS__)
#define bngain_backward(...) book_bngain_backward(__VA_ARGS__)
#define bnraw_backward(...) book_bnraw_backward(__VA_ARGS__)
#define bnvar_inv_backward(...) book_bnvar_inv_backward(__VA_ARGS__)
#define bnvar_backward(...) book_bnvar_backward(__VA_ARGS__)
#define bndiff2_backward(...) book_bndiff2_backward(__VA_ARGS__)
#define bndiff_backward(...) book_bndiff_backward(__VA_ARGS__)
#define bnmean_backward(...) book_bnmean_backward(__VA_ARGS__)
#define hprebn_backward(...) book_hprebn_backward(__VA_ARGS__)
#define cross_entropy_backward(...) book_cross_entropy_backward(__VA_ARGS__)
#define batch_norm_backward(...) book_batch_norm_backward(__VA_ARGS__)

#include "../../chapters/10_makemore_mlp.h"

static void backward_by_steps(int n, int k, const int letters[n][CONTEXT], const int y[n],
                              void *x[], void *d[]);
static void backward_by_student(int n, const Parameters *p, const int x[n][CONTEXT], const int y[n],
                                Activations *a, Parameters *d);

#define BACKWARD_BY_STEPS
#define backward(n, p, x, y, a, d) backward_by_student(n, p, x, y, a, d)
#include "../../chapters/10_makemore_mlp.c" // NOLINT(bugprone-suspicious-include)

/* The function that runs at present. */
static const char *step = "";

#define STEP(name, ...) (step = #name, (name)(__VA_ARGS__))

void TODO(void)
{
    error_stop("%s is still to do; `make check-10` says when it is right", step);
}

static void backward_by_steps(int n, int k, const int letters[n][CONTEXT], const int y[n],
                              void *x[], void *d[])
{
    STEP(logprobs_backward, n, V, y, d[LOGPROBS]);
    STEP(probs_backward, n, V, d[LOGPROBS], x[PROBS], d[PROBS]);
    STEP(counts_sum_inv_backward, n, V, d[PROBS], x[COUNTS], d[COUNTS_SUM_INV]);
    STEP(counts_sum_backward, n, d[COUNTS_SUM_INV], x[COUNTS_SUM_INV], d[COUNTS_SUM]);
    STEP(counts_backward, n, V, d[PROBS], d[COUNTS_SUM], x[COUNTS_SUM_INV], d[COUNTS]);
    STEP(norm_logits_backward, n, V, d[COUNTS], x[COUNTS], d[NORM_LOGITS]);
    STEP(logit_maxes_backward, n, V, d[NORM_LOGITS], d[LOGIT_MAXES]);
    STEP(logits_backward, n, V, d[NORM_LOGITS], d[LOGIT_MAXES], x[LOGITS], d[LOGITS]);

    STEP(h_backward, n, k, V, d[LOGITS], x[W2], d[H]);
    STEP(W2_backward, n, k, V, d[LOGITS], x[H], d[W2]);
    STEP(b2_backward, n, V, d[LOGITS], d[B2]);
    STEP(hpreact_backward, n, k, d[H], x[H], d[HPREACT]);

    STEP(bngain_backward, n, k, d[HPREACT], x[BNRAW], d[BNGAIN]);
    STEP(bnbias_backward, n, k, d[HPREACT], d[BNBIAS]);
    STEP(bnraw_backward, n, k, d[HPREACT], x[BNGAIN], d[BNRAW]);
    STEP(bnvar_inv_backward, n, k, d[BNRAW], x[BNDIFF], d[BNVAR_INV]);
    STEP(bnvar_backward, k, d[BNVAR_INV], x[BNVAR_INV], d[BNVAR]);
    STEP(bndiff2_backward, n, k, d[BNVAR], d[BNDIFF2]);
    STEP(bndiff_backward, n, k, d[BNRAW], d[BNDIFF2], x[BNVAR_INV], x[BNDIFF], d[BNDIFF]);
    STEP(bnmean_backward, n, k, d[BNDIFF], d[BNMEAN]);
    STEP(hprebn_backward, n, k, d[BNDIFF], d[BNMEAN], d[HPREBN]);

    STEP(embcat_backward, n, D, k, d[HPREBN], x[W1], d[EMBCAT]);
    STEP(W1_backward, n, D, k, d[HPREBN], x[EMBCAT], d[W1]);
    STEP(b1_backward, n, k, d[HPREBN], d[B1]);
    STEP(emb_backward, n, CONTEXT, EMBEDDING, d[EMBCAT], d[EMB]);
    STEP(C_backward, n, CONTEXT, V, EMBEDDING, d[EMB], letters, d[C]);
}

/* The 26 steps need more of the forward pass than the fused one keeps, so it is run once more, with
 * the library. What a step leaves unwritten is NaN. */
static void backward_by_student(int n, const Parameters *p, const int x[n][CONTEXT], const int y[n],
                                Activations *a, Parameters *d)
{
    int k = p->k;
    Check check = {.n = n, .k = k, .x = *x, .y = y};
    Tensor *t[TENSORS] = {
        [C] = ag_wrap(ag_shape(2, V, EMBEDDING), p->C),
        [W1] = ag_wrap(ag_shape(2, D, k), p->W1),
        [B1] = ag_wrap(ag_shape(1, k), p->b1),
        [BNGAIN] = ag_wrap(ag_shape(1, k), p->bngain),
        [BNBIAS] = ag_wrap(ag_shape(1, k), p->bnbias),
        [W2] = ag_wrap(ag_shape(2, k, V), p->W2),
        [B2] = ag_wrap(ag_shape(1, V), p->b2),
    };
    real *const kept[TENSORS] = {
        [C] = d->C,           [W1] = d->W1,      [B1] = d->b1, [BNGAIN] = d->bngain,
        [BNBIAS] = d->bnbias, [W2] = d->W2,      [B2] = d->b2, [LOGITS] = a->dlogits,
        [HPREBN] = a->dh,     [EMBCAT] = a->demb};
    void *value[TENSORS], *gradient[TENSORS];
    forward_after(C, &check, t);
    for (int i = 0; i < TENSORS; i++) {
        value[i] = t[i]->data;
        gradient[i] = kept[i] ? kept[i] : ag_new(t[i]->shape)->data;
        vector_fill(t[i]->size, NAN, gradient[i]);
    }
    backward_by_steps(n, k, x, y, value, gradient);
    ag_reset();
}
