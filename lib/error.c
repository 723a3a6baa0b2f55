#include "error.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "real.h"

enum { MESSAGE_SIZE = 1024 };

static _Thread_local char latest[MESSAGE_SIZE];

/* One line, whatever is quoted in it: the name of a file may hold a line break, or what a terminal
 * would take for a command. */
static void format_line(char message[MESSAGE_SIZE], const char *format, va_list arguments)
{
    vsnprintf(message, MESSAGE_SIZE, format, arguments);
    for (char *c = message; *c; c++)
        if ((unsigned char)*c < ' ' || *c == '\x7f')
            *c = '?';
}

static void print_and_exit(const char *message)
{
    fflush(stdout);
    fprintf(stderr, "%s\n", message);
    exit(EXIT_FAILURE);
}

static ErrorHandler *current_handler = print_and_exit;

ErrorHandler *error_set_handler(ErrorHandler *handler)
{
    ErrorHandler *before = current_handler;
    current_handler = handler ? handler : print_and_exit;
    return before;
}

void error_stop(const char *format, ...)
{
    char message[MESSAGE_SIZE];
    va_list arguments;
    va_start(arguments, format);
    format_line(message, format, arguments);
    va_end(arguments);
    current_handler(message);
    abort(); /* a handler that returns leaves nothing sensible to do */
}

void error_if_null(const char *who, const char *names, const void *const pointers[], int n)
{
    int i = 0;
    while (i < n && pointers[i])
        i++;
    if (i == n)
        return;
    while (i-- > 0)
        names = strchr(names, ',') + strlen(", ");
    error_stop("%s: %.*s is NULL", who, (int)strcspn(names, ","), names);
}

void error_if_negative(const char *who, const char *name, double x)
{
    if (!(x >= 0 && isfinite((real)x))) /* a NaN is neither */
        error_stop("%s: %s %g: expected 0 or more, and finite", who, name, x);
}

bool error_return(const char *format, ...)
{
    char message[MESSAGE_SIZE]; /* the arguments may include error_text() itself */
    va_list arguments;
    va_start(arguments, format);
    format_line(message, format, arguments);
    va_end(arguments);
    snprintf(latest, sizeof latest, "%s", message);
    return false;
}

const char *error_text(void)
{
    return latest;
}

int error_report(const char *program)
{
    fflush(stdout);
    fprintf(stderr, "%s: %s\n", program, latest);
    return EXIT_FAILURE;
}
