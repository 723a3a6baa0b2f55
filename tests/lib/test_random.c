/* The generator gives the published numbers, and what is made of them has the right distribution.
 * The seeds are fixed, so a bound of four or five standard deviations holds today and for ever. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "error.h"
#include "kernel/random.h"

static Rng seeded(uint64_t seed)
{
    Rng rng;
    rng_seed(&rng, seed);
    return rng;
}

/* -- known answers ----------------------------------------------------------------------------- */

static void splitmix64_spreads_the_seed_over_the_state(void **state)
{
    (void)state;
    Rng rng = seeded(1234567);
    assert_int_equal(rng.state[0], UINT64_C(6457827717110365317));
    assert_int_equal(rng.state[1], UINT64_C(3203168211198807973));
    assert_int_equal(rng.state[2], UINT64_C(9817491932198370423));
    assert_int_equal(rng.state[3], UINT64_C(4593380528125082431));
}

static void xoshiro256_gives_the_published_numbers(void **state)
{
    (void)state;
    static const uint64_t published[] = {41943041,
                                         58720359,
                                         3588806011781223,
                                         3591011842654386,
                                         UINT64_C(9228616714210784205),
                                         UINT64_C(9973669472204895162)};
    Rng rng = {.state = {1, 2, 3, 4}};
    for (int i = 0; i < 6; i++)
        assert_int_equal(rng_bits(&rng), published[i]);
}

static void every_seed_gives_its_own_sequence(void **state)
{
    (void)state;
    static const struct {
        uint64_t seed, first, thousandth;
    } known[] = {
        {0, 0x53175d61490b23df, 0x376300fa032f6483},
        {42, 0xd0764d4f4476689f, 0xa3ed059c1cc38790},
        {UINT64_MAX, 0x56ccf8ce948e27b2, 0x6e67f58f11f35060},
    };
    for (int i = 0; i < 3; i++) {
        Rng rng = seeded(known[i].seed);
        assert_int_equal(rng_bits(&rng), known[i].first);
        for (int j = 0; j < 998; j++)
            rng_bits(&rng);
        assert_int_equal(rng_bits(&rng), known[i].thousandth);
    }
}

static void seeding_again_starts_again_even_between_two_normal_numbers(void **state)
{
    (void)state;
    Rng rng = seeded(7);
    double first = rng_normal(&rng);
    rng_seed(&rng, 7);
    assert_true(rng_normal(&rng) == first);
}

/* -- distributions ----------------------------------------------------------------------------- */

enum { DRAWS = 200000 };

static void assert_near(double x, double wanted, double tolerance)
{
    if (!(fabs(x - wanted) <= tolerance))
        fail_msg("%g is not within %g of %g", x, tolerance, wanted);
}

/* Pearson's statistic of counts that should be equal; its mean is n - 1, its variance 2 (n - 1). */
static void assert_evenly_spread(int n, const int *count, int draws)
{
    double expected = (double)draws / n, chi_square = 0;
    for (int i = 0; i < n; i++)
        chi_square += (count[i] - expected) * (count[i] - expected) / expected;
    assert_near(chi_square, n - 1, 4 * sqrt(2.0 * (n - 1)));
}

static void uniform_numbers_are_evenly_spread_over_zero_to_one(void **state)
{
    (void)state;
    Rng rng = seeded(11);
    int count[100] = {0};
    double sum = 0, squares = 0;
    for (int i = 0; i < DRAWS; i++) {
        double u = rng_uniform(&rng);
        assert_true(u >= 0 && u < 1);
        count[(int)(u * 100)]++;
        sum += u;
        squares += (u - 0.5) * (u - 0.5);
    }
    assert_evenly_spread(100, count, DRAWS);
    assert_near(sum / DRAWS, 0.5, 5 * sqrt(1.0 / 12 / DRAWS));
    assert_near(squares / DRAWS, 1.0 / 12, 5 * sqrt(1.0 / 180 / DRAWS));
}

static void uniform_numbers_use_all_53_bits(void **state)
{
    (void)state;
    Rng rng = seeded(12);
    uint64_t seen = 0;
    for (int i = 0; i < 1000; i++)
        seen |= (uint64_t)(rng_uniform(&rng) * 0x1p53);
    assert_int_equal(seen, (UINT64_C(1) << 53) - 1);
}

/* Moments 1 to 4 of the normal distribution are 0, 1, 0, 3; their sampling variances 1, 2, 15, 96
 * over the number of draws. Neighbours come from one pair and must not be correlated. */
static void normal_numbers_have_the_moments_of_the_normal_distribution(void **state)
{
    (void)state;
    Rng rng = seeded(13);
    double moment[5] = {0}, neighbours = 0, previous = 0;
    int within = 0;
    for (int i = 0; i < DRAWS; i++) {
        double x = rng_normal(&rng);
        for (int j = 1; j < 5; j++)
            moment[j] += pow(x, j) / DRAWS;
        neighbours += x * previous / DRAWS;
        previous = x;
        within += fabs(x) < 1;
    }
    assert_near(moment[1], 0, 5 * sqrt(1.0 / DRAWS));
    assert_near(moment[2], 1, 5 * sqrt(2.0 / DRAWS));
    assert_near(moment[3], 0, 5 * sqrt(15.0 / DRAWS));
    assert_near(moment[4], 3, 5 * sqrt(96.0 / DRAWS));
    assert_near(neighbours, 0, 5 * sqrt(1.0 / DRAWS));
    assert_near((double)within / DRAWS, erf(sqrt(0.5)), 5 * sqrt(0.22 / DRAWS));
}

static void below_is_evenly_spread_and_stays_below(void **state)
{
    (void)state;
    Rng rng = seeded(14);
    for (int n = 1; n < 40; n += 3) {
        int count[40] = {0};
        for (int i = 0; i < 20000; i++) {
            int x = rng_below(&rng, n);
            assert_true(x >= 0 && x < n);
            count[x]++;
        }
        if (n > 1)
            assert_evenly_spread(n, count, 20000);
    }
}

/* 2^32 is 2 2/3 times this n. Multiplication without rejection would favour some remainders by 3,
 * a plain remainder the lower two thirds of the results. */
static void below_is_not_biased_for_large_n(void **state)
{
    (void)state;
    Rng rng = seeded(15);
    const int n = 3 << 29;
    int remainder[3] = {0}, third[3] = {0};
    for (int i = 0; i < DRAWS; i++) {
        int x = rng_below(&rng, n);
        remainder[x % 3]++;
        third[x / (n / 3)]++;
    }
    assert_evenly_spread(3, remainder, DRAWS);
    assert_evenly_spread(3, third, DRAWS);
}

/* -- masks ------------------------------------------------------------------------------------- */

static void a_mask_drops_the_share_it_is_told_and_keeps_the_rest(void **state)
{
    (void)state;
    static real mask[DRAWS];
    const double shares[] = {0.1, 0.5, 0.75};
    for (int k = 0; k < 3; k++) {
        const double p = shares[k];
        int dropped = 0, pairs = 0;
        Rng rng = seeded(16 + (uint64_t)k);
        rng_mask(&rng, DRAWS, p, (real)2.5, mask);
        for (int i = 0; i < DRAWS; i++) {
            assert_true(mask[i] == 0 || mask[i] == (real)2.5);
            dropped += mask[i] == 0;
            pairs += i > 0 && mask[i] == 0 && mask[i - 1] == 0; /* neighbours share 64 bits */
        }
        assert_near((double)dropped / DRAWS, p, 5 * sqrt(p * (1 - p) / DRAWS));
        assert_near((double)pairs / DRAWS, p * p, 10 * sqrt(p * p * (1 - p * p) / DRAWS));
    }
}

/* Half of 64 bits for each element, the lower half first; of an odd number, one is lost. */
static void a_mask_takes_half_of_64_bits_for_an_element(void **state)
{
    (void)state;
    real mask[5];
    Rng rng = seeded(19), same = rng;
    rng_mask(&rng, 5, 0.3, 1, mask);
    for (int i = 0; i < 5; i += 2) {
        uint64_t bits = rng_bits(&same);
        assert_true(mask[i] == ((double)(uint32_t)bits >= 0.3 * 0x1p32));
        assert_true(i == 4 || mask[i + 1] == ((double)(bits >> 32) >= 0.3 * 0x1p32));
    }
    assert_true(rng_bits(&rng) == rng_bits(&same));
}

static void a_part_of_a_mask_is_the_same_when_drawn_again(void **state)
{
    (void)state;
    enum { N = 100000 };
    static real whole[N], part[N];
    int dropped = 0, runs = 0, columns = 0, seeds = 0;
    rng_mask_part(7, 3, 0, N, 0.25, 2, whole);
    rng_mask_part(7, 3, 0, 40, 0.25, 2, part);
    rng_mask_part(7, 3, 40, N - 40, 0.25, 2, part + 40);
    assert_memory_equal(whole, part, sizeof whole);
    for (int i = 0; i < N; i++) {
        assert_true(whole[i] == 0 || whole[i] == 2);
        dropped += whole[i] == 0;
        runs += i > 0 && whole[i] == 0 && whole[i - 1] == 0;
    }
    rng_mask_part(7, 4, 0, N, 0.25, 2, part);
    for (int i = 0; i < N; i++)
        columns += whole[i] == 0 && part[i] == 0;
    rng_mask_part(8, 3, 0, N, 0.25, 2, part);
    for (int i = 0; i < N; i++)
        seeds += whole[i] == 0 && part[i] == 0;
    assert_true(abs(dropped - N / 4) < 700);
    assert_true(abs(runs - N / 16) < 500 && abs(columns - N / 16) < 500);
    assert_true(abs(seeds - N / 16) < 500);
}

static void a_mask_can_drop_nothing_and_everything(void **state)
{
    (void)state;
    real mask[1000];
    Rng rng = seeded(20);
    rng_mask(&rng, 1000, 0, 3, mask);
    for (int i = 0; i < 1000; i++)
        assert_true(mask[i] == 3);
    rng_mask(&rng, 1000, 1, INFINITY, mask);
    for (int i = 0; i < 1000; i++)
        assert_true(mask[i] == 0);
    rng_mask_part(1, 1, 0, 1000, 0, 3, mask);
    for (int i = 0; i < 1000; i++)
        assert_true(mask[i] == 3);
    rng_mask_part(1, 1, 0, 1000, 1, INFINITY, mask);
    for (int i = 0; i < 1000; i++)
        assert_true(mask[i] == 0);
}

/* -- permutations and choices ------------------------------------------------------------------ */

static void permutation_contains_every_number_once(void **state)
{
    (void)state;
    Rng rng = seeded(16);
    for (int n = 1; n < 100; n++) {
        int order[100], count[100] = {0};
        rng_permutation(&rng, n, order);
        for (int i = 0; i < n; i++) {
            assert_in_range(order[i], 0, n - 1);
            count[order[i]]++;
        }
        for (int i = 0; i < n; i++)
            assert_int_equal(count[i], 1);
    }
}

static void every_permutation_is_equally_likely(void **state)
{
    (void)state;
    Rng rng = seeded(17);
    int count[256] = {0}, seen[24], n = 0;
    for (int i = 0; i < DRAWS; i++) {
        int o[4];
        rng_permutation(&rng, 4, o);
        count[o[0] * 64 + o[1] * 16 + o[2] * 4 + o[3]]++;
    }
    for (int i = 0; i < 256; i++)
        if (count[i] > 0 && n < 24)
            seen[n++] = count[i];
    assert_int_equal(n, 24);
    assert_evenly_spread(24, seen, DRAWS);
}

static void choice_follows_the_weights(void **state)
{
    (void)state;
    Rng rng = seeded(18);
    static const real weights[] = {2, 3, 0, 1, (real)0.5, 0, (real)3.5, 0};
    int count[8] = {0};
    for (int i = 0; i < DRAWS; i++)
        count[rng_choice(&rng, 8, weights)]++;
    for (int i = 0; i < 8; i++) {
        double p = (double)weights[i] / 10;
        assert_near(count[i], DRAWS * p, 5 * sqrt(DRAWS * p * (1 - p)));
    }
}

static void choice_never_picks_a_weight_of_zero(void **state)
{
    (void)state;
    Rng rng = seeded(19);
    for (int place = 0; place < 9; place++) {
        real weights[9] = {0};
        weights[place] = (real)1e-30;
        for (int i = 0; i < 1000; i++)
            assert_int_equal(rng_choice(&rng, 9, weights), place);
    }
}

/* The largest uniform number there is, 1 - 2^-53, may leave a rest after all the weights. */
static void choice_never_picks_a_weight_of_zero_for_want_of_another(void **state)
{
    (void)state;
    Rng source = seeded(20);
    for (int n = 2; n < 200; n++) {
        real weights[200];
        for (int i = 0; i < n - 1; i++)
            weights[i] = (real)rng_uniform(&source);
        weights[n - 1] = 0;
        Rng rng = {.state = {0, 1, 2, UINT64_MAX}};
        assert_true(weights[rng_choice(&rng, n, weights)] > 0);
    }
}

/* Marsaglia's method once more, with every product and sum rounded by itself: a fused r^2 would now
 * and then be another number. */
static void normal_numbers_are_the_same_bits_in_every_build(void **state)
{
    (void)state;
    Rng rng, same;
    rng_seed(&rng, 18);
    rng_seed(&same, 18);
    for (int i = 0; i < 50000; i++) {
        volatile double u, v, uu, vv, r2;
        do {
            u = 2 * rng_uniform(&same) - 1;
            v = 2 * rng_uniform(&same) - 1;
            uu = u * u;
            vv = v * v;
            r2 = uu + vv;
        } while (r2 >= 1 || r2 == 0);
        double scale = sqrt(-2 * log(r2) / r2);
        assert_true(rng_normal(&rng) == u * scale);
        assert_true(rng_normal(&rng) == v * scale);
    }
}

static jmp_buf back;
static char caught[256];

_Noreturn static void catch (const char *message)
{
    snprintf(caught, sizeof caught, "%s", message);
    longjmp(back, 1);
}

/* There is no number below 0 to draw, and no choice where every weight is zero or none is one. */
static void what_cannot_be_drawn_is_an_error(void **state)
{
    (void)state;
    Rng rng;
    rng_seed(&rng, 1);
    const real impossible[][2] = {{0, 0}, {(real)NAN, 1}, {(real)INFINITY, 1}};
    ErrorHandler *before = error_set_handler(catch);
    for (volatile int i = -1; i < 4; i++) {
        *caught = '\0';
        if (setjmp(back) == 0) {
            if (i < 1)
                rng_below(&rng, i);
            else
                rng_choice(&rng, 2, impossible[i - 1]);
        }
        if (!strstr(caught, i < 1 ? "rng_below: n is " : "rng_choice: 2 weights whose sum is "))
            fail_msg("%d: \"%s\"", i, caught);
    }
    error_set_handler(before);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_cannot_be_drawn_is_an_error),
        cmocka_unit_test(normal_numbers_are_the_same_bits_in_every_build),
        cmocka_unit_test(splitmix64_spreads_the_seed_over_the_state),
        cmocka_unit_test(xoshiro256_gives_the_published_numbers),
        cmocka_unit_test(every_seed_gives_its_own_sequence),
        cmocka_unit_test(seeding_again_starts_again_even_between_two_normal_numbers),
        cmocka_unit_test(uniform_numbers_are_evenly_spread_over_zero_to_one),
        cmocka_unit_test(uniform_numbers_use_all_53_bits),
        cmocka_unit_test(normal_numbers_have_the_moments_of_the_normal_distribution),
        cmocka_unit_test(below_is_evenly_spread_and_stays_below),
        cmocka_unit_test(below_is_not_biased_for_large_n),
        cmocka_unit_test(a_mask_drops_the_share_it_is_told_and_keeps_the_rest),
        cmocka_unit_test(a_part_of_a_mask_is_the_same_when_drawn_again),
        cmocka_unit_test(a_mask_takes_half_of_64_bits_for_an_element),
        cmocka_unit_test(a_mask_can_drop_nothing_and_everything),
        cmocka_unit_test(permutation_contains_every_number_once),
        cmocka_unit_test(every_permutation_is_equally_likely),
        cmocka_unit_test(choice_follows_the_weights),
        cmocka_unit_test(choice_never_picks_a_weight_of_zero),
        cmocka_unit_test(choice_never_picks_a_weight_of_zero_for_want_of_another),
    };
    return cmocka_run_group_tests_name("random", tests, NULL, NULL);
}
