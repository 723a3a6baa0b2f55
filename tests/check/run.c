#include "run.h"

#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "error.h"
#include "wire.h"
#include "workbook/progress.h"

#ifdef __linux__
#include <sys/prctl.h>
#endif

enum { LARGEST_FILE = 64 << 20, MOST_AT_ONCE = 64 };

/* -- no answer outlives the judge -----------------------------------------------------------------
 * Ctrl-C reaches the judge and not the groups of the answers, so it ends them first. If it is
 * killed without a word, the system or an alarm does. */

static volatile pid_t under_way[MOST_AT_ONCE];

static void replace(pid_t one, pid_t other)
{
    for (int i = 0; i < MOST_AT_ONCE; i++)
        if (under_way[i] == one) {
            under_way[i] = other;
            return;
        }
}

static void end_all(int number)
{
    for (int i = 0; i < MOST_AT_ONCE; i++)
        if (under_way[i])
            kill(-under_way[i], SIGKILL);
    signal(number, SIG_DFL);
    raise(number);
}

/* What is ignored stays so: nohup has asked for it. */
static void pass_signals_on(void)
{
    static const int fatal[] = {SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGPIPE};
    for (size_t i = 0; i < sizeof fatal / sizeof *fatal; i++)
        if (signal(fatal[i], end_all) == SIG_IGN)
            signal(fatal[i], SIG_IGN);
}

static void end_with_judge(double seconds)
{
    alarm((unsigned)ceil(PATIENCE * seconds) + GRACE + 1); /* goes on over exec */
#ifdef __linux__
    prctl(PR_SET_PDEATHSIG, SIGKILL);
#endif
}

/* -- one run --------------------------------------------------------------------------------------
 */

/* Gone from the disk when it is closed; a process started in between does not see it. */
static FILE *open_scratch(void)
{
    FILE *file = tmpfile();
    if (!file || fcntl(fileno(file), F_SETFD, FD_CLOEXEC) != 0)
        error_stop("no temporary file: %s", strerror(errno));
    return file;
}

void run_open(Run *run)
{
    *run = (Run){.problems = open_scratch(), .records = open_scratch(), .output = open_scratch()};
}

void run_close(Run *run)
{
    fclose(run->problems);
    fclose(run->records);
    fclose(run->output);
}

static void limit(int what, rlim_t most)
{
    setrlimit(what, &(struct rlimit){most, most});
}

/* When its time is up the process gets SIGXCPU, and has a little more to say where it was. */
static void limit_resources(double seconds)
{
    rlim_t most = (rlim_t)ceil(seconds);
    setrlimit(RLIMIT_CPU, &(struct rlimit){most, most + GRACE});
    limit(RLIMIT_CORE, 0);
    limit(RLIMIT_FSIZE, LARGEST_FILE);
    signal(SIGXFSZ, SIG_IGN); /* printing too much fails, and is no crash */
}

/* The sources may lie anywhere below 5, so they are moved out of the way first. */
static void arrange_files(const Run *run)
{
    int problems = fcntl(fileno(run->problems), F_DUPFD, 10);
    int records = fcntl(fileno(run->records), F_DUPFD, 10);
    int output = fcntl(fileno(run->output), F_DUPFD, 10);
    int nothing = open("/dev/null", O_RDONLY);
    dup2(nothing, STDIN_FILENO);
    dup2(output, STDOUT_FILENO);
    dup2(output, STDERR_FILENO);
    dup2(problems, PROBLEM_FD);
    dup2(records, RECORD_FD);
    for (int fd = RECORD_FD + 1; fd < 64; fd++)
        close(fd);
}

/* What malloc() gives is filled with 0xFF, a NaN that leftover.c knows. */
static void set_environment(void)
{
    setenv("ASAN_OPTIONS",
           "malloc_fill_byte=255:max_malloc_fill_size=67108864:"
           "detect_leaks=0:handle_abort=1:abort_on_error=0:detect_odr_violation=0:"
           "detect_stack_use_after_return=0:hard_rss_limit_mb=1024:print_legend=0:color=never",
           1);
    setenv("UBSAN_OPTIONS", "abort_on_error=0:print_stacktrace=0:color=never", 1);
    setenv("LC_ALL", "C", 1);
    unsetenv("LD_PRELOAD"); /* the address sanitizer wants to be the first library */
}

void run_start(Run *run, const char *runner, const char *answers, const char *function,
               double seconds)
{
    fflush(NULL);
    rewind(run->problems);
    pass_signals_on();
    run->started = seconds_now();
    run->pid = fork();
    if (run->pid < 0)
        error_stop("no process can be started: %s", strerror(errno));
    if (run->pid > 0) {
        setpgid(run->pid, run->pid);
        replace(0, run->pid);
        return;
    }
    setpgid(0, 0);
    end_with_judge(seconds);
    limit_resources(seconds);
    set_environment();
    arrange_files(run);
    execl(runner, runner, answers, function, (char *)NULL);
    _exit(EXIT_FAILURE);
}

static void read_output(Run *run)
{
    rewind(run->records);
    rewind(run->output);
    run->said[fread(run->said, 1, SAID_SIZE - 1, run->output)] = '\0';
}

bool run_is_over(Run *run, double seconds)
{
    pid_t ended = waitpid(run->pid, &run->status, WNOHANG);
    double over = seconds_now() - run->started - PATIENCE * seconds;
    bool out_of_time = over >= 0;
    if (ended == 0 && over < GRACE) {
        if (out_of_time && !run->asked)
            kill(run->pid, SIGXCPU);
        run->asked = out_of_time;
        return false;
    }
    kill(-run->pid, SIGKILL);
    replace(run->pid, 0);
    while (ended == 0 && waitpid(run->pid, &run->status, 0) < 0 && errno == EINTR)
        ;
    int signal_number = WIFSIGNALED(run->status) ? WTERMSIG(run->status) : 0;
    run->late = ended == 0 || signal_number == SIGXCPU || signal_number == SIGKILL ||
                (signal_number == SIGALRM && out_of_time); /* the judge was stopped for a while */
    read_output(run);
    return true;
}
