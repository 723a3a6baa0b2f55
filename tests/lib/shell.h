/* shell.h: command lines, run from the root of the book, and what is expected of them. */
#ifndef TESTS_SHELL_H
#define TESTS_SHELL_H

#include "child.h"

/* Runs a command line in bash. */
Child run(const char *format, ...) __attribute__((__format__(__printf__, 1, 2)));

/* The same, in a process that is there already; does not come back. */
_Noreturn void execute(const char *command);

/* Fail with all that was printed. */
void assert_says(const Child *child, const char *text);
void assert_silent_about(const Child *child, const char *text);
void assert_status(const Child *child, int status);

#endif
