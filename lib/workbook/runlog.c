#include "workbook/runlog.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "error.h"
#include "real.h"
#include "workbook/progress.h"

static const double write_out_every = 2; /* seconds */

#ifdef REAL_IS_FLOAT
enum { FEWEST_DIGITS = FLT_DIG, MOST_DIGITS = 9 };
#else
enum { FEWEST_DIGITS = DBL_DIG, MOST_DIGITS = 17 };
#endif

typedef bool Open(SafeFile *file, const char *dir, const char *name);

static bool open_log(RunLog *log, Open *open, const char *dir, const char *name, const char *header)
{
    if (header[strcspn(header, "\"\n\r")])
        error_stop("runlog_open: %s: a header of more than one line, or with a quote", name);
    char csv[sizeof log->file.path]; /* a longer name than fits is too long for the path as well */
    snprintf(csv, sizeof csv, "%s.csv", name);
    *log = (RunLog){.columns = 1, .flushed = seconds_now()};
    for (const char *c = header; *c; c++)
        log->columns += *c == ',';
    if (!open(&log->file, dir, csv))
        return false;
    fprintf(log->file.stream, "%s\n", header);
    return true;
}

bool runlog_open(RunLog *log, const char *dir, const char *name, const char *header)
{
    NOT_NULL(log, dir, name, header);
    return open_log(log, safefile_open, dir, name, header);
}

bool runlog_open_partial(RunLog *log, const char *dir, const char *name, const char *header)
{
    NOT_NULL(log, dir, name, header);
    return open_log(log, safefile_open_partial, dir, name, header);
}

/* The fewest digits that read back as the same `real`: its own, not those of a double that it was
 * made from, which are noise to a float. Counts are written out: 1000000, not 1e+06. */
static void print_number(FILE *stream, double value)
{
    char text[32];
    real rounded = (real)value;
    if (isnan(value)) { /* whatever its sign */
        fputs("nan", stream);
        return;
    }
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
        if (values[i] != RUNLOG_NONE)
            print_number(log->file.stream, values[i]);
    }
    fputc('\n', log->file.stream);
    if (log->file.partial && seconds_now() > log->flushed + write_out_every) {
        log->flushed = seconds_now();
        safefile_flush(&log->file);
    }
}

char *runlog_text(RunLog *log)
{
    NOT_NULL(log);
    NOT_NULL(log->file.stream);
    if (!safefile_flush(&log->file))
        return NULL;
    const long length = ftell(log->file.stream);
    char *text = length < 0 ? NULL : malloc((size_t)length + 1);
    FILE *written = text ? fopen(log->file.temporary, "r") : NULL;
    bool read = written && fread(text, 1, (size_t)length, written) == (size_t)length;
    if (written)
        fclose(written);
    if (!read) {
        error_return("%s: cannot be read back: %s", log->file.temporary, strerror(errno));
        free(text);
        return NULL;
    }
    text[length] = '\0';
    return text;
}

bool runlog_append(RunLog *log, const char *text)
{
    NOT_NULL(log, text);
    char *own = runlog_text(log);
    if (!own)
        return false;
    const size_t header = strcspn(own, "\n") + 1;
    const bool same = strncmp(own, text, header) == 0;
    free(own);
    if (!same)
        return error_return("%s: a log of other columns", log->file.path);
    fputs(text + header, log->file.stream);
    return true;
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
