/* 06_matmul.c: how the answers to exercises 06 are judged. The solutions collect each element of a
 * gradient in a sum of its own. The references go the other way: they take the terms of the forward
 * product one after the other, and each hands dD times its other factors to every factor. */
#include <stdbool.h>

#include "06_matmul.h"

#include "check.h"

static void fill(int n, real x[n], real with)
{
    for (int i = 0; i < n; i++)
        x[i] = with;
}

static void scale(int n, real x[n], real by)
{
    for (int i = 0; i < n; i++)
        x[i] *= by;
}

static void multiply(int n, real x[n], const real by[n])
{
    for (int i = 0; i < n; i++)
        x[i] *= by[i];
}

/* Each element becomes the sum of its row ... */
static void row_sums(int n, int m, const real x[n][m], real sums[n][m])
{
    for (int i = 0; i < n; i++) {
        real sum = 0;
        for (int j = 0; j < m; j++)
            sum += x[i][j];
        fill(m, sums[i], sum);
    }
}

/* ... or of its column. `sums` may be x itself. */
static void column_sums(int n, int m, const real x[n][m], real sums[n][m])
{
    for (int j = 0; j < m; j++) {
        real sum = 0;
        for (int i = 0; i < n; i++)
            sum += x[i][j];
        for (int i = 0; i < n; i++)
            sums[i][j] = sum;
    }
}

/* -- 1. linear_backward ----------------------------------------------------------------------- */

static void reference_linear(int n, int k, int m, const real dD[n][m], const real A[n][k],
                             const real B[k][m], real dA[n][k], real dB[k][m], real dc[m])
{
    for (int i = 0; i < n; i++)
        fill(k, dA[i], 0);
    fill(k * m, *dB, 0);
    fill(m, dc, 0);
    for (int i = n - 1; i >= 0; i--)
        for (int j = m - 1; j >= 0; j--) {
            for (int l = 0; l < k; l++) {
                dA[i][l] += dD[i][j] * B[l][j];
                dB[l][j] += dD[i][j] * A[i][l];
            }
            dc[j] += dD[i][j];
        }
}

static void linear_mean(int n, int k, int m, const real dD[n][m], const real A[n][k],
                        const real B[k][m], real dA[n][k], real dB[k][m], real dc[m])
{
    reference_linear(n, k, m, dD, A, B, dA, dB, dc);
    scale(k * m, *dB, 1 / (real)n);
    scale(m, dc, 1 / (real)n);
}

static void linear_total_dc(int n, int k, int m, const real dD[n][m], const real A[n][k],
                            const real B[k][m], real dA[n][k], real dB[k][m], real dc[m])
{
    reference_linear(n, k, m, dD, A, B, dA, dB, dc);
    real total = 0;
    for (int j = 0; j < m; j++)
        total += dc[j];
    fill(m, dc, total);
}

/* (sum dD) (sum B) and (sum A) (sum dD) */
static void linear_sums_apart(int n, int k, int m, const real dD[n][m], const real A[n][k],
                              const real B[k][m], real dA[n][k], real dB[k][m], real dc[m])
{
    real sum_A[n][k], sum_B[k][m];
    column_sums(n, k, A, sum_A);
    row_sums(k, m, B, sum_B);
    reference_linear(n, k, m, dD, sum_A, sum_B, dA, dB, dc);
}

static void linear_own_factor(int n, int k, int m, const real dD[n][m], const real A[n][k],
                              const real B[k][m], real dA[n][k], real dB[k][m], real dc[m])
{
    real ones_A[n][k], ones_B[k][m];
    fill(n * k, *ones_A, 1);
    fill(k * m, *ones_B, 1);
    reference_linear(n, k, m, dD, ones_A, ones_B, dA, dB, dc);
    multiply(n * k, *dA, *A);
    multiply(k * m, *dB, *B);
}

static void linear_dA_shared(int n, int k, int m, const real dD[n][m], const real A[n][k],
                             const real B[k][m], real dA[n][k], real dB[k][m], real dc[m])
{
    reference_linear(n, k, m, dD, A, B, dA, dB, dc);
    column_sums(n, k, dA, dA);
}

static const Mistake linear_mistakes[] = {
    {TURNED("accumulate:dB[l][j]+="),
     "dB holds the last example only: = stands where += belongs, or it is set to zero inside the "
     "loop. B is used for every row of A, and the shares A[i][l] dD[i][j] of all rows i add up."},
    {TURNED("accumulate:dc[j]+="),
     "dc holds the last example only: = stands where += belongs, or it is set to zero inside the "
     "loop. c was added to every row of D, so its gradient is the sum of dD over the rows."},
    {TURNED("accumulate:dA[i][l]+="),
     "dA holds the last column's share only: = stands where += belongs, or it is set to zero "
     "inside the loop. A[i][l] meets B[l][j] for every j; sum over j."},
    {MISTAKE(linear_mean), "You divided dB and dc by n. They are sums over the examples; if the "
                           "loss is a mean, its 1/n is inside dD already."},
    {TURNED("divided-by-n:dD[i][j]"), "You divided dc by n. It is the sum of dD over the rows; if "
                                      "the loss is a mean, its 1/n is inside dD already."},
    {MISTAKE(linear_total_dc),
     "You summed dD over both axes. Each column has a c of its own: dc[j] is the sum of column j."},
    {MISTAKE(linear_sums_apart), "You multiplied two sums. It is the products that are summed: "
                                 "dD[i][j] B[l][j] over j in dA, A[i][l] dD[i][j] over i in dB."},
    {MISTAKE(linear_own_factor), "You multiplied by the variable itself. The slope of a product is "
                                 "the other factor: B in dA, A in dB."},
    {MISTAKE(linear_dA_shared), "You summed dA over the rows. Only B and c are shared by all rows; "
                                "row i of A stands in row i of D alone."},
    {TURNED("divided-by-n:dD[i][j]*B[l][j]"),
     "You divided dA by n. A mean's 1/n, if there is one, is inside dD already."},
    {0}};

CALL(linear_backward, n[0], n[1], n[2], a[0], a[1], a[2], a[3], a[4], a[5])

static const Exercise exercise_linear_backward = {
    .name = "linear_backward",
    .call = call_linear_backward,
    .sizes = "nkm",
    .arguments = {{"dD", IN_NORMAL, "nm", 0},
                  {"A", IN_NORMAL, "nk", 0},
                  {"B", IN_NORMAL, "km", 0},
                  {"dA", OUT, "nk", 0},
                  {"dB", OUT, "km", 0},
                  {"dc", OUT, "m", 0}},
    .cases = {{7, 3, 5}, {2, 5, 3}, {4, 6, 1}, {1, 4, 3}},
    .reference = JUDGE((Function)reference_linear),
    .mistakes = JUDGE(linear_mistakes),
};

/* -- 2. outer_backward ------------------------------------------------------------------------ */

static void reference_outer(int n, int m, const real dD[n][m], const real a[n], const real b[m],
                            real da[n], real db[m])
{
    fill(n, da, 0);
    fill(m, db, 0);
    for (int i = n - 1; i >= 0; i--)
        for (int j = m - 1; j >= 0; j--) {
            da[i] += dD[i][j] * b[j];
            db[j] += dD[i][j] * a[i];
        }
}

static void outer_no_factor(int n, int m, const real dD[n][m], const real a[n], const real b[m],
                            real da[n], real db[m])
{
    (void)a, (void)b;
    real one[n > m ? n : m];
    fill(n > m ? n : m, one, 1);
    reference_outer(n, m, dD, one, one, da, db);
}

static void outer_sums_apart(int n, int m, const real dD[n][m], const real a[n], const real b[m],
                             real da[n], real db[m])
{
    real sum_a = 0, sum_b = 0;
    for (int i = 0; i < n; i++)
        sum_a += a[i];
    for (int j = 0; j < m; j++)
        sum_b += b[j];
    outer_no_factor(n, m, dD, a, b, da, db);
    scale(n, da, sum_b);
    scale(m, db, sum_a);
}

static void outer_own_factor(int n, int m, const real dD[n][m], const real a[n], const real b[m],
                             real da[n], real db[m])
{
    outer_no_factor(n, m, dD, a, b, da, db);
    for (int i = 0; i < n; i++)
        da[i] *= a[i];
    for (int j = 0; j < m; j++)
        db[j] *= b[j];
}

static void outer_both_axes(int n, int m, const real dD[n][m], const real a[n], const real b[m],
                            real da[n], real db[m])
{
    real sum_a = 0, sum_b = 0;
    reference_outer(n, m, dD, a, b, da, db);
    for (int i = 0; i < n; i++)
        sum_a += da[i];
    for (int j = 0; j < m; j++)
        sum_b += db[j];
    fill(n, da, sum_a);
    fill(m, db, sum_b);
}

static const Mistake outer_mistakes[] = {
    {TURNED("twins+accumulate:da[i]+="),
     "Only the last of each is left: = stands where += belongs, or it is set to zero inside the "
     "loop. a[i] stands in a whole row of D, and b[j] in a whole column."},
    {MISTAKE(outer_no_factor), "You summed dD alone, as for a broadcast sum. The slope of a[i] "
                               "b[j] with respect to a[i] is b[j]; multiply before you sum."},
    {MISTAKE(outer_sums_apart), "You multiplied two sums. Each dD[i][j] has to meet its own b[j] "
                                "(or a[i]) first; the sum comes afterwards."},
    {MISTAKE(outer_own_factor), "You multiplied by the variable itself. The slope of a product is "
                                "the other factor: b[j] in da, a[i] in db."},
    {MISTAKE(outer_both_axes), "You summed over rows and columns. a[i] stands in row i of D alone, "
                               "and b[j] in column j: one sum each."},
    {TURNED("divided-by-m:dD[i][j]*b[j]"),
     "You divided da by m. a[i] is used in all m columns, and the gradients of all uses add up."},
    {TURNED("divided-by-n:dD[i][j]*a[i]"),
     "You divided db by n. b[j] is used in all n rows, and the gradients of all uses add up."},
    {0}};

CALL(outer_backward, n[0], n[1], a[0], a[1], a[2], a[3], a[4])

static const Exercise exercise_outer_backward = {
    .name = "outer_backward",
    .call = call_outer_backward,
    .sizes = "nm",
    .arguments = {{"dD", IN_NORMAL, "nm", 0},
                  {"a", IN_NORMAL, "n", 0},
                  {"b", IN_NORMAL, "m", 0},
                  {"da", OUT, "n", 0},
                  {"db", OUT, "m", 0}},
    .cases = {{7, 4}, {2, 5}, {1, 3}, {4, 1}},
    .reference = JUDGE((Function)reference_outer),
    .mistakes = JUDGE(outer_mistakes),
};

/* -- 3. at_b_backward ------------------------------------------------------------------------- */

static void reference_at_b(int n, int k, int m, const real dD[n][m], const real A[k][n],
                           const real B[k][m], real dA[k][n], real dB[k][m])
{
    fill(k * n, *dA, 0);
    fill(k * m, *dB, 0);
    for (int i = n - 1; i >= 0; i--)
        for (int j = m - 1; j >= 0; j--)
            for (int l = 0; l < k; l++) {
                dA[l][i] += dD[i][j] * B[l][j];
                dB[l][j] += dD[i][j] * A[l][i];
            }
}

/* dA (n, k), as for A B, written row by row into the memory of dA (k, n). */
static void at_b_untransposed(int n, int k, int m, const real dD[n][m], const real A[k][n],
                              const real B[k][m], real dA[k][n], real dB[k][m])
{
    real *to = *dA;
    reference_at_b(n, k, m, dD, A, B, dA, dB);
    fill(n * k, to, 0);
    for (int i = 0; i < n; i++)
        for (int l = 0; l < k; l++)
            for (int j = 0; j < m; j++)
                to[i * k + l] += dD[i][j] * B[l][j];
}

static void at_b_mean(int n, int k, int m, const real dD[n][m], const real A[k][n],
                      const real B[k][m], real dA[k][n], real dB[k][m])
{
    reference_at_b(n, k, m, dD, A, B, dA, dB);
    scale(k * n, *dA, 1 / (real)k);
    scale(k * m, *dB, 1 / (real)k);
}

static void at_b_sums_apart(int n, int k, int m, const real dD[n][m], const real A[k][n],
                            const real B[k][m], real dA[k][n], real dB[k][m])
{
    real sum_A[k][n], sum_B[k][m];
    row_sums(k, n, A, sum_A);
    row_sums(k, m, B, sum_B);
    reference_at_b(n, k, m, dD, sum_A, sum_B, dA, dB);
}

static void at_b_own_factor(int n, int k, int m, const real dD[n][m], const real A[k][n],
                            const real B[k][m], real dA[k][n], real dB[k][m])
{
    real ones_A[k][n], ones_B[k][m];
    fill(k * n, *ones_A, 1);
    fill(k * m, *ones_B, 1);
    reference_at_b(n, k, m, dD, ones_A, ones_B, dA, dB);
    multiply(k * n, *dA, *A);
    multiply(k * m, *dB, *B);
}

/* As if all k rows of A were one variable, and those of B. */
static void at_b_shared(int n, int k, int m, const real dD[n][m], const real A[k][n],
                        const real B[k][m], real dA[k][n], real dB[k][m])
{
    reference_at_b(n, k, m, dD, A, B, dA, dB);
    column_sums(k, n, dA, dA);
    column_sums(k, m, dB, dB);
}

static const Mistake at_b_mistakes[] = {
    {TURNED("accumulate:dA[l][i]+="),
     "dA holds the last column's share only: = stands where += belongs, or it is set to zero "
     "inside the loop. A[l][i] stands in the whole of row i of D; sum over j."},
    {TURNED("accumulate:dB[l][j]+="),
     "dB holds the last row's share only: = stands where += belongs, or it is set to zero inside "
     "the loop. B[l][j] stands in the whole of column j of D; sum over i."},
    {MISTAKE(at_b_untransposed), "That is dD B^T, the gradient for A B, laid into the memory of "
                                 "dA. Here A is (k, n), and dA has its shape: dA = B dD^T."},
    {MISTAKE(at_b_mean), "You divided by k. A^T B sums over the k rows, and each of them receives "
                         "its gradient in full."},
    {MISTAKE(at_b_sums_apart), "You multiplied two sums. It is the products that are summed: "
                               "B[l][j] dD[i][j] over j in dA, A[l][i] dD[i][j] over i in dB."},
    {MISTAKE(at_b_own_factor), "You multiplied by the variable itself. The slope of a product is "
                               "the other factor: B in dA, A in dB."},
    {MISTAKE(at_b_shared), "You summed over the k rows as well. That is the sum of the forward "
                           "product; on the way back each row keeps a gradient of its own."},
    {TURNED("divided-by-m:B[l][j]*dD[i][j]"),
     "You divided dA by m. It is the sum of B[l][j] dD[i][j] over j, and not their mean."},
    {TURNED("divided-by-n:A[l][i]*dD[i][j]"),
     "You divided dB by n. It is the sum of A[l][i] dD[i][j] over i; if the loss is a mean, its "
     "factor is inside dD already."},
    {0}};

CALL(at_b_backward, n[0], n[1], n[2], a[0], a[1], a[2], a[3], a[4])

static const Exercise exercise_at_b_backward = {
    .name = "at_b_backward",
    .call = call_at_b_backward,
    .sizes = "nkm",
    .arguments = {{"dD", IN_NORMAL, "nm", 0},
                  {"A", IN_NORMAL, "kn", 0},
                  {"B", IN_NORMAL, "km", 0},
                  {"dA", OUT, "kn", 0},
                  {"dB", OUT, "km", 0}},
    .cases = {{6, 3, 5}, {2, 5, 3}, {4, 1, 3}, {3, 7, 4}},
    .reference = JUDGE((Function)reference_at_b),
    .mistakes = JUDGE(at_b_mistakes),
};

/* -- 4. scores_backward ----------------------------------------------------------------------- */

static void scores_unscaled(int n, int k, int m, const real dS[n][m], const real Q[n][k],
                            const real K[m][k], real dQ[n][k], real dK[m][k])
{
    fill(n * k, *dQ, 0);
    fill(m * k, *dK, 0);
    for (int i = n - 1; i >= 0; i--)
        for (int j = m - 1; j >= 0; j--)
            for (int l = 0; l < k; l++) {
                dQ[i][l] += dS[i][j] * K[j][l];
                dK[j][l] += dS[i][j] * Q[i][l];
            }
}

static void reference_scores(int n, int k, int m, const real dS[n][m], const real Q[n][k],
                             const real K[m][k], real dQ[n][k], real dK[m][k])
{
    scores_unscaled(n, k, m, dS, Q, K, dQ, dK);
    scale(n * k, *dQ, pow((real)k, (real)-0.5));
    scale(m * k, *dK, pow((real)k, (real)-0.5));
}

/* The sum so far is scaled again with every term. */
static void scores_scaled_on_the_way(int n, int k, int m, const real dS[n][m], const real Q[n][k],
                                     const real K[m][k], real dQ[n][k], real dK[m][k])
{
    fill(n * k, *dQ, 0);
    fill(m * k, *dK, 0);
    for (int i = 0; i < n; i++)
        for (int j = 0; j < m; j++)
            for (int l = 0; l < k; l++) {
                dQ[i][l] = (dQ[i][l] + dS[i][j] * K[j][l]) / sqrt((real)k);
                dK[j][l] = (dK[j][l] + dS[i][j] * Q[i][l]) / sqrt((real)k);
            }
}

static void scores_sums_apart(int n, int k, int m, const real dS[n][m], const real Q[n][k],
                              const real K[m][k], real dQ[n][k], real dK[m][k])
{
    real sum_Q[n][k], sum_K[m][k];
    column_sums(n, k, Q, sum_Q);
    column_sums(m, k, K, sum_K);
    reference_scores(n, k, m, dS, sum_Q, sum_K, dQ, dK);
}

static void scores_own_factor(int n, int k, int m, const real dS[n][m], const real Q[n][k],
                              const real K[m][k], real dQ[n][k], real dK[m][k])
{
    real ones_Q[n][k], ones_K[m][k];
    fill(n * k, *ones_Q, 1);
    fill(m * k, *ones_K, 1);
    reference_scores(n, k, m, dS, ones_Q, ones_K, dQ, dK);
    multiply(n * k, *dQ, *Q);
    multiply(m * k, *dK, *K);
}

static const Mistake scores_mistakes[] = {
    {TURNED("one-for:(real)k"), "The scale is missing. S was divided by sqrt(k) on its way "
                                "forward, so dS has to be divided by it on its way back."},
    {TURNED("missing-factor:scale#2"),
     "dQ is scaled and dK is not. Both reach the loss through S, which was divided by sqrt(k)."},
    {TURNED("no-call:sqrt((real)k)"), "You divided by k, or by its root twice. The forward line "
                                      "divides by sqrt(k) once, and so does the way back."},
    {TURNED("inverse:(real)k"),
     "You multiplied by sqrt(k), as if to undo the scale. A gradient goes through a factor by "
     "being multiplied by the same factor: 1 / sqrt(k)."},
    {TURNED("accumulate:sum+=#2"),
     "dK holds the last query's share only: = stands where += belongs, or it is set to zero inside "
     "the loop. Each key meets every query; sum over i."},
    {TURNED("size:k<-m"), "You divided by the root of m, the number of keys. S was divided by the "
                          "root of k, the length of a query."},
    {TURNED("size:k<-n"), "You divided by the root of n, the number of queries. S was divided by "
                          "the root of k, the length of a query."},
    {MISTAKE(scores_scaled_on_the_way),
     "You divided the running sum by sqrt(k) with every term, so the first terms are divided many "
     "times. Divide once: dS before the sum, or the sum at its end."},
    {MISTAKE(scores_sums_apart), "You multiplied two sums. It is the products that are summed: "
                                 "dS[i][j] K[j][l] over j in dQ, dS[i][j] Q[i][l] over i in dK."},
    {MISTAKE(scores_own_factor), "You multiplied by the variable itself. The slope of a product is "
                                 "the other factor: K in dQ, Q in dK."},
    {0}};

CALL(scores_backward, n[0], n[1], n[2], a[0], a[1], a[2], a[3], a[4])

static const Exercise exercise_scores_backward = {
    .name = "scores_backward",
    .call = call_scores_backward,
    .sizes = "nkm",
    .arguments = {{"dS", IN_NORMAL, "nm", 0},
                  {"Q", IN_NORMAL, "nk", 0},
                  {"K", IN_NORMAL, "mk", 0},
                  {"dQ", OUT, "nk", 0},
                  {"dK", OUT, "mk", 0}},
    .cases = {{6, 3, 5}, {2, 5, 3}, {4, 1, 3}, {3, 4, 7}},
    .reference = JUDGE((Function)reference_scores),
    .mistakes = JUDGE(scores_mistakes),
};

/* -- 5. quadratic_backward -------------------------------------------------------------------- */

static void reference_quadratic(int n, real dy, const real x[n], const real A[n][n], real dx[n],
                                real dA[n][n])
{
    fill(n, dx, 0);
    for (int i = 0; i < n; i++)
        for (int j = 0; j < n; j++) {
            dx[i] += dy * A[i][j] * x[j];
            dx[j] += dy * x[i] * A[i][j];
            dA[i][j] = x[i] * x[j] * dy;
        }
}

/* dx as if one of the two x were a constant: A x, or A^T x if transposed. */
static void one_side(int n, real dy, const real x[n], const real A[n][n], bool transposed,
                     real dx[n])
{
    fill(n, dx, 0);
    for (int i = 0; i < n; i++)
        for (int j = 0; j < n; j++)
            dx[i] += dy * (transposed ? A[j][i] : A[i][j]) * x[j];
}

static void quadratic_symmetric(int n, real dy, const real x[n], const real A[n][n], real dx[n],
                                real dA[n][n])
{
    reference_quadratic(n, dy, x, A, dx, dA);
    one_side(n, dy, x, A, false, dx);
    scale(n, dx, 2);
}

static void quadratic_symmetric_transposed(int n, real dy, const real x[n], const real A[n][n],
                                           real dx[n], real dA[n][n])
{
    reference_quadratic(n, dy, x, A, dx, dA);
    one_side(n, dy, x, A, true, dx);
    scale(n, dx, 2);
}

static void quadratic_diagonal_once(int n, real dy, const real x[n], const real A[n][n], real dx[n],
                                    real dA[n][n])
{
    reference_quadratic(n, dy, x, A, dx, dA);
    for (int i = 0; i < n; i++)
        dx[i] -= dy * A[i][i] * x[i];
}

/* dx[i] from the pairs with j >= i, dA as if A[i][j] and A[j][i] were one variable. */
static void quadratic_pairs(int n, real dy, const real x[n], const real A[n][n], real dx[n],
                            real dA[n][n])
{
    fill(n, dx, 0);
    for (int i = 0; i < n; i++)
        for (int j = 0; j < n; j++) {
            dx[i] += j >= i ? dy * (A[i][j] + A[j][i]) * x[j] : 0;
            dA[i][j] = dy * x[i] * x[j] * (i == j ? 1 : 2);
        }
}

static const Mistake quadratic_mistakes[] = {
    {MISTAKE(quadratic_symmetric), "2 A x is right for a symmetric A only. The x on the left meets "
                                   "A x, the x on the right meets A^T x: dx = dy (A + A^T) x."},
    {TURNED("missing-term:A[j][i]"), "You took the x on the right for a constant. x stands on both "
                                     "sides of A, and both uses add: A x and A^T x."},
    {TURNED("missing-term:A[i][j]"), "You took the x on the left for a constant. x stands on both "
                                     "sides of A, and both uses add: A x and A^T x."},
    {TURNED("twins+missing-factor:dy"),
     "You gave the slopes of y and left out how the loss reacts to y: multiply by dy."},
    {TURNED("missing-factor:dy#2"), "dA lacks the upstream gradient: it is dy x[i] x[j]."},
    {TURNED("times-2:dy*x[i]*x[j]"), "dA is twice too large. A[i][j] stands in one term of the "
                                     "sum, in front of x[i] x[j]; A[j][i] is another variable."},
    {MISTAKE(quadratic_symmetric_transposed),
     "2 A^T x is right for a symmetric A only. The x on the left meets A x, the x on the right "
     "meets A^T x: dx = dy (A + A^T) x."},
    {MISTAKE(quadratic_diagonal_once), "You counted the diagonal once. In A[i][i] x[i]^2 x is on "
                                       "both sides, too: the slope is 2 A[i][i] x[i]."},
    {MISTAKE(quadratic_pairs),
     "You took i, j and j, i for one pair. The sum of dx[i] runs over all j, also those below i; "
     "and A[i][j] and A[j][i] are two variables, each in one term."},
    {0}};

CALL(quadratic_backward, n[0], VALUE(a[0]), a[1], a[2], a[3], a[4])

static const Exercise exercise_quadratic_backward = {
    .name = "quadratic_backward",
    .call = call_quadratic_backward,
    .sizes = "n",
    .arguments = {{"dy", IN_NORMAL, "", 0},
                  {"x", IN_NORMAL, "n", 0},
                  {"A", IN_NORMAL, "nn", 0},
                  {"dx", OUT, "n", 0},
                  {"dA", OUT, "nn", 0}},
    .cases = {{5}, {2}, {1}},
    .reference = JUDGE((Function)reference_quadratic),
    .mistakes = JUDGE(quadratic_mistakes),
};

/* -- 6. gram_backward ------------------------------------------------------------------------- */

static void reference_gram(int n, int k, const real dG[k][k], const real A[n][k], real dA[n][k])
{
    fill(n * k, *dA, 0);
    for (int p = 0; p < k; p++)
        for (int q = 0; q < k; q++)
            for (int i = 0; i < n; i++) {
                dA[i][p] += dG[p][q] * A[i][q]; /* G[p][q] = sum_i A[i][p] A[i][q] */
                dA[i][q] += dG[p][q] * A[i][p];
            }
}

/* dA = A S */
static void gram_with(int n, int k, const real S[k][k], const real A[n][k], real dA[n][k])
{
    for (int i = 0; i < n; i++)
        for (int l = 0; l < k; l++) {
            dA[i][l] = 0;
            for (int j = 0; j < k; j++)
                dA[i][l] += A[i][j] * S[j][l];
        }
}

static void gram_symmetric(int n, int k, const real dG[k][k], const real A[n][k], real dA[n][k])
{
    gram_with(n, k, dG, A, dA);
    scale(n * k, *dA, 2);
}

static void gram_symmetric_transposed(int n, int k, const real dG[k][k], const real A[n][k],
                                      real dA[n][k])
{
    real S[k][k];
    for (int j = 0; j < k; j++)
        for (int l = 0; l < k; l++)
            S[j][l] = 2 * dG[l][j];
    gram_with(n, k, S, A, dA);
}

static void gram_diagonal_once(int n, int k, const real dG[k][k], const real A[n][k], real dA[n][k])
{
    real S[k][k];
    for (int j = 0; j < k; j++)
        for (int l = 0; l < k; l++)
            S[j][l] = dG[j][l] + (j != l ? dG[l][j] : 0);
    gram_with(n, k, S, A, dA);
}

/* dG + dG^T made in dG's own place, from the first row to the last. */
static void gram_in_place(int n, int k, const real dG[k][k], const real A[n][k], real dA[n][k])
{
    real S[k][k];
    for (int j = 0; j < k; j++)
        for (int l = 0; l < k; l++)
            S[j][l] = dG[j][l] + dG[l][j] + (l < j ? dG[j][l] : 0);
    gram_with(n, k, S, A, dA);
}

static void gram_in_place_transposed(int n, int k, const real dG[k][k], const real A[n][k],
                                     real dA[n][k])
{
    real S[k][k];
    for (int j = 0; j < k; j++)
        for (int l = 0; l < k; l++)
            S[j][l] = dG[j][l] + dG[l][j] + (j < l ? dG[l][j] : 0);
    gram_with(n, k, S, A, dA);
}

static void gram_upper_triangle(int n, int k, const real dG[k][k], const real A[n][k],
                                real dA[n][k])
{
    real S[k][k];
    for (int j = 0; j < k; j++)
        for (int l = 0; l < k; l++)
            S[j][l] = 2 * (j < l ? dG[j][l] : dG[l][j]);
    gram_with(n, k, S, A, dA);
}

/* dA[i][l] from the pairs with j >= l */
static void gram_pairs(int n, int k, const real dG[k][k], const real A[n][k], real dA[n][k])
{
    real S[k][k];
    for (int j = 0; j < k; j++)
        for (int l = 0; l < k; l++)
            S[j][l] = j >= l ? dG[j][l] + dG[l][j] : 0;
    gram_with(n, k, S, A, dA);
}

static const Mistake gram_mistakes[] = {
    {TURNED("missing-term:dG[l][j]"), "You have the share of the second factor, A dG. A is also "
                                      "the first factor, transposed, and that one adds A dG^T."},
    {TURNED("missing-term:dG[j][l]"), "You have the share of the first factor, A dG^T. A is also "
                                      "the second factor, and that one adds A dG."},
    {MISTAKE(gram_symmetric), "2 A dG would be right if dG were symmetric. G is, but dG need not "
                              "be; one of the two shares has dG transposed."},
    {MISTAKE(gram_symmetric_transposed),
     "2 A dG^T would be right if dG were symmetric. G is, but dG need not be; only one of the two "
     "shares has it transposed."},
    {TURNED("times-1/2:A[i][j]*(dG[j][l]+dG[l][j])"),
     "You took the mean of the two shares. A variable that is used twice gets the sum of both "
     "gradients."},
    {MISTAKE(gram_diagonal_once), "You counted the diagonal of dG once. Where a column of A meets "
                                  "itself it is used twice as well: 2 A[i][l] dG[l][l]."},
    {MISTAKE(gram_in_place),
     "dG + dG^T was made in place: below the diagonal you add what has been added to already. Put "
     "the sum into an array of its own, or add as you use it."},
    {MISTAKE(gram_in_place_transposed),
     "dG + dG^T was made in place: below the diagonal you add what has been added to already. Put "
     "the sum into an array of its own, or add as you use it."},
    {MISTAKE(gram_upper_triangle), "You used one triangle of dG only, as if it were symmetric. G "
                                   "is, but dG need not be: both triangles count."},
    {MISTAKE(gram_pairs), "Each column of A has to meet all of them. Yours meets those from its "
                          "own on; the sum over j begins at 0."},
    {0}};

CALL(gram_backward, n[0], n[1], a[0], a[1], a[2])

static const Exercise exercise_gram_backward = {
    .name = "gram_backward",
    .call = call_gram_backward,
    .sizes = "nk",
    .arguments = {{"dG", IN_NORMAL, "kk", 0}, {"A", IN_NORMAL, "nk", 0}, {"dA", OUT, "nk", 0}},
    .cases = {{6, 4}, {2, 5}, {3, 1}, {1, 3}},
    .reference = JUDGE((Function)reference_gram),
    .mistakes = JUDGE(gram_mistakes),
};

/* -- 7. batched_backward ---------------------------------------------------------------------- */

/* With one B for all, t products of n rows are one product of t n rows. */
static void reference_batched(int t, int n, int k, int m, const real dD[t][n][m],
                              const real A[t][n][k], const real B[k][m], real dA[t][n][k],
                              real dB[k][m])
{
    real dc[m];
    reference_linear(t * n, k, m, *dD, *A, B, *dA, dB, dc);
}

static void batched_last(int t, int n, int k, int m, const real dD[t][n][m], const real A[t][n][k],
                         const real B[k][m], real dA[t][n][k], real dB[k][m])
{
    real dc[m];
    for (int s = 0; s < t; s++)
        reference_linear(n, k, m, dD[s], A[s], B, dA[s], dB, dc);
}

/* (the sum of the A)^T (the sum of the dD) */
static void batched_sums_apart(int t, int n, int k, int m, const real dD[t][n][m],
                               const real A[t][n][k], const real B[k][m], real dA[t][n][k],
                               real dB[k][m])
{
    reference_batched(t, n, k, m, dD, A, B, dA, dB);
    fill(k * m, *dB, 0);
    for (int s = 0; s < t; s++)
        for (int r = 0; r < t; r++)
            for (int i = 0; i < n; i++)
                for (int l = 0; l < k; l++)
                    for (int j = 0; j < m; j++)
                        dB[l][j] += A[r][i][l] * dD[s][i][j];
}

static void batched_dA_shared(int t, int n, int k, int m, const real dD[t][n][m],
                              const real A[t][n][k], const real B[k][m], real dA[t][n][k],
                              real dB[k][m])
{
    reference_batched(t, n, k, m, dD, A, B, dA, dB);
    for (int i = 0; i < n; i++)
        for (int l = 0; l < k; l++) {
            real sum = 0;
            for (int s = 0; s < t; s++)
                sum += dA[s][i][l];
            for (int s = 0; s < t; s++)
                dA[s][i][l] = sum;
        }
}

static void batched_first_dD(int t, int n, int k, int m, const real dD[t][n][m],
                             const real A[t][n][k], const real B[k][m], real dA[t][n][k],
                             real dB[k][m])
{
    real dc[m];
    for (int s = 0; s < t; s++)
        reference_linear(n, k, m, dD[0], A[s], B, dA[s], dB, dc);
    real other_dA[t][n][k];
    reference_batched(t, n, k, m, dD, A, B, other_dA, dB);
}

/* dA is not set to zero for the next product. */
static void batched_carried(int t, int n, int k, int m, const real dD[t][n][m],
                            const real A[t][n][k], const real B[k][m], real dA[t][n][k],
                            real dB[k][m])
{
    reference_batched(t, n, k, m, dD, A, B, dA, dB);
    for (int s = 1; s < t; s++)
        for (int i = 0; i < n; i++)
            for (int l = 0; l < k; l++)
                dA[s][i][l] += dA[s - 1][i][l];
}

/* As linear_sums_apart in each product. */
static void batched_rows_apart(int t, int n, int k, int m, const real dD[t][n][m],
                               const real A[t][n][k], const real B[k][m], real dA[t][n][k],
                               real dB[k][m])
{
    real sum_A[t][n][k], sum_B[k][m];
    row_sums(k, m, B, sum_B);
    for (int s = 0; s < t; s++)
        column_sums(n, k, A[s], sum_A[s]);
    reference_batched(t, n, k, m, dD, sum_A, sum_B, dA, dB);
}

static const Mistake batched_mistakes[] = {
    {MISTAKE(batched_last), "dB holds the last product's share only: set it to zero once, before "
                            "the loop over the batch, and add. B is used t times."},
    {TURNED("divided-by-t:A[s][i][l]*dD[s][i][j]"),
     "You divided dB by t. B is used in all t products, and its gradients add up; a mean's 1/t, if "
     "there is one, is inside dD already."},
    {MISTAKE(batched_sums_apart), "You summed A and dD over the batch and multiplied then. Each "
                                  "A[s] has to meet its own dD[s]; the sum comes afterwards."},
    {MISTAKE(batched_dA_shared), "You summed dA over the batch. Only B is shared; each A[s] stands "
                                 "in D[s] alone: dA[s] = dD[s] B^T."},
    {MISTAKE(batched_first_dD),
     "dA is made from dD[0] for every s. Each product has a dD of its own: dA[s] = dD[s] B^T."},
    {MISTAKE(batched_carried), "dA[s] still holds what the products before it have left. Each A[s] "
                               "stands in D[s] alone: begin its sums at zero."},
    {MISTAKE(batched_rows_apart),
     "You multiplied two sums. It is the products that are summed: dD[s][i][j] B[l][j] over j in "
     "dA, A[s][i][l] dD[s][i][j] over s and i in dB."},
    {TURNED("divided-by-n:A[s][i][l]*dD[s][i][j]"),
     "You divided dB by n. B is used in every row, and its gradients add up; a mean's 1/n, if "
     "there is one, is inside dD already."},
    {TURNED("divided-by-t:dD[s][i][j]*B[l][j]"),
     "You divided dA by t. Each A[s] stands in D[s] alone: dA[s] = dD[s] B^T."},
    {0}};

CALL(batched_backward, n[0], n[1], n[2], n[3], a[0], a[1], a[2], a[3], a[4])

static const Exercise exercise_batched_backward = {
    .name = "batched_backward",
    .call = call_batched_backward,
    .sizes = "tnkm",
    .arguments = {{"dD", IN_NORMAL, "tnm", 0},
                  {"A", IN_NORMAL, "tnk", 0},
                  {"B", IN_NORMAL, "km", 0},
                  {"dA", OUT, "tnk", 0},
                  {"dB", OUT, "km", 0}},
    .cases = {{3, 5, 2, 4}, {4, 2, 5, 3}, {2, 3, 4, 1}, {1, 4, 2, 3}},
    .reference = JUDGE((Function)reference_batched),
    .mistakes = JUDGE(batched_mistakes),
};

/* -- 8. two_layers_backward ------------------------------------------------------------------- */

/* H = max(X W1 + b1, 0) with a bias of 1/2, which no gradient needs to know. */
static void prepare_two_layers(int which, const int n[], void *const a[])
{
    (void)which;
    int k = n[1], l = n[2];
    const real(*X)[k] = a[1], (*W1)[l] = a[2];
    real(*H)[l] = a[3];
    for (int i = 0; i < n[0]; i++)
        for (int q = 0; q < l; q++) {
            real y = (real)0.5;
            for (int p = 0; p < k; p++)
                y += X[i][p] * W1[p][q];
            H[i][q] = fmax(y, (real)0);
        }
}

#define TWO_LAYERS                                                                            \
    int n, int k, int l, int m, const real dD[n][m], const real X[n][k], const real W1[k][l], \
        const real H[n][l], const real W2[l][m], real dX[n][k], real dW1[k][l], real db1[l],  \
        real dW2[l][m], real db2[m]
#define TWO_LAYERS_ARGUMENTS n, k, l, m, dD, X, W1, H, W2, dX, dW1, db1, dW2, db2

/* Both layers back, with dY[i][q] = gate(dH[i][q], H[i][q]) between them. */
static void two_layers_with(real gate(real dH, real H), TWO_LAYERS)
{
    real dH[n][l], dY[n][l];
    reference_linear(n, l, m, dD, H, W2, dH, dW2, db2);
    for (int i = 0; i < n; i++)
        for (int q = 0; q < l; q++)
            dY[i][q] = gate(dH[i][q], H[i][q]);
    reference_linear(n, k, l, dY, X, W1, dX, dW1, db1);
}

static real relu_back(real dH, real H)
{
    return H > 0 ? dH : 0;
}

static void reference_two_layers(TWO_LAYERS)
{
    two_layers_with(relu_back, TWO_LAYERS_ARGUMENTS);
}

static real no_gate(real dH, real H)
{
    (void)H;
    return dH;
}

static real relu_of_gradient(real dH, real H)
{
    (void)H;
    return fmax(dH, (real)0);
}

static void two_layers_relu_of_gradient(TWO_LAYERS)
{
    two_layers_with(relu_of_gradient, TWO_LAYERS_ARGUMENTS);
}

static real both_gates(real dH, real H)
{
    return H > 0 ? fmax(dH, (real)0) : 0;
}

static void two_layers_both_gates(TWO_LAYERS)
{
    two_layers_with(both_gates, TWO_LAYERS_ARGUMENTS);
}

static real tanh_back(real dH, real H)
{
    return dH * (1 - H * H);
}

static void two_layers_tanh(TWO_LAYERS)
{
    two_layers_with(tanh_back, TWO_LAYERS_ARGUMENTS);
}

static real sigmoid_back(real dH, real H)
{
    return dH * H * (1 - H);
}

static void two_layers_sigmoid(TWO_LAYERS)
{
    two_layers_with(sigmoid_back, TWO_LAYERS_ARGUMENTS);
}

static real leaky_back(real dH, real H)
{
    return H > 0 ? dH : dH * (real)0.01;
}

static void two_layers_leaky(TWO_LAYERS)
{
    two_layers_with(leaky_back, TWO_LAYERS_ARGUMENTS);
}

static real gate_alone(real dH, real H)
{
    (void)dH;
    return H > 0;
}

static void two_layers_gate_alone(TWO_LAYERS)
{
    two_layers_with(gate_alone, TWO_LAYERS_ARGUMENTS);
}

static void two_layers_dD_gated(TWO_LAYERS)
{
    real dD_gated[n][m], other_dW2[l][m], dH[n][l];
    for (int i = 0; i < n; i++)
        for (int j = 0; j < m; j++)
            dD_gated[i][j] = fmax(dD[i][j], (real)0);
    reference_linear(n, l, m, dD, H, W2, dH, dW2, db2);
    two_layers_with(relu_back, n, k, l, m, dD_gated, X, W1, H, W2, dX, dW1, db1, other_dW2, db2);
}

/* 1 in dW2 wherever H is positive */
static void two_layers_slope_for_h(TWO_LAYERS)
{
    real on[n][l], dH[n][l];
    reference_two_layers(TWO_LAYERS_ARGUMENTS);
    for (int i = 0; i < n; i++)
        for (int q = 0; q < l; q++)
            on[i][q] = H[i][q] > 0;
    reference_linear(n, l, m, dD, on, W2, dH, dW2, db2);
}

/* An array for dH that is not set to zero for the next example. */
static void two_layers_carried(TWO_LAYERS)
{
    real carried[n][m];
    for (int i = 0; i < n; i++)
        for (int j = 0; j < m; j++)
            carried[i][j] = dD[i][j] + (i > 0 ? carried[i - 1][j] : 0);
    reference_two_layers(n, k, l, m, carried, X, W1, H, W2, dX, dW1, db1, dW2, db2);
}

/* An array for dY, the gate closed in it, that is not set to zero for the next example. */
static void two_layers_carried_gated(TWO_LAYERS)
{
    real dH[n][l];
    reference_linear(n, l, m, dD, H, W2, dH, dW2, db2);
    for (int i = 0; i < n; i++)
        for (int q = 0; q < l; q++)
            dH[i][q] = H[i][q] > 0 ? dH[i][q] + (i > 0 ? dH[i - 1][q] : 0) : 0;
    reference_linear(n, k, l, dH, X, W1, dX, dW1, db1);
}

static void two_layers_db1_ungated(TWO_LAYERS)
{
    real gated_db1[l];
    two_layers_with(no_gate, TWO_LAYERS_ARGUMENTS);
    reference_two_layers(n, k, l, m, dD, X, W1, H, W2, dX, dW1, gated_db1, dW2, db2);
}

static void two_layers_mean(TWO_LAYERS)
{
    reference_two_layers(TWO_LAYERS_ARGUMENTS);
    scale(k * l, *dW1, 1 / (real)n);
    scale(l, db1, 1 / (real)n);
    scale(l * m, *dW2, 1 / (real)n);
    scale(m, db2, 1 / (real)n);
}

static void two_layers_last_example(TWO_LAYERS)
{
    real other_dX[n][k];
    reference_two_layers(TWO_LAYERS_ARGUMENTS);
    reference_two_layers(1, k, l, m, dD + n - 1, X + n - 1, W1, H + n - 1, W2, other_dX, dW1, db1,
                         dW2, db2);
}

static const Mistake two_layers_mistakes[] = {
    {TURNED("equal:H[i][q]>0<->="),
     "The relu is missing on the way back. Where H is 0 nothing goes through: dY = dH where H > 0, "
     "and 0 elsewhere, before anything of the first layer is computed."},
    {MISTAKE(two_layers_relu_of_gradient),
     "You applied relu to the gradient. What opens and shuts the gate is H, from the forward pass; "
     "a negative dH goes through as well."},
    {TURNED("times:dD[i][j]*W2[q][j]<-H[i][q]"),
     "You multiplied by H. The slope of relu is 1 where it is on, however large H is."},
    {MISTAKE(two_layers_db1_ungated),
     "db1 is the sum of dH. b1 stands inside the relu: sum dY, that is dH where H > 0."},
    {MISTAKE(two_layers_mean),
     "You divided the gradients of weights and biases by n. They are sums over the examples; if "
     "the loss is a mean, its 1/n is inside dD already."},
    {MISTAKE(two_layers_last_example),
     "Weights and biases hold the last example only: = stands where += belongs, or it is set to "
     "zero inside the loop. They are used for every row, and the shares of all rows add up."},
    {MISTAKE(two_layers_both_gates), "You let only positive gradients through the relu. Where H > "
                                     "0 all of dH goes through, whatever its sign."},
    {MISTAKE(two_layers_tanh),
     "1 - H^2 is the slope of tanh. That of relu is 1 where H > 0, and 0 elsewhere."},
    {MISTAKE(two_layers_sigmoid),
     "H (1 - H) is the slope of the sigmoid. That of relu is 1 where H > 0, and 0 elsewhere."},
    {MISTAKE(two_layers_leaky), "You let a hundredth through where H is 0, as a leaky relu does. "
                                "Here nothing goes through: dY = 0."},
    {MISTAKE(two_layers_gate_alone), "dY is 1 where H > 0, the slope of relu alone. Multiply it by "
                                     "what comes from above, dH = dD W2^T."},
    {MISTAKE(two_layers_dD_gated),
     "You applied relu to dD. The gate stands below the second layer: it acts on dH = dD W2^T, and "
     "H decides where it is open."},
    {MISTAKE(two_layers_slope_for_h), "You took 1 for H in dW2 wherever H > 0. That is the slope "
                                      "of relu; the weights meet its value: dW2 = H^T dD."},
    {MISTAKE(two_layers_carried),
     "dH of an example still holds those of the examples before it: set it to zero for each."},
    {MISTAKE(two_layers_carried_gated),
     "dY of an example still holds those of the examples before it: set it to zero for each."},
    {0}};

CALL(two_layers_backward, n[0], n[1], n[2], n[3], a[0], a[1], a[2], a[3], a[4], a[5], a[6], a[7],
     a[8], a[9])

static const Exercise exercise_two_layers_backward = {
    .name = "two_layers_backward",
    .call = call_two_layers_backward,
    .sizes = "nklm",
    .arguments = {{"dD", IN_NORMAL, "nm", 0},
                  {"X", IN_NORMAL, "nk", 0},
                  {"W1", IN_NORMAL, "kl", 0},
                  {"H", IN_PREPARED, "nl", 0},
                  {"W2", IN_NORMAL, "lm", 0},
                  {"dX", OUT, "nk", 0},
                  {"dW1", OUT, "kl", 0},
                  {"db1", OUT, "l", 0},
                  {"dW2", OUT, "lm", 0},
                  {"db2", OUT, "m", 0}},
    .cases = {{7, 3, 5, 4}, {2, 4, 6, 3}, {6, 5, 4, 1}, {5, 1, 3, 2}},
    .prepare = JUDGE(prepare_two_layers),
    .reference = JUDGE((Function)reference_two_layers),
    .mistakes = JUDGE(two_layers_mistakes),
};

/* -- all, in their order ----------------------------------------------------------------------- */

static const Exercise *const exercises[] = {
    &exercise_linear_backward,  &exercise_outer_backward,      &exercise_at_b_backward,
    &exercise_scores_backward,  &exercise_quadratic_backward,  &exercise_gram_backward,
    &exercise_batched_backward, &exercise_two_layers_backward, NULL};

const Check check = {"06_matmul", exercises};
