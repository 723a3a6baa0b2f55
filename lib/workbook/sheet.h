/* sheet.h: images beside and below one another, as a picture's numbers. */
#ifndef WORKBOOK_SHEET_H
#define WORKBOOK_SHEET_H

#include "data/image.h"
#include "workbook/options.h"

/* Writes <out>/<name>.csv, a line for each pixel: x, y, and red, green and blue from 0 to 255. The
 * n images, of one channel or of three, have the numbers that lessons learn from
 * (image_set_lesson()); `across` of them stand in a row, each with `gap` white pixels to its right
 * and below it. False with error_text() set if it cannot be written. Error: n, across or gap below
 * 1, 1 and 0. */
bool sheet_write(const Options *options, const char *name, ImageSize size, int n,
                 const real *const image[], int across, int gap);

#endif
