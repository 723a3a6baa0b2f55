/* test_exchange.c: what is said of an answer that takes inputs for others, or that a listed mistake
 * makes; lists may have dials in them. The copies with dials are written by hand here. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "compare.h"
#include "exchange.h"
#include "listed.h"
#include "words.h"

unsigned char dial_at[16];

static real times(int dial)
{
    static const real numbers[] = {1, 0, -1, 2, 0.5};
    return numbers[dial_at[dial]];
}

/* -- 1. dx = dy (g - h h), and dg = the sum of dy
 * --------------------------------------------------
 */

enum { TERM_G, TERM_HH, READ_H, ADDS_DG, TERM_G_TWIN };

static void slope_dialled(int n, const real dy[n], const real g[n], const real h[n], real dx[n],
                          real *dg)
{
    const real *read = dial_at[READ_H] ? g : h;
    *dg = 0;
    for (int i = 0; i < n; i++) {
        dx[i] =
            dy[i] * (times(TERM_G) * times(TERM_G_TWIN) * g[i] - times(TERM_HH) * read[i] * h[i]);
        *dg = dial_at[ADDS_DG] ? dy[i] : *dg + dy[i];
    }
}

/* Right without any dial. */
static void slope(int n, const real dy[n], const real g[n], const real h[n], real dx[n], real *dg)
{
    *dg = 0;
    for (int i = 0; i < n; i++) {
        dx[i] = dy[i] * g[i] - dy[i] * h[i] * h[i];
        *dg += dy[i];
    }
}

/* -- 2. dz = exp(p) - q, where p and q are of one shape -------------------------------------------
 */

static void difference(int n, const real p[n], const real q[n], real dz[n])
{
    for (int i = 0; i < n; i++)
        dz[i] = exp(p[i]) - q[i];
}

/* -- 3. da = W b and db = exp(b), where b and db are of one shape -- */

static void weigh(int n, int k, const real W[n][k], const real b[k], real da[n], real db[k])
{
    for (int i = 0; i < n; i++) {
        da[i] = 0;
        for (int j = 0; j < k; j++)
            da[i] += W[i][j] * b[j];
    }
    for (int j = 0; j < k; j++)
        db[j] = exp(b[j]);
}

const Dial dials[] = {
    [TERM_G] = {"slope", DIAL_TERM, 1, "dx", "g[i]", "g", "", 5},
    [TERM_HH] = {"slope", DIAL_TERM, 1, "dx", "h[i]*h[i]", "h", "", 5},
    [READ_H] = {"slope", DIAL_READ, 1, "dx", "h[i]", "h", "g", 2},
    [ADDS_DG] = {"slope", DIAL_ADDS, 2, "dg", "*dg+=", "dy", "", 2},
    [TERM_G_TWIN] = {"slope", DIAL_TERM, 3, "dx", "g[i]", "g", "", 2},
};

const Dialed dialed[] = {{"slope", (Function)slope_dialled, "n", 0, 5}, {0}};

CALL(slope, n[0], a[0], a[1], a[2], a[3], a[4])
CALL(difference, n[0], a[0], a[1], a[2])
CALL(weigh, n[0], n[1], a[0], a[1], a[2], a[3])

static const Mistake slope_mistakes[] = {
    {TURNED("wrong-sign:h[i]*h[i]"), "The square is taken off."},
    {TURNED("wrong-sign:nowhere"), "There is no such dial."},
    {0}};

static const Exercise exercise_slope = {
    .name = "slope",
    .call = call_slope,
    .sizes = "n",
    .arguments = {{"dy", IN_NORMAL, "n", 0},
                  {"g", IN_NORMAL, "n", 0},
                  {"h", IN_NORMAL, "n", 0},
                  {"dx", OUT, "n", 0},
                  {"dg", OUT, "", 0}},
    .cases = {{7}, {3}, {5}},
    .reference = (Function)slope,
    .mistakes = slope_mistakes,
};

static const Exercise exercise_difference = {
    .name = "difference",
    .call = call_difference,
    .sizes = "n",
    .arguments = {{"p", IN_NORMAL, "n", 0}, {"q", IN_NORMAL, "n", 0}, {"dz", OUT, "n", 0}},
    .cases = {{7}, {3}, {5}},
    .reference = (Function)difference,
};

static const Exercise exercise_weigh = {
    .name = "weigh",
    .call = call_weigh,
    .sizes = "nk",
    .arguments = {{"W", IN_NORMAL, "nk", 0},
                  {"b", IN_NORMAL, "k", 0},
                  {"da", OUT, "n", 0},
                  {"db", OUT, "k", 0}},
    .cases = {{3, 4}, {5, 2}, {2, 6}},
    .reference = (Function)weigh,
};

static const Exercise *const exercises[] = {&exercise_slope, &exercise_difference, &exercise_weigh,
                                            NULL};
const Check check = {"turned", exercises};

enum { DX = 1 << 3, DG = 1 << 4, DZ = 1 << 2, DA = 1 << 2 };

static Trials answered(const Exercise *exercise, Function answer)
{
    Trials trials = trials_new(exercise, 1, 1);
    trials_solve(&trials);
    for (int t = 0; t < trials.count; t++)
        trial_call(exercise, &trials.got[t], answer);
    return trials;
}

/* -- answers --------------------------------------------------------------------------------------
 */

#define ANSWER(name, slope_there, sum_there)                                                \
    static void name(int n, const real dy[n], const real g[n], const real h[n], real dx[n], \
                     real *dg)                                                              \
    {                                                                                       \
        (void)g, (void)h;                                                                   \
        *dg = 0;                                                                            \
        for (int i = 0; i < n; i++) {                                                       \
            dx[i] = dy[i] * (slope_there);                                                  \
            *dg = sum_there;                                                                \
        }                                                                                   \
    }
ANSWER(square_added, g[i] + h[i] * h[i], *dg + dy[i])
ANSWER(square_missing, g[i], *dg + dy[i])
ANSWER(g_for_h, g[i] - g[i] * h[i], *dg + dy[i])
ANSWER(last_alone, g[i] - h[i] * h[i], dy[i])
ANSWER(two_at_once, 2 * g[i] + h[i] * h[i], *dg + dy[i])
ANSWER(mystery, sin(g[i]) - h[i], *dg + dy[i])
ANSWER(nothing, 0, *dg + dy[i])

static void exchanged(int n, const real p[n], const real q[n], real dz[n])
{
    difference(n, q, p, dz);
}

static void p_for_both(int n, const real p[n], const real q[n], real dz[n])
{
    (void)q;
    difference(n, p, p, dz);
}

/* -- one dial -------------------------------------------------------------------------------------
 */

/* W as if it were (k, n). */
static void read_by_columns(int n, int k, const real W[n][k], const real b[k], real da[n],
                            real db[k])
{
    weigh(n, k, W, b, da, db);
    for (int i = 0; i < n; i++) {
        da[i] = 0;
        for (int j = 0; j < k; j++)
            da[i] += (&W[0][0])[j * n + i] * b[j];
    }
}

static void weigh_by_db(int n, int k, const real W[n][k], const real b[k], real da[n], real db[k])
{
    real too_far[k];
    weigh(n, k, W, b, da, db);
    weigh(n, k, W, db, da, too_far);
}

static void assert_turned(Function answer, Outputs outputs, const char *label, const char *sentence)
{
    Trials trials = answered(&exercise_slope, answer);
    Fit fit = fit_new(&trials);
    Turns turns;
    Diagnosis said = {0};
    turns_of_one(&turns, &fit, &dialed[0], fit.wrong & fit.telling);
    assert_int_equal(turns.fitting.outputs, outputs);
    if (outputs) {
        assert_true(words_for(&turns, &dialed[0], "dx", &said));
        assert_string_equal(said.label, label);
        if (!strstr(said.sentence, sentence))
            fail_msg("expected '%s' in: %s", sentence, said.sentence);
    }
    for (size_t i = 0; i < sizeof dial_at; i++)
        assert_int_equal(dial_at[i], 0);
    fit_free(&fit);
    trials_free(&trials);
}

static void what_one_dial_makes_is_named(void **state)
{
    (void)state;
    assert_turned((Function)square_added, DX, "wrong-sign:h[i]*h[i]", "h in it");
    assert_turned((Function)square_missing, DX, "missing-term:h[i]*h[i]",
                  "left out: one with h in it");
    assert_turned((Function)g_for_h, DX, "instead:h[i]<-g", "g ");
    assert_turned((Function)last_alone, DG, "accumulate:*dg+=", "only the last");
}

static void what_no_dial_makes_is_not_named(void **state)
{
    (void)state;
    assert_turned((Function)mystery, 0, "", "");
}

static void one_number_everywhere_is_made_by_many(void **state)
{
    (void)state;
    assert_turned((Function)nothing, 0, "", "");
}

static void a_namesake_has_a_number(void **state)
{
    (void)state;
    Turn turn;
    assert_true(turn_labelled(&dialed[0], "missing-term:g[i]", &turn));
    assert_int_equal(turn.dial[0], TERM_G);
    assert_true(turn_labelled(&dialed[0], "missing-term:g[i]#2", &turn));
    assert_int_equal(turn.dial[0], TERM_G_TWIN);
    assert_false(turn_labelled(&dialed[0], "missing-term:k[i]", &turn));
}

/* -- two dials ------------------------------------------------------------------------------------
 */

static void two_mistakes_at_once_are_named(void **state)
{
    (void)state;
    Trials trials = answered(&exercise_slope, (Function)two_at_once);
    Fit fit = fit_new(&trials);
    Turns turns;
    Diagnosis said = {0};
    turns_of_one(&turns, &fit, &dialed[0], DX);
    assert_int_equal(turns.count, 0);
    turns_of_two(&turns, &fit, &dialed[0], DX, 10);
    assert_int_equal(turns.fitting.outputs, DX);
    assert_true(words_for(&turns, &dialed[0], "dx", &said));
    assert_string_equal(said.label, "times-2:g[i]+wrong-sign:h[i]*h[i]");
    fit_free(&fit);
    trials_free(&trials);
}

static void what_leaves_the_right_outputs_right_fits_better(void **state)
{
    (void)state;
    assert_true(fits_better((Fitting){DX, DX | DG}, (Fitting){DX, DX}));
    assert_true(fits_better((Fitting){DX | DG, DX | DG}, (Fitting){DX, DX}));
    assert_false(fits_better((Fitting){DX, DX}, (Fitting){DX, DX}));
    assert_false(fits_better((Fitting){0, DX | DG}, (Fitting){DX, DX}));
}

/* -- the list -------------------------------------------------------------------------------------
 */

static void a_listed_mistake_may_be_a_dial(void **state)
{
    (void)state;
    Trials trials = answered(&exercise_slope, (Function)square_added);
    assert_int_equal(listed_mistake(&trials), 0);
    trials_free(&trials);
    trials = answered(&exercise_slope, (Function)square_missing);
    assert_int_equal(listed_mistake(&trials), -1);
    trials_free(&trials);
}

static void a_listed_mistake_is_seen_in_one_output_of_two(void **state)
{
    (void)state;
    Trials trials = answered(&exercise_slope, (Function)square_added);
    for (int t = 0; t < trials.count; t++)
        *(real *)trials.got[t].array[4] += 1 + t;
    Fit fit = fit_new(&trials);
    Outputs made;
    assert_int_equal(listed_mistake(&trials), -1);
    assert_int_equal(listed_mistake_in(&fit, fit.wrong, true, &made), 0);
    assert_int_equal(made, DX);
    fit_free(&fit);
    trials_free(&trials);
}

/* -- exchanged inputs -----------------------------------------------------------------------------
 */

static void assert_exchanged(const Exercise *exercise, Function answer, Outputs outputs,
                             const char *label)
{
    Trials trials = answered(exercise, answer);
    Fit fit = fit_new(&trials);
    Diagnosis said = {0};
    assert_int_equal(exchanged_inputs(&trials, fit.wrong & fit.telling, &said), outputs);
    if (outputs)
        assert_string_equal(said.label, label);
    fit_free(&fit);
    trials_free(&trials);
}

static void inputs_in_each_others_place_are_named(void **state)
{
    (void)state;
    assert_exchanged(&exercise_difference, (Function)exchanged, DZ, "exchanged:p:q");
    assert_exchanged(&exercise_difference, (Function)p_for_both, DZ, "instead:p:q");
    assert_exchanged(&exercise_difference, (Function)difference, 0, "");
}

static void an_input_that_is_read_by_columns_is_named(void **state)
{
    (void)state;
    assert_exchanged(&exercise_weigh, (Function)read_by_columns, DA, "axes:W:nk");
}

static void an_output_in_place_of_an_input_is_named(void **state)
{
    (void)state;
    assert_exchanged(&exercise_weigh, (Function)weigh_by_db, DA, "instead:db:b");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_one_dial_makes_is_named),
        cmocka_unit_test(what_no_dial_makes_is_not_named),
        cmocka_unit_test(one_number_everywhere_is_made_by_many),
        cmocka_unit_test(a_namesake_has_a_number),
        cmocka_unit_test(two_mistakes_at_once_are_named),
        cmocka_unit_test(what_leaves_the_right_outputs_right_fits_better),
        cmocka_unit_test(a_listed_mistake_may_be_a_dial),
        cmocka_unit_test(a_listed_mistake_is_seen_in_one_output_of_two),
        cmocka_unit_test(inputs_in_each_others_place_are_named),
        cmocka_unit_test(an_input_that_is_read_by_columns_is_named),
        cmocka_unit_test(an_output_in_place_of_an_input_is_named),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
