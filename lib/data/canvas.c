#include "data/canvas.h"

#include "error.h"

double canvas_between(Rng *rng, double low, double high)
{
    NOT_NULL(rng);
    return low + (high - low) * rng_uniform(rng);
}

/* The sum of four random numbers, uniform on 0 .. 2^16 - 1, out of one draw. A uniform number of m
 * values has variance (m^2 - 1) / 12. */
void canvas_noise(Rng *rng, int n, double deviation, const double *clean, real *x)
{
    NOT_NULL(rng, clean, x);
    const double m = 0x1p16, mean = 4 * (m - 1) / 2;
    const double scale = deviation / sqrt(4 * (m * m - 1) / 12);
    Rng state = *rng; /* a copy stays in registers */
    for (int i = 0; i < n; i++) {
        uint64_t bits = rng_bits(&state);
        uint64_t sum =
            (bits >> 48) + (bits >> 32 & 0xffff) + (bits >> 16 & 0xffff) + (bits & 0xffff);
        x[i] = (real)(clean[i] + scale * ((double)sum - mean));
    }
    *rng = state;
}

double canvas_cover(double inside)
{
    return inside <= -0.5 ? 0 : inside >= 0.5 ? 1 : inside + 0.5;
}

/* The power series at a 16th of the angle, then (c + i s)^2 four times, which doubles it. */
Point canvas_direction(double angle)
{
    const double a = angle / 16;
    double term[16] = {1}, c = 0, s = 0;
    for (int k = 1; k < 16; k++)
        term[k] = term[k - 1] * a / k;
    for (int k = 12; k >= 0; k -= 4) {
        c += term[k] - term[k + 2];
        s += term[k + 1] - term[k + 3];
    }
    for (int doubled = 0; doubled < 4; doubled++) {
        double cos_2 = c * c - s * s;
        s = 2 * c * s;
        c = cos_2;
    }
    return (Point){c, s};
}

void canvas_expect(const char *who, const char *name, double x, double most)
{
    NOT_NULL(who, name);
    if (!(x >= 0 && x <= most))
        error_stop("%s: %s %g: expected 0 to %g", who, name, x, most);
}
