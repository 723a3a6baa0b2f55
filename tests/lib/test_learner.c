/* What a network makes of images, counted by hand; a learner goes the steps that its parts would,
 * and goes on to the bit from what it was. */
#include "nn/learner.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "autograd/autograd.h"
#include "child.h"
#include "data/shapes.h"
#include "error.h"
#include "nn/layers.h"
#include "scratch.h"

static const ImageSize pixel = {3, 1, 1}, shape = {3, SHAPE_SIDE, SHAPE_SIDE};

/* Five images of one pixel whose three channels are the scores. */
static const real scores[5][3] = {{2, 1, 0}, {0, 0, 5}, {1, 3, 3}, {4, 0, 0}, {0, 0, 0}};
static const real class_of[5] = {0, 1, 1, 0, 2};

static Dataset five(void)
{
    Dataset data = dataset_new(5, 3, 1);
    memcpy(data.x, scores, sizeof scores);
    memcpy(data.y, class_of, sizeof class_of);
    return data;
}

static double loss_of(int i)
{
    double sum = 0;
    for (int j = 0; j < 3; j++)
        sum += exp((double)scores[i][j]);
    return log(sum) - (double)scores[i][(int)class_of[i]];
}

/* 4 is no multiple of 3, and of two classes that are as likely the first is taken. */
static void images_are_taken_for_the_class_of_the_highest_score(void **state)
{
    (void)state;
    static const int expected[5] = {0, 2, 1, 0, 0};
    int guess[5];
    double loss = 0;
    Dataset data = five();
    Module *net = nn_flatten();
    for (int batch = 1; batch <= 6; batch++) {
        const Score score = nn_score(net, pixel, &data, batch, guess);
        loss = 0;
        for (int i = 0; i < 5; i++) {
            assert_int_equal(guess[i], expected[i]);
            loss += loss_of(i) / 5;
        }
        assert_true(score.right == 60);
        assert_true(fabs(score.loss - loss) < 20 * (double)REAL_EPSILON);
    }
    const Tensor *whole = nn_class_loss(net, pixel, 5, data.x, data.y);
    assert_true(fabs((double)ag_item(whole) - loss) < 20 * (double)REAL_EPSILON);
    ag_reset();
    nn_free(net);
    dataset_free(&data);
}

static void a_part_is_judged_as_it_is(void **state)
{
    (void)state;
    int order[2] = {4, 3}, guess[2];
    Dataset data = five(), part = data;
    Module *net = nn_flatten();
    part.length = 2;
    part.index = order;
    assert_true(nn_score(net, pixel, &part, 100, guess).right == 50);
    assert_true(nn_accuracy(net, pixel, &part) == 50);
    part.index = NULL;
    assert_true(nn_accuracy(net, pixel, &part) == 50);
    part.length = 1;
    assert_true(nn_accuracy(net, pixel, &part) == 100);
    nn_free(net);
    dataset_free(&data);
}

/* In train mode this dropout leaves no score, so that all are taken for 0. */
static void accuracy_is_that_of_eval_mode(void **state)
{
    (void)state;
    Rng rng;
    Dataset data = five();
    rng_seed(&rng, 1);
    Module *drop = nn_dropout(&rng, 1);
    Module *net = nn_sequential(2, (Module *[]){nn_flatten(), drop});
    assert_true(nn_score(net, pixel, &data, 5, NULL).right == 40);
    assert_true(nn_accuracy(net, pixel, &data) == 60);
    assert_true(net->training && drop->training);
    nn_train(net, false);
    assert_true(nn_accuracy(net, pixel, &data) == 60);
    assert_false(net->training || drop->training);
    nn_free(net);
    dataset_free(&data);
}

/* -- learners --------------------------------------------------------------------------------- */

static Module *network(Rng *rng)
{
    return nn_sequential(6, (Module *[]){nn_conv2d(rng, 3, 2, 3, conv_options(4, 1)), nn_relu(),
                                         nn_batch_norm2d(2), nn_flatten(), nn_dropout(rng, 0.5),
                                         nn_linear(rng, 2 * 8 * 8, SHAPE_CLASSES)});
}

static void begin(Learner *l, const Dataset *data, uint64_t seed)
{
    rng_seed(&l->rng, seed);
    learner_begin(l, network(&l->rng), shape, data,
                  (LoaderOptions){.batch = 4, .shuffle = true, .seed = seed});
    optim_adam(l->optim, adam_defaults(0.01));
    optim_add(l->optim, l->n, l->parameters);
}

static double step(Learner *l)
{
    const double loss = learner_gradient(l);
    learner_step(l);
    return loss;
}

/* With batches of three of ten images, and plain descent. */
static void a_step_goes_down_the_gradient_of_the_next_batch(void **state)
{
    (void)state;
    Learner l;
    real before, slope;
    double losses = 0;
    Dataset data = shapes_draw(1, 10, (ShapeOptions){.hard = 0.4});
    rng_seed(&l.rng, 1);
    learner_begin(&l, network(&l.rng), shape, &data, (LoaderOptions){.batch = 3});
    optim_sgd(l.optim, (Sgd){.lr = 0.25});
    optim_add(l.optim, l.n, l.parameters);
    for (int i = 0; i < 5; i++) {
        nn_train(l.net, false); /* as whoever judges it may leave it */
        losses += learner_gradient(&l);
        assert_true(l.net->training);
        assert_int_equal(l.loader.n, i == 3 ? 1 : 3); /* the last of the epoch */
        assert_int_equal((int)l.loader.y[0], i == 4 ? 0 : 3 * i);
        before = l.parameters[0]->data[0];
        slope = l.parameters[0]->grad[0];
        learner_step(&l);
        assert_true(l.parameters[0]->data[0] == before - (real)0.25 * slope);
        assert_true(l.parameters[0]->grad[0] == slope);
    }
    assert_true(learner_mean(&l) == losses / 5);
    assert_true(isnan(learner_mean(&l)));
    learner_free(&l);
    dataset_free(&data);
}

static Tensor *own_loss(Learner *l, int first, int n, Tensor *x, void *context)
{
    int class[4];
    (void)context;
    assert_int_equal(first, 0);
    assert_int_equal(n, l->loader.n);
    for (int k = 0; k < n; k++)
        class[k] = (int)l->loader.y[k];
    return ag_cross_entropy(nn_forward(l->net, x), class, AG_MEAN);
}

static void a_loss_of_ones_own_does_the_same(void **state)
{
    (void)state;
    Learner a, b;
    Dataset data = shapes_draw(1, 10, (ShapeOptions){.hard = 0.4});
    begin(&a, &data, 7);
    begin(&b, &data, 7);
    for (int i = 0; i < 6; i++) {
        const double loss = learner_gradient_of(&b, own_loss, NULL);
        learner_step(&b);
        assert_true(loss == step(&a));
    }
    assert_true(learner_mean(&a) == learner_mean(&b));
    learner_free(&a);
    learner_free(&b);
    dataset_free(&data);
}

static State *state_of(Learner *l)
{
    State *listed = state_new();
    learner_state(listed, "l", l);
    return listed;
}

/* With dropout, batch norm and Adam, in the middle of an epoch. */
static void it_goes_on_to_the_bit(void **state)
{
    (void)state;
    Learner whole, first, second;
    Dataset data = shapes_draw(1, 18, (ShapeOptions){.hard = 0.4});
    const char *path = scratch_path("learner.safetensors");
    begin(&whole, &data, 5);
    begin(&first, &data, 5);
    begin(&second, &data, 6);
    for (int i = 0; i < 7; i++)
        assert_true(step(&whole) == step(&first));
    State *from = state_of(&first), *to = state_of(&second);
    if (!(state_save(from, path) && state_resume(to, path)))
        fail_msg("%s", error_text());
    for (int i = 0; i < 7; i++)
        assert_true(step(&whole) == step(&second));
    assert_true(nn_accuracy(whole.net, shape, &data) == nn_accuracy(second.net, shape, &data));
    assert_true(learner_mean(&whole) == learner_mean(&second));
    state_free(from);
    state_free(to);
    learner_free(&whole);
    learner_free(&first);
    learner_free(&second);
    dataset_free(&data);
}

/* -- what stops ------------------------------------------------------------------------------- */

static void judge_none(void *context)
{
    (void)context;
    Dataset none = dataset_new(0, 3, 1);
    nn_accuracy(nn_flatten(), pixel, &none);
}

static void judge_others(void *context)
{
    (void)context;
    Dataset data = five();
    nn_accuracy(nn_flatten(), shape, &data);
}

static void learn_others(void *context)
{
    (void)context;
    Learner l;
    Dataset data = five();
    learner_begin(&l, nn_flatten(), shape, &data, (LoaderOptions){.batch = 1});
}

static void learn_nothing(void *context)
{
    (void)context;
    Learner l;
    Dataset none = dataset_new(0, 3, 1);
    learner_begin(&l, nn_flatten(), pixel, &none, (LoaderOptions){.batch = 1});
    learner_gradient(&l);
}

static void expect_stop(ChildBody *body, const char *message)
{
    const Child child = child_run(body, NULL);
    assert_int_equal(child.status, 1);
    assert_non_null(strstr(child.err, message));
}

static void images_that_are_not_there_or_do_not_fit_stop_it(void **state)
{
    (void)state;
    expect_stop(judge_none, "nn_score: there are no images");
    expect_stop(judge_others, "nn_score: images of 3 numbers: expected 3 x 32 x 32");
    expect_stop(learn_others, "learner_begin: images of 3 numbers: expected 3 x 32 x 32");
    expect_stop(learn_nothing, "learner_gradient: there is nothing to learn from");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(images_are_taken_for_the_class_of_the_highest_score),
        cmocka_unit_test(a_part_is_judged_as_it_is),
        cmocka_unit_test(accuracy_is_that_of_eval_mode),
        cmocka_unit_test(a_step_goes_down_the_gradient_of_the_next_batch),
        cmocka_unit_test(a_loss_of_ones_own_does_the_same),
        cmocka_unit_test(it_goes_on_to_the_bit),
        cmocka_unit_test(images_that_are_not_there_or_do_not_fit_stop_it),
    };
    return cmocka_run_group_tests(tests, scratch_setup, scratch_teardown);
}
