/* transformer.h: the layers of "Attention is all you need" (Vaswani et al. 2017), and stacks of
 * them, under PyTorch's names.
 *
 * A language model is an encoder stack with a causal mask:
 *
 *     Module *stack = nn_encoder(&rng, transformer_defaults(64, 4), 2);
 *     Tensor *y = nn_encode(stack, x, (AttentionMask){.causal = true});
 *
 * and a translation has both halves:
 *
 *     Module *both = nn_transformer(&rng, transformer_defaults(64, 4), 2, 2);
 *     Tensor *memory = nn_encode(both, x, (AttentionMask){.lengths = lengths});
 *     Tensor *z = nn_decode(both, y, memory, (AttentionMask){.causal = true},
 *                           (AttentionMask){.lengths = lengths});
 *
 * Sequences are (n, t, width) throughout, examples first (PyTorch's batch_first=True). */
#ifndef NN_TRANSFORMER_H
#define NN_TRANSFORMER_H

#include "nn/attention.h"

typedef struct {
    int width, heads;
    int feedforward; /* the size inside */
    double dropout;  /* of attention weights, inside, and of what is added to x; in train mode */
    bool norm_first; /* x + f(norm(x)) for norm(x + f(x)) */
    bool gelu;       /* inside, for relu */
    bool final_norm; /* one more layer norm behind the last layer of a stack */
} TransformerOptions;

/* PyTorch's: a feedforward of 2048, dropout 0.1, norms behind, relu, no final norm. */
TransformerOptions transformer_defaults(int width, int heads);

/* x (n, t, width) -> the same shape, with f(x) = linear2(relu(linear1(x))):
 *     x = norm1(x + self_attn(x, x, x));   x = norm2(x + f(x))
 * "self_attn", "linear1", "linear2", "norm1", "norm2". Errors of all four: as
 * nn_multihead_attention()'s; a feedforward or a number of layers below 1. */
Module *nn_encoder_layer(Rng *rng, TransformerOptions options);

/* The same with a look at the encoder's output in between:
 *     y = norm1(y + self_attn(y, y, y));   y = norm2(y + multihead_attn(y, memory, memory));
 *     y = norm3(y + f(y))
 * "self_attn", "multihead_attn", "linear1", "linear2", "norm1", "norm2", "norm3". */
Module *nn_decoder_layer(Rng *rng, TransformerOptions options);

/* Stacks: "layers.0", "layers.1", ..., and "norm" if there is a final norm. Each layer has its own
 * random start; in PyTorch all are copies of one. */
Module *nn_encoder(Rng *rng, TransformerOptions options, int layers);
Module *nn_decoder(Rng *rng, TransformerOptions options, int layers);

/* "encoder" and "decoder", each with a final norm whatever the options say, and all matrices drawn
 * as Xavier has it: torch.nn.Transformer. */
Module *nn_transformer(Rng *rng, TransformerOptions options, int encoder_layers,
                       int decoder_layers);

/* What an encoder layer, an encoder or a transformer's encoder makes of x. */
Tensor *nn_encode(Module *m, Tensor *x, AttentionMask mask);

/* What a decoder layer, a decoder or a transformer's decoder makes of y (n, t, width) and memory
 * (n, s, width). mask says whom y's tokens hear among y's, and is causal as a rule; memory_mask
 * whom they hear among the memory's. */
Tensor *nn_decode(Module *m, Tensor *y, Tensor *memory, AttentionMask mask,
                  AttentionMask memory_mask);

/* -- one token after the other ----------------------------------------------------------------- */

/* What a stack remembers of the tokens that it has seen, so that the next one costs its own layers
 * and one look at each of those before it. */
typedef struct TransformerCache TransformerCache;

/* For at most `most` tokens of n examples, and the stack that they go through (an encoder, a
 * decoder or a transformer's decoder), which must outlive it. Owned by the caller. Errors: sizes
 * below 1; a single layer. */
TransformerCache *transformer_cache_new(Module *stack, int n, int most);
void transformer_cache_free(TransformerCache *cache); /* NULL is allowed */

/* Forgets them. */
void transformer_cache_clear(TransformerCache *cache);

/* Example i goes on from where example from[i] (n) has come to: hypotheses of a beam search
 * (beam.h). Error: no such example. */
void transformer_cache_pick(TransformerCache *cache, const int *from);

/* How many there are. */
int transformer_cache_tokens(const TransformerCache *cache);

/* nn_encode() of all tokens so far with a causal mask, of which the last t are x (n, t, width), and
 * of the result the last t: the same to the bit, in eval mode. Nothing is recorded. Error: no room
 * is left. */
Tensor *nn_encode_next(TransformerCache *cache, Tensor *x);

/* The same for nn_decode(). The memory must be that of the first call, until the cache is cleared:
 * it is looked at in that one only. */
Tensor *nn_decode_next(TransformerCache *cache, Tensor *y, Tensor *memory,
                       AttentionMask memory_mask);

#endif
