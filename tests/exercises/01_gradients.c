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

static void polynomial_of_x_p(int n, int k, const real x[n], const real c[k], real dx[n])
{
    for (int i = 0; i < n; i++) {
        dx[i] = 0;
        for (int l = 0; l < k; l++)
            dx[i] += (l + 1) * c[l] * pow(x[i], l);
    }
}

static void polynomial_backwards(int n, int k, const real x[n], const real c[k], real dx[n])
{
    for (int i = 0; i < n; i++) {
        dx[i] = 0;
        for (int l = 0; l < k - 1; l++)
            dx[i] += (k - 1 - l) * c[l] * pow(x[i], k - 2 - l);
    }
}

static void polynomial_second(int n, int k, const real x[n], const real c[k], real dx[n])
{
    for (int i = 0; i < n; i++) {
        dx[i] = 0;
        for (int l = 2; l < k; l++)
            dx[i] += l * (l - 1) * c[l] * pow(x[i], l - 2);
    }
}

static void polynomial_integral(int n, int k, const real x[n], const real c[k], real dx[n])
{
    for (int i = 0; i < n; i++) {
        dx[i] = 0;
        for (int l = 0; l < k; l++)
            dx[i] += c[l] / (l + 1) * pow(x[i], l + 1);
    }
}

static void polynomial_divided(int n, int k, const real x[n], const real c[k], real dx[n])
{
    for (int i = 0; i < n; i++) {
        dx[i] = 0;
        for (int l = 1; l < k; l++)
            dx[i] += l * c[l] * pow(x[i], l) / x[i];
    }
}

static void polynomial_keeps_constant(int n, int k, const real x[n], const real c[k], real dx[n])
{
    for (int i = 0; i < n; i++) {
        dx[i] = c[0];
        for (int l = 1; l < k; l++)
            dx[i] += l * c[l] * pow(x[i], l - 1);
    }
}

static void polynomial_all_places(int n, int k, const real x[n], const real c[k], real dx[n])
{
    real sum = 0;
    for (int i = 0; i < n; i++)
        for (int l = 1; l < k; l++)
            sum += l * c[l] * pow(x[i], l - 1);
    for (int i = 0; i < n; i++)
        dx[i] = sum;
}

static void polynomial_from_two(int n, int k, const real x[n], const real c[k], real dx[n])
{
    for (int i = 0; i < n; i++) {
        dx[i] = 0;
        for (int l = 2; l < k; l++)
            dx[i] += l * c[l] * pow(x[i], l - 1);
    }
}

static const Mistake polynomial_mistakes[] = {
    {TURNED("missing-factor:l"),
     "You lowered the exponents and left out the factors: the derivative of x^l is l x^(l-1)."},
    {TURNED("order:dx[i]+=l*c[l]*power;<--"), "You multiplied by l and left the exponents as they "
                                              "were: the derivative of x^l is l x^(l-1)."},
    {TURNED("ends-early:for(int l=1;l<k;l++)"),
     "The last term is missing. There are k coefficients, so the highest power is c[k-1] x^(k-1); "
     "let l run while l < k."},
    {MISTAKE(polynomial_value),
     "That is p(x), not its derivative. Differentiate each term: c[l] x^l becomes l c[l] x^(l-1)."},
    {MISTAKE(polynomial_shifted), "Your coefficients are shifted by one: x^(l-1) comes from the "
                                  "term c[l] x^l, so it keeps c[l], not c[l-1]."},
    {MISTAKE(polynomial_of_x_p),
     "That is the derivative of x p(x): each c[l] has one power of x too many, and l + 1 in front. "
     "c[l] x^l becomes l c[l] x^(l-1); in Horner's way the derivative takes in p before p itself "
     "goes on."},
    {MISTAKE(polynomial_backwards),
     "Your coefficients are in reverse. c[0] stands before x^0 and c[k-1] before the highest "
     "power; Horner's way begins with c[k-1]."},
    {MISTAKE(polynomial_second),
     "You differentiated twice. Wanted is the first derivative, l c[l] x^(l-1)."},
    {MISTAKE(polynomial_integral), "That is the integral of p. Differentiating lowers the "
                                   "exponent, and multiplies by it: l c[l] x^(l-1)."},
    {MISTAKE(polynomial_divided),
     "Where x is 0 you have NaN. Did you make x^(l-1) as x^l / x? That is 0/0 there; keep x^(l-1) "
     "in a variable and multiply it by x in each round."},
    {MISTAKE(polynomial_keeps_constant), "c[0] is in your derivative. It stands before x^0, which "
                                         "does not move with x: its term has the derivative 0."},
    {MISTAKE(polynomial_all_places), "Every dx holds the sum over all places. x[i] stands in "
                                     "p(x[i]) only: dx[i] is the slope there and nowhere else."},
    {MISTAKE(polynomial_from_two),
     "The first term is missing: c[1] x has the derivative c[1]. Let l begin at 1."},
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

static void bell_minus_squared(int n, const real x[n], real dx[n])
{
    for (int i = 0; i < n; i++)
        dx[i] = (1 + 2 * x[i] * x[i]) * exp(x[i] * x[i]);
}

static void bell_power_rule(int n, const real x[n], real dx[n])
{
    for (int i = 0; i < n; i++)
        dx[i] = exp(-x[i] * x[i]) - x[i] * x[i] * x[i] * exp(-x[i] * x[i] - 1);
}

static void bell_value(int n, const real x[n], real dx[n])
{
    for (int i = 0; i < n; i++)
        dx[i] = x[i] * exp(-x[i] * x[i]);
}

static void bell_slope_inside(int n, const real x[n], real dx[n])
{
    for (int i = 0; i < n; i++)
        dx[i] = exp(-x[i] * x[i]) + x[i] * exp(-2 * x[i]);
}

static void bell_second(int n, const real x[n], real dx[n])
{
    for (int i = 0; i < n; i++)
        dx[i] = (4 * x[i] * x[i] - 6) * x[i] * exp(-x[i] * x[i]);
}

static void bell_no_square(int n, const real x[n], real dx[n])
{
    for (int i = 0; i < n; i++)
        dx[i] = (1 - x[i]) * exp(-x[i]);
}

static void bell_all_places(int n, const real x[n], real dx[n])
{
    real sum = 0;
    for (int i = 0; i < n; i++)
        sum += (1 - 2 * x[i] * x[i]) * exp(-x[i] * x[i]);
    for (int i = 0; i < n; i++)
        dx[i] = sum;
}

#define GROWING_BELL                                                                              \
    "Your bell curve grows with x: it is exp(x^2). The minus stands outside the square, -(x^2); " \
    "(-x) * (-x) loses it."

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
    {TURNED("missing-factor:2"), "A 2 is missing: the derivative of -x^2 is -2x."},
    {MISTAKE(bell_minus_squared), GROWING_BELL},
    {TURNED("inverted:exp(-x[i]*x[i])"), GROWING_BELL},
    {TURNED("missing-factor:x[i]"),
     "In the second term the factor x in front is missing: u v' is x times -2x exp(-x^2)."},
    {MISTAKE(bell_power_rule), "You differentiated exp(-x^2) as a power. The exponent does not "
                               "come down by one: the derivative of exp(u) is exp(u) times u'."},
    {MISTAKE(bell_value),
     "That is x exp(-x^2) itself. Wanted is its derivative, (1 - 2 x^2) exp(-x^2)."},
    {MISTAKE(bell_slope_inside), "You took exp of the inner derivative. In the chain rule exp "
                                 "keeps its own argument: exp(-x^2) times -2x."},
    {MISTAKE(bell_second),
     "You differentiated twice. Wanted is the first derivative, (1 - 2 x^2) exp(-x^2)."},
    {MISTAKE(bell_no_square), "You differentiated x exp(-x). The square is missing in the "
                              "exponent: exp(-x^2), whose inner derivative is -2x."},
    {MISTAKE(bell_all_places),
     "Every dx holds the sum over all places. x[i] stands in its own term only."},
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

static void share_squares_apart(int n, const real a[n], const real b[n], real da[n], real db[n])
{
    for (int i = 0; i < n; i++) {
        real sum = a[i] * a[i] + b[i] * b[i];
        da[i] = b[i] / sum;
        db[i] = -a[i] / sum;
    }
}

static void share_exchanged(int n, const real a[n], const real b[n], real da[n], real db[n])
{
    for (int i = 0; i < n; i++) {
        real sum = a[i] + b[i];
        da[i] = a[i] / (sum * sum);
        db[i] = -b[i] / (sum * sum);
    }
}

static void share_slopes_divided(int n, const real a[n], const real b[n], real da[n], real db[n])
{
    (void)a, (void)b;
    for (int i = 0; i < n; i++) {
        da[i] = 1;
        db[i] = 0;
    }
}

static void share_itself(int n, const real a[n], const real b[n], real da[n], real db[n])
{
    for (int i = 0; i < n; i++) {
        real sum = a[i] + b[i];
        da[i] = a[i] / sum;
        db[i] = b[i] / sum;
    }
}

static void share_added(int n, const real a[n], const real b[n], real da[n], real db[n])
{
    for (int i = 0; i < n; i++) {
        real sum = a[i] + b[i];
        da[i] = (sum + a[i]) / (sum * sum);
        db[i] = a[i] / (sum * sum);
    }
}

static void share_softmax(int n, const real a[n], const real b[n], real da[n], real db[n])
{
    for (int i = 0; i < n; i++) {
        real sum = a[i] + b[i];
        da[i] = a[i] * b[i] / (sum * sum);
        db[i] = -a[i] * b[i] / (sum * sum);
    }
}

static void share_log(int n, const real a[n], const real b[n], real da[n], real db[n])
{
    for (int i = 0; i < n; i++) {
        da[i] = 1 / a[i] - 1 / (a[i] + b[i]);
        db[i] = -1 / (a[i] + b[i]);
    }
}

static void share_not_squared_in_the_rule(int n, const real a[n], const real b[n], real da[n],
                                          real db[n])
{
    for (int i = 0; i < n; i++) {
        da[i] = (1 - a[i]) / (a[i] + b[i]);
        db[i] = -a[i] / (a[i] + b[i]);
    }
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
    {MISTAKE(share_squares_apart),
     "(a + b)^2 is not a^2 + b^2: the 2 a b between them is missing. Square the sum."},
    {MISTAKE(share_exchanged),
     "The numerators are exchanged. In da the a from above cancels against the a below and b is "
     "left; db is a times the derivative of 1 / (a + b)."},
    {MISTAKE(share_slopes_divided), "1 and 0 are the slopes of no quotient here. The quotient rule "
                                    "is (u' v - u v') / v^2: both a and b are in its denominator."},
    {TURNED("missing-factor:a[i]"),
     "The factor a is missing in db: it is a times the derivative of 1 / (a + b), -a / (a + b)^2."},
    {MISTAKE(share_itself), "These are the shares themselves, a / (a + b) and b / (a + b). Wanted "
                            "is how a's share changes with a and with b."},
    {MISTAKE(share_added), "The quotient rule has a minus between its terms: (u' v - u v') / v^2."},
    {MISTAKE(share_softmax),
     "p (1 - p) is the slope of a sigmoid, or softmax, where the numbers went through exp() first. "
     "Here a itself is in the quotient: da = b / (a + b)^2."},
    {TURNED("twins+missing-divisor:(sum*sum)"),
     "The sum is gone from your numbers: b / sum * sum is b. Put brackets: b / (sum * sum)."},
    {MISTAKE(share_log), "You differentiated the logarithm of the share. L has the share itself: "
                         "multiply by a / (a + b), or use the quotient rule."},
    {TURNED("missing-term:a[i]"),
     "You differentiated a / b. The share is of the whole, a / (a + b)."},
    {MISTAKE(share_not_squared_in_the_rule),
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

static void coefficients_power_of_sum_but_first(int n, int k, const real x[n], real dc[k])
{
    real sum = 0;
    for (int i = 0; i < n; i++)
        sum += x[i];
    for (int l = 0; l < k; l++)
        dc[l] = l == 0 ? n : pow(sum, l);
}

static void coefficients_power_of_mean(int n, int k, const real x[n], real dc[k])
{
    real sum = 0;
    for (int i = 0; i < n; i++)
        sum += x[i];
    for (int l = 0; l < k; l++)
        dc[l] = n * pow(sum / n, l);
}

static void coefficients_backwards(int n, int k, const real x[n], real dc[k])
{
    for (int l = 0; l < k; l++) {
        dc[l] = 0;
        for (int i = 0; i < n; i++)
            dc[l] += pow(x[i], k - 1 - l);
    }
}

static void coefficients_times_l(int n, int k, const real x[n], real dc[k])
{
    for (int l = 0; l < k; l++) {
        dc[l] = 0;
        for (int i = 0; i < n; i++)
            dc[l] += l * x[i];
    }
}

static void coefficients_l_power(int n, int k, const real x[n], real dc[k])
{
    for (int l = 0; l < k; l++) {
        dc[l] = 0;
        for (int i = 0; i < n; i++)
            dc[l] += l * pow(x[i], l);
    }
}

static void coefficients_running(int n, int k, const real x[n], real dc[k])
{
    real sum = 0;
    for (int l = 0; l < k; l++) {
        for (int i = 0; i < n; i++)
            sum += pow(x[i], l);
        dc[l] = sum;
    }
}

static void coefficients_first_is_one(int n, int k, const real x[n], real dc[k])
{
    reference_coefficients(n, k, x, dc);
    dc[0] = 1;
}

static void coefficients_first_is_zero(int n, int k, const real x[n], real dc[k])
{
    reference_coefficients(n, k, x, dc);
    dc[0] = 0;
}

#define POWER_OF_SUM                                                                             \
    "You added up the places first and took the power then. Each place has a power of its own; " \
    "add those."

static const Mistake coefficients_mistakes[] = {
    {TURNED("accumulate:dc[l]+="),
     "Only the last place is left: = stands where += belongs, or it is set to zero inside the "
     "loop. Each coefficient is used at all n places, and its gradients add up."},
    {TURNED("divided-by-n:1"),
     "You divided by n. L is the sum over the places, not their mean, and so is the gradient."},
    {MISTAKE(coefficients_of_x),
     "You differentiated x^l once more. Here x stands still: p is linear in c[l], with slope x^l."},
    {TURNED("order:dc[l]+=power;<--"),
     "Your exponents are too high by one: c[0] stands before x^0, which is 1."},
    {MISTAKE(coefficients_power_of_sum), "You added up the places first and took the power then. "
                                         "Each place has a power of its own; add those."},
    {MISTAKE(coefficients_power_of_sum_but_first), POWER_OF_SUM},
    {MISTAKE(coefficients_power_of_mean),
     "You took the power of the mean place. Each place has a power of its own; add those."},
    {MISTAKE(coefficients_backwards), "Your coefficients are in reverse: c[0] stands before x^0, "
                                      "and dc[k-1] has the highest power."},
    {MISTAKE(coefficients_times_l),
     "You multiplied x by l. The power is x times itself, l factors of it."},
    {MISTAKE(coefficients_l_power), "There is a factor l in your dc. It is c[l] that is nudged, "
                                    "and p grows by x^l per unit of c[l]; no exponent comes down."},
    {MISTAKE(coefficients_running),
     "Your sum goes on from one coefficient to the next. Set it back to zero for each dc[l]."},
    {MISTAKE(coefficients_first_is_one),
     "dc[0] is 1 in yours. x^0 is 1 at each of the n places, and they add up."},
    {MISTAKE(coefficients_first_is_zero),
     "dc[0] is 0 in yours. The constant does not move with x, but here it is c[0] that is nudged: "
     "x^0 is 1 at each place."},
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

static void exps_over(real sum, int i, const real *a, const real *b, const real *c, real *da,
                      real *db, real *dc)
{
    da[i] = exp(a[i]) / sum;
    db[i] = exp(b[i]) / sum;
    dc[i] = exp(c[i]) / sum;
}

static void logsumexp_shifted_below(int n, const real a[n], const real b[n], const real c[n],
                                    real da[n], real db[n], real dc[n])
{
    for (int i = 0; i < n; i++) {
        real m = fmax(a[i], fmax(b[i], c[i]));
        real sum = exp(a[i] - m) + exp(b[i] - m) + exp(c[i] - m);
        exps_over(sum, i, a, b, c, da, db, dc);
    }
}

static void logsumexp_hard(int n, const real a[n], const real b[n], const real c[n], real da[n],
                           real db[n], real dc[n])
{
    for (int i = 0; i < n; i++) {
        real m = fmax(a[i], fmax(b[i], c[i]));
        da[i] = a[i] == m;
        db[i] = b[i] == m;
        dc[i] = c[i] == m;
    }
}

static void logsumexp_value(int n, const real a[n], const real b[n], const real c[n], real da[n],
                            real db[n], real dc[n])
{
    for (int i = 0; i < n; i++)
        da[i] = db[i] = dc[i] = log(exp(a[i]) + exp(b[i]) + exp(c[i]));
}

static void logsumexp_odds(int n, const real a[n], const real b[n], const real c[n], real da[n],
                           real db[n], real dc[n])
{
    for (int i = 0; i < n; i++) {
        da[i] = exp(a[i]) / (exp(b[i]) + exp(c[i]));
        db[i] = exp(b[i]) / (exp(a[i]) + exp(c[i]));
        dc[i] = exp(c[i]) / (exp(a[i]) + exp(b[i]));
    }
}

static void logsumexp_exp_of_sum(int n, const real a[n], const real b[n], const real c[n],
                                 real da[n], real db[n], real dc[n])
{
    for (int i = 0; i < n; i++) {
        real sum = exp(a[i] + b[i] + c[i]);
        exps_over(sum, i, a, b, c, da, db, dc);
    }
}

static void logsumexp_log_share(int n, const real a[n], const real b[n], const real c[n],
                                real da[n], real db[n], real dc[n])
{
    for (int i = 0; i < n; i++) {
        real sum = log(exp(a[i]) + exp(b[i]) + exp(c[i]));
        da[i] = a[i] - sum;
        db[i] = b[i] - sum;
        dc[i] = c[i] - sum;
    }
}

static void logsumexp_over_places(int n, const real a[n], const real b[n], const real c[n],
                                  real da[n], real db[n], real dc[n])
{
    real sa = 0, sb = 0, sc = 0;
    for (int i = 0; i < n; i++)
        sa += exp(a[i]), sb += exp(b[i]), sc += exp(c[i]);
    for (int i = 0; i < n; i++) {
        da[i] = exp(a[i]) / sa;
        db[i] = exp(b[i]) / sb;
        dc[i] = exp(c[i]) / sc;
    }
}

static void logsumexp_one_sum(int n, const real a[n], const real b[n], const real c[n], real da[n],
                              real db[n], real dc[n])
{
    real s = 0;
    for (int i = 0; i < n; i++)
        s += exp(a[i]) + exp(b[i]) + exp(c[i]);
    for (int i = 0; i < n; i++)
        exps_over(s, i, a, b, c, da, db, dc);
}

static void logsumexp_one_minus(int n, const real a[n], const real b[n], const real c[n],
                                real da[n], real db[n], real dc[n])
{
    for (int i = 0; i < n; i++) {
        real s = exp(a[i]) + exp(b[i]) + exp(c[i]);
        da[i] = exp(a[i]) / s - 1;
        db[i] = exp(b[i]) / s - 1;
        dc[i] = exp(c[i]) / s - 1;
    }
}

static void logsumexp_minimum(int n, const real a[n], const real b[n], const real c[n], real da[n],
                              real db[n], real dc[n])
{
    for (int i = 0; i < n; i++) {
        real sum = exp(-a[i]) + exp(-b[i]) + exp(-c[i]);
        da[i] = exp(-a[i]) / sum;
        db[i] = exp(-b[i]) / sum;
        dc[i] = exp(-c[i]) / sum;
    }
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
    {MISTAKE(logsumexp_shifted_below),
     "You took the largest of the three off in the sum and not above it. exp(a - m) / sum of exp(. "
     "- m): the shift cancels only where it stands in both."},
    {TURNED("not-reset:sum=exp(a[i])+exp(b[i])+exp(c[i])"),
     "Your sum goes on from one i to the next. Set it back to zero for each: three numbers belong "
     "to an i."},
    {TURNED("twins+no-call:exp(a[i])"),
     "exp() is missing: the shares are exp(a) / (exp(a) + exp(b) + exp(c))."},
    {MISTAKE(logsumexp_hard), "That is the slope of the hard maximum: 1 for the largest, 0 for the "
                              "others. The soft one shares the 1 out, exp(a) / sum."},
    {MISTAKE(logsumexp_value), "That is the log-sum-exp itself, three times. Wanted are its "
                               "derivatives, exp(a) / sum and so on."},
    {MISTAKE(logsumexp_odds), "You divided by the sum of the two others. The logarithm is of all "
                              "three: exp(a) itself is in the sum, too."},
    {MISTAKE(logsumexp_exp_of_sum),
     "exp(a + b + c) is the product of the three, not their sum. Take exp() of each, then add."},
    {MISTAKE(logsumexp_log_share),
     "You took the logarithm of the share, a - log(sum). The derivative is the share itself."},
    {MISTAKE(logsumexp_over_places),
     "You divided by a sum over the n places. The sum inside the logarithm is over the three "
     "numbers a[i], b[i], c[i] of one i."},
    {MISTAKE(logsumexp_one_sum), "You divided by one sum over all n. Each i has a logarithm of its "
                                 "own, of its own three numbers."},
    {MISTAKE(logsumexp_one_minus), "You took 1 off. p - 1 is the gradient of a cross entropy; that "
                                   "of log-sum-exp is the share p itself."},
    {MISTAKE(logsumexp_minimum), "Your signs are turned round inside exp(): exp(-a) makes a soft "
                                 "minimum of it. The share is exp(a) / sum."},
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

static void central_all_nudged(int n, int k, real h, const real x[n], const real c[k], real dx[n])
{
    real sum = 0;
    for (int i = 0; i < n; i++)
        sum += value(k, c, x[i] + h) - value(k, c, x[i] - h);
    for (int i = 0; i < n; i++)
        dx[i] = sum / (2 * h);
}

static void central_backwards(int n, int k, real h, const real x[n], const real c[k], real dx[n])
{
    for (int i = 0; i < n; i++) {
        real above = 0, below = 0;
        for (int l = 0; l < k; l++) {
            above += c[l] * pow(x[i] + h, k - 1 - l);
            below += c[l] * pow(x[i] - h, k - 1 - l);
        }
        dx[i] = (above - below) / (2 * h);
    }
}

static void central_second(int n, int k, real h, const real x[n], const real c[k], real dx[n])
{
    for (int i = 0; i < n; i++)
        dx[i] = (value(k, c, x[i] + h) - 2 * value(k, c, x[i]) + value(k, c, x[i] - h)) / (h * h);
}

static void central_complex(int n, int k, real h, const real x[n], const real c[k], real dx[n])
{
    for (int i = 0; i < n; i++)
        dx[i] = cimag(polynomial(k, c, x[i] + h * I)) / h;
}

static void central_half_step(int n, int k, real h, const real x[n], const real c[k], real dx[n])
{
    for (int i = 0; i < n; i++)
        dx[i] = (value(k, c, x[i] + h / 2) - value(k, c, x[i] - h / 2)) / h;
}

static void central_relative(int n, int k, real h, const real x[n], const real c[k], real dx[n])
{
    for (int i = 0; i < n; i++)
        dx[i] = (value(k, c, x[i] + h * x[i]) - value(k, c, x[i] - h * x[i])) / (2 * h * x[i]);
}

static void central_two_up(int n, int k, real h, const real x[n], const real c[k], real dx[n])
{
    for (int i = 0; i < n; i++)
        dx[i] = (value(k, c, x[i] + 2 * h) - value(k, c, x[i])) / (2 * h);
}

static void central_two_down(int n, int k, real h, const real x[n], const real c[k], real dx[n])
{
    for (int i = 0; i < n; i++)
        dx[i] = (value(k, c, x[i]) - value(k, c, x[i] - 2 * h)) / (2 * h);
}

static void central_of_coefficients(int n, int k, real h, const real x[n], const real c[k],
                                    real dx[n])
{
    (void)h, (void)c;
    for (int i = 0; i < n; i++) {
        dx[i] = 0;
        for (int l = 0; l < k; l++)
            dx[i] += pow(x[i], l);
    }
}

#define HALF_THE_WAY \
    "The difference you took is over a way of h, and you divided by 2h. Go to x + h and to x - h."

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
    {MISTAKE(central_all_nudged), "Every dx holds the sum over all places. For dx[i] only x[i] "
                                  "moves; the other places stand still."},
    {TURNED("missing-term:h#2"), HALF_THE_WAY},
    {TURNED("missing-term:h"), HALF_THE_WAY},
    {MISTAKE(central_backwards),
     "Your coefficients are in reverse. c[0] stands before x^0 and c[k-1] before the highest "
     "power; Horner's way begins with c[k-1]."},
    {MISTAKE(central_second),
     "That is the second difference, an estimate of p''. The first is (p(x + h) - p(x - h)) / 2h."},
    {MISTAKE(central_complex), "You nudged by ih. That is the complex step, whose error has the "
                               "other sign; here the places are x + h and x - h."},
    {MISTAKE(central_half_step), "Your places are h apart: x + h/2 and x - h/2. Asked for is a "
                                 "nudge of h to each side, and a division by 2h."},
    {MISTAKE(central_relative),
     "Your step is h x: you nudged by a share of x. The nudge is h, whatever x is."},
    {MISTAKE(central_two_up), "Your places are x + 2h and x. Nudge by h to each side of x."},
    {MISTAKE(central_two_down), "Your places are x and x - 2h. Nudge by h to each side of x."},
    {MISTAKE(central_of_coefficients),
     "You nudged the coefficients. It is x[i] that is nudged; c stands still."},
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

/* The first slope is c[1], at 0, and negative: there a lost sign shows. */
static void prepare_complex(int which, const int n[], void *const a[])
{
    real *x = a[1], *c = a[2];
    (void)n;
    *(real *)a[0] = which % 2 ? 1e-30 : 1e-20;
    x[0] = 0;
    c[1] = -fabs(c[1]);
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

static void complex_new_real_part(int n, int k, real h, const real x[n], const real c[k],
                                  real dx[n])
{
    for (int i = 0; i < n; i++)
        dx[i] = cimag((x[i] + h * I) * polynomial(k, c, x[i] + h * I)) / h;
}

static void complex_phase(int n, int k, real h, const real x[n], const real c[k], real dx[n])
{
    for (int i = 0; i < n; i++) {
        Complex p = polynomial(k, c, x[i] + h * I);
        dx[i] = carg(p) / h;
    }
}

static void complex_backwards(int n, int k, real h, const real x[n], const real c[k], real dx[n])
{
    for (int i = 0; i < n; i++) {
        Complex p = 0, z = x[i] + h * I;
        for (int l = 0; l < k; l++)
            p = p * z + c[l];
        dx[i] = cimag(p) / h;
    }
}

static void complex_all_nudged(int n, int k, real h, const real x[n], const real c[k], real dx[n])
{
    Complex sum = 0;
    for (int i = 0; i < n; i++)
        sum += polynomial(k, c, x[i] + h * I);
    for (int i = 0; i < n; i++)
        dx[i] = cimag(sum) / h;
}

static void complex_divided_by_ih(int n, int k, real h, const real x[n], const real c[k],
                                  real dx[n])
{
    for (int i = 0; i < n; i++)
        dx[i] = cimag(polynomial(k, c, x[i] + h * I) / (h * I));
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
    {TURNED("absolute:cimag(p)"), "dx has lost its sign. cabs() is a length and never negative; "
                                  "the imaginary part has the sign: cimag()."},
    {MISTAKE(complex_new_real_part),
     "That is the derivative of x p(x). Is there a z too many in p? If you keep real and imaginary "
     "part by hand: both are made from the old real part."},
    {MISTAKE(complex_phase), "You took the angle of p, and its slope is p' / p. The derivative is "
                             "the imaginary part: cimag(), not carg()."},
    {TURNED("times:h*I<-x[i]"),
     "That is x p'(x). Is your nudge h I, and not h I x? If you keep real and imaginary part by "
     "hand: both are made from the old real part."},
    {MISTAKE(complex_backwards),
     "Your coefficients are in reverse. c[0] stands before z^0 and c[k-1] before the highest "
     "power; Horner's way begins with c[k-1]."},
    {MISTAKE(complex_all_nudged), "Every dx holds the sum over all places. For dx[i] only x[i] "
                                  "moves; the other places stand still."},
    {MISTAKE(complex_divided_by_ih), "That is -p(x) / h. Did you divide by h I? Take the imaginary "
                                     "part first, cimag(p), and divide by h then."},
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

#define EPSILON                                                                               \
    "You added a little something to the denominator to avoid 0/0. It makes small errors of " \
    "small gradients look smaller; treat the case that both are zero by itself."

/* the difference in units of `size`, and 0 where both are 0 */
static real relative_to(real size, real hand, real numeric)
{
    return hand == numeric ? 0 : fabs(hand - numeric) / size;
}

static void relative_to_hand(int n, const real hand[n], const real numeric[n], real error[n])
{
    for (int i = 0; i < n; i++)
        error[i] = relative_to(fabs(hand[i]), hand[i], numeric[i]);
}

static void relative_larger_signed(int n, const real hand[n], const real numeric[n], real error[n])
{
    for (int i = 0; i < n; i++)
        error[i] = relative_to(fabs(fmax(hand[i], numeric[i])), hand[i], numeric[i]);
}

static void relative_larger_signed_positive(int n, const real hand[n], const real numeric[n],
                                            real error[n])
{
    for (int i = 0; i < n; i++) {
        real larger = fmax(hand[i], numeric[i]);
        error[i] = larger > 0 ? fabs(hand[i] - numeric[i]) / larger : 0;
    }
}

static void relative_either_zero(int n, const real hand[n], const real numeric[n], real error[n])
{
    for (int i = 0; i < n; i++)
        error[i] = hand[i] == 0 || numeric[i] == 0
                       ? 0
                       : relative_to(fmax(fabs(hand[i]), fabs(numeric[i])), hand[i], numeric[i]);
}

static void relative_to_mean(int n, const real hand[n], const real numeric[n], real error[n])
{
    for (int i = 0; i < n; i++)
        error[i] = relative_to((fabs(hand[i]) + fabs(numeric[i])) / 2, hand[i], numeric[i]);
}

static void relative_to_smaller(int n, const real hand[n], const real numeric[n], real error[n])
{
    for (int i = 0; i < n; i++)
        error[i] = relative_to(fmin(fabs(hand[i]), fabs(numeric[i])), hand[i], numeric[i]);
}

static void relative_to_length(int n, const real hand[n], const real numeric[n], real error[n])
{
    for (int i = 0; i < n; i++)
        error[i] =
            relative_to(sqrt(hand[i] * hand[i] + numeric[i] * numeric[i]), hand[i], numeric[i]);
}

static void relative_to_largest(int n, const real hand[n], const real numeric[n], real error[n])
{
    real largest = 0;
    for (int i = 0; i < n; i++)
        largest = fmax(largest, fmax(fabs(hand[i]), fabs(numeric[i])));
    for (int i = 0; i < n; i++)
        error[i] = relative_to(largest, hand[i], numeric[i]);
}

static void relative_epsilon_12(int n, const real hand[n], const real numeric[n], real error[n])
{
    for (int i = 0; i < n; i++)
        error[i] = fabs(hand[i] - numeric[i]) / (fmax(fabs(hand[i]), fabs(numeric[i])) + 1e-12);
}

static void relative_to_at_least_one(int n, const real hand[n], const real numeric[n],
                                     real error[n])
{
    for (int i = 0; i < n; i++)
        error[i] = fabs(hand[i] - numeric[i]) / fmax(1, fmax(fabs(hand[i]), fabs(numeric[i])));
}

#define TO_HAND                                                                                 \
    "You divided by the gradient made by hand. It may be the smaller of the two, or zero, and " \
    "then the error runs off; divide by the larger one."

#define LARGER_SIGNED                                                            \
    "You compared the two with their signs. Wanted is the larger without them: " \
    "fmax(fabs(hand[i]), fabs(numeric[i]))."

static const Mistake relative_mistakes[] = {
    {TURNED("missing-divisor:larger"),
     "That is the absolute difference. A gradient of 1e-6 with its sign flipped would pass any "
     "test with it: divide by the larger of the two."},
    {MISTAKE(relative_of_sum), "You divided by the sum of the two. Asked for is the larger of "
                               "them; by the sum, no error could ever be more than 1."},
    {TURNED("no-call:fabs(hand[i]-numeric[i])"),
     "Some of your errors are negative, and a negative error passes every test for `error < 1e-7`: "
     "take fabs() of the difference."},
    {MISTAKE(relative_of_sizes),
     "You compared the sizes only, so a gradient with its sign flipped seems to be right. Take the "
     "difference first and fabs() of it afterwards."},
    {MISTAKE(relative_epsilon), EPSILON},
    {TURNED("second-alone:fmax(fabs(hand[i]),fabs(numeric[i]))"),
     "You divided by the numeric gradient. It may be the smaller of the two, or zero, and then the "
     "error runs off; divide by the larger one."},
    {MISTAKE(relative_to_hand), TO_HAND},
    {TURNED("no-call:fmax(fabs(hand[i]),fabs(numeric[i]))"), TO_HAND},
    {MISTAKE(relative_larger_signed), LARGER_SIGNED},
    {MISTAKE(relative_larger_signed_positive), LARGER_SIGNED},
    {MISTAKE(relative_either_zero), "Your error is 0 where one of the two is 0. They agree only "
                                    "where both are; one zero alone is an error of 1."},
    {TURNED("equal:larger>0<->="),
     "Where both are zero you divide 0 by 0. They agree there; write 0."},
    {MISTAKE(relative_to_mean),
     "You divided by the mean of the two sizes. Asked for is the larger of them."},
    {MISTAKE(relative_to_smaller), "You divided by the smaller of the two. It may be zero, and "
                                   "then the error runs off; divide by the larger one."},
    {MISTAKE(relative_to_length),
     "You divided by the root of the sum of squares. Asked for is the larger of the two."},
    {MISTAKE(relative_to_largest),
     "You divided by the largest element of all. Each element has an error of its own: divide by "
     "the larger of hand[i] and numeric[i]."},
    {MISTAKE(relative_epsilon_12), EPSILON},
    {MISTAKE(relative_to_at_least_one),
     "You divided by no less than 1. That makes the errors of small gradients absolute, and small "
     "ones seem right: divide by the larger of the two, however small."},
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
