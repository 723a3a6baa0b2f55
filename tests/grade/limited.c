/* limited.c: limited SECONDS MEMORY DISK command ...: runs a command that may do too much: with so
 * much processor time, four times that by the clock, so many megabytes of memory and in any file.
 * Ends as the command does; 124 if its time was up. What it has left running goes with it. */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

enum { PATIENCE = 4, TOO_LATE = 124, NOT_STARTED = 127 };

static void limit(int what, unsigned long most)
{
    setrlimit(what, &(struct rlimit){most, most + (what == RLIMIT_CPU)}); /* told, then killed */
}

static volatile sig_atomic_t late;
static volatile pid_t child;

static void end(int signal_number)
{
    late = signal_number == SIGALRM;
    kill(-child, SIGKILL);
}

int main(int argc, char **argv)
{
    if (argc < 5)
        return NOT_STARTED;
    unsigned long seconds = strtoul(argv[1], NULL, 10), memory = strtoul(argv[2], NULL, 10) << 20,
                  disk = strtoul(argv[3], NULL, 10) << 20;
    child = fork();
    if (child < 0)
        return NOT_STARTED;
    if (child == 0) {
        setpgid(0, 0);
        limit(RLIMIT_CPU, seconds);
        limit(RLIMIT_AS, memory);
        limit(RLIMIT_FSIZE, disk);
        limit(RLIMIT_CORE, 0);
        execvp(argv[4], argv + 4);
        perror(argv[4]);
        _exit(NOT_STARTED);
    }
    setpgid(child, child);
    const struct sigaction action = {.sa_handler = end};
    sigaction(SIGALRM, &action, NULL);
    sigaction(SIGTERM, &action, NULL);
    sigaction(SIGINT, &action, NULL);
    sigaction(SIGHUP, &action, NULL);
    alarm((unsigned)seconds * PATIENCE);
    int status;
    while (waitpid(child, &status, 0) < 0 && errno == EINTR)
        ;
    kill(-child, SIGKILL);
    if (late || (WIFSIGNALED(status) && WTERMSIG(status) == SIGXCPU))
        return TOO_LATE;
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}
