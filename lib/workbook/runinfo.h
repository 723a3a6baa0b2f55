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
    double seconds; /* of training, those before it was taken up again too */
    long step, steps;
    double epoch;       /* steps in which as many examples are seen as there are; 0: not known */
    const char *header; /* of the log, with units: "step,batch [nats]" */
} RunInfo;

/* Writes <out>/run.json, and the same as <log>_run.json if the log is another than "loss", for
 * there may be more in a folder: the above, the options that the chapter uses, the precision, the
 * commit of the folder that the program runs in (null if git does not know), system, processors and
 * compiler. Of the header it has what units there are: {"batch": "nats"}. False with error_text()
 * set. */
bool runinfo_write(const Options *options, const RunInfo *info);

#endif
