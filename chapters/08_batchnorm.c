/* 08_batchnorm.c: batch normalisation in small steps, and every one of them back.
 *
 * n rows of k pre-activations. Each column is brought to mean 0 and variance 1, then given a spread
 * and a place of its own by two parameters, bngain and bnbias:
 *
 *     bnmean[j]     = 1/n sum_i hprebn[i][j]                      (k)
 *     bndiff[i][j]  = hprebn[i][j] - bnmean[j]                    (n, k)
 *     bndiff2[i][j] = bndiff[i][j]^2                              (n, k)
 *     bnvar[j]      = 1/(n-1) sum_i bndiff2[i][j]                 (k)
 *     bnvar_inv[j]  = (bnvar[j] + eps)^(-1/2)                     (k)
 *     bnraw[i][j]   = bndiff[i][j] bnvar_inv[j]                   (n, k)
 *     hpreact[i][j] = bngain[j] bnraw[i][j] + bnbias[j]           (n, k)
 *
 * The program works the small example of the lesson, holds every gradient and the fused form of
 * them all against the tape and a numeric gradient, shows the two laws that dhprebn obeys and what
 * Bessel's correction changes, and draws what batch norm does to a gradient. */
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

#define EPS 1e-5

/* -- forward ---------------------------------------------------------------------------------- */

enum { HPREBN, BNMEAN, BNDIFF, BNDIFF2, BNVAR, BNVAR_INV, BNRAW, BNGAIN, BNBIAS, HPREACT, ALL };

/* Of the gradients; without the d, of the tensors. */
static const char *const dnames[ALL] = {"dhprebn",    "dbnmean", "dbndiff", "dbndiff2", "dbnvar",
                                        "dbnvar_inv", "dbnraw",  "dbngain", "dbnbias",  "dhpreact"};

/* What the forward pass takes and leaves, x, and the gradients of it, d. Their shapes stand in the
 * functions that they are handed to. */
typedef struct {
    int n, k, nudged; /* nudged: the tensor that a numeric gradient moves */
    real eps;
    void *x[ALL], *d[ALL];
} Pass;

/* One for each row, or a single one for each column. */
static int rows(const Pass *p, int t)
{
    bool each = t == HPREBN || t == BNDIFF || t == BNDIFF2 || t == BNRAW || t == HPREACT;
    return each ? p->n : 1;
}

/* Its memory lies on the strip and goes with ag_reset(). */
static Pass pass_new(int n, int k, double eps)
{
    Pass p = {.n = n, .k = k, .eps = (real)eps};
    for (int t = 0; t < ALL; t++) {
        p.x[t] = ag_alloc_reals(rows(&p, t) * k);
        p.d[t] = ag_alloc_reals(rows(&p, t) * k);
    }
    return p;
}

static real column_sum(int n, int k, int j, const real x[n][k])
{
    real sum = 0;
    for (int i = 0; i < n; i++)
        sum += x[i][j];
    return sum;
}

/* The steps that come after `last`, from the tensors up to it as they stand. */
static void forward_after(int last, const Pass *p)
{
    int n = p->n, k = p->k;
    real(*hprebn)[k] = p->x[HPREBN], *bnmean = p->x[BNMEAN], (*bndiff)[k] = p->x[BNDIFF];
    real(*bndiff2)[k] = p->x[BNDIFF2], *bnvar = p->x[BNVAR], *bnvar_inv = p->x[BNVAR_INV];
    real(*bnraw)[k] = p->x[BNRAW], *bngain = p->x[BNGAIN], *bnbias = p->x[BNBIAS];
    real(*hpreact)[k] = p->x[HPREACT];
    for (int j = 0; j < k; j++) {
        if (last < BNMEAN)
            bnmean[j] = column_sum(n, k, j, hprebn) / (real)n;
        for (int i = 0; i < n && last < BNDIFF; i++)
            bndiff[i][j] = hprebn[i][j] - bnmean[j];
        for (int i = 0; i < n && last < BNDIFF2; i++)
            bndiff2[i][j] = bndiff[i][j] * bndiff[i][j];
        if (last < BNVAR)
            bnvar[j] = column_sum(n, k, j, bndiff2) / (real)(n - 1);
        if (last < BNVAR_INV)
            bnvar_inv[j] = 1 / sqrt(bnvar[j] + p->eps);
        for (int i = 0; i < n && last < BNRAW; i++)
            bnraw[i][j] = bndiff[i][j] * bnvar_inv[j];
        for (int i = 0; i < n; i++)
            hpreact[i][j] = bngain[j] * bnraw[i][j] + bnbias[j];
    }
}

/* -- backward ---------------------------------------------------------------------------------
 * One function for each gradient, which collects every path into it. */

/* hpreact[i][j] = bngain[j] bnraw[i][j] + bnbias[j]:   dbngain[j] = sum_i dhpreact bnraw */
static void bngain_backward(int n, int k, const real dhpreact[n][k], const real bnraw[n][k],
                            real dbngain[k])
{
    memset(dbngain, 0, sizeof(real[k]));
    for (int i = 0; i < n; i++)
        for (int j = 0; j < k; j++)
            dbngain[j] += dhpreact[i][j] * bnraw[i][j];
}

/* hpreact[i][j] = bngain[j] bnraw[i][j] + bnbias[j]:   dbnbias[j] = sum_i dhpreact */
static void bnbias_backward(int n, int k, const real dhpreact[n][k], real dbnbias[k])
{
    for (int j = 0; j < k; j++)
        dbnbias[j] = column_sum(n, k, j, dhpreact);
}

/* hpreact[i][j] = bngain[j] bnraw[i][j] + bnbias[j]:   dbnraw = dhpreact * bngain */
static void bnraw_backward(int n, int k, const real dhpreact[n][k], const real bngain[k],
                           real dbnraw[n][k])
{
    for (int i = 0; i < n; i++)
        for (int j = 0; j < k; j++)
            dbnraw[i][j] = dhpreact[i][j] * bngain[j];
}

/* bnraw[i][j] = bndiff[i][j] bnvar_inv[j]:   dbnvar_inv[j] = sum_i dbnraw bndiff */
static void bnvar_inv_backward(int n, int k, const real dbnraw[n][k], const real bndiff[n][k],
                               real dbnvar_inv[k])
{
    memset(dbnvar_inv, 0, sizeof(real[k]));
    for (int i = 0; i < n; i++)
        for (int j = 0; j < k; j++)
            dbnvar_inv[j] += dbnraw[i][j] * bndiff[i][j];
}

/* bnvar_inv = (bnvar + eps)^(-1/2):   dbnvar = dbnvar_inv * (-1/2) (bnvar + eps)^(-3/2) */
static void bnvar_backward(int k, const real dbnvar_inv[k], const real bnvar_inv[k], real dbnvar[k])
{
    for (int j = 0; j < k; j++)
        dbnvar[j] = dbnvar_inv[j] * (real)-0.5 * bnvar_inv[j] * bnvar_inv[j] * bnvar_inv[j];
}

/* bnvar[j] = 1/(n-1) sum_i bndiff2[i][j]:   dbndiff2[i][j] = dbnvar[j] / (n-1) */
static void bndiff2_backward(int n, int k, const real dbnvar[k], real dbndiff2[n][k])
{
    for (int i = 0; i < n; i++)
        for (int j = 0; j < k; j++)
            dbndiff2[i][j] = dbnvar[j] / (real)(n - 1);
}

/* bnraw[i][j] = bndiff[i][j] bnvar_inv[j]   and   bndiff2[i][j] = bndiff[i][j]^2 */
static void bndiff_backward(int n, int k, const real dbnraw[n][k], const real dbndiff2[n][k],
                            const real bnvar_inv[k], const real bndiff[n][k], real dbndiff[n][k])
{
    for (int i = 0; i < n; i++)
        for (int j = 0; j < k; j++)
            dbndiff[i][j] = dbnraw[i][j] * bnvar_inv[j] + dbndiff2[i][j] * 2 * bndiff[i][j];
}

/* bndiff[i][j] = hprebn[i][j] - bnmean[j]:   dbnmean[j] = -sum_i dbndiff */
static void bnmean_backward(int n, int k, const real dbndiff[n][k], real dbnmean[k])
{
    for (int j = 0; j < k; j++)
        dbnmean[j] = -column_sum(n, k, j, dbndiff);
}

/* bndiff[i][j] = hprebn[i][j] - bnmean[j]   and   bnmean[j] = 1/n sum_i hprebn[i][j] */
static void hprebn_backward(int n, int k, const real dbndiff[n][k], const real dbnmean[k],
                            real dhprebn[n][k])
{
    for (int i = 0; i < n; i++)
        for (int j = 0; j < k; j++)
            dhprebn[i][j] = dbndiff[i][j] + dbnmean[j] / (real)n;
}

/* The gradients of everything from that of hpreact. */
static void backward(const Pass *p)
{
    int n = p->n, k = p->k;
    void *const *x = p->x, *const *d = p->d;
    bngain_backward(n, k, d[HPREACT], x[BNRAW], d[BNGAIN]);
    bnbias_backward(n, k, d[HPREACT], d[BNBIAS]);
    bnraw_backward(n, k, d[HPREACT], x[BNGAIN], d[BNRAW]);
    bnvar_inv_backward(n, k, d[BNRAW], x[BNDIFF], d[BNVAR_INV]);
    bnvar_backward(k, d[BNVAR_INV], x[BNVAR_INV], d[BNVAR]);
    bndiff2_backward(n, k, d[BNVAR], d[BNDIFF2]);
    bndiff_backward(n, k, d[BNRAW], d[BNDIFF2], x[BNVAR_INV], x[BNDIFF], d[BNDIFF]);
    bnmean_backward(n, k, d[BNDIFF], d[BNMEAN]);
    hprebn_backward(n, k, d[BNDIFF], d[BNMEAN], d[HPREBN]);
}

/* All of it in one line, with dbnbias = sum_i dhpreact[i] and dbngain = sum_i dhpreact[i] bnraw[i]:
 * dhprebn = bngain bnvar_inv / n (n dhpreact - dbnbias - n/(n-1) bnraw dbngain) */
static void batch_norm_backward(int n, int k, const real dhpreact[n][k], const real bnraw[n][k],
                                const real bngain[k], const real bnvar_inv[k],
                                const real dbngain[k], const real dbnbias[k], real dhprebn[n][k])
{
    real bessel = (real)n / (real)(n - 1);
    for (int i = 0; i < n; i++)
        for (int j = 0; j < k; j++)
            dhprebn[i][j] =
                bngain[j] * bnvar_inv[j] / (real)n *
                ((real)n * dhpreact[i][j] - dbnbias[j] - bessel * bnraw[i][j] * dbngain[j]);
}

/* -- the small example ------------------------------------------------------------------------ */

/* sum_i dhprebn[i][j] bnraw[i][j] */
static real dhprebn_times_bnraw(const Pass *p, int j)
{
    real(*dhprebn)[p->k] = p->d[HPREBN], (*bnraw)[p->k] = p->x[BNRAW], sum = 0;
    for (int i = 0; i < p->n; i++)
        sum += dhprebn[i][j] * bnraw[i][j];
    return sum;
}

/* One column, and whether its two sums are as expected. */
static bool print_dhprebn(const char *what, const Pass *p, double sum, double times_bnraw)
{
    double found_sum = (double)column_sum(p->n, 1, 0, p->d[HPREBN]);
    double found_times = (double)dhprebn_times_bnraw(p, 0);
    printf("%s: sum %g, times bnraw %g\n", what, found_sum, found_times);
    print_matrix("dhprebn", 1, p->n, p->d[HPREBN], 4);
    return found_sum == sum && found_times == times_bnraw;
}

/* The same with 1/n in place of 1/(n-1), by the library: all larger by sqrt(n/(n-1)). */
static bool without_bessel(const Pass *p)
{
    Shape one = ag_shape(1, 1);
    Tensor *hprebn = ag_variable(ag_shape(2, p->n, 1), p->x[HPREBN]);
    Tensor *hpreact = ag_batch_norm(hprebn, ag_tensor(one, p->x[BNGAIN]),
                                    ag_tensor(one, p->x[BNBIAS]), 0, AG_BIASED, NULL);
    ag_backward_from(hpreact, p->d[HPREACT]);
    real larger[p->n], factor = sqrt((real)p->n / (real)(p->n - 1));
    for (int i = 0; i < p->n; i++)
        larger[i] = factor * ((real *)p->d[HPREBN])[i];
    printf("Without Bessel's correction, by ag_batch_norm:\n");
    print_matrix("hpreact", 1, p->n, hpreact->data, 4);
    print_matrix("dhprebn", 1, p->n, hprebn->grad, 4);
    bool holds = compare(p->n, larger, hprebn->grad).relative < 16 * (double)REAL_EPSILON;
    printf("That dhprebn is sqrt(5/4) = %.4f times the one with it: %s\n\n", (double)factor,
           holds ? "yes" : "NO");
    return holds;
}

/* One column of five numbers, with no eps: everything can be done in the head. */
static bool small_example(void)
{
    const real hprebn[5] = {7, 2, 3, 3, 5}, dhpreact[5] = {2, -1, 0, 2, 2};
    const real expected[5] = {-0.5, -1, -0.5, 1.5, 0.5};
    Pass p = pass_new(5, 1, 0);
    memcpy(p.x[HPREBN], hprebn, sizeof hprebn);
    memcpy(p.d[HPREACT], dhpreact, sizeof dhpreact);
    *(real *)p.x[BNGAIN] = 2;
    *(real *)p.x[BNBIAS] = 1;
    printf("One column, five rows. Forwards:\n");
    forward_after(HPREBN, &p);
    for (int t = HPREBN; t < ALL; t++)
        print_matrix(dnames[t] + 1, 1, rows(&p, t), p.x[t], 4);
    printf("Backwards:\n");
    backward(&p);
    for (int t = HPREACT; t > HPREBN; t--)
        print_matrix(dnames[t], 1, rows(&p, t), p.d[t], 4);
    bool holds = print_dhprebn("All paths", &p, 0, 0) && compare(5, p.d[HPREBN], expected).exact;
    holds = without_bessel(&p) && holds;

    const real none[5] = {0};
    hprebn_backward(5, 1, p.d[BNDIFF], none, p.d[HPREBN]);
    holds = print_dhprebn("The path through bnmean forgotten", &p, 5, 0) && holds;
    bndiff_backward(5, 1, p.d[BNRAW], (void *)none, p.x[BNVAR_INV], p.x[BNDIFF], p.d[BNDIFF]);
    bnmean_backward(5, 1, p.d[BNDIFF], p.d[BNMEAN]);
    hprebn_backward(5, 1, p.d[BNDIFF], p.d[BNMEAN], p.d[HPREBN]);
    return print_dhprebn("The path through bnvar forgotten", &p, 0, 4) && holds;
}

/* -- the judges ------------------------------------------------------------------------------- */

static void run_tape(const Pass *p, Tensor *t[ALL])
{
    Shape column = ag_shape(1, p->k);
    t[HPREBN] = ag_variable(ag_shape(2, p->n, p->k), p->x[HPREBN]);
    t[BNGAIN] = ag_variable(column, p->x[BNGAIN]);
    t[BNBIAS] = ag_variable(column, p->x[BNBIAS]);
    t[BNMEAN] = ag_mean(t[HPREBN], 0, true);
    t[BNDIFF] = ag_sub(t[HPREBN], t[BNMEAN]);
    t[BNDIFF2] = ag_pow(t[BNDIFF], 2);
    t[BNVAR] = ag_div(ag_sum(t[BNDIFF2], 0, true), ag_scalar((real)(p->n - 1)));
    t[BNVAR_INV] = ag_pow(ag_add(t[BNVAR], ag_scalar(p->eps)), -0.5);
    t[BNRAW] = ag_mul(t[BNDIFF], t[BNVAR_INV]);
    t[HPREACT] = ag_add(ag_mul(t[BNGAIN], t[BNRAW]), t[BNBIAS]);
    ag_backward_from(t[HPREACT], p->d[HPREACT]);
}

/* loss = sum of dhpreact * hpreact, whose gradient with respect to hpreact is dhpreact */
static double loss_after_nudge(void *context)
{
    const Pass *p = context;
    forward_after(p->nudged, p);
    return (double)vector_dot(p->n * p->k, p->d[HPREACT], p->x[HPREACT]);
}

/* Nudges tensor t and computes what comes after it anew, for each of its elements. The result is on
 * the strip; NULL where `real` is too short for it. */
static real *numeric(Pass *p, int t)
{
    if (sizeof(real) < sizeof(double))
        return NULL;
    int size = rows(p, t) * p->k;
    real *gradient = ag_alloc_reals(size);
    p->nudged = t;
    numeric_gradient(loss_after_nudge, p, size, p->x[t], gradient);
    forward_after(HPREBN, p); /* the nudges went through what comes after t */
    return gradient;
}

static bool check_gradients(Pass *p)
{
    int n = p->n, k = p->k;
    Tensor *tape[ALL];
    GradTable table;
    forward_after(HPREBN, p);
    backward(p);
    run_tape(p, tape);
    table_begin(&table);
    for (int t = BNBIAS; t >= HPREBN; t--)
        table_row(&table, dnames[t], rows(p, t) > 1 ? n : k, rows(p, t) > 1 ? k : 0, p->d[t],
                  tape[t]->grad, numeric(p, t));

    real(*fused)[k] = (void *)ag_alloc_reals(n * k);
    Tensor *hprebn = ag_variable(ag_shape(2, n, k), p->x[HPREBN]);
    ag_backward_from(
        ag_batch_norm(hprebn, tape[BNGAIN], tape[BNBIAS], (double)p->eps, AG_BESSEL, NULL),
        p->d[HPREACT]);
    batch_norm_backward(n, k, p->d[HPREACT], p->x[BNRAW], p->x[BNGAIN], p->x[BNVAR_INV],
                        p->d[BNGAIN], p->d[BNBIAS], fused);
    table_row(&table, "dhprebn fused", n, k, *fused, hprebn->grad, numeric(p, HPREBN));
    return table_end(&table);
}

/* Along each column dhprebn sums to zero, for a shift of hprebn is taken off again; and times bnraw
 * it would, for a stretch is divided out again, but for eps. */
static bool check_laws(const Pass *p)
{
    real *bngain = p->x[BNGAIN], *bnvar_inv = p->x[BNVAR_INV], *dbngain = p->d[BNGAIN];
    double sum = 0, product = 0, beside = 0;
    for (int j = 0; j < p->k; j++) {
        real times_bnraw = dhprebn_times_bnraw(p, j);
        real of_eps = p->eps * bngain[j] * bnvar_inv[j] * bnvar_inv[j] * bnvar_inv[j] * dbngain[j];
        sum = fmax(sum, fabs((double)column_sum(p->n, p->k, j, p->d[HPREBN])));
        product = fmax(product, fabs((double)times_bnraw));
        beside = fmax(beside, fabs((double)(times_bnraw - of_eps)));
    }
    bool holds = fmax(sum, beside) < 1000 * (double)REAL_EPSILON;
    printf("\nAlong each column of dhprebn: %s\n", holds ? "as it must be" : "WRONG");
    printf("  the sum is zero: at most %.1e\n", sum);
    printf("  the sum times bnraw is nearly zero: at most %.1e\n", product);
    printf("  and that is eps bngain bnvar_inv^3 dbngain: at most %.1e beside it\n", beside);
    return holds;
}

/* A gradient that came through bnraw alone beside the one through all paths. What comes from above,
 * dhpreact, draws each hpreact towards a target of its own. */
static bool draw(const Options *options, Rng *rng)
{
    enum { N = 32 };
    Pass p = pass_new(N, 1, EPS);
    RunLog log;
    real *bnraw = p.x[BNRAW], *dhpreact = p.d[HPREACT], *dhprebn = p.d[HPREBN];
    real *bngain = p.x[BNGAIN], *bnbias = p.x[BNBIAS];
    *bngain = 1;
    *bnbias = 0;
    init_normal(rng, 1, N, p.x[HPREBN]);
    forward_after(HPREBN, &p);
    for (int i = 0; i < N; i++)
        dhpreact[i] = ((real *)p.x[HPREACT])[i] - 1 - (real)rng_normal(rng) / 2;
    backward(&p);
    real bnvar_inv = *(real *)p.x[BNVAR_INV], mean = *(real *)p.d[BNBIAS] / N,
         slope = *(real *)p.d[BNGAIN] / (N - 1);
    if (!runlog_open(&log, options->out, "paths", "bnraw,direct,line,all"))
        return false;
    for (int i = 0; i < N; i++)
        runlog_row(&log,
                   (double[]){(double)bnraw[i], (double)(bnvar_inv * dhpreact[i]),
                              (double)(bnvar_inv * (mean + slope * bnraw[i])), (double)dhprebn[i]});
    return runlog_close(&log) &&
           plot_draw(
               options, "paths",
               "set title 'batch norm takes the straight line out of a gradient'\n"
               "set xlabel 'bnraw'\nset ylabel 'gradient of hprebn'\n"
               "set key bottom right\nset xzeroaxis lc rgb '#0072b2' lt 1 lw 2\n"
               "plot 'paths.csv' using 1:2 with points pt 7 lt 2 title 'through bnraw alone', "
               "'' using 1:3 with lines lt 2 title 'the straight line nearest to it', "
               "'' using 1:4 with points pt 7 lt 1 title 'dhprebn: what is left of it'");
}

int main(int argc, char **argv)
{
    enum { N = 32, K = 10 };
    Options options = {.chapter = "08_batchnorm",
                       .about = "batch normalisation, step by step and back",
                       .seed = 42};
    Rng rng;
    options_parse(&options, argc, argv);
    rng_seed(&rng, options.seed);
    Pass p = pass_new(N, K, EPS);
    init_normal(&rng, 2, N * K, p.x[HPREBN]);
    init_uniform(&rng, 0.5, 1.5, K, p.x[BNGAIN]);
    init_normal(&rng, 1, K, p.x[BNBIAS]);
    init_normal(&rng, 1, N * K, p.d[HPREACT]);

    bool holds = small_example();
    printf("\n");
    holds = check_gradients(&p) && holds;
    holds = check_laws(&p) && holds;
    printf("\n");
    bool drawn = draw(&options, &rng);
    ag_reset();
    if (!drawn)
        return error_report(options.chapter);
    return holds ? EXIT_SUCCESS : EXIT_FAILURE;
}
