/* 06_matmul.c: the gradient of a matrix product.
 *
 * D = A B + c, going back: dA = dD B^T, dB = A^T dD, dc = the column sums of dD. The program works
 * the 2x2 example of the lesson, tries all eight ways to multiply dD and B, trains two layers with
 * wrong gradients, and holds the gradients of A B + c, A^T B, A B^T and of two layers in a row
 * against the tape and a numeric gradient. What goes back through two layers is an exercise: it is
 * in solutions/, or in a file of your own. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "06_matmul.h"
#include "06_matmul_training.h"
#include "autograd/autograd.h"
#include "error.h"
#include "exercises/06_matmul.h"
#include "kernel/gemm.h"
#include "kernel/vector.h"
#include "nn/init.h"
#include "workbook/fact.h"
#include "workbook/options.h"
#include "workbook/print.h"
#include "workbook/table.h"

/* -- the 2x2 example -------------------------------------------------------------------------- */

static const real A2[2][2] = {{1, 2}, {3, 4}}, B2[2][2] = {{5, 6}, {7, 8}}, c2[2] = {100, 200};
static const real dD2[2][2] = {{1, 10}, {100, 1000}};

static void small_example(void)
{
    real AB[2][2], D[2][2], dA[2][2], dB[2][2], dc[2];
    matmul(2, 2, 2, A2, B2, AB);
    linear_forward(2, 2, 2, A2, B2, c2, D);
    linear_backward_A(2, 2, 2, dD2, B2, dA);
    linear_backward_B(2, 2, 2, dD2, A2, dB);
    linear_backward_c(2, 2, dD2, dc);
    printf("D = A B + c:\n");
    print_matrix("A", 2, 2, *A2, 4);
    print_matrix("B", 2, 2, *B2, 4);
    print_matrix("c", 1, 2, c2, 4);
    print_matrix("D", 2, 2, *D, 4);
    print_matrix("dD", 2, 2, *dD2, 4);
    print_matrix("dA = dD B^T", 2, 2, *dA, 4);
    print_matrix("dB = A^T dD", 2, 2, *dB, 4);
    print_matrix("dc", 1, 2, dc, 4);
    fact("sum of A * dA", 0, (double)vector_dot(4, *A2, *dA), 54539);
    fact("sum of B * dB", 0, (double)vector_dot(4, *B2, *dB), 54539);
    fact("sum of (A B) * dD", 0, (double)vector_dot(4, *AB, *dD2), 54539);
}

/* The diagonals of dD^T A B and of its factors in a ring, B dD^T A and A B dD^T. */
static void traces(void)
{
    real AB[2][2], dDt_A[2][2], B_dDt[2][2], ring[3][2][2];
    matmul(2, 2, 2, A2, B2, AB);
    matmul_at_b(2, 2, 2, dD2, A2, dDt_A);
    matmul_a_bt(2, 2, 2, B2, dD2, B_dDt);
    matmul(2, 2, 2, dDt_A, B2, ring[0]);
    matmul(2, 2, 2, B_dDt, A2, ring[1]);
    matmul_a_bt(2, 2, 2, AB, dD2, ring[2]);
    const char *const names[3] = {"dD^T A B", "B dD^T A", "A B dD^T"};
    const real expected[3][3] = {{4319, 50220, 54539}, {19565, 34974, 54539}, {239, 54300, 54539}};
    printf("Two diagonal elements and their sum, the trace:\n");
    for (int i = 0; i < 3; i++) {
        const real a = ring[i][0][0], b = ring[i][1][1];
        fact_row(names[i], 0, 3, (const real[]){a, b, a + b}, expected[i]);
    }
}

/* A transpose left out, the other axis, a mean, and weights that are new already. */
static void mistakes(void)
{
    real A_dD[2][2], dB[2][2], dA[2][2], B_new[2][2];
    matmul(2, 2, 2, A2, dD2, A_dD);
    linear_backward_B(2, 2, 2, dD2, A2, dB);
    for (int l = 0; l < 2; l++)
        for (int j = 0; j < 2; j++)
            B_new[l][j] = B2[l][j] - (real)0.01 * dB[l][j];
    linear_backward_A(2, 2, 2, dD2, B_new, dA);
    printf("What mistakes make of it:\n");
    fact_row("dB = A dD", 0, 4, *A_dD, (const real[]){201, 2010, 403, 4030});
    fact_row("dc: sums of rows", 0, 2, (const real[]){dD2[0][0] + dD2[0][1], dD2[1][0] + dD2[1][1]},
             (const real[]){11, 1100});
    fact_row("dc: a mean", 1, 2,
             (const real[]){(dD2[0][0] + dD2[1][0]) / 2, (dD2[0][1] + dD2[1][1]) / 2},
             (const real[]){50.5, 505});
    fact_row("B after a step of 0.01", 2, 4, *B_new, (const real[]){1.99, -24.1, 2.98, -32.2});
    fact_row("dA with that B", 2, 4, *dA, (const real[]){-239.01, -319.02, -23901, -31902});
    printf("\n");
}

/* One side of a product: dD or B, as it is or transposed. */
typedef struct {
    const char *name;
    GemmMatrix two_by_two; /* in the example */
    int rows, columns;     /* where A is (2, 3), B (3, 4) and dD (2, 4) */
} Factor;

/* All eight products of dD and B. With three sizes that differ, only dD B^T has the shape of A;
 * with all sizes 2 they all have it, and only dD B^T is the gradient. */
static void eight_products(void)
{
    const Factor dD[2] = {{"dD", gemm_matrix(*dD2, 2), 2, 4},
                          {"dD^T", gemm_transpose(*dD2, 2), 4, 2}};
    const Factor B[2] = {{"B", gemm_matrix(*B2, 2), 3, 4}, {"B^T", gemm_transpose(*B2, 2), 4, 3}};
    real x[2][2], dA[2][2];
    linear_backward_A(2, 2, 2, dD2, B2, dA);
    printf("Which product of dD and B is dA?\n");
    printf("  product     sizes 2, 3, 4     sizes 2, 2, 2         sum of A * it\n");
    for (int p = 0; p < 8; p++) {
        const Factor *d = &dD[p / 2 % 2], *b = &B[p % 2];
        const Factor *left = p < 4 ? d : b, *right = p < 4 ? b : d;
        char shape[32] = "does not fit";
        if (left->columns == right->rows)
            snprintf(shape, sizeof shape, "%dx%d", left->rows, right->columns);
        gemm(2, 2, 2, left->two_by_two, right->two_by_two, gemm_set(*x, 2));
        bool is_dA = compare(4, *x, *dA).exact;
        printf("  %-5s%-7s%-18s%-5g%-5g%-5g%-5g%11g%s\n", left->name, right->name, shape,
               (double)x[0][0], (double)x[0][1], (double)x[1][0], (double)x[1][1],
               (double)vector_dot(4, *A2, *x), is_dA ? "   dA" : "");
        fact_that("only dA fits", is_dA == (strcmp(shape, "2x3") == 0));
    }
    printf("\n");
}

/* -- the judges ------------------------------------------------------------------------------- */

enum { N = 5, K = 3, L = 6, M = 4 };

/* What the four D of the chapter are made of, all (N, M): A B + c, P^T Q, R S^T and the two layers.
 * All reals, so that it is filled as one array. */
typedef struct {
    real A[N][K], B[K][M], c[M];
    real P[K][N], Q[K][M];
    real R[N][K], S[M][K];
    real X[N][K], W1[K][L], b1[L], W2[L][M], b2[M];
    real dD[N][M];
} Inputs;

/* The three triple loops against the library's gemm, which works in tiles and sums in another
 * order, so that the last digits may differ. */
static void compare_with_gemm(const Inputs *in)
{
    real loops[3][N][M], tiles[3][N][M];
    matmul(N, K, M, in->A, in->B, loops[0]);
    matmul_at_b(N, K, M, in->P, in->Q, loops[1]);
    matmul_a_bt(N, K, M, in->R, in->S, loops[2]);
    gemm(N, K, M, gemm_matrix(*in->A, K), gemm_matrix(*in->B, M), gemm_set(*tiles[0], M));
    gemm(N, K, M, gemm_transpose(*in->P, N), gemm_matrix(*in->Q, M), gemm_set(*tiles[1], M));
    gemm(N, K, M, gemm_matrix(*in->R, K), gemm_transpose(*in->S, K), gemm_set(*tiles[2], M));
    if (fact_same("the loops and gemm", 3 * N * M, **loops, **tiles))
        printf("A B, P^T Q and R S^T by the loops and by the library's gemm: the same\n\n");
}

/* A leaf of the tape with this shape; a vector if columns is 0. */
static Tensor *leaf(int rows, int columns, const real *values)
{
    return ag_variable(columns ? ag_shape(2, rows, columns) : ag_shape(1, rows), values);
}

/* The loss sum_ij dD[i][j] D[i][j], whose gradient with respect to D is dD, after its backward
 * pass. The tape's D must be the one that was made by hand. */
static Tensor *loss_of(const real dD[N][M], Tensor *D, const real by_hand[N][M])
{
    fact_same("D", N * M, *by_hand, D->data);
    Tensor *loss = ag_sum(ag_mul(ag_tensor(D->shape, *dD), D), AG_ALL, false);
    ag_backward(loss);
    return loss;
}

static void judge_linear(GradTable *table, const Inputs *in)
{
    real D[N][M], dA[N][K], dB[K][M], dc[M];
    linear_forward(N, K, M, in->A, in->B, in->c, D);
    linear_backward_A(N, K, M, in->dD, in->B, dA);
    linear_backward_B(N, K, M, in->dD, in->A, dB);
    linear_backward_c(N, M, in->dD, dc);

    Tensor *A = leaf(N, K, *in->A), *B = leaf(K, M, *in->B), *c = leaf(M, 0, in->c);
    Tensor *loss = loss_of(in->dD, ag_linear(A, B, c), D);
    table_tensor(table, "A B + c    dA", *dA, loss, A);
    table_tensor(table, "           dB", *dB, loss, B);
    table_tensor(table, "           dc", dc, loss, c);
}

static void judge_transposed(GradTable *table, const Inputs *in)
{
    real PtQ[N][M], RSt[N][M], dP[K][N], dQ[K][M], dR[N][K], dS[M][K];
    matmul_at_b(N, K, M, in->P, in->Q, PtQ);
    matmul_at_b_backward(N, K, M, in->dD, in->P, in->Q, dP, dQ);
    matmul_a_bt(N, K, M, in->R, in->S, RSt);
    matmul_a_bt_backward(N, K, M, in->dD, in->R, in->S, dR, dS);

    Tensor *P = leaf(K, N, *in->P), *Q = leaf(K, M, *in->Q);
    Tensor *loss = loss_of(in->dD, ag_matmul_t(P, true, Q, false), PtQ);
    table_tensor(table, "P^T Q      dP", *dP, loss, P);
    table_tensor(table, "           dQ", *dQ, loss, Q);

    Tensor *R = leaf(N, K, *in->R), *S = leaf(M, K, *in->S);
    loss = loss_of(in->dD, ag_matmul_t(R, false, S, true), RSt);
    table_tensor(table, "R S^T      dR", *dR, loss, R);
    table_tensor(table, "           dS", *dS, loss, S);
}

/* H = max(X W1 + b1, 0), D = H W2 + b2, and back by the function of exercise 8. What that leaves
 * unwritten is NaN. */
static void judge_two_layers(GradTable *table, const Inputs *in)
{
    real H[N][L], D[N][M];
    struct {
        real dX[N][K], dW1[K][L], db1[L], dW2[L][M], db2[M];
    } d;
    vector_fill(sizeof d / sizeof(real), NAN, *d.dX);
    linear_forward(N, K, L, in->X, in->W1, in->b1, H);
    for (int i = 0; i < N; i++)
        for (int q = 0; q < L; q++)
            H[i][q] = H[i][q] > 0 ? H[i][q] : 0;
    linear_forward(N, L, M, H, in->W2, in->b2, D);
    two_layers_backward(N, K, L, M, in->dD, in->X, in->W1, H, in->W2, d.dX, d.dW1, d.db1, d.dW2,
                        d.db2);

    Tensor *X = leaf(N, K, *in->X), *W1 = leaf(K, L, *in->W1), *b1 = leaf(L, 0, in->b1);
    Tensor *W2 = leaf(L, M, *in->W2), *b2 = leaf(M, 0, in->b2);
    Tensor *loss = loss_of(in->dD, ag_linear(ag_relu(ag_linear(X, W1, b1)), W2, b2), D);
    table_tensor(table, "two layers dW2", *d.dW2, loss, W2);
    table_tensor(table, "           db2", d.db2, loss, b2);
    table_tensor(table, "           dW1", *d.dW1, loss, W1);
    table_tensor(table, "           db1", d.db1, loss, b1);
    table_tensor(table, "           dX", *d.dX, loss, X);
}

int main(int argc, char **argv)
{
    Options options = {
        .chapter = "06_matmul", .about = "the gradient of a matrix product", .seed = 42};
    options_parse(&options, argc, argv);
    small_example();
    traces();
    printf("\n");
    eight_products();
    mistakes();
    static double losses[SLIPS][STEPS + 1];
    try_slips(losses);

    Rng rng;
    Inputs inputs;
    GradTable table;
    rng_seed(&rng, options.seed);
    init_normal(&rng, 1, sizeof inputs / sizeof(real), (real *)&inputs);
    compare_with_gemm(&inputs);
    table_begin(&table);
    judge_linear(&table, &inputs);
    judge_transposed(&table, &inputs);
    judge_two_layers(&table, &inputs);
    ag_reset();
    bool holds = table_end(&table);
    if (!draw_slips(&options, losses))
        return error_report(options.chapter);
    return holds && fact_failures() == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
