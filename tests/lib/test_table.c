/* The table lets no wrong gradient pass, and says which element is wrong. */
#include "workbook/table.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "autograd/autograd.h"
#include "child.h"
#include "workbook/fact.h"

#define HEADING "  gradient         shape    |hand - tape|   |hand - numeric|\n"

/* Values and sums in the tests are exact in either precision. */
static const real good[6] = {1, 2, 3, 4, -8, 0.5};

typedef struct {
    int rows, cols;
    const real *hand, *tape, *numeric;
} Row;

static void print_row(void *context)
{
    Row *row = context;
    GradTable table;
    table_begin(&table);
    table_row(&table, "dW1", row->rows, row->cols, row->hand, row->tape, row->numeric);
    exit(table_end(&table) ? 0 : 9);
}

static void expect(Row row, int status, const char *line, const char *verdict)
{
    char expected[512];
    Child child = child_run(print_row, &row);
    snprintf(expected, sizeof expected, HEADING "%s\n%s\n", line, verdict);
    assert_string_equal(child.out, expected);
    assert_int_equal(child.status, status);
}

static void expect_ok(Row row, const char *line)
{
    expect(row, 0, line, "  1 gradient holds");
}

static void expect_wrong(Row row, const char *line)
{
    expect(row, 9, line, "  1 of 1 gradient does not hold");
}

/* The last column, ok included, where a numeric gradient was given: a float is too short for it. */
#ifdef REAL_IS_FLOAT
#define NUMERIC(shown) "-         ok"
#else
#define NUMERIC(shown) shown
#endif

static void equal_gradients_are_exact(void **state)
{
    (void)state;
    expect_ok((Row){2, 3, good, good, good},
              "  dW1              2x3      exact           " NUMERIC("exact     ok"));
}

static void a_vector_has_one_size(void **state)
{
    (void)state;
    expect_ok((Row){6, 0, good, good, good},
              "  dW1              6        exact           " NUMERIC("exact     ok"));
}

static void a_judge_may_be_missing_and_then_holds(void **state)
{
    (void)state;
    expect_ok((Row){2, 3, good, good, NULL},
              "  dW1              2x3      exact           -         ok");
    expect_ok((Row){2, 3, good, NULL, good},
              "  dW1              2x3      -               " NUMERIC("exact     ok"));
}

/* The difference is shown absolute, and judged relative to the largest element, which is 8. */
static void a_numeric_gradient_holds_up_to_its_tolerance(void **state)
{
    (void)state;
    const double step = ldexp(1, -18); /* 4e-6 in 8, rounding apart */
    const real near[6] = {1, 2, 3, 4, -8, (real)(0.5 + step)};
    expect_ok((Row){2, 3, good, good, near},
              "  dW1              2x3      exact           " NUMERIC("3.8e-06   ok"));
    if (sizeof(real) < sizeof(double))
        skip();
    const real far[6] = {1, 2, 3, 4, -8, (real)(0.5 + 4 * step)};
    expect_wrong((Row){2, 3, good, good, far},
                 "  dW1              2x3      exact           1.5e-05   "
                 "WRONG at [1][2]: hand 0.5, numeric 0.500015");
}

/* A gradient of zero, and the rounding of the loss in its place. */
static void a_numeric_gradient_cannot_judge_below_its_own_noise(void **state)
{
    (void)state;
    const real zero[2] = {0, 0}, noise[2] = {(real)9e-10, 0}, more[2] = {(real)1.1e-9, 0};
    Row row = {2, 0, zero, zero, noise};
    assert_int_equal(child_run(print_row, &row).status, 0);
    row.numeric = more;
    assert_int_equal(child_run(print_row, &row).status, sizeof(real) == sizeof(double) ? 9 : 0);
    row = (Row){2, 0, zero, more, zero};
    assert_int_equal(child_run(print_row, &row).status, sizeof(real) == sizeof(double) ? 9 : 0);
}

static void the_tape_holds_up_to_its_tolerance(void **state)
{
    (void)state;
    const double largest = 8 * TABLE_TAPE_TOLERANCE;
    real near[6], far[6];
    memcpy(near, good, sizeof good);
    memcpy(far, good, sizeof good);
    near[5] += (real)(0.9 * largest);
    far[5] += (real)(1.1 * largest);
    Row row = {2, 3, good, near, NULL};
    assert_int_equal(child_run(print_row, &row).status, 0);
    row.tape = far;
    assert_int_equal(child_run(print_row, &row).status, 9);
}

static void a_wrong_row_names_its_worst_element(void **state)
{
    (void)state;
    const real bad[6] = {1, 2, 3, 4, -8.5, 0.75};
    expect_wrong((Row){2, 3, bad, good, NULL},
                 "  dW1              2x3      5.0e-01         -         "
                 "WRONG at [1][1]: hand -8.5, tape -8");
    expect_wrong((Row){3, 2, bad, good, NULL},
                 "  dW1              3x2      5.0e-01         -         "
                 "WRONG at [2][0]: hand -8.5, tape -8");
    expect_wrong((Row){6, 0, bad, good, NULL},
                 "  dW1              6        5.0e-01         -         "
                 "WRONG at [4]: hand -8.5, tape -8");
}

static void the_judge_that_disagrees_is_the_one_that_is_quoted(void **state)
{
    (void)state;
    const real bad[6] = {1, 2, 3, 4, -8.5, 0.75};
    if (sizeof(real) < sizeof(double))
        skip();
    expect_wrong((Row){2, 3, good, good, bad},
                 "  dW1              2x3      exact           5.0e-01   "
                 "WRONG at [1][1]: hand -8, numeric -8.5");
}

static void nan_is_wrong_wherever_it_stands(void **state)
{
    (void)state;
    real bad[6] = {1, 2, NAN, 4, -8, 0.5};
    Row rows[] = {{2, 3, bad, good, good}, {2, 3, good, bad, good}, {2, 3, good, good, bad},
                  {2, 3, bad, bad, NULL},  {2, 3, bad, bad, bad},   {2, 3, bad, NULL, bad}};
    for (int i = 0; i < 6; i++) {
        bool numeric_alone = rows[i].hand == good && rows[i].numeric == bad;
        if (sizeof(real) < sizeof(double) && (numeric_alone || !rows[i].tape))
            continue; /* nobody there to see it */
        Child child = child_run(print_row, &rows[i]);
        assert_non_null(strstr(child.out, "WRONG at [0][2]: "));
        assert_int_equal(child.status, 9);
    }
}

static void a_gradient_left_at_zero_is_wrong(void **state)
{
    (void)state;
    const real zero[6] = {0};
    Row row = {2, 3, zero, good, good};
    assert_int_equal(child_run(print_row, &row).status, 9);
}

static void a_row_without_any_judge_stops_the_program(void **state)
{
    (void)state;
    Row row = {2, 3, good, NULL, NULL};
    Child child = child_run(print_row, &row);
    assert_int_equal(child.status, 1);
    assert_string_equal(child.err, "table_row: dW1: nothing to compare with\n");
}

/* -- tensors ---------------------------------------------------------------------------------- */

/* loss = sum relu(x)^2 + sum relu(x), off by `error` in one element: a kink at 0 in x[1][0]. */
static void print_tensor(void *error)
{
    real hand[6];
    Tensor *x = ag_variable(ag_shape(3, 3, 1, 2), (real[]){1, -2, 0, 4, 5, 6}), *y = ag_relu(x);
    Tensor *loss = ag_sum(ag_add(ag_mul(y, y), y), AG_ALL, false);
    ag_backward(loss);
    for (int i = 0; i < 6; i++)
        hand[i] = x->data[i] > 0 ? 2 * x->data[i] + 1 : 0;
    hand[3] += *(real *)error;
    GradTable table;
    table_begin(&table);
    table_tensor(&table, "dx", hand, loss, x);
    exit(table_end(&table) ? 0 : 9);
}

static void a_tensor_is_held_against_the_tape_and_nudges(void **state)
{
    (void)state;
    real error = 0;
    Child child = child_run(print_tensor, &error);
    const char *row = strstr(child.out, "\n  dx               3x2      exact           ");
    assert_non_null(row);
    assert_non_null(
        strstr(row, sizeof(real) == sizeof(double) ? "ok, 1 on a kink\n" : "-         ok\n"));
    assert_int_equal(child.status, 0);
    error = (real)0.5;
    child = child_run(print_tensor, &error);
    assert_non_null(strstr(child.out, "WRONG at [1][1]: hand 9.5, tape 9\n"));
    assert_int_equal(child.status, 9);
}

/* y = e^x by hand, off by `error` in a value; its gradient is right. */
static void print_step(void *error)
{
    Tensor *x = ag_variable(ag_shape(1, 2), (real[]){0, 0}), *y = ag_exp(x);
    Tensor *hand = ag_variable(ag_shape(1, 2), (real[]){1, 1 + *(real *)error});
    Tensor *loss = ag_sum(y, AG_ALL, false);
    ag_backward(loss);
    hand->grad = y->grad;
    GradTable table;
    table_begin(&table);
    table_step(&table, "dy", hand, loss, y);
    exit(table_end(&table) && fact_failures() == 0 ? 0 : 9);
}

static void a_step_is_held_by_its_values_too(void **state)
{
    (void)state;
    real error = 0;
    Child child = child_run(print_step, &error);
    assert_non_null(strstr(child.out, "\n  dy               2        exact"));
    assert_int_equal(child.status, 0);
    error = (real)0.5;
    child = child_run(print_step, &error);
    assert_non_null(strstr(child.out, "WRONG: y: element 1 is 1.5, expected 1\n"));
    assert_non_null(strstr(child.out, "1 gradient holds"));
    assert_int_equal(child.status, 9);
}

/* The tape's own gradient is wrong here: only a nudge can see it. */
static void print_wrong_tape(void *context)
{
    (void)context;
    Tensor *x = ag_variable(ag_shape(1, 2), (real[]){1, 2}), *loss = ag_sum(ag_exp(x), 0, false);
    ag_backward(loss);
    x->grad[1] = 5;
    GradTable table;
    table_begin(&table);
    table_tensor(&table, "dx", x->grad, loss, x);
    exit(table_end(&table) ? 0 : 9);
}

static void a_mistake_of_the_tape_is_found_by_the_nudge(void **state)
{
    (void)state;
    if (sizeof(real) < sizeof(double))
        skip();
    Child child = child_run(print_wrong_tape, NULL);
    assert_non_null(strstr(child.out, "WRONG at [1]: hand 5, numeric 7.38906\n"));
    assert_int_equal(child.status, 9);
}

/* Prints this many rows, the first 'wrong' of them wrong. */
static void print_many(void *context)
{
    int rows = ((int *)context)[0], wrong = ((int *)context)[1];
    const real bad[6] = {0};
    GradTable table;
    table_begin(&table);
    for (int i = 0; i < rows; i++)
        table_row(&table, "dlogit_maxes_raw", 2, 3, i < wrong ? bad : good, good, NULL);
    exit(table_end(&table) ? 0 : 9);
}

static void long_names_keep_a_space_behind_them(void **state)
{
    (void)state;
    int sizes[2] = {1, 0};
    assert_non_null(strstr(child_run(print_many, sizes).out, "  dlogit_maxes_raw 2x3      exact"));
}

static void expect_verdict(int rows, int wrong, int status, const char *verdict)
{
    int sizes[2] = {rows, wrong};
    Child child = child_run(print_many, sizes);
    const char *last = child.out + strlen(child.out) - strlen(verdict);
    assert_true(last > child.out);
    assert_string_equal(last, verdict);
    assert_int_equal(child.status, status);
}

static void the_verdict_counts_what_does_not_hold(void **state)
{
    (void)state;
    expect_verdict(26, 0, 0, "\n  26 gradients hold\n");
    expect_verdict(26, 1, 9, "\n  1 of 26 gradients does not hold\n");
    expect_verdict(26, 2, 9, "\n  2 of 26 gradients do not hold\n");
    expect_verdict(2, 2, 9, "\n  2 of 2 gradients do not hold\n");
}

static void an_empty_table_does_not_hold(void **state)
{
    (void)state;
    expect_verdict(0, 0, 9, "|\n  no gradient was checked\n");
}

static void color_is_for_terminals(void **state)
{
    (void)state;
    Row row = {2, 3, good, good, NULL};
    unsetenv("NO_COLOR");
    assert_non_null(strstr(child_run_on_terminal(80, print_row, &row).out, "\033[32mok\033[0m"));
    assert_null(strchr(child_run(print_row, &row).out, '\033'));
    row.hand = (const real[6]){0};
    assert_non_null(strstr(child_run_on_terminal(80, print_row, &row).out, "\033[31mWRONG\033[0m"));
}

static void no_color_is_obeyed(void **state)
{
    (void)state;
    Row row = {2, 3, good, good, NULL};
    setenv("NO_COLOR", "1", 1);
    Child child = child_run_on_terminal(80, print_row, &row);
    unsetenv("NO_COLOR");
    assert_non_null(strstr(child.out, "ok"));
    assert_null(strchr(child.out, '\033'));
}

static void the_gradient_of_a_loss_is_the_one_it_was_made_for(void **state)
{
    (void)state;
    Rng rng;
    const real dy[6] = {1, -2, 3, 0, 0.5, 4};
    rng_seed(&rng, 1);
    Tensor *x = table_variable(&rng, ag_shape(2, 2, 3)), *y = ag_mul(ag_scalar(2), x);
    ag_backward(table_loss(y, dy));
    for (int i = 0; i < 6; i++) {
        assert_true(x->data[i] != 0 && x->data[i] != x->data[(i + 1) % 6]);
        assert_true(x->grad[i] == 2 * dy[i]);
    }
    ag_reset();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(equal_gradients_are_exact),
        cmocka_unit_test(a_vector_has_one_size),
        cmocka_unit_test(a_judge_may_be_missing_and_then_holds),
        cmocka_unit_test(a_numeric_gradient_holds_up_to_its_tolerance),
        cmocka_unit_test(a_numeric_gradient_cannot_judge_below_its_own_noise),
        cmocka_unit_test(the_tape_holds_up_to_its_tolerance),
        cmocka_unit_test(a_wrong_row_names_its_worst_element),
        cmocka_unit_test(the_judge_that_disagrees_is_the_one_that_is_quoted),
        cmocka_unit_test(nan_is_wrong_wherever_it_stands),
        cmocka_unit_test(a_gradient_left_at_zero_is_wrong),
        cmocka_unit_test(a_row_without_any_judge_stops_the_program),
        cmocka_unit_test(a_tensor_is_held_against_the_tape_and_nudges),
        cmocka_unit_test(a_step_is_held_by_its_values_too),
        cmocka_unit_test(a_mistake_of_the_tape_is_found_by_the_nudge),
        cmocka_unit_test(long_names_keep_a_space_behind_them),
        cmocka_unit_test(the_verdict_counts_what_does_not_hold),
        cmocka_unit_test(an_empty_table_does_not_hold),
        cmocka_unit_test(color_is_for_terminals),
        cmocka_unit_test(no_color_is_obeyed),
        cmocka_unit_test(the_gradient_of_a_loss_is_the_one_it_was_made_for),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
