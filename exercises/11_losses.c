/* 11_losses.c: exercises to chapter 11, losses and their gradients.
 *
 * Replace each TODO() by the body of the function, then type `make check-11`. Outputs come
 * uninitialised: write every element. Each of these losses is a mean over something; its 1/n or 1/m
 * belongs to the gradient. */
#include "11_losses.h"

/* 1. The quantile loss, an L1 with a slope of its own on each side. At q = 9/10 it costs nine times
 * as much to be below t as to be above it, so it asks for a number that nine in ten are below.
 *
 *     loss = 1/n sum_i max(q (t[i] - x[i]), (1 - q) (x[i] - t[i]))
 *
 * On the kink, x[i] = t[i], the gradient is 0.
 *
 * given    q, between 0 and 1, x (n) and t (n)
 * wanted   dx (n) */
void quantile_backward(int n, real q, const real x[n], const real t[n], real dx[n])
{
    TODO();
}

/* 2. MSE with gaps: where known[i][j] is 0 nobody has measured t[i][j], and what stands there may
 * be anything, even NaN. The mean is over the m elements that are known, of which there is at least
 * one.
 *
 *     loss = 1/m sum (x[i][j] - t[i][j])^2      over all i and j with known[i][j] = 1
 *
 * given    x (n, c), t (n, c), and known (n, c) with values 0 and 1
 * wanted   dx (n, c) */
void masked_mse_backward(int n, int c, const real x[n][c], const real t[n][c],
                         const int known[n][c], real dx[n][c])
{
    TODO();
}

/* 3. Huber's loss, smooth L1 in other units: the parabola is the same for every delta, and the
 * lines go on with the slope that it has where it ends. With d = x[i] - t[i]
 *
 *     loss = 1/n sum_i  d^2 / 2                      where |d| < delta
 *                       delta (|d| - delta / 2)      elsewhere
 *
 * given    delta, above 0, x (n) and t (n)
 * wanted   dx (n) */
void huber_backward(int n, real delta, const real x[n], const real t[n], real dx[n])
{
    TODO();
}

/* 4. Binary cross entropy of the logits, where yes is rare and counts w times. Some logits are near
 * 1000, others near -1000.
 *
 *     p[i] = 1 / (1 + e^-z[i])
 *     loss = -1/n sum_i w t[i] ln p[i] + (1 - t[i]) ln(1 - p[i])
 *
 * given    w, above 0, z (n), and t (n), each 0, 1 or something between
 * wanted   dz (n) */
void weighted_bce_backward(int n, real w, const real z[n], const real t[n], real dz[n])
{
    TODO();
}

/* 5. The multi-class margin loss in full: p is 1 or 2, and a row counts as much as its right class.
 *
 *     m[i][j] = margin - z[i][y[i]] + z[i][j]
 *     loss    = 1/(n c) sum_i w[y[i]] sum_{j != y[i]} max(0, m[i][j])^p
 *
 * On the kink, m[i][j] = 0, there is no gradient.
 *
 * given    p, margin, w (c), all positive, z (n, c), and y (n) with values 0 .. c-1
 * wanted   dz (n, c) */
void margin_backward(int n, int c, int p, real margin, const real w[c], const real z[n][c],
                     const int y[n], real dz[n][c])
{
    TODO();
}

/* 6. The cosine as a layer: what comes from above is different for each pair, and both vectors want
 * their gradient.
 *
 *     cosine[i] = sum_j a[i][j] b[i][j] / (|a[i]| |b[i]|)      with |a[i]|^2 = sum_j a[i][j]^2
 *
 * given    dcosine (n), a (n, d) and b (n, d)
 * wanted   da (n, d) and db (n, d) */
void cosine_backward(int n, int d, const real dcosine[n], const real a[n][d], const real b[n][d],
                     real da[n][d], real db[n][d])
{
    TODO();
}

/* 7. KL the other way round: the model's q stands in front of the logarithm as well, so it is now
 * the model that chooses what counts.
 *
 *     q[i][j] = e^z[i][j] / sum_l e^z[i][l]
 *     loss    = 1/n sum_ij q[i][j] (ln q[i][j] - ln p[i][j])
 *
 * given    q (n, c) and p (n, c), all positive; each row of both adds up to 1
 * wanted   dz (n, c) */
void reverse_kl_backward(int n, int c, const real q[n][c], const real p[n][c], real dz[n][c])
{
    TODO();
}

/* 8. Gaussian KL as a variational autoencoder uses it: to the standard normal distribution, summed
 * over the d numbers of a code and averaged over the n codes. A network may give any number for the
 * logarithm of the variance, so that is what it gives.
 *
 *     loss = 1/n sum_ij 1/2 (e^logvar[i][j] + mean[i][j]^2 - 1 - logvar[i][j])
 *
 * given    mean (n, d) and logvar (n, d)
 * wanted   dmean (n, d) and dlogvar (n, d) */
void latent_kl_backward(int n, int d, const real mean[n][d], const real logvar[n][d],
                        real dmean[n][d], real dlogvar[n][d])
{
    TODO();
}
