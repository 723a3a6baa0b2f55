/* 23_device.c: exercises to chapter 23, the same loops on another processor.
 *
 * Replace each TODO() by the body of the function, then type `make check-23`. Outputs come
 * uninitialised: write every element. What a device does side by side is done here in loops, one
 * over its teams, one over what a team has to do; no pragma is needed. Teams share nothing but the
 * large memory. A Device, in the header, counts what it is asked for: the counts are judged like
 * any other output. Exercises 1, 2, 4, 5 and 6 are what `make run-23 FROM=exercises` trains with.
 */
#include "23_device.h"

/* 1. The gradient of a bias, added up by g teams. First each team by itself: the b-th has the rows
 * from n b / g (rounded down) to before n (b + 1) / g, which may be none. When all are done, their
 * sums are added up.
 *
 *     y[i] = b + ...                                   m numbers in a row
 *     partial[b][j] = sum of dy[i][j] over its rows i
 *
 * given    dy (n, m)
 * wanted   partial (g, m) and db (m) */
void team_bias_backward(int n, int m, int g, const real dy[n][m], real partial[g][m], real db[m])
{
    for (int b = 0; b < g; b++)
        for (int j = 0; j < m; j++) {
            partial[b][j] = 0;
            for (int i = n * b / g; i < n * (b + 1) / g; i++)
                partial[b][j] += dy[i][j];
        }
    for (int j = 0; j < m; j++) {
        db[j] = 0;
        for (int b = 0; b < g; b++)
            db[j] += partial[b][j];
    }
}

/* 2. The gradient of a table in which rows were looked up. Two teams that add to one row of dC at
 * the same time lose a part of it, so each of the g teams adds to a copy of its own. Look-ups are
 * dealt out in turn: number p belongs to team p % g.
 *
 *     emb[p] = C[X[p]]                                 e numbers in a row
 *
 * given    demb (n, e), and X (n) with values 0 .. v-1
 * wanted   copy (g, v, e), what each team has added up, and dC (v, e), the sum of all copies */
void scatter_copies(int n, int v, int e, int g, const real demb[n][e], const int X[n],
                    real copy[g][v][e], real dC[v][e])
{
    for (int b = 0; b < g; b++)
        for (int r = 0; r < v; r++)
            for (int f = 0; f < e; f++)
                copy[b][r][f] = 0;
    for (int p = 0; p < n; p++)
        for (int f = 0; f < e; f++)
            copy[p % g][X[p]][f] += demb[p][f];
    for (int r = 0; r < v; r++)
        for (int f = 0; f < e; f++) {
            dC[r][f] = 0;
            for (int b = 0; b < g; b++)
                dC[r][f] += copy[b][r][f];
        }
}

/* 3. The same with atomic additions, and as few of them as a team can do with. A team has t
 * look-ups in a row: the first one has 0 .. t-1, the next one t .. 2t-1, and the last one has what
 * is left. It adds up in a memory of its own (an array in your function), row by row, and then
 * brings each row that one of its look-ups has picked to dC: e atomic additions for such a row, and
 * none for the others. That dC begins at zero needs no atomic addition.
 *
 *     emb[p] = C[X[p]]                                 e numbers in a row
 *
 * given    device->atomic_add, demb (n, e), and X (n) with values 0 .. v-1
 * wanted   dC (v, e); atomic_adds are counted, for each of its rows */
void scatter_atomic(int n, int v, int e, int t, Device *device, const real demb[n][e],
                    const int X[n], real dC[v][e])
{
    for (int r = 0; r < v; r++)
        for (int f = 0; f < e; f++)
            dC[r][f] = 0;
    for (int b = 0; b < (n + t - 1) / t; b++) {
        int picked[v];
        real own[v][e];
        for (int r = 0; r < v; r++) {
            picked[r] = 0;
            for (int f = 0; f < e; f++)
                own[r][f] = 0;
        }
        for (int p = b * t; p < (b + 1) * t && p < n; p++) {
            picked[X[p]] = 1;
            for (int f = 0; f < e; f++)
                own[X[p]][f] += demb[p][f];
        }
        for (int r = 0; r < v; r++)
            for (int f = 0; f < e && picked[r]; f++)
                device->atomic_add(device, &dC[r][f], own[r][f]);
    }
}

/* 4. A product in tiles. x and W lie in the large memory. A team makes t rows and t columns of y,
 * fewer at the edges, in steps of t along k: it fetches a tile of x, t rows and t columns, and one
 * of W, into arrays of its own, each number once, and multiplies these. So each number of x is
 * fetched once for every t columns of y, and not for every column.
 *
 *     y[i][j] = sum_l x[i][l] W[l][j]                  n, k and m need not be multiples of t
 *
 * given    device->fetch, x (n, k) and W (k, m), which are only to be read through it
 * wanted   y (n, m); x_fetched and W_fetched are counted */
void tiled_product(int n, int k, int m, int t, Device *device, const real x[n][k],
                   const real W[k][m], real y[n][m])
{
    for (int a = 0; a < (n + t - 1) / t; a++)
        for (int b = 0; b < (m + t - 1) / t; b++) {
            real own_x[t][t], own_W[t][t], own_y[t][t];
            for (int i = 0; i < t; i++)
                for (int j = 0; j < t; j++)
                    own_y[i][j] = 0;
            for (int c = 0; c < (k + t - 1) / t; c++) {
                for (int i = 0; i < t; i++)
                    for (int j = 0; j < t; j++) {
                        own_x[i][j] = 0;
                        if (a * t + i < n && c * t + j < k)
                            own_x[i][j] = device->fetch(device, &x[a * t + i][c * t + j]);
                        own_W[i][j] = 0;
                        if (c * t + i < k && b * t + j < m)
                            own_W[i][j] = device->fetch(device, &W[c * t + i][b * t + j]);
                    }
                for (int i = 0; i < t; i++)
                    for (int j = 0; j < t; j++)
                        for (int l = 0; l < t; l++)
                            own_y[i][j] += own_x[i][l] * own_W[l][j];
            }
            for (int i = 0; i < t; i++)
                for (int j = 0; j < t; j++)
                    if (a * t + i < n && b * t + j < m)
                        y[a * t + i][b * t + j] = own_y[i][j];
        }
}

/* 5. The gradient of the weights of such a product, in tiles as well: a team makes t rows and t
 * columns of dW, fewer at the edges, in steps of t along the n rows of the batch. Again each tile
 * is fetched once: of dy and of x, t rows and t columns.
 *
 *     y[i][j] = sum_l x[i][l] W[l][j]
 *
 * given    device->fetch, dy (n, m) and x (n, k), which are only to be read through it
 * wanted   dW (k, m); dy_fetched and x_fetched are counted */
void tiled_weight_backward(int n, int k, int m, int t, Device *device, const real dy[n][m],
                           const real x[n][k], real dW[k][m])
{
    for (int a = 0; a < (k + t - 1) / t; a++)
        for (int b = 0; b < (m + t - 1) / t; b++) {
            real own_x[t][t], own_dy[t][t], own_dW[t][t];
            for (int l = 0; l < t; l++)
                for (int j = 0; j < t; j++)
                    own_dW[l][j] = 0;
            for (int c = 0; c < (n + t - 1) / t; c++) {
                for (int i = 0; i < t; i++)
                    for (int j = 0; j < t; j++) {
                        own_x[i][j] = 0;
                        if (c * t + i < n && a * t + j < k)
                            own_x[i][j] = device->fetch(device, &x[c * t + i][a * t + j]);
                        own_dy[i][j] = 0;
                        if (c * t + i < n && b * t + j < m)
                            own_dy[i][j] = device->fetch(device, &dy[c * t + i][b * t + j]);
                    }
                for (int l = 0; l < t; l++)
                    for (int j = 0; j < t; j++)
                        for (int i = 0; i < t; i++)
                            own_dW[l][j] += own_x[i][l] * own_dy[i][j];
            }
            for (int l = 0; l < t; l++)
                for (int j = 0; j < t; j++)
                    if (a * t + l < k && b * t + j < m)
                        dW[a * t + l][b * t + j] = own_dW[l][j];
        }
}

/* 6. Cross entropy, a team of t threads for each row. Thread s has the letters s, s + t, s + 2t,
 * ..., at least one: it finds the largest of its own logits, and then the sum of exponentials from
 * which that one is taken off. The threads have different maxima; the team takes the largest of
 * these and brings all sums to it. Rows are near 1,000 or -1,000, where exp is more than a number
 * can hold, or zero.
 *
 *     most[i][s] = max of logits[i][j] over the letters of s
 *     sum[i][s]  = sum of exp(logits[i][j] - most[i][s]) over them
 *     loss[i]    = -log softmax(logits[i])[y[i]]
 *
 * given    logits (n, v), and y (n) with values 0 .. v-1; t <= v
 * wanted   most (n, t), sum (n, t), loss (n), and dlogits (n, v), the gradient of 1/n sum_i loss[i]
 */
void team_cross_entropy(int n, int v, int t, const real logits[n][v], const int y[n],
                        real most[n][t], real sum[n][t], real loss[n], real dlogits[n][v])
{
    for (int i = 0; i < n; i++) {
        real max = logits[i][0], all = 0;
        for (int s = 0; s < t; s++)
            most[i][s] = logits[i][s];
        for (int j = 0; j < v; j++)
            most[i][j % t] = fmax(most[i][j % t], logits[i][j]);
        for (int s = 0; s < t; s++)
            sum[i][s] = 0;
        for (int j = 0; j < v; j++)
            sum[i][j % t] += exp(logits[i][j] - most[i][j % t]);
        for (int s = 0; s < t; s++)
            max = fmax(max, most[i][s]);
        for (int s = 0; s < t; s++)
            all += sum[i][s] * exp(most[i][s] - max);
        loss[i] = log(all) + max - logits[i][y[i]];
        for (int j = 0; j < v; j++)
            dlogits[i][j] = (exp(logits[i][j] - max) / all - (j == y[i])) / (real)n;
    }
}

/* 7. Training with data that stays where it is. The device has a memory of its own, with nothing in
 * it at first:
 *
 *     DEVICE_P     k parameters     each step changes them
 *     DEVICE_X     n numbers        the batch of a step
 *     DEVICE_LR    one number       the learning rate
 *     DEVICE_LOSS  one number       a step leaves its loss here
 *
 * There are s rounds of t steps. A step takes the batch X[r][i], with the learning rate lr[r] of
 * its round, and device->launch(device) does all of it. After each step its loss is wanted on the
 * host, and after each round the parameters: a checkpoint. Copy what has to be copied, and no more:
 * what the device has already, and has right, is not sent again.
 *
 * given    device->to_device, device->from_device and device->launch, X (s, t, n), p (k), the
 *          parameters at the beginning, and lr (s)
 * wanted   loss (s, t) and saved (s, k); what is sent and fetched of each array is counted */
void train_resident(int s, int t, int n, int k, Device *device, const real X[s][t][n],
                    const real p[k], const real lr[s], real loss[s][t], real saved[s][k])
{
    device->to_device(device, DEVICE_P, k, p);
    for (int r = 0; r < s; r++) {
        device->to_device(device, DEVICE_LR, 1, &lr[r]);
        for (int i = 0; i < t; i++) {
            device->to_device(device, DEVICE_X, n, X[r][i]);
            device->launch(device);
            device->from_device(device, DEVICE_LOSS, 1, &loss[r][i]);
        }
        device->from_device(device, DEVICE_P, k, saved[r]);
    }
}
