/* Every op's gradient against the central difference, and facts about ops that hold exactly. */
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
#include "kernel/random.h"
#include "op_rows.h"

/* How the op's inputs hang together. LEAF: they are what is differentiated. INNER: they were
 * computed from it, so the gradient passes through the op to the op before. TWICE: they are used by
 * the op and again afterwards, and where two inputs have the same shape they are the same. */
typedef enum { LEAF, INNER, TWICE, N_USES } Use;

static const char *const use_names[N_USES] = {
    "matches_central_difference",
    "matches_central_difference_on_a_computed_input",
    "matches_central_difference_with_an_input_used_twice",
};

typedef struct {
    const OpRow *row;
    Use use;
} OpTest;

typedef struct {
    const OpTest *test;
    OpCall call;
} Problem;

/* Random weights for the sum that makes a loss of a tensor: its upstream gradient. They come out
 * the same in every evaluation. */
static Tensor *weighted_sum(Tensor *y)
{
    Rng rng;
    rng_seed(&rng, 2);
    Tensor *weights = ag_zeros(y->shape);
    for (int i = 0; i < y->size; i++)
        weights->data[i] = (real)(rng_normal(&rng) + 0.25);
    return ag_sum(ag_mul(y, weights), AG_ALL, false);
}

/* x + x^3 / 8 keeps the sign and the order of elements, so they stay as far from kinks as x. */
static Tensor *computed_from(Tensor *x)
{
    return ag_add(x, ag_mul(ag_mul(x, x), ag_mul(x, ag_scalar((real)0.125))));
}

static Tensor *build(const Problem *p)
{
    OpCall call = p->call;
    Use use = p->test->use;
    for (int i = 0; use == INNER && i < call.n_in; i++)
        call.in[i] = computed_from(call.in[i]);
    if (use == TWICE && call.n_in > 1 && ag_same_shape(call.in[0]->shape, call.in[1]->shape))
        call.in[1] = call.in[0];
    Tensor *loss = weighted_sum(p->test->row->apply(&call));
    /* The second use comes after the op: its gradient is there first, and must not be lost. */
    for (int i = 0; use == TWICE && i < call.n_in; i++)
        if (p->call.in[i]->requires_grad)
            loss = ag_add(loss, weighted_sum(computed_from(p->call.in[i])));
    return loss;
}

static double evaluate(void *problem)
{
    ag_no_grad_begin();
    double loss = (double)ag_item(build(problem));
    ag_no_grad_end();
    ag_reset();
    return loss;
}

static double largest(int n, const real *x)
{
    real most = 0;
    for (int i = 0; i < n; i++)
        most = fmax(most, fabs(x[i]));
    return (double)most;
}

static void check_input(Problem *p, const char *text, int i)
{
    Tensor *x = p->call.in[i];
    if (!x->grad) {
        fail_msg("case \"%s\": no gradient reached input %d", text, i);
        return;
    }
    real *numeric = malloc((size_t)x->size * sizeof *numeric);
    numeric_gradient(evaluate, p, x->size, x->data, numeric);
    Comparison c = compare(x->size, x->grad, numeric);
    if (c.relative > 1e-8)
        fail_msg("case \"%s\", input %d, element %d: tape %.12g, numeric %.12g, relative %.2g",
                 text, i, c.worst, (double)x->grad[c.worst], (double)numeric[c.worst], c.relative);
    if (largest(x->size, numeric) < 1e-3)
        fail_msg("case \"%s\", input %d: a gradient of zero shows nothing", text, i);
    free(numeric);
}

static void gradient_matches_central_difference(void **state)
{
    const OpTest *test = *state;
    if (REAL_EPSILON > DBL_EPSILON)
        skip(); /* a difference of floats has three digits at best */
    for (const char *const *text = test->row->cases; *text; text++) {
        Problem p = {test, op_case_begin(*text)};
        ag_backward(build(&p));
        ag_reset();
        for (int i = 0; i < p.call.n_in; i++)
            if (p.call.in[i]->requires_grad)
                check_input(&p, *text, i);
            else
                assert_null(p.call.in[i]->grad);
        op_case_end(&p.call);
    }
}

/* -- the table and the header ------------------------------------------------------------------ */

static void every_op_of_the_header_has_a_row_with_cases(void **state)
{
    (void)state;
    FILE *header = fopen("lib/autograd/ops.h", "r");
    if (!header)
        fail_msg("lib/autograd/ops.h: cannot be opened; tests run in the root of the repository");
    char line[256], name[64];
    int ops = 0;
    while (fgets(line, sizeof line, header)) {
        if (sscanf(line, "Tensor *ag_%63[a-z0-9_](", name) != 1)
            continue;
        const OpRow *row = op_row_find(name, (int)strlen(name));
        if (!row || !row->cases[0])
            fail_msg("ag_%s has no row, or no case, in tests/lib/op_rows.c", name);
        ops++;
    }
    fclose(header);
    assert_int_equal(ops, n_op_rows);
}

/* -- facts ------------------------------------------------------------------------------------- */

/* Six rows of four numbers each, up to 3 in size. */
static Tensor *some_rows(void)
{
    Rng rng;
    rng_seed(&rng, 3);
    Tensor *x = ag_variable(ag_shape(2, 6, 4), ag_zeros(ag_shape(2, 6, 4))->data);
    for (int i = 0; i < x->size; i++)
        x->data[i] = (real)(6 * rng_uniform(&rng) - 3);
    return x;
}

static void assert_close(double a, double b, double roundings)
{
    if (!(fabs(a - b) <= roundings * (double)REAL_EPSILON * fmax(fabs(a), fabs(b))))
        fail_msg("%.17g and %.17g differ by more than %g roundings", a, b, roundings);
}

static void softmax_rows_sum_to_one(void **state)
{
    (void)state;
    Tensor *total = ag_sum(ag_softmax(some_rows(), 1), 1, false);
    for (int i = 0; i < total->size; i++)
        assert_close((double)total->data[i], 1, 4);
    ag_reset();
}

static void gradient_of_the_sum_of_softmax_is_zero(void **state)
{
    (void)state;
    Tensor *x = some_rows();
    ag_backward(ag_sum(ag_softmax(x, 1), AG_ALL, false));
    assert_true(largest(x->size, x->grad) < 8 * (double)REAL_EPSILON);
    ag_reset();
}

static void softmax_ignores_a_constant_added_to_its_row(void **state)
{
    (void)state;
    Tensor *x = ag_tensor(ag_shape(1, 3), (real[]){-1, 0.5, 2}); /* exact after adding 512 */
    Tensor *p = ag_softmax(x, 0), *q = ag_softmax(ag_add(x, ag_scalar(512)), 0);
    assert_memory_equal(p->data, q->data, 3 * sizeof(real));
    ag_reset();
}

static void cross_entropy_of_equal_logits_is_log_of_the_classes(void **state)
{
    (void)state;
    Tensor *logits = ag_zeros(ag_shape(2, 5, 27));
    const int target[] = {0, 5, 13, 25, 26};
    assert_close((double)ag_item(ag_cross_entropy(logits, target, AG_MEAN)), log(27.0), 2);
    assert_close((double)ag_item(ag_cross_entropy(logits, target, AG_SUM)), 5 * log(27.0), 4);
    ag_reset();
}

static void cross_entropy_gradient_is_p_minus_onehot_over_n(void **state)
{
    (void)state;
    Tensor *x = some_rows(), *p = ag_softmax(ag_detach(x), 1);
    const int target[] = {0, 3, 1, 2, 3, 0};
    ag_backward(ag_cross_entropy(x, target, AG_MEAN));
    for (int i = 0; i < x->size; i++)
        assert_close((double)x->grad[i], ((double)p->data[i] - (i % 4 == target[i / 4])) / 6, 16);
    ag_reset();
}

/* The gradient of the only element of x. */
static double slope_of(Tensor *loss, Tensor *x)
{
    ag_backward(loss);
    return (double)x->grad[0];
}

static void losses_keep_their_far_tails(void **state)
{
    (void)state;
    const double tail = exp(-40.0) / (1 + exp(-40.0));
    Tensor *one = ag_full(ag_shape(1, 1), 1), *zero = ag_zeros(ag_shape(1, 1));
    for (int sign = -1; sign <= 1; sign += 2) {
        Tensor *z = ag_variable(ag_shape(1, 1), (real[]){(real)(40 * sign)});
        Tensor *target = sign > 0 ? one : zero; /* right, and sure of it */
        Tensor *loss = ag_binary_cross_entropy_with_logits(z, target, NULL, AG_SUM);
        assert_close((double)ag_item(loss), log1p(exp(-40.0)), 8);
        assert_close(slope_of(loss, z), -sign * tail, 8);
    }
    ag_reset();
}

static void no_logit_and_no_probability_is_too_much_for_a_loss(void **state)
{
    (void)state;
    Tensor *z = ag_variable(ag_shape(1, 1), (real[]){(real)1e30});
    Tensor *zero = ag_zeros(ag_shape(1, 1)), *p = ag_variable(ag_shape(1, 1), (real[]){1});
    Tensor *loss = ag_binary_cross_entropy_with_logits(z, zero, NULL, AG_MEAN);
    assert_close((double)ag_item(loss), 1e30, 2);
    assert_close(slope_of(loss, z), 1, 2);
    loss = ag_binary_cross_entropy(p, zero, AG_MEAN);
    assert_close((double)ag_item(loss), 100, 2);
    assert_close(slope_of(loss, p), 1e12, 4e-9 / (double)REAL_EPSILON + 4); /* 1e-12 is a float */
    ag_reset();
}

/* 0 ln 0 is 0, whatever stands beside it: what never happens costs nothing, even if it was held to
 * be impossible. */
static void kl_of_a_target_of_zero_is_zero(void **state)
{
    (void)state;
    Tensor *x = ag_variable(ag_shape(1, 2), (real[]){-INFINITY, 0});
    Tensor *loss = ag_kl_div(x, ag_tensor(ag_shape(1, 2), (real[]){0, 1}), AG_SUM);
    assert_true(ag_item(loss) == 0);
    ag_backward(loss);
    assert_true(x->grad[0] == 0 && x->grad[1] == -1);
    ag_reset();
}

/* What a score adds to the target's softmax vanishes with it, and so does its gradient: the others
 * get what they would get without it. */
static void kl_of_a_target_that_has_vanished_has_the_gradient_of_the_limit(void **state)
{
    (void)state;
    const real scores[] = {0, 1, -10000}, logs[] = {-1, (real)-0.5, -3};
    Tensor *z = ag_variable(ag_shape(2, 1, 3), scores),
           *two = ag_variable(ag_shape(2, 1, 2), scores);
    Tensor *x = ag_variable(z->shape, logs), *t = ag_softmax(z, 1);
    assert_true(t->data[2] == 0);
    ag_backward(ag_kl_div(x, t, AG_SUM));
    ag_backward(ag_kl_div(ag_tensor(two->shape, logs), ag_softmax(two, 1), AG_SUM));
    assert_true(t->grad[2] == 0 && z->grad[2] == 0 && x->grad[2] == 0);
    for (int i = 0; i < 2; i++)
        assert_close((double)z->grad[i], (double)two->grad[i], 8);
    ag_reset();
}

/* cos is 1 up to the 1e-12 that is added to each squared length. */
static void vectors_along_one_line_have_no_angle(void **state)
{
    (void)state;
    Tensor *a = ag_variable(ag_shape(2, 1, 2), (real[]){1, 2}), *b = ag_mul(a, ag_scalar(3));
    const int together[] = {1}, apart[] = {-1};
    Tensor *loss = ag_cosine_embedding_loss(a, b, together, 0, AG_SUM);
    assert_true(fabs((double)ag_item(loss)) < 4 * (double)REAL_EPSILON + 1e-12);
    assert_true(fabs(slope_of(loss, a)) < 4 * (double)REAL_EPSILON + 1e-12);
    loss = ag_cosine_embedding_loss(a, b, apart, 0.25, AG_SUM);
    assert_true(fabs((double)ag_item(loss) - 0.75) < 4 * (double)REAL_EPSILON + 1e-12);
    ag_reset();
}

static void a_loss_keeps_a_nan(void **state)
{
    (void)state;
    static const char *const names[] = {"l1_loss", "mse_loss", "smooth_l1_loss", "kl_div",
                                        "binary_cross_entropy_with_logits"};
    Tensor *x = ag_tensor(ag_shape(2, 1, 2), (real[]){NAN, 1}), *t = ag_full(x->shape, (real)0.5);
    OpCall pair = {.n_in = 2, .in = {x, t}, .args = {AG_NONE, AG_NONE}};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        assert_true(isnan(op_row_find(names[i], (int)strlen(names[i]))->apply(&pair)->data[0]));
    const int first[] = {0}, apart[] = {-1};
    MultiMarginOptions margin = {.p = 1, .margin = 1};
    assert_true(isnan(ag_item(ag_cross_entropy(x, first, AG_MEAN))));
    assert_true(isnan(ag_item(ag_multi_margin_loss(x, first, margin, AG_MEAN))));
    assert_true(isnan(ag_item(ag_cosine_embedding_loss(x, t, apart, 0, AG_MEAN))));
    ag_reset();
}

static void embedding_is_a_product_with_one_hot_rows(void **state)
{
    (void)state;
    Tensor *table = some_rows(), *copy = ag_variable(table->shape, table->data);
    const int index[] = {5, 0, 5, 2, 5};
    Tensor *one_hot = ag_zeros(ag_shape(2, 5, 6));
    for (int i = 0; i < 5; i++)
        one_hot->data[i * 6 + index[i]] = 1;
    Tensor *rows = ag_embedding(table, ag_shape(1, 5), index), *same = ag_matmul(one_hot, copy);
    assert_memory_equal(rows->data, same->data, (size_t)rows->size * sizeof(real));
    ag_backward(ag_add(weighted_sum(rows), weighted_sum(same)));
    for (int i = 0; i < table->size; i++)
        assert_close((double)table->grad[i], (double)copy->grad[i], 8);
    ag_reset();
}

/* What a convolution with relu gives, forwards and backwards, without and with an op of its own. */
static void relu_of_a_convolution_is_relu_after_it(void **state)
{
    (void)state;
    for (int transposed = 0; transposed < 2; transposed++) {
        const char *name = transposed ? "conv_transpose2d" : "conv2d";
        const OpRow *row = op_row_find(name, (int)strlen(name));
        OpCall fused = op_case_begin(transposed ? "(2, 3, 5, 6) (3, 2, 3, 3) (2) | 2 2 1 0 1 0 1"
                                                : "(2, 3, 5, 6) (2, 3, 3, 3) (2) | 2 2 1 0 1");
        OpCall apart = fused;
        apart.args[transposed ? 6 : 4] = 0;
        real before[OP_MAX_INPUTS][256];
        Tensor *y = row->apply(&fused), *z = ag_relu(row->apply(&apart));
        assert_memory_equal(y->data, z->data, (size_t)y->size * sizeof(real));
        ag_backward(weighted_sum(y));
        for (int i = 0; i < 3; i++)
            memcpy(before[i], fused.in[i]->grad, (size_t)fused.in[i]->size * sizeof(real));
        ag_zero_grad(3, fused.in);
        ag_backward(weighted_sum(z));
        for (int i = 0; i < 3; i++)
            assert_memory_equal(before[i], fused.in[i]->grad,
                                (size_t)fused.in[i]->size * sizeof(real));
        ag_reset();
        op_case_end(&fused);
    }
}

/* <convT(x), dy> = <x, conv(dy)>, and what the lesson has for both: 246. */
static void a_transposed_convolution_is_the_adjoint_of_a_convolution(void **state)
{
    (void)state;
    Tensor *x = ag_tensor(ag_shape(4, 1, 1, 2, 2), (real[]){1, 2, 3, 4});
    Tensor *w = ag_tensor(ag_shape(4, 1, 1, 3, 3), (real[]){1, 2, 1, 0, 1, 0, 2, 0, -1});
    Tensor *dy = ag_zeros(ag_shape(4, 1, 1, 4, 4));
    for (int i = 0; i < 16; i++)
        dy->data[i] = (real)(i + 1);
    const ConvOptions there = conv_options(2, 1);
    const ConvOptions back = {.stride = {2, 2}, .padding = {1, 1}, .output_padding = {1, 1}};
    Tensor *up = ag_conv_transpose2d(x, w, NULL, back), *down = ag_conv2d(dy, w, NULL, there);
    assert_true(ag_item(ag_sum(ag_mul(up, dy), AG_ALL, false)) == 246);
    assert_true(ag_item(ag_sum(ag_mul(x, down), AG_ALL, false)) == 246);
    static const real wanted[] = {-5, 7, 11, 51};
    assert_memory_equal(down->data, wanted, sizeof wanted);
    ag_reset();
}

static void index_arrays_are_copied(void **state)
{
    (void)state;
    int index[] = {1, 0, 3, 2, 1, 0};
    Tensor *x = some_rows(), *picked = ag_gather(x, index), *rows, *logits = some_rows();
    rows = ag_embedding(x, ag_shape(1, 2), index);
    Tensor *loss = ag_cross_entropy(logits, index, AG_SUM);
    memset(index, 0, sizeof index);
    real only_fourth[] = {0, 0, 0, 1, 0, 0};
    ag_backward_from(picked, only_fourth);
    assert_true(x->grad[3 * 4 + 2] == 1 && x->grad[3 * 4] == 0);
    ag_backward_from(rows, (const real[]){1, 1, 1, 1, 0, 0, 0, 0});
    assert_true(x->grad[4] == 1 && x->grad[0] == 0); /* index[0] was 1 */
    ag_backward(loss);
    assert_true(logits->grad[2 * 4 + 3] < 0); /* only the target's is negative */
    ag_reset();
}

static void batch_norm_makes_rows_of_mean_bias_and_deviation_gain(void **state)
{
    (void)state;
    Tensor *gain = ag_full(ag_shape(1, 4), 3), *bias = ag_full(ag_shape(1, 4), (real)0.5);
    for (VarianceKind kind = AG_BIASED; kind <= AG_BESSEL; kind++) {
        Tensor *y = ag_batch_norm(some_rows(), gain, bias, 0, kind, NULL);
        Tensor *mean = ag_mean(y, 0, false), *var = ag_var(y, 0, kind, false);
        for (int j = 0; j < 4; j++) {
            assert_close((double)mean->data[j], 0.5, 32);
            assert_close((double)var->data[j], 9, 32);
        }
    }
    ag_reset();
}

/* One Rng for all of them, as in training. */
static void dropout_draws_a_new_mask_each_time_and_keeps_it_for_the_way_back(void **state)
{
    (void)state;
    Rng rng, again;
    rng_seed(&rng, 1);
    again = rng;
    Tensor *x = ag_variable(ag_shape(1, 100), ag_full(ag_shape(1, 100), 3)->data);
    Tensor *y = ag_dropout(x, 0.25, true, &rng), *other = ag_dropout(x, 0.25, true, &rng);
    Tensor *same = ag_dropout(x, 0.25, true, &again);
    assert_memory_equal(y->data, same->data, 100 * sizeof(real));
    assert_memory_not_equal(y->data, other->data, 100 * sizeof(real));
    ag_backward(ag_sum(y, AG_ALL, false));
    for (int i = 0; i < 100; i++) {
        assert_true(y->data[i] == 0 || y->data[i] == 4);
        assert_true(x->grad[i] == (y->data[i] == 0 ? 0 : (real)(1 / 0.75)));
    }
    ag_reset();
}

/* A difference of two losses says nothing if they were made with two masks. */
static void the_numeric_gradient_sees_one_mask_and_draws_nothing(void **state)
{
    (void)state;
    if (REAL_EPSILON > DBL_EPSILON)
        skip();
    Rng rng, after;
    rng_seed(&rng, 2);
    Tensor *x = some_rows(), *loss = weighted_sum(ag_dropout(x, 0.5, true, &rng));
    after = rng;
    real numeric[24];
    ag_backward(loss);
    ag_numeric_gradient(loss, x, numeric);
    assert_true(compare(24, x->grad, numeric).relative < 1e-8);
    assert_memory_equal(&rng, &after, sizeof rng);
    ag_reset();
}

static void dropout_in_use_leaves_everything_and_draws_nothing(void **state)
{
    (void)state;
    Tensor *x = some_rows();
    assert_ptr_equal(ag_dropout(x, 0.5, false, NULL), x);
    Rng rng, before;
    rng_seed(&rng, 3);
    before = rng;
    assert_ptr_equal(ag_dropout(x, 0.5, false, &rng), x);
    assert_memory_equal(&rng, &before, sizeof rng);
    ag_reset();
}

/* Next to a 1, an error in 1e-17 is invisible to every other test here. */
static void far_tails_keep_all_their_digits(void **state)
{
    (void)state;
    const double tail = exp(-40.0);
    Tensor *x = ag_variable(ag_shape(1, 1), (real[]){-40});
    assert_close((double)ag_item(ag_exp(x)), tail, 4);
    Tensor *s = ag_sigmoid(x), *p = ag_softplus(x);
    assert_close((double)ag_item(s), tail / (1 + tail), 8);
    assert_close((double)ag_item(p), log1p(tail), 8);
    ag_backward_from(s, (const real[]){1});
    assert_close((double)x->grad[0], tail, 8);
    ag_backward_from(p, (const real[]){1});
    assert_close((double)x->grad[0], 2 * tail, 8);
    Tensor *small = ag_tanh(ag_scalar((real)1e-6));
    assert_close((double)ag_item(small), tanh((double)(real)1e-6), 4);
    ag_reset();
}

static void an_elementwise_op_keeps_a_nan(void **state)
{
    (void)state;
    static const char *const names[] = {"neg",  "exp",     "log",  "sqrt",    "abs",
                                        "tanh", "sigmoid", "relu", "softplus"};
    OpCall call = {.n_in = 1, .in = {ag_tensor(ag_shape(1, 3), (real[]){1, NAN, 1})}};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        const real *y = op_row_find(names[i], (int)strlen(names[i]))->apply(&call)->data;
        if (isnan(y[0]) || !isnan(y[1]) || isnan(y[2]))
            fail_msg("ag_%s of 1, NaN, 1 is %g, %g, %g", names[i], (double)y[0], (double)y[1],
                     (double)y[2]);
    }
    ag_reset();
}

static void an_op_leaves_its_inputs_as_they_are(void **state)
{
    (void)state;
    for (int r = 0; r < n_op_rows; r++) {
        OpCall call = op_case_begin(op_rows[r].cases[0]);
        real before[OP_MAX_INPUTS][64];
        for (int i = 0; i < call.n_in; i++)
            memcpy(before[i], call.in[i]->data, (size_t)call.in[i]->size * sizeof(real));
        Tensor *y = op_rows[r].apply(&call);
        ag_backward(weighted_sum(y));
        for (int i = 0; i < call.n_in; i++)
            if (memcmp(before[i], call.in[i]->data, (size_t)call.in[i]->size * sizeof(real)) != 0)
                fail_msg("ag_%s wrote into its input %d", op_rows[r].name, i);
        ag_reset();
        op_case_end(&call);
    }
}

/* The gradient of each input alone, all the others held constant, is the one it gets with them. */
static void check_one_at_a_time(const OpRow *row, const char *text)
{
    OpCall together = op_case_begin(text), alone = op_case_begin(text);
    ag_backward(weighted_sum(row->apply(&together)));
    for (int i = 0; i < alone.n_in; i++) {
        if (!together.in[i]->requires_grad)
            continue;
        for (int j = 0; j < alone.n_in; j++)
            alone.in[j]->requires_grad = j == i;
        ag_zero_grad(alone.n_in, alone.in);
        ag_backward(weighted_sum(row->apply(&alone)));
        for (int j = 0; j < alone.n_in; j++)
            if ((alone.in[j]->grad != NULL) != (j == i))
                fail_msg("ag_%s, case \"%s\", input %d", row->name, text, j);
        assert_memory_equal(alone.in[i]->grad, together.in[i]->grad,
                            (size_t)alone.in[i]->size * sizeof(real));
    }
    ag_reset();
    op_case_end(&together);
    op_case_end(&alone);
}

static void an_input_gets_its_gradient_whoever_else_wants_one(void **state)
{
    (void)state;
    for (int r = 0; r < n_op_rows; r++)
        for (const char *const *text = op_rows[r].cases; *text; text++)
            check_one_at_a_time(&op_rows[r], *text);
}

/* A mistake that the library finds fails the test that made it, and the next one runs. */
static void fail_test(const char *message)
{
    fail_msg("%s", message);
}

int main(void)
{
    error_set_handler(fail_test);
    const struct CMUnitTest facts[] = {
        cmocka_unit_test(every_op_of_the_header_has_a_row_with_cases),
        cmocka_unit_test(softmax_rows_sum_to_one),
        cmocka_unit_test(gradient_of_the_sum_of_softmax_is_zero),
        cmocka_unit_test(softmax_ignores_a_constant_added_to_its_row),
        cmocka_unit_test(cross_entropy_of_equal_logits_is_log_of_the_classes),
        cmocka_unit_test(cross_entropy_gradient_is_p_minus_onehot_over_n),
        cmocka_unit_test(losses_keep_their_far_tails),
        cmocka_unit_test(no_logit_and_no_probability_is_too_much_for_a_loss),
        cmocka_unit_test(kl_of_a_target_of_zero_is_zero),
        cmocka_unit_test(kl_of_a_target_that_has_vanished_has_the_gradient_of_the_limit),
        cmocka_unit_test(vectors_along_one_line_have_no_angle),
        cmocka_unit_test(a_loss_keeps_a_nan),
        cmocka_unit_test(embedding_is_a_product_with_one_hot_rows),
        cmocka_unit_test(relu_of_a_convolution_is_relu_after_it),
        cmocka_unit_test(a_transposed_convolution_is_the_adjoint_of_a_convolution),
        cmocka_unit_test(index_arrays_are_copied),
        cmocka_unit_test(batch_norm_makes_rows_of_mean_bias_and_deviation_gain),
        cmocka_unit_test(dropout_draws_a_new_mask_each_time_and_keeps_it_for_the_way_back),
        cmocka_unit_test(the_numeric_gradient_sees_one_mask_and_draws_nothing),
        cmocka_unit_test(dropout_in_use_leaves_everything_and_draws_nothing),
        cmocka_unit_test(far_tails_keep_all_their_digits),
        cmocka_unit_test(an_elementwise_op_keeps_a_nan),
        cmocka_unit_test(an_op_leaves_its_inputs_as_they_are),
        cmocka_unit_test(an_input_gets_its_gradient_whoever_else_wants_one),
    };
    const int n = N_USES * n_op_rows;
    OpTest op_tests[n];
    char names[n][96];
    struct CMUnitTest gradients[n];
    for (int i = 0; i < n; i++) {
        op_tests[i] = (OpTest){&op_rows[i / N_USES], (Use)(i % N_USES)};
        snprintf(names[i], sizeof names[i], "%s_gradient_%s", op_tests[i].row->name,
                 use_names[op_tests[i].use]);
        gradients[i] = (struct CMUnitTest){.name = names[i],
                                           .test_func = gradient_matches_central_difference,
                                           .initial_state = &op_tests[i]};
    }
    return cmocka_run_group_tests(facts, NULL, NULL) +
           cmocka_run_group_tests(gradients, NULL, NULL);
}
