/* 23_device_judges.h: every gradient that the regions make, and that the exercises' functions make,
 * held against the tape and a numeric gradient. */
#ifndef CHAPTER_23_DEVICE_JUDGES_H
#define CHAPTER_23_DEVICE_JUDGES_H

#include <stdio.h>

#include "23_device_answers.h"
#include "23_device_library.h"
#include "23_device_resident.h"
#include "workbook/fact.h"
#include "workbook/options.h"
#include "workbook/table.h"

enum { ROWS = 32, HIDDEN = 200, ALPHABET = 27 };

/* A model and a batch to look at closely. */
typedef struct {
    Parameters p;
    int n, x[ROWS][CONTEXT], y[ROWS];
} Problem;

static inline Parameters parameters_new(int V, int k)
{
    real *all = calloc((size_t)parameters_size(V, k), sizeof *all);
    if (!all)
        error_stop("no memory for a model of %d letters and %d hidden units", V, k);
    return parameters_at(all, V, k);
}

static inline Problem problem_draw(Rng *rng, int n, int k)
{
    Problem q = {.p = parameters_new(ALPHABET, k), .n = n};
    parameters_init(rng, &q.p);
    for (int i = 0; i < n; i++) {
        for (int t = 0; t < CONTEXT; t++)
            q.x[i][t] = rng_below(rng, ALPHABET);
        q.y[i] = rng_below(rng, ALPHABET);
    }
    return q;
}

/* Loss and gradients by the regions, brought to the host. */
static inline real regions_backward(Place place, Order order, const Problem *q, const Parameters *d)
{
    Resident r = resident_new(place, order, q->n, q->p.V, q->p.k);
    resident_send(&r, q->p.size, r.p.all, q->p.all);
    resident_send_batch(&r, q->n, q->x, q->y);
    resident_forward(&r, q->n);
    resident_backward(&r, q->n);
    const real loss = resident_loss(&r, q->n);
    resident_fetch(&r, q->p.size, d->all, r.d.all);
    resident_free(&r);
    return loss;
}

static inline real exercises_backward(const Problem *q, const Parameters *d)
{
    real *all = calloc((size_t)activations_size(q->n, q->p.V, q->p.k), sizeof *all);
    if (!all)
        error_stop("no memory for a batch of %d", q->n);
    const Activations a = activations_at(all, q->n, q->p.V, q->p.k);
    const real loss = answers_backward(q->n, &q->p, q->x, q->y, &a, d);
    free(all);
    return loss;
}

static inline bool hold_all(const char *title, real loss, const Parameters *d, Tensor *judge,
                            Tensor *const t[TENSORS])
{
    GradTable table;
    const real *hand = d->all;
    char name[16];
    printf("\n%s\n\n", title);
    fact_same("loss", 1, &loss, judge->data);
    table_begin(&table);
    for (int i = 0; i < TENSORS; hand += t[i++]->size) {
        snprintf(name, sizeof name, "d%s", parameter_name[i]);
        table_tensor(&table, name, hand, judge, t[i]);
    }
    return table_end(&table);
}

/* What the free order does to dC: as near as rounding lets it be. */
static inline void compare_orders(Place place, const Problem *q, const Parameters *fixed)
{
    Parameters d = parameters_new(q->p.V, q->p.k);
    const real loss = regions_backward(place, FREE, q, &d);
    const real own = regions_backward(place, FIXED, q, fixed);
    const bool scattered = fact_same("dC by atomic additions", q->p.V * EMBEDDING, *d.C, *fixed->C);
    if (fact_same("loss by a reduction", 1, &loss, &own) && scattered)
        printf("\nBy atomic additions, in whatever order they come, dC is the same but for "
               "rounding; so is the\nloss by a reduction. In the fixed order both have the same "
               "bits on any number of threads.\n");
    free(d.all);
}

static inline bool check_gradients(Place place, const Options *options, Rng *rng)
{
    Problem q = options->quick ? problem_draw(rng, 7, 11) : problem_draw(rng, ROWS, 64);
    Parameters d = parameters_new(q.p.V, q.p.k);
    Tensor *t[TENSORS], *judge = library_loss(q.n, &q.p, q.x, q.y, t);
    ag_backward(judge);
    for (int i = 0; i < d.size; i++)
        d.all[i] = NAN;
    real loss = regions_backward(place, FIXED, &q, &d);
    bool hold = hold_all("The gradients of the names model by the regions", loss, &d, judge, t);
    compare_orders(place, &q, &d);
    for (int i = 0; i < d.size; i++)
        d.all[i] = NAN;
    loss = exercises_backward(&q, &d);
    hold = hold_all("The same by the functions of the exercises", loss, &d, judge, t) && hold;
    ag_reset();
    free(q.p.all);
    free(d.all);
    return hold;
}

#endif
