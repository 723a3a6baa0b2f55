/* Images beside and below one another, grey or in colours, with white between them. */
#include "workbook/sheet.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "data/image_set.h"
#include "scratch.h"

/* What a lesson has in the place of a number from 0 to 1. */
#define LEARNT(x) ((real)(((x)-LESSON_MEAN) / LESSON_DEVIATION))

static void write_sheet(ImageSize size, int n, const real *const image[], int across, int gap)
{
    const Options options = {.chapter = "17", .out = scratch_folder()};
    assert_true(sheet_write(&options, "sheet", size, n, image, across, gap));
}

/* Three images of one pixel, two in a row; the fourth place is white. */
static void images_stand_in_rows(void **state)
{
    (void)state;
    const real black = -100, white = 100, middle = LEARNT(0.2);
    write_sheet((ImageSize){1, 1, 1}, 3, (const real *const[]){&black, &middle, &white}, 2, 1);
    assert_string_equal(scratch_read("sheet.csv"), "x,y,red,green,blue\n"
                                                   "0,0,0,0,0\n"
                                                   "1,0,255,255,255\n"
                                                   "2,0,51,51,51\n"
                                                   "3,0,255,255,255\n"
                                                   "0,1,255,255,255\n"
                                                   "1,1,255,255,255\n"
                                                   "2,1,255,255,255\n"
                                                   "3,1,255,255,255\n"
                                                   "0,2,255,255,255\n"
                                                   "1,2,255,255,255\n"
                                                   "2,2,255,255,255\n"
                                                   "3,2,255,255,255\n"
                                                   "0,3,255,255,255\n"
                                                   "1,3,255,255,255\n"
                                                   "2,3,255,255,255\n"
                                                   "3,3,255,255,255\n");
}

/* Channels come one after the other: (3, 1, 2). */
static void colours_are_three_channels(void **state)
{
    (void)state;
    const real image[] = {100, -100, -100, 100, -100, -100};
    write_sheet((ImageSize){3, 1, 2}, 1, (const real *const[]){image}, 1, 0);
    assert_string_equal(scratch_read("sheet.csv"), "x,y,red,green,blue\n"
                                                   "0,0,255,0,0\n"
                                                   "1,0,0,255,0\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(images_stand_in_rows, scratch_setup, scratch_teardown),
        cmocka_unit_test_setup_teardown(colours_are_three_channels, scratch_setup,
                                        scratch_teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
