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

static void mul_both_terms(int n, const real dy[n], const real a[n], const real b[n], real da[n],
                           real db[n])
{
    for (int i = 0; i < n; i++)
        da[i] = db[i] = dy[i] * (a[i] + b[i]);
}

static void mul_value(int n, const real dy[n], const real a[n], const real b[n], real da[n],
                      real db[n])
{
    for (int i = 0; i < n; i++)
        da[i] = db[i] = dy[i] * a[i] * b[i];
}

static void mul_dot(int n, const real dy[n], const real a[n], const real b[n], real da[n],
                    real db[n])
{
    real of_a = 0, of_b = 0;
    for (int i = 0; i < n; i++)
        of_a += dy[i] * b[i], of_b += dy[i] * a[i];
    for (int i = 0; i < n; i++)
        da[i] = of_a, db[i] = of_b;
}

static const Mistake mul_mistakes[] = {
    {MISTAKE(mul_swapped), "You swapped the factors. Per unit of a, the product a b grows by b: da "
                           "gets b, and db gets a."},
    {TURNED("twins+missing-factor:dy[i]"),
     "You gave the slopes of y and left out how the loss reacts to y: multiply them by dy[i]."},
    {MISTAKE(mul_as_sum), "That is the backward of a sum, which hands dy on as it is. The slope of "
                          "a product is the other factor."},
    {MISTAKE(mul_both_terms), "You gave both gradients the whole product rule. Its two terms "
                              "belong to two variables: da is dy b, db is dy a."},
    {MISTAKE(mul_value), "Both a and b are in your gradient. The slope of a b by a is b alone, and "
                         "by b it is a: each is made from dy, not from the other gradient."},
    {MISTAKE(mul_dot), "You summed over i. The product is taken element by element: da[i] is dy[i] "
                       "b[i], and nothing else."},
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

static void relu_both_signs(int n, const real dy[n], const real x[n], real dx[n])
{
    for (int i = 0; i < n; i++)
        dx[i] = x[i] > 0 && dy[i] > 0 ? dy[i] : 0;
}

static void relu_ratio(int n, const real dy[n], const real x[n], real dx[n])
{
    for (int i = 0; i < n; i++)
        dx[i] = dy[i] * fmax(x[i], 0) / x[i];
}

static void relu_absolute(int n, const real dy[n], const real x[n], real dx[n])
{
    for (int i = 0; i < n; i++)
        dx[i] = x[i] > 0 ? dy[i] : x[i] < 0 ? -dy[i] : 0;
}

static void relu_half(int n, const real dy[n], const real x[n], real dx[n])
{
    for (int i = 0; i < n; i++)
        dx[i] = x[i] > 0 ? dy[i] : x[i] < 0 ? 0 : dy[i] / 2;
}

static void relu_leaky(int n, const real dy[n], const real x[n], real dx[n])
{
    for (int i = 0; i < n; i++)
        dx[i] = x[i] > 0 ? dy[i] : 0.01 * dy[i];
}

static void relu_else_x(int n, const real dy[n], const real x[n], real dx[n])
{
    for (int i = 0; i < n; i++)
        dx[i] = x[i] > 0 ? dy[i] : x[i];
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
    {MISTAKE(relu_both_signs),
     "You let dy through only where it is positive, too. What opens and shuts the gate is the sign "
     "of x; a negative dy goes through as well."},
    {MISTAKE(relu_ratio), "Where x is 0 you have NaN. Did you make the slope as y / x? That is 0/0 "
                          "there; compare x with 0."},
    {MISTAKE(relu_absolute),
     "That is the slope of |x|. Relu is flat where x is negative, and nothing comes back there."},
    {MISTAKE(relu_half), "At x = 0 you took 1/2. Any slope between 0 and 1 can be defended there; "
                         "this book, as PyTorch, takes 0."},
    {MISTAKE(relu_leaky), "Where x is negative something is left: that is a leaky relu. This one "
                          "is flat there, dx = 0."},
    {TURNED("reversed:x[i]>0<-<"),
     "You opened the gate where x is negative. Relu lets through what is positive."},
    {MISTAKE(relu_else_x), "Where x is not positive you gave x. Relu is flat there: dx = 0."},
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

static void tanh_second(int n, const real dy[n], const real y[n], real dx[n])
{
    for (int i = 0; i < n; i++)
        dx[i] = dy[i] * -2 * y[i] * (1 - y[i] * y[i]);
}

static void tanh_second_as_it_stands(int n, const real dy[n], const real y[n], real dx[n])
{
    for (int i = 0; i < n; i++)
        dx[i] = dy[i] * -2 * y[i];
}

static void tanh_square_of_difference(int n, const real dy[n], const real y[n], real dx[n])
{
    for (int i = 0; i < n; i++)
        dx[i] = dy[i] * (1 - y[i]) * (1 - y[i]);
}

static void tanh_value(int n, const real dy[n], const real y[n], real dx[n])
{
    for (int i = 0; i < n; i++)
        dx[i] = dy[i] * y[i];
}

static void tanh_of_dy(int n, const real dy[n], const real y[n], real dx[n])
{
    (void)y;
    for (int i = 0; i < n; i++)
        dx[i] = tanh(dy[i]);
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
    {TURNED("wrong-sign:y[i]*y[i]"),
     "The sign of the square: the slope of tanh is 1 - y^2, and it is never above 1."},
    {MISTAKE(tanh_second), "You differentiated twice: -2 y (1 - y^2) is the slope of the slope. "
                           "Multiply dy by 1 - y^2 itself."},
    {MISTAKE(tanh_second_as_it_stands),
     "You differentiated 1 - y^2 once more. It is the slope already."},
    {MISTAKE(tanh_square_of_difference), "You squared 1 - y. Only y is squared: 1 - y^2."},
    {TURNED("inverted:(1-y[i]*y[i])"),
     "You divided by the slope. That is the way from x to y turned round, atanh; back through the "
     "chain rule slopes multiply: dy (1 - y^2)."},
    {TURNED("rooted:(1-y[i]*y[i])"),
     "The root is too much: sqrt(1 - y^2) is the slope of a sine. That of tanh is 1 - y^2."},
    {MISTAKE(tanh_value), "You multiplied dy by y, the value of tanh. Its slope is 1 - y^2."},
    {MISTAKE(tanh_of_dy), "You took tanh of dy. What comes back is multiplied by the slope, 1 - "
                          "y^2, and not bent itself."},
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

static void pow_both_in_both(int n, const real dy[n], const real a[n], const real b[n], real da[n],
                             real db[n])
{
    for (int i = 0; i < n; i++) {
        da[i] = dy[i] * b[i] * pow(a[i], b[i] - 1);
        db[i] = dy[i] * b[i] * pow(a[i], b[i] - 1) * log(a[i]);
    }
}

static void pow_exchanged(int n, const real dy[n], const real a[n], const real b[n], real da[n],
                          real db[n])
{
    for (int i = 0; i < n; i++) {
        db[i] = dy[i] * b[i] * pow(a[i], b[i] - 1);
        da[i] = dy[i] * pow(a[i], b[i]) * log(a[i]);
    }
}

static void pow_divided_by_log(int n, const real dy[n], const real a[n], const real b[n],
                               real da[n], real db[n])
{
    for (int i = 0; i < n; i++) {
        da[i] = dy[i] * pow(a[i], b[i] + 1) / (b[i] + 1);
        db[i] = dy[i] * pow(a[i], b[i]) / log(a[i]);
    }
}

static void pow_lowered_factor(int n, const real dy[n], const real a[n], const real b[n],
                               real da[n], real db[n])
{
    for (int i = 0; i < n; i++) {
        da[i] = dy[i] * (b[i] - 1) * pow(a[i], b[i] - 1);
        db[i] = dy[i] * pow(a[i], b[i]) * log(a[i]);
    }
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
    {TURNED("moved-out:pow(a[i],b[i]-1)"), "In da you took 1 off the power. It is taken off the "
                                           "exponent: b a^(b-1), pow(a[i], b[i] - 1)."},
    {TURNED("over:dy[i]*pow(a[i],b[i])*log(a[i])<-1/a[i]"),
     "In db you lowered the exponent. It is the power rule that lowers it, for the base; the "
     "derivative of a^b by b is a^b log a."},
    {TURNED("times:dy[i]*pow(a[i],b[i])*log(a[i])<-b[i]"),
     "In db there is a b in front, as in the power rule. a^b is exp(b log a), and its derivative "
     "by b is a^b log a."},
    {MISTAKE(pow_both_in_both),
     "In db the power rule and the logarithm are both at work. Where the exponent moves it is a^b "
     "log a, no b in front and no lower exponent."},
    {MISTAKE(pow_exchanged), "da and db are exchanged: b a^(b-1) is the derivative by the base a, "
                             "a^b log a the one by the exponent b."},
    {TURNED("instead:a[i]<-b#3"), "In db the logarithm is of the base: a^b is exp(b log a)."},
    {MISTAKE(pow_divided_by_log), "You divided by log a: that is the integral of a^b over b. The "
                                  "derivative is a^b times log a."},
    {MISTAKE(pow_lowered_factor),
     "The factor that comes down is b, before it is lowered: b a^(b-1)."},
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

static void reuse_slope_of_y(int n, const real dy[n], const real x[n], const real h[n], real dx[n])
{
    for (int i = 0; i < n; i++) {
        real y = h[i] * (h[i] + x[i]);
        dx[i] = dy[i] * (h[i] + (2 * h[i] + x[i]) * (1 - y * y));
    }
}

static void reuse_product_of_slopes(int n, const real dy[n], const real x[n], const real h[n],
                                    real dx[n])
{
    (void)x;
    for (int i = 0; i < n; i++)
        dx[i] = dy[i] * (2 * h[i] + 1) * (1 - h[i] * h[i]);
}

static void reuse_dh(int n, const real dy[n], const real x[n], const real h[n], real dx[n])
{
    for (int i = 0; i < n; i++)
        dx[i] = dy[i] * (2 * h[i] + x[i]);
}

static void reuse_value(int n, const real dy[n], const real x[n], const real h[n], real dx[n])
{
    for (int i = 0; i < n; i++)
        dx[i] = dy[i] * (h[i] * h[i] + x[i] * h[i]);
}

static void reuse_slope_for_each_use(int n, const real dy[n], const real x[n], const real h[n],
                                     real dx[n])
{
    for (int i = 0; i < n; i++) {
        real slope = 1 - h[i] * h[i];
        dx[i] = dy[i] * (h[i] + x[i] * slope + 2 * h[i] * slope * slope);
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
    {TURNED("missing-term:x[i]"), "What h is owed by x h is missing. h is used in both terms: dh = "
                                  "dy (2h + x), complete before it goes on to x."},
    {TURNED("squared:2"), "What h is owed by h h went on to x twice. Add up dh first, 2h from h h "
                          "and x from x h, then send it through tanh once."},
    {TURNED("spread:2*h[i]+x[i]"), "What h is owed by x h went on to x twice. Add up dh first, 2h "
                                   "from h h and x from x h, then send it through tanh once."},
    {MISTAKE(reuse_slope_of_y),
     "You took the slope of tanh at y. It was h that came out of tanh: 1 - h^2."},
    {TURNED("twins+instead:h[i]<-x#3"),
     "You took 1 - x^2 for the slope of tanh. It is made of tanh's output: 1 - h^2."},
    {TURNED("twins+tanh-of:h[i]#3"),
     "You took tanh once more. h is tanh(x) already: its slope 1 - tanh(x)^2 is 1 - h^2."},
    {TURNED("spread:dy[i]*h[i]+dh*(1-h[i]*h[i])#2"),
     "You sent everything through tanh. The part dy h comes from the x in x h itself, and arrives "
     "without its slope."},
    {MISTAKE(reuse_product_of_slopes),
     "You multiplied the slopes of x h. The product rule is a sum: x's part is h, and h's part, x, "
     "goes on through tanh."},
    {MISTAKE(reuse_dh),
     "That is dh. It has to go on through tanh to x, and x in x h itself adds dy h."},
    {TURNED("spread:1-h[i]*h[i]"),
     "h (1 - h) is the slope of the sigmoid. That of tanh is 1 - h^2."},
    {MISTAKE(reuse_value), "You multiplied dy by y itself. Wanted is how y reacts to x: h from x "
                           "h, and (2h + x) (1 - h^2) through h."},
    {MISTAKE(reuse_slope_for_each_use), "h h got the slope of tanh twice. Its derivative by h is "
                                        "2h; from h to x the slope 1 - h^2 comes in once."},
    {TURNED("missing-factor:dy[i]"),
     "What comes through h has lost its dy. Both paths begin at y: multiply both by dy[i]."},
    {TURNED("twins+missing-factor:dy[i]"),
     "You gave the slopes of y and left out how the loss reacts to y: multiply them by dy[i]."},
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

static void outer_sum_mean_of_all(int n, int k, const real dY[n][k], real da[n], real db[k])
{
    real total = 0;
    for (int i = 0; i < n; i++)
        for (int j = 0; j < k; j++)
            total += dY[i][j];
    for (int i = 0; i < n; i++)
        da[i] = total / (n * k);
    for (int j = 0; j < k; j++)
        db[j] = total / (n * k);
}

static void outer_sum_products(int n, int k, const real dY[n][k], real da[n], real db[k])
{
    for (int i = 0; i < n; i++)
        da[i] = 1;
    for (int j = 0; j < k; j++)
        db[j] = 1;
    for (int i = 0; i < n; i++)
        for (int j = 0; j < k; j++)
            da[i] *= dY[i][j], db[j] *= dY[i][j];
}

static void outer_sum_counts(int n, int k, const real dY[n][k], real da[n], real db[k])
{
    (void)dY;
    for (int i = 0; i < n; i++)
        da[i] = k;
    for (int j = 0; j < k; j++)
        db[j] = n;
}

static const Mistake outer_sum_mistakes[] = {
    {TURNED("twins+accumulate:da[i]+="),
     "Only the last of each is left: = stands where += belongs, or it is set to zero inside the "
     "loop. a[i] was repeated over a row of Y and b[j] down a column; repeated forward is summed "
     "backward."},
    {MISTAKE(outer_sum_mean), "You took means. Each use of a[i] reaches the loss in full, so their "
                              "gradients add up; a broadcast is summed backward."},
    {MISTAKE(outer_sum_total), "You summed over both axes. a[i] stands in row i only, so da[i] "
                               "sums along that row; db[j] sums down column j."},
    {TURNED("twins+not-reset:da[i]=0"), "Your sum goes on from one element to the next. Set it "
                                        "back to zero for each a[i] and each b[j]."},
    {MISTAKE(outer_sum_mean_of_all), "You took the mean of all dY. a[i] stands in row i only, so "
                                     "da[i] sums along that row; db[j] sums down column j."},
    {MISTAKE(outer_sum_products), "You multiplied the gradients of the uses. Each use of a[i] "
                                  "reaches the loss by itself, so they add up."},
    {MISTAKE(outer_sum_counts),
     "You counted the uses. Each is weighed by its own dY: add dY[i][j]."},
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

static void sum_first_place(int n, int t, int k, const real ds[n][k], real dX[n][t][k])
{
    for (int i = 0; i < n; i++)
        for (int p = 0; p < t; p++)
            for (int j = 0; j < k; j++)
                dX[i][p][j] = p == 0 ? ds[i][j] : 0;
}

static void sum_running(int n, int t, int k, const real ds[n][k], real dX[n][t][k])
{
    for (int i = 0; i < n; i++)
        for (int p = 0; p < t; p++)
            for (int j = 0; j < k; j++)
                dX[i][p][j] = ds[i][j] * (p + 1);
}

static void sum_over_rows(int n, int t, int k, const real ds[n][k], real dX[n][t][k])
{
    for (int j = 0; j < k; j++) {
        real total = 0;
        for (int i = 0; i < n; i++)
            total += ds[i][j];
        for (int i = 0; i < n; i++)
            for (int p = 0; p < t; p++)
                dX[i][p][j] = total;
    }
}

static void sum_slopes(int n, int t, int k, const real ds[n][k], real dX[n][t][k])
{
    (void)ds;
    for (int i = 0; i < n; i++)
        for (int p = 0; p < t; p++)
            for (int j = 0; j < k; j++)
                dX[i][p][j] = 1;
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
    {MISTAKE(sum_first_place), "Only the first of the t places received a gradient. All of them "
                               "went into the sum, and each receives ds[i][j]."},
    {TURNED("times-t:ds[i][j]"), "You multiplied by t. Each X[i][p][j] stands in one sum only, "
                                 "once, with slope 1; nothing adds up on the way back."},
    {MISTAKE(sum_running), "Your ds adds up from place to place. Each place stands in s[i][j] once "
                           "and receives ds[i][j], no more."},
    {MISTAKE(sum_over_rows), "You added up ds along i. No sum is needed here: X[i][p][j] stands in "
                             "s[i][j] only, and takes its gradient."},
    {MISTAKE(sum_slopes), "dX is 1 everywhere: these are the slopes of s. The chain rule "
                          "multiplies each by how the loss reacts to s, ds[i][j]."},
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

static void tape_same_parent_once(int n, int k, int loss, const real slope[n][k],
                                  const int parent[n][k], real grad[n])
{
    for (int i = 0; i < n; i++)
        grad[i] = i == loss;
    for (int i = loss; i >= 0; i--)
        for (int m = 0; m < k; m++) {
            bool seen = parent[i][m] < 0;
            for (int before = 0; before < m; before++)
                seen |= parent[i][before] == parent[i][m];
            grad[seen ? 0 : parent[i][m]] += seen ? 0 : slope[i][m] * grad[i];
        }
}

static void tape_slope_of_parent(int n, int k, int loss, const real slope[n][k],
                                 const int parent[n][k], real grad[n])
{
    for (int i = 0; i < n; i++)
        grad[i] = i == loss;
    for (int i = loss; i >= 0; i--)
        for (int m = 0; m < k; m++)
            if (parent[i][m] >= 0)
                grad[parent[i][m]] += slope[parent[i][m]][m] * grad[i];
}

static void tape_not_node_zero(int n, int k, int loss, const real slope[n][k],
                               const int parent[n][k], real grad[n])
{
    for (int i = 0; i < n; i++)
        grad[i] = i == loss;
    for (int i = loss; i >= 0; i--)
        for (int m = 0; m < k; m++)
            if (parent[i][m] > 0)
                grad[parent[i][m]] += slope[i][m] * grad[i];
}

static void tape_all_ones(int n, int k, int loss, const real slope[n][k], const int parent[n][k],
                          real grad[n])
{
    for (int i = 0; i < n; i++)
        grad[i] = i <= loss;
    for (int i = loss; i >= 0; i--)
        for (int m = 0; m < k; m++)
            if (parent[i][m] >= 0)
                grad[parent[i][m]] += slope[i][m] * grad[i];
}

static void tape_all_ones_everywhere(int n, int k, int loss, const real slope[n][k],
                                     const int parent[n][k], real grad[n])
{
    for (int i = 0; i < n; i++)
        grad[i] = 1;
    for (int i = loss; i >= 0; i--)
        for (int m = 0; m < k; m++)
            if (parent[i][m] >= 0)
                grad[parent[i][m]] += slope[i][m] * grad[i];
}

static void tape_once_each(int n, int k, int loss, const real slope[n][k], const int parent[n][k],
                           real grad[n])
{
    bool sent[n];
    int queue[n], first = 0, last = 0;
    for (int i = 0; i < n; i++)
        grad[i] = i == loss, sent[i] = i == loss;
    for (queue[last++] = loss; first < last; first++)
        for (int m = 0; m < k; m++) {
            int to = parent[queue[first]][m];
            if (to >= 0) {
                grad[to] += slope[queue[first]][m] * grad[queue[first]];
                if (!sent[to])
                    queue[last++] = to;
                sent[to] = true;
            }
        }
}

static void tape_visit_first(int n, int k, int i, const real slope[n][k], const int parent[n][k],
                             bool seen[n], real grad[n])
{
    seen[i] = true;
    for (int m = 0; m < k; m++)
        if (parent[i][m] >= 0) {
            grad[parent[i][m]] += slope[i][m] * grad[i];
            if (!seen[parent[i][m]])
                tape_visit_first(n, k, parent[i][m], slope, parent, seen, grad);
        }
}

static void tape_once_each_deep(int n, int k, int loss, const real slope[n][k],
                                const int parent[n][k], real grad[n])
{
    bool seen[n];
    for (int i = 0; i < n; i++)
        grad[i] = i == loss, seen[i] = false;
    tape_visit_first(n, k, loss, slope, parent, seen, grad);
}

static void tape_loss_loses_one(int n, int k, int loss, const real slope[n][k],
                                const int parent[n][k], real grad[n])
{
    reference_tape(n, k, loss, slope, parent, grad);
    grad[loss] = 0;
}

static void tape_leaves_only(int n, int k, int loss, const real slope[n][k], const int parent[n][k],
                             real grad[n])
{
    for (int i = 0; i < n; i++)
        grad[i] = i == loss;
    for (int i = loss; i >= 0; i--) {
        bool hands_on = false;
        for (int m = 0; m < k; m++)
            if (parent[i][m] >= 0)
                grad[parent[i][m]] += slope[i][m] * grad[i], hands_on = true;
        if (hands_on)
            grad[i] = 0;
    }
}

static void tape_no_seed(int n, int k, int loss, const real slope[n][k], const int parent[n][k],
                         real grad[n])
{
    (void)loss, (void)slope, (void)parent;
    for (int i = 0; i < n; i++)
        grad[i] = 0;
}

#define ALL_ONES                                                                                \
    "You began with a gradient of 1 at every node. Only the loss has one: what the others get " \
    "arrives from it."

#define ONCE_EACH                                                                                 \
    "Each node passed its gradient on when it was first reached, and what arrived later was not " \
    "sent. A node must have heard from all who use it first: walk the tape from the loss down."

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
    {MISTAKE(tape_same_parent_once),
     "A parent that occurs twice in a row received only one of the two. x x has two slopes, one "
     "for either side, and both count."},
    {MISTAKE(tape_slope_of_parent), "You took the slope from the parent's own row. The slope of "
                                    "the arrow from i to its parent stands with i: slope[i][m]."},
    {MISTAKE(tape_not_node_zero), "Node 0 received nothing. It is a node like the others and may "
                                  "be a parent; only -1 says that there is none."},
    {MISTAKE(tape_all_ones), ALL_ONES},
    {MISTAKE(tape_all_ones_everywhere), ALL_ONES},
    {TURNED("missing-factor:grad[i]"), "You added up slopes without the gradient that arrived. "
                                       "Along a path slopes multiply: slope[i][m] * grad[i]."},
    {MISTAKE(tape_once_each), ONCE_EACH},
    {MISTAKE(tape_once_each_deep), ONCE_EACH},
    {MISTAKE(tape_loss_loses_one),
     "The loss itself has the gradient 1: grad[loss] is dvalue[loss] / dvalue[loss]."},
    {MISTAKE(tape_leaves_only), "You set a node back to 0 once it had passed its gradient on. "
                                "Every node keeps its own: it is asked for."},
    {MISTAKE(tape_no_seed), "grad is 0 everywhere. The loss reacts to itself with 1: grad[loss] is "
                            "set to that before the walk, and then handed down."},
    {TURNED("begins-late:for(int i=loss;i>=0;i--)"),
     "Nothing has come to any node but the loss. Each hands down to its parents, the loss first: "
     "grad[parent[i][m]] += slope[i][m] * grad[i]."},
    {TURNED("missing-factor:slope[i][m]"), "You handed the gradient down without its slope. Along "
                                           "a path slopes multiply: slope[i][m] * grad[i]."},
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
