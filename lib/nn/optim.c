#include "nn/optim.h"

#include <stdio.h>
#include <stdlib.h>

#include "autograd/tape.h"
#include "error.h"
#include "grown.h"

enum { MOST_STATES = 3 };

/* A parameter, and what its rule remembers of it: b; or m, v and s. */
typedef struct {
    Tensor *tensor; /* NULL: a plain array */
    int n, group;
    real *p;
    const real *gradient;
    real *state[MOST_STATES];
    long t; /* steps taken */
} Slot;

typedef struct Group {
    void (*step)(const struct Group *group, const Slot *slot, const real *gradient);
    double lr;
    Sgd sgd;
    Adam adam;
    bool decoupled; /* AdamW */
    int states;     /* arrays that the rule remembers for each parameter */
    const char *const *state_name;
} Group;

struct Optim {
    Group *group;
    Slot *slot;
    int groups, slots;
    bool complete; /* optim_each() has told where everything is */
};

/* -- the rules --------------------------------------------------------------------------------
 * One loop over the parameter, without a call or a jump in it, so that the compiler makes vectors
 * of it; what does not change from element to element is settled before. */

static void sgd_plain(int n, real lr, real sign, real decay, const real *restrict gradient,
                      real *restrict p)
{
    for (int i = 0; i < n; i++) {
        real g = sign * gradient[i] + decay * p[i];
        p[i] -= lr * g;
    }
}

/* keep and take: b = keep b + take g. */
static void sgd_momentum(int n, real lr, real sign, real decay, real keep, real take, bool nesterov,
                         const real *restrict gradient, real *restrict b, real *restrict p)
{
    for (int i = 0; i < n; i++) {
        real g = sign * gradient[i] + decay * p[i];
        b[i] = keep * b[i] + take * g;
        p[i] -= lr * (nesterov ? g + keep * b[i] : b[i]);
    }
}

static void sgd_step(const Group *group, const Slot *slot, const real *gradient)
{
    const Sgd *rule = &group->sgd;
    real lr = (real)group->lr, sign = rule->maximize ? -1 : 1, decay = (real)rule->weight_decay;
    double take = slot->t == 1 ? 1 : 1 - rule->dampening;
    if (rule->momentum > 0)
        sgd_momentum(slot->n, lr, sign, decay, (real)rule->momentum, (real)take, rule->nesterov,
                     gradient, slot->state[0], slot->p);
    else
        sgd_plain(slot->n, lr, sign, decay, gradient, slot->p);
}

/* The numbers of one step that are the same for all elements. shrink p is what AdamW leaves of p;
 * lr and root have the bias corrections in them:
 *     lr = lr / (1 - beta1^t),    root = 1 / sqrt(1 - beta2^t) */
typedef struct {
    real lr, root, sign, decay, shrink, beta1, beta2, take1, take2, eps;
} AdamStep;

static void adam_plain(int n, AdamStep a, const real *restrict gradient, real *restrict m,
                       real *restrict v, real *restrict p)
{
    for (int i = 0; i < n; i++) {
        real g = a.sign * gradient[i] + a.decay * p[i];
        m[i] = a.beta1 * m[i] + a.take1 * g;
        v[i] = a.beta2 * v[i] + a.take2 * g * g;
        p[i] = a.shrink * p[i] - a.lr * m[i] / (sqrt(v[i]) * a.root + a.eps);
    }
}

static void adam_amsgrad(int n, AdamStep a, const real *restrict gradient, real *restrict m,
                         real *restrict v, real *restrict s, real *restrict p)
{
    for (int i = 0; i < n; i++) {
        real g = a.sign * gradient[i] + a.decay * p[i];
        m[i] = a.beta1 * m[i] + a.take1 * g;
        v[i] = a.beta2 * v[i] + a.take2 * g * g;
        s[i] = s[i] >= v[i] ? s[i] : v[i]; /* a NaN in v stays one */
        p[i] = a.shrink * p[i] - a.lr * m[i] / (sqrt(s[i]) * a.root + a.eps);
    }
}

static void adam_step(const Group *group, const Slot *slot, const real *gradient)
{
    const Adam *rule = &group->adam;
    double t = (double)slot->t, decay = rule->weight_decay;
    AdamStep a = {
        .lr = (real)(group->lr / (1 - pow(rule->beta1, t))),
        .root = (real)(1 / sqrt(1 - pow(rule->beta2, t))),
        .sign = rule->maximize ? -1 : 1,
        .decay = group->decoupled ? 0 : (real)decay,
        .shrink = group->decoupled ? (real)(1 - group->lr * decay) : 1,
        .beta1 = (real)rule->beta1,
        .beta2 = (real)rule->beta2,
        .take1 = (real)(1 - rule->beta1),
        .take2 = (real)(1 - rule->beta2),
        .eps = (real)rule->eps,
    };
    if (rule->amsgrad)
        adam_amsgrad(slot->n, a, gradient, slot->state[0], slot->state[1], slot->state[2], slot->p);
    else
        adam_plain(slot->n, a, gradient, slot->state[0], slot->state[1], slot->p);
}

/* -- settings --------------------------------------------------------------------------------- */

Adam adam_defaults(double lr)
{
    return (Adam){.lr = lr, .beta1 = 0.9, .beta2 = 0.999, .eps = 1e-8};
}

Adam adamw_defaults(double lr)
{
    Adam rule = adam_defaults(lr);
    rule.weight_decay = 0.01;
    return rule;
}

static void check_beta(const char *who, const char *what, double beta)
{
    if (!(beta >= 0 && beta < 1))
        error_stop("%s: %s %g: expected at least 0 and less than 1", who, what, beta);
}

static void check_sgd(const Sgd *rule)
{
    error_if_negative("optim_sgd", "lr", rule->lr);
    error_if_negative("optim_sgd", "momentum", rule->momentum);
    error_if_negative("optim_sgd", "weight_decay", rule->weight_decay);
    if (!isfinite((real)rule->dampening))
        error_stop("optim_sgd: dampening %g: expected a finite number", rule->dampening);
    if (rule->nesterov && !(rule->momentum > 0 && rule->dampening == 0))
        error_stop("optim_sgd: momentum %g and dampening %g: nesterov requires a momentum and no "
                   "dampening",
                   rule->momentum, rule->dampening);
}

static void check_adam(const char *who, const Adam *rule)
{
    error_if_negative(who, "lr", rule->lr);
    error_if_negative(who, "eps", rule->eps);
    error_if_negative(who, "weight_decay", rule->weight_decay);
    check_beta(who, "beta1", rule->beta1);
    check_beta(who, "beta2", rule->beta2);
}

/* -- groups and parameters -------------------------------------------------------------------- */

static void check_open(const char *who, const Optim *optim)
{
    if (optim->complete)
        error_stop("%s: what the optimizer remembers was listed: add everything before", who);
}

static int open_group(Optim *optim, const char *who, Group group)
{
    check_open(who, optim);
    optim->group = grown("optim", optim->group, optim->groups, sizeof group);
    optim->group[optim->groups] = group;
    return optim->groups++;
}

int optim_sgd(Optim *optim, Sgd rule)
{
    NOT_NULL(optim);
    check_sgd(&rule);
    static const char *const names[] = {"momentum_buffer"};
    int states = rule.momentum > 0 ? 1 : 0;
    return open_group(
        optim, "optim_sgd",
        (Group){sgd_step, .lr = rule.lr, .sgd = rule, .states = states, .state_name = names});
}

static int open_adam(Optim *optim, const char *who, Adam rule, bool decoupled)
{
    static const char *const names[] = {"exp_avg", "exp_avg_sq", "max_exp_avg_sq"};
    check_adam(who, &rule);
    return open_group(optim, who,
                      (Group){adam_step, .lr = rule.lr, .adam = rule, .decoupled = decoupled,
                              .states = rule.amsgrad ? 3 : 2, .state_name = names});
}

int optim_adam(Optim *optim, Adam rule)
{
    NOT_NULL(optim);
    return open_adam(optim, "optim_adam", rule, false);
}

int optim_adamw(Optim *optim, Adam rule)
{
    NOT_NULL(optim);
    return open_adam(optim, "optim_adamw", rule, true);
}

static void add(Optim *optim, Slot slot)
{
    check_open("optim_add", optim);
    if (optim->groups == 0)
        error_stop("optim_add: no group yet: optim_sgd(), optim_adam() or optim_adamw() first");
    for (int i = 0; i < optim->slots; i++)
        if (optim->slot[i].p == slot.p)
            error_stop("optim_add: this parameter was added before, to group %d",
                       optim->slot[i].group);
    slot.group = optim->groups - 1;
    optim->slot = grown("optim", optim->slot, optim->slots, sizeof slot);
    for (int i = 0; i < optim->group[slot.group].states; i++) {
        slot.state[i] = calloc((size_t)slot.n, sizeof(real));
        if (!slot.state[i])
            error_stop("optim_add: no memory for a parameter of %d elements", slot.n);
    }
    optim->slot[optim->slots++] = slot;
}

void optim_add(Optim *optim, int n, Tensor *const parameters[])
{
    NOT_NULL(optim, parameters);
    for (int i = 0; i < n; i++) {
        Tensor *x = parameters[i];
        NOT_NULL(x);
        tensor_live(__func__, x);
        add(optim, (Slot){.tensor = x, .n = x->size, .p = x->data});
    }
}

void optim_add_array(Optim *optim, int n, real *p, const real *gradient)
{
    NOT_NULL(optim, p, gradient);
    if (n < 1)
        error_stop("optim_add_array: %d elements: expected 1 or more", n);
    add(optim, (Slot){.n = n, .p = p, .gradient = gradient});
}

Optim *optim_new(void)
{
    Optim *optim = calloc(1, sizeof *optim);
    if (!optim)
        error_stop("optim_new: out of memory");
    return optim;
}

void optim_free(Optim *optim)
{
    if (!optim)
        return;
    for (int i = 0; i < optim->slots; i++)
        for (int j = 0; j < MOST_STATES; j++)
            free(optim->slot[i].state[j]);
    free(optim->slot);
    free(optim->group);
    free(optim);
}

/* -- training --------------------------------------------------------------------------------- */

void optim_step(Optim *optim)
{
    NOT_NULL(optim);
    if (optim->slots == 0)
        error_stop("optim_step: no parameters: optim_add() them first");
    for (int i = 0; i < optim->slots; i++) {
        Slot *slot = &optim->slot[i];
        const Group *group = &optim->group[slot->group];
        if (slot->tensor)
            tensor_live(__func__, slot->tensor);
        const real *gradient = slot->tensor ? slot->tensor->grad : slot->gradient;
        if (!gradient)
            continue;
        slot->t++;
        group->step(group, slot, gradient);
        if (slot->tensor)
            ag_bump_version(slot->tensor);
    }
}

void optim_zero_grad(Optim *optim)
{
    NOT_NULL(optim);
    for (int i = 0; i < optim->slots; i++) {
        Tensor *x = optim->slot[i].tensor;
        if (!x)
            continue;
        tensor_live(__func__, x);
        x->grad = NULL;
    }
}

static void check_group(const char *who, const Optim *optim, int group)
{
    if (group < 0 || group >= optim->groups)
        error_stop("%s: no group %d: there are %d", who, group, optim->groups);
}

double optim_lr(const Optim *optim, int group)
{
    NOT_NULL(optim);
    check_group("optim_lr", optim, group);
    return optim->group[group].lr;
}

void optim_set_lr(Optim *optim, int group, double lr)
{
    NOT_NULL(optim);
    check_group("optim_set_lr", optim, group);
    error_if_negative("optim_set_lr", "lr", lr);
    optim->group[group].lr = lr;
}

/* -- what is remembered ----------------------------------------------------------------------- */

/* Tells of a piece, once it has its name: "state.0.step". */
static void tell(OptimVisit *visit, void *context, OptimPiece piece, const char *of, int number,
                 const char *what)
{
    char name[64];
    snprintf(name, sizeof name, "%s.%d.%s", of, number, what);
    piece.name = name;
    visit(&piece, context);
}

void optim_each(Optim *optim, OptimVisit *visit, void *context)
{
    NOT_NULL(optim);
    optim->complete = true;
    for (int i = 0; i < optim->slots; i++) {
        Slot *slot = &optim->slot[i];
        const Group *group = &optim->group[slot->group];
        Shape shape = slot->tensor ? slot->tensor->shape : ag_shape(1, slot->n);
        tell(visit, context, (OptimPiece){.step = &slot->t}, "state", i, "step");
        for (int j = 0; j < group->states; j++)
            tell(visit, context, (OptimPiece){.shape = shape, .array = slot->state[j]}, "state", i,
                 group->state_name[j]);
    }
    for (int i = 0; i < optim->groups; i++)
        tell(visit, context, (OptimPiece){.lr = &optim->group[i].lr}, "param_groups", i, "lr");
}
