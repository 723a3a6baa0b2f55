/* measure.h: what things take, and what the same takes elsewhere.
 *
 * The speed of a machine changes while it is measured: other programs come and go, clocks rise and
 * fall. So what is to be compared runs by turns, in many short rounds, and the median round counts.
 * Time is processor time, of all threads together, which leaves out most of what others do. */
#ifndef BENCH_MEASURE_H
#define BENCH_MEASURE_H

#include <stdbool.h>

enum { MOST_JOBS = 4 };

/* Something to be timed: a function with its argument, a job of torch_bench.py, or (all NULL) what
 * there is not. */
typedef struct {
    void (*run)(const void *argument);
    const void *argument;
    const char *torch; /* if not NULL, in place of run */
} Job;

/* Seconds a call of each of n jobs, n <= MOST_JOBS, run by turns; NAN for what is not
 * there. */
void measure(int n, const Job job[], double seconds[]);

/* The same on a clock on the wall, and the shortest round instead of the median: for what runs on
 * several threads, which other programs can only ever slow down. */
void measure_wall(int n, const Job job[], double seconds[]);

/* Runs a shell command and looks for a line of its output that fits `format`, with one %lf in it.
 * False, with a message, if the command fails or there is no such line. */
bool run_program(const char *command, const char *format, double *figure);

/* Makes sure that everyone has one thread, that no preset slows the others down and flatters us,
 * and that all use vectors of the same width: OpenBLAS does not know every processor, and what we
 * are built for may be less than this one has. */
void clean_environment(void);

/* Starts PyTorch, or loads OpenBLAS. The text says which it is; NULL if it is not there. */
const char *torch_start(void);
const char *openblas_load(void);

/* As lib/kernel/gemm.h has it, for row-major float; y = op(x) op(w), (n, k) times (k, m). Needs
 * openblas_load(). */
void openblas_gemm(int n, int k, int m, bool transpose_x, bool transpose_w, const float *x,
                   const float *w, float *y);

/* True once anything did not run that should have. */
extern bool bench_failed;

#endif
