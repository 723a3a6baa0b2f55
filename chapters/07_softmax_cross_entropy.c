/* 07_softmax_cross_entropy.c: from logits to the loss in small steps, and every one of them back.
 *
 * n rows of c logits, and for each row the class y that it should have been:
 *
 *     logit_maxes[i]    = max_j logits[i][j]                      (n)
 *     norm_logits[i][j] = logits[i][j] - logit_maxes[i]           (n, c)
 *     counts[i][j]      = exp norm_logits[i][j]                   (n, c)
 *     counts_sum[i]     = sum_j counts[i][j]                      (n)
 *     counts_sum_inv[i] = 1 / counts_sum[i]                       (n)
 *     probs[i][j]       = counts[i][j] counts_sum_inv[i]          (n, c)
 *     logprobs[i][j]    = log probs[i][j]                         (n, c)
 *     loss              = -1/n sum_i logprobs[i][y[i]]
 *
 * The program works the small example of the lesson, holds every gradient and the fused form of
 * them all against the tape and a numeric gradient, says what the maxima are for, and draws
 * dlogits. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "autograd/autograd.h"
#include "error.h"
#include "kernel/random.h"
#include "kernel/vector.h"
#include "nn/init.h"
#include "workbook/options.h"
#include "workbook/plot.h"
#include "workbook/print.h"
#include "workbook/runlog.h"
#include "workbook/table.h"

/* -- forward ---------------------------------------------------------------------------------- */

enum { LOGITS, LOGIT_MAXES, NORM_LOGITS, COUNTS, COUNTS_SUM, COUNTS_SUM_INV, PROBS, LOGPROBS, ALL };

/* Of the gradients; without the d, of the tensors. */
static const char *const dnames[ALL] = {"dlogits", "dlogit_maxes", "dnorm_logits",
                                        "dcounts", "dcounts_sum",  "dcounts_sum_inv",
                                        "dprobs",  "dlogprobs"};

/* What the forward pass leaves, x, and the gradients of it, d. Their shapes stand in the functions
 * that they are handed to. */
typedef struct {
    int n, c, nudged; /* nudged: the tensor that a numeric gradient moves */
    const int *y;
    void *x[ALL], *d[ALL];
} Pass;

/* One number for each row, or c. */
static int columns(const Pass *p, int t)
{
    return t == LOGIT_MAXES || t == COUNTS_SUM || t == COUNTS_SUM_INV ? 1 : p->c;
}

/* Its memory lies on the strip and goes with ag_reset(). */
static Pass pass_new(int n, int c, const real logits[n][c], const int y[n])
{
    Pass p = {.n = n, .c = c, .y = y};
    for (int t = 0; t < ALL; t++) {
        p.x[t] = ag_alloc_reals(n * columns(&p, t));
        p.d[t] = ag_alloc_reals(n * columns(&p, t));
    }
    memcpy(p.x[LOGITS], logits, sizeof(real[n][c]));
    return p;
}

static int argmax(int c, const real x[c])
{
    int best = 0;
    for (int j = 1; j < c; j++)
        best = x[j] > x[best] ? j : best;
    return best;
}

/* The steps that come after `last`, from the tensors up to it as they stand. Returns the loss. */
static double forward_after(int last, const Pass *p)
{
    int n = p->n, c = p->c;
    real(*logits)[c] = p->x[LOGITS], *logit_maxes = p->x[LOGIT_MAXES];
    real(*norm_logits)[c] = p->x[NORM_LOGITS], (*counts)[c] = p->x[COUNTS];
    real *counts_sum = p->x[COUNTS_SUM], *counts_sum_inv = p->x[COUNTS_SUM_INV];
    real(*probs)[c] = p->x[PROBS], (*logprobs)[c] = p->x[LOGPROBS];
    double loss = 0;
    for (int i = 0; i < n; i++) {
        if (last < LOGIT_MAXES)
            logit_maxes[i] = logits[i][argmax(c, logits[i])];
        for (int j = 0; j < c && last < NORM_LOGITS; j++)
            norm_logits[i][j] = logits[i][j] - logit_maxes[i];
        for (int j = 0; j < c && last < COUNTS; j++)
            counts[i][j] = exp(norm_logits[i][j]);
        if (last < COUNTS_SUM)
            counts_sum[i] = vector_sum(c, counts[i]);
        if (last < COUNTS_SUM_INV)
            counts_sum_inv[i] = 1 / counts_sum[i];
        for (int j = 0; j < c && last < PROBS; j++)
            probs[i][j] = counts[i][j] * counts_sum_inv[i];
        for (int j = 0; j < c && last < LOGPROBS; j++)
            logprobs[i][j] = log(probs[i][j]);
        loss -= (double)logprobs[i][p->y[i]] / n;
    }
    return loss;
}

/* -- backward ---------------------------------------------------------------------------------
 * One function for each gradient, which collects every path into it. */

/* loss = -1/n sum_i logprobs[i][y[i]]:   dlogprobs[i][y[i]] = -1/n, all others 0 */
static void logprobs_backward(int n, int c, const int y[n], real dlogprobs[n][c])
{
    memset(dlogprobs, 0, sizeof(real[n][c]));
    for (int i = 0; i < n; i++)
        dlogprobs[i][y[i]] = -1 / (real)n;
}

/* logprobs = log probs:   dprobs = dlogprobs / probs */
static void probs_backward(int n, int c, const real dlogprobs[n][c], const real probs[n][c],
                           real dprobs[n][c])
{
    for (int i = 0; i < n; i++)
        for (int j = 0; j < c; j++)
            dprobs[i][j] = dlogprobs[i][j] / probs[i][j];
}

/* probs[i][j] = counts[i][j] counts_sum_inv[i]:   dcounts_sum_inv[i] = sum_j dprobs counts */
static void counts_sum_inv_backward(int n, int c, const real dprobs[n][c], const real counts[n][c],
                                    real dcounts_sum_inv[n])
{
    for (int i = 0; i < n; i++) {
        dcounts_sum_inv[i] = 0;
        for (int j = 0; j < c; j++)
            dcounts_sum_inv[i] += dprobs[i][j] * counts[i][j];
    }
}

/* counts_sum_inv = 1 / counts_sum:   dcounts_sum = dcounts_sum_inv * (-1 / counts_sum^2) */
static void counts_sum_backward(int n, const real dcounts_sum_inv[n], const real counts_sum_inv[n],
                                real dcounts_sum[n])
{
    for (int i = 0; i < n; i++)
        dcounts_sum[i] = -dcounts_sum_inv[i] * counts_sum_inv[i] * counts_sum_inv[i];
}

/* probs[i][j] = counts[i][j] counts_sum_inv[i]   and   counts_sum[i] = sum_j counts[i][j] */
static void counts_backward(int n, int c, const real dprobs[n][c], const real dcounts_sum[n],
                            const real counts_sum_inv[n], real dcounts[n][c])
{
    for (int i = 0; i < n; i++)
        for (int j = 0; j < c; j++)
            dcounts[i][j] = dprobs[i][j] * counts_sum_inv[i] + dcounts_sum[i];
}

/* counts = exp norm_logits:   dnorm_logits = dcounts * counts */
static void norm_logits_backward(int n, int c, const real dcounts[n][c], const real counts[n][c],
                                 real dnorm_logits[n][c])
{
    for (int i = 0; i < n; i++)
        for (int j = 0; j < c; j++)
            dnorm_logits[i][j] = dcounts[i][j] * counts[i][j];
}

/* norm_logits[i][j] = logits[i][j] - logit_maxes[i]:   dlogit_maxes[i] = -sum_j dnorm_logits */
static void logit_maxes_backward(int n, int c, const real dnorm_logits[n][c], real dlogit_maxes[n])
{
    for (int i = 0; i < n; i++) {
        dlogit_maxes[i] = 0;
        for (int j = 0; j < c; j++)
            dlogit_maxes[i] -= dnorm_logits[i][j];
    }
}

/* norm_logits[i][j] = logits[i][j] - logit_maxes[i]   and   logit_maxes[i] = max_j logits[i][j] */
static void logits_backward(int n, int c, const real dnorm_logits[n][c], const real dlogit_maxes[n],
                            const real logits[n][c], real dlogits[n][c])
{
    memcpy(dlogits, dnorm_logits, sizeof(real[n][c]));
    for (int i = 0; i < n; i++)
        dlogits[i][argmax(c, logits[i])] += dlogit_maxes[i];
}

static void backward(const Pass *p)
{
    int n = p->n, c = p->c;
    void *const *x = p->x, *const *d = p->d;
    logprobs_backward(n, c, p->y, d[LOGPROBS]);
    probs_backward(n, c, d[LOGPROBS], x[PROBS], d[PROBS]);
    counts_sum_inv_backward(n, c, d[PROBS], x[COUNTS], d[COUNTS_SUM_INV]);
    counts_sum_backward(n, d[COUNTS_SUM_INV], x[COUNTS_SUM_INV], d[COUNTS_SUM]);
    counts_backward(n, c, d[PROBS], d[COUNTS_SUM], x[COUNTS_SUM_INV], d[COUNTS]);
    norm_logits_backward(n, c, d[COUNTS], x[COUNTS], d[NORM_LOGITS]);
    logit_maxes_backward(n, c, d[NORM_LOGITS], d[LOGIT_MAXES]);
    logits_backward(n, c, d[NORM_LOGITS], d[LOGIT_MAXES], x[LOGITS], d[LOGITS]);
}

/* All of it in one line:   dlogits[i][j] = (probs[i][j] - 1[j = y[i]]) / n */
static void cross_entropy_backward(int n, int c, const real probs[n][c], const int y[n],
                                   real dlogits[n][c])
{
    for (int i = 0; i < n; i++)
        for (int j = 0; j < c; j++)
            dlogits[i][j] = (probs[i][j] - (real)(j == y[i])) / (real)n;
}

/* -- the small example ------------------------------------------------------------------------ */

/* What is left of a zero after rounding, and the sign of a NaN, differ from machine to machine. */
static void print_rounded(const char *name, int rows, int cols, const real *x)
{
    real rounded[rows * cols];
    for (int i = 0; i < rows * cols; i++)
        rounded[i] = fabs(x[i]) < 8 * REAL_EPSILON ? 0 : isnan(x[i]) ? (real)NAN : x[i];
    print_matrix(name, rows, cols, rounded, 4);
}

static bool same(int n, const real *a, const real *b)
{
    return compare(n, a, b).max_error < 8 * (double)REAL_EPSILON;
}

/* Probabilities of 1/8, 2/8, 5/8 and 4/8, 3/8, 1/8. */
static bool small_example(void)
{
    const real logits[2][3] = {{0, log((real)2), log((real)5)}, {log((real)4), log((real)3), 0}};
    const real expected[2][3] = {{0.0625, -0.375, 0.3125}, {-0.25, 0.1875, 0.0625}};
    const int y[2] = {1, 0};
    real fused[2][3];
    Pass p = pass_new(2, 3, logits, y);
    printf("Two rows of logits, y = (1, 0). Forwards:\n");
    double loss = forward_after(LOGITS, &p);
    for (int t = LOGITS; t < ALL; t++)
        print_rounded(dnames[t] + 1, 2, columns(&p, t), p.x[t]);
    printf("  %12s = %.4f\nBackwards:\n", "loss", loss);
    backward(&p);
    for (int t = LOGPROBS; t >= LOGITS; t--)
        print_rounded(dnames[t], 2, columns(&p, t), p.d[t]);
    cross_entropy_backward(2, 3, p.x[PROBS], y, fused);
    bool holds = same(6, p.d[LOGITS], *expected) && same(6, *fused, *expected) &&
                 fabs(loss - 1.5 * log(2.0)) < 8 * (double)REAL_EPSILON;
    printf("The loss is 1.5 ln 2, and (probs - onehot(y)) / 2 is dlogits too: %s\n\n",
           holds ? "yes" : "NO");
    return holds;
}

/* What the maxima are for, and what they are no help against. */
static bool extreme_logits(void)
{
    const real large[1][3] = {{1000, 1001, 1002}}, apart[1][3] = {{0, 0, 1000}};
    const int y[1] = {0};
    real fused[1][3];
    Pass p = pass_new(1, 3, large, y), q = pass_new(1, 3, apart, y);
    printf("\nLogits (1000, 1001, 1002). With the maxima:\n");
    bool holds = isfinite(forward_after(LOGITS, &p));
    print_rounded("probs", 1, 3, p.x[PROBS]);
    printf("Without them, logit_maxes = 0:\n");
    *(real *)p.x[LOGIT_MAXES] = 0;
    holds = isnan(forward_after(LOGIT_MAXES, &p)) && holds;
    print_rounded("counts", 1, 3, p.x[COUNTS]);
    print_rounded("probs", 1, 3, p.x[PROBS]);

    double loss = forward_after(LOGITS, &q);
    backward(&q);
    cross_entropy_backward(1, 3, q.x[PROBS], y, fused);
    printf("Logits (0, 0, 1000), y = 0. Step by step, with the maxima, the loss is %g:\n", loss);
    print_rounded("dlogits", 1, 3, q.d[LOGITS]);
    printf("Fused, the loss is %g:\n",
           (double)ag_item(ag_cross_entropy(ag_tensor(ag_shape(2, 1, 3), *apart), y, AG_MEAN)));
    print_rounded("dlogits", 1, 3, *fused);
    holds = isinf(loss) && isnan(*(real *)q.d[LOGITS]) && holds;
    return same(3, *fused, (const real[]){-1, 0, 1}) && holds;
}

/* -- the judges ------------------------------------------------------------------------------- */

static void run_tape(const Pass *p, Tensor *t[ALL])
{
    t[LOGITS] = ag_variable(ag_shape(2, p->n, p->c), p->x[LOGITS]);
    t[LOGIT_MAXES] = ag_max(t[LOGITS], 1, true);
    t[NORM_LOGITS] = ag_sub(t[LOGITS], t[LOGIT_MAXES]);
    t[COUNTS] = ag_exp(t[NORM_LOGITS]);
    t[COUNTS_SUM] = ag_sum(t[COUNTS], 1, true);
    t[COUNTS_SUM_INV] = ag_pow(t[COUNTS_SUM], -1);
    t[PROBS] = ag_mul(t[COUNTS], t[COUNTS_SUM_INV]);
    t[LOGPROBS] = ag_log(t[PROBS]);
    ag_backward(ag_neg(ag_mean(ag_gather(t[LOGPROBS], p->y), AG_ALL, false)));
}

static double loss_after_nudge(void *context)
{
    const Pass *p = context;
    return forward_after(p->nudged, p);
}

/* Nudges tensor t and computes what comes after it anew, for each of its elements. The result is on
 * the strip; NULL where `real` is too short for it. */
static real *numeric(Pass *p, int t)
{
    if (sizeof(real) < sizeof(double))
        return NULL;
    int size = p->n * columns(p, t);
    real *gradient = ag_alloc_reals(size);
    p->nudged = t;
    numeric_gradient(loss_after_nudge, p, size, p->x[t], gradient);
    forward_after(LOGITS, p); /* the nudges went through what comes after t */
    return gradient;
}

static bool check_gradients(Pass *p)
{
    int n = p->n, c = p->c;
    Tensor *tape[ALL];
    GradTable table;
    forward_after(LOGITS, p);
    backward(p);
    run_tape(p, tape);
    table_begin(&table);
    for (int t = LOGPROBS; t >= LOGITS; t--)
        table_row(&table, dnames[t], n, columns(p, t) > 1 ? c : 0, p->d[t], tape[t]->grad,
                  numeric(p, t));

    real(*fused)[c] = (void *)ag_alloc_reals(n * c);
    Tensor *logits = ag_variable(ag_shape(2, n, c), p->x[LOGITS]);
    ag_backward(ag_cross_entropy(logits, p->y, AG_MEAN));
    cross_entropy_backward(n, c, p->x[PROBS], p->y, fused);
    table_row(&table, "dlogits fused", n, c, *fused, logits->grad, numeric(p, LOGITS));
    return table_end(&table);
}

static double largest(int n, const real *x)
{
    real max = 0;
    for (int i = 0; i < n; i++)
        max = fmax(max, fabs(x[i]));
    return (double)max;
}

/* Adding the same number to a whole row of logits changes nothing: dlogits sums to zero along each
 * row, and logit_maxes, which is such a number, has no gradient but what rounding leaves. */
static bool check_zeros(const Pass *p)
{
    real(*dlogits)[p->c] = p->d[LOGITS], sums[p->n];
    for (int i = 0; i < p->n; i++)
        sums[i] = vector_sum(p->c, dlogits[i]);
    double row = largest(p->n, sums), maxes = largest(p->n, p->d[LOGIT_MAXES]);
    bool holds = fmax(row, maxes) < 8 * (double)REAL_EPSILON;
    printf("\nZero up to rounding: %s\n", holds ? "yes" : "NO");
    printf("  each row of dlogits, summed: at most %.1e\n  dlogit_maxes: at most %.1e\n", row,
           maxes);
    return holds;
}

static bool draw(const Options *options, const Pass *p)
{
    RunLog log;
    real(*dlogits)[p->c] = p->d[LOGITS];
    if (!runlog_open(&log, options->out, "dlogits", "row,class,dlogits"))
        return false;
    for (int i = 0; i < p->n; i++)
        for (int j = 0; j < p->c; j++)
            runlog_row(&log, (double[]){i, j, (double)dlogits[i][j]});
    return runlog_close(&log) &&
           plot_draw(
               options, "dlogits",
               "set title 'dlogits: each row pulls one class up and pushes the others down'\n"
               "set xlabel 'class j'\nset ylabel 'row i'\nset cblabel 'dlogits[i][j]' offset 1\n"
               "set xrange [-0.5:26.5]\nset yrange [31.5:-0.5]\nset cbrange [-0.0313:0.003]\n"
               "set palette defined (-10 '#0072b2', 0 'white', 1 '#d55e00')\n"
               "unset key\nunset grid\n"
               "plot 'dlogits.csv' using 2:1:3 with image");
}

int main(int argc, char **argv)
{
    enum { N = 32, C = 27 };
    Options options = {.chapter = "07_softmax_cross_entropy",
                       .about = "softmax and cross entropy, step by step and back",
                       .seed = 42};
    Rng rng;
    real logits[N][C];
    int y[N];
    options_parse(&options, argc, argv);
    rng_seed(&rng, options.seed);
    init_uniform(&rng, -1, 1, N * C, *logits);
    for (int i = 0; i < N; i++)
        y[i] = rng_below(&rng, C);

    Pass p = pass_new(N, C, logits, y);
    bool holds = small_example();
    holds = check_gradients(&p) && holds;
    holds = check_zeros(&p) && holds;
    holds = extreme_logits() && holds;
    printf("\n");
    bool drawn = draw(&options, &p);
    ag_reset();
    if (!drawn)
        return error_report(options.chapter);
    return holds ? EXIT_SUCCESS : EXIT_FAILURE;
}
