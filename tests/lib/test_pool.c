/* The pooling kernels against plain loops over the definition, in random shapes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#ifdef _OPENMP
#include <omp.h>
#endif

#include "kernel/pool.h"
#include "kernel/random.h"

typedef struct {
    Pool pool;
    int size_x, size_y;
    real *x, *y, *dy, *dx;
} Problem;

static PoolAxis random_axis(Rng *rng, int most)
{
    PoolAxis a = {.kernel = 1 + rng_below(rng, 5), .stride = 1 + rng_below(rng, 4)};
    a.padding = rng_below(rng, a.kernel / 2 + 1);
    do
        a.n = 1 + rng_below(rng, most);
    while (a.n + 2 * a.padding < a.kernel);
    a.out = (a.n + 2 * a.padding - a.kernel) / a.stride + 1;
    return a;
}

static PoolAxis in_twos(Rng *rng, int most)
{
    int n = 2 + rng_below(rng, most);
    return (PoolAxis){.n = n, .kernel = 2, .stride = 2, .out = n / 2};
}

/* Few values, so that there are ties; sometimes NaN and infinities. */
static real random_element(Rng *rng, bool odd)
{
    static const real strange[] = {NAN, INFINITY, -INFINITY, (real)-0.0};
    return odd && rng_below(rng, 4) == 0 ? strange[rng_below(rng, 4)]
                                         : (real)(rng_below(rng, 9) - 4) / 4;
}

static Problem problem_new(Rng *rng, Pool pool, bool odd)
{
    Problem p = {.pool = pool,
                 .size_x = pool.planes * pool.down.n * pool.across.n,
                 .size_y = pool.planes * pool.down.out * pool.across.out};
    p.x = calloc((size_t)p.size_x, sizeof(real));
    p.dx = malloc((size_t)p.size_x * sizeof(real));
    p.y = malloc((size_t)p.size_y * sizeof(real));
    p.dy = malloc((size_t)p.size_y * sizeof(real));
    p.pool.place = malloc((size_t)p.size_y * sizeof(int));
    for (int i = 0; i < p.size_x; i++) {
        p.x[i] = random_element(rng, odd);
        p.dx[i] = (real)i; /* what is there stays */
    }
    for (int i = 0; i < p.size_y; i++)
        p.dy[i] = (real)(1 + rng_below(rng, 64)) / 32;
    return p;
}

static void problem_free(Problem *p)
{
    free(p->x);
    free(p->y);
    free(p->dy);
    free(p->dx);
    free(p->pool.place);
}

/* Output `at`, by the definition: the place of its largest element, the sum of all, and, if dx is
 * not NULL, `part` added to all of them. Places are those in x as a whole. */
typedef struct {
    int largest;
    double sum;
} Found;

static Found find(const Problem *p, int at, real *dx, real part)
{
    const PoolAxis *down = &p->pool.down, *across = &p->pool.across;
    const int plane = at / (down->out * across->out), i = at / across->out % down->out;
    Found found = {-1, 0};
    for (int k = 0; k < down->kernel; k++)
        for (int l = 0; l < across->kernel; l++) {
            int row = i * down->stride - down->padding + k;
            int column = at % across->out * across->stride - across->padding + l;
            if (row < 0 || row >= down->n || column < 0 || column >= across->n)
                continue;
            int here = (plane * down->n + row) * across->n + column;
            if (found.largest < 0 || p->x[here] > p->x[found.largest] || isnan(p->x[here]))
                found.largest = here;
            found.sum += (double)p->x[here];
            if (dx)
                dx[here] += part;
        }
    return found;
}

static void check_max(Problem *p)
{
    const int plane_x = p->pool.down.n * p->pool.across.n;
    const int plane_y = p->pool.down.out * p->pool.across.out;
    real *dx = malloc((size_t)p->size_x * sizeof(real));
    memcpy(dx, p->dx, (size_t)p->size_x * sizeof(real));
    max_pool(&p->pool, p->x, p->y);
    for (int i = 0; i < p->size_y; i++) {
        int largest = find(p, i, NULL, 0).largest;
        assert_int_equal(p->pool.place[i] + i / plane_y * plane_x, largest);
        assert_memory_equal(&p->y[i], &p->x[largest], sizeof(real));
        dx[largest] += p->dy[i];
    }
    max_pool_backward(&p->pool, p->dy, p->dx);
    assert_memory_equal(p->dx, dx, (size_t)p->size_x * sizeof(real));
    free(dx);
}

static void check_average(Problem *p)
{
    const double size = p->pool.down.kernel * p->pool.across.kernel;
    real *dx = malloc((size_t)p->size_x * sizeof(real));
    memcpy(dx, p->dx, (size_t)p->size_x * sizeof(real));
    average_pool(&p->pool, p->x, p->y);
    for (int i = 0; i < p->size_y; i++) {
        double average = find(p, i, dx, p->dy[i] / (real)size).sum / size;
        if (isnan(average))
            assert_true(isnan(p->y[i]));
        else if (isinf(average))
            assert_true((double)p->y[i] == average);
        else
            assert_true(fabs((double)p->y[i] - average) <= 2 * (double)REAL_EPSILON);
    }
    average_pool_backward(&p->pool, p->dy, p->dx);
    assert_memory_equal(p->dx, dx, (size_t)p->size_x * sizeof(real));
    free(dx);
}

static void check_random_shapes(PoolAxis (*axis)(Rng *rng, int most), int most)
{
    Rng rng;
    rng_seed(&rng, 1);
    for (int trial = 0; trial < 400; trial++) {
        PoolAxis down = axis(&rng, 12), across = axis(&rng, most);
        Pool pool = {.planes = 1 + rng_below(&rng, 3), .down = down, .across = across};
        Problem p = problem_new(&rng, pool, trial % 2);
        check_max(&p);
        check_average(&p);
        problem_free(&p);
    }
}

static void pooling_is_what_its_definition_says(void **state)
{
    (void)state;
    check_random_shapes(random_axis, 20);
}

/* 80 columns are more than two vectors of the widest kind. */
static void pooling_two_by_two_is_what_its_definition_says(void **state)
{
    (void)state;
    check_random_shapes(in_twos, 80);
}

/* -- threads ----------------------------------------------------------------------------------- */

static void any_number_of_threads_gives_the_same_bits(void **state)
{
    (void)state;
#ifdef _OPENMP
    static const Pool pools[] = {
        {37, {100, 2, 2, 0, 50}, {101, 2, 2, 0, 50}, NULL},
        {37, {100, 3, 2, 1, 50}, {101, 3, 1, 1, 101}, NULL},
    };
    const int threads = omp_get_max_threads();
    Rng rng;
    rng_seed(&rng, 2);
    omp_set_dynamic(0);
    for (int k = 0; k < 2; k++)
        for (int n = 1; n <= 5; n++) {
            omp_set_num_threads(n);
            Problem p = problem_new(&rng, pools[k], true);
            check_max(&p);
            check_average(&p);
            problem_free(&p);
        }
    omp_set_num_threads(threads);
#else
    skip(); /* built without OpenMP */
#endif
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pooling_is_what_its_definition_says),
        cmocka_unit_test(pooling_two_by_two_is_what_its_definition_says),
        cmocka_unit_test(any_number_of_threads_gives_the_same_bits),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
