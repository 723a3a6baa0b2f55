/* 01_gradients.c: four ways to one gradient.
 *
 * L = sum_i (3 a_i^3 - b_i^2) is differentiated by hand, by finite differences, by the complex step
 * and by the tape. The program works the small example of the lesson, holds the four against each
 * other, follows one step of gradient descent, asks for slopes in whole directions
 * (01_directions.h), shows that gradients add up until they are cleared, tells what the usual
 * mistakes give (01_mistakes.h), and draws how far off the differences are for every step size. */
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>

#include "01_directions.h"
#include "01_four_ways.h"
#include "01_mistakes.h"
#include "autograd/autograd.h"
#include "error.h"
#include "nn/init.h"
#include "workbook/fact.h"
#include "workbook/options.h"
#include "workbook/plot.h"
#include "workbook/runlog.h"
#include "workbook/table.h"

/* -- the small example ------------------------------------------------------------------------ */

static void check_by_hand(void)
{
    real da[2], db[2];
    printf("L = sum of 3 a_i^3 - b_i^2 at a = (2, 3), b = (6, 4), by hand:\n");
    loss_backward(2, a0, b0, da, db);
    fact("L", 4, (double)loss(2, a0, b0), 53);
    fact_row("da = 9 a^2", 4, 2, da, (const real[]){36, 81});
    fact_row("db = -2 b", 4, 2, db, (const real[]){-12, -8});
}

/* Steps so large that paper is enough: all three miss da_0 = 36 by what Taylor's series says. */
static void check_large_steps(void)
{
    real x[4] = {a0[0], a0[1], b0[0], b0[1]}, forward[4], central[4], stepped[4];
    printf("\nda_0 = 36, nudged:\n  h           forward    central    complex\n");
    for (int i = 0; i < 3; i++) {
        real h = pow(0.1, i), rounding = 200 * REAL_EPSILON / h;
        loss_forward_difference(2, h, x, forward);
        loss_central_difference(2, h, x, central);
        loss_complex_step(2, h, x, stepped);
        printf("  %-8g %10.4f %10.4f %10.4f\n", (double)h, (double)forward[0], (double)central[0],
               (double)stepped[0]);
        fact_that("36 + 18 h + 3 h^2", fabs(forward[0] - (36 + 18 * h + 3 * h * h)) < rounding);
        fact_that("36 + 3 h^2", fabs(central[0] - (36 + 3 * h * h)) < rounding);
        fact_that("36 - 3 h^2", fabs(stepped[0] - (36 - 3 * h * h)) < rounding);
    }
}

/* What the gradient predicts for a step against it, -lr |g|^2, and what L does. db_sign -1: with db
 * of the wrong sign, which is as long as the right one. */
static void check_first_order(const char *name, real lr, real db_sign, double expected_prediction,
                              double expected_change)
{
    real da[2], db[2], a[2], b[2], prediction = 0;
    loss_backward(2, a0, b0, da, db);
    for (int i = 0; i < 2; i++) {
        a[i] = a0[i] - lr * da[i];
        b[i] = b0[i] - lr * db_sign * db[i];
        prediction -= lr * (da[i] * da[i] + db[i] * db[i]);
    }
    printf("\nA step against the gradient%s, lr %g:\n", name, (double)lr);
    fact("L should change by", 4, (double)prediction, expected_prediction);
    fact("L changes by", 4, (double)(loss(2, a, b) - loss(2, a0, b0)), expected_change);
}

/* -- on the tape: accumulation and a refusal -------------------------------------------------- */

/* One backward pass, and what a and b then hold as their gradients. */
static void check_pass(Tensor *a, Tensor *b, double L_is, const real da[2], const real db[2])
{
    Tensor *L = tape_loss(a, b);
    ag_backward(L);
    fact("L", 4, (double)ag_item(L), L_is);
    fact_row("a->grad", 4, 2, a->grad, da);
    fact_row("b->grad", 4, 2, b->grad, db);
}

/* Backward, a step, backward twice more: gradients add up until they are cleared. */
static void check_accumulation(void)
{
    Tensor *a = ag_variable(ag_shape(1, 2), a0), *b = ag_variable(ag_shape(1, 2), b0);
    printf("\nThe tape; before its first pass a->grad is %s. Then:\n", a->grad ? "there" : "NULL");
    fact_that("no gradient yet", !a->grad && !b->grad);
    check_pass(a, b, 53, (real[]){36, 81}, (real[]){-12, -8});

    for (int i = 0; i < 2; i++) {
        a->data[i] -= 0.005 * a->grad[i];
        b->data[i] -= 0.005 * b->grad[i];
    }
    printf("After one step, lr 0.005:\n");
    fact_row("a", 4, 2, a->data, (const real[]){1.8200, 2.5950});
    fact_row("b", 4, 2, b->data, (const real[]){6.0600, 4.0400});
    printf("A second pass on top of the first:\n");
    check_pass(a, b, 17.4649, (real[]){65.8116, 141.6062}, (real[]){-24.1200, -16.0800});
    ag_zero_grad(2, (Tensor *[]){a, b});
    printf("The same after ag_zero_grad():\n");
    check_pass(a, b, 17.4649, (real[]){29.8116, 60.6062}, (real[]){-12.1200, -8.0800});
    ag_reset();
}

static jmp_buf after_refusal;

static void show_refusal(const char *message)
{
    printf("  %s\n", message);
    longjmp(after_refusal, 1);
}

/* A backward pass that must be refused; the message is printed instead of ending the program. */
static void check_refusal(void)
{
    Shape pair = ag_shape(1, 2);
    printf("\nA backward pass from constants:\n");
    ErrorHandler *before = error_set_handler(show_refusal);
    if (setjmp(after_refusal) == 0) {
        ag_backward(tape_loss(ag_tensor(pair, a0), ag_tensor(pair, b0)));
        fact_that("it is refused", false);
    }
    error_set_handler(before);
    ag_reset();
}

/* -- the judges ------------------------------------------------------------------------------- */

enum { N = 5 };

/* In float a difference is good to two or three digits and no judge, so the table leaves its last
 * column empty. The complex step is a judge in any precision: fact_same() asks it. */
static bool check_gradients(real x[2 * N])
{
    real dx[2 * N], central[2 * N], stepped[2 * N], *da = dx, *db = dx + N;
    real by_hand = loss(N, x, x + N);
    loss_backward(N, x, x + N, da, db);
    loss_central_difference(N, cbrt(REAL_EPSILON), x, central);
    loss_complex_step(N, 1e-30, x, stepped);
    Tensor *a = ag_variable(ag_shape(1, N), x), *b = ag_variable(ag_shape(1, N), x + N);
    Tensor *L = tape_loss(a, b);
    ag_backward(L);
    fact_same("L", 1, &by_hand, L->data);
    fact_same("complex step", 2 * N, stepped, dx);

    GradTable table;
    printf("\nRandom a and b; numeric is the central difference, then the complex step:\n");
    table_begin(&table);
    table_row(&table, "da", N, 0, da, a->grad, central);
    table_row(&table, "db", N, 0, db, b->grad, central + N);
    table_row(&table, "da, complex", N, 0, da, a->grad, stepped);
    table_row(&table, "db, complex", N, 0, db, b->grad, stepped + N);
    ag_reset();
    return table_end(&table);
}

/* -- the error against the step size ---------------------------------------------------------- */

static double error_of(Method *method, double h, real x[2 * N])
{
    real dx[2 * N], exact[2 * N];
    loss_backward(N, x, x + N, exact, exact + N);
    method(N, h, x, dx);
    return compare(2 * N, dx, exact).relative;
}

static void study_step_size(real x[2 * N])
{
    printf("\nRelative error of the gradient, in %s:\n", REAL_NAME);
    printf("  h           forward    central    complex\n");
    for (double h = 0.1; h > 0.5e-16; h /= 1000)
        printf("  %-8.0e %10.0e %10.0e %10.0e\n", h, error_of(loss_forward_difference, h, x),
               error_of(loss_central_difference, h, x), error_of(loss_complex_step, h, x));
    double best = sqrt((double)REAL_EPSILON); /* for the forward difference: half of the digits */
    fact_that("half of the digits", error_of(loss_forward_difference, best, x) < 100 * best);
}

/* An error of zero has no logarithm: it is drawn at the lower edge. */
static bool draw_errors(const Options *options, real x[2 * N])
{
    static const char header[] = "h,forward difference,central difference,complex step";
    RunLog log;
    if (!runlog_open(&log, options->out, "errors", header))
        return false;
    for (int k = 0; k <= 64; k++) {
        double h = pow(10.0, -k / 4.0);
        runlog_row(&log, (const double[]){h, fmax(error_of(loss_forward_difference, h, x), 1e-17),
                                          fmax(error_of(loss_central_difference, h, x), 1e-17),
                                          fmax(error_of(loss_complex_step, h, x), 1e-17)});
    }
    return runlog_close(&log) && plot_draw_file(options, "errors", "chapters/01_errors.gp");
}

int main(int argc, char **argv)
{
    Options options = {.chapter = "01_gradients", .about = "four ways to one gradient", .seed = 42};
    options_parse(&options, argc, argv);
    check_by_hand();
    check_large_steps();
    check_first_order("", 0.005, 1, -40.3250, -35.5351);
    check_first_order("", 0.0005, 1, -4.0325, -3.9827);
    check_first_order(", but b by -db", 0.0005, -1, -4.0325, -3.7747);
    check_directions();
    check_accumulation();
    check_refusal();

    Rng rng;
    real x[2 * N];
    rng_seed(&rng, options.seed);
    init_normal(&rng, 2, 2 * N, x);
    bool hold = check_gradients(x);
    study_step_size(x);
    study_random_directions(&rng, 2 * N);
    check_mistakes();
    if (!options.quick)
        time_ways(&rng);
    if (!draw_errors(&options, x))
        return error_report(options.chapter);
    return hold && fact_failures() == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
