/* runlog.h: what a run did, step by step, as a CSV that any tool can open. */
#ifndef WORKBOOK_RUNLOG_H
#define WORKBOOK_RUNLOG_H

#include <float.h>
#include <stdbool.h>

#include "safefile.h"

/* A cell that is left empty: not measured. Plots draw straight across it. */
#define RUNLOG_NONE (-DBL_MAX)

typedef struct {
    SafeFile file; /* file.path is where the log will be */
    int columns;
    double flushed; /* of a partial one: when it was last written out */
} RunLog;

/* Opens dir/name.csv with this header, "step,train,dev": its commas count the columns, so a
 * name holds none, and no quote and no line break either (an error). False with error_text() set on
 * failure. */
bool runlog_open(RunLog *log, const char *dir, const char *name, const char *header);

/* The same for a log that takes long to write: until it is closed it can be read under another name
 * (safefile_open_partial()), and a row is there a few seconds after it was appended. */
bool runlog_open_partial(RunLog *log, const char *dir, const char *name, const char *header);

/* Appends a row of as many numbers as the header has columns, each rounded to a `real` and with
 * the fewest digits that read back as the same one (at most 9 in float builds, 17 in double); whole
 * numbers up to 1e15 are written as they are, for a float could not count the steps of a long run.
 * RUNLOG_NONE leaves a cell empty. What is no number is written as nan, inf or -inf, and breaks a
 * curve where it stands. Errors are kept for runlog_close(). */
void runlog_row(RunLog *log, const double *values);

/* What the log has so far, header and rows, in a block for free(); NULL with error_text() set if it
 * cannot be read back. */
char *runlog_text(RunLog *log);

/* Appends rows as another log of this header had them: a text from runlog_text(), whose header is
 * left out. False with error_text() set if it has another header. */
bool runlog_append(RunLog *log, const char *text);

/* Completes the file, see safefile_commit(): there whole and true, or false with error_text() set
 * and an earlier log left alone. */
bool runlog_close(RunLog *log);

/* Gives the log up and leaves an earlier one alone. */
void runlog_discard(RunLog *log);

#endif
