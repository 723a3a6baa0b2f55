/* report.h: the table that the benchmark prints. */
#ifndef BENCH_REPORT_H
#define BENCH_REPORT_H

#include "limit.h"

/* What a number should be. Whether it is, is marked "ok" or "MISSED", and judged as printed. */
typedef struct {
    enum { NO_TARGET, AT_LEAST, AT_MOST } kind;
    double value;
} Target;

static const Target no_target = {NO_TARGET, 0};

/* What no limit is known for. */
static const Work unknown_work = {0, 0, 0};

/* The machine, the compiler and its command line, and the heads of the columns. */
void print_heading(const char *command);

/* A row with a figure of ours alone. What is NAN, here and below, was not to be had: "-". */
void figure(const char *what, double ours, const char *unit, Target target);

/* A row with our time (in seconds, `scale` times which is printed) next to theirs; the target is
 * for the ratio, their time / ours. */
void versus(const char *what, double scale, const char *unit, double ours, double theirs,
            const char *name, Work work, Target target);

#endif
