/* 23_device_library.h: the same model on the host, by the library: the tape judges every gradient
 * that the regions make, and trains beside them, from the same parameters, on the same batches. */
#ifndef CHAPTER_23_DEVICE_LIBRARY_H
#define CHAPTER_23_DEVICE_LIBRARY_H

#include "23_device_model.h"
#include "autograd/autograd.h"
#include "kernel/vector.h"

/* In the order in which they lie in Parameters. */
enum { OF_C, OF_W1, OF_B1, OF_BNGAIN, OF_BNBIAS, OF_W2, OF_B2, TENSORS };

static const char *const parameter_name[TENSORS] = {"C",      "W1", "b1", "bngain",
                                                    "bnbias", "W2", "b2"};

/* The parameters as tensors of the tape. */
static inline void library_parameters(const Parameters *p, Tensor *t[TENSORS])
{
    const int V = p->V, k = p->k;
    t[OF_C] = ag_variable(ag_shape(2, V, EMBEDDING), *p->C);
    t[OF_W1] = ag_variable(ag_shape(2, D, k), p->W1);
    t[OF_B1] = ag_variable(ag_shape(1, k), p->b1);
    t[OF_BNGAIN] = ag_variable(ag_shape(1, k), p->bngain);
    t[OF_BNBIAS] = ag_variable(ag_shape(1, k), p->bnbias);
    t[OF_W2] = ag_variable(ag_shape(2, k, V), p->W2);
    t[OF_B2] = ag_variable(ag_shape(1, V), p->b2);
}

/* The logits of a batch. */
static inline Tensor *library_logits(int n, const int x[n][CONTEXT], Tensor *const t[TENSORS])
{
    Tensor *emb = ag_reshape(ag_embedding(t[OF_C], ag_shape(2, n, CONTEXT), *x), ag_shape(2, n, D));
    Tensor *hprebn = ag_linear(emb, t[OF_W1], t[OF_B1]);
    Tensor *h =
        ag_tanh(ag_batch_norm(hprebn, t[OF_BNGAIN], t[OF_BNBIAS], (double)EPS, AG_BESSEL, NULL));
    return ag_linear(h, t[OF_W2], t[OF_B2]);
}

/* The loss of a batch, on the tape. */
static inline Tensor *library_loss(int n, const Parameters *p, const int x[n][CONTEXT],
                                   const int y[n], Tensor *t[TENSORS])
{
    library_parameters(p, t);
    return ag_cross_entropy(library_logits(n, x, t), y, AG_MEAN);
}

/* Loss and gradients of a batch, all of these into d. Empties the tape. */
static inline real library_backward(int n, const Parameters *p, const int x[n][CONTEXT],
                                    const int y[n], real *d)
{
    Tensor *t[TENSORS], *loss = library_loss(n, p, x, y, t);
    const real value = ag_item(loss);
    ag_backward(loss);
    for (int i = 0; i < TENSORS; d += t[i++]->size)
        for (int j = 0; j < t[i]->size; j++)
            d[j] = t[i]->grad[j];
    ag_reset();
    return value;
}

#endif
