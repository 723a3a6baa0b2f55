/* 02_tape.c: how reverse mode works, by building it.
 *
 * A tape of single numbers (02_tape.h), beside the library's of tensors. The program prints and
 * draws the tapes of a small expression and of a larger one, shows what becomes of other ways back
 * (02_mistakes.h), what the right one costs in time and memory (02_cost.h), and holds the gradients
 * of broadcasting, of summing and of the scalar tape against the library and numeric gradients. */
#include <stdio.h>
#include <stdlib.h>

#include "02_cost.h"
#include "02_expressions.h"
#include "02_mistakes.h"
#include "02_tape.h"
#include "autograd/autograd.h"
#include "error.h"
#include "nn/init.h"
#include "safefile.h"
#include "workbook/fact.h"
#include "workbook/options.h"
#include "workbook/plot.h"
#include "workbook/table.h"

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

int main(int argc, char **argv)
{
    Options options = {.chapter = "02_tape", .about = "reverse mode, by building it", .seed = 42};
    options_parse(&options, argc, argv);
    const real small[3] = {64, 64, 32}, large[3] = {24.7041, 138.8338, 645.5773};
    bool drawn = example(&options, "small", small_expression, 2, 3, small);
    printf("\n");
    drawn = example(&options, "large", large_expression, -4, 2, large) && drawn;
    compare_orders();
    check_ways();
    check_checkpoints();

    Rng rng;
    Inputs inputs;
    rng_seed(&rng, options.seed);
    init_normal(&rng, 1, sizeof inputs / sizeof(real), (real *)&inputs);
    bool hold = check_gradients(&inputs);
    if (!options.quick)
        time_tape(&rng);
    if (!drawn)
        return error_report(options.chapter);
    return hold && fact_failures() == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
