/* clip.h: gradients that are not to be too long. Between ag_backward() and optim_step(), which
 * goes on from what is left. Parameters without a gradient (grad is NULL) are left out. */
#ifndef NN_CLIP_H
#define NN_CLIP_H

#include "autograd/tensor.h"

/* The norm of all the gradients together, as one vector: sqrt(sum g^2). */
double grad_norm(int n, Tensor *const parameters[]);

/* Multiplies the gradients by max_norm / (norm + 1e-6) where that is less than 1, as
 * torch.nn.utils.clip_grad_norm_ does: direction stays, length is max_norm at most. Returns the
 * norm that they had. If it is not finite they are left as they are. Error: max_norm below 0 or not
 * finite. Pascanu, Mikolov and Bengio (2013), "On the difficulty of training recurrent neural
 * networks". */
double clip_grad_norm(int n, Tensor *const parameters[], double max_norm);

/* Each element of them is cut off at -most and most, as clip_grad_value_ does: the direction may
 * change. NaN stays NaN. Error: most below 0 or not finite. */
void clip_grad_value(int n, Tensor *const parameters[], double most);

#endif
