/* The numeric gradient on the tape: of any op, any tensor, views and kinks; and what it leaves. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "autograd/arena.h"
#include "autograd/autograd.h"
#include "error.h"
#include "kernel/random.h"
#include "kernel/vector.h"
#include "op_rows.h"

/* A difference of floats has three digits at best. */
#define NEEDS_DOUBLE()              \
    if (REAL_EPSILON > DBL_EPSILON) \
    skip()

static Tensor *total(Tensor *x)
{
    return ag_sum(x, AG_ALL, false);
}

/* The sum of the elements, each times a weight of its own. */
static Tensor *weighted_sum(Tensor *y)
{
    Rng rng;
    rng_seed(&rng, 7);
    Tensor *weights = ag_zeros(y->shape);
    for (int i = 0; i < y->size; i++)
        weights->data[i] = (real)(rng_normal(&rng) + 0.25);
    return total(ag_mul(y, weights));
}

static void assert_gradient(Tensor *loss, Tensor *x, const char *what)
{
    real numeric[x->size];
    int kinks = ag_numeric_gradient(loss, x, numeric);
    Comparison c = compare(x->size, x->grad, numeric);
    if (kinks != 0 || c.relative > 1e-8)
        fail_msg("%s: %d kinks; element %d: tape %.12g, numeric %.12g", what, kinks, c.worst,
                 (double)x->grad[c.worst], (double)numeric[c.worst]);
}

/* -- every op --------------------------------------------------------------------------------- */

/* x + x^3 / 8: what the op is given is no leaf, and as far from kinks as x. */
static Tensor *computed_from(Tensor *x)
{
    return ag_add(x, ag_mul(ag_mul(x, x), ag_mul(x, ag_scalar((real)0.125))));
}

/* The leaves, what was computed from them, the op's own output: the tape and the nudges agree. */
static void gradients_of_leaf_input_and_output_agree(void **state)
{
    const OpRow *row = *state;
    NEEDS_DOUBLE();
    for (const char *const *text = row->cases; *text; text++) {
        OpCall call = op_case_begin(*text), inner = call;
        for (int i = 0; i < call.n_in; i++)
            inner.in[i] = computed_from(call.in[i]);
        Tensor *y = row->apply(&inner), *loss = weighted_sum(y);
        ag_backward(loss);
        assert_gradient(loss, y, *text);
        for (int i = 0; i < call.n_in; i++)
            if (call.in[i]->requires_grad) {
                assert_gradient(loss, call.in[i], *text);
                assert_gradient(loss, inner.in[i], *text);
            }
        ag_reset();
        op_case_end(&call);
    }
}

/* A tape that was run again is as it was, to the bit, and has taken no memory. */
static void a_replay_changes_nothing_and_allocates_nothing(void **state)
{
    const OpRow *row = *state;
    for (const char *const *text = row->cases; *text; text++) {
        OpCall call = op_case_begin(*text), inner = call;
        for (int i = 0; i < call.n_in; i++)
            inner.in[i] = computed_from(call.in[i]);
        Tensor *y = row->apply(&inner);
        real before[y->size];
        memcpy(before, y->data, sizeof before);
        size_t held = arena_footprint();
        for (int i = 0; i < call.n_in; i++)
            for (int times = 0; call.in[i]->requires_grad && times < 300; times++)
                ag_replay(call.in[i], y);
        assert_memory_equal(y->data, before, sizeof before);
        assert_int_equal(arena_footprint(), held);
        ag_reset();
        op_case_end(&call);
    }
}

/* With other data in a leaf, a replay gives what a new forward pass gives. */
static void a_replay_is_a_new_forward_pass(void **state)
{
    const OpRow *row = *state;
    for (const char *const *text = row->cases; *text; text++) {
        OpCall call = op_case_begin(*text), again = op_case_begin(*text);
        Tensor *y = row->apply(&call);
        for (int i = 0; i < call.n_in; i++)
            for (int j = 0; call.in[i]->requires_grad && j < call.in[i]->size; j++)
                again.in[i]->data[j] = call.in[i]->data[j] *= (real)(1 - 0.01 * (j % 3));
        for (int i = 0; i < call.n_in; i++)
            if (call.in[i]->requires_grad)
                ag_replay(call.in[i], y);
        Tensor *fresh = row->apply(&again);
        assert_memory_equal(y->data, fresh->data, (size_t)y->size * sizeof(real));
        ag_reset();
        op_case_end(&call);
        op_case_end(&again);
    }
}

/* -- an op of one's own ----------------------------------------------------------------------- */

/* Functions as an exercise has them: y = x^3 for n numbers, and back. */
static void cube_forward(int n, const real x[n], real y[n])
{
    for (int i = 0; i < n; i++)
        y[i] = x[i] * x[i] * x[i];
}

static void cube_backward(int n, const real dy[n], const real x[n], real dx[n])
{
    for (int i = 0; i < n; i++)
        dx[i] = 3 * dy[i] * x[i] * x[i];
}

/* What makes an op of them: an exercise writes its output whole, an op adds to what is there. */
static void run_cube(const Record *r)
{
    cube_forward(r->out->size, ag_data(r->in[0]), ag_data(r->out));
}

static void run_cube_backward(const Record *r)
{
    real *dx = ag_alloc_reals(r->out->size);
    cube_backward(r->out->size, ag_grad(r->out), ag_data(r->in[0]), dx);
    vector_add(r->out->size, dx, ag_grad(r->in[0]));
}

static Tensor *cube(Tensor *x)
{
    return ag_op(x->shape, run_cube, run_cube_backward, NULL, 1, &x);
}

static void functions_of_ones_own_become_an_op_and_are_judged(void **state)
{
    (void)state;
    NEEDS_DOUBLE();
    Tensor *x = ag_variable(ag_shape(2, 1, 3), (real[]){1, -2, 0.5}), *h = ag_tanh(x), *y = cube(h);
    Tensor *loss = ag_add(weighted_sum(y), weighted_sum(h));
    ag_backward(loss);
    assert_gradient(loss, h, "h");
    assert_gradient(loss, x, "x");
}

/* -- which tensors, and what they mean -------------------------------------------------------- */

static void a_tensor_off_the_path_has_a_numeric_gradient_of_zero(void **state)
{
    (void)state;
    Tensor *x = ag_variable(ag_shape(1, 2), (real[]){1, 2}), *beside = ag_exp(x);
    Tensor *loss = total(ag_mul(x, x));
    real numeric[2] = {NAN, NAN};
    assert_int_equal(ag_numeric_gradient(loss, beside, numeric), 0);
    assert_true(numeric[0] == 0 && numeric[1] == 0);
}

static void the_loss_has_a_numeric_gradient_of_one(void **state)
{
    (void)state;
    NEEDS_DOUBLE();
    Tensor *x = ag_variable(ag_shape(0), (real[]){3}), *loss = ag_mul(x, x);
    real numeric;
    ag_numeric_gradient(loss, loss, &numeric);
    assert_true(fabs(numeric - 1) < 1e-9);
}

/* loss = sum y v + sum x^2 with v = reshape(y), y = 3 x. v is nudged alone, y takes v with it. */
static void a_view_is_nudged_without_what_it_is_a_view_of(void **state)
{
    (void)state;
    NEEDS_DOUBLE();
    Tensor *x = ag_variable(ag_shape(2, 1, 2), (real[]){1, 2}), *y = ag_mul(x, ag_scalar(3));
    Tensor *v = ag_reshape(y, ag_shape(1, 2));
    Tensor *loss = ag_add(total(ag_mul(y, v)), total(ag_mul(x, x)));
    real dv[2], dy[2];
    ag_numeric_gradient(loss, v, dv);
    ag_numeric_gradient(loss, y, dy);
    assert_true(fabs(dv[0] - 3) < 1e-7 && fabs(dv[1] - 6) < 1e-7);
    assert_true(fabs(dy[0] - 6) < 1e-7 && fabs(dy[1] - 12) < 1e-7);
    ag_backward(loss);
    assert_gradient(loss, x, "x");
    assert_gradient(loss, y, "y");
    assert_gradient(loss, v, "v");
    assert_ptr_equal(v->data, y->data);
}

static void a_detached_tensor_stands_still(void **state)
{
    (void)state;
    NEEDS_DOUBLE();
    Tensor *x = ag_variable(ag_shape(0), (real[]){3}), *y = ag_mul(x, x);
    Tensor *loss = ag_mul(y, ag_detach(y)); /* y times the constant 9 */
    ag_backward(loss);
    assert_gradient(loss, x, "x");
    assert_gradient(loss, y, "y");
}

static void so_does_a_view_taken_in_a_no_grad_region(void **state)
{
    (void)state;
    NEEDS_DOUBLE();
    Tensor *x = ag_variable(ag_shape(1, 2), (real[]){3, 0.5}), *y = ag_mul(x, x);
    ag_no_grad_begin();
    Tensor *still = ag_reshape(y, y->shape);
    ag_no_grad_end();
    Tensor *loss = total(ag_mul(y, still));
    ag_backward(loss);
    assert_gradient(loss, x, "x");
    assert_gradient(loss, y, "y");
}

static void numbers_and_gradients_are_as_before(void **state)
{
    (void)state;
    Tensor *x = ag_variable(ag_shape(2, 2, 2), (real[]){1, -2, 3, 0.5});
    Tensor *y = ag_tanh(x), *p = ag_softmax(y, 1), *loss = total(ag_mul(p, p));
    real x_before[4], p_before[4], loss_before = ag_item(loss), numeric[4], grad[4];
    const real *place = y->data;
    memcpy(x_before, x->data, sizeof x_before);
    memcpy(p_before, p->data, sizeof p_before);
    ag_backward(loss);
    memcpy(grad, x->grad, sizeof grad);
    ag_numeric_gradient(loss, y, numeric);
    ag_numeric_gradient(loss, x, numeric);
    assert_memory_equal(x->data, x_before, sizeof x_before);
    assert_memory_equal(p->data, p_before, sizeof p_before);
    assert_true(ag_item(loss) == loss_before && y->data == place);
    assert_memory_equal(x->grad, grad, sizeof grad);
    ag_zero_grad(1, &x);
    ag_backward(loss); /* nothing counts as overwritten */
    assert_memory_equal(x->grad, grad, sizeof grad);
}

/* -- kinks ------------------------------------------------------------------------------------ */

static void a_kink_is_noticed_and_only_there(void **state)
{
    (void)state;
    NEEDS_DOUBLE();
    Tensor *x = ag_variable(ag_shape(1, 4), (real[]){-1, 0, 1e-7, 2}); /* 1e-7 is within a step */
    real numeric[4];
    assert_int_equal(ag_numeric_gradient(total(ag_relu(x)), x, numeric), 2);
    assert_true(numeric[0] == 0 && isnan(numeric[1]) && isnan(numeric[2]));
    assert_true(fabs(numeric[3] - 1) < 1e-8);
}

/* Also at a third and at a fifth of it, which two steps of different length do not see. */
static void a_kink_anywhere_within_the_step_is_noticed(void **state)
{
    (void)state;
    NEEDS_DOUBLE();
    double step = cbrt(DBL_EPSILON);
    for (int i = -12; i <= 12; i++) {
        Tensor *x = ag_variable(ag_shape(0), (real[]){(real)(step * i / 15)});
        real numeric;
        if (ag_numeric_gradient(ag_abs(x), x, &numeric) != 1)
            fail_msg("%d fifteenths of a step from the kink: not noticed", i);
        ag_reset();
    }
}

static void two_equal_maxima_are_a_kink(void **state)
{
    (void)state;
    NEEDS_DOUBLE();
    Tensor *x = ag_variable(ag_shape(1, 3), (real[]){4, 1, 4});
    real numeric[3];
    assert_int_equal(ag_numeric_gradient(ag_max(x, 0, false), x, numeric), 2);
    assert_true(isnan(numeric[0]) && numeric[1] == 0 && isnan(numeric[2]));
}

static void a_steep_bend_is_no_kink(void **state)
{
    (void)state;
    NEEDS_DOUBLE();
    Tensor *x = ag_variable(ag_shape(1, 3), (real[]){1e-9, 0.25, -0.01});
    Tensor *loss = total(ag_tanh(ag_mul(x, ag_scalar(300)))); /* and its sum of squares, at 0 */
    loss = ag_add(loss, total(ag_mul(x, x)));
    real numeric[3];
    assert_int_equal(ag_numeric_gradient(loss, x, numeric), 0);
}

/* Where a model is sure of itself its loss is small, and far less exact than its size. */
static void rounding_in_a_small_loss_is_no_kink(void **state)
{
    (void)state;
    NEEDS_DOUBLE();
    Rng rng;
    rng_seed(&rng, 4);
    Tensor *logits = ag_zeros(ag_shape(2, 16, 10));
    int target[16];
    for (int i = 0; i < logits->size; i++)
        logits->data[i] = (real)rng_normal(&rng);
    for (int i = 0; i < 16; i++) {
        target[i] = i % 10;
        logits->data[i * 10 + target[i]] += 20;
    }
    logits->requires_grad = true;
    real numeric[160];
    Tensor *loss = ag_cross_entropy(logits, target, AG_MEAN);
    assert_int_equal(ag_numeric_gradient(loss, logits, numeric), 0);
}

static void a_loss_that_is_no_number_has_no_kinks(void **state)
{
    (void)state;
    Tensor *x = ag_variable(ag_shape(0), (real[]){-1});
    real numeric = 0;
    assert_int_equal(ag_numeric_gradient(ag_log(x), x, &numeric), 0);
    assert_true(isnan(numeric));
}

static int tear_off(void **state)
{
    (void)state;
    ag_reset();
    return 0;
}

#define FACT(name) cmocka_unit_test_teardown(name, tear_off)

/* A mistake that the library finds fails the test that made it, and the next one runs. */
static void fail_test(const char *message)
{
    fail_msg("%s", message);
}

static const struct {
    const char *what;
    CMUnitTestFunction test;
} of_each_op[] = {
    {"agrees_with_nudges_on_the_tape", gradients_of_leaf_input_and_output_agree},
    {"runs_again_in_place", a_replay_changes_nothing_and_allocates_nothing},
    {"runs_again_as_if_for_the_first_time", a_replay_is_a_new_forward_pass},
};
enum { OF_EACH_OP = sizeof of_each_op / sizeof of_each_op[0] };

int main(void)
{
    error_set_handler(fail_test);
    const struct CMUnitTest facts[] = {
        FACT(functions_of_ones_own_become_an_op_and_are_judged),
        FACT(a_tensor_off_the_path_has_a_numeric_gradient_of_zero),
        FACT(the_loss_has_a_numeric_gradient_of_one),
        FACT(a_view_is_nudged_without_what_it_is_a_view_of),
        FACT(a_detached_tensor_stands_still),
        FACT(so_does_a_view_taken_in_a_no_grad_region),
        FACT(numbers_and_gradients_are_as_before),
        FACT(a_kink_is_noticed_and_only_there),
        FACT(a_kink_anywhere_within_the_step_is_noticed),
        FACT(two_equal_maxima_are_a_kink),
        FACT(a_steep_bend_is_no_kink),
        FACT(rounding_in_a_small_loss_is_no_kink),
        FACT(a_loss_that_is_no_number_has_no_kinks),
    };
    const int n = OF_EACH_OP * n_op_rows;
    char names[n][96];
    struct CMUnitTest ops[n];
    for (int i = 0; i < n; i++) {
        const OpRow *row = &op_rows[i / OF_EACH_OP];
        snprintf(names[i], sizeof names[i], "%s_%s", row->name, of_each_op[i % OF_EACH_OP].what);
        ops[i] = (struct CMUnitTest){.name = names[i],
                                     .test_func = of_each_op[i % OF_EACH_OP].test,
                                     .initial_state = (void *)row};
    }
    return cmocka_run_group_tests(facts, NULL, NULL) + cmocka_run_group_tests(ops, NULL, NULL);
}
