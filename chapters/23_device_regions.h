/* 23_device_regions.h: the loops of the names model, forwards and backwards, each with one pragma.
 *
 *     target                         the loop runs on the device, and the host waits for it
 *     teams distribute parallel for  its turns are dealt out to teams, and in these to threads
 *     collapse(2)                    two loops, one in the other, count as one of n m turns
 *     is_device_ptr                  these arrays are in the device's memory already
 *
 * What is not in the pragma is the C of chapter 10. In each loop a turn writes what no other turn
 * writes; the one that cannot, the scatter, stands there three times. */
#ifndef CHAPTER_23_DEVICE_REGIONS_H
#define CHAPTER_23_DEVICE_REGIONS_H

#include "23_device_model.h"
#include "23_device_place.h"

/* -- forwards ---------------------------------------------------------------------------------- */

/* emb[p] = C[x[p]], for n letters */
static inline void region_embedding(int n, int v, int e, const real C[v][e], const int x[n],
                                    real emb[n][e])
{
#pragma omp target teams distribute parallel for collapse(2) is_device_ptr(C, x, emb)
    for (int p = 0; p < n; p++)
        for (int f = 0; f < e; f++)
            emb[p][f] = C[x[p]][f];
}

/* y = x W + b   (n, m) = (n, k) (k, m) + (m) */
static inline void region_linear(int n, int k, int m, const real x[n][k], const real W[k][m],
                                 const real b[m], real y[n][m])
{
#pragma omp target teams distribute parallel for collapse(2) is_device_ptr(x, W, b, y)
    for (int i = 0; i < n; i++)
        for (int j = 0; j < m; j++) {
            real sum = b[j];
            for (int l = 0; l < k; l++)
                sum += x[i][l] * W[l][j];
            y[i][j] = sum;
        }
}

/* bnmean and bnvar_inv of each column of hprebn: a thread goes down a column twice. */
static inline void region_statistics(int n, int k, const real hprebn[n][k], real bnmean[k],
                                     real bnvar_inv[k])
{
#pragma omp target teams distribute parallel for is_device_ptr(hprebn, bnmean, bnvar_inv)
    for (int j = 0; j < k; j++) {
        real sum = 0, squares = 0;
        for (int i = 0; i < n; i++)
            sum += hprebn[i][j];
        const real mean = sum / (real)n;
        for (int i = 0; i < n; i++)
            squares += (hprebn[i][j] - mean) * (hprebn[i][j] - mean);
        bnmean[j] = mean;
        bnvar_inv[j] = 1 / sqrt(squares / (real)(n - 1) + EPS);
    }
}

/* bnraw = (hprebn - bnmean) bnvar_inv, in the place of hprebn;   h = tanh(bngain bnraw + bnbias) */
static inline void region_normalise(int n, int k, const real bnmean[k], const real bnvar_inv[k],
                                    const real bngain[k], const real bnbias[k], real bnraw[n][k],
                                    real h[n][k])
{
#pragma omp target teams distribute parallel for collapse(2) \
    is_device_ptr(bnmean, bnvar_inv, bngain, bnbias, bnraw, h)
    for (int i = 0; i < n; i++)
        for (int j = 0; j < k; j++) {
            bnraw[i][j] = (bnraw[i][j] - bnmean[j]) * bnvar_inv[j];
            h[i][j] = tanh(bngain[j] * bnraw[i][j] + bnbias[j]);
        }
}

/* probs = softmax(logits), in the place of the logits, and the loss of each row: a thread has a
 * row, and takes its maximum off. */
static inline void region_cross_entropy(int n, int V, const int y[n], real probs[n][V],
                                        real loss[n])
{
#pragma omp target teams distribute parallel for is_device_ptr(y, probs, loss)
    for (int i = 0; i < n; i++) {
        real max = probs[i][0], sum = 0;
        for (int j = 1; j < V; j++)
            max = probs[i][j] > max ? probs[i][j] : max;
        const real picked = probs[i][y[i]] - max;
        for (int j = 0; j < V; j++) {
            probs[i][j] = exp(probs[i][j] - max);
            sum += probs[i][j];
        }
        for (int j = 0; j < V; j++)
            probs[i][j] /= sum;
        loss[i] = log(sum) - picked;
    }
}

/* The mean of the rows' losses, which the host gets. One thread adds them up, from the first on ...
 */
static inline real region_mean(int n, const real loss[n])
{
    real sum = 0;
#pragma omp target map(tofrom : sum) is_device_ptr(loss)
    for (int i = 0; i < n; i++)
        sum += loss[i];
    return sum / (real)n;
}

/* ... or all do, each a part, and then the parts are added up as they come. */
static inline real region_mean_reduced(int n, const real loss[n])
{
    real sum = 0;
#pragma omp target teams distribute parallel for reduction(+ : sum) map(tofrom : sum) \
    is_device_ptr(loss)
    for (int i = 0; i < n; i++)
        sum += loss[i];
    return sum / (real)n;
}

/* -- backwards --------------------------------------------------------------------------------- */

/* All of the loss in one line:   dlogits = (probs - onehot(y)) / n */
static inline void region_cross_entropy_backward(int n, int V, const real probs[n][V],
                                                 const int y[n], real dlogits[n][V])
{
#pragma omp target teams distribute parallel for collapse(2) is_device_ptr(probs, y, dlogits)
    for (int i = 0; i < n; i++)
        for (int j = 0; j < V; j++)
            dlogits[i][j] = (probs[i][j] - (real)(j == y[i])) / (real)n;
}

/* y = x W + b:   dx = dy W^T   (n, k) = (n, m) (m, k) */
static inline void region_input_backward(int n, int k, int m, const real dy[n][m],
                                         const real W[k][m], real dx[n][k])
{
#pragma omp target teams distribute parallel for collapse(2) is_device_ptr(dy, W, dx)
    for (int i = 0; i < n; i++)
        for (int l = 0; l < k; l++) {
            real sum = 0;
            for (int j = 0; j < m; j++)
                sum += dy[i][j] * W[l][j];
            dx[i][l] = sum;
        }
}

/* y = x W + b:   dW = x^T dy   (k, m) = (k, n) (n, m) */
static inline void region_weight_backward(int n, int k, int m, const real dy[n][m],
                                          const real x[n][k], real dW[k][m])
{
#pragma omp target teams distribute parallel for collapse(2) is_device_ptr(dy, x, dW)
    for (int l = 0; l < k; l++)
        for (int j = 0; j < m; j++) {
            real sum = 0;
            for (int i = 0; i < n; i++)
                sum += dy[i][j] * x[i][l];
            dW[l][j] = sum;
        }
}

/* y[i] = b + ...:   db = sum_i dy[i] */
static inline void region_bias_backward(int n, int m, const real dy[n][m], real db[m])
{
#pragma omp target teams distribute parallel for is_device_ptr(dy, db)
    for (int j = 0; j < m; j++) {
        real sum = 0;
        for (int i = 0; i < n; i++)
            sum += dy[i][j];
        db[j] = sum;
    }
}

/* h = tanh(hpreact):   dhpreact = dh (1 - h^2), in the place of dh */
static inline void region_tanh_backward(int n, const real h[n], real dh[n])
{
#pragma omp target teams distribute parallel for is_device_ptr(h, dh)
    for (int i = 0; i < n; i++)
        dh[i] *= 1 - h[i] * h[i];
}

/* hpreact = bngain bnraw + bnbias:   dbnbias and dbngain, sums down each column */
static inline void region_gain_backward(int n, int k, const real dhpreact[n][k],
                                        const real bnraw[n][k], real dbngain[k], real dbnbias[k])
{
#pragma omp target teams distribute parallel for is_device_ptr(dhpreact, bnraw, dbngain, dbnbias)
    for (int j = 0; j < k; j++) {
        real gain = 0, bias = 0;
        for (int i = 0; i < n; i++) {
            gain += dhpreact[i][j] * bnraw[i][j];
            bias += dhpreact[i][j];
        }
        dbngain[j] = gain;
        dbnbias[j] = bias;
    }
}

/* All of batch norm in one line, from these sums, in the place of dhpreact:
 *     dhprebn = bngain bnvar_inv (dhpreact - dbnbias / n - bnraw dbngain / (n-1)) */
static inline void region_norm_backward(int n, int k, const real bnraw[n][k], const real bngain[k],
                                        const real bnvar_inv[k], const real dbngain[k],
                                        const real dbnbias[k], real dhprebn[n][k])
{
#pragma omp target teams distribute parallel for collapse(2) \
    is_device_ptr(bnraw, bngain, bnvar_inv, dbngain, dbnbias, dhprebn)
    for (int i = 0; i < n; i++)
        for (int j = 0; j < k; j++)
            dhprebn[i][j] =
                bngain[j] * bnvar_inv[j] *
                (dhprebn[i][j] - dbnbias[j] / (real)n - bnraw[i][j] * dbngain[j] / (real)(n - 1));
}

/* -- the scatter ------------------------------------------------------------------------------- */

/* emb[p] = C[x[p]]. A thread has an element of dC and asks every look-up whether it was there: v
 * times the work, and the order of the additions is that of the look-ups. */
static inline void region_embedding_backward(int n, int v, int e, const real demb[n][e],
                                             const int x[n], real dC[v][e])
{
#pragma omp target teams distribute parallel for collapse(2) is_device_ptr(demb, x, dC)
    for (int r = 0; r < v; r++)
        for (int f = 0; f < e; f++) {
            real sum = 0;
            for (int p = 0; p < n; p++)
                sum += x[p] == r ? demb[p][f] : 0;
            dC[r][f] = sum;
        }
}

/* A thread has an element of demb and adds it, atomically: the order is whatever it happens to be.
 */
static inline void region_embedding_backward_atomic(int n, int v, int e, const real demb[n][e],
                                                    const int x[n], real dC[v][e])
{
#pragma omp target teams distribute parallel for collapse(2) is_device_ptr(dC)
    for (int r = 0; r < v; r++)
        for (int f = 0; f < e; f++)
            dC[r][f] = 0;
#pragma omp target teams distribute parallel for collapse(2) is_device_ptr(demb, x, dC)
    for (int p = 0; p < n; p++)
        for (int f = 0; f < e; f++) {
#pragma omp atomic update
            dC[x[p]][f] += demb[p][f];
        }
}

/* What is left without atomic at its worst: of all that add to an element at once the last one
 * alone. A mistake, for the lesson to measure. */
static inline void region_embedding_backward_lost(int n, int v, int e, const real demb[n][e],
                                                  const int x[n], real dC[v][e])
{
#pragma omp target teams distribute parallel for collapse(2) is_device_ptr(demb, x, dC)
    for (int r = 0; r < v; r++)
        for (int f = 0; f < e; f++) {
            real last = 0;
            for (int p = 0; p < n; p++)
                last = x[p] == r ? demb[p][f] : last;
            dC[r][f] = last;
        }
}

/* -- the step of the optimizer ----------------------------------------------------------------- */

/* p -= lr dp, for n numbers */
static inline void region_update(int n, real lr, const real dp[n], real p[n])
{
#pragma omp target teams distribute parallel for is_device_ptr(dp, p)
    for (int i = 0; i < n; i++)
        p[i] -= lr * dp[i];
}

#endif
