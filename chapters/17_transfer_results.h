/* 17_transfer_results.h: what came of it, as a table: over one seed, or the means of several. */
#ifndef CHAPTER_17_TRANSFER_RESULTS_H
#define CHAPTER_17_TRANSFER_RESULTS_H

#include <stdio.h>
#include <stdlib.h>

#include "workbook/mean.h"
#include "workbook/options.h"
#include "workbook/runlog.h"

enum { MOST_ROWS = 4, MOST_COLUMNS = 5, MOST_SEEDS = 20 };

/* Known of the test images, in percent. */
typedef struct {
    const char *title, *corner;
    int rows, columns, seeds; /* seeds: that there are so far */
    const char *row[MOST_ROWS], *column[MOST_COLUMNS];
    double known[MOST_ROWS][MOST_COLUMNS][MOST_SEEDS];
} Results;

static inline void results_print(const Results *r)
{
    printf("\n%s\n  %-10s", r->title, r->corner);
    for (int j = 0; j < r->columns; j++)
        printf(" %13s", r->column[j]);
    printf("\n");
    for (int i = 0; i < r->rows; i++) {
        printf("  %-10s", r->row[i]);
        for (int j = 0; j < r->columns; j++) {
            Mean m = mean_of(r->seeds, r->known[i][j]);
            if (r->seeds > 1)
                printf("   %5.1f +- %3.1f", m.mean, m.error);
            else
                printf(" %13.1f", m.mean);
        }
        printf("\n");
    }
}

/* <name>.csv: a row for each row, numbered from 0 or, where its name is a number, with that; of
 * each column mean and error. False with error_text() set if it cannot be written. */
static inline bool results_log(const Options *options, const char *name, const Results *r)
{
    RunLog log;
    char header[512];
    int length = snprintf(header, sizeof header, "%s", r->corner);
    for (int j = 0; j < r->columns; j++)
        length +=
            snprintf(header + length, sizeof header - (size_t)length, ",%s,error", r->column[j]);
    if (!runlog_open(&log, options->out, name, header))
        return false;
    for (int i = 0; i < r->rows; i++) {
        const double number = strtod(r->row[i], NULL);
        double row[1 + 2 * MOST_COLUMNS] = {number > 0 ? number : i};
        for (int j = 0; j < r->columns; j++) {
            Mean m = mean_of(r->seeds, r->known[i][j]);
            row[1 + 2 * j] = m.mean;
            row[2 + 2 * j] = m.error;
        }
        runlog_row(&log, row);
    }
    return runlog_close(&log);
}

#endif
