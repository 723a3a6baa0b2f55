/* interrupt.h: a signal that asks a program to end, and a program that ends when it is ready. */
#ifndef WORKBOOK_INTERRUPT_H
#define WORKBOOK_INTERRUPT_H

#include <stdbool.h>

/* From here on the first SIGINT (Ctrl-C) or SIGTERM is noted and nothing else; a second one ends
 * the program at once, as it would have without this. */
void interrupt_catch(void);

/* The signals do again what they did before interrupt_catch(). */
void interrupt_release(void);

/* The signal that was noted since the program began, 0 if none was. */
int interrupt_signal(void);

/* Whether a signal came to this process or another rank of its run, which is then noted as if it
 * had come here: all go on, or none. A meeting (parallel/ranks.h). */
bool interrupt_anywhere(void);

/* What a program exits with that would otherwise exit with `status`: 128 + the signal that was
 * noted (130 for Ctrl-C, 143 for SIGTERM), as a shell says of what a signal has ended. */
int interrupt_status(int status);

#endif
