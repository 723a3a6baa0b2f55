/* 23_device_clock.h: how long something takes, the line that is fitted to that over its size, and
 * where two such lines cross. */
#ifndef CHAPTER_23_DEVICE_CLOCK_H
#define CHAPTER_23_DEVICE_CLOCK_H

#include <math.h>
#include <stdio.h>

#include "workbook/progress.h"

enum { TRIES = 5 };

typedef void Work(void *context);

/* Seconds that it takes, the least of a few tries: whatever else the machine does only adds. Short
 * work is done over and over, so that a try lasts a millisecond. */
static inline double seconds_of(Work *work, void *context)
{
    double best = INFINITY;
    int times = 1;
    work(context); /* the first time memory is touched, and code is loaded */
    for (int tried = 0; tried < TRIES;) {
        const double start = seconds_now();
        for (int i = 0; i < times; i++)
            work(context);
        const double took = seconds_now() - start;
        if (took < 1e-3 && times < 1 << 20) {
            times *= 2;
            continue;
        }
        best = fmin(best, took / times);
        tried++;
    }
    return best;
}

/* t = a + b w, with errors counted as parts of t, so that small sizes have their say. Neither is
 * below 0. */
typedef struct {
    double a, b;
} Line;

static inline Line line_fit(int n, const double w[n], const double t[n])
{
    double s = 0, sw = 0, sww = 0, st = 0, swt = 0;
    for (int i = 0; i < n; i++) {
        const double weight = 1 / (t[i] * t[i]);
        s += weight;
        sw += weight * w[i];
        sww += weight * w[i] * w[i];
        st += weight * t[i];
        swt += weight * w[i] * t[i];
    }
    const double b = (s * swt - sw * st) / (s * sww - sw * sw), a = (st - b * sw) / s;
    if (a < 0)
        return (Line){0, swt / sww};
    return b < 0 ? (Line){st / s, 0} : (Line){a, b};
}

static inline double line_at(Line line, double w)
{
    return line.a + line.b * w;
}

/* From how many rows on one line is below the other; INFINITY if it never is. */
static inline double line_crossing(Line there, Line host)
{
    if (there.b >= host.b)
        return INFINITY;
    return fmax(1, ceil((there.a - host.a) / (host.b - there.b)));
}

static inline void print_crossing(const char *name, Line there, Line host)
{
    const double rows = line_crossing(there, host);
    if (isfinite(rows))
        printf("  %s: from %.0f row%s on\n", name, rows, rows > 1 ? "s" : "");
    else
        printf("  %s: never, a row costs %.2f times as much there\n", name, there.b / host.b);
}

#endif
