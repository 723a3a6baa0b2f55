/* 12_softmax_temperature.c: softmax of scores that are divided by a temperature first.
 *
 *     p[j] = exp(z[j] / T) / sum_l exp(z[l] / T)
 *
 * Forward and backward stand in 12_softmax_rows.h. The program works the small examples of the
 * lesson; holds the gradients of scores, temperature, soft loss and entropy against the tape and a
 * numeric gradient; shows the 1/T^2 in the gradient of soft targets and what T^2 makes of it;
 * measures (12_softmax_contexts.h) how much weight the best of many scores keeps, and what it takes
 * to read them once (12_softmax_streaming.h); makes the usual mistakes (12_softmax_mistakes.h); and
 * draws entropy and weight against temperature. */
#include <stdio.h>
#include <stdlib.h>

#include "12_softmax_contexts.h"
#include "12_softmax_mistakes.h"
#include "12_softmax_rows.h"

#include "autograd/autograd.h"
#include "error.h"
#include "kernel/vector.h"
#include "nn/init.h"
#include "workbook/fact.h"
#include "workbook/options.h"
#include "workbook/plot.h"
#include "workbook/runlog.h"
#include "workbook/table.h"

/* -- the small example ------------------------------------------------------------------------ */

static void small_example(void)
{
    const real z[3] = {0, log((real)4), log((real)9)}, dp[3] = {0, 6, 20};
    real p[3], dz[3];
    printf("Scores (0, ln 4, ln 9), softmax at three temperatures, and its entropy:\n");
    softmax_row(3, z, 0.5, p);
    fact_row("p, T = 1/2", 4, 3, p, (const real[]){1. / 98, 16. / 98, 81. / 98});
    fact("entropy", 4, (double)entropy(3, p), 0.5002);
    softmax_row(3, z, 1, p);
    fact_row("p, T = 1", 4, 3, p, (const real[]){1. / 14, 4. / 14, 9. / 14});
    fact("entropy", 4, (double)entropy(3, p), 0.8305);
    softmax_row(3, z, 2, p);
    fact_row("p, T = 2", 4, 3, p, (const real[]){1. / 6, 2. / 6, 3. / 6});
    fact("entropy", 4, (double)entropy(3, p), 1.0114);
    fact("its slope dH/dT", 4, (double)entropy_slope(3, z, p, 2), 0.0773);

    softmax_row_backward(3, dp, p, 2, dz);
    printf("Back from dp = (0, 6, 20) at T = 2:\n");
    fact_row("dz", 4, 3, dz, (const real[]){-1, -1, 2});
    fact("dT", 4, (double)temperature_backward(3, dz, z, 2), -log(4.5));
}

/* -- the judges -------------------------------------------------------------------------------- */

enum { N = 7, C = 5 };

/* Scores and their softmax at T, what a loss says of it, and a teacher's softmax. */
typedef struct {
    real z[N][C], T, p[N][C], dp[N][C], q[N][C];
} Batch;

/* loss = sum of dp p, whose gradient with respect to p is dp */
static void judge_softmax(GradTable *table, const Batch *b)
{
    real dz[N][C], dT = 0;
    for (int i = 0; i < N; i++) {
        softmax_row_backward(C, b->dp[i], b->p[i], b->T, dz[i]);
        dT += temperature_backward(C, dz[i], b->z[i], b->T);
    }
    Tensor *z = ag_variable(ag_shape(2, N, C), *b->z), *T = ag_variable(ag_shape(1, 1), &b->T);
    Tensor *p = ag_softmax(ag_div(z, T), 1);
    Tensor *loss = ag_sum(ag_mul(p, ag_tensor(p->shape, *b->dp)), AG_ALL, false);
    fact_same("p", N * C, *b->p, p->data);
    ag_backward(loss);
    table_tensor(table, "dz", *dz, loss, z);
    table_tensor(table, "dT", &dT, loss, T);
}

/* loss = T^2/N sum of q ln(q / p) */
static void judge_soft_loss(GradTable *table, const Batch *b)
{
    real dz[N][C], sum = 0, factor = b->T * b->T / N;
    for (int i = 0; i < N; i++) {
        sum += soft_loss(C, b->p[i], b->q[i], factor);
        soft_loss_backward(C, b->p[i], b->q[i], b->T, factor, dz[i]);
    }
    Tensor *z = ag_variable(ag_shape(2, N, C), *b->z);
    Tensor *logprobs = ag_log_softmax(ag_div(z, ag_scalar(b->T)), 1);
    Tensor *kl = ag_kl_div(logprobs, ag_tensor(z->shape, *b->q), AG_SUM);
    Tensor *loss = ag_mul(ag_scalar(factor), kl);
    fact_same("soft loss", 1, &sum, loss->data);
    ag_backward(loss);
    table_tensor(table, "dz, soft loss", *dz, loss, z);
}

/* loss = sum of H */
static void judge_entropy(GradTable *table, const Batch *b)
{
    real dT = 0, sum = 0;
    for (int i = 0; i < N; i++) {
        sum += entropy(C, b->p[i]);
        dT += entropy_slope(C, b->z[i], b->p[i], b->T);
    }
    Tensor *T = ag_variable(ag_shape(1, 1), &b->T);
    Tensor *logprobs = ag_log_softmax(ag_div(ag_tensor(ag_shape(2, N, C), *b->z), T), 1);
    Tensor *loss = ag_neg(ag_sum(ag_mul(ag_exp(logprobs), logprobs), AG_ALL, false));
    fact_same("entropy", 1, &sum, loss->data);
    ag_backward(loss);
    table_tensor(table, "dT, entropy", &dT, loss, T);
}

static bool random_gradients(uint64_t seed)
{
    Rng rng;
    GradTable table;
    Batch b = {.T = 1.7};
    rng_seed(&rng, seed);
    init_normal(&rng, 2, N * C, *b.z);
    init_normal(&rng, 1, N * C, *b.dp);
    init_normal(&rng, 2, N * C, *b.q);
    for (int i = 0; i < N; i++) {
        softmax_row(C, b.z[i], b.T, b.p[i]);
        softmax_row(C, b.q[i], b.T, b.q[i]);
    }
    printf("\n%d rows of %d random scores, T = %g:\n", N, C, (double)b.T);
    table_begin(&table);
    judge_softmax(&table, &b);
    judge_soft_loss(&table, &b);
    judge_entropy(&table, &b);
    ag_reset();
    return table_end(&table);
}

/* -- soft targets ------------------------------------------------------------------------------
 * A student's scores, a teacher's, and a right class, which is the teacher's favourite. */

enum { C4 = 4, RIGHT = 2 };

static const real student[C4] = {3, 2, 1, 0}, teacher[C4] = {1, 0, 3, 2};

/* |dz| of factor KL(q | p), both at temperature T. dz is written, too. */
static real distilled(real T, real factor, real dz[C4])
{
    real p[C4], q[C4];
    softmax_row(C4, student, T, p);
    softmax_row(C4, teacher, T, q);
    soft_loss_backward(C4, p, q, T, factor, dz);
    return sqrt(vector_dot(C4, dz, dz));
}

static void soft_targets(void)
{
    static const real length[4][2] = {
        {0.8390, 0.8390}, {0.2379, 0.9516}, {0.0617, 0.9872}, {0.0156, 0.9968}};
    real p[C4], dz[C4];
    softmax_row(C4, student, 1, p);
    p[RIGHT] -= 1; /* now dz of the hard loss, -ln p[RIGHT] */
    printf("\nStudent (3, 2, 1, 0), teacher (1, 0, 3, 2), right class 2. The length of dz:\n");
    fact("hard loss", 4, (double)sqrt(vector_dot(C4, p, p)), 1.1424);
    for (int i = 0; i < 4; i++) {
        real T = (real)(1 << i);
        char name[48];
        snprintf(name, sizeof name, "soft, T = %g; times T^2", (double)T);
        fact_row(name, 4, 2, (const real[]){distilled(T, 1, dz), distilled(T, T * T, dz)},
                 length[i]);
    }
    distilled(1000, 1000 * 1000, dz);
    fact_row("T^2 dz, T = 1000", 3, C4, dz, (const real[]){0.5, 0.5, -0.5, -0.5});
}

/* -- pictures ---------------------------------------------------------------------------------- */

enum { POINTS = 81 };

static bool draw_soft_targets(const Options *options)
{
    RunLog run;
    if (!runlog_open(&run, options->out, "soft", "T,without T^2,with T^2"))
        return false;
    for (int i = 0; i < POINTS; i++) {
        real T = pow((real)10, (real)(3 * i) / (POINTS - 1) - 1), dz[C4];
        runlog_row(&run, (const double[]){(double)T, (double)distilled(T, 1, dz),
                                          (double)distilled(T, T * T, dz)});
    }
    return runlog_close(&run) && plot_draw_file(options, "soft", "chapters/12_soft.gp");
}

/* The entropies as shares of the ln n that they can be at most, and the first weights. */
static bool draw_entropy(const Options *options, real z[LONG], real p[LONG])
{
    RunLog run;
    const real small[3] = {0, log((real)4), log((real)9)};
    const int sizes[3] = {3, SHORT, LONG};
    double before[3] = {0};
    if (!runlog_open(&run, options->out, "entropy",
                     "T,3 scores,2048 scores,128000 scores,weight of 2048,weight of 128000"))
        return false;
    fill_context(options->seed, LONG, z);
    for (int i = 0; i < POINTS; i++) {
        real T = pow((real)10, (real)(2 * i) / (POINTS - 1) - 1);
        double row[6] = {(double)T};
        for (int k = 0; k < 3; k++) {
            softmax_row(sizes[k], k == 0 ? small : z, T, p);
            row[1 + k] = (double)entropy(sizes[k], p) / log(sizes[k]);
            if (k > 0)
                row[3 + k] = (double)p[0];
            fact_that("entropy rises with T", row[1 + k] >= before[k] - 1e-4);
            before[k] = row[1 + k];
        }
        runlog_row(&run, row);
    }
    return runlog_close(&run) && plot_draw_file(options, "entropy", "chapters/12_entropy.gp");
}

int main(int argc, char **argv)
{
    Options options = {.chapter = "12_softmax_temperature",
                       .about = "softmax under a temperature, and over many scores",
                       .seed = 42};
    options_parse(&options, argc, argv);
    int n = options.quick ? LONG : HUGE_CONTEXT;
    real *z = malloc((size_t)n * sizeof *z), *p = malloc(LONG * sizeof *p);
    if (!z || !p)
        error_stop("%s: out of memory", options.chapter);
    small_example();
    bool hold = random_gradients(options.seed);
    soft_targets();
    measure_contexts(options.seed, n, z);
    mistakes(options.seed, options.quick ? 50 : 1000, z);
    bool drawn = draw_soft_targets(&options) && draw_entropy(&options, z, p);
    free(z);
    free(p);
    if (!drawn)
        return error_report(options.chapter);
    return hold && fact_failures() == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
