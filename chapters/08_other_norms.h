/* 08_other_norms.h: what becomes of batch norm when its statistics are constants, or those of a
 * row: eval mode with running statistics, layer norm, RMS norm, on the tape. */
#ifndef CHAPTER_08_OTHER_NORMS_H
#define CHAPTER_08_OTHER_NORMS_H

#include "08_batchnorm_steps.h"

#include <stdio.h>

#include "kernel/vector.h"
#include "workbook/fact.h"
#include "workbook/print.h"

/* The sums that are zero for who cannot feel a shift, and who cannot feel a stretch. */
static inline void print_laws(int n, const real *dx, const real *raw, const real expected[2])
{
    const real sums[2] = {without_rounding(vector_sum(n, dx)),
                          without_rounding(vector_dot(n, dx, raw))};
    fact_row("sum, sum times raw", 4, 2, sums, expected);
}

/* mean and var after so many batches that are all alike, with mean 4 and variance 4. */
static inline void run(int batches, const Steps *s, const real expected[2])
{
    Shape one = ag_shape(1, 1);
    RunningStats running = {ag_zeros(one), ag_full(one, 1), 0.1};
    for (int i = 0; i < batches; i++)
        ag_batch_norm(s->hprebn, s->bngain, s->bnbias, 0, AG_BESSEL, &running);
    char name[32];
    snprintf(name, sizeof name, "after %d", batches);
    fact_row(name, 4, 2, (real[]){running.mean->data[0], running.var->data[0]}, expected);
}

/* The column of the small example once more, with its mean and its variance as constants. */
static inline void eval_mode(const Steps *s)
{
    Shape one = ag_shape(1, 1);
    RunningStats four = {ag_full(one, 4), ag_full(one, 4), 0.1};
    Tensor *hprebn = ag_variable(s->hprebn->shape, s->hprebn->data);
    Tensor *bngain = ag_detach(s->bngain), *bnbias = ag_detach(s->bnbias);
    Tensor *hpreact = ag_batch_norm_eval(hprebn, bngain, bnbias, 0, &four);
    printf(
        "Running mean and variance, from 0 and 1, momentum 0.1, batches of mean 4, variance 4:\n");
    run(1, s, (const real[]){(real)0.4, (real)1.3});
    run(10, s, (const real[]){(real)2.6053, (real)2.9540});
    run(50, s, (const real[]){(real)3.9794, (real)3.9845});
    printf("The five rows in eval mode, running mean 4, running variance 4:\n");
    print_row("hpreact", 5, hpreact->data);
    fact_same("hpreact in both modes", 5, hpreact->data, s->hpreact->data);
    ag_backward_from(hpreact, s->hpreact->grad);
    print_row("dhprebn", 5, hprebn->grad);
    print_laws(5, hprebn->grad, s->bnraw->data, (const real[]){5, 4});
    printf("\n");
}

/* One row of five numbers with mean 3, standard deviation 4 and root mean square 5. */
static inline void row_norms(void)
{
    const real values[5] = {9, -3, 5, 1, 3}, gains[5] = {1, 2, 1, 2, 1}, dy[5] = {-1, -1, 4, 1, 2};
    const real layer[5] = {-0.6875, -0.5625, 0.6875, 0.3125, 0.25};
    const real rms[5] = {(real)-0.56, (real)-0.28, (real)0.6, (real)0.36, (real)0.28};
    Shape row = ag_shape(2, 1, 5), columns = ag_shape(1, 5);
    Tensor *ones = ag_full(columns, 1), *zeros = ag_zeros(columns);
    Tensor *x = ag_variable(row, values), *gain = ag_tensor(columns, gains);
    printf("One row, five columns:\n");
    print_row("x", 5, values);
    print_row("gain", 5, gains);
    print_row("dy", 5, dy);

    printf("Layer norm:\n");
    Tensor *raw = ag_layer_norm(x, ones, zeros, 0);
    print_row("raw", 5, raw->data);
    ag_backward_from(ag_layer_norm(x, gain, zeros, 0), dy);
    print_row("dx", 5, x->grad);
    fact_same("dx of layer norm", 5, x->grad, layer);
    print_laws(5, x->grad, raw->data, (const real[]){0, 0});

    printf("RMS norm:\n");
    x = ag_variable(row, values);
    raw = ag_mul(x, ag_pow(ag_mean(ag_pow(x, 2), 1, true), -0.5));
    print_row("raw", 5, raw->data);
    ag_backward_from(ag_mul(raw, gain), dy);
    print_row("dx", 5, x->grad);
    fact_same("dx of RMS norm", 5, x->grad, rms);
    print_laws(5, x->grad, raw->data, (const real[]){(real)0.4, 0});
}

#endif
