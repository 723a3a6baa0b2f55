/* 08_batchnorm_mistakes.h: the steps back, with a mistake made in one of them. */
#ifndef CHAPTER_08_BATCHNORM_MISTAKES_H
#define CHAPTER_08_BATCHNORM_MISTAKES_H

#include "08_batchnorm_steps.h"

#include <stdio.h>

#include "kernel/vector.h"
#include "workbook/fact.h"
#include "workbook/print.h"

typedef enum {
    NO_MISTAKE,
    MEAN_FORGOTTEN,  /* dhprebn = dbndiff */
    VAR_FORGOTTEN,   /* dbndiff = dbnraw * bnvar_inv */
    BOTH_FORGOTTEN,  /* dhprebn = dbnraw * bnvar_inv */
    N_FOR_N_1,       /* dbndiff2 = dbnvar / n */
    NOT_SUMMED,      /* dbnvar_inv = dbnraw * bndiff of the last row */
    NOT_CUBED,       /* dbnvar = -1/2 dbnvar_inv bnvar_inv */
    TWO_FORGOTTEN,   /* dbndiff = dbnraw * bnvar_inv + dbndiff2 * bndiff */
    ONE_NTH_OMITTED, /* dhprebn = dbndiff + dbnmean */
    GAIN_FORGOTTEN,  /* dbnraw = dhpreact */
} Mistake;

/* gradient *= factor, if this is the mistake */
static inline void spoil(bool is_mistake, const Tensor *x, real factor)
{
    for (int i = 0; is_mistake && i < x->size; i++)
        x->grad[i] *= factor;
}

/* One column of n rows, from dhpreact to dhprebn. */
static inline void backward_with(Mistake mistake, int n, const Steps *s)
{
    const real *bndiff = ag_data(s->bndiff), *bnvar_inv = ag_data(s->bnvar_inv), one = 1;
    const real *gain = mistake == GAIN_FORGOTTEN ? &one : (const real *)ag_data(s->bngain);

    bnraw_backward(n, 1, ag_grad(s->hpreact), gain, ag_grad(s->bnraw));
    bnvar_inv_backward(n, 1, ag_grad(s->bnraw), ag_data(s->bndiff), ag_grad(s->bnvar_inv));
    if (mistake == NOT_SUMMED)
        s->bnvar_inv->grad[0] = s->bnraw->grad[n - 1] * bndiff[n - 1];
    bnvar_backward(1, ag_grad(s->bnvar_inv), bnvar_inv, ag_grad(s->bnvar));
    spoil(mistake == NOT_CUBED, s->bnvar, 1 / (bnvar_inv[0] * bnvar_inv[0]));
    bndiff2_backward(n, 1, ag_grad(s->bnvar), ag_grad(s->bndiff2));
    spoil(mistake == N_FOR_N_1, s->bndiff2, (real)(n - 1) / (real)n);
    spoil(mistake == TWO_FORGOTTEN, s->bndiff2, (real)0.5);
    spoil(mistake == VAR_FORGOTTEN || mistake == BOTH_FORGOTTEN, s->bndiff2, 0);
    bndiff_backward(n, 1, ag_grad(s->bnraw), ag_grad(s->bndiff2), bnvar_inv, ag_data(s->bndiff),
                    ag_grad(s->bndiff));
    bnmean_backward(n, 1, ag_grad(s->bndiff), ag_grad(s->bnmean));
    spoil(mistake == MEAN_FORGOTTEN || mistake == BOTH_FORGOTTEN, s->bnmean, 0);
    spoil(mistake == ONE_NTH_OMITTED, s->bnmean, (real)n);
    hprebn_backward(n, 1, ag_grad(s->bndiff), ag_grad(s->bnmean), ag_grad(s->hprebn));
}

/* What each mistake makes of dhprebn in the small example, on which forward() has been run, and of
 * the two sums that are to be zero: of dhprebn, and of dhprebn * bnraw. */
static inline void print_mistakes(const Steps *s)
{
    static const struct {
        const char *name;
        Mistake mistake;
        real found[7];
    } rows[] = {
        {"none", NO_MISTAKE, {-0.5, -1, -0.5, 1.5, 0.5, 0, 0}},
        {"path of bnmean forgotten", MEAN_FORGOTTEN, {0.5, 0, 0.5, 2.5, 1.5, 5, 0}},
        {"path of bnvar forgotten", VAR_FORGOTTEN, {1, -2, -1, 1, 1, 0, 4}},
        {"both forgotten", BOTH_FORGOTTEN, {2, -1, 0, 2, 2, 5, 4}},
        {"n for n - 1", N_FOR_N_1, {-0.2, -1.2, -0.6, 1.4, 0.6, 0, 0.8}},
        {"dbnvar_inv not summed", NOT_SUMMED, {0.625, -1.75, -0.875, 1.125, 0.875, 0, 3}},
        {"bnvar_inv not cubed", NOT_CUBED, {-5, 2, 1, 3, -1, 0, -12}},
        {"2 of the square forgotten", TWO_FORGOTTEN, {0.25, -1.5, -0.75, 1.25, 0.75, 0, 2}},
        {"1/n of dbnmean forgotten", ONE_NTH_OMITTED, {-4.5, -5, -4.5, -2.5, -3.5, -20, 0}},
        {"bngain forgotten", GAIN_FORGOTTEN, {-0.25, -0.5, -0.25, 0.75, 0.25, 0, 0}},
    };
    printf("A mistake, what it makes of dhprebn, of its sum, and of its sum times bnraw:\n");
    for (size_t m = 0; m < sizeof rows / sizeof rows[0]; m++) {
        real found[7];
        backward_with(rows[m].mistake, 5, s);
        memcpy(found, s->hprebn->grad, sizeof(real[5]));
        found[5] = column_sum(5, 1, 0, ag_grad(s->hprebn));
        found[6] = vector_dot(5, s->hprebn->grad, s->bnraw->data);
        for (int i = 0; i < 7; i++)
            found[i] = without_rounding(found[i]);
        fact_row(rows[m].name, 3, 7, found, rows[m].found);
    }
}

#endif
