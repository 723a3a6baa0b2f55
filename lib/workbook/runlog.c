#include "workbook/runlog.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "error.h"
#include "real.h"

#ifdef REAL_IS_FLOAT
enum { FEWEST_DIGITS = FLT_DIG, MOST_DIGITS = 9 };
#else
enum { FEWEST_DIGITS = DBL_DIG, MOST_DIGITS = 17 };
#endif

bool runlog_open(RunLog *log, const char *dir, const char *name, const char *header)
{
    NOT_NULL(log, dir, name, header);
    if (header[strcspn(header, "\"\n\r")])
        error_stop("runlog_open: %s: a header of more than one line, or with a quote", name);
    char csv[sizeof log->file.path]; /* a longer name than fits is too long for the path as well */
    snprintf(csv, sizeof csv, "%s.csv", name);
    log->columns = 1;
    for (const char *c = header; *c; c++)
        log->columns += *c == ',';
    if (!safefile_open(&log->file, dir, csv))
        return false;
    fprintf(log->file.stream, "%s\n", header);
    return true;
}

/* The fewest digits that read back as the same `real`: its own, not those of a double that it was
 * made from, which are noise to a float. Counts are written out: 1000000, not 1e+06. */
static void print_number(FILE *stream, double value)
{
    char text[32];
    real rounded = (real)value;
    if (value == rint(value) && fabs(value) < 1e15) {
        fprintf(stream, "%.0f", value);
        return;
    }
    for (int digits = FEWEST_DIGITS; digits <= MOST_DIGITS; digits++) {
        snprintf(text, sizeof text, "%.*g", digits, (double)rounded);
        if ((real)strtod(text, NULL) == rounded)
            break;
    }
    fputs(text, stream);
}

void runlog_row(RunLog *log, const double *values)
{
    NOT_NULL(log, values);
    NOT_NULL(log->file.stream);
    for (int i = 0; i < log->columns; i++) {
        if (i > 0)
            fputc(',', log->file.stream);
        if (!isnan(values[i]))
            print_number(log->file.stream, values[i]);
    }
    fputc('\n', log->file.stream);
}

bool runlog_close(RunLog *log)
{
    NOT_NULL(log);
    return safefile_commit(&log->file);
}

void runlog_discard(RunLog *log)
{
    NOT_NULL(log);
    safefile_discard(&log->file);
}
