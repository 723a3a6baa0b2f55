#include "workbook/progress.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#include "workbook/terminal.h"

enum { BAR_LENGTH = 20, LINE_SIZE = 512 };

static const double redraw_every = 0.1; /* seconds */

double seconds_now(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

void progress_begin(Progress *progress, const char *what, long total)
{
    double now = seconds_now();
    *progress = (Progress){what, total, .started = now, .drawn = now, terminal_is(stderr)};
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
    text += sprintf(text, "[");
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

static void draw(const Progress *progress, long done, const char *note)
{
    char behind[LINE_SIZE], line[2 * LINE_SIZE], bar[BAR_LENGTH + 8] = "", eta[40] = "-:--";
    double part = progress->total > 0 ? (double)done / (double)progress->total : 1;
    if (done > 0)
        format_duration(eta, sizeof eta, (progress->drawn - progress->started) * (1 / part - 1));
    int length =
        snprintf(behind, sizeof behind, "%3d%%  step %ld/%ld%s%s  ETA %s", (int)(100 * part), done,
                 progress->total, note ? "  " : "", note ? note : "", eta);
    length += (int)strlen(progress->what) + BAR_LENGTH + 6;
    if (length < terminal_size(stderr).columns)
        format_bar(bar, BAR_LENGTH, part);
    snprintf(line, sizeof line, "%s  %s%s", progress->what, bar, behind);
    print_line(line);
}

void progress_step(Progress *progress, long done, const char *note)
{
    if (!progress->on_terminal)
        return;
    double now = seconds_now();
    if (now < progress->drawn + redraw_every)
        return;
    progress->drawn = now;
    draw(progress, done, note);
}

void progress_end(Progress *progress)
{
    if (progress->drawn == progress->started)
        return;
    print_line("");
    fputc('\r', stderr);
}
