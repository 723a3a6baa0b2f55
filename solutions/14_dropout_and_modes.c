/* 14_dropout_and_modes.c: exercises to chapter 14, dropout and batch norm on images, in training
 * and after it.
 *
 * Replace each TODO() by the body of the function, then type `make check-14`. Outputs come
 * uninitialised: write every element. There are n images, i, of c channels, j, of h x w pixels (y,
 * x). Do not count on an eps of 1e-5, nor on a p of 1/2: the checks take others. */
#include "14_dropout_and_modes.h"

/* 1. Dropout in train mode, with a mask that was drawn before. p is the probability to be dropped,
 * and what stays is made larger, so that the mean stays what it was.
 *
 *     y[i] = x[i] mask[i] / (1 - p)
 *
 * given    x (n), mask (n): 1 where a number stays, 0 where it is dropped, and p
 * wanted   y (n) */
void dropout_forward(int n, const real x[n], const real mask[n], real p, real y[n])
{
    for (int i = 0; i < n; i++)
        y[i] = x[i] * mask[i] / (1 - p);
}

/* 2. The inputs of dropout in train mode.
 *
 *     y[i] = x[i] mask[i] / (1 - p)
 *
 * given    dy (n), the mask (n) of the forward pass, and p
 * wanted   dx (n) */
void dropout_backward(int n, const real dy[n], const real mask[n], real p, real dx[n])
{
    for (int i = 0; i < n; i++)
        dx[i] = dy[i] * mask[i] / (1 - p);
}

/* 3. Dropout of whole channels (torch.nn.Dropout2d): neighbouring pixels say nearly the same, so a
 * channel of an image is dropped as a whole or not at all.
 *
 *     Y[i][j][y][x] = X[i][j][y][x] mask[i][j] / (1 - p)
 *
 * given    dY (n, c, h, w), mask (n, c) of ones and zeros, and p
 * wanted   dX (n, c, h, w) */
void channel_dropout_backward(int n, int c, int h, int w, const real dY[n][c][h][w],
                              const real mask[n][c], real p, real dX[n][c][h][w])
{
    for (int i = 0; i < n; i++)
        for (int j = 0; j < c; j++)
            for (int y = 0; y < h; y++)
                for (int x = 0; x < w; x++)
                    dX[i][j][y][x] = dY[i][j][y][x] * mask[i][j] / (1 - p);
}

/* 4. Batch norm on images in train mode. A channel's statistics are taken over all images and all
 * pixels, N = n h w numbers; the variance that normalises is divided by N.
 *
 *     mean[j] = 1/N sum_i,y,x X[i][j][y][x]
 *     var[j]  = 1/N sum_i,y,x (X[i][j][y][x] - mean[j])^2
 *     Xhat    = (X - mean[j]) / sqrt(var[j] + eps)
 *     Y       = gain[j] Xhat + bias[j]
 *
 * given    X (n, c, h, w), gain (c), bias (c) and eps
 * wanted   mean (c), var (c), Xhat (n, c, h, w) and Y (n, c, h, w) */
void batch_norm2d_forward(int n, int c, int h, int w, const real X[n][c][h][w], const real gain[c],
                          const real bias[c], real eps, real mean[c], real var[c],
                          real Xhat[n][c][h][w], real Y[n][c][h][w])
{
    int count = n * h * w;
    for (int j = 0; j < c; j++) {
        real sum = 0, squares = 0;
        for (int i = 0; i < n; i++)
            for (int y = 0; y < h; y++)
                for (int x = 0; x < w; x++)
                    sum += X[i][j][y][x];
        mean[j] = sum / (real)count;
        for (int i = 0; i < n; i++)
            for (int y = 0; y < h; y++)
                for (int x = 0; x < w; x++)
                    squares += (X[i][j][y][x] - mean[j]) * (X[i][j][y][x] - mean[j]);
        var[j] = squares / (real)count;
        for (int i = 0; i < n; i++)
            for (int y = 0; y < h; y++)
                for (int x = 0; x < w; x++) {
                    Xhat[i][j][y][x] = (X[i][j][y][x] - mean[j]) / sqrt(var[j] + eps);
                    Y[i][j][y][x] = gain[j] * Xhat[i][j][y][x] + bias[j];
                }
    }
}

/* 5. Its two parameters.
 *
 *     Y = gain[j] Xhat + bias[j]
 *
 * given    dY (n, c, h, w) and Xhat (n, c, h, w)
 * wanted   dgain (c) and dbias (c) */
void gain_bias2d_backward(int n, int c, int h, int w, const real dY[n][c][h][w],
                          const real Xhat[n][c][h][w], real dgain[c], real dbias[c])
{
    for (int j = 0; j < c; j++) {
        dgain[j] = 0;
        dbias[j] = 0;
        for (int i = 0; i < n; i++)
            for (int y = 0; y < h; y++)
                for (int x = 0; x < w; x++) {
                    dgain[j] += dY[i][j][y][x] * Xhat[i][j][y][x];
                    dbias[j] += dY[i][j][y][x];
                }
    }
}

/* 6. Its inputs, in train mode, fused. The sums dgain and dbias are not at hand.
 *
 *     mean[j] = 1/N sum_i,y,x X[i][j][y][x]                     N = n h w
 *     var[j]  = 1/N sum_i,y,x (X[i][j][y][x] - mean[j])^2
 *     Xhat    = (X - mean[j]) / sqrt(var[j] + eps)
 *     Y       = gain[j] Xhat + bias[j]
 *
 * given    dY (n, c, h, w), Xhat (n, c, h, w), var (c), eps and gain (c)
 * wanted   dX (n, c, h, w) */
void batch_norm2d_backward(int n, int c, int h, int w, const real dY[n][c][h][w],
                           const real Xhat[n][c][h][w], const real var[c], real eps,
                           const real gain[c], real dX[n][c][h][w])
{
    int count = n * h * w;
    for (int j = 0; j < c; j++) {
        real sum = 0, along = 0, scale = gain[j] / sqrt(var[j] + eps);
        for (int i = 0; i < n; i++)
            for (int y = 0; y < h; y++)
                for (int x = 0; x < w; x++) {
                    sum += dY[i][j][y][x];
                    along += dY[i][j][y][x] * Xhat[i][j][y][x];
                }
        for (int i = 0; i < n; i++)
            for (int y = 0; y < h; y++)
                for (int x = 0; x < w; x++)
                    dX[i][j][y][x] = scale * (dY[i][j][y][x] - sum / (real)count -
                                              Xhat[i][j][y][x] * along / (real)count);
    }
}

/* 7. What eval mode will use: each running statistic goes a part of the way, momentum, to that of
 * this batch, momentum 1 being all of it. As in PyTorch the variance that is kept is the one with
 * Bessel's correction, divided by N - 1.
 *
 * given    the batch's mean (c) and var (c), divided by N = n h w, which is at least 2; momentum;
 *          running_mean (c) and running_var (c) as they were
 * wanted   running_mean (c) and running_var (c) as they are to be: change them in place */
void running_update(int n, int c, int h, int w, const real mean[c], const real var[c],
                    real momentum, real running_mean[c], real running_var[c])
{
    int count = n * h * w;
    for (int j = 0; j < c; j++) {
        real unbiased = var[j] * (real)count / (real)(count - 1);
        running_mean[j] = (1 - momentum) * running_mean[j] + momentum * mean[j];
        running_var[j] = (1 - momentum) * running_var[j] + momentum * unbiased;
    }
}

/* 8. Batch norm in eval mode: the running statistics are constants.
 *
 *     Y = gain[j] (X - running_mean[j]) / sqrt(running_var[j] + eps) + bias[j]
 *
 * given    X (n, c, h, w), running_mean (c), running_var (c), eps, gain (c) and bias (c)
 * wanted   Y (n, c, h, w) */
void batch_norm2d_eval(int n, int c, int h, int w, const real X[n][c][h][w],
                       const real running_mean[c], const real running_var[c], real eps,
                       const real gain[c], const real bias[c], real Y[n][c][h][w])
{
    for (int i = 0; i < n; i++)
        for (int j = 0; j < c; j++) {
            real root = sqrt(running_var[j] + eps);
            for (int y = 0; y < h; y++)
                for (int x = 0; x < w; x++)
                    Y[i][j][y][x] = gain[j] * (X[i][j][y][x] - running_mean[j]) / root + bias[j];
        }
}

/* 9. Its inputs.
 *
 *     Y = gain[j] (X - running_mean[j]) / sqrt(running_var[j] + eps) + bias[j]
 *
 * given    dY (n, c, h, w), running_var (c), eps and gain (c)
 * wanted   dX (n, c, h, w) */
void batch_norm2d_eval_backward(int n, int c, int h, int w, const real dY[n][c][h][w],
                                const real running_var[c], real eps, const real gain[c],
                                real dX[n][c][h][w])
{
    for (int i = 0; i < n; i++)
        for (int j = 0; j < c; j++) {
            real root = sqrt(running_var[j] + eps);
            for (int y = 0; y < h; y++)
                for (int x = 0; x < w; x++)
                    dX[i][j][y][x] = dY[i][j][y][x] * gain[j] / root;
        }
}

/* 10. Eval mode makes of each channel a multiple plus a number, and so does the convolution before
 * it: one convolution can do the work of both. It makes o channels of c, with a kernel of h x w.
 *
 *     Z = convolution of any X with W, + b[l] in channel l
 *     Y = gain[l] (Z - running_mean[l]) / sqrt(running_var[l] + eps) + bias[l]
 *
 * given    W (o, c, h, w), b (o), running_mean (o), running_var (o), eps, gain (o) and bias (o)
 * wanted   W_folded (o, c, h, w) and b_folded (o), with which the convolution of X is Y */
void fold_batch_norm(int o, int c, int h, int w, const real W[o][c][h][w], const real b[o],
                     const real running_mean[o], const real running_var[o], real eps,
                     const real gain[o], const real bias[o], real W_folded[o][c][h][w],
                     real b_folded[o])
{
    for (int l = 0; l < o; l++) {
        real scale = gain[l] / sqrt(running_var[l] + eps);
        b_folded[l] = (b[l] - running_mean[l]) * scale + bias[l];
        for (int j = 0; j < c; j++)
            for (int y = 0; y < h; y++)
                for (int x = 0; x < w; x++)
                    W_folded[l][j][y][x] = W[l][j][y][x] * scale;
    }
}

/* 11. Group norm has no modes, for no image sees another. The channels of an image are dealt to g
 * groups of k neighbours, s pixels each; a group, K = k s numbers, is brought to mean 0 and
 * variance 1. Each channel still has a gain and a bias of its own.
 *
 *     mean[i][q]    = 1/K sum_j,x X[i][q][j][x]                  K = k s
 *     var[i][q]     = 1/K sum_j,x (X[i][q][j][x] - mean[i][q])^2
 *     var_inv[i][q] = (var[i][q] + eps)^(-1/2)
 *     Xhat          = (X - mean[i][q]) var_inv[i][q]
 *     Y             = gain[q][j] Xhat + bias[q][j]
 *
 * given    dY (n, g, k, s), var_inv (n, g), Xhat (n, g, k, s) and gain (g, k)
 * wanted   dX (n, g, k, s) */
void group_norm_backward(int n, int g, int k, int s, const real dY[n][g][k][s],
                         const real var_inv[n][g], const real Xhat[n][g][k][s],
                         const real gain[g][k], real dX[n][g][k][s])
{
    int K = k * s;
    for (int i = 0; i < n; i++)
        for (int q = 0; q < g; q++) {
            real sum = 0, along = 0;
            for (int j = 0; j < k; j++)
                for (int x = 0; x < s; x++) {
                    sum += dY[i][q][j][x] * gain[q][j];
                    along += dY[i][q][j][x] * gain[q][j] * Xhat[i][q][j][x];
                }
            for (int j = 0; j < k; j++)
                for (int x = 0; x < s; x++)
                    dX[i][q][j][x] = var_inv[i][q] * (dY[i][q][j][x] * gain[q][j] - sum / (real)K -
                                                      Xhat[i][q][j][x] * along / (real)K);
        }
}
