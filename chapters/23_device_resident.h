/* 23_device_resident.h: the names model where the regions run. Parameters, gradients and all that
 * is between them live there; a step takes a batch along, and brings the loss back. */
#ifndef CHAPTER_23_DEVICE_RESIDENT_H
#define CHAPTER_23_DEVICE_RESIDENT_H

#include "23_device_regions.h"

/* In which order numbers are added that many threads have: in one that is fixed; as they come; or,
 * by mistake, some are lost. */
typedef enum { FIXED, FREE, LOST } Order;

typedef struct {
    Place place;
    Order order;
    int most;        /* rows that there is room for */
    Parameters p, d; /* d: the gradients */
    Activations a;
    int (*x)[CONTEXT], *y;
    long sent, fetched; /* numbers, so far */
} Resident;

/* All is in two blocks of the place's memory. */
static inline Resident resident_new(Place place, Order order, int most, int V, int k)
{
    Resident r = {.place = place, .order = order, .most = most};
    const int size = parameters_size(V, k);
    real *all = place_new(place, sizeof(real) *
                                     ((size_t)(2 * size) + (size_t)activations_size(most, V, k)));
    r.p = parameters_at(all, V, k);
    r.d = parameters_at(all + size, V, k);
    r.a = activations_at(all + 2 * size, most, V, k);
    r.x = place_new(place, sizeof(int) * (size_t)(most * (CONTEXT + 1)));
    r.y = (int *)(r.x + most);
    return r;
}

static inline void resident_free(Resident *r)
{
    place_free(r->place, r->p.all);
    place_free(r->place, r->x);
}

/* -- what moves -------------------------------------------------------------------------------- */

static inline void resident_send(Resident *r, int n, void *there, const real *here)
{
    place_send(r->place, sizeof(real) * (size_t)n, there, here);
    r->sent += n;
}

static inline void resident_fetch(Resident *r, int n, real *here, const void *there)
{
    place_fetch(r->place, sizeof(real) * (size_t)n, here, there);
    r->fetched += n;
}

static inline void resident_send_batch(Resident *r, int n, const int x[n][CONTEXT], const int y[n])
{
    place_send(r->place, sizeof *x * (size_t)n, r->x, x);
    place_send(r->place, sizeof *y * (size_t)n, r->y, y);
    r->sent += n * (CONTEXT + 1);
}

/* -- a step ------------------------------------------------------------------------------------ */

/* The forward pass over a batch that is there already. The loss of each row, and probs, stay there.
 */
static inline void resident_forward(Resident *r, int n)
{
    const Parameters *p = &r->p;
    const Activations *a = &r->a;
    const int V = p->V, k = p->k;
    region_embedding(n * CONTEXT, V, EMBEDDING, p->C, *r->x, (void *)a->emb);
    region_linear(n, D, k, a->emb, p->W1, p->b1, a->bnraw);
    region_statistics(n, k, a->bnraw, a->bnmean, a->bnvar_inv);
    region_normalise(n, k, a->bnmean, a->bnvar_inv, p->bngain, p->bnbias, a->bnraw, a->h);
    region_linear(n, k, V, a->h, p->W2, p->b2, a->probs);
    region_cross_entropy(n, V, r->y, a->probs, a->loss);
}

/* The mean loss of the batch, one number that is fetched. */
static inline real resident_loss(Resident *r, int n)
{
    r->fetched++;
    return (r->order == FREE ? region_mean_reduced : region_mean)(n, r->a.loss);
}

static inline void resident_scatter(const Resident *r, int n)
{
    const real(*demb)[EMBEDDING] = (void *)r->a.demb;
    const int letters = n * CONTEXT, *x = *r->x;
    if (r->order == FIXED)
        region_embedding_backward(letters, r->p.V, EMBEDDING, demb, x, r->d.C);
    else if (r->order == FREE)
        region_embedding_backward_atomic(letters, r->p.V, EMBEDDING, demb, x, r->d.C);
    else
        region_embedding_backward_lost(letters, r->p.V, EMBEDDING, demb, x, r->d.C);
}

/* The gradients of all parameters into d, from what the forward pass left. */
static inline void resident_backward(Resident *r, int n)
{
    const Parameters *p = &r->p, *d = &r->d;
    const Activations *a = &r->a;
    const int V = p->V, k = p->k;
    region_cross_entropy_backward(n, V, a->probs, r->y, a->dlogits);
    region_weight_backward(n, k, V, a->dlogits, a->h, d->W2);
    region_bias_backward(n, V, a->dlogits, d->b2);
    region_input_backward(n, k, V, a->dlogits, p->W2, a->dh);

    region_tanh_backward(n * k, a->h, a->dh); /* from here on a->dh holds dhpreact ... */
    region_gain_backward(n, k, a->dh, a->bnraw, d->bngain, d->bnbias);
    region_norm_backward(n, k, a->bnraw, p->bngain, a->bnvar_inv, d->bngain, d->bnbias, a->dh);

    region_weight_backward(n, D, k, a->dh, a->emb, d->W1); /* ... and here dhprebn */
    region_bias_backward(n, k, a->dh, d->b1);
    region_input_backward(n, D, k, a->dh, p->W1, a->demb);
    resident_scatter(r, n);
}

/* A whole step. Returns the loss of the batch before it. */
static inline real resident_step(Resident *r, int n, const int x[n][CONTEXT], const int y[n],
                                 real lr)
{
    resident_send_batch(r, n, x, y);
    resident_forward(r, n);
    resident_backward(r, n);
    region_update(r->p.size, lr, r->d.all, r->p.all);
    return resident_loss(r, n);
}

#endif
