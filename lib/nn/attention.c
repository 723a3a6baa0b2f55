/* attention.c: multi-head attention, with and without a cache. */
#include "nn/attention.h"

#include <stdlib.h>
#include <string.h>

#include "autograd/tape.h"
#include "error.h"
#include "nn/init.h"
#include "nn/layers.h"

typedef struct {
    Module module;
    Tensor *in_proj_weight, *in_proj_bias;
    Module *out_proj;
    int width, heads;
    double dropout;
    Rng *rng;
    bool watched;
    Tensor *weights; /* of the latest call since it is watched */
} Attention;

Module *nn_multihead_attention(Rng *rng, int width, int heads, double dropout)
{
    NOT_NULL(rng);
    if (width < 1 || heads < 1 || width % heads)
        error_stop("nn_multihead_attention: width %d, %d heads: expected a width of 1 or more, and "
                   "heads that divide it",
                   width, heads);
    if (!(dropout >= 0 && dropout <= 1))
        error_stop("nn_multihead_attention: dropout %g: expected 0 to 1", dropout);
    Attention *a = nn_module(sizeof *a, "MultiheadAttention", NULL);
    Module *m = &a->module;
    nn_describe(m, "%d, %d, dropout=%g", width, heads, dropout);
    a->in_proj_weight = nn_parameter_transposed(m, "in_proj_weight", width, 3 * width);
    a->in_proj_bias = nn_parameter(m, "in_proj_bias", ag_shape(1, 3 * width));
    a->out_proj = nn_child(m, "out_proj", nn_linear(rng, width, width));
    Tensor *out_bias = a->out_proj->tensor[1].tensor;
    memset(out_bias->data, 0, (size_t)out_bias->size * sizeof(real));
    init_xavier_uniform(rng, INIT_LINEAR, width, 3 * width, a->in_proj_weight->size,
                        a->in_proj_weight->data);
    a->width = width;
    a->heads = heads;
    a->dropout = dropout;
    a->rng = rng;
    return m;
}

static bool is_attention(const Module *m)
{
    return strcmp(m->kind, "MultiheadAttention") == 0;
}

static Attention *attention_in(const char *who, Module *m)
{
    if (!is_attention(m))
        error_stop("%s: %s: expected what nn_multihead_attention() has made", who, m->kind);
    return (Attention *)m;
}

/* -- the calls -------------------------------------------------------------------------------- */

enum { QUERIES, KEYS, VALUES };

/* Queries, keys or values of x: one of the three parts of the matrix and of the bias. */
static Tensor *project(const Attention *a, int part, Tensor *x)
{
    const int first = part * a->width, end = first + a->width;
    return ag_linear(x, ag_slice(a->in_proj_weight, 1, first, end),
                     ag_slice(a->in_proj_bias, 0, first, end));
}

/* The heads at work, and the projection of what they have made. Whom is listened to is kept aside
 * where it is watched. */
static Tensor *attend(Attention *a, Tensor *q, Tensor *k, Tensor *v, AttentionOptions options)
{
    options.heads = a->heads;
    options.dropout = a->module.training ? a->dropout : 0;
    options.rng = a->rng;
    if (a->watched) {
        ag_no_grad_begin();
        a->weights = ag_attention_weights(q, k, options);
        ag_no_grad_end();
    }
    return nn_forward(a->out_proj, ag_attention(q, k, v, options));
}

Tensor *nn_attend(Module *attention, Tensor *q, Tensor *k, Tensor *v, AttentionMask mask)
{
    NOT_NULL(attention, q, k, v);
    Attention *a = attention_in(__func__, attention);
    return attend(a, project(a, QUERIES, q), project(a, KEYS, k), project(a, VALUES, v),
                  (AttentionOptions){.mask = mask});
}

/* -- looking at it ---------------------------------------------------------------------------- */

void nn_watch(Module *m, bool watched)
{
    NOT_NULL(m);
    if (is_attention(m)) {
        ((Attention *)m)->watched = watched;
        ((Attention *)m)->weights = NULL;
    }
    for (int i = 0; i < m->children; i++)
        nn_watch(m->child[i].module, watched);
}

Tensor *nn_attention_weights(const Module *attention)
{
    NOT_NULL(attention);
    if (!is_attention(attention))
        error_stop("nn_attention_weights: %s: expected what nn_multihead_attention() has made",
                   attention->kind);
    Tensor *weights = ((const Attention *)attention)->weights;
    if (!weights)
        error_stop("nn_attention_weights: expected nn_watch(), and then a call of the attention");
    tensor_live(__func__, weights);
    return weights;
}

/* -- step by step ----------------------------------------------------------------------------- */

static Tensor *room(int n, int most, int width)
{
    Tensor *x = ag_parameter(ag_shape(3, n, most, width));
    x->requires_grad = false;
    return x;
}

AttentionCache attention_cache_new(int n, int most, int width)
{
    return (AttentionCache){.k = room(n, most, width), .v = room(n, most, width)};
}

void attention_cache_free(AttentionCache *cache)
{
    NOT_NULL(cache);
    if (cache->k)
        ag_free(cache->k);
    if (cache->v)
        ag_free(cache->v);
    *cache = (AttentionCache){0};
}

/* Copies x[from[i]] to x[i] (n, most, width), of each the first so many tokens. */
static void pick(Tensor *x, int tokens, const int *from)
{
    const int n = x->shape.dim[0];
    const size_t row = (size_t)x->shape.dim[1] * (size_t)x->shape.dim[2];
    const size_t used = (size_t)tokens * (size_t)x->shape.dim[2];
    real *old = malloc(((size_t)n * used + 1) * sizeof *old);
    if (!old)
        error_stop("attention_cache_pick: out of memory for %d examples of %d tokens", n, tokens);
    for (int i = 0; i < n; i++)
        memcpy(old + (size_t)i * used, x->data + (size_t)i * row, used * sizeof *old);
    for (int i = 0; i < n; i++)
        memcpy(x->data + (size_t)i * row, old + (size_t)from[i] * used, used * sizeof *old);
    ag_bump_version(x);
    free(old);
}

void attention_cache_pick(AttentionCache *cache, const int *from)
{
    NOT_NULL(cache, from);
    const int n = cache->k->shape.dim[0];
    for (int i = 0; i < n; i++)
        if (from[i] < 0 || from[i] >= n)
            error_stop("attention_cache_pick: example %d: expected 0 to %d", from[i], n - 1);
    pick(cache->k, cache->tokens, from);
    pick(cache->v, cache->tokens, from);
}

/* Copies x (n, t, width) behind the tokens that are in `to`. */
static void put(const Tensor *x, Tensor *to, int tokens)
{
    const int t = x->shape.dim[1], most = to->shape.dim[1], width = x->shape.dim[2];
    for (ptrdiff_t i = 0; i < x->shape.dim[0]; i++)
        memcpy(to->data + (i * most + tokens) * width, x->data + i * t * width,
               (size_t)t * (size_t)width * sizeof(real));
    ag_bump_version(to);
}

void nn_attention_fill(Module *attention, Tensor *x, AttentionCache *cache)
{
    NOT_NULL(attention, x, cache);
    const Attention *a = attention_in(__func__, attention);
    const int *size = cache->k->shape.dim;
    if (x->shape.ndim != 3 || x->shape.dim[0] != size[0] || x->shape.dim[2] != size[2])
        error_stop("nn_attention_fill: expected x (%d, t, %d), got %s", size[0], size[2],
                   ag_shape_text(x->shape));
    if (x->shape.dim[1] > size[1] - cache->tokens)
        error_stop("nn_attention_fill: %d tokens more than the %d in the cache: expected %d at "
                   "most in all",
                   x->shape.dim[1], cache->tokens, size[1]);
    ag_no_grad_begin();
    put(project(a, KEYS, x), cache->k, cache->tokens);
    put(project(a, VALUES, x), cache->v, cache->tokens);
    ag_no_grad_end();
    cache->tokens += x->shape.dim[1];
}

/* The room that is empty yet is padding. */
Tensor *nn_attend_cached(Module *attention, Tensor *q, const AttentionCache *cache,
                         AttentionMask mask)
{
    NOT_NULL(attention, q, cache);
    Attention *a = attention_in(__func__, attention);
    const int n = cache->k->shape.dim[0];
    int *lengths = ag_alloc((size_t)n * sizeof *lengths);
    for (int i = 0; i < n; i++)
        lengths[i] = mask.lengths ? mask.lengths[i] : cache->tokens;
    ag_no_grad_begin();
    Tensor *queries = project(a, QUERIES, q);
    AttentionOptions options = {.mask = {.causal = mask.causal, .lengths = lengths}};
    if (mask.causal)
        options.past = cache->tokens - queries->shape.dim[1];
    Tensor *y = attend(a, queries, cache->k, cache->v, options);
    ag_no_grad_end();
    return y;
}
