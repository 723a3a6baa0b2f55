/* Batch norm's kernels against plain loops over the definition, in double, in random shapes. */
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

#include "kernel/channels.h"
#include "kernel/random.h"

/* Everything, with what the gradients held before. */
typedef struct {
    Channels s;
    int size; /* n c l */
    real *x, *y, *dy, *dx, *gain, *bias, *dgain, *dbias;
} Problem;

/* Far from zero, where the squares of x and of its mean would cancel. */
static real *random_reals(Rng *rng, int n, double mean)
{
    real *x = malloc((size_t)n * sizeof *x);
    for (int i = 0; i < n; i++)
        x[i] = (real)(mean + rng_normal(rng));
    return x;
}

static Problem problem_new(Rng *rng, int n, int c, int l, bool constant)
{
    Problem p = {.s = {.n = n, .c = c, .l = l, .eps = (real)1e-3, .constant = constant},
                 .size = n * c * l};
    p.s.divisor = (real)(n * l - rng_below(rng, 2));
    real **per_channel[] = {&p.s.mean, &p.s.squares, &p.s.sum, &p.s.dot, &p.s.scale,
                            &p.gain,   &p.bias,      &p.dgain, &p.dbias};
    real **whole[] = {&p.y, &p.dy, &p.dx};
    for (size_t i = 0; i < sizeof per_channel / sizeof per_channel[0]; i++)
        *per_channel[i] = random_reals(rng, c, 0);
    for (size_t i = 0; i < sizeof whole / sizeof whole[0]; i++)
        *whole[i] = random_reals(rng, p.size, 0);
    p.x = random_reals(rng, p.size, 8);
    p.s.std_inv = random_reals(rng, c, 4);
    return p;
}

static void problem_free(Problem *p)
{
    real *all[] = {p->s.mean, p->s.squares, p->s.sum, p->s.dot, p->s.scale, p->s.std_inv, p->x,
                   p->y,      p->dy,        p->dx,    p->gain,  p->bias,    p->dgain,     p->dbias};
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++)
        free(all[i]);
}

static void run(Problem *p)
{
    channels_normalize(&p->s, p->x, p->gain, p->bias, p->y);
    channels_normalize_backward(&p->s, p->x, p->gain, p->dy, p->dx, p->dgain, p->dbias);
}

/* Against the size of the terms that were added up. */
static void assert_near(real actual, double expected, double terms)
{
    if (!(fabs((double)actual - expected) <= 64 * (double)REAL_EPSILON * terms))
        fail_msg("%.9g, expected %.9g", (double)actual, expected);
}

/* Element e of the N that channel j has. */
static int place(const Channels *s, int j, int e)
{
    return (e / s->l * s->c + j) * s->l + e % s->l;
}

typedef struct {
    double mean, squares, std_inv, dbias, dgain, terms;
} Expected;

static Expected expected_of(const Problem *p, int j)
{
    const Channels *s = &p->s;
    const int n = s->n * s->l;
    Expected w = {.mean = (double)s->mean[j], .std_inv = (double)s->std_inv[j]};
    if (!s->constant) {
        w.mean = 0;
        for (int e = 0; e < n; e++)
            w.mean += (double)p->x[place(s, j, e)] / n;
        for (int e = 0; e < n; e++)
            w.squares += pow((double)p->x[place(s, j, e)] - w.mean, 2);
        w.std_inv = 1 / sqrt(w.squares / (double)s->divisor + (double)s->eps);
    }
    for (int e = 0; e < n; e++) {
        double dy = (double)p->dy[place(s, j, e)];
        double xhat = ((double)p->x[place(s, j, e)] - w.mean) * w.std_inv;
        w.dbias += dy;
        w.dgain += dy * xhat;
        w.terms += fabs(dy) * (1 + (8 + fabs(w.mean)) * w.std_inv); /* x is rounded at about 8 */
    }
    return w;
}

static void check(Problem *p, const real *dx, const real *dgain, const real *dbias)
{
    const Channels *s = &p->s;
    const int n = s->n * s->l;
    for (int j = 0; j < s->c; j++) {
        Expected w = expected_of(p, j);
        const double gain = (double)p->gain[j], scale = gain * w.std_inv;
        assert_near(p->dbias[j], (double)dbias[j] + w.dbias, 1 + w.terms);
        assert_near(p->dgain[j], (double)dgain[j] + w.dgain, 1 + w.terms);
        if (!s->constant)
            assert_near(s->squares[j], w.squares, 1 + w.squares);
        for (int e = 0; e < n; e++) {
            const int at = place(s, j, e);
            double away = ((double)p->x[at] - w.mean) * w.std_inv, dy = (double)p->dy[at];
            double g = s->constant ? dy : dy - w.dbias / n - away * w.dgain / (double)s->divisor;
            double terms = 1 + fabs(scale) * (1 + w.terms) * (1 + fabs(away));
            assert_near(p->y[at], gain * away + (double)p->bias[j],
                        1 + fabs(scale) * 16 + fabs(gain * away));
            assert_near(p->dx[at], (double)dx[at] + scale * g, terms);
        }
    }
}

static real *copy(int n, const real *x)
{
    return memcpy(malloc((size_t)n * sizeof *x), x, (size_t)n * sizeof *x);
}

static void check_shape(Rng *rng, int n, int c, int l, bool constant)
{
    Problem p = problem_new(rng, n, c, l, constant);
    real *dx = copy(p.size, p.dx), *dgain = copy(c, p.dgain), *dbias = copy(c, p.dbias);
    run(&p);
    check(&p, dx, dgain, dbias);
    free(dx);
    free(dgain);
    free(dbias);
    problem_free(&p);
}

static void batch_norm_is_what_its_definition_says(void **state)
{
    (void)state;
    Rng rng;
    rng_seed(&rng, 1);
    for (int trial = 0; trial < 300; trial++) {
        int n = 2 + rng_below(&rng, 8), c = 1 + rng_below(&rng, 40);
        int l = trial % 2 ? 1 : 1 + rng_below(&rng, 200);
        check_shape(&rng, n, c, l, trial % 3 == 0);
    }
    check_shape(&rng, 1, 3, 2, false);
    check_shape(&rng, 1, 3, 1, true);
}

/* What nobody needs is left out, and what is left comes out the same. */
static void a_gradient_that_is_not_wanted_is_left_out(void **state)
{
    (void)state;
    for (int l = 1; l <= 7; l += 6) {
        Rng rng, again;
        rng_seed(&rng, 2);
        again = rng;
        Problem p = problem_new(&rng, 4, 5, l, false), q = problem_new(&again, 4, 5, l, false);
        run(&p);
        channels_normalize(&q.s, q.x, q.gain, q.bias, q.y);
        channels_normalize_backward(&q.s, q.x, q.gain, q.dy, q.dx, NULL, NULL);
        channels_normalize_backward(&q.s, q.x, q.gain, q.dy, NULL, q.dgain, NULL);
        channels_normalize_backward(&q.s, q.x, q.gain, q.dy, NULL, NULL, q.dbias);
        assert_memory_equal(p.dx, q.dx, (size_t)p.size * sizeof(real));
        assert_memory_equal(p.dgain, q.dgain, 5 * sizeof(real));
        assert_memory_equal(p.dbias, q.dbias, 5 * sizeof(real));
        problem_free(&p);
        problem_free(&q);
    }
}

static void any_number_of_threads_gives_the_same_bits(void **state)
{
    (void)state;
#ifdef _OPENMP
    enum { N = 16, C = 11, L = 1000 };
    const int threads = omp_get_max_threads();
    Problem p[6];
    omp_set_dynamic(0);
    for (int n = 1; n <= 5; n++) {
        Rng rng;
        rng_seed(&rng, 3);
        omp_set_num_threads(n);
        p[n] = problem_new(&rng, N, C, L, false);
        run(&p[n]);
        assert_memory_equal(p[n].y, p[1].y, (size_t)p[1].size * sizeof(real));
        assert_memory_equal(p[n].dx, p[1].dx, (size_t)p[1].size * sizeof(real));
        assert_memory_equal(p[n].dgain, p[1].dgain, C * sizeof(real));
        assert_memory_equal(p[n].dbias, p[1].dbias, C * sizeof(real));
    }
    for (int n = 1; n <= 5; n++)
        problem_free(&p[n]);
    omp_set_num_threads(threads);
#else
    skip(); /* built without OpenMP */
#endif
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(batch_norm_is_what_its_definition_says),
        cmocka_unit_test(a_gradient_that_is_not_wanted_is_left_out),
        cmocka_unit_test(any_number_of_threads_gives_the_same_bits),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
