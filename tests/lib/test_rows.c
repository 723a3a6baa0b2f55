/* Layer norm's kernels against plain loops over the definition, in double, in random shapes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#ifdef _OPENMP
#include <omp.h>
#endif

#include "kernel/random.h"
#include "kernel/rows.h"

enum { MOST = 1 << 17 };

/* Everything; the gradients hold what they held before, which is added to. */
static struct {
    Rows s;
    real x[MOST], y[MOST], dy[MOST], dx[MOST], xhat[MOST], std_inv[MOST];
    real gain[MOST], bias[MOST], dgain[MOST], dbias[MOST];
} p, again;

static void draw(Rng *rng, int n, double mean, real *x)
{
    for (int i = 0; i < n; i++)
        x[i] = (real)(mean + rng_normal(rng));
}

static void problem(uint64_t seed, int n, int d)
{
    Rng rng;
    rng_seed(&rng, seed);
    p.s = (Rows){n, d, (real)1e-3, p.xhat, p.std_inv};
    draw(&rng, n * d, 8, p.x); /* where the squares of x and of its mean would cancel */
    draw(&rng, n * d, 0, p.dy);
    draw(&rng, n * d, 0, p.dx);
    real *const columns[] = {p.gain, p.bias, p.dgain, p.dbias};
    for (int i = 0; i < 4; i++)
        draw(&rng, d, 0, columns[i]);
}

static void run(void)
{
    rows_normalize(&p.s, p.x, p.gain, p.bias, p.y);
    rows_normalize_backward(&p.s, p.gain, p.dy, p.dx, p.dgain, p.dbias);
}

/* Against the size of the terms that were added up. */
static void assert_near(real actual, double expected, double terms)
{
    if (!(fabs((double)actual - expected) <= 64 * (double)REAL_EPSILON * terms))
        fail_msg("%.9g, expected %.9g", (double)actual, expected);
}

static void check_row(const real *x, const real *dy, const real *dx_before, int i)
{
    const int d = p.s.d;
    double mean = 0, var = 0, sum = 0, dot = 0;
    for (int j = 0; j < d; j++)
        mean += (double)x[j] / d;
    for (int j = 0; j < d; j++)
        var += ((double)x[j] - mean) * ((double)x[j] - mean) / d;
    const double inverse = 1 / sqrt(var + (double)p.s.eps);
    for (int j = 0; j < d; j++) {
        double dxhat = (double)p.gain[j] * (double)dy[j];
        sum += dxhat / d;
        dot += dxhat * ((double)x[j] - mean) * inverse / d;
    }
    for (int j = 0; j < d; j++) {
        double xhat = ((double)x[j] - mean) * inverse, dxhat = (double)p.gain[j] * (double)dy[j];
        assert_near(p.y[i * d + j], (double)p.gain[j] * xhat + (double)p.bias[j], 10 * inverse + 1);
        assert_near(p.dx[i * d + j], (double)dx_before[j] + inverse * (dxhat - sum - xhat * dot),
                    10 * inverse * inverse * (fabs(dxhat) + 4));
    }
}

static void check(uint64_t seed, int n, int d)
{
    problem(seed, n, d);
    again = p;
    run();
    for (int i = 0; i < n; i++)
        check_row(p.x + i * d, p.dy + i * d, again.dx + i * d, i);
    for (int j = 0; j < d; j++) {
        double dgain = (double)again.dgain[j], dbias = (double)again.dbias[j];
        for (int i = 0; i < n; i++) {
            dgain += (double)p.dy[i * d + j] * (double)p.xhat[i * d + j];
            dbias += (double)p.dy[i * d + j];
        }
        assert_near(p.dgain[j], dgain, 4 * n);
        assert_near(p.dbias[j], dbias, 4 * n);
    }
}

static void layer_norm_matches_plain_loops(void **state)
{
    (void)state;
    const int sizes[][2] = {{1, 2}, {3, 5}, {7, 63}, {4, 64}, {5, 65}, {2, 200}, {9, 129}};
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++)
        check(i + 1, sizes[i][0], sizes[i][1]);
}

/* A gradient that nobody needs is not computed; the others are what they were. */
static void gradients_can_be_left_out(void **state)
{
    (void)state;
    problem(3, 4, 70);
    rows_normalize(&p.s, p.x, p.gain, p.bias, p.y);
    again = p;
    rows_normalize_backward(&p.s, p.gain, p.dy, p.dx, p.dgain, p.dbias);
    rows_normalize_backward(&p.s, p.gain, p.dy, again.dx, NULL, NULL);
    rows_normalize_backward(&p.s, p.gain, p.dy, NULL, again.dgain, again.dbias);
    assert_memory_equal(&p.dx, &again.dx, sizeof p.dx);
    assert_memory_equal(&p.dgain, &again.dgain, sizeof p.dgain);
    assert_memory_equal(&p.dbias, &again.dbias, sizeof p.dbias);
}

#ifdef _OPENMP
static void threads_do_not_change_a_bit(void **state)
{
    (void)state;
    const int before = omp_get_max_threads();
    for (int threads = 1; threads <= 3; threads++) {
        omp_set_num_threads(threads);
        problem(5, 700, 150);
        run();
        if (threads == 1)
            again = p;
        assert_memory_equal(&p, &again, sizeof p);
    }
    omp_set_num_threads(before);
}
#endif

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(layer_norm_matches_plain_loops),
        cmocka_unit_test(gradients_can_be_left_out),
#ifdef _OPENMP
        cmocka_unit_test(threads_do_not_change_a_bit),
#endif
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
