#include "workbook/progress.h"

#include <math.h>
#include <stdio.h>
#include <time.h>

#include "error.h"
#include "workbook/terminal.h"

enum { BAR_LENGTH = 10, LINE_SIZE = 512 };

static const double redraw_every = 0.1; /* seconds */

double seconds_now(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

void progress_begin(Progress *progress, const char *what, long total)
{
    NOT_NULL(progress, what);
    double now = seconds_now();
    *progress = (Progress){.what = what,
                           .total = total,
                           .started = now,
                           .drawn = now,
                           .on_terminal = terminal_is(stderr)};
}

/* m:ss, or h:mm:ss from an hour on. */
static void format_duration(char *text, size_t size, double seconds)
{
    long s = (long)(seconds + 0.5), m = s / 60, h = m / 60;
    if (h > 0)
        snprintf(text, size, "%ld:%02ld:%02ld", h, m % 60, s % 60);
    else
        snprintf(text, size, "%ld:%02ld", m, s % 60);
}

static void format_bar(char *text, int length, double part)
{
    int full = (int)(part * length);
    *text++ = '[';
    for (int i = 0; i < length; i++)
        *text++ = i < full ? '#' : '.';
    sprintf(text, "]  ");
}

/* Padded to the width of the terminal, so that it covers the line before; cut if there is no room.
 * The last column stays empty: writing there makes some terminals begin a new line. */
static void print_line(const char *text)
{
    int width = terminal_size(stderr).columns - 1;
    fprintf(stderr, "\r%-*.*s", width, width, text);
}

/* Returns how long the line is, or would be if it fitted. */
static int format_line(char *line, const Progress *progress, long done, const char *note,
                       int bar_length)
{
    char bar[BAR_LENGTH + 8] = "", eta[40] = "-:--";
    double part = progress->total > 0 ? fmin(1, (double)done / (double)progress->total) : 1;
    double passed = progress->drawn - progress->started, left = (double)(progress->total - done);
    if (left <= 0)
        format_duration(eta, sizeof eta, 0);
    else if (done > progress->first)
        format_duration(eta, sizeof eta, passed * left / (double)(done - progress->first));
    if (bar_length > 0)
        format_bar(bar, bar_length, part);
    return snprintf(line, LINE_SIZE, "%s  %s%3d%%  step %ld/%ld%s%s  ETA %s", progress->what, bar,
                    (int)(100 * part), done, progress->total, note ? "  " : "", note ? note : "",
                    eta);
}

void progress_step(Progress *progress, long done, const char *note)
{
    NOT_NULL(progress);
    if (!progress->on_terminal)
        return;
    double now = seconds_now();
    if (now < progress->drawn + redraw_every)
        return;
    progress->drawn = now;
    char line[LINE_SIZE];
    if (format_line(line, progress, done, note, BAR_LENGTH) >= terminal_size(stderr).columns)
        format_line(line, progress, done, note, 0);
    print_line(line);
}

void progress_end(Progress *progress)
{
    NOT_NULL(progress);
    if (progress->drawn == progress->started)
        return;
    print_line("");
    fputc('\r', stderr);
}
