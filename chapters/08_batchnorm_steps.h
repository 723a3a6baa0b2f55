/* 08_batchnorm_steps.h: batch normalisation in small steps, and every one of them back.
 *
 * n rows of k pre-activations. Each column is brought to mean 0 and variance 1, then given a spread
 * and a place of its own by two parameters, bngain and bnbias:
 *
 *     bnmean[j]     = 1/n sum_i hprebn[i][j]                      (k)
 *     bndiff[i][j]  = hprebn[i][j] - bnmean[j]                    (n, k)
 *     bndiff2[i][j] = bndiff[i][j]^2                              (n, k)
 *     bnvar[j]      = 1/(n-1) sum_i bndiff2[i][j]                 (k)
 *     bnvar_inv[j]  = (bnvar[j] + eps)^(-1/2)                     (k)
 *     bnraw[i][j]   = bndiff[i][j] bnvar_inv[j]                   (n, k)
 *     hpreact[i][j] = bngain[j] bnraw[i][j] + bnbias[j]           (n, k)
 */
#ifndef CHAPTER_08_BATCHNORM_STEPS_H
#define CHAPTER_08_BATCHNORM_STEPS_H

#include <string.h>

#include "autograd/autograd.h"

/* -- forward ---------------------------------------------------------------------------------- */

/* The steps. A tensor has room for values and, in grad, for their gradient; both are made here by
 * hand, or by the tape. */
typedef struct {
    Tensor *hprebn, *bnmean, *bndiff, *bndiff2; /* (n, k), (k), (n, k), (n, k) */
    Tensor *bnvar, *bnvar_inv, *bnraw;          /* (k), (k), (n, k) */
    Tensor *bngain, *bnbias, *hpreact;          /* (k), (k), (n, k) */
} Steps;

/* All zeros. They lie on the strip and go with ag_reset(). */
static inline Steps steps_new(int n, int k)
{
    Shape all = ag_shape(2, n, k), columns = ag_shape(1, k);
    const real *zeros = ag_data(ag_zeros(all));
    return (Steps){.hprebn = ag_variable(all, zeros),
                   .bnmean = ag_variable(columns, zeros),
                   .bndiff = ag_variable(all, zeros),
                   .bndiff2 = ag_variable(all, zeros),
                   .bnvar = ag_variable(columns, zeros),
                   .bnvar_inv = ag_variable(columns, zeros),
                   .bnraw = ag_variable(all, zeros),
                   .bngain = ag_variable(columns, zeros),
                   .bnbias = ag_variable(columns, zeros),
                   .hpreact = ag_variable(all, zeros)};
}

static inline real column_sum(int n, int k, int j, const real x[n][k])
{
    real sum = 0;
    for (int i = 0; i < n; i++)
        sum += x[i][j];
    return sum;
}

/* The values of all steps from hprebn, bngain and bnbias. */
static inline void forward(int n, int k, real eps, const Steps *s)
{
    const real(*hprebn)[k] = ag_data(s->hprebn);
    const real *bngain = ag_data(s->bngain), *bnbias = ag_data(s->bnbias);
    real *bnmean = ag_data(s->bnmean);
    real(*bndiff)[k] = ag_data(s->bndiff);
    real(*bndiff2)[k] = ag_data(s->bndiff2);
    real *bnvar = ag_data(s->bnvar);
    real *bnvar_inv = ag_data(s->bnvar_inv);
    real(*bnraw)[k] = ag_data(s->bnraw);
    real(*hpreact)[k] = ag_data(s->hpreact);
    for (int j = 0; j < k; j++) {
        bnmean[j] = column_sum(n, k, j, hprebn) / (real)n;
        for (int i = 0; i < n; i++)
            bndiff[i][j] = hprebn[i][j] - bnmean[j];
        for (int i = 0; i < n; i++)
            bndiff2[i][j] = bndiff[i][j] * bndiff[i][j];
        bnvar[j] = column_sum(n, k, j, bndiff2) / (real)(n - 1);
        bnvar_inv[j] = 1 / sqrt(bnvar[j] + eps);
        for (int i = 0; i < n; i++)
            bnraw[i][j] = bndiff[i][j] * bnvar_inv[j];
        for (int i = 0; i < n; i++)
            hpreact[i][j] = bngain[j] * bnraw[i][j] + bnbias[j];
    }
}

/* -- backward ---------------------------------------------------------------------------------
 * One function for each gradient, which collects every path into it. */

/* hpreact[i][j] = bngain[j] bnraw[i][j] + bnbias[j]:   dbngain[j] = sum_i dhpreact bnraw */
static inline void bngain_backward(int n, int k, const real dhpreact[n][k], const real bnraw[n][k],
                                   real dbngain[k])
{
    memset(dbngain, 0, sizeof(real[k]));
    for (int i = 0; i < n; i++)
        for (int j = 0; j < k; j++)
            dbngain[j] += dhpreact[i][j] * bnraw[i][j];
}

/* hpreact[i][j] = bngain[j] bnraw[i][j] + bnbias[j]:   dbnbias[j] = sum_i dhpreact */
static inline void bnbias_backward(int n, int k, const real dhpreact[n][k], real dbnbias[k])
{
    for (int j = 0; j < k; j++)
        dbnbias[j] = column_sum(n, k, j, dhpreact);
}

/* hpreact[i][j] = bngain[j] bnraw[i][j] + bnbias[j]:   dbnraw = dhpreact * bngain */
static inline void bnraw_backward(int n, int k, const real dhpreact[n][k], const real bngain[k],
                                  real dbnraw[n][k])
{
    for (int i = 0; i < n; i++)
        for (int j = 0; j < k; j++)
            dbnraw[i][j] = dhpreact[i][j] * bngain[j];
}

/* bnraw[i][j] = bndiff[i][j] bnvar_inv[j]:   dbnvar_inv[j] = sum_i dbnraw bndiff */
static inline void bnvar_inv_backward(int n, int k, const real dbnraw[n][k],
                                      const real bndiff[n][k], real dbnvar_inv[k])
{
    memset(dbnvar_inv, 0, sizeof(real[k]));
    for (int i = 0; i < n; i++)
        for (int j = 0; j < k; j++)
            dbnvar_inv[j] += dbnraw[i][j] * bndiff[i][j];
}

/* bnvar_inv = (bnvar + eps)^(-1/2):   dbnvar = dbnvar_inv * (-1/2) (bnvar + eps)^(-3/2) */
static inline void bnvar_backward(int k, const real dbnvar_inv[k], const real bnvar_inv[k],
                                  real dbnvar[k])
{
    for (int j = 0; j < k; j++)
        dbnvar[j] = dbnvar_inv[j] * (real)-0.5 * bnvar_inv[j] * bnvar_inv[j] * bnvar_inv[j];
}

/* bnvar[j] = 1/(n-1) sum_i bndiff2[i][j]:   dbndiff2[i][j] = dbnvar[j] / (n-1) */
static inline void bndiff2_backward(int n, int k, const real dbnvar[k], real dbndiff2[n][k])
{
    for (int i = 0; i < n; i++)
        for (int j = 0; j < k; j++)
            dbndiff2[i][j] = dbnvar[j] / (real)(n - 1);
}

/* bnraw[i][j] = bndiff[i][j] bnvar_inv[j]   and   bndiff2[i][j] = bndiff[i][j]^2 */
static inline void bndiff_backward(int n, int k, const real dbnraw[n][k], const real dbndiff2[n][k],
                                   const real bnvar_inv[k], const real bndiff[n][k],
                                   real dbndiff[n][k])
{
    for (int i = 0; i < n; i++)
        for (int j = 0; j < k; j++)
            dbndiff[i][j] = dbnraw[i][j] * bnvar_inv[j] + dbndiff2[i][j] * 2 * bndiff[i][j];
}

/* bndiff[i][j] = hprebn[i][j] - bnmean[j]:   dbnmean[j] = -sum_i dbndiff */
static inline void bnmean_backward(int n, int k, const real dbndiff[n][k], real dbnmean[k])
{
    for (int j = 0; j < k; j++)
        dbnmean[j] = -column_sum(n, k, j, dbndiff);
}

/* bndiff[i][j] = hprebn[i][j] - bnmean[j]   and   bnmean[j] = 1/n sum_i hprebn[i][j] */
static inline void hprebn_backward(int n, int k, const real dbndiff[n][k], const real dbnmean[k],
                                   real dhprebn[n][k])
{
    for (int i = 0; i < n; i++)
        for (int j = 0; j < k; j++)
            dhprebn[i][j] = dbndiff[i][j] + dbnmean[j] / (real)n;
}

/* The gradients of all steps, from that of hpreact back to hprebn. */
static inline void backward(int n, int k, const Steps *s)
{
    const real(*bndiff)[k] = ag_data(s->bndiff);
    const real *bnvar_inv = ag_data(s->bnvar_inv);
    const real(*dhpreact)[k] = ag_grad(s->hpreact);
    real *dbngain = ag_grad(s->bngain), *dbnbias = ag_grad(s->bnbias);
    real(*dbnraw)[k] = ag_grad(s->bnraw);
    real *dbnvar_inv = ag_grad(s->bnvar_inv);
    real *dbnvar = ag_grad(s->bnvar);
    real(*dbndiff2)[k] = ag_grad(s->bndiff2);
    real(*dbndiff)[k] = ag_grad(s->bndiff);
    real *dbnmean = ag_grad(s->bnmean);
    real(*dhprebn)[k] = ag_grad(s->hprebn);

    bngain_backward(n, k, dhpreact, ag_data(s->bnraw), dbngain);
    bnbias_backward(n, k, dhpreact, dbnbias);
    bnraw_backward(n, k, dhpreact, ag_data(s->bngain), dbnraw);
    bnvar_inv_backward(n, k, dbnraw, bndiff, dbnvar_inv);
    bnvar_backward(k, dbnvar_inv, bnvar_inv, dbnvar);
    bndiff2_backward(n, k, dbnvar, dbndiff2);
    bndiff_backward(n, k, dbnraw, dbndiff2, bnvar_inv, bndiff, dbndiff);
    bnmean_backward(n, k, dbndiff, dbnmean);
    hprebn_backward(n, k, dbndiff, dbnmean, dhprebn);
}

/* All of it in one line, with dbnbias = sum_i dhpreact[i] and dbngain = sum_i dhpreact[i] bnraw[i]:
 * dhprebn = bngain bnvar_inv / n (n dhpreact - dbnbias - n/(n-1) bnraw dbngain) */
static inline void batch_norm_backward_from_sums(int n, int k, const real dhpreact[n][k],
                                                 const real bnraw[n][k], const real bngain[k],
                                                 const real bnvar_inv[k], const real dbngain[k],
                                                 const real dbnbias[k], real dhprebn[n][k])
{
    real bessel = (real)n / (real)(n - 1);
    for (int i = 0; i < n; i++)
        for (int j = 0; j < k; j++)
            dhprebn[i][j] =
                bngain[j] * bnvar_inv[j] / (real)n *
                ((real)n * dhpreact[i][j] - dbnbias[j] - bessel * bnraw[i][j] * dbngain[j]);
}

#endif
