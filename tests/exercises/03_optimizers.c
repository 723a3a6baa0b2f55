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

static const Mistake amsgrad_mistakes[] = {
    {TURNED("instead:s[i]<-v#2"),
     "You kept s up to date and divided by v. The step divides by the root of s."},
    {MISTAKE(amsgrad_smallest), "You kept the smallest v. s is to remember the largest."},
    {MISTAKE(amsgrad_of_corrected),
     "You took the maximum of the corrected vhat. Here, as in PyTorch, s is the maximum of v as it "
     "is remembered, and only the step corrects it."},
    {TURNED("stale:v[i]"),
     "You compared s with the old v. First v takes in this step's gradient, then s."},
    {MISTAKE(amsgrad_in_mean),
     "You wrote the maximum into v. v goes on as a plain mean; the maximum has its own place, s."},
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
