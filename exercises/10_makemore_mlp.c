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
    TODO();
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
    TODO();
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
    TODO();
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
    TODO();
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
    TODO();
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
    TODO();
}

/* 7. One number taken away from all of a row.
 *
 *     norm_logits[i][j] = logits[i][j] - logit_maxes[i]
 *
 * given    dnorm_logits (n, v), any numbers
 * wanted   dlogit_maxes (n) */
void logit_maxes_backward(int n, int v, const real dnorm_logits[n][v], real dlogit_maxes[n])
{
    TODO();
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
    TODO();
}

/* 9. The second linear layer: its input.
 *
 *     logits = h W2 + b2      (n, v) = (n, k) (k, v) + (v)
 *
 * given    dlogits (n, v) and W2 (k, v)
 * wanted   dh (n, k) */
void h_backward(int n, int k, int v, const real dlogits[n][v], const real W2[k][v], real dh[n][k])
{
    TODO();
}

/* 10. The second linear layer: its weights.
 *
 *     logits = h W2 + b2      (n, v) = (n, k) (k, v) + (v)
 *
 * given    dlogits (n, v) and h (n, k)
 * wanted   dW2 (k, v) */
void W2_backward(int n, int k, int v, const real dlogits[n][v], const real h[n][k], real dW2[k][v])
{
    TODO();
}

/* 11. The second linear layer: its bias, the same for every row.
 *
 *     logits[i] = b2 + ...
 *
 * given    dlogits (n, v)
 * wanted   db2 (v) */
void b2_backward(int n, int v, const real dlogits[n][v], real db2[v])
{
    TODO();
}

/* 12. The hyperbolic tangent.
 *
 *     h = tanh hpreact
 *
 * given    dh (n, k) and h (n, k)
 * wanted   dhpreact (n, k) */
void hpreact_backward(int n, int k, const real dh[n][k], const real h[n][k], real dhpreact[n][k])
{
    TODO();
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
    TODO();
}

/* 14. One bias for each unit, the same for every row.
 *
 *     hpreact[i] = bngain bnraw[i] + bnbias
 *
 * given    dhpreact (n, k)
 * wanted   dbnbias (k) */
void bnbias_backward(int n, int k, const real dhpreact[n][k], real dbnbias[k])
{
    TODO();
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
    TODO();
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
    TODO();
}

/* 17. One over the standard deviation.
 *
 *     bnvar_inv = (bnvar + eps)^(-1/2)
 *
 * given    dbnvar_inv (k) and bnvar_inv (k)
 * wanted   dbnvar (k) */
void bnvar_backward(int k, const real dbnvar_inv[k], const real bnvar_inv[k], real dbnvar[k])
{
    TODO();
}

/* 18. The variance, with Bessel's correction.
 *
 *     bnvar = 1/(n-1) sum_i bndiff2[i]
 *
 * given    dbnvar (k)
 * wanted   dbndiff2 (n, k) */
void bndiff2_backward(int n, int k, const real dbnvar[k], real dbndiff2[n][k])
{
    TODO();
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
    TODO();
}

/* 20. One mean for each unit, taken away from every row.
 *
 *     bndiff[i] = hprebn[i] - bnmean
 *
 * given    dbndiff (n, k)
 * wanted   dbnmean (k) */
void bnmean_backward(int n, int k, const real dbndiff[n][k], real dbnmean[k])
{
    TODO();
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
    TODO();
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
    TODO();
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
    TODO();
}

/* 24. The first linear layer: its bias, the same for every row.
 *
 *     hprebn[i] = b1 + ...
 *
 * given    dhprebn (n, k), any numbers
 * wanted   db1 (k) */
void b1_backward(int n, int k, const real dhprebn[n][k], real db1[k])
{
    TODO();
}

/* 25. The t letters of a row, laid end to end.
 *
 *     embcat[i] = emb[i][0], emb[i][1], ..., emb[i][t-1]      e numbers each
 *
 * given    dembcat (n, t e)
 * wanted   demb (n, t, e) */
void emb_backward(int n, int t, int e, const real dembcat[n][t * e], real demb[n][t][e])
{
    TODO();
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
    TODO();
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
    TODO();
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
    TODO();
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
    TODO();
}
