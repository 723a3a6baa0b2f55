/* error.h: the two kinds of error there are.
 *
 * A mistake in the program (shapes that do not fit, an index out of range) cannot be mended while
 * it runs: error_stop() reports it and does not come back.
 *
 * A mistake in the outside world (a missing file, a full disk) is an answer like any other: the
 * function that met it says error_return("..."), its callers pass the false on, and whoever can
 * tell the user prints error_text(). */
#ifndef ERROR_H
#define ERROR_H

#include <stdbool.h>

#define ERROR_PRINTF(format, first) __attribute__((__format__(__printf__, format, first)))

/* What error_stop() calls with its message, one line: a control character in it became a "?". It
 * must not return: it exits, aborts or jumps away. */
typedef void ErrorHandler(const char *message);

/* Stops the program with a message on standard error and exit status 1, or in the handler. */
_Noreturn void error_stop(const char *format, ...) ERROR_PRINTF(1, 2);

/* Stops the program if one of some pointers is NULL; NOT_NULL(a, b) in ag_add() says which, by the
 * names that stand there: "ag_add: b is NULL". So does every function of the library that anybody
 * may call, unless it says what NULL means; not those that are called for every element. */
#define NOT_NULL(...)                                                         \
    error_if_null(__func__, #__VA_ARGS__, (const void *const[]){__VA_ARGS__}, \
                  (int)(sizeof((const void *const[]){__VA_ARGS__}) / sizeof(const void *)))

void error_if_null(const char *who, const char *names, const void *const pointers[], int n);

/* Stops the program unless x, a setting of this name, is a finite `real`, 0 or more:
 * "optim_sgd: lr -0.1: expected 0 or more, and finite". */
void error_if_negative(const char *who, const char *name, double x);

/* Replaces the handler of error_stop() and returns the one before. NULL restores the default. */
ErrorHandler *error_set_handler(ErrorHandler *handler);

/* Records a message, one line in the same way, and returns false: `return error_return(...)`. */
bool error_return(const char *format, ...) ERROR_PRINTF(1, 2);

/* The message of the latest error_return() of this thread; "" before the first. */
const char *error_text(void);

/* Prints "program: text of the latest error" on standard error and returns the exit status 1. */
int error_report(const char *program);

#endif
