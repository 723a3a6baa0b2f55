/* A data set gives its examples by number, splits deal each of them out once, and the data that is
 * made from a seed is what its header says. */
#include "data/dataset.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "child.h"
#include "data/toy.h"

/* Example i is ((10 i, 10 i + 1), i). */
static Dataset counted(int length)
{
    Dataset data = dataset_new(length, 2, 1);
    for (int i = 0; i < length; i++) {
        data.x[2 * i] = (real)(10 * i);
        data.x[2 * i + 1] = (real)(10 * i + 1);
        data.y[i] = (real)i;
    }
    return data;
}

/* The number of the example of the whole that this is, with x and y of the same one. */
static int number_of(const Dataset *data, int i)
{
    real x[2], y;
    dataset_item(data, i, x, &y);
    assert_true(x[0] == 10 * y && x[1] == 10 * y + 1);
    return (int)y;
}

static void expect_stop(ChildBody *body, const char *message)
{
    Child child = child_run(body, NULL);
    assert_int_equal(child.status, 1);
    assert_string_equal(child.err, message);
}

/* -- data sets -------------------------------------------------------------------------------- */

static void a_new_data_set_is_zeros(void **state)
{
    (void)state;
    Dataset data = dataset_new(3, 2, 4);
    assert_int_equal(data.length, 3);
    for (int i = 0; i < 3 * 2; i++)
        assert_true(data.x[i] == 0);
    for (int i = 0; i < 3 * 4; i++)
        assert_true(data.y[i] == 0);
    dataset_free(&data);
    assert_null(data.x);
    assert_int_equal(data.length, 0);
}

static void an_item_is_the_input_and_its_target(void **state)
{
    (void)state;
    Dataset data = counted(5);
    for (int i = 0; i < 5; i++)
        assert_int_equal(number_of(&data, i), i);
    dataset_free(&data);
}

static void ask_beyond_the_end(void *context)
{
    (void)context;
    Dataset data = counted(5);
    real x[2], y;
    dataset_item(&data, 5, x, &y);
}

static void ask_before_the_beginning(void *context)
{
    (void)context;
    Dataset data = counted(5);
    real x[2], y;
    dataset_item(&data, -1, x, &y);
}

static void make_one_without_inputs(void *context)
{
    (void)context;
    dataset_new(5, 0, 1);
}

static void what_is_not_there_stops_the_program(void **state)
{
    (void)state;
    expect_stop(ask_beyond_the_end, "dataset_item: example 5 of 5\n");
    expect_stop(ask_before_the_beginning, "dataset_item: example -1 of 5\n");
    expect_stop(make_one_without_inputs, "dataset_new: 5 examples of 0 and 1 numbers\n");
}

/* -- random_split ----------------------------------------------------------------------------- */

static void a_split_deals_each_example_out_once(void **state)
{
    (void)state;
    const int length[4] = {30, 0, 12, 8};
    int seen[50] = {0};
    Dataset data = counted(50), part[4];
    random_split(&data, 3, 4, length, part);
    for (int k = 0; k < 4; k++) {
        assert_int_equal(part[k].length, length[k]);
        for (int i = 0; i < length[k]; i++)
            seen[number_of(&part[k], i)]++;
    }
    for (int i = 0; i < 50; i++)
        assert_int_equal(seen[i], 1);
    for (int k = 0; k < 4; k++)
        dataset_free(&part[k]);
    assert_int_equal(number_of(&data, 49), 49); /* the whole is as before */
    dataset_free(&data);
}

static void first_part(uint64_t seed, int number[20])
{
    Dataset data = counted(100), part[2];
    random_split(&data, seed, 2, (const int[]){20, 80}, part);
    for (int i = 0; i < 20; i++)
        number[i] = number_of(&part[0], i);
    dataset_free(&part[0]);
    dataset_free(&part[1]);
    dataset_free(&data);
}

static void the_seed_decides_the_split(void **state)
{
    (void)state;
    int first[20], again[20], other[20];
    first_part(5, first);
    first_part(5, again);
    first_part(6, other);
    assert_memory_equal(first, again, sizeof first);
    assert_memory_not_equal(first, other, sizeof first);
}

/* Each of 10 examples lands in the part of 3 in 3 of 10 splits: 600 expected of 2000, standard
 * deviation 20, within 5 of them. */
static void every_example_is_as_likely_in_a_part(void **state)
{
    (void)state;
    int count[10] = {0};
    Dataset data = counted(10);
    for (uint64_t seed = 0; seed < 2000; seed++) {
        Dataset part[2];
        random_split(&data, seed, 2, (const int[]){3, 7}, part);
        for (int i = 0; i < 3; i++)
            count[number_of(&part[0], i)]++;
        dataset_free(&part[0]);
        dataset_free(&part[1]);
    }
    for (int i = 0; i < 10; i++)
        assert_in_range(count[i], 500, 700);
    dataset_free(&data);
}

static void a_part_can_be_split_again(void **state)
{
    (void)state;
    int seen[30] = {0};
    Dataset data = counted(30), part[2], smaller[2];
    random_split(&data, 1, 2, (const int[]){20, 10}, part);
    random_split(&part[0], 2, 2, (const int[]){15, 5}, smaller);
    for (int i = 0; i < 15; i++)
        seen[number_of(&smaller[0], i)]++;
    for (int i = 0; i < 5; i++)
        seen[number_of(&smaller[1], i)]++;
    for (int i = 0; i < 10; i++)
        seen[number_of(&part[1], i)]++;
    for (int i = 0; i < 30; i++)
        assert_int_equal(seen[i], 1);
    dataset_free(&smaller[0]);
    dataset_free(&smaller[1]);
    dataset_free(&part[0]);
    dataset_free(&part[1]);
    dataset_free(&data);
}

static void split_into_too_much(void *context)
{
    (void)context;
    Dataset data = counted(10), part[2];
    random_split(&data, 1, 2, (const int[]){8, 3}, part);
}

static void split_into_less_than_nothing(void *context)
{
    (void)context;
    Dataset data = counted(10), part[2];
    random_split(&data, 1, 2, (const int[]){11, -1}, part);
}

static void parts_that_do_not_make_the_whole_stop_the_program(void **state)
{
    (void)state;
    expect_stop(split_into_too_much,
                "random_split: the parts have 11 examples together, the data set 10\n");
    expect_stop(split_into_less_than_nothing, "random_split: part 1 has a length of -1\n");
}

/* -- data made from a seed -------------------------------------------------------------------- */

enum { MANY = 20000 };

typedef struct {
    double mean, std;
} Moments;

static Moments moments(int n, const double *value)
{
    Moments m = {0};
    for (int i = 0; i < n; i++)
        m.mean += value[i] / n;
    for (int i = 0; i < n; i++)
        m.std += (value[i] - m.mean) * (value[i] - m.mean) / n;
    m.std = sqrt(m.std);
    return m;
}

/* Bounds of 5 standard errors; the seed is fixed, so the tests cannot fail by chance. */
static void expect_noise(const double *value, double std)
{
    Moments m = moments(MANY, value);
    assert_true(fabs(m.mean) < 5 * std / sqrt((double)MANY));
    assert_true(fabs(m.std / std - 1) < 5 / sqrt(2.0 * MANY));
}

static void a_line_is_straight_but_for_its_noise(void **state)
{
    (void)state;
    static double off[MANY], x[MANY];
    Dataset line = toy_line(9, MANY, 3, -2, 0.5);
    for (int i = 0; i < MANY; i++) {
        x[i] = (double)line.x[i];
        off[i] = (double)line.y[i] - (3 * x[i] - 2);
        assert_true(x[i] >= -1 && x[i] < 1);
    }
    expect_noise(off, 0.5);
    Moments m = moments(MANY, x);
    assert_true(fabs(m.mean) < 0.02);
    assert_true(fabs(m.std - sqrt(1.0 / 3)) < 0.02);
    dataset_free(&line);
}

static void a_line_without_noise_is_exact(void **state)
{
    (void)state;
    Dataset line = toy_line(9, 100, 3, -2, 0);
    for (int i = 0; i < 100; i++)
        assert_true(fabs(line.y[i] - (3 * line.x[i] - 2)) < 8 * REAL_EPSILON);
    dataset_free(&line);
}

static void moons_are_half_circles_in_turn(void **state)
{
    (void)state;
    Dataset moons = toy_moons(4, 501, 0);
    double lowest[2] = {9, 9}, highest[2] = {-9, -9};
    for (int i = 0; i < 501; i++) {
        double across = (double)moons.x[2 * i], up = (double)moons.x[2 * i + 1];
        int moon = i % 2;
        assert_true(moons.y[i] == moon);
        double radius = moon ? hypot(across - 1, up - 0.5) : hypot(across, up);
        assert_true(fabs(radius - 1) < 8 * (double)REAL_EPSILON);
        lowest[moon] = fmin(lowest[moon], up);
        highest[moon] = fmax(highest[moon], up);
    }
    assert_true(lowest[0] >= 0 && highest[0] > 0.99);
    assert_true(highest[1] <= 0.5 && lowest[1] < -0.49);
    dataset_free(&moons);
}

static void the_noise_of_moons_goes_both_ways(void **state)
{
    (void)state;
    static double across[MANY], up[MANY];
    Dataset moons = toy_moons(4, MANY, 0.2);
    double sum_across = 0, sum_up = 0; /* of class 0: 0 and 2 / pi on average */
    for (int i = 0; i < MANY; i += 2) {
        sum_across += (double)moons.x[2 * i];
        sum_up += (double)moons.x[2 * i + 1];
    }
    assert_true(fabs(sum_across / (MANY / 2.0)) < 0.04);
    assert_true(fabs(sum_up / (MANY / 2.0) - 0.63662) < 0.02);
    for (int i = 0; i < MANY; i++) {
        int moon = i % 2;
        across[i] = (double)moons.x[2 * i] - (moon ? 1 : 0);
        up[i] = (double)moons.x[2 * i + 1] - (moon ? 0.5 - 0.63662 : 0.63662);
    }
    /* the spread of cos t and sin t over half a turn, and of the noise */
    assert_true(fabs(moments(MANY, across).std - sqrt(0.5 + 0.04)) < 0.02);
    assert_true(fabs(moments(MANY, up).std - sqrt(0.5 - 0.63662 * 0.63662 + 0.04)) < 0.02);
    dataset_free(&moons);
}

static void the_seed_decides_the_data(void **state)
{
    (void)state;
    Dataset a = toy_moons(1, 50, 0.1), b = toy_moons(1, 50, 0.1), c = toy_moons(2, 50, 0.1);
    assert_memory_equal(a.x, b.x, sizeof(real[50][2]));
    assert_memory_not_equal(a.x, c.x, sizeof(real[50][2]));
    dataset_free(&a);
    dataset_free(&b);
    dataset_free(&c);
    a = toy_line(1, 50, 1, 2, 0.1), b = toy_line(1, 50, 1, 2, 0.1), c = toy_line(2, 50, 1, 2, 0.1);
    assert_memory_equal(a.y, b.y, sizeof(real[50]));
    assert_memory_not_equal(a.y, c.y, sizeof(real[50]));
    dataset_free(&a);
    dataset_free(&b);
    dataset_free(&c);
}

static void xor_is_true_where_the_coordinates_differ(void **state)
{
    (void)state;
    Dataset corners = toy_xor();
    const real x[8] = {0, 0, 0, 1, 1, 0, 1, 1}, y[4] = {0, 1, 1, 0};
    assert_int_equal(corners.length, 4);
    assert_memory_equal(corners.x, x, sizeof x);
    assert_memory_equal(corners.y, y, sizeof y);
    dataset_free(&corners);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_new_data_set_is_zeros),
        cmocka_unit_test(an_item_is_the_input_and_its_target),
        cmocka_unit_test(what_is_not_there_stops_the_program),
        cmocka_unit_test(a_split_deals_each_example_out_once),
        cmocka_unit_test(the_seed_decides_the_split),
        cmocka_unit_test(every_example_is_as_likely_in_a_part),
        cmocka_unit_test(a_part_can_be_split_again),
        cmocka_unit_test(parts_that_do_not_make_the_whole_stop_the_program),
        cmocka_unit_test(a_line_is_straight_but_for_its_noise),
        cmocka_unit_test(a_line_without_noise_is_exact),
        cmocka_unit_test(moons_are_half_circles_in_turn),
        cmocka_unit_test(the_noise_of_moons_goes_both_ways),
        cmocka_unit_test(the_seed_decides_the_data),
        cmocka_unit_test(xor_is_true_where_the_coordinates_differ),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
