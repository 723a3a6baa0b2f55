/* 10_makemore_mlp.h: the names model, forwards and backwards.
 *
 * Three letters of a name predict the next. The letters are looked up in C and laid side by side; a
 * linear layer, batch norm and tanh follow, and a second linear layer gives the logits of the next
 * letter:
 *
 *     emb     = C[x]                           (n, D)    D = CONTEXT * EMBEDDING
 *     hprebn  = emb W1 + b1                    (n, k)
 *     bnraw   = (hprebn - bnmean) bnvar_inv    (n, k)    bnvar_inv = (bnvar + EPS)^(-1/2)
 *     h       = tanh(bngain bnraw + bnbias)    (n, k)
 *     logits  = h W2 + b2                      (n, V)
 *     loss    = -1/n sum_i log softmax(logits[i])[y[i]]
 *
 * n rows in a batch, k hidden units. 10_makemore_steps.h goes back through this one small step at a
 * time, as the lesson does; the backward pass here takes as few passes over memory as it can, and
 * is what trains the model. The program holds both against the tape. */
#ifndef CHAPTER_10_MAKEMORE_MLP_H
#define CHAPTER_10_MAKEMORE_MLP_H

#include <stdlib.h>
#include <string.h>

#include "10_makemore_steps.h"
#include "data/names.h"
#include "error.h"
#include "kernel/random.h"
#include "nn/init.h"

/* -- the parameters --------------------------------------------------------------------------- */

/* The parameters, or their gradients: one block of `size` numbers that begins at C. */
typedef struct {
    int k, size;
    real *C, *W1, *b1, *bngain, *bnbias, *W2, *b2;
} Parameters;

static inline Parameters parameters_new(int k)
{
    Parameters p = {.k = k, .size = V * EMBEDDING + D * k + 3 * k + k * V + V};
    p.C = calloc((size_t)p.size, sizeof(real));
    if (!p.C)
        error_stop("no memory for a model of %d hidden units", k);
    p.W1 = p.C + V * EMBEDDING;
    p.b1 = p.W1 + D * k;
    p.bngain = p.b1 + k;
    p.bnbias = p.bngain + k;
    p.W2 = p.bnbias + k;
    p.b2 = p.W2 + k * V;
    return p;
}

static inline void parameters_free(Parameters *p)
{
    free(p->C);
}

/* C and the biases start as the lecture "makemore" (Karpathy, 2022) has them: small and nowhere
 * zero, so that no wrong gradient can hide behind one. */
static inline void parameters_init(Rng *rng, Parameters *p)
{
    int k = p->k;
    init_normal(rng, 1, V * EMBEDDING, p->C);
    init_kaiming_normal(rng, INIT_TANH, D, D * k, p->W1);
    init_normal(rng, 0.1, k, p->b1);
    init_normal(rng, 0.1, k, p->bngain);
    for (int j = 0; j < k; j++)
        p->bngain[j] += 1;
    init_normal(rng, 0.1, k, p->bnbias);
    init_normal(rng, 0.1, k * V, p->W2);
    init_normal(rng, 0.1, V, p->b2);
}

/* What a forward pass leaves for the backward pass, and what that needs on its way. */
typedef struct {
    real *emb, *bnraw, *bnvar_inv, *h, *probs; /* (n, D) (n, k) (k) (n, k) (n, V) */
    real *dlogits, *dh, *demb;                 /* (n, V) (n, k) (n, D) */
} Activations;

/* Numbers in them for each example, but for bnvar_inv. */
#define ACTIVATIONS(k) (2 * D + 3 * (k) + 2 * V)

static inline Activations activations_new(int n, int k)
{
    size_t size = (size_t)n * (size_t)ACTIVATIONS(k) + (size_t)k;
    Activations a = {.emb = calloc(size, sizeof(real))};
    if (!a.emb)
        error_stop("no memory for a batch of %d", n);
    a.demb = a.emb + n * D;
    a.bnraw = a.demb + n * D;
    a.h = a.bnraw + n * k;
    a.dh = a.h + n * k;
    a.probs = a.dh + n * k;
    a.dlogits = a.probs + n * V;
    a.bnvar_inv = a.dlogits + n * V;
    return a;
}

static inline void activations_free(Activations *a)
{
    free(a->emb);
}

/* -- the fused forward pass ------------------------------------------------------------------- */

/* emb[i][t] = C[x[i][t]] */
static inline void embedding_forward(int n, const real C[V][EMBEDDING], const int x[n][CONTEXT],
                                     real emb[n][D])
{
    for (int i = 0; i < n; i++)
        for (int t = 0; t < CONTEXT; t++)
            for (int e = 0; e < EMBEDDING; e++)
                emb[i][t * EMBEDDING + e] = C[x[i][t]][e];
}

/* y = x W + b   (n, m) = (n, k) (k, m) + (m) */
static inline void linear_forward(int n, int k, int m, const real x[n][k], const real W[k][m],
                                  const real b[m], real y[n][m])
{
    GemmResult with_bias = gemm_set(*y, m);
    with_bias.bias = b;
    gemm(n, k, m, gemm_matrix(*x, k), gemm_matrix(*W, m), with_bias);
}

/* bnmean[j] = 1/n sum_i x[i][j],   bnvar[j] = 1/(n-1) sum_i (x[i][j] - bnmean[j])^2 */
static inline void batch_statistics(int n, int k, const real x[n][k], real bnmean[k], real bnvar[k])
{
    memset(bnmean, 0, sizeof(real[k]));
    memset(bnvar, 0, sizeof(real[k]));
    for (int i = 0; i < n; i++)
        for (int j = 0; j < k; j++)
            bnmean[j] += x[i][j];
    for (int j = 0; j < k; j++)
        bnmean[j] /= (real)n;
    for (int i = 0; i < n; i++)
        for (int j = 0; j < k; j++)
            bnvar[j] += (x[i][j] - bnmean[j]) * (x[i][j] - bnmean[j]);
    for (int j = 0; j < k; j++)
        bnvar[j] /= (real)(n - 1);
}

/* bnraw = (hprebn - bnmean) bnvar_inv, in the place of hprebn;   hpreact = bngain bnraw + bnbias */
static inline void batch_norm_apply(int n, int k, const real bnmean[k], const real bnvar_inv[k],
                                    const real bngain[k], const real bnbias[k], real bnraw[n][k],
                                    real hpreact[n][k])
{
    for (int i = 0; i < n; i++)
        for (int j = 0; j < k; j++) {
            bnraw[i][j] = (bnraw[i][j] - bnmean[j]) * bnvar_inv[j];
            hpreact[i][j] = bngain[j] * bnraw[i][j] + bnbias[j];
        }
}

/* probs = softmax(logits), in the place of the logits. Returns the loss. */
static inline real cross_entropy_forward(int n, const int y[n], real probs[n][V])
{
    real picked = 0, counts_sum[n], log_sum = 0;
    for (int i = 0; i < n; i++) {
        real logit_max = vector_max(V, probs[i]);
        for (int j = 0; j < V; j++)
            probs[i][j] -= logit_max;
        picked += probs[i][y[i]];
    }
    vector_exp(n * V, *probs, *probs);
    for (int i = 0; i < n; i++) {
        counts_sum[i] = vector_sum(V, probs[i]);
        for (int j = 0; j < V; j++)
            probs[i][j] *= 1 / counts_sum[i];
    }
    vector_log(n, counts_sum, counts_sum);
    log_sum = vector_sum(n, counts_sum);
    return (log_sum - picked) / (real)n; /* -log p = log sum_j e^z_j - z_y */
}

/* logits, in the place of a->probs, from h on; shared by training and evaluation. */
static inline void head_forward(int n, const Parameters *p, Activations *a)
{
    vector_tanh(n * p->k, a->h, a->h);
    linear_forward(n, p->k, V, (void *)a->h, (void *)p->W2, p->b2, (void *)a->probs);
}

/* hprebn, in the place of a->bnraw. */
static inline void hprebn_forward(int n, const Parameters *p, const int x[n][CONTEXT],
                                  Activations *a)
{
    embedding_forward(n, (void *)p->C, x, (void *)a->emb);
    linear_forward(n, D, p->k, (void *)a->emb, (void *)p->W1, p->b1, (void *)a->bnraw);
}

/* One forward pass over a batch, normalised by its own statistics. Returns the loss in nats. */
static inline real forward(int n, const Parameters *p, const int x[n][CONTEXT], const int y[n],
                           Activations *a)
{
    int k = p->k;
    real bnmean[k];
    hprebn_forward(n, p, x, a);
    batch_statistics(n, k, (void *)a->bnraw, bnmean, a->bnvar_inv);
    for (int j = 0; j < k; j++)
        a->bnvar_inv[j] = 1 / sqrt(a->bnvar_inv[j] + EPS);
    batch_norm_apply(n, k, bnmean, a->bnvar_inv, p->bngain, p->bnbias, (void *)a->bnraw,
                     (void *)a->h);
    head_forward(n, p, a);
    return cross_entropy_forward(n, y, (void *)a->probs);
}

/* -- the fused backward pass ------------------------------------------------------------------ */

/* All of the loss in one line:   dlogits = (probs - onehot(y)) / n */
static inline void cross_entropy_backward(int n, const real probs[n][V], const int y[n],
                                          real dlogits[n][V])
{
    for (int i = 0; i < n; i++) {
        for (int j = 0; j < V; j++)
            dlogits[i][j] = probs[i][j] / (real)n;
        dlogits[i][y[i]] -= 1 / (real)n;
    }
}

/* All of batch norm in one line, with dbnbias = sum_i dhpreact[i] and dbngain = sum_i dhpreact[i]
 * bnraw[i] at hand:   dhprebn = bngain bnvar_inv / n (n dhpreact - dbnbias - n/(n-1) bnraw dbngain)
 */
static inline void batch_norm_backward(int n, int k, const real dhpreact[n][k],
                                       const real bnraw[n][k], const real bngain[k],
                                       const real bnvar_inv[k], const real dbngain[k],
                                       const real dbnbias[k], real dhprebn[n][k])
{
    real scale[k], mean[k], slope[k];
    for (int j = 0; j < k; j++) {
        scale[j] = bngain[j] * bnvar_inv[j];
        mean[j] = dbnbias[j] / (real)n;
        slope[j] = dbngain[j] / (real)(n - 1);
    }
    for (int i = 0; i < n; i++)
        for (int j = 0; j < k; j++)
            dhprebn[i][j] = scale[j] * (dhpreact[i][j] - mean[j] - bnraw[i][j] * slope[j]);
}

/* The gradients of all parameters into d, from what forward() left in a. */
static inline void backward(int n, const Parameters *p, const int x[n][CONTEXT], const int y[n],
                            Activations *a, Parameters *d)
{
    int k = p->k;
    real(*dlogits)[V] = (void *)a->dlogits, (*h)[k] = (void *)a->h, (*dh)[k] = (void *)a->dh;
    real(*bnraw)[k] = (void *)a->bnraw, (*demb)[D] = (void *)a->demb;

    cross_entropy_backward(n, (void *)a->probs, y, dlogits);
    linear_backward_weight(n, k, V, dlogits, h, (void *)d->W2);
    bias_backward(n, V, dlogits, d->b2);
    linear_backward_input(n, k, V, dlogits, (void *)p->W2, dh);

    hpreact_backward(n, k, dh, h, dh); /* from here on dh holds dhpreact ... */
    bngain_backward(n, k, dh, bnraw, d->bngain);
    bias_backward(n, k, dh, d->bnbias);
    batch_norm_backward(n, k, dh, bnraw, p->bngain, a->bnvar_inv, d->bngain, d->bnbias, dh);

    linear_backward_weight(n, D, k, dh, (void *)a->emb, (void *)d->W1); /* ... and here dhprebn */
    bias_backward(n, k, dh, d->b1);
    linear_backward_input(n, D, k, dh, (void *)p->W1, demb);
    embedding_backward(n, demb, x, (void *)d->C);
}

/* -- after training: one example must not depend on the others in its batch ----------------------
 */

enum { CHUNK = 256 }; /* rows at a time */

/* What batch norm uses in place of a batch's own statistics. */
typedef struct {
    real *bnmean, *bnvar_inv; /* (k) each */
} Calibration;

/* Mean and variance of hprebn over all of the examples, the sums in double. */
static inline Calibration calibrate(const Parameters *p, const Examples *examples, Activations *a)
{
    int k = p->k;
    const int(*x)[CONTEXT] = (void *)examples->x;
    Calibration c = {calloc((size_t)k, sizeof(real)), calloc((size_t)k, sizeof(real))};
    double *sum = calloc((size_t)k, sizeof *sum), *squares = calloc((size_t)k, sizeof *squares);
    if (!c.bnmean || !c.bnvar_inv || !sum || !squares)
        error_stop("no memory for the statistics of %d hidden units", k);
    for (int first = 0; first < examples->count; first += CHUNK) {
        int n = examples->count - first < CHUNK ? examples->count - first : CHUNK;
        const real(*hprebn)[k] = (void *)a->bnraw;
        hprebn_forward(n, p, x + first, a);
        for (int i = 0; i < n; i++)
            for (int j = 0; j < k; j++) {
                sum[j] += (double)hprebn[i][j];
                squares[j] += (double)hprebn[i][j] * (double)hprebn[i][j];
            }
    }
    for (int j = 0; j < k; j++) {
        double mean = sum[j] / examples->count;
        double var = (squares[j] - sum[j] * mean) / (examples->count - 1);
        c.bnmean[j] = (real)mean;
        c.bnvar_inv[j] = (real)(1 / sqrt(var + (double)EPS));
    }
    free(sum);
    free(squares);
    return c;
}

static inline void calibration_free(Calibration *c)
{
    free(c->bnmean);
    free(c->bnvar_inv);
}

/* Logits in the place of a->probs. */
static inline void forward_calibrated(int n, const Parameters *p, const Calibration *c,
                                      const int x[n][CONTEXT], Activations *a)
{
    hprebn_forward(n, p, x, a);
    batch_norm_apply(n, p->k, c->bnmean, c->bnvar_inv, p->bngain, p->bnbias, (void *)a->bnraw,
                     (void *)a->h);
    head_forward(n, p, a);
}

/* The mean loss over all of the examples, in nats. */
static inline double evaluate(const Parameters *p, const Calibration *c, const Examples *examples,
                              Activations *a)
{
    const int(*x)[CONTEXT] = (void *)examples->x;
    double loss = 0;
    for (int first = 0; first < examples->count; first += CHUNK) {
        int n = examples->count - first < CHUNK ? examples->count - first : CHUNK;
        forward_calibrated(n, p, c, x + first, a);
        loss += n * (double)cross_entropy_forward(n, examples->y + first, (void *)a->probs);
    }
    return loss / examples->count;
}

/* Writes letters, each drawn from what the model expects after the three before it. */
static inline void sample_name(Rng *rng, const Parameters *p, const Calibration *c, Activations *a,
                               char name[NAME_MAX_LENGTH + 1])
{
    int x[1][CONTEXT] = {{VOCAB_MARK}}, length = 0;
    while (length < NAME_MAX_LENGTH) {
        forward_calibrated(1, p, c, x, a);
        cross_entropy_forward(1, (int[]){VOCAB_MARK}, (void *)a->probs);
        int letter = rng_choice(rng, V, a->probs);
        if (letter == VOCAB_MARK)
            break;
        name[length++] = vocab_char(letter);
        memmove(x[0], x[0] + 1, (CONTEXT - 1) * sizeof x[0][0]);
        x[0][CONTEXT - 1] = letter;
    }
    name[length] = '\0';
}

#endif
