/* 09_embedding.c: the gradient of picking rows.
 *
 * An embedding is a table C (v, e); looking up n indices X copies n of its rows into emb (n, e).
 * Going back, each row of demb is added to the row of dC it was copied from. The program works the
 * small example of the lesson, shows the same numbers as a product with a one-hot matrix, holds the
 * gradient against the tape and a numeric gradient, and checks that nothing is lost on the way. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "autograd/autograd.h"
#include "kernel/random.h"
#include "nn/init.h"
#include "workbook/options.h"
#include "workbook/print.h"
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

/* -- the small example ------------------------------------------------------------------------ */

static void small_example(void)
{
    const real C[3][2] = {{1, 2}, {3, 4}, {5, 6}}, demb[3][2] = {{1, 0}, {0, 1}, {10, 10}};
    const int X[3] = {2, 0, 2};
    real emb[3][2], dC[3][2], dC_one_hot[3][2];
    embedding_forward(3, 3, 2, C, X, emb);
    embedding_backward(3, 3, 2, demb, X, dC);
    one_hot_backward(3, 3, 2, demb, X, dC_one_hot);
    printf("Three rows, look-ups X = (2, 0, 2):\n");
    print_matrix("C", 3, 2, *C, 4);
    print_matrix("emb", 3, 2, *emb, 4);
    print_matrix("demb", 3, 2, *demb, 4);
    print_matrix("dC", 3, 2, *dC, 4);
    printf("The one-hot product gives the same: %s\n\n",
           compare(3 * 2, *dC, *dC_one_hot).exact ? "yes" : "no");
}

/* -- the judges ------------------------------------------------------------------------------- */

enum { N = 96, V = 27, E = 10 };

typedef struct {
    real C[V][E], demb[N][E];
    int X[N];
} Lookup;

/* loss = sum of demb * emb, whose gradient with respect to emb is demb */
static double lookup_loss(void *context)
{
    const Lookup *lookup = context;
    real emb[N][E];
    double loss = 0;
    embedding_forward(N, V, E, lookup->C, lookup->X, emb);
    for (int p = 0; p < N; p++)
        for (int f = 0; f < E; f++)
            loss += (double)(lookup->demb[p][f] * emb[p][f]);
    return loss;
}

static bool check_gradient(const Lookup *lookup)
{
    Lookup nudged = *lookup;
    real dC[V][E], dC_numeric[V][E];
    embedding_backward(N, V, E, lookup->demb, lookup->X, dC);
    numeric_gradient(lookup_loss, &nudged, V * E, *nudged.C, *dC_numeric);

    Tensor *C = ag_variable(ag_shape(2, V, E), *lookup->C);
    Tensor *emb = ag_embedding(C, ag_shape(1, N), lookup->X);
    ag_backward_from(emb, *lookup->demb);

    GradTable table;
    table_begin(&table);
    table_row(&table, "dC", V, E, *dC, C->grad, *dC_numeric);
    ag_reset();
    return table_end(&table);
}

/* Every row of demb goes to exactly one row of dC, so each column keeps its sum. */
static bool check_column_sums(const Lookup *lookup)
{
    real dC[V][E];
    double worst = 0;
    embedding_backward(N, V, E, lookup->demb, lookup->X, dC);
    for (int f = 0; f < E; f++) {
        double sum = 0;
        for (int p = 0; p < N; p++)
            sum += (double)lookup->demb[p][f];
        for (int r = 0; r < V; r++)
            sum -= (double)dC[r][f];
        worst = fmax(worst, fabs(sum));
    }
    bool kept = worst < N * (double)REAL_EPSILON;
    printf("\nColumn sums of demb and dC %s: largest difference %.1e\n", kept ? "agree" : "DIFFER",
           worst);
    return kept;
}

int main(int argc, char **argv)
{
    Options options = {
        .chapter = "09_embedding", .about = "the gradient of picking rows", .seed = 42};
    options_parse(&options, argc, argv);
    small_example();

    Rng rng;
    Lookup lookup;
    rng_seed(&rng, options.seed);
    init_normal(&rng, 1, V * E, *lookup.C);
    init_normal(&rng, 1, N * E, *lookup.demb);
    for (int p = 0; p < N; p++)
        lookup.X[p] = rng_below(&rng, V);
    bool holds = check_gradient(&lookup);
    holds = check_column_sums(&lookup) && holds;
    return holds ? EXIT_SUCCESS : EXIT_FAILURE;
}
