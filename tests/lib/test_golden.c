/* Every op, forward and backward, against PyTorch's numbers in tests/golden/ops.txt. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "autograd/autograd.h"
#include "error.h"
#include "golden.h"
#include "op_rows.h"

/* Both sides are rounded some dozens of times, each time by at most half an epsilon relative to the
 * numbers at hand; where sums cancel, that is a larger part of the result. In double this comes to
 * 3e-14. The inputs themselves are the same to the bit in float and in double. */
static const double tolerance = 128 * (double)REAL_EPSILON;

static Golden golden;

/* The lines of one case. `in` is followed by as many gradients as there are inputs that have one;
 * the others are running statistics, and `after` says what becomes of them. */
typedef struct {
    const char *words;
    int n_in, n_grad, n_after;
    const GoldenLine *in[OP_MAX_INPUTS], *grad[OP_MAX_INPUTS], *after[OP_MAX_INPUTS];
    const GoldenLine *out, *upstream, *args, *index;
} Case;

static void keep_line(Case *c, const GoldenLine *line)
{
    if (strcmp(line->name, "in") == 0 && c->n_in < OP_MAX_INPUTS)
        c->in[c->n_in++] = line;
    else if (strcmp(line->name, "grad") == 0 && c->n_grad < OP_MAX_INPUTS)
        c->grad[c->n_grad++] = line;
    else if (strcmp(line->name, "after") == 0 && c->n_after < OP_MAX_INPUTS)
        c->after[c->n_after++] = line;
    else if (strcmp(line->name, "out") == 0)
        c->out = line;
    else if (strcmp(line->name, "upstream") == 0)
        c->upstream = line;
    else if (strcmp(line->name, "args") == 0 && line->n <= OP_MAX_NUMBERS)
        c->args = line;
    else if (strcmp(line->name, "index") == 0 && line->n <= OP_MAX_NUMBERS)
        c->index = line;
    else
        fail_msg("case %s: what is a line \"%s\" of %d numbers?", c->words, line->name, line->n);
}

/* The case that begins at line `at`. */
static Case case_at(int at)
{
    Case c = {.words = golden.line[at].words};
    while (++at < golden.n && !golden.line[at].words)
        keep_line(&c, &golden.line[at]);
    if (!c.out || !c.upstream || c.n_grad < 1 || c.n_grad + c.n_after != c.n_in)
        fail_msg("case %s: lines are missing", c.words);
    return c;
}

/* False for a case with numbers that a float cannot hold. */
static bool case_fits_real(const Case *c)
{
    for (int i = 0; i < c->n_in; i++)
        if (!golden_fits_real(c->in[i]) || (i < c->n_grad && !golden_fits_real(c->grad[i])))
            return false;
    return golden_fits_real(c->out);
}

static void assert_matches(const Case *at, const char *what, int i, const GoldenLine *line,
                           Shape shape, const real *values)
{
    if (!line) {
        fail_msg("case %s: %s %d is missing", at->words, what, i);
        return;
    }
    if (!ag_same_shape(shape, line->shape))
        fail_msg("case %s: %s %d: shape %s, PyTorch has %s", at->words, what, i,
                 ag_shape_text(shape), ag_shape_text(line->shape));
    real *expected = golden_reals(line), *actual = golden_reals(line);
    for (int j = 0; j < line->n; j++)
        if (isnan(expected[j]) && isnan(values[j]))
            actual[j] = expected[j] = 0; /* NaN agrees with NaN here */
        else
            actual[j] = values[j];
    Comparison c = compare(line->n, actual, expected);
    if (!(c.relative <= tolerance))
        fail_msg("case %s: %s %d, element %d: %.9g, PyTorch has %.9g: relative error %.2g",
                 at->words, what, i, c.worst, (double)actual[c.worst], (double)expected[c.worst],
                 c.relative);
    free(expected);
    free(actual);
}

static OpCall call_of(const Case *c)
{
    OpCall call = {.n_in = c->n_in};
    for (int i = 0; i < c->n_in; i++) {
        real *values = golden_reals(c->in[i]);
        call.in[i] = (i < c->n_grad ? ag_variable : ag_tensor)(c->in[i]->shape, values);
        free(values);
    }
    call.n_args = c->args ? c->args->n : 0;
    for (int i = 0; i < call.n_args; i++)
        call.args[i] = c->args->value[i];
    call.n_index = c->index ? c->index->n : 0;
    for (int i = 0; i < call.n_index; i++)
        call.index[i] = (int)c->index->value[i];
    return call;
}

static void check_case(const OpRow *row, const Case *c)
{
    OpCall call = call_of(c);
    Tensor *out = row->apply(&call);
    assert_matches(c, "out", 0, c->out, out->shape, out->data);
    for (int i = 0; i < c->n_after; i++) {
        Tensor *running = call.in[c->n_grad + i];
        assert_matches(c, "after", i, c->after[i], running->shape, running->data);
    }
    real *upstream = golden_reals(c->upstream);
    ag_backward_from(out, upstream);
    free(upstream);
    for (int i = 0; i < c->n_grad; i++) {
        if (!call.in[i]->grad)
            fail_msg("case %s: no gradient reached input %d", c->words, i);
        assert_matches(c, "grad", i, c->grad[i], call.in[i]->shape, call.in[i]->grad);
    }
    ag_reset();
}

/* The row that the words "add: two scalars" are about, or NULL. */
static const OpRow *row_of(const char *words)
{
    return op_row_find(words, (int)strcspn(words, ":"));
}

static void op_matches_pytorch(void **state)
{
    const OpRow *row = *state;
    int cases = 0, left_out = 0;
    for (int at = 0; at < golden.n; at++) {
        const char *words = golden.line[at].words;
        if (!words || row_of(words) != row)
            continue;
        Case c = case_at(at);
        cases++;
        if (case_fits_real(&c)) {
            check_case(row, &c);
        } else {
            left_out++;
        }
    }
    if (cases == left_out)
        fail_msg("tests/golden/ops.py writes no case for ag_%s", row->name);
    if (left_out)
        print_message("%d of %d cases hold numbers that no %s can\n", left_out, cases, REAL_NAME);
}

static void every_golden_case_has_a_row(void **state)
{
    (void)state;
    for (int at = 0; at < golden.n; at++)
        if (golden.line[at].words && !row_of(golden.line[at].words))
            fail_msg("case %s: no such op in tests/lib/op_rows.c", golden.line[at].words);
}

/* A mistake that the library finds fails the test that made it, and the next one runs. */
static void fail_test(const char *message)
{
    fail_msg("%s", message);
}

int main(void)
{
    golden = golden_read("tests/golden/ops.txt");
    error_set_handler(fail_test);
    struct CMUnitTest tests[n_op_rows + 1];
    char names[n_op_rows][64];
    for (int i = 0; i < n_op_rows; i++) {
        snprintf(names[i], sizeof names[i], "%s_matches_pytorch", op_rows[i].name);
        tests[i] = (struct CMUnitTest){.name = names[i],
                                       .test_func = op_matches_pytorch,
                                       .initial_state = (void *)(uintptr_t)&op_rows[i]};
    }
    tests[n_op_rows] = (struct CMUnitTest)cmocka_unit_test(every_golden_case_has_a_row);
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    golden_free(&golden);
    return failed;
}
