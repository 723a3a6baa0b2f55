/* 18_recurrent.c: how the answers to exercises 18 are judged. The references go back step by step,
 * and make each product of its own; the solutions have them in one. Most mistakes are a way that
 * is missing, a state of the step before or after, or one gate in another's place. */
#include "18_recurrent.h"

#include <stdbool.h>
#include <string.h>

#include "check.h"

/* -- shared by the references and the mistakes ------------------------------------------------- */

static void tanh_all(int n, real x[n])
{
    for (int i = 0; i < n; i++)
        x[i] = tanh(x[i]);
}

static void sigmoid_all(int n, real x[n])
{
    for (int i = 0; i < n; i++)
        x[i] = 1 / (1 + exp(-x[i]));
}

static void add(int n, const real x[n], real y[n])
{
    for (int i = 0; i < n; i++)
        y[i] += x[i];
}

static void copy(int n, const real x[n], real y[n])
{
    for (int i = 0; i < n; i++)
        y[i] = x[i];
}

static void clear(int n, real y[n])
{
    for (int i = 0; i < n; i++)
        y[i] = 0;
}

static void scale(int n, real factor, real x[n])
{
    for (int i = 0; i < n; i++)
        x[i] *= factor;
}

/* dZ = dH, through h = tanh(z) */
static void tanh_back(int n, const real dh[n], const real h[n], real dz[n])
{
    for (int i = 0; i < n; i++)
        dz[i] = dh[i] - h[i] * (h[i] * dh[i]);
}

/* dX += dZ W, of Z = X W^T, whose W is (m, k) */
static void product_back(int n, int m, int k, const real dZ[n][m], const real W[m][k],
                         real dX[n][k])
{
    for (int i = 0; i < n; i++)
        for (int j = m - 1; j >= 0; j--)
            for (int l = 0; l < k; l++)
                dX[i][l] += dZ[i][j] * W[j][l];
}

/* dW += dZ^T X */
static void weights_back(int n, int m, int k, const real dZ[n][m], const real X[n][k],
                         real dW[m][k])
{
    for (int i = n - 1; i >= 0; i--)
        for (int j = 0; j < m; j++)
            for (int l = 0; l < k; l++)
                dW[j][l] += X[i][l] * dZ[i][j];
}

static void transpose(int m, const real W[m][m], real turned[m][m])
{
    for (int j = 0; j < m; j++)
        for (int l = 0; l < m; l++)
            turned[l][j] = W[j][l];
}

/* -- 1. rnn_weights_backward ------------------------------------------------------------------- */

/* H (u, n, m), any states that a tanh can have made. */
static void prepare_weights(int which, const int n[], void *const a[])
{
    (void)which;
    tanh_all(n[1] * n[2] * n[4], a[2]);
}

#define WEIGHTS                                                                       \
    int t, int u, int n, int d, int m, const real dZ[t][n][m], const real X[t][n][d], \
        const real H[u][n][m], real dWx[m][d], real dWh[m][m], real db[m]
#define WEIGHTS_ARGUMENTS t, u, n, d, m, dZ, X, H, dWx, dWh, db

static void weights_from(int first, int last, WEIGHTS)
{
    (void)u;
    clear(m * d, *dWx);
    clear(m * m, *dWh);
    clear(m, db);
    for (int s = last; s >= first; s--) {
        weights_back(n, m, d, dZ[s], X[s], dWx);
        weights_back(n, m, m, dZ[s], H[s], dWh);
        for (int i = 0; i < n; i++)
            add(m, dZ[s][i], db);
    }
}

static void reference_weights(WEIGHTS)
{
    weights_from(0, t - 1, WEIGHTS_ARGUMENTS);
}

static void weights_last_step(WEIGHTS)
{
    weights_from(t - 1, t - 1, WEIGHTS_ARGUMENTS);
}

static void clear_square(int m, real W[m][m])
{
    clear(m * m, *W);
}

/* dWh, when at every step this state stands beside dZ[s]. */
#define WEIGHTS_OF_STATE(name, first, state)             \
    static void name(WEIGHTS)                            \
    {                                                    \
        reference_weights(WEIGHTS_ARGUMENTS);            \
        clear_square(m, dWh);                            \
        for (int s = first; s < t; s++)                  \
            weights_back(n, m, m, dZ[s], H[state], dWh); \
    }

WEIGHTS_OF_STATE(weights_state_after, 0, s + 1)
WEIGHTS_OF_STATE(weights_state_before, 1, s - 1)
WEIGHTS_OF_STATE(weights_state_before_or_first, 0, s > 0 ? s - 1 : 0)
WEIGHTS_OF_STATE(weights_first_state, 0, 0)
WEIGHTS_OF_STATE(weights_last_state, 0, t)
WEIGHTS_OF_STATE(weights_h0_forgotten, 1, s)

static void weights_after_and_transposed(WEIGHTS)
{
    real right[m][m];
    weights_state_after(t, u, n, d, m, dZ, X, H, dWx, right, db);
    transpose(m, right, dWh);
}

/* At each step the sequences are added up before the product. */
static void weights_of_sums(WEIGHTS)
{
    real sum[t][1][m], sum_X[t][1][d], sum_H[u][1][m];
    memset(sum, 0, sizeof sum);
    memset(sum_X, 0, sizeof sum_X);
    memset(sum_H, 0, sizeof sum_H);
    for (int s = 0; s < t; s++)
        for (int i = 0; i < n; i++) {
            add(m, dZ[s][i], sum[s][0]);
            add(d, X[s][i], sum_X[s][0]);
            add(m, H[s][i], sum_H[s][0]);
        }
    reference_weights(t, u, 1, d, m, (const void *)sum, (const void *)sum_X, (const void *)sum_H,
                      dWx, dWh, db);
}

static void weights_transposed(WEIGHTS)
{
    real right[m][m];
    reference_weights(t, u, n, d, m, dZ, X, H, dWx, right, db);
    transpose(m, right, dWh);
}

static void weights_through_tanh(WEIGHTS)
{
    real twice[t][n][m];
    for (int s = 0; s < t; s++)
        tanh_back(n * m, *dZ[s], *H[s + 1], *twice[s]);
    reference_weights(t, u, n, d, m, (const void *)twice, X, H, dWx, dWh, db);
}

static void weights_last_sequence(WEIGHTS)
{
    real last[t][n][m];
    memset(last, 0, sizeof last);
    for (int s = 0; s < t; s++)
        copy(m, dZ[s][n - 1], last[s][n - 1]);
    reference_weights(t, u, n, d, m, (const void *)last, X, H, dWx, dWh, db);
}

static void weights_averaged(real by, WEIGHTS)
{
    reference_weights(WEIGHTS_ARGUMENTS);
    scale(m * d, 1 / by, *dWx);
    scale(m * m, 1 / by, *dWh);
    scale(m, 1 / by, db);
}

static void weights_mean_of_steps(WEIGHTS)
{
    weights_averaged((real)t, WEIGHTS_ARGUMENTS);
}

static void weights_mean_of_sequences(WEIGHTS)
{
    weights_averaged((real)n, WEIGHTS_ARGUMENTS);
}

static void weights_mean_of_all(WEIGHTS)
{
    weights_averaged((real)(t * n), WEIGHTS_ARGUMENTS);
}

static const Mistake weights_mistakes[] = {
    {MISTAKE(weights_last_step),
     "Only the last step is in it. The same weights are used at every step, and the gradients of "
     "all uses add up."},
    {TURNED("runs-once:for(int s=0;s<t;s++)"),
     "Only the first step is in it. The same weights are used at every step, and the gradients of "
     "all uses add up."},
    {TURNED("begins-late:for(int s=0;s<t;s++)"),
     "The first step is missing. It uses the weights like every other: s runs from 0."},
    {TURNED("ends-early:for(int s=0;s<t;s++)"),
     "The last step is missing. It uses the weights like every other: s runs to t - 1."},
    {MISTAKE(weights_state_after),
     "The state is one step late: H[s + 1] is what step s makes. What Wh was multiplied by at step "
     "s is H[s]."},
    {MISTAKE(weights_first_state),
     "At every step H[0] stands beside dZ[s]. Step s multiplied Wh by the state it began with, "
     "H[s]."},
    {MISTAKE(weights_last_state),
     "At every step H[t] stands beside dZ[s]. Step s multiplied Wh by the state it began with, "
     "H[s]."},
    {MISTAKE(weights_state_before),
     "The state is one step early: beside dZ[s] stands H[s - 1]. Step s multiplied Wh by H[s], and "
     "step 0 by H[0]."},
    {MISTAKE(weights_state_before_or_first),
     "The state is one step early: beside dZ[s] stands H[s - 1], at step 0 H[0]. Step s multiplied "
     "Wh by H[s]."},
    {MISTAKE(weights_after_and_transposed),
     "dWh is transposed, and its state is one step late: dWh[j][l] is the sum of dZ[s][i][j] "
     "H[s][i][l]."},
    {MISTAKE(weights_of_sums), "The sequences are added up before they are multiplied. Each "
                               "dZ[s][i] belongs beside the X and "
                               "the H of its own sequence i: multiply first, then add."},
    {TURNED("times-1/2:dZ[s][i][j]"),
     "db is half of it. Whether there is one bias or two, as in PyTorch, each of them gets all of "
     "dZ."},
    {MISTAKE(weights_h0_forgotten),
     "Step 0 is missing from dWh. It read a state, too: H[0], which need not be 0."},
    {MISTAKE(weights_transposed),
     "dWh is transposed: it has Wh's shape, (m, m), and Wh[j][l] takes H[s][i][l] to Z[s][i][j]."},
    {MISTAKE(weights_through_tanh),
     "The slope of tanh is in it. dZ is the gradient of what goes into tanh: it has been through "
     "it already."},
    {MISTAKE(weights_last_sequence),
     "Only the last of the n sequences is in it. All of them use the same weights: begin the sums "
     "at zero once, before all loops over s and i."},
    {MISTAKE(weights_mean_of_steps),
     "It is divided by t. The weights are used t times, and the gradients of all uses add up; what "
     "is to be averaged is averaged in the loss, and stands in dZ already."},
    {MISTAKE(weights_mean_of_sequences),
     "It is divided by n. All sequences use the same weights, and their gradients add up; what is "
     "to be averaged is averaged in the loss, and stands in dZ already."},
    {MISTAKE(weights_mean_of_all),
     "It is divided by t n. The weights are used t n times, and the gradients of all uses add up; "
     "what is to be averaged is averaged in the loss, and stands in dZ already."},
    {TURNED("accumulate:dWh[j][l]+="),
     "Only one use of Wh is left in dWh, the last that was written: = stands where += belongs. "
     "The weights are used at every step of every sequence."},
    {TURNED("accumulate:dWx[j][l]+="),
     "Only one use of Wx is left in dWx, the last that was written: = stands where += belongs. "
     "The weights are used at every step of every sequence."},
    {TURNED("accumulate:db[j]+="),
     "Only one dZ is left in db: = stands where += belongs. b is added at every step of every "
     "sequence."},
    {0}};

CALL(rnn_weights_backward, n[0], n[1], n[2], n[3], n[4], a[0], a[1], a[2], a[3], a[4], a[5])

static const Exercise exercise_rnn_weights_backward = {
    .name = "rnn_weights_backward",
    .call = call_rnn_weights_backward,
    .sizes = "tundm",
    .arguments = {{"dZ", IN_NORMAL, "tnm", 0},
                  {"X", IN_NORMAL, "tnd", 0},
                  {"H", IN_NORMAL, "unm", 0},
                  {"dWx", OUT, "md", 0},
                  {"dWh", OUT, "mm", 0},
                  {"db", OUT, "m", 0}},
    .cases = {{3, 4, 2, 6, 5},
              {6, 7, 3, 2, 4},
              {4, 5, 6, 3, 2},
              {1, 2, 4, 3, 5},
              {2, 3, 1, 5, 4},
              {3, 4, 2, 5, 1}},
    .reference = JUDGE((Function)reference_weights),
    .prepare = JUDGE(prepare_weights),
    .mistakes = JUDGE(weights_mistakes),
};

/* -- 2. rnn_backward --------------------------------------------------------------------------- */

static void prepare_rnn(int which, const int n[], void *const a[])
{
    (void)which;
    tanh_all(n[1] * n[2] * n[3], a[1]);
}

#define RNN                                                                    \
    int t, int u, int n, int m, const real dH[u][n][m], const real H[u][n][m], \
        const real Wh[m][m], real dZ[t][n][m], real dh0[n][m]
#define RNN_ARGUMENTS t, u, n, m, dH, H, Wh, dZ, dh0

/* Whether something is done at the step s of t. */
typedef bool When(int s, int t, int k);

static bool always(int s, int t, int k)
{
    return (void)s, (void)t, (void)k, true;
}

static bool at_last(int s, int t, int k)
{
    return (void)k, s == t - 1;
}

static bool holds(When *when, int s, int t, int k)
{
    return when && when(s, t, k);
}

/* What is done at each step, and may be done wrongly. */
typedef struct {
    When *detached;      /* nothing is carried back from step s to H[s] */
    When *unseen;        /* dH[s] is left out, where s < t */
    When *kept;          /* what came to H[s + 1] stays in what comes to H[s] */
    When *skipped;       /* it is all that comes to H[s] */
    bool end_lost;       /* dH[t] is left out */
    bool alone_above;    /* nothing is carried back at all */
    bool past_tanh;      /* what is carried is dh, not dZ */
    bool past_weights;   /* what is carried is not multiplied by Wh */
    bool first_sequence; /* what is carried is that of sequence 0 */
    int late;            /* the slope is taken of H[s + 1 - late] */
    int early;           /* dH[s - early] is added to H[s]'s gradient */
} Way;

/* The dH that is added to H[s]'s gradient. */
static int seen_at(Way way, int s, int t)
{
    const int at = s - way.early;
    return at < 0 ? 0 : at > t ? t : at;
}

static void rnn_back(Way way, int k, RNN)
{
    (void)u;
    real dh[n][m], dz[n][m];
    clear(n * m, *dh);
    if (!way.end_lost)
        copy(n * m, *dH[seen_at(way, t, t)], *dh);
    for (int s = t - 1; s >= 0; s--) {
        tanh_back(n * m, *dh, *H[s + 1 - way.late], *dz);
        copy(n * m, *dz, *dZ[s]);
        if (way.past_tanh)
            copy(n * m, *dh, *dz);
        for (int i = 1; i < n && way.first_sequence; i++)
            copy(m, dz[0], dz[i]);
        if (holds(way.skipped, s, t, k))
            continue;
        if (!holds(way.kept, s, t, k))
            clear(n * m, *dh);
        if (!holds(way.unseen, s, t, k))
            add(n * m, *dH[seen_at(way, s, t)], *dh);
        const bool carried = !way.alone_above && !holds(way.detached, s, t, k);
        if (carried && way.past_weights)
            add(n * m, *dz, *dh);
        else if (carried)
            product_back(n, m, m, dz, Wh, dh);
    }
    copy(n * m, *dh, *dh0);
}

static void reference_rnn(RNN)
{
    rnn_back((Way){0}, 0, RNN_ARGUMENTS);
}

static void rnn_carries_dh(RNN)
{
    rnn_back((Way){.past_tanh = true}, 0, RNN_ARGUMENTS);
}

static void rnn_carries_without_weights(RNN)
{
    rnn_back((Way){.past_weights = true}, 0, RNN_ARGUMENTS);
}

static void rnn_above_of_state_before(RNN)
{
    rnn_back((Way){.early = 1}, 0, RNN_ARGUMENTS);
}

static void rnn_transposed(RNN)
{
    real turned[m][m];
    transpose(m, Wh, turned);
    reference_rnn(t, u, n, m, dH, H, (const void *)turned, dZ, dh0);
}

/* What is carried to H[s] is of what came to H[s + 1] from above alone. */
static void rnn_one_step_back(RNN)
{
    real alone[t][n][m], dh[n][m];
    rnn_back((Way){.alone_above = true}, 0, t, u, n, m, dH, H, Wh, alone, dh0);
    for (int s = t; s >= 0; s--) {
        copy(n * m, *dH[s], *dh);
        if (s < t)
            product_back(n, m, m, (const void *)alone[s], Wh, dh);
        if (s > 0)
            tanh_back(n * m, *dh, *H[s], *dZ[s - 1]);
        else
            copy(n * m, *dh, *dh0);
    }
}

static void rnn_keeps_dh(RNN)
{
    rnn_back((Way){.kept = always}, 0, RNN_ARGUMENTS);
}

static void rnn_last_not_carried(RNN)
{
    rnn_back((Way){.detached = at_last}, 0, RNN_ARGUMENTS);
}

static void rnn_first_sequence(RNN)
{
    rnn_back((Way){.first_sequence = true}, 0, RNN_ARGUMENTS);
}

/* What is told from above goes round the tanh, and so do the parts of it that are carried on. */
static void rnn_above_behind_tanh(RNN)
{
    (void)u;
    clear(n * m, *dh0);
    for (int s = t - 1; s >= 0; s--) {
        tanh_back(n * m, *dh0, *H[s + 1], *dZ[s]);
        add(n * m, *dH[s + 1], *dZ[s]);
        clear(n * m, *dh0);
        product_back(n, m, m, (const void *)dZ[s], Wh, dh0);
    }
    add(n * m, *dH[0], *dh0);
}

/* What comes to the units before l is still in what comes to unit l. */
static void rnn_sum_not_begun_anew(RNN)
{
    (void)u;
    copy(n * m, *dH[t], *dh0);
    for (int s = t - 1; s >= 0; s--) {
        tanh_back(n * m, *dh0, *H[s + 1], *dZ[s]);
        copy(n * m, *dH[s], *dh0);
        product_back(n, m, m, (const void *)dZ[s], Wh, dh0);
        for (int i = 0; i < n; i++)
            for (int l = 1; l < m; l++)
                dh0[i][l] += dh0[i][l - 1];
    }
}

/* How what the sum over j reads goes through tanh: in the sum, before it, or not at all. */
typedef enum { IN_SUM, BEFORE_SUM, NOT_THROUGH } Through;

/* The new dh0 lies where the sum over j still reads the old one. Each sum gets there step by step,
 * or when it is done. */
static void rnn_overwritten(Through through, bool sum_in_place, RNN)
{
    (void)u;
    copy(n * m, *dH[t], *dh0);
    for (int s = t - 1; s >= 0; s--)
        for (int i = 0; i < n; i++) {
            tanh_back(m, dh0[i], H[s + 1][i], dZ[s][i]);
            if (through == BEFORE_SUM)
                copy(m, dZ[s][i], dh0[i]);
            for (int l = 0; l < m; l++) {
                real sum = dH[s][i][l];
                for (int j = 0; j < m; j++) {
                    if (sum_in_place)
                        dh0[i][l] = sum;
                    const real h = through == IN_SUM ? H[s + 1][i][j] : 0;
                    sum += (1 - h * h) * dh0[i][j] * Wh[j][l];
                }
                dh0[i][l] = sum;
            }
        }
}

#define RNN_OVERWRITTEN(name, through, sum_in_place)           \
    static void name(RNN)                                      \
    {                                                          \
        rnn_overwritten(through, sum_in_place, RNN_ARGUMENTS); \
    }

RNN_OVERWRITTEN(rnn_overwritten_by_sums, IN_SUM, false)
RNN_OVERWRITTEN(rnn_overwritten_in_sums, IN_SUM, true)
RNN_OVERWRITTEN(rnn_overwritten_dZ_by_sums, BEFORE_SUM, false)
RNN_OVERWRITTEN(rnn_overwritten_dZ_in_sums, BEFORE_SUM, true)
RNN_OVERWRITTEN(rnn_overwritten_dh_by_sums, NOT_THROUGH, false)
RNN_OVERWRITTEN(rnn_overwritten_dh_in_sums, NOT_THROUGH, true)

static void rnn_upwards(RNN)
{
    (void)u;
    copy(n * m, *dH[t], *dh0);
    for (int s = 0; s < t; s++) {
        tanh_back(n * m, *dh0, *H[s + 1], *dZ[s]);
        copy(n * m, *dH[s], *dh0);
        product_back(n, m, m, (const void *)dZ[s], Wh, dh0);
    }
}

static void rnn_h0_from_above_alone(RNN)
{
    reference_rnn(RNN_ARGUMENTS);
    copy(n * m, *dH[0], *dh0);
}

static void rnn_h0_carried_alone(RNN)
{
    reference_rnn(RNN_ARGUMENTS);
    clear(n * m, *dh0);
    product_back(n, m, m, (const void *)dZ[0], Wh, dh0);
}

static void rnn_h0_above_twice(RNN)
{
    reference_rnn(RNN_ARGUMENTS);
    add(n * m, *dH[0], *dh0);
}

static void rnn_h0_without_weights(RNN)
{
    reference_rnn(RNN_ARGUMENTS);
    copy(n * m, *dH[0], *dh0);
    add(n * m, *dZ[0], *dh0);
}

static void rnn_h0_transposed(RNN)
{
    real turned[m][m];
    transpose(m, Wh, turned);
    reference_rnn(RNN_ARGUMENTS);
    copy(n * m, *dH[0], *dh0);
    product_back(n, m, m, (const void *)dZ[0], (const void *)turned, dh0);
}

static void rnn_h0_through_tanh(RNN)
{
    real dh[n][m];
    reference_rnn(t, u, n, m, dH, H, Wh, dZ, dh);
    tanh_back(n * m, *dh, *H[0], *dh0);
}

static void rnn_h0_zero(RNN)
{
    reference_rnn(RNN_ARGUMENTS);
    clear(n * m, *dh0);
}

static void rnn_h0_of_first_state(RNN)
{
    reference_rnn(RNN_ARGUMENTS);
    copy(n * m, *dH[1], *dh0);
    if (t > 1)
        product_back(n, m, m, (const void *)dZ[1], Wh, dh0);
}

#define OVERWRITTEN                                                                             \
    "The gradient of the state before is written where the sum over j still reads that of the " \
    "state behind. Read dZ[s][i][j] in the sum, which stays."

static const Mistake rnn_mistakes[] = {
    {TURNED("missing-term:dZ[s][i][j]*Wh[j][l]"),
     "Nothing is carried back from step to step. H[s] is read by step s as well, and what dZ[s] "
     "tells it through Wh is added to dH[s]."},
    {TURNED("missing-term:dH[s][i][l]"),
     "Only dH[t] is in it. Every other state is looked at from above, too: dH[s] is added to what "
     "step s tells H[s]."},
    {TURNED("missing-term:dH[t][i][l]"),
     "dH[t] is missing. The last state is looked at from above like every other: what comes to it "
     "begins as dH[t]."},
    {MISTAKE(rnn_last_not_carried),
     "What the last step tells is missing. dZ[t - 1] goes back to H[t - 1] through Wh, as every "
     "other dZ to its state."},
    {MISTAKE(rnn_one_step_back),
     "What you carry goes back one step and no further. The dZ[s] that is carried to H[s] has in "
     "it what came from all later steps."},
    {MISTAKE(rnn_keeps_dh),
     "What came to H[s + 1] is still in what comes to H[s]. The gradient of a state begins anew, "
     "with dH[s]; of the one behind it comes only what dZ[s] tells through Wh."},
    {MISTAKE(rnn_upwards),
     "The loop runs from the first step to the last. Backwards it is the last that comes first: "
     "H[s] is told by step s, which has to be through before."},
    {MISTAKE(rnn_carries_dh),
     "What you multiply by Wh is the gradient of H[s + 1], before its tanh. Wh made Z[s]: carry "
     "dZ[s]."},
    {MISTAKE(rnn_carries_without_weights),
     "dZ[s] is added to H[s]'s gradient without Wh. Between H[s] and Z[s] lies Wh: sum dZ[s][i][j] "
     "Wh[j][l] over j."},
    {MISTAKE(rnn_transposed),
     "Wh is transposed. Wh[j][l] takes H[s][i][l] to Z[s][i][j], so to l there comes the sum of "
     "dZ[s][i][j] Wh[j][l] over j."},
    {TURNED("twins+index:s+1<-s"),
     "tanh's slope is taken at H[s], the state before. What tanh made of Z[s] is H[s + 1]."},
    {MISTAKE(rnn_above_of_state_before),
     "The gradient from above is one step off: what step s makes is H[s + 1], and what it is told "
     "from above is dH[s + 1]."},
    {TURNED("index:s<-s+1"),
     "What step s tells H[s] is added to dH[s + 1]. It belongs to dH[s], what is above tells the "
     "same state."},
    {MISTAKE(rnn_above_behind_tanh),
     "dH is added behind tanh. It is the gradient of a state, and the tanh lies between the state "
     "and Z: add it to what is carried first, then multiply both by 1 - H[s + 1]^2."},
    {MISTAKE(rnn_first_sequence),
     "What is carried back is that of sequence 0, in all n. Each sequence has states of its own: "
     "dZ[s][i][j]."},
    {MISTAKE(rnn_sum_not_begun_anew),
     "The sum over j is not begun anew for each unit l: what came to the units before is in it. It "
     "begins with dH[s][i][l]."},
    {MISTAKE(rnn_overwritten_by_sums), OVERWRITTEN},
    {MISTAKE(rnn_overwritten_in_sums), OVERWRITTEN},
    {MISTAKE(rnn_overwritten_dZ_by_sums), OVERWRITTEN},
    {MISTAKE(rnn_overwritten_dZ_in_sums), OVERWRITTEN},
    {MISTAKE(rnn_overwritten_dh_by_sums), OVERWRITTEN " (What is read has not been through tanh.)"},
    {MISTAKE(rnn_overwritten_dh_in_sums), OVERWRITTEN " (What is read has not been through tanh.)"},
    {TURNED("missing-factor:(1-H[s+1][i][j]*H[s+1][i][j])"),
     "The slope of tanh is missing: between H[s + 1] and Z[s] lies a tanh, whose slope is 1 - H[s "
     "+ 1]^2."},
    {TURNED("missing-factor:H[s+1][i][j]"),
     "tanh's slope is 1 - h^2, and not 1 - h: the square is missing."},
    {TURNED("spread:1-H[s+1][i][j]*H[s+1][i][j]"),
     "h (1 - h) is the slope of a sigmoid. Here it is tanh, with the slope 1 - h^2."},
    {TURNED("twins+tanh-of:H[s+1][i][j]"),
     "tanh was taken of H. H[s + 1] is tanh(Z[s]) already: the slope is 1 - H[s + 1]^2."},
    {MISTAKE(rnn_h0_from_above_alone),
     "dh0 is dH[0] alone. H[0] is read by step 0 besides: add what dZ[0] tells it through Wh."},
    {MISTAKE(rnn_h0_carried_alone),
     "dH[0] is missing from dh0: H[0] is told something from above like every state."},
    {MISTAKE(rnn_h0_above_twice), "In dh0 dH[0] is there twice. It counts once."},
    {MISTAKE(rnn_h0_without_weights),
     "In dh0 dZ[0] is added without Wh. Between H[0] and Z[0] lies Wh, as between all others: sum "
     "dZ[0][i][j] Wh[j][l] over j."},
    {MISTAKE(rnn_h0_transposed), "In dh0 Wh is transposed. To l there comes the sum of dZ[0][i][j] "
                                 "Wh[j][l] over j, as at every "
                                 "step."},
    {MISTAKE(rnn_h0_through_tanh),
     "dh0 has been through a tanh. H[0] was made by none: it was there before the first step."},
    {MISTAKE(rnn_h0_zero), "dh0 is 0. H[0] is read by step 0, and its gradient is what dZ[0] tells "
                           "it through Wh, and dH[0]."},
    {MISTAKE(rnn_h0_of_first_state),
     "dh0 is one step late: this is what comes to H[1]. One step more leads to H[0]."},
    {0}};

CALL(rnn_backward, n[0], n[1], n[2], n[3], a[0], a[1], a[2], a[3], a[4])

static const Exercise exercise_rnn_backward = {
    .name = "rnn_backward",
    .call = call_rnn_backward,
    .sizes = "tunm",
    .arguments = {{"dH", IN_NORMAL, "unm", 0},
                  {"H", IN_NORMAL, "unm", 0},
                  {"Wh", IN_NORMAL, "mm", 0},
                  {"dZ", OUT, "tnm", 0},
                  {"dh0", OUT, "nm", 0}},
    .cases = {{3, 4, 2, 5}, {5, 6, 3, 4}, {6, 7, 4, 2}, {1, 2, 4, 3}, {2, 3, 1, 4}, {4, 5, 3, 1}},
    .reference = JUDGE((Function)reference_rnn),
    .prepare = JUDGE(prepare_rnn),
    .mistakes = JUDGE(rnn_mistakes),
};

/* -- 3. truncated_backward --------------------------------------------------------------------- */

#define TRUNCATED                                                                     \
    int t, int u, int n, int m, int k, const real dH[u][n][m], const real H[u][n][m], \
        const real Wh[m][m], real dZ[t][n][m]

/* Defines a function that goes back so, with windows of k steps. */
#define TRUNCATED_AS(name, ...)                                          \
    static void name(TRUNCATED)                                          \
    {                                                                    \
        real dh0[n][m];                                                  \
        rnn_back((Way){__VA_ARGS__}, k, t, u, n, m, dH, H, Wh, dZ, dh0); \
    }

static bool at_window(int s, int t, int k)
{
    (void)t;
    return s % k == 0;
}

static bool late_window(int s, int t, int k)
{
    (void)t;
    return s > 1 && s % k == 1 % k;
}

static bool early_window(int s, int t, int k)
{
    (void)t;
    return (s + 1) % k == 0;
}

static bool window_from_the_end(int s, int t, int k)
{
    return (t - s) % k == 0;
}

static bool first_window(int s, int t, int k)
{
    (void)t;
    return s == k;
}

static bool last_window(int s, int t, int k)
{
    return s == t - k;
}

static bool behind_first_window(int s, int t, int k)
{
    (void)t;
    return s >= k;
}

static bool before_last_k(int s, int t, int k)
{
    return s <= t - k;
}

static bool behind_window(int s, int t, int k)
{
    (void)t;
    return (s - 1) % k == 0;
}

static bool behind_window_but_of_1(int s, int t, int k)
{
    (void)t;
    return s % k == 1;
}

static bool up_to_first(int s, int t, int k)
{
    (void)t;
    return s <= k;
}

static bool wider_window(int s, int t, int k)
{
    (void)t;
    return s % (k + 1) == 0;
}

static bool narrower_window(int s, int t, int k)
{
    (void)t;
    return k == 1 || s % (k - 1) == 0;
}

/* From the last step of each window nothing is carried, nor from the first. */
static bool at_both_ends(int s, int t, int k)
{
    return s % k == 0 || (s + 1) % k == 0 || s == t - 1;
}

static bool at_window_or_last(int s, int t, int k)
{
    return s % k == 0 || s == t - 1;
}

static bool at_window_but_of_1(int s, int t, int k)
{
    (void)t;
    return k > 1 && s % k == 0;
}

static bool at_window_of_a_rest(int s, int t, int k)
{
    return t % k != 0 && s % k == 0;
}

static bool at_window_or_alone(int s, int t, int k)
{
    return k >= t || s % k == 0;
}

static bool within_window(int s, int t, int k)
{
    return !at_window(s, t, k);
}

TRUNCATED_AS(reference_truncated, .detached = at_window)
TRUNCATED_AS(truncated_never, .alone_above = false)
TRUNCATED_AS(truncated_late, .detached = late_window)
TRUNCATED_AS(truncated_early, .detached = early_window)
TRUNCATED_AS(truncated_from_the_end, .detached = window_from_the_end)
TRUNCATED_AS(truncated_once, .detached = first_window)
TRUNCATED_AS(truncated_before_last, .detached = last_window)
TRUNCATED_AS(truncated_first_window_alone, .detached = behind_first_window)
TRUNCATED_AS(truncated_last_k_alone, .detached = before_last_k)
TRUNCATED_AS(truncated_within, .detached = within_window)
TRUNCATED_AS(truncated_above_as_well, .detached = at_window, .unseen = at_window)
TRUNCATED_AS(truncated_last_state_alone, .detached = at_window, .unseen = always)
TRUNCATED_AS(truncated_carries_dh, .detached = at_window, .past_tanh = true)
TRUNCATED_AS(truncated_carries_without_weights, .detached = at_window, .past_weights = true)
TRUNCATED_AS(truncated_state_before, .detached = at_window, .late = 1)
TRUNCATED_AS(truncated_above_of_state_before, .detached = at_window, .early = 1)
TRUNCATED_AS(truncated_above_of_state_after, .detached = at_window, .early = -1)
TRUNCATED_AS(truncated_behind, .detached = behind_window)
TRUNCATED_AS(truncated_behind_but_of_1, .detached = behind_window_but_of_1)
TRUNCATED_AS(truncated_but_of_1, .detached = at_window_but_of_1)
TRUNCATED_AS(truncated_of_a_rest, .detached = at_window_of_a_rest)
TRUNCATED_AS(truncated_one_window_lost, .detached = at_window_or_alone)
TRUNCATED_AS(truncated_up_to_first, .detached = up_to_first)
TRUNCATED_AS(truncated_wider, .detached = wider_window)
TRUNCATED_AS(truncated_narrower, .detached = narrower_window)
TRUNCATED_AS(truncated_at_both_ends, .detached = at_both_ends)
TRUNCATED_AS(truncated_last_not_carried, .detached = at_window_or_last)
TRUNCATED_AS(truncated_end_lost, .detached = at_window, .end_lost = true)
TRUNCATED_AS(truncated_skipped, .detached = at_window, .skipped = at_window)
TRUNCATED_AS(truncated_keeps_dh, .detached = at_window, .kept = always)
TRUNCATED_AS(truncated_keeps_dh_within, .detached = at_window, .kept = within_window)
TRUNCATED_AS(truncated_seen_at_ends, .detached = at_window, .unseen = within_window)

/* The steps behind the last whole window get nothing. */
static void truncated_rest_lost(TRUNCATED)
{
    reference_truncated(t, u, n, m, k, dH, H, Wh, dZ);
    for (int s = t / k * k; s < t; s++)
        clear(n * m, *dZ[s]);
}

static void truncated_first_steps_lost(TRUNCATED)
{
    reference_truncated(t, u, n, m, k, dH, H, Wh, dZ);
    for (int s = 0; s < t; s += k)
        clear(n * m, *dZ[s]);
}

static void truncated_upwards(TRUNCATED)
{
    (void)u;
    real dh[n][m];
    copy(n * m, *dH[t], *dh);
    for (int s = 0; s < t; s++) {
        tanh_back(n * m, *dh, *H[s + 1], *dZ[s]);
        copy(n * m, *dH[s], *dh);
        if (s % k != 0)
            product_back(n, m, m, (const void *)dZ[s], Wh, dh);
    }
}

/* Reads dZ[s + 1] before it is written. */
static void truncated_too_early(TRUNCATED)
{
    (void)u;
    real dh[n][m];
    for (int s = 0; s < t; s++) {
        copy(n * m, *dH[s + 1], *dh);
        if (s + 1 < t && (s + 1) % k != 0)
            product_back(n, m, m, (const void *)dZ[s + 1], Wh, dh);
        tanh_back(n * m, *dh, *H[s + 1], *dZ[s]);
    }
}

static void truncated_transposed(TRUNCATED)
{
    real turned[m][m];
    transpose(m, Wh, turned);
    reference_truncated(t, u, n, m, k, dH, H, (const void *)turned, dZ);
}

/* Every dH goes back k steps, wherever it begins. */
static void truncated_each_by_itself(TRUNCATED)
{
    for (int s = 0; s < t; s++)
        clear(n * m, *dZ[s]);
    for (int from = t; from > 0; from--) {
        real dh[n][m], dz[n][m];
        copy(n * m, *dH[from], *dh);
        for (int s = from - 1; s >= 0 && s >= from - k; s--) {
            tanh_back(n * m, *dh, *H[s + 1], *dz);
            add(n * m, *dz, *dZ[s]);
            clear(n * m, *dh);
            product_back(n, m, m, (const void *)dz, Wh, dh);
        }
    }
    (void)u;
}

/* Only the last k steps get anything. */
static void truncated_last_k(TRUNCATED)
{
    truncated_never(t, u, n, m, k, dH, H, Wh, dZ);
    for (int s = 0; s < t - k; s++)
        clear(n * m, *dZ[s]);
}

#define BEHIND                                                                                    \
    "The cut is one state late: nothing comes to H[1], H[k + 1], ... from the next step, and it " \
    "is H[k], H[2k], ... that are detached. What step s tells H[s] is left out where s % k is 0."
#define KEEPS_DH                                                                                  \
    "What came to H[s + 1] is still in what comes to H[s]. The gradient of a state begins anew, " \
    "with dH[s]; of the one behind it comes only what dZ[s] tells through Wh."

static const Mistake truncated_mistakes[] = {
    {MISTAKE(truncated_never),
     "Nothing is truncated: this is the gradient through all steps. Before steps k, 2k, ... the "
     "state is a constant, and nothing is carried back from that step."},
    {TURNED("missing-term:dZ[s][i][j]*Wh[j][l]"),
     "Nothing is carried back at all. Within a window of k steps the gradient is carried as "
     "always; only from steps k, 2k, ... it is not."},
    {MISTAKE(truncated_within), "It is the wrong way round: the gradient is carried from steps k, "
                                "2k, ... alone. From these it "
                                "is not, and from all others it is."},
    {MISTAKE(truncated_above_as_well),
     "Where the state is detached dH is lost as well. What is above looks at the state before it "
     "is detached: dH counts there, and only what the next step would tell is cut off."},
    {MISTAKE(truncated_late),
     "Your windows end one step late. The step that begins with a detached state is k, and not k + "
     "1: from s = k, 2k, ... nothing is carried to H[s]."},
    {MISTAKE(truncated_early),
     "Your windows end one step early. The step that begins with a detached state is k, and not k "
     "- 1: from s = k, 2k, ... nothing is carried to H[s]."},
    {MISTAKE(truncated_from_the_end),
     "Your windows are counted from the last step. They begin at steps 0, k, 2k, ..., and the last "
     "may be shorter."},
    {MISTAKE(truncated_behind), BEHIND},
    {MISTAKE(truncated_behind_but_of_1), BEHIND},
    {MISTAKE(truncated_but_of_1),
     "With k = 1 nothing is truncated. Then every step is a window of its own, and nothing is "
     "carried back at all."},
    {MISTAKE(truncated_of_a_rest),
     "Where t is a multiple of k nothing is truncated. The windows begin at 0, k, 2k, ... there, "
     "too, and the last has k steps."},
    {MISTAKE(truncated_one_window_lost),
     "Where k is t or more nothing is carried back. All steps are one window then, and in it the "
     "gradient is carried as always."},
    {MISTAKE(truncated_wider), "Your windows are k + 1 steps long. Nothing is carried back from "
                               "the steps k, 2k, ...: k steps "
                               "lie between."},
    {MISTAKE(truncated_narrower), "Your windows are k - 1 steps long. Nothing is carried back from "
                                  "the steps k, 2k, ...: k steps "
                                  "lie between."},
    {MISTAKE(truncated_up_to_first),
     "The gradient is carried behind step k alone. It is carried in the first window, too, and cut "
     "again at 2k, 3k, ..."},
    {MISTAKE(truncated_at_both_ends),
     "What the last step of each window tells is missing. Of the steps of a window only the first, "
     "s = 0, k, 2k, ..., carries nothing back."},
    {MISTAKE(truncated_last_not_carried),
     "What the last step tells is missing. Only from steps 0, k, 2k, ... nothing is carried back."},
    {MISTAKE(truncated_rest_lost),
     "The last steps get 0 where t is no multiple of k. The last window is shorter then, and goes "
     "back like the others."},
    {MISTAKE(truncated_first_steps_lost), "dZ of the steps 0, k, 2k, ... is 0. Nothing goes on "
                                          "from these, but they themselves get their "
                                          "gradient: what they make is looked at."},
    {MISTAKE(truncated_skipped),
     "Where the state is detached it still has what came to the state behind it. It begins anew "
     "there, too, with dH[s]; only the sum over j is left out."},
    {MISTAKE(truncated_keeps_dh), KEEPS_DH},
    {MISTAKE(truncated_keeps_dh_within), KEEPS_DH},
    {MISTAKE(truncated_seen_at_ends),
     "Only where a window ends dH is in it. What is above looks at every state: dH[s] is added "
     "always."},
    {MISTAKE(truncated_end_lost),
     "dH[t] is missing. The last state is looked at like every other: what comes to it begins as "
     "dH[t]."},
    {MISTAKE(truncated_upwards),
     "The loop runs from the first step to the last. Backwards it is the last that comes first: "
     "H[s] is told by step s, which has to be through before."},
    {MISTAKE(truncated_too_early),
     "A dZ is read before it is written. dZ[s] is made with dZ[s + 1], so the loop runs from the "
     "last step back to the first."},
    {MISTAKE(truncated_once),
     "The state is detached once, before step k. It is detached before 2k, 3k, ... as well."},
    {MISTAKE(truncated_before_last),
     "The state is detached once, k steps before the end. It is detached before each of the steps "
     "k, 2k, ..."},
    {MISTAKE(truncated_first_window_alone),
     "The gradient is carried in the first window alone. In each window, from steps k, 2k, ... on, "
     "it is carried the same way."},
    {MISTAKE(truncated_last_k_alone),
     "The gradient is carried in the last k steps alone. In each window, from steps 0, k, 2k, ... "
     "on, it is carried the same way."},
    {MISTAKE(truncated_each_by_itself),
     "Each dH goes back k steps of its own. Here the windows stand still: they begin at steps 0, "
     "k, 2k, ..., and dH goes back to where its window begins."},
    {MISTAKE(truncated_last_k),
     "Only the last k steps get a gradient. Every window has states that are looked at from above, "
     "and goes back on its own."},
    {MISTAKE(truncated_last_state_alone),
     "Of what comes from above only dH[t] is in it. dH[s] is added to every state."},
    {MISTAKE(truncated_carries_dh),
     "What you multiply by Wh is the gradient of H[s + 1], before its tanh. Wh made Z[s]: carry "
     "dZ[s]."},
    {MISTAKE(truncated_carries_without_weights),
     "dZ[s] is added to H[s]'s gradient without Wh. Between H[s] and Z[s] lies Wh: sum dZ[s][i][j] "
     "Wh[j][l] over j."},
    {MISTAKE(truncated_transposed),
     "Wh is transposed. Wh[j][l] takes H[s][i][l] to Z[s][i][j], so to l there comes the sum of "
     "dZ[s][i][j] Wh[j][l] over j."},
    {MISTAKE(truncated_state_before),
     "tanh's slope is taken at H[s], the state before. What tanh made of Z[s] is H[s + 1]."},
    {MISTAKE(truncated_above_of_state_before),
     "The gradient from above is one step off: what step s makes is H[s + 1], and what it is told "
     "from above is dH[s + 1]."},
    {MISTAKE(truncated_above_of_state_after),
     "What step s tells H[s] is added to dH[s + 1]. It belongs to dH[s], what is above tells the "
     "same state."},
    {TURNED("missing-factor:(1-H[s][i][l]*H[s][i][l])"),
     "The slope of tanh is missing: between H[s + 1] and Z[s] lies a tanh, whose slope is 1 - H[s "
     "+ 1]^2."},
    {TURNED("missing-factor:H[s][i][l]"),
     "tanh's slope is 1 - h^2, and not 1 - h: the square is missing."},
    {TURNED("spread:1-H[s][i][l]*H[s][i][l]"),
     "h (1 - h) is the slope of a sigmoid. Here it is tanh, with the slope 1 - h^2."},
    {TURNED("twins+tanh-of:H[s][i][l]"),
     "tanh was taken of H. H[s + 1] is tanh(Z[s]) already: the slope is 1 - H[s + 1]^2."},
    {0}};

CALL(truncated_backward, n[0], n[1], n[2], n[3], n[4], a[0], a[1], a[2], a[3])

static const Exercise exercise_truncated_backward = {
    .name = "truncated_backward",
    .call = call_truncated_backward,
    .sizes = "tunmk",
    .arguments = {{"dH", IN_NORMAL, "unm", 0},
                  {"H", IN_NORMAL, "unm", 0},
                  {"Wh", IN_NORMAL, "mm", 0},
                  {"dZ", OUT, "tnm", 0}},
    .cases = {{8, 9, 2, 4, 3},
              {7, 8, 3, 5, 2},
              {5, 6, 2, 3, 4},
              {9, 10, 4, 2, 3},
              {4, 5, 2, 3, 1},
              {3, 4, 2, 5, 7},
              {4, 5, 3, 2, 4},
              {1, 2, 4, 3, 5}},
    .reference = JUDGE((Function)reference_truncated),
    .prepare = JUDGE(prepare_rnn),
    .mistakes = JUDGE(truncated_mistakes),
};

/* -- 4. clip_norm ------------------------------------------------------------------------------ */

static real squares(int n, const real x[n])
{
    real sum = 0;
    for (int i = n - 1; i >= 0; i--)
        sum += x[i] * x[i];
    return sum;
}

static void scale_both(real factor, const int n[], void *const a[])
{
    scale(n[0], factor, a[1]);
    scale(n[1], factor, a[2]);
}

/* A little too long, above 1 and by no number alone; short enough; far too long, of any norm; so
 * short that 1e-6 is a part of it; too long by its weights alone; by its biases alone; 0; and below
 * 1, but too long. */
static void prepare_clip(int which, const int n[], void *const a[])
{
    enum { JUST, SHORT, FAR, TINY, BY_WEIGHTS, BY_BIASES, NOTHING, BELOW_1 };
    const real wanted[BELOW_1 + 1] = {
        [JUST] = 1.4, [TINY] = 4e-6, [BY_WEIGHTS] = 4, [BY_BIASES] = 4, [BELOW_1] = 0.8};
    const real parts[BELOW_1 + 1] = {0.9, 1.5, 0, 0.75, 0.5, 0.6, 0, 0.5};
    real *most = a[0];
    if (which == BY_WEIGHTS)
        scale(n[1], (real)0.1, a[2]);
    if (which == BY_BIASES)
        scale(n[0], (real)0.1, a[1]);
    if (which == NOTHING)
        scale_both(0, n, a);
    if (wanted[which] > 0)
        scale_both(wanted[which] / sqrt(squares(n[0], a[1]) + squares(n[1], a[2])), n, a);
    *most = which == FAR || which == NOTHING
                ? (real)0.1
                : parts[which] * sqrt(squares(n[0], a[1]) + squares(n[1], a[2]));
}

#define CLIP int p, int q, real most, real dW[p], real db[q]
#define CLIP_ARGUMENTS p, q, most, dW, db

static void clip_by(real factor_W, real factor_b, CLIP)
{
    (void)most;
    scale(p, factor_W, dW);
    scale(q, factor_b, db);
}

static real shorter(real most, real norm)
{
    return fmin(1, most / (norm + (real)1e-6));
}

static real both_norms(int p, int q, const real dW[p], const real db[q])
{
    return sqrt(squares(q, db) + squares(p, dW));
}

static void reference_clip(CLIP)
{
    const real factor = shorter(most, both_norms(p, q, dW, db));
    clip_by(factor, factor, CLIP_ARGUMENTS);
}

/* Defines a mistake in which both arrays are multiplied by this factor, N being the norm. */
#define CLIP_AS(name, factor)                    \
    static void name(CLIP)                       \
    {                                            \
        const real N = both_norms(p, q, dW, db); \
        (void)N;                                 \
        const real a = (factor);                 \
        clip_by(a, a, CLIP_ARGUMENTS);           \
    }

CLIP_AS(clip_eps_5, fmin(1, most / (N + (real)1e-5)))
CLIP_AS(clip_eps_7, fmin(1, most / (N + (real)1e-7)))
CLIP_AS(clip_eps_8, fmin(1, most / (N + (real)1e-8)))
CLIP_AS(clip_eps_9, fmin(1, most / (N + (real)1e-9)))
CLIP_AS(clip_eps_10, fmin(1, most / (N + (real)1e-10)))
CLIP_AS(clip_eps_12, fmin(1, most / (N + (real)1e-12)))
CLIP_AS(clip_eps_of_float, fmin(1, most / (N + (real)1.1920929e-7)))
CLIP_AS(clip_if_square, N *N > most ? most / (N + (real)1e-6) : 1)
CLIP_AS(clip_if_square_too, N *N > most ? shorter(most, N) : 1)
CLIP_AS(clip_if_above_1, N > 1 ? most / (N + (real)1e-6) : 1)
CLIP_AS(clip_if_above_1_too, N > 1 ? shorter(most, N) : 1)
CLIP_AS(clip_if_weights, squares(p, dW) > most * most ? shorter(most, N) : 1)
CLIP_AS(clip_if_biases, squares(q, db) > most * most ? shorter(most, N) : 1)
CLIP_AS(clip_by_larger, shorter(most, sqrt(fmax(squares(p, dW), squares(q, db)))))
CLIP_AS(clip_by_mean_norm, shorter(most, (sqrt(squares(p, dW)) + sqrt(squares(q, db))) / 2))

/* The norm is taken anew for every number, when those before it are shorter already. */
static void clip_measured_each_time(CLIP)
{
    for (int i = 0; i < p; i++)
        dW[i] *= shorter(most, both_norms(p, q, dW, db));
    for (int i = 0; i < q; i++)
        db[i] *= shorter(most, both_norms(p, q, dW, db));
}

static void clip_each(CLIP)
{
    clip_by(shorter(most, sqrt(squares(p, dW))), shorter(most, sqrt(squares(q, db))),
            CLIP_ARGUMENTS);
}

static void clip_value(CLIP)
{
    for (int i = 0; i < p; i++)
        dW[i] = fmax(-most, fmin(most, dW[i]));
    for (int i = 0; i < q; i++)
        db[i] = fmax(-most, fmin(most, db[i]));
}

static void clip_stretches_without_eps(CLIP)
{
    const real factor = most / both_norms(p, q, dW, db);
    clip_by(factor, factor, CLIP_ARGUMENTS);
}

static void clip_by_sum_of_norms(CLIP)
{
    const real factor = shorter(most, sqrt(squares(p, dW)) + sqrt(squares(q, db)));
    clip_by(factor, factor, CLIP_ARGUMENTS);
}

static void clip_by_absolutes(CLIP)
{
    real sum = 0;
    for (int i = 0; i < p; i++)
        sum += fabs(dW[i]);
    for (int i = 0; i < q; i++)
        sum += fabs(db[i]);
    clip_by(shorter(most, sum), shorter(most, sum), CLIP_ARGUMENTS);
}

static void clip_by_largest(CLIP)
{
    real largest = 0;
    for (int i = 0; i < p; i++)
        largest = fmax(largest, fabs(dW[i]));
    for (int i = 0; i < q; i++)
        largest = fmax(largest, fabs(db[i]));
    clip_by(shorter(most, largest), shorter(most, largest), CLIP_ARGUMENTS);
}

static void clip_by_root_of_mean(CLIP)
{
    const real norm = both_norms(p, q, dW, db) / sqrt((real)(p + q));
    clip_by(shorter(most, norm), shorter(most, norm), CLIP_ARGUMENTS);
}

/* dW is clipped by its own norm, then db by that of both as they are now. */
static void clip_one_after_the_other(CLIP)
{
    clip_by(shorter(most, sqrt(squares(p, dW))), 1, CLIP_ARGUMENTS);
    clip_by(1, shorter(most, both_norms(p, q, dW, db)), CLIP_ARGUMENTS);
}

/* The norm is taken anew for db, when dW is shorter already. */
static void clip_measured_again(CLIP)
{
    clip_by(shorter(most, both_norms(p, q, dW, db)), 1, CLIP_ARGUMENTS);
    clip_by(1, shorter(most, both_norms(p, q, dW, db)), CLIP_ARGUMENTS);
}

static void clip_weights_alone(CLIP)
{
    clip_by(shorter(most, both_norms(p, q, dW, db)), 1, CLIP_ARGUMENTS);
}

static void clip_biases_alone(CLIP)
{
    clip_by(1, shorter(most, both_norms(p, q, dW, db)), CLIP_ARGUMENTS);
}

static void clip_inverted(CLIP)
{
    const real norm = both_norms(p, q, dW, db), factor = norm > most ? norm / most : 1;
    clip_by(factor, factor, CLIP_ARGUMENTS);
}

static void clip_never(CLIP)
{
    clip_by(1, 1, CLIP_ARGUMENTS);
}

#define OTHER_EPS                                                                               \
    "What is added to the norm in the denominator is not 1e-6. It shows where the gradient is " \
    "short itself."
#define IF_SQUARE                                                                                \
    "Whether it is clipped hangs on the squared norm. It is the norm itself, the root, that is " \
    "to be most at most."
#define IF_ABOVE_1                                                                            \
    "Whether it is clipped hangs on the norm being above 1. It is clipped where the norm is " \
    "above "                                                                                  \
    "most."

static const Mistake clip_mistakes[] = {
    {MISTAKE(clip_each),
     "Each array is clipped by its own norm, which turns the direction of the gradient. It is one "
     "gradient: one norm over both, and one factor for both."},
    {MISTAKE(clip_value),
     "Every number is cut off by itself, which turns the direction of the gradient. All numbers "
     "are multiplied by the same factor, most / norm, where that is below 1."},
    {TURNED("no-call:sqrt(sum)"),
     "It is divided by the squared norm. The root of the sum of squares is missing."},
    {TURNED("no-condition:factor<1"),
     "A gradient that is short enough is made longer. It is to stay as it is: the factor is never "
     "above 1."},
    {MISTAKE(clip_stretches_without_eps),
     "A gradient that is short enough is made longer. It is to stay as it is: the factor is never "
     "above 1. (And 1e-6 is added to the norm before the division.)"},
    {TURNED("missing-term:(real)1e-6"),
     "1e-6 is missing in the denominator: PyTorch divides by norm + 1e-6, which shows where the "
     "gradient is short itself."},
    {MISTAKE(clip_eps_5), OTHER_EPS},
    {MISTAKE(clip_eps_7), OTHER_EPS},
    {MISTAKE(clip_eps_8), OTHER_EPS},
    {MISTAKE(clip_eps_9), OTHER_EPS},
    {MISTAKE(clip_eps_10), OTHER_EPS},
    {MISTAKE(clip_eps_12), OTHER_EPS},
    {MISTAKE(clip_eps_of_float), OTHER_EPS},
    {TURNED("moved-in:sqrt(sum)+(real)1e-6"),
     "1e-6 is added under the root. It is added to the norm, when the root is taken already."},
    {MISTAKE(clip_if_square), IF_SQUARE},
    {MISTAKE(clip_if_square_too), IF_SQUARE},
    {MISTAKE(clip_if_above_1), IF_ABOVE_1},
    {MISTAKE(clip_if_above_1_too), IF_ABOVE_1},
    {MISTAKE(clip_if_weights),
     "Whether it is clipped hangs on the norm of dW alone. It is one gradient: one norm over both "
     "decides."},
    {MISTAKE(clip_if_biases),
     "Whether it is clipped hangs on the norm of db alone. It is one gradient: one norm over both "
     "decides."},
    {MISTAKE(clip_by_larger),
     "The larger of the norms of dW and db stands for the norm of both. It is the root of the sum "
     "of all squares."},
    {MISTAKE(clip_by_mean_norm), "The norms of dW and db are averaged. It is their squares that "
                                 "add up, and of the sum the root "
                                 "is taken."},
    {MISTAKE(clip_measured_each_time),
     "The norm is taken anew for each number, when those before it are shorter already. First all "
     "squares, then the factor, then both arrays by that one factor."},
    {TURNED("missing-term:db[i]*db[i]"),
     "The norm is that of dW alone. It is one gradient: the squares of db are in the sum, too."},
    {TURNED("missing-term:dW[i]*dW[i]"),
     "The norm is that of db alone. It is one gradient: the squares of dW are in the sum, too."},
    {MISTAKE(clip_by_sum_of_norms),
     "The norms of dW and db are added. It is their squares that add up, and of the sum the root "
     "is taken."},
    {MISTAKE(clip_by_absolutes),
     "The absolute values are added up. The norm is the root of the sum of squares."},
    {MISTAKE(clip_by_largest),
     "It is the largest number that is held against most. It is the norm, the root of the sum of "
     "squares, that is to be most at most."},
    {MISTAKE(clip_by_root_of_mean),
     "The squares are averaged. The norm is the root of their sum, undivided."},
    {MISTAKE(clip_one_after_the_other),
     "dW is clipped before the norm of both is known. First all squares, then the factor, then "
     "both arrays by that one factor."},
    {MISTAKE(clip_measured_again),
     "The norm is taken anew for db, when dW is shorter already. First all squares, then the "
     "factor, then both arrays by that one factor."},
    {MISTAKE(clip_weights_alone),
     "db is not clipped. It is part of the same gradient: the same factor for both."},
    {MISTAKE(clip_biases_alone),
     "dW is not clipped. It is part of the same gradient: the same factor for both."},
    {MISTAKE(clip_inverted),
     "The factor is upside down: norm / most makes a long gradient longer. It is most / norm."},
    {TURNED("twins+over:factor<-1/most"),
     "A gradient that is too long comes out with the norm 1. Its norm is to be most: multiply by "
     "most / norm."},
    {TURNED("int:factor"),
     "A gradient that is too long is thrown away. It is to be made shorter: multiply by most / "
     "norm."},
    {MISTAKE(clip_never), "Nothing is clipped: where the norm is above most, both arrays are "
                          "multiplied by most / (norm + 1e-6)."},
    {0}};

CALL(clip_norm, n[0], n[1], VALUE(a[0]), a[1], a[2])

static const Exercise exercise_clip_norm = {
    .name = "clip_norm",
    .call = call_clip_norm,
    .sizes = "pq",
    .arguments = {{"most", IN_PREPARED, "", 0}, {"dW", IN_OUT, "p", 0}, {"db", IN_OUT, "q", 0}},
    .cases = {{6, 4}, {5, 3}, {3, 7}, {8, 5}, {7, 4}, {4, 9}, {2, 3}, {3, 6}},
    .reference = JUDGE((Function)reference_clip),
    .prepare = JUDGE(prepare_clip),
    .mistakes = JUDGE(clip_mistakes),
};

/* -- 5. lstm_output_backward ------------------------------------------------------------------- */

static void prepare_output(int which, const int n[], void *const a[])
{
    (void)which;
    sigmoid_all(n[0], a[3]);
}

#define OUTPUT                                                                                     \
    int m, const real dh[m], const real dc_next[m], const real c[m], const real o[m], real dzo[m], \
        real dc[m]
#define OUTPUT_ARGUMENTS m, dh, dc_next, c, o, dzo, dc

/* dx, through y = sigmoid(x) */
static real sigmoid_back(real dy, real y)
{
    return dy * y - dy * y * y;
}

static void reference_output(OUTPUT)
{
    for (int j = 0; j < m; j++) {
        const real shown = tanh(c[j]), dshown = dh[j] * o[j];
        dzo[j] = sigmoid_back(shown * dh[j], o[j]);
        tanh_back(1, &dshown, &shown, &dc[j]);
        dc[j] += dc_next[j];
    }
}

/* Defines a mistake of which this is what it stores, for each j. */
#define OUTPUT_AS(name, dzo_j, dc_j)                      \
    static void name(OUTPUT)                              \
    {                                                     \
        reference_output(OUTPUT_ARGUMENTS);               \
        for (int j = 0; j < m; j++) {                     \
            const real T = tanh(c[j]), slope = 1 - T * T; \
            (void)slope;                                  \
            dzo[j] = dzo_j;                               \
            dc[j] = dc_j;                                 \
        }                                                 \
    }

OUTPUT_AS(output_next_through_tanh, dzo[j], (dc_next[j] + dh[j] * o[j]) * slope)
OUTPUT_AS(output_c_squared, dzo[j], dc_next[j] + dh[j] * o[j] * (1 - c[j] * c[j]))
OUTPUT_AS(output_h_squared, dzo[j], dc_next[j] + dh[j] * o[j] * (1 - o[j] * T * o[j] * T))
OUTPUT_AS(output_times_tanh, dzo[j], dc_next[j] + dh[j] * o[j] * T)
OUTPUT_AS(output_of_c, dh[j] * c[j] * o[j] * (1 - o[j]), dc[j])
OUTPUT_AS(output_tanh_slope, dh[j] * T * (1 - o[j] * o[j]), dc[j])
OUTPUT_AS(output_slope_of_sigmoid, dh[j] * T / (1 + exp(-o[j])) * (1 - 1 / (1 + exp(-o[j]))), dc[j])
OUTPUT_AS(output_tanh_of_o, dh[j] * T * (1 - tanh(o[j]) * tanh(o[j])), dc[j])
OUTPUT_AS(output_of_dc, (dc_next[j] + dh[j] * o[j] * slope) * T * o[j] * (1 - o[j]), dc[j])
OUTPUT_AS(output_through_tanh, dh[j] * slope * o[j] * (1 - o[j]), dc[j])
OUTPUT_AS(output_slope_of_o, dzo[j], dc_next[j] + dh[j] * o[j] * (1 - o[j]) * slope)
OUTPUT_AS(output_of_next, (dc_next[j] + dh[j]) * T * o[j] * (1 - o[j]), dc[j])

static const Mistake output_mistakes[] = {
    {TURNED("missing-term:dc_next[j]"),
     "dc_next is missing from dc. c goes two ways, into h and into the next step, and both "
     "gradients count."},
    {TURNED("missing-term:dh[j]*o[j]*(1-shown*shown)"),
     "dc is dc_next alone. c is shown in h as well: add what dh tells it through o and tanh."},
    {TURNED("spread:dc_next[j]+dh[j]*o[j]*(1-shown*shown)"),
     "dc_next has gone through o and tanh. The way into the next step does not pass them: c goes "
     "there as it is, and dc_next is added as it is."},
    {MISTAKE(output_next_through_tanh),
     "dc_next has gone through the slope of tanh. The way into the next step does not pass that "
     "tanh: c goes there as it is, and dc_next is added as it is."},
    {TURNED("times:dc_next[j]<-o[j]"),
     "dc_next is multiplied by o. The way into the next step does not pass the output gate: c goes "
     "there as it is, and dc_next is added as it is."},
    {TURNED("wrong-sign:dc_next[j]"),
     "dc_next has a minus. Both ways of c count with their own sign: it is added."},
    {TURNED("missing-factor:o[j]#2"),
     "o is missing in dc. h = o tanh(c): the gate stands between c and h."},
    {TURNED("missing-factor:(1-shown*shown)"),
     "The slope of tanh is missing in dc: 1 - tanh(c)^2 stands between c and h."},
    {MISTAKE(output_c_squared),
     "1 - c^2 is not the slope of tanh at c. That is 1 - tanh(c)^2: the square is of what tanh "
     "makes."},
    {MISTAKE(output_h_squared),
     "1 - h^2 is not the slope of tanh(c): h has o in it. It is 1 - tanh(c)^2."},
    {TURNED("twins+tanh-of:shown#2"), "The slope is taken at tanh(c) and not at c: it is 1 - "
                                      "tanh(c)^2, one tanh, squared."},
    {TURNED("missing-factor:shown#2"), "tanh's slope is 1 - tanh(c)^2: the square is missing."},
    {MISTAKE(output_times_tanh), "In dc stands tanh(c) where its slope belongs, 1 - tanh(c)^2."},
    {TURNED("spread:1-shown*shown"),
     "In dc stands the slope of a sigmoid, y (1 - y) with y = tanh(c). That of tanh is 1 - "
     "tanh(c)^2."},
    {MISTAKE(output_slope_of_o),
     "In dc stands o (1 - o), the slope of the output gate. On the way from h to c the gate is a "
     "factor, o, and its sigmoid is not passed."},
    {TURNED("one-minus:o[j]#2"),
     "In dc stands 1 - o where o belongs. h = o tanh(c): dh comes to tanh(c) times o."},
    {TURNED("times-1/2:dc_next[j]+dh[j]*o[j]*(1-shown*shown)"),
     "dc is half of it. The two ways are not averaged: the loss feels c through both, and they add "
     "up."},
    {MISTAKE(output_of_c), "In dzo stands c where tanh(c) belongs: o is multiplied by tanh(c)."},
    {TURNED("missing-factor:shown"), "tanh(c) is missing in dzo: it is what o is multiplied by."},
    {TURNED("squared:o[j]"),
     "dzo has one o too many. dh tanh(c) is the gradient of o, and o (1 - o) the slope of its "
     "sigmoid. (h has an o in it already.)"},
    {TURNED("added:o[j]*(1-o[j])"),
     "This is the gradient of o. On to zo it goes through a sigmoid, whose slope is o (1 - o)."},
    {TURNED("missing-factor:(1-o[j])"), "In dzo 1 - o is missing: a sigmoid's slope is o (1 - o)."},
    {TURNED("missing-factor:o[j]"), "In dzo o is missing: a sigmoid's slope is o (1 - o)."},
    {MISTAKE(output_tanh_slope),
     "1 - o^2 is the slope of a tanh. The gate is a sigmoid, with the slope o (1 - o)."},
    {MISTAKE(output_tanh_of_o),
     "In dzo stands 1 - tanh(o)^2. The gate is a sigmoid, whose slope is "
     "o (1 - o)."},
    {MISTAKE(output_slope_of_sigmoid),
     "A sigmoid is taken of o. o is sigmoid(zo) already, and its slope is o (1 - o)."},
    {MISTAKE(output_of_dc),
     "dzo is made of dc. The output gate is met by h alone: dzo is made of dh."},
    {MISTAKE(output_of_next),
     "dc_next is in dzo. The output gate is met by h alone: dzo is made of dh."},
    {MISTAKE(output_through_tanh),
     "In dzo stands the slope of tanh where tanh(c) belongs. o is multiplied by tanh(c), and its "
     "gradient is dh tanh(c)."},
    {0}};

CALL(lstm_output_backward, n[0], a[0], a[1], a[2], a[3], a[4], a[5])

static const Exercise exercise_lstm_output_backward = {
    .name = "lstm_output_backward",
    .call = call_lstm_output_backward,
    .sizes = "m",
    .arguments = {{"dh", IN_NORMAL, "m", 0},
                  {"dc_next", IN_NORMAL, "m", 0},
                  {"c", IN_NORMAL, "m", 0},
                  {"o", IN_NORMAL, "m", 0},
                  {"dzo", OUT, "m", 0},
                  {"dc", OUT, "m", 0}},
    .cases = {{7}, {4}, {12}, {1}},
    .reference = JUDGE((Function)reference_output),
    .prepare = JUDGE(prepare_output),
    .mistakes = JUDGE(output_mistakes),
};

/* -- 6. lstm_gates_backward -------------------------------------------------------------------- */

static void prepare_gates(int which, const int n[], void *const a[])
{
    (void)which;
    sigmoid_all(n[0], a[2]);
    sigmoid_all(n[0], a[3]);
    tanh_all(n[0], a[4]);
}

#define GATES                                                                        \
    int m, const real dc[m], const real c_prev[m], const real i[m], const real f[m], \
        const real g[m], real dzi[m], real dzf[m], real dzg[m], real dc_prev[m]
#define GATES_ARGUMENTS m, dc, c_prev, i, f, g, dzi, dzf, dzg, dc_prev

static void reference_gates(GATES)
{
    for (int j = 0; j < m; j++) {
        const real dg = i[j] * dc[j];
        dzi[j] = sigmoid_back(g[j] * dc[j], i[j]);
        dzf[j] = sigmoid_back(c_prev[j] * dc[j], f[j]);
        tanh_back(1, &dg, &g[j], &dzg[j]);
        dc_prev[j] = f[j] * dc[j];
    }
}

/* Defines a mistake of which this is what one of its outputs is, for each j. */
#define GATES_AS(name, output, value)      \
    static void name(GATES)                \
    {                                      \
        reference_gates(GATES_ARGUMENTS);  \
        for (int j = 0; j < m; j++)        \
            (output)[j] = dc[j] * (value); \
    }

/* The slope of a sigmoid at x. */
static real slope_at(real x)
{
    const real y = 1 / (1 + exp(-x));
    return y * (1 - y);
}

GATES_AS(gates_i_tanh_slope, dzi, g[j] * (1 - i[j] * i[j]))
GATES_AS(gates_i_of_sigmoid, dzi, g[j] * slope_at(i[j]))
GATES_AS(gates_i_slope_of_g, dzi, g[j] * (1 - g[j] * g[j]))
GATES_AS(gates_i_exchanged, dzi, c_prev[j] * f[j] * (1 - f[j]))
GATES_AS(gates_i_is_g, dzi, i[j] * (1 - g[j] * g[j]))
GATES_AS(gates_f_tanh_slope, dzf, c_prev[j] * (1 - f[j] * f[j]))
GATES_AS(gates_f_of_c, dzf, (f[j] * c_prev[j] + i[j] * g[j]) * f[j] * (1 - f[j]))
GATES_AS(gates_f_of_sigmoid, dzf, c_prev[j] * slope_at(f[j]))
GATES_AS(gates_f_exchanged, dzf, g[j] * i[j] * (1 - i[j]))
GATES_AS(gates_g_of_sigmoid, dzg, i[j] * slope_at(g[j]))
GATES_AS(gates_g_slope_at_z, dzg, i[j] * (1 - atanh(g[j]) * atanh(g[j])))
GATES_AS(gates_g_slope_of_i, dzg, i[j] * (1 - i[j]))
GATES_AS(gates_g_exchanged, dzg, g[j] * i[j] * (1 - i[j]))
GATES_AS(gates_prev_slope, dc_prev, f[j] * (1 - f[j]))
GATES_AS(gates_prev_through_tanh, dc_prev, f[j] * (1 - tanh(c_prev[j]) * tanh(c_prev[j])))
GATES_AS(gates_prev_other_way, dc_prev, f[j] + i[j] * g[j])

static void gates_prev_zero(GATES)
{
    reference_gates(GATES_ARGUMENTS);
    clear(m, dc_prev);
}

#define SIGMOID_SLOPE(gate)                          \
    "This is the gradient of " gate ". On to z" gate \
    " it goes through a sigmoid, whose slope is " gate " (1 - " gate ")."
#define WITH_TANH_SLOPE(gate)                                                                      \
    "1 - " gate "^2 is the slope of a tanh. " gate " comes out of a sigmoid, with the slope " gate \
    " (1 - " gate ")."
#define SIGMOID_TWICE(gate)                                      \
    "A sigmoid is taken of " gate ". " gate " is sigmoid(z" gate \
    ") already, and its slope is " gate " (1 - " gate ")."

static const Mistake gates_mistakes[] = {
    {TURNED("added:i[j]*(1-i[j])"), SIGMOID_SLOPE("i")},
    {MISTAKE(gates_i_tanh_slope), WITH_TANH_SLOPE("i")},
    {MISTAKE(gates_i_of_sigmoid), SIGMOID_TWICE("i")},
    {TURNED("missing-factor:(1-i[j])"), "In dzi 1 - i is missing: a sigmoid's slope is i (1 - i)."},
    {TURNED("missing-factor:i[j]"), "In dzi i is missing: a sigmoid's slope is i (1 - i)."},
    {TURNED("missing-factor:g[j]"), "g is missing in dzi: it is what i is multiplied by."},
    {MISTAKE(gates_i_exchanged),
     "In dzi stands what belongs into dzf. The gradient of the input gate is dc g, times its slope "
     "i (1 - i)."},
    {MISTAKE(gates_i_is_g),
     "In dzi stands what belongs into dzg. The gradient of the input gate is dc g, times its slope "
     "i (1 - i)."},
    {TURNED("instead:g[j]<-c_prev"),
     "In dzi stands c_prev. That is what f is multiplied by; i is multiplied by g."},
    {TURNED("squared:i[j]"),
     "dzi has one i too many. dc g is the gradient of i, and i (1 - i) the slope of its sigmoid."},
    {TURNED("twins+instead:i[j]<-f"),
     "In dzi stands the slope of f. Each gate goes through its own sigmoid: i (1 - i)."},
    {MISTAKE(gates_i_slope_of_g),
     "In dzi stands the slope of g. Each gate goes through its own: for i it is i (1 - i)."},
    {TURNED("added:f[j]*(1-f[j])"), SIGMOID_SLOPE("f")},
    {MISTAKE(gates_f_tanh_slope), WITH_TANH_SLOPE("f")},
    {MISTAKE(gates_f_of_sigmoid), SIGMOID_TWICE("f")},
    {TURNED("missing-factor:(1-f[j])"), "In dzf 1 - f is missing: a sigmoid's slope is f (1 - f)."},
    {TURNED("missing-factor:f[j]"), "In dzf f is missing: a sigmoid's slope is f (1 - f)."},
    {TURNED("missing-factor:c_prev[j]"),
     "c_prev is missing in dzf: it is what f is multiplied by."},
    {MISTAKE(gates_f_of_c),
     "In dzf stands the new c. f is multiplied by the state before, c_prev."},
    {MISTAKE(gates_f_exchanged),
     "In dzf stands what belongs into dzi. The gradient of the forget gate is dc c_prev, times its "
     "slope f (1 - f)."},
    {TURNED("instead:c_prev[j]<-g"),
     "In dzf stands g. That is what i is multiplied by; f is multiplied by c_prev."},
    {TURNED("squared:f[j]"), "dzf has one f too many. dc c_prev is the gradient of f, and f "
                             "(1 - f) the slope of its sigmoid."},
    {TURNED("twins+instead:f[j]<-i"),
     "In dzf stands the slope of i. Each gate goes through its own sigmoid: f (1 - f)."},
    {TURNED("tanh-of:c_prev[j]"),
     "In dzf stands tanh(c_prev). f is multiplied by c_prev as it is; tanh is only taken for h."},
    {TURNED("missing-factor:(1-g[j]*g[j])"),
     "This is the gradient of g. On to zg it goes through a tanh, whose slope is 1 - g^2."},
    {TURNED("spread:1-g[j]*g[j]"),
     "g (1 - g) is the slope of a sigmoid. g comes out of a tanh, with the slope 1 - g^2."},
    {TURNED("missing-factor:g[j]#2"), "tanh's slope is 1 - g^2: the square is missing."},
    {TURNED("twins+tanh-of:g[j]#2"),
     "A tanh is taken of g. g is tanh(zg) already, and its slope is 1 - g^2."},
    {MISTAKE(gates_g_of_sigmoid),
     "In dzg stands the slope of a sigmoid, taken at g. g comes out of a tanh, with the slope 1 - "
     "g^2."},
    {MISTAKE(gates_g_slope_at_z),
     "1 - zg^2 is not the slope of tanh at zg. That is 1 - g^2: the square is of what tanh makes."},
    {TURNED("times:dc[j]*i[j]*(1-g[j]*g[j])<-g[j]"),
     "dzg is multiplied by g. dc i is the gradient of g, and 1 - g^2 the "
     "slope of its tanh: there is no further g."},
    {TURNED("missing-factor:i[j]#2"), "i is missing in dzg: it is what g is multiplied by."},
    {TURNED("instead:i[j]<-f#3"), "In dzg stands f. g is multiplied by the input gate, i."},
    {MISTAKE(gates_g_slope_of_i),
     "In dzg stands 1 - i where the slope of tanh belongs. The gradient of g is dc i; on to zg it "
     "is times 1 - g^2."},
    {MISTAKE(gates_g_exchanged),
     "In dzg stands what belongs into dzi. The gradient of g is dc i, times the slope of its tanh, "
     "1 - g^2."},
    {TURNED("missing-factor:f[j]#2"),
     "f is missing in dc_prev: the old state comes into the new one times the forget gate."},
    {TURNED("instead:f[j]<-i#3"), "In dc_prev stands i. The old state comes into the new one times "
                                  "the forget gate, f."},
    {TURNED("instead:f[j]<-c_prev#3"),
     "dc_prev is dc c_prev, which is the gradient of f. That of c_prev is dc f."},
    {MISTAKE(gates_prev_slope), "In dc_prev stands the slope of the forget gate. c_prev is "
                                "multiplied by f itself: dc f."},
    {MISTAKE(gates_prev_through_tanh),
     "dc_prev has gone through a tanh. From state to state there is none: c_prev is multiplied by "
     "f, and that is all."},
    {TURNED("times:dc[j]*f[j]<-c_prev[j]"),
     "dc_prev is multiplied by c_prev. c is linear in c_prev, with "
     "the slope f: dc f."},
    {MISTAKE(gates_prev_other_way),
     "dc_prev has i g in it. c_prev comes into c by the first of the two products alone: dc f."},
    {MISTAKE(gates_prev_zero),
     "dc_prev is 0. The old state comes into the new one times f: this is the way on which the "
     "gradient gets far back."},
    {0}};

CALL(lstm_gates_backward, n[0], a[0], a[1], a[2], a[3], a[4], a[5], a[6], a[7], a[8])

static const Exercise exercise_lstm_gates_backward = {
    .name = "lstm_gates_backward",
    .call = call_lstm_gates_backward,
    .sizes = "m",
    .arguments = {{"dc", IN_NORMAL, "m", 0},
                  {"c_prev", IN_NORMAL, "m", 0},
                  {"i", IN_NORMAL, "m", 0},
                  {"f", IN_NORMAL, "m", 0},
                  {"g", IN_NORMAL, "m", 0},
                  {"dzi", OUT, "m", 0},
                  {"dzf", OUT, "m", 0},
                  {"dzg", OUT, "m", 0},
                  {"dc_prev", OUT, "m", 0}},
    .cases = {{7}, {4}, {12}, {1}},
    .reference = JUDGE((Function)reference_gates),
    .prepare = JUDGE(prepare_gates),
    .mistakes = JUDGE(gates_mistakes),
};

/* -- 7. gru_cell_backward ---------------------------------------------------------------------- */

/* n = tanh(an + r bn) may be anything, as an may. */
static void prepare_gru(int which, const int n[], void *const a[])
{
    (void)which;
    sigmoid_all(n[0], a[2]);
    sigmoid_all(n[0], a[3]);
    tanh_all(n[0], a[4]);
}

#define GRU                                                                                    \
    int m, const real dh[m], const real h_prev[m], const real r[m], const real z[m],           \
        const real n[m], const real bn[m], real dzr[m], real dzz[m], real dan[m], real dbn[m], \
        real dh_prev[m]
#define GRU_ARGUMENTS m, dh, h_prev, r, z, n, bn, dzr, dzz, dan, dbn, dh_prev

/* Through each line by itself, from the last to the first. */
static void reference_gru(GRU)
{
    for (int j = 0; j < m; j++) {
        const real dn = dh[j] - z[j] * dh[j], dz = dh[j] * h_prev[j] - dh[j] * n[j];
        dh_prev[j] = z[j] * dh[j];
        tanh_back(1, &dn, &n[j], &dan[j]);
        dbn[j] = r[j] * dan[j];
        dzr[j] = sigmoid_back(bn[j] * dan[j], r[j]);
        dzz[j] = sigmoid_back(dz, z[j]);
    }
}

/* Defines a mistake of which this is what one of its outputs is, for each j. */
#define GRU_AS(name, output, value)   \
    static void name(GRU)             \
    {                                 \
        reference_gru(GRU_ARGUMENTS); \
        for (int j = 0; j < m; j++)   \
            (output)[j] = (value);    \
    }

/* z and 1 - z exchanged, in this output. */
#define GRU_EXCHANGED(name, output)                                                               \
    static void name(GRU)                                                                         \
    {                                                                                             \
        real unused[5][m], other[m];                                                              \
        for (int j = 0; j < m; j++)                                                               \
            other[j] = 1 - z[j];                                                                  \
        reference_gru(m, dh, h_prev, r, other, n, bn, unused[0], unused[1], unused[2], unused[3], \
                      unused[4]);                                                                 \
        reference_gru(GRU_ARGUMENTS);                                                             \
        copy(m, unused[(output)], (real *[]){dzr, dzz, dan, dbn, dh_prev}[(output)]);             \
    }

GRU_EXCHANGED(gru_r_exchanged, 0)
GRU_EXCHANGED(gru_an_exchanged, 2)
GRU_EXCHANGED(gru_bn_exchanged, 3)

GRU_AS(gru_z_tanh_slope, dzz, dh[j] * (h_prev[j] - n[j]) * (1 - z[j] * z[j]))
GRU_AS(gru_z_is_r, dzz, dh[j] * (1 - z[j]) * (1 - n[j] * n[j]) * bn[j] * r[j] * (1 - r[j]))
GRU_AS(gru_z_parts, dzz, dh[j] * (h_prev[j] * z[j] - n[j] * (1 - z[j])) * z[j] * (1 - z[j]))
GRU_AS(gru_an_without_slope, dan, dh[j] * (1 - z[j]))
GRU_AS(gru_an_without_square, dan, dh[j] * (1 - z[j]) * (1 - n[j]))
GRU_AS(gru_an_sigmoid_slope, dan, dh[j] * (1 - z[j]) * n[j] * (1 - n[j]))
GRU_AS(gru_an_of_tanh, dan, dh[j] * (1 - z[j]) * (1 - tanh(n[j]) * tanh(n[j])))
GRU_AS(gru_an_times_r, dan, dh[j] * (1 - z[j]) * (1 - n[j] * n[j]) * r[j])
GRU_AS(gru_an_times_z, dan, dh[j] * (1 - z[j]) * (1 - n[j] * n[j]) * z[j])
GRU_AS(gru_bn_slope_of_r, dbn, dan[j] * r[j] * (1 - r[j]))
GRU_AS(gru_bn_of_dn, dbn, dh[j] * (1 - z[j]) * r[j])
GRU_AS(gru_r_tanh_slope, dzr, dan[j] * bn[j] * (1 - r[j] * r[j]))
GRU_AS(gru_r_of_dn, dzr, dh[j] * (1 - z[j]) * bn[j] * r[j] * (1 - r[j]))
GRU_AS(gru_r_is_z, dzr, dh[j] * (h_prev[j] - n[j]) * z[j] * (1 - z[j]))
GRU_AS(gru_prev_zero, dh_prev, 0)
GRU_AS(gru_prev_dbn, dh_prev, dh[j] * z[j] + dbn[j])
GRU_AS(gru_prev_slope, dh_prev, dh[j] * z[j] * (1 - z[j]))

#define MADE_OF "dbn and dzr are wrong by the same factor, as they are when they are made of dan."

static const Mistake gru_mistakes[] = {
    {TURNED("one-minus:z[j]#2"), "z and 1 - z are exchanged in dh_prev. Here z holds the old "
                                 "state: h = (1 - z) n + z h_prev."},
    {MISTAKE(gru_an_exchanged), "z and 1 - z are exchanged in dan. Here z holds the old state, and "
                                "n comes in times 1 - z."},
    {MISTAKE(gru_bn_exchanged), "z and 1 - z are exchanged on the way to dbn. Here z holds the old "
                                "state, and n comes in times 1 - z."},
    {MISTAKE(gru_r_exchanged), "z and 1 - z are exchanged on the way to dzr. Here z holds the old "
                               "state, and n comes in times 1 - z."},
    {TURNED("wrong-sign:dh[j]*(h_prev[j]-n[j])*z[j]*(1-z[j])"),
     "The sign of dzz is turned. A larger z takes more of h_prev and less of "
     "n: h_prev - n."},
    {TURNED("missing-term:h_prev[j]"),
     "h_prev is missing in dzz. z is in h twice: in 1 - z beside n, and beside "
     "h_prev."},
    {TURNED("missing-term:n[j]"),
     "n is missing in dzz. z is in h twice: beside h_prev, and in 1 - z beside n."},
    {TURNED("wrong-sign:n[j]"),
     "In dzz n is added. z is in h twice, and beside n it is 1 - z, which "
     "makes a minus: h_prev - n."},
    {TURNED("added:z[j]*(1-z[j])"),
     "This is the gradient of z. On to zz it goes through a sigmoid, whose slope is z (1 - z)."},
    {MISTAKE(gru_z_tanh_slope),
     "1 - z^2 is the slope of a tanh. z comes out of a sigmoid, with the slope z (1 - z)."},
    {TURNED("missing-factor:(1-z[j])#2"),
     "In dzz 1 - z is missing: a sigmoid's slope is z (1 - z)."},
    {TURNED("missing-factor:z[j]"), "In dzz z is missing: a sigmoid's slope is z (1 - z)."},
    {TURNED("squared:z[j]"), "dzz has one z too many: h_prev - n is what z is in h with, and z "
                             "(1 - z) the slope of its sigmoid."},
    {MISTAKE(gru_z_parts),
     "In dzz h_prev and n come with shares z and 1 - z. These are what is differentiated: z's own "
     "gradient is dh (h_prev - n)."},
    {TURNED("twins+instead:z[j]<-r#2"),
     "In dzz stands the slope of r. Each gate goes through its own sigmoid: z (1 - z)."},
    {MISTAKE(gru_z_is_r), "In dzz stands what belongs into dzr. The update gate's gradient is dh "
                          "(h_prev - n), times its slope z (1 - z)."},
    {TURNED("missing-factor:(1-z[j])"), "1 - z is missing between h and n: h = (1 - z) n + z "
                                        "h_prev."},
    {TURNED("missing-factor:(1-n[j]*n[j])"),
     "dan is the gradient of n. On to an it goes through a tanh, whose slope is 1 - n^2. " MADE_OF},
    {TURNED("missing-factor:n[j]"),
     "In dan tanh's slope is to be 1 - n^2: the square is missing. " MADE_OF},
    {TURNED("spread:1-n[j]*n[j]"), "In dan n (1 - n) is the slope of a sigmoid. n comes out of "
                                   "a tanh, with the slope 1 - n^2. " MADE_OF},
    {TURNED("twins+tanh-of:n[j]"),
     "In dan a tanh is taken of n. n comes out of a tanh already, and "
     "its slope is 1 - n^2. " MADE_OF},
    {TURNED("times:dh[j]*(1-z[j])*(1-n[j]*n[j])<-r[j]"),
     "dan is multiplied by r. The reset gate stands before bn alone; an "
     "is added as it is. " MADE_OF},
    {TURNED("times:dh[j]*(1-z[j])*(1-n[j]*n[j])<-z[j]"),
     "dan has z in it besides 1 - z. That is the slope of the gate z; n "
     "is multiplied by 1 - z. " MADE_OF},
    {TURNED("times:dh[j]*(1-z[j])*(1-n[j]*n[j])<-h_prev[j]"),
     "dan is multiplied by h_prev. What h_prev brings to n is in bn, "
     "behind its weights; an is added as it is. " MADE_OF},
    {TURNED("one-minus:(1-z[j])"), "z and 1 - z are exchanged in dan. Here z holds the old state, "
                                   "and n comes in times 1 - z. " MADE_OF},
    {MISTAKE(gru_an_without_slope),
     "This is the gradient of n. On to an it goes through a tanh, whose slope is 1 - n^2."},
    {MISTAKE(gru_an_without_square), "tanh's slope is 1 - n^2: the square is missing."},
    {MISTAKE(gru_an_sigmoid_slope),
     "n (1 - n) is the slope of a sigmoid. n comes out of a tanh, with the slope 1 - n^2."},
    {MISTAKE(gru_an_of_tanh),
     "A tanh is taken of n. n comes out of a tanh already, and its slope is 1 - n^2."},
    {MISTAKE(gru_an_times_r), "dan is multiplied by r. The reset gate stands before bn alone; an "
                              "is added as it is."},
    {MISTAKE(gru_an_times_z), "dan has z in it besides 1 - z. That is the slope of the gate z; n "
                              "is multiplied by 1 - z."},
    {TURNED("missing-factor:r[j]"),
     "r is missing in dbn: an is added as it is, and bn times r. It is the "
     "one place where the two biases of a GRU differ."},
    {TURNED("instead:r[j]<-bn"), "In dbn stands bn. That is what r is multiplied by; bn is "
                                 "multiplied by r."},
    {MISTAKE(gru_bn_slope_of_r),
     "In dbn stands the slope of r. bn is multiplied by r itself: dan r."},
    {TURNED("squared:r[j]"), "dbn has one r too many: bn is multiplied by r once."},
    {MISTAKE(gru_bn_of_dn), "The slope of tanh is missing on the way to dbn: 1 - n^2."},
    {TURNED("one-minus:r[j]"), "In dbn stands 1 - r. bn comes in times r."},
    {TURNED("added:r[j]*(1-r[j])"),
     "This is the gradient of r. On to zr it goes through a sigmoid, whose slope is r (1 - r)."},
    {MISTAKE(gru_r_tanh_slope),
     "1 - r^2 is the slope of a tanh. r comes out of a sigmoid, with the slope r (1 - r)."},
    {TURNED("missing-factor:(1-r[j])"), "In dzr 1 - r is missing: a sigmoid's slope is r (1 - r)."},
    {TURNED("missing-factor:r[j]#2"), "In dzr r is missing: a sigmoid's slope is r (1 - r)."},
    {TURNED("missing-factor:bn[j]"), "bn is missing in dzr: it is what r is multiplied by."},
    {TURNED("instead:bn[j]<-h_prev"),
     "In dzr stands h_prev. Here the reset gate comes behind the weights, "
     "and is multiplied by what they made of h_prev: bn."},
    {TURNED("times:dan[j]*bn[j]*r[j]*(1-r[j])<-h_prev[j]"),
     "In dzr stands h_prev besides bn. r is multiplied by bn alone, in which h_prev is already."},
    {TURNED("instead:dan[j]<-dbn#2"),
     "dzr has one r too many: the gradient of r is dan bn, not dbn bn, and "
     "r (1 - r) is the slope of its sigmoid."},
    {MISTAKE(gru_r_of_dn), "The slope of tanh is missing on the way to dzr: 1 - n^2."},
    {TURNED("instead:bn[j]<-n"), "In dzr stands n. r is multiplied by bn."},
    {TURNED("instead:dan[j]<-dh#2"),
     "dzr is made of dh at once. Between h and r bn lie 1 - z and tanh's "
     "slope, 1 - n^2: it is made of dan."},
    {TURNED("twins+instead:r[j]<-z#2"),
     "In dzr stands the slope of z. Each gate goes through its own sigmoid: r (1 - r)."},
    {MISTAKE(gru_r_is_z), "In dzr stands what belongs into dzz. The reset gate's gradient is dan "
                          "bn, times its slope r (1 - r)."},
    {TURNED("missing-factor:z[j]#2"),
     "z is missing in dh_prev: the old state comes into the new one times "
     "z."},
    {MISTAKE(gru_prev_zero), "dh_prev is 0. h_prev is in the last line as it is, times z; what "
                             "comes through the weights is added to that later."},
    {TURNED("instead:z[j]<-r#4"),
     "In dh_prev stands r. In the last line the old state comes in times "
     "z."},
    {MISTAKE(gru_prev_dbn), "dbn is added to dh_prev. bn was made of h_prev by weights, and what "
                            "comes through them is added later: here it is dh z alone."},
    {MISTAKE(gru_prev_slope), "In dh_prev stands the slope of the update gate. h_prev is "
                              "multiplied by z itself: dh z."},
    {TURNED("instead:z[j]<-h_prev#4"),
     "dh_prev is dh h_prev, which is a part of z's gradient. That of h_prev is dh z."},
    {TURNED("times:dh[j]*z[j]<-h_prev[j]"),
     "dh_prev is multiplied by h_prev. The last line is linear in "
     "h_prev, with the slope z: dh z."},
    {0}};

CALL(gru_cell_backward, n[0], a[0], a[1], a[2], a[3], a[4], a[5], a[6], a[7], a[8], a[9], a[10])

static const Exercise exercise_gru_cell_backward = {
    .name = "gru_cell_backward",
    .call = call_gru_cell_backward,
    .sizes = "m",
    .arguments = {{"dh", IN_NORMAL, "m", 0},
                  {"h_prev", IN_NORMAL, "m", 0},
                  {"r", IN_NORMAL, "m", 0},
                  {"z", IN_NORMAL, "m", 0},
                  {"n", IN_NORMAL, "m", 0},
                  {"bn", IN_NORMAL, "m", 0},
                  {"dzr", OUT, "m", 0},
                  {"dzz", OUT, "m", 0},
                  {"dan", OUT, "m", 0},
                  {"dbn", OUT, "m", 0},
                  {"dh_prev", OUT, "m", 0}},
    .cases = {{7}, {4}, {12}, {1}},
    .reference = JUDGE((Function)reference_gru),
    .prepare = JUDGE(prepare_gru),
    .mistakes = JUDGE(gru_mistakes),
};

/* -- 8. stack_backward ------------------------------------------------------------------------- */

static void prepare_stack(int which, const int n[], void *const a[])
{
    (void)which;
    tanh_all(n[1] * n[2] * n[3], a[1]);
    tanh_all(n[1] * n[2] * n[4], a[2]);
}

#define STACK                                                                                     \
    int t, int u, int n, int m, int p, const real dH2[u][n][p], const real H1[u][n][m],           \
        const real H2[u][n][p], const real Wh1[m][m], const real Wx2[p][m], const real Wh2[p][p], \
        real dZ1[t][n][m], real dZ2[t][n][p]
#define STACK_ARGUMENTS t, u, n, m, p, dH2, H1, H2, Wh1, Wx2, Wh2, dZ1, dZ2

/* Each layer for all steps at once: the second, then what it tells each state of the first. `first`
 * and `second` say how the layers go back; what dZ2[s] tells is told to H1[s + 1 - late], and to
 * the states from `from` on only. */
static void stack_back(Way first, Way second, int late, int from, STACK)
{
    real dH1[u][n][m], dh0[n][p], dh01[n][m];
    rnn_back(second, 0, t, u, n, p, dH2, H2, Wh2, dZ2, dh0);
    memset(dH1, 0, sizeof dH1);
    for (int s = 0; s < t; s++)
        if (s + 1 - late >= from)
            product_back(n, p, m, (const void *)dZ2[s], Wx2, dH1[s + 1 - late]);
    rnn_back(first, 0, t, u, n, m, (const void *)dH1, H1, Wh1, dZ1, dh01);
}

#define STACK_AS(name, first, second, late, from)                         \
    static void name(STACK)                                               \
    {                                                                     \
        stack_back((Way)first, (Way)second, late, from, STACK_ARGUMENTS); \
    }

#define AS_IT_IS \
    {            \
        0        \
    }
STACK_AS(reference_stack, AS_IT_IS, AS_IT_IS, 0, 0)
STACK_AS(stack_state_before, AS_IT_IS, AS_IT_IS, 1, 0)
STACK_AS(stack_last_state_alone, AS_IT_IS, AS_IT_IS, 0, t)
STACK_AS(stack_not_handed_down, AS_IT_IS, AS_IT_IS, 0, u)
STACK_AS(stack_second_last_alone, AS_IT_IS, {.unseen = always}, 0, 0)
STACK_AS(stack_first_carries_dh, {.past_tanh = true}, AS_IT_IS, 0, 0)
STACK_AS(stack_second_carries_dh, AS_IT_IS, {.past_tanh = true}, 0, 0)
STACK_AS(stack_first_slope_before, {.late = 1}, AS_IT_IS, 0, 0)
STACK_AS(stack_second_slope_before, AS_IT_IS, {.late = 1}, 0, 0)
STACK_AS(stack_above_of_state_before, AS_IT_IS, {.early = 1}, 0, 0)
STACK_AS(stack_first_without_weights, {.past_weights = true}, AS_IT_IS, 0, 0)
STACK_AS(stack_second_without_weights, AS_IT_IS, {.past_weights = true}, 0, 0)
STACK_AS(stack_end_lost, AS_IT_IS, {.end_lost = true}, 0, 0)
STACK_AS(stack_second_keeps_dh, AS_IT_IS, {.kept = always}, 0, 0)
STACK_AS(stack_first_keeps_dh, {.kept = always}, AS_IT_IS, 0, 0)
STACK_AS(stack_both_keep_dh, {.kept = always}, {.kept = always}, 0, 0)
STACK_AS(stack_second_last_not_carried, AS_IT_IS, {.detached = at_last}, 0, 0)
STACK_AS(stack_first_last_not_carried, {.detached = at_last}, AS_IT_IS, 0, 0)
STACK_AS(stack_both_last_not_carried, {.detached = at_last}, {.detached = at_last}, 0, 0)
STACK_AS(stack_second_first_sequence, AS_IT_IS, {.first_sequence = true}, 0, 0)
STACK_AS(stack_first_first_sequence, {.first_sequence = true}, AS_IT_IS, 0, 0)

/* The first layer, when this is what its states are told. */
static void stack_first_told(const void *dH1, int t, int u, int n, int m, const real H1[u][n][m],
                             const real Wh1[m][m], real dZ1[t][n][m])
{
    real dh01[n][m];
    rnn_back((Way){0}, 0, t, u, n, m, dH1, H1, Wh1, dZ1, dh01);
}

/* dH2 itself goes down through Wx2. */
static void stack_hands_down_raw_dH2(STACK)
{
    real dH1[u][n][m];
    reference_stack(STACK_ARGUMENTS);
    memset(dH1, 0, sizeof dH1);
    for (int s = 1; s <= t; s++)
        product_back(n, p, m, dH2[s], Wx2, dH1[s]);
    stack_first_told(dH1, t, u, n, m, H1, Wh1, dZ1);
}

/* What dZ2[s] tells H1[s + 1] is told to H1[s] as well. */
static void stack_hands_down_twice(STACK)
{
    real dH1[u][n][m];
    reference_stack(STACK_ARGUMENTS);
    memset(dH1, 0, sizeof dH1);
    for (int s = 0; s < t; s++) {
        product_back(n, p, m, (const void *)dZ2[s], Wx2, dH1[s + 1]);
        product_back(n, p, m, (const void *)dZ2[s], Wx2, dH1[s]);
    }
    stack_first_told(dH1, t, u, n, m, H1, Wh1, dZ1);
}

static void stack_hands_down_first_sequence(STACK)
{
    real dH1[u][n][m];
    reference_stack(STACK_ARGUMENTS);
    memset(dH1, 0, sizeof dH1);
    for (int s = 0; s < t; s++)
        for (int i = 0; i < n; i++)
            product_back(1, p, m, (const void *)dZ2[s], Wx2, (void *)dH1[s + 1][i]);
    stack_first_told(dH1, t, u, n, m, H1, Wh1, dZ1);
}

/* What the second tells the first goes round the first's tanh. */
static void stack_above_behind_tanh(STACK)
{
    real dh[n][m];
    reference_stack(STACK_ARGUMENTS);
    clear(n * m, *dh);
    for (int s = t - 1; s >= 0; s--) {
        tanh_back(n * m, *dh, *H1[s + 1], *dZ1[s]);
        product_back(n, p, m, (const void *)dZ2[s], Wx2, dZ1[s]);
        clear(n * m, *dh);
        product_back(n, m, m, (const void *)dZ1[s], Wh1, dh);
    }
}

static void stack_first_transposed(STACK)
{
    real turned[m][m];
    transpose(m, Wh1, turned);
    reference_stack(t, u, n, m, p, dH2, H1, H2, (const void *)turned, Wx2, Wh2, dZ1, dZ2);
}

static void stack_second_transposed(STACK)
{
    real turned[p][p];
    transpose(p, Wh2, turned);
    reference_stack(t, u, n, m, p, dH2, H1, H2, Wh1, Wx2, (const void *)turned, dZ1, dZ2);
}

/* What the second tells the first is taken before its tanh. */
static void stack_hands_down_dh2(STACK)
{
    real dh0[n][p], dh01[n][m], dH1[u][n][m], through[t][n][p];
    rnn_back((Way){0}, 0, t, u, n, p, dH2, H2, Wh2, dZ2, dh0);
    memset(dH1, 0, sizeof dH1);
    for (int s = 0; s < t; s++) {
        for (int j = 0; j < n * p; j++)
            (*through[s])[j] = (*dZ2[s])[j] / (1 - (*H2[s + 1])[j] * (*H2[s + 1])[j]);
        product_back(n, p, m, (const void *)through[s], Wx2, dH1[s + 1]);
    }
    rnn_back((Way){0}, 0, t, u, n, m, (const void *)dH1, H1, Wh1, dZ1, dh01);
}

/* What is told to the first is of dH2 alone, without what the second carries. */
static void stack_hands_down_dH2_alone(STACK)
{
    real right[t][n][p];
    stack_back((Way){0}, (Way){.alone_above = true}, 0, 0, STACK_ARGUMENTS);
    real dh0[n][p];
    rnn_back((Way){0}, 0, t, u, n, p, dH2, H2, Wh2, right, dh0);
    copy(t * n * p, **right, **dZ2);
}

static const Mistake stack_mistakes[] = {
    {MISTAKE(stack_not_handed_down),
     "Nothing comes to the first layer. Its states are read by the second: dZ2[s] tells H1[s + 1] "
     "something through Wx2."},
    {MISTAKE(stack_last_state_alone),
     "Only the last state of the first layer is told something by the second. The second reads it "
     "at every step: dZ2[s] goes to H1[s + 1] for every s."},
    {MISTAKE(stack_state_before),
     "What the second layer tells the first comes one step too early. At step s it reads what the "
     "first has made at that step, H1[s + 1]."},
    {TURNED("missing-term:dZ2[s+1][i][j]*Wh2[j][l]"),
     "In the second layer nothing is carried back from step to step: H2[s + 1] is read by step s + "
     "1 as well, through Wh2."},
    {TURNED("missing-term:dZ1[s+1][i][j]*Wh1[j][l]"),
     "In the first layer nothing is carried back from step to step: H1[s + 1] is read by its own "
     "step s + 1 as well, through Wh1."},
    {TURNED("index:s+1<-s"), "A dZ1 or dZ2 is read before it is written. Step s wants those of "
                             "step s + 1, so the loop runs "
                             "from the last step back to the first."},
    {TURNED("index:s+1<-s#2"),
     "A dZ1 is read before it is written. Step s wants dZ1[s + 1], so the loop runs from the last "
     "step back to the first."},
    {MISTAKE(stack_end_lost),
     "dH2[t] is missing. The loss looks at the last state of the second layer like at every other: "
     "dZ2[t - 1] is made of it."},
    {MISTAKE(stack_both_last_not_carried), "In both layers what the last step tells its own state "
                                           "is missing: dZ[t - 1] goes back through "
                                           "Wh like every other."},
    {MISTAKE(stack_second_last_not_carried),
     "In the second layer what the last step tells is missing: dZ2[t - 1] goes back through Wh2 "
     "like every other."},
    {MISTAKE(stack_first_last_not_carried), "In the first layer what the last step tells is "
                                            "missing: dZ1[t - 1] goes back through Wh1 like "
                                            "every other."},
    {MISTAKE(stack_both_keep_dh),
     "In both layers what came to one state is still in what comes to the one before. The gradient "
     "of a state begins anew; of the one behind it comes only what goes through Wh1 and Wh2."},
    {MISTAKE(stack_second_keeps_dh),
     "In the second layer what came to one state is still in what comes to the one before. It "
     "begins anew, with dH2; of the one behind it comes only what goes through Wh2."},
    {MISTAKE(stack_first_keeps_dh), "In the first layer what came to one state is still in what "
                                    "comes to the one before. It begins "
                                    "anew; of the one behind it comes only what goes through Wh1."},
    {MISTAKE(stack_second_first_sequence),
     "In the second layer what is carried back is that of sequence 0, in all n. Each has states of "
     "its own: dZ2[s + 1][i][j]."},
    {MISTAKE(stack_first_first_sequence),
     "In the first layer what is carried back is that of sequence 0, in all n. Each has states of "
     "its own: dZ1[s + 1][i][j]."},
    {MISTAKE(stack_hands_down_first_sequence), "What the second layer tells the first is that of "
                                               "sequence 0, in all n. Each has states of its "
                                               "own: dZ2[s][i][j]."},
    {MISTAKE(stack_hands_down_twice),
     "What the second layer tells the first is there twice, for two states. At step s the second "
     "reads H1[s + 1] alone."},
    {MISTAKE(stack_hands_down_raw_dH2),
     "dH2 goes down through Wx2. Wx2 made Z2: it is dZ2[s] that goes down, which has been through "
     "tanh and has in it what the second layer carries back."},
    {MISTAKE(stack_above_behind_tanh),
     "What the second layer tells the first is added behind the first's tanh. It is told to H1, "
     "and "
     "the tanh lies between H1 and Z1: add first, then multiply by 1 - H1[s + 1]^2."},
    {MISTAKE(stack_hands_down_dH2_alone),
     "The first layer hears of dH2 alone, without what the second carries back. dZ2[s] is complete "
     "only when step s + 1 is in it, and it is the complete one that goes through Wx2."},
    {MISTAKE(stack_hands_down_dh2),
     "What goes down through Wx2 is the gradient of H2, before its tanh. Wx2 made Z2: dZ2 goes "
     "down."},
    {MISTAKE(stack_second_last_alone),
     "Of what the loss tells the second layer only dH2[t] is in it. It looks at every state."},
    {MISTAKE(stack_second_carries_dh),
     "In the second layer the gradient of H2 is multiplied by Wh2, before its tanh. Wh2 made Z2: "
     "carry dZ2."},
    {MISTAKE(stack_first_carries_dh),
     "In the first layer the gradient of H1 is multiplied by Wh1, before its tanh. Wh1 made Z1: "
     "carry dZ1."},
    {TURNED("missing-factor:(1-H2[s+1][i][l]*H2[s+1][i][l])"),
     "In the second layer the slope of tanh is missing: 1 - H2[s + 1]^2."},
    {TURNED("missing-factor:(1-H1[s+1][i][l]*H1[s+1][i][l])"),
     "In the first layer the slope of tanh is missing: 1 - H1[s + 1]^2."},
    {MISTAKE(stack_second_slope_before),
     "In the second layer tanh's slope is taken at H2[s], the state before. What tanh made of "
     "Z2[s] is H2[s + 1]."},
    {MISTAKE(stack_first_slope_before),
     "In the first layer tanh's slope is taken at H1[s], the state before. What tanh made of Z1[s] "
     "is H1[s + 1]."},
    {MISTAKE(stack_above_of_state_before),
     "dH2 is one step off: what step s makes is H2[s + 1], and what the loss tells it is dH2[s + "
     "1]."},
    {MISTAKE(stack_second_without_weights),
     "In the second layer dZ2 is carried back without Wh2: between H2[s] and Z2[s] lie weights."},
    {MISTAKE(stack_first_without_weights),
     "In the first layer dZ1 is carried back without Wh1: between H1[s] and Z1[s] lie weights."},
    {MISTAKE(stack_second_transposed),
     "Wh2 is transposed. Wh2[j][l] takes H2[s][i][l] to Z2[s][i][j], so to l there comes the sum "
     "of dZ2[s][i][j] Wh2[j][l] over j."},
    {MISTAKE(stack_first_transposed),
     "Wh1 is transposed. Wh1[j][l] takes H1[s][i][l] to Z1[s][i][j], so to l there comes the sum "
     "of dZ1[s][i][j] Wh1[j][l] over j."},
    {0}};

CALL(stack_backward, n[0], n[1], n[2], n[3], n[4], a[0], a[1], a[2], a[3], a[4], a[5], a[6], a[7])

static const Exercise exercise_stack_backward = {
    .name = "stack_backward",
    .call = call_stack_backward,
    .sizes = "tunmp",
    .arguments = {{"dH2", IN_NORMAL, "unp", 0},
                  {"H1", IN_NORMAL, "unm", 0},
                  {"H2", IN_NORMAL, "unp", 0},
                  {"Wh1", IN_NORMAL, "mm", 0},
                  {"Wx2", IN_NORMAL, "pm", 0},
                  {"Wh2", IN_NORMAL, "pp", 0},
                  {"dZ1", OUT, "tnm", 0},
                  {"dZ2", OUT, "tnp", 0}},
    .cases = {{4, 5, 2, 6, 3},
              {6, 7, 3, 2, 4},
              {5, 6, 4, 3, 2},
              {1, 2, 4, 3, 5},
              {2, 3, 1, 5, 4},
              {3, 4, 2, 5, 1}},
    .reference = JUDGE((Function)reference_stack),
    .prepare = JUDGE(prepare_stack),
    .mistakes = JUDGE(stack_mistakes),
};

/* -- all, in their order ----------------------------------------------------------------------- */

static const Exercise *const exercises[] = {&exercise_rnn_weights_backward,
                                            &exercise_rnn_backward,
                                            &exercise_truncated_backward,
                                            &exercise_clip_norm,
                                            &exercise_lstm_output_backward,
                                            &exercise_lstm_gates_backward,
                                            &exercise_gru_cell_backward,
                                            &exercise_stack_backward,
                                            NULL};

const Check check = {"18_recurrent", exercises};
