#include "command.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "error.h"

static volatile sig_atomic_t in_background;

/* It gets a process group, so that all of it can be ended, and neither sees nor hears the
 * terminal. */
static void become(const char *const words[], int out)
{
    setpgid(0, 0);
    int nothing = open("/dev/null", O_RDONLY);
    dup2(nothing, STDIN_FILENO);
    dup2(out, STDOUT_FILENO);
    dup2(out, STDERR_FILENO);
    execv(words[0], (char *const *)words);
    _exit(COMMAND_NOT_FOUND);
}

static Command begin(const char *const words[])
{
    int ends[2];
    if (pipe(ends) != 0)
        error_stop("%s: no pipe: %s", words[0], strerror(errno));
    fcntl(ends[0], F_SETFD, FD_CLOEXEC);
    fcntl(ends[1], F_SETFD, FD_CLOEXEC);
    pid_t pid = fork();
    if (pid < 0)
        error_stop("%s cannot be started: %s", words[0], strerror(errno));
    if (pid == 0)
        become(words, ends[1]);
    setpgid(pid, pid);
    close(ends[1]);
    return (Command){.pid = pid, .fd = ends[0], .text = calloc(1, 1)};
}

/* Reads to the end, or to where nothing has been printed yet. True at the end. */
static bool read_text(Command *command)
{
    char piece[4096];
    ssize_t got;
    while ((got = read(command->fd, piece, sizeof piece)) > 0) {
        command->text = realloc(command->text, command->used + (size_t)got + 1);
        if (!command->text)
            error_stop("out of memory");
        memcpy(command->text + command->used, piece, (size_t)got);
        command->used += (size_t)got;
        command->text[command->used] = '\0';
    }
    return got == 0 || (errno != EAGAIN && errno != EINTR);
}

static void end(Command *command)
{
    int status;
    while (waitpid(command->pid, &status, 0) < 0 && errno == EINTR)
        ;
    close(command->fd);
    command->status = WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

Command command_run(const char *const words[])
{
    Command command = begin(words);
    while (!read_text(&command))
        ;
    end(&command);
    return command;
}

Command command_start(const char *const words[])
{
    Command command = begin(words);
    fcntl(command.fd, F_SETFL, O_NONBLOCK);
    in_background = command.pid;
    return command;
}

bool command_is_over(Command *command)
{
    if (!read_text(command))
        return false;
    in_background = 0;
    end(command);
    return true;
}

void command_kill(void)
{
    if (in_background)
        kill(-in_background, SIGTERM);
}
