/* Tokens are drawn as often as the options say. */
#include "nn/sample.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <math.h>
#include <string.h>

#include "child.h"

/* -- probabilities ---------------------------------------------------------------------------- */

enum { N = 5 };

/* ln of 1/2, 1/4, 1/8, 1/16, 1/16, plus a number that softmax does not see, out of order. */
static void five_logits(real logits[N])
{
    const double probs[N] = {0.125, 0.5, 0.0625, 0.25, 0.0625};
    for (int j = 0; j < N; j++)
        logits[j] = (real)(log(probs[j]) + 3);
}

static void expect_probs(SampleOptions options, const double expected[N])
{
    real logits[N], probs[N];
    five_logits(logits);
    sample_probs(N, logits, options, probs);
    for (int j = 0; j < N; j++)
        if (fabs((double)probs[j] - expected[j]) > 16 * (double)REAL_EPSILON)
            fail_msg("token %d has probability %.9g, expected %.9g", j, (double)probs[j],
                     expected[j]);
    sample_probs(N, logits, options, logits); /* in place */
    assert_memory_equal(logits, probs, sizeof probs);
}

static void at_temperature_1_they_are_softmax(void **state)
{
    (void)state;
    expect_probs((SampleOptions){.temperature = 1}, (double[]){0.125, 0.5, 0.0625, 0.25, 0.0625});
}

/* p^(1/T), scaled: squares at 1/2, roots at 2. */
static void a_temperature_sharpens_or_flattens_them(void **state)
{
    (void)state;
    const double squares = 86. / 256, roots = sqrt(0.125) + sqrt(0.5) + 1;
    expect_probs((SampleOptions){.temperature = 0.5},
                 (double[]){4 / 256. / squares, 64 / 256. / squares, 1 / 256. / squares,
                            16 / 256. / squares, 1 / 256. / squares});
    expect_probs((SampleOptions){.temperature = 2},
                 (double[]){sqrt(0.125) / roots, sqrt(0.5) / roots, 0.25 / roots, 0.5 / roots,
                            0.25 / roots});
    expect_probs((SampleOptions){.temperature = 1e-30}, (double[]){0, 1, 0, 0, 0});
    expect_probs((SampleOptions){.temperature = 1e30}, (double[]){0.2, 0.2, 0.2, 0.2, 0.2});
    expect_probs((SampleOptions){.temperature = 0}, (double[]){0, 1, 0, 0, 0});
}

/* Of two equal ones the first. */
static void top_k_keeps_the_k_largest(void **state)
{
    (void)state;
    const double expected[][N] = {{0.125, 0.5, 0.0625, 0.25, 0.0625},
                                  {0, 1, 0, 0, 0},
                                  {0, 2. / 3, 0, 1. / 3, 0},
                                  {1. / 7, 4. / 7, 0, 2. / 7, 0},
                                  {2. / 15, 8. / 15, 1. / 15, 4. / 15, 0}};
    for (int k = 0; k < N; k++)
        expect_probs((SampleOptions){.temperature = 1, .top_k = k}, expected[k]);
    expect_probs((SampleOptions){.temperature = 1, .top_k = N}, expected[0]);
    expect_probs((SampleOptions){.temperature = 1, .top_k = 99}, expected[0]);
}

/* The token with which the sum comes to p stays. */
static void top_p_keeps_the_token_that_crosses_p(void **state)
{
    (void)state;
    const struct {
        double p, expected[N];
    } cases[] = {{0, {0.125, 0.5, 0.0625, 0.25, 0.0625}},
                 {0.01, {0, 1, 0, 0, 0}},
                 {0.49, {0, 1, 0, 0, 0}},
                 {0.51, {0, 2. / 3, 0, 1. / 3, 0}},
                 {0.74, {0, 2. / 3, 0, 1. / 3, 0}},
                 {0.76, {1. / 7, 4. / 7, 0, 2. / 7, 0}},
                 {0.9, {2. / 15, 8. / 15, 1. / 15, 4. / 15, 0}},
                 {0.99, {0.125, 0.5, 0.0625, 0.25, 0.0625}},
                 {1, {0.125, 0.5, 0.0625, 0.25, 0.0625}}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        expect_probs((SampleOptions){.temperature = 1, .top_p = cases[i].p}, cases[i].expected);
}

/* At temperature 1/2 the two largest have 0.744 and 0.186: alone they are 0.8 and 0.2, and 0.78 of
 * that is the first. In another order, or at temperature 1, both would stay. */
static void the_order_is_temperature_then_k_then_p(void **state)
{
    (void)state;
    expect_probs((SampleOptions){.temperature = 0.5, .top_k = 2, .top_p = 0.78},
                 (double[]){0, 1, 0, 0, 0});
    expect_probs((SampleOptions){.temperature = 0.5, .top_k = 2, .top_p = 0.82},
                 (double[]){0, 0.8, 0, 0.2, 0});
}

static void what_cannot_come_is_never_kept(void **state)
{
    (void)state;
    const real logits[3] = {(real)-INFINITY, 0, (real)-INFINITY};
    const SampleOptions options[] = {{.temperature = 0},
                                     {.temperature = 1},
                                     {.temperature = 1, .top_k = 2},
                                     {.temperature = 1, .top_p = 0.999}};
    real probs[3];
    for (int i = 0; i < 4; i++) {
        sample_probs(3, logits, options[i], probs);
        assert_memory_equal(probs, ((real[]){0, 1, 0}), sizeof probs);
    }
}

/* -- draws ------------------------------------------------------------------------------------ */

/* The sum of (drawn - expected)^2 / expected is above 18.5 once in a thousand times, with four
 * numbers that are free; with this seed it is not. */
static void expect_draws(SampleOptions options)
{
    enum { DRAWS = 40000 };
    real logits[N], probs[N], scratch[N];
    int count[N] = {0};
    double chi_square = 0;
    Rng rng;
    rng_seed(&rng, 5);
    five_logits(logits);
    sample_probs(N, logits, options, probs);
    for (int i = 0; i < DRAWS; i++)
        count[sample_draw(&rng, N, logits, options, scratch)]++;
    for (int j = 0; j < N; j++) {
        const double expected = DRAWS * (double)probs[j], off = count[j] - expected;
        if (expected == 0)
            assert_int_equal(count[j], 0);
        else
            chi_square += off * off / expected;
    }
    assert_true(chi_square < 18.5);
}

static void tokens_are_drawn_as_often_as_is_said(void **state)
{
    (void)state;
    expect_draws((SampleOptions){.temperature = 1});
    expect_draws((SampleOptions){.temperature = 3});
    expect_draws((SampleOptions){.temperature = 0.7, .top_k = 3});
    expect_draws((SampleOptions){.temperature = 1.5, .top_p = 0.8});
}

static void at_temperature_0_the_first_of_the_largest_comes_without_a_random_number(void **state)
{
    (void)state;
    const real logits[4] = {-1, 2, 0, 2};
    real probs[4];
    Rng rng, before;
    rng_seed(&rng, 1);
    before = rng;
    for (int i = 0; i < 10; i++)
        assert_int_equal(sample_draw(&rng, 4, logits, (SampleOptions){0}, probs), 1);
    assert_memory_equal(&rng, &before, sizeof rng);
}

typedef struct {
    int n;
    SampleOptions options;
    real logits[2];
    const char *words;
} Mistake;

static void draw_mistaken(void *context)
{
    const Mistake *m = context;
    real probs[2];
    sample_probs(m->n, m->logits, m->options, probs);
}

static void what_makes_no_sense_stops_the_program(void **state)
{
    (void)state;
    Mistake mistakes[] = {
        {0, {.temperature = 1}, {0, 0}, "sample_probs: 0 tokens: expected 1 or more\n"},
        {2,
         {.temperature = -1},
         {0, 0},
         "sample_probs: temperature -1: expected 0 or more, and finite\n"},
        {2,
         {.temperature = 1, .top_k = -1},
         {0, 0},
         "sample_probs: top_k -1: expected 0 or more\n"},
        {2, {.temperature = 1, .top_p = 1.5}, {0, 0}, "sample_probs: top_p 1.5: expected 0 to 1\n"},
        {2, {.temperature = 1, .top_p = NAN}, {0, 0}, "sample_probs: top_p nan: expected 0 to 1\n"},
        {2, {.temperature = 1}, {0, (real)NAN}, "sample_probs: logit 1 is nan\n"},
        {2, {.temperature = 0}, {(real)INFINITY, 0}, "sample_probs: logit 0 is inf\n"},
        {2,
         {.temperature = 1},
         {(real)-INFINITY, (real)-INFINITY},
         "sample_probs: all 2 logits are -inf\n"},
    };
    for (size_t i = 0; i < sizeof mistakes / sizeof *mistakes; i++) {
        Child child = child_run(draw_mistaken, &mistakes[i]);
        assert_int_equal(child.status, 1);
        assert_string_equal(child.err, mistakes[i].words);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(at_temperature_1_they_are_softmax),
        cmocka_unit_test(a_temperature_sharpens_or_flattens_them),
        cmocka_unit_test(top_k_keeps_the_k_largest),
        cmocka_unit_test(top_p_keeps_the_token_that_crosses_p),
        cmocka_unit_test(the_order_is_temperature_then_k_then_p),
        cmocka_unit_test(what_cannot_come_is_never_kept),
        cmocka_unit_test(tokens_are_drawn_as_often_as_is_said),
        cmocka_unit_test(at_temperature_0_the_first_of_the_largest_comes_without_a_random_number),
        cmocka_unit_test(what_makes_no_sense_stops_the_program),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
