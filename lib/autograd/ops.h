/* ops.h: every operation the tape can differentiate.
 *
 * Ops return a new tensor on the strip (tape.h) and leave their inputs as they are. Shapes that
 * do not fit stop the program with a message that names the op and the shapes. The names and
 * definitions are PyTorch's (https://pytorch.org/docs) unless a comment says otherwise; g stands
 * for dLoss/dout. An axis counts from 0, or from the end if negative: -1 is the last. */
#ifndef AUTOGRAD_OPS_H
#define AUTOGRAD_OPS_H

#include <limits.h>

#include "autograd/tensor.h"

/* -- elementwise on two tensors, with NumPy's broadcasting ------------------------------------
 * Shapes are aligned at their last axis; an axis of size 1, or a missing one, is repeated. The
 * gradient of what was repeated is the sum over the repetitions. */

Tensor *ag_add(Tensor *a, Tensor *b); /* a + b     da = g,      db = g */
Tensor *ag_sub(Tensor *a, Tensor *b); /* a - b     da = g,      db = -g */
Tensor *ag_mul(Tensor *a, Tensor *b); /* a b       da = g b,    db = g a */
Tensor *ag_div(Tensor *a, Tensor *b); /* a / b     da = g / b,  db = -g a / b^2 */

/* x repeated to `shape`, which every op above does to its inputs first; x itself if it has that
 * shape already. Error: it does not fit. */
Tensor *ag_expand(Tensor *x, Shape shape);

/* -- elementwise on one tensor ------------------------------------------------------------- */

Tensor *ag_neg(Tensor *x);                  /* -x              dx = -g */
Tensor *ag_pow(Tensor *x, double exponent); /* x^p             dx = g p x^(p-1); 0 if p = 0 */
Tensor *ag_exp(Tensor *x);                  /* e^x             dx = g e^x */
Tensor *ag_log(Tensor *x);                  /* ln x            dx = g / x */
Tensor *ag_sqrt(Tensor *x);                 /* sqrt x          dx = g / (2 sqrt x) */
Tensor *ag_abs(Tensor *x);                  /* |x|             dx = g sign(x), sign(0) = 0 */
Tensor *ag_tanh(Tensor *x);                 /* tanh x          dx = g (1 - tanh^2 x) */
Tensor *ag_sigmoid(Tensor *x);              /* 1 / (1 + e^-x)  dx = g s (1 - s) */
Tensor *ag_relu(Tensor *x);                 /* max(x, 0)       dx = g where x > 0, else 0 */
Tensor *ag_softplus(Tensor *x);             /* ln(1 + e^x)     dx = g sigmoid(x) */

/* -- reductions --------------------------------------------------------------------------------
 * Over one axis, which disappears or, with keepdim, stays with size 1; or over AG_ALL, which leaves
 * a scalar (or all axes of size 1). */

#define AG_ALL INT_MIN

Tensor *ag_sum(Tensor *x, int axis, bool keepdim);
Tensor *ag_mean(Tensor *x, int axis, bool keepdim);

/* sum (x - mean)^2 / (n - ddof); ddof 1 is Bessel's correction, 0 the mean square. dx = g 2 (x -
 * mean) / (n - ddof). Error: ddof is neither, or n - ddof < 1. */
Tensor *ag_var(Tensor *x, int axis, int ddof, bool keepdim);

/* The largest element. As in PyTorch, with ties the gradient goes to the first of them along an
 * axis, and in equal parts to all of them over AG_ALL. A NaN is larger than any number. */
Tensor *ag_max(Tensor *x, int axis, bool keepdim);

/* -- matrix products --------------------------------------------------------------------------- */

/* a b, with each operand's last two axes swapped first if its flag is set: (n, k) (k, m) -> (n, m).
 *     da = g b^T,   db = a^T g
 * Axes in front of the last two count batches and broadcast. Errors: fewer than two axes; inner
 * sizes that differ. */
Tensor *ag_matmul(Tensor *a, Tensor *b);
Tensor *ag_matmul_t(Tensor *a, bool transpose_a, Tensor *b, bool transpose_b);

/* x W + b: (..., k) (k, m) + (m) -> (..., m). b may be NULL. W is stored (in, out), not transposed
 * as in torch.nn.Linear.    dx = g W^T,  dW = x^T g,  db = sum of g over the rows */
Tensor *ag_linear(Tensor *x, Tensor *w, Tensor *b);

/* -- shape ------------------------------------------------------------------------------------- */

/* The same elements in another shape of the same size. */
Tensor *ag_reshape(Tensor *x, Shape shape);

/* Two axes swapped. */
Tensor *ag_transpose(Tensor *x, int axis_a, int axis_b);

/* n tensors one behind the other along an axis; their other sizes agree. */
Tensor *ag_concat(int n, Tensor *const x[], int axis);

/* Elements start .. end-1 along an axis, 0 <= start < end <= size. */
Tensor *ag_slice(Tensor *x, int axis, int start, int end);

/* -- picking by index -------------------------------------------------------------------------- */

/* table[index]: rows of a (V, E) table, one for each of the indices, which have the shape `shape`:
 * the result is shape + (E). dtable: each row's gradient is added to the row it came from (scatter-
 * add). index is copied. Error: an index outside 0 .. V-1, named with its place. */
Tensor *ag_embedding(Tensor *table, Shape shape, const int *index);

/* One element from each row: x (n, c), index (n) -> (n), x[i][index[i]]. */
Tensor *ag_gather(Tensor *x, const int *index);

/* -- softmax and the loss on top of it -------------------------------------------------------- */

/* e^x_i / sum_j e^x_j along an axis, and its logarithm; the maximum is taken off first, so no input
 * is too large.    softmax: dx = p (g - sum(g p))     log_softmax: dx = g - p sum(g) */
Tensor *ag_softmax(Tensor *x, int axis);
Tensor *ag_log_softmax(Tensor *x, int axis);

typedef enum { AG_MEAN, AG_SUM } Reduction;

/* -log softmax(logits)[i][target[i]], in nats, mean or sum over the rows. logits (n, c), target (n)
 * holds classes 0 .. c-1 and is copied.   dlogits = g (p - onehot(target)), / n for the mean.
 * Error: a class out of range. */
Tensor *ag_cross_entropy(Tensor *logits, const int *target, Reduction reduction);

/* -- normalisation ----------------------------------------------------------------------------- */

/* How batch norm divides the sum of squares: by n - 1, as Bessel has it and chapter 08 derives it,
 * or by n, as torch.nn.BatchNorm1d normalises. */
typedef enum { AG_BIASED = 0, AG_BESSEL = 1 } VarianceKind;

/* Statistics for use after training: (d) each, no gradient. */
typedef struct {
    Tensor *mean, *var;
    double momentum; /* 0.1: a tenth of the new, nine tenths of the old */
} RunningStats;

/* gain (x - mean) / sqrt(var + eps) + bias over the rows of x (n, d); gain and bias are (d). If
 * `running` is not NULL, moves mean and var (always with Bessel's correction, as PyTorch does)
 * towards this batch's. Error: n < 2. Ioffe and Szegedy (2015), "Batch normalization". */
Tensor *ag_batch_norm(Tensor *x, Tensor *gain, Tensor *bias, double eps, VarianceKind kind,
                      RunningStats *running);

/* The same with the running statistics in place of the batch's: an affine map of each row. */
Tensor *ag_batch_norm_eval(Tensor *x, Tensor *gain, Tensor *bias, double eps,
                           const RunningStats *running);

/* gain (x - mean) / sqrt(var + eps) + bias over the last axis of x (..., d), with the biased
 * variance; gain and bias are (d). Ba, Kiros and Hinton (2016), "Layer normalization". */
Tensor *ag_layer_norm(Tensor *x, Tensor *gain, Tensor *bias, double eps);

#endif
