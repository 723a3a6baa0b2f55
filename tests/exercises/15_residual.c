/* 15_residual.c: how the answers to exercises 15 are judged. The references go back through every
 * step by itself, from the last to the first: a relu, a map, an addition. Most mistakes are a path
 * that is missing, one that passes where the other is shut, or a place that is the wrong one. */
#include "15_residual.h"

#include <stdbool.h>
#include <string.h>

#include "check.h"

/* -- shared by the references and the mistakes ------------------------------------------------- */

/* Of every five the first is zero, and the second positive. */
static void prepare_relu(int n, real x[n])
{
    for (int i = 0; i < n && n > 1; i++)
        x[i] = i % 5 == 0 ? 0 : i % 5 == 1 ? fabs(x[i]) : x[i];
}

/* relu(x), and what comes back through it. */
static void relu_forward(int n, const real x[n], real y[n])
{
    for (int i = 0; i < n; i++)
        y[i] = x[i] > 0 ? x[i] : 0;
}

static void relu_back(int n, const real dy[n], const real x[n], real dx[n])
{
    for (int i = 0; i < n; i++)
        dx[i] = dy[i] * (x[i] > 0);
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

static void scale(int n, real factor, real x[n])
{
    for (int i = 0; i < n; i++)
        x[i] *= factor;
}

/* From the last to the first. */
static real dot(int n, const real x[n], const real y[n])
{
    real sum = 0;
    for (int i = n - 1; i >= 0; i--)
        sum += x[i] * y[i];
    return sum;
}

/* -- 1. residual_backward ---------------------------------------------------------------------- */

static void prepare_residual(int which, const int n[], void *const a[])
{
    (void)which;
    prepare_relu(n[0], a[2]);
}

#define RESIDUAL int n, const real dY[n], const real dR[n], const real X[n], real dX[n]
#define RESIDUAL_ARGUMENTS n, dY, dR, X, dX

static void reference_residual(RESIDUAL)
{
    relu_back(n, dR, X, dX);
    add(n, dY, dX);
}

static void residual_both_gated(RESIDUAL)
{
    for (int i = 0; i < n; i++)
        dX[i] = X[i] > 0 ? dY[i] + dR[i] : 0;
}

static void residual_other_gated(RESIDUAL)
{
    for (int i = 0; i < n; i++)
        dX[i] = dR[i] + (X[i] > 0 ? dY[i] : 0);
}

static void residual_either(RESIDUAL)
{
    for (int i = 0; i < n; i++)
        dX[i] = X[i] > 0 ? dR[i] : dY[i];
}

static void residual_product(RESIDUAL)
{
    for (int i = 0; i < n; i++)
        dX[i] = X[i] > 0 ? dY[i] * dR[i] : 0;
}

static void residual_without_parentheses(RESIDUAL)
{
    for (int i = 0; i < n; i++)
        dX[i] = dY[i] + X[i] > 0 ? dR[i] : 0;
}

static void residual_gate_by_sum(RESIDUAL)
{
    (void)X;
    for (int i = 0; i < n; i++)
        dX[i] = dY[i] + dR[i] > 0 ? dY[i] + dR[i] : 0;
}

static const Mistake residual_mistakes[] = {
    {MISTAKE(residual_without_parentheses),
     "It is asked whether dY[i] + X[i] is above 0, and dY is not added: + goes before > and ?. The "
     "condition and its two ways want parentheses of their own."},
    {MISTAKE(residual_gate_by_sum),
     "It is the sign of dY + dR that opens the relu. What opens it is X, and it opens the way of "
     "dR alone."},
    {TURNED("instead:X[i]<-dY"),
     "It is the sign of dY that opens the relu. What opens it is X, from the forward pass."},
    {TURNED("missing-term:dY[i]"),
     "The shortcut is missing: X went into Y as it is, too, and dY comes back that way whatever "
     "the branch does. It is this term that lives on through forty blocks."},
    {TURNED("missing-term:(X[i]>0?dR[i]:0)"),
     "The branch is missing. X is used twice, and both gradients count: where X is above 0, dR is "
     "added."},
    {TURNED("no-condition:X[i]>0"),
     "The branch begins with a relu: dR comes through it only where X is "
     "above 0."},
    {MISTAKE(residual_both_gated),
     "The relu shuts the shortcut as well. It stands at the beginning of the branch, and X goes "
     "past it: dY arrives whether X is above 0 or not. (This is the gradient where the relu was "
     "done in place: exercise 2.)"},
    {MISTAKE(residual_other_gated),
     "The relu is on the wrong path. It stands at the beginning of the branch: it lets dR through "
     "where X is above 0, and dY always comes through."},
    {MISTAKE(residual_either),
     "You took one of the two paths where X is above 0, and the other elsewhere. X goes both ways "
     "at once: dY counts everywhere, and dR is added where X is above 0."},
    {TURNED("instead:X[i]<-dR"),
     "It is the sign of dR that opens the relu. What opens it is X, from the forward pass: a "
     "negative dR comes through as well."},
    {TURNED("times:(X[i]>0?dR[i]:0)<-X[i]"),
     "dR is multiplied by relu(X). It is relu's slope that dR meets, 1 or 0, and not its value."},
    {MISTAKE(residual_product),
     "The two are multiplied. They come to X along two paths, and what comes along two paths adds "
     "up."},
    {TURNED("times:(X[i]>0?dR[i]:0)<-dY[i]"),
     "dR is multiplied by dY once more. It came from dY through F and is complete: add it as it "
     "is, where X is above 0."},
    {TURNED("times-1/2:dY[i]+(X[i]>0?dR[i]:0)"),
     "This is half of it. The two paths are not averaged: the loss feels X through both, and they "
     "add up."},
    {TURNED("equal:X[i]>0<->="),
     "At X = 0 the branch lets its gradient through. Relu's slope at 0 counts as 0 here, as in "
     "PyTorch: X > 0, and not X >= 0."},
    {TURNED("reversed-equal:X[i]>0<-<="),
     "The relu is the wrong way round: dR comes through where X is "
     "above 0, and is shut off elsewhere."},
    {TURNED("wrong-sign:dY[i]"),
     "The shortcut has a minus. Y = X + F(R): a nudge to X moves Y by as "
     "much, in the same direction."},
    {0}};

CALL(residual_backward, n[0], a[0], a[1], a[2], a[3])

static const Exercise exercise_residual_backward = {
    .name = "residual_backward",
    .call = call_residual_backward,
    .sizes = "n",
    .arguments = {{"dY", IN_NORMAL, "n", 0},
                  {"dR", IN_NORMAL, "n", 0},
                  {"X", IN_NORMAL, "n", 0},
                  {"dX", OUT, "n", 0}},
    .cases = {{7}, {12}, {1}, {20}},
    .reference = JUDGE((Function)reference_residual),
    .prepare = JUDGE(prepare_residual),
    .mistakes = JUDGE(residual_mistakes),
};

/* -- 2. in_place_backward ---------------------------------------------------------------------- */

static void prepare_in_place(int which, const int n[], void *const a[])
{
    (void)which;
    prepare_relu(n[0], a[2]);
    relu_forward(n[0], a[2], a[2]);
}

#define IN_PLACE int n, const real dY[n], const real dR[n], const real R[n], real dX[n]

static void reference_in_place(IN_PLACE)
{
    real both[n];
    for (int i = 0; i < n; i++)
        both[i] = dR[i];
    add(n, dY, both);
    relu_back(n, both, R, dX);
}

static void in_place_as_if_not(IN_PLACE)
{
    for (int i = 0; i < n; i++)
        dX[i] = dY[i] + (R[i] > 0 ? dR[i] : 0);
}

static void in_place_other_gated(IN_PLACE)
{
    for (int i = 0; i < n; i++)
        dX[i] = dR[i] + (R[i] > 0 ? dY[i] : 0);
}

static void in_place_gate_by_gradient(IN_PLACE)
{
    (void)R;
    for (int i = 0; i < n; i++)
        dX[i] = dY[i] + dR[i] > 0 ? dY[i] + dR[i] : 0;
}

static void in_place_product(IN_PLACE)
{
    for (int i = 0; i < n; i++)
        dX[i] = R[i] > 0 ? dY[i] * dR[i] : 0;
}

static void in_place_without_parentheses(IN_PLACE)
{
    for (int i = 0; i < n; i++)
        dX[i] = dY[i] + R[i] > 0 ? dR[i] : 0;
}

static void in_place_either(IN_PLACE)
{
    for (int i = 0; i < n; i++)
        dX[i] = R[i] > 0 ? dR[i] : dY[i];
}

static const Mistake in_place_mistakes[] = {
    {MISTAKE(in_place_without_parentheses),
     "It is asked whether dY[i] + R[i] is above 0, and dY is not added: + goes before > and ?. "
     "Where R is above 0 both count, dY and dR; elsewhere neither."},
    {MISTAKE(in_place_either),
     "You took dR where R is above 0, and dY elsewhere. Both paths begin at R: where R is above 0 "
     "dY and dR add up, and elsewhere nothing comes back."},
    {TURNED("instead:R[i]<-dY"),
     "It is the sign of dY that opens the relu. What opens it is the forward pass: R is above 0 "
     "where X was."},
    {TURNED("instead:R[i]<-dR"),
     "It is the sign of dR that opens the relu. What opens it is the forward pass: R is above 0 "
     "where X was."},
    {MISTAKE(in_place_as_if_not),
     "dY comes past the relu. So it does where X is kept (exercise 1); here the shortcut adds R, "
     "which has been through the relu, and dY goes back through it like dR."},
    {TURNED("missing-term:dY[i]"),
     "The shortcut is missing. R is used twice, by the branch and by the shortcut: dR and dY add "
     "up before they go through the relu."},
    {TURNED("missing-term:dR[i]"),
     "The branch is missing. R is used twice, by the branch and by the shortcut: dR and dY add up "
     "before they go through the relu."},
    {TURNED("no-condition:R[i]>0"),
     "The relu is missing, or it asks whether R >= 0, which always holds. Both paths begin at R, "
     "and R is made of X by a relu: where R is 0 its slope is 0, and nothing comes back."},
    {MISTAKE(in_place_other_gated),
     "dR comes past the relu. Both paths begin at R, behind it: where R is 0 neither reaches X."},
    {TURNED("times:R[i]>0?dY[i]+dR[i]:0<-R[i]"),
     "The gradient is multiplied by R. It is relu's slope that it meets, 1 where R is above 0 and "
     "0 elsewhere."},
    {MISTAKE(in_place_gate_by_gradient),
     "It is the sign of the gradient that opens the relu. What opens it is the forward pass: R is "
     "above 0 where X was."},
    {MISTAKE(in_place_product), "The two are multiplied. R is used twice, and what comes along two "
                                "paths adds up."},
    {TURNED("reversed-equal:R[i]>0<-<="),
     "The relu is the wrong way round: it lets through where R is "
     "above 0, and shuts off where it is 0."},
    {0}};

CALL(in_place_backward, n[0], a[0], a[1], a[2], a[3])

static const Exercise exercise_in_place_backward = {
    .name = "in_place_backward",
    .call = call_in_place_backward,
    .sizes = "n",
    .arguments = {{"dY", IN_NORMAL, "n", 0},
                  {"dR", IN_NORMAL, "n", 0},
                  {"R", IN_NORMAL, "n", 0},
                  {"dX", OUT, "n", 0}},
    .cases = {{7}, {12}, {20}},
    .reference = JUDGE((Function)reference_in_place),
    .prepare = JUDGE(prepare_in_place),
    .mistakes = JUDGE(in_place_mistakes),
};

/* -- 3. scaled_backward ------------------------------------------------------------------------ */

#define SCALED int n, const real dY[n], const real B[n], real s, real dX[n], real dB[n], real *ds
#define SCALED_ARGUMENTS n, dY, B, s, dX, dB, ds

static void reference_scaled(SCALED)
{
    for (int i = 0; i < n; i++) {
        dX[i] = dY[i];
        dB[i] = dY[i];
    }
    scale(n, s, dB);
    *ds = dot(n, dY, B);
}

static void scaled_the_other_way(SCALED)
{
    reference_scaled(SCALED_ARGUMENTS);
    scale(n, s, dX);
    for (int i = 0; i < n; i++)
        dB[i] = dY[i];
}

static void scaled_both_in_x(SCALED)
{
    reference_scaled(SCALED_ARGUMENTS);
    scale(n, 1 + s, dX);
}

static void scaled_of_sums(SCALED)
{
    real all = 0;
    reference_scaled(SCALED_ARGUMENTS);
    for (int i = 0; i < n; i++)
        all += B[i];
    *ds = 0;
    for (int i = 0; i < n; i++)
        *ds += dY[i] * all;
}

static void scaled_by_branch(SCALED)
{
    reference_scaled(SCALED_ARGUMENTS);
    for (int i = 0; i < n; i++)
        dB[i] = dY[i] * B[i];
}

static void scaled_s_for_branch(SCALED)
{
    reference_scaled(SCALED_ARGUMENTS);
    *ds = 0;
    for (int i = 0; i < n; i++)
        *ds += s * dY[i];
}

static const Mistake scaled_mistakes[] = {
    {MISTAKE(scaled_s_for_branch),
     "ds is the sum of s dY: s stands where B belongs. What s was multiplied by is B[i], and that "
     "is what dY[i] meets on its way to s."},
    {TURNED("times:dY[i]<-s"),
     "dX is scaled by s. The shortcut adds X as it is: all of dY comes back along it. It is the "
     "branch alone that is scaled."},
    {TURNED("missing-factor:s"),
     "dB is not scaled. A nudge to B moves Y by s times as much: dB = s dY."},
    {MISTAKE(scaled_the_other_way),
     "s is on the wrong path. The shortcut adds X as it is, the branch is scaled: dX = dY, dB = s "
     "dY."},
    {MISTAKE(scaled_both_in_x),
     "dX has the branch's part in it as well. Here it is asked for the shortcut alone; what comes "
     "through the branch is in dB, and finds its way to X further back."},
    {TURNED("accumulate:*ds+="), "Only the last number is left in ds: = stands where += belongs, "
                                 "or it is set to zero inside the loop. One s scales all of B."},
    {TURNED("divided-by-n:dY[i]*B[i]"),
     "You divided ds by n. One s scales all of B, and the gradients of all "
     "uses add up; a mean, if there is one, is inside dY already."},
    {MISTAKE(scaled_of_sums),
     "You summed dY and B first and multiplied then. Each dY[i] goes with its own B[i]: multiply "
     "first."},
    {TURNED("missing-factor:B[i]"),
     "ds is the sum of dY. s is multiplied by B[i], so dY[i] meets B[i] on its way to ds."},
    {TURNED("missing-factor:dY[i]#2"),
     "ds is the sum of B. That is how the sum of Y depends on s; how much the loss feels each Y "
     "says dY: ds is the sum of dY B."},
    {TURNED("instead:dY[i]<-dB#3"),
     "ds has s in it. It is made with dY, and not with dB: what multiplies B is s, and the slope "
     "of s B along s is B."},
    {MISTAKE(scaled_by_branch),
     "dB is dY B. That is the gradient of s before it is summed; B is multiplied by s, so dB = s "
     "dY."},
    {0}};

CALL(scaled_backward, n[0], a[0], a[1], VALUE(a[2]), a[3], a[4], a[5])

static const Exercise exercise_scaled_backward = {
    .name = "scaled_backward",
    .call = call_scaled_backward,
    .sizes = "n",
    .arguments = {{"dY", IN_NORMAL, "n", 0},
                  {"B", IN_NORMAL, "n", 0},
                  {"s", IN_NORMAL, "", 0},
                  {"dX", OUT, "n", 0},
                  {"dB", OUT, "n", 0},
                  {"ds", OUT, "", 0}},
    .cases = {{7}, {4}, {11}},
    .reference = JUDGE((Function)reference_scaled),
    .mistakes = JUDGE(scaled_mistakes),
};

/* -- 4. concat_backward ------------------------------------------------------------------------ */

#define CONCAT \
    int n, int p, int q, int c, int t, const real dY[n][c][t], real dA[n][p][t], real dB[n][q][t]
#define CONCAT_ARGUMENTS n, p, q, c, t, dY, dA, dB

/* Each image is p t numbers of A, and behind them q t of B. */
static void reference_concat(CONCAT)
{
    (void)c;
    for (int i = 0; i < n; i++) {
        copy(p * t, *dY[i], *dA[i]);
        copy(q * t, *dY[i] + p * t, *dB[i]);
    }
}

/* A's channels begin at channel `a`, and B's at b, each counted round. */
static void concat_from(int a, int b, CONCAT)
{
    for (int i = 0; i < n; i++)
        for (int j = 0; j < t; j++) {
            for (int l = 0; l < p; l++)
                dA[i][l][j] = dY[i][(a + l) % c][j];
            for (int l = 0; l < q; l++)
                dB[i][l][j] = dY[i][(b + l) % c][j];
        }
}

static void concat_b_first(CONCAT)
{
    concat_from(q, 0, CONCAT_ARGUMENTS);
}

static void concat_b_from_the_beginning(CONCAT)
{
    concat_from(0, 0, CONCAT_ARGUMENTS);
}

static void concat_b_behind_itself(CONCAT)
{
    concat_from(0, q, CONCAT_ARGUMENTS);
}

static void concat_a_from_the_end(CONCAT)
{
    concat_from(q, p, CONCAT_ARGUMENTS);
}

static void concat_one_too_early(CONCAT)
{
    concat_from(0, p - 1, CONCAT_ARGUMENTS);
}

static void concat_one_too_late(CONCAT)
{
    concat_from(0, p + 1, CONCAT_ARGUMENTS);
}

/* All of A lies before all of B, as if there were no images. */
static void concat_of_the_batch(CONCAT)
{
    (void)c;
    copy(n * p * t, **dY, **dA);
    copy(n * q * t, **dY + n * p * t, **dB);
}

static void concat_halved(CONCAT)
{
    reference_concat(CONCAT_ARGUMENTS);
    scale(n * p * t, (real)0.5, **dA);
    scale(n * q * t, (real)0.5, **dB);
}

static void concat_last_first(CONCAT)
{
    reference_concat(CONCAT_ARGUMENTS);
    for (int i = 0; i < n; i++)
        for (int l = 0; l < q; l++)
            for (int j = 0; j < t; j++)
                dB[i][l][j] = dY[i][c - 1 - l][j];
}

static void concat_in_turns(CONCAT)
{
    for (int i = 0; i < n; i++)
        for (int j = 0; j < t; j++) {
            for (int l = 0; l < p; l++)
                dA[i][l][j] = dY[i][2 * l % c][j];
            for (int l = 0; l < q; l++)
                dB[i][l][j] = dY[i][(2 * l + 1) % c][j];
        }
}

/* memcpy with the number of elements. */
static void concat_bytes(bool in_a, bool in_b, CONCAT)
{
    const size_t unit_a = in_a ? 1 : sizeof(real), unit_b = in_b ? 1 : sizeof(real);
    (void)c;
    for (int i = 0; i < n; i++) {
        memcpy(dA[i], dY[i], unit_a * (size_t)(p * t));
        memcpy(dB[i], dY[i][p], unit_b * (size_t)(q * t));
    }
}

static void concat_bytes_of_both(CONCAT)
{
    concat_bytes(true, true, CONCAT_ARGUMENTS);
}

static void concat_bytes_of_a(CONCAT)
{
    concat_bytes(true, false, CONCAT_ARGUMENTS);
}

static void concat_bytes_of_b(CONCAT)
{
    concat_bytes(false, true, CONCAT_ARGUMENTS);
}

static const Mistake concat_mistakes[] = {
    {MISTAKE(concat_bytes_of_both),
     "The first bytes alone are written, as many as there are elements. memcpy counts bytes: times "
     "sizeof(real)."},
    {MISTAKE(concat_bytes_of_a),
     "The first bytes of dA alone are written, as many as there are elements. memcpy counts bytes: "
     "times sizeof(real)."},
    {MISTAKE(concat_bytes_of_b),
     "The first bytes of dB alone are written, as many as there are elements. memcpy counts bytes: "
     "times sizeof(real)."},
    {MISTAKE(concat_b_from_the_beginning),
     "dB begins at channel 0 of dY. Those are A's; B's stand behind them, from channel p on."},
    {MISTAKE(concat_b_first), "dY is cut as if B came first. A has channels 0 to p - 1 of Y, and B "
                              "those from p on."},
    {MISTAKE(concat_b_behind_itself),
     "dB begins at channel q of dY. It is A that stands before it, and A has p channels."},
    {MISTAKE(concat_a_from_the_end),
     "dA is cut from the end of dY. A has the first p channels of Y."},
    {MISTAKE(concat_one_too_early),
     "dB begins one channel too early, with the last of A's: B's first channel is number p of Y."},
    {MISTAKE(concat_one_too_late),
     "dB begins one channel too late: A's last channel is p - 1, and B's first is p."},
    {MISTAKE(concat_of_the_batch),
     "All of A was taken to lie before all of B. It does so in each image: behind the p channels "
     "of A of one image come the q of B of the same image."},
    {MISTAKE(concat_halved), "Both are half of what they should be. Nothing is shared here: each "
                             "number of A and of B stands in Y once, and gets all of its dY."},
    {MISTAKE(concat_last_first),
     "The channels of dB come in the order from the last to the first. They stand in Y in their "
     "own order: channel l of B is channel p + l."},
    {MISTAKE(concat_in_turns),
     "A and B were taken to come in turns, a channel of one and a channel of the other. All of A's "
     "come first."},
    {0}};

CALL(concat_backward, n[0], n[1], n[2], n[3], n[4], a[0], a[1], a[2])

static const Exercise exercise_concat_backward = {
    .name = "concat_backward",
    .call = call_concat_backward,
    .sizes = "npqct",
    .arguments = {{"dY", IN_NORMAL, "nct", 0}, {"dA", OUT, "npt", 0}, {"dB", OUT, "nqt", 0}},
    .cases = {{2, 3, 4, 7, 5}, {3, 5, 2, 7, 4}, {2, 1, 5, 6, 4}, {4, 5, 3, 8, 2}},
    .reference = JUDGE((Function)reference_concat),
    .mistakes = JUDGE(concat_mistakes),
};

/* -- 5. projection_backward -------------------------------------------------------------------- */

#define PROJECTION                                                                     \
    int n, int c, int m, int h, int w, int s, int u, int v, const real dY[n][m][u][v], \
        const real X[n][c][h][w], const real W[m][c], real dX[n][c][h][w], real dW[m][c]
#define PROJECTION_ARGUMENTS n, c, m, h, w, s, u, v, dY, X, W, dX, dW

/* What a pixel of dX gets from dY, if all channels of one image have one pixel each. */
static void project_back(int c, int m, int apart_y, int apart_x, const real *dY, const real W[m][c],
                         real *dX)
{
    for (int l = 0; l < c; l++)
        for (int q = m - 1; q >= 0; q--)
            dX[l * apart_x] += dY[q * apart_y] * W[q][l];
}

static void clear(int n, real x[n])
{
    for (int at = 0; at < n; at++)
        x[at] = 0;
}

/* Number (r, t) of Y is made of the pixel at (down r + first, across t + first), as far as there is
 * one. */
static void projection_at(int down, int across, int first, PROJECTION)
{
    (void)s;
    clear(n * c * h * w, ***dX);
    clear(m * c, *dW);
    for (int i = n - 1; i >= 0; i--)
        for (int at = u * v - 1; at >= 0; at--) {
            const int y = down * (at / v) + first, x = across * (at % v) + first;
            if (y >= h || x >= w)
                continue;
            project_back(c, m, u * v, h * w, *dY[i][0] + at, W, &dX[i][0][y][x]);
            for (int q = 0; q < m; q++)
                for (int l = 0; l < c; l++)
                    dW[q][l] += X[i][l][y][x] * dY[i][q][at / v][at % v];
        }
}

static void reference_projection(PROJECTION)
{
    projection_at(s, s, 0, PROJECTION_ARGUMENTS);
}

static void projection_one_apart(PROJECTION)
{
    projection_at(1, 1, 0, PROJECTION_ARGUMENTS);
}

static void projection_one_apart_in_x(PROJECTION)
{
    real unused[m][c];
    reference_projection(PROJECTION_ARGUMENTS);
    projection_at(1, 1, 0, n, c, m, h, w, s, u, v, dY, X, W, dX, unused);
}

static void projection_one_apart_in_w(PROJECTION)
{
    real unused[n][c][h][w];
    reference_projection(PROJECTION_ARGUMENTS);
    projection_at(1, 1, 0, n, c, m, h, w, s, u, v, dY, X, W, unused, dW);
}

static void projection_last_of_each(PROJECTION)
{
    projection_at(s, s, s - 1, PROJECTION_ARGUMENTS);
}

static void projection_rows_alone(PROJECTION)
{
    projection_at(s, 1, 0, PROJECTION_ARGUMENTS);
}

static void projection_columns_alone(PROJECTION)
{
    projection_at(1, s, 0, PROJECTION_ARGUMENTS);
}

static void projection_middle_of_each(PROJECTION)
{
    projection_at(s, s, s / 2, PROJECTION_ARGUMENTS);
}

static void projection_added(PROJECTION)
{
    projection_at(1, 1, s, PROJECTION_ARGUMENTS);
}

static void projection_always_two(PROJECTION)
{
    projection_at(2, 2, 0, PROJECTION_ARGUMENTS);
}

/* Every pixel of an s by s field gets this share of what its first one should have. */
static void projection_over_fields(real share, PROJECTION)
{
    real(*planes)[h][w] = *dX;
    reference_projection(PROJECTION_ARGUMENTS);
    for (int at = 0; at < n * c; at++)
        for (int y = h - 1; y >= 0; y--)
            for (int x = w - 1; x >= 0; x--)
                planes[at][y][x] = share * planes[at][y / s * s][x / s * s];
}

static void projection_repeated(PROJECTION)
{
    projection_over_fields(1, PROJECTION_ARGUMENTS);
}

static void projection_averaged(PROJECTION)
{
    projection_over_fields(1 / (real)(s * s), PROJECTION_ARGUMENTS);
}

static void projection_gaps_unwritten(PROJECTION)
{
    real before[n * c][h][w], (*planes)[h][w] = *dX;
    copy(n * c * h * w, ***dX, **before);
    reference_projection(PROJECTION_ARGUMENTS);
    for (int at = 0; at < n * c; at++)
        for (int y = 0; y < h; y++)
            for (int x = 0; x < w; x++)
                if (y % s || x % s)
                    planes[at][y][x] = before[at][y][x];
}

/* W as it lies in memory, taken for (c, m). */
static void projection_weight_misread(PROJECTION)
{
    const real(*other)[m] = (const void *)W;
    real turned[m][c], unused[m][c];
    for (int q = 0; q < m; q++)
        for (int l = 0; l < c; l++)
            turned[q][l] = other[l][q];
    reference_projection(PROJECTION_ARGUMENTS);
    reference_projection(n, c, m, h, w, s, u, v, dY, X, turned, dX, unused);
}

static void projection_weight_mean(PROJECTION)
{
    reference_projection(PROJECTION_ARGUMENTS);
    scale(m * c, 1 / (real)(n * u * v), *dW);
}

static void projection_mean_of_pixels(PROJECTION)
{
    reference_projection(PROJECTION_ARGUMENTS);
    scale(m * c, 1 / (real)(u * v), *dW);
}

static void projection_last_image(PROJECTION)
{
    real unused[n][c][h][w];
    reference_projection(PROJECTION_ARGUMENTS);
    reference_projection(1, c, m, h, w, s, u, v, &dY[n - 1], &X[n - 1], W, unused, dW);
}

static void projection_last_pixel(PROJECTION)
{
    reference_projection(PROJECTION_ARGUMENTS);
    clear(m * c, *dW);
    for (int i = 0; i < n; i++)
        for (int q = 0; q < m; q++)
            for (int l = 0; l < c; l++)
                dW[q][l] += dY[i][q][u - 1][v - 1] * X[i][l][s * (u - 1)][s * (v - 1)];
}

static void projection_of_all_channels(PROJECTION)
{
    reference_projection(PROJECTION_ARGUMENTS);
    for (int i = 0; i < n; i++)
        for (int at = 0; at < h * w; at++) {
            real sum = 0;
            for (int l = 0; l < c; l++)
                sum += dX[i][l][at / w][at % w];
            for (int l = 0; l < c; l++)
                dX[i][l][at / w][at % w] = sum;
        }
}

static const Mistake projection_mistakes[] = {
    {TURNED("accumulate:dX[i][l][s*r][s*t]+="),
     "Only the last map is left in dX: = stands where += belongs. Each pixel was used for all m "
     "maps, and its gradients add up."},
    {TURNED("accumulate:dW[q][l]+="),
     "Only the last pixel of the last image is left in dW: = stands where += belongs, or it is set "
     "to zero inside the loops. The weight is used at every pixel that is taken, of every image."},
    {MISTAKE(projection_one_apart),
     "The stride is missing. Number (r, t) of Y is made of the pixel at (s r, s t), and that is "
     "where its gradient goes."},
    {MISTAKE(projection_one_apart_in_x),
     "The stride is missing in dX. Number (r, t) of Y is made of the pixel at (s r, s t), and that "
     "is where its gradient goes."},
    {MISTAKE(projection_one_apart_in_w),
     "The stride is missing in dW. What W met in number (r, t) of Y was the pixel at (s r, s t)."},
    {MISTAKE(projection_last_of_each),
     "You took the last of every s pixels. It is the first: (s r, s t), counted from 0."},
    {MISTAKE(projection_rows_alone),
     "The stride is missing on one axis. It counts rows and columns: number (r, t) of Y is made of "
     "the pixel at (s r, s t), and here it is (s r, t)."},
    {MISTAKE(projection_columns_alone),
     "The stride is missing on one axis. It counts rows and columns: number (r, t) of Y is made of "
     "the pixel at (s r, s t), and here it is (r, s t)."},
    {MISTAKE(projection_middle_of_each),
     "You took the middle of every s pixels, (s r + s/2, s t + s/2). It is the first: (s r, s t), "
     "counted from 0."},
    {MISTAKE(projection_added),
     "The pixel is taken at (s + r, s + t). It is at (s r, s t): the stride multiplies."},
    {MISTAKE(projection_always_two),
     "You took every second pixel of every second row, whatever s is. Here s may be 3 as well: "
     "(s r, s t)."},
    {MISTAKE(projection_repeated),
     "All pixels between two that are taken got a gradient. Those in between were left out on the "
     "way there, and nothing comes back to them: their dX is 0."},
    {MISTAKE(projection_averaged),
     "dY was dealt out over fields of s by s pixels, as by a mean. No mean was taken: one pixel of "
     "each field was used, the others have 0."},
    {MISTAKE(projection_gaps_unwritten), "Pixels that were not taken were left unwritten. Their "
                                         "gradient is 0, and that has to be written."},
    {MISTAKE(projection_weight_misread),
     "You read W as if it were (c, m). It is (m, c): W[q][l], maps before channels."},
    {MISTAKE(projection_weight_mean), "You divided dW by n u v. The weight is used at every pixel "
                                      "that is taken, of every image, and "
                                      "the gradients of all uses add up."},
    {MISTAKE(projection_mean_of_pixels),
     "You divided dW by u v. The weight is used at every pixel that is taken, and the gradients of "
     "all uses add up."},
    {TURNED("divided-by-n:dY[i][q][r][t]*X[i][l][s*r][s*t]"),
     "You divided dW by n. The weight is used in all images, and the gradients of all uses add up; "
     "a mean, if there is one, is inside dY already."},
    {MISTAKE(projection_last_image), "Only the last image is in dW. The weight is used in all of "
                                     "them: begin the sum at zero once, before their loop."},
    {MISTAKE(projection_last_pixel), "Only the last pixel of each image is in dW. The weight is "
                                     "used at every pixel that is taken, and they add up."},
    {MISTAKE(projection_of_all_channels),
     "Every channel got the gradients of all channels. dX[i][l] is made with W[q][l] alone."},
    {0}};

CALL(projection_backward, n[0], n[1], n[2], n[3], n[4], n[5], n[6], n[7], a[0], a[1], a[2], a[3],
     a[4])

/* A last row and a last column that are taken, and that are not; s = 3. */
static const Exercise exercise_projection_backward = {
    .name = "projection_backward",
    .call = call_projection_backward,
    .sizes = "ncmhwsuv",
    .arguments = {{"dY", IN_NORMAL, "nmuv", 0},
                  {"X", IN_NORMAL, "nchw", 0},
                  {"W", IN_NORMAL, "mc", 0},
                  {"dX", OUT, "nchw", 0},
                  {"dW", OUT, "mc", 0}},
    .cases = {{2, 3, 4, 6, 5, 2, 3, 3}, {3, 4, 2, 5, 8, 2, 3, 4}, {2, 2, 3, 8, 4, 3, 3, 2}},
    .reference = JUDGE((Function)reference_projection),
    .mistakes = JUDGE(projection_mistakes),
};

/* -- 6. global_pool_backward ------------------------------------------------------------------- */

#define POOL int n, int c, int h, int w, const real dY[n][c], real dX[n][c][h][w]
#define POOL_ARGUMENTS n, c, h, w, dY, dX

static void reference_pool(POOL)
{
    const real share = 1 / (real)(h * w), *dy = *dY;
    real *dx = ***dX;
    for (int at = 0; at < n * c * h * w; at++)
        dx[at] = dy[at / (h * w)] * share;
}

static void pool_one_pixel(bool last, POOL)
{
    const int size = h * w, picked = last ? size - 1 : 0;
    const real *dy = *dY;
    real *dx = ***dX;
    for (int at = 0; at < n * c * size; at++)
        dx[at] = at % size == picked ? dy[at / size] : 0;
}

static void pool_first_pixel(POOL)
{
    pool_one_pixel(false, POOL_ARGUMENTS);
}

static void pool_last_pixel(POOL)
{
    pool_one_pixel(true, POOL_ARGUMENTS);
}

static const Mistake pool_mistakes[] = {
    {TURNED("parentheses:(h*w)"),
     "dY is divided by h, and multiplied by w. dY / h * w means that: write dY / (h * w)."},
    {TURNED("missing-divisor:(real)(h*w)"),
     "You did not divide. Y is a mean of h w pixels: each has an h w-th part "
     "in it, and gets that part of dY."},
    {TURNED("missing-factor:w"),
     "You divided by h. A mean over h rows and w columns has h w pixels."},
    {TURNED("missing-factor:h"),
     "You divided by w. A mean over h rows and w columns has h w pixels."},
    {TURNED("added:h*w"), "You divided by h + w. An image of h rows and w columns has h w "
                          "pixels."},
    {TURNED("divided-by-c:dY[i][l]/(real)(h*w)"),
     "This has 1/c in it as well. Each channel has a mean of its own: h w pixels are in it."},
    {TURNED("divided-by-n:dY[i][l]/(real)(h*w)"),
     "This has 1/n in it as well. Each image has means of its own; the mean of the loss, if there "
     "is one, is inside dY already."},
    {TURNED("inverted:(real)(h*w)"),
     "You multiplied by h w. Each pixel has an h w-th part in the mean: "
     "divide."},
    {MISTAKE(pool_first_pixel), "One pixel got all of dY, as in max pooling. In a mean all pixels "
                                "have the same part: dY / (h w) each."},
    {MISTAKE(pool_last_pixel), "One pixel got all of dY, as in max pooling. In a mean all pixels "
                               "have the same part: dY / (h w) each."},
    {0}};

CALL(global_pool_backward, n[0], n[1], n[2], n[3], a[0], a[1])

static const Exercise exercise_global_pool_backward = {
    .name = "global_pool_backward",
    .call = call_global_pool_backward,
    .sizes = "nchw",
    .arguments = {{"dY", IN_NORMAL, "nc", 0}, {"dX", OUT, "nchw", 0}},
    .cases = {{2, 3, 4, 5}, {3, 2, 5, 4}, {4, 5, 2, 3}},
    .reference = JUDGE((Function)reference_pool),
    .mistakes = JUDGE(pool_mistakes),
};

/* -- 7. residual_block_backward ---------------------------------------------------------------- */

#define BLOCK                                                                              \
    int n, int c, int m, int t, const real dY[n][c][t], const real X[n][c][t],             \
        const real H[n][m][t], const real W1[m][c], const real W2[c][m], real dX[n][c][t], \
        real dW1[m][c], real dW2[c][m]
#define BLOCK_ARGUMENTS n, c, m, t, dY, X, H, W1, W2, dX, dW1, dW2

/* A zero in X before an open relu, and a zero in H behind a positive X: at 0 the slope is 0. */
static void prepare_zeros(int c, int t, real X[c][t], real W1[][c])
{
    W1[0][1] = fabs(W1[0][1]);
    W1[0][0] = -W1[0][1];
    X[0][0] = X[1][0] = 1;
    X[0][1] = 0;
    X[1][1] = fabs(X[1][1]);
    for (int l = 2; l < c; l++) {
        X[l][0] = -fabs(X[l][0]);
        X[l][1] = -fabs(X[l][1]);
    }
}

/* H as the forward pass makes it. */
static void prepare_block(int which, const int n[], void *const a[])
{
    (void)which;
    const int c = n[1], m = n[2], t = n[3];
    real(*X)[c][t] = a[1], (*W1)[c] = a[3], (*H)[m][t] = a[2];
    prepare_zeros(c, t, X[0], W1);
    for (int i = 0; i < n[0]; i++)
        for (int q = 0; q < m; q++)
            for (int j = 0; j < t; j++) {
                H[i][q][j] = 0;
                for (int l = 0; l < c; l++)
                    H[i][q][j] += X[i][l][j] > 0 ? W1[q][l] * X[i][l][j] : 0;
            }
}

/* y[q] = sum_l W[q][l] x[l] at every pixel: dW, and what is added to dx if that is not NULL. */
static void map_back(int n, int in, int out, int t, const real dy[n][out][t],
                     const real x[n][in][t], const real W[out][in], real dx[n][in][t],
                     real dW[out][in])
{
    clear(out * in, *dW);
    for (int i = n - 1; i >= 0; i--)
        for (int q = out - 1; q >= 0; q--)
            for (int l = 0; l < in; l++) {
                dW[q][l] += dot(t, dy[i][q], x[i][l]);
                for (int j = 0; j < t; j++)
                    dx[i][l][j] += dy[i][q][j] * W[q][l];
            }
}

/* What may be left out. */
typedef struct {
    bool shortcut, branch;     /* of dX */
    bool relu_of_x, relu_of_h; /* on the way back */
    bool r_in_dW1, s_in_dW2;   /* else X and H stand there */
    bool shortcut_through_relu;
} Parts;

static const Parts all_parts = {true, true, true, true, true, true, false};

static void block_of(Parts have, BLOCK)
{
    const int of_x = n * c * t, of_h = n * m * t;
    real R[n][c][t], S[n][m][t], dR[n][c][t], dS[n][m][t], dH[n][m][t];
    copy(of_x, **X, **R);
    copy(of_h, **H, **S);
    if (have.r_in_dW1)
        relu_forward(of_x, **X, **R);
    if (have.s_in_dW2)
        relu_forward(of_h, **H, **S);
    clear(of_x, **dR);
    clear(of_h, **dS);
    map_back(n, m, c, t, dY, S, W2, dS, dW2);
    copy(of_h, **dS, **dH);
    if (have.relu_of_h)
        relu_back(of_h, **dS, **H, **dH);
    map_back(n, c, m, t, dH, R, W1, dR, dW1);
    clear(of_x, **dX);
    if (have.shortcut)
        copy(of_x, **dY, **dX);
    if (have.shortcut_through_relu)
        relu_back(of_x, **dY, **X, **dX);
    if (have.branch && have.relu_of_x)
        relu_back(of_x, **dR, **X, **dR);
    if (have.branch)
        add(of_x, **dR, **dX);
}

static void reference_block(BLOCK)
{
    block_of(all_parts, BLOCK_ARGUMENTS);
}

static void block_first_relu_forgotten(BLOCK)
{
    Parts have = all_parts;
    have.relu_of_x = false;
    block_of(have, BLOCK_ARGUMENTS);
}

static void block_both_relus_forgotten(BLOCK)
{
    Parts have = all_parts;
    have.relu_of_x = have.relu_of_h = false;
    block_of(have, BLOCK_ARGUMENTS);
}

static void block_x_in_dW1(BLOCK)
{
    Parts have = all_parts;
    have.r_in_dW1 = false;
    block_of(have, BLOCK_ARGUMENTS);
}

static void block_as_if_linear(BLOCK)
{
    block_of((Parts){.shortcut = true, .branch = true}, BLOCK_ARGUMENTS);
}

static void block_shortcut_through_relu(BLOCK)
{
    Parts have = all_parts;
    have.shortcut_through_relu = true;
    block_of(have, BLOCK_ARGUMENTS);
}

/* dH asks for this channel of X. */
static void block_gated_by(int channel, BLOCK)
{
    real other[n][m][t], unused[c][m];
    for (int i = 0; i < n; i++)
        for (int q = 0; q < m; q++)
            copy(t, X[i][channel < 0 ? q % c : channel], other[i][q]);
    reference_block(BLOCK_ARGUMENTS);
    reference_block(n, c, m, t, dY, X, other, W1, W2, dX, dW1, unused);
}

static void block_gated_by_first(BLOCK)
{
    block_gated_by(0, BLOCK_ARGUMENTS);
}

static void block_gated_by_q(BLOCK)
{
    block_gated_by(-1, BLOCK_ARGUMENTS);
}

static void block_W2_for_W1(BLOCK)
{
    real turned[m][c];
    (void)W1;
    for (int q = 0; q < m; q++)
        for (int l = 0; l < c; l++)
            turned[q][l] = W2[l][q];
    reference_block(n, c, m, t, dY, X, H, turned, W2, dX, dW1, dW2);
}

static void block_W1_for_W2(BLOCK)
{
    real turned[c][m];
    (void)W2;
    for (int q = 0; q < m; q++)
        for (int l = 0; l < c; l++)
            turned[l][q] = W1[q][l];
    reference_block(n, c, m, t, dY, X, H, W1, turned, dX, dW1, dW2);
}

/* A kernel as it lies in memory, taken for one of the other shape. */
static void block_weights_misread(bool first, bool second, BLOCK)
{
    const real(*of_1)[m] = (const void *)W1, (*of_2)[c] = (const void *)W2;
    real turned_1[m][c], turned_2[c][m];
    for (int q = 0; q < m; q++)
        for (int l = 0; l < c; l++) {
            turned_1[q][l] = first ? of_1[l][q] : W1[q][l];
            turned_2[l][q] = second ? of_2[q][l] : W2[l][q];
        }
    reference_block(n, c, m, t, dY, X, H, turned_1, turned_2, dX, dW1, dW2);
}

static void block_W1_misread(BLOCK)
{
    block_weights_misread(true, false, BLOCK_ARGUMENTS);
}

static void block_W2_misread(BLOCK)
{
    block_weights_misread(false, true, BLOCK_ARGUMENTS);
}

static void block_mean(BLOCK)
{
    reference_block(BLOCK_ARGUMENTS);
    scale(m * c, 1 / (real)(n * t), *dW1);
    scale(m * c, 1 / (real)(n * t), *dW2);
}

static void block_last_image(BLOCK)
{
    real unused[n][c][t];
    reference_block(BLOCK_ARGUMENTS);
    reference_block(1, c, m, t, &dY[n - 1], &X[n - 1], &H[n - 1], W1, W2, unused, dW1, dW2);
}

static const Mistake block_mistakes[] = {
    {TURNED("missing-term:dY[i][l][j]"),
     "The shortcut is missing from dX. Y is X plus a branch: dY comes back to X as it is, and what "
     "comes through the branch is added."},
    {TURNED("missing-term:W1[q][l]*dH"),
     "dX is dY alone. X went into the branch as well: R, H and S depend on it, and what comes back "
     "through them is added."},
    {MISTAKE(block_first_relu_forgotten),
     "The relu at the beginning of the branch is missing in dX: what comes back through W1 reaches "
     "X only where X is above 0."},
    {TURNED("no-condition:H[i][q][j]>0#2"),
     "The relu between the two kernels is missing on the way back: what comes back through W2 "
     "reaches H only where H is above 0."},
    {MISTAKE(block_both_relus_forgotten),
     "Both relus are missing on the way back. What comes back through W2 reaches H only where H is "
     "above 0, and what comes back through W1 reaches X only where X is."},
    {MISTAKE(block_x_in_dW1), "dW1 is made with X. What W1 was multiplied by is R = relu(X), which "
                              "is 0 where X is below 0."},
    {TURNED("no-condition:H[i][q][j]>0"),
     "dW2 is made with H. What W2 was multiplied by is S = relu(H), which "
     "is 0 where H is below 0."},
    {MISTAKE(block_as_if_linear),
     "This is a block without its relus. R is X and S is H only where those are above 0; elsewhere "
     "they are 0, and nothing comes back."},
    {MISTAKE(block_shortcut_through_relu),
     "The relu shuts the shortcut as well. It stands at the beginning of the branch, and X goes "
     "past it: dY arrives whether X is above 0 or not."},
    {TURNED("times-2:dY[i][l][j]"),
     "dY is in dX twice. X goes into Y as it is once; the branch brings its own part."},
    {TURNED("equal:X[i][l][j]>0<->="),
     "At X = 0 the branch lets its gradient through. Relu's slope at 0 counts as 0 here: X > 0, "
     "and not X >= 0."},
    {TURNED("equal:H[i][q][j]>0<->=#2"),
     "At H = 0 the branch lets its gradient through. Relu's slope at 0 counts as 0 here: H > 0, "
     "and not H >= 0."},
    {MISTAKE(block_gated_by_first),
     "The relu of dH is opened by X, and by its first channel alone. It is H that opens it: dH is "
     "dS where H[i][q][j] is above 0."},
    {MISTAKE(block_gated_by_q), "The relu of dH is opened by X. It is H that opens it: dH is dS "
                                "where H[i][q][j] is above 0."},
    {TURNED("times:W2[l][q]*dY[i][l][j]<-H[i][q][j]"),
     "dS is multiplied by relu(H) on its way to dH. It is relu's slope that it meets, 1 or 0, and "
     "not its value."},
    {TURNED("times:W1[q][l]*dH<-X[i][l][j]"),
     "What comes back through W1 is multiplied by relu(X) in dX. It is relu's slope that it meets, "
     "1 or 0, and not its value."},
    {TURNED("instead:dH<-dS#2"),
     "dX is made with dS where dH belongs: what comes back through W2 goes through the relu first, "
     "and reaches H only where H is above 0."},
    {TURNED("instead:dH<-dS"),
     "dW1 is made with dS where dH belongs: what comes back through W2 goes through the relu "
     "first, and reaches H only where H is above 0."},
    {MISTAKE(block_W2_for_W1),
     "In dX W2 stands where W1 belongs. From H to R it is W1 that lies between: W1[q][l]."},
    {MISTAKE(block_W1_for_W2),
     "In dS W1 stands where W2 belongs. From Y to S it is W2 that lies between: W2[l][q]."},
    {MISTAKE(block_W1_misread),
     "You read W1 as if it were (c, m). It is (m, c): W1[q][l] takes channel l to q."},
    {MISTAKE(block_W2_misread),
     "You read W2 as if it were (m, c). It is (c, m): W2[l][q] takes q back to channel l."},
    {MISTAKE(block_mean), "You divided dW1 and dW2 by n t. They are used at every pixel of every "
                          "image, and the gradients of all uses add up."},
    {MISTAKE(block_last_image),
     "Only the last image is in dW1 and dW2. They are used in all of them: begin the sums at zero "
     "once, before the loop over the images."},
    {TURNED("accumulate:dW1[q][l]+="),
     "Only the last pixel of the last image is left in dW1: = stands where += belongs. The kernel "
     "is used at every pixel of every image."},
    {TURNED("accumulate:dW2[l][q]+="),
     "Only the last pixel of the last image is left in dW2: = stands where += belongs. The kernel "
     "is used at every pixel of every image."},
    {TURNED("accumulate:dX[i][l][j]+="),
     "Only one q is left in dX: = stands where += belongs, which loses the shortcut, too. X meets "
     "all m rows of W1, and dY besides: they add up."},
    {0}};

CALL(residual_block_backward, n[0], n[1], n[2], n[3], a[0], a[1], a[2], a[3], a[4], a[5], a[6],
     a[7])

static const Exercise exercise_residual_block_backward = {
    .name = "residual_block_backward",
    .call = call_residual_block_backward,
    .sizes = "ncmt",
    .arguments = {{"dY", IN_NORMAL, "nct", 0},
                  {"X", IN_NORMAL, "nct", 0},
                  {"H", IN_PREPARED, "nmt", 0},
                  {"W1", IN_NORMAL, "mc", 0},
                  {"W2", IN_NORMAL, "cm", 0},
                  {"dX", OUT, "nct", 0},
                  {"dW1", OUT, "mc", 0},
                  {"dW2", OUT, "cm", 0}},
    .cases = {{2, 3, 4, 6}, {3, 4, 2, 5}, {4, 2, 3, 7}},
    .reference = JUDGE((Function)reference_block),
    .prepare = JUDGE(prepare_block),
    .mistakes = JUDGE(block_mistakes),
};

/* -- 8. chain_backward ------------------------------------------------------------------------- */

/* Both kinds in turns, and x as the forward pass makes it. The numbers stay of ordinary size. A
 * block without a shortcut would be the end of the chain where its relu is shut, so it is open; in
 * the first with one it is shut by its weight, and in some cases the last, which has one as well,
 * is at 0. */
static void prepare_chain(int which, const int n[], void *const a[])
{
    real *x = a[1], *w1 = a[2], *w2 = a[3], *shortcut = a[4];
    for (int l = 0; l < n[0]; l++) {
        shortcut[l] = (l + which) % 3 != 1;
        w1[l] = copysign(fabs(w1[l]) / 2 + (real)0.75, w1[l]);
        w2[l] = copysign(fabs(w2[l]) / 2 + (real)0.75, w2[l]);
        if (shortcut[l] == 0)
            w1[l] = copysign(w1[l], x[l]);
        else if (l == 0)
            w1[l] = copysign(w1[l], -(x[l] = fabs(x[l])));
        if (which >= 3 && l == n[0] - 1)
            w1[l] = 0;
        if (l + 1 < n[0])
            x[l + 1] = shortcut[l] * x[l] + (w1[l] * x[l] > 0 ? w2[l] * w1[l] * x[l] : 0);
    }
}

#define CHAIN                                                                                    \
    int n, real dy, const real x[n], const real w1[n], const real w2[n], const real shortcut[n], \
        real dx[n], real dw1[n], real dw2[n]
#define CHAIN_ARGUMENTS n, dy, x, w1, w2, shortcut, dx, dw1, dw2

/* One block, in steps: h = w1 x, r = relu(h), f = w2 r, y = shortcut x + f. */
static void link_back(real dy, real x, real w1, real w2, real shortcut, real *dx, real *dw1,
                      real *dw2)
{
    real h = w1 * x, r, dr = w2 * dy, dh;
    relu_forward(1, &h, &r);
    relu_back(1, &dr, &h, &dh);
    *dw2 = r * dy;
    *dw1 = x * dh;
    *dx = w1 * dh + shortcut * dy;
}

static void reference_chain(CHAIN)
{
    for (int l = n - 1; l >= 0; l--)
        link_back(l == n - 1 ? dy : dx[l + 1], x[l], w1[l], w2[l], shortcut[l], &dx[l], &dw1[l],
                  &dw2[l]);
}

/* Residual blocks pass dy on, the others what their branch brings. */
static void chain_either(CHAIN)
{
    real d = dy, branch;
    for (int l = n - 1; l >= 0; l--) {
        link_back(d, x[l], w1[l], w2[l], 0, &branch, &dw1[l], &dw2[l]);
        d = shortcut[l] > 0 ? d : branch;
        dx[l] = d;
    }
}

static void chain_from_the_first(CHAIN)
{
    real d = dy;
    for (int l = 0; l < n; l++) {
        link_back(d, x[l], w1[l], w2[l], shortcut[l], &dx[l], &dw1[l], &dw2[l]);
        d = dx[l];
    }
}

/* dx[l] is the gradient of what block l makes. */
static void chain_one_late(CHAIN)
{
    reference_chain(CHAIN_ARGUMENTS);
    for (int l = 0; l + 1 < n; l++)
        dx[l] = dx[l + 1];
    dx[n - 1] = dy;
}

/* The gate in dx and dw1, and in dw2. */
static void chain_gated_by(bool first, bool second, bool by_x, CHAIN)
{
    real d = dy;
    for (int l = n - 1; l >= 0; l--) {
        const real h = w1[l] * x[l];
        const bool open = by_x ? x[l] > 0 : h > 0;
        const real dh = open || !first ? w2[l] * d : 0;
        dw2[l] = open || !second ? d * h : 0;
        dw1[l] = dh * x[l];
        d = dx[l] = shortcut[l] * d + dh * w1[l];
    }
}

static void chain_gated_by_x(CHAIN)
{
    chain_gated_by(true, true, true, CHAIN_ARGUMENTS);
}

static void chain_relu_of_x(CHAIN)
{
    reference_chain(CHAIN_ARGUMENTS);
    for (int l = 0; l < n; l++)
        dw2[l] = (l == n - 1 ? dy : dx[l + 1]) * (x[l] > 0 ? x[l] : 0);
}

static void chain_relu_of_x_in_dw1(CHAIN)
{
    reference_chain(CHAIN_ARGUMENTS);
    for (int l = 0; l < n; l++)
        dw1[l] *= x[l] > 0;
}

/* What is carried on is the branch's part, added to so much of what was carried before. */
static void chain_carries_branch(real before, CHAIN)
{
    real d = dy, branch, unused[2];
    for (int l = n - 1; l >= 0; l--) {
        link_back(d, x[l], w1[l], w2[l], shortcut[l], &dx[l], &dw1[l], &dw2[l]);
        link_back(d, x[l], w1[l], w2[l], 0, &branch, &unused[0], &unused[1]);
        d = before * d + branch;
    }
}

static void chain_branch_carried(CHAIN)
{
    chain_carries_branch(0, CHAIN_ARGUMENTS);
}

static void chain_branches_added_up(CHAIN)
{
    chain_carries_branch(1, CHAIN_ARGUMENTS);
}

static void chain_relu_first(CHAIN)
{
    real open[n];
    relu_forward(n, x, open);
    reference_chain(n, dy, open, w1, w2, shortcut, dx, dw1, dw2);
}

static void chain_relu_value(CHAIN)
{
    real d = dy;
    for (int l = n - 1; l >= 0; l--) {
        const real h = w1[l] * x[l], r = h > 0 ? h : 0, dh = w2[l] * d * r;
        dw2[l] = d * r;
        dw1[l] = dh * x[l];
        d = dx[l] = shortcut[l] * d + dh * w1[l];
    }
}

static void chain_shortcut_in_dw1(CHAIN)
{
    reference_chain(CHAIN_ARGUMENTS);
    for (int l = 0; l < n; l++)
        dw1[l] += shortcut[l] * (l == n - 1 ? dy : dx[l + 1]);
}

static const Mistake chain_mistakes[] = {
    {MISTAKE(chain_branch_carried),
     "What you carry on to the block before is the branch's part alone, and not dx[l], which has "
     "the shortcut's in it as well."},
    {MISTAKE(chain_branches_added_up),
     "What you carry on to the block before is not dx[l]: all of what came from above is in it "
     "even where shortcut[l] is 0."},
    {MISTAKE(chain_relu_first),
     "The relu is taken of x[l] before it is multiplied by w1[l]. It stands behind: relu(w1[l] "
     "x[l])."},
    {MISTAKE(chain_relu_value),
     "dh is multiplied by relu(w1[l] x[l]). It is relu's slope that it meets, 1 or 0, and not its "
     "value."},
    {MISTAKE(chain_shortcut_in_dw1),
     "The shortcut's part is in dw1. The shortcut passes w1[l] by: it belongs to dx alone."},
    {TURNED("equal:h>0<->="),
     "Where w1[l] x[l] is 0 the branch lets its gradient through. Relu's slope at 0 counts as 0 "
     "here: > 0, and not >= 0."},
    {TURNED("missing-term:shortcut[l]*d"),
     "The shortcut is missing: this is a chain of plain blocks. Where shortcut[l] is 1, x[l] is in "
     "x[l + 1] as it is, too, and what comes from above is added to what comes through the "
     "branch."},
    {TURNED("missing-factor:shortcut[l]"),
     "Every block has a shortcut here. Where shortcut[l] is 0 there is none, and only the branch "
     "brings something back."},
    {TURNED("one-minus:shortcut[l]"),
     "The kinds are exchanged. shortcut[l] is 1 where there is a shortcut, and 0 where not."},
    {TURNED("missing-term:dh*w1[l]"),
     "The branch is missing from dx. x[l] goes through w1[l], the relu and w2[l] as well, and "
     "where the relu is open that brings back w2 w1 times as much."},
    {MISTAKE(chain_either), "A block with a shortcut passes on only what came along that. It has a "
                            "branch as well, and both add up."},
    {TURNED("skipped:d"),
     "Every block gets dy. That is the gradient of what the last block makes; block l gets dx[l + "
     "1], the gradient of what it makes itself."},
    {MISTAKE(chain_from_the_first),
     "The loop runs from the first block to the last. Backwards it is the last that comes first: "
     "its dx is what the block before it gets."},
    {MISTAKE(chain_one_late), "dx is one block late: dx[l] is the gradient of x[l], which block l "
                              "takes, and not of what it makes."},
    {TURNED("no-condition:h>0"),
     "The relu is missing on the way to dx and dw1. Where w1[l] x[l] is not above 0 the branch is "
     "shut, and nothing comes back through it."},
    {TURNED("no-condition:h>0#2"),
     "The relu is missing in dw2. w2[l] is multiplied by relu(w1[l] x[l]), which is 0 where w1[l] "
     "x[l] is below 0."},
    {TURNED("twins+no-condition:h>0"),
     "This is a chain without relus. Where w1[l] x[l] is not above 0 the branch is 0, and nothing "
     "comes back through it."},
    {MISTAKE(chain_gated_by_x),
     "It is x[l] that opens your relu. What goes into it is w1[l] x[l], and w1[l] may be below 0."},
    {MISTAKE(chain_relu_of_x), "dw2 is made with relu(x[l]). w2[l] is multiplied by the relu of "
                               "w1[l] x[l]."},
    {MISTAKE(chain_relu_of_x_in_dw1),
     "dw1 is made with relu(x[l]). w1[l] is multiplied by x[l] itself, which may be below 0; the "
     "relu comes behind."},
    {TURNED("missing-factor:w2[l]"), "w2[l] is missing on the way back: between the relu and the "
                                     "sum the branch is multiplied by it."},
    {TURNED("missing-factor:w1[l]#2"), "w1[l] is missing on the way back to x[l]: before the relu "
                                       "x[l] is multiplied by it."},
    {0}};

CALL(chain_backward, n[0], VALUE(a[0]), a[1], a[2], a[3], a[4], a[5], a[6], a[7])

static const Exercise exercise_chain_backward = {
    .name = "chain_backward",
    .call = call_chain_backward,
    .sizes = "n",
    .arguments = {{"dy", IN_NORMAL, "", 0},
                  {"x", IN_NORMAL, "n", 0},
                  {"w1", IN_NORMAL, "n", 0},
                  {"w2", IN_NORMAL, "n", 0},
                  {"shortcut", IN_PREPARED, "n", 0},
                  {"dx", OUT, "n", 0},
                  {"dw1", OUT, "n", 0},
                  {"dw2", OUT, "n", 0}},
    .cases = {{7}, {4}, {9}, {6}, {8}, {5}},
    .reference = JUDGE((Function)reference_chain),
    .prepare = JUDGE(prepare_chain),
    .mistakes = JUDGE(chain_mistakes),
};

/* -- all, in their order ----------------------------------------------------------------------- */

static const Exercise *const exercises[] = {&exercise_residual_backward,
                                            &exercise_in_place_backward,
                                            &exercise_scaled_backward,
                                            &exercise_concat_backward,
                                            &exercise_projection_backward,
                                            &exercise_global_pool_backward,
                                            &exercise_residual_block_backward,
                                            &exercise_chain_backward,
                                            NULL};

const Check check = {"15_residual", exercises};
