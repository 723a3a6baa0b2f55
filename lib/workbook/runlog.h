/* runlog.h: what a run did, step by step, as a CSV that any tool can open. */
#ifndef WORKBOOK_RUNLOG_H
#define WORKBOOK_RUNLOG_H

#include <stdbool.h>
#include <stdio.h>

/* A CSV file being written. It stands under a temporary name beside its place and takes it when
 * complete, so a reader never meets half a file and a failed run leaves the earlier file alone. */
typedef struct {
    FILE *file;
    char path[1024], temporary[1040];
    int columns;
} RunLog;

/* Opens dir/name.csv with this header, "step,train,dev". False with error_text() set on failure. */
bool runlog_open(RunLog *log, const char *dir, const char *name, const char *header);

/* Appends a row of as many numbers as the header has columns, each double printed so that it reads
 * back the same (%.9g for float builds, %.17g for double). NaN marks a cell left empty. Errors are
 * kept for runlog_close(). */
void runlog_row(RunLog *log, const double *values);

/* Writes out what is buffered and gives the file its name. False with error_text() set if anything
 * went wrong since opening (a full disk, say); the temporary file is then removed. */
bool runlog_close(RunLog *log);

/* Gives the file up: removes the temporary, leaves an earlier file of that name alone. */
void runlog_discard(RunLog *log);

#endif
