/* attention.h: multi-head attention, and where in a sequence a token stands.
 *
 * Sequences are (n, t, width) throughout, examples first (PyTorch's batch_first=True). */
#ifndef NN_ATTENTION_H
#define NN_ATTENTION_H

#include "autograd/ops.h"
#include "kernel/random.h"
#include "nn/module.h"

/* As torch.nn.MultiheadAttention: "in_proj_weight" (width, 3 width), in files the other way round,
 * which makes queries, keys and values, in this order; "in_proj_bias"; "out_proj.weight" and
 * "out_proj.bias". Biases start at 0, in_proj_weight as Xavier has it, out_proj as nn_linear()'s.
 * Each weight is dropped with probability `dropout` in train mode; rng must outlive it. Errors:
 * sizes below 1; a width that the heads do not divide; a dropout outside 0 .. 1. */
Module *nn_multihead_attention(Rng *rng, int width, int heads, double dropout);

/* Queries from q (n, t, width), keys from k and values from v (n, s, width) -> (n, t, width). Self-
 * attention is nn_attend(m, x, x, x, mask), cross-attention nn_attend(m, y, memory, memory, mask).
 */
Tensor *nn_attend(Module *attention, Tensor *q, Tensor *k, Tensor *v, AttentionMask mask);

/* -- looking at it ---------------------------------------------------------------------------- */

/* Whether m, and all attention that is in it, keeps the weights of its latest call. */
void nn_watch(Module *m, bool watched);

/* These weights: (n, heads, t, s), without a gradient, on the strip (gone after ag_reset()); before
 * dropout. Error: no attention, or none that was called since it is watched. */
Tensor *nn_attention_weights(const Module *attention);

/* -- step by step ----------------------------------------------------------------------------- */

/* The keys and values of the tokens so far, (n, most, width) each, which outlive ag_reset(). */
typedef struct {
    Tensor *k, *v;
    int tokens;
} AttentionCache;

/* Room for so many tokens of n examples; for attention_cache_free(). Error: sizes below 1. */
AttentionCache attention_cache_new(int n, int most, int width);
void attention_cache_free(AttentionCache *cache);

/* Adds what attention makes of x (n, t, width) to the cache. Error: no room. */
void nn_attention_fill(Module *attention, Tensor *x, AttentionCache *cache);

/* Example i remembers from now on what example from[i] (n) did. Error: no such example. */
void attention_cache_pick(AttentionCache *cache, const int *from);

/* nn_attend() of q (n, t, width) with the keys and values in the cache, with no gradient. If
 * mask.causal is set the queries are the last t of the tokens in it. */
Tensor *nn_attend_cached(Module *attention, Tensor *q, const AttentionCache *cache,
                         AttentionMask mask);

/* -- positions -------------------------------------------------------------------------------- */

/* x (n, t, width) plus a row for each place in the sequence, for nn_add_positions(). Learned:
 * "weight" (most, width), N(0, 0.02^2) at the start. Sinusoidal, with nothing to learn: sin(p w_i)
 * in column 2i and cos(p w_i) in column 2i + 1 for the place p, w_i = 10000^(-2i / width). */
Module *nn_learned_positions(Rng *rng, int most, int width);
Module *nn_sinusoidal_positions(int width);

/* The first of the tokens in x stands in this place; 0 in nn_forward(). Errors: a place for which
 * there is no row. */
Tensor *nn_add_positions(Module *positions, Tensor *x, int first);

#endif
