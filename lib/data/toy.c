#include "data/toy.h"

#include "kernel/random.h"

Dataset toy_line(uint64_t seed, int n, double slope, double intercept, double noise)
{
    Rng rng;
    rng_seed(&rng, seed);
    Dataset line = dataset_new(n, 1, 1);
    for (int i = 0; i < n; i++) {
        double x = 2 * rng_uniform(&rng) - 1;
        line.x[i] = (real)x;
        line.y[i] = (real)(slope * x + intercept + noise * rng_normal(&rng));
    }
    return line;
}

Dataset toy_moons(uint64_t seed, int n, double noise)
{
    const double pi = 3.14159265358979323846;
    Rng rng;
    rng_seed(&rng, seed);
    Dataset moons = dataset_new(n, 2, 1);
    real *x = moons.x;
    for (int i = 0; i < n; i++, x += 2) {
        int moon = i % 2;
        double t = pi * rng_uniform(&rng);
        double across = moon ? 1 - cos(t) : cos(t), up = moon ? 0.5 - sin(t) : sin(t);
        x[0] = (real)(across + noise * rng_normal(&rng));
        x[1] = (real)(up + noise * rng_normal(&rng));
        moons.y[i] = (real)moon;
    }
    return moons;
}

Dataset toy_xor(void)
{
    Dataset corners = dataset_new(4, 2, 1);
    for (int i = 0; i < 4; i++) {
        int first = i / 2, second = i % 2;
        corners.x[2 * i] = (real)first;
        corners.x[2 * i + 1] = (real)second;
        corners.y[i] = (real)(first != second);
    }
    return corners;
}
