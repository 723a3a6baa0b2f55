/* 10_makemore_names.h: the names that the model learns from, and those that it makes up. */
#ifndef CHAPTER_10_MAKEMORE_NAMES_H
#define CHAPTER_10_MAKEMORE_NAMES_H

#include <stdio.h>

#include "10_makemore_mlp.h"
#include "data/names.h"
#include "nn/sample.h"

/* -- before training -------------------------------------------------------------------------- */

typedef struct {
    Names names;
    Examples train, dev, test;
} Data;

/* Reads the names and cuts them in three. */
static inline bool data_read(Data *data, const char *path)
{
    Split split;
    if (!names_read_split(&data->names, &split, path))
        return false;
    const int count = data->names.count;
    data->train = examples_make(&data->names, 0, split.train_end, CONTEXT);
    data->dev = examples_make(&data->names, split.train_end, split.dev_end, CONTEXT);
    data->test = examples_make(&data->names, split.dev_end, count, CONTEXT);
    printf("\n%s: %d names; examples: %d to train on, %d dev, %d test\n", path, count,
           data->train.count, data->dev.count, data->test.count);
    return true;
}

static inline void data_free(Data *data)
{
    examples_free(&data->train);
    examples_free(&data->dev);
    examples_free(&data->test);
    names_free(&data->names);
}

/* A batch of n examples drawn at random, with repetition. */
static inline void batch_draw(Rng *rng, const Examples *examples, int n, int x[n][CONTEXT],
                              int y[n])
{
    const int(*all)[CONTEXT] = (void *)examples->x;
    for (int i = 0; i < n; i++) {
        int pick = rng_below(rng, examples->count);
        memcpy(x[i], all[pick], sizeof x[i]);
        y[i] = examples->y[pick];
    }
}

/* -- after training -------------------------------------------------------------------------------
 * What is said of one name is no longer to depend on the others in its batch, through their mean
 * and variance. Both are constants now, those of all the examples that the model was trained on: it
 * is calibrated. */

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
        const real(*hprebn)[k] = a->bnraw;
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
    batch_norm_apply(n, p->k, c->bnmean, c->bnvar_inv, p->bngain, p->bnbias, a->bnraw, a->h);
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
        loss += n * (double)cross_entropy_forward(n, p->V, examples->y + first, a->probs,
                                                  a->counts_sum);
    }
    return loss / examples->count;
}

/* Writes letters, each drawn from what the model expects after the three before it. */
static inline void sample_name(Rng *rng, SampleOptions options, const Parameters *p,
                               const Calibration *c, Activations *a, int *length,
                               int name[NAME_MAX_LENGTH])
{
    int x[1][CONTEXT] = {{VOCAB_MARK}};
    for (*length = 0; *length < NAME_MAX_LENGTH; (*length)++) {
        forward_calibrated(1, p, c, x, a);
        int letter = sample_draw(rng, p->V, a->probs, options, a->probs);
        if (letter == VOCAB_MARK)
            break;
        name[*length] = letter;
        memmove(x[0], x[0] + 1, (CONTEXT - 1) * sizeof x[0][0]);
        x[0][CONTEXT - 1] = letter;
    }
}

#endif
