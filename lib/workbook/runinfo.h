/* runinfo.h: what a run was: run.json, beside its log. */
#ifndef WORKBOOK_RUNINFO_H
#define WORKBOOK_RUNINFO_H

#include <stdbool.h>
#include <time.h>

#include "workbook/options.h"

typedef struct {
    const char *log;    /* "loss" for loss.csv */
    const char *status; /* "running", "finished", "interrupted", "diverged" */
    time_t began;
    double seconds; /* since then */
    long step, steps;
} RunInfo;

/* Writes <out>/run.json: the above, the options that the chapter uses, the precision, the commit of
 * the folder that the program runs in (null if git does not know), system, processors and compiler.
 * False with error_text() set. */
bool runinfo_write(const Options *options, const RunInfo *info);

#endif
