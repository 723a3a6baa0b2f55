/* 07_softmax_cross_entropy.c: exercises to chapter 07, the gradient of softmax and cross entropy.
 *
 * Replace each TODO() by the body of the function, then type `make check-07`. Outputs come
 * uninitialised: write every element. Where a row of scratch numbers is needed, `real p[c];` will
 * do. 1[...] is one if the bracket holds and zero if not. Everywhere
 *
 *     probs[i][j] = exp logits[i][j] / sum_l exp logits[i][l]      (n, c) */
#include "07_softmax_cross_entropy.h"

/* 1. From the logits to their gradient in one go. Only the logits are at hand, and some rows of
 * them are near 1000, others near -1000.
 *
 *     loss = -1/n sum_i log probs[i][y[i]]
 *
 * given    logits (n, c), and y (n) with values 0 .. c-1
 * wanted   dlogits (n, c) */
void cross_entropy_backward(int n, int c, const real logits[n][c], const int y[n],
                            real dlogits[n][c])
{
    for (int i = 0; i < n; i++) {
        real max = logits[i][0], sum = 0;
        for (int j = 1; j < c; j++)
            max = fmax(max, logits[i][j]);
        for (int j = 0; j < c; j++)
            sum += exp(logits[i][j] - max);
        for (int j = 0; j < c; j++)
            dlogits[i][j] = (exp(logits[i][j] - max) / sum - (real)(j == y[i])) / (real)n;
    }
}

/* 2. Ignored rows: where y[i] is -100, nobody knows the right class. Such a row is not in the loss,
 * and the mean is over the others, of which there is at least one.
 *
 *     loss = -1/m sum_i log probs[i][y[i]]      over the m rows with y[i] != -100
 *
 * given    probs (n, c), and y (n) with values 0 .. c-1 and -100
 * wanted   dlogits (n, c) */
void ignored_rows_backward(int n, int c, const real probs[n][c], const int y[n], real dlogits[n][c])
{
    int m = 0;
    for (int i = 0; i < n; i++)
        m += y[i] != -100;
    for (int i = 0; i < n; i++)
        for (int j = 0; j < c; j++)
            dlogits[i][j] = y[i] == -100 ? 0 : (probs[i][j] - (real)(j == y[i])) / (real)m;
}

/* 3. Label smoothing, as PyTorch defines it. From the right class the share `smoothing` is taken
 * and spread evenly over all c classes, the right one among them.
 *
 *     targets[i][j] = (1 - smoothing) 1[j = y[i]] + smoothing / c
 *     loss          = -1/n sum_ij targets[i][j] log probs[i][j]
 *
 * given    probs (n, c), y (n) with values 0 .. c-1, and smoothing, between 0 and 1
 * wanted   dlogits (n, c) */
void label_smoothing_backward(int n, int c, const real probs[n][c], const int y[n], real smoothing,
                              real dlogits[n][c])
{
    for (int i = 0; i < n; i++)
        for (int j = 0; j < c; j++) {
            real target = (1 - smoothing) * (real)(j == y[i]) + smoothing / (real)c;
            dlogits[i][j] = (probs[i][j] - target) / (real)n;
        }
}

/* 4. Class weights: rows of a rare class are to count more. The mean is a weighted one.
 *
 *     loss = -sum_i w[y[i]] log probs[i][y[i]] / sum_i w[y[i]]
 *
 * given    probs (n, c), y (n) with values 0 .. c-1, and w (c), all positive
 * wanted   dlogits (n, c) */
void class_weights_backward(int n, int c, const real probs[n][c], const int y[n], const real w[c],
                            real dlogits[n][c])
{
    real sum = 0;
    for (int i = 0; i < n; i++)
        sum += w[y[i]];
    for (int i = 0; i < n; i++)
        for (int j = 0; j < c; j++)
            dlogits[i][j] = w[y[i]] / sum * (probs[i][j] - (real)(j == y[i]));
}

/* 5. Log-sum-exp of each row, a soft maximum. Some rows of logits are near 1000, others near -1000.
 *
 *     lse[i] = log sum_j exp logits[i][j]      (n)
 *
 * given    dlse (n), logits (n, c) and lse (n)
 * wanted   dlogits (n, c) */
void lse_backward(int n, int c, const real dlse[n], const real logits[n][c], const real lse[n],
                  real dlogits[n][c])
{
    for (int i = 0; i < n; i++)
        for (int j = 0; j < c; j++)
            dlogits[i][j] = dlse[i] * exp(logits[i][j] - lse[i]);
}

/* 6. Log-softmax as a layer: a loss may pull at any of its outputs, not only at the right class.
 *
 *     logprobs[i][j] = logits[i][j] - log sum_l exp logits[i][l]      (n, c)
 *
 * given    dlogprobs (n, c) and logprobs (n, c)
 * wanted   dlogits (n, c) */
void log_softmax_backward(int n, int c, const real dlogprobs[n][c], const real logprobs[n][c],
                          real dlogits[n][c])
{
    for (int i = 0; i < n; i++) {
        real sum = 0;
        for (int j = 0; j < c; j++)
            sum += dlogprobs[i][j];
        for (int j = 0; j < c; j++)
            dlogits[i][j] = dlogprobs[i][j] - exp(logprobs[i][j]) * sum;
    }
}

/* 7. Soft targets: several people were asked, and targets[i][j] is how much they were for class j.
 * A row need not add up to 1, and may even be all zeros.
 *
 *     loss = -1/n sum_ij targets[i][j] log probs[i][j]
 *
 * given    probs (n, c), and targets (n, c), none of them negative
 * wanted   dlogits (n, c) */
void soft_targets_backward(int n, int c, const real probs[n][c], const real targets[n][c],
                           real dlogits[n][c])
{
    for (int i = 0; i < n; i++) {
        real sum = 0;
        for (int j = 0; j < c; j++)
            sum += targets[i][j];
        for (int j = 0; j < c; j++)
            dlogits[i][j] = (sum * probs[i][j] - targets[i][j]) / (real)n;
    }
}

/* 8. Everything at once, as PyTorch combines it: class weights, label smoothing, and rows with y[i]
 * = -100, which are left out of both sums over i. At least one row is not left out. Note which
 * weight stands where.
 *
 *     targets[i][j] = w[j] ((1 - smoothing) 1[j = y[i]] + smoothing / c)
 *     loss          = -sum_ij targets[i][j] log probs[i][j] / sum_i w[y[i]]
 *
 * given    probs (n, c), y (n) with values 0 .. c-1 and -100, w (c), all positive, and smoothing,
 *          between 0 and 1
 * wanted   dlogits (n, c) */
void all_options_backward(int n, int c, const real probs[n][c], const int y[n], const real w[c],
                          real smoothing, real dlogits[n][c])
{
    real weights = 0;
    for (int i = 0; i < n; i++)
        weights += y[i] == -100 ? 0 : w[y[i]];
    for (int i = 0; i < n; i++) {
        real targets[c], sum = 0;
        for (int j = 0; j < c; j++) {
            targets[j] = w[j] * ((1 - smoothing) * (real)(j == y[i]) + smoothing / (real)c);
            sum += targets[j];
        }
        for (int j = 0; j < c; j++)
            dlogits[i][j] = y[i] == -100 ? 0 : (sum * probs[i][j] - targets[j]) / weights;
    }
}
