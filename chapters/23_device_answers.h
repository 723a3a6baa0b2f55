/* 23_device_answers.h: the functions of the exercises at work. They are plain C and run on the
 * host; the device that they are given counts what it is asked for. */
#ifndef CHAPTER_23_DEVICE_ANSWERS_H
#define CHAPTER_23_DEVICE_ANSWERS_H

#include <stdlib.h>
#include <string.h>

#include "23_device_model.h"
#include "error.h"
#include "exercises/23_device.h"
#include "kernel/vector.h"

/* -- a device that counts ---------------------------------------------------------------------- */

enum { ARRAYS = DEVICE_LOSS + 1 };

/* The device comes first: its functions are called with it, and know what is behind it. */
typedef struct {
    Device device;
    long added, fetched;
    real array[ARRAYS]; /* of a memory with room for one number in each */
    long sent_of[ARRAYS], fetched_of[ARRAYS];
} Counter;

static inline void counter_add(Device *device, real *place, real value)
{
    ((Counter *)device)->added++;
    *place += value;
}

static inline real counter_fetch(Device *device, const real *place)
{
    ((Counter *)device)->fetched++;
    return *place;
}

static inline void counter_to_device(Device *device, int array, int count, const real *host)
{
    Counter *c = (Counter *)device;
    c->sent_of[array] += count;
    c->array[array] = *host;
}

static inline void counter_from_device(Device *device, int array, int count, real *host)
{
    Counter *c = (Counter *)device;
    c->fetched_of[array] += count;
    *host = c->array[array];
}

/* A step for the loss (x - p)^2 / 2, of the p before it. */
static inline void counter_launch(Device *device)
{
    real *array = ((Counter *)device)->array;
    const real away = array[DEVICE_X] - array[DEVICE_P];
    array[DEVICE_LOSS] = away * away / 2;
    array[DEVICE_P] += array[DEVICE_LR] * away;
}

static inline Counter counter_new(void)
{
    return (Counter){.device = {counter_add, counter_fetch, counter_to_device, counter_from_device,
                                counter_launch}};
}

/* -- a step of the names model by the exercises ------------------------------------------------ */

enum { TEAMS = 4, TILE = 16 };

/* A block of numbers for everything that a step needs besides activations. */
typedef struct {
    real *most, *sum; /* (n, TEAMS) */
    real *partial;    /* (TEAMS, k or V) */
    real *copy;       /* (TEAMS, V, EMBEDDING) */
    real *turned;     /* a matrix of weights, transposed */
} Scratch;

static inline real *scratch_new(int n, int V, int k, Scratch *s)
{
    const int widest = k > V ? k : V, turned = k * (D > V ? D : V);
    const int size = 2 * n * TEAMS + TEAMS * widest + TEAMS * V * EMBEDDING + turned;
    real *all = calloc((size_t)size, sizeof *all);
    if (!all)
        error_stop("no memory for a batch of %d", n);
    s->most = all;
    s->sum = all + n * TEAMS;
    s->partial = s->sum + n * TEAMS;
    s->copy = s->partial + TEAMS * widest;
    s->turned = s->copy + TEAMS * V * EMBEDDING;
    return all;
}

/* y = x W + b, the product in tiles. */
static inline void linear_by_tiles(Counter *c, int n, int k, int m, const real x[n][k],
                                   const real W[k][m], const real b[m], real y[n][m])
{
    tiled_product(n, k, m, TILE, &c->device, x, W, y);
    for (int i = 0; i < n; i++)
        vector_add(m, b, y[i]);
}

/* dx = dy W^T, as a product with a W that is turned round. */
static inline void input_by_tiles(Counter *c, int n, int k, int m, const real dy[n][m],
                                  const real W[k][m], real turned[m][k], real dx[n][k])
{
    for (int l = 0; l < k; l++)
        for (int j = 0; j < m; j++)
            turned[j][l] = W[l][j];
    tiled_product(n, m, k, TILE, &c->device, dy, (const void *)turned, dx);
}

/* Batch norm and tanh are no exercise here: chapters 8 and 10 have them. */
static inline void norm_and_tanh(int n, int k, const Parameters *p, const Activations *a)
{
    real(*bnraw)[k] = a->bnraw, (*h)[k] = a->h;
    for (int j = 0; j < k; j++) {
        real mean = 0, squares = 0;
        for (int i = 0; i < n; i++)
            mean += bnraw[i][j] / (real)n;
        for (int i = 0; i < n; i++)
            squares += (bnraw[i][j] - mean) * (bnraw[i][j] - mean);
        a->bnvar_inv[j] = 1 / sqrt(squares / (real)(n - 1) + EPS);
        for (int i = 0; i < n; i++) {
            bnraw[i][j] = (bnraw[i][j] - mean) * a->bnvar_inv[j];
            h[i][j] = tanh(p->bngain[j] * bnraw[i][j] + p->bnbias[j]);
        }
    }
}

static inline void norm_and_tanh_backward(int n, int k, const Parameters *p, const Activations *a,
                                          const Parameters *d)
{
    const real(*bnraw)[k] = a->bnraw, (*h)[k] = a->h;
    real(*dh)[k] = a->dh;
    for (int j = 0; j < k; j++) {
        real gain = 0, bias = 0;
        for (int i = 0; i < n; i++) {
            dh[i][j] *= 1 - h[i][j] * h[i][j];
            gain += dh[i][j] * bnraw[i][j];
            bias += dh[i][j];
        }
        d->bngain[j] = gain;
        d->bnbias[j] = bias;
        for (int i = 0; i < n; i++)
            dh[i][j] = p->bngain[j] * a->bnvar_inv[j] *
                       (dh[i][j] - bias / (real)n - bnraw[i][j] * gain / (real)(n - 1));
    }
}

/* Loss and gradients of a batch: forwards to logits, back from dlogits. */
static inline real answers_backward(int n, const Parameters *p, const int x[n][CONTEXT],
                                    const int y[n], const Activations *a, const Parameters *d)
{
    const int V = p->V, k = p->k;
    Scratch s;
    Counter c = counter_new();
    real *scratch = scratch_new(n, V, k, &s);
    for (int i = 0; i < n; i++)
        for (int l = 0; l < D; l++)
            a->emb[i][l] = p->C[x[i][l / EMBEDDING]][l % EMBEDDING];
    linear_by_tiles(&c, n, D, k, (const void *)a->emb, p->W1, p->b1, a->bnraw);
    norm_and_tanh(n, k, p, a);
    linear_by_tiles(&c, n, k, V, a->h, p->W2, p->b2, a->probs);

    team_cross_entropy(n, V, TEAMS, a->probs, y, (void *)s.most, (void *)s.sum, a->loss,
                       a->dlogits);
    tiled_weight_backward(n, k, V, TILE, &c.device, a->dlogits, a->h, d->W2);
    team_bias_backward(n, V, TEAMS, a->dlogits, (void *)s.partial, d->b2);
    input_by_tiles(&c, n, k, V, a->dlogits, p->W2, (void *)s.turned, a->dh);
    norm_and_tanh_backward(n, k, p, a, d);
    tiled_weight_backward(n, D, k, TILE, &c.device, a->dh, (const void *)a->emb, d->W1);
    team_bias_backward(n, k, TEAMS, a->dh, (void *)s.partial, d->b1);
    input_by_tiles(&c, n, D, k, a->dh, p->W1, (void *)s.turned, a->demb);
    scatter_copies(n * CONTEXT, V, EMBEDDING, TEAMS, (const void *)a->demb, *x, (void *)s.copy,
                   d->C);
    free(scratch);
    return vector_sum(n, a->loss) / (real)n;
}

#endif
