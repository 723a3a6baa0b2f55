#include "kernel/vector.h"

#include <stdbool.h>

#include "kernel/simd.h"

/* Positions are counted in ptrdiff_t: the step behind the last of INT_MAX elements is no int. */

void vector_fill(int n, real value, real *y)
{
    for (ptrdiff_t i = 0; i < n; i++)
        y[i] = value;
}

void vector_add(int n, const real *x, real *y)
{
    for (ptrdiff_t i = 0; i < n; i += LANES)
        store_part(n - i, y + i, load_part(n - i, y + i, 0) + load_part(n - i, x + i, 0));
}

void vector_add_scaled(int n, real a, const real *x, real *y)
{
    for (ptrdiff_t i = 0; i < n; i += LANES)
        store_part(n - i, y + i, load_part(n - i, y + i, 0) + a * load_part(n - i, x + i, 0));
}

/* -- sums and the largest element ---------------------------------------------------------------
 *
 * An addition takes several cycles, but the next independent one can start at once. Several vectors
 * are therefore summed side by side. Element i goes into the partial sum i % PARTIAL_SUMS, and at
 * the end the upper half of the partial sums is added to the lower half until one is left. That
 * order has nothing to do with the width of a vector, so the rounding errors are the same on every
 * machine. */

enum { PARTIAL_SUMS = 256 / sizeof(real), PARTIALS = PARTIAL_SUMS / LANES };

ALWAYS_INLINE real sum_of(Vector partial[PARTIALS])
{
    real lane[LANES];
    for (int half = PARTIALS / 2; half > 0; half /= 2)
        for (int i = 0; i < half; i++)
            partial[i] += partial[i + half];
    store(lane, partial[0]);
    for (int half = LANES / 2; half > 0; half /= 2)
        for (int i = 0; i < half; i++)
            lane[i] += lane[i + half];
    return lane[0];
}

real vector_sum(int n, const real *x)
{
    Vector partial[PARTIALS] = {{0}};
    ptrdiff_t i = 0;
    for (; i + PARTIAL_SUMS <= n; i += PARTIAL_SUMS)
        for (int j = 0; j < PARTIALS; j++)
            partial[j] += load(x + i + j * LANES);
    UNROLLED_FOR (j, PARTIALS)
        if (j * LANES < n - i)
            partial[j] += load_part(n - i - j * LANES, x + i + j * LANES, 0);
    return sum_of(partial);
}

real vector_dot_about(int n, const real *x, real x_0, const real *y, real y_0)
{
    Vector partial[PARTIALS] = {{0}};
    ptrdiff_t i = 0;
    for (; i + PARTIAL_SUMS <= n; i += PARTIAL_SUMS)
        for (int j = 0; j < PARTIALS; j++)
            partial[j] += (load(x + i + j * LANES) - x_0) * (load(y + i + j * LANES) - y_0);
    UNROLLED_FOR (j, PARTIALS)
        if (j * LANES < n - i)
            partial[j] += (load_part(n - i - j * LANES, x + i + j * LANES, x_0) - x_0) *
                          (load_part(n - i - j * LANES, y + i + j * LANES, y_0) - y_0);
    return sum_of(partial);
}

real vector_dot(int n, const real *x, const real *y)
{
    return vector_dot_about(n, x, 0, y, 0);
}

/* The larger of a and b in each place, a if they are equal: which of two zeros is found must not
 * depend on how they are compared. A comparison with NaN is false, so NaN is looked for. */
ALWAYS_INLINE Vector larger(Vector a, Vector b)
{
    return choose((b > a) | (b != b), b, a);
}

/* A NaN that stood in any place is in one of the partial results. */
ALWAYS_INLINE real largest_of(Vector partial[PARTIALS])
{
    real lane[LANES];
    Int is_nan[LANES];
    for (int half = PARTIALS / 2; half > 0; half /= 2)
        for (int i = 0; i < half; i++)
            partial[i] = larger(partial[i], partial[i + half]);
    store(lane, partial[0]);
    for (int i = 0; i < LANES; i++)
        is_nan[i] = lane[i] != lane[i];
    for (int half = LANES / 2; half > 0; half /= 2)
        for (int i = 0; i < half; i++) {
            lane[i] = lane[i] < lane[i + half] ? lane[i + half] : lane[i];
            is_nan[i] |= is_nan[i + half];
        }
    return is_nan[0] ? (real)NAN : lane[0];
}

real vector_max(int n, const real *x)
{
    Vector partial[PARTIALS];
    for (int j = 0; j < PARTIALS; j++)
        partial[j] = all(x[0]);
    ptrdiff_t i = 0;
    for (; i + PARTIAL_SUMS <= n; i += PARTIAL_SUMS)
        for (int j = 0; j < PARTIALS; j++)
            partial[j] = larger(partial[j], load(x + i + j * LANES));
    UNROLLED_FOR (j, PARTIALS)
        if (j * LANES < n - i)
            partial[j] = larger(partial[j], load_part(n - i - j * LANES, x + i + j * LANES, x[0]));
    return largest_of(partial);
}
