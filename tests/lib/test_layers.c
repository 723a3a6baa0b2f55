/* Every layer and some networks of them, forward and backward, in both modes, against PyTorch's
 * numbers and names in tests/golden/nn.txt. */
#include "nn/layers.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "autograd/autograd.h"
#include "golden_module.h"
#include "remembering.h"
#include "scratch.h"
#include "shell.h"

/* As in test_golden.c; a network of some layers rounds more often. */
static const double tolerance = 512 * (double)REAL_EPSILON;

static Golden golden;
static Rng rng;

/* -- the networks ----------------------------------------------------------------------------- */

typedef struct {
    Module module;
    Module *conv1, *bn1, *conv2;
} Residual;

static Tensor *residual_forward(Module *m, Tensor *x)
{
    Residual *r = (Residual *)m;
    Tensor *y = nn_forward(r->bn1, nn_forward(r->conv1, ag_relu(x)));
    return ag_add(x, nn_forward(r->conv2, ag_relu(y)));
}

static Module *residual(int c)
{
    Residual *r = nn_module(sizeof *r, "Residual", residual_forward);
    Module *conv1 = nn_conv2d(&rng, c, c / 2, 3, conv_options(1, 1));
    r->conv1 = nn_child(&r->module, "conv1", nn_no_bias(conv1)); /* bn1 has one */
    r->bn1 = nn_child(&r->module, "bn1", nn_batch_norm2d(c / 2));
    r->conv2 = nn_child(&r->module, "conv2", nn_conv2d(&rng, c / 2, c, 3, conv_options(1, 1)));
    return &r->module;
}

static Module *blocks(int first, int n)
{
    Module *net = nn_sequential(0, (Module *[]){NULL});
    if (first)
        nn_append(net, nn_conv2d(&rng, 3, first, 3, conv_options(1, 0)));
    for (int i = 0; i < n; i++)
        nn_append(net, residual(first ? first : 4));
    return net;
}

/* Two parts, and the flattened features between them as a second output. */
typedef struct {
    Module module;
    Module *features, *classifier;
} Classifier;

static Tensor *classifier_both(Classifier *c, Tensor *x, Tensor **hidden)
{
    Tensor *maps = nn_forward(c->features, x);
    *hidden = ag_reshape(maps, ag_shape(2, maps->shape.dim[0], maps->size / maps->shape.dim[0]));
    return nn_forward(c->classifier, *hidden);
}

static Tensor *classifier_forward(Module *m, Tensor *x)
{
    Tensor *hidden;
    return classifier_both((Classifier *)m, x, &hidden);
}

/* Convolutions of 3 x 3 from 3 channels through the given ones, pooled after the second and the
 * last; then linear layers from d through `hidden` to 10. */
static Module *classifier(int n, const int channels[n], const bool pool[n], int d, int hidden)
{
    Classifier *c = nn_module(sizeof *c, "Classifier", classifier_forward);
    c->features = nn_child(&c->module, "features", nn_sequential(0, (Module *[]){NULL}));
    for (int i = 0; i < n; i++) {
        int in = i == 0 ? 3 : channels[i - 1];
        nn_append(c->features, nn_conv2d(&rng, in, channels[i], 3, conv_options(1, 1)));
        nn_append(c->features, nn_relu());
        if (pool[i])
            nn_append(c->features, nn_max_pool2d(2, 2, 0));
    }
    c->classifier = nn_child(
        &c->module, "classifier",
        nn_sequential(4, (Module *[]){nn_linear(&rng, d, hidden), nn_relu(), nn_dropout(&rng, 0.1),
                                      nn_linear(&rng, hidden, 10)}));
    return &c->module;
}

static Module *lenet(void)
{
    Module *const layers[] = {
        nn_conv2d(&rng, 1, 6, 5, conv_options(1, 2)),
        nn_relu(),
        nn_max_pool2d(2, 2, 0),
        nn_conv2d(&rng, 6, 16, 5, conv_options(1, 0)),
        nn_relu(),
        nn_max_pool2d(2, 2, 0),
        nn_flatten(),
        nn_linear(&rng, 400, 120),
        nn_relu(),
        nn_linear(&rng, 120, 84),
        nn_relu(),
        nn_linear(&rng, 84, 10),
    };
    return nn_sequential(sizeof layers / sizeof *layers, layers);
}

static ConvOptions with_output_padding(ConvOptions options, int output_padding)
{
    options.output_padding[0] = options.output_padding[1] = output_padding;
    return options;
}

typedef struct {
    const char *words; /* of its case, ", eval" left out */
    Module *module;
} Network;

enum { MOST_NETWORKS = 60 };
static Network network[MOST_NETWORKS];

/* One draw a statement: which network gets which numbers does not matter, as its case sets them. */
static void make_networks(void)
{
    const ConvOptions plain = conv_options(1, 0), half = conv_options(2, 1);
    const RecurrentOptions one = {0}, two = {.layers = 2}, dropping = {.layers = 2, .dropout = 0.5},
                           three = {.layers = 3, .no_bias = true, .batch_first = true};
    static const int lengths[] = {2, 5, 3};
    const Network all[] = {
        {"linear", nn_linear(&rng, 5, 3)},
        {"linear without a bias", nn_no_bias(nn_linear(&rng, 5, 3))},
        {"conv1d", nn_conv1d(&rng, 2, 3, 3, plain)},
        {"conv1d, stride 2, padding 1", nn_conv1d(&rng, 2, 3, 4, half)},
        {"conv2d", nn_conv2d(&rng, 2, 3, 3, plain)},
        {"conv2d, stride 2, padding 1", nn_conv2d(&rng, 3, 2, 3, half)},
        {"conv2d, stride 3, padding 2", nn_conv2d(&rng, 1, 4, 5, conv_options(3, 2))},
        {"conv2d without a bias", nn_no_bias(nn_conv2d(&rng, 2, 3, 1, plain))},
        {"conv_transpose1d", nn_conv_transpose1d(&rng, 3, 2, 3, with_output_padding(half, 1))},
        {"conv_transpose2d", nn_conv_transpose2d(&rng, 3, 2, 3, plain)},
        {"conv_transpose2d, output padding",
         nn_conv_transpose2d(&rng, 2, 3, 3, with_output_padding(half, 1))},
        {"embedding", nn_embedding(&rng, 5, 3)},
        {"batch_norm1d", nn_batch_norm1d(3)},
        {"batch_norm2d", nn_batch_norm2d(2)},
        {"batch_norm2d of one value", nn_batch_norm2d(3)},
        {"layer_norm", nn_layer_norm(4)},
        {"dropout", nn_dropout(&rng, 0.25)},
        {"max_pool2d", nn_max_pool2d(2, 2, 0)},
        {"max_pool2d, stride 1, padding 1", nn_max_pool2d(3, 1, 1)},
        {"avg_pool1d", nn_avg_pool1d(2, 2, 0)},
        {"avg_pool2d", nn_avg_pool2d(3, 2, 1)},
        {"flatten", nn_flatten()},
        {"identity", nn_identity()},
        {"relu", nn_relu()},
        {"tanh", nn_tanh()},
        {"sigmoid", nn_sigmoid()},
        {"softmax", nn_softmax(-1)},
        {"softmax over rows", nn_softmax(0)},
        {"sequence", nn_sequential(4, (Module *[]){nn_conv2d(&rng, 1, 2, 3, plain), nn_relu(),
                                                   nn_flatten(), nn_linear(&rng, 8, 3)})},
        {"residual blocks", blocks(0, 2)},
        {"lstm", nn_lstm(&rng, 3, 4, one)},
        {"gru of two layers", nn_gru(&rng, 2, 3, two)},
        {"lstm of three layers, batch first, no bias", nn_lstm(&rng, 2, 3, three)},
        {"rnn of two layers with dropout", nn_rnn(&rng, 3, 2, dropping)},
        {"remembering rnn", remembering(nn_rnn(&rng, 3, 4, two), ag_shape(3, 2, 2, 4), NULL)},
        {"remembering lstm", remembering(nn_lstm(&rng, 2, 3, one), ag_shape(3, 1, 2, 3), NULL)},
        {"remembering gru", remembering(nn_gru(&rng, 2, 3, three), ag_shape(3, 3, 2, 3), NULL)},
        {"packed rnn", remembering(nn_rnn(&rng, 2, 3, one), ag_shape(3, 1, 3, 3), lengths)},
        {"packed lstm", remembering(nn_lstm(&rng, 3, 2, two), ag_shape(3, 2, 3, 2), lengths)},
        {"packed gru", remembering(nn_gru(&rng, 3, 2, three), ag_shape(3, 3, 3, 2), lengths)},
        {"rnn cell", remembering(nn_rnn_cell(&rng, 3, 2, true), ag_shape(2, 4, 2), NULL)},
        {"lstm cell", remembering(nn_lstm_cell(&rng, 2, 3, false), ag_shape(2, 4, 3), NULL)},
        {"gru cell", remembering(nn_gru_cell(&rng, 3, 2, true), ag_shape(2, 4, 2), NULL)},
        {"names of LeNet-5", lenet()},
        {"names of a network of blocks", blocks(16, 12)},
        {"names of the teacher",
         classifier(4, (int[]){128, 64, 64, 32}, (bool[]){0, 1, 0, 1}, 2048, 512)},
        {"names of the student", classifier(2, (int[]){16, 16}, (bool[]){1, 1}, 1024, 256)},
    };
    _Static_assert(sizeof all <= sizeof network, "more networks");
    memcpy(network, all, sizeof all);
}

static Module *find_network(const char *words)
{
    for (int i = 0; network[i].words; i++) {
        size_t length = strlen(network[i].words);
        if (strncmp(words, network[i].words, length) == 0 &&
            (words[length] == '\0' || strcmp(words + length, ", eval") == 0))
            return network[i].module;
    }
    fail_msg("case %s: no such network", words);
    return NULL;
}

/* -- one case --------------------------------------------------------------------------------- */

static void check_buffer(const char *path, const ModuleTensor *t, void *context)
{
    const ModuleCase *c = context;
    if (!t->buffer)
        return;
    const GoldenLine *line = module_line(c, "after.", path);
    assert_non_null(line);
    if (t->tensor)
        module_line_matches(c, path, line, t->tensor->shape, false, t->tensor->data);
    else
        assert_int_equal(*t->count, (long)line->value[0]);
}

static void check_numbers(ModuleCase *c, Module *m)
{
    const GoldenLine *in = module_line(c, "in", ""), *out = module_line(c, "out", "");
    const GoldenLine *dx = module_line(c, "grad.", ""), *dy = module_line(c, "upstream", "");
    nn_train(m, !strstr(c->words, ", eval"));
    module_set_state(c, m);

    real *values = golden_reals(in), *upstream = golden_reals(dy);
    Tensor *x = (dx ? ag_variable : ag_tensor)(in->shape, values), *y = nn_forward(m, x);
    assert_true(ag_same_shape(y->shape, out->shape));
    module_line_matches(c, "out", out, y->shape, false, y->data);
    if (y == x) /* nothing is on the tape */
        dx = NULL;
    else
        ag_backward_from(y, upstream);
    if (dx)
        module_line_matches(c, "dx", dx, x->shape, false, x->grad);
    module_check_gradients(c, m);
    nn_each(m, check_buffer, c);
    free(values);
    free(upstream);
    ag_reset();
}

static void check_name(const char *path, const ModuleTensor *t, void *context)
{
    ModuleCase *c = context;
    const GoldenLine *line = &c->line[c->visited++]; /* in PyTorch's order, too */
    assert_true(c->visited <= c->lines);
    assert_string_equal(line->name + strlen("name."), path);
    const Shape shape = t->tensor ? t->tensor->shape : ag_shape(0);
    assert_int_equal((int)line->value[0], shape.ndim);
    for (int d = 0; d < shape.ndim; d++)
        assert_int_equal((int)line->value[1 + d],
                         shape.dim[t->transposed ? shape.ndim - 1 - d : d]);
}

static void layers_match_pytorch(void **state)
{
    (void)state;
    int cases = 0;
    for (int at = 0; at < golden.n; at++) {
        ModuleCase c = module_case(&golden, &at, tolerance);
        if (!c.words)
            continue;
        Module *m = find_network(c.words);
        if (strncmp(c.words, "names of ", 9) == 0) {
            nn_each(m, check_name, &c);
            assert_int_equal(c.visited, c.lines);
        } else {
            check_numbers(&c, m);
        }
        cases++;
    }
    assert_int_equal(cases, 55);
}

/* -- what else they do ------------------------------------------------------------------------ */

static void two_outputs(void **state)
{
    (void)state;
    Module *m = find_network("names of the student");
    nn_train(m, false);
    Tensor *x = ag_full(ag_shape(4, 2, 3, 32, 32), 0.5), *hidden;
    Tensor *logits = classifier_both((Classifier *)m, x, &hidden);
    assert_true(ag_same_shape(hidden->shape, ag_shape(2, 2, 1024)));
    assert_true(ag_same_shape(logits->shape, ag_shape(2, 2, 10)));
    ag_reset();
}

/* PyTorch reads the student from a file, takes every name in it, and says the same of two images.
 */
static void pytorch_reads_a_saved_network(void **state)
{
    (void)state;
    const char *python = getenv("PYTHON");
    python = python ? python : "/usr/bin/python3";
    Module *student = find_network("names of the student");
    assert_true(nn_save(student, scratch_path("student.safetensors")));
    if (run("%s -c 'import torch' 2>/dev/null", python).status != 0) {
        print_message("skipped: %s has no PyTorch\n", python);
        skip();
    }
    Child child = run("%s -B tests/golden/nn.py '%s'", python, scratch_path("student.safetensors"));
    assert_int_equal(child.status, 0);

    nn_train(student, false);
    Tensor *x = ag_zeros(ag_shape(4, 2, 3, 32, 32));
    for (int i = 0; i < x->size; i++)
        x->data[i] = (real)i / 6144;
    Tensor *logits = nn_forward(student, x);
    real expected[20];
    char *at = child.out;
    for (int i = 0; i < 20; i++)
        expected[i] = (real)strtod(at, &at);
    assert_true(compare(20, logits->data, expected).relative < 2e4 * (double)REAL_EPSILON);
    ag_reset();
}

static int setup(void **state)
{
    if (scratch_setup(state) != 0)
        return -1;
    golden = golden_read("tests/golden/nn.txt");
    rng_seed(&rng, 1);
    make_networks();
    return 0;
}

static int teardown(void **state)
{
    for (int i = 0; network[i].words; i++)
        nn_free(network[i].module);
    golden_free(&golden);
    return scratch_teardown(state);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(layers_match_pytorch),
        cmocka_unit_test(two_outputs),
        cmocka_unit_test(pytorch_reads_a_saved_network),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
