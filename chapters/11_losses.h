/* 11_losses.h: ten losses, each with its gradient.
 *
 * Every forward function returns the mean over its n elements or rows; every backward function
 * writes the gradient of that mean, so 1/n is in it. */
#ifndef CHAPTER_11_LOSSES_H
#define CHAPTER_11_LOSSES_H

#include "real.h"

/* -- of a difference: x (n) should be t (n) --------------------------------------------------- */

static inline real l1(int n, const real x[n], const real t[n])
{
    real sum = 0;
    for (int i = 0; i < n; i++)
        sum += fabs(x[i] - t[i]);
    return sum / (real)n;
}

static inline real sign(real d)
{
    return (real)((d > 0) - (d < 0));
}

/* loss = 1/n sum_i |x[i] - t[i]|:   dx = sign(x - t) / n, and 0 on the kink */
static inline void l1_backward(int n, const real x[n], const real t[n], real dx[n])
{
    for (int i = 0; i < n; i++)
        dx[i] = sign(x[i] - t[i]) / (real)n;
}

static inline real mse(int n, const real x[n], const real t[n])
{
    real sum = 0;
    for (int i = 0; i < n; i++)
        sum += (x[i] - t[i]) * (x[i] - t[i]);
    return sum / (real)n;
}

/* loss = 1/n sum_i (x[i] - t[i])^2:   dx = 2 (x - t) / n */
static inline void mse_backward(int n, const real x[n], const real t[n], real dx[n])
{
    for (int i = 0; i < n; i++)
        dx[i] = 2 * (x[i] - t[i]) / (real)n;
}

static inline real smooth_l1(int n, real beta, const real x[n], const real t[n])
{
    real sum = 0;
    for (int i = 0; i < n; i++) {
        real size = fabs(x[i] - t[i]);
        sum += size < beta ? size * size / (2 * beta) : size - beta / 2;
    }
    return sum / (real)n;
}

/* d^2 / (2 beta) where |d| < beta, else |d| - beta / 2:   dx = d / beta / n, or sign(d) / n */
static inline void smooth_l1_backward(int n, real beta, const real x[n], const real t[n],
                                      real dx[n])
{
    for (int i = 0; i < n; i++) {
        real d = x[i] - t[i];
        dx[i] = (fabs(d) < beta ? d / beta : sign(d)) / (real)n;
    }
}

/* -- of a probability: p (n) should be t (n), or t = 1 has a score z (n) ---------------------- */

/* ln p, but no less than -100 */
static inline real clamped_log(real p)
{
    return fmax(log(p), (real)-100);
}

static inline real bce(int n, const real p[n], const real t[n])
{
    real sum = 0;
    for (int i = 0; i < n; i++)
        sum -= t[i] * clamped_log(p[i]) + (1 - t[i]) * clamped_log(1 - p[i]);
    return sum / (real)n;
}

/* loss = -1/n sum_i t ln p + (1 - t) ln(1 - p):   dp = (p - t) / (p (1 - p)) / n */
static inline void bce_backward(int n, const real p[n], const real t[n], real dp[n])
{
    for (int i = 0; i < n; i++)
        dp[i] = (p[i] - t[i]) / fmax(p[i] * (1 - p[i]), (real)1e-12) / (real)n;
}

static inline real sigmoid(real z)
{
    return 1 / (1 + exp(-z));
}

static inline real bce_logits(int n, const real z[n], const real t[n])
{
    real sum = 0;
    for (int i = 0; i < n; i++)
        sum += fmax(z[i], (real)0) - z[i] * t[i] + log1p(exp(-fabs(z[i])));
    return sum / (real)n;
}

/* The same with p = sigmoid(z):   dz = (p - t) / n */
static inline void bce_logits_backward(int n, const real z[n], const real t[n], real dz[n])
{
    for (int i = 0; i < n; i++)
        dz[i] = (sigmoid(z[i]) - t[i]) / (real)n;
}

/* -- of a class: of c scores z (n, c), that of class y[i] should be the largest --------------- */

/* probs[j] = e^z[j] / sum_l e^z[l]. Returns ln sum_l e^z[l]. */
static inline real softmax(int c, const real z[c], real probs[c])
{
    real max = z[0], sum = 0;
    for (int j = 1; j < c; j++)
        max = z[j] > max ? z[j] : max;
    for (int j = 0; j < c; j++)
        sum += probs[j] = exp(z[j] - max);
    for (int j = 0; j < c; j++)
        probs[j] /= sum;
    return max + log(sum);
}

static inline real cross_entropy(int n, int c, const real z[n][c], const int y[n])
{
    real sum = 0, probs[c];
    for (int i = 0; i < n; i++)
        sum += softmax(c, z[i], probs) - z[i][y[i]];
    return sum / (real)n;
}

/* loss = -1/n sum_i ln softmax(z[i])[y[i]]:   dz = (probs - onehot(y)) / n */
static inline void cross_entropy_backward(int n, int c, const real z[n][c], const int y[n],
                                          real dz[n][c])
{
    for (int i = 0; i < n; i++) {
        softmax(c, z[i], dz[i]);
        dz[i][y[i]] -= 1;
        for (int j = 0; j < c; j++)
            dz[i][j] /= (real)n;
    }
}

static inline real multi_margin(int n, int c, int p, real margin, const real z[n][c],
                                const int y[n])
{
    real sum = 0;
    for (int i = 0; i < n; i++)
        for (int j = 0; j < c; j++) {
            real m = margin - z[i][y[i]] + z[i][j];
            if (j != y[i] && m > 0)
                sum += p == 1 ? m : m * m;
        }
    return sum / (real)(n * c);
}

/* m = margin - z[i][y] + z[i][j], loss = 1/(n c) sum_i sum_{j != y} max(0, m)^p. Where m > 0:
 *     dz[i][j] = p m^(p-1) / (n c),   and z[i][y], which stands in all of them, gets minus that */
static inline void multi_margin_backward(int n, int c, int p, real margin, const real z[n][c],
                                         const int y[n], real dz[n][c])
{
    for (int i = 0; i < n; i++) {
        for (int j = 0; j < c; j++)
            dz[i][j] = 0;
        for (int j = 0; j < c; j++) {
            real m = margin - z[i][y[i]] + z[i][j];
            if (j == y[i] || m <= 0)
                continue;
            dz[i][j] = (p == 1 ? 1 : 2 * m) / (real)(n * c);
            dz[i][y[i]] -= dz[i][j];
        }
    }
}

/* -- of an angle: a and b (n, d) should agree where y[i] is 1, and should not where it is -1 -- */

static inline real dot(int d, const real a[d], const real b[d])
{
    real sum = 0;
    for (int j = 0; j < d; j++)
        sum += a[j] * b[j];
    return sum;
}

static inline real cosine(int d, const real a[d], const real b[d])
{
    return dot(d, a, b) / sqrt(dot(d, a, a) * dot(d, b, b));
}

static inline real cosine_embedding(int n, int d, real margin, const real a[n][d],
                                    const real b[n][d], const int y[n])
{
    real sum = 0;
    for (int i = 0; i < n; i++) {
        real cos_i = cosine(d, a[i], b[i]);
        sum += y[i] == 1 ? 1 - cos_i : fmax(cos_i - margin, (real)0);
    }
    return sum / (real)n;
}

/* cos = a b / (|a| |b|):   da = dcos (b / (|a| |b|) - cos a / |a|^2);   db with a and b swapped.
 * 1 - cos has dcos = -1/n; max(0, cos - margin) has 1/n where cos > margin, else 0. */
static inline void cosine_embedding_backward(int n, int d, real margin, const real a[n][d],
                                             const real b[n][d], const int y[n], real da[n][d])
{
    for (int i = 0; i < n; i++) {
        real aa = dot(d, a[i], a[i]), bb = dot(d, b[i], b[i]), cos_i = cosine(d, a[i], b[i]);
        real dcos = (y[i] == 1 ? -1 : (real)(cos_i > margin)) / (real)n;
        for (int j = 0; j < d; j++)
            da[i][j] = dcos * (b[i][j] / sqrt(aa * bb) - cos_i * a[i][j] / aa);
    }
}

/* -- of a distribution ------------------------------------------------------------------------ */

/* logq (n, c) are logarithms of probabilities and p (n, c) probabilities; 0 ln 0 is 0. */
static inline real kl(int n, int c, const real logq[n][c], const real p[n][c])
{
    real sum = 0;
    for (int i = 0; i < n; i++)
        for (int j = 0; j < c; j++)
            if (p[i][j] > 0)
                sum += p[i][j] * (log(p[i][j]) - logq[i][j]);
    return sum / (real)n;
}

/* loss = 1/n sum_ij p (ln p - logq):   dlogq = -p / n */
static inline void kl_backward(int n, int c, const real p[n][c], real dlogq[n][c])
{
    for (int i = 0; i < n; i++)
        for (int j = 0; j < c; j++)
            dlogq[i][j] = -p[i][j] / (real)n;
}

/* N(mp, sp^2) from N(mq, sq^2), (n) each */
static inline real gaussian_kl(int n, const real mp[n], const real sp[n], const real mq[n],
                               const real sq[n])
{
    real sum = 0;
    for (int i = 0; i < n; i++) {
        real d = mp[i] - mq[i];
        sum += log(sq[i] / sp[i]) + (sp[i] * sp[i] + d * d) / (2 * sq[i] * sq[i]) - (real)0.5;
    }
    return sum / (real)n;
}

/* loss = 1/n sum_i ln(sq / sp) + (sp^2 + (mp - mq)^2) / (2 sq^2) - 1/2:
 *     dmp = (mp - mq) / sq^2 / n,   dsp = (sp / sq^2 - 1 / sp) / n
 *     dmq = -dmp,                   dsq = (1 / sq - (sp^2 + (mp - mq)^2) / sq^3) / n */
static inline void gaussian_kl_backward(int n, const real mp[n], const real sp[n], const real mq[n],
                                        const real sq[n], real dmp[n], real dsp[n], real dmq[n],
                                        real dsq[n])
{
    for (int i = 0; i < n; i++) {
        real d = mp[i] - mq[i], variance = sq[i] * sq[i];
        dmp[i] = d / variance / (real)n;
        dsp[i] = (sp[i] / variance - 1 / sp[i]) / (real)n;
        dmq[i] = -dmp[i];
        dsq[i] = (1 - (sp[i] * sp[i] + d * d) / variance) / sq[i] / (real)n;
    }
}

#endif
