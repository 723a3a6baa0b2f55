/* 02_tape.c: how reverse mode works, by building it.
 *
 * A tape of single numbers (02_tape.h), beside the library's of tensors. The program prints and
 * draws the tapes of a small expression and of a larger one, shows what becomes of a backward pass
 * that calls itself recursively, and holds the gradients of broadcasting, of summing and of the
 * scalar tape against the library and numeric gradients. */
#include <stdio.h>
#include <stdlib.h>

#include "02_tape.h"
#include "autograd/autograd.h"
#include "error.h"
#include "nn/init.h"
#include "workbook/fact.h"
#include "workbook/options.h"
#include "workbook/plot.h"
#include "workbook/progress.h"
#include "workbook/safefile.h"
#include "workbook/table.h"

/* -- two expressions -------------------------------------------------------------------------- */

typedef Scalar Expression(Scalar a, Scalar b);

/* On a new tape. a is node 1 and b node 2. */
static Scalar evaluate(Expression *expression, real a, real b)
{
    tape_length = 1;
    s_leaf("a", a);
    s_leaf("b", b);
    return expression(1, 2);
}

/* L = (a + a b)^2: a is used twice. */
static Scalar small_expression(Scalar a, Scalar b)
{
    return s_pow(s_add(a, s_mul(a, b)), 2);
}

static Scalar s_scale(real k, Scalar x)
{
    return s_mul(s_leaf("const", k), x);
}

static Scalar s_sub(Scalar a, Scalar b)
{
    return s_add(a, s_scale(-1, b));
}

/* One new node in each argument list at most: C leaves open which argument comes first. */
static Scalar large_expression(Scalar a, Scalar b)
{
    Scalar one = s_leaf("const", 1), c = s_add(a, b), d = s_mul(a, b);
    d = s_add(d, s_pow(b, 3));
    c = s_add(c, s_add(c, one));
    c = s_add(c, s_sub(s_add(one, c), a));
    d = s_add(d, s_scale(2, d));
    d = s_add(d, s_relu(s_add(b, a)));
    d = s_add(d, s_scale(3, d));
    d = s_add(d, s_relu(s_sub(b, a)));
    Scalar e = s_sub(c, d), f = s_pow(e, 2), g = s_scale(0.5, f);
    return s_add(g, s_scale(10, s_pow(f, -1)));
}

/* -- reading a tape --------------------------------------------------------------------------- */

/* An arrow runs from each node to what was made of it, with the slope that it is worth. */
static bool draw_tape(const Options *options, const char *name)
{
    SafeFile file;
    char dot[64];
    snprintf(dot, sizeof dot, "%s.dot", name);
    if (!safefile_open(&file, options->out, dot))
        return false;
    fprintf(file.stream, "digraph tape {\n    rankdir=LR\n"
                         "    node [shape=record fontname=sans]\n    edge [fontname=sans]\n");
    for (int i = 1; i < tape_length; i++) {
        fprintf(file.stream, "    n%d [label=\"%d: %s | %.4f | grad %.4f\"]\n", i, i, tape[i].op,
                (double)tape[i].value, (double)tape[i].grad);
        for (int k = 0; k < 2 && tape[i].parent[k]; k++)
            fprintf(file.stream, "    n%d -> n%d [label=\"%.4g\"]\n", tape[i].parent[k], i,
                    (double)tape[i].slope[k]);
    }
    fprintf(file.stream, "}\n");
    return safefile_commit(&file) && plot_graph(options, name);
}

/* Evaluates an expression, goes back, and shows the tape. */
static bool example(const Options *options, const char *name, Expression *expression, real a,
                    real b, const real expected[3])
{
    Scalar y = evaluate(expression, a, b);
    s_backward(y);
    printf("The tape of the %s expression, a = %g, b = %g:\n", name, (double)a, (double)b);
    printf("  node  op         value  gradient  from (slope)\n");
    for (int i = 1; i < tape_length; i++) {
        const Node *node = &tape[i];
        printf("  %4d  %-5s %10.4f %9.4f", i, node->op, (double)node->value, (double)node->grad);
        for (int k = 0; k < 2 && node->parent[k]; k++)
            printf("  %d (%.4g)", node->parent[k], (double)node->slope[k]);
        printf("\n");
    }
    fact_row("y, dy/da, dy/db", 4, 3, (real[]){tape[y].value, tape[1].grad, tape[2].grad},
             expected);
    return draw_tape(options, name);
}

/* -- what goes wrong without an order --------------------------------------------------------- */

/* n doublings, x = x + x, of the leaf that is node 1; the derivative is 2^n. The last node, which
 * is returned, has its gradient 1, for push(). */
static Scalar doublings(int n)
{
    tape_length = 1;
    Scalar x = s_leaf("x", 1);
    for (int i = 0; i < n; i++)
        x = s_add(x, x);
    tape[x].grad = 1;
    return x;
}

/* Each node calls its parents. To send on what has newly arrived is right, but walks every path by
 * itself; to send on the sum so far is wrong, for it goes again when more arrives. */
static long push(Scalar x, bool sums, real arrived)
{
    long visits = 1;
    for (int k = 0; k < 2 && tape[x].parent[k]; k++) {
        real share = tape[x].slope[k] * (sums ? tape[x].grad : arrived);
        tape[tape[x].parent[k]].grad += share;
        visits += push(tape[x].parent[k], sums, share);
    }
    return visits;
}

static void compare_orders(void)
{
    printf("\nBackward through n doublings x = x + x, visits and gradient:\n");
    printf("     n   along the tape     every path at once     sums so far\n");
    for (int n = 1; n <= 16; n *= 2) {
        Scalar x = doublings(n);
        s_backward(x);
        real right = tape[1].grad;
        long visits = push(doublings(n), false, 1);
        real paths = tape[1].grad;
        push(doublings(n), true, 1);
        printf("  %4d  %4d %10.0f     %8ld %10.0f  %14.6g\n", n, x, (double)right, visits,
               (double)paths, (double)tape[1].grad);
        fact_that("2^n", right == ldexp(1, n) && paths == right && visits == (2L << n) - 1);
        fact_that("sums so far are too much", n == 1 || tape[1].grad > right);
    }
}

/* -- broadcasting and summing ----------------------------------------------------------------- */

/* Y_ij = X_ij + b_j */
static void bias_forward(int n, int k, const real X[n][k], const real b[k], real Y[n][k])
{
    for (int i = 0; i < n; i++)
        for (int j = 0; j < k; j++)
            Y[i][j] = X[i][j] + b[j];
}

/* Y_ij = X_ij + b_j:   db_j = sum_i dY_ij */
static void bias_backward(int n, int k, const real dY[n][k], real db[k])
{
    for (int j = 0; j < k; j++) {
        db[j] = 0;
        for (int i = 0; i < n; i++)
            db[j] += dY[i][j];
    }
}

/* s_j = sum_i X_ij */
static void column_sum_forward(int n, int k, const real X[n][k], real s[k])
{
    for (int j = 0; j < k; j++) {
        s[j] = 0;
        for (int i = 0; i < n; i++)
            s[j] += X[i][j];
    }
}

/* s_j = sum_i X_ij:   dX_ij = ds_j */
static void column_sum_backward(int n, int k, const real ds[k], real dX[n][k])
{
    for (int i = 0; i < n; i++)
        for (int j = 0; j < k; j++)
            dX[i][j] = ds[j];
}

/* -- the judges ------------------------------------------------------------------------------- */

enum { N = 5, K = 7 };

/* All reals, so that it can be drawn as one array. */
typedef struct {
    real X[N][K], b[K], dY[N][K], ds[K];
    real u, v;
} Inputs;

/* tanh(a b) + relu(a) + e^b + (a + b)^3 */
static Scalar six_ops(Scalar a, Scalar b)
{
    Scalar y = s_tanh(s_mul(a, b));
    y = s_add(y, s_relu(a));
    y = s_add(y, s_exp(b));
    return s_add(y, s_pow(s_add(a, b), 3));
}

/* The same of tensors. */
static Tensor *tensor_six_ops(Tensor *a, Tensor *b)
{
    Tensor *y = ag_add(ag_add(ag_tanh(ag_mul(a, b)), ag_relu(a)), ag_exp(b));
    return ag_add(y, ag_pow(ag_add(a, b), 3));
}

/* A loss whose gradient with respect to x is dx. */
static Tensor *loss_from(Tensor *x, const real *dx)
{
    return ag_sum(ag_mul(x, ag_tensor(x->shape, dx)), AG_ALL, false);
}

static bool check_gradients(const Inputs *in)
{
    real Y[N][K], db[K], s[K], dX[N][K];
    bias_forward(N, K, in->X, in->b, Y);
    bias_backward(N, K, in->dY, db);
    column_sum_forward(N, K, in->X, s);
    column_sum_backward(N, K, in->ds, dX);
    Scalar y = evaluate(six_ops, in->u, in->v);
    s_backward(y);

    Tensor *X = ag_variable(ag_shape(2, N, K), *in->X), *b = ag_variable(ag_shape(1, K), in->b);
    Tensor *u = ag_variable(ag_shape(0), &in->u), *v = ag_variable(ag_shape(0), &in->v);
    /* Detached, X gets its gradient through the sums alone. */
    Tensor *rows = ag_add(ag_detach(X), b), *sums = ag_sum(X, 0, false);
    Tensor *six = tensor_six_ops(u, v);
    Tensor *loss = ag_add(six, ag_add(loss_from(rows, *in->dY), loss_from(sums, in->ds)));
    ag_backward(loss);
    fact_same("Y = X + b", N * K, *Y, rows->data);
    fact_same("column sums of X", K, s, sums->data);
    fact_same("six ops", 1, &tape[y].value, six->data);

    GradTable table;
    printf("\n");
    table_begin(&table);
    table_tensor(&table, "db", db, loss, b);
    table_tensor(&table, "dX", *dX, loss, X);
    table_tensor(&table, "du, six ops", &tape[1].grad, loss, u);
    table_tensor(&table, "dv, six ops", &tape[2].grad, loss, v);
    ag_reset();
    return table_end(&table);
}

/* -- how fast --------------------------------------------------------------------------------- */

/* The fastest of ten rounds; the first has to ask the system for memory, the others have it. */
static void time_tape(void)
{
    enum { NODES = 1000000 };
    double best = INFINITY;
    for (int round = 0; round < 10; round++) {
        double start = seconds_now();
        tape_length = 1;
        Scalar w = s_leaf("w", 0.5), b = s_leaf("b", 1), x = s_leaf("x", 3);
        while (tape_length <= NODES)
            x = s_relu(s_add(s_mul(x, w), b));
        s_backward(x);
        best = fmin(best, seconds_now() - start);
    }
    printf("\nscalar tape: %.1f ns a node, forward and backward\n", 1e9 * best / NODES);
}

int main(int argc, char **argv)
{
    Options options = {.chapter = "02_tape", .about = "reverse mode, by building it", .seed = 42};
    options_parse(&options, argc, argv);
    const real small[3] = {64, 64, 32}, large[3] = {24.7041, 138.8338, 645.5773};
    bool drawn = example(&options, "small", small_expression, 2, 3, small);
    printf("\n");
    drawn = example(&options, "large", large_expression, -4, 2, large) && drawn;
    compare_orders();

    Rng rng;
    Inputs inputs;
    rng_seed(&rng, options.seed);
    init_normal(&rng, 1, sizeof inputs / sizeof(real), (real *)&inputs);
    bool hold = check_gradients(&inputs);
    if (!options.quick)
        time_tape();
    if (!drawn)
        return error_report(options.chapter);
    return hold && fact_failures() == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
