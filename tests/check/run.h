/* run.h: one runner process, from its start to whatever end it takes. */
#ifndef CHECK_RUN_H
#define CHECK_RUN_H

#include <stdbool.h>
#include <stdio.h>
#include <sys/types.h>

enum { SAID_SIZE = 16384, PATIENCE = 4, GRACE = 2 };

typedef struct {
    FILE *problems, *records, *output; /* see wire.h; what it printed, both streams */
    pid_t pid;
    double started;
    int status; /* as waitpid() has it */
    bool asked; /* to stop, and to say where it was */
    bool late;  /* its time was up */
    char said[SAID_SIZE];
} Run;

/* Opens the files. Problems are to be written before the start. */
void run_open(Run *run);

/* Starts `runner answers function`, in a process group and with limits of its own. */
void run_start(Run *run, const char *runner, const char *answers, const char *function,
               double seconds);

/* True when the process is over; records and said can then be read. The seconds are of work: on a
 * busy machine nobody loses time. One that does not work either is asked to stop after PATIENCE
 * times as long, and killed GRACE seconds later. Whatever it has started is killed with it. */
bool run_is_over(Run *run, double seconds);

void run_close(Run *run);

#endif
