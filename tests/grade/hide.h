/* hide.h: what a process, and all that it starts, may still see and do on this machine. */
#ifndef GRADE_HIDE_H
#define GRADE_HIDE_H

#include <stdbool.h>

/* What may be done with a file, or with all that is in a folder. */
typedef enum { TO_READ, TO_RUN, TO_WRITE } Use;

/* Begins a list of what is not to be hidden (Landlock). Below 0 where the system cannot hide files.
 */
int begin_hiding(void);

/* Adds a path to the list; a path that is not there adds nothing. */
void leave_open(int list, const char *path, Use use);

/* From now on there is nothing but what is on the list. False if nothing was hidden. */
bool hide_the_rest(int list);

/* Root becomes nobody, for good; ends the process if it cannot. Others stay who they are. */
void stop_being_root(void);

#endif
