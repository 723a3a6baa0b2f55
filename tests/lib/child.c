#define _GNU_SOURCE /* posix_openpt */
#include "child.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <unistd.h>

static void must(int holds, const char *what)
{
    if (holds)
        return;
    perror(what);
    abort();
}

static pid_t start(int out, int err, ChildBody *body, void *context)
{
    fflush(NULL); /* or the child would print it once more */
    pid_t child = fork();
    must(child >= 0, "fork");
    if (child > 0)
        return child;
    dup2(out, STDOUT_FILENO);
    dup2(err, STDERR_FILENO);
    body(context);
    exit(EXIT_SUCCESS);
}

static int status_of(pid_t child)
{
    int status;
    while (waitpid(child, &status, 0) < 0)
        must(errno == EINTR, "waitpid");
    return WIFSIGNALED(status) ? -WTERMSIG(status) : WEXITSTATUS(status);
}

static void read_back(FILE *file, char text[CHILD_TEXT_SIZE])
{
    rewind(file);
    text[fread(text, 1, CHILD_TEXT_SIZE - 1, file)] = '\0';
    fclose(file);
}

Child child_run(ChildBody *body, void *context)
{
    Child result = {0};
    FILE *out = tmpfile(), *err = tmpfile();
    must(out && err, "tmpfile");
    result.status = status_of(start(fileno(out), fileno(err), body, context));
    read_back(out, result.out);
    read_back(err, result.err);
    return result;
}

static int open_terminal(int columns, int *other_end)
{
    int master = posix_openpt(O_RDWR | O_NOCTTY);
    must(master >= 0 && grantpt(master) == 0 && unlockpt(master) == 0, "pseudo-terminal");
    *other_end = open(ptsname(master), O_RDWR | O_NOCTTY);
    must(*other_end >= 0, "pseudo-terminal");
    struct winsize size = {.ws_col = (unsigned short)columns, .ws_row = columns ? 24 : 0};
    must(ioctl(*other_end, TIOCSWINSZ, &size) == 0, "size of the pseudo-terminal");
    return master;
}

Child child_run_on_terminal(int columns, ChildBody *body, void *context)
{
    Child result = {0};
    int terminal, master = open_terminal(columns, &terminal);
    pid_t child = start(terminal, terminal, body, context);
    close(terminal);
    size_t used = 0;
    ssize_t got; /* the end is an error on Linux, and 0 elsewhere */
    while (used < CHILD_TEXT_SIZE - 1 &&
           (got = read(master, result.out + used, CHILD_TEXT_SIZE - 1 - used)) > 0)
        used += (size_t)got;
    result.status = status_of(child);
    close(master);
    return result;
}
