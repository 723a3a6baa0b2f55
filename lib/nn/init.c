#include "nn/init.h"

void init_normal(Rng *rng, double std, int n, real *x)
{
    for (int i = 0; i < n; i++)
        x[i] = (real)(std * rng_normal(rng));
}

void init_uniform(Rng *rng, double low, double high, int n, real *x)
{
    for (int i = 0; i < n; i++) {
        x[i] = (real)(low + (high - low) * rng_uniform(rng));
        if (x[i] >= (real)high)
            x[i] = (real)low; /* rounded up to the end that does not belong */
    }
}

double init_gain(InitGain nonlinearity)
{
    switch (nonlinearity) {
    case INIT_TANH:
        return 5.0 / 3.0;
    case INIT_RELU:
        return sqrt(2.0);
    default:
        return 1;
    }
}

void init_kaiming_normal(Rng *rng, InitGain nonlinearity, int fan_in, int n, real *x)
{
    init_normal(rng, init_gain(nonlinearity) / sqrt((double)fan_in), n, x);
}

void init_xavier_uniform(Rng *rng, InitGain nonlinearity, int fan_in, int fan_out, int n, real *x)
{
    double a = init_gain(nonlinearity) * sqrt(6.0 / ((double)fan_in + fan_out));
    init_uniform(rng, -a, a, n, x);
}
