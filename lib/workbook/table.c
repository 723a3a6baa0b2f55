#include "workbook/table.h"

#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "autograd/compare.h"
#include "autograd/numeric.h"
#include "autograd/ops.h"
#include "autograd/tape.h"
#include "error.h"
#include "nn/init.h"
#include "workbook/fact.h"
#include "workbook/terminal.h"

/* A numeric gradient is the difference of two nearly equal numbers: of a float nothing is left. */
static const bool can_judge = sizeof(real) >= sizeof(double);

/* One of the two that a gradient is held against. */
typedef struct {
    const char *name;
    const real *values;      /* NULL if there are none */
    double tolerance, noise; /* relative; and the absolute difference that says nothing */
    Comparison found;
    bool holds;
} Judge;

static void judge(Judge *j, int n, const real *hand)
{
    j->holds = true;
    if (!j->values)
        return;
    j->found = compare(n, hand, j->values);
    j->holds = j->found.relative <= j->tolerance || j->found.max_error <= j->noise;
}

static void print_difference(const Judge *j, int width)
{
    char text[32] = "-";
    if (j->values)
        snprintf(text, sizeof text, j->found.exact ? "exact" : "%.1e", j->found.max_error);
    printf("%-*s", width, text);
}

static void print_shape(int rows, int cols)
{
    char text[32];
    snprintf(text, sizeof text, cols > 0 ? "%dx%d" : "%d", rows, cols);
    printf("%-9s", text);
}

static void print_word(const char *word, const char *color)
{
    if (terminal_has_color(stdout))
        printf("\033[%sm%s\033[0m", color, word);
    else
        printf("%s", word);
}

static void print_worst(const Judge *j, int cols, const real *hand)
{
    int i = j->found.worst;
    if (cols > 0)
        printf(" at [%d][%d]", i / cols, i % cols);
    else
        printf(" at [%d]", i);
    printf(": hand %.6g, %s %.6g", (double)hand[i], j->name, (double)j->values[i]);
}

void table_begin(GradTable *table)
{
    NOT_NULL(table);
    *table = (GradTable){0};
    printf("  %-17s%-9s%-16s%s\n", "gradient", "shape", "|hand - tape|", "|hand - numeric|");
}

/* Prints a row, and what it could not judge. */
static void print_gradient(GradTable *table, const char *name, int rows, int cols, const real *hand,
                           const real *tape, const real *numeric, int kinks)
{
    Judge by_tape = {.name = "tape", .values = tape, .tolerance = TABLE_TAPE_TOLERANCE};
    Judge by_numeric = {.name = "numeric",
                        .values = numeric,
                        .tolerance = TABLE_NUMERIC_TOLERANCE,
                        .noise = TABLE_NUMERIC_NOISE};
    int n = cols > 0 ? rows * cols : rows;
    judge(&by_tape, n, hand);
    judge(&by_numeric, n, hand);

    printf("  %-16s ", name);
    print_shape(rows, cols);
    print_difference(&by_tape, 16);
    print_difference(&by_numeric, 10);
    table->rows++;
    if (by_tape.holds && by_numeric.holds) {
        print_word("ok", "32");
        if (kinks > 0)
            printf(", %d on a kink", kinks);
    } else {
        table->failed++;
        print_word("WRONG", "31");
        print_worst(by_tape.holds ? &by_numeric : &by_tape, cols, hand);
    }
    printf("\n");
}

void table_row(GradTable *table, const char *name, int rows, int cols, const real *hand,
               const real *tape, const real *numeric)
{
    NOT_NULL(table, name, hand);
    if (!tape && !numeric)
        error_stop("table_row: %s: nothing to compare with", name);
    if (rows < 1 || cols < 0 || rows > INT_MAX / (cols > 0 ? cols : 1))
        error_stop("table_row: %s: %d x %d elements", name, rows, cols);
    print_gradient(table, name, rows, cols, hand, tape, can_judge ? numeric : NULL, 0);
}

/* The numeric gradient on the strip, with what the tape says in the place of a kink; NULL in float.
 * A NaN that is none stays. */
static real *numeric_of(Tensor *loss, Tensor *x, int *kinks)
{
    if (!can_judge)
        return NULL;
    real *numeric = ag_alloc_reals(x->size);
    int nans = 0;
    *kinks = ag_numeric_gradient(loss, x, numeric);
    for (int i = 0; i < x->size; i++)
        nans += isnan(numeric[i]);
    for (int i = 0; nans == *kinks && i < x->size; i++)
        if (isnan(numeric[i]))
            numeric[i] = x->grad[i];
    return numeric;
}

void table_tensor(GradTable *table, const char *name, const real *hand, Tensor *loss, Tensor *x)
{
    NOT_NULL(table, name, hand, loss, x);
    tensor_live(__func__, loss);
    tensor_live(__func__, x);
    if (!x->grad)
        error_stop("table_tensor: %s: no gradient has reached it: call ag_backward() first", name);
    int rows = x->shape.ndim > 0 ? x->shape.dim[0] : 1, kinks = 0;
    real *numeric = numeric_of(loss, x, &kinks);
    print_gradient(table, name, rows, x->shape.ndim > 1 ? x->size / rows : 0, hand, x->grad,
                   numeric, kinks);
}

Tensor *table_variable(Rng *rng, Shape shape)
{
    NOT_NULL(rng);
    Tensor *x = ag_variable(shape, ag_data(ag_zeros(shape)));
    init_normal(rng, 1, x->size, x->data);
    return x;
}

Tensor *table_loss(Tensor *y, const real *dy)
{
    NOT_NULL(y, dy);
    return ag_sum(ag_mul(y, ag_tensor(y->shape, dy)), AG_ALL, false);
}

void table_step(GradTable *table, const char *dname, const Tensor *hand, Tensor *loss, Tensor *x)
{
    NOT_NULL(table, dname, hand, loss, x);
    fact_same(dname + 1, hand->size, hand->data, x->data);
    table_tensor(table, dname, hand->grad, loss, x);
}

bool table_end(const GradTable *table)
{
    NOT_NULL(table);
    int rows = table->rows, failed = table->failed;
    if (rows == 0)
        printf("  no gradient was checked\n");
    else if (failed == 0)
        printf("  %d gradient%s\n", rows, rows == 1 ? " holds" : "s hold");
    else
        printf("  %d of %d gradient%s not hold\n", failed, rows,
               rows == 1 ? " does" : (failed == 1 ? "s does" : "s do"));
    return rows > 0 && failed == 0;
}
