/* The images that are drawn: the same from the same seed, everywhere; what their header says of
 * them; and each of what it is called. */
#include "data/digits.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "child.h"
#include "data/canvas.h"
#include "data/shapes.h"

static const DigitOptions digits_of_lessons = {.hard = 1, .noise = 0.2};
static const ShapeOptions shapes_of_lessons = {.hard = 0.4, .turn = 0.5, .noise = 0.03};

/* A hash of all numbers to their last bit (FNV-1a, 64 bits). */
static uint64_t hash_of(const Dataset *data)
{
    uint64_t hash = 0xcbf29ce484222325;
    for (size_t i = 0; i < (size_t)data->length * (size_t)data->x_size; i++) {
        double x = (double)data->x[i];
        uint64_t bits;
        memcpy(&bits, &x, sizeof bits);
        for (int byte = 0; byte < 8; byte++)
            hash = (hash ^ (bits >> 8 * byte & 0xff)) * 0x100000001b3;
    }
    return hash;
}

static void expect_hash(Dataset data, uint64_t in_double, uint64_t in_float)
{
    uint64_t hash = hash_of(&data),
             expected = sizeof(real) == sizeof(double) ? in_double : in_float;
    dataset_free(&data);
    if (hash != expected)
        fail_msg("the images have the hash 0x%016llx", (unsigned long long)hash);
}

static void a_seed_gives_the_same_images_on_every_machine(void **state)
{
    (void)state;
    expect_hash(digits_draw(1, 100, digits_of_lessons), 0x58f5fcda84347b9d, 0xb5e2063636e8b7df);
    expect_hash(shapes_draw(1, 100, shapes_of_lessons), 0x4505d08da052ae51, 0x094bddacd34c16e5);
}

static void another_seed_gives_other_images(void **state)
{
    (void)state;
    Dataset a = digits_draw(1, 10, digits_of_lessons), b = digits_draw(2, 10, digits_of_lessons);
    assert_true(hash_of(&a) != hash_of(&b));
    dataset_free(&a);
    dataset_free(&b);
    a = shapes_draw(1, 10, shapes_of_lessons);
    b = shapes_draw(2, 10, shapes_of_lessons);
    assert_true(hash_of(&a) != hash_of(&b));
    dataset_free(&a);
    dataset_free(&b);
}

static void expect_begins_with(Dataset more, Dataset few)
{
    assert_memory_equal(more.x, few.x, (size_t)(few.length * few.x_size) * sizeof *few.x);
    assert_memory_equal(more.y, few.y, (size_t)few.length * sizeof *few.y);
    dataset_free(&more);
    dataset_free(&few);
}

static void more_images_begin_with_the_same(void **state)
{
    (void)state;
    expect_begins_with(digits_draw(3, 25, digits_of_lessons),
                       digits_draw(3, 12, digits_of_lessons));
    expect_begins_with(shapes_draw(3, 25, shapes_of_lessons),
                       shapes_draw(3, 12, shapes_of_lessons));
}

static void without_noise_numbers_are_between_0_and_1(void **state)
{
    (void)state;
    Dataset data[2] = {digits_draw(4, 100, (DigitOptions){.hard = 2}),
                       shapes_draw(4, 100, (ShapeOptions){.hard = 1, .turn = 3})};
    for (int k = 0; k < 2; k++) {
        for (int i = 0; i < data[k].length * data[k].x_size; i++)
            assert_true(data[k].x[i] >= 0 && data[k].x[i] <= 1);
        dataset_free(&data[k]);
    }
}

/* -- the canvas ------------------------------------------------------------------------------- */

static void noise_has_its_mean_and_deviation(void **state)
{
    (void)state;
    enum { MANY = 40000 };
    static double clean[MANY];
    static real x[MANY];
    double mean = 0, square = 0, third = 0, fourth = 0, most = 0;
    Rng rng;
    rng_seed(&rng, 5);
    for (int i = 0; i < MANY; i++)
        clean[i] = 3;
    canvas_noise(&rng, MANY, 0.5, clean, x);
    for (int i = 0; i < MANY; i++) {
        double z = ((double)x[i] - 3) / 0.5;
        mean += z / MANY;
        square += z * z / MANY;
        third += z * z * z / MANY;
        fourth += z * z * z * z / MANY;
        most = fmax(most, fabs(z));
    }
    assert_true(fabs(mean) < 0.02);
    assert_true(fabs(square - 1) < 0.03);
    assert_true(fabs(third) < 0.06);
    assert_true(fabs(fourth - 2.7) < 0.1); /* a normal number's: 3; a uniform one's: 1.8 */
    assert_true(most > 3 && most <= 2 * sqrt(3.0));
}

static void directions_are_cos_and_sin(void **state)
{
    (void)state;
    for (double angle = -6.5; angle < 6.5; angle += 0.1) {
        Point d = canvas_direction(angle);
        assert_true(fabs(d.x - cos(angle)) < 1e-14 && fabs(d.y - sin(angle)) < 1e-14);
        Point p = canvas_turn((Point){2, 3}, d);
        assert_true(fabs(p.x - (2 * cos(angle) - 3 * sin(angle))) < 1e-13);
        assert_true(fabs(p.y - (2 * sin(angle) + 3 * cos(angle))) < 1e-13);
    }
}

static void a_pixel_on_an_edge_is_covered_by_half(void **state)
{
    (void)state;
    assert_true(canvas_cover(-0.6) == 0 && canvas_cover(0.6) == 1);
    assert_true(canvas_cover(0) == 0.5 && canvas_cover(0.25) == 0.75);
}

/* -- digits ----------------------------------------------------------------------------------- */

static double distance(int n, const real *a, const real *b)
{
    double sum = 0;
    for (int i = 0; i < n; i++)
        sum += (double)((a[i] - b[i]) * (a[i] - b[i]));
    return sqrt(sum);
}

static const real *digit(const Dataset *data, int i)
{
    return data->x + (size_t)i * DIGIT_PIXELS;
}

static void digits_come_in_turn(void **state)
{
    (void)state;
    Dataset data = digits_draw(6, 25, digits_of_lessons);
    assert_int_equal(data.length, 25);
    assert_int_equal(data.x_size, 28 * 28);
    assert_int_equal(data.y_size, 1);
    for (int i = 0; i < 25; i++)
        assert_true(data.y[i] == i % 10);
    dataset_free(&data);
}

static void when_nothing_is_hard_a_digit_is_always_the_same(void **state)
{
    (void)state;
    Dataset data = digits_draw(7, 20, (DigitOptions){.hard = 0});
    for (int i = 0; i < 10; i++) {
        assert_true(distance(DIGIT_PIXELS, digit(&data, i), digit(&data, i + 10)) == 0);
        for (int j = 0; j < i; j++)
            assert_true(distance(DIGIT_PIXELS, digit(&data, i), digit(&data, j)) > 3);
    }
    dataset_free(&data);
}

/* How many of 500 are nearest to the plain picture of another digit. */
static int misread(double hard)
{
    int wrong = 0;
    Dataset plain = digits_draw(8, 10, (DigitOptions){.hard = 0});
    Dataset data = digits_draw(8, 500, (DigitOptions){.hard = hard});
    for (int i = 0; i < data.length; i++) {
        int nearest = 0;
        for (int k = 1; k < 10; k++)
            if (distance(DIGIT_PIXELS, digit(&data, i), digit(&plain, k)) <
                distance(DIGIT_PIXELS, digit(&data, i), digit(&plain, nearest)))
                nearest = k;
        wrong += nearest != (int)data.y[i];
    }
    dataset_free(&plain);
    dataset_free(&data);
    return wrong;
}

static void a_digit_looks_like_itself_and_less_so_when_it_is_hard(void **state)
{
    (void)state;
    assert_int_equal(misread(0.1), 0);
    assert_in_range(misread(0.5), 1, 100);
    assert_in_range(misread(1), 150, 400);
}

/* -- shapes ----------------------------------------------------------------------------------- */

/* How much of a plain image, whose shape and ground have one colour each, its shape covers. The
 * ground's colour is that of the corner, the shape's the one that is farthest from it. */
static double area_of(const real *x)
{
    real most = 0;
    double sum = 0;
    for (int i = 0; i < SHAPE_NUMBERS / 3; i++)
        most = fabs(x[i] - x[0]) > fabs(most) ? x[i] - x[0] : most;
    for (int i = 0; i < SHAPE_NUMBERS / 3; i++)
        sum += (double)((x[i] - x[0]) / most);
    return sum;
}

/* The radius is 10 pixels; the formulas are those of plane geometry. */
static const struct {
    const char *name;
    double area;
} expected[SHAPE_CLASSES] = {
    {"disc", 227.0},  {"ring", 211.1},  {"triangle", 157.2}, {"square", 225.0}, {"star", 158.5},
    {"cross", 180.0}, {"heart", 258.0}, {"moon", 129.7},     {"flower", 190.2}, {"drop", 157.2},
};

static void each_shape_has_its_area(void **state)
{
    (void)state;
    Dataset data = shapes_draw(9, 10, (ShapeOptions){.hard = 0});
    assert_int_equal(data.x_size, 3 * 32 * 32);
    for (int i = 0; i < 10; i++) {
        assert_true(data.y[i] == i);
        assert_string_equal(shape_name(i), expected[i].name);
        double area = area_of(data.x + (size_t)i * SHAPE_NUMBERS);
        if (fabs(area / expected[i].area - 1) > 0.02)
            fail_msg("%s: %g pixels, expected %g", expected[i].name, area, expected[i].area);
    }
    dataset_free(&data);
}

/* The largest difference between an image and its mirror image. */
static double asymmetry(const real *x, bool upside_down)
{
    const int last = SHAPE_SIDE - 1;
    double most = 0;
    for (int row = 0; row < 3 * SHAPE_SIDE; row++)
        for (int j = 0; j < SHAPE_SIDE; j++) {
            int i = row % SHAPE_SIDE, mirror = upside_down ? row - i + last - i : row;
            real there = x[mirror * SHAPE_SIDE + (upside_down ? j : last - j)];
            double off = fabs((double)(x[row * SHAPE_SIDE + j] - there));
            if (off > most)
                most = off;
        }
    return most;
}

static void shapes_stand_upright_unless_they_are_turned(void **state)
{
    (void)state;
    const double rounding = 1e-6;
    Dataset data = shapes_draw(9, 10, (ShapeOptions){.hard = 0});
    Dataset turned = shapes_draw(9, 10, (ShapeOptions){.hard = 0, .turn = 0.5});
    for (int i = 0; i < 10; i++) {
        const real *x = data.x + (size_t)i * SHAPE_NUMBERS;
        bool is_moon = strcmp(shape_name(i), "moon") == 0;
        assert_true(asymmetry(x, is_moon) < rounding);
        assert_true(is_moon == (asymmetry(x, false) > 0.1));
        if (i > 1) /* of discs and rings nobody sees it */
            assert_true(asymmetry(turned.x + (size_t)i * SHAPE_NUMBERS, is_moon) > 0.1);
    }
    dataset_free(&data);
    dataset_free(&turned);
}

static void some_of_the_shapes_can_be_drawn(void **state)
{
    (void)state;
    Dataset data = shapes_draw(9, 12, (ShapeOptions){.first = 5, .classes = 4});
    for (int i = 0; i < 12; i++) {
        assert_true(data.y[i] == i % 4);
        double area = area_of(data.x + (size_t)i * SHAPE_NUMBERS);
        assert_true(fabs(area / expected[5 + i % 4].area - 1) < 0.02);
    }
    dataset_free(&data);
    data = shapes_draw(9, 7, (ShapeOptions){.first = 8});
    assert_true(data.y[1] == 1 && data.y[2] == 0);
    dataset_free(&data);
}

/* -- what is refused -------------------------------------------------------------------------- */

static void draw_too_hard(void *context)
{
    (void)context;
    digits_draw(1, 1, (DigitOptions){.hard = 3});
}

static void draw_no_number_as_noise(void *context)
{
    (void)context;
    digits_draw(1, 1, (DigitOptions){.noise = NAN});
}

static void draw_noise_below_0(void *context)
{
    (void)context;
    shapes_draw(1, 1, (ShapeOptions){.noise = -1});
}

static void draw_an_eleventh_shape(void *context)
{
    (void)context;
    shapes_draw(1, 1, (ShapeOptions){.first = 8, .classes = 3});
}

static void name_an_eleventh_shape(void *context)
{
    (void)context;
    shape_name(10);
}

static void expect_stop(ChildBody *body, const char *message)
{
    Child child = child_run(body, NULL);
    assert_int_equal(child.status, 1);
    assert_string_equal(child.err, message);
}

static void what_cannot_be_drawn_stops_the_program(void **state)
{
    (void)state;
    expect_stop(draw_too_hard, "digits_draw: hard 3: expected 0 to 2\n");
    expect_stop(draw_no_number_as_noise,
                "digits_draw: noise nan: expected 0 or more, and finite\n");
    expect_stop(draw_noise_below_0, "shapes_draw: noise -1: expected 0 or more, and finite\n");
    expect_stop(draw_an_eleventh_shape, "shapes_draw: 3 shapes from 8 on: there are 10\n");
    expect_stop(name_an_eleventh_shape, "shape_name: shape 10 of 10\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_seed_gives_the_same_images_on_every_machine),
        cmocka_unit_test(another_seed_gives_other_images),
        cmocka_unit_test(more_images_begin_with_the_same),
        cmocka_unit_test(without_noise_numbers_are_between_0_and_1),
        cmocka_unit_test(noise_has_its_mean_and_deviation),
        cmocka_unit_test(directions_are_cos_and_sin),
        cmocka_unit_test(a_pixel_on_an_edge_is_covered_by_half),
        cmocka_unit_test(digits_come_in_turn),
        cmocka_unit_test(when_nothing_is_hard_a_digit_is_always_the_same),
        cmocka_unit_test(a_digit_looks_like_itself_and_less_so_when_it_is_hard),
        cmocka_unit_test(each_shape_has_its_area),
        cmocka_unit_test(shapes_stand_upright_unless_they_are_turned),
        cmocka_unit_test(some_of_the_shapes_can_be_drawn),
        cmocka_unit_test(what_cannot_be_drawn_stops_the_program),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
