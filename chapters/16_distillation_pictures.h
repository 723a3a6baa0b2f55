/* 16_distillation_pictures.h: what the students know while they learn; what the teacher says of
 * images that it is not sure of. */
#ifndef CHAPTER_16_DISTILLATION_PICTURES_H
#define CHAPTER_16_DISTILLATION_PICTURES_H

#include "16_distillation_students.h"
#include "workbook/plot.h"
#include "workbook/runlog.h"
#include "workbook/sheet.h"

/* -- what the teacher says --------------------------------------------------------------------- */

enum { SAID = 4 };

/* The SAID images of which the teacher gives its second choice the largest probability, each of
 * another class. */
static inline void find_unsure(int n, const real scores[n][CLASSES], const Dataset *data,
                               int found[SAID])
{
    real best[SAID];
    bool taken[CLASSES] = {false};
    for (int k = 0; k < SAID; k++) {
        best[k] = -1;
        found[k] = 0;
        for (int i = 0; i < n; i++) {
            real p[CLASSES], second = 0;
            int class = (int)data->y[(ptrdiff_t)i * data->y_size];
            softmax_row(CLASSES, scores[i], 1, p);
            for (int j = 0; j < CLASSES; j++)
                second = j != class ? fmax(second, p[j]) : second;
            if (!taken[class] && second < p[class] && second > best[k]) {
                best[k] = second;
                found[k] = i;
            }
        }
        taken[(int)data->y[(ptrdiff_t)found[k] * data->y_size]] = true;
    }
}

enum { GAP = 4 }; /* white pixels around each image */

/* said_pixels.csv: the images, one below the other. */
static inline bool log_pixels(const Options *options, const Images *images, const int found[SAID])
{
    const ImageSet *set = &images->set;
    const real *image[SAID];
    for (int k = 0; k < SAID; k++)
        image[k] = set->test.x + (ptrdiff_t)found[k] * set->test.x_size;
    return sheet_write(options, "said_pixels", (ImageSize){set->channels, set->h, set->w}, SAID,
                       image, 1, GAP);
}

/* said.csv: which image, of which class it is, what the teacher gives each class at T = 1, 2 and 4,
 * and whether the classes are the drawn ones. */
static inline bool log_said(const Options *options, const real scores[][CLASSES],
                            const Dataset *data, const int found[SAID])
{
    RunLog log;
    if (!runlog_open(&log, options->out, "said", "image,is,class,T = 1,T = 2,T = 4,drawn"))
        return false;
    for (int k = 0; k < SAID; k++) {
        real q[3][CLASSES];
        for (int t = 0; t < 3; t++)
            softmax_row(CLASSES, scores[found[k]], (real)(1 << t), q[t]);
        for (int j = 0; j < CLASSES; j++)
            runlog_row(&log, (double[]){k, (double)data->y[(ptrdiff_t)found[k] * data->y_size], j,
                                        (double)q[0][j], (double)q[1][j], (double)q[2][j],
                                        *options->data == 0});
    }
    return runlog_close(&log);
}

static inline bool draw_said(const Options *options, Module *teacher, const Images *images)
{
    int found[SAID];
    const Dataset *test = &images->set.test;
    real(*scores)[CLASSES] = malloc((size_t)test->length * sizeof *scores);
    if (!scores)
        error_stop("no memory for the scores of %d images", test->length);
    say_all(teacher, &images->sizes, test, *scores, NULL);
    find_unsure(test->length, scores, test, found);
    bool drawn = log_said(options, scores, test, found) && log_pixels(options, images, found);
    free(scores);
    return drawn && plot_draw_file(options, "said", "chapters/16_said.gp");
}

#endif
