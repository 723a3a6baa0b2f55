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
    for (int j = 0; j < m; j++) {
        db[j] = 0;
        for (int l = 0; l < d; l++)
            dWx[j][l] = 0;
        for (int l = 0; l < m; l++)
            dWh[j][l] = 0;
        for (int s = 0; s < t; s++)
            for (int i = 0; i < n; i++) {
                db[j] += dZ[s][i][j];
                for (int l = 0; l < d; l++)
                    dWx[j][l] += dZ[s][i][j] * X[s][i][l];
                for (int l = 0; l < m; l++)
                    dWh[j][l] += dZ[s][i][j] * H[s][i][l];
            }
    }
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
    for (int i = 0; i < n; i++)
        for (int l = 0; l < m; l++)
            dh0[i][l] = dH[t][i][l];
    for (int s = t - 1; s >= 0; s--)
        for (int i = 0; i < n; i++) {
            for (int j = 0; j < m; j++)
                dZ[s][i][j] = dh0[i][j] * (1 - H[s + 1][i][j] * H[s + 1][i][j]);
            for (int l = 0; l < m; l++) {
                dh0[i][l] = dH[s][i][l];
                for (int j = 0; j < m; j++)
                    dh0[i][l] += dZ[s][i][j] * Wh[j][l];
            }
        }
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
    for (int i = 0; i < n; i++)
        for (int s = t; s > 0; s--)
            for (int l = 0; l < m; l++) {
                real dh = dH[s][i][l];
                if (s < t && s % k != 0)
                    for (int j = 0; j < m; j++)
                        dh += dZ[s][i][j] * Wh[j][l];
                dZ[s - 1][i][l] = dh * (1 - H[s][i][l] * H[s][i][l]);
            }
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
    real sum = 0;
    for (int i = 0; i < p; i++)
        sum += dW[i] * dW[i];
    for (int i = 0; i < q; i++)
        sum += db[i] * db[i];
    const real factor = most / (sqrt(sum) + (real)1e-6);
    if (factor < 1) {
        for (int i = 0; i < p; i++)
            dW[i] *= factor;
        for (int i = 0; i < q; i++)
            db[i] *= factor;
    }
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
    for (int j = 0; j < m; j++) {
        const real shown = tanh(c[j]);
        dzo[j] = dh[j] * shown * o[j] * (1 - o[j]);
        dc[j] = dc_next[j] + dh[j] * o[j] * (1 - shown * shown);
    }
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
    for (int j = 0; j < m; j++) {
        dzi[j] = dc[j] * g[j] * i[j] * (1 - i[j]);
        dzf[j] = dc[j] * c_prev[j] * f[j] * (1 - f[j]);
        dzg[j] = dc[j] * i[j] * (1 - g[j] * g[j]);
        dc_prev[j] = dc[j] * f[j];
    }
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
    for (int j = 0; j < m; j++) {
        dan[j] = dh[j] * (1 - z[j]) * (1 - n[j] * n[j]);
        dbn[j] = dan[j] * r[j];
        dzr[j] = dan[j] * bn[j] * r[j] * (1 - r[j]);
        dzz[j] = dh[j] * (h_prev[j] - n[j]) * z[j] * (1 - z[j]);
        dh_prev[j] = dh[j] * z[j];
    }
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
    for (int i = 0; i < n; i++)
        for (int s = t - 1; s >= 0; s--) {
            for (int l = 0; l < p; l++) {
                real dh2 = dH2[s + 1][i][l];
                for (int j = 0; j < p && s + 1 < t; j++)
                    dh2 += dZ2[s + 1][i][j] * Wh2[j][l];
                dZ2[s][i][l] = dh2 * (1 - H2[s + 1][i][l] * H2[s + 1][i][l]);
            }
            for (int l = 0; l < m; l++) {
                real dh1 = 0;
                for (int j = 0; j < p; j++)
                    dh1 += dZ2[s][i][j] * Wx2[j][l];
                for (int j = 0; j < m && s + 1 < t; j++)
                    dh1 += dZ1[s + 1][i][j] * Wh1[j][l];
                dZ1[s][i][l] = dh1 * (1 - H1[s + 1][i][l] * H1[s + 1][i][l]);
            }
        }
}
