#include "workbook/table.h"

#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "autograd/compare.h"
#include "error.h"
#include "workbook/terminal.h"

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

void table_row(GradTable *table, const char *name, int rows, int cols, const real *hand,
               const real *tape, const real *numeric)
{
    NOT_NULL(table, name, hand);
    if (!tape && !numeric)
        error_stop("table_row: %s: nothing to compare with", name);
    Judge by_tape = {.name = "tape", .values = tape, .tolerance = TABLE_TAPE_TOLERANCE};
    Judge by_numeric = {.name = "numeric",
                        .values = numeric,
                        .tolerance = TABLE_NUMERIC_TOLERANCE,
                        .noise = TABLE_NUMERIC_NOISE};
    if (rows < 1 || cols < 0 || rows > INT_MAX / (cols > 0 ? cols : 1))
        error_stop("table_row: %s: %d x %d elements", name, rows, cols);
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
    } else {
        table->failed++;
        print_word("WRONG", "31");
        print_worst(by_tape.holds ? &by_numeric : &by_tape, cols, hand);
    }
    printf("\n");
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
