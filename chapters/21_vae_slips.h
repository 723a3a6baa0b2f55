/* 21_vae_slips.h: the draw of a code, and the mistakes that are made there, to be trained with. */
#ifndef CHAPTER_21_VAE_SLIPS_H
#define CHAPTER_21_VAE_SLIPS_H

#include "21_vae_ops.h"

typedef enum {
    RIGHT,
    HALF_FORGOTTEN, /* dlogvar twice what it is */
    SIGMA_EXP,      /* sigma = exp(logvar) */
    NOISE_ONCE,     /* the same eps in every batch */
    NOISE_AGAIN,    /* another eps on the way back than on the way there */
    NO_NOISE,       /* z = mu */
    DETACHED,       /* nothing comes back from z */
} Slip;

static inline void half_forgotten_back(const Record *r)
{
    const int n = r->out->size;
    real *dmu = ag_alloc_reals(n), *dlogvar = ag_alloc_reals(n);
    sample_backward(rows_of(r->out), columns_of(r->out), ag_grad(r->out), ag_data(r->in[1]),
                    r->saved, (void *)dmu, (void *)dlogvar);
    add_gradient(r->in[0], 1, dmu);
    add_gradient(r->in[1], 2, dlogvar);
}

/* z was made with the first half of what is saved, and comes back as if it were with the second. */
static inline void noise_again_back(const Record *r)
{
    Record other = *r;
    other.saved = (real *)r->saved + r->out->size;
    sample_back(&other);
}

static inline Tensor *noise_again(Tensor *mu, Tensor *logvar, Rng *rng)
{
    real *eps = ag_alloc_reals(2 * mu->size);
    for (int at = 0; at < 2 * mu->size; at++)
        eps[at] = (real)rng_normal(rng);
    return ag_op(mu->shape, sample_forward, noise_again_back, eps, 2, (Tensor *[]){mu, logvar});
}

static inline Tensor *noise_once(Tensor *mu, Tensor *logvar)
{
    Rng rng;
    rng_seed(&rng, 1);
    return sample(mu, logvar, noise_for(mu, &rng));
}

static inline Tensor *sample_with_slip(Slip slip, Tensor *mu, Tensor *logvar, Rng *rng)
{
    if (slip == NOISE_ONCE)
        return noise_once(mu, logvar);
    if (slip == NOISE_AGAIN)
        return noise_again(mu, logvar, rng);
    if (slip == NO_NOISE)
        return mu;
    real *eps = noise_for(mu, rng);
    if (slip == HALF_FORGOTTEN)
        return ag_op(mu->shape, sample_forward, half_forgotten_back, eps, 2,
                     (Tensor *[]){mu, logvar});
    if (slip == SIGMA_EXP)
        return ag_add(mu, ag_mul(ag_exp(logvar), ag_wrap(mu->shape, eps)));
    return slip == DETACHED ? ag_detach(sample(mu, logvar, eps)) : sample(mu, logvar, eps);
}

#endif
