/* Attention, transformer layers and stacks against PyTorch's numbers and names in
 * tests/golden/transformer.txt, and the laws that hold for them. */
#include "nn/transformer.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "autograd/autograd.h"
#include "error.h"
#include "golden_module.h"
#include "heap.h"
#include "nn/optim.h"

/* As in test_layers.c. */
static const double tolerance = 512 * (double)REAL_EPSILON;

static Golden golden;
static Rng rng;

static const AttentionMask all_of_them = {.causal = false}, causal = {.causal = true};

static Tensor *random_tensor(Shape shape)
{
    Tensor *x = ag_zeros(shape);
    for (int i = 0; i < x->size; i++)
        x->data[i] = (real)rng_normal(&rng);
    x->requires_grad = true;
    return x;
}

/* -- PyTorch's numbers ------------------------------------------------------------------------ */

static bool says(const char *words, const char *word)
{
    return strstr(words, word) != NULL;
}

/* The network that a case is about. */
static Module *network_of(const char *words)
{
    TransformerOptions o = {.width = 6,
                            .heads = 2,
                            .feedforward = 5,
                            .dropout = says(words, ", eval") ? 0.1 : 0,
                            .norm_first = says(words, ", pre") || says(words, ", norm"),
                            .gelu = says(words, ", gelu"),
                            .final_norm = says(words, ", norm")};
    if (says(words, "attention of one head"))
        return nn_multihead_attention(&rng, 3, 1, 0);
    if (says(words, "attention"))
        return nn_multihead_attention(&rng, 6, 2, 0);
    if (says(words, "names of a transformer"))
        return nn_transformer(&rng, o, 2, 3);
    if (says(words, "transformer"))
        return o.norm_first ? nn_transformer(&rng, o, 1, 2) : nn_transformer(&rng, o, 2, 1);
    if (says(words, "encoder layer"))
        return nn_encoder_layer(&rng, o);
    if (says(words, "decoder layer"))
        return nn_decoder_layer(&rng, o);
    return says(words, "encoder") ? nn_encoder(&rng, o, 2) : nn_decoder(&rng, o, 2);
}

enum { MOST_EXAMPLES = 4 };

/* The lengths of a case; NULL if it has none. */
static const int *lengths_of(const ModuleCase *c, const char *name, int to[MOST_EXAMPLES])
{
    const GoldenLine *line = module_line(c, name, "");
    for (int i = 0; line && i < line->n; i++)
        to[i] = (int)line->value[i];
    return line ? to : NULL;
}

static Tensor *input(const ModuleCase *c, const char *name)
{
    const GoldenLine *line = module_line(c, "in.", name);
    if (!line)
        return NULL;
    real *values = golden_reals(line);
    Tensor *x = ag_variable(line->shape, values);
    free(values);
    return x;
}

static Tensor *call(const ModuleCase *c, Module *m, Tensor *const in[])
{
    int own[MOST_EXAMPLES], others[MOST_EXAMPLES];
    const AttentionMask mask = {module_line(c, "causal", "") != NULL,
                                lengths_of(c, "lengths", own)};
    const AttentionMask memory_mask = {.lengths = lengths_of(c, "memory_lengths", others)};
    Tensor *q = in[0], *k = in[1] ? in[1] : q, *v = in[2] ? in[2] : k, *x = in[3], *y = in[4];
    if (q)
        return nn_attend(m, q, k, v, mask);
    if (!y)
        return nn_encode(m, x, mask);
    return nn_decode(m, y, x ? nn_encode(m, x, memory_mask) : in[5], mask, memory_mask);
}

static void check_numbers(ModuleCase *c, Module *m)
{
    static const char *const names[] = {"q", "k", "v", "x", "y", "memory"};
    enum { INPUTS = sizeof names / sizeof *names };
    Tensor *in[INPUTS];
    nn_train(m, !says(c->words, ", eval"));
    module_set_state(c, m);
    for (int i = 0; i < INPUTS; i++)
        in[i] = input(c, names[i]);
    Tensor *out = call(c, m, in);
    module_line_matches(c, "out", module_line(c, "out", ""), out->shape, false, out->data);
    real *upstream = golden_reals(module_line(c, "upstream", ""));
    ag_backward_from(out, upstream);
    free(upstream);
    for (int i = 0; i < INPUTS; i++)
        if (in[i])
            module_line_matches(c, names[i], module_line(c, "input.", names[i]), in[i]->shape,
                                false, in[i]->grad);
    module_check_gradients(c, m);
    ag_reset();
}

static void check_name(const char *path, const ModuleTensor *t, void *context)
{
    ModuleCase *c = context;
    const GoldenLine *line = &c->line[c->visited++]; /* in PyTorch's order, too */
    assert_true(c->visited <= c->lines);
    assert_string_equal(line->name + strlen("name."), path);
    const Shape shape = t->tensor->shape;
    assert_int_equal((int)line->value[0], shape.ndim);
    for (int d = 0; d < shape.ndim; d++)
        assert_int_equal((int)line->value[1 + d],
                         shape.dim[t->transposed ? shape.ndim - 1 - d : d]);
}

static void layers_and_stacks_match_pytorch(void **state)
{
    (void)state;
    int cases = 0;
    for (int at = 0; at < golden.n; at++, cases++) {
        ModuleCase c = module_case(&golden, &at, tolerance);
        Module *m = network_of(c.words);
        if (says(c.words, "names of ")) {
            nn_each(m, check_name, &c);
            assert_int_equal(c.visited, c.lines);
        } else {
            check_numbers(&c, m);
        }
        nn_free(m);
    }
    assert_int_equal(cases, 39);
}

/* -- how they begin --------------------------------------------------------------------------- */

static Tensor *find(Module *m, const char *path, int tensor)
{
    return nn_find(m, path)->tensor[tensor].tensor;
}

/* U(-bound, bound): the largest is just below the bound, the mean square a third of its square. */
static void assert_uniform(const Tensor *x, double bound)
{
    double largest = 0, squares = 0;
    for (int i = 0; i < x->size; i++) {
        largest = fmax(largest, fabs((double)x->data[i]));
        squares += (double)x->data[i] * (double)x->data[i] / x->size;
    }
    assert_true(largest <= bound && largest > 0.95 * bound);
    assert_true(fabs(squares * 3 / (bound * bound) - 1) < 0.2);
}

static void they_begin_as_in_pytorch(void **state)
{
    (void)state;
    TransformerOptions o = transformer_defaults(32, 4);
    assert_int_equal(o.feedforward, 2048);
    assert_true(o.dropout == 0.1 && !o.norm_first && !o.gelu && !o.final_norm);
    o.feedforward = 48;
    Module *stack = nn_encoder(&rng, o, 2), *both = nn_transformer(&rng, o, 1, 1);
    assert_uniform(find(stack, "layers.0.self_attn", 0), sqrt(6.0 / (32 + 96)));
    assert_uniform(find(stack, "layers.0.self_attn.out_proj", 0), 1 / sqrt(32.0));
    assert_uniform(find(stack, "layers.1.linear2", 0), 1 / sqrt(48.0));
    assert_uniform(find(both, "encoder.layers.0.linear1", 0), sqrt(6.0 / (32 + 48)));
    assert_uniform(find(both, "decoder.layers.0.multihead_attn.out_proj", 0), sqrt(6.0 / 64));
    const Tensor *in_bias = find(stack, "layers.0.self_attn", 1),
                 *out_bias = find(stack, "layers.0.self_attn.out_proj", 1),
                 *bias = find(stack, "layers.0.linear1", 1);
    for (int i = 0; i < 32; i++)
        assert_true(in_bias->data[i] == 0 && out_bias->data[i] == 0 && bias->data[i] != 0);
    assert_memory_not_equal(find(stack, "layers.0.linear1", 0)->data,
                            find(stack, "layers.1.linear1", 0)->data, 32 * sizeof(real));
    assert_int_equal(both->child[0].module->children, 2); /* a final norm */
    assert_int_equal(stack->children, 1);
    nn_free(stack);
    nn_free(both);
}

/* -- laws ------------------------------------------------------------------------------------- */

static TransformerOptions small(bool norm_first)
{
    return (TransformerOptions){.width = 8,
                                .heads = 2,
                                .feedforward = 12,
                                .norm_first = norm_first,
                                .final_norm = norm_first};
}

static void nothing_comes_from_the_future(void **state)
{
    (void)state;
    enum { T = 5, HERE = 2 };
    Module *stack = nn_encoder(&rng, small(true), 2);
    Tensor *x = random_tensor(ag_shape(3, 1, T, 8));
    Tensor *y = ag_slice(nn_encode(stack, x, causal), 1, HERE, HERE + 1);
    ag_backward(ag_sum(ag_mul(y, y), AG_ALL, false));
    for (int i = 0; i < T; i++)
        for (int j = 0; j < 8; j++)
            assert_true((x->grad[i * 8 + j] != 0) == (i <= HERE));
    nn_free(stack);
    ag_reset();
}

/* A softmax stays as it is when the same number is added to all scores of a row. */
static void a_key_bias_gets_no_gradient(void **state)
{
    (void)state;
    Module *m = nn_multihead_attention(&rng, 8, 2, 0);
    Tensor *x = random_tensor(ag_shape(3, 3, 6, 8));
    const AttentionMask mask = {true, (int[]){6, 4, 1}};
    Tensor *y = nn_attend(m, x, x, x, mask);
    ag_backward(ag_sum(ag_mul(y, random_tensor(y->shape)), AG_ALL, false));
    const real *dbias = m->tensor[1].tensor->grad;
    for (int j = 0; j < 8; j++) {
        assert_true(fabs((double)dbias[8 + j]) < 64 * (double)REAL_EPSILON);
        assert_true(fabs((double)dbias[j]) > 1e-3 && fabs((double)dbias[16 + j]) > 1e-3);
    }
    nn_free(m);
    ag_reset();
}

static Tensor *reversed(Tensor *x)
{
    const int t = x->shape.dim[1];
    Tensor *token[t];
    for (int i = 0; i < t; i++)
        token[i] = ag_slice(x, 1, t - 1 - i, t - i);
    return ag_concat(t, token, 1);
}

static void without_positions_the_order_of_tokens_is_nothing(void **state)
{
    (void)state;
    Module *stack = nn_encoder(&rng, small(false), 2), *learned = nn_learned_positions(&rng, 9, 8);
    Tensor *x = random_tensor(ag_shape(3, 2, 5, 8));
    Tensor *y = nn_encode(stack, x, all_of_them);
    Tensor *z = reversed(nn_encode(stack, reversed(x), all_of_them));
    assert_true(compare(y->size, y->data, z->data).relative < 1e3 * (double)REAL_EPSILON);
    Module *const positions[] = {nn_sinusoidal_positions(8), learned};
    for (int i = 0; i < 2; i++) {
        y = nn_encode(stack, nn_forward(positions[i], x), all_of_them);
        z = reversed(nn_encode(stack, nn_forward(positions[i], reversed(x)), all_of_them));
        assert_true(compare(y->size, y->data, z->data).relative > 1e-4);
        nn_free(positions[i]);
    }
    nn_free(stack);
    ag_reset();
}

/* What stands where there is no token does not matter, not even if it is no number. */
static void padding_has_no_part_in_the_result(void **state)
{
    (void)state;
    Module *m = nn_multihead_attention(&rng, 8, 2, 0);
    Tensor *q = random_tensor(ag_shape(3, 2, 3, 8)), *k = random_tensor(ag_shape(3, 2, 5, 8));
    const AttentionMask mask = {.lengths = (int[]){5, 2}};
    Tensor *y = nn_attend(m, q, k, k, mask), *other = ag_detach(k);
    for (int i = 0; i < 3 * 8; i++)
        other->data[(5 + 2) * 8 + i] = (real)NAN;
    Tensor *z = nn_attend(m, q, other, other, mask);
    assert_memory_equal(y->data, z->data, (size_t)y->size * sizeof(real));
    nn_free(m);
    ag_reset();
}

/* -- positions -------------------------------------------------------------------------------- */

static void sinusoidal_positions_are_the_waves_of_the_paper(void **state)
{
    (void)state;
    Module *m = nn_sinusoidal_positions(5);
    Tensor *x = nn_add_positions(m, ag_full(ag_shape(3, 2, 3, 5), 1), 7);
    for (int n = 0; n < 2; n++)
        for (int i = 0; i < 3; i++)
            for (int j = 0; j < 5; j++) {
                double angle = (7 + i) / pow(10000, (j - j % 2) / 5.0);
                double wanted = 1 + (j % 2 ? cos(angle) : sin(angle));
                assert_true(fabs((double)x->data[(n * 3 + i) * 5 + j] - wanted) <
                            4 * (double)REAL_EPSILON);
            }
    nn_free(m);
    ag_reset();
}

static void learned_positions_get_the_sum_over_the_examples(void **state)
{
    (void)state;
    Module *m = nn_learned_positions(&rng, 6, 3);
    Tensor *x = random_tensor(ag_shape(3, 4, 2, 3));
    ag_backward(ag_sum(nn_add_positions(m, x, 3), AG_ALL, false));
    const real *dweight = m->tensor[0].tensor->grad;
    for (int i = 0; i < 6 * 3; i++)
        assert_true(dweight[i] == (i / 3 == 3 || i / 3 == 4 ? 4 : 0));
    nn_free(m);
    ag_reset();
}

/* -- one token after the other ---------------------------------------------------------------- */

/* Tokens first .. end - 1 of all examples. */
static Tensor *tokens(Tensor *x, int first, int end)
{
    return ag_slice(x, 1, first, end);
}

static void assert_same_bits(Tensor *part, Tensor *whole, int first)
{
    Tensor *wanted = tokens(whole, first, first + part->shape.dim[1]);
    assert_true(ag_same_shape(part->shape, wanted->shape));
    assert_memory_equal(part->data, wanted->data, (size_t)part->size * sizeof(real));
}

/* n examples of t tokens, which come in four parts: in parts they give what they give at once.
 * Twice, for a cache can be cleared. With a memory of s tokens, or of none. */
static void check_cache(Module *stack, int t, int s, AttentionMask memory_mask)
{
    enum { N = 2, WIDTH = 8 };
    const int cut[] = {0, 1, 2, t - 1, t};
    TransformerCache *cache = transformer_cache_new(stack, N, t + 3);
    for (int round = 0; round < 3; round++) {
        Tensor *x = random_tensor(ag_shape(3, N, t, WIDTH));
        Tensor *memory = s > 0 ? random_tensor(ag_shape(3, N, s + round / 2, WIDTH)) : NULL;
        Tensor *whole =
            memory ? nn_decode(stack, x, memory, causal, memory_mask) : nn_encode(stack, x, causal);
        for (int i = 0; i < 4; i++) {
            Tensor *part = tokens(x, cut[i], cut[i + 1]);
            Tensor *y = memory ? nn_decode_next(cache, part, memory, memory_mask)
                               : nn_encode_next(cache, part);
            assert_int_equal(transformer_cache_tokens(cache), cut[i + 1]);
            assert_false(y->requires_grad);
            assert_same_bits(y, whole, cut[i]);
        }
        transformer_cache_clear(cache);
        ag_reset();
    }
    transformer_cache_free(cache);
}

/* 150 keys are two blocks of the kernel. */
static void a_cache_changes_no_bit(void **state)
{
    (void)state;
    const AttentionMask lengths = {.lengths = (int[]){7, 3}};
    for (int i = 0; i < 2; i++) {
        Module *encoder = nn_encoder(&rng, small(i == 0), 2);
        Module *both = nn_transformer(&rng, small(i == 0), 1, 2);
        nn_train(encoder, false);
        nn_train(both, false);
        check_cache(encoder, 150, 0, all_of_them);
        check_cache(both, 6, 7, lengths);
        nn_free(encoder);
        nn_free(both);
    }
}

/* -- weights to look at ----------------------------------------------------------------------- */

static void watched_weights_are_a_distribution_over_what_is_heard(void **state)
{
    (void)state;
    Module *both = nn_transformer(&rng, small(false), 1, 1);
    nn_watch(both, true);
    Tensor *y = random_tensor(ag_shape(3, 2, 4, 8)), *x = random_tensor(ag_shape(3, 2, 5, 8));
    const AttentionMask lengths = {.lengths = (int[]){5, 3}};
    nn_decode(both, y, x, causal, lengths);
    const Tensor *own = nn_attention_weights(nn_find(both, "decoder.layers.0.self_attn"));
    const Tensor *cross = nn_attention_weights(nn_find(both, "decoder.layers.0.multihead_attn"));
    assert_true(ag_same_shape(own->shape, ag_shape(4, 2, 2, 4, 4)));
    assert_true(ag_same_shape(cross->shape, ag_shape(4, 2, 2, 4, 5)));
    for (int row = 0; row < 2 * 2 * 4; row++) {
        double sums[2] = {0};
        for (int j = 0; j < 4; j++) {
            sums[0] += (double)own->data[row * 4 + j];
            assert_true((own->data[row * 4 + j] > 0) == (j <= row % 4));
        }
        for (int j = 0; j < 5; j++) {
            sums[1] += (double)cross->data[row * 5 + j];
            assert_true((cross->data[row * 5 + j] > 0) == (row < 8 || j < 3));
        }
        assert_true(fabs(sums[0] - 1) < 1e-5 && fabs(sums[1] - 1) < 1e-5);
    }
    nn_free(both);
    ag_reset();
}

/* -- training --------------------------------------------------------------------------------- */

static real train_once(Module *m, Optim *optim, int n, Tensor **parameters)
{
    Tensor *x = ag_full(ag_shape(3, 2, 6, 8), (real)0.5), *y = ag_full(ag_shape(3, 2, 4, 8), 1);
    Tensor *z = nn_decode(m, y, nn_encode(m, x, all_of_them), causal, all_of_them);
    Tensor *loss = ag_mse_loss(z, ag_zeros(z->shape), AG_MEAN);
    const real value = ag_item(loss);
    ag_zero_grad(n, parameters);
    ag_backward(loss);
    optim_step(optim);
    ag_reset();
    return value;
}

static void a_step_takes_no_memory_and_the_loss_falls(void **state)
{
    (void)state;
    int n;
    TransformerOptions o = small(false);
    o.dropout = 0.1;
    Module *m = nn_transformer(&rng, o, 1, 1);
    Tensor **parameters = nn_parameters(m, &n);
    Optim *optim = optim_new();
    optim_adam(optim, adam_defaults(1e-2));
    optim_add(optim, n, parameters);
    const real first = train_once(m, optim, n, parameters);
    for (int i = 0; i < 3; i++)
        train_once(m, optim, n, parameters);
    const long calls = heap_calls();
    real last = 0;
    for (int i = 0; i < 60; i++)
        last = train_once(m, optim, n, parameters);
    assert_true(!HEAP_WATCHED || heap_calls() == calls);
    assert_true(last < first / 2);
    optim_free(optim);
    free(parameters);
    nn_free(m);
}

/* -- mistakes --------------------------------------------------------------------------------- */

static jmp_buf back;
static char caught[1024];

static void catch (const char *message)
{
    snprintf(caught, sizeof caught, "%s", message);
    longjmp(back, 1);
}

#define STOPS(call, message)                  \
    do {                                      \
        caught[0] = '\0';                     \
        if (setjmp(back) == 0) {              \
            call;                             \
        }                                     \
        assert_string_equal(caught, message); \
    } while (0)

static void mistakes_are_named(void **state)
{
    (void)state;
    TransformerOptions o = small(false);
    Module *encoder = nn_encoder(&rng, o, 1), *layer = nn_encoder_layer(&rng, o);
    Module *attention = nn_multihead_attention(&rng, 8, 2, 0), *relu_like = nn_find(layer, "norm1");
    Module *learned = nn_learned_positions(&rng, 4, 8);
    TransformerCache *cache = transformer_cache_new(encoder, 2, 3);
    Tensor *x = random_tensor(ag_shape(3, 2, 2, 8));
    ErrorHandler *before = error_set_handler(catch);
    STOPS(nn_multihead_attention(&rng, 8, 3, 0),
          "nn_multihead_attention: width 8, 3 heads: expected a width of 1 or more, and heads that "
          "divide it");
    STOPS(nn_attend(relu_like, x, x, x, causal),
          "nn_attend: LayerNorm: expected what nn_multihead_attention() has made");
    STOPS(nn_attend(attention, x, x, x, (AttentionMask){.lengths = (int[]){2, 0}}),
          "ag_attention: the length of example 1 is 0: expected 1 to 2");
    STOPS(nn_attention_weights(attention),
          "nn_attention_weights: expected nn_watch(), and then a call of the attention");
    STOPS(nn_decode(encoder, x, x, causal, all_of_them),
          "nn_decode: TransformerEncoder: expected TransformerDecoderLayer, TransformerDecoder or "
          "Transformer");
    STOPS(nn_encoder(&rng, o, 0), "nn_encoder: 0 layers: expected 1 or more");
    STOPS(transformer_cache_new(layer, 1, 1),
          "transformer_cache_new: TransformerEncoderLayer: expected TransformerEncoder, "
          "TransformerDecoder or Transformer");
    STOPS(nn_decode_next(cache, x, x, all_of_them),
          "nn_decode_next: TransformerEncoder: expected the cache of a decoder");
    nn_encode_next(cache, x);
    STOPS(nn_encode_next(cache, x),
          "nn_encode_next: 2 tokens after 2: the cache has room for 3 in all");
    STOPS(transformer_cache_pick(cache, (int[]){1, 2}),
          "attention_cache_pick: example 2: expected 0 to 1");
    STOPS(nn_add_positions(learned, x, 3),
          "nn_add_positions: 2 tokens from place 3 on: expected places 0 to 3");
    error_set_handler(before);
    transformer_cache_free(cache);
    nn_free(encoder);
    nn_free(layer);
    nn_free(attention);
    nn_free(learned);
    ag_reset();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(layers_and_stacks_match_pytorch),
        cmocka_unit_test(they_begin_as_in_pytorch),
        cmocka_unit_test(nothing_comes_from_the_future),
        cmocka_unit_test(a_key_bias_gets_no_gradient),
        cmocka_unit_test(without_positions_the_order_of_tokens_is_nothing),
        cmocka_unit_test(padding_has_no_part_in_the_result),
        cmocka_unit_test(sinusoidal_positions_are_the_waves_of_the_paper),
        cmocka_unit_test(learned_positions_get_the_sum_over_the_examples),
        cmocka_unit_test(a_cache_changes_no_bit),
        cmocka_unit_test(watched_weights_are_a_distribution_over_what_is_heard),
        cmocka_unit_test(a_step_takes_no_memory_and_the_loss_falls),
        cmocka_unit_test(mistakes_are_named),
    };
    golden = golden_read("tests/golden/transformer.txt");
    rng_seed(&rng, 1);
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    golden_free(&golden);
    return failed;
}
