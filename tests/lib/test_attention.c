/* Attention in blocks against the matrix of weights, in long sequences; its masks of dropout; and
 * that neither threads nor other queries change a bit. */
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
#include "kernel/simd.h"

static Rng rng;

static Tensor *random_tensor(int n, int t, int width)
{
    Tensor *x = ag_zeros(ag_shape(3, n, t, width));
    for (int i = 0; i < x->size; i++)
        x->data[i] = (real)rng_normal(&rng);
    x->requires_grad = true;
    return x;
}

/* Queries, keys and values, what comes of them, and the gradients of a random sum of that. */
typedef struct {
    Tensor *q, *k, *v, *y;
} Problem;

static Problem problem_new(int n, int t, int s, int width)
{
    return (Problem){random_tensor(n, t, width), random_tensor(n, s, width),
                     random_tensor(n, s, width), NULL};
}

static void back(Problem *p, Tensor *y, uint64_t seed)
{
    rng_seed(&rng, seed);
    p->y = y;
    ag_zero_grad(3, (Tensor *[]){p->q, p->k, p->v});
    Tensor *upstream = random_tensor(y->shape.dim[0], y->shape.dim[1], y->shape.dim[2]);
    ag_backward_from(y, upstream->data);
}

/* As the definition says, head by head: (n, heads, t, s) (n, heads, s, d). */
static Tensor *plain(const Problem *p, AttentionOptions o)
{
    const int n = p->q->shape.dim[0], t = p->q->shape.dim[1], s = p->k->shape.dim[1];
    const int width = p->v->shape.dim[2];
    Tensor *v = ag_transpose(ag_reshape(p->v, ag_shape(4, n, s, o.heads, width / o.heads)), 1, 2);
    Tensor *y = ag_matmul(ag_attention_weights(p->q, p->k, o), v);
    return ag_reshape(ag_transpose(y, 1, 2), ag_shape(3, n, t, width));
}

static void assert_close(const Tensor *a, const real *b)
{
    const Comparison c = compare(a->size, a->grad, b);
    if (!(c.relative < 1e4 * (double)REAL_EPSILON))
        fail_msg("%.2g apart", c.relative);
}

static void check_blocks(int t, int s, AttentionOptions o)
{
    rng_seed(&rng, 3);
    Problem p = problem_new(2, t, s, 6);
    back(&p, plain(&p, o), 4);
    Tensor *wanted[3], *const in[] = {p.q, p.k, p.v}, *y = p.y;
    for (int i = 0; i < 3; i++)
        wanted[i] = ag_tensor(in[i]->shape, in[i]->grad);
    back(&p, ag_attention(p.q, p.k, p.v, o), 4);
    assert_true(compare(y->size, y->data, p.y->data).relative < 1e3 * (double)REAL_EPSILON);
    for (int i = 0; i < 3; i++)
        assert_close(in[i], wanted[i]->data);
    ag_reset();
}

static void blocks_add_up_to_the_whole(void **state)
{
    (void)state;
    const int lengths[] = {290, 129};
    check_blocks(300, 300, (AttentionOptions){.heads = 2});
    check_blocks(300, 300, (AttentionOptions){.heads = 2, .mask = {.causal = true}});
    check_blocks(65, 300, (AttentionOptions){.heads = 3, .mask = {.lengths = lengths}});
    check_blocks(130, 300, (AttentionOptions){.heads = 1, .mask = {true, lengths}, .past = 170});
    check_blocks(200, 129, (AttentionOptions){.heads = 2, .mask = {.causal = true}});
}

/* -- dropout ---------------------------------------------------------------------------------- */

/* With the same score everywhere and the unit matrix for values, y is the matrix of weights. */
static void dropped_weights_are_a_share_and_the_rest_makes_up_for_them(void **state)
{
    (void)state;
    enum { T = 200, S = 150 };
    Tensor *q = ag_zeros(ag_shape(3, 2, T, 4)), *k = ag_zeros(ag_shape(3, 2, S, 4));
    Tensor *v = ag_zeros(ag_shape(3, 2, S, 2 * S));
    for (int i = 0; i < 2 * S; i++)
        v->data[i * 2 * S + i % S] = v->data[i * 2 * S + S + i % S] = 1;
    const AttentionOptions o = {.heads = 2, .dropout = 0.3, .rng = &rng};
    Tensor *y = ag_attention(q, k, v, o), *again = ag_attention(q, k, v, o);
    int dropped = 0, same = 0, same_row = 0, same_neighbour = 0;
    for (int i = 0; i < y->size; i++) {
        const bool kept = y->data[i] != 0;
        if (kept)
            assert_true(fabs((double)y->data[i] * S * 0.7 - 1) < 1e-5);
        dropped += !kept;
        same += kept == (again->data[i] != 0);
        same_row += i >= S && kept == (y->data[i - S] != 0);
        same_neighbour += i >= 1 && kept == (y->data[i - 1] != 0);
    }
    const double n = y->size, chance = 0.7 * 0.7 + 0.3 * 0.3;
    assert_true(fabs(dropped / n - 0.3) < 0.01);
    assert_true(fabs(same / n - chance) < 0.01); /* of another call, row or place */
    assert_true(fabs(same_row / n - chance) < 0.01);
    assert_true(fabs(same_neighbour / n - chance) < 0.01);
    ag_reset();
}

static void everything_can_be_dropped(void **state)
{
    (void)state;
    Problem p = problem_new(1, 3, 5, 4);
    back(&p, ag_attention(p.q, p.k, p.v, (AttentionOptions){.dropout = 1, .rng = &rng}), 1);
    for (int i = 0; i < p.y->size; i++)
        assert_true(p.y->data[i] == 0 && p.q->grad[i] == 0);
    ag_reset();
}

/* -- the same to the bit ---------------------------------------------------------------------- */

static void a_query_does_not_depend_on_others(void **state)
{
    (void)state;
    enum { T = 140 };
    Problem p = problem_new(2, T, T, 6);
    const AttentionOptions o = {.heads = 2, .mask = {.causal = true}};
    Tensor *all = ag_attention(p.q, p.k, p.v, o);
    for (int i = 0; i < T; i += 23) {
        AttentionOptions one = o;
        one.past = i;
        Tensor *y = ag_attention(ag_slice(p.q, 1, i, i + 1), p.k, p.v, one);
        Tensor *wanted = ag_slice(all, 1, i, i + 1);
        assert_memory_equal(y->data, wanted->data, (size_t)y->size * sizeof(real));
    }
    ag_reset();
}

#ifdef HAS_MULTIPLY_ADD
/* FNV-1a over the bytes. */
static uint64_t hash(const Tensor *x, const real *values)
{
    uint64_t hash = 14695981039346656037U;
    const unsigned char *bytes = (const unsigned char *)values;
    for (size_t i = 0; i < (size_t)x->size * sizeof *values; i++)
        hash = (hash ^ bytes[i]) * 1099511628211U;
    return hash;
}

static Tensor *uniform_tensor(int n, int t, int width)
{
    Tensor *x = random_tensor(n, t, width);
    for (int i = 0; i < x->size; i++)
        x->data[i] = (real)(2 * rng_uniform(&rng) - 1);
    return x;
}

/* Of y, dq, dk and dv; vectors of any width, gcc's and clang's. */
static void the_bits_are_the_same_on_every_machine(void **state)
{
    (void)state;
#ifdef REAL_IS_FLOAT
    const uint64_t wanted[] = {0xd3a01e70199fa183, 0x16ed3a4d2746f63c, 0x18f35a2ce722e8e4,
                               0xe175f0b13e06901d};
#else
    const uint64_t wanted[] = {0x205dc93f1f1b9fe6, 0x85e352f8872c6906, 0x87966b6d1c2be9d3,
                               0x42bdcc8fb492bf90};
#endif
    const int lengths[] = {200, 131};
    rng_seed(&rng, 1);
    Tensor *q = uniform_tensor(2, 150, 30), *k = uniform_tensor(2, 200, 30);
    Tensor *v = uniform_tensor(2, 200, 21), *upstream = uniform_tensor(2, 150, 21);
    Tensor *y = ag_attention(q, k, v, (AttentionOptions){3, {true, lengths}, 50, 0.3, 0.1, &rng});
    ag_backward_from(y, upstream->data);
    const uint64_t found[] = {hash(y, y->data), hash(q, q->grad), hash(k, k->grad),
                              hash(v, v->grad)};
    assert_memory_equal(found, wanted, sizeof wanted);
    ag_reset();
}
#endif

#ifdef _OPENMP
static void threads_do_not_change_a_bit(void **state)
{
    (void)state;
    enum { T = 200, WIDTH = 32, SIZE = 2 * T * WIDTH };
    static real first[4][SIZE];
    const int before = omp_get_max_threads();
    rng_seed(&rng, 8);
    Problem p = problem_new(2, T, T, WIDTH);
    for (int threads = 1; threads <= 3; threads++) {
        omp_set_num_threads(threads);
        rng_seed(&rng, 9);
        back(&p, ag_attention(p.q, p.k, p.v, (AttentionOptions){4, {true, NULL}, 0, 0, 0.1, &rng}),
             5);
        const real *const found[] = {p.y->data, p.q->grad, p.k->grad, p.v->grad};
        for (int i = 0; i < 4; i++) {
            if (threads == 1)
                memcpy(first[i], found[i], sizeof first[i]);
            assert_memory_equal(found[i], first[i], sizeof first[i]);
        }
    }
    omp_set_num_threads(before);
    ag_reset();
}
#endif

/* -- memory ----------------------------------------------------------------------------------- */

/* A matrix of weights for each head would be 16 million numbers; there are less than 200,000 in and
 * out, and as many gradients. The first in this program, for an arena gives nothing back. */
static void memory_grows_with_the_sequence_and_not_its_square(void **state)
{
    (void)state;
    enum { T = 2048, WIDTH = 16 };
    Problem p = problem_new(1, T, T, WIDTH);
    back(&p, ag_attention(p.q, p.k, p.v, (AttentionOptions){.heads = 4}), 1);
    assert_true(arena_footprint() < 64 * T * WIDTH * sizeof(real));
    ag_reset();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(memory_grows_with_the_sequence_and_not_its_square),
        cmocka_unit_test(blocks_add_up_to_the_whole),
        cmocka_unit_test(dropped_weights_are_a_share_and_the_rest_makes_up_for_them),
        cmocka_unit_test(everything_can_be_dropped),
        cmocka_unit_test(a_query_does_not_depend_on_others),
#ifdef HAS_MULTIPLY_ADD
        cmocka_unit_test(the_bits_are_the_same_on_every_machine),
#endif
#ifdef _OPENMP
        cmocka_unit_test(threads_do_not_change_a_bit),
#endif
    };
    rng_seed(&rng, 1);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
