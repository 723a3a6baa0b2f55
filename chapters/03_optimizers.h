/* 03_optimizers.h: the rules of SGD and Adam, by hand.
 *
 * A rule makes of a parameter p and its gradient dp the next p. Its settings are those of the
 * library's (nn/optim.h); t is 1 at the first step. n numbers in p, each for itself. */
#ifndef CHAPTER_03_OPTIMIZERS_H
#define CHAPTER_03_OPTIMIZERS_H

#include "nn/optim.h"

/* -- the two families ------------------------------------------------------------------------- */

/* g = dp + decay p,   b = momentum b + (1 - dampening) g,   p = p - lr b;   first of all b = g */
static inline void sgd_rule_step(int n, int t, const Sgd *rule, const real dp[n], real b[n],
                                 real p[n])
{
    for (int i = 0; i < n; i++) {
        real g = rule->maximize ? -dp[i] : dp[i];
        g += rule->weight_decay * p[i];
        b[i] = t == 1 ? g : rule->momentum * b[i] + (1 - rule->dampening) * g;
        if (rule->nesterov)
            g += rule->momentum * b[i];
        else if (rule->momentum > 0)
            g = b[i];
        p[i] -= rule->lr * g;
    }
}

/* m = the mean of g,   v = the mean of g^2,   p = p - lr m / sqrt(v). m, v and s are 0 before the
 * first step. decoupled: weight decay as AdamW has it. */
static inline void adam_rule_step(int n, int t, const Adam *rule, bool decoupled, const real dp[n],
                                  real m[n], real v[n], real s[n], real p[n])
{
    real mean_share = 1 - pow(rule->beta1, t), square_share = 1 - pow(rule->beta2, t);
    for (int i = 0; i < n; i++) {
        real g = rule->maximize ? -dp[i] : dp[i];
        if (decoupled)
            p[i] -= rule->lr * rule->weight_decay * p[i];
        else
            g += rule->weight_decay * p[i];
        m[i] = rule->beta1 * m[i] + (1 - rule->beta1) * g;
        v[i] = rule->beta2 * v[i] + (1 - rule->beta2) * g * g;
        s[i] = rule->amsgrad ? fmax(s[i], v[i]) : v[i];
        p[i] -= rule->lr * (m[i] / mean_share) / (sqrt(s[i] / square_share) + rule->eps);
    }
}

/* -- one interface to both -------------------------------------------------------------------- */

typedef enum { SGD, ADAM, ADAMW } Kind;

typedef struct {
    const char *name;
    Kind kind;
    Sgd sgd;
    Adam adam;
} Rule;

/* Those of adam_defaults(), for rules that are constants. */
#define ADAM_SETTINGS .beta1 = 0.9, .beta2 = 0.999, .eps = 1e-8

enum { MOST = 4 }; /* numbers in a parameter */

/* What the rules remember of a parameter; zeros before the first step. */
typedef struct {
    real b[MOST], m[MOST], v[MOST], s[MOST];
} Memory;

static inline void step_by_hand(int n, int t, const Rule *rule, const real dp[n], Memory *memory,
                                real p[n])
{
    if (rule->kind == SGD)
        sgd_rule_step(n, t, &rule->sgd, dp, memory->b, p);
    else
        adam_rule_step(n, t, &rule->adam, rule->kind == ADAMW, dp, memory->m, memory->v, memory->s,
                       p);
}

#endif
