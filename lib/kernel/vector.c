#include "kernel/vector.h"

#include <stdbool.h>

#include "kernel/simd.h"

void vector_fill(int n, real value, real *y)
{
    for (int i = 0; i < n; i++)
        y[i] = value;
}

void vector_add(int n, const real *x, real *y)
{
    for (int i = 0; i < n; i += LANES)
        store_part(n - i, y + i, load_part(n - i, y + i, 0) + load_part(n - i, x + i, 0));
}

void vector_add_scaled(int n, real a, const real *x, real *y)
{
    for (int i = 0; i < n; i += LANES)
        store_part(n - i, y + i, load_part(n - i, y + i, 0) + a * load_part(n - i, x + i, 0));
}

/* -- sums and the largest element ---------------------------------------------------------------
 *
 * An addition takes several cycles, but the next independent one can start at once. PARTIALS
 * vectors are therefore summed side by side and added together at the end. Which element goes into
 * which partial sum is fixed by its index, so the rounding errors are the same every time. */

enum { PARTIALS = 4 };

ALWAYS_INLINE real sum_of(Vector partial[PARTIALS])
{
    Vector v = (partial[0] + partial[1]) + (partial[2] + partial[3]);
    real sum = v[0];
    for (int i = 1; i < LANES; i++)
        sum += v[i];
    return sum;
}

real vector_sum(int n, const real *x)
{
    Vector partial[PARTIALS] = {0};
    int i = 0;
    for (; i + PARTIALS * LANES <= n; i += PARTIALS * LANES)
        for (int j = 0; j < PARTIALS; j++)
            partial[j] += load(x + i + j * LANES);
    for (int j = 0; i < n; i += LANES, j++)
        partial[j] += load_part(n - i, x + i, 0);
    return sum_of(partial);
}

real vector_dot(int n, const real *x, const real *y)
{
    Vector partial[PARTIALS] = {0};
    int i = 0;
    for (; i + PARTIALS * LANES <= n; i += PARTIALS * LANES)
        for (int j = 0; j < PARTIALS; j++)
            partial[j] += load(x + i + j * LANES) * load(y + i + j * LANES);
    for (int j = 0; i < n; i += LANES, j++)
        partial[j] += load_part(n - i, x + i, 0) * load_part(n - i, y + i, 0);
    return sum_of(partial);
}

/* The larger of a and b in each place; a comparison with NaN is false, so NaN is looked for. */
ALWAYS_INLINE Vector larger(Vector a, Vector b)
{
    return choose((a > b) | (a != a), a, b);
}

ALWAYS_INLINE real largest_of(Vector partial[PARTIALS])
{
    Vector v = larger(larger(partial[0], partial[1]), larger(partial[2], partial[3]));
    real max = v[0];
    bool any_nan = false;
    for (int i = 0; i < LANES; i++) {
        max = v[i] > max ? v[i] : max;
        any_nan |= v[i] != v[i];
    }
    return any_nan ? (real)NAN : max;
}

real vector_max(int n, const real *x)
{
    Vector partial[PARTIALS];
    for (int j = 0; j < PARTIALS; j++)
        partial[j] = x[0] - (Vector){0};
    int i = 0;
    for (; i + PARTIALS * LANES <= n; i += PARTIALS * LANES)
        for (int j = 0; j < PARTIALS; j++)
            partial[j] = larger(partial[j], load(x + i + j * LANES));
    for (int j = 0; i < n; i += LANES, j++)
        partial[j] = larger(partial[j], load_part(n - i, x + i, x[0]));
    return largest_of(partial);
}
