/* limited.c: limited SECONDS MEGABYTES command ...: runs a command that may do too much: with so
 * much processor time, four times that by the clock, so much memory and as much in any file. Ends
 * as the command does; 124 if its time was up. What it has left running goes with it. */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

enum { PATIENCE = 4, TOO_LATE = 124, NOT_STARTED = 127, LARGEST_FILE = 64 << 20 };

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
    if (argc < 4)
        return NOT_STARTED;
    unsigned long seconds = strtoul(argv[1], NULL, 10), bytes = strtoul(argv[2], NULL, 10) << 20;
    child = fork();
    if (child < 0)
        return NOT_STARTED;
    if (child == 0) {
        setpgid(0, 0);
        limit(RLIMIT_CPU, seconds);
        limit(RLIMIT_AS, bytes);
        limit(RLIMIT_FSIZE, LARGEST_FILE);
        limit(RLIMIT_CORE, 0);
        execvp(argv[3], argv + 3);
        perror(argv[3]);
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
