/* test_experiments.c: each rule that tries something out, on an answer of which it must speak and
 * on one that is near it, of which it must not. The answers are asked again as a student's are, but
 * in this process. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdbool.h>
#include <string.h>

#include "compare.h"
#include "dial.h"
#include "experiment/experiments.h"

/* No solution of these exercises has been given dials. */
const Dial dials[] = {{0}};
const Dialed dialed[] = {{0}};
unsigned char dial_at[1];

/* -- exercises ----------------------------------------------------------------------------------
 */

/* da = dy b,   db = dy a^2 */
static void twins(int n, const real dy[n], const real a[n], const real b[n], real da[n], real db[n])
{
    for (int i = 0; i < n; i++) {
        da[i] = dy[i] * b[i];
        db[i] = dy[i] * a[i] * a[i];
    }
}

/* Each row less its mean, over T; known says which of them count. */
static void rows(int n, int c, const real dy[n][c], const int known[n][c], const real T[n],
                 real dz[n][c])
{
    for (int i = 0; i < n; i++) {
        real sum = 0;
        for (int j = 0; j < c; j++)
            sum += known[i][j] ? dy[i][j] : 0;
        for (int j = 0; j < c; j++)
            dz[i][j] = (dy[i][j] - sum / (real)c) / T[i];
    }
}

static void prepare_rows(int which, const int n[], void *const a[])
{
    int *known = a[1];
    for (int i = 0; i < n[0] * n[1]; i++)
        known[i] = (i + which) % 3 != 0;
}

/* Each column less its mean, times its gain. */
static void columns(int n, int c, const real dy[n][c], const real gain[c], real dx[n][c])
{
    for (int j = 0; j < c; j++) {
        real sum = 0;
        for (int i = 0; i < n; i++)
            sum += dy[i][j];
        for (int i = 0; i < n; i++)
            dx[i][j] = gain[j] * (dy[i][j] - sum / (real)n);
    }
}

/* dx = dy (1 - h^2) for x > 0, h = tanh x; else dy */
static void gate(int n, const real dy[n], const real x[n], const real h[n], real dx[n])
{
    for (int i = 0; i < n; i++)
        dx[i] = x[i] > 0 ? dy[i] * (1 - h[i] * h[i]) : dy[i];
}

static void prepare_gate(int which, const int n[], void *const a[])
{
    const real *x = a[1];
    real *h = a[2];
    (void)which;
    for (int i = 0; i < n[0]; i++)
        h[i] = tanh(x[i]);
}

/* p = p - lr (dp + decay p) */
static void step(int n, real lr, real decay, const real dp[n], real p[n])
{
    for (int i = 0; i < n; i++)
        p[i] -= lr * (dp[i] + decay * p[i]);
}

/* dgain = the sum of dy (2 x - 1) over its rows,   dbias = that of dy */
static void pull(int n, int c, const real x[n][c], const real dy[n][c], real dgain[c],
                 real dbias[c])
{
    for (int l = 0; l < c; l++) {
        dgain[l] = dbias[l] = 0;
        for (int i = 0; i < n; i++) {
            dgain[l] += dy[i][l] * (2 * x[i][l] - 1);
            dbias[l] += dy[i][l];
        }
    }
}

/* dz = (dy - the one of y's class) / c */
static void classes(int n, int c, const real dy[n][c], const int y[n], real dz[n][c])
{
    for (int i = 0; i < n; i++)
        for (int j = 0; j < c; j++)
            dz[i][j] = (dy[i][j] - (j == y[i])) / (real)c;
}

/* loss = log(1 + e^z) / n */
static void soft(int n, const real z[n], real loss[n])
{
    for (int i = 0; i < n; i++)
        loss[i] = (fmax(z[i], 0) + log1p(exp(-fabs(z[i])))) / (real)n;
}

static void prepare_soft(int which, const int n[], void *const a[])
{
    real *z = a[0];
    (void)which;
    for (int i = 0; i < n[0]; i++)
        z[i] = i % 3 ? z[i] : 800 + i;
}

/* y = x + the larger of s and v, which is s; u is the smallest of all */
static void largest(int n, const real u[n], const real s[n], const real v[n], const real x[n],
                    real y[n])
{
    for (int i = 0; i < n; i++)
        y[i] = x[i] + fmax(s[i], fmax(u[i], v[i]));
}

static void prepare_largest(int which, const int n[], void *const a[])
{
    real *u = a[0], *s = a[1];
    const real *v = a[2];
    (void)which;
    for (int i = 0; i < n[0]; i++) {
        u[i] = v[i] - 9;
        s[i] = v[i] + 1;
    }
}

/* y = the sum of what the parents hold; none stands behind its child */
static void chain(int n, const int parent[n], const real x[n], real y[n])
{
    for (int i = 0; i < n; i++)
        y[i] = parent[i] < 0 ? x[i] : x[i] + y[parent[i]];
}

static void prepare_chain(int which, const int n[], void *const a[])
{
    int *parent = a[0];
    (void)which;
    for (int i = 0; i < n[0]; i++)
        parent[i] = parent[i] % (i + 1) - 1;
}

/* y = x + the sum of all h, h = tanh x */
static void gather(int n, const real x[n], const real h[n], real y[n])
{
    real sum = 0;
    for (int i = 0; i < n; i++)
        sum += h[i];
    for (int i = 0; i < n; i++)
        y[i] = x[i] + sum;
}

static void prepare_gather(int which, const int n[], void *const a[])
{
    const real *x = a[0];
    real *h = a[1];
    (void)which;
    for (int i = 0; i < n[0]; i++)
        h[i] = tanh(x[i]);
}

CALL(twins, n[0], a[0], a[1], a[2], a[3], a[4])
CALL(rows, n[0], n[1], a[0], a[1], a[2], a[3])
CALL(columns, n[0], n[1], a[0], a[1], a[2])
CALL(gate, n[0], a[0], a[1], a[2], a[3])
CALL(step, n[0], VALUE(a[0]), VALUE(a[1]), a[2], a[3])
CALL(pull, n[0], n[1], a[0], a[1], a[2], a[3])
CALL(classes, n[0], n[1], a[0], a[1], a[2])
CALL(soft, n[0], a[0], a[1])
CALL(largest, n[0], a[0], a[1], a[2], a[3], a[4])
CALL(chain, n[0], a[0], a[1], a[2])
CALL(gather, n[0], a[0], a[1], a[2])

enum { TWINS, ROWS, COLUMNS, GATE, STEP, PULL, CLASSES, SOFT, LARGEST, CHAIN, GATHER };

static const Exercise exercises[] = {
    {.name = "twins",
     .call = call_twins,
     .sizes = "n",
     .arguments = {{"dy", IN_NORMAL, "n", 0},
                   {"a", IN_NORMAL, "n", 0},
                   {"b", IN_NORMAL, "n", 0},
                   {"da", OUT, "n", 0},
                   {"db", OUT, "n", 0}},
     .cases = {{9}, {6}, {4}},
     .reference = (Function)twins},
    {.name = "rows",
     .call = call_rows,
     .sizes = "nc",
     .arguments = {{"dy", IN_NORMAL, "nc", 0},
                   {"known", IN_INDEX, "nc", 'c'},
                   {"T", IN_POSITIVE, "n", 0},
                   {"dz", OUT, "nc", 0}},
     .cases = {{6, 4}, {3, 5}},
     .reference = (Function)rows,
     .prepare = prepare_rows},
    {.name = "columns",
     .call = call_columns,
     .sizes = "nc",
     .arguments = {{"dy", IN_NORMAL, "nc", 0}, {"gain", IN_NORMAL, "c", 0}, {"dx", OUT, "nc", 0}},
     .cases = {{6, 4}, {3, 5}},
     .reference = (Function)columns},
    {.name = "gate",
     .call = call_gate,
     .sizes = "n",
     .arguments = {{"dy", IN_NORMAL, "n", 0},
                   {"x", IN_NORMAL, "n", 0},
                   {"h", IN_PREPARED, "n", 0},
                   {"dx", OUT, "n", 0}},
     .cases = {{20}, {12}},
     .reference = (Function)gate,
     .prepare = prepare_gate},
    {.name = "step",
     .call = call_step,
     .sizes = "n",
     .arguments = {{"lr", IN_POSITIVE, "", 0},
                   {"decay", IN_POSITIVE, "", 0},
                   {"dp", IN_NORMAL, "n", 0},
                   {"p", IN_OUT, "n", 0}},
     .cases = {{9}, {6}},
     .reference = (Function)step},
    {.name = "pull",
     .call = call_pull,
     .sizes = "nc",
     .arguments = {{"x", IN_NORMAL, "nc", 0},
                   {"dy", IN_NORMAL, "nc", 0},
                   {"dgain", OUT, "c", 0},
                   {"dbias", OUT, "c", 0}},
     .cases = {{4, 5}, {3, 6}},
     .reference = (Function)pull},
    {.name = "classes",
     .call = call_classes,
     .sizes = "nc",
     .arguments = {{"dy", IN_NORMAL, "nc", 0}, {"y", IN_INDEX, "n", 'c'}, {"dz", OUT, "nc", 0}},
     .cases = {{5, 4}, {4, 6}},
     .reference = (Function)classes},
    {.name = "soft",
     .call = call_soft,
     .sizes = "n",
     .arguments = {{"z", IN_NORMAL, "n", 0}, {"loss", OUT, "n", 0}},
     .cases = {{20}, {12}},
     .reference = (Function)soft,
     .prepare = prepare_soft},
    {.name = "largest",
     .call = call_largest,
     .sizes = "n",
     .arguments = {{"u", IN_PREPARED, "n", 0},
                   {"s", IN_PREPARED, "n", 0},
                   {"v", IN_NORMAL, "n", 0},
                   {"x", IN_NORMAL, "n", 0},
                   {"y", OUT, "n", 0}},
     .cases = {{9}, {6}},
     .reference = (Function)largest,
     .prepare = prepare_largest},
    {.name = "chain",
     .call = call_chain,
     .sizes = "n",
     .arguments = {{"parent", IN_INDEX, "n", 'n'}, {"x", IN_NORMAL, "n", 0}, {"y", OUT, "n", 0}},
     .cases = {{9}, {6}},
     .reference = (Function)chain,
     .prepare = prepare_chain},
    {.name = "gather",
     .call = call_gather,
     .sizes = "n",
     .arguments = {{"x", IN_NORMAL, "n", 0}, {"h", IN_PREPARED, "n", 0}, {"y", OUT, "n", 0}},
     .cases = {{9}, {6}},
     .reference = (Function)gather,
     .prepare = prepare_gather},
};

static const Exercise *const in_order[] = {
    &exercises[TWINS],   &exercises[ROWS],  &exercises[COLUMNS], &exercises[GATE],
    &exercises[STEP],    &exercises[PULL],  &exercises[CLASSES], &exercises[SOFT],
    &exercises[LARGEST], &exercises[CHAIN], &exercises[GATHER],  NULL};

const Check check = {"00_test", in_order};

/* -- answers ------------------------------------------------------------------------------------
 */

/* The exercise's answer with other lines. */
#define TWINS_ANSWER(name, of_a, of_b)                                                      \
    static void name(int n, const real dy[n], const real a[n], const real b[n], real da[n], \
                     real db[n])                                                            \
    {                                                                                       \
        (void)b;                                                                            \
        for (int i = 0; i < n; i++) {                                                       \
            da[i] = (of_a);                                                                 \
            db[i] = (of_b);                                                                 \
        }                                                                                   \
    }
TWINS_ANSWER(twins_swapped, dy[i] * a[i] * a[i], dy[i] * b[i])
TWINS_ANSWER(twins_added, dy[i] + b[i], dy[i] + a[i])
TWINS_ANSWER(twins_added_and_more, dy[i] + b[i] + (real)0.001 * a[i], dy[i] * a[i])
TWINS_ANSWER(twins_times_too_much, dy[i] * b[i] * a[i], dy[i] * a[i])
TWINS_ANSWER(twins_sine, sin(dy[i]) * b[i], dy[i] * a[i])
TWINS_ANSWER(twins_size, fabs(dy[i]) * sin(b[i]), dy[i] * a[i])
TWINS_ANSWER(twins_odd_part, dy[i] * b[i] + sin(a[i]), dy[i] * a[i])
TWINS_ANSWER(twins_cut, trunc(10 * dy[i] * b[i]), dy[i] * a[i])
TWINS_ANSWER(twins_cut_input, trunc(dy[i]) * b[i], dy[i] * a[i])
TWINS_ANSWER(twins_rounded, (real)((float)dy[i] * (float)b[i]), dy[i] * a[i])
TWINS_ANSWER(twins_rough, dy[i] * b[i] * (1 + (real)0.01 * sin(a[i])), dy[i] * a[i])
TWINS_ANSWER(twins_negative, dy[i] * (dy[i] < 0 ? -b[i] : b[i] + 1), dy[i] * a[i])
TWINS_ANSWER(twins_zero_where_whole, n == 6 ? dy[i] * b[i] : 0, dy[i] * a[i])

TWINS_ANSWER(twins_ones, (real)(dy[i] > 0), dy[i] * a[i])
TWINS_ANSWER(twins_huge, 1e11 * (dy[i] * b[i] * b[i] + 10 * a[i]) - 1e12 * a[i], dy[i] * a[i])
TWINS_ANSWER(twins_slope, dy[i] * b[i] * (1 - tanh(a[i]) * tanh(a[i])), dy[i] * a[i])
TWINS_ANSWER(twins_error, 2 / (real)n * (dy[i] - b[i]), dy[i] * a[i])

static void twins_remembers(int n, const real dy[n], const real a[n], const real b[n], real da[n],
                            real db[n])
{
    static real calls;
    twins(n, dy, a, b, da, db);
    calls++;
    for (int i = 0; i < n; i++)
        da[i] *= 1 + calls;
}

#define ROWS_ANSWER(name, before_all, before_row, divided)                                      \
    static void name(int n, int c, const real dy[n][c], const int known[n][c], const real T[n], \
                     real dz[n][c])                                                             \
    {                                                                                           \
        real sum = (before_all);                                                                \
        for (int i = 0; i < n; i++) {                                                           \
            sum = (before_row);                                                                 \
            for (int j = 0; j < c; j++)                                                         \
                sum += known[i][j] ? dy[i][j] : 0;                                              \
            for (int j = 0; j < c; j++)                                                         \
                dz[i][j] = (divided);                                                           \
        }                                                                                       \
    }
ROWS_ANSWER(rows_not_reset, 0, sum, (dy[i][j] - sum / (real)c) / T[i])
ROWS_ANSWER(rows_over_T_twice, 0, 0, (dy[i][j] - sum / (real)c) / T[i] / T[i] * (1 + j))
ROWS_ANSWER(rows_own_factor, 0, 0, (dy[i][j] - sum / (real)c) / (T[i] + 1))

ROWS_ANSWER(rows_all_known, 0, (sum - sum), (dy[i][j] - sin(dy[i][c - 1])) / T[i])

/* Row i is made from row 0 only. */
static void rows_from_first(int n, int c, const real dy[n][c], const int known[n][c],
                            const real T[n], real dz[n][c])
{
    for (int i = 0; i < n; i++)
        for (int j = 0; j < c; j++)
            dz[i][j] = (dy[0][j] * (1 + j) - known[i][j]) / T[i];
}

static void rows_early(int n, int c, const real dy[n][c], const int known[n][c], const real T[n],
                       real dz[n][c])
{
    for (int i = 0; i < n; i++) {
        real sum = 0;
        for (int j = 0; j < c; j++) {
            sum += known[i][j] ? dy[i][j] : 0;
            dz[i][j] = (dy[i][j] - sum / (real)c) / T[i];
        }
    }
}

static void rows_down_columns(int n, int c, const real dy[n][c], const int known[n][c],
                              const real T[n], real dz[n][c])
{
    for (int j = 0; j < c; j++) {
        real sum = 0;
        for (int i = 0; i < n; i++)
            sum += known[i][j] ? dy[i][j] : 0;
        for (int i = 0; i < n; i++)
            dz[i][j] = (dy[i][j] - sum / (real)c) / T[i];
    }
}

static void columns_of_row(int n, int c, const real dy[n][c], const real gain[c], real dx[n][c])
{
    for (int i = 0; i < n; i++) {
        real sum = 0;
        for (int j = 0; j < c; j++)
            sum += dy[i][j];
        for (int j = 0; j < c; j++)
            dx[i][j] = gain[j] * (dy[i][j] - sum / (real)n);
    }
}

/* The whole sum is taken off, not its mean. */
static void columns_undivided(int n, int c, const real dy[n][c], const real gain[c], real dx[n][c])
{
    for (int j = 0; j < c; j++) {
        real sum = 0;
        for (int i = 0; i < n; i++)
            sum += dy[i][j];
        for (int i = 0; i < n; i++)
            dx[i][j] = gain[j] * (dy[i][j] - sum);
    }
}

/* The line's own share of the mean is missing. */
static void columns_but_own(int n, int c, const real dy[n][c], const real gain[c], real dx[n][c])
{
    columns(n, c, dy, gain, dx);
    for (int i = 0; i < n; i++)
        for (int j = 0; j < c; j++)
            dx[i][j] += gain[j] * dy[i][j] / (real)n;
}

static void columns_gain_forgotten(int n, int c, const real dy[n][c], const real gain[c],
                                   real dx[n][c])
{
    columns(n, c, dy, gain, dx);
    for (int i = 0; i < n; i++)
        for (int j = 0; j < c; j++)
            dx[i][j] /= gain[j] * (real)(1 + j);
}

#define GATE_ANSWER(name, given)                                                            \
    static void name(int n, const real dy[n], const real x[n], const real h[n], real dx[n]) \
    {                                                                                       \
        for (int i = 0; i < n; i++)                                                         \
            dx[i] = (given);                                                                \
    }
GATE_ANSWER(gate_near_zero, dy[i] * (x[i] > 0 ? x[i] < 1 ? 3 * h[i] : 1 - h[i] * h[i] : 1))
GATE_ANSWER(gate_without_x, dy[i] * (x[i] == 7 ? h[i] : (real)0.4))
GATE_ANSWER(gate_by_x, x[i] > 0 ? dy[i] * (1 - tanh(x[i])) + (h[i] == 7) : dy[i])

GATE_ANSWER(gate_by_sign, x[i] > 0 ? dy[i] * (real)0.3 + (h[i] == 7) : dy[i])
GATE_ANSWER(gate_above_one, x[i] > 1 ? dy[i] * (1 - h[i] * h[i]) : dy[i])
GATE_ANSWER(gate_always_open, dy[i] * (1 - h[i] * h[i]) + (x[i] == 7))

static void largest_of_two(int n, const real u[n], const real s[n], const real v[n],
                           const real x[n], real y[n])
{
    (void)s;
    for (int i = 0; i < n; i++)
        y[i] = x[i] + fmax(u[i], v[i]);
}

#define STEP_ANSWER(name, moved)                                              \
    static void name(int n, real lr, real decay, const real dp[n], real p[n]) \
    {                                                                         \
        for (int i = 0; i < n; i++)                                           \
            p[i] = (moved);                                                   \
    }
STEP_ANSWER(step_none, p[i] + 0 * lr * decay * dp[i])
STEP_ANSWER(step_small, p[i] - (real)1e-3 * lr * (dp[i] + decay * p[i] * p[i]))
STEP_ANSWER(step_first_only, i ? p[i] : p[i] - lr * (dp[i] + decay * p[i]))
STEP_ANSWER(step_decay_three, p[i] - lr * (dp[i] + (i + 2) * decay * p[i]))
STEP_ANSWER(step_decay_half, p[i] - lr * (dp[i] + decay * p[i] / (real)n))
STEP_ANSWER(step_outside, p[i] - lr * (dp[i] + decay * p[i]) - decay * p[i] * p[i] * p[i])
STEP_ANSWER(step_in_two, p[i] - lr * dp[i] - lr * decay * (p[i] - lr * dp[i]))
STEP_ANSWER(step_without_decay, p[i] - lr * dp[i] + 0 * decay)

STEP_ANSWER(step_last_wrong, p[i] - lr * (dp[i] + decay * p[i]) * (i == n - 1 ? sin(p[i]) : 1))

#define PULL_ANSWER(name, gain, bias)                                                      \
    static void name(int n, int c, const real x[n][c], const real dy[n][c], real dgain[c], \
                     real dbias[c])                                                        \
    {                                                                                      \
        for (int l = 0; l < c; l++) {                                                      \
            dgain[l] = dbias[l] = 0;                                                       \
            for (int i = 0; i < n; i++) {                                                  \
                dgain[l] += (gain);                                                        \
                dbias[l] += (bias);                                                        \
            }                                                                              \
        }                                                                                  \
    }
PULL_ANSWER(pull_sums_product, dy[i][l] * x[i][l], dy[i][l])
PULL_ANSWER(pull_one_row_short, i > 0 ? dy[i][l] * (x[i][l] * x[i][l] - 1) : 0, dy[i][l])
PULL_ANSWER(pull_square, dy[i][l] * (x[i][l] * x[i][l] - 1), dy[i][l])

#define CLASSES_ANSWER(name, given)                                                    \
    static void name(int n, int c, const real dy[n][c], const int y[n], real dz[n][c]) \
    {                                                                                  \
        for (int i = 0; i < n; i++)                                                    \
            for (int j = 0; j < c; j++)                                                \
                dz[i][j] = (given);                                                    \
    }
CLASSES_ANSWER(classes_by_row, (dy[i][j] - (j == y[i]) * (2 + i)) / (real)c)
CLASSES_ANSWER(classes_beside, (dy[i][j] - (j == (y[i] + 1) % c)) / (real)c)

static void soft_cut_off(int n, const real z[n], real loss[n])
{
    for (int i = 0; i < n; i++)
        loss[i] = fmin(log1p(exp(fmin(z[i], 30))), 30) / (real)n;
}

static void soft_shifted(int n, const real z[n], real loss[n])
{
    for (int i = 0; i < n; i++)
        loss[i] = (fmax(z[i], 0) + log1p(exp(-fabs(z[i]))) + sin((real)(i + 1))) / (real)n;
}

/* -- asking -------------------------------------------------------------------------------------
 */

static bool ask(void *context, Trials *trials)
{
    const Function *answer = context;
    for (int t = 0; t < trials->count; t++)
        trial_call(trials->exercise, &trials->got[t], *answer);
    return true;
}

static bool diagnose(int which, const char *output, Function answer, Diagnosis *said)
{
    Trials trials = trials_new(&exercises[which], 1, 1);
    Experiment experiment;
    int argument = 0;
    ask(&answer, &trials);
    trials_solve(&trials);
    while (strcmp(trials.exercise->arguments[argument].name, output) != 0)
        argument++;
    assert_true(find_difference(&trials, argument).trial >= 0);
    assert_true(experiment_new(&experiment, &trials, ask, &answer));
    bool found = experiment_diagnosis(&trials, &experiment, argument, said);
    experiment_free(&experiment);
    trials_free(&trials);
    return found;
}

static void assert_said(int which, const char *output, Function answer, const char *expected)
{
    Diagnosis said = {0};
    if (!diagnose(which, output, answer, &said) || !strstr(said.sentence, expected))
        fail_msg("expected '%s', got '%s'", expected, said.sentence);
}

static void assert_not_said(int which, const char *output, Function answer, const char *words)
{
    Diagnosis said = {0};
    if (diagnose(which, output, answer, &said) && strstr(said.sentence, words))
        fail_msg("'%s' was said", said.sentence);
}

/* What is said of one answer's output, and is not said of another one's. */
#define TOLD(test, which, output, answer, near_it, words)           \
    static void test(void **state)                                  \
    {                                                               \
        (void)state;                                                \
        assert_said(which, output, (Function)(answer), words);      \
        assert_not_said(which, output, (Function)(near_it), words); \
    }

/* -- tests --------------------------------------------------------------------------------------
 */

TOLD(state_that_is_kept_is_told, TWINS, "da", twins_remembers, twins_sine,
     "Called twice with the same inputs, it leaves two different da.")
TOLD(what_is_left_as_it_was_is_told, STEP, "p", step_none, step_small, "p is left as it was. ")
TOLD(all_left_but_the_first_is_told, STEP, "p", step_first_only, step_none,
     "left as it was but for its first element, which is right")
TOLD(whole_numbers_are_told, TWINS, "da", twins_cut, twins_cut_input,
     "All that da holds are whole numbers; what is wanted is not.")
TOLD(zero_but_where_it_is_right_is_told, TWINS, "da", twins_zero_where_whole, twins_negative,
     "where n = 6 it is right")
TOLD(outputs_that_are_exchanged_are_told, TWINS, "da", twins_swapped, twins_added,
     "da is the right db, everywhere")
TOLD(a_sum_for_a_product_is_told, TWINS, "da", twins_added, twins_added_and_more, "da is dy + b")
TOLD(a_factor_that_is_an_input_is_told, TWINS, "da", twins_times_too_much, twins_rough,
     "da is what is wanted, times a,")
TOLD(an_input_that_was_cut_off_is_told, TWINS, "da", twins_cut_input, twins_rounded,
     "behind the point were cut off from dy")
TOLD(an_input_that_is_left_out_is_told, STEP, "p", step_without_decay, step_decay_three,
     "what would be right if decay were zero")
TOLD(a_plain_sum_is_told, PULL, "dgain", pull_sums_product, pull_square,
     "dgain is the sum of x dy over n. That is not what is asked for.")
TOLD(digits_are_counted, TWINS, "da", twins_rounded, twins_rough, "da is right to 7 digits")
TOLD(an_input_that_is_ignored_is_told, GATE, "dx", gate_without_x, gate_by_x,
     "x, h have no influence on dx, and should have.")
TOLD(another_degree_is_told, ROWS, "dz", rows_over_T_twice, rows_not_reset,
     "With T twice as large dz should be 0.5 times as large; yours is 0.25 times as large.")
TOLD(a_part_that_is_a_multiple_is_told, STEP, "p", step_decay_half, step_decay_three,
     "The part of p that grows with decay is 1/n of what is wanted; the rest is right.")
TOLD(a_part_that_is_wrong_is_told, STEP, "p", step_decay_three, step_outside,
     "The part of p that grows with decay is wrong; the rest is right.")
TOLD(a_change_without_lr_is_told, STEP, "p", step_outside, step_in_two,
     "Were lr zero, p should stay as it was; yours would change.")
TOLD(a_part_too_many_is_told, TWINS, "da", twins_odd_part, twins_sine,
     "A part of da does not change with dy; there should be no such part, and the rest is right.")
TOLD(what_was_changed_before_it_was_used_is_asked, STEP, "p", step_in_two, step_outside,
     "grows with the square of lr; there should be no such part, and the rest is right. Is it")
TOLD(a_sum_that_runs_on_is_told, ROWS, "dz", rows_not_reset, rows_early,
     "In dz a row changes with rows of dy before it, too; only its own should count.")
TOLD(a_sum_used_too_early_is_told, ROWS, "dz", rows_early, rows_not_reset,
     "a column changes with no column of dy behind its own; all should count. Is a sum used")
TOLD(a_sum_along_the_wrong_index_is_told, COLUMNS, "dx", columns_of_row, columns_gain_forgotten,
     "a row changes with no row of dy but its own; all should count.")
TOLD(a_factor_of_what_comes_from_others_is_told, COLUMNS, "dx", columns_undivided,
     columns_gain_forgotten,
     "What comes to rows of dx from other rows of dy than their own is n times what is wanted.")
TOLD(what_comes_from_its_own_is_told_apart, COLUMNS, "dx", columns_but_own, columns_undivided,
     "what comes from others is right.")
TOLD(a_row_too_few_is_told, PULL, "dgain", pull_one_row_short, pull_square,
     "The first row of x has no part in dgain, and should have.")
TOLD(a_place_that_an_index_names_is_told, CLASSES, "dz", classes_by_row, classes_beside,
     "dz is wrong at the place that y names and nowhere else.")
TOLD(inputs_between_two_numbers_are_told, GATE, "dx", gate_near_zero, gate_by_x,
     "dx is wrong where x lies between 0 and 1 and nowhere else.")
TOLD(large_inputs_are_told, SOFT, "loss", soft_cut_off, soft_shifted,
     "loss is wrong where |z| is large (from 800 on)")
TOLD(what_is_not_in_proportion_is_told, TWINS, "da", twins_sine, twins_rough,
     "da should grow in proportion to dy: twice dy, twice da.")
TOLD(a_lost_sign_is_told, TWINS, "da", twins_size, twins_sine,
     "With the sign of dy turned, da should only turn its sign")
TOLD(an_input_too_many_is_told, TWINS, "da", twins_rough, twins_sine,
     "a has an influence on da, and should have none.")
TOLD(a_slope_too_many_is_told, TWINS, "da", twins_slope, twins_rough,
     "da is what is wanted, times (1 - tanh(a)^2), everywhere and in every case.")
TOLD(a_known_quantity_over_n_is_told, TWINS, "da", twins_error, twins_added,
     "da is (dy - b) times 2/n, everywhere and in every case.")
TOLD(what_is_only_a_gate_is_not_ignored, GATE, "dx", gate_without_x, gate_by_sign,
     "have no influence on dx")
TOLD(no_number_is_no_reading_of_an_input, GATE, "dx", gate_above_one, gate_always_open,
     "cut off from x")
TOLD(flags_that_are_ignored_are_told, ROWS, "dz", rows_all_known, rows_not_reset,
     "known has no influence on dz, and should have.")
TOLD(rows_from_elsewhere_are_told, ROWS, "dz", rows_from_first, rows_down_columns,
     "a row changes with another row of dy, and not always with its own.")
TOLD(a_part_of_the_array_comes_before_proportions, STEP, "p", step_last_wrong, step_decay_three,
     "The last element of p is wrong; the rest of p is right.")
TOLD(rows_that_are_multiples_are_told, ROWS, "dz", rows_own_factor, rows_early,
     "Each row of dz is right but for a factor of its own")

static void where_nothing_is_known_nothing_is_said(void **state)
{
    (void)state;
    assert_not_said(SOFT, "loss", (Function)soft_shifted, "");
}

static void what_several_readings_fit_is_not_said(void **state)
{
    (void)state;
    assert_not_said(LARGEST, "y", (Function)largest_of_two, "in the place of s");
    assert_not_said(GATE, "dx", (Function)gate_always_open, "in the place of x");
}

static void zeros_and_ones_are_not_called_whole(void **state)
{
    (void)state;
    assert_not_said(TWINS, "da", (Function)twins_ones, "whole");
}

static void rounding_of_large_numbers_is_no_fact(void **state)
{
    (void)state;
    assert_not_said(TWINS, "da", (Function)twins_huge, "should grow in proportion");
    assert_not_said(TWINS, "da", (Function)twins_huge, " an influence on ");
}

/* h is moved with x, from which it was made, and never alone. */
static void what_was_prepared_moves_with_its_source(void **state)
{
    (void)state;
    Trials trials = trials_new(&exercises[GATE], 1, 1);
    Function right = (Function)gate;
    Experiment experiment;
    assert_true(experiment_new(&experiment, &trials, ask, &right));
    assert_int_equal(experiment_find(&experiment, MOVED, 0, 2, 0), -1);
    assert_int_equal(experiment_find(&experiment, SCALED, 0, 1, 0), -1);
    int v = experiment_find(&experiment, MOVED, 0, 1, 3);
    assert_true(v >= 0 && experiment.variants[v].joint);
    const real *x = experiment.again.given[v].array[1], *h = experiment.again.given[v].array[2];
    assert_true(h[3] == tanh(x[3]));
    assert_true(x[3] * ((real *)trials.given[0].array[1])[3] < 0);
    experiment_free(&experiment);
    trials_free(&trials);
}

/* However often all cases were tried, each is asked again once. */
static void several_rounds_are_asked_as_one(void **state)
{
    (void)state;
    Function right = (Function)rows;
    Trials trials = trials_new(&exercises[ROWS], 1, 40);
    Experiment experiment;
    assert_int_equal(trials.count, 80);
    assert_true(experiment_new(&experiment, &trials, ask, &right));
    assert_int_equal(experiment.trials->count, 2);
    assert_true(experiment_find(&experiment, AGAIN, 1, 0, 0) >= 0);
    assert_true(experiment_find(&experiment, MOVED, 1, 2, 2) >= 0);
    assert_int_equal(experiment_find(&experiment, MOVED, 2, 2, 2), -1);
    experiment_free(&experiment);
    trials_free(&trials);
}

static void gather_x_before(int n, const real x[n], const real h[n], real y[n])
{
    real sum = 0;
    for (int i = 0; i < n; i++)
        y[i] = (sum += x[i] * x[i]) + (h[i] == 7);
}

/* Of x and h one is there for the other, and nobody knows which should have been summed. */
static void lines_that_others_are_made_of_are_not_told(void **state)
{
    (void)state;
    assert_not_said(GATHER, "y", (Function)gather_x_before, "behind its own");
}

/* A parent behind its child would send the reference astray. */
static void an_index_that_was_prepared_is_not_moved(void **state)
{
    (void)state;
    Trials trials = trials_new(&exercises[CHAIN], 1, 1);
    Function right = (Function)chain;
    Experiment experiment;
    assert_true(experiment_new(&experiment, &trials, ask, &right));
    for (int at = 0; at < 9; at++)
        assert_int_equal(experiment_find(&experiment, MOVED, 0, 0, at), -1);
    experiment_free(&experiment);
    trials_free(&trials);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(state_that_is_kept_is_told),
        cmocka_unit_test(what_is_left_as_it_was_is_told),
        cmocka_unit_test(all_left_but_the_first_is_told),
        cmocka_unit_test(whole_numbers_are_told),
        cmocka_unit_test(zero_but_where_it_is_right_is_told),
        cmocka_unit_test(outputs_that_are_exchanged_are_told),
        cmocka_unit_test(a_sum_for_a_product_is_told),
        cmocka_unit_test(a_factor_that_is_an_input_is_told),
        cmocka_unit_test(an_input_that_was_cut_off_is_told),
        cmocka_unit_test(an_input_that_is_left_out_is_told),
        cmocka_unit_test(a_plain_sum_is_told),
        cmocka_unit_test(digits_are_counted),
        cmocka_unit_test(an_input_that_is_ignored_is_told),
        cmocka_unit_test(another_degree_is_told),
        cmocka_unit_test(a_part_that_is_a_multiple_is_told),
        cmocka_unit_test(a_part_that_is_wrong_is_told),
        cmocka_unit_test(a_change_without_lr_is_told),
        cmocka_unit_test(a_part_too_many_is_told),
        cmocka_unit_test(what_was_changed_before_it_was_used_is_asked),
        cmocka_unit_test(a_sum_that_runs_on_is_told),
        cmocka_unit_test(a_sum_used_too_early_is_told),
        cmocka_unit_test(a_sum_along_the_wrong_index_is_told),
        cmocka_unit_test(a_factor_of_what_comes_from_others_is_told),
        cmocka_unit_test(what_comes_from_its_own_is_told_apart),
        cmocka_unit_test(a_row_too_few_is_told),
        cmocka_unit_test(a_place_that_an_index_names_is_told),
        cmocka_unit_test(inputs_between_two_numbers_are_told),
        cmocka_unit_test(large_inputs_are_told),
        cmocka_unit_test(what_is_not_in_proportion_is_told),
        cmocka_unit_test(a_lost_sign_is_told),
        cmocka_unit_test(an_input_too_many_is_told),
        cmocka_unit_test(a_slope_too_many_is_told),
        cmocka_unit_test(a_known_quantity_over_n_is_told),
        cmocka_unit_test(what_is_only_a_gate_is_not_ignored),
        cmocka_unit_test(no_number_is_no_reading_of_an_input),
        cmocka_unit_test(flags_that_are_ignored_are_told),
        cmocka_unit_test(rows_from_elsewhere_are_told),
        cmocka_unit_test(a_part_of_the_array_comes_before_proportions),
        cmocka_unit_test(rows_that_are_multiples_are_told),
        cmocka_unit_test(where_nothing_is_known_nothing_is_said),
        cmocka_unit_test(what_several_readings_fit_is_not_said),
        cmocka_unit_test(zeros_and_ones_are_not_called_whole),
        cmocka_unit_test(rounding_of_large_numbers_is_no_fact),
        cmocka_unit_test(what_was_prepared_moves_with_its_source),
        cmocka_unit_test(several_rounds_are_asked_as_one),
        cmocka_unit_test(lines_that_others_are_made_of_are_not_told),
        cmocka_unit_test(an_index_that_was_prepared_is_not_moved),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
