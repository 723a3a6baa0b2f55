/* plot.h: pictures, drawn by gnuplot from the CSV files of a run. */
#ifndef WORKBOOK_PLOT_H
#define WORKBOOK_PLOT_H

#include <stdbool.h>

#include "workbook/options.h"

/* Writes <out>/<name>.gp and renders <out>/<name>.png with it. `script` is gnuplot from the first
 * `set` to the last `plot`; it names CSV files in <out> by their bare names ("loss.csv"), columns
 * by number or header. Terminal, size, fonts, separator, grid, line styles and output are set in
 * front of it, so that all pictures of the book look alike; the script can override them.
 *
 * Prints one line: the picture that was drawn; or, with --no-plot or without gnuplot, how to draw
 * it later. False with error_text() set if the script cannot be written or gnuplot fails (its first
 * message is in the text). A missing gnuplot is no failure. */
bool plot_draw(const Options *options, const char *name, const char *script);

/* Draws a script as characters on standard output if that is a terminal and gnuplot is there, and
 * does nothing otherwise. A loss curve at a glance. */
void plot_terminal(const Options *options, const char *script);

#endif
