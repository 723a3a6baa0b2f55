/* 22_data_parallel.c: exercises to chapter 22, one model on several processes.
 *
 * Replace each TODO() by the body of the function, then type `make check-22`. Outputs come
 * uninitialised: write every element. Arrays marked "in and out" come with a value and are to be
 * updated.
 *
 * The processes are called ranks and counted from 0 to p - 1. Each of them has its own memory and
 * nobody else's; here all of them stand in one array, whose first index is the rank: dW[r] is what
 * rank r has. Exercises 1, 2, 3 and 8 are what `make run-22 FROM=exercises` trains with. */
#include "22_data_parallel.h"

/* 1. The sampler. An epoch goes once through n examples, in an order that all ranks know. Batch
 * number t, counted from 0, is the examples t b, t b + 1, ... of that order: b of them, or as many
 * as are left. It is cut in p parts that follow one another, one for each rank: with m examples in
 * the batch, rank r's part begins m r / p examples, rounded down, behind the batch's begin, and
 * ends where the next one begins. Rank r takes begin[r], ..., end[r] - 1. A part may be empty.
 *
 * given    n, b, t and p; t b < n
 * wanted   begin (p) and end (p), whole numbers as reals */
void cut_batch(int n, int b, int t, int p, real begin[p], real end[p])
{
    int first = t * b;
    int m = n - first < b ? n - first : b;
    for (int r = 0; r < p; r++) {
        int before = m * r / p, with_it = m * (r + 1) / p;
        begin[r] = (real)(first + before);
        end[r] = (real)(first + with_it);
    }
}

/* 2. Rank r has the mean of the gradients of its n[r] examples:
 *
 *     dW[r] = 1/n[r] sum over its examples of their gradients
 *
 * The mean over all examples of all ranks is wanted.
 *
 * given    n (p), each 1 or more, and dW (p, k)
 * wanted   mean (k) */
void mean_of_shards(int p, int k, const int n[p], const real dW[p][k], real mean[k])
{
    int all = 0;
    for (int r = 0; r < p; r++)
        all += n[r];
    for (int j = 0; j < k; j++) {
        real sum = 0;
        for (int r = 0; r < p; r++)
            sum += (real)n[r] * dW[r][j];
        mean[j] = sum / (real)all;
    }
}

/* 3. A sum of s rows, always in the same order, which is that of a tree: first each row with an
 * even number takes in the next one, then each whose number 4 divides the one two further on, then
 * each whose number 8 divides the one four further on, and so on, until row 0 has it all. A row
 * with nobody at that distance waits. Of six:
 *
 *     ((x[0] + x[1]) + (x[2] + x[3])) + (x[4] + x[5])
 *
 * A row is left as it was when it was taken in.
 *
 * in and out   x (s, k) */
void tree_sum(int s, int k, real x[s][k])
{
    for (int d = 1; d < s; d *= 2)
        for (int i = 0; i + d < s; i += 2 * d)
            for (int j = 0; j < k; j++)
                x[i][j] += x[i + d][j];
}

/* 4. The first half of the ring all-reduce. Each of the p ranks has p pieces of k numbers, and
 * sends only to the next one, r + 1, the last to rank 0. In step t = 0, 1, ..., p-2 all ranks do at
 * the same time:
 *
 *     rank r sends its piece r - t, counted round the ring, to rank r + 1,
 *     which adds it to its own piece of that number
 *
 * What a rank has sent stays as it was. Afterwards rank r has piece r + 1, counted round, complete,
 * the sum of all ranks' pieces, and sums of fewer in the others.
 *
 * in and out   x (p, p, k): x[r][c] is piece c of rank r */
void ring_reduce_scatter(int p, int k, real x[p][p][k])
{
    for (int t = 0; t < p - 1; t++)
        for (int r = 0; r < p; r++) {
            int to = (r + 1) % p, piece = (r - t + p) % p;
            for (int j = 0; j < k; j++)
                x[to][piece][j] += x[r][piece][j];
        }
}

/* 5. The second half. Rank r has piece r + 1, counted round, complete, as exercise 4 leaves it; in
 * its other pieces stands what is no longer of use. In step t = 0, 1, ..., p-2 all ranks do at the
 * same time:
 *
 *     rank r sends its piece r + 1 - t, counted round the ring, to rank r + 1,
 *     which puts it in the place of its own piece of that number
 *
 * Afterwards all ranks have all pieces complete.
 *
 * in and out   x (p, p, k): x[r][c] is piece c of rank r */
void ring_all_gather(int p, int k, real x[p][p][k])
{
    for (int t = 0; t < p - 1; t++)
        for (int r = 0; r < p; r++) {
            int to = (r + 1) % p, piece = (r + 1 - t + p) % p;
            for (int j = 0; j < k; j++)
                x[to][piece][j] = x[r][piece][j];
        }
}

/* 6. Batch norm's statistics across ranks. Rank r knows them of its own n[r] rows:
 *
 *     rank_mean[r][j] = 1/n[r] sum_i x[i][j]
 *     rank_var[r][j]  = 1/n[r] sum_i (x[i][j] - rank_mean[r][j])^2
 *
 * The mean and the variance of all rows of all ranks are wanted, with 1/(sum of n) in both.
 *
 * given    n (p), each 1 or more, rank_mean (p, k) and rank_var (p, k)
 * wanted   mean (k) and var (k) */
void moments_of_ranks(int p, int k, const int n[p], const real rank_mean[p][k],
                      const real rank_var[p][k], real mean[k], real var[k])
{
    int all = 0;
    for (int r = 0; r < p; r++)
        all += n[r];
    for (int j = 0; j < k; j++) {
        real sum = 0, squares = 0;
        for (int r = 0; r < p; r++)
            sum += (real)n[r] * rank_mean[r][j];
        mean[j] = sum / (real)all;
        for (int r = 0; r < p; r++) {
            real apart = rank_mean[r][j] - mean[j];
            squares += (real)n[r] * (rank_var[r][j] + apart * apart);
        }
        var[j] = squares / (real)all;
    }
}

/* 7. ... and what comes back. The mean and the variance are those of all p n rows of all ranks:
 *
 *     xhat = (X - mean) var_inv         var_inv = (var + eps)^-1/2
 *     Y = gain xhat + bias
 *
 * given    dY (p, n, k), xhat (p, n, k), gain (k) and var_inv (k)
 * wanted   dX (p, n, k) */
void batchnorm_across_backward(int p, int n, int k, const real dY[p][n][k],
                               const real xhat[p][n][k], const real gain[k], const real var_inv[k],
                               real dX[p][n][k])
{
    for (int j = 0; j < k; j++) {
        real sum = 0, along = 0;
        for (int r = 0; r < p; r++)
            for (int i = 0; i < n; i++) {
                sum += dY[r][i][j];
                along += dY[r][i][j] * xhat[r][i][j];
            }
        real rows = (real)(p * n);
        for (int r = 0; r < p; r++)
            for (int i = 0; i < n; i++)
                dX[r][i][j] = gain[j] * var_inv[j] *
                              (dY[r][i][j] - sum / rows - xhat[r][i][j] * along / rows);
    }
}

/* 8. One process in place of many. m small batches go through the network one after the other, with
 * the same weights, and leave dW[t], the mean of the gradients of the n[t] examples of batch t.
 * Then there is one step, with the mean over all examples of all m batches, g:
 *
 *     v = momentum v + g
 *     W = W - lr v
 *
 * given        n (m), each 1 or more, dW (m, k), lr and momentum
 * in and out   v (k) and W (k) */
void accumulated_step(int m, int k, const int n[m], const real dW[m][k], real lr, real momentum,
                      real v[k], real W[k])
{
    int all = 0;
    for (int t = 0; t < m; t++)
        all += n[t];
    for (int j = 0; j < k; j++) {
        real g = 0;
        for (int t = 0; t < m; t++)
            g += (real)n[t] / (real)all * dW[t][j];
        v[j] = momentum * v[j] + g;
        W[j] -= lr * v[j];
    }
}
