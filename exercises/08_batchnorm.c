/* 08_batchnorm.c: exercises to chapter 08, the gradient of normalisation.
 *
 * Replace each TODO() by the body of the function, then type `make check-08`. Outputs come
 * uninitialised: write every element. There are n rows, i, and k columns, j; batch norm works along
 * a column, RMS norm and layer norm along a row. Do not count on an eps of 1e-5: some checks take a
 * large one. */
#include "08_batchnorm.h"

/* 1. The two parameters of batch norm. To save memory, bnraw was not kept.
 *
 *     bnraw[i][j]   = (hprebn[i][j] - bnmean[j]) bnvar_inv[j]
 *     hpreact[i][j] = bngain[j] bnraw[i][j] + bnbias[j]
 *
 * given    dhpreact (n, k), hprebn (n, k), bnmean (k) and bnvar_inv (k)
 * wanted   dbngain (k) and dbnbias (k) */
void gain_bias_backward(int n, int k, const real dhpreact[n][k], const real hprebn[n][k],
                        const real bnmean[k], const real bnvar_inv[k], real dbngain[k],
                        real dbnbias[k])
{
    TODO();
}

/* 2. The whole layer in eval mode. It normalises with the running statistics: numbers that were
 * kept from training and that the rows of this batch have no part in.
 *
 *     bnraw[i][j]   = (hprebn[i][j] - running_mean[j]) / sqrt(running_var[j] + eps)
 *     hpreact[i][j] = bngain[j] bnraw[i][j] + bnbias[j]
 *
 * given    dhpreact (n, k), hprebn (n, k), running_mean (k), running_var (k), eps and bngain (k)
 * wanted   dbngain (k), dbnbias (k) and dhprebn (n, k) */
void eval_backward(int n, int k, const real dhpreact[n][k], const real hprebn[n][k],
                   const real running_mean[k], const real running_var[k], real eps,
                   const real bngain[k], real dbngain[k], real dbnbias[k], real dhprebn[n][k])
{
    TODO();
}

/* 3. The inputs of batch norm, fused, with Bessel's correction. The sums dbngain and dbnbias are
 * not at hand.
 *
 *     bnmean[j]     = 1/n sum_i hprebn[i][j]
 *     bnvar[j]      = 1/(n-1) sum_i (hprebn[i][j] - bnmean[j])^2
 *     bnvar_inv[j]  = (bnvar[j] + eps)^(-1/2)
 *     bnraw[i][j]   = (hprebn[i][j] - bnmean[j]) bnvar_inv[j]
 *     hpreact[i][j] = bngain[j] bnraw[i][j] + bnbias[j]
 *
 * given    dhpreact (n, k), bnvar_inv (k), bnraw (n, k) and bngain (k); n is at least 2
 * wanted   dhprebn (n, k) */
void batch_norm_backward(int n, int k, const real dhpreact[n][k], const real bnvar_inv[k],
                         const real bnraw[n][k], const real bngain[k], real dhprebn[n][k])
{
    TODO();
}

/* 4. The whole layer as PyTorch's BatchNorm1d has it in train mode: the variance is divided by n.
 * What it keeps from the forward pass is hprebn, bnmean and bnvar_inv.
 *
 *     bnmean[j]     = 1/n sum_i hprebn[i][j]
 *     bnvar[j]      = 1/n sum_i (hprebn[i][j] - bnmean[j])^2
 *     bnvar_inv[j]  = (bnvar[j] + eps)^(-1/2)
 *     bnraw[i][j]   = (hprebn[i][j] - bnmean[j]) bnvar_inv[j]
 *     hpreact[i][j] = bngain[j] bnraw[i][j] + bnbias[j]
 *
 * given    dhpreact (n, k), hprebn (n, k), bnmean (k), bnvar_inv (k) and bngain (k)
 * wanted   dbngain (k), dbnbias (k) and dhprebn (n, k) */
void biased_batch_norm_backward(int n, int k, const real dhpreact[n][k], const real hprebn[n][k],
                                const real bnmean[k], const real bnvar_inv[k], const real bngain[k],
                                real dbngain[k], real dbnbias[k], real dhprebn[n][k])
{
    TODO();
}

/* 5. The gain of RMS norm, which divides each row by its root mean square: no mean is taken off,
 * and there is no bias. Each column has a gain.
 *
 *     rms_inv[i] = (1/k sum_j x[i][j]^2 + eps)^(-1/2)
 *     y[i][j]    = gain[j] x[i][j] rms_inv[i]
 *
 * given    dy (n, k), x (n, k) and rms_inv (n)
 * wanted   dgain (k) */
void rms_gain_backward(int n, int k, const real dy[n][k], const real x[n][k], const real rms_inv[n],
                       real dgain[k])
{
    TODO();
}

/* 6. The inputs of RMS norm.
 *
 *     rms_inv[i] = (1/k sum_j x[i][j]^2 + eps)^(-1/2)
 *     y[i][j]    = gain[j] x[i][j] rms_inv[i]
 *
 * given    dy (n, k), x (n, k), rms_inv (n) and gain (k)
 * wanted   dx (n, k) */
void rms_norm_backward(int n, int k, const real dy[n][k], const real x[n][k], const real rms_inv[n],
                       const real gain[k], real dx[n][k])
{
    TODO();
}

/* 7. The inputs of layer norm, fused. Each row is brought to mean 0 and variance 1, without
 * Bessel's correction; gain and bias still belong to the columns.
 *
 *     mean[i]    = 1/k sum_j x[i][j]
 *     var[i]     = 1/k sum_j (x[i][j] - mean[i])^2
 *     var_inv[i] = (var[i] + eps)^(-1/2)
 *     raw[i][j]  = (x[i][j] - mean[i]) var_inv[i]
 *     y[i][j]    = gain[j] raw[i][j] + bias[j]
 *
 * given    dy (n, k), var_inv (n), raw (n, k) and gain (k)
 * wanted   dx (n, k) */
void layer_norm_backward(int n, int k, const real dy[n][k], const real var_inv[n],
                         const real raw[n][k], const real gain[k], real dx[n][k])
{
    TODO();
}
