#include "nn/init.h"

#include "error.h"

void init_normal(Rng *rng, double std, int n, real *x)
{
    NOT_NULL(rng, x);
    error_if_negative("init_normal", "std", std);
    for (int i = 0; i < n; i++)
        x[i] = (real)(std * rng_normal(rng));
}

void init_uniform(Rng *rng, double low, double high, int n, real *x)
{
    NOT_NULL(rng, x);
    if (!(low < high && isfinite((real)(high - low))))
        error_stop("init_uniform: from %g to %g: expected a lower and a higher number", low, high);
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

static void check_fan(const char *who, const char *name, int fan)
{
    if (fan < 1)
        error_stop("%s: %s %d: expected 1 or more", who, name, fan);
}

void init_kaiming_normal(Rng *rng, InitGain nonlinearity, int fan_in, int n, real *x)
{
    NOT_NULL(rng, x);
    check_fan("init_kaiming_normal", "fan_in", fan_in);
    init_normal(rng, init_gain(nonlinearity) / sqrt((double)fan_in), n, x);
}

void init_xavier_uniform(Rng *rng, InitGain nonlinearity, int fan_in, int fan_out, int n, real *x)
{
    NOT_NULL(rng, x);
    check_fan("init_xavier_uniform", "fan_in", fan_in);
    check_fan("init_xavier_uniform", "fan_out", fan_out);
    double a = init_gain(nonlinearity) * sqrt(6.0 / ((double)fan_in + fan_out));
    init_uniform(rng, -a, a, n, x);
}
