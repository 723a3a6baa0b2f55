/* 01_gradients.c: how the answers to exercises 01 are judged. What the solutions differentiate by
 * hand, the references take by the complex step, and the other way round. */
#include "01_gradients.h"

#include "check.h"

typedef double complex Complex;

static const real tiny = 1e-30; /* the step of the references */

static Complex polynomial(int k, const real c[k], Complex x)
{
    Complex sum = 0, power = 1;
    for (int l = 0; l < k; l++) {
        sum += c[l] * power;
        power *= x;
    }
    return sum;
}

static real value(int k, const real c[k], real x)
{
    return creal(polynomial(k, c, x));
}

/* -- 1. polynomial_backward ------------------------------------------------------------------- */

/* A zero among the places, where a solution that divides by x fails. */
static void prepare_polynomial(int which, const int n[], void *const a[])
{
    if (which == 1)
        ((real *)a[0])[n[0] - 1] = 0;
}

static void reference_polynomial(int n, int k, const real x[n], const real c[k], real dx[n])
{
    for (int i = 0; i < n; i++)
        dx[i] = cimag(polynomial(k, c, x[i] + tiny * I)) / tiny;
}

static void polynomial_value(int n, int k, const real x[n], const real c[k], real dx[n])
{
    for (int i = 0; i < n; i++)
        dx[i] = value(k, c, x[i]);
}

static void polynomial_shifted(int n, int k, const real x[n], const real c[k], real dx[n])
{
    for (int i = 0; i < n; i++) {
        dx[i] = 0;
        for (int l = 1; l < k; l++)
            dx[i] += l * c[l - 1] * pow(x[i], l - 1);
    }
}

static const Mistake polynomial_mistakes[] = {
    {TURNED("missing-factor:l"),
     "You lowered the exponents and left out the factors: the derivative of x^l is l x^(l-1)."},
    {TURNED("order:dx[i]+=l*c[l]*power;<--"),
     "You multiplied by l and left the exponents as they were: the derivative of x^l is "
     "l x^(l-1)."},
    {TURNED("ends-early:for(int l=1;l<k;l++)"),
     "The last term is missing. There are k coefficients, so the highest power is c[k-1] x^(k-1); "
     "let l run while l < k."},
    {MISTAKE(polynomial_value),
     "That is p(x), not its derivative. Differentiate each term: c[l] x^l becomes l c[l] x^(l-1)."},
    {MISTAKE(polynomial_shifted), "Your coefficients are shifted by one: x^(l-1) comes from the "
                                  "term c[l] x^l, so it keeps c[l], not c[l-1]."},
    {0}};

CALL(polynomial_backward, n[0], n[1], a[0], a[1], a[2])

static const Exercise exercise_polynomial_backward = {
    .name = "polynomial_backward",
    .call = call_polynomial_backward,
    .sizes = "nk",
    .arguments = {{"x", IN_NORMAL, "n", 0}, {"c", IN_NORMAL, "k", 0}, {"dx", OUT, "n", 0}},
    .cases = {{7, 4}, {2, 6}, {3, 5}, {5, 1}, {1, 3}},
    .prepare = JUDGE(prepare_polynomial),
    .reference = JUDGE((Function)reference_polynomial),
    .mistakes = JUDGE(polynomial_mistakes),
};

/* -- 2. bell_backward ------------------------------------------------------------------------- */

static void reference_bell(int n, const real x[n], real dx[n])
{
    for (int i = 0; i < n; i++) {
        Complex z = x[i] + tiny * I;
        dx[i] = cimag(z * exp(-z * z)) / tiny;
    }
}

static void bell_product_of_slopes(int n, const real x[n], real dx[n])
{
    for (int i = 0; i < n; i++)
        dx[i] = -2 * x[i] * exp(-x[i] * x[i]);
}

static void bell_no_inner(int n, const real x[n], real dx[n])
{
    for (int i = 0; i < n; i++)
        dx[i] = (1 + x[i]) * exp(-x[i] * x[i]);
}

static const Mistake bell_mistakes[] = {
    {TURNED("missing-factor:(1-2*x[i]*x[i])"),
     "You differentiated the factor x only. A nudge of x moves the bell curve as well: the product "
     "rule has a second term, x times the derivative of exp(-x^2)."},
    {TURNED("missing-term:1"), "You differentiated exp(-x^2) only. The factor in front of it is "
                               "nudged too, and adds exp(-x^2) itself."},
    {MISTAKE(bell_product_of_slopes), "You multiplied the derivatives of the two factors. The "
                                      "product rule is a sum: (u v)' = u' v + u v'."},
    {MISTAKE(bell_no_inner), "The inner derivative is missing: the derivative of exp(-x^2) is "
                             "exp(-x^2) times that of -x^2, which is -2x."},
    {TURNED("wrong-sign:2*x[i]*x[i]"), "A sign is lost inside exp: the derivative of -x^2 is -2x."},
    {0}};

CALL(bell_backward, n[0], a[0], a[1])

static const Exercise exercise_bell_backward = {
    .name = "bell_backward",
    .call = call_bell_backward,
    .sizes = "n",
    .arguments = {{"x", IN_NORMAL, "n", 0}, {"dx", OUT, "n", 0}},
    .cases = {{7}, {2}, {1}},
    .reference = JUDGE((Function)reference_bell),
    .mistakes = JUDGE(bell_mistakes),
};

/* -- 3. share_backward ------------------------------------------------------------------------ */

static void reference_share(int n, const real a[n], const real b[n], real da[n], real db[n])
{
    for (int i = 0; i < n; i++) {
        Complex a_nudged = a[i] + tiny * I, b_nudged = b[i] + tiny * I;
        da[i] = cimag(a_nudged / (a_nudged + b[i])) / tiny;
        db[i] = cimag(a[i] / (a[i] + b_nudged)) / tiny;
    }
}

static void share_numerator_only(int n, const real a[n], const real b[n], real da[n], real db[n])
{
    reference_share(n, a, b, da, db);
    for (int i = 0; i < n; i++)
        da[i] = 1 / (a[i] + b[i]);
}

static void share_denominator_only(int n, const real a[n], const real b[n], real da[n], real db[n])
{
    reference_share(n, a, b, da, db);
    for (int i = 0; i < n; i++)
        da[i] = db[i];
}

static const Mistake share_mistakes[] = {
    {MISTAKE(share_numerator_only),
     "You treated a + b as a constant in da. The variable a stands in the numerator and in the "
     "denominator, and both count: add -a / (a + b)^2."},
    {MISTAKE(share_denominator_only), "da is what comes through the denominator only. The variable "
                                      "a stands in the numerator too, and adds 1 / (a + b)."},
    {TURNED("twins+negated:(sum*sum)"), "Both signs are turned round. In (u / v)' = (u' v - u v') "
                                        "/ v^2 the derivative of the numerator comes first."},
    {TURNED("wrong-sign:-a[i]/(sum*sum)"),
     "The sign of db: when b grows, a's share of a + b falls. The derivative of 1/v is -1/v^2."},
    {TURNED("twins+rooted:(sum*sum)"),
     "The denominator is not squared: (u / v)' = (u' v - u v') / v^2."},
    {0}};

CALL(share_backward, n[0], a[0], a[1], a[2], a[3])

static const Exercise exercise_share_backward = {
    .name = "share_backward",
    .call = call_share_backward,
    .sizes = "n",
    .arguments = {{"a", IN_POSITIVE, "n", 0},
                  {"b", IN_POSITIVE, "n", 0},
                  {"da", OUT, "n", 0},
                  {"db", OUT, "n", 0}},
    .cases = {{7}, {2}, {1}},
    .reference = JUDGE((Function)reference_share),
    .mistakes = JUDGE(share_mistakes),
};

/* -- 4. coefficients_backward ----------------------------------------------------------------- */

static void reference_coefficients(int n, int k, const real x[n], real dc[k])
{
    for (int l = 0; l < k; l++) {
        dc[l] = 0;
        for (int i = n - 1; i >= 0; i--)
            dc[l] += pow(x[i], l);
    }
}

static void coefficients_of_x(int n, int k, const real x[n], real dc[k])
{
    dc[0] = 0;
    for (int l = 1; l < k; l++) {
        dc[l] = 0;
        for (int i = 0; i < n; i++)
            dc[l] += l * pow(x[i], l - 1);
    }
}

static void coefficients_power_of_sum(int n, int k, const real x[n], real dc[k])
{
    real sum = 0;
    for (int i = 0; i < n; i++)
        sum += x[i];
    for (int l = 0; l < k; l++)
        dc[l] = pow(sum, l);
}

static const Mistake coefficients_mistakes[] = {
    {TURNED("accumulate:dc[l]+="),
     "Only the last place is left: = where += belongs. Each coefficient is used at all n places, "
     "and its gradients add up."},
    {TURNED("divided-by-n:1"),
     "You divided by n. L is the sum over the places, not their mean, and so is the gradient."},
    {MISTAKE(coefficients_of_x),
     "You differentiated x^l once more. Here x stands still: p is linear in c[l], with slope x^l."},
    {TURNED("order:dc[l]+=power;<--"),
     "Your exponents are too high by one: c[0] stands before x^0, which is 1."},
    {MISTAKE(coefficients_power_of_sum), "You added up the places first and took the power then. "
                                         "Each place has a power of its own; add those."},
    {0}};

CALL(coefficients_backward, n[0], n[1], a[0], a[1])

static const Exercise exercise_coefficients_backward = {
    .name = "coefficients_backward",
    .call = call_coefficients_backward,
    .sizes = "nk",
    .arguments = {{"x", IN_NORMAL, "n", 0}, {"dc", OUT, "k", 0}},
    .cases = {{7, 4}, {2, 5}, {3, 1}, {1, 4}},
    .reference = JUDGE((Function)reference_coefficients),
    .mistakes = JUDGE(coefficients_mistakes),
};

/* -- 5. logsumexp_backward -------------------------------------------------------------------- */

static void reference_logsumexp(int n, const real a[n], const real b[n], const real c[n],
                                real da[n], real db[n], real dc[n])
{
    for (int i = 0; i < n; i++) {
        da[i] = 1 / (1 + exp(b[i] - a[i]) + exp(c[i] - a[i]));
        db[i] = 1 / (exp(a[i] - b[i]) + 1 + exp(c[i] - b[i]));
        dc[i] = 1 / (exp(a[i] - c[i]) + exp(b[i] - c[i]) + 1);
    }
}

static void logsumexp_no_inner(int n, const real a[n], const real b[n], const real c[n], real da[n],
                               real db[n], real dc[n])
{
    for (int i = 0; i < n; i++)
        da[i] = db[i] = dc[i] = 1 / (exp(a[i]) + exp(b[i]) + exp(c[i]));
}

static void logsumexp_softmax_slope(int n, const real a[n], const real b[n], const real c[n],
                                    real da[n], real db[n], real dc[n])
{
    reference_logsumexp(n, a, b, c, da, db, dc);
    for (int i = 0; i < n; i++) {
        da[i] *= 1 - da[i];
        db[i] *= 1 - db[i];
        dc[i] *= 1 - dc[i];
    }
}

static void logsumexp_ones(int n, const real a[n], const real b[n], const real c[n], real da[n],
                           real db[n], real dc[n])
{
    (void)a, (void)b, (void)c;
    for (int i = 0; i < n; i++)
        da[i] = db[i] = dc[i] = 1;
}

static const Mistake logsumexp_mistakes[] = {
    {MISTAKE(logsumexp_no_inner),
     "You stopped at the derivative of log, one over the sum. The sum reacts to a with exp(a): "
     "multiply by that, the inner derivative."},
    {TURNED("twins+missing-divisor:sum"), "You left out the derivative of log: divide by what the "
                                          "logarithm was taken of, exp(a) + exp(b) + exp(c)."},
    {TURNED("twins+log-of:sum"), "You divided by the logarithm of the sum. The derivative of "
                                 "log(s) is 1/s: divide by the sum itself."},
    {MISTAKE(logsumexp_softmax_slope),
     "You differentiated once too often: p (1 - p) is the derivative of the share p = exp(a) / "
     "sum. The derivative of log-sum-exp is p itself."},
    {MISTAKE(logsumexp_ones),
     "1 would be the derivative if the logarithm were taken of each term, but log(exp(a) + ...) is "
     "not a + ... . The derivative of log(s) is 1/s, times exp(a) from inside."},
    {0}};

CALL(logsumexp_backward, n[0], a[0], a[1], a[2], a[3], a[4], a[5])

static const Exercise exercise_logsumexp_backward = {
    .name = "logsumexp_backward",
    .call = call_logsumexp_backward,
    .sizes = "n",
    .arguments = {{"a", IN_NORMAL, "n", 0},
                  {"b", IN_NORMAL, "n", 0},
                  {"c", IN_NORMAL, "n", 0},
                  {"da", OUT, "n", 0},
                  {"db", OUT, "n", 0},
                  {"dc", OUT, "n", 0}},
    .cases = {{7}, {2}, {1}},
    .reference = JUDGE((Function)reference_logsumexp),
    .mistakes = JUDGE(logsumexp_mistakes),
};

/* -- 6. central_difference -------------------------------------------------------------------- */

/* Steps so large that the error of every formula shows. */
static void prepare_central(int which, const int n[], void *const a[])
{
    (void)n;
    *(real *)a[0] = (const real[]){0.5, 0.1, 0.02, 0.25}[which % 4];
}

/* (x + h)^l - (x - h)^l by the binomial theorem: twice the odd powers of h. */
static void reference_central(int n, int k, real h, const real x[n], const real c[k], real dx[n])
{
    for (int i = 0; i < n; i++) {
        dx[i] = 0;
        for (int l = 0; l < k; l++) {
            real choose = 1; /* l over j */
            for (int j = 0; j <= l; j++) {
                dx[i] += j % 2 ? c[l] * choose * pow(x[i], l - j) * pow(h, j - 1) : 0;
                choose = choose * (l - j) / (j + 1);
            }
        }
    }
}

static void central_forward(int n, int k, real h, const real x[n], const real c[k], real dx[n])
{
    for (int i = 0; i < n; i++)
        dx[i] = (value(k, c, x[i] + h) - value(k, c, x[i])) / h;
}

static void central_backward(int n, int k, real h, const real x[n], const real c[k], real dx[n])
{
    for (int i = 0; i < n; i++)
        dx[i] = (value(k, c, x[i]) - value(k, c, x[i] - h)) / h;
}

static void central_derivative(int n, int k, real h, const real x[n], const real c[k], real dx[n])
{
    (void)h;
    reference_polynomial(n, k, x, c, dx);
}

static const Mistake central_mistakes[] = {
    {MISTAKE(central_forward),
     "That is the forward difference: you nudged in one direction. Its error is of order h; go to "
     "x - h as well and divide by 2h, and it is of order h^2."},
    {MISTAKE(central_backward), "That is the backward difference: you nudged in one direction. Go "
                                "to x + h as well and divide by 2h."},
    {TURNED("missing-factor:2"), "You divided by h. From x - h to x + h it is a way of 2h; the "
                                 "slope is the rise over the whole way."},
    {TURNED("parentheses:(2*h)"),
     "In C, (p - q) / 2 * h divides by 2 and multiplies by h. Put brackets: (p - q) / (2 * h)."},
    {MISTAKE(central_derivative),
     "That is the derivative itself. Asked for is the central difference, with its error of order "
     "h^2: a judge that copies the accused is no judge. Evaluate p at x + h and at x - h."},
    {0}};

CALL(central_difference, n[0], n[1], VALUE(a[0]), a[1], a[2], a[3])

static const Exercise exercise_central_difference = {
    .name = "central_difference",
    .call = call_central_difference,
    .sizes = "nk",
    .arguments = {{"h", IN_PREPARED, "", 0},
                  {"x", IN_NORMAL, "n", 0},
                  {"c", IN_NORMAL, "k", 0},
                  {"dx", OUT, "n", 0}},
    .cases = {{7, 4}, {2, 6}, {4, 5}, {1, 4}},
    .prepare = JUDGE(prepare_central),
    .reference = JUDGE((Function)reference_central),
    .mistakes = JUDGE(central_mistakes),
};

/* -- 7. complex_step -------------------------------------------------------------------------- */

static void prepare_complex(int which, const int n[], void *const a[])
{
    (void)n;
    *(real *)a[0] = which % 2 ? 1e-30 : 1e-20;
}

/* The derivative, in Horner's way: p' of (q x + c) is q' x + q. */
static void reference_complex(int n, int k, real h, const real x[n], const real c[k], real dx[n])
{
    (void)h;
    for (int i = 0; i < n; i++) {
        real p = 0;
        dx[i] = 0;
        for (int l = k - 1; l >= 0; l--) {
            dx[i] = dx[i] * x[i] + p;
            p = p * x[i] + c[l];
        }
    }
}

static void complex_difference(int n, int k, real h, const real x[n], const real c[k], real dx[n])
{
    for (int i = 0; i < n; i++)
        dx[i] = (value(k, c, x[i] + h) - value(k, c, x[i] - h)) / (2 * h);
}

static void complex_real_part(int n, int k, real h, const real x[n], const real c[k], real dx[n])
{
    for (int i = 0; i < n; i++)
        dx[i] = value(k, c, x[i]) / h;
}

static void complex_size(int n, int k, real h, const real x[n], const real c[k], real dx[n])
{
    for (int i = 0; i < n; i++)
        dx[i] = fabs(value(k, c, x[i])) / h;
}

static const Mistake complex_mistakes[] = {
    {MISTAKE(complex_difference),
     "What came out is 0, or next to it. Was the nudge a real h, so small that x + h is x? Nudge "
     "by h * I. Was the imaginary part lost in a real variable, or not divided by h?"},
    {MISTAKE(complex_real_part), "You took the real part, and that is p(x) itself. The derivative "
                                 "travels in the imaginary part: cimag()."},
    {MISTAKE(complex_size), "You took the absolute value, and that is the size of p(x). The "
                            "derivative travels in the imaginary part: cimag(), not cabs()."},
    {TURNED("times-1/2:h*I"),
     "You divided by 2h. There is one evaluation here and one step of length h; divide by h."},
    {0}};

CALL(complex_step, n[0], n[1], VALUE(a[0]), a[1], a[2], a[3])

static const Exercise exercise_complex_step = {
    .name = "complex_step",
    .call = call_complex_step,
    .sizes = "nk",
    .arguments = {{"h", IN_PREPARED, "", 0},
                  {"x", IN_NORMAL, "n", 0},
                  {"c", IN_NORMAL, "k", 0},
                  {"dx", OUT, "n", 0}},
    .cases = {{7, 4}, {2, 6}, {4, 5}, {1, 3}},
    .prepare = JUDGE(prepare_complex),
    .reference = JUDGE((Function)reference_complex),
    .mistakes = JUDGE(complex_mistakes),
};

/* -- 8. relative_error ------------------------------------------------------------------------ */

/* Both zero, one zero, a small gradient with its sign flipped, one that is nearly right. */
static void prepare_relative(int which, const int n[], void *const a[])
{
    real *hand = a[0], *numeric = a[1];
    if (which == 1)
        return;
    for (int i = 0; i < n[0]; i++) {
        numeric[i] = i % 4 == 0 ? 0 : i % 4 == 3 ? hand[i] * 1.01 : numeric[i];
        hand[i] = i % 4 == 0 || i % 4 == 1 ? 0 : hand[i];
        if (i % 4 == 2) {
            hand[i] = 1e-6 * (i + 1);
            numeric[i] = -hand[i] / 2;
        }
    }
}

static void reference_relative(int n, const real hand[n], const real numeric[n], real error[n])
{
    for (int i = 0; i < n; i++)
        if (hand[i] == numeric[i])
            error[i] = 0;
        else if (fabs(hand[i]) > fabs(numeric[i]))
            error[i] = fabs(1 - numeric[i] / hand[i]);
        else
            error[i] = fabs(1 - hand[i] / numeric[i]);
}

static void relative_of_sum(int n, const real hand[n], const real numeric[n], real error[n])
{
    for (int i = 0; i < n; i++) {
        real sum = fabs(hand[i]) + fabs(numeric[i]);
        error[i] = sum > 0 ? fabs(hand[i] - numeric[i]) / sum : 0;
    }
}

static void relative_of_sizes(int n, const real hand[n], const real numeric[n], real error[n])
{
    for (int i = 0; i < n; i++) {
        real larger = fmax(fabs(hand[i]), fabs(numeric[i]));
        error[i] = larger > 0 ? fabs(fabs(hand[i]) - fabs(numeric[i])) / larger : 0;
    }
}

static void relative_epsilon(int n, const real hand[n], const real numeric[n], real error[n])
{
    for (int i = 0; i < n; i++)
        error[i] =
            fabs(hand[i] - numeric[i]) / (fmax(fabs(hand[i]), fabs(numeric[i])) + (real)1e-8);
}

static const Mistake relative_mistakes[] = {
    {TURNED("missing-divisor:larger"),
     "That is the absolute difference. A gradient of 1e-6 with its sign flipped would pass any "
     "test with it: divide by the larger of the two."},
    {TURNED("no-call:fmax(fabs(hand[i]),fabs(numeric[i]))"),
     "You divided by the numeric gradient. It may be the smaller of the two, or zero, and then the "
     "error runs off; divide by the larger one."},
    {MISTAKE(relative_of_sum), "You divided by the sum of the two. Asked for is the larger of "
                               "them; by the sum, no error could ever be more than 1."},
    {TURNED("no-call:fabs(hand[i]-numeric[i])"),
     "Some of your errors are negative, and a negative error passes every test for `error < 1e-7`: "
     "take fabs() of the difference."},
    {MISTAKE(relative_of_sizes),
     "You compared the sizes only, so a gradient with its sign flipped seems to be right. Take the "
     "difference first and fabs() of it afterwards."},
    {MISTAKE(relative_epsilon),
     "You added a little something to the denominator to avoid 0/0. It makes small errors of small "
     "gradients look smaller; treat the case that both are zero by itself."},
    {0}};

CALL(relative_error, n[0], a[0], a[1], a[2])

static const Exercise exercise_relative_error = {
    .name = "relative_error",
    .call = call_relative_error,
    .sizes = "n",
    .arguments = {{"hand", IN_NORMAL, "n", 0},
                  {"numeric", IN_NORMAL, "n", 0},
                  {"error", OUT, "n", 0}},
    .cases = {{12}, {5}, {2}, {1}},
    .prepare = JUDGE(prepare_relative),
    .reference = JUDGE((Function)reference_relative),
    .mistakes = JUDGE(relative_mistakes),
};

/* -- all, in their order ----------------------------------------------------------------------- */

static const Exercise *const exercises[] = {
    &exercise_polynomial_backward,   &exercise_bell_backward,      &exercise_share_backward,
    &exercise_coefficients_backward, &exercise_logsumexp_backward, &exercise_central_difference,
    &exercise_complex_step,          &exercise_relative_error,     NULL};

const Check check = {"01_gradients", exercises};
