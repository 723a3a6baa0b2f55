/* plot.h: pictures, drawn by gnuplot from the CSV files of a run, and by graphviz from its graphs.
 */
#ifndef WORKBOOK_PLOT_H
#define WORKBOOK_PLOT_H

#include <stdbool.h>

#include "workbook/options.h"

/* Writes <out>/<name>.gp and renders <out>/<name>.png with it. `script` is gnuplot from the first
 * `set` to the last `plot`; it names CSV files in <out> by their bare names ("loss.csv"), columns
 * by number or header. Set in front of it, so that all pictures of the book look alike, and open to
 * be set otherwise: terminal, size, fonts, separator, grid, key (titled by the CSV's header), line
 * style and colours. `name` is made of letters, digits, _ and -, anything else is a mistake in the
 * program; the script finds it in `name`. out may be called whatever a folder may be called. The
 * script on disk draws the same picture when run by hand from where the program ran,
 * gnuplot build/10_makemore_mlp/loss.gp, and another kind or size of it to another file in <out>
 * when told so: gnuplot -e "terminal = 'svg'; scale = 0.7; picture = 'small.svg'" and the script.
 * One that wants another shape says so as the head does: set terminal @terminal size
 * 1200*scale,1000*scale font 'sans,12' background 'white'.
 *
 * Prints one line: the picture that was drawn; or, with --no-plot or without gnuplot, how to draw
 * it later. A missing gnuplot is no failure. False with error_text() set if a file cannot be
 * written, gnuplot fails (its first message is in the text) or a data file is missing; an earlier
 * picture is then left alone. */
bool plot_draw(const Options *options, const char *name, const char *script);

/* The same with the script in a file: plot_draw_file(options, "paths", "chapters/03_paths.gp"),
 * from the folder that the program runs in. False, too, if it cannot be read. */
bool plot_draw_file(const Options *options, const char *name, const char *file);

/* Renders <out>/<name>.png with graphviz's dot from <out>/<name>.dot, which the program has written
 * (through safefile.h). Prints and fails as plot_draw() does: a missing graphviz is no failure,
 * --no-plot is kept to, and a graph that dot refuses leaves an earlier picture alone. */
bool plot_graph(const Options *options, const char *name);

/* Draws a script as characters on standard output, as wide as the terminal, if that is a terminal
 * and gnuplot is there; does nothing otherwise. A loss curve at a glance. */
void plot_terminal(const Options *options, const char *script);

#endif
