/* init.h: what the parameters are before the first step. */
#ifndef NN_INIT_H
#define NN_INIT_H

#include "kernel/random.h"

/* x[i] ~ N(0, std^2) for n elements. Error: a std below 0 or not finite. */
void init_normal(Rng *rng, double std, int n, real *x);

/* x[i] ~ U[low, high). Error: low is not below high. */
void init_uniform(Rng *rng, double low, double high, int n, real *x);

/* What a nonlinearity does to the spread of its input, and so the factor that makes up for it. */
typedef enum { INIT_LINEAR, INIT_SIGMOID, INIT_TANH, INIT_RELU } InitGain;

/* 1, 1, 5/3 and sqrt 2, as torch.nn.init.calculate_gain has them. */
double init_gain(InitGain nonlinearity);

/* Kaiming: N(0, (gain / sqrt(fan_in))^2), which keeps the variance of W x at gain^2 times x's.
 * Error: fan_in below 1. He, Zhang, Ren and Sun (2015), "Delving deep into rectifiers". */
void init_kaiming_normal(Rng *rng, InitGain nonlinearity, int fan_in, int n, real *x);

/* Xavier: U[-a, a) with a = gain sqrt(6 / (fan_in + fan_out)).
 * Error: a fan below 1.
 * Glorot and Bengio (2010), "Understanding the difficulty of training deep feedforward networks".
 */
void init_xavier_uniform(Rng *rng, InitGain nonlinearity, int fan_in, int fan_out, int n, real *x);

#endif
