/* 18_recurrent_examples.h: the small examples of the lesson, and what the usual mistakes make of
 * them. The inputs are logarithms, and so the numbers behind tanh and sigmoid are fractions. */
#ifndef CHAPTER_18_RECURRENT_EXAMPLES_H
#define CHAPTER_18_RECURRENT_EXAMPLES_H

#include <stdio.h>
#include <string.h>

#include "exercises/18_recurrent.h"
#include "workbook/fact.h"

/* -- an RNN of one unit, two steps ------------------------------------------------------------ */

enum { T2 = 2, U2 = 3 };

static inline void one_unit(void)
{
    const real w = 0.5, x[T2] = {log((real)2), log((real)3) - (real)0.3}, dH[U2] = {0, 0, 1};
    real H[U2] = {0}, dZ[T2], dh0, du, dw, db, window[T2], all;
    for (int s = 0; s < T2; s++)
        H[s + 1] = tanh(x[s] + w * H[s]);
    rnn_backward(T2, U2, 1, 1, (const void *)dH, (const void *)H, (const void *)&w, (void *)dZ,
                 (void *)&dh0);
    rnn_weights_backward(T2, U2, 1, 1, 1, (const void *)dZ, (const void *)x, (const void *)H,
                         (void *)&du, (void *)&dw, &db);
    printf("h = tanh(u x + w h_prev), u = 1, w = 1/2, x = ln 2, ln 3 - 3/10, loss h2:\n");
    fact_row("h0, h1, h2", 4, U2, H, (const real[]){0, 0.6, 0.8});
    fact_row("dz1, dz2", 4, T2, dZ, (const real[]){18. / 50 * 16 / 50, 0.36});
    fact("dw", 4, (double)dw, 27. / 125);
    fact("du", 4, (double)du, 0.3674);
    fact("db", 4, (double)db, 0.4752);
    truncated_backward(T2, U2, 1, 1, 1, (const void *)dH, (const void *)H, (const void *)&w,
                       (void *)window);
    all = dZ[0] * x[0] + dZ[1] * x[1];
    printf("Mistakes in its du:\n");
    fact("none", 4, (double)all, 0.3674);
    fact("the last step only", 4, (double)(dZ[1] * x[1]), 0.2875);
    fact("dz2 carried without w", 4, (double)(dZ[1] * (real)0.64 * x[0] + dZ[1] * x[1]), 0.4472);
    fact("dh2 carried, before tanh", 4, (double)(w * (real)0.64 * x[0] + dZ[1] * x[1]), 0.5093);
    fact("h1 detached", 4, (double)(window[0] * x[0] + window[1] * x[1]), 0.2875);
}

/* -- one LSTM cell ---------------------------------------------------------------------------- */

enum { ONE = 1 };

static const real lstm_i = 0.5, lstm_f = 0.5, lstm_g = 0.5, lstm_o = 0.75, lstm_dh = 4;

static inline real c_before(void)
{
    return 2 * log((real)2) - (real)0.5;
}

static inline void one_lstm_cell(void)
{
    const real c_prev = c_before(), c = lstm_f * c_prev + lstm_i * lstm_g, none = 0, one = 1;
    real dzi, dzf, dzg, dzo, dc, dc_prev, dc_both;
    lstm_output_backward(ONE, &lstm_dh, &one, &c, &lstm_o, &dzo, &dc_both);
    lstm_output_backward(ONE, &lstm_dh, &none, &c, &lstm_o, &dzo, &dc);
    lstm_gates_backward(ONE, &dc, &c_prev, &lstm_i, &lstm_f, &lstm_g, &dzi, &dzf, &dzg, &dc_prev);
    printf("\nAn LSTM cell: i = f = g = 1/2, o = 3/4, c_prev = 2 ln 2 - 1/2, dh = 4:\n");
    fact("c", 4, (double)c, 0.6931);
    fact("h", 4, (double)(lstm_o * tanh(c)), 0.45);
    fact("dc", 4, (double)dc, 1.92);
    fact("dzi", 4, (double)dzi, 0.24);
    fact("dzf", 4, (double)dzf, 0.4254);
    fact("dzg", 4, (double)dzg, 0.72);
    fact("dzo", 4, (double)dzo, 0.45);
    fact("dc_prev", 4, (double)dc_prev, 0.96);
    fact("dc, with dc_next = 1", 4, (double)dc_both, 2.92);
}

static inline void lstm_mistakes(void)
{
    const real c = log((real)2), shown = tanh(c), zg = log((real)3) / 2;
    const real dc = lstm_dh * lstm_o * (1 - shown * shown), slope = lstm_o * (1 - lstm_o);
    printf("Mistakes in it:\n");
    fact("dc without o", 4, (double)(dc / lstm_o), 2.56);
    fact("dc without 1 - tanh^2", 4, (double)(lstm_dh * lstm_o), 3);
    fact("dc, dc_next lost", 4, (double)dc, 1.92);
    fact("dzi without i (1 - i)", 4, (double)(dc * lstm_g), 0.96);
    fact("dzg with 1 - zg^2", 4, (double)(dc * lstm_i * (1 - zg * zg)), 0.6703);
    fact("dc_prev without f", 4, (double)dc, 1.92);
    fact("dzo without tanh(c)", 4, (double)(lstm_dh * slope), 0.75);
    fact("dzo with c for tanh(c)", 4, (double)(lstm_dh * c * slope), 0.5199);
}

/* -- one GRU cell ----------------------------------------------------------------------------- */

static inline void one_gru_cell(void)
{
    const real r = 0.5, z = 0.75, bn = 2, an = log((real)2) - 1, h_prev = 1, dh = 5;
    const real n = tanh(an + r * bn);
    real dzr, dzz, dan, dbn, dh_prev;
    gru_cell_backward(ONE, &dh, &h_prev, &r, &z, &n, &bn, &dzr, &dzz, &dan, &dbn, &dh_prev);
    printf("\nA GRU cell: r = 1/2, z = 3/4, an = ln 2 - 1, bn = 2, h_prev = 1, dh = 5:\n");
    fact("n", 4, (double)n, 0.6);
    fact("h", 4, (double)((1 - z) * n + z * h_prev), 0.9);
    fact("dzr", 4, (double)dzr, 0.4);
    fact("dzz", 4, (double)dzz, 0.375);
    fact("dan", 4, (double)dan, 0.8);
    fact("dbn", 4, (double)dbn, 0.4);
    fact("dh_prev, direct", 4, (double)dh_prev, 3.75);
    printf("Mistakes in it:\n");
    fact("h, z and 1 - z exchanged", 4, (double)(z * n + (1 - z) * h_prev), 0.7);
    fact("dzz with n - h_prev", 4, (double)(dh * (n - h_prev) * z * (1 - z)), -0.375);
    fact("dbn without r", 4, (double)dan, 0.8);
}

/* -- clipping --------------------------------------------------------------------------------- */

/* (3, 4) and (12): the norms are 5 and 12, and of both 13, which 2.6 is a fifth of. */
static inline void clipping(void)
{
    const real g[3] = {3, 4, 12}, norm[3] = {5, 5, 12}, most = (real)2.6;
    real clipped[3], value[3], alone[3], squared[3], stretched[2];
    const real short_one[2] = {1.5, 2};
    memcpy(clipped, g, sizeof g);
    clip_norm(2, 1, most, clipped, clipped + 2);
    printf("\nA gradient of two arrays, (3, 4) and (12), clipped to 2.6:\n");
    fact_row("clipped", 4, 3, clipped, (const real[]){0.6, 0.8, 2.4});
    printf("Mistakes in it:\n");
    for (int j = 0; j < 3; j++) {
        value[j] = fmin(g[j], most);
        alone[j] = g[j] * most / norm[j];
        squared[j] = g[j] * most / 169;
    }
    for (int j = 0; j < 2; j++)
        stretched[j] = short_one[j] * most / (real)2.5;
    fact_row("each number on its own", 4, 3, value, (const real[]){2.6, 2.6, 2.6});
    fact_row("each array on its own", 4, 3, alone, (const real[]){1.56, 2.08, 2.6});
    fact_row("by the squared norm", 4, 3, squared, (const real[]){3. / 65, 4. / 65, 12. / 65});
    fact_row("(1.5, 2), stretched", 4, 2, stretched, (const real[]){1.56, 2.08});
}

static inline void examples(void)
{
    one_unit();
    one_lstm_cell();
    lstm_mistakes();
    one_gru_cell();
    clipping();
}

#endif
