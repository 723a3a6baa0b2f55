/* 06_matmul.c: the gradient of a matrix product.
 *
 * D = A B + c, going back: dA = dD B^T, dB = A^T dD, dc = the column sums of dD. The program works
 * the 2x2 example of the lesson, tries all eight ways to multiply dD and B, holds the gradients of
 * A B + c, A^T B, A B^T and of two layers in a row against the tape and a numeric gradient, and
 * the loops themselves against the library's gemm. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "autograd/autograd.h"
#include "kernel/gemm.h"
#include "kernel/random.h"
#include "nn/init.h"
#include "workbook/fact.h"
#include "workbook/options.h"
#include "workbook/print.h"
#include "workbook/table.h"

/* -- three products ---------------------------------------------------------------------------
 * D is (n, m), and k is the size that is summed over. */

/* D = A B:   D[i][j] = sum_l A[i][l] B[l][j] */
static void matmul(int n, int k, int m, const real A[n][k], const real B[k][m], real D[n][m])
{
    for (int i = 0; i < n; i++)
        for (int j = 0; j < m; j++) {
            D[i][j] = 0;
            for (int l = 0; l < k; l++)
                D[i][j] += A[i][l] * B[l][j];
        }
}

/* D = A B^T:   D[i][j] = sum_l A[i][l] B[j][l] */
static void matmul_a_bt(int n, int k, int m, const real A[n][k], const real B[m][k], real D[n][m])
{
    for (int i = 0; i < n; i++)
        for (int j = 0; j < m; j++) {
            D[i][j] = 0;
            for (int l = 0; l < k; l++)
                D[i][j] += A[i][l] * B[j][l];
        }
}

/* D = A^T B:   D[i][j] = sum_l A[l][i] B[l][j] */
static void matmul_at_b(int n, int k, int m, const real A[k][n], const real B[k][m], real D[n][m])
{
    for (int i = 0; i < n; i++)
        for (int j = 0; j < m; j++) {
            D[i][j] = 0;
            for (int l = 0; l < k; l++)
                D[i][j] += A[l][i] * B[l][j];
        }
}

/* -- D = A B + c, and back -------------------------------------------------------------------- */

/* D = A B + c, the same row c (m) added to every row of D (n, m) */
static void linear_forward(int n, int k, int m, const real A[n][k], const real B[k][m],
                           const real c[m], real D[n][m])
{
    matmul(n, k, m, A, B, D);
    for (int i = 0; i < n; i++)
        for (int j = 0; j < m; j++)
            D[i][j] += c[j];
}

/* D = A B + c:   dA = dD B^T,   dA[i][l] = sum_j dD[i][j] B[l][j] */
static void linear_backward_A(int n, int k, int m, const real dD[n][m], const real B[k][m],
                              real dA[n][k])
{
    matmul_a_bt(n, m, k, dD, B, dA);
}

/* D = A B + c:   dB = A^T dD,   dB[l][j] = sum_i A[i][l] dD[i][j] */
static void linear_backward_B(int n, int k, int m, const real dD[n][m], const real A[n][k],
                              real dB[k][m])
{
    matmul_at_b(k, n, m, A, dD, dB);
}

/* D = A B + c:   dc[j] = sum_i dD[i][j] */
static void linear_backward_c(int n, int m, const real dD[n][m], real dc[m])
{
    memset(dc, 0, sizeof(real[m]));
    for (int i = 0; i < n; i++)
        for (int j = 0; j < m; j++)
            dc[j] += dD[i][j];
}

/* D = A B + c:   all three */
static void linear_backward(int n, int k, int m, const real dD[n][m], const real A[n][k],
                            const real B[k][m], real dA[n][k], real dB[k][m], real dc[m])
{
    linear_backward_A(n, k, m, dD, B, dA);
    linear_backward_B(n, k, m, dD, A, dB);
    linear_backward_c(n, m, dD, dc);
}

/* D = A^T B:   dA = B dD^T,   dB = A dD */
static void at_b_backward(int n, int k, int m, const real dD[n][m], const real A[k][n],
                          const real B[k][m], real dA[k][n], real dB[k][m])
{
    matmul_a_bt(k, m, n, B, dD, dA);
    matmul(k, n, m, A, dD, dB);
}

/* D = A B^T:   dA = dD B,   dB = dD^T A */
static void a_bt_backward(int n, int k, int m, const real dD[n][m], const real A[n][k],
                          const real B[m][k], real dA[n][k], real dB[m][k])
{
    matmul(n, m, k, dD, B, dA);
    matmul_at_b(m, n, k, dD, A, dB);
}

/* -- the 2x2 example -------------------------------------------------------------------------- */

static const real A2[2][2] = {{1, 2}, {3, 4}}, B2[2][2] = {{5, 6}, {7, 8}}, c2[2] = {100, 200};
static const real dD2[2][2] = {{1, 10}, {100, 1000}};

/* The sum of x * y, multiplied element by element: sum_i x[i] y[i] */
static double dot(int n, const real *x, const real *y)
{
    double sum = 0;
    for (int i = 0; i < n; i++)
        sum += (double)(x[i] * y[i]);
    return sum;
}

static void small_example(void)
{
    real AB[2][2], D[2][2], dA[2][2], dB[2][2], dc[2];
    matmul(2, 2, 2, A2, B2, AB);
    linear_forward(2, 2, 2, A2, B2, c2, D);
    linear_backward(2, 2, 2, dD2, A2, B2, dA, dB, dc);
    printf("D = A B + c:\n");
    print_matrix("A", 2, 2, *A2, 4);
    print_matrix("B", 2, 2, *B2, 4);
    print_matrix("c", 1, 2, c2, 4);
    print_matrix("D", 2, 2, *D, 4);
    print_matrix("dD", 2, 2, *dD2, 4);
    print_matrix("dA = dD B^T", 2, 2, *dA, 4);
    print_matrix("dB = A^T dD", 2, 2, *dB, 4);
    print_matrix("dc", 1, 2, dc, 4);
    fact("sum of A * dA", 0, dot(4, *A2, *dA), 54539);
    fact("sum of B * dB", 0, dot(4, *B2, *dB), 54539);
    fact("sum of (A B) * dD", 0, dot(4, *AB, *dD2), 54539);
    printf("\n");
}

/* One side of a product: dD or B, as it is or transposed. */
typedef struct {
    const char *name;
    const real *x; /* in the 2x2 example */
    bool transposed;
    int rows, columns; /* where A is (2, 3), B (3, 4) and dD (2, 4) */
} Factor;

static GemmMatrix two_by_two(const Factor *f)
{
    return f->transposed ? gemm_transpose(f->x, 2) : gemm_matrix(f->x, 2);
}

/* All eight products of dD and B. With three sizes that differ, only dD B^T has the shape of A;
 * with all sizes 2 they all have it, and only dD B^T is the gradient. */
static void eight_products(void)
{
    const Factor dD[2] = {{"dD", *dD2, false, 2, 4}, {"dD^T", *dD2, true, 4, 2}};
    const Factor B[2] = {{"B", *B2, false, 3, 4}, {"B^T", *B2, true, 4, 3}};
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
        gemm(2, 2, 2, two_by_two(left), two_by_two(right), gemm_set(*x, 2));
        bool is_dA = compare(4, *x, *dA).exact;
        printf("  %-5s%-7s%-18s%-5g%-5g%-5g%-5g%11g%s\n", left->name, right->name, shape,
               (double)x[0][0], (double)x[0][1], (double)x[1][0], (double)x[1][1], dot(4, *A2, *x),
               is_dA ? "   dA" : "");
        fact_that("only dA fits", is_dA == (strcmp(shape, "2x3") == 0));
    }
    matmul(2, 2, 2, A2, dD2, x);
    printf("And for dB with the transpose forgotten:\n");
    print_matrix("A dD", 2, 2, *x, 4);
    printf("\n");
}

/* -- the judges ------------------------------------------------------------------------------- */

enum { N = 5, K = 3, L = 6, M = 4 };

/* What the four D of the chapter are made of, all (N, M): A B + c, P^T Q, R S^T and
 * (X W1 + b1) W2 + b2. All reals, so that it is filled as one array. */
typedef struct {
    real A[N][K], B[K][M], c[M];
    real P[K][N], Q[K][M];
    real R[N][K], S[M][K];
    real X[N][K], W1[K][L], b1[L], W2[L][M], b2[M];
    real dD[N][M];
} Inputs;

/* The sum of dD * D over the four, whose gradient with respect to each D is dD. */
static double loss(void *inputs)
{
    const Inputs *f = inputs;
    real D[4][N][M], Y[N][L];
    linear_forward(N, K, M, f->A, f->B, f->c, D[0]);
    matmul_at_b(N, K, M, f->P, f->Q, D[1]);
    matmul_a_bt(N, K, M, f->R, f->S, D[2]);
    linear_forward(N, K, L, f->X, f->W1, f->b1, Y);
    linear_forward(N, L, M, Y, f->W2, f->b2, D[3]);
    double sum = 0;
    for (int i = 0; i < 4; i++)
        sum += dot(N * M, *f->dD, *D[i]);
    return sum;
}

/* One row of the table: dx by hand against the tape's, x->grad, and a numeric gradient. */
static void judge(GradTable *table, const char *name, Inputs *inputs, real *values, const real *dx,
                  const Tensor *x)
{
    real numeric[N * L];
    int columns = x->shape.ndim == 2 ? x->shape.dim[1] : 0;
    numeric_gradient(loss, inputs, x->size, values, numeric);
    table_row(table, name, x->shape.dim[0], columns, dx, x->grad,
              sizeof(real) == sizeof(double) ? numeric : NULL);
}

/* A leaf of the tape with this shape; a vector if columns is 0. */
static Tensor *leaf(int rows, int columns, const real *values)
{
    return ag_variable(columns ? ag_shape(2, rows, columns) : ag_shape(1, rows), values);
}

static void judge_products(GradTable *table, Inputs *f)
{
    real dA[N][K], dB[K][M], dc[M], dP[K][N], dQ[K][M], dR[N][K], dS[M][K];
    linear_backward(N, K, M, f->dD, f->A, f->B, dA, dB, dc);
    at_b_backward(N, K, M, f->dD, f->P, f->Q, dP, dQ);
    a_bt_backward(N, K, M, f->dD, f->R, f->S, dR, dS);

    Tensor *A = leaf(N, K, *f->A), *B = leaf(K, M, *f->B), *c = leaf(M, 0, f->c);
    Tensor *P = leaf(K, N, *f->P), *Q = leaf(K, M, *f->Q);
    Tensor *R = leaf(N, K, *f->R), *S = leaf(M, K, *f->S);
    ag_backward_from(ag_linear(A, B, c), *f->dD);
    ag_backward_from(ag_matmul_t(P, true, Q, false), *f->dD);
    ag_backward_from(ag_matmul_t(R, false, S, true), *f->dD);

    judge(table, "A B + c    dA", f, *f->A, *dA, A);
    judge(table, "           dB", f, *f->B, *dB, B);
    judge(table, "           dc", f, f->c, dc, c);
    judge(table, "P^T Q      dP", f, *f->P, *dP, P);
    judge(table, "           dQ", f, *f->Q, *dQ, Q);
    judge(table, "R S^T      dR", f, *f->R, *dR, R);
    judge(table, "           dS", f, *f->S, *dS, S);
}

static void judge_two_layers(GradTable *table, Inputs *f)
{
    real Y[N][L], dY[N][L], dX[N][K], dW1[K][L], db1[L], dW2[L][M], db2[M];
    linear_forward(N, K, L, f->X, f->W1, f->b1, Y);
    linear_backward(N, L, M, f->dD, Y, f->W2, dY, dW2, db2); /* D = Y W2 + b2 */
    linear_backward(N, K, L, dY, f->X, f->W1, dX, dW1, db1); /* Y = X W1 + b1 */

    Tensor *X = leaf(N, K, *f->X), *W1 = leaf(K, L, *f->W1), *b1 = leaf(L, 0, f->b1);
    Tensor *W2 = leaf(L, M, *f->W2), *b2 = leaf(M, 0, f->b2);
    ag_backward_from(ag_linear(ag_linear(X, W1, b1), W2, b2), *f->dD);

    judge(table, "two layers dW2", f, *f->W2, *dW2, W2);
    judge(table, "           db2", f, f->b2, db2, b2);
    judge(table, "           dW1", f, *f->W1, *dW1, W1);
    judge(table, "           db1", f, f->b1, db1, b1);
    judge(table, "           dX", f, *f->X, *dX, X);
}

/* The three triple loops against the library's gemm, which works in tiles and sums in another
 * order, so that the last digits may differ. */
static void compare_with_gemm(const Inputs *f)
{
    real loops[3][N][M], tiles[3][N][M];
    matmul(N, K, M, f->A, f->B, loops[0]);
    matmul_at_b(N, K, M, f->P, f->Q, loops[1]);
    matmul_a_bt(N, K, M, f->R, f->S, loops[2]);
    gemm(N, K, M, gemm_matrix(*f->A, K), gemm_matrix(*f->B, M), gemm_set(*tiles[0], M));
    gemm(N, K, M, gemm_transpose(*f->P, N), gemm_matrix(*f->Q, M), gemm_set(*tiles[1], M));
    gemm(N, K, M, gemm_matrix(*f->R, K), gemm_transpose(*f->S, K), gemm_set(*tiles[2], M));
    bool agree = compare(3 * N * M, **loops, **tiles).relative <= TABLE_TAPE_TOLERANCE;
    printf("\nA B, P^T Q and R S^T by the loops here and by the library's gemm: %s\n",
           agree ? "the same" : "THEY DIFFER");
    fact_that("the loops and gemm agree", agree);
}

int main(int argc, char **argv)
{
    Options options = {
        .chapter = "06_matmul", .about = "the gradient of a matrix product", .seed = 42};
    options_parse(&options, argc, argv);
    small_example();
    eight_products();

    Rng rng;
    Inputs inputs;
    GradTable table;
    rng_seed(&rng, options.seed);
    init_normal(&rng, 1, sizeof inputs / sizeof(real), (real *)&inputs);
    table_begin(&table);
    judge_products(&table, &inputs);
    judge_two_layers(&table, &inputs);
    ag_reset();
    bool hold = table_end(&table);
    compare_with_gemm(&inputs);
    return hold && fact_failures() == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
