/* optim.h: what becomes of a gradient: the update rules of torch.optim.
 *
 *     Optim *optim = optim_new();
 *     optim_sgd(optim, (Sgd){.lr = 0.1, .momentum = 0.9});
 *     optim_add(optim, n, parameters);
 *     ...
 *     ag_backward(loss);
 *     optim_step(optim);
 *     optim_zero_grad(optim);
 *     ag_reset();
 *
 * Below, p is a parameter, g its gradient and t = 1, 2, ... the number of its step; whatever a rule
 * remembers begins as zero. Every step is one pass over the parameter and allocates nothing. */
#ifndef NN_OPTIM_H
#define NN_OPTIM_H

#include <stdbool.h>

#include "autograd/tensor.h"

/* Stochastic gradient descent. What is left out is 0, as in PyTorch; lr has no default.
 *     g = -g                            if maximize
 *     g = g + weight_decay p
 *     b = momentum b + (1 - dampening) g,     but b = g at t = 1
 *     p = p - lr b;   with nesterov   p - lr (g + momentum b);   without momentum   p - lr g
 * Errors: lr, momentum or weight_decay below 0; a setting that is not finite; nesterov without
 * momentum or with dampening. */
typedef struct {
    double lr, momentum, dampening, weight_decay;
    bool nesterov, maximize;
} Sgd;

/* Kingma and Ba (2015), "Adam: a method for stochastic optimization".
 *     g = -g                            if maximize
 *     g = g + weight_decay p            Adam;         p = p - lr weight_decay p      AdamW
 *     m = beta1 m + (1 - beta1) g
 *     v = beta2 v + (1 - beta2) g^2
 *     s = v;   with amsgrad   s = max(s, v)
 *     p = p - lr m / (1 - beta1^t) / (sqrt(s / (1 - beta2^t)) + eps)
 * AdamW: Loshchilov and Hutter (2019), "Decoupled weight decay regularization". amsgrad: Reddi,
 * Kale and Kumar (2018), "On the convergence of Adam and beyond".
 * Errors: lr, eps or weight_decay below 0 or not finite; a beta outside [0, 1). */
typedef struct {
    double lr, beta1, beta2, eps, weight_decay;
    bool amsgrad, maximize;
} Adam;

/* beta1 0.9, beta2 0.999, eps 1e-8; weight_decay 0 for Adam and 0.01 for AdamW, as in PyTorch.
 * Begin with these: a beta that is left out of an Adam of your own is 0, and remembers nothing. */
Adam adam_defaults(double lr);
Adam adamw_defaults(double lr);

typedef struct Optim Optim;

/* Owned by the caller, who gives it to optim_free(). The parameters stay the caller's. */
Optim *optim_new(void);
void optim_free(Optim *optim);

/* Opens a group of parameters that follow one rule: what is added from now on belongs to it.
 * Returns its number: 0 for the first group, then 1, ... */
int optim_sgd(Optim *optim, Sgd rule);
int optim_adam(Optim *optim, Adam rule);
int optim_adamw(Optim *optim, Adam rule);

/* Adds n parameters to the latest group, with room for what its rule remembers of each. One that
 * has no gradient (grad is NULL) when a step is taken is left out of that step, and it does not
 * count for its t. Errors: there is no group yet; a parameter was added before. */
void optim_add(Optim *optim, int n, Tensor *const parameters[]);

/* The same for a plain array of n >= 1 numbers and its gradient, which stay where they are. */
void optim_add_array(Optim *optim, int n, real *p, const real *gradient);

/* One step for every parameter. Error: there is none. */
void optim_step(Optim *optim);

/* Sets the gradients of the tensors back to NULL. Plain arrays are left alone: a backward pass by
 * hand writes them whole. */
void optim_zero_grad(Optim *optim);

/* The learning rate of a group, for schedule.h. Errors: no such group; lr below 0 or not
 * finite. */
double optim_lr(const Optim *optim, int group);
void optim_set_lr(Optim *optim, int group, double lr);

/* A piece of what an optimizer remembers, in memory of its own, by the name it has in PyTorch's
 * state_dict(): of parameter 0, counted through all groups, "state.0.step" (t), and what its rule
 * has of "state.0.momentum_buffer" (b), "state.0.exp_avg" (m), "state.0.exp_avg_sq" (v) and
 * "state.0.max_exp_avg_sq" (s), which have the parameter's shape; of group 0
 * "param_groups.0.lr". */
typedef struct {
    const char *name;
    Shape shape;
    real *array; /* one of these three; the others are NULL */
    long *step;
    double *lr;
} OptimPiece;

/* Calls visit(piece, context) for every piece. From now on the pieces stay where they are, so it is
 * an error to add another group or parameter. For state.h. */
typedef void OptimVisit(const OptimPiece *piece, void *context);
void optim_each(Optim *optim, OptimVisit *visit, void *context);

#endif
