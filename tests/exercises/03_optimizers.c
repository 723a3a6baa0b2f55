/* 03_optimizers.c: how the answers to exercises 03 are judged. The references write each rule in
 * another form: decay as a shrinking factor, means as a step towards the new, Adam's corrections
 * taken into lr and eps, the cosine by its half angle. */
#include "03_optimizers.h"

#include <stdbool.h>

#include "check.h"

/* Settings of the rules, a little different in each case. */
static void set(void *const argument, int which, real x, real step)
{
    *(real *)argument = x + step * (real)which;
}

static void make_positive(int n, real *x)
{
    for (int i = 0; i < n; i++)
        x[i] = fabs(x[i]) + (real)0.1;
}

static void make_zero(int n, real *x)
{
    for (int i = 0; i < n; i++)
        x[i] = 0;
}

/* 1 - beta^t */
static real share(real beta, int t)
{
    real power = 1;
    while (t-- > 0)
        power *= beta;
    return 1 - power;
}

/* Arguments that most rules have. */
#define RATE                     \
    {                            \
        "lr", IN_POSITIVE, "", 0 \
    }
#define SETTING(name)            \
    {                            \
        name, IN_PREPARED, "", 0 \
    }
#define GRADIENT                \
    {                           \
        "dp", IN_NORMAL, "n", 0 \
    }
#define UPDATED(name)        \
    {                        \
        name, IN_OUT, "n", 0 \
    }

/* -- 1. decay_step ---------------------------------------------------------------------------- */

static void reference_decay(int n, real lr, real decay, const real dp[n], real p[n])
{
    for (int i = 0; i < n; i++)
        p[i] = (1 - lr * decay) * p[i] - lr * dp[i];
}

static void decay_after(int n, real lr, real decay, const real dp[n], real p[n])
{
    for (int i = 0; i < n; i++) {
        p[i] -= lr * dp[i];
        p[i] -= lr * decay * p[i];
    }
}

static void decay_loss(int n, real lr, real decay, const real dp[n], real p[n])
{
    for (int i = 0; i < n; i++)
        p[i] -= lr * (dp[i] + decay * p[i] * p[i] / 2);
}

static void decay_by_sign(int n, real lr, real decay, const real dp[n], real p[n])
{
    for (int i = 0; i < n; i++)
        p[i] -= lr * (dp[i] + decay * ((p[i] > 0) - (p[i] < 0)));
}

static void decay_between(int n, real lr, real decay, const real dp[n], real p[n])
{
    for (int i = 0; i < n; i++)
        p[i] -= lr * ((1 - decay) * dp[i] + decay * p[i]);
}

static void decay_shrinks_step(int n, real lr, real decay, const real dp[n], real p[n])
{
    for (int i = 0; i < n; i++)
        p[i] = (p[i] - lr * dp[i]) * (1 - decay);
}

static void decay_of_length(int n, real lr, real decay, const real dp[n], real p[n])
{
    real squares = 0;
    for (int i = 0; i < n; i++)
        squares += p[i] * p[i];
    for (int i = 0; i < n; i++)
        p[i] -= lr * (dp[i] + decay * sqrt(squares));
}

static const Mistake decay_mistakes[] = {
    {TURNED("missing-term:decay*p[i]"),
     "That is SGD without weight decay. Add decay p to the gradient before you use it."},
    {TURNED("wrong-sign:decay*p[i]"),
     "Your decay has the wrong sign and pushes p away from zero. It is added to the gradient, g = "
     "dp + decay p, and the step subtracts g."},
    {TURNED("parentheses:(dp[i]+decay*p[i])"),
     "You subtracted decay p without lr. The decay is part of the gradient, so lr multiplies both: "
     "p = p - lr (dp + decay p)."},
    {MISTAKE(decay_after), "You decayed the p that had already moved. Both parts of g are taken at "
                           "the p before the step."},
    {TURNED("wrong-sign:lr*(dp[i]+decay*p[i])"),
     "You went uphill: a step that makes the loss smaller goes against the gradient, p = p - lr "
     "g."},
    {TURNED("times-2:decay*p[i]"), "There is a 2 in your decay. It is the gradient of decay p^2 / "
                                   "2, and the 2 has cancelled: decay p."},
    {TURNED("missing-factor:p[i]"),
     "You added decay itself. It is multiplied by p: what is larger is pulled back more, decay p."},
    {MISTAKE(decay_loss), "You added the second loss, decay p^2 / 2. A step is made of gradients: "
                          "add its derivative, decay p."},
    {MISTAKE(decay_by_sign), "You took the sign of p: that is the gradient of decay |p|. That of "
                             "decay p^2 / 2 is decay p."},
    {TURNED("instead:p[i]<-dp"),
     "You decayed the gradient. It is p that decays: g = dp + decay p."},
    {MISTAKE(decay_between), "You made a mean of dp and p. dp counts in full: g = dp + decay p."},
    {MISTAKE(decay_shrinks_step), "You shrank the p that had already moved, and without lr. g = dp "
                                  "+ decay p is taken at the p before the step."},
    {TURNED("missing-factor:lr"), "The learning rate is missing: p = p - lr g."},
    {MISTAKE(decay_of_length),
     "You took the length of all of p. Each p[i] is pulled back by itself: decay p[i]."},
    {TURNED("times:dp[i]<-decay"),
     "Your gradient is multiplied by decay. Only p is: g = dp + decay p."},
    {0}};

CALL(decay_step, n[0], VALUE(a[0]), VALUE(a[1]), a[2], a[3])

static const Exercise exercise_decay_step = {
    .name = "decay_step",
    .call = call_decay_step,
    .sizes = "n",
    .arguments = {RATE, {"decay", IN_POSITIVE, "", 0}, GRADIENT, UPDATED("p")},
    .cases = {{7}, {2}, {1}},
    .reference = JUDGE((Function)reference_decay),
    .mistakes = JUDGE(decay_mistakes),
};

/* -- 2. momentum_step ------------------------------------------------------------------------- */

/* At the first step there may be anything in b: NaN in every second place. */
static void prepare_velocity(const int n[], real *b)
{
    for (int i = 0; i < n[0] && n[1] == 1; i += 2)
        b[i] = NAN;
}

static void prepare_momentum(int which, const int n[], void *const a[])
{
    set(a[1], which, 0.9, -0.1);
    set(a[2], which, 0.25, 0.1);
    prepare_velocity(n, a[4]);
}

static void momentum_with(int n, bool first, real lr, real keep, real take, const real dp[n],
                          real b[n], real p[n])
{
    for (int i = 0; i < n; i++) {
        b[i] = first ? dp[i] : dp[i] * take + b[i] * keep;
        p[i] = p[i] - b[i] * lr;
    }
}

static void reference_momentum(int n, int t, real lr, real momentum, real dampening,
                               const real dp[n], real b[n], real p[n])
{
    momentum_with(n, t == 1, lr, momentum, 1 - dampening, dp, b, p);
}

static void momentum_first_damped(int n, int t, real lr, real momentum, real dampening,
                                  const real dp[n], real b[n], real p[n])
{
    for (int i = 0; i < n && t == 1; i++)
        b[i] = 0;
    momentum_with(n, false, lr, momentum, 1 - dampening, dp, b, p);
}

static void momentum_times_zero(int n, int t, real lr, real momentum, real dampening,
                                const real dp[n], real b[n], real p[n])
{
    real keep = t == 1 ? 0 : momentum, take = t == 1 ? 1 : 1 - dampening;
    momentum_with(n, false, lr, keep, take, dp, b, p);
}

static void momentum_lr_inside(int n, int t, real lr, real momentum, real dampening,
                               const real dp[n], real b[n], real p[n])
{
    for (int i = 0; i < n; i++) {
        b[i] = t == 1 ? lr * dp[i] : momentum * b[i] + lr * (1 - dampening) * dp[i];
        p[i] -= b[i];
    }
}

#define TIMES_ZERO                                                                             \
    "At t = 1 you multiplied what was in b by 0. There may be anything in it, NaN too, and 0 " \
    "times NaN is NaN: set b = dp without reading b."

static void momentum_not_kept(int n, int t, real lr, real momentum, real dampening,
                              const real dp[n], real b[n], real p[n])
{
    real was[n];
    for (int i = 0; i < n; i++)
        was[i] = b[i];
    reference_momentum(n, t, lr, momentum, dampening, dp, b, p);
    for (int i = 0; i < n; i++)
        b[i] = was[i];
}

static void momentum_first_still(int n, int t, real lr, real momentum, real dampening,
                                 const real dp[n], real b[n], real p[n])
{
    real was[n];
    for (int i = 0; i < n; i++)
        was[i] = p[i];
    reference_momentum(n, t, lr, momentum, dampening, dp, b, p);
    for (int i = 0; i < n; i++)
        p[i] = t == 1 ? was[i] : p[i];
}

static void momentum_old_b(int n, int t, real lr, real momentum, real dampening, const real dp[n],
                           real b[n], real p[n])
{
    for (int i = 0; i < n; i++)
        p[i] -= lr * (t == 1 ? dp[i] : b[i]);
    for (int i = 0; i < n; i++)
        b[i] = t == 1 ? dp[i] : momentum * b[i] + (1 - dampening) * dp[i];
}

static void momentum_all_damped(int n, int t, real lr, real momentum, real dampening,
                                const real dp[n], real b[n], real p[n])
{
    momentum_with(n, t == 1, lr, momentum * (1 - dampening), 1 - dampening, dp, b, p);
}

static void momentum_looks_ahead(int n, int t, real lr, real momentum, real dampening,
                                 const real dp[n], real b[n], real p[n])
{
    for (int i = 0; i < n; i++) {
        b[i] = t == 1 ? dp[i] : momentum * b[i] + (1 - dampening) * dp[i];
        p[i] -= lr * (dp[i] + momentum * b[i]);
    }
}

static const Mistake momentum_mistakes[] = {
    {MISTAKE(momentum_first_damped), "You dampened the first gradient. At t = 1 PyTorch sets b to "
                                     "the gradient itself; dampening begins at the second step."},
    {TURNED("never:t==1"),
     "At t = 1 you used what was in b before. There is no past yet: set b = dp."},
    {MISTAKE(momentum_times_zero), TIMES_ZERO},
    {TURNED("missing-factor:(1-dampening)"),
     "Dampening is missing: from the second step on, b takes in (1 - dampening) dp."},
    {TURNED("instead:dampening<-momentum"),
     "You made b a mean, with weights momentum and 1 - momentum. That is Adam's m; here dp is "
     "weighted by 1 - dampening, whatever momentum is."},
    {TURNED("one-minus:(1-dampening)"),
     "You weighted dp by dampening. Dampening is what is taken away; 1 - dampening is left."},
    {TURNED("stale:b[i]"), "p moved before b was brought up to date, so this step's gradient has "
                           "not been used yet. First b, then p."},
    {MISTAKE(momentum_lr_inside),
     "You put lr into b. As long as lr is constant p is the same, but b is not, and a change of lr "
     "would reach only new gradients. b holds gradients; lr multiplies it when p moves."},
    {MISTAKE(momentum_not_kept), "b is left as it was. What the step remembers has to be stored: "
                                 "b[i] itself takes the new value, and p moves along it."},
    {MISTAKE(momentum_first_still), "At the first step p did not move. b is special at t = 1, the "
                                    "step is not: p = p - lr b there too."},
    {MISTAKE(momentum_old_b), "p moved before b was brought up to date, so this step's gradient "
                              "has not been used yet. First b, then p."},
    {MISTAKE(momentum_all_damped),
     "You dampened the old b as well. Only the new gradient is multiplied by 1 - dampening."},
    {MISTAKE(momentum_looks_ahead), "That step looks ahead, which is Nesterov's, the next "
                                    "exercise. Here p moves along b: p = p - lr b."},
    {TURNED("spread:momentum*b[i]+(1-dampening)*dp[i]"),
     "momentum multiplies the old b only; your dp is multiplied by it, too."},
    {0}};

CALL(momentum_step, n[0], n[1], VALUE(a[0]), VALUE(a[1]), VALUE(a[2]), a[3], a[4], a[5])

static const Exercise exercise_momentum_step = {
    .name = "momentum_step",
    .call = call_momentum_step,
    .sizes = "nt",
    .arguments = {RATE, SETTING("momentum"), SETTING("dampening"), GRADIENT, UPDATED("b"),
                  UPDATED("p")},
    .cases = {{7, 3}, {5, 1}, {2, 10}, {1, 2}},
    .prepare = JUDGE(prepare_momentum),
    .reference = JUDGE((Function)reference_momentum),
    .mistakes = JUDGE(momentum_mistakes),
};

/* -- 3. nesterov_step ------------------------------------------------------------------------- */

static void prepare_nesterov(int which, const int n[], void *const a[])
{
    set(a[1], which, 0.9, -0.1);
    prepare_velocity(n, a[3]);
}

static void reference_nesterov(int n, int t, real lr, real momentum, const real dp[n], real b[n],
                               real p[n])
{
    for (int i = 0; i < n; i++) {
        real past = t == 1 ? 0 : momentum * b[i];
        p[i] -= lr * ((1 + momentum) * dp[i] + momentum * past);
        b[i] = dp[i] + past;
    }
}

static void nesterov_plain(int n, int t, real lr, real momentum, const real dp[n], real b[n],
                           real p[n])
{
    momentum_with(n, t == 1, lr, momentum, 1, dp, b, p);
}

static void nesterov_first_plain(int n, int t, real lr, real momentum, const real dp[n], real b[n],
                                 real p[n])
{
    if (t == 1)
        momentum_with(n, true, lr, momentum, 1, dp, b, p);
    else
        reference_nesterov(n, t, lr, momentum, dp, b, p);
}

static void nesterov_times_zero(int n, int t, real lr, real momentum, const real dp[n], real b[n],
                                real p[n])
{
    real keep = t == 1 ? 0 : momentum;
    for (int i = 0; i < n; i++) {
        b[i] = keep * b[i] + dp[i];
        p[i] -= lr * (dp[i] + momentum * b[i]);
    }
}

static void nesterov_remembers_step(int n, int t, real lr, real momentum, const real dp[n],
                                    real b[n], real p[n])
{
    reference_nesterov(n, t, lr, momentum, dp, b, p);
    for (int i = 0; i < n; i++)
        b[i] = dp[i] + momentum * b[i];
}

static void nesterov_mean(int n, int t, real lr, real momentum, const real dp[n], real b[n],
                          real p[n])
{
    for (int i = 0; i < n; i++) {
        b[i] = t == 1 ? dp[i] : momentum * b[i] + (1 - momentum) * dp[i];
        p[i] -= lr * (dp[i] + momentum * b[i]);
    }
}

static void nesterov_old_b(int n, int t, real lr, real momentum, const real dp[n], real b[n],
                           real p[n])
{
    for (int i = 0; i < n; i++) {
        real was = t == 1 ? dp[i] : b[i];
        b[i] = t == 1 ? dp[i] : momentum * b[i] + dp[i];
        p[i] -= lr * (dp[i] + momentum * was);
    }
}

static void nesterov_turned(int n, int t, real lr, real momentum, const real dp[n], real b[n],
                            real p[n])
{
    for (int i = 0; i < n; i++) {
        b[i] = t == 1 ? dp[i] : momentum * b[i] + dp[i];
        p[i] -= lr * (b[i] + momentum * dp[i]);
    }
}

static void nesterov_lr_inside(int n, int t, real lr, real momentum, const real dp[n], real b[n],
                               real p[n])
{
    for (int i = 0; i < n; i++) {
        b[i] = t == 1 ? lr * dp[i] : momentum * b[i] + lr * dp[i];
        p[i] -= lr * dp[i] + momentum * b[i];
    }
}

static void nesterov_not_kept(int n, int t, real lr, real momentum, const real dp[n], real b[n],
                              real p[n])
{
    real was[n];
    for (int i = 0; i < n; i++)
        was[i] = b[i];
    reference_nesterov(n, t, lr, momentum, dp, b, p);
    for (int i = 0; i < n; i++)
        b[i] = was[i];
}

static void nesterov_first_still(int n, int t, real lr, real momentum, const real dp[n], real b[n],
                                 real p[n])
{
    real was[n];
    for (int i = 0; i < n; i++)
        was[i] = p[i];
    reference_nesterov(n, t, lr, momentum, dp, b, p);
    for (int i = 0; i < n; i++)
        p[i] = t == 1 ? was[i] : p[i];
}

static void nesterov_mean_step(int n, int t, real lr, real momentum, const real dp[n], real b[n],
                               real p[n])
{
    for (int i = 0; i < n; i++) {
        b[i] = t == 1 ? dp[i] : momentum * b[i] + dp[i];
        p[i] -= lr * ((1 - momentum) * dp[i] + momentum * b[i]);
    }
}

static const Mistake nesterov_mistakes[] = {
    {MISTAKE(nesterov_plain),
     "That is plain momentum. Nesterov's step is dp + momentum b, and b is to be brought up to "
     "date first: dp plus momentum times the old b is the new b, plain momentum once more."},
    {TURNED("missing-term:dp[i]#3"),
     "The gradient itself is missing from the step: dp + momentum b."},
    {TURNED("missing-factor:momentum#2"),
     "You added the whole of b. One step on it will have become momentum b."},
    {MISTAKE(nesterov_first_plain), "You did not look ahead at the first step. b is special at t = "
                                    "1, the step is not: p = p - lr (dp + momentum b) there too."},
    {TURNED("never:t==1"),
     "At t = 1 you used what was in b before. There is no past yet: set b = dp."},
    {MISTAKE(nesterov_times_zero), TIMES_ZERO},
    {MISTAKE(nesterov_remembers_step),
     "You kept the step itself in b. What is remembered is b = momentum b + dp; momentum b is "
     "added once more only for p."},
    {MISTAKE(nesterov_mean), "You made b a mean, with weights momentum and 1 - momentum. That is "
                             "Adam's m; here dp enters b in full."},
    {MISTAKE(nesterov_old_b), "You looked ahead with the b from before this step. Bring it up to "
                              "date first: dp + momentum b, with the new b."},
    {MISTAKE(nesterov_turned),
     "momentum is at the wrong one: your step is b + momentum dp. It is dp + momentum b."},
    {MISTAKE(nesterov_lr_inside),
     "You put lr into b. b holds gradients; lr multiplies the whole step when p moves."},
    {MISTAKE(nesterov_not_kept), "b is left as it was. What the step remembers has to be stored: "
                                 "b[i] itself takes the new value."},
    {MISTAKE(nesterov_first_still), "At the first step p did not move. b is special at t = 1, the "
                                    "step is not: p = p - lr (dp + momentum b) there too."},
    {MISTAKE(nesterov_mean_step),
     "You mixed dp and b with weights that add up to 1. dp counts in full: dp + momentum b."},
    {0}};

CALL(nesterov_step, n[0], n[1], VALUE(a[0]), VALUE(a[1]), a[2], a[3], a[4])

static const Exercise exercise_nesterov_step = {
    .name = "nesterov_step",
    .call = call_nesterov_step,
    .sizes = "nt",
    .arguments = {RATE, SETTING("momentum"), GRADIENT, UPDATED("b"), UPDATED("p")},
    .cases = {{7, 3}, {5, 1}, {2, 10}, {1, 2}},
    .prepare = JUDGE(prepare_nesterov),
    .reference = JUDGE((Function)reference_nesterov),
    .mistakes = JUDGE(nesterov_mistakes),
};

/* -- 4. rmsprop_step -------------------------------------------------------------------------- */

static void prepare_rmsprop(int which, const int n[], void *const a[])
{
    set(a[1], which, 0.9, -0.1);
    set(a[2], which, 0.125, 0.05);
    make_positive(n[0], a[4]);
}

static void rmsprop_mean(int n, real alpha, const real dp[n], real v[n])
{
    for (int i = 0; i < n; i++)
        v[i] += (1 - alpha) * (dp[i] * dp[i] - v[i]);
}

static void reference_rmsprop(int n, real lr, real alpha, real eps, const real dp[n], real v[n],
                              real p[n])
{
    rmsprop_mean(n, alpha, dp, v);
    for (int i = 0; i < n; i++)
        p[i] -= dp[i] * (lr / (eps + sqrt(v[i])));
}

static void rmsprop_swapped(int n, real lr, real alpha, real eps, const real dp[n], real v[n],
                            real p[n])
{
    reference_rmsprop(n, lr, 1 - alpha, eps, dp, v, p);
}

static void rmsprop_adds_up(int n, real lr, real alpha, real eps, const real dp[n], real v[n],
                            real p[n])
{
    (void)alpha;
    for (int i = 0; i < n; i++) {
        v[i] += dp[i] * dp[i];
        p[i] -= lr * dp[i] / (sqrt(v[i]) + eps);
    }
}

static void rmsprop_eps_inside_v(int n, real lr, real alpha, real eps, const real dp[n], real v[n],
                                 real p[n])
{
    for (int i = 0; i < n; i++) {
        v[i] = alpha * v[i] + (1 - alpha) * dp[i] * dp[i] + eps;
        p[i] -= lr * dp[i] / sqrt(v[i]);
    }
}

static void rmsprop_root_kept(int n, real lr, real alpha, real eps, const real dp[n], real v[n],
                              real p[n])
{
    for (int i = 0; i < n; i++) {
        v[i] = sqrt(alpha * v[i] + (1 - alpha) * dp[i] * dp[i]);
        p[i] -= lr * dp[i] / (v[i] + eps);
    }
}

static void rmsprop_one_size(int n, real lr, real alpha, real eps, const real dp[n], real v[n],
                             real p[n])
{
    real squares = 0;
    for (int i = 0; i < n; i++)
        squares += dp[i] * dp[i];
    for (int i = 0; i < n; i++) {
        v[i] = alpha * v[i] + (1 - alpha) * squares;
        p[i] -= lr * dp[i] / (sqrt(v[i]) + eps);
    }
}

static void rmsprop_by_own_size(int n, real lr, real alpha, real eps, const real dp[n], real v[n],
                                real p[n])
{
    rmsprop_mean(n, alpha, dp, v);
    for (int i = 0; i < n; i++)
        p[i] -= lr * dp[i] / (fabs(dp[i]) + eps);
}

#define EPS_OUTSIDE "Your eps is not in the denominator. Put brackets: lr * dp / (sqrt(v) + eps)."

static const Mistake rmsprop_mistakes[] = {
    {MISTAKE(rmsprop_swapped),
     "The two weights are exchanged: alpha belongs to the old v, 1 - alpha to the new square."},
    {TURNED("moved-in:sqrt(v[i])+eps"),
     "You added eps under the root. It is added to the root: sqrt(v) + eps."},
    {TURNED("no-call:sqrt(v[i])"),
     "You divided by v. It is a mean of squares; the root brings it back to the gradient's size."},
    {TURNED("stale:v[i]"),
     "p moved before v was brought up to date. This step's gradient belongs in v first."},
    {TURNED("missing-factor:(1-alpha)"), "The new square entered v with its full weight, so v is "
                                         "no mean and grows too large. Multiply it by 1 - alpha."},
    {TURNED("twins+rooted:dp[i]"), "You took the mean of |dp|. v is the mean of the squares."},
    {TURNED("parentheses:(sqrt(v[i])+eps)"), EPS_OUTSIDE},
    {TURNED("parentheses-part:(sqrt(v[i])+eps)"), EPS_OUTSIDE},
    {TURNED("parentheses-minus:(sqrt(v[i])+eps)"), EPS_OUTSIDE},
    {TURNED("squared:(1-alpha)"),
     "You squared 1 - alpha as well. Only dp is squared: (1 - alpha) dp dp."},
    {MISTAKE(rmsprop_adds_up), "Your v only grows: that is Adagrad, which never forgets. The old v "
                               "is multiplied by alpha, the new square by 1 - alpha."},
    {MISTAKE(rmsprop_eps_inside_v),
     "You stored eps in v. It belongs to the step alone: sqrt(v) + eps."},
    {MISTAKE(rmsprop_root_kept),
     "You stored the root in v. v is the mean of the squares; the root is taken for the step."},
    {TURNED("missing-factor:dp[i]"),
     "The square is missing: v is a mean of dp^2, and takes in dp[i] * dp[i]."},
    {TURNED("missing-factor:lr"), "The learning rate is missing: p = p - lr dp / (sqrt(v) + eps)."},
    {TURNED("missing-term:eps"),
     "You took the larger of root and eps. eps is added: sqrt(v) + eps."},
    {MISTAKE(rmsprop_one_size), "You added up the squares of all elements. Each has a size of its "
                                "own: v[i] takes in dp[i] dp[i]."},
    {MISTAKE(rmsprop_by_own_size),
     "You divided dp by its own size. It is divided by what it has been lately: sqrt(v) + eps."},
    {0}};

CALL(rmsprop_step, n[0], VALUE(a[0]), VALUE(a[1]), VALUE(a[2]), a[3], a[4], a[5])

static const Exercise exercise_rmsprop_step = {
    .name = "rmsprop_step",
    .call = call_rmsprop_step,
    .sizes = "n",
    .arguments = {RATE, SETTING("alpha"), SETTING("eps"), GRADIENT, UPDATED("v"), UPDATED("p")},
    .cases = {{7}, {2}, {1}},
    .prepare = JUDGE(prepare_rmsprop),
    .reference = JUDGE((Function)reference_rmsprop),
    .mistakes = JUDGE(rmsprop_mistakes),
};

/* -- 5. adam_step ----------------------------------------------------------------------------- */

/* What there is before the first step is zero. */
static void prepare_memory(const int n[], real *m, real *v)
{
    make_positive(n[0], v);
    if (n[1] == 1) {
        make_zero(n[0], m);
        make_zero(n[0], v);
    }
}

static void prepare_adam(int which, const int n[], void *const a[])
{
    set(a[1], which, 0.9, -0.1);
    set(a[2], which, 0.95, -0.05);
    set(a[3], which, 0.125, 0.05);
    prepare_memory(n, a[5], a[6]);
}

static void adam_means(int n, real beta1, real beta2, const real dp[n], real m[n], real v[n])
{
    for (int i = 0; i < n; i++) {
        m[i] += (1 - beta1) * (dp[i] - m[i]);
        v[i] += (1 - beta2) * (dp[i] * dp[i] - v[i]);
    }
}

/* p moves by lr m / mean_share over the root of v / square_share, plus eps. */
static void adam_move(int n, real lr, real mean_share, real square_share, real eps, const real m[n],
                      const real v[n], real p[n])
{
    real root = sqrt(square_share);
    for (int i = 0; i < n; i++)
        p[i] -= lr * root / mean_share * m[i] / (sqrt(v[i]) + eps * root);
}

static void reference_adam(int n, int t, real lr, real beta1, real beta2, real eps,
                           const real dp[n], real m[n], real v[n], real p[n])
{
    adam_means(n, beta1, beta2, dp, m, v);
    adam_move(n, lr, share(beta1, t), share(beta2, t), eps, m, v, p);
}

static void adam_uncorrected(int n, int t, real lr, real beta1, real beta2, real eps,
                             const real dp[n], real m[n], real v[n], real p[n])
{
    (void)t;
    adam_means(n, beta1, beta2, dp, m, v);
    adam_move(n, lr, 1, 1, eps, m, v, p);
}

static void adam_one_late(int n, int t, real lr, real beta1, real beta2, real eps, const real dp[n],
                          real m[n], real v[n], real p[n])
{
    adam_means(n, beta1, beta2, dp, m, v);
    adam_move(n, lr, share(beta1, t + 1), share(beta2, t + 1), eps, m, v, p);
}

static void adam_keeps_corrected(int n, int t, real lr, real beta1, real beta2, real eps,
                                 const real dp[n], real m[n], real v[n], real p[n])
{
    reference_adam(n, t, lr, beta1, beta2, eps, dp, m, v, p);
    for (int i = 0; i < n; i++) {
        m[i] /= share(beta1, t);
        v[i] /= share(beta2, t);
    }
}

static void adam_power_by_element(int n, int t, real lr, real beta1, real beta2, real eps,
                                  const real dp[n], real m[n], real v[n], real p[n])
{
    (void)t;
    adam_means(n, beta1, beta2, dp, m, v);
    for (int i = 0; i < n; i++)
        p[i] -= lr * m[i] / share(beta1, i + 1) / (sqrt(v[i] / share(beta2, i + 1)) + eps);
}

static void adam_eps_corrected(int n, int t, real lr, real beta1, real beta2, real eps,
                               const real dp[n], real m[n], real v[n], real p[n])
{
    adam_means(n, beta1, beta2, dp, m, v);
    for (int i = 0; i < n; i++)
        p[i] -= lr * m[i] / share(beta1, t) / ((sqrt(v[i]) + eps) / sqrt(share(beta2, t)));
}

static void adam_exchanged_betas(int n, int t, real lr, real beta1, real beta2, real eps,
                                 const real dp[n], real m[n], real v[n], real p[n])
{
    reference_adam(n, t, lr, beta2, beta1, eps, dp, m, v, p);
}

static void adam_exchanged_weights(int n, int t, real lr, real beta1, real beta2, real eps,
                                   const real dp[n], real m[n], real v[n], real p[n])
{
    adam_means(n, 1 - beta1, 1 - beta2, dp, m, v);
    adam_move(n, lr, share(beta1, t), share(beta2, t), eps, m, v, p);
}

static void adam_new_in_full(int n, int t, real lr, real beta1, real beta2, real eps,
                             const real dp[n], real m[n], real v[n], real p[n])
{
    for (int i = 0; i < n; i++)
        m[i] = beta1 * m[i] + dp[i], v[i] = beta2 * v[i] + dp[i] * dp[i];
    adam_move(n, lr, share(beta1, t), share(beta2, t), eps, m, v, p);
}

static void adam_correction_multiplied(int n, int t, real lr, real beta1, real beta2, real eps,
                                       const real dp[n], real m[n], real v[n], real p[n])
{
    adam_means(n, beta1, beta2, dp, m, v);
    for (int i = 0; i < n; i++)
        p[i] -= lr * m[i] * share(beta1, t) / (sqrt(v[i] * share(beta2, t)) + eps);
}

static void adam_one_early(int n, int t, real lr, real beta1, real beta2, real eps,
                           const real dp[n], real m[n], real v[n], real p[n])
{
    adam_means(n, beta1, beta2, dp, m, v);
    for (int i = 0; i < n; i++)
        p[i] -= lr * m[i] / (1 - pow(beta1, t - 1)) / (sqrt(v[i] / (1 - pow(beta2, t - 1))) + eps);
}

static void adam_of_gradient(int n, int t, real lr, real beta1, real beta2, real eps,
                             const real dp[n], real m[n], real v[n], real p[n])
{
    adam_means(n, beta1, beta2, dp, m, v);
    adam_move(n, lr, 1, share(beta2, t), eps, dp, v, p);
}

static void adam_moves_first(int n, int t, real lr, real beta1, real beta2, real eps,
                             const real dp[n], real m[n], real v[n], real p[n])
{
    for (int i = 0; i < n; i++)
        p[i] -= lr * m[i] / share(beta1, t) / (sqrt(v[i] / share(beta2, t)) + eps);
    adam_means(n, beta1, beta2, dp, m, v);
}

static void adam_power_misread(int n, int t, real lr, real beta1, real beta2, real eps,
                               const real dp[n], real m[n], real v[n], real p[n])
{
    adam_means(n, beta1, beta2, dp, m, v);
    adam_move(n, lr, pow(1 - beta1, t), pow(1 - beta2, t), eps, m, v, p);
}

#define IN_FULL                                                                                \
    "What is new enters in full, so the mean is none and grows too large. Multiply dp by 1 - " \
    "beta1, dp^2 by 1 - beta2."

static const Mistake adam_mistakes[] = {
    {MISTAKE(adam_uncorrected),
     "The bias correction is missing. m and v began at zero, so early on they are too small: "
     "divide m by 1 - beta1^t and v by 1 - beta2^t."},
    {TURNED("missing-divisor:(1-pow(beta2,t))"),
     "Only m is corrected. v began at zero as well: divide it by 1 - beta2^t."},
    {MISTAKE(adam_one_late),
     "Your correction is one step late. t is 1 at the first step, and the power is t, not t + 1."},
    {TURNED("twins+one-for:t"),
     "You divided by 1 - beta at every step. The share that is missing shrinks: 1 - beta^t."},
    {MISTAKE(adam_keeps_corrected),
     "You stored the corrected m and v. The correction is for the step only; what is remembered "
     "stays as it is, or it is corrected again and again."},
    {TURNED("moved-in:sqrt(vhat)+eps"),
     "You added eps under the root. It is added to the root: sqrt(vhat) + eps."},
    {TURNED("twins+instead:dp[i]<-m#2"),
     "v took in the square of m. It is the mean of the squared gradients, dp^2."},
    {MISTAKE(adam_power_by_element), "Your powers of beta grow with the element i. Their exponent "
                                     "is the number of the step, t, the same for all elements."},
    {MISTAKE(adam_eps_corrected),
     "You added eps to the root of v and corrected both. eps comes last: sqrt(vhat) + eps."},
    {TURNED("squared:(1-pow(beta2,t))"),
     "You took the root before the correction: sqrt(v) / (1 - beta2^t). It is v that is corrected, "
     "then comes the root."},
    {TURNED("instead:beta2<-beta1#3"),
     "You corrected v with beta1. v fades with beta2, and is divided by 1 - beta2^t."},
    {TURNED("instead:beta1<-beta2#3"),
     "You corrected m with beta2. m fades with beta1, and is divided by 1 - beta1^t."},
    {MISTAKE(adam_exchanged_betas),
     "beta1 and beta2 are exchanged: beta1 is for the mean m, beta2 for the mean of squares v."},
    {MISTAKE(adam_exchanged_weights),
     "The weights are exchanged: beta belongs to what is remembered, 1 - beta to what is new."},
    {TURNED("missing-divisor:(1-pow(beta1,t))"),
     "Only v is corrected. m began at zero as well: divide it by 1 - beta1^t."},
    {MISTAKE(adam_new_in_full), IN_FULL},
    {TURNED("missing-factor:(1-beta1)"), IN_FULL},
    {TURNED("missing-factor:(1-beta2)"), IN_FULL},
    {MISTAKE(adam_correction_multiplied),
     "You multiplied by 1 - beta^t. m and v are too small early on: divide by it."},
    {MISTAKE(adam_one_early),
     "Your correction is one step early. t is 1 at the first step, and the power is t, not t - 1."},
    {MISTAKE(adam_of_gradient),
     "You moved by dp. Adam moves by the mean m: lr mhat / (sqrt(vhat) + eps)."},
    {MISTAKE(adam_moves_first),
     "p moved with the m and v from before this step. First they take in dp, then p moves."},
    {TURNED("divided-by-t:1#4"),
     "You divided by 1 - beta t. The share that is missing is a power: 1 - beta^t."},
    {TURNED("parentheses:(sqrt(vhat)+eps)"),
     "Your eps is not in the denominator. Put brackets: lr * mhat / (sqrt(vhat) + eps)."},
    {TURNED("no-call:sqrt(vhat)"),
     "You divided by v. It is a mean of squares; the root brings it back to the gradient's size."},
    {MISTAKE(adam_power_misread),
     "You raised 1 - beta to the power t. It is beta that is: 1 - pow(beta, t)."},
    {TURNED("missing-factor:lr"),
     "The learning rate is missing: p = p - lr mhat / (sqrt(vhat) + eps)."},
    {0}};

CALL(adam_step, n[0], n[1], VALUE(a[0]), VALUE(a[1]), VALUE(a[2]), VALUE(a[3]), a[4], a[5], a[6],
     a[7])

static const Exercise exercise_adam_step = {
    .name = "adam_step",
    .call = call_adam_step,
    .sizes = "nt",
    .arguments = {RATE, SETTING("beta1"), SETTING("beta2"), SETTING("eps"), GRADIENT, UPDATED("m"),
                  UPDATED("v"), UPDATED("p")},
    .cases = {{7, 3}, {5, 1}, {2, 10}, {1, 2}},
    .prepare = JUDGE(prepare_adam),
    .reference = JUDGE((Function)reference_adam),
    .mistakes = JUDGE(adam_mistakes),
};

/* -- 6. adamw_step ---------------------------------------------------------------------------- */

static void prepare_adamw(int which, const int n[], void *const a[])
{
    set(a[1], which, 0.9, -0.1);
    set(a[2], which, 0.95, -0.05);
    set(a[3], which, 0.125, 0.05);
    set(a[4], which, 0.25, 0.1);
    prepare_memory(n, a[6], a[7]);
}

static void reference_adamw(int n, int t, real lr, real beta1, real beta2, real eps, real decay,
                            const real dp[n], real m[n], real v[n], real p[n])
{
    for (int i = 0; i < n; i++)
        p[i] *= 1 - lr * decay;
    reference_adam(n, t, lr, beta1, beta2, eps, dp, m, v, p);
}

static void adamw_in_gradient(int n, int t, real lr, real beta1, real beta2, real eps, real decay,
                              const real dp[n], real m[n], real v[n], real p[n])
{
    real g[n];
    for (int i = 0; i < n; i++)
        g[i] = dp[i] + decay * p[i];
    reference_adam(n, t, lr, beta1, beta2, eps, g, m, v, p);
}

static void adamw_uncorrected(int n, int t, real lr, real beta1, real beta2, real eps, real decay,
                              const real dp[n], real m[n], real v[n], real p[n])
{
    for (int i = 0; i < n; i++)
        p[i] *= 1 - lr * decay;
    adam_uncorrected(n, t, lr, beta1, beta2, eps, dp, m, v, p);
}

static void shrink(int n, real lr, real decay, real p[n])
{
    for (int i = 0; i < n; i++)
        p[i] *= 1 - lr * decay;
}

static void adamw_decay_divided(int n, int t, real lr, real beta1, real beta2, real eps, real decay,
                                const real dp[n], real m[n], real v[n], real p[n])
{
    adam_means(n, beta1, beta2, dp, m, v);
    for (int i = 0; i < n; i++)
        p[i] -= lr * (m[i] / share(beta1, t) + decay * p[i]) / (sqrt(v[i] / share(beta2, t)) + eps);
}

static void adamw_in_m_only(int n, int t, real lr, real beta1, real beta2, real eps, real decay,
                            const real dp[n], real m[n], real v[n], real p[n])
{
    for (int i = 0; i < n; i++)
        m[i] += (1 - beta1) * decay * p[i];
    reference_adam(n, t, lr, beta1, beta2, eps, dp, m, v, p);
}

static void adamw_n_times(int n, int t, real lr, real beta1, real beta2, real eps, real decay,
                          const real dp[n], real m[n], real v[n], real p[n])
{
    for (int j = 0; j < n; j++)
        shrink(n, lr, decay, p);
    reference_adam(n, t, lr, beta1, beta2, eps, dp, m, v, p);
}

static void adamw_n_times_between(int n, int t, real lr, real beta1, real beta2, real eps,
                                  real decay, const real dp[n], real m[n], real v[n], real p[n])
{
    real move[n];
    make_zero(n, move);
    reference_adam(n, t, lr, beta1, beta2, eps, dp, m, v, move);
    for (int i = 0; i < n; i++) {
        shrink(n, lr, decay, p);
        p[i] += move[i];
    }
}

static void adamw_twice(int n, int t, real lr, real beta1, real beta2, real eps, real decay,
                        const real dp[n], real m[n], real v[n], real p[n])
{
    for (int i = 0; i < n; i++) {
        real g = dp[i] + decay * p[i];
        m[i] += (1 - beta1) * (g - m[i]);
        v[i] += (1 - beta2) * (g * g - v[i]);
    }
    shrink(n, lr, decay, p);
    adam_move(n, lr, share(beta1, t), share(beta2, t), eps, m, v, p);
}

static void adamw_one_late(int n, int t, real lr, real beta1, real beta2, real eps, real decay,
                           const real dp[n], real m[n], real v[n], real p[n])
{
    shrink(n, lr, decay, p);
    adam_one_late(n, t, lr, beta1, beta2, eps, dp, m, v, p);
}

static void adamw_keeps_corrected(int n, int t, real lr, real beta1, real beta2, real eps,
                                  real decay, const real dp[n], real m[n], real v[n], real p[n])
{
    shrink(n, lr, decay, p);
    adam_keeps_corrected(n, t, lr, beta1, beta2, eps, dp, m, v, p);
}

static void adamw_exchanged_weights(int n, int t, real lr, real beta1, real beta2, real eps,
                                    real decay, const real dp[n], real m[n], real v[n], real p[n])
{
    shrink(n, lr, decay, p);
    adam_means(n, 1 - beta1, 1 - beta2, dp, m, v);
    adam_move(n, lr, share(beta1, t), share(beta2, t), eps, m, v, p);
}

static void adamw_decay_loss(int n, int t, real lr, real beta1, real beta2, real eps, real decay,
                             const real dp[n], real m[n], real v[n], real p[n])
{
    for (int i = 0; i < n; i++)
        p[i] -= lr * decay * p[i] * p[i] / 2;
    reference_adam(n, t, lr, beta1, beta2, eps, dp, m, v, p);
}

#define SHRUNK_N_TIMES                                                                             \
    "You shrank p once for each element. Each p[i] shrinks once: is the shrinking in a loop over " \
    "all, inside the loop over i?"

static const Mistake adamw_mistakes[] = {
    {MISTAKE(adamw_in_gradient),
     "You added the decay to the gradient. That is Adam with weight decay, where it is divided by "
     "sqrt(v) like everything else; AdamW keeps it out of m and v and takes it off p."},
    {TURNED("missing-term:lr*decay*p[i]"),
     "The decay is missing: p = p - lr decay p, before Adam's step."},
    {TURNED("missing-factor:lr"),
     "Your p shrinks by decay p. In AdamW lr multiplies the decay too: lr decay p."},
    {TURNED("order:p[i]-=lr*decay*p[i];<-p"),
     "You shrank the p that had already moved. First it shrinks, then it takes Adam's step."},
    {MISTAKE(adamw_uncorrected), "The bias correction is missing: m is divided by 1 - beta1^t and "
                                 "v by 1 - beta2^t, as in exercise 5."},
    {MISTAKE(adamw_decay_divided),
     "You added decay p to mhat, so it is divided by the root like the gradient. p shrinks by "
     "itself: lr decay p, not divided by anything."},
    {MISTAKE(adamw_in_m_only), "You put the decay into m. AdamW keeps it out of m and v: p shrinks "
                               "by lr decay p, by itself."},
    {MISTAKE(adamw_n_times), SHRUNK_N_TIMES},
    {MISTAKE(adamw_n_times_between), SHRUNK_N_TIMES},
    {TURNED("wrong-sign:lr*decay*p[i]"),
     "The sign of the decay: your p grows. It shrinks, p = p - lr decay p."},
    {TURNED("missing-divisor:(1-pow(beta2,t))"),
     "Only m is corrected. v began at zero as well: divide it by 1 - beta2^t."},
    {MISTAKE(adamw_twice),
     "Your decay is in the gradient and is taken off p as well. AdamW does the second only."},
    {TURNED("moved-in:sqrt(vhat)+eps"),
     "You added eps under the root. It is added to the root: sqrt(vhat) + eps."},
    {MISTAKE(adamw_one_late),
     "Your correction is one step late. t is 1 at the first step, and the power is t, not t + 1."},
    {MISTAKE(adamw_keeps_corrected), "You stored the corrected m and v. The correction is for the "
                                     "step only; what is remembered stays as it is."},
    {TURNED("missing-divisor:(1-pow(beta1,t))"),
     "Only v is corrected. m began at zero as well: divide it by 1 - beta1^t."},
    {MISTAKE(adamw_exchanged_weights),
     "The weights are exchanged: beta belongs to what is remembered, 1 - beta to what is new."},
    {TURNED("missing-factor:(1-beta1)"), IN_FULL},
    {TURNED("missing-factor:(1-beta2)"), IN_FULL},
    {TURNED("no-call:sqrt(vhat)"),
     "You divided by v. It is a mean of squares; the root brings it back to the gradient's size."},
    {MISTAKE(adamw_decay_loss), "You took lr decay p^2 / 2 off, the second loss itself. p shrinks "
                                "in proportion to p: lr decay p."},
    {TURNED("missing-factor:p[i]"),
     "You took lr decay off. It is multiplied by p: what is larger shrinks by more, lr decay p."},
    {0}};

CALL(adamw_step, n[0], n[1], VALUE(a[0]), VALUE(a[1]), VALUE(a[2]), VALUE(a[3]), VALUE(a[4]), a[5],
     a[6], a[7], a[8])

static const Exercise exercise_adamw_step = {
    .name = "adamw_step",
    .call = call_adamw_step,
    .sizes = "nt",
    .arguments = {RATE, SETTING("beta1"), SETTING("beta2"), SETTING("eps"), SETTING("decay"),
                  GRADIENT, UPDATED("m"), UPDATED("v"), UPDATED("p")},
    .cases = {{7, 3}, {5, 1}, {2, 10}, {1, 2}},
    .prepare = JUDGE(prepare_adamw),
    .reference = JUDGE((Function)reference_adamw),
    .mistakes = JUDGE(adamw_mistakes),
};

/* -- 7. amsgrad_step -------------------------------------------------------------------------- */

/* s is at least v, and in every second place so much larger that the maximum keeps it. */
static void prepare_amsgrad(int which, const int n[], void *const a[])
{
    const real *v = a[6];
    real *s = a[7];
    prepare_adam(which, n, a);
    for (int i = 0; i < n[0]; i++)
        s[i] = n[1] == 1 ? 0 : v[i] + (i % 2 ? 20 : 0);
    if (n[1] > 1)
        ((real *)a[4])[0] += 3; /* a gradient that raises v, and with it s */
}

static void reference_amsgrad(int n, int t, real lr, real beta1, real beta2, real eps,
                              const real dp[n], real m[n], real v[n], real s[n], real p[n])
{
    adam_means(n, beta1, beta2, dp, m, v);
    for (int i = 0; i < n; i++)
        s[i] = v[i] > s[i] ? v[i] : s[i];
    adam_move(n, lr, share(beta1, t), share(beta2, t), eps, m, s, p);
}

static void amsgrad_smallest(int n, int t, real lr, real beta1, real beta2, real eps,
                             const real dp[n], real m[n], real v[n], real s[n], real p[n])
{
    adam_means(n, beta1, beta2, dp, m, v);
    for (int i = 0; i < n; i++)
        s[i] = t == 1 ? v[i] : fmin(s[i], v[i]);
    adam_move(n, lr, share(beta1, t), share(beta2, t), eps, m, s, p);
}

static void amsgrad_of_corrected(int n, int t, real lr, real beta1, real beta2, real eps,
                                 const real dp[n], real m[n], real v[n], real s[n], real p[n])
{
    adam_means(n, beta1, beta2, dp, m, v);
    for (int i = 0; i < n; i++)
        s[i] = fmax(s[i], v[i] / share(beta2, t));
    adam_move(n, lr, share(beta1, t), 1, eps, m, s, p);
}

static void amsgrad_in_mean(int n, int t, real lr, real beta1, real beta2, real eps,
                            const real dp[n], real m[n], real v[n], real s[n], real p[n])
{
    reference_amsgrad(n, t, lr, beta1, beta2, eps, dp, m, v, s, p);
    for (int i = 0; i < n; i++)
        v[i] = s[i];
}

static void amsgrad_one_for_all(int n, int t, real lr, real beta1, real beta2, real eps,
                                const real dp[n], real m[n], real v[n], real s[n], real p[n])
{
    adam_means(n, beta1, beta2, dp, m, v);
    for (int i = 0; i < n; i++)
        s[i] = fmax(fmax(s[i], v[i]), i > 0 ? s[i - 1] : 0);
    adam_move(n, lr, share(beta1, t), share(beta2, t), eps, m, s, p);
}

static void amsgrad_largest_of_all(int n, int t, real lr, real beta1, real beta2, real eps,
                                   const real dp[n], real m[n], real v[n], real s[n], real p[n])
{
    real largest = 0;
    adam_means(n, beta1, beta2, dp, m, v);
    for (int i = 0; i < n; i++)
        largest = fmax(largest, fmax(s[i], v[i]));
    for (int i = 0; i < n; i++)
        s[i] = largest;
    adam_move(n, lr, share(beta1, t), share(beta2, t), eps, m, s, p);
}

static void amsgrad_uncorrected(int n, int t, real lr, real beta1, real beta2, real eps,
                                const real dp[n], real m[n], real v[n], real s[n], real p[n])
{
    (void)t;
    adam_means(n, beta1, beta2, dp, m, v);
    for (int i = 0; i < n; i++)
        s[i] = fmax(s[i], v[i]);
    adam_move(n, lr, 1, 1, eps, m, s, p);
}

static void amsgrad_of_squares(int n, int t, real lr, real beta1, real beta2, real eps,
                               const real dp[n], real m[n], real v[n], real s[n], real p[n])
{
    adam_means(n, beta1, beta2, dp, m, v);
    for (int i = 0; i < n; i++)
        s[i] = fmax(s[i], dp[i] * dp[i]);
    adam_move(n, lr, share(beta1, t), share(beta2, t), eps, m, s, p);
}

static void amsgrad_s_fades(int n, int t, real lr, real beta1, real beta2, real eps,
                            const real dp[n], real m[n], real v[n], real s[n], real p[n])
{
    adam_means(n, beta1, beta2, dp, m, v);
    for (int i = 0; i < n; i++)
        s[i] = fmax(beta2 * s[i], v[i]);
    adam_move(n, lr, share(beta1, t), share(beta2, t), eps, m, s, p);
}

static void amsgrad_stores_corrected(int n, int t, real lr, real beta1, real beta2, real eps,
                                     const real dp[n], real m[n], real v[n], real s[n], real p[n])
{
    reference_amsgrad(n, t, lr, beta1, beta2, eps, dp, m, v, s, p);
    for (int i = 0; i < n; i++)
        s[i] /= share(beta2, t);
}

static void amsgrad_one_late(int n, int t, real lr, real beta1, real beta2, real eps,
                             const real dp[n], real m[n], real v[n], real s[n], real p[n])
{
    adam_means(n, beta1, beta2, dp, m, v);
    for (int i = 0; i < n; i++)
        s[i] = fmax(s[i], v[i]);
    adam_move(n, lr, share(beta1, t + 1), share(beta2, t + 1), eps, m, s, p);
}

static void amsgrad_adds_up(int n, int t, real lr, real beta1, real beta2, real eps,
                            const real dp[n], real m[n], real v[n], real s[n], real p[n])
{
    adam_means(n, beta1, beta2, dp, m, v);
    for (int i = 0; i < n; i++)
        s[i] += v[i];
    adam_move(n, lr, share(beta1, t), share(beta2, t), eps, m, s, p);
}

static const Mistake amsgrad_mistakes[] = {
    {TURNED("instead:s[i]<-v#2"),
     "You kept s up to date and divided by v. The step divides by the root of s."},
    {MISTAKE(amsgrad_smallest), "You kept the smallest v. s is to remember the largest."},
    {MISTAKE(amsgrad_of_corrected),
     "You took the maximum of the corrected vhat. Here, as in PyTorch, s is the maximum of v as it "
     "is remembered, and only the step corrects it."},
    {TURNED("stale:v[i]"), "s has not grown with v. Did you compare it with the old v? First v "
                           "takes in this step's gradient, then s = max(s, v)."},
    {MISTAKE(amsgrad_in_mean),
     "You wrote the maximum into v. v goes on as a plain mean; the maximum has its own place, s."},
    {MISTAKE(amsgrad_one_for_all), "You carried the maximum on from element to element. Each has "
                                   "an s of its own: s[i] = max(s[i], v[i])."},
    {MISTAKE(amsgrad_largest_of_all),
     "You took one maximum over all elements. Each has an s of its own: s[i] = max(s[i], v[i])."},
    {TURNED("missing-divisor:(1-pow(beta2,t))"),
     "s is used without its correction. It came from v, which began at zero: divide it by 1 - "
     "beta2^t."},
    {MISTAKE(amsgrad_uncorrected),
     "The bias correction is missing: m is divided by 1 - beta1^t and s by 1 - beta2^t."},
    {TURNED("other-extreme:fmax(s[i],v[i])"),
     "You kept the smaller of s and v. s is to remember the largest."},
    {MISTAKE(amsgrad_of_squares), "You compared s with this step's square. It is the mean v, with "
                                  "that square in it, whose largest value s keeps."},
    {TURNED("second-alone:fmax(s[i],v[i])"),
     "s does not remember: you stored v in it. It keeps the larger of the two, s = max(s, v)."},
    {MISTAKE(amsgrad_s_fades),
     "You made s fade. It is the largest v that has been, and does not get smaller."},
    {MISTAKE(amsgrad_stores_corrected), "You stored the corrected s. The correction is for the "
                                        "step only, or it is corrected again and again."},
    {TURNED("moved-in:sqrt(shat)+eps"),
     "You added eps under the root. It is added to the root: sqrt(shat) + eps."},
    {TURNED("missing-divisor:(1-pow(beta1,t))"),
     "Only s is corrected. m began at zero as well: divide it by 1 - beta1^t."},
    {MISTAKE(amsgrad_one_late),
     "Your correction is one step late. t is 1 at the first step, and the power is t, not t + 1."},
    {TURNED("missing-factor:(1-beta1)"), IN_FULL},
    {TURNED("missing-factor:(1-beta2)"), IN_FULL},
    {TURNED("no-call:sqrt(shat)"),
     "You divided by s. It is a mean of squares; the root brings it back to the gradient's size."},
    {MISTAKE(amsgrad_adds_up),
     "You added v to s. s is the largest v that has been: s = max(s, v)."},
    {0}};

CALL(amsgrad_step, n[0], n[1], VALUE(a[0]), VALUE(a[1]), VALUE(a[2]), VALUE(a[3]), a[4], a[5], a[6],
     a[7], a[8])

static const Exercise exercise_amsgrad_step = {
    .name = "amsgrad_step",
    .call = call_amsgrad_step,
    .sizes = "nt",
    .arguments = {RATE, SETTING("beta1"), SETTING("beta2"), SETTING("eps"), GRADIENT, UPDATED("m"),
                  UPDATED("v"), UPDATED("s"), UPDATED("p")},
    .cases = {{7, 3}, {5, 1}, {2, 10}, {1, 2}},
    .prepare = JUDGE(prepare_amsgrad),
    .reference = JUDGE((Function)reference_amsgrad),
    .mistakes = JUDGE(amsgrad_mistakes),
};

/* -- 8. warm_cosine --------------------------------------------------------------------------- */

static void prepare_cosine(int which, const int n[], void *const a[])
{
    (void)n;
    set(a[0], which, 0.5, 0.25);
    set(a[1], which, 0.0625, 0.03125);
}

/* (1 + cos x) / 2 is the square of cos(x / 2). */
static void cosine_down(int n, int from, real angle, real lr, real low, real rate[n])
{
    for (int t = from + 1; t < n; t++) {
        real c = cos(angle / 2 * (t - from) / (n - 1 - from));
        rate[t] = low * (1 - c * c) + lr * c * c;
    }
}

static const real pi = 3.14159265358979323846;

static void reference_cosine(int n, int w, real lr, real low, real rate[n])
{
    for (int t = 0; t < w; t++)
        rate[t] = lr - lr * (w - 1 - t) / w;
    cosine_down(n, w - 1, pi, lr, low, rate);
}

static void cosine_quarter(int n, int w, real lr, real low, real rate[n])
{
    reference_cosine(n, w, lr, low, rate);
    for (int t = w; t < n; t++)
        rate[t] = low + (lr - low) * cos(pi / 2 * (t - w + 1) / (n - w));
}

static void cosine_whole_numbers(int n, int w, real lr, real low, real rate[n])
{
    reference_cosine(n, w, lr, low, rate);
    for (int t = 0; t < w - 1; t++)
        rate[t] = 0;
}

static void cosine_whole_angle(int n, int w, real lr, real low, real rate[n])
{
    reference_cosine(n, w, lr, low, rate);
    for (int t = w; t < n - 1; t++)
        rate[t] = lr;
}

static void cosine_rough_pi(int n, int w, real lr, real low, real rate[n])
{
    reference_cosine(n, w, lr, low, rate);
    cosine_down(n, w - 1, 3.14, lr, low, rate);
}

static void cosine_rough_pi_4(int n, int w, real lr, real low, real rate[n])
{
    reference_cosine(n, w, lr, low, rate);
    cosine_down(n, w - 1, 3.1416, lr, low, rate);
}

static void cosine_line(int n, int w, real lr, real low, real rate[n])
{
    reference_cosine(n, w, lr, low, rate);
    for (int t = w; t < n; t++)
        rate[t] = lr + (low - lr) * (t - w + 1) / (n - w);
}

static void cosine_sine(int n, int w, real lr, real low, real rate[n])
{
    reference_cosine(n, w, lr, low, rate);
    for (int t = w; t < n; t++)
        rate[t] = low + (lr - low) * (1 + sin(pi * (t - w + 1) / (n - w))) / 2;
}

static void cosine_full_height(int n, int w, real lr, real low, real rate[n])
{
    reference_cosine(n, w, lr, low, rate);
    for (int t = w; t < n; t++)
        rate[t] = low + (lr - low) * cos(pi * (t - w + 1) / (n - w));
}

static void cosine_in_degrees(int n, int w, real lr, real low, real rate[n])
{
    reference_cosine(n, w, lr, low, rate);
    cosine_down(n, w - 1, 180, lr, low, rate);
}

static void cosine_climbs_from_low(int n, int w, real lr, real low, real rate[n])
{
    reference_cosine(n, w, lr, low, rate);
    for (int t = 0; t < w; t++)
        rate[t] = low + (lr - low) * (t + 1) / w;
}

static void cosine_times_climb(int n, int w, real lr, real low, real rate[n])
{
    for (int t = 0; t < n; t++) {
        real c = (1 + cos(pi * t / (n - 1))) / 2;
        rate[t] = (low + (lr - low) * c) * fmin(1, (t + 1) / (real)w);
    }
}

static void cosine_climbs_one_short(int n, int w, real lr, real low, real rate[n])
{
    reference_cosine(n, w, lr, low, rate);
    for (int t = 0; t < w; t++)
        rate[t] = w > 1 ? lr * t / (w - 1) : lr;
}

static void cosine_late_but_arrives(int n, int w, real lr, real low, real rate[n])
{
    reference_cosine(n, w, lr, low, rate);
    cosine_down(n, w, pi, lr, low, rate);
    rate[w] = lr;
}

static void cosine_powers(int n, int w, real lr, real low, real rate[n])
{
    reference_cosine(n, w, lr, low, rate);
    for (int t = w; t < n; t++)
        rate[t] = lr * pow(low / lr, (t - w + 1) / (real)(n - w));
}

static void cosine_cut_at_low(int n, int w, real lr, real low, real rate[n])
{
    reference_cosine(n, w, lr, low, rate);
    for (int t = w; t < n; t++)
        rate[t] = fmax(low, lr * (1 + cos(pi * (t - w + 1) / (n - w))) / 2);
}

static void cosine_from_w(int n, int w, real lr, real low, real rate[n])
{
    reference_cosine(n, w, lr, low, rate);
    for (int t = w; t < n; t++)
        rate[t] = low + (lr - low) * (1 + cos(pi * (t - w) / (n - 1 - w))) / 2;
}

#define ROUGH_PI "Your pi has too few digits, and the rates show it: acos(-1.0) has all of them."

static const Mistake cosine_mistakes[] = {
    {TURNED("missing-term:1#2"), "Your first rate is zero, a step that does nothing, and lr is "
                                 "reached one step late. The part is (t + 1) / w."},
    {TURNED("times-2:acos((real)-1)*(t-w+1)/(n-w)"),
     "Your cosine runs through a whole period and ends at lr again. Half of it, pi, leads down."},
    {MISTAKE(cosine_quarter), "You took a quarter of the cosine, from 1 to 0. It is (1 + cos) / 2 "
                              "over half a period, which is flat at both ends."},
    {TURNED("spread:low+(lr-low)*(1+cos(angle))/2"),
     "Your rate ends at zero. It is to end at low."},
    {TURNED("missing-term:low#2"), "You added low to a cosine that begins at lr, so it begins too "
                                   "high. What shrinks is lr - low."},
    {TURNED("twins+divided-by-w:w"),
     "Your cosine began at t = 0, under the warm-up. It begins where the warm-up ends, at t = w-1, "
     "and has the rest of the steps for its way down."},
    {TURNED("missing-term:1"), "Your cosine begins one step late and never arrives. It is at lr "
                               "for t = w-1 and at low for t = n-1."},
    {MISTAKE(cosine_whole_numbers),
     "In C, (t + 1) / w of whole numbers is 0 until the climb is over. Let lr be multiplied first, "
     "or make one of them a real."},
    {MISTAKE(cosine_whole_angle),
     "Your rate stays at lr and drops at the last step. In C, a quotient of whole numbers is cut "
     "off, here to 0: let pi be multiplied first, or make one of them a real."},
    {MISTAKE(cosine_rough_pi), ROUGH_PI},
    {MISTAKE(cosine_rough_pi_4), ROUGH_PI},
    {MISTAKE(cosine_line), "Your rate falls along a line. Half a cosine leads down, flat at both "
                           "ends: (1 + cos(angle)) / 2."},
    {MISTAKE(cosine_sine), "You took a sine. Half a cosine leads down: (1 + cos(angle)) / 2."},
    {MISTAKE(cosine_full_height), "Your cosine goes from 1 to -1, and the rate falls below low. (1 "
                                  "+ cos(angle)) / 2 goes from 1 to 0."},
    {MISTAKE(cosine_in_degrees), "cos() takes the angle in radians: half a turn is pi, not 180."},
    {MISTAKE(cosine_climbs_from_low),
     "Your climb begins at low. It begins at nothing: lr (t + 1) / w."},
    {MISTAKE(cosine_times_climb), "You multiplied the climb into a cosine over all steps. Up to t "
                                  "= w-1 there is the climb alone, from there the cosine alone."},
    {MISTAKE(cosine_climbs_one_short), "Your first rate is zero: a step that does nothing. The "
                                       "part is (t + 1) / w, which is 1 at t = w-1."},
    {MISTAKE(cosine_late_but_arrives),
     "Your cosine begins at t = w, one step late. It begins where the climb has arrived, at t = "
     "w-1, and has n - w steps for its way down."},
    {TURNED("missing-term:w#2"), "You divided by n. From t = w-1 to t = n-1 it is n - w steps, and "
                                 "the last one is to arrive at low."},
    {TURNED("w-for-(w-1):w#2"), "You divided by one too many: your last rate is not yet low. From "
                                "t = w-1 to t = n-1 it is n - w steps."},
    {TURNED("missing-divisor:2"),
     "The half is missing: 1 + cos goes from 2 to 0, (1 + cos) / 2 from 1 to 0."},
    {MISTAKE(cosine_powers), "Your rate falls by the same factor in each step. Half a cosine leads "
                             "down: (1 + cos(angle)) / 2."},
    {MISTAKE(cosine_cut_at_low), "Your cosine leads down to 0 and is cut off at low. It is to "
                                 "arrive at low in the last step: what shrinks is lr - low."},
    {TURNED("times-1/2:acos((real)-1)*(t-w+1)/(n-w)"),
     "Your angle ends at pi / 2, and the rate halfway down. Half a cosine is from 0 to pi."},
    {MISTAKE(cosine_from_w),
     "Your cosine begins at t = w, one step late. It begins where the climb has arrived, at t = "
     "w-1, and has n - w steps for its way down."},
    {0}};

CALL(warm_cosine, n[0], n[1], VALUE(a[0]), VALUE(a[1]), a[2])

static const Exercise exercise_warm_cosine = {
    .name = "warm_cosine",
    .call = call_warm_cosine,
    .sizes = "nw",
    .arguments = {SETTING("lr"), SETTING("low"), {"rate", OUT, "n", 0}},
    .cases = {{9, 3}, {2, 1}, {7, 6}, {20, 4}},
    .prepare = JUDGE(prepare_cosine),
    .reference = JUDGE((Function)reference_cosine),
    .mistakes = JUDGE(cosine_mistakes),
};

/* -- all, in their order ----------------------------------------------------------------------- */

static const Exercise *const exercises[] = {
    &exercise_decay_step,   &exercise_momentum_step, &exercise_nesterov_step,
    &exercise_rmsprop_step, &exercise_adam_step,     &exercise_adamw_step,
    &exercise_amsgrad_step, &exercise_warm_cosine,   NULL};

const Check check = {"03_optimizers", exercises};
