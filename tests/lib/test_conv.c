/* Convolution and its gradients are held against plain loops, summed in long double. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#ifdef _OPENMP
#include <omp.h>
#endif

#include "kernel/conv.h"
#include "kernel/random.h"
#include "kernel/simd.h"

/* -- what is asked ----------------------------------------------------------------------------- */

static int product(const int size[CONV_AXES])
{
    return size[0] * size[1] * size[2];
}

static int x_size(const Conv *c)
{
    return c->batch * c->in * product(c->x);
}

static int y_size(const Conv *c)
{
    return c->batch * c->out * product(c->y);
}

static int w_size(const Conv *c)
{
    return c->out * c->in * product(c->kernel);
}

static void set_y(Conv *c)
{
    for (int d = 0; d < CONV_AXES; d++)
        c->y[d] = (c->x[d] + 2 * c->padding[d] - c->kernel[d]) / c->stride[d] + 1;
    c->threads = conv_threads();
}

/* Over two axes, with the same kernel, stride and padding in both. */
static Conv square(int batch, int in, int out, int rows, int columns, int kernel, int stride,
                   int padding)
{
    Conv c = {.batch = batch,
              .in = in,
              .out = out,
              .x = {1, rows, columns},
              .kernel = {1, kernel, kernel},
              .stride = {1, stride, stride},
              .padding = {0, padding, padding}};
    set_y(&c);
    return c;
}

static const char *text_of(const Conv *c)
{
    static char text[256];
    int at = snprintf(text, sizeof text, "batch %d, %d to %d channels", c->batch, c->in, c->out);
    for (int d = 0; d < CONV_AXES; d++)
        at += snprintf(text + at, sizeof text - (size_t)at, ", x %d kernel %d stride %d padding %d",
                       c->x[d], c->kernel[d], c->stride[d], c->padding[d]);
    return text;
}

/* An array of exactly its size, so that the sanitizer sees a read or write beside it. */
static real *random_array(Rng *rng, int size)
{
    real *x = malloc((size_t)size * sizeof *x);
    for (int i = 0; i < size; i++)
        x[i] = (real)(2 * rng_uniform(rng) - 1);
    return x;
}

/* Full of NaN, since nothing may depend on what is in it. */
static void *scratch_of(size_t bytes)
{
    void *scratch = NULL;
    assert_int_equal(posix_memalign(&scratch, 64, bytes), 0);
    memset(scratch, 0xff, bytes);
    return scratch;
}

typedef struct {
    real *x, *w, *bias, *y; /* y: what is there before, the gradient from above, or relu's output */
    real *dy, *dx, *dw, *db;
} Numbers;

static Numbers numbers_new(const Conv *c, uint64_t seed)
{
    Rng rng;
    rng_seed(&rng, seed);
    return (Numbers){.x = random_array(&rng, x_size(c)),
                     .w = random_array(&rng, w_size(c)),
                     .bias = random_array(&rng, c->out + c->in),
                     .y = random_array(&rng, y_size(c)),
                     .dy = random_array(&rng, y_size(c)),
                     .dx = random_array(&rng, x_size(c)),
                     .dw = random_array(&rng, w_size(c)),
                     .db = random_array(&rng, c->out)};
}

static void numbers_free(Numbers *a)
{
    free(a->x), free(a->w), free(a->bias), free(a->y);
    free(a->dy), free(a->dx), free(a->dw), free(a->db);
}

/* -- against plain loops ----------------------------------------------------------------------- */

/* Sums in long double, and the size of their terms, by which a rounding is measured. */
typedef struct {
    long double *sum, *size;
    int *terms;
} Sums;

static Sums sums_new(int n)
{
    return (Sums){calloc((size_t)n, sizeof(long double)), calloc((size_t)n, sizeof(long double)),
                  calloc((size_t)n, sizeof(int))};
}

static void sums_free(Sums *s)
{
    free(s->sum), free(s->size), free(s->terms);
}

static void add_term(Sums *s, int at, long double term)
{
    s->sum[at] += term;
    s->size[at] += fabsl(term);
    s->terms[at]++;
}

/* The three maps at once: what every product of w[o][c][i] adds for every p. */
static void plain_product(const Conv *c, const Numbers *a, const real *relu, int x, int w, int y,
                          Sums s[3])
{
    real dy = relu && relu[y] <= 0 ? 0 : a->dy[y];
    add_term(&s[0], y, (long double)a->w[w] * a->x[x]);
    add_term(&s[1], x, (long double)a->w[w] * dy);
    add_term(&s[2], w, (long double)a->x[x] * dy);
    (void)c;
}

/* Where tap i of target p is in an image; -1 beyond its border. */
static int under(const Conv *c, const int p[CONV_AXES], const int i[CONV_AXES])
{
    int at = 0;
    for (int d = 0; d < CONV_AXES; d++) {
        int q = c->stride[d] * p[d] + i[d] - c->padding[d];
        if (q < 0 || q >= c->x[d])
            return -1;
        at = at * c->x[d] + q;
    }
    return at;
}

static void next(const int size[CONV_AXES], int at[CONV_AXES])
{
    for (int d = CONV_AXES - 1; d >= 0 && ++at[d] == size[d]; d--)
        at[d] = 0;
}

static void plain_loops(const Conv *c, const Numbers *a, const real *relu, Sums s[3])
{
    const int targets = product(c->y), taps = product(c->kernel), pixels = product(c->x);
    int p[CONV_AXES] = {0}, i[CONV_AXES] = {0};
    for (int target = 0; target < targets; target++, next(c->y, p))
        for (int tap = 0; tap < taps; tap++, next(c->kernel, i)) {
            const int q = under(c, p, i);
            for (int n = 0; q >= 0 && n < c->batch; n++)
                for (int o = 0; o < c->out; o++)
                    for (int k = 0; k < c->in; k++)
                        plain_product(c, a, relu, (n * c->in + k) * pixels + q,
                                      (o * c->in + k) * taps + tap,
                                      (n * c->out + o) * targets + target, s);
        }
}

/* Each of the products and sums may round once, by half a unit; `before` and `bias` are two more.
 */
static void check_sum(const Conv *c, const char *what, const Sums *s, int at, real got, real before,
                      real bias, bool relu)
{
    long double wanted = s->sum[at] + before + bias;
    long double size = s->size[at] + fabsl((long double)before) + fabsl((long double)bias);
    if (relu && wanted < 0)
        wanted = 0;
    if (!(fabsl(got - wanted) <= (s->terms[at] + 8) * (long double)REAL_EPSILON * size))
        fail_msg("%s: %s[%d] is %.9g, not %.9Lg", text_of(c), what, at, (double)got, wanted);
}

/* What the flags ask for: add, bias, relu in the forward pass; in the gradients relu is that of the
 * output, and add and bias are those of dx. */
enum { ADD = 1, BIAS = 2, RELU = 4 };

static void check_forward(const Conv *c, const Numbers *a, int flags, const Sums *s)
{
    void *scratch = scratch_of(conv_forward_scratch(c));
    const int n = y_size(c), targets = product(c->y);
    real *y = malloc((size_t)n * sizeof *y);
    memcpy(y, a->y, (size_t)n * sizeof *y);
    conv_forward(c, (ConvSource){.data = a->x}, a->w,
                 (ConvResult){y, flags & ADD, flags & BIAS ? a->bias : NULL, flags & RELU},
                 scratch);
    for (int i = 0; i < n; i++)
        check_sum(c, "y", s, i, y[i], flags & ADD ? a->y[i] : 0,
                  flags & BIAS ? a->bias[i / targets % c->out] : 0, flags & RELU);
    free(y);
    free(scratch);
}

static void check_input(const Conv *c, const Numbers *a, int flags, const Sums *s)
{
    void *scratch = scratch_of(conv_input_scratch(c));
    const int n = x_size(c), pixels = product(c->x);
    real *dx = malloc((size_t)n * sizeof *dx);
    memcpy(dx, a->dx, (size_t)n * sizeof *dx);
    conv_input(c, (ConvSource){a->dy, flags & RELU ? a->y : NULL}, a->w,
               (ConvResult){dx, flags & ADD, flags & BIAS ? a->bias : NULL, false}, scratch);
    for (int i = 0; i < n; i++)
        check_sum(c, "dx", s, i, dx[i], flags & ADD ? a->dx[i] : 0,
                  flags & BIAS ? a->bias[i / pixels % c->in] : 0, false);
    free(dx);
    free(scratch);
}

static void check_weight(const Conv *c, const Numbers *a, int flags, const Sums *s)
{
    void *scratch = scratch_of(conv_weight_scratch(c));
    const ConvSource dy = {a->dy, flags & RELU ? a->y : NULL};
    real *dw = malloc((size_t)w_size(c) * sizeof *dw), *db = malloc((size_t)c->out * sizeof *db);
    memcpy(dw, a->dw, (size_t)w_size(c) * sizeof *dw);
    memcpy(db, a->db, (size_t)c->out * sizeof *db);
    conv_weight(c, (ConvSource){.data = a->x}, dy, dw, db, scratch);
    for (int i = 0; i < w_size(c); i++)
        check_sum(c, "dw", s, i, dw[i], a->dw[i], 0, false);
    Sums bias = sums_new(c->out);
    for (int i = 0; i < y_size(c); i++)
        add_term(&bias, i / product(c->y) % c->out,
                 dy.relu && dy.relu[i] <= 0 ? 0 : (long double)a->dy[i]);
    for (int o = 0; o < c->out; o++)
        check_sum(c, "db", &bias, o, db[o], a->db[o], 0, false);
    sums_free(&bias);
    free(dw), free(db);
    free(scratch);
}

static void check(const Conv *c, int flags)
{
    Numbers a = numbers_new(c, (uint64_t)x_size(c) * 1009 + (uint64_t)w_size(c));
    Sums s[3] = {sums_new(y_size(c)), sums_new(x_size(c)), sums_new(w_size(c))};
    plain_loops(c, &a, flags & RELU ? a.y : NULL, s);
    check_forward(c, &a, flags, &s[0]);
    check_input(c, &a, flags, &s[1]);
    check_weight(c, &a, flags, &s[2]);
    for (int i = 0; i < 3; i++)
        sums_free(&s[i]);
    numbers_free(&a);
}

static void conv_matches_plain_loops_for_every_result(void **state)
{
    (void)state;
    for (int flags = 0; flags < 8; flags++) {
        Conv c = square(2, 3, 5, 9, 19, 3, 1, 1);
        check(&c, flags);
        c = square(1, 4, 17, 12, 11, 3, 2, 1);
        check(&c, flags);
    }
}

static void conv_matches_at_the_edges(void **state)
{
    (void)state;
    static const int shapes[][8] = {
        {1, 1, 1, 1, 1, 1, 1, 0},  {1, 1, 1, 1, 1, 3, 1, 1},   {2, 1, 3, 2, 1, 5, 1, 2},
        {1, 2, 1, 5, 5, 5, 1, 0},  {3, 1, 2, 5, 7, 4, 1, 3},   {2, 2, 2, 7, 5, 1, 3, 0},
        {1, 3, 2, 7, 9, 2, 3, 0},  {1, 2, 3, 8, 8, 3, 5, 2},   {2, 3, 4, 1, 40, 1, 1, 0},
        {1, 20, 3, 2, 3, 3, 1, 1}, {1, 1, 40, 3, 17, 2, 1, 1}, {5, 1, 1, 4, 4, 3, 4, 4},
    };
    for (size_t i = 0; i < sizeof shapes / sizeof shapes[0]; i++) {
        const int *s = shapes[i];
        Conv c = square(s[0], s[1], s[2], s[3], s[4], s[5], s[6], s[7]);
        check(&c, ADD | BIAS);
    }
}

/* Channels, rows and columns too many for one block. */
static void conv_matches_where_it_is_cut_into_blocks(void **state)
{
    (void)state;
    Conv c = square(1, 130, 3, 5, 6, 3, 1, 1);
    check(&c, BIAS | RELU);
    c = square(1, 3, 201, 6, 5, 2, 2, 0);
    check(&c, RELU);
    c = square(1, 40, 2, 60, 61, 3, 1, 1);
    check(&c, BIAS);
    c = square(2, 1, 2, 2, 5001, 2, 1, 0);
    check(&c, ADD);
    c = square(1, 1, 1, 70, 71, 33, 2, 16);
    check(&c, 0);
    c = (Conv){1, 2, 3, {40, 9, 50}, {3, 2, 3}, {2, 1, 1}, {1, 0, 1}, {0}, 0};
    set_y(&c);
    check(&c, BIAS);
}

static void random_shape(Rng *rng, Conv *c)
{
    const int axes = 1 + rng_below(rng, 3), most = axes == 1 ? 90 : axes == 2 ? 24 : 9;
    *c = (Conv){
        .batch = 1 + rng_below(rng, 6), .in = 1 + rng_below(rng, 9), .out = 1 + rng_below(rng, 20)};
    for (int d = 0; d < CONV_AXES; d++) {
        const bool used = d >= CONV_AXES - axes;
        c->x[d] = used ? 1 + rng_below(rng, most) : 1;
        c->padding[d] = used ? rng_below(rng, 4) : 0;
        c->kernel[d] = used ? 1 + rng_below(rng, 6) : 1;
        if (c->kernel[d] > c->x[d] + 2 * c->padding[d])
            c->kernel[d] = c->x[d] + 2 * c->padding[d];
        c->stride[d] = used ? 1 + rng_below(rng, 4) : 1;
    }
    set_y(c);
}

static void conv_matches_at_random_shapes_over_one_to_three_axes(void **state)
{
    (void)state;
    Rng rng;
    rng_seed(&rng, 13);
    for (int round = 0; round < 150; round++) {
        Conv c;
        random_shape(&rng, &c);
        check(&c, rng_below(&rng, 8));
    }
}

/* -- to the bit -------------------------------------------------------------------------------- */

/* The results of one convolution, one behind the other: y, dx, dw, db. */
static int results_size(const Conv *c)
{
    return y_size(c) + x_size(c) + w_size(c) + c->out;
}

static real *results(const Conv *c, const Numbers *a)
{
    real *all = calloc((size_t)results_size(c), sizeof *all);
    real *dx = all + y_size(c), *dw = dx + x_size(c), *db = dw + w_size(c);
    void *scratch[] = {scratch_of(conv_forward_scratch(c)), scratch_of(conv_input_scratch(c)),
                       scratch_of(conv_weight_scratch(c))};
    conv_forward(c, (ConvSource){.data = a->x}, a->w, (ConvResult){.y = all, .bias = a->bias},
                 scratch[0]);
    conv_input(c, (ConvSource){a->dy, a->y}, a->w, (ConvResult){.y = dx}, scratch[1]);
    conv_weight(c, (ConvSource){.data = a->x}, (ConvSource){a->dy, a->y}, dw, db, scratch[2]);
    for (int i = 0; i < 3; i++)
        free(scratch[i]);
    return all;
}

#ifdef _OPENMP
static void result_has_the_same_bits_for_any_number_of_threads(void **state)
{
    (void)state;
    static const int shapes[][8] = {{5, 3, 17, 33, 31, 3, 1, 1},
                                    {1, 130, 40, 15, 16, 3, 1, 1},
                                    {7, 1, 6, 28, 28, 5, 1, 2},
                                    {9, 16, 9, 20, 21, 4, 2, 1},
                                    {1, 2, 5, 3, 40000, 3, 1, 0}};
    for (size_t i = 0; i < sizeof shapes / sizeof shapes[0]; i++) {
        const int *s = shapes[i];
        real *one = NULL;
        for (int threads = 1; threads <= 5; threads++) {
            omp_set_num_threads(threads);
            Conv c = square(s[0], s[1], s[2], s[3], s[4], s[5], s[6], s[7]);
            Numbers a = numbers_new(&c, i);
            real *many = results(&c, &a);
            const size_t bytes = (size_t)results_size(&c) * sizeof(real);
            if (one && memcmp(one, many, bytes) != 0)
                fail_msg("%s: differs on %d threads", text_of(&c), threads);
            free(one);
            one = many;
            numbers_free(&a);
        }
        free(one);
    }
}
#endif

/* FNV-1a of the bits. */
static uint64_t hash_of(uint64_t hash, int n, const real *x)
{
    const unsigned char *byte = (const unsigned char *)x;
    for (size_t i = 0; i < (size_t)n * sizeof *x; i++)
        hash = (hash ^ byte[i]) * 1099511628211U;
    return hash;
}

/* What came out of the shapes below on every machine on which this was tried, with vectors of 16,
 * 32 and 64 bytes: where a product and a sum are rounded once, and where each is. Another order of
 * the sums gives another number. */
#ifdef HAS_MULTIPLY_ADD
static const uint64_t float_hash = 0xb3128eab1f4bdd84U, double_hash = 0xc380279a78b15bfeU;
#else
static const uint64_t float_hash = 0xc3e6c90bef0eef4dU, double_hash = 0x2b26cd8fc3f7455fU;
#endif

static void the_bits_are_the_same_on_every_machine(void **state)
{
    (void)state;
    static const int shapes[][8] = {{5, 3, 17, 33, 31, 3, 1, 1},
                                    {3, 130, 40, 15, 16, 3, 1, 1},
                                    {7, 1, 6, 28, 28, 5, 1, 2},
                                    {6, 16, 9, 20, 21, 4, 2, 1},
                                    {2, 2, 300, 5, 700, 3, 1, 0}};
    uint64_t hash = 14695981039346656037U;
    for (size_t i = 0; i < sizeof shapes / sizeof shapes[0]; i++) {
        const int *s = shapes[i];
        Conv c = square(s[0], s[1], s[2], s[3], s[4], s[5], s[6], s[7]);
        Numbers a = numbers_new(&c, i);
        real *all = results(&c, &a);
        hash = hash_of(hash, results_size(&c), all);
        free(all);
        numbers_free(&a);
    }
    const uint64_t wanted = sizeof(real) == sizeof(float) ? float_hash : double_hash;
    if (hash != wanted)
        fail_msg("the bits of the results have the hash %#llx, not %#llx", (unsigned long long)hash,
                 (unsigned long long)wanted);
}

/* What is beside it in the batch, or elsewhere in its own row, does not matter to a number. */
static void an_image_has_the_same_bits_alone_and_in_a_batch(void **state)
{
    (void)state;
    Conv c = square(3, 5, 19, 13, 37, 3, 1, 1), alone = c;
    alone.batch = 1;
    Numbers a = numbers_new(&c, 4), last = a;
    last.x = a.x + 2 * (x_size(&c) / 3);
    last.y = a.y + 2 * (y_size(&c) / 3);
    last.dy = a.dy + 2 * (y_size(&c) / 3);
    real *of_three = results(&c, &a), *of_one = results(&alone, &last);
    assert_memory_equal(of_one, of_three + y_size(&c) / 3 * 2,
                        (size_t)y_size(&alone) * sizeof(real));
    assert_memory_equal(of_one + y_size(&alone), of_three + y_size(&c) + x_size(&c) / 3 * 2,
                        (size_t)x_size(&alone) * sizeof(real));
    free(of_three), free(of_one);
    numbers_free(&a);
}

/* -- single properties ------------------------------------------------------------------------- */

/* The example of the lesson: x = 1 2 0 -1 3, w = 1 -2 3, b = 1. */
static void a_worked_example_comes_out(void **state)
{
    (void)state;
    Conv c = {
        .batch = 1, .in = 1, .out = 1, .x = {1, 1, 5}, .kernel = {1, 1, 3}, .stride = {1, 1, 1}};
    set_y(&c);
    Numbers a = {.x = (real[]){1, 2, 0, -1, 3},
                 .w = (real[]){1, -2, 3},
                 .bias = (real[]){1},
                 .y = (real[]){1, 1, 1},
                 .dy = (real[]){1, 2, 3}};
    static const real wanted[] = {-2, 0, 12, 1, 0, 2, 0, 9, 5, -1, 7, 6};
    real *got = results(&c, &a);
    for (int i = 0; i < 12; i++)
        assert_true(got[i] == wanted[i]);
    free(got);
}

static void a_nan_reaches_all_that_see_it_and_nothing_else(void **state)
{
    (void)state;
    Conv c = square(1, 1, 1, 6, 20, 3, 1, 1);
    Numbers a = numbers_new(&c, 5);
    for (int i = 0; i < y_size(&c); i++)
        a.y[i] = 1;
    a.x[2 * 20 + 9] = a.dy[2 * 20 + 9] = (real)NAN;
    real *got = results(&c, &a);
    for (int i = 0; i < 6; i++)
        for (int j = 0; j < 20; j++) {
            const bool near = abs(i - 2) <= 1 && abs(j - 9) <= 1;
            assert_true(!isnan(got[i * 20 + j]) == !near);
            assert_true(!isnan(got[120 + i * 20 + j]) == !near);
        }
    free(got);
    numbers_free(&a);
}

static void relu_lets_a_nan_through(void **state)
{
    (void)state;
    Conv c = square(1, 1, 1, 1, 3, 1, 1, 0);
    const real x[] = {(real)NAN, -1, 2}, w[] = {1};
    real y[3];
    void *scratch = scratch_of(conv_forward_scratch(&c));
    conv_forward(&c, (ConvSource){.data = x}, w, (ConvResult){.y = y, .relu = true}, scratch);
    assert_true(isnan(y[0]) && y[1] == 0 && y[2] == 2);
    free(scratch);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(conv_matches_plain_loops_for_every_result),
        cmocka_unit_test(conv_matches_at_the_edges),
        cmocka_unit_test(conv_matches_where_it_is_cut_into_blocks),
        cmocka_unit_test(conv_matches_at_random_shapes_over_one_to_three_axes),
        cmocka_unit_test(the_bits_are_the_same_on_every_machine),
        cmocka_unit_test(an_image_has_the_same_bits_alone_and_in_a_batch),
        cmocka_unit_test(a_worked_example_comes_out),
        cmocka_unit_test(a_nan_reaches_all_that_see_it_and_nothing_else),
        cmocka_unit_test(relu_lets_a_nan_through),
#ifdef _OPENMP
        cmocka_unit_test(result_has_the_same_bits_for_any_number_of_threads),
#endif
    };
    return cmocka_run_group_tests_name("conv", tests, NULL, NULL);
}
