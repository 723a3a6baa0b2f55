/* 21_vae_nets.h: the network.
 *
 *     encoder   m pixels, linear, relu, linear: mu and logvar, d numbers each
 *     decoder   d numbers, linear, relu, linear, relu, linear: a logit for each of the m pixels
 */
#ifndef CHAPTER_21_VAE_NETS_H
#define CHAPTER_21_VAE_NETS_H

#include "autograd/autograd.h"
#include "nn/layers.h"

enum { HIDDEN = 128 };

typedef struct {
    Module module;
    Module *encoder, *decoder;
    int d;
} Vae;

/* Where the images lie: (n, d) each. */
typedef struct {
    Tensor *mu, *logvar;
} Codes;

static inline Module *vae_new(Rng *rng, int m, int d, int hidden)
{
    Vae *net = nn_module(sizeof *net, "VAE", NULL);
    net->d = d;
    net->encoder =
        nn_child(&net->module, "encoder",
                 nn_sequential(4, (Module *[]){nn_flatten(), nn_linear(rng, m, hidden), nn_relu(),
                                               nn_linear(rng, hidden, 2 * d)}));
    net->decoder = nn_child(&net->module, "decoder",
                            nn_sequential(5, (Module *[]){nn_linear(rng, d, hidden), nn_relu(),
                                                          nn_linear(rng, hidden, hidden), nn_relu(),
                                                          nn_linear(rng, hidden, m)}));
    return &net->module;
}

/* x (n, channels, h, w) */
static inline Codes vae_encode(Module *m, Tensor *x)
{
    const Vae *net = (const Vae *)m;
    Tensor *both = nn_forward(net->encoder, x);
    return (Codes){ag_slice(both, 1, 0, net->d), ag_slice(both, 1, net->d, 2 * net->d)};
}

/* z (n, d) -> logits (n, m) */
static inline Tensor *vae_decode(Module *m, Tensor *z)
{
    return nn_forward(((const Vae *)m)->decoder, z);
}

#endif
