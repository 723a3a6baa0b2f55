/* Files of images and of texts that are broken in some thousands of ways: each is read or refused
 * with a line that names it, and none does any harm. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#ifdef HAVE_ZLIB
#include <zlib.h>
#endif

#include "data/cifar.h"
#include "data/idx.h"
#include "data/names.h"
#include "data/picture.h"
#include "data/text.h"
#include "error.h"
#include "kernel/random.h"
#include "png_file.h"
#include "scratch.h"

/* Changes, cuts or lengthens a file of `size` bytes, with room for 8 more, whose first `front`
 * bytes are where most goes wrong; the new size. */
static size_t mutate(Rng *rng, unsigned char *file, size_t size, int front)
{
    int changes = rng_below(rng, 4);
    for (int i = 0; i < changes; i++) {
        bool early = rng_below(rng, 2) == 0;
        int at = rng_below(rng, early ? front : (int)size);
        file[at] = (unsigned char)rng_below(rng, 256);
    }
    int kind = rng_below(rng, 4);
    if (kind == 0)
        return (size_t)rng_below(rng, (int)size + 1);
    return kind == 1 ? size + (size_t)rng_below(rng, 8) : size;
}

/* A good file, how it is read, and what is then looked at. */
typedef bool Reading(void);

/* Of so many broken ones of that name, how many are read all the same. */
static int try_broken(const char *name, const void *bytes, size_t size, int front, int trials,
                      Reading *reading)
{
    Rng rng;
    unsigned char file[8192];
    int read = 0;
    rng_seed(&rng, size);
    for (int trial = 0; trial < trials; trial++) {
        memset(file, 0, sizeof file);
        memcpy(file, bytes, size);
        size_t length = mutate(&rng, file, size, front);
        scratch_write(name, file, length);
        read += reading();
    }
    return read;
}

/* Neither all nor none of them are refused. */
static void assert_some(int read, int trials)
{
    assert_in_range(read, trials / 20, 2 * trials / 3);
}

static void assert_names_the_file(void)
{
    assert_memory_equal(error_text(), scratch_folder(), strlen(scratch_folder()));
}

static bool sound(bool good, Dataset *data)
{
    if (good) {
        assert_true(data->length > 0);
        for (int i = 0; i < data->length * data->x_size; i++)
            assert_true(data->x[i] >= 0 && data->x[i] <= 1);
        for (int i = 0; i < data->length; i++)
            assert_true(data->y[i] >= 0 && data->y[i] <= 9);
    } else {
        assert_null(data->x);
        assert_names_the_file();
    }
    dataset_free(data);
    return good;
}

/* -- data sets ----------------------------------------------------------------------------- */

static const unsigned char images[16 + 60] = {0, 0, 8, 3, 0, 0, 0, 5, 0, 0, 0, 3,
                                              0, 0, 0, 4, 1, 2, 3, 4, 5, 6, 7, 255};
static const unsigned char labels[8 + 5] = {0, 0, 8, 1, 0, 0, 0, 5, 7, 0, 9, 3, 1};

static bool read_idx(void)
{
    static int calls;
    Dataset data;
    int h, w, most = calls++ % 5 == 0 ? 3 : 0;
    return sound(idx_read(&data, &h, &w, scratch_path("images"), scratch_path("labels"), most),
                 &data);
}

static void broken_idx_files(void **state)
{
    (void)state;
    scratch_write("labels", labels, sizeof labels);
    assert_some(try_broken("images", images, sizeof images, 16, 1000, read_idx), 1000);
    scratch_write("images", images, sizeof images);
    assert_some(try_broken("labels", labels, sizeof labels, 8, 1000, read_idx), 1000);
}

static void broken_compressed_files(void **state)
{
    (void)state;
#ifdef HAVE_ZLIB
    unsigned char packed[256];
    scratch_write("labels", labels, sizeof labels);
    gzFile file = gzopen(scratch_path("packed"), "wb");
    assert_int_equal(gzwrite(file, images, sizeof images), sizeof images);
    assert_int_equal(gzclose(file), Z_OK);
    FILE *stream = fopen(scratch_path("packed"), "rb");
    size_t size = fread(packed, 1, sizeof packed, stream);
    fclose(stream);
    assert_some(try_broken("images.gz", packed, size, 12, 1000, read_idx), 1000);
#else
    skip();
#endif
}

static bool read_cifar(void)
{
    static int calls;
    Dataset data;
    const char *path[] = {scratch_path("batch")};
    return sound(cifar10_read(&data, 1, path, calls++ % 4), &data);
}

static void broken_batches(void **state)
{
    (void)state;
    unsigned char batch[2 * 3073] = {3};
    batch[3073] = 9;
    assert_some(try_broken("batch", batch, sizeof batch, 1, 200, read_cifar), 200);
}

/* -- pictures ------------------------------------------------------------------------------ */

static bool read_picture(void)
{
    Picture picture;
    real digit[28 * 28];
    bool good = picture_read(&picture, scratch_path("picture"));
    if (good) {
        for (int i = 0; i < picture.channels * picture.h * picture.w; i++)
            assert_true(picture.x[i] >= 0 && picture.x[i] <= 1);
        bool digits = picture_to_digit(&picture, digit);
        for (int i = 0; digits && i < 28 * 28; i++)
            assert_true(digit[i] >= 0 && digit[i] <= 1 + 100 * REAL_EPSILON);
    } else {
        assert_null(picture.x);
        assert_names_the_file();
    }
    picture_free(&picture);
    return good;
}

static void broken_pgm_and_ppm_files(void **state)
{
    (void)state;
    const char *texts[] = {"P2\n# one\n3 2\n15\n0 1 2\n3 4 15\n", "P3 2 1 255 0 1 2 255 4 5\n",
                           "P5 4 2 255 abcdefgh",
                           "P6 2 2 999 \1\2\3\4\1\2\3\4\1\2\3\4\1\2\3\4\1\2\3\4\1\2\3\4"};
    for (int i = 0; i < 4; i++)
        assert_some(try_broken("picture", texts[i], strlen(texts[i]), 12, 700, read_picture), 700);
}

static void broken_png_files(void **state)
{
    (void)state;
#ifdef HAVE_PNG
    PngFile png = png_begin(5, 4, 8, PNG_IS_RGBA, true);
    unsigned char rows[200] = {0};
    memset(rows, 1, 90);
    png_end(&png, rows, 91);
    try_broken("picture", png.bytes, png.size, 40, 700, read_picture);

    /* An image that is not what its header says, in chunks that are sound. */
    for (int i = 0; i < 600; i++) {
        const unsigned char depths[] = {1, 2, 4, 8, 16, 3}, colours[] = {0, 2, 3, 4, 6, 5};
        png = png_begin(i % 7 * 5, i % 5 * 7, depths[i % 6], colours[i / 6 % 6], i / 36 % 2);
        png_chunk(&png, "PLTE", "abcdef", 6);
        png_chunk(&png, "tRNS", "abcdefg", (size_t)i % 8);
        png_end(&png, rows, (size_t)(i % 9) * 25);
        scratch_write("picture", png.bytes, png.size);
        read_picture();
    }
#else
    skip();
#endif
}

/* -- texts --------------------------------------------------------------------------------- */

static const char russian[] = "иван\nмария\nольга\r\nАнна-Мария\nО'Нил\n芳子\nZoë\nemma\nava\n";

static void assert_vocab_sound(const Vocab *vocab)
{
    for (int i = 2; i < vocab->size; i++)
        assert_true(vocab->code[i] > vocab->code[i - 1]);
}

static bool read_names(void)
{
    Names names;
    bool good = names_read(&names, scratch_path("names"));
    if (good) {
        int letters[NAME_MAX_LENGTH];
        assert_vocab_sound(&names.vocab);
        for (int i = 0; i < names.count; i++) {
            int n = vocab_numbers(&names.vocab, names.name[i], NAME_MAX_LENGTH, letters);
            assert_in_range(n, 1, NAME_MAX_LENGTH);
            for (int j = 0; j < n; j++)
                assert_in_range(letters[j], 1, names.vocab.size - 1);
        }
    } else {
        assert_null(names.name);
        assert_names_the_file();
    }
    names_free(&names);
    return good;
}

static bool read_running_text(void)
{
    Text text;
    bool good = text_read(&text, scratch_path("text"));
    if (good) {
        assert_vocab_sound(&text.vocab);
        assert_true(text.count > 0);
        for (int i = 0; i < text.count; i++)
            assert_in_range(text.number[i], 1, text.vocab.size - 1);
    } else {
        assert_null(text.number);
        assert_names_the_file();
    }
    text_free(&text);
    return good;
}

static void broken_texts(void **state)
{
    (void)state;
    assert_some(try_broken("names", russian, strlen(russian), 20, 2000, read_names), 2000);
    assert_some(try_broken("text", russian, strlen(russian), 20, 2000, read_running_text), 2000);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, scratch_setup, scratch_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(broken_idx_files),         TEST(broken_compressed_files), TEST(broken_batches),
        TEST(broken_pgm_and_ppm_files), TEST(broken_png_files),        TEST(broken_texts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
