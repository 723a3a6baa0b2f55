/* Images that others made are read as they stand, or refused in one line that names the file and
 * what was expected. */
#include "data/image_set.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#ifdef HAVE_ZLIB
#include <zlib.h>
#endif

#include "data/cifar.h"
#include "data/idx.h"
#include "data/shapes.h"
#include "error.h"
#include "scratch.h"

enum { RECORD = 3073, IMAGES = 5, H = 3, W = 4, IMAGES_SIZE = 16 + IMAGES * H * W };

static const unsigned char labels_file[] = {0, 0, 8, 1, 0, 0, 0, IMAGES, 7, 0, 9, 3, 1};

static unsigned char pixel(int i)
{
    return (unsigned char)(31 * i + 5);
}

static const unsigned char *images_file(void)
{
    static unsigned char file[IMAGES_SIZE] = {0, 0, 8, 3, 0, 0, 0, IMAGES, 0, 0, 0, H, 0, 0, 0, W};
    for (int i = 0; i < IMAGES * H * W; i++)
        file[16 + i] = pixel(i);
    return file;
}

static void write_idx(void)
{
    scratch_write("images", images_file(), IMAGES_SIZE);
    scratch_write("labels", labels_file, sizeof labels_file);
}

static void write_compressed(const char *name, const void *bytes, unsigned size)
{
#ifdef HAVE_ZLIB
    gzFile file = gzopen(scratch_path(name), "wb");
    assert_int_equal(gzwrite(file, bytes, size), size);
    assert_int_equal(gzclose(file), Z_OK);
#else
    (void)size;
    (void)bytes;
    scratch_write(name, "\x1F\x8B\x08\0\0\0\0\0", 8);
#endif
}

/* A batch of n records, whose labels are their numbers. */
static unsigned char *records(int n, int first)
{
    unsigned char *file = malloc((size_t)n * RECORD);
    for (int i = 0; i < n * RECORD; i++)
        file[i] = i % RECORD == 0 ? (unsigned char)((first + i / RECORD) % 10) : pixel(i / 7 + i);
    return file;
}

static void write_batch(const char *name, int n, int first)
{
    unsigned char *file = records(n, first);
    scratch_write(name, file, (size_t)n * RECORD);
    free(file);
}

static void assert_message(const char *file, const char *words)
{
    char expected[1024];
    snprintf(expected, sizeof expected, "%s%s", scratch_path(file), words);
    assert_string_equal(error_text(), expected);
}

static bool read_pair(Dataset *data, int most)
{
    int h, w;
    return idx_read(data, &h, &w, scratch_path("images"), scratch_path("labels"), most);
}

static void expect_refused(const char *file, const char *words)
{
    Dataset data;
    assert_false(read_pair(&data, 0));
    assert_message(file, words);
    assert_int_equal(data.length, 0);
    assert_null(data.x);
}

/* The good pair, with this file in the place of one of them. */
static void expect_refused_with(const char *file, const void *bytes, size_t size, const char *words)
{
    write_idx();
    scratch_write(file, bytes, size);
    expect_refused(file, words);
}

/* -- IDX ----------------------------------------------------------------------------------- */

static void expect_images(const Dataset *data, int length)
{
    assert_int_equal(data->length, length);
    assert_int_equal(data->x_size, H * W);
    assert_int_equal(data->y_size, 1);
    for (int i = 0; i < length * H * W; i++)
        assert_true(data->x[i] == pixel(i) / (real)255);
    for (int i = 0; i < length; i++)
        assert_true(data->y[i] == labels_file[8 + i]);
}

static void idx_files_are_read_as_they_stand(void **state)
{
    (void)state;
    Dataset data;
    int h = 0, w = 0;
    write_idx();
    assert_true(idx_read(&data, &h, &w, scratch_path("images"), scratch_path("labels"), 0));
    assert_int_equal(h, H);
    assert_int_equal(w, W);
    expect_images(&data, IMAGES);
    dataset_free(&data);
}

static void only_so_many_examples_are_read_if_so_many_are_wanted(void **state)
{
    (void)state;
    Dataset data;
    write_idx();
    for (int most = 1; most <= IMAGES + 1; most++) {
        assert_true(read_pair(&data, most));
        expect_images(&data, most < IMAGES ? most : IMAGES);
        dataset_free(&data);
    }
    scratch_write("images", images_file(), 16 + 2 * H * W);
    assert_true(read_pair(&data, 2)); /* what comes after them is not looked at */
    expect_images(&data, 2);
    dataset_free(&data);
    assert_false(read_pair(&data, 3));
}

static void compressed_files_are_read_where_zlib_is_there(void **state)
{
    (void)state;
    Dataset data;
    int h, w;
    write_compressed("images.gz", images_file(), IMAGES_SIZE);
    write_compressed("labels.gz", labels_file, sizeof labels_file);
    const char *images[] = {scratch_path("images"), scratch_path("images.gz")};
    const char *labels[] = {scratch_path("labels.gz"), scratch_path("labels")};
    for (int i = 0; i < 2; i++) {
        bool good = idx_read(&data, &h, &w, images[i], labels[i], 0);
#ifdef HAVE_ZLIB
        assert_true(good);
        expect_images(&data, IMAGES);
#else
        assert_false(good);
        assert_message("images.gz",
                       " is compressed: this program was built without zlib; gunzip it first");
#endif
        dataset_free(&data);
    }
}

static void what_is_not_compressed_is_read_in_the_place_of_what_is(void **state)
{
    (void)state;
    Dataset data;
    write_idx();
    scratch_write_text("images.gz", "no matter");
    assert_true(read_pair(&data, 0));
    dataset_free(&data);
}

static void a_broken_compressed_file_is_refused(void **state)
{
    (void)state;
#ifdef HAVE_ZLIB
    write_compressed("images.gz", images_file(), IMAGES_SIZE);
    scratch_write("labels", labels_file, sizeof labels_file);
    char file[512];
    memcpy(file, scratch_read("images.gz"), sizeof file);
    scratch_write("images.gz", file, 60);
    expect_refused("images.gz", ": the compressed file ends too early");
    file[10] = (char)0xFF; /* no kind of block */
    scratch_write("images.gz", file, 60);
    expect_refused("images.gz", ": the compressed file is broken");
#else
    skip();
#endif
}

static void a_file_that_is_not_there_or_cannot_be_read_is_named(void **state)
{
    (void)state;
    expect_refused("images", ": cannot be opened: No such file or directory");
    scratch_write("images", images_file(), IMAGES_SIZE);
    expect_refused("labels", ": cannot be opened: No such file or directory");
    assert_int_equal(mkdir(scratch_path("labels"), 0777), 0);
    expect_refused("labels", ": cannot be read: Is a directory");

    char path[2000];
    Dataset data;
    int h, w;
    memset(path, 'x', sizeof path - 1);
    path[sizeof path - 1] = '\0';
    assert_false(idx_read(&data, &h, &w, path, path, 0));
    assert_string_equal(error_text(),
                        "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx...: the path is too long");
}

static void files_of_another_kind_are_refused(void **state)
{
    (void)state;
    expect_refused_with("images", labels_file, sizeof labels_file,
                        ": expected IDX images, which begin with 00 00 08 03, found 00 00 08 01");
    expect_refused_with("labels", images_file(), IMAGES_SIZE,
                        ": expected IDX labels, which begin with 00 00 08 01, found 00 00 08 03");
    expect_refused_with("images", "P5 \xFFx", 5,
                        ": expected IDX images, which begin with 00 00 08 03, found 50 35 20 FF");
    expect_refused_with("images", "", 0, ": expected a header of 16 bytes, the file has 0");
    expect_refused_with("images", images_file(), 15,
                        ": expected a header of 16 bytes, the file has 15");
    expect_refused_with("labels", labels_file, 7, ": expected a header of 8 bytes, the file has 7");
}

static void a_file_is_as_long_as_its_header_says(void **state)
{
    (void)state;
    unsigned char longer[IMAGES_SIZE + 1] = {0};
    memcpy(longer, images_file(), IMAGES_SIZE);
    expect_refused_with("images", longer, IMAGES_SIZE + 1,
                        ": its header says 5 images of 3 x 4, the file goes on after them");
    expect_refused_with("images", longer, IMAGES_SIZE - 1,
                        ": its header says 5 images of 3 x 4, the file ends after 4");
    expect_refused_with("images", longer, 16,
                        ": its header says 5 images of 3 x 4, the file ends after 0");
    memcpy(longer, labels_file, sizeof labels_file);
    expect_refused_with("labels", longer, sizeof labels_file + 1,
                        ": its header says 5 labels, the file goes on after them");
    expect_refused_with("labels", longer, sizeof labels_file - 2,
                        ": its header says 5 labels, the file ends after 3");
}

/* Memory goes by what is in the file: 2^31 - 1 images of 4096 x 4096 would take 2^55 bytes. */
static void a_header_that_promises_too_much_is_refused(void **state)
{
    (void)state;
    unsigned char file[] = {0, 0, 8, 3, 0x7F, 255, 255, 255, 0, 0, 16, 0, 0, 0, 16, 0, 1, 2};
    expect_refused_with(
        "images", file, sizeof file,
        ": its header says 2147483647 images of 4096 x 4096, the file ends after 0");
    file[4] = 0x80;
    expect_refused_with("images", file, sizeof file,
                        ": its header says 2164260863 images of 4096 x 4096: expected 1 or more, "
                        "at most 2147483647");
    memset(file + 4, 0, 4);
    expect_refused_with("images", file, sizeof file,
                        ": its header says 0 images of 4096 x 4096: expected 1 or more, "
                        "at most 2147483647");
    file[7] = 1, file[11] = 1;
    expect_refused_with("images", file, sizeof file,
                        ": its header says 1 images of 4097 x 4096: expected 1 to 4096 a side");
    memset(file + 8, 0, 8), file[11] = 3;
    expect_refused_with("images", file, sizeof file,
                        ": its header says 1 images of 3 x 0: expected 1 to 4096 a side");
}

static void labels_are_0_to_9_and_as_many_as_images(void **state)
{
    (void)state;
    unsigned char labels[sizeof labels_file];
    char words[600];
    memcpy(labels, labels_file, sizeof labels);
    labels[11] = 10;
    expect_refused_with("labels", labels, sizeof labels, ": label 4 is 10, expected 0 to 9");
    memcpy(labels, labels_file, sizeof labels);
    labels[7] = 4;
    snprintf(words, sizeof words, ": has 4 labels for the 5 images of %s", scratch_path("images"));
    expect_refused_with("labels", labels, sizeof labels - 1, words);
}

/* -- CIFAR-10 ------------------------------------------------------------------------------ */

static bool read_batches(Dataset *data, int most)
{
    const char *path[] = {scratch_path("a"), scratch_path("b")};
    return cifar10_read(data, 2, path, most);
}

static void expect_records(const Dataset *data, int length)
{
    unsigned char *a = records(3, 0), *b = records(2, 3);
    assert_int_equal(data->length, length);
    assert_int_equal(data->x_size, 3 * 32 * 32);
    assert_int_equal(data->y_size, 1);
    for (int i = 0; i < length; i++) {
        const unsigned char *record = i < 3 ? a + i * RECORD : b + (i - 3) * RECORD;
        assert_true(data->y[i] == record[0]);
        for (int j = 0; j < data->x_size; j++)
            assert_true(data->x[i * data->x_size + j] == record[1 + j] / (real)255);
    }
    free(a);
    free(b);
}

static void batches_of_cifar_are_read_one_after_the_other(void **state)
{
    (void)state;
    Dataset data;
    write_batch("a", 3, 0);
    unsigned char *b = records(2, 3);
    write_compressed("b.gz", b, 2 * RECORD);
    free(b);
#ifdef HAVE_ZLIB
    assert_true(read_batches(&data, 0));
    expect_records(&data, 5);
    dataset_free(&data);
#endif
    write_batch("b", 2, 3);
    for (int most = 0; most < 7; most++) {
        assert_true(read_batches(&data, most));
        expect_records(&data, most == 0 || most > 5 ? 5 : most);
        dataset_free(&data);
    }
}

static void expect_batch_refused(size_t size, int label, const char *words)
{
    Dataset data;
    unsigned char *b = records(3, 0);
    b[2 * RECORD] = (unsigned char)label;
    scratch_write("b", b, size);
    free(b);
    assert_false(read_batches(&data, 0));
    assert_message("b", words);
    assert_int_equal(data.length, 0);
}

static void what_is_no_batch_of_cifar_is_refused(void **state)
{
    (void)state;
    Dataset data;
    write_batch("a", 3, 0);
    assert_false(read_batches(&data, 0));
    assert_message("b", ": cannot be opened: No such file or directory");
    expect_batch_refused(0, 0, ": expected records of 3073 bytes, found an empty file");
    expect_batch_refused(100, 0, ": expected records of 3073 bytes, the last of 1 has 100");
    expect_batch_refused(2 * RECORD + 1, 0,
                         ": expected records of 3073 bytes, the last of 3 has 1");
    expect_batch_refused(3 * RECORD, 10, ": the label of record 3 is 10, expected 0 to 9");
}

/* -- a folder ------------------------------------------------------------------------------ */

static void write_mnist(int test_side)
{
    unsigned char test[16 + 6 * 6] = {0, 0, 8, 3, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, W};
    test[11] = (unsigned char)test_side;
    write_compressed("train-images-idx3-ubyte.gz", images_file(), IMAGES_SIZE);
    scratch_write("train-images-idx3-ubyte", images_file(), IMAGES_SIZE);
    scratch_write("train-labels-idx1-ubyte", labels_file, sizeof labels_file);
    scratch_write("t10k-images-idx3-ubyte", test, 16 + (size_t)test_side * W);
    scratch_write("t10k-labels-idx1-ubyte", "\0\0\10\1\0\0\0\1\2", 9);
}

static void a_folder_of_mnist_is_read_by_its_names(void **state)
{
    (void)state;
    ImageSet set;
    write_mnist(H);
    assert_true(image_set_read(&set, scratch_folder(), 0));
    expect_images(&set.train, IMAGES);
    assert_int_equal(set.test.length, 1);
    assert_true(set.test.y[0] == 2);
    assert_int_equal(set.channels, 1);
    assert_int_equal(set.h, H);
    assert_int_equal(set.w, W);
    image_set_free(&set);
    assert_true(image_set_read(&set, scratch_folder(), 2));
    expect_images(&set.train, 2);
    image_set_free(&set);
}

static void a_folder_of_mnist_that_does_not_fit_together_is_refused(void **state)
{
    (void)state;
    ImageSet set;
    write_mnist(H + 1);
    assert_false(image_set_read(&set, scratch_folder(), 0));
    assert_message("t10k-images-idx3-ubyte", ": its images are 4 x 4, those to train with 3 x 4");
    assert_null(set.train.x);
    assert_int_equal(remove(scratch_path("t10k-labels-idx1-ubyte")), 0);
    assert_false(image_set_read(&set, scratch_folder(), 0));
    assert_message("t10k-labels-idx1-ubyte", ": cannot be opened: No such file or directory");
}

static void a_folder_of_cifar_is_read_by_its_names(void **state)
{
    (void)state;
    ImageSet set;
    char name[32];
    for (int i = 1; i <= 5; i++) {
        snprintf(name, sizeof name, "data_batch_%d.bin", i);
        write_batch(name, 2, i);
    }
    write_batch("test_batch.bin", 1, 8);
    assert_true(image_set_read(&set, scratch_folder(), 0));
    assert_int_equal(set.train.length, 10);
    for (int i = 0; i < 10; i++)
        assert_int_equal((int)set.train.y[i], 1 + i / 2 + i % 2);
    assert_int_equal(set.test.length, 1);
    assert_true(set.test.y[0] == 8);
    assert_int_equal(set.channels, 3);
    assert_int_equal(set.h, 32);
    assert_int_equal(set.w, 32);
    image_set_free(&set);
    assert_int_equal(remove(scratch_path("data_batch_4.bin")), 0);
    assert_false(image_set_read(&set, scratch_folder(), 0));
    assert_message("data_batch_4.bin", ": cannot be opened: No such file or directory");
}

/* The first image of two sets, the one brought to (x - 0.45) / 0.25. */
static void expect_standardized(const Dataset *found, const Dataset *plain)
{
    for (int i = 0; i < found->x_size; i++)
        assert_true(found->x[i] == (plain->x[i] - (real)0.45) / (real)0.25);
    assert_true(found->y[0] == plain->y[0]);
}

static void a_lesson_learns_from_shapes_or_from_a_folder(void **state)
{
    (void)state;
    ImageSet set, plain;
    const ShapeOptions options = {.hard = 0.4, .turn = 0.5, .noise = 0.03};
    assert_true(image_set_lesson(&set, "", 3, 2, 7, 9));
    plain.train = shapes_draw(7, 1, options);
    plain.test = shapes_draw(9, 1, options);
    assert_int_equal(set.train.length, 3);
    assert_int_equal(set.test.length, 2);
    assert_int_equal(set.channels * set.h * set.w, SHAPE_NUMBERS);
    expect_standardized(&set.train, &plain.train);
    expect_standardized(&set.test, &plain.test);
    image_set_free(&set);
    image_set_free(&plain);

    write_mnist(H);
    assert_true(image_set_read(&plain, scratch_folder(), 0));
    assert_true(image_set_lesson(&set, scratch_folder(), 1, 2, 7, 9));
    assert_int_equal(set.train.length, 1);
    assert_int_equal(set.test.length, 1); /* there is no more */
    expect_standardized(&set.train, &plain.train);
    expect_standardized(&set.test, &plain.test);
    image_set_free(&set);
    image_set_free(&plain);
    assert_false(image_set_lesson(&set, scratch_path("nowhere"), 1, 2, 7, 9));
}

static void a_folder_with_neither_is_told_what_was_expected(void **state)
{
    (void)state;
    const char *words =
        ": expected a folder with MNIST's files (train-images-idx3-ubyte, train-labels-idx1-ubyte, "
        "t10k-images-idx3-ubyte, t10k-labels-idx1-ubyte, or these with .gz) or with CIFAR-10's "
        "(data_batch_1.bin to data_batch_5.bin, test_batch.bin)";
    ImageSet set;
    scratch_write_text("names.txt", "emma\n");
    const char *folders[] = {".", "names.txt", "nowhere"};
    for (int i = 0; i < 3; i++) {
        assert_false(image_set_read(&set, scratch_path(folders[i]), 0));
        assert_message(folders[i], words);
        assert_null(set.train.x);
    }
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, scratch_setup, scratch_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(idx_files_are_read_as_they_stand),
        TEST(only_so_many_examples_are_read_if_so_many_are_wanted),
        TEST(compressed_files_are_read_where_zlib_is_there),
        TEST(what_is_not_compressed_is_read_in_the_place_of_what_is),
        TEST(a_broken_compressed_file_is_refused),
        TEST(a_file_that_is_not_there_or_cannot_be_read_is_named),
        TEST(files_of_another_kind_are_refused),
        TEST(a_file_is_as_long_as_its_header_says),
        TEST(a_header_that_promises_too_much_is_refused),
        TEST(labels_are_0_to_9_and_as_many_as_images),
        TEST(batches_of_cifar_are_read_one_after_the_other),
        TEST(what_is_no_batch_of_cifar_is_refused),
        TEST(a_folder_of_mnist_is_read_by_its_names),
        TEST(a_folder_of_mnist_that_does_not_fit_together_is_refused),
        TEST(a_folder_of_cifar_is_read_by_its_names),
        TEST(a_lesson_learns_from_shapes_or_from_a_folder),
        TEST(a_folder_with_neither_is_told_what_was_expected),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
