/* terminal.h: what there is to know of the terminal at the other end of a stream. */
#ifndef WORKBOOK_TERMINAL_H
#define WORKBOOK_TERMINAL_H

#include <stdbool.h>
#include <stdio.h>

typedef struct {
    int columns, rows;
} TerminalSize;

/* A launcher may give a process a terminal of its own: with WORKBOOK_PIPED set, standard output is
 * none, for what is printed there ends elsewhere. */
bool terminal_is(FILE *stream);

/* Asks the terminal, then COLUMNS and LINES; 80 x 24 if nobody knows. */
TerminalSize terminal_size(FILE *stream);

/* True if the stream is a terminal and NO_COLOR is not set (https://no-color.org). */
bool terminal_has_color(FILE *stream);

#endif
