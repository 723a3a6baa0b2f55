/* 03_optimizers.c: exercises to chapter 03, what happens to a gradient next.
 *
 * Replace each TODO() by the body of the function, then type `make check-03`. p, and what a rule
 * remembers, come with numbers in them and are to be replaced by those after the step. sqrt, pow,
 * fmax and cos are there. */
#include "03_optimizers.h"

/* 1. Plain SGD with weight decay: decay p is added to the gradient of the loss. It is the gradient
 * of a second loss, decay p^2 / 2.
 *
 *     g = dp + decay p
 *     p = p - lr g
 *
 * given    lr, decay, dp (n), and p (n) before the step
 * wanted   p (n) after it */
void decay_step(int n, real lr, real decay, const real dp[n], real p[n])
{
    TODO();
}

/* 2. Momentum as PyTorch has it, with dampening. At the first step, t = 1, b is the gradient
 * itself, undamped; until then there may be anything in it, even NaN.
 *
 *     b = momentum b + (1 - dampening) dp        but b = dp if t = 1
 *     p = p - lr b
 *
 * given    t, lr, momentum, dampening, dp (n), and b (n) and p (n) before the step
 * wanted   b (n) and p (n) after it */
void momentum_step(int n, int t, real lr, real momentum, real dampening, const real dp[n],
                   real b[n], real p[n])
{
    TODO();
}

/* 3. Nesterov's momentum as PyTorch has it: b as in exercise 2 without dampening (before the first
 * step it may be anything, too), and then the step is the one that b would take next if the
 * gradient came once more.
 *
 *     b = momentum b + dp        but b = dp if t = 1
 *     p = p - lr (dp + momentum b)
 *
 * given    t, lr, momentum, dp (n), and b (n) and p (n) before the step
 * wanted   b (n) and p (n) after it */
void nesterov_step(int n, int t, real lr, real momentum, const real dp[n], real b[n], real p[n])
{
    TODO();
}

/* 4. RMSprop, which came before Adam: the gradient divided by how large it has been lately.
 *
 *     v = alpha v + (1 - alpha) dp^2
 *     p = p - lr dp / (sqrt(v) + eps)
 *
 * given    lr, alpha, eps, dp (n), and v (n) and p (n) before the step
 * wanted   v (n) and p (n) after it */
void rmsprop_step(int n, real lr, real alpha, real eps, const real dp[n], real v[n], real p[n])
{
    TODO();
}

/* 5. Adam: a mean of gradients m over the root of a mean of their squares v. Both began at 0 before
 * the first step, t = 1, and are corrected for that, but only for use: what is remembered is not.
 *
 *     m = beta1 m + (1 - beta1) dp
 *     v = beta2 v + (1 - beta2) dp^2
 *     p = p - lr mhat / (sqrt(vhat) + eps),    mhat = m / (1 - beta1^t),  vhat = v / (1 - beta2^t)
 *
 * given    t, lr, beta1, beta2, eps, dp (n), and m, v and p (n) before the step
 * wanted   m, v and p (n) after it */
void adam_step(int n, int t, real lr, real beta1, real beta2, real eps, const real dp[n], real m[n],
               real v[n], real p[n])
{
    TODO();
}

/* 6. AdamW: Adam, but weight decay stays out of the gradient. First p shrinks,
 *
 *     p = p - lr decay p
 *
 * then it takes the step of exercise 5.
 *
 * given    t, lr, beta1, beta2, eps, decay, dp (n), and m, v and p (n) before the step
 * wanted   m, v and p (n) after it */
void adamw_step(int n, int t, real lr, real beta1, real beta2, real eps, real decay,
                const real dp[n], real m[n], real v[n], real p[n])
{
    TODO();
}

/* 7. AMSGrad: Adam that does not forget how large v has been.
 *
 *     m and v as in exercise 5
 *     s = max(s, v)
 *     p = p - lr mhat / (sqrt(shat) + eps),    mhat = m / (1 - beta1^t),  shat = s / (1 - beta2^t)
 *
 * given    t, lr, beta1, beta2, eps, dp (n), and m, v, s and p (n) before the step
 * wanted   m, v, s and p (n) after it */
void amsgrad_step(int n, int t, real lr, real beta1, real beta2, real eps, const real dp[n],
                  real m[n], real v[n], real s[n], real p[n])
{
    TODO();
}

/* 8. A schedule for n steps, numbered t = 0 .. n-1. During the first w it climbs in equal parts and
 * reaches lr at the last of them; from there, t = w-1, half a cosine leads down to low at the last
 * step of all, t = n-1. n is larger than w.
 *
 *     rate[t] = lr (t + 1) / w                                                     t < w
 *     rate[t] = low + (lr - low) (1 + cos(pi (t - (w-1)) / (n-1 - (w-1)))) / 2     from there on
 *
 * given    lr and low; acos(-1.0) is pi
 * wanted   rate (n) */
void warm_cosine(int n, int w, real lr, real low, real rate[n])
{
    TODO();
}
