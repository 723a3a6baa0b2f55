/* 20_autoencoder_linear.h: what can be done without a network: the directions along which images
 * differ most, and how much of each to keep where there is noise. */
#ifndef CHAPTER_20_AUTOENCODER_LINEAR_H
#define CHAPTER_20_AUTOENCODER_LINEAR_H

#include <stdlib.h>
#include <string.h>

#include "error.h"
#include "kernel/gemm.h"
#include "kernel/random.h"
#include "kernel/vector.h"
#include "nn/init.h"

/* `count` reals for free(). */
static inline real *reals_new(size_t count)
{
    real *x = malloc(count * sizeof *x);
    if (!x)
        error_stop("no memory for %zu numbers", count);
    return x;
}

/* mean[j] = 1/n sum_i X[i][j], and cov = 1/n sum_i (X[i] - mean) (X[i] - mean)^T. */
static inline void covariance_of(int n, int k, const real X[n][k], real mean[k], real cov[k][k])
{
    real *centred = reals_new((size_t)n * (size_t)k), *c = *cov;
    vector_fill(k, 0, mean);
    for (int i = 0; i < n; i++)
        vector_add_scaled(k, 1 / (real)n, X[i], mean);
    memcpy(centred, X, (size_t)n * (size_t)k * sizeof *centred);
    for (int i = 0; i < n; i++)
        vector_add_scaled(k, -1, mean, centred + (ptrdiff_t)i * k);
    gemm(k, n, k, gemm_transpose(centred, k), gemm_matrix(centred, k), gemm_set(*cov, k));
    for (int i = 0; i < k * k; i++)
        c[i] /= (real)n;
    free(centred);
}

/* Gram and Schmidt: each row at right angles to those before it, and of length 1. */
static inline void orthonormalize(int m, int k, real Q[m][k])
{
    for (int i = 0; i < m; i++) {
        for (int j = 0; j < i; j++)
            vector_add_scaled(k, -vector_dot(k, Q[i], Q[j]), Q[j], Q[i]);
        const real length = sqrt(vector_dot(k, Q[i], Q[i]));
        for (int l = 0; l < k; l++)
            Q[i][l] /= length;
    }
}

/* The m directions along which most of the variance lies, by power iteration: what is multiplied by
 * cov turns towards its largest direction, and at right angles to that one towards the next. */
static inline void power_iteration(Rng *rng, int m, int k, int rounds, const real cov[k][k],
                                   real Q[m][k])
{
    real *next = reals_new((size_t)m * (size_t)k);
    init_normal(rng, 1, m * k, *Q);
    orthonormalize(m, k, Q);
    for (int round = 0; round < rounds; round++) {
        gemm(m, k, k, gemm_matrix(*Q, k), gemm_matrix(*cov, k), gemm_set(next, k));
        memcpy(*Q, next, (size_t)m * (size_t)k * sizeof *next);
        orthonormalize(m, k, Q);
    }
    free(next);
}

/* What m directions keep of each of n images, keep[j] of the part that lies along direction j:
 * R[i] = mean + sum_j keep[j] Q[j] (Q[j] . (X[i] - mean)). */
static inline void project(int n, int m, int k, const real mean[k], const real Q[m][k],
                           const real keep[m], const real X[n][k], real R[n][k])
{
    real *Z = reals_new((size_t)n * (size_t)m);
    for (int i = 0; i < n; i++)
        for (int j = 0; j < k; j++)
            R[i][j] = X[i][j] - mean[j];
    gemm(n, k, m, gemm_matrix(*R, k), gemm_transpose(*Q, k), gemm_set(Z, m));
    for (int i = 0; i < n * m; i++)
        Z[i] *= keep[i % m];
    gemm(n, m, k, gemm_matrix(Z, m), gemm_matrix(*Q, k),
         (GemmResult){.y = *R, .row = k, .bias = mean});
    free(Z);
}

/* PCA with a code of so many numbers keeps all of these and nothing of the others. */
static inline void keep_first(int m, int code, real keep[m])
{
    for (int j = 0; j < m; j++)
        keep[j] = j < code;
}

/* Along direction j images have the variance v = Q[j] cov Q[j] and noise adds sigma^2. A linear map
 * errs least if it keeps v / (v + sigma^2) of it (Wiener). */
static inline void keep_by_noise(int m, int k, real sigma, const real cov[k][k], const real Q[m][k],
                                 real keep[m])
{
    real *turned = reals_new((size_t)k);
    for (int j = 0; j < m; j++) {
        gemm(1, k, k, gemm_matrix(Q[j], k), gemm_matrix(*cov, k), gemm_set(turned, k));
        const real v = vector_dot(k, turned, Q[j]);
        keep[j] = v / (v + sigma * sigma);
    }
    free(turned);
}

#endif
