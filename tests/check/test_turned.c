/* test_turned.c: which dials are twins, what the judge finds by turning them, and in which words.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdbool.h>
#include <string.h>

#include "dial_run.h"
#include "fit.h"
#include "twins.h"
#include "words.h"

/* -- an exercise, and a copy of its solution as the generator would write it ----------------------
 */

/* da = x^2 c + b, db = c x */
static void scale(int n, real c, const real x[n], const real b[n], real da[n], real db[n])
{
    for (int i = 0; i < n; i++) {
        da[i] = x[i] * x[i] * c + b[i];
        db[i] = c * x[i];
    }
}
CALL(scale, n[0], VALUE(a[0]), a[1], a[2], a[3], a[4])

enum { FIRST_X, SECOND_X, FIRST_C, TERM_B, SECOND_C, LOG_X, LOG_B, SUM_A, SUM_B, READ_X, READ_B };
enum {
    DY_A = READ_B + 1,
    DY_B,
    AT_PARENTHESES,
    AT_LATE,
    AT_EQUAL,
    AT_STEP,
    AT_SIZE,
    AT_END,
    AT_EXTRA,
    AT_DIFFERENCE
};
enum { AT_PART = AT_DIFFERENCE + 1, ALL };

const Dial dials[] = {
    [FIRST_X] = {"scale", DIAL_FACTOR, 5, "da", "x[i]", "x", "", CHANGES},
    [SECOND_X] = {"scale", DIAL_FACTOR, 5, "da", "x[i]", "x", "", CHANGES},
    [FIRST_C] = {"scale", DIAL_FACTOR, 5, "da", "c", "c", "", CHANGES},
    [TERM_B] = {"scale", DIAL_TERM, 5, "da", "b[i]", "b", "", NUMBERS},
    [SECOND_C] = {"scale", DIAL_FACTOR, 6, "db", "c", "c", "", CHANGES},
    [LOG_X] = {"scale", DIAL_CALL, 7, "da", "log(x[i])", "x", "", CALLS},
    [LOG_B] = {"scale", DIAL_CALL, 8, "db", "log(b[i])", "b", "", CALLS},
    [SUM_A] = {"scale", DIAL_ADDS, 7, "da", "da[i]+=", "x", "", 2},
    [SUM_B] = {"scale", DIAL_ADDS, 8, "db", "db[i]+=", "x", "", 2},
    [READ_X] = {"scale", DIAL_READ, 7, "da", "p", "", "q r", 3},
    [READ_B] = {"scale", DIAL_READ, 8, "db", "p", "", "r", 2},
    [DY_A] = {"scale", DIAL_PRODUCT, 7, "da", "dy[i]*x[i]", "dy x", "", 2},
    [DY_B] = {"scale", DIAL_PRODUCT, 8, "db", "dy[i]*b[i]", "dy b", "", 2},
    [AT_PARENTHESES] = {"scale", DIAL_PARENTHESES, 7, "da", "(x[i]*b[i])", "x b", "", 2},
    [AT_LATE] = {"scale", DIAL_PARENTHESES, 7, "da", "sqrt(c)+n", "c", "", 2},
    [AT_EQUAL] = {"scale", DIAL_COMPARE, 7, "da", "i==n", "", "!=", 2},
    [AT_STEP] = {"scale", DIAL_ORDER, 7, "", "da[i]=x[i];", "da", "db,dc da -", 4},
    [AT_SIZE] = {"scale", DIAL_SIZE, 7, "da", "n", "", "k", 2},
    [AT_END] = {"scale", DIAL_END, 7, "", "n", "", "k", 2},
    [AT_EXTRA] = {"scale", DIAL_EXTRA, 7, "da", "c*x[i]", "c x", "b[i] 1/b[i] x[n[i]] 1/x[n[i]]",
                  5},
    [AT_DIFFERENCE] = {"scale", DIAL_DIFFERENCE, 7, "da", "x[i]-b[i]", "x b", "", 2},
    [AT_PART] = {"scale", DIAL_PART, 7, "da", "(x[i]+c)", "x c", "", 2},
    [ALL] = {"", DIAL_TERM, 0, "", "", "", "", 0}};
unsigned char dial_at[ALL];

static void copy(int n, real c, const real x[n], const real b[n], real da[n], real db[n])
{
    const real times[NUMBERS] = {1, 0, -1, 2, 0.5, 4, 0.25};
    for (int i = 0; i < n; i++) {
        da[i] = dial_changed(dial_at[FIRST_X], x[i]) * dial_changed(dial_at[SECOND_X], x[i]) *
                    dial_changed(dial_at[FIRST_C], c) +
                times[dial_at[TERM_B]] * b[i];
        db[i] = dial_changed(dial_at[SECOND_C], c) * x[i] * (dial_at[AT_EXTRA] ? b[i] : 1);
    }
}

const Dialed dialed[] = {{"scale", (Function)copy, "n", 0, ALL}, {0}};

static const Exercise exercise = {.name = "scale",
                                  .call = call_scale,
                                  .sizes = "n",
                                  .arguments = {{"c", IN_POSITIVE, "", 0},
                                                {"x", IN_NORMAL, "n", 0},
                                                {"b", IN_NORMAL, "n", 0},
                                                {"da", OUT, "n", 0},
                                                {"db", OUT, "n", 0}},
                                  .cases = {{5}, {2}, {7}},
                                  .reference = (Function)scale};
static const Exercise *const in_order[] = {&exercise, NULL};
const Check check = {"00_test", in_order};

enum { DA = 1 << 3, DB = 1 << 4 };

/* -- asking ---------------------------------------------------------------------------------------
 */

static Trials answered(Function answer)
{
    Trials trials = trials_new(&exercise, 1, 1);
    for (int t = 0; t < trials.count; t++)
        trial_call(trials.exercise, &trials.got[t], answer);
    trials_solve(&trials);
    return trials;
}

typedef void Turner(Turns *turns, Fit *fit, const Dialed *copy, Outputs open);

static void two_dials(Turns *turns, Fit *fit, const Dialed *copy_of, Outputs open)
{
    turns_of_two(turns, fit, copy_of, open, 10);
}

/* What the dials that the turner finds are said to be, for these outputs. */
static void assert_found(Function answer, Turner *turner, Outputs outputs, const char *names,
                         const char *sentence)
{
    Trials trials = answered(answer);
    Fit fit = fit_new(&trials);
    Turns turns;
    Diagnosis found = {0};
    turner(&turns, &fit, dialed, fit.wrong);
    assert_int_equal(turns.fitting.outputs, outputs);
    if (outputs) {
        assert_true(words_for(&turns, dialed, names, &found));
        assert_string_equal(found.sentence, sentence);
    }
    fit_free(&fit);
    trials_free(&trials);
}

static void assert_words(int dial, int position, const char *sentence)
{
    const Turns turns = {.list = {{.count = 1, .dial = {dial}, .position = {position}}},
                         .count = 1};
    Diagnosis found;
    assert_true(words_for(&turns, dialed, "da", &found));
    assert_string_equal(found.sentence, sentence);
}

/* -- twins ----------------------------------------------------------------------------------------
 */

static void assert_twins(int dial, int position, int other, int its_position)
{
    Turn turn;
    assert_true(turn_twins(dialed, dial, position, &turn));
    assert_int_equal(turn.count, 2);
    assert_int_equal(turn.dial[1], other);
    assert_int_equal(turn.position[1], its_position);
    assert_false(turn_twins(dialed, other, its_position, &turn)); /* found already */
}

static void the_same_words_make_twins(void **state)
{
    (void)state;
    Turn turn;
    assert_twins(FIRST_X, TANH, SECOND_X, TANH);
    assert_twins(FIRST_C, LEFT_OUT, SECOND_C, LEFT_OUT);
    assert_false(turn_twins(dialed, TERM_B, TIMES_0, &turn));
}

static void a_function_a_sum_and_a_product_have_twins_of_other_words(void **state)
{
    (void)state;
    assert_twins(LOG_X, BASE_2, LOG_B, BASE_2);
    assert_twins(SUM_A, 1, SUM_B, 1);
    assert_twins(DY_A, 1, DY_B, 1);
}

static void twins_read_the_same_instead(void **state)
{
    (void)state;
    Turn turn;
    assert_twins(READ_X, 2, READ_B, 1);
    assert_false(turn_twins(dialed, READ_X, 1, &turn)); /* q is not in reach of the other */
}

static void the_factors_of_a_square_are_next_to_each_other(void **state)
{
    (void)state;
    Turn turn;
    assert_true(turn_square(dialed, FIRST_X, TANH, &turn));
    assert_int_equal(turn.dial[1], SECOND_X);
    assert_false(turn_square(dialed, SECOND_X, TANH, &turn));
    assert_false(turn_square(dialed, FIRST_C, TANH, &turn)); /* in another line */
}

/* -- what is found --------------------------------------------------------------------------------
 */

static void no_factor(int n, real c, const real x[n], const real b[n], real da[n], real db[n])
{
    (void)c;
    for (int i = 0; i < n; i++) {
        da[i] = x[i] * x[i] + b[i];
        db[i] = x[i];
    }
}

static void tanh_of_x(int n, real c, const real x[n], const real b[n], real da[n], real db[n])
{
    for (int i = 0; i < n; i++) {
        da[i] = tanh(x[i]) * tanh(x[i]) * c + b[i];
        db[i] = c * x[i];
    }
}

static void no_factor_and_minus(int n, real c, const real x[n], const real b[n], real da[n],
                                real db[n])
{
    for (int i = 0; i < n; i++) {
        da[i] = x[i] * x[i] - b[i];
        db[i] = c * x[i];
    }
}

static void no_factor_and_one_too_many(int n, real c, const real x[n], const real b[n], real da[n],
                                       real db[n])
{
    scale(n, c, x, b, da, db);
    for (int i = 0; i < n; i++)
        db[i] = x[i] * b[i];
}

static void one_idea_in_two_places_is_one_sentence(void **state)
{
    (void)state;
    assert_found((Function)no_factor, turns_of_one, DA, "da",
                 "da is what comes out if a factor is left out: c.");
    assert_found((Function)no_factor, turns_of_twins, DA | DB, "da, db",
                 "da, db are what comes out if a factor is left out: c.");
    assert_found((Function)tanh_of_x, turns_of_twins, DA, "da",
                 "da is what comes out if tanh(x) stands where x belongs.");
}

static void twins_have_one_label(void **state)
{
    (void)state;
    Turn turn;
    Diagnosis found;
    assert_true(turn_twins(dialed, FIRST_C, LEFT_OUT, &turn));
    label_turn(&turn, dialed, &found);
    assert_string_equal(found.label, "twins+missing-factor:c");
}

static void two_ideas_are_two_clauses(void **state)
{
    (void)state;
    assert_found((Function)no_factor_and_minus, two_dials, DA, "da",
                 "da is what comes out if two things are wrong at once: a factor is left out: c. "
                 "And a term has the wrong sign: one with b in it.");
    assert_found((Function)no_factor_and_minus, turns_of_twins, 0, "", "");
}

static void two_ideas_are_usual_ones(void **state)
{
    (void)state;
    assert_found((Function)no_factor_and_one_too_many, two_dials, 0, "", "");
}

/* -- what is said ---------------------------------------------------------------------------------
 */

static void a_clause_is_about_what_the_dial_is_on(void **state)
{
    (void)state;
    assert_words(
        FIRST_X, TRUNCATED,
        "da is what comes out if what stands behind the point is cut off from x, as in an int.");
    assert_words(LOG_X, BASE_2, "da is what comes out if the base of log(x) is 2 and not e.");
    assert_words(AT_PARENTHESES, GONE,
                 "da is what comes out if parentheses are left out around x * b: a / (b * c) is "
                 "not a / b * c.");
    assert_words(AT_LATE, GONE,
                 "da is what comes out if f(a + b) stands where f(a) + b belongs, f(a) + b being "
                 "sqrt(c) + n.");
    assert_words(AT_EQUAL, WITH_OR_WITHOUT_EQUAL,
                 "da is what comes out if a comparison is the wrong way round.");
}

static void a_clause_is_about_what_comes_before_or_too_often(void **state)
{
    (void)state;
    assert_words(AT_STEP, 1,
                 "da is what comes out if two steps are done in the wrong order: the one that "
                 "makes db, dc before the one that makes da.");
    assert_words(AT_STEP, 2,
                 "da is what comes out if two steps that make da are done in the wrong order.");
    assert_words(AT_STEP, 3,
                 "da is what comes out if two steps are done in the wrong order: the one that "
                 "makes something on the way before the one that makes da.");
    assert_words(AT_SIZE, 1, "da is what comes out if k stands where n belongs.");
    assert_words(AT_END, 1, "da is what comes out if a loop that should run to n stops at k.");
    assert_words(AT_EXTRA, 1,
                 "da is what comes out if something is multiplied by b once too often: what is "
                 "made of c and x.");
    assert_words(AT_EXTRA, 3,
                 "da is what comes out if something is multiplied by x once too often: what is "
                 "made of c and x.");
    assert_words(AT_EXTRA, 4,
                 "da is what comes out if something is divided by x once too often: what is made "
                 "of c and x.");
    assert_words(AT_DIFFERENCE, 1,
                 "da is what comes out if what stands behind the point is cut off from x - b, as "
                 "in an int.");
    assert_words(AT_PART, 1,
                 "da is what comes out if only one of the terms of x + c is multiplied or divided "
                 "by what stands beside them, as without parentheses.");
}

static void an_older_explanation_comes_first(void **state)
{
    (void)state;
    const Turns turns = {.list = {{.count = 1, .dial = {AT_EXTRA}, .position = {1}},
                                  {.count = 1, .dial = {AT_STEP}, .position = {1}},
                                  {.count = 1, .dial = {FIRST_C}, .position = {LEFT_OUT}}},
                         .count = 3};
    assert_ptr_equal(likeliest_turn(&turns), &turns.list[2]);
}

/* -- which outputs tell mistakes apart ------------------------------------------------------------
 */

static void no_last_element(int n, real c, const real x[n], const real b[n], real da[n], real db[n])
{
    scale(n - 1, c, x, b, da, db);
    db[n - 1] = c * x[n - 1];
}

static void what_is_unfinished_tells_no_other_mistake(void **state)
{
    (void)state;
    Trials trials = answered((Function)no_last_element);
    Fit fit = fit_new(&trials);
    assert_int_equal(fit.wrong, DA);
    assert_int_equal(fit.telling, 0);
    fit_free(&fit);
    trials_free(&trials);
}

static void what_was_given(int n, real c, const real x[n], const real b[n], real da[n], real db[n])
{
    for (int i = 0; i < n; i++) {
        da[i] = i % 2 ? 0 : b[i];
        db[i] = c * x[i] + x[i];
    }
}

static void zeros_and_given_numbers_are_not_firm(void **state)
{
    (void)state;
    Trials trials = answered((Function)what_was_given);
    Fit fit = fit_new(&trials);
    assert_int_equal(fit.telling, DA | DB);
    assert_int_equal(fit.firm, DB);
    fit_free(&fit);
    trials_free(&trials);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_same_words_make_twins),
        cmocka_unit_test(a_function_a_sum_and_a_product_have_twins_of_other_words),
        cmocka_unit_test(twins_read_the_same_instead),
        cmocka_unit_test(the_factors_of_a_square_are_next_to_each_other),
        cmocka_unit_test(one_idea_in_two_places_is_one_sentence),
        cmocka_unit_test(twins_have_one_label),
        cmocka_unit_test(two_ideas_are_two_clauses),
        cmocka_unit_test(two_ideas_are_usual_ones),
        cmocka_unit_test(a_clause_is_about_what_the_dial_is_on),
        cmocka_unit_test(a_clause_is_about_what_comes_before_or_too_often),
        cmocka_unit_test(an_older_explanation_comes_first),
        cmocka_unit_test(what_is_unfinished_tells_no_other_mistake),
        cmocka_unit_test(zeros_and_given_numbers_are_not_firm),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
