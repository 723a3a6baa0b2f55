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
#include "kernel/random.h"

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
Tensor *ag_relu(Tensor *x);                 /* max(x, 0)       dx = 0 where x <= 0, else g */
Tensor *ag_softplus(Tensor *x);             /* ln(1 + e^x)     dx = g sigmoid(x) */

/* x P(x), P(x) = (1 + erf(x / sqrt 2)) / 2 being the probability of less than x under N(0, 1).
 *     dx = g (P(x) + x e^(-x^2 / 2) / sqrt(2 pi))
 * Hendrycks and Gimpel (2016), "Gaussian error linear units". */
Tensor *ag_gelu(Tensor *x);

/* The same with P(x) = (1 + tanh u) / 2, u = c (x + 0.044715 x^3), c = sqrt(2 / pi): not quite the
 * same function, and so not the same derivative.
 *     dx = g (P(x) + x (1 - tanh^2 u) / 2 c (1 + 3 0.044715 x^2)) */
Tensor *ag_gelu_tanh(Tensor *x);

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

/* -- convolution -------------------------------------------------------------------------------
 * Over one, two or three axes of space, which follow the batch and the channels: x (n, in, h, w).
 * A setting is given for each of them, the first for the first. */

typedef struct {
    int stride[3], padding[3];
    int output_padding[3]; /* of a transposed convolution */
    bool relu;             /* the result is max(y, 0), as ag_relu(), with no tensor in between */
} ConvOptions;

/* The same stride and padding in every axis, no output padding and no relu. */
ConvOptions conv_options(int stride, int padding);

/* y[n][o][p] = b[o] + sum_c sum_i w[o][c][i] x[n][c][stride p + i - padding], x being 0 beyond its
 * border: (n, in, h, w) and w (out, in, kh, kw) -> (n, out, y, x) with y = (h + 2 padding - kh) /
 * stride + 1, rounded down. b (out) may be NULL.
 *     dx[n][c][q] = sum_o sum_i w[o][c][i] g[n][o][(q + padding - i) / stride], where that divides
 *     dw[o][c][i] = sum_n sum_p g[n][o][p] x[n][c][stride p + i - padding]
 *     db[o] = sum_n sum_p g[n][o][p]
 * Errors: channels or a bias that do not fit; a kernel larger than x with its padding; a stride
 * below 1, a padding below 0, an output padding. */
Tensor *ag_conv1d(Tensor *x, Tensor *w, Tensor *b, ConvOptions options);
Tensor *ag_conv2d(Tensor *x, Tensor *w, Tensor *b, ConvOptions options);
Tensor *ag_conv3d(Tensor *x, Tensor *w, Tensor *b, ConvOptions options);

/* What takes g to dx above, plus b: x (n, in, h, w) and w (in, out, kh, kw) -> (n, out, y, x) with
 * y = (h - 1) stride - 2 padding + kh + output_padding. Output padding only chooses between the
 * sizes that a convolution would take to h. b (out) may be NULL.
 *     dx is the convolution of g with w, dw as above with x and g exchanged, db the sum of g
 * Errors: as above; an output padding that is not less than the stride; an output of nothing. */
Tensor *ag_conv_transpose1d(Tensor *x, Tensor *w, Tensor *b, ConvOptions options);
Tensor *ag_conv_transpose2d(Tensor *x, Tensor *w, Tensor *b, ConvOptions options);
Tensor *ag_conv_transpose3d(Tensor *x, Tensor *w, Tensor *b, ConvOptions options);

/* -- shape ------------------------------------------------------------------------------------- */

/* The same elements in another shape of the same size: a view, which has no data of its own. In a
 * no-grad region it is a copy, which stands still when x is computed again (ag_replay()). */
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

/* -- softmax ----------------------------------------------------------------------------------- */

/* e^x_i / sum_j e^x_j along an axis, and its logarithm; the maximum is taken off first, so no input
 * is too large.    softmax: dx = p (g - sum(g p))     log_softmax: dx = g - p sum(g) */
Tensor *ag_softmax(Tensor *x, int axis);
Tensor *ag_log_softmax(Tensor *x, int axis);

/* -- attention --------------------------------------------------------------------------------- */

/* Whom a query listens to: all keys, of which this takes some from it, though never the first. */
typedef struct {
    bool causal;        /* query i hears keys 0 .. i alone */
    const int *lengths; /* (n), copied: of example e the first lengths[e] keys are there and the
                           rest is padding; NULL: all are */
} AttentionMask;

typedef struct {
    int heads; /* 0: 1 */
    AttentionMask mask;
    int past;       /* with mask.causal: query i is the (past + i)-th token, and hears as many keys
                       more; for tokens that come after others (a cache) */
    double scale;   /* 0: 1 / sqrt(d) */
    double dropout; /* each weight is 0 with this probability, or divided by 1 - dropout */
    Rng *rng;       /* for dropout; one number is drawn from it */
} AttentionOptions;

/* Scaled dot-product attention with `heads` heads, which lie side by side in the last axis: q
 * (n, t, heads d), k (n, s, heads d), v (n, s, heads e) -> (n, t, heads e). For each example and
 * head, with i a query and j a key that it hears:
 *     p[i][j] = softmax_j (scale q[i] . k[j])      y[i] = sum_j p[i][j] v[j]
 *     dv[j] = sum_i p[i][j] g[i]                   dp[i][j] = g[i] . v[j]
 *     ds[i][j] = p[i][j] (dp[i][j] - sum_l p[i][l] dp[i][l])
 *     dq[i] = scale sum_j ds[i][j] k[j]            dk[j] = scale sum_i ds[i][j] q[i]
 * The weights are made in blocks, and made again on the way back: memory grows with t + s, not with
 * t s. Errors: shapes that do not fit; a length outside 1 .. s; a scale or past below 0; dropout
 * outside 0 .. 1, or without an rng. Vaswani et al. (2017), "Attention is all you need"; Dao et al.
 * (2022), "FlashAttention". */
Tensor *ag_attention(Tensor *q, Tensor *k, Tensor *v, AttentionOptions options);

/* The weights p (n, heads, t, s) by themselves, to look at: a matrix for each head, so for short
 * sequences. What is not heard has weight 0. Dropout has no part in them. */
Tensor *ag_attention_weights(Tensor *q, Tensor *k, AttentionOptions options);

/* -- pooling -----------------------------------------------------------------------------------
 * A window of `kernel` elements (2d: kernel x kernel) that moves by `stride` over the last axis
 * (2d: the last two); the axes in front count images. `padding` is what lies outside on either
 * side: n elements give (n + 2 padding - kernel) / stride + 1, rounded down. Errors: too few axes;
 * a kernel or a stride below 1; a padding outside 0 .. kernel / 2; a kernel larger than n + 2
 * padding. */

/* The largest element of each window; what lies outside is never it. A NaN is larger than any
 * number.    dx: each g is added to the element that was the largest, the first of several, row by
 * row (of several NaN the last) */
Tensor *ag_max_pool2d(Tensor *x, int kernel, int stride, int padding);

/* The sum of each window divided by the window's size, what lies outside counting as 0 (PyTorch's
 * count_include_pad).    dx: each g / size is added to all elements of its window */
Tensor *ag_avg_pool1d(Tensor *x, int kernel, int stride, int padding);
Tensor *ag_avg_pool2d(Tensor *x, int kernel, int stride, int padding);

/* -- dropout ----------------------------------------------------------------------------------- */

/* x m in training: each m is 0 with probability p, else 1 / (1 - p), so that the mean stays what it
 * was; all of them 0 if p = 1. They are drawn from rng once: computed again (ag_replay()), the
 * tensor has the same. If not training, or p = 0: x itself, and nothing is drawn.    dx = g m
 * Errors: a p outside 0 .. 1; rng is NULL in training. Srivastava et al. (2014), "Dropout". */
Tensor *ag_dropout(Tensor *x, double p, bool training, Rng *rng);

/* -- losses ------------------------------------------------------------------------------------
 * The loss of each element or row, in nats where there is a logarithm, and what becomes of them.
 * Input and target have the same shape; nothing broadcasts unless it says so. */

typedef enum {
    AG_MEAN,       /* of all the losses */
    AG_SUM,        /* of all the losses */
    AG_NONE,       /* they stay as they are */
    AG_BATCH_MEAN, /* their sum, divided by the size of the first axis */
} Reduction;

/* |x - t|            dx = g sign(x - t), sign(0) = 0;  dt = -dx */
Tensor *ag_l1_loss(Tensor *input, Tensor *target, Reduction reduction);

/* (x - t)^2          dx = 2 g (x - t);  dt = -dx */
Tensor *ag_mse_loss(Tensor *input, Tensor *target, Reduction reduction);

/* With d = x - t:  d^2 / (2 beta) where |d| < beta, else |d| - beta / 2; beta 0 is L1.
 *     dx = g d / beta, or g sign(d);  dt = -dx
 * Error: a negative beta. */
Tensor *ag_smooth_l1_loss(Tensor *input, Tensor *target, double beta, Reduction reduction);

/* -t ln p - (1 - t) ln(1 - p), each logarithm no less than -100.
 *     dp = g (p - t) / (p (1 - p)), the denominator no less than 1e-12;  dt = g (ln(1 - p) - ln p)
 * Error: a p outside 0 .. 1. */
Tensor *ag_binary_cross_entropy(Tensor *probs, Tensor *target, Reduction reduction);

/* The same with p = sigmoid(z), in a form that no z is too large for; t = 1 counts w = pos_weight
 * times. pos_weight is a constant that broadcasts to the logits; NULL is 1.
 *     dz = g ((1 - t) sigmoid(z) - w t sigmoid(-z)), which is g (p - t) if w is 1 */
Tensor *ag_binary_cross_entropy_with_logits(Tensor *logits, Tensor *target, Tensor *pos_weight,
                                            Reduction reduction);

/* -ln softmax(logits)[i][target[i]]: logits (n, c), target (n) holds classes 0 .. c-1 and is
 * copied. dlogits = g (p - onehot(target)), / n for the mean Error: a class out of range. */
Tensor *ag_cross_entropy(Tensor *logits, const int *target, Reduction reduction);

/* What is left out is off. */
typedef struct {
    Tensor *weight;         /* (c): what each class counts, a constant; NULL: 1 */
    double label_smoothing; /* 0 .. 1: the share of each target that is spread over all classes */
    bool ignore;            /* leave out the rows whose target is ... */
    int ignore_index;       /* ... this, -100 for instance */
} CrossEntropyOptions;

/* With t[i][j] = w[j] ((1 - smoothing) 1[j = target[i]] + smoothing / c):
 *     -sum_j t[i][j] ln p[i][j]        dlogits[i][j] = g (p[i][j] sum_l t[i][l] - t[i][j])
 * The loss of a row that is ignored is 0. The mean is a weighted one, the sum of the losses divided
 * by the sum of w[target[i]] over the rows that are not ignored; over no row it is NaN. */
Tensor *ag_cross_entropy_with(Tensor *logits, const int *target, CrossEntropyOptions options,
                              Reduction reduction);

/* The same with target[i][j] (n, c) where 1[j = target[i]] stood. The mean is over the n rows.
 * Error: options.ignore. */
Tensor *ag_cross_entropy_soft(Tensor *logits, Tensor *target, CrossEntropyOptions options,
                              Reduction reduction);

typedef struct {
    int p; /* 1 or 2 */
    double margin;
    Tensor *weight; /* (c), a constant; NULL: 1 */
} MultiMarginOptions;

/* w[y] / c sum_{j != y} max(0, margin - x[i][y] + x[i][j])^p with y = target[i]: input (n, c).
 *     dx[i][j] = g w[y] / c p m^(p-1) where m, the maximum, is > 0;  dx[i][y] = -sum of these
 * Errors: a class out of range; p is neither 1 nor 2. */
Tensor *ag_multi_margin_loss(Tensor *input, const int *target, MultiMarginOptions options,
                             Reduction reduction);

/* 1 - cos(a[i], b[i]) where target[i] is 1, max(0, cos - margin) where it is -1: a and b (n, d).
 *     dcos = -g, or g where cos >= margin;  da = dcos (b / (|a| |b|) - cos a / |a|^2)
 * Error: a target that is neither. */
Tensor *ag_cosine_embedding_loss(Tensor *a, Tensor *b, const int *target, double margin,
                                 Reduction reduction);

/* t (ln t - x), 0 where t is 0: the divergence of what e^x says from what t says, x a logarithm of
 * probabilities and t probabilities. Summed over a distribution: AG_SUM, or AG_BATCH_MEAN.
 *     dx = -g t;  dt = g (ln t + 1 - x), 0 where t is 0
 * The slope at t = 0 is infinite (PyTorch 1.13: NaN). But what goes on from there through a softmax
 * is t times the slope, and goes to 0 with t: a 0 here gives what is right. */
Tensor *ag_kl_div(Tensor *input, Tensor *target, Reduction reduction);

/* KL(p || q) of normal distributions, element by element, with NumPy's broadcasting:
 *     ln(std_q / std_p) + (std_p^2 + (mean_p - mean_q)^2) / (2 std_q^2) - 1/2
 *     dmean_p = g (mean_p - mean_q) / std_q^2,   dstd_p = g (std_p / std_q^2 - 1 / std_p)
 *     dmean_q = -dmean_p,   dstd_q = g (1 / std_q - (std_p^2 + (mean_p - mean_q)^2) / std_q^3)
 * Error: a standard deviation that is not above 0. As torch.distributions.kl_divergence. */
Tensor *ag_gaussian_kl(Tensor *mean_p, Tensor *std_p, Tensor *mean_q, Tensor *std_q,
                       Reduction reduction);

/* -- normalisation ----------------------------------------------------------------------------- */

/* How batch norm divides the sum of squares: by n - 1, as Bessel has it and chapter 08 derives it,
 * or by n, as torch.nn.BatchNorm1d normalises. */
typedef enum { AG_BIASED = 0, AG_BESSEL = 1 } VarianceKind;

/* Statistics for use after training: (c) each, no gradient. */
typedef struct {
    Tensor *mean, *var;
    double momentum; /* 0.1: a tenth of the new, nine tenths of the old */
} RunningStats;

/* gain (x - mean) / sqrt(var + eps) + bias; gain and bias are (c). Axis 1 of x (n, c) or (n, c,
 * ...) counts the channels, and the mean and the variance of each are taken over all other axes: N
 * values. With xhat = (x - mean) / sqrt(var + eps), the sums over the same:
 *     dbias = sum g,   dgain = sum g xhat
 *     dx = gain / sqrt(var + eps) (g - sum g / N - xhat sum(g xhat) / (N or, with AG_BESSEL, N-1))
 * If `running` is not NULL, moves mean and var (always with Bessel's correction, as PyTorch does)
 * towards this batch's. Errors: N < 2; an eps (of any norm) or a momentum below 0 or not finite.
 * Ioffe and Szegedy (2015), "Batch normalization". */
Tensor *ag_batch_norm(Tensor *x, Tensor *gain, Tensor *bias, double eps, VarianceKind kind,
                      RunningStats *running);

/* The same with the running statistics in place of the batch's, for any N: an affine map of each
 * value.    dx = gain g / sqrt(var + eps) */
Tensor *ag_batch_norm_eval(Tensor *x, Tensor *gain, Tensor *bias, double eps,
                           const RunningStats *running);

/* gain (x - mean) / sqrt(var + eps) + bias over the last axis of x (..., d), with the biased
 * variance; gain and bias are (d). Ba, Kiros and Hinton (2016), "Layer normalization". */
Tensor *ag_layer_norm(Tensor *x, Tensor *gain, Tensor *bias, double eps);

/* -- recurrent layers --------------------------------------------------------------------------
 * A whole sequence in one op: x (t, n, in) is n examples of t steps, time first, and each step is
 * computed from x[s] and from the state h (n, hidden) that the step before it has left. Weights are
 * in PyTorch's layout: the blocks of `hidden` rows that make up w_ih and w_hh belong to one gate
 * each, in the order in which they stand below, and so do those of the two bias vectors. For a
 * layer of so many gates: */

typedef struct {
    Tensor *w_ih;        /* (gates hidden, in) */
    Tensor *w_hh;        /* (gates hidden, hidden) */
    Tensor *b_ih, *b_hh; /* (gates hidden) each; both NULL: none */
} RecurrentWeights;

/* The result has one slab (n, hidden) more than x has steps, of an LSTM two more: y[s] is the h
 * that step s made, and behind all of them are the final h and, of an LSTM, the final c. ag_slice()
 * along axis 0 takes them apart. The state at the start, h0 and c0 (n, hidden), may be NULL: zeros.
 *
 * lengths[i], copied, is how many steps example i has, the others being padding; NULL: all have t.
 * Behind its end an example's outputs are 0, its state stands still (the final one is that of its
 * own end), and no gradient comes from there. x must hold finite numbers there; which makes
 * no difference. PyTorch: pack_padded_sequence().
 *
 * The formulas of the gradients are in kernel/recurrent.h; s stands for sigmoid, * for the product
 * element by element. Errors: shapes that do not fit; one bias without the other; a length below 1
 * or above t. */

/* h' = tanh(W_ih x + b_ih + W_hh h + b_hh) */
Tensor *ag_rnn(Tensor *x, Tensor *h0, RecurrentWeights w, const int *lengths);

/* Gates i, f, g, o:   a = W_ih x + b_ih + W_hh h + b_hh
 *     i = s(a_i),  f = s(a_f),  g = tanh(a_g),  o = s(a_o)
 *     c' = f * c + i * g,   h' = o * tanh(c')
 * Hochreiter and Schmidhuber (1997), "Long short-term memory". */
Tensor *ag_lstm(Tensor *x, Tensor *h0, Tensor *c0, RecurrentWeights w, const int *lengths);

/* Gates r, z, n:
 *     r = s(W_ir x + b_ir + W_hr h + b_hr),   z = s(W_iz x + b_iz + W_hz h + b_hz)
 *     n = tanh(W_in x + b_in + r * (W_hn h + b_hn)),   h' = (1 - z) * n + z * h
 * Cho et al. (2014), "Learning phrase representations using RNN encoder-decoder"; as in PyTorch, r
 * is multiplied after the product and not before it. */
Tensor *ag_gru(Tensor *x, Tensor *h0, RecurrentWeights w, const int *lengths);

#endif
