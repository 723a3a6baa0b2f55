/* 02_tape.c: how the answers to exercises 02 are judged. The references of the scalar ops take the
 * complex step, and that of the tape collects where the solution hands out. */
#include <stdbool.h>

#include "02_tape.h"

#include "check.h"

typedef double complex Complex;

static const real tiny = 1e-30; /* the step of the references */

/* -- 1. mul_backward -------------------------------------------------------------------------- */

static void reference_mul(int n, const real dy[n], const real a[n], const real b[n], real da[n],
                          real db[n])
{
    for (int i = 0; i < n; i++) {
        da[i] = dy[i] * cimag((a[i] + tiny * I) * b[i]) / tiny;
        db[i] = dy[i] * cimag(a[i] * (b[i] + tiny * I)) / tiny;
    }
}

static void mul_swapped(int n, const real dy[n], const real a[n], const real b[n], real da[n],
                        real db[n])
{
    reference_mul(n, dy, b, a, da, db);
}

static void mul_as_sum(int n, const real dy[n], const real a[n], const real b[n], real da[n],
                       real db[n])
{
    (void)a, (void)b;
    for (int i = 0; i < n; i++)
        da[i] = db[i] = dy[i];
}

static const Mistake mul_mistakes[] = {
    {MISTAKE(mul_swapped), "You swapped the factors. Per unit of a, the product a b grows by b: da "
                           "gets b, and db gets a."},
    {TURNED("twins+missing-factor:dy[i]"),
     "You gave the slopes of y and left out how the loss reacts to y: multiply them by dy[i]."},
    {MISTAKE(mul_as_sum), "That is the backward of a sum, which hands dy on as it is. The slope of "
                          "a product is the other factor."},
    {0}};

CALL(mul_backward, n[0], a[0], a[1], a[2], a[3], a[4])

static const Exercise exercise_mul_backward = {
    .name = "mul_backward",
    .call = call_mul_backward,
    .sizes = "n",
    .arguments = {{"dy", IN_NORMAL, "n", 0},
                  {"a", IN_NORMAL, "n", 0},
                  {"b", IN_NORMAL, "n", 0},
                  {"da", OUT, "n", 0},
                  {"db", OUT, "n", 0}},
    .cases = {{7}, {2}, {1}},
    .reference = JUDGE((Function)reference_mul),
    .mistakes = JUDGE(mul_mistakes),
};

/* -- 2. relu_backward ------------------------------------------------------------------------- */

/* Of every five the first is zero, and the second positive. */
static void prepare_relu(int which, const int n[], void *const a[])
{
    (void)which;
    real *x = a[1];
    for (int i = 0; i < n[0] && n[0] > 1; i++)
        x[i] = i % 5 == 0 ? 0 : i % 5 == 1 ? fabs(x[i]) : x[i];
}

static void reference_relu(int n, const real dy[n], const real x[n], real dx[n])
{
    for (int i = 0; i < n; i++)
        dx[i] = dy[i] * (x[i] > 0);
}

static const Mistake relu_mistakes[] = {
    {TURNED("equal:x[i]>0<->="),
     "At x = 0 you let the gradient through. Both slopes can be defended there; this book, as "
     "PyTorch, takes 0: write x > 0, not x >= 0."},
    {TURNED("instead:x[i]<-dy"),
     "You applied relu to the gradient. What opens and shuts the gate is the sign of x, from the "
     "forward pass; a negative dy goes through as well."},
    {TURNED("instead:dy[i]<-x"), "That is relu itself. Its slope is 1 or 0; multiply it by dy[i]."},
    {TURNED("over:x[i]>0?dy[i]:0<-1/dy[i]"),
     "You gave the slopes of relu and left out how the loss reacts to y: multiply them by dy[i]."},
    {TURNED("times:x[i]>0?dy[i]:0<-x[i]"),
     "You multiplied dy by relu(x). The slope of relu is 1 where it is on, however large x is."},
    {0}};

CALL(relu_backward, n[0], a[0], a[1], a[2])

static const Exercise exercise_relu_backward = {
    .name = "relu_backward",
    .call = call_relu_backward,
    .sizes = "n",
    .arguments = {{"dy", IN_NORMAL, "n", 0}, {"x", IN_NORMAL, "n", 0}, {"dx", OUT, "n", 0}},
    .cases = {{17}, {2}, {1}},
    .prepare = JUDGE(prepare_relu),
    .reference = JUDGE((Function)reference_relu),
    .mistakes = JUDGE(relu_mistakes),
};

/* -- 3. tanh_backward ------------------------------------------------------------------------- */

static void prepare_tanh(int which, const int n[], void *const a[])
{
    (void)which;
    real *y = a[1];
    for (int i = 0; i < n[0]; i++)
        y[i] = tanh(y[i]);
}

static void reference_tanh(int n, const real dy[n], const real y[n], real dx[n])
{
    for (int i = 0; i < n; i++)
        dx[i] = dy[i] * cimag(tanh(atanh(y[i]) + tiny * I)) / tiny;
}

static const Mistake tanh_mistakes[] = {
    {TURNED("twins+tanh-of:y[i]"),
     "You took tanh once more. y is tanh(x) already: its slope 1 - tanh(x)^2 is 1 - y^2."},
    {TURNED("missing-factor:y[i]"), "The square is missing: the slope of tanh is 1 - y^2."},
    {TURNED("spread:1-y[i]*y[i]"),
     "y (1 - y) is the slope of the sigmoid. That of tanh is 1 - y^2."},
    {TURNED("missing-factor:dy[i]"),
     "You gave the slopes of tanh and left out how the loss reacts to y: multiply them by dy[i]."},
    {TURNED("parentheses:(1-y[i]*y[i])"),
     "Brackets are missing: dy * (1 - y * y), not dy * 1 - y * y."},
    {0}};

CALL(tanh_backward, n[0], a[0], a[1], a[2])

static const Exercise exercise_tanh_backward = {
    .name = "tanh_backward",
    .call = call_tanh_backward,
    .sizes = "n",
    .arguments = {{"dy", IN_NORMAL, "n", 0}, {"y", IN_NORMAL, "n", 0}, {"dx", OUT, "n", 0}},
    .cases = {{7}, {2}, {1}},
    .prepare = JUDGE(prepare_tanh),
    .reference = JUDGE((Function)reference_tanh),
    .mistakes = JUDGE(tanh_mistakes),
};

/* -- 4. pow_backward -------------------------------------------------------------------------- */

static void reference_pow(int n, const real dy[n], const real a[n], const real b[n], real da[n],
                          real db[n])
{
    for (int i = 0; i < n; i++) {
        da[i] = dy[i] * cimag(exp(b[i] * log(a[i] + tiny * I))) / tiny;
        db[i] = dy[i] * cimag(exp((b[i] + tiny * I) * log(a[i]))) / tiny;
    }
}

static void pow_rule_for_both(int n, const real dy[n], const real a[n], const real b[n], real da[n],
                              real db[n])
{
    reference_pow(n, dy, a, b, da, db);
    for (int i = 0; i < n; i++)
        db[i] = da[i];
}

static const Mistake pow_mistakes[] = {
    {TURNED("missing-term:1"),
     "In da the exponent is not lowered: the derivative of a^b by a is b a^(b-1)."},
    {TURNED("missing-factor:b[i]"),
     "In da the factor b is missing: the derivative of a^b by a is b a^(b-1)."},
    {MISTAKE(pow_rule_for_both), "The power rule is for the base. Where the exponent moves, write "
                                 "a^b as exp(b log a): its derivative by b is a^b log a."},
    {TURNED("missing-factor:log(a[i])"),
     "In db the inner derivative is missing. a^b is exp(b log a), and b log a grows by log a per "
     "unit of b; only for a = e is that 1."},
    {TURNED("base-10:log(a[i])"), "The logarithm in db is the natural one: log(), not log10()."},
    {TURNED("twins+missing-factor:dy[i]"),
     "You gave the slopes of y and left out how the loss reacts to y: multiply them by dy[i]."},
    {0}};

CALL(pow_backward, n[0], a[0], a[1], a[2], a[3], a[4])

static const Exercise exercise_pow_backward = {
    .name = "pow_backward",
    .call = call_pow_backward,
    .sizes = "n",
    .arguments = {{"dy", IN_NORMAL, "n", 0},
                  {"a", IN_POSITIVE, "n", 0},
                  {"b", IN_NORMAL, "n", 0},
                  {"da", OUT, "n", 0},
                  {"db", OUT, "n", 0}},
    .cases = {{7}, {2}, {1}},
    .reference = JUDGE((Function)reference_pow),
    .mistakes = JUDGE(pow_mistakes),
};

/* -- 5. reuse_backward ------------------------------------------------------------------------ */

static void prepare_reuse(int which, const int n[], void *const a[])
{
    (void)which;
    const real *x = a[1];
    real *h = a[2];
    for (int i = 0; i < n[0]; i++)
        h[i] = tanh(x[i]);
}

static void reference_reuse(int n, const real dy[n], const real x[n], const real h[n], real dx[n])
{
    (void)h;
    for (int i = 0; i < n; i++) {
        Complex z = x[i] + tiny * I, w = tanh(z);
        dx[i] = dy[i] * cimag(w * w + z * w) / tiny;
    }
}

static const Mistake reuse_mistakes[] = {
    {TURNED("missing-term:dy[i]*h[i]"),
     "One use of x is missing: beside its way through h it stands in x h itself, and adds dy h."},
    {TURNED("inverted:h[i]#3"), "You took h for a constant. h was computed from x: dh, times the "
                                "slope of tanh, arrives at x as well."},
    {TURNED("missing-factor:2"),
     "h h uses h twice, once on either side of the product, and each use adds h: 2h, not h."},
    {TURNED("missing-factor:(1-h[i]*h[i])"),
     "From h to x the slope of tanh is missing: multiply what arrived at h by 1 - h^2."},
    {TURNED("missing-term:2*h[i]"), "What h is owed by h h is missing: = where += belongs. h is "
                                    "used in both terms, and dh is the sum."},
    {0}};

CALL(reuse_backward, n[0], a[0], a[1], a[2], a[3])

static const Exercise exercise_reuse_backward = {
    .name = "reuse_backward",
    .call = call_reuse_backward,
    .sizes = "n",
    .arguments = {{"dy", IN_NORMAL, "n", 0},
                  {"x", IN_NORMAL, "n", 0},
                  {"h", IN_PREPARED, "n", 0},
                  {"dx", OUT, "n", 0}},
    .cases = {{7}, {2}, {1}},
    .prepare = JUDGE(prepare_reuse),
    .reference = JUDGE((Function)reference_reuse),
    .mistakes = JUDGE(reuse_mistakes),
};

/* -- 6. outer_sum_backward -------------------------------------------------------------------- */

/* Each element of dY goes to both that made it. */
static void reference_outer_sum(int n, int k, const real dY[n][k], real da[n], real db[k])
{
    for (int i = 0; i < n; i++)
        da[i] = 0;
    for (int j = 0; j < k; j++)
        db[j] = 0;
    for (int i = n - 1; i >= 0; i--)
        for (int j = k - 1; j >= 0; j--) {
            da[i] += dY[i][j];
            db[j] += dY[i][j];
        }
}

static void outer_sum_mean(int n, int k, const real dY[n][k], real da[n], real db[k])
{
    reference_outer_sum(n, k, dY, da, db);
    for (int i = 0; i < n; i++)
        da[i] /= (real)k;
    for (int j = 0; j < k; j++)
        db[j] /= (real)n;
}

static void outer_sum_total(int n, int k, const real dY[n][k], real da[n], real db[k])
{
    real total = 0;
    for (int i = 0; i < n; i++)
        for (int j = 0; j < k; j++)
            total += dY[i][j];
    for (int i = 0; i < n; i++)
        da[i] = total;
    for (int j = 0; j < k; j++)
        db[j] = total;
}

static const Mistake outer_sum_mistakes[] = {
    {TURNED("twins+accumulate:da[i]+="),
     "Only the last of each is left: = where += belongs. a[i] was repeated over a row of Y and "
     "b[j] down a column; repeated forward is summed backward."},
    {MISTAKE(outer_sum_mean), "You took means. Each use of a[i] reaches the loss in full, so their "
                              "gradients add up; a broadcast is summed backward."},
    {MISTAKE(outer_sum_total), "You summed over both axes. a[i] stands in row i only, so da[i] "
                               "sums along that row; db[j] sums down column j."},
    {TURNED("twins+not-reset:da[i]=0"), "Your sum goes on from one element to the next. Set it "
                                        "back to zero for each a[i] and each b[j]."},
    {0}};

CALL(outer_sum_backward, n[0], n[1], a[0], a[1], a[2])

static const Exercise exercise_outer_sum_backward = {
    .name = "outer_sum_backward",
    .call = call_outer_sum_backward,
    .sizes = "nk",
    .arguments = {{"dY", IN_NORMAL, "nk", 0}, {"da", OUT, "n", 0}, {"db", OUT, "k", 0}},
    .cases = {{7, 4}, {2, 5}, {1, 3}, {4, 1}},
    .reference = JUDGE((Function)reference_outer_sum),
    .mistakes = JUDGE(outer_sum_mistakes),
};

/* -- 7. sum_backward -------------------------------------------------------------------------- */

/* By the place in memory: X[i][p][j] is element (i t + p) k + j. */
static void reference_sum(int n, int t, int k, const real ds[n][k], real dX[n][t][k])
{
    const real *from = &ds[0][0];
    real *to = &dX[0][0][0];
    for (int at = 0; at < n * t * k; at++)
        to[at] = from[at / (t * k) * k + at % k];
}

static void sum_last_place(int n, int t, int k, const real ds[n][k], real dX[n][t][k])
{
    reference_sum(n, t, k, ds, dX);
    for (int i = 0; i < n; i++)
        for (int p = 0; p < t - 1; p++)
            for (int j = 0; j < k; j++)
                dX[i][p][j] = 0;
}

static void sum_first_axis(int n, int t, int k, const real ds[n][k], real dX[n][t][k])
{
    for (int at = 0; at < n * t * k; at++)
        (&dX[0][0][0])[at] = (&ds[0][0])[at % (n * k)];
}

static void sum_over_row(int n, int t, int k, const real ds[n][k], real dX[n][t][k])
{
    for (int i = 0; i < n; i++) {
        real total = 0;
        for (int j = 0; j < k; j++)
            total += ds[i][j];
        for (int p = 0; p < t; p++)
            for (int j = 0; j < k; j++)
                dX[i][p][j] = total;
    }
}

static const Mistake sum_mistakes[] = {
    {TURNED("divided-by-t:ds[i][j]"), "You divided by t. That is the backward of a mean; in a sum "
                                      "every term has the slope 1 and receives the whole of ds."},
    {MISTAKE(sum_last_place), "Only one of the t places received a gradient. All of them went into "
                              "the sum, and each receives ds[i][j]."},
    {MISTAKE(sum_first_axis), "You repeated ds as a block, as if the first axis had been summed. "
                              "It was the middle one: dX[i][p][j] is ds[i][j] for every p."},
    {MISTAKE(sum_over_row), "You added up ds along j. No sum is needed here: X[i][p][j] stands in "
                            "s[i][j] only, and takes its gradient."},
    {0}};

CALL(sum_backward, n[0], n[1], n[2], a[0], a[1])

static const Exercise exercise_sum_backward = {
    .name = "sum_backward",
    .call = call_sum_backward,
    .sizes = "ntk",
    .arguments = {{"ds", IN_NORMAL, "nk", 0}, {"dX", OUT, "ntk", 0}},
    .cases = {{5, 3, 4}, {2, 5, 3}, {4, 1, 3}, {3, 4, 1}},
    .reference = JUDGE((Function)reference_sum),
    .mistakes = JUDGE(sum_mistakes),
};

/* -- 8. tape_backward ------------------------------------------------------------------------- */

/* A chain from node to node, so that the loss depends on nearly all that came before, and other
 * parents at random; one product of a node with itself. Nodes 0 and 1 are inputs. In every third
 * row no parent stands in the first place, and that of the chain in the last. */
static void prepare_tape(int which, const int n[], void *const a[])
{
    (void)which;
    int k = n[1];
    real(*slope)[k] = a[0];
    int(*parent)[k] = a[1];
    for (int i = 0; i < n[0]; i++) {
        bool input = i == 0 || (i == 1 && n[0] > 2);
        int chain = i % 3 == 2 ? k - 1 : 0;
        for (int m = 0; m < k; m++) {
            bool empty = input || m < chain;
            parent[i][m] = empty ? -1 : m == chain || i == 3 ? i - 1 : parent[i][m] % (i + 1) - 1;
            slope[i][m] = parent[i][m] < 0 ? 0 : slope[i][m];
        }
    }
}

static void reference_tape(int n, int k, int loss, const real slope[n][k], const int parent[n][k],
                           real grad[n])
{
    for (int j = n - 1; j >= 0; j--) {
        grad[j] = j == loss;
        for (int i = j + 1; i <= loss; i++)
            for (int m = 0; m < k; m++)
                grad[j] += parent[i][m] == j ? slope[i][m] * grad[i] : 0;
    }
}

static void tape_from_the_end(int n, int k, int loss, const real slope[n][k],
                              const int parent[n][k], real grad[n])
{
    (void)loss;
    reference_tape(n, k, n - 1, slope, parent, grad);
}

static void tape_later_nodes_too(int n, int k, int loss, const real slope[n][k],
                                 const int parent[n][k], real grad[n])
{
    for (int j = n - 1; j >= 0; j--) {
        grad[j] = j >= loss;
        for (int i = j + 1; i < n && j < loss; i++)
            for (int m = 0; m < k; m++)
                grad[j] += parent[i][m] == j ? slope[i][m] * grad[i] : 0;
    }
}

static void tape_up_to_a_gap(int n, int k, int loss, const real slope[n][k], const int parent[n][k],
                             real grad[n])
{
    for (int i = 0; i < n; i++)
        grad[i] = i == loss;
    for (int i = loss; i >= 0; i--)
        for (int m = 0; m < k && parent[i][m] >= 0; m++)
            grad[parent[i][m]] += slope[i][m] * grad[i];
}

static void tape_push_sums(int n, int k, int i, const real slope[n][k], const int parent[n][k],
                           real grad[n])
{
    for (int m = 0; m < k; m++)
        if (parent[i][m] >= 0) {
            grad[parent[i][m]] += slope[i][m] * grad[i];
            tape_push_sums(n, k, parent[i][m], slope, parent, grad);
        }
}

static void tape_recursive(int n, int k, int loss, const real slope[n][k], const int parent[n][k],
                           real grad[n])
{
    for (int i = 0; i < n; i++)
        grad[i] = i == loss;
    tape_push_sums(n, k, loss, slope, parent, grad);
}

static void tape_later_unwritten(int n, int k, int loss, const real slope[n][k],
                                 const int parent[n][k], real grad[n])
{
    reference_tape(loss + 1, k, loss, slope, parent, grad);
}

static const Mistake tape_mistakes[] = {
    {TURNED("accumulate:grad[parent[i][m]]+="),
     "You wrote = where += belongs. A node that is used twice receives two gradients, and what "
     "arrives last must not wipe out what was there."},
    {TURNED("runs-once:for(int i=loss;i>=0;i--)"),
     "You walked from the front, where nothing has arrived yet, so only the parents of the loss "
     "got anything. Begin at the loss and go down to 0."},
    {MISTAKE(tape_from_the_end), "You began at the last node. The gradients asked for are those of "
                                 "the node `loss`: it gets the 1, and nodes after it get 0."},
    {MISTAKE(tape_later_nodes_too), "You gave the nodes behind the loss a gradient of 1 as well. "
                                    "The loss does not depend on them; theirs is 0."},
    {TURNED("runs-once:for(int m=0;m<k;m++)"),
     "Only the first parent of each node received anything. Each of its k parents gets slope times "
     "gradient."},
    {MISTAKE(tape_up_to_a_gap),
     "You went on to the next node at the first -1. It says that in this place there is no parent; "
     "one may stand in a later place. Leave out the -1 alone."},
    {MISTAKE(tape_recursive), "You passed a node's gradient on before it was complete, and again "
                              "when more arrived. A node must have heard from all who use it "
                              "first: walk the tape from the loss down, each node once."},
    {MISTAKE(tape_later_unwritten),
     "The nodes behind the loss were left unwritten. The loss does not depend on them, so their "
     "gradient is zero, and zero has to be written."},
    {0}};

CALL(tape_backward, n[0], n[1], n[2], a[0], a[1], a[2])

static const Exercise exercise_tape_backward = {
    .name = "tape_backward",
    .call = call_tape_backward,
    .sizes = "nkl",
    .arguments = {{"slope", IN_NORMAL, "nk", 0},
                  {"parent", IN_INDEX, "nk", 'n'},
                  {"grad", OUT, "n", 0}},
    .cases = {{9, 2, 6}, {2, 3, 1}, {7, 1, 5}, {11, 3, 10}},
    .prepare = JUDGE(prepare_tape),
    .reference = JUDGE((Function)reference_tape),
    .mistakes = JUDGE(tape_mistakes),
};

/* -- all, in their order ----------------------------------------------------------------------- */

static const Exercise *const exercises[] = {
    &exercise_mul_backward, &exercise_relu_backward,  &exercise_tanh_backward,
    &exercise_pow_backward, &exercise_reuse_backward, &exercise_outer_sum_backward,
    &exercise_sum_backward, &exercise_tape_backward,  NULL};

const Check check = {"02_tape", exercises};
