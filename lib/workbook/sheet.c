#include "workbook/sheet.h"

#include "data/image_set.h"
#include "error.h"
#include "workbook/runlog.h"

/* Red, green and blue of one pixel; a grey image has the same three times. */
static void colour(ImageSize size, const real *image, int y, int x, double rgb[3])
{
    for (int c = 0; c < 3; c++) {
        const int channel = size.channels == 3 ? c : 0;
        const double value = (double)image[(channel * size.height + y) * size.width + x];
        rgb[c] = 255 * fmin(fmax(value * LESSON_DEVIATION + LESSON_MEAN, 0), 1);
    }
}

bool sheet_write(const Options *options, const char *name, ImageSize size, int n,
                 const real *const image[], int across, int gap)
{
    NOT_NULL(options, name, image);
    if (n < 1 || across < 1 || gap < 0)
        error_stop("sheet_write: %d images, %d across, %d apart: expected 1, 1 and 0 or more", n,
                   across, gap);
    RunLog log;
    const int w = size.width + gap, h = size.height + gap, down = (n + across - 1) / across;
    if (!runlog_open(&log, options->out, name, "x,y,red,green,blue"))
        return false;
    for (int y = 0; y < down * h; y++)
        for (int x = 0; x < across * w; x++) {
            const int at = y / h * across + x / w;
            double row[5] = {x, y, 255, 255, 255};
            if (at < n && y % h < size.height && x % w < size.width)
                colour(size, image[at], y % h, x % w, row + 2);
            runlog_row(&log, row);
        }
    return runlog_close(&log);
}
