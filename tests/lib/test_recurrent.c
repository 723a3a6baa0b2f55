/* What recurrent layers do beside their numbers (test_layers.c, test_golden.c): states from one
 * stretch of a text to the next, lengths, dropout, memory, threads, and what stops. */
#include "nn/recurrent.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#ifdef _OPENMP
#include <omp.h>
#endif

#include "autograd/arena.h"
#include "autograd/autograd.h"
#include "error.h"
#include "heap.h"
#include "kernel/vector.h"
#include "nn/init.h"

static Rng rng;

typedef Module *Make(Rng *rng, int in, int hidden, RecurrentOptions options);
static Make *const kinds[] = {nn_rnn, nn_lstm, nn_gru};
enum { KINDS = 3 };

static Tensor *noise(Shape shape)
{
    Tensor *x = ag_zeros(shape);
    init_normal(&rng, 1, x->size, x->data);
    return x;
}

static bool same_bits(int n, const real *x, const real *y)
{
    return x && y && memcmp(x, y, sizeof *x * (size_t)n) == 0;
}

/* -- states ----------------------------------------------------------------------------------- */

/* Two stretches of 3 steps, the state kept over ag_reset(), are one of 6. */
static void a_kept_state_goes_on_where_it_was(void **state)
{
    (void)state;
    for (int k = 0; k < KINDS; k++) {
        Module *m = kinds[k](&rng, 3, 4, (RecurrentOptions){.layers = 2});
        real all[6 * 2 * 3], whole[6 * 2 * 4];
        init_normal(&rng, 1, 6 * 2 * 3, all);
        memcpy(whole, nn_forward(m, ag_tensor(ag_shape(3, 6, 2, 3), all))->data, sizeof whole);
        ag_reset();
        RecurrentState s = {.h = NULL};
        for (int half = 0; half < 2; half++) {
            Tensor *x = ag_tensor(ag_shape(3, 3, 2, 3), all + half * 18);
            Tensor *y = nn_recurrent(m, x, NULL, &s);
            assert_true(same_bits(y->size, y->data, whole + half * 24));
            nn_recurrent_keep(&s);
            ag_reset();
            ag_reset();
        }
        nn_recurrent_free(&s);
        assert_true(!s.h && !s.c && !s.kept_h && !s.kept_c);
        nn_free(m);
    }
}

/* The gradient of a stretch is that with the state before it as a constant. */
static void no_gradient_goes_through_a_kept_state(void **state)
{
    (void)state;
    Module *m = nn_lstm(&rng, 3, 4, (RecurrentOptions){0});
    Tensor *first = ag_parameter(ag_shape(3, 2, 2, 3)), *w = m->tensor[1].tensor;
    init_normal(&rng, 1, first->size, first->data);
    RecurrentState s = {.h = NULL};
    nn_recurrent(m, first, NULL, &s);
    RecurrentState constant = {.h = ag_detach(s.h), .c = ag_detach(s.c)};
    nn_recurrent_keep(&s);
    assert_false(s.h->requires_grad || s.c->requires_grad);
    Tensor *x = noise(first->shape);
    ag_backward(ag_sum(nn_recurrent(m, x, NULL, &s), AG_ALL, false));
    assert_null(first->grad);
    real of_kept[4 * 4 * 4];
    memcpy(of_kept, w->grad, sizeof of_kept);
    w->grad = NULL;
    ag_backward(ag_sum(nn_recurrent(m, x, NULL, &constant), AG_ALL, false));
    assert_true(same_bits(w->size, w->grad, of_kept));
    ag_reset();
    nn_recurrent_free(&s);
    ag_free(first);
    nn_free(m);
}

/* A batch of another size has a state of another shape; a state of NULL stays one. */
static void a_state_is_kept_in_any_shape(void **state)
{
    (void)state;
    Module *m = nn_gru_cell(&rng, 3, 4, true);
    RecurrentState s = {.h = NULL};
    nn_recurrent_keep(&s);
    assert_null(s.h);
    for (int n = 1; n < 4; n++) {
        s.h = NULL;
        Tensor *y = nn_recurrent(m, noise(ag_shape(2, n, 3)), NULL, &s);
        real before[3 * 4];
        memcpy(before, y->data, sizeof(real) * (size_t)y->size);
        nn_recurrent_keep(&s);
        nn_recurrent_keep(&s);
        ag_reset();
        assert_true(ag_same_shape(s.h->shape, ag_shape(2, n, 4)));
        assert_true(same_bits(s.h->size, s.h->data, before));
    }
    nn_recurrent_free(&s);
    nn_free(m);
}

/* -- lengths ---------------------------------------------------------------------------------- */

/* What an example is padded with changes nothing, and gets no gradient. */
static void padding_makes_no_difference(void **state)
{
    (void)state;
    static const int lengths[] = {2, 4};
    for (int k = 0; k < KINDS; k++) {
        Module *m = kinds[k](&rng, 3, 4, (RecurrentOptions){.layers = 2});
        Tensor *x = noise(ag_shape(3, 4, 2, 3));
        x->requires_grad = true;
        RecurrentState s = {.h = NULL}, other = {.h = NULL};
        Tensor *y = nn_recurrent(m, x, lengths, &s);
        Tensor *padded = ag_tensor(x->shape, x->data);
        for (int step = 2; step < 4; step++)
            for (int j = 0; j < 3; j++)
                padded->data[step * 6 + j] = 100;
        Tensor *z = nn_recurrent(m, padded, lengths, &other);
        assert_true(same_bits(y->size, y->data, z->data));
        assert_true(same_bits(s.h->size, s.h->data, other.h->data));
        for (int j = 0; j < 4; j++)
            assert_true(y->data[2 * 8 + j] == 0 && y->data[2 * 8 + 4 + j] != 0);
        ag_backward(ag_add(ag_sum(y, AG_ALL, false), ag_sum(s.h, AG_ALL, false)));
        for (int j = 0; j < 3; j++)
            assert_true(x->grad[2 * 6 + j] == 0 && x->grad[2 * 6 + 3 + j] != 0 &&
                        x->grad[1 * 6 + j] != 0);
        ag_reset();
        nn_free(m);
    }
}

/* -- dropout ---------------------------------------------------------------------------------- */

/* With p = 1 the upper layer sees zeros, and its own outputs are not dropped. */
static void dropout_is_between_the_layers_in_train_mode(void **state)
{
    (void)state;
    Module *m = nn_rnn(&rng, 3, 4, (RecurrentOptions){.layers = 2, .dropout = 1});
    Tensor *x = noise(ag_shape(3, 2, 2, 3)), *y = nn_forward(m, x),
           *z = nn_forward(m, noise(x->shape));
    assert_true(same_bits(y->size, y->data, z->data));
    assert_true(y->data[0] != 0);
    nn_train(m, false);
    z = nn_forward(m, x);
    assert_false(same_bits(y->size, y->data, z->data));
    ag_reset();
    nn_free(m);
}

/* -- the start, and on paper ------------------------------------------------------------------ */

static void weights_start_between_the_bounds_of_pytorch(void **state)
{
    (void)state;
    Module *m = nn_lstm(&rng, 200, 25, (RecurrentOptions){.layers = 2});
    assert_int_equal(m->tensors, 8);
    for (int i = 0; i < m->tensors; i++) {
        const Tensor *p = m->tensor[i].tensor;
        real most = 0;
        for (int j = 0; j < p->size; j++)
            most = fmax(most, fabs(p->data[j]));
        assert_true(most <= (real)0.2 && most > (real)0.18);
    }
    nn_free(m);
}

static void it_says_its_settings_as_pytorch_does(void **state)
{
    (void)state;
    const RecurrentOptions all = {
        .layers = 2, .no_bias = true, .batch_first = true, .dropout = 0.25};
    Module *const m[] = {nn_rnn(&rng, 3, 4, (RecurrentOptions){0}), nn_gru(&rng, 3, 4, all),
                         nn_lstm_cell(&rng, 5, 6, false)};
    static const char *const kind[] = {"RNN", "GRU", "LSTMCell"};
    static const char *const settings[] = {
        "3, 4", "3, 4, num_layers=2, bias=False, batch_first=True, dropout=0.25",
        "5, 6, bias=False"};
    for (int i = 0; i < 3; i++) {
        assert_string_equal(m[i]->kind, kind[i]);
        assert_string_equal(m[i]->settings, settings[i]);
        nn_free(m[i]);
    }
}

/* -- memory and threads ----------------------------------------------------------------------- */

static void stretch(Module *m, RecurrentState *s, int n, Tensor *const parameters[n])
{
    ag_zero_grad(n, parameters);
    Tensor *x = ag_full(ag_shape(3, 8, 16, 32), (real)0.5);
    Tensor *y = nn_recurrent(m, x, NULL, s);
    ag_backward(ag_mean(ag_mul(y, y), AG_ALL, false));
    nn_recurrent_keep(s);
    ag_reset();
}

#if defined(_OPENMP) && defined(__clang__)
enum { RUNTIME_USES_HEAP = 1 }; /* as in test_memory.c */
#else
enum { RUNTIME_USES_HEAP = 0 };
#endif

static void a_steady_stretch_asks_the_heap_for_nothing(void **state)
{
    (void)state;
    if (!HEAP_WATCHED || RUNTIME_USES_HEAP)
        skip();
    for (int k = 0; k < KINDS; k++) {
        int n;
        Module *m = kinds[k](&rng, 32, 64, (RecurrentOptions){.layers = 2, .dropout = 0.5});
        Tensor **parameters = nn_parameters(m, &n);
        RecurrentState s = {.h = NULL};
        for (int i = 0; i < 3; i++)
            stretch(m, &s, n, parameters);
        const long before = heap_calls();
        const size_t held = arena_footprint();
        for (int i = 0; i < 5; i++)
            stretch(m, &s, n, parameters);
        assert_int_equal(heap_calls() - before, 0);
        assert_int_equal(arena_footprint(), held);
        nn_recurrent_free(&s);
        free(parameters);
        nn_free(m);
    }
}

#ifdef _OPENMP
/* Outputs, states and gradients, one behind the other, of a batch that does not divide evenly. */
static real *everything(Module *m, const real *values, int *size)
{
    static const int lengths[] = {8, 3, 8, 8, 5, 8, 1};
    int n;
    Tensor **parameters = nn_parameters(m, &n);
    ag_zero_grad(n, parameters);
    RecurrentState s = {.h = NULL};
    Tensor *x = ag_variable(ag_shape(3, 8, 7, 40), values);
    Tensor *y = nn_recurrent(m, x, lengths, &s);
    ag_backward(ag_add(ag_sum(ag_mul(y, y), AG_ALL, false), ag_sum(s.h, AG_ALL, false)));
    *size = y->size + x->size + (int)nn_size(m);
    real *all = malloc(sizeof *all * (size_t)*size), *to = all;
    memcpy(to, y->data, sizeof *to * (size_t)y->size);
    to += y->size;
    memcpy(to, x->grad, sizeof *to * (size_t)x->size);
    to += x->size;
    for (int i = 0; i < n; to += parameters[i++]->size)
        memcpy(to, parameters[i]->grad, sizeof *to * (size_t)parameters[i]->size);
    free(parameters);
    ag_reset();
    return all;
}
#endif

static void any_number_of_threads_gives_the_same_bits(void **state)
{
    (void)state;
#ifdef _OPENMP
    const int threads = omp_get_max_threads();
    real values[8 * 7 * 40];
    omp_set_dynamic(0);
    for (int k = 0; k < KINDS; k++) {
        init_normal(&rng, 1, 8 * 7 * 40, values);
        Module *m = kinds[k](&rng, 40, 210, (RecurrentOptions){0});
        int size;
        omp_set_num_threads(1);
        real *one = everything(m, values, &size);
        for (int n = 2; n <= 9; n++) { /* more than there are examples, too */
            omp_set_num_threads(n);
            real *several = everything(m, values, &size);
            assert_true(same_bits(size, one, several));
            free(several);
        }
        free(one);
        nn_free(m);
    }
    omp_set_num_threads(threads);
#else
    skip(); /* built without OpenMP */
#endif
}

/* -- what stops ------------------------------------------------------------------------------- */

static jmp_buf back;
static char caught[1024];

static void catch (const char *message)
{
    snprintf(caught, sizeof caught, "%s", message);
    longjmp(back, 1);
}

#define STOPS(call, message)                             \
    do {                                                 \
        caught[0] = '\0';                                \
        ErrorHandler *before = error_set_handler(catch); \
        if (setjmp(back) == 0) {                         \
            call;                                        \
        }                                                \
        error_set_handler(before);                       \
        assert_string_equal(caught, message);            \
    } while (0)

static void what_does_not_fit_is_named(void **state)
{
    (void)state;
    const RecurrentOptions plain = {0}, first = {.batch_first = true};
    Module *lstm = nn_lstm(&rng, 3, 4, plain), *gru = nn_gru(&rng, 3, 4, first),
           *cell = nn_rnn_cell(&rng, 3, 4, true), *other = nn_module(sizeof *other, "ReLU", NULL);
    Tensor *x = ag_zeros(ag_shape(3, 5, 2, 3)), *h = ag_zeros(ag_shape(3, 1, 2, 4));
    STOPS(nn_lstm(&rng, 3, 0, plain),
          "nn_lstm: 3 in, 0 hidden, 0 layers: expected 1 or more of each");
    STOPS(nn_gru(&rng, 3, 4, (RecurrentOptions){.dropout = 1.5}),
          "nn_gru: dropout 1.5: expected 0 to 1");
    STOPS(nn_recurrent(other, x, NULL, NULL),
          "nn_recurrent: ReLU: expected an RNN, an LSTM, a GRU or a cell of one");
    STOPS(nn_forward(lstm, ag_zeros(ag_shape(3, 5, 2, 4))),
          "nn_recurrent: LSTM: expected x (t, n, 3), got (5, 2, 4)");
    STOPS(nn_forward(gru, h), "nn_recurrent: GRU: expected x (n, t, 3), got (1, 2, 4)");
    STOPS(nn_forward(cell, x), "nn_recurrent: RNNCell: expected x (n, 3), got (5, 2, 3)");
    STOPS(nn_recurrent(lstm, x, NULL, &(RecurrentState){.c = x}),
          "nn_recurrent: LSTM: expected c of the state (1, 2, 4), got (5, 2, 3)");
    STOPS(nn_recurrent(gru, ag_zeros(ag_shape(3, 2, 5, 3)), NULL, &(RecurrentState){.c = h}),
          "nn_recurrent: GRU: expected a state without c, which only an LSTM has");
    STOPS(nn_recurrent(lstm, x, (const int[]){5, 6}, NULL),
          "ag_lstm: length 6 of example 1: expected 1 to 5");
    ag_reset();
    nn_free(lstm);
    nn_free(gru);
    nn_free(cell);
    nn_free(other);
}

static void a_state_that_was_not_kept_is_named(void **state)
{
    (void)state;
    Module *m = nn_gru(&rng, 3, 4, (RecurrentOptions){0});
    RecurrentState s = {.h = NULL};
    nn_recurrent(m, ag_zeros(ag_shape(3, 5, 2, 3)), NULL, &s);
    ag_reset();
    STOPS(nn_recurrent(m, ag_zeros(ag_shape(3, 5, 2, 3)), NULL, &s),
          "nn_recurrent: the state was not kept by nn_recurrent_keep(): this tensor (1, 2, 4) is "
          "gone: it was made before the latest ag_reset(), which only parameters outlive; copy the "
          "numbers that are to be kept");
    STOPS(nn_recurrent_keep(&s),
          "nn_recurrent_keep: this tensor (1, 2, 4) is gone: it was made before the latest "
          "ag_reset(), which only parameters outlive; copy the numbers that are to be kept");
    ag_reset();
    nn_free(m);
}

/* To keep a state writes over the one before it, which a gradient may still need. */
static void a_gradient_through_what_was_kept_before_is_refused(void **state)
{
    (void)state;
    Module *m = nn_gru(&rng, 3, 4, (RecurrentOptions){0});
    RecurrentState s = {.h = NULL};
    Tensor *x = noise(ag_shape(3, 5, 2, 3));
    nn_recurrent(m, x, NULL, &s);
    nn_recurrent_keep(&s);
    Tensor *loss = ag_sum(nn_recurrent(m, x, NULL, &s), AG_ALL, false);
    nn_recurrent_keep(&s);
    STOPS(ag_backward(loss), "ag_backward: the input (2, 4) of ag_gru was overwritten after the "
                             "forward pass: compute the loss again, or go backwards before you "
                             "write");
    ag_reset();
    nn_recurrent_free(&s);
    nn_free(m);
}

int main(void)
{
    rng_seed(&rng, 1);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_kept_state_goes_on_where_it_was),
        cmocka_unit_test(no_gradient_goes_through_a_kept_state),
        cmocka_unit_test(a_state_is_kept_in_any_shape),
        cmocka_unit_test(padding_makes_no_difference),
        cmocka_unit_test(dropout_is_between_the_layers_in_train_mode),
        cmocka_unit_test(weights_start_between_the_bounds_of_pytorch),
        cmocka_unit_test(it_says_its_settings_as_pytorch_does),
        cmocka_unit_test(a_steady_stretch_asks_the_heap_for_nothing),
        cmocka_unit_test(any_number_of_threads_gives_the_same_bits),
        cmocka_unit_test(what_does_not_fit_is_named),
        cmocka_unit_test(a_state_that_was_not_kept_is_named),
        cmocka_unit_test(a_gradient_through_what_was_kept_before_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
