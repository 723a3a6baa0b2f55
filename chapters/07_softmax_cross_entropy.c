/* 07_softmax_cross_entropy.c: softmax and cross entropy, step by step and back.
 *
 * The steps and the gradient of each stand in 07_softmax_steps.h, the usual mistakes in them in
 * 07_softmax_mistakes.h. This program works the small example of the lesson, says what the
 * logarithm and the maxima are for, holds every gradient and the fused form of them all against the
 * tape and a numeric gradient, and draws dlogits. */
#include "07_softmax_mistakes.h"
#include "07_softmax_steps.h"

#include <stdio.h>
#include <stdlib.h>

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

/* -- the small example ------------------------------------------------------------------------ */

/* The sign of a NaN differs from machine to machine, too. */
static void print_rounded(const char *name, int rows, int cols, const real *x)
{
    real rounded[rows * cols];
    for (int i = 0; i < rows * cols; i++)
        rounded[i] = isnan(x[i]) ? (real)NAN : without_rounding(x[i]);
    print_matrix(name, rows, cols, rounded, 4);
}

static bool same(int n, const real *a, const real *b)
{
    return compare(n, a, b).max_error < 8 * (double)REAL_EPSILON;
}

static void print_values(const Steps *s)
{
    print_rounded("logits", 2, 3, s->logits->data);
    print_rounded("logit_maxes", 2, 1, s->logit_maxes->data);
    print_rounded("norm_logits", 2, 3, s->norm_logits->data);
    print_rounded("counts", 2, 3, s->counts->data);
    print_rounded("counts_sum", 2, 1, s->counts_sum->data);
    print_rounded("counts_sum_inv", 2, 1, s->counts_sum_inv->data);
    print_rounded("probs", 2, 3, s->probs->data);
    print_rounded("logprobs", 2, 3, s->logprobs->data);
}

static void print_gradients(const Steps *s)
{
    print_rounded("dlogprobs", 2, 3, s->logprobs->grad);
    print_rounded("dprobs", 2, 3, s->probs->grad);
    print_rounded("dcounts_sum_inv", 2, 1, s->counts_sum_inv->grad);
    print_rounded("dcounts_sum", 2, 1, s->counts_sum->grad);
    print_rounded("dcounts", 2, 3, s->counts->grad);
    print_rounded("dnorm_logits", 2, 3, s->norm_logits->grad);
    print_rounded("dlogit_maxes", 2, 1, s->logit_maxes->grad);
    print_rounded("dlogits", 2, 3, s->logits->grad);
}

/* The loss the other way round: of the product of the probabilities of what came. */
static void print_likelihood(double loss, const Steps *s)
{
    const real(*probs)[3] = ag_data(s->probs);
    double likelihood = (double)(probs[0][1] * probs[1][0]);
    fact("likelihood", 4, likelihood, 0.125);
    fact("-ln likelihood / 2", 4, -log(likelihood) / 2, 1.0397);
    fact_that("which is the loss", fabs(loss + log(likelihood) / 2) < 8 * (double)REAL_EPSILON);
}

/* Probabilities of 1/8, 2/8, 5/8 and 4/8, 3/8, 1/8. */
static void small_example(void)
{
    const real logits[2][3] = {{0, log((real)2), log((real)5)}, {log((real)4), log((real)3), 0}};
    const real expected[2][3] = {{0.0625, -0.375, 0.3125}, {-0.25, 0.1875, 0.0625}};
    const int y[2] = {1, 0};
    real fused[2][3];
    Steps s = steps_new(2, 3, logits);
    double loss = (double)forward(2, 3, y, &s);
    backward(2, 3, y, &s);
    cross_entropy_backward_from_probs(2, 3, ag_data(s.probs), y, fused);

    printf("Two rows of logits, y = (1, 0). Forwards:\n");
    print_values(&s);
    printf("  %12s = %.4f\n", "loss", loss);
    print_likelihood(loss, &s);
    printf("Backwards:\n");
    print_gradients(&s);
    printf("The loss is 1.5 ln 2, and (probs - onehot(y)) / 2 is dlogits too.\n");
    fact_that("the loss is 1.5 ln 2", fabs(loss - 1.5 * log(2.0)) < 8 * (double)REAL_EPSILON);
    fact_that("dlogits in sixteenths: (1, -6, 5) and (-4, 3, 1)",
              same(6, s.logits->grad, *expected));
    fact_that("(probs - onehot(y)) / 2 is dlogits", same(6, *fused, *expected));
    printf("\n");
    print_mistakes(y, &s);
    printf("\n");
}

/* Class 1 comes three times in four. What that costs on average, if p is said of it: the logarithm
 * is cheapest where p is true, the straight line where p is 1. */
static void two_penalties(void)
{
    const double said[] = {0.5, 0.75, 0.9, 0.99};
    const real expected[][2] = {{0.6931, 0.5}, {0.5623, 0.375}, {0.6547, 0.3}, {1.1588, 0.255}};
    printf("Class 1 comes three times in four. The mean cost of saying p of it:\n");
    printf("  %-26s %9s %9s\n", "p", "logarithm", "line");
    for (int i = 0; i < 4; i++) {
        char p[8];
        snprintf(p, sizeof p, "%.2f", said[i]);
        fact_row(p, 4, 2,
                 (real[]){-(real)(0.75 * log(said[i]) + 0.25 * log(1 - said[i])),
                          (real)(0.75 * (1 - said[i]) + 0.25 * said[i])},
                 expected[i]);
    }
    printf("\n");
}

/* Two classes, the first logit fixed at 0: chapter 5 with z = ln 3 and the answer yes. */
static void two_classes(void)
{
    const real logits[1][2] = {{0, log((real)3)}};
    const int y[1] = {1};
    Steps s = steps_new(1, 2, logits);
    double loss = (double)forward(1, 2, y, &s);
    backward(1, 2, y, &s);
    printf("Two classes, logits (0, ln 3), y = 1:\n");
    print_rounded("probs", 1, 2, s.probs->data);
    fact("loss", 4, loss, 0.2877);
    print_rounded("dlogits", 1, 2, s.logits->grad);
    fact_that("dlogits is (1/4, -1/4)", same(2, s.logits->grad, (const real[]){0.25, -0.25}));
    printf("\n");
}

/* What the maxima are for, and what they are no help against. */
static void extreme_logits(void)
{
    const real large[1][3] = {{1000, 1001, 1002}}, apart[1][3] = {{0, 0, 1000}};
    const int y[1] = {0};
    real counts[3], probs[3], dlogits[1][3];
    Steps s = steps_new(1, 3, large), t = steps_new(1, 3, apart);
    printf("\nLogits (1000, 1001, 1002). With the maxima:\n");
    fact_that("their loss is finite", isfinite(forward(1, 3, y, &s)));
    print_rounded("probs", 1, 3, s.probs->data);
    printf("Without them, logit_maxes = 0:\n");
    for (int j = 0; j < 3; j++)
        counts[j] = exp(large[0][j]);
    for (int j = 0; j < 3; j++)
        probs[j] = counts[j] / vector_sum(3, counts);
    print_rounded("counts", 1, 3, counts);
    print_rounded("probs", 1, 3, probs);
    fact_that("infinity over infinity is not a number", isnan(probs[0]));

    double loss = (double)forward(1, 3, y, &t);
    backward(1, 3, y, &t);
    printf("Logits (0, 0, 1000), y = 0. Step by step, with the maxima, the loss is %g:\n", loss);
    print_rounded("dlogits", 1, 3, t.logits->grad);
    fact_that("the steps lose the gradient", isinf(loss) && isnan(t.logits->grad[0]));
    cross_entropy_backward_from_probs(1, 3, ag_data(t.probs), y, dlogits);
    printf("Fused, the loss is %g:\n", (double)ag_item(ag_cross_entropy(t.logits, y, AG_MEAN)));
    print_rounded("dlogits", 1, 3, *dlogits);
    fact_that("the fused form keeps it", same(3, *dlogits, (const real[]){-1, 0, 1}));
}

/* -- the judges ------------------------------------------------------------------------------- */

/* The same steps on the tape. A row's one number is a column there, which broadcasts along it. */
static Tensor *run_tape(int n, const int y[n], const Tensor *logits, Steps *t)
{
    Shape column = ag_shape(2, n, 1);
    t->logits = ag_variable(logits->shape, logits->data);
    t->logit_maxes = ag_max(t->logits, 1, false);
    t->norm_logits = ag_sub(t->logits, ag_reshape(t->logit_maxes, column));
    t->counts = ag_exp(t->norm_logits);
    t->counts_sum = ag_sum(t->counts, 1, false);
    t->counts_sum_inv = ag_pow(t->counts_sum, -1);
    t->probs = ag_mul(t->counts, ag_reshape(t->counts_sum_inv, column));
    t->logprobs = ag_log(t->probs);
    return ag_neg(ag_mean(ag_gather(t->logprobs, y), AG_ALL, false));
}

static bool check_gradients(int n, int c, const int y[n], const Steps *s)
{
    Steps t;
    GradTable table;
    Tensor *loss = run_tape(n, y, s->logits, &t);
    ag_backward(loss);
    table_begin(&table);
    table_step(&table, "dlogprobs", s->logprobs, loss, t.logprobs);
    table_step(&table, "dprobs", s->probs, loss, t.probs);
    table_step(&table, "dcounts_sum_inv", s->counts_sum_inv, loss, t.counts_sum_inv);
    table_step(&table, "dcounts_sum", s->counts_sum, loss, t.counts_sum);
    table_step(&table, "dcounts", s->counts, loss, t.counts);
    table_step(&table, "dnorm_logits", s->norm_logits, loss, t.norm_logits);
    table_step(&table, "dlogit_maxes", s->logit_maxes, loss, t.logit_maxes);
    table_step(&table, "dlogits", s->logits, loss, t.logits);

    Tensor *logits = ag_variable(ag_shape(2, n, c), s->logits->data);
    Tensor *at_once = ag_cross_entropy(logits, y, AG_MEAN);
    real fused[n][c];
    ag_backward(at_once);
    cross_entropy_backward_from_probs(n, c, ag_data(s->probs), y, fused);
    table_tensor(&table, "dlogits fused", *fused, at_once, logits);
    return table_end(&table);
}

/* Prints the largest of n numbers, which should all be 0. */
static void zero(const char *words, int n, const real *x)
{
    double worst = compare(n, x, ag_data(ag_zeros(ag_shape(1, n)))).max_error;
    printf("  %s: at most %.1e\n", words, worst);
    fact_that(words, worst < 8 * (double)REAL_EPSILON);
}

/* Adding the same number to a whole row of logits changes nothing: dlogits sums to zero along each
 * row, and logit_maxes, which is such a number, has no gradient but what rounding leaves. */
static void check_zeros(int n, int c, const Steps *s)
{
    const real(*dlogits)[c] = ag_grad(s->logits);
    real sums[n];
    for (int i = 0; i < n; i++)
        sums[i] = vector_sum(c, dlogits[i]);
    printf("\nZero up to rounding:\n");
    zero("each row of dlogits, summed", n, sums);
    zero("dlogit_maxes", n, ag_grad(s->logit_maxes));
}

static bool draw(const Options *options, int n, int c, const real dlogits[n][c])
{
    RunLog log;
    if (!runlog_open(&log, options->out, "dlogits", "row,class,dlogits"))
        return false;
    for (int i = 0; i < n; i++)
        for (int j = 0; j < c; j++)
            runlog_row(&log, (double[]){i, j, (double)dlogits[i][j]});
    return runlog_close(&log) && plot_draw_file(options, "dlogits", "chapters/07_dlogits.gp");
}

int main(int argc, char **argv)
{
    enum { N = 32, C = 27 };
    Options options = {.chapter = "07_softmax_cross_entropy",
                       .about = "softmax and cross entropy, step by step and back",
                       .seed = 42};
    Rng rng;
    real logits[N][C];
    int y[N];
    options_parse(&options, argc, argv);
    rng_seed(&rng, options.seed);
    init_uniform(&rng, -1, 1, N * C, *logits);
    for (int i = 0; i < N; i++)
        y[i] = rng_below(&rng, C);

    small_example();
    two_penalties();
    two_classes();
    Steps s = steps_new(N, C, logits);
    forward(N, C, y, &s);
    backward(N, C, y, &s);
    bool hold = check_gradients(N, C, y, &s);
    check_zeros(N, C, &s);
    extreme_logits();
    printf("\n");
    bool drawn = draw(&options, N, C, ag_grad(s.logits));
    ag_reset();
    if (!drawn)
        return error_report(options.chapter);
    return hold && fact_failures() == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
