/* 19_transformer.c: exercises to chapter 19, attention and what stands around it.
 *
 * Replace each TODO() by the body of the function, then type `make check-19`. Outputs come
 * uninitialised: write every element. Capital letters are matrices, and small ones their sizes: t
 * tokens ask, s tokens are asked, d numbers speak for each. In self-attention t and s are the same.
 * The first four exercises are the nine gradients of attention, and with them alone
 * `make run-19 FROM=exercises OPTIONS='--train --task reverse'` trains. */
#include "19_transformer.h"

/* 1. The last step of attention: every token takes a weighted sum of the values.
 *
 *     Y[i][l] = sum_j P[i][j] V[j][l]
 *
 * given    dY (t, d), P (t, s) and V (s, d)
 * wanted   dP (t, s) and dV (s, d) */
void values_backward(int t, int s, int d, const real dY[t][d], const real P[t][s],
                     const real V[s][d], real dP[t][s], real dV[s][d])
{
    for (int j = 0; j < s; j++)
        for (int l = 0; l < d; l++)
            dV[j][l] = 0;
    for (int i = 0; i < t; i++)
        for (int j = 0; j < s; j++) {
            dP[i][j] = 0;
            for (int l = 0; l < d; l++) {
                dP[i][j] += dY[i][l] * V[j][l];
                dV[j][l] += P[i][j] * dY[i][l];
            }
        }
}

/* 2. The step before: scores become weights. Where a mask forbids a key, its weight is 0, and the
 * sum leaves it out.
 *
 *     P[i][j] = exp(S[i][j]) / sum_m exp(S[i][m])
 *
 * given    dP (t, s) and P (t, s)
 * wanted   dS (t, s) */
void weights_backward(int t, int s, const real dP[t][s], const real P[t][s], real dS[t][s])
{
    for (int i = 0; i < t; i++) {
        real mean = 0;
        for (int j = 0; j < s; j++)
            mean += P[i][j] * dP[i][j];
        for (int j = 0; j < s; j++)
            dS[i][j] = P[i][j] * (dP[i][j] - mean);
    }
}

/* 3. The scores: how well a query fits a key.
 *
 *     S[i][j] = 1/sqrt(d) sum_l Q[i][l] K[j][l]
 *
 * given    dS (t, s), Q (t, d) and K (s, d)
 * wanted   dQ (t, d) and dK (s, d) */
void scores_backward(int t, int s, int d, const real dS[t][s], const real Q[t][d],
                     const real K[s][d], real dQ[t][d], real dK[s][d])
{
    const real scale = 1 / sqrt((real)d);
    for (int l = 0; l < d; l++) {
        for (int i = 0; i < t; i++) {
            dQ[i][l] = 0;
            for (int j = 0; j < s; j++)
                dQ[i][l] += scale * dS[i][j] * K[j][l];
        }
        for (int j = 0; j < s; j++) {
            dK[j][l] = 0;
            for (int i = 0; i < t; i++)
                dK[j][l] += scale * dS[i][j] * Q[i][l];
        }
    }
}

/* 4. Where queries, keys and values come from in self-attention: all three from the same tokens.
 *
 *     Q = X Wq        K = X Wk        V = X Wv
 *
 * given    dQ, dK and dV (t, d), X (t, k), Wq, Wk and Wv (k, d)
 * wanted   dX (t, k), dWq, dWk and dWv (k, d) */
void projections_backward(int t, int k, int d, const real dQ[t][d], const real dK[t][d],
                          const real dV[t][d], const real X[t][k], const real Wq[k][d],
                          const real Wk[k][d], const real Wv[k][d], real dX[t][k], real dWq[k][d],
                          real dWk[k][d], real dWv[k][d])
{
    for (int m = 0; m < k; m++) {
        for (int i = 0; i < t; i++) {
            dX[i][m] = 0;
            for (int l = 0; l < d; l++)
                dX[i][m] += dQ[i][l] * Wq[m][l] + dK[i][l] * Wk[m][l] + dV[i][l] * Wv[m][l];
        }
        for (int l = 0; l < d; l++) {
            dWq[m][l] = 0;
            dWk[m][l] = 0;
            dWv[m][l] = 0;
            for (int i = 0; i < t; i++) {
                dWq[m][l] += X[i][m] * dQ[i][l];
                dWk[m][l] += X[i][m] * dK[i][l];
                dWv[m][l] += X[i][m] * dV[i][l];
            }
        }
    }
}

/* 5. The causal mask, forwards: token i may listen to itself and to those before it, and to nobody
 * that comes later. Some scores are near 1000 or -1000, and some that are forbidden are larger
 * than all that are allowed.
 *
 *     P[i][j] = exp(S[i][j]) / sum_(m <= i) exp(S[i][m])    for j <= i,    0 for j > i
 *
 * given    S (t, t)
 * wanted   P (t, t) */
void causal_weights(int t, const real S[t][t], real P[t][t])
{
    for (int i = 0; i < t; i++) {
        real max = S[i][0], sum = 0;
        for (int j = 1; j <= i; j++)
            max = fmax(max, S[i][j]);
        for (int j = 0; j <= i; j++)
            sum += exp(S[i][j] - max);
        for (int j = 0; j < t; j++)
            P[i][j] = j <= i ? exp(S[i][j] - max) / sum : 0;
    }
}

/* 6. Several heads: of the c = h d numbers of each token the first d go to head 0, the next d to
 * head 1, and so on. Each head gets a matrix (t, d) of its own, for each of n sequences.
 *
 *     O[i][l][r][m] = X[i][r][l d + m]        for sequence i, head l, token r, m = 0 .. d-1
 *
 * given    dO (n, h, t, d)
 * wanted   dX (n, t, c) */
void split_heads_backward(int n, int t, int h, int d, int c, const real dO[n][h][t][d],
                          real dX[n][t][c])
{
    for (int i = 0; i < n; i++)
        for (int r = 0; r < t; r++)
            for (int l = 0; l < h; l++)
                for (int m = 0; m < d; m++)
                    dX[i][r][l * d + m] = dO[i][l][r][m];
}

/* 7. A sublayer with its norm behind the sum, as in the first transformers: X + B is R, where B is
 * what attention made of X.
 *
 *     R            = X + B
 *     mean[i]      = 1/k sum_j R[i][j]
 *     var_inv[i]   = (1/k sum_j (R[i][j] - mean[i])^2 + eps)^(-1/2)
 *     raw[i][j]    = (R[i][j] - mean[i]) var_inv[i]
 *     Y[i][j]      = gain[j] raw[i][j] + bias[j]
 *
 * What comes to R goes on to X and to B alike.
 *
 * given    dY (n, k), var_inv (n), raw (n, k) and gain (k)
 * wanted   dR (n, k), dgain (k) and dbias (k) */
void post_norm_backward(int n, int k, const real dY[n][k], const real var_inv[n],
                        const real raw[n][k], const real gain[k], real dR[n][k], real dgain[k],
                        real dbias[k])
{
    for (int j = 0; j < k; j++) {
        dgain[j] = 0;
        dbias[j] = 0;
    }
    for (int i = 0; i < n; i++) {
        real mean = 0, along = 0;
        for (int j = 0; j < k; j++) {
            mean += dY[i][j] * gain[j] / (real)k;
            along += dY[i][j] * gain[j] * raw[i][j] / (real)k;
            dgain[j] += dY[i][j] * raw[i][j];
            dbias[j] += dY[i][j];
        }
        for (int j = 0; j < k; j++)
            dR[i][j] = var_inv[i] * (dY[i][j] * gain[j] - mean - raw[i][j] * along);
    }
}

/* 8. A sublayer with its norm in front of the branch, as in most that came later.
 *
 *     mean[i]      = 1/k sum_j X[i][j]
 *     var_inv[i]   = (1/k sum_j (X[i][j] - mean[i])^2 + eps)^(-1/2)
 *     raw[i][j]    = (X[i][j] - mean[i]) var_inv[i]
 *     N[i][j]      = gain[j] raw[i][j] + bias[j]
 *     Y            = X + F(N)
 *
 * F is attention, or a feed-forward network. The way back through it is done: dN is what came out
 * of it.
 *
 * given    dY (n, k), dN (n, k), var_inv (n), raw (n, k) and gain (k)
 * wanted   dX (n, k), by all ways */
void pre_norm_backward(int n, int k, const real dY[n][k], const real dN[n][k],
                       const real var_inv[n], const real raw[n][k], const real gain[k],
                       real dX[n][k])
{
    for (int i = 0; i < n; i++) {
        real mean = 0, along = 0;
        for (int j = 0; j < k; j++) {
            mean += dN[i][j] * gain[j] / (real)k;
            along += dN[i][j] * gain[j] * raw[i][j] / (real)k;
        }
        for (int j = 0; j < k; j++)
            dX[i][j] = dY[i][j] + var_inv[i] * (dN[i][j] * gain[j] - mean - raw[i][j] * along);
    }
}

/* 9. GELU, the soft relu of the feed-forward network: x times the probability that a standard
 * normal number is below x. phi is the density of such a number, the slope of Phi.
 *
 *     Y[i]   = X[i] Phi(X[i])
 *     Phi(x) = (1 + erf(x / sqrt(2))) / 2
 *     phi(x) = exp(-x^2 / 2) / sqrt(2 pi)
 *
 * given    dY (n) and X (n)
 * wanted   dX (n) */
void gelu_backward(int n, const real dY[n], const real X[n], real dX[n])
{
    for (int i = 0; i < n; i++) {
        const real Phi = (1 + erf(X[i] / sqrt((real)2))) / 2;
        const real phi = exp(-X[i] * X[i] / 2) / sqrt(2 * (real)M_PI);
        dX[i] = dY[i] * (Phi + X[i] * phi);
    }
}

/* 10. Cross attention: t tokens of one sequence, X, ask the s tokens of another, M for memory.
 *
 *     Q = X Wq        K = M Wk        V = M Wv
 *
 * given    dQ (t, d), dK and dV (s, d), Wq, Wk and Wv (k, d)
 * wanted   dX (t, k) and dM (s, k) */
void cross_attention_backward(int t, int s, int k, int d, const real dQ[t][d], const real dK[s][d],
                              const real dV[s][d], const real Wq[k][d], const real Wk[k][d],
                              const real Wv[k][d], real dX[t][k], real dM[s][k])
{
    for (int m = 0; m < k; m++) {
        for (int i = 0; i < t; i++) {
            dX[i][m] = 0;
            for (int l = 0; l < d; l++)
                dX[i][m] += dQ[i][l] * Wq[m][l];
        }
        for (int j = 0; j < s; j++) {
            dM[j][m] = 0;
            for (int l = 0; l < d; l++)
                dM[j][m] += dK[j][l] * Wk[m][l] + dV[j][l] * Wv[m][l];
        }
    }
}

/* 11. What goes into the first layer: of each token its row of C, and the row of P for its place.
 * The rows of C are multiplied by sqrt(k), as in the first transformers.
 *
 *     E[i][r] = sqrt(k) C[X[i][r]] + P[r]        for sequence i, place r
 *
 * given    dE (n, t, k), and X (n, t) with values 0 .. v-1
 * wanted   dC (v, k) and dP (t, k) */
void input_backward(int n, int t, int v, int k, const real dE[n][t][k], const int X[n][t],
                    real dC[v][k], real dP[t][k])
{
    for (int m = 0; m < k; m++) {
        for (int word = 0; word < v; word++)
            dC[word][m] = 0;
        for (int r = 0; r < t; r++) {
            dP[r][m] = 0;
            for (int i = 0; i < n; i++) {
                dC[X[i][r]][m] += sqrt((real)k) * dE[i][r][m];
                dP[r][m] += dE[i][r][m];
            }
        }
    }
}
