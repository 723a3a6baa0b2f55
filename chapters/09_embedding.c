/* 09_embedding.c: the gradient of picking rows.
 *
 * An embedding is a table C (v, e); looking up n indices X copies n of its rows into emb (n, e).
 * Going back, each row of demb is added to the row of dC it was copied from. The program works the
 * small example of the lesson, shows the same numbers as a product with a one-hot matrix and what
 * the usual mistakes make of them, holds the gradient against the tape and a numeric gradient,
 * checks that nothing is lost on the way, times three ways to the same dC, and draws what two
 * mistakes make of rows that are looked up often.
 *
 * Sizes: n look-ups, v rows, e columns. Indices: p counts look-ups, r rows, f columns. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "autograd/autograd.h"
#include "error.h"
#include "kernel/random.h"
#include "kernel/vector.h"
#include "nn/init.h"
#include "workbook/fact.h"
#include "workbook/options.h"
#include "workbook/plot.h"
#include "workbook/print.h"
#include "workbook/runlog.h"
#include "workbook/table.h"

/* -- forward and backward --------------------------------------------------------------------- */

/* emb[p] = C[X[p]] */
static void embedding_forward(int n, int v, int e, const real C[v][e], const int X[n],
                              real emb[n][e])
{
    for (int p = 0; p < n; p++)
        for (int f = 0; f < e; f++)
            emb[p][f] = C[X[p]][f];
}

/* emb[p] = C[X[p]]:   dC[r] = the sum of demb[p] over all p with X[p] = r */
static void embedding_backward(int n, int v, int e, const real demb[n][e], const int X[n],
                               real dC[v][e])
{
    memset(dC, 0, sizeof(real[v][e]));
    for (int p = 0; p < n; p++)
        for (int f = 0; f < e; f++)
            dC[X[p]][f] += demb[p][f];
}

/* The same as a matmul: S[p][r] = 1[X[p] = r], emb = S C,   dC = S^T demb */
static void one_hot_backward(int n, int v, int e, const real demb[n][e], const int X[n],
                             real dC[v][e])
{
    for (int r = 0; r < v; r++)
        for (int f = 0; f < e; f++) {
            real sum = 0;
            for (int p = 0; p < n; p++)
                sum += (real)(X[p] == r) * demb[p][f];
            dC[r][f] = sum;
        }
}

/* The same from the other end: each row of C looks for its look-ups. */
static void search_backward(int n, int v, int e, const real demb[n][e], const int X[n],
                            real dC[v][e])
{
    memset(dC, 0, sizeof(real[v][e]));
    for (int r = 0; r < v; r++)
        for (int p = 0; p < n; p++)
            for (int f = 0; X[p] == r && f < e; f++)
                dC[r][f] += demb[p][f];
}

/* -- the small example ------------------------------------------------------------------------ */

static const real C3[3][2] = {{1, 2}, {3, 4}, {5, 6}}, demb3[3][2] = {{1, 0}, {0, 1}, {10, 10}};
static const int X3[3] = {2, 0, 2};

static void small_example(void)
{
    real emb[3][2], dC[3][2], dC_one_hot[3][2], swapped[3][2];
    embedding_forward(3, 3, 2, C3, X3, emb);
    embedding_backward(3, 3, 2, demb3, X3, dC);
    one_hot_backward(3, 3, 2, demb3, X3, dC_one_hot);
    printf("Three rows, look-ups X = (2, 0, 2):\n");
    print_matrix("C", 3, 2, *C3, 4);
    print_matrix("emb", 3, 2, *emb, 4);
    print_matrix("demb", 3, 2, *demb3, 4);
    print_matrix("dC", 3, 2, *dC, 4);
    printf("The one-hot product gives the same.\n");
    fact_that("the one-hot product gives the same", compare(3 * 2, *dC_one_hot, *dC).exact);
    fact("sum of C * dC", 0, (double)vector_dot(3 * 2, *C3, *dC), 117);
    fact("sum of emb * demb", 0, (double)vector_dot(3 * 2, *emb, *demb3), 117);
    for (int r = 0; r < 3; r++)
        memcpy(swapped[r], dC[r < 2 ? 1 - r : r], sizeof dC[r]);
    fact("rows 0 and 1 of dC swapped", 0, (double)vector_dot(3 * 2, *C3, *swapped), 119);
    printf("\n");
}

static void print_mistake(const char *name, const real dC[3][2])
{
    printf("  %-21s %6g %4g %8g %4g\n", name, (double)dC[2][0], (double)dC[2][1],
           (double)(dC[0][0] + dC[1][0] + dC[2][0]), (double)(dC[0][1] + dC[1][1] + dC[2][1]));
}

static void mistakes(void)
{
    real dC[3][2], set[3][2] = {{0}}, kept[3][2], divided[3][2];
    embedding_backward(3, 3, 2, demb3, X3, dC);
    memcpy(kept, dC, sizeof dC);
    memcpy(divided, dC, sizeof dC);
    for (int p = 0; p < 3; p++)
        for (int f = 0; f < 2; f++) {
            set[X3[p]][f] = demb3[p][f];
            kept[X3[p]][f] += demb3[p][f];
        }
    for (int f = 0; f < 2; f++)
        divided[2][f] /= 2; /* row 2 occurs twice */
    printf("What becomes of dC[2], and of the column sums, which are 11 and 11 in demb:\n");
    print_mistake("right", dC);
    print_mistake("= instead of +=", set);
    print_mistake("not set to zero", kept);
    print_mistake("divided by the count", divided);
    printf("\n");
}

/* -- the judges ------------------------------------------------------------------------------- */

enum { ROWS = 32, CONTEXT = 3, N = ROWS * CONTEXT, V = 27, E = 10 };

typedef struct {
    real C[V][E], demb[N][E];
    int X[N];
} Lookup;

/* The loss is the sum of demb * emb, whose gradient with respect to emb is demb. */
static bool check_gradient(const Lookup *lookup)
{
    real emb[N][E], dC[V][E];
    embedding_forward(N, V, E, lookup->C, lookup->X, emb);
    embedding_backward(N, V, E, lookup->demb, lookup->X, dC);

    Shape shape = ag_shape(3, ROWS, CONTEXT, E);
    Tensor *C = ag_variable(ag_shape(2, V, E), *lookup->C);
    Tensor *on_tape = ag_embedding(C, ag_shape(2, ROWS, CONTEXT), lookup->X);
    Tensor *loss = ag_sum(ag_mul(on_tape, ag_tensor(shape, *lookup->demb)), AG_ALL, false);
    fact_that("emb is the same on the tape", compare(N * E, *emb, on_tape->data).exact);
    ag_backward(loss);

    GradTable table;
    table_begin(&table);
    table_tensor(&table, "dC", *dC, loss, C);
    ag_reset();
    return table_end(&table);
}

/* Every row of demb goes to exactly one row of dC, so each column keeps its sum, but for rounding:
 * at most N sums, each off by at most REAL_EPSILON times the column's size. */
static void check_column_sums(const Lookup *lookup)
{
    real dC[V][E];
    bool kept = true;
    double worst = 0;
    embedding_backward(N, V, E, lookup->demb, lookup->X, dC);
    for (int f = 0; f < E; f++) {
        double sum = 0, size = 0;
        for (int p = 0; p < N; p++) {
            sum += (double)lookup->demb[p][f];
            size += fabs((double)lookup->demb[p][f]);
        }
        for (int r = 0; r < V; r++)
            sum -= (double)dC[r][f];
        worst = fmax(worst, fabs(sum));
        kept = kept && fabs(sum) <= N * (double)REAL_EPSILON * size;
    }
    printf("\nColumn sums of demb and dC %s: largest difference %.1e\n", kept ? "agree" : "DIFFER",
           worst);
    fact_that("each column keeps its sum", kept);
}

/* -- the picture ------------------------------------------------------------------------------ */

static double length_of(const real row[E])
{
    return sqrt((double)vector_dot(E, row, row));
}

/* How long each row of dC is, against how often it was looked up, and what two mistakes make of it.
 */
static bool draw(const Options *options, const Lookup *lookup)
{
    real dC[V][E], last[V][E] = {{0}};
    int times[V] = {0};
    RunLog log;
    embedding_backward(N, V, E, lookup->demb, lookup->X, dC);
    for (int p = 0; p < N; p++) {
        memcpy(last[lookup->X[p]], lookup->demb[p], sizeof last[0]);
        times[lookup->X[p]]++;
    }
    if (!runlog_open(&log, options->out, "lengths",
                     "look-ups,right,= instead of +=,divided by the count"))
        return false;
    for (int r = 0; r < V; r++) {
        double length = length_of(dC[r]), mean = times[r] ? length / times[r] : 0;
        runlog_row(&log, (double[]){times[r], length, length_of(last[r]), mean});
    }
    return runlog_close(&log) && plot_draw_file(options, "lengths", "chapters/09_lengths.gp");
}

/* -- how long it takes ------------------------------------------------------------------------ */

typedef void Way(int n, int v, int e, const real demb[n][e], const int X[n], real dC[v][e]);

/* Microseconds of processor time for one call, the best of three tries. */
static double time_of(Way *way, const Lookup *lookup, int v, const int X[N], real dC[v][E])
{
    int calls = 50000 / v;
    clock_t best = 0;
    for (int i = 0; i < 3; i++) {
        clock_t begin = clock();
        for (int call = 0; call < calls; call++)
            way(N, v, E, lookup->demb, X, dC);
        clock_t taken = clock() - begin;
        best = i == 0 || taken < best ? taken : best;
    }
    return 1e6 * (double)best / CLOCKS_PER_SEC / calls;
}

/* No padding: how many digits a time has differs from run to run. */
static void time_with(int v, Rng *rng, const Lookup *lookup)
{
    int X[N];
    real(*dC)[E] = malloc(sizeof(real[v][E])), (*again)[E] = malloc(sizeof(real[v][E]));
    if (!dC || !again)
        abort();
    for (int p = 0; p < N; p++)
        X[p] = rng_below(rng, v);
    printf("  %d rows:", v);
    printf(" scattered %.2f", time_of(embedding_backward, lookup, v, X, dC));
    printf(", searched %.2f", time_of(search_backward, lookup, v, X, again));
    fact_that("searched, dC is the same", compare(v * E, *again, *dC).exact);
    printf(", one-hot %.2f\n", time_of(one_hot_backward, lookup, v, X, again));
    fact_that("as a product, dC is the same", compare(v * E, *again, *dC).exact);
    free(dC);
    free(again);
}

int main(int argc, char **argv)
{
    Options options = {
        .chapter = "09_embedding", .about = "the gradient of picking rows", .seed = 42};
    options_parse(&options, argc, argv);
    small_example();
    mistakes();

    Rng rng;
    Lookup lookup;
    rng_seed(&rng, options.seed);
    init_normal(&rng, 1, V * E, *lookup.C);
    init_normal(&rng, 1, N * E, *lookup.demb);
    for (int p = 0; p < N; p++)
        lookup.X[p] = rng_below(&rng, V);
    bool holds = check_gradient(&lookup);
    check_column_sums(&lookup);
    printf("\nMicroseconds for dC of %d look-ups, three ways:\n", N);
    time_with(V, &rng, &lookup);
    time_with(50000, &rng, &lookup);
    printf("\n");
    if (!draw(&options, &lookup))
        return error_report(options.chapter);
    return holds && fact_failures() == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
