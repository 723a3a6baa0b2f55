/* 10_makemore_mlp.c: exercises to chapter 10, the 26 gradients of the names model.
 *
 * Replace each TODO() by the body of the function, then type `make check-10`. Outputs come
 * uninitialised: write every element. Each function is judged by itself, on inputs that are right,
 * so one wrong step does not sink the next. When 1 to 26 are done, `make run-10 FROM=exercises`
 * trains the model with them.
 *
 * n   rows in a batch                k   hidden units
 * t   letters before the next one    v   letters there are
 * e   numbers for a letter           d   t e, the inputs of the first linear layer */
#include "10_makemore_mlp.h"

/* 1. The loss is the mean of what is picked out by y.
 *
 *     loss = -1/n sum_i logprobs[i][y[i]]
 *
 * given    y (n) with values 0 .. v-1
 * wanted   dlogprobs (n, v) */
void logprobs_backward(int n, int v, const int y[n], real dlogprobs[n][v])
{
    for (int i = 0; i < n; i++)
        for (int j = 0; j < v; j++)
            dlogprobs[i][j] = j == y[i] ? -1 / (real)n : 0;
}

/* 2. The logarithm.
 *
 *     logprobs = log probs
 *
 * given    dlogprobs (n, v) and probs (n, v)
 * wanted   dprobs (n, v) */
void probs_backward(int n, int v, const real dlogprobs[n][v], const real probs[n][v],
                    real dprobs[n][v])
{
    for (int i = 0; i < n; i++)
        for (int j = 0; j < v; j++)
            dprobs[i][j] = dlogprobs[i][j] / probs[i][j];
}

/* 3. One factor for all of a row.
 *
 *     probs[i][j] = counts[i][j] counts_sum_inv[i]
 *
 * given    dprobs (n, v) and counts (n, v)
 * wanted   dcounts_sum_inv (n) */
void counts_sum_inv_backward(int n, int v, const real dprobs[n][v], const real counts[n][v],
                             real dcounts_sum_inv[n])
{
    for (int i = 0; i < n; i++) {
        dcounts_sum_inv[i] = 0;
        for (int j = 0; j < v; j++)
            dcounts_sum_inv[i] += dprobs[i][j] * counts[i][j];
    }
}

/* 4. The inverse.
 *
 *     counts_sum_inv = 1 / counts_sum
 *
 * given    dcounts_sum_inv (n) and counts_sum_inv (n)
 * wanted   dcounts_sum (n) */
void counts_sum_backward(int n, const real dcounts_sum_inv[n], const real counts_sum_inv[n],
                         real dcounts_sum[n])
{
    for (int i = 0; i < n; i++)
        dcounts_sum[i] = -dcounts_sum_inv[i] * counts_sum_inv[i] * counts_sum_inv[i];
}

/* 5. counts is used in two places.
 *
 *     counts_sum[i] = sum_j counts[i][j]
 *     probs[i][j]   = counts[i][j] counts_sum_inv[i]
 *
 * given    dprobs (n, v), dcounts_sum (n) and counts_sum_inv (n)
 * wanted   dcounts (n, v) */
void counts_backward(int n, int v, const real dprobs[n][v], const real dcounts_sum[n],
                     const real counts_sum_inv[n], real dcounts[n][v])
{
    for (int i = 0; i < n; i++)
        for (int j = 0; j < v; j++)
            dcounts[i][j] = dprobs[i][j] * counts_sum_inv[i] + dcounts_sum[i];
}

/* 6. The exponential.
 *
 *     counts = exp norm_logits
 *
 * given    dcounts (n, v) and counts (n, v)
 * wanted   dnorm_logits (n, v) */
void norm_logits_backward(int n, int v, const real dcounts[n][v], const real counts[n][v],
                          real dnorm_logits[n][v])
{
    for (int i = 0; i < n; i++)
        for (int j = 0; j < v; j++)
            dnorm_logits[i][j] = dcounts[i][j] * counts[i][j];
}

/* 7. One number taken away from all of a row.
 *
 *     norm_logits[i][j] = logits[i][j] - logit_maxes[i]
 *
 * given    dnorm_logits (n, v), any numbers
 * wanted   dlogit_maxes (n) */
void logit_maxes_backward(int n, int v, const real dnorm_logits[n][v], real dlogit_maxes[n])
{
    for (int i = 0; i < n; i++) {
        dlogit_maxes[i] = 0;
        for (int j = 0; j < v; j++)
            dlogit_maxes[i] -= dnorm_logits[i][j];
    }
}

/* 8. logits is used in two places. If several of a row are the largest, the first of them is the
 * maximum, and the others are not.
 *
 *     logit_maxes[i]    = max_j logits[i][j]
 *     norm_logits[i][j] = logits[i][j] - logit_maxes[i]
 *
 * given    dnorm_logits (n, v), dlogit_maxes (n) and logits (n, v)
 * wanted   dlogits (n, v) */
void logits_backward(int n, int v, const real dnorm_logits[n][v], const real dlogit_maxes[n],
                     const real logits[n][v], real dlogits[n][v])
{
    for (int i = 0; i < n; i++) {
        int argmax = 0;
        for (int j = 0; j < v; j++) {
            dlogits[i][j] = dnorm_logits[i][j];
            if (logits[i][j] > logits[i][argmax])
                argmax = j;
        }
        dlogits[i][argmax] += dlogit_maxes[i];
    }
}

/* 9. The second linear layer: its input.
 *
 *     logits = h W2 + b2      (n, v) = (n, k) (k, v) + (v)
 *
 * given    dlogits (n, v) and W2 (k, v)
 * wanted   dh (n, k) */
void h_backward(int n, int k, int v, const real dlogits[n][v], const real W2[k][v], real dh[n][k])
{
    for (int i = 0; i < n; i++)
        for (int l = 0; l < k; l++) {
            dh[i][l] = 0;
            for (int j = 0; j < v; j++)
                dh[i][l] += dlogits[i][j] * W2[l][j];
        }
}

/* 10. The second linear layer: its weights.
 *
 *     logits = h W2 + b2      (n, v) = (n, k) (k, v) + (v)
 *
 * given    dlogits (n, v) and h (n, k)
 * wanted   dW2 (k, v) */
void W2_backward(int n, int k, int v, const real dlogits[n][v], const real h[n][k], real dW2[k][v])
{
    for (int l = 0; l < k; l++)
        for (int j = 0; j < v; j++) {
            dW2[l][j] = 0;
            for (int i = 0; i < n; i++)
                dW2[l][j] += h[i][l] * dlogits[i][j];
        }
}

/* 11. The second linear layer: its bias, the same for every row.
 *
 *     logits[i] = b2 + ...
 *
 * given    dlogits (n, v)
 * wanted   db2 (v) */
void b2_backward(int n, int v, const real dlogits[n][v], real db2[v])
{
    for (int j = 0; j < v; j++) {
        db2[j] = 0;
        for (int i = 0; i < n; i++)
            db2[j] += dlogits[i][j];
    }
}

/* 12. The hyperbolic tangent.
 *
 *     h = tanh hpreact
 *
 * given    dh (n, k) and h (n, k)
 * wanted   dhpreact (n, k) */
void hpreact_backward(int n, int k, const real dh[n][k], const real h[n][k], real dhpreact[n][k])
{
    for (int i = 0; i < n; i++)
        for (int j = 0; j < k; j++)
            dhpreact[i][j] = dh[i][j] * (1 - h[i][j] * h[i][j]);
}

/* 13. One gain for each unit, the same for every row.
 *
 *     hpreact[i] = bngain bnraw[i] + bnbias
 *
 * given    dhpreact (n, k) and bnraw (n, k)
 * wanted   dbngain (k) */
void bngain_backward(int n, int k, const real dhpreact[n][k], const real bnraw[n][k],
                     real dbngain[k])
{
    for (int j = 0; j < k; j++) {
        dbngain[j] = 0;
        for (int i = 0; i < n; i++)
            dbngain[j] += dhpreact[i][j] * bnraw[i][j];
    }
}

/* 14. One bias for each unit, the same for every row.
 *
 *     hpreact[i] = bngain bnraw[i] + bnbias
 *
 * given    dhpreact (n, k)
 * wanted   dbnbias (k) */
void bnbias_backward(int n, int k, const real dhpreact[n][k], real dbnbias[k])
{
    for (int j = 0; j < k; j++) {
        dbnbias[j] = 0;
        for (int i = 0; i < n; i++)
            dbnbias[j] += dhpreact[i][j];
    }
}

/* 15. What the gain is multiplied with.
 *
 *     hpreact[i] = bngain bnraw[i] + bnbias
 *
 * given    dhpreact (n, k) and bngain (k)
 * wanted   dbnraw (n, k) */
void bnraw_backward(int n, int k, const real dhpreact[n][k], const real bngain[k],
                    real dbnraw[n][k])
{
    for (int i = 0; i < n; i++)
        for (int j = 0; j < k; j++)
            dbnraw[i][j] = dhpreact[i][j] * bngain[j];
}

/* 16. One factor for each unit, the same for every row.
 *
 *     bnraw[i] = bndiff[i] bnvar_inv
 *
 * given    dbnraw (n, k) and bndiff (n, k)
 * wanted   dbnvar_inv (k) */
void bnvar_inv_backward(int n, int k, const real dbnraw[n][k], const real bndiff[n][k],
                        real dbnvar_inv[k])
{
    for (int j = 0; j < k; j++) {
        dbnvar_inv[j] = 0;
        for (int i = 0; i < n; i++)
            dbnvar_inv[j] += dbnraw[i][j] * bndiff[i][j];
    }
}

/* 17. One over the standard deviation.
 *
 *     bnvar_inv = (bnvar + eps)^(-1/2)
 *
 * given    dbnvar_inv (k) and bnvar_inv (k)
 * wanted   dbnvar (k) */
void bnvar_backward(int k, const real dbnvar_inv[k], const real bnvar_inv[k], real dbnvar[k])
{
    for (int j = 0; j < k; j++)
        dbnvar[j] = -dbnvar_inv[j] * bnvar_inv[j] * bnvar_inv[j] * bnvar_inv[j] / 2;
}

/* 18. The variance, with Bessel's correction.
 *
 *     bnvar = 1/(n-1) sum_i bndiff2[i]
 *
 * given    dbnvar (k)
 * wanted   dbndiff2 (n, k) */
void bndiff2_backward(int n, int k, const real dbnvar[k], real dbndiff2[n][k])
{
    for (int i = 0; i < n; i++)
        for (int j = 0; j < k; j++)
            dbndiff2[i][j] = dbnvar[j] / (real)(n - 1);
}

/* 19. bndiff is used in two places.
 *
 *     bndiff2  = bndiff^2
 *     bnraw[i] = bndiff[i] bnvar_inv
 *
 * given    dbnraw (n, k), dbndiff2 (n, k), bnvar_inv (k) and bndiff (n, k)
 * wanted   dbndiff (n, k) */
void bndiff_backward(int n, int k, const real dbnraw[n][k], const real dbndiff2[n][k],
                     const real bnvar_inv[k], const real bndiff[n][k], real dbndiff[n][k])
{
    for (int i = 0; i < n; i++)
        for (int j = 0; j < k; j++)
            dbndiff[i][j] = dbnraw[i][j] * bnvar_inv[j] + 2 * bndiff[i][j] * dbndiff2[i][j];
}

/* 20. One mean for each unit, taken away from every row.
 *
 *     bndiff[i] = hprebn[i] - bnmean
 *
 * given    dbndiff (n, k)
 * wanted   dbnmean (k) */
void bnmean_backward(int n, int k, const real dbndiff[n][k], real dbnmean[k])
{
    for (int j = 0; j < k; j++) {
        dbnmean[j] = 0;
        for (int i = 0; i < n; i++)
            dbnmean[j] -= dbndiff[i][j];
    }
}

/* 21. hprebn is used in two places.
 *
 *     bnmean    = 1/n sum_i hprebn[i]
 *     bndiff[i] = hprebn[i] - bnmean
 *
 * given    dbndiff (n, k) and dbnmean (k)
 * wanted   dhprebn (n, k) */
void hprebn_backward(int n, int k, const real dbndiff[n][k], const real dbnmean[k],
                     real dhprebn[n][k])
{
    for (int i = 0; i < n; i++)
        for (int j = 0; j < k; j++)
            dhprebn[i][j] = dbndiff[i][j] + dbnmean[j] / (real)n;
}

/* 22. The first linear layer: its input.
 *
 *     hprebn = embcat W1 + b1      (n, k) = (n, d) (d, k) + (k)
 *
 * given    dhprebn (n, k) and W1 (d, k)
 * wanted   dembcat (n, d) */
void embcat_backward(int n, int d, int k, const real dhprebn[n][k], const real W1[d][k],
                     real dembcat[n][d])
{
    for (int i = 0; i < n; i++)
        for (int l = 0; l < d; l++) {
            dembcat[i][l] = 0;
            for (int j = 0; j < k; j++)
                dembcat[i][l] += dhprebn[i][j] * W1[l][j];
        }
}

/* 23. The first linear layer: its weights.
 *
 *     hprebn = embcat W1 + b1      (n, k) = (n, d) (d, k) + (k)
 *
 * given    dhprebn (n, k) and embcat (n, d)
 * wanted   dW1 (d, k) */
void W1_backward(int n, int d, int k, const real dhprebn[n][k], const real embcat[n][d],
                 real dW1[d][k])
{
    for (int l = 0; l < d; l++)
        for (int j = 0; j < k; j++) {
            dW1[l][j] = 0;
            for (int i = 0; i < n; i++)
                dW1[l][j] += embcat[i][l] * dhprebn[i][j];
        }
}

/* 24. The first linear layer: its bias, the same for every row.
 *
 *     hprebn[i] = b1 + ...
 *
 * given    dhprebn (n, k), any numbers
 * wanted   db1 (k) */
void b1_backward(int n, int k, const real dhprebn[n][k], real db1[k])
{
    for (int j = 0; j < k; j++) {
        db1[j] = 0;
        for (int i = 0; i < n; i++)
            db1[j] += dhprebn[i][j];
    }
}

/* 25. The t letters of a row, laid end to end.
 *
 *     embcat[i] = emb[i][0], emb[i][1], ..., emb[i][t-1]      e numbers each
 *
 * given    dembcat (n, t e)
 * wanted   demb (n, t, e) */
void emb_backward(int n, int t, int e, const real dembcat[n][t * e], real demb[n][t][e])
{
    for (int i = 0; i < n; i++)
        for (int s = 0; s < t; s++)
            for (int f = 0; f < e; f++)
                demb[i][s][f] = dembcat[i][s * e + f];
}

/* 26. The table in which the letters are looked up.
 *
 *     emb[i][s] = C[x[i][s]]
 *
 * given    demb (n, t, e), and x (n, t) with values 0 .. v-1
 * wanted   dC (v, e) */
void C_backward(int n, int t, int v, int e, const real demb[n][t][e], const int x[n][t],
                real dC[v][e])
{
    for (int r = 0; r < v; r++)
        for (int f = 0; f < e; f++)
            dC[r][f] = 0;
    for (int i = 0; i < n; i++)
        for (int s = 0; s < t; s++)
            for (int f = 0; f < e; f++)
                dC[x[i][s]][f] += demb[i][s][f];
}

/* 27. The first eight steps in one, straight from the logits. Whole rows of them are above 1,000 or
 * below -1,000: exp of the one is more than a number can hold, exp of the other is zero.
 *
 *     loss = -1/n sum_i log softmax(logits[i])[y[i]]
 *
 * given    logits (n, v), and y (n) with values 0 .. v-1
 * wanted   dlogits (n, v) */
void cross_entropy_backward(int n, int v, const real logits[n][v], const int y[n],
                            real dlogits[n][v])
{
    for (int i = 0; i < n; i++) {
        real max = logits[i][0], sum = 0;
        for (int j = 1; j < v; j++)
            max = fmax(max, logits[i][j]);
        for (int j = 0; j < v; j++)
            sum += dlogits[i][j] = exp(logits[i][j] - max);
        for (int j = 0; j < v; j++)
            dlogits[i][j] = (dlogits[i][j] / sum - (j == y[i])) / (real)n;
    }
}

/* 28. Steps 15 to 21 in one.
 *
 *     bnmean    = 1/n sum_i hprebn[i]
 *     bnvar     = 1/(n-1) sum_i (hprebn[i] - bnmean)^2
 *     bnvar_inv = (bnvar + eps)^(-1/2)
 *     bnraw[i]  = (hprebn[i] - bnmean) bnvar_inv
 *     hpreact   = bngain bnraw + bnbias
 *
 * given    dhpreact (n, k), bnraw (n, k), bngain (k) and bnvar_inv (k)
 * wanted   dhprebn (n, k) */
void batch_norm_backward(int n, int k, const real dhpreact[n][k], const real bnraw[n][k],
                         const real bngain[k], const real bnvar_inv[k], real dhprebn[n][k])
{
    for (int j = 0; j < k; j++) {
        real mean = 0, slope = 0;
        for (int i = 0; i < n; i++) {
            mean += dhpreact[i][j] / (real)n;
            slope += dhpreact[i][j] * bnraw[i][j] / (real)(n - 1);
        }
        for (int i = 0; i < n; i++)
            dhprebn[i][j] =
                bngain[j] * bnvar_inv[j] * (dhpreact[i][j] - mean - bnraw[i][j] * slope);
    }
}

/* 29. One step of the training loop: forward, backward, update. Call the functions above where they
 * fit.
 *
 *     emb[i][s] = C[x[i][s]]                      (n, t, e), and laid end to end embcat (n, t e)
 *     hprebn    = embcat W1 + b1                  (n, k)
 *     bnraw     = (hprebn - bnmean) bnvar_inv     (n, k), statistics as in 28, eps = 1e-5
 *     h         = tanh(bngain bnraw + bnbias)     (n, k)
 *     logits    = h W2 + b2                       (n, v)
 *     loss      = -1/n sum_i log softmax(logits[i])[y[i]]
 *
 * given    lr, x (n, t) and y (n) with values 0 .. v-1, and the parameters: C (v, e), W1 (t e, k),
 *          b1 (k), bngain (k), bnbias (k), W2 (k, v) and b2 (v)
 * wanted   each parameter p replaced by p - lr dp */
void training_step(int n, int t, int v, int e, int k, real lr, const int x[n][t], const int y[n],
                   real C[v][e], real W1[t * e][k], real b1[k], real bngain[k], real bnbias[k],
                   real W2[k][v], real b2[v])
{
    int d = t * e;
    real embcat[n][d], bnraw[n][k], bnvar_inv[k], h[n][k], logits[n][v];
    for (int i = 0; i < n; i++)
        for (int l = 0; l < d; l++)
            embcat[i][l] = C[x[i][l / e]][l % e];
    for (int j = 0; j < k; j++) {
        real mean = 0, var = 0;
        for (int i = 0; i < n; i++) { /* bnraw is hprebn at first */
            bnraw[i][j] = b1[j];
            for (int l = 0; l < d; l++)
                bnraw[i][j] += embcat[i][l] * W1[l][j];
            mean += bnraw[i][j] / (real)n;
        }
        for (int i = 0; i < n; i++)
            var += (bnraw[i][j] - mean) * (bnraw[i][j] - mean) / (real)(n - 1);
        bnvar_inv[j] = 1 / sqrt(var + (real)1e-5);
        for (int i = 0; i < n; i++) {
            bnraw[i][j] = (bnraw[i][j] - mean) * bnvar_inv[j];
            h[i][j] = tanh(bngain[j] * bnraw[i][j] + bnbias[j]);
        }
    }
    for (int i = 0; i < n; i++)
        for (int j = 0; j < v; j++) {
            logits[i][j] = b2[j];
            for (int l = 0; l < k; l++)
                logits[i][j] += h[i][l] * W2[l][j];
        }

    real dlogits[n][v], dW2[k][v], db2[v], dh[n][k], dhpreact[n][k], dbngain[k], dbnbias[k];
    real dhprebn[n][k], dW1[d][k], db1[k], demb[n][t][e], dC[v][e];
    cross_entropy_backward(n, v, logits, y, dlogits);
    W2_backward(n, k, v, dlogits, h, dW2);
    b2_backward(n, v, dlogits, db2);
    h_backward(n, k, v, dlogits, W2, dh);
    hpreact_backward(n, k, dh, h, dhpreact);
    bngain_backward(n, k, dhpreact, bnraw, dbngain);
    bnbias_backward(n, k, dhpreact, dbnbias);
    batch_norm_backward(n, k, dhpreact, bnraw, bngain, bnvar_inv, dhprebn);
    W1_backward(n, d, k, dhprebn, embcat, dW1);
    b1_backward(n, k, dhprebn, db1);
    for (int i = 0; i < n; i++) /* 22 and 25 in one */
        for (int s = 0; s < t; s++)
            for (int f = 0; f < e; f++) {
                demb[i][s][f] = 0;
                for (int j = 0; j < k; j++)
                    demb[i][s][f] += dhprebn[i][j] * W1[s * e + f][j];
            }
    C_backward(n, t, v, e, demb, x, dC);

    for (int j = 0; j < k; j++) {
        b1[j] -= lr * db1[j];
        bngain[j] -= lr * dbngain[j];
        bnbias[j] -= lr * dbnbias[j];
        for (int l = 0; l < d; l++)
            W1[l][j] -= lr * dW1[l][j];
    }
    for (int j = 0; j < v; j++) {
        b2[j] -= lr * db2[j];
        for (int l = 0; l < k; l++)
            W2[l][j] -= lr * dW2[l][j];
        for (int f = 0; f < e; f++)
            C[j][f] -= lr * dC[j][f];
    }
}
