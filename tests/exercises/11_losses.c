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

#define QUANTILE int n, real q, const real x[n], const real t[n], real dx[n]

/* Another q each time; from the second case on one x is exactly right. */
static void prepare_quantile(int which, const int n[], void *const a[])
{
    static const real quantiles[] = {0.9, 0.25, 0.7};
    *(real *)a[0] = quantiles[which % 3];
    if (which > 0)
        ((real *)a[1])[n[0] / 2] = ((real *)a[2])[n[0] / 2];
}

/* max(q d, (q - 1) d) = |d| / 2 + (q - 1/2) d with d = t - x, so dx = sign(x - t) / 2 + 1/2 - q */
static void reference_quantile(QUANTILE)
{
    for (int i = 0; i < n; i++)
        dx[i] = x[i] == t[i] ? 0 : (sign(x[i] - t[i]) / 2 + (real)0.5 - q) / (real)n;
}

static void quantile_sides_swapped(QUANTILE)
{
    reference_quantile(n, 1 - q, x, t, dx);
}

static void quantile_l1(QUANTILE)
{
    for (int i = 0; i < n; i++)
        dx[i] = q * sign(x[i] - t[i]) / (real)n;
}

static void quantile_slopes(real below, real above, int n, const real x[n], const real t[n],
                            real dx[n])
{
    for (int i = 0; i < n; i++)
        dx[i] = (x[i] < t[i] ? below : x[i] > t[i] ? above : 0) / (real)n;
}

static void quantile_plain_l1(QUANTILE)
{
    (void)q;
    quantile_slopes(-1, 1, n, x, t, dx);
}

static void quantile_at_half(QUANTILE)
{
    (void)q;
    quantile_slopes(-0.5, 0.5, n, x, t, dx);
}

static void quantile_above_on_both(QUANTILE)
{
    quantile_slopes(q - 1, 1 - q, n, x, t, dx);
}

static void quantile_loss(QUANTILE)
{
    reference_quantile(n, q, x, t, dx);
    for (int i = 0; i < n; i++)
        dx[i] *= x[i] - t[i];
}

static void quantile_of_square(QUANTILE)
{
    reference_quantile(n, q, x, t, dx);
    for (int i = 0; i < n; i++)
        dx[i] *= fabs(x[i] - t[i]);
}

static void quantile_by_quotient(QUANTILE)
{
    for (int i = 0; i < n; i++)
        dx[i] = ((x[i] - t[i]) / fabs(x[i] - t[i]) / 2 + (real)0.5 - q) / (real)n;
}

static void quantile_over_missed(QUANTILE)
{
    int missed = 0;
    for (int i = 0; i < n; i++)
        missed += x[i] != t[i];
    reference_quantile(n, q, x, t, dx);
    scale(n, (real)n / (real)missed, dx);
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
    {MISTAKE(quantile_plain_l1), "This is the gradient of plain L1. Here each side has a slope of "
                                 "its own: -q below t, 1 - q above it."},
    {MISTAKE(quantile_at_half),
     "This is the gradient for q = 1/2. In general the slope is -q below t and 1 - q above it."},
    {MISTAKE(quantile_above_on_both),
     "You used the same slope on both sides. Below t it is -q, above t it is 1 - q."},
    {TURNED("reversed:x[i]>t[i]<-<"), "Where x is above t you left no slope. The other side of the "
                                      "max counts there, (1 - q) (x - t): its slope is 1 - q."},
    {TURNED("never:x[i]<t[i]"), "Where x is below t you left no slope. The other side of the max "
                                "counts there, q (t - x): its slope is -q."},
    {MISTAKE(quantile_loss), "This is the loss of each element. Its gradient is the slope alone, "
                             "without the distance x - t."},
    {MISTAKE(quantile_of_square),
     "The slopes are multiplied by the distance from t, as under a squared loss. This loss is made "
     "of straight lines: the slope is the same at any distance."},
    {TURNED("equal:x[i]<t[i]<-<="), "Where x is exactly t you still pushed. On the kink the "
                                    "gradient is to be 0; ask for < and for > separately."},
    {MISTAKE(quantile_by_quotient),
     "Where x is exactly t you divided 0 by 0. Do not make the sign by a quotient: ask for < and "
     "for >, and write 0 if neither holds."},
    {MISTAKE(quantile_over_missed), "You did not count the elements that are exactly right. Their "
                                    "gradient is 0, but the mean is over all n."},
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

#define MASKED \
    int n, int c, const real x[n][c], const real t[n][c], const int known[n][c], real dx[n][c]

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

static void reference_masked(MASKED)
{
    masked_over(n, c, (real)count_known(n * c, *known), x, t, known, dx);
}

static void masked_divided_by_all(MASKED)
{
    masked_over(n, c, (real)(n * c), x, t, known, dx);
}

static void masked_divided_by_rows(MASKED)
{
    masked_over(n, c, (real)n, x, t, known, dx);
}

static void masked_by_factor(MASKED)
{
    real m = (real)count_known(n * c, *known);
    for (int i = 0; i < n; i++)
        for (int j = 0; j < c; j++)
            dx[i][j] = 2 * (real)known[i][j] * (x[i][j] - t[i][j]) / m;
}

static void masked_target_only(MASKED)
{
    real m = (real)count_known(n * c, *known);
    for (int i = 0; i < n; i++)
        for (int j = 0; j < c; j++)
            dx[i][j] = 2 * (x[i][j] - (known[i][j] ? t[i][j] : 0)) / m;
}

static void masked_unwritten(MASKED)
{
    real right[n][c];
    reference_masked(n, c, x, t, known, right);
    for (int i = 0; i < n; i++)
        for (int j = 0; j < c; j++)
            if (known[i][j])
                dx[i][j] = right[i][j];
}

/* Where what is known was counted row by row. */
static void masked_over_own_rows(int n, int c, real rows, const real x[n][c], const real t[n][c],
                                 const int known[n][c], real dx[n][c])
{
    for (int i = 0; i < n; i++)
        masked_over(1, c, rows * (real)count_known(c, known[i]), &x[i], &t[i], &known[i], &dx[i]);
}

static void masked_row_by_row(MASKED)
{
    masked_over_own_rows(n, c, 1, x, t, known, dx);
}

static void masked_mean_of_means(MASKED)
{
    masked_over_own_rows(n, c, (real)n, x, t, known, dx);
}

static void masked_column_by_column(MASKED)
{
    reference_masked(n, c, x, t, known, dx);
    for (int j = 0; j < c; j++) {
        int m = 0;
        for (int i = 0; i < n; i++)
            m += known[i][j];
        for (int i = 0; i < n; i++)
            dx[i][j] *= m ? (real)count_known(n * c, *known) / (real)m : 0;
    }
}

static void masked_over_known_rows(MASKED)
{
    int rows = 0;
    for (int i = 0; i < n; i++)
        rows += count_known(c, known[i]) > 0;
    masked_over(n, c, (real)rows, x, t, known, dx);
}

static void masked_over_gaps(MASKED)
{
    masked_over(n, c, (real)(n * c - count_known(n * c, *known)), x, t, known, dx);
}

static void masked_loss(MASKED)
{
    reference_masked(n, c, x, t, known, dx);
    for (int i = 0; i < n; i++)
        for (int j = 0; j < c; j++)
            dx[i][j] *= known[i][j] ? (x[i][j] - t[i][j]) / 2 : 0;
}

static void masked_absolute(MASKED)
{
    reference_masked(n, c, x, t, known, dx);
    for (int i = 0; i < n; i++)
        for (int j = 0; j < c; j++)
            dx[i][j] = sign(dx[i][j]) / (real)count_known(n * c, *known);
}

/* A gap is where t is NaN, and m the number of these elements. */
static void masked_by_nan_over(int n, int c, real m, const real x[n][c], const real t[n][c],
                               real dx[n][c])
{
    for (int i = 0; i < n; i++)
        for (int j = 0; j < c; j++)
            dx[i][j] = isnan(t[i][j]) ? 0 : 2 * (x[i][j] - t[i][j]) / m;
}

static void masked_by_nan(MASKED)
{
    masked_by_nan_over(n, c, (real)count_known(n * c, *known), x, t, dx);
}

static void masked_counted_by_nan(MASKED)
{
    int m = 0;
    (void)known;
    for (int i = 0; i < n; i++)
        for (int j = 0; j < c; j++)
            m += !isnan(t[i][j]);
    masked_by_nan_over(n, c, (real)m, x, t, dx);
}

static void masked_whole_rows(MASKED)
{
    reference_masked(n, c, x, t, known, dx);
    for (int i = 0; i < n; i++)
        for (int j = 0; j < c; j++)
            dx[i][j] = count_known(c, known[i]) == c ? dx[i][j] : 0;
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
    {MISTAKE(masked_row_by_row), "You counted the known elements of each row by itself. m is one "
                                 "number for all: count over i and j before the first division."},
    {MISTAKE(masked_mean_of_means),
     "You took the mean of each row, and the mean of these. m is one number for all: every known "
     "element weighs 1/m, whatever row it is in."},
    {MISTAKE(masked_column_by_column),
     "You counted the known elements of each column by itself. m is one number for all: count over "
     "i and j before the first division."},
    {MISTAKE(masked_over_known_rows),
     "You divided by the number of rows in which something is known. The mean is over elements: "
     "count each that is known."},
    {MISTAKE(masked_over_gaps),
     "You divided by the number of gaps. The mean is over the m elements that are known."},
    {MISTAKE(masked_loss),
     "This is the loss of each element, (x - t)^2 / m. Its slope is 2 (x - t) / m."},
    {MISTAKE(masked_absolute),
     "This is the gradient of |x - t|. The loss has the square, whose slope is 2 (x - t)."},
    {MISTAKE(masked_by_nan), "You left out where t is NaN. What stands in t where nothing is known "
                             "may be anything, NaN or not: ask known."},
    {MISTAKE(masked_counted_by_nan),
     "You left out where t is NaN, and counted the others. What stands in t where nothing is known "
     "may be anything, NaN or not: ask known."},
    {MISTAKE(masked_whole_rows), "You left out whole rows for one gap in them. What is known of a "
                                 "row still counts: ask known[i][j] for each element."},
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

#define HUBER int n, real delta, const real x[n], const real t[n], real dx[n]

/* Never delta 1, where Huber's loss and smooth L1 are the same; some differences are delta, and one
 * lies on one side of it while its square lies on the other; one x is positive and far below its t.
 */
static void prepare_huber(int which, const int n[], void *const a[])
{
    static const real deltas[] = {0.5, 0.75, 1.25};
    real delta = *(real *)a[0] = deltas[which % 3], *x = a[1], *t = a[2];
    make_coarse(n[0], t);
    x[0] = t[0] + 3 * delta;
    x[n[0] - 1] = t[n[0] - 1] - delta / 2;
    for (int i = 1; i < n[0] - 1; i += 3)
        x[i] = t[i] - delta;
    if (n[0] > 3) {
        x[2] = t[2] + (delta + sqrt(delta)) / 2;
        t[3] = 2;
        x[3] = t[3] - delta * (real)1.5;
    }
}

/* d^2 / 2 - e^2 / 2 with e = max(0, |d| - delta), what is cut off:   d - e sign(d) */
static void reference_huber(HUBER)
{
    for (int i = 0; i < n; i++) {
        real d = x[i] - t[i], cut = fmax(fabs(d) - delta, (real)0);
        dx[i] = (d - cut * sign(d)) / (real)n;
    }
}

static void huber_slope_one(HUBER)
{
    for (int i = 0; i < n; i++) {
        real d = x[i] - t[i];
        dx[i] = (fabs(d) < delta ? d : sign(d)) / (real)n;
    }
}

static void huber_never_cut(HUBER)
{
    (void)delta;
    for (int i = 0; i < n; i++)
        dx[i] = (x[i] - t[i]) / (real)n;
}

static void huber_no_sign(HUBER)
{
    for (int i = 0; i < n; i++)
        dx[i] = (fabs(x[i] - t[i]) < delta ? x[i] - t[i] : delta) / (real)n;
}

static void huber_doubled(HUBER)
{
    for (int i = 0; i < n; i++) {
        real d = x[i] - t[i];
        dx[i] = (fabs(d) < delta ? 2 * d : delta * sign(d)) / (real)n;
    }
}

/* One slope where |d| < delta, another elsewhere. */
typedef real SlopeOf(real d, real delta);

static void huber_of(SlopeOf *inside, SlopeOf *outside, HUBER)
{
    for (int i = 0; i < n; i++) {
        real d = x[i] - t[i];
        dx[i] = (fabs(d) < delta ? inside(d, delta) : outside(d, delta)) / (real)n;
    }
}

static real distance(real d, real delta)
{
    (void)delta;
    return d;
}

static real constant(real d, real delta)
{
    return delta * sign(d);
}

static real nothing(real d, real delta)
{
    (void)d, (void)delta;
    return 0;
}

static real half_distance(real d, real delta)
{
    (void)delta;
    return d / 2;
}

static real parabola(real d, real delta)
{
    (void)delta;
    return d * d / 2;
}

static real line(real d, real delta)
{
    return delta * (fabs(d) - delta / 2);
}

static real steep_line(real d, real delta)
{
    return delta * d;
}

static real steep_distance(real d, real delta)
{
    return delta * fabs(d);
}

static real lowered(real d, real delta)
{
    return delta * (sign(d) - delta / 2);
}

static real halved(real d, real delta)
{
    return delta * sign(d) / 2;
}

static real beyond(real d, real delta)
{
    return d - delta * sign(d);
}

static void huber_loss_outside(HUBER)
{
    huber_of(distance, line, n, delta, x, t, dx);
}

static void huber_loss(HUBER)
{
    huber_of(parabola, line, n, delta, x, t, dx);
}

static void huber_loss_inside(HUBER)
{
    huber_of(parabola, constant, n, delta, x, t, dx);
}

static void huber_exchanged(HUBER)
{
    huber_of(constant, distance, n, delta, x, t, dx);
}

static void huber_distance_kept(HUBER)
{
    huber_of(distance, steep_line, n, delta, x, t, dx);
}

static void huber_distance_kept_positive(HUBER)
{
    huber_of(distance, steep_distance, n, delta, x, t, dx);
}

static void huber_constant_kept(HUBER)
{
    huber_of(distance, lowered, n, delta, x, t, dx);
}

static void huber_halved_inside(HUBER)
{
    huber_of(half_distance, constant, n, delta, x, t, dx);
}

static void huber_halved_outside(HUBER)
{
    huber_of(distance, halved, n, delta, x, t, dx);
}

static void huber_far_ignored(HUBER)
{
    huber_of(distance, nothing, n, delta, x, t, dx);
}

static void huber_near_ignored(HUBER)
{
    huber_of(nothing, constant, n, delta, x, t, dx);
}

static void huber_only_beyond(HUBER)
{
    huber_of(nothing, beyond, n, delta, x, t, dx);
}

static void huber_cut_after_mean(HUBER)
{
    for (int i = 0; i < n; i++)
        dx[i] = fmax(-delta, fmin(delta, (x[i] - t[i]) / (real)n));
}

static void huber_whole_part_compared(HUBER)
{
    for (int i = 0; i < n; i++) {
        real d = x[i] - t[i];
        dx[i] = (trunc(fabs(d)) < delta ? d : delta * sign(d)) / (real)n;
    }
}

static void huber_square_compared(HUBER)
{
    for (int i = 0; i < n; i++) {
        real d = x[i] - t[i];
        dx[i] = (d * d < delta ? d : delta * sign(d)) / (real)n;
    }
}

static void huber_sign_of_x(HUBER)
{
    for (int i = 0; i < n; i++) {
        real d = x[i] - t[i];
        dx[i] = (fabs(d) < delta ? d : delta * sign(x[i])) / (real)n;
    }
}

static void huber_zero_at_delta(HUBER)
{
    reference_huber(n, delta, x, t, dx);
    for (int i = 0; i < n; i++)
        dx[i] = fabs(x[i] - t[i]) == delta ? 0 : dx[i];
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
    {MISTAKE(huber_loss_outside), "Where |d| is delta or more you wrote the loss, delta (|d| - "
                                  "delta / 2). Its slope is delta times the sign of d."},
    {MISTAKE(huber_loss), "This is the loss of each element. Its slope is d where |d| < delta, and "
                          "delta times the sign of d elsewhere."},
    {MISTAKE(huber_loss_inside), "Where |d| < delta you wrote the loss, d^2 / 2. Its slope is d."},
    {MISTAKE(huber_exchanged), "The two pieces are exchanged. Where |d| < delta the slope is d; "
                               "elsewhere it is delta times the sign of d."},
    {MISTAKE(huber_distance_kept),
     "Where |d| is delta or more your slope still grows with d. The loss is a straight line there: "
     "its slope is delta times the sign of d."},
    {MISTAKE(huber_distance_kept_positive),
     "Where |d| is delta or more your slope still grows with |d|. The loss is a straight line "
     "there: |d| has the slope 1 or -1, the sign of d."},
    {MISTAKE(huber_constant_kept), "The delta / 2 in the bracket is a constant and has no slope. "
                                   "Of delta (|d| - delta / 2) delta times the sign of d is left."},
    {MISTAKE(huber_halved_inside), "Your slope near t has a 1/2 too many. The slope of d^2 / 2 is "
                                   "d: the 2 of the square and the 1/2 cancel."},
    {MISTAKE(huber_halved_outside), "Your slope far from t has a 1/2 too many. The slope of delta "
                                    "(|d| - delta / 2) is delta times the sign of d."},
    {MISTAKE(huber_far_ignored), "Far from t you left no slope. The loss still grows there, as a "
                                 "straight line: delta times the sign of d."},
    {MISTAKE(huber_near_ignored),
     "Where |d| < delta you left no slope. The loss is a parabola there: its slope is d."},
    {MISTAKE(huber_only_beyond),
     "You kept what is cut off. What is wanted is what is left: d cut off at delta and -delta."},
    {MISTAKE(huber_cut_after_mean),
     "You cut off at delta after dividing by n. The loss of each element has the slope d, cut off "
     "at delta; the mean divides that."},
    {TURNED("absolute:d"), "Your slope is never negative. Below t the loss falls as x grows: cut d "
                           "off at delta and -delta, with its sign."},
    {TURNED("second-alone:fmax(-delta,fmin(delta,d))"),
     "Far below t your slope is d, however large. It is |d| that is compared with delta: far below "
     "t the slope is -delta."},
    {MISTAKE(huber_whole_part_compared),
     "You compared the whole part of |d| with delta. abs() is for whole numbers and cuts off what "
     "stands behind the point; fabs() is for reals."},
    {MISTAKE(huber_square_compared), "You compared d^2 with delta. It is |d| that is compared."},
    {MISTAKE(huber_sign_of_x), "Far from t your slope has the sign of x. It is on which side of t "
                               "x lies that counts: the sign of x - t."},
    {MISTAKE(huber_zero_at_delta),
     "Where |d| is exactly delta you wrote 0. There is no kink there: parabola and line meet with "
     "the same slope, delta times the sign of d."},
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

#define BCE int n, real w, const real z[n], const real t[n], real dz[n]

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
static void reference_bce(BCE)
{
    for (int i = 0; i < n; i++) {
        real yes = w * t[i] * probability(-z[i]), no = (1 - t[i]) * probability(z[i]);
        dz[i] = (no - yes) / (real)n;
    }
}

static void bce_weight_on_no(BCE)
{
    reference_bce(n, 1 / w, z, t, dz);
    scale(n, w, dz);
}

static void bce_overflows(BCE)
{
    for (int i = 0; i < n; i++) {
        real p = exp(z[i]) / (1 + exp(z[i]));
        dz[i] = ((1 - t[i]) * p - w * t[i] * (1 - p)) / (real)n;
    }
}

static void bce_of_p(BCE)
{
    for (int i = 0; i < n; i++) {
        real p = probability(z[i]);
        dz[i] = ((1 - t[i]) / (1 - p) - w * t[i] / p) / (real)n;
    }
}

static void bce_weighted_mean(BCE)
{
    real sum = 0;
    for (int i = 0; i < n; i++)
        sum += w * t[i] + 1 - t[i];
    reference_bce(n, w, z, t, dz);
    scale(n, (real)n / sum, dz);
}

static void bce_over_yes(BCE)
{
    real sum = 0;
    for (int i = 0; i < n; i++)
        sum += t[i];
    reference_bce(n, w, z, t, dz);
    scale(n, (real)n / sum, dz);
}

static void bce_weight_between(BCE)
{
    for (int i = 0; i < n; i++)
        dz[i] = (w * t[i] + 1 - t[i]) * (probability(z[i]) - t[i]) / (real)n;
}

/* Where t is above the threshold, the whole element counts w times. */
static void bce_weight_above(real threshold, BCE)
{
    for (int i = 0; i < n; i++)
        dz[i] = (t[i] > threshold ? w : 1) * (probability(z[i]) - t[i]) / (real)n;
}

static void bce_weight_above_half(BCE)
{
    bce_weight_above(0.5, n, w, z, t, dz);
}

static void bce_weight_above_0(BCE)
{
    bce_weight_above(0, n, w, z, t, dz);
}

static void bce_weight_at_1(BCE)
{
    bce_weight_above((real)(1 - 1e-9), n, w, z, t, dz);
}

static void bce_rounded(BCE)
{
    real yes[n];
    for (int i = 0; i < n; i++)
        yes[i] = t[i] > 0.5;
    reference_bce(n, w, z, yes, dz);
}

static void bce_weight_on_p(BCE)
{
    for (int i = 0; i < n; i++)
        dz[i] = (w * probability(z[i]) - t[i]) / (real)n;
}

static void bce_of_z(BCE)
{
    for (int i = 0; i < n; i++)
        dz[i] = ((1 - t[i]) * z[i] - w * t[i] * (1 - z[i])) / (real)n;
}

static void bce_no_log(BCE)
{
    for (int i = 0; i < n; i++) {
        real slope = probability(z[i]) * probability(-z[i]);
        dz[i] = (1 - t[i] - w * t[i]) * slope / (real)n;
    }
}

static void bce_weight_in_sigmoid(BCE)
{
    for (int i = 0; i < n; i++)
        dz[i] = (probability(w * z[i]) - t[i]) / (real)n;
}

static void bce_not_cancelled(BCE)
{
    for (int i = 0; i < n; i++) {
        real p = 1 / (1 + exp(-z[i]));
        dz[i] = ((1 - t[i]) / (1 - p) - w * t[i] / p) * p * (1 - p) / (real)n;
    }
}

/* The same with a denominator that is never 0. */
static void bce_patched(BCE)
{
    reference_bce(n, w, z, t, dz);
    for (int i = 0; i < n; i++)
        dz[i] = fabs(z[i]) > 100 ? 0 : dz[i];
}

static const Mistake bce_mistakes[] = {
    {TURNED("times:(1-t[i])*p<-w"), "You weighted the whole loss. Only yes counts w times: w "
                                    "belongs to t ln p and not to (1 - t) ln(1 - p)."},
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
    {MISTAKE(bce_weighted_mean),
     "You divided by the sum of the weights. This loss is divided by n, whatever w is."},
    {MISTAKE(bce_over_yes),
     "You divided by the sum of t. The mean is over all n elements, yes or no."},
    {MISTAKE(bce_weight_between),
     "You multiplied p - t by w t + 1 - t. That is right for t = 0 and 1; between them both terms "
     "count, each by its own part: (1 - t) p - w t (1 - p)."},
    {MISTAKE(bce_weight_above_half),
     "You weighted the whole of p - t where t is above 1/2. Between 0 and 1 both terms count, and "
     "w belongs to the first: (1 - t) p - w t (1 - p)."},
    {MISTAKE(bce_weight_above_0),
     "You weighted the whole of p - t where t is above 0. Between 0 and 1 both terms count, and w "
     "belongs to the first: (1 - t) p - w t (1 - p)."},
    {MISTAKE(bce_weight_at_1), "You weighted only where t is 1. A t between 0 and 1 is in part a "
                               "yes: (1 - t) p - w t (1 - p)."},
    {MISTAKE(bce_rounded),
     "You made 0 or 1 of t. Between them both terms of the loss count: (1 - t) p - w t (1 - p)."},
    {MISTAKE(bce_weight_on_p), "w p - t has the weight on p only. The term w t ln p has the slope "
                               "w t (1 - p), the other one (1 - t) p without w."},
    {MISTAKE(bce_of_z), "You took z for p. z is the logit: p is 1 / (1 + e^-z)."},
    {MISTAKE(bce_no_log), "The logarithms are left out: this has the slope of p, p (1 - p), alone. "
                          "That of ln p is 1 - p, that of ln(1 - p) is -p."},
    {MISTAKE(bce_weight_in_sigmoid),
     "You multiplied z by w. The weight stands in the loss, before t ln p: p itself has none."},
    {MISTAKE(bce_not_cancelled), "p (1 - p) is 0 for sure scores, and 0/0 is NaN. On paper the "
                                 "denominators cancel: w t (1 - p) and (1 - t) p are left."},
    {MISTAKE(bce_patched),
     "Where the score is sure, and wrong, your gradient is 0, and it should be largest. With p (1 "
     "- p) in it, it comes out as 0: cancel that on paper."},
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

#define MARGIN                                                                             \
    int n, int c, int p, real margin, const real w[c], const real z[n][c], const int y[n], \
        real dz[n][c]

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
static void margin_as(MarginOf is, MARGIN)
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

static void reference_margin(MARGIN)
{
    margin_as((MarginOf){.once = false}, n, c, p, margin, w, z, y, dz);
}

static void margin_once(MARGIN)
{
    margin_as((MarginOf){.once = true}, n, c, p, margin, w, z, y, dz);
}

/* Classes before the right one are lost to it: its own turn in the loop wipes out what it has. */
static void margin_wiped_out(MARGIN)
{
    reference_margin(n, c, p, margin, w, z, y, dz);
    for (int i = 0; i < n; i++)
        for (int j = 0; j < y[i]; j++)
            dz[i][y[i]] += dz[i][j];
}

/* The right answer, but for what pushes each class that comes too near. */
typedef real PushOf(int p, real m, real all, int violations, int c);

static void margin_pushes(PushOf *push, MARGIN)
{
    for (int i = 0; i < n; i++) {
        real all = 0, sum = 0;
        int violations = 0;
        for (int j = 0; j < c; j++) {
            real m = margin - z[i][y[i]] + z[i][j];
            all += m > 0 && j != y[i] ? m : 0;
            violations += m > 0 && j != y[i];
        }
        for (int j = 0; j < c; j++) {
            real m = margin - z[i][y[i]] + z[i][j], weight = w[y[i]] / (real)(n * c);
            dz[i][j] = m > 0 && j != y[i] ? weight * push(p, m, all, violations, c) : 0;
            sum += dz[i][j];
        }
        dz[i][y[i]] = -sum;
    }
}

static real the_loss(int p, real m, real all, int violations, int c)
{
    (void)all, (void)violations, (void)c;
    return p == 1 ? m : m * m;
}

static real of_squared_sum(int p, real m, real all, int violations, int c)
{
    (void)m, (void)violations, (void)c;
    return p == 1 ? 1 : 2 * all;
}

static real over_violations(int p, real m, real all, int violations, int c)
{
    (void)all;
    return (p == 1 ? 1 : 2 * m) * (real)c / (real)violations;
}

static void margin_loss(MARGIN)
{
    margin_pushes(the_loss, n, c, p, margin, w, z, y, dz);
}

static void margin_of_squared_sum(MARGIN)
{
    margin_pushes(of_squared_sum, n, c, p, margin, w, z, y, dz);
}

static void margin_over_violations(MARGIN)
{
    margin_pushes(over_violations, n, c, p, margin, w, z, y, dz);
}

/* Only the class that comes nearest, the first of them. */
static void margin_nearest(MARGIN)
{
    reference_margin(n, c, p, margin, w, z, y, dz);
    for (int i = 0; i < n; i++) {
        int nearest = y[i] == 0 && c > 1 ? 1 : 0;
        for (int j = 0; j < c; j++)
            nearest = j != y[i] && z[i][j] > z[i][nearest] ? j : nearest;
        for (int j = 0; j < c; j++)
            dz[i][j] = j == nearest ? dz[i][j] : 0;
        dz[i][y[i]] = -dz[i][nearest];
    }
}

static void margin_right_counts(MARGIN)
{
    reference_margin(n, c, p, margin, w, z, y, dz);
    for (int i = 0; i < n; i++) {
        int violations = 0;
        for (int j = 0; j < c; j++)
            violations += j != y[i] && dz[i][j] != 0;
        dz[i][y[i]] = -w[y[i]] * (real)violations / (real)(n * c);
    }
}

static void margin_right_weighted(MARGIN)
{
    reference_margin(n, c, p, margin, w, z, y, dz);
    for (int i = 0; i < n; i++)
        for (int j = 0; j < c; j++)
            dz[i][j] /= j == y[i] ? 1 : w[y[i]];
}

static void margin_weighted_mean(MARGIN)
{
    real sum = 0;
    for (int i = 0; i < n; i++)
        sum += w[y[i]];
    reference_margin(n, c, p, margin, w, z, y, dz);
    scale(n * c, (real)n / sum, *dz);
}

static void margin_turned(MARGIN)
{
    real opposite[n][c];
    for (int i = 0; i < n; i++)
        for (int j = 0; j < c; j++)
            opposite[i][j] = -z[i][j];
    reference_margin(n, c, p, margin, w, opposite, y, dz);
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
    {MISTAKE(margin_wiped_out),
     "The right class lost what the classes before it had sent: its own turn in the loop, j = "
     "y[i], wrote over it. Leave j = y[i] out, or collect in a sum and store that last."},
    {MISTAKE(margin_loss),
     "You wrote the loss, m^p, where its slope belongs: 1 where p is 1, 2 m where it is 2."},
    {MISTAKE(margin_of_squared_sum), "You squared the sum of a row. Each max(0, m[i][j]) is "
                                     "squared by itself: its slope is 2 m[i][j], with its own m."},
    {MISTAKE(margin_over_violations), "You divided by the number of classes that come too near. "
                                      "This loss is divided by the number of classes, c."},
    {MISTAKE(margin_nearest), "You pushed only the class that comes nearest. Every class with m > "
                              "0 is in the sum, and all of them push."},
    {MISTAKE(margin_right_counts),
     "The right class got one push for each class that comes too near, whatever p is. With p = 2 "
     "each push is 2 m: it gets minus the sum of the others."},
    {MISTAKE(margin_right_weighted),
     "Only the right class is weighted. All of row i counts w[y[i]] times, the others, too."},
    {MISTAKE(margin_weighted_mean), "You divided by the weights of the rows. This loss is divided "
                                    "by n c, whatever the weights are."},
    {MISTAKE(margin_turned), "The scores in your m have the wrong signs. The right class is to be "
                             "ahead: m = margin - z[i][y[i]] + z[i][j]."},
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

/* da is dcosine (other b + own a), and db likewise. */
typedef struct {
    real other, own;
} Parts;

typedef Parts PartsOf(real ab, real aa, real bb);

static void cosine_of_parts(PartsOf *parts_of, COSINE)
{
    for (int i = 0; i < n; i++) {
        real aa = length(d, a[i]) * length(d, a[i]), bb = length(d, b[i]) * length(d, b[i]), ab = 0;
        for (int j = 0; j < d; j++)
            ab += a[i][j] * b[i][j];
        Parts left = parts_of(ab, aa, bb), right = parts_of(ab, bb, aa);
        for (int j = 0; j < d; j++) {
            da[i][j] = dcosine[i] * (left.other * b[i][j] + left.own * a[i][j]);
            db[i][j] = dcosine[i] * (right.other * a[i][j] + right.own * b[i][j]);
        }
    }
}

static Parts own_length(real ab, real aa, real bb)
{
    return (Parts){1 / sqrt(aa * bb), -ab / sqrt(aa * bb) / sqrt(aa)};
}

static Parts other_length(real ab, real aa, real bb)
{
    return (Parts){1 / sqrt(aa * bb), -ab / sqrt(aa * bb) / bb};
}

static Parts both_lengths(real ab, real aa, real bb)
{
    return (Parts){1 / sqrt(aa * bb), -ab / (aa * bb)};
}

static Parts one_length(real ab, real aa, real bb)
{
    (void)ab, (void)aa;
    return (Parts){1 / sqrt(bb), 0};
}

static Parts length_only(real ab, real aa, real bb)
{
    return (Parts){0, -ab / sqrt(aa * bb) / aa};
}

static Parts other_vector(real ab, real aa, real bb)
{
    real cosine = ab / sqrt(aa * bb);
    return (Parts){1 / sqrt(aa * bb) - cosine / bb, 0};
}

static Parts other_vector_own_length(real ab, real aa, real bb)
{
    real cosine = ab / sqrt(aa * bb);
    return (Parts){1 / sqrt(aa * bb) - cosine / aa, 0};
}

static void cosine_own_length(COSINE)
{
    cosine_of_parts(own_length, n, d, dcosine, a, b, da, db);
}

static void cosine_other_length(COSINE)
{
    cosine_of_parts(other_length, n, d, dcosine, a, b, da, db);
}

static void cosine_both_lengths(COSINE)
{
    cosine_of_parts(both_lengths, n, d, dcosine, a, b, da, db);
}

static void cosine_one_length(COSINE)
{
    cosine_of_parts(one_length, n, d, dcosine, a, b, da, db);
}

static void cosine_length_only(COSINE)
{
    cosine_of_parts(length_only, n, d, dcosine, a, b, da, db);
}

static void cosine_other_vector(COSINE)
{
    cosine_of_parts(other_vector, n, d, dcosine, a, b, da, db);
}

static void cosine_other_vector_own_length(COSINE)
{
    cosine_of_parts(other_vector_own_length, n, d, dcosine, a, b, da, db);
}

static void cosine_exchanged(COSINE)
{
    reference_cosine(n, d, dcosine, a, b, db, da);
}

static void cosine_elementwise(COSINE)
{
    for (int i = 0; i < n; i++) {
        real la = length(d, a[i]), lb = length(d, b[i]);
        for (int j = 0; j < d; j++) {
            da[i][j] = dcosine[i] * b[i][j] / (la * lb) * (1 - a[i][j] * a[i][j] / (la * la));
            db[i][j] = dcosine[i] * a[i][j] / (la * lb) * (1 - b[i][j] * b[i][j] / (lb * lb));
        }
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
    {MISTAKE(cosine_own_length),
     "In the path through the length you divided by |a|, and by |b| in db. It is the square that "
     "belongs there: cosine a / |a|^2, cosine b / |b|^2."},
    {MISTAKE(cosine_other_length),
     "In the path through the length stands the square of the other vector's length. It leads "
     "through the vector's own: cosine a / |a|^2 in da, cosine b / |b|^2 in db."},
    {MISTAKE(cosine_both_lengths),
     "You divided both terms by |a| |b|. The path through the length is divided by the square of "
     "one: cosine a / |a|^2 in da, cosine b / |b|^2 in db."},
    {TURNED("instead:ab<-lengths"), "The cosine is missing in the path through the length. What is "
                                    "taken off is cosine a / |a|^2 in da, cosine b / |b|^2 in db."},
    {TURNED("missing-divisor:lengths"), "In the path through the length stands the dot product, "
                                        "and the cosine belongs there: divide it by |a| |b|."},
    {TURNED("no-call:sqrt(aa*bb)"), "The square roots are left out: the dot product is divided by "
                                    "|a| |b|, which is the root of |a|^2 |b|^2."},
    {MISTAKE(cosine_one_length), "Only one of the two lengths is there. The cosine is divided by "
                                 "|a| and |b|, and a is in |a|, too: take cosine a / |a|^2 off."},
    {TURNED("times-2:a[i][j]*b[i][j]"),
     "What is taken off is twice what it should be. The slope of |a| is a / |a|: the 2 of the "
     "square and the 1/2 of the root cancel."},
    {MISTAKE(cosine_length_only), "Only the path through the length is there. Vector a is in the "
                                  "dot product, too, which adds b / (|a| |b|) to da."},
    {MISTAKE(cosine_other_vector),
     "What you took off points along the other vector. The path through |a| leads to a itself: "
     "cosine a / |a|^2 in da, cosine b / |b|^2 in db."},
    {MISTAKE(cosine_other_vector_own_length),
     "What you took off points along the other vector. The path through |a| leads to a itself: "
     "cosine a / |a|^2 in da, cosine b / |b|^2 in db."},
    {TURNED("instead:bb<-aa#2"), "In db all names are swapped. The path through the length of b is "
                                 "divided by |b|^2, where |a|^2 was left."},
    {MISTAKE(cosine_exchanged),
     "You exchanged da and db: what belongs in the one stands in the other."},
    {MISTAKE(cosine_elementwise),
     "You let each element of a feel only its own product in the dot product. Its length divides "
     "all of them: what is taken off has the whole cosine in it, cosine a / |a|^2."},
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

/* dz as a function of q, ln(q / p), the divergence of the row and the plain sum of its logarithms.
 */
typedef real TermOf(real q, real logarithm, real divergence, real sum, int c);

static void reverse_kl_of(TermOf *term, REVERSE_KL)
{
    for (int i = 0; i < n; i++) {
        real divergence = 0, sum = 0;
        for (int j = 0; j < c; j++) {
            divergence += q[i][j] * log(q[i][j] / p[i][j]);
            sum += log(q[i][j] / p[i][j]);
        }
        for (int j = 0; j < c; j++)
            dz[i][j] = term(q[i][j], log(q[i][j] / p[i][j]), divergence, sum, c) / (real)n;
    }
}

static real numerator_only(real q, real logarithm, real divergence, real sum, int c)
{
    (void)divergence, (void)sum, (void)c;
    return q * (logarithm + 1);
}

static real through_log_softmax(real q, real logarithm, real divergence, real sum, int c)
{
    (void)divergence;
    return logarithm + 1 - q * (sum + (real)c);
}

static real through_log_softmax_without_1(real q, real logarithm, real divergence, real sum, int c)
{
    (void)divergence, (void)c;
    return logarithm - q * sum;
}

static real plain_mean(real q, real logarithm, real divergence, real sum, int c)
{
    (void)divergence;
    return q * (logarithm - sum / (real)c);
}

static real logarithm_only(real q, real logarithm, real divergence, real sum, int c)
{
    (void)q, (void)divergence, (void)sum, (void)c;
    return logarithm;
}

static real diagonal_of_logarithm(real q, real logarithm, real divergence, real sum, int c)
{
    (void)divergence, (void)sum, (void)c;
    return q * (1 - q) * logarithm;
}

static real bare_divergence_and_1(real q, real logarithm, real divergence, real sum, int c)
{
    (void)sum, (void)c;
    return q * (logarithm + 1) - divergence;
}

static real one_taken_off(real q, real logarithm, real divergence, real sum, int c)
{
    (void)sum, (void)c;
    return q * (logarithm - divergence - 1);
}

static void reverse_kl_numerator_only(REVERSE_KL)
{
    reverse_kl_of(numerator_only, n, c, q, p, dz);
}

static void reverse_kl_through_log_softmax(REVERSE_KL)
{
    reverse_kl_of(through_log_softmax, n, c, q, p, dz);
}

static void reverse_kl_through_log_softmax_without_1(REVERSE_KL)
{
    reverse_kl_of(through_log_softmax_without_1, n, c, q, p, dz);
}

static void reverse_kl_plain_mean(REVERSE_KL)
{
    reverse_kl_of(plain_mean, n, c, q, p, dz);
}

static void reverse_kl_logarithm_only(REVERSE_KL)
{
    reverse_kl_of(logarithm_only, n, c, q, p, dz);
}

static void reverse_kl_diagonal_of_logarithm(REVERSE_KL)
{
    reverse_kl_of(diagonal_of_logarithm, n, c, q, p, dz);
}

static void reverse_kl_bare_divergence_and_1(REVERSE_KL)
{
    reverse_kl_of(bare_divergence_and_1, n, c, q, p, dz);
}

static void reverse_kl_one_taken_off(REVERSE_KL)
{
    reverse_kl_of(one_taken_off, n, c, q, p, dz);
}

/* The divergence of all rows, over so many. */
static void reverse_kl_shared(real rows, REVERSE_KL)
{
    real all = 0;
    for (int i = 0; i < n; i++)
        for (int j = 0; j < c; j++)
            all += q[i][j] * log(q[i][j] / p[i][j]) / rows;
    for (int i = 0; i < n; i++)
        for (int j = 0; j < c; j++)
            dz[i][j] = q[i][j] * (log(q[i][j] / p[i][j]) - all) / (real)n;
}

static void reverse_kl_of_batch(REVERSE_KL)
{
    reverse_kl_shared(1, n, c, q, p, dz);
}

static void reverse_kl_of_loss(REVERSE_KL)
{
    reverse_kl_shared((real)n, n, c, q, p, dz);
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
    {MISTAKE(reverse_kl_numerator_only),
     "Only the path through the numerator of the softmax is there, q dq. Every score is in the sum "
     "under the fraction, too: take sum_l q_l dq_l off dq first, and the 1 goes with it."},
    {MISTAKE(reverse_kl_through_log_softmax),
     "dq - q sum_l dq_l is the way back through a log-softmax. This is the gradient of q itself, "
     "which goes through the softmax: q (dq - sum_l q_l dq_l)."},
    {MISTAKE(reverse_kl_through_log_softmax_without_1),
     "dq - q sum_l dq_l is the way back through a log-softmax. This is the gradient of q itself, "
     "which goes through the softmax: q (dq - sum_l q_l dq_l)."},
    {MISTAKE(reverse_kl_plain_mean),
     "You took the plain mean of the logarithms off. It is weighted by q: sum_l q_l ln(q_l / p_l), "
     "the divergence of the row."},
    {TURNED("missing-factor:q[i][j]"),
     "The logarithms in the sum that is taken off are not weighted by q. Take off sum_l q_l ln(q_l "
     "/ p_l), the divergence of the row."},
    {MISTAKE(reverse_kl_logarithm_only),
     "This is dq without its 1, which would not matter. It still has to go through the softmax: dz "
     "= q (dq - sum_l q_l dq_l)."},
    {MISTAKE(reverse_kl_diagonal_of_logarithm),
     "You let each q answer only to its own score. It answers to all of them: q_l falls by q_l q_j "
     "when score j rises."},
    {TURNED("over:divergence<-1/q[i][j]"),
     "What is taken off is not multiplied by q. The q of the softmax stands before the whole "
     "bracket: q (ln(q / p) - the divergence of the row)."},
    {MISTAKE(reverse_kl_bare_divergence_and_1),
     "What is taken off is not multiplied by q. The q of the softmax stands before the whole "
     "bracket: q (ln(q / p) - the divergence of the row)."},
    {MISTAKE(reverse_kl_one_taken_off),
     "You took a 1 off that is not there. dq is ln(q / p) + 1, and what the softmax takes off is "
     "the divergence + 1: the two cancel. Your rows should sum to 0."},
    {MISTAKE(reverse_kl_of_batch), "You took the divergence of all rows off. Each row is a softmax "
                                   "of its own: take its own divergence off."},
    {MISTAKE(reverse_kl_of_loss), "You took the loss off, the mean divergence of the rows. Each "
                                  "row is a softmax of its own: take its own divergence off."},
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

/* dmean is right; dlogvar is this slope over 2 n. */
static void latent_kl_with(real (*slope)(real logvar), LATENT_KL)
{
    reference_latent_kl(n, d, mean, logvar, dmean, dlogvar);
    for (int i = 0; i < n; i++)
        for (int j = 0; j < d; j++)
            dlogvar[i][j] = slope(logvar[i][j]) / (real)(2 * n);
}

static real deviation_less_1(real logvar)
{
    return exp(logvar / 2) - 1;
}

static real log_taken_again(real logvar)
{
    return exp(logvar) - 1 / logvar;
}

static real half_of_chain(real logvar)
{
    return exp(logvar) - exp(-logvar);
}

static real of_deviation(real logvar)
{
    return 2 * (exp(logvar / 2) - exp(-logvar / 2));
}

static void latent_kl_of_deviation_less_1(LATENT_KL)
{
    latent_kl_with(deviation_less_1, n, d, mean, logvar, dmean, dlogvar);
}

static void latent_kl_log_again(LATENT_KL)
{
    latent_kl_with(log_taken_again, n, d, mean, logvar, dmean, dlogvar);
}

static void latent_kl_half_of_chain(LATENT_KL)
{
    latent_kl_with(half_of_chain, n, d, mean, logvar, dmean, dlogvar);
}

static void latent_kl_to_deviation(LATENT_KL)
{
    latent_kl_with(of_deviation, n, d, mean, logvar, dmean, dlogvar);
}

static void latent_kl_loss(LATENT_KL)
{
    for (int i = 0; i < n; i++)
        for (int j = 0; j < d; j++) {
            dmean[i][j] = mean[i][j] * mean[i][j] / (real)(2 * n);
            dlogvar[i][j] = (exp(logvar[i][j]) - 1 - logvar[i][j]) / (real)(2 * n);
        }
}

static void latent_kl_exchanged(LATENT_KL)
{
    reference_latent_kl(n, d, mean, logvar, dlogvar, dmean);
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
    {MISTAKE(latent_kl_of_deviation_less_1),
     "e^(logvar / 2) is the deviation. The loss holds the variance, e^logvar, and its slope is "
     "e^logvar again."},
    {TURNED("times:exp(logvar[i][j])<-logvar[i][j]"),
     "You differentiated e^logvar like a power. The exponential is its own derivative: e^logvar, "
     "with no logvar before it."},
    {MISTAKE(latent_kl_log_again), "You took the slope of ln logvar. logvar is the logarithm "
                                   "already: the slope of -logvar is -1."},
    {MISTAKE(latent_kl_half_of_chain),
     "The chain rule was applied to the first term only. The slope of -logvar is -1: 1 / e^logvar "
     "is that of its logarithm, and e^logvar takes it away."},
    {MISTAKE(latent_kl_to_deviation),
     "This is the gradient of the deviation. On its way to logvar it is multiplied by half the "
     "deviation: (e^logvar - 1) / 2."},
    {MISTAKE(latent_kl_loss), "These are the terms of the loss. Their slopes are wanted: mean for "
                              "mean^2 / 2, and (e^logvar - 1) / 2."},
    {MISTAKE(latent_kl_exchanged),
     "You exchanged dmean and dlogvar: what belongs in the one stands in the other."},
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
