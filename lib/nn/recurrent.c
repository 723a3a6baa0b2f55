/* recurrent.c: the recurrent layers, and cells, which are layers that see one step at a time. */
#include "nn/recurrent.h"

#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "autograd/tape.h"
#include "error.h"
#include "nn/init.h"

typedef struct {
    const char *layer, *cell; /* PyTorch's names */
    int gates;
    bool has_c;
} Kind;

static const Kind rnn = {"RNN", "RNNCell", 1, false}, lstm = {"LSTM", "LSTMCell", 4, true},
                  gru = {"GRU", "GRUCell", 3, false};

typedef struct {
    Module module;
    const Kind *kind;
    int in, hidden, layers;
    bool cell, batch_first;
    double dropout;
    Rng *rng;
    RecurrentWeights weights[]; /* of each layer */
} Recurrent;

/* -- making one ------------------------------------------------------------------------------- */

/* "weight_ih", of layer l "weight_ih_l0"; columns 0: a bias. */
static Tensor *add(Recurrent *r, const char *what, int l, int columns)
{
    char name[NN_NAME_SIZE];
    snprintf(name, sizeof name, r->cell ? "%s" : "%s_l%d", what, l);
    const int rows = r->kind->gates * r->hidden;
    Tensor *p =
        nn_parameter(&r->module, name, columns ? ag_shape(2, rows, columns) : ag_shape(1, rows));
    const double bound = 1 / sqrt((double)r->hidden);
    init_uniform(r->rng, -bound, bound, p->size, p->data);
    return p;
}

/* As PyTorch prints it: what is as usual is left out. */
static void describe(Recurrent *r, const RecurrentOptions *o)
{
    char layers[32] = "", dropout[40] = "";
    if (r->layers > 1)
        snprintf(layers, sizeof layers, ", num_layers=%d", r->layers);
    if (o->dropout > 0)
        snprintf(dropout, sizeof dropout, ", dropout=%g", o->dropout);
    nn_describe(&r->module, "%d, %d%s%s%s%s", r->in, r->hidden, layers,
                o->no_bias ? ", bias=False" : "", o->batch_first ? ", batch_first=True" : "",
                dropout);
}

static Tensor *recurrent_forward(Module *m, Tensor *x)
{
    return nn_recurrent(m, x, NULL, NULL);
}

static Module *recurrent(const char *who, const Kind *kind, bool cell, Rng *rng, int in, int hidden,
                         RecurrentOptions o)
{
    error_if_null(who, "rng", (const void *[]){rng}, 1);
    if (in < 1 || hidden < 1 || hidden > INT_MAX / kind->gates || o.layers < 0)
        error_stop("%s: %d in, %d hidden, %d layers: expected 1 or more of each", who, in, hidden,
                   o.layers);
    if (!(o.dropout >= 0 && o.dropout <= 1))
        error_stop("%s: dropout %g: expected 0 to 1", who, o.dropout);
    const int layers = o.layers ? o.layers : 1;
    Recurrent *r = nn_module(sizeof *r + sizeof r->weights[0] * (size_t)layers,
                             cell ? kind->cell : kind->layer, recurrent_forward);
    r->kind = kind;
    r->in = in;
    r->hidden = hidden;
    r->layers = layers;
    r->cell = cell;
    r->batch_first = o.batch_first;
    r->dropout = o.dropout;
    r->rng = rng;
    describe(r, &o);
    for (int l = 0; l < layers; l++) {
        RecurrentWeights *w = &r->weights[l];
        w->w_ih = add(r, "weight_ih", l, l > 0 ? hidden : in);
        w->w_hh = add(r, "weight_hh", l, hidden);
        if (o.no_bias)
            continue;
        w->b_ih = add(r, "bias_ih", l, 0);
        w->b_hh = add(r, "bias_hh", l, 0);
    }
    return &r->module;
}

Module *nn_rnn(Rng *rng, int in, int hidden, RecurrentOptions options)
{
    return recurrent(__func__, &rnn, false, rng, in, hidden, options);
}

Module *nn_lstm(Rng *rng, int in, int hidden, RecurrentOptions options)
{
    return recurrent(__func__, &lstm, false, rng, in, hidden, options);
}

Module *nn_gru(Rng *rng, int in, int hidden, RecurrentOptions options)
{
    return recurrent(__func__, &gru, false, rng, in, hidden, options);
}

Module *nn_rnn_cell(Rng *rng, int in, int hidden, bool bias)
{
    return recurrent(__func__, &rnn, true, rng, in, hidden, (RecurrentOptions){.no_bias = !bias});
}

Module *nn_lstm_cell(Rng *rng, int in, int hidden, bool bias)
{
    return recurrent(__func__, &lstm, true, rng, in, hidden, (RecurrentOptions){.no_bias = !bias});
}

Module *nn_gru_cell(Rng *rng, int in, int hidden, bool bias)
{
    return recurrent(__func__, &gru, true, rng, in, hidden, (RecurrentOptions){.no_bias = !bias});
}

/* -- using one -------------------------------------------------------------------------------- */

static const Recurrent *recurrent_of(Module *m)
{
    if (m->forward != recurrent_forward)
        error_stop("nn_recurrent: %s: expected an RNN, an LSTM, a GRU or a cell of one", m->kind);
    return (const Recurrent *)m;
}

/* x as (t, n, in). */
static Tensor *time_first(const Recurrent *r, Tensor *x)
{
    const int *dim = x->shape.dim, axes = r->cell ? 2 : 3;
    if (x->shape.ndim != axes || dim[axes - 1] != r->in)
        error_stop("nn_recurrent: %s: expected x (%s, %d), got %s", r->module.kind,
                   r->cell          ? "n"
                   : r->batch_first ? "n, t"
                                    : "t, n",
                   r->in, ag_shape_text(x->shape));
    if (r->cell)
        return ag_reshape(x, ag_shape(3, 1, dim[0], r->in));
    return r->batch_first ? ag_transpose(x, 0, 1) : x;
}

static void check_state(const Recurrent *r, const char *name, const Tensor *x, int n)
{
    if (!x)
        return;
    tensor_live("nn_recurrent: the state was not kept by nn_recurrent_keep()", x);
    const Shape expected =
        r->cell ? ag_shape(2, n, r->hidden) : ag_shape(3, r->layers, n, r->hidden);
    if (!ag_same_shape(x->shape, expected))
        error_stop("nn_recurrent: %s: expected %s of the state %s, got %s", r->module.kind, name,
                   ag_shape_text(expected), ag_shape_text(x->shape));
}

/* What layer l begins with: (n, hidden), or NULL for zeros. */
static Tensor *start_of(const Recurrent *r, Tensor *state, int l)
{
    if (!state || r->cell)
        return state;
    Tensor *part = r->layers > 1 ? ag_slice(state, 0, l, l + 1) : state;
    return ag_reshape(part, ag_shape(2, state->shape.dim[1], r->hidden));
}

static Tensor *run_layer(const Recurrent *r, int l, Tensor *x, const int *lengths,
                         const RecurrentState *state)
{
    const RecurrentWeights w = r->weights[l];
    Tensor *h0 = start_of(r, state->h, l);
    if (r->kind == &lstm)
        return ag_lstm(x, h0, start_of(r, state->c, l), w, lengths);
    return (r->kind == &gru ? ag_gru : ag_rnn)(x, h0, w, lengths);
}

/* All layers' final h or c, (1, n, hidden) each, in one. */
static Tensor *end_of(const Recurrent *r, Tensor *const of_layer[])
{
    if (r->cell)
        return ag_reshape(of_layer[0], ag_shape(2, of_layer[0]->shape.dim[1], r->hidden));
    return r->layers > 1 ? ag_concat(r->layers, of_layer, 0) : of_layer[0];
}

Tensor *nn_recurrent(Module *m, Tensor *x, const int *lengths, RecurrentState *state)
{
    NOT_NULL(m, x);
    const Recurrent *r = recurrent_of(m);
    const RecurrentState start = state ? *state : (RecurrentState){.h = NULL};
    x = time_first(r, x);
    const int t = x->shape.dim[0], n = x->shape.dim[1];
    check_state(r, "h", start.h, n);
    check_state(r, "c", start.c, n);
    if (start.c && !r->kind->has_c)
        error_stop("nn_recurrent: %s: expected a state without c, which only an LSTM has", m->kind);
    Tensor **h = ag_alloc(2 * sizeof(Tensor *) * (size_t)r->layers), **c = h + r->layers;
    for (int l = 0; l < r->layers; l++) {
        Tensor *all = run_layer(r, l, x, lengths, &start);
        x = ag_slice(all, 0, 0, t);
        if (l + 1 < r->layers)
            x = ag_dropout(x, r->dropout, m->training, r->rng);
        h[l] = state ? ag_slice(all, 0, t, t + 1) : NULL;
        c[l] = state && r->kind->has_c ? ag_slice(all, 0, t + 1, t + 2) : NULL;
    }
    if (state) {
        state->h = end_of(r, h);
        state->c = r->kind->has_c ? end_of(r, c) : NULL;
    }
    if (r->cell)
        return ag_reshape(x, ag_shape(2, n, r->hidden));
    return r->batch_first ? ag_transpose(x, 0, 1) : x;
}

/* -- from one stretch to the next ------------------------------------------------------------- */

/* x's numbers in *kept, which is made if there is none of this shape. */
static Tensor *keep(Tensor *x, Tensor **kept)
{
    if (!x || x == *kept)
        return x;
    tensor_live("nn_recurrent_keep", x);
    if (!*kept || !ag_same_shape((*kept)->shape, x->shape)) {
        ag_free(*kept);
        *kept = ag_parameter(x->shape);
        (*kept)->requires_grad = false;
    }
    memcpy((*kept)->data, x->data, (size_t)x->size * sizeof(real));
    ag_bump_version(*kept);
    return *kept;
}

void nn_recurrent_keep(RecurrentState *state)
{
    NOT_NULL(state);
    state->h = keep(state->h, &state->kept_h);
    state->c = keep(state->c, &state->kept_c);
}

void nn_recurrent_free(RecurrentState *state)
{
    NOT_NULL(state);
    ag_free(state->kept_h);
    ag_free(state->kept_c);
    *state = (RecurrentState){.h = NULL};
}
