#include "op_rows.h"

#include <string.h>

#include "autograd/ops.h"
#include "error.h"
#include "golden.h"
#include "kernel/random.h"

static Shape shape_of_args(const OpCall *call)
{
    Shape shape = {.ndim = call->n_args};
    for (int d = 0; d < call->n_args; d++)
        shape.dim[d] = (int)call->args[d];
    return shape;
}

/* Numbers: the stride of each axis, the padding of each, the output padding of each if it is
 * transposed, and relu. */
static ConvOptions conv_settings(const OpCall *c, int axes, bool transposed)
{
    ConvOptions options = {.relu = c->args[(transposed ? 3 : 2) * axes] != 0};
    for (int d = 0; d < axes; d++) {
        options.stride[d] = (int)c->args[d];
        options.padding[d] = (int)c->args[axes + d];
        options.output_padding[d] = transposed ? (int)c->args[2 * axes + d] : 0;
    }
    return options;
}

/* With inputs 3 and 4 they are the running statistics, and args[2] is the momentum. */
static Tensor *batch_norm(const OpCall *c)
{
    RunningStats running = {.mean = c->in[3], .var = c->in[4], .momentum = c->args[2]};
    return ag_batch_norm(c->in[0], c->in[1], c->in[2], c->args[0], (VarianceKind)c->args[1],
                         c->n_in > 3 ? &running : NULL);
}

static Tensor *batch_norm_eval(const OpCall *c)
{
    RunningStats running = {.mean = c->in[3], .var = c->in[4]};
    return ag_batch_norm_eval(c->in[0], c->in[1], c->in[2], c->args[0], &running);
}

/* Numbers: label smoothing, reduction, and the class to ignore, if any. */
static Tensor *cross_entropy_with(const OpCall *c)
{
    CrossEntropyOptions options = {.weight = c->n_in > 1 ? c->in[1] : NULL,
                                   .label_smoothing = c->args[0],
                                   .ignore = c->n_args > 2,
                                   .ignore_index = (int)c->args[2]};
    return ag_cross_entropy_with(c->in[0], c->index, options, (Reduction)c->args[1]);
}

static Tensor *cross_entropy_soft(const OpCall *c)
{
    CrossEntropyOptions options = {.weight = c->n_in > 2 ? c->in[2] : NULL,
                                   .label_smoothing = c->args[0]};
    return ag_cross_entropy_soft(c->in[0], c->in[1], options, (Reduction)c->args[1]);
}

static Tensor *multi_margin_loss(const OpCall *c)
{
    MultiMarginOptions options = {
        .p = (int)c->args[0], .margin = c->args[1], .weight = c->n_in > 1 ? c->in[1] : NULL};
    return ag_multi_margin_loss(c->in[0], c->index, options, (Reduction)c->args[2]);
}

/* Numbers: whether there are biases, and whether there is a state, whose tensors come behind x. The
 * index array is the lengths. */
static Tensor *recurrent(const OpCall *c, int states)
{
    const int given = c->args[1] != 0 ? states : 0;
    Tensor *const *rest = &c->in[1 + given];
    const RecurrentWeights w = {.w_ih = rest[0],
                                .w_hh = rest[1],
                                .b_ih = c->args[0] != 0 ? rest[2] : NULL,
                                .b_hh = c->args[0] != 0 ? rest[3] : NULL};
    Tensor *h0 = given > 0 ? c->in[1] : NULL;
    const int *lengths = c->n_index > 0 ? c->index : NULL;
    if (states == 2)
        return ag_lstm(c->in[0], h0, given > 0 ? c->in[2] : NULL, w, lengths);
    const bool one_gate = w.w_hh->shape.dim[0] == w.w_hh->shape.dim[1];
    return (one_gate ? ag_rnn : ag_gru)(c->in[0], h0, w, lengths);
}

/* Numbers: p, and whether in training. The same mask in every call. */
static Tensor *dropout(const OpCall *c)
{
    Rng rng;
    rng_seed(&rng, 5);
    return ag_dropout(c->in[0], c->args[0], c->args[1] != 0, &rng);
}

/* Numbers: heads, causal, past, scale, dropout. The index is the lengths. */
static AttentionOptions attention_settings(const OpCall *c)
{
    static Rng rng;
    rng_seed(&rng, 5);
    return (AttentionOptions){.heads = (int)c->args[0],
                              .mask = {c->args[1] != 0, c->n_index ? c->index : NULL},
                              .past = (int)c->args[2],
                              .scale = c->args[3],
                              .dropout = c->args[4],
                              .rng = &rng};
}

#define A c->in[0]
#define B c->in[1]
#define C c->in[2]
#define BIAS (c->n_in > 2 ? C : NULL)
#define NUMBER(i) c->args[i]
#define INT(i) (int)c->args[i]
#define REDUCTION(i) (Reduction) c->args[i]
#define FLAG(i) (c->args[i] != 0)
#define SHAPES_OF_ONE "()", "(5)", "(3, 4)", "(2, 3, 2)"
#define POSITIVE_SHAPES "+()", "+(5)", "+(3, 4)", "+(2, 3, 2)"
#define SHAPES_OF_TWO                                                                             \
    "() ()", "(3, 4) (3, 4)", "(3, 4) (4)", "(4) (3, 4)", "(3, 1) (4)", "() (2, 3)", "(2, 3) ()", \
        "(2, 1, 3) (4, 1)", "(1, 2, 1, 3, 1) (2, 1, 2, 1, 2)"

/* The table: name, how it is called, cases. */
#define ROWS(ROW)                                                                                  \
    ROW(add, ag_add(A, B), SHAPES_OF_TWO)                                                          \
    ROW(sub, ag_sub(A, B), SHAPES_OF_TWO)                                                          \
    ROW(mul, ag_mul(A, B), SHAPES_OF_TWO)                                                          \
    ROW(div, ag_div(A, B), SHAPES_OF_TWO)                                                          \
    ROW(expand, ag_expand(A, shape_of_args(c)), "(4) | 3 4", "() | 2 3", "(3, 1) | 2 3 4",         \
        "(2, 3) | 2 3", "(2, 1, 2, 1) | 2 2 3 2 2")                                                \
    ROW(neg, ag_neg(A), SHAPES_OF_ONE)                                                             \
    ROW(pow, ag_pow(A, NUMBER(0)), "(3, 4) | 1", "(3, 4) | 2", "() | 3", "(5) | -1", "(5) | -2",   \
        "+(2, 3) | -1.5", "+(2, 3, 2) | 0.5", "+(4) | 2.25")                                       \
    ROW(exp, ag_exp(A), SHAPES_OF_ONE)                                                             \
    ROW(log, ag_log(A), POSITIVE_SHAPES)                                                           \
    ROW(sqrt, ag_sqrt(A), POSITIVE_SHAPES)                                                         \
    ROW(abs, ag_abs(A), SHAPES_OF_ONE, "+(3)")                                                     \
    ROW(tanh, ag_tanh(A), SHAPES_OF_ONE)                                                           \
    ROW(sigmoid, ag_sigmoid(A), SHAPES_OF_ONE)                                                     \
    ROW(relu, ag_relu(A), "+()", "(5)", "(3, 4)", "(2, 3, 2)")                                     \
    ROW(softplus, ag_softplus(A), SHAPES_OF_ONE)                                                   \
    ROW(gelu, ag_gelu(A), SHAPES_OF_ONE)                                                           \
    ROW(gelu_tanh, ag_gelu_tanh(A), SHAPES_OF_ONE)                                                 \
    ROW(sum, ag_sum(A, INT(0), FLAG(1)), "(3, 4) | 0 0", "(3, 4) | -1 1", "(2, 3, 4) | 1 0",       \
        "(2, 3, 4) | all 0", "(2, 3) | all 1", "() | all 0", "(5) | 0 0")                          \
    ROW(mean, ag_mean(A, INT(0), FLAG(1)), "(3, 4) | 0 0", "(3, 4) | -1 1", "(2, 3, 4) | 1 0",     \
        "(2, 3, 4) | all 0", "(2, 3) | all 1", "() | all 0", "(5) | 0 0")                          \
    ROW(var, ag_var(A, INT(0), INT(1), FLAG(2)), "(3, 4) | 0 1 0", "(3, 4) | 0 0 0",               \
        "(3, 4) | -1 1 1", "(2, 3, 4) | 1 0 0", "(2, 3, 4) | -2 1 1", "(2, 3, 4) | all 1 0",       \
        "(2, 3) | all 0 1", "(5) | 0 1 0")                                                         \
    ROW(max, ag_max(A, INT(0), FLAG(1)), "(3, 4) | 0 0", "(3, 4) | -1 1", "(2, 3, 4) | 1 0",       \
        "(2, 3, 4) | all 0", "(2, 3) | all 1", "() | all 0", "(5) | 0 0")                          \
    ROW(matmul, ag_matmul(A, B), "(3, 2) (2, 4)", "(1, 5) (5, 1)", "(3, 3) (3, 3)",                \
        "(2, 3, 2) (2, 2, 4)", "(2, 3, 2) (2, 4)", "(3, 2) (2, 2, 4)", "(2, 1, 3, 2) (3, 2, 4)")   \
    ROW(matmul_t, ag_matmul_t(A, FLAG(0), B, FLAG(1)), "(3, 2) (2, 4) | 0 0",                      \
        "(3, 2) (4, 2) | 0 1", "(2, 3) (2, 4) | 1 0", "(2, 3) (4, 2) | 1 1",                       \
        "(2, 3, 2) (4, 2) | 0 1", "(2, 3) (2, 2, 4) | 1 0", "(2, 2, 3) (1, 4, 2) | 1 1",           \
        "(3, 3) (3, 3) | 1 0", "(3, 3) (3, 3) | 0 1", "(17, 9) (19, 17) | 1 1")                    \
    ROW(linear, ag_linear(A, B, BIAS), "(5, 3) (3, 4) (4)", "(5, 3) (3, 4)",                       \
        "(2, 3, 3) (3, 2) (2)", "(3) (3, 4) (4)", "(2, 1, 2, 3) (3, 2)", "(3, 3) (3, 3) (3)")      \
    ROW(conv1d, ag_conv1d(A, B, BIAS, conv_settings(c, 1, false)),                                 \
        "(2, 3, 7) (2, 3, 3) (2) | 1 0 0", "(1, 1, 5) (1, 1, 3) | 2 1 0",                          \
        "(3, 2, 1) (2, 2, 1) (2) | 1 0 0", "(1, 2, 9) (3, 2, 4) (3) | 3 2 0",                      \
        "(2, 2, 20) (2, 2, 5) (2) | 1 2 1", "(2, 2, 3) (2, 2, 3) | 1 1 0")                         \
    ROW(conv2d, ag_conv2d(A, B, BIAS, conv_settings(c, 2, false)),                                 \
        "(1, 2, 5, 4) (3, 2, 3, 2) (3) | 1 1 0 0 0", "(2, 3, 5, 6) (2, 3, 3, 3) (2) | 1 1 1 1 0",  \
        "(2, 1, 6, 7) (2, 1, 3, 3) | 2 2 1 1 0", "(1, 2, 4, 4) (2, 2, 4, 4) (2) | 1 1 0 0 0",      \
        "(1, 2, 3, 5) (2, 2, 5, 4) (2) | 3 2 2 1 0", "(2, 2, 1, 1) (3, 2, 1, 1) (3) | 1 1 0 0 0",  \
        "(1, 1, 1, 1) (1, 1, 3, 3) (1) | 2 2 1 1 0",                                               \
        "(2, 2, 5, 19) (17, 2, 2, 3) (17) | 1 2 1 0 1", "(2, 2, 3, 3) (2, 2, 3, 3) | 1 1 1 1 0",   \
        "(1, 2, 5, 5) (2, 2, 1, 1) (2) | 3 2 0 0 1")                                               \
    ROW(conv3d, ag_conv3d(A, B, BIAS, conv_settings(c, 3, false)),                                 \
        "(1, 2, 3, 2, 4) (2, 2, 2, 2, 3) (2) | 1 1 1 0 0 0 0",                                     \
        "(2, 1, 3, 4, 5) (2, 1, 3, 2, 2) | 2 1 3 1 0 1 0",                                         \
        "(1, 2, 2, 3, 3) (3, 2, 2, 3, 2) (3) | 1 2 1 0 1 1 1")                                     \
    ROW(conv_transpose1d, ag_conv_transpose1d(A, B, BIAS, conv_settings(c, 1, true)),              \
        "(2, 3, 4) (3, 2, 3) (2) | 1 0 0 0", "(1, 1, 3) (1, 1, 2) | 3 0 2 0",                      \
        "(1, 2, 5) (2, 3, 4) (3) | 2 1 1 0", "(2, 2, 20) (2, 2, 5) (2) | 1 2 0 1",                 \
        "(2, 2, 3) (2, 2, 3) | 2 1 0 0")                                                           \
    ROW(conv_transpose2d, ag_conv_transpose2d(A, B, BIAS, conv_settings(c, 2, true)),              \
        "(1, 2, 3, 2) (2, 3, 3, 2) (3) | 1 1 0 0 0 0 0",                                           \
        "(2, 2, 2, 3) (2, 2, 3, 3) (2) | 2 2 1 1 1 1 0",                                           \
        "(2, 3, 3, 2) (3, 1, 2, 4) | 3 2 0 1 2 0 0",                                               \
        "(1, 1, 1, 1) (1, 1, 3, 3) (1) | 2 2 1 1 1 1 0",                                           \
        "(1, 2, 3, 19) (2, 2, 3, 3) (2) | 2 1 1 2 0 0 1",                                          \
        "(2, 2, 3, 3) (2, 2, 3, 3) | 1 1 1 1 0 0 0",                                               \
        "(2, 2, 2, 2) (2, 3, 1, 1) (3) | 3 3 0 0 2 1 0")                                           \
    ROW(conv_transpose3d, ag_conv_transpose3d(A, B, BIAS, conv_settings(c, 3, true)),              \
        "(1, 2, 2, 2, 3) (2, 2, 2, 1, 3) (2) | 1 1 1 0 0 0 0 0 0 0",                               \
        "(2, 1, 2, 3, 2) (1, 2, 3, 2, 2) | 2 1 3 1 0 1 1 0 2 0",                                   \
        "(1, 2, 2, 1, 3) (2, 1, 2, 3, 2) (1) | 1 2 1 0 1 1 0 1 0 1")                               \
    ROW(reshape, ag_reshape(A, shape_of_args(c)), "(3, 4) | 2 6", "(2, 3, 2) | 12", "() | 1 1")    \
    ROW(transpose, ag_transpose(A, INT(0), INT(1)), "(3, 4) | 0 1", "(2, 3, 4) | 0 2",             \
        "(2, 3, 4) | -1 -2", "(2, 3) | 1 1", "(2, 1, 3, 2, 2) | 0 3")                              \
    ROW(concat, ag_concat(c->n_in, c->in, INT(0)), "(3) | 0", "(2) (3) | 0", "(2, 2) (2, 2) | 1",  \
        "(2, 1) (2, 3) (2, 2) | 1", "(2, 1, 3) (2, 2, 3) | -2", "(1, 2) (3, 2) (2, 2) (1, 2) | 0") \
    ROW(slice, ag_slice(A, INT(0), INT(1), INT(2)), "(5) | 0 1 4", "(4, 3) | 0 2 4",               \
        "(4, 3) | -1 0 2", "(2, 3, 4) | 1 1 2", "(3, 2) | 0 0 3")                                  \
    ROW(embedding, ag_embedding(A, shape_of_args(c), c->index), "(5, 3) | 4 | 3 0 4 1",            \
        "(5, 3) | 2 3 | 0 0 2 0 2 4", "(4, 2) | | 2")                                              \
    ROW(gather, ag_gather(A, c->index), "(4, 5) | | 4 0 2 2", "(1, 3) | | 1", "(3, 1) | | 0 0 0")  \
    ROW(softmax, ag_softmax(A, INT(0)), "(3, 4) | 0", "(3, 4) | -1", "(2, 3, 4) | 1", "(5) | 0")   \
    ROW(log_softmax, ag_log_softmax(A, INT(0)), "(3, 4) | 0", "(3, 4) | -1", "(2, 3, 4) | 1",      \
        "(5) | 0")                                                                                 \
    ROW(attention, ag_attention(A, B, C, attention_settings(c)),                                   \
        "(2, 3, 4) (2, 5, 4) (2, 5, 6) | 2 0 0 0 0", "(1, 4, 3) (1, 4, 3) (1, 4, 3) | 0 1 0 0 0",  \
        "(2, 3, 4) (2, 5, 4) (2, 5, 2) | 1 0 0 0.7 0 | 2 5",                                       \
        "(2, 3, 2) (2, 5, 2) (2, 5, 4) | 2 1 2 0 0 | 4 5",                                         \
        "(2, 3, 4) (2, 4, 4) (2, 4, 4) | 2 0 0 0 0.4",                                             \
                                                                                                   \
        "(3, 4, 3) (3, 4, 3) (3, 4, 3) | 3 1 0 1 0.2 | 4 1 2",                                     \
        "(1, 67, 2) (1, 131, 2) (1, 131, 1) | 1 1 65 0 0")                                         \
    ROW(attention_weights, ag_attention_weights(A, B, attention_settings(c)),                      \
        "(2, 3, 4) (2, 5, 4) | 2 0 0 0 0", "(1, 4, 3) (1, 4, 3) | 1 1 0 0.7 0",                    \
        "(2, 3, 4) (2, 5, 4) | 4 1 2 0 0 | 4 3")                                                   \
    ROW(max_pool2d, ag_max_pool2d(A, INT(0), INT(1), INT(2)), "(2, 1, 4, 6) | 2 2 0",              \
        "(2, 5, 7) | 2 2 0", "(2, 2, 5, 7) | 3 2 1", "(3, 4) | 3 1 1", "(1, 1, 1, 1) | 1 1 0",     \
        "(1, 2, 5, 4) | 2 3 1", "(2, 6, 5) | 4 1 2", "(2, 2, 2, 9, 35) | 2 2 0", "(4, 4) | 4 7 0") \
    ROW(avg_pool1d, ag_avg_pool1d(A, INT(0), INT(1), INT(2)), "(2, 3, 8) | 2 2 0", "(7) | 3 2 1",  \
        "(3, 5) | 5 1 2", "(1) | 1 1 0", "(2, 9) | 2 3 1")                                         \
    ROW(avg_pool2d, ag_avg_pool2d(A, INT(0), INT(1), INT(2)), "(2, 1, 4, 6) | 2 2 0",              \
        "(2, 5, 7) | 2 2 0", "(2, 2, 5, 7) | 3 2 1", "(3, 4) | 3 1 1", "(1, 1, 1, 1) | 1 1 0",     \
        "(1, 2, 5, 4) | 2 3 1", "(2, 6, 5) | 4 1 2", "(4, 4) | 4 7 0")                             \
    ROW(dropout, dropout(c), "(3, 4) | 0.5 1", "(2, 3, 2) | 0.25 1", "(5) | 0.1 1",                \
        "(3, 4) | 0.5 0", "(3, 4) | 0 1")                                                          \
    ROW(l1_loss, ag_l1_loss(A, B, REDUCTION(0)), "(3, 4) (3, 4) | 0", "(3, 4) (3, 4) | 1",         \
        "(2, 3, 2) (2, 3, 2) | 2", "(5) (5) | 3", "() () | 0")                                     \
    ROW(mse_loss, ag_mse_loss(A, B, REDUCTION(0)), "(3, 4) (3, 4) | 0", "(3, 4) (3, 4) | 1",       \
        "(2, 3, 2) (2, 3, 2) | 2", "(3, 4) (3, 4) | 3", "() () | 3")                               \
    ROW(smooth_l1_loss, ag_smooth_l1_loss(A, B, NUMBER(0), REDUCTION(1)), "(3, 4) (3, 4) | 1 0",   \
        "(3, 4) (3, 4) | 0.7 1", "(2, 3, 2) (2, 3, 2) | 2.5 2", "(3, 4) (3, 4) | 0 3")             \
    ROW(binary_cross_entropy, ag_binary_cross_entropy(A, B, REDUCTION(0)), "%(3, 4) %(3, 4) | 0",  \
        "%(3, 4) %(3, 4) | 1", "%(2, 3, 2) %(2, 3, 2) | 2", "%(5) =%(5) | 3")                      \
    ROW(binary_cross_entropy_with_logits,                                                          \
        ag_binary_cross_entropy_with_logits(A, B, c->n_in > 2 ? C : NULL, REDUCTION(0)),           \
        "(3, 4) %(3, 4) | 0", "(3, 4) %(3, 4) =+(4) | 1", "(2, 3, 2) %(2, 3, 2) =+(3, 1) | 2",     \
        "(5) =%(5) =+() | 3")                                                                      \
    ROW(cross_entropy, ag_cross_entropy(A, c->index, REDUCTION(0)), "(4, 5) | 0 | 2 0 4 2",        \
        "(4, 5) | 1 | 2 0 4 2", "(4, 5) | 2 | 2 0 4 2", "(4, 5) | 3 | 2 0 4 2", "(1, 3) | 0 | 1")  \
    ROW(cross_entropy_with, cross_entropy_with(c), "(4, 5) | 0 0 | 2 0 4 2",                       \
        "(4, 5) =+(5) | 0 0 | 2 0 4 2", "(4, 5) | 0.1 0 | 2 0 4 2",                                \
        "(4, 5) | 0 0 -100 | 2 -100 4 -100", "(4, 5) =+(5) | 0.3 0 -100 | 2 -100 4 2",             \
        "(4, 5) =+(5) | 0.3 1 2 | 2 1 4 2", "(4, 5) =+(5) | 1 2 4 | 2 1 4 2",                      \
        "(4, 5) =+(5) | 0.25 3 0 | 2 0 4 2")                                                       \
    ROW(cross_entropy_soft, cross_entropy_soft(c), "(4, 5) +(4, 5) | 0 0",                         \
        "(4, 5) +(4, 5) =+(5) | 0.2 0", "(4, 5) =%(4, 5) =+(5) | 0.2 1", "(3, 4) +(3, 4) | 0.5 2", \
        "(3, 4) +(3, 4) =+(4) | 0 3")                                                              \
    ROW(multi_margin_loss, multi_margin_loss(c), "(4, 5) | 1 1 0 | 2 0 4 2",                       \
        "(4, 5) | 2 1 0 | 2 0 4 2", "(4, 5) =+(5) | 1 0.5 1 | 2 0 4 2",                            \
        "(4, 5) =+(5) | 2 2.5 2 | 2 0 4 2", "(4, 5) =+(5) | 2 0 3 | 2 0 4 2")                      \
    ROW(cosine_embedding_loss, ag_cosine_embedding_loss(A, B, c->index, NUMBER(0), REDUCTION(1)),  \
        "(4, 3) (4, 3) | 0 0 | 1 -1 1 -1", "(4, 3) (4, 3) | -0.9 1 | -1 1 -1 -1",                  \
        "(5, 2) (5, 2) | -0.5 2 | 1 -1 1 -1 -1", "(2, 6) (2, 6) | 0.1 3 | 1 -1")                   \
    ROW(kl_div, ag_kl_div(A, B, REDUCTION(0)), "+(3, 4) +(3, 4) | 0", "+(3, 4) +(3, 4) | 1",       \
        "+(2, 3, 2) =+(2, 3, 2) | 2", "+(3, 4) +(3, 4) | 3")                                       \
    ROW(gaussian_kl, ag_gaussian_kl(A, B, C, c->in[3], REDUCTION(0)),                              \
        "+(3, 4) +(3, 4) (3, 4) +(3, 4) | 0", "(3, 4) +(4) (3, 1) +() | 1",                        \
        "(2, 3) +() =() =+() | 2", "(4) +(2, 1) (4) +(4) | 3")                                     \
    ROW(batch_norm, batch_norm(c), "(5, 3) (3) (3) | 1e-5 0", "(5, 3) (3) (3) | 1e-5 1",           \
        "(7, 1) (1) (1) | 0.1 1", "(4, 6) (6) (6) | 0.1 0",                                        \
        "(5, 3) (3) (3) =(3) =+(3) | 1e-5 1 0.1", "(2, 3, 4) (3) (3) | 1e-5 0",                    \
        "(3, 2, 4, 5) (2) (2) =(2) =+(2) | 1e-5 0 0.1", "(1, 3, 2, 3) (3) (3) | 1e-5 1",           \
        "(2, 1, 3, 3) (1) (1) | 0.1 0", "(2, 3, 2, 1, 2) (3) (3) | 1e-5 0",                        \
        "(1, 2, 7, 19) (2) (2) | 1e-5 1")                                                          \
    ROW(batch_norm_eval, batch_norm_eval(c), "(5, 3) (3) (3) =(3) =+(3) | 1e-5",                   \
        "(1, 4) (4) (4) =(4) =+(4) | 0.1", "(3, 2, 4, 5) (2) (2) =(2) =+(2) | 1e-5",               \
        "(1, 3, 1, 1) (3) (3) =(3) =+(3) | 0.1", "(2, 3, 4) (3) (3) =(3) =+(3) | 1e-5")            \
    ROW(layer_norm, ag_layer_norm(A, B, C, NUMBER(0)), "(3, 5) (5) (5) | 1e-5",                    \
        "(2, 3, 4) (4) (4) | 0.1", "(6) (6) (6) | 1e-5")                                           \
    /* Weights and biases below 1: a sigmoid of 20 has no gradient to measure. */                  \
    ROW(rnn, recurrent(c, 1), "(4, 2, 3) (2, 2) %(2, 3) %(2, 2) %(2) %(2) | 1 1",                  \
        "(3, 2, 1) %(3, 1) %(3, 3) | 0 0",                                                         \
        "(4, 3, 2) (3, 1) %(1, 2) %(1, 1) %(1) %(1) | 1 1 | 4 1 3",                                \
        "(1, 1, 2) (1, 3) %(3, 2) %(3, 3) %(3) %(3) | 1 1")                                        \
    ROW(lstm, recurrent(c, 2), "(3, 2, 3) (2, 2) (2, 2) %(8, 3) %(8, 2) %(8) %(8) | 1 1",          \
        "(2, 2, 1) %(8, 1) %(8, 2) | 0 0",                                                         \
        "(4, 3, 2) (3, 1) (3, 1) %(4, 2) %(4, 1) %(4) %(4) | 1 1 | 2 4 1",                         \
        "(1, 1, 2) (1, 3) (1, 3) %(12, 2) %(12, 3) %(12) %(12) | 1 1",                             \
        "(3, 2, 2) =(2, 2) (2, 2) %(8, 2) %(8, 2) | 0 1 | 3 2")                                    \
    ROW(gru, recurrent(c, 1), "(4, 2, 3) (2, 2) %(6, 3) %(6, 2) %(6) %(6) | 1 1",                  \
        "(3, 2, 1) %(9, 1) %(9, 3) | 0 0",                                                         \
        "(4, 3, 2) (3, 1) %(3, 2) %(3, 1) %(3) %(3) | 1 1 | 3 1 4",                                \
        "(1, 1, 2) (1, 2) %(6, 2) %(6, 2) %(6) %(6) | 1 1")

#define DEFINE_APPLY(name, call, ...)            \
    static Tensor *apply_##name(const OpCall *c) \
    {                                            \
        return call;                             \
    }
#define TABLE_ROW(name, call, ...) {#name, apply_##name, {__VA_ARGS__}},

ROWS(DEFINE_APPLY)
const OpRow op_rows[] = {ROWS(TABLE_ROW)};
const int n_op_rows = sizeof op_rows / sizeof op_rows[0];

const OpRow *op_row_find(const char *name, int length)
{
    for (int i = 0; i < n_op_rows; i++)
        if ((int)strlen(op_rows[i].name) == length && !strncmp(op_rows[i].name, name, length))
            return &op_rows[i];
    return NULL;
}

static Tensor *random_parameter(Rng *rng, Shape shape, char kind)
{
    Tensor *x = ag_parameter(shape);
    for (int i = 0; i < x->size; i++) {
        double size = 0.25 + (kind == '%' ? 0.5 : 1.75) * rng_uniform(rng);
        x->data[i] = (real)(kind || rng_below(rng, 2) ? size : -size);
    }
    return x;
}

static const char *parse_inputs(const char *text, OpCall *call)
{
    Rng rng;
    rng_seed(&rng, 1);
    Shape shape;
    for (text += strspn(text, " "); *text && *text != '|'; text += strspn(text, " ")) {
        bool constant = *text == '=';
        text += constant;
        char kind = '\0';
        if (*text == '+' || *text == '%')
            kind = *text++;
        text = golden_parse_shape(text, &shape);
        if (!text || call->n_in == OP_MAX_INPUTS)
            error_stop("op_case_begin: not a list of at most %d shapes", OP_MAX_INPUTS);
        Tensor *x = random_parameter(&rng, shape, kind);
        x->requires_grad = !constant;
        call->in[call->n_in++] = x;
    }
    return text;
}

/* The numbers behind a bar, of which there may be none. */
static const char *parse_numbers(const char *text, int *n, double numbers[OP_MAX_NUMBERS])
{
    *n = 0;
    if (*text != '|')
        return text;
    for (text += 1 + strspn(text + 1, " "); *text && *text != '|'; text += strspn(text, " ")) {
        text = *n < OP_MAX_NUMBERS ? golden_parse_number(text, &numbers[(*n)++]) : NULL;
        if (!text)
            error_stop("op_case_begin: not a list of at most %d numbers", OP_MAX_NUMBERS);
    }
    return text;
}

OpCall op_case_begin(const char *text)
{
    OpCall call = {.n_in = 0};
    double index[OP_MAX_NUMBERS];
    text = parse_inputs(text, &call);
    text = parse_numbers(text, &call.n_args, call.args);
    parse_numbers(text, &call.n_index, index);
    for (int i = 0; i < call.n_index; i++)
        call.index[i] = (int)index[i];
    return call;
}

void op_case_end(OpCall *call)
{
    for (int i = 0; i < call->n_in; i++)
        ag_free(call->in[i]);
}
