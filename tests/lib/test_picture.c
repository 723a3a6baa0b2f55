/* A picture is read to the last bit or refused in one line, and becomes a digit as MNIST's were
 * made. */
#include "data/picture.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "error.h"
#include "png_file.h"
#include "scratch.h"

static void expect_picture(const char *name, int channels, int h, int w, const double x[],
                           double greatest)
{
    Picture picture;
    if (!picture_read(&picture, scratch_path(name)))
        fail_msg("%s", error_text());
    assert_int_equal(picture.channels, channels);
    assert_int_equal(picture.h, h);
    assert_int_equal(picture.w, w);
    for (int i = 0; i < channels * h * w; i++)
        assert_true(picture.x[i] == (real)x[i] / (real)greatest);
    picture_free(&picture);
    assert_null(picture.x);
}

static void expect_refused(const void *bytes, size_t size, const char *words)
{
    Picture picture;
    char expected[1024];
    scratch_write("picture", bytes, size);
    snprintf(expected, sizeof expected, "%s%s", scratch_path("picture"), words);
    assert_false(picture_read(&picture, scratch_path("picture")));
    assert_string_equal(error_text(), expected);
    assert_null(picture.x);
}

static void expect_text_refused(const char *text, const char *words)
{
    expect_refused(text, strlen(text), words);
}

/* -- PGM and PPM --------------------------------------------------------------------------- */

static const double grey[] = {0, 1, 2, 3, 9, 15};
static const double colour[] = {1, 4, 2, 5, 3, 6}; /* two pixels, (1, 2, 3) and (4, 5, 6) */

static void grey_pictures_are_read(void **state)
{
    (void)state;
    scratch_write_text("text", "P2\n3 2\n15\n0 1 2\n3 9 15\n");
    scratch_write_text("bare", "P2 3 2 15 0 1 2 3 9 15");
    scratch_write_text("comments", "P2#x\n# 9 9\n3# wide\r2 #high\n15\n# now\n0 1 2 3 9#,\n15#");
    scratch_write("bytes", "P5\n3 2\n15\n\0\1\2\3\11\17", 16);
    scratch_write("more", "P5 3 2 15\n\0\1\2\3\11\17P5 1 1 1 x", 26);
    scratch_write("wide", "P5 3 2\t1000\r\0\0\0\1\0\2\0\3\0\11\0\17", 24);
    expect_picture("text", 1, 2, 3, grey, 15);
    expect_picture("bare", 1, 2, 3, grey, 15);
    expect_picture("comments", 1, 2, 3, grey, 15);
    expect_picture("bytes", 1, 2, 3, grey, 15);
    expect_picture("more", 1, 2, 3, grey, 15);
    expect_picture("wide", 1, 2, 3, grey, 1000);
}

static void coloured_pictures_are_read_channels_first(void **state)
{
    (void)state;
    const double wide[] = {256, 1, 255, 65535, 65534, 0};
    scratch_write_text("text", "P3 2 1 255 1 2 3 4 5 6");
    scratch_write("bytes", "P6 2 1 255 \1\2\3\4\5\6", 17);
    scratch_write("wide", "P6 2 1 65535 \1\0\0\xFF\xFF\xFE\0\1\xFF\xFF\0\0", 25);
    expect_picture("text", 3, 1, 2, colour, 255);
    expect_picture("bytes", 3, 1, 2, colour, 255);
    expect_picture("wide", 3, 1, 2, wide, 65535);
}

static void a_first_byte_that_is_a_blank_is_a_pixel(void **state)
{
    (void)state;
    const double x[] = {' ', '#', '\n'};
    scratch_write_text("bytes", "P5 3 1 255\n #\n");
    expect_picture("bytes", 1, 1, 3, x, 255);
}

static void what_is_no_picture_is_refused(void **state)
{
    (void)state;
    const char *kinds = ": expected a picture in PGM, PPM (P2, P3, P5 or P6) or PNG";
    const char *texts[] = {"", "P", "P5", "P1 1 1 0", "P55 1 1 1 x", "p5 1 1 1 x", "\xFF\xD8\xFF"};
    for (int i = 0; i < 7; i++)
        expect_text_refused(texts[i], kinds);
    expect_text_refused("P5 ", ": expected its width, a number from 1 to 16384");
    expect_text_refused("P5 0 1 1 x", ": expected its width, a number from 1 to 16384");
    expect_text_refused("P5 3 -1 1 x", ": expected its height, a number from 1 to 16384");
    expect_text_refused("P5 3 99999999999 1 x", ": expected its height, a number from 1 to 16384");
    expect_text_refused("P2 3 1 65536 1",
                        ": expected its greatest value, a number from 1 to 65535");
    expect_text_refused("P2 16384 16384 1 1",
                        ": is 16384 x 16384 pixels: expected at most 67108864 of them");
}

static void a_picture_is_as_long_as_its_pixels(void **state)
{
    (void)state;
    const char *ends = ": ends before the 6 numbers of its pixels";
    expect_text_refused("P5 3 2 255", ends);
    expect_text_refused("P5 3 2 255 12345", ends);
    expect_text_refused("P5 3 2 65535 12345678901", ends);
    expect_text_refused("P5 3 2 65535 1234567890", ends);
    expect_text_refused("P6 2 1 255 12345", ends);
    expect_text_refused("P2 3 2 255 1 2 3 4 5", ends);
    expect_text_refused("P2 3 2 255 1 2 3 4 5 # 6", ends);
    expect_text_refused("P3 8192 8192 255 1 2 3",
                        ": ends before the 201326592 numbers of its pixels");
}

static void numbers_that_are_too_great_or_none_are_refused(void **state)
{
    (void)state;
    expect_text_refused("P2 3 2 15 1 2 16 4 5 6", ": number 3 of 6: expected 0 to 15");
    expect_text_refused("P2 3 2 15 1 2 3 4 5 x", ": number 6 of 6: expected 0 to 15");
    expect_text_refused("P2 3 2 15 1 -2 3 4 5 6", ": number 2 of 6: expected 0 to 15");
    expect_text_refused("P2 3 2 15 1 2 3 4 5 00000006", ": number 6 of 6: expected 0 to 15");
    expect_refused("P5 3 2 15 \1\2\20\4\5\6", 16, ": number 3 of 6: expected 0 to 15");
    expect_refused("P5 2 1 300 \1\1\1\55", 15, ": number 2 of 2: expected 0 to 300");
}

static void a_missing_picture_is_named(void **state)
{
    (void)state;
    Picture picture;
    real digit[28 * 28];
    assert_false(picture_read(&picture, "nowhere/seven.pgm"));
    assert_string_equal(error_text(),
                        "nowhere/seven.pgm: cannot be opened: No such file or directory");
    assert_false(picture_read_digit("nowhere/seven.pgm", digit));
    assert_string_equal(error_text(),
                        "nowhere/seven.pgm: cannot be opened: No such file or directory");
}

/* -- PNG ----------------------------------------------------------------------------------- */

#ifdef HAVE_PNG

static void write_png(PngFile *png, const void *rows, size_t length)
{
    png_end(png, rows, length);
    scratch_write("png", png->bytes, png->size);
}

static void png_in_grey_and_colour_is_read(void **state)
{
    (void)state;
    PngFile png = png_begin(3, 2, 8, PNG_IS_GREY, false);
    write_png(&png, "\0\0\1\2\0\3\11\17", 8);
    expect_picture("png", 1, 2, 3, grey, 255);
    png = png_begin(3, 2, 16, PNG_IS_GREY, false);
    write_png(&png, "\0\0\0\0\1\0\2\0\0\3\0\11\0\17", 14);
    expect_picture("png", 1, 2, 3, grey, 65535);
    png = png_begin(3, 2, 4, PNG_IS_GREY, false);
    write_png(&png, "\0\x01\x20\0\x39\xF0", 6);
    expect_picture("png", 1, 2, 3, grey, 15);
    png = png_begin(2, 1, 8, PNG_IS_RGB, false);
    write_png(&png, "\0\1\2\3\4\5\6", 7);
    expect_picture("png", 3, 1, 2, colour, 255);
    png = png_begin(2, 1, 8, PNG_HAS_PALETTE, false);
    png_chunk(&png, "PLTE", "\7\7\7\4\5\6\1\2\3", 9);
    write_png(&png, "\0\2\1", 3);
    expect_picture("png", 3, 1, 2, colour, 255);
}

static void interlaced_png_is_read(void **state)
{
    (void)state;
    PngFile png = png_begin(3, 2, 8, PNG_IS_GREY, true);
    /* Adam7's passes: pixel (0, 0); pixel (0, 2); pixel (0, 1); row 1 */
    write_png(&png, "\0\0\0\2\0\1\0\3\11\17", 10);
    expect_picture("png", 1, 2, 3, grey, 255);
}

static void what_is_transparent_shows_white(void **state)
{
    (void)state;
    PngFile png = png_begin(3, 1, 8, PNG_IS_RGBA, false);
    write_png(&png, "\0\11\11\11\0\63\63\0\xFF\xFF\0\xFF\63", 13);
    Picture picture;
    assert_true(picture_read(&picture, scratch_path("png")));
    const double want[] = {1, 0.2, 1, 1, 0.2, 0.8, 1, 0, 1};
    for (int i = 0; i < 9; i++)
        assert_true(fabs(picture.x[i] - (real)want[i]) < 10 * REAL_EPSILON);
    picture_free(&picture);
    png = png_begin(3, 1, 8, PNG_IS_GREY, false);
    png_chunk(&png, "tRNS", "\0\5", 2);
    write_png(&png, "\0\4\5\6", 4);
    expect_picture("png", 1, 1, 3, (const double[]){4, 255, 6}, 255);
}

static void broken_png_is_refused(void **state)
{
    (void)state;
    PngFile png = png_begin(3, 2, 8, PNG_IS_GREY, false);
    expect_refused(png.bytes, png.size, ": cannot be read as PNG: the file ends too early");
    png_end(&png, "\0\0\1\2\0\3\11\17", 8);
    for (size_t size = 8; size < png.size; size++)
        expect_refused(png.bytes, size, ": cannot be read as PNG: the file ends too early");
    png.bytes[20] ^= 1;
    expect_refused(png.bytes, png.size, ": cannot be read as PNG: IHDR: CRC error");
    png = png_begin(16384, 16384, 8, PNG_IS_GREY, false);
    png_end(&png, "", 0);
    expect_refused(png.bytes, png.size, ": cannot be read as PNG: too many pixels");
}

#else

static void without_libpng_a_png_file_is_refused(void **state)
{
    (void)state;
    expect_refused("\x89PNG\r\n\x1A\n", 8,
                   " is in PNG: this program was built without libpng; turn it into PGM or PPM "
                   "first");
}

#endif

/* -- digits -------------------------------------------------------------------------------- */

/* A picture of one brightness. */
static Picture paper(int channels, int h, int w, double brightness)
{
    Picture picture = {.channels = channels, .h = h, .w = w};
    picture.x = malloc((size_t)(channels * h * w) * sizeof *picture.x);
    for (int i = 0; i < channels * h * w; i++)
        picture.x[i] = (real)brightness;
    return picture;
}

static void fill(Picture *picture, int top, int left, int h, int w, double brightness)
{
    for (int c = 0; c < picture->channels; c++)
        for (int i = top; i < top + h; i++)
            for (int j = left; j < left + w; j++)
                picture->x[(c * picture->h + i) * picture->w + j] = (real)brightness;
}

static void to_digit(Picture *picture, real digit[28 * 28])
{
    if (!picture_to_digit(picture, digit))
        fail_msg("%s", error_text());
    picture_free(picture);
}

/* Ink of 1 in rows top .. top+h-1 and columns left .. left+w-1, 0 elsewhere. */
static void expect_box(const real digit[28 * 28], int top, int left, int h, int w)
{
    for (int i = 0; i < 28; i++)
        for (int j = 0; j < 28; j++) {
            bool ink = i >= top && i < top + h && j >= left && j < left + w;
            if (fabs(digit[i * 28 + j] - ink) > 100 * REAL_EPSILON)
                fail_msg("(%d, %d) is %g", i, j, (double)digit[i * 28 + j]);
        }
}

static void ink_is_scaled_to_20_pixels_and_centred(void **state)
{
    (void)state;
    real digit[28 * 28];
    Picture picture = paper(1, 300, 200, 1);
    fill(&picture, 30, 20, 100, 40, 0);
    to_digit(&picture, digit);
    expect_box(digit, 4, 10, 20, 8); /* 100 x 40, five times as small */
    picture = paper(3, 9, 60, 1);
    fill(&picture, 2, 40, 2, 5, 0);
    to_digit(&picture, digit);
    expect_box(digit, 10, 4, 8, 20); /* 2 x 5, four times as large */
    picture = paper(1, 50, 50, 1);
    fill(&picture, 1, 7, 45, 1, 0);
    to_digit(&picture, digit);
    expect_box(digit, 4, 14, 20, 1); /* 45 x 1 would be less than half a pixel wide */
}

static void dark_on_light_and_light_on_dark_are_alike(void **state)
{
    (void)state;
    real dark[28 * 28], light[28 * 28], faint[28 * 28];
    Picture picture = paper(1, 40, 40, 1);
    fill(&picture, 5, 5, 20, 6, 0);
    fill(&picture, 5, 11, 5, 9, 0.5);
    to_digit(&picture, dark);
    picture = paper(3, 40, 40, 0);
    fill(&picture, 5, 5, 20, 6, 1);
    fill(&picture, 5, 11, 5, 9, 0.5);
    to_digit(&picture, light);
    picture = paper(1, 40, 40, 0.75); /* ink of less contrast, on grey paper */
    fill(&picture, 5, 5, 20, 6, 0.25);
    fill(&picture, 5, 11, 5, 9, 0.5);
    fill(&picture, 38, 0, 2, 30, 0.7); /* a shadow along the border */
    to_digit(&picture, faint);
    for (int i = 0; i < 28 * 28; i++) {
        assert_true(fabs(dark[i] - light[i]) < 100 * REAL_EPSILON);
        assert_true(fabs(dark[i] - faint[i]) < 100 * REAL_EPSILON);
    }
}

static void areas_are_averaged(void **state)
{
    (void)state;
    real digit[28 * 28];
    Picture picture = paper(1, 50, 50, 0);
    fill(&picture, 5, 5, 30, 30, 1);
    fill(&picture, 5, 6, 1, 1, 0); /* a hole, in a scale of 3 pixels to 2 */
    to_digit(&picture, digit);
    assert_true(fabs(digit[4 * 28 + 4] - (real)7 / 9) < 100 * REAL_EPSILON);
    assert_true(fabs(digit[4 * 28 + 5] - (real)7 / 9) < 100 * REAL_EPSILON);
    assert_true(fabs(digit[4 * 28 + 6] - 1) < 100 * REAL_EPSILON);
    assert_true(fabs(digit[5 * 28 + 4] - 1) < 100 * REAL_EPSILON);
}

static void a_thin_pen_writes_as_strongly_as_a_thick_one(void **state)
{
    (void)state;
    real digit[28 * 28];
    Picture picture = paper(1, 220, 220, 1);
    fill(&picture, 10, 10, 200, 2, 0);
    fill(&picture, 10, 12, 1, 198, 0);
    to_digit(&picture, digit);
    int top = 0, left = 0; /* of the corner, where it is the strongest: 0.28, before it is 1 */
    while (digit[top * 28 + left] <= 0)
        if (++left == 28)
            left = 0, top++;
    assert_true(fabs(digit[top * 28 + left] - 1) < 100 * REAL_EPSILON);
    assert_true(fabs(digit[top * 28 + left + 9] - (real)(0.1 / 0.28)) < 100 * REAL_EPSILON);
    assert_true(fabs(digit[(top + 9) * 28 + left] - (real)(0.2 / 0.28)) < 100 * REAL_EPSILON);
}

static void the_centre_of_mass_lies_in_the_middle(void **state)
{
    (void)state;
    real digit[28 * 28], sum = 0, down = 0, along = 0;
    Picture picture = paper(1, 60, 60, 0);
    fill(&picture, 10, 10, 20, 6, 1); /* an L, heavy at the left */
    fill(&picture, 28, 16, 2, 12, 1);
    to_digit(&picture, digit);
    for (int i = 0; i < 28; i++)
        for (int j = 0; j < 28; j++) {
            sum += digit[i * 28 + j];
            down += digit[i * 28 + j] * ((real)i + (real)0.5);
            along += digit[i * 28 + j] * ((real)j + (real)0.5);
        }
    assert_true(fabs(sum - (20 * 6 + 2 * 12)) < (real)1e-3);
    assert_true(fabs(down / sum - 14) <= (real)0.501);
    assert_true(fabs(along / sum - 14) <= (real)0.501);
}

/* All of the ink stays inside, though its centre of mass is then not in the middle. */
static void what_is_heavy_at_one_end_is_not_cut(void **state)
{
    (void)state;
    real digit[28 * 28], sum = 0;
    Picture picture = paper(1, 60, 60, 0);
    fill(&picture, 10, 20, 20, 1, 1);
    fill(&picture, 28, 10, 2, 20, 1);
    to_digit(&picture, digit);
    for (int i = 0; i < 28 * 28; i++)
        sum += digit[i];
    assert_true(fabs(sum - (18 + 40)) < (real)1e-3);
}

static void grey_is_seen_as_the_eye_does(void **state)
{
    (void)state;
    real digit[28 * 28];
    Picture picture = paper(3, 22, 22, 0);
    for (int c = 0; c < 3; c++)
        picture.x[(c * 22 + 10) * 22 + 5 + c] = 1; /* red, green and blue, side by side */
    fill(&picture, 5, 1, 1, 20, 1);
    to_digit(&picture, digit);
    const real *row = NULL;
    for (int i = 27; i >= 0 && !row; i--)
        for (int j = 0; j < 28 && !row; j++)
            if (digit[i * 28 + j] > 0)
                row = digit + i * 28 + j;
    assert_true(fabs(row[0] - (real)0.299) < 100 * REAL_EPSILON);
    assert_true(fabs(row[1] - (real)0.587) < 100 * REAL_EPSILON);
    assert_true(row[2] == 0); /* blue is fainter than 1/5 */
}

static void a_picture_with_nothing_on_it_is_refused(void **state)
{
    (void)state;
    real digit[28 * 28];
    char expected[600];
    Picture picture = paper(1, 20, 20, 0.9);
    fill(&picture, 5, 5, 3, 3, 0.81);
    fill(&picture, 8, 8, 3, 3, 1); /* lighter than a light ground is no ink */
    assert_false(picture_to_digit(&picture, digit));
    assert_string_equal(error_text(),
                        "expected a digit that is darker than its ground, found none");
    picture_free(&picture);
    scratch_write_text("dark", "P2 2 2 255 0 0 9 9");
    snprintf(expected, sizeof expected,
             "%s: expected a digit that is lighter than its ground, found none",
             scratch_path("dark"));
    assert_false(picture_read_digit(scratch_path("dark"), digit));
    assert_string_equal(error_text(), expected);
}

static void a_digit_is_read_from_its_file(void **state)
{
    (void)state;
    real digit[28 * 28];
    scratch_write_text("one", "P2 3 4 9 9 9 9 9 0 9 9 0 9 9 9 9");
    assert_true(picture_read_digit(scratch_path("one"), digit));
    expect_box(digit, 4, 9, 20, 10);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, scratch_setup, scratch_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(grey_pictures_are_read),
        TEST(coloured_pictures_are_read_channels_first),
        TEST(a_first_byte_that_is_a_blank_is_a_pixel),
        TEST(what_is_no_picture_is_refused),
        TEST(a_picture_is_as_long_as_its_pixels),
        TEST(numbers_that_are_too_great_or_none_are_refused),
        TEST(a_missing_picture_is_named),
#ifdef HAVE_PNG
        TEST(png_in_grey_and_colour_is_read),
        TEST(interlaced_png_is_read),
        TEST(what_is_transparent_shows_white),
        TEST(broken_png_is_refused),
#else
        TEST(without_libpng_a_png_file_is_refused),
#endif
        TEST(ink_is_scaled_to_20_pixels_and_centred),
        TEST(dark_on_light_and_light_on_dark_are_alike),
        TEST(areas_are_averaged),
        TEST(a_thin_pen_writes_as_strongly_as_a_thick_one),
        TEST(the_centre_of_mass_lies_in_the_middle),
        TEST(what_is_heavy_at_one_end_is_not_cut),
        TEST(grey_is_seen_as_the_eye_does),
        TEST(a_picture_with_nothing_on_it_is_refused),
        TEST(a_digit_is_read_from_its_file),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
