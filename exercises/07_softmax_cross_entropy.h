/* 07_softmax_cross_entropy.h: the functions of exercises 07. Their tasks stand above them in
 * 07_softmax_cross_entropy.c. */
#ifndef EXERCISES_07_SOFTMAX_CROSS_ENTROPY_H
#define EXERCISES_07_SOFTMAX_CROSS_ENTROPY_H

#include "real.h"

void cross_entropy_backward(int n, int c, const real logits[n][c], const int y[n],
                            real dlogits[n][c]);

void ignored_rows_backward(int n, int c, const real probs[n][c], const int y[n],
                           real dlogits[n][c]);

void label_smoothing_backward(int n, int c, const real probs[n][c], const int y[n], real smoothing,
                              real dlogits[n][c]);

void class_weights_backward(int n, int c, const real probs[n][c], const int y[n], const real w[c],
                            real dlogits[n][c]);

void lse_backward(int n, int c, const real dlse[n], const real logits[n][c], const real lse[n],
                  real dlogits[n][c]);

void log_softmax_backward(int n, int c, const real dlogprobs[n][c], const real logprobs[n][c],
                          real dlogits[n][c]);

void soft_targets_backward(int n, int c, const real probs[n][c], const real targets[n][c],
                           real dlogits[n][c]);

void all_options_backward(int n, int c, const real probs[n][c], const int y[n], const real w[c],
                          real smoothing, real dlogits[n][c]);

#endif
