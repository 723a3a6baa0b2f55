/* 08_batchnorm.c: batch normalisation, step by step and back.
 *
 * The steps and the gradient of each stand in 08_batchnorm_steps.h, the usual mistakes in them in
 * 08_batchnorm_mistakes.h, eval mode and the norms of rows in 08_other_norms.h. This program works
 * the small examples of the lesson, holds every gradient and the fused form of them all against the
 * tape and a numeric gradient, shows the two laws that dhprebn obeys and what Bessel's correction
 * changes, and draws what batch norm does to a gradient. */
#include "08_batchnorm_mistakes.h"
#include "08_batchnorm_steps.h"
#include "08_other_norms.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "autograd/autograd.h"
#include "error.h"
#include "kernel/random.h"
#include "nn/init.h"
#include "workbook/fact.h"
#include "workbook/options.h"
#include "workbook/plot.h"
#include "workbook/print.h"
#include "workbook/runlog.h"
#include "workbook/table.h"

#define EPS 1e-5

/* -- the small example ------------------------------------------------------------------------ */

static void print_values(const Steps *s)
{
    print_row("hprebn", 5, s->hprebn->data);
    print_row("bnmean", 1, s->bnmean->data);
    print_row("bndiff", 5, s->bndiff->data);
    print_row("bndiff2", 5, s->bndiff2->data);
    print_row("bnvar", 1, s->bnvar->data);
    print_row("bnvar_inv", 1, s->bnvar_inv->data);
    print_row("bnraw", 5, s->bnraw->data);
    print_row("bngain", 1, s->bngain->data);
    print_row("bnbias", 1, s->bnbias->data);
    print_row("hpreact", 5, s->hpreact->data);
}

static void print_gradients(const Steps *s)
{
    print_row("dhpreact", 5, s->hpreact->grad);
    print_row("dbnbias", 1, s->bnbias->grad);
    print_row("dbngain", 1, s->bngain->grad);
    print_row("dbnraw", 5, s->bnraw->grad);
    print_row("dbnvar_inv", 1, s->bnvar_inv->grad);
    print_row("dbnvar", 1, s->bnvar->grad);
    print_row("dbndiff2", 5, s->bndiff2->grad);
    print_row("dbndiff", 5, s->bndiff->grad);
    print_row("dbnmean", 1, s->bnmean->grad);
    print_row("dhprebn", 5, s->hprebn->grad);
}

/* The same with 1/n in place of 1/(n-1), by the library: all larger by sqrt(n/(n-1)). */
static void without_bessel(const Steps *s)
{
    Tensor *hprebn = ag_variable(s->hprebn->shape, s->hprebn->data);
    Tensor *bngain = ag_detach(s->bngain), *bnbias = ag_detach(s->bnbias);
    Tensor *hpreact = ag_batch_norm(hprebn, bngain, bnbias, 0, AG_BIASED, NULL);
    real larger[5], factor = sqrt((real)5 / 4);
    const real *dhprebn = ag_grad(s->hprebn);
    ag_backward_from(hpreact, s->hpreact->grad);
    for (int i = 0; i < 5; i++)
        larger[i] = factor * dhprebn[i];
    printf("Without Bessel's correction, by ag_batch_norm:\n");
    print_row("hpreact", 5, hpreact->data);
    print_row("dhprebn", 5, hprebn->grad);
    printf("That dhprebn is sqrt(5/4) = %.4f times the one with it.\n", (double)factor);
    fact_that("dhprebn is larger by sqrt(5/4)",
              compare(5, larger, hprebn->grad).relative < 16 * (double)REAL_EPSILON);
    printf("\n");
}

/* One column of five numbers, with no eps: everything can be done in the head. */
static void small_example(void)
{
    const real hprebn[5] = {7, 2, 3, 3, 5}, dhpreact[5] = {2, -1, 0, 2, 2};
    const real expected[5] = {-0.5, -1, -0.5, 1.5, 0.5};
    Steps s = steps_new(5, 1);
    memcpy(ag_data(s.hprebn), hprebn, sizeof hprebn);
    memcpy(ag_grad(s.hpreact), dhpreact, sizeof dhpreact);
    s.bngain->data[0] = 2;
    s.bnbias->data[0] = 1;
    forward(5, 1, 0, &s);
    backward(5, 1, &s);
    printf("One column, five rows. Forwards:\n");
    print_values(&s);
    printf("Backwards:\n");
    print_gradients(&s);
    fact_that("dhprebn is (-0.5, -1, -0.5, 1.5, 0.5)", compare(5, s.hprebn->grad, expected).exact);
    without_bessel(&s);
    print_mistakes(&s);
    printf("\n");
    eval_mode(&s);
}

/* -- the judges ------------------------------------------------------------------------------- */

/* sum of dhpreact * hpreact, whose gradient with respect to hpreact is dhpreact */
static Tensor *loss_of(Tensor *hpreact, const Steps *s)
{
    return ag_sum(ag_mul(hpreact, ag_tensor(hpreact->shape, s->hpreact->grad)), AG_ALL, false);
}

/* The same steps on the tape. Returns the loss. */
static Tensor *run_tape(int n, const Steps *s, Steps *t)
{
    t->hprebn = ag_variable(s->hprebn->shape, s->hprebn->data);
    t->bngain = ag_variable(s->bngain->shape, s->bngain->data);
    t->bnbias = ag_variable(s->bnbias->shape, s->bnbias->data);
    t->bnmean = ag_mean(t->hprebn, 0, false);
    t->bndiff = ag_sub(t->hprebn, t->bnmean);
    t->bndiff2 = ag_pow(t->bndiff, 2);
    t->bnvar = ag_div(ag_sum(t->bndiff2, 0, false), ag_scalar((real)(n - 1)));
    t->bnvar_inv = ag_pow(ag_add(t->bnvar, ag_scalar(EPS)), -0.5);
    t->bnraw = ag_mul(t->bndiff, t->bnvar_inv);
    t->hpreact = ag_add(ag_mul(t->bngain, t->bnraw), t->bnbias);
    return loss_of(t->hpreact, s);
}

static bool check_gradients(int n, int k, const Steps *s)
{
    Steps t;
    GradTable table;
    Tensor *loss = run_tape(n, s, &t);
    ag_backward(loss);
    table_begin(&table);
    fact_same("hpreact", s->hpreact->size, s->hpreact->data, t.hpreact->data);
    table_step(&table, "dbnbias", s->bnbias, loss, t.bnbias);
    table_step(&table, "dbngain", s->bngain, loss, t.bngain);
    table_step(&table, "dbnraw", s->bnraw, loss, t.bnraw);
    table_step(&table, "dbnvar_inv", s->bnvar_inv, loss, t.bnvar_inv);
    table_step(&table, "dbnvar", s->bnvar, loss, t.bnvar);
    table_step(&table, "dbndiff2", s->bndiff2, loss, t.bndiff2);
    table_step(&table, "dbndiff", s->bndiff, loss, t.bndiff);
    table_step(&table, "dbnmean", s->bnmean, loss, t.bnmean);
    table_step(&table, "dhprebn", s->hprebn, loss, t.hprebn);

    Tensor *hprebn = ag_variable(s->hprebn->shape, s->hprebn->data);
    Tensor *bngain = ag_detach(s->bngain), *bnbias = ag_detach(s->bnbias);
    Tensor *at_once = loss_of(ag_batch_norm(hprebn, bngain, bnbias, EPS, AG_BESSEL, NULL), s);
    real fused[n][k];
    ag_backward(at_once);
    batch_norm_backward_from_sums(n, k, ag_grad(s->hpreact), ag_data(s->bnraw), ag_data(s->bngain),
                                  ag_data(s->bnvar_inv), ag_grad(s->bngain), ag_grad(s->bnbias),
                                  fused);
    table_tensor(&table, "dhprebn fused", *fused, at_once, hprebn);
    return table_end(&table);
}

/* Along each column dhprebn sums to zero, for a shift of hprebn is taken off again; and times bnraw
 * it would, for a stretch is divided out again, but for eps. */
static void check_laws(int n, int k, const Steps *s)
{
    const real *bngain = ag_data(s->bngain), *bnvar_inv = ag_data(s->bnvar_inv);
    const real *dbngain = ag_grad(s->bngain);
    const real(*dhprebn)[k] = ag_grad(s->hprebn), (*bnraw)[k] = ag_data(s->bnraw);
    real sums[k], products[k], of_eps[k];
    for (int j = 0; j < k; j++) {
        sums[j] = column_sum(n, k, j, dhprebn);
        products[j] = 0;
        for (int i = 0; i < n; i++)
            products[j] += dhprebn[i][j] * bnraw[i][j];
        of_eps[j] = (real)EPS * bngain[j] * bnvar_inv[j] * bnvar_inv[j] * bnvar_inv[j] * dbngain[j];
    }
    const real *zeros = ag_data(ag_zeros(ag_shape(1, k)));
    double sum = compare(k, sums, zeros).max_error;
    double product = compare(k, products, zeros).max_error;
    double beside = compare(k, products, of_eps).max_error;
    printf("\nAlong each column of dhprebn:\n");
    printf("  the sum is zero: at most %.1e\n", sum);
    fact_that("the sum is zero", sum < 1000 * (double)REAL_EPSILON);
    printf("  the sum times bnraw is nearly zero: at most %.1e\n", product);
    printf("  and that is eps bngain bnvar_inv^3 dbngain: at most %.1e beside it\n", beside);
    fact_that("the sum times bnraw is what eps leaves", beside < 1000 * (double)REAL_EPSILON);
}

/* A gradient that came through bnraw alone beside the one through all paths. What comes from above,
 * dhpreact, draws each hpreact towards a target of its own. */
static bool draw(const Options *options, Rng *rng)
{
    enum { N = 32 };
    Steps s = steps_new(N, 1);
    RunLog log;
    const real *bnraw = ag_data(s.bnraw), *hpreact = ag_data(s.hpreact);
    real *dhpreact = ag_grad(s.hpreact);
    const real *dhprebn = ag_grad(s.hprebn);
    s.bngain->data[0] = 1;
    init_normal(rng, 1, N, ag_data(s.hprebn));
    forward(N, 1, EPS, &s);
    for (int i = 0; i < N; i++)
        dhpreact[i] = hpreact[i] - 1 - (real)rng_normal(rng) / 2;
    backward(N, 1, &s);
    real bnvar_inv = s.bnvar_inv->data[0], mean = s.bnbias->grad[0] / N;
    real slope = s.bngain->grad[0] / (N - 1);
    if (!runlog_open(&log, options->out, "paths", "bnraw,direct,line,all"))
        return false;
    for (int i = 0; i < N; i++)
        runlog_row(&log,
                   (double[]){(double)bnraw[i], (double)(bnvar_inv * dhpreact[i]),
                              (double)(bnvar_inv * (mean + slope * bnraw[i])), (double)dhprebn[i]});
    return runlog_close(&log) && plot_draw_file(options, "paths", "chapters/08_paths.gp");
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
    Steps s = steps_new(N, K);
    init_normal(&rng, 2, N * K, ag_data(s.hprebn));
    init_uniform(&rng, 0.5, 1.5, K, ag_data(s.bngain));
    init_normal(&rng, 1, K, ag_data(s.bnbias));
    init_normal(&rng, 1, N * K, ag_grad(s.hpreact));

    small_example();
    row_norms();
    printf("\n");
    forward(N, K, EPS, &s);
    backward(N, K, &s);
    bool hold = check_gradients(N, K, &s);
    check_laws(N, K, &s);
    printf("\n");
    bool drawn = draw(&options, &rng);
    ag_reset();
    if (!drawn)
        return error_report(options.chapter);
    return hold && fact_failures() == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
