/* 12_softmax_temperature.c: exercises to chapter 12, softmax under a temperature.
 *
 * Replace each TODO() by the body of the function, then type `make check-12`. Outputs come
 * uninitialised: write every element. Where a row of scratch numbers is needed, `real q[c];` will
 * do. 1[...] is one if the bracket holds and zero if not. */
#include "12_softmax_temperature.h"

/* 1. The whole Jacobian of a softmax: how every probability answers to every score.
 *
 *     p[j]    = exp(z[j] / T) / sum_l exp(z[l] / T)
 *     J[j][k] = the derivative of p[j] with respect to z[k]
 *
 * given    p (c) and T
 * wanted   J (c, c) */
void softmax_jacobian(int c, const real p[c], real T, real J[c][c])
{
    for (int j = 0; j < c; j++)
        for (int k = 0; k < c; k++)
            J[j][k] = p[j] * ((real)(j == k) - p[k]) / T;
}

/* 2. The product with it, without the matrix, for n rows. Each row has a temperature of its own.
 *
 *     p[i][j] = exp(z[i][j] / T[i]) / sum_l exp(z[i][l] / T[i])
 *
 * given    dp (n, c), p (n, c) and T (n)
 * wanted   dz (n, c) */
void softmax_backward(int n, int c, const real dp[n][c], const real p[n][c], const real T[n],
                      real dz[n][c])
{
    for (int i = 0; i < n; i++) {
        real mean = 0;
        for (int j = 0; j < c; j++)
            mean += p[i][j] * dp[i][j];
        for (int j = 0; j < c; j++)
            dz[i][j] = p[i][j] * (dp[i][j] - mean) / T[i];
    }
}

/* 3. A sharpness that is learned. All rows are multiplied by the same exp(s), which is positive
 * whatever s is; the temperature is exp(-s).
 *
 *     p[i][j] = exp(e^s z[i][j]) / sum_l exp(e^s z[i][l])
 *
 * given    dp (n, c), p (n, c), z (n, c) and s
 * wanted   dz (n, c) and ds, one number */
void log_scale_backward(int n, int c, const real dp[n][c], const real p[n][c], const real z[n][c],
                        real s, real dz[n][c], real *ds)
{
    *ds = 0;
    for (int i = 0; i < n; i++) {
        real mean = 0;
        for (int j = 0; j < c; j++)
            mean += p[i][j] * dp[i][j];
        for (int j = 0; j < c; j++) {
            dz[i][j] = p[i][j] * (dp[i][j] - mean) * exp(s);
            *ds += z[i][j] * dz[i][j];
        }
    }
}

/* 4. The loss of a student: hard labels at temperature 1, a teacher's soft targets at temperature
 * T, with the T^2 that belongs to them. Some rows of scores are near 1000, others near -1000.
 *
 *     hard = -1/n sum_i  log softmax(z[i])[y[i]]
 *     soft =  1/n sum_ij q[i][j] log(q[i][j] / p[i][j]),     p = softmax(z / T), q = softmax(v / T)
 *     loss = (1 - alpha) hard + alpha T^2 soft
 *
 * given    z (n, c), the student's scores, v (n, c), the teacher's, which nobody nudges, y (n) with
 *          values 0 .. c-1, T, and alpha, between 0 and 1
 * wanted   dz (n, c) */
void distillation_backward(int n, int c, const real z[n][c], const real v[n][c], const int y[n],
                           real T, real alpha, real dz[n][c])
{
    for (int i = 0; i < n; i++) {
        real z_max = z[i][0], v_max = v[i][0], hard = 0, student = 0, teacher = 0;
        for (int j = 1; j < c; j++) {
            z_max = fmax(z_max, z[i][j]);
            v_max = fmax(v_max, v[i][j]);
        }
        for (int j = 0; j < c; j++) {
            hard += exp(z[i][j] - z_max);
            student += exp((z[i][j] - z_max) / T);
            teacher += exp((v[i][j] - v_max) / T);
        }
        for (int j = 0; j < c; j++) {
            real p = exp((z[i][j] - z_max) / T) / student;
            real q = exp((v[i][j] - v_max) / T) / teacher;
            real label = exp(z[i][j] - z_max) / hard - (real)(j == y[i]);
            dz[i][j] = ((1 - alpha) * label + alpha * T * (p - q)) / (real)n;
        }
    }
}

/* 5. The entropy of each row of probabilities, as a bonus for staying undecided. Some probabilities
 * are 0, rounded down from something small; there p log p is 0, and so is its share in dz.
 *
 *     p[i][j] = exp(z[i][j] / T) / sum_l exp(z[i][l] / T)
 *     H[i]    = -sum_j p[i][j] log p[i][j]      (n)
 *
 * given    dH (n), p (n, c) and T
 * wanted   dz (n, c) */
void entropy_backward(int n, int c, const real dH[n], const real p[n][c], real T, real dz[n][c])
{
    for (int i = 0; i < n; i++) {
        real H = 0;
        for (int j = 0; j < c; j++)
            H -= p[i][j] > 0 ? p[i][j] * log(p[i][j]) : 0;
        for (int j = 0; j < c; j++)
            dz[i][j] = p[i][j] > 0 ? -dH[i] * p[i][j] * (log(p[i][j]) + H) / T : 0;
    }
}

/* 6. Scores come k at a time, and those that came before are gone. What is left of them is *max,
 * the largest, and *sum, the sum of exp(score - *max). Bring both up to date. If none has come yet,
 * both are 0, as memory is when it is new; then *max is not a score. Some scores are near 1000 or
 * -1000.
 *
 *     *max = the largest of the earlier scores and z[0] .. z[k-1]
 *     *sum = sum exp(score - *max) over the earlier scores and z[0] .. z[k-1]
 *
 * given    z (k), and *max and *sum of the earlier scores
 * wanted   *max and *sum, changed in place */
void streaming_push(int k, const real z[k], real *max, real *sum)
{
    for (int i = 0; i < k; i++) {
        if (*sum == 0)
            *max = z[i];
        real before = *max;
        *max = fmax(before, z[i]);
        *sum = *sum * exp(before - *max) + exp(z[i] - *max);
    }
}

/* 7. Two machines have each read a part of the scores, n streams at once. Of stream i, one has kept
 * max_a[i] and sum_a[i], the other max_b[i] and sum_b[i], with the meaning of exercise 6: who has
 * read nothing of a stream has 0 and 0. So may both, and then 0 and 0 is the answer.
 *
 *     max[i] = the largest of all scores of stream i
 *     sum[i] = sum exp(score - max[i]) over all scores of stream i
 *
 * given    max_a (n), sum_a (n), max_b (n) and sum_b (n)
 * wanted   max (n) and sum (n) */
void streaming_merge(int n, const real max_a[n], const real sum_a[n], const real max_b[n],
                     const real sum_b[n], real max[n], real sum[n])
{
    for (int i = 0; i < n; i++) {
        real a = sum_a[i] > 0 ? max_a[i] : max_b[i];
        real b = sum_b[i] > 0 ? max_b[i] : max_a[i];
        max[i] = fmax(a, b);
        sum[i] = sum_a[i] * exp(a - max[i]) + sum_b[i] * exp(b - max[i]);
    }
}

/* 8. A mean of rows, weighted by a softmax: what attention does for one query. Each score and its
 * row can be used and forgotten, so try to read z and V once, in one loop over i, with out as the
 * sum that runs. Some scores are near 1000 or -1000.
 *
 *     p[i]   = exp(z[i]) / sum_l exp(z[l])      (n)
 *     out[f] = sum_i p[i] V[i][f]               (e)
 *
 * given    z (n) and V (n, e)
 * wanted   out (e) */
void streaming_attention(int n, int e, const real z[n], const real V[n][e], real out[e])
{
    real max = z[0], sum = 0;
    for (int f = 0; f < e; f++)
        out[f] = 0;
    for (int i = 0; i < n; i++) {
        real before = max;
        max = fmax(before, z[i]);
        real shrink = exp(before - max), weight = exp(z[i] - max);
        sum = sum * shrink + weight;
        for (int f = 0; f < e; f++)
            out[f] = out[f] * shrink + weight * V[i][f];
    }
    for (int f = 0; f < e; f++)
        out[f] /= sum;
}
