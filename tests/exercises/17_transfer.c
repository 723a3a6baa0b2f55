/* 17_transfer.c: how the answers to exercises 17 are judged. The references go the other way round:
 * where the solutions scatter they gather, and where these look around a place, they ask every
 * pixel of the image how far it is from there. */
#include "17_transfer.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "check.h"

/* -- shared by the references and the mistakes ------------------------------------------------- */

static void clear(int n, real x[n])
{
    for (int at = 0; at < n; at++)
        x[at] = 0;
}

static const real pi = (real)3.14159265358979323846;

/* -- 1. cosine_schedule ------------------------------------------------------------------------ */

#define COSINE int n, int m, real lr, real low, real rate[n]
#define COSINE_ARGUMENTS n, m, lr, low, rate

static void prepare_cosine(int which, const int n[], void *const a[])
{
    (void)n;
    *(real *)a[0] = (const real[]){1, 0.3, 2.5, 0.75}[which % 4];
    *(real *)a[1] = (const real[]){0.125, 0.02, 0.5, 0.3}[which % 4];
}

/* (1 + cos x) / 2 = cos^2(x / 2), of part `at` of the way */
static real between(real lr, real low, real at)
{
    real c = cos(pi * at / 2), s = sin(pi * at / 2);
    return lr * c * c + low * s * s;
}

static void reference_cosine(COSINE)
{
    for (int t = n - 1; t >= 0; t--)
        rate[t] = between(lr, low, fmin(1, (real)t / (real)m));
}

static void cosine_again(COSINE)
{
    for (int t = 0; t < n; t++)
        rate[t] = between(lr, low, (real)(t % m) / (real)m);
}

static void cosine_one_short(COSINE)
{
    for (int t = 0; t < n; t++)
        rate[t] = between(lr, low, fmin(1, (real)t / (real)(m > 1 ? m - 1 : 1)));
}

static void cosine_one_early(COSINE)
{
    for (int t = 0; t < n; t++)
        rate[t] = between(lr, low, fmin(1, (real)(t + 1) / (real)m));
}

static void cosine_of_all(COSINE)
{
    (void)m;
    for (int t = 0; t < n; t++)
        rate[t] = between(lr, low, (real)t / (real)n);
}

static void cosine_straight(COSINE)
{
    for (int t = 0; t < n; t++)
        rate[t] = t < m ? lr - (lr - low) * (real)t / (real)m : low;
}

/* (1 / 2) of whole numbers */
static void cosine_of_degrees(COSINE)
{
    for (int t = 0; t < n; t++)
        rate[t] = t < m ? low + (lr - low) * (1 + cos((real)180 * (real)t / (real)m)) / 2 : low;
}

static void cosine_of_whole_degrees(COSINE)
{
    for (int t = 0; t < n; t++) {
        const int degrees = 180 * t / m;
        rate[t] = t < m ? low + (lr - low) * (1 + cos((real)degrees)) / 2 : low;
    }
}

static void cosine_quarter(COSINE)
{
    for (int t = 0; t < n; t++)
        rate[t] = t < m ? low + (lr - low) * cos(pi * (real)t / (real)m / 2) : low;
}

static void cosine_floor(COSINE)
{
    for (int t = 0; t < n; t++)
        rate[t] = fmax(low, t < m ? between(lr, 0, (real)t / (real)m) : 0);
}

static void cosine_floor_goes_on(COSINE)
{
    for (int t = 0; t < n; t++)
        rate[t] = fmax(low, between(lr, 0, (real)t / (real)m));
}

static void cosine_pi_314(COSINE)
{
    for (int t = 0; t < n; t++)
        rate[t] = t < m ? low + (lr - low) * (1 + cos((real)3.14 * (real)t / (real)m)) / 2 : low;
}

static const Mistake cosine_mistakes[] = {

    {TURNED("no-condition:t<m"),
     "After step m your rate climbs again: a cosine does. From t = m on it "
     "is to stay at low."},
    {MISTAKE(cosine_again), "At t = m your rate starts from lr again, as with warm restarts. Here "
                            "it is to stay at low from t = m on."},
    {MISTAKE(cosine_one_short),
     "Your rate is at low one step early, at t = m - 1. The way down has m steps: t / m."},
    {MISTAKE(cosine_one_early), "You are one step ahead: steps count from t = 0, where the rate is "
                                "lr itself."},
    {TURNED("missing-term:acos((real)-1)"),
     "As long as t < m your rate is lr: the cosine is 1 throughout. If it is t / m of whole "
     "numbers that is 0, make one of them a real first."},
    {MISTAKE(cosine_of_all),
     "Your rates come down over all n steps. They are to be at low after m, however long the run "
     "is."},
    {MISTAKE(cosine_straight), "Your rates lie on a straight line from lr to low; they are to lie "
                               "on half a cosine, (1 + cos(pi t / m)) / 2."},
    {TURNED("missing-term:low#2"), "Your rate begins at lr + low. What shrinks is lr - low, what "
                                   "is above low."},
    {TURNED("wrong-sign:cos(pi*(real)t/(real)m)"),
     "Your rate rises from low to lr, and the other way is wanted: cos(0) is 1, so it is 1 + cos "
     "that falls."},
    {TURNED("missing-term:low#3"), "From t = m on your rate is 0. It is to stay at low."},
    {TURNED("never:t<m"), "Your rate is at low from the beginning. Is a factor 0? In C (1 / 2) is, "
                          "and so is t / m of whole numbers."},
    {MISTAKE(cosine_of_degrees),
     "The half turn is 180 in your rate. cos() takes radians: it is pi, acos(-1.0)."},
    {MISTAKE(cosine_of_whole_degrees),
     "The half turn is 180 in your rate. cos() takes radians: it is pi, acos(-1.0)."},
    {MISTAKE(cosine_quarter),
     "Your rates lie on a quarter of a cosine, from cos(0) to cos(pi / 2). They are to lie on the "
     "half from 1 to -1, lifted and halved: (1 + cos(pi t / m)) / 2."},
    {MISTAKE(cosine_floor), "Your rate falls towards 0 and stops when it meets low. It is to come "
                            "down to low just at t = m: what shrinks is lr - low."},
    {MISTAKE(cosine_floor_goes_on),
     "Your rate falls towards 0, never below low. It is to come down to low just at t = m, and "
     "stay: what shrinks is lr - low."},
    {TURNED("truncated:pi"), "Your pi is 3. Kept in an int, or made one on the way, it loses what "
                             "stands behind the point."},
    {MISTAKE(cosine_pi_314), "Your pi is 3.14, which is not near enough: acos(-1.0) is pi."},

    {0}};

CALL(cosine_schedule, n[0], n[1], VALUE(a[0]), VALUE(a[1]), a[2])

static const Exercise exercise_cosine_schedule = {
    .name = "cosine_schedule",
    .call = call_cosine_schedule,
    .sizes = "nm",
    .arguments = {{"lr", IN_PREPARED, "", 0}, {"low", IN_PREPARED, "", 0}, {"rate", OUT, "n", 0}},
    .cases = {{9, 5}, {4, 7}, {12, 3}, {6, 1}},
    .prepare = JUDGE(prepare_cosine),
    .reference = JUDGE((Function)reference_cosine),
    .mistakes = JUDGE(cosine_mistakes),
};

/* -- 2. frozen_step ---------------------------------------------------------------------------- */

#define STEP                                                                                    \
    int n, int k, real lr, real momentum, real decay, const int frozen[n], const real dp[n][k], \
        real b[n][k], real p[n][k]
#define STEP_ARGUMENTS n, k, lr, momentum, decay, frozen, dp, b, p

/* A dp of 0 does not say that a layer is frozen. */
static void prepare_step(int which, const int n[], void *const a[])
{
    int *frozen = a[3];
    real *dp = a[4];
    *(real *)a[0] = (const real[]){0.1, 0.5, 0.02}[which % 3];
    *(real *)a[1] = (const real[]){0.9, 0.6, 0.75}[which % 3];
    *(real *)a[2] = (const real[]){0.05, 0.2, 0.7}[which % 3];
    for (int i = 0; i < n[0]; i++)
        frozen[i] = (i + which) % 3 == 0 ? 1 : 0;
    const int still = 2 - which % 3; /* a layer that is not frozen, with no gradient this time */
    for (int at = 0; at < n[0] * n[1]; at++)
        dp[at] = frozen[at / n[1]] || at / n[1] == still ? 0 : dp[at];
    dp[n[0] * n[1] - 1] = 0; /* and one weight of another such layer */
}

/* The step of one layer: b = momentum b + dp + shrink p, p = p - lr b. */
static void step_of(int i, real shrink, STEP)
{
    (void)n, (void)decay, (void)frozen;
    for (int j = 0; j < k; j++) {
        b[i][j] = dp[i][j] + shrink * p[i][j] + momentum * b[i][j];
        p[i][j] = p[i][j] - b[i][j] * lr;
    }
}

static void reference_step(STEP)
{
    for (int i = n - 1; i >= 0; i--)
        if (!frozen[i])
            step_of(i, decay, STEP_ARGUMENTS);
}

static void step_frozen_rolls_on(STEP)
{
    for (int i = 0; i < n; i++)
        step_of(i, frozen[i] ? 0 : decay, STEP_ARGUMENTS);
}

static void step_frozen_forgets(STEP)
{
    reference_step(STEP_ARGUMENTS);
    for (int i = 0; i < n; i++)
        for (int j = 0; j < k; j++)
            b[i][j] = frozen[i] ? 0 : b[i][j];
}

static void step_frozen_fades(STEP)
{
    reference_step(STEP_ARGUMENTS);
    for (int i = 0; i < n; i++)
        for (int j = 0; j < k; j++)
            b[i][j] *= frozen[i] ? momentum : 1;
}

static void step_frozen_gathers(STEP)
{
    reference_step(STEP_ARGUMENTS);
    for (int i = 0; i < n; i++)
        for (int j = 0; j < k; j++)
            b[i][j] = frozen[i] ? momentum * b[i][j] + decay * p[i][j] : b[i][j];
}

static void step_frozen_shrinks(STEP)
{
    reference_step(STEP_ARGUMENTS);
    for (int i = 0; i < n; i++)
        for (int j = 0; j < k; j++)
            p[i][j] -= frozen[i] ? lr * decay * p[i][j] : 0;
}

static void step_decay_apart(STEP)
{
    for (int i = 0; i < n; i++)
        for (int j = 0; j < k && !frozen[i]; j++) {
            b[i][j] = momentum * b[i][j] + dp[i][j];
            p[i][j] -= lr * (b[i][j] + decay * p[i][j]);
        }
}

static void step_where_dp(STEP)
{
    (void)frozen;
    for (int i = 0; i < n; i++)
        for (int j = 0; j < k; j++)
            if (dp[i][j] != 0) {
                b[i][j] = momentum * b[i][j] + dp[i][j] + decay * p[i][j];
                p[i][j] -= lr * b[i][j];
            }
}

static void step_where_row_of_dp(STEP)
{
    for (int i = 0; i < n; i++) {
        bool some = false;
        for (int j = 0; j < k; j++)
            some = some || dp[i][j] != 0;
        if (some)
            step_of(i, decay, STEP_ARGUMENTS);
    }
}

static void step_until_frozen(STEP)
{
    for (int i = 0; i < n && !frozen[i]; i++)
        step_of(i, decay, STEP_ARGUMENTS);
}

/* The rate goes into b, and not beside it. */
static void step_rate_in_b(STEP)
{
    for (int i = 0; i < n; i++)
        for (int j = 0; j < k && !frozen[i]; j++) {
            b[i][j] = momentum * b[i][j] + lr * (dp[i][j] + decay * p[i][j]);
            p[i][j] -= b[i][j];
        }
}

/* b = momentum b + share g, p = p - lr (momentum b + g) or p - lr b. */
static void step_another(real share, bool ahead, STEP)
{
    for (int i = 0; i < n; i++)
        for (int j = 0; j < k && !frozen[i]; j++) {
            real g = dp[i][j] + decay * p[i][j];
            b[i][j] = momentum * b[i][j] + share * g;
            p[i][j] -= lr * (ahead ? momentum * b[i][j] + g : b[i][j]);
        }
}

static void step_average(STEP)
{
    step_another(1 - momentum, false, STEP_ARGUMENTS);
}

static void step_momentum_of_all(STEP)
{
    step_another(momentum, false, STEP_ARGUMENTS);
}

static void step_nesterov(STEP)
{
    step_another(1, true, STEP_ARGUMENTS);
}

static const Mistake step_mistakes[] = {

    {TURNED("no-condition:frozen[i]==0"),
     "Frozen layers move. Their dp is 0, and momentum and decay move them all the same: a frozen "
     "layer takes no step at all."},
    {MISTAKE(step_frozen_rolls_on), "Frozen layers roll on: momentum carries them along what is in "
                                    "b. A frozen layer takes no step at all."},
    {MISTAKE(step_frozen_shrinks), "Weight decay pulls the frozen layers to 0. A frozen layer "
                                   "takes no step at all."},
    {MISTAKE(step_frozen_forgets),
     "b of a frozen layer is 0 in yours. It keeps what it has, and so can go on from there one "
     "day."},
    {MISTAKE(step_frozen_fades), "p stays where a layer is frozen, but its b is multiplied by "
                                 "momentum. Both stay as they are."},
    {MISTAKE(step_frozen_gathers),
     "p stays where a layer is frozen, but its b goes on. Both stay as they are."},
    {TURNED("reversed:frozen[i]==0<-!="), "The wrong layers move: those where frozen is 1."},
    {MISTAKE(step_decay_apart), "Decay goes past the momentum, as in AdamW. Here it is part of g, "
                                "and g goes into b."},
    {TURNED("stale:b[i][j]"), "p moved along the b of before. First b, then p."},
    {TURNED("missing-term:momentum*b[i][j]"), "What was in b is lost: b = momentum b + g."},
    {TURNED("missing-term:decay*p[i][j]"), "Weight decay is missing: g = dp + decay p."},
    {TURNED("missing-factor:momentum"), "b is not multiplied by momentum: b = momentum b + g."},
    {MISTAKE(step_where_dp), "Weights whose dp is 0 stand still. A layer that is not frozen moves "
                             "with a gradient of 0, too; frozen[i] says which are."},
    {MISTAKE(step_where_row_of_dp),
     "Layers whose dp is 0 stand still. A layer that is not frozen moves with a gradient of 0, "
     "too, by momentum and decay; frozen[i] says which are."},
    {MISTAKE(step_until_frozen), "From the first frozen layer on all stand still, those behind it, "
                                 "too. Pass it over and go on: continue, not break or return."},
    {MISTAKE(step_rate_in_b), "lr is in your b, where it would stay if the rate changed: b is made "
                              "of g without it, and p = p - lr b."},
    {MISTAKE(step_average), "g enters b times 1 - momentum, as in Adam. Here it enters as it is: "
                            "b = momentum b + g."},
    {MISTAKE(step_momentum_of_all),
     "g is multiplied by momentum, too. Only what was in b is: b = momentum b + g."},
    {MISTAKE(step_nesterov), "p moved along g + momentum b, which is Nesterov's step. Here it "
                             "moves along b."},

    {0}};

CALL(frozen_step, n[0], n[1], VALUE(a[0]), VALUE(a[1]), VALUE(a[2]), a[3], a[4], a[5], a[6])

static const Exercise exercise_frozen_step = {
    .name = "frozen_step",
    .call = call_frozen_step,
    .sizes = "nk",
    .arguments = {{"lr", IN_PREPARED, "", 0},
                  {"momentum", IN_PREPARED, "", 0},
                  {"decay", IN_PREPARED, "", 0},
                  {"frozen", IN_INDEX, "n", 'n'},
                  {"dp", IN_NORMAL, "nk", 0},
                  {"b", IN_OUT, "nk", 0},
                  {"p", IN_OUT, "nk", 0}},
    .cases = {{5, 4}, {4, 3}, {7, 2}},
    .prepare = JUDGE(prepare_step),
    .reference = JUDGE((Function)reference_step),
    .mistakes = JUDGE(step_mistakes),
};

/* -- 3. frozen_backward ------------------------------------------------------------------------ */

#define BACK                                                                          \
    int n, int k, int m, int l, int c, const real dY[n][c], const real X[n][k],       \
        const real G[n][l], const real W2[m][l], const real W3[l][c], real dW1[k][m], \
        real dW3[l][c]
#define BACK_ARGUMENTS n, k, m, l, c, dY, X, G, W2, W3, dW1, dW3

/* Each unit is on in some images and off in others, each image has both. */
static void prepare_back(int which, const int n[], void *const a[])
{
    (void)which;
    const int l = n[3];
    real *G = a[2];
    for (int at = 0; at < n[0] * l; at++)
        G[at] = (at / l + at % l) % 3 == 2 ? 0 : fabs(G[at]);
}

/* Image by image, from the output down. */
static void reference_back(BACK)
{
    clear(k * m, *dW1);
    clear(l * c, *dW3);
    for (int i = n - 1; i >= 0; i--)
        for (int s = l - 1; s >= 0; s--)
            for (int j = c - 1; j >= 0 && G[i][s] > 0; j--) {
                dW3[s][j] += dY[i][j] * G[i][s];
                for (int r = 0; r < m; r++)
                    for (int a = 0; a < k; a++)
                        dW1[a][r] += dY[i][j] * W3[s][j] * W2[r][s] * X[i][a];
            }
}

static void back_cut(BACK)
{
    reference_back(BACK_ARGUMENTS);
    clear(k * m, *dW1);
}

static void back_all_cut(BACK)
{
    reference_back(BACK_ARGUMENTS);
    clear(k * m, *dW1);
    clear(l * c, *dW3);
}

static void back_mean(BACK)
{
    reference_back(BACK_ARGUMENTS);
    for (int at = 0; at < k * m; at++)
        (*dW1)[at] /= (real)n;
    for (int at = 0; at < l * c; at++)
        (*dW3)[at] /= (real)n;
}

static void back_top_forgotten(BACK)
{
    reference_back(BACK_ARGUMENTS);
    clear(l * c, *dW3);
}

static const Mistake back_mistakes[] = {

    {MISTAKE(back_cut),
     "Nothing reaches dW1. A frozen layer gets no gradient of its own, but it lets one through: dH "
     "is made with W2, and W1 is trained."},
    {MISTAKE(back_all_cut), "Both gradients are 0. Only W2 is frozen, which has no output here: "
                            "W1 and W3 are trained."},
    {MISTAKE(back_top_forgotten), "dW3 is 0. W3 is not frozen: dW3[s][j] is the sum of "
                                  "G[i][s] dY[i][j] over the images."},
    {TURNED("no-condition:G[i][s]>0"),
     "The relu is missing on the way to dW1: where G is 0, nothing comes back."},
    {TURNED("times:dY[i][j]*W3[s][j]<-G[i][s]"),
     "On the way to dW1 you multiplied by G. A relu lets through or does "
     "not: times 1 where G is above 0, else times 0."},
    {TURNED("missing-factor:W2[r][s]"),
     "What comes back went past W2. It is frozen, but it was used: dH is "
     "made of what comes back and W2^T."},
    {MISTAKE(back_mean), "You divided by n. A mean, if there was one, is in dY already: the images "
                         "add up."},
    {TURNED("accumulate:dW1[a][r]+="),
     "dW1 is that of one image. The images add up: += over all of them."},
    {TURNED("accumulate:dW3[s][j]+="),
     "dW3 is that of one image. The images add up: += over all of them."},

    {0}};

CALL(frozen_backward, n[0], n[1], n[2], n[3], n[4], a[0], a[1], a[2], a[3], a[4], a[5], a[6])

static const Exercise exercise_frozen_backward = {
    .name = "frozen_backward",
    .call = call_frozen_backward,
    .sizes = "nkmlc",
    .arguments = {{"dY", IN_NORMAL, "nc", 0},
                  {"X", IN_NORMAL, "nk", 0},
                  {"G", IN_NORMAL, "nl", 0},
                  {"W2", IN_NORMAL, "ml", 0},
                  {"W3", IN_NORMAL, "lc", 0},
                  {"dW1", OUT, "km", 0},
                  {"dW3", OUT, "lc", 0}},
    .cases = {{4, 3, 5, 6, 2}, {2, 5, 3, 4, 6}, {3, 2, 4, 5, 1}},
    .prepare = JUDGE(prepare_back),
    .reference = JUDGE((Function)reference_back),
    .mistakes = JUDGE(back_mistakes),
};

/* -- 4. copy_subtree --------------------------------------------------------------------------- */

#define COPY                                                                             \
    int n, int m, int q, int e, int d, int k, const int prefix[q], const int name[n][e], \
        const int saved[m][d], const real values[m][k], real p[n][k]
#define COPY_ARGUMENTS n, m, q, e, d, k, prefix, name, saved, values, p

/* Word number x, of e letters. It differs from the next one in a single letter: the first if x is a
 * multiple of e, the second if it is one more, and so on. */
static void spell(int x, int e, int word[e])
{
    for (int a = 0; a < e; a++)
        word[a] = 1 + (x + e - 1 - a) / e;
}

/* The network has names 0, 1, 2, ... The file has 1, 3, 5, ... behind the prefix, and between them
 * 0, 2, 4, ... behind others, which differ from it in one letter. So has each name that is not in
 * the file a neighbour there. In every second case its first row is the last but for one. */
static void prepare_copy(int which, const int n[], void *const a[])
{
    const int m = n[1], q = n[2], e = n[3], d = n[4];
    int *prefix = a[0], *name = a[1], *saved = a[2];
    const int part = q + which;
    spell(part, q, prefix);
    for (int i = 0; i < n[0]; i++)
        spell(i, e, name + i * e);
    for (int j = 0; j < m; j++) {
        int *row = saved + (which % 2 ? j : (m - j) % m) * d;
        spell(j % 2 == 0 ? part : part + 2 - j % 4, q, row);
        spell(j % 2 == 0 ? j + 1 : j - 1, e, row + q);
    }
}

static bool alike(int e, const int a[e], const int b[e])
{
    int differ = 0;
    for (int x = e - 1; x >= 0; x--)
        differ += abs(a[x] - b[x]);
    return differ == 0;
}

static void take(int k, const real from[k], real to[k])
{
    for (int x = k - 1; x >= 0; x--)
        to[x] = from[x];
}

static void reference_copy(COPY)
{
    (void)d;
    for (int j = m - 1; j >= 0; j--)
        for (int i = 0; i < n && alike(q, saved[j], prefix); i++)
            if (alike(e, saved[j] + q, name[i]))
                take(k, values[j], p[i]);
}

static void copy_by_place(COPY)
{
    (void)q, (void)e, (void)d, (void)prefix, (void)name, (void)saved;
    for (int i = 0; i < n && i < m; i++)
        take(k, values[i], p[i]);
}

static void copy_in_turn(COPY)
{
    (void)e, (void)d, (void)name;
    int i = 0;
    for (int j = 0; j < m && i < n; j++)
        if (alike(q, saved[j], prefix))
            take(k, values[j], p[i++]);
}

static void copy_any_prefix(COPY)
{
    (void)d, (void)prefix;
    for (int j = 0; j < m; j++)
        for (int i = 0; i < n; i++)
            if (alike(e, saved[j] + q, name[i]))
                take(k, values[j], p[i]);
}

/* As if the name began where the prefix does. */
static void copy_from_the_beginning(COPY)
{
    (void)d;
    for (int i = 0; i < n; i++)
        for (int j = 0; j < m; j++)
            if (alike(q, saved[j], prefix) && alike(e, saved[j], name[i]))
                take(k, values[j], p[i]);
}

static void copy_clears(COPY)
{
    clear(n * k, *p);
    reference_copy(COPY_ARGUMENTS);
}

static void copy_nothing(COPY)
{
    (void)n, (void)m, (void)q, (void)e, (void)d, (void)k;
    (void)prefix, (void)name, (void)saved, (void)values, (void)p;
}

static void copy_adds(COPY)
{
    (void)d;
    for (int i = 0; i < n; i++)
        for (int j = 0; j < m; j++)
            for (int x = 0; x < k; x++)
                if (alike(q, saved[j], prefix) && alike(e, saved[j] + q, name[i]))
                    p[i][x] += values[j][x];
}

/* Rows of which letters first .. last - 1, of the prefix and the name together, are right. */
static void copy_if_these(int first, int last, COPY)
{
    for (int i = 0; i < n; i++)
        for (int j = 0; j < m; j++) {
            int differ = 0;
            for (int a = first; a < last; a++)
                differ += saved[j][a] != (a < q ? prefix[a] : name[i][a - q]);
            if (differ == 0)
                take(k, values[j], p[i]);
        }
    (void)e, (void)d;
}

static void copy_any_name(COPY)
{
    copy_if_these(0, q, COPY_ARGUMENTS);
}

static void copy_one_letter(COPY)
{
    copy_if_these(0, q + 1, COPY_ARGUMENTS);
}

static void copy_but_last_letter(COPY)
{
    copy_if_these(0, d - 1, COPY_ARGUMENTS);
}

static void copy_but_first_letter(COPY)
{
    copy_if_these(1, d, COPY_ARGUMENTS);
}

static void copy_last_decides(COPY)
{
    copy_if_these(d - 1, d, COPY_ARGUMENTS);
}

static int sum_of(int n, const int letters[n])
{
    int sum = 0;
    for (int a = 0; a < n; a++)
        sum += letters[a];
    return sum;
}

static void copy_same_sum(COPY)
{
    for (int i = 0; i < n; i++)
        for (int j = 0; j < m; j++)
            if (sum_of(d, saved[j]) == sum_of(q, prefix) + sum_of(e, name[i]))
                take(k, values[j], p[i]);
}

static void copy_same_bytes(COPY)
{
    (void)d;
    for (int i = 0; i < n; i++)
        for (int j = 0; j < m; j++)
            if (memcmp(saved[j], prefix, (size_t)q) == 0 &&
                memcmp(saved[j] + q, name[i], (size_t)e) == 0)
                take(k, values[j], p[i]);
}

static void copy_k_bytes(COPY)
{
    (void)d;
    for (int i = 0; i < n; i++)
        for (int j = 0; j < m; j++)
            if (alike(q, saved[j], prefix) && alike(e, saved[j] + q, name[i]))
                memcpy(p[i], values[j], (size_t)k);
}

static void copy_or_clear(COPY)
{
    (void)d;
    for (int i = 0; i < n; i++)
        for (int j = 0; j < m; j++) {
            clear(k, p[i]);
            if (alike(q, saved[j], prefix) && alike(e, saved[j] + q, name[i]))
                take(k, values[j], p[i]);
        }
}

static void copy_values_of_i(COPY)
{
    (void)d;
    for (int i = 0; i < n; i++)
        for (int j = 0; j < m; j++)
            if (alike(q, saved[j], prefix) && alike(e, saved[j] + q, name[i]) && i < m)
                take(k, values[i], p[i]);
}

static const Mistake copy_mistakes[] = {

    {MISTAKE(copy_by_place), "You copied by place: row i of the file into row i. The file has an "
                             "order of its own, only names say what belongs where."},
    {MISTAKE(copy_in_turn), "You found the part, and then copied its rows in their order. Within "
                            "it, too, the names say what belongs where."},
    {MISTAKE(copy_any_prefix),
     "You took names of other parts, too: that the end of a name is right is not enough, it must "
     "begin with the prefix."},
    {MISTAKE(copy_from_the_beginning),
     "You held the name against the beginning of the name in the file, where the prefix stands. It "
     "begins behind it, at saved[j][q]."},
    {MISTAKE(copy_clears), "Where the file has no such name p is to stay; yours is 0 there. A new "
                           "head would be lost."},
    {MISTAKE(copy_nothing), "p is as it was: nothing was copied. Of a name in the file, the first "
                            "q letters are the prefix, and the name begins at saved[j][q]."},
    {TURNED("runs-once:for(int x=0;x<k&&same==d;x++)"),
     "Only the first number of each row was copied; there are k."},
    {MISTAKE(copy_adds), "What is in the file takes the place of what was in p. You added it."},
    {MISTAKE(copy_any_name), "You took every row that begins with the prefix, whatever its name. "
                             "What follows the prefix must be name[i], all e letters of it."},
    {MISTAKE(copy_one_letter), "You took rows of which, behind the prefix, only the first letter "
                               "is right. All e letters of the name must be."},
    {MISTAKE(copy_but_last_letter), "You took rows whose last letter is wrong. All d = q + e "
                                    "letters must be right."},
    {MISTAKE(copy_but_first_letter), "You took rows whose first letter is wrong. All d = q + e "
                                     "letters must be right, from number 0 on."},
    {TURNED("no-condition:same==d"),
     "You took rows of which some letter is right. All must be: one "
     "that is wrong rules a row out."},
    {MISTAKE(copy_last_decides),
     "You took every row whose last letter is right. Does each letter overwrite what those before "
     "have said? One that is wrong rules a row out."},
    {MISTAKE(copy_same_sum), "You took rows whose letters have the right sum. Each letter must be "
                             "right in its place."},
    {MISTAKE(copy_same_bytes),
     "You took rows that are right in their first letters only. If you used memcmp: it counts "
     "bytes, and an int has several, q * sizeof(int) and e * sizeof(int)."},
    {MISTAKE(copy_k_bytes), "Only the first k bytes of each row were copied. memcpy counts bytes: "
                            "k * sizeof(real)."},
    {MISTAKE(copy_or_clear), "A row that is not the one puts 0 into p, and undoes what an earlier "
                             "row of the file had put there. It is to write nothing."},
    {TURNED("runs-once:for(int j=0;j<m;j++)"),
     "Once a row of the file is not the one, none behind it is taken. Is the loop left there, or "
     "what says that all agrees not set anew for each row?"},
    {MISTAKE(copy_values_of_i), "You found the right rows, and copied values[i]. What belongs to "
                                "saved[j] is values[j]."},

    {0}};

CALL(copy_subtree, n[0], n[1], n[2], n[3], n[4], n[5], a[0], a[1], a[2], a[3], a[4])

static const Exercise exercise_copy_subtree = {
    .name = "copy_subtree",
    .call = call_copy_subtree,
    .sizes = "nmqedk",
    .arguments = {{"prefix", IN_INDEX, "q", 'n'},
                  {"name", IN_INDEX, "ne", 'n'},
                  {"saved", IN_INDEX, "md", 'n'},
                  {"values", IN_NORMAL, "mk", 0},
                  {"p", IN_OUT, "nk", 0}},
    .cases = {{5, 7, 2, 4, 6, 3}, {8, 7, 3, 2, 5, 1}, {8, 9, 4, 3, 7, 2}, {3, 6, 2, 5, 7, 4}},
    .prepare = JUDGE(prepare_copy),
    .reference = JUDGE((Function)reference_copy),
    .mistakes = JUDGE(copy_mistakes),
};

/* -- 5. flip ----------------------------------------------------------------------------------- */

#define FLIP \
    int n, int c, int h, int w, const int flipped[n], const real X[n][c][h][w], real Y[n][c][h][w]
#define FLIP_ARGUMENTS n, c, h, w, flipped, X, Y

static void prepare_flip(int which, const int n[], void *const a[])
{
    int *flipped = a[0];
    for (int i = 0; i < n[0]; i++)
        flipped[i] = (i + which) % 2;
}

/* Each pixel is carried to where it goes, in images where flipped[i] is `when`, or in all. */
static void flip_with(bool across, bool down, int when, bool all, FLIP)
{
    for (int i = n - 1; i >= 0; i--)
        for (int x = w - 1; x >= 0; x--)
            for (int y = 0; y < h; y++)
                for (int l = 0; l < c; l++) {
                    bool here = all || flipped[i] == when;
                    int to = here && across ? w - 1 - x : x, row = here && down ? h - 1 - y : y;
                    Y[i][l][row][to] = X[i][l][y][x];
                }
}

static void reference_flip(FLIP)
{
    flip_with(true, false, 1, false, FLIP_ARGUMENTS);
}

static void flip_all(FLIP)
{
    flip_with(true, false, 1, true, FLIP_ARGUMENTS);
}

static void flip_others(FLIP)
{
    flip_with(true, false, 0, false, FLIP_ARGUMENTS);
}

static void flip_upside_down(FLIP)
{
    flip_with(false, true, 1, false, FLIP_ARGUMENTS);
}

static void flip_turned(FLIP)
{
    flip_with(true, true, 1, false, FLIP_ARGUMENTS);
}

static void flip_channels(FLIP)
{
    for (int i = 0; i < n; i++)
        for (int l = 0; l < c; l++)
            take(h * w, *X[i][flipped[i] ? c - 1 - l : l], *Y[i][l]);
}

static void flip_half(FLIP)
{
    for (int i = 0; i < n; i++)
        for (int l = 0; l < c; l++)
            for (int y = 0; y < h; y++)
                for (int x = 0; x < w; x++)
                    Y[i][l][y][x] = X[i][l][y][flipped[i] && x < w / 2 ? w - 1 - x : x];
}

static void flip_channels_too(FLIP)
{
    for (int i = 0; i < n; i++)
        for (int l = 0; l < c; l++)
            for (int y = 0; y < h; y++)
                for (int x = 0; x < w; x++)
                    Y[i][l][y][x] = flipped[i] ? X[i][c - 1 - l][y][w - 1 - x] : X[i][l][y][x];
}

static void flip_transposed(FLIP)
{
    for (int i = 0; i < n; i++)
        for (int l = 0; l < c; l++)
            for (int y = 0; y < h; y++)
                for (int x = 0; x < w; x++)
                    Y[i][l][y][x] = flipped[i] ? X[i][l][x % h][y % w] : X[i][l][y][x];
}

static void flip_one_off(FLIP)
{
    for (int i = 0; i < n; i++)
        for (int l = 0; l < c; l++)
            for (int y = 0; y < h; y++)
                for (int x = 0; x < w; x++)
                    Y[i][l][y][x] = X[i][l][y][flipped[i] ? (w - x) % w : x];
}

static void flip_as_first(FLIP)
{
    for (int i = 0; i < n; i++)
        for (int l = 0; l < c; l++)
            for (int y = 0; y < h; y++)
                for (int x = 0; x < w; x++)
                    Y[i][l][y][x] = X[i][l][y][flipped[0] ? w - 1 - x : x];
}

static const Mistake flip_mistakes[] = {

    {MISTAKE(flip_all), "You flipped all images. Those with flipped[i] = 0 stay as they are."},
    {MISTAKE(flip_others), "You flipped the others, those with flipped[i] = 0."},
    {MISTAKE(flip_upside_down), "You turned the image upside down. Left and right change places: "
                                "the columns, the last index."},
    {MISTAKE(flip_turned), "Rows are exchanged, too, so the image is turned by 180 degrees. Only "
                           "left and right change places."},
    {TURNED("index:flipped[i]==1?w-1-x:x<-x"), "Nothing is flipped."},
    {MISTAKE(flip_half), "Of a flipped image only the left half is right; the right half is as it "
                         "was. If you flip Y in place, the left half is overwritten before it is "
                         "read."},
    {MISTAKE(flip_channels_too),
     "The channels change places, too. Only the columns do, the last index."},
    {MISTAKE(flip_transposed), "You exchanged rows and columns. The row stays y; column x comes "
                               "from column w - 1 - x."},
    {MISTAKE(flip_one_off), "Column x comes from column w - x in yours, and the first from itself. "
                            "The first comes from the last, w - 1: it is w - 1 - x."},
    {MISTAKE(flip_as_first), "What flipped says of the first image you did to all: it is "
                             "flipped[i]."},
    {MISTAKE(flip_channels), "You exchanged the channels. Left and right change places: the "
                             "columns, the last index."},

    {0}};

CALL(flip, n[0], n[1], n[2], n[3], a[0], a[1], a[2])

static const Exercise exercise_flip = {
    .name = "flip",
    .call = call_flip,
    .sizes = "nchw",
    .arguments = {{"flipped", IN_INDEX, "n", 'n'},
                  {"X", IN_NORMAL, "nchw", 0},
                  {"Y", OUT, "nchw", 0}},
    .cases = {{4, 3, 2, 5}, {3, 2, 5, 4}, {2, 5, 3, 1}},
    .prepare = JUDGE(prepare_flip),
    .reference = JUDGE((Function)reference_flip),
    .mistakes = JUDGE(flip_mistakes),
};

/* -- 6. shift_backward ------------------------------------------------------------------------- */

#define SHIFT                                                                                     \
    int n, int c, int h, int w, const int down[n], const int right[n], const real dY[n][c][h][w], \
        real dX[n][c][h][w]
#define SHIFT_ARGUMENTS n, c, h, w, down, right, dY, dX

static void prepare_shift(int which, const int n[], void *const a[])
{
    int *down = a[0], *right = a[1];
    for (int i = 0; i < n[0]; i++) {
        down[i] = (const int[]){1, -2, 0, 2, -1}[(i + which) % 5];
        right[i] = (const int[]){-1, 1, 2, 0, -2}[(i + 2 * which) % 5];
    }
}

/* Where pixel p of a shifted axis comes from. */
typedef int From(int p, int by, int size);

static int edge_repeated(int p, int by, int size)
{
    return p - by < 0 ? 0 : p - by >= size ? size - 1 : p - by;
}

static int edge_other_way(int p, int by, int size)
{
    return edge_repeated(p, -by, size);
}

static int edge_of_zeros(int p, int by, int size)
{
    return p - by < 0 || p - by >= size ? -1 : p - by;
}

static int around(int p, int by, int size)
{
    return (p - by + 4 * size) % size;
}

static int mirrored(int p, int by, int size)
{
    int at = p - by < 0 ? by - p : p - by >= size ? 2 * size - 2 - p + by : p - by;
    return at < 0 ? 0 : at >= size ? size - 1 : at;
}

/* Each pixel of dX asks all those of dY whether they came from it. */
static void shift_with(From *from, SHIFT)
{
    clear(n * c * h * w, ***dX);
    for (int i = 0; i < n; i++)
        for (int l = 0; l < c; l++)
            for (int at = 0; at < h * w; at++)
                for (int y = 0; y < h; y++)
                    for (int x = 0; x < w; x++)
                        if (from(y, down[i], h) == at / w && from(x, right[i], w) == at % w)
                            dX[i][l][at / w][at % w] += dY[i][l][y][x];
}

static void reference_shift(SHIFT)
{
    shift_with(edge_repeated, SHIFT_ARGUMENTS);
}

static void shift_other_way(SHIFT)
{
    shift_with(edge_other_way, SHIFT_ARGUMENTS);
}

static void shift_of_zeros(SHIFT)
{
    shift_with(edge_of_zeros, SHIFT_ARGUMENTS);
}

static void shift_around(SHIFT)
{
    shift_with(around, SHIFT_ARGUMENTS);
}

static void shift_mirrored(SHIFT)
{
    shift_with(mirrored, SHIFT_ARGUMENTS);
}

static void shift_exchanged(SHIFT)
{
    shift_with(edge_repeated, n, c, h, w, right, down, dY, dX);
}

/* dY, shifted on */
static void shift_forward(SHIFT)
{
    for (int i = 0; i < n; i++)
        for (int l = 0; l < c; l++)
            for (int y = 0; y < h; y++)
                for (int x = 0; x < w; x++)
                    dX[i][l][y][x] =
                        dY[i][l][edge_repeated(y, down[i], h)][edge_repeated(x, right[i], w)];
}

static void shift_back_repeated(SHIFT)
{
    for (int i = 0; i < n; i++)
        for (int l = 0; l < c; l++)
            for (int y = 0; y < h; y++)
                for (int x = 0; x < w; x++)
                    dX[i][l][y][x] =
                        dY[i][l][edge_other_way(y, down[i], h)][edge_other_way(x, right[i], w)];
}

/* dY goes back in the order of its pixels, and dX is set to 0 on the way: each pixel when its turn
 * comes, or each row when it begins. */
static void shift_wiped(bool rows, SHIFT)
{
    for (int i = 0; i < n; i++)
        for (int l = 0; l < c; l++)
            for (int y = 0; y < h; y++)
                for (int x = 0; x < w; x++) {
                    if (!rows)
                        dX[i][l][y][x] = 0;
                    else if (x == 0)
                        clear(w, dX[i][l][y]);
                    dX[i][l][edge_repeated(y, down[i], h)][edge_repeated(x, right[i], w)] +=
                        dY[i][l][y][x];
                }
}

static void shift_wiped_pixels(SHIFT)
{
    shift_wiped(false, SHIFT_ARGUMENTS);
}

static void shift_wiped_rows(SHIFT)
{
    shift_wiped(true, SHIFT_ARGUMENTS);
}

static void shift_as_first(SHIFT)
{
    (void)n;
    for (int i = 0; i < n; i++)
        shift_with(edge_repeated, 1, c, h, w, down, right, dY + i, dX + i);
}

/* The sign of one of the two is turned. */
static void shift_one_turned(bool rows, SHIFT)
{
    for (int i = 0; i < n; i++) {
        const int by[2] = {rows ? -down[i] : down[i], rows ? right[i] : -right[i]};
        shift_with(edge_repeated, 1, c, h, w, &by[0], &by[1], dY + i, dX + i);
    }
}

static void shift_rows_turned(SHIFT)
{
    shift_one_turned(true, SHIFT_ARGUMENTS);
}

static void shift_columns_turned(SHIFT)
{
    shift_one_turned(false, SHIFT_ARGUMENTS);
}

/* |p - by|, and no further than the last. */
static int absolute(int p, int by, int size)
{
    return abs(p - by) < size ? abs(p - by) : size - 1;
}

static void shift_absolute(SHIFT)
{
    shift_with(absolute, SHIFT_ARGUMENTS);
}

/* The mean of what arrives, not the sum. */
static void shift_mean(SHIFT)
{
    reference_shift(SHIFT_ARGUMENTS);
    for (int i = 0; i < n; i++)
        for (int at = 0; at < h * w; at++) {
            int arrows = 0;
            for (int from = 0; from < h * w; from++)
                arrows += edge_repeated(from / w, down[i], h) == at / w &&
                          edge_repeated(from % w, right[i], w) == at % w;
            for (int l = 0; l < c && arrows > 0; l++)
                dX[i][l][at / w][at % w] /= (real)arrows;
        }
}

static const Mistake shift_mistakes[] = {

    {MISTAKE(shift_forward), "You shifted dY the way the image went. What comes back goes the "
                             "other way, and adds up at the edge."},
    {MISTAKE(shift_back_repeated),
     "You shifted dY back with its own edge repeated. Going back nothing is repeated: the pixels "
     "that were made of one at the edge add up in it."},
    {TURNED("accumulate:dX[i][l][r][s]+="),
     "At the edge one pixel went to several places, and you kept what "
     "one of them sends back. Add them up: +=."},
    {MISTAKE(shift_other_way), "The images are shifted the other way in yours: above 0 is down and "
                               "to the right, so pixel y came from y - down."},
    {MISTAKE(shift_of_zeros), "As if zeros had moved in. Here the edge is repeated, so a pixel at "
                              "the edge gets what all its copies send back."},
    {MISTAKE(shift_around), "As if what moves out came in on the other side. Here the edge is "
                            "repeated."},
    {MISTAKE(shift_mirrored), "As if the image were mirrored at its edges. Here the pixel at the "
                              "edge is repeated."},
    {MISTAKE(shift_exchanged), "down and right are exchanged."},
    {MISTAKE(shift_wiped_pixels),
     "You set dX to 0 in the loop that adds to it, and wipe out what has arrived from pixels "
     "before. All of it first, in loops of their own."},
    {MISTAKE(shift_wiped_rows), "You set dX to 0 row by row while you add to it, and wipe out what "
                                "has arrived from rows before. All of it first."},
    {MISTAKE(shift_as_first),
     "Each image is shifted like the first one. Its own shift is down[i] and right[i]."},
    {MISTAKE(shift_rows_turned), "Rows go the other way in yours: pixel y came from y - down, as "
                                 "pixel x came from x - right."},
    {MISTAKE(shift_columns_turned), "Columns go the other way in yours: pixel x came from "
                                    "x - right, as pixel y came from y - down."},
    {TURNED("index:s<-x"), "Nothing is shifted to the right in yours: column x came from "
                           "x - right."},
    {TURNED("index:r<-y"), "Nothing is shifted down in yours: row y came from y - down."},
    {MISTAKE(shift_absolute), "Where y - down or x - right is below 0 you took its absolute value. "
                              "There it is pixel 0 that is repeated."},
    {MISTAKE(shift_mean), "Where several arrive you took their mean. They add up."},

    {0}};

CALL(shift_backward, n[0], n[1], n[2], n[3], a[0], a[1], a[2], a[3])

static const Exercise exercise_shift_backward = {
    .name = "shift_backward",
    .call = call_shift_backward,
    .sizes = "nchw",
    .arguments = {{"down", IN_INDEX, "n", 'n'},
                  {"right", IN_INDEX, "n", 'n'},
                  {"dY", IN_NORMAL, "nchw", 0},
                  {"dX", OUT, "nchw", 0}},
    .cases = {{5, 2, 4, 6}, {4, 3, 6, 5}, {3, 2, 5, 4}, {2, 4, 3, 1}},
    .prepare = JUDGE(prepare_shift),
    .reference = JUDGE((Function)reference_shift),
    .mistakes = JUDGE(shift_mistakes),
};

/* -- 7. rotate, and 8. rotate_backward --------------------------------------------------------- */

/* Pixel (y, x) of an image of (h, w), as it is seen from the place (u, v). */
typedef struct {
    real u, v;
    int y, x, h, w;
} View;

/* The share that it has in what is at the place. */
typedef real Share(View at);

static real share(View at)
{
    return fmax(0, 1 - fabs(at.u - (real)at.y)) * fmax(0, 1 - fabs(at.v - (real)at.x));
}

/* Is it one of the four of which (r, s) is the first? */
static bool is_of_four(View at, real r, real s)
{
    const real down = (real)at.y - r, beside = (real)at.x - s;
    return (down == 0 || down == 1) && (beside == 0 || beside == 1);
}

static bool is_around(View at)
{
    return is_of_four(at, floor(at.u), floor(at.v));
}

/* The product of 1 less the distances, below 0 where one is over 1. */
static real nearness(View at)
{
    return (1 - fabs(at.u - (real)at.y)) * (1 - fabs(at.v - (real)at.x));
}

static real share_nearest(View at)
{
    return round(at.u) == (real)at.y && round(at.v) == (real)at.x ? 1 : 0;
}

/* The pixels at the edge go on beyond it. */
static real share_repeated(View at)
{
    at.u = fmin(at.h - 1, fmax(0, at.u));
    at.v = fmin(at.w - 1, fmax(0, at.v));
    return share(at);
}

static real share_one_of_four(View at)
{
    return (real)at.y <= at.u && (real)at.x <= at.v ? share(at) : 0;
}

static real share_one_row(View at)
{
    return (real)at.y <= at.u ? share(at) : 0;
}

static real share_one_column(View at)
{
    return (real)at.x <= at.v ? share(at) : 0;
}

/* Cut off, not rounded down. */
static real share_cut(View at)
{
    return is_of_four(at, trunc(at.u), trunc(at.v)) ? nearness(at) : 0;
}

static real share_rounded(View at)
{
    return is_of_four(at, round(at.u), round(at.v)) ? nearness(at) : 0;
}

static real share_rounded_up(View at)
{
    return is_of_four(at, ceil(at.u), ceil(at.v)) ? nearness(at) : 0;
}

static real share_of_all(View at)
{
    return nearness(at);
}

static real share_away(View at)
{
    return is_around(at) ? fabs(at.u - (real)at.y) * fabs(at.v - (real)at.x) : 0;
}

static real share_whole(View at)
{
    return is_around(at) ? 1 : 0;
}

static real share_average(View at)
{
    return is_around(at) ? 1 - (fabs(at.u - (real)at.y) + fabs(at.v - (real)at.x)) / 2 : 0;
}

static real share_crossed(View at)
{
    const real across = 1 - fabs(at.u - (real)at.x), along = 1 - fabs(at.v - (real)at.y);
    return is_around(at) ? across * along : 0;
}

/* Of the next row by the fraction of v, of the next column by that of u. */
static real share_fractions_exchanged(View at)
{
    const real a = at.u - floor(at.u), b = at.v - floor(at.v);
    if (!is_around(at))
        return 0;
    return ((real)at.x > floor(at.v) ? a : 1 - a) * ((real)at.y > floor(at.u) ? b : 1 - b);
}

static real share_if_all_inside(View at)
{
    const real r = floor(at.u), s = floor(at.v);
    return r >= 0 && r + 1 < at.h && s >= 0 && s + 1 < at.w ? share(at) : 0;
}

static real share_if_place_inside(View at)
{
    return at.u >= 0 && at.u <= at.h - 1 && at.v >= 0 && at.v <= at.w - 1 ? share(at) : 0;
}

static real share_but_first(View at)
{
    return at.y > 0 && at.x > 0 ? share(at) : 0;
}

static real share_but_last(View at)
{
    return at.y < at.h - 1 && at.x < at.w - 1 ? share(at) : 0;
}

/* Made to add up to 1 where some of the four are beyond the edge. */
static real share_of_those_inside(View at)
{
    real sum = 0;
    for (int other = 0; other < at.h * at.w; other++)
        sum += share((View){at.u, at.v, other / at.w, other % at.w, at.h, at.w});
    return sum > 0 ? share(at) / sum : 0;
}

/* The turn, or one that somebody took for it. */
typedef struct {
    real cosine, sine;
    real down, beside;           /* the middle */
    real back_down, back_beside; /* what is added again */
    bool exchanged;              /* i and j */
    Share *share;
} Turn;

static Turn about(real down, real beside, real cosine, real sine)
{
    return (Turn){cosine, sine, down, beside, down, beside, false, share};
}

static Turn turn_of(int h, int w, real cosine, real sine)
{
    return about(((real)h - 1) / 2, ((real)w - 1) / 2, cosine, sine);
}

/* Pixel (y, x) of X, number `other`, as pixel number `at` of Y sees it. */
static View view(const Turn *t, int h, int w, int at, int other)
{
    const int i = at / w, j = at % w;
    const real below = (real)i - t->down, beside = (real)j - t->beside;
    const real off_i = t->exchanged ? beside : below, off_j = t->exchanged ? below : beside;
    return (View){t->back_down + t->cosine * off_i + t->sine * off_j,
                  t->back_beside - t->sine * off_i + t->cosine * off_j,
                  other / w,
                  other % w,
                  h,
                  w};
}

/* to += share from, for every pixel (i, j) of the turned image and every (y, x) of the other one.
 * back: from is the turned one. */
static void turn(const Turn *t, bool back, int c, int h, int w, const real from[c][h][w],
                 real to[c][h][w])
{
    clear(c * h * w, **to);
    for (int at = h * w - 1; at >= 0; at--)
        for (int other = 0; other < h * w; other++) {
            const int i = at / w, j = at % w, y = other / w, x = other % w;
            const real weight = t->share(view(t, h, w, at, other));
            for (int l = 0; l < c; l++) {
                if (back)
                    to[l][y][x] += from[l][i][j] * weight;
                else
                    to[l][i][j] += from[l][y][x] * weight;
            }
        }
}

#define ROTATE \
    int c, int h, int w, real cosine, real sine, const real from[c][h][w], real to[c][h][w]

/* A turn by 37 degrees or so, by a little, to the other side, by a right angle. But for the last no
 * place falls on a pixel's row or column, where rounding would say which four are around it. */
static void prepare_rotate(int which, const int n[], void *const a[])
{
    (void)n;
    const real angle = (const real[]){0.65, -0.3, -1.2, 0}[which % 4];
    *(real *)a[0] = which % 4 == 3 ? 0 : cos(angle);
    *(real *)a[1] = which % 4 == 3 ? 1 : sin(angle);
}

static void reference_rotate(ROTATE)
{
    Turn t = turn_of(h, w, cosine, sine);
    turn(&t, false, c, h, w, from, to);
}

static void reference_rotate_backward(ROTATE)
{
    Turn t = turn_of(h, w, cosine, sine);
    turn(&t, true, c, h, w, from, to);
}

/* rotate_NAME() and rotate_back_NAME(), of another turn t. */
#define ANOTHER_TURN(name, another)           \
    static void rotate_##name(ROTATE)         \
    {                                         \
        Turn t = turn_of(h, w, cosine, sine); \
        (another);                            \
        turn(&t, false, c, h, w, from, to);   \
    }                                         \
    static void rotate_back_##name(ROTATE)    \
    {                                         \
        Turn t = turn_of(h, w, cosine, sine); \
        (another);                            \
        turn(&t, true, c, h, w, from, to);    \
    }

ANOTHER_TURN(about_corner, t = about(0, 0, cosine, sine))
ANOTHER_TURN(about_half, t = about((real)h / 2, (real)w / 2, cosine, sine))
ANOTHER_TURN(about_whole,
             t = about(floor((real)(h - 1) / 2), floor((real)(w - 1) / 2), cosine, sine))
ANOTHER_TURN(middles_exchanged, t = turn_of(w, h, cosine, sine))
ANOTHER_TURN(not_back, t.back_down = t.back_beside = 0)
ANOTHER_TURN(exchanged, t.exchanged = true)
ANOTHER_TURN(nearest, t.share = share_nearest)
ANOTHER_TURN(edge_repeated, t.share = share_repeated)
ANOTHER_TURN(one_of_four, t.share = share_one_of_four)
ANOTHER_TURN(one_row, t.share = share_one_row)
ANOTHER_TURN(one_column, t.share = share_one_column)
ANOTHER_TURN(cut, t.share = share_cut)
ANOTHER_TURN(rounded, t.share = share_rounded)
ANOTHER_TURN(rounded_up, t.share = share_rounded_up)
ANOTHER_TURN(of_all, t.share = share_of_all)
ANOTHER_TURN(away, t.share = share_away)
ANOTHER_TURN(whole, t.share = share_whole)
ANOTHER_TURN(average, t.share = share_average)
ANOTHER_TURN(crossed, t.share = share_crossed)
ANOTHER_TURN(fractions_exchanged, t.share = share_fractions_exchanged)
ANOTHER_TURN(if_all_inside, t.share = share_if_all_inside)
ANOTHER_TURN(if_place_inside, t.share = share_if_place_inside)
ANOTHER_TURN(but_first, t.share = share_but_first)
ANOTHER_TURN(but_last, t.share = share_but_last)
ANOTHER_TURN(of_those_inside, t.share = share_of_those_inside)

static void rotate_back_clockwise(ROTATE)
{
    Turn t = turn_of(h, w, cosine, -sine);
    turn(&t, false, c, h, w, from, to);
}

/* Only the last of the four, that down and to the right. */
static void rotate_last_of_four(ROTATE)
{
    Turn t = turn_of(h, w, cosine, sine);
    clear(c * h * w, **to);
    for (int at = 0; at < h * w; at++)
        for (int other = 0; other < h * w; other++) {
            const View v = view(&t, h, w, at, other);
            for (int l = 0; l < c && (real)v.y == floor(v.u) + 1 && (real)v.x == floor(v.v) + 1;
                 l++)
                to[l][at / w][at % w] = share(v) * from[l][v.y][v.x];
        }
}

/* The last of those that arrive takes the place of the others. */
static void rotate_back_last(ROTATE)
{
    Turn t = turn_of(h, w, cosine, sine);
    clear(c * h * w, **to);
    for (int at = 0; at < h * w; at++)
        for (int other = 0; other < h * w; other++) {
            const View v = view(&t, h, w, at, other);
            for (int l = 0; l < c && share(v) > 0; l++)
                to[l][v.y][v.x] = share(v) * from[l][at / w][at % w];
        }
}

/* Each pixel, or each row when it begins, is set to 0 when its turn comes. */
static void rotate_back_wiped(bool rows, ROTATE)
{
    Turn t = turn_of(h, w, cosine, sine);
    for (int at = 0; at < h * w; at++)
        for (int l = 0; l < c; l++) {
            if (!rows || at % w == 0)
                clear(rows ? w : 1, &to[l][at / w][at % w]);
            for (int other = 0; other < h * w; other++)
                to[l][other / w][other % w] +=
                    share(view(&t, h, w, at, other)) * from[l][at / w][at % w];
        }
}

static void rotate_back_wiped_pixels(ROTATE)
{
    rotate_back_wiped(false, c, h, w, cosine, sine, from, to);
}

static void rotate_back_wiped_rows(ROTATE)
{
    rotate_back_wiped(true, c, h, w, cosine, sine, from, to);
}

/* dY stays in its place, times the shares of those that are inside. */
static void rotate_back_stays(ROTATE)
{
    Turn t = turn_of(h, w, cosine, sine);
    clear(c * h * w, **to);
    for (int at = 0; at < h * w; at++)
        for (int other = 0; other < h * w; other++)
            for (int l = 0; l < c; l++)
                to[l][at / w][at % w] += share(view(&t, h, w, at, other)) * from[l][at / w][at % w];
}

static const Mistake rotate_mistakes[] = {

    {TURNED("twins+negated:sine"), "You turned clockwise: the sign of the sine in u and in v."},
    {MISTAKE(rotate_about_corner),
     "You turned about pixel (0, 0). The middle, ((h-1)/2, (w-1)/2), is what stays where it is."},
    {MISTAKE(rotate_about_half), "You turned about (h/2, w/2). Pixels are numbered from 0, so the "
                                 "middle is (h-1)/2 and (w-1)/2."},
    {MISTAKE(rotate_about_whole), "The middle is a half number where a size is even. (h-1)/2 of "
                                  "whole numbers is rounded down: make h - 1 a real first."},
    {MISTAKE(rotate_middles_exchanged), "The two middles are exchanged: (h-1)/2 belongs to rows, i "
                                        "and u, and (w-1)/2 to columns, j and v."},
    {MISTAKE(rotate_not_back), "The middle is taken from i and j and not added again: u begins "
                               "with (h-1)/2, and v with (w-1)/2."},
    {MISTAKE(rotate_exchanged),
     "i and j are exchanged on the way to u and v: u has cosine beside i and sine beside j."},
    {MISTAKE(rotate_cut), "Where u or v is between -1 and 0, cutting off gives 0, and the pixel "
                          "before the edge is missed: floor() rounds down, to -1."},
    {MISTAKE(rotate_rounded), "You rounded to the nearest row and column, and took the next ones "
                              "as well. The four around the place begin at floor(u) and floor(v)."},
    {MISTAKE(rotate_rounded_up), "You began at the row and column behind the place. The four "
                                 "around it begin at floor(u) and floor(v)."},
    {MISTAKE(rotate_nearest), "You took the nearest pixel. All four around the place have a share, "
                              "(1 - |u - y|) (1 - |v - x|)."},
    {MISTAKE(rotate_edge_repeated),
     "Beyond the edges you went on with the pixels at the edge. There all is 0."},
    {MISTAKE(rotate_one_of_four),
     "You took one pixel, that up and to the left of the place. All four around it have a share."},
    {MISTAKE(rotate_one_row),
     "Only the row above the place has a share in yours. So has the next one, y = floor(u) + 1."},
    {MISTAKE(rotate_one_column), "Only the column to the left of the place has a share in yours. "
                                 "So has the next one, x = floor(v) + 1."},
    {MISTAKE(rotate_of_all), "All pixels have a share in yours, those far away one below or above "
                             "0. Only where |u - y| < 1 and |v - x| < 1 is there one."},
    {MISTAKE(rotate_away), "Your shares grow with the distance: |u - y| |v - x|. The nearer, the "
                           "more: (1 - |u - y|) (1 - |v - x|)."},
    {MISTAKE(rotate_whole),
     "All four pixels count in full. Their shares are (1 - |u - y|) (1 - |v - x|)."},
    {MISTAKE(rotate_average),
     "You took the mean of 1 - |u - y| and 1 - |v - x|. Their product is the share."},
    {MISTAKE(rotate_crossed),
     "Rows and columns are exchanged in your shares: u is a row, and goes with y; v goes with x."},
    {MISTAKE(rotate_fractions_exchanged),
     "The two fractions are exchanged: how far u is behind its row says how much the next row "
     "gets, and that of v the next column."},
    {MISTAKE(rotate_if_all_inside), "Where one of the four is beyond the edge you left out all of "
                                    "them. Only what is beyond is 0."},
    {MISTAKE(rotate_if_place_inside),
     "Places beyond the edge give 0 in yours, though a pixel at the edge may be less than 1 away. "
     "Of each of the four ask whether it is inside."},
    {MISTAKE(rotate_but_first),
     "Row 0 and column 0 have no share in yours. They are inside: y >= 0, x >= 0."},
    {MISTAKE(rotate_but_last),
     "The last row and the last column have no share in yours. They are inside: y < h, x < w."},
    {MISTAKE(rotate_of_those_inside), "At the edges you divided by what the shares add up to. They "
                                      "stay as they are: beyond the edges all is 0."},
    {TURNED("accumulate:Y[l][i][j]+="),
     "One of the four pixels took the place of the others. Their shares add up: +=."},
    {MISTAKE(rotate_last_of_four),
     "Only the last of the four pixels has a share, that down and to the right. They add up: set Y "
     "to 0 before them, not in their loop."},
    {MISTAKE(reference_rotate_backward),
     "You sent each pixel of X on, to the four around (u, v). It is the other way round: pixel (i, "
     "j) of Y is made of these four."},

    {0}};

static const Mistake rotate_back_mistakes[] = {

    {MISTAKE(reference_rotate),
     "You turned dY as the image was turned. What comes back has to go the other way: from (i, j) "
     "to the four pixels that it was made of."},
    {MISTAKE(rotate_back_clockwise),
     "You turned dY back like an image, taking four pixels for each. That is near, and is not the "
     "gradient: each dY goes to the very four that its Y was made of, with the same weights."},
    {TURNED("twins+negated:sine"), "Your map turns clockwise: the sign of the sine in u and in v."},
    {MISTAKE(rotate_back_about_corner), "Your map turns about pixel (0, 0). The middle, ((h-1)/2, "
                                        "(w-1)/2), is what stays where it is."},
    {MISTAKE(rotate_back_about_half), "Your map turns about (h/2, w/2). Pixels are numbered from "
                                      "0, so the middle is (h-1)/2 and (w-1)/2."},
    {MISTAKE(rotate_back_about_whole),
     "The middle is a half number where a size is even. (h-1)/2 of whole numbers is rounded down: "
     "make h - 1 a real first."},
    {MISTAKE(rotate_back_middles_exchanged), "The two middles are exchanged: (h-1)/2 belongs to "
                                             "rows, i and u, and (w-1)/2 to columns, j and v."},
    {MISTAKE(rotate_back_not_back), "The middle is taken from i and j and not added again: u "
                                    "begins with (h-1)/2, and v with (w-1)/2."},
    {MISTAKE(rotate_back_exchanged),
     "i and j are exchanged on the way to u and v: u has cosine beside i and sine beside j."},
    {MISTAKE(rotate_back_cut), "Where u or v is between -1 and 0, cutting off gives 0, and the "
                               "pixel before the edge is missed: floor() rounds down, to -1."},
    {MISTAKE(rotate_back_rounded),
     "You rounded to the nearest row and column, and took the next ones as well. The four around "
     "the place begin at floor(u) and floor(v)."},
    {MISTAKE(rotate_back_rounded_up), "You began at the row and column behind the place. The four "
                                      "around it begin at floor(u) and floor(v)."},
    {MISTAKE(rotate_back_nearest), "The nearest pixel got it all. All four around the place have a "
                                   "share, (1 - |u - y|) (1 - |v - x|)."},
    {MISTAKE(rotate_back_edge_repeated),
     "What belongs to places beyond the edges went to the pixels at the edge. There all is 0, and "
     "nothing comes back."},
    {MISTAKE(rotate_back_one_of_four),
     "Only one pixel got its share, that up and to the left of the place. All four get theirs."},
    {MISTAKE(rotate_back_one_row),
     "Only the row above the place has a share in yours. So has the next one, y = floor(u) + 1."},
    {MISTAKE(rotate_back_one_column), "Only the column to the left of the place has a share in "
                                      "yours. So has the next one, x = floor(v) + 1."},
    {MISTAKE(rotate_back_of_all), "All pixels have a share in yours, those far away one below or "
                                  "above 0. Only where |u - y| < 1 and |v - x| < 1 is there one."},
    {MISTAKE(rotate_back_away), "Your shares grow with the distance: |u - y| |v - x|. The nearer, "
                                "the more: (1 - |u - y|) (1 - |v - x|)."},
    {MISTAKE(rotate_back_whole),
     "All four pixels count in full. Their shares are (1 - |u - y|) (1 - |v - x|)."},
    {MISTAKE(rotate_back_average),
     "You took the mean of 1 - |u - y| and 1 - |v - x|. Their product is the share."},
    {MISTAKE(rotate_back_crossed),
     "Rows and columns are exchanged in your shares: u is a row, and goes with y; v goes with x."},
    {MISTAKE(rotate_back_fractions_exchanged),
     "The two fractions are exchanged: how far u is behind its row says how much the next row "
     "gets, and that of v the next column."},
    {MISTAKE(rotate_back_if_all_inside), "Where one of the four is beyond the edge you left out "
                                         "all of them. Only what is beyond is 0."},
    {MISTAKE(rotate_back_if_place_inside),
     "Places beyond the edge give 0 in yours, though a pixel at the edge may be less than 1 away. "
     "Of each of the four ask whether it is inside."},
    {MISTAKE(rotate_back_but_first),
     "Row 0 and column 0 have no share in yours. They are inside: y >= 0, x >= 0."},
    {MISTAKE(rotate_back_but_last),
     "The last row and the last column have no share in yours. They are inside: y < h, x < w."},
    {MISTAKE(rotate_back_of_those_inside), "At the edges you divided by what the shares add up to. "
                                           "They stay as they are: beyond the edges all is 0."},
    {MISTAKE(rotate_back_last), "A pixel was used by several of Y, and you kept what one of them "
                                "sends back. Add them up: +=."},
    {MISTAKE(rotate_back_wiped_pixels),
     "You set dX to 0 in the loop that adds to it, and wipe out what has arrived from pixels "
     "before. All of it first, in loops of their own."},
    {MISTAKE(rotate_back_wiped_rows), "You set dX to 0 row by row while you add to it, and wipe "
                                      "out what has arrived from rows before. All of it first."},
    {MISTAKE(rotate_back_stays),
     "dY was added in its own place, (i, j). It goes to the four that it came from: dX[l][y][x]."},
    {TURNED("runs-once:for(int l=0;l<c;l++)"),
     "Only channel 0 of dX is right; the others were added to before anything was stored in them. "
     "Set all channels to 0 first."},

    {0}};

CALL(rotate, n[0], n[1], n[2], VALUE(a[0]), VALUE(a[1]), a[2], a[3])

static const Exercise exercise_rotate = {
    .name = "rotate",
    .call = call_rotate,
    .sizes = "chw",
    .arguments = {{"cosine", IN_PREPARED, "", 0},
                  {"sine", IN_PREPARED, "", 0},
                  {"X", IN_NORMAL, "chw", 0},
                  {"Y", OUT, "chw", 0}},
    .cases = {{3, 4, 5}, {2, 6, 4}, {1, 5, 4}, {4, 3, 5}},
    .prepare = JUDGE(prepare_rotate),
    .reference = JUDGE((Function)reference_rotate),
    .mistakes = JUDGE(rotate_mistakes),
};

CALL(rotate_backward, n[0], n[1], n[2], VALUE(a[0]), VALUE(a[1]), a[2], a[3])

static const Exercise exercise_rotate_backward = {
    .name = "rotate_backward",
    .call = call_rotate_backward,
    .sizes = "chw",
    .arguments = {{"cosine", IN_PREPARED, "", 0},
                  {"sine", IN_PREPARED, "", 0},
                  {"dY", IN_NORMAL, "chw", 0},
                  {"dX", OUT, "chw", 0}},
    .cases = {{3, 4, 5}, {2, 6, 4}, {1, 5, 4}, {4, 3, 5}},
    .prepare = JUDGE(prepare_rotate),
    .reference = JUDGE((Function)reference_rotate_backward),
    .mistakes = JUDGE(rotate_back_mistakes),
};

/* -- all, in their order ----------------------------------------------------------------------- */

static const Exercise *const exercises[] = {&exercise_cosine_schedule,
                                            &exercise_frozen_step,
                                            &exercise_frozen_backward,
                                            &exercise_copy_subtree,
                                            &exercise_flip,
                                            &exercise_shift_backward,
                                            &exercise_rotate,
                                            &exercise_rotate_backward,
                                            NULL};

const Check check = {"17_transfer", exercises};
