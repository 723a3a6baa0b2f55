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
    TODO();
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
    TODO();
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
    TODO();
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
    TODO();
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
    TODO();
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
    TODO();
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
    TODO();
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
    TODO();
}
