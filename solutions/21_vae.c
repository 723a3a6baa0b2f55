/* 21_vae.c: exercises to chapter 21, the variational autoencoder.
 *
 * Replace each TODO() by the body of the function, then type `make check-21`. Outputs come
 * uninitialised: write every element. There are n images, i, of m pixels each, and codes of d
 * numbers. `make run-21 FROM=exercises` trains with exercises 1, 2 and 3 and measures with 4. */
#include "21_vae.h"

/* 1. Back through a random draw. An encoder says of each number of a code where it lies and how
 * sure that is; eps was drawn from N(0, 1) and is kept.
 *
 *     sigma[i][j] = exp(logvar[i][j] / 2)
 *     z[i][j]     = mu[i][j] + sigma[i][j] eps[i][j]
 *
 * given    dz (n, d), logvar (n, d) and eps (n, d)
 * wanted   dmu (n, d) and dlogvar (n, d) */
void sample_backward(int n, int d, const real dz[n][d], const real logvar[n][d],
                     const real eps[n][d], real dmu[n][d], real dlogvar[n][d])
{
    for (int i = 0; i < n; i++)
        for (int j = 0; j < d; j++) {
            dmu[i][j] = dz[i][j];
            dlogvar[i][j] = dz[i][j] * eps[i][j] * exp(logvar[i][j] / 2) / 2;
        }
}

/* 2. What keeps codes near N(0, 1): the divergence of each number's normal distribution from it,
 * summed over the d numbers of a code, averaged over the n images, and beta times that.
 *
 *     loss = beta/n sum_ij 1/2 (mu[i][j]^2 + exp(logvar[i][j]) - 1 - logvar[i][j])
 *
 * given    mu (n, d), logvar (n, d) and beta
 * wanted   dmu (n, d) and dlogvar (n, d) */
void divergence_backward(int n, int d, const real mu[n][d], const real logvar[n][d], real beta,
                         real dmu[n][d], real dlogvar[n][d])
{
    for (int i = 0; i < n; i++)
        for (int j = 0; j < d; j++) {
            dmu[i][j] = beta * mu[i][j] / (real)n;
            dlogvar[i][j] = beta * (exp(logvar[i][j]) - 1) / 2 / (real)n;
        }
}

/* 3. What the pixels say. Each is ink with probability p. The loss is summed over the m pixels of
 * an image and averaged over the n images. A logit may be 1000 or -1000, and a pixel is grey, 0 to
 * 1.
 *
 *     p[i][j] = 1 / (1 + exp(-logits[i][j]))
 *     loss    = 1/n sum_ij -(x[i][j] log p[i][j] + (1 - x[i][j]) log(1 - p[i][j]))
 *
 * given    logits (n, m) and x (n, m)
 * wanted   dlogits (n, m) */
void pixels_backward(int n, int m, const real logits[n][m], const real x[n][m], real dlogits[n][m])
{
    for (int i = 0; i < n; i++)
        for (int j = 0; j < m; j++)
            dlogits[i][j] = (1 / (1 + exp(-logits[i][j])) - x[i][j]) / (real)n;
}

/* 4. The loss itself, both terms. With beta = 1 it is the ELBO with its sign turned. Logits may be
 * 1000 or -1000.
 *
 *     pixels[i] = sum_j -(x[i][j] log p[i][j] + (1 - x[i][j]) log(1 - p[i][j])),
 *                 p[i][j] = 1 / (1 + exp(-logits[i][j]))
 *     kl[i]     = sum_j 1/2 (mu[i][j]^2 + exp(logvar[i][j]) - 1 - logvar[i][j])
 *     loss      = 1/n sum_i (pixels[i] + beta kl[i])
 *
 * given    logits (n, m), x (n, m), mu (n, d), logvar (n, d) and beta
 * wanted   the loss, which is returned */
real elbo_loss(int n, int m, int d, const real logits[n][m], const real x[n][m],
               const real mu[n][d], const real logvar[n][d], real beta)
{
    real pixels = 0, kl = 0;
    for (int i = 0; i < n; i++) {
        for (int j = 0; j < m; j++) {
            const real s = logits[i][j];
            pixels += fmax(s, 0) - s * x[i][j] + log1p(exp(-fabs(s)));
        }
        for (int j = 0; j < d; j++)
            kl += (mu[i][j] * mu[i][j] + exp(logvar[i][j]) - 1 - logvar[i][j]) / 2;
    }
    return (pixels + beta * kl) / (real)n;
}

/* 5. All that comes to the encoder, when eps was not kept: what the decoder says of z, and the
 * divergence.
 *
 *     z[i][j] = mu[i][j] + exp(logvar[i][j] / 2) eps[i][j]
 *     loss    = (what the decoder makes of z)
 *               + beta/n sum_ij 1/2 (mu[i][j]^2 + exp(logvar[i][j]) - 1 - logvar[i][j])
 *
 * given    dz (n, d), of the decoder, z (n, d), mu (n, d), logvar (n, d) and beta
 * wanted   dmu (n, d) and dlogvar (n, d) */
void latent_backward(int n, int d, const real dz[n][d], const real z[n][d], const real mu[n][d],
                     const real logvar[n][d], real beta, real dmu[n][d], real dlogvar[n][d])
{
    for (int i = 0; i < n; i++)
        for (int j = 0; j < d; j++) {
            dmu[i][j] = dz[i][j] + beta * mu[i][j] / (real)n;
            dlogvar[i][j] =
                dz[i][j] * (z[i][j] - mu[i][j]) / 2 + beta * (exp(logvar[i][j]) - 1) / 2 / (real)n;
        }
}

/* 6. The same for an encoder that gives no logarithm: sigma is a softplus, which is above 0, too,
 * and grows no faster than r. r is between -10 and 10.
 *
 *     sigma[i][j] = log(1 + exp(r[i][j]))
 *     z[i][j]     = mu[i][j] + sigma[i][j] eps[i][j]
 *     loss        = (what the decoder makes of z)
 *                   + beta/n sum_ij (1/2 (mu[i][j]^2 + sigma[i][j]^2 - 1) - log sigma[i][j])
 *
 * given    dz (n, d), of the decoder, eps (n, d), r (n, d) and beta
 * wanted   dr (n, d) */
void deviation_backward(int n, int d, const real dz[n][d], const real eps[n][d], const real r[n][d],
                        real beta, real dr[n][d])
{
    for (int i = 0; i < n; i++)
        for (int j = 0; j < d; j++) {
            const real sigma = log(1 + exp(r[i][j]));
            const real dsigma = dz[i][j] * eps[i][j] + beta * (sigma - 1 / sigma) / (real)n;
            dr[i][j] = dsigma / (1 + exp(-r[i][j]));
        }
}

/* 7. A decoder for pixels of any value: each lies about y by a normal distribution. How far, nobody
 * knows beforehand, so the logarithm r of its deviation is learnt, one number for all of them. What
 * does not depend on y or r is left out.
 *
 *     loss = 1/n sum_ij ((y[i][j] - x[i][j])^2 / (2 exp(2 r)) + r)
 *
 * given    y (n, m), x (n, m) and r
 * wanted   dy (n, m) and dr (one number, *dr) */
void spread_backward(int n, int m, const real y[n][m], const real x[n][m], real r, real dy[n][m],
                     real *dr)
{
    const real variance = exp(2 * r);
    *dr = 0;
    for (int i = 0; i < n; i++)
        for (int j = 0; j < m; j++) {
            const real e = y[i][j] - x[i][j];
            dy[i][j] = e / variance / (real)n;
            *dr += (1 - e * e / variance) / (real)n;
        }
}

/* 8. A tighter bound, by k draws of each image in the place of one. w is the logarithm of what each
 * draw is worth; some are near 1000, others near -1000.
 *
 *     w[i][l] = log p(x[i] | z[i][l]) + log p(z[i][l]) - log q(z[i][l] | x[i])
 *     loss    = -1/n sum_i log(1/k sum_l exp(w[i][l]))
 *
 * given    w (n, k)
 * wanted   dw (n, k) */
void importance_backward(int n, int k, const real w[n][k], real dw[n][k])
{
    for (int i = 0; i < n; i++) {
        real max = w[i][0], sum = 0;
        for (int l = 1; l < k; l++)
            max = fmax(max, w[i][l]);
        for (int l = 0; l < k; l++)
            sum += exp(w[i][l] - max);
        for (int l = 0; l < k; l++)
            dw[i][l] = -exp(w[i][l] - max) / sum / (real)n;
    }
}
