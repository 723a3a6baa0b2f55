/* 12_softmax_temperature.c: softmax of scores that are divided by a temperature first.
 *
 *     p[j] = exp(z[j] / T) / sum_l exp(z[l] / T)
 *
 * The program works the small examples of the lesson; holds the gradients of scores, temperature,
 * distillation loss and entropy against the tape and a numeric gradient; shows the 1/T^2 in the
 * gradient of soft targets and what T^2 makes of it; measures how much weight the best of many
 * scores keeps, against what is to be expected; reads scores once where two passes seem to be
 * needed; and draws entropy and weight against temperature. */
#include <stdio.h>
#include <stdlib.h>

#include "12_softmax_streaming.h"
#include "autograd/autograd.h"
#include "error.h"
#include "kernel/vector.h"
#include "nn/init.h"
#include "workbook/fact.h"
#include "workbook/options.h"
#include "workbook/plot.h"
#include "workbook/progress.h"
#include "workbook/runlog.h"
#include "workbook/table.h"

static const bool in_double = sizeof(real) == sizeof(double);

/* -- forward and backward --------------------------------------------------------------------- */

/* p_j = exp(z_j / T) / sum_l exp(z_l / T) */
static void softmax(int c, const real z[c], real T, real p[c])
{
    real max = vector_max(c, z);
    for (int j = 0; j < c; j++)
        p[j] = (z[j] - max) / T;
    vector_exp(c, p, p);
    real sum = vector_sum(c, p);
    for (int j = 0; j < c; j++)
        p[j] /= sum;
}

/* p = softmax(z / T):   dz_j = p_j (dp_j - sum_l dp_l p_l) / T */
static void softmax_backward(int c, const real dp[c], const real p[c], real T, real dz[c])
{
    real mean = vector_dot(c, dp, p);
    for (int j = 0; j < c; j++)
        dz[j] = p[j] * (dp[j] - mean) / T;
}

/* p = softmax(z / T):   dT = -1/T sum_j z_j dz_j */
static real temperature_backward(int c, const real dz[c], const real z[c], real T)
{
    return -vector_dot(c, z, dz) / T;
}

/* loss = factor sum_j q_j ln(q_j / p_j), p = softmax(z / T):   dz_j = factor (p_j - q_j) / T */
static void distillation_backward(int c, const real p[c], const real q[c], real T, real factor,
                                  real dz[c])
{
    for (int j = 0; j < c; j++)
        dz[j] = factor * (p[j] - q[j]) / T;
}

/* H = -sum_j p_j ln p_j, where 0 ln 0 is 0 */
static real entropy(int c, const real p[c])
{
    real H = 0;
    for (int j = 0; j < c; j++)
        H -= p[j] > 0 ? p[j] * log(p[j]) : 0;
    return H;
}

/* H of p = softmax(z / T):   dH/dT = (sum_j p_j z_j^2 - (sum_j p_j z_j)^2) / T^3 */
static real entropy_slope(int c, const real z[c], const real p[c], real T)
{
    real mean = vector_dot(c, p, z), variance = 0;
    for (int j = 0; j < c; j++)
        variance += p[j] * (z[j] - mean) * (z[j] - mean);
    return variance / (T * T * T);
}

/* -- the small example ------------------------------------------------------------------------ */

static void small_example(void)
{
    const real z[3] = {0, log((real)4), log((real)9)}, dp[3] = {0, 6, 20};
    real p[3], dz[3];
    printf("Scores (0, ln 4, ln 9), softmax at three temperatures, and its entropy:\n");
    softmax(3, z, 0.5, p);
    fact_row("p, T = 1/2", 4, 3, p, (const real[]){1. / 98, 16. / 98, 81. / 98});
    fact("entropy", 4, (double)entropy(3, p), 0.5002);
    softmax(3, z, 1, p);
    fact_row("p, T = 1", 4, 3, p, (const real[]){1. / 14, 4. / 14, 9. / 14});
    fact("entropy", 4, (double)entropy(3, p), 0.8305);
    softmax(3, z, 2, p);
    fact_row("p, T = 2", 4, 3, p, (const real[]){1. / 6, 2. / 6, 3. / 6});
    fact("entropy", 4, (double)entropy(3, p), 1.0114);
    fact("its slope dH/dT", 4, (double)entropy_slope(3, z, p, 2), 0.0773);

    softmax_backward(3, dp, p, 2, dz);
    printf("Back from dp = (0, 6, 20) at T = 2:\n");
    fact_row("dz", 4, 3, dz, (const real[]){-1, -1, 2});
    fact("dT", 4, (double)temperature_backward(3, dz, z, 2), -log(4.5));
}

/* -- soft targets ------------------------------------------------------------------------------
 * A student's scores, a teacher's, and a right class, which is the teacher's favourite. */

enum { C4 = 4, RIGHT = 2 };

static const real student[C4] = {3, 2, 1, 0}, teacher[C4] = {1, 0, 3, 2};

/* |dz| of factor KL(q | p), both at temperature T. dz is written, too. */
static real distilled(real T, real factor, real dz[C4])
{
    real p[C4], q[C4];
    softmax(C4, student, T, p);
    softmax(C4, teacher, T, q);
    distillation_backward(C4, p, q, T, factor, dz);
    return sqrt(vector_dot(C4, dz, dz));
}

static void soft_targets(void)
{
    static const real length[4][2] = {
        {0.8390, 0.8390}, {0.2379, 0.9516}, {0.0617, 0.9872}, {0.0156, 0.9968}};
    real p[C4], dz[C4];
    softmax(C4, student, 1, p);
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

/* -- one pass ---------------------------------------------------------------------------------- */

static void small_stream(void)
{
    const real z[4] = {0, log((real)2), log((real)4), 0};
    static const double exp_max[4] = {1, 2, 4, 4}, sum[4] = {1, 1.5, 1.75, 2};
    Running r = nothing;
    printf("\nScores 0, ln 2, ln 4, 0, read once; exp(max) and sum after each:\n");
    for (int i = 0; i < 4; i++) {
        r = running_add(r, z[i]);
        fact_row("exp(max), sum", 4, 2, (const real[]){exp(r.max), r.sum},
                 (const real[]){exp_max[i], sum[i]});
    }
}

/* The same maximum, and the same sum but for rounding: every score costs a difference, an exp, a
 * product and a sum at the most, together less than 4 REAL_EPSILON of the sum, on either road. */
static void hold_stream(const char *name, int n, const real z[n])
{
    Running twice = two_passes(n, z), once[2] = {one_pass(n, z), one_pass_in_blocks(n, z)};
    double error[2];
    bool same = true;
    for (int i = 0; i < 2; i++) {
        double apart = fabs((double)(once[i].sum - twice.sum));
        error[i] = apart > 0 ? apart / (double)twice.sum : 0;
        same = same && once[i].max == twice.max && error[i] <= 8. * n * (double)REAL_EPSILON;
    }
    printf("  %-24s %13.6g %10.1e %10.1e\n", name, (double)twice.sum, error[0], error[1]);
    fact_that("one pass gives what two give", same);
}

static void awkward_streams(uint64_t seed, int n, real z[n])
{
    Rng rng;
    rng_seed(&rng, seed);
    printf(
        "\n%d scores: their sum in two passes, and how far one pass, and one in blocks, is off\n",
        n);
    init_normal(&rng, 1, n, z);
    hold_stream("standard normal", n, z);
    for (int i = 0; i < n; i++)
        z[i] = i % 3 < 2 || i < 2 * BLOCK ? -INFINITY : z[i];
    hold_stream("most are -inf", n, z);
    for (int i = 0; i < n; i++)
        z[i] = (real)i / 1000;
    hold_stream("ever larger", n, z);
    for (int i = 0; i < n; i++)
        z[i] *= -1;
    hold_stream("ever smaller", n, z);
    for (int i = 0; i < n; i++)
        z[i] = (in_double ? 1e300 : 1e30) * (real)(i % 7 - 3);
    hold_stream("huge, of either sign", n, z);
    vector_fill(n, -INFINITY, z);
    hold_stream("all are -inf", n, z);
}

/* -- long contexts -----------------------------------------------------------------------------
 * Position 0 has the score `top`, the others are standard normal. */

enum { SHORT = 2048, LONG = 128000, SEEDS = 64 };

static const double top = 10;

static void fill_context(uint64_t seed, int n, real z[n])
{
    Rng rng;
    rng_seed(&rng, seed);
    init_normal(&rng, 1, n, z);
    z[0] = top;
}

/* The weight of position 0, its mean and spread over SEEDS seeds. z is room for n scores. */
static void measure_weight(uint64_t seed, int n, double T, real z[n], double *mean, double *spread)
{
    double sum = 0, squares = 0;
    for (int k = 0; k < SEEDS; k++) {
        fill_context(seed + (uint64_t)k, n, z);
        for (int i = 0; i < n; i++)
            z[i] /= (real)T;
        Running r = one_pass_in_blocks(n, z);
        double weight = (double)(exp(z[0] - r.max) / r.sum);
        sum += weight;
        squares += weight * weight;
    }
    *mean = sum / SEEDS;
    *spread = sqrt(fmax(squares - sum * sum / SEEDS, 0) / (SEEDS - 1));
}

/* The weight is a / (a + S), a = exp(top / T), and S a sum of n - 1 numbers exp(x / T), each with
 * mean exp(1 / 2T^2) and variance (exp(1 / T^2) - 1) exp(1 / T^2). With A = a + mean S,
 *     weight = a/A - a (S - mean S)/A^2 + weight (S - mean S)^2/A^2
 * so its mean lies above a/A by at most var S/A^2, and its spread is about a sqrt(var S)/A^2. A
 * mean over SEEDS seeds is off by five of its standard errors once in a million times, and so is a
 * spread, whose standard error is 1 / sqrt(2 (SEEDS - 1)) of it. */
static void hold_weight(uint64_t seed, int n, double T, double stated, real z[n])
{
    double a = exp(top / T), A = a + (n - 1) * exp(0.5 / (T * T)), mean, spread;
    double variance = (n - 1) * (exp(1 / (T * T)) - 1) * exp(1 / (T * T));
    double expected = a / A, expected_spread = a * sqrt(variance) / (A * A);
    measure_weight(seed, n, T, z, &mean, &spread);
    printf("  %8d %8.4f %11.4f %9.4f %13.5f %9.5f\n", n, T, expected, mean, expected_spread,
           spread);
    double error = 5 * expected_spread / sqrt(SEEDS), above = variance / (A * A);
    fact_that("the weight expected is as stated", fabs(expected - stated) < 0.5e-4);
    fact_that("the mean weight", mean > expected - error && mean < expected + above + error);
    fact_that("the spread", fabs(spread / expected_spread - 1) < 5 / sqrt(2. * (SEEDS - 1)));
}

static void contexts(uint64_t seed, real z[LONG])
{
    printf("\nThe weight of a score of %g among standard normal ones, over %d seeds:\n", top,
           SEEDS);
    printf("    scores        T    expected  measured        spread  measured\n");
    hold_weight(seed, SHORT, 1, 0.8671, z);
    hold_weight(seed, LONG, 1, 0.0945, z);
    /* the T for which top / T - ln n - 1 / 2T^2 is at LONG what it is at SHORT for T = 1 */
    double missing = log((LONG - 1.) / (SHORT - 1.)), need = top - 0.5 + missing;
    hold_weight(seed, LONG, 1 / (top - sqrt(top * top - 2 * need)), 0.8671, z);
    fact("or a score of", 3, top + missing, 14.136);
}

/* -- the time it takes ------------------------------------------------------------------------- */

/* Milliseconds, the best of many. */
static double time_of(Running run(int n, const real *z), int n, const real *z)
{
    double best = INFINITY;
    for (int k = 0; k < 20; k++) {
        double start = seconds_now();
        volatile real sum = run(n, z).sum;
        (void)sum;
        best = fmin(best, seconds_now() - start);
    }
    return 1e3 * best;
}

static void race(uint64_t seed, int n, real z[n])
{
    fill_context(seed, n, z);
    printf("%d scores: two passes %.3f ms, one pass %.3f ms, one pass in blocks %.3f ms\n", n,
           time_of(two_passes, n, z), time_of(one_pass, n, z), time_of(one_pass_in_blocks, n, z));
}

/* -- the judges -------------------------------------------------------------------------------- */

enum { N = 7, C = 5 };

typedef enum { WEIGHTED, SOFT, ENTROPY, LOSSES } Which;

typedef struct {
    real z[N][C], dp[N][C], q[N][C], T;
    Which which; /* the loss that is nudged */
} Batch;

/* sum of dp p, whose gradient with respect to p is dp; T^2/N sum of q ln(q / p); sum of H */
static double loss(void *context)
{
    const Batch *b = context;
    real sum[LOSSES] = {0}, p[C];
    for (int i = 0; i < N; i++) {
        softmax(C, b->z[i], b->T, p);
        sum[WEIGHTED] += vector_dot(C, b->dp[i], p);
        sum[ENTROPY] += entropy(C, p);
        for (int j = 0; j < C; j++)
            sum[SOFT] += b->T * b->T / N * b->q[i][j] * log(b->q[i][j] / p[j]);
    }
    return (double)sum[b->which];
}

typedef struct {
    real dz[N][C], dz_soft[N][C], dT, dT_entropy;
} Gradients;

static void by_hand(const Batch *b, Gradients *g)
{
    real p[C];
    g->dT = g->dT_entropy = 0;
    for (int i = 0; i < N; i++) {
        softmax(C, b->z[i], b->T, p);
        softmax_backward(C, b->dp[i], p, b->T, g->dz[i]);
        g->dT += temperature_backward(C, g->dz[i], b->z[i], b->T);
        distillation_backward(C, p, b->q[i], b->T, b->T * b->T / N, g->dz_soft[i]);
        g->dT_entropy += entropy_slope(C, b->z[i], p, b->T);
    }
}

static void by_nudging(Batch *b, Gradients *g)
{
    b->which = WEIGHTED;
    numeric_gradient(loss, b, N * C, *b->z, *g->dz);
    numeric_gradient(loss, b, 1, &b->T, &g->dT);
    b->which = SOFT;
    numeric_gradient(loss, b, N * C, *b->z, *g->dz_soft);
    b->which = ENTROPY;
    numeric_gradient(loss, b, 1, &b->T, &g->dT_entropy);
}

static bool check_gradients(Batch *b)
{
    Gradients hand, numeric;
    by_hand(b, &hand);
    by_nudging(b, &numeric);
    Shape shape = ag_shape(2, N, C), one = ag_shape(1, 1);
    Tensor *z[2] = {ag_variable(shape, *b->z), ag_variable(shape, *b->z)};
    Tensor *T[2] = {ag_variable(one, &b->T), ag_variable(one, &b->T)};
    ag_backward_from(ag_softmax(ag_div(z[0], T[0]), 1), *b->dp);

    Tensor *logprobs = ag_log_softmax(ag_div(z[1], ag_scalar(b->T)), 1);
    Tensor *soft = ag_sum(ag_mul(ag_tensor(shape, *b->q), logprobs), AG_ALL, false);
    ag_backward(ag_mul(ag_scalar(-b->T * b->T / N), soft)); /* without sum q ln q, a constant */

    logprobs = ag_log_softmax(ag_div(ag_tensor(shape, *b->z), T[1]), 1);
    ag_backward(ag_neg(ag_sum(ag_mul(ag_exp(logprobs), logprobs), AG_ALL, false)));

    GradTable table;
    printf("\n%d rows of %d random scores, T = %g:\n", N, C, (double)b->T);
    table_begin(&table);
    table_row(&table, "dz", N, C, *hand.dz, z[0]->grad, in_double ? *numeric.dz : NULL);
    table_row(&table, "dT", 1, 0, &hand.dT, T[0]->grad, in_double ? &numeric.dT : NULL);
    table_row(&table, "dz, soft loss", N, C, *hand.dz_soft, z[1]->grad,
              in_double ? *numeric.dz_soft : NULL);
    table_row(&table, "dT, entropy", 1, 0, &hand.dT_entropy, T[1]->grad,
              in_double ? &numeric.dT_entropy : NULL);
    ag_reset();
    return table_end(&table);
}

static bool random_gradients(uint64_t seed)
{
    Rng rng;
    Batch b = {.T = 1.7};
    rng_seed(&rng, seed);
    init_normal(&rng, 2, N * C, *b.z);
    init_normal(&rng, 1, N * C, *b.dp);
    for (int i = 0; i < N; i++) {
        init_normal(&rng, 2, C, b.q[i]);
        softmax(C, b.q[i], b.T, b.q[i]);
    }
    return check_gradients(&b);
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
    return runlog_close(&run) &&
           plot_draw(options, "soft",
                     "set title 'What the soft targets pull with'\n"
                     "set logscale xy\nset xlabel 'temperature T'\nset ylabel 'length of dz'\n"
                     "set xrange [0.1:100]\nset yrange [1e-4:30]\n"
                     "set label 'slope -1' at 0.2,10 left\nset label 'slope -2' at 22,4e-3 left\n"
                     "plot 'soft.csv' using 1:2 lt 2, '' using 1:3 lt 1");
}

/* The entropy, as a share of the ln n that it can be at most, and the first weight. */
static void curve_point(int n, const real z[n], real T, real p[n], double *share, double *weight)
{
    softmax(n, z, T, p);
    *share = (double)entropy(n, p) / log(n);
    *weight = (double)p[0];
}

static bool draw_entropy(const Options *options, real z[LONG], real p[LONG])
{
    RunLog run;
    const real small[3] = {0, log((real)4), log((real)9)};
    if (!runlog_open(&run, options->out, "entropy",
                     "T,3 scores,2048 scores,128000 scores,weight of 2048,weight of 128000"))
        return false;
    fill_context(options->seed, LONG, z);
    double before[3] = {0}, unused;
    for (int i = 0; i < POINTS; i++) {
        real T = pow((real)10, (real)(2 * i) / (POINTS - 1) - 1);
        double row[6] = {(double)T};
        curve_point(3, small, T, p, &row[1], &unused);
        curve_point(SHORT, z, T, p, &row[2], &row[4]);
        curve_point(LONG, z, T, p, &row[3], &row[5]);
        runlog_row(&run, row);
        for (int k = 0; k < 3; k++) {
            fact_that("entropy rises with T", row[k + 1] >= before[k] - 1e-4);
            before[k] = row[k + 1];
        }
    }
    return runlog_close(&run) &&
           plot_draw(options, "entropy",
                     "set multiplot layout 2,1\nset logscale x\nset xrange [0.1:10]\n"
                     "set xtics (0.1, 0.2, 0.5, 1, 2, 5, 10)\n"
                     "set yrange [0:1.05]\nset key left top\nset lmargin 9\n"
                     "set title 'Entropy, as a share of ln n'\n"
                     "plot for [k=2:4] 'entropy.csv' using 1:k lt k-1\n"
                     "set title 'Weight of the score 10 among standard normal ones'\n"
                     "set xlabel 'temperature T'\nset key left bottom\n"
                     "plot 'entropy.csv' using 1:5 lt 2 title '2048 scores', \\\n"
                     "     '' using 1:6 lt 3 title '128000 scores'\n"
                     "unset multiplot");
}

int main(int argc, char **argv)
{
    enum { HUGE_CONTEXT = 1 << 23 }; /* more than caches hold */
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
    contexts(options.seed, z);
    small_stream();
    awkward_streams(options.seed, LONG, z);
    race(options.seed, LONG, z);
    if (n > LONG)
        race(options.seed, n, z);
    bool drawn = draw_soft_targets(&options) && draw_entropy(&options, z, p);
    free(z);
    free(p);
    if (!drawn)
        return error_report(options.chapter);
    return hold && fact_failures() == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
