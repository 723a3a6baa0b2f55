/* A training loop in steady state: where its memory comes from, and that it can be repeated. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#ifdef _OPENMP
#include <omp.h>
#endif

#include "autograd/arena.h"
#include "autograd/autograd.h"
#include "heap.h"
#include "kernel/random.h"
#include "kernel/vector.h"

/* The names model, with products large enough to be worth several threads. */
enum { BATCH = 256, LETTERS = 27, CONTEXT = 3, EMBEDDING = 32, HIDDEN = 256 };

enum { TABLE, W1, GAIN, BIAS, W2, B2, N_PARAMETERS };

typedef struct {
    Tensor *p[N_PARAMETERS];
    RunningStats running;
    Rng rng;
} Model;

static Tensor *random_parameter(Model *m, Shape shape)
{
    Tensor *x = ag_parameter(shape);
    for (int i = 0; i < x->size; i++)
        x->data[i] = (real)(0.1 * rng_normal(&m->rng) + (shape.ndim == 1));
    return x;
}

static Model model_new(uint64_t seed)
{
    Model m = {
        .running = {ag_parameter(ag_shape(1, HIDDEN)), ag_parameter(ag_shape(1, HIDDEN)), 0.1}};
    rng_seed(&m.rng, seed);
    m.p[TABLE] = random_parameter(&m, ag_shape(2, LETTERS, EMBEDDING));
    m.p[W1] = random_parameter(&m, ag_shape(2, CONTEXT * EMBEDDING, HIDDEN));
    m.p[GAIN] = random_parameter(&m, ag_shape(1, HIDDEN));
    m.p[BIAS] = random_parameter(&m, ag_shape(1, HIDDEN));
    m.p[W2] = random_parameter(&m, ag_shape(2, HIDDEN, LETTERS));
    m.p[B2] = random_parameter(&m, ag_shape(1, LETTERS));
    return m;
}

static void model_free(Model *m)
{
    for (int i = 0; i < N_PARAMETERS; i++)
        ag_free(m->p[i]);
    ag_free(m->running.mean);
    ag_free(m->running.var);
}

static Tensor *model_loss(Model *m)
{
    int context[BATCH * CONTEXT], target[BATCH];
    for (int i = 0; i < BATCH * CONTEXT; i++)
        context[i] = rng_below(&m->rng, LETTERS);
    for (int i = 0; i < BATCH; i++)
        target[i] = rng_below(&m->rng, LETTERS);
    Tensor *emb = ag_embedding(m->p[TABLE], ag_shape(2, BATCH, CONTEXT), context);
    Tensor *x = ag_reshape(emb, ag_shape(2, BATCH, CONTEXT * EMBEDDING));
    Tensor *hprebn = ag_linear(x, m->p[W1], NULL);
    Tensor *h =
        ag_tanh(ag_batch_norm(hprebn, m->p[GAIN], m->p[BIAS], 1e-5, AG_BESSEL, &m->running));
    return ag_cross_entropy(ag_linear(h, m->p[W2], m->p[B2]), target, AG_MEAN);
}

static void train(Model *m, int steps)
{
    while (steps-- > 0) {
        ag_zero_grad(N_PARAMETERS, m->p);
        ag_backward(model_loss(m));
        for (int i = 0; i < N_PARAMETERS; i++)
            for (int j = 0; j < m->p[i]->size; j++)
                m->p[i]->data[j] -= (real)0.1 * m->p[i]->grad[j];
        ag_reset();
    }
}

static bool same_bits(const Model *a, const Model *b)
{
    for (int i = 0; i < N_PARAMETERS; i++)
        if (memcmp(a->p[i]->data, b->p[i]->data, (size_t)a->p[i]->size * sizeof(real)) != 0)
            return false;
    size_t bytes = HIDDEN * sizeof(real);
    return !memcmp(a->running.mean->data, b->running.mean->data, bytes) &&
           !memcmp(a->running.var->data, b->running.var->data, bytes);
}

/* -- the layers of a model of images, but its convolutions ------------------------------------ */

enum { IMAGES = 64, CHANNELS = 8, SIDE = 24 }; /* large enough to be worth several threads */

static void image_steps(Rng *rng, RunningStats *running, int steps)
{
    Tensor *gain = running->mean, *bias = running->var; /* any numbers do */
    while (steps-- > 0) {
        Tensor *x = ag_zeros(ag_shape(4, IMAGES, CHANNELS, SIDE, SIDE));
        for (int i = 0; i < x->size; i++)
            x->data[i] = (real)rng_uniform(rng);
        x->requires_grad = true;
        Tensor *h = ag_relu(ag_batch_norm(x, gain, bias, 1e-5, AG_BIASED, NULL));
        h = ag_dropout(ag_max_pool2d(h, 2, 2, 0), 0.5, true, rng);
        h = ag_batch_norm_eval(ag_avg_pool2d(h, 3, 3, 1), gain, bias, 1e-5, running);
        ag_backward(ag_sum(h, AG_ALL, false));
        ag_reset();
    }
}

/* -- memory --------------------------------------------------------------------------------------
 *
 * Under a sanitizer each tensor is meant to be a block of its own, so that reading past its end is
 * noticed. And clang's OpenMP runtime itself asks the heap for 512 bytes in each parallel loop,
 * which the watch cannot tell from requests of the library. */

#if defined(_OPENMP) && defined(__clang__)
enum { RUNTIME_USES_HEAP = 1 };
#else
enum { RUNTIME_USES_HEAP = 0 };
#endif

static void a_steady_training_step_asks_the_heap_for_nothing(void **state)
{
    (void)state;
    if (!HEAP_WATCHED || RUNTIME_USES_HEAP)
        skip();
    long at_start = heap_calls();
    Model m = model_new(1);
    assert_true(heap_calls() > at_start); /* the watch works */
    train(&m, 3);
    long before = heap_calls();
    size_t held = arena_footprint();
    train(&m, 10);
    assert_int_equal(heap_calls() - before, 0);
    assert_int_equal(arena_footprint(), held);
    model_free(&m);
}

static void a_step_of_a_model_of_images_asks_the_heap_for_nothing(void **state)
{
    (void)state;
    if (!HEAP_WATCHED || RUNTIME_USES_HEAP)
        skip();
    Rng rng;
    rng_seed(&rng, 1);
    RunningStats running = {ag_parameter(ag_shape(1, CHANNELS)),
                            ag_parameter(ag_shape(1, CHANNELS)), 0.1};
    image_steps(&rng, &running, 3);
    long before = heap_calls();
    size_t held = arena_footprint();
    image_steps(&rng, &running, 5);
    assert_int_equal(heap_calls() - before, 0);
    assert_int_equal(arena_footprint(), held);
    ag_free(running.mean);
    ag_free(running.var);
}

/* Thirty pieces of 1 byte to 1 MiB, always the same for one seed. */
static void arena_round(uint64_t seed)
{
    Rng rng;
    rng_seed(&rng, seed);
    for (int i = 0; i < 30; i++)
        ag_alloc((size_t)rng_below(&rng, 1 << rng_below(&rng, 21)) + 1);
    ag_reset();
}

static void the_arena_asks_for_nothing_in_a_round_like_an_earlier_one(void **state)
{
    (void)state;
    if (!HEAP_WATCHED) /* see heap.h */
        skip();
    for (uint64_t seed = 1; seed <= 50; seed++)
        arena_round(seed);
    size_t held = arena_footprint();
    long before = heap_calls();
    for (uint64_t seed = 50; seed >= 1; seed--)
        arena_round(seed);
    assert_int_equal(arena_footprint(), held);
    assert_int_equal(heap_calls(), before);
    for (int i = 0; i < 3; i++) { /* a larger one makes it grow, once, and by no more */
        ag_alloc(4 * held);
        assert_int_equal(arena_footprint(), 5 * held);
        ag_reset();
    }
}

/* Forwards and backwards through every kind of convolution, large enough for several threads. */
static void conv_step(Tensor *w[3])
{
    ag_zero_grad(3, w);
    const ConvOptions half = {.stride = {2, 2}, .padding = {1, 1}, .relu = true};
    Tensor *x = ag_full(ag_shape(4, 6, 8, 24, 24), 1), *h = ag_conv2d(x, w[0], NULL, half);
    Tensor *y = ag_conv_transpose2d(ag_conv2d(h, w[1], NULL, conv_options(1, 1)), w[2], NULL,
                                    (ConvOptions){.stride = {2, 2}, .output_padding = {1, 1}});
    ag_backward(ag_mean(ag_mul(y, y), AG_ALL, false));
    ag_reset();
}

static void a_steady_step_through_convolutions_asks_the_heap_for_nothing(void **state)
{
    (void)state;
    if (!HEAP_WATCHED || RUNTIME_USES_HEAP)
        skip();
    Tensor *w[3];
    for (int i = 0; i < 3; i++) {
        w[i] = ag_parameter(i == 0 ? ag_shape(4, 24, 8, 3, 3) : ag_shape(4, 24, 24, 3, 3));
        vector_fill(w[i]->size, (real)0.01, w[i]->data);
    }
    for (int i = 0; i < 3; i++)
        conv_step(w);
    const long before = heap_calls();
    const size_t held = arena_footprint();
    for (int i = 0; i < 5; i++)
        conv_step(w);
    assert_int_equal(heap_calls() - before, 0);
    assert_int_equal(arena_footprint(), held);
    for (int i = 0; i < 3; i++)
        ag_free(w[i]);
}

static void memory_from_the_strip_is_aligned_and_apart(void **state)
{
    (void)state;
    unsigned char *before = NULL;
    for (size_t bytes = 1; bytes < 300000; bytes = bytes * 3 + 1) {
        unsigned char *piece = ag_alloc(bytes);
        assert_int_equal((uintptr_t)piece % 64, 0);
        memset(piece, (int)(bytes % 251), bytes);
        if (before)
            assert_int_equal(*before, bytes / 3 % 251);
        before = piece;
    }
    ag_reset();
}

/* -- the same again ---------------------------------------------------------------------------- */

static void same_seed_gives_the_same_run_to_the_bit(void **state)
{
    (void)state;
    Model a = model_new(7), b = model_new(7), other = model_new(8);
    assert_true(same_bits(&a, &b));
    train(&a, 5);
    assert_false(same_bits(&a, &b)); /* it does train */
    train(&b, 5);
    train(&other, 5);
    assert_true(same_bits(&a, &b));
    assert_false(same_bits(&a, &other));
    model_free(&a);
    model_free(&b);
    model_free(&other);
}

static void any_number_of_threads_gives_the_same_bits(void **state)
{
    (void)state;
#ifdef _OPENMP
    int threads = omp_get_max_threads();
    omp_set_dynamic(0);
    omp_set_num_threads(1);
    Model one = model_new(9);
    train(&one, 3);
    for (int n = 2; n <= 3; n++) {
        omp_set_num_threads(n);
        Model several = model_new(9);
        train(&several, 3);
        assert_true(same_bits(&one, &several));
        model_free(&several);
    }
    omp_set_num_threads(threads);
    model_free(&one);
#else
    skip(); /* built without OpenMP */
#endif
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_steady_training_step_asks_the_heap_for_nothing),
        cmocka_unit_test(a_step_of_a_model_of_images_asks_the_heap_for_nothing),
        cmocka_unit_test(the_arena_asks_for_nothing_in_a_round_like_an_earlier_one),
        cmocka_unit_test(a_steady_step_through_convolutions_asks_the_heap_for_nothing),
        cmocka_unit_test(memory_from_the_strip_is_aligned_and_apart),
        cmocka_unit_test(same_seed_gives_the_same_run_to_the_bit),
        cmocka_unit_test(any_number_of_threads_gives_the_same_bits),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
