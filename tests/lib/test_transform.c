/* Images are resized, turned, cut and padded as PyTorch does it; random steps draw what their
 * headers say; steps follow each other in a pipeline. */
#include "data/transform.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "child.h"
#include "data/canvas.h"
#include "golden.h"

/* -- PyTorch's numbers ------------------------------------------------------------------------ */

enum { MOST = 2 * 10 * 21 };

static ImageSize size_of(const GoldenLine *line)
{
    return (ImageSize){line->shape.dim[0], line->shape.dim[1], line->shape.dim[2]};
}

static void one_step(Transform step, Image in, Image out)
{
    Rng rng;
    rng_seed(&rng, 1);
    transform_apply(1, &step, &rng, in, out);
}

static void follow(const char *name, const double setting[4], Image in, Image out)
{
    const int a = (int)setting[0], b = (int)setting[1];
    if (strcmp(name, "resize_bilinear") == 0)
        one_step(transform_resize(a, b, true), in, out);
    else if (strcmp(name, "resize_nearest") == 0)
        one_step(transform_resize(a, b, false), in, out);
    else if (strcmp(name, "rotate") == 0)
        image_rotate(in, setting[0], out);
    else if (strcmp(name, "flip") == 0)
        one_step(transform_flip(1), in, out);
    else if (strcmp(name, "shift") == 0)
        image_window(in, -a, -b, out);
    else if (strcmp(name, "padding") == 0)
        one_step(transform_pad(a), in, out);
    else if (strcmp(name, "crop") == 0)
        one_step(transform_crop(a, b), in, out);
    else if (strcmp(name, "normalize") == 0)
        one_step(transform_normalize(2, setting, setting + 2), in, out);
    else
        fail_msg("no such transform: %s", name);
}

static void expect_golden(const GoldenLine *line, const char *words, const GoldenLine *input)
{
    const double tolerance = sizeof(real) == sizeof(double) ? 1e-13 : 4e-6;
    char name[32];
    double setting[4] = {0};
    real x[MOST], found[MOST];
    sscanf(words, "%31s %lf %lf %lf %lf", name, setting, setting + 1, setting + 2, setting + 3);
    assert_string_equal(line->name, "out");
    assert_true(line->n <= MOST);
    for (int i = 0; i < input->n; i++)
        x[i] = (real)input->value[i];
    for (int i = 0; i < line->n; i++)
        found[i] = 99;
    follow(name, setting, (Image){size_of(input), x}, (Image){size_of(line), found});
    for (int i = 0; i < line->n; i++)
        if (!(fabs((double)found[i] - line->value[i]) <= tolerance * fmax(1, fabs(line->value[i]))))
            fail_msg("case %s of %d x %d: number %d is %.17g, PyTorch has %.17g", words,
                     input->shape.dim[1], input->shape.dim[2], i, (double)found[i], line->value[i]);
}

static void images_become_what_they_become_in_torch(void **state)
{
    (void)state;
    Golden golden = golden_read("tests/golden/transforms.txt");
    const GoldenLine *input = NULL;
    int cases = 0;
    for (int i = 0; i < golden.n; i++) {
        const GoldenLine *line = &golden.line[i];
        if (strcmp(line->name, "in") == 0)
            input = line;
        if (!line->words || !input)
            continue;
        cases++;
        expect_golden(line + 1, line->words, input);
    }
    assert_int_equal(cases, 2 * 33);
    golden_free(&golden);
}

/* -- by hand ---------------------------------------------------------------------------------- */

static const ImageSize nine = {1, 3, 3};

static Image digits_1_to_9(void)
{
    static real x[9];
    for (int i = 0; i < 9; i++)
        x[i] = (real)(i + 1);
    return (Image){nine, x};
}

static void expect_image(const real *found, const int expected[9])
{
    for (int i = 0; i < 9; i++)
        assert_true(fabs((double)found[i] - expected[i]) < 1e-5);
}

static void one_to_nine_can_be_followed_by_eye(void **state)
{
    (void)state;
    real x[9];
    Image out = {nine, x};
    image_flip(digits_1_to_9(), out);
    expect_image(x, (const int[]){3, 2, 1, 6, 5, 4, 9, 8, 7});
    image_rotate(digits_1_to_9(), 90, out);
    expect_image(x, (const int[]){3, 6, 9, 2, 5, 8, 1, 4, 7});
    image_rotate(digits_1_to_9(), 360 - 90, out);
    expect_image(x, (const int[]){7, 4, 1, 8, 5, 2, 9, 6, 3});
    image_window(digits_1_to_9(), 0, -1, out);
    expect_image(x, (const int[]){0, 1, 2, 0, 4, 5, 0, 7, 8});
}

static void bytes_become_channels_from_0_to_1(void **state)
{
    (void)state;
    const unsigned char bytes[12] = {0, 51, 255, 1, 2, 3, 102, 4, 5, 6, 7, 8};
    const int expected[12] = {0, 1, 102, 6, 51, 2, 4, 7, 255, 3, 5, 8};
    real x[12];
    image_from_bytes(bytes, (Image){{3, 2, 2}, x});
    for (int i = 0; i < 12; i++)
        assert_true(fabs((double)x[i] * 255 - expected[i]) < 1e-4);
}

/* -- random steps ----------------------------------------------------------------------------- */

/* An image whose element (i, j) is 100 i + j + 1. */
static Image counted(int height, int width)
{
    static real x[400];
    for (int i = 0; i < height; i++)
        for (int j = 0; j < width; j++)
            x[i * width + j] = (real)(100 * i + j + 1);
    return (Image){{1, height, width}, x};
}

/* 5000 draws over n places, each within 5 standard deviations of as many. */
static void expect_even(int n, const int *seen)
{
    const double mean = 5000.0 / n;
    for (int i = 0; i < n; i++)
        assert_true(fabs(seen[i] - mean) < 5 * sqrt(mean));
}

static void every_part_is_as_likely_a_crop(void **state)
{
    (void)state;
    int seen[12] = {0};
    real x[6];
    Rng rng;
    rng_seed(&rng, 2);
    const Transform step = transform_random_crop(2, 3);
    for (int k = 0; k < 5000; k++) { /* 3 x 4 places */
        transform_apply(1, &step, &rng, counted(4, 6), (Image){{1, 2, 3}, x});
        assert_true(x[1] == x[0] + 1 && x[3] == x[0] + 100 && x[5] == x[0] + 102);
        seen[(int)(x[0] / 100) * 4 + (int)fmod(x[0], 100) - 1]++;
    }
    expect_even(12, seen);
}

static void every_shift_is_as_likely_and_leaves_zeros(void **state)
{
    (void)state;
    int seen[25] = {0};
    real x[49];
    Rng rng;
    rng_seed(&rng, 3);
    const Transform step = transform_shift(2);
    for (int k = 0; k < 5000; k++) {
        transform_apply(1, &step, &rng, counted(7, 7), (Image){{1, 7, 7}, x});
        const int middle = (int)x[3 * 7 + 3] - 1; /* came from here */
        const int down = 3 - middle / 100, right = 3 - middle % 100;
        assert_true(abs(down) <= 2 && abs(right) <= 2);
        assert_true(down <= 0 || x[3] == 0);
        assert_true(right >= 0 || x[3 * 7 + 6] == 0);
        seen[(down + 2) * 5 + right + 2]++;
    }
    expect_even(25, seen);
}

static void a_flip_happens_as_often_as_it_should(void **state)
{
    (void)state;
    int flipped = 0;
    real x[9];
    Rng rng;
    rng_seed(&rng, 4);
    const Transform step = transform_flip(0.25);
    for (int k = 0; k < 5000; k++) {
        transform_apply(1, &step, &rng, digits_1_to_9(), (Image){nine, x});
        assert_true(x[0] == 1 || x[0] == 3);
        flipped += x[0] == 3;
    }
    assert_in_range(flipped, 1250 - 153, 1250 + 153); /* standard deviation 30.6 */
}

static void angles_are_even_to_both_sides(void **state)
{
    (void)state;
    double least = 99, most = -99, mean = 0;
    real x[49];
    Rng rng;
    rng_seed(&rng, 5);
    const Transform step = transform_rotate(20);
    for (int k = 0; k < 5000; k++) {
        transform_apply(1, &step, &rng, counted(7, 7), (Image){{1, 7, 7}, x});
        /* One to the right of the middle comes from (1, 0) turned: 100 sin + cos more than it. */
        double sine = ((double)(x[25] - x[24])) / hypot(100, 1);
        double angle = (asin(sine) - atan(0.01)) * 180 / 3.14159265358979;
        least = fmin(least, angle);
        most = fmax(most, angle);
        mean += angle / 5000;
    }
    assert_true(least > -20.01 && least < -19.8);
    assert_true(most < 20.01 && most > 19.8);
    assert_true(fabs(mean) < 5 * 20 / sqrt(3.0 * 5000));
}

/* -- pipelines -------------------------------------------------------------------------------- */

static const double half[1] = {0.5}, two[1] = {2};

static void steps_follow_each_other(void **state)
{
    (void)state;
    const Transform steps[] = {transform_pad(1), transform_crop(3, 5), transform_flip(1),
                               transform_normalize(1, half, two)};
    const double expected[15] = {-.25, 1.25, 0.75, 0.25, -.25, -.25, 2.75, 2.25,
                                 1.75, -.25, -.25, 4.25, 3.75, 3.25, -.25};
    real x[15];
    Rng rng;
    rng_seed(&rng, 6);
    Pipeline pipeline = pipeline_new(4, steps, nine);
    assert_true(image_same_size(pipeline.out, (ImageSize){1, 3, 5}));
    for (int round = 0; round < 2; round++) {
        pipeline_apply(&pipeline, &rng, digits_1_to_9(), (Image){pipeline.out, x});
        for (int i = 0; i < 15; i++)
            assert_true(fabs((double)x[i] - expected[i]) < 1e-6);
    }
    pipeline_free(&pipeline);
    assert_null(pipeline.step);
}

static void no_step_is_a_copy(void **state)
{
    (void)state;
    real x[9];
    Rng rng;
    rng_seed(&rng, 6);
    transform_apply(0, NULL, &rng, digits_1_to_9(), (Image){nine, x});
    expect_image(x, (const int[]){1, 2, 3, 4, 5, 6, 7, 8, 9});
}

/* -- what is refused -------------------------------------------------------------------------- */

static real room[2][64];

static void crop_more_than_there_is(void *context)
{
    (void)context;
    const Transform step = transform_crop(2, 4);
    pipeline_new(1, &step, nine);
}

static void crop_randomly_more_than_there_is(void *context)
{
    (void)context;
    const Transform step = transform_random_crop(4, 2);
    pipeline_new(1, &step, nine);
}

static void normalize_three_channels(void *context)
{
    (void)context;
    const Transform step =
        transform_normalize(3, (const double[]){0, 0, 0}, (const double[]){1, 1, 1});
    pipeline_new(1, &step, nine);
}

static void divide_by_a_std_of_0(void *context)
{
    (void)context;
    transform_normalize(1, half, (const double[]){0});
}

static void flip_more_than_always(void *context)
{
    (void)context;
    transform_flip(1.5);
}

static void apply_to_another_size(void *context)
{
    (void)context;
    Rng rng;
    rng_seed(&rng, 1);
    Pipeline pipeline = pipeline_new(0, NULL, nine);
    pipeline_apply(&pipeline, &rng, (Image){{1, 3, 4}, room[0]}, (Image){nine, room[1]});
}

static void change_channels(void *context)
{
    (void)context;
    image_resize((Image){{1, 2, 2}, room[0]}, true, (Image){{2, 2, 2}, room[1]});
}

static void rotate_into_another_size(void *context)
{
    (void)context;
    image_rotate((Image){{1, 2, 2}, room[0]}, 5, (Image){{1, 2, 3}, room[1]});
}

static void what_does_not_fit_stops_the_program(void **state)
{
    (void)state;
    static const struct {
        ChildBody *body;
        const char *message;
    } mistakes[] = {
        {crop_more_than_there_is, "transform_crop: 2 x 4 out of 3 x 3\n"},
        {crop_randomly_more_than_there_is, "transform_random_crop: 4 x 2 out of 3 x 3\n"},
        {normalize_three_channels, "transform_normalize: 3 means for 1 channels\n"},
        {divide_by_a_std_of_0,
         "transform_normalize: mean 0.5, std 0: expected a std above 0, and both finite\n"},
        {flip_more_than_always, "transform_flip: p 1.5: expected 0 to 1\n"},
        {apply_to_another_size, "pipeline_apply: in is 1 x 3 x 4: expected 1 x 3 x 3\n"},
        {change_channels, "image_resize: 1 x 2 x 2 cannot become 2 x 2 x 2\n"},
        {rotate_into_another_size, "image_rotate: 1 x 2 x 2 cannot become 1 x 2 x 3\n"},
    };
    for (size_t i = 0; i < sizeof mistakes / sizeof mistakes[0]; i++) {
        Child child = child_run(mistakes[i].body, NULL);
        assert_int_equal(child.status, 1);
        assert_string_equal(child.err, mistakes[i].message);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(images_become_what_they_become_in_torch),
        cmocka_unit_test(one_to_nine_can_be_followed_by_eye),
        cmocka_unit_test(bytes_become_channels_from_0_to_1),
        cmocka_unit_test(every_part_is_as_likely_a_crop),
        cmocka_unit_test(every_shift_is_as_likely_and_leaves_zeros),
        cmocka_unit_test(a_flip_happens_as_often_as_it_should),
        cmocka_unit_test(angles_are_even_to_both_sides),
        cmocka_unit_test(steps_follow_each_other),
        cmocka_unit_test(no_step_is_a_copy),
        cmocka_unit_test(what_does_not_fit_stops_the_program),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
