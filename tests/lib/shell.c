#include "shell.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

void execute(const char *command)
{
    unsetenv("MAKEFLAGS"); /* make test may have said -s, -j, CC=... */
    unsetenv("MAKELEVEL");
    execlp("bash", "bash", "-c", command, (char *)NULL);
    _exit(127);
}

static void execute_in_child(void *command)
{
    execute(command);
}

Child run(const char *format, ...)
{
    char command[2048];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(command, sizeof command, format, arguments);
    va_end(arguments);
    return child_run(execute_in_child, command);
}

void assert_says(const Child *child, const char *text)
{
    if (!strstr(child->out, text) && !strstr(child->err, text))
        fail_msg("'%s' is not in:\n%s%s", text, child->out, child->err);
}

void assert_silent_about(const Child *child, const char *text)
{
    if (strstr(child->out, text) || strstr(child->err, text))
        fail_msg("'%s' is in:\n%s%s", text, child->out, child->err);
}

void assert_status(const Child *child, int status)
{
    if (child->status != status)
        fail_msg("status %d instead of %d:\n%s%s", child->status, status, child->out, child->err);
}
