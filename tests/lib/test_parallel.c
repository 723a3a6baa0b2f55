/* The gradient of a batch from those of its shards, beside that of the whole: on one process;
 * tests/parallel has several. */
#include "nn/parallel.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "autograd/autograd.h"
#include "nn/layers.h"
#include "parallel/shards.h"

enum { N = 11, IN = 3, OUT = 2 };

typedef struct {
    Module *net;
    real x[N][IN], y[N][OUT];
} Problem;

static Tensor *mean_square(int first, int n, void *context)
{
    Problem *p = context;
    Tensor *y = nn_forward(p->net, ag_wrap(ag_shape(2, n, IN), p->x[first]));
    return ag_mse_loss(y, ag_wrap(ag_shape(2, n, OUT), p->y[first]), AG_MEAN);
}

static Problem problem(Module *net)
{
    Problem p = {.net = net};
    Rng rng;
    rng_seed(&rng, 5);
    for (int i = 0; i < N; i++) {
        for (int j = 0; j < IN; j++)
            p.x[i][j] = (real)rng_normal(&rng);
        for (int j = 0; j < OUT; j++)
            p.y[i][j] = (real)rng_normal(&rng);
    }
    return p;
}

static Module *net_new(Rng *rng, bool norm, double dropout)
{
    Module *net = nn_sequential(2, (Module *[]){nn_linear(rng, IN, 4), nn_tanh()});
    if (norm)
        nn_append(net, nn_batch_norm1d(4));
    if (dropout > 0)
        nn_append(net, nn_dropout(rng, dropout));
    nn_append(net, nn_linear(rng, 4, OUT));
    return net;
}

/* Both gradients of every parameter, those of the whole batch first. */
static void both(Problem *p, int shards, double *loss, double *shard_loss, double *difference)
{
    int n;
    Tensor **parameter = nn_parameters(p->net, &n);
    Parallel *parallel = parallel_new(p->net, NULL, (ShardSumOptions){.shards = shards});
    real *whole[8];
    Tensor *mean = mean_square(0, N, p);
    ag_backward(mean);
    *loss = (double)ag_item(mean);
    for (int i = 0; i < n; i++) {
        whole[i] = malloc((size_t)parameter[i]->size * sizeof(real));
        memcpy(whole[i], parameter[i]->grad, (size_t)parameter[i]->size * sizeof(real));
    }
    *shard_loss = parallel_gradient(parallel, N, mean_square, p);
    real most = 0;
    for (int i = 0; i < n; i++) {
        for (int j = 0; j < parameter[i]->size; j++)
            most = fmax(most, fabs(whole[i][j] - parameter[i]->grad[j]));
        free(whole[i]);
    }
    *difference = (double)most;
    parallel_free(parallel);
    free(parameter);
}

static void one_shard_is_the_batch(void **state)
{
    (void)state;
    Rng rng;
    rng_seed(&rng, 3);
    Problem p = problem(net_new(&rng, true, 0));
    double loss, shard_loss, difference;
    both(&p, 1, &loss, &shard_loss, &difference);
    assert_true(loss == shard_loss);
    assert_true(difference == 0);
    nn_free(p.net);
}

/* 11 examples: shards of 1, 1, 1, 2, 1, ...; and of nothing, where there are 16 of them. */
static void shards_come_to_the_batch(void **state)
{
    (void)state;
    for (int shards = 2; shards <= 16; shards *= 2) {
        Rng rng;
        rng_seed(&rng, 3);
        Problem p = problem(net_new(&rng, false, 0));
        double loss, shard_loss, difference;
        both(&p, shards, &loss, &shard_loss, &difference);
        assert_true(fabs(loss - shard_loss) <= 8 * (double)REAL_EPSILON * loss);
        assert_true(difference > 0 || shards < 4);
        assert_true(difference <= 16 * (double)REAL_EPSILON);
        nn_free(p.net);
    }
}

/* Running statistics move from where they were to the mean of what the shards see, and a batch is
 * counted once. */
static void batch_norm_moves_once_a_batch(void **state)
{
    (void)state;
    Rng rng;
    rng_seed(&rng, 3);
    Problem p = problem(net_new(&rng, true, 0));
    Tensor *mean = nn_find(p.net, "2")->tensor[2].tensor;
    long *batches = nn_find(p.net, "2")->tensor[4].count;
    double expected[4] = {0};
    assert_string_equal(nn_find(p.net, "2")->tensor[2].name, "running_mean");
    for (int s = 0; s < 2; s++) {
        const int first = shard_begin(N, 2, s), n = shard_begin(N, 2, s + 1) - first;
        memset(mean->data, 0, 4 * sizeof(real));
        ag_bump_version(mean);
        mean_square(first, n, &p);
        for (int j = 0; j < 4; j++)
            expected[j] += (double)mean->data[j] * n / N;
        ag_reset();
    }
    memset(mean->data, 0, 4 * sizeof(real));
    *batches = 7;
    Parallel *parallel = parallel_new(p.net, NULL, (ShardSumOptions){.shards = 2});
    parallel_gradient(parallel, N, mean_square, &p);
    assert_int_equal(*batches, 8);
    for (int j = 0; j < 4; j++)
        assert_true(fabs((double)mean->data[j] - expected[j]) < 4 * (double)REAL_EPSILON);
    parallel_free(parallel);
    nn_free(p.net);
}

typedef struct {
    Problem problem;
    double loss[6];
    int shards; /* looked at so far */
} Watched;

static Tensor *watched_loss(int first, int n, void *context)
{
    Watched *w = context;
    Tensor *loss = mean_square(first, n, &w->problem);
    w->loss[w->shards++] = (double)ag_item(loss);
    return loss;
}

/* Two examples alike, each a shard, in three batches: the masks of shards are not the same, those
 * of the next batch are others. What is drawn from then on does not depend on how many shards there
 * were here: a rank may have had one of them, or both. */
static void each_shard_drops_for_itself(void **state)
{
    (void)state;
    Rng rng, other;
    rng_seed(&rng, 3);
    Watched w = {.problem = problem(net_new(&rng, false, 0.5))};
    memcpy(w.problem.x[1], w.problem.x[0], sizeof w.problem.x[0]);
    memcpy(w.problem.y[1], w.problem.y[0], sizeof w.problem.y[0]);
    Parallel *parallel = parallel_new(w.problem.net, &rng, (ShardSumOptions){.shards = 2});
    other = rng;
    for (int i = 0; i < 3; i++) {
        parallel_gradient(parallel, 2, watched_loss, &w);
        rng_bits(&other);
    }
    const double *l = w.loss;
    assert_true(l[0] != l[1] || l[2] != l[3] || l[4] != l[5]);
    assert_true(l[0] != l[2] || l[2] != l[4]);
    assert_true(rng_bits(&rng) == rng_bits(&other));
    parallel_free(parallel);
    nn_free(w.problem.net);
}

/* A frozen layer has no gradient, and one that the loss does not reach a gradient of zeros. */
static void frozen_layers_have_none(void **state)
{
    (void)state;
    Rng rng;
    rng_seed(&rng, 3);
    Problem p = problem(net_new(&rng, false, 0));
    nn_freeze(nn_find(p.net, "0"), true);
    Parallel *parallel = parallel_new(p.net, NULL, (ShardSumOptions){.shards = 4});
    parallel_gradient(parallel, N, mean_square, &p);
    assert_null(nn_find(p.net, "0")->tensor[0].tensor->grad);
    assert_non_null(nn_find(p.net, "2")->tensor[0].tensor->grad);
    assert_non_null(parallel_sum(parallel));
    parallel_free(parallel);
    nn_free(p.net);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_shard_is_the_batch),
        cmocka_unit_test(shards_come_to_the_batch),
        cmocka_unit_test(batch_norm_moves_once_a_batch),
        cmocka_unit_test(each_shard_drops_for_itself),
        cmocka_unit_test(frozen_layers_have_none),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
