/* 16_distillation_steps.h: the two comparisons of the chapter in steps so small that each is one
 * line of maths, for one image: what a teacher says against what a student says, and the direction
 * of its features against that of theirs. For a batch, safe and at once, they are exercises. */
#ifndef CHAPTER_16_DISTILLATION_STEPS_H
#define CHAPTER_16_DISTILLATION_STEPS_H

#include <string.h>

#include "kernel/vector.h"

/* -- what is said ------------------------------------------------------------------------------ */

/* p_j = exp(z_j / T) / sum_l exp(z_l / T) */
static inline void softmax_row(int c, const real z[c], real T, real p[c])
{
    real max = vector_max(c, z);
    for (int j = 0; j < c; j++)
        p[j] = exp((z[j] - max) / T);
    real sum = vector_sum(c, p);
    for (int j = 0; j < c; j++)
        p[j] /= sum;
}

/* loss = T^2 sum_j q_j (log q_j - logp_j),   logp = log softmax(z / T) */
static inline real soft_forward(int c, const real logp[c], const real q[c], real T)
{
    real sum = 0;
    for (int j = 0; j < c; j++)
        sum += q[j] > 0 ? q[j] * (log(q[j]) - logp[j]) : 0;
    return T * T * sum;
}

/* dlogp_j = -T^2 q_j */
static inline void logp_backward(int c, const real q[c], real T, real dlogp[c])
{
    for (int j = 0; j < c; j++)
        dlogp[j] = -T * T * q[j];
}

/* logp_j = u_j - log sum_l exp(u_l):   du_j = dlogp_j - p_j sum_l dlogp_l */
static inline void u_backward(int c, const real dlogp[c], const real p[c], real du[c])
{
    real sum = vector_sum(c, dlogp);
    for (int j = 0; j < c; j++)
        du[j] = dlogp[j] - p[j] * sum;
}

/* u_j = z_j / T:   dz_j = du_j / T */
static inline void z_backward(int c, const real du[c], real T, real dz[c])
{
    for (int j = 0; j < c; j++)
        dz[j] = du[j] / T;
}

/* All three. */
static inline void soft_backward_by_steps(int c, const real p[c], const real q[c], real T,
                                          real dz[c])
{
    logp_backward(c, q, T, dz);
    real dlogp[c], du[c];
    memcpy(dlogp, dz, sizeof dlogp);
    u_backward(c, dlogp, p, du);
    z_backward(c, du, T, dz);
}

/* -- where features point ---------------------------------------------------------------------- */

static inline real length_of(int k, const real a[k])
{
    return sqrt(vector_dot(k, a, a));
}

/* u = a / |a| */
static inline void direction_of(int k, const real a[k], real u[k])
{
    real length = length_of(k, a);
    for (int j = 0; j < k; j++)
        u[j] = a[j] / length;
}

/* loss = 1 - u . w:   du_j = -w_j */
static inline void cosine_direction_backward(int k, const real w[k], real du[k])
{
    for (int j = 0; j < k; j++)
        du[j] = -w[j];
}

/* u_j = a_j / |a|:   da_j = (du_j - u_j sum_l u_l du_l) / |a| */
static inline void direction_backward(int k, const real du[k], const real u[k], real length,
                                      real da[k])
{
    real along = vector_dot(k, u, du);
    for (int j = 0; j < k; j++)
        da[j] = (du[j] - u[j] * along) / length;
}

/* loss = 1 - cos(a, b), and da. */
static inline real cosine_by_steps(int k, const real a[k], const real b[k], real da[k])
{
    real u[k], w[k], du[k];
    direction_of(k, a, u);
    direction_of(k, b, w);
    cosine_direction_backward(k, w, du);
    direction_backward(k, du, u, length_of(k, a), da);
    return 1 - vector_dot(k, u, w);
}

/* 1 - cos(a, b); 1 where one of them is all zeros. */
static inline real cosine_loss(int k, const real a[k], const real b[k])
{
    real lengths = length_of(k, a) * length_of(k, b);
    return lengths > 0 ? 1 - vector_dot(k, a, b) / lengths : 1;
}

/* -- as many features as the student has ------------------------------------------------------- */

/* Y[l][r] = 1/g sum_e X[l][e][r], for b blocks of g groups of s numbers. With s = 1 it is
 * avg_pool1d(g); with s the pixels of a map, g maps become one. */
static inline void group_mean(int b, int g, int s, const real X[b][g][s], real Y[b][s])
{
    for (int l = 0; l < b; l++)
        for (int r = 0; r < s; r++) {
            Y[l][r] = 0;
            for (int e = 0; e < g; e++)
                Y[l][r] += X[l][e][r] / (real)g;
        }
}

#endif
