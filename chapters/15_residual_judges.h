/* 15_residual_judges.h: every gradient held against the tape and a numeric gradient, whole networks
 * of every kind held against a numeric one, and the laws that need no reference. */
#ifndef CHAPTER_15_RESIDUAL_JUDGES_H
#define CHAPTER_15_RESIDUAL_JUDGES_H

#include <stdio.h>

#include "15_residual_examples.h"
#include "15_residual_nets.h"
#include "workbook/fact.h"
#include "workbook/table.h"

/* -- the gradients of the exercises ----------------------------------------------------------- */

enum { N = 2, C = 3, M = 4, H = 5, W = 6, ALL = N * C * H * W };

/* A branch, from R on. */
static inline Tensor *some_branch(Rng *rng, Tensor *R)
{
    Tensor *kernel = table_variable(rng, ag_shape(4, C, C, 3, 3));
    return ag_conv2d(R, kernel, NULL, conv_options(1, 1));
}

/* Y = X + F(relu(X)), and with relu(X) in the place of X. What came back through F alone is what
 * came to R, or that less what the shortcut brought. */
static inline void hold_sums(GradTable *table, Rng *rng)
{
    const Shape image = ag_shape(4, N, C, H, W);
    Tensor *dY = table_variable(rng, image), *X = table_variable(rng, image), *R = ag_relu(X);
    real *dX = ag_alloc_reals(ALL), *dR = ag_alloc_reals(ALL);
    Tensor *loss = table_loss(ag_add(X, some_branch(rng, R)), dY->data);
    ag_backward(loss);
    residual_backward(ALL, dY->data, R->grad, X->data, dX);
    table_tensor(table, "dX residual", dX, loss, X);

    X = table_variable(rng, image), R = ag_relu(X);
    loss = table_loss(ag_add(R, some_branch(rng, R)), dY->data);
    ag_backward(loss);
    for (int i = 0; i < ALL; i++)
        dR[i] = R->grad[i] - dY->data[i];
    in_place_backward(ALL, dY->data, dR, R->data, dX);
    table_tensor(table, "dX in place", dX, loss, X);
}

static inline void hold_scaled(GradTable *table, Rng *rng)
{
    const Shape image = ag_shape(4, N, C, H, W);
    Tensor *dY = table_variable(rng, image), *X = table_variable(rng, image),
           *B = table_variable(rng, image);
    Tensor *s = table_variable(rng, ag_shape(0)),
           *loss = table_loss(ag_add(X, ag_mul(s, B)), dY->data);
    real *dX = ag_alloc_reals(ALL), *dB = ag_alloc_reals(ALL), ds;
    ag_backward(loss);
    scaled_backward(ALL, dY->data, B->data, s->data[0], dX, dB, &ds);
    table_tensor(table, "dX scaled", dX, loss, X);
    table_tensor(table, "dB scaled", dB, loss, B);
    table_tensor(table, "ds", &ds, loss, s);
}

static inline void hold_concat(GradTable *table, Rng *rng)
{
    Tensor *A = table_variable(rng, ag_shape(4, N, C, H, W)),
           *B = table_variable(rng, ag_shape(4, N, M, H, W));
    Tensor *Y = ag_concat(2, (Tensor *[]){A, B}, 1), *dY = table_variable(rng, Y->shape);
    Tensor *loss = table_loss(Y, dY->data);
    real *dA = ag_alloc_reals(A->size), *dB = ag_alloc_reals(B->size);
    ag_backward(loss);
    concat_backward(N, C, M, C + M, H * W, ag_data(dY), (void *)dA, (void *)dB);
    table_tensor(table, "dA concat", dA, loss, A);
    table_tensor(table, "dB concat", dB, loss, B);
}

/* To the tape it is a convolution with kernels of one pixel. */
static inline void hold_projection(GradTable *table, Rng *rng)
{
    Tensor *X = table_variable(rng, ag_shape(4, N, C, H, W)),
           *kernel = table_variable(rng, ag_shape(2, M, C));
    Tensor *Y = ag_conv2d(X, ag_reshape(kernel, ag_shape(4, M, C, 1, 1)), NULL, conv_options(2, 0));
    Tensor *dY = table_variable(rng, Y->shape), *loss = table_loss(Y, dY->data);
    real *dX = ag_alloc_reals(X->size), *dW = ag_alloc_reals(kernel->size);
    ag_backward(loss);
    fact_same("project()", Y->size, project(X, kernel, 2)->data, Y->data);
    projection_backward(N, C, M, H, W, 2, Y->shape.dim[2], Y->shape.dim[3], ag_data(dY), ag_data(X),
                        ag_data(kernel), (void *)dX, (void *)dW);
    table_tensor(table, "dX projection", dX, loss, X);
    table_tensor(table, "dW projection", dW, loss, kernel);
}

static inline void hold_pool(GradTable *table, Rng *rng)
{
    Tensor *X = table_variable(rng, ag_shape(4, N, C, H, W)),
           *dY = table_variable(rng, ag_shape(2, N, C));
    Tensor *loss = table_loss(ag_mean(ag_reshape(X, ag_shape(3, N, C, H * W)), 2, false), dY->data);
    real *dX = ag_alloc_reals(X->size);
    ag_backward(loss);
    global_pool_backward(N, C, H, W, ag_data(dY), (void *)dX);
    table_tensor(table, "dX global pool", dX, loss, X);
}

static inline void hold_block(GradTable *table, Rng *rng)
{
    Tensor *X = table_variable(rng, ag_shape(3, N, C, H)), *dY = table_variable(rng, X->shape);
    Tensor *W1 = table_variable(rng, ag_shape(3, M, C, 1)),
           *W2 = table_variable(rng, ag_shape(3, C, M, 1));
    Tensor *hidden = ag_conv1d(ag_relu(X), W1, NULL, conv_options(1, 0));
    Tensor *B = ag_conv1d(ag_relu(hidden), W2, NULL, conv_options(1, 0));
    Tensor *loss = table_loss(ag_add(X, B), dY->data);
    real *dX = ag_alloc_reals(X->size), *dW1 = ag_alloc_reals(M * C), *dW2 = ag_alloc_reals(C * M);
    ag_backward(loss);
    residual_block_backward(N, C, M, H, ag_data(dY), ag_data(X), ag_data(hidden), ag_data(W1),
                            ag_data(W2), (void *)dX, (void *)dW1, (void *)dW2);
    table_tensor(table, "dX block", dX, loss, X);
    table_tensor(table, "dW1 block", dW1, loss, W1);
    table_tensor(table, "dW2 block", dW2, loss, W2);
}

/* Seven blocks, every third of them plain, whose relus are all open but that of number 2. */
static inline void hold_chain(GradTable *table, Rng *rng)
{
    enum { LINKS = 7 };
    Tensor *w1 = table_variable(rng, ag_shape(1, LINKS)),
           *w2 = table_variable(rng, ag_shape(1, LINKS));
    Tensor *x = table_variable(rng, ag_shape(1, 1)), *first = x;
    real values[LINKS + 1] = {x->data[0]}, kept[LINKS], dx[LINKS], dw1[LINKS], dw2[LINKS];
    for (int l = 0; l < LINKS; l++) {
        kept[l] = l % 3 != 1;
        w1->data[l] = copysign(w1->data[l], l == 2 ? -values[l] : values[l]);
        values[l + 1] = link_forward(values[l], w1->data[l], w2->data[l], kept[l]);
    }
    for (int l = 0; l < LINKS; l++) {
        Tensor *h = ag_mul(ag_slice(w1, 0, l, l + 1), x);
        Tensor *f = ag_mul(ag_slice(w2, 0, l, l + 1), ag_relu(h));
        x = kept[l] > 0 ? ag_add(x, f) : f;
    }
    Tensor *loss = ag_sum(x, AG_ALL, false);
    ag_backward(loss);
    chain_backward(LINKS, 1, values, w1->data, w2->data, kept, dx, dw1, dw2);
    table_tensor(table, "dx chain", dx, loss, first);
    table_tensor(table, "dw1 chain", dw1, loss, w1);
    table_tensor(table, "dw2 chain", dw2, loss, w2);
}

/* -- whole networks --------------------------------------------------------------------------- */

/* The first kernels of a network of each kind, whose gradient has come through all of it. */
static inline void hold_network(GradTable *table, Rng *rng, Kind kind, bool norm)
{
    enum { SIDE = 8, BATCH = 3 };
    const ImageSize size = {1, SIDE, SIDE};
    const int classes[BATCH] = {1, 7, 4};
    char name[40];
    Module *net = deep_network(rng, size, kind, 2, norm);
    Tensor *images = table_variable(rng, ag_shape(4, BATCH, 1, SIDE, SIDE));
    Tensor *loss = ag_cross_entropy(nn_forward(net, images), classes, AG_MEAN);
    Tensor *first = net->child[0].module->tensor[0].tensor;
    ag_backward(loss);
    real *numeric = ag_alloc_reals(first->size);
    const bool is_judge = sizeof(real) == sizeof(double); /* a float is too short for it */
    const int kinks = is_judge ? ag_numeric_gradient(loss, first, numeric) : 0;
    for (int i = 0; i < first->size; i++)
        if (!is_judge || isnan(numeric[i]))
            numeric[i] = first->grad[i]; /* on a kink, too, there is no judging */
    snprintf(name, sizeof name, "%s%s", kinds[kind].name, norm ? ", norm" : "");
    fact_that("most elements are on no kink", 2 * kinks < first->size);
    table_row(table, name, first->shape.dim[0], first->size / first->shape.dim[0], first->grad,
              NULL, numeric);
    ag_reset();
    nn_free(net);
}

static inline bool check_gradients(Rng *rng)
{
    static void (*const hold[])(GradTable *, Rng *) = {
        hold_sums, hold_scaled, hold_concat, hold_projection, hold_pool, hold_block, hold_chain};
    GradTable table;
    printf("\nThe steps of the blocks:\n");
    table_begin(&table);
    for (size_t i = 0; i < sizeof hold / sizeof hold[0]; i++) {
        hold[i](&table, rng);
        ag_reset();
    }
    bool right = table_end(&table);
    printf("\nThe first kernels of networks of two blocks:\n");
    table_begin(&table);
    for (Kind kind = PLAIN; kind <= SKIP; kind++)
        hold_network(&table, rng, kind, false);
    hold_network(&table, rng, PLAIN, true);
    hold_network(&table, rng, RESIDUAL, true);
    return table_end(&table) && right;
}

/* -- laws ------------------------------------------------------------------------------------- */

/* What comes to X through one block of a kind, with these parameters in its branch. */
static inline real *through_block(Module *block, const Tensor *values, const real *dY)
{
    Tensor *X = ag_variable(values->shape, values->data);
    ag_backward_from(nn_forward(block, X), dY);
    return X->grad;
}

/* With the branch's last weights at zero, dX is dY to the bit; and with any weights, dX less dY is
 * what a plain block passes on. */
static inline void law_of_identity(Rng *rng)
{
    Module *residual = block_new(rng, RESIDUAL, STEM, false, 1);
    Module *plain = block_new(rng, PLAIN, STEM, false, 1);
    Module *last = nn_find(residual, "branch.3");
    Tensor *X = table_variable(rng, ag_shape(4, N, STEM, H, W)),
           *dY = table_variable(rng, X->shape);
    for (int child = 0; child < 4; child += 3)
        for (int k = 0; k < 2; k++) {
            Module *from = ((Block *)plain)->branch->child[child].module;
            Module *to = ((Block *)residual)->branch->child[child].module;
            memcpy(to->tensor[k].tensor->data, from->tensor[k].tensor->data,
                   sizeof(real) * (size_t)from->tensor[k].tensor->size);
        }
    const real *with = through_block(residual, X, dY->data);
    const real *branch = through_block(plain, X, dY->data);
    real *sum = ag_alloc_reals(X->size);
    for (int i = 0; i < X->size; i++)
        sum[i] = dY->data[i] + branch[i];
    const bool parts = fact_same("dX less dY is the branch's", X->size, with, sum);
    vector_fill(last->tensor[0].tensor->size, 0, last->tensor[0].tensor->data);
    const real *identity = through_block(residual, X, dY->data);
    const bool same = fact_that("with the last weights at zero dX is dY to the bit",
                                compare(X->size, identity, dY->data).exact);
    if (parts && same)
        printf("\nA residual block passes on dY and what a plain block would; with its last "
               "weights at "
               "zero,\ndY alone, to the bit.\n");
    ag_reset();
    nn_free(residual);
    nn_free(plain);
}

/* Y is linear in X and in the weights: sum dX X = sum dW W = sum dY Y. */
static inline void law_of_projection(Rng *rng)
{
    Tensor *X = table_variable(rng, ag_shape(4, N, C, H, W)),
           *kernel = table_variable(rng, ag_shape(2, M, C));
    Tensor *Y = project(X, kernel, 2), *dY = table_variable(rng, Y->shape);
    ag_backward_from(Y, dY->data);
    const real sums[3] = {vector_dot(Y->size, dY->data, Y->data),
                          vector_dot(X->size, X->grad, X->data),
                          vector_dot(kernel->size, kernel->grad, kernel->data)};
    const bool in_X = fact_same("sum dX X = sum dY Y", 1, &sums[1], &sums[0]);
    if (fact_same("sum dW W = sum dY Y", 1, &sums[2], &sums[0]) && in_X)
        printf("A projection: sum dY Y, sum dX X and sum dW W are all %.4f.\n", (double)sums[0]);
    ag_reset();
}

/* What is laid side by side, or averaged, loses nothing and doubles nothing. */
static inline void law_of_sums(Rng *rng)
{
    Tensor *dY = table_variable(rng, ag_shape(3, N, C + M, H)),
           *dmean = table_variable(rng, ag_shape(2, N, C));
    real dA[N][C][H], dB[N][M][H], *dX = ag_alloc_reals(ALL);
    concat_backward(N, C, M, C + M, H, ag_data(dY), dA, dB);
    global_pool_backward(N, C, H, W, ag_data(dmean), (void *)dX);
    const real parts = vector_sum(N * C * H, **dA) + vector_sum(N * M * H, **dB);
    const real all = vector_sum(dY->size, dY->data), pooled = vector_sum(ALL, dX);
    const real mean = vector_sum(dmean->size, dmean->data);
    const bool beside = fact_same("sum dA + sum dB = sum dY", 1, &parts, &all);
    if (fact_same("pooled: sum dX = sum dY", 1, &pooled, &mean) && beside)
        printf("Side by side: sum dA + sum dB = sum dY = %.4f. A mean: sum dX = sum dY = %.4f.\n",
               (double)all, (double)mean);
    ag_reset();
}

static inline void check_laws(Rng *rng)
{
    law_of_identity(rng);
    law_of_projection(rng);
    law_of_sums(rng);
}

#endif
