/* transformer.c: encoder and decoder layers, stacks of them, and both kinds together. */
#include "nn/transformer.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "autograd/tape.h"
#include "error.h"
#include "nn/init.h"
#include "nn/layers.h"

static const char encoder_layer[] = "TransformerEncoderLayer", encoder[] = "TransformerEncoder",
                  decoder_layer[] = "TransformerDecoderLayer", decoder[] = "TransformerDecoder",
                  transformer[] = "Transformer";

/* -- a layer ---------------------------------------------------------------------------------- */

typedef struct {
    Module module;
    Module *self_attn, *multihead_attn; /* the latter in a decoder's layer alone */
    Module *linear1, *linear2;
    Module *norm[3];
    TransformerOptions options;
    Rng *rng;
} Layer;

TransformerOptions transformer_defaults(int width, int heads)
{
    return (TransformerOptions){
        .width = width, .heads = heads, .feedforward = 2048, .dropout = 0.1};
}

static Module *layer_new(const char *who, const char *kind, Rng *rng, TransformerOptions o)
{
    error_if_null(who, "rng", (const void *[]){rng}, 1);
    if (o.feedforward < 1)
        error_stop("%s: a feedforward of %d: expected 1 or more", who, o.feedforward);
    Layer *l = nn_module(sizeof *l, kind, NULL);
    Module *m = &l->module;
    nn_describe(m, "feedforward=%d, %s, dropout=%g%s", o.feedforward, o.gelu ? "gelu" : "relu",
                o.dropout, o.norm_first ? ", norm_first" : "");
    l->options = o;
    l->rng = rng;
    l->self_attn =
        nn_child(m, "self_attn", nn_multihead_attention(rng, o.width, o.heads, o.dropout));
    if (kind == decoder_layer)
        l->multihead_attn =
            nn_child(m, "multihead_attn", nn_multihead_attention(rng, o.width, o.heads, o.dropout));
    l->linear1 = nn_child(m, "linear1", nn_linear(rng, o.width, o.feedforward));
    l->linear2 = nn_child(m, "linear2", nn_linear(rng, o.feedforward, o.width));
    static const char *const norms[] = {"norm1", "norm2", "norm3"};
    for (int i = 0; i < (l->multihead_attn ? 3 : 2); i++)
        l->norm[i] = nn_child(m, norms[i], nn_layer_norm(o.width));
    return m;
}

/* What a layer's step works on: x, or with norm_first what the norm makes of it. */
static Tensor *step_begin(const Layer *l, int norm, Tensor *x)
{
    return l->options.norm_first ? nn_forward(l->norm[norm], x) : x;
}

static Tensor *dropped(const Layer *l, Tensor *x)
{
    return ag_dropout(x, l->options.dropout, l->module.training, l->rng);
}

/* x and what the step has made, and the norm where it comes last. */
static Tensor *step_end(const Layer *l, int norm, Tensor *x, Tensor *made)
{
    Tensor *sum = ag_add(x, dropped(l, made));
    return l->options.norm_first ? sum : nn_forward(l->norm[norm], sum);
}

static Tensor *feed_forward(const Layer *l, Tensor *x)
{
    const int norm = l->multihead_attn ? 2 : 1;
    Tensor *inside = nn_forward(l->linear1, step_begin(l, norm, x));
    inside = l->options.gelu ? ag_gelu(inside) : ag_relu(inside);
    return step_end(l, norm, x, nn_forward(l->linear2, dropped(l, inside)));
}

/* Where keys and values come from: the sequences themselves, or what is remembered of them. */
typedef struct {
    Tensor *memory;
    AttentionMask mask, memory_mask;
    AttentionCache *cache, *memory_cache; /* of one layer; NULL: none */
} Sources;

static Tensor *listen_to_itself(const Layer *l, Tensor *x, const Sources *from)
{
    Tensor *y = step_begin(l, 0, x);
    if (!from->cache)
        return step_end(l, 0, x, nn_attend(l->self_attn, y, y, y, from->mask));
    nn_attention_fill(l->self_attn, y, from->cache);
    return step_end(l, 0, x, nn_attend_cached(l->self_attn, y, from->cache, from->mask));
}

static Tensor *listen_to_memory(const Layer *l, Tensor *x, const Sources *from)
{
    Tensor *y = step_begin(l, 1, x), *memory = from->memory;
    Tensor *made =
        from->memory_cache
            ? nn_attend_cached(l->multihead_attn, y, from->memory_cache, from->memory_mask)
            : nn_attend(l->multihead_attn, y, memory, memory, from->memory_mask);
    return step_end(l, 1, x, made);
}

static Tensor *layer_forward(const Layer *l, Tensor *x, const Sources *from)
{
    x = listen_to_itself(l, x, from);
    if (l->multihead_attn)
        x = listen_to_memory(l, x, from);
    return feed_forward(l, x);
}

static Tensor *encode_unmasked(Module *m, Tensor *x)
{
    return nn_encode(m, x, (AttentionMask){.causal = false});
}

Module *nn_encoder_layer(Rng *rng, TransformerOptions options)
{
    Module *m = layer_new(__func__, encoder_layer, rng, options);
    m->forward = encode_unmasked;
    return m;
}

Module *nn_decoder_layer(Rng *rng, TransformerOptions options)
{
    return layer_new(__func__, decoder_layer, rng, options);
}

/* -- a stack ---------------------------------------------------------------------------------- */

typedef struct {
    Module module;
    Module *layers; /* a list: each of its children is a Layer */
    Module *norm;   /* NULL: none */
} Stack;

static Module *stack_new(const char *who, const char *kind, Rng *rng, TransformerOptions o,
                         int layers)
{
    error_if_null(who, "rng", (const void *[]){rng}, 1);
    if (layers < 1)
        error_stop("%s: %d layers: expected 1 or more", who, layers);
    Stack *s = nn_module(sizeof *s, kind, NULL);
    s->layers = nn_child(&s->module, "layers", nn_module(sizeof(Module), "ModuleList", NULL));
    for (int i = 0; i < layers; i++) {
        char name[NN_NAME_SIZE];
        snprintf(name, sizeof name, "%d", i);
        nn_child(s->layers, name,
                 layer_new(who, kind == encoder ? encoder_layer : decoder_layer, rng, o));
    }
    if (o.final_norm)
        s->norm = nn_child(&s->module, "norm", nn_layer_norm(o.width));
    return &s->module;
}

Module *nn_encoder(Rng *rng, TransformerOptions options, int layers)
{
    Module *m = stack_new(__func__, encoder, rng, options, layers);
    m->forward = encode_unmasked;
    return m;
}

Module *nn_decoder(Rng *rng, TransformerOptions options, int layers)
{
    return stack_new(__func__, decoder, rng, options, layers);
}

static void draw_matrix(const char *path, const ModuleTensor *t, void *rng)
{
    (void)path;
    const int *size = t->tensor->shape.dim;
    if (t->tensor->shape.ndim == 2)
        init_xavier_uniform(rng, INIT_LINEAR, size[0], size[1], t->tensor->size, t->tensor->data);
}

Module *nn_transformer(Rng *rng, TransformerOptions options, int encoder_layers, int decoder_layers)
{
    NOT_NULL(rng);
    options.final_norm = true;
    Module *m = nn_module(sizeof *m, transformer, NULL);
    nn_child(m, "encoder", nn_encoder(rng, options, encoder_layers));
    nn_child(m, "decoder", nn_decoder(rng, options, decoder_layers));
    nn_each(m, draw_matrix, rng);
    return m;
}

/* -- the calls -------------------------------------------------------------------------------- */

/* The part of m that is meant: m itself, or of a transformer its encoder or decoder. */
static Module *part(const char *who, Module *m, bool encodes)
{
    if (m->kind == transformer)
        m = nn_find(m, encodes ? "encoder" : "decoder");
    const char *stack = encodes ? encoder : decoder, *one = encodes ? encoder_layer : decoder_layer;
    if (m->kind != stack && m->kind != one)
        error_stop("%s: %s: expected %s, %s or %s", who, m->kind, one, stack, transformer);
    return m;
}

/* One layer, or all of a stack and the norm behind them. What is remembered, if anything, is a list
 * with an entry for each layer: of the tokens themselves, and of the memory. */
static Tensor *run(const Module *m, Tensor *x, Sources from, AttentionCache *own,
                   AttentionCache *memory)
{
    if (m->kind == encoder_layer || m->kind == decoder_layer)
        return layer_forward((const Layer *)m, x, &from);
    const Stack *s = (const Stack *)m;
    for (int i = 0; i < s->layers->children; i++) {
        from.cache = own ? &own[i] : NULL;
        from.memory_cache = memory ? &memory[i] : NULL;
        x = layer_forward((const Layer *)s->layers->child[i].module, x, &from);
    }
    return s->norm ? nn_forward(s->norm, x) : x;
}

Tensor *nn_encode(Module *m, Tensor *x, AttentionMask mask)
{
    NOT_NULL(m, x);
    return run(part(__func__, m, true), x, (Sources){.mask = mask}, NULL, NULL);
}

Tensor *nn_decode(Module *m, Tensor *y, Tensor *memory, AttentionMask mask,
                  AttentionMask memory_mask)
{
    NOT_NULL(m, y, memory);
    return run(part(__func__, m, false), y,
               (Sources){.memory = memory, .mask = mask, .memory_mask = memory_mask}, NULL, NULL);
}

/* -- one token after the other ----------------------------------------------------------------- */

struct TransformerCache {
    Module *stack;
    bool encodes;
    int n, most, width, layers;
    AttentionCache *own, *memory; /* one for each layer; memory's have no room before it is known */
};

/* An encoder, a decoder, or a transformer's decoder. */
static const Stack *stack_of(const char *who, Module *m)
{
    if (m->kind == transformer)
        m = nn_find(m, "decoder");
    if (m->kind != encoder && m->kind != decoder)
        error_stop("%s: %s: expected %s, %s or %s", who, m->kind, encoder, decoder, transformer);
    return (const Stack *)m;
}

TransformerCache *transformer_cache_new(Module *m, int n, int most)
{
    NOT_NULL(m);
    if (n < 1 || most < 1)
        error_stop("transformer_cache_new: %d examples, %d tokens: expected 1 or more of each", n,
                   most);
    const Stack *stack = stack_of(__func__, m);
    const int layers = stack->layers->children;
    const int width = ((const Layer *)stack->layers->child[0].module)->options.width;
    TransformerCache *cache = malloc(sizeof *cache);
    AttentionCache *own = calloc(2 * (size_t)layers, sizeof *own);
    if (!cache || !own)
        error_stop("transformer_cache_new: out of memory");
    for (int i = 0; i < layers; i++)
        own[i] = attention_cache_new(n, most, width);
    *cache = (TransformerCache){.stack = (Module *)stack,
                                .encodes = stack->module.kind == encoder,
                                .n = n,
                                .most = most,
                                .width = width,
                                .layers = layers,
                                .own = own,
                                .memory = own + layers};
    return cache;
}

void transformer_cache_free(TransformerCache *cache)
{
    if (!cache)
        return;
    for (int i = 0; i < 2 * cache->layers; i++)
        attention_cache_free(&cache->own[i]);
    free(cache->own);
    free(cache);
}

void transformer_cache_clear(TransformerCache *cache)
{
    NOT_NULL(cache);
    for (int i = 0; i < 2 * cache->layers; i++)
        cache->own[i].tokens = 0;
}

void transformer_cache_pick(TransformerCache *cache, const int *from)
{
    NOT_NULL(cache, from);
    for (int i = 0; i < 2 * cache->layers; i++)
        if (cache->own[i].k) /* of a memory not before it is known */
            attention_cache_pick(&cache->own[i], from);
}

int transformer_cache_tokens(const TransformerCache *cache)
{
    NOT_NULL(cache);
    return cache->own[0].tokens;
}

/* The next tokens through all layers. */
static Tensor *next(const char *who, TransformerCache *cache, Tensor *x, Sources from)
{
    const int n = cache->n, seen = cache->own[0].tokens;
    if (x->shape.ndim != 3 || x->shape.dim[0] != n || x->shape.dim[2] != cache->width)
        error_stop("%s: expected (%d, t, %d), got %s", who, n, cache->width,
                   ag_shape_text(x->shape));
    if (x->shape.dim[1] > cache->most - seen)
        error_stop("%s: %d tokens after %d: the cache has room for %d in all", who, x->shape.dim[1],
                   seen, cache->most);
    from.mask.causal = true;
    ag_no_grad_begin();
    Tensor *y = run(cache->stack, x, from, cache->own, cache->encodes ? NULL : cache->memory);
    ag_no_grad_end();
    return y;
}

Tensor *nn_encode_next(TransformerCache *cache, Tensor *x)
{
    NOT_NULL(cache, x);
    if (!cache->encodes)
        error_stop("nn_encode_next: %s: expected the cache of an encoder", cache->stack->kind);
    return next(__func__, cache, x, (Sources){.memory = NULL});
}

/* Keys and values of the memory (n, s, width), for each layer, in room of this size. */
static void remember(TransformerCache *cache, Tensor *memory)
{
    const Stack *stack = (const Stack *)cache->stack;
    for (int i = 0; i < cache->layers; i++) {
        AttentionCache *c = &cache->memory[i];
        if (!c->k || c->k->shape.dim[1] != memory->shape.dim[1]) {
            attention_cache_free(c);
            *c = attention_cache_new(cache->n, memory->shape.dim[1], cache->width);
        }
        const Layer *layer = (const Layer *)stack->layers->child[i].module;
        nn_attention_fill(layer->multihead_attn, memory, c);
    }
}

Tensor *nn_decode_next(TransformerCache *cache, Tensor *y, Tensor *memory,
                       AttentionMask memory_mask)
{
    NOT_NULL(cache, y, memory);
    if (cache->encodes)
        error_stop("nn_decode_next: %s: expected the cache of a decoder", cache->stack->kind);
    if (memory->shape.ndim != 3 || memory->shape.dim[0] != cache->n ||
        memory->shape.dim[2] != cache->width)
        error_stop("nn_decode_next: expected memory (%d, s, %d), got %s", cache->n, cache->width,
                   ag_shape_text(memory->shape));
    if (cache->memory[0].tokens == 0)
        remember(cache, memory);
    return next(__func__, cache, y, (Sources){.memory_mask = memory_mask});
}
