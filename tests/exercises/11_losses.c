/* 11_losses.c: how the answers to exercises 11 are judged. The references take a derivative apart
 * another way than the solutions: by cases of the definition, through hyperbolic tangents, through
 * whole Jacobians. */
#include "11_losses.h"

#include <stdbool.h>

#include "check.h"

/* -- shared by the references and the mistakes ------------------------------------------------- */

static void scale(int n, real factor, real x[n])
{
    for (int i = 0; i < n; i++)
        x[i] *= factor;
}

static real sign(real d)
{
    return (real)((d > 0) - (d < 0));
}

/* Multiples of 1/4, of which two can be equal. */
static void make_coarse(int n, real x[n])
{
    for (int i = 0; i < n; i++)
        x[i] = round(4 * x[i]) / 4;
}

/* -- 1. quantile_backward --------------------------------------------------------------------- */

/* Another q each time; from the second case on one x is exactly right. */
static void prepare_quantile(int which, const int n[], void *const a[])
{
    static const real quantiles[] = {0.9, 0.25, 0.7};
    *(real *)a[0] = quantiles[which % 3];
    if (which > 0)
        ((real *)a[1])[n[0] / 2] = ((real *)a[2])[n[0] / 2];
}

/* max(q d, (q - 1) d) = |d| / 2 + (q - 1/2) d with d = t - x, so dx = sign(x - t) / 2 + 1/2 - q */
static void reference_quantile(int n, real q, const real x[n], const real t[n], real dx[n])
{
    for (int i = 0; i < n; i++)
        dx[i] = x[i] == t[i] ? 0 : (sign(x[i] - t[i]) / 2 + (real)0.5 - q) / (real)n;
}

static void quantile_sides_swapped(int n, real q, const real x[n], const real t[n], real dx[n])
{
    reference_quantile(n, 1 - q, x, t, dx);
}

static void quantile_l1(int n, real q, const real x[n], const real t[n], real dx[n])
{
    for (int i = 0; i < n; i++)
        dx[i] = q * sign(x[i] - t[i]) / (real)n;
}

static const Mistake quantile_mistakes[] = {
    {MISTAKE(quantile_sides_swapped), "You swapped the two slopes. Where x is below t the loss is "
                                      "q (t - x): its slope is -q there, and 1 - q above."},
    {TURNED("wrong-sign:x[i]<t[i]?-q:x[i]>t[i]?1-q:0"),
     "This is the gradient of t. In q (t - x) the x stands with a minus: turn every sign."},
    {TURNED("missing-divisor:(real)n"),
     "You forgot 1/n. The loss is the mean over the n elements."},
    {TURNED("equal:x[i]>t[i]<->="), "Where x is exactly t you still pushed. On the kink the "
                                    "gradient is to be 0; ask for < and for > separately."},
    {MISTAKE(quantile_l1),
     "You used the same slope on both sides. Below t it is -q, above t it is 1 - q."},
    {0}};

CALL(quantile_backward, n[0], VALUE(a[0]), a[1], a[2], a[3])

static const Exercise exercise_quantile_backward = {
    .name = "quantile_backward",
    .call = call_quantile_backward,
    .sizes = "n",
    .arguments = {{"q", IN_PREPARED, "", 0},
                  {"x", IN_NORMAL, "n", 0},
                  {"t", IN_NORMAL, "n", 0},
                  {"dx", OUT, "n", 0}},
    .cases = {{9}, {2}, {20}, {5}},
    .reference = JUDGE((Function)reference_quantile),
    .prepare = JUDGE(prepare_quantile),
    .mistakes = JUDGE(quantile_mistakes),
};

/* -- 2. masked_mse_backward ------------------------------------------------------------------- */

/* Zeros and ones, at least one of each. In one case a t that nobody has measured is NaN. */
static void prepare_masked(int which, const int n[], void *const a[])
{
    int size = n[0] * n[1], *known = a[2];
    real *t = a[1];
    for (int k = 0; k < size; k++)
        known[k] = (k * 7 + which) % 3 != 0;
    known[0] = 1;
    known[size - 1] = 0;
    for (int k = 0; k < size && which == 1; k++)
        t[k] = known[k] ? t[k] : NAN;
}

static int count_known(int size, const int known[size])
{
    int m = 0;
    for (int k = 0; k < size; k++)
        m += known[k];
    return m;
}

/* d (x - t)^2 = (x - t) dx + dx (x - t), and both halves weigh 1 / m */
static void masked_over(int n, int c, real m, const real x[n][c], const real t[n][c],
                        const int known[n][c], real dx[n][c])
{
    for (int i = n - 1; i >= 0; i--)
        for (int j = 0; j < c; j++) {
            real half = known[i][j] ? x[i][j] / m - t[i][j] / m : 0;
            dx[i][j] = half + half;
        }
}

static void reference_masked(int n, int c, const real x[n][c], const real t[n][c],
                             const int known[n][c], real dx[n][c])
{
    masked_over(n, c, (real)count_known(n * c, *known), x, t, known, dx);
}

static void masked_divided_by_all(int n, int c, const real x[n][c], const real t[n][c],
                                  const int known[n][c], real dx[n][c])
{
    masked_over(n, c, (real)(n * c), x, t, known, dx);
}

static void masked_divided_by_rows(int n, int c, const real x[n][c], const real t[n][c],
                                   const int known[n][c], real dx[n][c])
{
    masked_over(n, c, (real)n, x, t, known, dx);
}

static void masked_by_factor(int n, int c, const real x[n][c], const real t[n][c],
                             const int known[n][c], real dx[n][c])
{
    real m = (real)count_known(n * c, *known);
    for (int i = 0; i < n; i++)
        for (int j = 0; j < c; j++)
            dx[i][j] = 2 * (real)known[i][j] * (x[i][j] - t[i][j]) / m;
}

static void masked_target_only(int n, int c, const real x[n][c], const real t[n][c],
                               const int known[n][c], real dx[n][c])
{
    real m = (real)count_known(n * c, *known);
    for (int i = 0; i < n; i++)
        for (int j = 0; j < c; j++)
            dx[i][j] = 2 * (x[i][j] - (known[i][j] ? t[i][j] : 0)) / m;
}

static void masked_unwritten(int n, int c, const real x[n][c], const real t[n][c],
                             const int known[n][c], real dx[n][c])
{
    real right[n][c];
    reference_masked(n, c, x, t, known, right);
    for (int i = 0; i < n; i++)
        for (int j = 0; j < c; j++)
            if (known[i][j])
                dx[i][j] = right[i][j];
}

static const Mistake masked_mistakes[] = {
    {MISTAKE(masked_divided_by_all),
     "You divided by n c. The mean is over the m elements that are known: count them first."},
    {MISTAKE(masked_divided_by_rows), "You divided by n. The mean is over elements, not over rows, "
                                      "and only over the m that are known."},
    {TURNED("missing-factor:2"), "You lost the 2. The derivative of d^2 is 2 d."},
    {TURNED("no-condition:known[i][j]"),
     "The unknown elements still pull. They are not in the loss, so their gradient is zero."},
    {MISTAKE(masked_by_factor), "You multiplied by known. What stands in t where nothing is known "
                                "may be NaN, and 0 times NaN is NaN: choose, do not multiply."},
    {MISTAKE(masked_target_only), "Where nothing is known you compared x with 0. Nothing is known "
                                  "there: the gradient is zero, whatever x is."},
    {MISTAKE(masked_unwritten), "The unknown elements were left unwritten. No gradient means zero, "
                                "and zero has to be written."},
    {0}};

CALL(masked_mse_backward, n[0], n[1], a[0], a[1], a[2], a[3])

static const Exercise exercise_masked_mse_backward = {
    .name = "masked_mse_backward",
    .call = call_masked_mse_backward,
    .sizes = "nc",
    .arguments = {{"x", IN_NORMAL, "nc", 0},
                  {"t", IN_NORMAL, "nc", 0},
                  {"known", IN_INDEX, "nc", 'c'},
                  {"dx", OUT, "nc", 0}},
    .cases = {{7, 4}, {2, 5}, {3, 8}, {6, 1}},
    .reference = JUDGE((Function)reference_masked),
    .prepare = JUDGE(prepare_masked),
    .mistakes = JUDGE(masked_mistakes),
};

/* -- 3. huber_backward ------------------------------------------------------------------------ */

/* Never delta 1, where Huber's loss and smooth L1 are the same; some differences are delta. */
static void prepare_huber(int which, const int n[], void *const a[])
{
    static const real deltas[] = {0.5, 0.75, 1.25};
    real delta = *(real *)a[0] = deltas[which % 3], *x = a[1], *t = a[2];
    make_coarse(n[0], t);
    x[0] = t[0] + 3 * delta;
    x[n[0] - 1] = t[n[0] - 1] - delta / 2;
    for (int i = 1; i < n[0] - 1; i += 3)
        x[i] = t[i] - delta;
}

/* d^2 / 2 - e^2 / 2 with e = max(0, |d| - delta), what is cut off:   d - e sign(d) */
static void reference_huber(int n, real delta, const real x[n], const real t[n], real dx[n])
{
    for (int i = 0; i < n; i++) {
        real d = x[i] - t[i], cut = fmax(fabs(d) - delta, (real)0);
        dx[i] = (d - cut * sign(d)) / (real)n;
    }
}

static void huber_slope_one(int n, real delta, const real x[n], const real t[n], real dx[n])
{
    for (int i = 0; i < n; i++) {
        real d = x[i] - t[i];
        dx[i] = (fabs(d) < delta ? d : sign(d)) / (real)n;
    }
}

static void huber_never_cut(int n, real delta, const real x[n], const real t[n], real dx[n])
{
    (void)delta;
    for (int i = 0; i < n; i++)
        dx[i] = (x[i] - t[i]) / (real)n;
}

static void huber_no_sign(int n, real delta, const real x[n], const real t[n], real dx[n])
{
    for (int i = 0; i < n; i++)
        dx[i] = (fabs(x[i] - t[i]) < delta ? x[i] - t[i] : delta) / (real)n;
}

static void huber_doubled(int n, real delta, const real x[n], const real t[n], real dx[n])
{
    for (int i = 0; i < n; i++) {
        real d = x[i] - t[i];
        dx[i] = (fabs(d) < delta ? 2 * d : delta * sign(d)) / (real)n;
    }
}

static const Mistake huber_mistakes[] = {
    {TURNED("over:fmax(-delta,fmin(delta,d))/(real)n<-1/delta"),
     "This is smooth L1, Huber's loss divided by delta. Here the parabola is d^2 / 2 for every "
     "delta, and its slope is d."},
    {MISTAKE(huber_slope_one),
     "Your lines have slope 1. They go on where the parabola ends, with delta times the sign."},
    {MISTAKE(huber_never_cut),
     "Far from t the loss is a straight line: its slope is delta or -delta, however large d is."},
    {MISTAKE(huber_no_sign),
     "The slope far below t is positive. On the left the loss falls: delta times the sign of d."},
    {MISTAKE(huber_doubled), "You lost the 1/2: the slope of d^2 / 2 is d, not 2 d."},
    {TURNED("missing-divisor:(real)n"),
     "You forgot 1/n. The loss is the mean over the n elements."},
    {0}};

CALL(huber_backward, n[0], VALUE(a[0]), a[1], a[2], a[3])

static const Exercise exercise_huber_backward = {
    .name = "huber_backward",
    .call = call_huber_backward,
    .sizes = "n",
    .arguments = {{"delta", IN_PREPARED, "", 0},
                  {"x", IN_NORMAL, "n", 0},
                  {"t", IN_NORMAL, "n", 0},
                  {"dx", OUT, "n", 0}},
    .cases = {{9}, {2}, {20}, {5}},
    .reference = JUDGE((Function)reference_huber),
    .prepare = JUDGE(prepare_huber),
    .mistakes = JUDGE(huber_mistakes),
};

/* -- 4. weighted_bce_backward ----------------------------------------------------------------- */

/* Targets between 0 and 1, some of them either; from the second case on there are large logits. */
static void prepare_bce(int which, const int n[], void *const a[])
{
    static const real weights[] = {3, 0.5, 7};
    real *z = a[1], *t = a[2];
    *(real *)a[0] = weights[which % 3];
    for (int i = 0; i < n[0]; i++)
        t[i] = i % 3 == 0 ? 1 : i % 3 == 1 ? 0 : 1 / (1 + t[i] * t[i]);
    for (int i = 0; i < n[0] && which > 0; i += 2)
        z[i] += i % 4 ? -1000 : 1000;
}

static real probability(real z)
{
    return (1 + tanh(z / 2)) / 2;
}

/* ln p has the slope 1 - p, ln(1 - p) the slope -p; 1 - p is the probability of -z */
static void reference_bce(int n, real w, const real z[n], const real t[n], real dz[n])
{
    for (int i = 0; i < n; i++) {
        real yes = w * t[i] * probability(-z[i]), no = (1 - t[i]) * probability(z[i]);
        dz[i] = (no - yes) / (real)n;
    }
}

static void bce_weight_on_no(int n, real w, const real z[n], const real t[n], real dz[n])
{
    reference_bce(n, 1 / w, z, t, dz);
    scale(n, w, dz);
}

static void bce_overflows(int n, real w, const real z[n], const real t[n], real dz[n])
{
    for (int i = 0; i < n; i++) {
        real p = exp(z[i]) / (1 + exp(z[i]));
        dz[i] = ((1 - t[i]) * p - w * t[i] * (1 - p)) / (real)n;
    }
}

static void bce_of_p(int n, real w, const real z[n], const real t[n], real dz[n])
{
    for (int i = 0; i < n; i++) {
        real p = probability(z[i]);
        dz[i] = ((1 - t[i]) / (1 - p) - w * t[i] / p) / (real)n;
    }
}

static const Mistake bce_mistakes[] = {
    {TURNED("times:(1-t[i])*p<-w"),
     "You weighted the whole loss. Only yes counts w times: w belongs to t ln p and not to "
     "(1 - t) ln(1 - p)."},
    {TURNED("times:t[i]<-w"), "p - w t has the weight on the target only. The term w t ln p has "
                              "the slope w t (1 - p), with w in both of its parts."},
    {MISTAKE(bce_weight_on_no), "You gave the weight to no. It belongs to t ln p."},
    {TURNED("missing-factor:w"), "This is p - t, the gradient without the weight. Differentiate "
                                 "the two terms separately; the first is w times as large."},
    {MISTAKE(bce_overflows), "Your formula is right and e^z is infinite for a logit of 1000. Write "
                             "p as 1 / (1 + e^-z), which is never more than 1."},
    {MISTAKE(bce_of_p), "This is dp. It still has to go through the sigmoid, whose slope p (1 - p) "
                        "takes both denominators away."},
    {TURNED("missing-divisor:(real)n"),
     "You forgot 1/n. The loss is the mean over the n elements."},
    {0}};

CALL(weighted_bce_backward, n[0], VALUE(a[0]), a[1], a[2], a[3])

static const Exercise exercise_weighted_bce_backward = {
    .name = "weighted_bce_backward",
    .call = call_weighted_bce_backward,
    .sizes = "n",
    .arguments = {{"w", IN_PREPARED, "", 0},
                  {"z", IN_NORMAL, "n", 0},
                  {"t", IN_NORMAL, "n", 0},
                  {"dz", OUT, "n", 0}},
    .cases = {{9}, {2}, {20}, {5}},
    .reference = JUDGE((Function)reference_bce),
    .prepare = JUDGE(prepare_bce),
    .mistakes = JUDGE(bce_mistakes),
};

/* -- 5. margin_backward ----------------------------------------------------------------------- */

/* p 1 and 2 in turn; scores are multiples of 1/4 and so are the margins, and each first row has a
 * score that is exactly the margin behind. */
static void prepare_margin(int which, const int n[], void *const a[])
{
    static const real margins[] = {1, 0.75, 1.5, 0.5};
    int c = n[1], *y = a[4];
    real margin = *(real *)a[1] = margins[which % 4], (*z)[c] = a[3];
    *(int *)a[0] = 1 + which % 2;
    make_coarse(n[0] * c, *z);
    z[0][(y[0] + 1) % c] = z[0][y[0]] - margin;
    if (c > 3) { /* two that come too near */
        z[n[0] - 1][(y[n[0] - 1] + 2) % c] = z[n[0] - 1][y[n[0] - 1]] + (real)0.5;
        z[n[0] - 1][(y[n[0] - 1] + 3) % c] = z[n[0] - 1][y[n[0] - 1]];
    }
}

typedef struct {
    bool once, unweighted, weight_of_column, kink_pushes, nothing_to_right, half;
    int p, divisor; /* 0: as it should be */
} MarginOf;

/* The sum over i and j, each term of which moves two scores. */
static void margin_as(MarginOf is, int n, int c, int p, real margin, const real w[c],
                      const real z[n][c], const int y[n], real dz[n][c])
{
    for (int i = 0; i < n; i++)
        for (int j = 0; j < c; j++)
            dz[i][j] = 0;
    p = is.p ? is.p : p;
    for (int i = 0; i < n; i++) {
        bool pulled = is.nothing_to_right;
        for (int j = c - 1; j >= 0; j--) {
            real m = z[i][j] - (z[i][y[i]] - margin);
            if (j == y[i] || m < 0 || (m == 0 && !is.kink_pushes))
                continue;
            real weight = is.unweighted ? 1 : w[is.weight_of_column ? j : y[i]];
            real push = (p == 1    ? 1
                         : is.half ? m
                                   : m + m) *
                        weight / (real)(n * (is.divisor ? is.divisor : c));
            dz[i][j] += push;
            dz[i][y[i]] -= pulled ? 0 : push;
            pulled = is.once || is.nothing_to_right;
        }
    }
}

static void reference_margin(int n, int c, int p, real margin, const real w[c], const real z[n][c],
                             const int y[n], real dz[n][c])
{
    margin_as((MarginOf){.once = false}, n, c, p, margin, w, z, y, dz);
}

static void margin_once(int n, int c, int p, real margin, const real w[c], const real z[n][c],
                        const int y[n], real dz[n][c])
{
    margin_as((MarginOf){.once = true}, n, c, p, margin, w, z, y, dz);
}

static const Mistake margin_mistakes[] = {
    {MISTAKE(margin_once), "The right class got one push, however many classes come too near. Its "
                           "score stands in the margin of each of them: add them all up."},
    {TURNED("missing-term:dz[i][j]"),
     "You pushed the others down and forgot the right class. Its score stands in every margin with "
     "a minus, so it gets minus the sum of the others."},
    {TURNED("missing-factor:w[y[i]]"),
     "This is the gradient without weights. All of row i counts w[y[i]] times."},
    {TURNED("index:y[i]<-j#2"),
     "You weighted each column with w[j]. The weight belongs to the row's right class, w[y[i]]."},
    {TURNED("(c-1)-for-c:m>0&&j!=y[i]?w[y[i]]*(p==1?1:2*m)/(real)(n*c):0"),
     "You divided by c - 1. There are that many terms, but this loss is divided by the number of "
     "classes, c."},
    {TURNED("no-condition:p==1"),
     "You left p out. The slope of m^p is p m^(p-1): 1 where p is 1, 2 m where it is 2."},
    {TURNED("missing-factor:2"), "You lost the 2. With p = 2 the slope of m^2 is 2 m."},
    {TURNED("equal:m>0<->="), "A score that is exactly the margin behind was still pushed. On the "
                              "kink, m = 0, there is no gradient: ask for m > 0."},
    {0}};

CALL(margin_backward, n[0], n[1], *(const int *)a[0], VALUE(a[1]), a[2], a[3], a[4], a[5])

static const Exercise exercise_margin_backward = {
    .name = "margin_backward",
    .call = call_margin_backward,
    .sizes = "nc",
    .arguments = {{"p", IN_INDEX, "", 'c'},
                  {"margin", IN_PREPARED, "", 0},
                  {"w", IN_POSITIVE, "c", 0},
                  {"z", IN_NORMAL, "nc", 0},
                  {"y", IN_INDEX, "n", 'c'},
                  {"dz", OUT, "nc", 0}},
    .cases = {{7, 4}, {2, 5}, {3, 8}, {1, 6}},
    .reference = JUDGE((Function)reference_margin),
    .prepare = JUDGE(prepare_margin),
    .mistakes = JUDGE(margin_mistakes),
};

/* -- 6. cosine_backward ----------------------------------------------------------------------- */

/* d cos / d a = (1 - u u^T) v / |a| with unit vectors u = a / |a| and v = b / |b|: what is left of
 * v without its part along u */
static void one_side(int n, int d, const real dcosine[n], const real a[n][d], const real b[n][d],
                     real da[n][d])
{
    for (int i = 0; i < n; i++) {
        real aa = 0, bb = 0;
        for (int j = 0; j < d; j++) {
            aa += a[i][j] * a[i][j];
            bb += b[i][j] * b[i][j];
        }
        for (int j = 0; j < d; j++) {
            da[i][j] = 0;
            for (int l = 0; l < d; l++) {
                real projected = (real)(l == j) - a[i][j] * a[i][l] / aa;
                da[i][j] += dcosine[i] * projected * b[i][l] / sqrt(bb) / sqrt(aa);
            }
        }
    }
}

#define COSINE                                                                                  \
    int n, int d, const real dcosine[n], const real a[n][d], const real b[n][d], real da[n][d], \
        real db[n][d]

static void reference_cosine(COSINE)
{
    one_side(n, d, dcosine, a, b, da);
    one_side(n, d, dcosine, b, a, db);
}

static real length(int d, const real x[d])
{
    real sum = 0;
    for (int j = 0; j < d; j++)
        sum += x[j] * x[j];
    return sqrt(sum);
}

static void cosine_same_for_both(COSINE)
{
    one_side(n, d, dcosine, a, b, da);
    one_side(n, d, dcosine, a, b, db);
}

static void cosine_opposite(COSINE)
{
    one_side(n, d, dcosine, a, b, da);
    one_side(n, d, dcosine, a, b, db);
    scale(n * d, -1, *db);
}

static void cosine_of_unit_vectors(COSINE)
{
    reference_cosine(n, d, dcosine, a, b, da, db);
    for (int i = 0; i < n; i++)
        for (int j = 0; j < d; j++) {
            da[i][j] *= length(d, a[i]);
            db[i][j] *= length(d, b[i]);
        }
}

static void cosine_of_dot(COSINE)
{
    for (int i = 0; i < n; i++)
        for (int j = 0; j < d; j++) {
            da[i][j] = dcosine[i] * b[i][j];
            db[i][j] = dcosine[i] * a[i][j];
        }
}

static const Mistake cosine_mistakes[] = {
    {TURNED("missing-term:a[i][j]*b[i][j]"),
     "You held the lengths constant. Vector a is also in |a|, in the denominator: that takes off "
     "cosine a / |a|^2, and da . a becomes 0."},
    {TURNED("wrong-sign:a[i][j]*b[i][j]"),
     "You added the path through the length. It leads through a denominator, so it is taken off: b "
     "/ (|a| |b|) - cosine a / |a|^2."},
    {MISTAKE(cosine_same_for_both), "You wrote the same to db as to da. In db the names are "
                                    "swapped: a / (|a| |b|) - cosine b / |b|^2."},
    {MISTAKE(cosine_opposite), "db is not -da: the cosine does not depend on the difference of a "
                               "and b. Swap the names in the formula instead."},
    {TURNED("twins+missing-factor:dcosine[i]"),
     "You left out what comes from above. Every element of row i is multiplied by dcosine[i]."},
    {MISTAKE(cosine_of_unit_vectors),
     "Your da is too long by |a|, and your db by |b|. This is the gradient of the unit vectors; "
     "dividing by the length comes once more on the way back."},
    {MISTAKE(cosine_of_dot),
     "This is the gradient of the dot product. The cosine is divided by both lengths."},
    {0}};

CALL(cosine_backward, n[0], n[1], a[0], a[1], a[2], a[3], a[4])

static const Exercise exercise_cosine_backward = {
    .name = "cosine_backward",
    .call = call_cosine_backward,
    .sizes = "nd",
    .arguments = {{"dcosine", IN_NORMAL, "n", 0},
                  {"a", IN_NORMAL, "nd", 0},
                  {"b", IN_NORMAL, "nd", 0},
                  {"da", OUT, "nd", 0},
                  {"db", OUT, "nd", 0}},
    .cases = {{7, 4}, {2, 5}, {3, 8}, {1, 6}},
    .reference = JUDGE((Function)reference_cosine),
    .mistakes = JUDGE(cosine_mistakes),
};

/* -- 7. reverse_kl_backward ------------------------------------------------------------------- */

/* dq = ln(q / p) + 1, through the softmax: dz_j = sum_l q_l (1[l = j] - q_j) dq_l */
static void reverse_kl_as(real constant, real logarithm, int n, int c, const real q[n][c],
                          const real p[n][c], real dz[n][c])
{
    for (int i = 0; i < n; i++)
        for (int j = 0; j < c; j++) {
            dz[i][j] = 0;
            for (int l = 0; l < c; l++)
                dz[i][j] += q[i][l] * ((real)(l == j) - q[i][j]) *
                            (logarithm * (log(q[i][l]) - log(p[i][l])) + constant) / (real)n;
        }
}

#define REVERSE_KL int n, int c, const real q[n][c], const real p[n][c], real dz[n][c]

static void reference_reverse_kl(REVERSE_KL)
{
    reverse_kl_as(1, 1, n, c, q, p, dz);
}

static void reverse_kl_forward(REVERSE_KL)
{
    for (int i = 0; i < n; i++)
        for (int j = 0; j < c; j++)
            dz[i][j] = (q[i][j] - p[i][j]) / (real)n;
}

static void reverse_kl_one_kept(REVERSE_KL)
{
    reference_reverse_kl(n, c, q, p, dz);
    for (int i = 0; i < n; i++)
        for (int j = 0; j < c; j++)
            dz[i][j] += q[i][j] / (real)n;
}

static void reverse_kl_of_q(REVERSE_KL)
{
    for (int i = 0; i < n; i++)
        for (int j = 0; j < c; j++)
            dz[i][j] = (log(q[i][j] / p[i][j]) + 1) / (real)n;
}

static void reverse_kl_diagonal(REVERSE_KL)
{
    for (int i = 0; i < n; i++)
        for (int j = 0; j < c; j++)
            dz[i][j] = q[i][j] * (1 - q[i][j]) * (log(q[i][j] / p[i][j]) + 1) / (real)n;
}

static const Mistake reverse_kl_mistakes[] = {
    {MISTAKE(reverse_kl_forward), "(q - p) / n is the gradient of KL with p in front of the "
                                  "logarithm. Here q stands in front, and it moves too."},
    {TURNED("missing-term:divergence"),
     "The second half of the softmax is missing: every score moves the sum that all of the row is "
     "divided by. Take the row's own divergence off the logarithm."},
    {MISTAKE(reverse_kl_one_kept),
     "A 1 was left over. It comes from q ln q and goes to all classes alike, so the softmax takes "
     "it off again; your rows should sum to 0."},
    {MISTAKE(reverse_kl_of_q),
     "This is dq. It still has to go through the softmax: dz = q (dq - sum_l q_l dq_l)."},
    {MISTAKE(reverse_kl_diagonal), "You let each q answer only to its own score. It answers to all "
                                   "of them: q_l falls by q_l q_j when score j rises."},
    {TURNED("missing-divisor:(real)n"), "You forgot 1/n. The loss is the mean over the n rows."},
    {TURNED("wrong-sign:q[i][j]*(log(q[i][j]/p[i][j])-divergence)/(real)n"),
     "Your logarithm is upside down, ln(p / q): the gradient leads away from p."},
    {0}};

CALL(reverse_kl_backward, n[0], n[1], a[0], a[1], a[2])

static const Exercise exercise_reverse_kl_backward = {
    .name = "reverse_kl_backward",
    .call = call_reverse_kl_backward,
    .sizes = "nc",
    .arguments = {{"q", IN_PROBS, "nc", 0}, {"p", IN_PROBS, "nc", 0}, {"dz", OUT, "nc", 0}},
    .cases = {{7, 4}, {2, 5}, {3, 8}, {1, 6}},
    .reference = JUDGE((Function)reference_reverse_kl),
    .mistakes = JUDGE(reverse_kl_mistakes),
};

/* -- 8. latent_kl_backward -------------------------------------------------------------------- */

#define LATENT_KL                                                                   \
    int n, int d, const real mean[n][d], const real logvar[n][d], real dmean[n][d], \
        real dlogvar[n][d]

/* Through the deviation s = e^(logvar / 2): ds = s - 1 / s and dlogvar = ds s / 2 */
static void reference_latent_kl(LATENT_KL)
{
    for (int i = 0; i < n; i++)
        for (int j = 0; j < d; j++) {
            real s = exp(logvar[i][j] / 2);
            dmean[i][j] = (mean[i][j] + mean[i][j]) / (real)(2 * n);
            dlogvar[i][j] = (s - 1 / s) * s / 2 / (real)n;
        }
}

static void latent_kl_over_all(LATENT_KL)
{
    reference_latent_kl(n, d, mean, logvar, dmean, dlogvar);
    scale(n * d, 1 / (real)d, *dmean);
    scale(n * d, 1 / (real)d, *dlogvar);
}

static void latent_kl_summed(LATENT_KL)
{
    reference_latent_kl(n, d, mean, logvar, dmean, dlogvar);
    scale(n * d, (real)n, *dmean);
    scale(n * d, (real)n, *dlogvar);
}

static void latent_kl_doubled(LATENT_KL)
{
    reference_latent_kl(n, d, mean, logvar, dmean, dlogvar);
    scale(n * d, 2, *dmean);
    scale(n * d, 2, *dlogvar);
}

static void latent_kl_deviation(LATENT_KL)
{
    reference_latent_kl(n, d, mean, logvar, dmean, dlogvar);
    for (int i = 0; i < n; i++)
        for (int j = 0; j < d; j++)
            dlogvar[i][j] = (exp(2 * logvar[i][j]) - 1) / (real)n;
}

static void latent_kl_variance(LATENT_KL)
{
    reference_latent_kl(n, d, mean, logvar, dmean, dlogvar);
    for (int i = 0; i < n; i++)
        for (int j = 0; j < d; j++)
            dlogvar[i][j] = (1 - exp(-logvar[i][j])) / (real)(2 * n);
}

static const Mistake latent_kl_mistakes[] = {
    {MISTAKE(latent_kl_over_all), "You divided by n d. The sum over the d numbers of a code stays "
                                  "a sum; only the n codes are averaged."},
    {MISTAKE(latent_kl_summed), "You forgot 1/n. The loss is the mean over the n codes."},
    {MISTAKE(latent_kl_doubled), "You lost the 1/2 in front of the bracket. The 2 of mean^2 and "
                                 "the 1/2 cancel, and dlogvar keeps its half."},
    {MISTAKE(latent_kl_deviation), "You took logvar for the logarithm of the deviation. It is that "
                                   "of the variance: e^logvar is already squared."},
    {MISTAKE(latent_kl_variance),
     "This is the gradient of the variance. By the chain rule it is multiplied by e^logvar on its "
     "way to logvar: (e^logvar - 1) / 2."},
    {TURNED("missing-term:1"), "You lost the - logvar. Its slope is -1, and it keeps the variance "
                               "from shrinking to nothing."},
    {TURNED("times-1/2:mean[i][j]/(real)n"),
     "Your dmean has a 1/2 too many: the slope of mean^2 / 2 is the mean itself."},
    {0}};

CALL(latent_kl_backward, n[0], n[1], a[0], a[1], a[2], a[3])

static const Exercise exercise_latent_kl_backward = {
    .name = "latent_kl_backward",
    .call = call_latent_kl_backward,
    .sizes = "nd",
    .arguments = {{"mean", IN_NORMAL, "nd", 0},
                  {"logvar", IN_NORMAL, "nd", 0},
                  {"dmean", OUT, "nd", 0},
                  {"dlogvar", OUT, "nd", 0}},
    .cases = {{7, 4}, {2, 5}, {3, 8}, {4, 1}},
    .reference = JUDGE((Function)reference_latent_kl),
    .mistakes = JUDGE(latent_kl_mistakes),
};

/* -- all, in their order ----------------------------------------------------------------------- */

static const Exercise *const exercises[] = {
    &exercise_quantile_backward,     &exercise_masked_mse_backward, &exercise_huber_backward,
    &exercise_weighted_bce_backward, &exercise_margin_backward,     &exercise_cosine_backward,
    &exercise_reverse_kl_backward,   &exercise_latent_kl_backward,  NULL};

const Check check = {"11_losses", exercises};
