/* progress.h: one line that says how far a long job is, on a terminal and nowhere else. */
#ifndef WORKBOOK_PROGRESS_H
#define WORKBOOK_PROGRESS_H

#include <stdbool.h>

typedef struct {
    const char *what; /* "training" */
    long total;
    long first;            /* done before the clock was started; 0 unless it is set */
    double started, drawn; /* seconds on the monotonic clock */
    bool on_terminal;
} Progress;

/* Starts the clock. Nothing is ever drawn if standard error is not a terminal. */
void progress_begin(Progress *progress, const char *what, long total);

/* Redraws the line, at most ten times a second:
 *     training  [####......]   45%  step 90000/200000  loss 2.1034  ETA 0:07
 * note ("loss 2.1034") may be NULL. On a narrow terminal the bar is left out, on a very narrow one
 * the line is cut. Cheap enough to call at every step. */
void progress_step(Progress *progress, long done, const char *note);

/* Clears the line, so that what is printed next starts on an empty one. */
void progress_end(Progress *progress);

/* Seconds on the monotonic clock. */
double seconds_now(void);

#endif
