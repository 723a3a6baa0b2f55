/* 18_recurrent.c: exercises to chapter 18, the gradients of networks that read one thing after the
 * other.
 *
 * Replace each TODO() by the body of the function, then type `make check-18`. Outputs come
 * uninitialised: write every element. There are t steps, s = 0 .. t-1, and n sequences, i. States
 * are one more, u = t + 1 of them: H[0] is there before the first step, and step s makes H[s + 1]
 * of H[s]. All but exercises 3 and 8 are what `make run-18 FROM=exercises` trains with. */
#include "18_recurrent.h"

/* 1. The weights of an RNN are the same at every step. Their gradients, when those of Z are there
 * already.
 *
 *     Z[s][i][j] = sum_l Wx[j][l] X[s][i][l] + sum_l Wh[j][l] H[s][i][l] + b[j]
 *     H[s + 1]   = tanh(Z[s])
 *
 * given    dZ (t, n, m), X (t, n, d) and H (u, n, m)
 * wanted   dWx (m, d), dWh (m, m) and db (m) */
void rnn_weights_backward(int t, int u, int n, int d, int m, const real dZ[t][n][m],
                          const real X[t][n][d], const real H[u][n][m], real dWx[m][d],
                          real dWh[m][m], real db[m])
{
    TODO();
}

/* 2. Back through the steps of that RNN. dH[s] is what the layer above and the loss tell H[s]; what
 * H[s] hears from step s, which reads it, is to be added.
 *
 *     Z[s][i][j] = (what X and b bring) + sum_l Wh[j][l] H[s][i][l]
 *     H[s + 1]   = tanh(Z[s])
 *
 * given    dH (u, n, m), H (u, n, m) and Wh (m, m)
 * wanted   dZ (t, n, m), and dh0 (n, m), all that comes to H[0] */
void rnn_backward(int t, int u, int n, int m, const real dH[u][n][m], const real H[u][n][m],
                  const real Wh[m][m], real dZ[t][n][m], real dh0[n][m])
{
    TODO();
}

/* 3. The same RNN, truncated: before each of the steps 0, k, 2k, ... the state is detached. Its
 * values go on into that step, but to the gradient they are constants there.
 *
 *     Z[s][i][j] = (what X and b bring) + sum_l Wh[j][l] H[s][i][l]
 *     H[s + 1]   = tanh(Z[s])
 *
 * given    k, dH (u, n, m), what the loss tells every state, H (u, n, m) and Wh (m, m)
 * wanted   dZ (t, n, m) */
void truncated_backward(int t, int u, int n, int m, int k, const real dH[u][n][m],
                        const real H[u][n][m], const real Wh[m][m], real dZ[t][n][m])
{
    TODO();
}

/* 4. A gradient that is too long is made shorter, as PyTorch's clip_grad_norm_ does it. It is one
 * gradient, which lies in two arrays: all weights and all biases of a model.
 *
 *     norm   = sqrt(sum_i dW[i]^2 + sum_i db[i]^2)
 *     factor = most / (norm + 1e-6)      but 1 where that is more than 1
 *     dW, db = factor dW, factor db
 *
 * given    most, dW (p) and db (q) as backpropagation left them
 * wanted   dW (p) and db (q), clipped */
void clip_norm(int p, int q, real most, real dW[p], real db[q])
{
    TODO();
}

/* 5. The last lines of an LSTM cell, in which the state of m cells is shown to the world. zo is
 * what the output gate's weights make.
 *
 *     o[j] = sigmoid(zo[j])
 *     h[j] = o[j] tanh(c[j])
 *
 * c goes into the next step besides, which is through already: dc_next is what it tells c.
 *
 * given    dh (m), dc_next (m), c (m) and o (m)
 * wanted   dzo (m), and dc (m), all that comes to c */
void lstm_output_backward(int m, const real dh[m], const real dc_next[m], const real c[m],
                          const real o[m], real dzo[m], real dc[m])
{
    TODO();
}

/* 6. The lines before them, in which the state is made anew.
 *
 *     i[j] = sigmoid(zi[j])        f[j] = sigmoid(zf[j])        g[j] = tanh(zg[j])
 *     c[j] = f[j] c_prev[j] + i[j] g[j]
 *
 * given    dc (m), from exercise 5, c_prev (m), i (m), f (m) and g (m)
 * wanted   dzi (m), dzf (m), dzg (m) and dc_prev (m) */
void lstm_gates_backward(int m, const real dc[m], const real c_prev[m], const real i[m],
                         const real f[m], const real g[m], real dzi[m], real dzf[m], real dzg[m],
                         real dc_prev[m])
{
    TODO();
}

/* 7. A GRU cell as PyTorch has it. zr, zz, an and bn are made by weights: an of the input, bn of
 * h_prev, zr and zz of both. The reset gate r stands before bn, which has its own bias in it.
 *
 *     r[j] = sigmoid(zr[j])        z[j] = sigmoid(zz[j])
 *     n[j] = tanh(an[j] + r[j] bn[j])
 *     h[j] = (1 - z[j]) n[j] + z[j] h_prev[j]
 *
 * given    dh (m), h_prev (m), r (m), z (m), n (m) and bn (m)
 * wanted   dzr (m), dzz (m), dan (m), dbn (m), and dh_prev (m) as far as the last line goes: what
 *          comes through the weights is added later */
void gru_cell_backward(int m, const real dh[m], const real h_prev[m], const real r[m],
                       const real z[m], const real n[m], const real bn[m], real dzr[m], real dzz[m],
                       real dan[m], real dbn[m], real dh_prev[m])
{
    TODO();
}

/* 8. Two RNNs, one upon the other: what the first makes at a step is what the second reads there.
 * Only the second is looked at by the loss.
 *
 *     Z1[s][i][j] = (what X and b1 bring) + sum_l Wh1[j][l] H1[s][i][l]
 *     H1[s + 1]   = tanh(Z1[s])                                                   (n, m)
 *     Z2[s][i][j] = sum_l Wx2[j][l] H1[s + 1][i][l] + sum_l Wh2[j][l] H2[s][i][l] + b2[j]
 *     H2[s + 1]   = tanh(Z2[s])                                                   (n, p)
 *
 * given    dH2 (u, n, p), what the loss tells every state of the second, H1 (u, n, m), H2
 *          (u, n, p), Wh1 (m, m), Wx2 (p, m) and Wh2 (p, p)
 * wanted   dZ1 (t, n, m) and dZ2 (t, n, p) */
void stack_backward(int t, int u, int n, int m, int p, const real dH2[u][n][p],
                    const real H1[u][n][m], const real H2[u][n][p], const real Wh1[m][m],
                    const real Wx2[p][m], const real Wh2[p][p], real dZ1[t][n][m],
                    real dZ2[t][n][p])
{
    TODO();
}
