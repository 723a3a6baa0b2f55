/* 21_vae_judges.h: every gradient of the chapter against the tape, a numeric gradient, and laws
 * that need neither. */
#ifndef CHAPTER_21_VAE_JUDGES_H
#define CHAPTER_21_VAE_JUDGES_H

#include <string.h>

#include "21_vae_nets.h"
#include "21_vae_ops.h"
#include "nn/init.h"
#include "workbook/fact.h"
#include "workbook/table.h"

enum { N = 5, D = 3, M = 7 };

/* Codes of N images of M pixels, what a decoder says of these, and a draw. */
typedef struct {
    real beta, mu[N][D], logvar[N][D], eps[N][D], logits[N][M], x[N][M];
} Numbers;

static inline Numbers numbers_new(Rng *rng)
{
    Numbers all = {.beta = (real)0.75};
    init_normal(rng, 1, N * D, *all.mu);
    init_normal(rng, 1, N * D, *all.logvar);
    init_normal(rng, 1, N * D, *all.eps);
    init_normal(rng, 2, N * M, *all.logits);
    init_uniform(rng, 0, 1, N * M, *all.x);
    return all;
}

/* -- the same by the library's own operations ------------------------------------------------- */

static inline Tensor *sample_on_tape(Tensor *mu, Tensor *logvar, Tensor *eps)
{
    return ag_add(mu, ag_mul(ag_exp(ag_div(logvar, ag_scalar(2))), eps));
}

static inline Tensor *divergence_on_tape(Tensor *mu, Tensor *logvar, real beta)
{
    Tensor *sigma = ag_exp(ag_div(logvar, ag_scalar(2)));
    Tensor *sum = ag_gaussian_kl(mu, sigma, ag_scalar(0), ag_scalar(1), AG_SUM);
    return ag_mul(ag_scalar(beta / (real)rows_of(mu)), sum);
}

static inline Tensor *pixels_on_tape(Tensor *logits, Tensor *x)
{
    Tensor *sum = ag_binary_cross_entropy_with_logits(logits, x, NULL, AG_SUM);
    return ag_div(sum, ag_scalar((real)rows_of(logits)));
}

/* -- step by step ----------------------------------------------------------------------------- */

/* A loss that is made of z in some way: what pixels would say if z were their logits. */
static inline void judge_sample(GradTable *table, const Numbers *all)
{
    const Shape shape = ag_shape(2, N, D);
    real dmu[N][D], dlogvar[N][D];
    Tensor *mu = ag_variable(shape, *all->mu), *logvar = ag_variable(shape, *all->logvar);
    Tensor *eps = ag_tensor(shape, *all->eps), *z = sample_on_tape(mu, logvar, eps);
    Tensor *loss = pixels_on_tape(z, ag_full(shape, (real)0.25));
    ag_backward(loss);
    sample_backward(N, D, ag_grad(z), all->logvar, all->eps, dmu, dlogvar);
    fact_same("z", N * D, ag_data(sample(mu, logvar, ag_data(eps))), z->data);
    table_tensor(table, "dmu, draw", *dmu, loss, mu);
    table_tensor(table, "dlogvar, draw", *dlogvar, loss, logvar);
}

static inline void judge_divergence(GradTable *table, const Numbers *all)
{
    const Shape shape = ag_shape(2, N, D);
    real dmu[N][D], dlogvar[N][D];
    Tensor *mu = ag_variable(shape, *all->mu), *logvar = ag_variable(shape, *all->logvar);
    Tensor *loss = divergence_on_tape(mu, logvar, all->beta);
    ag_backward(loss);
    divergence_backward(N, D, all->mu, all->logvar, all->beta, dmu, dlogvar);
    fact_same("KL", 1, divergence(mu, logvar, all->beta)->data, loss->data);
    table_tensor(table, "dmu, KL", *dmu, loss, mu);
    table_tensor(table, "dlogvar, KL", *dlogvar, loss, logvar);
}

static inline void judge_pixels(GradTable *table, const Numbers *all)
{
    real dlogits[N][M];
    Tensor *logits = ag_variable(ag_shape(2, N, M), *all->logits);
    Tensor *x = ag_tensor(logits->shape, *all->x), *loss = pixels_on_tape(logits, x);
    ag_backward(loss);
    pixels_backward(N, M, all->logits, all->x, dlogits);
    fact_same("pixels", 1, pixels(logits, x)->data, loss->data);
    table_tensor(table, "dlogits", *dlogits, loss, logits);
}

/* -- a whole network -------------------------------------------------------------------------- */

/* pixels + beta KL, by the operations of this chapter or by the library's. */
static inline Tensor *whole_loss(Module *net, const Numbers *all, bool own)
{
    Tensor *x = ag_tensor(ag_shape(2, N, M), *all->x);
    Tensor *eps = ag_tensor(ag_shape(2, N, D), *all->eps);
    const Codes q = vae_encode(net, x);
    Tensor *z = own ? sample(q.mu, q.logvar, eps->data) : sample_on_tape(q.mu, q.logvar, eps);
    Tensor *logits = vae_decode(net, z);
    Tensor *kl = (own ? divergence : divergence_on_tape)(q.mu, q.logvar, all->beta);
    Tensor *loss = ag_add((own ? pixels : pixels_on_tape)(logits, x), kl);
    real by_exercise =
        elbo_loss(N, M, D, ag_data(logits), all->x, ag_data(q.mu), ag_data(q.logvar), all->beta);
    fact_same("elbo_loss", 1, &by_exercise, loss->data);
    return loss;
}

static inline void judge_network(GradTable *table, const Numbers *all, Rng *rng)
{
    static const char *const name[] = {
        "dW, encoder 1", "db, encoder 1", "dW, encoder 2", "db, encoder 2", "dW, decoder 1",
        "db, decoder 1", "dW, decoder 2", "db, decoder 2", "dW, decoder 3", "db, decoder 3"};
    enum { PARAMETERS = sizeof name / sizeof name[0], WIDTH = 4, LARGEST = WIDTH * M };
    int n;
    real hand[PARAMETERS][LARGEST];
    Module *net = vae_new(rng, M, D, WIDTH);
    Tensor **parameter = nn_parameters(net, &n);
    ag_backward(whole_loss(net, all, true));
    for (int k = 0; k < n; k++)
        memcpy(hand[k], parameter[k]->grad, (size_t)parameter[k]->size * sizeof(real));
    ag_zero_grad(n, parameter);
    Tensor *loss = whole_loss(net, all, false);
    ag_backward(loss);
    for (int k = 0; k < n; k++)
        table_tensor(table, name[k], hand[k], loss, parameter[k]);
    free(parameter);
    ag_reset();
    nn_free(net);
}

static inline bool check_gradients(Rng *rng)
{
    GradTable table;
    const Numbers all = numbers_new(rng);
    printf("\nGradients of %d images of %d pixels, codes of %d numbers:\n", N, M, D);
    table_begin(&table);
    judge_sample(&table, &all);
    judge_divergence(&table, &all);
    judge_pixels(&table, &all);
    judge_network(&table, &all, rng);
    ag_reset();
    return table_end(&table);
}

/* -- laws ------------------------------------------------------------------------------------- */

/* KL is never below 0, and it and its gradient are 0 at N(0, 1). */
static inline void law_of_rest(const Numbers *all)
{
    const real zero[N][D] = {{0}};
    real dmu[N][D], dlogvar[N][D], largest = 0;
    divergence_backward(N, D, zero, zero, 1, dmu, dlogvar);
    for (int i = 0; i < N; i++)
        for (int j = 0; j < D; j++) {
            largest = fmax(largest, fmax(fabs(dmu[i][j]), fabs(dlogvar[i][j])));
            fact_that("KL is above 0", divergence_of(1, 1, &all->mu[i][j], &all->logvar[i][j]) > 0);
        }
    fact_that("KL is 0 at N(0, 1)", divergence_of(N, D, *zero, *zero) == 0);
    fact_that("nothing pulls at N(0, 1)", largest == 0);
}

/* What the draw moved is z - mu: dlogvar needs no eps where z is known. */
static inline void law_of_the_draw(const Numbers *all)
{
    real dmu[N][D], dlogvar[N][D], from_z[N][D];
    sample_backward(N, D, all->mu, all->logvar, all->eps, dmu, dlogvar);
    for (int i = 0; i < N; i++)
        for (int j = 0; j < D; j++) {
            const real z = all->mu[i][j] + exp(all->logvar[i][j] / 2) * all->eps[i][j];
            from_z[i][j] = all->mu[i][j] * (z - all->mu[i][j]) / 2;
        }
    fact_same("dmu is dz", N * D, *dmu, *all->mu);
    fact_same("dlogvar is dz (z - mu) / 2", N * D, *dlogvar, *from_z);
}

/* The mean of 3 z^2 is 3 (mu^2 + sigma^2), with the gradients 6 mu and 3 sigma^2. The mean over
 * eps = 0 and -+sqrt(3), with weights 2/3 and 1/6, is that over N(0, 1) up to the fifth power. */
static inline void law_of_means(const Numbers *all)
{
    const real root = sqrt((real)3), node[] = {-root, 0, root}, weight[] = {1. / 6, 2. / 3, 1. / 6};
    const real mu = all->mu[0][0], logvar = all->logvar[0][0], sigma = exp(logvar / 2);
    real mean[2] = {0};
    for (int k = 0; k < 3; k++) {
        const real dz = 6 * (mu + sigma * node[k]);
        real dmu, dlogvar;
        sample_backward(1, 1, (const void *)&dz, (const void *)&logvar, (const void *)&node[k],
                        (void *)&dmu, (void *)&dlogvar);
        mean[0] += weight[k] * dmu;
        mean[1] += weight[k] * dlogvar;
    }
    fact_same("the mean of the draws' gradients is the gradient of the mean", 2, mean,
              (const real[]){6 * mu, 3 * sigma * sigma});
}

/* A decoder that does not listen to z, and an encoder that says N(0, 1) of everything: no gradient
 * reaches the encoder, so it stays there. */
static inline void law_of_collapse(const Numbers *all, Rng *rng)
{
    int n;
    Module *net = vae_new(rng, M, D, 4);
    Tensor *deaf = nn_find(net, "decoder.0")->tensor[0].tensor;
    const Module *last = nn_find(net, "encoder.3");
    vector_fill(deaf->size, 0, deaf->data);
    for (int k = 0; k < last->tensors; k++)
        vector_fill(last->tensor[k].tensor->size, 0, last->tensor[k].tensor->data);
    ag_backward(whole_loss(net, all, true));
    Tensor **parameter = nn_parameters(nn_find(net, "encoder"), &n);
    for (int k = 0; k < n; k++)
        fact_that("a collapsed encoder is at rest",
                  vector_dot(parameter[k]->size, parameter[k]->grad, parameter[k]->grad) == 0);
    free(parameter);
    ag_reset();
    nn_free(net);
}

static inline void check_laws(Rng *rng)
{
    const Numbers all = numbers_new(rng);
    law_of_rest(&all);
    law_of_the_draw(&all);
    law_of_means(&all);
    law_of_collapse(&all, rng);
}

#endif
