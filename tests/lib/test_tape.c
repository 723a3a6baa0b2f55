/* What tape.h promises: who gets a gradient, when, and how often it is added. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <math.h>
#include <string.h>

#include "autograd/autograd.h"
#include "error.h"

static int tear_off(void **state)
{
    (void)state;
    ag_reset();
    return 0;
}

static Tensor *variable(double value)
{
    return ag_variable(ag_shape(0), (real[]){(real)value});
}

static Tensor *total(Tensor *x)
{
    return ag_sum(x, AG_ALL, false);
}

/* Agreement in the digits that are given, as far as a real has them. */
static void assert_digits(double x, double expected, int decimals)
{
    double rounding = 16 * (double)REAL_EPSILON * fabs(expected);
    if (!(fabs(x - expected) <= 0.5 * pow(10.0, -decimals) + rounding))
        fail_msg("%.*f, expected %.*f", decimals + 2, x, decimals, expected);
}

static void assert_reals(int n, const real *x, const real *expected)
{
    assert_non_null(x);
    for (int i = 0; i < n; i++)
        if (x[i] != expected[i])
            fail_msg("element %d is %.9g, expected %.9g", i, (double)x[i], (double)expected[i]);
}

/* -- grad -------------------------------------------------------------------------------------- */

static void grad_is_null_before_backward(void **state)
{
    (void)state;
    Tensor *x = variable(3), *y = ag_mul(x, x), *p = ag_parameter(ag_shape(2, 2, 3));
    assert_null(x->grad);
    assert_null(y->grad);
    assert_null(p->grad);
    ag_free(p);
}

static void grad_stays_null_where_the_loss_does_not_reach(void **state)
{
    (void)state;
    Tensor *x = variable(3), *other = variable(5), *unused = ag_exp(x), *constant = ag_scalar(2);
    ag_mul(other, other);
    ag_backward(ag_mul(x, constant));
    assert_true(x->grad[0] == 2);
    assert_null(other->grad);
    assert_null(unused->grad);
    assert_null(constant->grad);
}

static void a_second_backward_doubles_every_gradient(void **state)
{
    (void)state;
    Tensor *x = ag_variable(ag_shape(1, 2), (real[]){2, 3}), *square = ag_mul(x, x);
    Tensor *cube = ag_mul(square, x), *loss = total(cube);
    ag_backward(loss);
    assert_reals(2, x->grad, (real[]){12, 27});
    ag_backward(loss);
    assert_reals(2, x->grad, (real[]){24, 54});
    assert_reals(2, square->grad, (real[]){4, 6});
    assert_reals(2, cube->grad, (real[]){2, 2});
    assert_reals(1, loss->grad, (real[]){2});
    ag_backward(loss);
    assert_reals(2, x->grad, (real[]){36, 81});
    assert_reals(2, square->grad, (real[]){6, 9});
}

static void two_losses_accumulate_in_what_they_share(void **state)
{
    (void)state;
    Tensor *x = variable(2), *shared = ag_mul(x, x);
    Tensor *first = ag_mul(shared, ag_scalar(3)), *second = ag_mul(shared, ag_scalar(10));
    ag_backward(first);
    assert_reals(1, shared->grad, (real[]){3});
    ag_backward(second);
    assert_reals(1, shared->grad, (real[]){13});
    assert_reals(1, x->grad, (real[]){52});
    assert_reals(1, first->grad, (real[]){1});
}

static void zero_grad_sets_grad_to_null_and_the_next_pass_starts_at_zero(void **state)
{
    (void)state;
    Tensor *p = ag_parameter(ag_shape(0)), *q = ag_parameter(ag_shape(0));
    p->data[0] = 3;
    ag_backward(ag_mul(p, ag_add(p, q)));
    assert_reals(1, p->grad, (real[]){6});
    ag_zero_grad(2, (Tensor *[]){p, q});
    assert_null(p->grad);
    assert_null(q->grad);
    ag_backward(ag_mul(p, p));
    assert_reals(1, p->grad, (real[]){6});
    assert_null(q->grad);
    ag_free(p);
    ag_free(q);
}

static void gradients_of_intermediate_tensors_stay_readable(void **state)
{
    (void)state;
    Tensor *x = variable(0.5), *y = ag_mul(x, ag_scalar(4)), *z = ag_mul(y, y);
    ag_backward(z);
    ag_exp(x); /* more work on the strip does not disturb them */
    assert_reals(1, z->grad, (real[]){1});
    assert_reals(1, y->grad, (real[]){4});
    assert_reals(1, x->grad, (real[]){16});
}

static void parameters_and_their_gradients_survive_reset(void **state)
{
    (void)state;
    Tensor *p = ag_parameter(ag_shape(1, 3));
    assert_reals(3, p->data, (real[]){0, 0, 0});
    memcpy(p->data, (real[]){1, 2, 4}, 3 * sizeof(real));
    ag_backward(total(ag_mul(p, p)));
    ag_reset();
    assert_int_equal(ag_tape_length(), 0);
    ag_full(ag_shape(1, 100000), 7); /* written over what was torn off */
    assert_reals(3, p->data, (real[]){1, 2, 4});
    assert_reals(3, p->grad, (real[]){2, 4, 8});
    ag_backward(total(ag_mul(p, p)));
    assert_reals(3, p->grad, (real[]){4, 8, 16});
    ag_free(p);
}

/* -- graphs ------------------------------------------------------------------------------------ */

static void a_variable_used_twice_gets_the_sum(void **state)
{
    (void)state;
    Tensor *x = variable(3);
    ag_backward(ag_mul(x, x));
    assert_reals(1, x->grad, (real[]){6});
    Tensor *y = variable(5);
    ag_backward(ag_sub(ag_add(y, y), ag_mul(y, ag_scalar(8))));
    assert_reals(1, y->grad, (real[]){-6});
}

static void a_diamond_visits_its_top_once(void **state)
{
    (void)state;
    Tensor *x = variable(2), *top = ag_mul(x, x); /* 4 */
    Tensor *left = ag_mul(top, ag_scalar(3)), *right = ag_mul(top, top);
    ag_backward(ag_add(left, right)); /* 3 top + top^2 */
    assert_reals(1, top->grad, (real[]){3 + 8});
    assert_reals(1, x->grad, (real[]){11 * 4});
}

static void diamonds_in_a_row_double_the_gradient_each_time(void **state)
{
    (void)state;
    Tensor *x = variable(1), *y = x;
    for (int i = 0; i < 20; i++) /* 2^20 paths: following each would be noticed */
        y = ag_add(y, y);
    ag_backward(y);
    assert_reals(1, x->grad, (real[]){1 << 20});
}

static void a_chain_of_100000_ops_needs_no_recursion(void **state)
{
    (void)state;
    enum { N = 100000 };
    Tensor *x = variable(1), *one = ag_scalar(1), *y = x;
    for (int i = 0; i < N; i++)
        y = ag_add(y, one);
    assert_int_equal(ag_tape_length(), N);
    ag_backward(y);
    assert_reals(1, y->data, (real[]){N + 1});
    assert_reals(1, x->grad, (real[]){1});
}

static void backward_from_starts_with_the_given_gradient(void **state)
{
    (void)state;
    Tensor *x = ag_variable(ag_shape(2, 2, 2), (real[]){1, 2, 3, 4});
    Tensor *y = ag_mul(x, x), *later = ag_exp(y);
    ag_backward_from(y, (real[]){1, -1, 0.5, 10});
    assert_reals(4, x->grad, (real[]){2, -4, 3, 80});
    assert_reals(4, y->grad, (real[]){1, -1, 0.5, 10});
    assert_null(later->grad);
}

static void backward_from_a_leaf_adds_to_the_leaf(void **state)
{
    (void)state;
    Tensor *x = variable(3);
    ag_backward(x);
    ag_backward_from(x, (real[]){4});
    assert_reals(1, x->grad, (real[]){5});
}

static void one_element_of_any_rank_is_a_loss(void **state)
{
    (void)state;
    Tensor *x = ag_variable(ag_shape(2, 1, 3), (real[]){1, 2, 3});
    Tensor *sum = ag_sum(x, -1, true); /* (1, 1) */
    assert_true(ag_item(sum) == 6);
    ag_backward(sum);
    assert_reals(3, x->grad, (real[]){1, 1, 1});
}

/* -- where gradients stop ---------------------------------------------------------------------- */

static void constants_record_nothing(void **state)
{
    (void)state;
    Tensor *y = ag_exp(ag_add(ag_scalar(1), ag_zeros(ag_shape(1, 4))));
    assert_false(y->requires_grad);
    assert_int_equal(y->record, -1);
    assert_int_equal(ag_tape_length(), 0);
}

static void no_grad_regions_nest(void **state)
{
    (void)state;
    Tensor *x = variable(2);
    ag_no_grad_begin();
    ag_no_grad_begin();
    assert_false(ag_mul(x, x)->requires_grad);
    ag_no_grad_end();
    Tensor *constant = ag_mul(x, x);
    assert_false(constant->requires_grad);
    ag_no_grad_end();
    assert_int_equal(ag_tape_length(), 0);
    Tensor *y = ag_mul(x, constant);
    assert_true(y->requires_grad);
    ag_backward(y);
    assert_reals(1, x->grad, (real[]){4});
}

static void detach_copies_the_numbers_and_stops_the_gradient(void **state)
{
    (void)state;
    Tensor *x = variable(3), *y = ag_mul(x, x), *still = ag_detach(y);
    assert_ptr_not_equal(still->data, y->data);
    assert_reals(1, still->data, (real[]){9});
    assert_false(still->requires_grad);
    ag_backward(ag_mul(x, still)); /* x times the constant 9 */
    assert_reals(1, x->grad, (real[]){9});
    assert_null(y->grad);
    assert_null(still->grad);
}

static void a_frozen_parameter_gets_no_gradient(void **state)
{
    (void)state;
    Tensor *w = ag_parameter(ag_shape(0)), *x = variable(2);
    w->data[0] = 5;
    w->requires_grad = false;
    ag_backward(ag_mul(w, x));
    assert_null(w->grad);
    assert_reals(1, x->grad, (real[]){5});
    ag_free(w);
}

/* -- worked examples of the book --------------------------------------------------------------- */

/* L = sum_i (3 a_i^3 - b_i^2) */
static Tensor *chapter_01(Tensor *a, Tensor *b)
{
    return total(ag_sub(ag_mul(ag_scalar(3), ag_pow(a, 3)), ag_pow(b, 2)));
}

static void sgd_step(Tensor *x, real lr)
{
    for (int i = 0; i < x->size; i++)
        x->data[i] -= lr * x->grad[i];
}

static void assert_pair(const real *x, double first, double second)
{
    assert_non_null(x);
    assert_digits((double)x[0], first, 4);
    assert_digits((double)x[1], second, 4);
}

static void chapter_01_gradients_accumulate_as_printed(void **state)
{
    (void)state;
    Tensor *a = ag_variable(ag_shape(1, 2), (real[]){2, 3});
    Tensor *b = ag_variable(ag_shape(1, 2), (real[]){6, 4});
    Tensor *loss = chapter_01(a, b);
    assert_digits((double)ag_item(loss), 53, 4);
    ag_backward(loss);
    assert_pair(a->grad, 36, 81);
    assert_pair(b->grad, -12, -8);
    sgd_step(a, (real)0.005);
    sgd_step(b, (real)0.005);
    assert_pair(a->data, 1.8200, 2.5950);
    assert_pair(b->data, 6.0600, 4.0400);
    loss = chapter_01(a, b);
    assert_digits((double)ag_item(loss), 17.4649, 4);
    ag_backward(loss);
    assert_pair(a->grad, 65.8116, 141.6062);
    assert_pair(b->grad, -24.1200, -16.0800);
    ag_zero_grad(2, (Tensor *[]){a, b});
    ag_backward(chapter_01(a, b));
    assert_pair(a->grad, 29.8116, 60.6062);
    assert_pair(b->grad, -12.1200, -8.0800);
}

static Tensor *plus(Tensor *x, double value)
{
    return ag_add(x, ag_scalar((real)value));
}

static Tensor *times(Tensor *x, double value)
{
    return ag_mul(x, ag_scalar((real)value));
}

static void chapter_02_expression_gives_the_printed_gradients(void **state)
{
    (void)state;
    Tensor *a = variable(-4), *b = variable(2), *c = ag_add(a, b);
    Tensor *d = ag_add(ag_mul(a, b), ag_pow(b, 3));
    c = ag_add(c, plus(c, 1));
    c = ag_add(c, ag_sub(plus(c, 1), a));
    d = ag_add(d, ag_add(times(d, 2), ag_relu(ag_add(b, a))));
    d = ag_add(d, ag_add(times(d, 3), ag_relu(ag_sub(b, a))));
    Tensor *e = ag_sub(c, d), *f = ag_pow(e, 2);
    Tensor *g = ag_add(times(f, 0.5), ag_div(ag_scalar(10), f));
    assert_digits((double)ag_item(g), 24.7041, 4);
    ag_backward(g);
    assert_digits((double)a->grad[0], 138.8338, 4);
    assert_digits((double)b->grad[0], 645.5773, 4);
}

#define FACT(name) cmocka_unit_test_teardown(name, tear_off)

/* A mistake that the library finds fails the test that made it, and the next one runs. */
static void fail_test(const char *message)
{
    fail_msg("%s", message);
}

/* -- told of gradients ------------------------------------------------------------------------- */

typedef struct {
    int n;
    Tensor *leaf[8];
    real first[8]; /* of its gradient, when it was told of */
} Told;

static void note_ready(Tensor *leaf, void *context)
{
    Told *told = context;
    told->leaf[told->n] = leaf;
    told->first[told->n++] = leaf->grad ? leaf->grad[0] : -1;
}

/* y = (a b) a + c: c is complete first, then b and a, whose two parts are then both there. */
static void leaves_are_told_of_when_their_gradient_is_complete(void **state)
{
    (void)state;
    Tensor *a = variable(2), *b = variable(3), *c = variable(5), *unused = variable(7);
    Tensor *loss = ag_add(ag_mul(ag_mul(a, b), a), c);
    Told told = {.n = 0};
    ag_mul(unused, unused); /* on the tape, in front of nothing */
    ag_backward_telling(loss, note_ready, &told);
    assert_int_equal(told.n, 3);
    assert_ptr_equal(told.leaf[0], c);
    assert_true(told.first[0] == 1);
    assert_ptr_equal(told.leaf[1], a);
    assert_true(told.first[1] == 12);
    assert_ptr_equal(told.leaf[2], b);
    assert_true(told.first[2] == 4);
}

static void a_leaf_that_goes_in_twice_is_told_of_once(void **state)
{
    (void)state;
    Tensor *a = variable(3), *constant = ag_scalar(2);
    Told told = {.n = 0};
    ag_backward_telling(ag_mul(ag_mul(a, a), constant), note_ready, &told);
    assert_int_equal(told.n, 1);
    assert_true(told.first[0] == 12);
}

int main(void)
{
    error_set_handler(fail_test);
    const struct CMUnitTest tests[] = {
        FACT(grad_is_null_before_backward),
        FACT(grad_stays_null_where_the_loss_does_not_reach),
        FACT(a_second_backward_doubles_every_gradient),
        FACT(two_losses_accumulate_in_what_they_share),
        FACT(zero_grad_sets_grad_to_null_and_the_next_pass_starts_at_zero),
        FACT(gradients_of_intermediate_tensors_stay_readable),
        FACT(parameters_and_their_gradients_survive_reset),
        FACT(a_variable_used_twice_gets_the_sum),
        FACT(a_diamond_visits_its_top_once),
        FACT(diamonds_in_a_row_double_the_gradient_each_time),
        FACT(a_chain_of_100000_ops_needs_no_recursion),
        FACT(backward_from_starts_with_the_given_gradient),
        FACT(backward_from_a_leaf_adds_to_the_leaf),
        FACT(one_element_of_any_rank_is_a_loss),
        FACT(constants_record_nothing),
        FACT(no_grad_regions_nest),
        FACT(detach_copies_the_numbers_and_stops_the_gradient),
        FACT(a_frozen_parameter_gets_no_gradient),
        FACT(chapter_01_gradients_accumulate_as_printed),
        FACT(chapter_02_expression_gives_the_printed_gradients),
        cmocka_unit_test_teardown(leaves_are_told_of_when_their_gradient_is_complete, tear_off),
        cmocka_unit_test_teardown(a_leaf_that_goes_in_twice_is_told_of_once, tear_off),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
