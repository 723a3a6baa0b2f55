/* 12_softmax_rows.h: a row of scores, its softmax under a temperature, and the way back. */
#ifndef CHAPTER_12_SOFTMAX_ROWS_H
#define CHAPTER_12_SOFTMAX_ROWS_H

#include "kernel/vector.h"

/* p_j = exp(z_j / T) / sum_l exp(z_l / T) */
static inline void softmax_row(int c, const real z[c], real T, real p[c])
{
    real max = vector_max(c, z);
    for (int j = 0; j < c; j++)
        p[j] = (z[j] - max) / T;
    vector_exp(c, p, p);
    real sum = vector_sum(c, p);
    for (int j = 0; j < c; j++)
        p[j] /= sum;
}

/* p = softmax(z / T):   dz_j = p_j (dp_j - sum_l dp_l p_l) / T */
static inline void softmax_row_backward(int c, const real dp[c], const real p[c], real T,
                                        real dz[c])
{
    real mean = vector_dot(c, dp, p);
    for (int j = 0; j < c; j++)
        dz[j] = p[j] * (dp[j] - mean) / T;
}

/* p = softmax(z / T):   dT = -1/T sum_j z_j dz_j */
static inline real temperature_backward(int c, const real dz[c], const real z[c], real T)
{
    return -vector_dot(c, z, dz) / T;
}

/* factor sum_j q_j ln(q_j / p_j), where 0 ln 0 is 0 */
static inline real soft_loss(int c, const real p[c], const real q[c], real factor)
{
    real sum = 0;
    for (int j = 0; j < c; j++)
        sum += q[j] > 0 ? q[j] * log(q[j] / p[j]) : 0;
    return factor * sum;
}

/* loss = factor sum_j q_j ln(q_j / p_j), p = softmax(z / T):   dz_j = factor (p_j - q_j) / T */
static inline void soft_loss_backward(int c, const real p[c], const real q[c], real T, real factor,
                                      real dz[c])
{
    for (int j = 0; j < c; j++)
        dz[j] = factor * (p[j] - q[j]) / T;
}

/* H = -sum_j p_j ln p_j, where 0 ln 0 is 0 */
static inline real entropy(int c, const real p[c])
{
    real H = 0;
    for (int j = 0; j < c; j++)
        H -= p[j] > 0 ? p[j] * log(p[j]) : 0;
    return H;
}

/* H of p = softmax(z / T):   dH/dT = (sum_j p_j z_j^2 - (sum_j p_j z_j)^2) / T^3 */
static inline real entropy_slope(int c, const real z[c], const real p[c], real T)
{
    real mean = vector_dot(c, p, z), variance = 0;
    for (int j = 0; j < c; j++)
        variance += p[j] * (z[j] - mean) * (z[j] - mean);
    return variance / (T * T * T);
}

#endif
