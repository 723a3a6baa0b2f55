/* 20_autoencoder_judges.h: every gradient of the chapter against the tape, a numeric gradient, and
 * laws that need neither. */
#ifndef CHAPTER_20_AUTOENCODER_JUDGES_H
#define CHAPTER_20_AUTOENCODER_JUDGES_H

#include <stdio.h>

#include "20_autoencoder_nets.h"
#include "20_autoencoder_steps.h"
#include "autograd/autograd.h"
#include "exercises/20_autoencoder.h"
#include "nn/init.h"
#include "workbook/fact.h"
#include "workbook/table.h"

/* Two images of 3 channels, 4 x 3, become 2 channels of 8 x 6; nothing is square. */
enum { N = 2, C = 3, M = 2, H = 4, L = 3, K = 3, S = 2, P = 1, U = 8, V = 6 };
enum { U_UNCUT = (H - 1) * S + K, V_UNCUT = (L - 1) * S + K };

typedef struct {
    real X[N][C][H][L], W[C][M][K][K], b[M], dY[N][M][U][V], uncut_dY[U_UNCUT][V_UNCUT];
    real dX[N][C][H][L], dW[C][M][K][K];
} Problem;

static inline void problem_draw(Rng *rng, Problem *q)
{
    init_normal(rng, 1, N * C * H * L, ***q->X);
    init_normal(rng, 1, C * M * K * K, ***q->W);
    init_normal(rng, 1, M, q->b);
    init_normal(rng, 1, N * M * U * V, ***q->dY);
    init_normal(rng, 1, U_UNCUT * V_UNCUT, *q->uncut_dY);
}

static inline ConvOptions up_options(void)
{
    ConvOptions options = conv_options(S, P);
    options.output_padding[0] = options.output_padding[1] = 1;
    return options;
}

/* -- the gradients ----------------------------------------------------------------------------- */

/* The steps of the lesson, from the first channel of the first image, by the first kernel. */
static inline void judge_plane(GradTable *table, const Problem *q)
{
    real Y[U_UNCUT][V_UNCUT], gathered[U_UNCUT][V_UNCUT], dX[H][L], dW[K][K];
    plane_paint(H, L, K, S, U_UNCUT, V_UNCUT, **q->X, **q->W, Y);
    plane_gather(H, L, K, S, U_UNCUT, V_UNCUT, **q->X, **q->W, gathered);
    plane_input_backward(H, L, K, S, U_UNCUT, V_UNCUT, q->uncut_dY, **q->W, dX);
    plane_weight_backward(H, L, K, S, U_UNCUT, V_UNCUT, q->uncut_dY, **q->X, dW);
    Tensor *X = ag_variable(ag_shape(4, 1, 1, H, L), ***q->X);
    Tensor *W = ag_variable(ag_shape(4, 1, 1, K, K), ***q->W);
    Tensor *y = ag_conv_transpose2d(X, W, NULL, conv_options(S, 0));
    Tensor *loss = table_loss(y, *q->uncut_dY);
    fact_same("Y", U_UNCUT * V_UNCUT, *Y, y->data);
    fact_same("Y, gathered", U_UNCUT * V_UNCUT, *gathered, y->data);
    ag_backward(loss);
    table_tensor(table, "dX, a plane", *dX, loss, X);
    table_tensor(table, "dW, a plane", *dW, loss, W);
}

static inline void judge_conv_transpose2d(GradTable *table, Problem *q)
{
    real Y[N][M][U][V], db[M], *y_at = ***Y;
    conv_transpose2d(N, C, M, H, L, K, S, P, U, V, q->X, q->W, Y);
    conv_transpose2d_input_backward(N, C, M, H, L, K, S, P, U, V, q->dY, q->W, q->dX);
    conv_transpose2d_weight_backward(N, C, M, H, L, K, S, P, U, V, q->dY, q->X, q->dW);
    for (int j = 0; j < M; j++) {
        db[j] = 0;
        for (int i = 0; i < N; i++)
            db[j] += vector_sum(U * V, *q->dY[i][j]);
    }
    Tensor *X = ag_variable(ag_shape(4, N, C, H, L), ***q->X);
    Tensor *W = ag_variable(ag_shape(4, C, M, K, K), ***q->W);
    Tensor *b = ag_variable(ag_shape(1, M), q->b);
    Tensor *y = ag_conv_transpose2d(X, W, b, up_options()), *loss = table_loss(y, ***q->dY);
    for (int i = 0; i < N * M * U * V; i++)
        y_at[i] += q->b[i / (U * V) % M];
    fact_same("Y, channels", N * M * U * V, ***Y, y->data);
    ag_backward(loss);
    table_tensor(table, "dX, channels", ***q->dX, loss, X);
    table_tensor(table, "dW, channels", ***q->dW, loss, W);
    table_tensor(table, "db, channels", db, loss, b);
}

/* 10 log10(peak^2 / mse), the first numbers of dY in the place of an image, those of X in the place
 * of its reconstruction. */
static inline void judge_psnr(GradTable *table, const Problem *q)
{
    enum { SIZE = H * L };
    const real peak = 3;
    real psnr, dR[SIZE];
    psnr_backward(SIZE, ***q->X, ***q->dY, peak, &psnr, dR);
    Tensor *R = ag_variable(ag_shape(1, SIZE), ***q->X);
    Tensor *mse = ag_mse_loss(R, ag_tensor(ag_shape(1, SIZE), ***q->dY), AG_MEAN);
    Tensor *ratio = ag_div(ag_scalar(peak * peak), mse);
    Tensor *on_tape = ag_mul(ag_scalar(10 / log((real)10)), ag_log(ratio));
    fact_same("psnr", 1, &psnr, on_tape->data);
    ag_backward(on_tape);
    table_tensor(table, "dR, of psnr", dR, on_tape, R);
}

/* R = X W W^T, five rows of six numbers, two in the code. */
static inline void judge_tied(GradTable *table, const Problem *q)
{
    enum { ROWS = 5, NUMBERS = 6, CODE = 2 };
    const real(*x)[NUMBERS] = (const void *)q->X, (*w)[CODE] = (const void *)q->W;
    const real(*dR)[NUMBERS] = (const void *)q->dY;
    real dX[ROWS][NUMBERS], dW[NUMBERS][CODE];
    Tensor *X = ag_variable(ag_shape(2, ROWS, NUMBERS), *x);
    Tensor *W = ag_variable(ag_shape(2, NUMBERS, CODE), *w);
    Tensor *Z = ag_matmul(X, W);
    Tensor *loss = table_loss(ag_matmul(Z, ag_transpose(W, 0, 1)), *dR);
    tied_backward(ROWS, NUMBERS, CODE, dR, x, (const void *)Z->data, w, dX, dW);
    ag_backward(loss);
    table_tensor(table, "dX, tied", *dX, loss, X);
    table_tensor(table, "dW, tied", *dW, loss, W);
}

/* Fields of 3 x 3 pixels: on the tape, X with two more axes that are repeated. */
static inline void judge_upsample(GradTable *table, const Problem *q)
{
    enum { PLANES = 2, ROWS_UP = 2, COLUMNS_UP = 3, FIELD = 3 };
    enum { TALL = FIELD * ROWS_UP, WIDE_UP = FIELD * COLUMNS_UP };
    real dX[PLANES][ROWS_UP][COLUMNS_UP];
    const real(*dY)[TALL][WIDE_UP] = (const void *)q->dY;
    upsample_backward(PLANES, ROWS_UP, COLUMNS_UP, FIELD, TALL, WIDE_UP, dY, dX);
    Tensor *X = ag_variable(ag_shape(3, PLANES, ROWS_UP, COLUMNS_UP), ***q->X);
    Tensor *apart = ag_reshape(X, ag_shape(5, PLANES, ROWS_UP, 1, COLUMNS_UP, 1));
    Tensor *fields = ag_add(apart, ag_zeros(ag_shape(5, 1, 1, FIELD, 1, FIELD)));
    Tensor *loss = table_loss(ag_reshape(fields, ag_shape(3, PLANES, TALL, WIDE_UP)), **dY);
    ag_backward(loss);
    table_tensor(table, "dX, repeated", **dX, loss, X);
}

/* Two lines of 11 numbers, a kernel of 4, windows 2 apart in a border of 1. */
static inline void judge_tied_line(GradTable *table, const Problem *q)
{
    enum { LINES = 2, T = 11, TAPS = 4, DOWN_TO = 5 };
    real dx[LINES][T], dw[TAPS];
    ConvOptions down = conv_options(2, 1), up = down;
    up.output_padding[0] = T - ((DOWN_TO - 1) * 2 - 2 * 1 + TAPS);
    Tensor *x = ag_variable(ag_shape(3, LINES, 1, T), ***q->X);
    Tensor *w = ag_variable(ag_shape(3, 1, 1, TAPS), ***q->W);
    Tensor *z = ag_relu(ag_conv1d(x, w, NULL, down));
    Tensor *loss = table_loss(ag_conv_transpose1d(z, w, NULL, up), ***q->dY);
    tied_conv1d_backward(LINES, T, TAPS, 2, 1, DOWN_TO, (const void *)q->dY, (const void *)q->X,
                         (const void *)z->data, ***q->W, dx, dw);
    ag_backward(loss);
    table_tensor(table, "dx, tied line", *dx, loss, x);
    table_tensor(table, "dw, tied line", dw, loss, w);
}

/* -- laws -------------------------------------------------------------------------------------- */

/* The numbers of a line are to be the same. After judge_conv_transpose2d(). */
static inline void laws(Rng *rng, const Problem *q)
{
    real direction[N][C][H][L], moved[N][M][U][V], Y[N][M][U][V];
    conv_transpose2d(N, C, M, H, L, K, S, P, U, V, q->X, q->W, Y);
    const real of_Y = vector_dot(N * M * U * V, ***q->dY, ***Y);
    const real of_X = vector_dot(N * C * H * L, ***q->dX, ***q->X);
    const real of_W = vector_dot(C * M * K * K, ***q->dW, ***q->W);
    init_normal(rng, 1, N * C * H * L, ***direction);
    conv_transpose2d(N, C, M, H, L, K, S, P, U, V, direction, q->W, moved);
    const real along = vector_dot(N * C * H * L, ***q->dX, ***direction);
    const real above = vector_dot(N * M * U * V, ***q->dY, ***moved);
    Tensor *dY = ag_tensor(ag_shape(4, N, M, U, V), ***q->dY);
    Tensor *W = ag_tensor(ag_shape(4, C, M, K, K), ***q->W);
    printf("Laws, for the same numbers:\n");
    printf("  dX.X = dW.W = dY.Y         %9.4f %9.4f %9.4f\n", (double)of_X, (double)of_W,
           (double)of_Y);
    printf("  dX.Z = dY.(Y of Z)         %9.4f %9.4f\n", (double)along, (double)above);
    fact_same("dX.X", 1, &of_X, &of_Y);
    fact_same("dW.W", 1, &of_W, &of_Y);
    fact_same("dX.Z", 1, &along, &above);
    fact_same("dX is a convolution of dY", N * C * H * L, ***q->dX,
              ag_conv2d(dY, W, NULL, conv_options(S, P))->data);
}

static inline bool random_gradients(uint64_t seed)
{
    Rng rng;
    GradTable table;
    Problem problem;
    rng_seed(&rng, seed);
    problem_draw(&rng, &problem);
    printf("\nRandom numbers. One image, one kernel, nothing cut off; then by the exercises'\n"
           "functions %d images of %d channels, %d x %d, to %d channels, %d x %d:\n",
           N, C, H, L, M, U, V);
    table_begin(&table);
    judge_plane(&table, &problem);
    judge_conv_transpose2d(&table, &problem);
    judge_upsample(&table, &problem);
    judge_psnr(&table, &problem);
    judge_tied(&table, &problem);
    judge_tied_line(&table, &problem);
    bool hold = table_end(&table);
    laws(&rng, &problem);
    ag_reset();
    return hold;
}

/* -- the network ------------------------------------------------------------------------------- */

/* The gradients of a network's loss on a few digits, by this way. */
static inline Module *network_gradients(uint64_t seed, Way way, const Dataset *digits)
{
    Rng rng;
    rng_seed(&rng, seed);
    Module *net = autoencoder_new(&rng, 0, way);
    Tensor *X = nn_images(digit_size, digits->length, digits->x);
    ag_backward(ag_mse_loss(nn_forward(net, X), X, AG_MEAN));
    ag_reset();
    return net;
}

/* One layer's row of the table: dW or db by the exercises' functions and by the library. */
static inline void compare_layer(GradTable *table, const char *name, const ModuleTensor *hand,
                                 const ModuleTensor *tape)
{
    const Tensor *x = hand->tensor;
    const int rows = x->shape.dim[0];
    table_row(table, name, rows, rows < x->size ? x->size / rows : 0, x->grad, tape->tensor->grad,
              NULL);
}

/* Of its first layer, which is reached through all others, and of both transposed convolutions. */
static inline bool judge_network(uint64_t seed)
{
    static const char *const layer[] = {"encoder.0", "decoder.2", "decoder.6"};
    static const char *const name[] = {"dW, first layer", "db",          "dW, first up",
                                       "db, first up",    "dW, last up", "db, last up"};
    GradTable table;
    Dataset digits = digits_draw(seed, 3, (DigitOptions){.hard = 1});
    Module *own = network_gradients(seed, BY_EXERCISES, &digits);
    Module *library = network_gradients(seed, BY_LIBRARY, &digits);
    printf("\nThe network and three digits, by the exercises' functions and by the library's:\n");
    table_begin(&table);
    for (int i = 0; i < 6; i++)
        compare_layer(&table, name[i], &nn_find(own, layer[i / 2])->tensor[i % 2],
                      &nn_find(library, layer[i / 2])->tensor[i % 2]);
    bool hold = table_end(&table);
    nn_free(own);
    nn_free(library);
    dataset_free(&digits);
    return hold;
}

#endif
