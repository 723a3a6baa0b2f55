/* Modules: names, the walk, modes, what can be found and replaced, what is printed, what stops. And
 * gradients that are clipped. */
#include "nn/module.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "autograd/autograd.h"
#include "child.h"
#include "error.h"
#include "nn/clip.h"
#include "nn/init.h"
#include "nn/layers.h"
#include "nn/optim.h"
#include "scratch.h"

static Rng rng;

/* Two blocks in a row, the first with a batch norm and a dropout in it. */
static Module *small(void)
{
    rng_seed(&rng, 3);
    Module *const first[] = {nn_no_bias(nn_conv2d(&rng, 2, 3, 3, conv_options(2, 1))),
                             nn_batch_norm2d(3), nn_relu(), nn_dropout(&rng, 0.5)};
    Module *const all[] = {nn_sequential(4, first), nn_flatten(), nn_linear(&rng, 12, 1000)};
    return nn_sequential(3, all);
}

static void append_path(const char *path, const ModuleTensor *t, void *context)
{
    char *text = context;
    sprintf(text + strlen(text), "%s%s ", path, t->buffer ? "*" : "");
}

static void the_walk_is_in_pytorchs_order(void **state)
{
    (void)state;
    char paths[1024] = "";
    Module *net = small();
    nn_each(net, append_path, paths);
    assert_string_equal(paths, "0.0.weight 0.1.weight 0.1.bias 0.1.running_mean* "
                               "0.1.running_var* 0.1.num_batches_tracked* 2.weight 2.bias ");
    int n;
    Tensor **parameters = nn_parameters(net, &n);
    assert_int_equal(n, 5);
    assert_ptr_equal(parameters[0], net->child[0].module->child[0].module->tensor[0].tensor);
    assert_int_equal(nn_size(net), 54 + 6 + 13000);
    free(parameters);
    nn_free(net);
}

static void print_small(void *context)
{
    nn_print(context);
    nn_print_state(nn_find(context, "0"));
}

static void it_prints_what_it_is_made_of(void **state)
{
    (void)state;
    Module *net = small();
    Child child = child_run(print_small, net);
    assert_int_equal(child.status, 0);
    assert_string_equal(child.out, "Sequential(\n"
                                   "  (0): Sequential(\n"
                                   "    (0): Conv2d(2, 3, kernel_size=3, stride=2, padding=1, bi"
                                   "as=False)  weight (3, 2, 3, 3)      54\n"
                                   "    (1): BatchNorm2d(3)                                   we"
                                   "ight (3), bias (3)                   6\n"
                                   "    (2): ReLU()\n"
                                   "    (3): Dropout(p=0.5)\n"
                                   "  )\n"
                                   "  (1): Flatten()\n"
                                   "  (2): Linear(in_features=12, out_features=1000)          we"
                                   "ight (12, 1000), bias (1000)    13,000\n"
                                   ")\n"
                                   "13,060 parameters\n"
                                   "  0.weight                                 (3, 2, 3, 3)\n"
                                   "  1.weight                                 (3)\n"
                                   "  1.bias                                   (3)\n"
                                   "  1.running_mean                           (3)\n"
                                   "  1.running_var                            (3)\n"
                                   "  1.num_batches_tracked                    ()\n");
    nn_free(net);
}

static void modes_reach_every_module(void **state)
{
    (void)state;
    Module *net = small(), *norm = nn_find(net, "0.1");
    Tensor *x = ag_full(ag_shape(4, 2, 2, 4, 4), 1), *mean = norm->tensor[2].tensor;
    assert_true(norm->training);
    nn_train(net, false);
    assert_false(norm->training || nn_find(net, "0.3")->training || net->training);
    Tensor *once = nn_forward(net, x), *twice = nn_forward(net, x);
    assert_memory_equal(once->data, twice->data, sizeof(real) * (size_t)once->size);
    assert_true(mean->data[0] == 0);

    nn_train(net, true);
    const Rng before = rng;
    nn_forward(net, x);
    assert_memory_not_equal(&before, &rng, sizeof rng); /* a mask was drawn */
    assert_true(mean->data[0] != 0);
    ag_reset();
    nn_free(net);
}

/* What is frozen gets no gradient and is not moved, and what lies in front of it learns. */
static void what_is_frozen_stays(void **state)
{
    (void)state;
    Module *net = small(), *head = nn_find(net, "2");
    int n;
    Tensor **parameters = nn_parameters(net, &n);
    Optim *optim = optim_new();
    optim_sgd(optim, (Sgd){.lr = 0.5, .weight_decay = 0.1});
    optim_add(optim, n, parameters);
    nn_freeze(head, true);
    const real kernel = parameters[0]->data[0], weight = head->tensor[0].tensor->data[0];
    Tensor *x = ag_zeros(ag_shape(4, 2, 2, 4, 4));
    init_normal(&rng, 1, x->size, x->data);
    ag_backward(ag_sum(nn_forward(net, x), AG_ALL, false));
    assert_null(head->tensor[0].tensor->grad);
    assert_non_null(parameters[0]->grad);
    optim_step(optim);
    assert_true(head->tensor[0].tensor->data[0] == weight);
    assert_true(parameters[0]->data[0] != kernel);
    optim_zero_grad(optim);
    ag_reset();

    nn_freeze(net, false);
    ag_backward(ag_sum(nn_forward(head, ag_full(ag_shape(2, 1, 12), 1)), AG_ALL, false));
    assert_non_null(head->tensor[0].tensor->grad);
    ag_reset();
    optim_free(optim);
    free(parameters);
    nn_free(net);
}

static void a_new_head(void **state)
{
    (void)state;
    Module *net = small(), *head = nn_linear(&rng, 12, 3);
    nn_replace(net, "2", head);
    nn_replace(net, "0.3", nn_identity());
    assert_ptr_equal(nn_find(net, "2"), head);
    assert_ptr_equal(nn_find(net, ""), net);
    Tensor *y = nn_forward(net, ag_zeros(ag_shape(4, 5, 2, 4, 4)));
    assert_true(ag_same_shape(y->shape, ag_shape(2, 5, 3)));
    ag_reset();
    nn_free(net);
}

/* What a file has and a network has not, and the other way round, is said or refused. */
static void a_network_is_saved_and_loaded_whole_or_in_part(void **state)
{
    (void)state;
    Module *net = small(), *other = small();
    Tensor *weight = nn_find(other, "2")->tensor[0].tensor,
           *kernel = nn_find(other, "0.0")->tensor[0].tensor;
    const char *path = scratch_path("net.safetensors");
    const unsigned version = weight->version;
    const real saved = weight->data[7];
    assert_true(nn_save(net, path));
    weight->data[7] = 0;
    assert_true(nn_load(other, path));
    assert_true(weight->data[7] == saved);
    assert_true(weight->version > version);

    nn_replace(other, "2", nn_sequential(1, (Module *[]){nn_linear(&rng, 12, 3)}));
    const real before = kernel->data[0];
    kernel->data[0] = 0;
    assert_false(nn_load(other, path));
    assert_string_equal(strstr(error_text(), "net.safetensors"),
                        "net.safetensors: missing \"2.0.weight\", \"2.0.bias\"; left over "
                        "\"2.bias\", \"2.weight\"");
    assert_true(kernel->data[0] == 0);
    char *unmatched;
    assert_true(nn_load_part(other, path, &unmatched));
    assert_string_equal(unmatched, "missing \"2.0.weight\", \"2.0.bias\"; left over \"2.bias\", "
                                   "\"2.weight\"");
    assert_true(kernel->data[0] == before);
    free(unmatched);
    nn_free(net);
    nn_free(other);
}

/* A convolution and the relu behind it are one op, with the same numbers and gradients. */
static void relu_goes_with_the_convolution(void **state)
{
    (void)state;
    rng_seed(&rng, 5);
    Module *const layers[] = {nn_conv2d(&rng, 2, 3, 3, conv_options(1, 1)), nn_relu()};
    Module *net = nn_sequential(2, layers);
    real values[2 * 2 * 5 * 5], dy[2 * 3 * 5 * 5];
    init_normal(&rng, 1, 100, values);
    init_normal(&rng, 1, 150, dy);
    Tensor *x = ag_variable(ag_shape(4, 2, 2, 5, 5), values), *weight = layers[0]->tensor[0].tensor;
    const int before = ag_tape_length();
    Tensor *y = nn_forward(net, x);
    assert_int_equal(ag_tape_length(), before + 1);
    ag_backward_from(y, dy);
    real dx[100], dw[54];
    memcpy(dx, x->grad, sizeof dx);
    memcpy(dw, weight->grad, sizeof dw);
    weight->grad = layers[0]->tensor[1].tensor->grad = NULL;

    Tensor *x2 = ag_variable(ag_shape(4, 2, 2, 5, 5), values);
    Tensor *y2 = nn_forward(layers[1], nn_forward(layers[0], x2));
    ag_backward_from(y2, dy);
    assert_memory_equal(y->data, y2->data, sizeof(real) * 150);
    assert_memory_equal(dx, x2->grad, sizeof dx);
    assert_memory_equal(dw, weight->grad, sizeof dw);
    ag_reset();
    nn_free(net);
}

static void embeddings_by_number(void **state)
{
    (void)state;
    rng_seed(&rng, 5);
    Module *table = nn_embedding(&rng, 4, 3);
    Tensor *x = ag_tensor(ag_shape(1, 2), (const real[]){3, 0});
    Tensor *a = nn_forward(table, x), *b = nn_embed(table, ag_shape(1, 2), (const int[]){3, 0});
    assert_memory_equal(a->data, b->data, sizeof(real) * 6);
    ag_reset();
    nn_free(table);
}

/* -- clipping --------------------------------------------------------------------------------- */

/* Gradients (3, 4) and (12), one parameter between them without any. */
static Tensor **three_gradients(void)
{
    static Tensor *p[3];
    p[0] = ag_variable(ag_shape(1, 2), (const real[]){1, 1});
    p[1] = ag_variable(ag_shape(1, 2), (const real[]){1, 1});
    p[2] = ag_variable(ag_shape(1, 1), (const real[]){1});
    ag_backward_from(ag_mul(p[0], ag_full(ag_shape(0), 1)), (const real[]){3, 4});
    ag_backward_from(ag_mul(p[2], ag_full(ag_shape(0), 1)), (const real[]){12});
    return p;
}

static void close_to(real actual, double expected)
{
    assert_true(fabs((double)actual - expected) <= 4 * (double)REAL_EPSILON * fabs(expected));
}

static void norms_are_clipped_as_pytorch_does(void **state)
{
    (void)state;
    Tensor **p = three_gradients();
    close_to((real)grad_norm(3, p), 13);
    close_to((real)clip_grad_norm(3, p, 14), 13); /* short enough */
    assert_true(p[0]->grad[0] == 3 && p[2]->grad[0] == 12);
    close_to((real)clip_grad_norm(3, p, 6.5), 13);
    const double factor = 6.5 / (13 + 1e-6);
    close_to(p[0]->grad[0], 3 * factor);
    close_to(p[0]->grad[1], 4 * factor);
    close_to(p[2]->grad[0], 12 * factor);
    assert_null(p[1]->grad);
    p[0]->grad[0] = (real)INFINITY;
    assert_true(isinf(clip_grad_norm(3, p, 1)));
    close_to(p[0]->grad[1], 4 * factor);
    ag_reset();
}

static void values_are_clipped_as_pytorch_does(void **state)
{
    (void)state;
    Tensor **p = three_gradients();
    p[0]->grad[0] = -9;
    clip_grad_value(3, p, 5);
    assert_true(p[0]->grad[0] == -5 && p[0]->grad[1] == 4 && p[2]->grad[0] == 5);
    p[0]->grad[0] = (real)NAN;
    clip_grad_value(3, p, 5);
    assert_true(isnan(p[0]->grad[0]));
    ag_reset();
}

/* -- what stops ------------------------------------------------------------------------------- */

static void stop_at_a_name(void *name)
{
    nn_parameter(nn_relu(), name, ag_shape(0));
}

static void stop_at_a_second(void *net)
{
    nn_child(nn_find(net, "2"), "bias", nn_relu());
}

static void stop_at_no_module(void *net)
{
    nn_find(net, "0.7.weight");
}

static void stop_at_no_forward(void *net)
{
    Module *several = nn_module(sizeof *several, "Attention", NULL);
    nn_append(net, several);
    nn_forward(several, ag_scalar(1));
}

static void stop_at_append(void *net)
{
    nn_append(nn_find(net, "2"), nn_relu());
}

static void stop_at_bias(void *net)
{
    nn_no_bias(nn_find(net, "0.2"));
}

static void stop_at_shape(void *net)
{
    nn_forward(nn_find(net, "0.1"), ag_zeros(ag_shape(2, 4, 3)));
}

static void stop_at_half_a_row(void *net)
{
    (void)net;
    nn_forward(nn_embedding(&rng, 4, 3), ag_tensor(ag_shape(1, 2), (const real[]){1, 1.5}));
}

static void stop_at_p(void *net)
{
    (void)net;
    nn_dropout(&rng, 1.5);
}

static void stop_at_size(void *net)
{
    (void)net;
    nn_conv2d(&rng, 3, 0, 3, conv_options(1, 1));
}

static void expect_stop(ChildBody *body, void *context, const char *message)
{
    Child child = child_run(body, context);
    assert_int_equal(child.status, 1);
    assert_string_equal(child.err, message);
}

static void mistakes_are_named(void **state)
{
    (void)state;
    Module *net = small();
    expect_stop(stop_at_a_name, "a.b",
                "nn_parameter: the name \"a.b\" in ReLU: expected 1 to 31 characters and no dot\n");
    expect_stop(stop_at_a_name, "",
                "nn_parameter: the name \"\" in ReLU: expected 1 to 31 characters and no dot\n");
    expect_stop(stop_at_a_second, net, "nn_child: Linear has a \"bias\" already\n");
    expect_stop(stop_at_no_module, net,
                "nn_find: there is no module \"0.7.weight\": Sequential has no \"7\"\n");
    expect_stop(stop_at_no_forward, net,
                "nn_forward: Attention has several inputs or outputs, and a function of its own\n");
    expect_stop(stop_at_append, net, "nn_append: Linear: expected what nn_sequential() has made\n");
    expect_stop(stop_at_bias, net, "nn_no_bias: ReLU: expected a linear layer or a convolution\n");
    expect_stop(stop_at_shape, net, "BatchNorm2d: expected x (n, c, h, w), got (4, 3)\n");
    expect_stop(stop_at_half_a_row, net, "Embedding: element 1 is 1.5: expected a whole number\n");
    expect_stop(stop_at_p, net, "nn_dropout: p 1.5: expected 0 to 1\n");
    expect_stop(stop_at_size, net,
                "nn_conv2d: 3 in, 0 out, kernel 3: expected 1 or more of each\n");
    nn_free(net);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_walk_is_in_pytorchs_order),
        cmocka_unit_test(it_prints_what_it_is_made_of),
        cmocka_unit_test(modes_reach_every_module),
        cmocka_unit_test(what_is_frozen_stays),
        cmocka_unit_test(a_new_head),
        cmocka_unit_test_setup_teardown(a_network_is_saved_and_loaded_whole_or_in_part,
                                        scratch_setup, scratch_teardown),
        cmocka_unit_test(relu_goes_with_the_convolution),
        cmocka_unit_test(embeddings_by_number),
        cmocka_unit_test(norms_are_clipped_as_pytorch_does),
        cmocka_unit_test(values_are_clipped_as_pytorch_does),
        cmocka_unit_test(mistakes_are_named),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
