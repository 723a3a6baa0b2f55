#include "measure.h"

#include <dlfcn.h>
#include <math.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "kernel/simd.h"

bool bench_failed;

static bool fail(const char *who, const char *what)
{
    fprintf(stderr, "bench: %s: %s\n", who, what);
    bench_failed = true;
    return false;
}

/* -- clocks and rounds ------------------------------------------------------------------------ */

/* Which of the rounds counts: `rank` when they are ordered, 0 being the shortest. */
typedef struct {
    clockid_t clock;
    double round_seconds;
    int rounds, rank;
} Method;

enum { ROUNDS = 15, WALL_ROUNDS = 99 };
static const Method median = {CLOCK_PROCESS_CPUTIME_ID, 0.02, ROUNDS, ROUNDS / 2};
static const Method shortest = {CLOCK_MONOTONIC, 0.001, WALL_ROUNDS, 0};

static double torch_seconds(const char *job, long calls);

static double seconds_on(clockid_t clock)
{
    struct timespec now;
    clock_gettime(clock, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

/* Seconds a call, over one round of so many calls. */
static double time_round(const Job *job, long calls, clockid_t clock)
{
    if (job->torch)
        return torch_seconds(job->torch, calls);
    if (!job->run)
        return NAN;
    double start = seconds_on(clock);
    for (long i = 0; i < calls; i++)
        job->run(job->argument);
    return (seconds_on(clock) - start) / (double)calls;
}

/* How many calls make a round. The first of all, which fetches memory and code, is no guide. */
static long calls_of_round(const Job *job, const Method *method)
{
    long calls = 1;
    double seconds = time_round(job, calls, method->clock);
    while ((seconds = time_round(job, calls, method->clock)) * (double)calls <
           method->round_seconds / 4)
        calls *= 2;
    return isnan(seconds) ? 1 : 1 + (long)(method->round_seconds / seconds);
}

static int compare_seconds(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static void measure_by_turns(int n, const Job job[], const Method *method, double seconds[])
{
    double round[MOST_JOBS][WALL_ROUNDS];
    long calls[MOST_JOBS];
    for (int j = 0; j < n; j++)
        calls[j] = calls_of_round(&job[j], method);
    for (int r = 0; r < method->rounds; r++)
        for (int j = 0; j < n; j++) {
            time_round(&job[j], calls[j] / 2, method->clock); /* the others have had the caches */
            round[j][r] = time_round(&job[j], calls[j], method->clock);
        }
    for (int j = 0; j < n; j++) {
        qsort(round[j], (size_t)method->rounds, sizeof round[j][0], compare_seconds);
        seconds[j] = round[j][method->rank];
    }
}

void measure(int n, const Job job[], double seconds[])
{
    measure_by_turns(n, job, &median, seconds);
}

void measure_wall(int n, const Job job[], double seconds[])
{
    measure_by_turns(n, job, &shortest, seconds);
}

/* -- other programs --------------------------------------------------------------------------- */

bool run_program(const char *command, const char *format, double *figure)
{
    char line[1024];
    bool found = false;
    FILE *out = popen(command, "r");
    if (!out)
        return fail(command, "cannot be started");
    while (fgets(line, sizeof line, out))
        found = sscanf(line, format, figure) == 1 || found;
    if (pclose(out) != 0)
        return fail(command, "failed");
    return found || fail(command, "did not print its figure");
}

void clean_environment(void)
{
    static const char *const preset[] = {"OPENBLAS_", "GOTO_",   "MKL_", "ATEN_",
                                         "OMP_",      "ONEDNN_", "DNNL_"};
    extern char **environ;
    for (char **e = environ; *e;) {
        char name[256] = "";
        for (size_t i = 0; i < sizeof preset / sizeof preset[0]; i++)
            if (strncmp(*e, preset[i], strlen(preset[i])) == 0)
                sscanf(*e, "%255[^=]", name);
        if (!*name || unsetenv(name) != 0)
            e++; /* otherwise the next one has moved up */
    }
#if VECTOR_BYTES == 64
    setenv("OPENBLAS_CORETYPE", "SkylakeX", 1);
#elif defined __AVX2__
    setenv("OPENBLAS_CORETYPE", "Haswell", 1);
    setenv("ATEN_CPU_CAPABILITY", "avx2", 1);
    setenv("ONEDNN_MAX_CPU_ISA", "AVX2", 1);
#endif
    setenv("OMP_NUM_THREADS", "1", 1);
    setenv("OPENBLAS_NUM_THREADS", "1", 1);
}

/* -- PyTorch ---------------------------------------------------------------------------------- */

static FILE *to_torch, *from_torch;

static void torch_exec(const int in[2], const int out[2])
{
    const char *python = getenv("PYTHON");
    dup2(in[0], STDIN_FILENO);
    dup2(out[1], STDOUT_FILENO);
    close(in[1]);
    close(out[0]);
    execlp(python ? python : "/usr/bin/python3", "python3", "tests/bench/torch_bench.py", NULL);
    _exit(EXIT_SUCCESS); /* no Python, no PyTorch */
}

const char *torch_start(void)
{
    static char about[128];
    int in[2], out[2], status = 0;
    pid_t child;
    signal(SIGPIPE, SIG_IGN);
    if (pipe(in) != 0 || pipe(out) != 0 || (child = fork()) < 0)
        return fail("PyTorch", "cannot be started"), NULL;
    if (child == 0)
        torch_exec(in, out);
    close(in[0]);
    close(out[1]);
    to_torch = fdopen(in[1], "w");
    from_torch = fdopen(out[0], "r");
    if (to_torch && from_torch && fscanf(from_torch, "%127[^\n]", about) == 1)
        return about;
    to_torch = from_torch = NULL;
    if (waitpid(child, &status, 0) != child || status != 0)
        fail("tests/bench/torch_bench.py", "failed");
    return NULL;
}

static double torch_seconds(const char *job, long calls)
{
    double seconds;
    if (!to_torch)
        return NAN;
    if (fprintf(to_torch, "%s %ld\n", job, calls) > 0 && fflush(to_torch) == 0 &&
        fscanf(from_torch, "%lf", &seconds) == 1)
        return seconds;
    to_torch = NULL;
    fail("tests/bench/torch_bench.py", job);
    return NAN;
}

/* -- OpenBLAS --------------------------------------------------------------------------------- */

/* From cblas.h, which need not be installed. */
enum { ROW_MAJOR = 101, NO_TRANSPOSE = 111, TRANSPOSE = 112 };
static void (*cblas_sgemm)(int order, int transpose_a, int transpose_b, int m, int n, int k,
                           float alpha, const float *a, int a_row, const float *b, int b_row,
                           float beta, float *c, int c_row);

const char *openblas_load(void)
{
    void *library = dlopen("libopenblas.so.0", RTLD_NOW);
    if (!library)
        return NULL;
    char *(*config)(void) = (char *(*)(void))dlsym(library, "openblas_get_config");
    *(void **)&cblas_sgemm = dlsym(library, "cblas_sgemm");
    if (!cblas_sgemm || !config)
        return fail("OpenBLAS", dlerror()), NULL;
    return config();
}

void openblas_gemm(int n, int k, int m, bool transpose_x, bool transpose_w, const float *x,
                   const float *w, float *y)
{
    cblas_sgemm(ROW_MAJOR, transpose_x ? TRANSPOSE : NO_TRANSPOSE,
                transpose_w ? TRANSPOSE : NO_TRANSPOSE, n, m, k, 1, x, transpose_x ? n : k, w,
                transpose_w ? k : m, 0, y, m);
}
