/* child.h: what a piece of code prints and how it ends, found out in a process of its own. */
#ifndef TESTS_CHILD_H
#define TESTS_CHILD_H

enum { CHILD_TEXT_SIZE = 16384 };

typedef struct {
    int status; /* exit status, 0 if the body returned; minus the signal if one ended it */
    char out[CHILD_TEXT_SIZE], err[CHILD_TEXT_SIZE];
} Child;

typedef void ChildBody(void *context);

/* Runs body(context). No assertion may stand in it: its failure would go unnoticed. */
Child child_run(ChildBody *body, void *context);

/* The same with a terminal of this width and 24 rows for both streams; all that was printed is in
 * out. 0 columns: a terminal that does not know its size. */
Child child_run_on_terminal(int columns, ChildBody *body, void *context);

#endif
