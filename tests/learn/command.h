/* command.h: a script of the book, run in a process of its own, and what it prints. */
#ifndef LEARN_COMMAND_H
#define LEARN_COMMAND_H

#include <stdbool.h>
#include <stddef.h>

enum { COMMAND_NOT_FOUND = 127 };

typedef struct {
    int pid, fd;
    int status; /* exit status once it is over, 128 + the signal if one ended it */
    char *text; /* what it has printed, on both streams; never NULL */
    size_t used;
} Command;

/* Runs words[0] with the rest as arguments, up to a NULL, and waits for its end. The caller frees
 * text. */
Command command_run(const char *const words[]);

/* Starts it and does not wait; there is at most one of these at a time. */
Command command_start(const char *const words[]);

/* Reads what it has printed up to now. True once, when it has ended. */
bool command_is_over(Command *command);

/* Ends the command that was started, with all that it has started, if there is one. May be called
 * in a signal handler. */
void command_kill(void);

#endif
