/* finding.h: what a sanitizer found, in plain words. */
#ifndef CHECK_FINDING_H
#define CHECK_FINDING_H

#include <stdbool.h>
#include <stdint.h>

typedef struct {
    char words[256];    /* "writes past the end of an array" */
    int line;           /* in the student's file; 0 if the report does not say */
    const char *report; /* where in the text it begins; what stands before is the student's */
    uint64_t region;    /* where the block of memory begins that was left; 0 if none was */
} Finding;

/* Looks for the report of an address or undefined-behaviour sanitizer in what a process said. File
 * is the student's: "09_embedding.c". False if there is no report. */
bool finding_read(Finding *finding, const char *said, const char *file);

/* The first line of this file that a stack trace names; 0 if it names none. */
int line_in(const char *report, const char *file);

#endif
