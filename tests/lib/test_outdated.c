/* Tensors that ag_reset() took, and numbers that changed between forward and backward: each is one
 * clear message, never a number. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "autograd/autograd.h"
#include "error.h"
#include "nn/optim.h"
#include "op_rows.h"
#include "sanitized.h"
#include "workbook/table.h"

static jmp_buf back;
static char caught[1024];

static void catch (const char *message)
{
    snprintf(caught, sizeof caught, "%s", message);
    longjmp(back, 1);
}

/* Makes the call and leaves its message in `caught`, "" if there was none. */
#define TRY(call)              \
    do {                       \
        caught[0] = '\0';      \
        if (setjmp(back) == 0) \
            (void)(call);      \
    } while (0)

#define STOPS(call, words)                                                     \
    do {                                                                       \
        TRY(call);                                                             \
        if (!strstr(caught, words))                                            \
            fail_msg("%s: expected \"%s\", got \"%s\"", #call, words, caught); \
    } while (0)

#define GOES(call)                                                \
    do {                                                          \
        TRY(call);                                                \
        if (caught[0])                                            \
            fail_msg("%s: did not expect \"%s\"", #call, caught); \
    } while (0)

static Tensor *pair(real a, real b)
{
    return ag_variable(ag_shape(1, 2), (real[]){a, b});
}

static Tensor *total(Tensor *x)
{
    return ag_sum(x, AG_ALL, false);
}

/* -- gone ------------------------------------------------------------------------------------- */

static bool backward(Tensor *loss)
{
    ag_backward(loss);
    return true;
}

static void going_backwards_from_a_loss_that_is_gone_stops(void **state)
{
    (void)state;
    Tensor *loss = total(ag_exp(pair(1, 2)));
    ag_reset();
    STOPS(backward(loss), "ag_backward: this tensor () is gone");
    Tensor *x = pair(3, 4), *next = total(ag_mul(x, x)); /* where the old ones lay */
    STOPS(backward(loss), "ag_backward: this tensor () is gone");
    GOES(backward(next));
    assert_true(x->grad[0] == 6 && x->grad[1] == 8);
}

static void a_hidden_state_kept_over_a_reset_is_named(void **state)
{
    (void)state;
    Tensor *w = ag_parameter(ag_shape(1, 2)), *h = pair(0, 0);
    GOES(h = ag_tanh(ag_add(h, w)));
    ag_reset();
    STOPS(ag_add(h, w),
          "ag_add: this tensor (2) is gone: it was made before the latest ag_reset()");
    STOPS(ag_add(w, h), "ag_add: this tensor (2) is gone");
    ag_free(w);
}

/* However many others were made since, of whatever shape. */
static void it_is_recognised_whatever_was_made_since(void **state)
{
    (void)state;
    Tensor *old = pair(1, 2);
    ag_reset();
    for (int i = 0; i < 20000; i++)
        pair(5, 6);
    STOPS(ag_exp(old), "is gone");
}

static const char *said_by(const OpRow *row, const OpCall *call)
{
    TRY(row->apply(call));
    return caught;
}

static void every_op_names_an_input_that_is_gone(void **state)
{
    (void)state;
    for (int r = 0; r < n_op_rows; r++) {
        OpCall call = op_case_begin(op_rows[r].cases[0]);
        for (int i = 0; i < call.n_in; i++) {
            OpCall mixed = call;
            mixed.in[i] = ag_variable(call.in[i]->shape, call.in[i]->data);
            ag_reset();
            if (!strstr(said_by(&op_rows[r], &mixed), "is gone"))
                fail_msg("ag_%s, input %d: \"%s\"", op_rows[r].name, i, caught);
            ag_reset();
        }
        op_case_end(&call);
    }
}

static bool print(Tensor *x)
{
    ag_print("x", x);
    return true;
}

static bool zero_grad(Tensor *x)
{
    ag_zero_grad(1, &x);
    return true;
}

static bool train(Optim *optim, Tensor *x)
{
    optim_add(optim, 1, &x);
    return true;
}

static bool write_to(Tensor *x)
{
    ag_bump_version(x);
    return true;
}

static bool judge(Tensor *loss, Tensor *x)
{
    GradTable table = {0};
    table_tensor(&table, "x", (real[]){1}, loss, x);
    return true;
}

static void so_does_whoever_reads_it(void **state)
{
    (void)state;
    Tensor *x = ag_variable(ag_shape(0), (real[]){1}), *loss;
    real numeric;
    Optim *optim = optim_new();
    optim_sgd(optim, (Sgd){.lr = 1});
    ag_reset();
    STOPS(ag_item(x), "ag_item: this tensor () is gone");
    STOPS(print(x), "ag_print: this tensor () is gone");
    STOPS(ag_detach(x), "ag_detach: this tensor () is gone");
    STOPS(ag_expand(x, x->shape), "ag_expand: this tensor () is gone");
    STOPS(write_to(x), "ag_bump_version: this tensor () is gone");
    STOPS(judge(x, x), "table_tensor: this tensor () is gone");
    STOPS(zero_grad(x), "ag_zero_grad: this tensor () is gone");
    STOPS(train(optim, x), "optim_add: this tensor () is gone");
    STOPS(ag_numeric_gradient(x, x, &numeric), "ag_numeric_gradient: this tensor () is gone");
    loss = ag_exp(ag_variable(ag_shape(0), (real[]){1}));
    STOPS(ag_numeric_gradient(loss, x, &numeric), "ag_numeric_gradient: this tensor () is gone");
    STOPS(judge(loss, x), "table_tensor: this tensor () is gone");
    optim_free(optim);
}

static bool step(Optim *optim)
{
    optim_step(optim);
    return true;
}

static bool step_over(Optim *optim)
{
    optim_zero_grad(optim);
    return true;
}

static void an_optimizer_with_a_tensor_of_an_earlier_step_says_so(void **state)
{
    (void)state;
    Tensor *x = pair(1, 2);
    Optim *optim = optim_new();
    optim_sgd(optim, (Sgd){.lr = 1});
    optim_add(optim, 1, &x);
    GOES(step(optim));
    ag_reset();
    STOPS(step(optim), "optim_step: this tensor (2) is gone");
    STOPS(step_over(optim), "optim_zero_grad: this tensor (2) is gone");
    optim_free(optim);
}

static void parameters_outlive_every_reset(void **state)
{
    (void)state;
    Tensor *w = ag_parameter(ag_shape(1, 2));
    for (int i = 0; i < 5; i++) {
        GOES(backward(total(ag_exp(w))));
        ag_reset();
    }
    assert_true(w->grad[0] == 5);
    ag_free(w);
}

/* -- overwritten ------------------------------------------------------------------------------ */

static void an_optimizer_step_before_backward_is_found(void **state)
{
    (void)state;
    Tensor *w = ag_parameter(ag_shape(1, 2));
    Optim *optim = optim_new();
    optim_sgd(optim, (Sgd){.lr = 1});
    optim_add(optim, 1, &w);
    Tensor *first = total(ag_exp(w)), *second = total(ag_mul(w, w));
    GOES(backward(first));
    optim_step(optim);
    STOPS(backward(second),
          "ag_backward: the input (2) of ag_mul was overwritten after the "
          "forward pass: compute the loss again, or go backwards before you write");
    STOPS(backward(first), "ag_backward: the input (2) of ag_exp was overwritten");
    ag_reset();
    GOES(backward(total(ag_exp(w)))); /* computed again */
    optim_free(optim);
    ag_free(w);
}

static void a_write_that_is_owned_up_to_is_found(void **state)
{
    (void)state;
    Tensor *x = pair(2, 3), *y = ag_mul(x, x), *loss = total(y);
    y->data[0] = 7;
    ag_bump_version(y);
    STOPS(backward(loss), "ag_backward: the input (2) of ag_sum was overwritten");
    x = pair(2, 3);
    y = ag_exp(x);
    ag_bump_version(y);
    STOPS(backward(total(y)), "ag_backward: the output (2) of ag_exp was overwritten");
}

/* A tensor and its views have the same numbers: whichever of them was written to, all were. */
static void a_write_through_a_view_is_found(void **state)
{
    (void)state;
    Tensor *x = pair(2, 3), *view = ag_reshape(ag_reshape(x, ag_shape(2, 1, 2)), ag_shape(2, 2, 1));
    Tensor *other = ag_reshape(x, ag_shape(2, 1, 2));
    Tensor *of_x = total(ag_mul(x, x)), *of_other = total(ag_exp(other));
    ag_bump_version(view);
    STOPS(backward(of_x), "ag_backward: the input (2) of ag_mul was overwritten");
    STOPS(backward(of_other), "ag_backward: the input (1, 2) of ag_exp was overwritten");
}

static void a_write_to_what_a_constant_is_a_view_of_is_found(void **state)
{
    (void)state;
    Tensor *c = ag_zeros(ag_shape(1, 2)), *x = pair(2, 3);
    Tensor *loss = total(ag_mul(x, ag_reshape(c, c->shape)));
    ag_bump_version(c);
    STOPS(backward(loss), "ag_backward: the input (2) of ag_mul was overwritten");
}

static void a_refused_pass_leaves_every_gradient_as_it_was(void **state)
{
    (void)state;
    Tensor *x = pair(2, 3), *w = pair(4, 5), *y = ag_mul(x, w), *s = ag_tanh(y);
    Tensor *first = total(s), *second = total(ag_add(ag_exp(y), ag_mul(s, w)));
    GOES(backward(first));
    real ds = s->grad[0], dw = w->grad[0];
    ag_bump_version(x);
    STOPS(backward(second), "ag_backward: the input (2) of ag_mul was overwritten");
    assert_true(s->grad && s->grad[0] == ds && w->grad[0] == dw);
    assert_null(second->grad);
}

static void a_numeric_gradient_is_of_what_was_computed_too(void **state)
{
    (void)state;
    Tensor *x = pair(2, 3), *w = pair(4, 5), *loss = total(ag_mul(ag_mul(x, w), x));
    Tensor *aside = ag_mul(x, ag_exp(pair(0, 0)));
    real numeric[2], value = aside->data[0];
    ag_bump_version(aside);
    aside->data[0] = 7; /* leads nowhere */
    GOES(ag_numeric_gradient(loss, x, numeric));
    assert_true(aside->data[0] == 7 && value == 2);
    ag_bump_version(w);
    STOPS(ag_numeric_gradient(loss, x, numeric),
          "ag_numeric_gradient: the input (2) of ag_mul was overwritten");
    x->requires_grad = false;
    loss = total(ag_mul(ag_mul(x, w), ag_exp(x)));
    x->requires_grad = true; /* ag_exp() has left no record */
    STOPS(ag_numeric_gradient(loss, x, numeric),
          "ag_numeric_gradient: requires_grad of the input (2) of ag_mul was switched on");
}

static void moved_running_statistics_are_found(void **state)
{
    (void)state;
    Tensor *mean = ag_zeros(ag_shape(1, 2)), *var = ag_full(ag_shape(1, 2), 1), *x = pair(2, 3);
    Tensor *rows = ag_reshape(ag_concat(2, (Tensor *[]){x, x}, 0), ag_shape(2, 2, 2));
    Tensor *of_mean = total(ag_mul(x, mean)), *of_var = total(ag_mul(x, var));
    ag_batch_norm(rows, x, x, 0.1, AG_BIASED, &(RunningStats){mean, var, 0.1});
    STOPS(backward(of_mean), "ag_backward: the input (2) of ag_mul was overwritten");
    STOPS(backward(of_var), "ag_backward: the input (2) of ag_mul was overwritten");
}

/* The sanitized build looks at the numbers themselves. */
static void a_raw_write_is_found_under_the_sanitizer(void **state)
{
    (void)state;
    if (!ADDRESS_SANITIZED)
        skip();
    Tensor *w = ag_parameter(ag_shape(1, 2)), *loss = total(ag_mul(w, w));
    w->data[1] = 5;
    STOPS(backward(loss), "ag_backward: the input (2) of ag_mul was overwritten");
    real wrapped[2] = {1, 2};
    loss = total(ag_mul(w, ag_wrap(ag_shape(1, 2), wrapped)));
    wrapped[0] = 2;
    STOPS(backward(loss), "ag_backward: the input (2) of ag_mul was overwritten");
    ag_free(w);
}

static void writing_after_backward_is_what_training_is(void **state)
{
    (void)state;
    Tensor *w = ag_parameter(ag_shape(1, 2));
    for (int i = 0; i < 3; i++) {
        GOES(backward(total(ag_exp(w))));
        for (int j = 0; j < w->size; j++)
            w->data[j] -= w->grad[j];
        ag_zero_grad(1, &w);
        ag_reset();
    }
    ag_free(w);
}

static void what_the_gradient_does_not_pass_may_change(void **state)
{
    (void)state;
    Tensor *x = pair(2, 3), *beside = pair(1, 1), *other = total(ag_exp(beside));
    Tensor *loss = total(ag_mul(x, x));
    ag_bump_version(beside);
    GOES(backward(loss));
    STOPS(backward(other), "was overwritten");
}

static void switching_requires_grad_in_between_is_found(void **state)
{
    (void)state;
    Tensor *x = pair(2, 3), *c = ag_tensor(ag_shape(1, 2), (real[]){1, 1});
    Tensor *loss = total(ag_exp(x));
    x->requires_grad = false;
    STOPS(backward(loss), "ag_backward: requires_grad of the input (2) of ag_exp was switched off "
                          "after the forward pass: set it before");
    x->requires_grad = true;
    loss = total(ag_mul(x, c));
    c->requires_grad = true;
    STOPS(backward(loss), "requires_grad of the input (2) of ag_mul was switched on");
}

static int tear_off(void **state)
{
    (void)state;
    ag_reset();
    return 0;
}

#define FACT(name) cmocka_unit_test_teardown(name, tear_off)

int main(void)
{
    error_set_handler(catch);
    const struct CMUnitTest tests[] = {
        FACT(going_backwards_from_a_loss_that_is_gone_stops),
        FACT(a_hidden_state_kept_over_a_reset_is_named),
        FACT(it_is_recognised_whatever_was_made_since),
        FACT(every_op_names_an_input_that_is_gone),
        FACT(so_does_whoever_reads_it),
        FACT(an_optimizer_with_a_tensor_of_an_earlier_step_says_so),
        FACT(parameters_outlive_every_reset),
        FACT(an_optimizer_step_before_backward_is_found),
        FACT(a_write_that_is_owned_up_to_is_found),
        FACT(a_write_through_a_view_is_found),
        FACT(a_write_to_what_a_constant_is_a_view_of_is_found),
        FACT(a_refused_pass_leaves_every_gradient_as_it_was),
        FACT(a_numeric_gradient_is_of_what_was_computed_too),
        FACT(moved_running_statistics_are_found),
        FACT(a_raw_write_is_found_under_the_sanitizer),
        FACT(writing_after_backward_is_what_training_is),
        FACT(what_the_gradient_does_not_pass_may_change),
        FACT(switching_requires_grad_in_between_is_found),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
