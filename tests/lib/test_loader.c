/* A loader brings every example once an epoch, in batches, in the order that its seed decides, and
 * applies the transform that it was given. */
#include "data/loader.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "child.h"
#include "data/shapes.h"
#include "heap.h"

/* Example i is ((10 i, 10 i + 1), (i, -i, i + 0.5)). */
static Dataset counted(int length)
{
    Dataset data = dataset_new(length, 2, 3);
    for (int i = 0; i < length; i++) {
        memcpy(data.x + 2 * i, (const real[]){10 * i, 10 * i + 1}, 2 * sizeof(real));
        memcpy(data.y + 3 * i, (const real[]){i, -i, i + (real)0.5}, 3 * sizeof(real));
    }
    return data;
}

enum { MOST = 100 };

typedef struct {
    int batches, size[MOST];    /* of the batches */
    int examples, number[MOST]; /* of all examples, in their order */
} Epoch;

static Epoch epoch_of(Loader *loader)
{
    Epoch epoch = {0};
    while (loader_next(loader)) {
        epoch.size[epoch.batches++] = loader->n;
        for (int i = 0; i < loader->n; i++) {
            const real *x = loader->x + 2 * i, *y = loader->y + 3 * i;
            assert_true(x[0] == 10 * y[0] && x[1] == x[0] + 1);
            assert_true(y[1] == -y[0] && y[2] == y[0] + (real)0.5);
            epoch.number[epoch.examples++] = (int)y[0];
        }
    }
    assert_int_equal(epoch.batches, loader_batches(loader));
    return epoch;
}

/* The first epoch of a new loader. */
static Epoch first_epoch(int length, LoaderOptions options)
{
    Dataset data = counted(length);
    Loader loader = loader_new(&data, options);
    Epoch epoch = epoch_of(&loader);
    loader_free(&loader);
    dataset_free(&data);
    return epoch;
}

static bool same_order(const Epoch *a, const Epoch *b)
{
    return a->examples == b->examples && memcmp(a->number, b->number, sizeof a->number) == 0;
}

static void without_shuffling_the_order_is_the_data_sets(void **state)
{
    (void)state;
    Dataset data = counted(10);
    Loader loader = loader_new(&data, (LoaderOptions){.batch = 5});
    for (int round = 0; round < 3; round++) {
        Epoch epoch = epoch_of(&loader);
        assert_int_equal(epoch.batches, 2);
        assert_int_equal(epoch.examples, 10);
        for (int i = 0; i < 10; i++)
            assert_int_equal(epoch.number[i], i);
    }
    loader_free(&loader);
    assert_null(loader.x);
    dataset_free(&data);
}

static void the_last_batch_may_be_smaller(void **state)
{
    (void)state;
    Epoch epoch = first_epoch(11, (LoaderOptions){.batch = 4});
    assert_int_equal(epoch.batches, 3);
    assert_int_equal(epoch.size[0], 4);
    assert_int_equal(epoch.size[2], 3);
    assert_int_equal(epoch.examples, 11);
}

static void the_last_partial_batch_can_be_dropped(void **state)
{
    (void)state;
    Epoch epoch = first_epoch(11, (LoaderOptions){.batch = 4, .drop_last = true});
    assert_int_equal(epoch.batches, 2);
    assert_int_equal(epoch.size[1], 4);
    assert_int_equal(epoch.examples, 8);
}

static void a_whole_last_batch_is_not_dropped(void **state)
{
    (void)state;
    Epoch epoch = first_epoch(12, (LoaderOptions){.batch = 4, .drop_last = true});
    assert_int_equal(epoch.batches, 3);
    assert_int_equal(epoch.examples, 12);
}

static void a_batch_larger_than_the_data_is_all_of_it(void **state)
{
    (void)state;
    Epoch epoch = first_epoch(7, (LoaderOptions){.batch = 2000000000});
    assert_int_equal(epoch.batches, 1);
    assert_int_equal(epoch.size[0], 7);
    epoch = first_epoch(7, (LoaderOptions){.batch = 8, .drop_last = true});
    assert_int_equal(epoch.batches, 0);
}

static void an_empty_data_set_has_no_batch(void **state)
{
    (void)state;
    assert_int_equal(first_epoch(0, (LoaderOptions){.batch = 4, .shuffle = true}).batches, 0);
}

static void shuffling_brings_every_example_once_an_epoch(void **state)
{
    (void)state;
    Dataset data = counted(50);
    Loader loader = loader_new(&data, (LoaderOptions){.batch = 7, .shuffle = true, .seed = 3});
    Epoch before = {0};
    for (int round = 0; round < 3; round++) {
        int seen[50] = {0};
        Epoch epoch = epoch_of(&loader);
        assert_int_equal(epoch.examples, 50);
        for (int i = 0; i < 50; i++)
            seen[epoch.number[i]]++;
        for (int i = 0; i < 50; i++)
            assert_int_equal(seen[i], 1);
        assert_false(same_order(&epoch, &before)); /* a new order each time */
        before = epoch;
    }
    loader_free(&loader);
    dataset_free(&data);
}

static void the_seed_decides_the_order(void **state)
{
    (void)state;
    Epoch first = first_epoch(50, (LoaderOptions){.batch = 8, .shuffle = true, .seed = 3});
    Epoch again = first_epoch(50, (LoaderOptions){.batch = 8, .shuffle = true, .seed = 3});
    Epoch other = first_epoch(50, (LoaderOptions){.batch = 8, .shuffle = true, .seed = 4});
    assert_true(same_order(&first, &again));
    assert_false(same_order(&first, &other));
}

/* With drop_last another two examples are left out each time. */
static void what_is_dropped_changes_with_the_order(void **state)
{
    (void)state;
    int seen[6] = {0};
    Dataset data = counted(6);
    Loader loader = loader_new(
        &data, (LoaderOptions){.batch = 4, .shuffle = true, .drop_last = true, .seed = 1});
    for (int round = 0; round < 30; round++) {
        Epoch epoch = epoch_of(&loader);
        assert_int_equal(epoch.examples, 4);
        for (int i = 0; i < 4; i++)
            seen[epoch.number[i]]++;
    }
    for (int i = 0; i < 6; i++)
        assert_in_range(seen[i], 7, 29); /* 20 expected, standard deviation 2.6 */
    loader_free(&loader);
    dataset_free(&data);
}

static void a_part_is_loaded_like_a_whole(void **state)
{
    (void)state;
    int seen[20] = {0};
    Dataset data = counted(20), part[2];
    random_split(&data, 1, 2, (const int[]){15, 5}, part);
    for (int k = 0; k < 2; k++) {
        Loader loader = loader_new(&part[k], (LoaderOptions){.batch = 4, .shuffle = true});
        Epoch epoch = epoch_of(&loader);
        assert_int_equal(epoch.examples, part[k].length);
        for (int i = 0; i < epoch.examples; i++)
            seen[epoch.number[i]]++;
        loader_free(&loader);
        dataset_free(&part[k]);
    }
    for (int i = 0; i < 20; i++)
        assert_int_equal(seen[i], 1);
    dataset_free(&data);
}

static void loading_allocates_nothing(void **state)
{
    (void)state;
    if (!HEAP_WATCHED)
        skip();
    Dataset data = counted(20);
    Loader loader = loader_new(&data, (LoaderOptions){.batch = 3, .shuffle = true});
    long before = heap_calls();
    for (int i = 0; i < 30; i++)
        loader_next(&loader);
    assert_int_equal(heap_calls(), before);
    loader_free(&loader);
    dataset_free(&data);
}

/* -- transforms ------------------------------------------------------------------------------- */

/* Twenty images of 2 x 4 x 4 numbers; all of image i are i + 1, and so is its target. */
static Dataset flat_images(void)
{
    Dataset data = dataset_new(20, 32, 1);
    for (int i = 0; i < 20; i++) {
        data.y[i] = (real)(i + 1);
        for (int j = 0; j < 32; j++)
            data.x[i * 32 + j] = data.y[i];
    }
    return data;
}

static Pipeline shifts_on_more_room(void)
{
    const Transform steps[] = {transform_pad(1), transform_shift(1)};
    return pipeline_new(2, steps, (ImageSize){2, 4, 4});
}

static void a_loader_brings_transformed_examples(void **state)
{
    (void)state;
    Dataset data = flat_images();
    Pipeline shifts = shifts_on_more_room();
    LoaderOptions options = {.batch = 6, .shuffle = true, .seed = 3};
    Loader plain = loader_new(&data, options);
    options.transform = &shifts;
    Loader loader = loader_new(&data, options);
    int moved = 0;
    assert_int_equal(plain.x_size, 32);
    assert_int_equal(loader.x_size, 2 * 6 * 6);
    for (int k = 0; k < 12; k++) { /* three epochs and their ends */
        assert_int_equal(loader_next(&loader), loader_next(&plain));
        assert_int_equal(loader.n, plain.n);
        for (int i = 0; i < loader.n; i++) {
            const real *x = loader.x + i * 72, y = loader.y[i];
            assert_true(y == plain.y[i]);   /* the order is the same */
            assert_true(x[2 * 6 + 2] == y); /* always inside */
            for (int j = 0; j < 36; j++)
                assert_true((x[j] == 0 || x[j] == y) && x[j] == x[36 + j]);
            moved += x[7] == 0;
        }
    }
    assert_in_range(moved, 1, 59);
    loader_free(&loader);
    loader_free(&plain);
    pipeline_free(&shifts);
    dataset_free(&data);
}

/* The second epoch's first batch: (5, 72) numbers. */
static void second_epoch(uint64_t seed, real x[5 * 72], real first[5 * 72])
{
    Dataset data = flat_images();
    Pipeline shifts = shifts_on_more_room();
    Loader loader =
        loader_new(&data, (LoaderOptions){.batch = 5, .seed = seed, .transform = &shifts});
    loader_next(&loader);
    memcpy(first, loader.x, 5 * 72 * sizeof *x);
    while (loader_next(&loader))
        continue;
    loader_next(&loader);
    memcpy(x, loader.x, 5 * 72 * sizeof *x);
    loader_free(&loader);
    pipeline_free(&shifts);
    dataset_free(&data);
}

static void the_loaders_seed_decides_what_is_drawn(void **state)
{
    (void)state;
    static real a[5 * 72], b[5 * 72], c[5 * 72], first[5 * 72];
    second_epoch(1, a, first);
    assert_memory_not_equal(a, first, sizeof a); /* anew every time */
    second_epoch(1, b, first);
    assert_memory_equal(a, b, sizeof a);
    second_epoch(2, c, first);
    assert_memory_not_equal(a, c, sizeof a);
}

/* As in the example in transform.h. */
static void transforming_allocates_nothing(void **state)
{
    (void)state;
    if (!HEAP_WATCHED)
        skip();
    const double mean[3] = {0.5, 0.5, 0.5}, std[3] = {0.25, 0.25, 0.25};
    Dataset train = shapes_draw(1, 100, (ShapeOptions){.hard = 0.4});
    const Transform steps[] = {transform_pad(4), transform_random_crop(32, 32), transform_flip(0.5),
                               transform_normalize(3, mean, std)};
    Pipeline augment = pipeline_new(4, steps, (ImageSize){3, 32, 32});
    Loader loader = loader_new(&train, (LoaderOptions){.batch = 64, .transform = &augment});
    long before = heap_calls();
    for (int i = 0; i < 6; i++)
        loader_next(&loader);
    assert_int_equal(heap_calls(), before);
    loader_free(&loader);
    pipeline_free(&augment);
    dataset_free(&train);
}

/* -- what is refused -------------------------------------------------------------------------- */

static void load_batches_of_nothing(void *data)
{
    loader_new(data, (LoaderOptions){.batch = 0});
}

static void an_empty_batch_stops_the_program(void **state)
{
    (void)state;
    Dataset data = counted(5);
    Child child = child_run(load_batches_of_nothing, &data);
    dataset_free(&data);
    assert_int_equal(child.status, 1);
    assert_string_equal(child.err, "loader_new: a batch of 0 examples\n");
}

static void load_images_of_another_size(void *data)
{
    Pipeline pipeline = pipeline_new(0, NULL, (ImageSize){1, 3, 3});
    loader_new(data, (LoaderOptions){.batch = 1, .transform = &pipeline});
}

static void a_transform_of_other_images_stops_the_program(void **state)
{
    (void)state;
    Dataset data = flat_images();
    Child child = child_run(load_images_of_another_size, &data);
    dataset_free(&data);
    assert_int_equal(child.status, 1);
    assert_string_equal(child.err,
                        "loader_new: a transform of 1 x 3 x 3 numbers for inputs of 32\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(without_shuffling_the_order_is_the_data_sets),
        cmocka_unit_test(the_last_batch_may_be_smaller),
        cmocka_unit_test(the_last_partial_batch_can_be_dropped),
        cmocka_unit_test(a_whole_last_batch_is_not_dropped),
        cmocka_unit_test(a_batch_larger_than_the_data_is_all_of_it),
        cmocka_unit_test(an_empty_data_set_has_no_batch),
        cmocka_unit_test(shuffling_brings_every_example_once_an_epoch),
        cmocka_unit_test(the_seed_decides_the_order),
        cmocka_unit_test(what_is_dropped_changes_with_the_order),
        cmocka_unit_test(a_part_is_loaded_like_a_whole),
        cmocka_unit_test(loading_allocates_nothing),
        cmocka_unit_test(a_loader_brings_transformed_examples),
        cmocka_unit_test(the_loaders_seed_decides_what_is_drawn),
        cmocka_unit_test(transforming_allocates_nothing),
        cmocka_unit_test(an_empty_batch_stops_the_program),
        cmocka_unit_test(a_transform_of_other_images_stops_the_program),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
