/* 02_tape.c: how reverse mode works, by building it.
 *
 * A tape of single numbers, beside the library's tape of tensors. The program prints the tape of a
 * small expression, evaluates a larger one on both tapes, draws them, shows what becomes of a
 * backward pass that calls itself recursively, and holds the gradients of broadcasting, of summing
 * and of the scalar tape against the library and numeric gradients. */
#include <stdio.h>
#include <stdlib.h>

#include "autograd/autograd.h"
#include "error.h"
#include "nn/init.h"
#include "workbook/fact.h"
#include "workbook/options.h"
#include "workbook/plot.h"
#include "workbook/print.h"
#include "workbook/progress.h"
#include "workbook/safefile.h"
#include "workbook/table.h"

/* -- the scalar tape -------------------------------------------------------------------------- */

/* One number and how it was made. Node 0 is nobody: the parent that a node does not have. */
typedef struct {
    real value, grad;
    real slope[2];  /* dvalue/dparent, known as soon as the value is */
    int parent[2];  /* older than the node itself: a smaller index */
    const char *op; /* for readers of the tape; the backward pass does not need it */
} Node;

typedef int Scalar; /* a place on the tape */

static Node *tape; /* tape_room nodes, the first tape_length of them in use */
static int tape_length = 1, tape_room;

static Scalar s_node(const char *op, real value, Scalar a, real slope_a, Scalar b, real slope_b)
{
    if (tape_length >= tape_room) {
        tape_room = tape_room ? 2 * tape_room : 256;
        tape = realloc(tape, (size_t)tape_room * sizeof *tape);
        if (!tape)
            error_stop("scalar tape: out of memory for %d nodes", tape_room);
    }
    tape[tape_length] = (Node){value, 0, {slope_a, slope_b}, {a, b}, op};
    return tape_length++;
}

static real s_value(Scalar x)
{
    return tape[x].value;
}

static Scalar s_leaf(const char *name, real value)
{
    return s_node(name, value, 0, 0, 0, 0);
}

/* y = a + b:   dy/da = 1,   dy/db = 1 */
static Scalar s_add(Scalar a, Scalar b)
{
    return s_node("+", s_value(a) + s_value(b), a, 1, b, 1);
}

/* y = a b:   dy/da = b,   dy/db = a */
static Scalar s_mul(Scalar a, Scalar b)
{
    return s_node("*", s_value(a) * s_value(b), a, s_value(b), b, s_value(a));
}

/* y = x^p:   dy/dx = p x^(p-1); 0 if p = 0 */
static Scalar s_pow(Scalar x, real p)
{
    return s_node("pow", pow(s_value(x), p), x, p == 0 ? 0 : p * pow(s_value(x), p - 1), 0, 0);
}

/* y = tanh x:   dy/dx = 1 - y^2 */
static Scalar s_tanh(Scalar x)
{
    real y = tanh(s_value(x));
    return s_node("tanh", y, x, 1 - y * y, 0, 0);
}

/* y = max(x, 0):   dy/dx = 1 where x > 0, else 0 */
static Scalar s_relu(Scalar x)
{
    bool on = s_value(x) > 0;
    return s_node("relu", on ? s_value(x) : 0, x, on, 0, 0);
}

/* y = e^x:   dy/dx = y */
static Scalar s_exp(Scalar x)
{
    real y = exp(s_value(x));
    return s_node("exp", y, x, y, 0, 0);
}

/* grad = dloss/dvalue for every node, from the youngest to the oldest: when a node's turn comes,
 * whatever used it has had its turn, so its gradient is complete and can be passed on. */
static void s_backward(Scalar loss)
{
    for (int i = 0; i <= loss; i++)
        tape[i].grad = 0;
    tape[loss].grad = 1;
    for (int i = loss; i > 0; i--)
        for (int k = 0; k < 2; k++)
            tape[tape[i].parent[k]].grad += tape[i].slope[k] * tape[i].grad;
}

/* Forgets all nodes. The memory is kept for the next ones. */
static void s_reset(void)
{
    tape_length = 1;
}

/* -- reading a tape --------------------------------------------------------------------------- */

static void print_tape(const char *title)
{
    printf("%s\n  node  op         value  gradient  from (slope)\n", title);
    for (int i = 1; i < tape_length; i++) {
        const Node *node = &tape[i];
        printf("  %4d  %-5s %10.4f %9.4f", i, node->op, (double)node->value, (double)node->grad);
        for (int k = 0; k < 2 && node->parent[k]; k++) {
            printf("  %d (%.4g)", node->parent[k], (double)node->slope[k]);
            fact_that("a parent is older than its child", node->parent[k] < i);
        }
        printf("\n");
    }
}

/* An arrow runs from each node to what was made of it, with the slope that it is worth. */
static bool draw_tape(const Options *options, const char *name)
{
    SafeFile file;
    char dot[64];
    snprintf(dot, sizeof dot, "%s.dot", name);
    if (!safefile_open(&file, options->out, dot))
        return false;
    fprintf(file.stream, "digraph tape {\n    rankdir=LR\n"
                         "    graph [fontname=sans]\n    node [shape=record fontname=sans]\n"
                         "    edge [fontname=sans]\n");
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

/* -- two expressions -------------------------------------------------------------------------- */

/* L = (a + a b)^2: a is used twice. */
static void small_example(void)
{
    s_reset();
    Scalar a = s_leaf("a", 2), b = s_leaf("b", 3);
    Scalar L = s_pow(s_add(a, s_mul(a, b)), 2);
    s_backward(L);
    print_tape("The tape of L = (a + a b)^2, a = 2, b = 3:");
    fact_that("L = 64, da = 64, db = 32",
              s_value(L) == 64 && tape[a].grad == 64 && tape[b].grad == 32);
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
static Scalar scalar_expression(Scalar a, Scalar b)
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

static Tensor *tensor_expression(Tensor *a, Tensor *b)
{
    Tensor *c = ag_add(a, b), *d = ag_add(ag_mul(a, b), ag_pow(b, 3));
    c = ag_add(c, ag_add(c, ag_scalar(1)));
    c = ag_add(c, ag_sub(ag_add(ag_scalar(1), c), a));
    d = ag_add(d, ag_add(ag_mul(ag_scalar(2), d), ag_relu(ag_add(b, a))));
    d = ag_add(d, ag_add(ag_mul(ag_scalar(3), d), ag_relu(ag_sub(b, a))));
    Tensor *e = ag_sub(c, d), *f = ag_pow(e, 2);
    return ag_add(ag_mul(ag_scalar(0.5), f), ag_mul(ag_scalar(10), ag_pow(f, -1)));
}

static void large_example(void)
{
    const real expected[3] = {24.7041, 138.8338, 645.5773};
    s_reset();
    Scalar a = s_leaf("a", -4), b = s_leaf("b", 2), g = scalar_expression(a, b);
    s_backward(g);
    print_tape("\nThe tape of the large expression, a = -4, b = 2:");
    Tensor *A = ag_variable(ag_shape(0), (const real[]){-4});
    Tensor *B = ag_variable(ag_shape(0), (const real[]){2}), *G = tensor_expression(A, B);
    ag_backward(G);
    printf("\n                                  g    dg/da     dg/db\n");
    fact_row("scalar tape", 4, 3, (real[]){s_value(g), tape[a].grad, tape[b].grad}, expected);
    fact_row("library's tape", 4, 3, (real[]){ag_item(G), *A->grad, *B->grad}, expected);
    ag_reset();
}

/* -- what goes wrong without an order --------------------------------------------------------- */

/* n doublings, x = x + x, of the leaf that is node 1; the derivative is 2^n. */
static Scalar doublings(int n)
{
    s_reset();
    Scalar x = s_leaf("x", 1);
    for (int i = 0; i < n; i++)
        x = s_add(x, x);
    tape[x].grad = 1;
    return x;
}

/* Sends what has newly arrived on at once: right, but every path is walked by itself. */
static long push_paths(Scalar x, real arrived)
{
    long visits = 1;
    for (int k = 0; k < 2 && tape[x].parent[k]; k++) {
        real share = tape[x].slope[k] * arrived;
        tape[tape[x].parent[k]].grad += share;
        visits += push_paths(tape[x].parent[k], share);
    }
    return visits;
}

/* Sends on the sum of what has arrived so far: wrong, for it goes again when more arrives. */
static void push_sums(Scalar x)
{
    for (int k = 0; k < 2 && tape[x].parent[k]; k++) {
        tape[tape[x].parent[k]].grad += tape[x].slope[k] * tape[x].grad;
        push_sums(tape[x].parent[k]);
    }
}

static void compare_orders(void)
{
    printf("\nBackward through n doublings x = x + x, visits and gradient:\n");
    printf("     n   along the tape     every path at once     sums so far\n");
    for (int i = 0; i < 6; i++) {
        int n = (const int[]){1, 2, 3, 4, 10, 20}[i];
        Scalar x = doublings(n);
        s_backward(x);
        real right = tape[1].grad;
        long visits = push_paths(doublings(n), 1);
        real paths = tape[1].grad;
        push_sums(doublings(n));
        printf("  %4d  %4d %10.0f     %8ld %10.0f  %14.6g\n", n, x, (double)right, visits,
               (double)paths, (double)tape[1].grad);
        fact_that("2^n, by 2^(n+1) - 1 visits",
                  right == ldexp(1, n) && paths == right && visits == (2L << n) - 1);
    }
}

/* -- broadcasting and summing ----------------------------------------------------------------- */

/* Y_ij = X_ij + b_j:   db_j = sum_i dY_ij */
static void bias_backward(int n, int k, const real dY[n][k], real db[k])
{
    for (int j = 0; j < k; j++) {
        db[j] = 0;
        for (int i = 0; i < n; i++)
            db[j] += dY[i][j];
    }
}

/* s_j = sum_i X_ij:   dX_ij = ds_j */
static void column_sum_backward(int n, int k, const real ds[k], real dX[n][k])
{
    for (int i = 0; i < n; i++)
        for (int j = 0; j < k; j++)
            dX[i][j] = ds[j];
}

static void broadcast_example(void)
{
    const real dY[2][3] = {{1, 0, 2}, {3, 5, 0}}, ds[3] = {1, 2, 3};
    real db[3], dX[2][3];
    bias_backward(2, 3, dY, db);
    column_sum_backward(2, 3, ds, dX);
    printf("\nY = X + b, b repeated over the rows, so db sums over them:\n");
    print_matrix("dY", 2, 3, *dY, 4);
    print_matrix("db", 1, 3, db, 4);
    printf("s = the column sums of X, so ds is repeated over the rows:\n");
    print_matrix("ds", 1, 3, ds, 4);
    print_matrix("dX", 2, 3, *dX, 4);
}

/* -- the judges ------------------------------------------------------------------------------- */

enum { N = 5, K = 7 };

/* All reals, so that it is filled as one array. */
typedef struct {
    real X[N][K], b[K], dY[N][K], ds[K];
    real u[K], v[K];
} Inputs;

/* On the scalar tape, every op of it: sum_i tanh(u_i v_i) + relu(u_i) e^v_i + (u_i + v_i)^3. The
 * leaves u and v are nodes 1 .. 2K. */
static Scalar six_ops(const Inputs *in)
{
    s_reset();
    for (int i = 0; i < K; i++)
        s_leaf("u", in->u[i]);
    for (int i = 0; i < K; i++)
        s_leaf("v", in->v[i]);
    Scalar sum = s_leaf("const", 0);
    for (Scalar u = 1, v = 1 + K; u <= K; u++, v++) {
        sum = s_add(sum, s_tanh(s_mul(u, v)));
        sum = s_add(sum, s_mul(s_relu(u), s_exp(v)));
        sum = s_add(sum, s_pow(s_add(u, v), 3));
    }
    return sum;
}

/* loss = six ops  +  sum of dY * (X + b)  +  sum of ds * (column sums of X):   X is used twice */
static double loss(void *inputs)
{
    const Inputs *in = inputs;
    double sum = (double)s_value(six_ops(in));
    for (int i = 0; i < N; i++)
        for (int j = 0; j < K; j++)
            sum += (double)(in->dY[i][j] * (in->X[i][j] + in->b[j]) + in->ds[j] * in->X[i][j]);
    return sum;
}

/* The same on the library's tape. */
static void tensor_loss_backward(const Inputs *in, Tensor *X, Tensor *b, Tensor *u, Tensor *v)
{
    Tensor *y = ag_add(ag_tanh(ag_mul(u, v)), ag_mul(ag_relu(u), ag_exp(v)));
    ag_backward(ag_sum(ag_add(y, ag_pow(ag_add(u, v), 3)), AG_ALL, false));
    ag_backward_from(ag_add(X, b), *in->dY);
    ag_backward_from(ag_sum(X, 0, false), in->ds);
}

/* One row of the table: dx by hand against the tape's, x->grad, and a numeric gradient. */
static void judge(GradTable *table, const char *name, Inputs *inputs, real *values, const real *dx,
                  const Tensor *x)
{
    real numeric[N * K];
    int columns = x->shape.ndim == 2 ? x->shape.dim[1] : 0;
    numeric_gradient(loss, inputs, x->size, values, numeric);
    table_row(table, name, x->shape.dim[0], columns, dx, x->grad,
              sizeof(real) == sizeof(double) ? numeric : NULL);
}

static bool check_gradients(uint64_t seed)
{
    Rng rng;
    Inputs in;
    real db[K], dX[N][K], duv[2 * K];
    rng_seed(&rng, seed);
    init_normal(&rng, 1, sizeof in / sizeof(real), (real *)&in);
    bias_backward(N, K, in.dY, db);
    column_sum_backward(N, K, in.ds, dX);
    for (int i = 0; i < N; i++)
        for (int j = 0; j < K; j++)
            dX[i][j] += in.dY[i][j];
    s_backward(six_ops(&in));
    for (int i = 0; i < 2 * K; i++)
        duv[i] = tape[1 + i].grad;
    Tensor *X = ag_variable(ag_shape(2, N, K), *in.X), *b = ag_variable(ag_shape(1, K), in.b);
    Tensor *u = ag_variable(ag_shape(1, K), in.u), *v = ag_variable(ag_shape(1, K), in.v);
    tensor_loss_backward(&in, X, b, u, v);

    GradTable table;
    printf("\n");
    table_begin(&table);
    judge(&table, "db", &in, in.b, db, b);
    judge(&table, "dX, used twice", &in, *in.X, *dX, X);
    judge(&table, "du, six ops", &in, in.u, duv, u);
    judge(&table, "dv, six ops", &in, in.v, duv + K, v);
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
        s_reset();
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
    small_example();
    bool drawn = draw_tape(&options, "small");
    large_example();
    drawn = draw_tape(&options, "large") && drawn;
    compare_orders();
    broadcast_example();
    bool hold = check_gradients(options.seed);
    if (!options.quick)
        time_tape();
    if (!drawn)
        return error_report(options.chapter);
    return hold && fact_failures() == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
