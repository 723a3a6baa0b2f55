/* test_dial.c: which dials the generator puts on what, and that every dial of every chapter can be
 * turned. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "../lib/scratch.h"
#include "../lib/shell.h"
#include "dial.h"

/* The arguments of f(), which stands in all of the tests. */
#define PROTOTYPE                                                                      \
    "void f(int n, int k, real lr, real eps, const real a[n], const real b[n],\n"      \
    "       const real A[n][k], const real B[n][k], const int y[n], const int z[n],\n" \
    "       real *db, real dA[n][k], real da[n])"

/* What the generator makes of this text; its first line is line 1. */
static Child dials_of(const char *text)
{
    scratch_write_text("00_one.c", text);
    Child child = run("build/check/dial %s", scratch_path("00_one.c"));
    assert_status(&child, 0);
    return child;
}

/* The same of the body of f(). */
static Child dials_in(const char *body)
{
    char text[2000];
    snprintf(text, sizeof text, PROTOTYPE "\n{\n%s\n}\n", body);
    return dials_of(text);
}

static int count_of(const Child *child, const char *text)
{
    int count = 0;
    for (const char *at = child->out; (at = strstr(at, text)); at++)
        count++;
    return count;
}

static void assert_dials(const char *body, const char *kind, int count)
{
    Child child = dials_in(body);
    char text[100];
    snprintf(text, sizeof text, "{\"f\", %s, ", kind);
    if (count_of(&child, text) != count)
        fail_msg("%s: %d of %s, not %d:\n%s", body, count_of(&child, text), kind, count, child.out);
}

static void assert_dial(const char *body, const char *dial)
{
    Child child = dials_in(body);
    assert_says(&child, dial);
}

/* Turns one dial of f(), and prints what it makes of small numbers: *db and da. */
static const char *const turner =
    "#include <stdio.h>\n#include <stdlib.h>\n#include <string.h>\n#include \"dial.h\"\n" PROTOTYPE
    ";\n"
    "int main(int argc, char **argv)\n{\n"
    "    real a[3] = {1, 2, 3}, b[3] = {10, 20, 30}, A[3][2] = {{1, 2}, {3, 4}, {5, 6}};\n"
    "    real db = 0, dA[3][2] = {{0}}, da[3] = {0};\n"
    "    int y[3] = {2, 0, 1}, dial = 0;\n"
    "    while (dials[dial].kind != (DialKind)atoi(argv[1]) || strcmp(dials[dial].text, argv[2]))\n"
    "        dial++;\n"
    "    dial_at[dial] = (unsigned char)atoi(argv[argc - 1]);\n"
    "    f(3, 2, 0.5, 0.25, a, b, A, A, y, y, &db, dA, da);\n"
    "    printf(\"%g: %g %g %g\", db, da[0], da[1], da[2]);\n}\n";

static void assert_turned(const char *body, DialKind kind, const char *text, int at,
                          const char *made)
{
    Child child = dials_in(body);
    scratch_write_text("dials.c", child.out);
    scratch_write_text("turner.c", turner);
    child = run("${CC:-cc} -std=gnu11 -Ilib -Itests/check %s %s tests/check/dial_run.c -lm -o %s",
                scratch_path("dials.c"), scratch_path("turner.c"), scratch_path("turner"));
    assert_status(&child, 0);
    child = run("%s %d '%s' %d", scratch_path("turner"), kind, text, at);
    assert_string_equal(child.out, made);
}

/* -- each kind -- */

static void a_term_has_its_place_and_its_words(void **state)
{
    (void)state;
    assert_dial("*db = a[0] - lr * eps;",
                "{\"f\", DIAL_TERM, 5, \"db\", \"lr*eps\", \"lr eps\", \"\", 23},");
    assert_dials("*db = a[0] - lr * eps;", "DIAL_TERM", 2);
    assert_dials("*db = 0;", "DIAL_RESULT", 0);
    assert_dials("*db = exp(a[0] + eps);", "DIAL_TERM", 2);
    assert_dials("int m = 1 + n;", "DIAL_RESULT", 0);
}

static void a_factor_changes_and_a_size_changes_less(void **state)
{
    (void)state;
    const char *body = "*db = lr * a[0] / (real)n;";
    assert_dial(body, "{\"f\", DIAL_FACTOR, 5, \"db\", \"a[0]\", \"a\", \"\", 13},");
    assert_dial(body, "{\"f\", DIAL_DIVISOR, 5, \"db\", \"(real)n\", \"\", \"\", 5},");
    assert_dials(body, "DIAL_FACTOR", 2);
    assert_dials("*db = 1 / lr;", "DIAL_DIVISOR", 1);
    assert_dials("*db = a[0];", "DIAL_FACTOR", 0);
    assert_dials("*db = exp(-a[0]);", "DIAL_ARGUMENT", 1);
}

static void ints_that_are_cut_off_stay_as_they_are(void **state)
{
    (void)state;
    assert_dials("*db = n / k * lr;", "DIAL_FACTOR", 0);
    assert_dials("*db = lr * (n + k);", "DIAL_FACTOR", 2);
    assert_dials("*db = lr * (n / k);", "DIAL_FACTOR", 2);
    Child child = dials_in("*db = lr * (n / k);");
    assert_says(&child, "n / k");
}

static void others_of_the_same_shape_are_read(void **state)
{
    (void)state;
    assert_dial("*db = a[0];", "{\"f\", DIAL_READ, 5, \"db\", \"a[0]\", \"a\", \"b\", 2},");
    assert_dial("for (int i = 0; i < n; i++) for (int j = 0; j < k; j++) dA[i][j] = A[i][j];",
                "\"A[i][j]\", \"A\", \"B\", 2},");
    assert_dial("real s = lr; *db = s;", "\"s\", \"lr\", \"lr eps\", 3},");
    assert_dial("da[0] = 1; *db = a[0];", "\"a[0]\", \"a\", \"b da\", 3},");
    assert_dial("*db = lr; lr = *db;", "\"*db\", \"db\", \"lr eps\", 3},");
}

static void what_has_no_value_yet_is_not_read(void **state)
{
    (void)state;
    Child child = dials_in("real c[n]; *db = a[0]; da[0] = 1; c[0] = 1;");
    assert_silent_about(&child, "b c");
    assert_silent_about(&child, "b da");
    child = dials_in("*db = a[0]; da[0] += 1;"); /* it had one before */
    assert_says(&child, "\"b da\", 3},");
}

static void an_index_may_be_compared_by_its_subscript(void **state)
{
    (void)state;
    const char *body = "for (int i = 0; i < n; i++) da[i] = a[i] * (real)(i == y[i]);";
    assert_dial(body, "DIAL_READ, 5, \"da\", \"y[i]\", \"y\", \"i\", 2},");
    assert_dial(body, "DIAL_COMPARE, 5, \"da\", \"i==y[i]\", \"y\", \"!=\", 2},");
}

static void a_subscript_gives_way_to_others_of_its_range(void **state)
{
    (void)state;
    assert_dial("for (int i = 0; i < n; i++) for (int j = 0; j < n; j++) da[i] = a[j];",
                "DIAL_INDEX, 5, \"da\", \"j\", \"a\", \"i\", 2},");
    assert_dials("for (int i = 0; i < n; i++) for (int j = 0; j < k; j++) dA[i][j] = A[i][j];",
                 "DIAL_INDEX", 0);
    assert_dials("for (int i = 0; i < k; i++) for (int j = k - 1; j >= 0; j--) dA[0][j] = 1;",
                 "DIAL_INDEX", 1);
    assert_dials("for (int i = -1; i < n; i++) for (int j = 0; j < n; j++) *db = a[j];",
                 "DIAL_INDEX", 0);
    assert_dial("for (int i = 0; i < n; i++) { da[y[i]] = 1; *db = a[i]; }",
                "DIAL_INDEX, 5, \"db\", \"i\", \"a\", \"y[i]\", 2},");
    assert_dials(
        "for (int i = 0; i < n; i++) da[y[i]] = 1; for (int j = 0; j < n; j++) *db = a[j];",
        "DIAL_INDEX", 1); /* y[i] by i, but j not by y[i] */
}

static void a_subscript_that_must_be_guarded_stays_where_it_is(void **state)
{
    (void)state;
    const char *body = "for (int i = 0; i < n; i++) { if (y[i] >= 0) da[y[i]] = 1; da[i] = 2; }";
    assert_dials(body, "DIAL_COMPARE", 0);
    assert_dials(body, "DIAL_CONDITION", 0);
    Child child = dials_in(body);
    assert_silent_about(&child, "\"y[i]\", 2},");
    assert_dials("for (int i = 0; i < n; i++) da[i] = y[i] == -100 ? 0 : a[y[i]];", "DIAL_COMPARE",
                 0);
    assert_dials("for (int i = 0; i < n; i++) da[i] = y[i] == -100 ? 0 : a[i];", "DIAL_COMPARE", 1);
}

static void a_loop_becomes_shorter(void **state)
{
    (void)state;
    const char *text = "for(int i=0;i<n;i++)\", \"\", \"\", 4},";
    assert_dial("for (int i = 0; i < n; i++) da[i] = 1;", text);
    assert_dials("for (int i = n - 1; i >= 0; i--) da[i] = 1;", "DIAL_LOOP", 1);
    assert_dials("for (int i = 0; i < n && y[i] != 0; i++) da[i] = 1;", "DIAL_LOOP", 1);
    assert_dials("for (int i = 0; i < n && y[i] != 0; i++) da[i] = 1;", "DIAL_CONDITION", 1);
}

static void a_sum_may_be_stored_only(void **state)
{
    (void)state;
    assert_dial("*db += a[0];", "DIAL_ADDS, 5, \"db\", \"*db+=\", \"a\", \"\", 2},");
    assert_dial("*db -= a[0];", "DIAL_ADDS, 5, \"db\", \"*db-=\"");
    assert_dials("*db *= a[0];", "DIAL_ADDS", 0);
}

static void a_sum_begins_in_a_loop(void **state)
{
    (void)state;
    const char *sum = "for (int i = 0; i < n; i++) { real s = 0; "
                      "for (int j = 0; j < k; j++) s += A[i][j]; da[i] = s; }";
    assert_dial(sum, "DIAL_RESET, 5, \"s\", \"s=0\", \"\", \"\", 2},");
    assert_dial("for (int i = 0; i < n; i++) for (int j = 0; j < k; j++) { dA[i][j] = 0; "
                "for (int l = 0; l < n; l++) dA[i][j] += a[l]; }",
                "DIAL_RESET, 5, \"dA\", \"dA[i][j]=0\", \"dA\", \"\", 3},");
    assert_dial("for (int i = 0; i < n; i++) { real p = 1; p = p * a[i]; }", "DIAL_RESET");
    assert_dials("real s = 0; for (int i = 0; i < n; i++) s += a[i];", "DIAL_RESET", 0);
    assert_dial("for (int i = 0; i < n; i++) { real s = a[i]; da[i] = s; }",
                "DIAL_RESET, 5, \"s\", \"s=a[i]\", \"a\", \"\", 2},");
    assert_dials("real s = a[0]; *db = s;", "DIAL_RESET", 0);
}

static void a_sum_may_be_used_too_early(void **state)
{
    (void)state;
    assert_dial("real s = 0; for (int i = 0; i < n; i++) s += a[i];\n"
                "for (int i = 0; i < n; i++) da[i] = s;",
                "DIAL_EARLY, 6, \"\", \"s\", \"a\", \"\", 2},");
    assert_dials("int m = 0; for (int i = 0; i < n; i++) for (int j = 0; j < k; j++) m += y[i];\n"
                 "for (int i = 0; i < n; i++) for (int j = 0; j < k; j++) dA[i][j] = lr / m;",
                 "DIAL_EARLY", 1);
    assert_dials("real s = 0; for (int i = 0; i < n; i++) s += a[i];\n"
                 "for (int i = 1; i < n; i++) da[i] = s;",
                 "DIAL_EARLY", 0);
    assert_dials("real s = 0; for (int i = 0; i < n; i++) s += a[i];\n"
                 "for (int i = 0; i < n; i++) s += b[i];",
                 "DIAL_EARLY", 0);
    assert_dials("for (int i = 0; i < n; i++) da[i] += a[i];\n"
                 "for (int i = 0; i < n; i++) *db += da[i];",
                 "DIAL_EARLY", 0);
}

static void a_function_gives_way(void **state)
{
    (void)state;
    assert_dial("*db = log(a[0]);", "DIAL_CALL, 5, \"db\", \"log(a[0])\", \"a\", \"\", 4},");
    assert_dial("*db = pow(lr, n);", "DIAL_CALL, 5, \"db\", \"pow(lr,n)\", \"lr\", \"\", 3},");
    assert_dial("*db = fmax(lr, eps);", "\"fmax(lr,eps)\", \"lr eps\", \"\", 4},");
}

static void a_condition_holds_or_not(void **state)
{
    (void)state;
    assert_dial("*db = lr > 0 ? eps : 0;",
                "DIAL_COMPARE, 5, \"db\", \"lr>0\", \"lr\", \">= < <=\", 4},");
    assert_dial("*db = lr > 0 ? eps : 0;",
                "DIAL_CONDITION, 5, \"db\", \"lr>0\", \"lr\", \"\", 3},");
    assert_dial("*db = y[0] ? eps : 0;", "DIAL_CONDITION, 5, \"db\", \"y[0]\", \"y\", \"\", 4},");
    assert_dial("if (lr > eps) *db = 1;", "DIAL_CONDITION, 5, \"\", \"lr>eps\"");
}

static void parentheses_are_forgotten(void **state)
{
    (void)state;
    Child child = dials_in("*db = lr / (eps + a[0]);");
    assert_says(&child, "DIAL_PARENTHESES, 5, \"db\", \"(eps+a[0])\"");
    assert_says(&child, "lr/ eps+a[0] ");
    child = dials_in("*db = lr / (real)(n - 1);");
    assert_says(&child, "lr/(real) n-1 ");
    child = dials_in("*db = sqrt(lr + eps);");
    assert_says(&child, "sqrt( lr) +eps ");
    child = dials_in("*db = lr / (eps * eps);");
    assert_says(&child, "lr/ eps*eps ");
    child = dials_in("*db = lr / (sqrt(lr) + eps);");
    assert_says(&child, "DIAL_PARENTHESES, 5, \"db\", \"sqrt(lr)+eps\"");
    assert_says(&child, "lr/(sqrt(lr +eps) ) ");
    assert_dials("*db = (lr * eps) + a[0];", "DIAL_PARENTHESES", 0);
    assert_dials("*db = lr - (eps + a[0]);", "DIAL_PARENTHESES", 1);
    assert_dials("*db = lr + (eps + a[0]);", "DIAL_PARENTHESES", 0);
}

static void parentheses_that_bind_may_end_in_two_places(void **state)
{
    (void)state;
    assert_dial("*db = lr / sqrt(lr + eps);",
                "DIAL_PARENTHESES, 5, \"db\", \"sqrt(lr+eps)\", \"lr eps\", \"\", 3},");
    assert_dial("*db = sqrt(lr + eps);", "\"sqrt(lr+eps)\", \"lr eps\", \"\", 2},");
    assert_dial("*db = lr * sqrt(lr * eps);", "\"sqrt(lr*eps)\", \"lr eps\", \"\", 2},");
}

static void parentheses_are_spread(void **state)
{
    (void)state;
    assert_dial("*db = lr * a[0] + eps;",
                "DIAL_SPREAD, 5, \"db\", \"lr*a[0]+eps\", \"lr a eps\", \"\", 2},");
    assert_dials("*db = lr * a[0] + eps;", "DIAL_SPREAD", 1);
    assert_dials("*db = a[0] - lr * eps - b[0];", "DIAL_SPREAD", 2);
    assert_dials("*db = exp(a[0] - lr * eps);", "DIAL_SPREAD", 1);
    assert_dials("*db = a[0] - lr;", "DIAL_SPREAD", 0);
    assert_dials("*db = a[n - 2 * k];", "DIAL_SPREAD", 0);
    assert_dials("int m = 2 * n + k; *db = m;", "DIAL_SPREAD", 0);
}

static void reals_that_are_compared_change(void **state)
{
    (void)state;
    assert_dial("*db = lr > eps ? 1 : 2;", "DIAL_OPERAND, 5, \"db\", \"eps\", \"eps\", \"\", 4},");
    assert_dials("*db = lr > 0 ? 1 : 2;", "DIAL_OPERAND", 1);
    assert_dials("*db = n > k ? 1 : 2;", "DIAL_OPERAND", 0);
}

static void an_updated_argument_is_read_as_it_was(void **state)
{
    (void)state;
    assert_dial("da[0] += 1; *db = da[0];", "DIAL_STALE, 5, \"db\", \"da[0]\", \"da\", \"\", 2},");
    assert_dials("*db = da[0]; da[0] += 1;", "DIAL_STALE", 0);
    assert_dials("da[0] = 1; *db = da[0];", "DIAL_STALE", 0); /* it was given nothing */
    assert_dials("for (int i = 0; i < n; i++) { if (*db == 0) *db = a[i]; }", "DIAL_STALE", 1);
}

static void what_has_a_value_may_keep_it(void **state)
{
    (void)state;
    assert_dial("real s = lr; s = s * 2;", "DIAL_SKIPPED, 5, \"s\", \"s\", \"lr\", \"\", 2},");
    assert_dials("real s; s = lr;", "DIAL_SKIPPED", 0);
    assert_dials("real s = lr; s = 0;", "DIAL_SKIPPED", 0);
    assert_dials("da[0] = 1; da[1] = lr;", "DIAL_SKIPPED", 0); /* da[1] has none */
    assert_dials("da[0] = 1; da[0] = lr * da[0];", "DIAL_SKIPPED", 1);
    assert_dials("*db = lr; *db = n == 1 ? eps : lr * *db;", "DIAL_SKIPPED", 2);
}

static void a_loop_is_left_out_where_nothing_remains_unwritten(void **state)
{
    (void)state;
    const char *text = "for(int i=0;i<n;i++)\", \"\", \"\", 5},";
    assert_dial("real s = lr; for (int i = 0; i < n; i++) s = fmax(s, a[i]);", text);
    assert_dial("*db = 0; da[0] = 0; for (int i = 0; i < n; i++) { da[0] += 1; *db += 1; }", text);
    Child child = dials_in("real s; for (int i = 0; i < n; i++) s = a[i];");
    assert_silent_about(&child, text);
    child = dials_in("real s = 0; for (int i = 0; i < n; i++) s += a[i];"); /* 0 times a term */
    assert_silent_about(&child, text);
}

static void factors_are_added(void **state)
{
    (void)state;
    assert_dial("*db = 2 * lr * a[0] / eps;", "DIAL_PRODUCT, 5, \"db\", \"lr*a[0]\"");
    assert_dials("*db = 2 * lr * a[0] / eps;", "DIAL_PRODUCT", 1);
}

static void what_is_stored_may_be_an_int(void **state)
{
    (void)state;
    assert_dial("real s = lr; s += eps; *db = s;",
                "DIAL_STORED, 5, \"s\", \"s\", \"lr\", \"\", 3},");
    assert_dials("real s = lr; s += eps;", "DIAL_STORED", 1);
    assert_dials("*db = lr; *db = eps; *db = -1;", "DIAL_STORED", 2);
}

static void steps_that_need_each_other_have_an_order(void **state)
{
    (void)state;
    const char *power = "real p = 1; for (int i = 0; i < n; i++) { da[i] = p; p *= lr; }";
    assert_dial(power, "DIAL_ORDER, 5, \"\", \"da[i]=p;\", \"da\", \"-\", 2},");
    assert_dials(power, "DIAL_ORDER", 1); /* da[i] is after p, but p is not declared after it */
    assert_dial("*db += lr; da[0] += eps; for (int i = 1; i < n; i++) { da[i] += *db; *db += 1; }",
                "\"*db+=lr;\", \"db\", \"da,db\", 2},");
    assert_dials("*db += lr; da[0] += eps;", "DIAL_ORDER", 0);
    assert_dials("*db += lr; { *db += eps; }", "DIAL_ORDER", 0);
    assert_dials("*db = lr; da[0] = *db;", "DIAL_ORDER", 0); /* *db would be unwritten */
    assert_dials("*db = lr; *db = *db + 1; real s = *db; da[0] = s;", "DIAL_ORDER", 1);
}

static void a_size_gives_way_to_others_in_reals_alone(void **state)
{
    (void)state;
    assert_dial("*db = lr / n;", "{\"f\", DIAL_SIZE, 5, \"db\", \"n\", \"\", \"k\", 2},");
    assert_dials("*db = lr / sqrt((real)n) + (real)k;", "DIAL_SIZE", 2);
    assert_dials("int m = n; for (int i = 0; i < n; i++) if (m == n) *db = a[n - 1];", "DIAL_SIZE",
                 0);
}

static void a_loop_ends_at_another_size(void **state)
{
    (void)state;
    assert_dial("for (int i = 0; i < n; i++) da[i] = 1;",
                "DIAL_END, 5, \"\", \"n\", \"\", \"k\", 2},");
    assert_dials("for (int i = 0; i < 2; i++) da[i] = 1;", "DIAL_END", 0);
    assert_dials("for (int i = n - 1; i >= 0; i--) da[i] = 1;", "DIAL_END", 0);
}

static void there_is_a_factor_too_many(void **state)
{
    (void)state;
    const char *body = "*db = lr * eps; da[0] = a[1] + *db;";
    assert_dial(body, "DIAL_EXTRA, 5, \"db\", \"lr*eps\", \"lr eps\", \"a[1] 1/a[1]\", 3},");
    assert_dial(body, "\"a[1]\", \"a\", \"lr 1/lr eps 1/eps\", 5},");
    assert_dials(body, "DIAL_EXTRA", 4);
    assert_dials("*db = lr; da[0] = 1;", "DIAL_EXTRA", 0); /* a literal has no factors */
    assert_dials("for (int i = 0; i < n; i++) da[i] = a[i];\nfor (int i = 1; i < n; i++) *db = lr;",
                 "DIAL_EXTRA", 1); /* a[i] is another one there, but lr is the same */
    assert_dials("da[0] = 1; *db = lr; da[1] = da[0];", "DIAL_EXTRA", 1); /* da is no input */
    assert_dials("for (int i = 0; i < n; i++) if (y[i] >= 0) da[i] = a[y[i]] - b[i];", "DIAL_EXTRA",
                 2); /* times b[i], but a[y[i]] has to be guarded */
}

static void a_difference_is_kept_in_an_int(void **state)
{
    (void)state;
    assert_dial("*db = a[0] > b[0] ? 1 : 2;",
                "DIAL_DIFFERENCE, 5, \"db\", \"a[0]-b[0]\", \"a b\", \"\", 2},");
    assert_dials("*db = lr > 0 ? 1 : 2;", "DIAL_DIFFERENCE", 0);
    assert_dials("*db = n > k ? 1 : 2;", "DIAL_DIFFERENCE", 0);
}

/* -- what they do -- */

static void numbers_change(void **state)
{
    (void)state;
    const char *body = "*db = lr / eps;";
    assert_turned(body, DIAL_RESULT, "lr/eps", 0, "2: 0 0 0");
    assert_turned(body, DIAL_RESULT, "lr/eps", TIMES_HALF, "1: 0 0 0");
    assert_turned(body, DIAL_RESULT, "lr/eps", NUMBERS + N, "6: 0 0 0");
    assert_turned(body, DIAL_RESULT, "lr/eps", NUMBERS + FORMS + PER_N, "1: 0 0 0");
    assert_turned(body, DIAL_DIVISOR, "eps", LEFT_OUT, "0.5: 0 0 0");
    assert_turned(body, DIAL_DIVISOR, "eps", INVERTED, "0.125: 0 0 0");
    assert_turned("*db = 2 * lr * eps;", DIAL_PRODUCT, "lr*eps", 1, "1.5: 0 0 0");
    assert_turned("*db = lr / (eps + eps);", DIAL_PARENTHESES, "(eps+eps)", 1, "2.25: 0 0 0");
    assert_turned("*db = log(a[1] * 4);", DIAL_CALL, "log(a[1]*4)", BASE_2, "3: 0 0 0");
    assert_turned("*db = lr + 2;", DIAL_STORED, "*db", AS_INT, "2: 0 0 0");
}

static void parentheses_move(void **state)
{
    (void)state;
    const char *body = "*db = lr / sqrt(eps + 2);", *call = "sqrt(eps+2)";
    assert_turned(body, DIAL_PARENTHESES, call, GONE, "3: 0 0 0");
    assert_turned(body, DIAL_PARENTHESES, call, ENDS_INSIDE, "0.2: 0 0 0");
    assert_turned("*db = lr * a[1] + eps;", DIAL_SPREAD, "lr*a[1]+eps", 1, "1.125: 0 0 0");
    assert_turned("*db = lr / a[1] + 6;", DIAL_SPREAD, "lr/a[1]+6", 1, "0.0625: 0 0 0");
    assert_turned("*db = eps - lr * a[1];", DIAL_SPREAD, "eps-lr*a[1]", 1, "-0.5: 0 0 0");
}

static void fractions_are_cut_off(void **state)
{
    (void)state;
    assert_turned("*db = a[2] / (lr + 1);", DIAL_DIVISOR, "(lr+1)", TRUNCATED, "3: 0 0 0");
    const char *difference = "*db = a[2] * lr > eps ? 1 : 2;"; /* 1.5 and 0.25 */
    assert_turned(difference, DIAL_DIFFERENCE, "a[2]*lr-eps", 0, "1: 0 0 0");
    assert_turned("*db = lr > eps ? 1 : 2;", DIAL_DIFFERENCE, "lr-eps", 1, "2: 0 0 0");
    assert_turned(difference, DIAL_DIFFERENCE, "a[2]*lr-eps", 1, "1: 0 0 0");
    const char *body = "*db = lr > 0 ? 1 : 2;";
    assert_turned(body, DIAL_OPERAND, "lr", 0, "1: 0 0 0");
    assert_turned(body, DIAL_OPERAND, "lr", OPERAND_TRUNCATED, "2: 0 0 0");
    assert_turned(body, DIAL_OPERAND, "lr", OPERAND_NEGATED, "2: 0 0 0");
    assert_turned("*db = -lr > 0 ? 1 : 2;", DIAL_OPERAND, "-lr", OPERAND_ABSOLUTE, "1: 0 0 0");
}

static void what_was_stored_is_forgotten(void **state)
{
    (void)state;
    const char *stale = "for (int i = 0; i < n; i++) da[i] += a[i]; *db = da[1];";
    assert_turned(stale, DIAL_STALE, "da[1]", 0, "2: 1 2 3");
    assert_turned(stale, DIAL_STALE, "da[1]", 1, "0: 1 2 3");
    const char *update = "for (int i = 0; i < n; i++) *db = *db + a[i];";
    assert_turned(update, DIAL_STALE, "*db", 1, "3: 0 0 0");
    assert_turned(update, DIAL_SKIPPED, "*db", 1, "0: 0 0 0");
    assert_turned("da[0] += 1; da[0] = n > 1 ? lr * da[0] : eps;", DIAL_SKIPPED, "da[0]", 1,
                  "0: 1 0 0");
    assert_turned("da[0] += 1; da[0] = n == 1 ? lr * da[0] : eps;", DIAL_SKIPPED, "da[0]", 1,
                  "0: 0.25 0 0"); /* the other case */
    assert_turned("*db = 1; for (int i = 0; i < n; i++) *db = fmax(*db, a[i]);", DIAL_LOOP,
                  "for(int i=0;i<n;i++)", NEVER_RUNS, "1: 0 0 0");
    assert_turned("*db = 1; for (int i = n - 1; i >= 0; i--) *db = fmax(*db, a[i]);", DIAL_LOOP,
                  "for(int i=n-1;i>=0;i--)", NEVER_RUNS, "1: 0 0 0");
}

static void others_are_read(void **state)
{
    (void)state;
    assert_turned("for (int i = 0; i < n; i++) da[i] = a[i];", DIAL_READ, "a[i]", 1, "0: 10 20 30");
    assert_turned("for (int i = 0; i < n; i++) for (int j = 0; j < n; j++) da[i] = a[j];",
                  DIAL_INDEX, "j", 1, "0: 1 2 3");
    assert_turned("*db = lr > lr ? 1 : 2;", DIAL_COMPARE, "lr>lr", WITH_OR_WITHOUT_EQUAL,
                  "1: 0 0 0");
    assert_turned("*db = lr > 0 ? 1 : 2;", DIAL_CONDITION, "lr>0", HOLDS_NEVER, "2: 0 0 0");
}

static void loops_shrink(void **state)
{
    (void)state;
    const char *up = "for (int i = 0; i < n; i++) da[i] = 1;", *head = "for(int i=0;i<n;i++)";
    assert_turned(up, DIAL_LOOP, head, BEGINS_LATE, "0: 0 1 1");
    assert_turned(up, DIAL_LOOP, head, ENDS_EARLY, "0: 1 1 0");
    assert_turned(up, DIAL_LOOP, head, RUNS_ONCE, "0: 1 0 0");
    const char *down = "for (int i = n - 1; i >= 0; i--) da[i] = 1;";
    head = "for(int i=n-1;i>=0;i--)";
    assert_turned(down, DIAL_LOOP, head, BEGINS_LATE, "0: 1 1 0");
    assert_turned(down, DIAL_LOOP, head, ENDS_EARLY, "0: 0 1 1");
    assert_turned(down, DIAL_LOOP, head, RUNS_ONCE, "0: 0 0 1");
}

static void sums_go_on(void **state)
{
    (void)state;
    const char *sum = "for (int i = 0; i < n; i++) { real s = 0; "
                      "for (int j = 0; j < k; j++) s += A[i][j]; da[i] = s; }";
    assert_turned(sum, DIAL_RESET, "s=0", 0, "0: 3 7 11");
    assert_turned(sum, DIAL_RESET, "s=0", 1, "0: 3 10 21");
    sum = "for (int i = 0; i < n; i++) for (int j = 0; j < k; j++) "
          "{ da[i] = 0; da[i] += a[i]; }";
    assert_turned(sum, DIAL_RESET, "da[i]=0", 0, "0: 1 2 3");
    assert_turned(sum, DIAL_RESET, "da[i]=0", 1, "0: 2 6 12");
    assert_turned(sum, DIAL_RESET, "da[i]=0", 2, "0: 2 4 6");
    assert_turned("for (int i = 0; i < n; i++) { real s = a[i]; da[i] = s; }", DIAL_RESET, "s=a[i]",
                  1, "0: 1 3 6");
    assert_turned("for (int i = 0; i < n; i++) *db -= a[i];", DIAL_ADDS, "*db-=", 1, "-3: 0 0 0");
    assert_turned("real s = 0; for (int i = 0; i < n; i++) s += a[i];\n"
                  "for (int i = 0; i < n; i++) da[i] = s;",
                  DIAL_EARLY, "s", 1, "0: 1 3 6");
    assert_turned("*db = 0; for (int i = 0; i < n; i++) *db += a[i];\n"
                  "for (int i = 0; i < n; i++) da[i] = *db;",
                  DIAL_EARLY, "*db", 1, "6: 1 3 6");
}

static void steps_change_places(void **state)
{
    (void)state;
    const char *power = "real p = 1; for (int i = 0; i < n; i++) { da[i] = p; p *= lr; }";
    assert_turned(power, DIAL_ORDER, "da[i]=p;", 0, "0: 1 0.5 0.25");
    assert_turned(power, DIAL_ORDER, "da[i]=p;", 1, "0: 0.5 0.25 0.125");
    const char *later = "*db = 8; *db = *db * lr; da[0] = *db; *db += 1;";
    assert_turned(later, DIAL_ORDER, "*db=*db*lr;", 0, "5: 4 0 0");
    assert_turned(later, DIAL_ORDER, "*db=*db*lr;", 1, "5: 8 0 0");   /* only da comes before it */
    assert_turned(later, DIAL_ORDER, "*db=*db*lr;", 2, "4.5: 8 0 0"); /* + 1, too */
    const char *loop = "*db = 8; for (int i = 0; i < n; i++) *db = *db * lr; *db += 1;";
    assert_turned(loop, DIAL_ORDER, "for(int i=0;i<n;i++)", 1, "1.125: 0 0 0");
}

static void sizes_change_places(void **state)
{
    (void)state;
    assert_turned("*db = 6 / sqrt((real)n * n);", DIAL_SIZE, "n", 1, "2.44949: 0 0 0");
    const char *long_one = "for (int i = 0; i < n; i++) da[i] = 1;";
    assert_turned(long_one, DIAL_END, "n", 1, "0: 1 1 0");
    assert_turned("for (int i = 0; i < k; i++) da[i] = 1;", DIAL_END, "k", 1, "0: 1 1 0");
}

static void factors_are_too_many(void **state)
{
    (void)state;
    const char *body = "*db = a[2] + lr; da[0] = eps;";
    assert_turned(body, DIAL_EXTRA, "a[2]", 1, "2: 0.25 0 0");
    assert_turned(body, DIAL_EXTRA, "a[2]", 2, "6.5: 0.25 0 0");
    assert_turned(body, DIAL_EXTRA, "a[2]", 3, "1.25: 0.25 0 0");
    assert_turned(body, DIAL_EXTRA, "a[2]+lr", 2, "1.16667: 0.25 0 0");
}

static void the_last_argument_ends_too_soon(void **state)
{
    (void)state;
    const char *body = "*db = 2 * pow(a[2], a[1] - 1);", *call = "pow(a[2],a[1]-1)";
    assert_turned(body, DIAL_PARENTHESES, call, GONE, "17: 0 0 0");
    assert_turned(body, DIAL_PARENTHESES, call, ENDS_INSIDE, "16: 0 0 0");
}

static void a_step_loses_its_parentheses(void **state)
{
    (void)state;
    const char *body = "*db -= lr * a[2] / (a[1] + eps);", *pair = "(a[1]+eps)";
    assert_turned(body, DIAL_PARENTHESES, pair, GONE, "-1: 0 0 0");
    assert_turned(body, DIAL_MINUS, pair, 1, "-0.5: 0 0 0");
    assert_turned(body, DIAL_PART, pair, 1, "-0.875: 0 0 0");
    assert_dials(body, "DIAL_MINUS", 1);
    assert_dials("*db += lr * a[2] / (a[1] + eps);", "DIAL_MINUS", 0);
    assert_dials("*db -= eps + lr / (a[1] + eps);", "DIAL_MINUS", 0);
    assert_dials("*db = lr / (a[1] + eps);", "DIAL_PART", 0);
    assert_dials("*db = lr * (a[1] + eps);", "DIAL_PART", 0);
}

/* -- what is not understood -- */

static void what_is_not_understood_is_copied(void **state)
{
    (void)state;
    Child child = dials_in("while (n > 0) { n--; } *db = lr;");
    assert_says(&child, "while(n>0){n--;}*db=lr;");
    assert_says(&child, "{\"f\", (Function)f, \"n k\", 0, 0},");
    child = dials_in("n++; *db = lr;");
    assert_says(&child, "n++;");
    assert_says(&child, "DIAL_TERM");
    child =
        dials_of("/* f() */\nenum { TWO = 2 };\nstatic real g(real x)\n{\n    return x * x;\n}\n");
    assert_says(&child, "enum{TWO=2};");
    assert_says(&child, "{\"g\", DIAL_FACTOR, 5, \"\", \"x\", \"x\", \"\", 13},");
    child = dials_of("// f(\nint x;");
    assert_says(&child, "int x;");
}

/* -- every chapter -- */

static void every_dial_of_every_chapter_can_be_turned(void **state)
{
    (void)state;
    Child child = run("for turn in build/check/[0-9]*/turn; do $turn || echo wrong; done");
    assert_silent_about(&child, "wrong");
    assert_string_equal(child.err, "");
    Child chapters = run("ls solutions/[0-9]*.c | wc -l");
    int count = 0;
    assert_int_equal(sscanf(chapters.out, "%d", &count), 1);
    assert_int_equal(count_of(&child, " of them change nothing\n"), count);
}

#define ON_FILES(test) cmocka_unit_test_setup_teardown(test, scratch_setup, scratch_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        ON_FILES(a_term_has_its_place_and_its_words),
        ON_FILES(a_factor_changes_and_a_size_changes_less),
        ON_FILES(ints_that_are_cut_off_stay_as_they_are),
        ON_FILES(others_of_the_same_shape_are_read),
        ON_FILES(what_has_no_value_yet_is_not_read),
        ON_FILES(an_index_may_be_compared_by_its_subscript),
        ON_FILES(a_subscript_gives_way_to_others_of_its_range),
        ON_FILES(a_subscript_that_must_be_guarded_stays_where_it_is),
        ON_FILES(a_loop_becomes_shorter),
        ON_FILES(a_sum_may_be_stored_only),
        ON_FILES(a_sum_begins_in_a_loop),
        ON_FILES(a_sum_may_be_used_too_early),
        ON_FILES(a_function_gives_way),
        ON_FILES(a_condition_holds_or_not),
        ON_FILES(parentheses_are_forgotten),
        ON_FILES(parentheses_that_bind_may_end_in_two_places),
        ON_FILES(parentheses_are_spread),
        ON_FILES(reals_that_are_compared_change),
        ON_FILES(an_updated_argument_is_read_as_it_was),
        ON_FILES(what_has_a_value_may_keep_it),
        ON_FILES(a_loop_is_left_out_where_nothing_remains_unwritten),
        ON_FILES(factors_are_added),
        ON_FILES(what_is_stored_may_be_an_int),
        ON_FILES(steps_that_need_each_other_have_an_order),
        ON_FILES(a_size_gives_way_to_others_in_reals_alone),
        ON_FILES(a_loop_ends_at_another_size),
        ON_FILES(there_is_a_factor_too_many),
        ON_FILES(a_difference_is_kept_in_an_int),
        ON_FILES(numbers_change),
        ON_FILES(parentheses_move),
        ON_FILES(fractions_are_cut_off),
        ON_FILES(what_was_stored_is_forgotten),
        ON_FILES(others_are_read),
        ON_FILES(loops_shrink),
        ON_FILES(sums_go_on),
        ON_FILES(steps_change_places),
        ON_FILES(sizes_change_places),
        ON_FILES(factors_are_too_many),
        ON_FILES(the_last_argument_ends_too_soon),
        ON_FILES(a_step_loses_its_parentheses),
        ON_FILES(what_is_not_understood_is_copied),
        cmocka_unit_test(every_dial_of_every_chapter_can_be_turned),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
