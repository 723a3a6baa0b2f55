/* 22_data_parallel.h: the functions of exercises 22. Their tasks stand above them in
 * 22_data_parallel.c. */
#ifndef EXERCISES_22_DATA_PARALLEL_H
#define EXERCISES_22_DATA_PARALLEL_H

#include "real.h"

void cut_batch(int n, int b, int t, int p, real begin[p], real end[p]);

void mean_of_shards(int p, int k, const int n[p], const real dW[p][k], real mean[k]);

void tree_sum(int s, int k, real x[s][k]);

void ring_reduce_scatter(int p, int k, real x[p][p][k]);

void ring_all_gather(int p, int k, real x[p][p][k]);

void moments_of_ranks(int p, int k, const int n[p], const real rank_mean[p][k],
                      const real rank_var[p][k], real mean[k], real var[k]);

void batchnorm_across_backward(int p, int n, int k, const real dY[p][n][k],
                               const real xhat[p][n][k], const real gain[k], const real var_inv[k],
                               real dX[p][n][k]);

void accumulated_step(int m, int k, const int n[m], const real dW[m][k], real lr, real momentum,
                      real v[k], real W[k]);

#endif
