/* 17_transfer.c: how the answers to exercises 17 are judged. The references go the other way round:
 * where the solutions scatter they gather, and where these look around a place, they ask every
 * pixel of the image how far it is from there. */
#include "17_transfer.h"

#include <stdbool.h>
#include <stdlib.h>

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

static void prepare_step(int which, const int n[], void *const a[])
{
    int *frozen = a[3];
    real *dp = a[4];
    *(real *)a[0] = (const real[]){0.1, 0.5, 0.02}[which % 3];
    *(real *)a[1] = (const real[]){0.9, 0.6, 0.75}[which % 3];
    *(real *)a[2] = (const real[]){0.05, 0.2, 0.7}[which % 3];
    for (int i = 0; i < n[0]; i++)
        frozen[i] = (i + which) % 3 == 0 ? 1 : 0;
    for (int at = 0; at < n[0] * n[1]; at++)
        dp[at] = frozen[at / n[1]] ? 0 : dp[at];
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

static void prepare_back(int which, const int n[], void *const a[])
{
    (void)which;
    real *G = a[2];
    for (int at = 0; at < n[0] * n[3]; at++)
        G[at] = G[at] > 0 ? G[at] : 0;
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

static const Mistake back_mistakes[] = {

    {MISTAKE(back_cut),
     "Nothing reaches dW1. A frozen layer gets no gradient of its own, but it lets one through: dH "
     "is made with W2, and W1 is trained."},
    {MISTAKE(back_all_cut), "Both gradients are 0. Only W2 is frozen, which has no output here: "
                            "W1 and W3 are trained."},
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

enum { LETTERS = 26 };

/* Name number x, with e letters: another one for every x. The first letters are alike. */
static void spell(int x, int e, int word[e])
{
    for (int a = 0; a < e; a++)
        word[a] = 1 + a;
    word[e - 1] = 1 + x % LETTERS;
}

/* The network has names 0, 1, 2, ... The file has, from its last row to its first, 1, 4, 5, 8, ...
 * behind the prefix, and beside each, before it or after it, the same behind another one. */
static void prepare_copy(int which, const int n[], void *const a[])
{
    const int m = n[1], q = n[2], e = n[3], d = n[4];
    int *prefix = a[0], *name = a[1], *saved = a[2];
    spell(which, q, prefix);
    for (int i = 0; i < n[0]; i++)
        spell(i, e, name + i * e);
    for (int j = 0; j < m; j++) {
        int *row = saved + (m - 1 - j) * d;
        const bool part = j % 4 == 0 || j % 4 == 3;
        spell(part ? which : which + 1, q, row);
        spell(part ? j + 1 : j % 4 == 1 ? j : j + 2, e, row + q);
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

static void copy_any_prefix_first(COPY)
{
    (void)d, (void)prefix;
    for (int j = m - 1; j >= 0; j--)
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

static const Mistake copy_mistakes[] = {

    {MISTAKE(copy_by_place), "You copied by place: row i of the file into row i. The file has an "
                             "order of its own, only names say what belongs where."},
    {MISTAKE(copy_in_turn), "You found the part, and then copied its rows in their order. Within "
                            "it, too, the names say what belongs where."},
    {MISTAKE(copy_any_prefix),
     "You took names of other parts, too: that the end of a name is right is not enough, it must "
     "begin with the prefix."},
    {MISTAKE(copy_any_prefix_first),
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
    .cases = {{5, 7, 2, 4, 6, 3}, {6, 4, 3, 2, 5, 1}, {8, 9, 4, 3, 7, 2}, {3, 6, 2, 5, 7, 4}},
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

static const Mistake flip_mistakes[] = {

    {MISTAKE(flip_all), "You flipped all images. Those with flipped[i] = 0 stay as they are."},
    {MISTAKE(flip_others), "You flipped the others, those with flipped[i] = 0."},
    {MISTAKE(flip_upside_down), "You turned the image upside down. Left and right change places: "
                                "the columns, the last index."},
    {MISTAKE(flip_turned), "Rows are exchanged, too, so the image is turned by 180 degrees. Only "
                           "left and right change places."},
    {TURNED("index:flipped[i]==1?w-1-x:x<-x"), "Nothing is flipped."},
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

/* The turn, or one that somebody took for it. */
typedef struct {
    real cosine, sine;
    real down, beside; /* the middle */
    bool nearest;      /* the nearest pixel gets it all */
    bool repeated;     /* the pixels at the edge go on beyond it */
    bool one_way;      /* only the pixel up and left */
    bool cut;          /* pixels (int)u and the next: cut off, not rounded down */
} Turn;

static Turn turn_of(int h, int w, real cosine, real sine)
{
    return (Turn){
        .cosine = cosine, .sine = sine, .down = ((real)h - 1) / 2, .beside = ((real)w - 1) / 2};
}

/* The weight of pixel y at place u of an axis of `size`. */
static real hat(const Turn *t, real u, int y, int size)
{
    if (t->repeated)
        u = fmin(size - 1, fmax(0, u));
    if (t->nearest)
        u = round(u);
    real near = fmax(0, 1 - fabs(u - (real)y));
    if (t->cut)
        return y == (int)u || y == (int)u + 1 ? 1 - fabs(u - (real)y) : 0;
    return t->one_way && (real)y > u ? 0 : near;
}

/* to += weight from, for every pixel (i, j) of the turned image and every (y, x) of the other one.
 * back: from is the turned one. */
static void turn(const Turn *t, bool back, int c, int h, int w, const real from[c][h][w],
                 real to[c][h][w])
{
    clear(c * h * w, **to);
    for (int at = h * w - 1; at >= 0; at--)
        for (int other = 0; other < h * w; other++) {
            int i = at / w, j = at % w, y = other / w, x = other % w;
            real off_i = (real)i - t->down, off_j = (real)j - t->beside;
            real u = t->down + t->cosine * off_i + t->sine * off_j;
            real v = t->beside + t->cosine * off_j - t->sine * off_i;
            real weight = hat(t, u, y, h) * hat(t, v, x, w);
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

/* A turn by 37 degrees or so, by a little, to the other side, by a right angle. */
static void prepare_rotate(int which, const int n[], void *const a[])
{
    (void)n;
    *(real *)a[0] = (const real[]){0.8, 0.96, 5. / 13, 0}[which % 4];
    *(real *)a[1] = (const real[]){0.6, -0.28, -12. / 13, 1}[which % 4];
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

static void rotate_clockwise(ROTATE)
{
    Turn t = turn_of(h, w, cosine, -sine);
    turn(&t, false, c, h, w, from, to);
}

static Turn about_corner(int h, int w, real cosine, real sine)
{
    Turn t = turn_of(h, w, cosine, sine);
    t.down = t.beside = 0;
    return t;
}

static void rotate_about_corner(ROTATE)
{
    Turn t = about_corner(h, w, cosine, sine);
    turn(&t, false, c, h, w, from, to);
}

static void rotate_back_about_corner(ROTATE)
{
    Turn t = about_corner(h, w, cosine, sine);
    turn(&t, true, c, h, w, from, to);
}

static Turn about_half(int h, int w, real cosine, real sine)
{
    Turn t = turn_of(h, w, cosine, sine);
    t.down = (real)h / 2;
    t.beside = (real)w / 2;
    return t;
}

static void rotate_about_half(ROTATE)
{
    Turn t = about_half(h, w, cosine, sine);
    turn(&t, false, c, h, w, from, to);
}

static void rotate_back_about_half(ROTATE)
{
    Turn t = about_half(h, w, cosine, sine);
    turn(&t, true, c, h, w, from, to);
}

static Turn about_whole(int h, int w, real cosine, real sine)
{
    Turn t = turn_of(h, w, cosine, sine);
    const int down = (h - 1) / 2, beside = (w - 1) / 2; /* a division of whole numbers */
    t.down = (real)down;
    t.beside = (real)beside;
    return t;
}

static void rotate_about_whole(ROTATE)
{
    Turn t = about_whole(h, w, cosine, sine);
    turn(&t, false, c, h, w, from, to);
}

static void rotate_back_about_whole(ROTATE)
{
    Turn t = about_whole(h, w, cosine, sine);
    turn(&t, true, c, h, w, from, to);
}

static Turn to_nearest(int h, int w, real cosine, real sine)
{
    Turn t = turn_of(h, w, cosine, sine);
    t.nearest = true;
    return t;
}

static void rotate_nearest(ROTATE)
{
    Turn t = to_nearest(h, w, cosine, sine);
    turn(&t, false, c, h, w, from, to);
}

static void rotate_back_nearest(ROTATE)
{
    Turn t = to_nearest(h, w, cosine, sine);
    turn(&t, true, c, h, w, from, to);
}

static void rotate_edge_repeated(ROTATE)
{
    Turn t = turn_of(h, w, cosine, sine);
    t.repeated = true;
    turn(&t, false, c, h, w, from, to);
}

static void rotate_one_of_four(ROTATE)
{
    Turn t = turn_of(h, w, cosine, sine);
    t.one_way = true;
    turn(&t, false, c, h, w, from, to);
}

static void rotate_back_one_of_four(ROTATE)
{
    Turn t = turn_of(h, w, cosine, sine);
    t.one_way = true;
    turn(&t, true, c, h, w, from, to);
}

static void rotate_cut(ROTATE)
{
    Turn t = turn_of(h, w, cosine, sine);
    t.cut = true;
    turn(&t, false, c, h, w, from, to);
}

static void rotate_back_cut(ROTATE)
{
    Turn t = turn_of(h, w, cosine, sine);
    t.cut = true;
    turn(&t, true, c, h, w, from, to);
}

/* The last of the four takes the place of the others. */
static void rotate_back_last(ROTATE)
{
    Turn t = turn_of(h, w, cosine, sine);
    clear(c * h * w, **to);
    for (int l = 0; l < c; l++)
        for (int at = 0; at < h * w; at++)
            for (int other = 0; other < h * w; other++) {
                const int i = at / w, j = at % w;
                real below = (real)i - t.down, beside = (real)j - t.beside;
                real weight = hat(&t, t.down + cosine * below + sine * beside, other / w, h) *
                              hat(&t, t.beside - sine * below + cosine * beside, other % w, w);
                if (weight > 0)
                    to[l][other / w][other % w] = weight * from[l][at / w][at % w];
            }
}

static const Mistake rotate_mistakes[] = {

    {TURNED("twins+negated:sine"), "You turned clockwise: the sign of the sine in u and in v."},
    {MISTAKE(rotate_about_corner),
     "You turned about pixel (0, 0). The middle, ((h-1)/2, (w-1)/2), is what stays where it is."},
    {MISTAKE(rotate_about_half), "You turned about (h/2, w/2). Pixels are numbered from 0, so the "
                                 "middle is (h-1)/2 and (w-1)/2."},
    {MISTAKE(rotate_about_whole), "The middle is a half number where a size is even. (h-1)/2 of "
                                  "whole numbers is rounded down: make h - 1 a real first."},
    {MISTAKE(rotate_cut),
     "Where u or v is between -1 and 0, cutting off gives 0, and the pixel before the edge is "
     "missed: floor() rounds down, to -1."},
    {MISTAKE(rotate_nearest), "You took the nearest pixel. All four around the place have a share, "
                              "(1 - |u - y|) (1 - |v - x|)."},
    {MISTAKE(rotate_edge_repeated),
     "Beyond the edges you went on with the pixels at the edge. There all is 0."},
    {MISTAKE(rotate_one_of_four), "You took one pixel, that up and to the left of the place. All "
                                  "four around it have a share."},
    {TURNED("accumulate:Y[l][i][j]+="),
     "One of the four pixels took the place of the others. Their shares add up: +=."},

    {0}};

static const Mistake rotate_back_mistakes[] = {

    {MISTAKE(reference_rotate),
     "You turned dY as the image was turned. What comes back has to go the other way: from (i, j) "
     "to the four pixels that it was made of."},
    {MISTAKE(rotate_clockwise),
     "You turned dY back like an image, taking four pixels for each. That is near, and is not the "
     "gradient: each dY goes to the very four that its Y was made of, with the same weights."},
    {TURNED("twins+negated:sine"), "Your map turns clockwise: the sign of the sine in u and in v."},
    {MISTAKE(rotate_back_about_corner),
     "Your map turns about pixel (0, 0). The middle, ((h-1)/2, (w-1)/2), is what stays where it "
     "is."},
    {MISTAKE(rotate_back_about_half), "Your map turns about (h/2, w/2). Pixels are numbered from "
                                      "0, so the middle is (h-1)/2 and (w-1)/2."},
    {MISTAKE(rotate_back_about_whole),
     "The middle is a half number where a size is even. (h-1)/2 of whole numbers is rounded down: "
     "make h - 1 a real first."},
    {MISTAKE(rotate_back_cut),
     "Where u or v is between -1 and 0, cutting off gives 0, and the pixel before the edge is "
     "missed: floor() rounds down, to -1."},
    {MISTAKE(rotate_back_nearest), "The nearest pixel got it all. All four around the place have a "
                                   "share, (1 - |u - y|) (1 - |v - x|)."},
    {MISTAKE(rotate_back_one_of_four),
     "Only one pixel got its share, that up and to the left of the place. All four get theirs."},
    {MISTAKE(rotate_back_last), "A pixel was used by several of Y, and you kept what one of them "
                                "sends back. Add them up: +=."},

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
