/* 20_autoencoder_report.h: how clean noisy digits become, and what codes keep, in numbers and in
 * pictures, beside what can be done without a network. */
#ifndef CHAPTER_20_AUTOENCODER_REPORT_H
#define CHAPTER_20_AUTOENCODER_REPORT_H

#include "20_autoencoder_training.h"
#include "workbook/plot.h"
#include "workbook/runlog.h"
#include "workbook/sheet.h"

enum { ACROSS = 10, MOST_ROWS = 8 };

/* -- sheets ------------------------------------------------------------------------------------ */

/* Rows of ACROSS pictures, of which the numbers 0 to 1 are ground and ink. */
typedef struct {
    int rows;
    Picture image[MOST_ROWS * ACROSS];
} Sheet;

static inline void sheet_add(Sheet *sheet, const Picture images[ACROSS])
{
    for (int i = 0; i < ACROSS; i++)
        for (int at = 0; at < DIGIT_PIXELS; at++) /* as a lesson has a white ground */
            sheet->image[sheet->rows * ACROSS + i][at] =
                (1 - images[i][at] - (real)LESSON_MEAN) / (real)LESSON_DEVIATION;
    sheet->rows++;
}

static inline bool sheet_draw(const Options *options, const char *name, const Sheet *sheet)
{
    const real *image[MOST_ROWS * ACROSS];
    for (int i = 0; i < sheet->rows * ACROSS; i++)
        image[i] = sheet->image[i];
    return sheet_write(options, name, digit_size, sheet->rows * ACROSS, image, ACROSS, 2) &&
           plot_draw_file(options, name, "chapters/20_sheet.gp");
}

/* -- denoising --------------------------------------------------------------------------------- */

typedef struct {
    double pca, linear, network;
} Decibels;

static inline double print_decibels(const char *name, int n, const Picture R[n], const Picture X[n])
{
    const double found = decibels_of(n, R, X);
    printf("  %-28s %6.2f\n", name, found);
    return found;
}

/* What helps against noise without a network, and a row of each for the sheet. */
static inline void without_network(const Digits *d, Sheet *sheet, Decibels *found)
{
    const int n = d->test.length;
    const Picture *clean = (const void *)d->test.x, *noisy = (const void *)d->test.y;
    Picture *R = pictures_new(n);
    printf("\nNoise of %g on %d new digits: how near they are to the clean ones, in dB\n",
           noise_of_lesson, n);
    print_decibels("noisy", n, noisy, clean);
    sheet_add(sheet, clean);
    sheet_add(sheet, noisy);
    by_clipping(n, noisy, R);
    print_decibels("clipped to 0 .. 1", n, R, clean);
    by_neighbours(n, noisy, R);
    print_decibels("mean of 3 x 3 pixels", n, R, clean);
    for (int code = 25; code <= 100; code *= 2) {
        char name[32];
        by_pca(d, code, n, noisy, R);
        snprintf(name, sizeof name, "PCA, %d numbers", code);
        const double of_code = print_decibels(name, n, R, clean);
        if (code == 50) {
            found->pca = of_code;
            sheet_add(sheet, R);
        }
    }
    by_best_linear(d, n, noisy, R);
    found->linear = print_decibels("best linear map", n, R, clean);
    sheet_add(sheet, R);
    free(R);
}

static inline bool report_denoising(const Options *options, const Digits *d, Module *net,
                                    Decibels *found)
{
    static Sheet sheet;
    const int n = d->test.length;
    Picture *R = pictures_new(n);
    sheet.rows = 0;
    without_network(d, &sheet, found);
    reconstruct(net, n, (void *)d->test.y, R);
    found->network = decibels_of(n, R, (const void *)d->test.x);
    printf("  %-28s %6.2f   %ld parameters\n", "the network", found->network, nn_size(net));
    sheet_add(&sheet, R);
    reconstruct(net, n, (void *)d->test.x, R);
    print_decibels("the network, of clean digits", n, R, (const void *)d->test.x);
    free(R);
    return sheet_draw(options, "denoised", &sheet);
}

/* -- codes ------------------------------------------------------------------------------------- */

/* The mean squared error of a pixel; 10 log10(1 / mse) is the other way to say it. */
static inline double error_of(int n, const Picture R[n], const Picture X[n])
{
    return pow(10.0, -decibels_of(n, R, X) / 10);
}

/* codes.csv: of each size of a code the error of network and PCA; and the sheet. */
static inline bool report_codes(const Options *options, const Digits *d, Pupil pupils[NETS],
                                double error[NETS])
{
    static Sheet sheet;
    RunLog log;
    const int n = d->test.length;
    const Picture *X = (const void *)d->test.x;
    Picture *R = pictures_new(n), *pca = pictures_new(n);
    bool opened = runlog_open(&log, options->out, "codes", "numbers,network,PCA");
    sheet.rows = 0;
    sheet_add(&sheet, X);
    printf("\nNew digits through a code: mean squared error of a pixel\n");
    printf("  numbers   network       PCA\n");
    by_pca(d, 0, n, X, pca);
    printf("        0         -   %7.4f\n", error_of(n, pca, X));
    for (int i = DENOISER + 1; i < NETS && opened; i++) {
        reconstruct(pupils[i].learner.net, n, (void *)d->test.x, R);
        by_pca(d, code_of[i], n, X, pca);
        error[i] = error_of(n, R, X);
        const double of_pca = error_of(n, pca, X);
        printf("  %7d   %7.4f   %7.4f\n", code_of[i], error[i], of_pca);
        runlog_row(&log, (double[]){code_of[i], error[i], of_pca});
        if (code_of[i] != 16) {
            sheet_add(&sheet, pca);
            sheet_add(&sheet, R);
        }
    }
    free(R);
    free(pca);
    return opened && runlog_close(&log) && plot_draw_file(options, "size", "chapters/20_size.gp") &&
           sheet_draw(options, "codes_sheet", &sheet);
}

/* -- the checkerboard -------------------------------------------------------------------------- */

/* How many windows lie on each pixel, four being all ink: of 3 x 3, 2 x 2 and 4 x 4, two apart. */
static inline bool draw_boards(const Options *options)
{
    enum { BOARDS = 3, SIDE = 14, FROM = SIDE / 2 };
    static const int kernel[BOARDS] = {3, 2, 4}, cut[BOARDS] = {1, 0, 1};
    real board[BOARDS][SIDE * SIDE], X[FROM * FROM], W[4 * 4], *Y;
    const real *image[BOARDS];
    vector_fill(FROM * FROM, 1, X);
    vector_fill(4 * 4, 1, W);
    for (int i = 0; i < BOARDS; i++) {
        Y = board[i];
        conv_transpose2d(1, 1, 1, FROM, FROM, kernel[i], 2, cut[i], SIDE, SIDE, (void *)X,
                         (void *)W, (void *)Y);
        for (int at = 0; at < SIDE * SIDE; at++)
            Y[at] = (1 - Y[at] / 4 - (real)LESSON_MEAN) / (real)LESSON_DEVIATION;
        image[i] = Y;
    }
    return sheet_write(options, "boards", (ImageSize){1, SIDE, SIDE}, BOARDS, image, BOARDS, 2) &&
           plot_draw_file(options, "boards", "chapters/20_sheet.gp");
}

#endif
