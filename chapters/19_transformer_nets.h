/* 19_transformer_nets.h: a transformer from tokens to the logits of tokens: an encoder and a
 * decoder, or one stack with a causal mask, which is a language model. Its layers are the
 * library's. Its way there and back is the library's as well, or goes through the operations of
 * 19_transformer_ops.h and _norms.h, with the same parameters. */
#ifndef CHAPTER_19_TRANSFORMER_NETS_H
#define CHAPTER_19_TRANSFORMER_NETS_H

#include <stdio.h>

#include "19_transformer_norms.h"
#include "nn/init.h"
#include "nn/layers.h"
#include "nn/transformer.h"

/* Whose way there and back it takes: the library's; of attention and its projections the exercises'
 * (1 to 4), of the rest the library's; or wherever there is one the exercises'. */
typedef enum { BY_LIBRARY, BY_ATTENTION, BY_ALL } Way;

/* What a transformer is to be. */
typedef struct {
    int width, heads, layers; /* of the encoder, and of the decoder if there is one */
    bool decodes;             /* an encoder and a decoder */
    bool norm_first, gelu;
    int words, places; /* tokens that there are, and how many follow each other at most */
    bool no_places;    /* without positions: P stays 0 */
    Way way;
    Wrong wrong; /* if it is not the library's: this mistake in the way back */
} Plan;

typedef struct {
    Module module;
    Plan plan;
    Tensor *C, *P; /* "tokens" (words, width) and "positions" (places, width) */
    Module *stack, *head;
} Net;

static inline TransformerOptions layers_of(const Plan *plan)
{
    TransformerOptions o = transformer_defaults(plan->width, plan->heads);
    o.feedforward = 4 * plan->width;
    o.dropout = 0;
    o.norm_first = plan->norm_first;
    o.gelu = plan->gelu;
    o.final_norm = true;
    return o;
}

/* Tokens begin with a variance of 1, since the rows of C are multiplied by sqrt(width). */
static inline Net *net_new(Rng *rng, const Plan *plan)
{
    Net *net = nn_module(sizeof *net, "Net", NULL);
    Module *m = &net->module;
    net->plan = *plan;
    net->C = nn_parameter(m, "tokens", ag_shape(2, plan->words, plan->width));
    net->P = nn_parameter(m, "positions", ag_shape(2, plan->places, plan->width));
    net->P->requires_grad = !plan->no_places;
    init_normal(rng, 1 / sqrt((double)plan->width), net->C->size, net->C->data);
    if (!plan->no_places)
        init_normal(rng, 1, net->P->size, net->P->data);
    net->stack =
        nn_child(m, "stack",
                 plan->decodes ? nn_transformer(rng, layers_of(plan), plan->layers, plan->layers)
                               : nn_encoder(rng, layers_of(plan), plan->layers));
    net->head = nn_child(m, "head", nn_linear(rng, plan->width, plan->words));
    return net;
}

/* -- a layer by the exercises' functions ------------------------------------------------------- */

/* Where keys and values come from. memory NULL: from those who ask. */
typedef struct {
    const Plan *plan;
    Tensor *memory;
    bool causal; /* those who ask hear of each other only who came before */
} Sources;

/* Rows of queries, keys or values, one for each token of `like` (n, t, k), with their bias and in
 * heads: (n, h, t, d). */
static inline Tensor *heads_of(const Plan *plan, Tensor *rows, Tensor *bias, const Tensor *like)
{
    const int n = like->shape.dim[0], t = like->shape.dim[1], k = last_of(like), h = plan->heads;
    Tensor *x = ag_add(rows, bias);
    if (plan->way == BY_ALL)
        return own_split(ag_reshape(x, ag_shape(3, n, t, k)), h);
    return ag_transpose(ag_reshape(x, ag_shape(4, n, t, h, k / h)), 1, 2);
}

/* X W for all tokens of X (n, t, k): (n t, k) */
static inline Tensor *rows_times(Tensor *X, Tensor *W)
{
    return ag_matmul(ag_reshape(X, ag_shape(2, rows_of(X), last_of(X))), W);
}

/* Queries of x, keys and values of the memory. */
static inline void own_projections(const Plan *plan, Tensor *x, Tensor *memory, Tensor *weight,
                                   Tensor *part[3])
{
    const int k = last_of(x), t = rows_of(x), s = rows_of(memory);
    Tensor *W[3];
    for (int i = 0; i < 3; i++)
        W[i] = ag_slice(weight, 1, i * k, (i + 1) * k);
    if (x != memory && plan->way != BY_ALL) {
        for (int i = 0; i < 3; i++)
            part[i] = rows_times(i == 0 ? x : memory, W[i]);
        return;
    }
    Tensor *all = own_project(x, memory, W[0], W[1], W[2]);
    part[0] = ag_slice(all, 0, 0, t);
    part[1] = ag_slice(all, 0, t, t + s);
    part[2] = ag_slice(all, 0, t + s, t + 2 * s);
}

static inline Tensor *own_attend(Module *m, const Plan *plan, Tensor *x, Tensor *memory,
                                 bool causal)
{
    Tensor *weight = m->tensor[0].tensor, *bias = m->tensor[1].tensor, *part[3];
    const int k = last_of(x);
    own_projections(plan, x, memory, weight, part);
    for (int i = 0; i < 3; i++)
        part[i] =
            heads_of(plan, part[i], ag_slice(bias, 0, i * k, (i + 1) * k), i == 0 ? x : memory);
    Tensor *Y = own_attention(part[0], part[1], part[2], causal, plan->way == BY_ALL, plan->wrong);
    return nn_forward(nn_find(m, "out_proj"), own_join(Y));
}

/* What a sublayer makes of x, without the sum and the norm. */
typedef Tensor *Branch(Module *layer, Tensor *x, const Sources *from);

static inline Tensor *listen(Module *layer, Tensor *x, const Sources *from)
{
    return own_attend(nn_find(layer, "self_attn"), from->plan, x, x, from->causal);
}

static inline Tensor *listen_to_memory(Module *layer, Tensor *x, const Sources *from)
{
    return own_attend(nn_find(layer, "multihead_attn"), from->plan, x, from->memory, false);
}

static inline Tensor *feed_forward(Module *layer, Tensor *x, const Sources *from)
{
    Tensor *inside = nn_forward(nn_find(layer, "linear1"), x);
    return nn_forward(nn_find(layer, "linear2"),
                      from->plan->gelu ? own_gelu(inside) : ag_relu(inside));
}

static inline Tensor *normalized(Module *norm, Tensor *x, const Plan *plan)
{
    if (plan->way != BY_ALL)
        return nn_forward(norm, x);
    return own_norm(x, norm->tensor[0].tensor, norm->tensor[1].tensor, plan->wrong);
}

/* norm(x + branch(x)), or x + branch(norm(x)) */
static inline Tensor *sublayer(Module *layer, const char *norm_name, Tensor *x, Branch *branch,
                               const Sources *from)
{
    Module *norm = nn_find(layer, norm_name);
    if (!from->plan->norm_first)
        return normalized(norm, ag_add(x, branch(layer, x, from)), from->plan);
    Normed *s = ag_alloc(sizeof *s);
    Tensor *normed = own_norm_first(x, norm->tensor[0].tensor, norm->tensor[1].tensor, s);
    return own_meet(x, branch(layer, normed, from), s);
}

static inline Tensor *own_stack(Module *stack, Tensor *x, const Sources *from)
{
    Module *layers = nn_find(stack, "layers");
    for (int i = 0; i < layers->children; i++) {
        Module *layer = layers->child[i].module;
        x = sublayer(layer, "norm1", x, listen, from);
        if (from->memory)
            x = sublayer(layer, "norm2", x, listen_to_memory, from);
        x = sublayer(layer, from->memory ? "norm3" : "norm2", x, feed_forward, from);
    }
    return normalized(nn_find(stack, "norm"), x, from->plan);
}

/* -- the whole --------------------------------------------------------------------------------- */

/* sqrt(k) C[X] + P for tokens X (n, t), the first of them in this place. */
static inline Tensor *net_input(Net *net, int n, int t, int first, const int *X)
{
    Tensor *P = ag_slice(net->P, 0, first, first + t);
    if (net->plan.way == BY_ALL)
        return own_input(net->C, P, n, t, X);
    return ag_add(
        ag_mul(ag_scalar(sqrt((real)net->plan.width)), ag_embedding(net->C, ag_shape(2, n, t), X)),
        P);
}

/* x (n, t, k) -> the logits of the tokens (n t, words) */
static inline Tensor *net_head(Net *net, Tensor *x)
{
    return nn_forward(net->head, ag_reshape(x, ag_shape(2, rows_of(x), last_of(x))));
}

/* What the encoder makes of X (n, s). */
static inline Tensor *net_encode(Net *net, int n, int s, const int *X)
{
    Tensor *x = net_input(net, n, s, 0, X);
    if (net->plan.way == BY_LIBRARY)
        return nn_encode(net->stack, x, (AttentionMask){.causal = false});
    return own_stack(nn_find(net->stack, "encoder"), x, &(Sources){.plan = &net->plan});
}

/* The logits of what follows each token of Y (n, t), after X (n, s) was read. */
static inline Tensor *net_translate(Net *net, int n, int s, const int *X, int t, const int *Y)
{
    const AttentionMask causal = {.causal = true};
    Tensor *memory = net_encode(net, n, s, X), *y = net_input(net, n, t, 0, Y);
    const Sources from = {.plan = &net->plan, .memory = memory, .causal = true};
    y = net->plan.way == BY_LIBRARY
            ? nn_decode(net->stack, y, memory, causal, (AttentionMask){.causal = false})
            : own_stack(nn_find(net->stack, "decoder"), y, &from);
    return net_head(net, y);
}

/* The logits of what follows each token of X (n, t): a language model. */
static inline Tensor *net_continue(Net *net, int n, int t, const int *X)
{
    const AttentionMask causal = {.causal = true};
    Tensor *x = net_input(net, n, t, 0, X);
    const Sources from = {.plan = &net->plan, .causal = true};
    return net_head(net, net->plan.way == BY_LIBRARY ? nn_encode(net->stack, x, causal)
                                                     : own_stack(net->stack, x, &from));
}

#endif
