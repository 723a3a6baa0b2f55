/* recurrent.h: what one step of a recurrent layer does behind its matrix products, for one example.
 *
 * h is the number of hidden units; h0 is the state before the step and y the state after it. The
 * gates of an example are one row of 4 h numbers (of an RNN h), in blocks of h, which forward finds
 * as sums, of the products and the biases, and leaves as gates; backward turns what comes from
 * above, dy, into the gradients of those sums. Products are element by element. */
#ifndef KERNEL_RECURRENT_H
#define KERNEL_RECURRENT_H

#include "real.h"

/* y = tanh(a)      da = dy (1 - y^2) */
void rnn_step(int h, const real *a, real *y);
void rnn_step_backward(int h, const real *y, const real *dy, real *da);

/* gates: a_i, a_f, a_g, a_o, which become i = s(a_i), f = s(a_f), g = tanh(a_g), o = s(a_o)
 *     c = f c0 + i g,   y = o tanh(c)
 * dc is the gradient of c but for what y says of it, and becomes that of c0:
 *     dc += dy o (1 - tanh(c)^2)
 *     da_i = dc g i (1 - i),   da_f = dc c0 f (1 - f),   da_g = dc i (1 - g^2)
 *     da_o = dy tanh(c) o (1 - o),   dc0 = dc f */
void lstm_step(int h, const real *c0, real *gates, real *c, real *tanh_c, real *y);
void lstm_step_backward(int h, const real *c0, const real *gates, const real *tanh_c,
                        const real *dy, real *dc, real *da);

/* gates: a_r, a_z, and for n the two sums apart, that of x, a_n, and that of the state, q; they
 * become r = s(a_r), z = s(a_z), n = tanh(a_n + r q), and q
 *     y = (1 - z) n + z h0
 * dh is dy and becomes what goes to h0 beside the products, dy z:
 *     da_n = dy (1 - z) (1 - n^2),   dq = da_n r
 *     da_r = da_n q r (1 - r),   da_z = dy (h0 - n) z (1 - z) */
void gru_step(int h, const real *h0, real *gates, real *y);
void gru_step_backward(int h, const real *h0, const real *gates, real *dh, real *da);

#endif
