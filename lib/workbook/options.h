/* options.h: the command line of a chapter program, the same everywhere. */
#ifndef WORKBOOK_OPTIONS_H
#define WORKBOOK_OPTIONS_H

#include <stdbool.h>
#include <stdint.h>

/* Filled in with the chapter's defaults before options_parse(), which overwrites what the command
 * line names. A chapter that has no use for steps, lr, batch or data leaves them 0 or NULL; the
 * option is then not in its --help, and giving it is an error. */
typedef struct {
    const char *chapter; /* "10_makemore_mlp": the name in messages and of the output folder */
    const char *about;   /* one line for --help */
    long steps;          /* training steps; --steps 0 checks the gradients and trains nothing */
    long quick_steps;    /* the default of steps under --quick */
    double lr;           /* learning rate, finite and > 0 */
    int batch;           /* examples a step, >= 1 */
    uint64_t seed;
    const char *data; /* a file */
    const char *out;  /* folder for run logs and pictures; NULL: build/<chapter> */
    bool quick;       /* a second or two, for tests */
    bool no_plot;     /* write CSV and script but draw no picture */
} Options;

/* Options: --help --steps N --lr X --batch N --seed N --data FILE --out DIR --quick --no-plot.
 * --help prints the options with their defaults and exits 0. An unknown option, a missing or
 * malformed value, a value out of range or a stray argument prints one line on standard error
 * (what is wrong, and what is expected) and exits 2. After it options->out is set, and its folder
 * exists; if it cannot be made or written, one line and exit status 1. */
void options_parse(Options *options, int argc, char **argv);

#endif
