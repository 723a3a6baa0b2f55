/* 13_convolution_pictures.h: digits, kernels, maps, and what was taken for what. */
#ifndef CHAPTER_13_CONVOLUTION_PICTURES_H
#define CHAPTER_13_CONVOLUTION_PICTURES_H

#include "13_convolution_training.h"

/* Square images of `side` pixels in a sheet, `across` in a row, with a gap of one pixel: columns x,
 * y, value of <name>.csv. */
static inline bool log_sheet(const Options *options, const char *name, int count, int across,
                             int side, const real *const tile[count], double gap)
{
    RunLog log;
    int width = across * (side + 1) + 1, height = (count + across - 1) / across * (side + 1) + 1;
    if (!runlog_open(&log, options->out, name, "x,y,value"))
        return false;
    for (int y = 0; y < height; y++)
        for (int x = 0; x < width; x++) {
            int at = y / (side + 1) * across + x / (side + 1);
            int row = y % (side + 1) - 1, column = x % (side + 1) - 1;
            bool inside = row >= 0 && column >= 0 && at < count && x / (side + 1) < across;
            double value = inside ? (double)tile[at][row * side + column] : gap;
            runlog_row(&log, (double[]){x, y, value});
        }
    return runlog_close(&log);
}

/* -- digits ----------------------------------------------------------------------------------- */

/* Five of each, a column a digit. */
static inline bool draw_digits(const Options *options, const Dataset *data)
{
    enum { COUNT = 5 * CLASSES };
    const real *tile[COUNT];
    for (int i = 0; i < COUNT; i++)
        tile[i] = data->x + (ptrdiff_t)i * DIGIT_PIXELS; /* their classes come in turn */
    return log_sheet(options, "digits", COUNT, CLASSES, DIGIT_SIDE, tile, 0.5) &&
           plot_draw_file(options, "digits", "chapters/13_sheet.gp");
}

/* The first twenty that were taken for another; wrong_labels.csv says for which. */
static inline bool draw_wrong(const Options *options, const Dataset *test, const int *guess)
{
    enum { MOST = 20, ACROSS = 5 };
    const real *tile[MOST];
    int count = 0;
    RunLog labels;
    if (!runlog_open(&labels, options->out, "wrong_labels", "x,y,is,taken for"))
        return false;
    for (int i = 0; i < test->length && count < MOST; i++)
        if (guess[i] != (int)test->y[i]) {
            int row = count / ACROSS, column = count % ACROSS;
            runlog_row(&labels,
                       (double[]){column * (DIGIT_SIDE + 1) + 2, row * (DIGIT_SIDE + 1) + 2,
                                  (double)test->y[i], guess[i]});
            tile[count++] = test->x + (ptrdiff_t)i * DIGIT_PIXELS;
        }
    return runlog_close(&labels) &&
           (count == 0 || (log_sheet(options, "wrong", count, ACROSS, DIGIT_SIDE, tile, 0.5) &&
                           plot_draw_file(options, "wrong", "chapters/13_sheet.gp")));
}

/* -- what the first layer is, and sees -------------------------------------------------------- */

/* The six kernels of the first layer: above as they were, below as they are. */
static inline bool draw_kernels(const Options *options, Module *net,
                                const real before[MAPS_1][TAPS * TAPS])
{
    const real(*after)[TAPS * TAPS] = (const void *)nn_find(net, "0")->tensor[0].tensor->data;
    const real *tile[2 * MAPS_1];
    for (int i = 0; i < MAPS_1; i++) {
        tile[i] = before[i];
        tile[MAPS_1 + i] = after[i];
    }
    return log_sheet(options, "kernels", 2 * MAPS_1, MAPS_1, TAPS, tile, 0) &&
           plot_draw_file(options, "kernels", "chapters/13_kernels.gp");
}

/* Three digits and what the six maps of the first layer make of them. */
static inline bool draw_maps(const Options *options, Module *net, const Dataset *test)
{
    enum { COUNT = 3 };
    static const int digit[COUNT] = {3, 7, 8};
    const real *tile[COUNT * (MAPS_1 + 1)];
    real most = 0;
    ag_no_grad_begin();
    for (int i = 0; i < COUNT; i++) {
        real *x = test->x + (ptrdiff_t)digit[i] * DIGIT_PIXELS;
        const Tensor *maps = ag_relu(nn_forward(nn_find(net, "0"), nn_images(digit_size, 1, x)));
        tile[i * (MAPS_1 + 1)] = x;
        for (int map = 0; map < MAPS_1; map++)
            tile[i * (MAPS_1 + 1) + 1 + map] = maps->data + map * DIGIT_PIXELS;
        most = fmax(most, vector_max(maps->size, maps->data));
    }
    ag_no_grad_end();
    bool drawn = log_sheet(options, "maps", COUNT * (MAPS_1 + 1), MAPS_1 + 1, DIGIT_SIDE, tile,
                           (double)most / 2) &&
                 plot_draw_file(options, "maps", "chapters/13_sheet.gp");
    ag_reset();
    return drawn;
}

/* -- what was taken for what ------------------------------------------------------------------ */

static inline bool draw_confusion(const Options *options, int confusion[CLASSES][CLASSES])
{
    RunLog log;
    if (!runlog_open(&log, options->out, "confusion", "is,taken for,times"))
        return false;
    for (int i = 0; i < CLASSES; i++)
        for (int j = 0; j < CLASSES; j++)
            runlog_row(&log, (double[]){i, j, confusion[i][j]});
    return runlog_close(&log) && plot_draw_file(options, "confusion", "chapters/13_confusion.gp");
}

#endif
